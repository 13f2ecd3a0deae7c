#include "verdict.h"
#include "secret.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_words[] = {
    [VP_OK] = "ok", [VP_WARN] = "warn", [VP_MUST_CHANGE] = "must-change", [VP_CLOSED] = "closed"};

static const char *const reason_words[] = {
#define X(name, word) word,
    VP_REASONS(X)
#undef X
};

const char *vp_verdict_kind_word(enum vp_verdict_kind kind)
{
    return kind_words[kind];
}

const char *vp_verdict_reason_word(enum vp_reason reason)
{
    return reason_words[reason];
}

/* A day plus a duration, where either may be without end. */
static int32_t day_after(int32_t day, int32_t days)
{
    int32_t sum;

    if (days == VP_NEVER || __builtin_add_overflow(day, days, &sum))
        return VP_NEVER;
    return sum;
}

bool vp_verdict_exempt(const struct vp_values *values, const struct vp_account *account)
{
    return account->uid == 0 || account->uid < (uint32_t)values->min_uid || values->exempt;
}

/* ---- learning -------------------------------------------------------------------------------- */

static bool has_hash(const struct vp_account *account)
{
    return account->password == VP_PASSWORD_HASH || account->password == VP_PASSWORD_LOCKED;
}

static void keep_hash(struct vp_record *record, const struct vp_account *account)
{
    /* All of it: a shorter hash must not leave the end of a longer one behind. */
    memcpy(record->hash, account->hash, sizeof record->hash);
}

static void become_due(struct vp_record *record, enum vp_due due, int32_t today)
{
    record->due = (int32_t)due;
    record->due_since = today;
}

/* sp_lstchg as a day that can be: not after today. A clock may differ by a day between machines. */
static int32_t plausible_day(int32_t changed_on, int32_t today, unsigned *learnt)
{
    if (changed_on != VP_NO_DAY && changed_on > today) {
        if (changed_on > today + 1)
            *learnt |= VP_LEARNT_CLAMPED;
        return today;
    }
    return changed_on;
}

/*
 * The account was here before the store. If that makes it overdue now, it gets warn_before to
 * change, counted from the stamp, so that installing this module locks nobody out.
 */
static void welcome(struct vp_record *record, const struct vp_values *values, int32_t stamp)
{
    bool overdue =
        record->set_on == VP_NO_DAY || day_after(record->set_on, values->max_age) <= stamp;

    /* Where the day is not known the respite stands for it, also should max_age come later. */
    if (overdue)
        record->respite = day_after(stamp, values->warn_before);
}

/*
 * The stamp names who had a password of its own day, or of one to come. For a password that was set
 * later it says nothing: somebody else may have the name by then.
 */
static bool vouched(const struct vp_surroundings *around, int32_t set_on, unsigned learnt)
{
    return around->present && (set_on == around->stamp || learnt & VP_LEARNT_CLAMPED);
}

/* Without a stamp the store is missing: then nothing proves that an account is new. */
static unsigned begin(struct vp_record *record, const struct vp_account *account,
                      const struct vp_values *values, const struct vp_surroundings *around,
                      int32_t today)
{
    int32_t stamp = around->stamp == VP_NO_DAY ? today : around->stamp;
    unsigned learnt = VP_LEARNT_BEGAN;

    vp_record_begin(record, account->name, account->uid);
    record->began = today;
    keep_hash(record, account);
    if (account->changed_on == 0) {
        become_due(record, VP_DUE_RESET, today);
        return learnt | VP_LEARNT_RESET;
    }
    record->set_on = plausible_day(account->changed_on, today, &learnt);
    if (record->set_on == VP_NO_DAY || record->set_on < stamp || around->stamp == VP_NO_DAY ||
        vouched(around, record->set_on, learnt))
        welcome(record, values, stamp);
    else
        become_due(record, VP_DUE_INITIAL, today);
    return learnt;
}

/* Uid and hash both different: the name belongs to somebody else now, who inherits nothing. */
static unsigned begin_person(struct vp_record *record, const struct vp_account *account,
                             int32_t today)
{
    unsigned learnt = VP_LEARNT_PERSON;

    vp_record_begin(record, account->name, account->uid);
    record->began = today;
    record->set_on = plausible_day(account->changed_on, today, &learnt);
    keep_hash(record, account);
    become_due(record, VP_DUE_INITIAL, today);
    return learnt;
}

