/* Writes a list, and verifies one. */
#include "../cmd/command.h"
#include "../lib/error.h"
#include "breached.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A list that is being written: the block that is being filled. */
struct writing {
    const struct vp_breached *hashes;
    enum vp_filter_hash hash;
    uint64_t blocks, block;
    uint64_t rests[VP_FILTER_MAX];
    size_t count;
    const char *path;
    FILE *file;
};

static int write_block(struct writing *writing)
{
    unsigned char block[VP_FILTER_BLOCK];

    vp_filter_fill(writing->hash, writing->rests, writing->count, block);
    vp_breached_seal(writing->hashes, writing->block, writing->blocks, block);
    writing->block++;
    writing->count = 0;
    return fwrite(block, sizeof block, 1, writing->file) == 1
               ? 0
               : breached_complain("%s: cannot be written: %s", writing->path, strerror(errno));
}

static int write_hash(void *context, uint64_t hash)
{
    struct writing *writing = context;
    struct vp_filter_place place = vp_filter_place(hash, writing->blocks);

    while (writing->block < place.block)
        if (write_block(writing) != 0)
            return -1;
    if (writing->count == VP_FILTER_MAX)
        return breached_complain("%s: too many of the hashes lie close together: they are none",
                                 writing->path);
    /* Two hashes of one rest would be one entry; with 64 bits that does not happen. */
    writing->rests[writing->count++] = place.rest;
    return 0;
}

/* All blocks, and all of it on the disk. */
static int write_all(struct writing *writing, struct spool *spool)
{
    int result = spool_visit(spool, write_hash, writing);

    while (result == 0 && writing->block < writing->blocks)
        result = write_block(writing);
    if (result == 0 && (fflush(writing->file) != 0 || fchmod(fileno(writing->file), 0644) != 0 ||
                        fsync(fileno(writing->file)) != 0))
        result = breached_complain("%s: cannot be written: %s", writing->path, strerror(errno));
    return result;
}

/* ---- a file that is not done, and whoever stops us ------------------------------------------- */

static const int stoppers[] = {SIGINT, SIGTERM, SIGHUP};
static const char *unfinished;

static void stop(int number)
{
    (void)unlink(unfinished);
    /* The usual action has been put back: it comes when this function returns. */
    (void)raise(number);
}

/* From here on nothing is left behind by those who stop us; what is ignored (nohup) stays so. */
static void watch(void)
{
    for (size_t i = 0; i < sizeof stoppers / sizeof stoppers[0]; i++) {
        struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND}, before;

        if (sigaction(stoppers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            (void)sigaction(stoppers[i], &action, NULL);
    }
}

static void unwatch(void)
{
    for (size_t i = 0; i < sizeof stoppers / sizeof stoppers[0]; i++) {
        struct sigaction action = {.sa_handler = SIG_DFL}, before;

        if (sigaction(stoppers[i], NULL, &before) == 0 && before.sa_handler == stop)
            (void)sigaction(stoppers[i], &action, NULL);
    }
}

/* As mkostemp(3), and watched. */
static int make_unfinished(char *name)
{
    sigset_t all, before;
    int file, errnum;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    file = mkostemp(name, O_CLOEXEC);
    errnum = errno;
    if (file >= 0) {
        unfinished = name;
        watch();
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = errnum;
    return file;
}

int list_write(const struct vp_breached *hashes, struct spool *spool, uint64_t count,
               enum vp_filter_hash hash, const char *path)
{
    struct writing writing = {.hashes = hashes, .hash = hash, .path = path};
    char *new = NULL;
    int file = -1, result = -1;

    writing.blocks = count == 0 ? 1 : (count + VP_FILTER_LOAD - 1) / VP_FILTER_LOAD;
    if (asprintf(&new, "%s.XXXXXX", path) < 0)
        return breached_complain("no memory");
    file = make_unfinished(new);
    writing.file = file < 0 ? NULL : fdopen(file, "w");
    if (writing.file == NULL)
        (void)breached_complain("%s: cannot be made: %s", new, strerror(errno));
    else
        result = write_all(&writing, spool);
    if (writing.file != NULL)
        fclose(writing.file);
    if (result == 0 && rename(new, path) != 0)
        result = breached_complain("%s: cannot be replaced: %s", path, strerror(errno));
    if (result != 0 && file >= 0)
        (void)unlink(new);
    unwatch();
    free(new);
    return result;
}

/* 0, or -1 after an error message. */
static int check_blocks(const struct vp_breached *list, enum vp_filter_hash *hash_out,
                        uint64_t *entries_out)
{
    unsigned char block[VP_FILTER_BLOCK];
    enum vp_filter_hash hash;
    struct vp_error error;
    size_t count;

    for (uint64_t i = 0; i < list->blocks; i++) {
        if (vp_breached_read(list, i, block, &error) != 0)
            return breached_complain_error(&error);
        (void)vp_filter_read(block, &hash, &count);
        if (i > 0 && hash != *hash_out)
            return breached_complain("%s: has blocks of two kinds", list->path);
        *hash_out = hash;
        *entries_out += count;
        cmd_progress((size_t)i + 1, (size_t)list->blocks);
    }
    return 0;
}

int list_check(const char *path)
{
    struct vp_breached list;
    struct vp_error error;
    enum vp_filter_hash hash = VP_FILTER_SHA1;
    uint64_t entries = 0;
    int result = vp_breached_open(path, &list, &error) == 0 ? check_blocks(&list, &hash, &entries)
                                                            : breached_complain_error(&error);

    if (result == 0)
        printf("%s: sound: %llu passwords by their %s hashes, %llu blocks\n", path,
               (unsigned long long)entries, breached_hash_name(hash),
               (unsigned long long)list.blocks);
    vp_breached_close(&list);
    return result;
}
