/*
 * Changing the policy as visudo(8) changes sudoers: on a copy, checked before it counts, and after
 * a question that says what it would mean. Nothing that was written is lost: a draft that is not
 * installed stays, and its place is told (but after -n, whose draft was a trial).
 */
#include "../lib/error.h"
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEGINNING                                                                                  \
    "# The policy of pam_vpolicy: man vpolicy.conf. What is not set here has its built-in "        \
    "value.\n"
#define WORDS_MAX 16

struct editing {
    const struct cmd_arguments *arguments;
    char path[PATH_MAX];  /* the policy file, no link */
    char draft[PATH_MAX]; /* or "" */
    char *text;           /* what the file held */
    size_t length;
    struct stat status; /* of the file; st_nlink 0 = there was none */
    int folder;         /* the folder of both */
    struct vp_store store;
    int lock; /* or -1 */
};

/* ---- the copy -------------------------------------------------------------------------------- */

static int complain_errno(const char *path, const char *what)
{
    cmd_complain("%s: %s: %s", path, what, strerror(errno));
    return -1;
}

static int open_folder(struct editing *editing)
{
    char copy[PATH_MAX];

    memcpy(copy, editing->path, sizeof copy);
    editing->folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return editing->folder < 0 ? complain_errno(editing->path, "its folder cannot be opened") : 0;
}

/*
 * Two do not edit at once. The lock is in the store, for root only: whoever may read a folder can
 * lock it, and so keep root from editing the policy for ever. A dry run overwrites nobody's work.
 */
static int hold(struct editing *editing)
{
    const char *state = editing->arguments->state_dir;
    struct vp_error error;

    if (editing->arguments->dry_run)
        return 0;
    if (vp_store_open(state == NULL ? VP_STATE_DIR : state, &editing->store, &error) == 0)
        editing->lock = vp_store_lock(&editing->store, VP_STORE_EDITING, 0, &error);
    if (editing->lock >= 0)
        return 0;
    if (error.errnum == EWOULDBLOCK)
        cmd_complain("%s: somebody else is editing it", editing->path);
    else
        cmd_complain_error(&error);
    return -1;
}

static int read_file(struct editing *editing)
{
    struct vp_error error;

    if (lstat(editing->path, &editing->status) != 0) {
        if (errno != ENOENT)
            return complain_errno(editing->path, "cannot be read");
        editing->status = (struct stat){.st_mode = 0644};
        editing->text = strdup(BEGINNING);
        editing->length = strlen(BEGINNING);
        if (editing->text == NULL)
            cmd_complain("no memory");
        return editing->text == NULL ? -1 : 0;
    }
    editing->text = cmd_file_read(editing->path, VP_POLICY_MAX, &editing->length, &error);
    if (editing->text == NULL)
        cmd_complain_error(&error);
    return editing->text == NULL ? -1 : 0;
}

/* The copy is beside the file, so that a rename puts it in its place, and is root's alone. */
static int make_draft(struct editing *editing)
{
    int file, written;

    if ((size_t)snprintf(editing->draft, sizeof editing->draft, "%s.draft-XXXXXX", editing->path) >=
            sizeof editing->draft ||
        (file = mkostemp(editing->draft, O_CLOEXEC)) < 0) {
        editing->draft[0] = '\0';
        return complain_errno(editing->path, "no copy can be made beside it");
    }
    written = write(file, editing->text, editing->length) == (ssize_t)editing->length ? 0 : -1;
    if (close(file) != 0 || written != 0)
        return complain_errno(editing->draft, "cannot be written");
    return 0;
}

static bool can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static int begin(struct editing *editing)
{
    const struct cmd_arguments *arguments = editing->arguments;
    const char *path = arguments->policy_path == NULL ? VP_POLICY_PATH : arguments->policy_path;

    if (geteuid() != 0) {
        cmd_complain("only root can change the policy");
        return -1;
    }
    if (!arguments->yes && !arguments->dry_run && !can_ask()) {
        cmd_complain("edit: there is no terminal to ask at: --yes says yes");
        return -1;
    }
    /* A link stays one: what it leads to is replaced. */
    if (realpath(path, editing->path) == NULL)
        snprintf(editing->path, sizeof editing->path, "%s", path);
    if (hold(editing) != 0 || open_folder(editing) != 0 || read_file(editing) != 0)
        return -1;
    return make_draft(editing);
}

