/* How a model was quantised: scales by tensor, and which operators compute on integers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/quantised_ops.h"

struct reading {
    const struct mm_graph *graph;
    struct mm_graph_weights *values;
    struct mm_quantisation *out;
    struct mm_quantised_tensor *tensor; /* [tensors], out's */
};

/* ---- constants ---- */

/* The values of a constant as doubles, in the arena; NULL where it is none, is of blocks, or has no values: *count 0.
 * -1 with err. */
static int read_values(struct reading *reading, int tensor, const double **values, int64_t *count,
                       enum mm_dtype *dtype, struct mm_err *err)
{
    struct mm_stored stored = {0};
    *values = NULL;
    *count = 0;
    if (tensor < 0 || !reading->values || !mm_graph_has_values(reading->graph, tensor))
        return 0;
    if (mm_graph_constant(reading->values, tensor, &stored, err) < 0)
        return -1;
    int64_t n = stored.tensor.shape.rank <= 1 ? stored.tensor.count : 0;
    double *copy = n > 0 ? mm_arena_array(&reading->out->arena, (size_t)n, sizeof *copy) : NULL;
    struct mm_cursor cursor;
    mm_cursor_init(&cursor, &stored.tensor);
    bool read = copy && mm_cursor_double(&cursor, copy, (size_t)n) == (size_t)n;
    *dtype = stored.tensor.dtype;
    mm_stored_close(&stored);
    if (n > 0 && !copy)
        return mm_fail_memory(err);
    *values = read ? copy : NULL;
    *count = read ? n : 0;
    return 0;
}

static bool all_good(const double *scale, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (!(scale[i] > 0) || !isfinite(scale[i]))
            return false;
    }
    return count > 0;
}

static bool all_inside(const double *zero, int64_t count, enum mm_dtype dtype)
{
    const struct mm_dtype_info *codes = mm_dtype_info(dtype);
    for (int64_t i = 0; i < count; i++) {
        if (!(zero[i] >= codes->lowest && zero[i] <= codes->highest))
            return false;
    }
    return true;
}

/* One zero point for all scales is one for each. */
static const double *for_each_scale(struct reading *reading, const double *zero, int64_t count)
{
    double *each = mm_arena_array(&reading->out->arena, (size_t)count, sizeof *each);
    for (int64_t i = 0; each && i < count; i++)
        each[i] = zero[0];
    return each;
}

static bool is_integer(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;
    return kind == MM_KIND_INT || kind == MM_KIND_UINT;
}

/* Scale and zero point (tensors, or -1) of codes of `dtype` (NONE: the zero point's, or u8). Nothing but a file that
 * can't be read is an error. */
static int read_scales(struct reading *reading, int scale, int zero, enum mm_dtype dtype,
                       struct mm_scales *out, struct mm_err *err)
{
    struct mm_scales s = {.dtype = dtype};
    enum mm_dtype of_zero = MM_DTYPE_NONE, of_scale;
    int64_t zeros;
    if (read_values(reading, scale, &s.scale, &s.count, &of_scale, err) < 0 ||
        read_values(reading, zero, &s.zero_point, &zeros, &of_zero, err) < 0)
        return -1;
    if (is_integer(of_zero))
        s.dtype = of_zero;
    else if (s.dtype == MM_DTYPE_NONE)
        s.dtype = MM_U8;
    bool known = zero < 0 || zeros > 0; /* a zero point that is computed is not 0 */
    if (!known || !is_integer(s.dtype) || !all_good(s.scale, s.count) ||
        !all_inside(s.zero_point, zeros, s.dtype) || (zeros > 1 && zeros != s.count))
        return 0;
    if (zeros == 1 && s.count > 1) {
        s.zero_point = for_each_scale(reading, s.zero_point, s.count);
        if (!s.zero_point)
            return mm_fail_memory(err);
    }
    *out = s;
    return 0;
}

/* ---- what nodes say ---- */

static int input_of(const struct mm_graph_node *node, int k)
{
    return k >= 0 && k < node->input_count ? node->inputs[k] : -1;
}

static struct mm_quantised_tensor *output_of(struct reading *reading, const struct mm_graph_node *node)
{
    int tensor = node->output_count > 0 ? node->outputs[0] : -1;
    return tensor >= 0 ? &reading->tensor[tensor] : NULL;
}

