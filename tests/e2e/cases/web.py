"""w: the recipes of doc/ for webmail and web servers, followed to the letter."""
import base64
import html
import http.cookiejar
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request

import recipe
import story
from story import GIVEN, NEXT, OWN
from toolkit import Daemon, case

WEB = ("debian12-web",)
REFUSED = ("Could not save new password. PAM error: Password not accepted: it has 3 characters and needs at least 8; no "
           "upper-case letter; no digit; no special character (such as ! # % ?). Please choose another.")
SAVED = "Successfully saved."
PAGE = "https://mail.example.vn/roundcube/?_task=settings&_action=plugin.password"


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows redirects instead of following them."""

    def redirect_request(self, *_):
        return None


def get(path, user, password):
    """GET with a password -> (status, Location or None)."""
    word = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request("http://127.0.0.1" + path, headers={"Authorization": "Basic " + word})
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers["Location"]
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers["Location"]


def people(t):
    """mai is settled, binh's password is due, an's account closed; and there is a page to read."""
    for user in ("mai", "binh", "an"):
        story.settled_user(t, user)
    story.age(t, "binh", 200)
    t.must("vpolicy close an --reason retired")
    t.must("mkdir -p /var/www/html/intern && echo hello > /var/www/html/intern/index.html")


@case("w.2", "Apache by the recipe: in, sent to the page when due, refused when closed or wrong", WEB)
def apache(t):
    people(t)
    recipe.follow(t, "apache")
    t.eq(get("/intern/", "mai", OWN), (200, None), "a good password")
    t.eq(get("/intern/", "binh", OWN),
         (303, "https://mail.example.org/roundcube/?user=binh&back=http%3a%2f%2f127.0.0.1%2fintern%2f"), "a due one")
    t.eq(get("/intern/", "an", OWN), (401, None), "a closed account")
    t.eq(get("/intern/", "mai", GIVEN), (401, None), "a wrong password")
    t.eq(get("/intern/", "binh", GIVEN), (401, None), "a wrong one of somebody who must change")


@case("w.3", "nginx by the recipe: in, or asked again when due, closed or wrong", WEB)
def nginx(t):
    people(t)
    recipe.follow(t, "nginx")
    t.eq(get("/intern/", "mai", OWN), (200, None), "a good password")
    for user, password in (("binh", OWN), ("an", OWN), ("mai", GIVEN), ("binh", GIVEN)):
        t.eq(get("/intern/", user, password), (401, None), f"{user}, {password}")


class Webmail:
    """A browser without scripts: cookies, and the token of every form."""

    def __init__(self, t):
        self.t, self.page = t, ""
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def open(self, query="", **form):
        """GET, or POST what a FORM holds, with the token of the page before; the answer is the page from then on."""
        data = None
        if form:
            form["_token"] = self.t.match(r'"request_token":"(\w+)"', self.page, "a token").group(1)
            data = urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open("http://127.0.0.1/roundcube/" + query, data, timeout=60) as answer:
                self.page = answer.read().decode()
        except urllib.error.HTTPError as answer:
            self.page = answer.read().decode()
        said = re.findall(r"display_message\((.*?)\);", self.page)
        self.t.note(f"# webmail {query} {list(form)}: {said}")
        return self.page

    def login(self, user, password):
        """Log in -> the task of the page that comes: "mail", or "login" again."""
        self.open()
        self.open("?_task=login", _task="login", _action="login", _timezone="UTC", _url="", _user=user, _pass=password)
        return self.t.match(r'"task":"(\w+)"', self.page, "a page of Roundcube").group(1)

    def change(self, old, new):
        """Change the password -> what the page says."""
        self.open("?_task=settings&_action=plugin.password")
        self.open("?_task=settings&_action=plugin.password-save", _curpasswd=old, _newpasswd=new, _confpasswd=new)
        return html.unescape(self.t.match(r'display_message\("(.*?)",', self.page, "a message").group(1))

    def logout(self):
        """Log out."""
        token = self.t.match(r'"request_token":"(\w+)"', self.page, "a token").group(1)
        self.open(f"?_task=logout&_token={token}")


@case("w.1", "Roundcube by the recipe: a new user changes the given password in the page, and reads why one is refused",
      WEB)
def roundcube(t):
    recipe.follow(t, "roundcube-poppassd")
    t.useradd("mai", GIVEN)
    with t.dovecot():
        mail = Webmail(t)
        t.eq(mail.login("mai", NEXT), "login", "a wrong password does not get in")
        t.eq(mail.login("mai", GIVEN), "mail", "a new user gets in, in grace")
        before = t.shadow("mai"), story.state("mai")
        t.eq(mail.change(GIVEN, "abc"), REFUSED, "refused")
        t.eq((t.shadow("mai"), story.state("mai")), before, "and nothing has changed")
        t.eq(mail.change(GIVEN, NEXT), SAVED, "a good password is taken")
        fields = story.record("mai")
        t.eq((fields["set_by"], fields.get("due")), ("user", None), "as the user's own, and nothing is due")
        mail.logout()
        t.eq(Webmail(t).login("mai", GIVEN), "login", "the old password is of no use")
        t.eq(Webmail(t).login("mai", NEXT), "mail", "the new one is")


class Browser:
    """Headless Chromium, driven through chromedriver on the loopback."""

    ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
    FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync --lang=en-US --window-size=1100,700 "
             "--user-data-dir=/tmp/browser").split()

    def __init__(self, t):
        self.t, self.session = t, ""
        self.daemon = Daemon(["chromedriver", "--port=9515"], "/run/e2e/chromedriver.log")
        self.daemon.wait_port(9515)
        options = {"binary": "/usr/bin/chromium", "args": self.FLAGS}
        answer = self.ask("POST", "", capabilities={"alwaysMatch": {"goog:chromeOptions": options}})
        self.session = "/" + answer["sessionId"]

    def ask(self, method, path, **what):
        """One command of the WebDriver protocol -> its value."""
        data = json.dumps(what).encode() if method == "POST" else None
        request = urllib.request.Request("http://127.0.0.1:9515/session" + self.session + path, data,
                                         {"Content-Type": "application/json"}, method=method)
        self.t.note(f"# browser: {method} {path} {what}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def find(self, css):
        """The paths of all elements that CSS selects."""
        return ["/element/" + one[self.ELEMENT]
                for one in self.ask("POST", "/elements", using="css selector", value=css)]

    def wait(self, css):
        """The first element that CSS selects, once it is there."""
        return self.t.wait_until(lambda: self.find(css), 20, f"nothing on the page is {css!r}")[0]

    def go(self, query=""):
        """Open a page of Roundcube."""
        self.ask("POST", "/url", url="http://127.0.0.1/roundcube/" + query)

    def fill(self, **fields):
        """Type into the fields of these names."""
        for name, text in fields.items():
            element = self.wait(f"input[name={name}]")
            self.ask("POST", element + "/clear")
            self.ask("POST", element + "/value", text=text)

    def click(self, css):
        """Click on what CSS selects."""
        self.ask("POST", self.wait(css) + "/click")

    def text(self, css):
        """The text of the first element that CSS selects, once it is there."""
        return self.ask("GET", self.wait(css) + "/text").strip()

    def message(self, kind):
        """What the page's message of this KIND says, as shown."""
        return self.text(f"#messagestack .{kind}")

    def picture(self, name):
        """A picture of the page, into the folder VP_KEEP names; without it, none."""
        if "VP_KEEP" in os.environ:
            with open(f"{os.environ['VP_KEEP']}/{name}.png", "wb") as file:
                file.write(base64.b64decode(self.ask("GET", "/screenshot")))

    def login(self, user, password):
        """Log in through the form."""
        self.go()
        self.fill(_user=user, _pass=password)
        self.click("#rcmloginsubmit")

    def change(self, old, new):
        """Fill in and send the page "Settings - Password"."""
        self.go("?_task=settings&_action=plugin.password")
        self.fill(_curpasswd=old, _newpasswd=new, _confpasswd=new)
        self.click(".formbuttons button.submit")


