/*
 * What the files of vpolicy-breached(8) share. They make a list of breached passwords
 * (lib/filter.h): input.c reads what people have, spool.c sorts it on the disk, list.c writes the
 * list and verifies it.
 */
#ifndef VP_BREACHED_BREACHED_H
#define VP_BREACHED_BREACHED_H

#include "../lib/breached.h"

#include <stdio.h>

/* Says an error on standard error; returns -1. */
int breached_complain(const char *format, ...) VP_PRINTF(1, 2);
int breached_complain_error(const struct vp_error *error);

/* "SHA-1" or "NTLM". */
const char *breached_hash_name(enum vp_filter_hash hash);

/* ---- spool.c: many hashes, in order and each once, in little memory -------------------------- */

struct spool;

/*
 * A file without a name in the directory of `path`, eight bytes a hash, and buffers of 32 MiB.
 * NULL after an error message. spool_close takes NULL too.
 */
struct spool *spool_open(const char *path);
void spool_close(struct spool *spool);

/* 0, or -1 after an error message. */
VP_CHECKED int spool_add(struct spool *spool, uint64_t hash);

/* Sorts, once all are added: says how many different ones there are. 0, or -1 after a message. */
VP_CHECKED int spool_sort(struct spool *spool, uint64_t *count_out);

/* Gives all of them in order. visit: 0, or -1 to stop. */
VP_CHECKED int spool_visit(struct spool *spool, int visit(void *context, uint64_t hash),
                           void *context);

/* ---- input.c: what people have --------------------------------------------------------------- */

enum input_format { INPUT_GUESS, INPUT_SHA1, INPUT_NTLM, INPUT_PLAIN };

/* All inputs of one list. */
struct input {
    const struct vp_breached *hashes; /* the hash functions */
    struct spool *spool;
    enum input_format format;
    enum vp_filter_hash hash; /* of the list; 0 as long as nothing has decided it */
    uint64_t lines, passed_over;
    uint64_t done, total; /* bytes, for the progress bar; total 0 = not known */
};

/* Reads a file, or standard input where path is "-". 0, or -1 after an error message. */
VP_CHECKED int input_read(struct input *input, const char *path);

/* ---- list.c ---------------------------------------------------------------------------------- */

/*
 * Writes the sorted hashes as a list, which takes the name `path` when all of it is on the disk.
 * 0, or -1 after an error message: then what stood there before is as it was.
 */
VP_CHECKED int list_write(const struct vp_breached *hashes, struct spool *spool, uint64_t count,
                          enum vp_filter_hash hash, const char *path);

/* Reads all of a list and verifies it. 0, or -1 after an error message. */
VP_CHECKED int list_check(const char *path);

#endif
