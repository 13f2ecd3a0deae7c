"""Drivers for real programs inside a private system: what a test case says instead of 'then somebody types'.

A case is a function of one argument, this module itself:

    from toolkit import case

    @case("a.1", "passwd changes the password", systems=("debian12", "debian13"))
    def changes(t):
        t.useradd("an", "Old-Secret-1")
        result = t.passwd_self("an", "Old-Secret-1", "New-Secret-2", "New-Secret-2")
        t.eq(result.rc, 0, "passwd accepts it")

It runs as root in a fresh private system (see `private`), so it may break anything and need tidy nothing up. All that
is typed, run, answered and logged goes to one transcript, which is shown when the case fails.
Every driver answers with a Result: rc (exit status, negative = killed by that signal), text (what was seen, carriage
returns dropped), ok (the driver's own goal was reached), pending (the prompt that no answer was left for, or None).
"""
import base64
import codecs
import ctypes
import email
import email.policy
import errno
import fcntl
import glob
import imaplib
import os
import pwd
import re
import select
import signal
import socket
import subprocess
import termios
import threading
import time

CASES = {}
system = os.environ.get("VP_SYSTEM", "")          # "debian12" or "debian13"
SYSTEMS = ("debian12", "debian13")
ALL_SYSTEMS = SYSTEMS + ("debian12-web",)         # the last for cases that need the packages of packages.web
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WORK = "/run/e2e"                                 # markers, configurations and logs of the drivers
DAY = 86400
TRANSCRIPT = []
FAKETIME = {"FAKETIME_DONT_FAKE_MONOTONIC": "1",  # timeouts stay real
            "FAKETIME_DISABLE_SHM": "1"}          # no semaphore a process (not known to Debian 12's 0.9.10)
_faked_days = 0
_syslog = None


class Failure(AssertionError):
    """An expectation that did not come true."""


class Result:
    """What a driver saw: rc, text, ok, pending (see the module's docstring)."""

    def __init__(self, rc, text, ok=None, pending=None):
        self.rc, self.text, self.pending = rc, text, pending
        self.ok = (rc == 0) if ok is None else ok

    def __repr__(self):
        return f"Result(rc={self.rc}, ok={self.ok}, pending={self.pending!r}, text={self.text!r})"


# ---- cases and expectations -----------------------------------------------------------------------------------------

def case(name, title, systems=SYSTEMS, timeout=120):
    """Decorator: register a case under NAME ("a.1"), for SYSTEMS, to be killed after TIMEOUT seconds."""
    def register(function):
        if name in CASES:
            raise ValueError(f"case {name} exists twice")
        CASES[name] = {"name": name, "title": title, "systems": tuple(systems), "timeout": timeout,
                       "function": function}
        return function
    return register


def eq(actual, expected, why):
    """Fail unless ACTUAL is EXPECTED; WHY says what that would have meant."""
    if actual != expected:
        raise Failure(f"{why}\n  expected: {expected!r}\n  actual:   {actual!r}")


def match(regex, text, why):
    """Fail unless REGEX is found in TEXT (multi-line mode); answers the match."""
    found = re.search(regex, text, re.MULTILINE)
    if not found:
        raise Failure(f"{why}\n  wanted: {regex}\n  in:     {text!r}")
    return found


def no_match(regex, text, why):
    """Fail if REGEX is found in TEXT."""
    found = re.search(regex, text, re.MULTILINE)
    if found:
        raise Failure(f"{why}\n  unwanted: {regex}\n  found:    {found.group(0)!r}\n  in:       {text!r}")


def note(text):
    """Add TEXT to the transcript."""
    TRANSCRIPT.append(text)


