"""Stacks other than Debian's plain one: `sufficient` in a substack, pwquality and Kerberos beside us, and the mistakes
that the manual warns of."""
import re

import story
from toolkit import case

GIVEN, OWN, OTHER, LATER = story.PASSWORDS[:4]
EXAMPLE = "/project/conf/examples/stack-sufficient"
PWQUALITY = "BAD PASSWORD: "


def write(t, path, text):
    """A file of /etc/pam.d, from now on."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    t.note(f"# {path}:\n{text}")


def sufficient(t):
    """Debian's stack with the password lines of the example, and the file that it says to write."""
    with open(EXAMPLE, encoding="utf-8") as file:
        text = file.read()
    path = t.match(r"say (/etc/pam\.d/\S+):", text, "the example names the file").group(1)
    inner = "".join(f"{line}\n" for line in re.findall(r"^#   (password .*)", text, re.MULTILINE))
    outer = "".join(f"{line}\n" for line in text.splitlines() if line and not line.startswith("#"))
    t.match(r"^password +sufficient +pam_unix\.so use_authtok", inner, "preparation: `sufficient`")
    t.match(rf"^password +substack +{path.rsplit('/', 1)[1]}$", outer, "preparation: the outer one names it")
    write(t, path, inner)
    write(t, "/etc/pam.d/common-password", outer)


def recorded(t, name, set_by, why):
    """The change of NAME's password was written down, and by whom it was made."""
    record = story.record(name)
    t.eq((record["hash"], record["set_by"]), (t.shadow(name)["hash"], set_by), why)


def unchanged(t, name, before, why):
    """Neither NAME's hash nor the record is another than BEFORE."""
    t.eq((t.shadow(name)["hash"], story.record(name)), before, why)


def unmoved(t, name):
    """What unchanged() compares with."""
    return t.shadow(name)["hash"], story.record(name)


def clean(t, name, password, why):
    """A login with PASSWORD gets in, and nobody has anything to say."""
    result = t.su_login(name, password)
    t.eq((result.rc, story.lines(result.text)[1:]), (0, [name]), why)


def enable_neighbours(t):
    """pwquality and Kerberos, without a word list and without a realm."""
    t.must("pam-auth-update --enable pwquality krb5")
    write(t, "/etc/security/pwquality.conf", "dictcheck = 0\n")


def leave_local_accounts_to_unix(t):
    """What a site with Kerberos does for those that stand in /etc/passwd. Else pam_krb5 asks root, too, for a current
    password, pam_unix believes any answer, and neither root nor chpasswd can set one, with and without us."""
    t.must("sed -i 's/minimum_uid=1000/minimum_uid=5000/' /etc/pam.d/common-*")


def by_root_then_su_and_sshd(t):
    """Passwords set by root's passwd and chpasswd are recorded, due, and changed through su and sshd."""
    for name in ("mai", "binh"):
        t.useradd(name)
    t.must("chpasswd", input=f"mai:{GIVEN}\n")
    t.eq(t.passwd_root("binh", GIVEN, GIVEN).rc, 0, "passwd by root")
    for name in ("mai", "binh"):
        recorded(t, name, "admin", f"{name}'s first password was written down")
    result = t.su_login("mai", GIVEN, (GIVEN, OWN, OWN))
    t.eq((result.rc, result.text.split()[-1]), (0, "mai"), "su, forced: through to the shell")
    story.says(t, result, story.FIRST, "su says why")
    story.says(t, result, story.done(t), "su says until when")
    with t.sshd("KbdInteractiveAuthentication yes"):
        result = t.ssh("binh", kbdint=[GIVEN, GIVEN, OWN, OWN])
        t.eq((result.rc, result.text.split()[-1]), (0, "binh"), "sshd, forced: through to the shell")
        t.match(re.escape(story.FIRST), result.text, "sshd says why")
        result = t.ssh("binh", kbdint=[OWN])
        t.eq((result.rc, result.text.split()[-1]), (0, "binh"), "sshd, the next time: one question, no more")
    for name in ("mai", "binh"):
        recorded(t, name, "user", f"{name}'s own is written down")
        clean(t, name, OWN, f"{name} is done with it")


@case("l.1", "`sufficient pam_unix` in a substack, as conf/examples/stack-sufficient says: changes are recorded",
      systems=("debian12",))
def substack(t):
    sufficient(t)
    by_root_then_su_and_sshd(t)
    before = unmoved(t, "mai")
    result = t.passwd_self("mai", OWN, "lower-case-only", "lower-case-only")       # pam_unix has nothing against it
    t.match("^Password not accepted: no upper-case letter; no digit", result.text, "a weak one is refused")
    unchanged(t, "mai", before, "and that stops the change")
    t.eq(t.passwd_self("mai", OWN, OTHER, OTHER).rc, 0, "a good one is taken")
    recorded(t, "mai", "user", "and written down")
    clean(t, "mai", OTHER, "and nothing is due")


@case("l.2", "`sufficient pam_unix` without the substack: our last line never runs, so the next login asks again",
      systems=("debian12",))
