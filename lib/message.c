#include "message.h"
#include "guess.h"
#include "number.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/*
 * {help} {page} {user} {text}: the terms. {date}: as office letters write it. {when}: "in 7 days".
 * {has} {needs}: counts; {s} makes the noun after {has} a plural in English.
 */
struct sentence {
    const char *in[3]; /* by enum vp_language; AUTO = NULL */
};

#define SENTENCE(en, vi)                                                                           \
    {                                                                                              \
        {                                                                                          \
            NULL, en, vi                                                                           \
        }                                                                                          \
    }

static const struct sentence sentences[VP_SAY_COUNT] = {
    [VP_SAY_INITIAL] = SENTENCE("This is your first login. Please change the password you were "
                                "given before using the account.",
                                "Đây là lần đăng nhập đầu tiên. Vui lòng đổi mật khẩu được cấp "
                                "trước khi sử dụng tài khoản."),
    [VP_SAY_RESET] = SENTENCE("Your password was set by someone else. Please choose your own now; "
                              "if you did not ask for this, tell {help}.",
                              "Mật khẩu đã được người khác đặt lại. Vui lòng đổi sang mật khẩu "
                              "của riêng mình; nếu không yêu cầu đặt lại, hãy báo ngay {help}."),
    [VP_SAY_EXPIRED] =
        SENTENCE("Your password expired on {date}. Please set a new one to continue.",
                 "Mật khẩu đã hết hạn từ ngày {date}. Vui lòng đặt mật khẩu mới để tiếp tục."),
    [VP_SAY_SUSPECTED] = SENTENCE("Your password may have been exposed. Please change it now and "
                                  "do not use the old one anywhere again.",
                                  "Mật khẩu có thể đã bị lộ. Vui lòng đổi ngay và không dùng lại "
                                  "mật khẩu cũ ở bất kỳ hệ thống nào."),
    [VP_SAY_LOCKED] = SENTENCE("This account is locked because its password may have been exposed. "
                               "Please contact {help} for a new one.",
                               "Tài khoản tạm khóa do nghi ngờ bị lộ mật khẩu. Vui lòng liên hệ "
                               "{help} để được cấp lại mật khẩu."),
    [VP_SAY_SUPERSEDED] = SENTENCE("Passwords set before {date} must be changed. Please set a new "
                                   "one now.",
                                   "Để bảo đảm an toàn thông tin, mật khẩu đặt trước ngày {date} "
                                   "phải được thay đổi. Vui lòng đặt mật khẩu mới."),
    [VP_SAY_WARN] =
        SENTENCE("Your password expires {when} ({date}). To change it now, type: passwd",
                 "Mật khẩu sẽ hết hạn {when} ({date}). Để đổi ngay, gõ lệnh: passwd"),
    [VP_SAY_OVERDUE] = SENTENCE("Your password expired on {date}. To change it now, type: passwd",
                                "Mật khẩu đã hết hạn từ ngày {date}. Để đổi ngay, gõ lệnh: passwd"),
    [VP_SAY_GRACE] = SENTENCE("Your password has expired; this service works until {date}. Please "
                              "change it before then.",
                              "Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày "
                              "{date}. Vui lòng đổi mật khẩu trước thời hạn đó."),
    [VP_SAY_GRACE_UNTIL] = SENTENCE(" This service works until {date}.",
                                    " Dịch vụ này còn sử dụng được đến hết ngày {date}."),
    [VP_SAY_WARN_PAGE] =
        SENTENCE("Your password expires {when} ({date}). Please change it at {page}.",
                 "Mật khẩu sẽ hết hạn {when} ({date}). Vui lòng đổi mật khẩu tại {page}."),
    [VP_SAY_OVERDUE_PAGE] =
        SENTENCE("Your password expired on {date}. Please change it at {page}.",
                 "Mật khẩu đã hết hạn từ ngày {date}. Vui lòng đổi mật khẩu tại {page}."),
    [VP_SAY_GRACE_PAGE] = SENTENCE("Your password has expired; this service works until {date}. "
                                   "Please change it at {page}.",
                                   "Mật khẩu đã hết hạn; dịch vụ này còn sử dụng được đến hết ngày "
                                   "{date}. Vui lòng đổi mật khẩu tại {page}."),
    [VP_SAY_GRACE_UNTIL_PAGE] =
        SENTENCE(" This service works until {date}. Please change it at {page}.",
                 " Dịch vụ này còn sử dụng được đến hết ngày {date}. Vui lòng đổi mật khẩu tại "
                 "{page}."),
    [VP_SAY_CLOSED] = SENTENCE("This account has been closed. If you still need it, please contact "
                               "{help}.",
                               "Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui lòng liên "
                               "hệ {help}."),
    [VP_SAY_ROOT] = SENTENCE("You are let in because you are root; {user} would not be: {text}.",
                             "Được vào vì là root; {user} thì không: {text}."),
    [VP_SAY_ROOT_WALL] = SENTENCE("{user} is {text}, and by shadow's expiry date too, which stops "
                                  "su. Root gets in by: runuser -u {user}",
                                  "{user}: {text}, cả ngày hết hạn trong shadow cũng chặn su. "
                                  "Quyền root dùng lệnh: runuser -u {user}"),
    [VP_SAY_OFFER] =
        SENTENCE("If you like, take this one: {text}", "Có thể dùng mật khẩu này: {text}"),
    [VP_SAY_DONE] = SENTENCE("Password changed. It is valid until {date}.",
                             "Đã đổi mật khẩu. Mật khẩu mới có hiệu lực đến hết ngày {date}."),
    [VP_SAY_DONE_FOREVER] = SENTENCE("Password changed.", "Đã đổi mật khẩu."),
    [VP_SAY_CANNOT_NOW] = SENTENCE("Passwords cannot be changed at the moment; your old one still "
                                   "works. Please tell {help}.",
                                   "Hiện chưa đổi được mật khẩu; mật khẩu cũ vẫn còn hiệu lực. Vui "
                                   "lòng báo {help}."),
    [VP_SAY_CANNOT_CHECK] = SENTENCE("Your account cannot be checked at the moment. Please tell "
                                     "{help}.",
                                     "Hiện chưa kiểm tra được tài khoản. Vui lòng báo {help}."),
    [VP_SAY_TROUBLE] = SENTENCE("Password policy needs your attention: {text}. See: vpolicy check",
                                "Chính sách mật khẩu cần được kiểm tra: {text}. Xem: vpolicy "
                                "check"),
    [VP_SAY_SUBJECT_WARN] = SENTENCE("Your password expires {when}", "Mật khẩu sẽ hết hạn {when}"),
    [VP_SAY_SUBJECT_EXPIRED] = SENTENCE("Your password has expired", "Mật khẩu đã hết hạn"),
    [VP_SAY_SUBJECT_DUE] =
        SENTENCE("Your password must be changed now", "Mật khẩu cần được đổi ngay"),
    [VP_SAY_ACCOUNT] = SENTENCE("Account: {user}", "Tài khoản: {user}"),
    [VP_SAY_WAY] =
        SENTENCE("To change it, log in to a shell and type: passwd. If you have none, "
                 "please contact {help}.",
                 "Để đổi, đăng nhập vào dòng lệnh và gõ: passwd. Nếu không có dòng lệnh, "
                 "vui lòng liên hệ {help}."),
    [VP_SAY_WAY_PAGE] = SENTENCE("Please change it at {page}.", "Vui lòng đổi mật khẩu tại "
                                                                "{page}."),
    [VP_SAY_LAST_LOGIN] =
        SENTENCE("The last login was on {date}.", "Lần đăng nhập gần nhất: ngày {date}."),
    [VP_SAY_LAST_LOGIN_FROM] = SENTENCE("The last login was on {date}, from {text}.",
                                        "Lần đăng nhập gần nhất: ngày {date}, từ {text}."),
    [VP_SAY_NOT_YOU] = SENTENCE("If that was not you, tell {help} at once.",
                                "Nếu không phải do mình thực hiện, hãy báo ngay {help}."),
    [VP_SAY_NOBODY_ASKS] = SENTENCE("Nobody will ask you for your password, neither by mail nor by "
                                    "telephone.",
                                    "Không ai được phép hỏi mật khẩu của người dùng, qua thư cũng "
                                    "như qua điện thoại."),
};

