/* How an account stands, in the words of list and status: a verdict, or why there is none. */
#include "command.h"

#include <string.h>

static const struct {
    const char *word;
    enum cmd_tone tone;
} states[CMD_STATE_COUNT] = {
    [CMD_STATE_OK] = {"ok", CMD_GOOD},
    [CMD_STATE_WARN] = {"warn", CMD_WARN},
    [CMD_STATE_MUST_CHANGE] = {"must-change", CMD_BAD},
    [CMD_STATE_CLOSED] = {"closed", CMD_PLAIN},
    [CMD_STATE_SCHEDULED] = {"scheduled", CMD_WARN},
    [CMD_STATE_EXEMPT] = {"exempt", CMD_PLAIN},
    [CMD_STATE_NO_PASSWORD] = {"no-password", CMD_PLAIN},
    [CMD_STATE_UNREADABLE] = {"unreadable", CMD_BAD},
};

const char *cmd_state_word(enum cmd_state state)
{
    return states[state].word;
}

enum cmd_tone cmd_state_tone(enum cmd_state state)
{
    return states[state].tone;
}

static enum cmd_state state_of(const struct vp_inquiry *inquiry, const struct vp_verdict *verdict)
{
    if (verdict->kind == VP_CLOSED)
        return CMD_STATE_CLOSED;
    if (verdict->kind == VP_MUST_CHANGE)
        return CMD_STATE_MUST_CHANGE;
    if (inquiry->record.closed.reason != VP_REASON_NONE)
        return CMD_STATE_SCHEDULED;
    if (vp_verdict_exempt(&inquiry->values, &inquiry->account))
        return CMD_STATE_EXEMPT;
    if (inquiry->account.password == VP_PASSWORD_UNUSABLE)
        return CMD_STATE_NO_PASSWORD;
    return verdict->kind == VP_WARN ? CMD_STATE_WARN : CMD_STATE_OK;
}

/* The day on which the password is due, or since when it has been. */
static int32_t due_of(const struct cmd_standing *standing, const struct vp_verdict *verdict)
{
    switch (standing->state) {
    case CMD_STATE_MUST_CHANGE:
        return verdict->since;
    case CMD_STATE_OK:
    case CMD_STATE_WARN:
    case CMD_STATE_SCHEDULED:
        return verdict->expires;
    default:
        return VP_NEVER;
    }
}

struct cmd_standing cmd_standing_of(const struct vp_inquiry *inquiry)
{
    struct cmd_standing standing = {
        .state = CMD_STATE_UNREADABLE, .since = VP_NO_DAY, .due = VP_NEVER};
    struct vp_verdict verdict;

    if (!inquiry->record_readable || vp_inquiry_blind(inquiry))
        return standing;
    verdict = vp_inquiry_judge(inquiry);
    standing.state = state_of(inquiry, &verdict);
    if (standing.state == CMD_STATE_SCHEDULED) {
        standing.why = inquiry->record.closed.reason;
        standing.since = inquiry->record.closed.from;
    } else if (verdict.kind >= VP_MUST_CHANGE) {
        standing.why = verdict.reason;
        standing.since = verdict.since;
    }
    standing.due = due_of(&standing, &verdict);
    return standing;
}
