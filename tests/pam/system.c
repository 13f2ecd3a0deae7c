/*
 * The machine as the module sees it: accounts, clock, uid, log, a disk that can be full. Every
 * function here bears the name of one of libc's; the program is linked with -rdynamic, so that the
 * module and libpam, loaded later, find ours first.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"

#include "../../lib/number.h"

#include <crypt.h>
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

/* By assembler name: the headers' inline variants of these functions do not get in the way. */
#define INSTEAD_OF(name) __asm__(#name) __attribute__((visibility("default")))
#define EXPORTED         __attribute__((visibility("default")))

#define SHADOW_PATH    "/etc/shadow"
#define STRANGER       4242
#define SECONDS_OF_DAY 86400

struct machine *machine;

static const struct {
    const char *name;
    gid_t gid;
} group_names[] = {{"leaders", 7001}, {"it-admins", 7002}};

/* ---- what tests say -------------------------------------------------------------------------- */

int32_t day(const char *date)
{
    int32_t result = VP_NO_DAY;

    ck_assert_msg(vp_number_date(date, &result) == 0, "%s is no date", date);
    return result;
}

void set_clock(const char *date, int seconds)
{
    machine->now = (time_t)day(date) * SECONDS_OF_DAY + seconds;
}

void machine_begin(void)
{
    machine =
        mmap(NULL, sizeof *machine, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(machine, MAP_FAILED);
    set_clock(TODAY, 12 * 3600);
}

/* Finds or makes. */
struct person *person(const char *name)
{
    struct person *one = machine->people;

    for (; one < machine->people + machine->count; one++)
        if (strcmp(one->name, name) == 0)
            return one;
    ck_assert_uint_lt(machine->count, COUNT(machine->people));
    snprintf(one->name, sizeof one->name, "%s", name);
    snprintf(one->pw_passwd, sizeof one->pw_passwd, "x");
    one->uid = 5001 + (uid_t)machine->count;
    one->changed_on = one->expires_on = -1;
    machine->count++;
    return one;
}

static void make_hash(const char *password, const char *setting, char hash[VP_HASH_SIZE])
{
    static struct crypt_data data;
    const char *made = crypt_r(password, setting, &data);

    ck_assert_ptr_nonnull(made);
    snprintf(hash, VP_HASH_SIZE, "%s", made);
    explicit_bzero(&data, sizeof data);
}

void set_password(const char *name, const char *password, const char *changed_on)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static unsigned salt;
    char setting[] = "$5$rounds=1000$aa$";

    /* Another salt each time, as pam_unix takes: the same password gets another hash. */
    setting[15] = letters[salt / 52 % 52];
    setting[16] = letters[salt++ % 52];
    make_hash(password, setting, person(name)->hash);
    if (changed_on != NULL)
        person(name)->changed_on = day(changed_on);
}

bool password_is(const char *name, const char *password)
{
    char hash[VP_HASH_SIZE];

    make_hash(password, person(name)->hash, hash);
    return strcmp(hash, person(name)->hash) == 0;
}

int logged(const char *level)
{
    int count = 0;

    for (const char *at = machine->log; *at != '\0'; at = strchr(at, '\n') + 1)
        count += strncmp(at, level, strlen(level)) == 0 && at[strlen(level)] == ':';
    return count;
}

/* ---- pam_unix -------------------------------------------------------------------------------- */

const char *unix_old_password(void) EXPORTED;
int unix_update(const char *user, const char *password) EXPORTED;

const char *unix_old_password(void)
{
    return machine->old_password;
}

static void set_as_ordered(const char *user, const char *password)
{
    char today[VP_DATE_SIZE];

    vp_number_print_date((int32_t)(machine->now / SECONDS_OF_DAY), today);
    if (machine->unix_order == UNIX_SETS || machine->unix_order == UNIX_DIES_AFTER)
        set_password(user, password, today);
    else if (machine->unix_order == UNIX_SETS_OTHER)
        set_password(user, "Nguoi-Khac.9", today);
    /* As the real one does: 0 would mean "must change". */
    if (person(user)->changed_on == 0)
        person(user)->changed_on = -1;
}

