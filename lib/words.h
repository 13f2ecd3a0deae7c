/*
 * Words out of a text, and the graph of them (wordlist.h) that the points rule asks. Used for local
 * words when a password is changed, and by build-aux/words.c for the built-in ones. Pure.
 */
#ifndef VP_LIB_WORDS_H
#define VP_LIB_WORDS_H

#include "../pam_vpolicy.h"
#include "wordlist.h"

/* Letters of a word. Shorter ones stand anywhere by chance. */
#define VP_WORD_MIN 3
#define VP_WORD_MAX 24

/* Most bytes of one file of words. */
#define VP_WORDS_MAX ((size_t)1 << 20)

/* Words that are being gathered; {0} at first. */
struct vp_words {
    char (*words)[VP_WORD_MAX + 1];
    size_t count, room;
    size_t odd_line;           /* the first line of the last text that is no word, from 1; or 0 */
    vp_wordlist_place *places; /* after vp_words_finish */
    struct vp_wordlist list;
};

/*
 * Reads a line as a word: folded, without blanks and the signs that stand in names (- _ . '), so
 * that "Tân Bình" is tanbinh. Returns whether it is one: letters only, VP_WORD_MIN to VP_WORD_MAX.
 */
bool vp_words_fold(const char *line, size_t length, char word_out[VP_WORD_MAX + 1]);

/*
 * Adds the words of a text, one a line; # begins a remark. Lines that are no words are passed over,
 * and the first is told in odd_line. Returns 0, or -1 where memory is short.
 */
VP_CHECKED int vp_words_add(struct vp_words *words, const char *text, size_t length);

/* Makes the list. Returns 0, or -1 where memory is short. */
VP_CHECKED int vp_words_finish(struct vp_words *words);

void vp_words_free(struct vp_words *words);

#endif