def wait_until(condition, timeout=10.0, why="it did not happen in time"):
    """Poll CONDITION() until it is true and answer its value; Failure after TIMEOUT seconds."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(why)
        time.sleep(0.02)


# ---- running programs -----------------------------------------------------------------------------------------------

def environment(user=None, extra=None):
    """The small environment a login of USER (root when None) would have."""
    account = pwd.getpwnam(user or "root")
    env = {"PATH": PATH, "HOME": account.pw_dir, "USER": account.pw_name, "LOGNAME": account.pw_name,
           "SHELL": account.pw_shell, "TERM": "dumb", "LANG": "C.UTF-8"}
    if _faked_days:
        env.update(FAKETIME)
    env.update(extra or {})
    return env


def groups_of(user):
    """The ids of every group USER is in, as a login would set them."""
    return os.getgrouplist(user, pwd.getpwnam(user).pw_gid)


def sh(cmd, input=None, user=None, env=None, timeout=60):
    """Run CMD (a string for bash, or an argv list) without a terminal -> (rc, out, err). As USER really is the user:
    real uid, groups, and no no_new_privs, so setuid programs work."""
    # With "exit" bash forks for its last command: under faketime() a setuid program in bash's own pid would trip over
    # the semaphore that libfaketime made there for the user.
    argv = ["/bin/bash", "-c", cmd + "\nexit $?"] if isinstance(cmd, str) else list(cmd)
    identity = {}
    if user:
        account = pwd.getpwnam(user)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups_of(user)}
    done = subprocess.run(argv, input=input or "", stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                          env=environment(user, env), cwd="/", encoding="utf-8", errors="surrogateescape",
                          start_new_session=True, check=False, **identity)
    note(f"$ [{user or 'root'}] {cmd if isinstance(cmd, str) else ' '.join(argv)}\n{done.stdout}{done.stderr}"
         f"[exit {done.returncode}]")
    return done.returncode, done.stdout, done.stderr


def must(cmd, **more):
    """sh() for preparations: Failure unless it exits with 0; answers what it printed."""
    rc, out, err = sh(cmd, **more)
    eq(rc, 0, f"preparation failed: {cmd}\n{out}{err}")
    return out


def as_user(name, argv, input=None, env=None):
    """Run ARGV with NAME's real uid and groups -> (rc, out, err); setuid programs keep their power."""
    return sh(argv, input=input, user=name, env=env)


