/* lib/policy.c: the policy file. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/error.h"
#include "../../lib/policy.h"

/* Every fault of one run, a line each, as an administrator reads them. */
struct faults {
    char text[8192];
    size_t length;
};

static void note(void *context, const struct vp_error *fault)
{
    struct faults *faults = context;
    char line[1024];

    vp_error_print(fault, line, sizeof line);
    faults->length += (size_t)snprintf(faults->text + faults->length,
                                       sizeof faults->text - faults->length, "%s\n", line);
}

static int parse(const char *text, size_t length, struct vp_policy *policy, struct faults *faults,
                 struct vp_error *error)
{
    *faults = (struct faults){.length = 0};
    memset(error, 0, sizeof *error);
    return vp_policy_parse(text, length, "f", note, faults, policy, error);
}

/* A policy that is known to be right. */
static struct vp_policy policy_of(const char *text)
{
    struct vp_policy policy;
    struct vp_error error;
    struct faults faults;

    ck_assert_msg(parse(text, strlen(text), &policy, &faults, &error) == 0, "%s", faults.text);
    return policy;
}

/* ---- one row for each key -------------------------------------------------------------------- */

/*
 * text: sets the key to something that is not built-in. shown: that value as the file would have
 * it. builtin: the value without any file.
 */
static const struct {
    enum vp_key key;
    const char *text, *shown, *builtin;
    unsigned line;
} keys[] = {
    {VP_KEY_min_length, "min_length = 14", "14", "8", 1},
    {VP_KEY_max_length, "max_length = 64", "64", "127", 1},
    {VP_KEY_min_upper, "min_upper = 2", "2", "1", 1},
    {VP_KEY_min_lower, "min_lower = 0", "0", "1", 1},
    {VP_KEY_min_digit, "min_digit = 3", "3", "1", 1},
    {VP_KEY_min_special, "min_special = 64", "64", "1", 1},
    {VP_KEY_max_repeat, "max_repeat = 0", "0", "3", 1},
    {VP_KEY_min_difference, "min_difference = 9", "9", "4", 1},
    {VP_KEY_min_points, "min_points = 6", "6", "5", 1},
    {VP_KEY_words, "words = /srv/words /srv/more", "/srv/words /srv/more", "none", 1},
    {VP_KEY_breached, "breached = /srv/a#b.vpb", "/srv/a#b.vpb", "none", 1},
    {VP_KEY_non_ascii, "non_ascii = allow", "allow", "refuse", 1},
    {VP_KEY_history, "history = 24", "24", "5", 1},
    {VP_KEY_max_age, "max_age = never", "never", "180d", 1},
    {VP_KEY_warn_before, "warn_before = 30d", "30d", "14d", 1},
    {VP_KEY_change_on_first_login, "change_on_first_login = no", "no", "yes", 1},
    {VP_KEY_changed_since, "changed_since = 2026-11-20", "2026-11-20", "none", 1},
    {VP_KEY_max_idle, "max_idle = 90d", "90d", "never", 1},
    {VP_KEY_grace, "[service dovecot]\ngrace = 7d", "7d", "0d", 2},
    {VP_KEY_without_password, "without_password = ignore", "ignore", "warn", 1},
    {VP_KEY_set_elsewhere, "set_elsewhere = accept", "accept", "reset", 1},
    {VP_KEY_exempt, "[user tuan]\nexempt = yes", "yes", "no", 2},
    {VP_KEY_exempt_reason, "[group staff]\nexempt_reason = reviewed 3 times a year",
     "reviewed 3 times a year", "none", 2},
    {VP_KEY_min_uid, "min_uid = 500", "500", "1000", 1},
    {VP_KEY_root_may_override, "root_may_override = yes", "yes", "no", 1},
    {VP_KEY_retry, "retry = 1", "1", "3", 1},
    {VP_KEY_language, "language = vi", "vi", "auto", 1},
    {VP_KEY_help, "help = tổ CNTT, máy lẻ 12", "tổ CNTT, máy lẻ 12", "none", 1},
    {VP_KEY_page, "page = https://mail.example.vn/?_task=settings#pw",
     "https://mail.example.vn/?_task=settings#pw", "none", 1},
};

_Static_assert(COUNT(keys) == VP_KEY_COUNT, "a new key needs its row here");

static const char *const staff[] = {"staff"};
static const struct vp_subject tuan = {
    .user = "tuan", .service = "dovecot", .groups = staff, .group_count = 1};

START_TEST(each_key_sets_its_own_value_and_no_other)
{
    struct vp_values values;
    unsigned lines[VP_KEY_COUNT];
    struct vp_policy policy = policy_of(keys[_i].text);

    ck_assert_int_eq(keys[_i].key, _i);
    vp_policy_resolve(&policy, &tuan, &values, lines);
    for (size_t other = 0; other < VP_KEY_COUNT; other++) {
        char shown[256];
        bool own = other == (size_t)_i;

        vp_policy_print_value((enum vp_key)other, &values, shown, sizeof shown);
        ck_assert_msg(strcmp(shown, own ? keys[_i].shown : keys[other].builtin) == 0,
                      "%s gives %s = %s", keys[_i].text, vp_policy_key_name((enum vp_key)other),
                      shown);
        ck_assert_uint_eq(lines[other], own ? keys[_i].line : 0);
    }
    vp_policy_free(&policy);
}
END_TEST

START_TEST(each_keys_name_is_the_one_of_the_file)
{
    const char *name = vp_policy_key_name(keys[_i].key);
    const char *setting =
        strchr(keys[_i].text, '\n') == NULL ? keys[_i].text : strchr(keys[_i].text, '\n') + 1;

    ck_assert_int_eq(strncmp(setting, name, strlen(name)), 0);
    ck_assert_int_eq(setting[strlen(name)], ' ');
}
END_TEST

