#include "triage/floor.h"

#include <math.h>

double floor_of_float(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return info->kind == MM_KIND_FLOAT ? 0.38 * ldexp(1, -(info->digits + 1)) : 0;
}

static double integer_floor(const struct mm_stats *stats, unsigned bits)
{
    double low = fmin(stats->min, 0), high = fmax(stats->max, 0);
    double rms = sqrt(stats->mean * stats->mean + stats->std * stats->std);
    double step = (high - low) / (ldexp(1, (int)bits) - 1);
    return rms > 0 && isfinite(rms) ? step / sqrt(12) / rms : 0;
}

double floor_of_scales(const struct mm_scales *scales, const struct mm_stats *stats)
{
    double square = 0, rms = sqrt(stats->mean * stats->mean + stats->std * stats->std);
    for (int64_t i = 0; i < scales->count; i++)
        square += scales->scale[i] * scales->scale[i] / (double)scales->count;
    return rms > 0 && isfinite(rms) ? sqrt(square / 12) / rms : 0;
}

/* The scales that dst's values have, if they are known. */
static const struct mm_scales *scales_of(const struct mm_subject *subject)
{
    const struct mm_result *result = subject->result;
    if (mm_pair_dequantised(subject->pair, result->src.dtype, result->dst.dtype) != MM_DEQUANTISED_NO)
        return &subject->pair->scales->scales;
    return NULL;
}

double floor_estimate(const struct mm_subject *subject, unsigned quantised)
{
    const struct mm_result *result = subject->result;
    const struct mm_stats *stats = &result->metrics.src;
    if (result->state != MM_STATE_MEASURED || stats->finite == 0)
        return 0;
    const struct mm_scales *scales = subject->pair ? scales_of(subject) : NULL;
    if (scales)
        return floor_of_scales(scales, stats);
    const struct mm_dtype_info *src = mm_dtype_info(result->src.dtype);
    const struct mm_dtype_info *dst = mm_dtype_info(result->dst.dtype);
    bool narrow = (dst->kind == MM_KIND_INT || dst->kind == MM_KIND_UINT) && src->kind == MM_KIND_FLOAT;
    if (narrow && dst->bits <= 16)
        return integer_floor(stats, dst->bits);
    if (quantised & MM_QUANTISED_RESULT)
        return integer_floor(stats, 8);
    return result->dst.dtype == result->src.dtype ? 0 : floor_of_float(result->dst.dtype);
}