/* Why a password is refused; the second form counts, where more than one is asked for. */
static const struct {
    struct sentence one, many;
} reasons[VP_RULE_COUNT] = {
    [VP_RULE_ACCENTS] = {SENTENCE("it contains accented letters (turn the Vietnamese input method "
                                  "off)",
                                  "có chữ có dấu (cần tắt bộ gõ tiếng Việt)"),
                         {{0}}},
    [VP_RULE_NOT_UTF8] = {SENTENCE("its characters are not valid UTF-8",
                                   "mã ký tự không hợp lệ (cần UTF-8)"),
                          {{0}}},
    [VP_RULE_NOT_COMPOSED] = {SENTENCE("an accent stands apart from its letter (choose composed "
                                       "Unicode in the input method)",
                                       "dấu tách rời khỏi chữ (cần chọn Unicode dựng sẵn trong bộ "
                                       "gõ)"),
                              {{0}}},
    [VP_RULE_UNPRINTABLE] = {SENTENCE("it contains a character that cannot be seen",
                                      "có ký tự không hiển thị được"),
                             {{0}}},
    [VP_RULE_TOO_SHORT] = {SENTENCE("it has {has} character{s} and needs at least {needs}",
                                    "mới có {has} ký tự, cần từ {needs} ký tự trở lên"),
                           {{0}}},
    [VP_RULE_TOO_LONG] = {SENTENCE("it has {has} characters and may have at most {needs}",
                                   "có {has} ký tự, chỉ được tối đa {needs} ký tự"),
                          {{0}}},
    [VP_RULE_TOO_MANY_BYTES] = {SENTENCE("it has {has} bytes and this system takes at most {needs}",
                                         "dài {has} byte, hệ thống chỉ nhận tối đa {needs} byte"),
                                {{0}}},
    [VP_RULE_NO_UPPER] = {SENTENCE("no upper-case letter", "thiếu chữ in hoa"),
                          SENTENCE("{has} of {needs} upper-case letters",
                                   "mới có {has}/{needs} chữ in hoa")},
    [VP_RULE_NO_LOWER] = {SENTENCE("no lower-case letter", "thiếu chữ thường"),
                          SENTENCE("{has} of {needs} lower-case letters",
                                   "mới có {has}/{needs} chữ thường")},
    [VP_RULE_NO_DIGIT] = {SENTENCE("no digit", "thiếu chữ số"),
                          SENTENCE("{has} of {needs} digits", "mới có {has}/{needs} chữ số")},
    [VP_RULE_NO_SPECIAL] = {SENTENCE("no special character (such as ! # % ?)",
                                     "thiếu ký tự đặc biệt (ví dụ: ! # % ?)"),
                            SENTENCE("{has} of {needs} special characters (such as ! # % ?)",
                                     "mới có {has}/{needs} ký tự đặc biệt (ví dụ: ! # % ?)")},
    [VP_RULE_REPEATED] = {SENTENCE("the same character {has} times in a row, at most {needs}",
                                   "một ký tự lặp {has} lần liền nhau, tối đa {needs} lần"),
                          {{0}}},
    [VP_RULE_LOGIN_NAME] = {SENTENCE("it contains the login name", "có chứa tên đăng nhập"), {{0}}},
    [VP_RULE_GUESSED] = {SENTENCE("it is easy to guess ({text})", "dễ đoán ({text})"), {{0}}},
    [VP_RULE_BREACHED] = {SENTENCE("it is in a list of exposed passwords",
                                   "có trong danh sách mật khẩu đã bị lộ"),
                          {{0}}},
    [VP_RULE_SIMILAR] = {SENTENCE("it is too similar to the old one", "quá giống mật khẩu cũ"),
                         {{0}}},
    [VP_RULE_CURRENT] = {SENTENCE("it is the current one", "trùng với mật khẩu hiện tại"), {{0}}},
    [VP_RULE_REUSED] = {SENTENCE("it is one of your last {needs}",
                                 "trùng với 1 trong {needs} mật khẩu gần nhất"),
                        {{0}}},
};

