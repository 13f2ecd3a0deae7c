#include "walk.h"

#include <stdlib.h>
#include <string.h>

/* libpam's impression and status, as far as they decide. */
enum mood {
    UNDECIDED,       /* nothing counted yet: fails */
    CONTENT,         /* success so far */
    RENEWING,        /* success, once the password is changed */
    STUCK,           /* a failure was let pass as good, and stays the status */
    FAILED,          /* for good */
    FAILED_RENEWING, /* `new_authtok_reqd=bad`: the program is told to have the password changed */
    MOOD_COUNT
};

/* saved: the mood at the beginning of the substack, which `reset` brings back. */
struct state {
    enum mood mood, saved;
    unsigned facts;
};

#define STATE_COUNT ((size_t)MOOD_COUNT * MOOD_COUNT * VP_WALK_FACTS)

/* What is known of a line, found out once. */
struct trait {
    unsigned roles;
    uint32_t returns; /* the values that its module may return, a set of bits */
    bool ours, record;
};

struct vp_walk {
    const struct vp_stack_chain *chain;
    struct trait *traits; /* of each line */
    bool *reached;        /* for each line, and for the end, STATE_COUNT states */
};

/* ---- what is known of modules ---------------------------------------------------------------- */

#define EVERYTHING                                                                                 \
    (VP_WALK_ASKS | VP_WALK_JUDGES | VP_WALK_SETS | VP_WALK_SETS_HERE | VP_WALK_PROMPTS)
#define DIRECTORY (VP_WALK_ASKS | VP_WALK_JUDGES | VP_WALK_SETS | VP_WALK_PROMPTS)

static const struct {
    const char *name;
    unsigned roles;
} modules[] = {
    {"pam_unix", EVERYTHING},
    {"pam_tcb", EVERYTHING},
    {"pam_sss", DIRECTORY},
    {"pam_krb5", DIRECTORY},
    {"pam_ldap", DIRECTORY},
    {"pam_winbind", DIRECTORY},
    {"pam_mysql", DIRECTORY},
    {"pam_pgsql", DIRECTORY},
    {"pam_radius_auth", DIRECTORY},
    {"pam_tacplus", DIRECTORY},
    /* It takes the password that is there, and asks where there is none. */
    {"pam_systemd_home", VP_WALK_ASKS | VP_WALK_JUDGES | VP_WALK_SETS},
    {"pam_userdb", VP_WALK_ASKS | VP_WALK_JUDGES},
    {"pam_pwdfile", VP_WALK_ASKS},
    {"pam_pwquality", VP_WALK_PROMPTS},
    {"pam_passwdqc", VP_WALK_PROMPTS},
    {"pam_cracklib", VP_WALK_PROMPTS},
    {"pam_pwhistory", VP_WALK_PROMPTS},
    /* These look at the place, the time or the program, and not at the account's dates. */
    {"pam_access", 0},
    {"pam_cap", 0},
    {"pam_debug", 0},
    {"pam_deny", 0},
    {"pam_echo", 0},
    {"pam_ecryptfs", 0},
    {"pam_env", 0},
    {"pam_exec", VP_WALK_UNKNOWN},
    {"pam_faildelay", 0},
    {"pam_faillock", 0},
    {"pam_fprintd", 0},
    {"pam_gdm", 0},
    {"pam_gnome_keyring", 0},
    {"pam_group", 0},
    {"pam_kwallet5", 0},
    {"pam_limits", 0},
    {"pam_listfile", 0},
    {"pam_localuser", 0},
    {"pam_mount", 0},
    {"pam_nologin", 0},
    {"pam_permit", 0},
    {"pam_rootok", 0},
    {"pam_securetty", 0},
    {"pam_sepermit", 0},
    {"pam_shells", 0},
    {"pam_succeed_if", 0},
    {"pam_tally2", 0},
    {"pam_time", 0},
    {"pam_u2f", 0},
    {"pam_usertype", 0},
    {"pam_vpolicy", 0},
    {"pam_warn", 0},
    {"pam_wheel", 0},
};

static bool is_module(const struct vp_stack_line *line, const char *name)
{
    char found[32];

    vp_stack_module_name(line, found, sizeof found);
    return strcmp(found, name) == 0;
}

/* With these pam_sss asks for a smart card's PIN, and for no password (pam_sss(8)). */
static bool asks_for_card(const struct vp_stack_line *line)
{
    return is_module(line, "pam_sss") && (vp_stack_has_argument(line, "try_cert_auth") ||
                                          vp_stack_has_argument(line, "require_cert_auth"));
}

