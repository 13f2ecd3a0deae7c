/*
 * The account phase: what each verdict answers and says, by password and by key; grace; root acting
 * as somebody; programs that listen to nothing; the log.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"
#include "verdicts.h"

/* ---- every verdict --------------------------------------------------------------------------- */

const struct row verdict_rows[] = {
#define ALIKE(code, en, vi)                                                                        \
    {code, en, vi},                                                                                \
    {                                                                                              \
        code, en, vi                                                                               \
    }
    {"a password in the middle of its life: nothing is said", "", "set_on = 2026-11-01\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"15 days before the end is a day too early for a warning", "", "set_on = 2026-06-10\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"14 days before the end warnings begin", "", "set_on = 2026-06-09\n", NULL,
     ALIKE(
         PAM_SUCCESS,
         INFO("Your password expires in 14 days (6 December 2026). To change it now, type: passwd"),
         INFO("Mật khẩu sẽ hết hạn sau 14 ngày (06/12/2026). Để đổi ngay, gõ lệnh: passwd")),
     VP_WARN},
    {"the model sentence", "", "set_on = 2026-06-02\n", NULL,
     ALIKE(
         PAM_SUCCESS,
         INFO("Your password expires in 7 days (29 November 2026). To change it now, type: passwd"),
         INFO("Mật khẩu sẽ hết hạn sau 7 ngày (29/11/2026). Để đổi ngay, gõ lệnh: passwd")),
     VP_WARN},
    {"the last day is a warning, with one day and no plural", "", "set_on = 2026-05-27\n", NULL,
     ALIKE(
         PAM_SUCCESS,
         INFO("Your password expires in 1 day (23 November 2026). To change it now, type: passwd"),
         INFO("Mật khẩu sẽ hết hạn sau 1 ngày (23/11/2026). Để đổi ngay, gõ lệnh: passwd")),
     VP_WARN},
    {"day 180 is due",
     "",
     "set_on = 2026-05-26\n",
     NULL,
     {PAM_NEW_AUTHTOK_REQD,
      INFO("Your password expired on 22 November 2026. Please set a new one to continue."),
      INFO("Mật khẩu đã hết hạn từ ngày 22/11/2026. Vui lòng đặt mật khẩu mới để tiếp tục.")},
     {PAM_SUCCESS,
      INFO("Your password expired on 22 November 2026. To change it now, type: passwd"),
      INFO("Mật khẩu đã hết hạn từ ngày 22/11/2026. Để đổi ngay, gõ lệnh: passwd")},
     VP_MUST_CHANGE},
    {"due long ago, with the day on which it was",
     "",
     "set_on = 2025-11-21\n",
     NULL,
     {PAM_NEW_AUTHTOK_REQD,
      INFO("Your password expired on 20 May 2026. Please set a new one to continue."),
      INFO("Mật khẩu đã hết hạn từ ngày 20/5/2026. Vui lòng đặt mật khẩu mới để tiếp tục.")},
     {PAM_SUCCESS, INFO("Your password expired on 20 May 2026. To change it now, type: passwd"),
      INFO("Mật khẩu đã hết hạn từ ngày 20/5/2026. Để đổi ngay, gõ lệnh: passwd")},
     VP_MUST_CHANGE},
    {"never expires where the policy says so", "max_age = never\n", "set_on = 2020-01-01\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"first login", "", "set_on = 2026-11-20\ndue = initial\ndue_since = 2026-11-20\n", NULL,
     ALIKE_BUT_KEY(INITIAL_EN, INITIAL_VI), VP_MUST_CHANGE},
    {"an administrator set it", "",
     "set_on = 2026-11-20\nset_by = admin\ndue = reset\ndue_since = 2026-11-20\n", NULL,
     ALIKE_BUT_KEY(RESET_EN, RESET_VI), VP_MUST_CHANGE},
    {"an administrator set it, with somebody to ask", "help = Tổ CNTT (0225 3 888 999)\n",
     "set_on = 2026-11-20\nset_by = admin\ndue = reset\ndue_since = 2026-11-20\n", NULL,
     ALIKE_BUT_KEY(INFO("Your password was set by someone else. Please choose your own now; if you "
                        "did not ask for this, tell Tổ CNTT (0225 3 888 999)."),
                   INFO("Mật khẩu đã được người khác đặt lại. Vui lòng đổi sang mật khẩu của riêng "
                        "mình; nếu không yêu cầu đặt lại, hãy báo ngay Tổ CNTT (0225 3 888 999).")),
     VP_MUST_CHANGE},
    {"no change at the first login where the policy says so", "change_on_first_login = no\n",
     "set_on = 2026-11-20\ndue = initial\ndue_since = 2026-11-20\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"another hash than the record's was set behind PAM's back", "",
     "set_on = 2026-11-01\nhash = " OTHER_HASH "\n", NULL, ALIKE_BUT_KEY(RESET_EN, RESET_VI),
     VP_MUST_CHANGE},
    {"the same, and the policy wants only a warning", "set_elsewhere = warn\n",
     "set_on = 2026-11-01\nhash = " OTHER_HASH "\n", NULL, ALIKE(PAM_SUCCESS, RESET_EN, RESET_VI),
     VP_WARN},
    {"the same, and the policy takes it for the user's own change", "set_elsewhere = accept\n",
     "set_on = 2026-11-01\nhash = " OTHER_HASH "\n", NULL, ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"learnt some days ago", "", "set_on = 2026-11-01\ndue = elsewhere\ndue_since = 2026-11-19\n",
     NULL, ALIKE_BUT_KEY(RESET_EN, RESET_VI), VP_MUST_CHANGE},
    {"suspected: a key does not soften it", "",
     "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-21\n", NULL,
     ALIKE(PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN, SUSPECTED_VI), VP_MUST_CHANGE},
    {"suspected, and the policy ignores logins without a password: not this one",
     "without_password = ignore\n",
     "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-22\n", NULL,
     ALIKE(PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN, SUSPECTED_VI), VP_MUST_CHANGE},
    {"suspected from tomorrow on", "",
     "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-23\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"suspected and locked", "",
     "set_on = 2026-11-01\nsuspected = suspected\nsuspected_from = 2026-11-21\nlocked = yes\n",
     NULL, ALIKE(PAM_ACCT_EXPIRED, LOCKED_EN, LOCKED_VI), VP_CLOSED},
    {"set before the day that the policy names: a key does not soften it",
     "changed_since = 2026-11-20\n", "set_on = 2026-11-19\n", NULL,
     ALIKE(PAM_NEW_AUTHTOK_REQD, SUPERSEDED_EN, SUPERSEDED_VI), VP_MUST_CHANGE},
    {"set on that day", "changed_since = 2026-11-20\n", "set_on = 2026-11-20\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"closed: retired", "", "set_on = 2026-11-01\nclosed = retired\nclosed_from = 2026-11-22\n",
     NULL, ALIKE(PAM_ACCT_EXPIRED, CLOSED_EN, CLOSED_VI), VP_CLOSED},
    {"closed: transferred; the administrator's words are not for the user", "",
     "set_on = 2026-11-01\nclosed = transferred\nclosed_from = 2026-10-01\n"
     "closed_note = moved to the province\n",
     NULL, ALIKE(PAM_ACCT_EXPIRED, CLOSED_EN, CLOSED_VI), VP_CLOSED},
    {"closed: other, with somebody to ask", "help = Văn phòng\n",
     "set_on = 2026-11-01\nclosed = other\nclosed_from = 2026-10-01\n", NULL,
     ALIKE(PAM_ACCT_EXPIRED,
           ERROR("This account has been closed. If you still need it, please contact Văn phòng."),
           ERROR("Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui lòng liên hệ Văn "
                 "phòng.")),
     VP_CLOSED},
    {"closed from tomorrow on", "",
     "set_on = 2026-11-01\nclosed = retired\nclosed_from = 2026-11-23\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"closed: nobody came for 90 days", "max_idle = 90d\n",
     "set_on = 2026-11-01\nlast_login = 2026-08-24\n", NULL,
     ALIKE(PAM_ACCT_EXPIRED, CLOSED_EN, CLOSED_VI), VP_CLOSED},
    {"89 days", "max_idle = 90d\n", "set_on = 2026-11-01\nlast_login = 2026-08-25\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"idleness counts from when the record began, where nobody ever came", "max_idle = 90d\n",
     "set_on = 2026-11-01\nbegan = 2026-08-24\n", NULL,
     ALIKE(PAM_ACCT_EXPIRED, CLOSED_EN, CLOSED_VI), VP_CLOSED},
    {"idleness begins anew when an administrator reopens", "max_idle = 90d\n",
     "set_on = 2026-11-01\nlast_login = 2026-01-05\nreopened = 2026-11-20\n", NULL,
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"exempt: neither age", "[user alice]\nexempt = yes\nexempt_reason = a test\n",
     "set_on = 2020-01-01\n", NULL, ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"exempt: nor first login", "[user alice]\nexempt = yes\nexempt_reason = a test\n",
     "due = initial\ndue_since = 2026-11-20\n", NULL, ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"exempt: nor idleness", "max_idle = 90d\n[user alice]\nexempt = yes\nexempt_reason = a test\n",
     "set_on = 2026-11-01\nlast_login = 2025-01-01\n", NULL, ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"a mark counts for the exempt, too", "[user alice]\nexempt = yes\nexempt_reason = a test\n",
     "suspected = suspected\nsuspected_from = 2026-11-21\n", NULL,
     ALIKE(PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN, SUSPECTED_VI), VP_MUST_CHANGE},
    {"and closing does", "[user alice]\nexempt = yes\nexempt_reason = a test\n",
     "closed = other\nclosed_from = 2026-11-21\n", NULL,
     ALIKE(PAM_ACCT_EXPIRED, CLOSED_EN, CLOSED_VI), VP_CLOSED},
    {"a uid below min_uid is a system account", "", "set_on = 2020-01-01\n", "998",
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"one below min_uid", "", "set_on = 2020-01-01\n", "999", ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"min_uid is a person",
     "",
     "set_on = 2025-11-21\n",
     "1000",
     {PAM_NEW_AUTHTOK_REQD,
      INFO("Your password expired on 20 May 2026. Please set a new one to continue."),
      INFO("Mật khẩu đã hết hạn từ ngày 20/5/2026. Vui lòng đặt mật khẩu mới để tiếp tục.")},
     {PAM_SUCCESS, INFO("Your password expired on 20 May 2026. To change it now, type: passwd"),
      INFO("Mật khẩu đã hết hạn từ ngày 20/5/2026. Để đổi ngay, gõ lệnh: passwd")},
     VP_MUST_CHANGE},
    {"a mark counts for system accounts", "", "closed = other\nclosed_from = 2026-11-21\n", "998",
     ALIKE(PAM_ACCT_EXPIRED, CLOSED_EN, CLOSED_VI), VP_CLOSED},
    {"uid 0 is beyond age", "min_uid = 0\n", "set_on = 2020-01-01\n", "0",
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"and beyond marks", "", "closed = other\nclosed_from = 2026-11-21\n", "0",
     ALIKE(PAM_SUCCESS, "", ""), VP_OK},
    {"and beyond locks", "", "suspected = suspected\nsuspected_from = 2026-11-21\nlocked = yes\n",
     "0", ALIKE(PAM_SUCCESS, "", ""), VP_OK},
};

