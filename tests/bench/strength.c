/*
 * New passwords through libpam: what a password stack says to each, or what that costs. Compiled
 * inside the private system. No stack of tests/bench/strength changes an account.
 *
 *   strength STACKS MODULES judge ROW             a line out for each password: PAM's number
 *   strength STACKS MODULES repeat COUNT ROW      each password COUNT times, for callgrind
 *   strength STACKS MODULES time BATCHES ROW...   a line out for each ROW: microseconds a
 * transaction
 *
 * Passwords stand in standard input, one a line. STACKS is a folder of PAM services, ROW one of
 * them and the user, SERVICE:USER. MODULES are paths with colons between, or "": they stay in
 * memory from the start, as in a server that has many transactions; others are loaded by each.
 *
 * time: a batch is ten passwords. The rows take turns, BATCHES times, so that none has a quieter
 * machine than another; of each ten passwords the median counts, and of those the mean.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <security/pam_appl.h>

#define PASSWORDS_MAX 100000
#define ROWS_MAX      16
#define BATCHES_MAX   1000
#define IN_BATCH      10 /* a few milliseconds: most batches are not interrupted */

static char *passwords[PASSWORDS_MAX];
static size_t password_count;

static void stop(const char *what, const char *which)
{
    fprintf(stderr, "strength: %s: %s\n", what, which);
    exit(2);
}

/* Every question has the new password for an answer: asked, and asked again. */
static int converse(int count, const struct pam_message **messages, struct pam_response **out,
                    void *data)
{
    struct pam_response *responses = calloc((size_t)count, sizeof *responses);

    if (responses == NULL)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            responses[i].resp = strdup(data);
    *out = responses;
    return PAM_SUCCESS;
}

/* One transaction, as passwd has it; the number that pam_chauthtok answers. */
static int change(const char *stacks, const char *row, char *password)
{
    const struct pam_conv conversation = {converse, password};
    char service[64];
    const char *user = strchr(row, ':');
    pam_handle_t *pamh = NULL;
    int answer;

    if (user == NULL)
        stop("not SERVICE:USER", row);
    snprintf(service, sizeof service, "%.*s", (int)(user - row), row);
    if (pam_start_confdir(service, user + 1, &conversation, stacks, &pamh) != PAM_SUCCESS)
        stop("cannot start", row);
    answer = pam_chauthtok(pamh, 0);
    pam_end(pamh, answer);
    return answer;
}

static void read_passwords(void)
{
    char line[1024];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (password_count == PASSWORDS_MAX || (passwords[password_count++] = strdup(line)) == NULL)
            stop("too many passwords", line);
    }
}

static void keep_in_memory(char *modules)
{
    for (char *path = strtok(modules, ":"); path != NULL; path = strtok(NULL, ":"))
        if (dlopen(path, RTLD_NOW) == NULL)
            stop("cannot load", dlerror());
}

static void judge(const char *stacks, const char *row)
{
    for (size_t i = 0; i < password_count; i++)
        printf("%d\n", change(stacks, row, passwords[i]));
}

/* Passwords from..to-1, so many times over. */
static void repeat(const char *stacks, const char *row, size_t from, size_t to, int count)
{
    for (int turn = 0; turn < count; turn++)
        for (size_t i = from; i < to; i++)
            (void)change(stacks, row, passwords[i]);
}

static double microseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Microseconds a transaction of each row, added to sums, over passwords from..to-1. */
static void measure_some(const char *stacks, char **rows, int row_count, int batches, size_t from,
                         size_t to, double *sums)
{
    static double taken[ROWS_MAX][BATCHES_MAX];

    for (int batch = 0; batch < batches; batch++)
        for (int row = 0; row < row_count; row++) {
            double start = microseconds_now();

            repeat(stacks, rows[row], from, to, 1);
            taken[row][batch] = microseconds_now() - start;
        }
    for (int row = 0; row < row_count; row++) {
        qsort(taken[row], (size_t)batches, sizeof taken[row][0], ascending);
        sums[row] += taken[row][batches / 2];
    }
}

static void measure(const char *stacks, char **rows, int row_count, int batches)
{
    double sums[ROWS_MAX] = {0};

    if (row_count > ROWS_MAX || batches < 1 || batches > BATCHES_MAX || password_count == 0)
        stop("too many rows or batches, or no password", rows[0]);
    /* Not counted: the first time, files come into the cache and symbols are resolved. */
    for (int row = 0; row < row_count; row++)
        repeat(stacks, rows[row], 0, password_count, 1);
    for (size_t from = 0; from < password_count; from += IN_BATCH) {
        size_t to = from + IN_BATCH < password_count ? from + IN_BATCH : password_count;

        measure_some(stacks, rows, row_count, batches, from, to, sums);
    }
    for (int row = 0; row < row_count; row++)
        printf("%.2f\n", sums[row] / (double)password_count);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    read_passwords();
    keep_in_memory(argv[2]);
    if (strcmp(argv[3], "judge") == 0)
        judge(argv[1], argv[4]);
    else if (strcmp(argv[3], "repeat") == 0 && argc == 6)
        repeat(argv[1], argv[5], 0, password_count, atoi(argv[4]));
    else if (strcmp(argv[3], "time") == 0 && argc > 5)
        measure(argv[1], argv + 5, argc - 5, atoi(argv[4]));
    else
        return 2;
    return 0;
}
