/* Values as doubles, a chunk at a time: what all loops work on, whatever the value's dtype. */
#ifndef MMTUI_OPERATOR_LANE_H
#define MMTUI_OPERATOR_LANE_H

#include "mmtui/operator.h"

#define OP_CHUNK 1024 /* doubles of a chunk: three of them stay in L1 */

static inline double op_get(const struct mm_value *value, int64_t at)
{
    return value->f ? (double)value->f[at] : (double)value->i[at];
}

/* Elements at .. at + n of a value. */
void op_read(const struct mm_value *value, int64_t at, size_t n, double *out);
/* The same of a value that is owned. Integers are cut (towards zero) and wrapped to the dtype's width. */
void op_write(struct mm_value *value, int64_t at, size_t n, const double *in);
void op_put(struct mm_value *value, int64_t at, double in);

/* As an integer: cut towards zero, NaN is 0, what is beyond the range its end. */
int64_t op_whole(double value);
/* Wrapped to the width of an integer dtype, as two's complement does; a bool is 0 or 1. */
int64_t op_wrap(enum mm_dtype dtype, int64_t value);
bool op_is_float(enum mm_dtype dtype);

/* The numbers of a value that is owned. */
static inline float *op_floats(struct mm_value *value)
{
    return value->f ? value->owned : NULL;
}
static inline int64_t *op_ints(struct mm_value *value)
{
    return value->i ? value->owned : NULL;
}

#endif
