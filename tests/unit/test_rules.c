/* lib/rules.c: why a password is refused. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include "../../lib/rules.h"
#include "../../lib/secret.h"

#define BYTES(literal) literal, sizeof literal - 1

/* What the policy says where no file says anything; every rule that a row does not name is off. */
static const struct vp_values off = {.max_length = 511, .non_ascii = VP_NON_ASCII_ALLOW};

/* "too_short 7/8, no_upper 0/1": codes and counts, as a row can be read. */
static void print_failures(const struct vp_failures *failures, char *buffer, size_t size)
{
    size_t at = 0;

    buffer[0] = '\0';
    for (size_t i = 0; i < failures->count && at < size; i++)
        at += (size_t)snprintf(buffer + at, size - at, "%s%s %d/%d", i == 0 ? "" : ", ",
                               vp_rules_code(failures->list[i].rule), failures->list[i].has,
                               failures->list[i].needs);
}

static void check(const struct vp_values *values, const char *password, size_t length,
                  const char *login_name, const char *old, size_t bytes_max, char *buffer,
                  size_t size)
{
    struct vp_candidate candidate, old_candidate;
    struct vp_failures failures;

    memset(&failures, 0xff, sizeof failures);
    vp_rules_read(password, length, &candidate);
    if (old != NULL)
        vp_rules_read(old, strlen(old), &old_candidate);
    vp_rules_check(values, &candidate,
                   &(struct vp_rules_setting){.login_name = login_name,
                                              .old = old == NULL ? NULL : &old_candidate,
                                              .bytes_max = bytes_max},
                   &failures);
    print_failures(&failures, buffer, size);
}

