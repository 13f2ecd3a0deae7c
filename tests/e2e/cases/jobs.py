"""g: programs that ask no password: cron, at, root's su, runuser and sudo NOPASSWD; and sudo that does ask."""
import re

import story
from story import GIVEN, LATER, NEXT, OWN
from toolkit import case

CLOSED_SUDO = ['sudo: Account expired or PAM config lacks an "account" section for sudo, contact your system '
               "administrator",
               "sudo: a password is required"]


def in_every_state(t):
    """A user in each state; the names say which -> {user: password}."""
    people = {"settled": OWN, "overdue": OWN, "firsttime": GIVEN, "wasreset": LATER, "exposed": OWN, "locked": OWN,
              "retired": OWN}
    for user in people:
        if user == "firsttime":
            t.useradd(user, GIVEN)
        else:
            story.settled_user(t, user)
    story.age(t, "overdue", 200)
    t.eq(t.passwd_root("wasreset", LATER, LATER).rc, 0, "preparation: root sets a password")
    t.must("vpolicy suspect exposed --reason 'seen in a dump'")
    t.must("vpolicy suspect --lock locked --reason 'seen in a dump'")
    t.must("vpolicy close retired --reason retired")
    return people


@case("g.1", "cron and at run the jobs of a due user as without_password says, none of a suspected or closed one's")
def jobs(t):
    people = in_every_state(t)
    for user in ("strict", "quiet"):
        people[user] = story.settled_user(t, user)
        story.age(t, user, 200)
    story.policy(t, "[user strict]\nwithout_password = enforce\n[user quiet]\nwithout_password = ignore\n")
    log, today = t.syslog(), story.day(t.today())
    log.clear()
    runs = {"settled", "overdue", "firsttime", "wasreset", "quiet"}
    t.eq(t.cron_jobs(dict.fromkeys(people, "id -un")), {user: f"{user}\n" if user in runs else None for user in people},
         "one tick of cron")
    run, stop = "let in and told, no password was asked", "a change is demanded"
    expired = f"must-change (expired since {story.day(t.today() - 20)})"
    said = {"overdue": f"{expired}: {run}", "firsttime": f"must-change (initial since {today}): {run}",
            "wasreset": f"must-change (reset since {today}): {run}", "strict": f"{expired}: {stop}",
            "quiet": f"{expired}: let in, no password was asked",
            "exposed": f"must-change (suspected since {today}): {stop}",
            "locked": f"closed (suspected since {today}): refused",
            "retired": f"closed (retired since {today}): refused"}
    for user, words in said.items():
        log.wait(rf"^authpriv\.notice CRON\[\d+\]: pam_vpolicy\(cron:account\): user {user}: {re.escape(words)}$")
    log.clear()
    t.cron_jobs({"overdue": "true"})
    t.eq(log.matching("^authpriv.[^d].*pam_vpolicy|conversation"), [], "the second time that day it is a debug line")
    t.eq(t.at_job("overdue"), "overdue\n", "at: due")
    t.eq((t.at_job("exposed", timeout=1.5), t.at_job("retired", timeout=1)), (None, None), "at: suspected, closed")
    for user in ("overdue", "exposed", "retired"):
        t.eq([line.split("]: ")[1] for line in log.matching(rf"pam_vpolicy\(atd:account\): user {user}: ")],
             [f"pam_vpolicy(atd:account): user {user}: {said[user]}"], "atd, too, says so once a day")


