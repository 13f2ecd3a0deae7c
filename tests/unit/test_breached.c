/* lib/breached.c: a list of breached passwords, and its hashes. SPDX-License-Identifier:
 * BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/breached.h"
#include "../../lib/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vp_breached hashes;
static struct vp_error error;
static char folder[] = "/tmp/vp-breached-XXXXXX";
static char path[64];

static void set_up(void)
{
    ck_assert_int_eq(vp_breached_load(&hashes, &error), 0);
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/list", folder);
}

static void tear_down(void)
{
    vp_breached_close(&hashes);
    (void)unlink(path);
    (void)rmdir(folder);
}

static const struct {
    enum vp_filter_hash hash;
    const char *password;
    uint64_t number;
    const char *why;
} known[] = {
    {VP_FILTER_SHA1, "abc", 0x7850c26c9cd0d89d, "RFC 3174, TEST1: the last 8 of 20 bytes"},
    {VP_FILTER_SHA1, "password", 0x6cf8331b7ee68fd8, "5BAA6...1E4C9, as everybody knows it"},
    {VP_FILTER_NTLM, "password", 0xad06bdd830b7586c, "8846F7EA...586C"},
    {VP_FILTER_NTLM, "", 0xb73c59d7e0c089c0, "of nothing"},
    {VP_FILTER_NTLM, "M\u1eadt kh\u1ea9u\U0001f600", 0x7a2e7412463f89f7,
     "beyond ASCII, and beyond 16 bits"},
};

START_TEST(a_password_has_the_hash_that_others_give_it)
{
    uint64_t number;

    ck_assert_int_eq(vp_breached_hash(&hashes, known[_i].hash, known[_i].password,
                                      strlen(known[_i].password), &number),
                     0);
    ck_assert_msg(number == known[_i].number, "%s: %llx", known[_i].why,
                  (unsigned long long)number);
}
END_TEST

START_TEST(what_no_password_can_be_has_no_hash)
{
    char many[VP_PASSWORD_SIZE + 1];
    uint64_t number;

    memset(many, 'x', sizeof many);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_SHA1, many, sizeof many, &number), -1);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_NTLM, many, sizeof many, &number), -1);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_SHA1, many, sizeof many - 1, &number), 0);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_NTLM, many, sizeof many - 1, &number), 0);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_NTLM, "\xff", 1, &number), -1);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_SHA1, "\xff", 1, &number), 0);
}
END_TEST

/* Four blocks, "password" in its own and nothing in the others. */
static void make_list(enum vp_filter_hash hash)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    struct vp_filter_place place;
    uint64_t number;

    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(fchmod(file, 0644), 0);
    ck_assert_int_eq(vp_breached_hash(&hashes, hash, "password", 8, &number), 0);
    place = vp_filter_place(number, 4);
    for (uint64_t i = 0; i < 4; i++) {
        unsigned char block[VP_FILTER_BLOCK];

        vp_filter_fill(hash, &place.rest, i == place.block, block);
        vp_breached_seal(&hashes, i, 4, block);
        ck_assert_int_eq(write(file, block, sizeof block), sizeof block);
    }
    close(file);
}

static void change(off_t at, unsigned char byte)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);

    ck_assert_int_eq(pwrite(file, &byte, 1, at), 1);
    close(file);
}

/* What is asked of the list, or of what was made of it: 1, 0, -1 with the error. */
static int ask(const char *password)
{
    struct vp_breached list;
    int result = vp_breached_open(path, &list, &error) == 0
                     ? vp_breached_holds(&list, password, strlen(password), &error)
                     : -1;

    vp_breached_close(&list);
    return result;
}

static const enum vp_filter_hash kinds[] = {VP_FILTER_SHA1, VP_FILTER_NTLM};

START_TEST(a_list_of_either_hash_is_asked)
{
    make_list(kinds[_i]);
    ck_assert_int_eq(ask("password"), 1);
    ck_assert_int_eq(ask("Password"), 0);
    ck_assert_int_eq(ask(""), 0);
    ck_assert_int_eq(ask("\xff"), 0);
}
END_TEST

