/*
 * Fuzz target: files of local words. Every word that is read is found in the list, and the list
 * asks for no letter outside itself. SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "../../lib/words.h"
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vp_words words = {0};

    if (vp_words_add(&words, (const char *)data, size) == 0 && vp_words_finish(&words) == 0)
        for (size_t i = 0; i < words.count; i++) {
            vp_wordlist_place place = words.list.root;

            for (const char *at = words.words[i]; *at != '\0'; at++)
                if (!vp_wordlist_step(&words.list, place, (unsigned char)*at, &place))
                    abort();
            if (!vp_wordlist_ends(place))
                abort();
        }
    vp_words_free(&words);
    return 0;
}