class Pty:
    """A program on a terminal of its own, typed at by the test, killed (SIGKILL: passwd ignores the rest) on close().

    Pty(argv, user=None, env=None, cwd="/"); usable in a `with`. text: all it has shown so far."""

    def __init__(self, argv, user=None, env=None, cwd="/"):
        self.argv, self.rc, self.text, self.seen = list(argv), None, "", 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")      # a read may end within a character
        note(f"$ [{user or 'root'}, on a terminal] {' '.join(argv)}")
        env = environment(user, env)
        master, slave = os.openpty()
        if user:
            os.fchown(slave, pwd.getpwnam(user).pw_uid, 5)
        self.pid = os.fork()
        if self.pid == 0:
            self._become(master, slave, user, env, cwd)
        os.close(slave)
        self.master = master
        os.set_blocking(master, False)

    def _become(self, master, slave, user, env, cwd):
        """The child: own session, controlling terminal, the user's ids, then the program."""
        try:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, max(master, slave) + 64)
            for number in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            if user:
                account = pwd.getpwnam(user)
                os.setgroups(groups_of(user))
                os.setgid(account.pw_gid)
                os.setuid(account.pw_uid)
            os.chdir(cwd)
            os.execvpe(self.argv[0], self.argv, env)
        except BaseException as fault:
            os.write(2, f"{self.argv[0]}: {fault}\n".encode())
        os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def read(self, seconds):
        """Take in what comes within SECONDS; False once the program is gone and nothing more can come."""
        if not select.select([self.master], [], [], seconds)[0]:
            return not self._gone()
        try:
            data = os.read(self.master, 65536)
        except OSError as fault:               # EIO: nobody holds the terminal, for good or (vhangup) for a moment
            if fault.errno not in (errno.EIO, errno.EAGAIN):
                raise
            time.sleep(0.01)
            return not self._gone()
        self.text += self.decoder.decode(data).replace("\r", "")
        return True

    def _gone(self):
        if self.rc is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.rc = os.waitstatus_to_exitcode(status)
                while self.read(0):            # what it said last
                    pass
        return self.rc is not None

    def expect(self, regex, timeout=10.0):
        """Wait until REGEX matches what came since the last match; answers the match, Failure after TIMEOUT."""
        end = time.monotonic() + timeout
        while True:
            found = re.search(regex, self.text[self.seen:], re.MULTILINE)
            if found:
                self.seen += found.end()
                return found
            if time.monotonic() > end or not self.read(0.05):
                if re.search(regex, self.text[self.seen:], re.MULTILINE):
                    continue
                raise Failure(f"{self.argv[0]} did not show {regex!r}; since the last match it showed:\n"
                              f"{self.text[self.seen:]}\nrc={self.rc}, the whole of it:\n{self.text}")

    def prompt(self):
        """The unfinished line it waits on with echo off, as a password prompt does, else None."""
        last = self.text[self.seen:].rsplit("\n", 1)[-1]
        if not re.search(r"[:?] *$", last):
            return None
        try:
            hidden = not termios.tcgetattr(self.master)[3] & termios.ECHO
        except termios.error:
            return None
        return last if hidden else None

    def wait_prompt(self, timeout=15.0, stop=None):
        """Wait for a password prompt; answers its text, or None when the program ended or STOP (a regex) appeared."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            alive = self.read(0.03)
            if stop and re.search(stop, self.text[self.seen:], re.MULTILINE):
                return None
            if self.prompt() and not select.select([self.master], [], [], 0.03)[0]:
                return self.prompt()
            if not alive:
                return None
        raise Failure(f"{' '.join(self.argv)}: neither a prompt nor an end within {timeout} s:\n{self.text}")

    def send(self, line):
        """Type LINE and Enter."""
        self.seen = len(self.text)
        self.text += f"<{line}>"
        self.seen = len(self.text)
        os.write(self.master, line.encode("utf-8", "surrogateescape") + b"\n")

    def wait(self, timeout=15.0):
        """Wait for its end; answers the exit status."""
        end = time.monotonic() + timeout
        while self.read(0.05):
            if time.monotonic() > end:
                raise Failure(f"{' '.join(self.argv)} did not end within {timeout} s:\n{self.text}")
        return self.rc

    def kill(self, number=signal.SIGKILL):
        """Send it a signal."""
        os.kill(self.pid, number)

    def close(self):
        """Kill it if it still lives, write the transcript; answers the exit status."""
        if self.master is None:
            return self.rc
        if not self._gone():
            os.kill(self.pid, signal.SIGKILL)
            self.rc = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.master)
        self.master = None
        note(f"{self.text}\n[exit {self.rc}]")
        return self.rc


def converse(pty, answers, timeout=20.0, stop=None):
    """Answer each password prompt of PTY with the next of ANSWERS until it ends -> Result. A prompt without an answer
    left is not answered: the program is killed and Result.pending holds the prompt. STOP: a regex that ends it too."""
    answers, pending = list(answers), None
    while True:
        pending = pty.wait_prompt(timeout, stop)
        if pending is None or not answers:
            break
        pty.send(answers.pop(0))
    if pending is None and stop is None:
        pty.wait(timeout)
    rc = pty.close() if stop is None or pending else pty.rc
    return Result(rc, pty.text, pending=pending)


# ---- accounts -------------------------------------------------------------------------------------------------------

def useradd(name, password=None, uid=None, groups=(), shell="/bin/bash", options=()):
    """Real useradd -m; PASSWORD, if any, through real chpasswd. Beware: with a password policy installed chpasswd is
    checked and recorded too; set_hash() goes behind PAM's back."""
    argv = ["useradd", "-m", "-s", shell, *options]
    if uid is not None:
        argv += ["-u", str(uid)]
    if groups:
        argv += ["-G", ",".join(groups)]
    must(argv + [name])
    if password is not None:
        must("chpasswd", input=f"{name}:{password}\n")


