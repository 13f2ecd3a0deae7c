/* lib/text.c: growing text and strict UTF-8. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/text.h"

START_TEST(a_text_never_leaves_its_buffer_and_counts_what_is_missing)
{
    for (size_t size = 0; size <= 12; size++) {
        char buffer[16];
        struct vp_text text;

        memset(buffer, '~', sizeof buffer);
        vp_text_begin(&text, buffer, size);
        if (size > 0)
            ck_assert_str_eq(buffer, "");
        vp_text_add(&text, "%s", "abcd");
        vp_text_add(&text, "%d", 12);
        vp_text_add(&text, "%s", "");
        vp_text_add(&text, "%c%c%c", 'x', 'y', 'z');
        ck_assert_uint_eq(text.length, 9);
        for (size_t i = size; i < sizeof buffer; i++)
            ck_assert_int_eq(buffer[i], '~');
        if (size == 0)
            continue;
        ck_assert_uint_eq(strlen(buffer), size > 9 ? 9 : size - 1);
        ck_assert_int_eq(strncmp(buffer, "abcd12xyz", strlen(buffer)), 0);
    }
}
END_TEST

static const struct {
    const char *plain, *escaped, *why;
} escapes[] = {
    {"", "", "nothing"},
    {"plain text", "plain text", "a blank inside stays"},
    {" a", "%20a", "a blank before it would be stripped"},
    {"a ", "a%20", "a blank after it too"},
    {"  a  ", "%20 a %20", "the outermost ones are enough"},
    {" ", "%20", "a blank alone is at both ends"},
    {"100%", "100%25", "the escape sign itself"},
    {"a\nb", "a%0Ab", "a newline would begin another field"},
    {"a\rb", "a%0Db", "a carriage return"},
    {"\t", "%09", "a tab"},
    {"\x01\x1f\x7f", "%01%1F%7F", "the first and last control characters, and DEL"},
    {"!~", "!~", "the first and last visible characters"},
    {"khóa", "khóa", "letters beyond ASCII stay readable"},
    {"a = b", "a = b", "a separator inside a value"},
    {"%41", "%2541", "what looks escaped already"},
};

START_TEST(any_text_survives_escaping)
{
    char buffer[64];
    struct vp_text text;

    vp_text_begin(&text, buffer, sizeof buffer);
    vp_text_add_escaped(&text, escapes[_i].plain);
    ck_assert_msg(strcmp(buffer, escapes[_i].escaped) == 0, "\"%s\": %s", buffer, escapes[_i].why);
    ck_assert_int_eq(vp_text_unescape(buffer), 0);
    ck_assert_msg(strcmp(buffer, escapes[_i].plain) == 0, "\"%s\": %s", buffer, escapes[_i].why);
}
END_TEST

START_TEST(every_byte_survives_escaping)
{
    for (int byte = 1; byte < 256; byte++) {
        char plain[] = {'a', (char)byte, 'b', '\0'}, buffer[16];
        struct vp_text text;

        vp_text_begin(&text, buffer, sizeof buffer);
        vp_text_add_escaped(&text, plain);
        for (const char *at = buffer; *at != '\0'; at++)
            ck_assert_msg((unsigned char)*at >= 0x20 && *at != 0x7f, "byte %02x stays", byte);
        ck_assert_int_eq(vp_text_unescape(buffer), 0);
        ck_assert_str_eq(buffer, plain);
    }
}
END_TEST

static const struct {
    const char *escaped, *plain, *why; /* plain NULL: refused */
} unescapes[] = {
    {"%41", "A", "any byte may be escaped"},
    {"%FF", "\xff", "the largest"},
    {"%01", "\x01", "the smallest"},
    {"%10", "\x10", "a zero in the second place only"},
    {"%A0x", "\xa0x", "the smallest letter, and what follows stays"},
    {"%00", NULL, "NUL would end the value"},
    {"%", NULL, "cut after the sign"},
    {"a%2", NULL, "cut after one digit"},
    {"%2g", NULL, "no hexadecimal digit"},
    {"%g2", NULL, "no hexadecimal digit in front"},
    {"%0a", NULL, "one way to write it: capitals"},
    {"%a0", NULL, "capitals in front too"},
    {"%/0", NULL, "the character before 0"},
    {"%:0", NULL, "the character after 9"},
    {"%@0", NULL, "the character before A"},
    {"%G0", NULL, "the letter after F"},
    {"%0/", NULL, "likewise behind"},
    {"%%", NULL, "a doubled sign is not ours"},
};

