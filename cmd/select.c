/*
 * Whom a command is about: USER..., `-` for names on standard input, --group, --all and
 * --changed-before. One grammar, so that what `list` shows is what `suspect` would take.
 */
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/text.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The uid that the kernel shows for uids it cannot tell (proc(5), overflowuid): nobody's. */
#define OVERFLOW_UID 65534

struct selection {
    const struct cmd_arguments *arguments;
    struct cmd_group *group; /* or NULL */
    int32_t before;          /* the password was set before this day; VP_NO_DAY = whenever */
    bool everybody;
    cmd_select_visitor *visit;
    void *context;
    int result; /* of names that could not be visited */
};

bool cmd_selects(const struct cmd_arguments *arguments)
{
    return arguments->all || arguments->group != NULL || arguments->changed_before != NULL;
}

bool cmd_is_person(const struct vp_inquiry *inquiry)
{
    const struct vp_account *account = &inquiry->account;

    return account->uid != 0 && account->uid != OVERFLOW_UID &&
           account->uid >= (uint32_t)inquiry->values.min_uid;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* A password of an unknown day was set before any day that is asked about, as VP_NO_DAY is. */
static bool is_old_enough(const struct selection *selection, const struct vp_inquiry *inquiry)
{
    int32_t set_on =
        inquiry->record.user[0] == '\0' ? inquiry->account.changed_on : inquiry->record.set_on;

    return selection->before == VP_NO_DAY || set_on < selection->before;
}

/* selected: by a set, not by name. */
static int visit_name(struct selection *selection, const char *name, bool selected)
{
    struct vp_question question = cmd_question(selection->arguments, name, true);
    struct vp_inquiry inquiry;
    struct vp_error error;
    int found = vp_inquiry_open(&question, &inquiry, &error);
    int result = 0;

    if (found > 0 && selected && !(cmd_is_person(&inquiry) && is_old_enough(selection, &inquiry))) {
        result = 0;
    } else if (found > 0) {
        result = selection->visit(selection->context, &inquiry, selected);
    } else if (found == 0 && selected) {
        cmd_complain("%s: is in group %s, but there is no such account: passed over", name,
                     selection->arguments->group);
    } else if (found <= 0) {
        if (found < 0)
            cmd_complain_error(&error);
        else
            cmd_complain("%s: no such account", name);
        selection->result = -1;
    }
    vp_inquiry_close(&inquiry);
    return result;
}

/* One name a line; what follows a # is a remark. */
static int visit_input(struct selection *selection)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t length;
    int result = 0;

    while (result == 0 && (length = getline(&line, &room, stdin)) > 0) {
        char *name;

        number++;
        /* What stands behind it would be passed over in silence. */
        if (strlen(line) != (size_t)length) {
            cmd_complain("standard input:%zu: a zero byte: this is no list of names", number);
            selection->result = -1;
            break;
        }
        line[strcspn(line, "#\r\n")] = '\0';
        name = vp_text_trim(line);
        if (*name != '\0')
            result = visit_name(selection, name, false);
    }
    if (ferror(stdin)) {
        cmd_complain("standard input: cannot be read");
        selection->result = -1;
    }
    free(line);
    return result;
}

static int visit_names(struct selection *selection)
{
    const struct cmd_arguments *arguments = selection->arguments;
    int result = 0;

    for (size_t i = 0; i < arguments->name_count && result == 0; i++)
        result = strcmp(arguments->names[i], "-") == 0
                     ? visit_input(selection)
                     : visit_name(selection, arguments->names[i], false);
    return result;
}

/* ---- sets ------------------------------------------------------------------------------------ */

static int visit_local(void *context, const struct vp_inquiry *inquiry)
{
    struct selection *selection = context;

    if (selection->group != NULL && !cmd_group_take(selection->group, &inquiry->account))
        return 0;
    if (!selection->everybody && (!cmd_is_person(inquiry) || !is_old_enough(selection, inquiry)))
        return 0;
    return selection->visit(selection->context, inquiry, true);
}

/* Members whom the local passwd file does not know come from a directory, or are gone. */
static int visit_member(void *context, const char *name)
{
    return visit_name(context, name, true);
}

/* What would mean something else than it seems to. */
static const char *object_to(const struct cmd_arguments *arguments)
{
    if (arguments->group != NULL && arguments->all)
        return "--group and --all: choose one";
    if (arguments->changed_before != NULL && arguments->group == NULL && !arguments->all &&
        arguments->name_count > 0)
        return "--changed-before chooses among --group, --all, or all without names; not among "
               "names";
    return NULL;
}

static int open_selection(struct selection *selection)
{
    const struct cmd_arguments *arguments = selection->arguments;

    if (object_to(arguments) != NULL) {
        cmd_complain("%s", object_to(arguments));
        return -1;
    }
    if (arguments->changed_before != NULL &&
        vp_number_date(arguments->changed_before, &selection->before) != 0) {
        cmd_complain("--changed-before: \"%s\" is no date (write it as 2026-11-22)",
                     arguments->changed_before);
        return -1;
    }
    if (arguments->group == NULL)
        return 0;
    selection->group = cmd_group_open(arguments->group);
    return selection->group == NULL ? -1 : 0;
}

int cmd_select_visit(const struct cmd_arguments *arguments, bool everybody,
                     cmd_select_visitor *visit, void *context)
{
    struct selection selection = {.arguments = arguments,
                                  .before = VP_NO_DAY,
                                  .everybody = everybody && !cmd_selects(arguments),
                                  .visit = visit,
                                  .context = context};
    bool sets = cmd_selects(arguments) || (selection.everybody && arguments->name_count == 0);
    int result;

    if (open_selection(&selection) != 0)
        return -1;
    result = visit_names(&selection);
    if (result == 0 && sets && cmd_known_visit(arguments, visit_local, &selection) != 0)
        selection.result = -1;
    else if (result == 0 && selection.group != NULL)
        result = cmd_group_visit_rest(selection.group, visit_member, &selection);
    if (result < 0)
        cmd_complain("no memory");
    cmd_group_close(selection.group);
    return result == 0 ? selection.result : -1;
}
