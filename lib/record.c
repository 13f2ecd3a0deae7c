/*
 * The text of a record: lines of `field = value`, UTF-8, each ended by a newline.
 *
 *   version = 1.0            first line; another major number is refused
 *   user = alice             a row of fields[] below each; what is unset is left out
 *   ...
 *   end                      last line; without it the text was cut
 *
 * In a value, control characters, `%` and blanks at the ends stand as %XX. Days are dates of UTC,
 * times are seconds since 1970. A field that this version does not know is written back as it was.
 * A field once given a meaning keeps it for ever; a new meaning is a new field.
 */
#include "record.h"
#include "error.h"
#include "number.h"
#include "secret.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION_MAJOR "1."
#define VERSION_LINE  "version = 1.0\n"

static const char *const set_by_words[] = {"unknown", "user", "admin", NULL};
static const char *const due_words[] = {"none", "initial", "reset", "elsewhere", NULL};
static const char *const flag_words[] = {"no", "yes", NULL};
static const char *const reason_words[] = {
#define X(name, word) word,
    VP_REASONS(X)
#undef X
        NULL};

enum field_type { FIELD_TEXT, FIELD_UID, FIELD_DAY, FIELD_TIME, FIELD_WORD };

struct field {
    const char *name;
    enum field_type type;
    size_t offset, size;
    const char *const *words;
};

#define TEXT(name, member)                                                                         \
    {                                                                                              \
        name, FIELD_TEXT, offsetof(struct vp_record, member),                                      \
            sizeof(((struct vp_record *)0)->member), NULL                                          \
    }
#define SCALAR(name, type, member, words)                                                          \
    {                                                                                              \
        name, type, offsetof(struct vp_record, member), 0, words                                   \
    }
#define MARK(name, member)                                                                         \
    SCALAR(name, FIELD_WORD, member.reason, reason_words),                                         \
        SCALAR(name "_from", FIELD_DAY, member.from, NULL),                                        \
        SCALAR(name "_at", FIELD_TIME, member.made_at, NULL), TEXT(name "_by", member.made_by),    \
        TEXT(name "_note", member.note), TEXT(name "_incident", member.incident)

static const struct field fields[] = {
    TEXT("user", user),
    SCALAR("uid", FIELD_UID, uid, NULL),
    SCALAR("began", FIELD_DAY, began, NULL),
    SCALAR("set_on", FIELD_DAY, set_on, NULL),
    SCALAR("set_by", FIELD_WORD, set_by, set_by_words),
    SCALAR("due", FIELD_WORD, due, due_words),
    SCALAR("due_since", FIELD_DAY, due_since, NULL),
    SCALAR("respite", FIELD_DAY, respite, NULL),
    TEXT("hash", hash),
    SCALAR("last_login", FIELD_DAY, last_login, NULL),
    TEXT("last_login_from", last_login_from),
    SCALAR("reopened", FIELD_DAY, reopened, NULL),
    SCALAR("newest", FIELD_TIME, newest, NULL),
    MARK("closed", closed),
    MARK("suspected", suspected),
    SCALAR("locked", FIELD_WORD, locked, flag_words),
    SCALAR("shadow_expiry", FIELD_DAY, shadow_expiry, NULL),
    TEXT("groups", groups),
    SCALAR("noticed_on", FIELD_DAY, noticed_on, NULL),
    TEXT("noticed", noticed),
    TEXT("notified", notified),
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

const char *vp_record_set_by_word(int32_t set_by)
{
    return set_by_words[set_by];
}

const char *vp_record_due_word(int32_t due)
{
    return due_words[due];
}

void vp_record_begin(struct vp_record *record, const char *user, uint32_t uid)
{
    const int32_t no_day = VP_NO_DAY;

    memset(record, 0, sizeof *record);
    snprintf(record->user, sizeof record->user, "%s", user);
    record->uid = uid;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].type == FIELD_DAY)
            memcpy((char *)record + fields[i].offset, &no_day, sizeof no_day);
}

