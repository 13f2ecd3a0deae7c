/*
 * What is written down: who changed the password, whether the change took place, and what a change
 * that is cut short, or meets another one, leaves behind.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"
#include "verdicts.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OTHER "Hoa-Mai%88"
#define STAMP "version = 1.0\nbegan = 2026-11-10\nend\n"

/* ---- who changed it ----------------------------------------------------------------------------
 */

static const struct {
    const char *why;
    uid_t uid; /* real */
    bool asked;
    int flags;
    const char *field;  /* in shadow before; NULL = a hash */
    const char *record; /* NULL = none */
    const char *changed_on;
    const char *set_by, *due;
} who_rows[] = {
    {"passwd by the user", 5001, false, 0, NULL, "set_on = 2026-11-01\n", "2026-11-01", "user", ""},
    {"passwd by root, chpasswd", 0, false, 0, NULL, "set_on = 2026-11-01\n", "2026-11-01", "admin",
     "reset"},
    {"poppassd: uid 0, but a password was asked before", 0, true, 0, NULL, "set_on = 2026-11-01\n",
     "2026-11-01", "user", ""},
    {"sshd, login, su: uid 0, but a change is forced", 0, false, PAM_CHANGE_EXPIRED_AUTHTOK, NULL,
     "set_on = 2026-11-01\n", "2026-11-01", "user", ""},
    {"some other user's program", 5002, false, 0, NULL, "set_on = 2026-11-01\n", "2026-11-01",
     "admin", "reset"},
    {"useradd leaves `!`: the first password of all is initial", 0, false, 0, "!", NULL, TODAY,
     "admin", "initial"},
    {"so does `*`", 0, false, 0, "*", NULL, TODAY, "admin", "initial"},
    {"with a record", 0, false, 0, "!", "began = 2026-11-20\n", TODAY, "admin", "initial"},
    {"and the user's own first one is his own", 5001, false, 0, "!", NULL, TODAY, "user", ""},
    {"usermod -L is no lack of a password", 0, false, 0, "!" OTHER_HASH, "set_on = 2026-11-01\n",
     "2026-11-01", "admin", "reset"},
    {"passwd -d is none either", 0, false, 0, "", "set_on = 2026-11-01\n", "2026-11-01", "admin",
     "reset"},
    {"a first login that never was stays one", 0, false, 0, NULL,
     "set_on = 2026-11-20\ndue = initial\ndue_since = 2026-11-20\n", "2026-11-20", "admin",
     "initial"},
    {"useradd -p, then passwd by root, and no login between", 0, false, 0, NULL, NULL, "2026-11-20",
     "admin", "initial"},
    {"an old account that we see for the first time", 0, false, 0, NULL, NULL, "2026-11-01",
     "admin", "reset"},
    {"and whose user changes it himself", 5001, false, 0, NULL, NULL, "2026-11-01", "user", ""},
    {"a reset is over when the user changes it", 5001, false, 0, NULL,
     "set_on = 2026-11-20\ndue = reset\ndue_since = 2026-11-20\n", "2026-11-20", "user", ""},
    {"a first login is", 5001, false, 0, NULL,
     "set_on = 2026-11-20\ndue = initial\ndue_since = 2026-11-20\n", "2026-11-20", "user", ""},
    {"a password set elsewhere is", 5001, false, 0, NULL,
     "set_on = 2026-11-20\nhash = " OTHER_HASH "\n", "2026-11-20", "user", ""},
};

