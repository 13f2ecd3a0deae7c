/* lib/store.c: where records are. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "names.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/secret.h"
#include "../../lib/store.h"

/* 2026-11-22 00:00 UTC */
#define T   20779
#define NOW ((int64_t)T * 86400)

/* Each test has a directory of its own, which is gone afterwards. */
static char directory[64];
static struct vp_store store;

static void begin(void)
{
    struct vp_error error = {0};

    snprintf(directory, sizeof directory, "/tmp/vpolicy-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0750), 0);
    umask(0); /* modes are set, not left to whoever calls */
    ck_assert_msg(vp_store_open(directory, &store, &error) == 0, "%s", error.text);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static void end(void)
{
    vp_store_close(&store);
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of an entry of the store; valid until the next call. */
static const char *at(const char *entry)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", directory, entry);
    return path;
}

static mode_t mode_of(const char *entry)
{
    struct stat status;

    ck_assert_msg(lstat(at(entry), &status) == 0, "%s", entry);
    return status.st_mode & 07777;
}

static void put(const char *entry, const char *text)
{
    FILE *file = fopen(at(entry), "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fchmod(fileno(file), 0640), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static int lock_of(const char *user)
{
    struct vp_error error = {0};
    int lock = vp_store_lock(&store, user, 0, &error);

    ck_assert_msg(lock >= 0, "%s: %s", error.file, error.text);
    return lock;
}

static void write_record(const char *user, uint32_t uid)
{
    struct vp_record record;
    struct vp_error error = {0};
    int lock = lock_of(user);

    vp_record_begin(&record, user, uid);
    ck_assert_msg(vp_store_write_record(&store, &record, true, &error) == 0, "%s", error.text);
    vp_store_unlock(lock);
}

/* The uid in a user's record; -1 where there is none, -2 where it cannot be read. */
static int64_t uid_in(const char *user)
{
    struct vp_record record;
    struct vp_error error;
    int found = vp_store_read_record(&store, user, &record, &error);

    return found > 0 ? (int64_t)record.uid : found - 1;
}

/* ---- the store itself ------------------------------------------------------------------------ */

static const struct {
    mode_t mode;
    bool trusted;
    const char *why;
} doors[] = {
    {0700, true, "ours alone"},         {0750, true, "a group may read"},
    {0755, true, "anybody may read"},   {0770, false, "a group may write"},
    {0702, false, "anybody may write"}, {01777, false, "a directory like /tmp"},
};

START_TEST(a_store_that_others_can_write_is_not_trusted)
{
    struct vp_store other;
    struct vp_error error = {0};

    ck_assert_int_eq(chmod(directory, doors[_i].mode), 0);
    ck_assert_msg(vp_store_open(directory, &other, &error) == (doors[_i].trusted ? 0 : -1), "%s",
                  doors[_i].why);
    if (!doors[_i].trusted) {
        ck_assert_int_eq(other.directory, -1);
        ck_assert_str_eq(error.file, directory);
        ck_assert_str_eq(error.text, "can be written by others than its owner (chmod go-w)");
    } else {
        ck_assert(other.writable);
        vp_store_close(&other);
        ck_assert_int_eq(other.directory, -1);
    }
    ck_assert_int_eq(chmod(directory, 0700), 0);
}
END_TEST

START_TEST(a_missing_store_says_so)
{
    struct vp_store other;
    struct vp_error error;

    ck_assert_int_eq(vp_store_open(at("nosuch"), &other, &error), -1);
    ck_assert_int_eq(error.errnum, ENOENT);
    ck_assert_int_eq(other.directory, -1);
    put("file", "");
    ck_assert_int_eq(vp_store_open(at("file"), &other, &error), -1);
    ck_assert_int_eq(error.errnum, ENOTDIR);
}
END_TEST

START_TEST(a_store_is_made_for_its_owner_and_group_shadow)
{
    static const char *const groups[] = {"shadow"};
    struct vp_error error;

    made_up = (struct made_up_names){0};
    ck_assert_int_eq(vp_store_create(at("alone"), &error), 0);
    ck_assert_uint_eq(mode_of("alone"), 0700);
    made_up = (struct made_up_names){.groups = groups, .group_count = 1};
    ck_assert_int_eq(vp_store_create(at("shared"), &error), 0);
    ck_assert_uint_eq(mode_of("shared"), geteuid() == 0 ? 0750 : 0700);
    ck_assert_int_eq(vp_store_create(at("shared"), &error), 0);
    ck_assert_int_eq(vp_store_create(at("no/such"), &error), -1);
}
END_TEST

static const struct {
    const char *folder;
    mode_t mode;
} folders[] = {
    {"records", 0750}, {"intents", 0750}, {"history", 0700},   {"locks", 0700},
    {"new", 0700},     {"policy", 0750},  {"forgotten", 0700},
};

START_TEST(the_first_lock_makes_the_folders_with_their_modes)
{
    vp_store_unlock(lock_of("tuan"));
    for (size_t i = 0; i < COUNT(folders); i++)
        ck_assert_msg(mode_of(folders[i].folder) == folders[i].mode, "%s", folders[i].folder);
    ck_assert_uint_eq(mode_of("locks/tuan"), 0600);
}
END_TEST

/* A user can kill his own passwd at the first use of the store. */
START_TEST(folders_left_half_made_by_a_kill_are_finished)
{
    ck_assert_int_eq(mkdir(at("records"), 0700), 0);
    vp_store_unlock(lock_of("tuan"));
    ck_assert_uint_eq(mode_of("records"), 0750);
}
END_TEST

START_TEST(without_group_shadow_nobody_but_root_may_read)
{
    struct vp_record record;
    struct vp_error error;

    vp_store_close(&store);
    ck_assert_int_eq(chmod(directory, 0700), 0);
    ck_assert_int_eq(vp_store_open(directory, &store, &error), 0);
    vp_store_unlock(lock_of("tuan"));
    vp_record_begin(&record, "tuan", 1000);
    ck_assert_int_eq(vp_store_write_record(&store, &record, false, &error), 0);
    ck_assert_int_eq(vp_store_write_stamp(&store, T, "", &error), 0);
    ck_assert_uint_eq(mode_of("records"), 0700);
    ck_assert_uint_eq(mode_of("records/tuan"), 0600);
    ck_assert_uint_eq(mode_of("stamp"), 0600);
}
END_TEST

/* ---- locks ----------------------------------------------------------------------------------- */

/* A process that holds the lock of tuan until it is killed. */
static pid_t hold_elsewhere(void)
{
    int ready[2];
    char byte;
    pid_t child;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct vp_error error;

        if (vp_store_lock(&store, "tuan", 0, &error) < 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

START_TEST(the_process_that_holds_a_lock_is_named)
{
    pid_t holder = hold_elsewhere();
    struct vp_error error;
    char wanted[80];

    ck_assert_int_eq(vp_store_lock(&store, "tuan", 10, &error), -1);
    snprintf(wanted, sizeof wanted, "cannot be locked: process %d holds it", (int)holder);
    ck_assert_msg(strstr(error.text, wanted) != NULL, "%s", error.text);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
}
END_TEST

START_TEST(one_at_a_time_changes_a_record_and_a_killed_one_leaves_no_lock)
{
    pid_t child = hold_elsewhere();
    struct vp_error error;
    int status;

    ck_assert_int_eq(vp_store_lock(&store, "tuan", 0, &error), -1);
    ck_assert_int_eq(error.errnum, EWOULDBLOCK);
    ck_assert_int_eq(vp_store_lock(&store, "tuan", 30, &error), -1);
    /* Nobody else waits for tuan. */
    vp_store_unlock(lock_of("lan"));
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    vp_store_unlock(lock_of("tuan"));
    vp_store_unlock(-1);
}
END_TEST

START_TEST(who_waits_gets_the_lock_when_it_is_free)
{
    pid_t child = hold_elsewhere(), killer;
    struct vp_error error = {0};
    int lock, status;

    killer = fork();
    ck_assert_int_ge(killer, 0);
    if (killer == 0) {
        usleep(50000);
        kill(child, SIGKILL);
        _exit(0);
    }
    lock = vp_store_lock(&store, "tuan", 5000, &error);
    ck_assert_msg(lock >= 0, "%s", error.text);
    vp_store_unlock(lock);
    waitpid(child, &status, 0);
    waitpid(killer, &status, 0);
}
END_TEST

START_TEST(a_lock_whose_file_was_removed_meanwhile_holds_nobody_off)
{
    int removed = lock_of("tuan"), lock;
    struct stat one, other;

    ck_assert_int_eq(unlink(at("locks/tuan")), 0);
    lock = lock_of("tuan");
    ck_assert_int_eq(fstat(removed, &one), 0);
    ck_assert_int_eq(fstat(lock, &other), 0);
    ck_assert_uint_eq(other.st_nlink, 1);
    ck_assert_uint_ne(one.st_ino, other.st_ino);
    vp_store_unlock(removed);
    vp_store_unlock(lock);
}
END_TEST

/* ---- names ----------------------------------------------------------------------------------- */

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *user, *entry, *why; /* entry NULL: refused */
} names[] = {
    {"tuan", "records/tuan", "as it is"},
    {"Tuan.2_x-y+z@office", "records/Tuan.2_x-y+z@office", "signs that harm nobody"},
    {"a.b", "records/a.b", "a dot inside"},
    {".hidden", "records/%2Ehidden", "a dot in front would hide it"},
    {"..", "records/%2E.", "and lead out of the folder"},
    {".", "records/%2E", "or be the folder"},
    {"a/b", "records/a%2Fb", "a slash"},
    {"../../etc/passwd", "records/%2E.%2F..%2Fetc%2Fpasswd", "the whole way out"},
    {"a b", "records/a%20b", "a blank"},
    {"100%", "records/100%25", "the escape sign"},
    {"lân", "records/l%C3%A2n", "beyond ASCII"},
    {"a\nb", "records/a%0Ab", "a control character"},
    {X64 X64 X64 X63, "records/" X64 X64 X64 X63, "255 bytes, the longest"},
    {X64 X64 X64 X64, NULL, "256 bytes"},
    {X64 X64 X64 X64 X64, NULL, "far too long"},
    {X64 X64 X63 ".//////////////////////", NULL, "too long once escaped"},
    {"", NULL, "nobody"},
};

START_TEST(any_name_is_one_file_inside_its_folder)
{
    struct vp_record record;
    struct vp_error error = {0};

    vp_store_unlock(lock_of("x"));
    vp_record_begin(&record, names[_i].user, 7);
    if (names[_i].entry == NULL) {
        ck_assert_msg(vp_store_lock(&store, names[_i].user, 0, &error) == -1, "%s", names[_i].why);
        ck_assert_int_eq(vp_store_read_record(&store, names[_i].user, &record, &error), -1);
        ck_assert_int_eq(error.errnum, ENAMETOOLONG);
        return;
    }
    ck_assert_msg(vp_store_write_record(&store, &record, false, &error) == 0, "%s: %s", error.text,
                  names[_i].why);
    ck_assert_uint_eq(mode_of(names[_i].entry), 0640);
    ck_assert_int_eq(uid_in(names[_i].user), 7);
}
END_TEST

static int collect(void *context, const char *user)
{
    char *list = context;

    strcat(strcat(list, user), ",");
    return strcmp(user, "stop") == 0 ? 42 : 0;
}

START_TEST(listing_gives_the_names_back)
{
    char list[256] = "";
    struct vp_error error;

    ck_assert_int_eq(vp_store_visit(&store, collect, list, &error), 0);
    ck_assert_str_eq(list, "");
    write_record("a/b", 1);
    ck_assert_int_eq(vp_store_visit(&store, collect, list, &error), 0);
    ck_assert_str_eq(list, "a/b,");
    write_record("stop", 1);
    ck_assert_int_eq(vp_store_visit(&store, collect, list, &error), 42);
}
END_TEST

/* ---- records --------------------------------------------------------------------------------- */

START_TEST(a_record_written_is_the_record_read)
{
    ck_assert_int_eq(uid_in("tuan"), -1);
    write_record("tuan", 1000);
    ck_assert_int_eq(uid_in("tuan"), 1000);
    write_record("tuan", 1001);
    ck_assert_int_eq(uid_in("tuan"), 1001);
    ck_assert_int_eq(uid_in("lan"), -1);
    /* Nothing is left of the writing. */
    ck_assert_int_eq(access(at("new/tuan"), F_OK), -1);
}
END_TEST

#define RECORD "version = 1.0\nuser = tuan\nuid = 7\nend\n"

static const struct {
    const char *text;
    mode_t mode;
    const char *fault;
    unsigned line;
    const char *why;
} damages[] = {
    {RECORD, 0640, NULL, 0, "as it should be"},
    {RECORD, 0644, NULL, 0, "others may look"},
    {RECORD, 0660, "can be written by others than its owner (chmod go-w)", 0, "a group's word"},
    {RECORD, 0642, "can be written by others than its owner (chmod go-w)", 0, "anybody's word"},
    {"", 0640, "does not begin with a version", 1, "empty after a power cut"},
    {"version = 1.0\nuser = tuan\n", 0640, "no line \"end\": the file was cut", 2, "cut"},
    {"version = 1.0\nuser = tuan\nuid = x\nend\n", 0640, "uid: a value that cannot be", 3,
     "a value that cannot be"},
    {"version = 1.0\nuser = lan\nuid = 7\nend\n", 0640,
     "records: the record of tuan says it is lan's", 0, "a copy of somebody else's record"},
};

START_TEST(a_record_that_cannot_be_relied_on_names_file_and_line)
{
    struct vp_record record;
    struct vp_error error = {0};
    int found;

    vp_store_unlock(lock_of("tuan"));
    put("records/tuan", damages[_i].text);
    ck_assert_int_eq(chmod(at("records/tuan"), damages[_i].mode), 0);
    found = vp_store_read_record(&store, "tuan", &record, &error);
    ck_assert_msg(found == (damages[_i].fault == NULL ? 1 : -1), "%s", damages[_i].why);
    if (damages[_i].fault == NULL)
        return;
    ck_assert_str_eq(error.text, damages[_i].fault);
    ck_assert_uint_eq(error.line, damages[_i].line);
    ck_assert_int_eq(strncmp(error.file, directory, strlen(directory)), 0);
}
END_TEST

START_TEST(no_link_fifo_or_folder_is_taken_for_a_record)
{
    struct vp_record record;
    struct vp_error error;

    vp_store_unlock(lock_of("tuan"));
    put("elsewhere", RECORD);
    ck_assert_int_eq(symlink("../elsewhere", at("records/tuan")), 0);
    ck_assert_int_eq(vp_store_read_record(&store, "tuan", &record, &error), -1);
    ck_assert_int_eq(error.errnum, ELOOP);
    ck_assert_int_eq(unlink(at("records/tuan")), 0);
    /* A FIFO must not make a login wait for somebody to write into it. */
    ck_assert_int_eq(mkfifo(at("records/tuan"), 0600), 0);
    ck_assert_int_eq(vp_store_read_record(&store, "tuan", &record, &error), -1);
    ck_assert_str_eq(error.text, "is no regular file");
    ck_assert_int_eq(unlink(at("records/tuan")), 0);
    ck_assert_int_eq(mkdir(at("records/tuan"), 0700), 0);
    ck_assert_int_eq(vp_store_read_record(&store, "tuan", &record, &error), -1);
    ck_assert_str_eq(error.text, "is no regular file");
}
END_TEST

START_TEST(a_record_beyond_its_size_is_refused_unread)
{
    struct vp_record record;
    struct vp_error error;

    vp_store_unlock(lock_of("tuan"));
    put("records/tuan", RECORD);
    ck_assert_int_eq(truncate(at("records/tuan"), VP_RECORD_SIZE), 0);
    ck_assert_int_eq(vp_store_read_record(&store, "tuan", &record, &error), -1);
    ck_assert_str_eq(error.text, "holds a NUL byte");
    ck_assert_int_eq(truncate(at("records/tuan"), VP_RECORD_SIZE + 1), 0);
    ck_assert_int_eq(vp_store_read_record(&store, "tuan", &record, &error), -1);
    ck_assert_str_eq(error.text, "is too large");
}
END_TEST

START_TEST(a_link_in_the_place_of_a_new_file_is_replaced_not_followed)
{
    vp_store_unlock(lock_of("tuan"));
    put("victim", "precious");
    ck_assert_int_eq(symlink("../victim", at("new/tuan")), 0);
    write_record("tuan", 1000);
    ck_assert_int_eq(uid_in("tuan"), 1000);
    ck_assert_uint_eq(mode_of("victim"), 0640);
}
END_TEST

/* ---- history --------------------------------------------------------------------------------- */

START_TEST(old_hashes_are_for_root_alone)
{
    struct vp_history history = {0}, back;
    struct vp_error error;
    int lock = lock_of("tuan");

    ck_assert_int_eq(vp_store_read_history(&store, "tuan", &back, &error), 0);
    ck_assert_uint_eq(back.count, 0);
    vp_history_add(&history, "$6$a$b", T, 5);
    ck_assert_int_eq(vp_store_write_history(&store, "tuan", &history, true, &error), 0);
    ck_assert_uint_eq(mode_of("history/tuan"), 0600);
    ck_assert_int_eq(vp_store_read_history(&store, "tuan", &back, &error), 1);
    ck_assert_mem_eq(&back, &history, sizeof back);
    put("history/tuan", "version = 1.0\nend");
    ck_assert_int_eq(vp_store_read_history(&store, "tuan", &back, &error), -1);
    vp_store_unlock(lock);
}
END_TEST

/* ---- a change -------------------------------------------------------------------------------- */

static void write_intent(uint32_t uid, struct vp_intent *intent)
{
    struct vp_record record;
    struct vp_error error = {0};

    vp_record_begin(&record, "tuan", uid);
    ck_assert_msg(vp_store_write_intent(&store, &record, false, intent, &error) == 0, "%s",
                  error.text);
}

static void commit(uint32_t uid, const struct vp_intent *intent)
{
    struct vp_record record;
    struct vp_error error = {0};

    vp_record_begin(&record, "tuan", uid);
    ck_assert_msg(vp_store_commit(&store, &record, intent, &error) == 0, "%s", error.text);
}

START_TEST(an_intent_becomes_the_record_in_its_own_blocks)
{
    struct vp_intent intent;
    struct stat status;
    int lock = lock_of("tuan");

    write_intent(1000, &intent);
    ck_assert_int_eq(uid_in("tuan"), -1);
    ck_assert_uint_eq(mode_of("intents/tuan"), 0640);
    /* Room for any hash, so that a full disk cannot strike after the change. */
    ck_assert_int_eq(stat(at("intents/tuan"), &status), 0);
    ck_assert_int_ge(status.st_size, (off_t)strlen(RECORD) + 2 * VP_HASH_SIZE);
    commit(2000, &intent);
    ck_assert_int_eq(uid_in("tuan"), 2000);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), -1);
    ck_assert_int_eq(stat(at("records/tuan"), &status), 0);
    ck_assert_uint_eq(status.st_ino, intent.inode);
    vp_store_unlock(lock);
}
END_TEST

START_TEST(another_changes_intent_is_left_alone)
{
    struct vp_intent ours, theirs;
    int lock = lock_of("tuan");

    write_intent(1000, &ours);
    write_intent(3000, &theirs);
    vp_store_drop_intent(&store, "tuan", &ours);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), 0);
    commit(2000, &ours);
    ck_assert_int_eq(uid_in("tuan"), 2000);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), 0);
    commit(3000, &theirs);
    ck_assert_int_eq(uid_in("tuan"), 3000);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), -1);
    vp_store_drop_intent(&store, "tuan", &theirs);
    vp_store_unlock(lock);
}
END_TEST