const size_t verdict_row_count = COUNT(verdict_rows);

void set_verdict_row(const struct row *row, const char *language)
{
    char policy[512];

    if (row->uid != NULL)
        person("alice")->uid = (uid_t)atoi(row->uid);
    write_record("alice", row->record);
    snprintf(policy, sizeof policy, "%s%s", language, row->policy);
    write_policy(policy);
}

/* How the login comes: only a `marked` account line without a note means that nothing was asked. */
static const struct {
    const char *name, *service;
    bool asked, by_key;
} ways[] = {
    {"marked, with the note", "sshd", true, false},
    {"marked, without the note", "sshd", false, true},
    {"unmarked, with the note", "imap", true, false},
    {"unmarked, without the note", "imap", false, false},
};

START_TEST(each_verdict_has_its_code_and_its_sentence)
{
    const struct row *row = &verdict_rows[_i];

    for (size_t i = 0; i < COUNT(ways); i++) {
        const struct outcome *wanted = ways[i].by_key ? &row->by_key : &row->by_password;
        const struct visit visit = {.service = ways[i].service, .asked = ways[i].asked};
        char why[256];

        snprintf(why, sizeof why, "%s (%s)", row->why, ways[i].name);
        set_verdict_row(row, "");
        expect_said(why, visit_account(&visit), wanted->code, wanted->en);
        /* In the C locale, as sshd, Dovecot and cron run modules. */
        set_verdict_row(row, "language = vi\n");
        expect_said(why, visit_account(&visit), wanted->code, wanted->vi);
    }
}
END_TEST

