/*
 * New passwords, a line each, for accounts that are being made. Nothing is changed.
 *
 * Each is written at once and wiped: stdio would keep a copy.
 */
#include "../lib/generate.h"
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/secret.h"
#include "command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* More at once is a slip of the keyboard; a whole school has room. */
#define MOST 1000

/* What the words ask for. Returns 0, or -1 after an error message. */
static int read_request(const struct cmd_arguments *arguments, const char **user_out,
                        int64_t *count_out)
{
    size_t words = arguments->name_count - arguments->option_count;
    const char *word = words > 0 ? arguments->names[arguments->option_count] : "1";

    *user_out = arguments->option_count > 0 ? arguments->names[0] : NULL;
    if (arguments->option_count > 1 || words > 1) {
        cmd_complain("usage: vpolicy generate [--user USER] [N]");
        return -1;
    }
    if (vp_number_parse(word, 1, MOST, count_out) != 0) {
        cmd_complain("generate: %s: how many? a number from 1 to %d (a name: --user %s)", word,
                     MOST, word);
        return -1;
    }
    return 0;
}

/* Returns 0, or -1 and errno. */
static int write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, text, length);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/* Makes one and prints it. Returns 0, or -1 after an error message. */
static int print_one(struct cmd_trial *trial, unsigned *bits_out)
{
    char line[VP_PASSWORD_SIZE + 1];
    struct vp_error error;
    int result =
        vp_inquiry_generate(&trial->inquiry, NULL, trial->history_known, line, bits_out, &error);

    if (result != 0) {
        cmd_complain_error(&error);
    } else {
        size_t length = strlen(line);

        line[length] = '\n';
        result = write_all(line, length + 1);
        /* A reader that has seen enough (| head) is no error worth a word. */
        if (result != 0 && errno != EPIPE)
            cmd_complain("standard output: %s", strerror(errno));
    }
    vp_secret_wipe(line, sizeof line);
    return result;
}

static enum cmd_status print_all(struct cmd_trial *trial, int64_t count)
{
    unsigned bits = 0;

    for (int64_t i = 0; i < count; i++)
        if (print_one(trial, &bits) != 0)
            return CMD_ERROR;
    if (bits < VP_GENERATE_BITS)
        cmd_complain("the policy (max_length = %d) leaves room for %u bits of chance, not %d: who "
                     "gets hold of the hashes can find such passwords",
                     trial->inquiry.values.max_length, bits, VP_GENERATE_BITS);
    return CMD_YES;
}

enum cmd_status cmd_generate(const struct cmd_arguments *arguments)
{
    const char *user;
    int64_t count;
    struct cmd_trial trial;
    enum cmd_status status = CMD_ERROR;

    if (read_request(arguments, &user, &count) != 0)
        return CMD_ERROR;
    if (cmd_trial_open(arguments, user, &trial) == 0)
        status = print_all(&trial, count);
    cmd_trial_close(&trial);
    return status;
}
