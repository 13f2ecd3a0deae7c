/* crypt(3). A room: libxcrypt and nothing else, loaded only while a password is being changed. */
#ifndef VP_LIB_HASH_H
#define VP_LIB_HASH_H

#include "../pam_vpolicy.h"

/* An open libcrypt and its scratch space. */
struct vp_hash;

/*
 * Loads libcrypt. Returns 0 and a handle to be closed with vp_hash_close, or -1 (error filled).
 */
VP_CHECKED int vp_hash_open(struct vp_hash **hash_out, struct vp_error *error_out);

/* Wipes the scratch space and unloads the library; NULL is allowed. */
void vp_hash_close(struct vp_hash *hash);

/*
 * Whether the password has this hash (crypt(5)). An empty or unknown hash matches nothing.
 * Takes as long as the hash's method wants: 16 ms with yescrypt's default cost.
 */
bool vp_hash_matches(struct vp_hash *hash, const char *password, const char *setting);

/* Whether the method of this hash reads no more than the first 72 bytes (bcrypt, crypt(5)). */
bool vp_hash_is_bcrypt(const char *setting);

#endif
