/* Files that are only looked at: drafts and lists, whoever wrote them and wherever they are. */
#include "../lib/error.h"
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_stream(FILE *file, const char *path, size_t max, size_t *length_out,
                         struct vp_error *error_out)
{
    char *text = malloc(max + 2);
    size_t length = text == NULL ? 0 : fread(text, 1, max + 1, file);

    if (text == NULL || ferror(file) || length > max) {
        (void)vp_error_set(error_out, path, 0, length > max ? 0 : errno, "%s",
                           length > max ? "is too large" : "cannot be read");
        free(text);
        return NULL;
    }
    text[length] = '\0';
    *length_out = length;
    return text;
}

char *cmd_file_read(const char *path, size_t max, size_t *length_out, struct vp_error *error_out)
{
    /* O_NONBLOCK: a FIFO is told apart below, and must not be waited for. */
    int descriptor = strcmp(path, "-") == 0
                         ? dup(STDIN_FILENO)
                         : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");
    struct stat status;
    char *text = NULL;

    if (file == NULL || fstat(descriptor, &status) != 0)
        (void)vp_error_set(error_out, path, 0, errno, "cannot be read");
    else if (strcmp(path, "-") != 0 && !S_ISREG(status.st_mode))
        (void)vp_error_set(error_out, path, 0, 0, "is no regular file");
    else
        text = read_stream(file, path, max, length_out, error_out);
    if (file != NULL)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    return text;
}
