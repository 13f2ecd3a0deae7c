#include "account.h"
#include "error.h"
#include "number.h"
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHADOW_PATH "/etc/shadow"
#define PASSWD_PATH "/etc/passwd"
/* NSS entries have no stated limit; a group of 100,000 members needs megabytes. */
#define NSS_BUFFER_MAX ((size_t)16 * 1024 * 1024)

/* What an entry of NSS points into; it may hold a hash, so it is wiped. */
struct entry_buffer {
    char *bytes;
    size_t size;
};

static void drop_buffer(struct entry_buffer *buffer)
{
    vp_secret_wipe(buffer->bytes, buffer->size);
    free(buffer->bytes);
    *buffer = (struct entry_buffer){0};
}

static int enlarge_buffer(struct entry_buffer *buffer)
{
    size_t larger = buffer->size == 0 ? 4096 : buffer->size * 4;

    drop_buffer(buffer);
    buffer->bytes = malloc(larger);
    if (buffer->bytes == NULL)
        return ENOMEM;
    buffer->size = larger;
    return 0;
}

/* Makes one of NSS's _r calls with ever larger buffers; sets status to the last call's errno. */
#define NSS_CALL(status, buffer, call)                                                             \
    do {                                                                                           \
        status = enlarge_buffer(&buffer);                                                          \
        if (status == 0)                                                                           \
            status = (call);                                                                       \
    } while (status == ERANGE && buffer.size < NSS_BUFFER_MAX)

/* These all mean "no such entry" (getpwnam(3), ERRORS). */
static bool means_unknown(int status)
{
    return status == 0 || status == ENOENT || status == ESRCH || status == EBADF || status == EPERM;
}

static void read_hash(struct vp_account *account, const char *field)
{
    const char *hash = field + strspn(field, "!");

    if (*field == '\0') {
        account->password = VP_PASSWORD_EMPTY;
        return;
    }
    /*
     * crypt(5): every hash has more than a DES hash's 13 characters or exactly those, and none
     * begins with `*`. Anything else ("!", "!!", "*", "x", "NP") matches no password.
     */
    if (strlen(hash) < 13 || strlen(hash) >= VP_HASH_SIZE || *hash == '*') {
        account->password = VP_PASSWORD_UNUSABLE;
        return;
    }
    account->password = hash == field ? VP_PASSWORD_HASH : VP_PASSWORD_LOCKED;
    snprintf(account->hash, sizeof account->hash, "%s", hash);
}

static int32_t shadow_day(long field, int32_t empty)
{
    if (field < 0)
        return empty;
    return field > VP_LAST_DAY ? VP_LAST_DAY : (int32_t)field;
}

