/*
 * lib/stack.c, lib/walk.c, lib/audit.c: stacks as systems have them are without a fault, and each
 * fault that is put into one is found, at its line, and no other.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include "../../lib/audit.h"
#include "../../lib/stack.h"
#include "../../lib/text.h"
#include "../../lib/walk.h"

#define FILES_MAX 16

/* Files of a row's text, where each begins with a line `# /NAME`. */
struct folder {
    char *text;
    char paths[FILES_MAX][64];
    struct vp_stack_file files[FILES_MAX];
    const struct vp_stack_file *list[FILES_MAX];
    size_t count;
};

static void unfold(const char *text, struct folder *folder)
{
    char *at;

    *folder = (struct folder){.text = strdup(text)};
    for (at = folder->text; at != NULL && *at != '\0';) {
        struct vp_stack_file *file = &folder->files[folder->count];
        char *name = at + 3, *next;

        ck_assert_msg(strncmp(at, "# /", 3) == 0, "no file begins here: %s", at);
        ck_assert_uint_lt(folder->count, FILES_MAX);
        at = strchr(name, '\n');
        *at++ = '\0';
        snprintf(folder->paths[folder->count], sizeof folder->paths[0], "%s", name);
        *file = (struct vp_stack_file){name, folder->paths[folder->count], at};
        folder->list[folder->count++] = file;
        next = strstr(at, "# /");
        if (next != NULL && next > at)
            next[-1] = '\0';
        at = next;
    }
}

