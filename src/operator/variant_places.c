/* Variants by where values come from: pads on the other side, another rounding of coordinates. */
#include "operator/variant.h"
#include "operator/window.h"

#include <stdio.h>

/* ---- pads ---- */

/* The window as the model has it, with pads and sizes. */
static bool window_of(const struct mm_operator_variant *v, struct op_window *w)
{
    const struct mm_value *x = op_input(v->model, 0);
    bool pool = strstr(v->model->node->op_type, "Pool") != NULL;
    const struct mm_value *weights = pool ? NULL : op_input(v->model, 1);
    bool there = x && x->shape.rank > 2 && (pool || weights);
    return there && op_window_read(v->model, &x->shape, pool ? NULL : &weights->shape, w, NULL) == 0 &&
           op_window_gather(v->model, w, op_int(v->model, "ceil_mode", 0) != 0, NULL) == 0;
}

/* Set these pads, the begins first; false where they are the model's. */
static bool set_pads(struct mm_operator_variant *v, const struct op_window *w, const int64_t *pads)
{
    char now[64] = "", then[64] = "";
    bool differ = false;
    for (int i = 0; i < 2 * w->rank; i++) {
        int64_t told = i < w->rank ? w->begin[i] : w->end[i - w->rank];
        size_t n = strlen(now), t = strlen(then);
        differ = differ || told != pads[i];
        snprintf(now + n, sizeof now - n, "%s%lld", i ? "," : "", (long long)told);
        snprintf(then + t, sizeof then - t, "%s%lld", i ? "," : "", (long long)pads[i]);
    }
    op_variant_ints(v, "pads", pads, 2 * w->rank);
    op_variant_text(v, "auto_pad", "NOTSET");
    op_variant_says(v, "with pads %s where the model says %s", then, now);
    return differ;
}

enum side { SAME_UPPER, SAME_LOWER, SIDES_CHANGED, ALL_BEHIND, ALL_BEFORE };

/* The total is what the size of the result needs (SAME_*), or the model's. */
static bool other_side(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int64_t pads[2 * MM_RANK_MAX];
    struct op_window w;
    (void)row;
    if (!window_of(v, &w))
        return false;
    for (int i = 0; i < w.rank; i++) {
        int64_t total = w.begin[i] + w.end[i], extent = (w.kernel[i] - 1) * w.dilation[i] + 1;
        int64_t same = (w.out[i] - 1) * w.stride[i] + extent - w.in[i];
        same = same > 0 ? same : 0;
        const int64_t before[] = {[SAME_UPPER] = same / 2,
                                  [SAME_LOWER] = (same + 1) / 2,
                                  [SIDES_CHANGED] = w.end[i],
                                  [ALL_BEHIND] = 0,
                                  [ALL_BEFORE] = total};
        pads[i] = before[k];
        pads[w.rank + i] = (k <= SAME_LOWER ? same : total) - before[k];
    }
    return set_pads(v, &w, pads);
}

/* Neighbouring taps, about the same centre. */
static bool without_dilation(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int64_t pads[2 * MM_RANK_MAX], ones[MM_RANK_MAX];
    struct op_window w;
    (void)row;
    (void)k;
    if (!window_of(v, &w))
        return false;
    bool dilated = false;
    for (int i = 0; i < w.rank; i++) {
        int64_t less = (w.dilation[i] - 1) * (w.kernel[i] - 1);
        dilated = dilated || less > 0;
        ones[i] = 1;
        pads[i] = w.begin[i] - less / 2;
        pads[w.rank + i] = w.end[i] - (less - less / 2);
    }
    set_pads(v, &w, pads);
    op_variant_ints(v, "dilations", ones, w.rank);
    op_variant_says(v, "without dilation");
    return dilated;
}

/* A maximum over zeros where the model pads with what never is one: x with a border of zeros, and no pads. */
static bool zeros_around(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *x = op_input(v->model, 0);
    struct op_window w;
    (void)row;
    (void)k;
    if (!window_of(v, &w) || !x->f)
        return false;
    struct mm_value wide = *x;
    int64_t none[2 * MM_RANK_MAX] = {0}, coord[MM_RANK_MAX], stride[MM_RANK_MAX], border = 0;
    for (int i = 0; i < w.rank; i++) {
        int64_t pads = w.begin[i] > 0 && w.end[i] >= 0 ? w.begin[i] + w.end[i] : w.end[i];
        border = pads < 0 || pads > x->shape.dim[i + 2] + w.kernel[i] ? -1
                 : border < 0                                         ? border
                                                                      : border + pads;
        wide.shape.dim[i + 2] += pads;
    }
    if (border <= 0 || !op_shape_fits(&wide.shape))
        return false;
    wide.count = mm_shape_count(&wide.shape);
    struct mm_value *own = op_variant_own(v, 0, &wide);
    op_strides(&wide.shape, stride);
    for (int64_t i = 0; own && i < x->count; i++) {
        int64_t at = 0;
        mm_shape_coords(&x->shape, i, coord);
        for (int axis = 0; axis < x->shape.rank; axis++)
            at += (coord[axis] + (axis > 1 ? w.begin[axis - 2] : 0)) * stride[axis];
        op_put(own, at, op_get(x, i));
    }
    op_variant_ints(v, "pads", none, 2 * w.rank);
    op_variant_text(v, "auto_pad", "NOTSET");
    op_variant_says(v, "with zeros for pads, which count as values");
    return own != NULL;
}

/* ---- resize ---- */

struct scheme {
    const char *mode, *coordinate, *nearest; /* "": any */
    const char *origin;
};

