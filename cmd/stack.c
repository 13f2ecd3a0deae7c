/*
 * What is wrong with our lines in /etc/pam.d, for each service, and what to write instead. Reads
 * the files that libpam reads, and a few that let people in without asking PAM; lib/ judges.
 */
#include "../lib/stack.h"
#include "../lib/audit.h"
#include "../lib/error.h"
#include "../lib/text.h"
#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No file of PAM's is longer. */
#define FILE_MAX ((size_t)256 * 1024)
/* So many services are named in a line; a fault of common-auth concerns dozens. */
#define NAMED_MAX 3

/* A fault, and the services that have it: their names are lent. */
struct finding {
    struct vp_audit_fault fault;
    const char **services;
    size_t count, room;
};

struct check {
    struct vp_stack_file **files; /* of /etc/pam.d, by name; then others that these include */
    size_t file_count, file_room;
    size_t listed; /* so many of them are of the folders */
    struct finding *findings;
    size_t finding_count, finding_room;
    const char *service; /* that is being judged, or NULL */
    size_t service_count;
    bool short_of_memory;
};

/* Where libpam looks, the first first. The vendor's folder need not be there. */
static const char *const folders[] = {"/etc/pam.d", "/usr/lib/pam.d"};

/* What lets people in from memory, and the program whose settings they are. */
static const struct {
    const char *program, *folder, *ending;
    void (*judge)(const struct vp_stack_file *file, vp_audit_reporter *report, void *context);
} memories[] = {
    {"/usr/sbin/saslauthd", "/etc/default", "saslauthd", vp_audit_saslauthd},
    {"/usr/sbin/saslauthd", "/etc/sysconfig", "saslauthd", vp_audit_saslauthd},
    {"/usr/sbin/dovecot", "/etc/dovecot", ".conf", vp_audit_dovecot},
    {"/usr/sbin/dovecot", "/etc/dovecot/conf.d", ".conf", vp_audit_dovecot},
};

/* ---- files ----------------------------------------------------------------------------------- */

static void free_file(struct vp_stack_file *file)
{
    if (file == NULL)
        return;
    free((char *)file->name);
    free((char *)file->path);
    free((char *)file->text);
    free(file);
}

/* Takes the text over, also where memory is short: then NULL is returned. */
static struct vp_stack_file *make_file(const char *name, const char *path, char *text)
{
    struct vp_stack_file *file = calloc(1, sizeof *file);

    if (file == NULL) {
        free(text);
        return NULL;
    }
    *file = (struct vp_stack_file){strdup(name), strdup(path), text};
    if (file->name != NULL && file->path != NULL)
        return file;
    free_file(file);
    return NULL;
}

/* Adds a file to those that are known. Returns it, or NULL where memory is short. */
static struct vp_stack_file *keep_file(struct check *check, const char *name, const char *path,
                                       char *text)
{
    struct vp_stack_file *file = make_file(name, path, text);
    void *files = file == NULL ? NULL
                               : cmd_grow(check->files, check->file_count, &check->file_room,
                                          sizeof(struct vp_stack_file *));

    if (files == NULL) {
        free_file(file);
        check->short_of_memory = true;
        return NULL;
    }
    check->files = files;
    check->files[check->file_count++] = file;
    return file;
}

static struct vp_stack_file *known_file(const struct check *check, const char *name)
{
    for (size_t i = 0; i < check->file_count; i++)
        if (strcmp(check->files[i]->name, name) == 0)
            return check->files[i];
    return NULL;
}

/* For lib/stack.c. An include may name a path anywhere. */
static const struct vp_stack_file *find(void *context, const char *name)
{
    struct check *check = context;
    struct vp_stack_file *file = known_file(check, name);
    struct vp_error error;
    size_t length;
    char *text =
        file == NULL && *name == '/' ? cmd_file_read(name, FILE_MAX, &length, &error) : NULL;

    return text == NULL ? file : keep_file(check, name, name, text);
}

