/*
 * What a transaction leaves behind in the program that asked for it: no secret, no descriptor, no
 * signal handler, no working state.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"

#include <dirent.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- secrets --------------------------------------------------------------------------------- */

static const char *const typed_secret[] = {secret_answer, secret_answer, NULL};
static const char *const typed_another[] = {NEW, NEW, NULL};
/* Two are refused; then the secret is what the module offers, or not. */
static const char *const typed_offered[] = {"weak",        "weak",        "Weak", "Weak",
                                            secret_answer, secret_answer, NULL};
static const char *const typed_unheard[] = {"weak", "weak", "Weak", "Weak", NEW, NEW, NULL};
static const char *const typed_no_more[] = {"weak", "weak", "Weak", "Weak", NULL};
static const char *service;
static const char *const *typed;
static bool secret_is_old; /* the secret is the old password, which pam_unix asked for */
static int code;

static void change_to_the_secret(void *context)
{
    static char old[SECRET_LENGTH + 1];

    (void)context;
    if (secret_is_old) {
        secret_write(old);
        machine->old_password = old;
    }
    code = visit_change(&(struct visit){.service = service, .answers = typed});
    explicit_bzero(old, sizeof old);
}

static const struct {
    const char *why, *service, *policy;
    enum unix_order order;
    enum { NOT_KNOWN, KNOWN, SECRET } old; /* pam_unix has asked for the old one */
    int code;
} secret_rows[] = {
    {"the search itself: a password that pam_unix keeps", "keeper", "", UNIX_SETS, NOT_KNOWN,
     PAM_SUCCESS},
    /* What libpam, Check and this program leave is theirs; it must be nothing, or the rows below
       would have to be counted against it. */
    {"without our module", "control", "", UNIX_SETS, NOT_KNOWN, PAM_SUCCESS},
    {"accepted", "imap", "", UNIX_SETS, NOT_KNOWN, PAM_SUCCESS},
    {"accepted, and compared with the old one", "imap", "", UNIX_SETS, KNOWN, PAM_SUCCESS},
    {"accepted, classes by Unicode", "imap", "non_ascii = allow\n", UNIX_SETS, NOT_KNOWN,
     PAM_SUCCESS},
    {"the old one, compared with", "imap", "", UNIX_SETS, SECRET, PAM_SUCCESS},
    {"the old one, and the new one refused", "imap", "min_length = 40\n", UNIX_SETS, SECRET,
     PAM_AUTHTOK_ERR},
    {"refused", "imap", "min_length = 40\n", UNIX_SETS, NOT_KNOWN, PAM_AUTHTOK_ERR},
    {"refused, and compared with the old one", "imap", "min_length = 40\n", UNIX_SETS, KNOWN,
     PAM_AUTHTOK_ERR},
    {"refused, and asked again", "imap", "min_length = 40\nretry = 3\n", UNIX_SETS, NOT_KNOWN,
     PAM_AUTHTOK_ERR},
    {"pam_unix failed", "imap", "", UNIX_FAILS, NOT_KNOWN, PAM_AUTHTOK_ERR},
    {"from an earlier module", "stacked", "", UNIX_SETS, NOT_KNOWN, PAM_SUCCESS},
    {"from an earlier module, refused", "stacked", "min_length = 40\n", UNIX_SETS, NOT_KNOWN,
     PAM_AUTHTOK_ERR},
    {"without a record line", "unfinished", "", UNIX_SETS, NOT_KNOWN, PAM_SUCCESS},
};

START_TEST(no_password_stays_in_memory)
{
    size_t copies;

    write_service("keeper", "password required %U asks\npassword required %U\n");
    write_service("control", "password required %U asks\npassword required %U\n");
    write_service("stacked", "password requisite %U asks\npassword requisite %M use_authtok\n"
                             "password required %U\npassword optional %M record\n");
    write_service("unfinished", "password requisite %M\npassword required %U\n");
    service = secret_rows[_i].service;
    write_policy(secret_rows[_i].policy);
    machine->uid = person("alice")->uid;
    machine->unix_order = secret_rows[_i].order;
    machine->old_password = secret_rows[_i].old == KNOWN ? OLD : NULL;
    secret_is_old = secret_rows[_i].old == SECRET;
    typed = secret_is_old ? typed_another : typed_secret;
    machine->forgetful = strcmp(service, "keeper") != 0;
    copies = secret_copies_after(change_to_the_secret, NULL);
    ck_assert_msg(code == secret_rows[_i].code, "%s: code %d\n%s%s", secret_rows[_i].why, code,
                  said, machine->log);
    ck_assert_msg((copies == 0) == machine->forgetful, "%s: %zu pieces of the password",
                  secret_rows[_i].why, copies);
}
END_TEST

