/*
 * policy + record + account + today -> verdict. Pure: the clock and the account are arguments.
 * Three questions, in the order in which a login asks them: what does the account tell the record
 * (learn), what is to happen to it (judge), and what does that mean for this login (admit).
 */
#ifndef VP_LIB_VERDICT_H
#define VP_LIB_VERDICT_H

#include "../pam_vpolicy.h"
#include "account.h"
#include "policy.h"
#include "record.h"

/* What vp_verdict_learn took from the account; a set of bits. */
#define VP_LEARNT_BEGAN     (1u << 0) /* there was no record */
#define VP_LEARNT_ELSEWHERE (1u << 1) /* the password was set behind PAM's back */
#define VP_LEARNT_PERSON    (1u << 2) /* somebody else has the name now */
#define VP_LEARNT_UID       (1u << 3) /* the account got another uid */
#define VP_LEARNT_RESET     (1u << 4) /* chage -d 0 */
#define VP_LEARNT_CLAMPED   (1u << 5) /* a day in the future was put back to today */

/* What the store knows beside the record. */
struct vp_surroundings {
    int32_t stamp;       /* the day the store began; VP_NO_DAY = there is no stamp */
    bool present;        /* the account was there, with a password set that same day */
    bool change_pending; /* an intent younger than VP_INTENT_SECONDS stands in the store */
};

/* So long a password change may take between our two lines. */
#define VP_INTENT_SECONDS 60

/*
 * Brings the record up to what the account shows; record->user "" = there is none yet. The hash
 * in the record is the witness: another one in shadow was set behind PAM's back. While a change is
 * pending the witness is not heard; a change leaves a record before it leaves an intent. Returns
 * the bits of what was learnt; 0 = record unchanged.
 */
unsigned vp_verdict_learn(struct vp_record *record, const struct vp_account *account,
                          const struct vp_values *values, const struct vp_surroundings *setting,
                          int32_t today);

/*
 * Whether a record cannot be relied on because the account's password cannot be seen: the record
 * holds a hash, and shadow shows no entry or cannot be read.
 */
bool vp_verdict_blind(const struct vp_record *record, const struct vp_account *account);

/*
 * Shadow's expiry date is the second wall of closed and locked accounts, should the store be lost.
 * The first day on which the record's marks want shadow to let nobody in; VP_NEVER = they do not.
 */
int32_t vp_verdict_walled_from(const struct vp_record *record);

/* What the field has to say by this record; present: what it says now. It is never loosened. */
int32_t vp_verdict_wanted_expiry(const struct vp_record *record, int32_t present);

/* Whether the date that stands there now is our doing. One that somebody else has set is left. */
bool vp_verdict_owns_expiry(const struct vp_record *record, int32_t present);

/*
 * The day from which idleness counts: the last login, the last reopening or the record's beginning,
 * whichever was latest; VP_NO_DAY = none is known.
 */
int32_t vp_verdict_seen_on(const struct vp_record *record);

/* Whether a mark decides today, whatever the password. */
bool vp_verdict_marked(const struct vp_record *record, int32_t today);

struct vp_verdict {
    enum vp_verdict_kind kind;
    enum vp_reason reason;
    int32_t since;   /* MUST_CHANGE, CLOSED: the first day of it */
    int32_t expires; /* OK, WARN: the day on which the password will be due; VP_NEVER */
    bool soft;       /* MUST_CHANGE: without_password, and grace, may let it in */
    bool no_grace;   /* but not grace: whoever comes would be let in without a password */
    bool clock_back; /* the clock stands before the day on which the password was set */
};

/* Marks first, then exemption, idleness, and the password's age. uid 0 is always let in. */
struct vp_verdict vp_verdict_judge(const struct vp_values *values, const struct vp_record *record,
                                   const struct vp_account *account, int32_t today);

/* How somebody comes in. */
struct vp_circumstances {
    bool password_asked; /* or it cannot be told */
    bool root_acting;    /* root becomes somebody else, who proves nothing */
};

enum vp_admission_kind {
    VP_ADMIT,        /* let in, nothing to say */
    VP_ADMIT_TOLD,   /* let in and told */
    VP_ADMIT_CHANGE, /* only after a change */
    VP_ADMIT_REFUSE,
};

struct vp_admission {
    enum vp_admission_kind kind;
    enum { VP_ADMIT_PLAIN, VP_ADMIT_GRACE, VP_ADMIT_KEY, VP_ADMIT_ROOT } because;
    int32_t until; /* because of GRACE: the last day of it; else VP_NO_DAY */
};

struct vp_admission vp_verdict_admit(const struct vp_values *values,
                                     const struct vp_verdict *verdict,
                                     const struct vp_circumstances *circumstances, int32_t today);

/* Whether the values exempt the account from ageing, first change and idleness. */
bool vp_verdict_exempt(const struct vp_values *values, const struct vp_account *account);

/* Words of the manual and of `vpolicy show`. */
const char *vp_verdict_kind_word(enum vp_verdict_kind kind);
const char *vp_verdict_reason_word(enum vp_reason reason);

#endif
