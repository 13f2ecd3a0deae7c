"""What the cases have in common: passwords, people in a known state, and the sentences that users read.

    import story
    password = story.settled_user(t, "mai")       # chose a password of her own today
    story.age(t, "mai", 179)                      # ... and that was 179 days ago
    story.says(t, t.su_login("mai", password), story.warns(t, 1), "...")
"""
import datetime
import glob
import os
import re

STORE = "/var/lib/vpolicy"
POLICY = "/etc/security/vpolicy.conf"
# No two are alike, none can be guessed, and none has a character that means something to a shell or a regex.
PASSWORDS = ("qT7#vRmz2w", "8Lpn!YbkWd", "Zj%4hUcsXo", "fK=9gEtiNa", "Wm3,Syq6rB", "dH@vO1zxCu", "5Gna:JkTe0",
             "bI_w8PulMf", "6Xr~RcdQjy", "Av2;FoghZs", "nE9/BtKi4m", "yU&1qWpxLH")
GIVEN, OWN, NEXT, LATER = PASSWORDS[:4]           # by an administrator; her own; what it becomes; and then

FIRST = "This is your first login. Please change the password you were given before using the account."
RESET = ("Your password was set by someone else. Please choose your own now; if you did not ask for this, tell "
         "your administrator.")
RULES = ("New password: at least 8 characters, with upper case, lower case, a digit and a special character; not one "
         "of your last 5.")
SUSPECTED = "Your password may have been exposed. Please change it now and do not use the old one anywhere again."
NO_TTY = "Password change required but no TTY available."
SSHD_NAMES_ITSELF = r"(?:\([a-z0-9_]+@127\.0\.0\.1\) )?"      # before texts, in keyboard-interactive
TWICE = 2                                         # see says()
MONTHS = ("January February March April May June July August September October November December").split()


# ---- sentences ------------------------------------------------------------------------------------------------------

def day(number):
    """Days since 1970 as a date."""
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=number)


def english(number):
    """20 May 2026"""
    date = day(number)
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def vietnamese(number):
    """20/5/2026, 06/12/2026, 20/02/2026: a zero before days under 10 and months 1 and 2."""
    date = day(number)
    return f"{date.day:02}/{date.month:{'02' if date.month <= 2 else ''}}/{date.year}"


def warns(t, days, language="en"):
    """The warning of a password that expires DAYS from today."""
    if language == "vi":
        return f"Mật khẩu sẽ hết hạn sau {days} ngày ({vietnamese(t.today() + days)}). Để đổi ngay, gõ lệnh: passwd"
    return (f"Your password expires in {days} day{'' if days == 1 else 's'} ({english(t.today() + days)}). To change "
            "it now, type: passwd")


def expired(t, days=0, language="en"):
    """What is demanded of the owner of a password that expired DAYS ago."""
    if language == "vi":
        return f"Mật khẩu đã hết hạn từ ngày {vietnamese(t.today() - days)}. Vui lòng đặt mật khẩu mới để tiếp tục."
    return f"Your password expired on {english(t.today() - days)}. Please set a new one to continue."


def overdue(t, days=0):
    """The same, where no password was asked and the login goes on."""
    return f"Your password expired on {english(t.today() - days)}. To change it now, type: passwd"


def done(t):
    """What follows a change."""
    return f"Password changed. It is valid until {english(t.today() + 179)}."


def lines(text):
    """TEXT's lines that are not empty, without what the toolkit typed."""
    return [line for line in re.sub(r"<[^\n]*>", "", text).split("\n") if line.strip()]


def says(t, result, sentence, why, times=1):
    """Fail unless SENTENCE is a line of what RESULT showed, exactly once. sshd shows what account modules say TWICE
    where it gives a terminal: pam_unix's own warnings too."""
    found = [line for line in result.text.split("\n") if re.fullmatch(SSHD_NAMES_ITSELF + re.escape(sentence), line)]
    t.eq(len(found), times, f"{why}\n  wanted: {sentence!r}\n  in: {result.text!r}")