/* No entry and no error: was it looked for at all? */
static enum vp_password_kind kind_without_entry(void)
{
    int file = open(SHADOW_PATH, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (file < 0)
        return VP_PASSWORD_UNREADABLE;
    close(file);
    return VP_PASSWORD_ELSEWHERE;
}

static void read_shadow(struct vp_account *account, const char *pw_passwd)
{
    struct spwd entry, *found = NULL;
    struct entry_buffer buffer = {0};
    int status;

    account->changed_on = VP_NO_DAY;
    account->expires_on = VP_NEVER;
    if (strcmp(pw_passwd, "x") != 0) {
        read_hash(account, pw_passwd);
        return;
    }
    NSS_CALL(status, buffer, getspnam_r(account->name, &entry, buffer.bytes, buffer.size, &found));
    if (found != NULL) {
        read_hash(account, found->sp_pwdp == NULL ? "*" : found->sp_pwdp);
        account->changed_on = shadow_day(found->sp_lstchg, VP_NO_DAY);
        account->expires_on = shadow_day(found->sp_expire, VP_NEVER);
        account->in_shadow = true;
    } else {
        account->password = means_unknown(status) ? kind_without_entry() : VP_PASSWORD_UNREADABLE;
    }
    drop_buffer(&buffer);
}

int vp_account_find(const char *name, struct vp_account *account_out, struct vp_error *error_out)
{
    struct passwd entry, *found = NULL;
    struct entry_buffer buffer = {0};
    int status;
    int result = -1;

    NSS_CALL(status, buffer, getpwnam_r(name, &entry, buffer.bytes, buffer.size, &found));
    memset(account_out, 0, sizeof *account_out);
    if (found == NULL && means_unknown(status)) {
        result = 0;
    } else if (found == NULL) {
        (void)vp_error_set(error_out, NULL, 0, status, "%.64s: the account cannot be looked up",
                           name);
    } else if (strlen(found->pw_name) > VP_NAME_MAX) {
        (void)vp_error_set(error_out, NULL, 0, 0, "a user name of over %d bytes", VP_NAME_MAX);
    } else {
        snprintf(account_out->name, sizeof account_out->name, "%s", found->pw_name);
        snprintf(account_out->home, sizeof account_out->home, "%s", found->pw_dir);
        account_out->uid = found->pw_uid;
        account_out->gid = found->pw_gid;
        read_shadow(account_out, found->pw_passwd == NULL ? "*" : found->pw_passwd);
        result = 1;
    }
    drop_buffer(&buffer);
    return result;
}

int vp_account_visit_group(const char *name, uint32_t *gid_out, vp_account_visitor *visit,
                           void *context, struct vp_error *error_out)
{
    struct group entry, *found = NULL;
    struct entry_buffer buffer = {0};
    int status;
    int result = 0;

    NSS_CALL(status, buffer, getgrnam_r(name, &entry, buffer.bytes, buffer.size, &found));
    if (found != NULL) {
        *gid_out = found->gr_gid;
        for (char **member = found->gr_mem; visit != NULL && *member != NULL && result == 0;
             member++)
            result = visit(context, *member);
        result = result == 0 ? 1 : result;
    } else if (!means_unknown(status)) {
        result =
            vp_error_set(error_out, NULL, 0, status, "%.64s: the group cannot be looked up", name);
    }
    drop_buffer(&buffer);
    return result;
}

/* All gids of the account, in a block that the caller frees; NULL where memory is short. */
static gid_t *gids_of(const struct vp_account *account, int *count_out)
{
    gid_t *gids = NULL;

    for (int room = 64;; room = *count_out) {
        gid_t *larger = reallocarray(gids, (size_t)room, sizeof *gids);

        if (larger == NULL) {
            free(gids);
            return NULL;
        }
        gids = larger;
        *count_out = room;
        if (getgrouplist(account->name, account->gid, gids, count_out) >= 0)
            return gids;
    }
}

int vp_account_groups(const struct vp_account *account, const char *const *groups, size_t count,
                      bool *members_out, struct vp_error *error_out)
{
    gid_t *gids;
    int gid_count = 0;
    int result = 0;

    if (count == 0)
        return 0;
    gids = gids_of(account, &gid_count);
    if (gids == NULL)
        return vp_error_set(error_out, NULL, 0, ENOMEM, "%.64s: groups", account->name);
    for (size_t i = 0; i < count && result == 0; i++) {
        gid_t gid = 0;
        int found = vp_account_visit_group(groups[i], &gid, NULL, NULL, error_out);

        members_out[i] = false;
        for (int j = 0; found > 0 && j < gid_count; j++)
            members_out[i] |= gids[j] == gid;
        if (found < 0)
            result = -1;
    }
    free(gids);
    return result;
}

void vp_account_wipe(struct vp_account *account)
{
    vp_secret_wipe(account, sizeof *account);
}

bool vp_account_is_root(const char *name)
{
    struct passwd entry, *found = NULL;
    struct entry_buffer buffer = {0};
    bool root;
    int status;

    NSS_CALL(status, buffer, getpwnam_r(name, &entry, buffer.bytes, buffer.size, &found));
    root = status == 0 && found != NULL && found->pw_uid == 0;
    drop_buffer(&buffer);
    return root;
}

static int name_of_uid(uid_t uid, char name_out[VP_NAME_MAX + 1])
{
    struct passwd entry, *found = NULL;
    struct entry_buffer buffer = {0};
    int status;

    NSS_CALL(status, buffer, getpwuid_r(uid, &entry, buffer.bytes, buffer.size, &found));
    if (status == 0 && found != NULL)
        snprintf(name_out, VP_NAME_MAX + 1, "%s", found->pw_name);
    drop_buffer(&buffer);
    return status == 0 && found != NULL ? 0 : -1;
}

/* The uid that logged in, whoever it is acting as now; kept by the kernel (pam_loginuid(8)). */
static int login_uid(uid_t *uid_out)
{
    char text[16] = "";
    int file = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    int64_t uid;

    if (file >= 0)
        close(file);
    if (length <= 0)
        return -1;
    text[length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    if (vp_number_parse(text, 0, (int64_t)UINT32_MAX - 1, &uid) != 0)
        return -1;
    *uid_out = (uid_t)uid;
    return 0;
}

void vp_account_actor(char buffer[VP_NAME_MAX + 1])
{
    const char *sudo_user = secure_getenv("SUDO_USER");
    uid_t uid;

    if (login_uid(&uid) == 0 && name_of_uid(uid, buffer) == 0)
        return;
    if (getuid() == 0 && sudo_user != NULL && *sudo_user != '\0')
        snprintf(buffer, VP_NAME_MAX + 1, "%.*s", VP_NAME_MAX, sudo_user);
    else if (name_of_uid(getuid(), buffer) != 0)
        snprintf(buffer, VP_NAME_MAX + 1, "uid %u", (unsigned)getuid());
}

int vp_account_group_exists(const char *name, struct vp_error *error_out)
{
    gid_t gid;

    return vp_account_visit_group(name, &gid, NULL, NULL, error_out);
}

/* ---- all local accounts at once -------------------------------------------------------------- */

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
        status = buffer.size == 0 ? enlarge_buffer(&buffer) : 0;                                   \
        if (status == 0)                                                                           \
            status = (call);                                                                       \
        if (status == ERANGE && buffer.size < NSS_BUFFER_MAX)                                      \
            status = enlarge_buffer(&buffer) == 0 ? EAGAIN : ENOMEM;                               \
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
    struct entry_buffer buffer = {0};
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
    drop_buffer(&buffer);
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

    memset(account, 0, sizeof *account);
    snprintf(account->name, sizeof account->name, "%s", entry->pw_name);
    snprintf(account->home, sizeof account->home, "%s", entry->pw_dir);
    account->uid = entry->pw_uid;
    account->gid = entry->pw_gid;
    account->changed_on = VP_NO_DAY;
    account->expires_on = VP_NEVER;
    if (strcmp(entry->pw_passwd, "x") != 0) {
        read_hash(account, entry->pw_passwd);
    } else if (!rows->readable) {
        account->password = VP_PASSWORD_UNREADABLE;
    } else if ((row = find_row(rows, account->name)) == NULL) {
        account->password = VP_PASSWORD_ELSEWHERE;
    } else {
        read_hash(account, row->hash);
        account->changed_on = shadow_day(row->changed_on, VP_NO_DAY);
        account->expires_on = shadow_day(row->expires_on, VP_NEVER);
        account->in_shadow = true;
    }
}

int vp_account_visit_local(vp_account_full_visitor *visit, void *context,
                           struct vp_error *error_out)
{
    FILE *file = fopen(PASSWD_PATH, "re");
    struct entry_buffer buffer = {0};
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
    vp_account_wipe(&account);
out:
    drop_buffer(&buffer);
    drop_rows(&rows);
    fclose(file);
    return result;
}

/* Whether there is a hash, locked or not, that a password could match. */
static bool is_usable(const char *field)
{
    struct vp_account account;
    bool usable;

    read_hash(&account, field);
    usable = account.password == VP_PASSWORD_HASH || account.password == VP_PASSWORD_LOCKED;
    vp_account_wipe(&account);
    return usable;
}

int vp_account_visit_since(int32_t day, vp_account_visitor *visit, void *context,
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
