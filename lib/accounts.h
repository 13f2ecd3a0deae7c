/*
 * All local accounts at once, from the files themselves, each of which is read once: NSS would read
 * them again for every account. A room: it owns /etc/passwd, /etc/shadow and /etc/group as lists.
 */
#ifndef VP_LIB_ACCOUNTS_H
#define VP_LIB_ACCOUNTS_H

#include "account.h"

/*
 * Visits the names of all accounts in the local shadow file that have a hash which was set on `day`
 * or later. Returns 0, the visitor's value where it stopped, or -1 where the file cannot be read
 * (error filled).
 */
VP_CHECKED int vp_accounts_visit_since(int32_t day, vp_account_visitor *visit, void *context,
                                       struct vp_error *error_out);

/* Told of one local account with all that is known of it; account is only lent. 0 = go on. */
typedef int vp_accounts_visitor(void *context, const struct vp_account *account);

/*
 * Visits every account of the local passwd file, each as vp_account_find would fill it, but with
 * passwd and shadow read once for all of them. Where shadow cannot be read, every password is
 * VP_PASSWORD_UNREADABLE. Returns 0, the visitor's value where it stopped, or -1 (error filled).
 */
VP_CHECKED int vp_accounts_visit(vp_accounts_visitor *visit, void *context,
                                 struct vp_error *error_out);

/* Told of one local group; members end with NULL; all of it is only lent. 0 = go on. */
typedef int vp_accounts_group_visitor(void *context, const char *name, uint32_t gid,
                                      const char *const *members);

/*
 * Visits every group of the local group file. Returns 0, the visitor's value where it stopped, or
 * -1 (error filled).
 */
VP_CHECKED int vp_accounts_visit_groups(vp_accounts_group_visitor *visit, void *context,
                                        struct vp_error *error_out);

#endif
