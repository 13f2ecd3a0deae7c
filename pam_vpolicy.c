/*
 * The PAM door: pam_sm_*, prompts, and verdict -> PAM code. The only file that knows PAM.
 *
 *   auth      optional   pam_vpolicy.so          leaves the note: a password was asked here
 *   account   ...        pam_vpolicy.so marked   judges
 *   password  requisite  pam_vpolicy.so          checks the new password, before pam_unix
 *   password  optional   pam_vpolicy.so record   writes down the change, after pam_unix
 *
 * This code lives inside sshd and login, is loaded and unloaded at each request and may run in
 * threads: no file-scope mutable state, no signal handlers, no environment, no locale changes.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam_vpolicy.h"
#include "lib/error.h"
#include "lib/hash.h"
#include "lib/inquiry.h"
#include "lib/message.h"
#include "lib/number.h"
#include "lib/secret.h"
#include "lib/shadow.h"
#include "lib/text.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#define EXPORTED __attribute__((visibility("default")))

/* What we leave in the handle. */
#define NOTE_NAME   "vpolicy_note"
#define CHANGE_NAME "vpolicy_change"

/* Refusals until a password is offered: after one, most people know what to do. */
#define OFFER_AFTER 2

/* The words after pam_vpolicy.so. None of them can set a key of the policy. */
struct arguments {
    const char *policy, *state;
    bool record, marked, debug, use_authtok;
};

/* One call of libpam into this module. */
struct request {
    pam_handle_t *pamh;
    unsigned flags;
    struct arguments arguments;
    const char *service;
    struct vp_inquiry inquiry;
    enum vp_language language;
};

/* What UPDATE leaves for the `record` line. */
struct change {
    char user[VP_NAME_MAX + 1];
    char old_hash[VP_HASH_SIZE]; /* in shadow, before */
    enum vp_set_by set_by;
    bool first; /* the account had no password before: what an administrator sets is initial */
    int64_t suspected_at; /* the mark that stood when the change began; 0 = none */
    bool covers_another;  /* somebody else's change was under way, whose intent ours replaced */
    struct vp_intent intent;
};

/* ---- the log --------------------------------------------------------------------------------- */

/* Logs one line; names and hosts in it come from outside and may hold anything. */
static void log_line(pam_handle_t *pamh, int level, const char *format, ...) VP_PRINTF(3, 4);

static void log_line(pam_handle_t *pamh, int level, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    vp_text_blunt(text);
    pam_syslog(pamh, level, "%s", text);
}

static void log_error(pam_handle_t *pamh, int level, const struct vp_error *error)
{
    char text[768];

    vp_error_print(error, text, sizeof text);
    log_line(pamh, level, "%s", text);
}

/* ---- arguments ------------------------------------------------------------------------------- */

static void read_arguments(pam_handle_t *pamh, int argc, const char **argv,
                           struct arguments *arguments_out)
{
    struct {
        const char *word;
        bool *flag;
        const char **value;
    } words[] = {
        {"policy=", NULL, &arguments_out->policy},
        {"state=", NULL, &arguments_out->state},
        {"record", &arguments_out->record, NULL},
        {"marked", &arguments_out->marked, NULL},
        {"debug", &arguments_out->debug, NULL},
        {"use_authtok", &arguments_out->use_authtok, NULL},
    };
    const size_t count = sizeof words / sizeof words[0];

    *arguments_out = (struct arguments){0};
    for (int i = 0; i < argc; i++) {
        size_t j;

        for (j = 0; j < count; j++) {
            size_t length = strlen(words[j].word);

            if (words[j].value != NULL && strncmp(argv[i], words[j].word, length) == 0)
                *words[j].value = argv[i] + length;
            else if (words[j].flag != NULL && strcmp(argv[i], words[j].word) == 0)
                *words[j].flag = true;
            else
                continue;
            break;
        }
        if (j == count)
            log_line(pamh, LOG_ERR,
                     "unknown argument %.64s (policy=, state=, record, marked, use_authtok, "
                     "debug; keys stand in the policy file)",
                     argv[i]);
    }
}

/* ---- what the handle knows ------------------------------------------------------------------- */

/* An item that is text, or NULL where it is not set or empty. */
static const char *text_item(pam_handle_t *pamh, int item)
{
    const void *value = NULL;

    if (pam_get_item(pamh, item, &value) != PAM_SUCCESS || value == NULL ||
        *(const char *)value == '\0')
        return NULL;
    return value;
}

static bool has_note(pam_handle_t *pamh)
{
    const void *note = NULL;

    return pam_get_data(pamh, NOTE_NAME, &note) == PAM_SUCCESS;
}

/*
 * RUSER alone proves nothing: Dovecot and vsftpd put the client's word there. A real uid of 0 with
 * a remote host is a daemon; with a note, somebody proved who he is and counts as himself.
 */
