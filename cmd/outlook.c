/* What lies before one account today: each way in, and what the person has to do. */
#include "outlook.h"

#include "../lib/error.h"
#include "../lib/number.h"
#include "../lib/text.h"

#include <stdio.h>
#include <string.h>

static const struct {
    enum vp_language language;
    const char *word;
} languages[CMD_LANGUAGE_COUNT] = {{VP_LANGUAGE_EN, "en"}, {VP_LANGUAGE_VI, "vi"}};

const char *const cmd_outlook_languages[CMD_LANGUAGE_COUNT] = {"en", "vi"};

bool cmd_outlook_speaks(const struct cmd_outlook *outlook, size_t language)
{
    int32_t spoken = outlook->inquiry->values.language;

    return spoken == VP_LANGUAGE_AUTO || spoken == (int32_t)languages[language].language;
}

bool cmd_outlook_exempt(const struct vp_inquiry *inquiry, char *buffer, size_t size)
{
    const struct vp_values *values = &inquiry->values;
    const struct vp_account *account = &inquiry->account;

    if (!vp_verdict_exempt(values, account))
        return false;
    if (account->uid == 0)
        snprintf(buffer, size, "root is beyond every verdict");
    else if (account->uid < (uint32_t)values->min_uid)
        snprintf(buffer, size, "uid %u is below min_uid %d", account->uid, values->min_uid);
    else
        snprintf(buffer, size, "%s",
                 values->exempt_reason == NULL ? "no reason given" : values->exempt_reason);
    return true;
}

const char *cmd_outlook_password(enum vp_password_kind kind)
{
    static const char *const kinds[] = {
        [VP_PASSWORD_HASH] = "a hash",
        [VP_PASSWORD_LOCKED] = "a hash behind ! (usermod -L): no password matches",
        [VP_PASSWORD_UNUSABLE] = "none that could match",
        [VP_PASSWORD_EMPTY] = "empty: whoever comes is let in",
        [VP_PASSWORD_ELSEWHERE] = "not in the local shadow file",
        [VP_PASSWORD_UNREADABLE] = "cannot be read",
    };

    return kinds[kind];
}

/* The ways in that differ: by service, and by whether a password is asked. */
static const struct {
    const char *service;
    bool password_asked;
} usual[CMD_LOGIN_COUNT] = {
    {"login", true}, {"sshd", true}, {"sshd", false}, {"dovecot", true}, {"cron", false}};

/* ---- one way in ------------------------------------------------------------------------------ */

static const char *admission_word(enum vp_admission_kind kind)
{
    static const char *const words[] = {
        [VP_ADMIT] = "let in",
        [VP_ADMIT_TOLD] = "let in and told",
        [VP_ADMIT_CHANGE] = "let in only to change the password",
        [VP_ADMIT_REFUSE] = "refused",
    };

    return words[kind];
}

/* pam_unix has the last word about shadow's expiry date. Returns whether it refuses. */
static bool refuse_by_shadow(const struct vp_inquiry *inquiry, struct cmd_login *login)
{
    const struct vp_account *account = &inquiry->account;
    char date[VP_DATE_SIZE];

    if (account->expires_on > inquiry->today)
        return false;
    vp_number_print_date(account->expires_on, date);
    snprintf(login->result, sizeof login->result, "refused by pam_unix (shadow's expiry date %s)",
             date);
    return true;
}

/* A password may yet match elsewhere: Kerberos users have a star in the shadow file. */
static const char *password_remark(const struct vp_inquiry *inquiry, const struct cmd_login *login)
{
    enum vp_password_kind kind = inquiry->account.password;

    return login->password_asked && login->in &&
                   (kind == VP_PASSWORD_LOCKED || kind == VP_PASSWORD_UNUSABLE)
               ? "; but shadow has no password that could match"
               : "";
}

static void say_admission(const struct vp_inquiry *inquiry, const struct vp_verdict *verdict,
                          const struct vp_admission *admission, struct cmd_login *login)
{
    char date[VP_DATE_SIZE];

    login->in = admission->kind <= VP_ADMIT_TOLD;
    if (admission->because == VP_ADMIT_GRACE)
        login->until = admission->until;
    vp_number_print_date(login->until, date);
    snprintf(login->result, sizeof login->result, "%s%s%s%s", admission_word(admission->kind),
             login->until == VP_NO_DAY ? "" : ", in grace until ",
             login->until == VP_NO_DAY ? "" : date, password_remark(inquiry, login));
    for (size_t i = 0; i < CMD_LANGUAGE_COUNT; i++)
        if (!vp_message_login(languages[i].language, &inquiry->values, &inquiry->account, verdict,
                              admission, inquiry->today, login->reads[i]))
            login->reads[i][0] = '\0';
}

/* No verdict: root is let in, everybody else is not (SECURITY CONSIDERATIONS). */
static void judge_blindly(const struct vp_inquiry *inquiry, struct cmd_login *login)
{
    struct vp_terms terms = {.help = inquiry->values.help};

    login->in = inquiry->account.uid == 0;
    snprintf(login->result, sizeof login->result, "%s", login->in ? "let in" : "refused");
    for (size_t i = 0; i < CMD_LANGUAGE_COUNT && !login->in && login->password_asked; i++)
        vp_message_say(VP_SAY_CANNOT_CHECK, languages[i].language, &terms, login->reads[i],
                       VP_MESSAGE_SIZE);
}