@case("g.2", "root's su is stopped by nobody's due password nor closed account, and told; runuser neither")
def roots_su(t):
    people = in_every_state(t)
    why = {"overdue": "must-change (expired)", "firsttime": "must-change (initial)", "wasreset": "must-change (reset)",
           "exposed": "must-change (suspected)", "locked": "closed (suspected)", "retired": "closed (retired)"}
    for user in people:
        t.must(f"chage -E -1 {user}")             # shadow's own word is pam_unix's matter
    before = {user: (t.shadow(user), story.record(user).get("due")) for user in people}
    for user, words in why.items():
        told = f"You are let in because you are root; {user} would not be: {words}."
        result = t.su_login(user, None, caller="root")
        t.eq((result.rc, story.lines(result.text)), (0, [told, user]), f"su - {user} -c ...: one line, then the shell")
    t.eq(t.sh(["su", "overdue", "-c", "id -un"]),
         (0, "overdue\n", "You are let in because you are root; overdue would not be: must-change (expired).\n"),
         "su overdue -c: a script's standard output is the command's alone")
    t.eq(t.sh(["su", "-", "retired", "-c", "true"])[0], 0, "su - retired -c true")
    with t.Pty(["su", "retired"]) as shell:
        shell.expect(r"\$ $")
        shell.send("id -un; exit")
        t.eq(shell.wait(), 0, "a shell of a closed account's, as root reads its mails")
        t.match("^retired$", shell.text, "which is that user's")
    result = t.su_login("settled", None, caller="root")
    t.eq((result.rc, story.lines(result.text)), (0, ["settled"]), "of who has nothing due nothing is said")
    for user in people:
        t.eq(t.sh(["runuser", "-u", user, "--", "id", "-un"]), (0, f"{user}\n", ""), f"runuser -u {user}")
    t.eq(t.sh(["runuser", "-", "retired", "-c", "id -un"]), (0, "retired\n", ""), "runuser -")
    t.eq({user: (t.shadow(user), story.record(user).get("due")) for user in people}, before, "nothing has changed")
    helper = t.su_login("retired", OWN)
    t.eq(helper.rc != 0, True, "somebody else's su into a closed account is refused, with the right password, too")
    story.says(t, helper, "This account has been closed. If you still need it, please contact your administrator.",
               "and says why")


@case("g.3", "sudo NOPASSWD runs for a due user, and not for a locked or closed one")
def sudo_without(t):
    people = in_every_state(t)
    for user in people:
        t.sudoers(user, nopasswd=True)
    for user in ("settled", "overdue", "firsttime", "wasreset"):
        result = t.sudo(user)
        t.eq((result.rc, story.lines(result.text)), (0, ["root"]), f"{user}: sudo runs, silent as it asks us to be")
        said = [line.rsplit(": ", 1)[1] for line in t.syslog().matching(rf"pam_vpolicy\(sudo:account\): user {user}: ")]
        t.eq(said, [] if user == "settled" else ["let in and told, no password was asked"], f"{user}: by our word")
    t.eq(t.sudo("exposed").rc, 0, "sudo overhears that a change is demanded where a rule says NOPASSWD")
    t.syslog().wait(r"pam_vpolicy\(sudo:account\): user exposed: must-change \(suspected .*: a change is demanded$")
    for user in ("locked", "retired"):
        result = t.sudo(user)
        t.eq((result.rc, story.lines(result.text)), (1, CLOSED_SUDO), f"{user}: refused")


@case("g.4", "sudo that asks for the password has a due one changed first, and then runs")
def sudo_with(t):
    story.settled_user(t, "mai")
    story.age(t, "mai", 200)
    t.sudoers("mai")
    refused = t.sudo("mai", password=OWN)
    t.eq(refused.pending, "Current password: ", "the command does not run before the change")
    t.no_match("^root$", refused.text, "really not")
    result = t.sudo("mai", password=OWN, answers=(OWN, NEXT, NEXT))
    t.eq((result.rc, result.text.split("\n")[-2]), (0, "root"), "the change, then the command")
    fields = story.record("mai")
    t.eq((fields["set_by"], fields["set_on"]), ("user", str(story.day(t.today()))), "changed by herself, today")
    result = t.sudo("mai", password=NEXT)
    t.eq((result.rc, story.lines(result.text)[-1]), (0, "root"), "the next time sudo just asks the password")
    t.no_match("Current password", result.text, "once")


@case("g.5", "what su tells root of an account that was closed is what su then does")
def true_words(t):
    for user in ("mai", "binh"):
        story.settled_user(t, user)
    t.must("vpolicy close mai --reason retired")
    t.must("vpolicy suspect --lock binh --reason 'seen in a dump'")
    for user, words in (("mai", "closed (retired)"), ("binh", "closed (suspected)")):
        result = t.su_login(user, None, caller="root")
        story.says(t, result, f"{user} is {words}, and by shadow's expiry date too, which stops su. Root gets in by: "
                   f"runuser -u {user}", f"{user}: what pam_unix is about to do, and the way in")
        t.eq("You are let in" in result.text, result.rc == 0, f"{user}: root is let in if and only if su says so")
        t.eq(t.sh(["runuser", "-u", user, "--", "id", "-un"]), (0, f"{user}\n", ""), f"{user}: runuser in any case")
