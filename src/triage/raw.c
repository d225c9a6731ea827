/* Integers that were never dequantised: where a dump is full of them, that is how it was made. */
#include <math.h>

#include "mmtui/triage.h"

/* So many tensors are no accident of one operator. */
#define RAW_LEAST 3
/* A line from src to the codes leaves this much of src at most; and the codes are no values already. */
#define RAW_LEFT  0.5
#define RAW_TIMES 4.0

static double rms(const struct mm_stats *stats)
{
    return sqrt(stats->mean * stats->mean + stats->std * stats->std);
}

/* The zero point that fits, within the type's range. */
static double zero_point(const struct mm_metrics *m, enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    double lowest = info->kind == MM_KIND_INT ? -ldexp(1, (int)info->bits - 1) : 0;
    return fmin(fmax(rint(m->fit_offset), lowest), lowest + ldexp(1, (int)info->bits) - 1);
}

/*
 * code = value / scale + zero point. With the zero point z given, 1 / scale = sum s (d - z) / sum s^2 by least squares;
 * the sums are those of the statistics: sum s d / n = fit_scale var(s) + mean(s) mean(d).
 */
static double scale_of(const struct mm_metrics *m, double z)
{
    double sd = m->fit_scale * m->src.std * m->src.std + m->src.mean * m->dst.mean;
    double square = rms(&m->src) * rms(&m->src);
    return square / (sd - z * m->src.mean);
}

bool mm_raw_find(const struct mm_result *result, struct mm_raw *out)
{
    const struct mm_metrics *m = &result->metrics;
    const struct mm_dtype_info *dst = mm_dtype_info(result->dst.dtype);
    bool codes = (dst->kind == MM_KIND_INT || dst->kind == MM_KIND_UINT) && dst->bits <= 8;
    if (result->state != MM_STATE_MEASURED || !codes ||
        mm_dtype_info(result->src.dtype)->kind != MM_KIND_FLOAT)
        return false;
    *out = (struct mm_raw){.zero_point = zero_point(m, result->dst.dtype)};
    out->scale = scale_of(m, out->zero_point);
    out->error = m->fit_residual * rms(&m->dst) / fabs(m->fit_scale) / rms(&m->src);
    return m->fit_scale > 0 && out->scale > 0 && isfinite(out->scale) && out->error <= RAW_LEFT &&
           m->diff2 > RAW_TIMES * out->error;
}

bool mm_raw_dump(const struct mm_subject *subjects, size_t count)
{
    size_t raw = 0;
    struct mm_raw unused;
    for (size_t i = 0; i < count && raw < RAW_LEAST; i++)
        raw += mm_raw_find(subjects[i].result, &unused);
    return raw >= RAW_LEAST;
}
