/* What Resize is told in words: modes, transformations of coordinates, ways to round. */
#include "operator/taps.h"

#include <math.h>

/* ---- coordinate_transformation_mode: where a position of the result is in the input -------------------- */

static double half_pixel(const struct op_resize *r, int axis, int64_t at)
{
    return ((double)at + 0.5) / r->scale[axis] - 0.5;
}

static double pytorch_half_pixel(const struct op_resize *r, int axis, int64_t at)
{
    return r->out[axis] > 1 ? half_pixel(r, axis, at) : 0;
}

/* The centre stays where it is when the output's length was rounded. */
static double half_pixel_symmetric(const struct op_resize *r, int axis, int64_t at)
{
    double exact = r->scale[axis] * (double)r->in[axis];
    double offset = (double)r->in[axis] / 2 * (1 - (double)r->out[axis] / exact);
    return offset + half_pixel(r, axis, at);
}

static double align_corners(const struct op_resize *r, int axis, int64_t at)
{
    return r->out[axis] > 1 ? (double)at * (double)(r->in[axis] - 1) / (double)(r->out[axis] - 1) : 0;
}

static double asymmetric(const struct op_resize *r, int axis, int64_t at)
{
    return (double)at / r->scale[axis];
}

static double tf_half_pixel(const struct op_resize *r, int axis, int64_t at)
{
    return ((double)at + 0.5) / r->scale[axis];
}

static double tf_crop_and_resize(const struct op_resize *r, int axis, int64_t at)
{
    double start = r->roi_start[axis], end = r->roi_end[axis], last = (double)(r->in[axis] - 1);
    if (r->out[axis] <= 1)
        return 0.5 * (start + end) * last;
    return start * last + (double)at * (end - start) * last / (double)(r->out[axis] - 1);
}

/* ---- nearest_mode -------------------------------------------------------------------------------------- */

static int64_t prefer_floor(const struct op_resize *r, int axis, double x)
{
    (void)r;
    (void)axis;
    return (int64_t)ceil(x - 0.5);
}

static int64_t prefer_ceil(const struct op_resize *r, int axis, double x)
{
    (void)r;
    (void)axis;
    return (int64_t)floor(x + 0.5);
}

static int64_t by_floor(const struct op_resize *r, int axis, double x)
{
    (void)r;
    (void)axis;
    return (int64_t)floor(x);
}

static int64_t by_ceil(const struct op_resize *r, int axis, double x)
{
    (void)r;
    (void)axis;
    return (int64_t)ceil(x);
}

/* Before opset 11 the specification leaves it open; this is what ONNX Runtime does. */
static int64_t before_11(const struct op_resize *r, int axis, double x)
{
    return (int64_t)(r->scale[axis] < 1 ? ceil(x) : floor(x));
}

/* ---- reading them -------------------------------------------------------------------------------------- */

static int choose(const struct mm_operator_call *call, const char *name, const char *otherwise,
                  const char *const *words, int count, struct mm_err *err)
{
    const char *word = op_text(call, name, otherwise);
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return op_fail(call, err, MM_EUNSUPPORTED, "%s is \"%s\"", name, word);
}

static int coordinate_of(const struct mm_operator_call *call, struct op_resize *how, struct mm_err *err)
{
    static const char *const words[] = {"half_pixel",        "pytorch_half_pixel", "half_pixel_symmetric",
                                        "align_corners",     "asymmetric",         "tf_half_pixel_for_nn",
                                        "tf_crop_and_resize"};
    static double (*const as[])(const struct op_resize *, int, int64_t) = {
        half_pixel, pytorch_half_pixel, half_pixel_symmetric, align_corners,
        asymmetric, tf_half_pixel,      tf_crop_and_resize};
    const char *otherwise =
        op_opset(call) < 11 || strcmp(call->node->op_type, "Upsample") == 0 ? "asymmetric" : "half_pixel";
    int i = choose(call, "coordinate_transformation_mode", otherwise, words, (int)MM_COUNT(words), err);
    if (i < 0)
        return -1;
    how->coordinate = as[i];
    how->crops = as[i] == tf_crop_and_resize;
    return 0;
}

static int nearest_of(const struct mm_operator_call *call, struct op_resize *how, struct mm_err *err)
{
    static const char *const words[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    static int64_t (*const as[])(const struct op_resize *, int, double) = {prefer_floor, prefer_ceil,
                                                                           by_floor, by_ceil};
    int i = choose(call, "nearest_mode", words[0], words, (int)MM_COUNT(words), err);
    if (i < 0)
        return -1;
    how->nearest = op_opset(call) < 11 || strcmp(call->node->op_type, "Upsample") == 0 ? before_11 : as[i];
    return 0;
}

int op_resize_words(const struct mm_operator_call *call, struct op_resize *how, struct mm_err *err)
{
    static const char *const modes[] = {"nearest", "linear", "cubic", "bilinear"};
    int mode = choose(call, "mode", "nearest", modes, (int)MM_COUNT(modes), err);
    if (mode < 0 || coordinate_of(call, how, err) || nearest_of(call, how, err))
        return -1;
    how->mode = mode == 3 ? OP_LINEAR : (enum op_resize_mode)mode; /* bilinear: the word of opset 1 */
    how->cubic_a = op_float(call, "cubic_coeff_a", -0.75);
    how->exclude_outside = op_int(call, "exclude_outside", 0) != 0;
    how->antialias = op_int(call, "antialias", 0) != 0;
    how->outside = op_float(call, "extrapolation_value", 0);
    return 0;
}
