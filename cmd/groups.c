/*
 * The groups that the policy names, each read once: getgrouplist(3) would read the whole group file
 * again for every account.
 */
#include "../lib/error.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>

struct group {
    const char *name; /* the policy's */
    uint32_t gid;
    char **members; /* sorted */
    size_t count, room;
};

struct cmd_groups {
    struct vp_policy policy;
    struct group *groups;
    size_t count;
};

static int compare_strings(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static int add_member(void *context, const char *name)
{
    struct group *group = context;

    if (group->count == group->room) {
        size_t larger = group->room * 2 + 64;
        char **moved = reallocarray(group->members, larger, sizeof *moved);

        if (moved == NULL)
            return -1;
        group->members = moved;
        group->room = larger;
    }
    group->members[group->count] = strdup(name);
    return group->members[group->count++] == NULL ? -1 : 0;
}

/* A group that does not exist has nobody. 0, or -1 after an error message. */
static int read_group(struct cmd_groups *groups, const char *name)
{
    struct group *group = &groups->groups[groups->count];
    struct vp_error error = {.text = "no memory"};
    int found;

    for (size_t i = 0; i < groups->count; i++)
        if (strcmp(groups->groups[i].name, name) == 0)
            return 0;
    *group = (struct group){.name = name};
    groups->count++;
    found = vp_account_visit_group(name, &group->gid, add_member, group, &error);
    if (found < 0) {
        cmd_complain_error(&error);
        return -1;
    }
    if (found == 0)
        groups->count--;
    if (group->count > 0)
        qsort(group->members, group->count, sizeof *group->members, compare_strings);
    return 0;
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
                result = read_group(groups, policy->names[section->first_name + j]);
    }
    return result;
}

struct cmd_groups *cmd_groups_open(const struct cmd_arguments *arguments)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    struct cmd_groups *groups = calloc(1, sizeof *groups);
    struct vp_store store;
    struct vp_error error;
    bool troubled;

    if (groups == NULL) {
        cmd_complain("no memory");
        return NULL;
    }
    (void)!vp_store_open(path, &store, &error);
    (void)vp_inquiry_load_policy(arguments->policy_path, &store, true, &groups->policy, &troubled,
                                 &error);
    vp_store_close(&store);
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
    for (size_t i = 0; i < groups->count; i++) {
        for (size_t j = 0; j < groups->groups[i].count; j++)
            free(groups->groups[i].members[j]);
        free(groups->groups[i].members);
    }
    free(groups->groups);
    vp_policy_free(&groups->policy);
    free(groups);
}

static bool is_member(const struct group *group, const struct vp_account *account)
{
    const char *name = account->name;

    return group->gid == account->gid ||
           (group->count > 0 && bsearch(&name, group->members, group->count, sizeof *group->members,
                                        compare_strings) != NULL);
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
