/* lib/account.c: who an account is. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "names.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/account.h"
#include "../../lib/secret.h"

#define SALTED "$6$salt$hash"

static struct made_up_user person(const char *passwd, const char *shadow, long changed, long expire)
{
    return (struct made_up_user){.name = "tuan",
                                 .uid = 1000,
                                 .gid = 100,
                                 .passwd = passwd,
                                 .shadow = shadow,
                                 .changed = changed,
                                 .expire = expire};
}

static void populate(const struct made_up_user *user)
{
    made_up = (struct made_up_names){.users = user, .user_count = 1};
}

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *passwd, *shadow;
    long changed, expire;
    enum vp_password_kind password;
    const char *hash;
    int32_t changed_on, expires_on;
    const char *why;
} entries[] = {
    {"x", SALTED "A", 20000, -1, VP_PASSWORD_HASH, SALTED "A", 20000, VP_NEVER, "as it should be"},
    {"x", "!" SALTED "A", 20000, -1, VP_PASSWORD_LOCKED, SALTED "A", 20000, VP_NEVER,
     "usermod -L: the hash is behind the !"},
    {"x", "!!" SALTED "A", 20000, -1, VP_PASSWORD_LOCKED, SALTED "A", 20000, VP_NEVER,
     "locked twice"},
    {"x", "!", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER, "no hash behind it"},
    {"x", "!!", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER, "Fedora's useradd"},
    {"x", "*", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER, "a system account"},
    {"x", "!*", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER, "locked on top"},
    {"x", "*LK*aaaaaaaaaaaaaa", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER,
     "no hash begins with a *"},
    {"x", "x", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER, "too short for a hash"},
    {"x", "abcdefghijkl", 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER,
     "12 characters: one too few for DES"},
    {"x", "abcdefghijklm", 20000, -1, VP_PASSWORD_HASH, "abcdefghijklm", 20000, VP_NEVER,
     "13 characters: DES"},
    {"x", X64 X64 X64 X64 X64 X63, 20000, -1, VP_PASSWORD_HASH, X64 X64 X64 X64 X64 X63, 20000,
     VP_NEVER, "383 characters, the longest"},
    {"x", X64 X64 X64 X64 X64 X64, 20000, -1, VP_PASSWORD_UNUSABLE, "", 20000, VP_NEVER,
     "384: no method makes that"},
    {"x", "", 20000, -1, VP_PASSWORD_EMPTY, "", 20000, VP_NEVER, "passwd -d"},
    {"x", SALTED "A", 0, -1, VP_PASSWORD_HASH, SALTED "A", 0, VP_NEVER, "chage -d 0"},
    {"x", SALTED "A", -1, -1, VP_PASSWORD_HASH, SALTED "A", VP_NO_DAY, VP_NEVER, "an empty day"},
    {"x", SALTED "A", 2932896, 2932896, VP_PASSWORD_HASH, SALTED "A", 2932896, 2932896,
     "the last day that can be written down"},
    {"x", SALTED "A", 2932897, 99999999, VP_PASSWORD_HASH, SALTED "A", 2932896, 2932896,
     "later ones are that day, or the record could not be read again"},
    {"x", SALTED "A", 99999999999, 20001, VP_PASSWORD_HASH, SALTED "A", 2932896, 20001,
     "beyond 32 bits"},
    {"x", SALTED "A", 20000, 0, VP_PASSWORD_HASH, SALTED "A", 20000, 0, "expired since 1970"},
    {SALTED "B", SALTED "A", 20000, 20001, VP_PASSWORD_HASH, SALTED "B", VP_NO_DAY, VP_NEVER,
     "a hash in passwd itself: shadow is not asked"},
    {"", SALTED "A", 20000, -1, VP_PASSWORD_EMPTY, "", VP_NO_DAY, VP_NEVER,
     "an empty field in passwd"},
    {"*", NULL, 0, 0, VP_PASSWORD_UNUSABLE, "", VP_NO_DAY, VP_NEVER, "a star in passwd"},
};

START_TEST(an_account_is_what_passwd_and_shadow_say)
{
    struct made_up_user user =
        person(entries[_i].passwd, entries[_i].shadow, entries[_i].changed, entries[_i].expire);
    struct vp_account account;
    struct vp_error error = {0};

    populate(&user);
    memset(&account, 0xff, sizeof account);
    ck_assert_msg(vp_account_find("tuan", &account, &error) == 1, "%s", error.text);
    ck_assert_str_eq(account.name, "tuan");
    ck_assert_uint_eq(account.uid, 1000);
    ck_assert_uint_eq(account.gid, 100);
    ck_assert_msg(account.password == entries[_i].password, "%d: %s", (int)account.password,
                  entries[_i].why);
    ck_assert_msg(strcmp(account.hash, entries[_i].hash) == 0, "%s: %s", account.hash,
                  entries[_i].why);
    ck_assert_msg(account.changed_on == entries[_i].changed_on, "%d: %s", account.changed_on,
                  entries[_i].why);
    ck_assert_msg(account.expires_on == entries[_i].expires_on, "%d: %s", account.expires_on,
                  entries[_i].why);
}
END_TEST

START_TEST(an_account_has_the_name_that_nss_gives_it)
{
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    struct vp_account account;
    struct vp_error error;

    user.name = "TUAN@";
    user.canonical = "tuan";
    populate(&user);
    ck_assert_int_eq(vp_account_find("TUAN@", &account, &error), 1);
    ck_assert_str_eq(account.name, "tuan");
    ck_assert_str_eq(account.hash, SALTED "A");
}
END_TEST

static const struct {
    int errnum, result;
    const char *why;
} failures[] = {
    {0, 0, "nobody has that name"},
    {ENOENT, 0, "nobody, says another NSS module"},
    {ESRCH, 0, "likewise"},
    {EBADF, 0, "likewise"},
    {EPERM, 0, "likewise"},
    {EIO, -1, "a broken disk is no missing account"},
    {ECONNREFUSED, -1, "nor is a directory that does not answer"},
    {EMFILE, -1, "nor a process without descriptors"},
    {ERANGE, -1, "nor an entry beyond every limit"},
};

START_TEST(a_failing_lookup_is_no_missing_account)
{
    struct vp_account account;
    struct vp_error error = {0};

    made_up = (struct made_up_names){.broken = failures[_i].errnum};
    ck_assert_msg(vp_account_find("tuan", &account, &error) == failures[_i].result, "%s",
                  failures[_i].why);
    if (failures[_i].result == -1) {
        ck_assert_int_eq(error.errnum, failures[_i].errnum);
        ck_assert_str_eq(error.text, "tuan: the account cannot be looked up");
    }
}
END_TEST

/* Before something is erased nothing but a plain "nobody" will do. */
START_TEST(who_is_gone_is_told_by_no_failure)
{
    struct made_up_user user = person(NULL, NULL, 0, 0);
    struct vp_error error = {0};
    int wanted = failures[_i].errnum == 0 ? 1 : -1;

    made_up = (struct made_up_names){.broken = failures[_i].errnum};
    ck_assert_msg(vp_account_is_gone("tuan", &error) == wanted, "%s", failures[_i].why);
    if (wanted == -1)
        ck_assert_str_eq(error.text, "tuan: the account cannot be looked up");
    populate(&user);
    ck_assert_int_eq(vp_account_is_gone("tuan", &error), 0);
}
END_TEST

