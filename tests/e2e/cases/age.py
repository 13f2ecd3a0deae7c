"""180 days: silence, a warning for the last 14, then no login without a change; in the user's language."""
import story
from story import NEXT, OWN
from toolkit import case

# How old the password is, and what is said: None, days left, or 0 for due.
DAYS = ((0, None), (165, None), (166, 14), (173, 7), (179, 1), (180, 0), (181, -1))


def says_nothing(t, user, result, why):
    """RESULT, of su, is a login and nothing else."""
    t.eq((result.rc, result.text), (0, f"Password: <{OWN}>\n{user}\n"), why)


def as_due(t, user, days, left):
    """What su and IMAP say to USER, DAYS after the password was set."""
    result, answer = t.su_login(user, OWN), t.imap_login(user, OWN)
    if left is None:
        says_nothing(t, user, result, f"day {days}")
    elif left > 0:
        t.eq((result.rc, story.lines(result.text)), (0, ["Password: ", story.warns(t, left), user]), f"day {days}")
    else:
        t.eq(story.lines(result.text), ["Password: ", story.expired(t, -left), f"Changing password for {user}.",
                                        "Current password: "], f"day {days}: su")
        t.eq(answer, "a NO [EXPIRED] Password expired", f"day {days}: IMAP")
        return
    t.match(r"^a OK ", answer, f"day {days}: IMAP")


@case("d.1", "silent until day 165, told 14 days to 1 day before, due on day 180: su and IMAP")
def day_by_day(t):
    story.settled_user(t, "thu")
    with t.dovecot():
        for days, left in DAYS:
            story.age(t, "thu", days)
            as_due(t, "thu", days, left)


@case("d.2", "the clock moved for real programs: days 165, 166 and 179 let in, day 180 demands a change")
def with_the_clock(t):
    story.settled_user(t, "thu")
    for days, left in ((165, None), (166, 14), (179, 1), (180, 0)):
        t.faketime(days)
        with t.dovecot():
            as_due(t, "thu", days, left)
    result = t.su_login("thu", OWN, (OWN, NEXT, NEXT))
    t.eq((result.rc, result.text.split()[-1]), (0, "thu"), "the change is made")
    story.says(t, result, story.done(t), "and good for another 180 days")
    clean = t.su_login("thu", NEXT)
    t.eq((clean.rc, clean.text), (0, f"Password: <{NEXT}>\nthu\n"), "the next login says nothing")
    t.faketime(180 + 179)
    story.says(t, t.su_login("thu", NEXT), story.warns(t, 1), "it counts from the change")


@case("d.3", "max_age and warn_before of the policy count at once, for whom they are meant")
def of_the_policy(t):
    for user in ("thu", "dong"):
        story.settled_user(t, user)
        story.age(t, user, 40)
    story.policy(t, "[user thu]\nmax_age = 45d\nwarn_before = 5d\n")
    story.says(t, t.su_login("thu", OWN), story.warns(t, 5), "45 days for thu")
    says_nothing(t, "dong", t.su_login("dong", OWN), "180 for everybody else")
    story.policy(t, "[user thu]\nmax_age = 45d\nwarn_before = 4d\n")
    says_nothing(t, "thu", t.su_login("thu", OWN), "one day less of warning")
    story.policy(t, "max_age = 40d\n[user thu]\nmax_age = never\n")
    says_nothing(t, "thu", t.su_login("thu", OWN), "never")
    story.says(t, t.su_login("dong", OWN), story.expired(t), "40 days for everybody else")


@case("d.4", "language = vi: Vietnamese in sshd and in su in the C locale; auto: as the login speaks")
def languages(t):
    story.settled_user(t, "thu")
    vietnamese, plain = {"LANG": "vi_VN.UTF-8"}, {"LANG": "C"}
    story.policy(t, "language = vi\n")
    with t.sshd("KbdInteractiveAuthentication yes"):
        story.age(t, "thu", 179)
        story.says(t, t.ssh("thu", password=OWN), story.warns(t, 1, "vi"), "vi: sshd warns")
        story.says(t, t.su_login("thu", OWN, env=plain), story.warns(t, 1, "vi"), "vi: su warns")
        story.age(t, "thu", 182)
        story.says(t, t.ssh("thu", kbdint=[OWN]), story.expired(t, 2, "vi"), "vi: sshd demands")
        story.says(t, t.su_login("thu", OWN, env=plain), story.expired(t, 2, "vi"), "vi: su demands")
        result = t.su_login("thu", OWN, (OWN, NEXT, NEXT), env=plain)
        story.says(t, result, "Mật khẩu mới phải có từ 8 ký tự trở lên, bao gồm chữ in hoa, chữ thường, số và ký tự "
                              "đặc biệt; không trùng 5 mật khẩu gần nhất.", "vi: the rules")
        story.says(t, result, "Đã đổi mật khẩu. Mật khẩu mới có hiệu lực đến hết ngày "
                              f"{story.vietnamese(t.today() + 179)}.", "vi: done")
        t.match(r"^New password: <", result.text, "the prompts stay PAM's: plugins match them")

        story.policy(t, "language = auto\n")
        story.age(t, "thu", 179)
        story.says(t, t.su_login("thu", NEXT, env=vietnamese), story.warns(t, 1, "vi"), "auto: Vietnamese su")
        story.says(t, t.su_login("thu", NEXT, env=plain), story.warns(t, 1), "auto: su in the C locale")
        story.says(t, t.ssh("thu", password=NEXT), story.warns(t, 1), "auto: sshd has no locale")
