/* libFuzzer's target: the reader that MMTUI_READER names, or "schema". Run by make fuzz. */
#include "fuzz/one_file.h"
#include "fuzz/schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct mm_format *format;
    const char *name = getenv("MMTUI_READER");
    if (name && strcmp(name, "schema") == 0) {
        fuzz_schema(bytes, size);
        return 0;
    }
    if (!format && !(format = mm_format_find(name ? name : ""))) {
        fprintf(stderr, "MMTUI_READER is the name of a format: see mmtui formats\n");
        exit(1);
    }
    fuzz_one(format, bytes, size);
    return 0;
}
