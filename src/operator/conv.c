/* Conv and ConvTranspose at one output position: for each tap of the window a sum over a group's channels. */
#include "operator/linear.h"

static int check_channels(const struct mm_operator_call *call, const struct op_linear *l, int64_t in,
                          int64_t out, struct mm_err *err)
{
    if (l->x->shape.dim[1] != in)
        return op_fail(call, err, MM_EARG, "weights for %lld channels, the input has %lld", (long long)in,
                       (long long)l->x->shape.dim[1]);
    if (l->bias && l->bias->count != out)
        return op_fail(call, err, MM_EARG, "a bias of %lld for %lld channels", (long long)l->bias->count,
                       (long long)out);
    return 0;
}

static int begin(const struct mm_operator_call *call, struct op_linear *l, int64_t *group, struct mm_err *err)
{
    *group = op_int(call, "group", 1);
    if (op_linear_inputs(call, l, err) || op_window_read(call, &l->x->shape, &l->w->shape, &l->window, err))
        return -1;
    if (*group < 1 || *group > INT32_MAX || l->w->shape.dim[0] % *group != 0)
        return op_fail(call, err, MM_EARG, "%lld groups", (long long)*group);
    op_strides(&l->x->shape, l->stride_x);
    op_strides(&l->w->shape, l->stride_w);
    return 0;
}

static int finish(const struct mm_operator_call *call, struct op_linear *l, int64_t channels,
                  struct mm_err *err)
{
    l->shape = l->x->shape;
    l->shape.dim[1] = channels;
    memcpy(l->shape.dim + 2, l->window.out, (size_t)l->window.rank * sizeof *l->shape.dim);
    if (!op_shape_fits(&l->shape))
        return op_fail(call, err, MM_EARG, "a result of an impossible shape");
    return 0;
}

/* An odometer over all taps of the kernel; false behind the last. */
static bool next_tap(const struct op_window *w, int64_t *tap)
{
    for (int i = w->rank - 1; i >= 0; i--) {
        if (++tap[i] < w->kernel[i])
            return true;
        tap[i] = 0;
    }
    return false;
}

/* ---- Conv ---------------------------------------------------------------------------------------------- */

/* Where this tap is in the channel's places, relative to the first; -1 in the padding. */
static int64_t gather_place(const struct op_linear *l, const int64_t *out, const int64_t *tap)
{
    const struct op_window *w = &l->window;
    int64_t at = 0;
    for (int i = 0; i < w->rank; i++) {
        int64_t in = out[i] * w->stride[i] - w->begin[i] + tap[i] * w->dilation[i];
        if (in < 0 || in >= w->in[i])
            return -1;
        at += in * l->stride_x[i + 2];
    }
    return at;
}

static double conv_at(const struct op_linear *l, int64_t position)
{
    int64_t out[MM_RANK_MAX], tap[MM_RANK_MAX] = {0};
    mm_shape_coords(&l->shape, position, out);
    int64_t channel = out[1], first = channel / l->out_group * l->in_group;
    int64_t at_x = out[0] * l->stride_x[0] + first * l->stride_x[1], at_w = channel * l->stride_w[0];
    double sum = l->bias ? op_get(l->bias, channel) : 0;
    do {
        int64_t place = gather_place(l, out + 2, tap);
        if (place >= 0)
            sum += op_dot(l, at_x + place, l->stride_x[1], at_w, l->stride_w[1], l->in_group);
        at_w++;
    } while (next_tap(&l->window, tap));
    return sum;
}

int op_prepare_conv(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    int64_t group;
    if (begin(call, l, &group, err) || op_window_gather(call, &l->window, false, err))
        return -1;
    l->in_group = l->w->shape.dim[1];
    l->out_group = l->w->shape.dim[0] / group;
    l->at = conv_at;
    if (l->in_group > INT32_MAX || check_channels(call, l, l->in_group * group, l->w->shape.dim[0], err))
        return -1;
    return finish(call, l, l->w->shape.dim[0], err);
}

/* ---- ConvTranspose ------------------------------------------------------------------------------------- */

/* The input's place that this tap spreads from to the output's place; -1 if there is none. */
static int64_t scatter_place(const struct op_linear *l, const int64_t *out, const int64_t *tap)
{
    const struct op_window *w = &l->window;
    int64_t at = 0;
    for (int i = 0; i < w->rank; i++) {
        int64_t from = out[i] + w->begin[i] - tap[i] * w->dilation[i];
        if (from < 0 || from % w->stride[i] != 0 || from / w->stride[i] >= w->in[i])
            return -1;
        at += from / w->stride[i] * l->stride_x[i + 2];
    }
    return at;
}

/* Weights are [channels in, channels out of a group, kernel ...]. */
static double conv_transpose_at(const struct op_linear *l, int64_t position)
{
    int64_t out[MM_RANK_MAX], tap[MM_RANK_MAX] = {0};
    mm_shape_coords(&l->shape, position, out);
    int64_t first = out[1] / l->out_group * l->in_group;
    int64_t at_x = out[0] * l->stride_x[0] + first * l->stride_x[1];
    int64_t at_w = first * l->stride_w[0] + out[1] % l->out_group * l->stride_w[1];
    double sum = l->bias ? op_get(l->bias, out[1]) : 0;
    do {
        int64_t place = scatter_place(l, out + 2, tap);
        if (place >= 0)
            sum += op_dot(l, at_x + place, l->stride_x[1], at_w, l->stride_w[0], l->in_group);
        at_w++;
    } while (next_tap(&l->window, tap));
    return sum;
}

int op_prepare_conv_transpose(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    int64_t group, channels;
    if (begin(call, l, &group, err) || op_window_scatter(call, &l->window, err))
        return -1;
    l->in_group = l->w->shape.dim[0] / group;
    l->out_group = l->w->shape.dim[1];
    l->at = conv_transpose_at;
    if (!mm_mul_i64(l->out_group, group, &channels))
        return op_fail(call, err, MM_EARG, "%lld groups", (long long)group);
    if (check_channels(call, l, l->w->shape.dim[0], channels, err))
        return -1;
    return finish(call, l, channels, err);
}
