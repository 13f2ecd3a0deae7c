/* lib/number.c: strict numbers and days. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include "../../lib/number.h"

static const struct {
    const char *text;
    int64_t min, max, value; /* value below min: refused */
    const char *why;
} numbers[] = {
    {"0", 0, 10, 0, "the smallest allowed"},
    {"10", 0, 10, 10, "the largest allowed"},
    {"11", 0, 10, -1, "one too many"},
    {"7", 8, 10, 7, "one too few"},
    {"8", 8, 10, 8, "just enough"},
    {"007", 0, 10, 7, "zeros before it are decimal, not octal"},
    {"-1", 0, 10, -1, "below zero where zero is the least"},
    {"-5", -10, 10, -5, "below zero where that is allowed"},
    {"", 0, 10, -1, "empty"},
    {"-", -10, 10, -11, "a sign alone"},
    {"--1", -10, 10, -11, "two signs"},
    {"+1", 0, 10, -1, "a plus is no digit"},
    {" 1", 0, 10, -1, "a blank before it"},
    {"1 ", 0, 10, -1, "a blank after it"},
    {"3abc", 0, 10, -1, "sscanf takes this for 3"},
    {"0x8", 0, 10, -1, "no hexadecimal"},
    {"1e1", 0, 10, -1, "no exponent"},
    {"1.0", 0, 10, -1, "no fraction"},
    {"/", 0, 10, -1, "the character before 0"},
    {":", 0, 10, -1, "the character after 9"},
    {"65536", 0, 65535, -1, "%hu takes this for 0"},
    {"9223372036854775807", 0, INT64_MAX, INT64_MAX, "the largest of all"},
    {"9223372036854775808", 0, INT64_MAX, -1, "one above the largest of all"},
    {"-9223372036854775808", INT64_MIN, 0, INT64_MIN, "the smallest of all"},
    {"-9223372036854775809", INT64_MIN + 1, 0, INT64_MIN, "one below the smallest of all"},
    {"18446744073709551617", 0, 10, -1, "2^64+1 is not 1"},
    {"99999999999999999999999999", 0, INT64_MAX, -1, "far too long"},
};

START_TEST(a_number_is_wholly_a_number_from_min_to_max)
{
    bool allowed = numbers[_i].value >= numbers[_i].min && numbers[_i].value <= numbers[_i].max;
    int64_t value = 4711;
    int result = vp_number_parse(numbers[_i].text, numbers[_i].min, numbers[_i].max, &value);

    ck_assert_msg(result == (allowed ? 0 : -1), "\"%s\": %s", numbers[_i].text, numbers[_i].why);
    ck_assert_msg(value == (allowed ? numbers[_i].value : 4711), "\"%s\" gives %lld: %s",
                  numbers[_i].text, (long long)value, numbers[_i].why);
}
END_TEST

#define REFUSED (-9999)

static const struct {
    const char *text;
    int32_t days;
    const char *why;
} durations[] = {
    {"180d", 180, "as the manual writes it"},
    {"1d", 1, "one day"},
    {"0d", 0, "none"},
    {"0", 0, "a bare zero needs no unit"},
    {"never", VP_NEVER, "without an end"},
    {"36500d", 36500, "the longest"},
    {"36501d", REFUSED, "one day longer"},
    {"0036500d", 36500, "zeros before it"},
    {"180", REFUSED, "days, or minutes? the unit must stand there"},
    {"180 d", REFUSED, "a blank inside"},
    {"180D", REFUSED, "one way to write it"},
    {"180h", REFUSED, "hours are not days"},
    {"6m", REFUSED, "months or minutes?"},
    {"26w", REFUSED, "no weeks"},
    {"d", REFUSED, "a unit alone"},
    {"-1d", REFUSED, "before it began"},
    {"1dd", REFUSED, "twice the unit"},
    {"1.5d", REFUSED, "half days"},
    {"Never", REFUSED, "one way to write it"},
    {"nevermore", REFUSED, "a longer word"},
    {"", REFUSED, "empty"},
    {"00", REFUSED, "not the bare zero"},
    {"9999999d", REFUSED, "seven digits"},
    {"99999999d", REFUSED, "eight digits"},
    {"99999999999999999999d", REFUSED, "longer than any number"},
};

