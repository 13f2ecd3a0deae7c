"""The toolkit itself, proved on a Debian's own programs, without our module in their stacks: if these fail, believe no
other case."""
import functools

import toolkit

OLD, NEW = "Old-Secret-1", "New-Secret-2"


def case(name, title):
    """A case that begins by taking our lines out."""
    def register(function):
        @functools.wraps(function)
        def plain(t):
            t.must("pam-auth-update --disable vpolicy vpolicy-record")
            t.eq(t.sh("grep -l pam_vpolicy /etc/pam.d/*"), (1, "", ""), "Debian's own stacks")
            function(t)
        return toolkit.case(name, title)(plain)
    return register


@case("toolkit.1", "passwd changes the password and su takes the new one only")
def passwd_changes(t):
    t.useradd("an", OLD)
    result = t.passwd_self("an", OLD, NEW, NEW)
    t.eq(result.rc, 0, "passwd's exit status")
    t.match(r"^passwd: password updated successfully$", result.text, "passwd says so")
    good = t.su_login("an", NEW)
    t.eq((good.rc, good.text.split()[-1]), (0, "an"), "su with the new password")
    bad = t.su_login("an", OLD)
    t.eq(bad.rc, 1, "su with the old password")
    t.match(r"su: Authentication failure", bad.text, "su says why")
    t.syslog().wait(r"^authpriv\.notice passwd\[\d+\]: pam_unix\(passwd:chauthtok\): password changed for an$")


@case("toolkit.2", "a prompt that no answer is left for is reported, not waited on for ever")
def pending_prompt(t):
    t.useradd("an", OLD)
    before = t.shadow("an")["hash"]
    result = t.passwd_self("an", OLD, NEW)
    t.eq((result.rc, result.pending), (-9, "Retype new password: "), "the open prompt and the kill")
    t.eq(t.shadow("an")["hash"], before, "nothing has changed")


@case("toolkit.3", "a forced change goes through su, login and sshd's keyboard-interactive")
def forced_change(t):
    for user in ("an", "binh", "chi"):
        t.useradd(user, OLD)
        t.must(f"chage -d 0 {user}")
    result = t.su_login("an", OLD, (OLD, NEW, NEW))
    t.eq((result.rc, result.text.split()[-1]), (0, "an"), "su lets in after the change")
    result = t.login_login("binh", OLD, (OLD, NEW, NEW))
    t.eq((result.ok, result.rc), (True, 0), "login lets in after the change")
    t.match(r"^binh$", result.text, "the shell is binh's")
    with t.sshd("KbdInteractiveAuthentication yes"):
        result = t.ssh("chi", kbdint=[OLD, OLD, NEW, NEW])
        t.eq((result.rc, result.text.split()[-1]), (0, "chi"), "sshd lets in after the change")
        t.eq(t.ssh("chi", password=NEW).rc, 0, "and later with the new password")
    for user in ("an", "binh", "chi"):
        t.eq(t.shadow(user)["lstchg"], str(t.today()), f"{user}'s password is of today")


@case("toolkit.4", "sshd takes password and key, and refuses the wrong ones")
def ssh_methods(t):
    t.useradd("an", OLD)
    key = t.ssh_key("an")
    with t.sshd():
        result = t.ssh("an", password=OLD)
        t.eq((result.rc, result.text.split()[-1]), (0, "an"), "the password")
        t.eq(t.ssh("an", password=NEW).rc, 255, "a wrong password")
        t.eq(t.ssh("an", key=key, command="exit 7").rc, 7, "the key, and the command's exit status")
        t.must("chage -d 0 an")
        result = t.ssh("an", key=key)
        t.eq(result.rc, 1, "the key of an expired account, without a terminal")
        t.match(r"Password change required but no TTY available\.", result.text, "sshd says why")
        result = t.ssh("an", password=OLD, tty=True, command="true", answers=(OLD, NEW, NEW))
        t.match(r"passwd: password updated successfully", result.text, "with one, sshd starts passwd")


@case("toolkit.5", "Dovecot's IMAP, POP3 and submission log in by PAM and tell an expired password")
def mail(t):
    t.useradd("an", OLD)
    with t.dovecot():
        t.match(r"^a OK ", t.imap_login("an", OLD), "IMAP")
        t.match(r"^\+OK Logged in\.", t.pop3_login("an", OLD), "POP3")
        t.match(r"^235 2\.7\.0 ", t.submission_auth("an", OLD), "submission")
        t.eq(t.imap_login("an", NEW), "a NO [AUTHENTICATIONFAILED] Authentication failed.", "a wrong password")
        t.must("chage -d 0 an")
        t.eq(t.imap_login("an", OLD), "a NO [EXPIRED] Password expired", "IMAP, expired")
        t.eq(t.pop3_login("an", OLD), "-ERR [AUTH] Password expired", "POP3, expired")
        t.match(r"^535 5\.7\.8 .*[Ee]xpired", t.submission_auth("an", OLD), "submission, expired")


