/* lib/record.c: what is on the disk. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#include "unit.h"

#include "../../lib/error.h"
#include "../../lib/record.h"
#include "../../lib/secret.h"

/* Every field there is, in the order in which they are written, and two that nobody knows. */
static const char full[] = "version = 1.0\n"
                           "user = svc%25x\n"
                           "uid = 4294967294\n"
                           "began = 2026-01-02\n"
                           "set_on = 2026-05-20\n"
                           "set_by = admin\n"
                           "due = reset\n"
                           "due_since = 2026-05-21\n"
                           "respite = 2026-12-06\n"
                           "hash = $y$j9T$abc$def\n"
                           "last_login = 2026-11-20\n"
                           "last_login_from = 192.0.2.7\n"
                           "reopened = 2026-03-04\n"
                           "newest = 1795305600\n"
                           "closed = retired\n"
                           "closed_from = 2026-11-01\n"
                           "closed_at = 1793000000\n"
                           "closed_by = lan\n"
                           "closed_note = retired%0Aon Monday\n"
                           "closed_incident = 2026-7\n"
                           "suspected = suspected\n"
                           "suspected_from = 2026-11-02\n"
                           "suspected_at = 1793000001\n"
                           "suspected_by = root\n"
                           "suspected_note = %20laptop stolen%20\n"
                           "suspected_incident = theft\n"
                           "locked = yes\n"
                           "shadow_expiry = never\n"
                           "groups = staff it-admins\n"
                           "noticed_on = 2026-11-22\n"
                           "noticed = sshd:warn dovecot:warn\n"
                           "notified = expired 2026-12-06 7\n"
                           "later_thing =  a  b%20=%41 = c\n"
                           "another = \n"
                           "end\n";

static int parse(const char *text, size_t length, struct vp_record *record, char *fault)
{
    struct vp_error error = {0};
    int result = vp_record_parse(text, length, "f", record, &error);

    vp_error_print(&error, fault, 1024);
    return result;
}

static void read_full(struct vp_record *record)
{
    char fault[1024];

    ck_assert_msg(parse(full, sizeof full - 1, record, fault) == 0, "%s", fault);
}

START_TEST(every_field_is_read_as_it_is_meant)
{
    struct vp_record record;

    read_full(&record);
    ck_assert_str_eq(record.user, "svc%x");
    ck_assert_uint_eq(record.uid, 4294967294u);
    ck_assert_int_eq(record.began, day("2026-01-02"));
    ck_assert_int_eq(record.set_on, day("2026-05-20"));
    ck_assert_int_eq(record.set_by, VP_SET_BY_ADMIN);
    ck_assert_int_eq(record.due, VP_DUE_RESET);
    ck_assert_int_eq(record.due_since, day("2026-05-21"));
    ck_assert_int_eq(record.respite, day("2026-12-06"));
    ck_assert_str_eq(record.hash, "$y$j9T$abc$def");
    ck_assert_int_eq(record.last_login, day("2026-11-20"));
    ck_assert_str_eq(record.last_login_from, "192.0.2.7");
    ck_assert_int_eq(record.reopened, day("2026-03-04"));
    ck_assert_int_eq(record.newest, 1795305600);
    ck_assert_int_eq(record.closed.reason, VP_REASON_RETIRED);
    ck_assert_int_eq(record.closed.from, day("2026-11-01"));
    ck_assert_int_eq(record.closed.made_at, 1793000000);
    ck_assert_str_eq(record.closed.made_by, "lan");
    ck_assert_str_eq(record.closed.note, "retired\non Monday");
    ck_assert_str_eq(record.closed.incident, "2026-7");
    ck_assert_int_eq(record.suspected.reason, VP_REASON_SUSPECTED);
    ck_assert_int_eq(record.suspected.from, day("2026-11-02"));
    ck_assert_int_eq(record.suspected.made_at, 1793000001);
    ck_assert_str_eq(record.suspected.made_by, "root");
    ck_assert_str_eq(record.suspected.note, " laptop stolen ");
    ck_assert_str_eq(record.suspected.incident, "theft");
    ck_assert_int_eq(record.locked, true);
    ck_assert_int_eq(record.shadow_expiry, VP_NEVER);
    ck_assert_str_eq(record.groups, "staff it-admins");
    ck_assert_int_eq(record.noticed_on, day("2026-11-22"));
    ck_assert_str_eq(record.noticed, "sshd:warn dovecot:warn");
    ck_assert_str_eq(record.unknown, "later_thing =  a  b%20=%41 = c\nanother = \n");
}
END_TEST