START_TEST(a_malformed_escape_is_refused)
{
    char buffer[16];

    snprintf(buffer, sizeof buffer, "%s", unescapes[_i].escaped);
    if (unescapes[_i].plain == NULL) {
        ck_assert_msg(vp_text_unescape(buffer) == -1, "%s: %s", unescapes[_i].escaped,
                      unescapes[_i].why);
        return;
    }
    ck_assert_msg(vp_text_unescape(buffer) == 0, "%s: %s", unescapes[_i].escaped,
                  unescapes[_i].why);
    ck_assert_msg(strcmp(buffer, unescapes[_i].plain) == 0, "\"%s\": %s", buffer,
                  unescapes[_i].why);
}
END_TEST

static const struct {
    const char *text, *trimmed, *why;
} trims[] = {
    {"", "", "nothing"},
    {"a", "a", "nothing to strip"},
    {"  a", "a", "blanks before"},
    {"a  ", "a", "blanks after"},
    {"\t a b \t", "a b", "tabs, and a blank inside stays"},
    {"a\r", "a", "the end of a line from Windows"},
    {"a \r", "a", "with a blank before it"},
    {"a\r\r", "a\r", "one, not two"},
    {"\r", "", "a line of nothing else"},
    {" \t ", "", "blanks only"},
    {"\ra", "\ra", "in front it is no line end"},
};

START_TEST(trimming_takes_blanks_and_one_line_end)
{
    char buffer[16];

    snprintf(buffer, sizeof buffer, "%s", trims[_i].text);
    ck_assert_msg(strcmp(vp_text_trim(buffer), trims[_i].trimmed) == 0, "%s", trims[_i].why);
}
END_TEST

START_TEST(blunting_takes_every_control_character_and_nothing_else)
{
    for (int byte = 1; byte < 256; byte++) {
        char text[] = {'a', (char)byte, 'b', '\0'};
        bool control = byte < 0x20 || byte == 0x7f;

        vp_text_blunt(text);
        ck_assert_msg(text[0] == 'a' && text[1] == (control ? '?' : (char)byte) && text[2] == 'b',
                      "byte %02x", byte);
    }
}
END_TEST

#define BYTES(literal) literal, sizeof literal - 1

static const struct {
    const char *bytes;
    size_t length;
    int count; /* -1: refused */
    uint32_t first;
    const char *why;
} encodings[] = {
    {BYTES(""), 0, 0, "nothing"},
    {BYTES("a"), 1, 'a', "ASCII"},
    {BYTES("\x7f"), 1, 0x7f, "the last of ASCII"},
    {BYTES("a\0b"), 3, 'a', "NUL is a character like others"},
    {BYTES("\0"), 1, 0, "NUL alone"},
    {BYTES("\xc2\x80"), 1, 0x80, "the first of two bytes"},
    {BYTES("\xdf\xbf"), 1, 0x7ff, "the last of two bytes"},
    {BYTES("\xe0\xa0\x80"), 1, 0x800, "the first of three bytes"},
    {BYTES("\xef\xbf\xbf"), 1, 0xffff, "the last of three bytes"},
    {BYTES("\xf0\x90\x80\x80"), 1, 0x10000, "the first of four bytes"},
    {BYTES("\xf4\x8f\xbf\xbf"), 1, 0x10ffff, "the last of Unicode"},
    {BYTES("\xe1\xba\xad"), 1, 0x1ead, "a Vietnamese letter"},
    {BYTES("a\xcc\xa3\xcc\x82"), 3, 'a', "the same with its marks apart: three characters"},
    {BYTES("\xed\x9f\xbf"), 1, 0xd7ff, "the last before the surrogates"},
    {BYTES("\xee\x80\x80"), 1, 0xe000, "the first after them"},
    {BYTES("\xed\xa0\x80"), -1, 0, "the first surrogate"},
    {BYTES("\xed\xbf\xbf"), -1, 0, "the last surrogate"},
    {BYTES("\xc0\x80"), -1, 0, "NUL in two bytes: overlong"},
    {BYTES("\xc1\xbf"), -1, 0, "DEL in two bytes: overlong"},
    {BYTES("\xe0\x9f\xbf"), -1, 0, "U+07FF in three bytes: overlong"},
    {BYTES("\xf0\x8f\xbf\xbf"), -1, 0, "U+FFFF in four bytes: overlong"},
    {BYTES("\xf4\x90\x80\x80"), -1, 0, "one above U+10FFFF"},
    {BYTES("\xf7\xbf\xbf\xbf"), -1, 0, "far above it"},
    {BYTES("\xf8\x88\x80\x80\x80"), -1, 0, "five bytes were never standard"},
    {BYTES("\xff"), -1, 0, "no first byte at all"},
    {BYTES("\xfe"), -1, 0, "nor this"},
    {BYTES("\x80"), -1, 0, "a following byte alone"},
    {BYTES("\xbf"), -1, 0, "the last following byte alone"},
    {BYTES("\xc3"), -1, 0, "cut after the first of two"},
    {BYTES("\xe1\xba"), -1, 0, "cut after the second of three"},
    {BYTES("\xf0\x90\x80"), -1, 0, "cut after the third of four"},
    {"\xe1\xba\xad", 2, -1, 0, "cut by the length, whatever stands behind it"},
    {BYTES("\xc3z"), -1, 0, "a letter where a following byte belongs"},
    {BYTES("\xe1\xbaz"), -1, 0, "a letter in the third place"},
    {BYTES("\xe1\xc3\xad"), -1, 0, "a first byte in the second place"},
    {BYTES("\xe9"), -1, 0, "e acute in ISO 8859-1"},
    {BYTES("abc\xff"), -1, 0, "the last byte counts too"},
};

