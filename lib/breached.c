#include "breached.h"
#include "error.h"
#include "secret.h"
#include "text.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <md4.h>
#include <sha1.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef VP_LIBMD_SONAME
#define VP_LIBMD_SONAME "libmd.so.0"
#endif

/* The last 8 bytes of a hash of `size` bytes, as a number. */
static uint64_t last_bytes(const unsigned char *digest, size_t size)
{
    uint64_t number = 0;

    for (size_t i = size - 8; i < size; i++)
        number = number << 8 | digest[i];
    return number;
}

/* POSIX has dlsym return an object pointer; this is its own way to make it a function's. */
static bool find(void *library, const char *name, void *function_out)
{
    void *symbol = dlsym(library, name);

    memcpy(function_out, &symbol, sizeof symbol);
    return symbol != NULL;
}

int vp_breached_load(struct vp_breached *list_out, struct vp_error *error_out)
{
    *list_out = (struct vp_breached){.file = -1};
    list_out->library = dlopen(VP_LIBMD_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (list_out->library == NULL)
        return vp_error_set(error_out, VP_LIBMD_SONAME, 0, 0,
                            "cannot be loaded, and lists of breached passwords need it (install "
                            "libmd)");
    if (find(list_out->library, "SHA1Init", &list_out->sha1_init) &&
        find(list_out->library, "SHA1Update", &list_out->sha1_update) &&
        find(list_out->library, "SHA1Final", &list_out->sha1_final) &&
        find(list_out->library, "MD4Init", &list_out->md4_init) &&
        find(list_out->library, "MD4Update", &list_out->md4_update) &&
        find(list_out->library, "MD4Final", &list_out->md4_final))
        return 0;
    return vp_error_set(error_out, VP_LIBMD_SONAME, 0, 0, "is not the library it should be");
}

/* What is wrong with a list, or NULL: whoever can write it decides which passwords are taken. */
static const char *distrust(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "is not a regular file";
    if (status->st_uid != 0 && status->st_uid != geteuid())
        return "belongs to somebody else (it must belong to root)";
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "can be written by others than its owner (chmod go-w)";
    if (status->st_size == 0 || status->st_size % VP_FILTER_BLOCK != 0)
        return "is cut, or no list of breached passwords (vpolicy-breached makes them)";
    return NULL;
}

int vp_breached_open(const char *path, struct vp_breached *list_out, struct vp_error *error_out)
{
    const char *wrong;
    struct stat status;

    if (vp_breached_load(list_out, error_out) != 0)
        return -1;
    list_out->path = path;
    /* Not waiting: a FIFO must not hold up a change of password. */
    list_out->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (list_out->file < 0 || fstat(list_out->file, &status) != 0)
        return vp_error_set(error_out, path, 0, errno, "cannot be opened");
    wrong = distrust(&status);
    if (wrong != NULL)
        return vp_error_set(error_out, path, 0, 0, "%s", wrong);
    list_out->blocks = (uint64_t)status.st_size / VP_FILTER_BLOCK;
    return 0;
}

void vp_breached_close(struct vp_breached *list)
{
    if (list->file >= 0)
        close(list->file);
    if (list->library != NULL)
        dlclose(list->library);
    *list = (struct vp_breached){.file = -1};
}

/* ---- hashes ---------------------------------------------------------------------------------- */

/*
 * libmd leaves the blocks that it was given on the stack. Whoever hashes a secret does the same
 * with as many zeros afterwards, which come to lie in the same place.
 */
static const unsigned char zeros[VP_PASSWORD_SIZE * 4];

static void hash_sha1(const struct vp_breached *list, const void *bytes, size_t length,
                      uint64_t *hash_out)
{
    unsigned char digest[SHA1_DIGEST_LENGTH];
    SHA1_CTX context;

    list->sha1_init(&context);
    list->sha1_update(&context, bytes, length);
    list->sha1_final(digest, &context);
    *hash_out = last_bytes(digest, sizeof digest);
    vp_secret_wipe(&context, sizeof context);
    vp_secret_wipe(digest, sizeof digest);
}

/* UTF-16LE, with two units for what lies beyond U+FFFF. Returns the number of bytes. */
static size_t widen(const uint32_t *points, size_t count, unsigned char *bytes)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t beyond = points[i] - 0x10000;
        uint32_t units[2] = {points[i], 0};
        size_t unit_count = points[i] < 0x10000 ? 1 : 2;

        if (unit_count == 2) {
            units[0] = 0xd800 + (beyond >> 10);
            units[1] = 0xdc00 + (beyond & 0x3ff);
        }
        for (size_t j = 0; j < unit_count; j++) {
            bytes[length++] = (unsigned char)units[j];
            bytes[length++] = (unsigned char)(units[j] >> 8);
        }
    }
    return length;
}

static void hash_md4(const struct vp_breached *list, const void *bytes, size_t length,
                     uint64_t *hash_out)
{
    unsigned char digest[MD4_DIGEST_LENGTH];
    MD4_CTX context;

    list->md4_init(&context);
    list->md4_update(&context, bytes, length);
    list->md4_final(digest, &context);
    *hash_out = last_bytes(digest, sizeof digest);
    vp_secret_wipe(&context, sizeof context);
    vp_secret_wipe(digest, sizeof digest);
}

