"""f: mail users, who have no shell, and whose mail program shows one line at most."""
import story
from story import GIVEN, LATER, NEXT, OWN
from toolkit import case

EXPIRED = {"imap": "a NO [EXPIRED] Password expired", "pop3": "-ERR [AUTH] Password expired",
           "submission": "535 5.7.8 Password expired"}
WRONG = "a NO [AUTHENTICATIONFAILED] Authentication failed."


def answers(t, user, password):
    """What the three services answer to a login."""
    return {"imap": t.imap_login(user, password), "pop3": t.pop3_login(user, password),
            "submission": t.submission_auth(user, password)}


def lets_in(t, user, password, why):
    """Fail unless all three services let USER in."""
    said = answers(t, user, password)
    t.match(r"^a OK \[CAPABILITY .*\] Logged in$", said["imap"], f"{why}: IMAP")
    t.eq((said["pop3"], said["submission"]), ("+OK Logged in.", "235 2.7.0 Logged in."), f"{why}: POP3 and submission")


def demands(reason, day):
    """The log line, behind the user's name, of a login that must change first."""
    return rf": must-change \({reason} since {day}\): a change is demanded$"


@case("f.1", "Dovecot tells a due password as expired, never as wrong, and lets in after the change")
def due(t):
    story.settled_user(t, "mai")
    story.age(t, "mai", 180)
    t.useradd("binh", GIVEN)                      # not yet logged in
    story.settled_user(t, "chi")
    t.eq(t.passwd_root("chi", LATER, LATER).rc, 0, "preparation: root sets chi's password")
    log, today = t.syslog(), story.day(t.today())
    with t.dovecot():
        t.eq(answers(t, "mai", OWN), EXPIRED, "a password of day 180")
        t.eq(t.imap_login("mai", OWN), EXPIRED["imap"], "and when the phone asks again five minutes later")
        t.eq(answers(t, "binh", GIVEN), EXPIRED, "the password that a new user was given")
        t.eq(answers(t, "chi", LATER), EXPIRED, "a password that root has set")
        t.eq(t.imap_login("mai", GIVEN), WRONG, "a wrong password stays a wrong one: nothing is told to strangers")
        for user, reason in (("mai", "expired"), ("binh", "initial"), ("chi", "reset")):
            line = rf"^authpriv\.notice auth: pam_vpolicy\(dovecot:account\): user {user} from 127\.0\.0\.1"
            log.wait(line)
            t.eq([found for found in log.matching(line) if "password set by" not in found],
                 log.matching(line + demands(reason, today)), f"{user}: every notice is of this verdict")
            t.eq(len(log.matching(line)), 1, f"{user}: one notice a day, however often the phone asks")
        for user, old in (("mai", OWN), ("binh", GIVEN), ("chi", LATER)):
            t.eq(t.su_login(user, old, (old, NEXT, NEXT)).rc, 0, f"{user} changes it")
            lets_in(t, user, NEXT, f"{user} after the change")


@case("f.2", "grace lets a mail user in for its days and not one longer, and only where it is set")
def grace(t):
    story.policy(t, "[service dovecot]\ngrace = 7d\n")
    story.settled_user(t, "mai")
    t.useradd("binh", GIVEN)
    with t.dovecot():
        for age, allowed in ((180, True), (186, True), (187, False)):
            story.age(t, "mai", age)
            if allowed:
                lets_in(t, "mai", OWN, f"grace, the password is of day {age}")
            else:
                t.eq(answers(t, "mai", OWN), EXPIRED, f"the grace is over on day {age}")
        story.age(t, "mai", 180)
        result = t.su_login("mai", OWN)
        t.eq(result.pending, "Current password: ", "a service without grace demands the change")
        story.says(t, result, story.expired(t), "and says why")
        lets_in(t, "binh", GIVEN, "a first login is in grace, too: with mail alone there is no way to change")
    t.syslog().wait(rf"authpriv\.notice auth: pam_vpolicy\(dovecot:account\): user mai from 127\.0\.0\.1: must-change "
                    rf"\(expired since {story.day(t.today())}\): let in and told, in grace until "
                    rf"{story.day(t.today() + 6)}$")
    for days, allowed in ((6, True), (7, False)):
        t.faketime(days)
        with t.dovecot():
            for user, password in (("mai", OWN), ("binh", GIVEN)):
                if allowed:
                    lets_in(t, user, password, f"{user}, the clock {days} days on")
                else:
                    t.eq(answers(t, user, password), EXPIRED, f"{user}, the clock {days} days on")


@case("f.3", "grace is never for a suspected password, and a closed account is told as expired in all protocols")
def marked(t):
    story.policy(t, "[service dovecot]\ngrace = 7d\n")
    for user in ("mai", "binh", "chi"):
        story.settled_user(t, user)
    t.must("vpolicy suspect mai --reason 'typed into a false page'")
    t.must("vpolicy suspect --lock binh --reason 'typed into a false page'")
    t.must("vpolicy close chi --reason retired")
    with t.dovecot():
        for user in ("mai", "binh", "chi"):
            t.eq(answers(t, user, OWN), EXPIRED, f"{user} is refused")
        t.eq(t.imap_login("chi", GIVEN), WRONG, "whoever does not know the password learns nothing of chi's account")
        t.eq(t.su_login("mai", OWN, (OWN, NEXT, NEXT)).rc, 0, "mai changes it")
        lets_in(t, "mai", NEXT, "mai after the change")


