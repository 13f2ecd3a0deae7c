/* What holds for one account, and what a login would get. Writes nothing. */
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/shadow.h"
#include "../lib/text.h"
#include "outlook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *policy_file(const struct cmd_arguments *arguments)
{
    return arguments->policy_path == NULL ? VP_POLICY_PATH : arguments->policy_path;
}

/* ---- policy ---------------------------------------------------------------------------------- */

static const char *store_remark(const struct vp_inquiry *inquiry)
{
    if (inquiry->store.directory >= 0)
        return "";
    return inquiry->trouble[VP_TROUBLE_STORE].errnum == EACCES ? " (for root only)" : " (missing)";
}

static void show_subject(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry)
{
    static const char *const sources[] = {[VP_POLICY_BUILTIN] = "built-in values",
                                          [VP_POLICY_FILE] = "file",
                                          [VP_POLICY_KEPT] = "last good copy of"};
    const char *state = arguments->state_dir == NULL ? VP_STATE_DIR : arguments->state_dir;
    bool builtin = inquiry->policy_source == VP_POLICY_BUILTIN;

    cmd_say("account: %s (uid %u)", inquiry->account.name, inquiry->account.uid);
    cmd_say("service: %s", inquiry->question.service);
    cmd_say("policy: %s%s%s", sources[inquiry->policy_source], builtin ? "" : " ",
            builtin ? "" : policy_file(arguments));
    cmd_say("store: %s%s", state, store_remark(inquiry));
    if (inquiry->groups[0] != '\0')
        cmd_say("groups: %s", inquiry->groups);
}

static void show_troubles(const struct vp_inquiry *inquiry)
{
    char text[1024];

    for (unsigned i = 0; i < VP_TROUBLE_COUNT; i++)
        if (inquiry->troubles & 1u << i && inquiry->trouble[i].errnum != EACCES) {
            vp_error_print(&inquiry->trouble[i], text, sizeof text);
            cmd_say("trouble: %s", text);
        }
}

static void show_key(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry,
                     enum vp_key key)
{
    char value[256], header[512];

    vp_policy_print_value(key, &inquiry->values, value, sizeof value);
    vp_policy_print_section(&inquiry->policy, key, inquiry->lines[key], header, sizeof header);
    if (inquiry->lines[key] == 0)
        cmd_say("key: %s = %s (built-in)", vp_policy_key_name(key), value);
    else
        cmd_say("key: %s = %s (%s:%u%s%s)", vp_policy_key_name(key), value, policy_file(arguments),
                inquiry->lines[key], header[0] == '\0' ? "" : ", ", header);
}

static void show_exemption(const struct vp_inquiry *inquiry)
{
    char why[256];

    if (cmd_outlook_exempt(inquiry, why, sizeof why))
        cmd_say("exempt: yes, %s", why);
}

/* ---- record ---------------------------------------------------------------------------------- */

static void show_day(const char *what, int32_t day)
{
    char date[VP_DATE_SIZE];

    if (day == VP_NO_DAY)
        return;
    vp_number_print_date(day, date);
    cmd_say("record: %s %s", what, date);
}

static void print_time(int64_t seconds, char *buffer, size_t size)
{
    time_t when = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL ||
        strftime(buffer, size, "%Y-%m-%d %H:%M:%SZ", &parts) == 0)
        snprintf(buffer, size, "unknown time");
}

static void show_mark(const struct vp_mark *mark, const char *what, int32_t today)
{
    char date[VP_DATE_SIZE], at[32];

    if (mark->reason == VP_REASON_NONE)
        return;
    vp_number_print_date(mark->from, date);
    print_time(mark->made_at, at, sizeof at);
    cmd_say("mark: %s from %s%s, made %s by %s", what, date,
            mark->from > today ? " (scheduled)" : "", at,
            mark->made_by[0] == '\0' ? "nobody known" : mark->made_by);
    if (mark->incident[0] != '\0')
        cmd_say("mark: incident %s", mark->incident);
    if (mark->note[0] != '\0')
        cmd_say("mark: note %s", mark->note);
}

static void show_password_day(const struct vp_inquiry *inquiry)
{
    const struct vp_record *record = &inquiry->record;
    char date[VP_DATE_SIZE];

    if (record->set_on == VP_NO_DAY) {
        cmd_say("record: password set on an unknown day");
        return;
    }
    vp_number_print_date(record->set_on, date);
    cmd_say("record: password set %s by %s, %d days old", date,
            vp_record_set_by_word(record->set_by),
            record->set_on > inquiry->today ? 0 : inquiry->today - record->set_on);
}

