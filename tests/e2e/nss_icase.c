/*
 * A name service that ignores case, as directories do: ALICE is whoever stands in /etc/passwd and
 * /etc/shadow as alice. For /etc/nsswitch.conf, after `files`; compiled inside the private system.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <strings.h>

/* The two differ in nothing but the names of what they call. */
#define LOOK_UP(path, type, name_field, read_entry)                                                \
    struct type *found = NULL;                                                                     \
    FILE *file = fopen(path, "re");                                                                \
    int status = file == NULL ? errno : 0;                                                         \
                                                                                                   \
    while (status == 0 && (status = read_entry(file, entry, buffer, size, &found)) == 0)           \
        if (strcasecmp(found->name_field, name) == 0)                                              \
            break;                                                                                 \
    if (file != NULL)                                                                              \
        fclose(file);                                                                              \
    *errnum = status;                                                                              \
    if (status == ERANGE)                                                                          \
        return NSS_STATUS_TRYAGAIN;                                                                \
    return status == 0 ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND

enum nss_status _nss_icase_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
                                      size_t size, int *errnum);
enum nss_status _nss_icase_getspnam_r(const char *name, struct spwd *entry, char *buffer,
                                      size_t size, int *errnum);

enum nss_status _nss_icase_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
                                      size_t size, int *errnum)
{
    LOOK_UP("/etc/passwd", passwd, pw_name, fgetpwent_r);
}

enum nss_status _nss_icase_getspnam_r(const char *name, struct spwd *entry, char *buffer,
                                      size_t size, int *errnum)
{
    LOOK_UP("/etc/shadow", spwd, sp_namp, fgetspent_r);
}
