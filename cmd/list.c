/*
 * Who stands how: for the administrator's eye, for a program, and as the sheet that a head of unit
 * gets to answer "are these still with you?".
 */
#include "../lib/number.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column { USER, NAME, GROUP, STATE, WHY, SINCE, DUE, SET, LOGIN, IDLE, COLUMN_COUNT };

static const struct cmd_column columns[COLUMN_COUNT] = {
    [USER] = {.name = "user"},   [NAME] = {.name = "name"},
    [GROUP] = {.name = "group"}, [STATE] = {.name = "state", .toned = true},
    [WHY] = {.name = "why"},     [SINCE] = {.name = "since"},
    [DUE] = {.name = "due"},     [SET] = {.name = "set"},
    [LOGIN] = {.name = "login"}, [IDLE] = {.name = "idle", .number = true},
};

struct row {
    char *user, *name, *group;
    struct cmd_standing standing;
    int32_t set, login, idle; /* idle in days, or VP_NO_DAY */
};

struct listing {
    const struct cmd_arguments *arguments;
    struct cmd_units *units;
    const char *state; /* or NULL */
    int32_t due, idle; /* days, or VP_NO_DAY */
    bool by_group;
    struct row *rows;
    size_t count, room;
};

/* ---- which ----------------------------------------------------------------------------------- */

/* Days since the account was last seen; VP_NO_DAY = nothing is known. */
static int32_t idle_days(const struct vp_inquiry *inquiry)
{
    int32_t seen =
        inquiry->record.user[0] == '\0' ? VP_NO_DAY : vp_verdict_seen_on(&inquiry->record);

    if (seen == VP_NO_DAY || !inquiry->record_readable)
        return VP_NO_DAY;
    return seen > inquiry->today ? 0 : inquiry->today - seen;
}

static bool is_state(const struct cmd_standing *standing, const char *word)
{
    return strcmp(cmd_state_word(standing->state), word) == 0 ||
           (standing->why != VP_REASON_NONE &&
            strcmp(vp_verdict_reason_word(standing->why), word) == 0);
}