static void show_last_login(const struct vp_record *record)
{
    char date[VP_DATE_SIZE], from[sizeof record->last_login_from];

    if (record->last_login == VP_NO_DAY)
        return;
    vp_number_print_date(record->last_login, date);
    snprintf(from, sizeof from, "%s", record->last_login_from);
    vp_text_blunt(from);
    cmd_say("record: last login %s%s%s", date, from[0] == '\0' ? "" : " from ", from);
}

static void show_record(const struct vp_inquiry *inquiry)
{
    const struct vp_record *record = &inquiry->record;
    char what[64];

    if (!inquiry->record_readable) {
        cmd_say("record: cannot be read");
        return;
    }
    if (record->user[0] == '\0' || inquiry->learnt & VP_LEARNT_BEGAN)
        cmd_say("record: none yet%s",
                record->user[0] == '\0' ? "" : "; the next login would begin this one");
    if (record->user[0] == '\0')
        return;
    show_day("began", record->began);
    show_password_day(inquiry);
    snprintf(what, sizeof what, "change wanted (%s) since", vp_record_due_word(record->due));
    if (record->due != VP_DUE_NONE)
        show_day(what, record->due_since);
    show_day("nothing expires before", record->respite);
    show_last_login(record);
    show_day("reopened", record->reopened);
    show_day("shadow's expiry date before ours", record->shadow_expiry);
    if (inquiry->learnt & VP_LEARNT_ELSEWHERE)
        cmd_say("record: the password in shadow was set behind PAM's back");
    if (inquiry->learnt & VP_LEARNT_PERSON)
        cmd_say("record: another person has this name now");
    snprintf(what, sizeof what, "closed (%s)", vp_verdict_reason_word(record->closed.reason));
    show_mark(&record->closed, what, inquiry->today);
    show_mark(&record->suspected, record->locked ? "suspected and locked" : "suspected",
              inquiry->today);
}

static void show_shadow(const struct vp_inquiry *inquiry)
{
    const struct vp_account *account = &inquiry->account;
    char date[VP_DATE_SIZE];

    cmd_say("shadow: password: %s", cmd_outlook_password(account->password));
    if (account->changed_on == 0) {
        cmd_say("shadow: changed: 0 (an administrator wants a change)");
    } else if (account->changed_on != VP_NO_DAY) {
        vp_number_print_date(account->changed_on, date);
        cmd_say("shadow: changed: %s", date);
    }
    vp_number_print_date(account->expires_on, date);
    cmd_say("shadow: expires: %s", date);
}

/* ---- verdict --------------------------------------------------------------------------------- */

static enum cmd_tone tone_of(const struct vp_verdict *verdict)
{
    static const enum cmd_tone tones[] = {[VP_OK] = CMD_GOOD,
                                          [VP_WARN] = CMD_WARN,
                                          [VP_MUST_CHANGE] = CMD_BAD,
                                          [VP_CLOSED] = CMD_BAD};

    return tones[verdict->kind];
}

static void show_verdict(const struct cmd_outlook *outlook)
{
    const struct vp_verdict *verdict = &outlook->verdict;
    char date[VP_DATE_SIZE], why[64];

    if (outlook->blind && outlook->inquiry->account.uid != 0) {
        cmd_say_toned(CMD_BAD, "verdict: none: the record cannot be relied on");
    } else if (outlook->blind || verdict->kind == VP_OK) {
        cmd_say_toned(CMD_GOOD, "verdict: ok");
    } else {
        /* A warning about age looks ahead, every other verdict back. */
        bool ahead = verdict->kind == VP_WARN && verdict->reason == VP_REASON_EXPIRED;

        vp_number_print_date(ahead ? verdict->expires : verdict->since, date);
        snprintf(why, sizeof why, "%s since", vp_verdict_reason_word(verdict->reason));
        cmd_say_toned(tone_of(verdict), "verdict: %s (%s %s)", vp_verdict_kind_word(verdict->kind),
                      ahead ? "expires on" : why, date);
    }
    if (outlook->due == VP_NO_DAY)
        return;
    vp_number_print_date(outlook->due, date);
    cmd_say("due: %s", date);
}

/* The service that was asked about, with what is read. */
static void show_asked(const struct cmd_outlook *outlook, const struct cmd_login *login)
{
    const char *how = login->password_asked ? "with password" : "without password";

    cmd_say("%s: %s", how, login->result);
    for (size_t i = 0; i < CMD_LANGUAGE_COUNT; i++)
        if (login->reads[i][0] != '\0' && cmd_outlook_speaks(outlook, i))
            cmd_say("%s: reads (%s): %s", how, cmd_outlook_languages[i], login->reads[i]);
}

