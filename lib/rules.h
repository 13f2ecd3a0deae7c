/*
 * A candidate password -> every reason it fails. Pure. Old passwords are judged elsewhere, by
 * hashing (hash.h); their reasons stand in the same table, so that all are said together.
 */
#ifndef VP_LIB_RULES_H
#define VP_LIB_RULES_H

#include "../pam_vpolicy.h"
#include "policy.h"

/*
 * The rules, in the order in which a user is told. The codes are printed by `vpolicy test --batch`
 * and documented in vpolicy(8): a code once printed keeps its meaning for ever.
 */
#define VP_RULES(X)                                                                                \
    X(ACCENTS, "accents")           /* non_ascii = refuse, and there is such a character */        \
    X(NOT_UTF8, "not_utf8")         /* non_ascii = allow, and it is not UTF-8 */                   \
    X(NOT_COMPOSED, "not_composed") /* non_ascii = allow, and it is not in composed form (NFC) */  \
    X(UNPRINTABLE, "unprintable")   /* a control or unassigned character */                        \
    X(TOO_SHORT, "too_short")       /* fewer characters than min_length */                         \
    X(TOO_LONG, "too_long")         /* more characters than max_length */                          \
    X(TOO_MANY_BYTES, "too_many_bytes") /* more bytes than the programs carry or the hash reads */ \
    X(NO_UPPER, "no_upper")             /* fewer upper-case letters than min_upper */              \
    X(NO_LOWER, "no_lower")             /* fewer lower-case letters than min_lower */              \
    X(NO_DIGIT, "no_digit")             /* fewer digits than min_digit */                          \
    X(NO_SPECIAL, "no_special")         /* fewer special characters than min_special */            \
    X(REPEATED, "repeated")             /* one character more than max_repeat times in a row */    \
    X(LOGIN_NAME, "login_name")         /* holds the login name, or its reverse */                 \
    X(GUESSED, "guessed")               /* fewer points than min_points (guess.h) */               \
    X(BREACHED, "breached")             /* stands in the list of breached passwords */             \
    X(SIMILAR, "similar")               /* nearer to the old one than min_difference */            \
    X(CURRENT, "current")               /* is the current one */                                   \
    X(REUSED, "reused")                 /* is one of the last `history` */

enum vp_rule {
#define X(name, code) VP_RULE_##name,
    VP_RULES(X)
#undef X
        VP_RULE_COUNT
};

/* The kind of a character; a space is special, as in the directive. */
enum vp_class { VP_CLASS_NONE, VP_CLASS_UPPER, VP_CLASS_LOWER, VP_CLASS_DIGIT, VP_CLASS_SPECIAL };

/*
 * A password taken apart. Holds the secret: wipe it with vp_rules_wipe. Filled by vp_rules_read;
 * for characters beyond ASCII the classes and `composed` are then corrected by unicode.h.
 */
struct vp_candidate {
    size_t bytes;                      /* length in bytes, of all of it */
    size_t count;                      /* characters; bytes where it is not UTF-8 */
    bool utf8;                         /* well-formed */
    bool ascii;                        /* nothing beyond ASCII */
    bool composed;                     /* in NFC; true for ASCII */
    bool unprintable;                  /* holds a character that nobody can see */
    uint32_t points[VP_PASSWORD_SIZE]; /* the first of them */
    uint8_t classes[VP_PASSWORD_SIZE]; /* enum vp_class */
};

/*
 * One broken rule: what the password has and what it needs, where that can be counted. Of GUESSED:
 * the kinds that were guessed (enum vp_guess_kind), never the pieces.
 */
struct vp_failure {
    enum vp_rule rule;
    int32_t has, needs;
};

struct vp_failures {
    size_t count;
    struct vp_failure list[VP_RULE_COUNT];
};

/* Most bytes that the chain of programs carries, and that bcrypt reads (crypt(5)). */
#define VP_BYTES_MAX        (VP_PASSWORD_SIZE - 1)
#define VP_BYTES_MAX_BCRYPT 72

/* Takes a password of `length` bytes apart; it may hold any bytes, NUL too. */
void vp_rules_read(const char *password, size_t length, struct vp_candidate *candidate_out);
void vp_rules_wipe(struct vp_candidate *candidate);

/* What a password is measured against, beside the policy's values. */
struct vp_rules_setting {
    const char *login_name;         /* or NULL */
    const struct vp_candidate *old; /* the old password where it is known, else NULL */
    size_t bytes_max;               /* VP_BYTES_MAX or VP_BYTES_MAX_BCRYPT */
    int32_t points;                 /* of vp_guess_weigh, with the kinds; not read where those */
    unsigned guessed;               /* are 0: nothing was guessed, or the rule is off */
};

/* Fills failures_out with every rule that the candidate breaks, each once; none = accepted. */
void vp_rules_check(const struct vp_values *values, const struct vp_candidate *candidate,
                    const struct vp_rules_setting *setting, struct vp_failures *failures_out);

/* Adds a failure found by hashing. */
void vp_rules_add(struct vp_failures *failures, enum vp_rule rule, int32_t has, int32_t needs);

const char *vp_rules_code(enum vp_rule rule);

#endif
