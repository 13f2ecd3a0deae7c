/* lib/verdict.c: what is to happen. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/verdict.h"

/* 2026-11-22. Days in the rows are counted from it: T - 3 is three days ago. */
#define T 20779
#define A "$6$salt$hashA"
#define B "$6$salt$hashB"

static struct vp_policy parsed(const char *text)
{
    struct vp_policy policy;
    struct vp_error error;

    ck_assert_msg(vp_policy_parse(text, strlen(text), "f", NULL, NULL, &policy, &error) == 0, "%s",
                  error.text);
    return policy;
}

/* What a policy says for tuan at dovecot; none of the rows has a text that outlives the policy. */
static struct vp_values values_of(const char *text)
{
    struct vp_policy policy = parsed(text);
    struct vp_values values;

    vp_policy_resolve(&policy, &(struct vp_subject){.user = "tuan", .service = "dovecot"}, &values,
                      NULL);
    values.exempt_reason = values.help = NULL;
    vp_policy_free(&policy);
    return values;
}

/* "-3" for T - 3, "none", "never" */
static const char *print_day(int32_t when, char buffer[16])
{
    if (when == VP_NO_DAY || when == VP_NEVER)
        return when == VP_NEVER ? "never" : "none";
    snprintf(buffer, 16, "%d", when - T);
    return buffer;
}

/* ---- learning -------------------------------------------------------------------------------- */

static const char *const learnt_words[] = {"began", "elsewhere", "person",
                                           "uid",   "reset",     "clamped"};

/* "began: uid 1000, began 0, set -3 by unknown, due initial 0, respite none, hash A" */
static void print_learnt(unsigned learnt, const struct vp_record *record, char *buffer, size_t size)
{
    char began[16], set_on[16], since[16], respite[16];
    size_t at = 0;

    for (size_t i = 0; i < COUNT(learnt_words); i++)
        if (learnt & 1u << i)
            at += (size_t)snprintf(buffer + at, size - at, "%s%s", at == 0 ? "" : "+",
                                   learnt_words[i]);
    if (record->user[0] == '\0') {
        snprintf(buffer + at, size - at, "no record");
        return;
    }
    snprintf(buffer + at, size - at,
             "%suid %u, began %s, set %s by %s, due %s %s, respite %s, hash %s",
             at == 0 ? "" : ": ", record->uid, print_day(record->began, began),
             print_day(record->set_on, set_on), vp_record_set_by_word(record->set_by),
             vp_record_due_word(record->due), print_day(record->due_since, since),
             print_day(record->respite, respite),
             strcmp(record->hash, A) == 0   ? "A"
             : strcmp(record->hash, B) == 0 ? "B"
                                            : record->hash);
}

/* An account that has no record yet. */
static const struct {
    const char *policy;
    uint32_t uid;
    enum vp_password_kind password;
    int32_t changed_on, stamp;
    bool present, pending;
    const char *learnt, *why;
} beginnings[] = {
#define HASH VP_PASSWORD_HASH
    {"", 1000, HASH, T, T, false, false,
     "began: uid 1000, began 0, set 0 by unknown, due initial 0, respite none, hash A",
     "created on the store's first day, and nobody saw it before"},
    {"", 1000, HASH, T, T, true, false,
     "began: uid 1000, began 0, set 0 by unknown, due none none, respite none, hash A",
     "a password of the store's first day that was there before the store"},
    {"", 1000, HASH, T - 1, T, false, false,
     "began: uid 1000, began 0, set -1 by unknown, due none none, respite none, hash A",
     "set the day before the store began: here before us"},
    {"", 1000, HASH, T - 5, T - 9, false, false,
     "began: uid 1000, began 0, set -5 by unknown, due initial 0, respite none, hash A",
     "set after the store began, first seen today: new"},
    {"", 1000, HASH, T - 9, T - 9, false, false,
     "began: uid 1000, began 0, set -9 by unknown, due initial 0, respite none, hash A",
     "set on the stamp's day: new"},
    {"", 1000, HASH, T - 10, T - 9, false, false,
     "began: uid 1000, began 0, set -10 by unknown, due none none, respite none, hash A",
     "the day before: not new"},
    {"", 1000, HASH, T - 179, T, false, false,
     "began: uid 1000, began 0, set -179 by unknown, due none none, respite none, hash A",
     "not overdue on the store's first day"},
    {"", 1000, HASH, T - 180, T, false, false,
     "began: uid 1000, began 0, set -180 by unknown, due none none, respite 14, hash A",
     "overdue on the store's first day: warn_before to change"},
    {"warn_before = 30d", 1000, HASH, T - 180, T, false, false,
     "began: uid 1000, began 0, set -180 by unknown, due none none, respite 30, hash A",
     "as long as the policy warns"},
    {"", 1000, HASH, T - 400, T - 9, false, false,
     "began: uid 1000, began 0, set -400 by unknown, due none none, respite 5, hash A",
     "counted from the stamp, not from the first login"},
    {"max_age = never", 1000, HASH, T - 400, T, false, false,
     "began: uid 1000, began 0, set -400 by unknown, due none none, respite none, hash A",
     "nothing is overdue that never expires"},
    {"", 1000, HASH, VP_NO_DAY, T, false, false,
     "began: uid 1000, began 0, set none by unknown, due none none, respite 14, hash A",
     "an empty day proves nothing new, and cannot be waited for"},
    {"max_age = never", 1000, HASH, VP_NO_DAY, T, false, false,
     "began: uid 1000, began 0, set none by unknown, due none none, respite 14, hash A",
     "should a max_age come later, it counts from here"},
    {"", 1000, HASH, 0, T, false, false,
     "began+reset: uid 1000, began 0, set none by unknown, due reset 0, respite none, hash A",
     "chage -d 0"},
    {"", 1000, HASH, T, VP_NO_DAY, false, false,
     "began: uid 1000, began 0, set 0 by unknown, due none none, respite none, hash A",
     "without a store nothing proves that an account is new"},
    {"", 1000, HASH, T - 400, VP_NO_DAY, false, false,
     "began: uid 1000, began 0, set -400 by unknown, due none none, respite 14, hash A",
     "without a store nobody is locked out"},
    {"", 1000, HASH, T + 1, T, true, false,
     "began: uid 1000, began 0, set 0 by unknown, due none none, respite none, hash A",
     "a clock an hour ahead over midnight"},
    {"", 1000, HASH, T + 2, T, true, false,
     "began+clamped: uid 1000, began 0, set 0 by unknown, due none none, respite none, hash A",
     "a day in the future is put back, and that is told"},
    {"", 1000, VP_PASSWORD_LOCKED, T - 1, T, false, false,
     "began: uid 1000, began 0, set -1 by unknown, due none none, respite none, hash A",
     "a locked account has its hash all the same"},
    {"", 1000, VP_PASSWORD_UNUSABLE, T, T, false, false, "no record", "no password, no dates"},
    {"", 1000, VP_PASSWORD_EMPTY, T, T, false, false, "no record", "nothing to witness"},
    {"", 1000, VP_PASSWORD_ELSEWHERE, VP_NO_DAY, T, false, false, "no record",
     "dates are the directory's"},
    {"", 1000, VP_PASSWORD_UNREADABLE, VP_NO_DAY, T, false, false, "no record", "nothing was seen"},
    {"max_idle = 90d", 1000, VP_PASSWORD_UNUSABLE, VP_NO_DAY, T, false, false,
     "began: uid 1000, began 0, set none by unknown, due none none, respite none, hash ",
     "who comes by key alone can idle, which counts from here"},
    {"max_idle = 90d", 1000, VP_PASSWORD_ELSEWHERE, VP_NO_DAY, T, false, false,
     "began: uid 1000, began 0, set none by unknown, due none none, respite none, hash ",
     "and so can a directory's account"},
    {"max_idle = 90d", 1000, VP_PASSWORD_UNREADABLE, VP_NO_DAY, T, false, false, "no record",
     "what was not seen begins nothing"},
    {"max_idle = 90d", 1000, VP_PASSWORD_EMPTY, VP_NO_DAY, T, false, false, "no record",
     "nor does an empty field"},
    {"max_idle = 90d", 999, VP_PASSWORD_UNUSABLE, VP_NO_DAY, T, false, false, "no record",
     "system accounts do not idle"},
    {"", 999, HASH, T, T, false, false, "no record", "a system account"},
    {"min_uid = 500", 999, HASH, T - 1, T, false, false,
     "began: uid 999, began 0, set -1 by unknown, due none none, respite none, hash A",
     "not below this policy's min_uid"},
};