@case("w.4", "a real browser shows Roundcube's refusal and confirmation, and lets in with the new password", WEB)
def browser(t):
    recipe.follow(t, "roundcube-poppassd")
    t.useradd("mai", GIVEN)
    with t.dovecot():
        page = Browser(t)
        with page.daemon:
            page.login("mai", GIVEN)
            page.wait("#messagelist")
            page.picture("1-mailbox-in-grace")
            page.change(GIVEN, "abc")
            t.eq(page.message("error"), REFUSED, "a weak password")
            page.picture("2-refused")
            page.change(GIVEN, NEXT)
            t.eq(page.message("confirmation"), SAVED, "a good password")
            page.picture("3-saved")
            page.click("a.logout")
            page.wait("#rcmloginsubmit")
            page.login("mai", GIVEN)
            t.eq(page.message("warning"), "Login failed.", "the old password")
            page.picture("4-old-one")
            page.login("mai", NEXT)
            page.wait("#messagelist")
            page.picture("5-new-one")


@case("w.5", "a mail user's half-year: grace, a change in the browser, a notice in time, [EXPIRED], a change, and in", WEB,
      timeout=240)
def half_year(t):
    story.policy(t, f"language = en\npage = {PAGE}\n")
    recipe.follow(t, "roundcube-poppassd")
    t.useradd("mai", GIVEN)
    start = t.today()
    with t.Postfix() as postfix:
        with t.dovecot():
            t.must("vpolicy notify")
            postfix.delivered()
            page = Browser(t)
            with page.daemon:
                page.login("mai", GIVEN)
                t.wait_until(lambda: "Your password must be changed now" in page.text("#messagelist tr.message"), 20,
                             "day 0: let in by grace, and not told in the mailbox")
                page.picture("1-told")
                page.change(GIVEN, OWN)
                t.eq(page.message("confirmation"), SAVED, "day 0: the page takes her own password")
            t.match("^a OK ", t.imap_login("mai", OWN), "and IMAP does")
        t.faketime(166)
        with t.dovecot():
            t.must("vpolicy notify")
            postfix.delivered()
            mails = t.imap_mails("mai", OWN)[1:]
            t.eq([mail["Subject"] for mail in mails], ["Your password expires in 14 days"], "day 166: one notice more")
            t.match(rf"in 14 days \({story.english(start + 180)}\)\. Please change it at {re.escape(PAGE)}",
                    " ".join(mails[0].get_content().split()), "with the day and the page")
            mail = Webmail(t)
            t.eq(mail.login("mai", OWN), "mail", "Roundcube lets in")
            t.match("Your password expires in 14 days", mail.open("?_task=mail&_action=show&_uid=2&_mbox=INBOX"),
                    "and shows it")
        t.faketime(180)
        with t.dovecot():
            t.match("^a OK ", t.imap_login("mai", OWN), "day 180: due, in grace")
            t.must("vpolicy notify")
            postfix.delivered()
            t.eq(t.imap_mails("mai", OWN)[-1]["Subject"], "Your password has expired", "and told so")
        t.faketime(187)
        with t.dovecot():
            t.eq(t.imap_login("mai", OWN), "a NO [EXPIRED] Password expired", "day 187: grace is over")
            t.eq([line[:3] for line in t.poppassd("mai", OWN, NEXT)], ["200"] * 5, "poppassd changes it all the same")
            t.match("^a OK ", t.imap_login("mai", NEXT), "and she is in")
            t.must("vpolicy notify")
            postfix.delivered()
            t.eq(len(t.imap_mails("mai", NEXT)), 3, "with no more notices")


