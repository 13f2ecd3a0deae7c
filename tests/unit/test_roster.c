/* lib/roster.c: the list of people who left. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/number.h"
#include "../../lib/roster.h"
#include "../../lib/text.h"
#include "../../lib/verdict.h"

/* Faults as `LINE: TEXT`, a line each. */
static void collect(void *context, const struct vp_error *fault)
{
    vp_text_add(context, "%u: %s\n", fault->line, fault->text);
}

/* The rows as `LINE USER DAY REASON`, a line each; or the faults. */
static void parse(const char *text, size_t length, char *buffer, size_t size)
{
    struct vp_roster roster;
    struct vp_text said;
    char date[VP_DATE_SIZE];

    vp_text_begin(&said, buffer, size);
    if (vp_roster_parse(text, length, "leavers.csv", collect, &said, &roster) != 0)
        return;
    for (size_t i = 0; i < roster.count; i++) {
        vp_number_print_date(roster.rows[i].day, date);
        vp_text_add(&said, "%u %s %s %s\n", roster.rows[i].line, roster.rows[i].user, date,
                    vp_verdict_reason_word(roster.rows[i].reason));
    }
    if (roster.staying > 0)
        vp_text_add(&said, "%zu stay\n", roster.staying);
    vp_roster_free(&roster);
}

static const struct {
    const char *text, *rows, *why;
} good[] = {
    {"", "", "an empty list closes nobody"},
    {"an,2026-11-22,retired\n", "1 an 2026-11-22 retired\n", "as the manual has it"},
    {"an,2026-11-22,retired", "1 an 2026-11-22 retired\n", "the last line may lack its end"},
    {"\xef\xbb\xbf"
     "an,2026-11-22,retired\n",
     "1 an 2026-11-22 retired\n", "Excel's byte order mark belongs to no name"},
    {"an;2026-11-22;retired\r\nbinh;;other\r\n", "1 an 2026-11-22 retired\n2 binh none other\n",
     "where 3,14 is a number, semicolons stand between; Windows ends lines so"},
    {"user,date,reason\nan,,transferred\n", "2 an none transferred\n", "a heading is nobody"},
    {"User;Reason;Unit;Date\nan;retired;Finance;22/11/2026\n", "2 an 2026-11-22 retired\n",
     "the heading says where the columns are; others are passed over"},
    {"user,name\nan,Nguyen\n", "1 stay\n", "a sheet without our columns says nothing of leaving"},
    {"user,name,date,reason\nan,\"Le, An\",,retired\nbinh,,,\n", "2 an none retired\n1 stay\n",
     "a comma inside quotes; who has neither date nor reason stays"},
    {"\"an\",\"22/11/2026\",\"retired\"\n", "1 an 2026-11-22 retired\n", "quotes around all"},
    {"an,1/2/2027,retired\n", "1 an 2027-02-01 retired\n", "the day comes first"},
    {" an , 2026-11-22 ,\tretired \n", "1 an 2026-11-22 retired\n", "blanks are no part of a cell"},
    {"\"a\"\"n\",,retired\n", "1 a\"n none retired\n", "a doubled quote is one (RFC 4180)"},
    {"\"a\nn\",,retired\nbinh,,other\n", "1 a\nn none retired\n3 binh none other\n",
     "a line end inside quotes counts as a line, as an editor counts"},
    {"an,,retired\n\n\nbinh,,other\n", "1 an none retired\n4 binh none other\n",
     "empty lines count as lines and name nobody"},
    {"an,,retired,more,\"and; more\"\n", "1 an none retired\n",
     "what stands behind is passed over"},
    {"Nguy\xe1\xbb\x85n,,retired\n", "1 Nguy\xe1\xbb\x85n none retired\n", "UTF-8 names"},
    {"user,user,date,reason\nan,binh,,retired\n", "2 an none retired\n",
     "the first of two columns counts"},
    {"\"an\" ,,\"retired\"\r\n", "1 an none retired\n", "blanks behind a quote are none's"},
    {"user\tdate\treason\nan\t22/11/2026\tretired\n", "2 an 2026-11-22 retired\n",
     "what is copied out of a spreadsheet has tabs"},
    {"user,2026-11-22,retired\n", "1 user 2026-11-22 retired\n", "an account may be called user"},
    {"an,,retired\r", "1 an none retired\n", "one line needs no proper end"},
};

START_TEST(a_list_is_read_as_spreadsheets_write_it)
{
    char said[512];

    parse(good[_i].text, strlen(good[_i].text), said, sizeof said);
    ck_assert_msg(strcmp(said, good[_i].rows) == 0, "%s: got\n%s", good[_i].why, said);
}
END_TEST

