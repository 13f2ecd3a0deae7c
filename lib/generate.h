/*
 * New passwords for people who want none of their own. A room: it owns getrandom(2).
 *
 * They are to be read out on the telephone, typed on any keyboard and pasted into a shell:
 * groups of four of one kind with `-` between, such as "KTVB-fmxq-4729-hgzk-RNCP". Within a group
 * c and C, S and 5, Z and 2 cannot be taken for one another.
 */
#ifndef VP_LIB_GENERATE_H
#define VP_LIB_GENERATE_H

#include "../pam_vpolicy.h"
#include "policy.h"

/*
 * Chance wanted in a password, in bits: guessed at 10^12 a second, half of them takes 19 years.
 * Each character counts the logarithm of how many it could have been; what is fixed (the order of
 * the groups, the signs between them) counts nothing.
 */
#define VP_GENERATE_BITS 70

/* How the passwords for one policy are made. Nothing in it is secret. */
struct vp_plan {
    size_t length;                   /* in characters, which are bytes */
    unsigned bits;                   /* of chance, rounded down */
    bool mixed;                      /* no room for groups: the kinds change places by chance */
    uint8_t kinds[VP_PASSWORD_SIZE]; /* of each place */
};

/*
 * Plans passwords of VP_GENERATE_BITS, or of as many as fit into max_length and bytes_max, that
 * meet the policy's minimums. bytes_max: VP_BYTES_MAX or VP_BYTES_MAX_BCRYPT. Returns 0, or -1
 * where minimum and maximum contradict each other (error names the keys, plan_out is empty).
 */
VP_CHECKED int vp_generate_plan(const struct vp_values *values, size_t bytes_max,
                                struct vp_plan *plan_out, struct vp_error *error_out);

/*
 * Makes one password by the plan, each as likely as any other; no character stands beside itself.
 * Chance may still write a login name: the rules must be asked. Returns 0 and a secret that the
 * caller wipes, or -1 (error filled, password_out wiped).
 */
VP_CHECKED int vp_generate_draw(const struct vp_plan *plan, char password_out[VP_PASSWORD_SIZE],
                                struct vp_error *error_out);

#endif
