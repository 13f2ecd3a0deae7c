#include "store.h"
#include "error.h"
#include "number.h"
#include "secret.h"
#include "text.h"
#include "words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define READING (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define WRITING (O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)

/* An entry of the store: a folder, and a file in it. */
struct place {
    char path[NAME_MAX + 16];
};

/* In the order in which they are made: where the last one is, all are. */
enum folder { RECORDS, INTENTS, HISTORY, NEW, POLICY, FORGOTTEN, LOCKS, FOLDER_COUNT };

static const struct {
    const char *name;
    mode_t mode; /* of the folder; the group is the store's */
    mode_t file_mode;
} folders[FOLDER_COUNT] = {
    [RECORDS] = {"records", 0750, 0640},
    [INTENTS] = {"intents", 0750, 0640},
    [HISTORY] = {"history", 0700, 0600},
    [LOCKS] = {"locks", 0700, 0600},
    [NEW] = {"new", 0700, 0600},
    [POLICY] = {"policy", 0750, 0640},
    [FORGOTTEN] = {"forgotten", 0700, 0600},
};

/* Names of our own begin with a dot, which escaped names never do. */
#define STAMP_LOCK  ".stamp"
#define POLICY_LOCK ".policy"
#define POLICY_MAX  ((size_t)1024 * 1024)
#define STAMP_MAX   ((size_t)64 * POLICY_MAX)

/* ---- names ----------------------------------------------------------------------------------- */

static bool safe_byte(char byte, bool first)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '@' || byte == '+')
        return true;
    return byte == '.' && !first;
}

/* The entry of a name in a folder. 0, or -1 where it is too long. */
static int find_place(enum folder folder, const char *name, struct place *place_out,
                      struct vp_error *error_out)
{
    struct vp_text text;
    size_t prefix = strlen(folders[folder].name) + 1;
    bool ours = strcmp(name, STAMP_LOCK) == 0 || strcmp(name, POLICY_LOCK) == 0 ||
                strcmp(name, VP_STORE_EDITING) == 0;

    vp_text_begin(&text, place_out->path, sizeof place_out->path);
    vp_text_add(&text, "%s/", folders[folder].name);
    for (const char *at = name; *at != '\0'; at++)
        vp_text_add(&text, ours || safe_byte(*at, at == name) ? "%c" : "%%%02X",
                    (unsigned char)*at);
    if (*name == '\0' || text.length - prefix > NAME_MAX || text.length >= text.size)
        return vp_error_set(error_out, NULL, 0, ENAMETOOLONG, "%.40s...: no file name can hold it",
                            name);
    return 0;
}

/* Fills the error with the whole path of an entry. */
static int fail(const struct vp_store *store, const char *entry, int errnum, const char *what,
                struct vp_error *error_out)
{
    char path[256];

    snprintf(path, sizeof path, "%.100s/%.150s", store->path, entry);
    return vp_error_set(error_out, path, 0, errnum, "%s", what);
}

/* ---- trust ----------------------------------------------------------------------------------- */

/*
 * Judges what was opened, not its path: owned by root or by whom we run as, and writable for
 * nobody else. Returns what is wrong with it, or NULL.
 */
static const char *distrust(const struct stat *status, mode_t type)
{
    if ((status->st_mode & S_IFMT) != type)
        return type == S_IFDIR ? "is no directory" : "is no regular file";
    if (status->st_uid != 0 && status->st_uid != geteuid())
        return "belongs to somebody else (it must belong to root)";
    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return "can be written by others than its owner (chmod go-w)";
    return NULL;
}

/* ---- reading and writing --------------------------------------------------------------------- */

/* Reads a whole open file into a new block with a NUL behind it. 0, or -1 with errno set. */
static int read_all(int file, size_t size, char **text_out, size_t *length_out)
{
    char *text = malloc(size + 1);
    size_t length = 0;

    if (text == NULL)
        return -1;
    while (length < size) {
        ssize_t got = read(file, text + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            vp_secret_wipe(text, length);
            free(text);
            return -1;
        }
        if (got == 0)
            break;
        length += (size_t)got;
    }
    text[length] = '\0';
    *text_out = text;
    *length_out = length;
    return 0;
}

