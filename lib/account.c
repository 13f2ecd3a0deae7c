#include "account.h"
#include "entry.h"
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

/* Makes one of NSS's _r calls with ever larger buffers; sets status to the last call's errno. */
#define NSS_CALL(status, buffer, call)                                                             \
    do {                                                                                           \
        status = vp_entry_enlarge(&buffer);                                                        \
        if (status == 0)                                                                           \
            status = (call);                                                                       \
    } while (status == ERANGE && buffer.size < VP_ENTRY_BUFFER_MAX)

/* These all mean "no such entry" (getpwnam(3), ERRORS). */
static bool means_unknown(int status)
{
    return status == 0 || status == ENOENT || status == ESRCH || status == EBADF || status == EPERM;
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
    struct vp_entry_buffer buffer = {0};
    int status;

    if (strcmp(pw_passwd, "x") != 0) {
        vp_entry_read_hash(account, pw_passwd);
        return;
    }
    NSS_CALL(status, buffer, getspnam_r(account->name, &entry, buffer.bytes, buffer.size, &found));
    if (found != NULL)
        vp_entry_read_shadow(account, found->sp_pwdp == NULL ? "*" : found->sp_pwdp,
                             found->sp_lstchg, found->sp_expire);
    else
        account->password = means_unknown(status) ? kind_without_entry() : VP_PASSWORD_UNREADABLE;
    vp_entry_drop(&buffer);
}

int vp_account_find(const char *name, struct vp_account *account_out, struct vp_error *error_out)
{
    struct passwd entry, *found = NULL;
    struct vp_entry_buffer buffer = {0};
    int status;
    int result = -1;

    memset(account_out, 0, sizeof *account_out);
    /* Before NSS sees it: nss-systemd aborts the program over a name of millions of bytes. */
    if (strlen(name) > VP_NAME_MAX)
        return vp_error_set(error_out, NULL, 0, 0, "a user name of over %d bytes", VP_NAME_MAX);
    NSS_CALL(status, buffer, getpwnam_r(name, &entry, buffer.bytes, buffer.size, &found));
    if (found == NULL && means_unknown(status)) {
        result = 0;
    } else if (found == NULL) {
        (void)vp_error_set(error_out, NULL, 0, status, "%.64s: the account cannot be looked up",
                           name);
    } else if (strlen(found->pw_name) > VP_NAME_MAX) {
        (void)vp_error_set(error_out, NULL, 0, 0, "a user name of over %d bytes", VP_NAME_MAX);
    } else {
        vp_entry_read_passwd(account_out, found);
        read_shadow(account_out, found->pw_passwd == NULL ? "*" : found->pw_passwd);
        result = 1;
    }
    vp_entry_drop(&buffer);
    return result;
}

int vp_account_is_gone(const char *name, struct vp_error *error_out)
{
    struct passwd entry, *found = NULL;
    struct vp_entry_buffer buffer = {0};
    int status;

    if (strlen(name) > VP_NAME_MAX)
        return vp_error_set(error_out, NULL, 0, ENAMETOOLONG, "%.64s: cannot be asked for", name);
    NSS_CALL(status, buffer, getpwnam_r(name, &entry, buffer.bytes, buffer.size, &found));
    vp_entry_drop(&buffer);
    if (found != NULL)
        return 0;
    /* A source that is down may come back as ENOENT, which is no word on the name. */
    return status == 0 ? 1
                       : vp_error_set(error_out, NULL, 0, status,
                                      "%.64s: the account cannot be looked up", name);
}

int vp_account_visit_group(const char *name, uint32_t *gid_out, vp_account_visitor *visit,
                           void *context, struct vp_error *error_out)
{
    struct group entry, *found = NULL;
    struct vp_entry_buffer buffer = {0};
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
    vp_entry_drop(&buffer);
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
    struct vp_entry_buffer buffer = {0};
    bool root;
    int status;

    NSS_CALL(status, buffer, getpwnam_r(name, &entry, buffer.bytes, buffer.size, &found));
    root = status == 0 && found != NULL && found->pw_uid == 0;
    vp_entry_drop(&buffer);
    return root;
}

static int name_of_uid(uid_t uid, char name_out[VP_NAME_MAX + 1])
{
    struct passwd entry, *found = NULL;
    struct vp_entry_buffer buffer = {0};
    int status;

    NSS_CALL(status, buffer, getpwuid_r(uid, &entry, buffer.bytes, buffer.size, &found));
    if (status == 0 && found != NULL)
        snprintf(name_out, VP_NAME_MAX + 1, "%s", found->pw_name);
    vp_entry_drop(&buffer);
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
