"""The letter's story, told by real programs in a private system: see `try`. Each step is checked; the first wrong
answer ends the story with the whole transcript and exit status 1."""
import os
import re
import subprocess
import sys
import textwrap
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import story                                      # noqa: E402 (needs the path above)
import toolkit as t                               # noqa: E402

GIVEN, OWN, NEXT, LATER, LAST, FINAL = story.PASSWORDS[:6]
CLOSED = "This account has been closed. If you still need it, please contact your administrator."
LOCKED = ("This account is locked because its password may have been exposed. Please contact your administrator for a "
          "new one.")
WIDTH = 96
COUNT = {"chapter": 0, "step": 0}


# ---- telling --------------------------------------------------------------------------------------------------------

def chapter(title, letter=None):
    """A new chapter, and the letter's words for it."""
    COUNT["chapter"] += 1
    print(f"\n{COUNT['chapter']}. {title}\n{'-' * (len(title) + 3)}")
    if letter:
        tell(f"The letter: {letter}")


def tell(text):
    """A sentence of the storyteller's."""
    print(textwrap.fill(" ".join(text.split()), WIDTH))


def show(command, text):
    """What was typed at a shell, and all that came back."""
    print(f"    {command}")
    for line in text.split("\n"):
        if line.strip():
            print(textwrap.fill(line.rstrip(), WIDTH, initial_indent="    | ", subsequent_indent="    |   ",
                                break_long_words=False, break_on_hyphens=False))


def right(what, *checks):
    """A step went as it should: say so. CHECKS: pairs of what is and what should be."""
    for actual, expected in checks:
        t.eq(actual, expected, what)
    COUNT["step"] += 1
    print(f"    ok: {what}")


def spoken(result):
    """What a person at the terminal sees; what is typed blindly stands in [brackets]."""
    return re.sub(r"<([^<>\n]*)>", r"[\1]", result.text)


def shell(command, shown=None, rc=0):
    """Root types COMMAND -> all it printed."""
    status, out, err = t.sh(command)
    show(f"# {shown or command}", out + err)
    t.eq(status, rc, f"{command}: exit status")
    return out + err


def su(name, password, *answers, env=None, shown=""):
    """Somebody becomes NAME through su -> Result."""
    result = t.su_login(name, password, answers, env=env)
    show(f"$ {shown}su - {name} -c 'id -un'", spoken(result))
    return result


def ssh_by_key(name, key):
    """NAME's key asks for a command -> Result."""
    result = t.ssh(name, key=key)
    show(f"$ ssh -i key {name}@server id -un", result.text)
    return result


def imap(name, password):
    """A mail program logs in -> the server's answer."""
    answer = re.sub(r"\[CAPABILITY [^]]*\]", "[...]", t.imap_login(name, password))
    show(f"mail program: a LOGIN {name} {password}", answer)
    return answer


def in_shell(name, result, what):
    """RESULT ended in NAME's shell."""
    right(what, (result.rc, 0), (result.text.split()[-1], name))


# ---- the story ------------------------------------------------------------------------------------------------------