@case("toolkit.6", "poppassd changes a password")
def poppassd(t):
    t.useradd("an", OLD)
    lines = t.poppassd("an", OLD, NEW)
    t.eq([line[:3] for line in lines], ["200", "200", "200", "200", "200"], "every answer is a yes")
    t.eq(t.su_login("an", NEW).rc, 0, "the new password counts")
    t.eq(t.poppassd("an", OLD, NEW)[-1][:3], "500", "the old one does not")


@case("toolkit.7", "cron and at run jobs, and not those of an expired account")
def jobs(t):
    for user in ("an", "binh"):
        t.useradd(user, OLD)
    t.must("chage -d 0 binh")
    t.eq(t.cron_jobs({"an": "id -un", "binh": "id -un"}), {"an": "an\n", "binh": None}, "one tick of cron")
    t.eq(t.at_job("an"), "an\n", "at")
    t.eq(t.at_job("binh", timeout=3), None, "at, expired")


@case("toolkit.8", "faketime moves the clock of a setuid program started by a user, and goes back")
def faketime(t):
    t.useradd("an", OLD)
    t.must("chage -M 30 an")
    t.faketime(40)
    result = t.su_login("an", OLD, command="date +%s")
    t.eq(result.pending, "Current password: ", "40 days on, su wants a change")
    t.eq(t.su_login("an", OLD, (OLD, NEW, NEW)).rc, 0, "and takes it")
    t.eq(t.shadow("an")["lstchg"], str(t.today()), "dated by the moved clock")
    t.faketime(0)
    t.must("chage -d 2026-01-01 -M -1 an")
    t.eq(t.su_login("an", NEW).rc, 0, "back in the present")


@case("toolkit.11", "daemons started after faketime live on the moved day, and so do their jobs")
def faked_daemons(t):
    for user in ("an", "binh"):
        t.useradd(user, OLD)
    t.must("chage -M 30 an")
    key = t.ssh_key("binh")
    t.faketime(40)
    with t.dovecot(), t.sshd():
        t.eq(t.imap_login("an", OLD), "a NO [EXPIRED] Password expired", "Dovecot sees the password expired")
        result = t.ssh("binh", key=key, command="date +%s")
        t.eq(int(result.text) // t.DAY, t.today(), "sshd's command")
    t.eq(t.cron_jobs({"an": "id", "binh": "expr $(date +%s) / 86400"}), {"an": None, "binh": f"{t.today()}\n"}, "cron")
    t.eq(t.at_job("binh", "expr $(date +%s) / 86400"), f"{t.today()}\n", "at")
    t.eq(t.login_login("an", OLD).pending, "Current password: ", "login wants a change")


@case("toolkit.12", "a neighbour in the stack can be enabled, and the locale reaches passwd")
def neighbours(t):
    t.useradd("an", OLD)
    vietnamese = t.passwd_self("an", OLD, env={"LANG": "vi_VN.UTF-8"})
    t.eq(vietnamese.pending, "Mật khẩu mới: ", "passwd asks in Vietnamese")
    t.must("pam-auth-update --enable pwquality")
    t.match("^BAD PASSWORD: ", t.passwd_self("an", OLD, "abc").text, "pwquality refuses")


@case("toolkit.9", "sudo asks for the password and checks the account")
def sudo(t):
    t.useradd("an", OLD)
    t.sudoers("an")
    result = t.sudo("an", password=OLD)
    t.eq((result.rc, result.text.split()[-1]), (0, "root"), "sudo with the right password")
    t.eq(t.sudo("an", password=NEW).pending is None, False, "a wrong one is asked again")


@case("toolkit.10", "an editor's change of the shadow file is what shadow() reads, and as_user is really the user")
def accounts(t):
    t.useradd("an", OLD)
    t.set_shadow("an", lstchg=19000, max=180)
    t.eq((t.shadow("an")["lstchg"], t.shadow("an")["max"]), ("19000", "180"), "the fields")
    t.eq(t.shadow("nobody-here"), None, "an account that is not")
    rc, out, _ = t.as_user("an", ["id", "-run"])
    t.eq((rc, out), (0, "an\n"), "the real uid")
    t.eq(t.as_user("an", ["cat", "/etc/shadow"])[0], 1, "may not read shadow")
    t.set_hash("an", NEW)
    t.eq(t.su_login("an", NEW).rc, 0, "set_hash gives a password that works")


@case("toolkit.13", "Postfix delivers a mail to where Dovecot finds it, also on a moved day")
def post(t):
    t.useradd("an", OLD)
    with t.Postfix() as postfix, t.dovecot():
        for days in (0, 40):
            t.faketime(days)
            t.must("sendmail -i -f root -- an", input=f"Subject: day {days}\n\nhello\n")
            postfix.delivered()
        t.eq([mail["Subject"] for mail in t.imap_mails("an", OLD)], ["day 0", "day 40"], "both, and no other")
