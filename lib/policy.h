/*
 * The policy file: text -> struct vp_policy -> text, and what it says for one login.
 * Pure. The format is that of vpolicy.conf(5).
 */
#ifndef VP_LIB_POLICY_H
#define VP_LIB_POLICY_H

#include "../pam_vpolicy.h"
#include "number.h"

/* The choices of the keys that have some; the order is that of the words in policy.c. */
enum vp_non_ascii { VP_NON_ASCII_REFUSE, VP_NON_ASCII_ALLOW };
enum vp_without_password {
    VP_WITHOUT_PASSWORD_ENFORCE,
    VP_WITHOUT_PASSWORD_WARN,
    VP_WITHOUT_PASSWORD_IGNORE
};
enum vp_set_elsewhere { VP_SET_ELSEWHERE_RESET, VP_SET_ELSEWHERE_WARN, VP_SET_ELSEWHERE_ACCEPT };
enum vp_language { VP_LANGUAGE_AUTO, VP_LANGUAGE_EN, VP_LANGUAGE_VI };

/* How a key's value is written. */
enum vp_key_type {
    VP_COUNT,    /* a plain number from min to max */
    VP_DURATION, /* days: "180d"; "never" where max is VP_NEVER */
    VP_DATE,     /* "2026-11-22", or "none" */
    VP_FLAG,     /* "yes" or "no" */
    VP_CHOICE,   /* one of the key's words */
    VP_TEXT,     /* any text of one line up to max bytes; "none" is NULL */
    VP_PATHS,    /* up to min absolute paths with blanks between, up to max bytes; "none" is NULL */
};

/* In which parts of the file a key may stand, a set of bits. */
#define VP_IN_TOP     (1u << 0)
#define VP_IN_GROUP   (1u << 1)
#define VP_IN_USER    (1u << 2)
#define VP_IN_SERVICE (1u << 3)
#define VP_IN_ANY     (VP_IN_TOP | VP_IN_GROUP | VP_IN_USER | VP_IN_SERVICE)
#define VP_IN_PEOPLE  (VP_IN_GROUP | VP_IN_USER)

/*
 * Every key: its name (also the field of struct vp_values and the word of the manual), type,
 * built-in value, where it may stand, smallest and largest value. The built-in values are the
 * letter of the directive that vpolicy.conf(5) cites; its reasons stand there too.
 * N rows hold a number, T rows a text.
 */
#define VP_KEYS(N, T)                                                                              \
    N(min_length, VP_COUNT, 8, VP_IN_ANY, 1, VP_PASSWORD_SIZE - 1)                                 \
    N(max_length, VP_COUNT, 127, VP_IN_ANY, 8, VP_PASSWORD_SIZE - 1)                               \
    N(min_upper, VP_COUNT, 1, VP_IN_ANY, 0, 64)                                                    \
    N(min_lower, VP_COUNT, 1, VP_IN_ANY, 0, 64)                                                    \
    N(min_digit, VP_COUNT, 1, VP_IN_ANY, 0, 64)                                                    \
    N(min_special, VP_COUNT, 1, VP_IN_ANY, 0, 64)                                                  \
    N(max_repeat, VP_COUNT, 3, VP_IN_ANY, 0, VP_PASSWORD_SIZE - 1)                                 \
    N(min_difference, VP_COUNT, 4, VP_IN_ANY, 0, VP_PASSWORD_SIZE - 1)                             \
    N(min_points, VP_COUNT, 5, VP_IN_ANY, 0, 64)                                                   \
    T(words, VP_PATHS, NULL, VP_IN_ANY, 8, 1000)                                                   \
    T(breached, VP_PATHS, NULL, VP_IN_ANY, 1, 400)                                                 \
    N(non_ascii, VP_CHOICE, VP_NON_ASCII_REFUSE, VP_IN_ANY, 0, 0)                                  \
    N(history, VP_COUNT, 5, VP_IN_ANY, 0, VP_HISTORY_MAX)                                          \
    N(max_age, VP_DURATION, 180, VP_IN_ANY, 1, VP_NEVER)                                           \
    N(warn_before, VP_DURATION, 14, VP_IN_ANY, 0, VP_DURATION_MAX)                                 \
    N(change_on_first_login, VP_FLAG, true, VP_IN_ANY, 0, 0)                                       \
    N(changed_since, VP_DATE, VP_NO_DAY, VP_IN_ANY, 0, 0)                                          \
    N(max_idle, VP_DURATION, VP_NEVER, VP_IN_ANY, 1, VP_NEVER)                                     \
    N(grace, VP_DURATION, 0, VP_IN_SERVICE, 0, VP_DURATION_MAX)                                    \
    N(without_password, VP_CHOICE, VP_WITHOUT_PASSWORD_WARN, VP_IN_ANY, 0, 0)                      \
    N(set_elsewhere, VP_CHOICE, VP_SET_ELSEWHERE_RESET, VP_IN_ANY, 0, 0)                           \
    N(exempt, VP_FLAG, false, VP_IN_PEOPLE, 0, 0)                                                  \
    T(exempt_reason, VP_TEXT, NULL, VP_IN_PEOPLE, 1, 200)                                          \
    N(min_uid, VP_COUNT, 1000, VP_IN_TOP, 0, INT32_MAX)                                            \
    N(root_may_override, VP_FLAG, false, VP_IN_TOP, 0, 0)                                          \
    N(retry, VP_COUNT, 3, VP_IN_TOP, 1, 10)                                                        \
    N(language, VP_CHOICE, VP_LANGUAGE_AUTO, VP_IN_TOP, 0, 0)                                      \
    T(help, VP_TEXT, NULL, VP_IN_TOP, 1, 100)                                                      \
    T(page, VP_TEXT, NULL, VP_IN_TOP, 1, 150)

