/*
 * How hard a password is to guess for somebody who knows words, names, keyboards and calendars:
 * the points rule, after Microsoft's scoring of banned passwords. Pure.
 *
 * The password is folded (case, Vietnamese diacritics, and letters written as digits or signs) and
 * covered as cheaply as possible: a listed word of three letters or more (of seven or more also
 * with one letter wrong, missing or too many; as it stands also with letters twice, and of five or
 * more backwards), a Vietnamese syllable of two letters as it stands, a part of the user's own
 * names, a keyboard walk, a sequence or a run of one character (also two or three of them that take
 * turns), a block that stood there before, a year, a date or a run of digits cost one point each;
 * so does every character that is left. The result is exact: no other cover is cheaper, in whatever
 * order the lists are.
 */
#ifndef VP_LIB_GUESS_H
#define VP_LIB_GUESS_H

#include "../pam_vpolicy.h"
#include "rules.h"
#include "wordlist.h"

/* What was guessed, in the order in which it is told; a set of bits. */
enum vp_guess_kind {
    VP_GUESS_WORD = 1 << 0,
    VP_GUESS_NAME = 1 << 1,
    VP_GUESS_WALK = 1 << 2,     /* neighbours on the keyboard */
    VP_GUESS_SEQUENCE = 1 << 3, /* abc, 321 */
    VP_GUESS_RUN = 1 << 4,      /* aaa */
    VP_GUESS_REPEAT = 1 << 5,   /* a block that stood there before */
    VP_GUESS_YEAR = 1 << 6,
    VP_GUESS_DATE = 1 << 7,
    VP_GUESS_DIGITS = 1 << 8,
};

/* What is known of whose password it is, and of where; each may be NULL. */
struct vp_guess_person {
    const char *login_name;
    const char *full_name;
    const struct vp_wordlist *words; /* local ones, beside the list */
};

struct vp_guess {
    int32_t points; /* of the cheapest cover */
    unsigned kinds; /* what it is made of, enum vp_guess_kind */
};

/* Weighs a password. Leaves nothing of it on the stack. */
struct vp_guess vp_guess_weigh(const struct vp_candidate *candidate, const struct vp_wordlist *list,
                               const struct vp_guess_person *person);

#endif
