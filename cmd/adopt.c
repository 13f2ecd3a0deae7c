/*
 * Beginning records for accounts that were here before the module: what the stamp and the module's
 * own learning do account by account, at one go, and said aloud.
 *
 * First round: everybody is looked at once, and who gets a record is kept. Then the overdue are
 * spread over the days. Second round: each is opened again under its lock, from what the first one
 * kept, and written without fsync; one syncfs puts them all on the disk, and the stamp comes last.
 * Killed in between, the next run adopts the others; the stamp never says that all are done before
 * they are.
 */
#include "adopt.h"
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct cmd_adoption adoption;
    struct cmd_known *known; /* for the second round */
    struct cmd_units *units;
    struct cmd_seen *seen;
    int32_t within; /* or VP_NO_DAY */
    bool stopped, failed;
};

/* ---- candidates ------------------------------------------------------------------------------ */

static void drop_candidate(struct cmd_candidate *candidate)
{
    free(candidate->name);
    free(candidate->group);
    if (candidate->hash != NULL)
        vp_secret_free(candidate->hash);
    *candidate = (struct cmd_candidate){0};
}

static int take_first(void *context, const char *name)
{
    *(const char **)context = name;
    return 1;
}

static struct cmd_candidate make_candidate(const struct run *run, const struct vp_inquiry *inquiry,
                                           bool named)
{
    const struct vp_account *account = &inquiry->account;
    const char *group = "";

    (void)cmd_units_visit(run->units, account, take_first, &group);
    return (struct cmd_candidate){
        .name = strdup(account->name),
        .group = strdup(group),
        .hash = strdup(account->hash),
        .uid = account->uid,
        .gid = account->gid,
        .changed_on = account->changed_on,
        .expires_on = account->expires_on,
        .password = account->password,
        .in_shadow = account->in_shadow,
        .named = named,
        .respite = VP_NO_DAY,
        .never_seen = inquiry->record.last_login == VP_NO_DAY && cmd_seen_can_tell(run->seen) &&
                      !cmd_seen_ever(run->seen, account),
    };
}

/* Takes the candidate over, also where it fails. */
static int add_candidate(struct cmd_adoption *adoption, struct cmd_candidate *candidate)
{
    struct cmd_candidate *moved = cmd_grow(adoption->candidates, adoption->count, &adoption->room,
                                           sizeof *adoption->candidates);

    if (moved != NULL)
        adoption->candidates = moved;
    if (moved == NULL || candidate->name == NULL || candidate->group == NULL ||
        candidate->hash == NULL) {
        drop_candidate(candidate);
        return -1;
    }
    moved[adoption->count++] = *candidate;
    return 0;
}

/* The account as the first round saw it. */
static void restore_account(const struct cmd_candidate *candidate, struct vp_account *account_out)
{
    *account_out = (struct vp_account){
        .uid = candidate->uid,
        .gid = candidate->gid,
        .changed_on = candidate->changed_on,
        .expires_on = candidate->expires_on,
        .password = candidate->password,
        .in_shadow = candidate->in_shadow,
    };
    memcpy(account_out->name, candidate->name, strlen(candidate->name));
    memcpy(account_out->hash, candidate->hash, strlen(candidate->hash));
}

/* ---- the stamp ------------------------------------------------------------------------------- */

/* Makes the store where it is missing, and its stamp if that is wanted. */
static int prepare_store(const struct cmd_arguments *arguments, const char *path, bool stamp)
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
    } else if (stamp && vp_inquiry_stamp(&store, today, &error) != 0) {
        cmd_complain_error(&error);
    } else {
        result = 0;
    }
    vp_store_close(&store);
    return result;
}

/* ---- the first round ------------------------------------------------------------------------- */

static bool has_hash(const struct vp_account *account)
{
    return account->password == VP_PASSWORD_HASH || account->password == VP_PASSWORD_LOCKED;
}

/* An administrator who names an account vouches for its password. */
static void accept_hash(const struct cmd_candidate *candidate, struct vp_record *record)
{
    if (!candidate->named || record->due != VP_DUE_ELSEWHERE)
        return;
    record->due = VP_DUE_NONE;
    record->due_since = VP_NO_DAY;
}

/* --strict: whoever was never seen begins like a new account, with a change at the first login. */
static void begin_strictly(const struct cmd_adoption *adoption,
                           const struct cmd_candidate *candidate, struct vp_inquiry *inquiry)
{
    struct vp_record *record = &inquiry->record;

    if (!adoption->arguments->strict || !candidate->never_seen || record->due != VP_DUE_NONE ||
        !(inquiry->learnt & VP_LEARNT_BEGAN))
        return;
    record->due = VP_DUE_INITIAL;
    record->due_since = inquiry->today;
    record->respite = VP_NO_DAY;
}

