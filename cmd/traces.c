/*
 * What suspect and close cannot end by themselves: sessions that are open, caches that still know
 * the old password, jobs, keys and mail rules that ask for none. Only what is found on this machine
 * is told, each with the command that ends it.
 *
 * Homes belong to the people we look at: names are looked up without following a link, with
 * O_PATH, and nothing is opened or read.
 */
#include "../lib/number.h"
#include "../lib/text.h"
#include "command.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUOTED_SIZE (4 * VP_NAME_MAX)

struct process {
    uint32_t uid;
    char name[16]; /* TASK_COMM_LEN */
};

struct cmd_traces {
    struct process *processes;
    size_t count, room;
    bool dovecot;   /* its auth process may remember passwords */
    bool saslauthd; /* with -c, which remembers them for certain */
};

/* One account that is being looked at. */
struct subject {
    const struct cmd_traces *traces;
    const struct vp_account *account;
    const char *user;           /* quoted for a shell */
    int home;                   /* O_PATH, or -1 */
    char path[2 * VP_NAME_MAX]; /* what was found, where that is not known beforehand */
};

/* ---- files ----------------------------------------------------------------------------------- */

static bool exists_at(int directory, const char *path)
{
    struct stat status;

    return fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Reads the beginning of a file of the system's, without its final NULs. False where there is none.
 */
static bool read_beginning(const char *path, char *buffer, size_t size, size_t *length_out)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length = file < 0 ? -1 : read(file, buffer, size - 1);

    if (file >= 0)
        close(file);
    if (length < 0)
        return false;
    buffer[length] = '\0';
    *length_out = (size_t)length;
    return true;
}

/* ---- processes ------------------------------------------------------------------------------- */

/* Whether one of the words of a command line is a flag with -c in it. */
static bool has_cache_flag(const char *words, size_t length, char separator)
{
    bool begins = false; /* the first word is the program */

    for (size_t i = 0; i < length; i++) {
        if (begins && words[i] == '-' && words[i + 1] != '-' &&
            memchr(words + i, 'c', strcspn(words + i, " \t\"'\n")) != NULL)
            return true;
        begins =
            words[i] == separator || (separator == ' ' && (words[i] == '"' || words[i] == '\''));
    }
    return false;
}

static void notice_daemon(struct cmd_traces *traces, const char *pid, const char *name)
{
    char path[300], words[4096];
    size_t length = 0;

    traces->dovecot |= strcmp(name, "dovecot") == 0;
    if (strcmp(name, "saslauthd") != 0)
        return;
    snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    if (read_beginning(path, words, sizeof words, &length))
        traces->saslauthd |= has_cache_flag(words, length, '\0');
}

/* The line of a status file that begins with this word, behind it; NULL where there is none. */
static const char *status_line(const char *status, const char *word)
{
    const char *at = strstr(status, word);

    return at == NULL ? NULL : at + strlen(word) + strspn(at + strlen(word), " \t");
}

static void add_process(struct cmd_traces *traces, const char *pid)
{
    char path[300], status[2048];
    const char *name, *uid;
    struct process *process;
    size_t length;

    snprintf(path, sizeof path, "/proc/%s/status", pid);
    if (!read_beginning(path, status, sizeof status, &length))
        return;
    name = status_line(status, "Name:");
    uid = status_line(status, "\nUid:");
    if (name == NULL || uid == NULL)
        return;
    if (traces->count == traces->room) {
        size_t larger = traces->room * 2 + 256;
        struct process *moved = reallocarray(traces->processes, larger, sizeof *moved);

        if (moved == NULL)
            return;
        traces->processes = moved;
        traces->room = larger;
    }
    process = &traces->processes[traces->count++];
    process->uid = (uint32_t)strtoul(uid, NULL, 10);
    snprintf(process->name, sizeof process->name, "%.*s", (int)strcspn(name, "\n"), name);
    notice_daemon(traces, pid, process->name);
}

