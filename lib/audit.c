#include "audit.h"
#include "text.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#define OUR_ACCOUNT                                                                                \
    "account [success=ok new_authtok_reqd=ok ignore=ignore user_unknown=ignore default=die] "      \
    "pam_vpolicy.so marked"

/*
 * {} is what the fault is about. profiles: in a file of pam-auth-update's it is for that program to
 * mend, not for hands.
 */
static const struct {
    const char *word, *what, *instead;
    bool profiles;
} faults[VP_AUDIT_KIND_COUNT] = {
    [VP_AUDIT_NO_PASSWORD] = {"no-password",
                              "no password line of pam_vpolicy: {} sets what nobody has checked",
                              "above this line: password requisite pam_vpolicy.so", true},
    [VP_AUDIT_PASSWORD_LATE] = {"password-late",
                                "this line comes when {} has set the password already",
                                "this line above that of {}", false},
    [VP_AUDIT_PASSWORD_SKIPPED] = {"password-skipped",
                                   "{} goes past our password line, and a password is set that "
                                   "nobody has checked",
                                   "our password line above this one", false},
    [VP_AUDIT_NOT_REQUISITE] = {"not-requisite",
                                "[{}] lets the modules below set a password that we refused",
                                "password requisite pam_vpolicy.so", false},
    [VP_AUDIT_PASSWORD_ENDS] = {"password-ends",
                                "[{}] ends the stack when we accept a password, and no module "
                                "sets it",
                                "password requisite pam_vpolicy.so", false},
    [VP_AUDIT_ASKS_AGAIN] = {"asks-again",
                             "{} may ask for a password of its own, which we have not checked",
                             "use_authtok at the end of this line", false},
    [VP_AUDIT_NO_PROMPT] = {"no-prompt",
                            "with use_authtok, and no line above that asks for a password, every "
                            "change is refused",
                            "password requisite pam_vpolicy.so", false},
    [VP_AUDIT_NO_RECORD] = {"no-record",
                            "no record line: nobody writes down that {} set the password, and the "
                            "next login demands another",
                            "below, as the last password line: password optional pam_vpolicy.so "
                            "record",
                            true},
    [VP_AUDIT_RECORD_EARLY] = {"record-early", "this line comes before {} has set the password",
                               "this line below that of {}", false},
    [VP_AUDIT_RECORD_SKIPPED] = {"record-skipped",
                                 "{} goes past our record line, and the next login demands "
                                 "another password",
                                 "the lines between our two into a file of their own, and in their "
                                 "place: password substack FILE",
                                 false},
    [VP_AUDIT_NO_ACCOUNT] = {"no-account",
                             "no account line of pam_vpolicy: closed accounts get in, and "
                             "passwords that are due",
                             "above this line: " OUR_ACCOUNT, true},
    [VP_AUDIT_ACCOUNT_SKIPPED] = {"account-skipped",
                                  "{} goes past our account line: closed accounts get in",
                                  "our account line above this one", false},
    [VP_AUDIT_ACCOUNT_LATE] = {"account-late",
                               "below {}, whose demand for a new password drowns our refusal",
                               "this line above that of {}", false},
    [VP_AUDIT_ACCOUNT_IGNORED] = {"account-ignored", "[{}] lets in whom we refuse, or who is due",
                                  OUR_ACCOUNT, false},
    [VP_AUDIT_ACCOUNT_ALONE] = {"account-alone",
                                "no other module is asked about the account: expiry dates, the "
                                "second wall of a closed account, are not heard",
                                OUR_ACCOUNT ", and below it: account required pam_unix.so", false},
    [VP_AUDIT_NO_AUTH] = {"no-auth",
                          "no auth line of pam_vpolicy, though the account line says marked: who "
                          "gives {} a password counts as if none was asked",
                          "above this line: auth optional pam_vpolicy.so", true},
    [VP_AUDIT_AUTH_SKIPPED] = {"auth-skipped",
                               "{} goes past our auth line, and a login by password counts as if "
                               "none was asked",
                               "our auth line above this one", false},
    [VP_AUDIT_NOT_MARKED] = {"not-marked",
                             "without marked, every login counts as one by password, also by key",
                             "marked at the end of this line", false},
    [VP_AUDIT_DECIDES] = {"decides",
                          "[{}] makes a verdict of this line, which always returns ignore: that "
                          "refuses everybody, or goes past others",
                          "optional in the place of [{}]", false},
    [VP_AUDIT_NO_MODULE] = {"no-module", "{} is not there: that refuses everybody, root too",
                            "nothing here: take the line out, or install the module", false},
    [VP_AUDIT_BAD_ARGUMENT] = {"bad-argument", "{} is no argument of this line, and has no effect",
                               "policy=, state=, debug; password: record or use_authtok; account: "
                               "marked",
                               false},
    [VP_AUDIT_DIFFERS] = {"differs", "{} is not what our other account and password lines say",
                          "the same policy= and state= in all of them", false},
    [VP_AUDIT_SESSION] = {"session", "{} does nothing for sessions, so they are refused",
                          "nothing here: take the line out", false},
    [VP_AUDIT_BROKEN] = {"broken", "PAM cannot read this line, and refuses: {}",
                         "type, control and module, or a file that is there", false},
    [VP_AUDIT_CACHED] = {"cached",
                         "with {} a password that once was right lets in without a word to PAM",
                         "this line without it (auth_cache_size = 0), then restart the program",
                         false},
};

