#include "shadow.h"
#include "error.h"
#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/*
 * The child gets no descriptor, signal handler or variable of a program that we know nothing of.
 * output: where its words go, or -1.
 */
static int spawn_chage(char *const argv[], int output, pid_t *pid_out)
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
        (status = posix_spawn_file_actions_adddup2(&actions, output < 0 ? 0 : output, 1)) == 0 &&
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

/* Runs chage and waits for it. Returns 0 where it said yes. */
static int run_chage(char *const argv[], int output, int *errnum_out)
{
    struct sigaction standard = {.sa_handler = SIG_DFL}, before;
    int result = -1;
    pid_t pid;

    /* With SIGCHLD ignored the child's answer would be lost. */
    sigaction(SIGCHLD, &standard, &before);
    *errnum_out = spawn_chage(argv, output, &pid);
    if (*errnum_out == 0)
        result = wait_for(pid, errnum_out);
    sigaction(SIGCHLD, &before, NULL);
    return result;
}

int vp_shadow_set_expiry(const char *user, int32_t day, struct vp_error *error_out)
{
    char number[16];
    char *argv[] = {(char *)"chage", (char *)"-E", number, (char *)"--", (char *)user, NULL};
    int errnum = 0;

    snprintf(number, sizeof number, "%d", day == VP_NEVER ? -1 : day);
    if (run_chage(argv, -1, &errnum) != 0)
        return vp_error_set(error_out, NULL, 0, errnum,
                            "%.64s: shadow's expiry date was not set (chage -E %s)", user, number);
    return 0;
}

/* The first line is `Last password change : 2026-11-22`, or words instead of the date. */
static int read_answer(const char *answer, int32_t *day_out)
{
    char date[32];
    const char *colon = strchr(answer, ':');

    if (colon == NULL || strncmp(answer, "Last password change", 20) != 0)
        return -1;
    colon += 1 + strspn(colon + 1, " \t");
    snprintf(date, sizeof date, "%.*s", (int)strcspn(colon, "\n"), colon);
    if (strcmp(date, "never") == 0)
        *day_out = VP_NO_DAY;
    else if (strcmp(date, "password must be changed") == 0)
        *day_out = 0;
    else
        return vp_number_date(date, day_out);
    return 0;
}

int vp_shadow_read_changed(const char *user, int32_t *day_out, struct vp_error *error_out)
{
    char *argv[] = {(char *)"chage", (char *)"-i", (char *)"-l", (char *)"--", (char *)user, NULL};
    char answer[PIPE_BUF] = "";
    int ends[2] = {-1, -1};
    int errnum = 0;
    int result = -1;

    /* What it says is shorter than a pipe holds: it can be read when chage has ended. */
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        errnum = errno;
    else if (run_chage(argv, ends[1], &errnum) == 0 && read(ends[0], answer, sizeof answer - 1) > 0)
        result = read_answer(answer, day_out);
    for (size_t i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    if (result == 0)
        return 0;
    return vp_error_set(error_out, NULL, 0, errnum,
                        "%.64s: chage does not tell the password's day (chage -i -l %.64s)", user,
                        user);
}
