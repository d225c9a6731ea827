/* Filters along one axis. Formulas: Resize in the ONNX specification. */
#include "operator/taps.h"

#include <math.h>

bool op_axis_stays(const struct op_resize *how, int axis)
{
    return how->in[axis] == how->out[axis] && how->scale[axis] == 1 &&
           (!how->crops || (how->roi_start[axis] == 0 && how->roi_end[axis] == 1));
}

bool op_is_outside(const struct op_resize *how, int axis, double coordinate)
{
    return how->crops && (coordinate < 0 || coordinate > (double)(how->in[axis] - 1));
}

double op_coordinate(const struct op_resize *how, int axis, int64_t at)
{
    double x = how->coordinate(how, axis, at), high = (double)how->in[axis] + 3;
    return x > high ? high : x > -4 ? x : -4;
}

static double linear(double x)
{
    return fabs(x) < 1 ? 1 - fabs(x) : 0;
}

/* Keys, Cubic convolution interpolation, 1981. */
static double cubic(double x, double a)
{
    x = fabs(x);
    if (x <= 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/* One position's taps from `first` on; those outside of the input are its edge's, or left out. */
static void fill(const struct op_resize *how, int axis, double x, double shrink, int64_t first, int count,
                 int64_t *index, double *weight)
{
    int64_t last = how->in[axis] - 1;
    double sum = 0;
    for (int t = 0; t < count; t++) {
        int64_t at = first + t;
        double d = ((double)at - x) * shrink;
        bool outside = at < 0 || at > last;
        weight[t] = how->mode == OP_CUBIC ? cubic(d, how->cubic_a) : linear(d);
        weight[t] = outside && how->exclude_outside ? 0 : weight[t];
        index[t] = at < 0 ? 0 : at > last ? last : at;
        sum += weight[t];
    }
    for (int t = 0; t < count && sum != 0 && (how->exclude_outside || how->antialias); t++)
        weight[t] /= sum;
    if (op_is_outside(how, axis, x))
        index[0] = -1;
}

static int stay(const struct op_resize *how, int axis, struct op_taps *taps)
{
    for (int64_t k = 0; k < how->out[axis]; k++) {
        taps->index[k] = k;
        taps->weight[k] = 1;
    }
    return 0;
}

int op_taps_make(const struct op_resize *how, int axis, struct mm_arena *arena, struct op_taps *taps)
{
    bool stays = op_axis_stays(how, axis);
    double scale = how->scale[axis], shrink = how->antialias && scale < 1 ? scale : 1;
    double support = (how->mode == OP_CUBIC ? 2 : 1) / shrink;
    size_t size;
    if (support > INT32_MAX / 4)
        return -1;
    taps->count = stays ? 1 : (int)ceil(support) * 2;
    if (!mm_mul((size_t)how->out[axis], (size_t)taps->count, &size))
        return -1;
    taps->index = mm_arena_array(arena, size ? size : 1, sizeof *taps->index);
    taps->weight = mm_arena_array(arena, size ? size : 1, sizeof *taps->weight);
    if (!taps->index || !taps->weight)
        return -1;
    if (stays)
        return stay(how, axis, taps);
    for (int64_t k = 0; k < how->out[axis]; k++) {
        double x = op_coordinate(how, axis, k);
        int64_t first = (int64_t)floor(x) - (int64_t)ceil(support) + 1;
        fill(how, axis, x, shrink, first, taps->count, taps->index + k * taps->count,
             taps->weight + k * taps->count);
    }
    return 0;
}
