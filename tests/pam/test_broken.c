/*
 * When something is broken: policy, store, record, clock, lock, NSS. What is asserted everywhere:
 * who is let in, that nothing has been changed when a change is refused, and that root gets in.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"
#include "verdicts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOT_NOW                                                                                    \
    ERROR("Passwords cannot be changed at the moment; your old one still works. Please tell your " \
          "administrator.")
#define CANNOT_CHECK                                                                               \
    ERROR("Your account cannot be checked at the moment. Please tell your administrator.")
#define RULES_EN                                                                                   \
    INFO(                                                                                          \
        "New password: at least 8 characters, with upper case, lower case, a digit and a special " \
        "character; not one of your last 5.")
#define DONE_EN INFO("Password changed. It is valid until 20 May 2027.")

static void begin_with_root(void)
{
    stage_begin();
    person("root")->uid = 0;
    set_password("root", OLD, "2026-11-01");
    person("bob");
    set_password("bob", OLD, "2026-11-01");
}

/* A program without rights that a user runs. Run by root, this one has to play that it is none. */
static void become(uid_t uid)
{
    machine->uid = uid;
    machine->other_euid = geteuid() == 0;
}

static int login_of(const char *user)
{
    return visit_account(&(struct visit){.user = user, .asked = true});
}

/* root gets in and is told; `words` is a part of what. */
static void expect_root_told(const char *why, const char *words)
{
    int code = login_of("root");

    ck_assert_msg(code == PAM_SUCCESS, "%s: root got %d: %s", why, code, said);
    ck_assert_msg(strncmp(said, "info: Password policy needs your attention: ", 44) == 0 &&
                      strstr(said, ". See: vpolicy check\n") != NULL && strstr(said, words) != NULL,
                  "%s: root was told: %s", why, said);
}

/* A change by the user is refused before anything was asked or changed. */
/* before: what is said before it is refused. */
static void expect_change_refused_after(const char *why, const char *before)
{
    char wanted[2048];
    char hash[VP_HASH_SIZE];
    uid_t uid = machine->uid;

    snprintf(hash, sizeof hash, "%s", person("alice")->hash);
    machine->unix_calls = 0;
    machine->uid = person("alice")->uid;
    snprintf(wanted, sizeof wanted, "%s%s", before, NOT_NOW);
    expect_said(why, change_to("imap", NEW), PAM_AUTHTOK_LOCK_BUSY, wanted);
    machine->uid = uid;
    ck_assert_msg(machine->unix_calls == 0, "%s: pam_unix was asked", why);
    ck_assert_msg(strcmp(hash, person("alice")->hash) == 0, "%s: changed", why);
}

static void expect_change_refused(const char *why)
{
    expect_change_refused_after(why, "");
}

static void expect_logged(const char *why, const char *level, const char *words)
{
    const char *line = strstr(machine->log, words);

    ck_assert_msg(line != NULL && logged(level) > 0, "%s: %s, %s: %s", why, level, words,
                  machine->log);
}

/* ---- the policy ------------------------------------------------------------------------------ */

static void misspell(void)
{
    write_policy("max_age = 10d\nmin_lenght = 14\n");
}

static void make_writable(void)
{
    write_file("policy", "max_age = never\n", 0666);
}

static void make_group_writable(void)
{
    write_file("policy", "max_age = never\n", 0664);
}

static void remove_policy(void)
{
    ck_assert_int_eq(unlink(stage_path("policy")), 0);
}

static void make_folder(void)
{
    remove_policy();
    ck_assert_int_eq(mkdir(stage_path("policy"), 0755), 0);
}

static void make_pipe(void)
{
    remove_policy();
    ck_assert_int_eq(mkfifo(stage_path("policy"), 0644), 0);
}

static void give_away(void)
{
    write_policy("max_age = never\n");
    if (geteuid() == 0)
        ck_assert_int_eq(chown(stage_path("policy"), 65534, 65534), 0);
    else
        make_writable();
}

static const struct {
    const char *why;
    void (*spoil)(void);
    const char *words;
} policy_rows[] = {
    {"a key that is misspelt", misspell, "policy:2: min_lenght"},
    {"everybody may write it", make_writable, "policy: can be written by others"},
    {"its group may write it", make_group_writable, "policy: can be written by others"},
    {"it is another user's", give_away, "policy: "},
    {"policy= names a file that is missing", remove_policy, "policy: there is no such policy file"},
    {"it is a folder", make_folder, "policy: is no regular file"},
    {"it is a pipe: nobody waits for it", make_pipe, "policy: is no regular file"},
};

