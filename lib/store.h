/*
 * Where records are: every open, lock, fsync and rename; the policy file included. A room.
 *
 *   stamp            when the store began
 *   records/NAME     0640   one record an account
 *   intents/NAME     0640   a change that is just under way, as large as the record will be
 *   history/NAME     0600   old hashes
 *   locks/NAME       0600   flock(2) for changing the three above; root only, as a lock needs no
 *                           more than read access
 *   new/NAME         0600   the next version of a file, until it is renamed
 *   policy/PATH      0640   the last good copy of a policy file
 *   forgotten/NAME.SECONDS  records that were dropped
 *
 * Files are replaced, never rewritten: a reader and a kill -9 see the old one or the new one.
 * Bytes that are unsafe in file names stand as %XX. Nothing here follows a symbolic link.
 */
#ifndef VP_LIB_STORE_H
#define VP_LIB_STORE_H

#include "../pam_vpolicy.h"
#include "record.h"

#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/* An open store; vp_store_open fills it, vp_store_close gives it back. */
struct vp_store {
    int directory;    /* or -1 */
    gid_t group;      /* who may read beside the owner */
    bool writable;    /* we own it: whoever does not may only look */
    mode_t mode_mask; /* 0700 where the directory is its owner's alone: its files are, too */
    char path[256];
};

/*
 * Opens a store that exists. Refuses one that others could have written. Returns 0, or -1 with
 * error_out filled and store_out closed: the store is missing, not mounted, or not for us.
 */
VP_CHECKED int vp_store_open(const char *path, struct vp_store *store_out,
                             struct vp_error *error_out);
void vp_store_close(struct vp_store *store);

/*
 * Whether files can be made in the store now: not on a file system that is mounted read-only.
 * A full disk shows only when something is written. Returns 0, or -1 (error filled).
 */
VP_CHECKED int vp_store_probe(const struct vp_store *store, struct vp_error *error_out);

/* Makes the store's directory, 0750 for group shadow, 0700 where no such group is. 0 or -1. */
VP_CHECKED int vp_store_create(const char *path, struct vp_error *error_out);

/* Locked, instead of an account, by whoever edits a policy file. */
#define VP_STORE_EDITING ".edit"

/* How long a change waits for another one to end. */
#define VP_LOCK_WAIT_MS 5000

/*
 * Takes the lock of an account (or VP_STORE_EDITING). Returns a descriptor to be given to
 * vp_store_unlock, or -1 with error_out filled; its errnum is EWOULDBLOCK where somebody else holds
 * the lock. Makes the store's folders where they are missing.
 */
VP_CHECKED int vp_store_lock(const struct vp_store *store, const char *user, int wait_ms,
                             struct vp_error *error_out);
void vp_store_unlock(int lock);

/*
 * Reads an account's record. Returns 1 and fills record_out; 0 where there is none, with an empty
 * one; -1 where it cannot be read or relied on (error filled, errnum EACCES without the right).
 */
VP_CHECKED int vp_store_read_record(const struct vp_store *store, const char *user,
                                    struct vp_record *record_out, struct vp_error *error_out);

/*
 * Replaces an account's record; the caller holds its lock. durable: it is on the disk when this
 * returns; without, a power cut may bring the old one back. Returns 0, or -1 (error filled).
 */
VP_CHECKED int vp_store_write_record(const struct vp_store *store, const struct vp_record *record,
                                     bool durable, struct vp_error *error_out);

/* The same for the old hashes; a missing file is an empty history. */
VP_CHECKED int vp_store_read_history(const struct vp_store *store, const char *user,
                                     struct vp_history *history_out, struct vp_error *error_out);
VP_CHECKED int vp_store_write_history(const struct vp_store *store, const char *user,
                                      const struct vp_history *history, bool durable,
                                      struct vp_error *error_out);

/* Which intent is ours: another change may have put its own in the place. */
struct vp_intent {
    dev_t device;
    ino_t inode;
    struct timespec modified;
};

/*
 * Writes the record that a change will leave as the account's intent, with room for any hash, so
 * that a full disk cannot strike once the password has changed. inherit: it is as old as the one
 * that it replaces, so that a chain of them is young no longer than its first. Caller holds the
 * lock. 0 or -1.
 */
VP_CHECKED int vp_store_write_intent(const struct vp_store *store, const struct vp_record *record,
                                     bool inherit, struct vp_intent *intent_out,
                                     struct vp_error *error_out);

