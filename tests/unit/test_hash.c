/* lib/hash.c: crypt(3). SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/hash.h"
#include "../../lib/secret.h"

#define X71 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* The hashes of methods 6, 5 and 1 are OpenSSL's (openssl passwd), an independent implementation.
 */
static const struct {
    const char *password, *setting;
    bool matches;
    const char *why;
} rows[] = {
    {"Vpolicy#2",
     "$6$abcdefgh$.MaJHkZuz5Mfu2uOhIYq/qmu4kiLfXCtjWav9rpuM7VWoWXX6b."
     "Q1z7G6bXdkJ/LRijGYlgJCO3uvr/8i2KK2.",
     true, "SHA-512"},
    {"Vpolicy#2", "$5$abcdefgh$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSxB", true, "SHA-256"},
    {"Vpolicy#2", "$1$abcdefgh$9ZuPBfCjEf9eQ3Oxe2Fn6.", true, "MD5, in old files"},
    {"Vpolicy#2", "ab/JdHNHzpfsI", true, "DES, in very old files"},
    {"Vpolicy#2", "$y$j75$abcdefghijklmnop$2OCEA9ykM/LA.sXRzZw4sGFIHYe2kvD.QD0iCtFAt14", true,
     "yescrypt, Debian's default"},
    {"Vpolicy#2", "$2b$04$abcdefghijklmnopqrstuu43u0nqDIlyhj8vpsRkhvEjVgveVAPBK", true, "bcrypt"},
    {X71 "x", "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i", true,
     "bcrypt reads 72 bytes"},
    {X71 "xyz", "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i", true,
     "and nothing behind them, which is why rules.h limits them"},
    {X71, "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i", false, "71 are not 72"},
    {"Vpolicy#3", "$5$abcdefgh$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSxB", false,
     "another password"},
    {"", "$5$abcdefgh$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSxB", false, "an empty password"},
    {"Vpolicy#2", "$5$abcdefgi$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSxB", false, "another salt"},
    {"Vpolicy#2", "$5$abcdefgh$", false, "a salt alone is a setting, not a hash"},
    {"Vpolicy#2", "$5$abcdefgh$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSxBx", false,
     "one byte more"},
    {"Vpolicy#2", "$5$abcdefgh$AutHLxwQrjrW5L3Ulle5T9wpPjOb8tI9d2JQEJsKSx", false, "one byte less"},
    {"", "", false, "an empty hash is no hash: it lets anybody in, but nothing matches it"},
    {"x", "", false, "nor does any password"},
    {"x", "*", false, "no password"},
    {"x", "!", false, "locked"},
    {"x", "*0", false, "crypt's own failure token"},
    {"x", "*1", false, "the other one"},
    {"x", "x", false, "too short for any method"},
    {"x", "$9$abc$def", false, "a method that nobody knows"},
    {"x", "$y$", false, "cut after the method"},
};

START_TEST(a_password_matches_its_own_hash_only)
{
    struct vp_hash *hash;
    struct vp_error error = {0};

    ck_assert_msg(vp_hash_open(&hash, &error) == 0, "%s", error.text);
    ck_assert_msg(vp_hash_matches(hash, rows[_i].password, rows[_i].setting) == rows[_i].matches,
                  "%s: %s", rows[_i].setting, rows[_i].why);
    /* The scratch space was wiped: a second question gets the same answer. */
    ck_assert_msg(vp_hash_matches(hash, rows[_i].password, rows[_i].setting) == rows[_i].matches,
                  "again: %s", rows[_i].why);
    vp_hash_close(hash);
}
END_TEST

static const struct {
    const char *setting;
    bool bcrypt;
    const char *why;
} methods[] = {
    {"$2b$12$abcdefghijklmnopqrstuv", true, "today's"},
    {"$2a$12$abcdefghijklmnopqrstuv", true, "older"},
    {"$2y$12$abcdefghijklmnopqrstuv", true, "PHP's"},
    {"$2x$12$abcdefghijklmnopqrstuv", true, "the one with the sign bug"},
    {"$2$12$abcdefghijklmnopqrstuv", true, "the first of all"},
    {"$2b", false, "cut"},
    {"$2", false, "cut earlier"},
    {"$", false, "cut after the sign"},
    {"", false, "none"},
    {"$y$j9T$abc$def", false, "yescrypt reads everything"},
    {"$6$abc$def", false, "SHA-512 too"},
    {"$5$abc$def", false, "SHA-256 too"},
    {"$1$abc$def", false, "MD5 too"},
    {"$gy$j9T$abc$def", false, "gost-yescrypt"},
    {"x2b$12$abcdefghijklmnopqrstuv", false, "no sign in front"},
    {"$3b$12$abcdefghijklmnopqrstuv", false, "another number"},
    {"$2bb$12$abcdefghijklmnopqrstuv", false, "two letters are another method"},
};

START_TEST(bcrypt_is_known_by_its_prefix)
{
    ck_assert_msg(vp_hash_is_bcrypt(methods[_i].setting) == methods[_i].bcrypt, "%s: %s",
                  methods[_i].setting, methods[_i].why);
}
END_TEST

START_TEST(closing_nothing_is_allowed)
{
    vp_hash_close(NULL);
}
END_TEST

static void hash_secret(void *context)
{
    char secret[SECRET_LENGTH + 1];
    struct vp_hash *hash;
    struct vp_error error;

    ck_assert_int_eq(vp_hash_open(&hash, &error), 0);
    secret_write(secret);
    ck_assert(!vp_hash_matches(hash, secret, context));
    vp_secret_wipe(secret, sizeof secret);
    vp_hash_close(hash);
}

START_TEST(hashing_leaves_no_password_behind)
{
    char setting[] = "$6$rounds=1000$abcdefgh$x";

    ck_assert_uint_eq(secret_copies_after(hash_secret, setting), 0);
}
END_TEST

Suite *suite_hash(void)
{
    Suite *suite = suite_create("hash");
    TCase *tcase = tcase_create("hash");

    ADD_ROWS(tcase, a_password_matches_its_own_hash_only, rows);
    ADD_ROWS(tcase, bcrypt_is_known_by_its_prefix, methods);
    tcase_add_test(tcase, closing_nothing_is_allowed);
    tcase_add_test(tcase, hashing_leaves_no_password_behind);
    suite_add_tcase(suite, tcase);
    return suite;
}