/* Otherwise whoever renews his intent each minute keeps the witness deaf. */
START_TEST(an_intent_that_inherits_is_as_old_as_the_one_before)
{
    const struct timespec old[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    int lock = lock_of("tuan");
    struct vp_intent intent, fresh;
    struct vp_record record;
    struct vp_error error;
    struct stat status;

    vp_record_begin(&record, "tuan", 1000);
    write_intent(1000, &intent);
    ck_assert_int_eq(utimensat(AT_FDCWD, at("intents/tuan"), old, 0), 0);
    ck_assert_int_eq(vp_store_write_intent(&store, &record, true, &fresh, &error), 0);
    ck_assert_int_eq(stat(at("intents/tuan"), &status), 0);
    ck_assert_int_eq(status.st_mtim.tv_sec, 1000);
    ck_assert_int_eq(vp_store_commit(&store, &record, &fresh, &error), 0);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), -1);
    vp_store_unlock(lock);
}
END_TEST

START_TEST(an_intent_dropped_is_gone_and_committing_still_works)
{
    struct vp_intent intent;
    int lock = lock_of("tuan");

    write_intent(1000, &intent);
    vp_store_drop_intent(&store, "tuan", &intent);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), -1);
    commit(2000, &intent);
    ck_assert_int_eq(uid_in("tuan"), 2000);
    vp_store_unlock(lock);
}
END_TEST

