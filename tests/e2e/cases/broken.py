"""i: what happens when something is broken: the table of the design's section "When something is broken", by line.

Whatever is broken, root gets in by su, login and ssh: every case says so.
"""
import fcntl
import os

import story
from story import GIVEN, LATER, NEXT, OWN, POLICY, STORE
from toolkit import case

HERE = ("debian12",)
ROOT = story.PASSWORDS[-1]
CANNOT = "Passwords cannot be changed at the moment; your old one still works. Please tell your administrator."
UNCHECKED = "Your account cannot be checked at the moment. Please tell your administrator."
CLOSED = "This account has been closed. If you still need it, please contact your administrator."


def settle(t, *users):
    """USERS with passwords of their own, root with ROOT as its password, and a key for root."""
    for user in users:
        story.settled_user(t, user)
    t.must("chpasswd", input=f"root:{ROOT}\n")
    t.ssh_key("root")
    t.syslog().clear()


def root_gets_in(t, why, told=None):
    """Fail unless root gets in by su, login and ssh; TOLD: the trouble each tells root of, or None = nothing."""
    sentence = f"Password policy needs your attention: {told}. See: vpolicy check"
    with t.sshd("PermitRootLogin yes"):
        results = {"su": t.su_login("root", ROOT), "login": t.login_login("root", ROOT),
                   "ssh": t.ssh("root", key=f"{t.WORK}/key-root")}
    for door, result in results.items():
        t.eq((result.rc, result.ok), (0, True), f"{why}: root gets in by {door}")
        t.match("^root$", result.text, f"{why}: {door} starts what it should")
        if told:
            story.says(t, result, sentence, f"{why}: {door} tells root")
        else:
            t.no_match("Password policy needs", result.text, f"{why}: {door} has nothing to tell")


def clean(t, user, password, why):
    """Fail unless su with PASSWORD lets in and says nothing."""
    result = t.su_login(user, password)
    t.eq((result.rc, story.lines(result.text)), (0, ["Password: ", user]), why)


def cannot_change(t, user, old, why):
    """Fail unless USER's and root's passwd are refused with the plain sentence and /etc/shadow stays as it is."""
    before = t.shadow(user)
    for result in (t.passwd_self(user, old, NEXT, NEXT), t.passwd_root(user, NEXT, NEXT)):
        t.eq((result.rc, result.pending), (10, None), f"{why}: refused")
        story.says(t, result, CANNOT, f"{why}: in plain words")
        t.no_match("[Nn]ew password:", result.text, f"{why}: before a new one is even asked for")
    t.eq(t.shadow(user), before, f"{why}: /etc/shadow is what it was")


def can_change(t, user, old, new, why):
    """Fail unless USER can change the password, and the record knows."""
    t.eq(t.passwd_self(user, old, new, new).rc, 0, why)
    t.eq(story.record(user)["hash"], t.shadow(user)["hash"], f"{why}: the record has the new hash")
    clean(t, user, new, f"{why}: the next login")


def critical(t, text, why):
    """Fail unless the last requests logged TEXT as critical; forgets the log so far."""
    lines = t.syslog().matching("pam_vpolicy")
    t.eq([line for line in lines if line.startswith("authpriv.crit ") and line.endswith(f": {text}")] != [], True,
         f"{why}: logged as critical\n  in: {lines}")
    t.syslog().clear()


# ---- the policy file ------------------------------------------------------------------------------------------------

def judged_by_good(t, old, fault, why):
    """Fail unless logins and passwords are judged by the last good copy, and the FAULT is told."""
    result = t.su_login("mai", old)
    t.eq(result.pending, "Current password: ", f"{why}: 40 days are too many for the last good copy")
    t.no_match("needs your attention", result.text, f"{why}: users are not told of it")
    critical(t, fault, why)
    result = t.passwd_self("binh", OWN, NEXT, NEXT)
    t.match(r"^Password not accepted: it has 10 characters and needs at least 12\. Please choose another\.$",
            result.text, f"{why}: passwords, too, are judged by it")
    critical(t, fault, f"{why}, passwd")
    root_gets_in(t, why, fault)


