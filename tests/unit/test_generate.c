/* lib/generate.c: new passwords by chance. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later
 */
#include "unit.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/generate.h"
#include "../../lib/rules.h"

#define ROUNDS 300

/* ---- the kernel's numbers, or what a test wants instead ----------------------------------------
 */

static struct {
    const uint16_t *numbers; /* in the order of their use, then any; or NULL: the kernel's own */
    size_t count;
    int fails_at; /* this call fails, from 1; 0 = none */
    int errnum;   /* 0: it gives less than was asked for */
    int calls;
} kernel;

/* Comes before libc's in this program. The code under test uses what it gets from the end. */
ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    uint16_t *numbers = buffer;

    if (++kernel.calls == kernel.fails_at) {
        errno = kernel.errnum;
        return kernel.errnum == 0 ? 1 : -1;
    }
    if (kernel.numbers == NULL)
        return syscall(SYS_getrandom, buffer, length, flags);
    for (size_t i = 0; i < length / 2; i++)
        numbers[length / 2 - 1 - i] = i < kernel.count ? kernel.numbers[i] : (uint16_t)(i * 7);
    return (ssize_t)length;
}

static void begin(void)
{
    memset(&kernel, 0, sizeof kernel);
}

/* ---- plans -------------------------------------------------------------------------------------
 */

/* The built-in policy, as far as new passwords go; a row changes up to three keys. */
static const struct vp_values builtin = {.min_length = 8,
                                         .max_length = 127,
                                         .min_upper = 1,
                                         .min_lower = 1,
                                         .min_digit = 1,
                                         .min_special = 1,
                                         .max_repeat = 3};

#define KEY(name) offsetof(struct vp_values, name)

struct change {
    size_t offset;
    int32_t value;
};

static struct vp_values values_of(const struct change changes[3])
{
    struct vp_values values = builtin;

    for (int i = 0; i < 3 && (changes[i].offset != 0 || changes[i].value != 0); i++)
        memcpy((char *)&values + changes[i].offset, &changes[i].value, sizeof(int32_t));
    return values;
}

static const struct {
    struct change changes[3];
    size_t bytes_max, length;
    unsigned bits; /* 0 = as many as there are */
    bool mixed;
    const char *why;
} plans[] = {
    {{{0}}, VP_BYTES_MAX, 24, 75, false, "five groups: 16.32 + 16 + 11.2 + 16 + 16.32"},
    {{{KEY(min_length), 20}}, VP_BYTES_MAX, 24, 75, false, "long enough already"},
    {{{KEY(min_length), 24}}, VP_BYTES_MAX, 24, 75, false, "just long enough"},
    {{{KEY(min_length), 25}}, VP_BYTES_MAX, 29, 91, false, "one group more"},
    {{{KEY(max_length), 24}}, VP_BYTES_MAX, 24, 75, false, "just short enough"},
    {{{KEY(max_length), 23}}, VP_BYTES_MAX, 20, 71, true, "no room: as few as make 70 bits"},
    {{{KEY(max_length), 16}}, VP_BYTES_MAX, 16, 57, true, "no room for 70 bits: all there is"},
    {{{KEY(min_special), 4}}, VP_BYTES_MAX, 24, 75, false, "four signs between five groups"},
    {{{KEY(min_special), 5}}, VP_BYTES_MAX, 29, 82, false, "a group of signs"},
    {{{KEY(min_digit), 5}}, VP_BYTES_MAX, 29, 87, false, "another group of digits"},
    {{{KEY(min_upper), 64}}, VP_BYTES_MAX, 94, 304, false, "sixteen groups of capitals"},
    {{{KEY(min_length), 127}}, VP_BYTES_MAX, 127, 0, true, "no room to be a group longer"},
    {{{KEY(min_special), 0}, {KEY(max_length), 8}}, VP_BYTES_MAX, 8, 29, true, "eight"},
    {{{KEY(min_length), 511}, {KEY(max_length), 511}}, VP_BYTES_MAX, 511, 0, true, "all there are"},
    {{{KEY(min_length), 70}},
     VP_BYTES_MAX_BCRYPT,
     70,
     0,
     true,
     "what bcrypt reads is a limit, too"},
};

