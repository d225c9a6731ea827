/* A stretch of a slice's elements as values. */
#include "compare/slice_walk.h"

#include <math.h>
#include <stdlib.h>

struct question {
    const struct mm_pair *pair;
    const struct mm_slice *slice;
    int64_t from;
    size_t n;
    struct mm_control control;
    struct mm_window *out;
};

/* How many of the slice's elements from `from` on are there? */
static size_t there(const struct mm_window *window, int64_t from, size_t n)
{
    int64_t left = window->count > from ? window->count - from : 0;
    return left < (int64_t)n ? (size_t)left : n;
}

/* Element after element from the slice's `from`-th on; each side by its own cursor. */
static int read_side(const struct mm_slice_walk *walk, bool dst, struct mm_window *out, struct mm_err *err)
{
    const struct mm_tensor *tensor = dst ? walk->d : walk->s;
    struct mm_cursor cursor;
    mm_cursor_init(&cursor, tensor);
    for (size_t i = 0; i < out->n; i++) {
        struct mm_element *element = &out->element[i];
        double *value = dst ? &element->d : &element->s;
        if (cursor.index != element->at)
            mm_cursor_seek(&cursor, element->at);
        if (mm_cursor_double(&cursor, value, 1) != 1)
            return mm_fail(err, MM_ECORRUPT, "%s: element %lld of %lld can't be read",
                           dst ? walk->name_d : walk->name_s, (long long)element->at,
                           (long long)tensor->count);
    }
    return 0;
}

static int fill(const struct question *question, const struct mm_slice_walk *walk, bool *failed_dst,
                struct mm_err *err)
{
    struct mm_window *out = question->out;
    for (size_t i = 0; i < out->n; i++)
        out->element[i] = (struct mm_element){
            .at = mm_slice_element(question->slice, &out->shape, out->from + (int64_t)i), .s = NAN, .d = NAN};
    for (int side = 0; side < 2; side++) {
        *failed_dst = side;
        if (out->has[side] && read_side(walk, side, out, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < out->n && out->has[0] && out->has[1]; i++)
        out->element[i].key = mm_element_key(MM_WORST_ABS, out->element[i].s, out->element[i].d);
    return 0;
}

static int answer(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    const struct question *question = context;
    struct mm_window *out = question->out;
    struct mm_slice_walk walk = {.slice = question->slice, .control = question->control};
    mm_window_done(out);
    if (mm_slice_walk_of(tensors, question->pair, &walk, err) < 0)
        return -1;
    *out = (struct mm_window){.shape = walk.s->shape,
                              .has = {tensors->has_src, tensors->has_dst},
                              .count = mm_slice_count(question->slice, &walk.s->shape),
                              .from = question->from};
    out->n = there(out, question->from, question->n);
    out->element = calloc(out->n + 1, sizeof *out->element);
    return out->element ? fill(question, &walk, failed_dst, err) : mm_fail_memory(err);
}

int mm_pair_window(const struct mm_pair *pair, const struct mm_schema *schema, const struct mm_slice *slice,
                   int64_t from, size_t n, const struct mm_control *control, struct mm_window *out,
                   struct mm_err *err)
{
    struct mm_slice all;
    mm_slice_all(&all);
    struct question question = {
        pair, slice ? slice : &all, from < 0 ? 0 : from, n, control ? *control : (struct mm_control){NULL},
        out};
    struct mm_pair_reading reading = {.pair = pair,
                                      .schema = schema,
                                      .cancel = question.control.cancel,
                                      .values = answer,
                                      .context = &question};
    *out = (struct mm_window){0};
    if (mm_pair_read(&reading, NULL, err) == 0)
        return 0;
    mm_window_done(out);
    return -1;
}

void mm_window_done(struct mm_window *window)
{
    free(window->element);
    *window = (struct mm_window){0};
}