START_TEST(a_silent_or_deaf_program_gets_the_same_code)
{
    const struct row *row = &verdict_rows[_i];
    static const struct visit visits[] = {
        {.asked = true, .flags = PAM_SILENT},
        {.asked = true, .hearing = HAS_NO_CONVERSATION},
        {.asked = true, .hearing = FAILS},
    };

    for (size_t i = 0; i < COUNT(visits); i++) {
        set_verdict_row(row, "");
        machine->log[0] = '\0';
        expect_said(row->why, visit_account(&visits[i]), row->by_password.code, "");
        ck_assert_msg(logged("err") == 0 && logged("crit") == 0 && logged("warning") == 0, "%s: %s",
                      row->why, machine->log);
        /* One line for a verdict, and one for what was learnt behind PAM's back. */
        ck_assert_int_eq(logged("notice"),
                         (row->kind != VP_OK) + (strstr(row->record, OTHER_HASH) != NULL));
    }
}
END_TEST

/* ---- other accounts ----------------------------------------------------------------------------
 */

static const struct {
    const char *why;
    const char *field; /* of shadow; NULL = alice's hash behind `prefix` */
    const char *prefix;
    const char *record, *policy;
    int code;
    const char *said;
} field_rows[] = {
    {"usermod -L: locked is compared without the `!`", NULL, "!", "set_on = 2026-11-01\n", "",
     PAM_SUCCESS, ""},
    {"a locked password still grows old, for keys pass through here", NULL, "!",
     "set_on = 2025-11-21\n", "", PAM_NEW_AUTHTOK_REQD,
     INFO("Your password expired on 20 May 2026. Please set a new one to continue.")},
    {"`*`: no password, nothing to expire", "*", NULL, "set_on = 2020-01-01\n", "", PAM_SUCCESS,
     ""},
    {"`!`: likewise", "!", NULL, "set_on = 2020-01-01\n", "", PAM_SUCCESS, ""},
    {"`!` and a first login due: there is nothing to log in with by password", "!", NULL,
     "due = initial\ndue_since = 2026-11-20\n", "", PAM_SUCCESS, ""},
    {"`*` and closed: keys are stopped", "*", NULL, "closed = retired\nclosed_from = 2026-11-01\n",
     "", PAM_ACCT_EXPIRED, CLOSED_EN},
    {"`*`, and nobody came for 90 days: keys are closed, too", "*", NULL,
     "last_login = 2026-08-24\n", "max_idle = 90d\n", PAM_ACCT_EXPIRED, CLOSED_EN},
    {"passwd -d: an empty field lets anybody in", "", NULL, "set_on = 2026-11-01\n", "",
     PAM_NEW_AUTHTOK_REQD, RESET_EN},
    {"and has no grace", "", NULL, "set_on = 2026-11-01\n", "[service sshd]\ngrace = 7d\n",
     PAM_NEW_AUTHTOK_REQD, RESET_EN},
    {"and is due whatever the policy says of first logins", "", NULL, "set_on = 2026-11-01\n",
     "change_on_first_login = no\n", PAM_NEW_AUTHTOK_REQD, RESET_EN},
    {"and set_elsewhere does not soften it", "", NULL, "set_on = 2026-11-01\n",
     "set_elsewhere = accept\n", PAM_NEW_AUTHTOK_REQD, RESET_EN},
};

START_TEST(what_stands_in_shadow_is_judged)
{
    char field[VP_HASH_SIZE];

    write_record("alice", field_rows[_i].record);
    write_policy(field_rows[_i].policy);
    if (field_rows[_i].field == NULL)
        snprintf(field, sizeof field, "%s%.300s", field_rows[_i].prefix, person("alice")->hash);
    else
        snprintf(field, sizeof field, "%s", field_rows[_i].field);
    snprintf(person("alice")->hash, sizeof field, "%s", field);
    expect_said(field_rows[_i].why, login("sshd"), field_rows[_i].code, field_rows[_i].said);
}
END_TEST

/* Accounts without a record, and a store that began on 2026-11-10. */
static const struct {
    const char *why;
    const char *changed_on; /* sp_lstchg; NULL = empty */
    const char *present;    /* line of the stamp */
    int code;
    const char *said;
    const char *due, *respite;
} first_rows[] = {
    {"set the day before the store began: it was here before us", "2026-11-09", "", PAM_SUCCESS, "",
     "", ""},
    {"set on the day the store began: new", "2026-11-10", "", PAM_NEW_AUTHTOK_REQD, INITIAL_EN,
     "initial", ""},
    {"unless it was there then", "2026-11-10", "present = alice\n", PAM_SUCCESS, "", "", ""},
    {"another one's line is not hers", "2026-11-10", "present = alice2\n", PAM_NEW_AUTHTOK_REQD,
     INITIAL_EN, "initial", ""},
    {"set later: new", "2026-11-15", "", PAM_NEW_AUTHTOK_REQD, INITIAL_EN, "initial", ""},
    {"overdue when the store began: warn_before to change, from the stamp", "2026-01-05", "",
     PAM_SUCCESS,
     INFO("Your password expires in 2 days (24 November 2026). To change it now, type: passwd"), "",
     "2026-11-24"},
    {"nobody knows when: the same", NULL, "", PAM_SUCCESS,
     INFO("Your password expires in 2 days (24 November 2026). To change it now, type: passwd"), "",
     "2026-11-24"},
    {"due the day after the store began: a day like any other", "2026-05-15", "",
     PAM_NEW_AUTHTOK_REQD,
     INFO("Your password expired on 11 November 2026. Please set a new one to continue."), "", ""},
    {"chage -d 0: an administrator wants a change", "1970-01-01", "", PAM_NEW_AUTHTOK_REQD,
     RESET_EN, "reset", ""},
    {"tomorrow's day: another machine's clock", "2026-11-23", "", PAM_NEW_AUTHTOK_REQD, INITIAL_EN,
     "initial", ""},
};

