#include "policy.h"
#include "error.h"
#include "number.h"
#include "text.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of each choice, in the order of its enum. */
static const char *const flag_words[] = {"no", "yes", NULL};
static const char *const non_ascii_words[] = {"refuse", "allow", NULL};
static const char *const without_password_words[] = {"enforce", "warn", "ignore", NULL};
static const char *const set_elsewhere_words[] = {"reset", "warn", "accept", NULL};
static const char *const language_words[] = {"auto", "en", "vi", NULL};

struct key_row {
    const char *name;
    enum vp_key_type type;
    unsigned where;
    int64_t min, max;
    size_t offset; /* in struct vp_values */
};

static const struct vp_values builtin = {
#define X(name, type, value, ...) .name = value,
    VP_KEYS(X, X)
#undef X
};

static const struct key_row keys[VP_KEY_COUNT] = {
#define X(name_, type_, value_, where_, min_, max_)                                                \
    [VP_KEY_##name_] = {.name = #name_,                                                            \
                        .type = type_,                                                             \
                        .where = where_,                                                           \
                        .min = min_,                                                               \
                        .max = max_,                                                               \
                        .offset = offsetof(struct vp_values, name_)},
    VP_KEYS(X, X)
#undef X
};

/* Whether the value of a key is kept as a text. */
static bool is_text(enum vp_key key)
{
    return keys[key].type == VP_TEXT || keys[key].type == VP_PATHS;
}

static const char *const *words_of(enum vp_key key)
{
    if (keys[key].type == VP_FLAG)
        return flag_words;
    switch (key) {
    case VP_KEY_non_ascii:
        return non_ascii_words;
    case VP_KEY_without_password:
        return without_password_words;
    case VP_KEY_set_elsewhere:
        return set_elsewhere_words;
    case VP_KEY_language:
        return language_words;
    default:
        return NULL;
    }
}

static const struct {
    const char *word;
    unsigned where;
} section_kinds[] = {
    [VP_SECTION_TOP] = {"", VP_IN_TOP},
    [VP_SECTION_GROUP] = {"group", VP_IN_GROUP},
    [VP_SECTION_USER] = {"user", VP_IN_USER},
    [VP_SECTION_SERVICE] = {"service", VP_IN_SERVICE},
};

#define SECTION_KINDS (sizeof section_kinds / sizeof section_kinds[0])

