/* Detectors: RoiAlign, NonMaxSuppression. */
#include "operator/call.h"

#include <math.h>
#include <stdlib.h>

/* ---- RoiAlign ------------------------------------------------------------------------------------------ */

struct align {
    const struct mm_value *x, *rois, *picture;
    int64_t out[2], in[2]; /* rows, columns */
    int64_t ratio;
    double scale, offset;
    bool at_least_one; /* regions smaller than a pixel are one */
};

/* Between four neighbours; 0 outside of the picture and one pixel around. */
static double between(const struct align *a, int64_t plane, double y, double x)
{
    int64_t rows = a->in[0], columns = a->in[1];
    if (!(y >= -1 && y <= (double)rows && x >= -1 && x <= (double)columns))
        return 0;
    y = fmin(fmax(y, 0), (double)(rows - 1));
    x = fmin(fmax(x, 0), (double)(columns - 1));
    int64_t top = (int64_t)y, left = (int64_t)x;
    int64_t bottom = top + 1 < rows ? top + 1 : top, right = left + 1 < columns ? left + 1 : left;
    double dy = y - (double)top, dx = x - (double)left;
    int64_t above = plane + top * columns, below = plane + bottom * columns;
    return (1 - dy) * ((1 - dx) * op_get(a->x, above + left) + dx * op_get(a->x, above + right)) +
           dy * ((1 - dx) * op_get(a->x, below + left) + dx * op_get(a->x, below + right));
}

/* One region along one axis: where it begins, the length of a bin, points in a bin. */
struct side {
    double start, bin;
    int64_t points;
};

#define POINTS_MOST 4096 /* of a bin: a region that is larger is none */

static struct side side_of(const struct align *a, int64_t roi, int axis)
{
    int64_t at = 4 * roi + (axis == 0);
    double start = op_get(a->rois, at) * a->scale - a->offset,
           end = op_get(a->rois, at + 2) * a->scale - a->offset;
    double length = a->at_least_one ? fmax(end - start, 1) : end - start;
    double bin = length / (double)a->out[axis], points = a->ratio > 0 ? (double)a->ratio : ceil(bin);
    return (struct side){start, bin, points >= 1 && points <= POINTS_MOST ? (int64_t)points : 0};
}

static double mean_of_bin(const struct align *a, const struct side side[2], int64_t plane, const int64_t *bin)
{
    double sum = 0;
    for (int64_t i = 0; i < side[0].points; i++) {
        double y =
            side[0].start + side[0].bin * ((double)bin[0] + ((double)i + 0.5) / (double)side[0].points);
        for (int64_t j = 0; j < side[1].points; j++) {
            double x =
                side[1].start + side[1].bin * ((double)bin[1] + ((double)j + 0.5) / (double)side[1].points);
            sum += between(a, plane, y, x);
        }
    }
    int64_t points = side[0].points * side[1].points;
    return points > 0 ? sum / (double)points : 0;
}

static int align_read(const struct mm_operator_call *call, struct align *a, struct mm_err *err)
{
    const char *mode =
        op_text(call, "coordinate_transformation_mode", op_opset(call) < 16 ? "" : "half_pixel");
    bool half = strcmp(mode, "half_pixel") == 0;
    a->x = op_need(call, 0, err);
    a->rois = a->x ? op_need(call, 1, err) : NULL;
    a->picture = a->rois ? op_need(call, 2, err) : NULL;
    if (!a->picture)
        return -1;
    if (strcmp(op_text(call, "mode", "avg"), "avg") != 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "mode is \"%s\"", op_text(call, "mode", "avg"));
    if (a->x->shape.rank != 4 || a->x->count == 0 || a->rois->count != 4 * a->picture->count)
        return op_fail(call, err, MM_EARG, "%lld numbers for %lld regions", (long long)a->rois->count,
                       (long long)a->picture->count);
    a->offset = half ? 0.5 : 0;
    a->at_least_one = !half;
    a->scale = op_float(call, "spatial_scale", 1);
    a->ratio = op_int(call, "sampling_ratio", 0);
    a->out[0] = op_int(call, "output_height", 1);
    a->out[1] = op_int(call, "output_width", 1);
    a->in[0] = a->x->shape.dim[2];
    a->in[1] = a->x->shape.dim[3];
    if (a->out[0] < 1 || a->out[1] < 1)
        return op_fail(call, err, MM_EARG, "a result of %lld x %lld", (long long)a->out[0],
                       (long long)a->out[1]);
    return 0;
}

