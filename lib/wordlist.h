/*
 * Words as a graph of letters (a DAWG): built at compile time by build-aux/words.c out of
 * conf/words, read only, without work at start-up. Pure.
 */
#ifndef VP_LIB_WORDLIST_H
#define VP_LIB_WORDLIST_H

#include "../pam_vpolicy.h"

/*
 * A place in the graph: bits 0 to 25 say which letters lead on, bit 26 that a word ends here, and
 * bits 32 to 63 where the first of those letters' places stands; the others follow it in order.
 */
typedef uint64_t vp_wordlist_place;

#define VP_WORDLIST_END ((uint64_t)1 << 26)

struct vp_wordlist {
    const vp_wordlist_place *places;
    vp_wordlist_place root;
};

/* The built-in one. */
extern const struct vp_wordlist vp_wordlist_builtin;

/* Which letters lead on, the lowest bit for 'a'. */
static inline uint32_t vp_wordlist_letters(vp_wordlist_place place)
{
    return (uint32_t)(place & 0x3ffffff);
}

/* Whether a letter ('a' to 'z') leads on, and where to. */
static inline bool vp_wordlist_step(const struct vp_wordlist *list, vp_wordlist_place place,
                                    uint32_t letter, vp_wordlist_place *place_out)
{
    uint32_t mask = vp_wordlist_letters(place), bit = (uint32_t)1 << (letter - 'a');

    if (!(mask & bit))
        return false;
    *place_out = list->places[(place >> 32) + (unsigned)__builtin_popcount(mask & (bit - 1))];
    return true;
}

static inline bool vp_wordlist_ends(vp_wordlist_place place)
{
    return (place & VP_WORDLIST_END) != 0;
}

#endif