START_TEST(a_duration_is_days_or_never)
{
    int32_t days = 4711;
    bool allowed = durations[_i].days != REFUSED;

    ck_assert_msg(vp_number_duration(durations[_i].text, &days) == (allowed ? 0 : -1), "\"%s\": %s",
                  durations[_i].text, durations[_i].why);
    ck_assert_msg(days == (allowed ? durations[_i].days : 4711), "\"%s\" gives %d: %s",
                  durations[_i].text, days, durations[_i].why);
}
END_TEST

static const struct {
    const char *text;
    int32_t day;
    const char *why;
} dates[] = {
    {"1970-01-01", 0, "the first day"},
    {"1970-01-02", 1, "the second"},
    {"1999-12-31", 10956, "before the round year"},
    {"2000-02-29", 11016, "a leap day in a year that 400 divides"},
    {"2000-03-01", 11017, "and the day after"},
    {"2024-02-29", 19782, "a leap day"},
    {"2024-06-07", 19881, "the directive's own date"},
    {"2026-02-28", 20512, "the end of a short February"},
    {"2026-03-01", 20513, "and the day after"},
    {"2026-11-22", 20779, "as the manual writes it"},
    {"9999-12-31", 2932896, "the last day that can be written"},
    {"1969-12-31", REFUSED, "before the first day"},
    {"2026-02-29", REFUSED, "no leap year"},
    {"2100-02-29", REFUSED, "no leap year: 100 divides it and 400 does not"},
    {"2026-02-30", REFUSED, "there is no such day"},
    {"2026-04-31", REFUSED, "30 days has April"},
    {"2026-01-32", REFUSED, "no month has 32"},
    {"2026-01-00", REFUSED, "day 0"},
    {"2026-00-10", REFUSED, "month 0"},
    {"2026-13-01", REFUSED, "month 13"},
    {"2026-1-10", REFUSED, "one digit"},
    {"02026-1-10", REFUSED, "the right length, the signs elsewhere"},
    {"2026/11/22", REFUSED, "other signs"},
    {"2026-11/22", REFUSED, "one other sign"},
    {"2026/11-22", REFUSED, "the other one"},
    {"22-11-2026", REFUSED, "the other way round"},
    {"2026-11-22 ", REFUSED, "a blank after it"},
    {"2026-11-2x", REFUSED, "a letter"},
    {"-026-11-22", REFUSED, "a sign"},
    {"2026--1-22", REFUSED, "a sign in the month"},
    {"2026-11--2", REFUSED, "a sign in the day"},
    {"today", REFUSED, "a word"},
    {"", REFUSED, "empty"},
};

START_TEST(a_date_is_a_real_day)
{
    int32_t result = 4711;
    bool allowed = dates[_i].day != REFUSED;

    ck_assert_msg(vp_number_date(dates[_i].text, &result) == (allowed ? 0 : -1), "\"%s\": %s",
                  dates[_i].text, dates[_i].why);
    ck_assert_msg(result == (allowed ? dates[_i].day : 4711), "\"%s\" gives %d: %s", dates[_i].text,
                  result, dates[_i].why);
}
END_TEST

START_TEST(every_day_of_800_years_prints_and_reads_back_in_order)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct vp_date expected = {1970, 1, 1};

    /* Counted on by hand, the calendar's rules written out: no formula to share a mistake with. */
    for (int32_t i = 0; i < 800 * 366; i++) {
        bool leap =
            expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0);
        struct vp_date civil = vp_number_civil(i);
        char text[VP_DATE_SIZE];
        int32_t back = -1;

        vp_number_print_date(i, text);
        /* Check's own assertions cost a write each. */
        if (civil.year != expected.year || civil.month != expected.month ||
            civil.day != expected.day || vp_number_date(text, &back) != 0 || back != i)
            ck_abort_msg("day %d is %s and reads back as %d", i, text, back);
        if (++expected.day > lengths[expected.month - 1] + (leap && expected.month == 2)) {
            expected.day = 1;
            if (++expected.month > 12) {
                expected.month = 1;
                expected.year++;
            }
        }
    }
}
END_TEST