static const struct {
    const char *why, *policy;
    const char *const *typed;
    bool keeps; /* pam_unix does */
    int code;
} offer_rows[] = {
    {"the search itself: the offered one is taken, and pam_unix keeps it", "", typed_offered, true,
     PAM_SUCCESS},
    {"taken", "", typed_offered, false, PAM_SUCCESS},
    {"not taken", "", typed_unheard, false, PAM_SUCCESS},
    {"the conversation ends behind it", "", typed_no_more, false, PAM_AUTHTOK_ERR},
    {"classes by Unicode", "non_ascii = allow\n", typed_offered, false, PAM_SUCCESS},
    {"in Vietnamese", "language = vi\n", typed_unheard, false, PAM_SUCCESS},
};

static size_t seen_at_prompt;

/* What a later call would write over lies open while somebody sits at the prompt. */
static void look_at_the_stack(void)
{
    static union {
        char text[SECRET_LENGTH + 2];
        uint16_t numbers[SECRET_LENGTH / 2];
    } offered;

    if (strstr(said, OFFERED) == NULL)
        return;
    secret_write(offered.text);
    seen_at_prompt += stack_copies_of(offered.numbers, COUNT(offered.numbers));
    explicit_bzero(&offered, sizeof offered);
}

START_TEST(no_offered_password_stays_in_memory_or_is_logged)
{
    char offered[SECRET_LENGTH + 1];
    size_t copies;

    write_policy(offer_rows[_i].policy);
    machine->uid = person("alice")->uid;
    machine->terminals = AT_TERMINAL;
    machine->forgetful = !offer_rows[_i].keeps;
    service = "imap";
    typed = offer_rows[_i].typed;
    seen_at_prompt = 0;
    machine->on_prompt = look_at_the_stack;
    copies = secret_copies_after(change_to_the_secret, NULL);
    ck_assert_msg(code == offer_rows[_i].code && strstr(said, OFFERED) != NULL, "%s: code %d\n%s%s",
                  offer_rows[_i].why, code, said, machine->log);
    ck_assert_msg((copies > 0) == offer_rows[_i].keeps, "%s: %zu pieces of the password",
                  offer_rows[_i].why, copies);
    ck_assert_msg(seen_at_prompt == 0, "%s: at the prompt", offer_rows[_i].why);
    secret_write(offered);
    ck_assert_ptr_null(strstr(machine->log, offered));
    ck_assert_ptr_null(strstr(read_file("store/history/alice"), offered));
}
END_TEST

/* Hashes are secrets, too: what is found of them must be this program's own table. */
START_TEST(nothing_is_written_into_the_log_or_the_record_but_what_belongs_there)
{
    char secret[SECRET_LENGTH + 1];

    machine->forgetful = true;
    machine->uid = person("alice")->uid;
    service = "imap";
    typed = typed_secret;
    change_to_the_secret(NULL);
    ck_assert_int_eq(code, PAM_SUCCESS);
    write_policy("min_length = 40\n");
    change_to_the_secret(NULL);
    ck_assert_int_eq(code, PAM_AUTHTOK_ERR);
    secret_write(secret);
    ck_assert_ptr_null(strstr(machine->log, secret));
    ck_assert_ptr_null(strstr(machine->log, "$5$"));
    ck_assert_ptr_null(strstr(read_file("store/records/alice"), secret));
    ck_assert_ptr_null(strstr(read_file("store/history/alice"), secret));
    ck_assert_ptr_null(strstr(said, secret));
}
END_TEST

/* ---- the program's own -------------------------------------------------------------------------
 */

static size_t count_descriptors(void)
{
    DIR *listing = opendir("/proc/self/fd");
    size_t count = 0;

    ck_assert_ptr_nonnull(listing);
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count;
}

