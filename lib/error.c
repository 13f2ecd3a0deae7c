#include "error.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int vp_error_set(struct vp_error *error_out, const char *file, unsigned line, int errnum,
                 const char *format, ...)
{
    va_list arguments;

    if (error_out == NULL)
        return -1;
    snprintf(error_out->file, sizeof error_out->file, "%s", file == NULL ? "" : file);
    error_out->line = line;
    error_out->errnum = errnum;
    va_start(arguments, format);
    vsnprintf(error_out->text, sizeof error_out->text, format, arguments);
    va_end(arguments);
    return -1;
}

void vp_error_print(const struct vp_error *error, char *buffer, size_t size)
{
    char line[16] = "";
    char reason[96] = "";

    if (error->line != 0)
        snprintf(line, sizeof line, ":%u", error->line);
    if (error->errnum != 0)
        snprintf(reason, sizeof reason, ": %s", strerrordesc_np(error->errnum));
    snprintf(buffer, size, "%s%s%s%s%s", error->file, line, error->file[0] != '\0' ? ": " : "",
             error->text, reason);
    vp_text_blunt(buffer);
}
