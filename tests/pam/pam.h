/*
 * What the tests of the module share. Each test is a table of rows; each row carries the reason why
 * it must hold, which is what a failing run prints.
 *
 * The module is the one that is installed, loaded by libpam itself (pam_start_confdir, so neither
 * root nor /etc/pam.d is needed). What it sees of the machine is made up: this program exports
 * getpwnam_r, time and the like, which come before libc's for whatever it loads (system.c).
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#ifndef VP_TESTS_PAM_H
#define VP_TESTS_PAM_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include <security/pam_appl.h>

#include "../../pam_vpolicy.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Adds a test that runs once for each row; `_i` is the row. */
#define ADD_ROWS(tcase, test, table) tcase_add_loop_test(tcase, test, 0, (int)COUNT(table))

/* Today, at noon, unless a test moves the clock. */
#define TODAY "2026-11-22"

/* The day of a date that is known to be one. */
int32_t day(const char *date);

/* ---- the machine (system.c) ------------------------------------------------------------------ */

/* An account; a process that is killed leaves its changes, so the table is in shared memory. */
struct person {
    char name[32];
    uid_t uid;
    char pw_passwd[16];          /* "x" = look into shadow */
    char hash[VP_HASH_SIZE];     /* shadow's field as it stands, `!` included */
    long changed_on, expires_on; /* -1 = empty */
    char groups[64];             /* names of group_names, blank between */
    bool hidden;                 /* getspnam_r finds no entry and gives no error */
};

/* What the machine's pam_unix does at UPDATE (module/fake_unix.c). */
enum unix_order {
    UNIX_SETS,        /* sets the password */
    UNIX_FAILS,       /* PAM_AUTHTOK_ERR, nothing set */
    UNIX_LIES,        /* PAM_SUCCESS, nothing set */
    UNIX_SETS_OTHER,  /* what stands in shadow afterwards is another password's hash */
    UNIX_DIES_BEFORE, /* the process is killed before the hash is set */
    UNIX_DIES_AFTER,
};

struct machine {
    time_t now;
    uid_t uid;          /* getuid(2) */
    bool other_euid;    /* geteuid(2) is a stranger's */
    const char *locale; /* what setlocale(3) answers; NULL = libc's own */
    unsigned terminals; /* which of files 0 and 1 are one, says isatty(3): bits 1 << file */
    bool no_chance;     /* getrandom(2) fails */
    int chances;        /* calls of it */
    struct person people[8];
    size_t count;
    bool ignores_case;  /* getpwnam_r("ALICE") finds alice */
    int passwd_status;  /* getpwnam_r fails with this errno */
    int shadow_status;  /* getspnam_r */
    int group_status;   /* getgrnam_r */
    bool shadow_closed; /* /etc/shadow cannot be opened */
    bool store_closed;  /* the store may not be opened */
    bool read_only;     /* the file system is */
    bool disk_full;     /* shows at fsync(2) */
    long slept_ms;      /* by nanosleep(2), which does not wait here */
    void (*on_sleep)(void);
    void (*on_prompt)(void); /* somebody sits at a hidden prompt */
    enum unix_order unix_order;
    const char *old_password; /* pam_unix asked for it and leaves it as PAM_OLDAUTHTOK */
    void (*before_set)(void), (*after_set)(void); /* while pam_unix is at work */
    bool forgetful;                               /* pam_unix keeps no copy in seen_by_unix */
    char seen_by_unix[64];                        /* PAM_AUTHTOK as pam_unix saw it, or "(none)" */
    int unix_calls;                               /* at UPDATE */
    bool chage_fails;
    char loaded[256]; /* libraries that dlopen(3) was asked for, but modules; a blank after each */
    char chage[256];  /* the command lines of chage(1), a newline after each */
    char log[16384];  /* "notice: pam_vpolicy(sshd:account): ...", a newline after each */
};

/* Both are. */
#define AT_TERMINAL 3u

extern struct machine *machine;

void machine_begin(void);
struct person *person(const char *name);
void set_clock(const char *date, int seconds);

/* Sets the hash of a password, as usermod -p would: behind PAM's back. NULL: leaves sp_lstchg. */
void set_password(const char *name, const char *password, const char *changed_on);
bool password_is(const char *name, const char *password);

/* How many lines of the log begin with that level. */
int logged(const char *level);

/* ---- the stage (stage.c) --------------------------------------------------------------------- */

/* A transcript, as the conversation heard it. */
#define INFO(text)   "info: " text "\n"
#define ERROR(text)  "error: " text "\n"
#define HIDDEN(text) "hidden: " text "\n"
#define ASKED        HIDDEN("New password: ") HIDDEN("Retype new password: ")

extern char said[8192];

/* A folder of its own for each test, with policy, store and services; alice has OLD since then. */
#define OLD "Truoc-Day.8"
#define NEW "Gio-Dong#27"

void stage_begin(void);

/* Where things are; name may be "". Lent until the fourth call from now. */
const char *stage_path(const char *name);
void stage_create(void);
void stage_remove(void);

/* Writes a service. %M stands for the module with its places, %U for the machine's pam_unix. */
void write_service(const char *name, const char *lines);
void write_policy(const char *text);
void write_file(const char *name, const char *text, mode_t mode);
/* Reads a file of the stage; lent until the next call. "" where there is none. */
const char *read_file(const char *name);
size_t count_files(const char *folder);

/* Writes a record: who, then the given lines, then the hash that shadow has now unless given. */
void write_record(const char *user, const char *lines);
/* A record's field; "" where it, or the record, is not there. Lent until the next call. */
const char *record_field(const char *user, const char *field);

enum hearing { HEARS, HAS_NO_CONVERSATION, FAILS };

struct visit {
    const char *service, *user, *ruser, *rhost;
    bool asked; /* a password was asked: pam_authenticate is called */
    int flags;
    enum hearing hearing;
    const char *const
        *answers; /* to hidden prompts, NULL at the end: then the conversation fails */
};

/* One transaction from pam_start to pam_end; `said` is what was said. Returns the phase's code. */
int visit_account(const struct visit *visit);
int visit_change(const struct visit *visit);

/* The same in parts, for what is done twice, or both, in one handle. */
pam_handle_t *enter(const struct visit *visit);
void leave(pam_handle_t *pamh, int status);

/* A change of alice's password at the service, typed twice; and her login by password. */
int change_to(const char *service, const char *password);
int login(const char *service);

/* Compares code and transcript; `why` is the row's reason. */
void expect_said(const char *why, int code, int wanted, const char *transcript);
void expect_field(const char *why, const char *user, const char *field, const char *wanted);

/*
 * An answer that stands for the secret of ../unit/memory.c. That is the password which the module
 * offered, once it has offered one; in `said` stands OFFERED for it.
 */
extern const char secret_answer[];
#define OFFERED "(the offered one)"

/* From ../unit/memory.c, which is linked in. */
#define SECRET_LENGTH 24
void secret_write(char buffer[SECRET_LENGTH + 1]);
void secret_become(const char text[SECRET_LENGTH]);
size_t secret_copies_after(void (*function)(void *), void *context);
size_t stack_copies_of(const uint16_t *numbers, size_t count);

Suite *suite_login(void);
Suite *suite_change(void);
Suite *suite_written(void);
Suite *suite_broken(void);
Suite *suite_traces(void);
Suite *suite_walk(void);

#endif
