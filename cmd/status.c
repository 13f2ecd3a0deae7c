/*
 * The whole on one screen: policy, store and accounts, and what needs a hand. First everything is
 * looked at, then it is said, as lines or as JSON.
 */
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/text.h"
#include "json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an administrator can do about something, with the command that does. */
#define TO_DO_MAX 16

struct survey {
    const struct cmd_arguments *arguments;
    const char *policy_path, *state_dir;
    enum vp_policy_source policy_source;
    bool policy_faulty, store_missing, stamp_damaged; /* without a stamp nobody can be judged */
    struct vp_error policy_trouble, store_trouble;
    int32_t began;
    size_t records, total, no_record;
    size_t services, stack_faults;
    size_t counts[CMD_STATE_COUNT][VP_REASON_COUNT]; /* VP_REASON_NONE where there is none */
    bool clock_back;
    struct cmd_people local; /* everybody in passwd */
    size_t gone;
    char to_do[TO_DO_MAX][256];
    size_t to_do_count;
};

/* ---- looking --------------------------------------------------------------------------------- */

static void want(struct survey *survey, const char *format, ...) VP_PRINTF(2, 3);

static void want(struct survey *survey, const char *format, ...)
{
    va_list values;

    if (survey->to_do_count == TO_DO_MAX)
        return;
    va_start(values, format);
    vsnprintf(survey->to_do[survey->to_do_count++], sizeof survey->to_do[0], format, values);
    va_end(values);
}

static void count_list(void *context, unsigned line, const char *fault)
{
    (void)line;
    (void)fault;
    ++*(size_t *)context;
}

static void look_at_policy(struct survey *survey, const struct vp_store *store)
{
    struct vp_policy policy;
    size_t lists = 0;

    survey->policy_source =
        vp_inquiry_load_policy(survey->arguments->policy_path, store, true, &policy,
                               &survey->policy_faulty, &survey->policy_trouble);
    cmd_lists_visit_faults(&policy, count_list, &lists);
    vp_policy_free(&policy);
    if (lists > 0)
        want(survey, "files that the policy names cannot be used as they are (%zu): vpolicy check",
             lists);
    if (survey->policy_faulty)
        want(survey, "the policy file does not count; what is wrong says: vpolicy check");
}

static int count_record(void *context, const char *name)
{
    (void)name;
    ((struct survey *)context)->records++;
    return 0;
}

/* Where nothing can be asked, the stamp has no day. */
static void look_at_store(struct survey *survey, const struct vp_store *store)
{
    struct vp_error error;
    bool present;

    if (store->directory < 0)
        return;
    survey->stamp_damaged = vp_store_read_stamp(store, "", &survey->began, &present, &error) < 0;
    if (survey->stamp_damaged || vp_store_visit(store, count_record, survey, &error) != 0) {
        survey->store_trouble = error;
        want(survey, "the store is damaged: man vpolicy.state");
    } else if (survey->began == VP_NO_DAY) {
        want(survey, "the store has no stamp: vpolicy adopt --stamp-only");
    }
    if (store->writable && vp_store_probe(store, &error) != 0) {
        survey->store_trouble = error;
        want(survey, "nothing can be written to the store, and no password changed");
    }
}

/*
 * After the accounts have been looked at: passwd is read once. Copies do not count: userdel leaves
 * one each time, and a status that is never well would not be looked at.
 */
static void look_for_gone(struct survey *survey, const struct vp_store *store)
{
    struct cmd_people gone;

    if (cmd_people_gone(store, &survey->local, false, &gone) == 0) {
        survey->gone = gone.count;
        cmd_people_free(&gone);
    } else {
        want(survey, "whose accounts are gone cannot be told: /etc/nsswitch.conf, passwd");
    }
    if (survey->gone > 0)
        want(survey, "records of accounts that are gone (%zu): vpolicy prune", survey->gone);
}

static size_t count_state(const struct survey *survey, size_t state)
{
    size_t count = 0;

    for (size_t reason = 0; reason < VP_REASON_COUNT; reason++)
        count += survey->counts[state][reason];
    return count;
}

static size_t count_reason(const struct survey *survey, size_t reason)
{
    size_t count = 0;

    for (size_t state = 0; state < CMD_STATE_COUNT; state++)
        count += survey->counts[state][reason];
    return count;
}

