#include "generate.h"
#include "error.h"
#include "secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define GROUP_LENGTH 4

enum kind { UPPER, LOWER, DIGIT, SIGN, SEPARATOR, KIND_COUNT };

/*
 * No vowel, d or w: from a vowel, or d, and what follows it, Vietnamese input methods make an
 * accented letter (Telex as, dd; VNI a1, d9; VIQR a'), and Telex makes one of w alone. Without them
 * they leave all as it is typed. Nor can chance write a word that nobody would like to read out.
 * No l, 0 or 1: they look like I, O and each other. O and I are vowels.
 *
 * Signs that no shell, and no list in CSV or as user:password, makes anything of within a word. One
 * at the beginning may be taken for an option or an assignment, so none stands there.
 *
 * bits: hundredths, of one fewer, because a character is never the one before it.
 */
static const struct {
    const char *characters;
    unsigned bits;
} kinds[KIND_COUNT] = {
    [UPPER] = {"BCFGHJKLMNPQRSTVXZ", 408},
    [LOWER] = {"bcfghjkmnpqrstvxz", 400},
    [DIGIT] = {"23456789", 280},
    [SIGN] = {"%+=@", 158},
    [SEPARATOR] = {"-", 0},
};

/* ---- the plan -------------------------------------------------------------------------------- */

/* A plan under way, with what the policy asks for. */
struct draft {
    size_t minimums[SEPARATOR]; /* of each kind; a separator is a sign */
    size_t min_length, limit;
    size_t counts[SEPARATOR];
    unsigned bits; /* hundredths */
    struct vp_plan *plan;
};

static size_t number_of(int32_t value)
{
    return value < 0 ? 0 : (size_t)value;
}

static void begin_draft(struct draft *draft, const struct vp_values *values, size_t limit,
                        struct vp_plan *plan)
{
    *draft = (struct draft){
        .minimums = {[UPPER] = number_of(values->min_upper),
                     [LOWER] = number_of(values->min_lower),
                     [DIGIT] = number_of(values->min_digit),
                     [SIGN] = number_of(values->min_special)},
        .min_length = number_of(values->min_length),
        .limit = limit,
        .plan = plan,
    };
    memset(plan, 0, sizeof *plan);
}

/* Adds a place; beyond the limit it is counted only, and the plan is no good. */
static void add_place(struct draft *draft, enum kind kind)
{
    if (draft->plan->length < sizeof draft->plan->kinds)
        draft->plan->kinds[draft->plan->length] = (uint8_t)kind;
    draft->plan->length++;
    draft->counts[kind == SEPARATOR ? SIGN : kind]++;
    draft->bits += kinds[kind].bits;
}

static void add_group(struct draft *draft, enum kind kind)
{
    if (draft->plan->length > 0)
        add_place(draft, SEPARATOR);
    for (int i = 0; i < GROUP_LENGTH; i++)
        add_place(draft, kind);
}

static bool wants_more(const struct draft *draft)
{
    return draft->bits < VP_GENERATE_BITS * 100 || draft->plan->length < draft->min_length;
}

/* What stands next where no minimum decides. */
static enum kind in_turn(size_t number)
{
    static const enum kind turn[] = {UPPER, LOWER, DIGIT, LOWER};

    return turn[number % (sizeof turn / sizeof turn[0])];
}

/* Returns whether groups have room. */
static bool plan_groups(struct draft *draft)
{
    for (size_t i = 0; wants_more(draft) && draft->plan->length <= draft->limit; i++)
        add_group(draft, in_turn(i));
    for (int kind = UPPER; kind < SEPARATOR; kind++)
        while (draft->counts[kind] < draft->minimums[kind] && draft->plan->length <= draft->limit)
            add_group(draft, (enum kind)kind);
    return draft->plan->length <= draft->limit;
}

/* The minimums have room: the caller has made sure. */
static void plan_mixed(struct draft *draft)
{
    draft->plan->mixed = true;
    for (int kind = UPPER; kind < SEPARATOR; kind++)
        while (draft->counts[kind] < draft->minimums[kind])
            add_place(draft, (enum kind)kind);
    for (size_t i = 0; wants_more(draft) && draft->plan->length < draft->limit; i++)
        add_place(draft, in_turn(i));
}