static const struct {
    size_t offset;
    int32_t value;
    const char *password, *failures, *why;
} counted[] = {
#define KEY(name) offsetof(struct vp_values, name)
    {KEY(min_length), 8, "abcdefg", "too_short 7/8", "one too few"},
    {KEY(min_length), 8, "abcdefgh", "", "just enough"},
    {KEY(min_length), 8, "abcdefghi", "", "one more"},
    {KEY(min_length), 0, "", "", "off, and empty"},
    {KEY(min_length), 1, "", "too_short 0/1", "an empty password has no character"},
    {KEY(min_length), 8, "mật khẩ", "too_short 7/8", "characters, not bytes"},
    {KEY(min_length), 8, "mật khẩu", "", "characters, not bytes: just enough"},
    {KEY(max_length), 10, "abcdefghi", "", "one fewer"},
    {KEY(max_length), 10, "abcdefghij", "", "just as many"},
    {KEY(max_length), 10, "abcdefghijk", "too_long 11/10", "one too many"},
    {KEY(max_length), 10, "mật khẩu ẩ", "", "characters, not bytes"},
    {KEY(min_upper), 0, "abc", "", "off"},
    {KEY(min_upper), 1, "abc", "no_upper 0/1", "none"},
    {KEY(min_upper), 1, "aBc", "", "just enough"},
    {KEY(min_upper), 2, "aBc", "no_upper 1/2", "one too few"},
    {KEY(min_upper), 2, "aBC", "", "two"},
    {KEY(min_upper), 2, "ABC", "", "three"},
    {KEY(min_upper), 1, "A", "", "the first letter"},
    {KEY(min_upper), 1, "Z", "", "the last letter"},
    {KEY(min_upper), 1, "@[", "no_upper 0/1", "the signs beside them"},
    {KEY(min_lower), 0, "ABC", "", "off"},
    {KEY(min_lower), 1, "ABC", "no_lower 0/1", "none"},
    {KEY(min_lower), 2, "aBC", "no_lower 1/2", "one too few"},
    {KEY(min_lower), 2, "abC", "", "just enough"},
    {KEY(min_lower), 2, "abc", "", "one more"},
    {KEY(min_lower), 2, "az", "", "the first and the last letter"},
    {KEY(min_lower), 1, "`{", "no_lower 0/1", "the signs beside them"},
    {KEY(min_digit), 0, "abc", "", "off"},
    {KEY(min_digit), 1, "abc", "no_digit 0/1", "none"},
    {KEY(min_digit), 2, "ab1", "no_digit 1/2", "one too few"},
    {KEY(min_digit), 2, "ab12", "", "just enough"},
    {KEY(min_digit), 2, "123", "", "one more"},
    {KEY(min_digit), 2, "09", "", "the first and the last digit"},
    {KEY(min_digit), 1, "/:", "no_digit 0/1", "the signs beside them"},
    {KEY(min_special), 0, "abc", "", "off"},
    {KEY(min_special), 1, "aB3", "no_special 0/1", "none"},
    {KEY(min_special), 2, "a#b", "no_special 1/2", "one too few"},
    {KEY(min_special), 2, "a#b!", "", "just enough"},
    {KEY(min_special), 2, "#!?", "", "one more"},
    {KEY(min_special), 1, "a b", "", "a space is special"},
    {KEY(min_special), 1, "~", "", "the last sign"},
    {KEY(min_special), 10, "@[`{/:!~ ^", "", "the signs beside letters and digits are signs"},
    {KEY(min_special), 1, "\x7f", "unprintable 0/0, no_special 0/1", "DEL is no sign"},
    {KEY(min_special), 1, "\x1f", "unprintable 0/0, no_special 0/1", "nor a control character"},
    {KEY(max_repeat), 0, "aaaaaaaaaaaaaaaa", "", "off"},
    {KEY(max_repeat), 3, "xaay", "", "one fewer"},
    {KEY(max_repeat), 3, "xaaay", "", "just as many"},
    {KEY(max_repeat), 3, "xaaaay", "repeated 4/3", "one too many"},
    {KEY(max_repeat), 3, "aaaabcd", "repeated 4/3", "at the beginning"},
    {KEY(max_repeat), 3, "abcdddd", "repeated 4/3", "at the end"},
    {KEY(max_repeat), 3, "aabaabaab", "", "in a row, not in all"},
    {KEY(max_repeat), 3, "aaAA", "", "case counts"},
    {KEY(max_repeat), 3, "bbbbaaaaaa", "repeated 6/3", "the longest is told"},
    {KEY(max_repeat), 3, "aaaaaabbbb", "repeated 6/3", "the longest is told, first or not"},
    {KEY(max_repeat), 1, "abab", "", "none twice"},
    {KEY(max_repeat), 1, "abba", "repeated 2/1", "one twice"},
    {KEY(max_repeat), 1, "", "", "an empty password repeats nothing"},
    {KEY(max_repeat), 3, "xấấấy", "", "characters, not bytes"},
    {KEY(max_repeat), 3, "xấấấấy", "repeated 4/3", "characters, not bytes: too many"},
};

START_TEST(a_rule_holds_just_below_at_and_just_above_its_number)
{
    struct vp_values values = off;
    char buffer[512];

    memcpy((char *)&values + counted[_i].offset, &counted[_i].value, sizeof(int32_t));
    check(&values, counted[_i].password, strlen(counted[_i].password), NULL, NULL, VP_BYTES_MAX,
          buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, counted[_i].failures) == 0, "%s: \"%s\": %s", counted[_i].password,
                  buffer, counted[_i].why);
}
END_TEST