START_TEST(a_record_begins_without_locking_anybody_out)
{
    struct vp_values values = values_of(beginnings[_i].policy);
    struct vp_account account = {.name = "tuan",
                                 .uid = beginnings[_i].uid,
                                 .password = beginnings[_i].password,
                                 .changed_on = beginnings[_i].changed_on,
                                 .expires_on = VP_NEVER};
    struct vp_surroundings around = {.stamp = beginnings[_i].stamp,
                                     .present = beginnings[_i].present,
                                     .change_pending = beginnings[_i].pending};
    struct vp_record record;
    char text[512];
    unsigned learnt;

    if (account.password == VP_PASSWORD_HASH || account.password == VP_PASSWORD_LOCKED)
        strcpy(account.hash, A);
    vp_record_begin(&record, "", 0);
    learnt = vp_verdict_learn(&record, &account, &values, &around, T);
    print_learnt(learnt, &record, text, sizeof text);
    ck_assert_msg(strcmp(text, beginnings[_i].learnt) == 0, "\"%s\": %s", text, beginnings[_i].why);
    if (record.user[0] != '\0')
        ck_assert_str_eq(record.user, "tuan");
}
END_TEST

/*
 * An account with a record: uid 1000, hash A, set 30 days ago by the user. NONE in `now` stands
 * for an account without a hash.
 */
#define KNOWN "uid 1000, began -99, set -30 by user, due none none, respite 5, hash A"
#define NEWLY "uid 1000, began -99, set 0 by unknown, due elsewhere 0, respite none, hash B"

static const struct {
    uint32_t uid;
    enum vp_password_kind password;
    const char *then, *now;
    int32_t changed_on;
    enum vp_due due;
    bool pending;
    const char *learnt, *why;
} changes[] = {
    {1000, HASH, A, A, T - 30, VP_DUE_NONE, false, KNOWN, "nothing happened"},
    {1000, VP_PASSWORD_LOCKED, A, A, T - 30, VP_DUE_NONE, false, KNOWN,
     "usermod -L puts a ! before the hash and changes no password"},
    {1000, HASH, A, B, T, VP_DUE_NONE, false, "elsewhere: " NEWLY, "usermod -p, chpasswd -e"},
    {1000, VP_PASSWORD_LOCKED, A, B, T, VP_DUE_NONE, false, "elsewhere: " NEWLY,
     "another password, locked"},
    {1000, HASH, A, B, T - 9, VP_DUE_NONE, false,
     "elsewhere: uid 1000, began -99, set -9 by unknown, due elsewhere 0, respite none, hash B",
     "a restored backup keeps its day; the change is due since it was seen"},
    {1000, HASH, A, B, T + 1, VP_DUE_NONE, false, "elsewhere: " NEWLY, "a clock slightly ahead"},
    {1000, HASH, A, B, T + 2, VP_DUE_NONE, false, "elsewhere+clamped: " NEWLY,
     "a day in the future"},
    {1000, HASH, A, B, VP_NO_DAY, VP_DUE_NONE, false, "elsewhere: " NEWLY,
     "an empty day: it is new to us, so it was set by today"},
    {1000, HASH, A, B, 0, VP_DUE_NONE, false,
     "elsewhere+reset: uid 1000, began -99, set 0 by unknown, due reset 0, respite none, hash B",
     "set elsewhere, and chage -d 0 too: an administrator's word"},
    {1000, HASH, A, B, T, VP_DUE_NONE, true, KNOWN, "a change is under way: not heard"},
    {1000, HASH, A, A, 0, VP_DUE_NONE, false,
     "reset: uid 1000, began -99, set -30 by user, due reset 0, respite 5, hash A", "chage -d 0"},
    {1000, HASH, A, A, 0, VP_DUE_ELSEWHERE, false,
     "reset: uid 1000, began -99, set -30 by user, due reset 0, respite 5, hash A",
     "chage -d 0 where set_elsewhere = accept left that word standing"},
    {1000, HASH, A, A, 0, VP_DUE_RESET, false,
     "uid 1000, began -99, set -30 by user, due reset -7, respite 5, hash A",
     "heard once: grace must not begin anew every day"},
    {1000, HASH, A, A, 0, VP_DUE_INITIAL, false,
     "uid 1000, began -99, set -30 by user, due initial -7, respite 5, hash A",
     "a first login is still a first login"},
    {1000, HASH, A, A, T, VP_DUE_RESET, false,
     "uid 1000, began -99, set -30 by user, due reset -7, respite 5, hash A",
     "a day alone changes nothing: chage -d today is no change of password"},
    {1001, HASH, A, A, T - 30, VP_DUE_NONE, false,
     "uid: uid 1001, began -99, set -30 by user, due none none, respite 5, hash A",
     "a new uid with the old hash is the same person"},
    {1001, HASH, A, B, T - 3, VP_DUE_NONE, false,
     "person: uid 1001, began 0, set -3 by unknown, due initial 0, respite none, hash B",
     "uid and hash both different: somebody else has the name now"},
    {1001, HASH, A, B, T + 9, VP_DUE_NONE, false,
     "person+clamped: uid 1001, began 0, set 0 by unknown, due initial 0, respite none, hash B",
     "somebody else, from the future"},
    {1001, HASH, A, B, T - 3, VP_DUE_NONE, true, KNOWN, "not while a change is under way"},
    {1001, HASH, "", B, T, VP_DUE_NONE, false,
     "elsewhere+uid: uid 1001, began -99, set 0 by "
     "unknown, due elsewhere 0, respite none, hash B",
     "without an old hash nothing proves another person"},
    {1000, HASH, "", B, T, VP_DUE_NONE, false, "elsewhere: " NEWLY,
     "the first password, set by somebody else"},
    {1000, VP_PASSWORD_UNUSABLE, A, "", T, VP_DUE_NONE, false, KNOWN, "usermod -p '*'"},
    {1000, VP_PASSWORD_EMPTY, A, "", T, VP_DUE_NONE, false, KNOWN, "passwd -d"},
    {1000, VP_PASSWORD_ELSEWHERE, A, "", VP_NO_DAY, VP_DUE_NONE, false, KNOWN,
     "a shadow file that was away for a moment"},
    {1000, VP_PASSWORD_UNREADABLE, A, "", VP_NO_DAY, VP_DUE_NONE, false, KNOWN,
     "a caller without the right"},
};

