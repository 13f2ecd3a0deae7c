/*
 * Gives a fuzz target the files that are named, and those in folders that are: replay FILE...
 * Without libFuzzer, so that `make check` needs no clang for it. SPDX-License-Identifier:
 * BSD-3-Clause OR GPL-2.0-or-later
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the file could be read and was given to the target. */
static int replay(const char *path)
{
    FILE *file = fopen(path, "r");
    uint8_t *bytes = malloc((size_t)1 << 20);
    size_t size = 0;
    int read = 0;

    if (file != NULL && bytes != NULL) {
        size = fread(bytes, 1, (size_t)1 << 20, file);
        read = ferror(file) == 0;
    }
    if (read) {
        /* A block of its very size: what is read behind it is seen by ASan. */
        uint8_t *exact = malloc(size == 0 ? 1 : size);

        if (exact != NULL) {
            memcpy(exact, bytes, size);
            LLVMFuzzerTestOneInput(exact, size);
        }
        read = exact != NULL;
        free(exact);
    }
    if (file != NULL)
        fclose(file);
    free(bytes);
    return read;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        const struct dirent *entry;
        char path[4096];

        if (folder == NULL) {
            perror(argv[i]);
            return 1;
        }
        while ((entry = readdir(folder)) != NULL) {
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            if (!replay(path)) {
                perror(path);
                return 1;
            }
            count++;
        }
        closedir(folder);
    }
    if (count == 0) {
        fprintf(stderr, "%s: nothing to replay\n", argv[0]);
        return 1;
    }
    printf("%s: %d inputs\n", argv[0], count);
    return 0;
}