static const struct {
    int64_t age;
    bool pending;
    const char *why;
} ages[] = {
    {0, true, "just now"},
    {59, true, "the last second"},
    {60, false, "over"},
    {86400, false, "left behind by a kill -9"},
    {-60, true, "a clock slightly back"},
    {-61, false, "a clock that went back does not keep it for ever"},
};

START_TEST(a_change_is_pending_for_a_minute)
{
    const struct timespec times[] = {{.tv_sec = NOW}, {.tv_sec = NOW}};
    struct vp_intent intent;

    vp_store_unlock(lock_of("tuan"));
    ck_assert(!vp_store_change_pending(&store, "tuan", NOW, 60));
    write_intent(1000, &intent);
    ck_assert_int_eq(utimensat(AT_FDCWD, at("intents/tuan"), times, 0), 0);
    ck_assert_msg(vp_store_change_pending(&store, "tuan", NOW + ages[_i].age, 60) ==
                      ages[_i].pending,
                  "%s", ages[_i].why);
}
END_TEST

/* ---- forgetting ------------------------------------------------------------------------------ */

START_TEST(a_forgotten_record_stays_as_a_copy_and_its_hashes_go)
{
    struct vp_history history = {0};
    struct vp_intent intent;
    struct vp_error error;
    char copy[256];

    write_record("tuan", 1000);
    vp_history_add(&history, "$6$a$b", T, 5);
    ck_assert_int_eq(vp_store_write_history(&store, "tuan", &history, false, &error), 0);
    write_intent(1000, &intent);
    ck_assert_int_eq(vp_store_forget(&store, "tuan", NOW, &error), 1);
    ck_assert_int_eq(uid_in("tuan"), -1);
    ck_assert_int_eq(access(at("history/tuan"), F_OK), -1);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), -1);
    ck_assert_int_eq(access(at("forgotten/tuan.1795305600"), F_OK), 0);
    vp_store_print_forgotten(&store, "tuan", NOW, copy, sizeof copy);
    ck_assert_str_eq(copy, at("forgotten/tuan.1795305600"));
    ck_assert_int_eq(vp_store_probe(&store, &error), 0);
    ck_assert_int_eq(vp_store_sync(&store, &error), 0);
    ck_assert_int_eq(vp_store_forget(&store, "tuan", NOW, &error), 0);
}
END_TEST

