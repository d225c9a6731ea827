/* Broadcasting: several inputs of different shapes, walked in runs along which each is a line or one
 * value. */
#ifndef MMTUI_OPERATOR_SPREAD_H
#define MMTUI_OPERATOR_SPREAD_H

#include "operator/call.h"

#define OP_SPREAD_MAX 3

struct op_spread {
    int count; /* inputs */
    int rank;  /* axes that are left when those that run on are one; at least 1 */
    int64_t dim[MM_RANK_MAX];
    int64_t step[OP_SPREAD_MAX][MM_RANK_MAX]; /* of the last axis: 1 or 0 */
};

/* The shape that both broadcast to, as NumPy has it. */
int op_spread_shape(const struct mm_operator_call *call, const struct mm_shape *a, const struct mm_shape *b,
                    struct mm_shape *out, struct mm_err *err);
/* Walk `shapes`, each of which broadcasts to `out`. */
void op_spread_init(struct op_spread *spread, const struct mm_shape *const *shapes, int count,
                    const struct mm_shape *out);

/* At most OP_CHUNK elements of the result from `at` on; input k from in[k] on, a line or one value (step). */
typedef void (*op_spread_chunk)(void *context, int64_t at, const int64_t *in, const int64_t *step, size_t n);
int op_spread_run(const struct mm_operator_call *call, const struct op_spread *spread, op_spread_chunk chunk,
                  void *context, struct mm_err *err);

/* Elements of input k: a line, or one value as often as it takes. */
void op_spread_read(const struct mm_value *value, int64_t at, int64_t step, size_t n, double *out);

#endif
