/* The list of people who left, and the accounts that its lines name. */
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/roster.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const struct cmd_arguments *arguments;
    cmd_objection *object;
    struct cmd_leavers *leavers;
    size_t faults;
};

static void report_fault(void *context, const struct vp_error *fault)
{
    (void)context;
    cmd_complain_error(fault);
}

/* The line that names the account already, or 0. */
static unsigned find_earlier(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->leavers->count; i++)
        if (strcmp(reading->leavers->leavers[i].name, name) == 0)
            return reading->leavers->leavers[i].line;
    return 0;
}

static void complain_line(struct reading *reading, unsigned line, const char *user,
                          const char *what)
{
    cmd_complain("%s:%u: %s: %s", reading->arguments->file, line, user, what);
    reading->faults++;
}

static int32_t day_of(const struct vp_roster_row *row, const struct vp_inquiry *inquiry)
{
    return row->day == VP_NO_DAY ? inquiry->today : row->day;
}

static void add_leaver(struct reading *reading, const struct vp_roster_row *row,
                       const struct vp_inquiry *inquiry)
{
    struct cmd_leaver *leaver = &reading->leavers->leavers[reading->leavers->count++];

    memcpy(leaver->name, inquiry->account.name, sizeof leaver->name);
    leaver->line = row->line;
    leaver->from = day_of(row, inquiry);
    leaver->reason = row->reason;
}

/* 1 = no record at all can be changed, and that has been said. */
static int read_line(struct reading *reading, const struct vp_roster_row *row)
{
    struct vp_question question = cmd_question(reading->arguments, row->user, true);
    char twice[64];
    unsigned earlier;
    struct vp_inquiry inquiry;
    struct vp_error error;
    int found = vp_inquiry_open(&question, &inquiry, &error);
    int result = 0;

    if (found < 0) {
        complain_line(reading, row->line, row->user, error.text);
    } else if (cmd_people_store_wrong(&inquiry)) {
        reading->faults++;
        result = 1;
    } else if (found == 0) {
        complain_line(reading, row->line, row->user, "no such account");
    } else if ((earlier = find_earlier(reading, inquiry.account.name)) > 0) {
        snprintf(twice, sizeof twice, "stands in line %u, too (keep one)", earlier);
        complain_line(reading, row->line, row->user, twice);
    } else if (!cmd_people_fit(&inquiry, reading->object, day_of(row, &inquiry))) {
        complain_line(reading, row->line, row->user, "cannot be closed");
    } else {
        add_leaver(reading, row, &inquiry);
    }
    vp_inquiry_close(&inquiry);
    return result;
}

static int read_lines(struct reading *reading, const struct vp_roster *roster)
{
    int result = 0;

    reading->leavers->leavers = calloc(roster->count + 1, sizeof *reading->leavers->leavers);
    reading->leavers->staying = roster->staying;
    if (reading->leavers->leavers == NULL) {
        cmd_complain("no memory");
        return -1;
    }
    for (size_t i = 0; i < roster->count && result == 0; i++)
        result = read_line(reading, &roster->rows[i]);
    return reading->faults > 0 ? -1 : 0;
}

int cmd_leavers_read(const struct cmd_arguments *arguments, cmd_objection *object,
                     struct cmd_leavers *leavers_out)
{
    struct reading reading = {.arguments = arguments, .object = object, .leavers = leavers_out};
    struct vp_roster roster = {0};
    struct vp_error error;
    size_t length;
    char *text = cmd_file_read(arguments->file, VP_ROSTER_MAX, &length, &error);
    int result = -1;

    *leavers_out = (struct cmd_leavers){0};
    if (text == NULL)
        cmd_complain_error(&error);
    else if (vp_roster_parse(text, length, arguments->file, report_fault, NULL, &roster) == 0)
        result = read_lines(&reading, &roster);
    if (result != 0) {
        cmd_complain("nothing was changed");
        cmd_leavers_free(leavers_out);
    }
    vp_roster_free(&roster);
    free(text);
    return result;
}

void cmd_leavers_free(struct cmd_leavers *leavers)
{
    free(leavers->leavers);
    *leavers = (struct cmd_leavers){0};
}
