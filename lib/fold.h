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

#endif