static const struct {
    const char *password;
    size_t length;
    int32_t non_ascii;
    const char *failures, *why;
} characters[] = {
    {BYTES("plain"), VP_NON_ASCII_REFUSE, "", "ASCII is never an accent"},
    {BYTES("m\xe1\xba\xadt"), VP_NON_ASCII_REFUSE, "accents 0/0", "a Vietnamese letter"},
    {BYTES("m\xe1\xba\xadt"), VP_NON_ASCII_ALLOW, "", "allowed"},
    {BYTES("\xc2\x80"), VP_NON_ASCII_REFUSE, "accents 0/0", "the first beyond ASCII"},
    {BYTES("m\xe9t"), VP_NON_ASCII_REFUSE, "accents 0/0",
     "no UTF-8 either, but the remedy is the same: told once"},
    {BYTES("m\xe9t"), VP_NON_ASCII_ALLOW, "not_utf8 0/0", "ISO 8859-1 is not UTF-8"},
    {BYTES("\xe9t"), VP_NON_ASCII_ALLOW, "not_utf8 0/0", "nor at the very beginning"},
    {BYTES("a\xc0\x80z"), VP_NON_ASCII_ALLOW, "not_utf8 0/0", "an overlong NUL"},
    {BYTES("a\xed\xa0\x80z"), VP_NON_ASCII_ALLOW, "not_utf8 0/0", "a surrogate"},
    {BYTES("a\xf4\x90\x80\x80"), VP_NON_ASCII_ALLOW, "not_utf8 0/0", "above U+10FFFF"},
    {BYTES("a\xe1\xba"), VP_NON_ASCII_ALLOW, "not_utf8 0/0", "a character cut"},
    {BYTES("ab\0cd"), VP_NON_ASCII_ALLOW, "unprintable 0/0", "NUL inside"},
    {BYTES("ab\0cd"), VP_NON_ASCII_REFUSE, "unprintable 0/0", "NUL inside is no accent"},
    {BYTES("\0"), VP_NON_ASCII_ALLOW, "unprintable 0/0", "NUL alone"},
    {BYTES("ab\tcd"), VP_NON_ASCII_ALLOW, "unprintable 0/0", "a tab completes words at a shell"},
    {BYTES("ab\x7f"), VP_NON_ASCII_ALLOW, "unprintable 0/0", "DEL, where a key was not bound"},
    {BYTES("ab\x1f"), VP_NON_ASCII_ALLOW, "unprintable 0/0", "the last control character"},
    {BYTES("ab "), VP_NON_ASCII_ALLOW, "", "a space is printable"},
    {BYTES("m\xe1\xba\xadt\x01"), VP_NON_ASCII_REFUSE, "accents 0/0, unprintable 0/0",
     "two things are wrong, both are told"},
    {BYTES("m\xe9t\x01"), VP_NON_ASCII_ALLOW, "not_utf8 0/0, unprintable 0/0", "likewise"},
};

START_TEST(characters_that_cannot_be_typed_or_seen_are_refused)
{
    struct vp_values values = off;
    char buffer[512];

    values.non_ascii = characters[_i].non_ascii;
    check(&values, characters[_i].password, characters[_i].length, NULL, NULL, VP_BYTES_MAX, buffer,
          sizeof buffer);
    ck_assert_msg(strcmp(buffer, characters[_i].failures) == 0, "\"%s\": %s", buffer,
                  characters[_i].why);
}
END_TEST

static const struct {
    const char *password, *name, *failures, *why;
} names[] = {
    {"xtuanx", "tuan", "login_name 0/0", "inside"},
    {"tuan123", "tuan", "login_name 0/0", "at the beginning"},
    {"123tuan", "tuan", "login_name 0/0", "at the end"},
    {"tuan", "tuan", "login_name 0/0", "alone"},
    {"naut99", "tuan", "login_name 0/0", "reversed"},
    {"TuAn99", "tuan", "login_name 0/0", "in other case"},
    {"NAUT99", "tuan", "login_name 0/0", "reversed in other case"},
    {"tuan99", "TUAN", "login_name 0/0", "the name itself in capitals"},
    {"lan99", "lan", "", "three letters stand anywhere by chance"},
    {"tua", "tuan", "", "shorter than the name"},
    {"tu.an", "tuan", "", "the whole name only"},
    {"tuatuaua", "tuan", "", "its beginning twice is not the name"},
    {"tuatuan", "tuan", "login_name 0/0", "found after a false beginning"},
    {"svc-backup1", "svc-backup", "login_name 0/0", "signs in the name"},
    {"xuan99", "tuan", "", "all but its first letter"},
    {"xaut99", "tuan", "", "all but the first letter of its reverse"},
    {"tuax99", "tuan", "", "all but its last letter"},
    {"ZOEAm1", "zoea", "login_name 0/0", "the first and the last letter of the alphabet"},
    {"tuan99", NULL, "", "no name is known"},
    {"tuan99", "", "", "an empty name"},
    {"", "tuan", "", "an empty password"},
    {"ABCD@", "abcd`", "", "only letters have another case"},
    {"xy[z1", "xy{z", "", "nor the signs after the letters"},
};

