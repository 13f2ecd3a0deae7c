/*
 * The administrators' door: vpolicy(8). Reads the command line, finds the subcommand in its table
 * and runs it. Exit status 0 yes, 1 no, 2 wrong usage or an error.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "cmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define ANY_NUMBER SIZE_MAX

/* What all commands take that do something to accounts, and how --help says it. */
#define CMD_WHOM (CMD_USER | CMD_SELECT | CMD_ASK | CMD_DRY_RUN)
/* And those that only look at them, or are about everybody unless told. */
#define SELECT                                                                                     \
    "WHOM is USER..., - for names on standard input, or\n"                                         \
    "  --group GROUP    its members\n"                                                             \
    "  --all            all accounts that are not the system's\n"                                  \
    "  --changed-before YYYY-MM-DD  of those, whose password was set before that day\n"
#define WHOM                                                                                       \
    "WHOM is USER..., - for names on standard input (at once), or a whole set (asks first):\n"     \
    "  --group GROUP    its members\n"                                                             \
    "  --all            all accounts that are not the system's\n"                                  \
    "  --changed-before YYYY-MM-DD  of those, whose password was set before that day\n"            \
    "  --yes            do not ask\n"                                                              \
    "  -n, --dry-run    change nothing, say what would be\n"

/* The first one is what vpolicy does without a command. */
static const struct cmd_command commands[] = {
    {.name = "status",
     .synopsis = "[--json]",
     .summary = "say how policy, store, stacks and accounts are, and what needs a hand",
     .details = "The same as vpolicy without a command.\n"
                "Exit status 0 if nothing needs a hand, 1 if something does.\n",
     .options = CMD_JSON,
     .run = cmd_status_report},
    {.name = "check",
     .synopsis = "[--csv | --json] [FILE]",
     .summary = "say what is wrong in a policy file",
     .details =
         "Every fault is told in one run, as FILE:LINE: KEY: TEXT. Warnings are no faults.\n"
         "Without FILE the policy in force is checked, and what holds if it does not count.\n"
         "  --csv, --json    for a spreadsheet, for a program\n"
         "Exit status 0 without faults, 1 with.\n",
     .options = CMD_CSV | CMD_JSON,
     .names_max = 1,
     .run = cmd_check},
    {.name = "diff",
     .synopsis = "[--csv | --json] FILE",
     .summary = "say for whom another policy file would make a difference",
     .details = "Who would be due or closed under FILE, or no longer, today and in 14 days.\n"
                "  --csv, --json    for a spreadsheet, for a program\n"
                "Exit status 0 if it becomes worse for nobody, 1 if for somebody.\n",
     .options = CMD_CSV | CMD_JSON,
     .names_min = 1,
     .names_max = 1,
     .run = cmd_diff},
    {.name = "edit",
     .synopsis = "[-n] [--yes]",
     .summary = "change the policy file, checked before it counts",
     .details =
         "In the editor of SUDO_EDITOR, VISUAL or EDITOR, on a copy. It is installed without a\n"
         "fault only, and after a question that says how many accounts would be due by it.\n"
         "  --yes            do not ask\n"
         "  -n, --dry-run    everything but installing\n",
     .options = CMD_ASK | CMD_DRY_RUN,
     .run = cmd_edit},
    {.name = "show",
     .synopsis = "[--json] USER [SERVICE]",
     .summary = "say what holds for a user, and what a login would get",
     .details =
         "Every value with the line and section it comes from, the record, today's verdict, what\n"
         "each kind of login would get, and what the user has to do. Writes nothing. SERVICE is a\n"
         "PAM service, login unless named. Whoever is not root may ask about himself.\n"
         "  --json           for a program\n"
         "Exit status 0 if a login with the right password is let in, 1 if it is refused or\n"
         "must first change the password.\n",
     .options = CMD_USER | CMD_JSON,
     .names_min = 1,
     .names_max = 2,
     .run = cmd_show},
    {.name = "list",
     .synopsis = "[--state WORD] [--due DAYS] [--idle DAYS] [--by group] [--csv | --json] [WHOM]",
     .summary = "say how all accounts stand, or some",
     .details =
         "  --state WORD     only those: ok, warn, must-change, closed, scheduled, exempt,\n"
         "                   no-password, unreadable; or a reason such as expired or retired\n"
         "  --due 14d        only those whose password is due, or will be within so many days\n"
         "  --idle 90d       only those who have not logged in for so many days\n"
         "  --by group       by group, and in each of somebody's groups\n"
         "  --csv, --json    for a spreadsheet, for a program\n" SELECT,
     .options = CMD_USER | CMD_SELECT | CMD_LIST | CMD_CSV | CMD_JSON,
     .names_max = ANY_NUMBER,
     .run = cmd_list},
    {.name = "suspect",
     .synopsis = "[--lock] [-n] WHOM --reason TEXT [--incident ID]",
     .summary = "make users change a password that others may know",
     .details =
         "  --reason TEXT    for the record and the log; users never read it\n"
         "  --incident ID    a name shared by everybody concerned\n"
         "  --lock           no login until an administrator has set a new password\n" WHOM
         "What goes on all the same (open sessions, keys, cron jobs) is listed, each with the\n"
         "command that ends it.\n",
     .options = CMD_WHOM | CMD_REASON | CMD_INCIDENT | CMD_LOCK,
     .names_max = ANY_NUMBER,
     .run = cmd_suspect},
    {.name = "clear",
     .synopsis = "[-n] WHOM",
     .summary = "take a suspicion back",
     .details =
         "Shadow's expiry date becomes what it was before, unless the account is closed.\n" WHOM,
     .options = CMD_WHOM,
     .names_max = ANY_NUMBER,
     .run = cmd_clear},
    {.name = "close",
     .synopsis = "[-n] WHOM --reason retired|transferred|other [--on YYYY-MM-DD] [--note TEXT] | "
                 "[-n] --file FILE [--note TEXT]",
     .summary = "close accounts: no login by password or key",
     .details =
         "  --reason WORD    retired, transferred or other\n"
         "  --on DATE        from 00:00 UTC of that day; today unless given\n"
         "  --note TEXT      for the record and the log; users never read it\n"
         "  --file FILE      a CSV file of users, dates and reasons; nothing is done if a line is "
         "wrong\n" WHOM
         "What goes on all the same (open sessions, mail forwarding) is listed, each with the\n"
         "command that ends it.\n",
     .options = CMD_WHOM | CMD_REASON | CMD_ON | CMD_NOTE | CMD_FILE,
     .names_max = ANY_NUMBER,
     .run = cmd_close},
    {.name = "reopen",
     .synopsis = "[-n] WHOM",
     .summary = "open closed or idle accounts again",
     .details =
         "Shadow's expiry date becomes what it was before, unless the account is locked.\n" WHOM,
     .options = CMD_WHOM,
     .names_max = ANY_NUMBER,
     .run = cmd_reopen},
    {.name = "test",
     .synopsis = "[--user USER] [--batch]",
     .summary = "try a new password against the rules, changing nothing",
     .details =
         "Asks for the password, or reads it from a pipe; it is never an argument.\n"
         "  --user USER      the rules for USER, and his old passwords where they can be read\n"
         "  --batch          a password a line; `ok` or `refused<TAB>CODE,CODE` a line\n"
         "Exit status 0 if all were accepted, 1 if not.\n",
     .options = CMD_USER | CMD_BATCH,
     .names_max = 1,
     .no_words = "a password is never an argument: it is asked for, or comes through a pipe",
     .run = cmd_test},
    {.name = "generate",
     .synopsis = "[--user USER] [N]",
     .summary = "make new passwords that the rules accept",
     .details = "N passwords, 1 to 1000, a line each; one unless given. Changes nothing.\n"
                "  --user USER      by the rules for USER, and none of his old passwords\n"
                "Each has 70 bits of chance or more, where max_length leaves room for them.\n",
     .options = CMD_USER,
     .names_max = ANY_NUMBER,
     .run = cmd_generate},
    {.name = "adopt",
     .synopsis = "[--within DAYS] [--strict] [-n] [--csv | --json] [WHOM] | --stamp-only",
     .summary = "begin records for accounts that were here before",
     .details =
         "All local accounts without a record, or WHOM; a password that a tool set for somebody\n"
         "named is accepted as the user's own. Says who is due when, by group.\n"
         "  --within 28d     spread those whose password is overdue over so many days\n"
         "  --strict         who was never seen to log in must change at the first login\n"
         "  --stamp-only     make the store and its stamp, no record\n"
         "  --csv, --json    for a spreadsheet, for a program\n"
         "  -n, --dry-run    change nothing, say what would be\n" SELECT,
     .options = CMD_USER | CMD_SELECT | CMD_WITHIN | CMD_STRICT | CMD_DRY_RUN | CMD_STAMP_ONLY |
                CMD_CSV | CMD_JSON,
     .names_max = ANY_NUMBER,
     .run = cmd_adopt},
    {.name = "stack",
     .synopsis = "[--json] [SERVICE...]",
     .summary = "say what is wrong with our lines in /etc/pam.d",
     .details =
         "All services, or those named: whatever lets a login or a new password slip by, or\n"
         "refuses in vain, as FILE:LINE: WORD: SERVICES: TEXT, and what to write instead.\n"
         "vpolicy(8) explains each WORD.\n"
         "  --json           for a program: an array of faults\n"
         "Exit status 0 without faults, 1 with.\n",
     .options = CMD_JSON,
     .names_max = ANY_NUMBER,
     .run = cmd_stack},
    {.name = "forget",
     .synopsis = "[-n] USER...",
     .summary = "drop records, keeping a copy",
     .details = "Also of accounts that are gone, and records that are damaged. No record is no "
                "error.\n"
                "  -n, --dry-run    change nothing, say what would be\n",
     .options = CMD_USER | CMD_DRY_RUN,
     .names_min = 1,
     .names_max = ANY_NUMBER,
     .run = cmd_forget},
    {.name = "prune",
     .synopsis = "[-n] [--yes]",
     .summary = "erase what is kept of accounts that are gone",
     .details =
         "Records, former passwords and copies; asks first. Accounts of a directory are not gone\n"
         "as long as it knows them.\n"
         "  --yes            do not ask\n"
         "  -n, --dry-run    change nothing, say what would be\n",
     .options = CMD_ASK | CMD_DRY_RUN,
     .run = cmd_prune},
    {.name = "notify",
     .synopsis =
         "[-n] [--days 14,7,3,1] [--to ADDRESS] [--from ADDRESS] [--max N] [--sendmail PATH] "
         "[--csv | --json] [WHOM] | --admins ADDRESS",
     .summary = "tell people by mail whose password is about to be due, or is",
     .details =
         "One mail an account and step, never the same twice; for a timer to run every day.\n"
         "  --days 14,7,3,1  the days left at which to tell; who is due is told once, too\n"
         "  --to ADDRESS     %u in it is the user name; the local mailbox (%u) unless given\n"
         "  --from ADDRESS   the sender; root unless given\n"
         "  --max 500        most mails of a run; the others come in the next\n"
         "  --sendmail PATH  /usr/sbin/sendmail unless given\n"
         "  --admins ADDRESS one mail to there instead: who is due, closed or idle, by group\n"
         "  --csv, --json    for a spreadsheet, for a program\n"
         "  -n, --dry-run    send nothing, say what would be\n" SELECT
         "Exit status 0 if all were sent, 1 if some failed or are left for the next run.\n",
     .options = CMD_USER | CMD_SELECT | CMD_MAIL | CMD_DRY_RUN | CMD_CSV | CMD_JSON,
     .names_max = ANY_NUMBER,
     .run = cmd_notify},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static const struct cmd_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void print_usage(void)
{
    printf("usage: vpolicy [--policy FILE] [--state DIRECTORY] [COMMAND ...]\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-8s  %s\n", commands[i].name, commands[i].summary);
    printf("\nvpolicy COMMAND --help says more, vpolicy(8) everything.\n"
           "Exit status 0 yes, 1 no, 2 wrong usage or an error.\n");
}

static void print_help(const struct cmd_command *command)
{
    printf("usage: vpolicy %s %s\n\nTo %s.\n%s", command->name, command->synopsis, command->summary,
           command->details);
}

/* 0, 1 and 2 must be somebody's, or the first file that is opened becomes one of them. */
static int open_standard_files(void)
{
    int file;

    do
        file = open("/dev/null", O_RDWR);
    while (file >= 0 && file <= 2);
    return file < 0 ? -1 : close(file);
}

/*
 * Passwords and hashes pass through: no core shall hold them. A reader that goes away (| head) must
 * not kill us between two accounts.
 */
static int protect(void)
{
    const struct rlimit none = {0, 0};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    if (open_standard_files() != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        setrlimit(RLIMIT_CORE, &none) != 0 || sigaction(SIGPIPE, &ignore, NULL) != 0)
        return -1;
    return 0;
}

static enum cmd_status run(int argc, char **argv)
{
    struct cmd_arguments arguments;
    const struct cmd_command *command;
    enum cmd_status status = CMD_ERROR;
    int at = cmd_read_globals(argc, argv, &arguments);

    if (at < 0)
        return CMD_ERROR;
    if (arguments.version) {
        cmd_say("vpolicy %s", VP_VERSION);
        return CMD_YES;
    }
    if (arguments.help) {
        print_usage();
        return CMD_YES;
    }
    if (at == argc)
        return commands[0].run(&arguments);
    command = find_command(argv[at]);
    if (command == NULL) {
        cmd_complain("%s: no such command (see vpolicy --help)", argv[at]);
        return CMD_ERROR;
    }
    if (cmd_read_arguments(command, argc - at, argv + at, &arguments) == 0) {
        if (arguments.help)
            print_help(command);
        status = arguments.help ? CMD_YES : command->run(&arguments);
    }
    free(arguments.names);
    return status;
}

int main(int argc, char **argv)
{
    enum cmd_status status;

    if (protect() != 0) {
        cmd_complain("cannot begin: %s", strerror(errno));
        return CMD_ERROR;
    }
    status = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno != EPIPE)
            cmd_complain("standard output: %s", strerror(errno));
        status = CMD_ERROR;
    }
    return (int)status;
}