START_TEST(an_account_without_a_record_gets_one)
{
    char stamp[128];

    snprintf(stamp, sizeof stamp, "version = 1.0\nbegan = 2026-11-10\n%send\n",
             first_rows[_i].present);
    write_file("store/stamp", stamp, 0640);
    person("alice")->changed_on =
        first_rows[_i].changed_on == NULL ? -1 : day(first_rows[_i].changed_on);
    expect_said(first_rows[_i].why, login("sshd"), first_rows[_i].code, first_rows[_i].said);
    expect_field(first_rows[_i].why, "alice", "due", first_rows[_i].due);
    expect_field(first_rows[_i].why, "alice", "respite", first_rows[_i].respite);
    expect_field(first_rows[_i].why, "alice", "hash", person("alice")->hash);
    /* And it stays so: what is learnt once is not learnt anew at every login. */
    expect_said(first_rows[_i].why, login("sshd"), first_rows[_i].code, first_rows[_i].said);
}
END_TEST

START_TEST(the_first_use_writes_the_stamp)
{
    person("bob");
    set_password("bob", OLD, TODAY);
    person("eve")->changed_on = day(TODAY);
    snprintf(person("eve")->hash, VP_HASH_SIZE, "!");
    expect_said("alice was here before the store", login("sshd"), PAM_SUCCESS, "");
    ck_assert_str_eq(read_file("store/stamp"),
                     "version = 1.0\nbegan = 2026-11-22\npresent = bob\nend\n");
    expect_said("bob had set his that very day",
                visit_account(&(struct visit){.user = "bob", .asked = true}), PAM_SUCCESS, "");
    set_password("eve", OLD, TODAY);
    expect_said("eve had none then", visit_account(&(struct visit){.user = "eve", .asked = true}),
                PAM_NEW_AUTHTOK_REQD, INITIAL_EN);
}
END_TEST

START_TEST(chage_d_0_is_heard_whatever_set_elsewhere_says)
{
    static const char *const policies[] = {"", "set_elsewhere = warn\n",
                                           "set_elsewhere = accept\n"};

    for (size_t i = 0; i < COUNT(policies); i++) {
        write_policy(policies[i]);
        write_record("alice", "set_on = 2026-11-01\n");
        person("alice")->changed_on = 0;
        expect_said(policies[i], login("sshd"), PAM_NEW_AUTHTOK_REQD, RESET_EN);
    }
}
END_TEST

START_TEST(the_account_is_who_getpwnam_says)
{
    machine->ignores_case = true;
    write_record("alice", "closed = retired\nclosed_from = 2026-11-01\n");
    expect_said("ALICE is alice, who is closed",
                visit_account(&(struct visit){.user = "ALICE", .asked = true}), PAM_ACCT_EXPIRED,
                CLOSED_EN);
    machine->ignores_case = false;
    expect_said("nobody has that name",
                visit_account(&(struct visit){.user = "nobody-here", .asked = true}),
                PAM_USER_UNKNOWN, "");
    expect_said("nor changes a password",
                visit_change(&(struct visit){.user = "nobody-here", .asked = true}),
                PAM_USER_UNKNOWN, "");
}
END_TEST

START_TEST(another_person_with_the_name_inherits_nothing)
{
    write_record("alice", "set_on = 2026-11-01\nclosed = retired\nclosed_from = 2026-11-01\n"
                          "uid_of_old = kept\nhash = " OTHER_HASH "\n");
    expect_said("closed is closed before the new person is seen", login("sshd"), PAM_ACCT_EXPIRED,
                CLOSED_EN);
    write_record("alice", "set_on = 2026-11-01\nlast_login = 2026-11-01\nhash = " OTHER_HASH "\n");
    person("alice")->uid = 6001;
    expect_said("uid and hash differ", login("sshd"), PAM_NEW_AUTHTOK_REQD, INITIAL_EN);
    expect_field("the record is the new person's", "alice", "uid", "6001");
    expect_field("who has not logged in yet", "alice", "last_login", "");
    write_record("alice", "set_on = 2026-11-01\nlast_login = 2026-11-01\n");
    person("alice")->uid = 6002;
    expect_said("only the uid differs: the same person", login("sshd"), PAM_SUCCESS, "");
    expect_field("is learnt", "alice", "uid", "6002");
}
END_TEST

/* ---- grace -------------------------------------------------------------------------------------
 */