START_TEST(nothing_is_left_of_who_is_erased_and_all_of_the_others)
{
    struct vp_history history = {0};
    struct vp_intent intent;
    struct vp_error error;
    char list[256] = "";
    int lock;

    write_record("tuan", 1000);
    ck_assert_int_eq(vp_store_forget(&store, "tuan", NOW, &error), 1);
    ck_assert_int_eq(vp_store_forget(&store, "tuan", NOW + 1, &error), 0);
    write_record("tuan", 1001);
    vp_history_add(&history, "$6$a$b", T, 5);
    ck_assert_int_eq(vp_store_write_history(&store, "tuan", &history, false, &error), 0);
    write_intent(1000, &intent);
    /* Names that begin or end like his. */
    write_record("tuan.1795305600x", 1002);
    put("forgotten/tuan.x.1795305600", "");
    put("forgotten/tuanx.1795305600", "");
    lock = vp_store_lock(&store, "tuan", 0, &error);
    ck_assert_int_ge(lock, 0);
    ck_assert_int_eq(vp_store_erase(&store, "tuan", &error), 0);
    vp_store_unlock(lock);
    ck_assert_int_eq(access(at("records/tuan"), F_OK), -1);
    ck_assert_int_eq(access(at("history/tuan"), F_OK), -1);
    ck_assert_int_eq(access(at("intents/tuan"), F_OK), -1);
    ck_assert_int_eq(access(at("locks/tuan"), F_OK), -1);
    ck_assert_int_eq(access(at("forgotten/tuan.1795305600"), F_OK), -1);
    ck_assert_int_eq(access(at("records/tuan.1795305600x"), F_OK), 0);
    ck_assert_int_eq(access(at("forgotten/tuan.x.1795305600"), F_OK), 0);
    ck_assert_int_eq(access(at("forgotten/tuanx.1795305600"), F_OK), 0);
    ck_assert_int_eq(vp_store_erase(&store, "tuan", &error), 0);
    ck_assert_int_eq(vp_store_visit_traces(&store, collect, list, &error), 0);
    ck_assert_ptr_nonnull(strstr(list, "tuan.x,"));
    ck_assert_ptr_nonnull(strstr(list, "tuanx,"));
    ck_assert_ptr_nonnull(strstr(list, "tuan.1795305600x,"));
    ck_assert_ptr_null(strstr(list, "tuan,"));
}
END_TEST

