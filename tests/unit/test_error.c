/* lib/error.c: what administrators read. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include <errno.h>

#include "../../lib/error.h"

static const struct {
    const char *file;
    unsigned line;
    int errnum;
    const char *text, *printed, *why;
} printed[] = {
    {"f", 7, 0, "wrong", "f:7: wrong", "file and line as compilers write them: editors jump there"},
    {"f", 0, 0, "wrong", "f: wrong", "no line, no colon for it"},
    {NULL, 0, 0, "wrong", "wrong", "no file at all"},
    {"", 0, 0, "wrong", "wrong", "an empty name is no file"},
    {"f", 0, ENOENT, "cannot open", "f: cannot open: No such file or directory",
     "errno in words, in English in every locale"},
    {"f", 3, EACCES, "read", "f:3: read: Permission denied", "all four parts"},
    {"a\nb", 0, 0, "x\x1b[2J\x7f\ty", "a?b: x?[2J??y",
     "a newline forges a log line, an escape moves a terminal's cursor"},
    {"f", 0, 0, "mật khẩu", "f: mật khẩu", "letters beyond ASCII are no control characters"},
    {"f", 4294967295u, 0, "last", "f:4294967295: last", "the longest line number fits"},
};

START_TEST(an_error_prints_as_file_line_text_reason)
{
    struct vp_error error;
    char buffer[1024];

    ck_assert_int_eq(vp_error_set(&error, printed[_i].file, printed[_i].line, printed[_i].errnum,
                                  "%s", printed[_i].text),
                     -1);
    vp_error_print(&error, buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, printed[_i].printed) == 0, "\"%s\": %s", buffer, printed[_i].why);
}
END_TEST

START_TEST(setting_an_error_keeps_its_parts_apart)
{
    struct vp_error error;

    ck_assert_int_eq(vp_error_set(&error, "file", 12, EPERM, "%d of %s", 3, "four"), -1);
    ck_assert_str_eq(error.file, "file");
    ck_assert_uint_eq(error.line, 12);
    ck_assert_int_eq(error.errnum, EPERM);
    ck_assert_str_eq(error.text, "3 of four");
}
END_TEST

START_TEST(a_caller_without_interest_gets_minus_one_only)
{
    ck_assert_int_eq(vp_error_set(NULL, "file", 1, 0, "text"), -1);
}
END_TEST

START_TEST(what_is_too_long_is_cut_and_ended)
{
    struct vp_error error;
    char longer[2000], buffer[64];

    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    vp_error_set(&error, longer, 1, 0, "%s", longer);
    ck_assert_uint_eq(strlen(error.file), sizeof error.file - 1);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    vp_error_print(&error, buffer, sizeof buffer);
    ck_assert_uint_eq(strlen(buffer), sizeof buffer - 1);
}
END_TEST

Suite *suite_error(void)
{
    Suite *suite = suite_create("error");
    TCase *tcase = tcase_create("error");

    ADD_ROWS(tcase, an_error_prints_as_file_line_text_reason, printed);
    tcase_add_test(tcase, setting_an_error_keeps_its_parts_apart);
    tcase_add_test(tcase, a_caller_without_interest_gets_minus_one_only);
    tcase_add_test(tcase, what_is_too_long_is_cut_and_ended);
    suite_add_tcase(suite, tcase);
    return suite;
}