const char *vp_policy_key_name(enum vp_key key)
{
    return keys[key].name;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reader {
    struct vp_policy policy;
    const char *file;
    unsigned line;
    bool ignoring; /* below a faulty section header: its settings cannot be judged */
    size_t names_room, sections_room, settings_room;
    vp_policy_report *report;
    void *context;
    struct vp_error first;
    size_t fault_count;
};

static void note_fault(struct reader *reader, const struct vp_error *fault)
{
    if (reader->fault_count++ == 0)
        reader->first = *fault;
    if (reader->report != NULL)
        reader->report(reader->context, fault);
}

#define FAULT(reader, at_line, ...)                                                                \
    do {                                                                                           \
        struct vp_error fault_;                                                                    \
        (void)vp_error_set(&fault_, (reader)->file, at_line, 0, __VA_ARGS__);                      \
        note_fault(reader, &fault_);                                                               \
    } while (0)

/* Makes room for one more element; returns NULL when memory is short. */
static void *grow(void *array, size_t count, size_t *room, size_t element)
{
    size_t larger = *room == 0 ? 16 : *room * 2;
    void *moved;

    if (count < *room)
        return array;
    moved = reallocarray(array, larger, element);
    if (moved != NULL)
        *room = larger;
    return moved;
}

static int add_name(struct reader *reader, const char *name)
{
    struct vp_policy *policy = &reader->policy;
    const char **names =
        grow(policy->names, policy->name_count, &reader->names_room, sizeof *names);

    if (names == NULL)
        return -1;
    policy->names = names;
    names[policy->name_count++] = name;
    return 0;
}

static int add_section(struct reader *reader, enum vp_section_kind kind)
{
    struct vp_policy *policy = &reader->policy;
    struct vp_section *sections =
        grow(policy->sections, policy->section_count, &reader->sections_room, sizeof *sections);

    if (sections == NULL)
        return -1;
    policy->sections = sections;
    sections[policy->section_count++] =
        (struct vp_section){.kind = kind, .line = reader->line, .first_name = policy->name_count};
    return 0;
}

static int add_setting(struct reader *reader, const struct vp_setting *setting)
{
    struct vp_policy *policy = &reader->policy;
    struct vp_setting *settings =
        grow(policy->settings, policy->setting_count, &reader->settings_room, sizeof *settings);

    if (settings == NULL)
        return -1;
    policy->settings = settings;
    settings[policy->setting_count++] = *setting;
    return 0;
}

/*
 * Cuts the next name off *cursor: up to a blank, or between double quotes, for directories whose
 * groups have blanks in their names. Returns NULL at the end, or with *cursor NULL for an open
 * quote.
 */
static char *next_name(char **cursor)
{
    char *name = *cursor + strspn(*cursor, " \t");
    char *end;

    if (*name == '\0')
        return NULL;
    if (*name == '"') {
        end = strchr(++name, '"');
        if (end == NULL) {
            *cursor = NULL;
            return NULL;
        }
    } else {
        end = name + strcspn(name, " \t");
    }
    *cursor = *end == '\0' ? end : end + 1;
    *end = '\0';
    return name;
}

static int read_names(struct reader *reader, char *cursor)
{
    struct vp_policy *policy = &reader->policy;
    struct vp_section *section = &policy->sections[policy->section_count - 1];
    char *name;

    while ((name = next_name(&cursor)) != NULL) {
        if (*name == '\0')
            FAULT(reader, reader->line, "[%s]: an empty name", section_kinds[section->kind].word);
        if (add_name(reader, name) != 0)
            return -1;
        section->name_count++;
    }
    if (cursor == NULL)
        FAULT(reader, reader->line, "[%s]: a quote without its end",
              section_kinds[section->kind].word);
    else if (section->name_count == 0)
        FAULT(reader, reader->line, "[%s]: names nobody (write [%s NAME...])",
              section_kinds[section->kind].word, section_kinds[section->kind].word);
    return 0;
}

static int read_section(struct reader *reader, char *line)
{
    char *end = strrchr(line, ']');
    char *names;
    size_t kind;

    reader->ignoring = true;
    if (end == NULL || end[1] != '\0') {
        FAULT(reader, reader->line, "a section header ends with ] and nothing after it");
        return 0;
    }
    *end = '\0';
    line = vp_text_trim(line + 1);
    names = line + strcspn(line, " \t");
    if (*names != '\0')
        *names++ = '\0';
    for (kind = VP_SECTION_GROUP; kind < SECTION_KINDS; kind++)
        if (strcmp(line, section_kinds[kind].word) == 0)
            break;
    if (kind == SECTION_KINDS) {
        FAULT(reader, reader->line,
              "[%s]: no such section (sections are [group NAME...], [user PATTERN...] and "
              "[service NAME...])",
              line);
        return 0;
    }
    reader->ignoring = false;
    if (add_section(reader, (enum vp_section_kind)kind) != 0)
        return -1;
    return read_names(reader, names);
}

/* The known key that is nearest to a mistyped one, or NULL where none is near. */
static const char *nearest_key(const char *typed)
{
    uint32_t points[64], key_points[64];
    size_t length = strlen(typed);
    size_t best = 3; /* more slips than two are another word */
    const char *nearest = NULL;

    if (length >= 64)
        return NULL;
    for (size_t i = 0; i < length; i++)
        points[i] = typed[i] == '-' ? '_' : (unsigned char)typed[i];
    for (size_t key = 0; key < VP_KEY_COUNT; key++) {
        size_t key_length = strlen(keys[key].name);
        size_t distance;

        for (size_t i = 0; i < key_length; i++)
            key_points[i] = (unsigned char)keys[key].name[i];
        distance = vp_text_distance(points, length, key_points, key_length);
        if (distance < best) {
            best = distance;
            nearest = keys[key].name;
        }
    }
    return nearest;
}

static int find_key(struct reader *reader, const char *name)
{
    const char *near;

    for (size_t key = 0; key < VP_KEY_COUNT; key++)
        if (strcmp(name, keys[key].name) == 0)
            return (int)key;
    near = nearest_key(name);
    if (near != NULL)
        FAULT(reader, reader->line, "%s: unknown key (did you mean %s?)", name, near);
    else
        FAULT(reader, reader->line, "%s: unknown key (vpolicy.conf(5) lists them)", name);
    return -1;
}

/* The sections in which a key may stand, for a message: "at the top or in a [user] section". */
static void print_where(unsigned where, char *buffer, size_t size)
{
    struct vp_text text;
    const char *separator = "";

    vp_text_begin(&text, buffer, size);
    if (where & VP_IN_TOP) {
        vp_text_add(&text, "at the top, before the first section");
        separator = ", or ";
    }
    for (size_t kind = VP_SECTION_GROUP; kind < SECTION_KINDS; kind++)
        if (where & section_kinds[kind].where) {
            vp_text_add(&text, "%sin a [%s ...] section", separator, section_kinds[kind].word);
            separator = ", or ";
        }
}

static bool may_stand_here(struct reader *reader, enum vp_key key)
{
    const struct vp_policy *policy = &reader->policy;
    size_t section = policy->section_count - 1;
    enum vp_section_kind kind = policy->sections[section].kind;
    char where[160];

    if (!(keys[key].where & section_kinds[kind].where)) {
        print_where(keys[key].where, where, sizeof where);
        FAULT(reader, reader->line, "%s: cannot stand %s%s%s (it belongs %s)", keys[key].name,
              kind == VP_SECTION_TOP ? "at the top" : "in a [", section_kinds[kind].word,
              kind == VP_SECTION_TOP ? "" : "] section", where);
        return false;
    }
    for (size_t i = policy->setting_count; i-- > 0 && policy->settings[i].section == section;)
        if (policy->settings[i].key == key) {
            FAULT(reader, reader->line, "%s: already set in this section, line %u (keep one)",
                  keys[key].name, policy->settings[i].line);
            return false;
        }
    return true;
}

static int read_word(enum vp_key key, const char *value, int32_t *number_out)
{
    const char *const *words = words_of(key);

    for (int32_t i = 0; words[i] != NULL; i++)
        if (strcmp(value, words[i]) == 0) {
            *number_out = i;
            return 0;
        }
    return -1;
}

static int read_number(enum vp_key key, const char *value, int32_t *number_out)
{
    const struct key_row *row = &keys[key];
    int64_t number;

    switch (row->type) {
    case VP_COUNT:
        if (vp_number_parse(value, row->min, row->max, &number) != 0)
            return -1;
        *number_out = (int32_t)number;
        return 0;
    case VP_DURATION:
        if (vp_number_duration(value, number_out) != 0)
            return -1;
        return *number_out >= row->min && *number_out <= row->max ? 0 : -1;
    case VP_DATE:
        if (strcmp(value, "none") == 0) {
            *number_out = VP_NO_DAY;
            return 0;
        }
        return vp_number_date(value, number_out);
    case VP_FLAG:
    case VP_CHOICE:
        return read_word(key, value, number_out);
    case VP_TEXT:
    case VP_PATHS:
        break;
    }
    return -1;
}

/* What would be right, for a message. */
static void print_expected(enum vp_key key, char *buffer, size_t size)
{
    const struct key_row *row = &keys[key];
    const char *const *words = words_of(key);
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    switch (row->type) {
    case VP_COUNT:
        vp_text_add(&text, "a number from %lld to %lld", (long long)row->min, (long long)row->max);
        break;
    case VP_DURATION:
        vp_text_add(&text, "days such as 180d, from %lldd to %dd%s", (long long)row->min,
                    VP_DURATION_MAX, row->max == VP_NEVER ? ", or never" : "");
        break;
    case VP_DATE:
        vp_text_add(&text, "a date such as 2026-11-22, or none");
        break;
    case VP_FLAG:
    case VP_CHOICE:
        for (int i = 0; words[i] != NULL; i++)
            vp_text_add(&text, "%s%s",
                        i == 0                 ? ""
                        : words[i + 1] == NULL ? " or "
                                               : ", ",
                        words[i]);
        break;
    case VP_TEXT:
        vp_text_add(&text, "a text of 1 to %lld bytes", (long long)row->max);
        break;
    case VP_PATHS:
        if (row->min == 1)
            vp_text_add(&text, "a path that begins with /, without blanks, or none");
        else
            vp_text_add(&text, "up to %lld paths that begin with /, or none", (long long)row->min);
        break;
    }
}

/* A text may hold a # only where no reader could take it for a comment. */
static int read_text(struct reader *reader, enum vp_key key, char *value)
{
    char expected[120];

    for (char *hash = strchr(value, '#'); hash != NULL; hash = strchr(hash + 1, '#'))
        if (hash == value || hash[-1] == ' ' || hash[-1] == '\t') {
            FAULT(reader, reader->line,
                  "%s: a # after a blank in a text (put the comment on a line of its own)",
                  keys[key].name);
            return -1;
        }
    for (char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            FAULT(reader, reader->line, "%s: a control character in the text", keys[key].name);
            return -1;
        }
    if (*value == '\0' || strlen(value) > (size_t)keys[key].max) {
        print_expected(key, expected, sizeof expected);
        FAULT(reader, reader->line, "%s: has %zu bytes (%s)", keys[key].name, strlen(value),
              expected);
        return -1;
    }
    return 0;
}

/* Cuts a comment off a value that is no text. */
static char *cut_comment(char *value)
{
    for (char *hash = strchr(value, '#'); hash != NULL; hash = strchr(hash + 1, '#'))
        if (hash == value || hash[-1] == ' ' || hash[-1] == '\t') {
            *hash = '\0';
            break;
        }
    return vp_text_trim(value);
}

/* A path that is not absolute would mean another file in each program. */
static int read_paths(struct reader *reader, enum vp_key key, const char *value)
{
    char expected[120];
    int64_t count = 0;
    bool absolute = true;

    for (const char *at = value; *at != '\0' && strcmp(value, "none") != 0;
         at += strspn(at, " \t")) {
        absolute &= *at == '/';
        count++;
        at += strcspn(at, " \t");
    }
    if (absolute && count <= keys[key].min)
        return 0;
    print_expected(key, expected, sizeof expected);
    FAULT(reader, reader->line, "%s: \"%.40s\" is not allowed (%s)", keys[key].name, value,
          expected);
    return -1;
}

static int read_setting(struct reader *reader, char *line)
{
    char *equals = strchr(line, '=');
    struct vp_setting setting = {.line = reader->line};
    char expected[120];
    char *value;
    int key;

    if (equals == NULL) {
        FAULT(reader, reader->line,
              "%.40s: neither a section, a comment nor a setting "
              "(write KEY = VALUE)",
              line);
        return 0;
    }
    *equals = '\0';
    value = vp_text_trim(equals + 1);
    key = find_key(reader, vp_text_trim(line));
    if (key < 0 || reader->ignoring || !may_stand_here(reader, (enum vp_key)key))
        return 0;
    setting.key = (enum vp_key)key;
    setting.section = reader->policy.section_count - 1;
    if (is_text(setting.key)) {
        setting.text = strcmp(value, "none") == 0 ? NULL : value;
        if (read_text(reader, setting.key, value) != 0 ||
            (keys[key].type == VP_PATHS && read_paths(reader, setting.key, value) != 0))
            return 0;
        return add_setting(reader, &setting);
    }
    value = cut_comment(value);
    if (read_number(setting.key, value, &setting.number) != 0) {
        print_expected(setting.key, expected, sizeof expected);
        FAULT(reader, reader->line, "%s: \"%.40s\" is not allowed (%s)", keys[key].name, value,
              expected);
        return 0;
    }
    return add_setting(reader, &setting);
}

static int read_line(struct reader *reader, char *line)
{
    line = vp_text_trim(line);
    if (*line == '\0' || *line == '#')
        return 0;
    if (*line == '[')
        return read_section(reader, cut_comment(line));
    return read_setting(reader, line);
}

static int read_lines(struct reader *reader)
{
    char *cursor = reader->policy.text;

    /* Some editors put a byte order mark before UTF-8; it says nothing. */
    if (strncmp(cursor, "\xef\xbb\xbf", 3) == 0)
        cursor += 3;
    while (cursor != NULL) {
        char *line = strsep(&cursor, "\n");

        reader->line++;
        if (read_line(reader, line) != 0)
            return -1;
    }
    return 0;
}

/* ---- what only the whole file shows ---------------------------------------------------------- */

static const struct vp_setting *setting_in(const struct vp_policy *policy, size_t section,
                                           enum vp_key key)
{
    for (size_t i = 0; i < policy->setting_count; i++)
        if (policy->settings[i].section == section && policy->settings[i].key == key)
            return &policy->settings[i];
    return NULL;
}

/* A value of a section, else the top's, else the built-in one; *line_out is its line or 0. */
static int32_t effective(const struct vp_policy *policy, size_t section, enum vp_key key,
                         unsigned *line_out)
{
    const struct vp_setting *setting = setting_in(policy, section, key);
    int32_t number;

    if (setting == NULL)
        setting = setting_in(policy, 0, key);
    *line_out = setting == NULL ? 0 : setting->line;
    if (setting != NULL)
        return setting->number;
    memcpy(&number, (const char *)&builtin + keys[key].offset, sizeof number);
    return number;
}

/* Lengths that nobody could satisfy would stop every password change. */
static void check_lengths(struct reader *reader)
{
    const struct vp_policy *policy = &reader->policy;

    for (size_t section = 0; section < policy->section_count; section++) {
        unsigned shortest_line, longest_line;
        int32_t shortest = effective(policy, section, VP_KEY_min_length, &shortest_line);
        int32_t longest = effective(policy, section, VP_KEY_max_length, &longest_line);
        unsigned line = shortest_line > longest_line ? shortest_line : longest_line;

        if (shortest > longest && line >= policy->sections[section].line)
            FAULT(reader, line,
                  "%s: min_length %d is above max_length %d here (nobody could "
                  "choose a password)",
                  line == shortest_line ? "min_length" : "max_length", shortest, longest);
    }
}

int vp_policy_parse(const char *text, size_t length, const char *file, vp_policy_report *report,
                    void *context, struct vp_policy *policy_out, struct vp_error *error_out)
{
    struct reader reader = {.file = file, .report = report, .context = context};
    const char *nul = memchr(text, '\0', length);
    int result = -1;

    *policy_out = (struct vp_policy){0};
    if (length > VP_POLICY_MAX) {
        (void)vp_error_set(error_out, file, 0, 0, "has %zu bytes (at most %d)", length,
                           VP_POLICY_MAX);
        if (report != NULL && error_out != NULL)
            report(context, error_out);
        return -1;
    }
    reader.policy.text = strndup(text, length);
    if (reader.policy.text == NULL || add_section(&reader, VP_SECTION_TOP) != 0 ||
        read_lines(&reader) != 0) {
        (void)vp_error_set(error_out, file, reader.line, ENOMEM, "cannot be read");
        goto out;
    }
    if (nul != NULL)
        FAULT(&reader, reader.line, "a NUL byte (is this a text file?)");
    check_lengths(&reader);
    if (reader.fault_count > 0) {
        if (error_out != NULL)
            *error_out = reader.first;
        goto out;
    }
    *policy_out = reader.policy;
    reader.policy = (struct vp_policy){0}; /* transferred */
    result = 0;
out:
    vp_policy_free(&reader.policy);
    return result;
}

void vp_policy_free(struct vp_policy *policy)
{
    free(policy->text);
    free(policy->names);
    free(policy->sections);
    free(policy->settings);
    *policy = (struct vp_policy){0};
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool in_groups(const struct vp_subject *subject, const char *group)
{
    for (size_t i = 0; i < subject->group_count; i++)
        if (strcmp(subject->groups[i], group) == 0)
            return true;
    return false;
}

bool vp_policy_applies(const struct vp_policy *policy, const struct vp_section *section,
                       const struct vp_subject *subject)
{
    for (size_t i = 0; i < section->name_count; i++) {
        const char *name = policy->names[section->first_name + i];

        switch (section->kind) {
        case VP_SECTION_TOP:
            break;
        case VP_SECTION_GROUP:
            if (in_groups(subject, name))
                return true;
            break;
        case VP_SECTION_USER:
            if (fnmatch(name, subject->user, 0) == 0)
                return true;
            break;
        case VP_SECTION_SERVICE:
            if (subject->service != NULL && strcmp(name, subject->service) == 0)
                return true;
            break;
        }
    }
    return section->kind == VP_SECTION_TOP;
}

static void set_value(struct vp_values *values, const struct vp_setting *setting)
{
    char *field = (char *)values + keys[setting->key].offset;

    if (is_text(setting->key))
        memcpy(field, &setting->text, sizeof setting->text);
    else
        memcpy(field, &setting->number, sizeof setting->number);
}

void vp_policy_resolve(const struct vp_policy *policy, const struct vp_subject *subject,
                       struct vp_values *values_out, unsigned lines_out[VP_KEY_COUNT])
{
    size_t judged = SIZE_MAX;
    bool applies = false;

    *values_out = builtin;
    if (lines_out != NULL)
        memset(lines_out, 0, VP_KEY_COUNT * sizeof lines_out[0]);
    for (size_t i = 0; i < policy->setting_count; i++) {
        const struct vp_setting *setting = &policy->settings[i];

        if (setting->section != judged) {
            judged = setting->section;
            applies = vp_policy_applies(policy, &policy->sections[judged], subject);
        }
        if (!applies)
            continue;
        set_value(values_out, setting);
        if (lines_out != NULL)
            lines_out[setting->key] = setting->line;
    }
}

/* ---- printing -------------------------------------------------------------------------------- */

static void print_setting(enum vp_key key, int32_t number, const char *text, char *buffer,
                          size_t size)
{
    char date[VP_DATE_SIZE];

    switch (keys[key].type) {
    case VP_COUNT:
        snprintf(buffer, size, "%d", number);
        break;
    case VP_DURATION:
        vp_number_print_duration(number, date);
        snprintf(buffer, size, "%s", date);
        break;
    case VP_DATE:
        vp_number_print_date(number, date);
        snprintf(buffer, size, "%s", date);
        break;
    case VP_FLAG:
    case VP_CHOICE:
        snprintf(buffer, size, "%s", words_of(key)[number]);
        break;
    case VP_TEXT:
    case VP_PATHS:
        snprintf(buffer, size, "%s", text == NULL ? "none" : text);
        break;
    }
}

void vp_policy_print_value(enum vp_key key, const struct vp_values *values, char *buffer,
                           size_t size)
{
    const char *field = (const char *)values + keys[key].offset;
    const char *text = NULL;
    int32_t number = 0;

    if (is_text(key))
        memcpy(&text, field, sizeof text);
    else
        memcpy(&number, field, sizeof number);
    print_setting(key, number, text, buffer, size);
}

static void print_header(const struct vp_policy *policy, const struct vp_section *section,
                         struct vp_text *text)
{
    vp_text_add(text, "[%s", section_kinds[section->kind].word);
    for (size_t i = 0; i < section->name_count; i++) {
        const char *name = policy->names[section->first_name + i];

        vp_text_add(text, strpbrk(name, " \t]#") != NULL ? " \"%s\"" : " %s", name);
    }
    vp_text_add(text, "]");
}

void vp_policy_print_section(const struct vp_policy *policy, enum vp_key key, unsigned line,
                             char *buffer, size_t size)
{
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    for (size_t i = 0; i < policy->setting_count; i++) {
        const struct vp_setting *setting = &policy->settings[i];

        if (setting->key == key && setting->line == line && setting->section > 0)
            print_header(policy, &policy->sections[setting->section], &text);
    }
}

size_t vp_policy_print(const struct vp_policy *policy, char *buffer, size_t size)
{
    struct vp_text text;
    size_t setting = 0;

    vp_text_begin(&text, buffer, size);
    for (size_t section = 0; section < policy->section_count; section++) {
        if (section > 0) {
            vp_text_add(&text, "%s", text.length == 0 ? "" : "\n");
            print_header(policy, &policy->sections[section], &text);
            vp_text_add(&text, "\n");
        }
        for (; setting < policy->setting_count && policy->settings[setting].section == section;
             setting++) {
            const struct vp_setting *row = &policy->settings[setting];
            char value[256];

            print_setting(row->key, row->number, row->text, value, sizeof value);
            vp_text_add(&text, "%s = %s\n", keys[row->key].name, value);
        }
    }
    return text.length;
}