START_TEST(a_plan_is_as_long_as_chance_and_policy_want_it)
{
    const struct vp_values values = values_of(plans[_i].changes);
    struct vp_plan plan;
    struct vp_error error;

    ck_assert_msg(vp_generate_plan(&values, plans[_i].bytes_max, &plan, &error) == 0, "%s: %s",
                  plans[_i].why, error.text);
    ck_assert_msg(plan.length == plans[_i].length && plan.mixed == plans[_i].mixed,
                  "%zu characters%s: %s", plan.length, plan.mixed ? ", mixed" : "", plans[_i].why);
    ck_assert_msg(plans[_i].bits == 0 || plan.bits == plans[_i].bits, "%u bits: %s", plan.bits,
                  plans[_i].why);
}
END_TEST

static const struct {
    struct change changes[3];
    size_t bytes_max;
    const char *text, *why;
} contradictions[] = {
    {{{KEY(min_length), 20}, {KEY(max_length), 19}},
     VP_BYTES_MAX,
     "min_length = 20 and max_length = 19 contradict each other: no password can meet both",
     "by a group and a service"},
    {{{KEY(max_length), 8}, {KEY(min_upper), 3}, {KEY(min_digit), 4}},
     VP_BYTES_MAX,
     "min_upper + min_lower + min_digit + min_special = 9 and max_length = 8 contradict each "
     "other: no password can meet both",
     "one too many"},
    {{{KEY(min_length), 73}},
     VP_BYTES_MAX_BCRYPT,
     "min_length = 73 and the bytes that can be used = 72 contradict each other: no password can "
     "meet both",
     "bcrypt would not read it"},
};

START_TEST(a_policy_that_nothing_can_meet_is_told_by_its_keys)
{
    const struct vp_values values = values_of(contradictions[_i].changes);
    struct vp_plan plan;
    struct vp_error error = {.text = ""};

    ck_assert_msg(vp_generate_plan(&values, contradictions[_i].bytes_max, &plan, &error) == -1 &&
                      strcmp(error.text, contradictions[_i].text) == 0,
                  "%s: %s", contradictions[_i].why, error.text);
    ck_assert_uint_eq(plan.length, 0);
}
END_TEST

/* ---- passwords ---------------------------------------------------------------------------------
 */

/* Everything that a password is made of. */
static const char alphabet[] = "BCFGHJKLMNPQRSTVXZbcfghjkmnpqrstvxz23456789%+=@-";

static void expect_rules_kept(int row, const struct vp_values *values, const char *password)
{
    struct vp_candidate candidate;
    struct vp_failures failures;

    vp_rules_read(password, strlen(password), &candidate);
    vp_rules_check(values, &candidate,
                   &(struct vp_rules_setting){.bytes_max = plans[row].bytes_max}, &failures);
    ck_assert_msg(failures.count == 0, "%s: %s: %s", password, vp_rules_code(failures.list[0].rule),
                  plans[row].why);
    ck_assert_msg(strspn(password, alphabet) == plans[row].length, "%s: %s", password,
                  plans[row].why);
    ck_assert_msg(strchr("%+=@-", password[0]) == NULL, "%s: %s", password, plans[row].why);
}

START_TEST(every_password_keeps_the_rules_of_its_plan)
{
    struct vp_values values = values_of(plans[_i].changes);
    char password[VP_PASSWORD_SIZE];
    struct vp_plan plan;
    struct vp_error error;

    values.max_repeat = 1;
    ck_assert_int_eq(vp_generate_plan(&values, plans[_i].bytes_max, &plan, &error), 0);
    for (int i = 0; i < ROUNDS; i++) {
        ck_assert_int_eq(vp_generate_draw(&plan, password, &error), 0);
        expect_rules_kept(_i, &values, password);
    }
}
END_TEST