static const struct {
    int32_t days;
    const char *date, *duration, *why;
} printed[] = {
    {VP_NEVER, "never", "never", "without an end"},
    {VP_NO_DAY, "none", NULL, "not known"},
    {0, "1970-01-01", "0d", "zero"},
    {180, "1970-06-30", "180d", "half a year"},
    {20779, "2026-11-22", "20779d", "as the manual writes it"},
    {-1, "1969-12-31", NULL, "the day before the first"},
    {-719468, "0000-03-01", NULL, "where the formula's years begin"},
    {-719469, "0000-02-29", NULL, "and the day before it"},
};

START_TEST(days_print_as_people_write_them)
{
    char text[VP_DATE_SIZE];

    vp_number_print_date(printed[_i].days, text);
    ck_assert_msg(strcmp(text, printed[_i].date) == 0, "\"%s\": %s", text, printed[_i].why);
    if (printed[_i].duration != NULL) {
        memset(text, '~', sizeof text);
        vp_number_print_duration(printed[_i].days, text);
        ck_assert_msg(strcmp(text, printed[_i].duration) == 0, "\"%s\": %s", text, printed[_i].why);
    }
}
END_TEST

START_TEST(any_day_at_all_fits_its_room)
{
    static const int32_t days[] = {VP_NO_DAY + 1, VP_NEVER - 1, -719468, -719469, 2932897};

    for (size_t i = 0; i < COUNT(days); i++) {
        char text[VP_DATE_SIZE + 1];

        memset(text, '~', sizeof text);
        vp_number_print_date(days[i], text);
        ck_assert_int_eq(text[VP_DATE_SIZE], '~');
        ck_assert_uint_lt(strlen(text), VP_DATE_SIZE - 1);
    }
}
END_TEST

static const struct {
    int64_t seconds;
    int32_t day;
    const char *why;
} clocks[] = {
    {0, 0, "the first second"},
    {86399, 0, "the last second of a day"},
    {86400, 1, "the first of the next"},
    {-1, -1, "a second before 1970 is the day before"},
    {-86400, -1, "the first second of that day"},
    {-86401, -2, "and one before it"},
    {1795305600, 20779, "2026-11-22 00:00 UTC"},
    {1795305599, 20778, "a second earlier"},
    {INT64_MAX, VP_NEVER - 1, "a broken clock is not \"never\""},
    {INT64_MIN, VP_NO_DAY + 1, "nor \"none\""},
    {(int64_t)VP_NEVER * 86400, VP_NEVER - 1, "the first second that would be \"never\""},
    {(int64_t)VP_NEVER * 86400 - 1, VP_NEVER - 1, "the last day before it"},
    {((int64_t)VP_NO_DAY + 1) * 86400 - 1, VP_NO_DAY + 1, "the last second that would be \"none\""},
    {((int64_t)VP_NO_DAY + 1) * 86400, VP_NO_DAY + 1, "the first day after it"},
};

START_TEST(a_time_falls_on_its_utc_day)
{
    ck_assert_msg(vp_number_day(clocks[_i].seconds) == clocks[_i].day, "%s", clocks[_i].why);
}
END_TEST

Suite *suite_number(void)
{
    Suite *suite = suite_create("number");
    TCase *tcase = tcase_create("number");

    ADD_ROWS(tcase, a_number_is_wholly_a_number_from_min_to_max, numbers);
    ADD_ROWS(tcase, a_duration_is_days_or_never, durations);
    ADD_ROWS(tcase, a_date_is_a_real_day, dates);
    tcase_add_test(tcase, every_day_of_800_years_prints_and_reads_back_in_order);
    ADD_ROWS(tcase, days_print_as_people_write_them, printed);
    tcase_add_test(tcase, any_day_at_all_fits_its_room);
    ADD_ROWS(tcase, a_time_falls_on_its_utc_day, clocks);
    suite_add_tcase(suite, tcase);
    return suite;
}
