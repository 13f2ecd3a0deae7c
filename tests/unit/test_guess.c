/* lib/guess.c: the points rule. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/guess.h"
#include "../../lib/words.h"

#define WORD     VP_GUESS_WORD
#define NAME     VP_GUESS_NAME
#define WALK     VP_GUESS_WALK
#define SEQUENCE VP_GUESS_SEQUENCE
#define RUN      VP_GUESS_RUN
#define REPEAT   VP_GUESS_REPEAT
#define YEAR     VP_GUESS_YEAR
#define DATE     VP_GUESS_DATE
#define DIGITS   VP_GUESS_DIGITS

static struct vp_guess weigh(const char *password, const char *login, const char *full)
{
    const struct vp_guess_person person = {login, full, NULL};
    struct vp_candidate candidate;

    vp_rules_read(password, strlen(password), &candidate);
    return vp_guess_weigh(&candidate, &vp_wordlist_builtin, &person);
}

static const struct {
    const char *password;
    int32_t points;
    unsigned kinds;
    const char *why;
} rows[] = {
    {"", 0, 0, "nothing"},
    {"Kx#f", 4, 0, "every character that is left"},
    {"matkhau", 1, WORD, "a word"},
    {"MatKhau", 1, WORD, "case is nothing"},
    {"m\u1eadtkh\u1ea9u", 1, WORD, "nor are diacritics"},
    {"ma\u0323tkha\u0309\u0302u", 1, WORD, "nor combining ones"},
    {"p@ssw0rd", 1, WORD, "letters written as signs and digits"},
    {"P4$$WORD", 1, WORD, "and capitals, and others"},
    {"w1nd0ws", 1, WORD, "1 as i"},
    {"1iverpoo1", 1, WORD, "1 as l, in the same word as letters"},
    {"passwird", 1, WORD, "another letter in a word of seven or more"},
    {"pasword", 1, WORD, "one is missing"},
    {"passwoord", 1, WORD, "one too many"},
    {"pass#word", 1, WORD, "a sign too many, in a longer word"},
    {"haiphong#", 2, WORD, "but not at its end"},
    {"Kx#t!n", 6, 0, "in a word of three letters only what often is one stands for a letter"},
    {"Kx#t1n", 4, WORD, "as 1 is"},
    {"Kx#elephant", 4, WORD, "English words that everybody knows"},
    {"hen#ry", 4, WORD, "nor in a word that is short: hen, and what is left"},
    {"mxsic", 5, 0, "nor a letter in a word of five: four of them stand anywhere"},
    {"mmatkhhauuu", 1, WORD, "letters of it that stand more than once"},
    {"hhoaa", 1, WORD, "of a short one, too"},
    {"Kx#hh0a", 5, WORD, "but not with a digit for a letter beside"},
    {"uahktam", 1, WORD, "backwards"},
    {"ionah", 1, WORD, "from five letters on"},
    {"uahkt@m", 5, WORD, "but as it stands"},
    {"Kx#fmatkhau", 5, WORD, "what is left stands before it"},
    {"hp#vn", 3, WORD, "a syllable or an abbreviation of two letters"},
    {"mr#tp", 3, WORD, "or a title, and what stands for a city"},
    {"v1#vn", 4, WORD, "but not with a digit for a letter"},
    {"1qaz", 1, WALK, "down a column"},
    {"zaq1", 1, WALK, "and up"},
    {"lkjh", 1, WALK, "to the left"},
    {"!@#$", 1, WALK, "with shift"},
    {"7410", 1, DIGITS, "a run of digits is cheaper told than a walk on the pad"},
    {"1q2w3e4r", 1, WALK, "two walks that take turns"},
    {"!1qQaAzZ", 1, WALK, "a walk with every key twice"},
    {"a1!b2@c3#", 1, WALK | SEQUENCE, "a walk, a sequence and another"},
    {"f7f8f9g", 2, SEQUENCE | RUN | WALK, "a run and a sequence, and not what stands behind"},
    {"1q2w3", 5, 0, "three of each at least"},
    {"mnop", 1, SEQUENCE, "the alphabet"},
    {"zyxw", 1, SEQUENCE, "backwards"},
    {"zzzz", 1, RUN, "one character"},
    {"####", 1, RUN, "of any kind"},
    {"kx#fkx#f", 5, REPEAT, "a block that stood there before"},
    {"Kx#2024", 4, YEAR, "a year"},
    {"Kx#22/11/2026", 4, DATE, "a date with the day first"},
    {"Kx#2026-11-22", 4, DATE, "the year first"},
    {"Kx#11.22.26", 4, DATE, "the month first, a short year"},
    {"Kx#22112026", 4, DATE | DIGITS, "without signs"},
    {"Kx#8306", 4, DIGITS, "digits"},
    {"Haiphong@2024", 3, WORD | YEAR, "the letter's own example"},
};

START_TEST(the_cheapest_cover_is_counted_and_named)
{
    struct vp_guess guess = weigh(rows[_i].password, NULL, NULL);

    ck_assert_msg(guess.points == rows[_i].points, "%s: %d points", rows[_i].why, guess.points);
    ck_assert_msg((guess.kinds & ~rows[_i].kinds) == 0 &&
                      (rows[_i].kinds == 0) == (guess.kinds == 0),
                  "%s: kinds %x", rows[_i].why, guess.kinds);
}
END_TEST

static const struct {
    const char *password, *login, *full;
    int32_t points;
    const char *why;
} names[] = {
    {"qzvxk", "qzvxk", NULL, 1, "the login name"},
    {"kxvzq", "qzvxk", NULL, 1, "backwards"},
    {"QZVXK", "qzvxk", NULL, 1, "in capitals"},
    {"qzvxk", "qzvxk.wpf", NULL, 1, "a part of it, up to a dot"},
    {"wpfj", "qzvxk.wpfj@office", NULL, 1, "a part between signs"},
    {"qz0xk", "qzoxk", NULL, 1, "disguised"},
    {"qzvxk", NULL, "Qzvxk Wpfj", 1, "a word of the full name"},
    {"qwpfj", NULL, "Qzvxk Wpfj", 1, "an initial and the last name"},
    {"wpfjq", NULL, "Qzvxk Wpfj", 1, "the last name and an initial"},
    {"qzvxkw", NULL, "Qzvxk Wpfj", 1, "the first name and the other's initial"},
    {"qzvxm", "qzvxk", NULL, 5, "near is not it"},
    {"qz", "qz", NULL, 2, "too short to be told"},
    {"qzvxk", NULL, NULL, 5, "nobody's"},
};

START_TEST(the_users_own_names_are_guessed)
{
    struct vp_guess guess = weigh(names[_i].password, names[_i].login, names[_i].full);

    ck_assert_msg(guess.points == names[_i].points, "%s: %d points", names[_i].why, guess.points);
}
END_TEST

/* Whatever stands behind a password makes it no easier by more than its own cover. */
START_TEST(a_longer_password_has_no_fewer_points_than_its_beginning_minus_one_cover)
{
    static const char alphabet[] = "aeiounhg1234567890!@#$pswrdQWERTY";
    uint32_t state = 1017;

    for (int round = 0; round < 3000; round++) {
        char password[24];
        size_t length = 1 + next_random(&state) % 20;
        int32_t whole, beginning;

        for (size_t i = 0; i < length; i++)
            password[i] = alphabet[next_random(&state) % (sizeof alphabet - 1)];
        password[length] = '\0';
        whole = weigh(password, NULL, NULL).points;
        ck_assert_int_le(whole, (int32_t)length);
        ck_assert_int_ge(whole, 1);
        password[length - 1] = '\0';
        beginning = weigh(password, NULL, NULL).points;
        ck_assert_int_le(whole, beginning + 1);
    }
}
END_TEST