void vp_record_trust_clock(struct vp_record *record, int32_t today, int64_t now)
{
    int32_t *const happened[] = {&record->began,      &record->set_on,   &record->due_since,
                                 &record->last_login, &record->reopened, &record->noticed_on};

    for (size_t i = 0; i < sizeof happened / sizeof happened[0]; i++)
        if (*happened[i] != VP_NO_DAY && *happened[i] > today)
            *happened[i] = today;
    if (record->newest > now)
        record->newest = now;
}

void vp_record_wipe(struct vp_record *record)
{
    vp_secret_wipe(record, sizeof *record);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_word(const char *value, const char *const *words, int32_t *number_out)
{
    for (int32_t i = 0; words[i] != NULL; i++)
        if (strcmp(value, words[i]) == 0) {
            *number_out = i;
            return 0;
        }
    return -1;
}

static int read_day(const char *value, int32_t *day_out)
{
    if (strcmp(value, "never") == 0) {
        *day_out = VP_NEVER;
        return 0;
    }
    return vp_number_date(value, day_out);
}

static int read_field(const struct field *field, char *value, struct vp_record *record)
{
    void *at = (char *)record + field->offset;
    int64_t number = 0;
    int32_t small = 0;

    switch (field->type) {
    case FIELD_TEXT:
        if (vp_text_unescape(value) != 0 || strlen(value) >= field->size)
            return -1;
        memcpy(at, value, strlen(value) + 1);
        return 0;
    case FIELD_UID:
        if (vp_number_parse(value, 0, UINT32_MAX, &number) != 0)
            return -1;
        memcpy(at, &(uint32_t){(uint32_t)number}, sizeof(uint32_t));
        return 0;
    case FIELD_TIME:
        if (vp_number_parse(value, 0, INT64_MAX, &number) != 0)
            return -1;
        memcpy(at, &number, sizeof number);
        return 0;
    case FIELD_DAY:
        if (read_day(value, &small) != 0)
            return -1;
        break;
    case FIELD_WORD:
        if (read_word(value, field->words, &small) != 0)
            return -1;
        break;
    }
    memcpy(at, &small, sizeof small);
    return 0;
}

struct reader {
    struct vp_record *record;
    const char *file;
    unsigned line;
    struct vp_error *error;
    bool seen[FIELD_COUNT];
    bool ended;
    struct vp_text unknown;
};

static int keep_unknown(struct reader *reader, const char *name, const char *value)
{
    vp_text_add(&reader->unknown, "%s = %s\n", name, value);
    if (reader->unknown.length >= reader->unknown.size)
        return vp_error_set(reader->error, reader->file, reader->line, 0,
                            "more unknown fields than there is room for");
    return 0;
}

static int read_line(struct reader *reader, char *line)
{
    char *separator = strstr(line, " = ");
    char *value;

    if (strcmp(line, "end") == 0) {
        reader->ended = true;
        return 0;
    }
    if (reader->ended || separator == NULL)
        return vp_error_set(reader->error, reader->file, reader->line, 0,
                            "not a line of the form FIELD = VALUE");
    *separator = '\0';
    value = separator + 3;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(line, fields[i].name) != 0)
            continue;
        if (reader->seen[i] || read_field(&fields[i], value, reader->record) != 0)
            return vp_error_set(reader->error, reader->file, reader->line, 0, "%s: %s", line,
                                reader->seen[i] ? "stands here twice" : "a value that cannot be");
        reader->seen[i] = true;
        return 0;
    }
    return keep_unknown(reader, line, value);
}

