/*
 * lib/message.c: what people read. The sentences stand here once more, to the letter: a sentence
 * that changes by accident is a sentence that nobody reviewed.
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include "../../lib/guess.h"
#include "../../lib/message.h"

/* 2026-11-22. */
#define T  20779
#define EN VP_LANGUAGE_EN
#define VI VP_LANGUAGE_VI

/* As an office would write it. */
#define HELP "tổ công nghệ thông tin, phòng 12, máy lẻ 1234, hoặc nhắn cho số 0912345678"

#define PAGE "https://mail.example.vn/"

/* Most bytes of one sentence: mail programs show one line, and drop what is longer. */
#define SENTENCE_MAX 400

/* useradd allows 32, directories more; a message has room for this many wherever a name stands. */
#define USER_LENGTH 120

/* ---- sentences ------------------------------------------------------------------------------- */

static const struct {
    enum vp_message message;
    const char *en, *vi;
} sentences[] = {
    {VP_SAY_INITIAL,
     "This is your first login. Please change the password you were given before using the "
     "account.",
     "Đây là lần đăng nhập đầu tiên. Vui lòng đổi mật khẩu được cấp trước khi sử dụng tài khoản."},
    {VP_SAY_RESET,
     "Your password was set by someone else. Please choose your own now; if you did not ask for "
     "this, tell your administrator.",
     "Mật khẩu đã được người khác đặt lại. Vui lòng đổi sang mật khẩu của riêng mình; nếu không "
     "yêu cầu đặt lại, hãy báo ngay quản trị viên."},
    {VP_SAY_EXPIRED, "Your password expired on 20 May 2026. Please set a new one to continue.",
     "Mật khẩu đã hết hạn từ ngày 20/5/2026. Vui lòng đặt mật khẩu mới để tiếp tục."},
    {VP_SAY_SUSPECTED,
     "Your password may have been exposed. Please change it now and do not use the old one "
     "anywhere again.",
     "Mật khẩu có thể đã bị lộ. Vui lòng đổi ngay và không dùng lại mật khẩu cũ ở bất kỳ hệ thống "
     "nào."},
    {VP_SAY_LOCKED,
     "This account is locked because its password may have been exposed. Please contact your "
     "administrator for a new one.",
     "Tài khoản tạm khóa do nghi ngờ bị lộ mật khẩu. Vui lòng liên hệ quản trị viên để được cấp "
     "lại mật khẩu."},
    {VP_SAY_SUPERSEDED,
     "Passwords set before 20 May 2026 must be changed. Please set a new one now.",
     "Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày 20/5/2026 phải được thay đổi. Vui lòng "
     "đặt mật khẩu mới."},
    {VP_SAY_WARN, "Your password expires in 7 days (20 May 2026). To change it now, type: passwd",
     "Mật khẩu sẽ hết hạn sau 7 ngày (20/5/2026). Để đổi ngay, gõ lệnh: passwd"},
    {VP_SAY_OVERDUE, "Your password expired on 20 May 2026. To change it now, type: passwd",
     "Mật khẩu đã hết hạn từ ngày 20/5/2026. Để đổi ngay, gõ lệnh: passwd"},
    {VP_SAY_GRACE,
     "Your password has expired; this service works until 20 May 2026. Please change it before "
     "then.",
     "Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày 20/5/2026. Vui lòng đổi mật "
     "khẩu trước thời hạn đó."},
    {VP_SAY_GRACE_UNTIL, " This service works until 20 May 2026.",
     " Dịch vụ này còn sử dụng được đến hết ngày 20/5/2026."},
    {VP_SAY_WARN_PAGE,
     "Your password expires in 7 days (20 May 2026). Please change it at " PAGE ".",
     "Mật khẩu sẽ hết hạn sau 7 ngày (20/5/2026). Vui lòng đổi mật khẩu tại " PAGE "."},
    {VP_SAY_OVERDUE_PAGE, "Your password expired on 20 May 2026. Please change it at " PAGE ".",
     "Mật khẩu đã hết hạn từ ngày 20/5/2026. Vui lòng đổi mật khẩu tại " PAGE "."},
    {VP_SAY_GRACE_PAGE,
     "Your password has expired; this service works until 20 May 2026. Please change it at " PAGE
     ".",
     "Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày 20/5/2026. Vui lòng đổi mật "
     "khẩu tại " PAGE "."},
    {VP_SAY_GRACE_UNTIL_PAGE,
     " This service works until 20 May 2026. Please change it at " PAGE ".",
     " Dịch vụ này còn sử dụng được đến hết ngày 20/5/2026. Vui lòng đổi mật khẩu tại " PAGE "."},
    {VP_SAY_CLOSED,
     "This account has been closed. If you still need it, please contact your administrator.",
     "Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui lòng liên hệ quản trị viên."},
    {VP_SAY_ROOT, "You are let in because you are root; tuan would not be: closed (retired).",
     "Được vào vì là root; tuan thì không: closed (retired)."},
    {VP_SAY_ROOT_WALL,
     "tuan is closed (retired), and by shadow's expiry date too, which stops su. Root gets in by: "
     "runuser -u tuan",
     "tuan: closed (retired), cả ngày hết hạn trong shadow cũng chặn su. Quyền root dùng lệnh: "
     "runuser -u tuan"},
    {VP_SAY_OFFER, "If you like, take this one: closed (retired)",
     "Có thể dùng mật khẩu này: closed (retired)"},
    {VP_SAY_DONE, "Password changed. It is valid until 20 May 2026.",
     "Đã đổi mật khẩu. Mật khẩu mới có hiệu lực đến hết ngày 20/5/2026."},
    {VP_SAY_DONE_FOREVER, "Password changed.", "Đã đổi mật khẩu."},
    {VP_SAY_CANNOT_NOW,
     "Passwords cannot be changed at the moment; your old one still works. Please tell your "
     "administrator.",
     "Hiện chưa đổi được mật khẩu; mật khẩu cũ vẫn còn hiệu lực. Vui lòng báo quản trị viên."},
    {VP_SAY_CANNOT_CHECK,
     "Your account cannot be checked at the moment. Please tell your administrator.",
     "Hiện chưa kiểm tra được tài khoản. Vui lòng báo quản trị viên."},
    {VP_SAY_TROUBLE, "Password policy needs your attention: closed (retired). See: vpolicy check",
     "Chính sách mật khẩu cần được kiểm tra: closed (retired). Xem: vpolicy check"},
    {VP_SAY_SUBJECT_WARN, "Your password expires in 7 days", "Mật khẩu sẽ hết hạn sau 7 ngày"},
    {VP_SAY_SUBJECT_EXPIRED, "Your password has expired", "Mật khẩu đã hết hạn"},
    {VP_SAY_SUBJECT_DUE, "Your password must be changed now", "Mật khẩu cần được đổi ngay"},
    {VP_SAY_ACCOUNT, "Account: tuan", "Tài khoản: tuan"},
    {VP_SAY_WAY,
     "To change it, log in to a shell and type: passwd. If you have none, please contact your "
     "administrator.",
     "Để đổi, đăng nhập vào dòng lệnh và gõ: passwd. Nếu không có dòng lệnh, vui lòng liên hệ quản "
     "trị viên."},
    {VP_SAY_WAY_PAGE, "Please change it at " PAGE ".", "Vui lòng đổi mật khẩu tại " PAGE "."},
    {VP_SAY_LAST_LOGIN, "The last login was on 20 May 2026.",
     "Lần đăng nhập gần nhất: ngày 20/5/2026."},
    {VP_SAY_LAST_LOGIN_FROM, "The last login was on 20 May 2026, from closed (retired).",
     "Lần đăng nhập gần nhất: ngày 20/5/2026, từ closed (retired)."},
    {VP_SAY_NOT_YOU, "If that was not you, tell your administrator at once.",
     "Nếu không phải do mình thực hiện, hãy báo ngay quản trị viên."},
    {VP_SAY_NOBODY_ASKS, "Nobody will ask you for your password, neither by mail nor by telephone.",
     "Không ai được phép hỏi mật khẩu của người dùng, qua thư cũng như qua điện thoại."},
};