int unix_update(const char *user, const char *password)
{
    machine->unix_calls++;
    if (!machine->forgetful)
        snprintf(machine->seen_by_unix, sizeof machine->seen_by_unix, "%s",
                 password == NULL ? "(none)" : password);
    if (password == NULL)
        return PAM_AUTHTOK_ERR;
    if (machine->before_set != NULL)
        machine->before_set();
    if (machine->unix_order == UNIX_DIES_BEFORE)
        raise(SIGKILL);
    set_as_ordered(user, password);
    if (machine->unix_order == UNIX_DIES_AFTER)
        raise(SIGKILL);
    if (machine->after_set != NULL)
        machine->after_set();
    return machine->unix_order == UNIX_FAILS ? PAM_AUTHTOK_ERR : PAM_SUCCESS;
}

/* ---- clock, uid, locale -----------------------------------------------------------------------
 */

/* libc's own function of that name. */
static void *real(const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (symbol == NULL)
        abort();
    return symbol;
}

time_t give_time(time_t *now_out) INSTEAD_OF(time);
uid_t give_uid(void) INSTEAD_OF(getuid);
uid_t give_euid(void) INSTEAD_OF(geteuid);
char *give_locale(int category, const char *wanted) INSTEAD_OF(setlocale);
int sleep_not(const struct timespec *time, struct timespec *left) INSTEAD_OF(nanosleep);
int is_terminal(int file) INSTEAD_OF(isatty);
ssize_t give_chance(void *buffer, size_t length, unsigned flags) INSTEAD_OF(getrandom);
void *load(const char *file, int mode) INSTEAD_OF(dlopen);

time_t give_time(time_t *now_out)
{
    if (machine == NULL)
        return ((time_t(*)(time_t *))real("time"))(now_out);
    if (now_out != NULL)
        *now_out = machine->now;
    return machine->now;
}

uid_t give_uid(void)
{
    return machine == NULL ? ((uid_t(*)(void))real("getuid"))() : machine->uid;
}

uid_t give_euid(void)
{
    if (machine != NULL && machine->other_euid)
        return STRANGER;
    return ((uid_t(*)(void))real("geteuid"))();
}

char *give_locale(int category, const char *wanted)
{
    static char name[64];

    if (machine == NULL || machine->locale == NULL || wanted != NULL)
        return ((char *(*)(int, const char *))real("setlocale"))(category, wanted);
    snprintf(name, sizeof name, "%s", machine->locale);
    return name;
}

int is_terminal(int file)
{
    if (machine == NULL || (file != STDIN_FILENO && file != STDOUT_FILENO))
        return ((int (*)(int))real("isatty"))(file);
    return (machine->terminals & 1u << file) != 0;
}

ssize_t give_chance(void *buffer, size_t length, unsigned flags)
{
    if (machine != NULL)
        machine->chances++;
    if (machine != NULL && machine->no_chance) {
        errno = ENOSYS;
        return -1;
    }
    return ((ssize_t(*)(void *, size_t, unsigned))real("getrandom"))(buffer, length, flags);
}

/* Modules stand below a folder; what a module loads has a plain name. */
void *load(const char *file, int mode)
{
    if (machine != NULL && file != NULL && strchr(file, '/') == NULL) {
        size_t length = strlen(machine->loaded);

        snprintf(machine->loaded + length, sizeof machine->loaded - length, "%s ", file);
    }
    return ((void *(*)(const char *, int))real("dlopen"))(file, mode);
}

int sleep_not(const struct timespec *time, struct timespec *left)
{
    if (machine == NULL)
        return ((int (*)(const struct timespec *, struct timespec *))real("nanosleep"))(time, left);
    machine->slept_ms += time->tv_sec * 1000 + time->tv_nsec / 1000000;
    if (machine->on_sleep != NULL)
        machine->on_sleep();
    return 0;
}

