"""h: an administrator's word: a password is suspected, an account is locked, closed, closed from a day on, reopened."""
import story
from story import LATER, NEXT, OWN, SUSPECTED
from toolkit import case

LOCKED = ("This account is locked because its password may have been exposed. Please contact your administrator for a "
          "new one.")
CLOSED = "This account has been closed. If you still need it, please contact your administrator."
IMAP_EXPIRED = "a NO [EXPIRED] Password expired"
WHY = "--reason 'typed into a false page'"


def refused(t, user, password, sentence, why):
    """Fail unless su with the right PASSWORD is refused, without a prompt for a new one, and says SENTENCE."""
    result = t.su_login(user, password)
    t.eq((result.rc, result.pending), (1, None), f"{why}: refused, and no change offered")
    story.says(t, result, sentence, f"{why}: the reason")


def clean(t, user, password, why):
    """Fail unless su with PASSWORD lets in and says nothing."""
    result = t.su_login(user, password)
    t.eq((result.rc, story.lines(result.text)), (0, ["Password: ", user]), why)


def changes(t, user, old, new, sentence, why):
    """Fail unless su demands a change with SENTENCE, takes NEW, and lets in clean afterwards."""
    result = t.su_login(user, old)
    t.eq(result.pending, "Current password: ", f"{why}: the change is demanded")
    story.says(t, result, sentence, f"{why}: the reason")
    t.eq(t.su_login(user, old, (old, new, new)).rc, 0, f"{why}: the change is taken")
    clean(t, user, new, f"{why}: after it nothing is due")


def key_says(t, user, key):
    """What ssh by KEY, without a terminal, comes to: (rc, its lines)."""
    result = t.ssh(user, key=key)
    return result.rc, story.lines(result.text)


