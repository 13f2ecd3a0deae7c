/*
 * The list of people who left, as a head of unit sends it: CSV (RFC 4180) out of a spreadsheet,
 * with its habits: a byte order mark, semicolons, CRLF, 22/11/2026. Pure.
 */
#ifndef VP_LIB_ROSTER_H
#define VP_LIB_ROSTER_H

#include "../pam_vpolicy.h"

/* Somebody who left. */
struct vp_roster_row {
    unsigned line; /* in the file, from 1 */
    char *user;    /* as it is written there; never "" */
    int32_t day;   /* from when on; VP_NO_DAY = the cell is empty: at once */
    enum vp_reason reason;
};

/* Owns its rows; free it with vp_roster_free. */
struct vp_roster {
    struct vp_roster_row *rows;
    size_t count;
    size_t staying; /* lines that say nothing of leaving: neither date nor reason */
};

/* Largest file, in bytes. */
#define VP_ROSTER_MAX (8 * 1024 * 1024)

/* Told of each fault in the order of the file; the error is only lent. */
typedef void vp_roster_report(void *context, const struct vp_error *fault);

/*
 * Parses a whole file. text: length bytes and a NUL behind them. file: its name for messages.
 * The columns are user, date, reason in that order, unless the first line names them: then in any
 * order, with others among them that are passed over. Every fault is given to report, and a file
 * with one counts for nothing. Returns 0 and fills roster_out; -1 with an empty one after a report.
 * The reasons are those of vp_roster_reason.
 */
VP_CHECKED int vp_roster_parse(const char *text, size_t length, const char *file,
                               vp_roster_report *report, void *context,
                               struct vp_roster *roster_out);

void vp_roster_free(struct vp_roster *roster);

/* A word for why somebody left: retired, transferred or other. 0, or -1. */
VP_CHECKED int vp_roster_reason(const char *word, enum vp_reason *reason_out);

#endif
