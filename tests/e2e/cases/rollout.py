"""The README's roll-out, played from the README itself over an office of three hundred accounts: each command that stands
there is run as it stands there, and nobody is locked out."""
import re

import story
from toolkit import case

OWN, NEXT, GIVEN = story.OWN, story.NEXT, story.GIVEN
README = "/project/README"
COUNT = 300
UNITS = [f"unit{number}" for number in range(6)]
# What stands in the README for what only the reader knows, and what the script types instead; None = done below.
INSTEAD = {"vpolicy show YOU sshd": "vpolicy show person005 sshd", "adduser thu": None,
           "ssh thu@this.machine": None, "deluser thu": None, "journalctl --grep vpolicy": None,
           "vpolicy show USER SERVICE": "vpolicy show person005 dovecot", "vpolicy edit": None,
           "vpolicy diff FILE": None}


def section(text, title):
    """The part of the README under a heading."""
    return re.search(rf"^{title}\n\n(.*?)(?=^[A-Z][A-Z ,]+\n\n)", text, re.MULTILINE | re.DOTALL).group(1)


def commands(text):
    """The commands of a section, in order; what is explained beside one stands behind three blanks."""
    found = re.findall(r"^ {4,8}((?:vpolicy|rm|cp|pam-auth-update|ssh|adduser|deluser|journalctl) .*)$", text, re.MULTILINE)
    return [re.split(r" {3,}", line)[0].strip() for line in found]


def changed_on(number, today):
    """sp_lstchg of person NUMBER: every age up to 400 days, and the three oddities."""
    return {0: "", 1: "0", 2: str(today + 40)}.get(number, str(today - (number * 7) % 400))


def office(t):
    """Three hundred people in six units, whose passwords have every age; and an account that no person uses."""
    today, own = t.today(), t.crypt_hash(OWN)
    passwd, shadow, group = [], [], [f"{unit}:x:{7000 + at}:\n" for at, unit in enumerate(UNITS)]
    for number in range(COUNT):
        name = f"person{number:03}"
        passwd.append(f"{name}:x:{5000 + number}:{7000 + number % len(UNITS)}:Person {number}:/home/{name}:/bin/bash\n")
        shadow.append(f"{name}:{own}:{changed_on(number, today)}::::::\n")
    passwd.append("backup-job:x:5900:7000::/home/backup-job:/bin/bash\n")
    shadow.append(f"backup-job:{own}:{today - 700}::::::\n")
    for path, lines in (("/etc/passwd", passwd), ("/etc/shadow", shadow), ("/etc/group", group)):
        with open(path, "a", encoding="utf-8") as file:
            file.writelines(lines)
    t.must("install -d -m 700 /var/spool/cron/crontabs && echo > /var/spool/cron/crontabs/backup-job")


def play(t, wanted):
    """Run the commands of the roll-out; those that spread are run right before PAM's lines are put in, as it says."""
    spread = [line for line in wanted if "--within" in line]
    t.eq(len(spread), 1, "the README spreads once")
    for line in wanted:
        if line in spread:
            continue
        if line.startswith("pam-auth-update"):
            t.match(r"adopted: 301 recorded", t.must(spread[0]), "everybody has a record before the lines are there")
        if INSTEAD.get(line, line) is None:
            continue
        status, out, err = t.sh(INSTEAD.get(line, line))
        t.note(f"# {line}\n{out}{err}")
        if status not in ((0, 1) if line.startswith("vpolicy") else (0,)):
            t.eq(status, 0, f"{line}\n{out}{err}")


def due_people(today):
    """Those whose password is overdue, and who gets time; the oddity that is due at once is not among them."""
    ages = {number: changed_on(number, today) for number in range(COUNT)}
    return [f"person{number:03}" for number, day in ages.items() if day == "" or (day != "0" and int(day) <= today - 180)]


def listed(t, *options):
    """The names that vpolicy list prints."""
    return [line.split("\t")[0] for line in t.must(["vpolicy", "list", *options]).splitlines()]