/* What asks PAM without letting anybody in: another service of the same login judges. */
static const char *const no_logins[] = {
    "sssd-shadowutils", /* sssd looks up a password by it, for the service that asked sssd */
};

static const struct {
    const char *word; /* ends in = where a value belongs to it */
    unsigned groups;  /* in which it means something, a set of bits */
} our_arguments[] = {
    {"policy=", 1U << VP_STACK_AUTH | 1U << VP_STACK_ACCOUNT | 1U << VP_STACK_PASSWORD},
    {"state=", 1U << VP_STACK_AUTH | 1U << VP_STACK_ACCOUNT | 1U << VP_STACK_PASSWORD},
    {"debug", 1U << VP_STACK_AUTH | 1U << VP_STACK_ACCOUNT | 1U << VP_STACK_PASSWORD},
    {"record", 1U << VP_STACK_PASSWORD},
    {"use_authtok", 1U << VP_STACK_PASSWORD},
    {"marked", 1U << VP_STACK_ACCOUNT},
};

/*
 * By which argument a module (NULL: any) takes the new password that is there. The words about the
 * first password mean the old one elsewhere, in pam_unix and pam_krb5.
 */
static const struct {
    const char *module, *word;
} takers[] = {
    {NULL, "use_authtok"},
    {NULL, "try_authtok"},
    {"pam_passwdqc", "use_first_pass"},
    {"pam_ldap", "use_first_pass"},
    {"pam_ldap", "try_first_pass"},
    {"pam_winbind", "use_first_pass"},
    {"pam_winbind", "try_first_pass"},
};

/* One judging of one stack. */
struct audit {
    const struct vp_stack *stack;
    vp_audit_has_module *has_module;
    vp_audit_reporter *report;
    void *context;
};

/* One group of it, and the ways through. */
struct group {
    const struct audit *audit;
    const struct vp_stack_chain *chain;
    struct vp_walk *walk;
    size_t ours, record; /* the first of our lines; chain->count where there is none */
};

const char *vp_audit_word(enum vp_audit_kind kind)
{
    return faults[kind].word;
}

/* ---- telling --------------------------------------------------------------------------------- */

/* template with each {} replaced. */
static void fill(const char *template, const char *subject, char *buffer, size_t size)
{
    struct vp_text text;
    const char *hole;

    vp_text_begin(&text, buffer, size);
    while ((hole = strstr(template, "{}")) != NULL) {
        vp_text_add(&text, "%.*s%s", (int)(hole - template), template, subject);
        template = hole + 2;
    }
    vp_text_add(&text, "%s", template);
}

static bool is_profiles_file(const char *path)
{
    return strstr(path, "/common-") != NULL;
}