START_TEST(utf8_is_read_as_rfc_3629_has_it)
{
    uint32_t points[8] = {0xdeadbeef};
    size_t count = 4711;
    int result = vp_text_decode(encodings[_i].bytes, encodings[_i].length, points, &count);

    ck_assert_msg(result == (encodings[_i].count < 0 ? -1 : 0), "%s", encodings[_i].why);
    if (result != 0)
        return;
    ck_assert_msg(count == (size_t)encodings[_i].count, "%zu: %s", count, encodings[_i].why);
    if (count > 0)
        ck_assert_msg(points[0] == encodings[_i].first, "U+%04X: %s", points[0], encodings[_i].why);
}
END_TEST

START_TEST(every_code_point_is_read_and_nothing_else)
{
    for (uint32_t point = 0; point < 0x110400; point++) {
        char bytes[4];
        uint32_t points[4];
        size_t count, length;
        bool valid = point < 0xd800 || (point > 0xdfff && point < 0x110000);

        if (point < 0x80) {
            length = 1;
            bytes[0] = (char)point;
        } else {
            length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            for (size_t i = 1; i < length; i++)
                bytes[i] = (char)(0x80 | (point >> (6 * (length - 1 - i)) & 0x3f));
            bytes[0] = (char)(0xf0u << (4 - length) | point >> (6 * (length - 1)));
        }
        /* Check's own assertions cost a write each. */
        if (vp_text_decode(bytes, length, points, &count) != (valid ? 0 : -1) ||
            (valid && (count != 1 || points[0] != point)))
            ck_abort_msg("U+%04X", point);
    }
}
END_TEST

static size_t to_points(const char *text, uint32_t *points)
{
    size_t count = 0;

    ck_assert_int_eq(vp_text_decode(text, strlen(text), points, &count), 0);
    return count;
}

static const struct {
    const char *one, *other;
    size_t distance;
    const char *why;
} distances[] = {
    {"", "", 0, "nothing to nothing"},
    {"", "abc", 3, "three insertions"},
    {"abc", "", 3, "three deletions"},
    {"abc", "abc", 0, "the same"},
    {"abc", "abd", 1, "one replacement"},
    {"abc", "abcd", 1, "one insertion at the end"},
    {"abc", "xabc", 1, "one insertion in front"},
    {"abcd", "acd", 1, "one deletion inside"},
    {"ab", "ba", 2, "a swap is two: this is Levenshtein's distance, not Damerau's"},
    {"kitten", "sitting", 3, "the example of every book"},
    {"Haiphong@2024", "Haiphong@2025", 1, "the next year"},
    {"Summer2026!", "2026!Summer", 10, "turned about"},
    {"abc", "ABC", 3, "case counts"},
    {"mật", "mặt", 1, "one character, not its bytes"},
    {"sunday", "saturday", 3, "another of the books"},
    {"abcdef", "uvwxyz", 6, "nothing in common"},
};

START_TEST(the_distance_is_levenshteins_both_ways)
{
    uint32_t one[32], other[32];
    size_t one_count = to_points(distances[_i].one, one);
    size_t other_count = to_points(distances[_i].other, other);

    ck_assert_msg(vp_text_distance(one, one_count, other, other_count) == distances[_i].distance,
                  "%s", distances[_i].why);
    ck_assert_msg(vp_text_distance(other, other_count, one, one_count) == distances[_i].distance,
                  "the other way: %s", distances[_i].why);
}
END_TEST