@case("v.1", "three hundred accounts are rolled out by the README's own commands, and nobody is locked out", timeout=240)
def rollout(t):
    with open(README, encoding="utf-8") as file:
        text = file.read()
    wanted = commands(section(text, "ROLL-OUT"))
    t.eq([line for line in wanted if line.startswith("pam-auth-update")],
         ["pam-auth-update --enable vpolicy vpolicy-record"], "the README switches on by one command")
    # As make install leaves it, on a day long past.
    t.must("pam-auth-update --disable vpolicy vpolicy-record")
    t.must("rm -rf /var/lib/vpolicy && vpolicy adopt --stamp-only")
    office(t)
    today, overdue = t.today(), due_people(t.today())
    t.eq(t.su_login("person007", OWN).rc, 0, "before")

    # What is to be known beforehand.
    told = t.must("vpolicy adopt -n")
    t.match(r"^\[user backup-job\]\nexempt = yes\nexempt_reason = has a crontab$", told, "lines for the policy")
    for unit in UNITS:
        t.match(rf"^group {unit}: 5[01] accounts, due from ", told, "what is announced to a unit")

    play(t, wanted)
    # What a stock Debian has against us (doc/saslauthd.txt), and the status says so.
    t.match("to do: logins or new passwords may slip past the PAM lines: vpolicy stack", t.sh("vpolicy status")[1], "stacks")
    t.must("sed -i '/^OPTIONS=/s/-c //' /etc/default/saslauthd")
    t.must("printf '[user backup-job]\\nexempt = yes\\nexempt_reason = runs the nightly copy\\n' >> " + story.POLICY)
    t.match(r"^policy: .*: ok$", t.must("vpolicy status"), "nothing needs a hand")

    # Who is due when: one oddity at once, the overdue spread over 28 days, nobody else within that time sooner than before.
    t.eq(listed(t, "--state", "must-change"), ["person001"], "who must change at once: chage -d 0")
    rows = [line.split("\t") for line in t.must("vpolicy list").splitlines()]
    due = {row[0]: row[6] for row in rows}
    spread = sorted(due[name] for name in overdue)
    t.eq((spread[0], spread[-1] <= story.day(today + 28).isoformat()), (story.day(today + 1).isoformat(), True),
         "the first is due tomorrow, the last within 28 days")
    most = max(spread.count(day) for day in set(spread))
    t.eq(most <= len(overdue) // 28 + 1, True, f"evenly: at most {most} of {len(overdue)} on one day")
    t.eq(due["person003"], story.day(today - 21 + 180).isoformat(), "who is not overdue gains no day")
    t.eq(due["person002"], story.day(today + 180).isoformat(), "a day in the future counts as today")

    # Real logins of each kind.
    for name in (overdue[1], overdue[-1], "person003", "person002", "backup-job"):
        result = t.su_login(name, OWN)
        t.eq((result.rc, story.lines(result.text)[-1]), (0, name), f"{name} gets in")
    result = t.su_login("person001", OWN, [OWN, NEXT, NEXT])
    t.eq((result.rc, story.lines(result.text)[-1]), (0, "person001"), "who must change can")
    t.useradd("thu", password=GIVEN)
    result = t.su_login("thu", GIVEN, [GIVEN, NEXT, NEXT])
    t.match(re.escape(story.FIRST).replace(r"\ ", " "), result.text, "a new account must change first")
    t.must("deluser thu")
    t.eq(t.sh("vpolicy status")[0], 0, "userdel leaves nothing to prune")


@case("v.2", "an office's year: a unit suspected, leavers closed from a spreadsheet, and the README's undo", timeout=240)
def year(t):
    with open(README, encoding="utf-8") as file:
        text = file.read()
    office(t)
    t.must("vpolicy adopt --within 28d")
    t.must("vpolicy suspect --group unit3 --reason 'a phished mail' --incident 2026-7 --yes")
    unit = [f"person{number:03}" for number in range(COUNT) if number % len(UNITS) == 3]
    t.eq(listed(t, "--state", "suspected"), unit, "a whole unit")
    result = t.su_login("person009", OWN, [OWN, NEXT, NEXT])
    t.match("Your password may have been exposed", result.text, "one of the unit")
    t.eq(listed(t, "--state", "suspected"), [name for name in unit if name != "person009"], "a change ends it")
    t.must("vpolicy clear --all --yes")
    t.eq(listed(t, "--state", "suspected"), [], "taken back")

    # The sheet goes out by group, and comes back with dates and reasons.
    sheet = t.must("vpolicy list --by group --csv --group unit4").splitlines()
    t.eq(len(sheet), 51, "a heading and fifty people")
    back = ["\ufeff" + sheet[0].replace(",", ";") + ";date;reason"]
    for at, line in enumerate(sheet[1:]):
        back.append(line.replace(",", ";") + {0: ";;retired", 1: ";31/12/2099;transferred"}.get(at, ";;"))
    with open("/root/leavers.csv", "w", encoding="utf-8") as file:
        file.write("\r\n".join(back).replace(";reason", ";reason", 1).replace(";why;", ";was;", 1) + "\r\n")
    t.match("2 closed, 48 stay", t.must("vpolicy close --file /root/leavers.csv"), "who left")
    gone, going = sheet[1].split(",")[0], sheet[2].split(",")[0]
    t.eq(t.su_login(gone, OWN).rc, 1, "who left does not get in")
    t.eq(t.shadow(gone)["expire"], str(t.today()), "nor by shadow's date")
    t.eq(t.su_login(going, OWN).rc, 0, "who will leave still does")
    t.eq(t.shadow(going)["expire"], "47481", "until 2099-12-31")
    t.must(["vpolicy", "reopen", gone])
    t.eq(t.su_login(gone, OWN).rc, 0, "who comes back")

    # Undo.
    undo = re.search(r"^    (pam-auth-update --disable .*)$", section(text, "UNDO"), re.MULTILINE).group(1)
    t.must(undo)
    t.no_match("pam_vpolicy", t.must("cat /etc/pam.d/common-*"), "no line is left")
    t.eq(t.su_login("person020", OWN).rc, 0, "logins are as they were")
