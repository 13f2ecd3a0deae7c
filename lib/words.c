#include "words.h"
#include "fold.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Most characters of a line that may be a word. */
#define LINE_MAX 200

bool vp_words_fold(const char *line, size_t length, char word_out[VP_WORD_MAX + 1])
{
    uint32_t points[LINE_MAX];
    size_t count = 0, kept = 0;

    if (length > LINE_MAX || vp_text_decode(line, length, points, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t letter = vp_fold_letter(points[i]);

        if (letter == 0 || (letter < 0x80 && strchr(" \t-_.'", (int)letter) != NULL))
            continue;
        if (letter < 'a' || letter > 'z' || kept == VP_WORD_MAX)
            return false;
        word_out[kept++] = (char)letter;
    }
    word_out[kept] = '\0';
    return kept >= VP_WORD_MIN;
}

static int add_word(struct vp_words *words, const char word[VP_WORD_MAX + 1])
{
    if (words->count == words->room) {
        size_t room = words->room == 0 ? 256 : words->room * 2;
        void *moved = reallocarray(words->words, room, sizeof *words->words);

        if (moved == NULL)
            return -1;
        words->words = moved;
        words->room = room;
    }
    memcpy(words->words[words->count++], word, VP_WORD_MAX + 1);
    return 0;
}

/* Whether there is anything before a remark. */
static bool is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r", line[i]) == NULL)
            return false;
    return true;
}

int vp_words_add(struct vp_words *words, const char *text, size_t length)
{
    const char *end = text + length;
    size_t number = 0;

    words->odd_line = 0;
    /* Some editors put a byte order mark before UTF-8; it says nothing. */
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((stop == NULL ? end : stop) - text), used = line;
        const char *remark = memchr(text, '#', line);
        char word[VP_WORD_MAX + 1] = "";

        number++;
        used = remark == NULL ? line : (size_t)(remark - text);
        if (used > 0 && text[used - 1] == '\r')
            used--;
        if (vp_words_fold(text, used, word)) {
            if (add_word(words, word) != 0)
                return -1;
        } else if (words->odd_line == 0 && !is_blank(text, used)) {
            words->odd_line = number;
        }
        text += line + 1;
    }
    return 0;
}

/* ---- the graph ------------------------------------------------------------------------------- */

static int compare(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* How many words from `first` on go on with the same letter. */
static size_t count_alike(const struct vp_words *words, size_t first, size_t end, size_t depth)
{
    size_t next = first;

    while (next < end && words->words[next][depth] == words->words[first][depth])
        next++;
    return next - first;
}

/*
 * The place of all words from `first` to before `end`, which are alike up to `depth`. The places of
 * its letters stand side by side. Goes as deep as a word is long.
 */
static vp_wordlist_place make_place(struct vp_words *words, size_t *used, size_t first, size_t end,
                                    size_t depth)
{
    vp_wordlist_place place = 0;
    size_t block = *used, child;

    if (words->words[first][depth] == '\0') {
        place |= VP_WORDLIST_END;
        first += count_alike(words, first, end, depth);
    }
    for (size_t at = first; at < end; at += count_alike(words, at, end, depth)) {
        place |= (vp_wordlist_place)1 << (words->words[at][depth] - 'a');
        (*used)++;
    }
    child = block;
    for (size_t at = first; at < end; child++) {
        size_t alike = count_alike(words, at, end, depth);

        words->places[child] = make_place(words, used, at, at + alike, depth + 1);
        at += alike;
    }
    return child == block ? place : place | (vp_wordlist_place)block << 32;
}

int vp_words_finish(struct vp_words *words)
{
    size_t letters = 0, used = 0;

    for (size_t i = 0; i < words->count; i++)
        letters += strlen(words->words[i]);
    words->places = calloc(letters + 1, sizeof *words->places);
    if (words->places == NULL)
        return -1;
    if (words->count > 0) {
        qsort(words->words, words->count, sizeof *words->words, compare);
        words->list.root = make_place(words, &used, 0, words->count, 0);
    }
    words->list.places = words->places;
    return 0;
}

void vp_words_free(struct vp_words *words)
{
    free(words->words);
    free(words->places);
    *words = (struct vp_words){0};
}