static bool is_type(const struct mm_graph_node *node, const char *op_type)
{
    return strcmp(node->op_type, op_type) == 0;
}

/* The axis, counted from the front; a tensor of unknown rank has only what is counted so already. */
static int axis_of(const struct reading *reading, const struct mm_graph_node *node)
{
    int64_t axis = mm_graph_int(node, "axis", 1);
    int x = input_of(node, 0);
    int rank = x >= 0 ? reading->graph->tensors[x].shape.rank : -1;
    if (axis < 0 && rank > 0)
        axis += rank;
    return axis >= 0 && axis < MM_RANK_MAX ? (int)axis : -1;
}

/* QuantizeLinear: codes come out; DequantizeLinear: the numbers that they stand for. */
static int see_boundary(struct reading *reading, const struct mm_graph_node *node, bool quantises,
                        struct mm_err *err)
{
    struct mm_quantised_tensor *y = output_of(reading, node);
    int x = input_of(node, 0);
    if (!y || x < 0 || mm_graph_int(node, "block_size", 0) != 0)
        return 0;
    enum mm_dtype codes =
        quantises ? reading->graph->tensors[node->outputs[0]].dtype : reading->graph->tensors[x].dtype;
    if (read_scales(reading, input_of(node, 1), input_of(node, 2), codes, &y->scales, err) < 0)
        return -1;
    y->scales.axis = axis_of(reading, node);
    if (y->scales.count > 1 && y->scales.axis < 0)
        y->scales = (struct mm_scales){0};
    y->codes = quantises;
    y->rounds = !quantises && y->scales.count && mm_dtype_info(y->scales.dtype)->bits <= 16;
    struct mm_quantised_tensor *from = &reading->tensor[x];
    if (!quantises && !from->scales.count) {
        from->scales = y->scales;
        from->codes = true;
    }
    y->parts = from->parts | MM_PART_RESULT; /* and how the codes' own maker computes */
    y->bits = from->bits;
    y->weights = from->weights;
    y->weight_codes = from->weight_codes;
    return 0;
}

static enum mm_granularity granularity(int64_t scales)
{
    return scales > 1 ? MM_PER_CHANNEL : scales == 1 ? MM_PER_TENSOR : MM_GRANULARITY_UNKNOWN;
}

/* Values in a constant; 0: unknown. */
static int64_t count_in(const struct reading *reading, int tensor)
{
    if (tensor < 0 || !mm_graph_has_values(reading->graph, tensor))
        return 0;
    int64_t count = mm_shape_count(&reading->graph->tensors[tensor].shape);
    return count > 0 ? count : 0;
}

static void set_weights(struct mm_quantised_tensor *y, unsigned bits, enum mm_granularity weights)
{
    y->parts |= MM_PART_WEIGHTS;
    y->bits = (unsigned char)bits;
    y->weights = weights;
}

/* The codes of weights that an operator on integers reads: channels of a matrix are its columns. */
static int see_codes(struct reading *reading, const struct mm_graph_node *node, const struct quantised_op *op,
                     int codes, struct mm_err *err)
{
    struct mm_quantised_tensor *here = &reading->tensor[codes];
    bool conv = strstr(node->op_type, "Conv") && !strstr(node->op_type, "Transpose");
    here->codes = true;
    if (here->scales.count || op->weight_scale < 0)
        return 0;
    if (read_scales(reading, input_of(node, op->weight_scale), input_of(node, op->weight_zero),
                    reading->graph->tensors[codes].dtype, &here->scales, err) < 0)
        return -1;
    here->scales.axis = conv ? 0 : 1;
    return 0;
}

static void see_weights(const struct reading *reading, const struct mm_graph_node *node,
                        const struct quantised_op *op, int codes, struct mm_quantised_tensor *y)
{
    int64_t scales = count_in(reading, input_of(node, op->weight_scale));
    int64_t zeros = count_in(reading, input_of(node, op->weight_zero));
    unsigned bits = mm_dtype_info(reading->graph->tensors[codes].dtype)->bits;
    if (is_type(node, "MatMulNBits")) { /* packed, a scale for each block of a column */
        set_weights(y, (unsigned)mm_graph_int(node, "bits", 4), MM_PER_CHANNEL);
        return;
    }
    /* one zero point says nothing where the scales are multiplied later: see see_scaling */
    set_weights(y, bits,
                granularity(op->weight_scale >= 0 || zeros > 1 ? (scales > zeros ? scales : zeros) : 0));
}

