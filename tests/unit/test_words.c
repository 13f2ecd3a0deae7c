/* lib/words.c: words out of a text. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/words.h"

static const struct {
    const char *line, *word, *why;
} lines[] = {
    {"matkhau", "matkhau", "a word"},
    {"Mật Khẩu", "matkhau", "case, accents, blanks"},
    {"T\u00e2n-B\u00ecnh_1.", NULL, "a digit is none of its letters"},
    {"O'Brien-Smith_Jr.", "obriensmithjr", "signs that stand in names"},
    {"abc", "abc", "three letters"},
    {"ab", NULL, "two stand anywhere by chance"},
    {"a b", NULL, "also with a blank"},
    {"abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx", "24"},
    {"abcdefghijklmnopqrstuvwxy", NULL, "25"},
    {"h@noi", NULL, "signs for letters are the rule's matter"},
    {"Москва", NULL, "no other writing"},
    {"abc\xff", NULL, "no UTF-8"},
    {"", NULL, "nothing"},
};

START_TEST(a_line_is_a_word_or_none)
{
    char word[VP_WORD_MAX + 1];
    bool is = vp_words_fold(lines[_i].line, strlen(lines[_i].line), word);

    ck_assert_msg(is == (lines[_i].word != NULL), "%s", lines[_i].why);
    if (is)
        ck_assert_str_eq(word, lines[_i].word);
}
END_TEST

static bool holds(const struct vp_words *words, const char *word)
{
    vp_wordlist_place place = words->list.root;

    for (; *word != '\0'; word++)
        if (!vp_wordlist_step(&words->list, place, (unsigned char)*word, &place))
            return false;
    return vp_wordlist_ends(place);
}

static const struct {
    const char *text;
    size_t count, odd_line;
    const char *in[4], *out[4], *why;
} texts[] = {
    {"", 0, 0, {NULL}, {"", "abc"}, "nothing"},
    {"haiphong", 1, 0, {"haiphong"}, {"haipho", "haiphongs", ""}, "one, without a line's end"},
    {"# ours\r\nT\u00e2n B\u00ecnh # a ward\r\n\r\nabc\r\n",
     2,
     0,
     {"tanbinh", "abc"},
     {"tan", "binh"},
     "remarks, empty lines, line ends of Windows"},
    {"abc\nabc\nabcd\nab1\nxyz\n12\n",
     4,
     4,
     {"abc", "abcd", "xyz"},
     {"ab", "bcd"},
     "twice; one in another; and the first odd line"},
    {"aaa\nbbb\nccc\nabc\n", 4, 0, {"aaa", "bbb", "ccc", "abc"}, {"aab", "cab"}, "all branches"},
    {"\ufeffabc\nabd\n", 2, 0, {"abc", "abd"}, {"ab"}, "a byte order mark says nothing"},
    {"abc\n\ufeffabd\n", 1, 2, {"abc"}, {"abd"}, "but only at the beginning"},
    {"zzz\nz-z-a\n", 2, 0, {"zzz", "zza"}, {"zzb"}, "the last letter"},
};

START_TEST(a_list_holds_its_words_and_no_others)
{
    struct vp_words words = {0};

    ck_assert_int_eq(vp_words_add(&words, texts[_i].text, strlen(texts[_i].text)), 0);
    ck_assert_uint_eq(words.odd_line, texts[_i].odd_line);
    ck_assert_uint_eq(words.count, texts[_i].count);
    ck_assert_int_eq(vp_words_finish(&words), 0);
    for (size_t i = 0; i < 4 && texts[_i].in[i] != NULL; i++)
        ck_assert_msg(holds(&words, texts[_i].in[i]), "%s: %s", texts[_i].why, texts[_i].in[i]);
    for (size_t i = 0; i < 4 && texts[_i].out[i] != NULL; i++)
        ck_assert_msg(!holds(&words, texts[_i].out[i]), "%s: %s", texts[_i].why, texts[_i].out[i]);
    vp_words_free(&words);
}
END_TEST

START_TEST(several_texts_are_one_list)
{
    struct vp_words words = {0};

    ck_assert_int_eq(vp_words_add(&words, "one\n1\n", 6), 0);
    ck_assert_uint_eq(words.odd_line, 2);
    ck_assert_int_eq(vp_words_add(&words, "two\n", 4), 0);
    ck_assert_uint_eq(words.odd_line, 0);
    ck_assert_int_eq(vp_words_finish(&words), 0);
    ck_assert(holds(&words, "one") && holds(&words, "two"));
    vp_words_free(&words);
}
END_TEST

Suite *suite_words(void)
{
    Suite *suite = suite_create("words");
    TCase *tcase = tcase_create("words");

    ADD_ROWS(tcase, a_line_is_a_word_or_none, lines);
    ADD_ROWS(tcase, a_list_holds_its_words_and_no_others, texts);
    tcase_add_test(tcase, several_texts_are_one_list);
    suite_add_tcase(suite, tcase);
    return suite;
}
