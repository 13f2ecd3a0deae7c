/*
 * A login without a shell, for cases that need hundreds of them: authenticates and asks the account
 * phase of a PAM service, as a daemon that runs as root does. Compiled inside the private system.
 *
 *   client SERVICE                   "USER PASSWORD" a line in, "USER AUTH ACCOUNT TEXT" a line out
 *   client SERVICE poll USER MS      logs in every MS milliseconds until its input ends; then one
 *                                    line for each kind of answer: "COUNT AUTH ACCOUNT TEXT"
 *
 * AUTH and ACCOUNT are PAM's numbers; - where authenticating failed and nothing more was asked.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_appl.h>

struct talk {
    const char *password;
    char text[1024];
};

static int converse(int count, const struct pam_message **messages, struct pam_response **out,
                    void *data)
{
    struct talk *talk = data;
    struct pam_response *responses = calloc((size_t)count, sizeof *responses);

    if (responses == NULL)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; i++) {
        size_t length = strlen(talk->text);

        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            responses[i].resp = strdup(talk->password);
        else
            snprintf(talk->text + length, sizeof talk->text - length, "%s", messages[i]->msg);
    }
    *out = responses;
    return PAM_SUCCESS;
}

/* A wrong password costs no two seconds here. */
static void no_delay(int status, unsigned microseconds, void *data)
{
    (void)status;
    (void)microseconds;
    (void)data;
}

static void login(const char *service, const char *user, const char *password, char *answer,
                  size_t size)
{
    union {
        void (*function)(int, unsigned, void *);
        const void *pointer;
    } delay = {.function = no_delay};
    struct talk talk = {.password = password};
    const struct pam_conv conversation = {converse, &talk};
    pam_handle_t *pamh = NULL;
    char account[16] = "-";
    int status = pam_start(service, user, &conversation, &pamh);

    if (status == PAM_SUCCESS) {
        (void)pam_set_item(pamh, PAM_FAIL_DELAY, delay.pointer);
        status = pam_authenticate(pamh, 0);
        if (status == PAM_SUCCESS)
            snprintf(account, sizeof account, "%d", pam_acct_mgmt(pamh, 0));
        pam_end(pamh, status);
    }
    snprintf(answer, size, "%d %s %s", status, account, talk.text);
}

static int log_in_all(const char *service)
{
    char line[1024], answer[1200];

    while (fgets(line, sizeof line, stdin) != NULL) {
        char *password = strchr(line, ' ');

        line[strcspn(line, "\n")] = '\0';
        if (password == NULL)
            return 2;
        *password++ = '\0';
        login(service, line, password, answer, sizeof answer);
        printf("%s %s\n", line, answer);
        fflush(stdout);
    }
    return 0;
}

static int poll_login(const char *service, const char *user, int milliseconds)
{
    struct pollfd end = {.fd = 0, .events = POLLIN};
    struct {
        unsigned count;
        char answer[1200];
    } kinds[16] = {{0}};
    const unsigned size = sizeof kinds / sizeof kinds[0];

    do {
        char answer[1200];
        unsigned i = 0;

        login(service, user, "", answer, sizeof answer);
        while (i < size - 1 && kinds[i].count > 0 && strcmp(kinds[i].answer, answer) != 0)
            i++;
        kinds[i].count++;
        snprintf(kinds[i].answer, sizeof kinds[i].answer, "%s", answer);
    } while (poll(&end, 1, milliseconds) == 0);
    for (unsigned i = 0; i < size && kinds[i].count > 0; i++)
        printf("%u %s\n", kinds[i].count, kinds[i].answer);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return log_in_all(argv[1]);
    if (argc == 5 && strcmp(argv[2], "poll") == 0)
        return poll_login(argv[1], argv[3], atoi(argv[4]));
    return 2;
}