static int see_integer_op(struct reading *reading, const struct mm_graph_node *node,
                          const struct quantised_op *op, struct mm_err *err)
{
    struct mm_quantised_tensor *y = output_of(reading, node);
    if (!y)
        return 0;
    bool floats = is_type(node, "MatMulNBits"); /* its other operand is */
    y->parts = (unsigned char)((floats ? 0 : MM_PART_INPUT) | (op->result ? MM_PART_RESULT : 0));
    y->codes = op->result;
    int codes = input_of(node, op->weights);
    bool constant =
        codes >= 0 && mm_graph_has_values(reading->graph, codes); /* else both operands are computed */
    if (constant)
        see_weights(reading, node, op, codes, y);
    if (constant && see_codes(reading, node, op, codes, err) < 0)
        return -1;
    if (constant && reading->tensor[codes].scales.count && op->weight_scale >= 0)
        y->weight_codes = codes + 1;
    if (op->scale < 0)
        return 0;
    if (input_of(node, op->scale) < 0) { /* QGemm without a scale gives floats */
        y->codes = false;
        y->parts &= (unsigned char)~MM_PART_RESULT;
        return 0;
    }
    return read_scales(reading, input_of(node, op->scale), input_of(node, op->scale + 1), MM_DTYPE_NONE,
                       &y->scales, err);
}

/* The DequantizeLinear that makes a tensor; NULL. */
static const struct mm_graph_node *dequantiser(const struct reading *reading, int tensor)
{
    int producer = tensor >= 0 ? reading->graph->tensors[tensor].producer : -1;
    const struct mm_graph_node *node = producer >= 0 ? &reading->graph->nodes[producer] : NULL;
    return node && is_type(node, "DequantizeLinear") && input_of(node, 0) >= 0 ? node : NULL;
}

/* Codes that stand in the model, or are made of numbers that do: weights, biases. */
static bool constant_codes(const struct reading *reading, int codes)
{
    int producer = reading->graph->tensors[codes].producer;
    if (mm_graph_has_values(reading->graph, codes))
        return true;
    if (producer < 0 || !is_type(&reading->graph->nodes[producer], "QuantizeLinear"))
        return false;
    int from = input_of(&reading->graph->nodes[producer], 0);
    return from >= 0 && mm_graph_has_values(reading->graph, from);
}

/* A convolution or product on floats: do its weights come out of DequantizeLinear? A product may have them in front. */
static void see_float_op(const struct reading *reading, const struct mm_graph_node *node,
                         struct mm_quantised_tensor *y)
{
    int last = quantised_op_weights(node);
    for (int k = last; k >= 0; k--) {
        int from = node->inputs[k];
        const struct mm_graph_node *dequantise = dequantiser(reading, from);
        if (!dequantise || !constant_codes(reading, input_of(dequantise, 0)))
            continue;
        set_weights(y, mm_dtype_info(reading->tensor[from].scales.dtype)->bits,
                    granularity(reading->tensor[from].scales.count));
        if (mm_graph_has_values(reading->graph, input_of(dequantise, 0)) &&
            reading->tensor[from].scales.count)
            y->weight_codes = input_of(dequantise, 0) + 1;
        return;
    }
}

/* Do numbers go in that codes stand for? Weights and biases do not count. */
static bool reads_integers(const struct reading *reading, const struct mm_graph_node *node)
{
    for (int k = 0; k < node->input_count; k++) {
        const struct mm_graph_node *dequantise = dequantiser(reading, node->inputs[k]);
        if (dequantise && !constant_codes(reading, input_of(dequantise, 0)))
            return true;
    }
    return false;
}

/* What is done to the sums of an integer product: Cast, Mul by the scales, Add of the bias. */
static bool is_scaling(const struct mm_graph_node *node)
{
    return is_type(node, "Cast") || is_type(node, "Mul") || is_type(node, "Add");
}