START_TEST(who_changed_it_is_told_by_the_circumstances)
{
    const char *const typed[] = {NEW, NEW, NULL};
    const char *why = who_rows[_i].why, *due = who_rows[_i].due;

    write_file("store/stamp", STAMP, 0640);
    if (who_rows[_i].field != NULL)
        snprintf(person("alice")->hash, VP_HASH_SIZE, "%s", who_rows[_i].field);
    person("alice")->changed_on = day(who_rows[_i].changed_on);
    if (who_rows[_i].record != NULL)
        write_record("alice", who_rows[_i].record);
    machine->uid = who_rows[_i].uid;
    ck_assert_msg(visit_change(&(struct visit){.service = "imap",
                                               .asked = who_rows[_i].asked,
                                               .flags = who_rows[_i].flags,
                                               .answers = typed}) == PAM_SUCCESS,
                  "%s: %s%s", why, said, machine->log);
    expect_field(why, "alice", "set_by", who_rows[_i].set_by);
    expect_field(why, "alice", "due", due);
    expect_field(why, "alice", "due_since", *due == '\0' ? "" : TODAY);
    expect_field(why, "alice", "set_on", TODAY);
    expect_field(why, "alice", "hash", person("alice")->hash);
    ck_assert_uint_eq(count_files("store/intents"), 0);
    expect_said(why, login("imap"), *due == '\0' ? PAM_SUCCESS : PAM_NEW_AUTHTOK_REQD,
                *due == '\0'                ? ""
                : strcmp(due, "reset") == 0 ? RESET_EN
                                            : INITIAL_EN);
}
END_TEST

START_TEST(a_forced_change_ends_in_the_same_handle)
{
    static const char *const typed[] = {NEW, NEW, NULL};
    pam_handle_t *pamh;
    int code;

    write_record("alice", "set_on = 2025-11-21\n");
    pamh = enter(&(struct visit){.asked = true, .answers = typed});
    ck_assert_int_eq(pam_acct_mgmt(pamh, 0), PAM_NEW_AUTHTOK_REQD);
    ck_assert_int_eq(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);
    code = pam_acct_mgmt(pamh, 0);
    leave(pamh, code);
    expect_said(
        "as su and login do", code, PAM_SUCCESS,
        INFO("Your password expired on 20 May 2026. Please set a new one to continue.")
            INFO("New password: at least 8 characters, with upper case, lower case, a digit "
                 "and a special character; not one of your last 5.")
                ASKED INFO("Password changed. It is valid until 20 May 2027."));
}
END_TEST

/* ---- whether it took place ------------------------------------------------------------------- */

static void become_read_only(void)
{
    machine->read_only = true;
}

static const struct {
    const char *why;
    enum unix_order order;
    int code;
    bool committed;
    const char *log; /* the last line of it */
    int login;       /* right after it */
} place_rows[] = {
    {"set", UNIX_SETS, PAM_SUCCESS, true,
     "notice: pam_vpolicy(imap:chauthtok): user alice: password set by user\n", PAM_SUCCESS},
    {"pam_unix failed, and `required` let the last line run", UNIX_FAILS, PAM_AUTHTOK_ERR, false,
     "notice: pam_vpolicy(imap:chauthtok): user alice: the password was not changed\n",
     PAM_SUCCESS},
    {"pam_unix said yes and changed nothing", UNIX_LIES, PAM_SUCCESS, false,
     "notice: pam_vpolicy(imap:chauthtok): user alice: the password was not changed\n",
     PAM_SUCCESS},
    {"root set another one at the same moment: the hash is not this password's", UNIX_SETS_OTHER,
     PAM_SUCCESS, false,
     "notice: pam_vpolicy(imap:chauthtok): user alice: the password was not changed\n",
     PAM_NEW_AUTHTOK_REQD},
};

START_TEST(only_a_change_that_took_place_is_written_down)
{
    const char *why = place_rows[_i].why, *log = place_rows[_i].log;
    char before[4096];
    size_t length;

    write_record("alice", "set_on = 2026-06-20\n");
    snprintf(before, sizeof before, "%s", read_file("store/records/alice"));
    machine->uid = person("alice")->uid;
    machine->unix_order = place_rows[_i].order;
    ck_assert_msg(change_to("imap", NEW) == place_rows[_i].code, "%s", why);
    ck_assert_msg((strstr(said, "Password changed") != NULL) == place_rows[_i].committed, "%s: %s",
                  why, said);
    length = strlen(machine->log);
    ck_assert_msg(length >= strlen(log) && strcmp(machine->log + length - strlen(log), log) == 0,
                  "%s: %s", why, machine->log);
    ck_assert_uint_eq(count_files("store/intents"), 0);
    ck_assert_msg((strcmp(before, read_file("store/records/alice")) != 0) ==
                      place_rows[_i].committed,
                  "%s: %s", why, read_file("store/records/alice"));
    ck_assert_msg(login("imap") == place_rows[_i].login, "%s: %s", why, said);
}
END_TEST

