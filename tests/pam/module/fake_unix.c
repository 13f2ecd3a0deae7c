/*
 * A mock: stands where pam_unix stands, in tests in process only (the tests with real programs use
 * the real one). It asks nothing and hashes nothing: the test program, which exports the two
 * functions below, decides what "setting the password" does to its made-up shadow file.
 *
 * With the argument `asks` it stands for a module before ours that asks for the new password.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include <stddef.h>
#include <string.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#define EXPORTED __attribute__((visibility("default")))

const char *unix_old_password(void);
int unix_update(const char *user, const char *password);

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    (void)argc;
    (void)argv;
    return PAM_SUCCESS;
}

EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_sm_authenticate(pamh, flags, argc, argv);
}

EXPORTED int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    const char *user = NULL, *password = NULL;
    const void *item = NULL;

    if (flags & PAM_PRELIM_CHECK)
        return unix_old_password() == NULL
                   ? PAM_SUCCESS
                   : pam_set_item(pamh, PAM_OLDAUTHTOK, unix_old_password());
    if (argc > 0 && strcmp(argv[0], "asks") == 0)
        return pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
    if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS ||
        pam_get_item(pamh, PAM_AUTHTOK, &item) != PAM_SUCCESS)
        return PAM_SYSTEM_ERR;
    return unix_update(user, item);
}
