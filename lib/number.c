#include "number.h"

#include <stdio.h>
#include <string.h>

#define SECONDS_A_DAY 86400

int vp_number_parse(const char *text, int64_t min, int64_t max, int64_t *number_out)
{
    bool negative = *text == '-';
    int64_t number = 0;

    if (negative)
        text++;
    if (*text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, *text - '0', &number))
            return -1;
    }
    /* Summed up as a negative number, which has room for INT64_MIN. */
    if (!negative && number == INT64_MIN)
        return -1;
    if (!negative)
        number = -number;
    if (number < min || number > max)
        return -1;
    *number_out = number;
    return 0;
}

int vp_number_duration(const char *text, int32_t *days_out)
{
    char digits[8];
    size_t length = strlen(text);
    int64_t days;

    if (strcmp(text, "never") == 0) {
        *days_out = VP_NEVER;
        return 0;
    }
    if (strcmp(text, "0") == 0) {
        *days_out = 0;
        return 0;
    }
    if (length < 2 || length > sizeof digits || text[length - 1] != 'd')
        return -1;
    memcpy(digits, text, length - 1);
    digits[length - 1] = '\0';
    if (vp_number_parse(digits, 0, VP_DURATION_MAX, &days) != 0)
        return -1;
    *days_out = (int32_t)days;
    return 0;
}

/*
 * Days from 1970-01-01 to a date, and back: Howard Hinnant's "chrono-Compatible Low-Level Date
 * Algorithms". A year begins in March, so that the leap day is its last; 719468 is the number of
 * days from 0000-03-01 to 1970-01-01, 146097 the length of 400 years.
 */
static int32_t day_of(struct vp_date date)
{
    int year = date.month <= 2 ? date.year - 1 : date.year;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct vp_date vp_number_civil(int32_t day)
{
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = (int)(shifted - era * 146097);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    int month = march_month < 10 ? march_month + 3 : march_month - 9;

    return (struct vp_date){
        .year = (int)(era * 400) + year_of_era + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * march_month + 2) / 5 + 1,
    };
}

int vp_number_date(const char *text, int32_t *day_out)
{
    char part[11];
    int64_t year, month, day;
    struct vp_date date, back;
    int32_t result;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return -1;
    memcpy(part, text, sizeof part);
    part[4] = part[7] = '\0';
    if (vp_number_parse(part, 1970, 9999, &year) != 0 ||
        vp_number_parse(part + 5, 1, 12, &month) != 0 ||
        vp_number_parse(part + 8, 1, 31, &day) != 0)
        return -1;
    date = (struct vp_date){(int)year, (int)month, (int)day};
    result = day_of(date);
    back = vp_number_civil(result);
    /* 30 February is some other day when read back. */
    if (back.day != date.day || back.month != date.month)
        return -1;
    *day_out = result;
    return 0;
}

void vp_number_print_date(int32_t day, char buffer[VP_DATE_SIZE])
{
    struct vp_date date;

    if (day == VP_NO_DAY || day == VP_NEVER) {
        snprintf(buffer, VP_DATE_SIZE, "%s", day == VP_NEVER ? "never" : "none");
        return;
    }
    date = vp_number_civil(day);
    snprintf(buffer, VP_DATE_SIZE, "%04d-%02d-%02d", date.year, date.month, date.day);
}

void vp_number_print_duration(int32_t days, char buffer[VP_DATE_SIZE])
{
    if (days == VP_NEVER)
        snprintf(buffer, VP_DATE_SIZE, "never");
    else
        snprintf(buffer, VP_DATE_SIZE, "%dd", days);
}

int32_t vp_number_day(int64_t seconds)
{
    int64_t day = seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);

    /* A clock beyond int32 days is broken; the ends keep its sign. */
    if (day >= VP_NEVER)
        return VP_NEVER - 1;
    if (day <= VP_NO_DAY)
        return VP_NO_DAY + 1;
    return (int32_t)day;
}