static bool root_is_acting(const struct request *request)
{
    const char *ruser = text_item(request->pamh, PAM_RUSER);

    return getuid() == 0 && ruser != NULL && text_item(request->pamh, PAM_RHOST) == NULL &&
           !has_note(request->pamh) && strcmp(ruser, request->inquiry.account.name) != 0 &&
           vp_account_is_root(ruser);
}

static bool password_was_asked(const struct request *request)
{
    return !request->arguments.marked || has_note(request->pamh);
}

/* uid 0 alone means nothing: poppassd, sshd and login change as root for the user. */
static bool user_is_changing(const struct request *request)
{
    return getuid() == request->inquiry.account.uid || has_note(request->pamh) ||
           (request->flags & PAM_CHANGE_EXPIRED_AUTHTOK) != 0;
}

/* Asks the program's locale, where it set one; never sets it: the program is not ours. */
static enum vp_language choose_language(const struct vp_values *values)
{
    const char *locale;

    if (values->language != VP_LANGUAGE_AUTO)
        return (enum vp_language)values->language;
    locale = setlocale(LC_MESSAGES, NULL);
    return locale != NULL && strncmp(locale, "vi", 2) == 0 ? VP_LANGUAGE_VI : VP_LANGUAGE_EN;
}

/* ---- telling --------------------------------------------------------------------------------- */

/*
 * Says one line. Not by pam_prompt: that logs an error wherever a program has no conversation
 * (cron) or one that fails (Apache), and here nobody listening is no error.
 */
static void say(const struct request *request, int style, const char *text)
{
    const struct pam_message message = {.msg_style = style, .msg = text};
    const struct pam_message *messages[] = {&message};
    struct pam_response *response = NULL;
    const void *item = NULL;
    const struct pam_conv *conversation;

    if ((request->flags & PAM_SILENT) ||
        pam_get_item(request->pamh, PAM_CONV, &item) != PAM_SUCCESS || item == NULL)
        return;
    conversation = item;
    if (conversation->conv == NULL)
        return;
    (void)conversation->conv(1, messages, &response, conversation->appdata_ptr);
    if (response != NULL) {
        vp_secret_free(response->resp);
        free(response);
    }
}

static void say_sentence(const struct request *request, int style, enum vp_message message,
                         const struct vp_terms *terms)
{
    char text[VP_MESSAGE_SIZE];

    vp_message_say(message, request->language, terms, text, sizeof text);
    say(request, style, text);
}

static void say_plainly(const struct request *request, int style, enum vp_message message)
{
    say_sentence(request, style, message, &(struct vp_terms){.help = request->inquiry.values.help});
}

/* Every trouble that is not among those known before to the log. */
static void log_troubles(const struct request *request, unsigned before)
{
    static const int levels[VP_TROUBLE_COUNT] = {
        [VP_TROUBLE_POLICY] = LOG_CRIT,   [VP_TROUBLE_STORE] = LOG_CRIT,
        [VP_TROUBLE_RECORD] = LOG_ERR,    [VP_TROUBLE_GROUPS] = LOG_WARNING,
        [VP_TROUBLE_CLOCK] = LOG_WARNING, [VP_TROUBLE_BREACHED] = LOG_ERR,
        [VP_TROUBLE_WORDS] = LOG_ERR,
    };

    for (unsigned i = 0; i < VP_TROUBLE_COUNT; i++) {
        const struct vp_error *error = &request->inquiry.trouble[i];
        int level = levels[i];

        if (!(request->inquiry.troubles & ~before & 1u << i))
            continue;
        /* A screen locker has no right to the store; that is as it should be. */
        if (error->errnum == EACCES && geteuid() != 0)
            level = LOG_DEBUG;
        log_error(request->pamh, level, error);
    }
}

static void tell_root(const struct request *request)
{
    static const enum vp_trouble told[] = {VP_TROUBLE_POLICY, VP_TROUBLE_STORE};
    char text[300];

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (!(request->inquiry.troubles & 1u << told[i]))
            continue;
        vp_error_print(&request->inquiry.trouble[told[i]], text, sizeof text);
        say_sentence(request, PAM_TEXT_INFO, VP_SAY_TROUBLE, &(struct vp_terms){.text = text});
    }
}

