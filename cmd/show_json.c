/* One account as one JSON object: the facts of outlook.c, and never a hash. */
#include "json.h"
#include "outlook.h"

#include "../lib/error.h"
#include "../lib/number.h"

#include <stdio.h>
#include <string.h>

static json_t *make_key(const struct vp_inquiry *inquiry, enum vp_key key)
{
    char value[256], header[512];

    vp_policy_print_value(key, &inquiry->values, value, sizeof value);
    vp_policy_print_section(&inquiry->policy, key, inquiry->lines[key], header, sizeof header);
    return json_pack("{s:o, s:o, s:o}", "value", cmd_json_text(value), "line",
                     inquiry->lines[key] == 0 ? json_null()
                                              : json_integer((json_int_t)inquiry->lines[key]),
                     "section", cmd_json_text(header));
}

static json_t *make_keys(const struct vp_inquiry *inquiry)
{
    json_t *keys = json_object();

    for (int key = 0; key < VP_KEY_COUNT; key++)
        json_object_set_new(keys, vp_policy_key_name((enum vp_key)key),
                            make_key(inquiry, (enum vp_key)key));
    return keys;
}

static json_t *make_troubles(const struct vp_inquiry *inquiry)
{
    json_t *troubles = json_array();
    char text[1024];

    for (unsigned i = 0; i < VP_TROUBLE_COUNT; i++)
        if (inquiry->troubles & 1u << i) {
            vp_error_print(&inquiry->trouble[i], text, sizeof text);
            json_array_append_new(troubles, cmd_json_text(text));
        }
    return troubles;
}

static json_t *make_mark(const struct vp_mark *mark)
{
    if (mark->reason == VP_REASON_NONE)
        return json_null();
    return json_pack("{s:s, s:o, s:I, s:o, s:o, s:o}", "reason",
                     vp_verdict_reason_word(mark->reason), "from", cmd_json_day(mark->from),
                     "made_at", (json_int_t)mark->made_at, "made_by", cmd_json_text(mark->made_by),
                     "note", cmd_json_text(mark->note), "incident", cmd_json_text(mark->incident));
}

static json_t *make_record(const struct vp_inquiry *inquiry)
{
    const struct vp_record *record = &inquiry->record;

    if (!inquiry->record_readable || record->user[0] == '\0')
        return json_null();
    return json_pack("{s:b, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
                     "to_begin", (inquiry->learnt & VP_LEARNT_BEGAN) != 0, "began",
                     cmd_json_day(record->began), "set_on", cmd_json_day(record->set_on), "set_by",
                     vp_record_set_by_word(record->set_by), "due", vp_record_due_word(record->due),
                     "due_since", cmd_json_day(record->due_since), "respite",
                     cmd_json_day(record->respite), "last_login", cmd_json_day(record->last_login),
                     "last_login_from", cmd_json_text(record->last_login_from), "reopened",
                     cmd_json_day(record->reopened), "closed", make_mark(&record->closed),
                     "suspected", make_mark(&record->suspected), "locked", record->locked != 0);
}

static json_t *make_verdict(const struct cmd_outlook *outlook)
{
    const struct vp_verdict *verdict = &outlook->verdict;

    if (outlook->blind)
        return json_null();
    return json_pack(
        "{s:s, s:o, s:o, s:o}", "kind", vp_verdict_kind_word(verdict->kind), "reason",
        verdict->reason == VP_REASON_NONE ? json_null()
                                          : json_string(vp_verdict_reason_word(verdict->reason)),
        "since", verdict->kind >= VP_MUST_CHANGE ? cmd_json_day(verdict->since) : json_null(),
        "due", cmd_json_day(outlook->due));
}

static json_t *make_reads(const struct cmd_outlook *outlook, const struct cmd_login *login)
{
    json_t *reads = json_object();

    for (size_t i = 0; i < CMD_LANGUAGE_COUNT; i++)
        if (login->reads[i][0] != '\0' && cmd_outlook_speaks(outlook, i))
            json_object_set_new(reads, cmd_outlook_languages[i], cmd_json_text(login->reads[i]));
    return reads;
}

static void add_logins(const struct cmd_outlook *outlook, const struct cmd_login *logins,
                       size_t count, json_t *array)
{
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:o, s:b, s:b, s:o, s:o, s:o}", "service",
                                               cmd_json_text(logins[i].service), "password",
                                               logins[i].password_asked, "in", logins[i].in,
                                               "result", cmd_json_text(logins[i].result), "until",
                                               cmd_json_day(logins[i].until), "reads",
                                               make_reads(outlook, &logins[i])));
}

static json_t *make_logins(const struct cmd_outlook *outlook)
{
    json_t *logins = json_array();

    add_logins(outlook, outlook->asked, 2, logins);
    add_logins(outlook, outlook->usual, CMD_LOGIN_COUNT, logins);
    return logins;
}

static json_t *make_exemption(const struct vp_inquiry *inquiry)
{
    char why[256];

    return cmd_outlook_exempt(inquiry, why, sizeof why) ? cmd_json_text(why) : json_null();
}

static json_t *make_shadow(const struct vp_account *account)
{
    return json_pack("{s:s, s:o, s:o}", "password", cmd_outlook_password(account->password),
                     "changed", cmd_json_day(account->changed_on), "expires",
                     cmd_json_day(account->expires_on));
}

int cmd_show_json(const struct cmd_outlook *outlook)
{
    const struct vp_inquiry *inquiry = outlook->inquiry;
    const struct vp_account *account = &inquiry->account;
    json_t *all = json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "user",
                            cmd_json_text(account->name), "uid", (json_int_t)account->uid,
                            "service", cmd_json_text(inquiry->question.service), "groups",
                            cmd_json_text(inquiry->groups), "troubles", make_troubles(inquiry),
                            "keys", make_keys(inquiry), "exempt", make_exemption(inquiry), "record",
                            make_record(inquiry), "shadow", make_shadow(account), "verdict",
                            make_verdict(outlook), "logins", make_logins(outlook), "to_do",
                            cmd_json_text(outlook->to_do));

    return cmd_json_print(all);
}
