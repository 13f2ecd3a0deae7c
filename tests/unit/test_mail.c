/*
 * lib/mail.c: when a notice is due, to whom it goes, and how it looks on the wire.
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include "../../lib/mail.h"

/* 2026-11-22. */
#define T 20779

/* ---- steps ----------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    size_t count; /* 0 = refused */
    const char *why;
} lists[] = {
    {"14,7,3,1", 4, "the usual"},
    {"0", 1, "on the day itself"},
    {"36500", 1, "the longest duration"},
    {"36501", 0, "longer"},
    {"", 0, "none"},
    {"7,", 0, "an end that is missing"},
    {",7", 0, "a beginning"},
    {"7,,3", 0, "a hole"},
    {"3,7", 0, "the wrong order: a typo of 30,7 would send nothing"},
    {"7,7", 0, "twice"},
    {"7 ,3", 0, "blanks"},
    {"-1", 0, "the past"},
    {"7d", 0, "a unit"},
    {"17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2", 16, "as many as there is room for"},
    {"18,17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2", 0, "one more"},
};

START_TEST(steps_are_days_each_smaller_than_the_one_before)
{
    struct vp_mail_steps steps;
    struct vp_error error = {0};
    int result = vp_mail_read_steps(lists[_i].text, &steps, &error);

    ck_assert_msg(result == (lists[_i].count == 0 ? -1 : 0), "%s: %s", lists[_i].text,
                  lists[_i].why);
    if (result == 0)
        ck_assert_uint_eq(steps.count, lists[_i].count);
    else
        ck_assert_ptr_nonnull(strstr(error.text, "write it as 14,7,3,1"));
}
END_TEST

#define AHEAD(left)                                                                                \
    {                                                                                              \
        .kind = VP_WARN, .reason = VP_REASON_EXPIRED, .expires = T + (left)                        \
    }
#define DUE(reason_, ago)                                                                          \
    {                                                                                              \
        .kind = VP_MUST_CHANGE, .reason = VP_REASON_##reason_, .since = T - (ago)                  \
    }

static const struct {
    struct vp_verdict verdict;
    const char *before, *after; /* after NULL: no notice */
    const char *why;
} notices[] = {
    {AHEAD(15), "", NULL, "before the first step"},
    {AHEAD(14), "", "warn 2026-12-06 14", "on it"},
    {AHEAD(14), "warn 2026-12-06 14", NULL, "twice on one day"},
    {AHEAD(13), "warn 2026-12-05 14", NULL, "between two steps"},
    {AHEAD(7), "warn 2026-11-29 14", "warn 2026-11-29 7", "the next step"},
    {AHEAD(5), "warn 2026-11-27 14", "warn 2026-11-27 7", "a step's day that was missed"},
    {AHEAD(1), "", "warn 2026-11-23 1", "many that were missed give one notice"},
    {AHEAD(0), "warn 2026-11-22 1", NULL, "after the last"},
    {AHEAD(1), "warn 2026-05-20 1", "warn 2026-11-23 1", "another password's notice is none"},
    {AHEAD(7), "warn 2026-11-29 x", "warn 2026-11-29 7", "what nobody understands is none"},
    {AHEAD(7), "warn 2026-11-29 3", NULL, "days that came back (a longer list of steps)"},
    {{.kind = VP_OK, .expires = T + 14}, "", "warn 2026-12-06 14", "warn_before may be shorter"},
    {{.kind = VP_OK, .expires = VP_NEVER}, "", NULL, "who never expires"},
    {DUE(EXPIRED, 0), "warn 2026-11-22 1", "expired 2026-11-22 0", "due is told once more"},
    {DUE(EXPIRED, 3), "expired 2026-11-19 0", NULL, "and only once"},
    {DUE(INITIAL, 3), "", "initial 2026-11-19 0", "a first login"},
    {DUE(SUSPECTED, 0), "expired 2026-11-22 0", "suspected 2026-11-22 0", "another reason"},
    {DUE(SUPERSEDED, 1), "", "superseded 2026-11-21 0", "the longest reason of all"},
    {{.kind = VP_CLOSED, .reason = VP_REASON_RETIRED, .since = T}, "", NULL, "closed"},
};

START_TEST(a_notice_is_due_once_a_step)
{
    const struct vp_mail_steps steps = {4, {14, 7, 3, 1}};
    struct vp_record record = {0};
    char notified[sizeof record.notified] = "";
    bool due;

    snprintf(record.notified, sizeof record.notified, "%s", notices[_i].before);
    due = vp_mail_is_due(&steps, &notices[_i].verdict, &record, T, notified);
    ck_assert_msg(due == (notices[_i].after != NULL), "%s", notices[_i].why);
    if (due)
        ck_assert_str_eq(notified, notices[_i].after);
    /* What was written down is heard the next time. */
    snprintf(record.notified, sizeof record.notified, "%s", notified);
    ck_assert(!due || !vp_mail_is_due(&steps, &notices[_i].verdict, &record, T, notified));
}
END_TEST