START_TEST(a_broken_policy_leaves_the_last_good_copy_in_force)
{
    const char *why = policy_rows[_i].why;

    write_record("alice", "set_on = 2026-11-01\n");
    write_policy("max_age = 10d\nmin_length = 14\n");
    ck_assert_int_eq(login_of("alice"), PAM_NEW_AUTHTOK_REQD);
    policy_rows[_i].spoil();
    for (int i = 0; i < 2; i++) {
        machine->log[0] = '\0';
        expect_said(why, login_of("alice"), PAM_NEW_AUTHTOK_REQD,
                    INFO("Your password expired on 11 November 2026. Please set a new one to "
                         "continue."));
        expect_logged(why, "crit", policy_rows[_i].words);
        ck_assert_int_eq(logged("crit"), 1);
    }
    expect_root_told(why, policy_rows[_i].words);
    machine->uid = person("alice")->uid;
    ck_assert_msg(change_to("imap", NEW) == PAM_AUTHTOK_ERR &&
                      strstr(said, "it has 11 characters and needs at least 14") != NULL,
                  "%s: %s", why, said);
}
END_TEST

START_TEST(a_broken_policy_without_a_copy_leaves_the_built_in_one)
{
    const char *why = policy_rows[_i].why;

    write_record("alice", "set_on = 2025-11-21\n");
    policy_rows[_i].spoil();
    expect_said(why, login_of("alice"), PAM_NEW_AUTHTOK_REQD,
                INFO("Your password expired on 20 May 2026. Please set a new one to continue."));
    expect_logged(why, "crit", policy_rows[_i].words);
    expect_root_told(why, policy_rows[_i].words);
    machine->uid = person("alice")->uid;
    expect_said(why, change_to("imap", NEW), PAM_SUCCESS, RULES_EN ASKED DONE_EN);
}
END_TEST

START_TEST(a_list_that_cannot_be_asked_stops_no_change_and_is_logged_once)
{
    char policy[512];

    snprintf(policy, sizeof policy, "breached = %s\n", stage_path("list"));
    write_policy(policy);
    machine->uid = person("alice")->uid;
    expect_said("no list", change_to("imap", NEW), PAM_SUCCESS, RULES_EN ASKED DONE_EN);
    expect_logged("no list", "err", "/list: cannot be opened: No such file or directory");
    ck_assert_int_eq(logged("err"), 1);
    write_file("list", "min_length = 8\n", 0644);
    machine->log[0] = '\0';
    expect_said("another file", change_to("imap", "Vo-Cam.46x"), PAM_SUCCESS,
                RULES_EN ASKED DONE_EN);
    expect_logged("another file", "err", "/list: is cut, or no list of breached passwords");
}
END_TEST

START_TEST(a_mended_policy_counts_at_once)
{
    write_record("alice", "set_on = 2026-11-01\n");
    write_policy("max_age = 10d\n");
    ck_assert_int_eq(login_of("alice"), PAM_NEW_AUTHTOK_REQD);
    misspell();
    ck_assert_int_eq(login_of("alice"), PAM_NEW_AUTHTOK_REQD);
    write_policy("max_age = 100d\n");
    machine->log[0] = '\0';
    expect_said("mended", login_of("alice"), PAM_SUCCESS, "");
    ck_assert_str_eq(machine->log, "");
    misspell();
    expect_said("and is the last good copy now", login_of("alice"), PAM_SUCCESS, "");
}
END_TEST

/* ---- a record -------------------------------------------------------------------------------- */

static void put_record(const char *text, mode_t mode)
{
    write_file("store/records/alice", text, mode);
}

static void damage(void)
{
    put_record("once upon a time\n", 0640);
}

static void cut(void)
{
    put_record("version = 1.0\nuser = alice\nuid = 5001\n", 0640);
}

static void empty(void)
{
    put_record("", 0640);
}

static void come_from_the_future(void)
{
    put_record("version = 2.0\nuser = alice\nuid = 5001\nend\n", 0640);
}

static void be_anothers(void)
{
    put_record("version = 1.0\nuser = bob\nuid = 5001\nend\n", 0640);
}

static void hold_nonsense(void)
{
    put_record("version = 1.0\nuser = alice\nuid = 5001\nset_on = yesterday\nend\n", 0640);
}

static void be_writable(void)
{
    put_record("version = 1.0\nuser = alice\nuid = 5001\nend\n", 0666);
}