static void log_learnt(const struct request *request)
{
    static const struct {
        unsigned bit;
        const char *text;
    } words[] = {
        {VP_LEARNT_ELSEWHERE, "the password was set behind PAM's back, or a change was cut short"},
        {VP_LEARNT_PERSON, "another person has this name now: a new record begins"},
        {VP_LEARNT_UID, "the account has another uid now"},
        {VP_LEARNT_RESET, "an administrator wants a change (chage -d 0)"},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (request->inquiry.learnt & words[i].bit)
            log_line(request->pamh, LOG_NOTICE, "user %s: %s", request->inquiry.account.name,
                     words[i].text);
}

/* ---- beginning and ending a request ---------------------------------------------------------- */

/* Asks for everything about PAM_USER. Returns a PAM code; end_request follows in any case. */
static int begin_request(struct request *request, pam_handle_t *pamh, int flags,
                         const struct arguments *arguments, bool committing)
{
    struct vp_question question = {.now = (int64_t)time(NULL), .committing = committing};
    const char *user = NULL;
    struct vp_error error;
    int found;

    *request = (struct request){.pamh = pamh, .flags = (unsigned)flags};
    request->inquiry.lock = request->inquiry.store.directory = -1;
    request->arguments = *arguments;
    request->service = text_item(pamh, PAM_SERVICE);
    if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS || user == NULL || *user == '\0')
        return PAM_USER_UNKNOWN;
    question.policy_path = request->arguments.policy;
    question.state_dir = request->arguments.state;
    question.user = user;
    question.service = request->service;
    found = vp_inquiry_open(&question, &request->inquiry, &error);
    request->language = choose_language(&request->inquiry.values);
    if (found < 0) {
        log_error(pamh, LOG_ERR, &error);
        return PAM_AUTHINFO_UNAVAIL;
    }
    if (found == 0)
        return PAM_USER_UNKNOWN;
    log_troubles(request, 0);
    return PAM_SUCCESS;
}

static void end_request(struct request *request)
{
    vp_inquiry_close(&request->inquiry);
}

/* ---- auth: the note -------------------------------------------------------------------------- */

/*
 * The note says that this handle went through an auth stack: sshd calls the account phase for keys
 * too, and tells nobody. Its value is never looked at.
 */
EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    static const char note[] = "asked";
    union {
        const char *constant;
        void *pointer;
    } value = {.constant = note};
    struct arguments arguments;

    (void)flags;
    read_arguments(pamh, argc, argv,
                   &arguments); /* for the log: a typo is told on this line, too */
    if (pam_set_data(pamh, NOTE_NAME, value.pointer, NULL) != PAM_SUCCESS)
        log_line(pamh, LOG_CRIT, "no memory for the note: this login counts as one by key");
    return PAM_IGNORE;
}

EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    (void)argc;
    (void)argv;
    return PAM_IGNORE;
}

/* ---- account --------------------------------------------------------------------------------- */

/* "sshd:expired", as it stands in the record's list of what was logged today. */
static void print_notice(const struct request *request, const struct vp_verdict *verdict,
                         char *buffer, size_t size)
{
    snprintf(buffer, size, "%.64s:%s", request->service == NULL ? "-" : request->service,
             vp_verdict_reason_word(verdict->reason));
    for (char *at = buffer; *at != '\0'; at++)
        if (*at == ' ')
            *at = '_';
}

static bool noticed_today(const struct vp_record *record, int32_t today, const char *notice)
{
    char list[sizeof record->noticed + 2], word[128];

    if (record->noticed_on != today)
        return false;
    snprintf(list, sizeof list, " %s ", record->noticed);
    snprintf(word, sizeof word, " %.120s ", notice);
    return strstr(list, word) != NULL;
}

static void add_notice(struct vp_record *record, int32_t today, const char *notice)
{
    size_t length;

    if (record->noticed_on != today)
        record->noticed[0] = '\0';
    record->noticed_on = today;
    length = strlen(record->noticed);
    /* A list that is full means a few more lines in the log. */
    if (length + strlen(notice) + 2 > sizeof record->noticed)
        return;
    snprintf(record->noticed + length, sizeof record->noticed - length, "%s%s",
             length == 0 ? "" : " ", notice);
}

struct judgement {
    struct vp_verdict verdict;
    struct vp_admission admission;
    struct vp_circumstances circumstances;
    char notice[96];
    bool worth_notice; /* not yet logged today */
    bool is_login;     /* counts against idleness */
};

static void judge(const struct request *request, struct judgement *judgement)
{
    const struct vp_inquiry *inquiry = &request->inquiry;

    judgement->verdict = vp_inquiry_judge(inquiry);
    judgement->admission = vp_verdict_admit(&inquiry->values, &judgement->verdict,
                                            &judgement->circumstances, inquiry->today);
    print_notice(request, &judgement->verdict, judgement->notice, sizeof judgement->notice);
    judgement->worth_notice = judgement->verdict.kind != VP_OK &&
                              !noticed_today(&inquiry->record, inquiry->today, judgement->notice);
    /* cron, at and root's su are no sign that somebody still works here; a key from afar is. */
    judgement->is_login =
        judgement->admission.kind <= VP_ADMIT_TOLD && !judgement->circumstances.root_acting &&
        (judgement->circumstances.password_asked || text_item(request->pamh, PAM_RHOST) != NULL);
}

static bool worth_writing(const struct request *request, const struct judgement *judgement)
{
    const struct vp_inquiry *inquiry = &request->inquiry;

    if (!inquiry->store.writable || inquiry->clock_back || inquiry->record.user[0] == '\0')
        return false;
    return vp_inquiry_has_news(inquiry) || judgement->worth_notice ||
           (judgement->is_login && inquiry->record.last_login != inquiry->today);
}