static int count_account(void *context, const struct vp_inquiry *inquiry)
{
    struct survey *survey = context;
    struct cmd_standing standing = cmd_standing_of(inquiry);
    int result = cmd_people_add(&survey->local, inquiry->account.name);
    bool recorded = inquiry->record.user[0] != '\0' && !(inquiry->learnt & VP_LEARNT_BEGAN);

    if (!cmd_is_person(inquiry) && inquiry->record.user[0] == '\0' &&
        standing.state != CMD_STATE_UNREADABLE)
        return result;
    survey->total++;
    survey->counts[standing.state][standing.why]++;
    survey->no_record += !recorded && inquiry->record_readable;
    survey->clock_back |= inquiry->clock_back;
    return result;
}

/* 0, or -1 after an error message. */
static int look_at_stacks(struct survey *survey)
{
    int result = cmd_stack_count(survey->arguments, &survey->services, &survey->stack_faults);

    if (result == 0 && survey->stack_faults > 0)
        want(survey, "logins or new passwords may slip past the PAM lines: vpolicy stack");
    return result;
}

/* Returns 0, or -1 after an error message: then not all could be told. */
static int look(struct survey *survey)
{
    struct vp_store store;
    int result = 0;

    if (vp_store_open(survey->state_dir, &store, &survey->store_trouble) != 0) {
        if (survey->store_trouble.errnum == EACCES) {
            cmd_complain("%s: cannot be looked into (try as root)", survey->state_dir);
            return -1;
        }
        survey->store_missing = true;
        if (survey->store_trouble.errnum == ENOENT)
            want(survey, "the store is missing, and no password can be changed; if it is not "
                         "merely unmounted: vpolicy adopt --stamp-only");
        else
            want(survey, "the store cannot be used, and no password changed");
    }
    look_at_policy(survey, &store);
    look_at_store(survey, &store);
    if (!survey->store_missing && !survey->stamp_damaged)
        result = cmd_known_visit(survey->arguments, count_account, survey);
    if (!survey->store_missing && !survey->stamp_damaged && result == 0)
        look_for_gone(survey, &store);
    vp_store_close(&store);
    if (result == 0)
        result = look_at_stacks(survey);
    if (count_state(survey, CMD_STATE_UNREADABLE) > 0)
        want(survey, "accounts that cannot be judged (%zu): vpolicy list --state unreadable",
             count_state(survey, CMD_STATE_UNREADABLE));
    if (survey->clock_back)
        want(survey, "the clock is behind the records, or was ahead once: vpolicy show USER");
    return result;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static const char *policy_word(const struct survey *survey)
{
    static const char *const words[] = {[VP_POLICY_BUILTIN] = "built-in values",
                                        [VP_POLICY_FILE] = "file",
                                        [VP_POLICY_KEPT] = "last good copy"};

    return words[survey->policy_source];
}

static void say_policy(const struct survey *survey)
{
    char text[1024];

    if (!survey->policy_faulty) {
        cmd_say("policy: %s: %s", survey->policy_path,
                survey->policy_source == VP_POLICY_FILE ? "ok" : "no such file, built-in values");
        return;
    }
    vp_error_print(&survey->policy_trouble, text, sizeof text);
    cmd_say("policy: in force: the %s; %s", policy_word(survey), text);
}

static void say_store(const struct survey *survey)
{
    char text[1024], date[VP_DATE_SIZE];

    if (survey->store_trouble.text[0] != '\0') {
        vp_error_print(&survey->store_trouble, text, sizeof text);
        cmd_say("store: %s", text);
        return;
    }
    vp_number_print_date(survey->began, date);
    cmd_say("store: %s: began %s, %zu records", survey->state_dir, date, survey->records);
}

/* ` (2 expired, 1 initial)`, or nothing. */
static void print_reasons(const struct survey *survey, size_t state, char *buffer, size_t size)
{
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    for (size_t reason = VP_REASON_NONE + 1; reason < VP_REASON_COUNT; reason++)
        if (survey->counts[state][reason] > 0)
            vp_text_add(&text, "%s%zu %s", text.length == 0 ? " (" : ", ",
                        survey->counts[state][reason],
                        vp_verdict_reason_word((enum vp_reason)reason));
    if (text.length > 0)
        vp_text_add(&text, ")");
}

static void say_accounts(const struct survey *survey)
{
    char reasons[512];

    if (survey->store_missing || survey->stamp_damaged)
        return;
    cmd_say("accounts: %zu, %zu of them without a record yet", survey->total, survey->no_record);
    for (size_t state = 0; state < CMD_STATE_COUNT; state++) {
        if (count_state(survey, state) == 0)
            continue;
        print_reasons(survey, state, reasons, sizeof reasons);
        cmd_say_toned(cmd_state_tone((enum cmd_state)state), "accounts: %zu %s%s",
                      count_state(survey, state), cmd_state_word((enum cmd_state)state), reasons);
    }
}

static void say(const struct survey *survey)
{
    say_policy(survey);
    say_store(survey);
    cmd_say("stacks: %zu services, %zu faults", survey->services, survey->stack_faults);
    say_accounts(survey);
    for (size_t i = 0; i < survey->to_do_count; i++)
        cmd_say_toned(CMD_BAD, "to do: %s", survey->to_do[i]);
    if (survey->to_do_count == 0)
        cmd_say_toned(CMD_GOOD, "to do: nothing");
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *make_states(const struct survey *survey)
{
    json_t *object = json_object();

    for (size_t i = 0; i < CMD_STATE_COUNT; i++)
        json_object_set_new(object, cmd_state_word((enum cmd_state)i),
                            json_integer((json_int_t)count_state(survey, i)));
    return object;
}

static json_t *make_reasons(const struct survey *survey)
{
    json_t *object = json_object();

    for (size_t i = VP_REASON_NONE + 1; i < VP_REASON_COUNT; i++)
        json_object_set_new(object, vp_verdict_reason_word((enum vp_reason)i),
                            json_integer((json_int_t)count_reason(survey, i)));
    return object;
}

static json_t *make_trouble(const struct vp_error *trouble, bool is_there)
{
    char text[1024];

    if (!is_there)
        return json_null();
    vp_error_print(trouble, text, sizeof text);
    return cmd_json_text(text);
}

static json_t *make_to_do(const struct survey *survey)
{
    json_t *array = json_array();

    for (size_t i = 0; i < survey->to_do_count; i++)
        json_array_append_new(array, json_string(survey->to_do[i]));
    return array;
}

static enum cmd_status print_json(const struct survey *survey)
{
    json_t *all = json_pack(
        "{s:{s:o, s:s, s:o}, s:{s:o, s:o, s:I, s:o}, s:{s:I, s:I}, s:{s:I, s:I, s:I, s:o, s:o}, "
        "s:o}",
        "policy", "file", cmd_json_text(survey->policy_path), "in_force", policy_word(survey),
        "trouble", make_trouble(&survey->policy_trouble, survey->policy_faulty), "store",
        "directory", cmd_json_text(survey->state_dir), "began", cmd_json_day(survey->began),
        "records", (json_int_t)survey->records, "trouble",
        make_trouble(&survey->store_trouble, survey->store_trouble.text[0] != '\0'), "stacks",
        "services", (json_int_t)survey->services, "faults", (json_int_t)survey->stack_faults,
        "accounts", "count", (json_int_t)survey->total, "without_record",
        (json_int_t)survey->no_record, "gone", (json_int_t)survey->gone, "states",
        make_states(survey), "reasons", make_reasons(survey), "to_do", make_to_do(survey));

    return cmd_json_print(all) == 0 ? CMD_YES : CMD_ERROR;
}

enum cmd_status cmd_status_report(const struct cmd_arguments *arguments)
{
    struct survey survey = {
        .arguments = arguments,
        .policy_path = arguments->policy_path == NULL ? VP_POLICY_PATH : arguments->policy_path,
        .state_dir = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir,
        .began = VP_NO_DAY,
    };
    enum cmd_status status = look(&survey) == 0 ? CMD_YES : CMD_ERROR;

    if (arguments->json && status == CMD_YES)
        status = print_json(&survey);
    else if (status == CMD_YES)
        say(&survey);
    cmd_people_free(&survey.local);
    return status == CMD_YES && survey.to_do_count > 0 ? CMD_NO : status;
}