SLAPD = """include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /run/e2e/slapd.pid
database mdb
suffix "dc=example,dc=vn"
directory /run/e2e/ldap
"""
PEOPLE = f"""dn: dc=example,dc=vn
objectClass: dcObject
objectClass: organization
dc: example
o: example

dn: uid=lan,dc=example,dc=vn
objectClass: account
objectClass: posixAccount
uid: lan
cn: lan
uidNumber: 3001
gidNumber: 3001
homeDirectory: /home/lan
userPassword: {OWN}
"""


def slapd(t):
    """A directory that knows lan."""
    t.must("mkdir -p /run/e2e/ldap && install -d -o 3001 -g 3001 /home/lan")
    for path, text in (("/run/e2e/slapd.conf", SLAPD), ("/run/e2e/people.ldif", PEOPLE)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    t.must("slapadd -f /run/e2e/slapd.conf -l /run/e2e/people.ldif")
    return Daemon(["slapd", "-d", "0", "-f", "/run/e2e/slapd.conf", "-h", "ldap://127.0.0.1/"],
                  "/run/e2e/slapd.log").wait_port(389)


@case("w.6", "an account of a directory is let in at any age, refused while suspected or closed, and let in again", WEB)
def ldap(t):
    with slapd(t):
        recipe.follow(t, "ldap")
        with t.dovecot():
            t.wait_until(lambda: t.imap_login("lan", OWN)[:4] == "a OK", 10, "lan is not let in")
            t.match("AUTHENTICATIONFAILED", t.imap_login("lan", NEXT), "a wrong password")
            for mark, back in (("suspect lan --reason x", "clear lan"), ("suspect --lock lan --reason x", "clear lan"),
                               ("close lan --reason transferred", "reopen lan")):
                t.must("vpolicy " + mark)
                t.eq(t.imap_login("lan", OWN), "a NO [EXPIRED] Password expired", mark)
                t.must("vpolicy " + back)
                t.match("^a OK ", t.imap_login("lan", OWN), back)
        t.faketime(400)
        with t.dovecot():
            t.match("^a OK ", t.imap_login("lan", OWN), "its age is the directory's")
