/*
 * What is known of one account, and its text on disk. Pure. The format stands at the head of
 * record.c and in vpolicy.state(5).
 */
#ifndef VP_LIB_RECORD_H
#define VP_LIB_RECORD_H

#include "../pam_vpolicy.h"
#include "policy.h"

/* Who set the current password. */
enum vp_set_by { VP_SET_BY_UNKNOWN, VP_SET_BY_USER, VP_SET_BY_ADMIN };

/* Why a change is due, as far as a record knows it (age and changed_since are the policy's). */
enum vp_due {
    VP_DUE_NONE,
    VP_DUE_INITIAL,   /* the account is new */
    VP_DUE_RESET,     /* an administrator set the password, through PAM or with chage -d 0 */
    VP_DUE_ELSEWHERE, /* the hash in shadow is not one that came through PAM */
};

/* An administrator's word: the account is closed, or its password suspected. */
struct vp_mark {
    enum vp_reason reason; /* VP_REASON_NONE = no mark */
    int32_t from;          /* the first day on which it is in force */
    int64_t made_at;       /* seconds since 1970 */
    char made_by[64];      /* who, by vp_account_actor */
    char note[256];        /* the administrator's words; for the log, never for the user */
    char incident[64];     /* a name shared by the marks of one incident, or "" */
};

/* Fields that a newer version wrote and this one does not know, as they stood, in order. */
#define VP_RECORD_UNKNOWN_SIZE 2048

/* All zero but the days is an empty record: use vp_record_begin. */
struct vp_record {
    char user[VP_NAME_MAX + 1]; /* "" = there is no record */
    uint32_t uid;
    int32_t began;     /* the day the record began */
    int32_t set_on;    /* the day the password was set, or VP_NO_DAY */
    int32_t set_by;    /* enum vp_set_by */
    int32_t due;       /* enum vp_due */
    int32_t due_since; /* the day on which the record learnt that, or VP_NO_DAY */
    int32_t respite;   /* nobody expires before this day: the overdue account's time to change */
    char hash[VP_HASH_SIZE];  /* the current hash as shadow held it, "" = none seen */
    int32_t last_login;       /* or VP_NO_DAY */
    char last_login_from[64]; /* the host that the program named then, or "" */
    int32_t reopened;         /* idleness counts from here too, or VP_NO_DAY */
    int64_t newest;           /* the newest time that the record has seen, seconds */
    struct vp_mark closed;
    struct vp_mark suspected;
    int32_t locked;        /* the suspected mark also keeps the account shut */
    int32_t shadow_expiry; /* sp_expire before we set it; VP_NO_DAY = we did not */
    char groups[512];      /* the policy's groups seen last, blank between them */
    int32_t noticed_on;    /* the day to which `noticed` belongs */
    char noticed[256];     /* what was logged at notice that day: "service:word" with blanks */
    char notified[48];     /* the notice sent last: "REASON DAY STEP", or "" */
    char unknown[VP_RECORD_UNKNOWN_SIZE];
};

/* Room for the longest record. */
#define VP_RECORD_SIZE 12288

/* An empty record for a user; every day unset. */
void vp_record_begin(struct vp_record *record, const char *user, uint32_t uid);

/*
 * Reads a record's text. file: its name for messages. Returns 0 and fills record_out, or -1 with
 * the line at fault. A field nobody knows is kept; a version other than 1.x is refused; a text
 * without its last line `end` is refused, it was cut.
 */
VP_CHECKED int vp_record_parse(const char *text, size_t length, const char *file,
                               struct vp_record *record_out, struct vp_error *error_out);

/* Writes a record's text, NUL-terminated. Returns its length; it always fits VP_RECORD_SIZE. */
size_t vp_record_print(const struct vp_record *record, char buffer[VP_RECORD_SIZE]);

/*
 * Puts back what a clock that once ran ahead has written down: the newest time seen, and the days
 * of what has happened. For acts that vouch for the clock: an administrator's, a password change.
 */
void vp_record_trust_clock(struct vp_record *record, int32_t today, int64_t now);

/* Wipes the record, hash and all. */
void vp_record_wipe(struct vp_record *record);

/* Words for messages and listings. */
const char *vp_record_set_by_word(int32_t set_by);
const char *vp_record_due_word(int32_t due);

/* Old hashes, the newest first. */
struct vp_history {
    size_t count;
    struct {
        int32_t until; /* the day on which another password took its place */
        char hash[VP_HASH_SIZE];
    } entries[VP_HISTORY_MAX];
};

#define VP_HISTORY_SIZE (VP_HISTORY_MAX * (VP_HASH_SIZE + 16) + 64)

VP_CHECKED int vp_history_parse(const char *text, size_t length, const char *file,
                                struct vp_history *history_out, struct vp_error *error_out);
size_t vp_history_print(const struct vp_history *history, char buffer[VP_HISTORY_SIZE]);

/*
 * Puts a hash in front, where it is known already from further back, and keeps at most `keep` (1 or
 * more). A hash "" changes nothing.
 */
void vp_history_add(struct vp_history *history, const char *hash, int32_t until, size_t keep);

#endif