static void be_a_link(void)
{
    write_file("elsewhere", "version = 1.0\nuser = alice\nuid = 5001\nend\n", 0640);
    ck_assert_int_eq(symlink(stage_path("elsewhere"), stage_path("store/records/alice")), 0);
}

static void be_a_folder(void)
{
    ck_assert_int_eq(mkdir(stage_path("store/records/alice"), 0750), 0);
}

static void be_a_pipe(void)
{
    ck_assert_int_eq(mkfifo(stage_path("store/records/alice"), 0640), 0);
}

static const struct {
    const char *why;
    void (*spoil)(void);
    const char *words;
} record_rows[] = {
    {"damaged", damage, "store/records/alice"},
    {"cut", cut, "store/records/alice:3: no line \"end\": the file was cut"},
    {"empty", empty, "store/records/alice"},
    {"of another major version", come_from_the_future, "store/records/alice:1: version 2.0"},
    {"somebody else's", be_anothers, "the record of alice says it is bob's"},
    {"a day that is none", hold_nonsense, "store/records/alice:4: set_on"},
    {"everybody may write it", be_writable, "store/records/alice: can be written by others"},
    {"a link", be_a_link, "store/records/alice"},
    {"a folder", be_a_folder, "store/records/alice: is no regular file"},
    {"a pipe: nobody waits for it", be_a_pipe, "store/records/alice: is no regular file"},
};

START_TEST(a_corrupt_record_stops_its_owner_and_nobody_else)
{
    const char *why = record_rows[_i].why;
    char before[1024];

    write_record("bob", "set_on = 2026-11-01\n");
    record_rows[_i].spoil();
    snprintf(before, sizeof before, "%s", _i < 8 ? read_file("store/records/alice") : "");
    expect_said(why, login_of("alice"), PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK);
    expect_logged(why, "err", record_rows[_i].words);
    ck_assert_int_eq(logged("crit"), 0);
    expect_change_refused(why);
    expect_said(why, login_of("bob"), PAM_SUCCESS, "");
    expect_said(why, login_of("root"), PAM_SUCCESS, "");
    expect_said("root's su", visit_account(&(struct visit){.ruser = "root"}), PAM_SUCCESS, "");
    expect_said("a client that calls itself root",
                visit_account(&(struct visit){.ruser = "root", .rhost = "192.0.2.7"}),
                PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK);
    expect_said("silent", visit_account(&(struct visit){.asked = true, .flags = PAM_SILENT}),
                PAM_AUTHINFO_UNAVAIL, "");
    become(person("alice")->uid);
    expect_said("a screen locker: the user himself, without rights", login_of("alice"), PAM_SUCCESS,
                "");
    expect_said("who is nobody else", login_of("bob"), PAM_SUCCESS, "");
    become(person("bob")->uid);
    expect_said("another user's program", login_of("alice"), PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK);
    if (_i < 8)
        ck_assert_msg(strcmp(before, read_file("store/records/alice")) == 0, "%s: rewritten", why);
}
END_TEST

START_TEST(root_gets_in_with_a_corrupt_record)
{
    write_file("store/records/root", "once upon a time\n", 0640);
    expect_said("uid 0", login_of("root"), PAM_SUCCESS, "");
    expect_logged("and it is in the log", "err", "store/records/root");
}
END_TEST

START_TEST(a_corrupt_history_stops_changes_not_logins)
{
    write_record("alice", "set_on = 2026-11-01\n");
    ck_assert_int_eq(mkdir(stage_path("store/history"), 0700), 0);
    write_file("store/history/alice", "once upon a time\n", 0600);
    expect_said("a login does not read it", login_of("alice"), PAM_SUCCESS, "");
    machine->uid = person("alice")->uid;
    ck_assert_int_eq(change_to("imap", NEW), PAM_AUTHTOK_LOCK_BUSY);
    ck_assert_msg(strstr(said, NOT_NOW) != NULL, "%s", said);
    ck_assert(password_is("alice", OLD));
    ck_assert_int_eq(machine->unix_calls, 0);
}
END_TEST

/* ---- the store ---------------------------------------------------------------------------------
 */

static void lose_store(void)
{
    ck_assert_int_eq(rename(stage_path("store"), stage_path("not-mounted")), 0);
}

static void give_store_away(void)
{
    if (geteuid() == 0)
        ck_assert_int_eq(chown(stage_path("store"), 65534, 65534), 0);
    else
        ck_assert_int_eq(chmod(stage_path("store"), 0770), 0);
}

static void open_store_to_all(void)
{
    ck_assert_int_eq(chmod(stage_path("store"), 0777), 0);
}

