/* What cmd/adopt.c does and cmd/announce.c tells. */
#ifndef VP_CMD_ADOPT_H
#define VP_CMD_ADOPT_H

#include "command.h"

/*
 * One account that gets, or would get, a record: no more than what opening it anew needs, because
 * there may be a hundred thousand.
 */
struct cmd_candidate {
    char *name, *group; /* group: the first of its units, or "" */
    char *hash;
    uint32_t uid, gid;
    int32_t changed_on, expires_on;
    enum vp_password_kind password;
    bool in_shadow;
    bool named; /* by its name: the rooms are asked anew, and its password is vouched for */
    bool overdue;
    bool never_seen;    /* no login of it is known to anybody */
    enum cmd_hint hint; /* looked for where it is overdue */
    int32_t respite;    /* the day that --within gives it, or VP_NO_DAY */
    int32_t due;        /* as told */
    const char *state;
};

struct cmd_adoption {
    const struct cmd_arguments *arguments;
    struct cmd_candidate *candidates;
    size_t count, room;
    size_t had_record, no_password, system, overdue;
    bool logins_known; /* whether it can be told who was never seen */
};

/* Tells who is due when by group, who was never seen, and who may be no person's account. */
void cmd_announce(struct cmd_adoption *adoption);

#endif