/* saslauthd may be started at any moment by what its own settings say. */
static bool is_saslauthd_set_to_cache(void)
{
    char settings[8192];
    size_t length;
    const char *options;

    if (!exists_at(AT_FDCWD, "/usr/sbin/saslauthd") ||
        !read_beginning("/etc/default/saslauthd", settings, sizeof settings, &length))
        return false;
    options = status_line(settings, "\nOPTIONS=");
    return options != NULL && has_cache_flag(options, strcspn(options, "\n"), ' ');
}

struct cmd_traces *cmd_traces_open(void)
{
    struct cmd_traces *traces = calloc(1, sizeof *traces);
    DIR *listing = opendir("/proc");
    struct dirent *entry;

    if (traces != NULL) {
        while (listing != NULL && (entry = readdir(listing)) != NULL)
            if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
                add_process(traces, entry->d_name);
        traces->dovecot = traces->dovecot && exists_at(AT_FDCWD, "/usr/bin/doveadm");
        traces->saslauthd = traces->saslauthd || is_saslauthd_set_to_cache();
    }
    if (listing != NULL)
        closedir(listing);
    return traces;
}

void cmd_traces_close(struct cmd_traces *traces)
{
    if (traces != NULL)
        free(traces->processes);
    free(traces);
}

/* ---- telling --------------------------------------------------------------------------------- */

/* `alice: goes on: WHAT; to end it: COMMAND` */
static void tell(const struct subject *subject, const char *what, const char *format, ...)
    VP_PRINTF(3, 4);

static void tell(const struct subject *subject, const char *what, const char *format, ...)
{
    char command[2048];
    va_list values;

    va_start(values, format);
    vsnprintf(command, sizeof command, format, values);
    va_end(values);
    cmd_say("%s: goes on: %s; to end it: %s", subject->account->name, what, command);
}

static size_t count_processes(const struct subject *subject, const char *const *names)
{
    const struct cmd_traces *traces = subject->traces;
    size_t found = 0;

    for (size_t i = 0; i < traces->count; i++) {
        if (traces->processes[i].uid != subject->account->uid)
            continue;
        found += names == NULL;
        for (size_t j = 0; names != NULL && names[j] != NULL; j++)
            found += strcmp(traces->processes[i].name, names[j]) == 0;
    }
    return found;
}

static void tell_sessions(const struct subject *subject)
{
    static const char *const mail[] = {"imap", "pop3", "submission", "managesieve", NULL};
    size_t processes = count_processes(subject, NULL);
    size_t mailing = count_processes(subject, mail);
    char path[64], what[64];

    snprintf(path, sizeof path, "/run/systemd/users/%u", subject->account->uid);
    if (exists_at(AT_FDCWD, path))
        tell(subject, "an open session", "loginctl terminate-user %s", subject->user);
    snprintf(what, sizeof what, "%zu running process%s", processes, processes == 1 ? "" : "es");
    if (processes > 0)
        tell(subject, what, "pkill -KILL -U %s", subject->user);
    snprintf(what, sizeof what, "%zu open mail session%s", mailing, mailing == 1 ? "" : "s");
    if (mailing > 0)
        tell(subject, what, "doveadm kick %s", subject->user);
    snprintf(path, sizeof path, "/var/lib/systemd/linger/%.32s", subject->account->name);
    if (exists_at(AT_FDCWD, path))
        tell(subject, "services that start with the machine", "loginctl disable-linger %s",
             subject->user);
}

static void tell_caches(const struct subject *subject)
{
    if (subject->traces->dovecot)
        tell(subject, "Dovecot's memory of the old password", "doveadm auth cache flush %s",
             subject->user);
    if (subject->traces->saslauthd)
        tell(subject, "saslauthd's memory of the old password (-c)", "systemctl restart saslauthd");
}

