/*
 * The list for administrators: whose password is due, who is closed, and who has not been seen for
 * long, by the policy's groups, so that a head of unit can be asked about them.
 */
#include "../lib/error.h"
#include "../lib/mail.h"
#include "../lib/number.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOON_DAYS 14
#define IDLE_DAYS 90

struct row {
    char *group, *name;
    char state[48];
    int32_t day;
    bool ahead; /* the day is yet to come */
};

struct digest {
    const struct cmd_arguments *arguments;
    struct row *rows;
    size_t count, room;
    size_t unreadable; /* records */
};

/* Fills state and day of a row. Returns whether there is something to tell. */
static bool describe(const struct vp_inquiry *inquiry, struct row *row)
{
    struct vp_verdict verdict = vp_inquiry_judge(inquiry);
    const char *reason = vp_verdict_reason_word(verdict.reason);
    int32_t seen = vp_verdict_seen_on(&inquiry->record);

    row->day = verdict.since;
    if (verdict.kind == VP_CLOSED) {
        snprintf(row->state, sizeof row->state, "closed (%s)", reason);
    } else if (verdict.kind == VP_MUST_CHANGE) {
        snprintf(row->state, sizeof row->state, "%s", reason);
    } else if (vp_verdict_exempt(&inquiry->values, &inquiry->account)) {
        return false;
    } else if (seen != VP_NO_DAY && seen <= inquiry->today - IDLE_DAYS) {
        snprintf(row->state, sizeof row->state, "idle");
        row->day = seen;
    } else if (verdict.expires != VP_NEVER && verdict.expires - inquiry->today <= SOON_DAYS) {
        snprintf(row->state, sizeof row->state, "due");
        row->day = verdict.expires;
        row->ahead = true;
    } else {
        return false;
    }
    return true;
}

static int add_row(struct digest *digest, const struct vp_inquiry *inquiry, const struct row *found)
{
    struct row *moved = cmd_grow(digest->rows, digest->count, &digest->room, sizeof *digest->rows);
    struct row row = *found;

    if (moved == NULL)
        return -1;
    digest->rows = moved;
    row.group = strdup(inquiry->groups[0] == '\0' ? "-" : inquiry->groups);
    row.name = strdup(inquiry->account.name);
    moved[digest->count++] = row;
    return row.group == NULL || row.name == NULL ? -1 : 0;
}

static int look(void *context, const struct vp_inquiry *inquiry)
{
    struct digest *digest = context;
    struct row row = {0};

    if (!inquiry->record_readable) {
        cmd_complain_error(&inquiry->trouble[VP_TROUBLE_RECORD]);
        digest->unreadable++;
        return 0;
    }
    if (inquiry->record.user[0] == '\0' || vp_inquiry_blind(inquiry) || !describe(inquiry, &row))
        return 0;
    return add_row(digest, inquiry, &row);
}

static int compare_rows(const void *one, const void *other)
{
    const struct row *a = one, *b = other;
    int order = strcmp(a->group, b->group);

    return order != 0 ? order : strcmp(a->name, b->name);
}

/* A text to free, or NULL. */
static char *write_mail(const struct digest *digest, const char *from, const char *to)
{
    char headers[1024], subject[64], date[VP_DATE_SIZE];
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    snprintf(subject, sizeof subject, "Accounts to be looked at: %zu", digest->count);
    vp_mail_headers(from, to, subject, digest->arguments->now, headers, sizeof headers);
    fputs(headers, stream);
    fprintf(stream,
            "Due, or within %d days; closed; idle: no login for %d days. `vpolicy show USER` says "
            "more.\n",
            SOON_DAYS, IDLE_DAYS);
    for (size_t i = 0; i < digest->count; i++) {
        const struct row *row = &digest->rows[i];

        if (i == 0 || strcmp(row->group, row[-1].group) != 0)
            fprintf(stream, "\n%s\n",
                    strcmp(row->group, "-") == 0 ? "(in no group of the policy)" : row->group);
        vp_number_print_date(row->day, date);
        fprintf(stream, "  %s  %s %s %s\n", row->name, row->state, row->ahead ? "on" : "since",
                date);
    }
    if (digest->unreadable > 0)
        fprintf(stream, "\nRecords that cannot be read: %zu (vpolicy notify --admins %s -n)\n",
                digest->unreadable, to);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

static enum cmd_status send_digest(const struct digest *digest, const char *from,
                                   const char *sendmail)
{
    const char *to = digest->arguments->admins;
    enum cmd_status status = CMD_NO;
    char *text;

    if (digest->arguments->dry_run) {
        for (size_t i = 0; i < digest->count; i++) {
            char date[VP_DATE_SIZE];

            vp_number_print_date(digest->rows[i].day, date);
            cmd_say("%s\t%s\t%s\t%s", digest->rows[i].group, digest->rows[i].name,
                    digest->rows[i].state, date);
        }
        cmd_say("digest: %zu accounts, not sent", digest->count);
        return digest->unreadable > 0 ? CMD_NO : CMD_YES;
    }
    text = write_mail(digest, from, to);
    if (text == NULL) {
        cmd_complain("no memory");
    } else if (cmd_sendmail(sendmail, from, to, text) == 0) {
        cmd_say("digest: %zu accounts, sent to %s", digest->count, to);
        status = digest->unreadable > 0 ? CMD_NO : CMD_YES;
    }
    free(text);
    return status;
}

static void drop(struct digest *digest)
{
    for (size_t i = 0; i < digest->count; i++) {
        free(digest->rows[i].group);
        free(digest->rows[i].name);
    }
    free(digest->rows);
}

enum cmd_status cmd_digest(const struct cmd_arguments *arguments, const char *from,
                           const char *sendmail)
{
    struct digest digest = {.arguments = arguments};
    char address[VP_MAIL_ADDRESS_SIZE];
    struct vp_error error;
    enum cmd_status status = CMD_ERROR;
    int result;

    if (strchr(arguments->admins, '%') != NULL) {
        cmd_complain("--admins: \"%s\": a %% has no meaning here (name one address)",
                     arguments->admins);
        return CMD_ERROR;
    }
    if (vp_mail_address(arguments->admins, "u", address, &error) != 0) {
        cmd_complain_error(&error);
        return CMD_ERROR;
    }
    result = cmd_known_visit(arguments, look, &digest);
    if (result == 0 && digest.count == 0 && digest.unreadable == 0) {
        cmd_say("digest: nobody is due, closed or idle");
        status = CMD_YES;
    } else if (result == 0) {
        if (digest.count > 0)
            qsort(digest.rows, digest.count, sizeof digest.rows[0], compare_rows);
        status = send_digest(&digest, from, sendmail);
    }
    drop(&digest);
    return status;
}
