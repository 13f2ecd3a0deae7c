#include "roster.h"
#include "error.h"
#include "number.h"
#include "text.h"
#include "verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cells of a line that are looked at; a spreadsheet may have any number of others. */
#define CELLS_MAX 64

enum column { USER, DATE, REASON, COLUMN_COUNT };

static const char *const column_names[COLUMN_COUNT] = {
    [USER] = "user", [DATE] = "date", [REASON] = "reason"};

struct parsing {
    char *at; /* cells are cut out of the text in place */
    const char *file;
    unsigned line;     /* where `at` stands */
    const char *wrong; /* with the quotes of the line that was cut last, or NULL */
    char separator;
    int columns[COLUMN_COUNT]; /* which cell it is, or -1 */
    vp_roster_report *report;
    void *context;
    size_t faults, room;
    struct vp_roster *roster;
};

static void report_fault(struct parsing *parsing, unsigned line, const struct vp_error *what)
{
    struct vp_error fault;

    (void)vp_error_set(&fault, parsing->file, line, what->errnum, "%s", what->text);
    parsing->faults++;
    parsing->report(parsing->context, &fault);
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* Takes the quotes off in place. An open one would hide all lines behind it: that is a fault. */
static char *cut_quoted(struct parsing *parsing)
{
    char *cell = ++parsing->at, *to = cell;

    while (*parsing->at != '\0' && (*parsing->at != '"' || parsing->at[1] == '"')) {
        parsing->at += *parsing->at == '"';
        parsing->line += *parsing->at == '\n';
        *to++ = *parsing->at++;
    }
    if (*parsing->at == '\0')
        parsing->wrong = "opens a quote that nothing closes";
    parsing->at += *parsing->at == '"';
    /* Up to the separator nothing follows (RFC 4180); what does belongs to no cell. */
    for (; *parsing->at != '\0' && *parsing->at != '\n' && *parsing->at != parsing->separator;
         parsing->at++)
        if (*parsing->at != ' ' && *parsing->at != '\t' && *parsing->at != '\r')
            parsing->wrong = "has something between a closing quote and the end of the cell";
    if (to < parsing->at)
        *to = '\0';
    return cell;
}

/* The cells of the next line, trimmed. Returns how many there are; those beyond CELLS_MAX are cut.
 */
static int cut_line(struct parsing *parsing, char *cells[CELLS_MAX])
{
    int count = 0;

    parsing->wrong = NULL;
    for (;;) {
        char *cell, ended_by;

        if (*parsing->at == '"') {
            cell = cut_quoted(parsing);
        } else {
            cell = parsing->at;
            while (*parsing->at != '\0' && *parsing->at != '\n' &&
                   *parsing->at != parsing->separator)
                parsing->at++;
        }
        ended_by = *parsing->at;
        *parsing->at = '\0';
        if (count < CELLS_MAX)
            cells[count++] = vp_text_trim(cell);
        parsing->at += ended_by != '\0';
        parsing->line += ended_by == '\n';
        if (ended_by != parsing->separator)
            return count;
    }
}

/*
 * Spreadsheets of countries that write 3,14 put semicolons between cells; what is copied out of one
 * has tabs.
 */
static char find_separator(const char *text)
{
    bool tabs = false;

    for (bool quoted = false; *text != '\0' && (*text != '\n' || quoted); text++) {
        if (*text == '"')
            quoted = !quoted;
        else if (!quoted && (*text == ',' || *text == ';'))
            return *text;
        tabs |= !quoted && *text == '\t';
    }
    return tabs ? '\t' : ',';
}

/* ---- columns --------------------------------------------------------------------------------- */

/* ASCII alone: the heading is ours, and no locale shall change it. */
static bool is_word(const char *cell, const char *word)
{
    size_t i = 0;

    while (word[i] != '\0' && (cell[i] | 0x20) == word[i])
        i++;
    return word[i] == '\0' && cell[i] == '\0';
}

/* Whether the line names the columns; then the columns are found by their names. */
static bool read_heading(struct parsing *parsing, char *const *cells, int count)
{
    int columns[COLUMN_COUNT] = {-1, -1, -1};
    enum vp_reason reason;

    /* Somebody's account may be called user. */
    if (count > REASON && vp_roster_reason(cells[REASON], &reason) == 0)
        return false;

    for (int i = 0; i < count; i++)
        for (int column = 0; column < COLUMN_COUNT; column++)
            if (columns[column] < 0 && is_word(cells[i], column_names[column]))
                columns[column] = i;
    if (columns[USER] < 0)
        return false;
    /* Under another name the days would be passed over, and all be closed at once. */
    if (columns[REASON] >= 0 && columns[DATE] < 0)
        parsing->wrong = "names a column reason, and none that is called date";
    memcpy(parsing->columns, columns, sizeof columns);
    return true;
}

static const char *cell_of(const struct parsing *parsing, char *const *cells, int count,
                           enum column column)
{
    int at = parsing->columns[column];

    return at >= 0 && at < count ? cells[at] : "";
}

/* ---- rows ------------------------------------------------------------------------------------ */

int vp_roster_reason(const char *word, enum vp_reason *reason_out)
{
    static const enum vp_reason allowed[] = {VP_REASON_RETIRED, VP_REASON_TRANSFERRED,
                                             VP_REASON_OTHER};

    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (strcmp(word, vp_verdict_reason_word(allowed[i])) == 0) {
            *reason_out = allowed[i];
            return 0;
        }
    return -1;
}

/* "22/11/2026", as office letters and spreadsheets here have it; always the day first. */
static int read_office_date(const char *text, int32_t *day_out)
{
    static const int64_t largest[] = {31, 12, 9999};
    char copy[16], iso[VP_DATE_SIZE], *rest = copy;
    int64_t parts[3];

    if (strlen(text) >= sizeof copy)
        return -1;
    snprintf(copy, sizeof copy, "%s", text);
    for (size_t i = 0; i < 3; i++) {
        char *part = strsep(&rest, "/");

        if (part == NULL || vp_number_parse(part, 1, largest[i], &parts[i]) != 0)
            return -1;
    }
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", (int)parts[2], (int)parts[1], (int)parts[0]);
    return rest == NULL ? vp_number_date(iso, day_out) : -1;
}

static int read_day(const char *text, int32_t *day_out)
{
    *day_out = VP_NO_DAY;
    return *text == '\0' || vp_number_date(text, day_out) == 0 ? 0
                                                               : read_office_date(text, day_out);
}

static int add_row(struct parsing *parsing, const struct vp_roster_row *row, const char *user)
{
    struct vp_roster *roster = parsing->roster;

    if (roster->count == parsing->room) {
        size_t larger = parsing->room == 0 ? 64 : parsing->room * 2;
        struct vp_roster_row *moved = reallocarray(roster->rows, larger, sizeof *moved);

        if (moved == NULL)
            return -1;
        roster->rows = moved;
        parsing->room = larger;
    }
    roster->rows[roster->count] = *row;
    roster->rows[roster->count].user = strdup(user);
    return roster->rows[roster->count++].user == NULL ? -1 : 0;
}

/* Says what is wrong with a line, or adds its row. -1 = no memory. */
static int read_row(struct parsing *parsing, unsigned line, char *const *cells, int count)
{
    const char *user = cell_of(parsing, cells, count, USER);
    const char *date = cell_of(parsing, cells, count, DATE);
    const char *reason = cell_of(parsing, cells, count, REASON);
    struct vp_roster_row row = {.line = line};
    struct vp_error fault;

    if (*date == '\0' && *reason == '\0') {
        parsing->roster->staying += *user != '\0';
        return 0;
    }
    if (*user == '\0')
        (void)vp_error_set(&fault, NULL, 0, 0, "names nobody");
    else if (read_day(date, &row.day) != 0)
        (void)vp_error_set(&fault, NULL, 0, 0,
                           "%.64s: \"%.32s\" is no date (write it as 2026-11-22 or 22/11/2026)",
                           user, date);
    else if (vp_roster_reason(reason, &row.reason) != 0)
        (void)vp_error_set(&fault, NULL, 0, 0,
                           "%.64s: \"%.32s\" is no reason (retired, transferred or other)", user,
                           reason);
    else
        return add_row(parsing, &row, user);
    report_fault(parsing, line, &fault);
    return 0;
}

/* Lines that end as they did on old Macintoshes would be one, which seems to be a heading. */
static bool has_lone_returns(const char *text, size_t length)
{
    const char *end = memchr(text, '\r', length);

    return end != NULL && end[1] != '\0' && memchr(text, '\n', length) == NULL;
}

/* What the bytes show before any line is read: NULL, or what is wrong and what would be right. */
static const char *object_to_bytes(const char *text, size_t length)
{
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return "is UTF-16 (save it as CSV UTF-8)";
    if (length >= 2 && memcmp(text, "PK", 2) == 0)
        return "is a spreadsheet (save it as CSV UTF-8)";
    if (memchr(text, '\0', length) != NULL)
        return "holds a NUL byte (save it as CSV UTF-8)";
    if (has_lone_returns(text, length))
        return "ends its lines in carriage returns alone (save it as CSV UTF-8)";
    return NULL;
}

static int read_rows(struct parsing *parsing)
{
    struct vp_error fault;
    int result = 0;

    for (bool first = true; *parsing->at != '\0' && result == 0; first = false) {
        char *cells[CELLS_MAX];
        unsigned line = parsing->line;
        int count = cut_line(parsing, cells);
        bool heading = first && read_heading(parsing, cells, count);

        if (parsing->wrong != NULL) {
            (void)vp_error_set(&fault, NULL, 0, 0, "%s", parsing->wrong);
            report_fault(parsing, line, &fault);
        } else if (!heading) {
            result = read_row(parsing, line, cells, count);
        }
    }
    return result;
}

int vp_roster_parse(const char *text, size_t length, const char *file, vp_roster_report *report,
                    void *context, struct vp_roster *roster_out)
{
    struct parsing parsing = {.file = file,
                              .line = 1,
                              .columns = {[USER] = 0, [DATE] = 1, [REASON] = 2},
                              .report = report,
                              .context = context,
                              .roster = roster_out};
    const char *objection = object_to_bytes(text, length);
    char *copy = strdup(text);
    struct vp_error fault;

    *roster_out = (struct vp_roster){0};
    if (objection != NULL || copy == NULL) {
        (void)vp_error_set(&fault, NULL, 0, copy == NULL ? ENOMEM : 0, "%s",
                           copy == NULL ? "the list" : objection);
        report_fault(&parsing, 0, &fault);
    } else {
        parsing.at = copy + (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
        parsing.separator = find_separator(parsing.at);
        if (read_rows(&parsing) != 0) {
            (void)vp_error_set(&fault, NULL, 0, ENOMEM, "the list");
            report_fault(&parsing, 0, &fault);
        }
    }
    free(copy);
    if (parsing.faults > 0)
        vp_roster_free(roster_out);
    return parsing.faults > 0 ? -1 : 0;
}

void vp_roster_free(struct vp_roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        free(roster->rows[i].user);
    free(roster->rows);
    *roster = (struct vp_roster){0};
}
