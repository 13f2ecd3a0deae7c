/*
 * What users read (English, Vietnamese) and what the log says (never translated). Pure: the
 * language is an argument, no locale is asked, so it works in programs that run in the C locale.
 */
#ifndef VP_LIB_MESSAGE_H
#define VP_LIB_MESSAGE_H

#include "../pam_vpolicy.h"
#include "policy.h"
#include "rules.h"
#include "verdict.h"

/* The sentences; their texts stand in one table in message.c. */
enum vp_message {
    VP_SAY_INITIAL,
    VP_SAY_RESET,
    VP_SAY_EXPIRED,
    VP_SAY_SUSPECTED,
    VP_SAY_LOCKED,
    VP_SAY_SUPERSEDED,
    VP_SAY_WARN,
    VP_SAY_OVERDUE,     /* due, but let in without a password */
    VP_SAY_GRACE,       /* expired, and in grace */
    VP_SAY_GRACE_UNTIL, /* added to another reason's sentence */
    VP_SAY_WARN_PAGE,   /* these four where the policy names a page for changing */
    VP_SAY_OVERDUE_PAGE,
    VP_SAY_GRACE_PAGE,
    VP_SAY_GRACE_UNTIL_PAGE,
    VP_SAY_CLOSED,
    VP_SAY_ROOT,         /* to root, who is let in as somebody that would not be */
    VP_SAY_ROOT_WALL,    /* the same, but shadow's expiry date stops root's su all the same */
    VP_SAY_OFFER,        /* one to take, to whom nothing comes to mind */
    VP_SAY_DONE,         /* changed, with an end */
    VP_SAY_DONE_FOREVER, /* changed, max_age = never */
    VP_SAY_CANNOT_NOW,   /* a password cannot be changed */
    VP_SAY_CANNOT_CHECK, /* an account cannot be judged */
    VP_SAY_TROUBLE,      /* to root: policy or store are broken */
    /* Of a notice by mail: */
    VP_SAY_SUBJECT_WARN,
    VP_SAY_SUBJECT_EXPIRED,
    VP_SAY_SUBJECT_DUE,
    VP_SAY_ACCOUNT,
    VP_SAY_WAY, /* to a new password */
    VP_SAY_WAY_PAGE,
    VP_SAY_LAST_LOGIN,
    VP_SAY_LAST_LOGIN_FROM,
    VP_SAY_NOT_YOU,
    VP_SAY_NOBODY_ASKS,
    VP_SAY_COUNT
};

/* What the sentences speak of; what a sentence does not use may be left zero. */
struct vp_terms {
    const char *help; /* whom to ask; NULL = "your administrator" */
    const char *page; /* where passwords are changed */
    const char *user;
    const char *text;
    int32_t date;
    int32_t days;
    int32_t has, needs;
};

/* Writes one sentence. language is EN or VI (AUTO counts as EN). Returns snprintf's length. */
size_t vp_message_say(enum vp_message message, enum vp_language language,
                      const struct vp_terms *terms, char *buffer, size_t size);

/*
 * What a user is told at a login. Returns false where nothing is to be said.
 */
bool vp_message_login(enum vp_language language, const struct vp_values *values,
                      const struct vp_account *account, const struct vp_verdict *verdict,
                      const struct vp_admission *admission, int32_t today,
                      char buffer[VP_MESSAGE_SIZE]);

/* What a notice by mail speaks of; all of it is lent. */
struct vp_notice {
    const struct vp_values *values;
    const struct vp_account *account;
    const struct vp_verdict *verdict;
    int32_t today;
    int32_t last_login;          /* a day, or VP_NO_DAY */
    const char *last_login_from; /* a host without control characters, or "" */
};

/*
 * The paragraphs of a notice, a line each: which account, why it is due or when it will be, what to
 * do, the last login, and that nobody asks for a password.
 */
void vp_message_notice(enum vp_language language, const struct vp_notice *notice, char *buffer,
                       size_t size);

/* Its subject. */
void vp_message_subject(enum vp_language language, const struct vp_notice *notice, char *buffer,
                        size_t size);

/* The rules in force, in one line, before a new password is typed. */
void vp_message_rules(enum vp_language language, const struct vp_values *values,
                      char buffer[VP_MESSAGE_SIZE]);

/*
 * Why a password is refused: every reason in one line, cut at a reason ("and 3 more") where
 * VP_MESSAGE_SIZE has no room. overridden: root set it all the same.
 */
void vp_message_refusal(enum vp_language language, const struct vp_failures *failures,
                        bool overridden, char buffer[VP_MESSAGE_SIZE]);

/* One reason of a refusal, as in vp_message_refusal; for `vpolicy test`. */
void vp_message_reason(enum vp_language language, const struct vp_failure *failure, char *buffer,
                       size_t size);

/* The log's words for a login: "must-change (expired since 2026-05-20), in grace until ...". */
void vp_message_log(const struct vp_verdict *verdict, const struct vp_admission *admission,
                    char *buffer, size_t size);

#endif
