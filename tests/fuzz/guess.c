/*
 * Fuzz target: the points rule over any password of anybody. Input: login name, NUL, full name,
 * NUL, password. What it holds to: folding and covering stay within their buffers; points lie
 * between one and the number of characters; a longer password has no more than one point more; and
 * none takes ten times as long as others of its length. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later
 */
#include "../../lib/guess.h"
#include "../../lib/fold.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is longer is weighed by its first 128 characters. */
#define LENGTH_MAX 128
#define SAMPLES    31
/* A clock that was interrupted is asked again. */
#define REPEATS 7
#define SLOWER  10

static int64_t median_ns[LENGTH_MAX + 1];

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

/* The shortest of some times that weighing takes. */
static int64_t time_weighing(const struct vp_candidate *candidate,
                             const struct vp_guess_person *person, int repeats)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < repeats; i++) {
        int64_t began = now_ns(), took;

        (void)vp_guess_weigh(candidate, &vp_wordlist_builtin, person);
        took = now_ns() - began;
        least = took < least ? took : least;
    }
    return least;
}

static int compare(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

/* The median of passwords of this length that chance has made. */
static int64_t median_of(size_t length)
{
    const struct vp_guess_person nobody = {0};
    int64_t times[SAMPLES];
    struct vp_candidate candidate;
    char password[LENGTH_MAX];
    unsigned state = 1017;

    if (median_ns[length] != 0)
        return median_ns[length];
    for (size_t i = 0; i < SAMPLES; i++) {
        for (size_t j = 0; j < length; j++) {
            state = state * 1103515245 + 12345;
            password[j] = (char)('!' + (state >> 16) % 94);
        }
        vp_rules_read(password, length, &candidate);
        times[i] = time_weighing(&candidate, &nobody, 3);
    }
    qsort(times, SAMPLES, sizeof times[0], compare);
    median_ns[length] = times[SAMPLES / 2] + 1;
    return median_ns[length];
}

static void hold_to(int rule, const char *what, int64_t found, int64_t allowed)
{
    if (rule)
        return;
    fprintf(stderr, "%s: %lld, allowed %lld\n", what, (long long)found, (long long)allowed);
    abort();
}

static void hold_to_time(const struct vp_candidate *candidate, const struct vp_guess_person *person)
{
    size_t length = candidate->count < LENGTH_MAX ? candidate->count : LENGTH_MAX;
    int64_t allowed = SLOWER * median_of(length), took = time_weighing(candidate, person, 1);

    if (took > allowed)
        took = time_weighing(candidate, person, REPEATS);
    hold_to(took <= allowed, "nanoseconds", took, allowed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[2048];
    const char *login = text, *full, *password;
    struct vp_guess_person person = {0};
    struct vp_candidate candidate;
    uint32_t core[VP_PASSWORD_SIZE];
    struct vp_guess guess, longer;
    size_t length;

    if (size > sizeof text - 3)
        return 0;
    memset(text, 0, sizeof text);
    memcpy(text, data, size);
    full = login + strlen(login) + 1;
    password = full + strlen(full) + 1;
    length = password - text < (ptrdiff_t)size ? size - (size_t)(password - text) : 0;
    person.login_name = login;
    person.full_name = full;
    vp_rules_read(password, length, &candidate);
    guess = vp_guess_weigh(&candidate, &vp_wordlist_builtin, &person);
    hold_to(guess.points >= 0 && guess.points <= (int32_t)candidate.count, "points", guess.points,
            (int64_t)candidate.count);
    hold_to(vp_fold_core(candidate.points, candidate.count, core) <= candidate.count, "core", 0, 0);
    hold_to_time(&candidate, &person);
    if (candidate.count > 0 && candidate.count < LENGTH_MAX) {
        candidate.points[candidate.count++] = 0x17;
        longer = vp_guess_weigh(&candidate, &vp_wordlist_builtin, &person);
        hold_to(longer.points <= guess.points + 1, "points of a longer one", longer.points,
                guess.points + 1);
    }
    return 0;
}
