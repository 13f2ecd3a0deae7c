/*
 * The password phase before pam_unix: who may change, what is asked and how often, why a password
 * is refused, and that a refused one is gone.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"
#include "verdicts.h"

#include <unistd.h>

#define RULES_EN                                                                                   \
    INFO(                                                                                          \
        "New password: at least 8 characters, with upper case, lower case, a digit and a special " \
        "character; not one of your last 5.")
#define RULES_VI                                                                                                                 \
    INFO("Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm chữ in hoa, chữ thường, số và ký tự " \
         "đặc "                                                                                                               \
         "biệt; không trùng 5 mật khẩu gần nhất.")
#define DONE_EN         INFO("Password changed. It is valid until 20 May 2027.")
#define DONE_VI         INFO("Đã đổi mật khẩu. Mật khẩu mới có hiệu lực đến hết ngày 20/5/2027.")
#define DONE_FOREVER_EN INFO("Password changed.")
#define DONE_FOREVER_VI INFO("Đã đổi mật khẩu.")

/* ---- every verdict --------------------------------------------------------------------------- */

static bool ages(const struct row *row)
{
    return strstr(row->policy, "exempt = yes") == NULL &&
           strstr(row->policy, "max_age = never") == NULL &&
           (row->uid == NULL || atoi(row->uid) >= 1000);
}

static bool is_locked(const struct row *row)
{
    return row->kind == VP_CLOSED && strstr(row->record, "locked = yes") != NULL;
}

/* What a user hears who changes it; closed accounts do not get as far as a prompt. */
static void expect_own_change(const struct row *row, const char *language, bool vietnamese)
{
    char wanted[1024];
    int code;

    machine->unix_calls = 0;
    set_password("alice", OLD, "2026-11-01");
    set_verdict_row(row, language);
    machine->uid = person("alice")->uid;
    code = change_to("imap", NEW);
    if (row->kind == VP_CLOSED) {
        expect_said(row->why, code, PAM_ACCT_EXPIRED,
                    vietnamese ? row->by_password.vi : row->by_password.en);
        ck_assert_msg(machine->unix_calls == 0, "%s: pam_unix was asked", row->why);
        return;
    }
    snprintf(wanted, sizeof wanted, "%s%s%s", vietnamese ? RULES_VI : RULES_EN, ASKED,
             vietnamese ? (ages(row) ? DONE_VI : DONE_FOREVER_VI)
                        : (ages(row) ? DONE_EN : DONE_FOREVER_EN));
    expect_said(row->why, code, PAM_SUCCESS, wanted);
    ck_assert_msg(password_is("alice", NEW), "%s: not set", row->why);
}

START_TEST(a_user_may_change_whatever_is_due_but_not_what_is_closed)
{
    const struct row *row = &verdict_rows[_i];

    expect_own_change(row, "language = vi\n", true);
    expect_own_change(row, "", false);
    if (row->kind == VP_CLOSED) {
        expect_field(row->why, "alice", "set_by", "");
        return;
    }
    expect_field(row->why, "alice", "set_by", "user");
    expect_field(row->why, "alice", "set_on", TODAY);
    expect_field(row->why, "alice", "due", "");
    expect_field(row->why, "alice", "suspected", "");
    expect_field(row->why, "alice", "hash", person("alice")->hash);
    expect_field("a sign of life", "alice", "last_login", TODAY);
    expect_said(row->why, login("imap"), PAM_SUCCESS, "");
}
END_TEST

START_TEST(an_administrator_s_change_is_good_for_changing_it)
{
    const struct row *row = &verdict_rows[_i];
    bool initial = strstr(row->record, "due = initial") != NULL;
    bool asks = ages(row) && strstr(row->policy, "change_on_first_login = no") == NULL;
    int code;

    if (row->uid != NULL && strcmp(row->uid, "0") == 0)
        return; /* root's own */
    set_verdict_row(row, "");
    code = change_to("imap", NEW);
    if (row->kind == VP_CLOSED && !is_locked(row)) {
        expect_said(row->why, code, PAM_ACCT_EXPIRED, row->by_password.en);
        ck_assert_int_eq(machine->unix_calls, 0);
        return;
    }
    expect_said(row->why, code, PAM_SUCCESS, ASKED);
    expect_field(row->why, "alice", "set_by", "admin");
    expect_field(row->why, "alice", "due", initial ? "initial" : "reset");
    expect_field(row->why, "alice", "suspected", "");
    expect_field(row->why, "alice", "locked", "");
    /* max_age = never asks for a change after a reset, too. */
    asks |= strstr(row->policy, "max_age = never") != NULL;
    ck_assert_msg(login("imap") == (asks ? PAM_NEW_AUTHTOK_REQD : PAM_SUCCESS), "%s: %s", row->why,
                  said);
}
END_TEST

/* ---- refusals ----------------------------------------------------------------------------------
 */

#define REFUSED(reasons) ERROR("Password not accepted: " reasons ". Please choose another.")

#define TEN     "Aa1!Bb2@Cc"
#define LONG72  TEN TEN TEN TEN TEN TEN TEN "d3"
#define LONG127 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "Dd3#Ee4"