static void judge_login(const struct vp_inquiry *inquiry, const char *service, bool password_asked,
                        struct cmd_login *login_out)
{
    const struct vp_circumstances circumstances = {.password_asked = password_asked};
    struct vp_verdict verdict;
    struct vp_admission admission;

    *login_out = (struct cmd_login){
        .service = service, .password_asked = password_asked, .until = VP_NO_DAY};
    if (vp_inquiry_blind(inquiry)) {
        judge_blindly(inquiry, login_out);
        return;
    }
    verdict = vp_inquiry_judge(inquiry);
    admission = vp_verdict_admit(&inquiry->values, &verdict, &circumstances, inquiry->today);
    /* Our own refusal comes first in the stack, and its sentence is what is read. */
    if (admission.kind > VP_ADMIT_TOLD || !refuse_by_shadow(inquiry, login_out))
        say_admission(inquiry, &verdict, &admission, login_out);
}

/* A service has a section of its own: the policy is asked anew for each. */
static void judge_service(const struct cmd_arguments *arguments, const char *user,
                          const char *service, bool password_asked, struct cmd_login *login_out)
{
    struct vp_question question = cmd_question(arguments, user, true);
    struct vp_inquiry inquiry;
    struct vp_error error;

    question.service = service;
    if (vp_inquiry_open(&question, &inquiry, &error) > 0) {
        judge_login(&inquiry, service, password_asked, login_out);
    } else {
        *login_out = (struct cmd_login){
            .service = service, .password_asked = password_asked, .until = VP_NO_DAY};
        snprintf(login_out->result, sizeof login_out->result, "cannot be told");
    }
    vp_inquiry_close(&inquiry);
}

/* ---- what is to be done ---------------------------------------------------------------------- */

/* A person without a login shell cannot type passwd; dash, bash and their like can. */
static bool has_shell(const struct vp_account *account)
{
    return strstr(account->shell, "nologin") == NULL && strstr(account->shell, "/false") == NULL;
}

static void add_where(struct vp_text *text, const struct vp_inquiry *inquiry)
{
    const char *page = inquiry->values.page;
    bool shell = has_shell(&inquiry->account);

    if (shell)
        vp_text_add(text, " with passwd");
    if (page != NULL)
        vp_text_add(text, "%s at %s", shell ? ", or" : "", page);
    if (!shell && page == NULL)
        vp_text_add(text, " (no login shell, and the policy names no page: an administrator has "
                          "to)");
}

static void add_closed(struct vp_text *text, const struct vp_inquiry *inquiry,
                       const struct vp_verdict *verdict)
{
    char quoted[4 * VP_NAME_MAX];

    cmd_quote(inquiry->account.name, quoted, sizeof quoted);
    if (verdict->reason == VP_REASON_SUSPECTED)
        vp_text_add(text, "ask for a new password; an administrator sets it: passwd %s", quoted);
    else
        vp_text_add(text, "nothing, or ask an administrator, who can: vpolicy reopen %s", quoted);
}

static void say_to_do(struct cmd_outlook *outlook)
{
    const struct vp_inquiry *inquiry = outlook->inquiry;
    const struct vp_verdict *verdict = &outlook->verdict;
    char date[VP_DATE_SIZE];
    struct vp_text text;

    vp_text_begin(&text, outlook->to_do, sizeof outlook->to_do);
    vp_number_print_date(verdict->expires, date);
    if (outlook->blind) {
        vp_text_add(&text, "ask an administrator: the record has to be mended");
    } else if (verdict->kind == VP_CLOSED) {
        add_closed(&text, inquiry, verdict);
    } else if (verdict->kind == VP_MUST_CHANGE) {
        vp_text_add(&text, "change the password now");
        add_where(&text, inquiry);
    } else if (verdict->kind == VP_WARN && verdict->reason == VP_REASON_EXPIRED) {
        vp_text_add(&text, "change the password before %s", date);
        add_where(&text, inquiry);
    } else if (outlook->due == VP_NEVER || outlook->due == VP_NO_DAY) {
        vp_text_add(&text, "nothing");
    } else {
        vp_text_add(&text, "nothing before %s", date);
    }
}

void cmd_outlook(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry,
                 struct cmd_outlook *outlook_out)
{
    *outlook_out = (struct cmd_outlook){.arguments = arguments,
                                        .inquiry = inquiry,
                                        .blind = vp_inquiry_blind(inquiry),
                                        .due = VP_NO_DAY};
    if (!outlook_out->blind)
        outlook_out->verdict = vp_inquiry_judge(inquiry);
    if (!outlook_out->blind && outlook_out->verdict.kind <= VP_WARN &&
        !vp_verdict_exempt(&inquiry->values, &inquiry->account))
        outlook_out->due = outlook_out->verdict.expires;
    for (size_t i = 0; i < 2; i++)
        judge_login(inquiry, inquiry->question.service, i == 0, &outlook_out->asked[i]);
    for (size_t i = 0; i < CMD_LOGIN_COUNT; i++)
        judge_service(arguments, inquiry->account.name, usual[i].service, usual[i].password_asked,
                      &outlook_out->usual[i]);
    say_to_do(outlook_out);
}