static const struct {
    const char *why, *policy, *record, *service;
    int code;
    const char *en, *vi;
} grace_rows[] = {
    {"the first day", "", "set_on = 2026-05-26\n", "imap", PAM_SUCCESS,
     INFO("Your password has expired; this service works until 28 November 2026. Please change it "
          "before then."),
     INFO("Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày 28/11/2026. Vui lòng đổi "
          "mật khẩu trước thời hạn đó.")},
    {"the last day", "", "set_on = 2026-05-20\n", "imap", PAM_SUCCESS,
     INFO("Your password has expired; this service works until 22 November 2026. Please change it "
          "before then."),
     INFO("Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày 22/11/2026. Vui lòng đổi "
          "mật khẩu trước thời hạn đó.")},
    {"the day after it", "", "set_on = 2026-05-19\n", "imap", PAM_NEW_AUTHTOK_REQD,
     INFO("Your password expired on 15 November 2026. Please set a new one to continue."),
     INFO("Mật khẩu đã hết hạn từ ngày 15/11/2026. Vui lòng đặt mật khẩu mới để tiếp tục.")},
    {"another service has none", "", "set_on = 2026-05-26\n", "sshd", PAM_NEW_AUTHTOK_REQD,
     INFO("Your password expired on 22 November 2026. Please set a new one to continue."),
     INFO("Mật khẩu đã hết hạn từ ngày 22/11/2026. Vui lòng đặt mật khẩu mới để tiếp tục.")},
    {"a first login, from the day on which it was due", "",
     "due = initial\ndue_since = 2026-11-16\n", "imap", PAM_SUCCESS,
     INFO("This is your first login. Please change the password you were given before using the "
          "account. This service works until 22 November 2026."),
     INFO("Đây là lần đăng nhập đầu tiên. Vui lòng đổi mật khẩu được cấp trước khi sử dụng tài "
          "khoản. Dịch vụ này còn sử dụng được đến hết ngày 22/11/2026.")},
    {"and not longer", "", "due = initial\ndue_since = 2026-11-15\n", "imap", PAM_NEW_AUTHTOK_REQD,
     INITIAL_EN, INITIAL_VI},
    {"a reset", "", "due = reset\ndue_since = 2026-11-16\n", "imap", PAM_SUCCESS,
     INFO("Your password was set by someone else. Please choose your own now; if you did not ask "
          "for this, tell your administrator. This service works until 22 November 2026."),
     INFO("Mật khẩu đã được người khác đặt lại. Vui lòng đổi sang mật khẩu của riêng mình; nếu "
          "không yêu cầu đặt lại, hãy báo ngay quản trị viên. Dịch vụ này còn sử dụng được đến hết "
          "ngày 22/11/2026.")},
    {"superseded, from the policy's day", "changed_since = 2026-11-16\n", "set_on = 2026-11-01\n",
     "imap", PAM_SUCCESS,
     INFO("Passwords set before 16 November 2026 must be changed. Please set a new one now. This "
          "service works until 22 November 2026."),
     INFO(
         "Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày 16/11/2026 phải được thay đổi. Vui "
         "lòng đặt mật khẩu mới. Dịch vụ này còn sử dụng được đến hết ngày 22/11/2026.")},
    {"superseded, over", "changed_since = 2026-11-15\n", "set_on = 2026-11-01\n", "imap",
     PAM_NEW_AUTHTOK_REQD,
     INFO("Passwords set before 15 November 2026 must be changed. Please set a new one now."),
     INFO(
         "Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày 15/11/2026 phải được thay đổi. Vui "
         "lòng đặt mật khẩu mới.")},
    {"never for suspected", "", "suspected = suspected\nsuspected_from = 2026-11-22\n", "imap",
     PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN, SUSPECTED_VI},
    {"never for closed", "", "closed = other\nclosed_from = 2026-11-22\n", "imap", PAM_ACCT_EXPIRED,
     CLOSED_EN, CLOSED_VI},
};

START_TEST(grace_has_a_first_and_a_last_day)
{
    char policy[256];

    write_record("alice", grace_rows[_i].record);
    snprintf(policy, sizeof policy, "%s[service imap pop3]\ngrace = 7d\n", grace_rows[_i].policy);
    write_policy(policy);
    expect_said(grace_rows[_i].why, login(grace_rows[_i].service), grace_rows[_i].code,
                grace_rows[_i].en);
    snprintf(policy, sizeof policy, "language = vi\n%s[service imap pop3]\ngrace = 7d\n",
             grace_rows[_i].policy);
    write_policy(policy);
    expect_said(grace_rows[_i].why, login(grace_rows[_i].service), grace_rows[_i].code,
                grace_rows[_i].vi);
}
END_TEST

START_TEST(in_grace_the_policy_s_page_is_named_by_the_module)
{
    write_record("alice", "set_on = 2026-05-20\n");
    write_policy("page = https://mail.example.vn/\n[service imap]\ngrace = 30d\n");
    expect_said("the way on", login("imap"), PAM_SUCCESS,
                INFO("Your password has expired; this service works until 15 December 2026. Please "
                     "change it at https://mail.example.vn/."));
}
END_TEST

START_TEST(a_day_turns_at_midnight_of_utc)
{
    write_record("alice", "set_on = 2026-05-26\n");
    set_clock("2026-11-21", 86399);
    expect_said("the last second", login("sshd"), PAM_SUCCESS,
                INFO("Your password expires in 1 day (22 November 2026). To change it now, type: "
                     "passwd"));
    set_clock("2026-11-22", 0);
    expect_said("the first second", login("sshd"), PAM_NEW_AUTHTOK_REQD,
                INFO("Your password expired on 22 November 2026. Please set a new one to "
                     "continue."));
}
END_TEST

/* ---- without a password ------------------------------------------------------------------------
 */

#define DUE_INITIAL    "set_on = 2026-11-20\ndue = initial\ndue_since = 2026-11-20\n"
#define DUE_SUSPECTED  "set_on = 2026-11-20\nsuspected = suspected\nsuspected_from = 2026-11-20\n"
#define DUE_SUPERSEDED "set_on = 2026-11-01\n"

static const struct {
    const char *why, *policy, *record;
    int code;
    const char *said;
} key_rows[] = {
    {"warn is the default", "", DUE_INITIAL, PAM_SUCCESS, INITIAL_EN},
    {"warn", "without_password = warn\n", DUE_INITIAL, PAM_SUCCESS, INITIAL_EN},
    {"enforce: like a password", "without_password = enforce\n", DUE_INITIAL, PAM_NEW_AUTHTOK_REQD,
     INITIAL_EN},
    {"ignore: nothing is said", "without_password = ignore\n", DUE_INITIAL, PAM_SUCCESS, ""},
    {"enforce for one service", "[service sshd]\nwithout_password = enforce\n", DUE_INITIAL,
     PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"enforce for another one", "[service cron]\nwithout_password = enforce\n", DUE_INITIAL,
     PAM_SUCCESS, INITIAL_EN},
    {"warn does not soften superseded", "without_password = warn\nchanged_since = 2026-11-20\n",
     DUE_SUPERSEDED, PAM_NEW_AUTHTOK_REQD, SUPERSEDED_EN},
    {"enforce, superseded", "without_password = enforce\nchanged_since = 2026-11-20\n",
     DUE_SUPERSEDED, PAM_NEW_AUTHTOK_REQD, SUPERSEDED_EN},
    {"warn does not soften suspected", "without_password = warn\n", DUE_SUSPECTED,
     PAM_NEW_AUTHTOK_REQD, SUSPECTED_EN},
    {"a warning stays one with a key", "", "set_on = 2026-06-02\n", PAM_SUCCESS,
     INFO("Your password expires in 7 days (29 November 2026). To change it now, type: passwd")},
    {"closed is closed for keys", "without_password = ignore\n",
     "closed = retired\nclosed_from = 2026-11-01\n", PAM_ACCT_EXPIRED, CLOSED_EN},
};