START_TEST(what_is_read_is_written_back_to_the_letter)
{
    struct vp_record record;
    char text[VP_RECORD_SIZE];

    read_full(&record);
    ck_assert_uint_eq(vp_record_print(&record, text), sizeof full - 1);
    ck_assert_str_eq(text, full);
}
END_TEST

START_TEST(an_empty_record_has_no_days_and_only_what_is_set_is_written)
{
    struct vp_record record;
    char text[VP_RECORD_SIZE];

    memset(&record, 0xff, sizeof record);
    vp_record_begin(&record, "tuan", 1000);
    ck_assert_int_eq(record.began, VP_NO_DAY);
    ck_assert_int_eq(record.set_on, VP_NO_DAY);
    ck_assert_int_eq(record.due_since, VP_NO_DAY);
    ck_assert_int_eq(record.respite, VP_NO_DAY);
    ck_assert_int_eq(record.last_login, VP_NO_DAY);
    ck_assert_int_eq(record.reopened, VP_NO_DAY);
    ck_assert_int_eq(record.closed.from, VP_NO_DAY);
    ck_assert_int_eq(record.suspected.from, VP_NO_DAY);
    ck_assert_int_eq(record.shadow_expiry, VP_NO_DAY);
    ck_assert_int_eq(record.noticed_on, VP_NO_DAY);
    ck_assert_int_eq(record.closed.reason, VP_REASON_NONE);
    vp_record_print(&record, text);
    ck_assert_str_eq(text, "version = 1.0\nuser = tuan\nuid = 1000\nend\n");
}
END_TEST

START_TEST(a_text_cut_at_any_byte_is_refused)
{
    static const struct vp_record zero;

    for (size_t length = 0; length < sizeof full - 1; length++) {
        struct vp_record record;
        char fault[1024];

        /* A refused record leaves nothing that could be taken for one. */
        if (parse(full, length, &record, fault) != -1 || memcmp(&record, &zero, sizeof record) != 0)
            ck_abort_msg("cut at %zu: %s", length, fault);
    }
}
END_TEST

#define HEAD     "version = 1.0\nuser = a\n"
#define END      "end\n"
#define X16      "xxxxxxxxxxxxxxxx"
#define X64      X16 X16 X16 X16
#define X256     X64 X64 X64 X64
#define CANNOT   ": a value that cannot be"
#define NOT_LINE ": not a line of the form FIELD = VALUE"

