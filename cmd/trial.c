/* Whose rules a new password must keep: the policy's, or those for one account. */
#include "../lib/error.h"
#include "../lib/secret.h"
#include "command.h"

#include <string.h>

/* Whether the account's old hashes are to be had: root reads them, others do without. */
static bool can_read_history(const struct vp_inquiry *inquiry)
{
    struct vp_history history;
    struct vp_error error;
    bool readable =
        inquiry->store.directory >= 0 && inquiry->account.password != VP_PASSWORD_UNREADABLE &&
        vp_store_read_history(&inquiry->store, inquiry->account.name, &history, &error) >= 0;

    vp_secret_wipe(&history, sizeof history);
    return readable;
}

int cmd_trial_open(const struct cmd_arguments *arguments, const char *user,
                   struct cmd_trial *trial_out)
{
    struct vp_question question = cmd_question(arguments, user == NULL ? "" : user, true);
    struct vp_inquiry *inquiry = &trial_out->inquiry;
    struct vp_error error;
    char text[1024];
    int found;

    memset(trial_out, 0, sizeof *trial_out);
    inquiry->lock = inquiry->store.directory = -1;
    found = vp_inquiry_open(&question, inquiry, &error);
    if (found < 0)
        cmd_complain_error(&error);
    if (found == 0 && user != NULL)
        cmd_complain("%s: no such account", user);
    if (found < 0 || (found == 0 && user != NULL))
        return -1;
    trial_out->known = found > 0;
    trial_out->history_known = trial_out->known && can_read_history(inquiry);
    if (inquiry->troubles & 1u << VP_TROUBLE_POLICY) {
        vp_error_print(&inquiry->trouble[VP_TROUBLE_POLICY], text, sizeof text);
        cmd_complain("%s (see vpolicy check)", text);
    }
    return 0;
}

void cmd_trial_close(struct cmd_trial *trial)
{
    static const enum vp_trouble late[] = {VP_TROUBLE_WORDS, VP_TROUBLE_BREACHED};

    for (size_t i = 0; i < sizeof late / sizeof late[0]; i++)
        if (trial->inquiry.troubles & 1u << late[i])
            cmd_complain_error(&trial->inquiry.trouble[late[i]]);
    vp_inquiry_close(&trial->inquiry);
}
