/* Faults in the places of values: axes reversed, moved, shifted, cut. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>

float *fault_copy(const struct demo_value *value)
{
    float *copy = malloc(value->count * sizeof *copy + 1);
    if (!copy)
        abort();
    memcpy(copy, value->data, value->count * sizeof *copy);
    return copy;
}

struct fault_axis fault_axis(const struct demo_value *value, int axis)
{
    struct fault_axis at = {axis < 0 ? axis + value->shape.rank : axis, 1, 1, 1};
    at.size = value->shape.dim[at.axis];
    for (int i = 0; i < at.axis; i++)
        at.outer *= value->shape.dim[i];
    for (int i = at.axis + 1; i < value->shape.rank; i++)
        at.inner *= value->shape.dim[i];
    return at;
}

/* Place c of the axis gets what was at from[c]; -1 gives zeros. */
static void take_from(struct demo_value *out, const struct fault_axis *at, const int64_t *from)
{
    float *old = fault_copy(out);
    size_t row = (size_t)at->inner * sizeof *old;
    for (int64_t o = 0; o < at->outer; o++)
        for (int64_t c = 0; c < at->size; c++) {
            float *to = out->data + (o * at->size + c) * at->inner;
            if (from[c] < 0)
                memset(to, 0, row);
            else
                memcpy(to, old + (o * at->size + from[c]) * at->inner, row);
        }
    free(old);
}

static int64_t *places(int64_t count)
{
    int64_t *from = calloc((size_t)count + 1, sizeof *from);
    if (!from)
        abort();
    return from;
}

void fault_reverse(const struct injection *in)
{
    struct fault_axis at = fault_axis(in->call->out, in->how);
    int64_t *from = places(at.size);
    for (int64_t c = 0; c < at.size; c++)
        from[c] = at.size - 1 - c;
    take_from(in->call->out, &at, from);
    free(from);
}

void fault_rotate(const struct injection *in)
{
    struct fault_axis at = fault_axis(in->call->out, in->how);
    int64_t *from = places(at.size), by = (int64_t)in->amount;
    for (int64_t c = 0; c < at.size; c++)
        from[c] = ((c - by) % at.size + at.size) % at.size;
    take_from(in->call->out, &at, from);
    free(from);
}

void fault_shift(const struct injection *in)
{
    struct fault_axis at = fault_axis(in->call->out, in->how);
    int64_t *from = places(at.size), by = (int64_t)in->amount;
    for (int64_t c = 0; c < at.size; c++)
        from[c] = c - by >= 0 && c - by < at.size ? c - by : -1;
    take_from(in->call->out, &at, from);
    free(from);
}

static bool is_plain(const int64_t *from, int64_t count)
{
    bool same = true, reversed = true;
    for (int64_t c = 0; c < count; c++) {
        same = same && from[c] == c;
        reversed = reversed && from[c] == count - 1 - c;
    }
    return same || reversed;
}

static void shuffle(int64_t *from, int64_t count, struct random *random)
{
    for (int64_t c = count - 1; c > 0; c--) {
        int64_t other = random_whole(random, 0, (int)c), kept = from[c];
        from[c] = from[other];
        from[other] = kept;
    }
}

/* Places next to each other, each in one pair at most. */
static void exchange_pairs(int64_t *from, int64_t count, int64_t pairs)
{
    for (int64_t k = 0; k < pairs && 2 * k + 1 < count; k++) {
        from[2 * k] = 2 * k + 1;
        from[2 * k + 1] = 2 * k;
    }
}

void fault_permute(const struct injection *in)
{
    struct fault_axis at = fault_axis(in->call->out, in->how);
    int64_t *from = places(at.size);
    for (int64_t c = 0; c < at.size; c++)
        from[c] = c;
    if (in->amount > 0)
        exchange_pairs(from, at.size, (int64_t)in->amount);
    while (at.size > 2 && is_plain(from, at.size))
        shuffle(from, at.size, in->random);
    take_from(in->call->out, &at, from);
    free(from);
}

/* ---- axes against each other ---- */

/* [outer, a, b] becomes [outer, b, a]. */
static void exchange(float *data, int64_t outer, int64_t a, int64_t b, const float *old)
{
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < a; i++)
            for (int64_t k = 0; k < b; k++)
                data[(o * b + k) * a + i] = old[(o * a + i) * b + k];
}

void fault_as_last(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how);
    float *old = fault_copy(out);
    exchange(out->data, at.outer, at.size, at.inner, old);
    free(old);
}

void fault_as_first(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how), last = fault_axis(out, -1);
    float *old = fault_copy(out);
    exchange(out->data, at.outer, at.size * at.inner / last.size, last.size, old);
    free(old);
}

static void move_to_last(struct mm_shape *shape, int axis)
{
    int64_t moved = shape->dim[axis];
    for (int i = axis; i + 1 < shape->rank; i++)
        shape->dim[i] = shape->dim[i + 1];
    shape->dim[shape->rank - 1] = moved;
}

void fault_to_last(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    fault_as_last(in);
    move_to_last(&out->shape, fault_axis(out, in->how).axis);
    out->width = (size_t)out->shape.dim[out->shape.rank - 1];
}

void fault_transpose(const struct injection *in)
{
    struct injection last_but_one = *in;
    last_but_one.how = -2;
    fault_to_last(&last_but_one);
}

void fault_crop(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how);
    int64_t dropped = (int64_t)in->amount, kept = at.size - dropped;
    float *old = fault_copy(out);
    for (int64_t o = 0; o < at.outer; o++)
        memcpy(out->data + o * kept * at.inner, old + (o * at.size + dropped / 2) * at.inner,
               (size_t)(kept * at.inner) * sizeof *old);
    free(old);
    out->shape.dim[at.axis] = kept;
    out->count = (size_t)mm_shape_count(&out->shape);
    out->width = (size_t)out->shape.dim[out->shape.rank - 1];
}
