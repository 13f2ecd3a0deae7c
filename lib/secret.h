/* The one way in which this project wipes a secret. Pure. */
#ifndef VP_LIB_SECRET_H
#define VP_LIB_SECRET_H

#include "../pam_vpolicy.h"

/* Overwrites size bytes with zeros in a way that no optimiser removes. secret may be NULL. */
void vp_secret_wipe(void *secret, size_t size);

/* Wipes a string and frees it. secret may be NULL; it must be all that was ever in its block. */
void vp_secret_free(char *secret);

/*
 * Compares two NUL-terminated hashes in a time that tells nothing about where they differ.
 * Returns true if they are the same.
 */
bool vp_secret_equal(const char *one, const char *other);

#endif