/* ---- accounts -------------------------------------------------------------------------------- */

int give_passwd(const char *name, struct passwd *entry, char *buffer, size_t size,
                struct passwd **found_out) INSTEAD_OF(getpwnam_r);
int give_passwd_of(uid_t uid, struct passwd *entry, char *buffer, size_t size,
                   struct passwd **found_out) INSTEAD_OF(getpwuid_r);
int give_shadow(const char *name, struct spwd *entry, char *buffer, size_t size,
                struct spwd **found_out) INSTEAD_OF(getspnam_r);
int give_group(const char *name, struct group *entry, char *buffer, size_t size,
               struct group **found_out) INSTEAD_OF(getgrnam_r);
int give_groups(const char *name, gid_t gid, gid_t *gids, int *count) INSTEAD_OF(getgrouplist);

static int fill_passwd(struct person *one, struct passwd *entry, char *buffer, size_t size,
                       struct passwd **found_out)
{
    static char home[] = "/nonexistent", nothing[] = "";
    int length = snprintf(buffer, size, "%s%c%s", one->name, 0, one->pw_passwd);

    if ((size_t)length >= size)
        return ERANGE;
    *entry = (struct passwd){.pw_name = buffer,
                             .pw_passwd = buffer + strlen(buffer) + 1,
                             .pw_uid = one->uid,
                             .pw_gid = 100,
                             .pw_gecos = nothing,
                             .pw_dir = home,
                             .pw_shell = nothing};
    *found_out = entry;
    return 0;
}

int give_passwd(const char *name, struct passwd *entry, char *buffer, size_t size,
                struct passwd **found_out)
{
    *found_out = NULL;
    if (machine->passwd_status != 0)
        return machine->passwd_status;
    for (size_t i = 0; i < machine->count; i++)
        if ((machine->ignores_case ? strcasecmp : strcmp)(machine->people[i].name, name) == 0)
            return fill_passwd(&machine->people[i], entry, buffer, size, found_out);
    return 0;
}

int give_passwd_of(uid_t uid, struct passwd *entry, char *buffer, size_t size,
                   struct passwd **found_out)
{
    *found_out = NULL;
    for (size_t i = 0; i < machine->count; i++)
        if (machine->people[i].uid == uid)
            return fill_passwd(&machine->people[i], entry, buffer, size, found_out);
    return 0;
}

int give_shadow(const char *name, struct spwd *entry, char *buffer, size_t size,
                struct spwd **found_out)
{
    *found_out = NULL;
    if (machine->shadow_status != 0)
        return machine->shadow_status;
    for (size_t i = 0; i < machine->count; i++) {
        const struct person *one = &machine->people[i];
        int length;

        if (strcmp(one->name, name) != 0 || one->hidden || machine->shadow_closed)
            continue;
        length = snprintf(buffer, size, "%s%c%s", one->name, 0, one->hash);
        if ((size_t)length >= size)
            return ERANGE;
        *entry = (struct spwd){.sp_namp = buffer,
                               .sp_pwdp = buffer + strlen(buffer) + 1,
                               .sp_lstchg = one->changed_on,
                               .sp_min = -1,
                               .sp_max = -1,
                               .sp_warn = -1,
                               .sp_inact = -1,
                               .sp_expire = one->expires_on};
        *found_out = entry;
        return 0;
    }
    return 0;
}

int give_group(const char *name, struct group *entry, char *buffer, size_t size,
               struct group **found_out)
{
    static char *nobody[] = {NULL};

    *found_out = NULL;
    if (machine->group_status != 0)
        return machine->group_status;
    for (size_t i = 0; i < COUNT(group_names); i++) {
        if (strcmp(group_names[i].name, name) != 0)
            continue;
        snprintf(buffer, size, "%s", name);
        *entry = (struct group){
            .gr_name = buffer, .gr_passwd = buffer, .gr_gid = group_names[i].gid, .gr_mem = nobody};
        *found_out = entry;
    }
    return 0;
}

