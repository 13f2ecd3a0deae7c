/* sendmail(8), which every mail system has; it takes a mail into its queue and answers at once. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not through a shell, and with an environment of our own: names and addresses are data. */
static int start_sendmail(const char *path, const char *from, const char *to, int input,
                          pid_t *pid_out)
{
    char *const argv[] = {(char *)path, (char *)"-i", (char *)"-f", (char *)from,
                          (char *)"--", (char *)to,   NULL};
    char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int status;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    if ((status = posix_spawn_file_actions_init(&actions)) != 0)
        return status;
    if ((status = posix_spawnattr_init(&attributes)) == 0) {
        if ((status = posix_spawn_file_actions_adddup2(&actions, input, 0)) == 0 &&
            (status = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0 &&
            (status = posix_spawnattr_setsigdefault(&attributes, &defaults)) == 0 &&
            (status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF)) == 0)
            status = posix_spawn(pid_out, path, &actions, &attributes, argv, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

static int write_all(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, text, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        text += written;
        length -= (size_t)written;
    }
    return 0;
}

int cmd_sendmail(const char *path, const char *from, const char *to, const char *text)
{
    int ends[2], status = 0, failed;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        cmd_complain("no pipe: %s", strerror(errno));
        return -1;
    }
    failed = start_sendmail(path, from, to, ends[0], &pid);
    close(ends[0]);
    if (failed != 0) {
        cmd_complain("%s: %s (a mail system's sendmail is needed)", path, strerror(failed));
        close(ends[1]);
        return -1;
    }
    failed = write_all(ends[1], text, strlen(text));
    close(ends[1]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    cmd_complain("%s did not take the mail to %s (status %d)", path, to,
                 WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return -1;
}