/* fault "": accepted */
static const struct {
    const char *text, *fault, *why;
} texts[] = {
    {HEAD END, "", "the shortest"},
    {"version = 1.9\nuser = a\n" END, "", "a newer minor version only adds fields"},
    {"version = 1.10\nuser = a\n" END, "", "two digits"},
    {"version = 2.0\nuser = a\n" END,
     "f:1: version 2.0, and this program reads 1.x (a newer one wrote it)",
     "another major version"},
    {"version = 10.0\nuser = a\n" END,
     "f:1: version 10.0, and this program reads 1.x (a newer one wrote it)", "10 is not 1"},
    {"version = 0.9\nuser = a\n" END,
     "f:1: version 0.9, and this program reads 1.x (a newer one wrote it)", "nor is 0"},
    {"version = 2" X64 "\n" END,
     "f:1: version 2xxxxxxxxxxxxxxx, and this program reads 1.x (a newer one wrote it)",
     "a long one is cut in the message"},
    {"", "f:1: does not begin with a version", "an empty file: a power cut without fsync"},
    {"user = a\nversion = 1.0\n" END, "f:1: does not begin with a version", "it comes first"},
    {"version = 1.0", "f:1: does not begin with a version", "a version without its line's end"},
    {"version =\t1.0\nuser = a\n" END, "f:1: does not begin with a version", "a tab"},
    {"version=1.0\nuser = a\n" END, "f:1: does not begin with a version", "one way to write it"},
    {"version = 1.0\n" END, "f:2: user: missing", "a record of nobody"},
    {"version = 1.0\nuser = \n" END, "f:3: user: missing", "an empty name"},
    {HEAD, "f:2: no line \"end\": the file was cut", "no end"},
    {HEAD "end", "f:3: the last line has no end: the file was cut", "the end without its newline"},
    {HEAD END "x = y\n", "f:4" NOT_LINE, "something after the end"},
    {HEAD END END, "", "the end twice says the same"},
    {HEAD "\n" END, "f:3" NOT_LINE, "an empty line"},
    {HEAD "x\n" END, "f:3" NOT_LINE, "no value"},
    {HEAD "x=y\n" END, "f:3" NOT_LINE, "no blanks"},
    {HEAD "x = y\nx = y\n" END, "", "whether an unknown field may stand twice is not ours to say"},
    {HEAD "user = a\n" END, "f:3: user: stands here twice", "twice, even the same"},
    {HEAD "uid = 1\nuid = 2\n" END, "f:4: uid: stands here twice", "which one holds?"},
    {HEAD "locked = yes\nlocked = no\n" END, "f:4: locked: stands here twice", "nor here"},
    {HEAD "uid = 4294967295\n" END, "", "the largest uid"},
    {HEAD "uid = 4294967296\n" END, "f:3: uid" CANNOT, "one above it"},
    {HEAD "uid = -1\n" END, "f:3: uid" CANNOT, "below zero"},
    {HEAD "uid = \n" END, "f:3: uid" CANNOT, "empty"},
    {HEAD "set_on = 2026-02-29\n" END, "f:3: set_on" CANNOT, "no such day"},
    {HEAD "set_on = 2026-05-20 \n" END, "f:3: set_on" CANNOT, "a blank behind it"},
    {HEAD "set_on = none\n" END, "f:3: set_on" CANNOT, "what is unset is left out"},
    {HEAD "set_on = never\n" END, "", "a day without end"},
    {HEAD "newest = 9223372036854775807\n" END, "", "the end of time"},
    {HEAD "newest = 0\n" END, "", "the first second"},
    {HEAD "newest = -1\n" END, "f:3: newest" CANNOT, "before 1970"},
    {HEAD "newest = 1.5\n" END, "f:3: newest" CANNOT, "a fraction"},
    {HEAD "set_by = user\n" END, "", "a word"},
    {HEAD "set_by = unknown\n" END, "", "a word that stands for nothing"},
    {HEAD "set_by = User\n" END, "f:3: set_by" CANNOT, "case counts"},
    {HEAD "set_by = root\n" END, "f:3: set_by" CANNOT, "another word"},
    {HEAD "due = initial\n" END, "", "due: initial"},
    {HEAD "due = elsewhere\n" END, "", "due: elsewhere"},
    {HEAD "due = expired\n" END, "f:3: due" CANNOT, "age is the policy's to judge"},
    {HEAD "closed = idle\n" END, "", "a reason"},
    {HEAD "closed = gone\n" END, "f:3: closed" CANNOT, "no reason we know"},
    {HEAD "locked = maybe\n" END, "f:3: locked" CANNOT, "neither yes nor no"},
    {HEAD "closed_note = a%0\n" END, "f:3: closed_note" CANNOT, "an escape cut"},
    {HEAD "closed_note = a%00b\n" END, "f:3: closed_note" CANNOT, "an escaped NUL"},
    {HEAD "closed_by = " X16 X16 X16 "xxxxxxxxxxxxxxx\n" END, "", "63 bytes, the longest"},
    {HEAD "closed_by = " X64 "\n" END, "f:3: closed_by" CANNOT, "64 bytes"},
    {HEAD "closed_note = " X64 X64 X64 X16 X16 X16 "xxxxxxxxxxxxxxx\n" END, "",
     "255 bytes, the longest"},
    {HEAD "closed_note = " X256 "\n" END, "f:3: closed_note" CANNOT, "256 bytes"},
    {HEAD "hash = " X256 X64 X16 X16 X16 "xxxxxxxxxxxxxxx\n" END, "",
     "383 bytes, the longest hash"},
    {HEAD "hash = " X256 X64 X64 "\n" END, "f:3: hash" CANNOT, "384 bytes"},
    {"version = 1.0\nuser = " X256 "\n" END, "f:2: user" CANNOT, "a name of 256 bytes"},
    {HEAD "groups = " X256 X256 "\n" END, "f:3: groups" CANNOT, "512 bytes of groups"},
};

