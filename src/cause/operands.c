/* The inputs that a node had on both sides, and what it made of them. */
#include "cause/recompute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A value that borrows nothing, for the files are closed before it is used. */
static int own(struct mm_value *value, struct mm_err *err)
{
    size_t size = (size_t)value->count * (value->f ? sizeof *value->f : sizeof *value->i);
    if (value->owned)
        return 0;
    void *copy = malloc(size + 1);
    if (!copy) {
        *value = (struct mm_value){0};
        return mm_fail_memory(err);
    }
    memcpy(copy, value->f ? (const void *)value->f : (const void *)value->i, size);
    value->f = value->f ? copy : NULL;
    value->i = value->f ? NULL : copy;
    value->owned = copy;
    return 0;
}

static int borrow(struct operands *o, struct mm_value *value, const struct mm_tensor *tensor,
                  const atomic_bool *cancel, struct mm_err *err)
{
    if (mm_value_decode(value, tensor, o->left, cancel, err) < 0)
        return -1;
    o->left -= value->count;
    return 0;
}

static int decode(struct operands *o, struct mm_value *value, const struct mm_tensor *tensor,
                  const atomic_bool *cancel, struct mm_err *err)
{
    return borrow(o, value, tensor, cancel, err) < 0 ? -1 : own(value, err);
}

/* ---- what was dumped ---- */

struct reading {
    struct operands *o;
    struct mm_value *value[SIDES];
    enum mm_dtype *format; /* [SIDES]; may be NULL */
    bool by_scales;        /* out: dst was */
    operands_use *use;     /* NULL: values are copied, for the files are closed before they are used */
    void *context;
    const atomic_bool *cancel;
};

static bool is_float(const struct mm_value *value)
{
    return value->f != NULL;
}

/* The operator had all of it, samples and padding included; channels that blocks were filled up with it never had. */
static const struct mm_tensor *operand_of(struct operands *o, const struct mm_pair_tensors *tensors, bool dst)
{
    const struct mm_laying *lay = &tensors->lay[dst];
    bool whole = lay->cut && !lay->unblock;
    o->cut |= whole;
    return whole && !o->part ? &tensors->whole[dst] : dst ? &tensors->d : &tensors->s;
}

static int read_both(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                     struct mm_err *err)
{
    struct reading *reading = context;
    for (int side = 0; side < SIDES; side++) /* after a first attempt that failed */
        mm_value_done(reading->value[side]);
    if (tensors->match == MM_MATCH_MISMATCH)
        return mm_fail(err, MM_EUNSUPPORTED, "shapes differ");
    if (reading->format) {
        reading->format[SIDE_SRC] = tensors->s.dtype;
        reading->format[SIDE_DST] = tensors->d.dtype;
        reading->o->scales = tensors->d.scales;
    }
    reading->by_scales = tensors->d.scales != NULL;
    for (int side = 0; side < SIDES; side++) {
        const struct mm_tensor *tensor = operand_of(reading->o, tensors, side == SIDE_DST);
        *failed_dst = side == SIDE_DST;
        if ((reading->use ? borrow : decode)(reading->o, reading->value[side], tensor, reading->cancel, err) <
            0)
            return -1;
    }
    if (is_float(reading->value[SIDE_SRC]) && !is_float(reading->value[SIDE_DST]))
        return mm_fail(err, MM_EUNSUPPORTED, "dst holds integers that were not dequantised");
    if (reading->use)
        reading->use(reading->context);
    return 0;
}

/* 1: dst was read by the pair's scales; 0: as it is; -1. */
static int read_pair(const struct mm_recompute *recompute, const struct mm_pair *pair,
                     struct reading *reading, struct mm_err *err)
{
    struct mm_pair_reading how = {.pair = pair,
                                  .schema = recompute->schema,
                                  .readers = recompute->memory ? recompute->memory->pair : NULL,
                                  .cancel = reading->cancel,
                                  .values = read_both,
                                  .context = reading};
    struct mm_err inner = {MM_OK, ""};
    if (pair->scales && pair->scales->unsure)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: the scale of dst's integers can't be told well",
                       pair->name);
    if (mm_pair_read(&how, NULL, &inner) == 0)
        return reading->by_scales;
    if (inner.code == MM_EUNSUPPORTED)
        return mm_fail(err, inner.code, "%s: %s", pair->name, inner.text);
    if (err)
        *err = inner;
    return -1;
}

/* ---- what stands in the model ---- */

static int read_constant(struct operands *o, const struct mm_recompute *recompute, int tensor, int k,
                         const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_stored stored = {0};
    if (mm_graph_constant(recompute->weights, tensor, &stored, err) < 0)
        return -1;
    int result = decode(o, &o->value[SIDE_SRC][k], &stored.tensor, cancel, err);
    if (result == 0)
        result = mm_graph_weights_check(recompute->weights, &stored, err);
    mm_stored_close(&stored);
    o->constant[k] = true;
    o->input[SIDE_SRC][k] = o->input[SIDE_DST][k] = &o->value[SIDE_SRC][k];
    return result;
}

