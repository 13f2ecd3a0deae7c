"""The cases of tests/package/run, in their order: each goes on from where the one before it ended. Runs as root inside
a private system."""
import glob
import os
import re
import sys
import traceback

sys.dont_write_bytecode = True
PROJECT = "/project"
sys.path.insert(0, os.path.join(PROJECT, "tests/e2e"))
import toolkit as t                               # noqa: E402 (needs the path above)

SOURCE, NEWER = "/tmp/source", "99.0"
GIVEN, OWN, NEXT = "Gi4o-cho-em", "Tu.chon-7-lan", "Doi_lai-8-lan"
POLICY, STORE = "/etc/security/vpolicy.conf", "/var/lib/vpolicy"
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
# What dpkg, debconf and the system itself keep, whatever package comes and goes; the accounts are the cases'.
NOT_OURS = re.compile(r"/var/(log|cache|mail|lib/(dpkg|pam|systemd|ucf))/|/etc/(passwd|shadow|group|gshadow|sub[ug]id)-?$"
                      r"|/etc/(\.pwd\.lock|ld\.so\.cache)$")
CASES = []
SEEN = {}


def case(title):
    """Register a case under what must hold."""
    return lambda function: CASES.append((title, function))


# ---- what the cases are made of --------------------------------------------------------------------------------------

def must(cmd):
    """Run a program (or bash's line), which must succeed -> what it said."""
    return t.must(cmd, env=QUIET, timeout=300)


def files():
    """Every file and folder that a package may have put somewhere."""
    found = must(["find", "/etc", "/usr", "/var", "-xdev", "-printf", "%M %u:%g %p\n"])
    return {line for line in found.splitlines() if not NOT_OURS.search(line.split(" ", 2)[2])}


def stacks():
    """The text of every PAM file."""
    return {path: open(path, encoding="utf-8").read() for path in glob.glob("/etc/pam.d/*")}


def build(options=""):
    """dpkg-buildpackage -> the package, by its version."""
    must(f"cd {SOURCE} && dpkg-buildpackage -us -uc -b {options} 2>&1")
    name = must(["dpkg-parsechangelog", "-l", f"{SOURCE}/debian/changelog", "-S", "Version"]).strip()
    return glob.glob(f"/tmp/libpam-vpolicy_{name}_*.deb")[0]


def version():
    """VP_VERSION, as the command says it."""
    return must(["/usr/sbin/vpolicy", "--version"]).split()[1]


def logs_in(user, password, why):
    """USER gets in through su, and is asked for nothing but the password."""
    done = t.su_login(user, password)
    t.eq((done.rc, done.text.split()[-1]), (0, user), f"{why}: {done.text}")


def install(package):
    """dpkg -i."""
    return must(["dpkg", "-i", package])


def enable():
    """As README says."""
    must(["pam-auth-update", "--enable", "vpolicy", "vpolicy-record"])


# ---- the cases -------------------------------------------------------------------------------------------------------

@case("the package is built, and its unit tests pass")
def builds():
    must(f"set -e; mkdir {SOURCE}; cd {PROJECT}; "
         f"tar --exclude=./build --exclude=./.git --exclude=./debian/build -cf - . | tar -C {SOURCE} --no-same-owner -xf -")
    SEEN["package"] = build()


@case("lintian finds no error and nothing to warn of")
def lintian():
    must("lintian --allow-root --fail-on error,warning /tmp/*.changes 2>&1")


@case("a newer version is built")
def builds_newer():
    must(["sed", "-i", f"1s/(.*)/({NEWER})/", f"{SOURCE}/debian/changelog"])
    must(["sed", "-i", "s/pam_vpolicy.so marked/& debug/", f"{SOURCE}/conf/pam-configs/vpolicy"])
    SEEN["newer"] = build("-nc -Pnocheck")


@case("installing changes no login")
def installs():
    must(["rm", "/etc/dpkg/dpkg.cfg.d/vptest"])    # it leaves out manuals
    t.useradd("cu", OWN)
    SEEN["files"], SEEN["stacks"] = files(), stacks()
    logs_in("cu", OWN, "before")
    said = install(SEEN["package"])
    t.match(r"pam-auth-update --enable vpolicy vpolicy-record", said, "it says what to do next")
    t.eq(stacks(), SEEN["stacks"], "the PAM files")
    logs_in("cu", OWN, "after")
    t.useradd("som", GIVEN)
    logs_in("som", GIVEN, "a new account, before anything is enabled")
    t.eq(glob.glob("/etc/systemd/system/*/vpolicy*"), [], "enabled timers")


@case("what is installed is whole: policy, store with its stamp, manual, a version that fits")
def whole():
    must(["dpkg", "--verify", "libpam-vpolicy"])
    must(["/usr/sbin/vpolicy", "check"])
    t.eq(must(["stat", "-c", "%a %U:%G", STORE]), "750 root:shadow\n", "the store")
    t.eq(os.path.getsize(f"{STORE}/stamp") > 0, True, "the stamp")
    t.eq(f"libpam-vpolicy_{version()}_" in SEEN["package"], True, "debian/changelog and VP_VERSION")


@case("once enabled, a new account must change its password")
def enabled():
    enable()
    t.useradd("moi", GIVEN)
    done = t.su_login("moi", GIVEN, (GIVEN, NEXT, NEXT))
    t.eq((done.rc, done.text.split()[-1]), (0, "moi"), f"changed at the login: {done.text}")
    t.match("Retype new password", done.text, "it was asked for")
    logs_in("moi", NEXT, "then no more")
    logs_in("cu", OWN, "an account that was there before")