START_TEST(a_text_is_accepted_whole_or_refused_with_its_line)
{
    struct vp_record record;
    char fault[1024];
    int result = parse(texts[_i].text, strlen(texts[_i].text), &record, fault);

    ck_assert_msg(strcmp(fault, texts[_i].fault) == 0, "%s: %s", fault, texts[_i].why);
    ck_assert_int_eq(result, texts[_i].fault[0] == '\0' ? 0 : -1);
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
    struct vp_record record;
    char fault[1024];

    ck_assert_int_eq(parse(HEAD "x = \0\n" END, sizeof HEAD "x = \0\n" END - 1, &record, fault),
                     -1);
    ck_assert_str_eq(fault, "f: holds a NUL byte");
}
END_TEST

START_TEST(unknown_fields_are_kept_up_to_their_room_and_never_cut)
{
    for (size_t length = VP_RECORD_UNKNOWN_SIZE - 2; length <= VP_RECORD_UNKNOWN_SIZE; length++) {
        char text[VP_RECORD_UNKNOWN_SIZE + 128], printed[VP_RECORD_SIZE], fault[1024];
        struct vp_record record;
        bool fits = length < VP_RECORD_UNKNOWN_SIZE;

        /* "a = xxx\n" of `length` bytes */
        snprintf(text, sizeof text, HEAD "a = %0*d\n" END, (int)length - 5, 7);
        ck_assert_int_eq(parse(text, strlen(text), &record, fault), fits ? 0 : -1);
        if (fits) {
            vp_record_print(&record, printed);
            ck_assert_ptr_nonnull(strstr(printed, text + sizeof HEAD - 1));
        } else {
            ck_assert_str_eq(fault, "f:3: more unknown fields than there is room for");
        }
    }
}
END_TEST

static void fill_text(char *text, size_t size, uint32_t *state)
{
    size_t length = next_random(state) % 3 == 0 ? size - 1 : next_random(state) % size;

    memset(text, 0, size);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)(1 + next_random(state) % 255);
}

static int32_t random_day(uint32_t *state)
{
    static const int32_t days[] = {VP_NO_DAY, VP_NEVER, 0, 2932896};

    return next_random(state) % 2 == 0 ? days[next_random(state) % 4]
                                       : (int32_t)(next_random(state) % 2932897);
}

static void fill_mark(struct vp_mark *mark, uint32_t *state)
{
    mark->reason = (enum vp_reason)(next_random(state) % VP_REASON_COUNT);
    mark->from = random_day(state);
    mark->made_at = next_random(state);
    fill_text(mark->made_by, sizeof mark->made_by, state);
    fill_text(mark->note, sizeof mark->note, state);
    fill_text(mark->incident, sizeof mark->incident, state);
}

static void fill_record(struct vp_record *record, uint32_t *state)
{
    memset(record, 0, sizeof *record);
    do
        fill_text(record->user, sizeof record->user, state);
    while (record->user[0] == '\0');
    record->uid = next_random(state);
    record->began = random_day(state);
    record->set_on = random_day(state);
    record->set_by = (int32_t)(next_random(state) % 3);
    record->due = (int32_t)(next_random(state) % 4);
    record->due_since = random_day(state);
    record->respite = random_day(state);
    fill_text(record->hash, sizeof record->hash, state);
    record->last_login = random_day(state);
    fill_text(record->last_login_from, sizeof record->last_login_from, state);
    record->reopened = random_day(state);
    record->newest = next_random(state);
    fill_mark(&record->closed, state);
    fill_mark(&record->suspected, state);
    record->locked = (int32_t)(next_random(state) % 2);
    record->shadow_expiry = random_day(state);
    fill_text(record->groups, sizeof record->groups, state);
    record->noticed_on = random_day(state);
    fill_text(record->noticed, sizeof record->noticed, state);
    fill_text(record->notified, sizeof record->notified, state);
    if (next_random(state) % 2 == 0)
        snprintf(record->unknown, sizeof record->unknown, "later = %u\n", next_random(state));
}

