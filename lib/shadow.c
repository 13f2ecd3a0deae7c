#include "shadow.h"
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHAGE_PATH   "/usr/bin/chage"
#define WAIT_SECONDS 20
#define POLL_MS      20

/* The child gets no descriptor, signal handler or variable of a program that we know nothing of. */
static int spawn_chage(char *const argv[], pid_t *pid_out)
{
    static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    int status;

    sigfillset(&all);
    sigemptyset(&none);
    status = posix_spawn_file_actions_init(&actions);
    if (status != 0)
        return status;
    status = posix_spawnattr_init(&attributes);
    if (status != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return status;
    }
    if ((status = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)) == 0 &&
        (status = posix_spawn_file_actions_adddup2(&actions, 0, 1)) == 0 &&
        (status = posix_spawn_file_actions_adddup2(&actions, 0, 2)) == 0 &&
        (status = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0 &&
        (status = posix_spawnattr_setsigdefault(&attributes, &all)) == 0 &&
        (status = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (status = posix_spawnattr_setflags(&attributes,
                                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)) == 0)
        status = posix_spawn(pid_out, CHAGE_PATH, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

/* Waits in small steps: an alarm would be the host program's. Returns 0 where chage said yes. */
static int wait_for(pid_t pid, int *errnum_out)
{
    const struct timespec step = {.tv_nsec = POLL_MS * 1000000L};
    int status = 0;

    for (int waited_ms = 0; waited_ms < WAIT_SECONDS * 1000; waited_ms += POLL_MS) {
        pid_t done = waitpid(pid, &status, WNOHANG);

        if (done == pid) {
            *errnum_out = 0;
            return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
        }
        if (done < 0 && errno != EINTR) {
            *errnum_out = errno;
            return -1;
        }
        nanosleep(&step, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    *errnum_out = ETIMEDOUT;
    return -1;
}

int vp_shadow_set_expiry(const char *user, int32_t day, struct vp_error *error_out)
{
    char number[16];
    char *argv[] = {(char *)"chage", (char *)"-E", number, (char *)"--", (char *)user, NULL};
    struct sigaction standard = {.sa_handler = SIG_DFL}, before;
    int errnum = 0;
    int result = -1;
    pid_t pid;

    snprintf(number, sizeof number, "%d", day == VP_NEVER ? -1 : day);
    /* With SIGCHLD ignored the child's answer would be lost. */
    sigaction(SIGCHLD, &standard, &before);
    errnum = spawn_chage(argv, &pid);
    if (errnum == 0)
        result = wait_for(pid, &errnum);
    sigaction(SIGCHLD, &before, NULL);
    if (result != 0)
        return vp_error_set(error_out, NULL, 0, errnum,
                            "%.64s: shadow's expiry date was not set (chage -E %s)", user, number);
    return 0;
}