const struct mm_pair *operands_pair(const struct mm_recompute *recompute, int k)
{
    int tensor = recompute->graph->nodes[recompute->node].inputs[k];
    if (recompute->input && recompute->input[k])
        return recompute->input[k];
    for (size_t i = 0; i < recompute->sources; i++) {
        if (recompute->source[i].tensor == tensor)
            return recompute->source[i].pair;
    }
    return NULL;
}

/* As dst's operator read it: to codes and back. A symmetric one has no code for -highest - 1; NaN stays. */
static void read_through_codes(struct mm_value *value, const struct mm_scales *scales, enum mm_dtype codes)
{
    const struct mm_dtype_info *info = mm_dtype_info(codes);
    int axis = scales->axis;
    int64_t inner = 1;
    float *to = value->owned;
    if (scales->count > 1 && (axis >= value->shape.rank || value->shape.dim[axis] != scales->count))
        return;
    for (int i = axis + 1; i < value->shape.rank; i++)
        inner *= value->shape.dim[i];
    for (int64_t i = 0; i < value->count; i++) {
        int64_t c = scales->count > 1 ? i / inner % scales->count : 0;
        double zero = scales->zero_point ? scales->zero_point[c] : 0;
        double low = zero == 0 ? -info->highest : info->lowest;
        double code = rint((double)to[i] / scales->scale[c]) + zero;
        if (!isnan(code))
            to[i] = (float)((fmin(fmax(code, low), info->highest) - zero) * scales->scale[c]);
    }
}

static int read_input(struct operands *o, const struct mm_recompute *recompute, int k,
                      const atomic_bool *cancel, struct mm_err *err)
{
    int tensor = recompute->graph->nodes[recompute->node].inputs[k];
    if (tensor < 0)
        return 0;
    if (recompute->weights && mm_graph_has_values(recompute->graph, tensor))
        return read_constant(o, recompute, tensor, k, cancel, err);
    const struct mm_pair *pair = operands_pair(recompute, k);
    struct mm_value *both[SIDES] = {&o->value[SIDE_SRC][k], &o->value[SIDE_DST][k]};
    o->input[SIDE_SRC][k] = both[SIDE_SRC];
    o->input[SIDE_DST][k] = both[SIDE_DST];
    if (!pair)
        return chain_value(o, recompute, tensor, cancel, both, err);
    struct reading reading = {.o = o, .value = {both[SIDE_SRC], both[SIDE_DST]}, .cancel = cancel};
    int result = read_pair(recompute, pair, &reading, err);
    o->by_scales[k] = result > 0;
    if (result == 0 && recompute->reads != MM_DTYPE_NONE && pair->scales && is_float(both[SIDE_DST]) &&
        pair->scales->source == MM_SCALES_FILE)
        read_through_codes(both[SIDE_DST], &pair->scales->scales, recompute->reads);
    return result < 0 ? -1 : 0;
}

int operands_inputs(struct operands *o, const struct mm_recompute *recompute, uint64_t skip,
                    const atomic_bool *cancel, struct mm_err *err)
{
    const struct mm_graph_node *node = &recompute->graph->nodes[recompute->node];
    if (node->input_count > RECOMPUTE_INPUTS)
        return mm_fail(err, MM_EUNSUPPORTED, "it has %d inputs, and at most %d are read", node->input_count,
                       RECOMPUTE_INPUTS);
    for (int k = 0; k < node->input_count; k++) {
        if (!(skip >> k & 1) && read_input(o, recompute, k, cancel, err) < 0)
            return -1;
    }
    return 0;
}

static struct reading reading_result(struct operands *o, const atomic_bool *cancel)
{
    return (struct reading){
        .o = o, .value = {&o->result[SIDE_SRC], &o->result[SIDE_DST]}, .format = o->format, .cancel = cancel};
}

int operands_result(struct operands *o, const struct mm_recompute *recompute, const atomic_bool *cancel,
                    struct mm_err *err)
{
    struct reading reading = reading_result(o, cancel);
    return read_pair(recompute, recompute->pair, &reading, err) < 0 ? -1 : 0;
}

int operands_result_borrow(struct operands *o, const struct mm_recompute *recompute, operands_use *use,
                           void *context, const atomic_bool *cancel, struct mm_err *err)
{
    struct reading reading = reading_result(o, cancel);
    reading.use = use;
    reading.context = context;
    int result = read_pair(recompute, recompute->pair, &reading, err);
    for (int side = 0; side < SIDES; side++)
        mm_value_done(&o->result[side]);
    return result < 0 ? -1 : 0;
}

int operands_read(struct operands *o, const struct mm_recompute *recompute, bool part,
                  const atomic_bool *cancel, struct mm_err *err)
{
    memset(o, 0, sizeof *o);
    o->part = part;
    o->left = MM_RECOMPUTE_ELEMENTS;
    if (operands_inputs(o, recompute, 0, cancel, err) < 0)
        return -1;
    return operands_result(o, recompute, cancel, err);
}

void operands_done(struct operands *o)
{
    for (int side = 0; side < SIDES; side++) {
        for (int k = 0; k < RECOMPUTE_INPUTS; k++)
            mm_value_done(&o->value[side][k]);
        mm_value_done(&o->result[side]);
    }
}
