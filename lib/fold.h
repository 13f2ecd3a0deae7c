/* Letters without what makes them look different: case, and the diacritics of Vietnamese. Pure. */
#ifndef VP_LIB_FOLD_H
#define VP_LIB_FOLD_H

#include "../pam_vpolicy.h"

/*
 * The small letter of ASCII behind a letter: A, ă, ậ and Ấ are a, Đ is d. 0 for a combining mark
 * (Unicode Standard, Combining Diacritical Marks), which is nothing of its own; every other
 * character is itself.
 */
uint32_t vp_fold_letter(uint32_t point);

/*
 * The letters that a folded character may stand for where people write digits and signs for letters
 * because they think that it helps ("P@ssw0rd"); "" where it is no such character. 1 is i or l.
 */
const char *vp_fold_readings(uint32_t folded);

/*
 * What somebody keeps who only counts on: the letters of a password, folded, without the digits and
 * signs at its end, and with i where i or l can be read. core_out has room for count; returns its
 * length. It is secret as the password is.
 */
size_t vp_fold_core(const uint32_t *points, size_t count, uint32_t *core_out);

#endif
