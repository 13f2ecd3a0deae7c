/* What holds for one account, and what a login would get. Writes nothing. */
#include "../lib/error.h"
#include "../lib/message.h"
#include "../lib/number.h"
#include "../lib/text.h"
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *policy_file(const struct cmd_arguments *arguments)
{
    return arguments->policy_path == NULL ? VP_POLICY_PATH : arguments->policy_path;
}

/* ---- policy ---------------------------------------------------------------------------------- */

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
    cmd_say("store: %s%s", state, inquiry->store.directory < 0 ? " (missing)" : "");
    if (inquiry->groups[0] != '\0')
        cmd_say("groups: %s", inquiry->groups);
}

static void show_troubles(const struct vp_inquiry *inquiry)
{
    char text[1024];

    for (unsigned i = 0; i < VP_TROUBLE_COUNT; i++)
        if (inquiry->troubles & 1u << i) {
            vp_error_print(&inquiry->trouble[i], text, sizeof text);
            cmd_say("trouble: %s", text);
        }
}

static void show_keys(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry)
{
    for (int key = 0; key < VP_KEY_COUNT; key++) {
        char value[256];

        vp_policy_print_value((enum vp_key)key, &inquiry->values, value, sizeof value);
        if (inquiry->lines[key] == 0)
            cmd_say("key: %s = %s (built-in)", vp_policy_key_name((enum vp_key)key), value);
        else
            cmd_say("key: %s = %s (%s:%u)", vp_policy_key_name((enum vp_key)key), value,
                    policy_file(arguments), inquiry->lines[key]);
    }
}

static void show_exemption(const struct vp_inquiry *inquiry)
{
    const struct vp_values *values = &inquiry->values;
    const struct vp_account *account = &inquiry->account;

    if (!vp_verdict_exempt(values, account))
        return;
    if (account->uid == 0)
        cmd_say("exempt: yes, root is beyond every verdict");
    else if (account->uid < (uint32_t)values->min_uid)
        cmd_say("exempt: yes, uid %u is below min_uid %d", account->uid, values->min_uid);
    else
        cmd_say("exempt: yes, %s",
                values->exempt_reason == NULL ? "no reason given" : values->exempt_reason);
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
    static const char *const kinds[] = {
        [VP_PASSWORD_HASH] = "a hash",
        [VP_PASSWORD_LOCKED] = "a hash behind ! (usermod -L): no password matches",
        [VP_PASSWORD_UNUSABLE] = "none that could match",
        [VP_PASSWORD_EMPTY] = "empty: whoever comes is let in",
        [VP_PASSWORD_ELSEWHERE] = "not in the local shadow file",
        [VP_PASSWORD_UNREADABLE] = "cannot be read",
    };
    const struct vp_account *account = &inquiry->account;
    char date[VP_DATE_SIZE];

    cmd_say("shadow: password: %s", kinds[account->password]);
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

static void show_verdict(const struct vp_inquiry *inquiry, const struct vp_verdict *verdict)
{
    char date[VP_DATE_SIZE], why[64];

    if (verdict->kind == VP_OK) {
        cmd_say("verdict: ok");
    } else {
        /* A warning about age looks ahead, every other verdict back. */
        bool ahead = verdict->kind == VP_WARN && verdict->reason == VP_REASON_EXPIRED;

        vp_number_print_date(ahead ? verdict->expires : verdict->since, date);
        snprintf(why, sizeof why, "%s since", vp_verdict_reason_word(verdict->reason));
        cmd_say("verdict: %s (%s %s)", vp_verdict_kind_word(verdict->kind),
                ahead ? "expires on" : why, date);
    }
    if (verdict->kind > VP_WARN || vp_verdict_exempt(&inquiry->values, &inquiry->account))
        return;
    vp_number_print_date(verdict->expires, date);
    cmd_say("due: %s", date);
}

/* With language = auto the calling program's locale decides, so that both are shown. */
static const struct {
    enum vp_language language;
    const char *word;
} languages[] = {{VP_LANGUAGE_EN, "en"}, {VP_LANGUAGE_VI, "vi"}};

#define LANGUAGE_COUNT (sizeof languages / sizeof languages[0])

static bool is_spoken(const struct vp_inquiry *inquiry, enum vp_language language)
{
    return inquiry->values.language == VP_LANGUAGE_AUTO ||
           inquiry->values.language == (int32_t)language;
}

static void show_sentence(const struct vp_inquiry *inquiry, const struct vp_verdict *verdict,
                          const struct vp_admission *admission, const char *how)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        char text[VP_MESSAGE_SIZE];

        if (is_spoken(inquiry, languages[i].language) &&
            vp_message_login(languages[i].language, &inquiry->values, &inquiry->account, verdict,
                             admission, inquiry->today, text))
            cmd_say("%s: reads (%s): %s", how, languages[i].word, text);
    }
}