/* One entry of a folder. Returns 0, or -1 after an error message. */
static int read_entry(struct check *check, const char *folder, const char *name)
{
    struct vp_error error;
    size_t length;
    char path[512];
    char *text;

    /* What stands in /etc hides the vendor's. */
    if (name[0] == '.' || known_file(check, name) != NULL)
        return 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    text = cmd_file_read(path, FILE_MAX, &length, &error);
    if (text != NULL)
        return keep_file(check, name, path, text) == NULL ? -1 : 0;
    /* A folder, a FIFO, a link to nowhere: libpam finds no lines in them. */
    if (error.errnum == 0 || error.errnum == ENOENT)
        return 0;
    cmd_complain_error(&error);
    return -1;
}

/* Returns 0, also where there is no such folder, or -1 after an error message. */
static int read_folder(struct check *check, const char *folder)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    int result = 0;

    if (directory == NULL && errno == ENOENT)
        return 0;
    if (directory == NULL) {
        cmd_complain("%s: cannot be read: %s", folder, strerrordesc_np(errno));
        return -1;
    }
    while (result == 0 && (entry = readdir(directory)) != NULL)
        result = read_entry(check, folder, entry->d_name);
    closedir(directory);
    return result;
}

static int compare_files(const void *one, const void *other)
{
    const struct vp_stack_file *const *left = one, *const *right = other;

    return strcmp((*left)->name, (*right)->name);
}

static int read_folders(struct check *check)
{
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (read_folder(check, folders[i]) != 0)
            return -1;
    if (check->file_count == 0) {
        cmd_complain("%s: there is no file in it", folders[0]);
        return -1;
    }
    qsort(check->files, check->file_count, sizeof(struct vp_stack_file *), compare_files);
    check->listed = check->file_count;
    return 0;
}

/* ---- the module ------------------------------------------------------------------------------ */

static bool exists(const char *folder, const char *below, const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s%s/%s", folder, below, name);
    return access(path, F_OK) == 0;
}

/* For lib/audit.c: a name alone is looked for where distributions have libpam look. */
static bool has_module(const char *path)
{
    static const char *const places[] = {"/usr/lib/security", "/usr/lib64/security",
                                         "/lib/security", "/lib64/security"};
    const char *slash = strrchr(path, '/');
    const struct dirent *entry;
    bool found = false;
    DIR *directory;

    if (*path == '/' && strstr(path, "$ISA") == NULL)
        return exists("", "", path);
    path = slash == NULL ? path : slash + 1;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        found |= exists(places[i], "", path);
    /* Debian's is named after the machine: /usr/lib/x86_64-linux-gnu/security. */
    directory = opendir("/usr/lib");
    while (directory != NULL && !found && (entry = readdir(directory)) != NULL) {
        char folder[512];

        snprintf(folder, sizeof folder, "/usr/lib/%s", entry->d_name);
        found = exists(folder, "/security", path);
    }
    if (directory != NULL)
        closedir(directory);
    return found;
}

/* ---- collecting ------------------------------------------------------------------------------ */

static bool is_same(const struct vp_audit_fault *one, const struct vp_audit_fault *other)
{
    return one->kind == other->kind && one->line == other->line &&
           strcmp(one->path, other->path) == 0 && strcmp(one->what, other->what) == 0;
}

static struct finding *finding_of(struct check *check, const struct vp_audit_fault *fault)
{
    struct finding *findings;

    for (size_t i = 0; i < check->finding_count; i++)
        if (is_same(&check->findings[i].fault, fault))
            return &check->findings[i];
    findings =
        cmd_grow(check->findings, check->finding_count, &check->finding_room, sizeof *findings);
    if (findings == NULL)
        return NULL;
    check->findings = findings;
    findings[check->finding_count] = (struct finding){.fault = *fault};
    return &findings[check->finding_count++];
}

/* For lib/audit.c: the same fault of an included file is one, with many services. */
static void collect(void *context, const struct vp_audit_fault *fault)
{
    struct check *check = context;
    struct finding *finding = finding_of(check, fault);
    const char **services;

    if (finding != NULL && check->service == NULL)
        return;
    services = finding == NULL ? NULL
                               : cmd_grow(finding->services, finding->count, &finding->room,
                                          sizeof *finding->services);
    if (services == NULL) {
        check->short_of_memory = true;
        return;
    }
    finding->services = services;
    /* Two lines of a group that PAM cannot read are one fault. */
    if (finding->count == 0 || services[finding->count - 1] != check->service)
        services[finding->count++] = check->service;
}

