/*
 * Makes the built-in word list at build: words FILE... > wordlist.c
 *
 * Reads words, one a line, folds them, and writes a graph in which equal ends are shared
 * (lib/wordlist.h). Words with other characters than letters, and those of fewer than three
 * letters, are left out. Runs on the machine that builds.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "../lib/fold.h"
#include "../lib/text.h"
#include "../lib/wordlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MIN 3
#define WORD_MAX 24

static char **words;
static size_t count, room;

/* The places that have been written; a block is found again by its contents. */
static uint64_t *places;
static size_t place_count, place_room;
static size_t *table; /* open addressing: index of a block + 1, 0 = free */
static size_t *sizes; /* of the block in the same slot */
#define TABLE_SIZE ((size_t)1 << 20)

static void *grow(void *array, size_t used, size_t *have, size_t size)
{
    if (used < *have)
        return array;
    *have = *have == 0 ? 4096 : *have * 2;
    array = realloc(array, *have * size);
    if (array == NULL) {
        perror("words");
        exit(1);
    }
    return array;
}

/* Folds a line. Returns whether it is a word. */
static int fold(const char *line, char word[WORD_MAX + 1])
{
    uint32_t points[256];
    size_t n, kept = 0;

    if (strlen(line) >= sizeof points / sizeof points[0] ||
        vp_text_decode(line, strlen(line), points, &n) != 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t letter = vp_fold_letter(points[i]);

        if (letter == 0)
            continue;
        if (letter < 'a' || letter > 'z' || kept == WORD_MAX)
            return 0;
        word[kept++] = (char)letter;
    }
    word[kept] = '\0';
    return kept >= WORD_MIN;
}

static void read_words(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[512], word[WORD_MAX + 1];

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "#\r\n")] = '\0';
        if (!fold(vp_text_trim(line), word))
            continue;
        words = grow(words, count, &room, sizeof *words);
        words[count++] = strdup(word);
    }
    fclose(file);
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Where a block of places stands; it is written if it is new. */
static size_t place_block(const uint64_t *block, size_t size)
{
    uint64_t hash = 1469598103934665603u;
    size_t slot;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ block[i]) * 1099511628211u ^ (hash >> 29);
    for (slot = hash % TABLE_SIZE; table[slot] != 0; slot = (slot + 1) % TABLE_SIZE)
        if (sizes[slot] == size &&
            memcmp(places + table[slot] - 1, block, size * sizeof *block) == 0)
            return table[slot] - 1;
    for (size_t i = 0; i < size; i++) {
        places = grow(places, place_count, &place_room, sizeof *places);
        places[place_count++] = block[i];
    }
    table[slot] = place_count - size + 1;
    sizes[slot] = size;
    return place_count - size;
}

/* The place of all words from `first` to before `end`, which are alike up to `depth`. */
static uint64_t make_place(size_t first, size_t end, size_t depth)
{
    uint64_t block[26], place = 0;
    size_t size = 0;

    if (first < end && words[first][depth] == '\0') {
        place |= VP_WORDLIST_END;
        while (first < end && words[first][depth] == '\0')
            first++;
    }
    while (first < end) {
        size_t next = first;

        while (next < end && words[next][depth] == words[first][depth])
            next++;
        place |= (uint64_t)1 << (words[first][depth] - 'a');
        block[size++] = make_place(first, next, depth + 1);
        first = next;
    }
    if (size > 0)
        place |= (uint64_t)place_block(block, size) << 32;
    return place;
}

int main(int argc, char **argv)
{
    uint64_t root;

    table = calloc(TABLE_SIZE, sizeof *table);
    sizes = calloc(TABLE_SIZE, sizeof *sizes);
    if (table == NULL || sizes == NULL)
        return 1;
    for (int i = 1; i < argc; i++)
        read_words(argv[i]);
    qsort(words, count, sizeof *words, compare);
    root = make_place(0, count, 0);
    printf("/* Made by build-aux/words.c: %zu lines of words. */\n#include \"lib/wordlist.h\"\n\n"
           "static const vp_wordlist_place places[] = {\n",
           count);
    for (size_t i = 0; i < place_count; i++)
        printf("0x%llx,%s", (unsigned long long)places[i], i % 6 == 5 ? "\n" : "");
    printf("};\n\nconst struct vp_wordlist vp_wordlist_builtin = {places, 0x%llx};\n",
           (unsigned long long)root);
    return ferror(stdout) || fflush(stdout) != 0;
}
