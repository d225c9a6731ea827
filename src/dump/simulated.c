/* What `mmtui dump --precision-mode` says of the tensors that it rounded, in mmtui-dump.json. */
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "mmtui/dump.h"

#define FILE_MOST   (256u << 20)
#define VALUES_MOST 4000000

/* A member that is a text; NULL: it is not there, or memory is out (`text` tells). */
static const char *text_of(struct mm_json_value object, const char *key, struct mm_buf *text)
{
    mm_buf_clear(text);
    return mm_json_get_text(mm_json_member(object, key), text) && !text->failed ? mm_buf_text(text) : NULL;
}

static enum mm_dtype dtype_of(struct mm_json_value object, const char *key, struct mm_buf *text)
{
    const char *name = text_of(object, key, text);
    return name ? mm_dtype_find(name) : MM_DTYPE_NONE;
}

static int take_row(struct mm_simulated_dump *out, struct mm_json_value row, struct mm_buf *text)
{
    struct mm_simulated_tensor tensor = {.storage = dtype_of(row, "storage", text),
                                         .reads = dtype_of(row, "reads", text)};
    const char *weights = text_of(row, "weights", text);
    tensor.weights = weights != NULL;
    tensor.per_channel = weights && strcmp(weights, "per_channel") == 0;
    const char *name = text_of(row, "name", text);
    tensor.name = name ? mm_arena_strdup(&out->arena, name) : NULL;
    if (name && tensor.name)
        ((struct mm_simulated_tensor *)out->tensor)[out->count++] = tensor;
    return text->failed || (name && !tensor.name) ? -1 : 0;
}

static int take_all(struct mm_simulated_dump *out, struct mm_json_value root)
{
    struct mm_json_value rows = mm_json_member(root, "tensors"), key, row;
    struct mm_json_items items = mm_json_items(rows);
    struct mm_buf text = {0};
    if (!mm_json_member(root, "simulation").at || mm_json_kind(rows) != MM_JSON_IS_ARRAY)
        return 0;
    out->tensor = mm_arena_array(&out->arena, mm_json_count(rows) + 1, sizeof *out->tensor);
    int result = out->tensor ? 0 : -1;
    while (result == 0 && mm_json_next(&items, &key, &row))
        result = take_row(out, row, &text);
    mm_buf_done(&text);
    return result;
}

int mm_simulated_dump_read(struct mm_simulated_dump *out, const struct mm_dump *dump, struct mm_err *err)
{
    struct mm_json_value root;
    struct mm_buf text = {0};
    *out = (struct mm_simulated_dump){.count = 0};
    mm_arena_init(&out->arena);
    char *path = dump->is_file ? NULL : mm_dump_beside(dump, "mmtui-dump.json");
    int result = 0;
    if (path && mm_file_read(path, FILE_MOST, &text, NULL) == 0 &&
        mm_json_read(path, mm_buf_text(&text), text.length, VALUES_MOST, &root, NULL) == 0)
        result = take_all(out, root);
    free(path);
    mm_buf_done(&text);
    return result < 0 ? mm_fail_memory(err) : 0;
}

void mm_simulated_dump_done(struct mm_simulated_dump *simulated)
{
    mm_arena_done(&simulated->arena);
    *simulated = (struct mm_simulated_dump){.count = 0};
}
