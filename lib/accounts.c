#include "accounts.h"
#include "entry.h"
#include "error.h"
#include "secret.h"

#include <errno.h>
#include <grp.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWD_PATH "/etc/passwd"
#define SHADOW_PATH "/etc/shadow"
#define GROUP_PATH  "/etc/group"

/* One line of the shadow file. */
struct shadow_row {
    char *name, *hash;
    long changed_on, expires_on;
    size_t order; /* where a name stands twice, the first line counts, as for getspnam(3) */
};

struct shadow_rows {
    struct shadow_row *rows;
    size_t count, room;
    bool readable;
};

/* fget*ent_r() leave the file at a line that the buffer cannot hold: the buffer must grow. */
#define NEXT_ENTRY(status, buffer, call)                                                           \
    do {                                                                                           \
        status = buffer.size == 0 ? vp_entry_enlarge(&buffer) : 0;                                 \
        if (status == 0)                                                                           \
            status = (call);                                                                       \
        if (status == ERANGE && buffer.size < VP_ENTRY_BUFFER_MAX)                                 \
            status = vp_entry_enlarge(&buffer) == 0 ? EAGAIN : ENOMEM;                             \
    } while (status == EAGAIN)

static int add_row(struct shadow_rows *rows, const struct spwd *entry)
{
    size_t larger = rows->room == 0 ? 256 : rows->room * 2;
    struct shadow_row *row;

    if (rows->count == rows->room) {
        struct shadow_row *moved = reallocarray(rows->rows, larger, sizeof *moved);

        if (moved == NULL)
            return ENOMEM;
        rows->rows = moved;
        rows->room = larger;
    }
    row = &rows->rows[rows->count];
    row->name = strdup(entry->sp_namp);
    row->hash = strdup(entry->sp_pwdp);
    row->changed_on = entry->sp_lstchg;
    row->expires_on = entry->sp_expire;
    row->order = rows->count++;
    return row->name == NULL || row->hash == NULL ? ENOMEM : 0;
}

static int compare_rows(const void *one, const void *other)
{
    const struct shadow_row *a = one, *b = other;
    int order = strcmp(a->name, b->name);

    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static void drop_rows(struct shadow_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->rows[i].name);
        vp_secret_free(rows->rows[i].hash);
    }
    free(rows->rows);
    *rows = (struct shadow_rows){0};
}

/* A shadow file that cannot be opened is no failure: the rows say so. */
static int read_rows(struct shadow_rows *rows, struct vp_error *error_out)
{
    FILE *file = fopen(SHADOW_PATH, "re");
    struct vp_entry_buffer buffer = {0};
    struct spwd entry, *found;
    int status;

    *rows = (struct shadow_rows){.readable = file != NULL};
    if (file == NULL)
        return 0;
    for (;;) {
        NEXT_ENTRY(status, buffer, fgetspent_r(file, &entry, buffer.bytes, buffer.size, &found));
        if (status != 0 || (status = add_row(rows, found)) != 0)
            break;
    }
    vp_entry_drop(&buffer);
    fclose(file);
    if (status != ENOENT)
        return vp_error_set(error_out, SHADOW_PATH, 0, status, "cannot be read");
    if (rows->count > 0)
        qsort(rows->rows, rows->count, sizeof rows->rows[0], compare_rows);
    return 0;
}

static const struct shadow_row *find_row(const struct shadow_rows *rows, const char *name)
{
    size_t low = 0, high = rows->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(rows->rows[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rows->count && strcmp(rows->rows[low].name, name) == 0 ? &rows->rows[low] : NULL;
}

static void fill_account(struct vp_account *account, const struct passwd *entry,
                         const struct shadow_rows *rows)
{
    const struct shadow_row *row = NULL;

    vp_entry_read_passwd(account, entry);
    if (strcmp(entry->pw_passwd, "x") != 0) {
        vp_entry_read_hash(account, entry->pw_passwd);
    } else if (!rows->readable) {
        account->password = VP_PASSWORD_UNREADABLE;
    } else if ((row = find_row(rows, account->name)) == NULL) {
        account->password = VP_PASSWORD_ELSEWHERE;
    } else {
        vp_entry_read_shadow(account, row->hash, row->changed_on, row->expires_on);
    }
}

int vp_accounts_visit(vp_accounts_visitor *visit, void *context, struct vp_error *error_out)
{
    FILE *file = fopen(PASSWD_PATH, "re");
    struct vp_entry_buffer buffer = {0};
    struct shadow_rows rows = {0};
    struct passwd entry, *found;
    struct vp_account account;
    int result = -1;
    int status;

    if (file == NULL)
        return vp_error_set(error_out, PASSWD_PATH, 0, errno, "cannot be read");
    if (read_rows(&rows, error_out) != 0)
        goto out;
    for (result = 0; result == 0;) {
        NEXT_ENTRY(status, buffer, fgetpwent_r(file, &entry, buffer.bytes, buffer.size, &found));
        if (status != 0)
            break;
        /* A `+` begins a line of nsswitch's compat mode, and is nobody. */
        if (*entry.pw_name == '+' || *entry.pw_name == '-' || strlen(entry.pw_name) > VP_NAME_MAX)
            continue;
        fill_account(&account, &entry, &rows);
        result = visit(context, &account);
    }
    if (result == 0 && status != ENOENT)
        result = vp_error_set(error_out, PASSWD_PATH, 0, status, "cannot be read");
    vp_secret_wipe(&account, sizeof account);
out:
    vp_entry_drop(&buffer);
    drop_rows(&rows);
    fclose(file);
    return result;
}

/* Whether there is a hash, locked or not, that a password could match. */
static bool is_usable(const char *field)
{
    struct vp_account account;
    bool usable;

    vp_entry_read_hash(&account, field);
    usable = account.password == VP_PASSWORD_HASH || account.password == VP_PASSWORD_LOCKED;
    vp_secret_wipe(&account, sizeof account);
    return usable;
}

int vp_accounts_visit_since(int32_t day, vp_account_visitor *visit, void *context,
                            struct vp_error *error_out)
{
    struct shadow_rows rows;
    int result = 0;

    if (read_rows(&rows, error_out) != 0)
        result = -1;
    else if (!rows.readable)
        result = vp_error_set(error_out, SHADOW_PATH, 0, 0, "cannot be read");
    for (size_t i = 0; i < rows.count && result == 0; i++)
        if (rows.rows[i].changed_on >= day && is_usable(rows.rows[i].hash))
            result = visit(context, rows.rows[i].name);
    drop_rows(&rows);
    return result;
}

int vp_accounts_visit_groups(vp_accounts_group_visitor *visit, void *context,
                             struct vp_error *error_out)
{
    FILE *file = fopen(GROUP_PATH, "re");
    struct vp_entry_buffer buffer = {0};
    struct group entry, *found;
    int result = 0;
    int status = 0;

    if (file == NULL)
        return vp_error_set(error_out, GROUP_PATH, 0, errno, "cannot be read");
    while (result == 0) {
        NEXT_ENTRY(status, buffer, fgetgrent_r(file, &entry, buffer.bytes, buffer.size, &found));
        if (status != 0)
            break;
        if (*entry.gr_name != '+' && *entry.gr_name != '-')
            result = visit(context, entry.gr_name, entry.gr_gid, (const char *const *)entry.gr_mem);
    }
    if (result == 0 && status != ENOENT)
        result = vp_error_set(error_out, GROUP_PATH, 0, status, "cannot be read");
    vp_entry_drop(&buffer);
    fclose(file);
    return result;
}