unsigned vp_walk_roles(const struct vp_stack_line *line)
{
    static const unsigned of_group[VP_STACK_GROUP_COUNT] = {
        [VP_STACK_AUTH] = VP_WALK_ASKS | VP_WALK_UNKNOWN,
        [VP_STACK_ACCOUNT] = VP_WALK_JUDGES | VP_WALK_UNKNOWN,
        [VP_STACK_PASSWORD] = VP_WALK_SETS | VP_WALK_SETS_HERE | VP_WALK_PROMPTS | VP_WALK_UNKNOWN,
    };

    if (line->kind != VP_STACK_MODULE || (line->group == VP_STACK_AUTH && asks_for_card(line)))
        return 0;
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
        if (is_module(line, modules[i].name))
            return modules[i].roles & of_group[line->group];
    /* The benefit of the doubt, where a false alarm is the alternative. */
    return (VP_WALK_UNKNOWN | VP_WALK_JUDGES) & of_group[line->group];
}

/* Whether pam_succeed_if asks for root: `uid = 0`, `user = root`. */
static bool asks_for_root(const struct vp_stack_line *line)
{
    for (size_t i = 0; i + 2 < line->argument_count; i++) {
        const char *const *word = line->arguments + i;
        bool equal = strcmp(word[1], "=") == 0 || strcmp(word[1], "eq") == 0;

        if (equal && ((strcmp(word[0], "uid") == 0 && strcmp(word[2], "0") == 0) ||
                      (strcmp(word[0], "user") == 0 && strcmp(word[2], "root") == 0)))
            return true;
    }
    return false;
}

static bool ours_returns(const struct vp_stack_line *line, int code)
{
    if (line->group == VP_STACK_AUTH || vp_stack_has_argument(line, "record"))
        return code == VP_STACK_IGNORE;
    if (line->group == VP_STACK_ACCOUNT)
        return code == VP_STACK_SUCCESS || code == VP_STACK_NEW_AUTHTOK_REQD ||
               code == VP_STACK_ACCT_EXPIRED || code == VP_STACK_AUTHINFO_UNAVAIL ||
               code == VP_STACK_USER_UNKNOWN;
    return code == VP_STACK_SUCCESS || code == VP_STACK_AUTHTOK_ERR ||
           code == VP_STACK_ACCT_EXPIRED || code == VP_STACK_AUTHINFO_UNAVAIL ||
           code == VP_STACK_AUTHTOK_LOCK_BUSY || code == VP_STACK_USER_UNKNOWN;
}

/* pam_debug returns what its argument says: acct=perm_denied; success where it says nothing. */
static bool debug_returns(const struct vp_stack_line *line, int code)
{
    static const char *const words[VP_STACK_GROUP_COUNT] = {
        "auth=", "acct=", "chauthtok=", "open_session="};
    const char *word = words[line->group];
    const char *value = vp_stack_code_word(VP_STACK_SUCCESS);

    for (size_t i = 0; i < line->argument_count; i++)
        if (strncmp(line->arguments[i], word, strlen(word)) == 0)
            value = line->arguments[i] + strlen(word);
    return strcmp(vp_stack_code_word(code), value) == 0;
}

/* Whether the line's module may return this value. */
static bool may_return(const struct vp_stack_line *line, int code)
{
    bool judges = (vp_walk_roles(line) & (VP_WALK_JUDGES | VP_WALK_UNKNOWN)) != 0;

    if (line->kind == VP_STACK_BROKEN)
        return code == VP_STACK_PERM_DENIED;
    if (vp_stack_is_ours(line))
        return ours_returns(line, code);
    if (is_module(line, "pam_debug"))
        return debug_returns(line, code);
    if (is_module(line, "pam_permit"))
        return code == VP_STACK_SUCCESS;
    if (is_module(line, "pam_deny"))
        return code == VP_STACK_AUTH_ERR || code == VP_STACK_ACCT_EXPIRED ||
               code == VP_STACK_AUTHTOK_ERR || code == VP_STACK_SESSION_ERR;
    if (code == VP_STACK_SUCCESS)
        return !is_module(line, "pam_rootok") &&
               !(is_module(line, "pam_succeed_if") && asks_for_root(line));
    if (code == VP_STACK_NEW_AUTHTOK_REQD)
        return line->group == VP_STACK_ACCOUNT && judges;
    return code != VP_STACK_INCOMPLETE;
}

/* ---- one step, as in libpam's _pam_dispatch_aux ---------------------------------------------- */

/* The first line behind i that is not in the same substack. */
static size_t leave(const struct vp_stack_chain *chain, size_t i)
{
    const int level = chain->lines[i].level;

    while (++i < chain->count && chain->lines[i].level >= level)
        continue;
    return i;
}

/* Jumps; a substack counts as one line. False where there are too few: that is a failure. */
static bool jump(const struct vp_stack_chain *chain, int lines, size_t *at)
{
    const int level = chain->lines[*at].level;

    for (; lines > 0 && *at + 1 < chain->count && chain->lines[*at + 1].level >= level; lines--)
        do
            ++*at;
        while (*at + 1 < chain->count && chain->lines[*at + 1].level > level);
    return lines == 0;
}