def no_substack(t):
    story.settled_user(t, "mai", OWN, GIVEN)
    write(t, "/etc/pam.d/common-password",
          "password requisite pam_vpolicy.so\npassword sufficient pam_unix.so use_authtok yescrypt\n"
          "password required pam_deny.so\npassword optional pam_vpolicy.so record\n")
    t.eq(t.passwd_self("mai", OWN, OTHER, OTHER).rc, 0, "passwd changes the password")
    t.eq(story.record("mai")["hash"] == t.shadow("mai")["hash"], False, "and nobody writes it down")
    t.must(f"touch -d '2 minutes ago' {story.STORE}/intents/mai")
    result = t.su_login("mai", OTHER)
    t.eq(result.pending, "Current password: ", "the witness is heard: she must change again")
    story.says(t, result, story.RESET, "as if somebody else had set it")
    t.syslog().wait(r"user mai: the password was set behind PAM's back, or a change was cut short")


@case("l.3", "with pwquality and Kerberos enabled, changes are recorded through su, sshd, passwd and chpasswd",
      systems=("debian12",))
def neighbours(t):
    t.useradd("chi", GIVEN)
    enable_neighbours(t)
    order = re.findall(r"^password\s.*?(pam_\w+)\.so", t.must("cat /etc/pam.d/common-password"), re.MULTILINE)
    t.eq(order, ["pam_pwquality", "pam_vpolicy", "pam_krb5", "pam_unix", "pam_deny", "pam_permit", "pam_vpolicy"],
         "preparation: the order of the lines")
    result = t.su_login("chi", GIVEN, (GIVEN, OWN, OWN))
    t.eq((result.rc, result.text.split()[-1]), (0, "chi"), "su, forced: through to the shell")
    t.match("^Current Kerberos password: ", result.text, "preparation: pam_krb5 is there and asks first")
    story.says(t, result, story.FIRST, "su says why")
    recorded(t, "chi", "user", "and it is written down")
    leave_local_accounts_to_unix(t)
    clean(t, "chi", OWN, "and nothing is due")
    by_root_then_su_and_sshd(t)
    result = t.passwd_self("mai", OWN, OTHER, OTHER)
    t.eq(result.rc, 0, "passwd by the user")
    story.says(t, result, story.done(t), "says so once")
    t.eq(result.text.count("New password: "), 1, "who asked was pwquality, and nobody asks twice")
    recorded(t, "mai", "user", "and it is written down")
    clean(t, "mai", OTHER, "and nothing is due")


@case("l.4", "with pwquality and Kerberos enabled, a refusal by pwquality or by us stops the change",
      systems=("debian12",))
def neighbours_refuse(t):
    enable_neighbours(t)
    leave_local_accounts_to_unix(t)
    story.settled_user(t, "mai", OWN, GIVEN)
    before = unmoved(t, "mai")
    result = t.passwd_self("mai", OWN, "abc", "abc", "abc", "abc", "abc", "abc")
    t.eq(result.rc, 10, "pwquality's: three times and out")
    t.eq(result.text.count(PWQUALITY), 3, "it says so each time")
    t.no_match("Password not accepted", result.text, "we are not even asked")
    unchanged(t, "mai", before, "nothing was changed")
    # Good enough for pwquality, not for the policy.
    result = t.passwd_self("mai", OWN, GIVEN, GIVEN)
    t.eq(result.rc, 10, "ours: an old one")
    story.says(t, result, "Password not accepted: it is one of your last 5. Please choose another.", "and we say why")
    t.no_match(PWQUALITY, result.text, "pwquality had nothing against it")
    unchanged(t, "mai", before, "nothing was changed")
    rc, out, err = t.sh("chpasswd", input="mai:Tq7vRmz2wKx\n")
    t.eq(rc, 1, "chpasswd: refused")
    t.match(r"^Password not accepted: no special character \(such as ! # % \?\)\. ", out + err, "and says why")
    unchanged(t, "mai", before, "chpasswd: nothing was changed")
    t.useradd("binh", GIVEN)
    result = t.su_login("binh", GIVEN, (GIVEN, "Tq7vRmz2wKx", "Tq7vRmz2wKx"))
    t.eq(result.rc, 1, "su, forced: who gives no good one does not get in")
    t.eq(t.su_login("binh", GIVEN).pending, "Current password: ", "and is asked again")


@case("l.5", "`required` for `requisite`: pam_unix without use_authtok sets what we refused; the next login asks again",
      systems=("debian12",))
def required(t):
    story.settled_user(t, "mai", OWN, GIVEN)
    before = unmoved(t, "mai")
    t.must("sed -i 's/requisite\\(.*pam_vpolicy.so\\)/required\\1/' /etc/pam.d/common-password")
    t.match(r"^password\s+required\s+pam_vpolicy\.so", t.must("cat /etc/pam.d/common-password"), "preparation")
    weak = ("abc", "abc", "abcd", "abcd", "Abcde-1", "Abcde-1")
    result = t.passwd_self("mai", OWN, *weak)
    t.eq((result.rc, result.text.count("Password not accepted")), (10, 3), "refused three times")
    unchanged(t, "mai", before, "with use_authtok pam_unix finds no password: we took it back")
    t.must("sed -i 's/use_authtok try_first_pass/try_first_pass/' /etc/pam.d/common-password")
    result = t.passwd_self("mai", OWN, *weak, "Abcdefg", "Abcdefg")
    t.eq(result.rc, 10, "passwd says that it failed")
    t.match("^passwd: password unchanged$", result.text, "and that nothing has changed")
    t.eq(t.shadow("mai")["hash"] == before[0], False, "which is not true: that is the danger")
    t.eq(story.record("mai"), before[1], "nobody wrote it down")
    result = t.su_login("mai", "Abcdefg")
    t.eq(result.pending, "Current password: ", "so the witness is heard at the next login")
    story.says(t, result, story.RESET, "as if somebody else had set it")
