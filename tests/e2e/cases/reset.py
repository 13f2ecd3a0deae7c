"""A password that somebody else set is good for one thing: being changed at the next login, whichever program asks."""
import story
from story import FIRST, RESET, PASSWORDS
from toolkit import case


def by_passwd(t, user, password):
    """root: passwd USER"""
    result = t.passwd_root(user, password, password)
    t.eq((result.rc, story.lines(result.text)[-1]), (0, "passwd: password updated successfully"), "root's passwd")


def by_chpasswd(t, user, password):
    """root: chpasswd"""
    t.must("chpasswd", input=f"{user}:{password}\n")


def by_useradd(t, user, password):
    """useradd -p: the account is new"""
    t.must(["useradd", "-m", "-s", "/bin/bash", "-p", t.crypt_hash(password), user])


def by_usermod(t, user, password):
    """usermod -p"""
    t.set_hash(user, password)


def by_chpasswd_e(t, user, password):
    """chpasswd -e"""
    t.must("chpasswd -e", input=f"{user}:{t.crypt_hash(password)}\n")


def by_editor(t, user, password):
    """/etc/shadow, edited: nothing but the hash is new"""
    t.set_shadow(user, hash=t.crypt_hash(password))


def su(t, user, given, own):
    """The shell that was asked for follows the change."""
    result = t.su_login(user, given, (given, own, own))
    t.eq((result.rc, result.text.split()[-1]), (0, user), "su lets in after the change")
    return result


def login(t, user, given, own):
    """The same on a terminal of its own."""
    result = t.login_login(user, given, (given, own, own), command="echo I am $(id -un)")
    t.eq((result.ok, result.rc), (True, 0), "login lets in after the change")
    t.match(rf"^I am {user}$", result.text, "the shell is the user's")
    return result


def ssh_kbdint(t, user, given, own):
    """sshd asks in the conversation, then runs the command."""
    result = t.ssh(user, kbdint=[given, given, own, own])
    t.eq((result.rc, result.text.split()[-1]), (0, user), "sshd lets in after the change")
    return result


def ssh_password(t, user, given, own):
    """sshd starts passwd and closes the connection."""
    result = t.ssh(user, password=given, tty=True, command=None, answers=(given, own, own))
    t.match(r"^passwd: password updated successfully$", result.text, "sshd starts passwd")
    t.no_match(r"[$#] $", result.text, "no shell comes before the change, nor after it")
    return result


PROGRAMS = (su, login, ssh_kbdint, ssh_password)


def each_program(t, way, sentence):
    """WAY sets a password, a program demands its change with SENTENCE, afterwards all is clean; for each program."""
    passwords = iter(PASSWORDS)
    behind_back = way in (by_usermod, by_chpasswd_e, by_editor)
    story.begin_store(t)
    if way is not by_useradd:
        story.settled_user(t, "ngoc", next(passwords), next(passwords))
    with t.sshd("KbdInteractiveAuthentication yes"):
        for program in PROGRAMS:
            t.note(f"## {way.__doc__}; {program.__name__}")
            user = f"n{program.__name__}" if way is by_useradd else "ngoc"
            given, own = next(passwords), next(passwords)
            way(t, user, given)
            result = program(t, user, given, own)
            times = story.TWICE if program is ssh_password else 1
            story.says(t, result, sentence, f"{program.__name__} says why", times)
            story.says(t, result, story.done(t), f"{program.__name__} says that it is over")
            clean = t.su_login(user, own)
            t.eq((clean.rc, clean.text), (0, f"Password: <{own}>\n{user}\n"), "it is over")
            t.eq(t.shadow(user)["lstchg"], str(t.today()), "shadow knows the day")
            told = t.syslog().matching(r"^authpriv\.notice .*pam_vpolicy\(.*:account\): user \w+: the password was set "
                                       "behind PAM's back, or a change was cut short$")
            t.eq(len(told), 1 if behind_back else 0, "the log tells of what went behind PAM's back, once")
            t.syslog().clear()


for number, (way, sentence, title) in enumerate((
        (by_passwd, RESET, "passwd by root"),
        (by_chpasswd, RESET, "chpasswd"),
        (by_useradd, FIRST, "useradd -p"),
        (by_usermod, RESET, "usermod -p"),
        (by_chpasswd_e, RESET, "chpasswd -e"),
        (by_editor, RESET, "an edited /etc/shadow")), 1):
    def check(t, way=way, sentence=sentence):
        each_program(t, way, sentence)
    case(f"b.{number}", f"{title}: su, login and sshd (both ways) demand the user's own change, then it is over")(check)


@case("b.7", "su to a user whose password root set: giving it up, or keeping it, lets nobody in")
def not_changed(t):
    story.settled_user(t, "ngoc")
    by_chpasswd(t, "ngoc", PASSWORDS[2])
    result = t.su_login("ngoc", PASSWORDS[2], [PASSWORDS[2]] + 6 * [PASSWORDS[2]])
    t.eq(result.rc, 1, "the same one three times is no change")
    t.match(r"Password not accepted: it is the current one\. Please choose another\.$", result.text, "it is told")
    t.no_match(r"^ngoc$", result.text, "the command did not run")
    story.says(t, t.su_login("ngoc", PASSWORDS[2]), RESET, "the next login demands it again")
