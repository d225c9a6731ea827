/* Conv and ConvTranspose: the window of one place is shared by the channels of a group. */
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

static int begin(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (op_linear_inputs(call, l, err) || op_window_read(call, &l->x->shape, &l->w->shape, &l->window, err))
        return -1;
    l->groups = op_int(call, "group", 1);
    if (l->groups < 1 || l->groups > INT32_MAX || l->w->shape.dim[0] % l->groups != 0)
        return op_fail(call, err, MM_EARG, "%lld groups", (long long)l->groups);
    if (l->w->count == 0)
        return op_fail(call, err, MM_EARG, "no weights");
    return 0;
}

/* A bundle is (image, group, place). */
static int64_t bundle_of(const struct op_linear *l, int64_t position)
{
    int64_t place = position % l->places, channel = position / l->places % l->shape.dim[1];
    int64_t image = position / l->places / l->shape.dim[1];
    return (image * l->groups + channel / l->out_group) * l->places + place;
}

static int64_t position_of(const struct op_linear *l, int64_t bundle, int64_t member)
{
    int64_t place = bundle % l->places, group = bundle / l->places; /* of all images */
    return (group * l->out_group + member) * l->places + place;
}

static int finish(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    l->shape = l->x->shape;
    memcpy(l->shape.dim + 2, l->window.out, (size_t)l->window.rank * sizeof *l->shape.dim);
    if (!mm_mul_i64(l->groups, l->out_group, &l->shape.dim[1]) || !op_shape_fits(&l->shape))
        return op_fail(call, err, MM_EARG, "a result of an impossible shape");
    l->taps = op_product(&l->w->shape, 2, l->w->shape.rank);
    l->places = op_product(&l->shape, 2, l->shape.rank);
    l->places_x = op_product(&l->x->shape, 2, l->x->shape.rank);
    l->bundles = l->shape.dim[0] * l->groups * l->places;
    l->members = l->out_group;
    l->length = l->in_group * l->taps;
    l->bundle_of = bundle_of;
    l->position_of = position_of;
    return check_channels(call, l, l->in_group * l->groups, l->shape.dim[1], err);
}

/* ---- loading ------------------------------------------------------------------------------------------- */

/* An odometer over all rows of the kernel: the taps but for the last axis. */
static void next_row(const struct op_window *w, int64_t *tap)
{
    for (int i = w->rank - 2; i >= 0 && ++tap[i] == w->kernel[i]; i--)
        tap[i] = 0;
}

/* Where a tap is in a channel of the input, -1 outside. `at` tells for one axis. */
typedef int64_t (*tap_at)(const struct op_window *w, int axis, int64_t out, int64_t tap);

static void place_taps(struct op_linear *l, int64_t place, tap_at at)
{
    const struct op_window *w = &l->window;
    struct mm_shape places = {.rank = w->rank};
    int64_t out[MM_RANK_MAX], tap[MM_RANK_MAX] = {0};
    memcpy(places.dim, w->out, sizeof places.dim);
    mm_shape_coords(&places, place, out);
    int last = w->rank - 1;
    if (last < 0) { /* no axes to move along: the one tap is the one place */
        l->place[0] = 0;
        return;
    }
    int64_t *column = l->place + l->taps; /* [kernel[last]] along the last axis, the same in all rows */
    for (int64_t k = 0; k < w->kernel[last]; k++)
        column[k] = at(w, last, out[last], k);
    for (int64_t t = 0; t < l->taps; next_row(w, tap)) {
        int64_t row = 0;
        for (int i = 0; i < last && row >= 0; i++) {
            int64_t own = at(w, i, out[i], tap[i]);
            row = own < 0 ? -1 : row * w->in[i] + own;
        }
        for (int64_t k = 0; k < w->kernel[last]; k++)
            l->place[t++] = row < 0 || column[k] < 0 ? -1 : row * w->in[last] + column[k];
    }
}

/* One channel's taps; 0 where there is no input. */
static void load_channel(const struct op_linear *l, int64_t base, double *part)
{
    if (l->x->f) {
        const float *x = l->x->f + base;
        for (int64_t t = 0; t < l->taps; t++)
            part[t] = l->place[t] < 0 ? 0 : (double)x[l->place[t]];
        return;
    }
    for (int64_t t = 0; t < l->taps; t++)
        part[t] = l->place[t] < 0 ? 0 : (double)l->x->i[base + l->place[t]];
}

/* A kernel of one tap: a column through the channels. */
static void load_column(const struct op_linear *l, const float *x)
{
    for (int64_t c = 0; c < l->in_group; c++, x += l->places_x)
        l->part[c] = (double)*x;
}