static const struct vp_stack_file *find(void *context, const char *name)
{
    const struct folder *folder = context;

    for (size_t i = 0; i < folder->count; i++)
        if (strcmp(folder->files[i].name, name) == 0)
            return &folder->files[i];
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* One line of what a service runs, as `level control module arguments`, or what is broken. */
static void print_line(const struct vp_stack_line *line, struct vp_text *text)
{
    if (line->kind == VP_STACK_SUBSTACK) {
        vp_text_add(text, "%d substack;", line->level);
        return;
    }
    vp_text_add(text, "%d %s %s", line->level, line->control, line->module);
    for (size_t i = 0; i < line->argument_count; i++)
        vp_text_add(text, " <%s>", line->arguments[i]);
    vp_text_add(text, ";");
}

static const struct {
    const char *files, *auth, *why;
} readings[] = {
    {"# /x\nauth required pam_a.so\n", "0 required pam_a.so;", "one line"},
    {"# /x\nauth required pam_a.so", "0 required pam_a.so;", "its end is missing"},
    {"# /x\n \tAUTH\tRequired   /lib/pam_a.so  one two#three\n",
     "0 Required /lib/pam_a.so <one> <two>;", "capitals, blanks, a path and a comment"},
    {"# /x\n-auth optional pam_a.so\n", "0 optional pam_a.so;",
     "silent where the module is missing"},
    {"# /x\n# auth required pam_a.so\n\nauth required pam_b.so\n", "0 required pam_b.so;",
     "comments and empty lines"},
    {"# /x\nauth required \\\n   pam_a.so \\ \n one\nauth required pam_b.so\n",
     "0 required pam_a.so <one>;0 required pam_b.so;", "continued lines"},
    {"# /x\nauth required pam_a.so # \\\nauth required pam_b.so\n",
     "0 required pam_a.so;0 required pam_b.so;", "a backslash in a comment continues nothing"},
    {"# /x\nauth required pam_a.so \\# \nauth required pam_b.so\n",
     "0 required pam_a.so <\\>;0 required pam_b.so;", "nor does one in front of a comment"},
    {"# /x\nauth [success=1 default=ignore] pam_a.so [a b\\]c] d\n",
     "0 success=1 default=ignore pam_a.so <a b]c> <d>;", "brackets around blanks"},
    {"# /x\nauth include y\nauth required pam_b.so\n# /y\naccount required pam_c.so\nauth required "
     "pam_a.so\n",
     "0 required pam_a.so;0 required pam_b.so;", "an include takes the lines of its group alone"},
    {"# /x\n@include y\n# /y\naccount required pam_c.so\nauth required pam_a.so\n",
     "0 required pam_a.so;", "Debian's takes all, each to its group"},
    {"# /x\nauth substack y\nauth required pam_b.so\n# /y\nauth required pam_a.so\n",
     "0 substack;1 required pam_a.so;0 required pam_b.so;", "a substack is a level of its own"},
    {"# /y\nauth required pam_a.so\n# /other\nauth required pam_b.so\n", "0 required pam_b.so;",
     "a service without a file is `other`"},
    {"# /x\naccount required pam_a.so\n# /other\nauth required pam_b.so\n", "0 required pam_b.so;",
     "so is a group without a line"},
    {"# /x\nauth required pam_a.so\n# /other\nauth required pam_b.so\n", "0 required pam_a.so;",
     "a group that has lines is not"},
    {"# /x\nauth include nowhere\n", "0 include the file that is included is not there;",
     "an included file that is missing"},
    {"# /x\nauth required\n", "0 required names no module;", "no module"},
    {"# /x\nauth\n", "0  ends behind its first word;", "no control"},
    {"# /x\nauth [success=up] pam_a.so\n", "0 success=up its control field cannot be read;",
     "no action has that name"},
    {"# /x\nauth [success=0] pam_a.so\n", "0 success=0 its control field cannot be read;",
     "a jump over nothing"},
    {"# /x\nfrob required pam_a.so\n",
     "0  begins with no group (auth, account, password, session);", "no such group: PAM fails"},
    {"# /x\nauth required pam_a.so\nauth required pam_b.so \\\n",
     "0 required pam_a.so;0  ends in a backslash, and no line follows;", "nothing follows"},
    {"# /x\n@include nowhere\n", "0  the file that is included is not there;", "Debian's, missing"},
    {"# /x\nauth include x\n", "0 include includes that do not end;",
     "a file that includes itself"},
};

START_TEST(a_service_is_read_as_libpam_reads_it)
{
    struct folder folder;
    struct vp_stack stack;
    struct vp_error error;
    char buffer[1024];
    struct vp_text text;

    unfold(readings[_i].files, &folder);
    ck_assert_int_eq(vp_stack_read("x", find, &folder, &stack, &error), 0);
    vp_text_begin(&text, buffer, sizeof buffer);
    for (size_t i = 0; i < stack.groups[VP_STACK_AUTH].count; i++)
        print_line(&stack.groups[VP_STACK_AUTH].lines[i], &text);
    ck_assert_msg(strcmp(buffer, readings[_i].auth) == 0, "%s: %s", readings[_i].why, buffer);
    vp_stack_free(&stack);
    free(folder.text);
}
END_TEST

static const struct {
    const char *control, *actions; /* of success, new_authtok_reqd, ignore, auth_err */
    const char *why;
} controls[] = {
    {"required", "-1 -1 0 -3", "pam.conf(5)"},
    {"requisite", "-1 -1 0 -4", "pam.conf(5)"},
    {"sufficient", "-2 -2 0 0", "pam.conf(5)"},
    {"optional", "-1 -1 0 0", "pam.conf(5)"},
    {"[success=3 default=ignore]", "3 0 0 0", "a jump"},
    {"[default=die success=ok]", "-1 -4 -4 -4", "the default may stand in front"},
    {"[success = ok ignore= reset]", "-1 -3 -5 -3", "blanks; what is not named is bad"},
    {"[]", "-3 -3 -3 -3", "nothing is named"},
};

START_TEST(a_control_field_says_what_each_value_does)
{
    struct folder folder;
    struct vp_stack stack;
    struct vp_error error;
    char text[128];
    const int *actions;

    snprintf(text, sizeof text, "# /x\nauth %s pam_a.so\n", controls[_i].control);
    unfold(text, &folder);
    ck_assert_int_eq(vp_stack_read("x", find, &folder, &stack, &error), 0);
    actions = stack.groups[VP_STACK_AUTH].lines[0].actions;
    snprintf(text, sizeof text, "%d %d %d %d", actions[VP_STACK_SUCCESS],
             actions[VP_STACK_NEW_AUTHTOK_REQD], actions[VP_STACK_IGNORE],
             actions[VP_STACK_AUTH_ERR]);
    ck_assert_msg(strcmp(text, controls[_i].actions) == 0, "%s: %s", controls[_i].why, text);
    vp_stack_free(&stack);
    free(folder.text);
}
END_TEST

#define ALL_GROUPS "auth required a\naccount required a\npassword required a\nsession required a\n"

START_TEST(files_that_multiply_are_an_error_and_not_a_hang)
{
    struct folder folder;
    struct vp_stack stack;
    struct vp_error error;

    unfold("# /x\n@include x\n@include x\n", &folder);
    ck_assert_int_eq(vp_stack_read("x", find, &folder, &stack, &error), -1);
    ck_assert_str_eq(error.text, "too many lines");
    free(folder.text);
    /* Nor is anything read of which nothing is needed. */
    unfold("# /x\n" ALL_GROUPS "# /other\n@include other\n@include other\n@include other\n"
           "@include other\n",
           &folder);
    ck_assert_int_eq(vp_stack_read("x", find, &folder, &stack, &error), 0);
    vp_stack_free(&stack);
    free(folder.text);
}
END_TEST

static const struct {
    const char *files, *name;
    bool service;
    const char *why;
} services[] = {
    {"# /sshd\nauth required a\n", "sshd", true, "a file"},
    {"# /x\n@include common-auth\n# /common-auth\nauth required a\n", "common-auth", false,
     "by its name"},
    {"# /x\nauth substack inner\n# /inner\nauth required a\n", "inner", false,
     "included, and of one group"},
    {"# /su-l\nauth include su\n# /su\nauth required a\nsession required a\n", "su", true,
     "included, and a service all the same"},
    {"# /chpasswd\npassword required a\n", "chpasswd", true, "of one group, and not included"},
    {"# /su\n@include common-auth\n# /x\nauth include su\n", "su", true, "who knows what it has"},
    {"# /sshd.dpkg-old\nauth required a\n", "sshd.dpkg-old", false, "a package manager's"},
    {"# /sshd~\nauth required a\n", "sshd~", false, "an editor's"},
    {"# /SSHD\nauth required a\n", "SSHD", false, "PAM asks in small letters"},
    {"# /systemd-user\nauth required a\n", "systemd-user", true, "begins like a part of Arch's"},
};

START_TEST(only_what_a_program_asks_for_is_a_service)
{
    struct folder folder;

    unfold(services[_i].files, &folder);
    ck_assert_msg(vp_stack_is_service(services[_i].name, folder.list, folder.count) ==
                      services[_i].service,
                  "%s", services[_i].why);
    free(folder.text);
}
END_TEST

/* ---- judging --------------------------------------------------------------------------------- */

#define OUR_ACCOUNT                                                                                \
    "account [success=ok new_authtok_reqd=ok ignore=ignore user_unknown=ignore default=die] "      \
    "pam_vpolicy.so marked\n"
#define MARK      "auth optional pam_vpolicy.so\n"
#define CHECK     "password requisite pam_vpolicy.so\n"
#define RECORD    "password optional pam_vpolicy.so record\n"
#define UNIX_AUTH "auth required pam_unix.so\n"
#define UNIX_ACCT "account required pam_unix.so\n"
#define UNIX_PASS "password required pam_unix.so use_authtok yescrypt\n"
#define AUTH      MARK UNIX_AUTH
#define ACCOUNT   OUR_ACCOUNT UNIX_ACCT
#define PASSWORD  CHECK UNIX_PASS RECORD

/* Debian's files as pam-auth-update writes them with our profiles, and its services. */
#define DEBIAN_AUTH                                                                                \
    "# /common-auth\n" MARK "auth [success=1 default=ignore] pam_unix.so nullok try_first_pass\n"  \
    "auth requisite pam_deny.so\nauth required pam_permit.so\nauth optional pam_cap.so\n"
#define DEBIAN_ACCOUNT                                                                             \
    "# /common-account\n" OUR_ACCOUNT                                                              \
    "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"                       \
    "account requisite pam_deny.so\naccount required pam_permit.so\n"
#define DEBIAN_PASSWORD                                                                            \
    "# /common-password\n" CHECK                                                                   \
    "password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass "          \
    "yescrypt\npassword requisite pam_deny.so\npassword required pam_permit.so\n" RECORD
#define DEBIAN_OTHER                                                                               \
    "# /other\n@include common-auth\n@include common-account\n@include common-password\n"
#define DEBIAN DEBIAN_AUTH DEBIAN_ACCOUNT DEBIAN_PASSWORD DEBIAN_OTHER

/* Fedora's, as authselect writes them: the local profile, and sssd's with most features. */
#define FEDORA_OTHER                                                                               \
    "# /other\nauth required pam_deny.so\naccount required pam_deny.so\n"                          \
    "password required pam_deny.so\nsession required pam_deny.so\n"
#define FEDORA_LOCAL_AUTH                                                                          \
    "auth required pam_env.so\nauth required pam_faildelay.so delay=2000000\n"                     \
    "auth sufficient pam_unix.so nullok\nauth required pam_deny.so\n"
#define FEDORA_LOCAL_PASS                                                                          \
    "password requisite pam_pwquality.so\n"                                                        \
    "password sufficient pam_unix.so yescrypt shadow nullok use_authtok\n"                         \
    "password required pam_deny.so\n"
#define FEDORA_SSSD_AUTH                                                                           \
    "auth required pam_env.so\nauth required pam_faildelay.so delay=2000000\n"                     \
    "auth required pam_faillock.so preauth silent\nauth sufficient pam_fprintd.so\n"               \
    "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\n"                        \
    "auth [default=1 ignore=ignore success=ok] pam_localuser.so\n"                                 \
    "auth sufficient pam_unix.so nullok\n"                                                         \
    "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\n"                        \
    "auth sufficient pam_sss.so forward_pass\nauth required pam_faillock.so authfail\n"            \
    "auth required pam_deny.so\n"
#define FEDORA_SSSD_ACCT                                                                           \
    "account required pam_faillock.so\naccount required pam_unix.so\n"                             \
    "account sufficient pam_localuser.so\naccount sufficient pam_usertype.so issystem\n"           \
    "account [default=bad success=ok user_unknown=ignore] pam_sss.so\n"                            \
    "account required pam_permit.so\n"
#define UNIX_INNER                                                                                 \
    "password sufficient pam_unix.so yescrypt shadow nullok use_authtok\n"                         \
    "password required pam_deny.so\n"
#define SSSD_INNER                                                                                 \
    "password [default=1 ignore=ignore success=ok] pam_localuser.so\n"                             \
    "password requisite pam_pwhistory.so use_authtok\n"                                            \
    "password sufficient pam_unix.so yescrypt shadow nullok use_authtok\n"                         \
    "password [success=1 default=ignore] pam_localuser.so\n"                                       \
    "password sufficient pam_sss.so use_authtok\npassword required pam_deny.so\n"
#define WINBIND_AUTH                                                                               \
    "auth required pam_env.so\nauth required pam_faildelay.so delay=2000000\n"                     \
    "auth sufficient pam_unix.so nullok\n"                                                         \
    "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\n"                        \
    "auth sufficient pam_winbind.so krb5_auth use_first_pass\nauth required pam_deny.so\n"
#define WINBIND_ACCT                                                                               \
    "account required pam_access.so\naccount required pam_unix.so broken_shadow\n"                 \
    "account sufficient pam_localuser.so\naccount sufficient pam_usertype.so issystem\n"           \
    "account [default=bad success=ok user_unknown=ignore] pam_winbind.so krb5_auth\n"              \
    "account required pam_permit.so\n"
#define WINBIND_PASS                                                                               \
    "password sufficient pam_unix.so yescrypt shadow nullok use_authtok\n"                         \
    "password sufficient pam_winbind.so krb5_auth use_authtok\npassword required pam_deny.so\n"
#define FEDORA_SESSION                                                                             \
    "session optional pam_keyinit.so revoke\nsession required pam_limits.so\n"                     \
    "-session optional pam_systemd.so\nsession optional pam_oddjob_mkhomedir.so\n"                 \
    "session [success=1 default=ignore] pam_succeed_if.so service in crond quiet use_uid\n"        \
    "session required pam_unix.so\n"
/* Ours around the originals, whose password lines stand in a file of their own. */
#define AROUND(auth, account, check, inner)                                                        \
    "# /system-auth\n" MARK auth OUR_ACCOUNT account check                                         \
    "password substack vpolicy-inner\n" RECORD FEDORA_SESSION                                      \
    "# /vpolicy-inner\n" inner FEDORA_OTHER
#define QUALITY                                                                                    \
    "password requisite pam_pwquality.so local_users_only\n"                                       \
    "password requisite pam_vpolicy.so use_authtok\n"
#define FEDORA_PASSWD                                                                              \
    "# /x\nauth include system-auth\naccount include system-auth\n"                                \
    "password substack system-auth\n-password optional pam_gnome_keyring.so use_authtok\n"
#define FEDORA_SU                                                                                  \
    "# /x\nauth required pam_env.so\nauth sufficient pam_rootok.so\nauth substack system-auth\n"   \
    "account sufficient pam_succeed_if.so uid = 0 use_uid quiet\naccount include system-auth\n"    \
    "password include system-auth\nsession include system-auth\n"

static const struct {
    const char *files, *faults, *why; /* faults: "word file:line", each */
} stacks[] = {
    /* ---- without a fault: Debian */
    {"# /x\n@include common-auth\naccount required pam_nologin.so\n@include common-account\n"
     "@include common-password\n" DEBIAN,
     "", "Debian's sshd"},
    {"# /x\nauth sufficient pam_rootok.so\n@include common-auth\n@include common-account\n" DEBIAN,
     "", "Debian's su: only root passes by the first line"},
    {"# /x\nauth required pam_shells.so\nauth sufficient pam_rootok.so\n@include common-auth\n"
     "@include common-account\n" DEBIAN,
     "", "Debian's chsh"},
    {"# /x\nauth sufficient pam_rootok.so\nsession required pam_unix.so\n" DEBIAN, "",
     "Debian's runuser"},
    {"# /x\n@include common-password\n" DEBIAN, "", "Debian's chpasswd: the rest is `other`"},
    {"# /x\n@include common-auth\n@include common-account\nsession required pam_limits.so\n" DEBIAN,
     "", "Debian's cron: no password line of its own"},
    {"# /x\n@include common-account\nsession required pam_loginuid.so\n" DEBIAN, "",
     "Debian's systemd-user: no auth line"},
    {"# /x\nauth requisite pam_nologin.so\nauth required pam_permit.so\n@include common-account\n"
     "password required pam_deny.so\n" DEBIAN,
     "", "a display manager's autologin: no password is asked, and marked says so"},
    {"# /x\nauth required pam_permit.so\naccount required pam_permit.so\npassword required "
     "pam_deny.so\n" DEBIAN,
     "", "a display manager's greeter: nobody's login"},
    {"# /x\nauth requisite pam_nologin.so\nauth required pam_fprintd.so\n@include "
     "common-account\n" DEBIAN,
     "", "a finger instead of a password"},
    {"# /x\nauth required pam_sss.so require_cert_auth allow_missing_name\nauth requisite "
     "pam_nologin.so\n@include common-account\n@include common-password\n" DEBIAN,
     "", "a smart card"},
    {"# /x\nauth [success=2 default=ignore] pam_sss.so allow_missing_name try_cert_auth\n"
     "auth substack common-auth\nauth requisite pam_nologin.so\n@include common-account\n" DEBIAN,
     "", "a smart card, or a password"},
    {DEBIAN_AUTH DEBIAN_ACCOUNT
     "# /common-password\npassword requisite pam_pwquality.so retry=3\n"
     "password requisite pam_vpolicy.so use_authtok\n"
     "password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
     "password requisite pam_deny.so\npassword required pam_permit.so\n" RECORD DEBIAN_OTHER,
     "", "pwquality"},
    {DEBIAN_AUTH DEBIAN_ACCOUNT
     "# /common-password\npassword requisite pam_passwdqc.so\n"
     "password requisite pam_vpolicy.so use_authtok\n"
     "password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
     "password requisite pam_deny.so\npassword required pam_permit.so\n" RECORD DEBIAN_OTHER,
     "", "passwdqc"},
    {"# /common-auth\n" MARK "auth [success=2 default=ignore] pam_unix.so nullok try_first_pass\n"
     "auth [success=1 default=ignore] pam_sss.so use_first_pass\nauth requisite pam_deny.so\n"
     "auth required pam_permit.so\n# /common-account\n" OUR_ACCOUNT
     "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
     "account requisite pam_deny.so\naccount required pam_permit.so\n"
     "account sufficient pam_localuser.so\n"
     "account [default=bad success=ok user_unknown=ignore] pam_sss.so\n# /common-password\n" CHECK
     "password [success=2 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
     "password sufficient pam_sss.so use_authtok\npassword requisite pam_deny.so\n"
     "password required pam_permit.so\n" RECORD DEBIAN_OTHER,
     "", "sssd: who is in its directory has nothing here to be written down"},
    {"# /common-auth\n" MARK "auth required pam_faillock.so preauth\n"
     "auth [success=1 default=ignore] pam_unix.so nullok\nauth [default=die] pam_faillock.so "
     "authfail\nauth sufficient pam_faillock.so authsucc\nauth requisite pam_deny.so\nauth "
     "required "
     "pam_permit.so\n# /common-account\naccount required pam_faillock.so\n" OUR_ACCOUNT
     "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
     "account requisite pam_deny.so\naccount required pam_permit.so\n" DEBIAN_PASSWORD DEBIAN_OTHER,
     "", "faillock by hand"},
    {"# /common-auth\n" MARK
     "auth [success=2 default=ignore] pam_krb5.so minimum_uid=1000 try_first_pass\n"
     "auth [success=1 default=ignore] pam_unix.so nullok try_first_pass\n"
     "auth requisite pam_deny.so\nauth required pam_permit.so\n" DEBIAN_ACCOUNT
     "account required pam_krb5.so minimum_uid=1000\n# /common-password\n" CHECK
     "password [success=2 default=ignore] pam_krb5.so minimum_uid=1000 try_first_pass use_authtok\n"
     "password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
     "password requisite pam_deny.so\npassword required pam_permit.so\n" RECORD DEBIAN_OTHER,
     "", "Kerberos"},

    {DEBIAN_AUTH DEBIAN_ACCOUNT
     "# /common-password\n" CHECK
     "password [success=2 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
     "password [success=1 default=ignore] pam_winbind.so try_authtok try_first_pass\n"
     "password requisite pam_deny.so\npassword required pam_permit.so\n" RECORD DEBIAN_OTHER,
     "", "winbind, which takes the password that is there"},
    {DEBIAN_AUTH DEBIAN_ACCOUNT
     "# /common-password\n" CHECK
     "password [success=2 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n"
     "password [success=1 default=ignore] pam_ldap.so minimum_uid=1000 try_first_pass\n"
     "password requisite pam_deny.so\npassword required pam_permit.so\n" RECORD DEBIAN_OTHER,
     "", "nslcd's pam_ldap, which does so too"},

    /* ---- without a fault: others */
    {"# /x\n" AUTH ACCOUNT PASSWORD, "", "conf/examples/stack"},
    {"# /x\n" AUTH "account required pam_vpolicy.so marked\n" UNIX_ACCT PASSWORD, "",
     "required does nearly the same"},
    {"# /x\n" AUTH UNIX_ACCT OUR_ACCOUNT PASSWORD, "",
     "behind a `required` one ours is heard, too"},
    {FEDORA_PASSWD AROUND(FEDORA_LOCAL_AUTH, UNIX_ACCT, CHECK, UNIX_INNER), "",
     "authselect's local profile, its password lines in a substack"},
    {FEDORA_PASSWD AROUND(FEDORA_LOCAL_AUTH, UNIX_ACCT, QUALITY, UNIX_INNER), "",
     "the same with pwquality in front"},
    {FEDORA_PASSWD AROUND(FEDORA_SSSD_AUTH, FEDORA_SSSD_ACCT, QUALITY, SSSD_INNER), "",
     "authselect's sssd profile with faillock, fingerprints, mkhomedir and pwhistory"},
    {FEDORA_PASSWD AROUND(WINBIND_AUTH, WINBIND_ACCT, CHECK, WINBIND_PASS), "",
     "authselect's winbind profile with Kerberos and pam_access"},
    {FEDORA_SU AROUND(FEDORA_LOCAL_AUTH, UNIX_ACCT, CHECK, UNIX_INNER), "",
     "Fedora's su: only root passes by the lines in front"},
    {"# /x\naccount required pam_access.so\naccount include system-auth\nauth include system-auth\n"
     "session include system-auth\n" AROUND(FEDORA_SSSD_AUTH, FEDORA_SSSD_ACCT, CHECK, UNIX_INNER),
     "", "Fedora's crond: its password group is `other`, which denies"},
    {"# /x\nauth sufficient pam_rootok.so\nsession required pam_unix.so\n" FEDORA_OTHER, "",
     "Fedora's runuser: `other` lets nobody in"},
    {"# /x\n" MARK "auth required pam_unix.so\n" ACCOUNT
     "password requisite pam_vpolicy.so\npassword required pam_unix.so use_authtok\n"
     "password optional pam_gnome_keyring.so use_authtok\npassword optional "
     "pam_ecryptfs.so\n" RECORD,
     "", "modules that only follow the password"},
    {"# /x\n" AUTH "account sufficient pam_succeed_if.so user = root quiet\n" ACCOUNT PASSWORD, "",
     "root is beyond every verdict"},
    {"# /x\n" AUTH "account sufficient pam_rootok.so\n" ACCOUNT PASSWORD, "",
     "and only root calls as root"},
    {"# /x\n" AUTH OUR_ACCOUNT "account required pam_oddity.so\n" PASSWORD, "",
     "what nobody knows may look at the account"},
    {"# /x\n" AUTH "account required pam_deny.so\n" PASSWORD, "", "nobody gets in at all"},
    {"# /x\n" AUTH ACCOUNT "password requisite pam_deny.so\n" UNIX_PASS, "",
     "nobody's password is set"},
    {"# /x\nauth required pam_unix.so\nauth requisite pam_deny.so\n" ACCOUNT PASSWORD, "",
     "marked without an auth line, and nobody gets in by password"},
    {"# /x\nauth required pam_unix.so\n" MARK ACCOUNT PASSWORD, "",
     "behind a `required` one the note is left, too"},
    {"# /x\nauth required pam_unix.so\naccount required pam_vpolicy.so\n" UNIX_ACCT PASSWORD, "",
     "no auth line and no marked: every login counts as one by password, as the manual says"},

    /* ---- no line */
    {"# /x\n" AUTH ACCOUNT UNIX_PASS, "no-password x:5", "no password line"},
    {"# /x\n" AUTH ACCOUNT UNIX_PASS RECORD, "no-password x:5", "the record line alone"},
    {"# /x\n" AUTH UNIX_ACCT PASSWORD, "no-account x:3", "no account line"},
    {"# /x\n" AUTH "account required pam_nologin.so\naccount required pam_permit.so\n" PASSWORD,
     "no-account x:3", "no account line, and a password is asked for"},
    {"# /x\nauth required pam_fprintd.so\n" UNIX_ACCT "# /other\npassword required pam_deny.so\n",
     "no-account x:2", "no account line: a finger needs one, too"},
    {"# /x\n" AUTH PASSWORD "# /other\naccount required pam_unix.so\n", "no-account other:1",
     "the account group is `other`, which has none"},
    {"# /x\n@include common-auth\n# /common-auth\n" UNIX_AUTH "# /common-account\n" ACCOUNT
     "# /other\n@include common-account\n",
     "no-auth common-auth:1", "marked without an auth line"},
    {"# /x\n" AUTH ACCOUNT CHECK UNIX_PASS, "no-record x:6", "no record line"},

    /* ---- password */
    {"# /x\n" AUTH ACCOUNT "password required pam_vpolicy.so\n" UNIX_PASS RECORD,
     "not-requisite x:5", "`required` does not stop pam_unix"},
    {"# /x\n" AUTH ACCOUNT "password optional pam_vpolicy.so\n" UNIX_PASS RECORD,
     "not-requisite x:5", "nor does `optional`"},
    {"# /x\n" AUTH ACCOUNT "password sufficient pam_vpolicy.so\n" UNIX_PASS RECORD,
     "not-requisite x:5, password-ends x:5", "`sufficient` has the two the wrong way round"},
    {"# /x\n" AUTH ACCOUNT "password [success=ok default=bad] pam_vpolicy.so\n" UNIX_PASS RECORD,
     "not-requisite x:5", "`bad` is `required`"},
    {"# /x\n" AUTH ACCOUNT "password [success=1 default=die] pam_vpolicy.so\n" UNIX_PASS
     "password required pam_permit.so\n" RECORD,
     "password-ends x:5", "a jump over pam_unix"},
    {"# /x\n" AUTH ACCOUNT "password required pam_unix.so\n" CHECK RECORD, "password-late x:6",
     "behind pam_unix"},
    {"# /x\n" AUTH ACCOUNT "password sufficient pam_unix.so\n" CHECK RECORD,
     "password-skipped x:5, record-skipped x:5", "behind a sufficient pam_unix"},
    {"# /x\n" AUTH ACCOUNT "password [success=2 default=ignore] pam_krb5.so\n" PASSWORD,
     "password-skipped x:5", "Kerberos in front, whose success jumps over us"},
    {"# /x\n" AUTH ACCOUNT
     "password [success=1 default=ignore] pam_succeed_if.so service = passwd\n" PASSWORD,
     "password-skipped x:5", "a condition that jumps over us"},
    {"# /x\n" AUTH ACCOUNT "password [default=2 ignore=ignore success=ok] pam_localuser.so\n"
     "password requisite pam_pwhistory.so\npassword requisite pam_vpolicy.so "
     "use_authtok\n" UNIX_PASS RECORD,
     "password-skipped x:5", "a count that is one too high"},
    {"# /x\n" AUTH ACCOUNT CHECK "password required pam_unix.so yescrypt\n" RECORD,
     "asks-again x:6", "pam_unix asks again"},
    {"# /x\n" AUTH ACCOUNT CHECK "password required pam_unix.so use_first_pass\n" RECORD,
     "asks-again x:6", "pam_unix means the old password by that"},
    {"# /x\n" AUTH ACCOUNT CHECK "password requisite pam_pwquality.so retry=3\n" UNIX_PASS RECORD,
     "asks-again x:6", "pwquality behind us"},
    {"# /x\n" AUTH ACCOUNT CHECK "password requisite pam_passwdqc.so\n" UNIX_PASS RECORD,
     "asks-again x:6", "passwdqc behind us"},
    {"# /x\n" AUTH ACCOUNT CHECK "password requisite pam_cracklib.so\n" UNIX_PASS RECORD,
     "asks-again x:6", "cracklib behind us"},
    {"# /x\n" AUTH ACCOUNT CHECK "password [success=2 default=ignore] pam_krb5.so try_first_pass\n"
     "password [success=1 default=die] pam_unix.so use_authtok\npassword requisite "
     "pam_deny.so\n" RECORD,
     "asks-again x:6", "Kerberos behind us, told to ask"},
    {"# /x\n" AUTH ACCOUNT "password requisite pam_vpolicy.so use_authtok\n" UNIX_PASS RECORD,
     "no-prompt x:5", "nobody asks"},
    {"# /x\n" AUTH ACCOUNT CHECK RECORD UNIX_PASS, "record-early x:6",
     "the record line comes early"},
    {"# /x\n" AUTH ACCOUNT CHECK "password sufficient pam_unix.so use_authtok\n"
     "password required pam_deny.so\n" RECORD,
     "record-skipped x:6", "`sufficient` ends the stack before the record line"},
    {"# /x\n" AUTH ACCOUNT CHECK "password [success=2 default=ignore] pam_unix.so use_authtok\n"
     "password requisite pam_deny.so\n" RECORD "password required pam_permit.so\n",
     "record-skipped x:6", "a jump over the record line"},
    {"# /x\n" AUTH ACCOUNT CHECK "password include inner\n" RECORD
     "# /inner\npassword sufficient pam_unix.so use_authtok\npassword required pam_deny.so\n",
     "record-skipped inner:1", "an include instead of a substack"},
    {"# /x\n" AUTH ACCOUNT CHECK UNIX_PASS "password required pam_vpolicy.so record\n", "",
     "a record line that is `required`: it returns ignore, which counts for nothing"},
    {"# /x\n" AUTH ACCOUNT CHECK UNIX_PASS "password [default=bad] pam_vpolicy.so record\n",
     "decides x:7", "and here it counts"},

    /* ---- account */
    {"# /x\n" AUTH "account sufficient pam_localuser.so\n" ACCOUNT PASSWORD, "account-skipped x:3",
     "`sufficient` in front of us"},
    {"# /x\n" AUTH "account sufficient pam_succeed_if.so uid < 1000 quiet\n" ACCOUNT PASSWORD,
     "account-skipped x:3", "a system account that is closed"},
    {"# /x\n" AUTH "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
     "account requisite pam_deny.so\n" OUR_ACCOUNT PASSWORD,
     "account-skipped x:3", "behind Debian's pam_unix, which ends the stack when it is due"},
    {"# /x\n" AUTH
     "account [success=1 default=ignore] pam_succeed_if.so service in crond\n" ACCOUNT PASSWORD,
     "account-skipped x:3", "a jump over us"},
    {"# /x\n" AUTH "account optional pam_vpolicy.so marked\n" UNIX_ACCT PASSWORD,
     "account-ignored x:3", "`optional` does not refuse"},
    {"# /x\n" AUTH
     "account [success=ok new_authtok_reqd=ok default=ignore] pam_vpolicy.so marked\n" UNIX_ACCT
         PASSWORD,
     "account-ignored x:3", "refusals are ignored"},
    {"# /x\n" AUTH
     "account [success=ok new_authtok_reqd=ignore default=die] pam_vpolicy.so marked\n" UNIX_ACCT
         PASSWORD,
     "account-ignored x:3", "demands are ignored"},
    {"# /x\n" AUTH "account [success=ok new_authtok_reqd=ok authinfo_unavail=ignore default=die] "
     "pam_vpolicy.so marked\n" UNIX_ACCT PASSWORD,
     "account-ignored x:3", "whose record cannot be read may be closed"},
    {"# /x\n" AUTH "account sufficient pam_vpolicy.so marked\n" UNIX_ACCT PASSWORD,
     "account-ignored x:3, account-alone x:3", "`sufficient`, ours"},
    {"# /x\n" AUTH OUR_ACCOUNT PASSWORD, "account-alone x:3", "we are the only one"},
    {"# /x\n" AUTH OUR_ACCOUNT "account required pam_permit.so\n" PASSWORD, "account-alone x:3",
     "pam_permit asks nobody"},

    {"# /x\n" AUTH "account [success=ok default=bad] pam_unix.so\n" OUR_ACCOUNT PASSWORD,
     "account-late x:4", "a demand that has failed cannot be taken back"},
    {"# /x\n" AUTH "account [success=ok default=bad] pam_unix.so\n"
     "account optional pam_vpolicy.so marked\n" PASSWORD,
     "account-ignored x:4", "but where ours is not heard at all, that comes first"},

    /* ---- auth */
    {"# /x\nauth sufficient pam_unix.so\n" MARK "auth required pam_deny.so\n" ACCOUNT PASSWORD,
     "auth-skipped x:1", "behind `sufficient`"},
    {"# /x\nauth [success=2 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n" MARK
     "auth required pam_permit.so\n" ACCOUNT PASSWORD,
     "auth-skipped x:1", "a jump over us"},
    {"# /x\n" AUTH "account required pam_vpolicy.so\n" UNIX_ACCT PASSWORD, "not-marked x:3",
     "an auth line, and nobody told of it"},
    {"# /x\nauth [success=ok default=bad] pam_vpolicy.so\n" UNIX_AUTH ACCOUNT PASSWORD,
     "decides x:1", "our ignore refuses everybody"},

    /* ---- single lines */
    {"# /x\n" AUTH ACCOUNT PASSWORD "session optional pam_vpolicy.so\n", "session x:8",
     "there is no session part"},
    {"# /x\n" AUTH ACCOUNT "password requisite /opt/pam_vpolicy.so\n" UNIX_PASS RECORD,
     "no-module x:5", "the file is gone"},
    {"# /x\n" AUTH ACCOUNT "password requisite pam_vpolicy.so min_length=8\n" UNIX_PASS RECORD,
     "bad-argument x:5", "a key of the policy"},
    {"# /x\n" AUTH "account required pam_vpolicy.so marked record\n" UNIX_ACCT PASSWORD,
     "no-account x:4, bad-argument x:3", "a record line in the account group is no account line"},
    {"# /x\n" AUTH ACCOUNT "password requisite pam_vpolicy.so policy=/etc/p\n" UNIX_PASS RECORD,
     "differs x:5", "a policy of its own"},
    {"# /x\n" AUTH "account required pam_vpolicy.so marked state=/a\n" UNIX_ACCT
     "password requisite pam_vpolicy.so state=/a\n" UNIX_PASS RECORD,
     "differs x:7", "the record line looks elsewhere"},
    {"# /x\n" AUTH ACCOUNT PASSWORD "account include nowhere\n", "broken x:8", "a missing file"},

    /* ---- authselect's profiles with our lines put in as one would at first */
    {FEDORA_PASSWD
     "# /system-auth\n" MARK FEDORA_LOCAL_AUTH ACCOUNT CHECK FEDORA_LOCAL_PASS RECORD FEDORA_OTHER,
     "asks-again system-auth:9, record-skipped system-auth:10", "local"},
    {FEDORA_PASSWD
     "# /system-auth\n" FEDORA_LOCAL_AUTH MARK ACCOUNT FEDORA_LOCAL_PASS CHECK RECORD FEDORA_OTHER,
     "auth-skipped system-auth:3, password-skipped system-auth:9, record-skipped system-auth:9",
     "local, each line behind the others"},
    {FEDORA_PASSWD "# /system-auth\n" MARK FEDORA_SSSD_AUTH FEDORA_SSSD_ACCT OUR_ACCOUNT QUALITY
         SSSD_INNER RECORD FEDORA_OTHER,
     "account-skipped system-auth:15, account-skipped system-auth:16, account-late "
     "system-auth:19, record-skipped system-auth:24",
     "sssd, ours at the end of account"},
    {FEDORA_PASSWD "# /system-auth\n" MARK WINBIND_AUTH OUR_ACCOUNT WINBIND_ACCT CHECK WINBIND_PASS
         RECORD FEDORA_OTHER,
     "record-skipped system-auth:16", "winbind: only pam_unix has something to be written down"},
    {FEDORA_PASSWD AROUND(FEDORA_LOCAL_AUTH, UNIX_ACCT, CHECK, FEDORA_LOCAL_PASS),
     "asks-again vpolicy-inner:1", "pwquality in the substack must be told"},
    {FEDORA_PASSWD "# /system-auth\n" MARK FEDORA_LOCAL_AUTH ACCOUNT
                   "password sufficient pam_systemd_home.so\n" CHECK
                   "password substack vpolicy-inner\n" RECORD
                   "# /vpolicy-inner\n" UNIX_INNER FEDORA_OTHER,
     "password-skipped system-auth:8", "systemd-homed in front"},
};

static bool has_module(const char *path)
{
    return strcmp(path, "/opt/pam_vpolicy.so") != 0;
}

/* Collects faults as the rows have them. */
static void collect(void *context, const struct vp_audit_fault *fault)
{
    struct vp_text *text = context;

    vp_text_add(text, "%s%s %s:%u", text->length == 0 ? "" : ", ", vp_audit_word(fault->kind),
                fault->path, fault->line);
    ck_assert_ptr_null(strstr(fault->what, "{}"));
    ck_assert_ptr_null(strstr(fault->instead, "{}"));
    ck_assert_uint_lt(strlen(fault->what), sizeof fault->what - 1);
    ck_assert_uint_gt(strlen(fault->instead), 3);
}

static void judge(const char *files, const char *service, char *buffer, size_t size)
{
    struct folder folder;
    struct vp_stack stack;
    struct vp_error error;
    struct vp_text text;

    unfold(files, &folder);
    ck_assert_int_eq(vp_stack_read(service, find, &folder, &stack, &error), 0);
    vp_text_begin(&text, buffer, size);
    ck_assert_int_eq(vp_audit_stack(&stack, has_module, collect, &text), 0);
    vp_stack_free(&stack);
    free(folder.text);
}

START_TEST(a_stack_has_these_faults_and_no_other)
{
    char buffer[1024];

    judge(stacks[_i].files, "x", buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, stacks[_i].faults) == 0, "%s: found `%s` instead of `%s`",
                  stacks[_i].why, buffer, stacks[_i].faults);
}
END_TEST