static bool is_overdue(const struct vp_inquiry *inquiry)
{
    struct vp_verdict verdict = vp_inquiry_judge(inquiry);

    if (vp_verdict_exempt(&inquiry->values, &inquiry->account))
        return false;
    if (inquiry->record.respite != VP_NO_DAY)
        return true;
    return verdict.kind == VP_MUST_CHANGE && verdict.reason == VP_REASON_EXPIRED;
}

/* Whether the record that was just learnt is news worth writing. */
static bool is_news(const struct vp_inquiry *inquiry, bool named)
{
    if (inquiry->learnt & VP_LEARNT_BEGAN)
        return true;
    return named && inquiry->record.due == VP_DUE_ELSEWHERE;
}

static void describe(struct cmd_candidate *candidate, const struct vp_inquiry *inquiry)
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

/* inquiry is only lent: its record is changed in a copy. */
static int keep_candidate(struct run *run, const struct vp_inquiry *inquiry, bool named)
{
    struct cmd_candidate candidate = make_candidate(run, inquiry, named);
    struct vp_inquiry copy = *inquiry;

    accept_hash(&candidate, &copy.record);
    begin_strictly(&run->adoption, &candidate, &copy);
    candidate.overdue = is_overdue(&copy);
    if (candidate.overdue)
        candidate.hint = cmd_traces_hint(&inquiry->account);
    run->adoption.overdue += candidate.overdue;
    describe(&candidate, &copy);
    vp_secret_wipe(&copy, sizeof copy);
    return add_candidate(&run->adoption, &candidate);
}

static int weigh(void *context, const struct vp_inquiry *inquiry, bool selected)
{
    struct run *run = context;
    struct cmd_adoption *adoption = &run->adoption;

    if (!adoption->arguments->dry_run && cmd_people_store_wrong(inquiry)) {
        run->stopped = true;
        return 1;
    }
    if (!inquiry->record_readable) {
        cmd_complain_error(&inquiry->trouble[VP_TROUBLE_RECORD]);
        run->failed = true;
        /* Who names somebody wants that one; among all, one record must not stop the others. */
        run->stopped |= !selected;
    } else if (selected && !has_hash(&inquiry->account)) {
        adoption->no_password++;
    } else if (inquiry->record.user[0] == '\0') {
        adoption->system++;
    } else if (!is_news(inquiry, !selected)) {
        adoption->had_record++;
    } else {
        return keep_candidate(run, inquiry, !selected);
    }
    return 0;
}

/* ---- the second round ------------------------------------------------------------------------ */

static int open_candidate(const struct run *run, const struct cmd_candidate *candidate,
                          struct vp_known **known_out, struct vp_inquiry *inquiry_out)
{
    bool dry = run->adoption.arguments->dry_run;
    struct vp_question question = cmd_question(run->adoption.arguments, candidate->name, dry);
    struct vp_account account;
    struct vp_error error;
    int found = 1;

    *known_out = NULL;
    if (candidate->named) {
        found = vp_inquiry_open(&question, inquiry_out, &error);
    } else {
        restore_account(candidate, &account);
        *known_out = cmd_known_of(run->known, &account);
        vp_account_wipe(&account);
        if (*known_out == NULL)
            found = vp_error_set(&error, NULL, 0, ENOMEM, "%.64s", candidate->name);
        else
            vp_inquiry_open_known(&question, *known_out, inquiry_out);
    }
    if (found < 0)
        cmd_complain_error(&error);
    else if (found == 0)
        cmd_complain("%s: no such account", candidate->name);
    return found > 0 ? 0 : -1;
}

/* Learns again under the lock, and writes unless it is a dry run. */
static int write_candidate(const struct run *run, struct cmd_candidate *candidate,
                           struct vp_inquiry *inquiry)
{
    bool dry = run->adoption.arguments->dry_run;
    struct vp_error error;
    int result = 0;