# ---- people ---------------------------------------------------------------------------------------------------------

def settled_user(t, name, password=OWN, given=GIVEN, **options):
    """An account whose user has replaced the password GIVEN by an administrator with PASSWORD; answers PASSWORD."""
    t.useradd(name, given, **options)
    t.eq(t.passwd_self(name, given, password, password).rc, 0, f"preparation: {name}'s own password")
    return password


def old_account(t, name, days, password=OWN):
    """An account that no module has seen yet, its password set DAYS ago (to be made before the store begins)."""
    t.useradd(name)
    t.set_hash(name, password)
    t.set_shadow(name, lstchg=t.today() - days)
    return password


def begin_store(t):
    """The store begins now, by the first login there is: root's. Whoever is there already counts as an old account."""
    t.must("su root -c true")


def lose_store(t):
    """The store's contents are lost; its next use begins a new one."""
    t.must(f"rm -rf {STORE}/*")


def record(name):
    """NAME's record as a dict of its fields; None where there is none."""
    path = f"{STORE}/records/{name}"
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return dict(line.split(" = ", 1) for line in file.read().split("\n") if " = " in line)


def set_record(t, name, **fields):
    """Change fields of NAME's record (None: take it out), as nobody but a test would."""
    values = {**record(name), **fields}
    text = "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None) + "end\n"
    with open(f"{STORE}/records/{name}", "w", encoding="utf-8") as file:
        file.write(text)
    t.note(f"# record edited: {name} {fields}")


def age(t, name, days):
    """NAME's password was set DAYS ago: record and shadow say so."""
    set_record(t, name, set_on=day(t.today() - days))
    t.set_shadow(name, lstchg=t.today() - days)


def state(name):
    """All that is stored about NAME and may change: for "nothing has changed"."""
    texts = {}
    for path in [f"{STORE}/records/{name}", f"{STORE}/history/{name}"] + glob.glob(f"{STORE}/intents/*"):
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                texts[path] = file.read()
    return texts


def policy(t, text):
    """The policy file, from now on."""
    with open(POLICY, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(POLICY, 0o644)
    t.note(f"# {POLICY}:\n{text}")


def cheap_hashes(t):
    """Hashes that pam_unix makes from now on are the cheapest there are: for cases that need many."""
    t.must("sed -i 's/yescrypt$/yescrypt rounds=1/' /etc/pam.d/common-password")
    t.match(r"pam_unix\.so .*yescrypt rounds=1$", t.must("cat /etc/pam.d/common-password"), "preparation")


def passwd_open(t, user, *answers, caller=None):
    """passwd on a terminal of its own, ANSWERS typed, the next prompt open; root's with CALLER None, else the user's."""
    pty = t.Pty(["passwd"] if caller else ["passwd", user], user=caller)
    for answer in answers:
        t.eq(pty.wait_prompt() is None, False, "preparation: passwd asks")
        pty.send(answer)
    t.eq(pty.wait_prompt() is None, False, "preparation: passwd asks once more")
    return pty


CLIENT = "/run/e2e/client"                        # what client.c becomes
CLIENT_STACKS = {"e2e-login": "@include common-auth\n@include common-account\n",
                 "e2e-poll": "auth optional pam_vpolicy.so\nauth required pam_permit.so\n@include common-account\n"}


def client(t):
    """Compile client.c, and give it its two services: one that asks for the password, one that takes any."""
    t.must(f"mkdir -p /run/e2e && gcc -o {CLIENT} /project/tests/e2e/client.c -lpam")
    for service, text in CLIENT_STACKS.items():
        with open(f"/etc/pam.d/{service}", "w", encoding="utf-8") as file:
            file.write(text)


def logins(t, passwords):
    """Logs in everybody of PASSWORDS ({user: password}) through the client -> {user: "AUTH ACCOUNT TEXT"}."""
    said = t.must([CLIENT, "e2e-login"], input="".join(f"{user} {word}\n" for user, word in passwords.items()))
    return {user: answer.strip() for user, answer in (line.split(" ", 1) for line in said.splitlines())}