START_TEST(the_login_name_is_refused_forwards_backwards_in_any_case)
{
    char buffer[512];

    check(&off, names[_i].password, strlen(names[_i].password), names[_i].name, NULL, VP_BYTES_MAX,
          buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, names[_i].failures) == 0, "%s: \"%s\": %s", names[_i].password,
                  buffer, names[_i].why);
}
END_TEST

static const struct {
    int32_t min_difference;
    const char *password, *old, *failures, *why;
} differences[] = {
    {4, "abcd1234", NULL, "", "several programs give no old password"},
    {4, "abcd1234", "abcd1234", "current 0/0", "the same: told as such, which is clearer"},
    {4, "abcd1235", "abcd1234", "similar 1/4", "one letter"},
    {4, "1567abcd", "1234abcd", "similar 3/4", "one too few"},
    {4, "abcd5678", "abcd1234", "similar 1/4", "whoever only counts on keeps everything"},
    {4, "1234abcd", "abcd1234", "", "digits in front are part of what is kept"},
    {4, "5678abcd", "1234abcd", "", "just enough"},
    {0, "abcd1235", "abcd1234", "", "off"},
    {1, "abcd1235", "abcd1234", "", "one is asked for"},
    {1, "abcd1234", "abcd1234", "current 0/0", "and there is none"},
    {4, "ABCD1234", "abcd1234", "similar 1/4", "another case is no other word"},
    {4, "Mua2025!xyz", "Mua2024!xyz", "similar 1/4", "the year goes on"},
    {4, "Matkhau#1985?", "Matkhau@2024!", "similar 1/4", "other digits and signs at the end"},
    {4, "M@tkh4u#99", "Mậtkhẩu2024!!", "similar 1/4", "and letters that are written otherwise"},
    {4, "Ma7o#1985?", "Tata@2024!", "similar 2/4", "two letters of four are not enough"},
    {4, "L1nh#1985?", "Iinh@2024!", "similar 1/4", "1 is i or l"},
    {4, "xyz#1985?", "abc@2024!", "", "nothing of three letters is left"},
    {4, "xyc#1985?", "abc@2024!", "similar 2/4", "one of three is"},
    {4, "ab#1985?", "ab@2024!", "", "too little is left to be told apart by"},
    {4, "Tratra=55", "Phophuong=55", "", "two other words"},
    {8, "password1234", "password1234x", "similar 1/8", "never more than what was changed"},
    {2, "Tata#1985?", "Tata@2024!", "similar 1/2", "by the policy's number"},
    {1, "Tata#1985?", "Tata@2024!", "", "one is asked for, and there are more"},
    {0, "Tata#1985?", "Tata@2024!", "", "off"},
    {4, "mật khẩu 1", "mặt khẩu 1", "similar 1/4", "characters, not bytes"},
    {4, "", "abcd", "", "an empty one differs by all"},
    {4, "abc", "", "similar 3/4", "so does an empty old one"},
};

START_TEST(a_new_password_is_as_far_from_the_old_one_as_asked)
{
    struct vp_values values = off;
    char buffer[512];

    values.min_difference = differences[_i].min_difference;
    check(&values, differences[_i].password, strlen(differences[_i].password), NULL,
          differences[_i].old, VP_BYTES_MAX, buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, differences[_i].failures) == 0, "%s: \"%s\": %s",
                  differences[_i].password, buffer, differences[_i].why);
}
END_TEST