/* ---- the stamp ------------------------------------------------------------------------------- */

static int read_stamp(const char *user, int32_t *day_out, bool *present_out)
{
    struct vp_error error;

    return vp_store_read_stamp(&store, user, day_out, present_out, &error);
}

START_TEST(a_stamp_is_written_once_and_names_who_was_there)
{
    struct vp_error error;
    int32_t began;
    bool present;

    ck_assert_int_eq(read_stamp("tuan", &began, &present), 0);
    ck_assert_int_eq(began, VP_NO_DAY);
    ck_assert(!present);
    ck_assert_int_eq(vp_store_write_stamp(&store, T, "tuan\nlan\n", &error), 0);
    ck_assert_int_eq(vp_store_write_stamp(&store, T + 9, "hoa\n", &error), 0);
    ck_assert_int_eq(read_stamp("tuan", &began, &present), 1);
    ck_assert_int_eq(began, T);
    ck_assert(present);
    ck_assert_int_eq(read_stamp("lan", &began, &present), 1);
    ck_assert(present);
    ck_assert_int_eq(read_stamp("hoa", &began, &present), 1);
    ck_assert(!present);
    ck_assert_int_eq(read_stamp("tua", &began, &present), 1);
    ck_assert(!present);
    ck_assert_uint_eq(mode_of("stamp"), 0640);
}
END_TEST

