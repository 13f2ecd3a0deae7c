#include "mail.h"
#include "error.h"
#include "message.h"
#include "number.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* ---- when ------------------------------------------------------------------------------------ */

static int fault(const char *text, struct vp_error *error_out)
{
    return vp_error_set(error_out, NULL, 0, 0,
                        "--days: \"%.64s\" is no list of days, each smaller than the one before "
                        "(write it as 14,7,3,1)",
                        text);
}

int vp_mail_read_steps(const char *text, struct vp_mail_steps *steps_out,
                       struct vp_error *error_out)
{
    const char *at = text;
    int64_t last = VP_DURATION_MAX + 1, days;

    *steps_out = (struct vp_mail_steps){0};
    for (;;) {
        size_t length = strcspn(at, ",");
        char word[8];

        if (length == 0 || length >= sizeof word || steps_out->count == VP_MAIL_STEPS)
            return fault(text, error_out);
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (vp_number_parse(word, 0, last - 1, &days) != 0)
            return fault(text, error_out);
        steps_out->days[steps_out->count++] = (int32_t)days;
        last = days;
        at += length;
        if (*at == '\0')
            return 0;
        at++;
    }
}

/* The smallest step that the days left have come down to, or -1. */
static int32_t find_step(const struct vp_mail_steps *steps, int32_t left)
{
    int32_t step = -1;

    for (size_t i = 0; i < steps->count; i++)
        if (left <= steps->days[i])
            step = steps->days[i];
    return step;
}

/* The step of the notice that the record knows of for this reason and day, or -1. */
static int64_t known_step(const struct vp_record *record, const char *subject)
{
    size_t length = strlen(subject);
    int64_t step = -1;

    if (strncmp(record->notified, subject, length) != 0 ||
        vp_number_parse(record->notified + length, 0, VP_DURATION_MAX, &step) != 0)
        return -1;
    return step;
}

bool vp_mail_is_due(const struct vp_mail_steps *steps, const struct vp_verdict *verdict,
                    const struct vp_record *record, int32_t today,
                    char notified_out[sizeof(((struct vp_record *)0)->notified)])
{
    const size_t size = sizeof record->notified;
    bool due = verdict->kind == VP_MUST_CHANGE;
    char subject[sizeof record->notified], date[VP_DATE_SIZE];
    int32_t step = 0;
    int64_t known;

    if (verdict->kind == VP_CLOSED || (!due && verdict->expires == VP_NEVER))
        return false;
    if (!due)
        step = find_step(steps, verdict->expires - today);
    if (step < 0)
        return false;
    vp_number_print_date(due ? verdict->since : verdict->expires, date);
    snprintf(subject, sizeof subject, "%s %s ",
             due ? vp_verdict_reason_word(verdict->reason) : "warn", date);
    known = known_step(record, subject);
    if (known >= 0 && known <= step)
        return false;
    snprintf(notified_out, size, "%.36s%d", subject, step);
    return true;
}

/* ---- to whom --------------------------------------------------------------------------------- */

static bool is_safe(const char *name)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

    return name[0] != '\0' && name[0] != '-' && name[strspn(name, safe)] == '\0';
}

int vp_mail_address(const char *template, const char *user, char address_out[VP_MAIL_ADDRESS_SIZE],
                    struct vp_error *error_out)
{
    struct vp_text text;

    if (!is_safe(user))
        return vp_error_set(error_out, NULL, 0, 0,
                            "user %.64s: no mail is sent to a name like this (letters, digits and "
                            "._+- only)",
                            user);
    vp_text_begin(&text, address_out, VP_MAIL_ADDRESS_SIZE);
    for (const char *at = template; *at != '\0'; at++) {
        if (*at <= ' ' || *at >= 0x7f || strchr("<>(),;:\"\\[]", *at) != NULL)
            return vp_error_set(error_out, NULL, 0, 0,
                                "\"%.64s\" is no single mail address (write it as %%u@example.vn)",
                                template);
        if (*at != '%') {
            vp_text_add(&text, "%c", *at);
            continue;
        }
        at++;
        if (*at != 'u' && *at != '%')
            return vp_error_set(error_out, NULL, 0, 0,
                                "\"%.64s\": %% stands before something else than u or %% (%%u is "
                                "the user name)",
                                template);
        vp_text_add(&text, "%s", *at == 'u' ? user : "%");
    }
    /* sendmail(8) takes what begins with a hyphen for an option. */
    if (text.length == 0 || text.length >= VP_MAIL_ADDRESS_SIZE || address_out[0] == '-')
        return vp_error_set(
            error_out, NULL, 0, 0,
            "\"%.64s\": an address has 1 to 254 bytes and no hyphen in front (write "
            "it as %%u@example.vn)",
            template);
    return 0;
}