START_TEST(nss_is_not_asked_for_a_name_that_nobody_can_have)
{
    char name[VP_NAME_MAX + 2] = "";
    struct vp_account account;
    struct vp_error error = {0};

    made_up = (struct made_up_names){0};
    memset(name, 'n', VP_NAME_MAX + 1);
    ck_assert_int_eq(vp_account_find(name, &account, &error), -1);
    ck_assert_int_eq(vp_account_is_gone(name, &error), -1);
    name[VP_NAME_MAX] = '\0';
    ck_assert_int_eq(vp_account_find(name, &account, &error), 0);
    ck_assert_int_eq(vp_account_is_gone(name, &error), 1);
}
END_TEST

static enum vp_password_kind kind_seen(void)
{
    struct made_up_user user = person(NULL, NULL, 0, 0);
    struct vp_account account;
    struct vp_error error;

    populate(&user);
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    return account.password;
}

START_TEST(no_shadow_entry_is_elsewhere_only_where_shadow_can_be_read)
{
    bool readable = access("/etc/shadow", R_OK) == 0;
    int status;
    pid_t child;

    ck_assert_int_eq(kind_seen(), readable ? VP_PASSWORD_ELSEWHERE : VP_PASSWORD_UNREADABLE);
    if (geteuid() != 0)
        return;
    /* A caller without the right gets the same NULL from getspnam. */
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(setgid(65534) == 0 && setuid(65534) == 0 && kind_seen() == VP_PASSWORD_UNREADABLE
                  ? 0
                  : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_shadow_that_fails_is_unreadable)
{
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    struct vp_account account;
    struct vp_error error;

    populate(&user);
    made_up.shadow_broken = EIO;
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    ck_assert_int_eq(account.password, VP_PASSWORD_UNREADABLE);
    ck_assert_str_eq(account.hash, "");
}
END_TEST

static const size_t rooms[] = {0, 1, 4095, 4096, 4097, 100000, 8 * 1024 * 1024};

START_TEST(an_entry_of_any_size_is_read)
{
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    struct vp_account account;
    struct vp_error error;

    populate(&user);
    made_up.room_needed = rooms[_i];
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    ck_assert_str_eq(account.hash, SALTED "A");
}
END_TEST

static const struct {
    size_t length;
    int result;
} names[] = {{VP_NAME_MAX, 1}, {VP_NAME_MAX + 1, -1}};

START_TEST(a_name_beyond_its_room_is_refused_not_cut)
{
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    char name[VP_NAME_MAX + 2] = "";
    struct vp_account account;
    struct vp_error error;

    memset(name, 'n', names[_i].length);
    user.name = name;
    populate(&user);
    ck_assert_int_eq(vp_account_find(name, &account, &error), names[_i].result);
}
END_TEST

/* ---- groups ---------------------------------------------------------------------------------- */

static const char *const all_groups[] = {"staff", "admins", "domain users", "mail"};

START_TEST(an_account_is_in_the_groups_that_nss_says)
{
    static const char *const asked[] = {"mail", "staff", "nosuch", "domain users", "admins"};
    static const bool expected[] = {false, true, false, true, false};
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    struct vp_account account;
    struct vp_error error;
    bool members[5] = {true, true, true, true, true};

    user.groups = "staff domain users";
    populate(&user);
    made_up.groups = all_groups;
    made_up.group_count = COUNT(all_groups);
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    ck_assert_int_eq(vp_account_groups(&account, asked, COUNT(asked), members, &error), 0);
    for (size_t i = 0; i < COUNT(asked); i++)
        ck_assert_msg(members[i] == expected[i], "%s", asked[i]);
    /* Its primary group counts too. */
    account.gid = 5003;
    ck_assert_int_eq(vp_account_groups(&account, asked, COUNT(asked), members, &error), 0);
    ck_assert(members[0]);
}
END_TEST

START_TEST(groups_that_cannot_be_told_are_an_error_and_no_groups_none)
{
    static const char *const asked[] = {"staff"};
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    struct vp_account account;
    struct vp_error error;
    bool member = true;

    populate(&user);
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    made_up.groups_broken = EIO;
    ck_assert_int_eq(vp_account_groups(&account, asked, 0, NULL, &error), 0);
    ck_assert_int_eq(vp_account_groups(&account, asked, 1, &member, &error), -1);
    ck_assert_int_eq(error.errnum, EIO);
    made_up.groups_broken = ENOENT;
    ck_assert_int_eq(vp_account_groups(&account, asked, 1, &member, &error), 0);
    ck_assert(!member);
}
END_TEST

START_TEST(hundreds_of_groups_are_all_seen)
{
    static char texts[300][8];
    static const char *many[300];
    static char list[300 * 8];
    struct made_up_user user = person(NULL, SALTED "A", 20000, -1);
    static bool members[300];
    struct vp_account account;
    struct vp_error error;

    for (size_t i = 0; i < 300; i++) {
        snprintf(texts[i], sizeof texts[i], "g%03zu", i);
        many[i] = texts[i];
        strcat(strcat(list, texts[i]), " ");
    }
    user.groups = list;
    populate(&user);
    made_up.groups = many;
    made_up.group_count = 300;
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    ck_assert_int_eq(vp_account_groups(&account, many, 300, members, &error), 0);
    for (size_t i = 0; i < 300; i++)
        ck_assert_msg(members[i], "%s", many[i]);
}
END_TEST

/* ---- root, and who is acting ----------------------------------------------------------------- */

START_TEST(root_is_who_has_uid_0)
{
    static const struct made_up_user users[] = {
        {.name = "root", .uid = 0}, {.name = "toor", .uid = 0}, {.name = "tuan", .uid = 1000}};

    made_up = (struct made_up_names){.users = users, .user_count = COUNT(users)};
    ck_assert(vp_account_is_root("root"));
    ck_assert(vp_account_is_root("toor"));
    ck_assert(!vp_account_is_root("tuan"));
    ck_assert(!vp_account_is_root("nobody"));
    made_up.broken = EIO;
    ck_assert(!vp_account_is_root("root"));
}
END_TEST

/* ---- secrets --------------------------------------------------------------------------------- */

static void find_secret(void *context)
{
    static struct vp_account account;
    static char hash[SECRET_LENGTH + 1];
    struct made_up_user user = person(NULL, hash, 20000, -1);
    struct vp_error error;

    (void)context;
    secret_write(hash);
    populate(&user);
    made_up.room_needed = 10000; /* several blocks */
    ck_assert_int_eq(vp_account_find("tuan", &account, &error), 1);
    ck_assert_uint_eq(strlen(account.hash), SECRET_LENGTH);
    vp_secret_wipe(hash, sizeof hash);
    vp_account_wipe(&account);
}

START_TEST(an_account_found_and_wiped_leaves_no_hash_behind)
{
    ck_assert_uint_eq(secret_copies_after(find_secret, NULL), 0);
}
END_TEST

Suite *suite_account(void)
{
    Suite *suite = suite_create("account");
    TCase *tcase = tcase_create("account");

    ADD_ROWS(tcase, an_account_is_what_passwd_and_shadow_say, entries);
    tcase_add_test(tcase, an_account_has_the_name_that_nss_gives_it);
    ADD_ROWS(tcase, a_failing_lookup_is_no_missing_account, failures);
    ADD_ROWS(tcase, who_is_gone_is_told_by_no_failure, failures);
    tcase_add_test(tcase, nss_is_not_asked_for_a_name_that_nobody_can_have);
    tcase_add_test(tcase, no_shadow_entry_is_elsewhere_only_where_shadow_can_be_read);
    tcase_add_test(tcase, a_shadow_that_fails_is_unreadable);
    ADD_ROWS(tcase, an_entry_of_any_size_is_read, rooms);
    ADD_ROWS(tcase, a_name_beyond_its_room_is_refused_not_cut, names);
    tcase_add_test(tcase, an_account_is_in_the_groups_that_nss_says);
    tcase_add_test(tcase, groups_that_cannot_be_told_are_an_error_and_no_groups_none);
    tcase_add_test(tcase, hundreds_of_groups_are_all_seen);
    tcase_add_test(tcase, root_is_who_has_uid_0);
    tcase_add_test(tcase, an_account_found_and_wiped_leaves_no_hash_behind);
    suite_add_tcase(suite, tcase);
    return suite;
}