/* 1 with a block to free, 0 where there is no such file, -1. flags may let links be followed. */
static int read_file(int directory, const char *path, int flags, size_t max, char **text_out,
                     size_t *length_out, struct stat *status_out, const char **wrong_out)
{
    int file = openat(directory, path, flags);
    int result = -1;
    int errnum;

    *wrong_out = "cannot be read";
    if (file < 0)
        return errno == ENOENT ? 0 : -1;
    errno = 0;
    if (fstat(file, status_out) == 0) {
        const char *wrong = distrust(status_out, S_IFREG);

        if (wrong == NULL && (size_t)status_out->st_size > max)
            wrong = "is too large";
        if (wrong != NULL)
            *wrong_out = wrong;
        else if (read_all(file, (size_t)status_out->st_size, text_out, length_out) == 0)
            result = 1;
    }
    errnum = errno;
    close(file);
    errno = errnum;
    return result;
}

static int read_entry(const struct vp_store *store, enum folder folder, const char *name,
                      size_t max, char **text_out, size_t *length_out, struct vp_error *error_out)
{
    struct place place;
    struct stat status;
    const char *wrong;
    int found;

    if (find_place(folder, name, &place, error_out) != 0)
        return -1;
    found = read_file(store->directory, place.path, READING, max, text_out, length_out, &status,
                      &wrong);
    return found < 0 ? fail(store, place.path, errno, wrong, error_out) : found;
}

static int write_all(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t put = write(file, text, length);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        text += put;
        length -= (size_t)put;
    }
    return 0;
}