static const struct sentence refused =
    SENTENCE("Password not accepted: ", "Mật khẩu chưa đạt yêu cầu: ");
static const struct sentence choose_another =
    SENTENCE(". Please choose another.", ". Vui lòng chọn mật khẩu khác.");
/* Whose password has all that the policy counts, and is guessed all the same. */
static const struct sentence choose_words =
    SENTENCE(". Try five unrelated words with a number and a sign.",
             ". Có thể ghép 5 từ không liên quan, thêm số và ký tự đặc biệt.");
static const struct sentence override =
    SENTENCE("This password breaks the policy and is set because root may: ",
             "Mật khẩu không đạt yêu cầu nhưng vẫn được đặt theo quyền root: ");
static const struct sentence and_more = SENTENCE("; and {has} more", "; và {has} lý do khác");
static const struct sentence accents_alone =
    SENTENCE("The password contains accented letters. Please turn the Vietnamese input method off "
             "and type it again.",
             "Mật khẩu có chữ có dấu. Vui lòng tắt bộ gõ tiếng Việt rồi nhập lại.");

static const char *pick(const struct sentence *sentence, enum vp_language language)
{
    return sentence->in[language == VP_LANGUAGE_VI ? VP_LANGUAGE_VI : VP_LANGUAGE_EN];
}