START_TEST(a_login_without_a_password_is_as_the_policy_says)
{
    write_policy(key_rows[_i].policy);
    write_record("alice", key_rows[_i].record);
    expect_said(key_rows[_i].why, visit_account(&(struct visit){.service = "sshd"}),
                key_rows[_i].code, key_rows[_i].said);
}
END_TEST

/* ---- root acting as somebody -------------------------------------------------------------------
 */

static const struct {
    const char *why;
    uid_t uid;
    const char *ruser, *rhost;
    bool asked;
    const char *record;
    int code;
    const char *said;
} root_rows[] = {
    {"root's su", 0, "root", NULL, false, DUE_INITIAL, PAM_SUCCESS,
     ERROR("You are let in because you are root; alice would not be: must-change (initial).")},
    {"an empty host is none", 0, "root", "", false, DUE_INITIAL, PAM_SUCCESS,
     ERROR("You are let in because you are root; alice would not be: must-change (initial).")},
    {"another account of uid 0", 0, "toor", NULL, false, DUE_INITIAL, PAM_SUCCESS,
     ERROR("You are let in because you are root; alice would not be: must-change (initial).")},
    {"closed, too", 0, "root", NULL, false, "closed = retired\nclosed_from = 2026-11-01\n",
     PAM_SUCCESS,
     ERROR("You are let in because you are root; alice would not be: closed (retired).")},
    {"locked, too", 0, "root", NULL, false, DUE_SUSPECTED "locked = yes\n", PAM_SUCCESS,
     ERROR("You are let in because you are root; alice would not be: closed (suspected).")},
    {"from a host: Dovecot and vsftpd put the client's word there", 0, "root", "192.0.2.7", false,
     DUE_INITIAL, PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"a real uid that is not root's", 5002, "root", NULL, false, DUE_INITIAL, PAM_NEW_AUTHTOK_REQD,
     INITIAL_EN},
    {"the user himself", 0, "alice", NULL, false, DUE_INITIAL, PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"somebody else", 0, "bob", NULL, false, DUE_INITIAL, PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"somebody who does not exist", 0, "nobody-here", NULL, false, DUE_INITIAL,
     PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"nobody", 0, NULL, NULL, false, DUE_INITIAL, PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"with a password asked, he is who proved to be", 0, "root", NULL, true, DUE_INITIAL,
     PAM_NEW_AUTHTOK_REQD, INITIAL_EN},
    {"not a word where nothing is wrong", 0, "root", NULL, false, "set_on = 2026-11-01\n",
     PAM_SUCCESS, ""},
};

START_TEST(root_is_let_in_as_somebody_only_where_it_is_root)
{
    person("root")->uid = 0;
    person("toor")->uid = 0;
    person("bob");
    write_policy("without_password = enforce\n");
    write_record("alice", root_rows[_i].record);
    machine->uid = root_rows[_i].uid;
    expect_said(root_rows[_i].why,
                visit_account(&(struct visit){.service = "sshd",
                                              .ruser = root_rows[_i].ruser,
                                              .rhost = root_rows[_i].rhost,
                                              .asked = root_rows[_i].asked}),
                root_rows[_i].code, root_rows[_i].said);
}
END_TEST

/* ---- language -------------------------------------------------------------------------------- */

static const struct {
    const char *why, *policy, *locale;
    bool vietnamese;
} language_rows[] = {
    {"auto, and the program has set no locale", "", NULL, false},
    {"auto, C", "language = auto\n", "C", false},
    {"auto, Vietnamese", "", "vi_VN.UTF-8", true},
    {"auto, Vietnamese without a country", "", "vi", true},
    {"auto, another one", "", "en_US.UTF-8", false},
    {"en wins over the locale", "language = en\n", "vi_VN.UTF-8", false},
    {"vi wins over the locale", "language = vi\n", "en_US.UTF-8", true},
};

START_TEST(the_language_is_the_policy_s_or_the_program_s)
{
    machine->locale = language_rows[_i].locale;
    write_policy(language_rows[_i].policy);
    write_record("alice", DUE_SUSPECTED);
    expect_said(language_rows[_i].why, login("sshd"), PAM_NEW_AUTHTOK_REQD,
                language_rows[_i].vietnamese ? SUSPECTED_VI : SUSPECTED_EN);
}
END_TEST

/* ---- the policy's sections ------------------------------------------------------------------- */

START_TEST(sections_are_those_of_the_account)
{
    static const struct {
        const char *why, *policy, *groups;
        int code;
    } rows[] = {
        {"a group of hers", "[group leaders]\nmax_age = 10d\n", "leaders", PAM_NEW_AUTHTOK_REQD},
        {"one of two", "[group it-admins leaders]\nmax_age = 10d\n", "leaders",
         PAM_NEW_AUTHTOK_REQD},
        {"not hers", "[group leaders]\nmax_age = 10d\n", "it-admins", PAM_SUCCESS},
        {"a group that does not exist", "[group ghosts]\nmax_age = 10d\n", "leaders", PAM_SUCCESS},
        {"her name", "[user al*]\nmax_age = 10d\n", "", PAM_NEW_AUTHTOK_REQD},
        {"another name", "[user bob]\nmax_age = 10d\n", "", PAM_SUCCESS},
        {"the last one that sets it wins",
         "[user alice]\nmax_age = 10d\n[group leaders]\nmax_age "
         "= 100d\n",
         "leaders", PAM_SUCCESS},
        {"this service", "[service sshd]\nmax_age = 10d\n", "", PAM_NEW_AUTHTOK_REQD},
        {"another service", "[service imap]\nmax_age = 10d\n", "", PAM_SUCCESS},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        write_policy(rows[i].policy);
        write_record("alice", "set_on = 2026-11-01\n");
        snprintf(person("alice")->groups, sizeof person("alice")->groups, "%s", rows[i].groups);
        ck_assert_msg(login("sshd") == rows[i].code, "%s", rows[i].why);
    }
}
END_TEST