START_TEST(a_password_that_is_set_to_what_it_was_is_not_changed)
{
    write_policy("root_may_override = yes\n");
    write_record("alice", "set_on = 2026-06-20\n");
    machine->unix_order = UNIX_LIES; /* the hash stays, and it is this password's */
    ck_assert_int_eq(change_to("imap", OLD), PAM_SUCCESS);
    expect_field("nobody set anything", "alice", "set_by", "");
    expect_said("nothing is due", login("imap"), PAM_SUCCESS, "");
}
END_TEST

START_TEST(the_last_line_never_fails)
{
    write_service("strict", "password requisite %M\npassword required %U\n"
                            "password required %M record\n");
    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = person("alice")->uid;
    ck_assert_int_eq(change_to("strict", NEW), PAM_SUCCESS);
    machine->unix_order = UNIX_LIES;
    ck_assert_int_eq(change_to("strict", OTHER), PAM_SUCCESS);
    machine->unix_order = UNIX_SETS;
    machine->after_set = become_read_only;
    ck_assert_int_eq(change_to("strict", OTHER), PAM_SUCCESS);
}
END_TEST

START_TEST(without_the_last_line_the_witness_waits_a_minute)
{
    static const struct {
        const char *why;
        int seconds, code;
        const char *said;
    } logins[] = {
        {"at once", 0, PAM_SUCCESS, ""},
        {"after 59 s", 59, PAM_SUCCESS, ""},
        {"after 60 s", 60, PAM_NEW_AUTHTOK_REQD, RESET_EN},
    };

    write_service("unfinished",
                  "account required %M\npassword requisite %M\npassword required %U\n");
    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = person("alice")->uid;
    ck_assert_int_eq(change_to("unfinished", NEW), PAM_SUCCESS);
    ck_assert_uint_eq(count_files("store/intents"), 1);
    for (size_t i = 0; i < COUNT(logins); i++) {
        set_clock(TODAY, 12 * 3600 + logins[i].seconds);
        expect_said(logins[i].why, visit_account(&(struct visit){.service = "unfinished"}),
                    logins[i].code, logins[i].said);
    }
    ck_assert_int_eq(change_to("imap", OTHER), PAM_SUCCESS);
    expect_said("a change that is written down ends it", login("imap"), PAM_SUCCESS, "");
    ck_assert_uint_eq(count_files("store/intents"), 0);
}
END_TEST

static void change_and_die(enum unix_order order)
{
    int status = 0;
    pid_t pid;

    machine->unix_order = order;
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        change_to("imap", NEW);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    machine->unix_order = UNIX_SETS;
}

START_TEST(a_change_that_is_killed_is_safe)
{
    static const struct {
        const char *why;
        enum unix_order order;
        const char *password;
        int later;
    } rows[] = {
        {"before the password was set", UNIX_DIES_BEFORE, OLD, PAM_SUCCESS},
        {"after it: a change is asked for again", UNIX_DIES_AFTER, NEW, PAM_NEW_AUTHTOK_REQD},
    };
    machine->uid = person("alice")->uid;
    for (size_t i = 0; i < COUNT(rows); i++) {
        set_clock(TODAY, 12 * 3600);
        set_password("alice", OLD, "2026-11-01");
        write_record("alice", "set_on = 2026-11-01\n");
        change_and_die(rows[i].order);
        ck_assert_msg(password_is("alice", rows[i].password), "%s", rows[i].why);
        ck_assert_msg(login("imap") == PAM_SUCCESS, "%s: %s", rows[i].why, said);
        set_clock(TODAY, 12 * 3600 + 60);
        ck_assert_msg(login("imap") == rows[i].later, "%s: %s", rows[i].why, said);
        expect_said(
            rows[i].why, change_to("imap", OTHER), PAM_SUCCESS,
            INFO("New password: at least 8 characters, with upper case, lower case, a digit "
                 "and a special character; not one of your last 5.")
                ASKED INFO("Password changed. It is valid until 20 May 2027."));
        expect_said("no lock is left behind", login("imap"), PAM_SUCCESS, "");
    }
}
END_TEST

