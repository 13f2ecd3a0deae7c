/* lib/fold.c: letters without case and diacritics. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/fold.h"
#include "../../lib/text.h"

static const struct {
    const char *letters, *folded, *why;
} rows[] = {
    {"abcxyz", "abcxyz", "small letters are themselves"},
    {"ABCXYZ", "abcxyz", "capitals"},
    {"09!@ ~", "09!@ ~", "what is no letter is itself"},
    {"àáảãạ", "aaaaa", "the five tones"},
    {"ăằắẳẵặ", "aaaaaa", "a with a breve"},
    {"âầấẩẫậ", "aaaaaa", "a with a roof"},
    {"đĐ", "dd", "d with a stroke"},
    {"èéẻẽẹêềếểễệ", "eeeeeeeeeee", "e"},
    {"ìíỉĩị", "iiiii", "i"},
    {"òóỏõọôồốổỗộơờớởỡợ", "ooooooooooooooooo", "o"},
    {"ùúủũụưừứửữự", "uuuuuuuuuuu", "u"},
    {"ỳýỷỹỵ", "yyyyy", "y"},
    {"ÀẢẰẤẬÊẾỆÌỊÔỐỢƯỰÝỴ", "aaaaaeeeiiooouuyy", "capitals with marks"},
    {"a\u0301o\u031b\u0323", "ao", "combining marks are nothing of their own"},
    {"ж语€", "ж语€", "other writings are themselves"},
};

START_TEST(a_letter_is_the_letter_behind_it)
{
    uint32_t points[64], wanted[64];
    size_t count, wanted_count, kept = 0;

    ck_assert_int_eq(vp_text_decode(rows[_i].letters, strlen(rows[_i].letters), points, &count), 0);
    ck_assert_int_eq(
        vp_text_decode(rows[_i].folded, strlen(rows[_i].folded), wanted, &wanted_count), 0);
    for (size_t i = 0; i < count; i++)
        if (vp_fold_letter(points[i]) != 0)
            points[kept++] = vp_fold_letter(points[i]);
    ck_assert_msg(kept == wanted_count && memcmp(points, wanted, kept * sizeof *points) == 0, "%s",
                  rows[_i].why);
}
END_TEST

Suite *suite_fold(void)
{
    Suite *suite = suite_create("fold");
    TCase *tcase = tcase_create("fold");

    ADD_ROWS(tcase, a_letter_is_the_letter_behind_it, rows);
    suite_add_tcase(suite, tcase);
    return suite;
}
