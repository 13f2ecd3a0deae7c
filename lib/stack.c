#include "stack.h"
#include "error.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* As deep as libpam goes (PAM_SUBSTACK_MAX_LEVEL). */
#define LEVEL_MAX 16
/* More lines in one group than any service has: files that include each other multiply. */
#define LINES_MAX 512
#define NO_GROUP  VP_STACK_GROUP_COUNT
#define BLANKS    " \t\n"

static const char *const group_words[VP_STACK_GROUP_COUNT] = {"auth", "account", "password",
                                                              "session"};

static const char *const code_words[VP_STACK_CODE_COUNT] = {"success",
                                                            "open_err",
                                                            "symbol_err",
                                                            "service_err",
                                                            "system_err",
                                                            "buf_err",
                                                            "perm_denied",
                                                            "auth_err",
                                                            "cred_insufficient",
                                                            "authinfo_unavail",
                                                            "user_unknown",
                                                            "maxtries",
                                                            "new_authtok_reqd",
                                                            "acct_expired",
                                                            "session_err",
                                                            "cred_unavail",
                                                            "cred_expired",
                                                            "cred_err",
                                                            "no_module_data",
                                                            "conv_err",
                                                            "authtok_err",
                                                            "authtok_recover_err",
                                                            "authtok_lock_busy",
                                                            "authtok_disable_aging",
                                                            "try_again",
                                                            "ignore",
                                                            "abort",
                                                            "authtok_expired",
                                                            "module_unknown",
                                                            "bad_item",
                                                            "conv_again",
                                                            "incomplete"};

/* In the order of their numbers: -i is the action. */
static const char *const action_words[] = {"ignore", "ok", "done", "bad", "die", "reset"};

/* What a control word stands for (pam.conf(5)); NULL: the file named is put in. */
static const struct {
    const char *word, *actions;
} controls[] = {
    {"required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad"},
    {"requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die"},
    {"sufficient", "success=done new_authtok_reqd=done default=ignore"},
    {"optional", "success=ok new_authtok_reqd=ok default=ignore"},
    {"include", NULL},
    {"substack", NULL},
};

/* Files that others include, whatever is in them, and what is left of former ones. */
static const char *const not_services[] = {"common-*",
                                           "system-auth*",
                                           "password-auth*",
                                           "fingerprint-auth*",
                                           "smartcard-auth*",
                                           "switchable-auth*",
                                           "postlogin*",
                                           "config-util",
                                           "system-login",
                                           "system-local-login",
                                           "system-remote-login",
                                           "system-services",
                                           "base-*", /* and now the leftovers */
                                           "*~",
                                           ".*",
                                           "*.dpkg-*",
                                           "*.ucf-*",
                                           "*.pam-*",
                                           "*.rpmsave",
                                           "*.rpmnew",
                                           "*.rpmorig",
                                           "*.bak",
                                           "*.old",
                                           "*.orig",
                                           "*.save",
                                           "*.disabled",
                                           "*[A-Z]*"};

/* One reading of one service. */
struct reading {
    struct vp_stack *stack;
    vp_stack_finder *find;
    void *context;
    struct vp_error *error;
    bool to_group[VP_STACK_GROUP_COUNT]; /* lines of this group are wanted */
};

/* ---- text -> logical lines ------------------------------------------------------------------- */

/* Where a text is being read. */
struct cursor {
    const char *at;
    unsigned number; /* of the line that comes next */
};

/* The next line up to a comment, without its end. False at the end of the text. */
static bool next_piece(struct cursor *cursor, const char **begin_out, size_t *length_out,
                       bool *goes_on_out)
{
    size_t length = strcspn(cursor->at, "\n"), used;
    const char *begin = cursor->at;

    if (*begin == '\0')
        return false;
    cursor->at += length + (begin[length] == '\n');
    cursor->number++;
    used = strcspn(begin, "#\n");
    *goes_on_out = false;
    /* A backslash counts at the end of a line, blanks aside, and not behind a comment. */
    if (used == length) {
        while (used > 0 && (begin[used - 1] == ' ' || begin[used - 1] == '\t'))
            used--;
        if (used > 0 && begin[used - 1] == '\\') {
            *goes_on_out = true;
            used--;
        }
    }
    *begin_out = begin;
    *length_out = used;
    return true;
}