START_TEST(signs_alone_may_begin_with_one)
{
    const struct vp_values values = {.max_length = 8, .min_special = 8};
    char password[VP_PASSWORD_SIZE];
    struct vp_plan plan;
    struct vp_error error;

    ck_assert_int_eq(vp_generate_plan(&values, VP_BYTES_MAX, &plan, &error), 0);
    ck_assert_int_eq(vp_generate_draw(&plan, password, &error), 0);
    ck_assert_uint_eq(strspn(password, "%+=@"), 8);
}
END_TEST

/* Six deviations off, by chance, would be seen in one of millions of runs. */
START_TEST(every_character_is_as_likely_as_the_others_of_its_kind)
{
    static const struct {
        const char *characters;
        double places; /* in each password */
    } kinds[] = {{"BCFGHJKLMNPQRSTVXZ", 8}, {"bcfghjkmnpqrstvxz", 8}, {"23456789", 4}};
    const int rounds = 20000;
    static size_t counts[256];
    char password[VP_PASSWORD_SIZE];
    struct vp_plan plan;
    struct vp_error error;

    ck_assert_int_eq(vp_generate_plan(&builtin, VP_BYTES_MAX, &plan, &error), 0);
    for (int i = 0; i < rounds; i++) {
        ck_assert_int_eq(vp_generate_draw(&plan, password, &error), 0);
        for (const char *at = password; *at != '\0'; at++)
            counts[(unsigned char)*at]++;
    }
    for (size_t kind = 0; kind < COUNT(kinds); kind++)
        for (const char *at = kinds[kind].characters; *at != '\0'; at++) {
            double wanted = rounds * kinds[kind].places / (double)strlen(kinds[kind].characters);
            double off = (double)counts[(unsigned char)*at] - wanted;

            ck_assert_msg(off * off < 36 * wanted, "%c: %zu times, not %.0f", *at,
                          counts[(unsigned char)*at], wanted);
        }
}
END_TEST

START_TEST(without_groups_every_kind_is_as_likely_at_every_place)
{
    const struct vp_values values = {.max_length = 8, .min_digit = 2};
    const int rounds = 20000;
    int counts[8] = {0};
    char password[VP_PASSWORD_SIZE];
    struct vp_plan plan;
    struct vp_error error;

    ck_assert_int_eq(vp_generate_plan(&values, VP_BYTES_MAX, &plan, &error), 0);
    for (int i = 0; i < rounds; i++) {
        ck_assert_int_eq(vp_generate_draw(&plan, password, &error), 0);
        for (size_t place = 0; place < COUNT(counts); place++)
            counts[place] += password[place] >= '2' && password[place] <= '9';
    }
    for (size_t place = 0; place < COUNT(counts); place++) {
        /* Two digits by the minimum, another one in turn. */
        double off = counts[place] - rounds * 3 / 8.0;

        ck_assert_msg(off * off < 36 * rounds * 3 / 8.0, "place %zu: %d", place, counts[place]);
    }
}
END_TEST

/* ---- what the numbers become -------------------------------------------------------------------
 */

static const struct {
    uint16_t numbers[5];
    const char *begins, *why;
} draws[] = {
    {{0, 1, 2, 3}, "BCFG", "of eighteen capitals, the first"},
    {{17, 16, 18, 35}, "ZXBZ", "and the last; then from the beginning"},
    {{65519, 0, 1, 2}, "ZBCF", "the last number that is divided fairly"},
    {{65520, 65535, 3, 4}, "GH", "those behind it would favour the first ones: thrown away"},
    {{5, 5, 23, 6, 7}, "JKL", "none beside itself: drawn again"},
};

START_TEST(numbers_become_characters_fairly)
{
    char password[VP_PASSWORD_SIZE];
    struct vp_plan plan;
    struct vp_error error;

    kernel.numbers = draws[_i].numbers;
    kernel.count = COUNT(draws[_i].numbers);
    ck_assert_int_eq(vp_generate_plan(&builtin, VP_BYTES_MAX, &plan, &error), 0);
    ck_assert_int_eq(vp_generate_draw(&plan, password, &error), 0);
    ck_assert_msg(strncmp(password, draws[_i].begins, strlen(draws[_i].begins)) == 0, "%s: %s",
                  password, draws[_i].why);
}
END_TEST

