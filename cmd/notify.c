/*
 * Notices by mail: people who have no shell learn in time, and only so, that a password is due.
 * Each account gets one mail a step, through sendmail(8).
 */
#include "../lib/error.h"
#include "../lib/mail.h"
#include "../lib/number.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_STEPS    "14,7,3,1"
#define DEFAULT_MAX      "500"
#define DEFAULT_SENDMAIL "/usr/sbin/sendmail"

struct round {
    const struct cmd_arguments *arguments;
    struct vp_mail_steps steps;
    int64_t max;
    const char *from, *to, *sendmail; /* to: a template */
    char **names;                     /* who is to be told */
    size_t count, room;
    size_t sent, failed;
    struct cmd_sheet *sheet;
};

/* ---- who ------------------------------------------------------------------------------------- */

/* Whoever cannot log in by a password has none to change. */
static bool is_due(const struct round *round, const struct vp_inquiry *inquiry,
                   struct vp_verdict *verdict_out,
                   char notified_out[sizeof(((struct vp_record *)0)->notified)])
{
    if (inquiry->account.password != VP_PASSWORD_HASH || vp_inquiry_blind(inquiry) ||
        inquiry->record.user[0] == '\0' || inquiry->clock_back)
        return false;
    *verdict_out = vp_inquiry_judge(inquiry);
    return vp_mail_is_due(&round->steps, verdict_out, &inquiry->record, inquiry->today,
                          notified_out);
}

static int add_name(struct round *round, const char *name)
{
    char **moved = cmd_grow(round->names, round->count, &round->room, sizeof *round->names);

    if (moved == NULL)
        return -1;
    round->names = moved;
    moved[round->count] = strdup(name);
    return moved[round->count] == NULL ? -1 : (round->count++, 0);
}

/* Only those who are due are asked anew, one by one. */
static int weigh(void *context, const struct vp_inquiry *inquiry, bool selected)
{
    struct round *round = context;
    char notified[sizeof(((struct vp_record *)0)->notified)];
    struct vp_verdict verdict;

    (void)selected;
    if (inquiry->account.password == VP_PASSWORD_UNREADABLE) {
        cmd_complain("/etc/shadow: cannot be read (try as root)");
        return 1;
    }
    if (!inquiry->record_readable) {
        cmd_complain_error(&inquiry->trouble[VP_TROUBLE_RECORD]);
        round->failed++;
        return 0;
    }
    return is_due(round, inquiry, &verdict, notified) ? add_name(round, inquiry->account.name) : 0;
}

/* A dry run asks no more than the right to read. */
static int list(struct round *round)
{
    const struct cmd_arguments *arguments = round->arguments;
    struct cmd_people people;

    if (arguments->name_count > 0 && !arguments->dry_run) {
        if (cmd_people_find(arguments, NULL, &people) != 0)
            return -1;
        cmd_people_free(&people);
    }
    return cmd_select_visit(arguments, true, weigh, round);
}

/* ---- one account ----------------------------------------------------------------------------- */

enum column { USER, STATE, DAY, TO, OUTCOME, COLUMN_COUNT };

static const struct cmd_column columns[COLUMN_COUNT] = {
    [USER] = {.name = "user"}, [STATE] = {.name = "state"},     [DAY] = {.name = "day"},
    [TO] = {.name = "to"},     [OUTCOME] = {.name = "outcome"},
};

static void say(const struct round *round, const struct vp_inquiry *inquiry,
                const struct vp_verdict *verdict, const char *to)
{
    bool due = verdict->kind == VP_MUST_CHANGE;
    char date[VP_DATE_SIZE];
    const char *cells[COLUMN_COUNT] = {
        [USER] = inquiry->account.name,
        [STATE] = due ? vp_verdict_reason_word(verdict->reason) : "warn",
        [DAY] = date,
        [TO] = to,
        [OUTCOME] = round->arguments->dry_run ? "would be sent" : "sent",
    };

    vp_number_print_date(due ? verdict->since : verdict->expires, date);
    if (cmd_sheet_row(round->sheet, CMD_PLAIN, cells) != 0)
        cmd_complain("no memory");
}

/* What the record knew before, unless somebody has written another notice meanwhile. */
static void take_back(const struct round *round, const char *name, const char *notified,
                      const char *before)
{
    struct vp_inquiry inquiry;
    struct vp_error error;

    if (cmd_people_hold(round->arguments, name, &inquiry) == 0 &&
        strcmp(inquiry.record.notified, notified) == 0) {
        memcpy(inquiry.record.notified, before, sizeof inquiry.record.notified);
        if (vp_inquiry_write(&inquiry, true, &error) != 0)
            cmd_complain_error(&error);
    }
    vp_inquiry_close(&inquiry);
}

/*
 * Writes down that the mail is sent, then sends it: killed in between, one step's mail is lost and
 * the next step's comes; the other way round somebody would get the same mail every day. Not under
 * the lock: a mail system that hangs must not keep its user from changing the password.
 */
