/*
 * A list of breached passwords as it lies on the disk: which hashes stand in it, but for one in a
 * million others that seem to. Pure.
 *
 * The file is a row of blocks of 1,024 bytes, and nothing else; numbers are little-endian. A hash
 * is 64 bits, evenly spread. Its block is the high half of the product of hash and number of
 * blocks, so that it is found without an index; the low half, "rest", is looked for in there:
 *
 *   bytes 0 to 2    "vpb"
 *   byte 3          of which hash: '1' the last 8 bytes of SHA-1 of the password, '4' those of MD4
 *                   of the password in UTF-16LE, which is the NTLM hash; read as big-endian
 *   bytes 4, 5      number of entries, n
 *   bytes 6, 7      0
 *   bytes 8 to 15   a checksum over the block, its place, and the number of blocks (breached.h)
 *   then bits, the lowest of a byte first: 2n bits that say how many entries each of n slots has
 *   (so many ones, then a zero), and n entries of w bits in order, w = (8064 - 2n) / n, 32 at most.
 *
 * rest * n has the slot in its high half, and the entry in the first w bits of its low half. As
 * many bits are kept as there is room for: whatever the spread, the space is used up, and a block
 * is never too full. The last bytes of the hash, because people cut lists that are sorted by the
 * first ones. (Refused: Bloom filters, which read a page for each of 20 bits; a sorted index, which
 * takes 4 bytes and two reads.)
 */
#ifndef VP_LIB_FILTER_H
#define VP_LIB_FILTER_H

#include "../pam_vpolicy.h"

#define VP_FILTER_BLOCK  1024
#define VP_FILTER_HEADER 16 /* bytes of a block before the entries */
/* Entries a block on average: 2.95 bytes each, and 8 others in ten million seem to be there. */
#define VP_FILTER_LOAD 347
/* With more entries than that a block would keep less than 8 bits of each. */
#define VP_FILTER_MAX 800

enum vp_filter_hash { VP_FILTER_SHA1 = '1', VP_FILTER_NTLM = '4' };

/* Where a hash belongs. */
struct vp_filter_place {
    uint64_t block, rest;
};

struct vp_filter_place vp_filter_place(uint64_t hash, uint64_t blocks);

/*
 * Fills a block with the rests of 0 to VP_FILTER_MAX hashes, in order and each once. The checksum
 * is left 0.
 */
void vp_filter_fill(enum vp_filter_hash hash, const uint64_t *rests, size_t count,
                    unsigned char block_out[VP_FILTER_BLOCK]);

/* Whether a block has been filled as above: of which hash, with how many entries. */
bool vp_filter_read(const unsigned char block[VP_FILTER_BLOCK], enum vp_filter_hash *hash_out,
                    size_t *count_out);

/* Whether a hash stands in its block, which vp_filter_read takes for one. */
bool vp_filter_holds(const unsigned char block[VP_FILTER_BLOCK], uint64_t rest);

/* The number in the 8 bytes there. */
uint64_t vp_filter_number(const unsigned char bytes[8]);
void vp_filter_put_number(uint64_t number, unsigned char bytes_out[8]);

#endif