static void count_good(struct state *state, int code)
{
    if (state->mood != UNDECIDED && state->mood != CONTENT)
        return;
    state->mood = code == VP_STACK_SUCCESS            ? CONTENT
                  : code == VP_STACK_NEW_AUTHTOK_REQD ? RENEWING
                                                      : STUCK;
}

static void count_bad(struct state *state, int code)
{
    if (state->mood == FAILED || state->mood == FAILED_RENEWING)
        return;
    state->mood = code == VP_STACK_NEW_AUTHTOK_REQD ? FAILED_RENEWING : FAILED;
}

/* What a module's answer adds to what has happened before. */
static unsigned facts_of_ours(const struct trait *trait, int code)
{
    if (trait->record)
        return VP_WALK_RECORDED;
    if (code == VP_STACK_NEW_AUTHTOK_REQD)
        return VP_WALK_RAN | VP_WALK_DEMANDED;
    if (code == VP_STACK_SUCCESS || code == VP_STACK_IGNORE || code == VP_STACK_USER_UNKNOWN)
        return VP_WALK_RAN;
    return VP_WALK_RAN | VP_WALK_REFUSED;
}

static unsigned facts_of_others(const struct trait *trait, int code, unsigned before)
{
    unsigned facts = 0;

    if (trait->roles & VP_WALK_JUDGES)
        return VP_WALK_WORKED;
    if (code != VP_STACK_SUCCESS)
        return 0;
    if (trait->roles & (VP_WALK_ASKS | VP_WALK_SETS))
        facts |= VP_WALK_WORKED;
    if (trait->roles & VP_WALK_SETS_HERE)
        facts |= VP_WALK_SET_HERE;
    if (trait->roles & VP_WALK_SETS && !(before & VP_WALK_RAN))
        facts |= VP_WALK_SET_UNASKED;
    if (trait->roles & VP_WALK_SETS && before & VP_WALK_REFUSED)
        facts |= VP_WALK_SET_REFUSED;
    return facts;
}

/*
 * From line i with what its module returned: changes the state, returns the line that comes next.
 */
static size_t step(const struct vp_walk *walk, size_t i, int code, struct state *state)
{
    const struct vp_stack_chain *chain = walk->chain;
    const struct vp_stack_line *line = &chain->lines[i];
    const struct trait *trait = &walk->traits[i];
    size_t at = i;

    if (line->kind == VP_STACK_SUBSTACK) {
        state->saved = state->mood;
        return i + 1;
    }
    state->facts |=
        trait->ours ? facts_of_ours(trait, code) : facts_of_others(trait, code, state->facts);
    switch (line->actions[code]) {
    case VP_STACK_IGNORED:
        return i + 1;
    case VP_STACK_RESET:
        state->mood = line->level == 0 ? UNDECIDED : state->saved;
        return i + 1;
    case VP_STACK_OK:
        count_good(state, code);
        return i + 1;
    case VP_STACK_DONE:
        count_good(state, code);
        return state->mood == FAILED || state->mood == FAILED_RENEWING ? i + 1 : leave(chain, i);
    case VP_STACK_BAD:
        count_bad(state, code);
        return i + 1;
    case VP_STACK_DIE:
        count_bad(state, code);
        return leave(chain, i);
    default:
        if (!jump(chain, line->actions[code], &at))
            state->mood = FAILED;
        return at + 1;
    }
}

/* ---- all steps ------------------------------------------------------------------------------- */

static size_t pack(const struct state *state)
{
    return ((size_t)state->facts * MOOD_COUNT + state->mood) * MOOD_COUNT + state->saved;
}

static struct state unpack(size_t number)
{
    return (struct state){.saved = (enum mood)(number % MOOD_COUNT),
                          .mood = (enum mood)(number / MOOD_COUNT % MOOD_COUNT),
                          .facts = (unsigned)(number / MOOD_COUNT / MOOD_COUNT)};
}

static bool is_reached(const struct vp_walk *walk, size_t line, size_t number)
{
    return walk->reached[line * STATE_COUNT + number];
}

/* Where a step leads, as the index of a state of a line. */
static size_t successor(const struct vp_walk *walk, size_t line, size_t number, int code)
{
    struct state state = unpack(number);
    size_t next = step(walk, line, code, &state);

    return next * STATE_COUNT + pack(&state);
}

static bool has_step(const struct vp_walk *walk, size_t line, int code)
{
    return (walk->traits[line].returns >> code & 1) != 0;
}