int give_groups(const char *name, gid_t gid, gid_t *gids, int *count)
{
    int room = *count;

    *count = 0;
    if (room > 0)
        gids[(*count)++] = gid;
    for (size_t i = 0; i < COUNT(group_names) && *count < room; i++)
        if (strstr(person(name)->groups, group_names[i].name) != NULL)
            gids[(*count)++] = group_names[i].gid;
    return *count;
}

/* ---- the shadow file itself, and chage ------------------------------------------------------- */

int open_file(const char *path, int flags, ...) INSTEAD_OF(open);
FILE *open_stream(const char *path, const char *mode) INSTEAD_OF(fopen);
int spawn(pid_t *pid_out, const char *path, const posix_spawn_file_actions_t *actions,
          const posix_spawnattr_t *attributes, char *const argv[], char *const environment[])
    INSTEAD_OF(posix_spawn);

static bool is_shadow(const char *path)
{
    return machine != NULL && strcmp(path, SHADOW_PATH) == 0;
}

static bool is_closed_store(const char *path)
{
    static const char end[] = "/store";
    size_t length = strlen(path);

    return machine != NULL && machine->store_closed && length >= sizeof end &&
           strcmp(path + length - (sizeof end - 1), end) == 0;
}

int open_file(const char *path, int flags, ...)
{
    int (*libc_open)(const char *, int, ...) = (int (*)(const char *, int, ...))real("open");
    unsigned mode = 0;
    va_list list;

    if (flags & O_CREAT) {
        va_start(list, flags);
        mode = va_arg(list, unsigned);
        va_end(list);
    }
    if ((is_shadow(path) && machine->shadow_closed) || is_closed_store(path)) {
        errno = EACCES;
        return -1;
    }
    return libc_open(is_shadow(path) ? "/dev/null" : path, flags, mode);
}

FILE *open_stream(const char *path, const char *mode)
{
    static char text[4096];
    size_t length = 0;

    if (!is_shadow(path))
        return ((FILE * (*)(const char *, const char *)) real("fopen"))(path, mode);
    if (machine->shadow_closed) {
        errno = EACCES;
        return NULL;
    }
    for (size_t i = 0; i < machine->count; i++) {
        const struct person *one = &machine->people[i];

        if (one->hidden)
            continue;
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s:%s:", one->name, one->hash);
        if (one->changed_on >= 0)
            length += (size_t)snprintf(text + length, sizeof text - length, "%ld", one->changed_on);
        length += (size_t)snprintf(text + length, sizeof text - length, ":0:99999:7:::\n");
    }
    return fmemopen(text, length == 0 ? 1 : length, "r");
}

/* chage(1) is not run: what it was told is kept, and true(1) or false(1) answers for it. */
int spawn(pid_t *pid_out, const char *path, const posix_spawn_file_actions_t *actions,
          const posix_spawnattr_t *attributes, char *const argv[], char *const environment[])
{
    static int (*libc_spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                             const posix_spawnattr_t *, char *const[], char *const[]);
    void *symbol = real("posix_spawn");
    siginfo_t ended;
    int status;

    memcpy(&libc_spawn, &symbol, sizeof symbol);
    snprintf(machine->chage, sizeof machine->chage, "%s", path);
    for (size_t i = 1; argv[i] != NULL; i++) {
        strcat(machine->chage, " ");
        strcat(machine->chage, argv[i]);
    }
    status = libc_spawn(pid_out, machine->chage_fails ? "/bin/false" : "/bin/true", actions,
                        attributes, argv, environment);
    /* No time passes in nanosleep here, so the child ends before anybody waits for it. */
    if (status == 0)
        waitid(P_PID, (id_t)*pid_out, &ended, WEXITED | WNOWAIT);
    return status;
}

/* ---- the disk -------------------------------------------------------------------------------- */