static const struct {
    const char *why, *policy, *password, *old;
    const char *refusal; /* "" = accepted */
} password_rows[] = {
    {"all reasons at once", "", "abc", NULL,
     REFUSED("it has 3 characters and needs at least 8; no upper-case letter; no digit; no special "
             "character (such as ! # % ?)")},
    {"one character, and no plural", "", "A", NULL,
     REFUSED("it has 1 character and needs at least 8; no lower-case letter; no digit; no special "
             "character (such as ! # % ?)")},
    {"seven", "", "Gio-D#7", NULL, REFUSED("it has 7 characters and needs at least 8")},
    {"eight", "", "Gio-Do#7", NULL, ""},
    {"upper case", "", "gio-dong#27", NULL, REFUSED("no upper-case letter")},
    {"lower case", "", "GIO-DONG#27", NULL, REFUSED("no lower-case letter")},
    {"a digit", "", "Gio-Dong#xx", NULL, REFUSED("no digit")},
    {"a special character", "", "GioDong2027", NULL,
     REFUSED("no special character (such as ! # % ?)")},
    {"a space is one", "", "Gio Dong27", NULL, ""},
    {"three alike", "", "Gio-Dooong#27", NULL, ""},
    {"four alike", "", "Gio-Doooong#27", NULL,
     REFUSED("the same character 4 times in a row, at most 3")},
    {"the login name, in any case", "", "xAliCe#2027", NULL, REFUSED("it contains the login name")},
    {"and backwards", "", "1eCila#2027", NULL, REFUSED("it contains the login name")},
    {"counts where more than one is wanted", "min_digit = 3\n", NEW, NULL,
     REFUSED("2 of 3 digits")},
    {"127 characters", "", LONG127, NULL, ""},
    {"128 characters", "", LONG127 "x", NULL,
     REFUSED("it has 128 characters and may have at most 127")},
    {"accents alone have a sentence of their own", "", "Mậtkhẩu#12", NULL,
     ERROR("The password contains accented letters. Please turn the Vietnamese input method off "
           "and type it again.")},
    {"accents and more", "", "mậtkhẩu", NULL,
     REFUSED(
         "it contains accented letters (turn the Vietnamese input method off); it has 7 "
         "characters and needs at least 8; no upper-case letter; no digit; no special character "
         "(such as ! # % ?)")},
    {"accents that are allowed", "non_ascii = allow\n", "Mậtkhẩu#12", NULL, ""},
    {"a character that cannot be seen", "", "Gio\tDong#27", NULL,
     REFUSED("it contains a character that cannot be seen")},
    {"easy to guess, and else as it should be", "min_points = 5\n", "Haiphong@2024", NULL,
     ERROR("Password not accepted: it is easy to guess (a common word, a year). Try five unrelated "
           "words with a number and a sign.")},
    {"the current one, told by its hash alone", "", OLD, NULL, REFUSED("it is the current one")},
    {"the current one, typed before: said once", "", OLD, OLD, REFUSED("it is the current one")},
    {"four characters from the old one", "", "Truoc-Day.xyz9", OLD, ""},
    {"three", "", "Truoc-Day.yz9", OLD, REFUSED("it is too similar to the old one")},
    {"too similar", "", "Truoc-Day.9", OLD, REFUSED("it is too similar to the old one")},
    {"nobody told the old one", "", "Truoc-Day.9", NULL, ""},
    {"min_difference = 0", "min_difference = 0\n", "Truoc-Day.9", OLD, ""},
    {"history = 0: the current one all the same", "history = 0\n", OLD, NULL,
     REFUSED("it is the current one")},
    {"for one group only", "[group leaders]\nmin_length = 14\n", NEW, NULL,
     REFUSED("it has 11 characters and needs at least 14")},
};

/* The line with the rules is another test's. */
static void drop_rules_line(void)
{
    const char *first_prompt = strstr(said, "hidden: ");

    ck_assert_ptr_nonnull(first_prompt);
    memmove(said, first_prompt, strlen(first_prompt) + 1);
}

START_TEST(a_password_is_refused_for_every_reason_at_once)
{
    char policy[256], wanted[1024];
    bool refused = password_rows[_i].refusal[0] != '\0';

    /* How easily it is guessed is two rows' matter: the others look at one rule each. */
    snprintf(policy, sizeof policy, "retry = 1\n%s%s",
             strstr(password_rows[_i].policy, "min_points") != NULL ? "" : "min_points = 0\n",
             password_rows[_i].policy);
    write_policy(policy);
    snprintf(person("alice")->groups, sizeof person("alice")->groups, "leaders");
    machine->uid = person("alice")->uid;
    machine->old_password = password_rows[_i].old;
    snprintf(wanted, sizeof wanted, "%s%s", ASKED, refused ? password_rows[_i].refusal : DONE_EN);
    ck_assert_int_ge(change_to("imap", password_rows[_i].password), 0);
    drop_rules_line();
    expect_said(password_rows[_i].why, machine->unix_calls, refused ? 0 : 1, wanted);
    ck_assert_msg(password_is("alice", refused ? OLD : password_rows[_i].password), "%s",
                  password_rows[_i].why);
}
END_TEST