static void tell(vp_audit_reporter *report, void *context, enum vp_audit_kind kind,
                 const char *path, unsigned line, const char *subject)
{
    struct vp_audit_fault fault = {.kind = kind, .path = path, .line = line};
    char by_hand[VP_AUDIT_TEXT_SIZE];

    fill(faults[kind].what, subject, fault.what, sizeof fault.what);
    fill(faults[kind].instead, subject, by_hand, sizeof by_hand);
    fill(faults[kind].profiles && is_profiles_file(path)
             ? "nothing by hand: pam-auth-update --enable vpolicy vpolicy-record; only where that "
               "leaves the file alone, {}"
             : "{}",
         by_hand, fault.instead, sizeof fault.instead);
    report(context, &fault);
}

static void tell_line(const struct audit *audit, enum vp_audit_kind kind,
                      const struct vp_stack_line *line, const char *subject)
{
    tell(audit->report, audit->context, kind, line->path, line->number, subject);
}

/* About a line, which names another module. */
static void tell_module(const struct audit *audit, enum vp_audit_kind kind,
                        const struct vp_stack_line *line, const struct vp_stack_line *other)
{
    char name[64];

    vp_stack_module_name(other, name, sizeof name);
    tell_line(audit, kind, line, name);
}

/* About a line that goes past ours, and by what it does. */
static void tell_step(const struct group *group, enum vp_audit_kind kind, struct vp_walk_step by)
{
    const struct vp_stack_line *line = &group->chain->lines[by.line];
    int action = line->actions[by.code];
    char name[64], subject[160];
    struct vp_text text;

    vp_stack_module_name(line, name, sizeof name);
    vp_text_begin(&text, subject, sizeof subject);
    vp_text_add(&text, "%s (%s=", name, vp_stack_code_word(by.code));
    if (action > 0)
        vp_text_add(&text, "%d)", action);
    else
        vp_text_add(&text, "%s)", action == VP_STACK_DONE ? "done" : "die");
    tell_line(group->audit, kind, line, subject);
}

/* ---- the questions --------------------------------------------------------------------------- */

static bool sets_unchecked(enum vp_walk_end end, unsigned facts)
{
    (void)end; /* the password has changed, whatever the program is told */
    return (facts & VP_WALK_SET_UNASKED) != 0;
}

static bool sets_refused(enum vp_walk_end end, unsigned facts)
{
    (void)end;
    return (facts & VP_WALK_SET_REFUSED) != 0;
}

static bool accepts_in_vain(enum vp_walk_end end, unsigned facts)
{
    return end == VP_WALK_SUCCESS && (facts & VP_WALK_RAN) && !(facts & VP_WALK_WORKED);
}

static bool leaves_unrecorded(enum vp_walk_end end, unsigned facts)
{
    return end == VP_WALK_SUCCESS && (facts & VP_WALK_SET_HERE) && !(facts & VP_WALK_RECORDED);
}

static bool lets_in(enum vp_walk_end end, unsigned facts)
{
    (void)facts;
    return end != VP_WALK_FAILURE;
}

/* Also who must change the password first: a closed account would be let change it. */
static bool lets_in_unasked(enum vp_walk_end end, unsigned facts)
{
    return end != VP_WALK_FAILURE && !(facts & VP_WALK_RAN);
}

static bool lets_in_all_the_same(enum vp_walk_end end, unsigned facts)
{
    return (end != VP_WALK_FAILURE && (facts & VP_WALK_REFUSED)) ||
           (end == VP_WALK_SUCCESS && (facts & VP_WALK_DEMANDED));
}

static bool proves_password(enum vp_walk_end end, unsigned facts)
{
    return end == VP_WALK_SUCCESS && (facts & VP_WALK_WORKED);
}

static bool proves_unnoted(enum vp_walk_end end, unsigned facts)
{
    return proves_password(end, facts) && !(facts & VP_WALK_RAN);
}

/* ---- looking for lines ----------------------------------------------------------------------- */

static size_t find_ours(const struct vp_stack_chain *chain, bool record)
{
    size_t i = 0;

    while (i < chain->count && !(vp_stack_is_ours(&chain->lines[i]) &&
                                 vp_stack_has_argument(&chain->lines[i], "record") == record))
        i++;
    return i;
}

/* The first line from..to whose module has one of the roles, ours aside; or the lines' count. */
static size_t find_role(const struct group *group, unsigned roles, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!vp_stack_is_ours(&group->chain->lines[i]) &&
            vp_walk_roles(&group->chain->lines[i]) & roles)
            return i;
    return group->chain->count;
}