    if (!dry && vp_inquiry_hold(inquiry, VP_LOCK_WAIT_MS, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    if (!is_news(inquiry, candidate->named))
        return 0;
    accept_hash(candidate, &inquiry->record);
    begin_strictly(&run->adoption, candidate, inquiry);
    if (candidate->respite != VP_NO_DAY)
        inquiry->record.respite = candidate->respite;
    describe(candidate, inquiry);
    if (!dry && vp_inquiry_write(inquiry, false, &error) != 0) {
        cmd_complain_error(&error);
        result = -1;
    }
    return result;
}

static int take(const struct run *run, struct cmd_candidate *candidate)
{
    struct vp_inquiry inquiry = {.store.directory = -1, .lock = -1};
    struct vp_known *known;
    int result = open_candidate(run, candidate, &known, &inquiry);

    if (result == 0)
        result = write_candidate(run, candidate, &inquiry);
    vp_inquiry_close(&inquiry);
    cmd_known_drop(known);
    return result;
}

/* ---- everybody ------------------------------------------------------------------------------- */

/* Spreads the overdue over the days, as evenly as whole days allow; names are in order. */
static void spread(struct run *run, int32_t today)
{
    struct cmd_adoption *adoption = &run->adoption;
    int64_t at = 0;

    for (size_t i = 0; i < adoption->count; i++) {
        struct cmd_candidate *candidate = &adoption->candidates[i];

        if (!candidate->overdue || run->within == VP_NO_DAY)
            continue;
        candidate->respite =
            run->within == 0 ? today
                             : today + 1 + (int32_t)(at * run->within / (int64_t)adoption->overdue);
        at++;
    }
}

static int compare_names(const void *one, const void *other)
{
    const struct cmd_candidate *a = one, *b = other;

    return strcmp(a->name, b->name);
}

/* Who is named and in a set came twice. */
static void unite(struct cmd_adoption *adoption)
{
    size_t kept = 0;

    if (adoption->count == 0)
        return;
    qsort(adoption->candidates, adoption->count, sizeof adoption->candidates[0], compare_names);
    for (size_t i = 1; i < adoption->count; i++) {
        struct cmd_candidate *candidate = &adoption->candidates[i];

        if (strcmp(adoption->candidates[kept].name, candidate->name) == 0) {
            adoption->overdue -= candidate->overdue;
            drop_candidate(candidate);
        } else if (++kept != i) {
            adoption->candidates[kept] = *candidate;
            *candidate = (struct cmd_candidate){0};
        }
    }
    adoption->count = kept + 1;
}

/* What was written without fsync is put on the disk, and only then does the stamp say so. */
static int finish(struct run *run, const char *path)
{
    struct vp_store store;
    struct vp_error error;
    int result = 0;

    if (run->adoption.count > 0 &&
        (vp_store_open(path, &store, &error) != 0 || vp_store_sync(&store, &error) != 0)) {
        cmd_complain_error(&error);
        result = -1;
    }
    if (run->adoption.count > 0)
        vp_store_close(&store);
    return result == 0 ? prepare_store(run->adoption.arguments, path, true) : result;
}

static int take_all(struct run *run, const char *path)
{
    struct cmd_adoption *adoption = &run->adoption;
    int result = 0;

    for (size_t i = 0; i < adoption->count; i++) {
        if (take(run, &adoption->candidates[i]) != 0)
            result = -1;
        cmd_progress(i + 1, adoption->count);
    }
    if (!adoption->arguments->dry_run && finish(run, path) != 0)
        result = -1;
    return result;
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

/* Opens what both rounds ask. 0, or -1 after an error message. */
static int begin(struct run *run, const char *path)
{
    const struct cmd_arguments *arguments = run->adoption.arguments;

    if (!arguments->dry_run && prepare_store(arguments, path, false) != 0)
        return -1;
    run->seen = cmd_seen_open();
    run->units = run->seen == NULL ? NULL : cmd_units_open();
    run->known = run->units == NULL ? NULL : cmd_known_open(arguments);
    if (run->known == NULL)
        return -1;
    run->adoption.logins_known = cmd_seen_can_tell(run->seen);
    if (!arguments->strict || run->adoption.logins_known)
        return 0;
    cmd_complain(
        "--strict: there is neither /var/log/lastlog nor /var/log/wtmp: nobody can be told "
        "to have never logged in");
    return -1;
}

static enum cmd_status adopt(struct run *run, const char *path)
{
    const struct cmd_arguments *arguments = run->adoption.arguments;

    if (begin(run, path) != 0)
        return CMD_ERROR;
    if (cmd_select_visit(arguments, true, weigh, run) != 0 || run->stopped) {
        if (!arguments->dry_run)
            cmd_complain("nothing was changed");
        return CMD_ERROR;
    }
    unite(&run->adoption);
    spread(run, vp_number_day(arguments->now));
    run->failed |= take_all(run, path) != 0;
    cmd_announce(&run->adoption);
    return run->failed ? CMD_ERROR : CMD_YES;
}

static void end(struct run *run)
{
    for (size_t i = 0; i < run->adoption.count; i++)
        drop_candidate(&run->adoption.candidates[i]);
    free(run->adoption.candidates);
    cmd_known_close(run->known);
    cmd_units_close(run->units);
    cmd_seen_close(run->seen);
}

enum cmd_status cmd_adopt(const struct cmd_arguments *arguments)
{
    const char *path = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    struct run run = {.adoption.arguments = arguments};
    char actor[VP_NAME_MAX + 1];
    enum cmd_status status;

    if (read_within(arguments->within, &run.within) != 0)
        return CMD_ERROR;
    if (arguments->stamp_only)
        return prepare_store(arguments, path, true) == 0 ? CMD_YES : CMD_ERROR;
    status = adopt(&run, path);
    if (!arguments->dry_run && run.adoption.count > 0) {
        vp_account_actor(actor);
        cmd_log("%zu accounts adopted by %s", run.adoption.count, actor);
    }
    end(&run);
    return status;
}
