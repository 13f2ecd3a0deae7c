/* What adopting found, ready to be announced: who is due when, by group, and what to look at. */
#include "../lib/number.h"
#include "../lib/text.h"
#include "adopt.h"

#include <stdlib.h>
#include <string.h>

enum column { GROUP, USER, STATE, DUE, COLUMN_COUNT };

static const struct cmd_column columns[COLUMN_COUNT] = {
    [GROUP] = {.name = "group"},
    [USER] = {.name = "user"},
    [STATE] = {.name = "state"},
    [DUE] = {.name = "due"},
};

static int compare(const void *one, const void *other)
{
    const struct cmd_candidate *a = one, *b = other;
    int order = strcmp(a->group, b->group);

    if (order == 0 && a->due != b->due)
        order = a->due < b->due ? -1 : 1;
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int print_row(struct cmd_sheet *sheet, const struct cmd_candidate *candidate)
{
    char date[VP_DATE_SIZE];
    const char *cells[COLUMN_COUNT] = {
        [GROUP] = candidate->group[0] == '\0' ? NULL : candidate->group,
        [USER] = candidate->name,
        [STATE] = candidate->state,
        [DUE] = candidate->due == VP_NEVER ? NULL : date,
    };

    vp_number_print_date(candidate->due, date);
    return cmd_sheet_row(sheet, CMD_PLAIN, cells);
}

static void print_rows(const struct cmd_adoption *adoption)
{
    struct cmd_sheet *sheet = cmd_sheet_open(adoption->arguments, columns, COLUMN_COUNT);
    int result = sheet == NULL ? -1 : 0;

    for (size_t i = 0; i < adoption->count && result == 0; i++) {
        result = print_row(sheet, &adoption->candidates[i]);
        if (result != 0)
            cmd_complain("no memory");
    }
    cmd_sheet_close(sheet);
}

/* One line a group, from its first candidate to the one before `end`. */
static void say_group(const struct cmd_adoption *adoption, size_t begin, size_t end)
{
    const struct cmd_candidate *candidates = adoption->candidates;
    char from[VP_DATE_SIZE], to[VP_DATE_SIZE];
    size_t overdue = 0, dated = begin;

    for (size_t i = begin; i < end; i++) {
        overdue += candidates[i].overdue;
        dated = candidates[i].due == VP_NEVER ? dated : i;
    }
    vp_number_print_date(candidates[begin].due, from);
    vp_number_print_date(candidates[dated].due, to);
    cmd_remark(adoption->arguments,
               "group %s: %zu accounts, due from %s to %s, %zu of them overdue",
               candidates[begin].group[0] == '\0' ? "-" : candidates[begin].group, end - begin,
               from, to, overdue);
}

static void say_groups(const struct cmd_adoption *adoption)
{
    size_t begin = 0;

    for (size_t i = 1; i <= adoption->count; i++)
        if (i == adoption->count ||
            strcmp(adoption->candidates[i].group, adoption->candidates[begin].group) != 0) {
            say_group(adoption, begin, i);
            begin = i;
        }
}

static void say_never_seen(const struct cmd_adoption *adoption)
{
    size_t count = 0;

    for (size_t i = 0; i < adoption->count; i++)
        if (adoption->candidates[i].never_seen) {
            count++;
            cmd_remark(adoption->arguments, "never seen: %s", adoption->candidates[i].name);
        }
    if (count > 0)
        cmd_remark(
            adoption->arguments,
            "never seen: %zu accounts, of which this machine knows no login (mail leaves none "
            "there); --strict would let them begin as new",
            count);
    else if (!adoption->logins_known)
        cmd_remark(adoption->arguments,
                   "never seen: cannot be told: there is neither /var/log/lastlog nor "
                   "/var/log/wtmp");
}

/* Room for the names of one section: a line that an editor shows whole. */
#define SECTION_SIZE 72

static void say_section(const struct cmd_adoption *adoption, const char *names, enum cmd_hint hint)
{
    if (names[0] == '\0')
        return;
    cmd_remark(adoption->arguments, "[user%s]", names);
    cmd_remark(adoption->arguments, "exempt = yes");
    cmd_remark(adoption->arguments, "exempt_reason = %s", cmd_hint_word(hint));
}

static void say_hint(const struct cmd_adoption *adoption, enum cmd_hint hint)
{
    char names[SECTION_SIZE + VP_NAME_MAX + 2];
    struct vp_text text;

    vp_text_begin(&text, names, sizeof names);
    for (size_t i = 0; i < adoption->count; i++) {
        const struct cmd_candidate *candidate = &adoption->candidates[i];

        if (candidate->hint != hint)
            continue;
        vp_text_add(&text, " %s", candidate->name);
        if (text.length >= SECTION_SIZE) {
            say_section(adoption, names, hint);
            vp_text_begin(&text, names, sizeof names);
        }
    }
    say_section(adoption, names, hint);
}

/* Lines of the policy, to be looked at and pasted. */
static void say_hints(const struct cmd_adoption *adoption)
{
    bool any = false;

    for (size_t i = 0; i < adoption->count; i++)
        any |= adoption->candidates[i].hint != CMD_HINT_NONE;
    if (any)
        cmd_remark(
            adoption->arguments,
            "# Overdue, and perhaps no person's; look at each before it goes into the policy:");
    for (int hint = CMD_HINT_NONE + 1; hint < CMD_HINT_COUNT; hint++)
        say_hint(adoption, (enum cmd_hint)hint);
}

void cmd_announce(struct cmd_adoption *adoption)
{
    const char *would = adoption->arguments->dry_run ? "would be " : "";

    if (adoption->count > 0)
        qsort(adoption->candidates, adoption->count, sizeof adoption->candidates[0], compare);
    print_rows(adoption);
    say_groups(adoption);
    say_never_seen(adoption);
    say_hints(adoption);
    cmd_remark(adoption->arguments,
               "adopted: %zu %srecorded, %zu of them overdue; %zu had a record, %zu are the "
               "system's, %zu have no password",
               adoption->count, would, adoption->overdue, adoption->had_record, adoption->system,
               adoption->no_password);
}
