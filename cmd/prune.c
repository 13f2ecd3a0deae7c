/*
 * What the store still holds of accounts that are gone: old hashes are personal data, and the next
 * person of that name shall inherit nothing.
 */
#include "../lib/accounts.h"
#include "../lib/error.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct vp_store *store;
    const struct cmd_people *local; /* in order */
    struct cmd_people *gone;
};

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

static int add_local(void *context, const struct vp_account *account)
{
    return cmd_people_add(context, account->name);
}

/*
 * Why a record may be an account's that never stood in the local shadow file, or NULL. Some
 * directories say that nobody is there when they cannot be reached: their people must not lose a
 * mark by that.
 */
static const char *why_directorys(const struct vp_store *store, const char *name)
{
    const char *why = NULL;
    struct vp_record record;
    int found = vp_store_read_record(store, name, &record, NULL);

    if (found < 0)
        why = "its record is damaged: it may be a directory's";
    else if (found > 0 && record.hash[0] == '\0')
        why = "was never in the shadow file: a directory's";
    vp_record_wipe(&record);
    return why;
}

/* Whoever is in no local file may be a directory's: NSS is asked, and has to know. 1 = stop, said.
 */
static int look(void *context, const char *name)
{
    struct search *search = context;
    struct vp_error error;
    const char *why;
    int gone;

    if (search->local->count > 0 && bsearch(name, search->local->names, search->local->count,
                                            sizeof search->local->names[0], compare_names) != NULL)
        return 0;
    gone = vp_account_is_gone(name, &error);
    if (gone < 0)
        cmd_complain_error(&error);
    if (gone != 1)
        return gone < 0;
    why = why_directorys(search->store, name);
    if (why != NULL) {
        cmd_complain("%s: is not known now, but %s, and passed over (if it is gone: vpolicy "
                     "forget)",
                     name, why);
        return 0;
    }
    return cmd_people_add(search->gone, name);
}

int cmd_people_gone(const struct vp_store *store, struct cmd_people *local, bool copies,
                    struct cmd_people *people_out)
{
    struct search search = {.store = store, .local = local, .gone = people_out};
    struct vp_error error = {.text = "no memory"};
    int result;

    *people_out = (struct cmd_people){0};
    cmd_people_unite(local);
    result = copies ? vp_store_visit_traces(store, look, &search, &error)
                    : vp_store_visit(store, look, &search, &error);
    if (result < 0)
        cmd_complain_error(&error);
    if (result != 0)
        cmd_people_free(people_out);
    cmd_people_unite(people_out);
    return result == 0 ? 0 : -1;
}

/* Everybody whom the passwd file knows; nobody must be thought gone because it cannot be read. */
static int find_gone(const struct vp_store *store, struct cmd_people *gone_out)
{
    struct cmd_people local = {0};
    struct vp_error error = {.text = "no memory"};
    int result = vp_accounts_visit(add_local, &local, &error);

    if (result < 0)
        cmd_complain_error(&error);
    else if (local.count == 0)
        cmd_complain("/etc/passwd: lists nobody: nothing is erased");
    else
        result = cmd_people_gone(store, &local, true, gone_out);
    result = local.count == 0 ? -1 : result;
    cmd_people_free(&local);
    return result;
}

/* Under the lock, and only if nobody has taken the name since it was asked about. */
static int erase_if_gone(const struct vp_store *store, const char *name, struct vp_error *error_out)
{
    int gone = vp_account_is_gone(name, error_out);

    if (gone == 0)
        return vp_error_set(error_out, NULL, 0, 0, "%.64s: is there again: not erased", name);
    return gone < 0 ? -1 : vp_store_erase(store, name, error_out);
}

static int erase(const struct vp_store *store, const char *name, const char *actor)
{
    struct vp_error error;
    int lock = vp_store_lock(store, name, VP_LOCK_WAIT_MS, &error);
    int result = lock < 0 ? -1 : erase_if_gone(store, name, &error);

    vp_store_unlock(lock);
    if (result != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    cmd_say("%s: erased", name);
    cmd_log("user %s: account is gone, record erased by %s", name, actor);
    return 0;
}

static enum cmd_status prune(const struct cmd_arguments *arguments, const struct vp_store *store,
                             const struct cmd_people *gone)
{
    enum cmd_status status = CMD_YES;
    char actor[VP_NAME_MAX + 1];

    vp_account_actor(actor);
    for (size_t i = 0; i < gone->count; i++) {
        if (arguments->dry_run)
            cmd_say("%s: would be erased", gone->names[i]);
        else if (erase(store, gone->names[i], actor) != 0)
            status = CMD_ERROR;
    }
    if (gone->count == 0)
        cmd_say("nothing is kept of accounts that are gone");
    return status;
}

enum cmd_status cmd_prune(const struct cmd_arguments *arguments)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    enum cmd_status status = CMD_ERROR;
    struct cmd_people gone = {0};
    struct vp_store store;
    struct vp_error error;

    if (vp_store_open(path, &store, &error) != 0)
        cmd_complain_error(&error);
    else if (!store.writable)
        cmd_complain("%s: only root can change records", path);
    else if (find_gone(&store, &gone) == 0 &&
             cmd_people_confirm(arguments, &gone,
                                "are gone, and what is kept of them would be erased"))
        status = prune(arguments, &store, &gone);
    cmd_people_free(&gone);
    vp_store_close(&store);
    return status;
}