START_TEST(a_stamp_from_a_clock_that_ran_ahead_is_replaced)
{
    struct vp_error error;
    int32_t began;
    bool present;

    ck_assert_int_eq(vp_store_write_stamp(&store, T + 3650, "tuan\n", &error), 0);
    ck_assert_int_eq(vp_store_write_stamp(&store, T, "lan\n", &error), 0);
    ck_assert_int_eq(read_stamp("tuan", &began, &present), 1);
    ck_assert_int_eq(began, T);
    ck_assert(!present);
    /* A day ahead is another time zone's work. */
    ck_assert_int_eq(vp_store_write_stamp(&store, T - 1, "hoa\n", &error), 0);
    ck_assert_int_eq(read_stamp("hoa", &began, &present), 1);
    ck_assert_int_eq(began, T);
}
END_TEST

static int collect_or_refuse(void *context, const char *user)
{
    return -collect(context, user);
}

START_TEST(those_who_were_there_can_be_visited_at_once)
{
    char list[64] = "";
    struct vp_error error;
    int32_t began;

    ck_assert_int_eq(vp_store_visit_present(&store, &began, collect_or_refuse, list, &error), 0);
    ck_assert_int_eq(began, VP_NO_DAY);
    ck_assert_int_eq(vp_store_write_stamp(&store, T, "tuan\nstop\nlan\n", &error), 0);
    ck_assert_int_eq(vp_store_visit_present(&store, &began, collect_or_refuse, list, &error), -42);
    ck_assert_int_eq(began, T);
    ck_assert_str_eq(list, "tuan,stop,");
    put("stamp", "version = 1.0\nbegan = 2026-11-22\npresent = tuan\n");
    ck_assert_int_eq(vp_store_visit_present(&store, &began, collect_or_refuse, list, &error), -1);
    ck_assert_str_eq(list, "tuan,stop,");
}
END_TEST