START_TEST(a_thousand_made_up_records_survive_the_disk)
{
    uint32_t state = 1017;

    for (int round = 0; round < 1000; round++) {
        struct vp_record record, back;
        char text[VP_RECORD_SIZE], fault[1024];
        size_t length;

        fill_record(&record, &state);
        length = vp_record_print(&record, text);
        if (length >= sizeof text || length != strlen(text))
            ck_abort_msg("round %d: %zu bytes", round, length);
        if (parse(text, length, &back, fault) != 0)
            ck_abort_msg("round %d: %s", round, fault);
        if (memcmp(&record, &back, sizeof record) != 0)
            ck_abort_msg("round %d: not the same", round);
    }
}
END_TEST

START_TEST(a_record_with_any_byte_changed_is_refused_or_stable)
{
    uint32_t state = 4711;

    for (int round = 0; round < 5000; round++) {
        char text[sizeof full], first[VP_RECORD_SIZE], second[VP_RECORD_SIZE], fault[1024];
        struct vp_record record;

        memcpy(text, full, sizeof full);
        text[next_random(&state) % (sizeof full - 1)] = (char)next_random(&state);
        if (parse(text, sizeof full - 1, &record, fault) != 0)
            continue;
        vp_record_print(&record, first);
        if (parse(first, strlen(first), &record, fault) != 0)
            ck_abort_msg("round %d: %s", round, fault);
        vp_record_print(&record, second);
        if (strcmp(first, second) != 0)
            ck_abort_msg("round %d: not stable", round);
    }
}
END_TEST

START_TEST(the_words_of_a_record_are_those_of_its_file)
{
    ck_assert_str_eq(vp_record_set_by_word(VP_SET_BY_UNKNOWN), "unknown");
    ck_assert_str_eq(vp_record_set_by_word(VP_SET_BY_USER), "user");
    ck_assert_str_eq(vp_record_set_by_word(VP_SET_BY_ADMIN), "admin");
    ck_assert_str_eq(vp_record_due_word(VP_DUE_NONE), "none");
    ck_assert_str_eq(vp_record_due_word(VP_DUE_INITIAL), "initial");
    ck_assert_str_eq(vp_record_due_word(VP_DUE_RESET), "reset");
    ck_assert_str_eq(vp_record_due_word(VP_DUE_ELSEWHERE), "elsewhere");
}
END_TEST

/* ---- a clock that ran ahead ------------------------------------------------------------------ */

START_TEST(a_trusted_clock_puts_back_what_has_happened_and_nothing_that_is_to_come)
{
    const int32_t today = 20779;
    const int64_t now = (int64_t)20779 * 86400 + 60;
    struct vp_record record, before;

    vp_record_begin(&record, "tuan", 1000);
    vp_record_trust_clock(&record, today, now);
    ck_assert_int_eq(record.set_on, VP_NO_DAY);
    ck_assert_int_eq(record.newest, 0);
    record.began = record.set_on = record.due_since = today - 1;
    record.last_login = record.reopened = record.noticed_on = today;
    record.newest = now;
    before = record;
    vp_record_trust_clock(&record, today, now);
    ck_assert_mem_eq(&record, &before, sizeof record);
    record.began = record.set_on = record.due_since = today + 1;
    record.last_login = record.reopened = record.noticed_on = today + 400;
    record.newest = now + 1;
    record.respite = record.closed.from = record.suspected.from = today + 7;
    record.shadow_expiry = VP_NEVER;
    vp_record_trust_clock(&record, today, now);
    ck_assert_int_eq(record.began, today);
    ck_assert_int_eq(record.set_on, today);
    ck_assert_int_eq(record.due_since, today);
    ck_assert_int_eq(record.last_login, today);
    ck_assert_int_eq(record.reopened, today);
    ck_assert_int_eq(record.noticed_on, today);
    ck_assert_int_eq(record.newest, now);
    /* Days that somebody chose lie ahead on purpose. */
    ck_assert_int_eq(record.respite, today + 7);
    ck_assert_int_eq(record.closed.from, today + 7);
    ck_assert_int_eq(record.suspected.from, today + 7);
    ck_assert_int_eq(record.shadow_expiry, VP_NEVER);
}
END_TEST