static const struct {
    const char *why;
    void (*spoil)(void);
    const char *words;
} store_rows[] = {
    {"missing, not mounted", lose_store, "/store: the store cannot be opened: No such file"},
    {"another user's", give_store_away, "/store: "},
    {"everybody may write it", open_store_to_all, "/store: can be written by others"},
};

START_TEST(without_a_store_shadow_s_dates_decide)
{
    const char *why = store_rows[_i].why;

    write_record("alice", "set_on = 2026-11-01\nclosed = retired\nclosed_from = 2026-11-01\n");
    store_rows[_i].spoil();
    expect_said(why, login_of("alice"), PAM_SUCCESS, "");
    expect_logged(why, "crit", store_rows[_i].words);
    person("bob")->changed_on = day("2026-06-02");
    expect_said(why, login_of("bob"), PAM_SUCCESS,
                INFO("Your password expires in 7 days (29 November 2026). To change it now, type: "
                     "passwd"));
    person("bob")->changed_on = day("2020-06-02");
    ck_assert_msg(login_of("bob") == PAM_SUCCESS, "%s: a lost store locks nobody out", why);
    person("bob")->changed_on = 0;
    ck_assert_msg(login_of("bob") == PAM_NEW_AUTHTOK_REQD, "%s: chage -d 0 is in shadow", why);
    expect_root_told(why, store_rows[_i].words);
    expect_change_refused(why);
}
END_TEST

START_TEST(who_may_not_look_into_the_store_is_told_nothing_about_others)
{
    write_record("alice", "closed = retired\nclosed_from = 2026-11-01\n");
    machine->store_closed = true;
    become(person("alice")->uid);
    expect_said("the user himself gains nothing by it", login_of("alice"), PAM_SUCCESS, "");
    expect_said("somebody else", login_of("bob"), PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK);
    ck_assert_msg(logged("crit") + logged("err") == 0, "as it should be, so no alarm: %s",
                  machine->log);
    machine->uid = 0;
    machine->other_euid = false;
    if (geteuid() != 0)
        return; /* what confines root can only be tried as root */
    expect_said("root that is confined: a broken store", login_of("bob"), PAM_SUCCESS, "");
    expect_logged("and an alarm", "crit", "/store: the store cannot be opened: Permission denied");
    expect_change_refused("nothing could be written down");
}
END_TEST

START_TEST(a_store_that_comes_back_locks_nobody_out)
{
    write_record("alice", "set_on = 2026-11-01\n");
    lose_store();
    ck_assert_int_eq(login_of("alice"), PAM_SUCCESS);
    ck_assert_int_eq(rename(stage_path("not-mounted"), stage_path("store")), 0);
    expect_said("a late mount", login_of("alice"), PAM_SUCCESS, "");
    lose_store();
    ck_assert_int_eq(mkdir(stage_path("store"), 0750), 0);
    person("bob")->changed_on = day(TODAY);
    expect_said("a new and empty one", login_of("alice"), PAM_SUCCESS, "");
    expect_said("who changed it this very day is no new account", login_of("bob"), PAM_SUCCESS, "");
    expect_said("the next day", (set_clock("2026-11-23", 0), login_of("bob")), PAM_SUCCESS, "");
}
END_TEST

START_TEST(a_read_only_store_judges_and_takes_no_change)
{
    static const struct {
        const char *why, *record;
        int code;
    } rows[] = {
        {"ok", "set_on = 2026-11-01\n", PAM_SUCCESS},
        {"due", "set_on = 2025-01-01\n", PAM_NEW_AUTHTOK_REQD},
        {"closed", "closed = retired\nclosed_from = 2026-11-01\n", PAM_ACCT_EXPIRED},
        {"set behind PAM's back", "hash = " OTHER_HASH "\n", PAM_NEW_AUTHTOK_REQD},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char before[1024];

        write_record("alice", rows[i].record);
        snprintf(before, sizeof before, "%s", read_file("store/records/alice"));
        machine->read_only = true;
        machine->log[0] = '\0';
        ck_assert_msg(login_of("alice") == rows[i].code, "%s: %s", rows[i].why, said);
        expect_logged(rows[i].why, "crit", "/store: the store cannot be written to: Read-only");
        ck_assert_str_eq(before, read_file("store/records/alice"));
        if (rows[i].code != PAM_ACCT_EXPIRED)
            expect_change_refused(rows[i].why);
        expect_root_told(rows[i].why, "/store: the store cannot be written to");
        machine->read_only = false;
    }
}
END_TEST