static void drop_draft(struct editing *editing)
{
    if (editing->draft[0] != '\0')
        unlink(editing->draft);
    editing->draft[0] = '\0';
}

static void end(struct editing *editing)
{
    if (editing->draft[0] != '\0')
        cmd_complain("nothing was changed; the draft is %s", editing->draft);
    if (editing->folder >= 0)
        close(editing->folder);
    vp_store_unlock(editing->lock);
    vp_store_close(&editing->store);
    free(editing->text);
}

/* ---- the editor ------------------------------------------------------------------------------ */

/* The words of the first variable that has any, else the first editor that is there. */
static int find_editor(char *buffer, size_t size, char *words[WORDS_MAX])
{
    static const char *const variables[] = {"SUDO_EDITOR", "VISUAL", "EDITOR"};
    static const char *const editors[] = {"/usr/bin/sensible-editor", "/usr/bin/editor",
                                          "/usr/bin/nano", "/usr/bin/vi"};
    const char *chosen = NULL;
    int count = 0;

    for (size_t i = 0; i < sizeof variables / sizeof variables[0] && chosen == NULL; i++) {
        chosen = getenv(variables[i]);
        if (chosen != NULL && chosen[strspn(chosen, " \t")] == '\0')
            chosen = NULL;
    }
    for (size_t i = 0; i < sizeof editors / sizeof editors[0] && chosen == NULL; i++)
        if (access(editors[i], X_OK) == 0)
            chosen = editors[i];
    snprintf(buffer, size, "%s", chosen == NULL ? "vi" : chosen);
    for (char *rest = buffer, *word;
         (word = strsep(&rest, " \t")) != NULL && count < WORDS_MAX - 2;)
        if (*word != '\0')
            words[count++] = word;
    return count;
}

/* What main() ignores, the editor does not; and ^C is the editor's. */
static int spawn(char *const words[], pid_t *pid_out)
{
    posix_spawnattr_t attributes;
    sigset_t all;
    int status = posix_spawnattr_init(&attributes);

    if (status != 0)
        return status;
    sigfillset(&all);
    if ((status = posix_spawnattr_setsigdefault(&attributes, &all)) == 0 &&
        (status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF)) == 0)
        status = posix_spawnp(pid_out, words[0], NULL, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    return status;
}

static int run_editor(struct editing *editing)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction interrupt, quit;
    char buffer[1024], *words[WORDS_MAX] = {NULL};
    int count = find_editor(buffer, sizeof buffer, words);
    int status = 0, failed;
    pid_t pid;

    words[count] = editing->draft;
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    fflush(stdout);
    failed = spawn(words, &pid);
    while (failed == 0 && waitpid(pid, &status, 0) < 0)
        failed = errno == EINTR ? 0 : errno;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    if (failed != 0)
        cmd_complain("%s: cannot be run: %s", words[0], strerror(failed));
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        cmd_complain("%s: did not end well", words[0]);
    return failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* Whether the draft says the same as the file did. -1 after an error message. */
static int is_unchanged(const struct editing *editing)
{
    struct vp_error error;
    size_t length;
    char *text = cmd_file_read(editing->draft, VP_POLICY_MAX, &length, &error);
    int same;

    if (text == NULL) {
        cmd_complain_error(&error);
        return -1;
    }
    same = length == editing->length && memcmp(text, editing->text, length) == 0;
    free(text);
    return same;
}

/* After faults: whether to edit again. Anything but e, and no terminal, is no. */
static bool wants_again(void)
{
    char answer[16] = "";

    if (!can_ask())
        return false;
    fflush(stdout);
    fputs("(e)dit again, or e(x)it without a change? ", stderr);
    if (read(STDIN_FILENO, answer, sizeof answer - 1) <= 0)
        return false;
    return *answer == 'e' || *answer == 'E';
}

