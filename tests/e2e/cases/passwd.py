"""passwd, run by the user: the rules, all at once, in one line, in the user's language."""
import story
from story import NEXT, OWN
from toolkit import case

ABC = ("Password not accepted: it has 3 characters and needs at least 8; no upper-case letter; no digit; no special "
       "character (such as ! # % ?). Please choose another.")
ABC_VI = ("Mật khẩu chưa đạt yêu cầu: mới có 3 ký tự, cần từ 8 ký tự trở lên; thiếu chữ in hoa; thiếu chữ số; thiếu "
          "ký tự đặc biệt (ví dụ: ! # % ?). Vui lòng chọn mật khẩu khác.")

OFFER = "If you like, take this one: "


@case("a.1", "passwd by the user: abc is refused with all its reasons in one line, a good one is taken, all is clean")
def user_changes(t):
    story.settled_user(t, "mai")
    result = t.passwd_self("mai", OWN, "abc", "abc", NEXT, NEXT)
    t.eq(result.rc, 0, "passwd ends well")
    t.eq(story.lines(result.text), [
        "Changing password for mai.", "Current password: ",
        story.RULES, "New password: ", "Retype new password: ",
        ABC, "New password: ", "Retype new password: ",
        story.done(t), "passwd: password updated successfully"], "all that passwd shows, line by line")
    clean = t.su_login("mai", NEXT)
    t.eq((clean.rc, clean.text), (0, f"Password: <{NEXT}>\nmai\n"), "su says nothing")
    with t.sshd(), t.dovecot():
        clean = t.ssh("mai", password=NEXT)
        t.eq((clean.rc, clean.text), (0, f"mai@127.0.0.1's password: <{NEXT}>\nmai\n"), "neither does ssh")
        t.match(r"^a OK ", t.imap_login("mai", NEXT), "IMAP lets in")


@case("a.2", "passwd by the user: three bad passwords end it, and nothing has changed")
def three_times_bad(t):
    story.settled_user(t, "mai")
    shadow, state = t.shadow("mai"), story.state("mai")
    result = t.passwd_self("mai", OWN, "abc", "abc", OWN[:-1] + "e", OWN[:-1] + "e", OWN, OWN)
    t.eq(result.rc, 10, "passwd fails")
    aside = ("New password: ", "Retype ", OFFER)
    t.eq([line for line in story.lines(result.text) if not line.startswith(aside)], [
        "Changing password for mai.", "Current password: ", ABC,
        "Password not accepted: it is too similar to the old one. Please choose another.",
        "Password not accepted: it is the current one. Please choose another.",
        "passwd: Authentication token manipulation error", "passwd: password unchanged"], "each has its own reasons")
    t.eq(t.shadow("mai"), shadow, "the shadow line")
    t.eq(story.state("mai"), state, "the record, its history, no intent")
    t.eq(t.su_login("mai", OWN).text, f"Password: <{OWN}>\nmai\n", "the old one still works")


@case("a.3", "passwd by the user: what is wrong is said in the language of the login, or of the policy")
def languages(t):
    story.settled_user(t, "mai")
    result = t.passwd_self("mai", OWN, "abc", "abc", env={"LANG": "vi_VN.UTF-8"})
    story.says(t, result, ABC_VI, "language = auto and a Vietnamese locale")
    story.policy(t, "language = vi\n")
    result = t.passwd_self("mai", OWN, "abc", "abc", env={"LANG": "C"})
    story.says(t, result, ABC_VI, "language = vi in the C locale")
    story.policy(t, "language = en\n")
    result = t.passwd_self("mai", OWN, "abc", "abc", env={"LANG": "vi_VN.UTF-8"})
    story.says(t, result, ABC, "language = en in a Vietnamese locale")
    t.eq(t.su_login("mai", OWN).rc, 0, "none of this set anything")


@case("a.4", "a password with accents: refused with the one thing to do, taken under non_ascii = allow in the C locale")
def accents(t):
    accented, apart = "Gió-Đông#35x", "Gio\u0301-Đông#35x"       # one form, and the other: an accent of its own
    story.settled_user(t, "mai")
    result = t.passwd_self("mai", OWN, accented, accented, env={"LANG": "C"})
    t.match("^The password contains accented letters. Please turn the Vietnamese input method off and type it again.$",
            result.text, "refuse is the default")
    story.policy(t, "non_ascii = allow\n")
    result = t.passwd_self("mai", OWN, apart, apart, accented, accented, env={"LANG": "C"})
    t.match("an accent stands apart from its letter", result.text, "only the composed form is taken")
    t.eq(result.rc, 0, "the composed one is, with classes by Unicode")
    t.eq(t.su_login("mai", accented).rc, 0, "and it logs in")


