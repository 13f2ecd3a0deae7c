/*
 * Strict numbers, durations and days. Pure: no locale, no clock. Whatever is not wholly and
 * plainly a number is refused: sscanf and atoi made "3abc" a 3 and 65536 a 0 in our field.
 */
#ifndef VP_LIB_NUMBER_H
#define VP_LIB_NUMBER_H

#include "../pam_vpolicy.h"

/* A date of the Gregorian calendar, as people write it. */
struct vp_date {
    int year, month, day;
};

/* Room for "2026-11-22" and its NUL, and for any int32_t day. */
#define VP_DATE_SIZE 16

/* 9999-12-31, the last day that can be written down. */
#define VP_LAST_DAY 2932896

/* Decimal digits with an optional minus, from min to max. Returns 0, or -1 and leaves number_out.
 */
VP_CHECKED int vp_number_parse(const char *text, int64_t min, int64_t max, int64_t *number_out);

/*
 * A duration in whole days: "180d", or "never" which gives VP_NEVER, or "0". The largest is
 * VP_DURATION_MAX. Returns 0, or -1 and leaves days_out.
 */
#define VP_DURATION_MAX 36500
VP_CHECKED int vp_number_duration(const char *text, int32_t *days_out);

/* A date "2026-11-22" as a day; years 1970 to 9999, real days only. Returns 0, or -1. */
VP_CHECKED int vp_number_date(const char *text, int32_t *day_out);

/* The date of a day; day must not be VP_NO_DAY or VP_NEVER. */
struct vp_date vp_number_civil(int32_t day);

/* Writes "2026-11-22"; "never" for VP_NEVER, "none" for VP_NO_DAY. */
void vp_number_print_date(int32_t day, char buffer[VP_DATE_SIZE]);

/* Writes "180d" or "never". */
void vp_number_print_duration(int32_t days, char buffer[VP_DATE_SIZE]);

/* The UTC day of a time in seconds since 1970, also before it. */
int32_t vp_number_day(int64_t seconds);

#endif