START_TEST(no_file_at_all_says_what_the_directive_says)
{
    const struct vp_policy none = {0};
    struct vp_values values;

    vp_policy_resolve(&none, &tuan, &values, NULL);
    ck_assert_int_eq(values.min_length, 8);
    ck_assert_int_eq(values.min_upper + values.min_lower + values.min_digit + values.min_special,
                     4);
    ck_assert_int_eq(values.max_age, 180);
    ck_assert_int_eq(values.change_on_first_login, true);
    ck_assert_int_eq(values.changed_since, VP_NO_DAY);
    ck_assert_int_eq(values.max_idle, VP_NEVER);
    ck_assert_ptr_null(values.help);
    ck_assert_ptr_null(values.page);
    ck_assert_ptr_null(values.exempt_reason);
}
END_TEST

/* ---- values at their ends -------------------------------------------------------------------- */

#define X50                 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X40                 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define COUNTS(least, most) "a number from " least " to " most
#define DAYS(least)         "days such as 180d, from " least "d to 36500d"

/* value NULL: refused with `expected`. */
static const struct {
    enum vp_key key;
    const char *written, *value, *expected;
} ends[] = {
    {VP_KEY_min_length, "1", "1", NULL},
    {VP_KEY_min_length, "0", NULL, COUNTS("1", "511")},
    {VP_KEY_min_length, "-1", NULL, COUNTS("1", "511")},
    {VP_KEY_min_length, "127", "127", NULL},
    {VP_KEY_min_length, "512", NULL, COUNTS("1", "511")},
    {VP_KEY_max_length, "511", "511", NULL},
    {VP_KEY_max_length, "512", NULL, COUNTS("8", "511")},
    {VP_KEY_max_length, "8", "8", NULL},
    {VP_KEY_max_length, "7", NULL, COUNTS("8", "511")},
    {VP_KEY_min_upper, "0", "0", NULL},
    {VP_KEY_min_upper, "64", "64", NULL},
    {VP_KEY_min_upper, "65", NULL, COUNTS("0", "64")},
    {VP_KEY_min_lower, "64", "64", NULL},
    {VP_KEY_min_lower, "65", NULL, COUNTS("0", "64")},
    {VP_KEY_min_digit, "64", "64", NULL},
    {VP_KEY_min_digit, "65", NULL, COUNTS("0", "64")},
    {VP_KEY_min_special, "0", "0", NULL},
    {VP_KEY_min_special, "65", NULL, COUNTS("0", "64")},
    {VP_KEY_max_repeat, "511", "511", NULL},
    {VP_KEY_max_repeat, "512", NULL, COUNTS("0", "511")},
    {VP_KEY_max_repeat, "-1", NULL, COUNTS("0", "511")},
    {VP_KEY_min_points, "0", "0", NULL},
    {VP_KEY_min_points, "64", "64", NULL},
    {VP_KEY_min_points, "65", NULL, COUNTS("0", "64")},
    {VP_KEY_min_difference, "0", "0", NULL},
    {VP_KEY_min_difference, "511", "511", NULL},
    {VP_KEY_min_difference, "512", NULL, COUNTS("0", "511")},
    {VP_KEY_history, "0", "0", NULL},
    {VP_KEY_history, "24", "24", NULL},
    {VP_KEY_history, "25", NULL, COUNTS("0", "24")},
    {VP_KEY_retry, "1", "1", NULL},
    {VP_KEY_retry, "0", NULL, COUNTS("1", "10")},
    {VP_KEY_retry, "10", "10", NULL},
    {VP_KEY_retry, "11", NULL, COUNTS("1", "10")},
    {VP_KEY_min_uid, "0", "0", NULL},
    {VP_KEY_min_uid, "2147483647", "2147483647", NULL},
    {VP_KEY_min_uid, "2147483648", NULL, COUNTS("0", "2147483647")},
    {VP_KEY_max_age, "1d", "1d", NULL},
    {VP_KEY_max_age, "0d", NULL, DAYS("1") ", or never"},
    {VP_KEY_max_age, "0", NULL, DAYS("1") ", or never"},
    {VP_KEY_max_age, "36500d", "36500d", NULL},
    {VP_KEY_max_age, "36501d", NULL, DAYS("1") ", or never"},
    {VP_KEY_max_age, "180", NULL, DAYS("1") ", or never"},
    {VP_KEY_warn_before, "0", "0d", NULL},
    {VP_KEY_warn_before, "36500d", "36500d", NULL},
    {VP_KEY_warn_before, "never", NULL, DAYS("0")},
    {VP_KEY_max_idle, "1d", "1d", NULL},
    {VP_KEY_max_idle, "0", NULL, DAYS("1") ", or never"},
    {VP_KEY_max_idle, "never", "never", NULL},
    {VP_KEY_grace, "0", "0d", NULL},
    {VP_KEY_grace, "36500d", "36500d", NULL},
    {VP_KEY_grace, "never", NULL, DAYS("0")},
    {VP_KEY_changed_since, "none", "none", NULL},
    {VP_KEY_changed_since, "1970-01-01", "1970-01-01", NULL},
    {VP_KEY_changed_since, "20/11/2026", NULL, "a date such as 2026-11-22, or none"},
    {VP_KEY_changed_since, "2026-02-29", NULL, "a date such as 2026-11-22, or none"},
    {VP_KEY_non_ascii, "refuse", "refuse", NULL},
    {VP_KEY_non_ascii, "yes", NULL, "refuse or allow"},
    {VP_KEY_without_password, "enforce", "enforce", NULL},
    {VP_KEY_without_password, "warn", "warn", NULL},
    {VP_KEY_without_password, "no", NULL, "enforce, warn or ignore"},
    {VP_KEY_set_elsewhere, "warn", "warn", NULL},
    {VP_KEY_set_elsewhere, "reset", "reset", NULL},
    {VP_KEY_set_elsewhere, "ignore", NULL, "reset, warn or accept"},
    {VP_KEY_language, "en", "en", NULL},
    {VP_KEY_language, "auto", "auto", NULL},
    {VP_KEY_language, "fr", NULL, "auto, en or vi"},
    {VP_KEY_exempt, "no", "no", NULL},
    {VP_KEY_exempt, "true", NULL, "no or yes"},
    {VP_KEY_root_may_override, "YES", NULL, "no or yes"},
    {VP_KEY_change_on_first_login, "1", NULL, "no or yes"},
    {VP_KEY_change_on_first_login, "", NULL, "no or yes"},
    {VP_KEY_words, "/a /b /c /d /e /f /g /h", "/a /b /c /d /e /f /g /h", NULL},
    {VP_KEY_words, "/a /b /c /d /e /f /g /h /i", NULL, "up to 8 paths that begin with /, or none"},
    {VP_KEY_words, "/a b", NULL, "up to 8 paths that begin with /, or none"},
    {VP_KEY_words, "none /a", NULL, "up to 8 paths that begin with /, or none"},
    {VP_KEY_breached, "none", "none", NULL},
    {VP_KEY_breached, "list.vpb", NULL, "a path that begins with /, without blanks, or none"},
    {VP_KEY_breached, "/a /b", NULL, "a path that begins with /, without blanks, or none"},
    {VP_KEY_help, X50 X50, X50 X50, NULL},
    {VP_KEY_help, "none", "none", NULL},
    {VP_KEY_page, X50 X50 X50, X50 X50 X50, NULL},
};