static const struct {
    const char *unit;
    size_t length, bytes_max;
    int32_t max_length;
    const char *failures, *why;
} lengths[] = {
    {"x", 510, VP_BYTES_MAX, 511, "", "one below what the programs carry"},
    {"x", 511, VP_BYTES_MAX, 511, "", "just what they carry"},
    {"x", 512, VP_BYTES_MAX, 511, "too_long 512/511", "one more: told once, in characters"},
    {"x", 513, VP_BYTES_MAX, 511, "too_long 512/511", "two more: no more than 512 are kept"},
    {"x", 2000, VP_BYTES_MAX, 127, "too_long 512/127", "the built-in limit, far exceeded"},
    {"x", 71, VP_BYTES_MAX_BCRYPT, 127, "", "one below what bcrypt reads"},
    {"x", 72, VP_BYTES_MAX_BCRYPT, 127, "", "just what bcrypt reads"},
    {"x", 73, VP_BYTES_MAX_BCRYPT, 127, "too_many_bytes 73/72", "bcrypt would ignore the last"},
    {"x", 128, VP_BYTES_MAX_BCRYPT, 127, "too_long 128/127", "one of the two is enough to tell"},
    {"ậ", 24, VP_BYTES_MAX_BCRYPT, 127, "", "24 letters of 3 bytes are 72"},
    {"ậ", 25, VP_BYTES_MAX_BCRYPT, 127, "too_many_bytes 75/72",
     "few characters, many bytes: the limit is bcrypt's"},
    {"ậ", 170, VP_BYTES_MAX, 511, "", "510 bytes"},
    {"ậ", 171, VP_BYTES_MAX, 511, "too_long 512/511",
     "513 bytes, cut inside a letter: too long all the same, and not \"no UTF-8\""},
    {"x", 127, VP_BYTES_MAX, 127, "", "the built-in limit"},
};

START_TEST(bytes_are_limited_by_what_programs_carry_and_bcrypt_reads)
{
    struct vp_values values = off;
    size_t width = strlen(lengths[_i].unit);
    char password[4096], buffer[512];

    for (size_t i = 0; i < lengths[_i].length; i++)
        memcpy(password + i * width, lengths[_i].unit, width);
    values.max_length = lengths[_i].max_length;
    check(&values, password, lengths[_i].length * width, NULL, NULL, lengths[_i].bytes_max, buffer,
          sizeof buffer);
    ck_assert_msg(strcmp(buffer, lengths[_i].failures) == 0, "\"%s\": %s", buffer, lengths[_i].why);
}
END_TEST

static const struct {
    const char *password, *failures, *why;
} builtin[] = {
    {"Vpolicy#2", "", "the directive's rules and no more"},
    {"Vpoli#2", "too_short 7/8", "seven"},
    {"vpolicy", "too_short 7/8, no_upper 0/1, no_digit 0/1, no_special 0/1",
     "everything that is wrong is told at once, in the table's order"},
    {"", "too_short 0/8, no_upper 0/1, no_lower 0/1, no_digit 0/1, no_special 0/1",
     "an empty password"},
    {"tuan",
     "too_short 4/8, no_upper 0/1, no_digit 0/1, no_special 0/1, login_name 0/0, "
     "similar 1/4",
     "its owner and its history too"},
    {"tuan\x01nnnn",
     "unprintable 0/0, no_upper 0/1, no_digit 0/1, no_special 0/1, "
     "repeated 4/3, login_name 0/0",
     "a control character is neither letter nor sign"},
    {"Mậtkhẩu#2", "accents 0/0", "refused unless the policy allows it"},
    {"ẬẨẬẨẬẨẬẨ", "accents 0/0, no_upper 0/1, no_lower 0/1, no_digit 0/1, no_special 0/1",
     "beyond ASCII no class counts unless the policy allows it"},
};

