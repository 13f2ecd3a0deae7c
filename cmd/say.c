#include "../lib/error.h"
#include "../lib/text.h"
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <unistd.h>

/* Room for one line; longer ones are cut. */
#define LINE_SIZE 4096
/* What is shorter is over before a bar can be read. */
#define PROGRESS_MIN 50

/* C1 controls, and the characters that turn the direction of writing (Unicode Standard, 23.2). */
static bool is_dangerous(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x200e || point == 0x200f ||
           point == 0x061c || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
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

static bool is_coloured(void)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

const char *cmd_tone_begin(enum cmd_tone tone)
{
    static const char *const colours[] = {
        [CMD_PLAIN] = "", [CMD_GOOD] = "\033[32m", [CMD_WARN] = "\033[33m", [CMD_BAD] = "\033[31m"};

    return tone != CMD_PLAIN && is_coloured() ? colours[tone] : "";
}

const char *cmd_tone_end(enum cmd_tone tone)
{
    return tone != CMD_PLAIN && is_coloured() ? "\033[0m" : "";
}

void cmd_say_toned(enum cmd_tone tone, const char *format, ...)
{
    va_list values;

    fputs(cmd_tone_begin(tone), stdout);
    va_start(values, format);
    say(stdout, "", format, values);
    va_end(values);
    fputs(cmd_tone_end(tone), stdout);
}

void cmd_remark(const struct cmd_arguments *arguments, const char *format, ...)
{
    va_list values;

    if (arguments->json || arguments->csv)
        return;
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

static bool read_yes(void)
{
    char answer[16] = "";
    ssize_t length = read(STDIN_FILENO, answer, sizeof answer - 1);

    if (length <= 0)
        return false;
    answer[strcspn(answer, "\n")] = '\0';
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

bool cmd_confirm(const struct cmd_arguments *arguments, const char *format, ...)
{
    char question[LINE_SIZE];
    va_list values;

    if (arguments->yes)
        return true;
    va_start(values, format);
    vsnprintf(question, sizeof question, format, values);
    va_end(values);
    cmd_blunt(question, true);
    fflush(stdout);
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        cmd_complain("%s (there is no terminal to ask at: --yes says yes)", question);
        return false;
    }
    fprintf(stderr, "%s [y/N] ", question);
    return read_yes();
}

void cmd_progress(size_t done, size_t total)
{
    const int width = 30;

    if (total < PROGRESS_MIN || !isatty(STDERR_FILENO))
        return;
    if (done == total) {
        fputs("\r\033[K", stderr);
        return;
    }
    if (done % (total / 100 + 1) != 0)
        return;
    fprintf(stderr, "\r[%-*.*s] %zu of %zu", width, (int)(done * (size_t)width / total),
            "##############################", done, total);
    fflush(stderr);
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