START_TEST(a_value_is_allowed_up_to_its_ends)
{
    const char *section = ends[_i].key == VP_KEY_grace    ? "[service dovecot]"
                          : ends[_i].key == VP_KEY_exempt ? "[user tuan]"
                                                          : "";
    const char *name = vp_policy_key_name(ends[_i].key);
    char text[256], expected[256], shown[256];
    struct vp_policy policy;
    struct vp_error error;
    struct faults faults;
    struct vp_values values;

    snprintf(text, sizeof text, "%s\n%s = %s\n", section, name, ends[_i].written);
    if (ends[_i].value == NULL) {
        snprintf(expected, sizeof expected, "f:2: %s: \"%s\" is not allowed (%s)\n", name,
                 ends[_i].written, ends[_i].expected);
        ck_assert_int_eq(parse(text, strlen(text), &policy, &faults, &error), -1);
        ck_assert_str_eq(faults.text, expected);
        return;
    }
    policy = policy_of(text);
    vp_policy_resolve(&policy, &tuan, &values, NULL);
    vp_policy_print_value(ends[_i].key, &values, shown, sizeof shown);
    ck_assert_str_eq(shown, ends[_i].value);
    vp_policy_free(&policy);
}
END_TEST

/* ---- faults ---------------------------------------------------------------------------------- */

#define IN_ANY_SECTION "(sections are [group NAME...], [user PATTERN...] and [service NAME...])"

