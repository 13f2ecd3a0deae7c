/* An administrator's word about accounts: suspect and clear, close and reopen. */
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/roster.h"
#include "command.h"

#include <stdio.h>
#include <string.h>

/* What is to be done to each account. */
struct order {
    const struct cmd_arguments *arguments;
    enum vp_reason reason; /* for close */
    int32_t from;          /* for close */
    int64_t now;
    char actor[VP_NAME_MAX + 1];
};

/* ---- records --------------------------------------------------------------------------------- */

/* Accounts of the system have no record until somebody has something to say about them. */
static void ensure_record(struct vp_inquiry *inquiry)
{
    struct vp_record *record = &inquiry->record;
    const struct vp_account *account = &inquiry->account;

    if (record->user[0] != '\0')
        return;
    vp_record_begin(record, account->name, account->uid);
    record->began = inquiry->today;
    if (account->changed_on > 0)
        record->set_on =
            account->changed_on < inquiry->today ? account->changed_on : inquiry->today;
    memcpy(record->hash, account->hash, sizeof record->hash);
}

static void make_mark(struct vp_mark *mark, enum vp_reason reason, int32_t from,
                      const struct order *order, const char *note)
{
    *mark = (struct vp_mark){.reason = reason, .from = from, .made_at = order->now};
    snprintf(mark->made_by, sizeof mark->made_by, "%.*s", (int)sizeof mark->made_by - 1,
             order->actor);
    snprintf(mark->note, sizeof mark->note, "%s", note == NULL ? "" : note);
    snprintf(mark->incident, sizeof mark->incident, "%s",
             order->arguments->incident == NULL ? "" : order->arguments->incident);
}

static void drop_mark(struct vp_mark *mark)
{
    *mark = (struct vp_mark){.reason = VP_REASON_NONE, .from = VP_NO_DAY};
}

