#include "guess.h"
#include "fold.h"
#include "secret.h"
#include "text.h"

#include <string.h>

#define WORD_MIN     3 /* of the list: shorter ones stand anywhere by chance */
#define REVERSED_MIN 5 /* of a word that is written backwards */
#define LOOSE_MIN    7 /* letters of a word, and of the password, that may be one letter off */
#define PART_MIN     3 /* of sequences, walks, runs, repeats and names */
#define READINGS     3 /* as many letters can a character stand for */
/* What lies behind is worth its points in any case, and weighing must end. */
#define LENGTH_MAX 128

/* As many states of the search for words are remembered; more are looked at again. */
#define VISITED 1024

/* A state that the search for words which begin at `from` has been in. */
struct visited {
    const struct vp_wordlist *list;
    vp_wordlist_place place;
    uint32_t state, from; /* from: one more than the place, 0 = free */
};

/* A name of the user's, folded. */
struct name {
    uint32_t folded[LENGTH_MAX];
    size_t length;
};

/* A password as it is weighed. Holds the secret. */
struct weighing {
    size_t count;
    uint32_t folded[LENGTH_MAX];         /* small, without diacritics */
    char readings[LENGTH_MAX][READINGS]; /* letters that it may stand for, 0 = no more */
    int32_t cost[LENGTH_MAX + 1];        /* of the cheapest cover up to here */
    unsigned kinds[LENGTH_MAX + 1];      /* of that cover */
    struct name login_name, full_name;
    const struct vp_wordlist *list; /* the one that is searched */
    struct visited visited[VISITED];
};

/* ---- folding --------------------------------------------------------------------------------- */

static void read_letters(uint32_t folded, char letters[READINGS])
{
    const char *readings = vp_fold_readings(folded);

    memset(letters, 0, READINGS);
    if (folded >= 'a' && folded <= 'z')
        letters[0] = (char)folded;
    else
        memcpy(letters, readings, strlen(readings));
}

static void fold(const struct vp_candidate *candidate, struct weighing *weighing)
{
    size_t length = candidate->count < VP_PASSWORD_SIZE ? candidate->count : VP_PASSWORD_SIZE;

    for (size_t i = 0; i < length && weighing->count < LENGTH_MAX; i++) {
        uint32_t folded = vp_fold_letter(candidate->points[i]);

        if (folded == 0)
            continue;
        weighing->folded[weighing->count] = folded;
        read_letters(folded, weighing->readings[weighing->count]);
        weighing->count++;
    }
}

/* ---- the cover ------------------------------------------------------------------------------- */