static const struct {
    const char *text, *faults, *why;
} faulty[] = {
    {"min_lenght = 9", "f:1: min_lenght: unknown key (did you mean min_length?)\n",
     "two letters swapped"},
    {"min-length = 9", "f:1: min-length: unknown key (did you mean min_length?)\n",
     "as other programs spell it"},
    {"min_lengt = 9", "f:1: min_lengt: unknown key (did you mean min_length?)\n", "a letter lost"},
    {"in_lenth = 9", "f:1: in_lenth: unknown key (did you mean min_length?)\n", "two lost"},
    {"n_lenth = 9", "f:1: n_lenth: unknown key (vpolicy.conf(5) lists them)\n",
     "three lost is another word"},
    {"min_lowr = 9", "f:1: min_lowr: unknown key (did you mean min_lower?)\n",
     "the nearest, not the first"},
    {"colour = red", "f:1: colour: unknown key (vpolicy.conf(5) lists them)\n", "nothing is near"},
    {"Min_Length = 9", "f:1: Min_Length: unknown key (did you mean min_length?)\n", "case counts"},
    {" = 9", "f:1: : unknown key (vpolicy.conf(5) lists them)\n", "no key at all"},
    {X50 "x = 9", "f:1: " X50 "x: unknown key (vpolicy.conf(5) lists them)\n", "a long word"},
    {X50 X50 " = 9", "f:1: " X50 X50 ": unknown key (vpolicy.conf(5) lists them)\n",
     "a longer word than any key"},
    {"min_length",
     "f:1: min_length: neither a section, a comment nor a setting (write KEY = "
     "VALUE)\n",
     "a key alone"},
    {X50, "f:1: " X40 ": neither a section, a comment nor a setting (write KEY = VALUE)\n",
     "a long line is cut in the message"},
    {"min_length = ", "f:1: min_length: \"\" is not allowed (" COUNTS("1", "511") ")\n",
     "no value"},
    {"min_length = " X50, "f:1: min_length: \"" X40 "\" is not allowed (" COUNTS("1", "511") ")\n",
     "a long value is cut in the message"},
    {"min_length = 9 10", "f:1: min_length: \"9 10\" is not allowed (" COUNTS("1", "511") ")\n",
     "two values"},
    {"min_length = \"9\"", "f:1: min_length: \"\"9\"\" is not allowed (" COUNTS("1", "511") ")\n",
     "quotes are for names"},
    {"min_length = 9\nmin_length = 9",
     "f:2: min_length: already set in this section, line 1 (keep one)\n", "even to the same"},
    {"\n[user a]\nexempt = yes\nmax_age = 9d\nexempt = no",
     "f:5: exempt: already set in this section, line 3 (keep one)\n",
     "in a section, not next to it"},
    {"grace = 7d", "f:1: grace: cannot stand at the top (it belongs in a [service ...] section)\n",
     "of one section only"},
    {"exempt = yes",
     "f:1: exempt: cannot stand at the top (it belongs in a [group ...] section, or in a [user "
     "...] section)\n",
     "of two sections"},
    {"[service sshd]\nexempt = yes",
     "f:2: exempt: cannot stand in a [service] section (it belongs in a [group ...] section, or in "
     "a [user ...] section)\n",
     "in another section"},
    {"[user a]\nmin_uid = 500",
     "f:2: min_uid: cannot stand in a [user] section (it belongs at the top, before the first "
     "section)\n",
     "of the top only"},
    {"[group a]\ngrace = 7d",
     "f:2: grace: cannot stand in a [group] section (it belongs in a [service ...] section)\n",
     "grace is the service's"},
    {"grace = never",
     "f:1: grace: cannot stand at the top (it belongs in a [service ...] section)\n",
     "in the wrong place its value is not judged too"},
    {"retry = 2\nretry = 99", "f:2: retry: already set in this section, line 1 (keep one)\n",
     "nor that of one too many"},
    {"[user a", "f:1: a section header ends with ] and nothing after it\n", "no end"},
    {"[user a] b", "f:1: a section header ends with ] and nothing after it\n", "more behind it"},
    {"[group \"a]", "f:1: [group]: a quote without its end\n", "a quote left open"},
    {"[group \"\" a]", "f:1: [group]: an empty name\n", "nobody has no name"},
    {"[user]", "f:1: [user]: names nobody (write [user NAME...])\n", "no name"},
    {"[ group ]", "f:1: [group]: names nobody (write [group NAME...])\n", "blanks are no name"},
    {"[users a]", "f:1: [users]: no such section " IN_ANY_SECTION "\n", "another word"},
    {"[]", "f:1: []: no such section " IN_ANY_SECTION "\n", "no word"},
    {"[User a]", "f:1: [User]: no such section " IN_ANY_SECTION "\n", "case counts"},
    {"[users a]\nmin_lenght = 9\nmin_length = 0\nexempt = yes\nmin_uid = 5\n[user a]\nmin_uid = 5",
     "f:1: [users]: no such section " IN_ANY_SECTION "\n"
     "f:2: min_lenght: unknown key (did you mean min_length?)\n"
     "f:7: min_uid: cannot stand in a [user] section (it belongs at the top, before the first "
     "section)\n",
     "below a faulty header only the key's name can be judged; the next header counts again"},
    {"help =", "f:1: help: has 0 bytes (a text of 1 to 100 bytes)\n", "no text"},
    {"help = " X50 X50 "x", "f:1: help: has 101 bytes (a text of 1 to 100 bytes)\n",
     "a byte too many"},
    {"page = " X50 X50 X50 "x", "f:1: page: has 151 bytes (a text of 1 to 150 bytes)\n",
     "a message has room for no more"},
    {"help = IT # ext. 12",
     "f:1: help: a # after a blank in a text (put the comment on a line of its own)\n",
     "comment or text?"},
    {"help = IT\t# ext. 12",
     "f:1: help: a # after a blank in a text (put the comment on a line of its own)\n",
     "a tab is a blank"},
    {"help = #12",
     "f:1: help: a # after a blank in a text (put the comment on a line of its own)\n",
     "right at the beginning"},
    {"help = a#b #c",
     "f:1: help: a # after a blank in a text (put the comment on a line of its own)\n",
     "the second one"},
    {"help = a\x1b[2J", "f:1: help: a control character in the text\n",
     "it would reach a terminal"},
    {"help = a\x7f", "f:1: help: a control character in the text\n", "DEL too"},
    {"help = a\tb", "f:1: help: a control character in the text\n", "and a tab inside"},
    {"min_length = 20\nmax_length = 12",
     "f:2: max_length: min_length 20 is above max_length 12 here (nobody could choose a "
     "password)\n",
     "the later of the two is told"},
    {"max_length = 12\nmin_length = 20",
     "f:2: min_length: min_length 20 is above max_length 12 here (nobody could choose a "
     "password)\n",
     "the later of the two, the other way round"},
    {"min_length = 128",
     "f:1: min_length: min_length 128 is above max_length 127 here (nobody could choose a "
     "password)\n",
     "above the built-in end"},
    {"min_length = 20\n[user a]\nexempt = yes\nmax_length = 12",
     "f:4: max_length: min_length 20 is above max_length 12 here (nobody could choose a "
     "password)\n",
     "against the top's"},
    {"min_length = 20\nmax_length = 12\n[user a]\nexempt = yes",
     "f:2: max_length: min_length 20 is above max_length 12 here (nobody could choose a "
     "password)\n",
     "told once, where it stands"},
    {"min_length = 20\n[user a]\nmax_length = 30\n[user b]\nmax_length = 12",
     "f:5: max_length: min_length 20 is above max_length 12 here (nobody could choose a "
     "password)\n",
     "against the top's, not another section's"},
    {"min_length = 0\nmax_age = 6m\nfoo\n\n# fine\nretry = 4\nhistory = 99",
     "f:1: min_length: \"0\" is not allowed (" COUNTS(
         "1", "511") ")\n"
                     "f:2: max_age: \"6m\" is not allowed (" DAYS(
                         "1") ", or never)\n"
                              "f:3: foo: neither a section, a comment nor a setting (write KEY = "
                              "VALUE)\n"
                              "f:7: history: \"99\" is not allowed (" COUNTS("0", "24") ")\n",
     "all faults in one run"},
};