static const struct {
    const char *text;
    size_t length; /* 0 = strlen */
    const char *faults, *why;
} bad[] = {
    {"an,2026-11-31,retired\n", 0,
     "1: an: \"2026-11-31\" is no date (write it as 2026-11-22 or 22/11/2026)\n", "no such day"},
    {"an,11/22/2026,retired\n", 0,
     "1: an: \"11/22/2026\" is no date (write it as 2026-11-22 or 22/11/2026)\n",
     "an American date would be another day"},
    {"an,22/11/26,retired\n", 0,
     "1: an: \"22/11/26\" is no date (write it as 2026-11-22 or 22/11/2026)\n",
     "the year 26 was meant otherwise"},
    {"an,1/2/2027/3,retired\n", 0,
     "1: an: \"1/2/2027/3\" is no date (write it as 2026-11-22 or 22/11/2026)\n", "too many parts"},
    {"an,+1/2/2027,retired\n", 0,
     "1: an: \"+1/2/2027\" is no date (write it as 2026-11-22 or 22/11/2026)\n", "digits alone"},
    {"an,,\n,,retired\nbinh,,gone\n", 0,
     "2: names nobody\n3: binh: \"gone\" is no reason (retired, transferred or other)\n",
     "all faults in one run, each with its line"},
    {"an,2026-11-22,\n", 0, "1: an: \"\" is no reason (retired, transferred or other)\n",
     "a date alone says that somebody leaves, not why"},
    {"an,,Retired\n", 0, "1: an: \"Retired\" is no reason (retired, transferred or other)\n",
     "the words are those of --reason"},
    {"an,,idle\n", 0, "1: an: \"idle\" is no reason (retired, transferred or other)\n",
     "nobody is told to be idle"},
    {"an,,\"retired", 0, "1: opens a quote that nothing closes\n", "what follows would be lost"},
    {"\"an,,retired\nbinh,,retired\n", 0, "1: opens a quote that nothing closes\n",
     "nobody stays because a quote swallowed all lines"},
    {"\"an\"h,,retired\n", 0, "1: has something between a closing quote and the end of the cell\n",
     "an is not who was meant"},
    {"user,date,reason\ran,,retired\rbinh,,retired\r", 0,
     "0: ends its lines in carriage returns alone (save it as CSV UTF-8)\n",
     "all of it would be a heading"},
    {"user,last day,reason\nan,2027-11-22,retired\n", 0,
     "1: names a column reason, and none that is called date\n", "nobody is closed before his day"},
    {"\xff\xfe"
     "a\0n\0",
     6, "0: is UTF-16 (save it as CSV UTF-8)\n", "Excel's Unicode text"},
    {"PK\x03\x04", 0, "0: is a spreadsheet (save it as CSV UTF-8)\n", "the .xlsx itself"},
    {"an,,retired\n\0binh,,retired\n", 26, "0: holds a NUL byte (save it as CSV UTF-8)\n",
     "what follows it must not be lost in silence"},
};

START_TEST(a_list_with_a_fault_counts_for_nothing_and_says_where)
{
    char said[1024];
    size_t length = bad[_i].length == 0 ? strlen(bad[_i].text) : bad[_i].length;

    parse(bad[_i].text, length, said, sizeof said);
    ck_assert_msg(strcmp(said, bad[_i].faults) == 0, "%s: got\n%s", bad[_i].why, said);
}
END_TEST

START_TEST(no_bytes_are_read_beyond_the_end)
{
    static const char alphabet[] = "an,;\"\r\n/20261retired\xef\xbb\xbf ";
    uint32_t state = 1017;

    for (int round = 0; round < 20000; round++) {
        size_t length = next_random(&state) % 40;
        char *text = malloc(length + 1);
        char said[8192];

        ck_assert_ptr_nonnull(text);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[next_random(&state) % (sizeof alphabet - 1)];
        text[length] = '\0';
        parse(text, length, said, sizeof said);
        free(text);
    }
}
END_TEST

Suite *suite_roster(void)
{
    Suite *suite = suite_create("roster");
    TCase *tcase = tcase_create("roster");

    ADD_ROWS(tcase, a_list_is_read_as_spreadsheets_write_it, good);
    ADD_ROWS(tcase, a_list_with_a_fault_counts_for_nothing_and_says_where, bad);
    tcase_add_test(tcase, no_bytes_are_read_beyond_the_end);
    suite_add_tcase(suite, tcase);
    return suite;
}
