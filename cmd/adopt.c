/*
 * Beginning records for accounts that were here before the module: what the stamp and the module's
 * own learning do account by account, at one go, and said aloud.
 */
#include "../lib/accounts.h"
#include "../lib/error.h"
#include "../lib/number.h"
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One account that gets, or would get, a record. */
struct candidate {
    char *name;
    struct vp_known *known; /* NULL where the account was named: the rooms are asked anew */
    bool overdue;
    int32_t respite; /* the day that --within gives it, or VP_NO_DAY */
    int32_t due;     /* as printed */
    const char *state;
};

struct adoption {
    const struct cmd_arguments *arguments;
    struct cmd_known *known; /* NULL where accounts were named */
    struct candidate *candidates;
    size_t count, room;
    int32_t within; /* or VP_NO_DAY */
    size_t had_record, no_password, system, overdue;
};

/* ---- lists ----------------------------------------------------------------------------------- */

static void drop_candidate(struct candidate *candidate)
{
    cmd_known_drop(candidate->known);
    free(candidate->name);
    *candidate = (struct candidate){0};
}

/* Takes known over, also where it fails. */
static int add_candidate(struct adoption *adoption, const char *name, struct vp_known *known)
{
    struct candidate candidate = {.name = strdup(name), .known = known, .respite = VP_NO_DAY};
    struct candidate *moved = cmd_grow(adoption->candidates, adoption->count, &adoption->room,
                                       sizeof *adoption->candidates);

    if (moved != NULL)
        adoption->candidates = moved;
    if (moved == NULL || candidate.name == NULL) {
        drop_candidate(&candidate);
        return -1;
    }
    moved[adoption->count++] = candidate;
    return 0;
}

static void drop_adoption(struct adoption *adoption)
{
    for (size_t i = 0; i < adoption->count; i++)
        drop_candidate(&adoption->candidates[i]);
    free(adoption->candidates);
    cmd_known_close(adoption->known);
}

/* ---- the stamp ------------------------------------------------------------------------------- */

/* Makes the store where it is missing, and its stamp. */
static int prepare_store(const struct cmd_arguments *arguments, const char *path)
{
    struct vp_store store = {.directory = -1};
    struct vp_error error;
    int32_t today = vp_number_day(arguments->now);
    int result = -1;

    if (vp_store_create(path, &error) != 0 || vp_store_open(path, &store, &error) != 0) {
        cmd_complain_error(&error);
    } else if (!store.writable) {
        cmd_complain("%s: only root can change records", path);
    } else if (today < VP_EARLIEST_DAY) {
        cmd_complain("the clock cannot be right: set it first");
    } else if (vp_inquiry_stamp(&store, today, &error) != 0) {
        cmd_complain_error(&error);
    } else {
        result = 0;
    }
    vp_store_close(&store);
    return result;
}

/* ---- who ------------------------------------------------------------------------------------- */

static bool has_hash(const struct vp_account *account)
{
    return account->password == VP_PASSWORD_HASH || account->password == VP_PASSWORD_LOCKED;
}

/* Lists every local account; who has a record already is found when it is opened. 1 = stop, said.
 */
static int list_account(void *context, const struct vp_account *account)
{
    struct adoption *adoption = context;
    struct vp_known *known;

    if (account->password == VP_PASSWORD_UNREADABLE) {
        cmd_complain("/etc/shadow: cannot be read (try as root)");
        return 1;
    }
    if (!has_hash(account)) {
        adoption->no_password++;
        return 0;
    }
    known = cmd_known_of(adoption->known, account);
    return known == NULL ? -1 : add_candidate(adoption, account->name, known);
}

static int list_all(struct adoption *adoption)
{
    struct vp_error error = {.text = "no memory"};
    int result;

    adoption->known = cmd_known_open(adoption->arguments);
    if (adoption->known == NULL)
        return -1;
    result = vp_accounts_visit(list_account, adoption, &error);
    if (result < 0)
        cmd_complain_error(&error);
    return result;
}

static int list_named(struct adoption *adoption)
{
    struct cmd_people people;
    int result = 0;

    if (adoption->arguments->dry_run) {
        for (size_t i = 0; i < adoption->arguments->name_count && result == 0; i++)
            result = add_candidate(adoption, adoption->arguments->names[i], NULL);
        return result;
    }
    if (cmd_people_find(adoption->arguments, NULL, &people) != 0)
        return -1;
    for (size_t i = 0; i < people.count && result == 0; i++)
        result = add_candidate(adoption, people.names[i], NULL);
    cmd_people_free(&people);
    return result;
}

/* ---- one account ----------------------------------------------------------------------------- */