START_TEST(a_full_disk_shows_before_the_password_has_changed)
{
    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = person("alice")->uid;
    machine->disk_full = true;
    expect_said("refused", change_to("imap", NEW), PAM_AUTHTOK_LOCK_BUSY, RULES_EN ASKED NOT_NOW);
    ck_assert_int_eq(machine->unix_calls, 0);
    ck_assert(password_is("alice", OLD));
    expect_said("and everybody gets in", login("imap"), PAM_SUCCESS, "");
    write_record("alice", "set_on = 2026-11-01\nhash = " OTHER_HASH "\n");
    expect_said("what cannot be written down is judged all the same", login("imap"),
                PAM_NEW_AUTHTOK_REQD, RESET_EN);
    expect_logged("and logged", "crit", "No space left");
}
END_TEST

static void become_read_only(void)
{
    machine->read_only = true;
}

START_TEST(a_record_that_cannot_be_written_after_the_change_does_not_fail_it)
{
    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = person("alice")->uid;
    machine->after_set = become_read_only;
    expect_said("the password is set, and no program may say otherwise", change_to("imap", NEW),
                PAM_SUCCESS, RULES_EN ASKED);
    ck_assert(password_is("alice", NEW));
    expect_logged("critical", "crit",
                  "user alice: the password was changed, the record was not; the next login will "
                  "ask for a change again: ");
    machine->read_only = false;
    set_clock(TODAY, 12 * 3600 + 60);
    expect_said("and it does", login("imap"), PAM_NEW_AUTHTOK_REQD, RESET_EN);
}
END_TEST

START_TEST(a_damaged_stamp_locks_nobody_out)
{
    static const char *const stamps[] = {"", "version = 1.0\n",
                                         "version = 1.0\nbegan = soon\nend\n",
                                         "version = 1.0\nbegan = 2026-11-10\n", "version = 2.0\n"};

    person("alice")->changed_on = day("2026-11-15");
    for (size_t i = 0; i < COUNT(stamps); i++) {
        write_file("store/stamp", stamps[i], 0640);
        unlink(stage_path("store/records/alice"));
        machine->log[0] = '\0';
        expect_said(stamps[i], login_of("alice"), PAM_SUCCESS, "");
        expect_logged(stamps[i], "crit", "/store/stamp: is damaged");
        expect_root_told(stamps[i], "/store/stamp: is damaged");
        ck_assert_str_eq(read_file("store/stamp"), stamps[i]);
    }
}
END_TEST

START_TEST(a_folder_that_is_missing_is_made_again)
{
    static const char *const folders[] = {"locks", "history", "intents", "new", "policy"};
    static const char *const passwords[] = {"Wq-Zev#1axo", "Hj-Pok!2bqu", "Bx-Cyf?3cce",
                                            "Gn-Mud%4dwi", "Nv-Kah&5eby"};

    machine->uid = person("alice")->uid;
    for (size_t i = 0; i < COUNT(folders); i++) {
        char path[64], away[64];

        snprintf(path, sizeof path, "store/%s", folders[i]);
        snprintf(away, sizeof away, "away-%s", folders[i]);
        ck_assert_int_eq(login_of("bob"), PAM_SUCCESS);
        ck_assert_int_eq(rename(stage_path(path), stage_path(away)), 0);
        ck_assert_msg(change_to("imap", passwords[i]) == PAM_SUCCESS, "%s: %s", folders[i],
                      machine->log);
        ck_assert_msg(login("imap") == PAM_SUCCESS, "%s: %s", folders[i], said);
    }
}
END_TEST

/* ---- the clock ---------------------------------------------------------------------------------
 */

#define NEWEST "newest = 1795348800\n" /* 2026-11-22 12:00 */

static const struct {
    const char *why, *policy, *record;
    int code; /* while the clock says 1970, and when it is right again */
    int later;
} clock_rows[] = {
    {"in the middle of its life", "", "set_on = 2026-11-01\n" NEWEST, PAM_SUCCESS, PAM_SUCCESS},
    {"due: nobody expires by it", "", "set_on = 2025-11-21\n" NEWEST, PAM_SUCCESS,
     PAM_NEW_AUTHTOK_REQD},
    {"a first login is one under any clock", "",
     "set_on = 2026-11-20\ndue = initial\ndue_since = 2026-11-20\n" NEWEST, PAM_NEW_AUTHTOK_REQD,
     PAM_NEW_AUTHTOK_REQD},
    {"suspected", "", "suspected = suspected\nsuspected_from = 2026-11-20\n" NEWEST,
     PAM_NEW_AUTHTOK_REQD, PAM_NEW_AUTHTOK_REQD},
    {"nobody closed is let in by it", "", "closed = retired\nclosed_from = 2026-11-22\n" NEWEST,
     PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED},
    {"closed from tomorrow on", "",
     "set_on = 2026-11-01\nclosed = retired\nclosed_from = 2026-11-23\n" NEWEST, PAM_SUCCESS,
     PAM_SUCCESS},
    {"idle", "max_idle = 90d\n", "set_on = 2026-11-01\nlast_login = 2026-08-24\n" NEWEST,
     PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED},
};

