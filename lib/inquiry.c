#include "inquiry.h"
#include "accounts.h"
#include "breached.h"
#include "error.h"
#include "generate.h"
#include "guess.h"
#include "hash.h"
#include "number.h"
#include "secret.h"
#include "text.h"
#include "unicode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A login name or the old password comes up by chance once in many thousands. */
#define GENERATE_TRIES 100

static void note_trouble(struct vp_inquiry *inquiry, enum vp_trouble trouble,
                         const struct vp_error *error)
{
    /* The first one is the cause; what follows from it would only hide it. */
    if (inquiry->troubles & 1u << trouble)
        return;
    inquiry->troubles |= 1u << trouble;
    inquiry->trouble[trouble] = *error;
}

/* ---- the policy ------------------------------------------------------------------------------ */

static int parse_kept(const struct vp_store *store, const char *path, struct vp_policy *policy_out)
{
    char *text = NULL;
    size_t length = 0;
    int result = -1;

    if (store == NULL || store->directory < 0)
        return -1;
    if (vp_store_read_kept_policy(store, path, &text, &length, NULL) > 0)
        result = vp_policy_parse(text, length, path, NULL, NULL, policy_out, NULL);
    free(text);
    return result;
}

enum vp_policy_source vp_inquiry_load_policy(const char *path, const struct vp_store *store,
                                             bool look_only, struct vp_policy *policy_out,
                                             bool *troubled_out, struct vp_error *trouble_out)
{
    const char *file = path == NULL ? VP_POLICY_PATH : path;
    enum vp_policy_source source = VP_POLICY_BUILTIN;
    char *text = NULL;
    size_t length = 0;
    struct stat status;
    int found = vp_store_read_policy(file, &text, &length, &status, trouble_out);

    *policy_out = (struct vp_policy){0};
    *troubled_out = false;
    if (found > 0 &&
        vp_policy_parse(text, length, file, NULL, NULL, policy_out, trouble_out) == 0) {
        source = VP_POLICY_FILE;
        /* A copy that cannot be kept harms no login today; `vpolicy check` tells of it. */
        if (!look_only && store != NULL && store->writable && status.st_uid == geteuid())
            (void)!vp_store_keep_policy(store, file, text, length, &status, NULL);
    } else if (found != 0 || path != NULL) {
        if (found == 0)
            (void)vp_error_set(trouble_out, file, 0, 0, "there is no such policy file");
        *troubled_out = true;
        if (parse_kept(store, file, policy_out) == 0)
            source = VP_POLICY_KEPT;
    }
    free(text);
    return source;
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* The names of the policy's group sections, each once; a block to free, or NULL where none. */
static const char **policy_groups(const struct vp_policy *policy, size_t *count_out)
{
    const char **groups = NULL;

    *count_out = 0;
    if (policy->name_count == 0)
        return NULL;
    groups = calloc(policy->name_count, sizeof *groups);
    for (size_t i = 0; groups != NULL && i < policy->section_count; i++) {
        const struct vp_section *section = &policy->sections[i];

        for (size_t j = 0; section->kind == VP_SECTION_GROUP && j < section->name_count; j++) {
            const char *name = policy->names[section->first_name + j];
            size_t k = 0;

            while (k < *count_out && strcmp(groups[k], name) != 0)
                k++;
            if (k == *count_out)
                groups[(*count_out)++] = name;
        }
    }
    return groups;
}

/* Whether a name stands in a list with blanks between. Blanks in names are kept as %20. */
static bool listed(const char *list, const char *name)
{
    char escaped[768];
    struct vp_text text;

    vp_text_begin(&text, escaped, sizeof escaped);
    vp_text_add(&text, " ");
    for (; *name != '\0'; name++)
        vp_text_add(&text, *name == ' ' ? "%%20" : "%c", *name);
    vp_text_add(&text, " ");
    return strstr(list, escaped) != NULL;
}

static void add_listed(struct vp_text *list, const char *name)
{
    vp_text_add(list, "%s", list->length == 0 ? "" : " ");
    for (; *name != '\0'; name++)
        vp_text_add(list, *name == ' ' ? "%%20" : "%c", *name);
}

/* As vp_account_groups, unless somebody has found that out already. */
static int find_members(const struct vp_inquiry *inquiry, const char *const *groups, size_t count,
                        bool *members_out, struct vp_error *error_out)
{
    const struct vp_known *known = inquiry->known;

    if (known == NULL)
        return vp_account_groups(&inquiry->account, groups, count, members_out, error_out);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < known->group_count && !members_out[i]; j++)
            members_out[i] = strcmp(groups[i], known->groups[j]) == 0;
    return 0;
}