static bool is_wanted(const struct listing *listing, const struct vp_inquiry *inquiry,
                      const struct cmd_standing *standing)
{
    int32_t idle = idle_days(inquiry);

    if (listing->state != NULL && !is_state(standing, listing->state))
        return false;
    if (listing->due != VP_NO_DAY &&
        (standing->due == VP_NEVER || standing->due - inquiry->today > listing->due))
        return false;
    return listing->idle == VP_NO_DAY || (idle != VP_NO_DAY && idle >= listing->idle);
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct adding {
    struct listing *listing;
    const struct vp_inquiry *inquiry;
    const struct cmd_standing *standing;
    size_t added;
};

static int add_row(void *context, const char *group)
{
    struct adding *adding = context;
    struct listing *listing = adding->listing;
    const struct vp_inquiry *inquiry = adding->inquiry;
    struct row *moved = cmd_grow(listing->rows, listing->count, &listing->room, sizeof *moved);
    struct row row = {.user = strdup(inquiry->account.name),
                      .name = strdup(inquiry->account.full_name),
                      .group = strdup(group),
                      .standing = *adding->standing,
                      .set = inquiry->record.user[0] == '\0' ? VP_NO_DAY : inquiry->record.set_on,
                      .login =
                          inquiry->record.user[0] == '\0' ? VP_NO_DAY : inquiry->record.last_login,
                      .idle = idle_days(inquiry)};

    if (moved != NULL)
        listing->rows = moved;
    if (moved == NULL || row.user == NULL || row.name == NULL || row.group == NULL) {
        free(row.user);
        free(row.name);
        free(row.group);
        return -1;
    }
    moved[listing->count++] = row;
    adding->added++;
    return 0;
}

static int look(void *context, const struct vp_inquiry *inquiry, bool selected)
{
    struct listing *listing = context;
    struct cmd_standing standing = cmd_standing_of(inquiry);
    struct adding adding = {.listing = listing, .inquiry = inquiry, .standing = &standing};
    char groups[1024];
    int result = 0;

    /* Marks stand in the store alone: without it a closed account would seem to be well. */
    if (inquiry->store.directory < 0) {
        cmd_complain_error(&inquiry->trouble[VP_TROUBLE_STORE]);
        return 1;
    }
    /* The system's accounts are nobody's business, unless somebody has said something of them. */
    if (selected && !cmd_is_person(inquiry) && inquiry->record.user[0] == '\0')
        return 0;
    if (!is_wanted(listing, inquiry, &standing))
        return 0;
    if (listing->by_group)
        result = cmd_units_visit(listing->units, &inquiry->account, add_row, &adding);
    else
        cmd_units_print(listing->units, &inquiry->account, groups, sizeof groups);
    if (result == 0 && adding.added == 0)
        result = add_row(&adding, listing->by_group ? "" : groups);
    return result;
}

static int compare_users(const void *one, const void *other)
{
    const struct row *a = one, *b = other;

    return strcmp(a->user, b->user);
}

static int compare_groups(const void *one, const void *other)
{
    const struct row *a = one, *b = other;
    int order = strcmp(a->group, b->group);

    return order != 0 ? order : compare_users(one, other);
}

/* ---- printing -------------------------------------------------------------------------------- */

static const char *print_day(int32_t day, char buffer[VP_DATE_SIZE])
{
    if (day == VP_NO_DAY || day == VP_NEVER)
        return NULL;
    vp_number_print_date(day, buffer);
    return buffer;
}

static int print_row(struct cmd_sheet *sheet, const struct row *row)
{
    const struct cmd_standing *standing = &row->standing;
    char since[VP_DATE_SIZE], due[VP_DATE_SIZE], set[VP_DATE_SIZE], login[VP_DATE_SIZE], idle[16];
    const char *cells[COLUMN_COUNT] = {
        [USER] = row->user,
        [NAME] = row->name[0] == '\0' ? NULL : row->name,
        [GROUP] = row->group[0] == '\0' ? NULL : row->group,
        [STATE] = cmd_state_word(standing->state),
        [WHY] = standing->why == VP_REASON_NONE ? NULL : vp_verdict_reason_word(standing->why),
        [SINCE] = print_day(standing->since, since),
        [DUE] = print_day(standing->due, due),
        [SET] = print_day(row->set, set),
        [LOGIN] = print_day(row->login, login),
        [IDLE] = row->idle == VP_NO_DAY ? NULL : idle,
    };

    snprintf(idle, sizeof idle, "%d", row->idle);
    return cmd_sheet_row(sheet, cmd_state_tone(standing->state), cells);
}

static bool is_same(const struct listing *listing, const struct row *one, const struct row *other)
{
    return strcmp(one->user, other->user) == 0 &&
           (!listing->by_group || strcmp(one->group, other->group) == 0);
}

static int print_all(const struct listing *listing)
{
    struct cmd_sheet *sheet = cmd_sheet_open(listing->arguments, columns, COLUMN_COUNT);
    int result = sheet == NULL ? -1 : 0;

    for (size_t i = 0; i < listing->count && result == 0; i++) {
        const struct row *row = &listing->rows[i];

        /* Who is named and selected came twice. */
        if (i > 0 && is_same(listing, row, row - 1))
            continue;
        result = print_row(sheet, row);
        if (result != 0)
            cmd_complain("no memory");
    }
    cmd_sheet_close(sheet);
    return result;
}

/* ---- what is asked --------------------------------------------------------------------------- */

static int read_days(const char *option, const char *text, int32_t *days_out)
{
    *days_out = VP_NO_DAY;
    if (text == NULL || (vp_number_duration(text, days_out) == 0 && *days_out != VP_NEVER))
        return 0;
    cmd_complain("--%s: \"%s\" is no number of days (write it as 14d)", option, text);
    return -1;
}

static bool is_word(const char *word)
{
    bool known = false;

    for (int state = 0; state < CMD_STATE_COUNT; state++)
        known |= strcmp(word, cmd_state_word((enum cmd_state)state)) == 0;
    for (int reason = VP_REASON_NONE + 1; reason < VP_REASON_COUNT; reason++)
        known |= strcmp(word, vp_verdict_reason_word((enum vp_reason)reason)) == 0;
    return known;
}

static int read_wishes(const struct cmd_arguments *arguments, struct listing *listing)
{
    listing->state = arguments->in_state;
    if (listing->state != NULL && !is_word(listing->state)) {
        cmd_complain("--state: \"%s\" is no state or reason (such as must-change, expired, closed, "
                     "retired)",
                     listing->state);
        return -1;
    }
    if (arguments->by != NULL && strcmp(arguments->by, "group") != 0) {
        cmd_complain("--by: \"%s\" is unknown (write group)", arguments->by);
        return -1;
    }
    listing->by_group = arguments->by != NULL;
    return read_days("due", arguments->due, &listing->due) == 0
               ? read_days("idle", arguments->idle, &listing->idle)
               : -1;
}

enum cmd_status cmd_list(const struct cmd_arguments *arguments)
{
    struct listing listing = {.arguments = arguments};
    enum cmd_status status = CMD_ERROR;

    if (read_wishes(arguments, &listing) != 0 || (listing.units = cmd_units_open()) == NULL)
        return CMD_ERROR;
    if (cmd_select_visit(arguments, true, look, &listing) == 0) {
        if (listing.count > 0)
            qsort(listing.rows, listing.count, sizeof listing.rows[0],
                  listing.by_group ? compare_groups : compare_users);
        status = print_all(&listing) == 0 ? CMD_YES : CMD_ERROR;
    }
    for (size_t i = 0; i < listing.count; i++) {
        free(listing.rows[i].user);
        free(listing.rows[i].name);
        free(listing.rows[i].group);
    }
    free(listing.rows);
    cmd_units_close(listing.units);
    return status;
}
