/*
 * From an entry of passwd(5) and shadow(5) to a struct vp_account, whoever read the entry: NSS for
 * one account, or the files for all of them. Pure.
 */
#ifndef VP_LIB_ENTRY_H
#define VP_LIB_ENTRY_H

#include "account.h"

#include <pwd.h>

/* NSS entries have no stated limit; a group of 100,000 members needs megabytes. */
#define VP_ENTRY_BUFFER_MAX ((size_t)16 * 1024 * 1024)

/* What an entry points into; it may hold a hash, so it is wiped. All zero = nothing yet. */
struct vp_entry_buffer {
    char *bytes;
    size_t size;
};

/* Wipes and frees, and leaves the buffer as at the beginning. */
void vp_entry_drop(struct vp_entry_buffer *buffer);

/* Makes the buffer larger; what was in it is gone. Returns 0 or ENOMEM. */
VP_CHECKED int vp_entry_enlarge(struct vp_entry_buffer *buffer);

/* Fills all that passwd knows; longer texts are cut. The password is yet to be read. */
void vp_entry_read_passwd(struct vp_account *account, const struct passwd *entry);

/* Fills password and hash from the field that holds the hash: pw_passwd or sp_pwdp. */
void vp_entry_read_hash(struct vp_account *account, const char *field);

/* Fills all that shadow knows; days below 0 are empty fields. */
void vp_entry_read_shadow(struct vp_account *account, const char *hash, long changed_on,
                          long expires_on);

#endif