/* ---- the log -----------------------------------------------------------------------------------
 */

#define LOG_DUE                                                                                    \
    "pam_vpolicy(sshd:account): user alice: must-change (expired since 2026-05-20): a change is "  \
    "demanded\n"

START_TEST(a_verdict_is_logged_once_a_day)
{
    write_record("alice", "set_on = 2025-11-21\n");
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(login("sshd"), PAM_NEW_AUTHTOK_REQD);
    ck_assert_str_eq(machine->log, "notice: " LOG_DUE "debug: " LOG_DUE "debug: " LOG_DUE);
    expect_field("what was logged, and for what service", "alice", "noticed", "sshd:expired");
    ck_assert_int_eq(login("imap"), PAM_NEW_AUTHTOK_REQD);
    ck_assert_int_eq(login("imap"), PAM_NEW_AUTHTOK_REQD);
    ck_assert_int_eq(logged("notice"), 2);
    machine->log[0] = '\0';
    set_clock("2026-11-23", 0);
    ck_assert_int_eq(login("sshd"), PAM_NEW_AUTHTOK_REQD);
    ck_assert_str_eq(machine->log, "notice: " LOG_DUE);
    /* Another verdict of the same day. */
    write_record("alice", "set_on = 2025-11-21\nclosed = retired\nclosed_from = 2026-11-01\n"
                          "noticed_on = 2026-11-23\nnoticed = sshd:expired\n");
    machine->log[0] = '\0';
    ck_assert_int_eq(login("sshd"), PAM_ACCT_EXPIRED);
    ck_assert_str_eq(machine->log, "notice: pam_vpolicy(sshd:account): user alice: closed (retired "
                                   "since 2026-11-01): refused\n");
}
END_TEST

START_TEST(debug_logs_that_all_is_well)
{
    write_service("sshd", "account required %M debug\n");
    write_record("alice", "set_on = 2026-11-01\n");
    ck_assert_int_eq(visit_account(&(struct visit){.service = "sshd"}), PAM_SUCCESS);
    ck_assert_str_eq(machine->log, "debug: pam_vpolicy(sshd:account): user alice: ok: let in\n");
}
END_TEST

START_TEST(the_log_says_from_where_and_how)
{
    static const struct {
        const char *why, *policy, *record;
        struct visit visit;
        const char *line;
    } rows[] = {
        {"the client's address",
         "",
         "set_on = 2025-11-21\n",
         {.asked = true, .rhost = "192.0.2.7"},
         "notice: pam_vpolicy(sshd:account): user alice from 192.0.2.7: must-change (expired since "
         "2026-05-20): a change is demanded\n"},
        {"a warning, with the day",
         "",
         "set_on = 2026-06-02\n",
         {.asked = true},
         "notice: pam_vpolicy(sshd:account): user alice: warn (expired, 2026-11-29): let in and "
         "told\n"},
        {"a key",
         "",
         "set_on = 2025-11-21\n",
         {.asked = false},
         "notice: pam_vpolicy(sshd:account): user alice: must-change (expired since 2026-05-20): "
         "let in and told, no password was asked\n"},
        {"a key that is ignored",
         "without_password = ignore\n",
         "set_on = 2025-11-21\n",
         {.asked = false},
         "notice: pam_vpolicy(sshd:account): user alice: must-change (expired since 2026-05-20): "
         "let in, no password was asked\n"},
        {"grace",
         "[service sshd]\ngrace = 7d\n",
         "set_on = 2026-05-26\n",
         {.asked = true},
         "notice: pam_vpolicy(sshd:account): user alice: must-change (expired since 2026-11-22): "
         "let in and told, in grace until 2026-11-28\n"},
        {"root",
         "",
         "closed = retired\nclosed_from = 2026-11-01\n",
         {.ruser = "root"},
         "notice: pam_vpolicy(sshd:account): user alice: closed (retired since 2026-11-01): let in "
         "and told, root is acting\n"},
        {"what was learnt, then what follows",
         "",
         "set_on = 2026-11-01\nhash = " OTHER_HASH "\n",
         {.asked = true},
         "notice: pam_vpolicy(sshd:account): user alice: the password was set behind PAM's back, "
         "or "
         "a change was cut short\n"
         "notice: pam_vpolicy(sshd:account): user alice: must-change (reset since 2026-11-22): a "
         "change is demanded\n"},
        {"all is well: no line", "", "set_on = 2026-11-01\n", {.asked = true}, ""},
    };

    person("root")->uid = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        write_policy(rows[i].policy);
        write_record("alice", rows[i].record);
        machine->log[0] = '\0';
        visit_account(&rows[i].visit);
        ck_assert_msg(strcmp(machine->log, rows[i].line) == 0, "%s: logged\n%s", rows[i].why,
                      machine->log);
    }
}
END_TEST

/* ---- the day of the last login --------------------------------------------------------------- */

START_TEST(the_last_login_is_a_person_s)
{
    static const struct {
        const char *why, *record;
        struct visit visit;
        const char *last;
    } rows[] = {
        {"a password", "set_on = 2026-11-01\n", {.asked = true}, "2026-11-22"},
        {"a key from afar", "set_on = 2026-11-01\n", {.rhost = "192.0.2.7"}, "2026-11-22"},
        {"cron's jobs are no sign of life", "set_on = 2026-11-01\n", {.service = "cron"}, ""},
        {"root's su is none", "set_on = 2026-11-01\n", {.ruser = "root"}, ""},
        {"nor who was not let in",
         "closed = retired\nclosed_from = 2026-11-01\n",
         {.asked = true},
         ""},
        {"who must change has not come in yet", "set_on = 2025-01-01\n", {.asked = true}, ""},
    };

    person("root")->uid = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        write_record("alice", rows[i].record);
        visit_account(&rows[i].visit);
        expect_field(rows[i].why, "alice", "last_login", rows[i].last);
    }
}
END_TEST

