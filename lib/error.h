/* Filling a struct vp_error. Pure. */
#ifndef VP_LIB_ERROR_H
#define VP_LIB_ERROR_H

#include "../pam_vpolicy.h"

/*
 * Fills `error_out` and returns -1, so that a failing function can end in `return
 * vp_error_set(...)`. file: the file at fault or NULL; line: from 1, or 0; errnum: errno of the
 * failed call, or 0; format: one line without its newline. Longer texts are cut. A NULL error_out
 * is allowed.
 */
int vp_error_set(struct vp_error *error_out, const char *file, unsigned line, int errnum,
                 const char *format, ...) VP_PRINTF(5, 6);

/*
 * Writes `file:line: text: strerror` into buffer, leaving out the parts that are empty.
 * Control characters come out as `?`: the text goes to logs and terminals.
 */
void vp_error_print(const struct vp_error *error, char *buffer, size_t size);

#endif