/* ---- while pam_unix is at work -----------------------------------------------------------------
 */

static int login_meanwhile_code;

static void login_meanwhile(void)
{
    char kept[sizeof said];

    memcpy(kept, said, sizeof kept);
    login_meanwhile_code = login("imap");
    memcpy(said, kept, sizeof kept);
}

START_TEST(a_login_during_a_change_is_not_refused)
{
    for (int with_record = 0; with_record < 2; with_record++)
        for (int after = 0; after < 2; after++) {
            set_password("alice", OLD, "2026-11-01");
            unlink(stage_path("store/records/alice"));
            if (with_record)
                write_record("alice", "set_on = 2026-11-01\n");
            machine->uid = person("alice")->uid;
            *(after ? &machine->after_set : &machine->before_set) = login_meanwhile;
            login_meanwhile_code = -1;
            ck_assert_int_eq(change_to("imap", with_record ? NEW : OTHER), PAM_SUCCESS);
            ck_assert_int_eq(login_meanwhile_code, PAM_SUCCESS);
            machine->before_set = machine->after_set = NULL;
            expect_said("and the change counts", login("imap"), PAM_SUCCESS, "");
            expect_field("as the user's", "alice", "set_by", "user");
            unlink(stage_path("store/history/alice"));
        }
}
END_TEST

/* The second change: whose, and what pam_unix does in it. */
static uid_t second_uid;
static enum unix_order second_order;

static void second_change(void)
{
    char kept[sizeof said];
    uid_t first_uid = machine->uid;
    enum unix_order first_order = machine->unix_order;

    memcpy(kept, said, sizeof kept);
    machine->before_set = machine->after_set = NULL;
    machine->uid = second_uid;
    machine->unix_order = second_order;
    ck_assert_int_eq(change_to("imap", OTHER),
                     second_order == UNIX_FAILS ? PAM_AUTHTOK_ERR : PAM_SUCCESS);
    machine->uid = first_uid;
    machine->unix_order = first_order;
    memcpy(said, kept, sizeof kept);
}

static const struct {
    const char *why;
    bool after; /* the second change comes when the first has set its hash, or before that */
    uid_t first, second;
    enum unix_order order; /* of the second */
    const char *password;  /* that is in force at the end */
    const char *set_by;
    int code; /* of the next login */
} meeting_rows[] = {
    {"the first one sets last", false, 5001, 5001, UNIX_SETS, NEW, "user", PAM_SUCCESS},
    {"the second one sets last", true, 5001, 5001, UNIX_SETS, OTHER, "user", PAM_SUCCESS},
    {"root's is overtaken by the user's own", false, 5001, 0, UNIX_SETS, NEW, "user", PAM_SUCCESS},
    {"root's comes last", true, 5001, 0, UNIX_SETS, OTHER, "admin", PAM_NEW_AUTHTOK_REQD},
    {"root's comes first and sets last", false, 0, 5001, UNIX_SETS, NEW, "admin",
     PAM_NEW_AUTHTOK_REQD},
    {"root's is overtaken before it is written down", true, 0, 5001, UNIX_SETS, OTHER, "user",
     PAM_SUCCESS},
    {"the second one fails", false, 5001, 5001, UNIX_FAILS, NEW, "user", PAM_SUCCESS},
    {"the second one fails late", true, 5001, 0, UNIX_FAILS, NEW, "user", PAM_SUCCESS},
};

START_TEST(two_changes_at_once_leave_the_record_of_the_one_in_force)
{
    const char *why = meeting_rows[_i].why;

    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = meeting_rows[_i].first;
    second_uid = meeting_rows[_i].second;
    second_order = meeting_rows[_i].order;
    *(meeting_rows[_i].after ? &machine->after_set : &machine->before_set) = second_change;
    ck_assert_msg(change_to("imap", NEW) == PAM_SUCCESS, "%s: %s", why, machine->log);
    ck_assert_msg(password_is("alice", meeting_rows[_i].password), "%s", why);
    expect_field(why, "alice", "hash", person("alice")->hash);
    expect_field(why, "alice", "set_by", meeting_rows[_i].set_by);
    ck_assert_msg(login("imap") == meeting_rows[_i].code, "%s: %s", why, said);
    /* The one that was in force for a moment is an old one now. */
    write_policy("retry = 1\n");
    machine->uid = 5001;
    if (meeting_rows[_i].order == UNIX_SETS)
        ck_assert_msg(
            change_to("imap", strcmp(meeting_rows[_i].password, NEW) == 0 ? OTHER : NEW) ==
                PAM_AUTHTOK_ERR,
            "%s: %s", why, said);
}
END_TEST