/* [channel of the group][tap] */
static void load(struct op_linear *l, int64_t bundle, tap_at at)
{
    int64_t first = bundle / l->places * l->in_group * l->places_x; /* groups of all images */
    place_taps(l, bundle % l->places, at);
    if (l->taps == 1 && l->place[0] >= 0 && l->x->f) {
        load_column(l, l->x->f + first + l->place[0]);
        return;
    }
    for (int64_t c = 0; c < l->in_group; c++)
        load_channel(l, first + c * l->places_x, l->part + c * l->taps);
}

/* ---- Conv ---------------------------------------------------------------------------------------------- */

static int64_t gathered(const struct op_window *w, int axis, int64_t out, int64_t tap)
{
    int64_t in = out * w->stride[axis] - w->begin[axis] + tap * w->dilation[axis];
    return in < w->in[axis] ? in : -1;
}

static void begin_conv(struct op_linear *l)
{
    const struct op_window *w = &l->window;
    int64_t tap[MM_RANK_MAX] = {0};
    for (int64_t t = 0; t < l->taps; t++) {
        l->apart[t] = 0;
        for (int i = 0; i < w->rank; i++)
            l->apart[t] = l->apart[t] * w->in[i] + tap[i] * w->dilation[i];
        for (int i = w->rank - 1; i >= 0 && ++tap[i] == w->kernel[i]; i--)
            tap[i] = 0;
    }
}

/* Where the first element of a place's window is in a channel; -1: some of the window lies outside. */
static int64_t inside(const struct op_linear *l, int64_t place)
{
    const struct op_window *w = &l->window;
    int64_t first = 0, stride = 1;
    for (int i = w->rank - 1; i >= 0; i--, place /= w->out[i + 1]) {
        int64_t from = place % w->out[i] * w->stride[i] - w->begin[i];
        if (from < 0 || from + (w->kernel[i] - 1) * w->dilation[i] >= w->in[i])
            return -1;
        first += from * stride;
        stride *= w->in[i];
    }
    return first;
}

static void load_inside(struct op_linear *l, const float *x)
{
    double *part = l->part;
    for (int64_t c = 0; c < l->in_group; c++, x += l->places_x, part += l->taps) {
        for (int64_t t = 0; t < l->taps; t++)
            part[t] = (double)x[l->apart[t]];
    }
}

static void load_conv(struct op_linear *l, int64_t bundle)
{
    int64_t first = l->x->f ? inside(l, bundle % l->places) : -1;
    if (first < 0)
        load(l, bundle, gathered);
    else
        load_inside(l, l->x->f + bundle / l->places * l->in_group * l->places_x + first);
}

/* Weights are [channel out, channel in of a group, kernel ...]. */
static double conv_value(const struct op_linear *l, int64_t position)
{
    int64_t channel = position / l->places % l->shape.dim[1];
    double sum = op_dot(l, l->part, l->w, channel * l->length, 1, l->length);
    return sum + (l->bias ? op_get(l->bias, channel) : 0);
}

int op_prepare_conv(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (begin(call, l, err) || op_window_gather(call, &l->window, false, err))
        return -1;
    l->in_group = l->w->shape.dim[1];
    l->out_group = l->w->shape.dim[0] / l->groups;
    l->begin = begin_conv;
    l->load = load_conv;
    l->value = conv_value;
    return finish(call, l, err);
}

/* ---- ConvTranspose ------------------------------------------------------------------------------------- */

static int64_t scattered(const struct op_window *w, int axis, int64_t out, int64_t tap)
{
    int64_t from = out + w->begin[axis] - tap * w->dilation[axis];
    if (from < 0 || from % w->stride[axis] != 0 || from / w->stride[axis] >= w->in[axis])
        return -1;
    return from / w->stride[axis];
}

static void load_conv_transpose(struct op_linear *l, int64_t bundle)
{
    load(l, bundle, scattered);
}

/* Weights are [channel in, channel out of a group, kernel ...]. */
static double conv_transpose_value(const struct op_linear *l, int64_t position)
{
    int64_t channel = position / l->places % l->shape.dim[1];
    int64_t first = channel / l->out_group * l->in_group, own = channel % l->out_group;
    double sum = l->bias ? op_get(l->bias, channel) : 0;
    for (int64_t c = 0; c < l->in_group; c++) {
        int64_t at = ((first + c) * l->out_group + own) * l->taps;
        sum += op_dot(l, l->part + c * l->taps, l->w, at, 1, l->taps);
    }
    return sum;
}

int op_prepare_conv_transpose(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (begin(call, l, err) || op_window_scatter(call, &l->window, err))
        return -1;
    l->in_group = l->w->shape.dim[0] / l->groups;
    l->out_group = l->w->shape.dim[1];
    l->load = load_conv_transpose;
    l->value = conv_transpose_value;
    return finish(call, l, err);
}
