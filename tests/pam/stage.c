/*
 * The stage: a folder with a policy, a store and services of its own, and the transactions that
 * are played on it.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE_LINES                                                                               \
    "auth optional %M\n"                                                                           \
    "auth required %U\n"                                                                           \
    "account required %M"

#define PASSWORD_LINES                                                                             \
    "password requisite %M\n"                                                                      \
    "password required %U\n"                                                                       \
    "password optional %M record\n"

char said[8192];
const char secret_answer[] = "(the secret)";

static char top[64];           /* of all tests */
static char stage[96];         /* of this one */
static char module_path[4096]; /* pam_vpolicy.so */
static char unix_path[4096];   /* fake_unix.so */

/* ---- folders and files ------------------------------------------------------------------------
 */

/* The mock lies beside this program; the module where VP_MODULE says, else two folders above. */
static void find_modules(void)
{
    char self[2048] = "";
    const char *module = getenv("VP_MODULE");

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        abort();
    *strrchr(self, '/') = '\0';
    snprintf(unix_path, sizeof unix_path, "%s/fake_unix.so", self);
    if (module != NULL)
        snprintf(module_path, sizeof module_path, "%s", module);
    else
        snprintf(module_path, sizeof module_path, "%s/../../pam_vpolicy.so", self);
    if (access(module_path, R_OK) != 0 || access(unix_path, R_OK) != 0) {
        fprintf(stderr, "%s and %s: both are needed\n", module_path, unix_path);
        exit(2);
    }
}