static void ask_secret(void *context)
{
    char secret[SECRET_LENGTH + 1];

    (void)context;
    secret_write(secret);
    ck_assert_int_eq(ask(secret), 0);
    vp_secret_wipe(secret, sizeof secret);
}

START_TEST(nothing_of_the_password_is_left)
{
    make_list(kinds[_i]);
    ck_assert_uint_eq(secret_copies_after(ask_secret, NULL), 0);
}
END_TEST

static const struct {
    off_t length, at; /* -1: not */
    unsigned char byte;
    mode_t mode;
    const char *said, *why;
} harms[] = {
    {0, -1, 0, 0644, "is cut, or no list of breached passwords", "nothing"},
    {1000, -1, 0, 0644, "is cut, or no list of breached passwords", "cut in a block"},
    {3 * VP_FILTER_BLOCK, -1, 0, 0644, "is damaged or cut (make it anew)", "cut between two"},
    {-1, 1, 'x', 0644, "is no list of breached passwords", "something else"},
    {-1, 4, 9, 0644, "is damaged or cut (make it anew)", "another number of entries"},
    {-1, 7, 1, 0644, "is damaged or cut (make it anew)", "the bytes that are not used"},
    {-1, 8, 0, 0644, "is damaged or cut (make it anew)", "the checksum"},
    {-1, VP_FILTER_HEADER, 0x55, 0644, "is damaged or cut (make it anew)",
     "the first of the entries"},
    {-1, VP_FILTER_BLOCK - 1, 0x55, 0644, "is damaged or cut (make it anew)", "the last byte"},
    {-1, -1, 0, 0664, "can be written by others than its owner (chmod go-w)", "by the group"},
    {-1, -1, 0, 0646, "can be written by others than its owner (chmod go-w)", "by anybody"},
};

START_TEST(a_list_that_was_harmed_is_told_and_says_nothing)
{
    uint64_t number;
    off_t begin;

    make_list(VP_FILTER_SHA1);
    ck_assert_int_eq(vp_breached_hash(&hashes, VP_FILTER_SHA1, "password", 8, &number), 0);
    begin = (off_t)(vp_filter_place(number, 4).block * VP_FILTER_BLOCK);
    if (harms[_i].at >= 0)
        change(begin + harms[_i].at, harms[_i].byte);
    if (harms[_i].length >= 0)
        ck_assert_int_eq(truncate(path, harms[_i].length), 0);
    ck_assert_int_eq(chmod(path, harms[_i].mode), 0);
    ck_assert_msg(ask("password") == -1, "%s", harms[_i].why);
    ck_assert_str_eq(error.file, path);
    ck_assert_msg(strstr(error.text, harms[_i].said) == error.text, "%s: %s", harms[_i].why,
                  error.text);
    /* Which block was asked says a part of the hash, and the error goes into a log. */
    ck_assert_msg(strstr(error.text, "block") == NULL, "%s: %s", harms[_i].why, error.text);
}
END_TEST

START_TEST(what_is_no_file_is_not_waited_for)
{
    ck_assert_int_eq(ask("x"), -1);
    ck_assert_int_eq(error.errnum, ENOENT);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(ask("x"), -1);
    ck_assert_str_eq(error.text, "is not a regular file");
}
END_TEST

Suite *suite_breached(void)
{
    Suite *suite = suite_create("breached");
    TCase *tcase = tcase_create("breached");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    ADD_ROWS(tcase, a_password_has_the_hash_that_others_give_it, known);
    tcase_add_test(tcase, what_no_password_can_be_has_no_hash);
    ADD_ROWS(tcase, a_list_of_either_hash_is_asked, kinds);
    ADD_ROWS(tcase, nothing_of_the_password_is_left, kinds);
    ADD_ROWS(tcase, a_list_that_was_harmed_is_told_and_says_nothing, harms);
    tcase_add_test(tcase, what_is_no_file_is_not_waited_for);
    suite_add_tcase(suite, tcase);
    return suite;
}
