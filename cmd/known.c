/*
 * What is read once for all accounts: the stamp with its names, and the members of the policy's
 * groups. With passwd and shadow read once beside it, thousands of accounts cost thousands of
 * records and no more.
 */
#include "../lib/accounts.h"
#include "../lib/error.h"
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct cmd_known {
    struct cmd_groups *groups;
    char **present; /* sorted names of the stamp */
    size_t count, room;
    int32_t stamp;
};

void *cmd_grow(void *array, size_t count, size_t *room, size_t size)
{
    size_t larger = *room == 0 ? 256 : *room * 2;
    void *moved;

    if (count < *room)
        return array;
    moved = reallocarray(array, larger, size);
    if (moved != NULL)
        *room = larger;
    return moved;
}

static int add_present(void *context, const char *name)
{
    struct cmd_known *known = context;
    char **moved = cmd_grow(known->present, known->count, &known->room, sizeof *known->present);

    if (moved == NULL)
        return -1;
    known->present = moved;
    moved[known->count] = strdup(name);
    return moved[known->count++] == NULL ? -1 : 0;
}

static int compare_strings(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Without a stamp (a dry run before the first) everybody counts as having been here. */
static int read_stamp(struct cmd_known *known, const struct cmd_arguments *arguments)
{
    struct vp_store store;
    struct vp_error error;
    int result = 0;

    known->stamp = VP_NO_DAY;
    if (vp_store_open(arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir, &store,
                      &error) != 0) {
        if (error.errnum == ENOENT && arguments->dry_run)
            return 0;
        cmd_complain_error(&error);
        return -1;
    }
    if (vp_store_visit_present(&store, &known->stamp, add_present, known, &error) < 0) {
        cmd_complain_error(&error);
        result = -1;
    } else if (known->count > 0) {
        qsort(known->present, known->count, sizeof *known->present, compare_strings);
    }
    vp_store_close(&store);
    return result;
}

struct cmd_known *cmd_known_open(const struct cmd_arguments *arguments)
{
    struct cmd_known *known = calloc(1, sizeof *known);

    if (known == NULL) {
        cmd_complain("no memory");
        return NULL;
    }
    known->groups = cmd_groups_open(arguments);
    if (known->groups != NULL && read_stamp(known, arguments) == 0)
        return known;
    cmd_known_close(known);
    return NULL;
}

void cmd_known_close(struct cmd_known *known)
{
    if (known == NULL)
        return;
    for (size_t i = 0; i < known->count; i++)
        free(known->present[i]);
    free(known->present);
    cmd_groups_close(known->groups);
    free(known);
}

struct vp_known *cmd_known_of(const struct cmd_known *all, const struct vp_account *account)
{
    const char *name = account->name;
    struct vp_known *known = calloc(1, sizeof *known);

    if (known == NULL)
        return NULL;
    known->account = *account;
    known->stamp = all->stamp;
    known->present = all->count > 0 && bsearch(&name, all->present, all->count,
                                               sizeof *all->present, compare_strings) != NULL;
    known->groups = cmd_groups_of(all->groups, account, &known->group_count);
    if (known->groups != NULL)
        return known;
    cmd_known_drop(known);
    return NULL;
}

void cmd_known_drop(struct vp_known *known)
{
    if (known == NULL)
        return;
    vp_account_wipe(&known->account);
    free(known->groups);
    free(known);
}

struct tour {
    const struct cmd_arguments *arguments;
    const struct cmd_known *known;
    cmd_inquiry_visitor *visit;
    void *context;
};

/* 1 = stop, said. */
static int visit_account(void *context, const struct vp_account *account)
{
    const struct tour *tour = context;
    struct vp_question question = cmd_question(tour->arguments, account->name, true);
    struct vp_inquiry inquiry;
    struct vp_known *known;
    int result;

    if (account->password == VP_PASSWORD_UNREADABLE) {
        cmd_complain("/etc/shadow: cannot be read (try as root)");
        return 1;
    }
    known = cmd_known_of(tour->known, account);
    if (known == NULL)
        return -1;
    vp_inquiry_open_known(&question, known, &inquiry);
    result = tour->visit(tour->context, &inquiry);
    vp_inquiry_close(&inquiry);
    cmd_known_drop(known);
    return result;
}

int cmd_known_visit(const struct cmd_arguments *arguments, cmd_inquiry_visitor *visit,
                    void *context)
{
    struct cmd_known *known = cmd_known_open(arguments);
    struct tour tour = {.arguments = arguments, .known = known, .visit = visit, .context = context};
    struct vp_error error = {.text = "no memory"};
    int result = -1;

    if (known == NULL)
        return -1;
    result = vp_accounts_visit(visit_account, &tour, &error);
    if (result < 0)
        cmd_complain_error(&error);
    cmd_known_close(known);
    return result == 0 ? 0 : -1;
}