static int sync_folder(const struct vp_store *store, const char *name)
{
    int folder = openat(store->directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int result = folder < 0 ? -1 : fsync(folder);
    int errnum = errno;

    if (folder >= 0)
        close(folder);
    errno = errnum;
    return result;
}

/* Fills a new file that nobody else can have opened. Closes it on every path. 0, or -1 and errno.
 */
static int fill_new(const struct vp_store *store, const char *path, mode_t mode, const char *text,
                    size_t length, size_t padding, bool durable)
{
    static const char blank[1024];
    int result = -1;
    int file, errnum;

    unlinkat(store->directory, path, 0);
    file = openat(store->directory, path, WRITING | O_CREAT | O_EXCL, 0600);
    if (file < 0)
        return -1;
    if (write_all(file, text, length) == 0 && write_all(file, blank, padding) == 0 &&
        (geteuid() != 0 || fchown(file, 0, store->group) == 0) &&
        fchmod(file, mode & store->mode_mask) == 0 && (!durable || fsync(file) == 0))
        result = 0;
    errnum = errno;
    close(file);
    if (result != 0)
        unlinkat(store->directory, path, 0);
    errno = errnum;
    return result;
}

/* Gives a folder the owner and mode that it should have: a kill may have left it half made. */
static int own_folder(const struct vp_store *store, enum folder folder)
{
    const char *name = folders[folder].name;
    mode_t mode = folders[folder].mode & store->mode_mask;
    struct stat status;

    if (fstatat(store->directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    if (geteuid() == 0 && status.st_gid != store->group &&
        fchownat(store->directory, name, 0, store->group, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    if ((status.st_mode & 07777) != mode && S_ISDIR(status.st_mode))
        return fchmodat(store->directory, name, mode, 0);
    return 0;
}

/* Makes the folders that are missing. 0, or -1 with errno set. */
static int make_folders(const struct vp_store *store)
{
    for (enum folder folder = 0; folder < FOLDER_COUNT; folder++)
        if ((mkdirat(store->directory, folders[folder].name, 0700) != 0 && errno != EEXIST) ||
            own_folder(store, folder) != 0)
            return -1;
    return 0;
}

/* Fills a new file and gives it the other's name. 0, or -1 and errno. */
static int replace(const struct vp_store *store, const char *new, const char *path, mode_t mode,
                   const char *text, size_t length, size_t padding, bool durable)
{
    if (fill_new(store, new, mode, text, length, padding, durable) != 0)
        return -1;
    return renameat(store->directory, new, store->directory, path);
}

/* Replaces an entry. The caller holds the lock that guards new/NAME. */
static int write_entry(const struct vp_store *store, enum folder folder, const char *name,
                       const char *text, size_t length, size_t padding, bool durable,
                       struct vp_error *error_out)
{
    struct place new, place;
    mode_t mode = folders[folder].file_mode;
    int result;

    if (find_place(NEW, name, &new, error_out) != 0 ||
        find_place(folder, name, &place, error_out) != 0)
        return -1;
    result = replace(store, new.path, place.path, mode, text, length, padding, durable);
    /* A backup that leaves empty folders out must not stop every change for ever. */
    if (result != 0 && errno == ENOENT && make_folders(store) == 0)
        result = replace(store, new.path, place.path, mode, text, length, padding, durable);
    if (result != 0 || (durable && sync_folder(store, folders[folder].name) != 0))
        return fail(store, place.path, errno, "cannot be written", error_out);
    return 0;
}

/* ---- the store ------------------------------------------------------------------------------- */

int vp_store_open(const char *path, struct vp_store *store_out, struct vp_error *error_out)
{
    struct stat status;
    const char *wrong;

    *store_out = (struct vp_store){.directory = -1};
    snprintf(store_out->path, sizeof store_out->path, "%s", path);
    store_out->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store_out->directory < 0)
        return vp_error_set(error_out, path, 0, errno, "the store cannot be opened");
    if (fstat(store_out->directory, &status) != 0) {
        vp_store_close(store_out);
        return vp_error_set(error_out, path, 0, errno, "the store cannot be opened");
    }
    wrong = distrust(&status, S_IFDIR);
    if (wrong != NULL) {
        vp_store_close(store_out);
        return vp_error_set(error_out, path, 0, 0, "%s", wrong);
    }
    store_out->group = status.st_gid;
    store_out->writable = status.st_uid == geteuid();
    store_out->mode_mask = status.st_mode & S_IRGRP ? 0777 : 0700;
    return 0;
}

int vp_store_probe(const struct vp_store *store, struct vp_error *error_out)
{
    if (faccessat(store->directory, ".", W_OK, AT_EACCESS) == 0)
        return 0;
    return vp_error_set(error_out, store->path, 0, errno, "the store cannot be written to");
}

void vp_store_close(struct vp_store *store)
{
    if (store->directory >= 0)
        close(store->directory);
    store->directory = -1;
}

int vp_store_create(const char *path, struct vp_error *error_out)
{
    struct group entry, *shadow = NULL;
    char buffer[4096];
    int directory;
    int result = 0;

    (void)getgrnam_r("shadow", &entry, buffer, sizeof buffer, &shadow);
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? 0 : vp_error_set(error_out, path, 0, errno, "cannot be made");
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (directory < 0 ||
        (geteuid() == 0 && shadow != NULL &&
         (fchown(directory, 0, shadow->gr_gid) != 0 || fchmod(directory, 0750) != 0)))
        result = vp_error_set(error_out, path, 0, errno, "cannot be made");
    if (directory >= 0)
        close(directory);
    return result;
}

static int open_lock(const struct vp_store *store, const char *path)
{
    int lock = openat(store->directory, path, READING | O_CREAT, 0600);

    if (lock < 0 && errno == ENOENT && make_folders(store) == 0)
        lock = openat(store->directory, path, READING | O_CREAT, 0600);
    return lock;
}

/* Whether a process has this very file open: inode numbers of /proc/locks meet by chance. */
static bool has_open(int pid, const struct stat *wanted)
{
    char path[32];
    DIR *descriptors;
    struct dirent *entry;
    struct stat status;
    bool found = false;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    descriptors = opendir(path);
    if (descriptors == NULL)
        return false;
    while (!found && (entry = readdir(descriptors)) != NULL)
        found = fstatat(dirfd(descriptors), entry->d_name, &status, 0) == 0 &&
                status.st_dev == wanted->st_dev && status.st_ino == wanted->st_ino;
    closedir(descriptors);
    return found;
}

/*
 * The process that holds the lock, by /proc/locks (proc(5)), or 0. A user can stop his own setuid
 * passwd while it does; an administrator has to know whom to end, and must not end another.
 */
static int lock_holder(int lock)
{
    FILE *locks = fopen("/proc/locks", "re");
    struct stat status;
    char line[128];
    int holder = 0;

    if (locks == NULL)
        return 0;
    while (holder == 0 && fstat(lock, &status) == 0 && fgets(line, sizeof line, locks) != NULL) {
        unsigned long long inode;
        int pid;

        if (sscanf(line, "%*d: FLOCK %*s %*s %d %*x:%*x:%llu", &pid, &inode) == 2 && pid > 0 &&
            inode == status.st_ino && has_open(pid, &status))
            holder = pid;
    }
    fclose(locks);
    return holder;
}

/* Says who is in the way. */
static int fail_lock(const struct vp_store *store, const char *path, int lock, int errnum,
                     struct vp_error *error_out)
{
    int holder = errnum == EWOULDBLOCK ? lock_holder(lock) : 0;
    char what[128] = "cannot be locked";

    if (holder != 0)
        snprintf(
            what, sizeof what,
            "cannot be locked: process %d holds it (kill -KILL %d ends that, and nothing is lost)",
            holder, holder);
    return fail(store, path, errnum, what, error_out);
}

/* Waits in small steps: an alarm would be the host program's. 0, or -1 with errno set. */
static int wait_for_lock(int lock, int wait_ms)
{
    const struct timespec step = {.tv_nsec = 5 * 1000000L};

    for (int waited_ms = 0;; waited_ms += 5) {
        if (flock(lock, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EINTR && (errno != EWOULDBLOCK || waited_ms >= wait_ms))
            return -1;
        nanosleep(&step, NULL);
    }
}

int vp_store_lock(const struct vp_store *store, const char *user, int wait_ms,
                  struct vp_error *error_out)
{
    struct place place;
    struct stat status;
    int lock;

    if (find_place(LOCKS, user, &place, error_out) != 0)
        return -1;
    for (;;) {
        lock = open_lock(store, place.path);
        if (lock < 0)
            return fail(store, place.path, errno, "cannot be locked", error_out);
        if (wait_for_lock(lock, wait_ms) != 0 || fstat(lock, &status) != 0) {
            (void)fail_lock(store, place.path, lock, errno, error_out);
            close(lock);
            return -1;
        }
        /* Somebody may have removed the file while we waited: that lock holds nobody off. */
        if (status.st_nlink > 0)
            return lock;
        close(lock);
    }
}

void vp_store_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

/* ---- records --------------------------------------------------------------------------------- */

int vp_store_read_record(const struct vp_store *store, const char *user,
                         struct vp_record *record_out, struct vp_error *error_out)
{
    char *text = NULL;
    size_t length = 0;
    struct place place;
    struct vp_error parsed;
    int found;

    vp_record_begin(record_out, "", 0);
    found = read_entry(store, RECORDS, user, VP_RECORD_SIZE, &text, &length, error_out);
    if (found <= 0)
        return found;
    if (vp_record_parse(text, length, NULL, record_out, &parsed) != 0) {
        (void)find_place(RECORDS, user, &place, NULL);
        found = fail(store, place.path, 0, parsed.text, error_out);
        if (error_out != NULL)
            error_out->line = parsed.line;
    } else if (strcmp(record_out->user, user) != 0) {
        found =
            vp_error_set(error_out, store->path, 0, 0,
                         "records: the record of %.64s says it is %.64s's", user, record_out->user);
    }
    vp_secret_wipe(text, length);
    free(text);
    return found;
}

int vp_store_write_record(const struct vp_store *store, const struct vp_record *record,
                          bool durable, struct vp_error *error_out)
{
    char text[VP_RECORD_SIZE];
    size_t length = vp_record_print(record, text);
    int result = write_entry(store, RECORDS, record->user, text, length, 0, durable, error_out);

    vp_secret_wipe(text, sizeof text);
    return result;
}

int vp_store_read_history(const struct vp_store *store, const char *user,
                          struct vp_history *history_out, struct vp_error *error_out)
{
    char *text = NULL;
    size_t length = 0;
    int found;

    memset(history_out, 0, sizeof *history_out);
    found = read_entry(store, HISTORY, user, VP_HISTORY_SIZE, &text, &length, error_out);
    if (found <= 0)
        return found;
    if (vp_history_parse(text, length, "history", history_out, error_out) != 0)
        found = -1;
    vp_secret_wipe(text, length);
    free(text);
    return found;
}

int vp_store_write_history(const struct vp_store *store, const char *user,
                           const struct vp_history *history, bool durable,
                           struct vp_error *error_out)
{
    char text[VP_HISTORY_SIZE];
    size_t length = vp_history_print(history, text);
    int result = write_entry(store, HISTORY, user, text, length, 0, durable, error_out);

    vp_secret_wipe(text, sizeof text);
    return result;
}

/* ---- intents --------------------------------------------------------------------------------- */

/* Opens the intent where it is the one that we wrote; -1 where it is not. */
static int open_intent(const struct vp_store *store, const char *path,
                       const struct vp_intent *intent)
{
    int file = openat(store->directory, path, WRITING);
    struct stat status;

    if (file < 0)
        return -1;
    if (fstat(file, &status) == 0 && status.st_dev == intent->device &&
        status.st_ino == intent->inode && status.st_mtim.tv_sec == intent->modified.tv_sec &&
        status.st_mtim.tv_nsec == intent->modified.tv_nsec)
        return file;
    close(file);
    return -1;
}

int vp_store_write_intent(const struct vp_store *store, const struct vp_record *record,
                          bool inherit, struct vp_intent *intent_out, struct vp_error *error_out)
{
    char text[VP_RECORD_SIZE];
    size_t length = vp_record_print(record, text);
    struct place place;
    struct stat former, status;
    int result = find_place(INTENTS, record->user, &place, error_out);

    inherit = inherit && result == 0 &&
              fstatat(store->directory, place.path, &former, AT_SYMLINK_NOFOLLOW) == 0;
    if (result == 0)
        result = write_entry(store, INTENTS, record->user, text, length, 2 * VP_HASH_SIZE, true,
                             error_out);
    vp_secret_wipe(text, sizeof text);
    if (result != 0)
        return -1;
    if ((inherit && utimensat(store->directory, place.path,
                              (struct timespec[]){former.st_mtim, former.st_mtim},
                              AT_SYMLINK_NOFOLLOW) != 0) ||
        fstatat(store->directory, place.path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return fail(store, place.path, errno, "cannot be written", error_out);
    *intent_out = (struct vp_intent){status.st_dev, status.st_ino, status.st_mtim};
    return 0;
}

/* Fills the intent's own blocks and gives it the record's name. 0, or -1 and errno. */
static int promote(const struct vp_store *store, int file, const char *from, const char *to,
                   const char *text, size_t length)
{
    if (write_all(file, text, length) != 0 || ftruncate(file, (off_t)length) != 0 ||
        fsync(file) != 0 || renameat(store->directory, from, store->directory, to) != 0 ||
        sync_folder(store, folders[RECORDS].name) != 0)
        return -1;
    return 0;
}

int vp_store_commit(const struct vp_store *store, const struct vp_record *record,
                    const struct vp_intent *intent, struct vp_error *error_out)
{
    char text[VP_RECORD_SIZE];
    size_t length = vp_record_print(record, text);
    struct place from, to;
    int result = -1;
    int file = -1;

    if (find_place(INTENTS, record->user, &from, error_out) == 0 &&
        find_place(RECORDS, record->user, &to, error_out) == 0) {
        file = open_intent(store, from.path, intent);
        if (file < 0)
            result = write_entry(store, RECORDS, record->user, text, length, 0, true, error_out);
        else if (promote(store, file, from.path, to.path, text, length) == 0)
            result = 0;
        else
            (void)fail(store, to.path, errno, "cannot be written", error_out);
    }
    if (file >= 0)
        close(file);
    vp_secret_wipe(text, sizeof text);
    return result;
}

void vp_store_drop_intent(const struct vp_store *store, const char *user,
                          const struct vp_intent *intent)
{
    struct place place;
    int file;

    if (find_place(INTENTS, user, &place, NULL) != 0)
        return;
    file = open_intent(store, place.path, intent);
    if (file < 0)
        return;
    close(file);
    unlinkat(store->directory, place.path, 0);
}

bool vp_store_change_pending(const struct vp_store *store, const char *user, int64_t now,
                             int seconds)
{
    struct place place;
    struct stat status;

    if (find_place(INTENTS, user, &place, NULL) != 0 ||
        fstatat(store->directory, place.path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    return now - status.st_mtim.tv_sec < seconds && now - status.st_mtim.tv_sec >= -seconds;
}

/* ---- forgetting ------------------------------------------------------------------------------ */

int vp_store_forget(const struct vp_store *store, const char *user, int64_t now,
                    struct vp_error *error_out)
{
    struct place record, copy, other;
    char dated[sizeof copy.path + 24];

    if (find_place(RECORDS, user, &record, error_out) != 0 ||
        find_place(FORGOTTEN, user, &copy, error_out) != 0)
        return -1;
    snprintf(dated, sizeof dated, "%s.%lld", copy.path, (long long)now);
    if (strlen(dated) >= sizeof copy.path)
        return fail(store, copy.path, ENAMETOOLONG, "cannot be written", error_out);
    memcpy(copy.path, dated, strlen(dated) + 1);
    /* Without the folder for copies the move would fail as if there were no record. */
    if (make_folders(store) != 0)
        return fail(store, copy.path, errno, "cannot be written", error_out);
    for (enum folder folder = INTENTS; folder <= HISTORY; folder++)
        if (find_place(folder, user, &other, NULL) == 0)
            unlinkat(store->directory, other.path, 0);
    if (renameat(store->directory, record.path, store->directory, copy.path) != 0)
        return errno == ENOENT ? 0 : fail(store, record.path, errno, "cannot be moved", error_out);
    if (sync_folder(store, folders[RECORDS].name) != 0)
        return fail(store, record.path, errno, "cannot be moved", error_out);
    return 1;
}

size_t vp_store_print_forgotten(const struct vp_store *store, const char *user, int64_t now,
                                char *buffer, size_t size)
{
    struct place copy;

    if (find_place(FORGOTTEN, user, &copy, NULL) != 0)
        copy.path[0] = '\0';
    return (size_t)snprintf(buffer, size, "%s/%s.%lld", store->path, copy.path, (long long)now);
}

int vp_store_sync(const struct vp_store *store, struct vp_error *error_out)
{
    return syncfs(store->directory) == 0 ? 0
                                         : fail(store, "", errno, "cannot be written", error_out);
}

/* ---- the stamp --------------------------------------------------------------------------------
 *
 *   version = 1.0
 *   began = 2026-11-22
 *   present = alice       an account whose password had been set on that day, or later, already
 *   end
 */

static int parse_stamp(char *text, const char *user, int32_t *day_out, bool *present_out)
{
    char *cursor = text;
    char *line;
    bool ended = false;

    *day_out = VP_NO_DAY;
    *present_out = false;
    if ((line = strsep(&cursor, "\n")) == NULL || strncmp(line, "version = 1.", 12) != 0)
        return -1;
    while ((line = strsep(&cursor, "\n")) != NULL) {
        if (strncmp(line, "began = ", 8) == 0 && vp_number_date(line + 8, day_out) != 0)
            return -1;
        if (strncmp(line, "present = ", 10) == 0 && strcmp(line + 10, user) == 0)
            *present_out = true;
        ended |= strcmp(line, "end") == 0;
    }
    return ended && *day_out != VP_NO_DAY ? 0 : -1;
}

int vp_store_read_stamp(const struct vp_store *store, const char *user, int32_t *day_out,
                        bool *present_out, struct vp_error *error_out)
{
    struct stat status;
    char *text = NULL;
    size_t length = 0;
    const char *wrong;
    int found =
        read_file(store->directory, "stamp", READING, STAMP_MAX, &text, &length, &status, &wrong);

    *day_out = VP_NO_DAY;
    *present_out = false;
    if (found < 0)
        return fail(store, "stamp", errno, wrong, error_out);
    if (found > 0 && parse_stamp(text, user, day_out, present_out) != 0) {
        /* Half a stamp proves nothing: whom it would make new was perhaps named in the rest. */
        *day_out = VP_NO_DAY;
        *present_out = false;
        found =
            fail(store, "stamp", 0, "is damaged (remove it, and a new one is written)", error_out);
    }
    free(text);
    return found;
}

int vp_store_visit_present(const struct vp_store *store, int32_t *day_out, vp_store_visitor *visit,
                           void *context, struct vp_error *error_out)
{
    char *text = NULL, *copy = NULL;
    char *cursor, *line;
    size_t length = 0;
    struct stat status;
    const char *wrong;
    bool present;
    int result =
        read_file(store->directory, "stamp", READING, STAMP_MAX, &text, &length, &status, &wrong);

    *day_out = VP_NO_DAY;
    if (result < 0)
        return fail(store, "stamp", errno, wrong, error_out);
    if (result > 0 &&
        ((copy = strdup(text)) == NULL || parse_stamp(copy, "", day_out, &present) != 0))
        result =
            fail(store, "stamp", 0, "is damaged (remove it, and a new one is written)", error_out);
    cursor = text;
    while (result > 0 && (line = strsep(&cursor, "\n")) != NULL) {
        int stopped = strncmp(line, "present = ", 10) == 0 ? visit(context, line + 10) : 0;

        if (stopped != 0)
            result = stopped;
    }
    free(copy);
    free(text);
    return result;
}

static char *print_stamp(int32_t day, const char *present, size_t *length_out)
{
    size_t lines = 0, size;
    char date[VP_DATE_SIZE];
    struct vp_text text;
    char *buffer;

    for (const char *at = present; *at != '\0'; at++)
        lines += *at == '\n';
    size = 64 + strlen(present) + lines * sizeof "present = ";
    buffer = malloc(size);
    if (buffer == NULL)
        return NULL;
    vp_number_print_date(day, date);
    vp_text_begin(&text, buffer, size);
    vp_text_add(&text, "version = 1.0\nbegan = %s\n", date);
    for (const char *at = present; *at != '\0'; at = strchr(at, '\n') + 1)
        vp_text_add(&text, "present = %.*s\n", (int)strcspn(at, "\n"), at);
    vp_text_add(&text, "end\n");
    *length_out = text.length;
    return buffer;
}

int vp_store_write_stamp(const struct vp_store *store, int32_t day, const char *present,
                         struct vp_error *error_out)
{
    int lock = vp_store_lock(store, STAMP_LOCK, VP_LOCK_WAIT_MS, error_out);
    char *text = NULL;
    size_t length = 0;
    int32_t began;
    bool unused;
    int result = -1;
    int found;

    if (lock < 0)
        return -1;
    found = vp_store_read_stamp(store, "", &began, &unused, error_out);
    /* Under a stamp from a clock that ran ahead nobody would be new until that day. */
    if (found < 0 || (found > 0 && began <= day + 1)) {
        result = found < 0 ? -1 : 0;
        goto out;
    }
    text = print_stamp(day, present, &length);
    if (text == NULL || fill_new(store, "new/.stamp", 0640, text, length, 0, true) != 0 ||
        renameat(store->directory, "new/.stamp", store->directory, "stamp") != 0 ||
        fsync(store->directory) != 0)
        (void)fail(store, "stamp", errno, "cannot be written", error_out);
    else
        result = 0;
out:
    free(text);
    vp_store_unlock(lock);
    return result;
}

/* ---- the policy file ------------------------------------------------------------------------- */

int vp_store_read_policy(const char *path, char **text_out, size_t *length_out,
                         struct stat *status_out, struct vp_error *error_out)
{
    const char *wrong;
    /* An administrator may link /etc/security/vpolicy.conf to a file kept elsewhere. */
    int found = read_file(AT_FDCWD, path, READING & ~O_NOFOLLOW, POLICY_MAX, text_out, length_out,
                          status_out, &wrong);

    return found < 0 ? vp_error_set(error_out, path, 0, errno, "%s", wrong) : found;
}

int vp_store_read_words(const char *path, char **text_out, size_t *length_out,
                        struct vp_error *error_out)
{
    struct stat status;
    const char *wrong;
    int found = read_file(AT_FDCWD, path, READING & ~O_NOFOLLOW, VP_WORDS_MAX, text_out, length_out,
                          &status, &wrong);

    return found < 0 ? vp_error_set(error_out, path, 0, errno, "%s", wrong) : found;
}

static bool same_version(const struct vp_store *store, const struct place *place,
                         const struct stat *status)
{
    struct stat kept;

    return fstatat(store->directory, place->path, &kept, AT_SYMLINK_NOFOLLOW) == 0 &&
           kept.st_size == status->st_size && kept.st_mtim.tv_sec == status->st_mtim.tv_sec &&
           kept.st_mtim.tv_nsec == status->st_mtim.tv_nsec;
}

int vp_store_keep_policy(const struct vp_store *store, const char *path, const char *text,
                         size_t length, const struct stat *status, struct vp_error *error_out)
{
    const struct timespec times[] = {status->st_mtim, status->st_mtim};
    struct place place;
    int lock;
    int result = -1;

    if (find_place(POLICY, path, &place, error_out) != 0)
        return -1;
    if (same_version(store, &place, status))
        return 0;
    lock = vp_store_lock(store, POLICY_LOCK, 0, error_out);
    if (lock < 0)
        return error_out != NULL && error_out->errnum == EWOULDBLOCK ? 0 : -1;
    if (write_entry(store, POLICY, path, text, length, 0, true, error_out) == 0)
        result = utimensat(store->directory, place.path, times, AT_SYMLINK_NOFOLLOW);
    vp_store_unlock(lock);
    return result;
}

int vp_store_read_kept_policy(const struct vp_store *store, const char *path, char **text_out,
                              size_t *length_out, struct vp_error *error_out)
{
    return read_entry(store, POLICY, path, POLICY_MAX, text_out, length_out, error_out);
}

/* ---- listing --------------------------------------------------------------------------------- */

/* Names in the folder of copies end in the time of the copy: cuts that off. */
static void cut_time(char *name)
{
    char *dot = strrchr(name, '.');

    if (dot != NULL && dot[1] != '\0' && dot[1 + strspn(dot + 1, "0123456789")] == '\0')
        *dot = '\0';
}

static DIR *list_folder(const struct vp_store *store, enum folder folder)
{
    int file = openat(store->directory, folders[folder].name,
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *listing = file < 0 ? NULL : fdopendir(file);

    if (listing == NULL && file >= 0) {
        int errnum = errno;

        close(file);
        errno = errnum;
    }
    return listing;
}

static int visit_folder(const struct vp_store *store, enum folder folder, vp_store_visitor *visit,
                        void *context, struct vp_error *error_out)
{
    DIR *listing = list_folder(store, folder);
    struct dirent *entry;
    int result = 0;

    if (listing == NULL)
        return errno == ENOENT
                   ? 0
                   : fail(store, folders[folder].name, errno, "cannot be listed", error_out);
    while (result == 0 && (entry = readdir(listing)) != NULL) {
        char name[sizeof entry->d_name];

        snprintf(name, sizeof name, "%s", entry->d_name);
        if (folder == FORGOTTEN)
            cut_time(name);
        if (name[0] != '.' && vp_text_unescape(name) == 0)
            result = visit(context, name);
    }
    closedir(listing);
    return result;
}

int vp_store_visit(const struct vp_store *store, vp_store_visitor *visit, void *context,
                   struct vp_error *error_out)
{
    return visit_folder(store, RECORDS, visit, context, error_out);
}

int vp_store_visit_traces(const struct vp_store *store, vp_store_visitor *visit, void *context,
                          struct vp_error *error_out)
{
    static const enum folder kept[] = {RECORDS, INTENTS, HISTORY, FORGOTTEN};
    int result = 0;

    for (size_t i = 0; i < sizeof kept / sizeof kept[0] && result == 0; i++)
        result = visit_folder(store, kept[i], visit, context, error_out);
    return result;
}

/* Removes every copy of the account's records. 0, or -1 with errno set. */
static int erase_copies(const struct vp_store *store, const struct place *copy)
{
    const char *wanted = strchr(copy->path, '/') + 1;
    DIR *listing = list_folder(store, FORGOTTEN);
    struct dirent *entry;
    int result = 0;

    if (listing == NULL)
        return errno == ENOENT ? 0 : -1;
    while ((entry = readdir(listing)) != NULL) {
        char name[sizeof entry->d_name];

        snprintf(name, sizeof name, "%s", entry->d_name);
        cut_time(name);
        if (strcmp(name, wanted) == 0 && unlinkat(dirfd(listing), entry->d_name, 0) != 0)
            result = -1;
    }
    closedir(listing);
    return result;
}

int vp_store_erase(const struct vp_store *store, const char *user, struct vp_error *error_out)
{
    /* The lock last: until then nobody else begins a record under the name. */
    static const enum folder kept[] = {RECORDS, INTENTS, HISTORY, NEW, LOCKS};
    struct place place;
    int result = 0;

    if (find_place(FORGOTTEN, user, &place, error_out) != 0)
        return -1;
    if (erase_copies(store, &place) != 0)
        result = fail(store, place.path, errno, "cannot be removed", error_out);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (find_place(kept[i], user, &place, NULL) == 0 &&
            unlinkat(store->directory, place.path, 0) != 0 && errno != ENOENT)
            result = fail(store, place.path, errno, "cannot be removed", error_out);
    return result;
}
