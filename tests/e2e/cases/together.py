"""Many hands at once, and hands that are killed: records and passwords agree afterwards, or the next login asks."""
import ctypes
import fcntl
import glob
import os
import re
import signal
import subprocess
import threading

import story
from toolkit import case

PARENT, FIRST, SECOND, THIRD = story.PASSWORDS[:4]


def check_hash(password, hashed):
    """Is HASHED one of PASSWORD?"""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(password.encode(), hashed.encode()) == hashed.encode()


def check_store(t, names):
    """No lock is held, no record torn, and each of NAMES has the very hash that shadow has."""
    for path in glob.glob(f"{story.STORE}/locks/*"):
        with open(path, encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)          # raises where somebody holds it
    with open("/etc/.pwd.lock", "w", encoding="utf-8") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    whole_store(t)
    for name in names:
        t.eq(story.record(name)["hash"], t.shadow(name)["hash"], f"{name}: the record knows the password in force")


def whole_store(t):
    """Nothing in the store is torn: whoever looks at any moment sees the old text or the new one."""
    for path in glob.glob(f"{story.STORE}/records/*") + glob.glob(f"{story.STORE}/history/*"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        t.eq((text.split("\n")[0], text.endswith("\nend\n")), ("version = 1.0", True), f"{path} is whole:\n{text}")


def due(name):
    """What NAME's record says of a change: "none" where nothing is due."""
    return story.record(name).get("due", "none")


def finish(pty):
    """The answer to the last open prompt was typed: its exit status and all it said."""
    rc = pty.wait()
    pty.close()
    return rc, pty.text


# ---- two at once ----------------------------------------------------------------------------------------------------

def refused(t, pty, password, why):
    """The last answer to a passwd whose user's old password has meanwhile become another one."""
    pty.send(password)
    rc, text = finish(pty)
    t.eq(rc, 10, f"{why}: {text}")
    t.match("^passwd: password unchanged$", text, why)


@case("j.1", "two passwd of one user, both prompts open: who answers first wins, the other one is refused")
def two_of_one_user(t):
    story.settled_user(t, "mai", PARENT, story.LATER)
    one = story.passwd_open(t, "mai", PARENT, FIRST, caller="mai")
    other = story.passwd_open(t, "mai", PARENT, SECOND, caller="mai")
    one.send(FIRST)
    rc, text = finish(one)
    t.eq(rc, 0, f"the first: {text}")
    story.says(t, t.Result(rc, text), story.done(t), "and it is written down")
    before = t.shadow("mai"), story.record("mai")
    refused(t, other, SECOND, "its old password is no longer the current one")
    t.eq((t.shadow("mai"), story.record("mai")), before, "nothing has changed by that")
    check_store(t, ["mai"])
    t.eq(t.su_login("mai", FIRST).text.split()[-1], "mai", "the winner's logs in, unasked")
    t.eq(t.passwd_self("mai", FIRST, SECOND, SECOND).rc, 0, "and the loser may try again at once")
    check_store(t, ["mai"])


@case("j.2", "passwd by the user and by root, both prompts open: root's is the password, and must be changed")
def user_and_root(t):
    for name in ("mai", "binh"):
        story.settled_user(t, name, PARENT, story.LATER)
    users = story.passwd_open(t, "mai", PARENT, FIRST, caller="mai")
    roots = story.passwd_open(t, "mai", SECOND)
    roots.send(SECOND)
    t.eq(finish(roots)[0], 0, "root first")
    refused(t, users, FIRST, "root first: the user's own comes too late")
    users = story.passwd_open(t, "binh", PARENT, FIRST, caller="binh")
    roots = story.passwd_open(t, "binh", SECOND)
    for pty, password, state in ((users, FIRST, ("user", "none")), (roots, SECOND, ("admin", "reset"))):
        pty.send(password)
        rc, text = finish(pty)
        t.eq(rc, 0, f"the user first, then root: {text}")
        t.eq((story.record("binh")["set_by"], due("binh")), state, "and the record says whose it is")
    check_store(t, ["mai", "binh"])
    for name in ("mai", "binh"):
        result = t.su_login(name, SECOND)
        t.eq(result.pending, "Current password: ", "root's is good for changing it")
        story.says(t, result, story.RESET, "and the user is told why")
    result = t.su_login("binh", SECOND, (SECOND, FIRST, FIRST, PARENT, PARENT))
    t.eq(result.text.count("it is one of your last 5"), 2, "the user's own, in force for a moment, is an old password")


@case("j.3", "both answered at the same moment, over and over: the record always knows who won",
      systems=("debian12",))
def same_moment(t):
    story.cheap_hashes(t)
    story.settled_user(t, "mai", PARENT, story.LATER)
    current = PARENT
    for turn in range(6):
        rival = "root" if turn % 2 else "mai"
        words = [story.PASSWORDS[(turn + start) % 12] + str(turn) for start in (3, 9)]
        pair = [story.passwd_open(t, "mai", current, words[0], caller="mai"),
                story.passwd_open(t, "mai", words[1]) if rival == "root" else
                story.passwd_open(t, "mai", current, words[1], caller="mai")]
        for pty, password in zip(pair, words):
            pty.send(password)
        results = [finish(pty) for pty in pair]
        codes = [rc for rc, _ in results]
        # pam_unix compares the old password under the lock of the shadow file: of two users one comes too late.
        t.eq(sorted(codes) == [0, 10] if rival == "mai" else codes in ([0, 0], [10, 0]), True, f"{rival}: {results}")
        current = words[1] if rival == "root" else words[codes.index(0)]
        check_store(t, ["mai"])
        t.eq(check_hash(current, t.shadow("mai")["hash"]), True, "the winner's password is in force")
        t.eq((story.record("mai")["set_by"], due("mai")), ("user", "none") if rival == "mai" else ("admin", "reset"),
             "and the record says whose it is")


def prompted(t, ptys, answers):
    """Each of PTYS ({name: Pty}) asks; with ANSWERS ({name: text}) each is answered as soon as it does."""
    waiting = dict(ptys)

    def serve():
        for name, pty in list(waiting.items()):
            t.eq(pty.read(0), True, f"{name}'s program still runs: {pty.text}")
            if pty.prompt():
                del waiting[name]
                if answers:
                    pty.send(answers[name])
        return not waiting

    t.wait_until(serve, 30, "not all of them asked")


@case("j.4", "200 users in parallel: no record lost, none torn, every password logs in, root's must be changed",
      systems=("debian12",), timeout=180)
def crowd(t):
    story.cheap_hashes(t)
    story.client(t)
    names = [f"u{number:03}" for number in range(200)]
    given = {name: f"Giv3n!{name[1:]}xQ" for name in names}
    t.must(["newusers"], input="".join(f"{name}:{given[name]}:::::/bin/bash\n" for name in names), timeout=60)
    check_store(t, names)
    own, again = names[:100], names[100:]
    ptys = {name: t.Pty(["passwd"], user=name) for name in own}
    wanted = {name: f"0wn#{name[1:]}zRk" for name in own} | {name: f"Ag4in+{name[1:]}wP" for name in again}
    for answers in (given, wanted, None):
        prompted(t, ptys, answers)
    # All hundred are open at their last prompt. Four chpasswd begin, and everybody answers.
    batches = [subprocess.Popen(["chpasswd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                encoding="utf-8") for _ in range(4)]
    for number, batch in enumerate(batches):
        batch.stdin.write("".join(f"{name}:{wanted[name]}\n" for name in again[number::4]))
        batch.stdin.close()
    for name, pty in ptys.items():
        pty.send(wanted[name])
    outcomes = {name: finish(pty) for name, pty in ptys.items()}
    t.eq({name: text for name, (rc, text) in outcomes.items() if rc != 0}, {}, "each passwd succeeds")
    t.eq([(batch.wait(), batch.stdout.read()) for batch in batches], [(0, "")] * 4, "each chpasswd succeeds")
    t.eq(sorted(os.listdir(f"{story.STORE}/records")), names, "every record is there, and no other")
    check_store(t, names)
    t.eq(glob.glob(f"{story.STORE}/intents/*") + glob.glob(f"{story.STORE}/new/*"), [], "nothing is left half done")
    t.eq({(story.record(name)["set_by"], due(name)) for name in own}, {("user", "none")}, "a hundred are their own")
    t.eq({(story.record(name)["set_by"], due(name)) for name in again}, {("admin", "initial")}, "a hundred are not")
    answers = story.logins(t, wanted)
    t.eq({answers[name] for name in own}, {"0 0"}, "everybody's own password logs in")
    t.eq({answers[name] for name in again}, {f"0 12 {story.FIRST}"}, "what root gave is good for changing it")
    some = {name: given[name] for name in names[::10]}
    t.eq(set(story.logins(t, some).values()), {"7 -"}, "no first password is left")


# ---- logins while it happens ----------------------------------------------------------------------------------------

class Imap(threading.Thread):
    """Logs in over and over with the passwords that may be in force, and keeps what was said."""

    def __init__(self, t, passwords):
        super().__init__(daemon=True)
        self.t, self.passwords, self.answers, self.going = t, passwords, [], True

    def run(self):
        while self.going:
            self.answers += [self.t.imap_login("mai", password) for password in self.passwords]


@case("j.5", "logins polling every 10 ms while the user changes the password 20 times: never a false due")
def polling(t):
    story.cheap_hashes(t)
    story.client(t)
    passwords = [story.PASSWORDS[(turn + 4) % 12] + str(turn) for turn in range(21)]
    story.settled_user(t, "mai", passwords[0])
    t.must("sed -i 's/nullok/nullok nodelay/' /etc/pam.d/common-auth")           # wrong passwords are answered at once
    poller = subprocess.Popen([story.CLIENT, "e2e-poll", "poll", "mai", "10"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, encoding="utf-8")
    with t.dovecot():
        imap = Imap(t, passwords[:2])
        imap.start()
        for turn in range(20):
            imap.passwords = passwords[turn:turn + 2]
            result = t.passwd_self("mai", *passwords[turn:turn + 2], passwords[turn + 1])
            t.eq(result.rc, 0, f"change {turn}")
            whole_store(t)
        imap.going = False
        imap.join(20)
    said = poller.communicate("", timeout=20)[0].splitlines()
    t.eq(len(said), 1, f"every login is answered in the same way: {said}")
    times, answer = said[0].split(" ", 1)
    t.eq(answer.strip(), "0 0", "and that is: come in, and nothing to say")
    t.eq(int(times) > 100, True, f"there were many of them: {times}")
    t.eq({re.sub(r"^a (OK|NO \[[A-Z]+\]).*", r"\1", line) for line in imap.answers} - {"OK"},
         {"NO [AUTHENTICATIONFAILED]"}, "IMAP: a password is right or wrong, never expired")
    t.eq(any(line.startswith("a OK") for line in imap.answers), True, f"IMAP lets in: {imap.answers}")
    check_store(t, ["mai"])


# ---- killed ---------------------------------------------------------------------------------------------------------

class Stepper:
    """A process, from where it is now, system call by system call."""

    SEIZE, INTERRUPT, SYSCALL, EXITKILL = 0x4206, 0x4207, 24, 0x100000

    def __init__(self, pid):
        self.library = ctypes.CDLL(None, use_errno=True)
        self.library.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        self.pid, self.ended = pid, None
        self._ptrace(self.SEIZE, self.EXITKILL)
        self._ptrace(self.INTERRUPT, 0)
        self._wait()

    def _ptrace(self, request, data):
        if self.library.ptrace(request, self.pid, None, data) != 0:
            raise OSError(ctypes.get_errno(), f"ptrace {request:#x}")

    def _wait(self):
        _, status = os.waitpid(self.pid, 0x40000000)                  # __WALL
        if not os.WIFSTOPPED(status):
            self.ended = os.waitstatus_to_exitcode(status)
        return status

    def step(self):
        """On to the next beginning or end of a system call; False when the process has ended."""
        self._ptrace(self.SYSCALL, 0)
        status = self._wait()
        if self.ended is None and os.WSTOPSIG(status) not in (signal.SIGTRAP, signal.SIGTRAP | 0x80, signal.SIGSTOP):
            self._ptrace(self.SYSCALL, os.WSTOPSIG(status))           # a signal for it: hand it on
            self._wait()
        return self.ended is None

    def kill(self):
        """Ends it where it stands."""
        os.kill(self.pid, signal.SIGKILL)
        while self.ended is None:
            self._wait()


class Scene:
    """The state from which the same change is made again and again."""

    def __init__(self, t, user, old, new):
        self.t, self.user, self.old, self.new = t, user, old, new
        t.must(f"mkdir /run/scene && cp -a /etc/shadow /run/scene/ && cp -a {story.STORE} /run/scene/store")
        self.others = self.other_lines()

    def restore(self):
        """Back to the beginning."""
        self.t.must(f"cp -a /run/scene/shadow /etc/shadow && rm -rf {story.STORE} /etc/nshadow && "
                    f"cp -a /run/scene/store {story.STORE}")

    def other_lines(self):
        """Everybody else's lines of shadow."""
        with open("/etc/shadow", encoding="utf-8") as file:
            return [line for line in file if not line.startswith(f"{self.user}:")]

    def files(self):
        """What the disk holds now, as far as a change may touch it."""
        found = {}
        for path in ["/etc/shadow", "/etc/nshadow", *glob.glob(f"{story.STORE}/*/{self.user}")]:
            try:
                with open(path, "rb") as file:
                    found[path] = file.read()
            except FileNotFoundError:
                pass
        return found

    def begin(self):
        """passwd with the last answer just typed, held before it reads it -> (Pty, Stepper)."""
        pty = story.passwd_open(self.t, self.user, self.old, self.new, caller=self.user)
        stepper = Stepper(pty.pid)
        pty.send(self.new)
        return pty, stepper

    def end(self, pty, stepper):
        """Close the terminal of what has ended."""
        pty.rc = stepper.ended
        pty.close()

    def record_steps(self):
        """Runs the change to its end -> for each step whether the disk is another than a step before."""
        pty, stepper = self.begin()
        changed, before = [], self.files()
        while stepper.step():
            now = self.files()
            changed.append(now != before)
            before = now
        self.end(pty, stepper)
        self.t.eq(stepper.ended, 0, f"preparation: a change that nobody kills: {pty.text}")
        return changed

    def killed_at(self, number):
        """The change, killed at step NUMBER."""
        self.restore()
        pty, stepper = self.begin()
        for _ in range(number):
            if not stepper.step():
                break
        else:
            stepper.kill()
        self.end(pty, stepper)

    def password(self):
        """The password that is in force; shadow is whole."""
        self.t.eq(self.other_lines(), self.others, "nobody else's line has changed")
        hashed = self.t.shadow(self.user)["hash"]
        valid = [password for password in (self.old, self.new) if check_hash(password, hashed)]
        self.t.eq(len(valid), 1, f"either the old or the new password is in force: {hashed}")
        return valid[0]


def points(changed, spread):
    """Where to kill: whenever the disk had just changed, and about SPREAD points more, evenly between."""
    every = max(1, len(changed) // spread)
    return sorted({number for number, now in enumerate(changed, 1) if now} | set(range(1, len(changed), every)))


def minute_later(t, user):
    """An intent that a killed change left behind is no longer young."""
    t.must(f"touch -c -d '2 minutes ago' {story.STORE}/intents/{user}")


@case("j.6", "passwd killed at every point: password and record agree, or the next login asks again", timeout=180)
def killed_anywhere(t):
    story.cheap_hashes(t)
    story.client(t)
    story.settled_user(t, "mai", FIRST, PARENT)
    scene = Scene(t, "mai", FIRST, SECOND)
    outcomes = {}
    for number in points(scene.record_steps(), 12):
        scene.killed_at(number)
        check_store(t, [])
        password = scene.password()
        t.eq(story.logins(t, {"mai": password})["mai"], "0 0", f"step {number}: a login at once gets in, unasked")
        agree = story.record("mai")["hash"] == t.shadow("mai")["hash"]
        t.eq(agree or password == SECOND, True, f"step {number}: a record never runs ahead of the password")
        minute_later(t, "mai")
        t.eq(story.logins(t, {"mai": password})["mai"], "0 0" if agree else f"0 12 {story.RESET}",
             f"step {number}: a minute later")
        t.eq(t.passwd_self("mai", password, THIRD, THIRD).rc, 0, f"step {number}: the next change goes through")
        check_store(t, ["mai"])
        t.eq(story.logins(t, {"mai": THIRD})["mai"], "0 0", f"step {number}: and ends it")
        outcomes.setdefault((password == SECOND, agree), []).append(number)
    t.note(f"# (changed, agree): {outcomes}")
    t.eq(sorted(outcomes), [(False, True), (True, False), (True, True)], "before, between and after were met")


@case("j.7", "passwd killed at every point never makes a first password good for more than changing it", timeout=180)
def killed_initial(t):
    story.cheap_hashes(t)
    story.client(t)
    t.useradd("mai", PARENT)
    t.eq(story.logins(t, {"mai": PARENT})["mai"], f"0 12 {story.FIRST}", "preparation: it must be changed")
    scene = Scene(t, "mai", PARENT, FIRST)
    outcomes = set()
    for number in points(scene.record_steps(), 6):
        scene.killed_at(number)
        check_store(t, [])
        password = scene.password()
        agree = story.record("mai")["hash"] == t.shadow("mai")["hash"]
        expected = "0 0" if password == FIRST and agree else f"0 12 {story.FIRST}"
        t.eq(story.logins(t, {"mai": password})["mai"], expected, f"step {number}: at once")
        minute_later(t, "mai")
        t.match("^0 0$" if expected == "0 0" else "^0 12 ", story.logins(t, {"mai": password})["mai"],
                f"step {number}: a minute later")
        outcomes.add((password == FIRST, agree))
    t.eq(sorted(outcomes), [(False, True), (True, False), (True, True)], "before, between and after were met")


@case("j.8", "passwd killed by its user at a prompt changes nothing, and holds nobody up")
def killed_at_a_prompt(t):
    story.settled_user(t, "mai", FIRST, PARENT)
    before = t.shadow("mai")["hash"], story.state("mai")
    for answers in ((), (FIRST,), (FIRST, SECOND)):
        pty = story.passwd_open(t, "mai", *answers, caller="mai")
        t.eq(t.as_user("mai", ["kill", "-KILL", str(pty.pid)])[0], 0, "she may kill her own passwd, setuid or not")
        pty.wait()
        t.eq(pty.close(), -signal.SIGKILL, "it is dead")
        t.eq((t.shadow("mai")["hash"], story.state("mai")), before, f"after {len(answers)} answers: nothing changed")
    t.eq(t.su_login("mai", FIRST).text.split()[-1], "mai", "the old password logs in, unasked")
    t.eq(t.passwd_self("mai", FIRST, SECOND, SECOND).rc, 0, "and can be changed at once")
    check_store(t, ["mai"])
