/*
 * Who an account is: passwd(5), shadow(5) and group(5), as NSS gives them. A room: it owns NSS,
 * and /proc/self/loginuid.
 */
#ifndef VP_LIB_ACCOUNT_H
#define VP_LIB_ACCOUNT_H

#include "../pam_vpolicy.h"

/* What was seen where the password's hash should be. */
enum vp_password_kind {
    VP_PASSWORD_HASH,       /* a hash */
    VP_PASSWORD_LOCKED,     /* a hash behind one or more `!` (usermod -L) */
    VP_PASSWORD_UNUSABLE,   /* `*`, `!` or the like: no password can match */
    VP_PASSWORD_EMPTY,      /* nothing: whoever comes is let in (passwd -d) */
    VP_PASSWORD_ELSEWHERE,  /* no local entry, and shadow could be read: a directory's account */
    VP_PASSWORD_UNREADABLE, /* cannot be told: no right to read shadow, or no shadow file */
};

struct vp_account {
    char name[VP_NAME_MAX + 1]; /* as NSS calls it, which may not be how it was asked for */
    char full_name[96];         /* passwd's comment field up to its first comma */
    char home[256];
    char shell[64];
    uint32_t uid, gid;
    enum vp_password_kind password;
    char hash[VP_HASH_SIZE]; /* without leading `!`; "" unless HASH or LOCKED */
    int32_t changed_on;      /* sp_lstchg; 0 = must change, VP_NO_DAY = field empty */
    int32_t expires_on;      /* sp_expire, the first day without logins; VP_NEVER = empty */
    bool in_shadow;          /* the local shadow file is what counts, and has a line */
};

/*
 * Looks an account up. Returns 1 and fills account_out, 0 where nobody has that name, or -1 where
 * NSS failed (error filled). Shadow that cannot be read is no failure: password says so.
 * getspnam(3) returns NULL with errno 0 for unknown users, for callers without the right, and
 * without /etc/shadow alike, so the file itself is asked which it was.
 */
VP_CHECKED int vp_account_find(const char *name, struct vp_account *account_out,
                               struct vp_error *error_out);

/*
 * Whether nobody has that name, for whoever erases: 1 = gone, 0 = there, -1 = cannot be told (error
 * filled). Unlike vp_account_find it takes no failure of NSS for an answer, and asks for no name
 * that is longer than an account's can be.
 */
VP_CHECKED int vp_account_is_gone(const char *name, struct vp_error *error_out);

/*
 * Which of the groups the account is in. members_out[i] says it for groups[i]. Groups that do not
 * exist have nobody. Returns 0, or -1 where NSS cannot tell (error filled).
 */
VP_CHECKED int vp_account_groups(const struct vp_account *account, const char *const *groups,
                                 size_t count, bool *members_out, struct vp_error *error_out);

/* Wipes the hash and everything else. */
void vp_account_wipe(struct vp_account *account);

/* Whether the name is that of an account with uid 0. Errors count as no. */
bool vp_account_is_root(const char *name);

/*
 * Who is acting, for the record: the login name behind /proc/self/loginuid, else SUDO_USER where
 * the caller is a root shell, else the real uid's name. For commands only: reads the environment.
 */
void vp_account_actor(char buffer[VP_NAME_MAX + 1]);

/* Told of one local account; name is only lent. Returns 0 to go on, anything else to stop. */
typedef int vp_account_visitor(void *context, const char *name);

/*
 * Reads a group for many accounts: gid_out is the group itself, which may be an account's first
 * one; names of its other members are visited, unless visit is NULL. Returns 1, 0 where there is no
 * such group, the visitor's value where it stopped (it had better be negative), or -1 (error
 * filled).
 */
VP_CHECKED int vp_account_visit_group(const char *name, uint32_t *gid_out,
                                      vp_account_visitor *visit, void *context,
                                      struct vp_error *error_out);

/* Whether there is a group of that name: 1, 0, or -1 where NSS cannot tell (error filled). */
VP_CHECKED int vp_account_group_exists(const char *name, struct vp_error *error_out);

#endif