START_TEST(a_clock_at_1970_closes_nobody_and_opens_nothing)
{
    const char *why = clock_rows[_i].why;
    char before[1024];

    write_policy(clock_rows[_i].policy);
    write_record("alice", clock_rows[_i].record);
    snprintf(before, sizeof before, "%s", read_file("store/records/alice"));
    machine->now = 3600;
    ck_assert_msg(login_of("alice") == clock_rows[_i].code, "%s: %s", why, said);
    expect_logged(why, "warning", "the clock says 1970-01-01, which is before what was already");
    ck_assert_msg(strcmp(before, read_file("store/records/alice")) == 0, "%s: written", why);
    set_clock(TODAY, 13 * 3600);
    machine->log[0] = '\0';
    ck_assert_msg(login_of("alice") == clock_rows[_i].later, "%s: %s", why, said);
    ck_assert_int_eq(logged("warning"), 0);
}
END_TEST

START_TEST(nothing_is_learnt_for_ever_under_a_clock_at_1970)
{
    machine->now = 3600;
    expect_said("without a record", login_of("alice"), PAM_SUCCESS, "");
    ck_assert_uint_eq(count_files("store/records"), 0);
    ck_assert_str_eq(read_file("store/stamp"), "");
    set_clock(TODAY, 0);
    expect_said("the clock is right again", login_of("alice"), PAM_SUCCESS, "");
    expect_field("and the record begins", "alice", "began", TODAY);
    ck_assert_str_eq(read_file("store/stamp"), "version = 1.0\nbegan = 2026-11-22\nend\n");
}
END_TEST

START_TEST(a_change_under_a_clock_at_1970_does_not_expire_when_it_is_right_again)
{
    write_record("alice", "set_on = 2026-06-01\n" NEWEST);
    machine->uid = person("alice")->uid;
    machine->now = 3600;
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    ck_assert_int_eq(login("imap"), PAM_SUCCESS);
    set_clock(TODAY, 13 * 3600);
    expect_said("as old as the newest thing known", login("imap"), PAM_SUCCESS, "");
    expect_field("today's", "alice", "set_on", TODAY);
}
END_TEST

START_TEST(a_day_in_the_future_is_put_back_to_today)
{
    write_file("store/stamp", "version = 1.0\nbegan = 2026-11-10\nend\n", 0640);
    person("alice")->changed_on = day("2036-11-22");
    ck_assert_int_eq(login_of("alice"), PAM_NEW_AUTHTOK_REQD);
    expect_field("clamped", "alice", "set_on", TODAY);
    expect_logged("and logged", "warning",
                  "/etc/shadow: alice: the password's day lies in the future; today counts");
}
END_TEST

/* ---- locks ----------------------------------------------------------------------------------- */

static int held = -1;

