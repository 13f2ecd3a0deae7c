/*
 * The list of breached passwords, made by vpolicy-breached(8). A room: it owns the list's file, and
 * libmd, whose hash functions the file is made with; both are opened when a password is changed and
 * not before.
 */
#ifndef VP_LIB_BREACHED_H
#define VP_LIB_BREACHED_H

#include "../pam_vpolicy.h"
#include "filter.h"

/* A list that is open; or the hash functions alone (file -1). */
struct vp_breached {
    void *library;
    void (*sha1_init)(void *);
    void (*sha1_update)(void *, const uint8_t *, size_t);
    void (*sha1_final)(uint8_t *, void *);
    void (*md4_init)(void *);
    void (*md4_update)(void *, const uint8_t *, size_t);
    void (*md4_final)(uint8_t *, void *);
    int file;
    uint64_t blocks;
    const char *path; /* lent */
};

/* Loads the hash functions. Returns 0, or -1 (error filled). vp_breached_close in any case. */
VP_CHECKED int vp_breached_load(struct vp_breached *list_out, struct vp_error *error_out);

/*
 * Loads them and opens a list. It must be a regular file that belongs to root or to whom the
 * process acts as, and that nobody else can write. Reads nothing. Returns 0, or -1 (error filled).
 * path must live until vp_breached_close, which comes in any case.
 */
VP_CHECKED int vp_breached_open(const char *path, struct vp_breached *list_out,
                                struct vp_error *error_out);
void vp_breached_close(struct vp_breached *list);

/*
 * Whether a password of `length` bytes stands in the list: 1, 0, or -1 where the list is damaged,
 * cut, or none (error filled; it can be logged). One pread(2) for a list of SHA-1 hashes, two for
 * one of NTLM's.
 */
VP_CHECKED int vp_breached_holds(const struct vp_breached *list, const char *password,
                                 size_t length, struct vp_error *error_out);

/* Reads a block and verifies it. Returns 0, or -1 (error filled; it says which block). */
VP_CHECKED int vp_breached_read(const struct vp_breached *list, uint64_t index,
                                unsigned char block_out[VP_FILTER_BLOCK],
                                struct vp_error *error_out);

/*
 * A password's hash as the list keeps it. Returns 0, or -1 where it has none: it is not UTF-8, and
 * NTLM hashes characters; or it is longer than any password can be.
 */
VP_CHECKED int vp_breached_hash(const struct vp_breached *list, enum vp_filter_hash hash,
                                const char *password, size_t length, uint64_t *hash_out);

/* Writes the checksum of a block that stands at `index` of `blocks` into it. */
void vp_breached_seal(const struct vp_breached *list, uint64_t index, uint64_t blocks,
                      unsigned char block[VP_FILTER_BLOCK]);

#endif