START_TEST(a_faulty_file_counts_for_nothing_and_every_fault_is_told_with_its_line)
{
    struct vp_policy policy;
    struct vp_error error;
    struct faults faults;
    char first[1024];
    static const struct vp_policy empty;

    memset(&policy, 0xff, sizeof policy);
    ck_assert_int_eq(parse(faulty[_i].text, strlen(faulty[_i].text), &policy, &faults, &error), -1);
    ck_assert_msg(strcmp(faults.text, faulty[_i].faults) == 0, "%s%s", faults.text, faulty[_i].why);
    ck_assert_mem_eq(&policy, &empty, sizeof empty);
    /* The caller gets the first one. */
    vp_error_print(&error, first, sizeof first);
    ck_assert_int_eq(strncmp(first, faulty[_i].faults, strlen(first)), 0);
    ck_assert_int_eq(faulty[_i].faults[strlen(first)], '\n');
    /* Nobody needs to listen. */
    ck_assert_int_eq(
        vp_policy_parse(faulty[_i].text, strlen(faulty[_i].text), "f", NULL, NULL, &policy, NULL),
        -1);
}
END_TEST

START_TEST(a_nul_byte_is_a_fault_on_its_line)
{
    struct vp_policy policy;
    struct vp_error error;
    struct faults faults;

    ck_assert_int_eq(parse("retry = 2\nretry\0 = 3\n", 21, &policy, &faults, &error), -1);
    ck_assert_str_eq(faults.text, "f:2: retry: neither a section, a comment nor a setting (write "
                                  "KEY = VALUE)\nf:2: a NUL byte (is this a text file?)\n");
    ck_assert_int_eq(parse("\0", 1, &policy, &faults, &error), -1);
    ck_assert_str_eq(faults.text, "f:1: a NUL byte (is this a text file?)\n");
}
END_TEST

START_TEST(a_file_beyond_the_limit_is_refused_whole)
{
    char *text = malloc(VP_POLICY_MAX + 1);
    struct vp_policy policy;
    struct vp_error error;
    struct faults faults;

    ck_assert_ptr_nonnull(text);
    memset(text, '\n', VP_POLICY_MAX + 1);
    ck_assert_int_eq(parse(text, VP_POLICY_MAX, &policy, &faults, &error), 0);
    vp_policy_free(&policy);
    ck_assert_int_eq(parse(text, VP_POLICY_MAX + 1, &policy, &faults, &error), -1);
    ck_assert_str_eq(faults.text, "f: has 1048577 bytes (at most 1048576)\n");
    ck_assert_str_eq(error.text, "has 1048577 bytes (at most 1048576)");
    ck_assert_int_eq(vp_policy_parse(text, VP_POLICY_MAX + 1, "f", NULL, NULL, &policy, &error),
                     -1);
    ck_assert_int_eq(vp_policy_parse(text, VP_POLICY_MAX + 1, "f", note, &faults, &policy, NULL),
                     -1);
    free(text);
}
END_TEST

/* ---- how it may be written ------------------------------------------------------------------- */

static const struct {
    const char *text;
    int32_t min_length;
    const char *why;
} written[] = {
    {"", 8, "an empty file"},
    {"\n\n\n", 8, "empty lines"},
    {"# min_length = 9", 8, "a comment"},
    {"  # min_length = 9", 8, "a comment after blanks"},
    {"min_length = 9", 9, "no newline at the end"},
    {"min_length = 9\n", 9, "a newline at the end"},
    {"min_length=9", 9, "no blanks"},
    {"\tmin_length\t=\t9\t", 9, "tabs"},
    {"min_length = 9 # why", 9, "a comment behind it"},
    {"min_length = 9\t# why", 9, "a comment after a tab"},
    {"min_length = 9\r\nretry = 2\r\n", 9, "lines that end as on Windows"},
    {"# c\r\n\r\n[user tuan]\r\nmin_length = 9\r\n", 9, "headers and empty lines too"},
    {"\xef\xbb\xbfmin_length = 9", 9, "a byte order mark in front"},
    {"[user tuan]\nmin_length = 9", 9, "a section"},
    {"[user tuan] # him\nmin_length = 9", 9, "a comment behind a header"},
    {"[ user  tuan ]\nmin_length = 9", 9, "blanks in a header"},
    {"[user \"tuan\"]\nmin_length = 9", 9, "a name in quotes"},
    {"[user a tuan b]\nmin_length = 9", 9, "one of several names"},
    {"[user a b]\nmin_length = 9", 8, "none of them"},
    {"[user tu*]\nmin_length = 9", 9, "any ending"},
    {"[user t?an]\nmin_length = 9", 9, "any one letter"},
    {"[user [st]uan]\nmin_length = 9", 9, "one of these letters"},
    {"[user [!t]uan]\nmin_length = 9", 8, "none of these letters"},
    {"[user *]\nmin_length = 9", 9, "everybody"},
    {"[user tua]\nmin_length = 9", 8, "a name is the whole name"},
    {"[user TUAN]\nmin_length = 9", 8, "case counts"},
    {"[user tu\\an]\nmin_length = 9", 9, "a backslash takes a sign's meaning away"},
    {"[group staff]\nmin_length = 9", 9, "a group"},
    {"[group \"domain users\"]\nmin_length = 9", 9, "a group with a blank in its name"},
    {"[group domain users]\nmin_length = 9", 8, "without quotes these are two groups"},
    {"[group sta*]\nmin_length = 9", 8, "groups are names, not patterns"},
    {"[group tuan]\nmin_length = 9", 8, "a group is no user"},
    {"[user staff]\nmin_length = 9", 8, "a user is no group"},
    {"[service dovecot]\nmin_length = 9", 9, "a service"},
    {"[service smtp dovecot]\nmin_length = 9", 9, "one of several services"},
    {"[service dove*]\nmin_length = 9", 8, "services are names, not patterns"},
    {"[service tuan]\nmin_length = 9", 8, "a service is no user"},
    {"[user dovecot]\nmin_length = 9", 8, "nor a user a service"},
};