static const struct vp_surroundings old_store = {.stamp = T - 200};

START_TEST(the_hash_is_the_witness_of_what_happened_behind_pams_back)
{
    struct vp_values values = values_of("");
    struct vp_account account = {.name = "tuan",
                                 .uid = changes[_i].uid,
                                 .password = changes[_i].password,
                                 .changed_on = changes[_i].changed_on,
                                 .expires_on = VP_NEVER};
    struct vp_surroundings around = old_store;
    struct vp_record record;
    char text[512];
    unsigned learnt;

    around.change_pending = changes[_i].pending;
    strcpy(account.hash, changes[_i].now);
    vp_record_begin(&record, "tuan", 1000);
    record.began = T - 99;
    record.set_on = T - 30;
    record.set_by = VP_SET_BY_USER;
    record.due = (int32_t)changes[_i].due;
    record.due_since = changes[_i].due == VP_DUE_NONE ? VP_NO_DAY : T - 7;
    record.respite = T + 5;
    strcpy(record.hash, changes[_i].then);
    learnt = vp_verdict_learn(&record, &account, &values, &around, T);
    print_learnt(learnt, &record, text, sizeof text);
    ck_assert_msg(strcmp(text, changes[_i].learnt) == 0, "\"%s\": %s", text, changes[_i].why);
    /* What was learnt once is not learnt again, or every login would write. */
    if (!around.change_pending) {
        learnt = vp_verdict_learn(&record, &account, &values, &around, T);
        ck_assert_msg(learnt == 0, "again %u: %s", learnt, changes[_i].why);
    }
}
END_TEST

START_TEST(another_person_inherits_no_mark_and_no_login)
{
    struct vp_values values = values_of("");
    struct vp_account account = {
        .name = "tuan", .uid = 1001, .password = HASH, .hash = B, .changed_on = T};
    struct vp_record record;

    vp_record_begin(&record, "tuan", 1000);
    strcpy(record.hash, A);
    record.closed = (struct vp_mark){.reason = VP_REASON_RETIRED, .from = T - 9};
    record.last_login = T - 500;
    ck_assert_uint_eq(vp_verdict_learn(&record, &account, &values, &old_store, T),
                      VP_LEARNT_PERSON);
    ck_assert_int_eq(record.closed.reason, VP_REASON_NONE);
    ck_assert_int_eq(record.last_login, VP_NO_DAY);
}
END_TEST

START_TEST(marks_stay_when_a_password_is_set_elsewhere)
{
    struct vp_values values = values_of("");
    struct vp_account account = {
        .name = "tuan", .uid = 1000, .password = HASH, .hash = B, .changed_on = T};
    struct vp_record record;

    vp_record_begin(&record, "tuan", 1000);
    strcpy(record.hash, A);
    record.closed = (struct vp_mark){.reason = VP_REASON_RETIRED, .from = T - 9};
    record.suspected = (struct vp_mark){.reason = VP_REASON_SUSPECTED, .from = T - 9};
    ck_assert_uint_eq(vp_verdict_learn(&record, &account, &values, &old_store, T),
                      VP_LEARNT_ELSEWHERE);
    ck_assert_int_eq(record.closed.reason, VP_REASON_RETIRED);
    ck_assert_int_eq(record.suspected.reason, VP_REASON_SUSPECTED);
}
END_TEST

static const struct {
    const char *hash;
    enum vp_password_kind password;
    bool blind;
    const char *why;
} sights[] = {
    {A, VP_PASSWORD_HASH, false, "seen"},
    {A, VP_PASSWORD_LOCKED, false, "seen, locked"},
    {A, VP_PASSWORD_UNUSABLE, false, "seen to be none"},
    {A, VP_PASSWORD_EMPTY, false, "seen to be empty"},
    {A, VP_PASSWORD_ELSEWHERE, true, "it was here, and is not"},
    {A, VP_PASSWORD_UNREADABLE, true, "it was here, and cannot be seen"},
    {"", VP_PASSWORD_ELSEWHERE, false, "it never was here: a directory's account"},
    {"", VP_PASSWORD_UNREADABLE, false, "nothing to compare with"},
};

START_TEST(a_record_with_a_hash_needs_to_see_shadow)
{
    struct vp_account account = {.name = "tuan", .password = sights[_i].password};
    struct vp_record record;

    vp_record_begin(&record, "tuan", 1000);
    strcpy(record.hash, sights[_i].hash);
    ck_assert_msg(vp_verdict_blind(&record, &account) == sights[_i].blind, "%s", sights[_i].why);
}
END_TEST

/* ---- judging --------------------------------------------------------------------------------- */

