"""Old passwords are refused: those a user chose, those an administrator set, and those set behind PAM's back."""
import os

import story
from toolkit import case

# What each of these is refused with, and where it takes its place among the last five.
CURRENT = "it is the current one"
REUSED = "it is one of your last "


def changes(t, name, *passwords):
    """NAME goes from the first of PASSWORDS to each of the others."""
    for old, new in zip(passwords, passwords[1:]):
        t.eq(t.passwd_self(name, old, new, new).rc, 0, f"preparation: {old} -> {new}")


def refuses(t, name, current, candidate, reason):
    """NAME may not take CANDIDATE, for REASON; what the account had stays."""
    before = t.shadow(name)["hash"], story.record(name)
    result = t.passwd_self(name, current, candidate, candidate)
    t.eq(result.pending, "New password: ", f"{candidate} is refused, and another one asked for")
    t.match(rf"^Password not accepted: {reason}\. Please choose another\.$", result.text, "and the reason said")
    t.eq((t.shadow(name)["hash"], story.record(name)), before, "hash and record stay as they were")


def accepts(t, name, current, candidate, why):
    """NAME takes CANDIDATE and logs in with it, unasked."""
    result = t.passwd_self(name, current, candidate, candidate)
    t.eq(result.rc, 0, why)
    story.says(t, result, story.done(t), why)
    login = t.su_login(name, candidate)
    t.eq((login.rc, login.text.split()[-1]), (0, name), "it is the password now, and nothing is due")


@case("k.1", "the current password and the four before it are refused, the one before those is accepted")
def last_five(t):
    story.cheap_hashes(t)
    sixth, fifth, fourth, third, second, current = story.PASSWORDS[1:7]
    story.settled_user(t, "mai", sixth)
    changes(t, "mai", sixth, fifth, fourth, third, second, current)
    refuses(t, "mai", current, current, CURRENT)
    for candidate in (second, third, fourth, fifth):
        refuses(t, "mai", current, candidate, REUSED + "5")
    info = os.stat(f"{story.STORE}/history/mai")
    t.eq((info.st_mode & 0o777, info.st_uid), (0o600, 0), "nobody but root reads old hashes")
    t.eq(story.state("mai")[f"{story.STORE}/history/mai"].count("$y$"), 5, "no more is kept than is needed")
    accepts(t, "mai", current, sixth, "the sixth is old enough")
    refuses(t, "mai", sixth, fourth, REUSED + "5")
    accepts(t, "mai", sixth, fifth, "the oldest has moved out of the five by that")


@case("k.2", "root and chpasswd may not give an old password either, and what they gave counts as an old one")
def by_root(t):
    story.cheap_hashes(t)
    given, first, second = story.PASSWORDS[:3]
    story.settled_user(t, "mai", first, given)
    changes(t, "mai", first, second)
    before = t.shadow("mai")["hash"]
    result = t.passwd_root("mai", first, first, given, given, second, second)
    t.eq(result.rc, 10, "passwd gives up after the third")
    t.eq([line.split(": ", 1)[1] for line in story.lines(result.text) if line.startswith("Password not accepted")],
         [f"{reason}. Please choose another." for reason in (f"{REUSED}5", f"{REUSED}5", CURRENT)],
         "her own old one, the one given to her, the current one")
    rc, out, err = t.sh("chpasswd", input=f"mai:{first}\n")
    t.eq(rc, 1, "chpasswd")
    t.match(r"^Password not accepted: it is one of your last 5\. ", out + err, "and says why")
    t.eq(t.shadow("mai")["hash"], before, "nothing was set")


@case("k.3", "a password set behind PAM's back is among the old ones, and so is the one it replaced")
def behind_pam(t):
    story.cheap_hashes(t)
    own, foreign, chosen, later = story.PASSWORDS[1:5]
    story.settled_user(t, "mai", own)
    t.set_hash("mai", foreign)
    result = t.su_login("mai", foreign, (foreign, own, own, foreign, foreign, chosen, chosen))
    t.eq(result.rc, 0, "the login that finds it makes her choose another")
    story.says(t, result, story.RESET, "and says why")
    t.eq([line.split(": ", 1)[1] for line in story.lines(result.text) if line.startswith("Password not accepted")],
         [f"{REUSED}5. Please choose another.", f"{CURRENT}. Please choose another."], "own, then foreign")
    refuses(t, "mai", chosen, foreign, REUSED + "5")
    refuses(t, "mai", chosen, own, REUSED + "5")
    # Nobody logs in between: the change itself has to learn of it.
    t.useradd("binh")
    t.set_hash("binh", own)
    t.eq(t.su_login("binh", own, (own, chosen, chosen)).rc, 0, "preparation: binh's own")
    t.set_hash("binh", foreign)
    t.eq(t.passwd_root("binh", chosen, chosen, foreign, foreign, later, later).rc, 0,
         "root gives a third after both were refused")
    result = t.su_login("binh", later, (later, foreign, foreign, chosen, chosen))
    t.eq(result.pending, "New password: ", "and binh gets neither back")
    t.eq(result.text.count(f"Password not accepted: {REUSED}5. "), 2, "both are old ones")


@case("k.4", "history = 0 refuses the current password only, history = 2 the one before it too")
def other_lengths(t):
    story.cheap_hashes(t)
    first, second, third = story.PASSWORDS[1:4]
    story.policy(t, "history = 0\n[user two]\nhistory = 2\n")
    for name in ("non", "two"):
        story.settled_user(t, name, first)
        changes(t, name, first, second, third)
    refuses(t, "non", third, third, CURRENT)
    accepts(t, "non", third, second, "history = 0: the one before may come back")
    refuses(t, "two", third, third, CURRENT)
    refuses(t, "two", third, second, REUSED + "2")
    accepts(t, "two", third, first, "history = 2: the one before that may")
    # A longer history later begins with what is still known: nothing is invented, nothing breaks.
    story.policy(t, "history = 5\n")
    refuses(t, "two", first, third, REUSED + "5")
