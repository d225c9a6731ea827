/* Sizes and pads of sliding windows. */
#include "operator/window.h"

#define MOST (INT64_C(1) << 30) /* of any size in here, so that products of two and their sums are whole */

static int fill(const struct mm_operator_call *call, const char *name, int rank, int64_t least,
                int64_t otherwise, int64_t *out, struct mm_err *err)
{
    struct op_list list;
    if (op_list(call, name, -1, &list, err))
        return -1;
    if (list.given && list.count != rank)
        return op_fail(call, err, MM_EARG, "%s has %d numbers for %d axes", name, list.count, rank);
    for (int i = 0; i < rank; i++) {
        out[i] = list.given ? list.v[i] : otherwise;
        if (out[i] < least || out[i] > MOST)
            return op_fail(call, err, MM_EARG, "%s of %lld", name, (long long)out[i]);
    }
    return 0;
}

static int fill_pads(const struct mm_operator_call *call, struct op_window *w, struct mm_err *err)
{
    int64_t both[2 * MM_RANK_MAX];
    if (fill(call, "pads", 2 * w->rank, -MOST, 0, both, err))
        return -1;
    memcpy(w->begin, both, (size_t)w->rank * sizeof *both);
    memcpy(w->end, both + w->rank, (size_t)w->rank * sizeof *both);
    return 0;
}

int op_window_read(const struct mm_operator_call *call, const struct mm_shape *x,
                   const struct mm_shape *weights, struct op_window *w, struct mm_err *err)
{
    *w = (struct op_window){.rank = x->rank - 2};
    if (w->rank < 0 || (weights && weights->rank != x->rank))
        return op_fail(call, err, MM_EARG, "input and weights have different axes");
    if (fill(call, "kernel_shape", w->rank, 1, weights ? 1 : 0, w->kernel, err) ||
        fill(call, "strides", w->rank, 1, 1, w->stride, err) ||
        fill(call, "dilations", w->rank, 1, 1, w->dilation, err) || fill_pads(call, w, err))
        return -1;
    for (int i = 0; i < w->rank; i++) {
        w->in[i] = x->dim[i + 2];
        if (weights)
            w->kernel[i] = weights->dim[i + 2];
        if (w->in[i] > MOST || w->kernel[i] < 1 || w->kernel[i] > MOST)
            return op_fail(call, err, MM_EARG, "an impossible window");
    }
    return 0;
}

enum pad { EXPLICIT, SAME_UPPER, SAME_LOWER, VALID, PADS };

static int pad_of(const struct mm_operator_call *call, enum pad *pad, struct mm_err *err)
{
    static const char *const words[PADS] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};
    const char *word = op_text(call, "auto_pad", "NOTSET");
    for (int i = 0; i < PADS; i++) {
        if (strcmp(word, words[i]) == 0 || !*word) {
            *pad = (enum pad)i;
            return 0;
        }
    }
    return op_fail(call, err, MM_EUNSUPPORTED, "auto_pad is \"%s\"", word);
}

/* Pads of `total` in all: the odd one stands at the end (upper) or at the beginning (lower). */
static void share(struct op_window *w, int i, int64_t total, bool lower)
{
    total = total > 0 ? total : 0;
    w->begin[i] = (total + lower) / 2;
    w->end[i] = total - w->begin[i];
}

/* Elements from the first to the last that a window touches. */
static int64_t extent(const struct op_window *w, int i)
{
    return (w->kernel[i] - 1) * w->dilation[i] + 1;
}

int op_window_gather(const struct mm_operator_call *call, struct op_window *w, bool ceil, struct mm_err *err)
{
    enum pad pad = EXPLICIT;
    if (pad_of(call, &pad, err))
        return -1;
    for (int i = 0; i < w->rank; i++) {
        int64_t s = w->stride[i];
        if (pad == SAME_UPPER || pad == SAME_LOWER) {
            w->out[i] = (w->in[i] + s - 1) / s;
            share(w, i, (w->out[i] - 1) * s + extent(w, i) - w->in[i], pad == SAME_LOWER);
            continue;
        }
        if (pad == VALID)
            w->begin[i] = w->end[i] = 0;
        int64_t span = w->in[i] + w->begin[i] + w->end[i] - extent(w, i);
        if (span < 0)
            return op_fail(call, err, MM_EARG, "a window larger than the input");
        w->out[i] = (span + (ceil ? s - 1 : 0)) / s + 1;
        if ((w->out[i] - 1) * s >= w->in[i] + w->begin[i] && ceil)
            w->out[i]--;
    }
    return 0;
}

/* Without output_shape: stride (in - 1) + output_padding + extent - pads. */
int op_window_scatter(const struct mm_operator_call *call, struct op_window *w, struct mm_err *err)
{
    struct op_list told;
    int64_t more[MM_RANK_MAX];
    enum pad pad = EXPLICIT;
    if (pad_of(call, &pad, err) || op_list(call, "output_shape", -1, &told, err) ||
        fill(call, "output_padding", w->rank, 0, 0, more, err))
        return -1;
    if (told.given && told.count != w->rank && told.count != w->rank + 2)
        return op_fail(call, err, MM_EARG, "output_shape has %d axes", told.count);
    for (int i = 0; i < w->rank; i++) {
        int64_t full = w->stride[i] * (w->in[i] - 1) + more[i] + extent(w, i);
        bool same = pad == SAME_UPPER || pad == SAME_LOWER;
        if (pad == VALID)
            w->begin[i] = w->end[i] = 0;
        if (told.given || same) {
            w->out[i] = told.given ? told.v[told.count - w->rank + i] : w->in[i] * w->stride[i];
            share(w, i, full - w->out[i], pad != SAME_UPPER);
        } else {
            w->out[i] = full - w->begin[i] - w->end[i];
        }
        if (w->out[i] < 0 || w->out[i] > MOST * MOST)
            return op_fail(call, err, MM_EARG, "an impossible output shape");
    }
    return 0;
}
