"""ssh: a due change through to the shell; keys, which ask for no password; transfers; changes begun and given up."""
import base64
import os

import story
from story import LATER, NEXT, NO_TTY, OWN
from toolkit import case

KBDINT = "KbdInteractiveAuthentication yes"
SSHD_WARNING = "WARNING: Your password has expired."      # sshd's own words, before NO_TTY


@case("e.1", "sshd: an expired password is changed on the way to the shell, or by the passwd that sshd starts")
def by_password(t):
    for user in ("hien", "khoa"):
        story.settled_user(t, user)
        story.age(t, user, 185)
    with t.sshd(KBDINT):
        result = t.ssh("hien", kbdint=[OWN, OWN, NEXT, NEXT], tty=True, command="echo I am $(id -un)")
        story.says(t, result, story.expired(t, 5), "keyboard-interactive says why")
        story.says(t, result, story.done(t), "the change is made")
        t.match(r"^I am hien$", result.text, "and the shell comes")
        t.eq(result.rc, 0, "it ends well")
        clean = t.ssh("hien", kbdint=[NEXT])
        t.eq((clean.rc, clean.text), (0, f"(hien@127.0.0.1) Password: <{NEXT}>\nhien\n"), "the next login: nothing")

        refused = t.ssh("khoa", password=OWN)
        t.eq(refused.rc, 1, "by password, without a terminal there can be no change")
        story.says(t, refused, NO_TTY, "sshd says why")
        story.says(t, refused, story.expired(t, 5), "so do we")
        result = t.ssh("khoa", password=OWN, tty=True, command=None, answers=(OWN, NEXT, NEXT))
        story.says(t, result, "passwd: password updated successfully", "with one, sshd starts passwd")
        story.says(t, result, story.done(t), "the change is made")
        clean = t.ssh("khoa", password=NEXT)
        t.eq((clean.rc, clean.text), (0, f"khoa@127.0.0.1's password: <{NEXT}>\nkhoa\n"), "the next login: nothing")


def expired(t, user):
    """200 days old."""
    story.age(t, user, 200)
    return story.expired(t, 20), story.overdue(t, 20)


def superseded(t, user):
    """Older than changed_since; the policy file says it."""
    story.age(t, user, 20)
    sentence = f"Passwords set before {story.english(t.today() - 10)} must be changed. Please set a new one now."
    return sentence, sentence


def suspected(t, user):
    """Marked by an administrator."""
    t.must(["vpolicy", "suspect", user, "--reason", "a test"])
    return story.SUSPECTED, story.SUSPECTED


def reset(t, user):
    """Set by an administrator."""
    t.must("chpasswd", input=f"{user}:{LATER}\n")
    return story.RESET, story.RESET


# what is due, and what a key gets where without_password is enforce, warn, ignore
KEYS = ((expired, "refused", "told", "silent"),
        (reset, "refused", "told", "silent"),
        (superseded, "refused", "refused", "silent"),
        (suspected, "refused", "refused", "refused"))


@case("e.2", "a key: without_password enforce, warn and ignore, for each kind of due; warn lets no thief walk in")
def by_key(t):
    keys = {}
    for due, *_ in KEYS:
        story.settled_user(t, due.__name__)
        keys[due] = t.ssh_key(due.__name__)
    with t.sshd():
        for due, *gets in KEYS:
            user = due.__name__
            demanded, told = due(t, user)
            for value, get in zip(("enforce", "warn", "ignore"), gets):
                story.policy(t, f"without_password = {value}\n[user superseded]\n"
                                f"changed_since = {story.day(t.today() - 10)}\n")
                result, why = t.ssh(user, key=keys[due]), f"{user}, without_password = {value}"
                lines = sorted(story.lines(result.text))
                t.eq((result.rc, lines), {
                    "refused": (1, sorted([demanded, SSHD_WARNING, NO_TTY])),
                    "told": (0, sorted([told, user])),
                    "silent": (0, [user])}[get], f"{why}: {get}")
        result = t.ssh("suspected", key=keys[suspected], tty=True, command=None, answers=(OWN, NEXT, NEXT))
        story.says(t, result, "passwd: password updated successfully", "with a terminal, the change can be made")
        result = t.ssh("suspected", key=keys[suspected])
        t.eq((result.rc, result.text), (0, "suspected\n"), "and then the key is good again, without a word")


