/*
 * The groups that the policy names, each read once: getgrouplist(3) would read the whole group file
 * again for every account.
 */
#include "../lib/error.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>

struct cmd_group {
    const char *name; /* the caller's */
    uint32_t gid;
    char **members; /* sorted */
    bool *taken;    /* or NULL: nobody asks */
    size_t count, room;
};

struct cmd_groups {
    struct vp_policy policy;
    bool lent; /* the policy is somebody else's */
    struct cmd_group *groups;
    size_t count;
};

static int compare_strings(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static int add_member(void *context, const char *name)
{
    struct cmd_group *group = context;
    char **moved = cmd_grow(group->members, group->count, &group->room, sizeof *group->members);

    if (moved == NULL)
        return -1;
    group->members = moved;
    moved[group->count] = strdup(name);
    return moved[group->count++] == NULL ? -1 : 0;
}

/* 1, 0 where there is no such group, or -1 after an error message. Drop it in every case. */
static int read_group(struct cmd_group *group, const char *name)
{
    struct vp_error error = {.text = "no memory"};
    int found;

    *group = (struct cmd_group){.name = name};
    found = vp_account_visit_group(name, &group->gid, add_member, group, &error);
    if (found < 0)
        cmd_complain_error(&error);
    else if (group->count > 0)
        qsort(group->members, group->count, sizeof *group->members, compare_strings);
    return found;
}

static void drop_group(struct cmd_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        free(group->members[i]);
    free(group->members);
    free(group->taken);
}

/* The index of a member, or the count of members. */
static size_t find_member(const struct cmd_group *group, const char *name)
{
    char **found = group->count == 0 ? NULL
                                     : bsearch(&name, group->members, group->count,
                                               sizeof *group->members, compare_strings);

    return found == NULL ? group->count : (size_t)(found - group->members);
}

/* ---- one group ------------------------------------------------------------------------------- */

struct cmd_group *cmd_group_open(const char *name)
{
    struct cmd_group *group = calloc(1, sizeof *group);
    int found = group == NULL ? -1 : read_group(group, name);

    if (found > 0)
        group->taken = calloc(group->count + 1, sizeof *group->taken);
    if (group == NULL || (found > 0 && group->taken == NULL))
        cmd_complain("no memory");
    else if (found > 0)
        return group;
    else if (found == 0)
        cmd_complain("there is no group %s", name);
    cmd_group_close(group);
    return NULL;
}

void cmd_group_close(struct cmd_group *group)
{
    if (group != NULL)
        drop_group(group);
    free(group);
}

bool cmd_group_take(struct cmd_group *group, const struct vp_account *account)
{
    size_t at = find_member(group, account->name);

    if (at < group->count)
        group->taken[at] = true;
    return at < group->count || group->gid == account->gid;
}

int cmd_group_visit_rest(const struct cmd_group *group, vp_account_visitor *visit, void *context)
{
    int result = 0;

    for (size_t i = 0; i < group->count && result == 0; i++)
        if (!group->taken[i])
            result = visit(context, group->members[i]);
    return result;
}

/* ---- the policy's ---------------------------------------------------------------------------- */

/* A group that does not exist has nobody. 0, or -1 after an error message. */
static int add_group(struct cmd_groups *groups, const char *name)
{
    struct cmd_group *group = &groups->groups[groups->count];

    int found;

    for (size_t i = 0; i < groups->count; i++)
        if (strcmp(groups->groups[i].name, name) == 0)
            return 0;
    found = read_group(group, name);
    if (found > 0)
        groups->count++;
    else
        drop_group(group);
    return found < 0 ? -1 : 0;
}

static int read_groups(struct cmd_groups *groups)
{
    const struct vp_policy *policy = &groups->policy;
    int result = 0;

    groups->groups = calloc(policy->name_count + 1, sizeof *groups->groups);
    if (groups->groups == NULL) {
        cmd_complain("no memory");
        return -1;
    }
    for (size_t i = 0; i < policy->section_count; i++) {
        const struct vp_section *section = &policy->sections[i];

        for (size_t j = 0; section->kind == VP_SECTION_GROUP && j < section->name_count; j++)
            if (result == 0)
                result = add_group(groups, policy->names[section->first_name + j]);
    }
    return result;
}

static void load_policy(const struct cmd_arguments *arguments, struct vp_policy *policy_out)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    struct vp_store store;
    struct vp_error error;
    bool troubled;

    (void)!vp_store_open(path, &store, &error);
    (void)vp_inquiry_load_policy(arguments->policy_path, &store, true, policy_out, &troubled,
                                 &error);
    vp_store_close(&store);
}

struct cmd_groups *cmd_groups_open(const struct cmd_arguments *arguments)
{
    struct cmd_groups *groups = calloc(1, sizeof *groups);

    if (groups == NULL) {
        cmd_complain("no memory");
        return NULL;
    }
    groups->lent = arguments->draft != NULL;
    if (groups->lent)
        groups->policy = *arguments->draft;
    else
        load_policy(arguments, &groups->policy);
    if (read_groups(groups) != 0) {
        cmd_groups_close(groups);
        return NULL;
    }
    return groups;
}

void cmd_groups_close(struct cmd_groups *groups)
{
    if (groups == NULL)
        return;
    for (size_t i = 0; i < groups->count; i++)
        drop_group(&groups->groups[i]);
    free(groups->groups);
    if (!groups->lent)
        vp_policy_free(&groups->policy);
    free(groups);
}

static bool is_member(const struct cmd_group *group, const struct vp_account *account)
{
    return group->gid == account->gid || find_member(group, account->name) < group->count;
}

const char **cmd_groups_of(const struct cmd_groups *groups, const struct vp_account *account,
                           size_t *count_out)
{
    const char **names = calloc(groups->count + 1, sizeof *names);

    *count_out = 0;
    for (size_t i = 0; names != NULL && i < groups->count; i++)
        if (is_member(&groups->groups[i], account))
            names[(*count_out)++] = groups->groups[i].name;
    return names;
}

bool cmd_is_in_group(const struct vp_account *account, const char *group)
{
    struct vp_error error;
    bool member = false;

    return vp_account_groups(account, &group, 1, &member, &error) == 0 && member;
}