/* The same among all lines that can be reached. */
static size_t find_reached(const struct group *group, unsigned roles)
{
    const size_t count = group->chain->count;
    size_t i = find_role(group, roles, 0, count);

    while (i < count && !vp_walk_reaches(group->walk, i, 0))
        i = find_role(group, roles, i + 1, count);
    return i;
}

/*
 * Tells of each line that goes past one of ours on a way that ends so. Returns how many, or -1
 * where memory is short.
 */
static int tell_past(const struct group *group, size_t past, unsigned without,
                     vp_walk_question *question, enum vp_audit_kind kind)
{
    struct vp_walk_step *steps = calloc(group->chain->count + 1, sizeof *steps);
    int count = steps == NULL ? -1 : vp_walk_find_past(group->walk, past, without, question, steps);

    for (int i = 0; i < count; i++)
        tell_step(group, kind, steps[i]);
    free(steps);
    return count;
}

/* Whether our own line goes past a later one on a way that ends so; -1 where memory is short. */
static int ours_goes_past(const struct group *group, size_t past, vp_walk_question *question)
{
    struct vp_walk_step *steps = calloc(group->chain->count + 1, sizeof *steps);
    int count = steps == NULL ? -1 : vp_walk_find_past(group->walk, past, 0, question, steps);
    int found = count < 0 ? -1 : 0;

    for (int i = 0; i < count; i++)
        if (steps[i].line == group->ours)
            found = 1;
    free(steps);
    return found;
}

/* ---- password -------------------------------------------------------------------------------- */

static int check_checking(const struct group *group, size_t setter)
{
    const struct vp_stack_line *lines = group->chain->lines;
    const struct vp_stack_line *ours = &lines[group->ours];
    int past =
        tell_past(group, group->ours, VP_WALK_RAN, sets_unchecked, VP_AUDIT_PASSWORD_SKIPPED);
    size_t next = find_role(group, VP_WALK_SETS, group->ours + 1, group->chain->count);
    int ends = next == group->chain->count ? 0 : ours_goes_past(group, next, accepts_in_vain);

    if (past < 0 || ends < 0)
        return -1;
    if (past == 0 && setter < group->ours)
        tell_module(group->audit, VP_AUDIT_PASSWORD_LATE, ours, &lines[setter]);
    if (vp_walk_can_end(group->walk, sets_refused))
        tell_line(group->audit, VP_AUDIT_NOT_REQUISITE, ours, ours->control);
    if (ends > 0)
        tell_line(group->audit, VP_AUDIT_PASSWORD_ENDS, ours, ours->control);
    return 0;
}

/* Whether the line takes the password that is there, and asks for no other one. */
static bool takes_ours(const struct vp_stack_line *line)
{
    char name[32];

    vp_stack_module_name(line, name, sizeof name);
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++)
        if ((takers[i].module == NULL || strcmp(takers[i].module, name) == 0) &&
            vp_stack_has_argument(line, takers[i].word))
            return true;
    return false;
}

static void check_prompts(const struct group *group)
{
    const struct vp_stack_line *lines = group->chain->lines;
    const struct vp_stack_line *ours = &lines[group->ours];

    for (size_t i = group->ours + 1; i < group->chain->count; i++)
        if (vp_walk_roles(&lines[i]) & VP_WALK_PROMPTS && !takes_ours(&lines[i]) &&
            vp_walk_reaches(group->walk, i, 0))
            tell_module(group->audit, VP_AUDIT_ASKS_AGAIN, &lines[i], &lines[i]);
    if (vp_stack_has_argument(ours, "use_authtok") &&
        find_role(group, VP_WALK_PROMPTS | VP_WALK_SETS | VP_WALK_UNKNOWN, 0, group->ours) ==
            group->chain->count)
        tell_line(group->audit, VP_AUDIT_NO_PROMPT, ours, "");
}

static int check_recording(const struct group *group)
{
    const struct vp_stack_line *lines = group->chain->lines;
    size_t setter = find_reached(group, VP_WALK_SETS_HERE);

    if (setter == group->chain->count)
        return 0;
    if (group->record == group->chain->count)
        tell_module(group->audit, VP_AUDIT_NO_RECORD, &lines[setter], &lines[setter]);
    else if (group->record < setter)
        tell_module(group->audit, VP_AUDIT_RECORD_EARLY, &lines[group->record], &lines[setter]);
    else
        return tell_past(group, group->record, 0, leaves_unrecorded, VP_AUDIT_RECORD_SKIPPED);
    return 0;
}

