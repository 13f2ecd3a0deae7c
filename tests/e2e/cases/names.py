"""Who an account is: names that come back, names in capitals, passwords that are emptied, locked or set elsewhere."""
import glob
import os

import story
from toolkit import case

GIVEN, OWN, OTHER, LATER = story.PASSWORDS[:4]
CLOSED = "This account has been closed. If you still need it, please contact your administrator."
CHECK_FAILED = "Your account cannot be checked at the moment. Please tell your administrator."
SHELL = ["-s", "/bin/bash", "-m"]


def clean(t, name, password, why):
    """A login with PASSWORD gets in, and neither PAM nor our module has anything to say."""
    result = t.su_login(name, password)
    t.eq((result.rc, story.lines(result.text)[1:]), (0, [name]), why)


def forgotten(name):
    """What is kept of records that were dropped."""
    return glob.glob(f"{story.STORE}/forgotten/{name}.*")


# ---- the same name again --------------------------------------------------------------------------------------------

@case("m.1", "userdel drops the record: a new person of the same name inherits neither mark nor history nor standing")
def userdel_hook(t):
    story.settled_user(t, "mai", OWN, GIVEN)
    t.must("vpolicy close mai --reason retired")
    uid = t.must("id -u mai")
    t.must("userdel -r mai")
    t.eq((story.state("mai"), len(forgotten("mai"))), ({}, 1), "nothing of hers is in force, a copy is kept")
    t.useradd("mai", GIVEN)
    t.eq(t.must("id -u mai"), uid, "the new mai has even the same uid")
    result = t.su_login("mai", GIVEN, (GIVEN, OWN, OWN))
    t.eq((result.rc, result.text.split()[-1]), (0, "mai"), "not closed; and the other's password is none of hers")
    story.says(t, result, story.FIRST, "this is her first login")
    clean(t, "mai", OWN, "then she is settled")


@case("m.2", "without the hook: another uid and another hash are another person; the same uid stays closed")
def userdel_without_hook(t):
    t.must("rm /etc/shadow-maint/userdel-post.d/vpolicy")
    for name in ("mai", "binh"):
        story.settled_user(t, name, OWN, GIVEN)
    uid = t.must("id -u binh").strip()
    t.must("vpolicy close mai binh --reason retired")
    for name in ("mai", "binh"):
        t.must(f"userdel -r {name}")
    t.must(["useradd", *SHELL, "-u", "4711", "-p", t.crypt_hash(LATER), "mai"])
    t.must(["useradd", *SHELL, "-u", uid, "-p", t.crypt_hash(LATER), "binh"])
    result = t.su_login("mai", LATER, (LATER, OWN, OWN))
    t.eq((result.rc, result.text.split()[-1]), (0, "mai"), "mai is somebody else: open, and with a history of her own")
    story.says(t, result, story.FIRST, "it is her first login")
    t.syslog().wait(r"\.notice su: pam_vpolicy\(su-l:account\): user mai: another person has this name now")
    t.eq(story.record("mai")["uid"], "4711", "the record is hers")
    result = t.su_login("binh", LATER)
    t.eq(result.rc, 1, "binh could be the one who was closed, with a new password: shut")
    story.says(t, result, CLOSED, "and told so")
    t.must("vpolicy forget binh")
    result = t.su_login("binh", LATER, (LATER, OWN, OWN))
    t.eq((result.rc, result.text.split()[-1]), (0, "binh"), "until an administrator says that it is another one")
    story.says(t, result, story.FIRST, "who then has a first login")


@case("m.3", "a name that was there when the store began is a new account all the same when it comes back")
def name_of_the_first_day(t):
    story.lose_store(t)
    story.old_account(t, "mai", 0)
    story.begin_store(t)
    t.match("^present = mai$", t.must(f"cat {story.STORE}/stamp"), "preparation: she was there on the first day")
    clean(t, "mai", OWN, "an old account")
    t.must("userdel -r mai")
    t.faketime(3)
    t.useradd("mai")
    t.set_hash("mai", GIVEN)
    result = t.su_login("mai", GIVEN)
    t.eq(result.pending, "Current password: ", "three days later somebody else has the name, and a password to change")
    story.says(t, result, story.FIRST, "for the first time")


# ---- names in capitals ----------------------------------------------------------------------------------------------

def ignore_case(t):
    """From now on the name service knows ALICE as alice; what it says stays alice."""
    folder = os.path.dirname(glob.glob("/usr/lib/*/libnss_files.so.2")[0] if glob.glob("/usr/lib/*/libnss_files.so.2")
                             else glob.glob("/usr/lib/*/libc.so.6")[0])
    t.must(f"gcc -shared -fPIC -o {folder}/libnss_icase.so.2 /project/tests/e2e/nss_icase.c")
    t.must(r"sed -i -E 's/^(passwd|shadow):.*/\1: files icase/' /etc/nsswitch.conf")
    t.match("^alice:", t.must("getent passwd ALICE"), "preparation: ALICE is alice")


