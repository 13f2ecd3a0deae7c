/*
 * An external sort by parts: the first bits of a hash say which part it belongs to, a part is
 * gathered in chunks all over one file, and is small enough to be sorted in memory.
 */
#include "breached.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PART_BITS 10
#define PARTS     ((size_t)1 << PART_BITS)
#define CHUNK     ((size_t)4096) /* hashes */

struct part {
    uint64_t *chunks; /* their numbers in the file */
    size_t chunk_count, room;
    size_t buffered; /* in the part's buffer */
    size_t count;    /* after sorting: how many different ones, in the first chunks */
};

struct spool {
    int file;
    uint64_t chunk_count;
    struct part parts[PARTS];
    uint64_t (*buffers)[CHUNK];
    uint64_t *sorting; /* room for the largest part */
    size_t sorting_room;
};

/* O_TMPFILE leaves nothing behind, whatever ends us; where it is not to be had, nearly nothing. */
static int open_nameless(const char *path)
{
    char *copy = strdup(path), *name = NULL;
    int file = -1;

    if (copy == NULL)
        return -1;
    file = open(dirname(copy), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0 && (errno == EOPNOTSUPP || errno == EISDIR) &&
        asprintf(&name, "%s.XXXXXX", path) > 0) {
        file = mkostemp(name, O_CLOEXEC);
        if (file >= 0)
            (void)unlink(name);
    }
    free(name);
    free(copy);
    return file;
}

struct spool *spool_open(const char *path)
{
    struct spool *spool = calloc(1, sizeof *spool);

    if (spool != NULL)
        spool->buffers = calloc(PARTS, sizeof *spool->buffers);
    if (spool == NULL || spool->buffers == NULL) {
        (void)breached_complain("no memory");
        free(spool);
        return NULL;
    }
    spool->file = open_nameless(path);
    if (spool->file < 0) {
        (void)breached_complain("%s: nothing can be written beside it: %s", path, strerror(errno));
        spool_close(spool);
        return NULL;
    }
    return spool;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->file >= 0)
        close(spool->file);
    for (size_t i = 0; i < PARTS; i++)
        free(spool->parts[i].chunks);
    free(spool->buffers);
    free(spool->sorting);
    free(spool);
}

static int compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return (a > b) - (a < b);
}

/* Sorts hashes, and puts the different ones first: how many. */
static size_t sort(uint64_t *hashes, size_t count)
{
    size_t kept = 0;

    qsort(hashes, count, sizeof *hashes, compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || hashes[i] != hashes[kept - 1])
            hashes[kept++] = hashes[i];
    return kept;
}

/* Writes or reads so many hashes at a chunk. 0, or -1 after an error message. */
static int move(const struct spool *spool, bool writing, uint64_t chunk, uint64_t *hashes,
                size_t count)
{
    off_t at = (off_t)(chunk * CHUNK * sizeof *hashes);
    char *bytes = (char *)hashes;
    size_t left = count * sizeof *hashes;

    while (left > 0) {
        ssize_t moved =
            writing ? pwrite(spool->file, bytes, left, at) : pread(spool->file, bytes, left, at);

        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return breached_complain("the file for sorting: %s",
                                     moved == 0 ? "has become shorter" : strerror(errno));
        bytes += moved;
        at += moved;
        left -= (size_t)moved;
    }
    return 0;
}

static int flush(struct spool *spool, size_t number)
{
    struct part *part = &spool->parts[number];
    uint64_t *moved;

    if (part->chunk_count == part->room) {
        moved = reallocarray(part->chunks, part->room * 2 + 4, sizeof *part->chunks);
        if (moved == NULL)
            return breached_complain("no memory");
        part->chunks = moved;
        part->room = part->room * 2 + 4;
    }
    part->chunks[part->chunk_count++] = spool->chunk_count;
    part->count += part->buffered;
    if (move(spool, true, spool->chunk_count++, spool->buffers[number], part->buffered) != 0)
        return -1;
    part->buffered = 0;
    return 0;
}

int spool_add(struct spool *spool, uint64_t hash)
{
    size_t number = hash >> (64 - PART_BITS);
    struct part *part = &spool->parts[number];
    size_t kept;

    spool->buffers[number][part->buffered++] = hash;
    if (part->buffered < CHUNK)
        return 0;
    /*
     * What comes again and again would make one part of the file too large for the memory. Chunks
     * stay full, because all but the last have to be: what is behind the different ones is some of
     * them again.
     */
    kept = sort(spool->buffers[number], CHUNK);
    if (kept > CHUNK / 2)
        return flush(spool, number);
    part->buffered = kept;
    return 0;
}

/* ---- sorting --------------------------------------------------------------------------------- */

/* All chunks of a part but the last one are full. */
static int move_part(struct spool *spool, bool writing, const struct part *part)
{
    int result = 0;

    for (size_t i = 0; i * CHUNK < part->count && result == 0; i++) {
        size_t left = part->count - i * CHUNK;

        result = move(spool, writing, part->chunks[i], spool->sorting + i * CHUNK,
                      left < CHUNK ? left : CHUNK);
    }
    return result;
}

static int sort_part(struct spool *spool, size_t number)
{
    struct part *part = &spool->parts[number];

    if (part->count == 0)
        return 0;
    if (move_part(spool, false, part) != 0)
        return -1;
    part->count = sort(spool->sorting, part->count);
    return move_part(spool, true, part);
}

int spool_sort(struct spool *spool, uint64_t *count_out)
{
    *count_out = 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (spool->parts[i].buffered > 0 && flush(spool, i) != 0)
            return -1;
        if (spool->parts[i].count > spool->sorting_room)
            spool->sorting_room = spool->parts[i].count;
    }
    free(spool->buffers);
    spool->buffers = NULL;
    spool->sorting = calloc(spool->sorting_room + 1, sizeof *spool->sorting);
    if (spool->sorting == NULL)
        return breached_complain("no memory");
    for (size_t i = 0; i < PARTS; i++) {
        if (sort_part(spool, i) != 0)
            return -1;
        *count_out += spool->parts[i].count;
    }
    return 0;
}

int spool_visit(struct spool *spool, int visit(void *context, uint64_t hash), void *context)
{
    int result = 0;

    for (size_t i = 0; i < PARTS && result == 0; i++) {
        result = move_part(spool, false, &spool->parts[i]);
        for (size_t j = 0; j < spool->parts[i].count && result == 0; j++)
            result = visit(context, spool->sorting[j]);
    }
    return result;
}