/* Keeps those groups that the account is in at the front of the array; says how many. */
static size_t keep_members(struct vp_inquiry *inquiry, const char **groups, size_t count)
{
    bool *members = calloc(count, sizeof *members);
    struct vp_error error;
    char padded[sizeof inquiry->record.groups + 2];
    size_t kept = 0;
    struct vp_text list;
    bool known;

    if (members == NULL) {
        (void)vp_error_set(&error, NULL, 0, ENOMEM, "groups");
        known = false;
    } else {
        known = find_members(inquiry, groups, count, members, &error) == 0;
    }

    snprintf(padded, sizeof padded, " %s ", inquiry->record.groups);
    if (!known)
        note_trouble(inquiry, VP_TROUBLE_GROUPS, &error);
    vp_text_begin(&list, inquiry->groups, sizeof inquiry->groups);
    for (size_t i = 0; i < count; i++) {
        if (!(known ? members[i] : listed(padded, groups[i])))
            continue;
        add_listed(&list, groups[i]);
        groups[kept++] = groups[i];
    }
    /* A list that was cut would leave groups out when NSS fails: better none than half. */
    if (list.length >= list.size)
        inquiry->groups[0] = '\0';
    inquiry->groups_known = known && list.length < list.size;
    free(members);
    return kept;
}

static void resolve(struct vp_inquiry *inquiry)
{
    size_t count = 0;
    const char **groups = policy_groups(&inquiry->policy, &count);
    struct vp_subject subject = {
        .user = inquiry->account.name[0] != '\0' ? inquiry->account.name : inquiry->question.user,
        .service = inquiry->question.service,
        .groups = groups,
    };

    if (count > 0 && inquiry->account.name[0] != '\0')
        subject.group_count = keep_members(inquiry, groups, count);
    vp_policy_resolve(&inquiry->policy, &subject, &inquiry->values, inquiry->lines);
    free(groups);
}

/* ---- the store ------------------------------------------------------------------------------- */

struct names {
    char *text;
    size_t length, room;
    struct vp_error *error;
};

static int collect_name(void *context, const char *name)
{
    struct names *names = context;
    size_t needed = names->length + strlen(name) + 2;

    if (strchr(name, '\n') != NULL)
        return 0;
    if (needed > names->room) {
        char *larger = realloc(names->text, needed * 2);

        if (larger == NULL)
            return vp_error_set(names->error, NULL, 0, ENOMEM, "the accounts cannot be listed");
        names->text = larger;
        names->room = needed * 2;
    }
    names->length +=
        (size_t)snprintf(names->text + names->length, names->room - names->length, "%s\n", name);
    return 0;
}

/*
 * An account whose password was set today could be new or an old one that has just changed it.
 * Those that are there when the store begins are old: a lost store must not ask all of them again.
 */
int vp_inquiry_stamp(const struct vp_store *store, int32_t today, struct vp_error *error_out)
{
    struct names names = {.error = error_out};
    int result = vp_accounts_visit_since(today, collect_name, &names, error_out);

    if (result == 0)
        result =
            vp_store_write_stamp(store, today, names.text == NULL ? "" : names.text, error_out);
    free(names.text);
    return result;
}

