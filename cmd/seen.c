/*
 * Whom this machine has ever seen log in: lastlog(8) and wtmp(5), where they are kept. Both are
 * hints: mail programs leave nothing there, and both can be rotated away.
 */
#include "command.h"

#include <fcntl.h>
#include <lastlog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmpx.h>

#define LASTLOG_PATH "/var/log/lastlog"
#define WTMP_PATH    "/var/log/wtmp"

/* Names are made one again when there are so many, or twice those that were left. */
#define UNITE_FROM 1024

struct cmd_seen {
    int lastlog; /* or -1 */
    bool wtmp;
    char (*names)[sizeof(((struct utmpx *)0)->ut_user) + 1]; /* sorted */
    size_t count, room;
};

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* 0, or -1 where memory is short. */
static int add_entry(struct cmd_seen *seen, const struct utmpx *entry)
{
    void *moved;

    if (entry->ut_type != USER_PROCESS || entry->ut_user[0] == '\0')
        return 0;
    moved = cmd_grow(seen->names, seen->count, &seen->room, sizeof seen->names[0]);
    if (moved == NULL)
        return -1;
    seen->names = moved;
    memset(seen->names[seen->count], 0, sizeof seen->names[0]);
    memcpy(seen->names[seen->count++], entry->ut_user, sizeof entry->ut_user);
    return 0;
}

/* wtmp has a line for each login. */
static void unite(struct cmd_seen *seen)
{
    size_t kept = 0;

    if (seen->count == 0)
        return;
    qsort(seen->names, seen->count, sizeof seen->names[0], compare_names);
    for (size_t i = 1; i < seen->count; i++)
        if (strcmp(seen->names[kept], seen->names[i]) != 0)
            memmove(seen->names[++kept], seen->names[i], sizeof seen->names[0]);
    seen->count = kept + 1;
}

static int read_wtmp(struct cmd_seen *seen)
{
    const struct utmpx *entry;
    size_t next = UNITE_FROM;
    int result = 0;

    seen->wtmp = access(WTMP_PATH, R_OK) == 0;
    if (!seen->wtmp || utmpxname(WTMP_PATH) != 0)
        return 0;
    setutxent();
    while (result == 0 && (entry = getutxent()) != NULL) {
        if (seen->count == next) {
            unite(seen);
            next = 2 * seen->count > UNITE_FROM ? 2 * seen->count : UNITE_FROM;
        }
        result = add_entry(seen, entry);
    }
    endutxent();
    unite(seen);
    return result;
}

struct cmd_seen *cmd_seen_open(void)
{
    struct cmd_seen *seen = calloc(1, sizeof *seen);

    if (seen != NULL) {
        seen->lastlog = open(LASTLOG_PATH, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (read_wtmp(seen) == 0)
            return seen;
    }
    cmd_complain("no memory");
    cmd_seen_close(seen);
    return NULL;
}

void cmd_seen_close(struct cmd_seen *seen)
{
    if (seen == NULL)
        return;
    if (seen->lastlog >= 0)
        close(seen->lastlog);
    free(seen->names);
    free(seen);
}

bool cmd_seen_can_tell(const struct cmd_seen *seen)
{
    return seen->lastlog >= 0 || seen->wtmp;
}

bool cmd_seen_ever(const struct cmd_seen *seen, const struct vp_account *account)
{
    struct lastlog entry;
    off_t at = (off_t)account->uid * (off_t)sizeof entry;
    char name[sizeof seen->names[0]]; /* as wtmp cuts it */

    if (seen->lastlog >= 0 && pread(seen->lastlog, &entry, sizeof entry, at) == sizeof entry &&
        entry.ll_time != 0)
        return true;
    snprintf(name, sizeof name, "%.*s", (int)sizeof name - 1, account->name);
    return seen->count > 0 &&
           bsearch(name, seen->names, seen->count, sizeof seen->names[0], compare_names) != NULL;
}