@case("a.5", "passwd by the user: after the second refusal, not before, one is offered that is taken; by ssh none is")
def offered(t):
    story.settled_user(t, "mai")
    with t.Pty(["passwd"], user="mai") as passwd:
        for answer in (OWN, "abc", "abc", "abd", "abd"):
            passwd.wait_prompt()
            t.no_match(OFFER, passwd.text, "not before the second refusal")
            passwd.send(answer)
        passwd.wait_prompt()
        password = t.match(f"^{OFFER}(\\S+)$", passwd.text, "after it").group(1)
        passwd.send(password)
        passwd.wait_prompt()
        passwd.send(password)
        t.eq(passwd.wait(), 0, "it is accepted")
    t.eq(t.su_login("mai", password).rc, 0, "and it logs in")
    t.no_match(password, "\n".join(t.syslog().lines), "the log knows nothing of it")
    story.age(t, "mai", 185)
    with t.sshd("KbdInteractiveAuthentication yes"):
        result = t.ssh("mai", kbdint=[password, password, "abc", "abc", "abd", "abd", NEXT, NEXT])
        t.eq((result.rc, result.text.count("Password not accepted")), (0, 2), "sshd: refused twice, then changed")
        t.no_match(OFFER, result.text, "sshd has no terminal: who answers may be a program")


@case("a.6", "passwd by the user, what it says kept in a file: nothing is offered that would be kept there")
def not_kept(t):
    story.settled_user(t, "mai")
    with t.Pty(["sh", "-c", "passwd > /tmp/said"], user="mai") as passwd:
        for answer in (OWN, "abc", "abc", "abd", "abd", NEXT, NEXT):
            passwd.wait_prompt()
            passwd.send(answer)
        t.eq(passwd.wait(), 0, "refused twice, then changed")
    with open("/tmp/said", encoding="utf-8") as file:
        said = file.read()
    t.match("New password: at least 8 characters", said, "such lines do go there")
    t.no_match(OFFER, said + passwd.text, "neither there nor on the terminal")


@case("a.7", "passwd by the user: what was exposed, what this office likes and what only counts on is refused; a broken "
             "list stops nobody")
def exposed(t):
    words, given, made = "/etc/security/words", "/srv/exposed.txt", "/srv/exposed.vpb"
    story.settled_user(t, "mai")
    t.must(f"echo 'Qu\u00fd Zo Wk' >{words} && printf '%s\\n' {NEXT} abc >{given} && vpolicy-breached build {given} -o {made}")
    story.policy(t, f"words = {words}\nbreached = {made}\nretry = 4\n")
    result = t.passwd_self("mai", OWN, NEXT, NEXT, "Quyzowk#1", "Quyzowk#1", "Haiphong@2024", "Haiphong@2024",
                           OWN + "1999#", OWN + "1999#", env={"LANG": "vi_VN.UTF-8"})
    story.says(t, result, "Mật khẩu chưa đạt yêu cầu: có trong danh sách mật khẩu đã bị lộ. Vui lòng chọn mật khẩu khác.",
               "an exposed one, in Vietnamese")
    story.says(t, result, "Mật khẩu chưa đạt yêu cầu: dễ đoán (từ thông dụng). Có thể ghép 5 từ không liên quan, thêm số "
               "và ký tự đặc biệt.", "a local word")
    story.says(t, result, "Mật khẩu chưa đạt yêu cầu: dễ đoán (từ thông dụng, năm). Có thể ghép 5 từ không liên quan, "
               "thêm số và ký tự đặc biệt.", "a built-in one and a year")
    story.says(t, result, "Mật khẩu chưa đạt yêu cầu: quá giống mật khẩu cũ. Vui lòng chọn mật khẩu khác.", "counting on")
    t.eq(t.su_login("mai", OWN).rc, 0, "nothing was set")
    t.must(f"truncate -s 1000 {made} && rm {words}")
    result = t.passwd_self("mai", OWN, NEXT, NEXT)
    t.eq(result.rc, 0, "with the list cut and the words gone it is taken")
    t.eq(t.su_login("mai", NEXT).rc, 0, "and it logs in")
    t.eq(len(t.syslog().matching(f"{made}: is cut, or no list of breached passwords")), 1, "the log says so of the list")
    t.eq(len(t.syslog().matching(f"{words}: there is no such file of words")), 1, "and of the words")