_Static_assert(COUNT(sentences) == VP_SAY_COUNT, "a new sentence needs its row here");

START_TEST(every_sentence_is_the_reviewed_one_in_both_languages)
{
    struct vp_terms terms = {.page = PAGE,
                             .user = "tuan",
                             .text = "closed (retired)",
                             .date = day("2026-05-20"),
                             .days = 7};
    char buffer[VP_MESSAGE_SIZE];

    ck_assert_int_eq(sentences[_i].message, _i);
    ck_assert_uint_eq(vp_message_say(sentences[_i].message, EN, &terms, buffer, sizeof buffer),
                      strlen(buffer));
    ck_assert_str_eq(buffer, sentences[_i].en);
    vp_message_say(sentences[_i].message, VI, &terms, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, sentences[_i].vi);
    /* auto is asked of a door before it comes here; it counts as English. */
    vp_message_say(sentences[_i].message, VP_LANGUAGE_AUTO, &terms, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, sentences[_i].en);
}
END_TEST

START_TEST(every_sentence_names_whom_to_ask_and_stays_short)
{
    static const enum vp_language languages[] = {EN, VI};
    char help[101], page[151], user[USER_LENGTH + 1];

    memset(help, 'h', 100);
    help[100] = '\0';
    memset(page, 'p', 150);
    page[150] = '\0';
    memset(user, 'u', USER_LENGTH);
    user[USER_LENGTH] = '\0';
    for (size_t i = 0; i < COUNT(languages); i++) {
        /* the longest English date, the longest counts, the longest words of a verdict */
        struct vp_terms terms = {.help = help,
                                 .page = page,
                                 .user = user,
                                 .text = "must-change (transferred)",
                                 .date = day("2026-09-30"),
                                 .days = 36500};
        char buffer[VP_MESSAGE_SIZE];
        size_t length =
            vp_message_say(sentences[_i].message, languages[i], &terms, buffer, sizeof buffer);

        ck_assert_uint_le(length, SENTENCE_MAX);
        ck_assert_ptr_null(strpbrk(buffer, "{}\n"));
        ck_assert_ptr_null(strstr(buffer, "administrator"));
        ck_assert_ptr_null(strstr(buffer, "quản trị viên"));
    }
}
END_TEST

START_TEST(help_is_asked_by_its_own_name)
{
    char buffer[VP_MESSAGE_SIZE];

    vp_message_say(VP_SAY_CLOSED, VI, &(struct vp_terms){.help = HELP}, buffer, sizeof buffer);
    ck_assert_ptr_nonnull(strstr(buffer, "liên hệ " HELP "."));
}
END_TEST

