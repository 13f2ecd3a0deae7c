/* What lies before one account: gathered once, told as lines (show.c) or as JSON (show_json.c). */
#ifndef VP_CMD_OUTLOOK_H
#define VP_CMD_OUTLOOK_H

#include "command.h"

#include "../lib/message.h"

/* As many ways in are looked at for everybody, and what is read there in as many languages. */
#define CMD_LOGIN_COUNT    5
#define CMD_LANGUAGE_COUNT 2

/* One way in, and what comes of it today. */
struct cmd_login {
    const char *service;
    bool password_asked;
    bool in;                                         /* let in without a change */
    char result[128];                                /* in words */
    int32_t until;                                   /* the last day of grace, or VP_NO_DAY */
    char reads[CMD_LANGUAGE_COUNT][VP_MESSAGE_SIZE]; /* or "" */
};

struct cmd_outlook {
    const struct cmd_arguments *arguments;
    const struct vp_inquiry *inquiry;
    bool own;   /* who asks is the account itself, and not root: the record stays hidden */
    bool blind; /* no verdict can be had */
    struct vp_verdict verdict;
    int32_t due; /* when the password will be due; VP_NEVER; VP_NO_DAY = does not apply */
    struct cmd_login asked[2]; /* the service that was named, by password and without */
    struct cmd_login usual[CMD_LOGIN_COUNT];
    char to_do[512];
};

/* The languages of cmd_login.reads, in that order. */
extern const char *const cmd_outlook_languages[CMD_LANGUAGE_COUNT];

/* Fills outlook_out; arguments and inquiry are lent as long as it. */
void cmd_outlook(const struct cmd_arguments *arguments, const struct vp_inquiry *inquiry,
                 struct cmd_outlook *outlook_out);

/* Whether the policy speaks a language to the account; auto is decided by the login's locale. */
bool cmd_outlook_speaks(const struct cmd_outlook *outlook, size_t language);

/* Why the account is exempt, in words; false where it is not. */
bool cmd_outlook_exempt(const struct vp_inquiry *inquiry, char *buffer, size_t size);

/* What stands where the password's hash should. */
const char *cmd_outlook_password(enum vp_password_kind kind);

/* Tells it as one JSON object, without any hash. 0, or -1 where memory is short. */
VP_CHECKED int cmd_show_json(const struct cmd_outlook *outlook);

#endif