static const char *const both[] = {"staff", "domain users"};
static const struct vp_subject tuan_in_both = {
    .user = "tuan", .service = "dovecot", .groups = both, .group_count = 2};

START_TEST(a_file_may_be_written_as_people_write)
{
    struct vp_policy policy = policy_of(written[_i].text);
    struct vp_values values;

    vp_policy_resolve(&policy, &tuan_in_both, &values, NULL);
    ck_assert_msg(values.min_length == written[_i].min_length, "%d: %s", values.min_length,
                  written[_i].why);
    vp_policy_free(&policy);
}
END_TEST

START_TEST(none_is_no_text_and_a_pattern_matches_any_sign)
{
    struct vp_policy policy = policy_of("help = none\n[user x*y]\nmin_length = 9\n");
    struct vp_values values;

    /* A user must never be told to ask "none". */
    vp_policy_resolve(&policy, &tuan, &values, NULL);
    ck_assert_ptr_null(values.help);
    /* Names of a directory may hold slashes. */
    vp_policy_resolve(&policy, &(struct vp_subject){.user = "x/.y"}, &values, NULL);
    ck_assert_int_eq(values.min_length, 9);
    vp_policy_free(&policy);
}
END_TEST

/* ---- which section wins ---------------------------------------------------------------------- */

static const struct {
    const char *text;
    int32_t min_length;
    unsigned line;
    int32_t history;
    const char *why;
} orders[] = {
    {"min_length = 9", 9, 1, 5, "the top"},
    {"min_length = 9\n[user tuan]\nmin_length = 10", 10, 3, 5, "a section over the top"},
    {"min_length = 9\n[user lan]\nmin_length = 10", 9, 1, 5, "not somebody else's"},
    {"[user tuan]\nmin_length = 10\n[group staff]\nmin_length = 11", 11, 4, 5,
     "the last, though a user seems nearer than a group"},
    {"[group staff]\nmin_length = 11\n[user tuan]\nmin_length = 10", 10, 4, 5,
     "the last, though shorter"},
    {"[service dovecot]\nmin_length = 12\n[user *]\nmin_length = 10", 10, 4, 5,
     "the last, a pattern over a name"},
    {"[user tuan]\nmin_length = 10\n[user tuan]\nhistory = 7", 10, 2, 7,
     "key by key: a later section that does not set it leaves it"},
    {"[user tuan]\nmin_length = 10\n[user lan]\nmin_length = 11\n[user *]\nhistory = 7", 10, 2, 7,
     "one that does not match in between"},
    {"history = 3\n[user tuan]\nmin_length = 10\nhistory = 4\n[service dovecot]\nhistory = 6", 10,
     3, 6, "three on one key"},
};

START_TEST(the_last_matching_section_wins_key_by_key)
{
    struct vp_policy policy = policy_of(orders[_i].text);
    struct vp_values values;
    unsigned lines[VP_KEY_COUNT];

    vp_policy_resolve(&policy, &tuan, &values, lines);
    ck_assert_msg(values.min_length == orders[_i].min_length, "%d: %s", values.min_length,
                  orders[_i].why);
    ck_assert_msg(lines[VP_KEY_min_length] == orders[_i].line, "line: %s", orders[_i].why);
    ck_assert_msg(values.history == orders[_i].history, "%d: %s", values.history, orders[_i].why);
    vp_policy_free(&policy);
}
END_TEST

START_TEST(without_service_or_groups_their_sections_do_not_apply)
{
    static const struct vp_subject bare = {.user = "tuan"};
    struct vp_policy policy = policy_of(
        "min_length = 9\n[service dovecot]\nmin_length = 10\n[group staff]\nmin_length = 11");
    struct vp_values values;

    vp_policy_resolve(&policy, &bare, &values, NULL);
    ck_assert_int_eq(values.min_length, 9);
    ck_assert(vp_policy_applies(&policy, &policy.sections[0], &bare));
    ck_assert(!vp_policy_applies(&policy, &policy.sections[1], &bare));
    ck_assert(!vp_policy_applies(&policy, &policy.sections[2], &bare));
    ck_assert(vp_policy_applies(&policy, &policy.sections[1], &tuan));
    ck_assert(vp_policy_applies(&policy, &policy.sections[2], &tuan));
    vp_policy_free(&policy);
}
END_TEST

/* ---- text -> policy -> text ------------------------------------------------------------------ */