START_TEST(the_distance_of_the_longest_passwords_is_right)
{
    static uint32_t one[VP_PASSWORD_SIZE + 5], other[VP_PASSWORD_SIZE + 5];

    for (size_t i = 0; i < COUNT(one); i++) {
        one[i] = 'a';
        other[i] = 'b';
    }
    ck_assert_uint_eq(vp_text_distance(one, VP_PASSWORD_SIZE, other, VP_PASSWORD_SIZE),
                      VP_PASSWORD_SIZE);
    ck_assert_uint_eq(vp_text_distance(one, VP_PASSWORD_SIZE, one, VP_PASSWORD_SIZE), 0);
    ck_assert_uint_eq(vp_text_distance(one, VP_PASSWORD_SIZE, NULL, 0), VP_PASSWORD_SIZE);
    ck_assert_uint_eq(vp_text_distance(NULL, 0, one, VP_PASSWORD_SIZE), VP_PASSWORD_SIZE);
    /* What is longer counts in full, each character once. */
    ck_assert_uint_eq(vp_text_distance(one, VP_PASSWORD_SIZE + 5, one, VP_PASSWORD_SIZE), 5);
    ck_assert_uint_eq(vp_text_distance(one, VP_PASSWORD_SIZE, one, VP_PASSWORD_SIZE + 3), 3);
}
END_TEST

/* The recursion as it is defined, slow and plain. */
static size_t plain_distance(const uint32_t *one, size_t m, const uint32_t *other, size_t n)
{
    size_t replaced, inserted, deleted;

    if (m == 0 || n == 0)
        return m + n;
    replaced = plain_distance(one, m - 1, other, n - 1) + (one[m - 1] != other[n - 1]);
    inserted = plain_distance(one, m, other, n - 1) + 1;
    deleted = plain_distance(one, m - 1, other, n) + 1;
    if (inserted < replaced)
        replaced = inserted;
    return deleted < replaced ? deleted : replaced;
}

START_TEST(the_distance_agrees_with_its_definition)
{
    uint32_t state = 20240607;

    for (int round = 0; round < 400; round++) {
        uint32_t one[6], other[6];
        size_t m = next_random(&state) % 7, n = next_random(&state) % 7;

        for (size_t i = 0; i < 6; i++) {
            one[i] = 'a' + next_random(&state) % 3;
            other[i] = 'a' + next_random(&state) % 3;
        }
        ck_assert_uint_eq(vp_text_distance(one, m, other, n), plain_distance(one, m, other, n));
    }
}
END_TEST

static uint32_t walk[64];

static void measure_walk(void *context)
{
    (void)context;
    ck_assert_uint_eq(vp_text_distance(walk, COUNT(walk), walk, COUNT(walk)), 0);
}

START_TEST(the_distance_leaves_nothing_of_how_two_passwords_resemble_each_other)
{
    uint16_t row[16];

    for (size_t i = 0; i < COUNT(walk); i++)
        walk[i] = 'A' + (uint32_t)i;
    /* The last row for two equal strings of 64 counts down: 63, 62, 61, ... */
    for (size_t i = 0; i < COUNT(row); i++)
        row[i] = (uint16_t)(60 - i);
    (void)secret_copies_after(measure_walk, NULL);
    ck_assert_uint_eq(stack_copies_of(row, COUNT(row)), 0);
}
END_TEST

Suite *suite_text(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, a_text_never_leaves_its_buffer_and_counts_what_is_missing);
    ADD_ROWS(tcase, any_text_survives_escaping, escapes);
    tcase_add_test(tcase, every_byte_survives_escaping);
    ADD_ROWS(tcase, a_malformed_escape_is_refused, unescapes);
    ADD_ROWS(tcase, trimming_takes_blanks_and_one_line_end, trims);
    tcase_add_test(tcase, blunting_takes_every_control_character_and_nothing_else);
    ADD_ROWS(tcase, utf8_is_read_as_rfc_3629_has_it, encodings);
    tcase_add_test(tcase, every_code_point_is_read_and_nothing_else);
    ADD_ROWS(tcase, the_distance_is_levenshteins_both_ways, distances);
    tcase_add_test(tcase, the_distance_of_the_longest_passwords_is_right);
    tcase_add_test(tcase, the_distance_agrees_with_its_definition);
    tcase_add_test(tcase, the_distance_leaves_nothing_of_how_two_passwords_resemble_each_other);
    suite_add_tcase(suite, tcase);
    return suite;
}