static void show_usual(const struct cmd_login *login)
{
    cmd_say("login: %s %s password: %s", login->service, login->password_asked ? "with" : "without",
            login->result);
}

/* Whether it is the caller's lack of rights that hides the truth. */
static bool may_not_look(const struct vp_inquiry *inquiry)
{
    static const enum vp_trouble kinds[] = {VP_TROUBLE_STORE, VP_TROUBLE_RECORD};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (inquiry->troubles & 1u << kinds[i] && inquiry->trouble[kinds[i]].errnum == EACCES) {
            cmd_complain_error(&inquiry->trouble[kinds[i]]);
            return true;
        }
    if (inquiry->account.password == VP_PASSWORD_UNREADABLE) {
        cmd_complain("/etc/shadow: cannot be read (try as root)");
        return true;
    }
    return false;
}

static void show_policy(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry)
{
    show_subject(arguments, inquiry);
    show_troubles(inquiry);
    for (int key = 0; key < VP_KEY_COUNT; key++)
        show_key(arguments, inquiry, (enum vp_key)key);
    show_exemption(inquiry);
}

/*
 * Who asks about himself and is not root: the record stays hidden, but chage(1) tells everybody the
 * day of his own password, and the policy is no secret.
 */
static enum cmd_status show_own(const struct vp_inquiry *inquiry)
{
    const struct vp_values *values = &inquiry->values;
    char date[VP_DATE_SIZE];
    struct vp_error error;
    int32_t day;

    cmd_say("record: only root can read it: marks and waiting changes do not show here");
    if (vp_shadow_read_changed(inquiry->account.name, &day, &error) != 0) {
        cmd_complain_error(&error);
        return CMD_ERROR;
    }
    vp_number_print_date(day, date);
    cmd_say("shadow: changed: %s", day == 0 ? "0 (an administrator wants a change)" : date);
    if (day > 0 && values->max_age != VP_NEVER) {
        vp_number_print_date(day + values->max_age, date);
        cmd_say("due: %s, by the shadow file's day", date);
    } else {
        cmd_say("due: %s, by the shadow file's day",
                day == VP_NO_DAY || day == 0 ? "now" : "never");
    }
    return CMD_YES;
}

static enum cmd_status show(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry)
{
    struct cmd_outlook outlook;

    cmd_outlook(arguments, inquiry, &outlook);
    if (arguments->json)
        return cmd_show_json(&outlook) != 0 ? CMD_ERROR : outlook.asked[0].in ? CMD_YES : CMD_NO;
    show_policy(arguments, inquiry);
    show_record(inquiry);
    show_shadow(inquiry);
    show_verdict(&outlook);
    for (size_t i = 0; i < 2; i++)
        show_asked(&outlook, &outlook.asked[i]);
    for (size_t i = 0; i < CMD_LOGIN_COUNT; i++)
        show_usual(&outlook.usual[i]);
    cmd_say("to do: %s", outlook.to_do);
    return outlook.asked[0].in ? CMD_YES : CMD_NO;
}

static bool is_own(const struct vp_inquiry *inquiry)
{
    return getuid() != 0 && getuid() == inquiry->account.uid &&
           inquiry->account.password == VP_PASSWORD_UNREADABLE;
}

/* What can be told depends on who asks. */
static enum cmd_status show_what_may_be(const struct cmd_arguments *arguments,
                                        const struct vp_inquiry *inquiry)
{
    if (is_own(inquiry) && !arguments->json) {
        show_policy(arguments, inquiry);
        return show_own(inquiry);
    }
    if (!may_not_look(inquiry))
        return show(arguments, inquiry);
    if (!arguments->json)
        show_policy(arguments, inquiry);
    return CMD_ERROR;
}

enum cmd_status cmd_show(const struct cmd_arguments *arguments)
{
    struct vp_question question = cmd_question(arguments, arguments->names[0], true);
    enum cmd_status status = CMD_ERROR;
    struct vp_inquiry inquiry;
    struct vp_error error;
    int found;

    question.service = arguments->name_count > 1 ? arguments->names[1] : "login";
    found = vp_inquiry_open(&question, &inquiry, &error);
    if (found < 0)
        cmd_complain_error(&error);
    else if (found == 0)
        cmd_complain("%s: no such account", arguments->names[0]);
    else
        status = show_what_may_be(arguments, &inquiry);
    vp_inquiry_close(&inquiry);
    return status;
}