static void read_stamp(struct vp_inquiry *inquiry)
{
    struct vp_surroundings *around = &inquiry->around;
    struct vp_error error;
    int found;

    if (inquiry->known != NULL) {
        around->stamp = inquiry->known->stamp;
        around->present = inquiry->known->present;
        return;
    }
    found = vp_store_read_stamp(&inquiry->store, inquiry->account.name, &around->stamp,
                                &around->present, &error);

    if (found == 0 && inquiry->store.writable && !inquiry->question.look_only &&
        !inquiry->clock_back) {
        found = vp_inquiry_stamp(&inquiry->store, inquiry->today, &error);
        if (found == 0)
            found = vp_store_read_stamp(&inquiry->store, inquiry->account.name, &around->stamp,
                                        &around->present, &error);
    }
    if (found < 0)
        note_trouble(inquiry, VP_TROUBLE_STORE, &error);
}

static void check_clock(struct vp_inquiry *inquiry)
{
    int32_t newest = inquiry->record.newest > 0 ? vp_number_day(inquiry->record.newest) : VP_NO_DAY;
    struct vp_error error;
    char today[VP_DATE_SIZE];

    inquiry->clock_back =
        inquiry->today < VP_EARLIEST_DAY ||
        (inquiry->around.stamp != VP_NO_DAY && inquiry->today < inquiry->around.stamp) ||
        (newest != VP_NO_DAY && newest > inquiry->today + 1);
    if (!inquiry->clock_back)
        return;
    vp_number_print_date(inquiry->today, today);
    (void)vp_error_set(&error, NULL, 0, 0,
                       "the clock says %s, which is before what was already written down", today);
    note_trouble(inquiry, VP_TROUBLE_CLOCK, &error);
}

/*
 * The order is what makes the witness trustworthy without a lock: shadow was read before, now the
 * intent, then the record. A change through PAM shows its intent from before the new hash until the
 * rename that makes it the record, so whoever sees a new hash and no intent then sees its record.
 */
static void read_record(struct vp_inquiry *inquiry)
{
    struct vp_error error;
    bool change_pending = inquiry->question.committing ||
                          vp_store_change_pending(&inquiry->store, inquiry->account.name,
                                                  inquiry->question.now, VP_INTENT_SECONDS);
    int found =
        vp_store_read_record(&inquiry->store, inquiry->account.name, &inquiry->record, &error);

    inquiry->around =
        (struct vp_surroundings){.stamp = VP_NO_DAY, .change_pending = change_pending};
    inquiry->record_readable = found >= 0;
    if (found < 0) {
        note_trouble(inquiry, VP_TROUBLE_RECORD, &error);
        return;
    }
    check_clock(inquiry);
    if (found == 0) {
        read_stamp(inquiry);
        check_clock(inquiry);
    }
}

/* ---- learning -------------------------------------------------------------------------------- */

static void learn(struct vp_inquiry *inquiry)
{
    char before[VP_HASH_SIZE];

    inquiry->replaced[0] = '\0';
    inquiry->learnt = 0;
    if (!inquiry->record_readable)
        return;
    memcpy(before, inquiry->record.hash, sizeof before);
    inquiry->learnt = vp_verdict_learn(&inquiry->record, &inquiry->account, &inquiry->values,
                                       &inquiry->around, inquiry->today);
    if (inquiry->learnt & VP_LEARNT_ELSEWHERE)
        memcpy(inquiry->replaced, before, sizeof before);
    if (inquiry->learnt & VP_LEARNT_CLAMPED) {
        struct vp_error error;

        (void)vp_error_set(&error, "/etc/shadow", 0, 0,
                           "%.64s: the password's day lies in the future; today counts",
                           inquiry->account.name);
        note_trouble(inquiry, VP_TROUBLE_CLOCK, &error);
    }
    vp_secret_wipe(before, sizeof before);
}

static void note_blindness(struct vp_inquiry *inquiry)
{
    struct vp_error error;

    if (!inquiry->record_readable || !vp_verdict_blind(&inquiry->record, &inquiry->account))
        return;
    (void)vp_error_set(&error, "/etc/shadow", 0, 0,
                       "%.64s: no entry can be read, and the record holds a hash",
                       inquiry->account.name);
    note_trouble(inquiry, VP_TROUBLE_RECORD, &error);
}

/* A day that a record can hold, whatever the clock says. */
static int32_t writable_day(int64_t now)
{
    int32_t day = vp_number_day(now);

    return day < 0 ? 0 : day > VP_LAST_DAY ? VP_LAST_DAY : day;
}

