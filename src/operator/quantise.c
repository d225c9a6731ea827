/* QuantizeLinear and DequantizeLinear: scale and zero point of the tensor, or of each place on an axis. */
#include "operator/call.h"

#include <math.h>

struct grid {
    const struct mm_value *x, *scale, *zero; /* zero may be NULL: 0 */
    int64_t inner;                           /* elements from one place on the axis to the next */
    int64_t channels;                        /* places, 1: one scale for all */
};

static int grid_of(const struct mm_operator_call *call, struct grid *g, struct mm_err *err)
{
    int axis;
    g->x = op_need(call, 0, err);
    g->scale = g->x ? op_need(call, 1, err) : NULL;
    g->zero = op_input(call, 2);
    if (!g->scale || (call->node->input_count > 2 && call->node->inputs[2] >= 0 && !op_need(call, 2, err)))
        return -1;
    g->inner = 1;
    g->channels = g->scale->count;
    if (op_int(call, "block_size", 0) != 0 || g->scale->shape.rank > 1)
        return op_fail(call, err, MM_EUNSUPPORTED, "scales of blocks");
    if (g->channels == 1 && (!g->zero || g->zero->count == 1))
        return 0;
    if (op_axis(call, 1, g->x->shape.rank, false, &axis, err))
        return -1;
    g->inner = op_product(&g->x->shape, axis + 1, g->x->shape.rank);
    if (g->channels != g->x->shape.dim[axis] || (g->zero && g->zero->count != g->channels))
        return op_fail(call, err, MM_EARG, "%lld scales for %lld channels", (long long)g->channels,
                       (long long)g->x->shape.dim[axis]);
    return 0;
}

/* Clamped to the dtype's range, ties to even. */
static double quantise(double x, double scale, double zero, const struct mm_dtype_info *to)
{
    return fmin(fmax(rint(x / scale) + zero, to->lowest), to->highest);
}

static int run_all(const struct mm_operator_call *call, const struct grid *g, const struct mm_dtype_info *to,
                   struct mm_value *value, struct mm_err *err)
{
    for (int64_t at = 0; at < value->count; at++) {
        int64_t c = g->channels == 1 ? 0 : at / g->inner % g->channels;
        double x = op_get(g->x, at), s = op_get(g->scale, c), z = g->zero ? op_get(g->zero, c) : 0;
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        op_put(value, at, to ? quantise(x, s, z, to) : (x - z) * s);
    }
    return 0;
}

/* The result is of the zero point's dtype, uint8 without one. */
static int run_quantise(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct grid g;
    if (grid_of(call, &g, err))
        return -1;
    enum mm_dtype to = g.zero ? g.zero->dtype : MM_U8;
    if (op_is_float(to) || op_int(call, "output_dtype", 0) != 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "to a format that is told otherwise, or an 8-bit float");
    if (op_new(call, to, &g.x->shape, value, err))
        return -1;
    return run_all(call, &g, mm_dtype_info(to), value, err);
}

static int run_dequantise(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct grid g;
    if (grid_of(call, &g, err) || op_new(call, MM_F32, &g.x->shape, value, err))
        return -1;
    return run_all(call, &g, NULL, value, err);
}

const struct op_row op_quantise_rows[] = {
    {{"QuantizeLinear", MM_OPERATOR_QUANTISATION, false}, OP_CHANNEL_NONE, run_quantise, NULL},
    {{"DequantizeLinear", MM_OPERATOR_QUANTISATION, false}, OP_CHANNEL_NONE, run_dequantise, NULL},
    {{NULL}},
};