static int align_roi(const struct mm_operator_call *call, const struct align *a, int64_t roi,
                     struct mm_value *value, struct mm_err *err)
{
    int64_t picture = op_whole(op_get(a->picture, roi)), channels = a->x->shape.dim[1];
    int64_t bins = a->out[0] * a->out[1], size = a->in[0] * a->in[1];
    struct side side[2] = {side_of(a, roi, 0), side_of(a, roi, 1)};
    if (picture < 0 || picture >= a->x->shape.dim[0])
        return op_fail(call, err, MM_EARG, "region %lld is of picture %lld", (long long)roi,
                       (long long)picture);
    for (int64_t k = 0; k < channels * bins; k++) {
        int64_t bin[2] = {k % bins / a->out[1], k % bins % a->out[1]};
        if (op_stop(call, err))
            return -1;
        op_put(value, roi * channels * bins + k,
               mean_of_bin(a, side, (picture * channels + k / bins) * size, bin));
    }
    return 0;
}

static int run_align(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct align a = {0};
    if (align_read(call, &a, err) < 0)
        return -1;
    struct mm_shape shape = {4, {a.picture->count, a.x->shape.dim[1], a.out[0], a.out[1]}};
    if (op_new(call, a.x->dtype, &shape, value, err) < 0)
        return -1;
    for (int64_t roi = 0; roi < a.picture->count; roi++) {
        if (align_roi(call, &a, roi, value, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- NonMaxSuppression --------------------------------------------------------------------------------- */

struct scored {
    double score;
    int64_t box;
};

struct suppress {
    const struct mm_value *boxes, *scores;
    int64_t batches, classes, count; /* boxes of a picture */
    int64_t most;                    /* of a class */
    double overlap, least;           /* IoU above, scores up to which a box is dropped */
    bool has_least, centre;
    struct scored *order; /* [count] */
    int64_t *kept;        /* [count] */
    int64_t *found;       /* [found_count, 3] */
    int64_t found_count;
};

/* Of equal scores the lower index. */
static int by_score(const void *left, const void *right)
{
    const struct scored *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return (a->box > b->box) - (a->box < b->box);
}

/* Corners, the lesser ones first. */
static void corners(const struct suppress *s, int64_t picture, int64_t box, double out[4])
{
    double v[4];
    for (int k = 0; k < 4; k++)
        v[k] = op_get(s->boxes, (picture * s->count + box) * 4 + k);
    if (s->centre) {
        double half_x = v[2] / 2, half_y = v[3] / 2, x = v[0], y = v[1];
        v[0] = y - half_y;
        v[1] = x - half_x;
        v[2] = y + half_y;
        v[3] = x + half_x;
    }
    for (int k = 0; k < 2; k++) {
        out[k] = fmin(v[k], v[k + 2]);
        out[k + 2] = fmax(v[k], v[k + 2]);
    }
}

static double overlap(const struct suppress *s, int64_t picture, int64_t one, int64_t other)
{
    double a[4], b[4];
    corners(s, picture, one, a);
    corners(s, picture, other, b);
    double high = fmin(a[2], b[2]) - fmax(a[0], b[0]), wide = fmin(a[3], b[3]) - fmax(a[1], b[1]);
    double both = high > 0 && wide > 0 ? high * wide : 0;
    double all = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
    return all > 0 ? both / all : 0;
}

static bool is_suppressed(const struct suppress *s, int64_t picture, int64_t box, int64_t kept)
{
    for (int64_t k = 0; k < kept; k++) {
        if (overlap(s, picture, box, s->kept[k]) > s->overlap)
            return true;
    }
    return false;
}

static int keep_class(const struct mm_operator_call *call, struct suppress *s, int64_t picture, int64_t class,
                      struct mm_err *err)
{
    int64_t kept = 0;
    for (int64_t k = 0; k < s->count; k++)
        s->order[k] = (struct scored){op_get(s->scores, (picture * s->classes + class) * s->count + k), k};
    qsort(s->order, (size_t)s->count, sizeof *s->order, by_score);
    for (int64_t k = 0; k < s->count && kept < s->most; k++) {
        bool told = !isnan(s->order[k].score) && (!s->has_least || s->order[k].score > s->least);
        if (op_stop(call, err))
            return -1;
        if (!told || is_suppressed(s, picture, s->order[k].box, kept))
            continue;
        int64_t *row = s->found + 3 * s->found_count++;
        row[0] = picture;
        row[1] = class;
        row[2] = s->kept[kept++] = s->order[k].box;
    }
    return 0;
}

static int suppress_read(const struct mm_operator_call *call, struct suppress *s, struct mm_err *err)
{
    s->boxes = op_need(call, 0, err);
    s->scores = s->boxes ? op_need(call, 1, err) : NULL;
    if (!s->scores)
        return -1;
    for (int k = 2; k < call->node->input_count; k++) {
        if (call->node->inputs[k] >= 0 && !op_need(call, k, err))
            return -1;
    }
    const struct mm_shape *b = &s->boxes->shape, *c = &s->scores->shape;
    if (b->rank != 3 || c->rank != 3 || b->dim[2] != 4 || b->dim[0] != c->dim[0] || b->dim[1] != c->dim[2])
        return op_fail(call, err, MM_EARG, "boxes and scores do not fit");
    s->batches = c->dim[0];
    s->classes = c->dim[1];
    s->count = c->dim[2];
    double most = op_number(call, 2, "", 0);
    s->most = most > 0 ? op_whole(most) : 0;
    s->most = s->most < s->count ? s->most : s->count;
    s->overlap = op_number(call, 3, "", 0);
    s->has_least = op_input(call, 4) != NULL;
    s->least = op_number(call, 4, "", 0);
    s->centre = op_int(call, "center_point_box", 0) != 0;
    return 0;
}

static int suppress_all(const struct mm_operator_call *call, struct suppress *s, struct mm_err *err)
{
    for (int64_t k = 0; k < s->batches * s->classes; k++) {
        if (keep_class(call, s, k / s->classes, k % s->classes, err) < 0)
            return -1;
    }
    return 0;
}

static int run_suppress(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct suppress s = {0};
    int64_t most;
    if (suppress_read(call, &s, err) < 0)
        return -1;
    if (!mm_mul_i64(s.batches * s.classes, s.most, &most) || most > call->limit / 3)
        return op_fail(call, err, MM_EUNSUPPORTED, "more than %lld values", (long long)call->limit);
    s.order = calloc((size_t)s.count + 1, sizeof *s.order);
    s.kept = calloc((size_t)s.count + 1, sizeof *s.kept);
    s.found = calloc(3 * (size_t)most + 1, sizeof *s.found);
    int result = s.order && s.kept && s.found ? suppress_all(call, &s, err) : mm_fail_memory(err);
    struct mm_shape shape = {2, {s.found_count, 3}};
    if (result == 0)
        result = op_new(call, MM_I64, &shape, value, err);
    if (result == 0)
        memcpy(op_ints(value), s.found, (size_t)value->count * sizeof *s.found);
    free(s.order);
    free(s.kept);
    free(s.found);
    return result;
}

const struct op_row op_box_rows[] = {
    {{"RoiAlign", MM_OPERATOR_RESIZE, false}, OP_CHANNEL_ONE, run_align, NULL},
    {{"NonMaxSuppression", MM_OPERATOR_ARGUMENT, false}, OP_CHANNEL_NONE, run_suppress, NULL},
    {{NULL}},
};
