/*
 * The names of a made-up system, in place of NSS: getpwnam_r and its kin of this program answer
 * from here, so that the rooms can be tested without root and leave the host alone.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#ifndef VP_TESTS_UNIT_NAMES_H
#define VP_TESTS_UNIT_NAMES_H

#include "../../pam_vpolicy.h"

struct made_up_user {
    const char *name, *canonical; /* asked for, and as NSS calls it; NULL = the same */
    uint32_t uid, gid;
    const char *passwd;   /* pw_passwd; NULL = "x" */
    const char *shadow;   /* sp_pwdp; NULL = no entry */
    long changed, expire; /* sp_lstchg, sp_expire */
    const char *groups;   /* beside gid's: names with blanks between, or NULL */
};

/* Everything that NSS is to say; all zero = an empty system. */
struct made_up_names {
    const struct made_up_user *users;
    size_t user_count;
    const char *const *groups; /* gid 5000 is the first */
    size_t group_count;
    size_t room_needed; /* ERANGE for smaller buffers */
    int broken;         /* what every call fails with, or 0 */
    int shadow_broken;  /* what getspnam_r alone fails with, or 0 */
    int groups_broken;  /* what getgrnam_r alone fails with, or 0 */
};

extern struct made_up_names made_up;

#endif