@case("i.1", "a typo in the policy, or a policy that others can write: its last good copy counts, root is told", HERE)
def policy_invalid(t):
    settle(t, "mai", "binh")
    story.age(t, "mai", 40)
    story.policy(t, "min_length = 12\nmax_age = 30d\n")
    t.eq(t.su_login("mai", OWN).pending, "Current password: ", "a good policy")
    t.syslog().clear()
    worse = "min_length = 8\nmax_age = 500d\n"
    story.policy(t, worse + "min_lenght = 9\n")
    fault = f"{POLICY}:3: min_lenght: unknown key (did you mean min_length?)"
    judged_by_good(t, OWN, fault, "a typo")
    rc, out, err = t.sh("vpolicy check")
    t.eq((rc, fault in out + err), (1, True), f"vpolicy check says the same: {out}{err}")
    story.policy(t, worse)
    os.chmod(POLICY, 0o664)
    judged_by_good(t, OWN, f"{POLICY}: can be written by others than its owner (chmod go-w)", "chmod 664")
    story.policy(t, worse)
    os.chown(POLICY, 1000, 0)
    judged_by_good(t, OWN, f"{POLICY}: belongs to somebody else (it must belong to root)", "chown mai")
    os.chown(POLICY, 0, 0)
    t.syslog().clear()
    clean(t, "mai", OWN, "put right, the file itself counts at once")
    t.eq(t.syslog().matching("crit .*pam_vpolicy"), [], "and nothing is logged")


@case("i.2", "a typo and no good copy, or no policy at all: the built-in policy", HERE)
def policy_builtin(t):
    settle(t, "mai")
    story.policy(t, "min_length = 12\nmax_age = 30d\n")
    t.su_login("mai", OWN)                        # keeps a copy
    os.unlink(POLICY)
    story.age(t, "mai", 40)
    clean(t, "mai", OWN, "no file: 180 days count, not the copy of what somebody has deleted")
    t.eq(t.syslog().matching("crit"), [], "which is no fault")
    root_gets_in(t, "no policy")
    t.must(f"rm -r {STORE}/policy")
    story.policy(t, "min_length = 12\nmax_age = 30\n")
    clean(t, "mai", OWN, "a fault and no copy: 180 days")
    fault = f'{POLICY}:2: max_age: "30" is not allowed (days such as 180d, from 1d to 36500d, or never)'
    critical(t, fault, "and no copy")
    result = t.passwd_self("mai", OWN, "abc", "abc")
    t.match("it has 3 characters and needs at least 8; no upper-case letter; no digit; no special", result.text,
            "its rules")
    can_change(t, "mai", OWN, NEXT, "a password that the built-in policy accepts")
    root_gets_in(t, "a fault and no copy", fault)


@case("i.3", "unknown arguments of the module, and keys of the policy among them, are logged and change nothing", HERE)
def arguments(t):
    settle(t, "mai")
    story.age(t, "mai", 40)
    t.must("sed -i 's/pam_vpolicy.so marked/& max_age=30d mraked/' /etc/pam.d/common-account")
    clean(t, "mai", OWN, "a key in the stack sets nothing")
    t.eq([line.split(": ", 1)[1] for line in t.syslog().matching("pam_vpolicy")],
         [f"pam_vpolicy(su-l:account): unknown argument {word} (policy=, state=, record, marked, use_authtok, debug; "
          "keys stand in the policy file)" for word in ("max_age=30d", "mraked")], "each is named once")
    t.syslog().clear()
    t.must("sed -i 's/ max_age=30d mraked/ policy=\\/etc\\/none.conf/' /etc/pam.d/common-account")
    clean(t, "mai", OWN, "a policy= that is not there: the built-in policy")
    critical(t, "/etc/none.conf: there is no such policy file", "policy=")
    root_gets_in(t, "policy=", "/etc/none.conf: there is no such policy file")


# ---- records and store ----------------------------------------------------------------------------------------------