static void open_store(struct vp_inquiry *inquiry)
{
    const char *path = inquiry->question.state_dir;
    struct vp_error error;

    if (vp_store_open(path == NULL ? VP_STATE_DIR : path, &inquiry->store, &error) != 0) {
        note_trouble(inquiry, VP_TROUBLE_STORE, &error);
        return;
    }
    if (inquiry->store.writable && vp_store_probe(&inquiry->store, &error) != 0) {
        inquiry->store.writable = false;
        note_trouble(inquiry, VP_TROUBLE_STORE, &error);
    }
}

static void load_policy(struct vp_inquiry *inquiry)
{
    struct vp_error error;
    bool troubled;

    if (inquiry->question.draft != NULL) {
        inquiry->policy = *inquiry->question.draft;
        inquiry->policy_source = VP_POLICY_FILE;
        return;
    }
    inquiry->policy_source =
        vp_inquiry_load_policy(inquiry->question.policy_path, &inquiry->store,
                               inquiry->question.look_only, &inquiry->policy, &troubled, &error);
    if (troubled)
        note_trouble(inquiry, VP_TROUBLE_POLICY, &error);
}

/* Everything before the account is looked at. */
static void begin(const struct vp_question *question, struct vp_inquiry *inquiry)
{
    memset(inquiry, 0, sizeof *inquiry);
    inquiry->question = *question;
    inquiry->today = writable_day(question->now);
    inquiry->store.directory = -1;
    inquiry->lock = -1;
    inquiry->around.stamp = VP_NO_DAY;
    inquiry->record_readable = true;
    vp_record_begin(&inquiry->record, "", 0);
    open_store(inquiry);
    load_policy(inquiry);
}

/* Everything after it; found as vp_account_find returned it. */
static int complete(struct vp_inquiry *inquiry, int found)
{
    if (found > 0 && inquiry->store.directory >= 0)
        read_record(inquiry);
    resolve(inquiry);
    if (found <= 0)
        return found;
    /*
     * Without a right to the store nothing can be said, least of all that all is well. Root is
     * kept out only by what confines the program (AppArmor, SELinux): that is a broken store, and
     * must not keep everybody out.
     */
    if (inquiry->store.directory < 0 && inquiry->trouble[VP_TROUBLE_STORE].errnum == EACCES &&
        geteuid() != 0) {
        inquiry->record_readable = false;
        note_trouble(inquiry, VP_TROUBLE_RECORD, &inquiry->trouble[VP_TROUBLE_STORE]);
    }
    learn(inquiry);
    note_blindness(inquiry);
    return found;
}

int vp_inquiry_open(const struct vp_question *question, struct vp_inquiry *inquiry_out,
                    struct vp_error *error_out)
{
    begin(question, inquiry_out);
    return complete(inquiry_out, vp_account_find(question->user, &inquiry_out->account, error_out));
}

void vp_inquiry_open_known(const struct vp_question *question, const struct vp_known *known,
                           struct vp_inquiry *inquiry_out)
{
    begin(question, inquiry_out);
    inquiry_out->known = known;
    inquiry_out->account = known->account;
    (void)complete(inquiry_out, 1);
}

void vp_inquiry_close(struct vp_inquiry *inquiry)
{
    vp_inquiry_release(inquiry);
    vp_store_close(&inquiry->store);
    if (inquiry->question.draft == NULL)
        vp_policy_free(&inquiry->policy);
    vp_words_free(&inquiry->words);
    vp_secret_wipe(inquiry, sizeof *inquiry);
    inquiry->lock = inquiry->store.directory = -1;
}

void vp_inquiry_release(struct vp_inquiry *inquiry)
{
    vp_store_unlock(inquiry->lock);
    inquiry->lock = -1;
}

/*
 * Looks the account up again. Where that fails it stays as the first look saw it: an empty account
 * has uid 0, and root is beyond every verdict.
 */