/* Writes the record with its new mark, then builds the wall. The lock is held for each of both. */
static int write_mark(struct vp_inquiry *inquiry, int32_t before)
{
    struct vp_record *record = &inquiry->record;
    struct vp_error error;
    int result;

    if (record->shadow_expiry == VP_NO_DAY && vp_verdict_walled_from(record) != VP_NEVER &&
        inquiry->account.in_shadow)
        record->shadow_expiry = inquiry->account.expires_on;
    if (vp_inquiry_write(inquiry, true, &error) != 0 ||
        vp_inquiry_hold(inquiry, VP_LOCK_WAIT_MS, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    result = cmd_wall_build(inquiry, before);
    vp_inquiry_release(inquiry);
    return result;
}

/* Takes the wall down, then writes the record without its mark. */
static int write_without(struct vp_inquiry *inquiry, const struct vp_record *old)
{
    struct vp_error error;

    if (cmd_wall_take_down(&inquiry->account, old, &inquiry->record) != 0) {
        vp_inquiry_release(inquiry);
        return -1;
    }
    if (vp_inquiry_write(inquiry, true, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    return 0;
}

static void say_verdict(const struct vp_inquiry *inquiry)
{
    struct vp_verdict verdict = vp_inquiry_judge(inquiry);
    char date[VP_DATE_SIZE];

    if (verdict.kind == VP_OK)
        return;
    vp_number_print_date(verdict.kind == VP_WARN && verdict.reason == VP_REASON_EXPIRED
                             ? verdict.expires
                             : verdict.since,
                         date);
    cmd_say("%s: is now: %s (%s, %s)", inquiry->account.name, vp_verdict_kind_word(verdict.kind),
            vp_verdict_reason_word(verdict.reason), date);
}

/* Whether shadow still says what a mark wanted that is gone. */
static bool has_stray_wall(const struct vp_record *record)
{
    return record->shadow_expiry != VP_NO_DAY && vp_verdict_walled_from(record) == VP_NEVER;
}

static bool is_idle(const struct vp_inquiry *inquiry)
{
    struct vp_verdict verdict = vp_inquiry_judge(inquiry);

    return verdict.kind == VP_CLOSED && verdict.reason == VP_REASON_IDLE;
}

/* ---- the four acts, each on one account whose lock is held ----------------------------------- */

typedef int act(struct vp_inquiry *inquiry, const struct order *order);

static int suspect(struct vp_inquiry *inquiry, const struct order *order)
{
    struct vp_record *record = &inquiry->record;
    int32_t before = vp_verdict_wanted_expiry(record, inquiry->account.expires_on);
    bool was_marked = record->suspected.reason != VP_REASON_NONE;
    int32_t from = was_marked ? record->suspected.from : inquiry->today;
    const char *user = inquiry->account.name;

    ensure_record(inquiry);
    make_mark(&record->suspected, VP_REASON_SUSPECTED, from, order, order->arguments->reason);
    /* A second word about a locked account does not unlock it. */
    record->locked = (was_marked && record->locked) || order->arguments->lock;
    if (write_mark(inquiry, before) != 0)
        return -1;
    cmd_say(record->locked
                ? "%s: suspected and locked: no login until an administrator sets a new password"
                : "%s: suspected: the next login must change the password",
            user);
    cmd_log("user %s: suspected%s by %s: %s%s%s", user, record->locked ? " and locked" : "",
            order->actor, order->arguments->reason,
            order->arguments->incident == NULL ? "" : "; incident ",
            order->arguments->incident == NULL ? "" : order->arguments->incident);
    return 0;
}

static int clear(struct vp_inquiry *inquiry, const struct order *order)
{
    struct vp_record *record = &inquiry->record;
    struct vp_record old = *record;
    const char *user = inquiry->account.name;
    int result = 0;

    if (record->suspected.reason == VP_REASON_NONE && !has_stray_wall(record)) {
        vp_inquiry_release(inquiry);
        cmd_say("%s: was not suspected", user);
        goto out;
    }
    drop_mark(&record->suspected);
    record->locked = false;
    result = write_without(inquiry, &old);
    if (result != 0)
        goto out;
    cmd_say("%s: no longer suspected", user);
    say_verdict(inquiry);
    cmd_log("user %s: suspicion taken back by %s", user, order->actor);
out:
    vp_record_wipe(&old);
    return result;
}

static int close_account(struct vp_inquiry *inquiry, const struct order *order)
{
    struct vp_record *record = &inquiry->record;
    int32_t before = vp_verdict_wanted_expiry(record, inquiry->account.expires_on);
    const struct vp_mark was = record->closed;
    const char *user = inquiry->account.name;
    const char *reason = vp_verdict_reason_word(order->reason);
    const char *note = order->arguments->note;
    char date[VP_DATE_SIZE];

    ensure_record(inquiry);
    make_mark(&record->closed, order->reason, order->from, order, note);
    if (write_mark(inquiry, before) != 0)
        return -1;
    /* A day to come is not kept beside the new one: who reopens has to know it. */
    if (was.reason != VP_REASON_NONE && was.from > inquiry->today && order->from < was.from) {
        vp_number_print_date(was.from, date);
        cmd_say("%s: was to be closed (%s) from %s, which no longer stands", user,
                vp_verdict_reason_word(was.reason), date);
    }
    vp_number_print_date(order->from, date);
    if (order->from > inquiry->today)
        cmd_say("%s: closed (%s): scheduled, in force from %s 00:00 UTC", user, reason, date);
    else
        cmd_say("%s: closed (%s) from %s", user, reason, date);
    cmd_log("user %s: closed (%s) from %s by %s%s%s", user, reason, date, order->actor,
            note == NULL ? "" : ": ", note == NULL ? "" : note);
    return 0;
}

static int reopen(struct vp_inquiry *inquiry, const struct order *order)
{
    struct vp_record *record = &inquiry->record;
    struct vp_record old = *record;
    const char *user = inquiry->account.name;
    int result = 0;

    if (record->closed.reason == VP_REASON_NONE && !is_idle(inquiry) && !has_stray_wall(record)) {
        vp_inquiry_release(inquiry);
        cmd_say("%s: was not closed", user);
        goto out;
    }
    drop_mark(&record->closed);
    record->reopened = inquiry->today;
    result = write_without(inquiry, &old);
    if (result != 0)
        goto out;
    cmd_say("%s: reopened", user);
    say_verdict(inquiry);
    cmd_log("user %s: reopened by %s", user, order->actor);
out:
    vp_record_wipe(&old);
    return result;
}

/* ---- on everybody who is meant --------------------------------------------------------------- */

/* What is to be done: how, and to whom. */
struct deed {
    act *act;
    bool marks; /* then what goes on all the same is listed */
    struct cmd_scruples scruples;
};

static const char *object_to_root(const struct vp_inquiry *inquiry, int32_t day)
{
    (void)day;
    return inquiry->account.uid == 0
               ? "root cannot be closed or suspected (change its password: passwd)"
               : NULL;
}

/* Whoever lists who retires next year must not open an account that an incident has closed. */
static const char *object_to_closing(const struct vp_inquiry *inquiry, int32_t day)
{
    const struct vp_mark *closed = &inquiry->record.closed;

    if (closed->reason != VP_REASON_NONE && closed->from <= inquiry->today && day > inquiry->today)
        return "is closed already, and would be open until that day (vpolicy reopen comes first)";
    return object_to_root(inquiry, day);
}

/* Who has no password cannot change it: one by one an administrator may shut keys out so. */
static bool has_no_password(const struct vp_inquiry *inquiry, int32_t day)
{
    (void)day;
    return inquiry->account.password == VP_PASSWORD_UNUSABLE;
}

static bool is_not_suspected(const struct vp_inquiry *inquiry, int32_t day)
{
    (void)day;
    return inquiry->record.suspected.reason == VP_REASON_NONE && !has_stray_wall(&inquiry->record);
}

/* Who is to be closed later only is open on that day. */
static bool is_closed(const struct vp_inquiry *inquiry, int32_t day)
{
    return inquiry->record.closed.reason != VP_REASON_NONE && inquiry->record.closed.from <= day;
}

static bool is_open(const struct vp_inquiry *inquiry, int32_t day)
{
    (void)day;
    return inquiry->record.closed.reason == VP_REASON_NONE && !is_idle(inquiry) &&
           !has_stray_wall(&inquiry->record);
}

static const struct deed suspecting = {
    .act = suspect,
    .marks = true,
    .scruples = {.object = object_to_root, .pass_over = has_no_password}};
static const struct deed clearing = {.act = clear, .scruples = {.pass_over = is_not_suspected}};
static const struct deed closing = {
    .act = close_account,
    .marks = true,
    .scruples = {.object = object_to_closing, .pass_over = is_closed}};
static const struct deed reopening = {.act = reopen, .scruples = {.pass_over = is_open}};

/* In the words of a question, and of a dry run. */
static void print_outcome(const struct order *order, const struct deed *deed, char *buffer,
                          size_t size)
{
    char date[VP_DATE_SIZE];

    if (deed->act == close_account) {
        vp_number_print_date(order->from, date);
        snprintf(buffer, size, "closed (%s) from %s", vp_verdict_reason_word(order->reason), date);
    } else if (deed->act == suspect) {
        snprintf(buffer, size, "suspected%s", order->arguments->lock ? " and locked" : "");
    } else {
        snprintf(buffer, size, "%s", deed->act == clear ? "cleared" : "reopened");
    }
}

static enum cmd_status do_one(const struct order *order, const struct deed *deed, const char *name,
                              const struct cmd_traces *traces)
{
    enum cmd_status status = CMD_YES;
    struct vp_inquiry inquiry;
    char outcome[64];

    if (order->arguments->dry_run) {
        print_outcome(order, deed, outcome, sizeof outcome);
        cmd_say("%s: would be %s", name, outcome);
        return CMD_YES;
    }
    if (cmd_people_hold(order->arguments, name, &inquiry) != 0 || deed->act(&inquiry, order) != 0)
        status = CMD_ERROR;
    /* Also after a failure: what goes on is then the more worth knowing. */
    if (traces != NULL && inquiry.account.name[0] != '\0')
        cmd_traces_say(traces, &inquiry.account,
                       inquiry.record.closed.reason != VP_REASON_NONE || inquiry.record.locked);
    vp_inquiry_close(&inquiry);
    return status;
}

static struct cmd_traces *open_traces(const struct order *order, const struct deed *deed)
{
    return deed->marks && !order->arguments->dry_run ? cmd_traces_open() : NULL;
}

static enum cmd_status do_people(const struct order *order, const struct deed *deed,
                                 const struct cmd_people *people)
{
    struct cmd_traces *traces = open_traces(order, deed);
    enum cmd_status status = CMD_YES;

    for (size_t i = 0; i < people->count; i++) {
        enum cmd_status one = do_one(order, deed, people->names[i], traces);

        status = one > status ? one : status;
    }
    if (people->count == 0)
        cmd_say("nobody is meant; nothing was changed");
    cmd_traces_close(traces);
    return status;
}

static enum cmd_status do_all(const struct order *order, const struct deed *deed)
{
    enum cmd_status status = CMD_ERROR;
    struct cmd_scruples scruples = deed->scruples;
    struct cmd_people people;
    char outcome[64], question[sizeof outcome + 16];

    scruples.day = order->from;
    /* Who closes everybody must be able to open them again. */
    if (deed->act == close_account || order->arguments->lock)
        scruples.spared = order->actor;
    if (cmd_people_find(order->arguments, &scruples, &people) != 0)
        return CMD_ERROR;
    print_outcome(order, deed, outcome, sizeof outcome);
    snprintf(question, sizeof question, "would be %s", outcome);
    if (cmd_people_confirm(order->arguments, &people, question))
        status = do_people(order, deed, &people);
    cmd_people_free(&people);
    return status;
}

/* Each line of the list has its own day and reason. */
static enum cmd_status do_leavers(const struct order *order, const struct deed *deed)
{
    enum cmd_status status = CMD_YES;
    struct cmd_leavers leavers;
    struct cmd_traces *traces;

    if (cmd_leavers_read(order->arguments, deed->scruples.object, &leavers) != 0)
        return CMD_ERROR;
    traces = open_traces(order, deed);
    for (size_t i = 0; i < leavers.count; i++) {
        struct order own = *order;
        enum cmd_status one;

        own.reason = leavers.leavers[i].reason;
        own.from = leavers.leavers[i].from;
        one = do_one(&own, deed, leavers.leavers[i].name, traces);
        status = one > status ? one : status;
    }
    cmd_say("%s: %zu %sclosed, %zu stay", order->arguments->file, leavers.count,
            order->arguments->dry_run ? "would be " : "", leavers.staying);
    cmd_traces_close(traces);
    cmd_leavers_free(&leavers);
    return status;
}

static struct order begin(const struct cmd_arguments *arguments)
{
    struct order order = {.arguments = arguments, .now = arguments->now};

    order.from = vp_number_day(order.now);
    vp_account_actor(order.actor);
    return order;
}

/* A record would cut what is longer, and nobody should find out from a court file. */
static bool fits(const char *option, const char *text, size_t size)
{
    if (text == NULL || strlen(text) < size)
        return true;
    cmd_complain("--%s: has %zu bytes (at most %zu)", option, strlen(text), size - 1);
    return false;
}

static bool texts_fit(const struct cmd_arguments *arguments, bool reason)
{
    static const struct vp_mark mark;

    return (!reason || fits("reason", arguments->reason, sizeof mark.note)) &&
           fits("note", arguments->note, sizeof mark.note) &&
           fits("incident", arguments->incident, sizeof mark.incident);
}

enum cmd_status cmd_suspect(const struct cmd_arguments *arguments)
{
    struct order order = begin(arguments);

    if (arguments->reason == NULL || arguments->reason[0] == '\0') {
        cmd_complain("suspect: wants --reason TEXT");
        return CMD_ERROR;
    }
    return texts_fit(arguments, true) ? do_all(&order, &suspecting) : CMD_ERROR;
}

enum cmd_status cmd_clear(const struct cmd_arguments *arguments)
{
    struct order order = begin(arguments);

    return do_all(&order, &clearing);
}

/* The list says for each line what the options say for everybody. */
static enum cmd_status close_leavers(struct order *order)
{
    const struct cmd_arguments *arguments = order->arguments;

    if (arguments->reason == NULL && arguments->on == NULL && arguments->name_count == 0 &&
        !cmd_selects(arguments))
        return texts_fit(arguments, false) ? do_leavers(order, &closing) : CMD_ERROR;
    cmd_complain("close: --file stands without USER, --reason and --on: they stand in the list");
    return CMD_ERROR;
}

enum cmd_status cmd_close(const struct cmd_arguments *arguments)
{
    struct order order = begin(arguments);

    if (arguments->file != NULL)
        return close_leavers(&order);
    if (arguments->reason == NULL || vp_roster_reason(arguments->reason, &order.reason) != 0) {
        cmd_complain("close: wants --reason retired, transferred or other");
        return CMD_ERROR;
    }
    if (arguments->on != NULL && vp_number_date(arguments->on, &order.from) != 0) {
        cmd_complain("--on: \"%s\" is no date (write it as 2026-11-22)", arguments->on);
        return CMD_ERROR;
    }
    return texts_fit(arguments, false) ? do_all(&order, &closing) : CMD_ERROR;
}

enum cmd_status cmd_reopen(const struct cmd_arguments *arguments)
{
    struct order order = begin(arguments);

    return do_all(&order, &reopening);
}
