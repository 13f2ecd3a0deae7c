/*
 * lib/inquiry.c: one account at one moment, asked by both doors. A made-up NSS, a store and a
 * policy file in a directory of the test's own. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later
 */
#include "names.h"
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#include "../../lib/inquiry.h"
#include "../../lib/secret.h"

/* 2026-11-22 08:00 UTC */
#define T   20779
#define NOW ((int64_t)T * 86400 + 8 * 3600)

/* "Vpolicy#2" and "Vpolicy#1", SHA-256, by OpenSSL */
#define HASH_2 "$5$abcdefgh$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSxB"
#define HASH_1 "$5$abcdefgh$ptztCTojj77t8Ht8WVSSM.1p.i1/rL3VcLKOVBS3BL3"

static char directory[64], state[96], policy[96];
static struct made_up_user user;
static const char *const groups[] = {"staff", "domain users"};
static struct vp_inquiry inquiry;
static struct vp_error error;

static const char *in_state(const char *entry)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", state, entry);
    return path;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void begin(void)
{
    struct vp_store store;

    snprintf(directory, sizeof directory, "/tmp/vpolicy-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    umask(022);
    snprintf(state, sizeof state, "%s/state", directory);
    snprintf(policy, sizeof policy, "%s/policy.conf", directory);
    put(policy, "retry = 2\n");
    ck_assert_int_eq(vp_store_create(state, &error), 0);
    /* Begun 200 days ago, so that nobody reads the host's shadow file for a stamp. */
    ck_assert_int_eq(vp_store_open(state, &store, &error), 0);
    ck_assert_int_eq(vp_store_write_stamp(&store, T - 200, "", &error), 0);
    vp_store_close(&store);
    user = (struct made_up_user){.name = "tuan",
                                 .uid = 1000,
                                 .gid = 100,
                                 .shadow = HASH_2,
                                 .changed = T - 300,
                                 .expire = -1,
                                 .groups = "staff"};
    made_up = (struct made_up_names){
        .users = &user, .user_count = 1, .groups = groups, .group_count = COUNT(groups)};
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static void end(void)
{
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct vp_question question_at(int64_t now)
{
    return (struct vp_question){
        .policy_path = policy, .state_dir = state, .user = "tuan", .service = "sshd", .now = now};
}

static int ask_at(int64_t now)
{
    struct vp_question question = question_at(now);

    return vp_inquiry_open(&question, &inquiry, &error);
}

static int ask(void)
{
    return ask_at(NOW);
}

/* Asks, holds and writes what was learnt, as a login does. */
static void log_in(int64_t now)
{
    ck_assert_int_eq(ask_at(now), 1);
    ck_assert_msg(vp_inquiry_hold(&inquiry, 0, &error) == 0, "%s", error.text);
    ck_assert_msg(vp_inquiry_write(&inquiry, true, &error) == 0, "%s", error.text);
    vp_inquiry_close(&inquiry);
}

static bool troubled(enum vp_trouble trouble)
{
    return inquiry.troubles & 1u << trouble;
}

/* ---- who, and by which policy ---------------------------------------------------------------- */

START_TEST(an_account_that_nobody_has_is_no_error_and_has_a_policy)
{
    struct vp_question question = question_at(NOW);

    question.user = "nobody";
    ck_assert_int_eq(vp_inquiry_open(&question, &inquiry, &error), 0);
    ck_assert_int_eq(inquiry.values.retry, 2);
    ck_assert_uint_eq(inquiry.troubles, 0);
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(a_failing_nss_is_an_error)
{
    made_up.broken = EIO;
    ck_assert_int_eq(ask(), -1);
    ck_assert_int_eq(error.errnum, EIO);
    vp_inquiry_close(&inquiry);
}
END_TEST

static const struct {
    const char *before, *now; /* NULL: no file */
    enum vp_policy_source source;
    bool trouble;
    int32_t retry;
    const char *why;
} policies[] = {
    {NULL, "retry = 5\n", VP_POLICY_FILE, false, 5, "a good file"},
    {"retry = 4\n", "retry = 5\n", VP_POLICY_FILE, false, 5, "the newer of two good ones"},
    {"retry = 4\n", "retry = 99\n", VP_POLICY_KEPT, true, 4, "a bad one is as if not saved"},
    {NULL, "retry = 99\n", VP_POLICY_BUILTIN, true, 3, "without a good one, the built-in"},
    {"retry = 4\n", NULL, VP_POLICY_KEPT, true, 4, "removed, though a line of PAM names it"},
    {NULL, NULL, VP_POLICY_BUILTIN, true, 3, "never there, though a line of PAM names it"},
};

START_TEST(a_policy_that_does_not_count_leaves_the_last_good_one)
{
    remove(policy);
    if (policies[_i].before != NULL) {
        put(policy, policies[_i].before);
        log_in(NOW);
        remove(policy);
    }
    if (policies[_i].now != NULL)
        put(policy, policies[_i].now);
    ck_assert_int_eq(ask(), 1);
    ck_assert_msg(inquiry.policy_source == policies[_i].source, "%d: %s",
                  (int)inquiry.policy_source, policies[_i].why);
    ck_assert_msg(troubled(VP_TROUBLE_POLICY) == policies[_i].trouble, "%s", policies[_i].why);
    ck_assert_msg(inquiry.values.retry == policies[_i].retry, "%d: %s", inquiry.values.retry,
                  policies[_i].why);
    vp_inquiry_close(&inquiry);
}
END_TEST

static const struct {
    const char *policy, *groups;
    int32_t min_length;
    const char *why;
} memberships[] = {
    {"[group staff]\nmin_length = 9\n", "staff", 9, "a member"},
    {"[group staff]\nmin_length = 9\n", "mail", 8, "no member"},
    {"[group mail staff]\nmin_length = 9\n", "staff", 9, "a member of the second"},
    {"[group \"domain users\"]\nmin_length = 9\n", "domain users", 9, "a blank in the name"},
    {"[user tuan]\nmin_length = 9\n[group staff]\nmin_length = 10\n", "staff", 10,
     "the last section"},
    {"[service sshd]\nmin_length = 9\n", NULL, 9, "the service"},
};

START_TEST(sections_apply_by_what_nss_says_and_else_by_what_it_said_last)
{
    put(policy, memberships[_i].policy);
    user.groups = memberships[_i].groups;
    log_in(NOW);
    ck_assert_int_eq(ask(), 1);
    ck_assert_msg(inquiry.values.min_length == memberships[_i].min_length, "%d: %s",
                  inquiry.values.min_length, memberships[_i].why);
    ck_assert(!troubled(VP_TROUBLE_GROUPS));
    vp_inquiry_close(&inquiry);
    made_up.groups_broken = EIO;
    ck_assert_int_eq(ask(), 1);
    ck_assert_msg(inquiry.values.min_length == memberships[_i].min_length, "%d, NSS fails: %s",
                  inquiry.values.min_length, memberships[_i].why);
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(who_left_a_group_is_not_in_it_again_when_nss_fails)
{
    put(policy, "[group staff]\nexempt = yes\nexempt_reason = x\n");
    log_in(NOW);
    user.groups = NULL;
    log_in(NOW + 60);
    made_up.groups_broken = EIO;
    ck_assert_int_eq(ask_at(NOW + 120), 1);
    ck_assert(troubled(VP_TROUBLE_GROUPS));
    ck_assert_int_eq(inquiry.values.exempt, false);
    vp_inquiry_close(&inquiry);
}
END_TEST

/* ---- the record ------------------------------------------------------------------------------ */

START_TEST(a_login_begins_a_record_and_the_next_one_learns_nothing_new)
{
    ck_assert_int_eq(ask(), 1);
    ck_assert_uint_eq(inquiry.learnt, VP_LEARNT_BEGAN);
    ck_assert(vp_inquiry_has_news(&inquiry));
    vp_inquiry_close(&inquiry);
    /* Asking alone writes nothing. */
    ck_assert_int_eq(access(in_state("records/tuan"), F_OK), -1);
    log_in(NOW);
    ck_assert_int_eq(access(in_state("records/tuan"), F_OK), 0);
    ck_assert_int_eq(ask(), 1);
    ck_assert_uint_eq(inquiry.learnt, 0);
    ck_assert(!vp_inquiry_has_news(&inquiry));
    ck_assert_int_eq(inquiry.record.newest, NOW);
    ck_assert_int_eq(inquiry.record.began, T);
    ck_assert(!vp_inquiry_blind(&inquiry));
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(a_password_set_elsewhere_is_due_and_the_old_one_enters_the_history)
{
    struct vp_store store;
    struct vp_history history;

    log_in(NOW);
    user.shadow = HASH_1;
    user.changed = T;
    ck_assert_int_eq(ask(), 1);
    ck_assert_uint_eq(inquiry.learnt, VP_LEARNT_ELSEWHERE);
    ck_assert_int_eq(vp_inquiry_judge(&inquiry).reason, VP_REASON_RESET);
    vp_inquiry_close(&inquiry);
    log_in(NOW);
    ck_assert_int_eq(vp_store_open(state, &store, &error), 0);
    ck_assert_int_eq(vp_store_read_history(&store, "tuan", &history, &error), 1);
    ck_assert_uint_eq(history.count, 1);
    ck_assert_str_eq(history.entries[0].hash, HASH_2);
    ck_assert_int_eq(history.entries[0].until, T);
    vp_store_close(&store);
}
END_TEST

START_TEST(our_own_change_is_no_witness_against_itself)
{
    struct vp_question question = question_at(NOW);

    log_in(NOW);
    user.shadow = HASH_1;
    question.committing = true;
    ck_assert_int_eq(vp_inquiry_open(&question, &inquiry, &error), 1);
    ck_assert_uint_eq(inquiry.learnt, 0);
    ck_assert_str_eq(inquiry.record.hash, HASH_2);
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(one_damaged_record_refuses_its_own_account_only)
{
    static struct made_up_user two[2];

    log_in(NOW);
    put(in_state("records/tuan"), "version = 1.0\nuser = tu");
    ck_assert_int_eq(ask(), 1);
    ck_assert(troubled(VP_TROUBLE_RECORD));
    ck_assert(vp_inquiry_blind(&inquiry));
    ck_assert_int_eq(vp_inquiry_hold(&inquiry, 0, &error), -1);
    vp_inquiry_close(&inquiry);
    two[0] = user;
    two[1] = user;
    two[1].name = "lan";
    made_up.users = two;
    made_up.user_count = 2;
    {
        struct vp_question question = question_at(NOW);

        question.user = "lan";
        ck_assert_int_eq(vp_inquiry_open(&question, &inquiry, &error), 1);
        ck_assert_uint_eq(inquiry.troubles, 0);
        vp_inquiry_close(&inquiry);
    }
}
END_TEST

START_TEST(a_missing_store_lets_in_by_shadows_dates_and_locks_nobody_out)
{
    struct vp_question question = question_at(NOW);

    question.state_dir = "/nonexistent/vpolicy";
    ck_assert_int_eq(vp_inquiry_open(&question, &inquiry, &error), 1);
    ck_assert(troubled(VP_TROUBLE_STORE));
    ck_assert(!vp_inquiry_blind(&inquiry));
    ck_assert_int_ne(vp_inquiry_judge(&inquiry).kind, VP_CLOSED);
    /* 300 days old: overdue, and warned for 14 days, as if the store had begun today. */
    ck_assert_int_eq(vp_inquiry_judge(&inquiry).kind, VP_WARN);
    ck_assert_int_eq(vp_inquiry_judge(&inquiry).expires, T + 14);
    ck_assert_int_eq(vp_inquiry_hold(&inquiry, 0, &error), -1);
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(a_record_with_a_hash_is_blind_without_shadow)
{
    log_in(NOW);
    made_up.shadow_broken = EIO;
    ck_assert_int_eq(ask(), 1);
    ck_assert(vp_inquiry_blind(&inquiry));
    ck_assert(troubled(VP_TROUBLE_RECORD));
    vp_inquiry_close(&inquiry);
}
END_TEST

static const struct {
    int64_t now;
    bool back;
    const char *why;
} clocks[] = {
    {NOW, false, "the same moment"},
    {NOW + 86400, false, "the next day"},
    {NOW - 86400, false, "a day is what clocks may differ by"},
    {NOW - 2 * 86400, true, "two days are not"},
    {0, true, "1970: a battery that is empty"},
    {-86400, true, "before it"},
};

START_TEST(a_clock_that_went_back_is_told)
{
    log_in(NOW);
    ck_assert_int_eq(ask_at(clocks[_i].now), 1);
    ck_assert_msg(inquiry.clock_back == clocks[_i].back, "%s", clocks[_i].why);
    ck_assert_msg(troubled(VP_TROUBLE_CLOCK) == clocks[_i].back, "%s", clocks[_i].why);
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(an_account_that_went_away_meanwhile_is_not_written)
{
    ck_assert_int_eq(ask(), 1);
    made_up.user_count = 0;
    ck_assert_int_eq(vp_inquiry_hold(&inquiry, 0, &error), -1);
    ck_assert_str_eq(error.text, "tuan: the account has gone");
    ck_assert_int_eq(inquiry.lock, -1);
    vp_inquiry_close(&inquiry);
}
END_TEST

START_TEST(who_holds_the_lock_does_not_silence_the_witness)
{
    struct vp_inquiry first;
    struct vp_question question = question_at(NOW);

    log_in(NOW);
    ck_assert_int_eq(vp_inquiry_open(&question, &first, &error), 1);
    ck_assert_int_eq(vp_inquiry_hold(&first, 0, &error), 0);
    user.shadow = HASH_1;
    ck_assert_int_eq(ask(), 1);
    ck_assert_uint_eq(inquiry.learnt, VP_LEARNT_ELSEWHERE);
    ck_assert_int_eq(vp_inquiry_hold(&inquiry, 0, &error), -1);
    ck_assert_int_eq(error.errnum, EWOULDBLOCK);
    ck_assert_uint_eq(inquiry.learnt, VP_LEARNT_ELSEWHERE);
    ck_assert_str_eq(inquiry.record.hash, HASH_1);
    vp_inquiry_close(&inquiry);
    vp_inquiry_close(&first);
}
END_TEST

START_TEST(a_policy_that_is_given_counts_instead_of_any_file_and_stays_the_givers)
{
    static const char text[] = "retry = 9\nhelp = room 12\n";
    struct vp_question question = question_at(NOW);
    struct vp_policy draft;

    put(policy, "retry = x\n");
    ck_assert_int_eq(vp_policy_parse(text, strlen(text), "draft", NULL, NULL, &draft, &error), 0);
    question.draft = &draft;
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(vp_inquiry_open(&question, &inquiry, &error), 1);
        ck_assert(!troubled(VP_TROUBLE_POLICY));
        ck_assert_int_eq(inquiry.values.retry, 9);
        ck_assert_str_eq(inquiry.values.help, "room 12");
        vp_inquiry_close(&inquiry);
    }
    vp_policy_free(&draft);
}
END_TEST

START_TEST(what_was_read_already_is_not_asked_again)
{
    struct vp_question question = question_at(NOW);
    struct vp_known known = {.stamp = T - 400, .present = false};

    ck_assert_int_eq(vp_account_find("tuan", &known.account, &error), 1);
    made_up.broken = made_up.shadow_broken = EIO;
    vp_inquiry_open_known(&question, &known, &inquiry);
    ck_assert_uint_eq(inquiry.learnt, VP_LEARNT_BEGAN);
    /* By the stamp that was given it is new; by the store's own it was there before. */
    ck_assert_int_eq(inquiry.record.due, VP_DUE_INITIAL);
    ck_assert_int_eq(vp_inquiry_hold(&inquiry, 0, &error), 0);
    vp_inquiry_close(&inquiry);
}
END_TEST

/* ---- a new password -------------------------------------------------------------------------- */

#define X36 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *policy, *shadow, *password, *old, *code, *why; /* code "": accepted */
} passwords[] = {
    {"", HASH_2, "kV7#pRzm-2wQ", NULL, "", "good"},
    {"", HASH_2, "short", NULL, "too_short", "the rules"},
    {"", HASH_2, "Xtuan#12x", NULL, "login_name", "the account's own name"},
    {"", HASH_2, "Vpolicy#3", "Vpolicy#2", "similar", "too near to the old one"},
    {"", HASH_2, "Mậtkhẩu#2", NULL, "accents", "accents"},
    {"non_ascii = allow\nmin_points = 0\n", HASH_2, "Mậtkhẩu#2", NULL, "",
     "allowed, classes by Unicode"},
    {"non_ascii = allow\n", HASH_2, "Mậtkhẩu#2", NULL, "guessed", "a word, a sign, a digit"},
    {"", HASH_2, "Haiphong@2024", NULL, "guessed", "all four classes, and easy"},
    {"non_ascii = allow\n", HASH_2, "M\xc3\xa2\xcc\xa3tkhoa#2", NULL, "not_composed", "half way"},
    {"max_repeat = 0\n", "$2b$04$abcdefghijklmnopqrstuu43u0nqDIlyhj8vpsRkhvEjVgveVAPBK",
     "Aa#1" X36 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL, "", "72 bytes with bcrypt"},
    {"max_repeat = 0\n", "$2b$04$abcdefghijklmnopqrstuu43u0nqDIlyhj8vpsRkhvEjVgveVAPBK",
     "Aa#1" X36 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL, "too_many_bytes",
     "73 bytes with bcrypt"},
    {"max_repeat = 0\n", HASH_2, "Aa#1" X36 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL, "",
     "73 bytes with another method"},
};

START_TEST(a_password_is_judged_by_the_accounts_own_policy_and_hash)
{
    struct vp_failures failures = {0};

    put(policy, passwords[_i].policy);
    user.shadow = passwords[_i].shadow;
    ck_assert_int_eq(ask(), 1);
    ck_assert_int_eq(vp_inquiry_check_rules(&inquiry, passwords[_i].password,
                                            strlen(passwords[_i].password), passwords[_i].old,
                                            &failures, &error),
                     0);
    if (passwords[_i].code[0] == '\0') {
        ck_assert_msg(failures.count == 0, "%s: %s", vp_rules_code(failures.list[0].rule),
                      passwords[_i].why);
    } else {
        bool found = false;

        for (size_t i = 0; i < failures.count; i++)
            found |= strcmp(vp_rules_code(failures.list[i].rule), passwords[_i].code) == 0;
        ck_assert_msg(found, "%s: %s", passwords[_i].code, passwords[_i].why);
    }
    vp_inquiry_close(&inquiry);
}
END_TEST

/* Old passwords Old#1 (the newest) to Old#4; the current one is Vpolicy#2. */
static const char *const old_hashes[] = {
    "$5$abcdefgh$qor/gnvn0HQ1hJiFlLbbTMVLTaR7Gjp.DsJCqSIg8SD",
    "$5$abcdefgh$us/M/tUqanhnME1qcQuTsvsgNO6ccZ6T4HjasHg9GG/",
    "$5$abcdefgh$SPxFknCaZk1mXyDSp1TYEK05pgBViM9yN8fwOdxYTf0",
    "$5$abcdefgh$Duw39zdDj8TuQ2g4y6il7MMCRQPX4TdZbqxhEfgVqfD",
};

static const struct {
    int32_t history;
    const char *password, *code, *why;
} reuses[] = {
    {5, "Vpolicy#2", "current", "the current one"},
    {0, "Vpolicy#2", "current", "always refused, history or not"},
    {5, "Old#1", "reused", "the one before it"},
    {5, "Old#4", "reused", "the last of five, the current one counted"},
    {4, "Old#3", "reused", "the last of four"},
    {4, "Old#4", "", "the fifth of four"},
    {1, "Old#1", "", "one is the current one alone"},
    {0, "Old#1", "", "off"},
    {5, "New#1", "", "never used"},
};

START_TEST(old_passwords_are_refused_as_far_back_as_the_policy_says)
{
    struct vp_failures failures = {0};
    int lock;

    ck_assert_int_eq(ask(), 1);
    inquiry.values.history = VP_HISTORY_MAX;
    lock = vp_store_lock(&inquiry.store, "tuan", 0, &error);
    ck_assert_int_ge(lock, 0);
    for (size_t i = COUNT(old_hashes); i-- > 0;)
        ck_assert_int_eq(vp_inquiry_remember(&inquiry, &old_hashes[i], 1, false, &error), 0);
    vp_store_unlock(lock);
    inquiry.values.history = reuses[_i].history;
    ck_assert_int_eq(vp_inquiry_check_history(&inquiry, reuses[_i].password, &failures, &error), 0);
    ck_assert_msg(failures.count == (reuses[_i].code[0] != '\0'), "%s", reuses[_i].why);
    if (failures.count > 0)
        ck_assert_msg(strcmp(vp_rules_code(failures.list[0].rule), reuses[_i].code) == 0, "%s",
                      reuses[_i].why);
    vp_inquiry_close(&inquiry);
}
END_TEST

/* ---- made by chance -------------------------------------------------------------------------- */

static const struct {
    const char *policy, *shadow, *old;
    const char *fault; /* "" = made */
    const char *why;
} made[] = {
    {"", HASH_2, NULL, "", "the built-in rules"},
    {"non_ascii = allow\n", HASH_2, NULL, "", "classes by Unicode"},
    {"min_length = 70\nmin_special = 20\n",
     "$2b$04$abcdefghijklmnopqrstuu43u0nqDIlyhj8vpsRkhvEjVgveVAPBK", NULL, "",
     "no more than the hash reads"},
    {"min_length = 80\n", "$2b$04$abcdefghijklmnopqrstuu43u0nqDIlyhj8vpsRkhvEjVgveVAPBK", NULL,
     "min_length = 80 and the bytes that can be used = 72 contradict each other: no password can "
     "meet both",
     "more than the hash reads"},
    {"min_difference = 20\n", HASH_2, "Vpolicy#2", "", "unlike the old one"},
    {"min_difference = 100\nmax_length = 50\n", HASH_2, "Vpolicy#2",
     "100 passwords by chance were refused, the last of them as similar",
     "nothing so short can be so different"},
};

START_TEST(what_is_made_by_chance_passes_both_checks)
{
    char password[VP_PASSWORD_SIZE];
    struct vp_failures failures = {0};
    unsigned bits;
    int wanted = made[_i].fault[0] == '\0' ? 0 : -1;

    put(policy, made[_i].policy);
    user.shadow = made[_i].shadow;
    ck_assert_int_eq(ask(), 1);
    memset(password, 'x', sizeof password);
    error.text[0] = '\0';
    ck_assert_msg(vp_inquiry_generate(&inquiry, made[_i].old, true, password, &bits, &error) ==
                      wanted,
                  "%s: %s", made[_i].why, error.text);
    if (wanted == 0) {
        ck_assert_uint_ge(bits, 70);
        ck_assert_int_eq(vp_inquiry_check_rules(&inquiry, password, strlen(password), made[_i].old,
                                                &failures, &error),
                         0);
        ck_assert_int_eq(vp_inquiry_check_history(&inquiry, password, &failures, &error), 0);
        ck_assert_msg(failures.count == 0, "%s: %s", password, made[_i].why);
    } else {
        ck_assert_msg(strcmp(error.text, made[_i].fault) == 0, "%s: %s", error.text, made[_i].why);
        ck_assert_msg(password[0] == '\0', "%s: %s is left", made[_i].why, password);
    }
    vp_inquiry_close(&inquiry);
}
END_TEST

/* ---- secrets --------------------------------------------------------------------------------- */

static void check_secret(void *context)
{
    static struct vp_failures failures;
    char secret[SECRET_LENGTH + 1];

    (void)context;
    ck_assert_int_eq(ask(), 1);
    secret_write(secret);
    ck_assert_int_eq(
        vp_inquiry_check_rules(&inquiry, secret, SECRET_LENGTH, secret, &failures, &error), 0);
    ck_assert_int_eq(vp_inquiry_check_history(&inquiry, secret, &failures, &error), 0);
    vp_secret_wipe(secret, sizeof secret);
    vp_inquiry_close(&inquiry);
}

START_TEST(checking_a_password_leaves_none_behind)
{
    ck_assert_uint_eq(secret_copies_after(check_secret, NULL), 0);
}
END_TEST

static void read_secret(void *context)
{
    static char hash[SECRET_LENGTH + 1];

    (void)context;
    secret_write(hash);
    user.shadow = hash;
    log_in(NOW);
    ck_assert_int_eq(ask(), 1);
    vp_inquiry_close(&inquiry);
    vp_secret_wipe(hash, sizeof hash);
}

START_TEST(an_inquiry_that_was_closed_leaves_no_hash_behind)
{
    ck_assert_uint_eq(secret_copies_after(read_secret, NULL), 0);
}
END_TEST

Suite *suite_inquiry(void)
{
    Suite *suite = suite_create("inquiry");
    TCase *tcase = tcase_create("inquiry");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, an_account_that_nobody_has_is_no_error_and_has_a_policy);
    tcase_add_test(tcase, a_failing_nss_is_an_error);
    ADD_ROWS(tcase, a_policy_that_does_not_count_leaves_the_last_good_one, policies);
    ADD_ROWS(tcase, sections_apply_by_what_nss_says_and_else_by_what_it_said_last, memberships);
    tcase_add_test(tcase, who_left_a_group_is_not_in_it_again_when_nss_fails);
    tcase_add_test(tcase, a_login_begins_a_record_and_the_next_one_learns_nothing_new);
    tcase_add_test(tcase, a_password_set_elsewhere_is_due_and_the_old_one_enters_the_history);
    tcase_add_test(tcase, our_own_change_is_no_witness_against_itself);
    tcase_add_test(tcase, one_damaged_record_refuses_its_own_account_only);
    tcase_add_test(tcase, a_missing_store_lets_in_by_shadows_dates_and_locks_nobody_out);
    tcase_add_test(tcase, a_record_with_a_hash_is_blind_without_shadow);
    ADD_ROWS(tcase, a_clock_that_went_back_is_told, clocks);
    tcase_add_test(tcase, an_account_that_went_away_meanwhile_is_not_written);
    tcase_add_test(tcase, who_holds_the_lock_does_not_silence_the_witness);
    tcase_add_test(tcase, a_policy_that_is_given_counts_instead_of_any_file_and_stays_the_givers);
    tcase_add_test(tcase, what_was_read_already_is_not_asked_again);
    ADD_ROWS(tcase, a_password_is_judged_by_the_accounts_own_policy_and_hash, passwords);
    ADD_ROWS(tcase, old_passwords_are_refused_as_far_back_as_the_policy_says, reuses);
    ADD_ROWS(tcase, what_is_made_by_chance_passes_both_checks, made);
    tcase_add_test(tcase, checking_a_password_leaves_none_behind);
    tcase_add_test(tcase, an_inquiry_that_was_closed_leaves_no_hash_behind);
    suite_add_tcase(suite, tcase);
    return suite;
}
