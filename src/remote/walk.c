#include "remote/walk.h"

#include <inttypes.h>
#include <stdlib.h>

#include "remote/chunk.h"

static bool is_cancelled(const atomic_bool *cancel)
{
    return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}

static int fail_values(const struct mm_load *load, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: its values can't be read", load->entry->label);
}

/* As they lie. */
static int walk_bytes(const struct mm_load *load, size_t width, const atomic_bool *cancel, walk_sink sink,
                      void *context, struct mm_err *err)
{
    const struct mm_tensor *tensor = &load->tensor;
    for (size_t run = 0; run < tensor->runs; run++) {
        size_t size = (size_t)tensor->run[run].count * width;
        for (size_t at = 0, n; at < size; at += n) {
            n = size - at < CHUNK_MOST ? size - at : CHUNK_MOST;
            const uint8_t *bytes = mm_tensor_bytes(tensor, run, at, n);
            if (is_cancelled(cancel))
                return mm_fail(err, MM_ECANCELLED, "stopped");
            if (!bytes)
                return fail_values(load, err);
            if (sink(context, bytes, n, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* As what they are: of integers by scales, the integers. */
static int walk_values(const struct mm_load *load, bool floats, const atomic_bool *cancel, walk_sink sink,
                       void *context, struct mm_err *err)
{
    struct mm_tensor plain = load->tensor;
    plain.quantised = false;
    plain.scales = NULL;
    size_t width = floats ? sizeof(float) : sizeof(double), most = MM_TILE, n;
    double *tile = malloc(most * sizeof *tile);
    struct mm_cursor cursor;
    if (!tile)
        return mm_fail_memory(err);
    mm_cursor_init(&cursor, &plain);
    int result = 0;
    while (result == 0 && (n = floats ? mm_cursor_float(&cursor, (float *)(void *)tile, most)
                                      : mm_cursor_double(&cursor, tile, most)) > 0) {
        result = is_cancelled(cancel) ? mm_fail(err, MM_ECANCELLED, "stopped")
                                      : sink(context, (const uint8_t *)tile, n * width, err);
    }
    if (result == 0 && (cursor.bad || cursor.index != plain.count))
        result = fail_values(load, err);
    free(tile);
    return result;
}

/* A large text file may be laid out otherwise than it seemed when it was opened: it is read through first. */
static int settle(struct mm_load *load, const struct mm_schema *schema, const atomic_bool *cancel,
                  struct mm_err *err)
{
    if (load->tensor.encoding != MM_ENC_TEXT || load->joined)
        return 0;
    load->cancel = cancel;
    int result = mm_load_validate(load, load->entry, schema, err);
    load->cancel = NULL;
    return result;
}

int walk_load(struct mm_load *load, const struct mm_schema *schema, const atomic_bool *cancel, walk_sink sink,
              void *context, struct mm_err *err)
{
    struct tensor_head head;
    head_of_load(&head, load);
    bool plain = load->tensor.encoding == MM_ENC_RAW && load->tensor.stored == head.tensor.stored &&
                 load->tensor.strided == head.tensor.strided && load->tensor.swapped == head.tensor.swapped;
    for (size_t i = 0; i < load->tensor.runs; i++)
        plain &= load->tensor.run[i].gap == 0;
    if (settle(load, schema, cancel, err) < 0)
        return -1;
    int result = plain ? walk_bytes(load, head_width(&head), cancel, sink, context, err)
                       : walk_values(load, head.tensor.stored == MM_F32, cancel, sink, context, err);
    if (result < 0 && err->code == MM_ECANCELLED)
        return -1;
    return mm_load_check(load, load->entry, err) < 0 ? -1 : result;
}
