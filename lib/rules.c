#include "rules.h"
#include "fold.h"
#include "secret.h"
#include "text.h"

#include <string.h>

/* Of shorter ones too little is left to be told apart by. */
#define CORE_MIN 3

/* Shorter login names stand in passwords by chance. */
#define LOGIN_NAME_MIN 4

static const char *const codes[] = {
#define X(name, code) code,
    VP_RULES(X)
#undef X
};

const char *vp_rules_code(enum vp_rule rule)
{
    return codes[rule];
}

/* Without <ctype.h>: the locale has no say in what a password is. */
static enum vp_class class_of(uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        return VP_CLASS_UPPER;
    if (point >= 'a' && point <= 'z')
        return VP_CLASS_LOWER;
    if (point >= '0' && point <= '9')
        return VP_CLASS_DIGIT;
    if (point >= 0x20 && point < 0x7f)
        return VP_CLASS_SPECIAL;
    return VP_CLASS_NONE;
}

void vp_rules_read(const char *password, size_t length, struct vp_candidate *candidate_out)
{
    struct vp_candidate *candidate = candidate_out;
    size_t kept = length < VP_PASSWORD_SIZE ? length : VP_PASSWORD_SIZE;

    memset(candidate, 0, sizeof *candidate);
    candidate->bytes = length;
    candidate->ascii = candidate->composed = true;
    /* What is cut here breaks the rule about bytes anyway; a cut character must not hide that. */
    candidate->utf8 =
        vp_text_decode(password, kept, candidate->points, &candidate->count) == 0 || length > kept;
    if (!candidate->utf8 || length > kept) {
        candidate->count = kept;
        for (size_t i = 0; i < kept; i++)
            candidate->points[i] = (unsigned char)password[i];
    }
    for (size_t i = 0; i < candidate->count; i++) {
        uint32_t point = candidate->points[i];

        candidate->classes[i] = (uint8_t)class_of(point);
        candidate->unprintable |= point < 0x20 || point == 0x7f;
        candidate->ascii &= point < 0x80;
    }
}

void vp_rules_wipe(struct vp_candidate *candidate)
{
    vp_secret_wipe(candidate, sizeof *candidate);
}

void vp_rules_add(struct vp_failures *failures, enum vp_rule rule, int32_t has, int32_t needs)
{
    if (failures->count < VP_RULE_COUNT)
        failures->list[failures->count++] = (struct vp_failure){rule, has, needs};
}

/* ---- the measures ---------------------------------------------------------------------------- */

static int32_t count_class(const struct vp_candidate *candidate, enum vp_class class)
{
    int32_t count = 0;

    for (size_t i = 0; i < candidate->count; i++)
        count += candidate->classes[i] == class;
    return count;
}

static int32_t longest_run(const struct vp_candidate *candidate)
{
    int32_t longest = 0;
    int32_t run = 0;

    for (size_t i = 0; i < candidate->count; i++) {
        run = i > 0 && candidate->points[i] == candidate->points[i - 1] ? run + 1 : 1;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static uint32_t small_letter(uint32_t point)
{
    return point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point;
}

/* Whether the name stands in the password at `at`, read forwards or backwards, in any case. */
static bool name_at(const struct vp_candidate *candidate, size_t at, const char *name,
                    size_t length, bool backwards)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char letter = (unsigned char)name[backwards ? length - 1 - i : i];

        if (small_letter(candidate->points[at + i]) != small_letter(letter))
            return false;
    }
    return true;
}

static bool holds_name(const struct vp_candidate *candidate, const char *name)
{
    size_t length = name == NULL ? 0 : strlen(name);

    if (length < LOGIN_NAME_MIN)
        return false;
    for (size_t at = 0; at + length <= candidate->count; at++)
        if (name_at(candidate, at, name, length, false) ||
            name_at(candidate, at, name, length, true))
            return true;
    return false;
}

/*
 * The distance to the old password; or the one of what is left without the digits and signs at the
 * end, where that is less than min_difference and not all that there is: who goes from Mua-2024! to
 * Mua#2025? has counted on.
 */