static const struct {
    const char *text;
    int found;
    const char *why;
} stamps[] = {
    {"version = 1.0\nbegan = 2026-11-22\nend\n", 1, "nobody was there"},
    {"version = 1.7\nbegan = 2026-11-22\nlater = x\nend\n", 1, "a newer minor version"},
    {"version = 2.0\nbegan = 2026-11-22\nend\n", -1, "another major version"},
    {"", -1, "empty"},
    {"version = 1.0\nend\n", -1, "no day"},
    {"version = 1.0\nbegan = 2026-11-22\n", -1, "cut"},
    {"version = 1.0\nbegan = today\nend\n", -1, "no such day"},
};

START_TEST(a_damaged_stamp_is_no_stamp)
{
    int32_t began;
    bool present;

    put("stamp", stamps[_i].text);
    ck_assert_msg(read_stamp("tuan", &began, &present) == stamps[_i].found, "%s", stamps[_i].why);
}
END_TEST

/* ---- the policy file ------------------------------------------------------------------------- */

START_TEST(a_policy_file_is_read_from_its_trusted_owner_only)
{
    struct vp_error error = {0};
    struct stat status;
    char *text = NULL;
    size_t length;

    ck_assert_int_eq(vp_store_read_policy(at("policy.conf"), &text, &length, &status, &error), 0);
    put("policy.conf", "retry = 2\n");
    ck_assert_int_eq(vp_store_read_policy(at("policy.conf"), &text, &length, &status, &error), 1);
    ck_assert_str_eq(text, "retry = 2\n");
    ck_assert_uint_eq(length, 10);
    free(text);
    /* An administrator may keep it elsewhere, and a login must see what the link says. */
    ck_assert_int_eq(symlink("policy.conf", at("link.conf")), 0);
    ck_assert_int_eq(vp_store_read_policy(at("link.conf"), &text, &length, &status, &error), 1);
    free(text);
    ck_assert_int_eq(chmod(at("policy.conf"), 0664), 0);
    ck_assert_int_eq(vp_store_read_policy(at("policy.conf"), &text, &length, &status, &error), -1);
    ck_assert_str_eq(error.text, "can be written by others than its owner (chmod go-w)");
    ck_assert_int_eq(vp_store_read_policy(directory, &text, &length, &status, &error), -1);
    ck_assert_str_eq(error.text, "is no regular file");
    put("policy.conf", "");
    ck_assert_int_eq(truncate(at("policy.conf"), 1024 * 1024 + 1), 0);
    ck_assert_int_eq(vp_store_read_policy(at("policy.conf"), &text, &length, &status, &error), -1);
    ck_assert_str_eq(error.text, "is too large");
}
END_TEST

START_TEST(the_last_good_policy_is_kept_for_each_path)
{
    struct vp_error error = {0};
    struct stat status;
    char *text = NULL;
    size_t length;

    ck_assert_int_eq(vp_store_read_kept_policy(&store, "/etc/x.conf", &text, &length, &error), 0);
    put("policy.conf", "retry = 2\n");
    ck_assert_int_eq(stat(at("policy.conf"), &status), 0);
    ck_assert_int_eq(
        vp_store_keep_policy(&store, "/etc/x.conf", "retry = 2\n", 10, &status, &error), 0);
    ck_assert_int_eq(vp_store_read_kept_policy(&store, "/etc/x.conf", &text, &length, &error), 1);
    ck_assert_str_eq(text, "retry = 2\n");
    free(text);
    ck_assert_int_eq(vp_store_read_kept_policy(&store, "/etc/y.conf", &text, &length, &error), 0);
    /* The same version is not written again at each login; a new one is. */
    ck_assert_int_eq(
        vp_store_keep_policy(&store, "/etc/x.conf", "retry = 9\n", 10, &status, &error), 0);
    ck_assert_int_eq(vp_store_read_kept_policy(&store, "/etc/x.conf", &text, &length, &error), 1);
    ck_assert_str_eq(text, "retry = 2\n");
    free(text);
    status.st_mtim.tv_nsec ^= 1;
    ck_assert_int_eq(
        vp_store_keep_policy(&store, "/etc/x.conf", "retry = 9\n", 10, &status, &error), 0);
    ck_assert_int_eq(vp_store_read_kept_policy(&store, "/etc/x.conf", &text, &length, &error), 1);
    ck_assert_str_eq(text, "retry = 9\n");
    free(text);
}
END_TEST