/* Until the draft is without a fault. 1 with policy_out; 0 where nothing was changed; -1, said. */
static int edit(struct editing *editing, struct vp_policy *policy_out)
{
    int faulty, same;

    do {
        bool ended_well = run_editor(editing) == 0;

        same = is_unchanged(editing);
        if (!ended_well && same > 0)
            drop_draft(editing);
        if (!ended_well)
            return -1;
        if (same != 0)
            return same < 0 ? -1 : 0;
        faulty = cmd_check_file(editing->arguments, editing->draft, policy_out);
    } while (faulty > 0 && wants_again());
    return faulty == 0 ? 1 : -1;
}

/* ---- installing ------------------------------------------------------------------------------ */

static bool is_as_it_was(const struct editing *editing)
{
    struct stat now;

    if (lstat(editing->path, &now) != 0)
        return errno == ENOENT && editing->status.st_nlink == 0;
    return now.st_ino == editing->status.st_ino && now.st_dev == editing->status.st_dev &&
           now.st_size == editing->status.st_size &&
           now.st_mtim.tv_sec == editing->status.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == editing->status.st_mtim.tv_nsec;
}

/*
 * The draft gets the file's group and mode, and is on the disk before it takes the place. It stays
 * root's, and not even a file that others could write leaves them that right: neither would count.
 */
static int settle_draft(const struct editing *editing)
{
    int file = open(editing->draft, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int result = -1;

    if (file >= 0 && fchown(file, geteuid(), editing->status.st_gid) == 0 &&
        fchmod(file, editing->status.st_mode & 0755) == 0 && fsync(file) == 0)
        result = 0;
    else
        complain_errno(editing->draft, "cannot be installed");
    if (file >= 0)
        close(file);
    return result;
}

static int install(struct editing *editing)
{
    char actor[VP_NAME_MAX + 1];

    if (settle_draft(editing) != 0)
        return -1;
    if (!is_as_it_was(editing)) {
        cmd_complain("%s: somebody else has changed it meanwhile", editing->path);
        return -1;
    }
    if (rename(editing->draft, editing->path) != 0)
        return complain_errno(editing->path, "cannot be replaced");
    editing->draft[0] = '\0';
    if (fsync(editing->folder) != 0)
        (void)complain_errno(editing->path, "is replaced, but may not be on the disk yet");
    vp_account_actor(actor);
    cmd_say("%s: installed", editing->path);
    cmd_log("policy %s changed by %s", editing->path, actor);
    return 0;
}

static enum cmd_status offer(struct editing *editing, const struct vp_policy *policy)
{
    struct cmd_difference difference;
    enum cmd_status status = CMD_ERROR;

    if (cmd_difference_find(editing->arguments, policy, &difference) != 0)
        return CMD_ERROR;
    cmd_difference_say(editing->arguments, &difference);
    /* Before the question: ^C there ends us, and then nobody would find the draft. */
    if (!editing->arguments->yes && !editing->arguments->dry_run)
        cmd_say("draft: %s", editing->draft);
    if (editing->arguments->dry_run) {
        cmd_say("%s: would be installed", editing->path);
        drop_draft(editing);
        status = CMD_YES;
    } else if (cmd_confirm(editing->arguments,
                           "%zu accounts would be due today, %zu closed; install?",
                           difference.due[0][1], difference.closed[0][1]) &&
               install(editing) == 0) {
        status = CMD_YES;
    }
    cmd_difference_free(&difference);
    return status;
}

enum cmd_status cmd_edit(const struct cmd_arguments *arguments)
{
    struct editing editing = {
        .arguments = arguments, .folder = -1, .store = {.directory = -1}, .lock = -1};
    struct vp_policy policy = {0};
    enum cmd_status status = CMD_ERROR;
    int edited = begin(&editing) == 0 ? edit(&editing, &policy) : -1;

    if (edited > 0) {
        status = offer(&editing, &policy);
    } else if (edited == 0) {
        cmd_say("%s: unchanged", editing.path);
        drop_draft(&editing);
        status = CMD_YES;
    }
    vp_policy_free(&policy);
    end(&editing);
    return status;
}