static int32_t distance_to(const struct vp_candidate *candidate, const struct vp_candidate *old,
                           int32_t min_difference)
{
    uint32_t core[VP_PASSWORD_SIZE], old_core[VP_PASSWORD_SIZE];
    size_t length = vp_fold_core(candidate->points, candidate->count, core);
    size_t old_length = vp_fold_core(old->points, old->count, old_core);
    size_t longer = length > old_length ? length : old_length;
    int32_t distance =
        (int32_t)vp_text_distance(candidate->points, candidate->count, old->points, old->count);
    int32_t kept = (int32_t)vp_text_distance(core, length, old_core, old_length);

    vp_secret_wipe(core, sizeof core);
    vp_secret_wipe(old_core, sizeof old_core);
    if (distance == 0 || longer < CORE_MIN || kept >= (int32_t)longer || kept >= min_difference)
        return distance;
    if (kept == 0)
        return 1;
    return kept < distance ? kept : distance;
}

/* ---- the checks, one a group of rules -------------------------------------------------------- */

static void check_characters(const struct vp_values *values, const struct vp_candidate *candidate,
                             struct vp_failures *failures)
{
    if (!candidate->ascii && values->non_ascii == VP_NON_ASCII_REFUSE)
        vp_rules_add(failures, VP_RULE_ACCENTS, 0, 0);
    else if (!candidate->utf8)
        vp_rules_add(failures, VP_RULE_NOT_UTF8, 0, 0);
    else if (!candidate->composed)
        vp_rules_add(failures, VP_RULE_NOT_COMPOSED, 0, 0);
    if (candidate->unprintable)
        vp_rules_add(failures, VP_RULE_UNPRINTABLE, 0, 0);
}

static void check_lengths(const struct vp_values *values, const struct vp_candidate *candidate,
                          size_t bytes_max, struct vp_failures *failures)
{
    int32_t count = (int32_t)candidate->count;

    if (count < values->min_length)
        vp_rules_add(failures, VP_RULE_TOO_SHORT, count, values->min_length);
    if (count > values->max_length)
        vp_rules_add(failures, VP_RULE_TOO_LONG, count, values->max_length);
    else if (candidate->bytes > bytes_max)
        vp_rules_add(failures, VP_RULE_TOO_MANY_BYTES, (int32_t)candidate->bytes,
                     (int32_t)bytes_max);
}

static void check_classes(const struct vp_values *values, const struct vp_candidate *candidate,
                          struct vp_failures *failures)
{
    const struct {
        enum vp_rule rule;
        enum vp_class class;
        int32_t needs;
    } classes[] = {
        {VP_RULE_NO_UPPER, VP_CLASS_UPPER, values->min_upper},
        {VP_RULE_NO_LOWER, VP_CLASS_LOWER, values->min_lower},
        {VP_RULE_NO_DIGIT, VP_CLASS_DIGIT, values->min_digit},
        {VP_RULE_NO_SPECIAL, VP_CLASS_SPECIAL, values->min_special},
    };

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        int32_t has = count_class(candidate, classes[i].class);

        if (has < classes[i].needs)
            vp_rules_add(failures, classes[i].rule, has, classes[i].needs);
    }
}

static void check_shape(const struct vp_values *values, const struct vp_candidate *candidate,
                        const struct vp_rules_setting *setting, struct vp_failures *failures)
{
    int32_t run = longest_run(candidate);
    int32_t distance;

    if (values->max_repeat > 0 && run > values->max_repeat)
        vp_rules_add(failures, VP_RULE_REPEATED, run, values->max_repeat);
    if (holds_name(candidate, setting->login_name))
        vp_rules_add(failures, VP_RULE_LOGIN_NAME, 0, 0);
    /* What is too short has few points in any case, and is told to be longer. */
    if (setting->guessed != 0 && setting->points < values->min_points &&
        (int32_t)candidate->count >= values->min_length)
        vp_rules_add(failures, VP_RULE_GUESSED, (int32_t)setting->guessed, 0);
    if (setting->old == NULL || values->min_difference == 0)
        return;
    distance = distance_to(candidate, setting->old, values->min_difference);
    /* The same password is said to be the current one, which is clearer than "similar". */
    if (distance == 0)
        vp_rules_add(failures, VP_RULE_CURRENT, 0, 0);
    else if (distance < values->min_difference)
        vp_rules_add(failures, VP_RULE_SIMILAR, distance, values->min_difference);
}

void vp_rules_check(const struct vp_values *values, const struct vp_candidate *candidate,
                    const struct vp_rules_setting *setting, struct vp_failures *failures_out)
{
    failures_out->count = 0;
    check_characters(values, candidate, failures_out);
    check_lengths(values, candidate, setting->bytes_max, failures_out);
    check_classes(values, candidate, failures_out);
    check_shape(values, candidate, setting, failures_out);
}