/* Most old passwords that can be refused: each costs a crypt(3), 16 ms with yescrypt. */
#define VP_HISTORY_MAX 24

enum vp_key {
#define N(name, ...) VP_KEY_##name,
    VP_KEYS(N, N)
#undef N
        VP_KEY_COUNT
};

/* What the policy says for one user at one service. Texts belong to the policy, or are NULL. */
struct vp_values {
#define N(name, ...) int32_t name;
#define T(name, ...) const char *name;
    VP_KEYS(N, T)
#undef N
#undef T
};

enum vp_section_kind {
    VP_SECTION_TOP,
    VP_SECTION_GROUP,
    VP_SECTION_USER,
    VP_SECTION_SERVICE,
};

/* One `[kind name...]`; the first of a policy is the top of the file, without names. */
struct vp_section {
    enum vp_section_kind kind;
    unsigned line;
    size_t first_name, name_count; /* in vp_policy.names */
};

/* One `key = value`. */
struct vp_setting {
    enum vp_key key;
    size_t section; /* index in vp_policy.sections */
    unsigned line;
    int32_t number;
    const char *text;
};

/* A parsed policy file. Owns what it points to; free it with vp_policy_free. All zero = built-in.
 */
struct vp_policy {
    char *text;
    const char **names;
    size_t name_count;
    struct vp_section *sections;
    size_t section_count;
    struct vp_setting *settings; /* in the order of the file */
    size_t setting_count;
};

/* For whom, and for which login, a policy is asked. */
struct vp_subject {
    const char *user;          /* canonical name */
    const char *service;       /* PAM service, or NULL for none */
    const char *const *groups; /* those groups that the policy names and the user is in */
    size_t group_count;
};

/* Largest policy file, in bytes. */
#define VP_POLICY_MAX (1024 * 1024)

/* Told of each fault in the order of the file; the error is only lent. */
typedef void vp_policy_report(void *context, const struct vp_error *fault);

/*
 * Parses a whole policy file. file: its name for messages. Every fault is given to report (may be
 * NULL), those that only the whole file shows last; error_out gets the first. Returns 0 and fills
 * policy_out, which the caller frees; or -1 with policy_out empty: a file with one fault counts for
 * nothing at all.
 */
VP_CHECKED int vp_policy_parse(const char *text, size_t length, const char *file,
                               vp_policy_report *report, void *context,
                               struct vp_policy *policy_out, struct vp_error *error_out);

/* Gives back what policy owns and leaves it empty. */
void vp_policy_free(struct vp_policy *policy);

/*
 * Writes the policy as a file that parses to the same policy. Like snprintf: returns the bytes
 * needed without the NUL, writes no more than size.
 */
size_t vp_policy_print(const struct vp_policy *policy, char *buffer, size_t size);

/*
 * What the policy says for a login: for each key the last matching section that sets it, else the
 * built-in value. lines_out (may be NULL) gets the line of each value, 0 for built-in.
 * The values' texts live as long as the policy.
 */
void vp_policy_resolve(const struct vp_policy *policy, const struct vp_subject *subject,
                       struct vp_values *values_out, unsigned lines_out[VP_KEY_COUNT]);

/*
 * Writes the header of the section in which a key is set at that line, as the file has it; "" for
 * the top of the file and for built-in values (line 0).
 */
void vp_policy_print_section(const struct vp_policy *policy, enum vp_key key, unsigned line,
                             char *buffer, size_t size);

/* Whether a section applies to the login. */
bool vp_policy_applies(const struct vp_policy *policy, const struct vp_section *section,
                       const struct vp_subject *subject);

/* A key's name, its value as the file would have it, and its built-in value likewise. */
const char *vp_policy_key_name(enum vp_key key);
void vp_policy_print_value(enum vp_key key, const struct vp_values *values, char *buffer,
                           size_t size);

#endif