/* "must-change expired since -1, soft"; "ok until 150" */
static void print_verdict(const struct vp_verdict *verdict, char *buffer, size_t size)
{
    char number[16];
    const char *kind = vp_verdict_kind_word(verdict->kind);
    const char *reason = vp_verdict_reason_word(verdict->reason);

    if (verdict->kind == VP_OK)
        snprintf(buffer, size, "%s until %s", kind, print_day(verdict->expires, number));
    else if (verdict->kind == VP_WARN)
        snprintf(buffer, size, "%s %s until %s", kind, reason, print_day(verdict->expires, number));
    else
        snprintf(buffer, size, "%s %s since %s%s%s", kind, reason,
                 print_day(verdict->since, number), verdict->soft ? ", soft" : "",
                 verdict->no_grace ? " but no grace" : "");
    if (verdict->clock_back)
        snprintf(buffer + strlen(buffer), size - strlen(buffer), ", clock back");
}

/* A record as a row writes it. 0 stands for "no such day": none of the rows has a day of 1970. */
struct brief {
    int32_t set_on, respite, began, last_login, reopened, due_since;
    enum vp_due due;
    enum vp_reason closed, suspected;
    int32_t closed_from, suspected_from;
    bool locked, absent;
    int32_t newest;
};

static int32_t or_none(int32_t when)
{
    return when == 0 ? VP_NO_DAY : when;
}

static struct vp_record record_of(const struct brief *brief)
{
    struct vp_record record;

    vp_record_begin(&record, brief->absent ? "" : "tuan", 1000);
    record.set_on = or_none(brief->set_on);
    record.respite = or_none(brief->respite);
    record.began = or_none(brief->began);
    record.last_login = or_none(brief->last_login);
    record.reopened = or_none(brief->reopened);
    record.due = (int32_t)brief->due;
    record.due_since = or_none(brief->due_since);
    record.closed.reason = brief->closed;
    record.closed.from = or_none(brief->closed_from);
    record.suspected.reason = brief->suspected;
    record.suspected.from = or_none(brief->suspected_from);
    record.locked = brief->locked;
    record.newest = (int64_t)brief->newest * 86400;
    strcpy(record.hash, brief->absent ? "" : A);
    return record;
}

#define RETIRED     .closed = VP_REASON_RETIRED
#define SUSPECTED   .suspected = VP_REASON_SUSPECTED
#define SINCE       "changed_since = 2026-11-20\n" /* T - 2 */
#define DUE(kind)   .due = VP_DUE_##kind, .due_since = T - 3
#define FRESH       .set_on = T - 5
#define EXEMPT      "[user tuan]\nexempt = yes\nexempt_reason = x\n"
#define USER(kind_) 1000, VP_PASSWORD_##kind_

