/* Integers in floats: fake quantisation leaves results on even steps, whatever the operator made of its inputs. */
#include <math.h>
#include <stdlib.h>

#include "cause/recompute.h"
#include "cause/sparse.h"
#include "cause/stored_format.h"

#define VALUES 8192 /* of a result, that are looked at */

static bool side_on_steps(const struct operands *o, int side, double *values, struct mm_result *result)
{
    const struct mm_value *y = &o->result[side];
    struct mm_stats *stats = &result->metrics.dst;
    int64_t n = 0;
    *stats = (struct mm_stats){.min = INFINITY, .max = -INFINITY};
    if (mm_dtype_info(o->format[side])->kind != MM_KIND_FLOAT)
        return false;
    for (struct sparse p = sparse_first(y->count, VALUES); p.at < y->count && n < VALUES; sparse_next(&p)) {
        double v = y->f ? (double)y->f[p.at] : mm_value_at(y, p.at);
        stats->min = v < stats->min ? v : stats->min; /* a comparison with NaN is false */
        stats->max = v > stats->max ? v : stats->max;
        values[n++] = v;
    }
    result->dst.dtype = o->format[side];
    struct format format = format_find(result, 0, NULL, values, n);
    return format.grid > 0 && (format.dtype == MM_I8 || format.dtype == MM_I4);
}

bool on_steps(const struct operands *o)
{
    double *values = calloc(VALUES, sizeof *values);
    struct mm_result *result = calloc(1, sizeof *result);
    bool on = values && result && side_on_steps(o, SIDE_DST, values, result) &&
              !side_on_steps(o, SIDE_SRC, values, result);
    free(values);
    free(result);
    return on;
}
