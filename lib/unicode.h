/*
 * Classes and composed form of characters beyond ASCII. A room: it owns libutf8proc, which is
 * loaded only when a password with such a character comes under non_ascii = allow.
 */
#ifndef VP_LIB_UNICODE_H
#define VP_LIB_UNICODE_H

#include "../pam_vpolicy.h"
#include "rules.h"

/*
 * Corrects the classes, `composed` and `unprintable` of a candidate that is well-formed UTF-8
 * (Unicode Standard, General_Category and Normalization Form C): Lu and Lt are upper case, Ll is
 * lower case, Nd a digit, every other visible character special. A candidate of pure ASCII is left
 * as it is and loads nothing. Returns 0, or -1 where the library is not there (error filled).
 */
VP_CHECKED int vp_unicode_classify(struct vp_candidate *candidate, struct vp_error *error_out);

#endif