START_TEST(all_that_is_wrong_is_told_at_once)
{
    struct vp_values values;
    char buffer[512];

    vp_policy_resolve(&(struct vp_policy){0}, &(struct vp_subject){.user = "tuan"}, &values, NULL);
    check(&values, builtin[_i].password, strlen(builtin[_i].password), "tuan", "tuan1",
          VP_BYTES_MAX, buffer, sizeof buffer);
    ck_assert_msg(strcmp(buffer, builtin[_i].failures) == 0, "%s: \"%s\": %s", builtin[_i].password,
                  buffer, builtin[_i].why);
}
END_TEST

static const struct {
    const char *password;
    size_t length, count;
    bool utf8, ascii, unprintable;
    const char *classes, *why;
} taken_apart[] = {
    {BYTES("aB3# "), 5, true, true, false, "ludss", "one of each, and a space"},
    {BYTES(""), 0, true, true, false, "", "nothing"},
    {BYTES("a\0B"), 3, true, true, true, "l-u", "NUL does not end it"},
    {BYTES("a\xe1\xba\xad"), 2, true, false, false, "l-", "two characters in four bytes"},
    {BYTES("a\xe1\xba"), 3, false, false, false, "l--", "not UTF-8: bytes count"},
    {BYTES("\x7f\x1f"), 2, true, true, true, "--", "control characters are of no class"},
};

START_TEST(a_password_is_taken_apart_into_characters_and_classes)
{
    struct vp_candidate candidate;
    char classes[16] = "";

    memset(&candidate, 0xff, sizeof candidate);
    vp_rules_read(taken_apart[_i].password, taken_apart[_i].length, &candidate);
    ck_assert_uint_eq(candidate.bytes, taken_apart[_i].length);
    ck_assert_uint_eq(candidate.count, taken_apart[_i].count);
    ck_assert_int_eq(candidate.utf8, taken_apart[_i].utf8);
    ck_assert_int_eq(candidate.ascii, taken_apart[_i].ascii);
    ck_assert_int_eq(candidate.composed, true);
    ck_assert_int_eq(candidate.unprintable, taken_apart[_i].unprintable);
    for (size_t i = 0; i < candidate.count; i++)
        classes[i] = "-ulds"[candidate.classes[i]];
    ck_assert_msg(strcmp(classes, taken_apart[_i].classes) == 0, "%s: %s", classes,
                  taken_apart[_i].why);
}
END_TEST

START_TEST(any_length_is_read_without_leaving_its_room)
{
    static char password[VP_PASSWORD_SIZE * 3];
    static struct {
        struct vp_candidate candidate;
        char after[16];
    } room;

    for (size_t length = 0; length < sizeof password; length++) {
        password[length] = "a\xe1\xba\xad\xff"[length % 5];
        memset(&room, '~', sizeof room);
        vp_rules_read(password, length, &room.candidate);
        if (room.candidate.bytes != length || room.candidate.count > VP_PASSWORD_SIZE ||
            room.candidate.count > length || memcmp(room.after, "~~~~~~~~~~~~~~~~", 16) != 0)
            ck_abort_msg("length %zu", length);
    }
}
END_TEST

START_TEST(failures_found_by_hashing_are_added_behind_and_never_too_many)
{
    struct {
        struct vp_failures failures;
        char after[8];
    } room;

    memset(&room, '~', sizeof room);
    room.failures.count = 0;
    for (int i = 0; i < VP_RULE_COUNT + 3; i++)
        vp_rules_add(&room.failures, VP_RULE_REUSED, i, 5);
    ck_assert_uint_eq(room.failures.count, VP_RULE_COUNT);
    ck_assert_int_eq(room.failures.list[VP_RULE_COUNT - 1].has, VP_RULE_COUNT - 1);
    ck_assert_mem_eq(room.after, "~~~~~~~~", 8);
}
END_TEST

