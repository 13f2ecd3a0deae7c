/*
 * The words that every part of pam_vpolicy shares: verdicts, reasons, errors, paths.
 * What belongs to one file of lib/ alone stands in that file's own header.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#ifndef PAM_VPOLICY_H
#define PAM_VPOLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VP_VERSION "0.1.0"

/* Where things are unless an argument says otherwise; the Makefile may set other places. */
#ifndef VP_POLICY_PATH
#define VP_POLICY_PATH "/etc/security/vpolicy.conf"
#endif
#ifndef VP_STATE_DIR
#define VP_STATE_DIR "/var/lib/vpolicy"
#endif

/*
 * Days are whole UTC days since 1970-01-01, as in shadow(5). Two values are no day:
 */
#define VP_NO_DAY INT32_MIN /* not known, not set */
#define VP_NEVER  INT32_MAX /* a duration without an end */

/* Longest user name, in bytes without the final NUL: useradd(8) allows 32, directories more. */
#define VP_NAME_MAX 255
/* Longest hash that crypt(3) returns, its final NUL included (CRYPT_OUTPUT_SIZE of libxcrypt). */
#define VP_HASH_SIZE 384
/* Longest password, its final NUL included: pam_unix and the prompts of libpam end there. */
#define VP_PASSWORD_SIZE 512
/* Room for one message to a user: programs cut or drop longer ones (PAM_MAX_MSG_SIZE). */
#define VP_MESSAGE_SIZE 512

/* What is to happen to an account now. */
enum vp_verdict_kind {
    VP_OK,
    VP_WARN,        /* let in, told that the password is about to expire */
    VP_MUST_CHANGE, /* the password is good for nothing but changing it */
    VP_CLOSED,      /* not let in at all */
};

/* Why. The words are those of the manual, the log, the record and `vpolicy show`. */
#define VP_REASONS(X)                                                                              \
    X(NONE, "none")                                                                                \
    X(INITIAL, "initial")         /* the first login of a new account */                           \
    X(RESET, "reset")             /* somebody else set the password */                             \
    X(SUSPECTED, "suspected")     /* an administrator suspects that it is known to others */       \
    X(SUPERSEDED, "superseded")   /* set before the policy's changed_since */                      \
    X(EXPIRED, "expired")         /* older than max_age */                                         \
    X(RETIRED, "retired")         /* closed: the person retired */                                 \
    X(TRANSFERRED, "transferred") /* closed: the person works elsewhere now */                     \
    X(IDLE, "idle")               /* closed: no login for max_idle */                              \
    X(OTHER, "other")             /* closed: for a reason that the log holds */

enum vp_reason {
#define X(name, word) VP_REASON_##name,
    VP_REASONS(X)
#undef X
        VP_REASON_COUNT
};

/*
 * What went wrong, filled by the function that returns -1. Lives on the caller's stack and owns
 * nothing. `text` is one line in English for the log and for administrators, never for users.
 */
struct vp_error {
    char file[256]; /* the file at fault, or "" */
    unsigned line;  /* its line, from 1, or 0 */
    int errnum;     /* errno of the call that failed, or 0 where a rule was broken */
    char text[512]; /* what is wrong and what would be right */
};

#define VP_CHECKED                     __attribute__((warn_unused_result))
#define VP_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

#endif