static unsigned hear_witness(struct vp_record *record, const struct vp_account *account,
                             int32_t today)
{
    unsigned learnt = VP_LEARNT_ELSEWHERE;

    record->set_on = plausible_day(account->changed_on, today, &learnt);
    /* An empty day, or 0 for "must change": the hash is new to us, so it was set by today. */
    if (record->set_on == VP_NO_DAY || record->set_on == 0)
        record->set_on = today;
    record->set_by = VP_SET_BY_UNKNOWN;
    record->respite = VP_NO_DAY;
    keep_hash(record, account);
    become_due(record, VP_DUE_ELSEWHERE, today);
    return learnt;
}

/* Who comes by key alone, or from a directory, has a record only where idleness is to be counted.
 */
static unsigned begin_without_password(struct vp_record *record, const struct vp_account *account,
                                       const struct vp_values *values, int32_t today)
{
    if (record->user[0] != '\0' || values->max_idle == VP_NEVER ||
        account->uid < (uint32_t)values->min_uid ||
        (account->password != VP_PASSWORD_UNUSABLE && account->password != VP_PASSWORD_ELSEWHERE))
        return 0;
    vp_record_begin(record, account->name, account->uid);
    record->began = today;
    return VP_LEARNT_BEGAN;
}

unsigned vp_verdict_learn(struct vp_record *record, const struct vp_account *account,
                          const struct vp_values *values, const struct vp_surroundings *around,
                          int32_t today)
{
    unsigned learnt = 0;
    bool same_hash = vp_secret_equal(record->hash, account->hash);

    if (!has_hash(account))
        return begin_without_password(record, account, values, today);
    if (record->user[0] == '\0')
        return account->uid < (uint32_t)values->min_uid
                   ? 0
                   : begin(record, account, values, around, today);
    if (!same_hash && around->change_pending)
        return 0;
    if (record->uid != account->uid && !same_hash && record->hash[0] != '\0')
        return begin_person(record, account, today);
    if (record->uid != account->uid) {
        record->uid = account->uid;
        learnt |= VP_LEARNT_UID;
    }
    if (!same_hash)
        learnt |= hear_witness(record, account, today);
    /* chage -d 0 is an administrator's word: set_elsewhere does not soften it. */
    if (account->changed_on == 0 &&
        (record->due == VP_DUE_NONE || record->due == VP_DUE_ELSEWHERE)) {
        become_due(record, VP_DUE_RESET, today);
        learnt |= VP_LEARNT_RESET;
    }
    return learnt;
}

bool vp_verdict_blind(const struct vp_record *record, const struct vp_account *account)
{
    return record->hash[0] != '\0' && (account->password == VP_PASSWORD_ELSEWHERE ||
                                       account->password == VP_PASSWORD_UNREADABLE);
}

/* ---- the second wall ------------------------------------------------------------------------- */

static int32_t earlier(int32_t one, int32_t other)
{
    return one < other ? one : other;
}

int32_t vp_verdict_walled_from(const struct vp_record *record)
{
    int32_t day = VP_NEVER;

    if (record->closed.reason != VP_REASON_NONE)
        day = record->closed.from;
    if (record->suspected.reason != VP_REASON_NONE && record->locked)
        day = earlier(day, record->suspected.from);
    return day;
}

int32_t vp_verdict_wanted_expiry(const struct vp_record *record, int32_t present)
{
    int32_t former = record->shadow_expiry == VP_NO_DAY ? present : record->shadow_expiry;

    return earlier(former, vp_verdict_walled_from(record));
}

bool vp_verdict_owns_expiry(const struct vp_record *record, int32_t present)
{
    /* A wall without a mark was left behind by a change whose chage(1) failed. */
    return record->shadow_expiry != VP_NO_DAY &&
           (present == vp_verdict_wanted_expiry(record, present) ||
            vp_verdict_walled_from(record) == VP_NEVER);
}

/* ---- judging --------------------------------------------------------------------------------- */

static struct vp_verdict closed(enum vp_reason reason, int32_t since)
{
    return (struct vp_verdict){.kind = VP_CLOSED, .reason = reason, .since = since};
}

static struct vp_verdict must_change(enum vp_reason reason, int32_t since, bool soft)
{
    return (struct vp_verdict){
        .kind = VP_MUST_CHANGE, .reason = reason, .since = since, .soft = soft};
}

