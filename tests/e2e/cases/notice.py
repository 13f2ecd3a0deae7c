"""Mail users are told by mail, through real Postfix, read with real Dovecot: when, what, and never twice."""
import story
from toolkit import case
from story import OWN, NEXT

STEPS = (14, 7, 3, 1)




def body(mail):
    """The text of a mail with its lines unwrapped."""
    return " ".join(mail.get_content().split())


@case("n.1", "166 days after her own change the notice is in her mailbox, with the day; then at each step, once")
def steps(t):
    story.policy(t, "language = en\npage = https://mail.example.vn/\n")
    story.settled_user(t, "mai")
    start = t.today()
    with t.Postfix() as postfix, t.dovecot():
        seen = 0
        for age in (165, 166, 166, 167, 173, 174, 177, 179):
            t.faketime(age)
            said = t.must("vpolicy notify")
            postfix.delivered()
            due = 180 - age in STEPS and not (age == 166 and seen == 1)
            seen += due
            mails = t.imap_mails("mai", OWN)
            t.eq(len(mails), seen, f"{age} days: so many mails; it said {said}")
            if due:
                left = 180 - age
                when = f"in {left} day{'' if left == 1 else 's'}"
                t.match(when, mails[-1]["Subject"], f"{age} days: the subject")
                t.match(rf"{when} \({story.english(start + 180)}\)", body(mails[-1]), f"{age} days: the day")
                t.match("https://mail.example.vn/", body(mails[-1]), f"{age} days: where to change it")
        t.eq(seen, 4, "one for each of 14, 7, 3 and 1 days")


@case("n.2", "who has changed gets no notice; who is due gets one that says what to do now, in Vietnamese, undamaged")
def changed(t):
    story.policy(t, "language = vi\n[service dovecot]\ngrace = 30d\n")
    for user in ("mai", "binh"):
        story.settled_user(t, user)
        story.age(t, user, 181)
    t.eq(t.passwd_self("mai", OWN, NEXT, NEXT).rc, 0, "preparation: mai changes hers")
    with t.Postfix() as postfix, t.dovecot():
        t.must("vpolicy notify")
        t.must("vpolicy notify")
        postfix.delivered()
        t.eq(t.imap_mails("mai", NEXT), [], "mai has none")
        mails = t.imap_mails("binh", OWN)
        t.eq(len(mails), 1, "binh has one, though it ran twice")
        t.match("^Mật khẩu đã hết hạn", mails[0]["Subject"], "the subject, RFC 2047 decoded")
        raw = [value for name, value in mails[0].raw_items() if name == "Subject"][0]
        t.eq(raw.isascii(), True, "and on the wire it is ASCII")
        t.match(rf"từ ngày {story.vietnamese(t.today() - 1)}", body(mails[0]), "since when")