static int find_again(struct vp_inquiry *inquiry, struct vp_error *error_out)
{
    struct vp_account account;
    int found = vp_account_find(inquiry->account.name, &account, error_out);

    if (found > 0)
        inquiry->account = account;
    else if (found == 0)
        (void)vp_error_set(error_out, NULL, 0, 0, "%.64s: the account has gone",
                           inquiry->account.name);
    vp_account_wipe(&account);
    return found > 0 ? 0 : -1;
}

/* Reads account and record again, now that nobody else changes them. */
static int read_again(struct vp_inquiry *inquiry, struct vp_error *error_out)
{
    if (inquiry->known == NULL && find_again(inquiry, error_out) != 0)
        return -1;
    read_record(inquiry);
    if (!inquiry->record_readable) {
        *error_out = inquiry->trouble[VP_TROUBLE_RECORD];
        return -1;
    }
    return 0;
}

int vp_inquiry_hold(struct vp_inquiry *inquiry, int wait_ms, struct vp_error *error_out)
{
    if (inquiry->store.directory < 0) {
        *error_out = inquiry->trouble[VP_TROUBLE_STORE];
        return -1;
    }
    inquiry->lock = vp_store_lock(&inquiry->store, inquiry->account.name, wait_ms, error_out);
    if (inquiry->lock < 0) {
        /* Whoever holds the lock, the user himself perhaps, makes no trouble for the store. */
        if (error_out->errnum != EWOULDBLOCK)
            note_trouble(inquiry, VP_TROUBLE_STORE, error_out);
        return -1;
    }
    if (read_again(inquiry, error_out) != 0) {
        vp_inquiry_release(inquiry);
        return -1;
    }
    learn(inquiry);
    return 0;
}

int vp_inquiry_remember(const struct vp_inquiry *inquiry, const char *const *hashes, size_t count,
                        bool durable, struct vp_error *error_out)
{
    size_t keep = inquiry->values.history > 1 ? (size_t)inquiry->values.history : 1;
    const char *user = inquiry->account.name;
    struct vp_history history = {0};
    int result = 0;

    if (!(inquiry->learnt & VP_LEARNT_PERSON))
        result = vp_store_read_history(&inquiry->store, user, &history, error_out);
    for (size_t i = 0; i < count && result >= 0; i++)
        vp_history_add(&history, hashes[i], inquiry->today, keep);
    /* Somebody else's hashes go even where nothing takes their place. */
    if (result >= 0 && (history.count > 0 || inquiry->learnt & VP_LEARNT_PERSON))
        result = vp_store_write_history(&inquiry->store, user, &history, durable, error_out);
    vp_secret_wipe(&history, sizeof history);
    return result < 0 ? -1 : 0;
}

int vp_inquiry_write(struct vp_inquiry *inquiry, bool durable, struct vp_error *error_out)
{
    const char *replaced = inquiry->replaced;
    int result = 0;

    if (inquiry->question.now > inquiry->record.newest)
        inquiry->record.newest = inquiry->question.now;
    if (inquiry->groups_known)
        snprintf(inquiry->record.groups, sizeof inquiry->record.groups, "%s", inquiry->groups);
    if (inquiry->replaced[0] != '\0' || inquiry->learnt & VP_LEARNT_PERSON)
        result = vp_inquiry_remember(inquiry, &replaced, 1, durable, error_out);
    if (result == 0)
        result = vp_store_write_record(&inquiry->store, &inquiry->record, durable, error_out);
    vp_inquiry_release(inquiry);
    if (result != 0)
        note_trouble(inquiry, VP_TROUBLE_STORE, error_out);
    return result;
}

bool vp_inquiry_has_news(const struct vp_inquiry *inquiry)
{
    return inquiry->learnt != 0 ||
           (inquiry->groups_known && strcmp(inquiry->groups, inquiry->record.groups) != 0);
}

struct vp_verdict vp_inquiry_judge(const struct vp_inquiry *inquiry)
{
    return vp_verdict_judge(&inquiry->values, &inquiry->record, &inquiry->account, inquiry->today);
}

