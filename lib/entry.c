#include "entry.h"
#include "number.h"
#include "secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vp_entry_drop(struct vp_entry_buffer *buffer)
{
    vp_secret_wipe(buffer->bytes, buffer->size);
    free(buffer->bytes);
    *buffer = (struct vp_entry_buffer){0};
}

int vp_entry_enlarge(struct vp_entry_buffer *buffer)
{
    size_t larger = buffer->size == 0 ? 4096 : buffer->size * 4;

    vp_entry_drop(buffer);
    buffer->bytes = malloc(larger);
    if (buffer->bytes == NULL)
        return ENOMEM;
    buffer->size = larger;
    return 0;
}

/* The full name is what stands before the first comma (passwd(5), chfn(1)). */
static void read_full_name(struct vp_account *account, const char *gecos)
{
    snprintf(account->full_name, sizeof account->full_name, "%.*s", (int)strcspn(gecos, ","),
             gecos);
}

void vp_entry_read_passwd(struct vp_account *account, const struct passwd *entry)
{
    memset(account, 0, sizeof *account);
    snprintf(account->name, sizeof account->name, "%s", entry->pw_name);
    snprintf(account->home, sizeof account->home, "%s", entry->pw_dir);
    snprintf(account->shell, sizeof account->shell, "%s",
             entry->pw_shell == NULL ? "" : entry->pw_shell);
    read_full_name(account, entry->pw_gecos == NULL ? "" : entry->pw_gecos);
    account->uid = entry->pw_uid;
    account->gid = entry->pw_gid;
    account->changed_on = VP_NO_DAY;
    account->expires_on = VP_NEVER;
}

void vp_entry_read_hash(struct vp_account *account, const char *field)
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

static int32_t read_day(long field, int32_t empty)
{
    if (field < 0)
        return empty;
    return field > VP_LAST_DAY ? VP_LAST_DAY : (int32_t)field;
}

void vp_entry_read_shadow(struct vp_account *account, const char *hash, long changed_on,
                          long expires_on)
{
    vp_entry_read_hash(account, hash);
    account->changed_on = read_day(changed_on, VP_NO_DAY);
    account->expires_on = read_day(expires_on, VP_NEVER);
    account->in_shadow = true;
}