@case("e.3", "without_password has a default, and it is warn")
def by_default(t):
    story.settled_user(t, "hien")
    key = t.ssh_key("hien")
    story.age(t, "hien", 200)
    with t.sshd():
        result = t.ssh("hien", key=key)
        t.eq((result.rc, sorted(story.lines(result.text))), (0, sorted([story.overdue(t, 20), "hien"])), "told")
        result = t.ssh("hien", key=key, command="exit 7")
        t.eq(result.rc, 7, "the command's exit status comes through")
        story.age(t, "hien", 179)
        result = t.ssh("hien", key=key)
        t.eq((result.rc, sorted(story.lines(result.text))), (0, sorted([story.warns(t, 1), "hien"])),
             "a warning reaches the owner of a key, too")


def transfers(t, ssh, user):
    """(name, command, the files that must be the same afterwards); `data` is 300 kB of every byte."""
    words, host, home = " ".join(ssh), f"{user}@127.0.0.1", f"/home/{user}"
    options = " ".join(ssh[1:])
    return (
        ("a command", f"{words} -T {host} cat data > got", ("got", f"{home}/data")),
        ("a command's input", f"{words} -T {host} 'cat > up' < data", ("data", f"{home}/up")),
        ("scp, down", f"scp {options} {host}:data got", ("got", f"{home}/data")),
        ("scp, up", f"scp {options} data {host}:up", ("data", f"{home}/up")),
        ("scp -O, down", f"scp -O {options} {host}:data got", ("got", f"{home}/data")),
        ("scp -O, up", f"scp -O {options} data {host}:up", ("data", f"{home}/up")),
        ("sftp", f"printf 'get data got\\nput data up\\n' > batch; sftp {options} -b batch {host} > said",
         ("got", f"{home}/data", f"{home}/up")),
        ("rsync, down", f"rsync -e '{words}' {host}:data got", ("got", f"{home}/data")),
        ("rsync, up", f"rsync -e '{words}' data {host}:up", ("data", f"{home}/up")),
        ("git clone", f"GIT_SSH_COMMAND='{words}' git clone {host}:repo clone", ("clone/data", f"{home}/data")),
        ("git push", f"cd clone && cp ../other data && git commit -qam other && "
                     f"GIT_SSH_COMMAND='{words}' git push origin HEAD:pushed && "
                     f"git --git-dir={home}/repo show pushed:data > ../pushed", ("pushed", "other")),
    )


PROTOCOLS = (                                     # what a client says first, and what is run
    ("sftp", b"\0\0\0\5\1\0\0\0\3", "-s {host} sftp"),
    ("git-upload-pack", b"0000", "{host} git-upload-pack repo"),
    ("rsync", b"", "{host} rsync --server --sender --checksum-seed=1 -e.LsfxCIvu . data"),
    ("scp", b"\0\0\0", "{host} scp -f data"),
)