static void hold_lock(void)
{
    if (count_files("store/locks") == 0)
        ck_assert_int_eq(login_of("bob"), PAM_SUCCESS); /* makes the folders */
    held = open(stage_path("store/locks/alice"), O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(held, 0);
    ck_assert_int_eq(flock(held, LOCK_EX | LOCK_NB), 0);
}

static void release_after_a_second(void)
{
    if (held >= 0 && machine->slept_ms >= 1000) {
        close(held);
        held = -1;
    }
}

START_TEST(a_login_does_not_wait_for_a_lock)
{
    static const struct {
        const char *why, *record;
        int code, later;
    } rows[] = {
        {"ok", "set_on = 2026-11-01\n", PAM_SUCCESS, PAM_SUCCESS},
        {"due", "set_on = 2025-01-01\n", PAM_NEW_AUTHTOK_REQD, PAM_NEW_AUTHTOK_REQD},
        {"closed", "closed = other\nclosed_from = 2026-11-01\n", PAM_ACCT_EXPIRED,
         PAM_ACCT_EXPIRED},
        {"another hash and no intent: who holds the lock does not silence the witness",
         "set_on = 2026-11-01\nhash = " OTHER_HASH "\n", PAM_NEW_AUTHTOK_REQD,
         PAM_NEW_AUTHTOK_REQD},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char before[1024];

        write_record("alice", rows[i].record);
        snprintf(before, sizeof before, "%s", read_file("store/records/alice"));
        hold_lock();
        machine->log[0] = '\0';
        ck_assert_msg(login_of("alice") == rows[i].code, "%s: %s", rows[i].why, said);
        ck_assert_int_eq(machine->slept_ms, 0);
        ck_assert_int_eq(logged("crit") + logged("err"), 0);
        ck_assert_str_eq(before, read_file("store/records/alice"));
        close(held);
        ck_assert_msg(login_of("alice") == rows[i].later, "%s: %s", rows[i].why, said);
    }
}
END_TEST

START_TEST(a_change_waits_five_seconds_and_is_refused)
{
    write_record("alice", "set_on = 2026-11-01\n");
    hold_lock();
    expect_change_refused_after("held", RULES_EN ASKED);
    ck_assert_int_ge(machine->slept_ms, 4900);
    ck_assert_int_le(machine->slept_ms, 5500);
    expect_logged("with the file", "crit", "/store/locks/alice: cannot be locked");
    machine->slept_ms = 0;
    machine->on_sleep = release_after_a_second;
    machine->uid = person("alice")->uid;
    expect_said("let go of after a second", change_to("imap", NEW), PAM_SUCCESS,
                RULES_EN ASKED DONE_EN);
    ck_assert_int_lt(machine->slept_ms, 1100);
}
END_TEST

START_TEST(a_lock_that_comes_in_between_does_not_fail_the_change)
{
    write_record("alice", "set_on = 2026-11-01\n");
    machine->uid = person("alice")->uid;
    machine->after_set = hold_lock;
    expect_said("set", change_to("imap", NEW), PAM_SUCCESS, RULES_EN ASKED);
    ck_assert_int_le(machine->slept_ms, 5500);
    expect_logged("critical", "crit", "the password was changed, the record was not");
    close(held);
}
END_TEST

/* ---- NSS ---------------------------------------------------------------------------------------
 */

static const struct {
    const char *why, *record; /* NULL = none */
    int passwd_status, shadow_status;
    bool hidden, closed; /* the shadow entry, the file */
    const char *pw_passwd;
    int code;
    const char *said;
    bool change_refused;
} nss_rows[] = {
    {"passwd: too many open files", "set_on = 2026-11-01\n", EMFILE, 0, false, false, "x",
     PAM_AUTHINFO_UNAVAIL, "", false},
    {"passwd: EIO", "set_on = 2026-11-01\n", EIO, 0, false, false, "x", PAM_AUTHINFO_UNAVAIL, "",
     false},
    {"shadow: too many open files, while the record holds a hash", "set_on = 2026-11-01\n", 0,
     EMFILE, false, false, "x", PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK, true},
    {"shadow: no entry and no error, while the record holds a hash", "set_on = 2026-11-01\n", 0, 0,
     true, false, "x", PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK, true},
    {"shadow: the file cannot be opened, while the record holds a hash", "set_on = 2026-11-01\n", 0,
     0, false, true, "x", PAM_AUTHINFO_UNAVAIL, CANNOT_CHECK, true},
    {"no entry, and the record holds none: a directory's account", "set_on = 2026-11-01\nhash = \n",
     0, 0, true, false, "x", PAM_SUCCESS, "", false},
    {"no entry and no record: likewise", NULL, 0, 0, true, false, "x", PAM_SUCCESS, "", false},
    {"marks are judged before any look at shadow: closed",
     "closed = retired\nclosed_from = 2026-11-01\n", 0, 0, true, false, "x", PAM_ACCT_EXPIRED,
     CLOSED_EN, false},
    {"and suspected", "suspected = suspected\nsuspected_from = 2026-11-01\n", 0, 0, false, true,
     "x", PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN, true},
    {"a passwd field that is no x is the hash, and is `*` here", "set_on = 2020-11-01\n", 0, 0,
     true, false, "*", PAM_SUCCESS, "", false},
};

START_TEST(what_nss_cannot_tell_is_not_guessed)
{
    const char *why = nss_rows[_i].why;

    if (nss_rows[_i].record != NULL)
        write_record("alice", nss_rows[_i].record);
    snprintf(person("alice")->pw_passwd, sizeof person("alice")->pw_passwd, "%s",
             nss_rows[_i].pw_passwd);
    person("alice")->hidden = nss_rows[_i].hidden;
    machine->passwd_status = nss_rows[_i].passwd_status;
    machine->shadow_status = nss_rows[_i].shadow_status;
    machine->shadow_closed = nss_rows[_i].closed;
    expect_said(why, login_of("alice"), nss_rows[_i].code, nss_rows[_i].said);
    if (nss_rows[_i].code == PAM_AUTHINFO_UNAVAIL)
        expect_logged(why, "err", "alice: ");
    if (nss_rows[_i].change_refused)
        expect_change_refused(why);
}
END_TEST

START_TEST(groups_that_cannot_be_told_are_those_seen_last)
{
    write_policy("[group leaders it-admins]\nmax_age = 10d\n");
    write_record("alice", "set_on = 2026-11-01\n");
    snprintf(person("alice")->groups, sizeof person("alice")->groups, "leaders");
    ck_assert_int_eq(login_of("alice"), PAM_NEW_AUTHTOK_REQD);
    expect_field("seen", "alice", "groups", "leaders");
    machine->group_status = EIO;
    ck_assert_int_eq(login_of("alice"), PAM_NEW_AUTHTOK_REQD);
    expect_logged("logged", "warning", "the group cannot be looked up");
    expect_field("kept", "alice", "groups", "leaders");
    write_record("bob", "set_on = 2026-11-01\n");
    expect_said("never seen in one", login_of("bob"), PAM_SUCCESS, "");
}
END_TEST

START_TEST(names_and_hosts_cannot_forge_the_log)
{
    write_record("alice", "set_on = 2025-11-21\n");
    visit_account(
        &(struct visit){.asked = true, .rhost = "x\nnotice: pam_vpolicy(sshd:account): y"});
    ck_assert_int_eq(logged("notice"), 1);
}
END_TEST

Suite *suite_broken(void)
{
    Suite *suite = suite_create("broken");
    TCase *tcase = tcase_create("broken things");

    tcase_add_checked_fixture(tcase, begin_with_root, NULL);
    ADD_ROWS(tcase, a_broken_policy_leaves_the_last_good_copy_in_force, policy_rows);
    ADD_ROWS(tcase, a_broken_policy_without_a_copy_leaves_the_built_in_one, policy_rows);
    tcase_add_test(tcase, a_list_that_cannot_be_asked_stops_no_change_and_is_logged_once);
    tcase_add_test(tcase, a_mended_policy_counts_at_once);
    ADD_ROWS(tcase, a_corrupt_record_stops_its_owner_and_nobody_else, record_rows);
    tcase_add_test(tcase, root_gets_in_with_a_corrupt_record);
    tcase_add_test(tcase, a_corrupt_history_stops_changes_not_logins);
    ADD_ROWS(tcase, without_a_store_shadow_s_dates_decide, store_rows);
    tcase_add_test(tcase, who_may_not_look_into_the_store_is_told_nothing_about_others);
    tcase_add_test(tcase, a_store_that_comes_back_locks_nobody_out);
    tcase_add_test(tcase, a_read_only_store_judges_and_takes_no_change);
    tcase_add_test(tcase, a_full_disk_shows_before_the_password_has_changed);
    tcase_add_test(tcase, a_record_that_cannot_be_written_after_the_change_does_not_fail_it);
    tcase_add_test(tcase, a_damaged_stamp_locks_nobody_out);
    tcase_add_test(tcase, a_folder_that_is_missing_is_made_again);
    ADD_ROWS(tcase, a_clock_at_1970_closes_nobody_and_opens_nothing, clock_rows);
    tcase_add_test(tcase, nothing_is_learnt_for_ever_under_a_clock_at_1970);
    tcase_add_test(tcase, a_change_under_a_clock_at_1970_does_not_expire_when_it_is_right_again);
    tcase_add_test(tcase, a_day_in_the_future_is_put_back_to_today);
    tcase_add_test(tcase, a_login_does_not_wait_for_a_lock);
    tcase_add_test(tcase, a_change_waits_five_seconds_and_is_refused);
    tcase_add_test(tcase, a_lock_that_comes_in_between_does_not_fail_the_change);
    ADD_ROWS(tcase, what_nss_cannot_tell_is_not_guessed, nss_rows);
    tcase_add_test(tcase, groups_that_cannot_be_told_are_those_seen_last);
    tcase_add_test(tcase, names_and_hosts_cannot_forge_the_log);
    suite_add_tcase(suite, tcase);
    return suite;
}
