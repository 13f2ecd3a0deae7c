/*
 * Trying a new password: one, asked for or read from a pipe, or one a line. Nothing is changed.
 *
 * Passwords stand in buffers of a fixed size that are wiped, never in stdio's and never moved.
 */
#include "../lib/error.h"
#include "../lib/message.h"
#include "../lib/rules.h"
#include "../lib/secret.h"
#include "command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/* Longer ones are refused by their length, so no more than this is kept of them. */
#define KEPT_SIZE 4096

/* Lines of standard input. Holds secrets. */
struct lines {
    char chunk[KEPT_SIZE];
    size_t at, end;
    char line[KEPT_SIZE];
    size_t length; /* of the line, without its newline; at most KEPT_SIZE - 1 */
};

static void wipe_lines(struct lines *lines)
{
    vp_secret_wipe(lines, sizeof *lines);
}

/* One more chunk of input: 1, 0 at its end, -1 with errno set. */
static int fill_chunk(struct lines *lines)
{
    ssize_t got;

    do
        got = read(STDIN_FILENO, lines->chunk, sizeof lines->chunk);
    while (got < 0 && errno == EINTR);
    lines->at = 0;
    lines->end = got < 0 ? 0 : (size_t)got;
    return got < 0 ? -1 : got > 0;
}

/* The next line, whatever its bytes, and with a NUL behind it: 1, 0 at the end, -1 and errno. */
static int next_line(struct lines *lines)
{
    bool any = false;

    vp_secret_wipe(lines->line, sizeof lines->line);
    lines->length = 0;
    for (;;) {
        if (lines->at == lines->end) {
            int got = fill_chunk(lines);

            if (got <= 0)
                return got < 0 ? -1 : any;
        }
        any = true;
        if (lines->chunk[lines->at] == '\n') {
            lines->at++;
            return 1;
        }
        if (lines->length < sizeof lines->line - 1)
            lines->line[lines->length++] = lines->chunk[lines->at];
        lines->at++;
    }
}

/* ---- a terminal ------------------------------------------------------------------------------ */

/*
 * Waits for a line or for a signal that would end or stop us: it is held back until the terminal
 * echoes again. Returns true where there is a line.
 */
static bool wait_for_line(int signals)
{
    struct pollfd waiting[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = signals, .events = POLLIN}};

    while (poll(waiting, 2, -1) < 0)
        if (errno != EINTR)
            return true;
    return waiting[1].revents == 0;
}

static void set_echo(bool on)
{
    struct termios settings;

    if (tcgetattr(STDIN_FILENO, &settings) != 0)
        return;
    if (on)
        settings.c_lflag |= ECHO;
    else
        settings.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings);
}

static int ask(struct lines *lines)
{
    struct termios before;
    sigset_t held, usual;
    bool answered = false;
    int result = -1;
    int signals;

    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGQUIT);
    sigaddset(&held, SIGTSTP);
    signals = signalfd(-1, &held, SFD_CLOEXEC);
    if (signals < 0 || tcgetattr(STDIN_FILENO, &before) != 0)
        goto out;
    while (!answered) {
        sigprocmask(SIG_BLOCK, &held, &usual);
        set_echo(false);
        /* After that, which throws away what was typed before. */
        fprintf(stderr, "New password to try: ");
        answered = wait_for_line(signals);
        if (answered)
            result = next_line(lines);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fprintf(stderr, "\n");
        sigprocmask(SIG_SETMASK, &usual, NULL); /* here a held signal ends or stops us */
    }
out:
    if (signals >= 0)
        close(signals);
    return result;
}

/* ---- judging --------------------------------------------------------------------------------- */

/* Fills failures_out with everything that is wrong. 0, or -1 after an error message. */
static int judge(struct cmd_trial *trial, const struct lines *lines,
                 struct vp_failures *failures_out)
{
    struct vp_error error;
    int result = vp_inquiry_check_rules(&trial->inquiry, lines->line, lines->length, NULL,
                                        failures_out, &error);

    /* crypt(3) would take what stands before a NUL for all of it; no password can hold one. */
    if (result == 0 && trial->history_known && strlen(lines->line) == lines->length)
        result = vp_inquiry_check_history(&trial->inquiry, lines->line, failures_out, &error);
    if (result != 0)
        cmd_complain_error(&error);
    return result;
}

static const struct vp_failure *find_failure(const struct vp_failures *failures, enum vp_rule rule)
{
    for (size_t i = 0; i < failures->count; i++)
        if (failures->list[i].rule == rule)
            return &failures->list[i];
    return NULL;
}

/* Why a rule was not tried, or NULL. */
static const char *why_skipped(const struct cmd_trial *trial, const struct vp_failures *failures,
                               enum vp_rule rule)
{
    const struct vp_values *values = &trial->inquiry.values;
    bool allowed = values->non_ascii == VP_NON_ASCII_ALLOW;