/* The day's first login, and from where: one write a day is enough against idleness. */
static void note_login(const struct request *request, struct vp_record *record, int32_t today)
{
    const char *rhost = text_item(request->pamh, PAM_RHOST);

    if (record->last_login == today)
        return;
    record->last_login = today;
    snprintf(record->last_login_from, sizeof record->last_login_from, "%s",
             rhost == NULL ? "" : rhost);
}

/*
 * Takes the record's lock without waiting, judges again by what stands there now, and writes. A
 * login never waits for the store and never fails by it.
 */
static void settle(struct request *request, struct judgement *judgement)
{
    struct vp_inquiry *inquiry = &request->inquiry;
    struct vp_error error;
    bool durable;

    /* What the first look found stands, whoever is in the way. */
    if (vp_inquiry_hold(inquiry, 0, &error) != 0) {
        log_error(request->pamh, error.errnum == EWOULDBLOCK ? LOG_NOTICE : LOG_CRIT, &error);
        return;
    }
    judge(request, judgement);
    if (!worth_writing(request, judgement)) {
        vp_inquiry_release(inquiry);
        return;
    }
    durable = inquiry->learnt != 0;
    if (judgement->worth_notice)
        add_notice(&inquiry->record, inquiry->today, judgement->notice);
    if (judgement->is_login)
        note_login(request, &inquiry->record, inquiry->today);
    if (vp_inquiry_write(inquiry, durable, &error) != 0)
        log_error(request->pamh, LOG_CRIT, &error);
    log_learnt(request);
}

static void log_judgement(const struct request *request, const struct judgement *judgement)
{
    int level = judgement->worth_notice ? LOG_NOTICE : LOG_DEBUG;
    const char *rhost = text_item(request->pamh, PAM_RHOST);
    char text[200];

    if (judgement->verdict.kind == VP_OK && !request->arguments.debug)
        return;
    vp_message_log(&judgement->verdict, &judgement->admission, text, sizeof text);
    log_line(request->pamh, level, "user %s%s%.64s: %s", request->inquiry.account.name,
             rhost == NULL ? "" : " from ", rhost == NULL ? "" : rhost, text);
}

static int answer(const struct request *request, const struct judgement *judgement)
{
    char text[VP_MESSAGE_SIZE];
    /* su prints what is no error to its standard output, where root's scripts pass on data. */
    bool aside = judgement->admission.kind == VP_ADMIT_REFUSE ||
                 judgement->admission.because == VP_ADMIT_ROOT;

    if (vp_message_login(request->language, &request->inquiry.values, &request->inquiry.account,
                         &judgement->verdict, &judgement->admission, request->inquiry.today, text))
        say(request, aside ? PAM_ERROR_MSG : PAM_TEXT_INFO, text);
    switch (judgement->admission.kind) {
    case VP_ADMIT:
    case VP_ADMIT_TOLD:
        return PAM_SUCCESS;
    case VP_ADMIT_CHANGE:
        /* Never PAM_AUTHTOK_EXPIRED: Dovecot shows that as a wrong password. */
        return PAM_NEW_AUTHTOK_REQD;
    case VP_ADMIT_REFUSE:
        break;
    }
    return PAM_ACCT_EXPIRED;
}

/* Nothing can be said of the account. Who runs as himself gains nothing by being let in. */
static int answer_blind(const struct request *request)
{
    uint32_t uid = request->inquiry.account.uid;

    if (uid == 0 || (geteuid() != 0 && getuid() == uid))
        return PAM_SUCCESS;
    if (root_is_acting(request))
        return PAM_SUCCESS;
    say_plainly(request, PAM_ERROR_MSG, VP_SAY_CANNOT_CHECK);
    return PAM_AUTHINFO_UNAVAIL;
}

static int decide(struct request *request)
{
    struct judgement judgement = {.circumstances = {.password_asked = password_was_asked(request),
                                                    .root_acting = root_is_acting(request)}};

    if (request->inquiry.account.uid == 0)
        tell_root(request);
    if (vp_inquiry_blind(&request->inquiry))
        return answer_blind(request);
    judge(request, &judgement);
    if (worth_writing(request, &judgement))
        settle(request, &judgement);
    /* What the second look found may be worse than what the first one did. */
    if (vp_inquiry_blind(&request->inquiry))
        return answer_blind(request);
    log_judgement(request, &judgement);
    return answer(request, &judgement);
}

EXPORTED int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct arguments arguments;
    struct request request;
    int result;

    read_arguments(pamh, argc, argv, &arguments);
    result = begin_request(&request, pamh, flags, &arguments, false);
    if (result == PAM_SUCCESS)
        result = decide(&request);
    end_request(&request);
    return result;
}

/* ---- password: before pam_unix --------------------------------------------------------------- */

/* The store cannot take a change now: said, logged, and nothing has been changed. */
static int cannot_now(const struct request *request, const struct vp_error *error)
{
    char text[768];

    vp_error_print(error, text, sizeof text);
    log_line(request->pamh, LOG_CRIT, "user %s: the password cannot be changed: %s",
             request->inquiry.account.name, text);
    say_plainly(request, PAM_ERROR_MSG, VP_SAY_CANNOT_NOW);
    return PAM_AUTHTOK_LOCK_BUSY;
}