static const struct {
    const char *policy;
    uint32_t uid;
    enum vp_password_kind password;
    struct brief record;
    const char *verdict, *why;
} judgements[] = {
    /* age */
    {"", USER(HASH), {.set_on = T}, "ok until 180", "changed today"},
    {"", USER(HASH), {.set_on = T - 165}, "ok until 15", "the last day without a warning"},
    {"", USER(HASH), {.set_on = T - 166}, "warn expired until 14", "the first warning"},
    {"", USER(HASH), {.set_on = T - 179}, "warn expired until 1", "the last day"},
    {"", USER(HASH), {.set_on = T - 180}, "must-change expired since 0, soft", "half a year"},
    {"", USER(HASH), {.set_on = T - 181}, "must-change expired since -1, soft", "and a day"},
    {"warn_before = 0", USER(HASH), {.set_on = T - 179}, "ok until 1", "no warning is wanted"},
    {"warn_before = 1d", USER(HASH), {.set_on = T - 179}, "warn expired until 1", "one day of it"},
    {"warn_before = 1d", USER(HASH), {.set_on = T - 178}, "ok until 2", "not two"},
    {"max_age = 1d",
     USER(HASH),
     {.set_on = T - 1},
     "must-change expired since 0, soft",
     "the shortest age"},
    {"max_age = never", USER(HASH), {.set_on = T - 9999}, "ok until never", "never expires"},
    {"",
     USER(LOCKED),
     {.set_on = T - 180},
     "must-change expired since 0, soft",
     "a locked password ages: keys still come in"},
    {"",
     USER(UNUSABLE),
     {.set_on = T - 999, DUE(RESET)},
     "ok until never",
     "a seen * has nothing to expire and nothing to change"},
    {"", USER(ELSEWHERE), {.set_on = T - 999}, "ok until never", "dates are the directory's"},
    {"", USER(UNREADABLE), {.set_on = T - 999}, "ok until never", "not seen (blind decides)"},
    {"", USER(HASH), {.absent = true}, "ok until never", "no record, no dates"},
    /* the time that overdue ones get */
    {"",
     USER(HASH),
     {.set_on = T - 400, .respite = T + 14},
     "warn expired until 14",
     "overdue when we came: warned first"},
    {"", USER(HASH), {.set_on = T - 400, .respite = T + 1}, "warn expired until 1", "the last day"},
    {"",
     USER(HASH),
     {.set_on = T - 400, .respite = T},
     "must-change expired since 0, soft",
     "and then due"},
    {"",
     USER(HASH),
     {.set_on = T - 100, .respite = T - 50},
     "ok until 80",
     "a respite never shortens"},
    {"", USER(HASH), {.respite = T + 3}, "warn expired until 3", "the day of setting is not known"},
    {"",
     USER(HASH),
     {.respite = T},
     "must-change expired since 0, soft",
     "not known, and the time is over"},
    {"",
     USER(HASH),
     {.began = T - 9},
     "must-change expired since -9, soft",
     "neither known nor given time: since the record began, a day that does not walk along"},
    /* first login, reset, set elsewhere */
    {"", USER(HASH), {FRESH, DUE(INITIAL)}, "must-change initial since -3, soft", "first login"},
    {"", USER(HASH), {FRESH, DUE(RESET)}, "must-change reset since -3, soft", "reset"},
    {"",
     USER(HASH),
     {FRESH, DUE(ELSEWHERE)},
     "must-change reset since -3, soft",
     "set behind PAM's back"},
    {"set_elsewhere = warn",
     USER(HASH),
     {FRESH, DUE(ELSEWHERE)},
     "warn reset until 175",
     "softer: told"},
    {"set_elsewhere = accept", USER(HASH), {FRESH, DUE(ELSEWHERE)}, "ok until 175", "not told"},
    {"set_elsewhere = warn",
     USER(HASH),
     {.set_on = T - 180, DUE(ELSEWHERE)},
     "must-change expired since 0, soft",
     "a warning does not hide that it is due by age"},
    {"set_elsewhere = accept",
     USER(HASH),
     {.set_on = T - 180, DUE(ELSEWHERE)},
     "must-change expired since 0, soft",
     "nor does acceptance"},
    {"set_elsewhere = accept",
     USER(HASH),
     {FRESH, DUE(RESET)},
     "must-change reset since -3, soft",
     "an administrator's reset through PAM is none of set_elsewhere's"},
    {"",
     USER(HASH),
     {.set_on = T - 400, DUE(INITIAL)},
     "must-change initial since -3, soft",
     "the first login is the better reason"},
    {"change_on_first_login = no", USER(HASH), {FRESH, DUE(INITIAL)}, "ok until 175", "not wanted"},
    {"change_on_first_login = no",
     USER(HASH),
     {FRESH, DUE(RESET)},
     "ok until 175",
     "covers reset too"},
    {"change_on_first_login = no",
     USER(HASH),
     {FRESH, DUE(ELSEWHERE)},
     "ok until 175",
     "and what was set elsewhere"},
    {"change_on_first_login = no",
     USER(HASH),
     {.set_on = T - 180, DUE(RESET)},
     "must-change expired since 0, soft",
     "but not age"},
    {"",
     USER(EMPTY),
     {FRESH},
     "must-change reset since 0, soft but no grace",
     "passwd -d lets anybody in"},
    {"",
     USER(EMPTY),
     {FRESH, DUE(RESET)},
     "must-change reset since -3, soft but no grace",
     "since it is known"},
    {"change_on_first_login = no",
     USER(EMPTY),
     {FRESH},
     "must-change reset since 0, soft but no grace",
     "whatever the policy says of first logins"},
    {SINCE,
     USER(EMPTY),
     {.set_on = T - 400},
     "must-change superseded since -2, soft but no grace",
     "whatever the reason: nobody comes in without a password by grace"},
    /* changed_since */
    {SINCE, USER(HASH), {.set_on = T - 2}, "ok until 178", "set on the day itself"},
    {SINCE, USER(HASH), {.set_on = T - 1}, "ok until 179", "set after it"},
    {SINCE, USER(HASH), {.set_on = T - 3}, "must-change superseded since -2, soft", "before it"},
    {SINCE, USER(HASH), {.respite = T + 9}, "must-change superseded since -2, soft", "not known"},
    {SINCE,
     USER(HASH),
     {.set_on = T - 400, DUE(RESET)},
     "must-change superseded since -2, soft",
     "a wall against a thief comes before reset, which keys soften"},
    {SINCE,
     USER(HASH),
     {.set_on = T - 400, .respite = T + 9},
     "must-change superseded since -2, soft",
     "and before the time that overdue ones get"},
    {SINCE "max_age = never",
     USER(HASH),
     {.set_on = T - 400},
     "must-change superseded since -2, soft",
     "also where nothing expires"},
    {SINCE "change_on_first_login = no",
     USER(HASH),
     {.set_on = T - 400},
     "must-change superseded since -2, soft",
     "and where nobody has to change at first"},
    {SINCE, USER(HASH), {.absent = true}, "ok until never", "no record, no dates"},
    {"changed_since = 2026-11-22",
     USER(HASH),
     {.set_on = T - 1},
     "must-change superseded since 0, soft",
     "today"},
    {"changed_since = 2026-11-22",
     USER(HASH),
     {.set_on = T},
     "ok until 180",
     "today, and changed today"},
    {"changed_since = 2026-11-23",
     USER(HASH),
     {.set_on = T - 1},
     "ok until 179",
     "tomorrow: nobody can have changed after it yet"},
    /* idleness */
    {"max_idle = 90d", USER(HASH), {FRESH, .last_login = T - 89}, "ok until 175", "89 days"},
    {"max_idle = 90d", USER(HASH), {FRESH, .last_login = T - 90}, "closed idle since 0", "90 days"},
    {"max_idle = 90d", USER(HASH), {FRESH, .last_login = T - 91}, "closed idle since -1", "91"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .began = T - 89},
     "ok until 175",
     "never logged in: from when the record began"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .began = T - 90},
     "closed idle since 0",
     "never logged in, too long"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .began = T - 500, .last_login = T - 10},
     "ok until 175",
     "the later day counts"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .last_login = T - 500, .reopened = T - 10},
     "ok until 175",
     "reopened: counts from there"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .last_login = T - 500, .reopened = T - 90},
     "closed idle since 0",
     "and not for ever"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .began = T - 10, .last_login = T - 500},
     "ok until 175",
     "a record that began later than its last login"},
    {"max_idle = 90d", USER(HASH), {FRESH}, "ok until 175", "no day at all"},
    {"max_idle = 90d",
     USER(UNUSABLE),
     {.last_login = T - 90},
     "closed idle since 0",
     "keys idle too"},
    {"", USER(HASH), {FRESH, .last_login = T - 9999}, "ok until 175", "off"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, .last_login = T - 80, .newest = T + 10},
     "closed idle since 10",
     "the clock went back: nobody who was closed is let in"},
    {"max_idle = 90d",
     USER(HASH),
     {FRESH, DUE(RESET), .last_login = T - 90},
     "closed idle since 0",
     "closed comes before must-change"},
    /* marks */
    {"", USER(HASH), {FRESH, RETIRED, .closed_from = T}, "closed retired since 0", "from today"},
    {"", USER(HASH), {FRESH, RETIRED, .closed_from = T + 1}, "ok until 175", "from tomorrow"},
    {"", USER(HASH), {FRESH, RETIRED, .closed_from = T - 9}, "closed retired since -9", "long ago"},
    {"",
     USER(HASH),
     {FRESH, RETIRED},
     "closed retired since none",
     "a mark without a day is in force"},
    {"",
     USER(HASH),
     {FRESH, RETIRED, .closed_from = T + 1, .newest = T + 1},
     "closed retired since 1",
     "reached once, then the clock went back: closed"},
    {"",
     USER(HASH),
     {FRESH, RETIRED, .closed_from = T, .newest = T - 5},
     "closed retired since 0",
     "what the record saw last is no clock"},
    {"",
     USER(HASH),
     {FRESH, RETIRED, .closed_from = T + 1, .newest = T},
     "ok until 175",
     "not reached yet"},
    {"",
     USER(HASH),
     {FRESH, .closed = VP_REASON_TRANSFERRED, .closed_from = T},
     "closed transferred since 0",
     "moved on"},
    {"",
     USER(HASH),
     {FRESH, .closed = VP_REASON_OTHER, .closed_from = T},
     "closed other since 0",
     "another reason"},
    {"",
     USER(HASH),
     {FRESH, SUSPECTED, .suspected_from = T},
     "must-change suspected since 0",
     "suspected: no grace softens it"},
    {"", USER(HASH), {FRESH, SUSPECTED, .suspected_from = T + 1}, "ok until 175", "from tomorrow"},
    {"",
     USER(HASH),
     {FRESH, SUSPECTED, .suspected_from = T, .locked = true},
     "closed suspected since 0",
     "and locked"},
    {"", USER(HASH), {FRESH, .locked = true}, "ok until 175", "locked belongs to the mark"},
    {"",
     USER(HASH),
     {FRESH, RETIRED, .closed_from = T, SUSPECTED, .suspected_from = T - 3},
     "closed retired since 0",
     "closed comes first"},
    {"",
     USER(HASH),
     {.set_on = T - 400, DUE(RESET), SUSPECTED, .suspected_from = T},
     "must-change suspected since 0",
     "suspected comes before every softer reason"},
    {"",
     USER(UNUSABLE),
     {SUSPECTED, .suspected_from = T},
     "must-change suspected since 0",
     "a mark always counts, without a password too"},
    {"",
     USER(ELSEWHERE),
     {RETIRED, .closed_from = T},
     "closed retired since 0",
     "and for a directory's account"},
    {"",
     USER(UNREADABLE),
     {RETIRED, .closed_from = T},
     "closed retired since 0",
     "marks are judged before any look at shadow"},
    {"", 999, HASH, {RETIRED, .closed_from = T}, "closed retired since 0", "for system accounts"},
    {EXEMPT,
     USER(HASH),
     {RETIRED, .closed_from = T},
     "closed retired since 0",
     "for exempt accounts"},
    {EXEMPT,
     USER(HASH),
     {SUSPECTED, .suspected_from = T},
     "must-change suspected since 0",
     "suspicion too"},
    {"",
     0,
     HASH,
     {RETIRED, .closed_from = T, SUSPECTED, .suspected_from = T},
     "ok until never",
     "only uid 0 is beyond it"},
    /* exemption */
    {EXEMPT, USER(HASH), {.set_on = T - 999, DUE(INITIAL)}, "ok until never", "exempt"},
    {SINCE EXEMPT, USER(HASH), {.set_on = T - 999}, "ok until never", "no changed_since either"},
    {"max_idle = 90d\n" EXEMPT,
     USER(HASH),
     {FRESH, .last_login = T - 99},
     "ok until never",
     "no idle closing"},
    {"[user lan]\nexempt = yes",
     USER(HASH),
     {.set_on = T - 180},
     "must-change expired since 0, soft",
     "somebody else is exempt"},
    {"", 999, HASH, {.set_on = T - 999, DUE(RESET)}, "ok until never", "the last system uid"},
    {"min_uid = 2000", 1999, HASH, {.set_on = T - 999}, "ok until never", "below min_uid"},
    {"min_uid = 2000",
     2000,
     HASH,
     {.set_on = T - 180},
     "must-change expired since 0, soft",
     "not below min_uid"},
    {"min_uid = 0",
     1,
     HASH,
     {.set_on = T - 180},
     "must-change expired since 0, soft",
     "where nobody is a system account"},
    {"min_uid = 0", 0, HASH, {.set_on = T - 999}, "ok until never", "root in any case"},
    {"",
     4294967294u,
     HASH,
     {.set_on = T - 180},
     "must-change expired since 0, soft",
     "the largest uid is not below anything"},
    /* the clock went back */
    {"", USER(HASH), {.set_on = T + 1}, "ok until 181", "a clock slightly ahead elsewhere"},
    {"", USER(HASH), {.set_on = T + 2}, "ok until 182, clock back", "set in the future: age 0"},
    {"max_age = 1d",
     USER(HASH),
     {.set_on = T + 400, .newest = T + 400},
     "ok until 401, clock back",
     "nobody expires by a clock that went back"},
    {"warn_before = 0\nmax_age = 1d",
     USER(HASH),
     {.set_on = T, .newest = T + 400},
     "ok until 1",
     "the record's newest time is for closing only"},
};