START_TEST(a_sentence_never_leaves_its_room)
{
    struct vp_terms terms = {.user = "tuan", .text = "x", .date = T, .days = 7};

    for (size_t size = 1; size < 200; size++) {
        char buffer[201];

        memset(buffer, '~', sizeof buffer);
        vp_message_say(VP_SAY_RESET, VI, &terms, buffer, size);
        if (buffer[size] != '~' || memchr(buffer, '\0', size) == NULL)
            ck_abort_msg("size %zu", size);
    }
}
END_TEST

static const struct {
    const char *date;
    int32_t days;
    const char *en, *vi, *why;
} dates[] = {
    {"2026-12-06", 14, "in 14 days (6 December 2026)", "sau 14 ngày (06/12/2026)",
     "a zero before days under 10"},
    {"2026-05-20", 7, "in 7 days (20 May 2026)", "sau 7 ngày (20/5/2026)",
     "none before months from 3"},
    {"2026-01-20", 2, "in 2 days (20 January 2026)", "sau 2 ngày (20/01/2026)", "month 1"},
    {"2026-02-09", 1, "in 1 day (9 February 2026)", "sau 1 ngày (09/02/2026)", "month 2, one day"},
    {"2026-03-10", 0, "today (10 March 2026)", "hôm nay (10/3/2026)", "today; month 3; day 10"},
    {"2026-04-09", -1, "today (9 April 2026)", "hôm nay (09/4/2026)", "never before today"},
    {"2026-06-01", 10, "in 10 days (1 June 2026)", "sau 10 ngày (01/6/2026)", "June"},
    {"2026-07-31", 10, "in 10 days (31 July 2026)", "sau 10 ngày (31/7/2026)", "July"},
    {"2026-08-31", 10, "in 10 days (31 August 2026)", "sau 10 ngày (31/8/2026)", "August"},
    {"2026-09-30", 10, "in 10 days (30 September 2026)", "sau 10 ngày (30/9/2026)", "September"},
    {"2026-10-11", 10, "in 10 days (11 October 2026)", "sau 10 ngày (11/10/2026)", "October"},
    {"2026-11-29", 7, "in 7 days (29 November 2026)", "sau 7 ngày (29/11/2026)", "November"},
};

START_TEST(dates_are_those_of_office_letters)
{
    struct vp_terms terms = {.date = day(dates[_i].date), .days = dates[_i].days};
    char buffer[VP_MESSAGE_SIZE];

    vp_message_say(VP_SAY_WARN, EN, &terms, buffer, sizeof buffer);
    ck_assert_msg(strstr(buffer, dates[_i].en) != NULL, "%s: %s", buffer, dates[_i].why);
    vp_message_say(VP_SAY_WARN, VI, &terms, buffer, sizeof buffer);
    ck_assert_msg(strstr(buffer, dates[_i].vi) != NULL, "%s: %s", buffer, dates[_i].why);
}
END_TEST

/* ---- at a login ------------------------------------------------------------------------------ */

#define LOGIN(kind_, reason_) .kind = VP_##kind_, .reason = VP_REASON_##reason_
#define SINCE                 .since = T - 186 /* 2026-05-20 */

