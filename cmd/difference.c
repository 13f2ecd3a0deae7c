/*
 * What a draft of the policy would change, for whom: everybody is judged by the policy in force and
 * by the draft, for today and for some days on.
 */
#include "../lib/number.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum which { IN_FORCE, DRAFT };

struct cmd_difference_row {
    char *user;
    int32_t day;
    char before[40], after[40];
    bool worse;
};

struct comparison {
    struct cmd_arguments arguments; /* with the draft */
    struct cmd_known *known;
    struct cmd_difference *difference;
};

/* In the order of their weight. */
static int weight_of(const struct vp_verdict *verdict)
{
    return verdict->kind == VP_CLOSED ? 2 : verdict->kind == VP_MUST_CHANGE;
}

/* `must-change expired`, `closed idle`, `exempt`, `ok`. */
static void print_verdict(const struct vp_inquiry *inquiry, const struct vp_verdict *verdict,
                          char *buffer, size_t size)
{
    if (weight_of(verdict) > 0)
        snprintf(buffer, size, "%s %s", vp_verdict_kind_word(verdict->kind),
                 vp_verdict_reason_word(verdict->reason));
    else if (vp_verdict_exempt(&inquiry->values, &inquiry->account))
        snprintf(buffer, size, "exempt");
    else
        snprintf(buffer, size, "ok");
}

static int add_row(struct cmd_difference *difference, const char *user,
                   const struct cmd_difference_row *found)
{
    struct cmd_difference_row *moved =
        cmd_grow(difference->rows, difference->count, &difference->room, sizeof *difference->rows);

    if (moved == NULL)
        return -1;
    difference->rows = moved;
    moved[difference->count] = *found;
    moved[difference->count].user = strdup(user);
    difference->worse |= found->worse;
    return moved[difference->count++].user == NULL ? -1 : 0;
}

static void count(struct cmd_difference *difference, size_t day, enum which which, int weight)
{
    difference->due[day][which] += weight == 1;
    difference->closed[day][which] += weight == 2;
}

/* Compares both verdicts of one day; 0 = today. */
static int compare_day(struct cmd_difference *difference, const struct vp_inquiry *now,
                       const struct vp_inquiry *draft, size_t later)
{
    struct cmd_difference_row row = {.day = now->today + (later ? CMD_DIFFERENCE_DAYS : 0)};
    struct vp_verdict before = vp_verdict_judge(&now->values, &now->record, &now->account, row.day);
    struct vp_verdict after =
        vp_verdict_judge(&draft->values, &draft->record, &draft->account, row.day);

    count(difference, later, IN_FORCE, weight_of(&before));
    count(difference, later, DRAFT, weight_of(&after));
    if (weight_of(&before) == weight_of(&after) &&
        (weight_of(&after) == 0 || before.reason == after.reason))
        return 0;
    row.worse = weight_of(&after) > weight_of(&before);
    print_verdict(now, &before, row.before, sizeof row.before);
    print_verdict(draft, &after, row.after, sizeof row.after);
    return add_row(difference, now->account.name, &row);
}

/*
 * The draft may make something else of the same account, which is asked anew: who has no record by
 * the policy in force may get one by the draft, that lowers min_uid or sets max_idle.
 */
static int compare_account(void *context, const struct vp_inquiry *now)
{
    struct comparison *comparison = context;
    struct vp_question question = cmd_question(&comparison->arguments, now->account.name, true);
    struct vp_known *known = cmd_known_of(comparison->known, &now->account);
    struct vp_inquiry draft;
    int result = 0;

    if (known == NULL)
        return -1;
    vp_inquiry_open_known(&question, known, &draft);
    for (size_t later = 0; later < 2 && result == 0; later++)
        if (!vp_inquiry_blind(now) && !vp_inquiry_blind(&draft))
            result = compare_day(comparison->difference, now, &draft, later);
    vp_inquiry_close(&draft);
    cmd_known_drop(known);
    return result;
}

static int compare_rows(const void *one, const void *other)
{
    const struct cmd_difference_row *a = one, *b = other;
    int order = strcmp(a->user, b->user);

    return order != 0 ? order : (a->day > b->day) - (a->day < b->day);
}

int cmd_difference_find(const struct cmd_arguments *arguments, const struct vp_policy *draft,
                        struct cmd_difference *difference_out)
{
    struct comparison comparison = {.arguments = *arguments, .difference = difference_out};
    int result;

    *difference_out = (struct cmd_difference){0};
    comparison.arguments.draft = draft;
    comparison.known = cmd_known_open(&comparison.arguments);
    if (comparison.known == NULL)
        return -1;
    result = cmd_known_visit(arguments, compare_account, &comparison);
    cmd_known_close(comparison.known);
    if (result == 0 && difference_out->count > 0)
        qsort(difference_out->rows, difference_out->count, sizeof difference_out->rows[0],
              compare_rows);
    if (result != 0)
        cmd_difference_free(difference_out);
    return result;
}

void cmd_difference_free(struct cmd_difference *difference)
{
    for (size_t i = 0; i < difference->count; i++)
        free(difference->rows[i].user);
    free(difference->rows);
    *difference = (struct cmd_difference){0};
}

void cmd_difference_say(const struct cmd_arguments *arguments,
                        const struct cmd_difference *difference)
{
    static const char *const days[] = {"today", "in 14 days"};

    _Static_assert(CMD_DIFFERENCE_DAYS == 14, "the words above");
    for (size_t day = 0; day < 2; day++)
        cmd_remark(arguments, "%s: %zu accounts would be due (as it is: %zu), %zu closed (%zu)",
                   days[day], difference->due[day][DRAFT], difference->due[day][IN_FORCE],
                   difference->closed[day][DRAFT], difference->closed[day][IN_FORCE]);
}

/* ---- vpolicy diff ---------------------------------------------------------------------------- */

enum column { USER, DAY, BEFORE, AFTER, COLUMN_COUNT };

static const struct cmd_column columns[COLUMN_COUNT] = {
    [USER] = {.name = "user"},
    [DAY] = {.name = "day"},
    [BEFORE] = {.name = "before"},
    [AFTER] = {.name = "after", .toned = true},
};

static int print_rows(const struct cmd_arguments *arguments,
                      const struct cmd_difference *difference)
{
    struct cmd_sheet *sheet = cmd_sheet_open(arguments, columns, COLUMN_COUNT);
    int result = sheet == NULL ? -1 : 0;

    for (size_t i = 0; i < difference->count && result == 0; i++) {
        const struct cmd_difference_row *row = &difference->rows[i];
        char day[VP_DATE_SIZE];
        const char *cells[COLUMN_COUNT] = {
            [USER] = row->user, [DAY] = day, [BEFORE] = row->before, [AFTER] = row->after};

        vp_number_print_date(row->day, day);
        result = cmd_sheet_row(sheet, row->worse ? CMD_BAD : CMD_GOOD, cells);
        if (result != 0)
            cmd_complain("no memory");
    }
    cmd_sheet_close(sheet);
    return result;
}

enum cmd_status cmd_diff(const struct cmd_arguments *arguments)
{
    struct cmd_difference difference;
    enum cmd_status status = CMD_ERROR;
    struct vp_policy draft;

    if (cmd_check_file(arguments, arguments->names[0], &draft) != 0)
        return CMD_ERROR;
    if (cmd_difference_find(arguments, &draft, &difference) == 0) {
        if (print_rows(arguments, &difference) == 0)
            status = difference.worse ? CMD_NO : CMD_YES;
        cmd_difference_say(arguments, &difference);
        cmd_difference_free(&difference);
    }
    vp_policy_free(&draft);
    return status;
}