START_TEST(a_verdict_is_right_just_before_on_and_just_after_its_day)
{
    struct vp_values values = values_of(judgements[_i].policy);
    struct vp_record record = record_of(&judgements[_i].record);
    struct vp_account account = {.name = "tuan",
                                 .uid = judgements[_i].uid,
                                 .password = judgements[_i].password,
                                 .changed_on = VP_NO_DAY,
                                 .expires_on = VP_NEVER};
    struct vp_verdict verdict;
    char text[256];

    verdict = vp_verdict_judge(&values, &record, &account, T);
    print_verdict(&verdict, text, sizeof text);
    ck_assert_msg(strcmp(text, judgements[_i].verdict) == 0, "\"%s\": %s", text,
                  judgements[_i].why);
}
END_TEST

START_TEST(a_name_of_one_letter_is_a_name)
{
    struct vp_values values = values_of("max_age = 1d");
    struct vp_account account = {
        .name = "a", .uid = 1000, .password = HASH, .hash = B, .changed_on = T};
    struct vp_record record = record_of(&(struct brief){FRESH});

    strcpy(record.user, "a");
    ck_assert_int_eq(vp_verdict_judge(&values, &record, &account, T).reason, VP_REASON_EXPIRED);
    values.changed_since = T;
    ck_assert_int_eq(vp_verdict_judge(&values, &record, &account, T).reason, VP_REASON_SUPERSEDED);
    ck_assert_uint_eq(vp_verdict_learn(&record, &account, &values, &old_store, T),
                      VP_LEARNT_ELSEWHERE);
}
END_TEST

static const struct {
    uint32_t uid;
    int32_t min_uid, exempt;
    bool expected;
} exemptions[] = {
    {0, 0, false, true},        {1, 0, false, false},     {999, 1000, false, true},
    {1000, 1000, false, false}, {1000, 1000, true, true}, {4294967294u, 2147483647, false, false},
};

START_TEST(system_accounts_and_those_that_the_policy_names_are_exempt)
{
    const struct vp_values values = {.min_uid = exemptions[_i].min_uid,
                                     .exempt = exemptions[_i].exempt};
    const struct vp_account account = {.uid = exemptions[_i].uid};

    ck_assert_int_eq(vp_verdict_exempt(&values, &account), exemptions[_i].expected);
}
END_TEST

START_TEST(the_longest_durations_do_not_wrap_around)
{
    struct vp_values values = values_of("max_age = 36500d\nmax_idle = 36500d");
    struct vp_account account = {.name = "tuan", .uid = 1000, .password = HASH};
    struct vp_record record = record_of(&(struct brief){FRESH});
    struct vp_verdict verdict;

    record.last_login = VP_LAST_DAY;
    record.set_on = VP_NEVER - 1;
    verdict = vp_verdict_judge(&values, &record, &account, T);
    ck_assert_int_eq(verdict.kind, VP_OK);
    ck_assert_int_eq(verdict.expires, VP_NEVER);
}
END_TEST