/* ---- history --------------------------------------------------------------------------------- */

static const char past[] = "version = 1.0\n"
                           "2026-11-22 $y$j9T$abc$def\n"
                           "2026-05-20 $6$salt$with a blank\n"
                           "end\n";

static int parse_history(const char *text, size_t length, struct vp_history *history, char *fault)
{
    struct vp_error error = {0};
    int result = vp_history_parse(text, length, "f", history, &error);

    vp_error_print(&error, fault, 1024);
    return result;
}

START_TEST(a_history_is_read_and_written_back_to_the_letter)
{
    struct vp_history history;
    char text[VP_HISTORY_SIZE], fault[1024];

    ck_assert_int_eq(parse_history(past, sizeof past - 1, &history, fault), 0);
    ck_assert_uint_eq(history.count, 2);
    ck_assert_int_eq(history.entries[0].until, day("2026-11-22"));
    ck_assert_str_eq(history.entries[0].hash, "$y$j9T$abc$def");
    ck_assert_int_eq(history.entries[1].until, day("2026-05-20"));
    ck_assert_str_eq(history.entries[1].hash, "$6$salt$with a blank");
    ck_assert_uint_eq(vp_history_print(&history, text), sizeof past - 1);
    ck_assert_str_eq(text, past);
}
END_TEST

START_TEST(a_history_cut_at_any_byte_is_refused)
{
    static const struct vp_history zero;

    for (size_t length = 0; length < sizeof past - 1; length++) {
        struct vp_history history;
        char fault[1024];

        if (parse_history(past, length, &history, fault) != -1 || fault[0] == '\0' ||
            memcmp(&history, &zero, sizeof zero) != 0)
            ck_abort_msg("cut at %zu: %s", length, fault);
    }
}
END_TEST

#define NOT_ENTRY ": not a line of the form DATE HASH"

static const struct {
    const char *text, *fault, *why;
} histories[] = {
    {"version = 1.0\nend\n", "", "nothing yet"},
    {"version = 1.9\n2026-11-22 x\nend\n", "", "a newer minor version"},
    {"version = 2.0\nend\n", "f:1: version 2.0, and this program reads 1.x (a newer one wrote it)",
     "another major version"},
    {"2026-11-22 x\nend\n", "f:1: does not begin with a version", "no version"},
    {"version = 1.0\n2026-11-22\nend\n", "f:2" NOT_ENTRY, "no hash"},
    {"version = 1.0\n2026-13-22 x\nend\n", "f:2" NOT_ENTRY, "no such day"},
    {"version = 1.0\n2026-11-22 x\nnever x\nend\n", "f:3" NOT_ENTRY, "a word is no day here"},
    {"version = 1.0\n\nend\n", "f:2" NOT_ENTRY, "an empty line"},
    {"version = 1.0\n2026-11-22 " X256 X64 X16 X16 X16 "xxxxxxxxxxxxxxx\nend\n", "",
     "383 bytes, the longest hash"},
    {"version = 1.0\n2026-11-22 " X256 X64 X64 "\nend\n", "f:2" NOT_ENTRY, "384 bytes"},
    {"version = 1.0\n2026-11-22 x\nend\nmore\n", "f:2: no line \"end\": the file was cut",
     "something after the end"},
    {"version = 1.0\n2026-11-22 x\nend", "f:2: no line \"end\": the file was cut",
     "the end without its newline"},
};

START_TEST(a_history_is_accepted_whole_or_refused_with_its_line)
{
    struct vp_history history;
    char fault[1024];
    int result = parse_history(histories[_i].text, strlen(histories[_i].text), &history, fault);

    ck_assert_msg(strcmp(fault, histories[_i].fault) == 0, "%s: %s", fault, histories[_i].why);
    ck_assert_int_eq(result, histories[_i].fault[0] == '\0' ? 0 : -1);
}
END_TEST