static bool in_force(const struct vp_mark *mark, int32_t today)
{
    return mark->reason != VP_REASON_NONE && mark->from <= today;
}

/* For closing, a clock that went back opens nothing. */
static int32_t closing_day(const struct vp_record *record, int32_t today)
{
    int32_t newest = vp_number_day(record->newest);

    return record->newest > 0 && newest > today ? newest : today;
}

static bool judge_marks(const struct vp_record *record, int32_t today, struct vp_verdict *verdict)
{
    int32_t day = closing_day(record, today);

    if (in_force(&record->closed, day))
        *verdict = closed(record->closed.reason, record->closed.from);
    else if (in_force(&record->suspected, day) && record->locked)
        *verdict = closed(VP_REASON_SUSPECTED, record->suspected.from);
    else if (in_force(&record->suspected, day))
        *verdict = must_change(VP_REASON_SUSPECTED, record->suspected.from, false);
    else
        return false;
    return true;
}

bool vp_verdict_marked(const struct vp_record *record, int32_t today)
{
    struct vp_verdict verdict;

    return judge_marks(record, today, &verdict);
}

static int32_t later(int32_t one, int32_t other)
{
    return one > other ? one : other;
}

int32_t vp_verdict_seen_on(const struct vp_record *record)
{
    return later(record->last_login, later(record->reopened, record->began));
}

static bool judge_idle(const struct vp_values *values, const struct vp_record *record,
                       int32_t today, struct vp_verdict *verdict)
{
    int32_t from = vp_verdict_seen_on(record);
    int32_t closes;

    if (values->max_idle == VP_NEVER || from == VP_NO_DAY)
        return false;
    closes = day_after(from, values->max_idle);
    if (closes > closing_day(record, today))
        return false;
    *verdict = closed(VP_REASON_IDLE, closes);
    return true;
}

/* The changes that somebody else's hand makes due. set_elsewhere = warn is softer: WARN. */
static bool judge_due(const struct vp_values *values, const struct vp_record *record,
                      const struct vp_account *account, int32_t today, struct vp_verdict *verdict)
{
    /* passwd -d: whoever comes is let in, whatever the policy says of first logins. */
    if (account->password == VP_PASSWORD_EMPTY) {
        *verdict = must_change(VP_REASON_RESET,
                               record->due != VP_DUE_NONE ? record->due_since : today, true);
        return true;
    }
    if (!values->change_on_first_login)
        return false;
    switch ((enum vp_due)record->due) {
    case VP_DUE_NONE:
        return false;
    case VP_DUE_INITIAL:
        *verdict = must_change(VP_REASON_INITIAL, record->due_since, true);
        return true;
    case VP_DUE_RESET:
        *verdict = must_change(VP_REASON_RESET, record->due_since, true);
        return true;
    case VP_DUE_ELSEWHERE:
        if (values->set_elsewhere == VP_SET_ELSEWHERE_RESET)
            *verdict = must_change(VP_REASON_RESET, record->due_since, true);
        else if (values->set_elsewhere == VP_SET_ELSEWHERE_WARN)
            *verdict = (struct vp_verdict){
                .kind = VP_WARN, .reason = VP_REASON_RESET, .since = record->due_since};
        else
            return false;
        return true;
    }
    return false;
}

/* changed_since is a wall against a thief: it comes before reset, which keys may soften. */
static bool judge_superseded(const struct vp_values *values, const struct vp_record *record,
                             int32_t today, struct vp_verdict *verdict)
{
    if (values->changed_since == VP_NO_DAY || values->changed_since > today ||
        record->user[0] == '\0')
        return false;
    if (record->set_on != VP_NO_DAY && record->set_on >= values->changed_since)
        return false;
    *verdict = must_change(VP_REASON_SUPERSEDED, values->changed_since, true);
    return true;
}

static struct vp_verdict judge_age(const struct vp_values *values, const struct vp_record *record,
                                   int32_t today)
{
    struct vp_verdict verdict = {.kind = VP_OK, .expires = VP_NEVER};

    if (values->max_age == VP_NEVER || record->user[0] == '\0')
        return verdict;
    if (record->set_on != VP_NO_DAY)
        verdict.expires = day_after(record->set_on, values->max_age);
    if (record->respite != VP_NO_DAY &&
        (record->set_on == VP_NO_DAY || record->respite > verdict.expires))
        verdict.expires = record->respite;
    if (record->set_on == VP_NO_DAY && record->respite == VP_NO_DAY)
        verdict.expires = record->began;
    verdict.clock_back = record->set_on != VP_NO_DAY && record->set_on > today + 1;
    if (verdict.expires <= today)
        return must_change(VP_REASON_EXPIRED, verdict.expires, true);
    if (verdict.expires - today <= values->warn_before) {
        verdict.kind = VP_WARN;
        verdict.reason = VP_REASON_EXPIRED;
    }
    return verdict;
}

