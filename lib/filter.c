#include "filter.h"

#include <string.h>

#define BITS      ((size_t)(VP_FILTER_BLOCK - VP_FILTER_HEADER) * 8)
#define WIDTH_MAX 32

uint64_t vp_filter_number(const unsigned char bytes[8])
{
    uint64_t number = 0;

    for (size_t i = 8; i > 0; i--)
        number = number << 8 | bytes[i - 1];
    return number;
}

void vp_filter_put_number(uint64_t number, unsigned char bytes_out[8])
{
    for (size_t i = 0; i < 8; i++)
        bytes_out[i] = (unsigned char)(number >> (8 * i));
}

struct vp_filter_place vp_filter_place(uint64_t hash, uint64_t blocks)
{
    unsigned __int128 product = (unsigned __int128)hash * blocks;

    return (struct vp_filter_place){(uint64_t)(product >> 64), (uint64_t)product};
}

static size_t width_of(size_t count)
{
    size_t width = count == 0 ? WIDTH_MAX : (BITS - 2 * count) / count;

    return width < WIDTH_MAX ? width : WIDTH_MAX;
}

/* ---- bits ------------------------------------------------------------------------------------ */

static void put_bits(unsigned char *bytes, size_t at, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        if (value >> i & 1)
            bytes[(at + i) / 8] |= (unsigned char)(1u << (at + i) % 8);
}

static bool is_set(const unsigned char *bytes, size_t at)
{
    return bytes[at / 8] >> at % 8 & 1;
}

/* width: up to 32. */
static uint64_t get_bits(const unsigned char *bytes, size_t at, size_t width)
{
    uint64_t value = 0;

    for (size_t i = at / 8; i <= (at + width - 1) / 8; i++)
        value |= (uint64_t)bytes[i] << (i - at / 8) * 8;
    return value >> at % 8 & (((uint64_t)1 << width) - 1);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

void vp_filter_fill(enum vp_filter_hash hash, const uint64_t *rests, size_t count,
                    unsigned char block_out[VP_FILTER_BLOCK])
{
    unsigned char *bits = block_out + VP_FILTER_HEADER;
    size_t width = width_of(count);

    memset(block_out, 0, VP_FILTER_BLOCK);
    memcpy(block_out, "vpb", 3);
    block_out[3] = (unsigned char)hash;
    block_out[4] = (unsigned char)count;
    block_out[5] = (unsigned char)(count >> 8);
    for (size_t i = 0; i < count; i++) {
        struct vp_filter_place slot = vp_filter_place(rests[i], count);

        put_bits(bits, slot.block + i, 1, 1);
        put_bits(bits, 2 * count + i * width, slot.rest >> (64 - width), width);
    }
}

bool vp_filter_read(const unsigned char block[VP_FILTER_BLOCK], enum vp_filter_hash *hash_out,
                    size_t *count_out)
{
    *hash_out = (enum vp_filter_hash)block[3];
    *count_out = block[4] | (size_t)block[5] << 8;
    return memcmp(block, "vpb", 3) == 0 &&
           (*hash_out == VP_FILTER_SHA1 || *hash_out == VP_FILTER_NTLM) &&
           *count_out <= VP_FILTER_MAX;
}

/* Where the slot's entries begin among the bits that count them: behind so many zeros. */
static size_t find_slot(const unsigned char *bits, size_t end, size_t slot)
{
    size_t at = 0;

    /* Eight bytes at a time as long as the slot is not among them. */
    while (at + 64 <= end) {
        size_t zeros =
            64 - (size_t)__builtin_popcountll((long long unsigned)vp_filter_number(bits + at / 8));

        /* Behind its last zero a word may hold the beginning of what is looked for. */
        if (zeros >= slot)
            break;
        slot -= zeros;
        at += 64;
    }
    for (; slot > 0 && at < end; at++)
        slot -= !is_set(bits, at);
    return at;
}

bool vp_filter_holds(const unsigned char block[VP_FILTER_BLOCK], uint64_t rest)
{
    const unsigned char *bits = block + VP_FILTER_HEADER;
    enum vp_filter_hash hash;
    size_t count, width;
    struct vp_filter_place slot;

    if (!vp_filter_read(block, &hash, &count) || count == 0)
        return false;
    width = width_of(count);
    slot = vp_filter_place(rest, count);
    /* Before it stand as many zeros as slots; the other bits are entries. */
    for (size_t at = find_slot(bits, 2 * count, slot.block);
         at < 2 * count && is_set(bits, at) && at - slot.block < count; at++)
        if (get_bits(bits, 2 * count + (at - slot.block) * width, width) ==
            slot.rest >> (64 - width))
            return true;
    return false;
}
