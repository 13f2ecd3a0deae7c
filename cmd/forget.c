/* Dropping records: also for accounts that are gone, and without reading what is damaged. */
#include "../lib/error.h"
#include "../lib/number.h"
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The record's name: NSS's where the account is still there, else as it was typed. */
static void find_name(const char *typed, char name_out[VP_NAME_MAX + 1])
{
    struct vp_account account;
    struct vp_error error;

    if (vp_account_find(typed, &account, &error) > 0)
        typed = account.name;
    snprintf(name_out, VP_NAME_MAX + 1, "%.*s", VP_NAME_MAX, typed);
    vp_account_wipe(&account);
}

/* What we wrote into shadow outlives the record; only the administrator knows whether it should. */
static void say_wall(const struct vp_record *record)
{
    char date[VP_DATE_SIZE], quoted[4 * VP_NAME_MAX];
    struct vp_account account;
    struct vp_error error;

    if (record->shadow_expiry != VP_NO_DAY && vp_account_find(record->user, &account, &error) > 0 &&
        account.expires_on != VP_NEVER) {
        vp_number_print_date(account.expires_on, date);
        cmd_quote(record->user, quoted, sizeof quoted);
        cmd_say("%s: shadow's expiry date stays %s; to take it out: chage -E -1 %s", record->user,
                date, quoted);
    }
    vp_account_wipe(&account);
}

static int forget(const struct vp_store *store, const char *name, int64_t now)
{
    struct vp_record record;
    char copy[1024];
    struct vp_error error;
    int lock = vp_store_lock(store, name, VP_LOCK_WAIT_MS, &error);
    int forgotten = -1;

    vp_record_begin(&record, "", 0);
    if (lock >= 0) {
        (void)!vp_store_read_record(store, name, &record, NULL);
        forgotten = vp_store_forget(store, name, now, &error);
        vp_store_unlock(lock);
    }
    if (forgotten < 0) {
        cmd_complain_error(&error);
        return -1;
    }
    if (forgotten == 0) {
        cmd_say("%s: there was no record", name);
    } else {
        vp_store_print_forgotten(store, name, now, copy, sizeof copy);
        cmd_say("%s: forgotten; the copy is %s", name, copy);
        say_wall(&record);
    }
    vp_record_wipe(&record);
    return forgotten;
}

static void say_what_would_be(const struct vp_store *store, const char *name)
{
    struct vp_record record;
    struct vp_error error;
    int found = vp_store_read_record(store, name, &record, &error);

    cmd_say(found == 0 ? "%s: there is no record" : "%s: would be forgotten", name);
    vp_record_wipe(&record);
}

enum cmd_status cmd_forget(const struct cmd_arguments *arguments)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    char actor[VP_NAME_MAX + 1], name[VP_NAME_MAX + 1];
    enum cmd_status status = CMD_YES;
    struct vp_store store;
    struct vp_error error;

    vp_account_actor(actor);
    if (vp_store_open(path, &store, &error) != 0) {
        if (error.errnum == ENOENT) {
            cmd_say("%s: there is no store, and so no record", path);
            return CMD_YES;
        }
        cmd_complain_error(&error);
        return CMD_ERROR;
    }
    if (!store.writable) {
        cmd_complain("%s: only root can change records", path);
        vp_store_close(&store);
        return CMD_ERROR;
    }
    for (size_t i = 0; i < arguments->name_count; i++) {
        int forgotten;

        find_name(arguments->names[i], name);
        if (arguments->dry_run) {
            say_what_would_be(&store, name);
            continue;
        }
        forgotten = forget(&store, name, arguments->now);
        if (forgotten > 0)
            cmd_log("user %s: record forgotten by %s", name, actor);
        if (forgotten < 0)
            status = CMD_ERROR;
    }
    vp_store_close(&store);
    return status;
}