/* ---- admitting ------------------------------------------------------------------------------- */

/*
 * What becomes of a login, a letter each for: no grace, in grace, grace over.
 * A let in, a let in because no password was asked; T told, K told for that reason, G told and in
 * grace, R told as root; C only after a change; X refused.
 */
static const struct {
    enum vp_verdict_kind kind;
    enum vp_reason reason;
    bool soft, no_grace;
    const char *password, *enforce, *warn, *ignore, *root, *why;
} admissions[] = {
    {VP_OK, VP_REASON_NONE, false, false, "AAA", "AAA", "AAA", "AAA", "AAA", "nothing to say"},
    {VP_WARN, VP_REASON_EXPIRED, false, false, "TTT", "TTT", "TTT", "TTT", "TTT",
     "a warning is a warning for everybody"},
    {VP_WARN, VP_REASON_RESET, false, false, "TTT", "TTT", "TTT", "TTT", "TTT",
     "so is that of set_elsewhere = warn"},
    {VP_MUST_CHANGE, VP_REASON_INITIAL, true, false, "CGC", "CGC", "KKK", "aaa", "RRR",
     "first login"},
    {VP_MUST_CHANGE, VP_REASON_RESET, true, false, "CGC", "CGC", "KKK", "aaa", "RRR", "reset"},
    {VP_MUST_CHANGE, VP_REASON_EXPIRED, true, false, "CGC", "CGC", "KKK", "aaa", "RRR", "expired"},
    {VP_MUST_CHANGE, VP_REASON_RESET, true, true, "CCC", "CCC", "KKK", "aaa", "RRR",
     "an empty password has no grace: whoever comes would be let in"},
    {VP_MUST_CHANGE, VP_REASON_SUPERSEDED, true, false, "CGC", "CGC", "CGC", "aaa", "RRR",
     "a thief's own key does not walk in with a warning"},
    {VP_MUST_CHANGE, VP_REASON_SUSPECTED, false, false, "CCC", "CCC", "CCC", "CCC", "RRR",
     "suspected: no grace, and no key"},
    {VP_CLOSED, VP_REASON_RETIRED, false, false, "XXX", "XXX", "XXX", "XXX", "RRR",
     "closed for password and key; root is told"},
    {VP_CLOSED, VP_REASON_SUSPECTED, false, false, "XXX", "XXX", "XXX", "XXX", "RRR", "locked"},
    {VP_CLOSED, VP_REASON_IDLE, false, false, "XXX", "XXX", "XXX", "XXX", "RRR", "idle"},
};

static char admission_letter(const struct vp_admission *admission)
{
    switch (admission->kind) {
    case VP_ADMIT:
        return admission->because == VP_ADMIT_KEY ? 'a' : 'A';
    case VP_ADMIT_TOLD:
        return "TGKR"[admission->because];
    case VP_ADMIT_CHANGE:
        return admission->because == VP_ADMIT_PLAIN ? 'C' : '?';
    case VP_ADMIT_REFUSE:
        return admission->because == VP_ADMIT_PLAIN ? 'X' : '?';
    }
    return '?';
}

static void assert_admissions(int row, const char *expected, int32_t without_password,
                              struct vp_circumstances circumstances, const char *who)
{
    /* Due for 7 days: a grace of 8 has today as its last day, one of 7 ended yesterday. */
    static const int32_t graces[] = {0, 8, 7};
    struct vp_verdict verdict = {.kind = admissions[row].kind,
                                 .reason = admissions[row].reason,
                                 .since = T - 7,
                                 .soft = admissions[row].soft,
                                 .no_grace = admissions[row].no_grace};

    for (size_t i = 0; i < COUNT(graces); i++) {
        struct vp_values values = values_of("");
        struct vp_admission admission;
        char letter;

        values.without_password = without_password;
        values.grace = graces[i];
        admission = vp_verdict_admit(&values, &verdict, &circumstances, T);
        letter = admission_letter(&admission);
        ck_assert_msg(letter == expected[i], "%s, without_password %d, grace %d: %c, not %c: %s",
                      who, without_password, graces[i], letter, expected[i], admissions[row].why);
        ck_assert_int_eq(admission.until, letter == 'G' ? T : VP_NO_DAY);
    }
}

START_TEST(a_login_is_admitted_as_its_verdict_and_its_way_in_say)
{
    static const struct vp_circumstances password = {.password_asked = true};
    static const struct vp_circumstances key = {.password_asked = false};
    static const struct vp_circumstances root = {.root_acting = true};
    static const struct vp_circumstances root_asked = {.root_acting = true, .password_asked = true};
    const int32_t all[] = {VP_WITHOUT_PASSWORD_ENFORCE, VP_WITHOUT_PASSWORD_WARN,
                           VP_WITHOUT_PASSWORD_IGNORE};
    const char *by_key[] = {admissions[_i].enforce, admissions[_i].warn, admissions[_i].ignore};

    for (size_t i = 0; i < COUNT(all); i++) {
        assert_admissions(_i, admissions[_i].password, all[i], password, "password");
        assert_admissions(_i, by_key[i], all[i], key, "key");
        assert_admissions(_i, admissions[_i].root, all[i], root, "root");
        assert_admissions(_i, admissions[_i].root, all[i], root_asked, "root, asked");
    }
}
END_TEST

static const struct {
    int32_t since, grace;
    int32_t until; /* VP_NO_DAY: no grace */
    const char *why;
} graces[] = {
    {T, 0, VP_NO_DAY, "none"},
    {T, 1, T, "the first day is the last"},
    {T, 7, T + 6, "a week from today ends in six days"},
    {T - 6, 7, T, "the last day of a week"},
    {T - 7, 7, VP_NO_DAY, "the day after"},
    {T - 8, 7, VP_NO_DAY, "and later"},
    {T - 100, 36500, T - 100 + 36499, "the longest"},
    {VP_NO_DAY, 36500, VP_NO_DAY, "since when is not known: no grace"},
    {T + 3, 0, VP_NO_DAY, "none, also where the clock went back"},
};

START_TEST(grace_ends_with_its_last_day)
{
    struct vp_values values = values_of("");
    struct vp_verdict verdict = {.kind = VP_MUST_CHANGE,
                                 .reason = VP_REASON_EXPIRED,
                                 .since = graces[_i].since,
                                 .soft = true};
    struct vp_admission admission;

    values.grace = graces[_i].grace;
    admission =
        vp_verdict_admit(&values, &verdict, &(struct vp_circumstances){.password_asked = true}, T);
    ck_assert_msg((admission.kind == VP_ADMIT_TOLD) == (graces[_i].until != VP_NO_DAY), "%s",
                  graces[_i].why);
    ck_assert_msg(admission.until == graces[_i].until, "%d: %s", admission.until - T,
                  graces[_i].why);
}
END_TEST