static void fail_and_login(void)
{
    second_order = UNIX_FAILS;
    second_uid = 5001;
    second_change();
    login_meanwhile();
}

START_TEST(a_second_change_that_fails_does_not_uncover_the_first)
{
    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = 5001;
    machine->after_set = fail_and_login;
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    ck_assert_int_eq(login_meanwhile_code, PAM_SUCCESS);
    expect_said("in the end", login("imap"), PAM_SUCCESS, "");
    set_clock(TODAY, 12 * 3600 + 60);
    expect_said("and later", login("imap"), PAM_SUCCESS, "");
}
END_TEST

static pid_t first_child;
static int at_work[2], go_on[2]; /* pipes: the first change waits in pam_unix for the second one */

static void meet_in_pam_unix(void)
{
    char byte = 0;

    if (getpid() != first_child) {
        ck_assert_int_eq(write(go_on[1], &byte, 1), 1);
        ck_assert_int_eq(waitpid(first_child, NULL, 0), first_child);
        machine->unix_order = UNIX_SETS;
        return;
    }
    if (write(at_work[1], &byte, 1) != 1 || read(go_on[0], &byte, 1) != 1)
        _exit(1);
    machine->unix_order = UNIX_FAILS;
}

START_TEST(a_first_change_that_fails_does_not_uncover_the_second)
{
    char byte;

    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = 5001;
    machine->before_set = meet_in_pam_unix;
    ck_assert(pipe(at_work) == 0 && pipe(go_on) == 0);
    first_child = fork();
    if (first_child == 0) {
        first_child = getpid();
        change_to("imap", OTHER);
        _exit(0);
    }
    ck_assert_int_eq(read(at_work[0], &byte, 1), 1);
    machine->after_set = login_meanwhile;
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    ck_assert_int_eq(login_meanwhile_code, PAM_SUCCESS);
    expect_said("in the end", login("imap"), PAM_SUCCESS, "");
    ck_assert(password_is("alice", NEW));
}
END_TEST

/* ---- suspicion ------------------------------------------------------------------------------- */

static void suspect_meanwhile(void)
{
    char lines[256];

    snprintf(lines, sizeof lines,
             "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-22\n"
             "suspected_at = %lld\nsuspected_by = root\n",
             (long long)machine->now + 1);
    write_record("alice", lines);
}

static void lock_meanwhile(void)
{
    char lines[256];

    snprintf(lines, sizeof lines,
             "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-22\n"
             "suspected_at = %lld\nlocked = yes\n",
             (long long)machine->now + 1);
    write_record("alice", lines);
}

static void close_meanwhile(void)
{
    write_record("alice", "set_on = 2026-11-01\nclosed = retired\nclosed_from = 2026-11-22\n");
}