/* ---- what ------------------------------------------------------------------------------------ */

static void add_base64(struct vp_text *text, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < length; i += 3) {
        unsigned group = (unsigned)(unsigned char)bytes[i] << 16;

        if (i + 1 < length)
            group |= (unsigned)(unsigned char)bytes[i + 1] << 8;
        if (i + 2 < length)
            group |= (unsigned)(unsigned char)bytes[i + 2];
        vp_text_add(text, "%c%c%c%c", digits[group >> 18], digits[group >> 12 & 63],
                    i + 1 < length ? digits[group >> 6 & 63] : '=',
                    i + 2 < length ? digits[group & 63] : '=');
    }
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

/* RFC 2047, section 2: an encoded word has at most 75 characters, and each whole ones of its own.
 */
void vp_mail_encode(const char *text, char *buffer, size_t size)
{
    const size_t most = 45;
    struct vp_text out;

    vp_text_begin(&out, buffer, size);
    if (is_plain(text)) {
        vp_text_add(&out, "%s", text);
        return;
    }
    for (bool first = true; *text != '\0'; first = false) {
        size_t length = strnlen(text, most);

        while (length > 1 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
        vp_text_add(&out, "%s=?UTF-8?B?", first ? "" : "\n ");
        add_base64(&out, text, length);
        vp_text_add(&out, "?=");
        text += length;
    }
}

/* RFC 5322, section 3.3. Not strftime(3): it speaks the program's language. */
static void add_date(struct vp_text *text, int64_t now)
{
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int32_t day = vp_number_day(now);
    struct vp_date date = vp_number_civil(day);
    int second = (int)(now - (int64_t)day * 86400);

    vp_text_add(text, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n", days[day % 7], date.day,
                months[date.month - 1], date.year, second / 3600, second / 60 % 60, second % 60);
}

void vp_mail_headers(const char *from, const char *to, const char *subject, int64_t now,
                     char *buffer, size_t size)
{
    char encoded[512];
    struct vp_text text;

    vp_mail_encode(subject, encoded, sizeof encoded);
    vp_text_begin(&text, buffer, size);
    vp_text_add(&text, "From: %s\nTo: %s\nSubject: %s\n", from, to, encoded);
    add_date(&text, now);
    /* RFC 3834: no holiday notice answers it. */
    vp_text_add(&text, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                       "Content-Type: text/plain; charset=UTF-8\n"
                       "Content-Transfer-Encoding: 8bit\n\n");
}

static bool speaks(const struct vp_values *values, enum vp_language language)
{
    return values->language == VP_LANGUAGE_AUTO || values->language == (int32_t)language;
}

size_t vp_mail_print(const struct vp_mail *mail, char buffer[VP_MAIL_SIZE])
{
    static const enum vp_language languages[] = {VP_LANGUAGE_VI, VP_LANGUAGE_EN};
    const size_t count = sizeof languages / sizeof languages[0];
    char subject[256] = "", part[96], from[sizeof mail->record->last_login_from];
    struct vp_notice notice = {.values = mail->values,
                               .account = mail->account,
                               .verdict = mail->verdict,
                               .today = vp_number_day(mail->now),
                               .last_login = mail->record->last_login,
                               .last_login_from = from};
    size_t length;

    snprintf(from, sizeof from, "%s", mail->record->last_login_from);
    vp_text_blunt(from);
    for (size_t i = 0; i < count; i++) {
        if (!speaks(mail->values, languages[i]))
            continue;
        vp_message_subject(languages[i], &notice, part, sizeof part);
        length = strlen(subject);
        snprintf(subject + length, sizeof subject - length, "%s%s", length == 0 ? "" : " / ", part);
    }
    vp_mail_headers(mail->from, mail->to, subject, mail->now, buffer, VP_MAIL_SIZE);
    for (size_t i = 0; i < count; i++) {
        if (!speaks(mail->values, languages[i]))
            continue;
        length = strlen(buffer);
        if (i > 0 && mail->values->language == VP_LANGUAGE_AUTO)
            length += (size_t)snprintf(buffer + length, VP_MAIL_SIZE - length, "\n____\n\n");
        vp_message_notice(languages[i], &notice, buffer + length, VP_MAIL_SIZE - length);
    }
    return strlen(buffer);
}