/*
 * Makes the record the account's, using the intent's room where it is still ours. Caller holds the
 * lock. Returns 0, or -1 (error filled) with the old record in force.
 */
VP_CHECKED int vp_store_commit(const struct vp_store *store, const struct vp_record *record,
                               const struct vp_intent *intent, struct vp_error *error_out);

/* Removes the intent if it is ours. Caller holds the lock. */
void vp_store_drop_intent(const struct vp_store *store, const char *user,
                          const struct vp_intent *intent);

/* Whether a change of the account began less than `seconds` before now. */
bool vp_store_change_pending(const struct vp_store *store, const char *user, int64_t now,
                             int seconds);

/* Drops a record (a copy stays in forgotten/) and its history. 1, 0 where there was none, or -1. */
VP_CHECKED int vp_store_forget(const struct vp_store *store, const char *user, int64_t now,
                               struct vp_error *error_out);

/* Where vp_store_forget(now) puts the copy of a record. Returns snprintf's length. */
size_t vp_store_print_forgotten(const struct vp_store *store, const char *user, int64_t now,
                                char *buffer, size_t size);

/* Puts everything that was written without `durable` on the disk. 0, or -1 (error filled). */
VP_CHECKED int vp_store_sync(const struct vp_store *store, struct vp_error *error_out);

/*
 * Reads the stamp. Returns 1 with the day on which the store began, and whether the user was there
 * already with a password of that same day; 0 where there is no stamp; -1 (error filled).
 */
VP_CHECKED int vp_store_read_stamp(const struct vp_store *store, const char *user, int32_t *day_out,
                                   bool *present_out, struct vp_error *error_out);

/* Told of each account; returns 0 to go on. */
typedef int vp_store_visitor(void *context, const char *user);

/*
 * Reads the stamp for many accounts: visits those that were there already with a password of the
 * stamp's day or later. Returns 1 with the day, 0 where there is no stamp, the visitor's value
 * where it stopped (it had better be negative), or -1 (error filled).
 */
VP_CHECKED int vp_store_visit_present(const struct vp_store *store, int32_t *day_out,
                                      vp_store_visitor *visit, void *context,
                                      struct vp_error *error_out);

/*
 * Writes the stamp, unless there is one of that day or before; one that lies ahead was written
 * under a wrong clock and is replaced. present: names of accounts, a newline after each. Returns 0
 * also where somebody else was first, or -1 (error filled; a damaged stamp is left).
 */
VP_CHECKED int vp_store_write_stamp(const struct vp_store *store, int32_t day, const char *present,
                                    struct vp_error *error_out);

/*
 * Reads a policy file that none but its trusted owner (root, or who runs this) can write. Returns 1
 * with a block for the caller to free, 0 where there is no file, or -1 (error filled).
 */
VP_CHECKED int vp_store_read_policy(const char *path, char **text_out, size_t *length_out,
                                    struct stat *status_out, struct vp_error *error_out);

/* The same for a file of words (words.h). */
VP_CHECKED int vp_store_read_words(const char *path, char **text_out, size_t *length_out,
                                   struct vp_error *error_out);

/* Keeps a good policy's text, unless that version is kept already. status: of the file. 0 or -1. */
VP_CHECKED int vp_store_keep_policy(const struct vp_store *store, const char *path,
                                    const char *text, size_t length, const struct stat *status,
                                    struct vp_error *error_out);

/* The kept copy: 1 with a block for the caller to free, 0 where there is none, or -1. */
VP_CHECKED int vp_store_read_kept_policy(const struct vp_store *store, const char *path,
                                         char **text_out, size_t *length_out,
                                         struct vp_error *error_out);

/*
 * Removes all that the store holds of an account: record, old hashes, copies, and last its lock,
 * which the caller holds. For accounts that are gone. Returns 0, also where there was nothing, or
 * -1 (error filled) with the rest removed.
 */
VP_CHECKED int vp_store_erase(const struct vp_store *store, const char *user,
                              struct vp_error *error_out);

/*
 * Visits the names of which the store holds anything, a copy included; some more than once, in no
 * order. Returns as vp_store_visit.
 */
VP_CHECKED int vp_store_visit_traces(const struct vp_store *store, vp_store_visitor *visit,
                                     void *context, struct vp_error *error_out);

/* Visits all accounts with a record, in no order. Returns 0, the visitor's value, or -1. */
VP_CHECKED int vp_store_visit(const struct vp_store *store, vp_store_visitor *visit, void *context,
                              struct vp_error *error_out);

#endif