static const struct {
    int fails_at, errnum, result;
    const char *why;
} failures[] = {
    {1, EINTR, 0, "a signal: asked again"},
    {1, ENOSYS, -1, "no such call"},
    {1, 0, -1, "too few bytes"},
    {3, EIO, -1, "in the midst of the order"},
    {9, EIO, -1, "in the midst of the password"},
};

START_TEST(without_random_numbers_there_is_no_password)
{
    const struct vp_values values =
        values_of((const struct change[3]){{KEY(min_length), 400}, {KEY(max_length), 400}});
    char password[VP_PASSWORD_SIZE];
    struct vp_plan plan;
    struct vp_error error = {.text = ""};

    kernel.fails_at = failures[_i].fails_at;
    kernel.errnum = failures[_i].errnum;
    memset(password, 'x', sizeof password);
    ck_assert_int_eq(vp_generate_plan(&values, VP_BYTES_MAX, &plan, &error), 0);
    ck_assert_msg(vp_generate_draw(&plan, password, &error) == failures[_i].result, "%s",
                  failures[_i].why);
    if (failures[_i].result == 0)
        return;
    ck_assert_str_eq(error.text, "no random numbers");
    ck_assert_int_eq(error.errnum, failures[_i].errnum == 0 ? EIO : failures[_i].errnum);
    for (size_t i = 0; i < sizeof password; i++)
        ck_assert_msg(password[i] == '\0', "%s: %c is left", failures[_i].why, password[i]);
}
END_TEST

/* ---- secrets -----------------------------------------------------------------------------------
 */

static char drawn[VP_PASSWORD_SIZE];
static struct vp_plan mixed_plan;

static void draw_it(void *context)
{
    struct vp_error error;

    (void)context;
    ck_assert_int_eq(vp_generate_draw(&mixed_plan, drawn, &error), 0);
}

START_TEST(neither_numbers_nor_order_stay_in_memory)
{
    static const uint16_t numbers[] = {31013, 20611, 47711, 9901, 60013, 12343, 33301, 51199};
    const struct vp_values values = {.max_length = 16, .min_special = 6, .min_digit = 4};
    uint16_t as_they_lay[COUNT(numbers)], order[8];
    struct vp_error error;

    for (size_t i = 0; i < COUNT(numbers); i++)
        as_they_lay[i] = numbers[COUNT(numbers) - 1 - i];
    kernel.numbers = numbers;
    kernel.count = COUNT(numbers);
    ck_assert_int_eq(vp_generate_plan(&values, VP_BYTES_MAX, &mixed_plan, &error), 0);
    (void)secret_copies_after(draw_it, NULL);
    ck_assert_uint_eq(stack_copies_of(as_they_lay, COUNT(as_they_lay)), 0);
    ck_assert_uint_eq(strlen(drawn), sizeof order);
    memcpy(order, drawn, sizeof order);
    ck_assert_uint_eq(stack_copies_of(order, COUNT(order)), 0);
}
END_TEST

Suite *suite_generate(void)
{
    Suite *suite = suite_create("generate");
    TCase *tcase = tcase_create("passwords by chance");

    tcase_add_checked_fixture(tcase, begin, NULL);
    ADD_ROWS(tcase, a_plan_is_as_long_as_chance_and_policy_want_it, plans);
    ADD_ROWS(tcase, a_policy_that_nothing_can_meet_is_told_by_its_keys, contradictions);
    ADD_ROWS(tcase, every_password_keeps_the_rules_of_its_plan, plans);
    tcase_add_test(tcase, signs_alone_may_begin_with_one);
    tcase_add_test(tcase, every_character_is_as_likely_as_the_others_of_its_kind);
    tcase_add_test(tcase, without_groups_every_kind_is_as_likely_at_every_place);
    ADD_ROWS(tcase, numbers_become_characters_fairly, draws);
    ADD_ROWS(tcase, without_random_numbers_there_is_no_password, failures);
    tcase_add_test(tcase, neither_numbers_nor_order_stay_in_memory);
    suite_add_tcase(suite, tcase);
    return suite;
}