static bool resized(struct mm_operator_variant *v, const struct scheme *to)
{
    bool old = op_opset(v->model) < 11 || strcmp(v->model->node->op_type, "Upsample") == 0;
    const char *mode = op_text(v->model, "mode", "nearest");
    const char *coordinate =
        old ? "asymmetric" : op_text(v->model, "coordinate_transformation_mode", "half_pixel");
    const char *nearest = op_text(v->model, "nearest_mode", old ? "floor" : "round_prefer_floor");
    bool by_nearest = strcmp(to->mode, "nearest") == 0, was_nearest = strcmp(mode, "nearest") == 0;
    if (by_nearest != was_nearest || strcmp(coordinate, "tf_crop_and_resize") == 0)
        return false;
    if (strcmp(coordinate, to->coordinate) == 0 && (!by_nearest || strcmp(nearest, to->nearest) == 0))
        return false;
    if (old) { /* x, scales becomes x, no region, scales */
        v->call.opset = 13;
        op_variant_type(v, "Resize");
        op_variant_input(v, 2, op_input(v->model, 1));
        op_variant_input(v, 1, NULL);
        op_variant_text(v, "mode", by_nearest ? "nearest" : strcmp(mode, "bilinear") == 0 ? "linear" : mode);
    }
    op_variant_text(v, "coordinate_transformation_mode", to->coordinate);
    if (by_nearest)
        op_variant_text(v, "nearest_mode", to->nearest);
    op_variant_says(v, "with %s%s%s where the model says %s%s%s", to->coordinate, by_nearest ? "/" : "",
                    by_nearest ? to->nearest : "", coordinate, by_nearest ? "/" : "",
                    by_nearest ? nearest : "");
    v->origin = to->origin;
    return !old || op_input(v->model, 1);
}

static bool other_grid(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    static const struct scheme schemes[] = {
        {"nearest", "asymmetric", "floor", "OpenCV, TensorFlow.js, PyTorch"},
        {"nearest", "half_pixel", "round_prefer_floor", "PIL, PyTorch's nearest-exact"},
        {"nearest", "half_pixel", "round_prefer_ceil", "oneDNN"},
        {"nearest", "half_pixel", "floor", NULL},
        {"nearest", "half_pixel", "ceil", NULL},
        {"nearest", "asymmetric", "round_prefer_floor", NULL},
        {"nearest", "asymmetric", "round_prefer_ceil", NULL},
        {"nearest", "asymmetric", "ceil", NULL},
        {"nearest", "align_corners", "round_prefer_floor", NULL},
        {"nearest", "align_corners", "round_prefer_ceil", "TensorFlow with align_corners"},
        {"nearest", "align_corners", "floor", NULL},
        {"nearest", "tf_half_pixel_for_nn", "floor", "TensorFlow with half_pixel_centers"},
        {"linear", "half_pixel", "", "OpenCV, PyTorch"},
        {"linear", "asymmetric", "", "older TensorFlow"},
        {"linear", "align_corners", "", "PyTorch and TensorFlow with align_corners"},
        {"linear", "pytorch_half_pixel", "", NULL},
        {"linear", "half_pixel_symmetric", "", NULL}};
    (void)row;
    return k < (int)MM_COUNT(schemes) && resized(v, &schemes[k]);
}

/* What is between: the mode, the cubic's coefficient, antialiasing. */
static bool other_filter(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    static const struct {
        const char *mode;
        double cubic;
        bool antialias;
        const char *says, *origin;
    } rows[] = {{"linear", -0.75, true, "as linear with antialias", "PIL"},
                {"linear", -0.75, false, "as linear without antialias", "OpenCV, PyTorch"},
                {"cubic", -0.75, false, "as cubic (-0.75)", "OpenCV, PyTorch"},
                {"cubic", -0.5, false, "as cubic (-0.5)", "TensorFlow"},
                {"cubic", -0.5, true, "as cubic (-0.5) with antialias", "PIL"},
                {"cubic", -0.75, true, "as cubic (-0.75) with antialias", NULL},
                {"nearest", -0.75, false, "as nearest", NULL}};
    const char *mode = op_text(v->model, "mode", "nearest");
    double cubic = op_float(v->model, "cubic_coeff_a", -0.75);
    bool antialias = op_int(v->model, "antialias", 0) != 0, same = strcmp(mode, rows[k].mode) == 0;
    (void)row;
    if (op_opset(v->model) < 11 || (same && antialias == rows[k].antialias &&
                                    (strcmp(mode, "cubic") != 0 || (float)cubic == (float)rows[k].cubic)))
        return false;
    op_variant_text(v, "mode", rows[k].mode);
    op_variant_float(v, "cubic_coeff_a", rows[k].cubic);
    op_variant_int(v, "antialias", rows[k].antialias);
    char figure[MM_NUM], coefficient[MM_NUM + 4] = "";
    if (strcmp(mode, "cubic") == 0)
        snprintf(coefficient, sizeof coefficient, " (%s)", mm_num_short(figure, cubic, 3));
    op_variant_says(v, "%s where the model says %s%s%s", rows[k].says, mode, coefficient,
                    antialias ? " with antialias" : "");
    v->origin = rows[k].origin;
    return true;
}

#define SIDES(type)                                                                                          \
    {                                                                                                        \
        type, 5, other_side, .origin = { "TensorFlow", NULL, NULL, "darknet" }                               \
    }

const struct op_variant_row op_variant_places[] = {
    SIDES("Conv"),
    SIDES("MaxPool"),
    SIDES("AveragePool"),
    SIDES("LpPool"),
    {"Conv", 1, without_dilation},
    {"MaxPool", 1, without_dilation},
    {"MaxPool", 1, zeros_around},
    {"Resize", 17, other_grid},
    {"Resize", 7, other_filter},
    {"Upsample", 17, other_grid},
    {NULL},
};