/* Returns whether the account phase would let this login in, now and without a change. */
static bool show_login(const struct vp_inquiry *inquiry, const struct vp_verdict *verdict,
                       bool password_asked)
{
    static const char *const words[] = {
        [VP_ADMIT] = "let in",
        [VP_ADMIT_TOLD] = "let in and told",
        [VP_ADMIT_CHANGE] = "let in only to change the password",
        [VP_ADMIT_REFUSE] = "refused",
    };
    const char *how = password_asked ? "with password" : "without password";
    const struct vp_circumstances circumstances = {.password_asked = password_asked};
    struct vp_admission admission =
        vp_verdict_admit(&inquiry->values, verdict, &circumstances, inquiry->today);
    bool in = admission.kind <= VP_ADMIT_TOLD;
    char date[VP_DATE_SIZE];

    if (in && inquiry->account.expires_on <= inquiry->today) {
        vp_number_print_date(inquiry->account.expires_on, date);
        cmd_say("%s: refused by pam_unix (shadow's expiry date %s)", how, date);
        return false;
    }
    vp_number_print_date(admission.until, date);
    cmd_say("%s: %s%s%s", how, words[admission.kind],
            admission.because == VP_ADMIT_GRACE ? ", in grace until " : "",
            admission.because == VP_ADMIT_GRACE ? date : "");
    show_sentence(inquiry, verdict, &admission, how);
    return in;
}

static enum cmd_status show_blind(const struct vp_inquiry *inquiry)
{
    struct vp_terms terms = {.help = inquiry->values.help};
    char text[VP_MESSAGE_SIZE];

    if (inquiry->account.uid == 0) {
        cmd_say("verdict: ok");
        cmd_say("with password: let in");
        cmd_say("without password: let in");
        return CMD_YES;
    }
    cmd_say("verdict: none: the record cannot be relied on");
    cmd_say("with password: refused");
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        if (!is_spoken(inquiry, languages[i].language))
            continue;
        vp_message_say(VP_SAY_CANNOT_CHECK, languages[i].language, &terms, text, sizeof text);
        cmd_say("with password: reads (%s): %s", languages[i].word, text);
    }
    cmd_say("without password: refused");
    return CMD_NO;
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

static enum cmd_status show(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry)
{
    struct vp_verdict verdict;
    bool in;

    show_subject(arguments, inquiry);
    show_troubles(inquiry);
    show_keys(arguments, inquiry);
    show_exemption(inquiry);
    show_record(inquiry);
    show_shadow(inquiry);
    if (may_not_look(inquiry))
        return CMD_ERROR;
    if (vp_inquiry_blind(inquiry))
        return show_blind(inquiry);
    verdict = vp_inquiry_judge(inquiry);
    show_verdict(inquiry, &verdict);
    in = show_login(inquiry, &verdict, true);
    (void)show_login(inquiry, &verdict, false);
    return in ? CMD_YES : CMD_NO;
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
        status = show(arguments, &inquiry);
    vp_inquiry_close(&inquiry);
    return status;
}
