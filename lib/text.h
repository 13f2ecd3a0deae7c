/* Text built up in a buffer of the caller's, and UTF-8 read strictly. Pure: no locale. */
#ifndef VP_LIB_TEXT_H
#define VP_LIB_TEXT_H

#include "../pam_vpolicy.h"

/*
 * A text that grows in a caller's buffer and never beyond it. Begin with vp_text_begin; the buffer
 * always holds a NUL-terminated string. `length` is what all of it would need, as snprintf counts:
 * length >= size says that the end is missing.
 */
struct vp_text {
    char *buffer;
    size_t size;
    size_t length;
};

void vp_text_begin(struct vp_text *text, char *buffer, size_t size);
void vp_text_add(struct vp_text *text, const char *format, ...) VP_PRINTF(2, 3);

/*
 * Adds value with every control character, DEL and `%` as %XX, and a blank at either end too, so
 * that any bytes survive in a `key = value` line.
 */
void vp_text_add_escaped(struct vp_text *text, const char *value);

/* Undoes vp_text_add_escaped in place. Returns 0, or -1 where a %XX is malformed or would be NUL.
 */
VP_CHECKED int vp_text_unescape(char *value);

/*
 * Strips blanks (space, tab) and one CR from both ends of the string in place.
 * Returns its new beginning, inside the same block.
 */
char *vp_text_trim(char *string);

/*
 * Turns every control character and DEL into `?`, in place: names and hosts come from outside, and
 * what moves a cursor or ends a line could forge an entry of the log.
 */
void vp_text_blunt(char *string);

/*
 * Decodes UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 * points_out needs room for `length` code points. Returns 0, or -1 at the first malformed byte.
 */
VP_CHECKED int vp_text_decode(const char *bytes, size_t length, uint32_t *points_out,
                              size_t *count_out);

/*
 * The edit distance (Levenshtein 1965: insertions, deletions, replacements, one each) between two
 * strings of code points. Both at most VP_PASSWORD_SIZE long; what is longer counts in full.
 * Leaves nothing of the strings on the stack.
 */
size_t vp_text_distance(const uint32_t *one, size_t one_count, const uint32_t *other,
                        size_t other_count);

#endif
