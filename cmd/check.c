/* What is wrong in a policy file: every fault in one run, and what it says of nobody. */
#include "../lib/accounts.h"
#include "../lib/error.h"
#include "command.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct checking {
    const struct cmd_arguments *arguments;
    struct cmd_sheet *sheet; /* or NULL: lines for people */
    const char *file;
    bool in_force; /* it is the file that the module reads */
    size_t faults, warnings;
    struct vp_policy policy;
    bool *matched; /* for each of policy.names, a [user] pattern: some account has it */
};

/* ---- reading --------------------------------------------------------------------------------- */

enum column { FILE_NAME, LINE, KIND, TEXT, COLUMN_COUNT };

static const struct cmd_column columns[COLUMN_COUNT] = {
    [FILE_NAME] = {.name = "file"},
    [LINE] = {.name = "line", .number = true},
    [KIND] = {.name = "kind"},
    [TEXT] = {.name = "text"},
};

static void tell_row(const struct checking *checking, unsigned line, const char *kind,
                     const char *text)
{
    char number[16];
    const char *cells[COLUMN_COUNT] = {[FILE_NAME] = checking->file,
                                       [LINE] = line == 0 ? NULL : number,
                                       [KIND] = kind,
                                       [TEXT] = text};

    snprintf(number, sizeof number, "%u", line);
    if (cmd_sheet_row(checking->sheet, CMD_PLAIN, cells) != 0)
        cmd_complain("no memory");
}

/* What is data on standard output must not be mixed with words. */
static bool is_for_people(const struct checking *checking)
{
    return !checking->arguments->json && !checking->arguments->csv;
}

static void report_fault(void *context, const struct vp_error *fault)
{
    struct checking *checking = context;
    struct vp_error bare = *fault;
    char text[1024];

    checking->faults++;
    vp_error_print(fault, text, sizeof text);
    if (checking->sheet != NULL) {
        /* File and line have columns of their own. */
        bare.file[0] = '\0';
        bare.line = 0;
        vp_error_print(&bare, text, sizeof text);
        tell_row(checking, fault->line, "fault", text);
        return;
    }
    if (is_for_people(checking))
        cmd_say("%s", text);
    else
        cmd_complain("%s", text);
}

static void warn(struct checking *checking, unsigned line, const char *format, ...) VP_PRINTF(3, 4);

static void warn(struct checking *checking, unsigned line, const char *format, ...)
{
    char text[512];
    va_list values;

    checking->warnings++;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (checking->sheet != NULL)
        tell_row(checking, line, "warning", text);
    else if (!is_for_people(checking))
        return;
    else if (line > 0)
        cmd_say("%s:%u: warning: %s", checking->file, line, text);
    else
        cmd_say("%s: warning: %s", checking->file, text);
}

/*
 * Reads the file as the module would; where it would not trust it, that is told, and the file is
 * read all the same. 1 with a block to free, 0 where there is none, -1 after an error message.
 */
static int read_policy(struct checking *checking, char **text_out, size_t *length_out)
{
    struct stat status;
    struct vp_error error;
    int found = vp_store_read_policy(checking->file, text_out, length_out, &status, &error);

    if (found >= 0)
        return found;
    if (error.errnum == 0 && checking->in_force)
        report_fault(checking, &error);
    else if (error.errnum == 0)
        warn(checking, 0, "%s: as the policy it would not count", error.text);
    *text_out = cmd_file_read(checking->file, VP_POLICY_MAX, length_out, &error);
    if (*text_out != NULL)
        return 1;
    cmd_complain_error(&error);
    return -1;
}

/* ---- what it says of nobody ------------------------------------------------------------------ */

static bool is_pattern(const char *name)
{
    return strpbrk(name, "*?[\\") != NULL;
}

static int match_account(void *context, const struct vp_account *account)
{
    struct checking *checking = context;

    for (size_t i = 0; i < checking->policy.name_count; i++)
        checking->matched[i] |= fnmatch(checking->policy.names[i], account->name, 0) == 0;
    return 0;
}

static void check_group(struct checking *checking, const struct vp_section *section,
                        const char *name)
{
    struct vp_error error;

    if (vp_account_group_exists(name, &error) == 0)
        warn(checking, section->line, "[group]: there is no group %s", name);
}

/* Patterns are compared with local accounts: a directory may not list its own. */
static void check_user(struct checking *checking, const struct vp_section *section,
                       const char *name, bool matched)
{
    struct vp_account account;
    struct vp_error error;

    if (matched)
        return;
    if (is_pattern(name))
        warn(checking, section->line, "[user]: no local account matches %s", name);
    else if (vp_account_find(name, &account, &error) == 0)
        warn(checking, section->line, "[user]: there is no account %s", name);
    vp_account_wipe(&account);
}

static void check_service(struct checking *checking, const struct vp_section *section,
                          const char *name)
{
    static const char *const folders[] = {"/etc/pam.d", "/usr/lib/pam.d"};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[512];

        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (access(path, F_OK) == 0)
            return;
    }
    warn(checking, section->line, "[service]: there is no /etc/pam.d/%s", name);
}

static void check_names(struct checking *checking)
{
    const struct vp_policy *policy = &checking->policy;

    for (size_t i = 0; i < policy->section_count; i++) {
        const struct vp_section *section = &policy->sections[i];

        for (size_t j = section->first_name; j < section->first_name + section->name_count; j++) {
            if (section->kind == VP_SECTION_GROUP)
                check_group(checking, section, policy->names[j]);
            else if (section->kind == VP_SECTION_USER)
                check_user(checking, section, policy->names[j], checking->matched[j]);
            else if (section->kind == VP_SECTION_SERVICE)
                check_service(checking, section, policy->names[j]);
        }
    }
}