def install():
    """The module comes into the private system, as it would into a real one."""
    chapter("Installing")
    done = subprocess.run(["/project/tests/e2e/install-inside"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", check=False)
    show("# make install; pam-auth-update --enable vpolicy vpolicy-record", done.stdout)
    t.eq(done.returncode, 0, "installing")
    said = shell("grep -o 'pam_vpolicy.*' /etc/pam.d/common-*")
    t.eq(said.count("pam_vpolicy.so"), 4, "lines")
    right("two commands, and the PAM stack has its four lines")


def first_login():
    """Points 1: a new account, its first login, a weak password."""
    chapter("A new account and its first login",
            "a new password has 8 or more characters, with upper case, lower case, digit and special character; it is "
            "changed right after the first login.")
    tell("The office makes an account for Mai and hands her a password.")
    shell("useradd -m -s /bin/bash mai")
    shell(f"echo 'mai:{GIVEN}' | chpasswd")
    tell("Her mail program would like to go on with that one for ever:")
    right("mail waits until she has chosen her own", (imap("mai", GIVEN), "a NO [EXPIRED] Password expired"))
    tell("She logs in (what is typed unseen stands in brackets) and tries a short one first:")
    result = su("mai", GIVEN, GIVEN, "abc", "abc", OWN, OWN)
    story.says(t, result, story.FIRST, "why she has to")
    story.says(t, result, "Password not accepted: it has 3 characters and needs at least 8; no upper-case letter; no "
               "digit; no special character (such as ! # % ?). Please choose another.", "every reason at once")
    right("the weak one was refused, with every reason at once")
    in_shell("mai", result, "with a good one she is in")
    right("and so is her mail", (imap("mai", OWN)[:4], "a OK"))
    tell("The next login asks nothing any more:")
    result = su("mai", OWN)
    right("nothing was asked", (story.lines(result.text)[1:], ["mai"]))


def by_ssh_and_passwd():
    """The same through sshd's own prompts, and a change of one's own accord."""
    chapter("The same by ssh, and passwd at any time")
    tell("Nam's first login comes from another machine:")
    shell("useradd -m -s /bin/bash nam")
    shell(f"echo 'nam:{GIVEN}' | chpasswd")
    result = t.ssh("nam", kbdint=[GIVEN, GIVEN, OWN, OWN])
    show("$ ssh nam@server id -un", spoken(result))
    t.match(re.escape(story.FIRST), result.text, "why he has to")
    in_shell("nam", result, "sshd asks for a new one and goes on to the shell")
    tell("He changes it again, with passwd:")
    result = t.passwd_self("nam", OWN, "abc", "abc", OWN, OWN, NEXT, NEXT)
    show("$ passwd", spoken(result))
    t.match("Password not accepted: it has 3 characters and needs at least 8; no upper-case letter; no digit; no special "
            "character", result.text, "every reason at once")
    t.match("it is the current one", result.text, "the same again")
    t.match("^Password changed. It is valid until ", result.text, "and until when")
    right("passwd refuses the weak one and the old one, and takes a good one", (result.rc, 0))


def six_months():
    """Point 1: every six months, with the clock moved."""
    chapter("Every six months", "the password is changed every 6 months (180 days).")
    tell("The clock of the private system moves on by 179 days, for all programs.")
    t.faketime(179)
    result = su("mai", OWN)
    story.says(t, result, story.warns(t, 1), "day 179")
    in_shell("mai", result, "day 179: she is warned and let in")
    result = su("mai", OWN, env={"LANG": "vi_VN.UTF-8"}, shown="LANG=vi_VN.UTF-8 ")
    story.says(t, result, story.warns(t, 1, "vi"), "in Vietnamese")
    right("in her language, where the program has one or the policy says language = vi")
    t.faketime(180)
    tell("One day more:")
    result = su("mai", OWN, OWN, OWN, OWN, NEXT, NEXT)
    story.says(t, result, story.expired(t), "day 180")
    t.match("it is the current one", result.text, "the same again")
    in_shell("mai", result, "day 180: a new one first, and not the old one again")


def exposed(key):
    """Point 1: at once when exposure is suspected."""
    chapter("Exposure is suspected", "... or at once when exposure is suspected.")
    tell("Mai has typed her password into a page that was none of ours.")
    shell("vpolicy suspect mai --reason 'typed into a false page'")
    result = ssh_by_key("mai", key)
    t.match(re.escape(story.NO_TTY), result.text, "sshd's words")
    right("a key does not walk past it: it could be the thief's", (result.rc, 1))
    result = su("mai", NEXT, NEXT, LATER, LATER)
    story.says(t, result, story.SUSPECTED, "why")
    in_shell("mai", result, "she changes it, and that ends it")
    in_shell("mai", ssh_by_key("mai", key), "her key works again")
    tell("Worse: somebody is using it right now. So nobody gets in, until an administrator gives a new one.")
    shell("vpolicy suspect --lock mai --reason 'logins from abroad at night'")
    result = su("mai", LATER)
    story.says(t, result, LOCKED, "what she reads")
    right("locked", (result.rc, 1))
    shell(f"echo 'mai:{LAST}' | chpasswd")
    result = su("mai", LAST, LAST, OWN, OWN, FINAL, FINAL)
    story.says(t, result, story.RESET, "what she reads")
    t.match("it is one of your last 5", result.text, "an old one is refused")
    in_shell("mai", result, "the new one is good for choosing her own, and none of the last 5")


def retired(key):
    """Point 2: people who retired."""
    chapter("A person who retired",
            "units report people who retired or moved on; the office deals with their accounts.")
    tell("Hoa still knows her password, and her key is still there:")
    in_shell("hoa", ssh_by_key("hoa", key), "until today she gets in")
    shell("vpolicy close hoa --reason retired --note 'letter 88/QD of 20 May'")
    result = ssh_by_key("hoa", key)
    t.match(re.escape(CLOSED), result.text, "sshd shows it")
    right("closed for the key", (result.rc != 0, True), ("hoa" in result.text.split(), False))
    result = su("hoa", OWN)
    story.says(t, result, CLOSED, "su shows it")
    right("closed for the password", (result.rc, 1))
    right("closed for mail", (imap("hoa", OWN), "a NO [EXPIRED] Password expired"))
    tell("What would a login of hers get, and why?")
    shell("vpolicy show hoa dovecot | sed '/^key: /d'")


def root_gets_in(key):
    """Nobody is locked out of his own machine."""
    chapter("Root is never locked out")
    tell("A tired administrator mistypes a key of the policy, on a server far away:")
    shell("echo 'min_lenght = 12' >> /etc/security/vpolicy.conf")
    result = t.ssh("root", key=key)
    show("$ ssh -i key root@server id -un", result.text)
    t.match("Password policy needs your attention", result.text, "root is told")
    in_shell("root", result, "root gets in, and is told; for all others the last good policy holds")
    said = shell("vpolicy check", rc=1)
    t.match("min_length", said, "the nearest known key")
    right("the command says where, and what was meant")
    shell("sed -i '$d' /etc/security/vpolicy.conf")
    tell("Nor does Hoa's closed account keep root out, where root has to look after her files:")
    result = t.su_login("hoa", None, caller="root")
    show("# su - hoa -c 'id -un'", spoken(result))
    t.match("Root gets in by: runuser -u hoa", result.text, "root is told the way")
    said = shell("runuser -u hoa -- id -un")
    right("su says how, because shadow's expiry date stops su", (said, "hoa\n"))


def the_log():
    """What an inspection finds."""
    chapter("What the log holds")
    lines = [re.sub(r"^\S+ ", "", line) for line in t.syslog().matching(r"^\S+\.(notice|warning|err|crit) .*vpolicy")]
    show("# journalctl -p notice | grep vpolicy", "\n".join(lines))
    t.eq([word for word in story.PASSWORDS if any(word in line for line in t.syslog().lines)], [], "no password")
    right("who, from where, by which program, why; and no password anywhere")


def tell_all():
    """The chapters in order; the clock only moves forward."""
    t.syslog()
    install()
    with t.dovecot():
        first_login()
        with t.sshd("KbdInteractiveAuthentication yes"):
            by_ssh_and_passwd()
        six_months()
    story.settled_user(t, "hoa", OWN)
    keys = {name: t.ssh_key(name) for name in ("mai", "hoa", "root")}
    with t.dovecot(), t.sshd():
        exposed(keys["mai"])
        retired(keys["hoa"])
        root_gets_in(keys["root"])
    the_log()


def main():
    """Tell it; answers the exit status."""
    try:
        tell_all()
    except Exception as fault:
        print(f"\nWRONG: {fault}")
        if not isinstance(fault, t.Failure):
            traceback.print_exc(file=sys.stdout)
        print("\n---- all that was typed, shown and logged\n" + "\n".join(t.TRANSCRIPT))
        return 1
    print(f"\n{COUNT['step']} steps, all as they should be.")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    status = main()
    sys.stdout.flush()
    os._exit(status)
