/* What people have: lists of SHA-1 or NTLM hashes with or without counts, and plain passwords. */
#include "../cmd/command.h"
#include "../lib/secret.h"
#include "breached.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHA1_DIGITS 40
#define NTLM_DIGITS 32
/* The range service of Pwned Passwords leaves out the five digits that are the file's name. */
#define RANGE_DIGITS 35
/* A progress bar counts in these. */
#define PROGRESS_UNIT ((uint64_t)1 << 20)

struct reading {
    struct input *input;
    const char *path;
    enum input_format format;
    uint64_t line;
};

static int digit_of(char letter)
{
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : -1;
}

/* How many digits a line begins with. */
static size_t count_leading(const char *line, size_t length)
{
    size_t digits = 0;

    while (digits < length && digit_of(line[digits]) >= 0)
        digits++;
    return digits;
}

/* The same if nothing but :COUNT follows them; else 0. */
static size_t count_digits(const char *line, size_t length)
{
    size_t digits = count_leading(line, length), at;

    if (digits == length)
        return digits;
    if (line[digits] != ':' || digits + 1 == length)
        return 0;
    for (at = digits + 1; at < length; at++)
        if (line[at] < '0' || line[at] > '9')
            return 0;
    return digits;
}

static bool is_hash(size_t digits)
{
    return digits == SHA1_DIGITS || digits == NTLM_DIGITS;
}

/*
 * What would be taken for plain passwords and is hardly meant: a sound list would be made of it,
 * in which no password is found.
 */
static int doubt(const struct reading *reading, const char *line, size_t length)
{
    size_t digits = count_digits(line, length);

    if (reading->line > 1 && is_hash(digits) && digits < length)
        return breached_complain("%s:%llu: is a hash, and the first line is none (take that out, "
                                 "or say --format)",
                                 reading->path, (unsigned long long)reading->line);
    if (reading->line > 1 || digits > 0)
        return 0;
    if (is_hash(count_leading(line, length)))
        return breached_complain("%s:%llu: begins as a hash does, and is none (HASH or "
                                 "HASH:COUNT; --format plain if it is a password)",
                                 reading->path, (unsigned long long)reading->line);
    if (memchr(line, '\0', length) != NULL)
        return breached_complain("%s: is no text in UTF-8 (UTF-16? iconv -f UTF-16 -t UTF-8 "
                                 "converts it)",
                                 reading->path);
    return 0;
}

/* By the first line; and what hash the list is of, by the first input that has one. */
static int begin(struct reading *reading, const char *line, size_t length)
{
    struct input *input = reading->input;
    size_t digits = count_digits(line, length);
    enum vp_filter_hash hash;

    reading->format = input->format != INPUT_GUESS ? input->format
                      : digits == SHA1_DIGITS      ? INPUT_SHA1
                      : digits == NTLM_DIGITS      ? INPUT_NTLM
                                                   : INPUT_PLAIN;
    if (input->format == INPUT_GUESS && digits == RANGE_DIGITS)
        return breached_complain("%s: holds ends of hashes, the beginning is in the file's name "
                                 "(have the downloader write one file)",
                                 reading->path);
    hash = reading->format == INPUT_NTLM                        ? VP_FILTER_NTLM
           : reading->format == INPUT_PLAIN && input->hash != 0 ? input->hash
                                                                : VP_FILTER_SHA1;
    if (input->hash != 0 && input->hash != hash)
        return breached_complain("%s: has %s hashes, and a list is of one kind: %s, by what was "
                                 "read before",
                                 reading->path, breached_hash_name(hash),
                                 breached_hash_name(input->hash));
    input->hash = hash;
    return 0;
}

/* The last 16 digits. A count of 0 is padding. */
static int add_hash(struct reading *reading, const char *line, size_t length)
{
    size_t wanted = reading->format == INPUT_SHA1 ? SHA1_DIGITS : NTLM_DIGITS;
    uint64_t hash = 0;

    if (count_digits(line, length) != wanted)
        return breached_complain("%s:%llu: is no %s hash (%zu hexadecimal digits, and :COUNT or "
                                 "nothing)",
                                 reading->path, (unsigned long long)reading->line,
                                 breached_hash_name(reading->input->hash), wanted);
    if (length == wanted + 2 && line[wanted + 1] == '0') {
        reading->input->passed_over++;
        return 0;
    }
    for (size_t i = wanted - 16; i < wanted; i++)
        hash = hash << 4 | (uint64_t)digit_of(line[i]);
    return spool_add(reading->input->spool, hash);
}

static int add_plain(const struct reading *reading, const char *line, size_t length)
{
    struct input *input = reading->input;
    uint64_t hash;

    if (vp_breached_hash(input->hashes, input->hash, line, length, &hash) == 0)
        return spool_add(input->spool, hash);
    input->passed_over++;
    return 0;
}

static void show_progress(struct input *input, size_t length)
{
    uint64_t before = input->done / PROGRESS_UNIT;

    input->done += length;
    if (input->done / PROGRESS_UNIT != before && input->total > 0)
        cmd_progress((size_t)(input->done / PROGRESS_UNIT),
                     (size_t)(input->total / PROGRESS_UNIT) + 1);
}

/* Without the line's end, of Unix or of Windows. */
static int read_line(struct reading *reading, const char *line, size_t length)
{
    reading->line++;
    show_progress(reading->input, length);
    /* Some programs put a byte order mark before UTF-8; it says nothing. */
    if (reading->line == 1 && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        length -= 3;
    }
    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (length == 0)
        return 0;
    if (reading->format == INPUT_GUESS && begin(reading, line, length) != 0)
        return -1;
    if (reading->input->format == INPUT_GUESS && reading->format == INPUT_PLAIN &&
        reading->line <= 2 && doubt(reading, line, length) != 0)
        return -1;
    reading->input->lines++;
    return reading->format == INPUT_PLAIN ? add_plain(reading, line, length)
                                          : add_hash(reading, line, length);
}

int input_read(struct input *input, const char *path)
{
    struct reading reading = {.input = input, .path = path};
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int result = 0;

    if (file == NULL)
        return breached_complain("%s: cannot be opened: %s", path, strerror(errno));
    while (result == 0 && (length = getline(&line, &room, file)) > 0)
        result = read_line(&reading, line, (size_t)length);
    /* Where a line does not fit into memory, no error of the file tells. */
    if (result == 0 && ferror(file))
        result = breached_complain("%s: cannot be read: %s", path, strerror(errno));
    else if (result == 0 && !feof(file))
        result = breached_complain("%s:%llu: cannot be read: %s", path,
                                   (unsigned long long)reading.line + 1, strerror(errno));
    if (line != NULL)
        vp_secret_wipe(line, room);
    free(line);
    if (file != stdin)
        fclose(file);
    return result;
}