/* ---- secrets --------------------------------------------------------------------------------- */

static void keep_secret(void *context)
{
    static struct vp_record record;
    static struct vp_history history;
    struct vp_intent intent;
    struct vp_error error;
    int lock = lock_of("tuan");

    (void)context;
    vp_record_begin(&record, "tuan", 1000);
    secret_write(record.hash);
    vp_history_add(&history, record.hash, T, 5);
    ck_assert_int_eq(vp_store_write_intent(&store, &record, false, &intent, &error), 0);
    ck_assert_int_eq(vp_store_commit(&store, &record, &intent, &error), 0);
    ck_assert_int_eq(vp_store_write_record(&store, &record, false, &error), 0);
    ck_assert_int_eq(vp_store_write_history(&store, "tuan", &history, false, &error), 0);
    ck_assert_int_eq(vp_store_read_record(&store, "tuan", &record, &error), 1);
    ck_assert_int_eq(vp_store_read_history(&store, "tuan", &history, &error), 1);
    vp_record_wipe(&record);
    vp_secret_wipe(&history, sizeof history);
    vp_store_unlock(lock);
}

START_TEST(writing_and_reading_leaves_no_hash_behind)
{
    ck_assert_uint_eq(secret_copies_after(keep_secret, NULL), 0);
}
END_TEST

Suite *suite_store(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("store");

    tcase_add_checked_fixture(tcase, begin, end);
    ADD_ROWS(tcase, a_store_that_others_can_write_is_not_trusted, doors);
    tcase_add_test(tcase, a_missing_store_says_so);
    tcase_add_test(tcase, a_store_is_made_for_its_owner_and_group_shadow);
    tcase_add_test(tcase, the_first_lock_makes_the_folders_with_their_modes);
    tcase_add_test(tcase, folders_left_half_made_by_a_kill_are_finished);
    tcase_add_test(tcase, the_process_that_holds_a_lock_is_named);
    tcase_add_test(tcase, without_group_shadow_nobody_but_root_may_read);
    tcase_add_test(tcase, one_at_a_time_changes_a_record_and_a_killed_one_leaves_no_lock);
    tcase_add_test(tcase, who_waits_gets_the_lock_when_it_is_free);
    tcase_add_test(tcase, a_lock_whose_file_was_removed_meanwhile_holds_nobody_off);
    ADD_ROWS(tcase, any_name_is_one_file_inside_its_folder, names);
    tcase_add_test(tcase, listing_gives_the_names_back);
    tcase_add_test(tcase, a_record_written_is_the_record_read);
    ADD_ROWS(tcase, a_record_that_cannot_be_relied_on_names_file_and_line, damages);
    tcase_add_test(tcase, no_link_fifo_or_folder_is_taken_for_a_record);
    tcase_add_test(tcase, a_record_beyond_its_size_is_refused_unread);
    tcase_add_test(tcase, a_link_in_the_place_of_a_new_file_is_replaced_not_followed);
    tcase_add_test(tcase, old_hashes_are_for_root_alone);
    tcase_add_test(tcase, an_intent_becomes_the_record_in_its_own_blocks);
    tcase_add_test(tcase, another_changes_intent_is_left_alone);
    tcase_add_test(tcase, an_intent_that_inherits_is_as_old_as_the_one_before);
    tcase_add_test(tcase, an_intent_dropped_is_gone_and_committing_still_works);
    ADD_ROWS(tcase, a_change_is_pending_for_a_minute, ages);
    tcase_add_test(tcase, a_forgotten_record_stays_as_a_copy_and_its_hashes_go);
    tcase_add_test(tcase, nothing_is_left_of_who_is_erased_and_all_of_the_others);
    tcase_add_test(tcase, a_stamp_is_written_once_and_names_who_was_there);
    tcase_add_test(tcase, a_stamp_from_a_clock_that_ran_ahead_is_replaced);
    tcase_add_test(tcase, those_who_were_there_can_be_visited_at_once);
    ADD_ROWS(tcase, a_damaged_stamp_is_no_stamp, stamps);
    tcase_add_test(tcase, a_policy_file_is_read_from_its_trusted_owner_only);
    tcase_add_test(tcase, the_last_good_policy_is_kept_for_each_path);
    tcase_add_test(tcase, writing_and_reading_leaves_no_hash_behind);
    suite_add_tcase(suite, tcase);
    return suite;
}