int may_access(int directory, const char *path, int mode, int flags) INSTEAD_OF(faccessat);
int open_at(int directory, const char *path, int flags, ...) INSTEAD_OF(openat);
int rename_at(int from_directory, const char *from, int to_directory, const char *to)
    INSTEAD_OF(renameat);
int make_durable(int file) INSTEAD_OF(fsync);

static int refuse(int errnum)
{
    errno = errnum;
    return -1;
}

int may_access(int directory, const char *path, int mode, int flags)
{
    if (machine != NULL && machine->read_only && (mode & W_OK))
        return refuse(EROFS);
    return ((int (*)(int, const char *, int, int))real("faccessat"))(directory, path, mode, flags);
}

int open_at(int directory, const char *path, int flags, ...)
{
    int (*libc_openat)(int, const char *, int, ...) =
        (int (*)(int, const char *, int, ...))real("openat");
    unsigned mode = 0;
    va_list list;

    if (flags & O_CREAT) {
        va_start(list, flags);
        mode = va_arg(list, unsigned);
        va_end(list);
    }
    if (machine != NULL && machine->read_only && (flags & (O_CREAT | O_WRONLY | O_RDWR)))
        return refuse(EROFS);
    return libc_openat(directory, path, flags, mode);
}

/* The kernel dates files by its own clock; here they get the machine's. */
int rename_at(int from_directory, const char *from, int to_directory, const char *to)
{
    static long unique;
    int (*libc_renameat)(int, const char *, int, const char *) =
        (int (*)(int, const char *, int, const char *))real("renameat");
    struct timespec times[2];

    if (machine != NULL && machine->read_only)
        return refuse(EROFS);
    if (libc_renameat(from_directory, from, to_directory, to) != 0)
        return -1;
    if (machine == NULL)
        return 0;
    times[0] = times[1] = (struct timespec){machine->now, unique++};
    return utimensat(to_directory, to, times, AT_SYMLINK_NOFOLLOW);
}

/* Nobody cuts the power here, and waiting for the disk would take most of a run. */
int make_durable(int file)
{
    (void)file;
    return machine != NULL && machine->disk_full ? refuse(ENOSPC) : 0;
}

/* ---- the log --------------------------------------------------------------------------------- */

void keep_line(int priority, const char *format, va_list list) INSTEAD_OF(vsyslog);
void keep_line_checked(int priority, int flag, const char *format, va_list list)
    INSTEAD_OF(__vsyslog_chk);
void keep_words(int priority, const char *format, ...) INSTEAD_OF(syslog);
void keep_words_checked(int priority, int flag, const char *format, ...) INSTEAD_OF(__syslog_chk);
/* libpam tells the kernel's audit of transactions; those of a test are none. */
int open_audit(void) INSTEAD_OF(audit_open);

__attribute__((format(printf, 2, 0))) void keep_line(int priority, const char *format, va_list list)
{
    static const char *const levels[] = {"emerg",   "alert",  "crit", "err",
                                         "warning", "notice", "info", "debug"};
    size_t length = strlen(machine->log);
    char line[2048];

    vsnprintf(line, sizeof line, format, list);
    snprintf(machine->log + length, sizeof machine->log - length, "%s: %s\n",
             levels[LOG_PRI(priority)], line);
}

__attribute__((format(printf, 3, 0))) void keep_line_checked(int priority, int flag,
                                                             const char *format, va_list list)
{
    (void)flag;
    keep_line(priority, format, list);
}

__attribute__((format(printf, 2, 3))) void keep_words(int priority, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    keep_line(priority, format, list);
    va_end(list);
}

__attribute__((format(printf, 3, 4))) void keep_words_checked(int priority, int flag,
                                                              const char *format, ...)
{
    va_list list;

    (void)flag;
    va_start(list, format);
    keep_line(priority, format, list);
    va_end(list);
}

int open_audit(void)
{
    return refuse(EPROTONOSUPPORT);
}
