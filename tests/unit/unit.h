/*
 * What the unit tests share. Each suite is one file of lib/; each test is a table of rows, and each
 * row carries the reason why it must hold, which is what a failing run prints.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#ifndef VP_TESTS_UNIT_H
#define VP_TESTS_UNIT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../pam_vpolicy.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Adds a test that runs once for each row; `_i` is the row. */
#define ADD_ROWS(tcase, test, table) tcase_add_loop_test(tcase, test, 0, (int)COUNT(table))

/* The day of a date that is known to be one. */
int32_t day(const char *date);

/* The same numbers in every run and on every machine (xorshift, Marsaglia 2003); state is not 0. */
uint32_t next_random(uint32_t *state);

/*
 * Secrets, and looking for them afterwards. The secret is never in memory but where secret_write
 * puts it, so that every other copy that is found was left there by the code under test.
 */
#define SECRET_LENGTH 24

/*
 * AddressSanitizer keeps locals and freed blocks in places of its own, behind terabytes of shadow:
 * there the code runs, to be judged by it, and nothing is searched.
 */
#ifdef __SANITIZE_ADDRESS__
#define SEARCHES_MEMORY false
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SEARCHES_MEMORY false
#endif
#endif
#ifndef SEARCHES_MEMORY
#define SEARCHES_MEMORY true
#endif

/* Writes the secret and its NUL: letters, digits and signs, no four of them elsewhere in a row. */
void secret_write(char buffer[SECRET_LENGTH + 1]);

/* Makes another text the secret, from now on. */
void secret_become(const char text[SECRET_LENGTH]);

/*
 * Calls function(context) on a stack of its own, which nothing overwrites afterwards, and returns
 * how often the secret (any 6 characters of it in a row) is in the process's memory then, as bytes
 * or as characters of 16 or 32 bits. The caller wipes its own copies inside function.
 */
size_t secret_copies_after(void (*function)(void *), void *context);

/* How often the 16-bit numbers stand in the stack that secret_copies_after used last. */
size_t stack_copies_of(const uint16_t *numbers, size_t count);

Suite *suite_account(void);
Suite *suite_error(void);
Suite *suite_filter(void);
Suite *suite_breached(void);
Suite *suite_fold(void);
Suite *suite_words(void);
Suite *suite_generate(void);
Suite *suite_guess(void);
Suite *suite_hash(void);
Suite *suite_inquiry(void);
Suite *suite_mail(void);
Suite *suite_message(void);
Suite *suite_number(void);
Suite *suite_policy(void);
Suite *suite_record(void);
Suite *suite_roster(void);
Suite *suite_rules(void);
Suite *suite_secret(void);
Suite *suite_shadow(void);
Suite *suite_stack(void);
Suite *suite_store(void);
Suite *suite_text(void);
Suite *suite_unicode(void);
Suite *suite_verdict(void);

#endif