/* The constant factors of a product of scales: a scale a channel has many. */
static int64_t scales_in(const struct reading *reading, int tensor)
{
    int producer = tensor >= 0 ? reading->graph->tensors[tensor].producer : -1;
    int64_t most = count_in(reading, tensor);
    if (producer < 0 || !is_type(&reading->graph->nodes[producer], "Mul"))
        return most;
    const struct mm_graph_node *node = &reading->graph->nodes[producer];
    for (int k = 0; k < node->input_count; k++) {
        int64_t count = count_in(reading, node->inputs[k]);
        most = count > most ? count : most;
    }
    return most;
}

/* Sums of an integer product on their way to numbers: who made them is said of the numbers as well. */
static void see_scaling(const struct reading *reading, const struct mm_graph_node *node,
                        struct mm_quantised_tensor *y)
{
    for (int k = 0; k < node->input_count; k++) {
        const struct mm_quantised_tensor *x = node->inputs[k] >= 0 ? &reading->tensor[node->inputs[k]] : NULL;
        int producer = x ? reading->graph->tensors[node->inputs[k]].producer : -1;
        if (!x || !(x->parts & MM_PART_WEIGHTS) || (x->parts & MM_PART_RESULT) || producer < 0)
            continue;
        const struct mm_graph_node *made = &reading->graph->nodes[producer];
        if (!is_type(made, "ConvInteger") && !is_type(made, "MatMulInteger") && !is_scaling(made))
            continue;
        y->parts = x->parts;
        y->bits = x->bits;
        y->weights = x->weights;
        if (y->weights == MM_GRANULARITY_UNKNOWN && is_type(node, "Mul") && node->input_count == 2)
            y->weights = granularity(scales_in(reading, node->inputs[1 - k]));
        return;
    }
}

static void see_move(const struct reading *reading, const struct mm_graph_node *node)
{
    const struct mm_quantised_tensor *x = node->input_count ? &reading->tensor[node->inputs[0]] : NULL;
    for (int k = 0; k < node->output_count; k++) {
        if (node->outputs[k] < 0 || x->scales.count != 1)
            continue;
        struct mm_quantised_tensor *y = &reading->tensor[node->outputs[k]];
        y->scales = x->scales;
        y->codes = true;
        y->parts = MM_PART_RESULT | MM_PART_INPUT;
    }
}

static int see_node(struct reading *reading, const struct mm_graph_node *node, struct mm_err *err)
{
    const struct quantised_op *op = quantised_op_find(node);
    struct mm_quantised_tensor *y = output_of(reading, node);
    bool quantises = is_type(node, "QuantizeLinear");
    if (quantises || is_type(node, "DequantizeLinear"))
        return see_boundary(reading, node, quantises, err);
    if (op)
        return see_integer_op(reading, node, op, err);
    if (!y)
        return 0;
    if (is_type(node, "DynamicQuantizeLinear")) {
        y->codes = true;
        y->scales = (struct mm_scales){0};
        return 0;
    }
    int x = input_of(node, 0);
    if (quantised_op_moves(node) && x >= 0 && reading->tensor[x].codes) {
        see_move(reading, node);
        return 0;
    }
    see_float_op(reading, node, y);
    if (is_scaling(node))
        see_scaling(reading, node, y);
    if (reads_integers(reading, node))
        y->parts |= MM_PART_INPUT;
    return 0;
}

/* ---- what readers say ---- */

static bool same_scales(const struct mm_scales *a, const struct mm_scales *b)
{
    size_t size = (size_t)a->count * sizeof *a->scale;
    if (a->count != b->count || a->dtype != b->dtype || (a->count > 1 && a->axis != b->axis) ||
        !a->zero_point != !b->zero_point)
        return false;
    return memcmp(a->scale, b->scale, size) == 0 &&
           (!a->zero_point || memcmp(a->zero_point, b->zero_point, size) == 0);
}

/* The codes that a reader makes of a tensor, if it is QuantizeLinear with scales that are known; NULL. */
static const struct mm_scales *codes_of(const struct reading *reading, int reader, int t)
{
    const struct mm_graph_node *node = &reading->graph->nodes[reader];
    if (!is_type(node, "QuantizeLinear") || input_of(node, 0) != t || node->output_count < 1 ||
        node->outputs[0] < 0)
        return NULL;
    const struct mm_scales *scales = &reading->tensor[node->outputs[0]].scales;
    return scales->count ? scales : NULL;
}

