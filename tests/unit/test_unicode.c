/* lib/unicode.c: beyond ASCII. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/secret.h"
#include "../../lib/unicode.h"

#define BYTES(literal) literal, sizeof literal - 1

static const struct {
    const char *text;
    size_t length;
    bool composed, unprintable;
    const char *classes, *why;
} rows[] = {
    {BYTES("abc"), true, false, "lll", "ASCII is left as it is"},
    {BYTES("Mật khẩu"), true, false, "ullsllll", "Vietnamese as every input method writes it"},
    {BYTES("ĐđƯưƠơẬậỆệỘộẶặ"), true, false, "ululululululul", "all its letters have two cases"},
    {BYTES("Ma\xcc\xa3\xcc\x82t"), false, false, "ulssl", "NFD: a, dot below, circumflex"},
    {BYTES("e\xcc\x81"), false, false, "ls", "NFD: e, acute"},
    {BYTES("\xc3\xaa\xcc\x81"), false, false, "ls", "e circumflex, then an acute apart: half way"},
    {BYTES("\xc3\xaa\xcc\xa3"), false, false, "ls",
     "e circumflex, then a dot below apart, as Windows' own Vietnamese keyboard types it"},
    {BYTES("\xe1\xba\xb9\xcc\x82"), false, false, "ls", "e dot below, then a circumflex apart"},
    {BYTES("\xc4\x83\xcc\xa3"), false, false, "ls", "a breve, then a dot below apart"},
    {BYTES("\xc6\xa1\xcc\xa3"), false, false, "ls", "o horn, then a dot below apart"},
    {BYTES("x\xcc\x82\xcc\xa3"), false, false, "lss",
     "two marks in the wrong order, on a letter that has no composed form"},
    {BYTES("x\xcc\xa3\xcc\x82"), true, false, "lss",
     "the same in the right order: there is nothing to compose"},
    {BYTES("x\xcc\x82\xcc\x81"), true, false, "lss", "two marks of one class keep their order"},
    {BYTES("x\xcc\x81\xcc\x82"), true, false, "lss", "whichever comes first"},
    {BYTES("\xc3\xaa\xcc\x96"), true, false, "ls",
     "e circumflex, then a mark below: it moves before the circumflex and back"},
    {BYTES("\xc3\xaa\xcc\x96\xcc\xa3"), true, false, "lss",
     "likewise two marks below: the first keeps the second from the letter"},
    {BYTES("\xcc\x82\xcc\xa3"), false, false, "ss", "marks in the wrong order with no letter"},
    {BYTES("x\xc2\x80"), true, true, "l-", "the first character beyond ASCII"},
    {BYTES("\xcc\x81x"), true, false, "sl", "a mark with nothing before it"},
    {BYTES("\xe1\xbb\x87"), true, false, "l", "e circumflex dot below in one"},
    {BYTES("\xe2\x84\xab"), false, false, "u", "the angstrom sign is another spelling of a letter"},
    {BYTES("\xc7\x85"), true, false, "u", "title case counts as upper case"},
    {BYTES("\xd9\xa3"), true, false, "d", "an Arabic digit is a digit"},
    {BYTES("\xc2\xb2"), true, false, "s", "a superscript is no digit"},
    {BYTES("\xe2\x82\xab"), true, false, "s", "the sign of the dong"},
    {BYTES("\xf0\x9f\x98\x80"), true, false, "s", "a face"},
    {BYTES("\xe4\xb8\xad"), true, false, "s", "a letter without case is neither upper nor lower"},
    {BYTES("\xea\xb0\x80"), true, false, "s", "a Hangul syllable in one"},
    {BYTES("\xe1\x84\x80\xe1\x85\xa1"), false, false, "ss", "the same in its parts"},
    {BYTES("\xc2\xa0x"), true, false, "sl", "a no-break space is a space, and special"},
    {BYTES("x\xc2\x85"), true, true, "l-", "a control character beyond ASCII"},
    {BYTES("x\xe2\x80\x8b"), true, true, "l-", "a zero-width space: nobody sees it"},
    {BYTES("x\xe2\x80\xae"), true, true, "l-", "what turns the writing's direction"},
    {BYTES("x\xef\xbb\xbf"), true, true, "l-", "a byte order mark"},
    {BYTES("x\xe2\x80\xa8"), true, true, "l-", "a line separator"},
    {BYTES("x\xe2\x80\xa9"), true, true, "l-", "a paragraph separator"},
    {BYTES("x\xee\x80\x80"), true, true, "l-", "a private character means what a font wants"},
    {BYTES("x\xcd\xb8"), true, true, "l-", "unassigned"},
    {BYTES("\x01\xc3\xa9"), true, true, "-l", "a control character of ASCII stays one"},
};

START_TEST(classes_and_composed_form_are_those_of_unicode)
{
    struct vp_candidate candidate;
    struct vp_error error = {0};
    char classes[64] = "";

    vp_rules_read(rows[_i].text, rows[_i].length, &candidate);
    ck_assert_msg(vp_unicode_classify(&candidate, &error) == 0, "%s", error.text);
    for (size_t i = 0; i < candidate.count; i++)
        classes[i] = "-ulds"[candidate.classes[i]];
    ck_assert_msg(strcmp(classes, rows[_i].classes) == 0, "%s: %s", classes, rows[_i].why);
    ck_assert_msg(candidate.composed == rows[_i].composed, "composed: %s", rows[_i].why);
    ck_assert_msg(candidate.unprintable == rows[_i].unprintable, "unprintable: %s", rows[_i].why);
}
END_TEST

static const struct {
    const char *text, *failures, *why;
} judged[] = {
    {"Mậtkhẩu#2", "", "allowed and composed"},
    {"Ma\xcc\xa3\xcc\x82tkh\xe1\xba\xa9u#2", "not_composed",
     "the same letters typed on another keyboard would be another password"},
    {"ẬẬẬậậậ#2", "", "classes by Unicode"},
    {"ậậậđđđ#2", "no_upper", "small letters are no capitals"},
    {"ẬẬẬĐĐĐ#2", "no_lower", "and the other way round"},
    {"Mậtkhẩu\xe2\x80\x8b#2", "unprintable", "a zero-width space came with the copy"},
};

START_TEST(allowed_letters_are_judged_by_the_same_rules)
{
    struct vp_candidate candidate;
    struct vp_failures failures;
    struct vp_error error;
    struct vp_values values;

    vp_policy_resolve(&(struct vp_policy){0}, &(struct vp_subject){.user = "tuan"}, &values, NULL);
    values.non_ascii = VP_NON_ASCII_ALLOW;
    vp_rules_read(judged[_i].text, strlen(judged[_i].text), &candidate);
    ck_assert_int_eq(vp_unicode_classify(&candidate, &error), 0);
    vp_rules_check(&values, &candidate, &(struct vp_rules_setting){.bytes_max = VP_BYTES_MAX},
                   &failures);
    ck_assert_msg(failures.count == (judged[_i].failures[0] != '\0'), "%zu: %s", failures.count,
                  judged[_i].why);
    if (failures.count > 0)
        ck_assert_msg(strcmp(vp_rules_code(failures.list[0].rule), judged[_i].failures) == 0, "%s",
                      judged[_i].why);
}
END_TEST

START_TEST(what_is_not_utf8_is_left_alone)
{
    struct vp_candidate candidate, before;
    struct vp_error error;

    vp_rules_read("m\xe9t", 3, &candidate);
    before = candidate;
    ck_assert_int_eq(vp_unicode_classify(&candidate, &error), 0);
    ck_assert_mem_eq(&candidate, &before, sizeof before);
}
END_TEST

START_TEST(the_longest_decompositions_fit_their_room)
{
    /* U+1F82 falls apart into four, U+0390 into three. */
    static const char *const units[] = {"\xe1\xbe\x82", "\xce\x90"};
    struct vp_candidate candidate;
    struct vp_error error;
    char password[VP_PASSWORD_SIZE];

    for (size_t unit = 0; unit < COUNT(units); unit++) {
        size_t width = strlen(units[unit]), length = 0;

        for (; length + width < sizeof password; length += width)
            memcpy(password + length, units[unit], width);
        vp_rules_read(password, length, &candidate);
        ck_assert_int_eq(vp_unicode_classify(&candidate, &error), 0);
        ck_assert_int_eq(candidate.composed, true);
    }
}
END_TEST