/* ---- filling in ------------------------------------------------------------------------------ */

static void add_date(struct vp_text *text, enum vp_language language, int32_t day)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct vp_date date = vp_number_civil(day);

    /*
     * Decree 30/2020/ND-CP on office letters: a zero before days under 10 and months 1 and 2, so
     * that nobody can turn them into another date.
     */
    if (language == VP_LANGUAGE_VI)
        vp_text_add(text, date.month <= 2 ? "%02d/%02d/%d" : "%02d/%d/%d", date.day, date.month,
                    date.year);
    else
        vp_text_add(text, "%d %s %d", date.day, months[date.month - 1], date.year);
}

static void add_when(struct vp_text *text, enum vp_language language, int32_t days)
{
    if (language == VP_LANGUAGE_VI && days <= 0)
        vp_text_add(text, "hôm nay");
    else if (language == VP_LANGUAGE_VI)
        vp_text_add(text, "sau %d ngày", days);
    else if (days <= 0)
        vp_text_add(text, "today");
    else
        vp_text_add(text, "in %d day%s", days, days == 1 ? "" : "s");
}

static void add_term(struct vp_text *text, const char *name, size_t length,
                     enum vp_language language, const struct vp_terms *terms)
{
#define IS(word) (length == sizeof word - 1 && memcmp(name, word, length) == 0)
    if (IS("help") && terms->help == NULL)
        vp_text_add(text, "%s",
                    language == VP_LANGUAGE_VI ? "quản trị viên" : "your administrator");
    else if (IS("help"))
        vp_text_add(text, "%s", terms->help);
    else if (IS("page"))
        vp_text_add(text, "%s", terms->page);
    else if (IS("user"))
        vp_text_add(text, "%.64s", terms->user);
    else if (IS("text"))
        vp_text_add(text, "%s", terms->text);
    else if (IS("date"))
        add_date(text, language, terms->date);
    else if (IS("when"))
        add_when(text, language, terms->days);
    else if (IS("has"))
        vp_text_add(text, "%d", terms->has);
    else if (IS("needs"))
        vp_text_add(text, "%d", terms->needs);
    else if (IS("s"))
        vp_text_add(text, "%s", terms->has == 1 ? "" : "s");
#undef IS
}

static void add_sentence(struct vp_text *text, const struct sentence *sentence,
                         enum vp_language language, const struct vp_terms *terms)
{
    const char *at = pick(sentence, language);

    while (*at != '\0') {
        size_t plain = strcspn(at, "{");
        const char *end;

        vp_text_add(text, "%.*s", (int)plain, at);
        at += plain;
        if (*at == '\0')
            break;
        end = strchr(at, '}');
        add_term(text, at + 1, (size_t)(end - at) - 1, language, terms);
        at = end + 1;
    }
}

size_t vp_message_say(enum vp_message message, enum vp_language language,
                      const struct vp_terms *terms, char *buffer, size_t size)
{
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    add_sentence(&text, &sentences[message], language, terms);
    return text.length;
}

/* ---- at a login ------------------------------------------------------------------------------ */

static enum vp_message sentence_of(const struct vp_verdict *verdict)
{
    if (verdict->kind == VP_CLOSED)
        return verdict->reason == VP_REASON_SUSPECTED ? VP_SAY_LOCKED : VP_SAY_CLOSED;
    switch (verdict->reason) {
    case VP_REASON_INITIAL:
        return VP_SAY_INITIAL;
    case VP_REASON_RESET:
        return VP_SAY_RESET;
    case VP_REASON_SUSPECTED:
        return VP_SAY_SUSPECTED;
    case VP_REASON_SUPERSEDED:
        return VP_SAY_SUPERSEDED;
    default:
        return verdict->kind == VP_WARN ? VP_SAY_WARN : VP_SAY_EXPIRED;
    }
}