/* A closed account changes no password; a locked one gets a new one from an administrator. */
static bool is_closed_for_change(const struct request *request, struct vp_verdict *verdict)
{
    *verdict = vp_inquiry_judge(&request->inquiry);
    return verdict->kind == VP_CLOSED &&
           (verdict->reason != VP_REASON_SUSPECTED || user_is_changing(request));
}

static int refuse_closed(const struct request *request, const struct vp_verdict *verdict)
{
    const struct vp_admission admission = {.kind = VP_ADMIT_REFUSE, .until = VP_NO_DAY};
    char text[VP_MESSAGE_SIZE];

    if (vp_message_login(request->language, &request->inquiry.values, &request->inquiry.account,
                         verdict, &admission, request->inquiry.today, text))
        say(request, PAM_ERROR_MSG, text);
    log_line(request->pamh, LOG_NOTICE, "user %s: closed (%s): the password is not changed",
             request->inquiry.account.name, vp_verdict_reason_word(verdict->reason));
    return PAM_ACCT_EXPIRED;
}

static int preliminary(struct request *request)
{
    struct vp_inquiry *inquiry = &request->inquiry;
    struct vp_verdict verdict;

    if (vp_inquiry_blind(inquiry))
        return cannot_now(request, &inquiry->trouble[VP_TROUBLE_RECORD]);
    if (is_closed_for_change(request, &verdict))
        return refuse_closed(request, &verdict);
    if (vp_verdict_blind(&inquiry->record, &inquiry->account))
        return cannot_now(request, &inquiry->trouble[VP_TROUBLE_RECORD]);
    /*
     * No lock yet: nobody has proved anything, and who holds it can stop his own passwd in the
     * middle. UPDATE takes it before anything is changed.
     */
    if (inquiry->troubles & 1u << VP_TROUBLE_STORE)
        return cannot_now(request, &inquiry->trouble[VP_TROUBLE_STORE]);
    return PAM_SUCCESS;
}

/*
 * The old password, or NULL. Where an administrator acts, nobody has verified what stands there
 * (pam_krb5 asks root).
 */
static const char *old_password(const struct request *request)
{
    return user_is_changing(request) ? text_item(request->pamh, PAM_OLDAUTHTOK) : NULL;
}

/* Fills failures_out with everything that is wrong. Returns 0, or -1 where it cannot be told. */
static int check_password(struct request *request, const char *password,
                          struct vp_failures *failures_out, struct vp_error *error_out)
{
    unsigned before = request->inquiry.troubles;

    if (vp_inquiry_check_rules(&request->inquiry, password, strlen(password), old_password(request),
                               failures_out, error_out) != 0)
        return -1;
    log_troubles(request, before);
    return vp_inquiry_check_history(&request->inquiry, password, failures_out, error_out);
}

static bool may_override(const struct request *request)
{
    return request->inquiry.values.root_may_override && getuid() == 0 &&
           (request->inquiry.account.uid == 0 || !user_is_changing(request));
}

/* For "why was this user refused?": the codes of vpolicy(8), which say nothing of the password. */
static void log_refusal(const struct request *request, const struct vp_failures *failures,
                        bool overridden)
{
    char codes[256];
    struct vp_text text;

    vp_text_begin(&text, codes, sizeof codes);
    for (size_t i = 0; i < failures->count; i++)
        vp_text_add(&text, "%s%s", i == 0 ? "" : ",", vp_rules_code(failures->list[i].rule));
    log_line(request->pamh, LOG_NOTICE, "user %s: new password %s: %s",
             request->inquiry.account.name, overridden ? "set by root all the same" : "refused",
             codes);
}

/*
 * Judges the password and says what is wrong with it. PAM_TRY_AGAIN: refused; another one may be
 * asked for.
 */
static int judge_password(struct request *request, const char *password, struct vp_error *error_out)
{
    struct vp_failures failures = {0};
    char text[VP_MESSAGE_SIZE];
    bool overridden;

    if (check_password(request, password, &failures, error_out) != 0)
        return PAM_SYSTEM_ERR;
    if (failures.count == 0)
        return PAM_SUCCESS;
    overridden = may_override(request);
    log_refusal(request, &failures, overridden);
    vp_message_refusal(request->language, &failures, overridden, text);
    say(request, overridden ? PAM_TEXT_INFO : PAM_ERROR_MSG, text);
    return overridden ? PAM_SUCCESS : PAM_TRY_AGAIN;
}

/*
 * Whether a person sits at this process's own terminal, as with passwd, login and su. Elsewhere a
 * password in a line of ours is lost, or is read by others: poppassd and Dovecot would make it the
 * text of an error, which clients show and keep in logs; behind sshd's keyboard-interactive child a
 * program may be answering. None of them has a terminal. chpasswd and newusers, which may have one,
 * give each prompt the same answer and are not asked a third time.
 *
 * Output too: libpam's misc_conv asks on standard error and says such a line on standard output,
 * which `su -c` passes on to files, and `passwd | tee` to a log.
 */