/* ---- addresses ------------------------------------------------------------------------------- */

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *template, *user, *address; /* NULL = refused */
    const char *why;
} addresses[] = {
    {"%u", "mai", "mai", "the local mailbox"},
    {"%u@example.vn", "mai.an_2+x-y", "mai.an_2+x-y@example.vn", "all that a name may have"},
    {"100%%%u", "mai", "100%mai", "a percent sign"},
    {"it@example.vn", "mai", "it@example.vn", "a collecting mailbox"},
    {"%n@example.vn", "mai", NULL, "no such word"},
    {"%u@example.vn%", "mai", NULL, "a percent sign at the end"},
    {"a,%u", "mai", NULL, "two addresses"},
    {"a %u", "mai", NULL, "a blank"},
    {"a\n%u", "mai", NULL, "a header of one's own"},
    {"<%u>", "mai", NULL, "angle brackets"},
    {"\xc4\x91%u", "mai", NULL, "no ASCII"},
    {"-oQ%u", "mai", NULL, "an option of sendmail(8)"},
    {"", "mai", NULL, "nobody"},
    {"%u", "mai\nBcc: x", NULL, "a header in a name"},
    {"%u", "a,b", NULL, "two people in a name"},
    {"%u", "-t", NULL, "an option in a name"},
    {"x%u", "", NULL, "no name"},
    {"%u", "EXAMPLE\\mai", NULL, "a domain's user"},
    {"%u@xxx" X50 X50 X50 X50 X50, "m", NULL, "255 bytes"},
    {"%u@x" X50 X50 X50 X50 X50, "m", "m@x" X50 X50 X50 X50 X50, "253 bytes"},
};

START_TEST(an_address_is_one_address)
{
    char address[VP_MAIL_ADDRESS_SIZE];
    struct vp_error error = {0};
    int result = vp_mail_address(addresses[_i].template, addresses[_i].user, address, &error);

    ck_assert_msg(result == (addresses[_i].address == NULL ? -1 : 0), "%s", addresses[_i].why);
    if (result == 0)
        ck_assert_str_eq(address, addresses[_i].address);
    else
        ck_assert_ptr_nonnull(strchr(error.text, '('));
}
END_TEST

/* ---- the wire -------------------------------------------------------------------------------- */

static const struct {
    const char *text, *encoded, *why;
} encodings[] = {
    {"Your password has expired", "Your password has expired", "ASCII stays"},
    {"\xc4\x91", "=?UTF-8?B?xJE=?=", "two bytes"},
    {"h\xc3\xa0", "=?UTF-8?B?aMOg?=", "three bytes"},
    {"h\xc3\xa0x", "=?UTF-8?B?aMOgeA==?=", "four bytes"},
    {"a\nBcc: x", "=?UTF-8?B?YQpCY2M6IHg=?=", "a line's end is no end of the header"},
};

START_TEST(what_is_not_ascii_is_encoded)
{
    char buffer[128];

    vp_mail_encode(encodings[_i].text, buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, encodings[_i].encoded) == 0, "%s: %s", encodings[_i].why, buffer);
}
END_TEST

/* Undoes what vp_mail_encode did, by a way of its own; each word must be whole characters. */
static void decode(const char *encoded, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;

    for (const char *at = encoded; (at = strstr(at, "=?UTF-8?B?")) != NULL;) {
        const char *end = strstr(at, "?=");
        unsigned bits = 0, held = 0;

        ck_assert_uint_le((size_t)(end - at) + 2, 75);
        for (at += 10; at < end && *at != '='; at++) {
            bits = bits << 6 | (unsigned)(strchr(digits, *at) - digits);
            held += 6;
            if (held >= 8) {
                held -= 8;
                out[length++] = (char)(bits >> held);
            }
        }
        out[length] = '\0';
        /* The next word begins a character: the one before ended with one. */
        ck_assert_int_ne((unsigned char)out[0] & 0xc0, 0x80);
        at = end;
    }
}

START_TEST(long_subjects_are_words_of_whole_characters)
{
    char text[256] = "", encoded[512], decoded[512];

    for (size_t ascii = 0; ascii < 6; ascii++) {
        memset(text, 'a', ascii);
        text[ascii] = '\0';
        for (size_t i = 0; i < 40; i++)
            strcat(text, "ậ");
        vp_mail_encode(text, encoded, sizeof encoded);
        decode(encoded, decoded);
        ck_assert_str_eq(decoded, text);
        /* Each word on its own begins with a whole character. */
        for (const char *at = strstr(encoded, "\n "); at != NULL; at = strstr(at + 1, "\n ")) {
            char word[512];

            decode(at, word);
            ck_assert_int_ne((unsigned char)word[0] & 0xc0, 0x80);
        }
    }
}
END_TEST

static struct vp_mail mail_of(const struct vp_values *values, const struct vp_account *account,
                              const struct vp_record *record, const struct vp_verdict *verdict)
{
    return (struct vp_mail){.from = "root",
                            .to = "mai@example.vn",
                            .now = (int64_t)T * 86400 + 3661,
                            .values = values,
                            .account = account,
                            .record = record,
                            .verdict = verdict};
}