/* Debian's folder, then Red Hat's. */
static bool has_crontab(const struct vp_account *account)
{
    static const char *const folders[] = {"/var/spool/cron/crontabs", "/var/spool/cron"};
    bool found = false;

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[64 + VP_NAME_MAX];

        snprintf(path, sizeof path, "%s/%s", folders[i], account->name);
        found |= exists_at(AT_FDCWD, path);
    }
    return found;
}

static void tell_crontab(const struct subject *subject)
{
    if (has_crontab(subject->account))
        tell(subject, "a crontab", "crontab -u %s -r", subject->user);
}

/* at(1) names its files by queue, five digits of the job's number, eight of its time, all hex. */
static void add_job(const struct subject *subject, int folder, const char *name,
                    struct vp_text *jobs)
{
    char number[6];
    struct stat status;

    if (strlen(name) != 14 || name[0] == '.' || strspn(name + 1, "0123456789abcdef") != 13 ||
        fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        status.st_uid != subject->account->uid)
        return;
    snprintf(number, sizeof number, "%.5s", name + 1);
    vp_text_add(jobs, " %lu", strtoul(number, NULL, 16));
}

static void tell_jobs(const struct subject *subject)
{
    static const char *const folders[] = {"/var/spool/cron/atjobs", "/var/spool/at"};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        DIR *listing = opendir(folders[i]);
        struct dirent *entry;
        char jobs[1024];
        struct vp_text text;

        if (listing == NULL)
            continue;
        vp_text_begin(&text, jobs, sizeof jobs);
        while ((entry = readdir(listing)) != NULL)
            add_job(subject, dirfd(listing), entry->d_name, &text);
        closedir(listing);
        if (text.length > 0)
            tell(subject, "at jobs", "atrm%s", jobs);
    }
}

/* ---- homes ----------------------------------------------------------------------------------- */

static const struct home_file {
    const char *folder; /* below the home, or "" */
    const char *name;
    const char *what;
} home_files[] = {
    {".ssh", "authorized_keys", "keys that log in without a password"},
    {".ssh", "authorized_keys2", "keys that log in without a password"},
    {"", ".shosts", "hosts that log in without a password"},
    {"", ".rhosts", "hosts that log in without a password"},
    {"", ".forward", "mail forwarding"},
    {"", ".dovecot.sieve", "mail rules (Sieve)"},
    {"", "sieve", "mail rules (Sieve)"},
};

/*
 * Whether the file is there. A folder that is a link counts as the file itself: where it leads is
 * not looked at, and a way round the mark must not stay untold.
 */