def crypt_hash(password, method="$y$", cost=1):
    """A hash of PASSWORD with a fresh salt, as an administrator's tool would make it; yescrypt at its cheapest unless
    METHOD and COST (those of crypt_gensalt) say otherwise: "$6$" with 5000 is SHA-512."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = library.crypt_gensalt.restype = ctypes.c_char_p
    setting = library.crypt_gensalt(method.encode(), ctypes.c_ulong(cost), None, 0)
    answer = library.crypt(password.encode(), setting) if setting else None
    if not answer or answer.startswith(b"*"):
        raise Failure(f"libcrypt makes no {method} hash of cost {cost}")
    return answer.decode()


def set_hash(name, password):
    """Give NAME the PASSWORD with usermod -p: behind PAM's back, sp_lstchg moves to today."""
    must(["usermod", "-p", crypt_hash(password), name])


SHADOW = ("name", "hash", "lstchg", "min", "max", "warn", "inactive", "expire", "flag")


def shadow(name):
    """NAME's shadow line as a dict of strings: name hash lstchg min max warn inactive expire flag; None if none."""
    with open("/etc/shadow", encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split(":")
            if fields[0] == name:
                return dict(zip(SHADOW, fields))
    return None


def set_shadow(name, **fields):
    """Change fields of NAME's shadow line in place, as an editor would (no tool's lock, no other side effect)."""
    lines = []
    with open("/etc/shadow", encoding="utf-8") as file:
        for line in file:
            entry = dict(zip(SHADOW, line.rstrip("\n").split(":")))
            if entry["name"] == name:
                entry.update({key: str(value) for key, value in fields.items()})
                line = ":".join(entry[key] for key in SHADOW) + "\n"
            lines.append(line)
    with open("/etc/shadow", "w", encoding="utf-8") as file:
        file.writelines(lines)
    note(f"# /etc/shadow edited: {name} {fields}")


def helper_account():
    """An unprivileged account, 'helper', from which su is started; made at first use, without a password."""
    if not shadow("helper"):
        must("useradd -r -m -s /bin/sh helper")
    return "helper"


# ---- passwd, su, login, sudo ----------------------------------------------------------------------------------------

def passwd_self(user, old, *news, env=None, timeout=20.0):
    """USER runs passwd, types OLD at the first prompt and each of NEWS at the following ones -> Result."""
    return converse(Pty(["passwd"], user=user, env=env), (old, *news), timeout)


def passwd_root(user, *news, env=None, timeout=20.0):
    """Root runs passwd USER and types NEWS -> Result."""
    return converse(Pty(["passwd", user], env=env), news, timeout)


def su_login(user, password, answers=(), command="id -un", env=None, caller=None, timeout=20.0):
    """CALLER (an unprivileged helper account; "root" for root) runs `su - USER -c COMMAND` and types PASSWORD, then
    ANSWERS at further prompts -> Result; text ends with what COMMAND printed. PASSWORD None: nothing is typed first."""
    caller = caller or helper_account()
    answers = ([] if password is None else [password]) + list(answers)
    pty = Pty(["su", "-", user, "-c", command], user=None if caller == "root" else caller, env=env)
    return converse(pty, answers, timeout)


def login_login(user, password, answers=(), command="id -un", env=None, timeout=25.0):
    """Real login on a terminal, as getty starts it: USER at "login:", PASSWORD, then ANSWERS at further prompts. Once
    a shell has come, COMMAND is typed into it -> Result; ok = the shell came."""
    pty = Pty(["/bin/login"], env=env)
    pty.expect("login: $")
    pty.send(user)
    shell = r"[$#] $"
    talk = converse(pty, [password, *answers], timeout, stop=shell + r"|Login incorrect|login: $")
    if talk.pending is None and pty.rc is None and re.search(shell, pty.text[pty.seen:]):
        pty.send(f"{command}; exit")
        rc = pty.wait(timeout)
        pty.close()
        return Result(rc, pty.text, ok=True)
    pty.close()
    return Result(pty.rc, pty.text, ok=False, pending=talk.pending)


def sudoers(user, nopasswd=False):
    """Let USER run everything through sudo."""
    rule = "NOPASSWD: ALL" if nopasswd else "ALL"
    path = f"/etc/sudoers.d/{user}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{user} ALL=(ALL:ALL) {rule}\n")
    os.chmod(path, 0o440)