/*
 * The next line that says something, continued ones joined: a block to free, with the number of its
 * first line. Returns 1, 0 at the end, -1 where memory is short, -2 where the text ends in a line
 * that goes on.
 */
static int next_line(struct cursor *cursor, char **line_out, unsigned *number_out)
{
    const char *begin;
    size_t piece, length = 0;
    bool goes_on = false;
    char *line = malloc(strlen(cursor->at) + 2);

    if (line == NULL)
        return -1;
    *number_out = cursor->number;
    while (next_piece(cursor, &begin, &piece, &goes_on)) {
        memcpy(line + length, begin, piece);
        length += piece;
        line[length++] = ' ';
        line[length] = '\0';
        if (!goes_on && strspn(line, BLANKS) < length) {
            *line_out = line;
            return 1;
        }
        if (!goes_on) {
            length = 0;
            *number_out = cursor->number;
        }
    }
    free(line);
    return goes_on ? -2 : 0;
}

/* Cuts the next word off the text: in brackets it may hold blanks, and `\]`. NULL = no more. */
static char *next_word(char **at)
{
    char *begin = *at + strspn(*at, BLANKS), *end, *to;

    if (*begin == '\0')
        return NULL;
    if (*begin != '[') {
        end = begin + strcspn(begin, BLANKS);
    } else {
        begin++;
        for (end = to = begin; *end != '\0' && *end != ']'; end++) {
            if (*end == '\\' && end[1] == ']')
                end++;
            *to++ = *end;
        }
        if (to < end)
            *to = '\0';
    }
    *at = *end == '\0' ? end : end + 1;
    *end = '\0';
    return begin;
}

/* ---- the control field ----------------------------------------------------------------------- */

/* An action, or a jump: its number into action_out. Returns what follows it, or NULL. */
static const char *read_action(const char *at, int *action_out)
{
    int number = 0;

    for (size_t i = 0; i < sizeof action_words / sizeof action_words[0]; i++)
        if (strncmp(action_words[i], at, strlen(action_words[i])) == 0) {
            *action_out = -(int)i;
            return at + strlen(action_words[i]);
        }
    for (; *at >= '0' && *at <= '9'; at++)
        if ((number = number * 10 + *at - '0') > LINES_MAX)
            return NULL;
    *action_out = number;
    return number == 0 ? NULL : at;
}

/* The number of a value, VP_STACK_CODE_COUNT for `default`. Returns what follows it, or NULL. */
static const char *read_code(const char *at, size_t *code_out)
{
    for (size_t i = 0; i < VP_STACK_CODE_COUNT; i++)
        if (strncmp(code_words[i], at, strlen(code_words[i])) == 0) {
            *code_out = i;
            return at + strlen(code_words[i]);
        }
    *code_out = VP_STACK_CODE_COUNT;
    return strncmp(at, "default", 7) == 0 ? at + 7 : NULL;
}

/* `value=action` pairs. What is not said, and all of it where one is malformed, is bad. */
static bool read_actions(const char *at, int actions[VP_STACK_CODE_COUNT])
{
    bool said[VP_STACK_CODE_COUNT] = {false};
    bool valid = true;
    size_t code;
    int action;

    for (at += strspn(at, BLANKS); *at != '\0' && valid; at += valid ? strspn(at, BLANKS) : 0) {
        const char *value = read_code(at, &code);

        valid = value != NULL && *(value += strspn(value, BLANKS)) == '=' &&
                (value = read_action(value + 1 + strspn(value + 1, BLANKS), &action)) != NULL;
        at = valid ? value : at;
        for (size_t i = 0; i < VP_STACK_CODE_COUNT && valid; i++)
            if (i == code || (code == VP_STACK_CODE_COUNT && !said[i])) {
                actions[i] = action;
                said[i] = true;
            }
    }
    for (size_t i = 0; i < VP_STACK_CODE_COUNT; i++)
        if (!valid || !said[i])
            actions[i] = VP_STACK_BAD;
    return valid;
}