struct trial {
    struct vp_guess guess;
};

static void weigh_secret(void *context)
{
    struct trial *trial = context;
    char secret[SECRET_LENGTH + 1];
    struct vp_candidate candidate;
    const struct vp_guess_person nobody = {0};

    secret_write(secret);
    vp_rules_read(secret, SECRET_LENGTH, &candidate);
    trial->guess = vp_guess_weigh(&candidate, &vp_wordlist_builtin, &nobody);
    vp_rules_wipe(&candidate);
    explicit_bzero(secret, sizeof secret);
}

START_TEST(nothing_of_the_password_is_left)
{
    struct trial trial = {0};

    ck_assert_uint_eq(secret_copies_after(weigh_secret, &trial), 0);
    ck_assert_int_ge(trial.guess.points, 1);
}
END_TEST

START_TEST(the_longest_password_is_weighed_in_time)
{
    char password[VP_PASSWORD_SIZE];

    memset(password, 'a', sizeof password - 1);
    for (size_t i = 0; i < sizeof password - 1; i += 2)
        password[i] = '1';
    password[sizeof password - 1] = '\0';
    ck_assert_int_ge(weigh(password, "a1a1a1", "A1 A1 A1").points, 1);
}
END_TEST

static const struct {
    const char *password;
    int32_t without, with;
    const char *why;
} local[] = {
    {"Qxzvkw#1", 8, 3, "a word of this place"},
    {"qxzvkW", 6, 1, "in any case"},
    {"Qxzvbwjf#1", 10, 3, "with a letter wrong"},
    {"wkvzxQ#1", 8, 3, "backwards"},
    {"QxxzvkkW#1", 10, 3, "with letters twice"},
    {"Haiphong#1", 3, 3, "the built-in words count all the same"},
    {"QxzvkwHaiphong", 7, 2, "one beside the other"},
    {"Kjqxw#1", 7, 7, "what stands in neither"},
};

START_TEST(local_words_count_beside_the_built_in_ones)
{
    struct vp_words words = {0};
    struct vp_guess_person person = {NULL, NULL, NULL};
    struct vp_candidate candidate;

    ck_assert_int_eq(vp_words_add(&words, "Qx zvkw\nqxzvkwjf", 16), 0);
    ck_assert_int_eq(vp_words_finish(&words), 0);
    vp_rules_read(local[_i].password, strlen(local[_i].password), &candidate);
    ck_assert_msg(vp_guess_weigh(&candidate, &vp_wordlist_builtin, &person).points ==
                      local[_i].without,
                  "%s, without", local[_i].why);
    person.words = &words.list;
    ck_assert_msg(vp_guess_weigh(&candidate, &vp_wordlist_builtin, &person).points ==
                      local[_i].with,
                  "%s", local[_i].why);
    vp_words_free(&words);
}
END_TEST

Suite *suite_guess(void)
{
    Suite *suite = suite_create("guess");
    TCase *tcase = tcase_create("guess");

    ADD_ROWS(tcase, the_cheapest_cover_is_counted_and_named, rows);
    ADD_ROWS(tcase, the_users_own_names_are_guessed, names);
    tcase_add_test(tcase, a_longer_password_has_no_fewer_points_than_its_beginning_minus_one_cover);
    tcase_add_test(tcase, nothing_of_the_password_is_left);
    tcase_add_test(tcase, the_longest_password_is_weighed_in_time);
    ADD_ROWS(tcase, local_words_count_beside_the_built_in_ones, local);
    suite_add_tcase(suite, tcase);
    return suite;
}