/* Calls read_line for each line after the version; the text is cut up in place. */
static int read_lines(struct reader *reader, char *text)
{
    while (*text != '\0') {
        char *newline = strchr(text, '\n');

        if (newline == NULL)
            return vp_error_set(reader->error, reader->file, reader->line + 1, 0,
                                "the last line has no end: the file was cut");
        *newline = '\0';
        reader->line++;
        if (read_line(reader, text) != 0)
            return -1;
        text = newline + 1;
    }
    if (!reader->ended)
        return vp_error_set(reader->error, reader->file, reader->line, 0,
                            "no line \"end\": the file was cut");
    return 0;
}

/* Checks the first line; returns the text after it, or NULL with the error filled. */
static char *check_version(char *text, const char *file, struct vp_error *error_out)
{
    static const char key[] = "version = ";
    char *newline = strchr(text, '\n');

    if (newline == NULL || strncmp(text, key, sizeof key - 1) != 0) {
        (void)vp_error_set(error_out, file, 1, 0, "does not begin with a version");
        return NULL;
    }
    *newline = '\0';
    if (strncmp(text + sizeof key - 1, VERSION_MAJOR, sizeof VERSION_MAJOR - 1) != 0) {
        (void)vp_error_set(error_out, file, 1, 0,
                           "version %.16s, and this program reads 1.x (a newer one wrote it)",
                           text + sizeof key - 1);
        return NULL;
    }
    return newline + 1;
}

/* A copy of a text to cut up, or NULL with the error filled. */
static char *copy_text(const char *text, size_t length, const char *file,
                       struct vp_error *error_out)
{
    char *copy;

    if (memchr(text, '\0', length) != NULL) {
        (void)vp_error_set(error_out, file, 0, 0, "holds a NUL byte");
        return NULL;
    }
    copy = strndup(text, length);
    if (copy == NULL)
        (void)vp_error_set(error_out, file, 0, ENOMEM, "cannot be read");
    return copy;
}

int vp_record_parse(const char *text, size_t length, const char *file, struct vp_record *record_out,
                    struct vp_error *error_out)
{
    struct reader reader = {.record = record_out, .file = file, .line = 1, .error = error_out};
    char *copy = copy_text(text, length, file, error_out);
    char *lines;
    int result = -1;

    vp_record_begin(record_out, "", 0);
    vp_text_begin(&reader.unknown, record_out->unknown, sizeof record_out->unknown);
    if (copy == NULL)
        return -1;
    lines = check_version(copy, file, error_out);
    if (lines == NULL || read_lines(&reader, lines) != 0)
        goto out;
    if (record_out->user[0] == '\0') {
        (void)vp_error_set(error_out, file, reader.line, 0, "user: missing");
        goto out;
    }
    result = 0;
out:
    if (result != 0)
        vp_record_wipe(record_out);
    vp_secret_wipe(copy, length);
    free(copy);
    return result;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void print_field(const struct field *field, const struct vp_record *record,
                        struct vp_text *text)
{
    const void *at = (const char *)record + field->offset;
    char date[VP_DATE_SIZE];
    uint32_t uid;
    int64_t time;
    int32_t small;