/* ---- the second wall ------------------------------------------------------------------------- */

static const struct {
    struct brief record;
    int32_t former, present; /* shadow's expiry date before us (VP_NO_DAY: not touched), and now */
    int32_t walled_from, wanted;
    bool owned, marked;
    const char *why;
} second_walls[] = {
    {{FRESH}, VP_NO_DAY, VP_NEVER, VP_NEVER, VP_NEVER, false, false, "no mark, no wall"},
    {{FRESH}, VP_NO_DAY, T + 9, VP_NEVER, T + 9, false, false, "somebody else's date stays"},
    {{FRESH, RETIRED, .closed_from = T}, VP_NO_DAY, VP_NEVER, T, T, false, true, "to be built"},
    {{FRESH, RETIRED, .closed_from = T}, VP_NEVER, T, T, T, true, true, "built, and ours"},
    {{FRESH, RETIRED, .closed_from = T + 5},
     VP_NEVER,
     T + 5,
     T + 5,
     T + 5,
     true,
     false,
     "built for a day to come"},
    {{FRESH, RETIRED, .closed_from = T + 9},
     VP_NO_DAY,
     T + 5,
     T + 9,
     T + 5,
     false,
     false,
     "an earlier date of somebody else's is never loosened"},
    {{FRESH, RETIRED, .closed_from = T},
     T - 5,
     T - 5,
     T,
     T - 5,
     true,
     true,
     "nor is one that stood there before us"},
    {{FRESH, RETIRED, .closed_from = T},
     VP_NEVER,
     T + 7,
     T,
     T,
     false,
     true,
     "somebody changed the date since: it is theirs now"},
    {{FRESH},
     VP_NEVER,
     T,
     VP_NEVER,
     VP_NEVER,
     true,
     false,
     "a wall without a mark was left behind by a chage that failed"},
    {{FRESH}, T + 9, T, VP_NEVER, T + 9, true, false, "likewise: what stood there comes back"},
    {{FRESH, SUSPECTED, .suspected_from = T},
     VP_NO_DAY,
     VP_NEVER,
     VP_NEVER,
     VP_NEVER,
     false,
     true,
     "suspected alone lets in to change"},
    {{FRESH, SUSPECTED, .suspected_from = T, .locked = true},
     VP_NO_DAY,
     VP_NEVER,
     T,
     T,
     false,
     true,
     "locked does not"},
    {{FRESH, .locked = true},
     VP_NO_DAY,
     VP_NEVER,
     VP_NEVER,
     VP_NEVER,
     false,
     false,
     "locked belongs to the mark"},
    {{FRESH, RETIRED, .closed_from = T + 2, SUSPECTED, .suspected_from = T - 1, .locked = true},
     VP_NO_DAY,
     VP_NEVER,
     T - 1,
     T - 1,
     false,
     true,
     "the earlier of two"},
    {{FRESH, RETIRED, .closed_from = T - 2, SUSPECTED, .suspected_from = T, .locked = true},
     VP_NO_DAY,
     VP_NEVER,
     T - 2,
     T - 2,
     false,
     true,
     "the earlier of two, the other way round"},
};

START_TEST(shadows_expiry_date_follows_the_marks_and_is_never_loosened)
{
    struct vp_record record = record_of(&second_walls[_i].record);

    record.shadow_expiry = second_walls[_i].former;
    ck_assert_msg(vp_verdict_walled_from(&record) == second_walls[_i].walled_from, "from: %s",
                  second_walls[_i].why);
    ck_assert_msg(vp_verdict_wanted_expiry(&record, second_walls[_i].present) ==
                      second_walls[_i].wanted,
                  "wanted: %s", second_walls[_i].why);
    ck_assert_msg(vp_verdict_owns_expiry(&record, second_walls[_i].present) ==
                      second_walls[_i].owned,
                  "owned: %s", second_walls[_i].why);
    ck_assert_msg(vp_verdict_marked(&record, T) == second_walls[_i].marked, "marked: %s",
                  second_walls[_i].why);
}
END_TEST

/* ---- words ----------------------------------------------------------------------------------- */

START_TEST(the_words_are_those_of_the_manual)
{
    static const char *const kinds[] = {"ok", "warn", "must-change", "closed"};
    static const char *const reasons[] = {"none",       "initial", "reset",   "suspected",
                                          "superseded", "expired", "retired", "transferred",
                                          "idle",       "other"};

    ck_assert_uint_eq(COUNT(reasons), VP_REASON_COUNT);
    for (size_t i = 0; i < COUNT(kinds); i++)
        ck_assert_str_eq(vp_verdict_kind_word((enum vp_verdict_kind)i), kinds[i]);
    for (size_t i = 0; i < COUNT(reasons); i++)
        ck_assert_str_eq(vp_verdict_reason_word((enum vp_reason)i), reasons[i]);
}
END_TEST

Suite *suite_verdict(void)
{
    Suite *suite = suite_create("verdict");
    TCase *tcase = tcase_create("verdict");

    ADD_ROWS(tcase, a_record_begins_without_locking_anybody_out, beginnings);
    ADD_ROWS(tcase, the_hash_is_the_witness_of_what_happened_behind_pams_back, changes);
    tcase_add_test(tcase, another_person_inherits_no_mark_and_no_login);
    tcase_add_test(tcase, marks_stay_when_a_password_is_set_elsewhere);
    ADD_ROWS(tcase, a_record_with_a_hash_needs_to_see_shadow, sights);
    ADD_ROWS(tcase, a_verdict_is_right_just_before_on_and_just_after_its_day, judgements);
    tcase_add_test(tcase, a_name_of_one_letter_is_a_name);
    ADD_ROWS(tcase, system_accounts_and_those_that_the_policy_names_are_exempt, exemptions);
    tcase_add_test(tcase, the_longest_durations_do_not_wrap_around);
    ADD_ROWS(tcase, a_login_is_admitted_as_its_verdict_and_its_way_in_say, admissions);
    ADD_ROWS(tcase, grace_ends_with_its_last_day, graces);
    ADD_ROWS(tcase, shadows_expiry_date_follows_the_marks_and_is_never_loosened, second_walls);
    tcase_add_test(tcase, the_words_are_those_of_the_manual);
    suite_add_tcase(suite, tcase);
    return suite;
}
