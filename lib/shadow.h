/*
 * Shadow's expiry date, set by running chage(1). A room, and the only file of lib that forks:
 * chage takes the locks and keeps the format, whatever the distribution made of it.
 */
#ifndef VP_LIB_SHADOW_H
#define VP_LIB_SHADOW_H

#include "../pam_vpolicy.h"

/*
 * Sets the first day on which the account cannot log in (sp_expire, shadow(5)); VP_NEVER empties
 * the field. Waits at most 20 s: chage itself waits 15 s for its lock. In a host program SIGCHLD
 * is set to its default meanwhile and put back. Returns 0, or -1 (error filled).
 */
VP_CHECKED int vp_shadow_set_expiry(const char *user, int32_t day, struct vp_error *error_out);

/*
 * Asks chage(1) for the day of the password, sp_lstchg: everybody may ask that about himself.
 * Returns 0 with the day, 0 where a change is wanted, VP_NO_DAY where the field is empty; or -1
 * where chage does not say (error filled).
 */
VP_CHECKED int vp_shadow_read_changed(const char *user, int32_t *day_out,
                                      struct vp_error *error_out);

#endif
