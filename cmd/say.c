#include "../lib/error.h"
#include "../lib/text.h"
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

/* Room for one line; longer ones are cut. */
#define LINE_SIZE 4096

/* C1 controls, and the characters that turn the direction of writing (Unicode Standard, 23.2). */
static bool is_dangerous(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* The length in bytes of the UTF-8 character at the beginning; 0 where there is none. */
static size_t character_length(const char *at, uint32_t *point_out)
{
    uint32_t points[4];
    size_t count;

    for (size_t length = 1; length <= 4 && at[length - 1] != '\0'; length++)
        if (vp_text_decode(at, length, points, &count) == 0) {
            *point_out = points[0];
            return length;
        }
    return 0;
}

void cmd_blunt(char *text, bool keep_tabs)
{
    while (*text != '\0') {
        uint32_t point = 0;
        size_t length = character_length(text, &point);

        if (length == 0)
            *text = '?';
        else if (is_dangerous(point) && !(keep_tabs && point == '\t'))
            memset(text, '?', length);
        text += length == 0 ? 1 : length;
    }
}

VP_PRINTF(3, 0)
static void say(FILE *stream, const char *before, const char *format, va_list values)
{
    char line[LINE_SIZE];

    vsnprintf(line, sizeof line, format, values);
    cmd_blunt(line, true);
    fprintf(stream, "%s%s\n", before, line);
}

void cmd_say(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    say(stdout, "", format, values);
    va_end(values);
}

void cmd_complain(const char *format, ...)
{
    va_list values;

    /* What was said before should stand before it, also where both go into one file. */
    fflush(stdout);
    va_start(values, format);
    say(stderr, "vpolicy: ", format, values);
    va_end(values);
}

void cmd_complain_error(const struct vp_error *error)
{
    char text[1024];

    vp_error_print(error, text, sizeof text);
    cmd_complain("%s", text);
}

void cmd_log(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list values;

    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    cmd_blunt(line, false);
    openlog("vpolicy", LOG_PID, LOG_AUTHPRIV);
    syslog(LOG_NOTICE, "%s", line);
    closelog();
}

void cmd_quote(const char *word, char *buffer, size_t size)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@+:,";
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        vp_text_add(&text, "%s", word);
        return;
    }
    vp_text_add(&text, "'");
    for (; *word != '\0'; word++)
        vp_text_add(&text, *word == '\'' ? "'\\%c'" : "%c", *word);
    vp_text_add(&text, "'");
}