def clock(t, day, seconds):
    """Every program started from now on lives SECONDS after (negative: before) DAY's 00:00 UTC."""
    now = t.time.time()
    t.faketime(day - int(now // t.DAY))
    with open("/etc/faketimerc", "w", encoding="utf-8") as file:
        file.write(f"{day * t.DAY + seconds - now:+.0f}s\n")
    t.note(f"# clock: {story.day(day)} 00:00 UTC {seconds:+d} s")


@case("h.1", "after suspect the very next login must change, by password, mail and key, whatever the policy softens")
def suspect(t):
    story.policy(t, "[user binh]\nwithout_password = ignore\n[user chi]\nexempt = yes\n"
                    "[service dovecot]\ngrace = 30d\n")
    people = ("mai", "binh", "chi")
    for user in people:
        story.settled_user(t, user)
    keys = {user: t.ssh_key(user) for user in people}
    with t.sshd(), t.dovecot():
        t.eq(key_says(t, "mai", keys["mai"]), (0, ["mai"]), "before")
        said = t.must(f"vpolicy suspect {' '.join(people)} {WHY}")
        for user in people:
            t.match(f"^{user}: suspected: the next login must change the password$", said, "it says what it did")
            t.match(f"^{user}: goes on: keys that log in without a password; to end it: .*/{user}/.ssh", said,
                    "and what it cannot end")
            t.eq(key_says(t, user, keys[user]), (1, [SUSPECTED, "WARNING: Your password has expired.", story.NO_TTY]),
                 f"{user}, by key: the thief has that, too")
            t.eq(t.imap_login(user, OWN), IMAP_EXPIRED, f"{user}, by mail, in no grace")
            changes(t, user, OWN, NEXT, SUSPECTED, f"{user}, by su")
            t.eq(story.record(user).get("suspected"), None, f"{user}'s own change ends the suspicion")
            t.eq(key_says(t, user, keys[user]), (0, [user]), f"{user}, by key again")
            t.match("^a OK ", t.imap_login(user, NEXT), f"{user}, by mail again")


@case("h.2", "clear takes a suspicion back, and a password from an administrator ends it but must be changed")
def cleared(t):
    for user in ("mai", "binh"):
        story.settled_user(t, user)
    t.must(f"vpolicy suspect mai binh {WHY}")
    t.match("^mai: no longer suspected$", t.must("vpolicy clear mai"), "clear says so")
    clean(t, "mai", OWN, "nothing is due any more")
    t.eq(t.passwd_root("binh", NEXT, NEXT).rc, 0, "root sets a password")
    changes(t, "binh", NEXT, LATER, story.RESET, "which is not binh's own")


@case("h.3", "suspect --lock: no login until root sets a password, which must be changed; shadow's date comes back")
def lock(t):
    expiries = {"mai": "", "binh": str(t.today() + 400), "chi": ""}
    for user, day in expiries.items():
        story.settled_user(t, user)
        if day:
            t.must(f"chage -E {story.day(int(day))} {user}")
    keys = {user: t.ssh_key(user) for user in expiries}
    said = t.must(f"vpolicy suspect --lock mai binh chi {WHY}")
    t.match("^binh: suspected and locked: no login until an administrator sets a new password$", said, "what it did")
    t.eq({t.shadow(user)["expire"] for user in expiries}, {str(t.today())}, "shadow's date is the second wall")
    with t.sshd(), t.dovecot():
        refused(t, "mai", OWN, LOCKED, "su")
        t.eq(key_says(t, "mai", keys["mai"])[0], 255, "by key")
        t.syslog().wait(rf"pam_vpolicy\(sshd:account\): user mai from 127\.0\.0\.1: closed \(suspected since "
                        rf"{story.day(t.today())}\): refused$")
        t.eq(t.imap_login("mai", OWN), IMAP_EXPIRED, "by mail")
        result = t.passwd_self("mai", OWN, NEXT, NEXT)
        t.eq(result.rc != 0, True, "who is still logged in cannot change the password himself")
        story.says(t, result, LOCKED, "and reads why")
        t.eq(t.passwd_root("mai", NEXT, NEXT).rc, 0, "passwd mai by root")
        t.must("chpasswd", input=f"binh:{NEXT}\n")
        for user in ("mai", "binh"):
            t.eq(t.shadow(user)["expire"], expiries[user], f"{user}: shadow's date is what it was before")
            t.eq(story.record(user).get("shadow_expiry"), None, f"{user}: and the record no longer keeps it")
            t.eq(t.imap_login(user, NEXT), IMAP_EXPIRED, f"{user}: unlocked is not yet changed")
            changes(t, user, NEXT, LATER, story.RESET, f"{user}, unlocked")
        t.eq(key_says(t, "mai", keys["mai"]), (0, ["mai"]), "by key again")
    t.must("vpolicy clear chi")
    t.eq(t.shadow("chi")["expire"], "", "clear puts shadow's date back, too")
    clean(t, "chi", OWN, "chi after clear")


@case("h.4", "a date that somebody else sets while an account is locked is not overwritten when it is unlocked")
def foreign_date(t):
    for user in ("mai", "binh"):
        story.settled_user(t, user)
    t.must(f"vpolicy suspect --lock mai binh {WHY}")
    day = t.today() + 90
    t.must(f"chage -E {story.day(day)} mai && chage -E {story.day(day)} binh")
    t.eq(t.passwd_root("mai", NEXT, NEXT).rc, 0, "passwd mai by root")
    t.eq(t.shadow("mai")["expire"], str(day), "the contract that ends on that day still does")
    t.must("vpolicy clear binh")
    t.eq(t.shadow("binh")["expire"], str(day), "with clear it is the same")


@case("h.5", "close: no login by password or key, for exempt and system accounts too; reopen puts everything back")
def close(t):
    story.policy(t, "[user chi]\nexempt = yes\n")
    expiries = {"mai": "", "binh": str(t.today() + 400), "chi": "", "backup9": ""}
    for user in ("mai", "binh", "chi"):
        story.settled_user(t, user)
    t.useradd("backup9", OWN, uid=990)            # a system account that somebody logs in with
    t.must(f"chage -E {story.day(int(expiries['binh']))} binh")
    keys = {user: t.ssh_key(user) for user in expiries}
    with t.sshd(), t.dovecot():
        for user in expiries:
            clean(t, user, OWN, f"{user} before")
            t.eq(key_says(t, user, keys[user]), (0, [user]), f"{user} before, by key")
        said = t.must("vpolicy close mai binh chi backup9 --reason retired --note 'letter 12'")
        for user, day in expiries.items():
            t.match(rf"^{user}: closed \(retired\) from {story.day(t.today())}$", said, "the command says what it did")
            t.eq(t.shadow(user)["expire"], str(t.today()), f"{user}: shadow's date is the second wall")
            refused(t, user, OWN, CLOSED, f"{user}, by password")
            t.eq(key_says(t, user, keys[user])[0], 255, f"{user}, by key")
            t.syslog().wait(rf"^authpriv\.notice sshd(-session)?: pam_vpolicy\(sshd:account\): user {user} from "
                            rf"127\.0\.0\.1: closed \(retired since {story.day(t.today())}\): refused$")
            t.must(f"chage -E -1 {user}")         # now without shadow's word: ours alone
            t.eq(key_says(t, user, keys[user])[0], 255, f"{user}, by key, by our word alone")
            t.must(f"chage -E {story.day(t.today())} {user}")
        t.eq(t.imap_login("chi", OWN), IMAP_EXPIRED, "by mail")
        before = t.shadow("mai")
        result = t.passwd_root("mai", NEXT, NEXT)
        t.eq((result.rc, t.shadow("mai")), (10, before), "nor does another password from root open a closed account")
        story.says(t, result, CLOSED, "and root reads why")
        said = t.must("vpolicy reopen mai binh chi backup9")
        for user, day in expiries.items():
            t.match(f"^{user}: reopened$", said, "reopen says so")
            t.eq(t.shadow(user)["expire"], day, f"{user}: shadow's date is what it was before")
            clean(t, user, OWN, f"{user}, by password, after reopen")
            t.eq(key_says(t, user, keys[user]), (0, [user]), f"{user}, by key, after reopen")
        t.match("^a OK ", t.imap_login("chi", OWN), "by mail, after reopen")


@case("h.6", "close --on a day: open until then, closed from 00:00 UTC of that day on")
def close_on(t):
    for user in ("mai", "binh", "chi"):
        story.settled_user(t, user)
    t.must(f"chage -E {story.day(t.today() + 2)} binh")
    day = t.today() + 5
    said = t.must(f"vpolicy close mai binh chi --reason transferred --on {story.day(day)}")
    t.match(rf"^mai: closed \(transferred\): scheduled, in force from {story.day(day)} 00:00 UTC$", said, "in words")
    t.eq([t.shadow(user)["expire"] for user in ("mai", "binh")], [str(day), str(t.today() + 2)],
         "shadow's date is that day, unless an earlier one stands there")
    t.must("chage -E -1 chi")                     # without shadow's word: ours alone
    for user in ("mai", "chi"):
        clean(t, user, OWN, f"{user} today")
        clock(t, day, -10)
        clean(t, user, OWN, f"{user} ten seconds before the day")
        clock(t, day, 1)
        refused(t, user, OWN, CLOSED, f"{user} as the day begins")
        t.faketime(0)
    refused(t, "chi", OWN, CLOSED, "a closing day once reached is written down: a clock going back opens nothing")
    rc, _, err = t.sh("vpolicy reopen mai binh chi")
    t.eq(rc, 0, "root knows better than such a clock")
    for user in ("mai", "chi"):
        t.match(rf"^vpolicy: {user}: going on, though the clock says {story.day(t.today())}, which is before what was "
                "already written down", err, f"and is told ({user})")
    t.eq([t.shadow(user)["expire"] for user in ("mai", "binh")], ["", str(t.today() + 2)], "shadow is as before")
    for user in ("mai", "chi"):
        clean(t, user, OWN, f"{user} reopened")


@case("h.7", "a closed account keeps its suspicion: reopened, its next login must change")
def both(t):
    story.settled_user(t, "mai")
    t.must(f"vpolicy close mai --reason other && vpolicy suspect mai {WHY}")
    refused(t, "mai", OWN, CLOSED, "closed counts first")
    t.must("vpolicy reopen mai")
    changes(t, "mai", OWN, NEXT, SUSPECTED, "reopened")
    t.must(f"vpolicy suspect --lock mai {WHY} && vpolicy close mai --reason other && vpolicy reopen mai")
    t.eq(t.shadow("mai")["expire"], str(t.today()), "reopen leaves shadow's wall to the lock")
    refused(t, "mai", NEXT, LOCKED, "reopened, but still locked")
    t.must("vpolicy clear mai")
    t.eq(t.shadow("mai")["expire"], "", "the last mark gone, so is the wall")
    clean(t, "mai", NEXT, "and the login is clean")
