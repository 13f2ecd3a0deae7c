/*
 * What is wrong with our lines in a stack: each question is put to lib/walk.h, which knows every
 * way through it. Pure. Also what lets people in without asking PAM, as far as a text tells.
 */
#ifndef VP_LIB_AUDIT_H
#define VP_LIB_AUDIT_H

#include "stack.h"

/* The faults. vpolicy(8) has a section for each word. */
enum vp_audit_kind {
    VP_AUDIT_NO_PASSWORD,
    VP_AUDIT_PASSWORD_LATE,
    VP_AUDIT_PASSWORD_SKIPPED,
    VP_AUDIT_NOT_REQUISITE,
    VP_AUDIT_PASSWORD_ENDS,
    VP_AUDIT_ASKS_AGAIN,
    VP_AUDIT_NO_PROMPT,
    VP_AUDIT_NO_RECORD,
    VP_AUDIT_RECORD_EARLY,
    VP_AUDIT_RECORD_SKIPPED,
    VP_AUDIT_NO_ACCOUNT,
    VP_AUDIT_ACCOUNT_SKIPPED,
    VP_AUDIT_ACCOUNT_LATE,
    VP_AUDIT_ACCOUNT_IGNORED,
    VP_AUDIT_ACCOUNT_ALONE,
    VP_AUDIT_NO_AUTH,
    VP_AUDIT_AUTH_SKIPPED,
    VP_AUDIT_NOT_MARKED,
    VP_AUDIT_DECIDES,
    VP_AUDIT_NO_MODULE,
    VP_AUDIT_BAD_ARGUMENT,
    VP_AUDIT_DIFFERS,
    VP_AUDIT_SESSION,
    VP_AUDIT_BROKEN,
    VP_AUDIT_CACHED,
    VP_AUDIT_KIND_COUNT
};

#define VP_AUDIT_TEXT_SIZE 320

struct vp_audit_fault {
    enum vp_audit_kind kind;
    const char *path;                 /* lent, of the file at fault */
    unsigned line;                    /* in there */
    char what[VP_AUDIT_TEXT_SIZE];    /* what is wrong: one line */
    char instead[VP_AUDIT_TEXT_SIZE]; /* what to write, and where: one line */
};

/* "no-password". */
const char *vp_audit_word(enum vp_audit_kind kind);

/* Told of each fault; it is only lent. */
typedef void vp_audit_reporter(void *context, const struct vp_audit_fault *fault);

/* Whether a module's file is there; path is as the line has it. */
typedef bool vp_audit_has_module(const char *path);

/*
 * Reports what is wrong with our lines in a stack: whatever lets a login or a password slip by, or
 * refuses in vain. Returns 0, or -1 where memory is short.
 */
VP_CHECKED int vp_audit_stack(const struct vp_stack *stack, vp_audit_has_module *has_module,
                              vp_audit_reporter *report, void *context);

/* Reports that saslauthd's settings (/etc/default/saslauthd, /etc/sysconfig/saslauthd) say -c. */
void vp_audit_saslauthd(const struct vp_stack_file *file, vp_audit_reporter *report, void *context);

/* Reports that a file of Dovecot's has it remember passwords: auth_cache_size. */
void vp_audit_dovecot(const struct vp_stack_file *file, vp_audit_reporter *report, void *context);

#endif
