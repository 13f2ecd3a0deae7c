/*
 * What a question to a list of breached passwords costs: ours, and passwdqc's filter of the same
 * passwords. Compiled inside the private system by tests/bench/breached.
 *
 *   breached LIST FILTER QUESTIONS COLD     microseconds, a line for each way to ask
 *
 * A question is about a password by chance, as good ones are. hot: the mean of QUESTIONS, in the
 * median of eleven turns, all ways in turn. cold: the median of COLD questions, before each of
 * which the file is put out of memory. passwdqc has no door to its filter alone: what it takes is
 * the difference between a check with filter and one without.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "../../lib/breached.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <passwdqc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TURNS 11
#define WAYS  4

static const char *list_path, *filter_path;
static struct vp_breached kept;
static passwdqc_params_t with_filter, without;
static unsigned found[WAYS];

static void stop(const char *what)
{
    fprintf(stderr, "breached: %s\n", what);
    exit(2);
}

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Another one each time; passwdqc takes them for good, so that it comes to its filter. */
static const char *next_password(void)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#%+-=!?@";
    static unsigned long long state = 1017;
    static char password[24];

    for (size_t i = 0; i < 20; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        password[i] = letters[(state >> 33) % (sizeof letters - 1)];
    }
    return password;
}

static void ask(int way)
{
    const char *password = next_password();
    struct vp_breached list;
    struct vp_error error;
    int result;

    switch (way) {
    case 0: /* as the module does it */
        result = vp_breached_open(list_path, &list, &error) == 0
                     ? vp_breached_holds(&list, password, strlen(password), &error)
                     : -1;
        vp_breached_close(&list);
        break;
    case 1:
        result = vp_breached_holds(&kept, password, strlen(password), &error);
        break;
    case 2:
        result = passwdqc_check(&with_filter.qc, password, NULL, NULL) != NULL;
        break;
    default:
        result = passwdqc_check(&without.qc, password, NULL, NULL) != NULL;
        break;
    }
    if (result < 0)
        stop(error.text);
    found[way] += (unsigned)result;
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return times[count / 2];
}

static void measure_hot(long questions, double hot[WAYS])
{
    static double times[WAYS][TURNS];

    for (int turn = 0; turn < TURNS; turn++)
        for (int way = 0; way < WAYS; way++) {
            double began = now_us();

            for (long i = 0; i < questions; i++)
                ask(way);
            times[way][turn] = (now_us() - began) / (double)questions;
        }
    for (int way = 0; way < WAYS; way++)
        hot[way] = median(times[way], TURNS);
}

static void put_out_of_memory(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
        stop(path);
    close(file);
}

static void measure_cold(long questions, double cold[WAYS])
{
    double *times = calloc((size_t)questions, sizeof *times);

    for (int way = 0; way < WAYS && times != NULL; way++) {
        for (long i = 0; i < questions; i++) {
            double began;

            put_out_of_memory(way < 2 ? list_path : filter_path);
            began = now_us();
            ask(way);
            times[i] = now_us() - began;
        }
        cold[way] = median(times, (size_t)questions);
    }
    free(times);
}

static void read_params(passwdqc_params_t *params, const char *filter)
{
    char option[4096];
    const char *argv[] = {"min=8,8,8,8,8", "passphrase=0", "match=0", option};
    char *reason = NULL;

    snprintf(option, sizeof option, "filter=%s", filter == NULL ? "" : filter);
    passwdqc_params_reset(params);
    if (passwdqc_params_parse(params, &reason, filter == NULL ? 3 : 4, argv) != 0)
        stop(reason);
}

int main(int argc, char **argv)
{
    double hot[WAYS], cold[WAYS];
    struct vp_error error;
    long questions;

    if (argc != 5)
        return 2;
    list_path = argv[1];
    filter_path = argv[2];
    questions = atol(argv[3]);
    /* As in a server whose programs use libmd anyway, or keep the module: dpkg and libbsd have it.
     */
    if (vp_breached_open(list_path, &kept, &error) != 0)
        stop(error.text);
    read_params(&with_filter, filter_path);
    read_params(&without, NULL);
    measure_hot(questions, hot);
    measure_cold(atol(argv[4]), cold);
    printf("  %-44s%10s%10s\n", "a question, microseconds", "hot", "cold");
    printf("  %-44s%10.2f%10.1f\n", "ours, opened and closed", hot[0], cold[0]);
    printf("  %-44s%10.2f%10.1f\n", "ours, kept open", hot[1], cold[1]);
    printf("  %-44s%10.2f%10.1f\n", "passwdqc's filter, opened and closed", hot[2] - hot[3],
           cold[2] - cold[3]);
    printf("  of %ld questions each, found by chance: ours %u, passwdqc's %u\n", questions * TURNS,
           found[1], found[2] - found[3]);
    return 0;
}