@case("e.4", "scp, sftp, rsync and git over the key of a user who is due stay byte-clean, and the user is told")
def transfers_stay_clean(t):
    user = "hien"
    story.settled_user(t, user)
    ssh = t.ssh_words(t.ssh_key(user))
    story.age(t, user, 200)
    os.makedirs(f"{t.WORK}/client")
    data = bytes(range(256)) * 1200
    for path, content in ((f"/home/{user}/data", data), (f"{t.WORK}/client/data", data),
                          (f"{t.WORK}/client/other", data[::-1])):
        with open(path, "wb") as file:
            file.write(content)
    t.must("git config --global user.name e2e; git config --global user.email e2e@example.com;"
           "git config --global init.defaultBranch main; git config --global --add safe.directory '*'")
    t.must(f"git init -q /tmp/seed; cd /tmp/seed; cp /home/{user}/data .; git add data; git commit -qm first;"
           f"git clone -q --bare /tmp/seed /home/{user}/repo; chown -R {user}: /home/{user}")
    with t.sshd():
        for name, command, (first, *others) in transfers(t, ssh, user):
            rc, out, err = t.sh(f"cd {t.WORK}/client; rm -f got /home/{user}/up; {command}")
            t.eq((rc, out), (0, ""), f"{name}: exit status, and no byte on stdout\n{err}")
            t.match(f"^{story.re.escape(story.overdue(t, 20))}$", err, f"{name}: the user is told, on stderr")
            for other in others:
                t.must(f"cd {t.WORK}/client; cmp {first} {other}")

        said = {}
        for value in ("warn", "ignore"):
            story.policy(t, f"without_password = {value}\n")
            for name, hello, words in PROTOCOLS:
                with open(f"{t.WORK}/hello", "wb") as file:
                    file.write(hello)
                t.sh(f"cd {t.WORK}; rm -f said; "         # sftp-server forgets its answer where the client hangs up
                     "{ cat hello; for i in {1..200}; do [ ! -s said ] || break; sleep 0.05; done; } | "
                     f"{' '.join(ssh)} -T {words.format(host=user + '@127.0.0.1')} > said")
                with open(f"{t.WORK}/said", "rb") as file:
                    said[name, value] = file.read()
        for name, _, _ in PROTOCOLS:
            t.eq(len(said[name, "warn"]) > 3, True, f"{name}: the server answers")
            t.eq(base64.b64encode(said[name, "warn"]), base64.b64encode(said[name, "ignore"]),
                 f"{name}: the server's bytes, with a warning and without")


def lasting(user):
    """What a login that changes nothing must leave as it is: the record but for its notes of the day."""
    record = {key: value for key, value in story.record(user).items() if key not in ("newest", "noticed", "noticed_on")}
    others = {path: text for path, text in story.state(user).items() if "/records/" not in path}
    return record, others


@case("e.5", "a forced change that is begun and given up leaves record, shadow, locks, cron jobs and keys as they were")
def given_up(t):
    user = "hien"
    story.settled_user(t, user)
    key = t.ssh_key(user)
    story.age(t, user, 200)
    shadow, known = t.shadow(user), lasting(user)
    with t.sshd(KBDINT):
        for name, result, prompt in (
                ("keyboard-interactive", t.ssh(user, kbdint=[OWN, OWN]), "New password: "),
                ("the same, typed once", t.ssh(user, kbdint=[OWN, OWN, NEXT]),
                 f"({user}@127.0.0.1) Retype new password: "),
                ("the same, refused once", t.ssh(user, kbdint=[OWN, OWN, "abc", "abc"]),
                 "New password: "),
                ("passwd, started by sshd", t.ssh(user, password=OWN, tty=True, command=None, answers=(OWN, NEXT)),
                 "Retype new password: "),
                ("su", t.su_login(user, OWN, (OWN, NEXT)), "Retype new password: ")):
            t.eq(result.pending, prompt, f"{name}: where the client is killed")
        t.wait_until(lambda: t.sh("pgrep -x 'passwd|su'; pgrep -f '^sshd[:-].*hien'")[1] == "",
                     why="what the clients left behind does not end")
        t.eq(t.shadow(user), shadow, "the shadow line")
        t.eq(lasting(user), known, "the record, the old passwords, and no intent")
        t.must(["flock", "-n", f"{story.STORE}/locks/{user}", "true"])
        result = t.ssh(user, key=key)
        t.eq((result.rc, sorted(story.lines(result.text))), (0, sorted([story.overdue(t, 20), user])), "the key")
        t.eq(t.cron_jobs({user: "id -un"}), {user: f"{user}\n"}, "the cron job")
        result = t.ssh(user, kbdint=[OWN, OWN, NEXT, NEXT])
        t.eq((result.rc, result.text.split()[-1]), (0, user), "and at last the change is made")
        t.eq(story.record(user)["set_by"], "user", "by its user")