START_TEST(the_last_login_s_host_is_that_of_the_day_s_first)
{
    char longest[256], wanted[64];
    const struct {
        const char *why, *record, *rhost, *from;
    } rows[] = {
        {"another day's host goes", "last_login = 2026-11-21\nlast_login_from = 192.0.2.9\n",
         "192.0.2.7", "192.0.2.7"},
        {"a local login has none", "last_login = 2026-11-21\nlast_login_from = 192.0.2.9\n", NULL,
         ""},
        {"later on the same day it stays: one write a day",
         "last_login = 2026-11-22\nlast_login_from = 192.0.2.9\n", "192.0.2.7", "192.0.2.9"},
        {"a client's name may hold anything", "", "a\nend\n", "a%0Aend%0A"},
        {"and be of any length", "", longest, wanted},
    };

    memset(longest, 'h', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    memcpy(wanted, longest, sizeof wanted - 1);
    wanted[sizeof wanted - 1] = '\0';
    /* Warned each time, so that the record is written each time. */
    for (size_t i = 0; i < COUNT(rows); i++) {
        char record[256];

        snprintf(record, sizeof record, "set_on = 2026-05-28\n%s", rows[i].record);
        write_record("alice", record);
        visit_account(&(struct visit){.asked = true, .rhost = rows[i].rhost});
        expect_field(rows[i].why, "alice", "last_login_from", rows[i].from);
    }
}
END_TEST

START_TEST(idleness_of_who_has_no_password_counts_from_the_first_sight)
{
    snprintf(person("alice")->hash, VP_HASH_SIZE, "*");
    expect_said("no record where nothing is counted", login("sshd"), PAM_SUCCESS, "");
    ck_assert_uint_eq(count_files("store/records"), 0);
    write_policy("max_idle = 90d\n");
    expect_said("it begins", visit_account(&(struct visit){.service = "cron"}), PAM_SUCCESS, "");
    expect_field("today", "alice", "began", TODAY);
    set_clock("2027-02-19", 0);
    expect_said("89 days", visit_account(&(struct visit){.service = "cron"}), PAM_SUCCESS, "");
    set_clock("2027-02-20", 0);
    expect_said("90 days", visit_account(&(struct visit){.service = "cron"}), PAM_ACCT_EXPIRED,
                CLOSED_EN);
}
END_TEST

/* ---- arguments ------------------------------------------------------------------------------- */

START_TEST(an_unknown_argument_is_logged_and_changes_nothing)
{
    write_service("sshd", "account required %M max_age=1d\n");
    write_record("alice", "set_on = 2026-11-01\n");
    expect_said("keys stand in the policy", visit_account(&(struct visit){.service = "sshd"}),
                PAM_SUCCESS, "");
    ck_assert_str_eq(
        machine->log,
        "err: pam_vpolicy(sshd:account): unknown argument max_age=1d (policy=, state=, "
        "record, marked, use_authtok, debug; keys stand in the policy file)\n");
}
END_TEST

START_TEST(the_only_line_of_a_stack_lets_in)
{
    write_service("sshd", "account [success=ok new_authtok_reqd=ok ignore=ignore "
                          "user_unknown=ignore default=die] %M\n");
    write_record("alice", "set_on = 2020-01-01\n");
    person("alice")->uid = 998;
    expect_said("PAM_IGNORE from it would deny everybody",
                visit_account(&(struct visit){.service = "sshd"}), PAM_SUCCESS, "");
    person("alice")->uid = 5001;
    write_record("alice", "set_on = 2025-11-21\n");
    expect_said("and what is due is due", visit_account(&(struct visit){.service = "sshd"}),
                PAM_NEW_AUTHTOK_REQD,
                INFO("Your password expired on 20 May 2026. Please set a new one to continue."));
}
END_TEST

Suite *suite_login(void)
{
    Suite *suite = suite_create("login");
    TCase *tcase = tcase_create("account phase");

    tcase_add_checked_fixture(tcase, stage_begin, NULL);
    ADD_ROWS(tcase, each_verdict_has_its_code_and_its_sentence, verdict_rows);
    ADD_ROWS(tcase, a_silent_or_deaf_program_gets_the_same_code, verdict_rows);
    ADD_ROWS(tcase, what_stands_in_shadow_is_judged, field_rows);
    ADD_ROWS(tcase, an_account_without_a_record_gets_one, first_rows);
    tcase_add_test(tcase, the_first_use_writes_the_stamp);
    tcase_add_test(tcase, chage_d_0_is_heard_whatever_set_elsewhere_says);
    tcase_add_test(tcase, the_account_is_who_getpwnam_says);
    tcase_add_test(tcase, another_person_with_the_name_inherits_nothing);
    ADD_ROWS(tcase, grace_has_a_first_and_a_last_day, grace_rows);
    tcase_add_test(tcase, in_grace_the_policy_s_page_is_named_by_the_module);
    tcase_add_test(tcase, a_day_turns_at_midnight_of_utc);
    ADD_ROWS(tcase, a_login_without_a_password_is_as_the_policy_says, key_rows);
    ADD_ROWS(tcase, root_is_let_in_as_somebody_only_where_it_is_root, root_rows);
    ADD_ROWS(tcase, the_language_is_the_policy_s_or_the_program_s, language_rows);
    tcase_add_test(tcase, sections_are_those_of_the_account);
    tcase_add_test(tcase, a_verdict_is_logged_once_a_day);
    tcase_add_test(tcase, debug_logs_that_all_is_well);
    tcase_add_test(tcase, the_log_says_from_where_and_how);
    tcase_add_test(tcase, the_last_login_is_a_person_s);
    tcase_add_test(tcase, the_last_login_s_host_is_that_of_the_day_s_first);
    tcase_add_test(tcase, idleness_of_who_has_no_password_counts_from_the_first_sight);
    tcase_add_test(tcase, an_unknown_argument_is_logged_and_changes_nothing);
    tcase_add_test(tcase, the_only_line_of_a_stack_lets_in);
    suite_add_tcase(suite, tcase);
    return suite;
}
