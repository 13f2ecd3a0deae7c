/* lib/secret.c: the one way to wipe. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/secret.h"

/* The compiler must take the array for used, as it stands in memory. */
#define KEEP(array) __asm__ volatile("" : : "r"(array) : "memory")

static void leave_it(void *context)
{
    char kept[SECRET_LENGTH + 1];
    char secret[SECRET_LENGTH + 1];

    (void)context;
    secret_write(secret);
    for (size_t i = 0; i < sizeof secret; i++)
        kept[i] = secret[i];
    KEEP(kept);
    vp_secret_wipe(secret, sizeof secret);
}

START_TEST(the_search_finds_a_secret_that_was_left_behind)
{
    /* Without this, every other test for secrets could pass by seeing nothing at all. */
    ck_assert_uint_ge(secret_copies_after(leave_it, NULL), 1);
}
END_TEST

static void leave_points(void *context)
{
    uint32_t kept[SECRET_LENGTH];
    char secret[SECRET_LENGTH + 1];

    (void)context;
    secret_write(secret);
    for (size_t i = 0; i < SECRET_LENGTH; i++)
        kept[i] = (unsigned char)secret[i];
    KEEP(kept);
    vp_secret_wipe(secret, sizeof secret);
}

START_TEST(the_search_finds_a_secret_left_as_code_points)
{
    ck_assert_uint_ge(secret_copies_after(leave_points, NULL), 1);
}
END_TEST

static void wipe_it(void *context)
{
    char secret[SECRET_LENGTH + 1];

    (void)context;
    secret_write(secret);
    vp_secret_wipe(secret, sizeof secret);
}

START_TEST(a_wiped_secret_is_gone_from_the_stack)
{
    ck_assert_uint_eq(secret_copies_after(wipe_it, NULL), 0);
}
END_TEST

/* Behind a long beginning, because malloc writes its own marks over that of a freed block. */
static void free_it(void *context)
{
    char *secret = malloc(800);

    (void)context;
    ck_assert_ptr_nonnull(secret);
    memset(secret, '-', 700);
    secret_write(secret + 700);
    vp_secret_free(secret);
}

START_TEST(a_freed_secret_is_gone_from_the_heap)
{
    ck_assert_uint_eq(secret_copies_after(free_it, NULL), 0);
}
END_TEST

START_TEST(wiping_touches_the_given_bytes_and_no_others)
{
    char buffer[8] = "abcdefg";

    vp_secret_wipe(buffer + 1, 3);
    ck_assert_mem_eq(buffer, "a\0\0\0efg", 8);
    vp_secret_wipe(buffer, 0);
    ck_assert_int_eq(buffer[0], 'a');
}
END_TEST

START_TEST(nothing_can_be_wiped_and_freed_too)
{
    vp_secret_wipe(NULL, 10);
    vp_secret_free(NULL);
}
END_TEST

static const struct {
    const char *one, *other;
    bool equal;
    const char *why;
} comparisons[] = {
    {"$y$j9T$abc$def", "$y$j9T$abc$def", true, "the same"},
    {"", "", true, "nothing is the same as nothing"},
    {"abc", "", false, "one is empty"},
    {"", "abc", false, "the other is empty"},
    {"abc", "abcd", false, "a beginning is not the whole"},
    {"abcd", "abc", false, "nor the other way round"},
    {"abc", "abd", false, "the last byte"},
    {"xbc", "abc", false, "the first byte"},
    {"axc", "abc", false, "the middle"},
    {"ab", "ba", false, "differences must add up, not cancel out"},
    {"\xc3\xa9", "\xc3\xa8", false, "bytes beyond ASCII count"},
    {"a\x80", "a\x81", false, "with the high bit set too"},
};

START_TEST(hashes_are_equal_when_every_byte_is)
{
    ck_assert_msg(vp_secret_equal(comparisons[_i].one, comparisons[_i].other) ==
                      comparisons[_i].equal,
                  "%s", comparisons[_i].why);
}
END_TEST

Suite *suite_secret(void)
{
    Suite *suite = suite_create("secret");
    TCase *tcase = tcase_create("secret");

    if (SEARCHES_MEMORY) {
        tcase_add_test(tcase, the_search_finds_a_secret_that_was_left_behind);
        tcase_add_test(tcase, the_search_finds_a_secret_left_as_code_points);
    }
    tcase_add_test(tcase, a_wiped_secret_is_gone_from_the_stack);
    tcase_add_test(tcase, a_freed_secret_is_gone_from_the_heap);
    tcase_add_test(tcase, wiping_touches_the_given_bytes_and_no_others);
    tcase_add_test(tcase, nothing_can_be_wiped_and_freed_too);
    ADD_ROWS(tcase, hashes_are_equal_when_every_byte_is, comparisons);
    suite_add_tcase(suite, tcase);
    return suite;
}