    switch (rule) {
    case VP_RULE_ACCENTS:
        return allowed ? "non_ascii = allow" : NULL;
    case VP_RULE_NOT_UTF8:
    case VP_RULE_NOT_COMPOSED:
        return allowed ? NULL : "non_ascii = refuse";
    case VP_RULE_NO_UPPER:
        return values->min_upper == 0 ? "min_upper = 0" : NULL;
    case VP_RULE_NO_LOWER:
        return values->min_lower == 0 ? "min_lower = 0" : NULL;
    case VP_RULE_NO_DIGIT:
        return values->min_digit == 0 ? "min_digit = 0" : NULL;
    case VP_RULE_NO_SPECIAL:
        return values->min_special == 0 ? "min_special = 0" : NULL;
    case VP_RULE_REPEATED:
        return values->max_repeat == 0 ? "max_repeat = 0" : NULL;
    case VP_RULE_LOGIN_NAME:
        return trial->known ? NULL : "no --user";
    case VP_RULE_GUESSED:
        return values->min_points == 0                             ? "min_points = 0"
               : find_failure(failures, VP_RULE_TOO_SHORT) != NULL ? "it is too short"
                                                                   : NULL;
    case VP_RULE_BREACHED:
        return values->breached == NULL                              ? "breached = none"
               : trial->inquiry.troubles & 1u << VP_TROUBLE_BREACHED ? "the list cannot be asked"
                                                                     : NULL;
    case VP_RULE_SIMILAR:
        return "the old password is not asked for";
    case VP_RULE_CURRENT:
    case VP_RULE_REUSED:
        return trial->history_known ? NULL
               : trial->known       ? "the old hashes cannot be read"
                                    : "no --user";
    default:
        return NULL;
    }
}

static void say_rules(const struct cmd_trial *trial, const struct vp_failures *failures)
{
    for (int i = 0; i < VP_RULE_COUNT; i++) {
        enum vp_rule rule = (enum vp_rule)i;
        const struct vp_failure *failure = find_failure(failures, rule);
        const char *skipped = why_skipped(trial, failures, rule);
        char text[256];

        if (failure != NULL) {
            vp_message_reason(VP_LANGUAGE_EN, failure, text, sizeof text);
            cmd_say("FAIL %s: %s", vp_rules_code(rule), text);
        } else if (skipped != NULL) {
            cmd_say("skip %s: %s", vp_rules_code(rule), skipped);
        } else {
            cmd_say("pass %s", vp_rules_code(rule));
        }
    }
}

/* The sentence in the policy's language, or in both where the program's locale decides. */
static void say_sentences(const struct cmd_trial *trial, const struct vp_failures *failures)
{
    int32_t language = trial->inquiry.values.language;
    char text[VP_MESSAGE_SIZE];

    if (failures->count == 0) {
        cmd_say("accepted");
        return;
    }
    if (language != VP_LANGUAGE_VI) {
        vp_message_refusal(VP_LANGUAGE_EN, failures, false, text);
        cmd_say("reads (en): %s", text);
    }
    if (language != VP_LANGUAGE_EN) {
        vp_message_refusal(VP_LANGUAGE_VI, failures, false, text);
        cmd_say("reads (vi): %s", text);
    }
}

static enum cmd_status try_one(struct cmd_trial *trial, struct lines *lines)
{
    struct vp_failures failures = {0};
    int got = isatty(STDIN_FILENO) ? ask(lines) : next_line(lines);

    if (got <= 0) {
        cmd_complain("no password was given%s%s", got < 0 ? ": " : "",
                     got < 0 ? strerror(errno) : "");
        return CMD_ERROR;
    }
    if (judge(trial, lines, &failures) != 0)
        return CMD_ERROR;
    say_rules(trial, &failures);
    say_sentences(trial, &failures);
    return failures.count == 0 ? CMD_YES : CMD_NO;
}

static enum cmd_status try_all(struct cmd_trial *trial, struct lines *lines)
{
    enum cmd_status status = CMD_YES;
    struct vp_failures failures;
    int got;

    while ((got = next_line(lines)) > 0) {
        if (judge(trial, lines, &failures) != 0)
            return CMD_ERROR;
        printf("%s", failures.count == 0 ? "ok" : "refused\t");
        for (size_t i = 0; i < failures.count; i++)
            printf("%s%s", i == 0 ? "" : ",", vp_rules_code(failures.list[i].rule));
        printf("\n");
        if (failures.count > 0)
            status = CMD_NO;
    }
    if (got < 0) {
        cmd_complain("standard input: %s", strerror(errno));
        return CMD_ERROR;
    }
    return status;
}

enum cmd_status cmd_test(const struct cmd_arguments *arguments)
{
    struct lines *lines = calloc(1, sizeof *lines);
    const char *user = arguments->name_count > 0 ? arguments->names[0] : NULL;
    struct cmd_trial trial;
    enum cmd_status status = CMD_ERROR;

    if (cmd_trial_open(arguments, user, &trial) != 0)
        goto out;
    if (lines == NULL)
        cmd_complain("no memory");
    else
        status = arguments->batch ? try_all(&trial, lines) : try_one(&trial, lines);
out:
    cmd_trial_close(&trial);
    if (lines != NULL)
        wipe_lines(lines);
    free(lines);
    return status;
}
