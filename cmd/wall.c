/*
 * Shadow's expiry date is the second wall, should the store be lost. The record remembers what
 * stood there before we touched it (shadow_expiry). A mark is written down before the wall is
 * built, and the wall is taken down before the mark goes: killed in between, the account is shut.
 * A date that somebody else has set since is his, and is left.
 */
#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/shadow.h"
#include "command.h"

static int set_expiry(const struct vp_account *account, int32_t day)
{
    struct vp_error error;
    char now[VP_DATE_SIZE], before[VP_DATE_SIZE];

    if (vp_shadow_set_expiry(account->name, day, &error) != 0) {
        cmd_complain_error(&error);
        return -1;
    }
    vp_number_print_date(day, now);
    vp_number_print_date(account->expires_on, before);
    cmd_say("%s: shadow's expiry date: %s (before: %s)", account->name, now, before);
    return 0;
}

static void say_left(const struct vp_account *account)
{
    char date[VP_DATE_SIZE];

    vp_number_print_date(account->expires_on, date);
    cmd_say("%s: shadow's expiry date: %s, set by somebody else, stays", account->name, date);
}

int cmd_wall_build(const struct vp_inquiry *inquiry, int32_t before)
{
    const struct vp_account *account = &inquiry->account;
    int32_t present = account->expires_on;
    int32_t wanted = vp_verdict_wanted_expiry(&inquiry->record, present);

    if (vp_verdict_walled_from(&inquiry->record) == VP_NEVER || present == wanted)
        return 0;
    if (!account->in_shadow) {
        cmd_say("%s: not in the local shadow file, which has no expiry date to set", account->name);
        return 0;
    }
    if (present < wanted && present != before) {
        say_left(account);
        return 0;
    }
    return set_expiry(account, wanted);
}

int cmd_wall_take_down(const struct vp_account *account, const struct vp_record *old,
                       struct vp_record *record)
{
    int32_t present = account->expires_on;
    int32_t wanted = vp_verdict_wanted_expiry(record, present);
    bool ours = vp_verdict_owns_expiry(old, present);
    int result = 0;

    if (old->shadow_expiry == VP_NO_DAY)
        return 0;
    if (present != wanted && account->in_shadow && ours)
        result = set_expiry(account, wanted);
    else if (present != wanted && account->in_shadow)
        say_left(account);
    if (result == 0 && vp_verdict_walled_from(record) == VP_NEVER)
        record->shadow_expiry = VP_NO_DAY;
    return result;
}