static int write_and_send(const struct round *round, struct vp_inquiry *inquiry,
                          const struct vp_verdict *verdict, const char *to, const char *notified)
{
    const struct vp_mail mail = {.from = round->from,
                                 .to = to,
                                 .now = round->arguments->now,
                                 .values = &inquiry->values,
                                 .account = &inquiry->account,
                                 .record = &inquiry->record,
                                 .verdict = verdict};
    char text[VP_MAIL_SIZE], before[sizeof inquiry->record.notified];
    struct vp_error error;

    (void)vp_mail_print(&mail, text);
    memcpy(before, inquiry->record.notified, sizeof before);
    memcpy(inquiry->record.notified, notified, sizeof before);
    if (vp_inquiry_write(inquiry, true, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    if (cmd_sendmail(round->sendmail, round->from, to, text) == 0)
        return 0;
    take_back(round, inquiry->account.name, notified, before);
    return -1;
}

static int open_account(const struct round *round, const char *name, struct vp_inquiry *inquiry_out)
{
    struct vp_question question = cmd_question(round->arguments, name, true);
    struct vp_error error;
    int found;

    if (!round->arguments->dry_run)
        return cmd_people_hold(round->arguments, name, inquiry_out);
    found = vp_inquiry_open(&question, inquiry_out, &error);
    if (found < 0)
        cmd_complain_error(&error);
    return found > 0 ? 0 : -1;
}

/* Returns 1 for a mail that was sent, or would be; 0 for none; -1 after an error message. */
static int tell(const struct round *round, const char *name)
{
    char to[VP_MAIL_ADDRESS_SIZE], notified[sizeof(((struct vp_record *)0)->notified)] = "";
    struct vp_verdict verdict;
    struct vp_inquiry inquiry;
    struct vp_error error;
    int result = open_account(round, name, &inquiry);

    if (result == 0 && is_due(round, &inquiry, &verdict, notified)) {
        result = 1;
        if (vp_mail_address(round->to, inquiry.account.name, to, &error) != 0) {
            cmd_complain_error(&error);
            result = -1;
        } else if (!round->arguments->dry_run &&
                   write_and_send(round, &inquiry, &verdict, to, notified) != 0) {
            result = -1;
        }
        if (result > 0)
            say(round, &inquiry, &verdict, to);
    }
    vp_inquiry_close(&inquiry);
    return result;
}

/* ---- everybody ------------------------------------------------------------------------------- */

static int compare_names(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static enum cmd_status tell_all(struct round *round)
{
    size_t left = 0;

    round->sheet = cmd_sheet_open(round->arguments, columns, COLUMN_COUNT);
    if (round->sheet == NULL)
        return CMD_ERROR;
    if (round->count > 0)
        qsort(round->names, round->count, sizeof *round->names, compare_names);
    for (size_t i = 0; i < round->count; i++) {
        int told = 0;

        if (i > 0 && strcmp(round->names[i], round->names[i - 1]) == 0)
            continue;
        if (round->sent >= (size_t)round->max)
            left++;
        else
            told = tell(round, round->names[i]);
        round->sent += told > 0;
        round->failed += told < 0;
    }
    cmd_sheet_close(round->sheet);
    cmd_remark(round->arguments, "notices: %zu %s, %zu failed, %zu left for the next run",
               round->sent, round->arguments->dry_run ? "would be sent" : "sent", round->failed,
               left);
    if (!round->arguments->dry_run && round->sent + round->failed + left > 0)
        cmd_log("notices: %zu sent, %zu failed, %zu left for the next run", round->sent,
                round->failed, left);
    return round->failed > 0 || left > 0 ? CMD_NO : CMD_YES;
}

static int read_arguments(struct round *round)
{
    const struct cmd_arguments *arguments = round->arguments;
    const char *max = arguments->max == NULL ? DEFAULT_MAX : arguments->max;
    char address[VP_MAIL_ADDRESS_SIZE];
    struct vp_error error;

    round->from = arguments->from == NULL ? "root" : arguments->from;
    round->to = arguments->to == NULL ? "%u" : arguments->to;
    round->sendmail = arguments->sendmail == NULL ? DEFAULT_SENDMAIL : arguments->sendmail;
    if (vp_number_parse(max, 1, 1000000, &round->max) != 0) {
        cmd_complain("--max: \"%s\" is no number of mails (1 to 1000000)", max);
        return -1;
    }
    if (round->sendmail[0] != '/') {
        cmd_complain("--sendmail: \"%s\" is no absolute path", round->sendmail);
        return -1;
    }
    /* Found out before the first mail, not at each. */
    if (vp_mail_read_steps(arguments->days == NULL ? DEFAULT_STEPS : arguments->days, &round->steps,
                           &error) != 0 ||
        vp_mail_address(round->from, "u", address, &error) != 0 ||
        vp_mail_address(round->to, "u", address, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    return 0;
}

/* Whoever names people or steps together with --admins means something that does not happen. */
static bool goes_with_admins(const struct cmd_arguments *arguments)
{
    if (arguments->name_count == 0 && !cmd_selects(arguments) && arguments->to == NULL &&
        arguments->days == NULL && arguments->max == NULL)
        return true;
    cmd_complain("--admins goes with --from, --sendmail and -n only: its list has everybody");
    return false;
}

enum cmd_status cmd_notify(const struct cmd_arguments *arguments)
{
    struct round round = {.arguments = arguments};
    enum cmd_status status = CMD_ERROR;

    if (read_arguments(&round) != 0)
        return CMD_ERROR;
    if (arguments->admins != NULL)
        return goes_with_admins(arguments) ? cmd_digest(arguments, round.from, round.sendmail)
                                           : CMD_ERROR;
    if (list(&round) == 0)
        status = tell_all(&round);
    for (size_t i = 0; i < round.count; i++)
        free(round.names[i]);
    free(round.names);
    return status;
}