/* The sentence, or the one that sends people to the policy's page where it names one. */
static const struct sentence *with_page(enum vp_message message, const char *page)
{
    static const enum vp_message paged[VP_SAY_COUNT] = {
        [VP_SAY_WARN] = VP_SAY_WARN_PAGE,   [VP_SAY_OVERDUE] = VP_SAY_OVERDUE_PAGE,
        [VP_SAY_GRACE] = VP_SAY_GRACE_PAGE, [VP_SAY_GRACE_UNTIL] = VP_SAY_GRACE_UNTIL_PAGE,
        [VP_SAY_WAY] = VP_SAY_WAY_PAGE,
    };

    return &sentences[page != NULL && paged[message] != 0 ? paged[message] : message];
}

bool vp_message_login(enum vp_language language, const struct vp_values *values,
                      const struct vp_account *account, const struct vp_verdict *verdict,
                      const struct vp_admission *admission, int32_t today,
                      char buffer[VP_MESSAGE_SIZE])
{
    enum vp_message message = sentence_of(verdict);
    struct vp_terms terms = {
        .help = values->help, .page = values->page, .user = account->name, .date = verdict->since};
    char words[96];
    struct vp_text text;

    if (admission->kind == VP_ADMIT)
        return false;
    if (message == VP_SAY_WARN) {
        terms.date = verdict->expires;
        terms.days = verdict->expires - today;
    }
    if (admission->because == VP_ADMIT_ROOT) {
        snprintf(words, sizeof words, "%s (%s)", vp_verdict_kind_word(verdict->kind),
                 vp_verdict_reason_word(verdict->reason));
        terms.text = words;
        message = account->expires_on <= today ? VP_SAY_ROOT_WALL : VP_SAY_ROOT;
    } else if (message == VP_SAY_EXPIRED && admission->because == VP_ADMIT_KEY) {
        message = VP_SAY_OVERDUE;
    } else if (message == VP_SAY_EXPIRED && admission->because == VP_ADMIT_GRACE) {
        message = VP_SAY_GRACE;
        terms.date = admission->until;
    }
    vp_text_begin(&text, buffer, VP_MESSAGE_SIZE);
    add_sentence(&text, with_page(message, values->page), language, &terms);
    if (admission->because == VP_ADMIT_GRACE && message != VP_SAY_GRACE) {
        terms.date = admission->until;
        add_sentence(&text, with_page(VP_SAY_GRACE_UNTIL, values->page), language, &terms);
    }
    return true;
}

/* ---- by mail --------------------------------------------------------------------------------- */

static bool looks_ahead(const struct vp_verdict *verdict)
{
    return verdict->kind <= VP_WARN;
}

void vp_message_subject(enum vp_language language, const struct vp_notice *notice, char *buffer,
                        size_t size)
{
    const struct vp_verdict *verdict = notice->verdict;
    enum vp_message message = looks_ahead(verdict)                   ? VP_SAY_SUBJECT_WARN
                              : verdict->reason == VP_REASON_EXPIRED ? VP_SAY_SUBJECT_EXPIRED
                                                                     : VP_SAY_SUBJECT_DUE;

    (void)vp_message_say(message, language,
                         &(struct vp_terms){.days = verdict->expires - notice->today}, buffer,
                         size);
}

static void add_last_login(struct vp_text *text, enum vp_language language,
                           const struct vp_notice *notice)
{
    const struct vp_terms terms = {
        .help = notice->values->help, .text = notice->last_login_from, .date = notice->last_login};
    bool from = notice->last_login_from[0] != '\0';

    if (notice->last_login == VP_NO_DAY)
        return;
    add_sentence(text, &sentences[from ? VP_SAY_LAST_LOGIN_FROM : VP_SAY_LAST_LOGIN], language,
                 &terms);
    vp_text_add(text, " ");
    add_sentence(text, &sentences[VP_SAY_NOT_YOU], language, &terms);
    vp_text_add(text, "\n");
}