static int open_candidate(const struct adoption *adoption, const struct candidate *candidate,
                          bool look_only, struct vp_inquiry *inquiry_out)
{
    struct vp_question question = cmd_question(adoption->arguments, candidate->name, look_only);
    struct vp_error error;
    int found = 1;

    if (candidate->known != NULL)
        vp_inquiry_open_known(&question, candidate->known, inquiry_out);
    else
        found = vp_inquiry_open(&question, inquiry_out, &error);
    if (found < 0)
        cmd_complain_error(&error);
    else if (found == 0)
        cmd_complain("%s: no such account", candidate->name);
    return found > 0 ? 0 : -1;
}

/* An administrator who names an account vouches for its password. */
static void accept_hash(const struct candidate *candidate, struct vp_record *record)
{
    if (candidate->known != NULL || record->due != VP_DUE_ELSEWHERE)
        return;
    record->due = VP_DUE_NONE;
    record->due_since = VP_NO_DAY;
}

static bool is_overdue(const struct vp_inquiry *inquiry)
{
    struct vp_verdict verdict = vp_inquiry_judge(inquiry);

    if (inquiry->record.respite != VP_NO_DAY)
        return true;
    return verdict.kind == VP_MUST_CHANGE && verdict.reason == VP_REASON_EXPIRED;
}

/* Whether the record that was just learnt is news worth writing. */
static bool is_news(const struct candidate *candidate, const struct vp_inquiry *inquiry)
{
    if (inquiry->learnt & VP_LEARNT_BEGAN)
        return true;
    return candidate->known == NULL && inquiry->record.due == VP_DUE_ELSEWHERE;
}

static void describe(struct candidate *candidate, const struct vp_inquiry *inquiry)
{
    struct vp_verdict verdict = vp_inquiry_judge(inquiry);

    candidate->due = verdict.kind <= VP_WARN ? verdict.expires : verdict.since;
    if (vp_verdict_exempt(&inquiry->values, &inquiry->account) && verdict.kind == VP_OK)
        candidate->state = "exempt";
    else if (candidate->overdue && verdict.kind <= VP_WARN)
        candidate->state = "overdue";
    else if (verdict.kind <= VP_WARN)
        candidate->state = vp_verdict_kind_word(verdict.kind);
    else
        candidate->state = vp_verdict_reason_word(verdict.reason);
}

/*
 * First round, nothing is written: who gets a record, and who of those is overdue. Returns 1, 0 for
 * an account that gets none, or -1 after an error message.
 */
static int weigh(struct adoption *adoption, struct candidate *candidate)
{
    struct vp_inquiry inquiry;
    int result = open_candidate(adoption, candidate, true, &inquiry) == 0 ? 1 : -1;

    if (result > 0 && !inquiry.record_readable) {
        cmd_complain_error(&inquiry.trouble[VP_TROUBLE_RECORD]);
        result = -1;
    } else if (result > 0 && inquiry.record.user[0] == '\0') {
        adoption->system++;
        result = 0;
    } else if (result > 0 && !is_news(candidate, &inquiry)) {
        adoption->had_record++;
        result = 0;
    } else if (result > 0) {
        accept_hash(candidate, &inquiry.record);
        candidate->overdue =
            !vp_verdict_exempt(&inquiry.values, &inquiry.account) && is_overdue(&inquiry);
        describe(candidate, &inquiry);
    }
    vp_inquiry_close(&inquiry);
    return result;
}

static void give_respite(const struct candidate *candidate, struct vp_record *record)
{
    if (candidate->respite != VP_NO_DAY)
        record->respite = candidate->respite;
}

/* Second round: learns again under the lock, and writes unless it is a dry run. */
static int take(const struct adoption *adoption, struct candidate *candidate)
{
    bool dry = adoption->arguments->dry_run;
    struct vp_inquiry inquiry;
    struct vp_error error;
    int result = open_candidate(adoption, candidate, dry, &inquiry);

    if (result == 0 && !dry && vp_inquiry_hold(&inquiry, VP_LOCK_WAIT_MS, &error) != 0) {
        cmd_complain_error(&error);
        result = -1;
    } else if (result == 0 && is_news(candidate, &inquiry)) {
        accept_hash(candidate, &inquiry.record);
        give_respite(candidate, &inquiry.record);
        describe(candidate, &inquiry);
        if (!dry && vp_inquiry_write(&inquiry, false, &error) != 0) {
            cmd_complain_error(&error);
            result = -1;
        }
    }
    vp_inquiry_close(&inquiry);
    return result;
}

/* ---- everybody ------------------------------------------------------------------------------- */