static bool is_at_terminal(const struct request *request)
{
    return !(request->flags & PAM_SILENT) && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Says a password that would be accepted. Where none can be made, that is nobody's error. */
static void offer(struct request *request)
{
    char password[VP_PASSWORD_SIZE], text[VP_MESSAGE_SIZE];
    struct vp_terms terms = {.text = password};
    struct vp_error error;
    unsigned bits;

    if (!is_at_terminal(request))
        return;
    /* One that the message has no room for would be another when it is cut. */
    if (vp_inquiry_generate(&request->inquiry, old_password(request), true, password, &bits,
                            &error) == 0 &&
        vp_message_say(VP_SAY_OFFER, request->language, &terms, text, sizeof text) < sizeof text)
        say(request, PAM_TEXT_INFO, text);
    vp_secret_wipe(password, sizeof password);
    vp_secret_wipe(text, sizeof text);
}

/* How far somebody has come who looks for a password that is accepted. Holds a secret. */
struct attempts {
    char refused[VP_PASSWORD_SIZE]; /* the one before, "" at first */
    int refusals;
    bool offered;
};

/*
 * One password asked and judged. Who offers the refused one again (chpasswd answers every prompt
 * with the same one) has no other and is not asked a third time.
 */
static int try_once(struct request *request, struct attempts *attempts, struct vp_error *error_out)
{
    char *refused = attempts->refused;
    const char *password = NULL;
    int result = pam_get_authtok(request->pamh, PAM_AUTHTOK, &password, NULL);

    /* PAM_TRY_AGAIN: typed twice and not the same, which libpam has said already. */
    if (result != PAM_SUCCESS || password == NULL)
        return result == PAM_SUCCESS ? PAM_AUTHTOK_ERR : result;
    if (refused[0] != '\0' && vp_secret_equal(password, refused))
        return PAM_AUTHTOK_ERR;
    result = judge_password(request, password, error_out);
    attempts->refusals += result == PAM_TRY_AGAIN;
    vp_secret_wipe(refused, sizeof attempts->refused);
    if (result == PAM_TRY_AGAIN && strlen(password) < sizeof attempts->refused)
        memcpy(refused, password, strlen(password) + 1);
    return result;
}

static int ask(struct request *request)
{
    int tries = request->arguments.use_authtok ? 1 : request->inquiry.values.retry;
    struct attempts attempts = {.refusals = 0};
    struct vp_error error;
    int result = PAM_TRY_AGAIN;

    for (int i = 0; i < tries && result == PAM_TRY_AGAIN; i++) {
        /* A refused password must not be what we, or the next module, take for a new one. */
        if (i > 0)
            (void)pam_set_item(request->pamh, PAM_AUTHTOK, NULL);
        if (attempts.refusals == OFFER_AFTER && !attempts.offered) {
            offer(request);
            attempts.offered = true;
        }
        result = try_once(request, &attempts, &error);
    }
    vp_secret_wipe(&attempts, sizeof attempts);
    if (result != PAM_SUCCESS)
        (void)pam_set_item(request->pamh, PAM_AUTHTOK, NULL);
    if (result == PAM_SYSTEM_ERR)
        return cannot_now(request, &error);
    return result == PAM_TRY_AGAIN ? PAM_AUTHTOK_ERR : result;
}

static void drop_change(pam_handle_t *pamh, void *data, int status)
{
    (void)pamh;
    (void)status;
    vp_secret_wipe(data, sizeof(struct change));
    free(data);
}

/* The record as it will be once pam_unix has set the password; the hash is not known yet. */
static void finish_record(struct vp_record *record, const struct request *request,
                          const struct change *change)
{
    const struct vp_inquiry *inquiry = &request->inquiry;
    int32_t today = inquiry->today;
    bool admin = change->set_by == VP_SET_BY_ADMIN;

    if (record->user[0] == '\0' || record->uid != inquiry->account.uid) {
        vp_record_begin(record, inquiry->account.name, inquiry->account.uid);
        record->began = today;
    }
    /* A clock that cannot be right: the password is as old as the newest thing known. */
    if (today < VP_EARLIEST_DAY && vp_number_day(record->newest) > today)
        today = vp_number_day(record->newest);
    else
        vp_record_trust_clock(record, today, inquiry->question.now);
    if (inquiry->question.now > record->newest)
        record->newest = inquiry->question.now;
    record->due = !admin                                           ? VP_DUE_NONE
                  : change->first || record->due == VP_DUE_INITIAL ? VP_DUE_INITIAL
                                                                   : VP_DUE_RESET;
    record->due_since = admin ? today : VP_NO_DAY;
    record->set_on = today;
    record->set_by = (int32_t)change->set_by;
    record->respite = VP_NO_DAY;
    record->notified[0] = '\0';
    /* Who changes a password works here still. */
    if (!admin)
        note_login(request, record, today);
    /* A suspicion that came up while the password was being changed stays. */
    if (record->suspected.made_at == change->suspected_at) {
        memset(&record->suspected, 0, sizeof record->suspected);
        record->suspected.from = VP_NO_DAY;
        record->locked = false;
    }
}

/*
 * The lock is held. Old hashes first: the one that is current now is refused anyway, so it may
 * stand there early.
 */
static int write_down_intent(struct request *request, struct change *change,
                             struct vp_error *error_out)
{
    struct vp_inquiry *inquiry = &request->inquiry;
    const char *old_hashes[] = {inquiry->replaced, inquiry->account.hash};
    struct vp_record record;
    int result = -1;

    snprintf(change->user, sizeof change->user, "%s", inquiry->account.name);
    snprintf(change->old_hash, sizeof change->old_hash, "%s", inquiry->account.hash);
    change->first = inquiry->account.password == VP_PASSWORD_UNUSABLE;
    change->covers_another = inquiry->around.change_pending;
    record = inquiry->record;
    finish_record(&record, request, change);
    /*
     * What was learnt must stand before the intent does: while an intent is young the witness is
     * not heard, and nobody may hide from it behind one, nor behind one after the other.
     */
    if (vp_inquiry_remember(inquiry, old_hashes, 2, true, error_out) == 0 &&
        (inquiry->learnt == 0 || inquiry->clock_back ||
         vp_store_write_record(&inquiry->store, &inquiry->record, true, error_out) == 0))
        result = vp_store_write_intent(&inquiry->store, &record, change->covers_another,
                                       &change->intent, error_out);
    vp_record_wipe(&record);
    return result;
}

/*
 * Judges again, now that nobody else changes the record: an administrator may have locked or closed
 * the account while its thief sat at the prompt.
 */
static int begin_change(struct request *request, struct change *change)
{
    struct vp_inquiry *inquiry = &request->inquiry;
    struct vp_verdict verdict;
    struct vp_error error;
    int result;

    change->set_by = user_is_changing(request) ? VP_SET_BY_USER : VP_SET_BY_ADMIN;
    /* As it was before the prompts: a suspicion that has come up since is not answered by this. */
    change->suspected_at = inquiry->record.suspected.made_at;
    if (vp_inquiry_hold(inquiry, VP_LOCK_WAIT_MS, &error) != 0)
        return cannot_now(request, &error);
    if (is_closed_for_change(request, &verdict))
        result = refuse_closed(request, &verdict);
    else if (write_down_intent(request, change, &error) != 0)
        result = cannot_now(request, &error);
    else
        result = PAM_SUCCESS;
    vp_inquiry_release(inquiry);
    return result;
}

static int leave_change(struct request *request)
{
    struct change *change = calloc(1, sizeof *change);
    int result;

    if (change == NULL)
        return PAM_BUF_ERR;
    result = begin_change(request, change);
    if (result == PAM_SUCCESS)
        result = pam_set_data(request->pamh, CHANGE_NAME, change, drop_change);
    if (result != PAM_SUCCESS)
        drop_change(request->pamh, change, 0);
    return result;
}

static int update(struct request *request)
{
    struct vp_inquiry *inquiry = &request->inquiry;
    char text[VP_MESSAGE_SIZE];
    int result;

    if (vp_inquiry_blind(inquiry) || vp_verdict_blind(&inquiry->record, &inquiry->account))
        return cannot_now(request, &inquiry->trouble[VP_TROUBLE_RECORD]);
    if (inquiry->store.directory < 0)
        return cannot_now(request, &inquiry->trouble[VP_TROUBLE_STORE]);
    if (user_is_changing(request) && !request->arguments.use_authtok) {
        vp_message_rules(request->language, &inquiry->values, text);
        say(request, PAM_TEXT_INFO, text);
    }
    result = ask(request);
    if (result != PAM_SUCCESS)
        return result;
    /* A directory's account: its dates and hashes are the directory's. */
    if (inquiry->account.password == VP_PASSWORD_ELSEWHERE)
        return PAM_SUCCESS;
    result = leave_change(request);
    if (result != PAM_SUCCESS)
        (void)pam_set_item(request->pamh, PAM_AUTHTOK, NULL);
    return result;
}

/* ---- password: after pam_unix ---------------------------------------------------------------- */

/*
 * After `required pam_unix` this line also runs when it failed, and root may set another password
 * at the same moment: only a new hash that is this password's proves our change.
 */
static bool change_took_place(const struct request *request, const struct change *change)
{
    const struct vp_account *account = &request->inquiry.account;
    const char *password = text_item(request->pamh, PAM_AUTHTOK);
    struct vp_hash *hash = NULL;
    struct vp_error error;
    bool matches;

    if (password == NULL || vp_secret_equal(account->hash, change->old_hash))
        return false;
    if (vp_hash_open(&hash, &error) != 0) {
        log_error(request->pamh, LOG_CRIT, &error);
        return false;
    }
    matches = vp_hash_matches(hash, password, account->hash);
    vp_hash_close(hash);
    return matches;
}

/*
 * A locked account that got a new password from an administrator is open again, in shadow too.
 * before: the record with its mark.
 */
static void restore_expiry(const struct request *request, const struct vp_record *before,
                           struct vp_record *record)
{
    int32_t present = request->inquiry.account.expires_on;
    int32_t wanted = vp_verdict_wanted_expiry(record, present);
    struct vp_error error;

    if (before->shadow_expiry == VP_NO_DAY)
        return;
    if (present != wanted && vp_verdict_owns_expiry(before, present) &&
        vp_shadow_set_expiry(record->user, wanted, &error) != 0) {
        log_error(request->pamh, LOG_ERR, &error);
        return;
    }
    if (vp_verdict_walled_from(record) == VP_NEVER)
        record->shadow_expiry = VP_NO_DAY;
}

/*
 * Of two changes at once, the password that was in force for a moment belongs to the old ones. That
 * it cannot be added is no reason to lose the change.
 */
static void remember_overtaken(const struct request *request, const struct vp_record *before,
                               const struct change *change)
{
    const char *hash = before->hash;
    struct vp_error error;

    if (vp_secret_equal(hash, change->old_hash) ||
        vp_secret_equal(hash, request->inquiry.account.hash))
        return;
    if (vp_inquiry_remember(&request->inquiry, &hash, 1, true, &error) != 0)
        log_error(request->pamh, LOG_ERR, &error);
}

/* The intent goes, unless it stands for another change too, that has yet to be written down. */
static void give_up(struct request *request, const struct change *change)
{
    struct vp_inquiry *inquiry = &request->inquiry;

    if (!change->covers_another)
        vp_store_drop_intent(&inquiry->store, change->user, &change->intent);
    vp_inquiry_release(inquiry);
    log_line(request->pamh, LOG_NOTICE, "user %s: the password was not changed", change->user);
}

static void say_done(const struct request *request, const struct vp_record *record)
{
    const struct vp_values *values = &request->inquiry.values;
    struct vp_terms terms = {0};

    if (values->max_age == VP_NEVER || vp_verdict_exempt(values, &request->inquiry.account)) {
        say_plainly(request, PAM_TEXT_INFO, VP_SAY_DONE_FOREVER);
        return;
    }
    terms.date = record->set_on + values->max_age - 1;
    say_sentence(request, PAM_TEXT_INFO, VP_SAY_DONE, &terms);
}

static void commit(struct request *request, const struct change *change)
{
    struct vp_inquiry *inquiry = &request->inquiry;
    struct vp_record *record = &inquiry->record;
    struct vp_record before = {0};
    struct vp_error error;
    char text[768];

    if (vp_inquiry_hold(inquiry, VP_LOCK_WAIT_MS, &error) != 0)
        goto failed;
    if (!change_took_place(request, change)) {
        give_up(request, change);
        return;
    }
    before = *record;
    remember_overtaken(request, &before, change);
    finish_record(record, request, change);
    memcpy(record->hash, inquiry->account.hash, sizeof record->hash);
    restore_expiry(request, &before, record);
    vp_record_wipe(&before);
    if (vp_store_commit(&inquiry->store, record, &change->intent, &error) != 0)
        goto failed;
    vp_inquiry_release(inquiry);
    log_line(request->pamh, LOG_NOTICE, "user %s: password set by %s", change->user,
             vp_record_set_by_word((int32_t)change->set_by));
    if (change->set_by == VP_SET_BY_USER)
        say_done(request, record);
    return;
failed:
    vp_inquiry_release(inquiry);
    vp_error_print(&error, text, sizeof text);
    log_line(request->pamh, LOG_CRIT,
             "user %s: the password was changed, the record was not; the next login will ask for "
             "a change again: %s",
             change->user, text);
}

/* Never fails: the password has been set, and a program would say that it was not. */
static int write_down(struct request *request)
{
    const void *data = NULL;
    const struct change *change;

    if (pam_get_data(request->pamh, CHANGE_NAME, &data) != PAM_SUCCESS || data == NULL)
        return PAM_IGNORE;
    change = data;
    if (strcmp(change->user, request->inquiry.account.name) == 0)
        commit(request, change);
    (void)pam_set_data(request->pamh, CHANGE_NAME, NULL, NULL);
    return PAM_IGNORE;
}

EXPORTED int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct arguments arguments;
    struct request request;
    int result;

    read_arguments(pamh, argc, argv, &arguments);
    if (arguments.record && (flags & PAM_PRELIM_CHECK))
        return PAM_IGNORE;
    result = begin_request(&request, pamh, flags, &arguments, arguments.record);
    if (arguments.record)
        result = result == PAM_SUCCESS ? write_down(&request) : PAM_IGNORE;
    else if (result == PAM_SUCCESS)
        result = flags & PAM_PRELIM_CHECK ? preliminary(&request) : update(&request);
    end_request(&request);
    return result;
}
