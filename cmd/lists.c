/* The files that a policy names: local words, and lists of breached passwords. */
#include "../lib/breached.h"
#include "../lib/error.h"
#include "../lib/store.h"
#include "../lib/words.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is wrong with one of them, for a message; "" if nothing is. */
static void find_fault_of_words(const char *path, char *fault_out, size_t size)
{
    struct vp_words words = {0};
    struct vp_error error;
    char *text = NULL, said[512];
    size_t length = 0;
    int found = vp_store_read_words(path, &text, &length, &error);

    if (found < 0) {
        vp_error_print(&error, said, sizeof said);
        snprintf(fault_out, size, "words: %s", said);
    } else if (found == 0) {
        snprintf(fault_out, size, "words: %s: there is no such file", path);
    } else if (vp_words_add(&words, text, length) == 0 && words.odd_line > 0) {
        snprintf(fault_out, size, "words: %s:%zu: is no word (letters only, %d to %d of them)",
                 path, words.odd_line, VP_WORD_MIN, VP_WORD_MAX);
    }
    vp_words_free(&words);
    free(text);
}

/* Its first and its last block; vpolicy-breached check reads all. */
static void find_fault_of_breached(const char *path, char *fault_out, size_t size)
{
    unsigned char block[VP_FILTER_BLOCK];
    struct vp_breached list;
    struct vp_error error;
    char said[512];

    if (vp_breached_open(path, &list, &error) != 0 ||
        vp_breached_read(&list, 0, block, &error) != 0 ||
        vp_breached_read(&list, list.blocks - 1, block, &error) != 0) {
        vp_error_print(&error, said, sizeof said);
        snprintf(fault_out, size, "breached: %s", said);
    }
    vp_breached_close(&list);
}

void cmd_lists_visit_faults(const struct vp_policy *policy,
                            void visit(void *context, unsigned line, const char *fault),
                            void *context)
{
    for (size_t i = 0; i < policy->setting_count; i++) {
        const struct vp_setting *setting = &policy->settings[i];
        bool words = setting->key == VP_KEY_words;
        const char *at = setting->text;

        if ((!words && setting->key != VP_KEY_breached) || at == NULL)
            continue;
        while (*(at += strspn(at, " \t")) != '\0') {
            char *path = strndup(at, strcspn(at, " \t")), fault[1024] = "";

            if (path != NULL && words)
                find_fault_of_words(path, fault, sizeof fault);
            else if (path != NULL)
                find_fault_of_breached(path, fault, sizeof fault);
            if (fault[0] != '\0')
                visit(context, setting->line, fault);
            free(path);
            at += strcspn(at, " \t");
        }
    }
}
