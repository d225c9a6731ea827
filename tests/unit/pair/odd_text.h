/*
 * odd_text: large .pbtxt files whose values are not laid out as they seem when the file is opened, and files that
 * become shorter while they are read. Include after cmocka.h.
 */
#ifndef ODD_TEXT_H
#define ODD_TEXT_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmtui/format.h"

/* More than 64 KiB of text: opening takes the values for so many that are laid out alike. */
#define ODD_COUNT 6000

/* The text of a tensor with values scale * (0, 1, 2 ...), to be freed; `odd`: two blanks before the middle one. */
static inline char *odd_text(const char *shape, int scale, bool odd)
{
    struct mm_buf buf;
    char *text;

    mm_buf_init(&buf);
    mm_buf_printf(&buf, "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: %s\n", shape);
    for (int i = 0; i < ODD_COUNT; i++)
        mm_buf_printf(&buf, "float_val:%s%d\n", odd && i == ODD_COUNT / 2 ? "  " : " ", scale * i);
    mm_buf_puts(&buf, "node_name: \"n\"\n");
    text = strdup(mm_buf_text(&buf));
    mm_buf_done(&buf);
    assert_non_null(text);
    assert_true(strlen(text) > 65536);
    return text;
}

static const char *cut_path;             /* the file that becomes shorter */
static const struct mm_format *cut_real; /* of the file whose opening does it */

static inline int cut_read(struct mm_load *load, const struct mm_schema *schema, const char *file,
                           struct mm_err *err)
{
    int result = cut_real->read(load, schema, file, err);

    if (truncate(cut_path, 4096) < 0)
        fail_msg("can't cut %s", cut_path);
    return result;
}

/* `path` is cut once `source` is opened, which must be opened last. */
static inline void cut_when_opened(struct mm_source *source, const char *path)
{
    static struct mm_format cutting;

    cut_real = source->format;
    cut_path = path;
    cutting = *cut_real;
    cutting.read = cut_read;
    source->format = &cutting;
}

#endif
