"""r: the recipes of doc/, followed to the letter with Debian's own configuration of the daemons."""
import recipe
import story
from story import GIVEN, NEXT, OWN
from toolkit import case

TAKEN = "235 2.7.0 Authentication successful"
EXPIRED = "535 5.7.8 Error: authentication failed: Password expired"
WRONG = "535 5.7.8 Error: authentication failed: (reason unavailable)"
NO_REASON = "535 5.7.8 Error: authentication failed: authentication failure"
LOG = "/var/log/postfix.log"


def people(t):
    """mai chose her password today, binh's has been due for two days, chi's is suspected, dung's was due in spring."""
    for user in ("mai", "binh", "chi", "dung"):
        story.settled_user(t, user)
    story.age(t, "binh", 182)
    story.age(t, "dung", 240)
    t.must(["mkdir", "-p", t.WORK])
    t.must("vpolicy suspect chi --reason 'typed into a false page'")


def dovecot(t):
    """Dovecot with Debian's configuration and what the recipe added to it; its certificate is the package ssl-cert's
    elsewhere. Whoever fails often waits longer each time, which a test does not want to."""
    with open("/etc/dovecot/conf.d/99-no-delay.conf", "w", encoding="utf-8") as file:
        file.write("service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n"
                   "auth_failure_delay = 0 secs\n")
    t.must("mkdir -p /etc/dovecot/private && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=vptest -days 2 "
           "-keyout /etc/dovecot/private/dovecot.key -out /etc/dovecot/private/dovecot.pem")
    return t.Daemon(["dovecot", "-F"], f"{t.WORK}/dovecot.log").wait_port(143)


def smtp(t, user, password):
    """What Postfix answers to AUTH."""
    return t.submission_auth(user, password, 25)


@case("r.1", "dovecot-postfix: Postfix lets in within grace, tells a due and a suspected password as expired, no other",
      ("debian12",))
def dovecot_postfix(t):
    people(t)
    with t.Postfix():
        recipe.follow(t, "dovecot-postfix")
        t.must("postfix reload")
        with dovecot(t):
            t.eq(smtp(t, "mai", OWN), TAKEN, "a good password")
            t.eq(smtp(t, "binh", OWN), TAKEN, "due, in grace: the section dovecot holds for Postfix, too")
            t.eq(smtp(t, "chi", OWN), EXPIRED, "suspected: no grace")
            t.eq(smtp(t, "dung", OWN), EXPIRED, "grace is over")
            t.eq(smtp(t, "dung", GIVEN), WRONG, "a wrong password tells nothing of the account")
            t.eq([t.imap_login(user, OWN)[:4] for user in ("mai", "binh")], ["a OK", "a OK"], "IMAP lets both in")
            t.eq(t.imap_login("dung", OWN), "a NO [EXPIRED] Password expired", "and tells who is due")
        t.must("sed -i '0,/driver = pam/s//&\\n  args = failure_show_msg=yes dovecot/' "
               "/etc/dovecot/conf.d/auth-system.conf.ext")
        t.match("failure_show_msg=yes", t.must("doveconf -n passdb"), "preparation")
        with dovecot(t):
            t.eq(t.imap_login("dung", OWN), "a NO [EXPIRED] Password expired", "failure_show_msg shows no more")


@case("r.2", "saslauthd without -c hears a suspicion at once; with -c, as Debian starts it, the remembered go on",
      ("debian12",))
def saslauthd(t):
    people(t)
    with t.Postfix():
        recipe.follow(t, "saslauthd")
        options = t.match('^OPTIONS="(.*)"$', open("/etc/default/saslauthd", encoding="utf-8").read(), "them").group(1)
        folder = t.match(r"-m (\S+)", options, "the socket's folder").group(1)
        t.must("postfix stop && postfix start")               # the group
        for cached in (False, True):
            t.must(["install", "-d", "-m", "710", "-g", "sasl", folder])
            with t.Daemon(["saslauthd", "-d", "-a", "pam", "-n", "5", *(["-c"] if cached else []), *options.split()],
                          f"{t.WORK}/saslauthd.log"):
                t.wait_until(lambda: smtp(t, "mai", OWN) == TAKEN, 10, "a good password is not taken")
                if not cached:
                    t.eq(smtp(t, "binh", OWN), TAKEN, "due, in grace")
                    t.eq(smtp(t, "dung", OWN), NO_REASON, "grace is over, and no reason is told")
                    t.eq(smtp(t, "chi", OWN), NO_REASON, "suspected")
                    t.eq(smtp(t, "mai", GIVEN), NO_REASON, "a wrong password reads the same")
                t.must("vpolicy suspect mai --reason 'telephone stolen'")
                t.eq(smtp(t, "mai", OWN), TAKEN if cached else NO_REASON, f"remembered: {cached}")
                t.must("vpolicy clear mai")


@case("r.3", "fail2ban's filter passes over a due password in Postfix's real log, and counts a wrong one", ("debian12",))
def fail2ban(t):
    people(t)
    with t.Postfix():
        recipe.follow(t, "dovecot-postfix")
        t.must("postfix reload")
        with dovecot(t):
            for user, password in (("dung", OWN), ("dung", OWN), ("chi", OWN), ("mai", GIVEN),
                                   ("x[127.0.0.1]: SASL PLAIN authentication failed: Password expired", GIVEN)):
                smtp(t, user, password)

    def counted():
        """How many lines fail2ban ignores, and how many it counts."""
        said = t.must(f"fail2ban-regex --no-check-all {LOG} 'postfix[mode=auth]'")
        return [int(number) for number in t.match(r"^Lines: \d+ lines, (\d+) ignored, (\d+) matched", said,
                                                  "fail2ban-regex says").groups()]
    t.eq(counted(), [0, 5], "without the recipe a due password counts as an attack")
    recipe.follow(t, "fail2ban")
    t.eq(counted(), [3, 2], "with it only wrong ones do, also where the client's name looks like a due one")


@case("r.4", "pam_faillock locks who guesses, and never who is due, however often the phone asks", ("debian12",))
def faillock(t):
    people(t)
    recipe.follow(t, "pam_faillock")
    with t.dovecot():
        for _ in range(5):
            t.eq(t.imap_login("binh", OWN), "a NO [EXPIRED] Password expired", "due")
        t.eq(t.must("faillock --user binh").splitlines()[2:], [], "is no failure")
        t.match("^a OK ", t.imap_login("mai", OWN), "a good password")
        for _ in range(3):
            t.match("AUTHENTICATIONFAILED", t.imap_login("mai", GIVEN), "a wrong one")
        t.match("AUTHENTICATIONFAILED", t.imap_login("mai", OWN), "locked, with the right one, too")
        t.must("faillock --user mai --reset")
        t.match("^a OK ", t.imap_login("mai", OWN), "until it is reset")


@case("r.5", "pam_access refuses strangers before they learn that an account is due", ("debian12",))
def access(t):
    people(t)
    recipe.follow(t, "pam_access")
    with t.dovecot():
        t.match("^a OK ", t.imap_login("mai", OWN), "from the office")
        t.eq(t.imap_login("binh", OWN), "a NO [EXPIRED] Password expired", "due, from the office")
        for user in ("mai", "binh"):
            t.match("AUTHENTICATIONFAILED", t.imap_login(user, OWN, "127.0.0.2"), f"{user} from elsewhere")
