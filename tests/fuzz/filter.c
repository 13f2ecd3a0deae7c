/*
 * Fuzz target: blocks of a list of breached passwords as somebody else may have written them.
 * Input: 8 bytes of a hash, then the block. SPDX-License-Identifier: BSD-3-Clause OR
 * GPL-2.0-or-later
 */
#include "../../lib/filter.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *block = calloc(1, VP_FILTER_BLOCK);
    enum vp_filter_hash hash;
    size_t count;

    if (block != NULL && size >= 8) {
        memcpy(block, data + 8, size - 8 < VP_FILTER_BLOCK ? size - 8 : VP_FILTER_BLOCK);
        if (vp_filter_read(block, &hash, &count))
            (void)vp_filter_holds(block, vp_filter_number(data));
    }
    free(block);
    return 0;
}
