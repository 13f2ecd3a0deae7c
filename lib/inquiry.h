/*
 * One account at one moment: the rooms asked, the policy resolved, the record brought up to date.
 * Both doors ask through this file, so that the module and the command can never disagree.
 * It composes rooms and pure files and owns nothing outside itself.
 */
#ifndef VP_LIB_INQUIRY_H
#define VP_LIB_INQUIRY_H

#include "../pam_vpolicy.h"
#include "account.h"
#include "policy.h"
#include "record.h"
#include "rules.h"
#include "store.h"
#include "verdict.h"
#include "words.h"

/*
 * No clock can be right that stands before this file was written (2026-01-01): what is learnt
 * under such a clock is not written down.
 */
#define VP_EARLIEST_DAY 20454

/* What is broken around the account. None of it is a verdict; each has a text for the log. */
enum vp_trouble {
    VP_TROUBLE_POLICY, /* the policy file does not count; the last good copy or the built-in does */
    VP_TROUBLE_STORE,  /* missing, not mounted, not writable: shadow's dates decide */
    VP_TROUBLE_RECORD, /* this record is damaged, or cannot be relied on */
    VP_TROUBLE_GROUPS, /* NSS cannot tell the groups; those seen last count */
    VP_TROUBLE_CLOCK,  /* the clock went back, or a day lies in the future */
    VP_TROUBLE_WORDS,  /* a file of local words cannot be read; found at a change only */
    VP_TROUBLE_BREACHED, /* the list of breached passwords cannot be asked; found at a change only
                          */
    VP_TROUBLE_COUNT
};

enum vp_policy_source { VP_POLICY_BUILTIN, VP_POLICY_FILE, VP_POLICY_KEPT };

struct vp_question {
    const char *policy_path; /* NULL = VP_POLICY_PATH, which may be missing */
    const char *state_dir;   /* NULL = VP_STATE_DIR */
    const char *user;
    const char *service;           /* or NULL */
    int64_t now;                   /* seconds since 1970 */
    const struct vp_policy *draft; /* a policy to judge by instead of the file's; lent; or NULL */
    bool look_only;                /* write nothing, not even the stamp */
    bool committing;               /* our own change is under way: the witness is not heard */
};

/* What somebody who asks about many accounts has read already, once for all of them. */
struct vp_known {
    struct vp_account account;
    int32_t stamp; /* as in struct vp_surroundings */
    bool present;
    const char **groups; /* those of the policy's groups that the account is in */
    size_t group_count;
};

/* Filled by vp_inquiry_open, given back by vp_inquiry_close. Holds hashes. */
struct vp_inquiry {
    struct vp_question question;
    int32_t today;
    struct vp_store store;
    struct vp_policy policy;
    enum vp_policy_source policy_source;
    struct vp_values values;
    unsigned lines[VP_KEY_COUNT]; /* of each value, 0 = built-in */
    struct vp_account account;
    struct vp_record record; /* after learning; user "" = none */
    struct vp_surroundings around;
    char groups[512];            /* the policy's groups that the account is in, blank between */
    bool groups_known;           /* and that list is all of it */
    char replaced[VP_HASH_SIZE]; /* the hash that learning took out of the record, or "" */
    unsigned learnt;             /* VP_LEARNT_ bits */
    bool clock_back;             /* the clock cannot be right: learn nothing for ever */
    bool record_readable;        /* false: VP_TROUBLE_RECORD tells why */
    unsigned troubles;           /* bits 1 << enum vp_trouble */
    struct vp_error trouble[VP_TROUBLE_COUNT];
    struct vp_words words; /* local ones, once a password has been checked */
    bool words_read;
    int lock;                     /* or -1 */
    const struct vp_known *known; /* or NULL: the rooms are asked */
};

/*
 * Asks everything. Returns 1; 0 where nobody has that name (policy and values are there all the
 * same, as for an account without groups); -1 where NSS failed (error filled). Close it always.
 */
VP_CHECKED int vp_inquiry_open(const struct vp_question *question, struct vp_inquiry *inquiry_out,
                               struct vp_error *error_out);

