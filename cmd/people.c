#include "command.h"

#include <errno.h>
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
        .look_only = look_only,
    };
}

/* Says why no record at all can be changed now. Returns whether that is so. */
static bool complain_store(const struct vp_inquiry *inquiry)
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

/* What may be wrong with one account, and with everything. */
enum fitness { FIT, UNFIT, NOBODY_FIT };

static enum fitness judge_one(const struct cmd_arguments *arguments, const char *name,
                              cmd_objection *object, char canonical[VP_NAME_MAX + 1])
{
    struct vp_question question = cmd_question(arguments, name, true);
    enum fitness fitness = UNFIT;
    const char *objection;
    struct vp_inquiry inquiry;
    struct vp_error error;
    int found = vp_inquiry_open(&question, &inquiry, &error);

    if (found < 0) {
        cmd_complain_error(&error);
    } else if (complain_store(&inquiry)) {
        fitness = NOBODY_FIT;
    } else if (found == 0) {
        cmd_complain("%s: no such account", name);
    } else if (!inquiry.record_readable) {
        cmd_complain_error(&inquiry.trouble[VP_TROUBLE_RECORD]);
    } else if (object != NULL && (objection = object(&inquiry)) != NULL) {
        cmd_complain("%s: %s", inquiry.account.name, objection);
    } else {
        /* A clock that once ran ahead must not keep an administrator from locking an account. */
        if (inquiry.clock_back)
            cmd_complain("%s: going on, though %s%s", inquiry.account.name,
                         inquiry.trouble[VP_TROUBLE_CLOCK].text,
                         inquiry.today < VP_EARLIEST_DAY ? "" : "; that is put back to today");
        memcpy(canonical, inquiry.account.name, VP_NAME_MAX + 1);
        fitness = FIT;
    }
    vp_inquiry_close(&inquiry);
    return fitness;
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* Drops what stands twice; the order becomes that of the names. */
static void unite(struct cmd_people *people)
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

int cmd_people_find(const struct cmd_arguments *arguments, cmd_objection *object,
                    struct cmd_people *people_out)
{
    enum fitness worst = FIT;

    *people_out = (struct cmd_people){0};
    people_out->names = calloc(arguments->name_count + 1, sizeof people_out->names[0]);
    if (people_out->names == NULL) {
        cmd_complain("no memory");
        return -1;
    }
    for (size_t i = 0; i < arguments->name_count && worst != NOBODY_FIT; i++) {
        enum fitness fitness =
            judge_one(arguments, arguments->names[i], object, people_out->names[people_out->count]);

        people_out->count += fitness == FIT;
        worst = fitness > worst ? fitness : worst;
    }
    if (worst != FIT) {
        cmd_complain("nothing was changed");
        cmd_people_free(people_out);
        return -1;
    }
    unite(people_out);
    return 0;
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