@case("m.4", "where the name service ignores case, ALICE is the alice who is closed, or due, and gets no second record")
def capitals(t):
    story.settled_user(t, "alice", OWN, GIVEN)
    ignore_case(t)
    story.client(t)
    everybody = dict.fromkeys(("alice", "ALICE", "Alice"), OWN)
    username = "auth_username_format = %u" if t.system == "debian12" else "auth_username_format = %{user}"
    with t.dovecot(username):
        t.eq(set(story.logins(t, everybody).values()), {"0 0"}, "preparation: she gets in by any spelling")
        t.match("^a OK ", t.imap_login("ALICE", OWN), "preparation: by IMAP, too")
        t.must("vpolicy close alice --reason transferred")
        t.eq(set(story.logins(t, everybody).values()), {f"0 13 {CLOSED}"}, "closed by any spelling")
        t.eq(t.imap_login("ALICE", OWN), "a NO [EXPIRED] Password expired", "IMAP: closed")
        result = t.su_login("ALICE", OWN)
        t.eq(result.rc, 1, "su: closed")
        story.says(t, result, CLOSED, "su says why")
        t.must("vpolicy reopen alice")
        t.match("^a OK ", t.imap_login("ALICE", OWN), "reopened")
        t.must("chpasswd", input=f"alice:{LATER}\n")
        everybody = dict.fromkeys(everybody, LATER)
        t.eq(set(story.logins(t, everybody).values()), {f"0 12 {story.RESET}"}, "due by any spelling")
        t.eq(t.imap_login("ALICE", LATER), "a NO [EXPIRED] Password expired", "IMAP: due")
    t.eq(os.listdir(f"{story.STORE}/records"), ["alice"], "one account, one record")


# ---- passwords that are emptied, locked, set elsewhere --------------------------------------------------------------

@case("m.10", "whoever only the name service knows is not gone, and is in the group that names him")
def only_elsewhere(t):
    story.settled_user(t, "alice", OWN, GIVEN)
    t.useradd("binh")
    ignore_case(t)
    for name in ("ALICE", "nobodyx", "Binh"):
        t.must(f"sed 's/^user = .*/user = {name}/' {story.STORE}/records/alice >{story.STORE}/records/{name}")
    t.must(f"echo x >{story.STORE}/records/damagedx")
    status, out, err = t.sh("vpolicy prune -n")
    t.eq((status, out), (0, "nobodyx: would be erased\n"), "ALICE and Binh stand in no passwd file, and exist")
    t.match("damagedx: is not known now, but its record is damaged", err, "what cannot be read is passed over")
    t.must("groupadd unit && sed -i 's/^unit:.*/&ALICE,nobodyx/' /etc/group")
    status, out, err = t.sh("vpolicy suspect --group unit --reason x -n")
    t.eq((status, out), (0, "alice: would be suspected\n"), "a member whom only the name service knows")
    t.match("nobodyx: is in group unit, but there is no such account: passed over", err, "and one who is gone")
    before = story.day(t.today()).isoformat()
    t.eq(t.sh(f"vpolicy suspect --group unit --changed-before {before} --reason x -n")[1],
         "nobody is meant; nothing was changed\n", "her password is of today")


@case("m.5", "passwd -d lets nobody in without a new password, and that ends it")
def emptied(t):
    story.settled_user(t, "mai", OWN, GIVEN)
    t.must("passwd -d mai")
    t.eq(t.shadow("mai")["hash"], "", "preparation: no password")
    result = t.su_login("mai", None)
    t.eq(result.pending, "New password: ", "su asks for no password, and then for a new one")
    story.says(t, result, story.RESET, "she is told why")
    result = t.su_login("mai", None, (OTHER, OTHER))
    t.eq((result.rc, result.text.split()[-1]), (0, "mai"), "with a new one she gets in")
    clean(t, "mai", OTHER, "and is done with it")
    t.eq(story.record("mai").get("due", "none"), "none", "the record says so")


@case("m.6", "usermod -L and -U, passwd -l and -u lock and unlock; the password is the same, so nothing is due")
def locked(t):
    story.settled_user(t, "mai", OWN, GIVEN)
    story.client(t)
    clean(t, "mai", OWN, "before")
    before = story.record("mai")
    for lock, unlock in (("usermod -L", "usermod -U"), ("passwd -l", "passwd -u")):
        t.must(f"{lock} mai")
        t.eq(t.shadow("mai")["hash"][0], "!", "preparation: locked")
        t.eq(story.logins(t, {"mai": OWN})["mai"], "7 -", f"{lock}: the password is not taken")
        answer = t.must([story.CLIENT, "e2e-poll", "poll", "mai", "1"]).split("\n")[0]
        t.eq(answer.split()[1:], ["0", "0"], f"{lock}: who needs none, by a key say, has nothing to change")
        t.must(f"{unlock} mai")
        clean(t, "mai", OWN, f"{unlock}: as if nothing had been")
        t.eq(story.record("mai"), before, "and the record is the same")


