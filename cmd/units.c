/*
 * Which local groups everybody is in, read once: the units by which an office counts its people. A
 * group that bears its only member's name (useradd's user private groups) is no unit.
 */
#include "../lib/accounts.h"
#include "../lib/error.h"
#include "../lib/text.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>

struct unit {
    char *name;
    uint32_t gid;
};

struct membership {
    char *user;
    size_t unit; /* index, in the order of the group file */
};

struct cmd_units {
    struct unit *units;
    size_t count, room;
    size_t *by_gid; /* indices, sorted by gid */
    struct membership *members;
    size_t member_count, member_room;
};

static int add_unit(struct cmd_units *units, const char *name, uint32_t gid)
{
    struct unit *moved = cmd_grow(units->units, units->count, &units->room, sizeof *units->units);

    if (moved == NULL)
        return -1;
    units->units = moved;
    moved[units->count] = (struct unit){.name = strdup(name), .gid = gid};
    return moved[units->count++].name == NULL ? -1 : 0;
}

static int add_membership(struct cmd_units *units, const char *user)
{
    struct membership *moved =
        cmd_grow(units->members, units->member_count, &units->member_room, sizeof *units->members);

    if (moved == NULL)
        return -1;
    units->members = moved;
    moved[units->member_count] =
        (struct membership){.user = strdup(user), .unit = units->count - 1};
    return moved[units->member_count++].user == NULL ? -1 : 0;
}

static int read_group(void *context, const char *name, uint32_t gid, const char *const *members)
{
    struct cmd_units *units = context;
    int result = add_unit(units, name, gid);

    for (; *members != NULL && result == 0; members++)
        result = add_membership(units, *members);
    return result;
}

static int compare_members(const void *one, const void *other)
{
    const struct membership *a = one, *b = other;
    int order = strcmp(a->user, b->user);

    return order != 0 ? order : (a->unit > b->unit) - (a->unit < b->unit);
}

static int compare_gids(const void *one, const void *other, void *context)
{
    const struct unit *units = context;
    size_t a = *(const size_t *)one, b = *(const size_t *)other;

    if (units[a].gid != units[b].gid)
        return units[a].gid < units[b].gid ? -1 : 1;
    return (a > b) - (a < b);
}

static int sort(struct cmd_units *units)
{
    units->by_gid = calloc(units->count + 1, sizeof *units->by_gid);
    if (units->by_gid == NULL)
        return -1;
    for (size_t i = 0; i < units->count; i++)
        units->by_gid[i] = i;
    if (units->count > 0)
        qsort_r(units->by_gid, units->count, sizeof *units->by_gid, compare_gids, units->units);
    if (units->member_count > 0)
        qsort(units->members, units->member_count, sizeof *units->members, compare_members);
    return 0;
}

struct cmd_units *cmd_units_open(void)
{
    struct cmd_units *units = calloc(1, sizeof *units);
    struct vp_error error = {.text = "no memory"};

    if (units == NULL) {
        cmd_complain("no memory");
        return NULL;
    }
    if (vp_accounts_visit_groups(read_group, units, &error) == 0 && sort(units) == 0)
        return units;
    cmd_complain_error(&error);
    cmd_units_close(units);
    return NULL;
}

void cmd_units_close(struct cmd_units *units)
{
    if (units == NULL)
        return;
    for (size_t i = 0; i < units->count; i++)
        free(units->units[i].name);
    for (size_t i = 0; i < units->member_count; i++)
        free(units->members[i].user);
    free(units->units);
    free(units->by_gid);
    free(units->members);
    free(units);
}

/* The first group with that gid, or NULL. */
static const char *name_of_gid(const struct cmd_units *units, uint32_t gid)
{
    size_t low = 0, high = units->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (units->units[units->by_gid[middle]].gid < gid)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == units->count || units->units[units->by_gid[low]].gid != gid)
        return NULL;
    return units->units[units->by_gid[low]].name;
}

/* The index of the account's first membership, or of where it would be. */
static size_t first_membership(const struct cmd_units *units, const char *user)
{
    size_t low = 0, high = units->member_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(units->members[middle].user, user) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int cmd_units_visit(const struct cmd_units *units, const struct vp_account *account,
                    vp_account_visitor *visit, void *context)
{
    const char *first = name_of_gid(units, account->gid);
    int result = 0;

    if (first != NULL && strcmp(first, account->name) != 0)
        result = visit(context, first);
    for (size_t i = first_membership(units, account->name);
         i < units->member_count && strcmp(units->members[i].user, account->name) == 0 &&
         result == 0;
         i++) {
        const struct unit *unit = &units->units[units->members[i].unit];

        if (unit->gid != account->gid && strcmp(unit->name, account->name) != 0)
            result = visit(context, unit->name);
    }
    return result;
}

static int add_name(void *context, const char *name)
{
    struct vp_text *text = context;

    vp_text_add(text, "%s%s", text->length == 0 ? "" : " ", name);
    return 0;
}

void cmd_units_print(const struct cmd_units *units, const struct vp_account *account, char *buffer,
                     size_t size)
{
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    (void)cmd_units_visit(units, account, add_name, &text);
}