static int judge_service(struct check *check, const char *service)
{
    struct vp_stack stack;
    struct vp_error error;
    int result;

    if (vp_stack_read(service, find, check, &stack, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    check->service = service;
    check->service_count++;
    result = vp_audit_stack(&stack, has_module, collect, check);
    check->service = NULL;
    vp_stack_free(&stack);
    if (result != 0 || check->short_of_memory)
        cmd_complain("no memory");
    return result != 0 || check->short_of_memory ? -1 : 0;
}

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), end = strlen(ending);

    return length >= end && strcmp(name + length - end, ending) == 0;
}

/* The files of a folder of memories[]. One that cannot be read is none of ours to complain of. */
static void judge_memory(struct check *check, size_t i)
{
    DIR *directory = access(memories[i].program, F_OK) == 0 ? opendir(memories[i].folder) : NULL;
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char path[512], *text;
        const struct vp_stack_file *file;
        struct vp_error error;
        size_t length;

        if (!ends_in(entry->d_name, memories[i].ending))
            continue;
        snprintf(path, sizeof path, "%s/%s", memories[i].folder, entry->d_name);
        text = cmd_file_read(path, FILE_MAX, &length, &error);
        file = text == NULL ? NULL : keep_file(check, path, path, text);
        if (file != NULL)
            memories[i].judge(file, collect, check);
    }
    if (directory != NULL)
        closedir(directory);
}