static bool find_home_file(struct subject *subject, const struct home_file *file)
{
    const char *home = subject->account->home;
    const char *slash = file->folder[0] == '\0' ? "" : "/";
    bool found = false;
    int folder = openat(subject->home, file->folder[0] == '\0' ? "." : file->folder,
                        O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    if (folder < 0)
        return false;
    snprintf(subject->path, sizeof subject->path, "%s/%s%s%s", home, file->folder, slash,
             file->name);
    if (fstat(folder, &status) == 0 && S_ISLNK(status.st_mode)) {
        snprintf(subject->path, sizeof subject->path, "%s/%s", home, file->folder);
        found = true;
    } else {
        found = exists_at(folder, file->name);
    }
    close(folder);
    return found;
}

static void tell_home(struct subject *subject)
{
    char told[sizeof subject->path] = "";

    for (size_t i = 0; i < sizeof home_files / sizeof home_files[0]; i++) {
        char quoted[4 * sizeof subject->path];

        if (!find_home_file(subject, &home_files[i]) || strcmp(told, subject->path) == 0)
            continue;
        memcpy(told, subject->path, sizeof told);
        cmd_quote(subject->path, quoted, sizeof quoted);
        /*
         * As the user and into no directory: the home is his who is suspected, and a link that he
         * puts there would have root move one person's files over another's.
         */
        tell(subject, home_files[i].what, "runuser -u %s -- mv -T -- %s %s.closed", subject->user,
             quoted, quoted);
    }
}

/* ---- sudo ------------------------------------------------------------------------------------ */

/* Whether a line of sudoers(5) lets the account in without a password: its own, or its group's. */
static bool is_free_pass(const struct subject *subject, char *line)
{
    char *begin = vp_text_trim(line);
    const char *name = begin;
    size_t length = strcspn(name, " \t=");

    if (strstr(name, "NOPASSWD") == NULL || name[length] == '\0')
        return false;
    begin[length] = '\0';
    if (*name != '%')
        return strcmp(name, subject->account->name) == 0;
    return cmd_is_in_group(subject->account, name + 1);
}

static void tell_sudoers(const struct subject *subject, const char *path)
{
    char text[65536], quoted[1024];
    char *cursor = text;
    char *line;
    size_t length;

    if (!read_beginning(path, text, sizeof text, &length))
        return;
    while ((line = strsep(&cursor, "\n")) != NULL)
        if (is_free_pass(subject, line)) {
            cmd_quote(path, quoted, sizeof quoted);
            tell(subject, "sudo without a password, which asks for no change", "visudo -f %s",
                 quoted);
            return;
        }
}

/* sudo(8) obeys a closed account, and not a password that is due, where it asks for none. */
static void tell_sudo(const struct subject *subject)
{
    static const char folder[] = "/etc/sudoers.d";
    DIR *listing = opendir(folder);
    struct dirent *entry;

    tell_sudoers(subject, "/etc/sudoers");
    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        char path[sizeof folder + sizeof entry->d_name + 1];

        /* sudo passes over the same names (sudoers(5), "Including other files"). */
        if (strchr(entry->d_name, '.') != NULL || entry->d_name[strlen(entry->d_name) - 1] == '~')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        tell_sudoers(subject, path);
    }
    if (listing != NULL)
        closedir(listing);
}

void cmd_traces_say(const struct cmd_traces *traces, const struct vp_account *account, bool shut)
{
    char quoted[QUOTED_SIZE];
    struct subject subject = {.traces = traces, .account = account, .user = quoted};

    cmd_quote(account->name, quoted, sizeof quoted);
    tell_sessions(&subject);
    tell_caches(&subject);
    if (!shut)
        tell_sudo(&subject);
    tell_crontab(&subject);
    tell_jobs(&subject);
    /* The way to a home is the administrators', links in it too; what is inside is not. */
    subject.home = open(account->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (subject.home >= 0) {
        tell_home(&subject);
        close(subject.home);
    }
}

/* ---- whether it is a person's ---------------------------------------------------------------- */

static const char *const hint_words[CMD_HINT_COUNT] = {
    [CMD_HINT_NONE] = "",
    [CMD_HINT_CRONTAB] = "has a crontab",
    [CMD_HINT_KEYS] = "logs in by key",
    [CMD_HINT_NO_SHELL] = "has no login shell (not where mail users have none)",
};

const char *cmd_hint_word(enum cmd_hint hint)
{
    return hint_words[hint];
}

static bool has_no_shell(const struct vp_account *account)
{
    static const char *const none[] = {"nologin", "false", "true", "sync"};
    const char *slash = strrchr(account->shell, '/');
    bool found = false;

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        found |= slash != NULL && strcmp(slash + 1, none[i]) == 0;
    return found;
}

static bool has_keys(const struct vp_account *account)
{
    char path[sizeof account->home + sizeof "/.ssh"];
    int folder;
    bool found;

    snprintf(path, sizeof path, "%s/.ssh", account->home);
    folder = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return false;
    found = exists_at(folder, "authorized_keys");
    close(folder);
    return found;
}

enum cmd_hint cmd_traces_hint(const struct vp_account *account)
{
    if (has_crontab(account))
        return CMD_HINT_CRONTAB;
    if (has_keys(account))
        return CMD_HINT_KEYS;
    return has_no_shell(account) ? CMD_HINT_NO_SHELL : CMD_HINT_NONE;
}