static void go_through_everything(void)
{
    static const char *const policies[] = {"", "max_age = 10d\n", "min_length = 40\n",
                                           "nonsense\n"};

    for (size_t i = 0; i < COUNT(policies); i++) {
        write_policy(policies[i]);
        login("sshd");
        login("imap");
        change_to("imap", NEW);
        change_to("imap", "weak");
        set_password("alice", OLD, "2026-11-01");
        login("imap");
        visit_account(&(struct visit){.user = "nobody-here"});
    }
    write_policy("");
    write_record("alice", "closed = retired\nclosed_from = 2026-11-01\n");
    login("sshd");
    change_to("imap", NEW);
    write_file("store/records/alice", "once upon a time\n", 0640);
    login("sshd");
    change_to("imap", NEW);
    write_record("alice", "suspected = suspected\nsuspected_from = 2026-11-01\nlocked = yes\n"
                          "shadow_expiry = never\n");
    person("alice")->expires_on = day("2026-11-01");
    unlink(stage_path("store/history/alice"));
    machine->uid = 0;
    machine->chage[0] = '\0';
    change_to("imap", NEW);
    ck_assert_str_eq(machine->chage, "/usr/bin/chage -E -1 -- alice");
    machine->disk_full = true;
    change_to("imap", OLD);
    machine->disk_full = false;
    machine->unix_order = UNIX_FAILS;
    change_to("imap", OLD);
    machine->unix_order = UNIX_SETS;
    machine->read_only = true;
    login("sshd");
    change_to("imap", OLD);
    machine->read_only = false;
    machine->passwd_status = 5;
    login("sshd");
    machine->passwd_status = 0;
    ck_assert_int_eq(rename(stage_path("store"), stage_path("away")), 0);
    login("sshd");
    change_to("imap", OLD);
    ck_assert_int_eq(rename(stage_path("away"), stage_path("store")), 0);
    machine->log[0] = '\0';
    unlink(stage_path("store/records/alice"));
}

START_TEST(no_descriptor_stays_open)
{
    size_t before;

    go_through_everything();
    before = count_descriptors();
    for (int i = 0; i < 5; i++)
        go_through_everything();
    ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

/* Each costs a login more than all the rest: libcrypt 64 us a load, where all of it takes 100. */
START_TEST(libraries_are_loaded_only_when_they_are_needed)
{
    write_record("alice", "set_on = 2026-11-01\n");
    write_policy("non_ascii = allow\nretry = 1\n");
    machine->uid = person("alice")->uid;
    machine->loaded[0] = '\0';
    ck_assert_int_eq(login("sshd"), PAM_SUCCESS);
    ck_assert_str_eq(machine->loaded, "");
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    ck_assert_msg(strstr(machine->loaded, "libcrypt.so") != NULL, "%s", machine->loaded);
    ck_assert_msg(strstr(machine->loaded, "libutf8proc") == NULL, "%s", machine->loaded);
    ck_assert_int_eq(change_to("imap", "Gi\xc3\xb3-\xc4\x90\xc3\xb4ng#35"), PAM_SUCCESS);
    ck_assert_msg(strstr(machine->loaded, "libutf8proc") != NULL, "%s", machine->loaded);
}
END_TEST

static void ignore(int number)
{
    (void)number;
}

START_TEST(the_program_s_signals_locale_mask_and_folder_are_as_they_were)
{
    const struct sigaction mine = {.sa_handler = ignore};
    struct sigaction after;
    char before[256], now[256];
    mode_t mask = umask(0077);

    ck_assert_int_eq(sigaction(SIGCHLD, &mine, NULL), 0);
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    go_through_everything();
    ck_assert_int_eq(sigaction(SIGCHLD, NULL, &after), 0);
    ck_assert(after.sa_handler == ignore);
    ck_assert_ptr_nonnull(getcwd(now, sizeof now));
    ck_assert_str_eq(before, now);
    ck_assert_str_eq(setlocale(LC_ALL, NULL), "C");
    ck_assert_int_eq(umask(mask), 0077);
}
END_TEST

Suite *suite_traces(void)
{
    Suite *suite = suite_create("traces");
    TCase *tcase = tcase_create("left behind");

    tcase_add_checked_fixture(tcase, stage_begin, NULL);
    tcase_set_timeout(tcase, 60);
    ADD_ROWS(tcase, no_password_stays_in_memory, secret_rows);
    ADD_ROWS(tcase, no_offered_password_stays_in_memory_or_is_logged, offer_rows);
    tcase_add_test(tcase, nothing_is_written_into_the_log_or_the_record_but_what_belongs_there);
    tcase_add_test(tcase, libraries_are_loaded_only_when_they_are_needed);
    tcase_add_test(tcase, no_descriptor_stays_open);
    tcase_add_test(tcase, the_program_s_signals_locale_mask_and_folder_are_as_they_were);
    suite_add_tcase(suite, tcase);
    return suite;
}