START_TEST(the_whole_mail_is_the_reviewed_one)
{
    const struct vp_values values = {.language = VP_LANGUAGE_EN,
                                     .page = "https://mail.example.vn/"};
    const struct vp_account account = {.name = "mai"};
    const struct vp_record record = {.last_login = T - 2, .last_login_from = "192.0.2.7\x1b"};
    const struct vp_verdict verdict = AHEAD(7);
    const struct vp_mail mail = mail_of(&values, &account, &record, &verdict);
    char buffer[VP_MAIL_SIZE];

    ck_assert_uint_eq(vp_mail_print(&mail, buffer), strlen(buffer));
    ck_assert_str_eq(
        buffer, "From: root\nTo: mai@example.vn\nSubject: Your password expires in 7 days\n"
                "Date: Sun, 22 Nov 2026 01:01:01 +0000\nAuto-Submitted: auto-generated\n"
                "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                "Content-Transfer-Encoding: 8bit\n\n"
                "Account: mai\n\n"
                "Your password expires in 7 days (29 November 2026). Please change it at "
                "https://mail.example.vn/.\n\n"
                "The last login was on 20 November 2026, from 192.0.2.7?. If that was not you, "
                "tell your administrator at once.\n"
                "Nobody will ask you for your password, neither by mail nor by telephone.\n");
}
END_TEST

START_TEST(who_is_due_reads_why_and_what_to_do_now)
{
    const struct vp_values values = {.language = VP_LANGUAGE_VI, .help = "tổ CNTT"};
    const struct vp_account account = {.name = "mai"};
    const struct vp_record record = {.last_login = VP_NO_DAY};
    const struct vp_verdict verdict = DUE(EXPIRED, 2);
    const struct vp_mail mail = mail_of(&values, &account, &record, &verdict);
    char buffer[VP_MAIL_SIZE];

    (void)vp_mail_print(&mail, buffer);
    ck_assert_ptr_nonnull(strstr(buffer, "\nSubject: =?UTF-8?B?"));
    ck_assert_str_eq(strstr(buffer, "\n\n") + 2,
                     "Tài khoản: mai\n\n"
                     "Mật khẩu đã hết hạn từ ngày 20/11/2026. Vui lòng đặt mật khẩu mới để tiếp "
                     "tục.\n"
                     "Để đổi, đăng nhập vào dòng lệnh và gõ: passwd. Nếu không có dòng lệnh, vui "
                     "lòng liên hệ tổ CNTT.\n\n"
                     "Không ai được phép hỏi mật khẩu của người dùng, qua thư cũng như qua điện "
                     "thoại.\n");
}
END_TEST

START_TEST(a_mail_without_a_language_has_both_and_the_longest_fits)
{
    char help[101], page[151];
    struct vp_values values = {.language = VP_LANGUAGE_AUTO, .help = help, .page = page};
    struct vp_account account;
    struct vp_record record = {.last_login = day("2026-09-30")};
    const struct vp_verdict verdict = DUE(SUPERSEDED, 2);
    const struct vp_mail mail = mail_of(&values, &account, &record, &verdict);
    char buffer[VP_MAIL_SIZE];

    memset(help, 'h', 100);
    memset(page, 'p', 150);
    help[100] = page[150] = '\0';
    memset(account.name, 'u', VP_NAME_MAX);
    account.name[VP_NAME_MAX] = '\0';
    memset(record.last_login_from, 'f', sizeof record.last_login_from - 1);
    ck_assert_uint_lt(vp_mail_print(&mail, buffer), VP_MAIL_SIZE - 1);
    ck_assert_ptr_nonnull(strstr(buffer, "\n\nTài khoản: u"));
    ck_assert_ptr_nonnull(strstr(buffer, "\n____\n\nAccount: u"));
    ck_assert_str_eq(buffer + strlen(buffer) - 11, "telephone.\n");
    for (const char *line = buffer; line != NULL; line = strchr(line + 1, '\n'))
        ck_assert_uint_le(strcspn(line + 1, "\n"), 998); /* RFC 5322, section 2.1.1 */
}
END_TEST

Suite *suite_mail(void)
{
    Suite *suite = suite_create("mail");
    TCase *tcase = tcase_create("mail");

    ADD_ROWS(tcase, steps_are_days_each_smaller_than_the_one_before, lists);
    ADD_ROWS(tcase, a_notice_is_due_once_a_step, notices);
    ADD_ROWS(tcase, an_address_is_one_address, addresses);
    ADD_ROWS(tcase, what_is_not_ascii_is_encoded, encodings);
    tcase_add_test(tcase, long_subjects_are_words_of_whole_characters);
    tcase_add_test(tcase, the_whole_mail_is_the_reviewed_one);
    tcase_add_test(tcase, who_is_due_reads_why_and_what_to_do_now);
    tcase_add_test(tcase, a_mail_without_a_language_has_both_and_the_longest_fits);
    suite_add_tcase(suite, tcase);
    return suite;
}
