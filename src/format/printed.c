/* What llama.cpp's eval-callback prints: the first and last few values of each axis. It is refused, with what to do. */
#include "format/formats.h"

#include <string.h>

#define PROBED ((size_t)256 << 10) /* what the loader prints stands before it */

/* How lines about a tensor begin, which have "NAME = (TYPE) OPERATION(". */
static const char *const marks[] = {"ggml_debug:", "common_debug_cb_eval:"};

bool mm_printed_probe(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    size_t looked = size < PROBED ? size : PROBED;
    for (size_t i = 0; i < MM_COUNT(marks); i++) {
        const char *at = memmem(text, looked, marks[i], strlen(marks[i]));
        const char *line = at ? memchr(at, '\n', looked - (size_t)(at - text)) : NULL;
        if (line && memmem(at, (size_t)(line - at), " = (", 4))
            return true;
    }
    return false;
}

int mm_printed_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                    struct mm_err *err)
{
    (void)arena;
    (void)members;
    return mm_fail(
        err, MM_EUNSUPPORTED,
        "%s: is what llama.cpp's eval-callback prints: only the first and last values of each axis, "
        "with four decimals; have the callback write each tensor's bytes "
        "(ggml_backend_tensor_get) to NAME.raw, and give --dtype and --shape, or to a .gguf",
        source->file);
}
