/*
 * Rows of data, as lines for people, as CSV for a spreadsheet or as JSON for a program: every
 * listing is written once, and its columns are named once.
 */
#include "command.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GAP 2 /* blanks between columns on a terminal */

struct cmd_sheet {
    enum { LINES, ALIGNED, CSV, JSON } form;
    const struct cmd_column *columns;
    size_t width; /* in columns */
    /* ALIGNED waits for the longest cell: rows of `width` cells, each row's tone beside it. */
    char **cells;
    enum cmd_tone *tones;
    size_t count, room, tone_room;
};

struct cmd_sheet *cmd_sheet_open(const struct cmd_arguments *arguments,
                                 const struct cmd_column *columns, size_t width)
{
    struct cmd_sheet *sheet = calloc(1, sizeof *sheet);

    if (sheet == NULL) {
        cmd_complain("no memory");
        return NULL;
    }
    sheet->columns = columns;
    sheet->width = width;
    if (arguments->json)
        sheet->form = JSON;
    else if (arguments->csv)
        sheet->form = CSV;
    else
        sheet->form = isatty(STDOUT_FILENO) ? ALIGNED : LINES;
    if (sheet->form == JSON)
        fputs("[", stdout);
    for (size_t i = 0; sheet->form == CSV && i < width; i++)
        printf("%s%s", columns[i].name, i + 1 < width ? "," : "\r\n");
    return sheet;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void print_line(const char *const *cells, size_t width)
{
    for (size_t i = 0; i < width; i++)
        printf("%s%s", cells[i] == NULL ? "-" : cells[i], i + 1 < width ? "\t" : "\n");
}

/* Characters, not bytes: every byte of UTF-8 but the first is 10xxxxxx. */
static int breadth(const char *text)
{
    int count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static const char *cell_at(const struct cmd_sheet *sheet, size_t row, size_t column)
{
    const char *cell = sheet->cells[row * sheet->width + column];

    return cell == NULL ? "-" : cell;
}

static int broadest(const struct cmd_sheet *sheet, size_t column)
{
    int most = breadth(sheet->columns[column].name);

    for (size_t row = 0; row < sheet->count; row++) {
        int here = breadth(cell_at(sheet, row, column));

        most = here > most ? here : most;
    }
    return most;
}

static void print_aligned_cell(const struct cmd_sheet *sheet, size_t column, int room,
                               const char *cell, enum cmd_tone tone)
{
    bool last = column + 1 == sheet->width;
    enum cmd_tone own = sheet->columns[column].toned ? tone : CMD_PLAIN;

    printf("%s%s%s%*s", cmd_tone_begin(own), cell, cmd_tone_end(own),
           last ? 0 : room + GAP - breadth(cell), "");
    if (last)
        putchar('\n');
}

static void print_aligned(const struct cmd_sheet *sheet)
{
    int rooms[CMD_COLUMNS_MAX];

    if (sheet->count == 0)
        return;
    for (size_t i = 0; i < sheet->width; i++) {
        rooms[i] = broadest(sheet, i);
        print_aligned_cell(sheet, i, rooms[i], sheet->columns[i].name, CMD_PLAIN);
    }
    for (size_t row = 0; row < sheet->count; row++)
        for (size_t i = 0; i < sheet->width; i++)
            print_aligned_cell(sheet, i, rooms[i], cell_at(sheet, row, i), sheet->tones[row]);
}

/* ---- CSV and JSON ---------------------------------------------------------------------------- */

/*
 * RFC 4180. A cell that begins like a formula gets a ' before it: people choose their own full name
 * (chfn), and a spreadsheet would run it on the desk of whoever opens the list.
 */
static void print_csv_cell(const char *cell)
{
    bool formula = *cell != '\0' && strchr("=+-@\t\r", *cell) != NULL;

    if (!formula && cell[strcspn(cell, "\",;\r\n")] == '\0') {
        fputs(cell, stdout);
        return;
    }
    fputs(formula ? "\"'" : "\"", stdout);
    for (; *cell != '\0'; cell++)
        printf(*cell == '"' ? "\"%c" : "%c", *cell);
    putchar('"');
}

static void print_csv(const char *const *cells, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        if (cells[i] != NULL)
            print_csv_cell(cells[i]);
        fputs(i + 1 < width ? "," : "\r\n", stdout);
    }
}

static json_t *make_value(const struct cmd_column *column, const char *cell)
{
    if (cell == NULL)
        return json_null();
    return column->number ? json_integer(strtoll(cell, NULL, 10)) : json_string(cell);
}

static int print_json(struct cmd_sheet *sheet, const char *const *cells)
{
    json_t *row = json_object();
    int result = row == NULL ? -1 : 0;

    for (size_t i = 0; result == 0 && i < sheet->width; i++)
        result = json_object_set_new(row, sheet->columns[i].name,
                                     make_value(&sheet->columns[i], cells[i]));
    if (result == 0) {
        fputs(sheet->count++ == 0 ? "\n" : ",\n", stdout);
        result = json_dumpf(row, stdout, JSON_PRESERVE_ORDER);
    }
    json_decref(row);
    return result;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static int keep(struct cmd_sheet *sheet, enum cmd_tone tone, const char *const *cells)
{
    char **moved =
        cmd_grow(sheet->cells, sheet->count, &sheet->room, sheet->width * sizeof *sheet->cells);
    enum cmd_tone *tones = moved == NULL ? NULL
                                         : cmd_grow(sheet->tones, sheet->count, &sheet->tone_room,
                                                    sizeof *sheet->tones);
    int result = 0;

    if (moved != NULL)
        sheet->cells = moved;
    if (tones == NULL)
        return -1;
    sheet->tones = tones;
    tones[sheet->count] = tone;
    for (size_t i = 0; i < sheet->width; i++) {
        char **cell = &moved[sheet->count * sheet->width + i];

        *cell = cells[i] == NULL ? NULL : strdup(cells[i]);
        if (cells[i] != NULL && *cell == NULL)
            result = -1;
    }
    sheet->count++;
    return result;
}

static int put(struct cmd_sheet *sheet, enum cmd_tone tone, const char *const *cells)
{
    switch (sheet->form) {
    case ALIGNED:
        return keep(sheet, tone, cells);
    case JSON:
        return print_json(sheet, cells);
    case CSV:
        print_csv(cells, sheet->width);
        return 0;
    case LINES:
        break;
    }
    print_line(cells, sheet->width);
    return 0;
}

int cmd_sheet_row(struct cmd_sheet *sheet, enum cmd_tone tone, const char *const *cells)
{
    char *blunted[CMD_COLUMNS_MAX] = {0};
    int result = 0;

    for (size_t i = 0; i < sheet->width && result == 0; i++) {
        blunted[i] = cells[i] == NULL ? NULL : strdup(cells[i]);
        if (blunted[i] != NULL)
            cmd_blunt(blunted[i], false);
        else if (cells[i] != NULL)
            result = -1;
    }
    if (result == 0)
        result = put(sheet, tone, (const char *const *)blunted);
    for (size_t i = 0; i < sheet->width; i++)
        free(blunted[i]);
    return result;
}

void cmd_sheet_close(struct cmd_sheet *sheet)
{
    if (sheet == NULL)
        return;
    if (sheet->form == ALIGNED)
        print_aligned(sheet);
    else if (sheet->form == JSON)
        fputs(sheet->count == 0 ? "]\n" : "\n]\n", stdout);
    for (size_t i = 0; sheet->form == ALIGNED && i < sheet->count * sheet->width; i++)
        free(sheet->cells[i]);
    free(sheet->cells);
    free(sheet->tones);
    free(sheet);
}