@case("i.4", "a corrupt record: that user is refused at login and passwd in plain words, nobody else is", HERE)
def corrupt(t):
    settle(t, "mai", "binh")
    path = f"{STORE}/records/mai"
    with open(path, encoding="utf-8") as file:
        good = file.read()
    key = t.ssh_key("mai")
    for what, text, fault in (
            ("cut", good[:-20], rf"{path}:\d+: .*"), ("empty", "", rf"{path}(:\d+)?: .*"),
            ("garbage", "\0\1\2" * 100, rf"{path}(:\d+)?: .*"),
            ("a day that is none", good.replace("set_on = 2", "set_on = x2"), rf"{path}:\d+: .*"),
            ("binh's", good.replace("user = mai", "user = binh"),
             rf"{STORE}: records: the record of mai says it is binh's"),
            ("of another major version", good.replace("version = 1.", "version = 2."), rf"{path}:1: .*")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = t.su_login("mai", OWN)
        t.eq((result.rc, result.pending), (1, None), f"{what}: su is refused")
        story.says(t, result, UNCHECKED, f"{what}: in plain words")
        t.syslog().wait(rf"^authpriv\.err su: pam_vpolicy\(su-l:account\): {fault}$")
        t.syslog().clear()
        with open(path, encoding="utf-8") as file:
            t.eq(file.read(), text, f"{what}: nobody overwrites the evidence")
    cannot_change(t, "mai", OWN, "a corrupt record")
    with t.sshd():
        t.eq(t.ssh("mai", key=key).rc, 255, "by key")
    clean(t, "binh", OWN, "another user")
    can_change(t, "binh", OWN, NEXT, "another user's change")
    result = t.su_login("mai", None, caller="root")
    t.eq((result.rc, result.text.split()[-1]), (0, "mai"), "root's su")
    root_gets_in(t, "a corrupt record")
    t.must("vpolicy forget mai")
    t.eq(t.su_login("mai", OWN, (OWN, NEXT, NEXT)).rc, 0, "forget drops it, and the account begins anew, with a change")
    clean(t, "mai", NEXT, "and goes on as before")


@case("i.5", "a read-only store: logins work, changes are refused before anything is changed, root is told", HERE)
def read_only(t):
    settle(t, "mai", "binh", "chi")
    story.age(t, "binh", 170)
    t.must("vpolicy close chi --reason retired && chage -E -1 chi")
    t.must(f"mount --bind {STORE} {STORE} && mount -o remount,bind,ro {STORE}")
    t.syslog().clear()
    fault = f"{STORE}: the store cannot be written to: Read-only file system"
    clean(t, "mai", OWN, "a login")
    critical(t, fault, "a login")
    story.says(t, t.su_login("binh", OWN), story.warns(t, 10), "what the records say still counts")
    t.eq(t.su_login("chi", OWN).rc, 1, "closed stays closed")
    cannot_change(t, "mai", OWN, "a change")
    t.eq(t.sh("chpasswd", input=f"mai:{NEXT}\n")[0] != 0, True, "chpasswd")
    clean(t, "mai", OWN, "the old password still works")
    t.syslog().wait(rf"^authpriv\.crit passwd\[\d+\]: pam_vpolicy\(passwd:chauthtok\): user mai: the password cannot "
                    rf"be changed: {fault}$")
    root_gets_in(t, "a read-only store", fault)
    t.must(f"umount {STORE}")
    can_change(t, "mai", OWN, NEXT, "writable again")


def small_store(t, options):
    """A store in memory of its own, with OPTIONS for tmpfs."""
    t.must(f"mount -t tmpfs -o mode=750,gid=$(getent group shadow | cut -d: -f3),{options} small {STORE}")


def fill(t, leave=0):
    """Fill the store's disk; LEAVE bytes stay free."""
    t.must(f"rm -f {STORE}/ballast")
    t.sh(f"cat /dev/zero > {STORE}/ballast 2> /dev/null")
    if leave:
        t.must(f"truncate -s -{leave} {STORE}/ballast")


@case("i.6", "a full disk: a change is refused before the hash changes, or it is whole; logins work", HERE)
def full(t):
    small_store(t, "size=200k")
    settle(t, "mai", "binh")
    story.age(t, "binh", 170)
    new_users = ("chi", "dung", "giang")          # they have no file of old hashes yet
    for user in new_users:
        t.useradd(user, GIVEN)
    refused = []
    for user, old, pages in (("mai", OWN, 0), ("mai", OWN, 1), *((user, GIVEN, i) for i, user in enumerate(new_users))):
        fill(t, pages * 4096)
        where, before = f"{user}, {pages} pages free", (t.shadow(user), story.record(user))
        result = t.passwd_self(user, old, NEXT, NEXT)
        if result.rc == 0:
            t.eq(story.record(user)["hash"], t.shadow(user)["hash"], f"{where}: changed, and the record knows")
            clean(t, user, NEXT, f"{where}: the next login")
        else:
            refused.append(where)
            story.says(t, result, CANNOT, f"{where}: refused in plain words")
            t.eq((t.shadow(user), story.record(user)), before, f"{where}: nothing has changed")
            t.syslog().wait(rf"^authpriv\.crit passwd\[\d+\]: pam_vpolicy\(passwd:chauthtok\): user {user}: the "
                            rf"password cannot be changed: {STORE}/\S+: cannot be written: No space left on device$")
    t.eq(refused, ["mai, 0 pages free", "chi, 0 pages free", "dung, 1 pages free"], "what was refused")
    fill(t)
    result = t.su_login("binh", OWN)
    t.eq(result.rc, 0, "a login that would write something")
    story.says(t, result, story.warns(t, 10), "and what it says")
    t.eq(t.sh("chpasswd", input=f"mai:{GIVEN}\n")[0] != 0, True, "chpasswd by root")
    clean(t, "mai", NEXT, "is refused, too")
    root_gets_in(t, "a full disk")
    t.must(f"rm {STORE}/ballast")
    can_change(t, "mai", NEXT, LATER, "with room again")


@case("i.7", "a disk without room for another file: the same", HERE)
def no_inodes(t):
    small_store(t, "size=1m,nr_inodes=60")
    settle(t, "mai")
    t.sh(f"mkdir {STORE}/ballast; for i in $(seq 100); do touch {STORE}/ballast/$i || break; done")
    before = t.shadow("mai")
    result = t.passwd_self("mai", OWN, NEXT, NEXT)
    t.eq((result.rc, t.shadow("mai")), (10, before), "refused, nothing changed")
    story.says(t, result, CANNOT, "in plain words")
    clean(t, "mai", OWN, "the login works")
    root_gets_in(t, "no inodes")
    t.must(f"rm -r {STORE}/ballast")
    can_change(t, "mai", OWN, NEXT, "with room again")


@case("i.8", "a store that is missing, or another's: logins work by shadow's dates, changes are refused", HERE)
def missing(t):
    settle(t, "mai", "binh", "chi", "dung")
    story.age(t, "mai", 100)
    story.age(t, "binh", 400)
    t.must("vpolicy close chi --reason retired; vpolicy suspect --lock dung --reason 'a lost laptop'")
    for breaking, mending, fault in (
            (f"mv {STORE} {STORE}.away", f"mv {STORE}.away {STORE}",
             f"{STORE}: the store cannot be opened: No such file or directory"),
            (f"chmod 777 {STORE}", f"chmod 750 {STORE}",
             f"{STORE}: can be written by others than its owner (chmod go-w)"),
            (f"chown mai {STORE}", f"chown root {STORE}",
             f"{STORE}: belongs to somebody else (it must belong to root)")):
        t.must(breaking)
        t.syslog().clear()
        clean(t, "mai", OWN, f"{breaking}: a password of 100 days")
        critical(t, fault, breaking)
        result = t.su_login("binh", OWN)
        t.eq(result.rc, 0, f"{breaking}: one of 400 days is not locked out: nobody could change it")
        story.says(t, result, story.warns(t, 14), f"{breaking}: it is warned")
        for user in ("chi", "dung") if breaking.startswith("mv") else ():
            t.eq(t.su_login(user, OWN).rc, 1, f"{breaking}: {user} is kept out by shadow's date")
        cannot_change(t, "mai", OWN, breaking)
        clean(t, "mai", OWN, f"{breaking}: the old password still works")
        root_gets_in(t, breaking, fault)
        t.must(mending)
    t.eq(t.su_login("binh", OWN).pending, "Current password: ", "with the store back, the records count again")


@case("i.9", "a store not yet mounted: the empty directory below locks nobody out and is soon forgotten", HERE)
def unmounted(t):
    small_store(t, "size=1m")
    settle(t, "mai", "binh")
    t.must("vpolicy close binh --reason retired")
    story.age(t, "mai", 150)
    t.must(f"mkdir /run/kept && cp -a {STORE}/. /run/kept/ && umount {STORE}")
    clean(t, "mai", OWN, "not mounted")
    t.eq(t.su_login("binh", OWN).rc, 1, "closed stays closed by shadow's date")
    root_gets_in(t, "not mounted")
    small_store(t, "size=1m")
    t.must(f"cp -a /run/kept/. {STORE}/")
    clean(t, "mai", OWN, "mounted again")
    t.eq(story.record("mai")["set_on"], str(story.day(t.today() - 150)), "the record is the old one")
    can_change(t, "mai", OWN, NEXT, "and takes a change")


@case("i.10", "a lock that somebody holds: the change is refused after a bounded wait, logins do not wait", HERE)
def locked(t):
    settle(t, "mai")
    story.age(t, "mai", 170)
    with open(f"{STORE}/locks/mai", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begun = t.time.monotonic()
        result = t.su_login("mai", OWN)
        t.eq((result.rc, t.time.monotonic() - begun < 2), (0, True), "the login comes at once")
        story.says(t, result, story.warns(t, 10), "with what the record says")
        before, begun = t.shadow("mai"), t.time.monotonic()
        result = t.passwd_self("mai", OWN, NEXT, NEXT)
        waited = t.time.monotonic() - begun
        t.eq((result.rc, t.shadow("mai")), (10, before), "the change is refused, nothing has changed")
        story.says(t, result, CANNOT, "in plain words")
        t.eq(4.5 < waited < 9, True, f"after a bounded wait, not at once and not for ever: {waited:.1f} s")
        t.syslog().wait(rf"crit passwd.*: user mai: the password cannot be changed: {STORE}/locks/mai: cannot be "
                        rf"locked: process {os.getpid()} holds it .*: Resource temporarily unavailable$")
        root_gets_in(t, "a lock held")
    can_change(t, "mai", OWN, NEXT, "the lock let go")


# ---- the clock ------------------------------------------------------------------------------------------------------

@case("i.11", "a clock of 1970: nobody expires, nobody closed is let in; back in the present nothing is spoilt", HERE)
def clock_of_1970(t):
    settle(t, "mai", "binh", "chi", "dung")
    story.age(t, "binh", 400)
    story.age(t, "chi", 170)
    t.must("vpolicy close dung --reason retired && chage -E -1 dung")
    before = {user: (t.shadow(user), story.record(user)) for user in ("mai", "binh", "chi", "dung")}
    t.faketime(1 - t.today())                     # the second of January: pam_unix would take day 0 for "must change"
    t.syslog().clear()
    for user in ("mai", "binh", "chi"):
        clean(t, user, OWN, f"{user} in 1970")
    t.syslog().wait(r"^authpriv\.warning su: pam_vpolicy\(su-l:account\): the clock says 1970-01-02, which is before "
                    "what was already written down$")
    result = t.su_login("dung", OWN)
    t.eq(result.rc, 1, "closed stays closed, by our word alone")
    story.says(t, result, CLOSED, "and is told")
    root_gets_in(t, "1970")
    t.faketime(0)
    t.eq({user: (t.shadow(user), story.record(user)) for user in before}, before, "nothing was written down")
    clean(t, "mai", OWN, "mai, back")
    story.says(t, t.su_login("chi", OWN), story.warns(t, 10), "chi, back")
    t.eq(t.su_login("binh", OWN).pending, "Current password: ", "binh, back")
    t.faketime(1 - t.today())
    can_change(t, "mai", OWN, NEXT, "a change in 1970")
    t.faketime(0)
    clean(t, "mai", NEXT, "after it, back: it is a password of the day that the record last saw")
    t.eq(story.record("mai")["set_on"], str(story.day(t.today())), "which is today")


@case("i.12", "a clock that ran a year ahead: back in the present nobody is locked out, accounts can be closed", HERE)
def clock_ahead(t):
    settle(t, "mai", "binh")
    t.faketime(365)
    t.eq(t.su_login("mai", OWN).pending, "Current password: ", "a year on the password is due")
    t.eq(t.su_login("mai", OWN, (OWN, NEXT, NEXT)).rc, 0, "and changed")
    t.faketime(0)
    t.eq(t.su_login("mai", NEXT).rc, 0, "back, the new password lets in")
    can_change(t, "mai", NEXT, LATER, "and can be changed")
    t.eq(story.record("mai")["set_on"], str(story.day(t.today())), "of today: it lives its 180 days and no year more")
    t.eq(t.sh("vpolicy close mai --reason retired")[0], 0, "an account can be closed by the present clock")
    t.eq(t.su_login("mai", LATER).rc, 1, "and is")
    t.eq(t.sh("vpolicy reopen mai")[0], 0, "and reopened")
    root_gets_in(t, "the clock back")