static void follow(struct vp_walk *walk, size_t line)
{
    for (size_t number = 0; number < STATE_COUNT; number++)
        for (int code = 0; is_reached(walk, line, number) && code < VP_STACK_CODE_COUNT; code++)
            if (has_step(walk, line, code))
                walk->reached[successor(walk, line, number, code)] = true;
}

static struct trait trait_of(const struct vp_stack_line *line)
{
    struct trait trait = {.roles = vp_walk_roles(line), .ours = vp_stack_is_ours(line)};

    trait.record = trait.ours && vp_stack_has_argument(line, "record");
    for (int code = 0; code < VP_STACK_CODE_COUNT; code++)
        if (line->kind == VP_STACK_SUBSTACK ? code == VP_STACK_SUCCESS : may_return(line, code))
            trait.returns |= UINT32_C(1) << code;
    return trait;
}

struct vp_walk *vp_walk_open(const struct vp_stack_chain *chain)
{
    const struct state begin = {.mood = UNDECIDED};
    struct vp_walk *walk = calloc(1, sizeof *walk);

    if (walk == NULL)
        return NULL;
    walk->chain = chain;
    walk->traits = calloc(chain->count + 1, sizeof *walk->traits);
    walk->reached = calloc(chain->count + 1, STATE_COUNT);
    if (walk->traits == NULL || walk->reached == NULL) {
        vp_walk_close(walk);
        return NULL;
    }
    walk->reached[pack(&begin)] = true;
    for (size_t line = 0; line < chain->count; line++) {
        walk->traits[line] = trait_of(&chain->lines[line]);
        follow(walk, line);
    }
    return walk;
}

void vp_walk_close(struct vp_walk *walk)
{
    if (walk == NULL)
        return;
    free(walk->traits);
    free(walk->reached);
    free(walk);
}

/* ---- questions ------------------------------------------------------------------------------- */

static bool is_asked(size_t number, vp_walk_question *question)
{
    const struct state state = unpack(number);

    const bool renews = state.mood == RENEWING || state.mood == FAILED_RENEWING;

    return question(state.mood == CONTENT ? VP_WALK_SUCCESS
                    : renews              ? VP_WALK_RENEW
                                          : VP_WALK_FAILURE,
                    state.facts);
}

bool vp_walk_can_end(const struct vp_walk *walk, vp_walk_question *question)
{
    for (size_t number = 0; number < STATE_COUNT; number++)
        if (is_reached(walk, walk->chain->count, number) && is_asked(number, question))
            return true;
    return false;
}

bool vp_walk_reaches(const struct vp_walk *walk, size_t line, unsigned without)
{
    for (size_t number = 0; number < STATE_COUNT; number++)
        if (is_reached(walk, line, number) && (unpack(number).facts & without) == 0)
            return true;
    return false;
}

/* For every state of every line that is reached: whether it can lead to such an end. */
static bool *trace_back(const struct vp_walk *walk, vp_walk_question *question)
{
    const size_t end = walk->chain->count;
    bool *leads = calloc(end + 1, STATE_COUNT);

    if (leads == NULL)
        return NULL;
    for (size_t number = 0; number < STATE_COUNT; number++)
        leads[end * STATE_COUNT + number] =
            is_reached(walk, end, number) && is_asked(number, question);
    for (size_t line = end; line-- > 0;)
        for (size_t number = 0; number < STATE_COUNT; number++)
            for (int code = 0; is_reached(walk, line, number) && code < VP_STACK_CODE_COUNT; code++)
                if (has_step(walk, line, code))
                    leads[line * STATE_COUNT + number] |=
                        leads[successor(walk, line, number, code)];
    return leads;
}

/* The first value by which a line goes past another on a way that leads there; -1 = none. */
static int value_past(const struct vp_walk *walk, const bool *leads, size_t line, size_t past,
                      unsigned without)
{
    int found = VP_STACK_CODE_COUNT;

    for (size_t number = 0; number < STATE_COUNT; number++) {
        if (!is_reached(walk, line, number) || (unpack(number).facts & without) != 0)
            continue;
        for (int code = 0; code < found; code++) {
            size_t next;

            if (!has_step(walk, line, code))
                continue;
            next = successor(walk, line, number, code);
            if (next / STATE_COUNT > past && leads[next])
                found = code;
        }
    }
    return found < VP_STACK_CODE_COUNT ? found : -1;
}

int vp_walk_find_past(const struct vp_walk *walk, size_t past, unsigned without,
                      vp_walk_question *question, struct vp_walk_step *steps_out)
{
    bool *leads = trace_back(walk, question);
    int count = 0;

    if (leads == NULL)
        return -1;
    for (size_t line = 0; line < past; line++) {
        int code = value_past(walk, leads, line, past, without);

        if (code >= 0)
            steps_out[count++] = (struct vp_walk_step){line, code};
    }
    free(leads);
    return count;
}
