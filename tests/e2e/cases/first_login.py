"""New accounts change at their first login; those older than the store, or than a lost one, are not locked out."""
import story
from story import FIRST, GIVEN, NEXT, OWN
from toolkit import case


def clean(t, user, password, why):
    """USER logs in through su and nothing is said."""
    result = t.su_login(user, password)
    t.eq((result.rc, result.text), (0, f"Password: <{password}>\n{user}\n"), why)


def let_in_everywhere(t, users):
    """Each of USERS ({user: password}) gets in through IMAP, su and ssh."""
    for user, password in users.items():
        t.match(r"^a OK ", t.imap_login(user, password), f"{user}: IMAP")
        result = t.su_login(user, password)
        t.eq((result.rc, result.text.split()[-1]), (0, user), f"{user}: su")
        result = t.ssh(user, password=password)
        t.eq((result.rc, result.text.split()[-1]), (0, user), f"{user}: ssh by password")


@case("c.1", "a new account must change at its first login, in mail as in su, and then no more")
def new_account(t):
    story.begin_store(t)
    t.useradd("linh", GIVEN)
    t.eq(story.record("linh")["due"], "initial", "the record knows it for a new one")
    with t.dovecot():
        t.eq(t.imap_login("linh", GIVEN), "a NO [EXPIRED] Password expired", "IMAP, before")
        result = t.su_login("linh", GIVEN, (GIVEN, OWN, OWN))
        t.eq(result.rc, 0, "su lets in after the change")
        t.eq(story.lines(result.text), [
            "Password: ", FIRST, "Changing password for linh.", "Current password: ", story.RULES,
            "New password: ", "Retype new password: ", story.done(t), "linh"], "all that su shows, line by line")
        t.match(r"^a OK ", t.imap_login("linh", OWN), "IMAP, after")
    clean(t, "linh", OWN, "the second login")


@case("c.2", "an account older than the store is no new one; the overdue have warn_before, counted from the stamp")
def older_than_the_store(t):
    ages = {"tre": 30, "gan": 170, "cham": 181, "gia": 4000}      # days; the last two are overdue
    for user, days in ages.items():
        story.old_account(t, user, days)
    story.old_account(t, "xua", 0)
    t.set_shadow("xua", lstchg="")                                # nobody knows how old it is
    story.lose_store(t)
    began = t.today()
    clean(t, "tre", OWN, "an old account within its time")
    story.says(t, t.su_login("gan", OWN), story.warns(t, 10), "near its end: its own end counts")
    for user in ("cham", "gia", "xua"):
        result = t.su_login(user, OWN)
        story.says(t, result, story.warns(t, 14), f"{user}: overdue, let in and told")
        t.eq((result.rc, result.text.split()[-1]), (0, user), f"{user} is let in")
        t.eq(story.record(user).get("due"), None, f"{user} is not for a first-login change")
    with t.dovecot():
        for user in (*ages, "xua"):
            t.match(r"^a OK ", t.imap_login(user, OWN), f"{user}: IMAP")
    t.eq(t.shadow("gia")["lstchg"], str(began - 4000), "shadow is as it was")

    t.faketime(13)
    story.says(t, t.su_login("cham", OWN), story.warns(t, 1), "on the last day")
    t.faketime(14)
    result = t.su_login("cham", OWN, (OWN, NEXT, NEXT))
    story.says(t, result, story.expired(t), "then it is due, since this day and not since its 180th")
    t.eq((result.rc, result.text.split()[-1]), (0, "cham"), "and after the change it is let in")
    clean(t, "cham", NEXT, "which is all")
    story.says(t, t.su_login("xua", OWN), story.expired(t), "the one of unknown age is due too")
    with t.dovecot():
        t.eq(t.imap_login("gia", OWN), "a NO [EXPIRED] Password expired", "so is the oldest, in IMAP")
        t.match(r"^a OK ", t.imap_login("tre", OWN), "and nobody else")


@case("c.3", "warn_before = 7d: the overdue of old have seven days")
def own_warn_before(t):
    story.old_account(t, "gia", 400)
    story.policy(t, "warn_before = 7d\n")
    story.lose_store(t)
    story.says(t, t.su_login("gia", OWN), story.warns(t, 7), "told of the seventh day")


def people(t):
    """Five in every state that a running store can know; answers {user: password}."""
    story.begin_store(t)
    users = {"nay": story.settled_user(t, "nay")}                 # changed the password today
    users["hom"] = story.settled_user(t, "hom")
    story.age(t, "hom", 60)
    users["han"] = story.settled_user(t, "han")                   # due: 200 days old
    story.age(t, "han", 200)
    t.useradd("moi", GIVEN)                                       # new today, has not been here yet
    t.useradd("lai", GIVEN)                                       # reset by an administrator, long ago
    story.age(t, "lai", 300)
    return {**users, "moi": GIVEN, "lai": GIVEN}


@case("c.4", "the store's contents deleted on a running system: nobody is locked out")
def contents_deleted(t):
    users = people(t)
    key = t.ssh_key("han")
    with t.dovecot(), t.sshd():
        t.eq(t.imap_login("han", users["han"]), "a NO [EXPIRED] Password expired", "one is due")
        t.eq(t.imap_login("moi", GIVEN), "a NO [EXPIRED] Password expired", "another is new")
        story.lose_store(t)
        let_in_everywhere(t, users)
        t.eq(t.ssh("han", key=key).rc, 0, "and by key")
        clean(t, "nay", users["nay"], "who changed the password today hears nothing")
        story.says(t, t.su_login("han", users["han"]), story.warns(t, 14), "who is overdue is told")
        t.eq(t.passwd_self("han", users["han"], NEXT, NEXT).rc, 0, "a change is possible")
        clean(t, "han", NEXT, "and counts")
        t.useradd("sau", GIVEN)
        t.eq(t.imap_login("sau", GIVEN), "a NO [EXPIRED] Password expired", "the next new account is new again")


@case("c.5", "the store's folder removed on a running system: nobody is locked out, and what is wrong is logged")
def folder_removed(t):
    users = people(t)
    with t.dovecot(), t.sshd():
        t.eq(t.imap_login("han", users["han"]), "a NO [EXPIRED] Password expired", "one is due")
        t.must(f"rm -rf {story.STORE}")
        t.syslog().clear()
        let_in_everywhere(t, users)
        t.syslog().wait(r"^authpriv\.crit .*pam_vpolicy\(dovecot:account\): .*/var/lib/vpolicy")
        result = t.passwd_self("nay", users["nay"], NEXT, NEXT)
        t.eq(result.rc, 10, "a password cannot be changed now")
        story.says(t, result, "Passwords cannot be changed at the moment; your old one still works. Please tell your "
                              "administrator.", "its user is told")
        t.must(f"install -d -m 750 -g shadow {story.STORE}")
        for user, password in users.items():
            t.match(r"^a OK ", t.imap_login(user, password), f"{user}: IMAP, once the folder is back and empty")
        clean(t, "nay", users["nay"], "a new store has begun, and who changed today hears nothing")
        story.says(t, t.su_login("han", users["han"]), story.warns(t, 14), "who is overdue is told")
