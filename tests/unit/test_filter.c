/* lib/filter.c: blocks of a list of breached passwords. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/filter.h"

static uint64_t next_number(uint64_t *state)
{
    /* SplitMix64 (Steele 2014): any spread would do. */
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return (a > b) - (a < b);
}

static const struct {
    size_t count;
    unsigned most; /* strangers of 100,000 that may seem to be there: thrice what width says */
    const char *why;
} fills[] = {
    {0, 0, "an empty block holds nobody"},
    {1, 0, "one entry"},
    {2, 0, "two"},
    {31, 0, "fewer than a word of bits"},
    {32, 0, "just one"},
    {33, 0, "one more"},
    {100, 0, "few: 32 bits of each"},
    {346, 3, "as usual"},
    {347, 3, "the average"},
    {450, 40, "crowded: fewer bits, and no overflow"},
    {VP_FILTER_MAX, 1200, "as full as can be: 8 bits"},
};

START_TEST(a_block_holds_what_was_put_in_and_hardly_anything_else)
{
    uint64_t rests[VP_FILTER_MAX], state = 7;
    unsigned char block[VP_FILTER_BLOCK];
    enum vp_filter_hash hash;
    size_t count;
    unsigned strangers = 0;

    for (size_t i = 0; i < fills[_i].count; i++)
        rests[i] = i == 0 ? 0 : i == 1 ? UINT64_MAX : next_number(&state);
    qsort(rests, fills[_i].count, sizeof *rests, compare);
    vp_filter_fill(VP_FILTER_NTLM, rests, fills[_i].count, block);
    ck_assert(vp_filter_read(block, &hash, &count));
    ck_assert(hash == VP_FILTER_NTLM && count == fills[_i].count);
    for (size_t i = 0; i < fills[_i].count; i++)
        ck_assert_msg(vp_filter_holds(block, rests[i]), "%s: entry %zu", fills[_i].why, i);
    for (int i = 0; i < 100000; i++)
        strangers += vp_filter_holds(block, next_number(&state));
    ck_assert_msg(strangers <= fills[_i].most, "%s: %u", fills[_i].why, strangers);
}
END_TEST

START_TEST(entries_of_one_slot_are_all_found)
{
    uint64_t rests[64];
    unsigned char block[VP_FILTER_BLOCK];

    /* All within one 64th of the space: 63 slots are empty, one has all. */
    for (size_t slot = 0; slot < 64; slot += 21) {
        for (size_t i = 0; i < 64; i++)
            rests[i] = ((uint64_t)slot << 58) + ((uint64_t)i << 40);
        vp_filter_fill(VP_FILTER_SHA1, rests, 64, block);
        for (size_t i = 0; i < 64; i++)
            ck_assert_msg(vp_filter_holds(block, rests[i]), "slot %zu, entry %zu", slot, i);
        ck_assert(!vp_filter_holds(block, ((uint64_t)slot << 58) + ((uint64_t)65 << 40)));
        ck_assert(!vp_filter_holds(block, rests[0] ^ (uint64_t)1 << 63));
    }
}
END_TEST

static const struct {
    size_t at;
    unsigned char byte;
    const char *why;
} foreign[] = {
    {0, 'V', "another beginning"},
    {1, 'q', "and"},
    {2, 0, "and"},
    {3, '2', "a hash that nobody knows"},
    {5, 4, "more entries than fit in"},
};

START_TEST(what_is_no_block_holds_nobody)
{
    uint64_t rests[3] = {1, 2, 3};
    unsigned char block[VP_FILTER_BLOCK];
    enum vp_filter_hash hash;
    size_t count;

    vp_filter_fill(VP_FILTER_SHA1, rests, 3, block);
    block[foreign[_i].at] = foreign[_i].byte;
    ck_assert_msg(!vp_filter_read(block, &hash, &count), "%s", foreign[_i].why);
    ck_assert_msg(!vp_filter_holds(block, 2), "%s", foreign[_i].why);
}
END_TEST

/* Whatever bytes stand behind a right beginning, nothing outside the block is read (ASan). */
START_TEST(a_damaged_block_is_read_to_its_end_and_no_farther)
{
    uint64_t state = 11;
    unsigned char *block = malloc(VP_FILTER_BLOCK);

    ck_assert_ptr_nonnull(block);
    for (int i = 0; i < 20000; i++) {
        uint64_t fill = next_number(&state);

        for (size_t j = 0; j < VP_FILTER_BLOCK; j++)
            block[j] = i % 3 == 0 ? 0xff : i % 3 == 1 ? 0 : (unsigned char)next_number(&state);
        memcpy(block, "vpb1", 4);
        block[4] = (unsigned char)fill;
        block[5] = (unsigned char)(fill >> 8) & 3;
        (void)vp_filter_holds(block, next_number(&state));
        (void)vp_filter_holds(block, UINT64_MAX);
    }
    free(block);
}
END_TEST

static const struct {
    uint64_t hash, blocks, block, rest;
} places[] = {
    {0, 1, 0, 0},
    {UINT64_MAX, 1, 0, UINT64_MAX},
    {UINT64_MAX, 1000, 999, (uint64_t)0 - 1000},
    {(uint64_t)1 << 63, 1000, 500, 0},
    {((uint64_t)1 << 63) - 1, 1000, 499, (uint64_t)0 - 1000},
};

START_TEST(a_hash_has_its_place_by_its_size)
{
    struct vp_filter_place place = vp_filter_place(places[_i].hash, places[_i].blocks);

    ck_assert_uint_eq(place.block, places[_i].block);
    ck_assert_uint_eq(place.rest, places[_i].rest);
}
END_TEST

Suite *suite_filter(void)
{
    Suite *suite = suite_create("filter");
    TCase *tcase = tcase_create("filter");

    ADD_ROWS(tcase, a_block_holds_what_was_put_in_and_hardly_anything_else, fills);
    tcase_add_test(tcase, entries_of_one_slot_are_all_found);
    ADD_ROWS(tcase, what_is_no_block_holds_nobody, foreign);
    tcase_add_test(tcase, a_damaged_block_is_read_to_its_end_and_no_farther);
    ADD_ROWS(tcase, a_hash_has_its_place_by_its_size, places);
    suite_add_tcase(suite, tcase);
    return suite;
}
