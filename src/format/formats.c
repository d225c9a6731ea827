/* The table of on-disk formats. A new format is a reader, a writer and a row here. */
#include "format/formats.h"

#include <string.h>

static const struct mm_format formats[] = {
    {"npy", ".npy", "NumPy array", false, mm_npy_read, mm_npy_write},
    {"pb", ".pb", "MagicMind tensor, binary", true, mm_pb_read, mm_pb_write},
    {"pbtxt", ".pbtxt", "MagicMind tensor, text", true, mm_pbtxt_read, mm_pbtxt_write},
};

const struct mm_format *mm_formats(size_t *count)
{
    *count = MM_COUNT(formats);
    return formats;
}

const struct mm_format *mm_format_find(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}