void vp_message_notice(enum vp_language language, const struct vp_notice *notice, char *buffer,
                       size_t size)
{
    const struct vp_values *values = notice->values;
    const struct vp_verdict *verdict = notice->verdict;
    bool ahead = looks_ahead(verdict);
    const struct vp_terms terms = {.help = values->help,
                                   .page = values->page,
                                   .user = notice->account->name,
                                   .date = ahead ? verdict->expires : verdict->since,
                                   .days = verdict->expires - notice->today};
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    add_sentence(&text, &sentences[VP_SAY_ACCOUNT], language, &terms);
    vp_text_add(&text, "\n\n");
    if (ahead) {
        add_sentence(&text, with_page(VP_SAY_WARN, values->page), language, &terms);
    } else {
        add_sentence(&text, &sentences[sentence_of(verdict)], language, &terms);
        vp_text_add(&text, "\n");
        add_sentence(&text, with_page(VP_SAY_WAY, values->page), language, &terms);
    }
    vp_text_add(&text, "\n\n");
    add_last_login(&text, language, notice);
    add_sentence(&text, &sentences[VP_SAY_NOBODY_ASKS], language, &terms);
    vp_text_add(&text, "\n");
}

/* ---- the rules, and refusals ----------------------------------------------------------------- */

/* "upper case, lower case, a digit and a special character", and counts where more are wanted. */
static void add_classes(struct vp_text *text, enum vp_language language,
                        const struct vp_values *values)
{
    static const struct {
        struct sentence one, many;
    } classes[] = {
        {SENTENCE("upper case", "chữ in hoa"),
         SENTENCE("{needs} upper-case letters", "{needs} chữ in hoa")},
        {SENTENCE("lower case", "chữ thường"),
         SENTENCE("{needs} lower-case letters", "{needs} chữ thường")},
        {SENTENCE("a digit", "số"), SENTENCE("{needs} digits", "{needs} chữ số")},
        {SENTENCE("a special character", "ký tự đặc biệt"),
         SENTENCE("{needs} special characters", "{needs} ký tự đặc biệt")},
    };
    const int32_t needs[] = {values->min_upper, values->min_lower, values->min_digit,
                             values->min_special};
    bool vi = language == VP_LANGUAGE_VI;
    int left = 0;
    bool first = true;

    for (size_t i = 0; i < 4; i++)
        left += needs[i] > 0;
    for (size_t i = 0; i < 4; i++) {
        if (needs[i] == 0)
            continue;
        if (first)
            vp_text_add(text, "%s", vi ? ", bao gồm " : ", with ");
        else
            vp_text_add(text, "%s", left > 1 ? ", " : vi ? " và " : " and ");
        add_sentence(text, needs[i] == 1 ? &classes[i].one : &classes[i].many, language,
                     &(struct vp_terms){.needs = needs[i]});
        first = false;
        left--;
    }
}

void vp_message_rules(enum vp_language language, const struct vp_values *values,
                      char buffer[VP_MESSAGE_SIZE])
{
    static const struct sentence length = SENTENCE("New password: at least {needs} character{s}",
                                                   "Mật khẩu mới phải có từ {needs} ký tự trở lên");
    static const struct sentence last =
        SENTENCE("; not one of your last {needs}.", "; không trùng {needs} mật khẩu gần nhất.");
    static const struct sentence current =
        SENTENCE("; not the current one.", "; không trùng mật khẩu hiện tại.");
    struct vp_text text;

    vp_text_begin(&text, buffer, VP_MESSAGE_SIZE);
    add_sentence(&text, &length, language,
                 &(struct vp_terms){.needs = values->min_length, .has = values->min_length});
    add_classes(&text, language, values);
    add_sentence(&text, values->history > 1 ? &last : &current, language,
                 &(struct vp_terms){.needs = values->history});
}

/* What was guessed, in the order in which it is told; the pieces are never said. */
static const struct {
    unsigned kind; /* enum vp_guess_kind */
    struct sentence words;
} guessed[] = {
    {VP_GUESS_WORD, SENTENCE("a common word", "từ thông dụng")},
    {VP_GUESS_NAME, SENTENCE("your name", "tên của mình")},
    {VP_GUESS_WALK, SENTENCE("neighbouring keys", "các phím liền nhau")},
    {VP_GUESS_SEQUENCE, SENTENCE("a sequence", "dãy liên tiếp")},
    {VP_GUESS_RUN, SENTENCE("one character again and again", "ký tự lặp lại")},
    {VP_GUESS_REPEAT, SENTENCE("a part that comes twice", "đoạn lặp lại")},
    {VP_GUESS_YEAR, SENTENCE("a year", "năm")},
    {VP_GUESS_DATE, SENTENCE("a date", "ngày tháng")},
    {VP_GUESS_DIGITS, SENTENCE("a number", "dãy số")},
};

