#include "../lib/text.h"
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vp_question cmd_question(const struct cmd_arguments *arguments, const char *user,
                                bool look_only)
{
    return (struct vp_question){
        .policy_path = arguments->policy_path,
        .state_dir = arguments->state_dir,
        .user = user,
        .now = arguments->now,
        .draft = arguments->draft,
        .look_only = look_only,
    };
}

bool cmd_people_store_wrong(const struct vp_inquiry *inquiry)
{
    const struct vp_error *store = &inquiry->trouble[VP_TROUBLE_STORE];

    if (inquiry->troubles & 1u << VP_TROUBLE_STORE) {
        cmd_complain_error(store);
        if (store->errnum == ENOENT)
            cmd_complain("if it is not merely unmounted, this makes it: vpolicy adopt "
                         "--stamp-only");
    } else if (inquiry->clock_back && inquiry->today < VP_EARLIEST_DAY) {
        cmd_complain_error(&inquiry->trouble[VP_TROUBLE_CLOCK]);
    } else if (!inquiry->store.writable) {
        cmd_complain("only root can change records");
    } else {
        return false;
    }
    return true;
}

struct finding {
    const struct cmd_scruples *scruples;
    struct cmd_people *people;
    bool unfit, stopped;
};

/* A clock that once ran ahead must not keep an administrator from locking an account. */
static void tell_clock(const struct vp_inquiry *inquiry)
{
    if (inquiry->clock_back)
        cmd_complain("%s: going on, though %s%s", inquiry->account.name,
                     inquiry->trouble[VP_TROUBLE_CLOCK].text,
                     inquiry->today < VP_EARLIEST_DAY ? "" : "; that is put back to today");
}

bool cmd_people_fit(const struct vp_inquiry *inquiry, cmd_objection *object, int32_t day)
{
    const char *objection = object == NULL ? NULL : object(inquiry, day);

    if (!inquiry->record_readable)
        cmd_complain_error(&inquiry->trouble[VP_TROUBLE_RECORD]);
    else if (objection != NULL)
        cmd_complain("%s: %s", inquiry->account.name, objection);
    else
        tell_clock(inquiry);
    return inquiry->record_readable && objection == NULL;
}

int cmd_people_add(struct cmd_people *people, const char *name)
{
    void *moved = cmd_grow(people->names, people->count, &people->room, sizeof people->names[0]);

    if (moved == NULL)
        return -1;
    people->names = moved;
    memset(people->names[people->count], 0, sizeof people->names[0]);
    memcpy(people->names[people->count++], name, strnlen(name, VP_NAME_MAX));
    return 0;
}

static int find_person(void *context, const struct vp_inquiry *inquiry, bool selected)
{
    struct finding *finding = context;
    const struct cmd_scruples *scruples = finding->scruples;

    if (cmd_people_store_wrong(inquiry)) {
        finding->stopped = true;
        return 1;
    }
    if (selected && inquiry->record_readable && scruples->pass_over != NULL &&
        scruples->pass_over(inquiry, scruples->day))
        return 0;
    if (selected && scruples->spared != NULL &&
        strcmp(inquiry->account.name, scruples->spared) == 0) {
        cmd_complain("%s: is you, and left out (name yourself if you mean it)", scruples->spared);
        return 0;
    }
    if (!cmd_people_fit(inquiry, scruples->object, scruples->day)) {
        finding->unfit = true;
        return 0;
    }
    finding->people->exempt += vp_verdict_exempt(&inquiry->values, &inquiry->account);
    return cmd_people_add(finding->people, inquiry->account.name);
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* Drops what stands twice; the order becomes that of the names. */
void cmd_people_unite(struct cmd_people *people)
{
    size_t kept = 0;

    if (people->count == 0)
        return;
    qsort(people->names, people->count, sizeof people->names[0], compare_names);
    for (size_t i = 1; i < people->count; i++)
        if (strcmp(people->names[kept], people->names[i]) != 0)
            memmove(people->names[++kept], people->names[i], sizeof people->names[0]);
    people->count = kept + 1;
}

int cmd_people_find(const struct cmd_arguments *arguments, const struct cmd_scruples *scruples,
                    struct cmd_people *people_out)
{
    static const struct cmd_scruples none;
    struct finding finding = {.scruples = scruples == NULL ? &none : scruples,
                              .people = people_out};
    int result;

    *people_out = (struct cmd_people){0};
    result = cmd_select_visit(arguments, false, find_person, &finding);
    if (result != 0 || finding.unfit || finding.stopped) {
        cmd_complain("nothing was changed");
        cmd_people_free(people_out);
        return -1;
    }
    cmd_people_unite(people_out);
    return 0;
}

/* As many names as a question can hold. */
#define NAMES_SHOWN 5

bool cmd_people_confirm(const struct cmd_arguments *arguments, const struct cmd_people *people,
                        const char *act)
{
    char names[NAMES_SHOWN * (VP_NAME_MAX + 2)], exempt[64] = "";
    struct vp_text text;

    if ((arguments->name_count > 0 && !cmd_selects(arguments)) || arguments->dry_run ||
        people->count == 0)
        return true;
    vp_text_begin(&text, names, sizeof names);
    for (size_t i = 0; i < people->count && i < NAMES_SHOWN; i++)
        vp_text_add(&text, "%s%s", i == 0 ? "" : ", ", people->names[i]);
    if (people->exempt > 0)
        snprintf(exempt, sizeof exempt, " (%zu of them exempt)", people->exempt);
    if (cmd_confirm(arguments, "%zu account%s %s%s: %s%s; go on?", people->count,
                    people->count == 1 ? "" : "s", act, exempt, names,
                    people->count > NAMES_SHOWN ? " ..." : ""))
        return true;
    cmd_complain("nothing was changed");
    return false;
}

void cmd_people_free(struct cmd_people *people)
{
    free(people->names);
    *people = (struct cmd_people){0};
}

int cmd_people_hold(const struct cmd_arguments *arguments, const char *user,
                    struct vp_inquiry *inquiry_out)
{
    struct vp_question question = cmd_question(arguments, user, false);
    struct vp_error error;
    int found = vp_inquiry_open(&question, inquiry_out, &error);

    if (found == 0)
        cmd_complain("%s: no such account", user);
    if (found < 0 || (found > 0 && vp_inquiry_hold(inquiry_out, VP_LOCK_WAIT_MS, &error) != 0)) {
        cmd_complain_error(&error);
        found = -1;
    }
    if (found > 0 && inquiry_out->today >= VP_EARLIEST_DAY)
        vp_record_trust_clock(&inquiry_out->record, inquiry_out->today, question.now);
    return found > 0 ? 0 : -1;
}
