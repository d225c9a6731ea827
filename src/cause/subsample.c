#include "cause/subsample.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static int longest(const struct mm_shape *shape, unsigned keep, bool kept)
{
    int best = -1;
    for (int k = 0; k < shape->rank; k++) {
        if ((keep >> k & 1) != kept || shape->dim[k] < 2)
            continue;
        if (best < 0 || shape->dim[k] > shape->dim[best])
            best = k;
    }
    return best;
}

static struct mm_shape subsample_shape(const struct mm_shape *whole, unsigned keep)
{
    struct mm_shape shape = *whole;
    while (mm_shape_count(&shape) > SUBSAMPLE_COUNT) {
        int axis = longest(&shape, keep, false);
        if (axis < 0)
            axis = longest(&shape, keep, true);
        shape.dim[axis] = (shape.dim[axis] + 1) / 2;
    }
    return shape;
}

/* Where row `row` of the subsample tensor begins in the whole one. */
static int64_t place_of(const struct mm_shape *subsample, const struct mm_shape *whole, int64_t row)
{
    int last = subsample->rank - 1;
    int64_t at = (whole->dim[last] - subsample->dim[last]) / 2, stride = whole->dim[last];
    for (int k = last - 1; k >= 0; k--) {
        int64_t index = row % subsample->dim[k];
        at += index * whole->dim[k] / subsample->dim[k] * stride;
        row /= subsample->dim[k];
        stride *= whole->dim[k];
    }
    return at;
}

static int gather(const struct mm_tensor *tensor, const struct mm_shape *shape, bool lane_f, void *values,
                  struct mm_err *err)
{
    struct mm_cursor cursor;
    size_t width = (size_t)shape->dim[shape->rank - 1];
    int64_t count = mm_shape_count(shape);
    mm_cursor_init(&cursor, tensor);
    for (int64_t done = 0; done < count; done += (int64_t)width) {
        mm_cursor_seek(&cursor, place_of(shape, &tensor->shape, done / (int64_t)width));
        size_t got = 0, n = 1;
        for (; got < width && n > 0; got += n)
            n = lane_f ? mm_cursor_float(&cursor, (float *)values + done + got, width - got)
                       : mm_cursor_double(&cursor, (double *)values + done + got, width - got);
        if (got < width)
            return mm_fail(err, MM_ECORRUPT, "element %" PRId64 " of %" PRId64 " can't be read", cursor.index,
                           tensor->count);
    }
    return 0;
}

static void put(void *values, bool lane_f, int64_t at, double value)
{
    if (lane_f)
        ((float *)values)[at] = (float)value;
    else
        ((double *)values)[at] = value;
}

int subsample_open(struct subsample *subsample, const struct mm_tensor *tensor, const struct mm_stats *stats,
                   unsigned keep, struct mm_err *err)
{
    *subsample = (struct subsample){.tensor = *tensor};
    if (tensor->count <= SUBSAMPLE_COUNT || tensor->shape.rank == 0 || tensor->encoding != MM_ENC_RAW)
        return 0; /* others can't be entered in the middle */
    struct mm_shape shape = subsample_shape(&tensor->shape, keep);
    bool lane_f = mm_tensor_lane_f(tensor);
    int64_t count = mm_shape_count(&shape);
    subsample->values = malloc((size_t)count * (lane_f ? sizeof(float) : sizeof(double)));
    if (!subsample->values)
        return mm_fail_memory(err);
    if (gather(tensor, &shape, lane_f, subsample->values, err) < 0)
        return -1;
    if (stats->finite > 0) {
        put(subsample->values, lane_f, count / 3, stats->min);
        put(subsample->values, lane_f, count / 3 * 2, stats->max);
    }
    mm_tensor_raw(&subsample->tensor, lane_f ? MM_F32 : MM_F64, &shape, subsample->values, &subsample->run);
    return 0;
}

void subsample_close(struct subsample *subsample)
{
    free(subsample->values);
    subsample->values = NULL;
}

void subsample_rescale(const struct subsample *subsample, const struct mm_stats *stats,
                       struct mm_whatif *floor, size_t floors)
{
    double rms = sqrt(stats->mean * stats->mean + stats->std * stats->std);
    for (size_t i = 0; subsample->values && rms > 0 && isfinite(rms) && i < floors; i++) {
        struct mm_metrics *m = &floor[i].metrics;
        m->diff2 = m->rmse / rms;
        m->sqnr = -20 * log10(m->diff2);
    }
}