START_TEST(what_asks_pam_for_another_is_no_login)
{
    char buffer[256];

    judge("# /sssd-shadowutils\n" UNIX_AUTH UNIX_ACCT "# /other\npassword required pam_deny.so\n",
          "sssd-shadowutils", buffer, sizeof buffer);
    ck_assert_str_eq(buffer, "");
}
END_TEST

/* ---- what does not ask PAM ------------------------------------------------------------------- */

static const struct {
    void (*judge)(const struct vp_stack_file *file, vp_audit_reporter *report, void *context);
    const char *text, *faults, *why;
} caches[] = {
    {vp_audit_saslauthd, "START=yes\nOPTIONS=\"-c -m /var/run/saslauthd\"\n", "cached x:2",
     "Debian's default"},
    {vp_audit_saslauthd, "FLAGS=-c\n", "cached x:1", "Fedora's variable"},
    {vp_audit_saslauthd, "OPTIONS='-rc'", "cached x:1", "two options in one word"},
    {vp_audit_saslauthd, "OPTIONS=\"-m /var/run/saslauthd -c\"\n", "cached x:1", "at the end"},
    {vp_audit_saslauthd, "OPTIONS=\"-m /var/run/sasl -r\"\n", "", "no such option"},
    {vp_audit_saslauthd, "OPTIONS=\"-mcache -n 5\"\n", "", "an option's value"},
    {vp_audit_saslauthd, "OPTIONS=\"-m /var/x-c\"\n", "", "a file's name"},
    {vp_audit_saslauthd, "#OPTIONS=-c\nMECH_OPTIONS=\"-c\"\n", "", "a comment; another variable"},
    {vp_audit_saslauthd, "MECHANISMS=\"sasldb\"\nOPTIONS=\"-c\"\n", "", "it asks no PAM"},
    {vp_audit_saslauthd, "MECHANISMS=\"kerberos5 pam\"\nOPTIONS=\"-c\"\n", "cached x:2", "it does"},
    {vp_audit_saslauthd, "START=no\nOPTIONS=\"-c\"\n", "", "it is not to run"},
    {vp_audit_saslauthd, "OPTIONS=\"-c\"\nOPTIONS=\"-m x\"\n", "", "the last one counts"},
    {vp_audit_saslauthd, "", "", "an empty file"},
    {vp_audit_dovecot, "# comment\n  auth_cache_size = 10M\n", "cached x:2", "a size"},
    {vp_audit_dovecot, "auth_cache_size=1", "cached x:1", "no blanks, no end"},
    {vp_audit_dovecot, "auth_cache_size = 0\n#auth_cache_size = 10M\n", "", "off, and a comment"},
    {vp_audit_dovecot, "auth_cache_ttl = 1 hour\n", "", "another key"},
};

START_TEST(a_memory_of_passwords_is_found)
{
    const struct vp_stack_file file = {"x", "x", caches[_i].text};
    char buffer[256];
    struct vp_text text;

    vp_text_begin(&text, buffer, sizeof buffer);
    caches[_i].judge(&file, collect, &text);
    ck_assert_msg(strcmp(buffer, caches[_i].faults) == 0, "%s: %s", caches[_i].why, buffer);
}
END_TEST

Suite *suite_stack(void)
{
    Suite *suite = suite_create("stack");
    TCase *tcase = tcase_create("stack");

    ADD_ROWS(tcase, a_service_is_read_as_libpam_reads_it, readings);
    ADD_ROWS(tcase, a_control_field_says_what_each_value_does, controls);
    tcase_add_test(tcase, files_that_multiply_are_an_error_and_not_a_hang);
    ADD_ROWS(tcase, only_what_a_program_asks_for_is_a_service, services);
    ADD_ROWS(tcase, a_stack_has_these_faults_and_no_other, stacks);
    tcase_add_test(tcase, what_asks_pam_for_another_is_no_login);
    ADD_ROWS(tcase, a_memory_of_passwords_is_found, caches);
    suite_add_tcase(suite, tcase);
    return suite;
}
