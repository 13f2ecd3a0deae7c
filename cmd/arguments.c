/*
 * The one grammar of all subcommands: options anywhere behind the subcommand's name, then names.
 * --user NAME is the same as NAME, because faillock(8) has taught people to type it.
 */
#include "command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPTION_HELP = 1, OPTION_VERSION, OPTION_POLICY, OPTION_STATE, OPTION_TABLE };

static const struct row {
    const char *name;
    int takes; /* enum cmd_option */
    int has_argument;
    size_t offset; /* in struct cmd_arguments: const char * or bool */
} rows[] = {
#define TEXT(name, takes, member)                                                                  \
    {                                                                                              \
        name, takes, required_argument, offsetof(struct cmd_arguments, member)                     \
    }
#define FLAG(name, takes, member)                                                                  \
    {                                                                                              \
        name, takes, no_argument, offsetof(struct cmd_arguments, member)                           \
    }
    TEXT("reason", CMD_REASON, reason),
    TEXT("incident", CMD_INCIDENT, incident),
    TEXT("on", CMD_ON, on),
    TEXT("note", CMD_NOTE, note),
    TEXT("within", CMD_WITHIN, within),
    FLAG("lock", CMD_LOCK, lock),
    FLAG("dry-run", CMD_DRY_RUN, dry_run),
    FLAG("batch", CMD_BATCH, batch),
    FLAG("stamp-only", CMD_STAMP_ONLY, stamp_only),
    TEXT("days", CMD_MAIL, days),
    TEXT("max", CMD_MAIL, max),
    TEXT("from", CMD_MAIL, from),
    TEXT("to", CMD_MAIL, to),
    TEXT("sendmail", CMD_MAIL, sendmail),
    TEXT("admins", CMD_MAIL, admins),
    TEXT("user", CMD_USER, names),
    TEXT("group", CMD_SELECT, group),
    FLAG("all", CMD_SELECT, all),
    TEXT("changed-before", CMD_SELECT, changed_before),
    FLAG("yes", CMD_ASK, yes),
    FLAG("json", CMD_JSON, json),
    FLAG("csv", CMD_CSV, csv),
    TEXT("state", CMD_LIST, in_state),
    TEXT("due", CMD_LIST, due),
    TEXT("idle", CMD_LIST, idle),
    TEXT("by", CMD_LIST, by),
    TEXT("file", CMD_FILE, file),
    FLAG("strict", CMD_STRICT, strict),
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* The options that may stand before the subcommand, and behind it too. */
static const struct option globals[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"state", required_argument, NULL, OPTION_STATE},
    {NULL, 0, NULL, 0},
};

#define GLOBAL_COUNT (sizeof globals / sizeof globals[0] - 1)

static void set_global(struct cmd_arguments *arguments, int option)
{
    switch (option) {
    case OPTION_HELP:
        arguments->help = true;
        break;
    case OPTION_VERSION:
        arguments->version = true;
        break;
    case OPTION_POLICY:
        arguments->policy_path = optarg;
        break;
    case OPTION_STATE:
        arguments->state_dir = optarg;
        break;
    default:
        break;
    }
}

/* option: what getopt_long returned, ':' or '?'. at: the word it was looking at. */
static int complain_option(int option, const char *at)
{
    /* A letter may stand in the midst of its word; long options have no letter. */
    if (option != ':' && optopt > ' ' && optopt < 0x7f)
        cmd_complain("-%c: no such option here (see vpolicy --help)", optopt);
    else if (option == ':')
        cmd_complain("%s: wants a value", at);
    else
        cmd_complain("%s: no such option here (see vpolicy --help)", at);
    return -1;
}

/* The word of argv in which getopt_long found a fault. */
static const char *faulty_word(int argc, char **argv)
{
    return optind > 0 && optind <= argc ? argv[optind - 1] : "";
}

int cmd_read_globals(int argc, char **argv, struct cmd_arguments *arguments_out)
{
    int option;

    *arguments_out = (struct cmd_arguments){.now = (int64_t)time(NULL)};
    opterr = 0;
    /* "+": the first word that is no option is the subcommand, whose options are not ours. */
    while ((option = getopt_long(argc, argv, "+:h", globals, NULL)) != -1) {
        if (option == ':' || option == '?')
            return complain_option(option, faulty_word(argc, argv));
        set_global(arguments_out, option == 'h' ? OPTION_HELP : option);
    }
    return optind;
}