/* Returns 0, or -1 where no password can be both as long and as short as the policy wants. */
static int check_room(const struct draft *draft, bool by_hash, struct vp_error *error_out)
{
    const size_t *minimums = draft->minimums;
    size_t sum = minimums[UPPER] + minimums[LOWER] + minimums[DIGIT] + minimums[SIGN];
    const char *limit = by_hash ? "the bytes that can be used" : "max_length";

    if (draft->min_length > draft->limit)
        return vp_error_set(error_out, NULL, 0, 0,
                            "min_length = %zu and %s = %zu contradict each other: no password can "
                            "meet both",
                            draft->min_length, limit, draft->limit);
    if (sum > draft->limit)
        return vp_error_set(error_out, NULL, 0, 0,
                            "min_upper + min_lower + min_digit + min_special = %zu and %s = %zu "
                            "contradict each other: no password can meet both",
                            sum, limit, draft->limit);
    return 0;
}

int vp_generate_plan(const struct vp_values *values, size_t bytes_max, struct vp_plan *plan_out,
                     struct vp_error *error_out)
{
    size_t max_length = number_of(values->max_length);
    bool by_hash = bytes_max < max_length;
    struct draft draft;

    begin_draft(&draft, values, by_hash ? bytes_max : max_length, plan_out);
    if (check_room(&draft, by_hash, error_out) != 0)
        return -1;
    if (!plan_groups(&draft)) {
        begin_draft(&draft, values, draft.limit, plan_out);
        plan_mixed(&draft);
    }
    plan_out->bits = draft.bits / 100;
    return 0;
}

/* ---- chance ---------------------------------------------------------------------------------- */

/* Random numbers, some at a time. Holds what passwords are made of. */
struct dice {
    uint16_t numbers[64];
    size_t left;
};

/* getrandom(2) gives up to 256 bytes at once, but a signal may come before it begins. */
static int fill_dice(struct dice *dice, struct vp_error *error_out)
{
    ssize_t got;

    do
        got = getrandom(dice->numbers, sizeof dice->numbers, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof dice->numbers)
        return vp_error_set(error_out, NULL, 0, got < 0 ? errno : EIO, "no random numbers");
    dice->left = sizeof dice->numbers / sizeof dice->numbers[0];
    return 0;
}

/*
 * A number below `limit`, each as likely as any other: what would make the first ones likelier is
 * thrown away. Returns 0, or -1.
 */
static int throw_dice(struct dice *dice, size_t limit, size_t *number_out,
                      struct vp_error *error_out)
{
    const size_t all = UINT16_MAX + 1;
    size_t number;

    do {
        if (dice->left == 0 && fill_dice(dice, error_out) != 0)
            return -1;
        number = dice->numbers[--dice->left];
    } while (number >= all - all % limit);
    *number_out = number % limit;
    return 0;
}

/* ---- a password ------------------------------------------------------------------------------ */

/* Fisher and Yates's shuffle (Durstenfeld 1964). */
static int shuffle(struct dice *dice, uint8_t *places, size_t count, struct vp_error *error_out)
{
    for (size_t i = count; i > 1; i--) {
        size_t other;
        uint8_t kept = places[i - 1];

        if (throw_dice(dice, i, &other, error_out) != 0)
            return -1;
        places[i - 1] = places[other];
        places[other] = kept;
    }
    return 0;
}

/* The order of the kinds; no sign comes first, unless there is nothing else. */
static int draw_order(struct dice *dice, const struct vp_plan *plan, uint8_t *places,
                      struct vp_error *error_out)
{
    bool has_other = false;

    memcpy(places, plan->kinds, plan->length);
    for (size_t i = 0; i < plan->length; i++)
        has_other |= places[i] != SIGN;
    if (!plan->mixed)
        return 0;
    do {
        if (shuffle(dice, places, plan->length, error_out) != 0)
            return -1;
    } while (has_other && places[0] == SIGN);
    return 0;
}

static int draw_character(struct dice *dice, uint8_t kind, char before, char *character_out,
                          struct vp_error *error_out)
{
    const char *characters = kinds[kind].characters;
    size_t which;

    do {
        if (throw_dice(dice, strlen(characters), &which, error_out) != 0)
            return -1;
    } while (characters[which] == before);
    *character_out = characters[which];
    return 0;
}

int vp_generate_draw(const struct vp_plan *plan, char password_out[VP_PASSWORD_SIZE],
                     struct vp_error *error_out)
{
    uint8_t places[VP_PASSWORD_SIZE];
    struct dice dice = {.left = 0};
    int result;

    memset(password_out, 0, VP_PASSWORD_SIZE);
    result = draw_order(&dice, plan, places, error_out);
    for (size_t i = 0; i < plan->length && result == 0; i++)
        result = draw_character(&dice, places[i], i == 0 ? '\0' : password_out[i - 1],
                                &password_out[i], error_out);
    if (result != 0)
        vp_secret_wipe(password_out, VP_PASSWORD_SIZE);
    vp_secret_wipe(places, sizeof places);
    vp_secret_wipe(&dice, sizeof dice);
    return result;
}
