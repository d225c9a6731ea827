/* What is rounded in a model for a simulated precision. */
#include "runtime/simulate.h"

#include "base/json_write.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const usual_int_ops[] = {"Conv", "ConvTranspose", "Gemm", "MatMul"};

/* ---- operators ---- */

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static bool is_int_op(const struct mm_simulation *settings, const char *op_type)
{
    return settings->int_ops ? is_one_of(op_type, settings->int_ops, settings->int_op_count)
                             : is_one_of(op_type, usual_int_ops, MM_COUNT(usual_int_ops));
}

bool mm_simulation_needs_calibration(const struct mm_simulation *simulation)
{
    bool any = simulation->integers != MM_DTYPE_NONE;
    for (size_t i = 0; i < simulation->ops; i++)
        any |= mm_round_integer(simulation->op[i].dtype);
    return any;
}

int simulated_find_operator(const struct mm_graph *graph, const struct mm_simulated_op *op)
{
    int node = mm_graph_node(graph, op->name), tensor = -1;
    if (node < 0 && op->tensor && *op->tensor)
        tensor = mm_graph_find(graph, op->tensor);
    if (node < 0 && tensor < 0)
        tensor = mm_graph_find(graph, op->name);
    return tensor >= 0 ? graph->tensors[tensor].producer : node;
}

static int override(struct simulated *simulated, const struct mm_simulated_op *op, struct mm_err *err)
{
    int node = simulated_find_operator(simulated->graph, op);
    if (node < 0)
        return mm_fail(err, MM_EARG, "%s: no operator is called %s, which the plan wants in %s",
                       simulated->path, op->name, mm_dtype_info(op->dtype)->name);
    bool whole = mm_round_integer(op->dtype);
    simulated->node[node].integers = whole ? op->dtype : MM_DTYPE_NONE;
    if (!whole)
        simulated->node[node].storage = op->dtype;
    return 0;
}

