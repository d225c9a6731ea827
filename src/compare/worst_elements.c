/* The elements that are furthest off: a heap of the worst so far, whose root is the least of them. */
#include "compare/slice_walk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct state {
    enum mm_worst_by by;
    int64_t differing;
    size_t count;
    struct mm_element heap[MM_WORST_ELEMENTS];
};

double mm_element_key(enum mm_worst_by by, double s, double d)
{
    if (s == d || (isnan(s) && isnan(d)))
        return 0;
    if (!(fabs(s) <= DBL_MAX) || !(fabs(d) <= DBL_MAX))
        return INFINITY;
    double e = fabs(s - d);
    return by == MM_WORST_REL ? e / fabs(s) : e;
}

/* Is a worse than b? A total order, so that it does not matter who finds them. What is not finite on one side comes
 * before what is divided by 0. */
static bool worse(const struct mm_element *a, const struct mm_element *b)
{
    bool broken_a = !isfinite(a->s - a->d), broken_b = !isfinite(b->s - b->d);
    if (a->key != b->key)
        return a->key > b->key;
    if (broken_a != broken_b)
        return broken_a;
    return a->at < b->at;
}

static void swap(struct mm_element *a, struct mm_element *b)
{
    struct mm_element c = *a;
    *a = *b;
    *b = c;
}

static void sift_down(struct mm_element *heap, size_t count)
{
    for (size_t i = 0, child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && worse(&heap[child], &heap[child + 1]))
            child++;
        if (!worse(&heap[i], &heap[child]))
            return;
        swap(&heap[i], &heap[child]);
    }
}

static void keep(struct state *state, const struct mm_element *element)
{
    struct mm_element *heap = state->heap;
    if (state->count == MM_WORST_ELEMENTS) {
        if (!worse(element, &heap[0]))
            return;
        heap[0] = *element;
        sift_down(heap, state->count);
        return;
    }
    size_t i = state->count++;
    heap[i] = *element;
    for (; i > 0 && worse(&heap[(i - 1) / 2], &heap[i]); i = (i - 1) / 2)
        swap(&heap[i], &heap[(i - 1) / 2]);
}

static void add(void *context, int64_t at, const double *s, const double *d, size_t n)
{
    struct state *state = context;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == d[i])
            continue;
        struct mm_element element = {at + (int64_t)i, s[i], d[i], mm_element_key(state->by, s[i], d[i])};
        if (element.key == 0)
            continue; /* both NaN */
        state->differing++;
        if (state->count < MM_WORST_ELEMENTS || element.key >= state->heap[0].key)
            keep(state, &element);
    }
}

static void *begin(const void *whole)
{
    struct state *part = calloc(1, sizeof *part);
    if (part)
        part->by = ((const struct state *)whole)->by;
    return part;
}

static void join(void *whole, void *part)
{
    const struct state *more = part;
    for (size_t i = 0; i < more->count; i++)
        keep(whole, &more->heap[i]);
    ((struct state *)whole)->differing += more->differing;
}

static const struct mm_slice_fold fold = {.doubles = add, .begin = begin, .join = join, .drop = free};

/* ---- a pair ---- */

struct question {
    const struct mm_pair *pair;
    struct mm_slice slice;
    enum mm_worst_by by;
    struct mm_control control;
    struct mm_worst_elements *out;
};

/* The heap's least goes to the end, again and again. */
static void take(struct state *state, struct mm_worst_elements *out)
{
    out->differing = state->differing;
    out->elements = state->count;
    for (size_t left = state->count; left > 0; left--) {
        out->element[left - 1] = state->heap[0];
        state->heap[0] = state->heap[left - 1];
        sift_down(state->heap, left - 1);
    }
}

static int answer(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    const struct question *question = context;
    struct mm_slice_walk walk = {.slice = &question->slice, .fold = &fold, .control = question->control};
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return mm_fail_memory(err);
    state->by = question->by;
    int failed = mm_slice_walk_of(tensors, question->pair, &walk, err);
    if (!failed)
        failed = mm_slice_walk(&walk, state, failed_dst, err);
    if (!failed) {
        question->out->shape = walk.s->shape;
        question->out->count = mm_slice_count(&question->slice, &walk.s->shape);
        take(state, question->out);
    }
    free(state);
    return failed;
}

int mm_pair_worst(const struct mm_pair *pair, const struct mm_schema *schema, const struct mm_slice *slice,
                  enum mm_worst_by by, const struct mm_control *control, struct mm_worst_elements *out,
                  struct mm_err *err)
{
    struct question question = {
        .pair = pair, .by = by, .control = control ? *control : (struct mm_control){NULL}, .out = out};
    struct mm_pair_reading reading = {.pair = pair,
                                      .schema = schema,
                                      .cancel = question.control.cancel,
                                      .values = answer,
                                      .context = &question};
    memset(out, 0, sizeof *out);
    mm_slice_all(&question.slice);
    question.slice = slice ? *slice : question.slice;
    if (!pair->src || !pair->dst)
        return mm_fail(err, MM_EARG, "%s has no partner", (pair->src ? pair->src : pair->dst)->label);
    return mm_pair_read(&reading, NULL, err);
}
