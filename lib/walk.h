/*
 * Follows a chain of PAM lines with whatever its modules may return, as libpam's dispatcher does,
 * and says how it can end. Pure. Not path by path: what is kept is which states each line can be
 * reached in, so that the work grows with the lines alone.
 *
 * The person is nobody special: a line that only lets root pass (pam_rootok) never succeeds here,
 * as root is beyond every verdict.
 */
#ifndef VP_LIB_WALK_H
#define VP_LIB_WALK_H

#include "stack.h"

/* What modules do, as far as it matters to us; a set of bits. */
enum vp_walk_role {
    VP_WALK_ASKS = 1 << 0,      /* auth: for a password */
    VP_WALK_JUDGES = 1 << 1,    /* account: the account itself, its dates */
    VP_WALK_SETS = 1 << 2,      /* password: stores the new one */
    VP_WALK_SETS_HERE = 1 << 3, /* ... in the shadow file */
    VP_WALK_PROMPTS = 1 << 4,   /* password: asks for a new one unless told use_authtok */
    VP_WALK_UNKNOWN = 1 << 5,   /* a module that nothing is known of */
};

unsigned vp_walk_roles(const struct vp_stack_line *line);

/* What has happened on the way; a set of bits. */
enum vp_walk_fact {
    VP_WALK_RAN = 1 << 0,         /* our line */
    VP_WALK_REFUSED = 1 << 1,     /* our line: the account or the password */
    VP_WALK_DEMANDED = 1 << 2,    /* our line: a change of the password */
    VP_WALK_WORKED = 1 << 3,      /* a module with the group's role succeeded, ours aside */
    VP_WALK_SET_HERE = 1 << 4,    /* the shadow file has a new password */
    VP_WALK_SET_UNASKED = 1 << 5, /* a password was set before our line ran */
    VP_WALK_SET_REFUSED = 1 << 6, /* a password was set though our line refused it */
    VP_WALK_RECORDED = 1 << 7,    /* our record line ran */
    VP_WALK_FACTS = 1 << 8
};

/* What the program gets at the end. */
enum vp_walk_end {
    VP_WALK_FAILURE,
    VP_WALK_SUCCESS,
    VP_WALK_RENEW, /* success once the password is changed */
};

/* Whether an end is one that is asked about. */
typedef bool vp_walk_question(enum vp_walk_end end, unsigned facts);

struct vp_walk;

/* Follows the chain, which is lent. Returns NULL where memory is short. */
struct vp_walk *vp_walk_open(const struct vp_stack_chain *chain);
void vp_walk_close(struct vp_walk *walk);

/* Whether the chain can end so. */
bool vp_walk_can_end(const struct vp_walk *walk, vp_walk_question *question);

/* Whether a line can be reached with none of these facts. */
bool vp_walk_reaches(const struct vp_walk *walk, size_t line, unsigned without);

/* A line that goes past another: which, and the value it returned then. */
struct vp_walk_step {
    size_t line;
    int code;
};

/*
 * Finds the lines before line `past` that can go past it with none of the facts `without`, on
 * a way that ends so. Each is told once, with the first value that does it; steps_out needs room
 * for the chain's lines. Returns how many, or -1 where memory is short.
 */
int vp_walk_find_past(const struct vp_walk *walk, size_t past, unsigned without,
                      vp_walk_question *question, struct vp_walk_step *steps_out);

#endif