static bool ages(const struct vp_account *account)
{
    return has_hash(account) || account->password == VP_PASSWORD_EMPTY;
}

/* What the password itself makes due. */
static struct vp_verdict judge_password(const struct vp_values *values,
                                        const struct vp_record *record,
                                        const struct vp_account *account, int32_t today)
{
    struct vp_verdict verdict = {.kind = VP_OK, .expires = VP_NEVER};
    struct vp_verdict aged;

    if (judge_superseded(values, record, today, &verdict))
        return verdict;
    aged = judge_age(values, record, today);
    /* A mere warning about set_elsewhere must not hide that the password is due by its age. */
    if (!judge_due(values, record, account, today, &verdict) ||
        (verdict.kind == VP_WARN && aged.kind == VP_MUST_CHANGE))
        return aged;
    verdict.expires = aged.kind == VP_MUST_CHANGE ? verdict.expires : aged.expires;
    return verdict;
}

struct vp_verdict vp_verdict_judge(const struct vp_values *values, const struct vp_record *record,
                                   const struct vp_account *account, int32_t today)
{
    struct vp_verdict verdict = {.kind = VP_OK, .expires = VP_NEVER};

    if (account->uid == 0)
        return verdict;
    if (judge_marks(record, today, &verdict))
        return verdict;
    if (vp_verdict_exempt(values, account))
        return verdict;
    if (judge_idle(values, record, today, &verdict))
        return verdict;
    if (!ages(account))
        return verdict;
    verdict = judge_password(values, record, account, today);
    verdict.no_grace = account->password == VP_PASSWORD_EMPTY;
    return verdict;
}

/* ---- admitting ------------------------------------------------------------------------------- */

static struct vp_admission softened(const struct vp_values *values,
                                    const struct vp_verdict *verdict,
                                    const struct vp_circumstances *circumstances, int32_t today)
{
    struct vp_admission admission = {.kind = VP_ADMIT_CHANGE, .until = VP_NO_DAY};
    bool by_key = !circumstances->password_asked;

    if (by_key && values->without_password == VP_WITHOUT_PASSWORD_IGNORE)
        return (struct vp_admission){VP_ADMIT, VP_ADMIT_KEY, VP_NO_DAY};
    /* The thief's own key would walk in: a warning does not stop him. */
    if (by_key && values->without_password == VP_WITHOUT_PASSWORD_WARN &&
        verdict->reason != VP_REASON_SUPERSEDED)
        return (struct vp_admission){VP_ADMIT_TOLD, VP_ADMIT_KEY, VP_NO_DAY};
    if (values->grace > 0 && !verdict->no_grace && day_after(verdict->since, values->grace) > today)
        return (struct vp_admission){VP_ADMIT_TOLD, VP_ADMIT_GRACE,
                                     day_after(verdict->since, values->grace) - 1};
    return admission;
}

struct vp_admission vp_verdict_admit(const struct vp_values *values,
                                     const struct vp_verdict *verdict,
                                     const struct vp_circumstances *circumstances, int32_t today)
{
    struct vp_admission admission = {.kind = VP_ADMIT_REFUSE, .until = VP_NO_DAY};

    switch (verdict->kind) {
    case VP_OK:
        admission.kind = VP_ADMIT;
        break;
    case VP_WARN:
        admission.kind = VP_ADMIT_TOLD;
        break;
    case VP_MUST_CHANGE:
    case VP_CLOSED:
        if (circumstances->root_acting)
            return (struct vp_admission){VP_ADMIT_TOLD, VP_ADMIT_ROOT, VP_NO_DAY};
        if (verdict->kind == VP_MUST_CHANGE && verdict->soft)
            return softened(values, verdict, circumstances, today);
        if (verdict->kind == VP_MUST_CHANGE)
            admission.kind = VP_ADMIT_CHANGE;
        break;
    }
    return admission;
}