static void print_guessed(enum vp_language language, unsigned kinds, char *buffer, size_t size)
{
    struct vp_text text;

    vp_text_begin(&text, buffer, size);
    for (size_t i = 0; i < sizeof guessed / sizeof guessed[0]; i++)
        if (kinds & guessed[i].kind)
            vp_text_add(&text, "%s%s", text.length == 0 ? "" : ", ",
                        pick(&guessed[i].words, language));
}

static bool counts(const struct vp_failure *failure)
{
    return reasons[failure->rule].many.in[VP_LANGUAGE_EN] != NULL && failure->needs > 1;
}

void vp_message_reason(enum vp_language language, const struct vp_failure *failure, char *buffer,
                       size_t size)
{
    struct vp_text text;
    char kinds[256] = "";

    if (failure->rule == VP_RULE_GUESSED)
        print_guessed(language, (unsigned)failure->has, kinds, sizeof kinds);
    vp_text_begin(&text, buffer, size);
    add_sentence(
        &text, counts(failure) ? &reasons[failure->rule].many : &reasons[failure->rule].one,
        language, &(struct vp_terms){.has = failure->has, .needs = failure->needs, .text = kinds});
}

void vp_message_refusal(enum vp_language language, const struct vp_failures *failures,
                        bool overridden, char buffer[VP_MESSAGE_SIZE])
{
    bool alone = failures->count == 1 && failures->list[0].rule == VP_RULE_GUESSED;
    const char *end = overridden ? "." : pick(alone ? &choose_words : &choose_another, language);
    struct vp_text text;
    char reason[320], more[48];
    struct vp_text more_text;

    vp_text_begin(&text, buffer, VP_MESSAGE_SIZE);
    if (failures->count == 1 && failures->list[0].rule == VP_RULE_ACCENTS && !overridden) {
        vp_text_add(&text, "%s", pick(&accents_alone, language));
        return;
    }
    vp_text_add(&text, "%s", pick(overridden ? &override : &refused, language));
    for (size_t i = 0; i < failures->count; i++) {
        vp_message_reason(language, &failures->list[i], reason, sizeof reason);
        vp_text_begin(&more_text, more, sizeof more);
        add_sentence(&more_text, &and_more, language,
                     &(struct vp_terms){.has = (int32_t)(failures->count - i)});
        /* Whatever comes next, "and N more" and the end must still fit behind it. */
        if (text.length + strlen(reason) + 2 + sizeof more + strlen(end) >= VP_MESSAGE_SIZE) {
            vp_text_add(&text, "%s", more);
            break;
        }
        vp_text_add(&text, "%s%s", i == 0 ? "" : "; ", reason);
    }
    vp_text_add(&text, "%s", end);
}

/* ---- the log --------------------------------------------------------------------------------- */

void vp_message_log(const struct vp_verdict *verdict, const struct vp_admission *admission,
                    char *buffer, size_t size)
{
    static const char *const done[] = {[VP_ADMIT] = "let in",
                                       [VP_ADMIT_TOLD] = "let in and told",
                                       [VP_ADMIT_CHANGE] = "a change is demanded",
                                       [VP_ADMIT_REFUSE] = "refused"};
    static const char *const because[] = {[VP_ADMIT_PLAIN] = "",
                                          [VP_ADMIT_GRACE] = ", in grace",
                                          [VP_ADMIT_KEY] = ", no password was asked",
                                          [VP_ADMIT_ROOT] = ", root is acting"};
    struct vp_text text;
    char date[VP_DATE_SIZE];

    vp_text_begin(&text, buffer, size);
    vp_text_add(&text, "%s", vp_verdict_kind_word(verdict->kind));
    if (verdict->kind == VP_MUST_CHANGE || verdict->kind == VP_CLOSED) {
        vp_number_print_date(verdict->since, date);
        vp_text_add(&text, " (%s since %s)", vp_verdict_reason_word(verdict->reason), date);
    } else if (verdict->kind == VP_WARN) {
        vp_number_print_date(
            verdict->reason == VP_REASON_EXPIRED ? verdict->expires : verdict->since, date);
        vp_text_add(&text, " (%s, %s)", vp_verdict_reason_word(verdict->reason), date);
    }
    vp_text_add(&text, ": %s%s", done[admission->kind], because[admission->because]);
    if (admission->because == VP_ADMIT_GRACE) {
        vp_number_print_date(admission->until, date);
        vp_text_add(&text, " until %s", date);
    }
}