static void classify_secret(void *context)
{
    static struct vp_candidate candidate;
    char password[SECRET_LENGTH + 3];
    struct vp_error error;

    (void)context;
    secret_write(password);
    memcpy(password + SECRET_LENGTH, "\xc3\xa9", 3);
    vp_rules_read(password, SECRET_LENGTH + 2, &candidate);
    ck_assert_int_eq(vp_unicode_classify(&candidate, &error), 0);
    vp_rules_wipe(&candidate);
    vp_secret_wipe(password, sizeof password);
}

START_TEST(classifying_leaves_no_password_behind)
{
    ck_assert_uint_eq(secret_copies_after(classify_secret, NULL), 0);
}
END_TEST

Suite *suite_unicode(void)
{
    Suite *suite = suite_create("unicode");
    TCase *tcase = tcase_create("unicode");

    ADD_ROWS(tcase, classes_and_composed_form_are_those_of_unicode, rows);
    ADD_ROWS(tcase, allowed_letters_are_judged_by_the_same_rules, judged);
    tcase_add_test(tcase, what_is_not_utf8_is_left_alone);
    tcase_add_test(tcase, the_longest_decompositions_fit_their_room);
    tcase_add_test(tcase, classifying_leaves_no_password_behind);
    suite_add_tcase(suite, tcase);
    return suite;
}