/* Numbers that QuantizeLinear reads; `rounds` if nobody reads them as they are. */
static void see_readers(const struct reading *reading, int t)
{
    const struct mm_graph_tensor *tensor = &reading->graph->tensors[t];
    struct mm_quantised_tensor *here = &reading->tensor[t];
    const struct mm_scales *scales = NULL;
    bool all = !(tensor->flags & (MM_GRAPH_OUTPUT | MM_GRAPH_CONSTANT));
    for (int k = 0; k < tensor->consumer_count; k++) {
        const struct mm_scales *codes = codes_of(reading, tensor->consumers[k], t);
        scales = scales ? scales : codes;
        all = all && codes && same_scales(scales, codes);
    }
    if (here->codes || !scales)
        return;
    here->scales = *scales;
    here->rounds = all;
    here->parts |= MM_PART_RESULT;
}

/* The operator itself; or, where its scales are multiplied later, the product. */
static bool tells_weights(const struct reading *reading, const struct mm_graph_node *node)
{
    if (quantised_op_weights(node) >= 0 || quantised_op_find(node))
        return true;
    for (int k = 0; k < node->input_count && is_type(node, "Mul"); k++) {
        const struct mm_quantised_tensor *x = node->inputs[k] >= 0 ? &reading->tensor[node->inputs[k]] : NULL;
        if (x && (x->parts & MM_PART_WEIGHTS) && x->weights == MM_GRANULARITY_UNKNOWN)
            return true;
    }
    return false;
}

static void count_all(struct reading *reading)
{
    struct mm_quantisation *out = reading->out;
    for (int t = 0; t < reading->graph->tensor_count; t++) {
        const struct mm_quantised_tensor *here = &reading->tensor[t];
        bool constant = reading->graph->tensors[t].flags & MM_GRAPH_CONSTANT;
        out->with_scales += here->scales.count > 0 && !constant;
    }
    for (int n = 0; n < reading->graph->node_count; n++) {
        const struct mm_graph_node *node = &reading->graph->nodes[n];
        const struct mm_quantised_tensor *y = output_of(reading, node);
        if (!y || !(y->parts & MM_PART_WEIGHTS) || !tells_weights(reading, node))
            continue;
        out->per_tensor += y->weights == MM_PER_TENSOR;
        out->per_channel += y->weights == MM_PER_CHANNEL;
    }
}

static int read_all(struct reading *reading, struct mm_err *err)
{
    const struct mm_graph *graph = reading->graph;
    for (int n = 0; n < graph->node_count; n++) {
        if (see_node(reading, &graph->nodes[n], err) < 0)
            return -1;
    }
    for (int t = 0; t < graph->tensor_count; t++)
        see_readers(reading, t);
    count_all(reading);
    return 0;
}

int mm_quantisation_open(struct mm_quantisation **quantisation, const struct mm_graph *graph,
                         struct mm_err *err)
{
    struct mm_quantisation *out = calloc(1, sizeof *out);
    struct reading reading = {.graph = graph, .out = out};
    *quantisation = NULL;
    if (!out)
        return mm_fail_memory(err);
    mm_arena_init(&out->arena);
    reading.tensor = mm_arena_array(&out->arena, (size_t)graph->tensor_count + 1, sizeof *reading.tensor);
    out->tensor = reading.tensor;
    int result = reading.tensor ? 0 : mm_fail_memory(err);
    if (result == 0 && mm_graph_weights_open(&reading.values, graph, NULL) < 0)
        reading.values = NULL; /* made in code: no values */
    if (result == 0)
        result = read_all(&reading, err);
    mm_graph_weights_close(reading.values);
    if (result < 0)
        mm_quantisation_close(out);
    else
        *quantisation = out;
    return result;
}

void mm_quantisation_close(struct mm_quantisation *quantisation)
{
    if (!quantisation)
        return;
    mm_arena_done(&quantisation->arena);
    free(quantisation);
}

bool mm_quantisation_any(const struct mm_quantisation *quantisation)
{
    return quantisation->with_scales || quantisation->per_tensor || quantisation->per_channel;
}
