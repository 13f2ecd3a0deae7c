/* What the fuzz targets share: libFuzzer's door, which tests/fuzz/replay.c knows too. */
#ifndef VP_FUZZ_FUZZ_H
#define VP_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