START_TEST(a_mark_that_is_made_during_a_change_stays)
{
    static const struct {
        const char *why;
        void (*make)(void);
        int code;
        const char *said;
    } rows[] = {
        {"suspected", suspect_meanwhile, PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN},
        {"locked", lock_meanwhile, PAM_ACCT_EXPIRED, LOCKED_EN},
        {"closed", close_meanwhile, PAM_ACCT_EXPIRED, CLOSED_EN},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        for (int after = 0; after < 2; after++) {
            char hash[VP_HASH_SIZE];

            set_password("alice", OLD, "2026-11-01");
            unlink(stage_path("store/history/alice"));
            snprintf(hash, sizeof hash, "%s", person("alice")->hash);
            write_record("alice", "set_on = 2026-11-01\n");
            machine->uid = person("alice")->uid;
            *(after ? &machine->after_set : &machine->before_set) = rows[i].make;
            ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
            machine->before_set = machine->after_set = NULL;
            expect_field(rows[i].why, "alice", "hash", person("alice")->hash);
            expect_said(rows[i].why, login("imap"), rows[i].code, rows[i].said);
        }
}
END_TEST

/* The thief has begun to change the password when the administrator acts. */
START_TEST(a_mark_made_while_somebody_sits_at_the_prompt_stays)
{
    static const struct {
        const char *why;
        void (*make)(void);
        int change, login;
        const char *said;
    } rows[] = {
        {"suspected", suspect_meanwhile, PAM_SUCCESS, PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN},
        {"locked", lock_meanwhile, PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED, LOCKED_EN},
        {"closed", close_meanwhile, PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED, CLOSED_EN},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        set_password("alice", OLD, "2026-11-01");
        unlink(stage_path("store/history/alice"));
        write_record("alice", "set_on = 2026-11-01\n");
        machine->uid = person("alice")->uid;
        machine->on_prompt = rows[i].make;
        ck_assert_msg(change_to("imap", NEW) == rows[i].change, "%s: %s", rows[i].why, said);
        machine->on_prompt = NULL;
        ck_assert_msg(password_is("alice", rows[i].change == PAM_SUCCESS ? NEW : OLD), "%s",
                      rows[i].why);
        expect_said(rows[i].why, login("imap"), rows[i].login, rows[i].said);
    }
}
END_TEST

static const struct {
    const char *why;
    const char *former; /* shadow's expiry date before the account was locked; "" = never touched */
    const char *stands; /* and now; NULL = none */
    uid_t uid;
    bool chage_fails;
    int code;
    const char *chage;
    const char *left; /* shadow_expiry afterwards */
} lock_rows[] = {
    {"an administrator's new password opens it: shadow's former day", "2027-01-01", "2026-11-21", 0,
     false, PAM_SUCCESS, "/usr/bin/chage -E 20819 -- alice", ""},
    {"there was none", "never", "2026-11-21", 0, false, PAM_SUCCESS,
     "/usr/bin/chage -E -1 -- alice", ""},
    {"shadow was not touched", "", NULL, 0, false, PAM_SUCCESS, "", ""},
    {"somebody else has set another day since: it stays", "2027-01-01", "2026-10-01", 0, false,
     PAM_SUCCESS, "", ""},
    {"chage fails: it stays known, for `vpolicy clear`", "2027-01-01", "2026-11-21", 0, true,
     PAM_SUCCESS, "/usr/bin/chage -E 20819 -- alice", "2027-01-01"},
    {"the user's own does not open it", "2027-01-01", "2026-11-21", 5001, false, PAM_ACCT_EXPIRED,
     "", "2027-01-01"},
};

START_TEST(a_locked_account_is_opened_by_an_administrator_s_new_password)
{
    const char *why = lock_rows[_i].why;
    char lines[256];

    snprintf(lines, sizeof lines,
             "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-21\n"
             "suspected_at = 1795251600\nsuspected_by = root\nlocked = yes\n%s%s%s",
             *lock_rows[_i].former == '\0' ? "" : "shadow_expiry = ", lock_rows[_i].former,
             *lock_rows[_i].former == '\0' ? "" : "\n");
    write_record("alice", lines);
    person("alice")->expires_on = lock_rows[_i].stands == NULL ? -1 : day(lock_rows[_i].stands);
    machine->uid = lock_rows[_i].uid;
    machine->chage_fails = lock_rows[_i].chage_fails;
    ck_assert_msg(change_to("imap", NEW) == lock_rows[_i].code, "%s: %s", why, said);
    ck_assert_msg(strcmp(machine->chage, lock_rows[_i].chage) == 0, "%s: %s", why, machine->chage);
    expect_field(why, "alice", "shadow_expiry", lock_rows[_i].left);
    ck_assert_msg(logged("err") == lock_rows[_i].chage_fails, "%s: %s", why, machine->log);
    machine->uid = 0;
    expect_said(why, login("imap"),
                lock_rows[_i].code == PAM_SUCCESS ? PAM_NEW_AUTHTOK_REQD : PAM_ACCT_EXPIRED,
                lock_rows[_i].code == PAM_SUCCESS ? RESET_EN : LOCKED_EN);
}
END_TEST

/* ---- the files ------------------------------------------------------------------------------- */

START_TEST(a_field_of_a_newer_version_survives)
{
    write_record("alice", "set_on = 2026-11-01\nflavour = bitter sweet\n");
    ck_assert_int_eq(login("imap"), PAM_SUCCESS);
    expect_field("a login", "alice", "flavour", "bitter sweet");
    expect_field("that wrote", "alice", "last_login", TODAY);
    machine->uid = person("alice")->uid;
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    expect_field("a change", "alice", "flavour", "bitter sweet");
    expect_field("that wrote", "alice", "set_by", "user");
}
END_TEST

START_TEST(the_store_s_files_are_for_root_and_who_may_read_shadow)
{
    static const struct {
        const char *path;
        mode_t mode;
    } rows[] = {
        {"store/records/alice", 0640}, {"store/history/alice", 0600}, {"store/locks/alice", 0600},
        {"store/intents/alice", 0640}, {"store/stamp", 0640},         {"store/history", 0700},
        {"store/locks", 0700},         {"store/new", 0700},           {"store/records", 0750},
        {"store/intents", 0750},       {"store/policy", 0750},
    };
    const mode_t store_modes[] = {0750, 0700};
    struct stat status;

    for (size_t i = 0; i < COUNT(store_modes); i++) {
        stage_begin();
        write_service("unfinished", "password requisite %M\npassword required %U\n");
        ck_assert_int_eq(rmdir(stage_path("store/records")), 0);
        ck_assert_int_eq(chmod(stage_path("store"), store_modes[i]), 0);
        ck_assert_int_eq(login("imap"), PAM_SUCCESS);
        ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
        ck_assert_int_eq(change_to("unfinished", OTHER), PAM_SUCCESS);
        for (size_t j = 0; j < COUNT(rows); j++) {
            /* Where the store is its owner's alone, its files are. */
            mode_t mode = rows[j].mode & (store_modes[i] == 0700 ? 0700 : 0777);

            ck_assert_msg(stat(stage_path(rows[j].path), &status) == 0, "%s", rows[j].path);
            ck_assert_msg((status.st_mode & 07777) == mode, "%s: %o", rows[j].path,
                          (unsigned)status.st_mode);
        }
        ck_assert_uint_eq(count_files("store/new"), 0);
    }
}
END_TEST

Suite *suite_written(void)
{
    Suite *suite = suite_create("written");
    TCase *tcase = tcase_create("the record");

    tcase_add_checked_fixture(tcase, stage_begin, NULL);
    ADD_ROWS(tcase, who_changed_it_is_told_by_the_circumstances, who_rows);
    tcase_add_test(tcase, a_forced_change_ends_in_the_same_handle);
    ADD_ROWS(tcase, only_a_change_that_took_place_is_written_down, place_rows);
    tcase_add_test(tcase, a_password_that_is_set_to_what_it_was_is_not_changed);
    tcase_add_test(tcase, the_last_line_never_fails);
    tcase_add_test(tcase, without_the_last_line_the_witness_waits_a_minute);
    tcase_add_test(tcase, a_change_that_is_killed_is_safe);
    tcase_add_test(tcase, a_login_during_a_change_is_not_refused);
    ADD_ROWS(tcase, two_changes_at_once_leave_the_record_of_the_one_in_force, meeting_rows);
    tcase_add_test(tcase, a_second_change_that_fails_does_not_uncover_the_first);
    tcase_add_test(tcase, a_first_change_that_fails_does_not_uncover_the_second);
    tcase_add_test(tcase, a_mark_that_is_made_during_a_change_stays);
    tcase_add_test(tcase, a_mark_made_while_somebody_sits_at_the_prompt_stays);
    ADD_ROWS(tcase, a_locked_account_is_opened_by_an_administrator_s_new_password, lock_rows);
    tcase_add_test(tcase, a_field_of_a_newer_version_survives);
    tcase_add_test(tcase, the_store_s_files_are_for_root_and_who_may_read_shadow);
    suite_add_tcase(suite, tcase);
    return suite;
}