    if (field->type == FIELD_TEXT) {
        if (*(const char *)at == '\0')
            return;
        vp_text_add(text, "%s = ", field->name);
        vp_text_add_escaped(text, at);
        vp_text_add(text, "\n");
        return;
    }
    if (field->type == FIELD_UID) {
        memcpy(&uid, at, sizeof uid);
        vp_text_add(text, "%s = %u\n", field->name, uid);
        return;
    }
    if (field->type == FIELD_TIME) {
        memcpy(&time, at, sizeof time);
        if (time > 0)
            vp_text_add(text, "%s = %lld\n", field->name, (long long)time);
        return;
    }
    memcpy(&small, at, sizeof small);
    if (field->type == FIELD_WORD && small != 0)
        vp_text_add(text, "%s = %s\n", field->name, field->words[small]);
    if (field->type == FIELD_DAY && small != VP_NO_DAY) {
        vp_number_print_date(small, date);
        vp_text_add(text, "%s = %s\n", field->name, date);
    }
}

size_t vp_record_print(const struct vp_record *record, char buffer[VP_RECORD_SIZE])
{
    struct vp_text text;

    vp_text_begin(&text, buffer, VP_RECORD_SIZE);
    vp_text_add(&text, VERSION_LINE);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        print_field(&fields[i], record, &text);
    vp_text_add(&text, "%send\n", record->unknown);
    return text.length;
}

/* A byte may take three and a field's name 32: printing never cuts. */
_Static_assert(3 * (sizeof(struct vp_record) - VP_RECORD_UNKNOWN_SIZE) + VP_RECORD_UNKNOWN_SIZE +
                       FIELD_COUNT * 32 + 32 <=
                   VP_RECORD_SIZE,
               "a record may outgrow VP_RECORD_SIZE");

/* ---- history --------------------------------------------------------------------------------- */

/* One `2026-11-22 $y$...` line. */
static int read_entry(char *line, struct vp_history *history)
{
    char *blank = strchr(line, ' ');

    if (blank == NULL || history->count == VP_HISTORY_MAX || strlen(blank + 1) >= VP_HASH_SIZE)
        return -1;
    *blank = '\0';
    if (vp_number_date(line, &history->entries[history->count].until) != 0)
        return -1;
    snprintf(history->entries[history->count++].hash, VP_HASH_SIZE, "%s", blank + 1);
    return 0;
}

int vp_history_parse(const char *text, size_t length, const char *file,
                     struct vp_history *history_out, struct vp_error *error_out)
{
    char *copy = copy_text(text, length, file, error_out);
    char *cursor, *line;
    unsigned number = 1;
    int result = -1;

    memset(history_out, 0, sizeof *history_out);
    if (copy == NULL)
        return -1;
    cursor = check_version(copy, file, error_out);
    if (cursor == NULL)
        goto out;
    while ((line = strsep(&cursor, "\n")) != NULL && strcmp(line, "end") != 0) {
        number++;
        if (read_entry(line, history_out) != 0) {
            (void)vp_error_set(error_out, file, number, 0, "not a line of the form DATE HASH");
            goto out;
        }
    }
    if (line == NULL || cursor == NULL || *cursor != '\0')
        (void)vp_error_set(error_out, file, number, 0, "no line \"end\": the file was cut");
    else
        result = 0;
out:
    if (result != 0)
        vp_secret_wipe(history_out, sizeof *history_out);
    vp_secret_wipe(copy, length);
    free(copy);
    return result;
}

size_t vp_history_print(const struct vp_history *history, char buffer[VP_HISTORY_SIZE])
{
    struct vp_text text;
    char date[VP_DATE_SIZE];

    vp_text_begin(&text, buffer, VP_HISTORY_SIZE);
    vp_text_add(&text, VERSION_LINE);
    for (size_t i = 0; i < history->count; i++) {
        vp_number_print_date(history->entries[i].until, date);
        vp_text_add(&text, "%s %s\n", date, history->entries[i].hash);
    }
    vp_text_add(&text, "end\n");
    return text.length;
}

void vp_history_add(struct vp_history *history, const char *hash, int32_t until, size_t keep)
{
    size_t at = 0;

    if (*hash == '\0')
        return;
    while (at < history->count && strcmp(history->entries[at].hash, hash) != 0)
        at++;
    if (at == history->count && history->count < VP_HISTORY_MAX)
        history->count++;
    if (at == VP_HISTORY_MAX)
        at--;
    memmove(&history->entries[1], &history->entries[0], at * sizeof history->entries[0]);
    vp_secret_wipe(&history->entries[0], sizeof history->entries[0]);
    history->entries[0].until = until;
    snprintf(history->entries[0].hash, VP_HASH_SIZE, "%s", hash);
    for (; history->count > keep; history->count--)
        vp_secret_wipe(&history->entries[history->count - 1], sizeof history->entries[0]);
}