START_TEST(the_rules_in_force_are_told_before_typing)
{
    static const struct {
        const char *policy, *en, *vi;
    } rows[] = {
        {"", RULES_EN, RULES_VI},
        {"min_length = 12\nhistory = 1\n",
         INFO("New password: at least 12 characters, with upper case, lower case, a digit and a "
              "special character; not the current one."),
         INFO("Mật khẩu mới phải có từ 12 ký tự trở lên, bao gồm chữ in hoa, chữ thường, số và ký "
              "tự đặc biệt; không trùng mật khẩu hiện tại.")},
        {"min_upper = 0\nmin_lower = 0\nmin_special = 0\nmin_digit = 2\n",
         INFO("New password: at least 8 characters, with 2 digits; not one of your last 5."),
         INFO("Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm 2 chữ số; không trùng 5 mật khẩu "
              "gần nhất.")},
    };

    machine->uid = person("alice")->uid;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int vietnamese = 0; vietnamese < 2; vietnamese++) {
            char policy[256], wanted[1024];

            snprintf(policy, sizeof policy, "%s%s", vietnamese ? "language = vi\n" : "",
                     rows[i].policy);
            write_policy(policy);
            snprintf(wanted, sizeof wanted, "%s%s", vietnamese ? rows[i].vi : rows[i].en,
                     HIDDEN("New password: "));
            ck_assert_int_eq(visit_change(&(struct visit){.service = "imap"}), PAM_AUTHTOK_ERR);
            ck_assert_msg(strncmp(said, wanted, strlen(wanted)) == 0, "%s", said);
        }
}
END_TEST

/* Accents, a tab, five letters alike, the login name backwards, near to the old one: all at once.
 */
#define EVERYTHING "ecila\tậaaaaa"

START_TEST(a_refusal_is_one_line_that_every_program_carries)
{
    static const struct {
        const char *language, *refusal;
    } rows[] = {
        {"en",
         REFUSED("it contains accented letters (turn the Vietnamese input method off); it "
                 "contains a character that cannot be seen; it has 12 characters and needs at "
                 "least 40; 0 of 10 upper-case letters; 10 of 12 lower-case letters; 0 of 8 "
                 "digits; 0 of 9 special characters (such as ! # % ?); the same character 5 "
                 "times in a row, at most 3; it contains the login name; it is too similar to "
                 "the old one")},
        /* Longer: cut at a reason. */
        {"vi",
         ERROR("Mật khẩu chưa đạt yêu cầu: có chữ có dấu (cần tắt bộ gõ tiếng Việt); có ký tự "
               "không hiển thị được; mới có 12 ký tự, cần từ 40 ký tự trở lên; mới có 0/10 chữ "
               "in hoa; mới có 10/12 chữ thường; mới có 0/8 chữ số; mới có 0/9 ký tự đặc biệt "
               "(ví dụ: ! # % ?); một ký tự lặp 5 lần liền nhau, tối đa 3 lần; và 2 lý do "
               "khác. Vui lòng chọn mật khẩu khác.")},
    };

    machine->uid = person("alice")->uid;
    machine->old_password = "ecila\tậaaaa";
    for (size_t i = 0; i < COUNT(rows); i++) {
        char policy[256], wanted[1024];
        int code;

        ck_assert_uint_le(strlen(rows[i].refusal), strlen(ERROR("")) + VP_MESSAGE_SIZE - 1);
        snprintf(policy, sizeof policy,
                 "language = %s\nretry = 1\nmin_length = 40\nmin_upper = 10\nmin_lower = 12\n"
                 "min_digit = 8\nmin_special = 9\nmin_points = 0\n",
                 rows[i].language);
        write_policy(policy);
        snprintf(wanted, sizeof wanted, "%s%s", ASKED, rows[i].refusal);
        code = change_to("imap", EVERYTHING);
        drop_rules_line();
        expect_said(rows[i].language, code, PAM_AUTHTOK_ERR, wanted);
    }
}
END_TEST

START_TEST(an_old_password_that_nobody_verified_is_not_compared)
{
    machine->old_password = "Truoc-Day.9";
    expect_said("an administrator's module may ask anything", change_to("imap", "Truoc-Day.7"),
                PAM_SUCCESS, ASKED);
    machine->uid = person("alice")->uid;
    write_policy("retry = 1\n");
    expect_said("the user's is verified", change_to("imap", "Truoc-Day.6"), PAM_AUTHTOK_ERR,
                RULES_EN ASKED REFUSED("it is too similar to the old one"));
}
END_TEST

START_TEST(bcrypt_reads_no_more_than_72_bytes)
{
    machine->uid = person("alice")->uid;
    write_policy("retry = 1\n");
    /* Of LONG72's length; that the hash is nobody's matters to nothing here. */
    snprintf(person("alice")->hash, VP_HASH_SIZE,
             "$2b$04$abcdefghijklmnopqrstuu0123456789012345678901234567890");
    machine->unix_order = UNIX_LIES;
    ck_assert_int_eq(change_to("imap", LONG72), PAM_SUCCESS);
    expect_said("73", change_to("imap", LONG72 "x"), PAM_AUTHTOK_ERR,
                RULES_EN ASKED REFUSED("it has 73 bytes and this system takes at most 72"));
}
END_TEST

/* ---- asking again ---------------------------------------------------------------------------- */

#define WEAK_REFUSED                                                                               \
    REFUSED(                                                                                       \
        "it has 4 characters and needs at least 8; no upper-case letter; no digit; no special "    \
        "character (such as ! # % ?)")
#define MISMATCH ERROR("Sorry, passwords do not match.")
#define ABORTED  ERROR("Password change has been aborted.")

