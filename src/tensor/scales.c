/* Integers to what they stand for, by one scale or by a scale for each place on an axis. */
#include <math.h>

#include "tensor/decode.h"

static bool is_integer(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;

    return kind == MM_KIND_INT || kind == MM_KIND_UINT;
}

bool mm_tensor_dequantise(struct mm_tensor *tensor, const struct mm_scales *scales, bool rounded)
{
    bool several = scales->count > 1;

    if (tensor->quantised || (scales->dtype == MM_DTYPE_NONE ? rounded : !is_integer(scales->dtype)))
        return false;
    if (rounded ? mm_dtype_info(tensor->dtype)->kind != MM_KIND_FLOAT : !is_integer(tensor->dtype))
        return false;
    if (several && (scales->axis < 0 || scales->axis >= tensor->shape.rank ||
                    tensor->shape.dim[scales->axis] != scales->count))
        return false;
    tensor->quantised = true;
    tensor->scales = scales;
    tensor->scale_axis = several ? scales->axis : 0;
    tensor->rounded = rounded;
    return true;
}

/* NaN stays what it is. */
static double rounded(double x, double scale, double zero, const struct mm_dtype_info *codes)
{
    double code = rint((double)((float)x / (float)scale)) + zero;

    if (isnan(x))
        return x;
    return (fmin(fmax(code, codes->lowest), codes->highest) - zero) * scale;
}

/* n values that have one scale. */
static void apply_one(const struct mm_tensor *tensor, int64_t place, double *x, size_t n)
{
    const struct mm_scales *scales = tensor->scales;
    const struct mm_dtype_info *codes = mm_dtype_info(scales->dtype);
    double scale = scales->scale[place], zero = scales->zero_point ? scales->zero_point[place] : 0;

    if (!tensor->rounded) {
        for (size_t i = 0; i < n; i++)
            x[i] = (x[i] - zero) * scale;
        return;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = rounded(x[i], scale, zero, codes);
}

void mm_scales_apply(const struct mm_tensor *tensor, int64_t from, double *x, size_t n)
{
    int64_t inner = 1;

    if (tensor->scales->count == 1) {
        apply_one(tensor, 0, x, n);
        return;
    }
    for (int i = tensor->scale_axis + 1; i < tensor->shape.rank; i++)
        inner *= tensor->shape.dim[i];
    while (n > 0) {
        int64_t left = inner - from % inner;
        size_t k = (uint64_t)left < n ? (size_t)left : n;

        apply_one(tensor, from / inner % tensor->scales->count, x, k);
        x += k;
        n -= k;
        from += (int64_t)k;
    }
}
