/* A made-up system in place of NSS: names.h. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later */
#include "names.h"
#include "unit.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#define FIRST_GID 5000

struct made_up_names made_up;

static const char *canonical(const struct made_up_user *user)
{
    return user->canonical == NULL ? user->name : user->canonical;
}

/* A copy of text in the caller's buffer, as NSS keeps it there; NULL where there is no room. */
static char *keep(const char *text, char **buffer, size_t *size)
{
    size_t needed = strlen(text) + 1;
    char *kept = *buffer;

    if (needed > *size)
        return NULL;
    memcpy(kept, text, needed);
    *buffer += needed;
    *size -= needed;
    return kept;
}

static int fill_passwd(const struct made_up_user *user, struct passwd *entry, char *buffer,
                       size_t size, struct passwd **found)
{
    if (size < made_up.room_needed)
        return ERANGE;
    memset(entry, 0, sizeof *entry);
    entry->pw_name = keep(canonical(user), &buffer, &size);
    entry->pw_passwd = keep(user->passwd == NULL ? "x" : user->passwd, &buffer, &size);
    entry->pw_dir = keep("/home/x", &buffer, &size);
    if (entry->pw_dir == NULL)
        return ERANGE;
    entry->pw_uid = user->uid;
    entry->pw_gid = user->gid;
    *found = entry;
    return 0;
}

int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
               struct passwd **found)
{
    *found = NULL;
    if (made_up.broken != 0)
        return made_up.broken;
    for (size_t i = 0; i < made_up.user_count; i++)
        if (strcmp(made_up.users[i].name, name) == 0)
            return fill_passwd(&made_up.users[i], entry, buffer, size, found);
    return 0;
}

int getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found)
{
    *found = NULL;
    if (made_up.broken != 0)
        return made_up.broken;
    for (size_t i = 0; i < made_up.user_count; i++)
        if (made_up.users[i].uid == uid)
            return fill_passwd(&made_up.users[i], entry, buffer, size, found);
    return 0;
}

int getspnam_r(const char *name, struct spwd *entry, char *buffer, size_t size, struct spwd **found)
{
    *found = NULL;
    if (made_up.shadow_broken != 0)
        return made_up.shadow_broken;
    for (size_t i = 0; i < made_up.user_count; i++) {
        const struct made_up_user *user = &made_up.users[i];

        if (strcmp(canonical(user), name) != 0 || user->shadow == NULL)
            continue;
        if (size < made_up.room_needed)
            return ERANGE;
        memset(entry, 0, sizeof *entry);
        entry->sp_namp = keep(canonical(user), &buffer, &size);
        entry->sp_pwdp = keep(user->shadow, &buffer, &size);
        if (entry->sp_pwdp == NULL)
            return ERANGE;
        entry->sp_lstchg = user->changed;
        entry->sp_expire = user->expire;
        *found = entry;
        return 0;
    }
    return 0;
}

int getgrnam_r(const char *name, struct group *entry, char *buffer, size_t size,
               struct group **found)
{
    *found = NULL;
    if (made_up.groups_broken != 0)
        return made_up.groups_broken;
    for (size_t i = 0; i < made_up.group_count; i++) {
        if (strcmp(made_up.groups[i], name) != 0)
            continue;
        if (size < made_up.room_needed)
            return ERANGE;
        memset(entry, 0, sizeof *entry);
        entry->gr_name = keep(name, &buffer, &size);
        entry->gr_gid = (gid_t)(FIRST_GID + i);
        *found = entry;
        return 0;
    }
    return 0;
}

/* Whether a group stands in a user's list; names in the tests hold no other name. */
static bool is_in(const struct made_up_user *user, const char *group)
{
    return user->groups != NULL && strstr(user->groups, group) != NULL;
}

int getgrouplist(const char *name, gid_t gid, gid_t *gids, int *count)
{
    int room = *count;
    int found = 0;

    for (size_t i = 0; i < made_up.user_count; i++) {
        if (strcmp(canonical(&made_up.users[i]), name) != 0)
            continue;
        for (size_t group = 0; group < made_up.group_count; group++) {
            if (!is_in(&made_up.users[i], made_up.groups[group]))
                continue;
            if (found < room)
                gids[found] = (gid_t)(FIRST_GID + group);
            found++;
        }
    }
    if (found < room)
        gids[found] = gid;
    found++;
    *count = found;
    return found > room ? -1 : found;
}