static int check_password(const struct group *group)
{
    size_t setter = find_reached(group, VP_WALK_SETS);

    if (group->ours == group->chain->count) {
        if (setter < group->chain->count)
            tell_module(group->audit, VP_AUDIT_NO_PASSWORD, &group->chain->lines[setter],
                        &group->chain->lines[setter]);
        return 0;
    }
    check_prompts(group);
    return check_checking(group, setter) != 0 || check_recording(group) < 0 ? -1 : 0;
}

/* ---- account --------------------------------------------------------------------------------- */

/*
 * Whether somebody logs in by it. A display manager's greeter has no person behind it: nothing asks
 * for a password or looks at the account there.
 */
static bool is_login(const struct group *account, const struct group *auth)
{
    const char *service = account->audit->stack->service;

    for (size_t i = 0; i < sizeof no_logins / sizeof no_logins[0]; i++)
        if (strcmp(no_logins[i], service) == 0)
            return false;
    return vp_walk_can_end(auth->walk, proves_password) ||
           find_reached(account, VP_WALK_JUDGES) < account->chain->count;
}

static void tell_no_account(const struct group *group)
{
    size_t judge = find_reached(group, VP_WALK_JUDGES);

    tell_line(group->audit, VP_AUDIT_NO_ACCOUNT,
              &group->chain->lines[judge < group->chain->count ? judge : 0], "");
}

static bool is_failing(int action)
{
    return action == VP_STACK_BAD || action == VP_STACK_DIE;
}

/* Whether our line's own control field hears what we say. */
static bool hears_us(const struct vp_stack_line *line)
{
    int demand = line->actions[VP_STACK_NEW_AUTHTOK_REQD];

    return is_failing(line->actions[VP_STACK_ACCT_EXPIRED]) &&
           is_failing(line->actions[VP_STACK_AUTHINFO_UNAVAIL]) &&
           (is_failing(demand) || demand == VP_STACK_OK || demand == VP_STACK_DONE);
}

/* Our verdict does not come through: by our own control field, or since another has failed. */
static void tell_unheard(const struct group *group)
{
    const struct vp_stack_line *lines = group->chain->lines;
    const struct vp_stack_line *ours = &lines[group->ours];
    size_t above = 0;

    /* The first failure's status stays, and `new_authtok_reqd=bad` makes a demand of it. */
    while (above < group->ours && !(vp_walk_roles(&lines[above]) & VP_WALK_JUDGES &&
                                    is_failing(lines[above].actions[VP_STACK_NEW_AUTHTOK_REQD])))
        above++;
    if (hears_us(ours) && above < group->ours)
        tell_module(group->audit, VP_AUDIT_ACCOUNT_LATE, ours, &lines[above]);
    else
        tell_line(group->audit, VP_AUDIT_ACCOUNT_IGNORED, ours, ours->control);
}

static int check_account(const struct group *group, const struct group *auth)
{
    const struct vp_stack_line *ours = &group->chain->lines[group->ours];
    size_t judge = find_reached(group, VP_WALK_JUDGES);
    int alone = 1;

    if (!vp_walk_can_end(group->walk, lets_in) || !is_login(group, auth))
        return 0;
    if (group->ours == group->chain->count) {
        tell_no_account(group);
        return 0;
    }
    if (tell_past(group, group->ours, VP_WALK_RAN, lets_in_unasked, VP_AUDIT_ACCOUNT_SKIPPED) < 0)
        return -1;
    if (vp_walk_can_end(group->walk, lets_in_all_the_same))
        tell_unheard(group);
    if (judge < group->chain->count)
        alone = judge < group->ours ? 0 : ours_goes_past(group, judge, accepts_in_vain);
    if (alone > 0)
        tell_line(group->audit, VP_AUDIT_ACCOUNT_ALONE, ours, "");
    return alone < 0 ? -1 : 0;
}

/* ---- auth ------------------------------------------------------------------------------------ */