/* Spreads the overdue over the days, as evenly as whole days allow; names are in order. */
static void spread(struct adoption *adoption, int32_t today)
{
    int64_t at = 0;

    for (size_t i = 0; i < adoption->count; i++) {
        struct candidate *candidate = &adoption->candidates[i];

        if (!candidate->overdue || adoption->within == VP_NO_DAY)
            continue;
        candidate->respite =
            adoption->within == 0
                ? today
                : today + 1 + (int32_t)(at * adoption->within / (int64_t)adoption->overdue);
        at++;
    }
}

static int compare_names(const void *one, const void *other)
{
    const struct candidate *a = one, *b = other;

    return strcmp(a->name, b->name);
}

static int compare_due(const void *one, const void *other)
{
    const struct candidate *a = one, *b = other;

    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Keeps those who get a record. Returns 0, or -1 where one of them cannot be told. */
static int weigh_all(struct adoption *adoption)
{
    size_t kept = 0;
    int result = 0;

    if (adoption->count > 0)
        qsort(adoption->candidates, adoption->count, sizeof adoption->candidates[0], compare_names);
    for (size_t i = 0; i < adoption->count; i++) {
        struct candidate candidate = adoption->candidates[i];
        int news = weigh(adoption, &candidate);

        adoption->candidates[i] = (struct candidate){0};
        if (news > 0) {
            adoption->overdue += candidate.overdue;
            adoption->candidates[kept++] = candidate;
        } else {
            drop_candidate(&candidate);
        }
        result = news < 0 ? -1 : result;
    }
    adoption->count = kept;
    return result;
}

static int take_all(struct adoption *adoption, const char *path)
{
    struct vp_store store = {.directory = -1};
    struct vp_error error;
    int result = 0;

    for (size_t i = 0; i < adoption->count; i++)
        if (take(adoption, &adoption->candidates[i]) != 0)
            result = -1;
    if (adoption->arguments->dry_run || adoption->count == 0)
        return result;
    if (vp_store_open(path, &store, &error) != 0 || vp_store_sync(&store, &error) != 0) {
        cmd_complain_error(&error);
        result = -1;
    }
    vp_store_close(&store);
    return result;
}

static void say_all(struct adoption *adoption)
{
    const char *would = adoption->arguments->dry_run ? "would be " : "";
    char date[VP_DATE_SIZE];

    if (adoption->count > 0)
        qsort(adoption->candidates, adoption->count, sizeof adoption->candidates[0], compare_due);
    for (size_t i = 0; i < adoption->count; i++) {
        const struct candidate *candidate = &adoption->candidates[i];

        vp_number_print_date(candidate->due, date);
        cmd_say("%s\t%s\t%s", candidate->name, candidate->state, date);
    }
    cmd_say("adopted: %zu %srecorded, %zu of them overdue; %zu had a record, %zu are the system's, "
            "%zu have no password",
            adoption->count, would, adoption->overdue, adoption->had_record, adoption->system,
            adoption->no_password);
}

static int read_within(const char *text, int32_t *within_out)
{
    *within_out = VP_NO_DAY;
    if (text == NULL)
        return 0;
    if (vp_number_duration(text, within_out) == 0 && *within_out != VP_NEVER)
        return 0;
    cmd_complain("--within: \"%s\" is no number of days (write it as 28d)", text);
    return -1;
}

static enum cmd_status adopt(struct adoption *adoption, const char *path)
{
    const struct cmd_arguments *arguments = adoption->arguments;
    bool failed;

    if ((!arguments->dry_run && prepare_store(arguments, path) != 0) ||
        (arguments->name_count > 0 ? list_named(adoption) : list_all(adoption)) != 0)
        return CMD_ERROR;
    failed = weigh_all(adoption) != 0;
    spread(adoption, vp_number_day(arguments->now));
    failed |= take_all(adoption, path) != 0;
    say_all(adoption);
    return failed ? CMD_ERROR : CMD_YES;
}

enum cmd_status cmd_adopt(const struct cmd_arguments *arguments)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    struct adoption adoption = {.arguments = arguments};
    char actor[VP_NAME_MAX + 1];
    enum cmd_status status;

    if (read_within(arguments->within, &adoption.within) != 0)
        return CMD_ERROR;
    if (arguments->stamp_only)
        return prepare_store(arguments, path) == 0 ? CMD_YES : CMD_ERROR;
    status = adopt(&adoption, path);
    if (!arguments->dry_run && adoption.count > 0) {
        vp_account_actor(actor);
        cmd_log("%zu accounts adopted by %s", adoption.count, actor);
    }
    drop_adoption(&adoption);
    return status;
}