/*
 * The same for an account that was read already: neither passwd, shadow, groups nor the stamp is
 * read, also when the inquiry is held. known must live as long as the inquiry. question->user is
 * not used.
 */
void vp_inquiry_open_known(const struct vp_question *question, const struct vp_known *known,
                           struct vp_inquiry *inquiry_out);

/* Unlocks, closes, frees and wipes. */
void vp_inquiry_close(struct vp_inquiry *inquiry);

/*
 * Takes the account's lock and reads account and record again, so that the record can be changed.
 * Returns 0; or -1 with the error filled (errnum EWOULDBLOCK where somebody else holds the lock);
 * then account and what was learnt are as the first look found them, and can be judged by.
 */
VP_CHECKED int vp_inquiry_hold(struct vp_inquiry *inquiry, int wait_ms, struct vp_error *error_out);

/*
 * Writes the record, and the hash that it replaced into the history, and lets go of the lock.
 * durable as in vp_store_write_record. Returns 0, or -1 (error filled, VP_TROUBLE_STORE set).
 */
VP_CHECKED int vp_inquiry_write(struct vp_inquiry *inquiry, bool durable,
                                struct vp_error *error_out);

/*
 * Adds hashes to the account's old ones, the newest last; "" is none. The lock is held. Returns 0,
 * or -1 (error filled).
 */
VP_CHECKED int vp_inquiry_remember(const struct vp_inquiry *inquiry, const char *const *hashes,
                                   size_t count, bool durable, struct vp_error *error_out);

/* Lets go of the lock without writing. */
void vp_inquiry_release(struct vp_inquiry *inquiry);

/* Whether the record has something to write down that it does not hold on the disk. */
bool vp_inquiry_has_news(const struct vp_inquiry *inquiry);

/* The verdict of today. */
struct vp_verdict vp_inquiry_judge(const struct vp_inquiry *inquiry);

/*
 * Whether the troubles allow no verdict: the record cannot be read; or no mark decides, and the
 * password's state cannot be seen.
 */
bool vp_inquiry_blind(const struct vp_inquiry *inquiry);

/*
 * Loads the policy alone: the file, its last good copy, or the built-in. store may be NULL.
 * Returns where it came from; trouble_out is filled and *troubled_out set where the file does not
 * count.
 */
enum vp_policy_source vp_inquiry_load_policy(const char *path, const struct vp_store *store,
                                             bool look_only, struct vp_policy *policy_out,
                                             bool *troubled_out, struct vp_error *trouble_out);

/* Writes the store's stamp of today with the accounts that are there. 0, also if there, or -1. */
VP_CHECKED int vp_inquiry_stamp(const struct vp_store *store, int32_t today,
                                struct vp_error *error_out);

/*
 * Checks a password of `length` bytes, which may be any, by the policy's rules; old: the old
 * password, or NULL. The account may be unknown: then no login name is looked for. Local words
 * and a list of breached passwords that cannot be read are troubles, and stop nothing. Returns 0
 * and fills failures_out, or -1 where it cannot be told (error filled).
 */
VP_CHECKED int vp_inquiry_check_rules(struct vp_inquiry *inquiry, const char *password,
                                      size_t length, const char *old,
                                      struct vp_failures *failures_out, struct vp_error *error_out);

/*
 * Adds to failures whether the password is the current one or an old one. Each comparison costs a
 * crypt(3). Returns 0, or -1 where it cannot be told (error filled).
 */
VP_CHECKED int vp_inquiry_check_history(const struct vp_inquiry *inquiry, const char *password,
                                        struct vp_failures *failures, struct vp_error *error_out);

/*
 * Makes a password by chance (generate.h) that these two checks accept; old as above.
 * with_history: the old hashes are asked, too. bits_out gets the chance in it. Returns 0 and a
 * secret that the caller wipes; or -1, password_out wiped, where the policy contradicts itself, a
 * check cannot be made, or the rules refused every try (error filled).
 */
VP_CHECKED int vp_inquiry_generate(struct vp_inquiry *inquiry, const char *old, bool with_history,
                                   char password_out[VP_PASSWORD_SIZE], unsigned *bits_out,
                                   struct vp_error *error_out);

#endif
