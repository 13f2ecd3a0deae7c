/*
 * Every verdict, once: what the account phase answers to it (test_login.c, where the rows stand),
 * and what the password phase makes of it (test_change.c).
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#ifndef VP_TESTS_PAM_VERDICTS_H
#define VP_TESTS_PAM_VERDICTS_H

#include "pam.h"

struct outcome {
    int code;
    const char *en, *vi; /* transcripts */
};

struct row {
    const char *why, *policy, *record;
    const char *uid;                    /* alice's, NULL = a person's */
    struct outcome by_password, by_key; /* by_key: it is certain that no password was asked */
    enum vp_verdict_kind kind;
};

extern const struct row verdict_rows[];
extern const size_t verdict_row_count;

/* Writes the row's record and policy; language: a line of the policy, or "". */
void set_verdict_row(const struct row *row, const char *language);

/* Demanded of who came by password, told to who came by key. */
#define ALIKE_BUT_KEY(en, vi)                                                                      \
    {PAM_NEW_AUTHTOK_REQD, en, vi},                                                                \
    {                                                                                              \
        PAM_SUCCESS, en, vi                                                                        \
    }

/* A hash that is nobody's. */
#define OTHER_HASH "$5$rounds=1000$zz$0123456789012345678901234567890123456789012"

#define INITIAL_EN                                                                                 \
    INFO("This is your first login. Please change the password you were given before using the "   \
         "account.")
#define INITIAL_VI                                                                                                                 \
    INFO("Đây là lần đăng nhập đầu tiên. Vui lòng đổi mật khẩu được cấp trước khi sử dụng tài " \
         "khoản.")
#define RESET_EN                                                                                   \
    INFO("Your password was set by someone else. Please choose your own now; if you did not ask "  \
         "for this, tell your administrator.")
#define RESET_VI                                                                                                                 \
    INFO("Mật khẩu đã được người khác đặt lại. Vui lòng đổi sang mật khẩu của riêng mình; nếu " \
         "không yêu cầu đặt lại, hãy báo ngay quản trị viên.")
#define SUSPECTED_EN                                                                               \
    INFO("Your password may have been exposed. Please change it now and do not use the old one "   \
         "anywhere again.")
#define SUSPECTED_VI                                                                                                                 \
    INFO("Mật khẩu có thể đã bị lộ. Vui lòng đổi ngay và không dùng lại mật khẩu cũ ở bất kỳ hệ " \
         "thống nào.")
#define LOCKED_EN                                                                                  \
    ERROR("This account is locked because its password may have been exposed. Please contact "     \
          "your administrator for a new one.")
#define LOCKED_VI                                                                                                                  \
    ERROR("Tài khoản tạm khóa do nghi ngờ bị lộ mật khẩu. Vui lòng liên hệ quản trị viên để được " \
          "cấp lại mật khẩu.")
#define SUPERSEDED_EN                                                                              \
    INFO("Passwords set before 20 November 2026 must be changed. Please set a new one now.")
#define SUPERSEDED_VI                                                                                                          \
    INFO("Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày 20/11/2026 phải được thay đổi. " \
         "Vui lòng đặt mật khẩu mới.")
#define CLOSED_EN                                                                                  \
    ERROR("This account has been closed. If you still need it, please contact your "               \
          "administrator.")
#define CLOSED_VI                                                                                  \
    ERROR("Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui lòng liên hệ quản trị viên.")

#endif