/* Whether the note of the auth line and `marked` on the account line go together. */
static int check_note(const struct group *group, const struct group *account)
{
    const struct vp_stack_line *ours = &account->chain->lines[account->ours];
    const size_t count = group->chain->count;
    size_t asker = find_reached(group, VP_WALK_ASKS);

    if (account->ours == account->chain->count || !is_login(account, group))
        return 0;
    if (!vp_stack_has_argument(ours, "marked")) {
        if (group->ours < count)
            tell_line(group->audit, VP_AUDIT_NOT_MARKED, ours, "");
        return 0;
    }
    if (group->ours < count)
        return tell_past(group, group->ours, VP_WALK_RAN, proves_unnoted, VP_AUDIT_AUTH_SKIPPED);
    if (asker < count && vp_walk_can_end(group->walk, proves_password))
        tell_module(group->audit, VP_AUDIT_NO_AUTH, &group->chain->lines[asker],
                    &group->chain->lines[asker]);
    return 0;
}

/* ---- single lines ---------------------------------------------------------------------------- */

static bool is_argument(const struct vp_stack_line *line, const char *word)
{
    for (size_t i = 0; i < sizeof our_arguments / sizeof our_arguments[0]; i++) {
        const char *known = our_arguments[i].word;
        size_t length = strlen(known);
        bool same =
            known[length - 1] == '=' ? strncmp(word, known, length) == 0 : strcmp(word, known) == 0;

        if (same && our_arguments[i].groups >> line->group & 1)
            return true;
    }
    return false;
}

static void check_line(const struct audit *audit, const struct vp_stack_line *line)
{
    bool silent = line->group == VP_STACK_AUTH || vp_stack_has_argument(line, "record");

    if (line->kind == VP_STACK_BROKEN)
        tell_line(audit, VP_AUDIT_BROKEN, line, line->module);
    if (!vp_stack_is_ours(line))
        return;
    if (!audit->has_module(line->module))
        tell_line(audit, VP_AUDIT_NO_MODULE, line, line->module);
    if (line->group == VP_STACK_SESSION) {
        tell_module(audit, VP_AUDIT_SESSION, line, line);
        return;
    }
    if (silent && line->actions[VP_STACK_IGNORE] != VP_STACK_IGNORED)
        tell_line(audit, VP_AUDIT_DECIDES, line, line->control);
    for (size_t i = 0; i < line->argument_count; i++)
        if (!is_argument(line, line->arguments[i]))
            tell_line(audit, VP_AUDIT_BAD_ARGUMENT, line, line->arguments[i]);
}

/* The value of an argument such as policy=, or "". The last one counts. */
static const char *value_of(const struct vp_stack_line *line, const char *word)
{
    const char *value = "";

    for (size_t i = 0; i < line->argument_count; i++)
        if (strncmp(line->arguments[i], word, strlen(word)) == 0)
            value = line->arguments[i] + strlen(word);
    return value;
}

static bool is_same_place(const struct vp_stack_line *one, const struct vp_stack_line *other)
{
    return strcmp(value_of(one, "policy="), value_of(other, "policy=")) == 0 &&
           strcmp(value_of(one, "state="), value_of(other, "state=")) == 0;
}

/* Compares our account and password lines with the first of them. */
static void check_places(const struct audit *audit)
{
    static const enum vp_stack_group compared[] = {VP_STACK_ACCOUNT, VP_STACK_PASSWORD};
    const struct vp_stack_line *first = NULL;
    char subject[160];

    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++) {
        const struct vp_stack_chain *chain = &audit->stack->groups[compared[i]];

        for (size_t j = 0; j < chain->count; j++) {
            const struct vp_stack_line *line = &chain->lines[j];
            struct vp_text text;

            if (!vp_stack_is_ours(line))
                continue;
            first = first == NULL ? line : first;
            if (is_same_place(first, line))
                continue;
            vp_text_begin(&text, subject, sizeof subject);
            vp_text_add(&text, "policy=%s state=%s", value_of(line, "policy="),
                        value_of(line, "state="));
            tell_line(audit, VP_AUDIT_DIFFERS, line, subject);
        }
    }
}

/* ---- a whole stack --------------------------------------------------------------------------- */

static struct group group_of(const struct audit *audit, enum vp_stack_group number)
{
    const struct vp_stack_chain *chain = &audit->stack->groups[number];

