/*
 * Makes lists of breached passwords for the key `breached` of vpolicy.conf(5), and verifies them:
 * vpolicy-breached(8). A program of its own: it is run once a year, and needs nothing of an
 * account.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "breached/breached.h"
#include "cmd/command.h"
#include "lib/error.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: vpolicy-breached build [--format FORMAT] IN... -o OUT\n"
    "       vpolicy-breached check FILE\n"
    "\n"
    "  build            make a list out of what was exposed; - is standard input\n"
    "    -o OUT         where to; what is there is replaced when the new list is complete\n"
    "    --format WORD  of all inputs: sha1, ntlm (HASH or HASH:COUNT a line) or plain (a "
    "password\n"
    "                   a line); told by each input's first line unless given\n"
    "  check            read all of a list, and say whether it is sound\n"
    "\n"
    "vpolicy-breached(8) says more. Exit status 0, or 2 for wrong usage or an error.\n";

static const char *const formats[] = {
    [INPUT_SHA1] = "sha1", [INPUT_NTLM] = "ntlm", [INPUT_PLAIN] = "plain"};

int breached_complain(const char *format, ...)
{
    char line[2048];
    va_list values;

    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    cmd_blunt(line, true);
    fflush(stdout);
    fprintf(stderr, "vpolicy-breached: %s\n", line);
    return -1;
}

int breached_complain_error(const struct vp_error *error)
{
    char text[1024];

    vp_error_print(error, text, sizeof text);
    return breached_complain("%s", text);
}

const char *breached_hash_name(enum vp_filter_hash hash)
{
    return hash == VP_FILTER_NTLM ? "NTLM" : "SHA-1";
}

struct arguments {
    const char *out;
    enum input_format format;
    bool help, version;
};

static int read_format(const char *word, enum input_format *format_out)
{
    for (size_t i = INPUT_SHA1; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(word, formats[i]) == 0) {
            *format_out = (enum input_format)i;
            return 0;
        }
    return breached_complain("--format: \"%s\" is unknown (write sha1, ntlm or plain)", word);
}

/* Options may stand anywhere; optind is then where the words begin. */
static int read_arguments(int argc, char **argv, struct arguments *arguments_out)
{
    static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'V'},
                                            {"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
        if (option == 'h')
            arguments_out->help = true;
        else if (option == 'V')
            arguments_out->version = true;
        else if (option == 'o')
            arguments_out->out = optarg;
        else if (option != 'f' || read_format(optarg, &arguments_out->format) != 0)
            return -1;
    }
    return 0;
}

/* For the progress bar: the bytes of all files, 0 where one is none. */
static uint64_t size_of(char *const *paths)
{
    uint64_t total = 0;

    for (; *paths != NULL; paths++) {
        struct stat status;

        if (stat(*paths, &status) != 0 || !S_ISREG(status.st_mode))
            return 0;
        total += (uint64_t)status.st_size;
    }
    return total;
}

/*
 * Taking the name would put a file in the place of /dev/null, or of a link whose target then stays
 * as it was.
 */
static int check_out(const char *out)
{
    struct stat status;

    if (lstat(out, &status) == 0 && !S_ISREG(status.st_mode))
        return breached_complain("%s: is no regular file, and nothing else is replaced (name "
                                 "another)",
                                 out);
    return 0;
}

static int write_sorted(struct input *input, const char *out)
{
    uint64_t count;

    if (input->lines == 0)
        return breached_complain("nothing was read, and no list is made of nothing");
    if (spool_sort(input->spool, &count) != 0 ||
        list_write(input->hashes, input->spool, count, input->hash, out) != 0)
        return -1;
    printf("%s: %llu passwords by their %s hashes, of %llu lines", out, (unsigned long long)count,
           breached_hash_name(input->hash), (unsigned long long)input->lines);
    if (input->passed_over > 0)
        printf("; %llu passed over (a count of 0, or no password can be like that)",
               (unsigned long long)input->passed_over);
    printf("\n");
    return 0;
}

static int build(const struct arguments *arguments, char *const *paths)
{
    struct vp_breached hashes;
    struct vp_error error;
    struct input input = {.hashes = &hashes, .format = arguments->format, .total = size_of(paths)};
    int result = -1;

    if (check_out(arguments->out) != 0)
        return -1;
    if (vp_breached_load(&hashes, &error) != 0)
        (void)breached_complain_error(&error);
    else
        input.spool = spool_open(arguments->out);
    if (input.spool != NULL)
        result = 0;
    for (; *paths != NULL && result == 0; paths++)
        result = input_read(&input, *paths);
    if (input.total > 0)
        cmd_progress((size_t)(input.total >> 20) + 1, (size_t)(input.total >> 20) + 1);
    if (result == 0)
        result = write_sorted(&input, arguments->out);
    spool_close(input.spool);
    vp_breached_close(&hashes);
    return result;
}

static int run(int argc, char **argv, const struct arguments *arguments)
{
    const char *command = optind < argc ? argv[optind] : "";
    int words = argc - optind - 1;

    if (arguments->help) {
        fputs(usage, stdout);
        return 0;
    }
    if (arguments->version) {
        printf("vpolicy-breached %s\n", VP_VERSION);
        return 0;
    }
    if (strcmp(command, "build") == 0 && words > 0 && arguments->out != NULL)
        return build(arguments, argv + optind + 1);
    if (strcmp(command, "check") == 0 && words == 1 && arguments->out == NULL)
        return list_check(argv[optind + 1]);
    fputs(usage, stderr);
    return -1;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.format = INPUT_GUESS};
    int result = read_arguments(argc, argv, &arguments);

    if (result == 0)
        result = run(argc, argv, &arguments);
    if (fflush(stdout) != 0)
        result = breached_complain("standard output: %s", strerror(errno));
    return result == 0 ? 0 : 2;
}
