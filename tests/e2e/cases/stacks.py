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


# ---- `vpolicy stack` -------------------------------------------------------------------------------------------------

def faults(t, *services):
    """What `vpolicy stack` finds, as [(word, file:line)]; its exit status and last line must agree with that."""
    rc, out, err = t.sh(["vpolicy", "stack", *services])
    found = re.findall(r"^/etc/(?:pam\.d/)?(\S+:\d+): (\S+): ", out, re.MULTILINE)
    t.eq((rc, err), (1 if found else 0, ""), "exit status, and no error")
    t.eq(len(re.findall(r"^  write: \S", out, re.MULTILINE)), len(found), "each says what to write instead")
    t.match(rf"^\d+ services?{f', {len(found)} faults?' if found else ': ok'}$", out, "the last line counts")
    return [(word, where) for where, word in found]


def without_memory(t):
    """saslauthd as doc/saslauthd.txt wants it."""
    t.must("sed -i 's/^OPTIONS=\"-c /OPTIONS=\"/' /etc/default/saslauthd")


def line_of(t, path, pattern):
    """The number of the line of a file that matches."""
    return t.must(["grep", "-nE", pattern, path]).split(":")[0]


@case("l.6", "vpolicy stack: Debian's services with our profiles have no fault, but for saslauthd's memory")
def found_clean(t):
    number = line_of(t, "/etc/default/saslauthd", "^OPTIONS=")
    t.eq(faults(t), [("cached", f"default/saslauthd:{number}")], "saslauthd as Debian has it")
    without_memory(t)
    t.eq(faults(t), [], "and nothing else")
    for service in ("sshd", "su", "su-l", "login", "cron", "sudo", "dovecot", "poppassd", "chpasswd", "runuser", "other"):
        t.eq(faults(t, service), [], service)
    t.must("pam-auth-update --disable vpolicy vpolicy-record")
    account, password = (line_of(t, f"/etc/pam.d/common-{group}", rf"^{group}.*pam_unix") for group in
                         ("account", "password"))
    t.eq(faults(t), [("no-account", f"common-account:{account}"), ("no-password", f"common-password:{password}")],
         "without the profiles there are two, each told once for all services")


@case("l.7", "vpolicy stack: pwquality, passwdqc, sssd, Kerberos and faillock beside us are no fault", systems=("debian12",))
def found_clean_with_neighbours(t):
    without_memory(t)
    for enabled in (("pwquality",), ("pwquality", "krb5"), ("pwquality", "krb5", "sss"), ("passwdqc",), ("sss",)):
        t.must("pam-auth-update --package --disable pwquality krb5 sss passwdqc")
        t.must(f"pam-auth-update --enable {' '.join(enabled)}")
        for name in enabled:
            t.must(["grep", "-q", f"pam_{name}\\.so", "/etc/pam.d/common-password"])
        t.eq(faults(t), [], " and ".join(enabled))
    t.must("sed -i -e '0,/^auth.*pam_unix/s//auth required pam_faillock.so preauth\\n&/' "
           "-e 's/^auth.*requisite.*pam_deny.*/auth [default=die] pam_faillock.so authfail\\n&/' /etc/pam.d/common-auth")
    t.must("sed -i '0,/^account/s//account required pam_faillock.so\\naccount/' /etc/pam.d/common-account")
    t.eq(faults(t), [], "faillock, by hand")


# What is changed, by sed in which file; what is found then, in the order of the lines of output; why.
SEEDED = (
    ("password", "s/requisite\\(.*vpolicy\\)/required\\1/", ["not-requisite"], "`required` does not stop pam_unix"),
    ("password", "s/ use_authtok//", ["asks-again"], "pam_unix asks again"),
    ("password", "/vpolicy.so record/d", ["no-record"], "no record line"),
    ("password", "s/\\[success=1 default=ignore\\]\\(.*pam_unix\\)/sufficient\\1/", ["record-skipped"], "`sufficient`"),
    ("password", "/^password.*requisite.*vpolicy/d", ["no-password"], "no password line"),
    ("password", "0,/^password/s//password [success=2 default=ignore] pam_krb5.so\\npassword/", ["password-skipped"],
     "Kerberos in front"),
    ("account", "/^account.*vpolicy/d", ["no-account"], "no account line"),
    ("account", "0,/^account/s//account sufficient pam_localuser.so\\naccount/", ["account-skipped"],
     "local users go past us"),
    ("account", "s/default=die/default=ignore/", ["account-ignored"], "refusals are ignored"),
    ("account", "s/ marked//", ["not-marked"], "no `marked`"),
    ("auth", "/vpolicy/d", ["no-auth"], "no auth line"),
    ("auth", "0,/^auth/s//auth sufficient pam_unix.so\\nauth/", ["auth-skipped"], "`sufficient` in front"),
    ("auth", "s/pam_vpolicy.so/pam_vpolicy1.so/", ["no-auth"], "another name is another module"),
    ("session", "$ a session required pam_vpolicy.so", ["session"], "there is no session part"),
    ("session", "$ a session include nowhere", ["broken"], "a missing file"),
)


@case("l.8", "vpolicy stack: each mistake in Debian's files is found, and nothing else", systems=("debian12",))
def found_seeded(t):
    without_memory(t)
    t.must("cp -a /etc/pam.d /etc/pam.d.clean")
    for group, script, words, why in SEEDED:
        path = f"/etc/pam.d/common-{group}"
        before = t.must(["cat", path])
        t.must(["sed", "-i", script, path])
        t.eq(t.must(["cat", path]) == before, False, f"preparation: {why}")
        found = faults(t)
        t.eq([word for word, _ in found], words, why)
        t.match(rf"^common-{group}:", found[0][1], "in that file")
        t.must(["cp", "-a", f"/etc/pam.d.clean/common-{group}", path])
    t.must("mv /usr/lib/*/security/pam_vpolicy.so /root/")
    t.eq({word for word, _ in faults(t)}, {"no-module"}, "the module is gone")


@case("l.9", "vpolicy stack: the examples are right, and an include in the place of a substack is not", systems=("debian12",))
def found_in_examples(t):
    without_memory(t)
    for name in ("stack", "dovecot", "poppassd"):
        t.must(["cp", f"/project/conf/examples/{name}", "/etc/pam.d/example"])
        t.eq(faults(t, "example"), [], f"conf/examples/{name}")
    sufficient(t)
    t.eq(faults(t), [], "conf/examples/stack-sufficient")
    t.must("sed -i s/substack/include/ /etc/pam.d/common-password")
    t.eq([word for word, _ in faults(t)], ["record-skipped"], "with include in the place of substack")


@case("l.10", "with sssd's module enabled, changes of local passwords are recorded, its `sufficient` line below or not",
      systems=("debian12",))
def sssd_beside_us(t):
    t.must("pam-auth-update --enable sss")
    t.match(r"^password\s+sufficient\s+pam_sss\.so", t.must("cat /etc/pam.d/common-password"), "preparation")
    by_root_then_su_and_sshd(t)
    t.eq(t.passwd_self("mai", OWN, OTHER, OTHER).rc, 0, "passwd by the user")
    recorded(t, "mai", "user", "and it is written down")
    clean(t, "mai", OTHER, "and nothing is due")