/* Group and control words may have capitals: libpam compares them so. */
static bool is_same_word(const char *one, const char *other)
{
    for (; *one != '\0' && *other != '\0'; one++, other++) {
        char lower = *one >= 'A' && *one <= 'Z' ? (char)(*one + ('a' - 'A')) : *one;

        if (lower != *other)
            return false;
    }
    return *one == *other;
}

/* The number of a control word in its table, or -1: then it is a list of pairs. */
static int control_of(const char *word)
{
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        if (is_same_word(word, controls[i].word))
            return (int)i;
    return -1;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static int too_much(struct reading *reading, const char *path, unsigned number, bool lines)
{
    return vp_error_set(reading->error, path, number, 0, "%s",
                        lines ? "too many lines" : "no memory");
}

/* Adds a line to its chain, which owns its texts from then on, also where that fails. */
static int add_line(struct reading *reading, struct vp_stack_line line)
{
    struct vp_stack_chain *chain = &reading->stack->groups[line.group];
    bool full = chain->count == LINES_MAX;

    if (chain->count == chain->room && !full) {
        size_t room = chain->room == 0 ? 16 : chain->room * 2;
        void *lines = reallocarray(chain->lines, room, sizeof *chain->lines);

        if (lines != NULL) {
            chain->lines = lines;
            chain->room = room;
        }
    }
    if (full || chain->count == chain->room) {
        free(line.arguments);
        free(line.words);
        return too_much(reading, line.path, line.number, full);
    }
    chain->lines[chain->count++] = line;
    return 0;
}

/* A line that PAM has fail, in its group, or in all that are wanted where that is not known. */
static int add_broken(struct reading *reading, struct vp_stack_line line, const char *why)
{
    line.kind = VP_STACK_BROKEN;
    line.module = why;
    for (int group = 0; group < VP_STACK_GROUP_COUNT; group++) {
        if (!reading->to_group[group] || (line.group != NO_GROUP && (int)line.group != group))
            continue;
        struct vp_stack_line copy = line;

        copy.group = (enum vp_stack_group)group;
        copy.words = strdup(line.control == NULL ? "" : line.control);
        copy.control = copy.words;
        if (copy.words == NULL)
            return too_much(reading, line.path, line.number, false);
        if (add_line(reading, copy) != 0)
            return -1;
    }
    return 0;
}

/* The words of a line's end. Returns 0, or -1 where memory is short. */
static int read_words(struct vp_stack_line *line, char *rest)
{
    char *word;

    line->arguments = calloc(strlen(rest) / 2 + 1, sizeof *line->arguments);
    if (line->arguments == NULL)
        return -1;
    while ((word = next_word(&rest)) != NULL)
        line->arguments[line->argument_count++] = word;
    return 0;
}

static enum vp_stack_group group_of(const char *word)
{
    int group = 0;

    while (group < VP_STACK_GROUP_COUNT && !is_same_word(word, group_words[group]))
        group++;
    return (enum vp_stack_group)group;
}

static int read_file(struct reading *reading, const struct vp_stack_file *file, int depth,
                     int level);

/* Reads the file that a line names in the line's place, for the line's group alone. */
static int put_in(struct reading *reading, struct vp_stack_line line, const char *name, int depth,
                  bool substack)
{
    const struct vp_stack_file *file = name == NULL ? NULL : reading->find(reading->context, name);
    bool wanted[VP_STACK_GROUP_COUNT];
    int result;

    if (substack) {
        struct vp_stack_line head = line;

        head.kind = VP_STACK_SUBSTACK;
        head.control = "substack";
        head.module = "";
        if (add_line(reading, head) != 0)
            return -1;
    }
    if (depth + 1 >= LEVEL_MAX)
        return add_broken(reading, line, "includes that do not end");
    if (file == NULL)
        return add_broken(reading, line, "the file that is included is not there");
    memcpy(wanted, reading->to_group, sizeof wanted);
    for (int i = 0; i < VP_STACK_GROUP_COUNT; i++)
        reading->to_group[i] = wanted[i] && (line.group == NO_GROUP || (int)line.group == i);
    result = read_file(reading, file, depth + 1, line.level + substack);
    memcpy(reading->to_group, wanted, sizeof wanted);
    return result;
}

/* What stands behind the control field of a module's line. Takes the block of words over. */
static int read_module(struct reading *reading, struct vp_stack_line line, char *rest)
{
    line.module = next_word(&rest);
    if (line.module == NULL) {
        int result = add_broken(reading, line, "names no module");

        free(line.words);
        return result;
    }
    if (read_words(&line, rest) != 0) {
        free(line.words);
        return too_much(reading, line.path, line.number, false);
    }
    return add_line(reading, line);
}

/* What stands behind the group. Takes the block of words over. */
static int read_control(struct reading *reading, struct vp_stack_line line, char *rest, int depth)
{
    int control, result;

    line.control = next_word(&rest);
    control = line.control == NULL ? -1 : control_of(line.control);
    if (control >= 0 && controls[control].actions == NULL) {
        char *words = line.words;

        line.words = NULL;
        result = put_in(reading, line, next_word(&rest), depth,
                        strcmp(controls[control].word, "substack") == 0);
        free(words);
        return result;
    }
    if (line.control != NULL &&
        read_actions(control < 0 ? line.control : controls[control].actions, line.actions))
        return read_module(reading, line, rest);
    result = add_broken(reading, line,
                        line.control == NULL ? "ends behind its first word"
                                             : "its control field cannot be read");
    free(line.words);
    return result;
}

/* A line of no group counts, and fails, in the first that is wanted: in auth, mostly. */
static int read_groupless(struct reading *reading, struct vp_stack_line line, char *rest)
{
    const char *control = next_word(&rest);
    int known = control == NULL ? -1 : control_of(control);

    line.group = VP_STACK_AUTH;
    while (line.group < VP_STACK_SESSION && !reading->to_group[line.group])
        line.group++;
    if (known >= 0 && controls[known].actions != NULL)
        (void)read_actions(controls[known].actions, line.actions);
    return add_broken(reading, line, "begins with no group (auth, account, password, session)");
}

/* One line of a file. Takes the block of words over. */
static int read_line(struct reading *reading, struct vp_stack_line line, int depth)
{
    char *words = line.words, *rest = words;
    const char *word = next_word(&rest);
    int result = 0;

    line.group = group_of(*word == '-' ? word + 1 : word);
    if (line.group != NO_GROUP && reading->to_group[line.group])
        return read_control(reading, line, rest, depth);
    line.words = NULL;
    if (line.group == NO_GROUP && strcmp(word, "@include") == 0)
        result = put_in(reading, line, next_word(&rest), depth, false);
    else if (line.group == NO_GROUP)
        result = read_groupless(reading, line, rest);
    free(words);
    return result;
}

static int read_file(struct reading *reading, const struct vp_stack_file *file, int depth,
                     int level)
{
    struct cursor cursor = {file->text, 1};
    struct vp_stack_line line = {.path = file->path, .level = level, .group = NO_GROUP};
    int found;

    /* What cannot be read fails, unless its control field says otherwise. */
    (void)read_actions("", line.actions);
    while ((found = next_line(&cursor, &line.words, &line.number)) > 0)
        if (read_line(reading, line, depth) != 0)
            return -1;
    if (found == -2)
        return add_broken(reading, line, "ends in a backslash, and no line follows");
    return found < 0 ? too_much(reading, file->path, 0, false) : 0;
}

int vp_stack_read(const char *service, vp_stack_finder *find, void *context,
                  struct vp_stack *stack_out, struct vp_error *error_out)
{
    const struct vp_stack_file *file = find(context, service), *other = find(context, "other");
    struct reading reading = {
        .stack = stack_out, .find = find, .context = context, .error = error_out};
    bool needs_other = false;
    int result = 0;

    *stack_out = (struct vp_stack){.service = service};
    memset(reading.to_group, true, sizeof reading.to_group);
    if (file != NULL)
        result = read_file(&reading, file, 0, 0);
    for (int i = 0; i < VP_STACK_GROUP_COUNT; i++) {
        reading.to_group[i] = stack_out->groups[i].count == 0;
        needs_other |= reading.to_group[i];
    }
    if (needs_other && other != NULL && other != file && result == 0)
        result = read_file(&reading, other, 0, 0);
    if (result != 0)
        vp_stack_free(stack_out);
    return result;
}

void vp_stack_free(struct vp_stack *stack)
{
    for (size_t group = 0; group < VP_STACK_GROUP_COUNT; group++) {
        struct vp_stack_chain *chain = &stack->groups[group];

        for (size_t i = 0; i < chain->count; i++) {
            free(chain->lines[i].arguments);
            free(chain->lines[i].words);
        }
        free(chain->lines);
    }
    *stack = (struct vp_stack){0};
}

/* ---- which files are services ---------------------------------------------------------------- */

/* Looks at a file's lines on their own: the groups it has, a set of bits, and whether it includes
 * another. */
static bool includes(const struct vp_stack_file *file, const char *name, unsigned *groups_out)
{
    struct cursor cursor = {file->text, 1};
    bool found = false;
    unsigned number;
    char *line;

    *groups_out = 0;
    while (next_line(&cursor, &line, &number) > 0) {
        char *rest = line;
        const char *word = next_word(&rest), *target = NULL;
        enum vp_stack_group group = group_of(*word == '-' ? word + 1 : word);

        if (strcmp(word, "@include") == 0) {
            *groups_out |= ~0U;
            target = next_word(&rest);
        } else if (group != NO_GROUP) {
            int control;

            *groups_out |= 1U << group;
            word = next_word(&rest);
            control = word == NULL ? -1 : control_of(word);
            if (control >= 0 && controls[control].actions == NULL)
                target = next_word(&rest);
        }
        found |= target != NULL && strcmp(target, name) == 0;
        free(line);
    }
    return found;
}

static bool is_one_group(unsigned groups)
{
    return (groups & (groups - 1)) == 0;
}

bool vp_stack_is_service(const char *name, const struct vp_stack_file *const *files, size_t count)
{
    bool included = false, single = false;
    unsigned groups;

    for (size_t i = 0; i < sizeof not_services / sizeof not_services[0]; i++)
        if (fnmatch(not_services[i], name, 0) == 0)
            return false;
    for (size_t i = 0; i < count; i++) {
        included |= includes(files[i], name, &groups);
        if (strcmp(files[i]->name, name) == 0)
            single = is_one_group(groups);
    }
    return !(included && single);
}

/* ---- words ----------------------------------------------------------------------------------- */

void vp_stack_module_name(const struct vp_stack_line *line, char *buffer, size_t size)
{
    const char *slash, *begin;
    size_t length;

    buffer[0] = '\0';
    if (line->kind != VP_STACK_MODULE)
        return;
    slash = strrchr(line->module, '/');
    begin = slash == NULL ? line->module : slash + 1;
    length = strlen(begin);
    if (length > 3 && strcmp(begin + length - 3, ".so") == 0)
        length -= 3;
    length = length < size ? length : size - 1;
    memcpy(buffer, begin, length);
    buffer[length] = '\0';
}

bool vp_stack_is_ours(const struct vp_stack_line *line)
{
    char name[32];

    vp_stack_module_name(line, name, sizeof name);
    return strcmp(name, "pam_vpolicy") == 0;
}

bool vp_stack_has_argument(const struct vp_stack_line *line, const char *word)
{
    for (size_t i = 0; i < line->argument_count; i++)
        if (strcmp(line->arguments[i], word) == 0)
            return true;
    return false;
}

const char *vp_stack_group_word(enum vp_stack_group group)
{
    return group_words[group];
}

const char *vp_stack_code_word(int code)
{
    return code_words[code];
}