bool vp_inquiry_blind(const struct vp_inquiry *inquiry)
{
    if (!inquiry->record_readable)
        return true;
    return vp_verdict_blind(&inquiry->record, &inquiry->account) &&
           !vp_verdict_marked(&inquiry->record, inquiry->today);
}

/* ---- a new password -------------------------------------------------------------------------- */

static size_t bytes_max(const struct vp_account *account)
{
    return vp_hash_is_bcrypt(account->hash) ? VP_BYTES_MAX_BCRYPT : VP_BYTES_MAX;
}

/* Adds the words of one file. What cannot be read is told, and the others count. */
static void add_words(struct vp_inquiry *inquiry, const char *path)
{
    struct vp_error error;
    char *text = NULL;
    size_t length = 0;
    int found = vp_store_read_words(path, &text, &length, &error);

    if (found == 0)
        (void)vp_error_set(&error, path, 0, 0, "there is no such file of words");
    else if (found > 0 && vp_words_add(&inquiry->words, text, length) != 0)
        found = vp_error_set(&error, path, 0, ENOMEM, "words");
    if (found <= 0)
        note_trouble(inquiry, VP_TROUBLE_WORDS, &error);
    free(text);
}

/* The local words, read once for all passwords of this inquiry. */
static void read_words(struct vp_inquiry *inquiry)
{
    const char *at = inquiry->values.words;
    struct vp_error error;
    char path[1024];

    if (inquiry->words_read || at == NULL)
        return;
    inquiry->words_read = true;
    for (at += strspn(at, " \t"); *at != '\0'; at += strspn(at, " \t")) {
        size_t length = strcspn(at, " \t");

        snprintf(path, sizeof path, "%.*s", (int)length, at);
        add_words(inquiry, path);
        at += length;
    }
    if (vp_words_finish(&inquiry->words) != 0) {
        (void)vp_error_set(&error, NULL, 0, ENOMEM, "words");
        note_trouble(inquiry, VP_TROUBLE_WORDS, &error);
        vp_words_free(&inquiry->words);
    }
}

/* The points rule, where the policy has it. */
static void weigh(struct vp_inquiry *inquiry, const struct vp_candidate *candidate,
                  struct vp_rules_setting *setting)
{
    const struct vp_account *account = &inquiry->account;
    struct vp_guess_person person = {account->name, account->full_name, NULL};
    struct vp_guess guess;

    if (inquiry->values.min_points == 0)
        return;
    read_words(inquiry);
    if (inquiry->words.count > 0)
        person.words = &inquiry->words.list;
    guess = vp_guess_weigh(candidate, &vp_wordlist_builtin, &person);
    setting->points = guess.points;
    setting->guessed = guess.kinds;
}

/*
 * The list of breached passwords. One that is missing or damaged must not keep anybody from
 * changing a password that others may know: it is told, and the change goes on.
 */
static void look_up_breached(struct vp_inquiry *inquiry, const char *password, size_t length,
                             struct vp_failures *failures)
{
    struct vp_breached list;
    struct vp_error error;
    int found = -1;

    if (inquiry->values.breached == NULL)
        return;
    if (vp_breached_open(inquiry->values.breached, &list, &error) == 0)
        found = vp_breached_holds(&list, password, length, &error);
    if (found > 0)
        vp_rules_add(failures, VP_RULE_BREACHED, 0, 0);
    else if (found < 0)
        note_trouble(inquiry, VP_TROUBLE_BREACHED, &error);
    vp_breached_close(&list);
}

int vp_inquiry_check_rules(struct vp_inquiry *inquiry, const char *password, size_t length,
                           const char *old, struct vp_failures *failures_out,
                           struct vp_error *error_out)
{
    const struct vp_account *account = &inquiry->account;
    struct vp_candidate candidate, old_candidate;
    struct vp_rules_setting setting = {
        .login_name = account->name[0] == '\0' ? NULL : account->name,
        .bytes_max = bytes_max(account),
    };
    int result = 0;