static const struct {
    struct vp_verdict verdict;
    struct vp_admission admission;
    const char *en, *vi; /* NULL: nothing is said */
} logins[] = {
    {{LOGIN(OK, NONE)}, {VP_ADMIT, VP_ADMIT_PLAIN, VP_NO_DAY}, NULL, NULL},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE}, {VP_ADMIT, VP_ADMIT_KEY, VP_NO_DAY}, NULL, NULL},
    {{LOGIN(WARN, EXPIRED), .expires = T + 7},
     {VP_ADMIT_TOLD, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password expires in 7 days (29 November 2026). To change it now, type: passwd",
     "Mật khẩu sẽ hết hạn sau 7 ngày (29/11/2026). Để đổi ngay, gõ lệnh: passwd"},
    {{LOGIN(WARN, EXPIRED), .expires = T + 1},
     {VP_ADMIT_TOLD, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password expires in 1 day (23 November 2026). To change it now, type: passwd",
     "Mật khẩu sẽ hết hạn sau 1 ngày (23/11/2026). Để đổi ngay, gõ lệnh: passwd"},
    {{LOGIN(WARN, RESET), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password was set by someone else. Please choose your own now; if you did not ask for "
     "this, tell your administrator.",
     "Mật khẩu đã được người khác đặt lại. Vui lòng đổi sang mật khẩu của riêng mình; nếu không "
     "yêu cầu đặt lại, hãy báo ngay quản trị viên."},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_CHANGE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password expired on 20 May 2026. Please set a new one to continue.",
     "Mật khẩu đã hết hạn từ ngày 20/5/2026. Vui lòng đặt mật khẩu mới để tiếp tục."},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_KEY, VP_NO_DAY},
     "Your password expired on 20 May 2026. To change it now, type: passwd",
     "Mật khẩu đã hết hạn từ ngày 20/5/2026. Để đổi ngay, gõ lệnh: passwd"},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_GRACE, T + 14},
     "Your password has expired; this service works until 6 December 2026. Please change it before "
     "then.",
     "Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày 06/12/2026. Vui lòng đổi mật "
     "khẩu trước thời hạn đó."},
    {{LOGIN(MUST_CHANGE, INITIAL), SINCE},
     {VP_ADMIT_CHANGE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "This is your first login. Please change the password you were given before using the "
     "account.",
     "Đây là lần đăng nhập đầu tiên. Vui lòng đổi mật khẩu được cấp trước khi sử dụng tài khoản."},
    {{LOGIN(MUST_CHANGE, INITIAL), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_GRACE, T + 14},
     "This is your first login. Please change the password you were given before using the "
     "account. This service works until 6 December 2026.",
     "Đây là lần đăng nhập đầu tiên. Vui lòng đổi mật khẩu được cấp trước khi sử dụng tài khoản. "
     "Dịch vụ này còn sử dụng được đến hết ngày 06/12/2026."},
    {{LOGIN(MUST_CHANGE, SUPERSEDED), .since = T - 2},
     {VP_ADMIT_CHANGE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Passwords set before 20 November 2026 must be changed. Please set a new one now.",
     "Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày 20/11/2026 phải được thay đổi. Vui "
     "lòng "
     "đặt mật khẩu mới."},
    {{LOGIN(MUST_CHANGE, SUPERSEDED), .since = T - 2},
     {VP_ADMIT_TOLD, VP_ADMIT_GRACE, T},
     "Passwords set before 20 November 2026 must be changed. Please set a new one now. This "
     "service works until 22 November 2026.",
     "Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày 20/11/2026 phải được thay đổi. Vui "
     "lòng "
     "đặt mật khẩu mới. Dịch vụ này còn sử dụng được đến hết ngày 22/11/2026."},
    {{LOGIN(MUST_CHANGE, SUSPECTED), SINCE},
     {VP_ADMIT_CHANGE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password may have been exposed. Please change it now and do not use the old one "
     "anywhere again.",
     "Mật khẩu có thể đã bị lộ. Vui lòng đổi ngay và không dùng lại mật khẩu cũ ở bất kỳ hệ thống "
     "nào."},
    {{LOGIN(CLOSED, SUSPECTED), SINCE},
     {VP_ADMIT_REFUSE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "This account is locked because its password may have been exposed. Please contact your "
     "administrator for a new one.",
     "Tài khoản tạm khóa do nghi ngờ bị lộ mật khẩu. Vui lòng liên hệ quản trị viên để được cấp "
     "lại mật khẩu."},
    {{LOGIN(CLOSED, RETIRED), SINCE},
     {VP_ADMIT_REFUSE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "This account has been closed. If you still need it, please contact your administrator.",
     "Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui lòng liên hệ quản trị viên."},
    {{LOGIN(CLOSED, IDLE), SINCE},
     {VP_ADMIT_REFUSE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "This account has been closed. If you still need it, please contact your administrator.",
     "Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui lòng liên hệ quản trị viên."},
    {{LOGIN(CLOSED, RETIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_ROOT, VP_NO_DAY},
     "You are let in because you are root; tuan would not be: closed (retired).",
     "Được vào vì là root; tuan thì không: closed (retired)."},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_ROOT, VP_NO_DAY},
     "You are let in because you are root; tuan would not be: must-change (expired).",
     "Được vào vì là root; tuan thì không: must-change (expired)."},
};

START_TEST(a_login_is_told_why_and_what_to_do)
{
    static const struct vp_account account = {.name = "tuan", .expires_on = VP_NEVER};
    struct vp_values values = {0};
    char buffer[VP_MESSAGE_SIZE];

    ck_assert_int_eq(vp_message_login(EN, &values, &account, &logins[_i].verdict,
                                      &logins[_i].admission, T, buffer),
                     logins[_i].en != NULL);
    if (logins[_i].en == NULL)
        return;
    ck_assert_str_eq(buffer, logins[_i].en);
    ck_assert(vp_message_login(VI, &values, &account, &logins[_i].verdict, &logins[_i].admission, T,
                               buffer));
    ck_assert_str_eq(buffer, logins[_i].vi);
}
END_TEST

static const struct {
    struct vp_verdict verdict;
    struct vp_admission admission;
    const char *en, *why;
} paged[] = {
    {{LOGIN(WARN, EXPIRED), .expires = T + 7},
     {VP_ADMIT_TOLD, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password expires in 7 days (29 November 2026). Please change it at " PAGE ".",
     "a warning"},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_KEY, VP_NO_DAY},
     "Your password expired on 20 May 2026. Please change it at " PAGE ".",
     "due, come in by key"},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_GRACE, T + 14},
     "Your password has expired; this service works until 6 December 2026. Please change it "
     "at " PAGE ".",
     "in grace"},
    {{LOGIN(MUST_CHANGE, INITIAL), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_GRACE, T + 14},
     "This is your first login. Please change the password you were given before using the "
     "account. This service works until 6 December 2026. Please change it at " PAGE ".",
     "in grace for another reason than age"},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_CHANGE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "Your password expired on 20 May 2026. Please set a new one to continue.",
     "the program itself asks for the new one"},
    {{LOGIN(CLOSED, RETIRED), SINCE},
     {VP_ADMIT_REFUSE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "This account has been closed. If you still need it, please contact your administrator.",
     "no page opens a closed account"},
};

START_TEST(where_the_policy_names_a_page_people_are_sent_there)
{
    static const struct vp_account account = {.name = "tuan", .expires_on = VP_NEVER};
    const struct vp_values values = {.page = PAGE};
    char buffer[VP_MESSAGE_SIZE];

    ck_assert(vp_message_login(EN, &values, &account, &paged[_i].verdict, &paged[_i].admission, T,
                               buffer));
    ck_assert_msg(strcmp(buffer, paged[_i].en) == 0, "%s: %s", buffer, paged[_i].why);
}
END_TEST

static const struct {
    int32_t expires_on;
    bool wall;
    const char *why;
} walls[] = {
    {VP_NEVER, false, "shadow has no expiry date"},
    {T + 1, false, "from tomorrow"},
    {T, true, "from today: pam_unix stops root's su, and the way that works must be told"},
    {T - 9, true, "long ago"},
};

START_TEST(root_is_told_where_shadows_expiry_date_stops_su_all_the_same)
{
    const struct vp_account account = {.name = "tuan", .expires_on = walls[_i].expires_on};
    const struct vp_verdict verdict = {LOGIN(CLOSED, RETIRED), SINCE};
    const struct vp_admission admission = {VP_ADMIT_TOLD, VP_ADMIT_ROOT, VP_NO_DAY};
    const struct vp_values values = {0};
    char buffer[VP_MESSAGE_SIZE];

    ck_assert(vp_message_login(EN, &values, &account, &verdict, &admission, T, buffer));
    ck_assert_msg((strstr(buffer, "runuser -u tuan") != NULL) == walls[_i].wall, "%s: %s", buffer,
                  walls[_i].why);
}
END_TEST

START_TEST(a_login_is_told_in_one_short_line_whatever_the_terms)
{
    static const enum vp_language languages[] = {EN, VI};
    struct vp_account account;
    char help[101];
    struct vp_values values = {.help = help};

    memset(help, 'h', 100);
    help[100] = '\0';
    memset(&account, 0, sizeof account);
    memset(account.name, 'u', USER_LENGTH);
    account.expires_on = _i % 2 == 0 ? T : VP_NEVER;
    for (size_t i = 0; i < COUNT(languages); i++)
        for (int because = VP_ADMIT_PLAIN; because <= VP_ADMIT_ROOT; because++) {
            struct vp_admission admission = logins[_i].admission;
            char buffer[VP_MESSAGE_SIZE];

            admission.kind = VP_ADMIT_TOLD;
            admission.because = (__typeof__(admission.because))because;
            admission.until = day("2026-09-30");
            ck_assert(vp_message_login(languages[i], &values, &account, &logins[_i].verdict,
                                       &admission, T, buffer));
            ck_assert_uint_le(strlen(buffer), SENTENCE_MAX);
            ck_assert_ptr_null(strpbrk(buffer, "{}\n"));
        }
}
END_TEST

/* ---- the rules ------------------------------------------------------------------------------- */

static const struct {
    int32_t length, upper, lower, digit, special, history;
    const char *en, *vi, *why;
} rules[] = {
    {8, 1, 1, 1, 1, 5,
     "New password: at least 8 characters, with upper case, lower case, a digit and a special "
     "character; not one of your last 5.",
     "Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm chữ in hoa, chữ thường, số và ký tự đặc "
     "biệt; không trùng 5 mật khẩu gần nhất.",
     "the directive's"},
    {14, 0, 0, 0, 0, 2, "New password: at least 14 characters; not one of your last 2.",
     "Mật khẩu mới phải có từ 14 ký tự trở lên; không trùng 2 mật khẩu gần nhất.", "length only"},
    {1, 0, 0, 0, 0, 1, "New password: at least 1 character; not the current one.",
     "Mật khẩu mới phải có từ 1 ký tự trở lên; không trùng mật khẩu hiện tại.",
     "one character, and one password back is the current one"},
    {8, 0, 0, 1, 0, 0, "New password: at least 8 characters, with a digit; not the current one.",
     "Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm số; không trùng mật khẩu hiện tại.",
     "one class; the current one is refused without a history too"},
    {8, 1, 0, 0, 1, 5,
     "New password: at least 8 characters, with upper case and a special character; not one of "
     "your last 5.",
     "Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm chữ in hoa và ký tự đặc biệt; không trùng 5 "
     "mật khẩu gần nhất.",
     "two classes"},
    {8, 2, 3, 4, 5, 24,
     "New password: at least 8 characters, with 2 upper-case letters, 3 lower-case letters, 4 "
     "digits and 5 special characters; not one of your last 24.",
     "Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm 2 chữ in hoa, 3 chữ thường, 4 chữ số và 5 "
     "ký tự đặc biệt; không trùng 24 mật khẩu gần nhất.",
     "more than one of each"},
    {8, 0, 1, 2, 0, 5,
     "New password: at least 8 characters, with lower case and 2 digits; not one of your last 5.",
     "Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm chữ thường và 2 chữ số; không trùng 5 mật "
     "khẩu gần nhất.",
     "mixed"},
};

START_TEST(the_rules_are_said_in_one_line_before_typing)
{
    struct vp_values values = {.min_length = rules[_i].length,
                               .min_upper = rules[_i].upper,
                               .min_lower = rules[_i].lower,
                               .min_digit = rules[_i].digit,
                               .min_special = rules[_i].special,
                               .history = rules[_i].history};
    char buffer[VP_MESSAGE_SIZE];

    vp_message_rules(EN, &values, buffer);
    ck_assert_msg(strcmp(buffer, rules[_i].en) == 0, "%s: %s", buffer, rules[_i].why);
    vp_message_rules(VI, &values, buffer);
    ck_assert_msg(strcmp(buffer, rules[_i].vi) == 0, "%s: %s", buffer, rules[_i].why);
    ck_assert_uint_le(strlen(buffer), SENTENCE_MAX);
}
END_TEST

/* ---- refusals -------------------------------------------------------------------------------- */

static const struct {
    struct vp_failure failure;
    const char *en, *vi;
} reasons[] = {
    {{VP_RULE_ACCENTS, 0, 0},
     "it contains accented letters (turn the Vietnamese input method off)",
     "có chữ có dấu (cần tắt bộ gõ tiếng Việt)"},
    {{VP_RULE_NOT_UTF8, 0, 0},
     "its characters are not valid UTF-8",
     "mã ký tự không hợp lệ (cần UTF-8)"},
    {{VP_RULE_NOT_COMPOSED, 0, 0},
     "an accent stands apart from its letter (choose composed Unicode in the input method)",
     "dấu tách rời khỏi chữ (cần chọn Unicode dựng sẵn trong bộ gõ)"},
    {{VP_RULE_UNPRINTABLE, 0, 0},
     "it contains a character that cannot be seen",
     "có ký tự không hiển thị được"},
    {{VP_RULE_TOO_SHORT, 6, 8},
     "it has 6 characters and needs at least 8",
     "mới có 6 ký tự, cần từ 8 ký tự trở lên"},
    {{VP_RULE_TOO_SHORT, 1, 8},
     "it has 1 character and needs at least 8",
     "mới có 1 ký tự, cần từ 8 ký tự trở lên"},
    {{VP_RULE_TOO_SHORT, 0, 8},
     "it has 0 characters and needs at least 8",
     "mới có 0 ký tự, cần từ 8 ký tự trở lên"},
    {{VP_RULE_TOO_LONG, 130, 127},
     "it has 130 characters and may have at most 127",
     "có 130 ký tự, chỉ được tối đa 127 ký tự"},
    {{VP_RULE_TOO_MANY_BYTES, 75, 72},
     "it has 75 bytes and this system takes at most 72",
     "dài 75 byte, hệ thống chỉ nhận tối đa 72 byte"},
    {{VP_RULE_NO_UPPER, 0, 1}, "no upper-case letter", "thiếu chữ in hoa"},
    {{VP_RULE_NO_UPPER, 1, 2}, "1 of 2 upper-case letters", "mới có 1/2 chữ in hoa"},
    {{VP_RULE_NO_LOWER, 0, 1}, "no lower-case letter", "thiếu chữ thường"},
    {{VP_RULE_NO_LOWER, 0, 2}, "0 of 2 lower-case letters", "mới có 0/2 chữ thường"},
    {{VP_RULE_NO_DIGIT, 0, 1}, "no digit", "thiếu chữ số"},
    {{VP_RULE_NO_DIGIT, 2, 3}, "2 of 3 digits", "mới có 2/3 chữ số"},
    {{VP_RULE_NO_SPECIAL, 0, 1},
     "no special character (such as ! # % ?)",
     "thiếu ký tự đặc biệt (ví dụ: ! # % ?)"},
    {{VP_RULE_NO_SPECIAL, 1, 2},
     "1 of 2 special characters (such as ! # % ?)",
     "mới có 1/2 ký tự đặc biệt (ví dụ: ! # % ?)"},
    {{VP_RULE_REPEATED, 4, 3},
     "the same character 4 times in a row, at most 3",
     "một ký tự lặp 4 lần liền nhau, tối đa 3 lần"},
    {{VP_RULE_LOGIN_NAME, 0, 0}, "it contains the login name", "có chứa tên đăng nhập"},
    {{VP_RULE_GUESSED, VP_GUESS_WORD | VP_GUESS_YEAR, 0},
     "it is easy to guess (a common word, a year)",
     "dễ đoán (từ thông dụng, năm)"},
    {{VP_RULE_GUESSED, 0x1ff, 0},
     "it is easy to guess (a common word, your name, neighbouring keys, a sequence, one character "
     "again and again, a part that comes twice, a year, a date, a number)",
     "dễ đoán (từ thông dụng, tên của mình, các phím liền nhau, dãy liên tiếp, ký tự lặp lại, đoạn "
     "lặp lại, năm, ngày tháng, dãy số)"},
    {{VP_RULE_BREACHED, 0, 0},
     "it is in a list of exposed passwords",
     "có trong danh sách mật khẩu đã bị lộ"},
    {{VP_RULE_SIMILAR, 1, 4}, "it is too similar to the old one", "quá giống mật khẩu cũ"},
    {{VP_RULE_CURRENT, 0, 0}, "it is the current one", "trùng với mật khẩu hiện tại"},
    {{VP_RULE_REUSED, 0, 5}, "it is one of your last 5", "trùng với 1 trong 5 mật khẩu gần nhất"},
};

START_TEST(each_reason_is_the_reviewed_one_in_both_languages)
{
    char buffer[VP_MESSAGE_SIZE];

    vp_message_reason(EN, &reasons[_i].failure, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, reasons[_i].en);
    vp_message_reason(VI, &reasons[_i].failure, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, reasons[_i].vi);
}
END_TEST

START_TEST(every_rule_has_a_reason_in_both_languages)
{
    char en[VP_MESSAGE_SIZE], vi[VP_MESSAGE_SIZE];
    size_t rows = 0;

    for (size_t i = 0; i < COUNT(reasons); i++)
        rows += reasons[i].failure.rule == (enum vp_rule)_i;
    ck_assert_msg(rows > 0, "%s needs its row", vp_rules_code((enum vp_rule)_i));
    vp_message_reason(EN, &(struct vp_failure){(enum vp_rule)_i, 1, 1}, en, sizeof en);
    vp_message_reason(VI, &(struct vp_failure){(enum vp_rule)_i, 1, 1}, vi, sizeof vi);
    ck_assert_str_ne(en, "");
    ck_assert_str_ne(vi, en);
}
END_TEST

#define F(rule, has, needs)                                                                        \
    {                                                                                              \
        VP_RULE_##rule, has, needs                                                                 \
    }

static const struct {
    struct vp_failures failures;
    bool overridden;
    const char *en, *vi, *why;
} refusals[] = {
    {{3, {F(TOO_SHORT, 6, 8), F(NO_UPPER, 0, 1), F(NO_SPECIAL, 0, 1)}},
     false,
     "Password not accepted: it has 6 characters and needs at least 8; no upper-case letter; no "
     "special character (such as ! # % ?). Please choose another.",
     "Mật khẩu chưa đạt yêu cầu: mới có 6 ký tự, cần từ 8 ký tự trở lên; thiếu chữ in hoa; thiếu "
     "ký tự đặc biệt (ví dụ: ! # % ?). Vui lòng chọn mật khẩu khác.",
     "three reasons"},
    {{1, {F(REUSED, 0, 5)}},
     false,
     "Password not accepted: it is one of your last 5. Please choose another.",
     "Mật khẩu chưa đạt yêu cầu: trùng với 1 trong 5 mật khẩu gần nhất. Vui lòng chọn mật khẩu "
     "khác.",
     "one reason"},
    {{1, {F(ACCENTS, 0, 0)}},
     false,
     "The password contains accented letters. Please turn the Vietnamese input method off and type "
     "it again.",
     "Mật khẩu có chữ có dấu. Vui lòng tắt bộ gõ tiếng Việt rồi nhập lại.",
     "accents alone need no other password, only another keyboard"},
    {{2, {F(ACCENTS, 0, 0), F(NO_DIGIT, 0, 1)}},
     false,
     "Password not accepted: it contains accented letters (turn the Vietnamese input method off); "
     "no digit. Please choose another.",
     "Mật khẩu chưa đạt yêu cầu: có chữ có dấu (cần tắt bộ gõ tiếng Việt); thiếu chữ số. Vui lòng "
     "chọn mật khẩu khác.",
     "accents among others"},
    {{1, {F(NO_DIGIT, 0, 1)}},
     true,
     "This password breaks the policy and is set because root may: no digit.",
     "Mật khẩu không đạt yêu cầu nhưng vẫn được đặt theo quyền root: thiếu chữ số.",
     "root set it all the same"},
    {{1, {F(ACCENTS, 0, 0)}},
     true,
     "This password breaks the policy and is set because root may: it contains accented letters "
     "(turn the Vietnamese input method off).",
     "Mật khẩu không đạt yêu cầu nhưng vẫn được đặt theo quyền root: có chữ có dấu (cần tắt bộ gõ "
     "tiếng Việt).",
     "root, with accents: nothing is to be typed again"},
};

START_TEST(a_refusal_says_every_reason_in_one_line)
{
    char buffer[VP_MESSAGE_SIZE];

    vp_message_refusal(EN, &refusals[_i].failures, refusals[_i].overridden, buffer);
    ck_assert_msg(strcmp(buffer, refusals[_i].en) == 0, "%s: %s", buffer, refusals[_i].why);
    vp_message_refusal(VI, &refusals[_i].failures, refusals[_i].overridden, buffer);
    ck_assert_msg(strcmp(buffer, refusals[_i].vi) == 0, "%s: %s", buffer, refusals[_i].why);
}
END_TEST

/* Everything at once, in the table's order or turned round, with large numbers. */
static struct vp_failures everything(size_t count, bool backwards)
{
    struct vp_failures failures = {.count = count};

    for (size_t i = 0; i < count; i++)
        failures.list[i] =
            (struct vp_failure){(enum vp_rule)(backwards ? VP_RULE_COUNT - 1 - i : i), 511, 511};
    return failures;
}

START_TEST(a_long_refusal_is_cut_at_a_reason_and_says_how_many_are_left)
{
    for (int turn = 0; turn < 8; turn++) {
        enum vp_language language = turn & 1 ? VI : EN;
        bool overridden = turn & 2;
        struct vp_failures failures = everything((size_t)_i, turn & 4);
        const char *end = overridden       ? "."
                          : language == VI ? ". Vui lòng chọn mật khẩu khác."
                                           : ". Please choose another.";
        char buffer[VP_MESSAGE_SIZE], reason[VP_MESSAGE_SIZE], more[64];
        size_t length, said = 0;
        const char *at;

        if (failures.count == 1 && failures.list[0].rule == VP_RULE_ACCENTS)
            continue;
        memset(buffer, '~', sizeof buffer);
        vp_message_refusal(language, &failures, overridden, buffer);
        length = strnlen(buffer, sizeof buffer);
        ck_assert_uint_lt(length, VP_MESSAGE_SIZE);
        ck_assert_ptr_null(strpbrk(buffer, "{}\n"));
        ck_assert_str_eq(buffer + length - strlen(end), end);
        /* Each reason whole and in order, then the number of those that are missing. */
        at = strstr(buffer, ": ") + 2;
        for (; said < failures.count; said++) {
            vp_message_reason(language, &failures.list[said], reason, sizeof reason);
            if (strncmp(at, reason, strlen(reason)) != 0)
                break;
            at += strlen(reason);
            if (strcmp(at, end) == 0)
                break;
            ck_assert_int_eq(strncmp(at, "; ", 2), 0);
            at += 2;
        }
        if (said == failures.count || strcmp(at, end) == 0)
            continue;
        snprintf(more, sizeof more, language == VI ? "và %zu lý do khác%s" : "and %zu more%s",
                 failures.count - said, end);
        ck_assert_str_eq(at, more);
        /* And no earlier than needed. */
        ck_assert_uint_ge(length + strlen(reason) + 2 + 48, VP_MESSAGE_SIZE);
    }
}
END_TEST

START_TEST(all_reasons_at_once_are_more_than_one_message_holds)
{
    /* Otherwise the test above would never see a cut. */
    struct vp_failures failures = everything(VP_RULE_COUNT, false);
    char buffer[VP_MESSAGE_SIZE];

    vp_message_refusal(EN, &failures, false, buffer);
    ck_assert_ptr_nonnull(strstr(buffer, " more. Please choose another."));
    vp_message_refusal(VI, &failures, false, buffer);
    ck_assert_ptr_nonnull(strstr(buffer, " lý do khác. Vui lòng chọn mật khẩu khác."));
}
END_TEST

/* ---- the log --------------------------------------------------------------------------------- */

static const struct {
    struct vp_verdict verdict;
    struct vp_admission admission;
    const char *log;
} logs[] = {
    {{LOGIN(OK, NONE), .expires = T + 99}, {VP_ADMIT, VP_ADMIT_PLAIN, VP_NO_DAY}, "ok: let in"},
    {{LOGIN(WARN, EXPIRED), .expires = T + 7},
     {VP_ADMIT_TOLD, VP_ADMIT_PLAIN, VP_NO_DAY},
     "warn (expired, 2026-11-29): let in and told"},
    {{LOGIN(WARN, RESET), .expires = T + 7, .since = T - 2},
     {VP_ADMIT_TOLD, VP_ADMIT_PLAIN, VP_NO_DAY},
     "warn (reset, 2026-11-20): let in and told"},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_CHANGE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "must-change (expired since 2026-05-20): a change is demanded"},
    {{LOGIN(MUST_CHANGE, EXPIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_GRACE, T + 14},
     "must-change (expired since 2026-05-20): let in and told, in grace until 2026-12-06"},
    {{LOGIN(MUST_CHANGE, RESET), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_KEY, VP_NO_DAY},
     "must-change (reset since 2026-05-20): let in and told, no password was asked"},
    {{LOGIN(MUST_CHANGE, RESET), SINCE},
     {VP_ADMIT, VP_ADMIT_KEY, VP_NO_DAY},
     "must-change (reset since 2026-05-20): let in, no password was asked"},
    {{LOGIN(CLOSED, TRANSFERRED), SINCE},
     {VP_ADMIT_REFUSE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "closed (transferred since 2026-05-20): refused"},
    {{LOGIN(CLOSED, RETIRED), SINCE},
     {VP_ADMIT_TOLD, VP_ADMIT_ROOT, VP_NO_DAY},
     "closed (retired since 2026-05-20): let in and told, root is acting"},
    {{LOGIN(CLOSED, RETIRED), .since = VP_NO_DAY},
     {VP_ADMIT_REFUSE, VP_ADMIT_PLAIN, VP_NO_DAY},
     "closed (retired since none): refused"},
};

START_TEST(the_log_says_verdict_reason_and_what_became_of_it)
{
    char buffer[256];

    vp_message_log(&logs[_i].verdict, &logs[_i].admission, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, logs[_i].log);
}
END_TEST

Suite *suite_message(void)
{
    Suite *suite = suite_create("message");
    TCase *tcase = tcase_create("message");

    ADD_ROWS(tcase, every_sentence_is_the_reviewed_one_in_both_languages, sentences);
    ADD_ROWS(tcase, every_sentence_names_whom_to_ask_and_stays_short, sentences);
    tcase_add_test(tcase, help_is_asked_by_its_own_name);
    tcase_add_test(tcase, a_sentence_never_leaves_its_room);
    ADD_ROWS(tcase, dates_are_those_of_office_letters, dates);
    ADD_ROWS(tcase, a_login_is_told_why_and_what_to_do, logins);
    ADD_ROWS(tcase, where_the_policy_names_a_page_people_are_sent_there, paged);
    ADD_ROWS(tcase, root_is_told_where_shadows_expiry_date_stops_su_all_the_same, walls);
    ADD_ROWS(tcase, a_login_is_told_in_one_short_line_whatever_the_terms, logins);
    ADD_ROWS(tcase, the_rules_are_said_in_one_line_before_typing, rules);
    ADD_ROWS(tcase, each_reason_is_the_reviewed_one_in_both_languages, reasons);
    tcase_add_loop_test(tcase, every_rule_has_a_reason_in_both_languages, 0, VP_RULE_COUNT);
    ADD_ROWS(tcase, a_refusal_says_every_reason_in_one_line, refusals);
    tcase_add_loop_test(tcase, a_long_refusal_is_cut_at_a_reason_and_says_how_many_are_left, 1,
                        VP_RULE_COUNT + 1);
    tcase_add_test(tcase, all_reasons_at_once_are_more_than_one_message_holds);
    ADD_ROWS(tcase, the_log_says_verdict_reason_and_what_became_of_it, logs);
    suite_add_tcase(suite, tcase);
    return suite;
}
