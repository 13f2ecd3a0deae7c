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

static const struct {
    const char *password, *core, *why;
} cores[] = {
    {"Haiphong@2024", "haiphong", "digits and signs at the end are what people count on with"},
    {"2024@Haiphong", "2o2aahaiphong", "in front they are kept, as the letters they may stand for"},
    {"Mua2024!xyz", "mua2o2aixyz", "and so in the middle"},
    {"M@tkh4u5", "matkhau", "the end is cut before signs are read as letters"},
    {"M\u1eadt kh\u1ea9u!!", "mat khau", "accents"},
    {"Ma\u0323t!", "mat", "a mark of its own"},
    {"Linh", "iinh", "l is i, since 1 may be both"},
    {"12345678", "", "nothing is left"},
    {"", "", "nothing was there"},
    {"语言99", "语言", "letters of other writings are letters"},
};

START_TEST(the_core_is_what_somebody_keeps_who_counts_on)
{
    uint32_t points[64], core[64], wanted[64];
    size_t count, wanted_count, length;

    ck_assert_int_eq(vp_text_decode(cores[_i].password, strlen(cores[_i].password), points, &count),
                     0);
    ck_assert_int_eq(vp_text_decode(cores[_i].core, strlen(cores[_i].core), wanted, &wanted_count),
                     0);
    length = vp_fold_core(points, count, core);
    ck_assert_msg(length == wanted_count && memcmp(core, wanted, length * sizeof *core) == 0, "%s",
                  cores[_i].why);
}
END_TEST

Suite *suite_fold(void)
{
    Suite *suite = suite_create("fold");
    TCase *tcase = tcase_create("fold");

    ADD_ROWS(tcase, a_letter_is_the_letter_behind_it, rows);
    ADD_ROWS(tcase, the_core_is_what_somebody_keeps_who_counts_on, cores);
    suite_add_tcase(suite, tcase);
    return suite;
}