@case("f.4", "poppassd changes a due password as the user's own")
def poppassd_due(t):
    story.settled_user(t, "mai")
    story.age(t, "mai", 200)
    t.useradd("binh", GIVEN)
    story.settled_user(t, "chi")
    t.eq(t.passwd_root("chi", LATER, LATER).rc, 0, "preparation: root sets chi's password")
    t.eq(story.record("chi")["due"], "reset", "preparation: it is due")
    for user, old, new in (("mai", OWN, NEXT), ("binh", GIVEN, NEXT), ("chi", LATER, NEXT)):
        lines = t.poppassd(user, old, new)
        t.eq([line[:3] for line in lines], ["200"] * 5, f"{user}: every answer is a yes")
        fields = story.record(user)
        t.eq((fields["set_by"], fields.get("due"), fields["set_on"]), ("user", None, str(story.day(t.today()))),
             f"{user}: it counts as the user's own, of today, and nothing is due")
        result = t.su_login(user, new)
        t.eq((result.rc, story.lines(result.text)), (0, ["Password: ", user]), f"{user}: the next login is clean")


@case("f.5", "poppassd refuses a weak password with all reasons in its one line, and changes nothing")
def poppassd_weak(t):
    story.settled_user(t, "mai")
    before = t.shadow("mai"), story.state("mai")
    lines = t.poppassd("mai", OWN, "abc")
    t.eq([line[:3] for line in lines[:3]], ["200"] * 3, "greeting, user and old password")
    t.eq(lines[3], "500 PAM error: Password not accepted: it has 3 characters and needs at least 8; no upper-case "
         "letter; no digit; no special character (such as ! # % ?). Please choose another.", "everything at once")
    t.eq(t.poppassd("mai", OWN, OWN)[3], "500 PAM error: Password not accepted: it is the current one. Please choose "
         "another.", "its own old password is told, too")
    t.eq((t.shadow("mai"), story.state("mai")), before, "hash, record and history are what they were")
    lines = t.poppassd("mai", OWN, "x" * 130)
    t.eq(lines[3][:14], "500 PAM error:", "what poppassd would cut is refused")
    t.eq(t.shadow("mai"), before[0], "and not set")


@case("f.6", "poppassd, which never asks the account phase, changes no closed or locked account's password")
def poppassd_closed(t):
    for user in ("mai", "binh", "chi"):
        story.settled_user(t, user)
    t.must("vpolicy close mai --reason transferred")
    t.must("vpolicy suspect --lock binh --reason 'a lost laptop'")
    t.must("vpolicy suspect chi --reason 'a lost laptop'")
    before = [t.shadow(user) for user in ("mai", "binh")]
    t.eq(t.poppassd("mai", OWN, NEXT)[3], "500 PAM error: This account has been closed. If you still need it, please "
         "contact your administrator.", "closed")
    t.eq(t.poppassd("binh", OWN, NEXT)[3], "500 PAM error: This account is locked because its password may have been "
         "exposed. Please contact your administrator for a new one.", "locked")
    t.eq([t.shadow(user) for user in ("mai", "binh")], before, "their shadow lines are what they were")
    t.eq([line[:3] for line in t.poppassd("chi", OWN, NEXT)], ["200"] * 5, "who is only suspected may and must change")
    t.eq(story.record("chi").get("suspected"), None, "which ends it")
    t.eq(t.su_login("chi", NEXT).rc, 0, "so that chi is let in")


@case("f.7", "Dovecot's auth cache lets in whom it remembers, until the command suspect names has run", ("debian12",))
def cache(t):
    t._DOVECOT_2_3 = t._DOVECOT_2_3.replace("driver = pam", "driver = pam\n  args = cache_key=%u dovecot")
    story.settled_user(t, "mai")
    with t.dovecot("auth_cache_size = 1 M\nauth_cache_ttl = 1 hour\n"):
        t.match("^a OK ", t.imap_login("mai", OWN), "the login that the cache remembers")
        said = t.must("vpolicy suspect mai --reason 'typed into a false page'")
        t.match("^a OK ", t.imap_login("mai", OWN), "nobody asks us")
        ends = t.match("^mai: goes on: Dovecot's memory of the old password; to end it: (.*)$", said, "it is told")
        t.must(ends.group(1))
        t.eq(t.imap_login("mai", OWN), EXPIRED["imap"], "after that command the mark counts")


@case("f.8", "poppassd, which runs in the C locale, refuses in the policy's language, whole and undamaged")
def poppassd_language(t):
    story.settled_user(t, "mai")
    story.policy(t, "language = vi\nhelp = tổ công nghệ thông tin\n")
    t.eq(t.poppassd("mai", OWN, "abc")[3], "500 PAM error: Mật khẩu chưa đạt yêu cầu: mới có 3 ký tự, cần từ 8 ký tự "
         "trở lên; thiếu chữ in hoa; thiếu chữ số; thiếu ký tự đặc biệt (ví dụ: ! # % ?). Vui lòng chọn mật khẩu "
         "khác.", "everything at once")
    t.must("vpolicy close mai --reason retired")
    t.eq(t.poppassd("mai", OWN, NEXT)[3], "500 PAM error: Tài khoản này đã ngừng sử dụng. Nếu vẫn cần sử dụng, vui "
         "lòng liên hệ tổ công nghệ thông tin.", "closed, with whom to ask")
    story.policy(t, "language = auto\n")
    t.match("^500 PAM error: This account has been closed", t.poppassd("mai", OWN, NEXT)[3], "auto is English there")