@case("an upgrade keeps what is enabled, policy and records, and brings its own lines")
def upgrades():
    with open(POLICY, "a", encoding="utf-8") as file:
        file.write("min_length = 9\n")
    policy, record = must(["cat", POLICY]), must(["cat", f"{STORE}/records/moi"])
    install(SEEN["newer"])
    t.eq(must(["dpkg-query", "-W", "-f", "${Version}", "libpam-vpolicy"]), NEWER, "the version")
    t.eq(must(["cat", POLICY]), policy, "the policy")
    t.eq(must(["cat", f"{STORE}/records/moi"]), record, "a record")
    t.match(r"pam_vpolicy.so marked debug\n", stacks()["/etc/pam.d/common-account"], "the new version's line")
    logs_in("moi", NEXT, "after the upgrade")
    t.useradd("nua", GIVEN)
    t.match("Current password", t.su_login("nua", GIVEN, ("x",)).text, "a new account must change")


@case("removing stops where a line that somebody wrote names the module, and all goes on as before")
def refuses():
    with open("/etc/pam.d/own", "w", encoding="utf-8") as file:
        file.write("auth optional pam_vpolicy.so\n")
    before = stacks()
    status, _, said = t.sh(["dpkg", "--remove", "libpam-vpolicy"], env=QUIET)
    t.eq(status != 0, True, "dpkg failed")
    t.match("/etc/pam.d/own:1:", said, "it says where")
    t.eq(must(["dpkg-query", "-W", "-f", "${db:Status-Status}", "libpam-vpolicy"]), "installed", "the package")
    t.eq(stacks(), before, "the PAM files")
    logs_in("moi", NEXT, "after that")
    os.remove("/etc/pam.d/own")


@case("removing takes the lines out first, and keeps policy and records")
def removes():
    must(["systemctl", "enable", "vpolicy-notify.timer"])
    must(["dpkg", "--remove", "libpam-vpolicy"])
    t.eq(stacks(), SEEN["stacks"], "the PAM files")
    for user, password in (("cu", OWN), ("moi", NEXT), ("nua", GIVEN)):
        logs_in(user, password, "after removing")
    t.eq(glob.glob("/usr/lib/*/security/pam_vpolicy.so"), [], "the module")
    t.eq(glob.glob("/etc/systemd/system/*/vpolicy*"), [], "enabled timers")
    t.eq([os.path.exists(path) for path in (POLICY, f"{STORE}/records/moi")], [True, True], "policy and record")
    must(["userdel", "nua"])    # the hook is there still


@case("installed and enabled again, it goes on with the records")
def again():
    record = must(["cat", f"{STORE}/records/moi"])
    install(SEEN["newer"])
    t.eq(stacks(), SEEN["stacks"], "not enabled by that")
    enable()
    t.eq(must(["cat", f"{STORE}/records/moi"]), record, "a record")
    logs_in("moi", NEXT, "with it")


@case("purging leaves nothing of ours but shadow's expiry date of a closed account, and says so")
def purges():
    must(["/usr/sbin/vpolicy", "close", "moi", "--reason", "retired"])
    said = must(["dpkg", "--purge", "libpam-vpolicy"])
    t.match(r"moi  \(to undo: chage -E -1 moi\)", said, "how it is opened again")
    t.eq(stacks(), SEEN["stacks"], "the PAM files")
    t.eq(sorted(files() ^ SEEN["files"]), [], "files")
    logs_in("cu", OWN, "after purging")
    t.eq(t.su_login("moi", NEXT).rc != 0, True, "a closed account is let in")


@case("where the system speaks Vietnamese, so does the policy")
def speaks():
    with open("/etc/default/locale", "w", encoding="utf-8") as file:
        file.write("LANG=vi_VN.UTF-8\n")
    install(SEEN["package"])
    t.match(r"(?m)^language = vi$", must(["cat", POLICY]), "the policy")


@case("purging keeps policy and records of somebody who has changed over to make install")
def changed_over():
    must(["dpkg", "--remove", "libpam-vpolicy"])
    module = os.path.join(os.path.dirname(glob.glob("/usr/lib/*/security/pam_unix.so")[0]), "pam_vpolicy.so")
    open(module, "w", encoding="utf-8").close()
    must(["dpkg", "--purge", "libpam-vpolicy"])
    t.eq([os.path.exists(path) for path in (POLICY, STORE)], [True, True], "policy and store")


def main():
    """The cases, until one fails: the next would begin where this one did not end."""
    t.syslog()
    for number, (title, function) in enumerate(CASES):
        t.TRANSCRIPT.clear()
        try:
            function()
            print(f"ok {title}", flush=True)
        except BaseException as fault:    # whatever it was, the transcript says more
            print(f"FAIL {title}: {fault}")
            if not isinstance(fault, t.Failure):
                traceback.print_exc(file=sys.stdout)
            print("\n".join("    " + line for text in t.TRANSCRIPT for line in text.splitlines()))
            print(f"{number} passed, 1 failed, {len(CASES) - number - 1} not tried")
            return 1
    print(f"{len(CASES)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    status = main()
    sys.stdout.flush()
    os._exit(status)    # daemons' threads do not hold us up