    return (struct group){.audit = audit,
                          .chain = chain,
                          .walk = vp_walk_open(chain),
                          .ours = find_ours(chain, false),
                          .record = find_ours(chain, true)};
}

int vp_audit_stack(const struct vp_stack *stack, vp_audit_has_module *has_module,
                   vp_audit_reporter *report, void *context)
{
    const struct audit audit = {stack, has_module, report, context};
    const struct group auth = group_of(&audit, VP_STACK_AUTH);
    const struct group account = group_of(&audit, VP_STACK_ACCOUNT);
    const struct group password = group_of(&audit, VP_STACK_PASSWORD);
    int result = -1;

    if (auth.walk != NULL && account.walk != NULL && password.walk != NULL &&
        check_note(&auth, &account) >= 0 && check_account(&account, &auth) == 0 &&
        check_password(&password) == 0)
        result = 0;
    for (int group = 0; group < VP_STACK_GROUP_COUNT && result == 0; group++)
        for (size_t i = 0; i < stack->groups[group].count; i++)
            check_line(&audit, &stack->groups[group].lines[i]);
    if (result == 0)
        check_places(&audit);
    vp_walk_close(auth.walk);
    vp_walk_close(account.walk);
    vp_walk_close(password.walk);
    return result;
}

/* ---- what does not ask PAM ------------------------------------------------------------------- */

/* Whether a line sets this variable; where its value begins. */
static const char *setting(const char *line, const char *name)
{
    line += strspn(line, " \t");
    if (strncmp(line, name, strlen(name)) != 0)
        return NULL;
    line += strlen(name);
    line += strspn(line, " \t");
    if (*line != '=')
        return NULL;
    line++;
    return line + strspn(line, " \t\"'");
}

/* Whether one of the options up to the line's end is -c, as getopt of saslauthd reads them. */
static bool has_cache_option(const char *options)
{
    static const char with_value[] = "aOmnst";

    for (; *options != '\n' && *options != '\0'; options++) {
        if (*options != '-' || strchr(" \t\"'=", options[-1]) == NULL)
            continue;
        for (options++; strchr(" \t\"'\n", *options) == NULL; options++) {
            if (*options == 'c')
                return true;
            if (strchr(with_value, *options) != NULL)
                break;
        }
        if (*options == '\n' || *options == '\0')
            break;
    }
    return false;
}

/* The line of a text that sets one of the variables last, from 1, and where its value begins. */
static const char *find_setting(const char *text, const char *const *names, size_t count,
                                unsigned *number_out)
{
    const char *found = NULL;
    unsigned number = 1;

    for (const char *line = text; *line != '\0'; number++) {
        for (size_t i = 0; i < count; i++) {
            const char *value = setting(line, names[i]);

            if (value != NULL) {
                found = value;
                *number_out = number;
            }
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return found;
}

/* Whether a word stands somewhere in what is left of the line. */
static bool line_has(const char *line, const char *word)
{
    const char *found = strstr(line, word);

    return found != NULL && found < line + strcspn(line, "\n");
}

void vp_audit_saslauthd(const struct vp_stack_file *file, vp_audit_reporter *report, void *context)
{
    static const char *const options[] = {"OPTIONS", "FLAGS"}, *const mechanisms[] = {"MECHANISMS",
                                                                                      "MECH"};
    static const char *const start[] = {"START"};
    unsigned number, ignored;
    const char *says = find_setting(file->text, options, 2, &number);
    const char *asks = find_setting(file->text, mechanisms, 2, &ignored);
    const char *runs = find_setting(file->text, start, 1, &ignored);

    if (says == NULL || !has_cache_option(says) || (asks != NULL && !line_has(asks, "pam")) ||
        (runs != NULL && strncmp(runs, "no", 2) == 0))
        return;
    tell(report, context, VP_AUDIT_CACHED, file->path, number, "-c");
}

void vp_audit_dovecot(const struct vp_stack_file *file, vp_audit_reporter *report, void *context)
{
    static const char *const key[] = {"auth_cache_size"};
    unsigned number;
    const char *size = find_setting(file->text, key, 1, &number);

    if (size != NULL && *size >= '1' && *size <= '9')
        tell(report, context, VP_AUDIT_CACHED, file->path, number, "auth_cache_size");
}