START_TEST(a_history_holds_its_most_and_not_one_more)
{
    char text[VP_HISTORY_SIZE], fault[1024];
    struct vp_history history, back;

    memset(&history, 0, sizeof history);
    history.count = VP_HISTORY_MAX;
    for (size_t i = 0; i < VP_HISTORY_MAX; i++) {
        history.entries[i].until = 2932896 - (int32_t)i;
        memset(history.entries[i].hash, 'a' + (int)i, VP_HASH_SIZE - 1);
    }
    ck_assert_uint_lt(vp_history_print(&history, text), sizeof text);
    ck_assert_int_eq(parse_history(text, strlen(text), &back, fault), 0);
    ck_assert_mem_eq(&history, &back, sizeof back);
    snprintf(strstr(text, "end\n"), 64, "2026-11-22 x\nend\n");
    ck_assert_int_eq(parse_history(text, strlen(text), &back, fault), -1);
    ck_assert_str_eq(fault, "f:26: not a line of the form DATE HASH");
}
END_TEST

/* hashes are single letters here, the newest first */
static const struct {
    const char *before, *added;
    size_t keep;
    const char *after, *why;
} additions[] = {
    {"", "a", 5, "a", "the first"},
    {"a", "b", 5, "ba", "the newest in front"},
    {"ba", "", 5, "ba", "no hash, no entry: an account without a password had none"},
    {"cba", "a", 5, "acb", "one that is there already moves to the front"},
    {"cba", "b", 5, "bca", "from the middle"},
    {"cba", "c", 5, "cba", "from the front"},
    {"edcba", "f", 5, "fedcb", "the oldest falls out"},
    {"edcba", "f", 1, "f", "a smaller policy keeps fewer"},
    {"edcba", "a", 3, "aed", "moving and keeping fewer"},
    {"edcba", "e", 5, "edcba", "a full one, none falls out"},
    {"edcba", "a", 5, "aedcb", "the oldest comes back"},
    {"ABCDEFGHIJKLMNOPQRSTUVWX", "a", 24, "aABCDEFGHIJKLMNOPQRSTUVW", "as full as can be"},
    {"ABCDEFGHIJKLMNOPQRSTUVWX", "X", 24, "XABCDEFGHIJKLMNOPQRSTUVW", "and its last comes back"},
    {"ABCDEFGHIJKLMNOPQRSTUVWX", "a", 2, "aA", "and cut"},
    {"ABCDEFGHIJKLMNOPQRSTUVW", "a", 24, "aABCDEFGHIJKLMNOPQRSTUVW", "one place left"},
};

START_TEST(a_hash_comes_first_in_the_history_and_stands_there_once)
{
    static const struct vp_history zero;
    struct vp_history history = {0};
    size_t length = strlen(additions[_i].before), expected = strlen(additions[_i].after);

    history.count = length;
    for (size_t i = 0; i < length; i++) {
        history.entries[i].until = 100 - (int32_t)i;
        history.entries[i].hash[0] = additions[_i].before[i];
    }
    vp_history_add(&history, additions[_i].added, 4711, additions[_i].keep);
    ck_assert_msg(history.count == expected, "%zu: %s", history.count, additions[_i].why);
    for (size_t i = 0; i < expected; i++)
        ck_assert_msg(history.entries[i].hash[0] == additions[_i].after[i], "%zu: %s", i,
                      additions[_i].why);
    if (additions[_i].added[0] != '\0')
        ck_assert_int_eq(history.entries[0].until, 4711);
    /* What fell out is wiped, not only forgotten. */
    for (size_t i = expected; i < VP_HISTORY_MAX; i++)
        ck_assert_mem_eq(&history.entries[i], &zero.entries[0], sizeof zero.entries[0]);
    /* A day belongs to its hash wherever that goes. */
    for (size_t i = 1; i < expected; i++)
        ck_assert_int_eq(history.entries[i].until,
                         100 - (int32_t)(strchr(additions[_i].before, additions[_i].after[i]) -
                                         additions[_i].before));
}
END_TEST

/* ---- secrets --------------------------------------------------------------------------------- */