    vp_rules_read(password, length, &candidate);
    if (old != NULL) {
        vp_rules_read(old, strlen(old), &old_candidate);
        setting.old = &old_candidate;
    }
    if (inquiry->values.non_ascii == VP_NON_ASCII_ALLOW)
        result = vp_unicode_classify(&candidate, error_out);
    if (result == 0) {
        weigh(inquiry, &candidate, &setting);
        vp_rules_check(&inquiry->values, &candidate, &setting, failures_out);
        look_up_breached(inquiry, password, length, failures_out);
    }
    vp_rules_wipe(&candidate);
    if (old != NULL)
        vp_rules_wipe(&old_candidate);
    return result;
}

static bool has_failure(const struct vp_failures *failures, enum vp_rule rule)
{
    for (size_t i = 0; i < failures->count; i++)
        if (failures->list[i].rule == rule)
            return true;
    return false;
}

/* Compares with the old hashes; the current one, which may stand among them, counts as compared. */
static bool is_reused(const struct vp_inquiry *inquiry, struct vp_hash *hash,
                      const struct vp_history *history, const char *password)
{
    int32_t compared = 1;

    for (size_t i = 0; i < history->count; i++) {
        if (vp_secret_equal(history->entries[i].hash, inquiry->account.hash))
            continue;
        if (++compared > inquiry->values.history)
            break;
        if (vp_hash_matches(hash, password, history->entries[i].hash))
            return true;
    }
    return false;
}

int vp_inquiry_check_history(const struct vp_inquiry *inquiry, const char *password,
                             struct vp_failures *failures, struct vp_error *error_out)
{
    struct vp_history history = {0};
    struct vp_hash *hash = NULL;
    int result = -1;

    if (vp_store_read_history(&inquiry->store, inquiry->account.name, &history, error_out) < 0 ||
        vp_hash_open(&hash, error_out) != 0)
        goto out;
    vp_history_add(&history, inquiry->replaced, inquiry->today, VP_HISTORY_MAX);
    result = 0;
    if (has_failure(failures, VP_RULE_CURRENT))
        goto out;
    if (vp_hash_matches(hash, password, inquiry->account.hash))
        vp_rules_add(failures, VP_RULE_CURRENT, 0, 0);
    else if (is_reused(inquiry, hash, &history, password))
        vp_rules_add(failures, VP_RULE_REUSED, 0, inquiry->values.history);
out:
    vp_hash_close(hash);
    vp_secret_wipe(&history, sizeof history);
    return result;
}

/* Whether the password passes all checks: 1, 0 with the failures, or -1 (error filled). */
static int passes(struct vp_inquiry *inquiry, const char *password, const char *old,
                  bool with_history, struct vp_failures *failures_out, struct vp_error *error_out)
{
    if (vp_inquiry_check_rules(inquiry, password, strlen(password), old, failures_out, error_out) !=
        0)
        return -1;
    /* What the rules refuse is thrown away: no crypt(3) for it. */
    if (with_history && failures_out->count == 0 &&
        vp_inquiry_check_history(inquiry, password, failures_out, error_out) != 0)
        return -1;
    return failures_out->count == 0;
}

int vp_inquiry_generate(struct vp_inquiry *inquiry, const char *old, bool with_history,
                        char password_out[VP_PASSWORD_SIZE], unsigned *bits_out,
                        struct vp_error *error_out)
{
    struct vp_failures failures = {0};
    struct vp_plan plan;
    int passed = 0;

    *bits_out = 0;
    password_out[0] = '\0';
    if (vp_generate_plan(&inquiry->values, bytes_max(&inquiry->account), &plan, error_out) != 0)
        return -1;
    for (int i = 0; i < GENERATE_TRIES && passed == 0; i++) {
        if (vp_generate_draw(&plan, password_out, error_out) != 0)
            return -1;
        passed = passes(inquiry, password_out, old, with_history, &failures, error_out);
    }
    if (passed == 0)
        (void)vp_error_set(error_out, NULL, 0, 0,
                           "%d passwords by chance were refused, the last of them as %s",
                           GENERATE_TRIES, vp_rules_code(failures.list[0].rule));
    if (passed != 1)
        vp_secret_wipe(password_out, VP_PASSWORD_SIZE);
    *bits_out = plan.bits;
    return passed == 1 ? 0 : -1;
}