static const struct {
    const char *why, *policy;
    const char *answers[12];
    int code;
    const char *said; /* after the rules */
} retry_rows[] = {
    {"the second one is good",
     "",
     {"weak", "weak", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED DONE_EN},
    {"the third one is",
     "",
     {"weak", "weak", "Weak", "Weak", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED REFUSED(
         "it has 4 characters and needs at least 8; no digit; no special "
         "character (such as ! # % ?)") ASKED DONE_EN},
    {"three tries, not four",
     "",
     {"weak", "weak", "Weak", "Weak", "weak", "weak", NEW, NEW},
     PAM_AUTHTOK_ERR,
     ASKED WEAK_REFUSED ASKED REFUSED(
         "it has 4 characters and needs at least 8; no digit; no special "
         "character (such as ! # % ?)") ASKED WEAK_REFUSED},
    {"as many as the policy says",
     "retry = 1\n",
     {"weak", "weak", NEW, NEW},
     PAM_AUTHTOK_ERR,
     ASKED WEAK_REFUSED},
    {"typed twice and not the same",
     "",
     {NEW, "Gio-Dong#28", NEW, NEW},
     PAM_SUCCESS,
     ASKED MISMATCH ASKED DONE_EN},
    {"that counts as a try",
     "retry = 2\n",
     {NEW, "x", NEW, "y", NEW, NEW},
     PAM_AUTHTOK_ERR,
     ASKED MISMATCH ASKED MISMATCH},
    {"the same one again: who answers so has no other",
     "",
     {"weak", "weak", "weak", "weak", NEW, NEW},
     PAM_AUTHTOK_ERR,
     ASKED WEAK_REFUSED ASKED},
    {"nothing typed is a password of no characters",
     "",
     {"", "", NEW, NEW},
     PAM_SUCCESS,
     ASKED REFUSED("it has 0 characters and needs at least 8; no upper-case letter; no lower-case "
                   "letter; no digit; no special character (such as ! # % ?)") ASKED DONE_EN},
    {"the conversation ends", "", {NULL}, PAM_AUTHTOK_ERR, HIDDEN("New password: ") ABORTED},
    {"the conversation ends at the second prompt (poppassd)",
     "",
     {NEW, NULL},
     PAM_AUTHTOK_ERR,
     ASKED ABORTED},
};

START_TEST(another_password_is_asked_for_as_often_as_the_policy_says)
{
    char wanted[2048];
    int code;

    write_policy(retry_rows[_i].policy);
    machine->uid = person("alice")->uid;
    code = visit_change(&(struct visit){.service = "imap", .answers = retry_rows[_i].answers});
    snprintf(wanted, sizeof wanted, "%s%s", RULES_EN, retry_rows[_i].said);
    expect_said(retry_rows[_i].why, code, retry_rows[_i].code, wanted);
    ck_assert_msg(machine->unix_calls == (retry_rows[_i].code == PAM_SUCCESS), "%s",
                  retry_rows[_i].why);
    ck_assert_msg(password_is("alice", retry_rows[_i].code == PAM_SUCCESS ? NEW : OLD), "%s",
                  retry_rows[_i].why);
}
END_TEST

/* ---- offering one ---------------------------------------------------------------------------- */

#define WEAKER_REFUSED                                                                             \
    REFUSED("it has 4 characters and needs at least 8; no digit; no special character (such as ! " \
            "# % ?)")
#define OFFER    INFO("If you like, take this one: " OFFERED)
#define OFFER_VI INFO("Có thể dùng mật khẩu này: " OFFERED)

static const struct {
    const char *why, *policy;
    bool elsewhere; /* not at a terminal */
    const char *answers[12];
    int code;
    const char *said; /* after the rules */
} offer_rows[] = {
    {"after the second, and it is accepted",
     "",
     false,
     {"weak", "weak", "Weak", "Weak", secret_answer, secret_answer},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED WEAKER_REFUSED OFFER ASKED DONE_EN},
    {"not after the first",
     "",
     false,
     {"weak", "weak", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED DONE_EN},
    {"not where nobody sits at a terminal",
     "",
     true,
     {"weak", "weak", "Weak", "Weak", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED WEAKER_REFUSED ASKED DONE_EN},
    {"once, and it is no order",
     "retry = 5\n",
     false,
     {"weak", "weak", "Weak", "Weak", "weak", "weak", "Weak", "Weak", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED WEAKER_REFUSED OFFER ASKED WEAK_REFUSED ASKED WEAKER_REFUSED ASKED
         DONE_EN},
    {"once, also where the next one was not typed the same way twice",
     "retry = 4\n",
     false,
     {"weak", "weak", "Weak", "Weak", NEW, "x", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED WEAKER_REFUSED OFFER ASKED MISMATCH ASKED DONE_EN},
    {"what was not typed the same way twice was not refused",
     "",
     false,
     {"weak", "weak", NEW, "x", NEW, NEW},
     PAM_SUCCESS,
     ASKED WEAK_REFUSED ASKED MISMATCH ASKED DONE_EN},
    {"not where none is asked for any more",
     "retry = 2\n",
     false,
     {"weak", "weak", "Weak", "Weak", NULL},
     PAM_AUTHTOK_ERR,
     ASKED WEAK_REFUSED ASKED WEAKER_REFUSED},
    {"not to who answers every prompt with the same one",
     "",
     false,
     {"weak", "weak", "weak", "weak", NEW, NEW},
     PAM_AUTHTOK_ERR,
     ASKED WEAK_REFUSED ASKED},
    {"a policy that nothing can meet: nothing is said",
     "min_upper = 4\nmin_digit = 4\nmax_length = 8\n",
     false,
     {"weak", "weak", "weal", "weal", NULL},
     PAM_AUTHTOK_ERR,
     NULL},
    {"one that the message has no room for: nothing is said",
     "min_length = 490\nmax_length = 511\n",
     false,
     {"weak", "weak", "weal", "weal", NULL},
     PAM_AUTHTOK_ERR,
     NULL},
};

START_TEST(who_was_refused_twice_at_a_terminal_is_offered_one)
{
    char wanted[2048], offered[SECRET_LENGTH + 1];
    int code;

    write_policy(offer_rows[_i].policy);
    machine->uid = person("alice")->uid;
    machine->terminals = offer_rows[_i].elsewhere ? 0 : AT_TERMINAL;
    code = visit_change(&(struct visit){.service = "imap", .answers = offer_rows[_i].answers});
    if (offer_rows[_i].said == NULL) {
        ck_assert_msg(strstr(said, "take this") == NULL, "%s: %s", offer_rows[_i].why, said);
        ck_assert_int_eq(code, offer_rows[_i].code);
        return;
    }
    snprintf(wanted, sizeof wanted, "%s%s", RULES_EN, offer_rows[_i].said);
    expect_said(offer_rows[_i].why, code, offer_rows[_i].code, wanted);
    if (offer_rows[_i].answers[4] != secret_answer)
        return;
    secret_write(offered);
    ck_assert(password_is("alice", offered));
}
END_TEST

static const struct {
    unsigned terminals;
    bool offered;
    const char *why;
} terminal_rows[] = {
    {AT_TERMINAL, true, "passwd, login, su"},
    {0, false, "poppassd, Dovecot, sshd: nobody sits here"},
    {1u << STDOUT_FILENO, false, "answers through a pipe: a program is typing"},
    {1u << STDIN_FILENO, false,
     "su -c 'report' >file, passwd | tee log: the line would be kept there"},
};

START_TEST(an_offer_is_made_only_where_a_terminal_shows_it_and_takes_the_answer)
{
    static const char *const typed[] = {"weak", "weak", "Weak", "Weak", NEW, NEW, NULL};

    machine->terminals = terminal_rows[_i].terminals;
    ck_assert_int_eq(visit_change(&(struct visit){.answers = typed}), PAM_SUCCESS);
    ck_assert_msg((strstr(said, OFFER) != NULL) == terminal_rows[_i].offered, "%s: %s",
                  terminal_rows[_i].why, said);
    ck_assert_msg((machine->chances > 0) == terminal_rows[_i].offered, "%s: made for nobody",
                  terminal_rows[_i].why);
}
END_TEST

START_TEST(an_offer_is_made_to_root_and_in_vietnamese_too_but_never_in_silence)
{
    static const char *const typed[] = {"weak", "weak", "Weak", "Weak", NEW, NEW, NULL};
    int before;

    machine->terminals = AT_TERMINAL;
    write_policy("history = 1\n");
    expect_said("root sets alice's", visit_change(&(struct visit){.answers = typed}), PAM_SUCCESS,
                ASKED WEAK_REFUSED ASKED WEAKER_REFUSED OFFER ASKED);
    set_password("alice", OLD, TODAY);
    before = machine->chances;
    expect_said("PAM_SILENT", visit_change(&(struct visit){.flags = PAM_SILENT, .answers = typed}),
                PAM_SUCCESS, ASKED ASKED ASKED);
    ck_assert_msg(machine->chances == before, "made for nobody");
    set_password("alice", OLD, TODAY);
    write_policy("history = 1\nlanguage = vi\n");
    ck_assert_int_eq(visit_change(&(struct visit){.answers = typed}), PAM_SUCCESS);
    ck_assert_msg(strstr(said, OFFER_VI) != NULL, "%s", said);
}
END_TEST

START_TEST(nobody_else_pays_for_the_offer)
{
    static const char *const once[] = {"weak", "weak", "Gio-Dong#28", "Gio-Dong#28", NULL};
    static const char *const twice[] = {"weak", "weak", "Weak", "Weak", NEW, NEW, NULL};

    machine->terminals = AT_TERMINAL;
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    ck_assert_int_eq(visit_change(&(struct visit){.answers = once}), PAM_SUCCESS);
    ck_assert_int_eq(machine->chances, 0);
    write_policy("history = 1\n");
    machine->no_chance = true;
    expect_said("without random numbers nothing is said",
                visit_change(&(struct visit){.answers = twice}), PAM_SUCCESS,
                ASKED WEAK_REFUSED ASKED WEAKER_REFUSED ASKED);
    ck_assert_int_gt(machine->chances, 0);
    ck_assert_int_eq(logged("err") + logged("crit"), 0);
}
END_TEST

START_TEST(a_refusal_leaves_its_codes_in_the_log_and_nothing_of_the_password)
{
    static const char *const typed[] = {"weak", "weak", NULL};

    write_policy("retry = 1\n");
    ck_assert_int_eq(visit_change(&(struct visit){.service = "imap", .answers = typed}),
                     PAM_AUTHTOK_ERR);
    ck_assert_str_eq(machine->log, "notice: pam_vpolicy(imap:chauthtok): user alice: new password "
                                   "refused: too_short,no_upper,no_digit,no_special\n");
    machine->log[0] = '\0';
    write_policy("root_may_override = yes\n");
    ck_assert_int_eq(visit_change(&(struct visit){.service = "imap", .answers = typed}),
                     PAM_SUCCESS);
    ck_assert_str_eq(
        machine->log,
        "notice: pam_vpolicy(imap:chauthtok): user alice: new password set by root all "
        "the same: too_short,no_upper,no_digit,no_special\n"
        "notice: pam_vpolicy(imap:chauthtok): user alice: password set by admin\n");
}
END_TEST

START_TEST(chpasswd_is_told_once)
{
    /* Real uid 0, no note: an administrator, who is not told the rules before. */
    expect_said("every prompt gets the same answer",
                visit_change(
                    &(struct visit){.service = "imap",
                                    .answers = (const char *const[]){"weak", "weak", "weak", "weak",
                                                                     "weak", "weak", NULL}}),
                PAM_AUTHTOK_ERR, ASKED WEAK_REFUSED ASKED);
    expect_said("PAM_SILENT: prompts, and no word",
                visit_change(&(struct visit){
                    .service = "imap",
                    .flags = PAM_SILENT,
                    .answers = (const char *const[]){"weak", "weak", "weak", "weak", NULL}}),
                PAM_AUTHTOK_ERR, ASKED ASKED);
}
END_TEST

/* ---- other modules --------------------------------------------------------------------------- */

START_TEST(use_authtok_takes_what_an_earlier_module_asked_for)
{
    machine->uid = person("alice")->uid;
    write_service("stacked", "password requisite %U asks\n"
                             "password requisite %M use_authtok\n"
                             "password required %U\n"
                             "password optional %M record\n");
    expect_said("good: no rules, for the prompt has been; no second prompt",
                change_to("stacked", NEW), PAM_SUCCESS, ASKED DONE_EN);
    ck_assert(password_is("alice", NEW));
    expect_said("bad: one try, for nothing else can be asked for",
                visit_change(&(struct visit){
                    .service = "stacked",
                    .answers = (const char *const[]){"weak", "weak", OLD, OLD, NULL}}),
                PAM_AUTHTOK_ERR, ASKED WEAK_REFUSED);
    ck_assert(password_is("alice", NEW));
    write_service("alone", "password requisite %M use_authtok\npassword required %U\n");
    expect_said("nobody has asked before", change_to("alone", "Gio-Dong#29"), PAM_AUTHTOK_ERR, "");
    ck_assert(password_is("alice", NEW));
}
END_TEST

START_TEST(without_use_authtok_an_earlier_password_is_checked_and_then_another_asked_for)
{
    machine->uid = person("alice")->uid;
    write_service("stacked", "password requisite %U asks\n"
                             "password requisite %M\n"
                             "password required %U\n"
                             "password optional %M record\n");
    expect_said("the first try is the one that was typed",
                visit_change(&(struct visit){
                    .service = "stacked",
                    .answers = (const char *const[]){"weak", "weak", NEW, NEW, NULL}}),
                PAM_SUCCESS, ASKED RULES_EN WEAK_REFUSED ASKED DONE_EN);
    ck_assert(password_is("alice", NEW));
}
END_TEST

START_TEST(a_refused_password_reaches_nobody)
{
    static const char *const typed[] = {"weak", "weak", "weak", "weak", NULL};

    /* `required` is a mistake, for pam_unix is asked all the same: it must find nothing to set. */
    write_service("mistaken", "password required %M\npassword required %U\n");
    machine->uid = person("alice")->uid;
    expect_said("refused", visit_change(&(struct visit){.service = "mistaken", .answers = typed}),
                PAM_AUTHTOK_ERR, RULES_EN ASKED WEAK_REFUSED ASKED);
    ck_assert_int_eq(machine->unix_calls, 1);
    ck_assert_str_eq(machine->seen_by_unix, "(none)");
    ck_assert(password_is("alice", OLD));
    /* The same where what we refused came from an earlier module. */
    write_service("mistaken", "password required %U asks\npassword required %M use_authtok\n"
                              "password required %U\n");
    ck_assert_int_eq(visit_change(&(struct visit){.service = "mistaken", .answers = typed}),
                     PAM_AUTHTOK_ERR);
    ck_assert_str_eq(machine->seen_by_unix, "(none)");
    /* And where the store gives up after the password was found good. */
    write_service("mistaken", "password required %M\npassword required %U\n");
    machine->disk_full = true;
    ck_assert_int_ne(change_to("mistaken", NEW), PAM_SUCCESS);
    ck_assert_str_eq(machine->seen_by_unix, "(none)");
    ck_assert(password_is("alice", OLD));
}
END_TEST

/* ---- old passwords --------------------------------------------------------------------------- */

static const char *const passwords[] = {OLD,           "Wq-Zev#1axo", "Hj-Pok!2bqu", "Bx-Cyf?3cce",
                                        "Gn-Mud%4dwi", "Nv-Kah&5eby", "Rs-Tig*6fjo"};

static void change_through(size_t from, size_t to)
{
    for (size_t i = from; i <= to; i++) {
        set_clock(TODAY, 12 * 3600 + (int)i);
        ck_assert_int_eq(change_to("imap", passwords[i]), PAM_SUCCESS);
    }
}

START_TEST(the_last_five_are_refused_and_the_sixth_is_not)
{
    write_policy("retry = 1\n");
    machine->uid = person("alice")->uid;
    change_through(1, 5);
    expect_said("the current one", change_to("imap", passwords[5]), PAM_AUTHTOK_ERR,
                RULES_EN ASKED REFUSED("it is the current one"));
    for (size_t i = 1; i < 5; i++)
        expect_said(passwords[i], change_to("imap", passwords[i]), PAM_AUTHTOK_ERR,
                    RULES_EN ASKED REFUSED("it is one of your last 5"));
    expect_said("the sixth", change_to("imap", passwords[0]), PAM_SUCCESS, RULES_EN ASKED DONE_EN);
    ck_assert(password_is("alice", passwords[0]));
}
END_TEST

START_TEST(history_follows_the_policy_of_the_day)
{
    write_policy("retry = 1\nhistory = 2\n");
    machine->uid = person("alice")->uid;
    change_through(1, 3);
    expect_said(
        "one before the current one", change_to("imap", passwords[2]), PAM_AUTHTOK_ERR,
        INFO("New password: at least 8 characters, with upper case, lower case, a digit and "
             "a special character; not one of your last 2.")
            ASKED REFUSED("it is one of your last 2"));
    ck_assert_int_eq(change_to("imap", passwords[1]), PAM_SUCCESS);
    write_policy("retry = 1\nhistory = 1\n");
    ck_assert_int_eq(change_to("imap", passwords[3]), PAM_SUCCESS);
}
END_TEST

START_TEST(a_password_replaced_behind_pam_s_back_is_an_old_one)
{
    write_policy("retry = 1\n");
    machine->uid = person("alice")->uid;
    change_through(1, 1);
    set_password("alice", "Sau-Lung!77", TODAY);
    expect_said("found at this change", change_to("imap", passwords[1]), PAM_AUTHTOK_ERR,
                RULES_EN ASKED REFUSED("it is one of your last 5"));
    expect_said("what root set is the current one", change_to("imap", "Sau-Lung!77"),
                PAM_AUTHTOK_ERR, RULES_EN ASKED REFUSED("it is the current one"));
    set_clock(TODAY, 13 * 3600);
    ck_assert_int_eq(login("imap"), PAM_NEW_AUTHTOK_REQD);
    expect_said("found at the login before", change_to("imap", passwords[1]), PAM_AUTHTOK_ERR,
                RULES_EN ASKED REFUSED("it is one of your last 5"));
    ck_assert_int_eq(change_to("imap", NEW), PAM_SUCCESS);
    expect_said("and after the change, too", change_to("imap", "Sau-Lung!77"), PAM_AUTHTOK_ERR,
                RULES_EN ASKED REFUSED("it is one of your last 5"));
}
END_TEST

/* ---- root ------------------------------------------------------------------------------------ */

#define OVERRIDDEN                                                                                 \
    INFO("This password breaks the policy and is set because root may: it has 4 characters and "   \
         "needs at least 8; no upper-case letter; no digit; no special character (such as ! # % "  \
         "?).")

static const struct {
    const char *why, *policy;
    uid_t uid;
    const char *user;
    bool asked;
    int flags, code;
    const char *said;
} override_rows[] = {
    {"root sets alice's, and may not", "", 0, "alice", false, 0, PAM_AUTHTOK_ERR,
     ASKED WEAK_REFUSED ASKED},
    {"root sets alice's, and may", "root_may_override = yes\n", 0, "alice", false, 0, PAM_SUCCESS,
     ASKED OVERRIDDEN},
    {"root sets his own, and may", "root_may_override = yes\n", 0, "root", false, 0, PAM_SUCCESS,
     RULES_EN ASKED OVERRIDDEN DONE_FOREVER_EN},
    {"root's own, and may not", "", 0, "root", false, 0, PAM_AUTHTOK_ERR,
     RULES_EN ASKED WEAK_REFUSED ASKED},
    {"alice is not root", "root_may_override = yes\n", 5001, "alice", false, 0, PAM_AUTHTOK_ERR,
     RULES_EN ASKED WEAK_REFUSED ASKED},
    {"some other user's program is not root", "root_may_override = yes\n", 5002, "alice", false, 0,
     PAM_AUTHTOK_ERR, ASKED WEAK_REFUSED ASKED},
    {"a daemon's uid 0 is not root's word: the note", "root_may_override = yes\n", 0, "alice", true,
     0, PAM_AUTHTOK_ERR, RULES_EN ASKED WEAK_REFUSED ASKED},
    {"a daemon's uid 0 is not root's word: a forced change", "root_may_override = yes\n", 0,
     "alice", false, PAM_CHANGE_EXPIRED_AUTHTOK, PAM_AUTHTOK_ERR,
     RULES_EN ASKED WEAK_REFUSED ASKED},
};

START_TEST(root_may_break_the_rules_where_the_policy_says_so)
{
    person("root")->uid = 0;
    set_password("root", OLD, "2026-11-01");
    write_policy(override_rows[_i].policy);
    machine->uid = override_rows[_i].uid;
    expect_said(override_rows[_i].why,
                visit_change(&(struct visit){
                    .service = "imap",
                    .user = override_rows[_i].user,
                    .asked = override_rows[_i].asked,
                    .flags = override_rows[_i].flags,
                    .answers = (const char *const[]){"weak", "weak", "weak", "weak", NULL}}),
                override_rows[_i].code, override_rows[_i].said);
    if (override_rows[_i].code == PAM_SUCCESS && strcmp(override_rows[_i].user, "alice") == 0)
        expect_field("it stays reset all the same", "alice", "due", "reset");
}
END_TEST

/* ---- nobody to talk to ----------------------------------------------------------------------- */

START_TEST(a_change_without_a_conversation_changes_nothing)
{
    static const enum hearing hearings[] = {HAS_NO_CONVERSATION, FAILS};

    machine->uid = person("alice")->uid;
    for (size_t i = 0; i < COUNT(hearings); i++) {
        machine->log[0] = '\0';
        ck_assert_int_eq(visit_change(&(struct visit){.service = "imap", .hearing = hearings[i]}),
                         PAM_AUTHTOK_ERR);
        /* libpam's own line about its prompt; none of ours. */
        ck_assert_msg(strstr(machine->log, "pam_vpolicy.so") == NULL && logged("crit") == 0, "%s",
                      machine->log);
        ck_assert(password_is("alice", OLD));
        ck_assert_uint_eq(count_files("store/intents"), 0);
    }
}
END_TEST

START_TEST(a_directory_s_account_keeps_the_rules_and_leaves_no_record)
{
    person("alice")->hidden = true;
    person("alice")->hash[0] = '\0';
    machine->uid = person("alice")->uid;
    write_policy("retry = 1\n");
    machine->unix_order = UNIX_LIES; /* pam_sss, say */
    expect_said("the rules", change_to("imap", "weak"), PAM_AUTHTOK_ERR,
                RULES_EN ASKED WEAK_REFUSED);
    expect_said("dates and hashes are the directory's", change_to("imap", NEW), PAM_SUCCESS,
                RULES_EN ASKED);
    ck_assert_uint_eq(count_files("store/records"), 0);
    ck_assert_msg(strstr(machine->log, "not changed") == NULL, "who could tell? %s", machine->log);
    expect_said("no dates", login("imap"), PAM_SUCCESS, "");
    write_record("alice", "closed = transferred\nclosed_from = 2026-11-01\n");
    expect_said("marks hold", login("imap"), PAM_ACCT_EXPIRED, CLOSED_EN);
    expect_said("for changes, too", change_to("imap", NEW), PAM_ACCT_EXPIRED, CLOSED_EN);
}
END_TEST

Suite *suite_change(void)
{
    Suite *suite = suite_create("change");
    TCase *tcase = tcase_create("password phase");

    tcase_add_checked_fixture(tcase, stage_begin, NULL);
    tcase_add_loop_test(tcase, a_user_may_change_whatever_is_due_but_not_what_is_closed, 0,
                        (int)verdict_row_count);
    tcase_add_loop_test(tcase, an_administrator_s_change_is_good_for_changing_it, 0,
                        (int)verdict_row_count);
    ADD_ROWS(tcase, a_password_is_refused_for_every_reason_at_once, password_rows);
    tcase_add_test(tcase, the_rules_in_force_are_told_before_typing);
    tcase_add_test(tcase, a_refusal_is_one_line_that_every_program_carries);
    tcase_add_test(tcase, an_old_password_that_nobody_verified_is_not_compared);
    tcase_add_test(tcase, bcrypt_reads_no_more_than_72_bytes);
    ADD_ROWS(tcase, another_password_is_asked_for_as_often_as_the_policy_says, retry_rows);
    ADD_ROWS(tcase, who_was_refused_twice_at_a_terminal_is_offered_one, offer_rows);
    ADD_ROWS(tcase, an_offer_is_made_only_where_a_terminal_shows_it_and_takes_the_answer,
             terminal_rows);
    tcase_add_test(tcase, an_offer_is_made_to_root_and_in_vietnamese_too_but_never_in_silence);
    tcase_add_test(tcase, nobody_else_pays_for_the_offer);
    tcase_add_test(tcase, a_refusal_leaves_its_codes_in_the_log_and_nothing_of_the_password);
    tcase_add_test(tcase, chpasswd_is_told_once);
    tcase_add_test(tcase, use_authtok_takes_what_an_earlier_module_asked_for);
    tcase_add_test(tcase,
                   without_use_authtok_an_earlier_password_is_checked_and_then_another_asked_for);
    tcase_add_test(tcase, a_refused_password_reaches_nobody);
    tcase_add_test(tcase, the_last_five_are_refused_and_the_sixth_is_not);
    tcase_add_test(tcase, history_follows_the_policy_of_the_day);
    tcase_add_test(tcase, a_password_replaced_behind_pam_s_back_is_an_old_one);
    ADD_ROWS(tcase, root_may_break_the_rules_where_the_policy_says_so, override_rows);
    tcase_add_test(tcase, a_change_without_a_conversation_changes_nothing);
    tcase_add_test(tcase, a_directory_s_account_keeps_the_rules_and_leaves_no_record);
    suite_add_tcase(suite, tcase);
    return suite;
}