def sudo(user, argv=("id", "-un"), password=None, answers=(), env=None, timeout=20.0):
    """USER runs sudo ARGV (see sudoers()), types PASSWORD if asked, then ANSWERS -> Result."""
    answers = ([] if password is None else [password]) + list(answers)
    return converse(Pty(["sudo", "-k", *argv], user=user, env=env), answers, timeout)


# ---- daemons --------------------------------------------------------------------------------------------------------

class Daemon:
    """A real daemon kept in the foreground, its output in a log file; stop() or `with` ends it."""

    def __init__(self, argv, log, env=None):
        note(f"$ [daemon] {' '.join(argv)}")
        self.argv, self.log_path = argv, log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                                            env=environment(extra=env), start_new_session=True)

    def log(self):
        """What it has logged so far."""
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def wait_port(self, port, timeout=10.0):
        """Wait until something listens on PORT; found in /proc, because a connection would leave a line in the log."""
        def listening():
            if self.process.poll() is not None:
                raise Failure(f"{self.argv[0]} ended with {self.process.returncode}:\n{self.log()}")
            return re.search(rf":{port:04X} [0-9A-F]+:0000 0A ", _read("/proc/net/tcp"))
        wait_until(listening, timeout, f"{self.argv[0]} does not listen on {port}")
        return self

    def stop(self):
        """SIGTERM, and SIGKILL after three seconds; what it logged goes to the transcript."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            note(f"# log of {self.argv[0]}:\n{self.log()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def marker(name):
    """The path of a marker file in a folder where everybody may write, and see that no old one is there."""
    os.makedirs(f"{WORK}/markers", exist_ok=True)
    os.chmod(f"{WORK}/markers", 0o1777)
    path = f"{WORK}/markers/{name}"
    if os.path.exists(path):
        os.unlink(path)
    return path


# ---- ssh ------------------------------------------------------------------------------------------------------------

def sshd(*options, **named):
    """Start real sshd on 127.0.0.1:22 with Debian's defaults, changed by OPTIONS ("KbdInteractiveAuthentication yes")
    or the same as keywords (KbdInteractiveAuthentication="yes") -> Daemon."""
    os.makedirs("/run/sshd", exist_ok=True)
    os.makedirs(WORK, exist_ok=True)
    key = f"{WORK}/host_key"
    if not os.path.exists(key):
        must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    lines = list(options) + [f"{name} {value}" for name, value in named.items()]
    lines += ["Port 22", "ListenAddress 127.0.0.1", f"HostKey {key}", "UsePAM yes", "KbdInteractiveAuthentication no",
              "PrintMotd no", "AcceptEnv LANG LC_*", "Subsystem sftp /usr/lib/openssh/sftp-server"]
    if system != "debian12":
        lines.append("PerSourcePenalties no")     # else the second refused login is not even heard
    _write(f"{WORK}/sshd_config", "\n".join(lines) + "\n")
    with open(key + ".pub", encoding="utf-8") as file:
        _write("/etc/ssh/ssh_known_hosts", "127.0.0.1 " + file.read())
    return Daemon(["/usr/sbin/sshd", "-D", "-e", "-f", f"{WORK}/sshd_config"], f"{WORK}/sshd.log").wait_port(22)


def ssh_key(user):
    """Make a key that USER may log in with; answers the path of its private half."""
    path = f"{WORK}/key-{user}"
    os.makedirs(WORK, exist_ok=True)
    must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path])
    account = pwd.getpwnam(user)
    must(f"install -d -m 700 -o {user} {account.pw_dir}/.ssh && "
         f"install -m 600 -o {user} {path}.pub {account.pw_dir}/.ssh/authorized_keys")
    return path


def ssh_words(key=None, method="publickey"):
    """The words that start a quiet, reproducible ssh client, for ssh() or as `rsync -e`, GIT_SSH_COMMAND, scp -S."""
    words = ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=yes", "-o", "NumberOfPasswordPrompts=1",
             "-o", f"PreferredAuthentications={method}", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
    return words + (["-i", key] if key else ["-o", "PubkeyAuthentication=no"])


def ssh(user, password=None, key=None, kbdint=None, command="id -un", tty=False, answers=(), options=(),
        timeout=25.0):
    """Real ssh to sshd() as USER -> Result, rc and text as its user would see them. One of: PASSWORD (method
    password), KEY (a path from ssh_key), KBDINT (a list: method keyboard-interactive, one answer a prompt).
    ANSWERS: what is typed at prompts after the login, e.g. of the passwd that sshd starts (needs tty=True).
    COMMAND None: a login shell; a list of words in OPTIONS goes before the host, e.g. ["-N", "-L", "..."]."""
    method = "publickey" if key else "keyboard-interactive" if kbdint is not None else "password"
    argv = ssh_words(key, method) + (["-tt"] if tty else ["-T"]) + list(options) + [f"{user}@127.0.0.1"]
    argv += [command] if command is not None else []
    first = list(kbdint) if kbdint is not None else [] if key else [password]
    return converse(Pty(argv), first + list(answers), timeout)


# ---- mail -----------------------------------------------------------------------------------------------------------

_DOVECOT_COMMON = """
listen = 127.0.0.1
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0 secs
base_dir = /run/dovecot
log_path = /run/e2e/dovecot.log
auth_verbose = yes
submission_relay_host = 127.0.0.1
"""
_DOVECOT_2_3 = """
protocols = imap pop3 submission
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = pam
}
userdb {
  driver = passwd
}
"""
_DOVECOT_2_4 = """
protocols = imap pop3 submission
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
passdb pam {
}
userdb passwd {
}
"""


def dovecot(config=""):
    """Start real Dovecot (imap 143, pop3 110, submission 587 on 127.0.0.1, plain text, users from PAM's service
    "dovecot"), with CONFIG appended to the configuration, in 2.3 or 2.4 syntax by itself -> Daemon."""
    version = re.match(r"[\d.]+", must("dovecot --version")).group(0)
    if version.startswith("2.3"):
        text = _DOVECOT_COMMON + _DOVECOT_2_3
    else:
        text = f"dovecot_config_version = {version}\ndovecot_storage_version = {version}\n"
        text += _DOVECOT_COMMON + _DOVECOT_2_4
    _write(f"{WORK}/dovecot.conf", text + config + "\n")
    daemon = Daemon(["dovecot", "-F", "-c", f"{WORK}/dovecot.conf"], f"{WORK}/dovecot.log")
    for port in (143, 110, 587):
        daemon.wait_port(port)
    return daemon


class Wire:
    """A client's line-by-line conversation with a server, kept in the transcript."""

    def __init__(self, port, timeout=20.0, source="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout, (source, 0))
        self.file = self.socket.makefile("rb")
        self.name = f"port {port}"

    def line(self):
        """The server's next line."""
        text = self.file.readline().decode("utf-8", "replace").rstrip("\r\n")
        note(f"# {self.name} > {text}")
        return text

    def send(self, text):
        """Say TEXT."""
        note(f"# {self.name} < {text}")
        self.socket.sendall(text.encode() + b"\r\n")

    def until(self, regex):
        """The first line that REGEX matches; "" when the server hung up."""
        while True:
            text = self.line()
            if not text or re.search(regex, text):
                return text

    def close(self):
        """Hang up."""
        self.file.close()
        self.socket.close()


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def imap_login(user, password, source="127.0.0.1"):
    """IMAP LOGIN, from the address SOURCE; answers the server's line, e.g. "a NO [AUTHENTICATIONFAILED] Authentication failed."."""
    wire = Wire(143, source=source)
    wire.line()
    wire.send(f"a LOGIN {_quoted(user)} {_quoted(password)}")
    answer = wire.until("^a ")
    wire.close()
    return answer


def imap_mails(user, password):
    """The mails in USER's INBOX, oldest first, as email.message.EmailMessage."""
    client = imaplib.IMAP4("127.0.0.1", 143, 20)
    client.login(user, password)
    count = int(client.select(readonly=True)[1][0])
    mails = []
    for number in range(1, count + 1):
        text = client.fetch(str(number), "(RFC822)")[1][0][1]
        note(f"# INBOX of {user}, mail {number}:\n{text.decode('utf-8', 'replace')}")
        mails.append(email.message_from_bytes(text, policy=email.policy.default))
    client.logout()
    return mails


class Postfix:
    """Real Postfix, which delivers local mail into ~/Maildir, where dovecot() looks; SMTP on 127.0.0.1:25. To be used
    in a `with`. CONFIG is appended to main.cf."""

    def __init__(self, config=""):
        _write("/etc/postfix/main.cf", "compatibility_level = 3.6\ninet_interfaces = loopback-only\n"
               "inet_protocols = ipv4\nmydestination = $myhostname, localhost\nhome_mailbox = Maildir/\n"
               "alias_maps =\nalias_database =\nmaillog_file = /var/log/postfix.log\n" + config)
        must("postfix start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        must("postfix stop")

    def delivered(self):
        """Wait until the queue is empty."""
        wait_until(lambda: "Mail queue is empty" in must("mailq"), 20, "mail stays in the queue")


def pop3_login(user, password):
    """POP3 USER and PASS; answers the server's line to PASS."""
    wire = Wire(110)
    wire.line()
    wire.send(f"USER {user}")
    wire.line()
    wire.send(f"PASS {password}")
    answer = wire.line()
    wire.close()
    return answer


def submission_auth(user, password, port=587):
    """SMTP AUTH PLAIN, to submission or, by PORT, to another server; answers the server's line."""
    wire = Wire(port)
    wire.line()
    wire.send("EHLO client.example")
    wire.until("^250 ")
    wire.send("AUTH PLAIN " + base64.b64encode(f"\0{user}\0{password}".encode()).decode())
    answer = wire.line()
    wire.close()
    return answer


def poppassd(user, old, new, timeout=30.0):
    """Run the real poppassd as inetd would (root, a socket as its terminal) and change USER's password; answers the
    list of the server's lines: greeting, and the answers to user, pass, newpass, quit; fewer when it hangs up."""
    ours, theirs = socket.socketpair()
    ours.settimeout(timeout)
    process = subprocess.Popen(["/usr/sbin/poppassd"], stdin=theirs, stdout=theirs, stderr=theirs, cwd="/",
                               env={"PATH": PATH}, start_new_session=True)
    theirs.close()
    lines, file = [], ours.makefile("rb")
    note("$ [root] /usr/sbin/poppassd")
    try:
        for say in (None, f"user {user}", f"pass {old}", f"newpass {new}", "quit"):
            if say is not None:
                note(f"# poppassd < {say}")
                ours.sendall(say.encode() + b"\r\n")
            answer = file.readline().decode("utf-8", "replace").rstrip("\r\n")
            if not answer:
                break
            note(f"# poppassd > {answer}")
            lines.append(answer)
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        file.close()
        ours.close()
        process.kill()
        process.wait()
    return lines


# ---- jobs -----------------------------------------------------------------------------------------------------------

def cron_jobs(jobs, timeout=20.0):
    """Give each USER of JOBS ({user: command}) a crontab that runs COMMAND every minute, and let one minute begin:
    a real cron, its clock set to three seconds before the minute -> {user: the command's output, None = did not
    run}. Put many users into one call; a control job of root's proves that the minute came."""
    paths = {user: marker(f"cron-{user}") for user in jobs}
    control = marker("cron-control")
    for user, command in jobs.items():
        escaped = command.replace("%", r"\%")         # a bare % ends a crontab's command
        line = f"* * * * * ({escaped}) > {paths[user]}.part 2>&1; mv {paths[user]}.part {paths[user]}\n"
        must(["crontab", "-u", user, "-"], input=line)
    _write("/etc/cron.d/e2e-control", f"* * * * * root touch {control}\n")
    now = time.time() + _faked_days * DAY
    ahead = (57 - now % 60) % 60 + _faked_days * DAY
    env = {"LD_PRELOAD": libfaketime(), "FAKETIME": f"{ahead:+.0f}s", **FAKETIME}
    with Daemon(["/usr/sbin/cron", "-f"], f"{WORK}/cron.log", env=env):
        wait_until(lambda: os.path.exists(control), timeout, "cron's control job did not run")
        try:
            wait_until(lambda: all(map(os.path.exists, paths.values())), 3.0)
        except Failure:
            pass
    os.unlink("/etc/cron.d/e2e-control")
    for user in jobs:
        must(["crontab", "-u", user, "-r"])
    return {user: _read(path) for user, path in paths.items()}


def _read(path):
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def at_job(user, command="id -un", timeout=8.0):
    """USER gives COMMAND to `at now` under a real atd; answers its output, None when it has not run in TIMEOUT."""
    path = marker(f"at-{user}")
    with Daemon(["/usr/sbin/atd", "-f"], f"{WORK}/atd.log") as daemon:
        wait_until(lambda: os.path.exists("/run/atd.pid") or daemon.process.poll() is not None, 5, "no atd")
        must("at now", user=user, input=f"({command}) > {path}.part 2>&1; mv {path}.part {path}\n")
        try:
            wait_until(lambda: os.path.exists(path), timeout)
        except Failure:
            pass
    return _read(path)


# ---- the log --------------------------------------------------------------------------------------------------------

class Syslog:
    """/dev/log, read by the test: lines are "facility.severity tag: message" without the time of day."""

    FACILITIES = dict(enumerate("kern user mail daemon auth syslog lpr news uucp cron authpriv ftp".split()))
    SEVERITIES = "emerg alert crit err warning notice info debug".split()

    def __init__(self):
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            for text in data.decode("utf-8", "replace").rstrip("\0\n").split("\0"):
                line = self._tidy(text)
                self.lines.append(line)
                note(f"# syslog: {line}")

    def _tidy(self, text):
        found = re.match(r"<(\d+)>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?(.*)", text, re.DOTALL)
        if not found:
            return text
        number = int(found.group(1))
        return f"{self.FACILITIES.get(number >> 3, number >> 3)}.{self.SEVERITIES[number & 7]} {found.group(2)}"

    def matching(self, regex):
        """All lines so far in which REGEX is found."""
        return [line for line in list(self.lines) if re.search(regex, line)]

    def wait(self, regex, timeout=5.0):
        """Wait for a line in which REGEX is found; answers it."""
        wait_until(lambda: self.matching(regex), timeout, f"nothing in the log matches {regex!r}")
        return self.matching(regex)[0]

    def clear(self):
        """Forget the lines so far."""
        del self.lines[:]

    def stop(self):
        """Take /dev/log away, as on a system whose syslog is down."""
        os.unlink("/dev/log")
        self.socket.close()


def syslog():
    """The Syslog of this case; it listens from the case's start."""
    global _syslog
    if _syslog is None:
        _syslog = Syslog()
    return _syslog


# ---- time -----------------------------------------------------------------------------------------------------------

def today():
    """Whole UTC days since 1970 as the programs under test see them, faketime() included."""
    return int((time.time()) // DAY) + _faked_days


def libfaketime():
    """The path of libfaketime.so.1."""
    return glob.glob("/usr/lib/*/faketime/libfaketime.so.1")[0]


def faketime(days):
    """From now on every program started, setuid ones too, lives DAYS after (negative: before) the real day; 0 undoes
    it. Daemons must be restarted to notice. Done with /etc/ld.so.preload and /etc/faketimerc."""
    global _faked_days
    _faked_days = days
    if days == 0:
        for path in ("/etc/ld.so.preload", "/etc/faketimerc"):
            if os.path.exists(path):
                os.unlink(path)
    else:
        _write("/etc/faketimerc", f"{days:+d}d\n")
        _write("/etc/ld.so.preload", libfaketime() + "\n")
    note(f"# faketime: {days:+d} days")