static bool same_text(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static void assert_same(const struct vp_policy *one, const struct vp_policy *other)
{
    ck_assert_uint_eq(one->section_count, other->section_count);
    ck_assert_uint_eq(one->setting_count, other->setting_count);
    for (size_t i = 0; i < one->section_count; i++) {
        const struct vp_section *a = &one->sections[i], *b = &other->sections[i];

        ck_assert_int_eq(a->kind, b->kind);
        ck_assert_uint_eq(a->name_count, b->name_count);
        for (size_t name = 0; name < a->name_count; name++)
            ck_assert_str_eq(one->names[a->first_name + name], other->names[b->first_name + name]);
    }
    for (size_t i = 0; i < one->setting_count; i++) {
        const struct vp_setting *a = &one->settings[i], *b = &other->settings[i];

        ck_assert_int_eq(a->key, b->key);
        ck_assert_uint_eq(a->section, b->section);
        ck_assert_int_eq(a->number, b->number);
        ck_assert(same_text(a->text, b->text));
    }
}

static void print_and_parse(const char *text)
{
    struct vp_policy policy = policy_of(text), again;
    size_t needed = vp_policy_print(&policy, NULL, 0);
    char *printed = malloc(needed + 1);

    ck_assert_ptr_nonnull(printed);
    ck_assert_uint_eq(vp_policy_print(&policy, printed, needed + 1), needed);
    ck_assert_uint_eq(strlen(printed), needed);
    again = policy_of(printed);
    assert_same(&policy, &again);
    vp_policy_free(&again);
    vp_policy_free(&policy);
    free(printed);
}

static const char *const whole[] = {
    "",
    "min_length = 9\n",
    "[user tuan]\n",
    "[user a b c]\nmax_age = never\n[group \"domain users\" x]\nexempt = yes\n"
    "exempt_reason = why not\n[service dovecot]\ngrace = 7d\nchanged_since = 2026-11-22\n",
    "help = tổ CNTT, máy lẻ 12 = số mới\nlanguage = vi\nnon_ascii = allow\n"
    "changed_since = none\nwarn_before = 0\n",
    "[user a]b \"c]d\" [!x]* e\"f]\nhistory = 2\n",
    "[group \"a\tb\"]\nhistory = 0\n",
    "[user \"#x\"]\nhistory = 0\n",
    "[user x#y]\nhistory = 0\n",
};

START_TEST(what_is_printed_parses_to_the_same_policy)
{
    print_and_parse(whole[_i]);
}
END_TEST

/* A value that key allows, some of them at the ends. */
static void add_random_setting(char *text, size_t size, enum vp_key key, uint32_t *state)
{
    static const struct {
        enum vp_key key;
        const char *values[4];
    } choices[] = {
        {VP_KEY_min_length, {"1", "7", "8", "8"}},
        {VP_KEY_max_length, {"8", "64", "127", "511"}},
        {VP_KEY_non_ascii, {"refuse", "allow", "refuse", "allow"}},
        {VP_KEY_max_age, {"never", "1d", "180d", "36500d"}},
        {VP_KEY_warn_before, {"0", "1d", "14d", "36500d"}},
        {VP_KEY_change_on_first_login, {"yes", "no", "yes", "no"}},
        {VP_KEY_changed_since, {"none", "1970-01-01", "2026-11-22", "9999-12-31"}},
        {VP_KEY_max_idle, {"never", "1d", "90d", "36500d"}},
        {VP_KEY_grace, {"0", "1d", "7d", "36500d"}},
        {VP_KEY_without_password, {"enforce", "warn", "ignore", "warn"}},
        {VP_KEY_set_elsewhere, {"reset", "warn", "accept", "warn"}},
        {VP_KEY_exempt, {"yes", "no", "yes", "no"}},
        {VP_KEY_exempt_reason, {"x", "a = b", "the copy, at night", "a#b"}},
        {VP_KEY_root_may_override, {"yes", "no", "yes", "no"}},
        {VP_KEY_retry, {"1", "3", "5", "10"}},
        {VP_KEY_language, {"auto", "en", "vi", "en"}},
        {VP_KEY_help, {"IT", "tổ CNTT", "a]b [c", "\"quoted\""}},
        {VP_KEY_words, {"/a", "/a /b", "none", "/a  /b /c /d /e /f /g /h"}},
        {VP_KEY_breached, {"/a", "none", "/b#c", "/d=e"}},
        {VP_KEY_page, {"https://w/", "the IT desk", "a#b", "x = y"}},
    };
    const char *value = "5";
    size_t at = strlen(text);

    for (size_t i = 0; i < COUNT(choices); i++)
        if (choices[i].key == key)
            value = choices[i].values[next_random(state) % 4];
    snprintf(text + at, size - at, "%s%s=%s%s\n", next_random(state) % 4 == 0 ? "# c\n" : "",
             vp_policy_key_name(key), value, next_random(state) % 3 == 0 ? "\r" : "");
}

START_TEST(a_thousand_made_up_policies_print_and_parse_back)
{
    static const char *const headers[] = {"[group a \"b c\"]", "[user x* [!y]z]",
                                          "[service s \"t]u\"]"};
    uint32_t state = 1017;

    for (int round = 0; round < 1000; round++) {
        char text[16384] = "";
        int sections = (int)(next_random(&state) % 6);

        for (int section = 0; section <= sections; section++) {
            size_t kind = section == 0 ? 3 : next_random(&state) % 3;

            if (section > 0)
                snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", headers[kind]);
            for (int key = 0; key < VP_KEY_COUNT; key++) {
                bool people = key == VP_KEY_exempt || key == VP_KEY_exempt_reason;
                bool top = key == VP_KEY_min_uid || key == VP_KEY_root_may_override ||
                           key == VP_KEY_retry || key == VP_KEY_language || key == VP_KEY_help ||
                           key == VP_KEY_page;

                if ((people && kind > 1) || (top && kind != 3) ||
                    (key == VP_KEY_grace && kind != 2))
                    continue;
                if (next_random(&state) % 3 == 0)
                    add_random_setting(text, sizeof text, (enum vp_key)key, &state);
            }
        }
        print_and_parse(text);
    }
}
END_TEST

START_TEST(a_policy_prints_as_a_file_that_people_can_read)
{
    struct vp_policy policy = policy_of("retry=2 # c\n# c\n[ user a  \"b c\" ]\nmax_age=never\n"
                                        "[service s]\ngrace=0\nhistory = 9\n");
    struct vp_policy bare = policy_of("[user a]\nexempt = yes\n");
    char buffer[512];

    vp_policy_print(&policy, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, "retry = 2\n\n[user a \"b c\"]\nmax_age = never\n\n"
                             "[service s]\ngrace = 0d\nhistory = 9\n");
    vp_policy_print(&bare, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, "[user a]\nexempt = yes\n");
    vp_policy_free(&bare);
    vp_policy_free(&policy);
}
END_TEST

START_TEST(printing_never_leaves_its_room)
{
    struct vp_policy policy = policy_of(whole[3]);
    size_t needed = vp_policy_print(&policy, NULL, 0);

    for (size_t size = 0; size <= needed + 1; size++) {
        char buffer[512];

        memset(buffer, '~', sizeof buffer);
        if (vp_policy_print(&policy, buffer, size) != needed || buffer[size] != '~' ||
            (size > 0 && memchr(buffer, '\0', size) == NULL))
            ck_abort_msg("size %zu", size);
    }
    vp_policy_free(&policy);
}
END_TEST

START_TEST(a_large_policy_is_read_whole)
{
    /* Every array grows several times, and a name list is longer than any first guess. */
    char *text = malloc(400000);
    size_t at = 0;
    struct vp_policy policy;
    struct vp_values values;

    ck_assert_ptr_nonnull(text);
    for (int i = 0; i < 300; i++) {
        at += (size_t)sprintf(text + at, "[user");
        for (int name = 0; name < 40; name++)
            at += (size_t)sprintf(text + at, " u%d-%d", i, name);
        at += (size_t)sprintf(text + at, "]\nmin_length = %d\nhistory = 3\n", 8 + i % 100);
    }
    policy = policy_of(text);
    ck_assert_uint_eq(policy.section_count, 301);
    ck_assert_uint_eq(policy.setting_count, 600);
    ck_assert_uint_eq(policy.name_count, 12000);
    vp_policy_resolve(&policy, &(struct vp_subject){.user = "u299-39"}, &values, NULL);
    ck_assert_int_eq(values.min_length, 8 + 299 % 100);
    vp_policy_free(&policy);
    ck_assert_ptr_null(policy.text);
    ck_assert_uint_eq(policy.setting_count, 0);
    free(text);
}
END_TEST

static const struct {
    enum vp_key key;
    unsigned line;
    const char *header, *why;
} headers[] = {
    {VP_KEY_min_length, 1, "", "the top of the file has none"},
    {VP_KEY_min_length, 0, "", "built in"},
    {VP_KEY_min_length, 3, "[group it-admins \"two words\"]", "quoted where the file must quote"},
    {VP_KEY_max_age, 5, "[user svc-* backup]", "patterns as they are written"},
    {VP_KEY_max_age, 3, "", "another key stands there"},
};

START_TEST(a_value_says_in_which_section_it_stands)
{
    static const char text[] = "min_length = 9\n[group it-admins \"two words\"]\nmin_length = 14\n"
                               "[user svc-* backup]\nmax_age = never\n";
    struct vp_policy policy;
    struct vp_error error;
    char header[128];

    ck_assert_int_eq(
        vp_policy_parse(text, strlen(text), "vpolicy.conf", NULL, NULL, &policy, &error), 0);
    vp_policy_print_section(&policy, headers[_i].key, headers[_i].line, header, sizeof header);
    ck_assert_msg(strcmp(header, headers[_i].header) == 0, "%s: %s", headers[_i].why, header);
    vp_policy_free(&policy);
}
END_TEST

Suite *suite_policy(void)
{
    Suite *suite = suite_create("policy");
    TCase *tcase = tcase_create("policy");

    ADD_ROWS(tcase, each_key_sets_its_own_value_and_no_other, keys);
    ADD_ROWS(tcase, each_keys_name_is_the_one_of_the_file, keys);
    tcase_add_test(tcase, no_file_at_all_says_what_the_directive_says);
    ADD_ROWS(tcase, a_value_is_allowed_up_to_its_ends, ends);
    ADD_ROWS(tcase, a_faulty_file_counts_for_nothing_and_every_fault_is_told_with_its_line, faulty);
    tcase_add_test(tcase, a_nul_byte_is_a_fault_on_its_line);
    tcase_add_test(tcase, a_file_beyond_the_limit_is_refused_whole);
    ADD_ROWS(tcase, a_file_may_be_written_as_people_write, written);
    ADD_ROWS(tcase, the_last_matching_section_wins_key_by_key, orders);
    tcase_add_test(tcase, none_is_no_text_and_a_pattern_matches_any_sign);
    tcase_add_test(tcase, without_service_or_groups_their_sections_do_not_apply);
    ADD_ROWS(tcase, what_is_printed_parses_to_the_same_policy, whole);
    tcase_add_test(tcase, a_thousand_made_up_policies_print_and_parse_back);
    tcase_add_test(tcase, a_policy_prints_as_a_file_that_people_can_read);
    tcase_add_test(tcase, printing_never_leaves_its_room);
    tcase_add_test(tcase, a_large_policy_is_read_whole);
    ADD_ROWS(tcase, a_value_says_in_which_section_it_stands, headers);
    suite_add_tcase(suite, tcase);
    return suite;
}