/* Returns 0, or -1 after an error message. */
static int judge_all(struct check *check)
{
    for (size_t i = 0; i < check->listed; i++) {
        const char *name = check->files[i]->name;

        if (vp_stack_is_service(name, (const struct vp_stack_file *const *)check->files,
                                check->listed) &&
            judge_service(check, name) != 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof memories / sizeof memories[0]; i++)
        judge_memory(check, i);
    return 0;
}

/* Every name is looked at before any is judged. Returns 0, or -1 after an error message. */
static int judge_named(struct check *check, const struct cmd_arguments *arguments)
{
    bool unknown = false;

    for (size_t i = 0; i < arguments->name_count; i++) {
        const char *name = arguments->names[i];

        if (known_file(check, name) == NULL)
            cmd_complain("%s: there is no file of that name in %s, so it is what `other` is", name,
                         folders[0]);
        else if (!vp_stack_is_service(name, (const struct vp_stack_file *const *)check->files,
                                      check->listed))
            cmd_complain("%s: is no service, but a part or a copy of one", name);
        else
            continue;
        unknown = true;
    }
    for (size_t i = 0; i < arguments->name_count && !unknown; i++)
        if (judge_service(check, arguments->names[i]) != 0)
            return -1;
    return unknown ? -1 : 0;
}

static void close_check(struct check *check)
{
    for (size_t i = 0; i < check->file_count; i++)
        free_file(check->files[i]);
    for (size_t i = 0; i < check->finding_count; i++)
        free(check->findings[i].services);
    free(check->files);
    free(check->findings);
}

/* Returns 0, or -1 after an error message; close_check in both cases. */
static int run_check(const struct cmd_arguments *arguments, struct check *check_out)
{
    *check_out = (struct check){0};
    if (read_folders(check_out) != 0)
        return -1;
    return arguments->name_count > 0 ? judge_named(check_out, arguments) : judge_all(check_out);
}

/* ---- saying ---------------------------------------------------------------------------------- */

/* "chsh, cron, login and 14 more: ", or nothing where no service is concerned. */
static void name_services(const struct finding *finding, char *buffer, size_t size)
{
    /* Where one more would be all of them, it is named. */
    size_t named = finding->count <= NAMED_MAX + 1 ? finding->count : NAMED_MAX;
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    for (size_t i = 0; i < named; i++)
        vp_text_add(&text, "%s%s",
                    i == 0                                      ? ""
                    : i + 1 == named && named == finding->count ? " and "
                                                                : ", ",
                    finding->services[i]);
    if (named < finding->count)
        vp_text_add(&text, " and %zu more", finding->count - named);
    if (named > 0)
        vp_text_add(&text, ": ");
}

static void say_finding(const struct finding *finding)
{
    const struct vp_audit_fault *fault = &finding->fault;
    char services[1024];

    name_services(finding, services, sizeof services);
    cmd_say("%s:%u: %s: %s%s", fault->path, fault->line, vp_audit_word(fault->kind), services,
            fault->what);
    cmd_say("  write: %s", fault->instead);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void say_all(const struct check *check)
{
    for (size_t i = 0; i < check->finding_count; i++)
        say_finding(&check->findings[i]);
    if (check->finding_count == 0)
        cmd_say("%zu service%s: ok", check->service_count, plural(check->service_count));
    else
        cmd_say("%zu service%s, %zu fault%s", check->service_count, plural(check->service_count),
                check->finding_count, plural(check->finding_count));
}

/* ---- for a program --------------------------------------------------------------------------- */

enum { FAULT, FILE_AT, LINE, SERVICES, TEXT, WRITE, COLUMN_COUNT };

static const struct cmd_column columns[COLUMN_COUNT] = {
    [FAULT] = {.name = "fault"},
    [FILE_AT] = {.name = "file"},
    [LINE] = {.name = "line", .number = true},
    [SERVICES] = {.name = "services"},
    [TEXT] = {.name = "text"},
    [WRITE] = {.name = "write"},
};

/* All the services, with a blank between: none has one in its name. A block to free, or NULL. */
static char *join_services(const struct finding *finding)
{
    size_t size = 1;
    struct vp_text text;
    char *buffer;

    for (size_t i = 0; i < finding->count; i++)
        size += strlen(finding->services[i]) + 1;
    buffer = malloc(size);
    if (buffer == NULL)
        return NULL;
    vp_text_begin(&text, buffer, size);
    for (size_t i = 0; i < finding->count; i++)
        vp_text_add(&text, "%s%s", i == 0 ? "" : " ", finding->services[i]);
    return buffer;
}

static int print_row(struct cmd_sheet *sheet, const struct finding *finding)
{
    const struct vp_audit_fault *fault = &finding->fault;
    char *services = join_services(finding);
    char line[16];
    const char *cells[COLUMN_COUNT] = {
        [FAULT] = vp_audit_word(fault->kind),
        [FILE_AT] = fault->path,
        [LINE] = line,
        [SERVICES] = finding->count == 0 ? NULL : services,
        [TEXT] = fault->what,
        [WRITE] = fault->instead,
    };
    int result;

    snprintf(line, sizeof line, "%u", fault->line);
    result = services == NULL ? -1 : cmd_sheet_row(sheet, CMD_PLAIN, cells);
    free(services);
    return result;
}

static int print_all(const struct cmd_arguments *arguments, const struct check *check)
{
    struct cmd_sheet *sheet = cmd_sheet_open(arguments, columns, COLUMN_COUNT);
    int result = sheet == NULL ? -1 : 0;

    for (size_t i = 0; i < check->finding_count && result == 0; i++) {
        result = print_row(sheet, &check->findings[i]);
        if (result != 0)
            cmd_complain("no memory");
    }
    cmd_sheet_close(sheet);
    return result;
}

/* ---- the command ----------------------------------------------------------------------------- */

enum cmd_status cmd_stack(const struct cmd_arguments *arguments)
{
    struct check check;
    enum cmd_status status = CMD_ERROR;

    if (run_check(arguments, &check) == 0) {
        status = check.finding_count == 0 ? CMD_YES : CMD_NO;
        if (!arguments->json)
            say_all(&check);
        else if (print_all(arguments, &check) != 0)
            status = CMD_ERROR;
    }
    close_check(&check);
    return status;
}

int cmd_stack_count(const struct cmd_arguments *arguments, size_t *services_out, size_t *faults_out)
{
    struct check check;
    int result = run_check(arguments, &check);

    *services_out = check.service_count;
    *faults_out = check.finding_count;
    close_check(&check);
    return result;
}