/* Printed by `vpolicy test --batch`: a code once printed keeps its meaning for ever. */
static const struct {
    enum vp_rule rule;
    const char *code;
} codes[] = {
    {VP_RULE_ACCENTS, "accents"},
    {VP_RULE_NOT_UTF8, "not_utf8"},
    {VP_RULE_NOT_COMPOSED, "not_composed"},
    {VP_RULE_UNPRINTABLE, "unprintable"},
    {VP_RULE_TOO_SHORT, "too_short"},
    {VP_RULE_TOO_LONG, "too_long"},
    {VP_RULE_TOO_MANY_BYTES, "too_many_bytes"},
    {VP_RULE_NO_UPPER, "no_upper"},
    {VP_RULE_NO_LOWER, "no_lower"},
    {VP_RULE_NO_DIGIT, "no_digit"},
    {VP_RULE_NO_SPECIAL, "no_special"},
    {VP_RULE_REPEATED, "repeated"},
    {VP_RULE_LOGIN_NAME, "login_name"},
    {VP_RULE_GUESSED, "guessed"},
    {VP_RULE_BREACHED, "breached"},
    {VP_RULE_SIMILAR, "similar"},
    {VP_RULE_CURRENT, "current"},
    {VP_RULE_REUSED, "reused"},
};

_Static_assert(COUNT(codes) == VP_RULE_COUNT, "a new rule needs its row here");

START_TEST(a_code_once_printed_keeps_its_meaning)
{
    ck_assert_str_eq(vp_rules_code(codes[_i].rule), codes[_i].code);
}
END_TEST

static void check_secret(void *context)
{
    static struct vp_candidate candidate, old;
    struct vp_failures failures;
    char secret[SECRET_LENGTH + 1];
    const struct vp_values *values = context;

    secret_write(secret);
    vp_rules_read(secret, SECRET_LENGTH, &candidate);
    secret[0] ^= 1;
    vp_rules_read(secret, SECRET_LENGTH, &old);
    vp_rules_check(
        values, &candidate,
        &(struct vp_rules_setting){.login_name = "tuan", .old = &old, .bytes_max = VP_BYTES_MAX},
        &failures);
    vp_rules_wipe(&candidate);
    vp_rules_wipe(&old);
    vp_secret_wipe(secret, sizeof secret);
}

START_TEST(reading_checking_and_wiping_leaves_no_password_behind)
{
    struct vp_values values = off;

    values.min_difference = 4;
    values.max_repeat = 3;
    values.min_length = 200;
    ck_assert_uint_eq(secret_copies_after(check_secret, &values), 0);
}
END_TEST

START_TEST(a_wiped_candidate_is_all_zero)
{
    static const struct vp_candidate zero;
    struct vp_candidate candidate;

    vp_rules_read("aB3# aB3#", 9, &candidate);
    vp_rules_wipe(&candidate);
    ck_assert_mem_eq(&candidate, &zero, sizeof zero);
}
END_TEST

Suite *suite_rules(void)
{
    Suite *suite = suite_create("rules");
    TCase *tcase = tcase_create("rules");

    ADD_ROWS(tcase, a_rule_holds_just_below_at_and_just_above_its_number, counted);
    ADD_ROWS(tcase, characters_that_cannot_be_typed_or_seen_are_refused, characters);
    ADD_ROWS(tcase, the_login_name_is_refused_forwards_backwards_in_any_case, names);
    ADD_ROWS(tcase, a_new_password_is_as_far_from_the_old_one_as_asked, differences);
    ADD_ROWS(tcase, bytes_are_limited_by_what_programs_carry_and_bcrypt_reads, lengths);
    ADD_ROWS(tcase, all_that_is_wrong_is_told_at_once, builtin);
    ADD_ROWS(tcase, a_password_is_taken_apart_into_characters_and_classes, taken_apart);
    tcase_add_test(tcase, any_length_is_read_without_leaving_its_room);
    tcase_add_test(tcase, failures_found_by_hashing_are_added_behind_and_never_too_many);
    ADD_ROWS(tcase, a_code_once_printed_keeps_its_meaning, codes);
    tcase_add_test(tcase, reading_checking_and_wiping_leaves_no_password_behind);
    tcase_add_test(tcase, a_wiped_candidate_is_all_zero);
    suite_add_tcase(suite, tcase);
    return suite;
}
