/*
 * What a service really runs: the files of /etc/pam.d read as Linux-PAM reads them, with what they
 * include put in its place. Pure: texts in, lines out; lib/walk.h follows them, lib/audit.h judges.
 */
#ifndef VP_LIB_STACK_H
#define VP_LIB_STACK_H

#include "../pam_vpolicy.h"

enum vp_stack_group {
    VP_STACK_AUTH,
    VP_STACK_ACCOUNT,
    VP_STACK_PASSWORD,
    VP_STACK_SESSION,
    VP_STACK_GROUP_COUNT
};

/* What a line makes of what its module returned; a positive number jumps over so many lines. */
enum vp_stack_action {
    VP_STACK_IGNORED = 0,
    VP_STACK_OK = -1,
    VP_STACK_DONE = -2,
    VP_STACK_BAD = -3,
    VP_STACK_DIE = -4,
    VP_STACK_RESET = -5
};

/* The values a module can return that are spoken of here; those of libpam. */
enum vp_stack_code {
    VP_STACK_SUCCESS = 0,
    VP_STACK_PERM_DENIED = 6,
    VP_STACK_AUTH_ERR = 7,
    VP_STACK_AUTHINFO_UNAVAIL = 9,
    VP_STACK_USER_UNKNOWN = 10,
    VP_STACK_NEW_AUTHTOK_REQD = 12,
    VP_STACK_ACCT_EXPIRED = 13,
    VP_STACK_SESSION_ERR = 14,
    VP_STACK_AUTHTOK_ERR = 20,
    VP_STACK_AUTHTOK_LOCK_BUSY = 22,
    VP_STACK_IGNORE = 25,
    VP_STACK_INCOMPLETE = 31,
    VP_STACK_CODE_COUNT = 32
};

/* A file of the configuration. All is lent, and must outlive every stack that was read from it. */
struct vp_stack_file {
    const char *name; /* as an include calls it */
    const char *path; /* as people are told */
    const char *text;
};

/* The file of that name (or absolute path), or NULL where there is none. */
typedef const struct vp_stack_file *vp_stack_finder(void *context, const char *name);

enum vp_stack_kind {
    VP_STACK_MODULE,
    VP_STACK_SUBSTACK, /* the lines of a higher level behind it are the substack's */
    VP_STACK_BROKEN,   /* PAM cannot read it, and has it fail */
};

struct vp_stack_line {
    const char *path; /* of its file */
    unsigned number;  /* in there, from 1; of the first of continued lines */
    enum vp_stack_group group;
    enum vp_stack_kind kind;
    int level;                        /* how deep in substacks */
    int actions[VP_STACK_CODE_COUNT]; /* enum vp_stack_action, or a jump */
    const char *control;              /* the word, or what stands in its brackets */
    const char *module;               /* as written; of a broken line, what is wrong with it */
    const char **arguments;
    size_t argument_count;
    char *words; /* the block that the texts above lie in */
};

/* The lines of one group, in their order. */
struct vp_stack_chain {
    struct vp_stack_line *lines;
    size_t count, room;
};

struct vp_stack {
    const char *service;
    struct vp_stack_chain groups[VP_STACK_GROUP_COUNT];
};

/*
 * Reads what a service runs: a group of which its file has no line, or all of them where it has no
 * file, is that of `other`. What PAM cannot read becomes a broken line, as there. service is lent.
 * Returns 0 with a stack for vp_stack_free, or -1 where memory is short or the lines are too many;
 * then there is nothing to free.
 */
VP_CHECKED int vp_stack_read(const char *service, vp_stack_finder *find, void *context,
                             struct vp_stack *stack_out, struct vp_error *error_out);
void vp_stack_free(struct vp_stack *stack);

/*
 * Whether a program may ask for the file of that name. Not those that other files include and
 * programs do not ask for (common-auth, system-auth, whatever is included and has but one group),
 * nor what package managers and editors leave, nor a name with a capital: PAM asks in small
 * letters.
 */
bool vp_stack_is_service(const char *name, const struct vp_stack_file *const *files, size_t count);

/* The module's name without its folder and `.so`, in buffer. */
void vp_stack_module_name(const struct vp_stack_line *line, char *buffer, size_t size);

/* Whether the line is one of pam_vpolicy's. */
bool vp_stack_is_ours(const struct vp_stack_line *line);

/* Whether the line has an argument: the whole word. */
bool vp_stack_has_argument(const struct vp_stack_line *line, const char *word);

/* As the files write them: "password"; "new_authtok_reqd". */
const char *vp_stack_group_word(enum vp_stack_group group);
const char *vp_stack_code_word(int code);

#endif