/* What stands from `from` to before `to` is one thing: a cover may end in it. kinds: a set. */
static void cover(struct weighing *weighing, size_t from, size_t to, unsigned kinds)
{
    int32_t cost = weighing->cost[from] + 1;

    /* Of two covers that cost the same, the one of the kinds that are told first. */
    if (cost < weighing->cost[to] ||
        (cost == weighing->cost[to] && (weighing->kinds[from] | kinds) < weighing->kinds[to] &&
         weighing->kinds[to] != 0)) {
        weighing->cost[to] = cost;
        weighing->kinds[to] = weighing->kinds[from] | kinds;
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Where a word may have come to. */
struct step {
    vp_wordlist_place place;
    size_t at;    /* in the password */
    size_t depth; /* letters of the word */
    bool off;     /* one letter is wrong already */
    bool odd;     /* a digit or a sign stands for a letter */
    bool strange; /* and it is one that seldom does */
    bool between; /* the last character was one too many: a word cannot end with that */
    bool doubled; /* a letter stands twice: all others as they are, neither off nor odd */
};

static void find_words(struct weighing *weighing, size_t from, const struct step *step);

static bool is_letter(uint32_t folded)
{
    return folded >= 'a' && folded <= 'z';
}

/* Letters of a word that stand more than once: hhoaa is hoa. All of them at once: it must end. */
static void step_in_place(struct weighing *weighing, size_t from, const struct step *step)
{
    struct step next = *step;

    if (step->depth == 0 || !is_letter(weighing->folded[step->at]) ||
        weighing->folded[step->at] != weighing->folded[step->at - 1])
        return;
    while (next.at < weighing->count && weighing->folded[next.at] == weighing->folded[step->at])
        next.at++;
    next.doubled = true;
    find_words(weighing, from, &next);
}

/* Signs that stand behind words more often than in them. */
static bool is_strange(uint32_t folded)
{
    return folded == '!' || folded == '$' || folded == '5' || folded == '7';
}

/* Takes a letter of a word, and as many characters of the password. */
static void step_on(struct weighing *weighing, size_t from, const struct step *step,
                    uint32_t letter, size_t taken, bool off)
{
    struct step next;
    vp_wordlist_place place;

    if (!vp_wordlist_step(weighing->list, step->place, letter, &place))
        return;
    next = (struct step){.place = place,
                         .at = step->at + taken,
                         .depth = step->depth + 1,
                         .off = step->off || off,
                         .strange =
                             step->strange || (taken > 0 && is_strange(weighing->folded[step->at])),
                         .odd = step->odd || (taken > 0 && !is_letter(weighing->folded[step->at])),
                         .doubled = step->doubled};
    find_words(weighing, from, &next);
}

/* The ways to be one letter off: another letter, one too many in the password, one missing. */
static void step_aside(struct weighing *weighing, size_t from, const struct step *step)
{
    if (step->at < weighing->count && step->depth > 0) {
        struct step next = *step;

        next.odd |= !is_letter(weighing->folded[next.at]);
        next.at++;
        next.off = next.between = true;
        find_words(weighing, from, &next);
    }
    for (uint32_t letters = vp_wordlist_letters(step->place); letters != 0;
         letters &= letters - 1) {
        uint32_t letter = 'a' + (uint32_t)__builtin_ctz(letters);

        if (step->at < weighing->count)
            step_on(weighing, from, step, letter, 1, true);
        if (step->depth > 0)
            step_on(weighing, from, step, letter, 0, true);
    }
}

/*
 * A word that is one letter off must be long enough on both sides, and longer where a digit or a
 * sign stands for the letter; one of three letters has none that seldom stands for a letter: by
 * chance they hit too often.
 */
static bool is_long_enough(const struct step *step, size_t from)
{
    size_t taken = step->at - from, least = LOOSE_MIN + step->odd;

    return step->off ? step->depth >= least && taken >= least
                     : step->depth >= (size_t)WORD_MIN + step->strange;
}

/*
 * Whether the search has been in this state; else it is remembered. Words with two readings of each
 * letter (a@4a@4) are come to in so many ways that it would not end in time.
 */
static bool was_visited(struct weighing *weighing, size_t from, const struct step *step)
{
    uint32_t state = (uint32_t)(step->at | step->depth << 8 | (size_t)step->off << 16 |
                                (size_t)step->odd << 17 | (size_t)step->between << 18 |
                                (size_t)step->doubled << 19 | (size_t)step->strange << 20);
    uint64_t hash = (step->place ^ (uint64_t)state << 7) * 0x9e3779b97f4a7c15u;
    struct visited *visited = &weighing->visited[hash >> 54];

    if (visited->from == from + 1 && visited->list == weighing->list &&
        visited->place == step->place && visited->state == state)
        return true;
    *visited = (struct visited){weighing->list, step->place, state, (uint32_t)from + 1};
    return false;
}

/* Recursion goes as deep as the password is long, and two. */
static void find_words(struct weighing *weighing, size_t from, const struct step *step)
{
    if ((step->doubled && (step->off || step->odd)) || was_visited(weighing, from, step))
        return;
    if (vp_wordlist_ends(step->place) && !step->between && is_long_enough(step, from))
        cover(weighing, from, step->at, VP_GUESS_WORD);
    if (!step->off && weighing->count - from >= LOOSE_MIN)
        step_aside(weighing, from, step);
    if (step->at == weighing->count)
        return;
    step_in_place(weighing, from, step);
    for (size_t i = 0; i < READINGS && weighing->readings[step->at][i] != '\0'; i++)
        step_on(weighing, from, step, (unsigned char)weighing->readings[step->at][i], 1, false);
}

/* Words written backwards: taken only as they stand, and long enough not to be there by chance. */
static void find_reversed(struct weighing *weighing, size_t from)
{
    for (size_t to = from + 1; to <= weighing->count && is_letter(weighing->folded[to - 1]); to++) {
        vp_wordlist_place place = weighing->list->root;
        size_t at = to;

        while (at > from &&
               vp_wordlist_step(weighing->list, place, weighing->folded[at - 1], &place))
            at--;
        if (at == from && to - from >= REVERSED_MIN && vp_wordlist_ends(place))
            cover(weighing, from, to, VP_GUESS_WORD);
    }
}

static void find_listed(struct weighing *weighing, size_t from, const struct vp_wordlist *list)
{
    struct step step = {.place = list->root, .at = from};

    weighing->list = list;
    find_words(weighing, from, &step);
    find_reversed(weighing, from);
}

/*
 * Vietnamese syllables of two letters, and what people put beside (hn, hp, vn, tp, mr, ms). They
 * are taken only as they stand: with one letter off, or a digit for it, they would be everywhere.
 */
static const char short_words[][2] = {
    {'a', 'i'}, {'a', 'n'}, {'a', 'o'}, {'b', 'a'}, {'b', 'e'}, {'b', 'i'}, {'b', 'o'}, {'b', 'u'},
    {'c', 'a'}, {'c', 'o'}, {'c', 'u'}, {'d', 'a'}, {'d', 'e'}, {'d', 'i'}, {'d', 'o'}, {'d', 'u'},
    {'e', 'm'}, {'g', 'a'}, {'h', 'a'}, {'h', 'e'}, {'h', 'n'}, {'h', 'o'}, {'h', 'p'}, {'h', 'y'},
    {'k', 'e'}, {'k', 'y'}, {'l', 'a'}, {'l', 'e'}, {'l', 'o'}, {'l', 'u'}, {'l', 'y'}, {'m', 'a'},
    {'m', 'e'}, {'m', 'i'}, {'m', 'o'}, {'m', 'r'}, {'m', 's'}, {'m', 'u'}, {'m', 'y'}, {'n', 'a'},
    {'n', 'e'}, {'n', 'o'}, {'n', 'u'}, {'o', 'i'}, {'o', 'n'}, {'r', 'a'}, {'r', 'o'}, {'s', 'a'},
    {'s', 'o'}, {'s', 'u'}, {'t', 'a'}, {'t', 'e'}, {'t', 'i'}, {'t', 'o'}, {'t', 'p'}, {'t', 'u'},
    {'t', 'v'}, {'v', 'a'}, {'v', 'e'}, {'v', 'i'}, {'v', 'n'}, {'v', 'o'}, {'v', 'u'}, {'v', 'y'},
    {'x', 'a'}, {'x', 'e'}, {'x', 'u'},
};

static void find_short_word(struct weighing *weighing, size_t from)
{
    if (from + 2 > weighing->count)
        return;
    for (size_t i = 0; i < sizeof short_words / sizeof short_words[0]; i++)
        if (weighing->folded[from] == (unsigned char)short_words[i][0] &&
            weighing->folded[from + 1] == (unsigned char)short_words[i][1])
            cover(weighing, from, from + 2, VP_GUESS_WORD);
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool reads_as(const struct weighing *weighing, size_t at, uint32_t letter)
{
    if (weighing->folded[at] == letter)
        return true;
    for (size_t i = 0; i < READINGS; i++)
        if (weighing->readings[at][i] != '\0' && (unsigned char)weighing->readings[at][i] == letter)
            return true;
    return false;
}

static void cover_name(struct weighing *weighing, size_t from, const uint32_t *name, size_t length)
{
    bool forwards = true, backwards = true;

    if (length < PART_MIN || from + length > weighing->count)
        return;
    for (size_t i = 0; i < length && (forwards || backwards); i++) {
        forwards &= reads_as(weighing, from + i, name[i]);
        backwards &= reads_as(weighing, from + i, name[length - 1 - i]);
    }
    if (forwards || backwards)
        cover(weighing, from, from + length, VP_GUESS_NAME);
}

/* The parts of a name: what stands between anything that is no letter. */
static void find_parts(struct weighing *weighing, size_t from, const uint32_t *name, size_t length)
{
    size_t begin = 0;

    for (size_t i = 0; i <= length; i++)
        if (i == length || !is_letter(name[i])) {
            cover_name(weighing, from, name + begin, i - begin);
            begin = i + 1;
        }
}

/* Initials before or behind the part that is written out: tvan and antv for Tran Van An. */
static void find_initials(struct weighing *weighing, size_t from, const uint32_t *name,
                          size_t length)
{
    uint32_t initials[LENGTH_MAX], joined[2 * LENGTH_MAX];
    size_t count = 0, begin = 0;

    for (size_t i = 0; i < length; i++)
        if (is_letter(name[i]) && (i == 0 || !is_letter(name[i - 1])))
            initials[count++] = name[i];
    for (size_t i = 0; i <= length; i++) {
        size_t part = i - begin;

        if (i < length && is_letter(name[i]))
            continue;
        /* Names can be made of many initials: nothing is put together that cannot stand here. */
        if (part > 0 && count > 1 && from + count - 1 + part <= weighing->count) {
            /* The written part is the last one (tv + an) or the first one (tran + va). */
            memcpy(joined, initials, (count - 1) * sizeof *initials);
            memcpy(joined + count - 1, name + begin, part * sizeof *name);
            cover_name(weighing, from, joined, count - 1 + part);
            memcpy(joined, name + begin, part * sizeof *name);
            memcpy(joined + part, initials, (count - 1) * sizeof *initials);
            cover_name(weighing, from, joined, count - 1 + part);
            memcpy(joined + part, initials + 1, (count - 1) * sizeof *initials);
            cover_name(weighing, from, joined, count - 1 + part);
        }
        begin = i + 1;
    }
}

static void read_name(const char *name, struct name *name_out)
{
    uint32_t points[LENGTH_MAX];
    size_t length = name == NULL ? 0 : strlen(name), count = 0;

    name_out->length = 0;
    if (length == 0 || length > LENGTH_MAX || vp_text_decode(name, length, points, &count) != 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (vp_fold_letter(points[i]) != 0)
            name_out->folded[name_out->length++] = vp_fold_letter(points[i]);
}

static void find_name(struct weighing *weighing, size_t from, const struct name *name)
{
    find_parts(weighing, from, name->folded, name->length);
    find_initials(weighing, from, name->folded, name->length);
}

/* ---- keyboards ------------------------------------------------------------------------------- */

/* Rows of keys; the same key with shift stands in the same place. */
static const char *const keys[] = {"`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"};
static const char *const shifted[] = {"~!@#$%^&*()_+", "QWERTYUIOP{}|", "ASDFGHJKL:\"",
                                      "ZXCVBNM<>?"};
/* The numeric pad. */
static const char *const pad[] = {"789", "456", "123"};

struct key {
    int row, column;
};

static bool find_key(const char *const *rows, size_t count, uint32_t folded, struct key *key_out)
{
    for (size_t row = 0; row < count; row++) {
        const char *found = folded < 0x80 && folded > 0 ? strchr(rows[row], (int)folded) : NULL;

        if (found != NULL) {
            *key_out = (struct key){(int)row, (int)(found - rows[row])};
            return true;
        }
    }
    return false;
}

/* The top row begins with a key that no letter stands below: 1 is above q. */
static bool find_on_board(uint32_t folded, struct key *key_out)
{
    const size_t rows = sizeof keys / sizeof keys[0];

    if (!find_key(keys, rows, folded, key_out) && !find_key(shifted, rows, folded, key_out))
        return false;
    key_out->column -= key_out->row == 0;
    return true;
}

static bool find_on_pad(uint32_t folded, struct key *key_out)
{
    return find_key(pad, sizeof pad / sizeof pad[0], folded, key_out);
}

/* How many keys are walked in one direction, whichever, each `stride` behind the one before. */
static size_t walk_length(const struct weighing *weighing, size_t from, size_t stride,
                          bool find(uint32_t folded, struct key *key_out))
{
    struct key before, key;
    int down = 0, right = 0;
    size_t length = 1;

    if (!find(weighing->folded[from], &before))
        return 0;
    for (size_t at = from + stride; at < weighing->count && find(weighing->folded[at], &key);
         at += stride) {
        int rows = key.row - before.row, columns = key.column - before.column;

        if (rows < -1 || rows > 1 || columns < -1 || columns > 1 || (rows == 0 && columns == 0) ||
            (length > 1 && (rows != down || columns != right)))
            break;
        down = rows;
        right = columns;
        before = key;
        length++;
    }
    return length;
}

/* ---- sequences, runs, rows, repeats ---------------------------------------------------------- */

static bool is_digit(uint32_t folded)
{
    return folded >= '0' && folded <= '9';
}

/* How many characters count on, each `stride` behind the one before. step: 1, -1, or 0 for a run.
 */
static size_t sequence_length(const struct weighing *weighing, size_t from, size_t stride, int step)
{
    uint32_t first = weighing->folded[from];
    size_t length = 1;

    if (step != 0 && !is_letter(first) && !is_digit(first))
        return 0;
    for (size_t at = from + stride; at < weighing->count; at += stride, length++) {
        uint32_t folded = weighing->folded[at];

        if ((int64_t)folded != (int64_t)weighing->folded[at - stride] + step ||
            (step != 0 && is_letter(folded) != is_letter(first)) ||
            (step != 0 && !is_letter(folded) && !is_digit(folded)))
            break;
    }
    return length;
}

static size_t longer(size_t one, size_t other)
{
    return one > other ? one : other;
}

/* What makes a row of characters: in a strand of a woven one, the first of these that is longest.
 */
static const enum vp_guess_kind row_kinds[] = {VP_GUESS_WALK, VP_GUESS_SEQUENCE, VP_GUESS_RUN};
#define ROW_KINDS (sizeof row_kinds / sizeof row_kinds[0])

static size_t row_length(const struct weighing *weighing, size_t from, size_t stride,
                         enum vp_guess_kind kind)
{
    if (kind == VP_GUESS_WALK)
        return longer(walk_length(weighing, from, stride, find_on_board),
                      walk_length(weighing, from, stride, find_on_pad));
    if (kind == VP_GUESS_SEQUENCE)
        return longer(sequence_length(weighing, from, stride, 1),
                      sequence_length(weighing, from, stride, -1));
    return sequence_length(weighing, from, stride, 0);
}

static void find_rows(struct weighing *weighing, size_t from)
{
    for (size_t i = 0; i < ROW_KINDS; i++) {
        size_t length = row_length(weighing, from, 1, row_kinds[i]);

        for (size_t part = PART_MIN; part <= length; part++)
            cover(weighing, from, from + part, row_kinds[i]);
    }
}

/* Rows that take turns, one character each: 1q2w3e, a1b2c3, a1!b2@c3#. */
static void find_woven(struct weighing *weighing, size_t from, size_t strands)
{
    size_t end = weighing->count;
    unsigned kinds = 0;

    if (from + strands * PART_MIN > end)
        return;
    for (size_t strand = from; strand < from + strands; strand++) {
        size_t longest = 0;
        enum vp_guess_kind kind = row_kinds[0];

        for (size_t i = 0; i < ROW_KINDS; i++) {
            size_t length = row_length(weighing, strand, strands, row_kinds[i]);

            if (length > longest) {
                longest = length;
                kind = row_kinds[i];
            }
        }
        if (longest < PART_MIN)
            return;
        kinds |= (unsigned)kind;
        if (strand + strands * longest < end)
            end = strand + strands * longest;
    }
    for (size_t to = from + strands * PART_MIN; to <= end; to++)
        cover(weighing, from, to, kinds);
}

/* Blocks that stood before, without touching where they stand again. */
static void find_repeats(struct weighing *weighing, size_t from)
{
    size_t longest = 0;

    /* What begins later, and ends before here, can be no longer than that. */
    for (size_t earlier = 0; earlier + PART_MIN <= from && earlier + longest < from; earlier++) {
        size_t length = 0;

        while (from + length < weighing->count && earlier + length < from &&
               weighing->folded[earlier + length] == weighing->folded[from + length])
            length++;
        longest = longer(longest, length);
    }
    for (size_t length = PART_MIN; length <= longest; length++)
        cover(weighing, from, from + length, VP_GUESS_REPEAT);
}

/* ---- digits and dates ------------------------------------------------------------------------ */

/* The number that so many digits are; -1 where one of them is none. */
static int number_at(const struct weighing *weighing, size_t at, size_t digits)
{
    int number = 0;

    for (size_t i = 0; i < digits; i++) {
        if (at + i >= weighing->count || !is_digit(weighing->folded[at + i]))
            return -1;
        number = number * 10 + (int)(weighing->folded[at + i] - '0');
    }
    return number;
}

/* How people write a part of a date. */
enum part { DAY, MONTH, YEAR };

static bool is_part(int number, enum part part, size_t digits)
{
    if (part == YEAR)
        return digits == 2 ? number >= 0 : number >= 1900 && number <= 2099;
    return number >= 1 && number <= (part == DAY ? 31 : 12);
}

static bool is_date_sign(uint32_t folded)
{
    return folded < 0x80 && folded != 0 && strchr("/-._ ", (int)folded) != NULL;
}

/* The orders in which people write dates; a day and a month may stand alone between signs. */
static const struct {
    size_t count;
    enum part parts[3];
} orders[] = {
    {3, {DAY, MONTH, YEAR}}, {3, {MONTH, DAY, YEAR}},  {3, {YEAR, MONTH, DAY}},
    {2, {DAY, MONTH, YEAR}}, {2, {MONTH, YEAR, YEAR}},
};

/* Follows one order from `at` on, with every number of digits that a part can have. */
static void find_date(struct weighing *weighing, size_t from, size_t at, size_t order, size_t part)
{
    size_t most = orders[order].parts[part] == YEAR ? 4 : 2;

    for (size_t digits = 1; digits <= most; digits++) {
        int number = number_at(weighing, at, digits);
        size_t after = at + digits;
        bool year = orders[order].parts[part] == YEAR;

        if (number < 0 || (year && digits != 2 && digits != 4) ||
            !is_part(number, orders[order].parts[part], digits))
            continue;
        if (part + 1 == orders[order].count) {
            cover(weighing, from, after, VP_GUESS_DATE);
            continue;
        }
        /* Without signs between them, two digits each: 22112026. */
        if (after < weighing->count && is_date_sign(weighing->folded[after]))
            find_date(weighing, from, after + 1, order, part + 1);
        else if (digits >= 2 && orders[order].count == 3)
            find_date(weighing, from, after, order, part + 1);
    }
}

static void find_digits(struct weighing *weighing, size_t from)
{
    int year = number_at(weighing, from, 4);

    if (year >= 1900 && year <= 2099)
        cover(weighing, from, from + 4, VP_GUESS_YEAR);
    for (size_t order = 0; order < sizeof orders / sizeof orders[0]; order++)
        find_date(weighing, from, from, order, 0);
    for (size_t digits = 2;
         number_at(weighing, from + digits - 1, 1) >= 0 && is_digit(weighing->folded[from]);
         digits++)
        cover(weighing, from, from + digits, VP_GUESS_DIGITS);
}

/* ---- weighing -------------------------------------------------------------------------------- */

/* All things that begin at a place; the cheapest cover up to there is known by then. */
static void find_all(struct weighing *weighing, size_t from, const struct vp_wordlist *list,
                     const struct vp_guess_person *person)
{
    find_listed(weighing, from, list);
    if (person->words != NULL)
        find_listed(weighing, from, person->words);
    find_short_word(weighing, from);
    find_name(weighing, from, &weighing->login_name);
    find_name(weighing, from, &weighing->full_name);
    find_rows(weighing, from);
    find_woven(weighing, from, 2);
    find_woven(weighing, from, 3);
    find_repeats(weighing, from);
    find_digits(weighing, from);
}

/* A character that belongs to nothing costs its point, and is told of as nothing. */
static void leave(struct weighing *weighing, size_t at)
{
    if (weighing->cost[at] + 1 >= weighing->cost[at + 1])
        return;
    weighing->cost[at + 1] = weighing->cost[at] + 1;
    weighing->kinds[at + 1] = weighing->kinds[at];
}

struct vp_guess vp_guess_weigh(const struct vp_candidate *candidate, const struct vp_wordlist *list,
                               const struct vp_guess_person *person)
{
    struct weighing weighing = {0};
    struct vp_guess guess;

    fold(candidate, &weighing);
    read_name(person->login_name, &weighing.login_name);
    read_name(person->full_name, &weighing.full_name);
    for (size_t i = 1; i <= weighing.count; i++)
        weighing.cost[i] = INT32_MAX;
    for (size_t at = 0; at < weighing.count; at++) {
        leave(&weighing, at);
        find_all(&weighing, at, list, person);
    }
    guess = (struct vp_guess){weighing.cost[weighing.count], weighing.kinds[weighing.count]};
    vp_secret_wipe(&weighing, sizeof weighing);
    return guess;
}