static void handle_record(void *context)
{
    static struct vp_record record;
    static char text[VP_RECORD_SIZE];
    char secret[SECRET_LENGTH + 1];
    struct vp_error error;
    const bool *broken = context;
    size_t length;

    secret_write(secret);
    vp_record_begin(&record, "tuan", 1000);
    snprintf(record.hash, sizeof record.hash, "%s", secret);
    vp_secret_wipe(secret, sizeof secret);
    length = vp_record_print(&record, text) - *broken;
    ck_assert_int_eq(vp_record_parse(text, length, "f", &record, &error), *broken ? -1 : 0);
    vp_secret_wipe(text, sizeof text);
    if (!*broken)
        vp_record_wipe(&record);
}

START_TEST(a_record_read_and_wiped_leaves_no_hash_behind)
{
    ck_assert_uint_eq(secret_copies_after(handle_record, &(bool){false}), 0);
}
END_TEST

START_TEST(a_record_refused_leaves_no_hash_behind)
{
    ck_assert_uint_eq(secret_copies_after(handle_record, &(bool){true}), 0);
}
END_TEST

static void handle_history(void *context)
{
    static struct vp_history history;
    static char text[VP_HISTORY_SIZE];
    char secret[SECRET_LENGTH + 1];
    struct vp_error error;
    const bool *broken = context;
    size_t length;

    secret_write(secret);
    memset(&history, 0, sizeof history);
    /* Enough of them that nothing else takes the freed block at once. */
    for (char other[] = "a hash of another day"; other[0] < 'p'; other[0]++)
        vp_history_add(&history, other, 1, VP_HISTORY_MAX);
    vp_history_add(&history, secret, 1, VP_HISTORY_MAX);
    vp_secret_wipe(secret, sizeof secret);
    length = vp_history_print(&history, text) - *broken;
    ck_assert_int_eq(vp_history_parse(text, length, "f", &history, &error), *broken ? -1 : 0);
    vp_secret_wipe(text, sizeof text);
    vp_history_add(&history, "another hash, as long as the secret", 2, 1);
}

START_TEST(a_history_leaves_no_hash_behind_that_fell_out_of_it)
{
    ck_assert_uint_eq(secret_copies_after(handle_history, &(bool){false}), 0);
}
END_TEST

START_TEST(a_history_refused_leaves_no_hash_behind)
{
    ck_assert_uint_eq(secret_copies_after(handle_history, &(bool){true}), 0);
}
END_TEST

Suite *suite_record(void)
{
    Suite *suite = suite_create("record");
    TCase *tcase = tcase_create("record");

    tcase_add_test(tcase, every_field_is_read_as_it_is_meant);
    tcase_add_test(tcase, what_is_read_is_written_back_to_the_letter);
    tcase_add_test(tcase, an_empty_record_has_no_days_and_only_what_is_set_is_written);
    tcase_add_test(tcase, a_text_cut_at_any_byte_is_refused);
    ADD_ROWS(tcase, a_text_is_accepted_whole_or_refused_with_its_line, texts);
    tcase_add_test(tcase, a_nul_byte_is_refused);
    tcase_add_test(tcase, unknown_fields_are_kept_up_to_their_room_and_never_cut);
    tcase_add_test(tcase, a_thousand_made_up_records_survive_the_disk);
    tcase_add_test(tcase, a_record_with_any_byte_changed_is_refused_or_stable);
    tcase_add_test(tcase, the_words_of_a_record_are_those_of_its_file);
    tcase_add_test(tcase, a_trusted_clock_puts_back_what_has_happened_and_nothing_that_is_to_come);
    tcase_add_test(tcase, a_history_is_read_and_written_back_to_the_letter);
    tcase_add_test(tcase, a_history_cut_at_any_byte_is_refused);
    ADD_ROWS(tcase, a_history_is_accepted_whole_or_refused_with_its_line, histories);
    tcase_add_test(tcase, a_history_holds_its_most_and_not_one_more);
    ADD_ROWS(tcase, a_hash_comes_first_in_the_history_and_stands_there_once, additions);
    tcase_add_test(tcase, a_record_read_and_wiped_leaves_no_hash_behind);
    tcase_add_test(tcase, a_record_refused_leaves_no_hash_behind);
    tcase_add_test(tcase, a_history_leaves_no_hash_behind_that_fell_out_of_it);
    tcase_add_test(tcase, a_history_refused_leaves_no_hash_behind);
    suite_add_tcase(suite, tcase);
    return suite;
}