void stage_create(void)
{
    const char *place = getenv("TMPDIR");

    find_modules();
    umask(022);
    snprintf(top, sizeof top, "%.40s/vpolicy-pam-XXXXXX", place == NULL ? "/tmp" : place);
    if (mkdtemp(top) == NULL) {
        perror(top);
        exit(2);
    }
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void stage_remove(void)
{
    nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *stage_path(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", stage, name);
    return path;
}

void write_file(const char *name, const char *text, mode_t mode)
{
    FILE *file;

    unlink(stage_path(name));
    file = fopen(stage_path(name), "we");
    ck_assert_msg(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, "%s", name);
    ck_assert_int_eq(chmod(stage_path(name), mode), 0);
}

const char *read_file(const char *name)
{
    static char text[16384];
    FILE *file = fopen(stage_path(name), "re");

    text[0] = '\0';
    if (file == NULL)
        return text;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

size_t count_files(const char *folder)
{
    DIR *listing = opendir(stage_path(folder));
    const struct dirent *entry;
    size_t count = 0;

    while (listing != NULL && (entry = readdir(listing)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (listing != NULL)
        closedir(listing);
    return count;
}

void write_service(const char *name, const char *lines)
{
    char file[64], text[8192] = "";
    size_t length = 0;

    for (; *lines != '\0'; lines++) {
        if (strncmp(lines, "%M", 2) == 0)
            length +=
                (size_t)snprintf(text + length, sizeof text - length,
                                 "%s policy=%s/policy state=%s/store", module_path, stage, stage);
        else if (strncmp(lines, "%U", 2) == 0)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s", unix_path);
        else
            text[length++] = *lines;
        lines += *lines == '%';
        ck_assert_uint_lt(length, sizeof text - 1);
    }
    snprintf(file, sizeof file, "pam.d/%s", name);
    write_file(file, text, 0644);
}

void write_policy(const char *text)
{
    write_file("policy", text, 0644);
}

/* ---- records --------------------------------------------------------------------------------- */

void write_record(const char *user, const char *lines)
{
    char file[64], text[4096];
    int length;

    snprintf(file, sizeof file, "store/records/%s", user);
    length = snprintf(text, sizeof text, "version = 1.0\nuser = %s\nuid = %u\n%s", user,
                      (unsigned)person(user)->uid, lines);
    if (strstr(lines, "began = ") == NULL)
        length += snprintf(text + length, sizeof text - (size_t)length, "began = 2026-01-05\n");
    if (strstr(lines, "hash = ") == NULL && person(user)->hash[0] != '\0')
        length += snprintf(text + length, sizeof text - (size_t)length, "hash = %s\n",
                           person(user)->hash + strspn(person(user)->hash, "!"));
    snprintf(text + length, sizeof text - (size_t)length, "end\n");
    write_file(file, text, 0640);
}

const char *record_field(const char *user, const char *field)
{
    static char value[1024];
    char file[64], key[64];
    const char *at;

    snprintf(file, sizeof file, "store/records/%s", user);
    snprintf(key, sizeof key, "\n%s = ", field);
    at = strstr(read_file(file), key);
    if (at == NULL)
        return "";
    at += strlen(key);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\n"), at);
    return value;
}

/* ---- setting the stage ----------------------------------------------------------------------- */

void stage_begin(void)
{
    snprintf(stage, sizeof stage, "%s/XXXXXX", top);
    ck_assert_ptr_nonnull(mkdtemp(stage));
    ck_assert_int_eq(mkdir(stage_path("pam.d"), 0755), 0);
    ck_assert_int_eq(mkdir(stage_path("store"), 0750), 0);
    ck_assert_int_eq(mkdir(stage_path("store/records"), 0750), 0);
    write_policy("");
    /* libpam always reads it; here nobody falls through to it unnoticed. */
    write_service("other", "");
    /* sshd has the auth line and says so; imap has neither; both can change passwords. */
    write_service("sshd", MODULE_LINES " marked\n" PASSWORD_LINES);
    write_service("cron", MODULE_LINES " marked\n" PASSWORD_LINES);
    write_service("imap", MODULE_LINES "\n" PASSWORD_LINES);
    machine_begin();
    person("alice");
    set_password("alice", OLD, "2026-11-01");
    said[0] = '\0';
}

/* ---- transactions ---------------------------------------------------------------------------- */

/* What the conversation is given to answer from. */
static const char *const *answers;

/* The password in a message that offers one, or NULL. */
static const char *find_offer(const char *message)
{
    static const char *const offers[] = {"If you like, take this one: ",
                                         "Có thể dùng mật khẩu này: "};

    for (size_t i = 0; i < COUNT(offers); i++)
        if (strncmp(message, offers[i], strlen(offers[i])) == 0)
            return message + strlen(offers[i]);
    return NULL;
}

static void hear(const struct pam_message *message)
{
    static const char *const styles[] = {[PAM_PROMPT_ECHO_OFF] = "hidden",
                                         [PAM_PROMPT_ECHO_ON] = "shown",
                                         [PAM_ERROR_MSG] = "error",
                                         [PAM_TEXT_INFO] = "info"};
    const char *offered = find_offer(message->msg);
    int shown = (int)(offered == NULL ? strlen(message->msg) : (size_t)(offered - message->msg));
    size_t length = strlen(said);

    if (offered != NULL) {
        ck_assert_uint_eq(strlen(offered), SECRET_LENGTH);
        secret_become(offered);
    }
    snprintf(said + length, sizeof said - length, "%s: %.*s%s\n", styles[message->msg_style], shown,
             message->msg, offered == NULL ? "" : OFFERED);
}

static char *next_answer(void)
{
    const char *answer = answers == NULL ? NULL : *answers;
    char *copy;

    if (answer == NULL)
        return NULL;
    answers++;
    if (answer != secret_answer)
        return strdup(answer);
    copy = malloc(SECRET_LENGTH + 1);
    if (copy != NULL)
        secret_write(copy);
    return copy;
}

static int converse(int count, const struct pam_message **messages, struct pam_response **out,
                    void *context)
{
    struct pam_response *responses = calloc((size_t)count, sizeof *responses);

    (void)context;
    ck_assert_ptr_nonnull(responses);
    for (int i = 0; i < count; i++) {
        hear(messages[i]);
        if (messages[i]->msg_style != PAM_PROMPT_ECHO_OFF)
            continue;
        if (machine->on_prompt != NULL)
            machine->on_prompt();
        responses[i].resp = next_answer();
        if (responses[i].resp == NULL) {
            free(responses);
            return PAM_CONV_ERR;
        }
    }
    *out = responses;
    return PAM_SUCCESS;
}

static int converse_not(int count, const struct pam_message **messages, struct pam_response **out,
                        void *context)
{
    (void)count;
    (void)messages;
    (void)out;
    (void)context;
    return PAM_CONV_ERR;
}

pam_handle_t *enter(const struct visit *visit)
{
    const struct pam_conv conversations[] = {[HEARS] = {converse, NULL},
                                             [HAS_NO_CONVERSATION] = {NULL, NULL},
                                             [FAILS] = {converse_not, NULL}};
    const char *service = visit->service == NULL ? "sshd" : visit->service;
    const char *user = visit->user == NULL ? "alice" : visit->user;
    pam_handle_t *pamh = NULL;

    answers = visit->answers;
    ck_assert_int_eq(pam_start_confdir(service, user, &conversations[visit->hearing],
                                       stage_path("pam.d"), &pamh),
                     PAM_SUCCESS);
    if (visit->ruser != NULL)
        ck_assert_int_eq(pam_set_item(pamh, PAM_RUSER, visit->ruser), PAM_SUCCESS);
    if (visit->rhost != NULL)
        ck_assert_int_eq(pam_set_item(pamh, PAM_RHOST, visit->rhost), PAM_SUCCESS);
    if (visit->asked)
        ck_assert_int_eq(pam_authenticate(pamh, PAM_SILENT), PAM_SUCCESS);
    return pamh;
}

void leave(pam_handle_t *pamh, int status)
{
    ck_assert_int_eq(pam_end(pamh, status), PAM_SUCCESS);
}

int visit_account(const struct visit *visit)
{
    pam_handle_t *pamh;
    int code;

    said[0] = '\0';
    pamh = enter(visit);
    code = pam_acct_mgmt(pamh, visit->flags);
    leave(pamh, code);
    return code;
}

int visit_change(const struct visit *visit)
{
    pam_handle_t *pamh;
    int code;

    said[0] = '\0';
    pamh = enter(visit);
    code = pam_chauthtok(pamh, visit->flags);
    leave(pamh, code);
    return code;
}

int change_to(const char *service, const char *password)
{
    const char *const typed[] = {password, password, NULL};

    return visit_change(&(struct visit){.service = service, .answers = typed});
}

int login(const char *service)
{
    return visit_account(&(struct visit){.service = service, .asked = true});
}

/* ---- comparing ------------------------------------------------------------------------------- */

void expect_said(const char *why, int code, int wanted, const char *transcript)
{
    ck_assert_msg(code == wanted, "%s: code %d (%s), not %d\nsaid:\n%slog:\n%s", why, code,
                  pam_strerror(NULL, code), wanted, said, machine->log);
    ck_assert_msg(strcmp(said, transcript) == 0, "%s: said\n%swanted\n%slog:\n%s", why, said,
                  transcript, machine->log);
}

void expect_field(const char *why, const char *user, const char *field, const char *wanted)
{
    ck_assert_msg(strcmp(record_field(user, field), wanted) == 0, "%s: %s is \"%s\", not \"%s\"",
                  why, field, record_field(user, field), wanted);
}