/* [MS-NLMP], 3.3.1: NTOWFv1 is MD4 of the password in UTF-16LE. */
static int hash_ntlm(const struct vp_breached *list, const char *password, size_t length,
                     uint64_t *hash_out)
{
    uint32_t points[VP_PASSWORD_SIZE];
    unsigned char wide[VP_PASSWORD_SIZE * 4];
    size_t count = 0, wide_length;
    uint64_t of_zeros;
    int result = vp_text_decode(password, length, points, &count);

    if (result == 0) {
        wide_length = widen(points, count, wide);
        hash_md4(list, wide, wide_length, hash_out);
        hash_md4(list, zeros, wide_length, &of_zeros);
    }
    vp_secret_wipe(points, sizeof points);
    vp_secret_wipe(wide, sizeof wide);
    return result;
}

int vp_breached_hash(const struct vp_breached *list, enum vp_filter_hash hash, const char *password,
                     size_t length, uint64_t *hash_out)
{
    uint64_t of_zeros;

    if (length > VP_PASSWORD_SIZE)
        return -1;
    if (hash == VP_FILTER_NTLM)
        return hash_ntlm(list, password, length, hash_out);
    hash_sha1(list, password, length, hash_out);
    hash_sha1(list, zeros, length, &of_zeros);
    return 0;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* Place and number of blocks are in it, so that a list which was cut or put together is told. */
static uint64_t sum_of(const struct vp_breached *list, uint64_t index, uint64_t blocks,
                       const unsigned char block[VP_FILTER_BLOCK])
{
    unsigned char bytes[16 + VP_FILTER_BLOCK];
    uint64_t sum;

    vp_filter_put_number(index, bytes);
    vp_filter_put_number(blocks, bytes + 8);
    memcpy(bytes + 16, block, VP_FILTER_BLOCK);
    memset(bytes + 16 + 8, 0, 8);
    hash_sha1(list, bytes, sizeof bytes, &sum);
    /* Which block is asked says a part of a password's hash. */
    vp_secret_wipe(bytes, sizeof bytes);
    return sum;
}

void vp_breached_seal(const struct vp_breached *list, uint64_t index, uint64_t blocks,
                      unsigned char block[VP_FILTER_BLOCK])
{
    vp_filter_put_number(sum_of(list, index, blocks, block), block + 8);
}

/* The error does not say which block: that is a part of a password's hash. */
static int read_block(const struct vp_breached *list, uint64_t index,
                      unsigned char block_out[VP_FILTER_BLOCK], bool *damaged_out,
                      struct vp_error *error_out)
{
    off_t at = (off_t)(index * VP_FILTER_BLOCK);
    ssize_t length = pread(list->file, block_out, VP_FILTER_BLOCK, at);
    enum vp_filter_hash hash;
    size_t count;

    *damaged_out = false;
    if (length < 0)
        return vp_error_set(error_out, list->path, 0, errno, "cannot be read");
    if (length != VP_FILTER_BLOCK)
        return vp_error_set(error_out, list->path, 0, 0, "has become shorter");
    if (!vp_filter_read(block_out, &hash, &count))
        return vp_error_set(error_out, list->path, 0, 0,
                            "is no list of breached passwords (vpolicy-breached makes them)");
    *damaged_out = vp_filter_number(block_out + 8) != sum_of(list, index, list->blocks, block_out);
    if (*damaged_out)
        return vp_error_set(error_out, list->path, 0, 0, "is damaged or cut (make it anew)");
    return 0;
}

int vp_breached_read(const struct vp_breached *list, uint64_t index,
                     unsigned char block_out[VP_FILTER_BLOCK], struct vp_error *error_out)
{
    bool damaged;
    int result = read_block(list, index, block_out, &damaged, error_out);

    if (damaged)
        (void)vp_error_set(error_out, list->path, 0, 0,
                           "is damaged or cut: block %llu of %llu (make it anew)",
                           (unsigned long long)index + 1, (unsigned long long)list->blocks);
    return result;
}

/* Reads the block that the password would stand in if the list were of this hash. */
static int look_up(const struct vp_breached *list, enum vp_filter_hash hash, const char *password,
                   size_t length, enum vp_filter_hash *list_hash_out, struct vp_error *error_out)
{
    unsigned char block[VP_FILTER_BLOCK];
    struct vp_filter_place place;
    uint64_t number;
    size_t count;
    bool damaged;
    int result = 0;

    *list_hash_out = hash;
    if (vp_breached_hash(list, hash, password, length, &number) != 0)
        return 0;
    place = vp_filter_place(number, list->blocks);
    if (read_block(list, place.block, block, &damaged, error_out) != 0)
        result = -1;
    else if (vp_filter_read(block, list_hash_out, &count) && *list_hash_out == hash)
        result = vp_filter_holds(block, place.rest);
    vp_secret_wipe(&number, sizeof number);
    vp_secret_wipe(&place, sizeof place);
    vp_secret_wipe(block, sizeof block);
    return result;
}

/* Each block says of which hash it is: the usual one is tried first, and needs no second look. */
int vp_breached_holds(const struct vp_breached *list, const char *password, size_t length,
                      struct vp_error *error_out)
{
    enum vp_filter_hash hash;
    int result = look_up(list, VP_FILTER_SHA1, password, length, &hash, error_out);

    if (result == 0 && hash != VP_FILTER_SHA1)
        result = look_up(list, VP_FILTER_NTLM, password, length, &hash, error_out);
    return result;
}