@case("m.7", "set_elsewhere: a password set behind PAM's back must be changed, is warned about, or is as good as any")
def set_elsewhere(t):
    story.policy(t, "[user warned]\nset_elsewhere = warn\n[user taken]\nset_elsewhere = accept\n")
    for name in ("mai", "warned", "taken"):
        story.settled_user(t, name, OWN, GIVEN)
        t.set_hash(name, OTHER)
    result = t.su_login("mai", OTHER)
    t.eq(result.pending, "Current password: ", "reset, the default: must be changed")
    story.says(t, result, story.RESET, "reset: and is told so")
    result = t.su_login("warned", OTHER)
    t.eq((result.rc, result.text.split()[-1]), (0, "warned"), "warn: gets in")
    story.says(t, result, story.RESET, "warn: and is told")
    clean(t, "taken", OTHER, "accept: gets in and is told nothing")
    t.eq(t.passwd_self("warned", OTHER, LATER, LATER).rc, 0, "warn: a change of her own")
    clean(t, "warned", LATER, "warn: ends the warning")
    # What the record learnt is not what the policy makes of it: a stricter policy counts at once.
    story.policy(t, "")
    t.eq(t.su_login("taken", OTHER).pending, "Current password: ", "accept, taken back: must be changed")
    t.must("chage -d 0 taken")
    story.policy(t, "set_elsewhere = accept\n")
    t.eq(t.su_login("taken", OTHER).pending, "Current password: ", "chage -d 0 is an administrator's word")


# ---- records of other versions --------------------------------------------------------------------------------------

@case("m.8", "a field that we do not know survives a rewrite; one of another major version shuts out its user only")
def other_versions(t):
    for name in ("mai", "binh"):
        story.settled_user(t, name, OWN, GIVEN)
    story.set_record(t, "mai", version="1.9", future_field="x y", future_list="a, b = c")
    t.eq(t.passwd_self("mai", OWN, OTHER, OTHER).rc, 0, "a newer record of the same major version is taken")
    clean(t, "mai", OTHER, "and logs in")
    record = story.record("mai")
    t.eq(record["hash"], t.shadow("mai")["hash"], "it was written again")
    t.eq((record.get("future_field"), record.get("future_list")), ("x y", "a, b = c"), "what we do not know is there")
    story.set_record(t, "mai", version="2.0")
    before = t.shadow("mai"), story.record("mai")
    result = t.su_login("mai", OTHER)
    t.eq(result.rc, 1, "version 2.0: refused")
    story.says(t, result, CHECK_FAILED, "and told that it is not her fault")
    t.syslog().wait(r"\.err su: pam_vpolicy\(su-l:account\): .*/records/mai.*version")
    result = t.passwd_self("mai", OTHER, LATER, LATER)
    t.eq(result.rc != 0, True, "passwd: refused")
    t.eq((t.shadow("mai"), story.record("mai")), before, "and nothing is touched")
    clean(t, "binh", OWN, "nobody else is concerned")
    t.eq(t.su_login("mai", None, caller="root").text.split()[-1], "mai", "nor is root, who acts as her")


# ---- uninstalling ---------------------------------------------------------------------------------------------------

def module():
    """The installed module's path, or None."""
    return next(iter(glob.glob("/usr/lib/*/security/pam_vpolicy.so")), None)


@case("m.9", "make uninstall stops at a hand-edited stack; without one it leaves Debian's stack, records and policy")
def uninstall(t):
    tree = t.must("/project/tests/e2e/install-inside --tree").strip()
    story.settled_user(t, "mai", OWN, GIVEN)
    t.must("sed -i '/pam_unix.so/i auth optional pam_echo.so file=/dev/null' /etc/pam.d/common-auth")
    rc, out, err = t.sh(f"make -C {tree} --no-print-directory uninstall")
    t.eq(rc != 0, True, "it stops")
    edited = t.must("grep -n pam_vpolicy.so /etc/pam.d/common-auth").split(":")[0]
    t.match(rf"^/etc/pam\.d/common-auth:{edited}:auth.*pam_vpolicy\.so", out + err, "it names file and line")
    t.match(r"No file has been removed\.", out + err, "and says what it did not do")
    t.eq((module() is None, os.path.exists("/usr/local/sbin/vpolicy")), (False, True), "no file is gone")
    clean(t, "mai", OWN, "she still gets in")
    t.must("sed -i '/pam_echo.so/d' /etc/pam.d/common-auth")              # the administrator gives in
    record = story.record("mai")
    out = t.must(f"make -C {tree} --no-print-directory uninstall")
    t.match(rf"^The records stay: +{story.STORE}$", out, "it says what stays")
    t.eq((module(), os.path.exists("/usr/local/sbin/vpolicy")), (None, False), "our files are gone")
    t.eq(t.sh("grep -rn vpolicy /etc/pam.d")[0], 1, "no line names us")
    t.must("pam-auth-update --package")
    t.match(r"^password\s+\[success=1 default=ignore\]\s+pam_unix\.so obscure yescrypt$",
            t.must("cat /etc/pam.d/common-password"), "Debian's own stack")
    t.eq((story.record("mai"), os.path.exists(story.POLICY)), (record, True), "records and policy are as they were")
    t.eq(t.passwd_self("mai", OWN, "just-as-before", "just-as-before").rc, 0, "passwd has no rules of ours any more")
    clean(t, "mai", "just-as-before", "and she gets in")
