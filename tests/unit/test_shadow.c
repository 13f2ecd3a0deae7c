/* lib/shadow.c: running chage. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/number.h"
#include "../../lib/shadow.h"

/* What the library wanted to run, and what runs instead of it. */
static char wanted[256];
static char environment[256];
static const char *instead;
static int spawn_fails;

/* Stands in for libc's: no test may run the host's chage. */
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    char *const shell[] = {(char *)"sh", (char *)"-c", (char *)instead, NULL};
    size_t length = (size_t)snprintf(wanted, sizeof wanted, "%s:", path);

    for (; *argv != NULL; argv++)
        length += (size_t)snprintf(wanted + length, sizeof wanted - length, " %s", *argv);
    for (length = 0; *envp != NULL; envp++)
        length += (size_t)snprintf(environment + length, sizeof environment - length, "%s;", *envp);
    if (spawn_fails != 0)
        return spawn_fails;
    return posix_spawnp(pid, "/bin/sh", actions, attributes, shell, environ);
}

static const struct {
    const char *user;
    int32_t day;
    const char *instead;
    int spawn_fails;
    const char *wanted, *fault; /* fault NULL: it works */
    const char *why;
} runs[] = {
    {"tuan", 20779, "exit 0", 0, "/usr/bin/chage: chage -E 20779 -- tuan", NULL, "a day"},
    {"tuan", 0, "exit 0", 0, "/usr/bin/chage: chage -E 0 -- tuan", NULL, "the first day of all"},
    {"tuan", VP_NEVER, "exit 0", 0, "/usr/bin/chage: chage -E -1 -- tuan", NULL,
     "an empty field, in chage's words"},
    {"-R/evil", 1, "exit 0", 0, "/usr/bin/chage: chage -E 1 -- -R/evil", NULL,
     "a name is never an option"},
    {"tuan", 1, "exit 1", 0, "/usr/bin/chage: chage -E 1 -- tuan",
     "tuan: shadow's expiry date was not set (chage -E 1)", "chage said no"},
    {"tuan", 1, "kill -9 $$", 0, "/usr/bin/chage: chage -E 1 -- tuan",
     "tuan: shadow's expiry date was not set (chage -E 1)", "chage was killed"},
    {"tuan", 1, "exit 0", ENOENT, "/usr/bin/chage: chage -E 1 -- tuan",
     "tuan: shadow's expiry date was not set (chage -E 1): No such file or directory",
     "there is no chage"},
    {"tuan", 1, "test \"$(readlink /proc/$$/fd/1)\" = /dev/null", 0,
     "/usr/bin/chage: chage -E 1 -- tuan", NULL, "what chage says disturbs no login"},
    {"tuan", 1, "test ! -e /proc/self/fd/9", 0, "/usr/bin/chage: chage -E 1 -- tuan", NULL,
     "the host program's descriptors stay with it"},
    {"tuan", 1, "sleep 0.1", 0, "/usr/bin/chage: chage -E 1 -- tuan", NULL, "it is waited for"},
};

static volatile sig_atomic_t heard;

static void hear(int signal)
{
    (void)signal;
    heard++;
}

START_TEST(chage_is_asked_plainly_and_its_answer_believed)
{
    struct vp_error error;
    char fault[1024];
    int result;

    instead = runs[_i].instead;
    spawn_fails = runs[_i].spawn_fails;
    ck_assert_int_ge(dup2(0, 9), 0);
    result = vp_shadow_set_expiry(runs[_i].user, runs[_i].day, &error);
    ck_assert_str_eq(wanted, runs[_i].wanted);
    ck_assert_str_eq(environment, "PATH=/usr/sbin:/usr/bin:/sbin:/bin;LC_ALL=C;");
    ck_assert_msg(result == (runs[_i].fault == NULL ? 0 : -1), "%s", runs[_i].why);
    if (result != 0) {
        vp_error_print(&error, fault, sizeof fault);
        ck_assert_str_eq(fault, runs[_i].fault);
    }
}
END_TEST

START_TEST(the_host_programs_signal_handling_is_put_back)
{
    struct sigaction handler = {.sa_handler = hear}, after;
    struct vp_error error;

    instead = "exit 0";
    spawn_fails = 0;
    ck_assert_int_eq(sigaction(SIGCHLD, &handler, NULL), 0);
    ck_assert_int_eq(vp_shadow_set_expiry("tuan", 1, &error), 0);
    ck_assert_int_eq(sigaction(SIGCHLD, NULL, &after), 0);
    ck_assert(after.sa_handler == hear);
    ck_assert_int_eq(heard, 0);
    /* With SIGCHLD ignored, as some daemons have it, the answer must not be lost. */
    signal(SIGCHLD, SIG_IGN);
    ck_assert_int_eq(vp_shadow_set_expiry("tuan", 1, &error), 0);
    ck_assert_int_eq(sigaction(SIGCHLD, NULL, &after), 0);
    ck_assert(after.sa_handler == SIG_IGN);
}
END_TEST

static const struct {
    const char *instead;
    int result;
    int32_t day;
    const char *why;
} answers[] = {
    {"printf 'Last password change\\t\\t: 2026-11-22\\nPassword expires : never\\n'", 0, 20779,
     "Debian 12's words with -i"},
    {"echo 'Last password change : never'", 0, VP_NO_DAY, "the field is empty"},
    {"echo 'Last password change : password must be changed'", 0, 0, "the field is 0"},
    {"echo 'Last password change : Nov 22, 2026'", -1, 0, "a chage that does not know -i"},
    {"echo 'Minimum : 2026-11-22'", -1, 0, "another line"},
    {"exit 0", -1, 0, "says nothing"},
    {"echo 'Last password change : 2026-11-22'; exit 1", -1, 0, "says it, and fails"},
};

START_TEST(the_day_of_the_password_is_read_from_what_chage_says)
{
    struct vp_error error = {0};
    int32_t found = 0;

    instead = answers[_i].instead;
    spawn_fails = 0;
    ck_assert_msg(vp_shadow_read_changed("-tuan", &found, &error) == answers[_i].result, "%s",
                  answers[_i].why);
    ck_assert_str_eq(wanted, "/usr/bin/chage: chage -i -l -- -tuan");
    if (answers[_i].result == 0)
        ck_assert_msg(found == answers[_i].day, "%s: %d", answers[_i].why, found);
    else
        ck_assert_str_eq(error.text,
                         "-tuan: chage does not tell the password's day (chage -i -l -tuan)");
}
END_TEST

Suite *suite_shadow(void)
{
    Suite *suite = suite_create("shadow");
    TCase *tcase = tcase_create("shadow");

    ADD_ROWS(tcase, chage_is_asked_plainly_and_its_answer_believed, runs);
    tcase_add_test(tcase, the_host_programs_signal_handling_is_put_back);
    ADD_ROWS(tcase, the_day_of_the_password_is_read_from_what_chage_says, answers);
    suite_add_tcase(suite, tcase);
    return suite;
}