static int settle_nodes(struct simulated *simulated, struct mm_err *err)
{
    const struct mm_simulation *settings = simulated->settings;
    for (int i = 0; i < simulated->graph->node_count; i++) {
        bool whole = is_int_op(settings, simulated->graph->nodes[i].op_type);
        simulated->node[i] =
            (struct simulated_node){settings->storage, whole ? settings->integers : MM_DTYPE_NONE};
    }
    for (size_t i = 0; i < settings->ops; i++) {
        if (override(simulated, &settings->op[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- what a reader needs ---- */

/* Inputs that tell an operator what to do, and are no data: a bit for each. */
static bool is_parameter(const char *op_type, int place)
{
    static const struct {
        const char *op_type;
        unsigned places;
    } rows[] = {{"Resize", 1u << 1 | 1u << 2},
                {"Upsample", 1u << 1},
                {"QuantizeLinear", 1u << 1},
                {"DequantizeLinear", 1u << 1},
                {"QLinearConv", 0xff},
                {"QLinearMatMul", 0xff},
                {"NonMaxSuppression", 1u << 3 | 1u << 4},
                {"Range", 7},
                {"Dropout", 1u << 1}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (strcmp(rows[i].op_type, op_type) == 0)
            return place < 32 && rows[i].places >> place & 1;
    }
    return false;
}

static bool has_bias(const char *op_type)
{
    static const char *const types[] = {"Conv", "ConvTranspose", "Gemm", "FusedConv", "FusedGemm"};
    return is_one_of(op_type, types, MM_COUNT(types));
}

static bool is_quantised(const struct simulated *simulated, int node, int place)
{
    const struct mm_graph_node *info = &simulated->graph->nodes[node];
    return simulated->node[node].integers != MM_DTYPE_NONE && !(place > 1 && has_bias(info->op_type));
}

/* The axis of the output channels of weights, or that of an input's channels. -1: another operator. */
static int channel_axis(const struct simulated *simulated, const struct mm_graph_node *node, int place,
                        bool is_constant)
{
    int rank = simulated->graph->tensors[node->inputs[place]].shape.rank;
    bool transposed = mm_graph_int(node, place == 0 ? "transA" : "transB", 0) != 0;
    if (strcmp(node->op_type, "Conv") == 0)
        return is_constant && place == 1 ? 0 : 1;
    if (strcmp(node->op_type, "ConvTranspose") == 0)
        return 1;
    if (strcmp(node->op_type, "Gemm") == 0)
        return (place == 0) == (transposed ^ !is_constant) ? 1 : 0;
    if (strcmp(node->op_type, "MatMul") == 0)
        return place == 0 && is_constant && rank > 1 ? rank - 2 : AXIS_LAST;
    return -1;
}

struct need simulated_need(const struct simulated *simulated, int node, int place)
{
    const struct mm_simulation *settings = simulated->settings;
    const struct mm_graph_node *info = &simulated->graph->nodes[node];
    struct need need = AS_IT_IS;
    int tensor = info->inputs[place];
    if (tensor < 0 || simulated->tensor[tensor].dtype != MM_F32 || is_parameter(info->op_type, place))
        return need;
    need.fold = place == 1 ? simulated->node[node].fold : 0;
    bool is_constant = mm_graph_has_values(simulated->graph, tensor);
    if (is_quantised(simulated, node, place)) {
        need.dtype = simulated->node[node].integers;
        if (is_constant ? settings->filter_per_channel : settings->input_per_channel)
            need.axis = channel_axis(simulated, info, place, is_constant);
    } else if (is_constant && !simulated->node[node].folded && simulated->node[node].storage != MM_F32)
        need.dtype = simulated->node[node].storage;
    return need;
}

struct need simulated_bias_need(const struct simulated *simulated, int node)
{
    enum mm_dtype storage = simulated->node[node].storage;
    return (struct need){storage == MM_F32 ? MM_DTYPE_NONE : storage, -1, simulated->node[node].fold};
}

/* ---- what is stored ---- */

/* What all that a node reads is rounded to; MM_DTYPE_NONE: it differs. */
static enum mm_dtype format_read(const struct simulated *simulated, int node)
{
    const struct mm_graph_node *info = &simulated->graph->nodes[node];
    enum mm_dtype format = MM_DTYPE_NONE;
    bool any = false;
    for (int k = 0; k < info->input_count; k++) {
        int tensor = info->inputs[k];
        if (tensor < 0 || simulated->tensor[tensor].dtype != MM_F32 || is_parameter(info->op_type, k))
            continue;
        bool is_constant = mm_graph_has_values(simulated->graph, tensor);
        enum mm_dtype one = is_constant ? simulated->node[node].storage : simulated->tensor[tensor].format;
        if (any && one != format)
            return MM_DTYPE_NONE;
        format = one;
        any = true;
    }
    return format;
}

/* The rule behind what a node makes. Constants outside of functions are rounded where they are read. */
static int settle_result(struct simulated *simulated, int node, int tensor, struct mm_err *err)
{
    const struct mm_graph_node *info = &simulated->graph->nodes[node];
    struct simulated_tensor *result = &simulated->tensor[tensor];
    enum mm_dtype storage = simulated->node[node].storage;
    bool constant = mm_graph_has_values(simulated->graph, tensor) &&
                    !simulated_in_function(simulated->graph->tensors[tensor].name);
    result->format = storage;
    if (result->dtype != MM_F32 || storage == MM_F32 || constant || simulated->node[node].fold ||
        (simulated_moves(info) && format_read(simulated, node) == storage))
        return 0;
    result->rule = simulated_storage_rule(simulated, storage);
    if (result->rule < 0 && err)
        *err = simulated->error;
    return result->rule < 0 ? -1 : 0;
}

static int settle_results(struct simulated *simulated, struct mm_err *err)
{
    const struct mm_graph *graph = simulated->graph;
    for (int i = 0; i < graph->tensor_count; i++) {
        simulated->tensor[i].rule = -1;
        simulated->tensor[i].format =
            graph->tensors[i].flags & MM_GRAPH_INPUT ? simulated->settings->storage : MM_F32;
    }
    for (int n = 0; n < graph->node_count; n++) {
        for (int k = 0; k < graph->nodes[n].output_count; k++) {
            int tensor = graph->nodes[n].outputs[k];
            if (tensor >= 0 && settle_result(simulated, n, tensor, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- rules ---- */

void simulated_fail(struct simulated *simulated, const struct mm_err *err)
{
    if (!simulated->failed)
        simulated->error = *err;
    simulated->failed = true;
}

int simulated_check(const struct simulated *simulated, struct mm_err *err)
{
    if (simulated->failed && err)
        *err = simulated->error;
    return simulated->failed ? -1 : 0;
}

void round_rule_set(struct round_rule *rule, int64_t channel, double scale, double low, double high,
                    double zero)
{
    double most = (double)FLT_MAX / fmax(fmax(-low, high), 1.0) * (1.0 - 0x1p-22);
    float single = (float)fmin(scale, most);
    ((float *)rule->rounder.scale)[channel] = single > 0 ? single : FLT_TRUE_MIN;
    ((float *)rule->rounder.low)[channel] = (float)low;
    rule->rounder.span = high - low;
    rule->zero[channel] = zero;
}

static unsigned ways_of(const struct mm_simulation *settings)
{
    return (settings->away ? MM_ROUND_AWAY : 0u) | (settings->reciprocal ? MM_ROUND_RECIPROCAL : 0u) |
           (settings->saturate ? MM_ROUND_SATURATE : 0u);
}

struct round_rule *simulated_add_rule(struct simulated *simulated, int tensor, const struct need *need,
                                      int64_t channels)
{
    struct mm_arena *arena = &simulated->arena;
    struct round_rule *rule = mm_arena_alloc(arena, sizeof *rule);
    if (!rule || mm_grow((void **)&simulated->rule, &simulated->rule_room, simulated->rules + 1,
                         sizeof(struct round_rule *)) < 0)
        return NULL;
    *rule = (struct round_rule){.rounder = {.dtype = need->dtype, .lay = {1, 1}},
                                .ways = ways_of(simulated->settings),
                                .tensor = tensor,
                                .need = *need,
                                .axis = need->axis,
                                .channels = channels};
    rule->rounder.scale = mm_arena_array(arena, (size_t)channels, sizeof(float));
    rule->rounder.low = mm_arena_array(arena, (size_t)channels, sizeof(float));
    rule->zero = mm_arena_array(arena, (size_t)channels, sizeof *rule->zero);
    if (!rule->rounder.scale || !rule->rounder.low || !rule->zero)
        return NULL;
    simulated->rule[simulated->rules++] = rule;
    return rule;
}

static int out_of_memory(struct simulated *simulated)
{
    struct mm_err err;
    mm_fail_memory(&err);
    simulated_fail(simulated, &err);
    return -1;
}

int simulated_storage_rule(struct simulated *simulated, enum mm_dtype dtype)
{
    const struct need need = {dtype, -1, 0};
    if (simulated->storage_rule[dtype])
        return simulated->storage_rule[dtype] - 1;
    if (!simulated_add_rule(simulated, -1, &need, 1))
        return out_of_memory(simulated);
    simulated->storage_rule[dtype] = (int)simulated->rules;
    return (int)simulated->rules - 1;
}

static int find_rule(const struct simulated *simulated, int tensor, const struct need *need)
{
    for (size_t i = 0; i < simulated->rules; i++) {
        const struct round_rule *rule = simulated->rule[i];
        if (rule->tensor == tensor && rule->need.dtype == need->dtype && rule->need.axis == need->axis &&
            rule->need.fold == need->fold)
            return (int)i;
    }
    return -1;
}

/* A constant of a function: by its own values. */
static int constant_rule(struct simulated *simulated, int tensor, const struct need *need)
{
    struct mm_stored stored;
    struct mm_err err = {0};
    if (mm_graph_constant(simulated->weights, tensor, &stored, &err) < 0) {
        simulated_fail(simulated, &err);
        return -1;
    }
    float *values = mm_tensor_decode(&stored.tensor, true, NULL, &err);
    if (values)
        simulated_weight_rule(simulated, tensor, need, &stored.tensor.shape, values, stored.tensor.count);
    else
        simulated_fail(simulated, &err);
    free(values);
    mm_stored_close(&stored);
    return simulated->failed ? -1 : (int)simulated->rules - 1;
}

int simulated_input_rule(struct simulated *simulated, int tensor, const struct need *need)
{
    const struct mm_calibration *calibration = simulated->settings->calibration;
    int found = find_rule(simulated, tensor, need);
    if (found >= 0)
        return found;
    if (mm_graph_has_values(simulated->graph, tensor))
        return constant_rule(simulated, tensor, need);
    const char *name = simulated->graph->tensors[tensor].name;
    int64_t channels = calibration ? calibration_channels(calibration, tensor, name, need) : 0;
    if (channels == 0)
        return -1; /* it was not seen: in no run the branch that it is in was taken */
    struct round_rule *rule = simulated_add_rule(simulated, tensor, need, channels);
    if (!rule)
        return out_of_memory(simulated);
    return calibration_choose(calibration, tensor, name, need, rule) ? (int)simulated->rules - 1 : -1;
}

/* ---- open, close ---- */

static int find_all(struct simulated *simulated, struct mm_err *err)
{
    size_t nodes = (size_t)simulated->graph->node_count, tensors = (size_t)simulated->graph->tensor_count;
    simulated->node = calloc(nodes + 1, sizeof *simulated->node);
    simulated->tensor = calloc(tensors + 1, sizeof *simulated->tensor);
    if (!simulated->node || !simulated->tensor)
        return mm_fail_memory(err);
    if (settle_nodes(simulated, err) < 0 || simulated_types(simulated, err) < 0)
        return -1;
    if (simulated->settings->fold_conv_bn)
        simulated_folds(simulated);
    if (settle_results(simulated, err) < 0)
        return -1;
    return simulated_constants(simulated, err);
}

int simulated_open(struct simulated *simulated, const char *path, const struct mm_simulation *settings,
                   struct mm_err *err)
{
    *simulated = (struct simulated){.settings = settings, .path = path};
    simulated->rounding = simulated_rounding(simulated);
    if (mm_graph_open_onnx(&simulated->graph, path, err) == 0 &&
        mm_graph_weights_open(&simulated->weights, simulated->graph, err) == 0 &&
        find_all(simulated, err) == 0)
        return 0;
    simulated_close(simulated);
    return -1;
}

void simulated_close(struct simulated *simulated)
{
    if (!simulated)
        return;
    for (size_t i = 0; i < simulated->constants; i++)
        free(simulated->constant[i].values);
    free(simulated->constant);
    free(simulated->rule);
    free(simulated->node);
    free(simulated->tensor);
    mm_graph_weights_close(simulated->weights);
    mm_graph_close(simulated->graph);
    mm_arena_done(&simulated->arena);
    *simulated = (struct simulated){0};
}

/* ---- inputs of the model ---- */

int simulated_feed(struct simulated *simulated, const char *name, struct mm_tensor *tensor,
                   struct mm_run *run, struct mm_buf *memory, struct mm_err *err)
{
    enum mm_dtype storage = simulated->settings->storage;
    (void)name;
    if (storage == MM_F32 || tensor->dtype != MM_F32 || tensor->count == 0)
        return 0;
    int rule = simulated_storage_rule(simulated, storage);
    size_t size = (size_t)tensor->count * sizeof(float);
    mm_buf_clear(memory);
    float *out = rule >= 0 ? mm_buf_reserve(memory, size + 1) : NULL;
    if (!out)
        return mm_fail_memory(err);
    mm_round_ways_float(&simulated->rule[rule]->rounder, simulated->rule[rule]->ways,
                        (const float *)(const void *)tensor->run->data, out, (size_t)tensor->count);
    const struct mm_shape shape = tensor->shape;
    mm_tensor_raw(tensor, MM_F32, &shape, out, run);
    return 0;
}