/*
 * The options that a subcommand takes, as getopt_long wants them. The first of a name
 * counts: a subcommand's own --state hides the global one, which then can only stand before it.
 */
static void list_options(const struct cmd_command *command, struct option *options)
{
    size_t count = 0;

    for (size_t i = 0; i < ROW_COUNT; i++)
        if (command->options & rows[i].takes)
            options[count++] =
                (struct option){rows[i].name, rows[i].has_argument, NULL, OPTION_TABLE + (int)i};
    for (size_t i = 0; i < GLOBAL_COUNT; i++)
        options[count++] = globals[i];
    options[count] = (struct option){0};
}

static void set_row(struct cmd_arguments *arguments, const struct row *row)
{
    char *field = (char *)arguments + row->offset;

    if (row->takes == CMD_USER)
        arguments->names[arguments->name_count++] = optarg;
    else if (row->has_argument == required_argument)
        memcpy(field, &(const char *){optarg}, sizeof(const char *));
    else
        *(bool *)field = true;
}

static int read_options(const struct cmd_command *command, int argc, char **argv,
                        struct cmd_arguments *arguments)
{
    struct option options[GLOBAL_COUNT + ROW_COUNT + 1];
    int option;

    list_options(command, options);
    optind = 0; /* begin anew (getopt(3), NOTES) */
    while ((option = getopt_long(argc, argv, ":hn", options, NULL)) != -1) {
        if (option == 'n' && command->options & CMD_DRY_RUN)
            arguments->dry_run = true;
        else if (option == ':' || option == '?' || option == 'n')
            return complain_option(option, faulty_word(argc, argv));
        else if (option >= OPTION_TABLE && option < OPTION_TABLE + (int)ROW_COUNT)
            set_row(arguments, &rows[option - OPTION_TABLE]);
        else
            set_global(arguments, option == 'h' ? OPTION_HELP : option);
    }
    return 0;
}

/* Whether it is said whom a command is about that must be told. */
static bool is_somebody_meant(const struct cmd_command *command,
                              const struct cmd_arguments *arguments)
{
    return !(command->options & CMD_SELECT) || !(command->options & CMD_ASK) ||
           arguments->name_count > 0 || arguments->file != NULL || cmd_selects(arguments);
}

/* Of two that exclude each other, neither is passed over in silence. */
static int check_pairs(const struct cmd_arguments *arguments)
{
    const char *fault = NULL;

    if (arguments->json && arguments->csv)
        fault = "--json and --csv: choose one";
    else if (arguments->stamp_only &&
             (arguments->name_count > 0 || cmd_selects(arguments) || arguments->within != NULL ||
              arguments->strict || arguments->dry_run || arguments->json || arguments->csv))
        fault = "--stamp-only stands alone: it begins no record";
    if (fault == NULL)
        return 0;
    cmd_complain("%s", fault);
    return -1;
}

static int count_names(const struct cmd_command *command, const struct cmd_arguments *arguments)
{
    if (arguments->help || arguments->version ||
        (arguments->name_count >= command->names_min &&
         arguments->name_count <= command->names_max && is_somebody_meant(command, arguments)))
        return 0;
    cmd_complain("usage: vpolicy %s %s", command->name, command->synopsis);
    return -1;
}

int cmd_read_arguments(const struct cmd_command *command, int argc, char **argv,
                       struct cmd_arguments *arguments)
{
    arguments->names = calloc((size_t)argc + 1, sizeof *arguments->names);
    if (arguments->names == NULL) {
        cmd_complain("no memory");
        return -1;
    }
    if (read_options(command, argc, argv, arguments) != 0)
        return -1;
    arguments->option_count = arguments->name_count;
    if (optind < argc && command->no_words != NULL) {
        cmd_complain("%s: %s", command->name, command->no_words);
        return -1;
    }
    for (int i = optind; i < argc; i++)
        arguments->names[arguments->name_count++] = argv[i];
    return check_pairs(arguments) == 0 ? count_names(command, arguments) : -1;
}