/* An exemption without a reason outlives everybody who knew it. */
static void check_exemptions(struct checking *checking)
{
    const struct vp_policy *policy = &checking->policy;

    for (size_t i = 0; i < policy->setting_count; i++) {
        const struct vp_setting *setting = &policy->settings[i];
        bool reasoned = false;

        if (setting->key != VP_KEY_exempt || setting->number == 0)
            continue;
        for (size_t j = 0; j < policy->setting_count; j++)
            reasoned |= policy->settings[j].section == setting->section &&
                        policy->settings[j].key == VP_KEY_exempt_reason &&
                        policy->settings[j].text != NULL;
        if (!reasoned)
            warn(checking, setting->line,
                 "exempt: without exempt_reason (say why, and until when)");
    }
}

/* A file that cannot be read stops no change of a password, and so is told here. */
static void tell_list(void *context, unsigned line, const char *text)
{
    warn(context, line, "%s", text);
}

static void check_matches(struct checking *checking)
{
    struct vp_error error;

    checking->matched = calloc(checking->policy.name_count + 1, sizeof *checking->matched);
    if (checking->matched == NULL || vp_accounts_visit(match_account, checking, &error) != 0) {
        cmd_complain("the accounts cannot be listed");
    } else {
        check_names(checking);
    }
    check_exemptions(checking);
    cmd_lists_visit_faults(&checking->policy, tell_list, checking);
    free(checking->matched);
}

/* ---- what is in force ------------------------------------------------------------------------ */

static void say_in_force(const struct cmd_arguments *arguments)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    struct vp_policy policy;
    struct vp_store store;
    struct vp_error error;
    bool troubled;
    enum vp_policy_source source;
    bool blind = vp_store_open(path, &store, &error) != 0 && error.errnum == EACCES;

    source =
        vp_inquiry_load_policy(arguments->policy_path, &store, true, &policy, &troubled, &error);
    if (source == VP_POLICY_KEPT)
        cmd_say("in force: the last good copy, kept in %s/policy", path);
    else if (blind && troubled)
        cmd_say("in force: the last good copy or the built-in values (try as root)");
    else
        cmd_say("in force: the %s", source == VP_POLICY_FILE ? "file" : "built-in values");
    vp_policy_free(&policy);
    vp_store_close(&store);
}

static void say_total(const struct checking *checking)
{
    if (checking->faults > 0)
        cmd_remark(checking->arguments, "%s: %zu fault%s", checking->file, checking->faults,
                   checking->faults == 1 ? "" : "s");
    else if (checking->warnings > 0)
        cmd_remark(checking->arguments, "%s: ok, %zu warning%s", checking->file, checking->warnings,
                   checking->warnings == 1 ? "" : "s");
    else
        cmd_remark(checking->arguments, "%s: ok", checking->file);
}

static enum cmd_status say_missing(const struct cmd_arguments *arguments,
                                   const struct checking *checking)
{
    if (!checking->in_force) {
        cmd_complain("%s: there is no such file", checking->file);
        return CMD_ERROR;
    }
    cmd_remark(arguments, "%s: there is no such file", checking->file);
    if (is_for_people(checking))
        say_in_force(arguments);
    /* Only the default file may be missing: a path that somebody wrote down is meant. */
    return arguments->policy_path == NULL ? CMD_YES : CMD_NO;
}

/* Fills checking->policy. 1 where the file was read, faulty or not; 0 where there is none; -1. */
static int check(struct checking *checking)
{
    char *text = NULL;
    size_t length = 0;
    struct vp_error error;
    int found = read_policy(checking, &text, &length);

    if (found <= 0)
        return found;
    if (vp_policy_parse(text, length, checking->file, report_fault, checking, &checking->policy,
                        &error) == 0)
        check_matches(checking);
    else if (checking->faults == 0)
        report_fault(checking, &error);
    free(text);
    return 1;
}

int cmd_check_file(const struct cmd_arguments *arguments, const char *file,
                   struct vp_policy *policy_out)
{
    struct checking checking = {.arguments = arguments, .file = file};
    int found = check(&checking);

    *policy_out = (struct vp_policy){0};
    if (found == 0)
        cmd_complain("%s: there is no such file", file);
    if (found <= 0)
        return -1;
    if (checking.faults > 0) {
        vp_policy_free(&checking.policy);
        cmd_remark(arguments, "%s: %zu fault%s", file, checking.faults,
                   checking.faults == 1 ? "" : "s");
        return 1;
    }
    *policy_out = checking.policy;
    return 0;
}

enum cmd_status cmd_check(const struct cmd_arguments *arguments)
{
    const char *usual = arguments->policy_path == NULL ? VP_POLICY_PATH : arguments->policy_path;
    struct checking checking = {
        .arguments = arguments,
        .file = arguments->name_count > 0 ? arguments->names[0] : usual,
    };
    int found;

    checking.in_force = strcmp(checking.file, usual) == 0;
    if (!is_for_people(&checking) &&
        (checking.sheet = cmd_sheet_open(arguments, columns, COLUMN_COUNT)) == NULL)
        return CMD_ERROR;
    found = check(&checking);
    cmd_sheet_close(checking.sheet);
    vp_policy_free(&checking.policy);
    if (found == 0)
        return say_missing(arguments, &checking);
    if (found < 0)
        return CMD_ERROR;
    say_total(&checking);
    if (checking.in_force && checking.faults > 0 && is_for_people(&checking))
        say_in_force(arguments);
    return checking.faults > 0 ? CMD_NO : CMD_YES;
}
