/* What is told of a simulation: scales.json, and how much was rounded. */
#include "runtime/simulate.h"

#include "base/json_write.h"

static void put_values(struct mm_json *json, const char *key, const struct round_rule *rule, bool zero)
{
    const float *scale = rule->rounder.scale;
    if (rule->axis < 0) {
        zero ? mm_json_put_whole(json, key, (int64_t)rule->zero[0])
             : mm_json_put_number(json, key, (double)scale[0]);
        return;
    }
    mm_json_open_array(json, key);
    for (int64_t c = 0; c < rule->channels; c++)
        zero ? mm_json_put_whole(json, NULL, (int64_t)rule->zero[c])
             : mm_json_put_number(json, NULL, (double)scale[c]);
    mm_json_close_array(json);
}

static void put_rule(struct mm_json *json, const char *name, const struct round_rule *rule)
{
    mm_json_line(json, 2);
    mm_json_open_object(json, name);
    put_values(json, "scale", rule, false);
    put_values(json, "zero_point", rule, true);
    if (rule->axis >= 0)
        mm_json_put_whole(json, "axis", rule->axis);
    mm_json_close_object(json);
}

/* Two rules of one tensor (int8 for one reader, int16 for another) can't both stand under its name: the first does. */
static bool is_first(const struct simulated *simulated, size_t number)
{
    for (size_t i = 0; i < number; i++) {
        if (simulated->rule[i]->tensor == simulated->rule[number]->tensor)
            return false;
    }
    return true;
}

void simulated_scales(const struct simulated *simulated, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, (struct mm_json_style){0});
    mm_json_open_object(&json, NULL);
    for (size_t i = 0; i < simulated->rules; i++) {
        const struct round_rule *rule = simulated->rule[i];
        if (rule->tensor >= 0 && is_first(simulated, i))
            put_rule(&json, simulated->graph->tensors[rule->tensor].name, rule);
    }
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static void count_inputs(const struct simulated *simulated, int node, struct mm_simulated_counts *counts)
{
    const struct mm_graph_node *info = &simulated->graph->nodes[node];
    unsigned inputs = simulated->node[node].inputs;
    counts->operators += inputs != 0;
    for (int k = 0; k < info->input_count && inputs >> k; k++) {
        bool is_constant = info->inputs[k] >= 0 && mm_graph_has_values(simulated->graph, info->inputs[k]);
        counts->quantised += (inputs >> k & 1) && !is_constant;
    }
}

void simulated_count(const struct simulated *simulated, struct mm_simulated_counts *counts)
{
    const struct mm_graph *graph = simulated->graph;
    for (int i = 0; i < graph->tensor_count; i++) {
        counts->stored += simulated->tensor[i].rule >= 0;
        counts->unknown += graph->tensors[i].producer >= 0 && simulated->tensor[i].dtype == MM_DTYPE_NONE;
    }
    for (int n = 0; n < graph->node_count; n++) {
        count_inputs(simulated, n, counts);
        counts->folded += simulated->node[n].folded;
    }
    counts->weights = simulated->constants;
}

static bool is_stored(const struct simulated *simulated, const struct mm_graph_node *node)
{
    for (int k = 0; k < node->output_count; k++) {
        if (node->outputs[k] >= 0 && simulated->tensor[node->outputs[k]].rule >= 0)
            return true;
    }
    return false;
}

bool simulated_operator(const struct simulated *simulated, size_t number, struct mm_rounded_operator *out)
{
    const struct mm_graph *graph = simulated->graph;
    bool integers = mm_simulation_needs_calibration(simulated->settings);
    for (int n = 0; n < graph->node_count; n++) {
        const struct mm_graph_node *node = &graph->nodes[n];
        bool counts = integers ? simulated->node[n].inputs != 0 : is_stored(simulated, node);
        if (!counts || node->output_count < 1 || node->outputs[0] < 0 || number-- > 0)
            continue;
        *out = (struct mm_rounded_operator){node->name, node->op_type, graph->tensors[node->outputs[0]].name};
        return true;
    }
    return false;
}

/* ---- in mmtui-dump.json ---- */

static const char *range_name(enum mm_range range)
{
    static const char *const names[MM_RANGE_COUNT] = {[MM_RANGE_MINMAX] = "linear",
                                                      [MM_RANGE_P9999] = "percentile",
                                                      [MM_RANGE_MSE] = "mse",
                                                      [MM_RANGE_KL] = "kl"};
    return names[range] ? names[range] : "";
}

void simulated_put_settings(const struct simulated *simulated, struct mm_json *json)
{
    const struct mm_simulation *settings = simulated->settings;
    mm_json_open_object(json, "simulation");
    mm_json_put_text(json, "storage", mm_dtype_info(settings->storage)->name);
    if (settings->integers != MM_DTYPE_NONE)
        mm_json_put_text(json, "integers", mm_dtype_info(settings->integers)->name);
    if (mm_simulation_needs_calibration(settings)) {
        mm_json_put_text(json, "quantize_algorithm", range_name(settings->range));
        mm_json_put_bool(json, "input_channel_quantize", settings->input_per_channel);
        mm_json_put_bool(json, "filter_channel_quantize", settings->filter_per_channel);
        mm_json_put_bool(json, "asymmetric_quantize", settings->asymmetric);
        mm_json_put_text(json, "rounding", settings->away ? "away" : "even");
        mm_json_put_text(json, "scale_by", settings->reciprocal ? "reciprocal" : "divide");
    }
    mm_json_put_bool(json, "fold_conv_bn", settings->fold_conv_bn);
    mm_json_put_text(json, "overflow", settings->saturate ? "saturate" : "infinity");
    mm_json_put_whole(json, "overrides", (int64_t)settings->ops);
    mm_json_close_object(json);
}

/* Has the operator weights that are quantised? */
static bool has_weights(const struct simulated *simulated, int node)
{
    const struct mm_graph_node *info = &simulated->graph->nodes[node];
    for (int k = 0; k < info->input_count; k++) {
        if (info->inputs[k] >= 0 && mm_graph_has_values(simulated->graph, info->inputs[k]) &&
            mm_round_integer(simulated_need(simulated, node, k).dtype))
            return true;
    }
    return false;
}

/* The Conv that computes what the BatchNormalization `node` hands on, where that is folded into it; else `node`. */
static int computing(const struct simulated *simulated, int node)
{
    for (int n = 0; simulated->node[node].folded && n < simulated->graph->node_count; n++) {
        if (simulated->node[n].fold == node + 1)
            return n;
    }
    return node;
}

void simulated_put_tensor(const struct simulated *simulated, const char *name, struct mm_json *json)
{
    int tensor = mm_graph_tensor(simulated->graph, name);
    int node = tensor >= 0 ? simulated->graph->tensors[tensor].producer : -1;
    if (tensor < 0 || simulated->tensor[tensor].dtype != MM_F32)
        return;
    enum mm_dtype storage = simulated->tensor[tensor].format;
    if (storage != MM_F32)
        mm_json_put_text(json, "storage", mm_dtype_info(storage)->name);
    node = node >= 0 ? computing(simulated, node) : -1;
    if (node < 0 || simulated->node[node].inputs == 0)
        return;
    mm_json_put_text(json, "reads", mm_dtype_info(simulated->node[node].integers)->name);
    if (has_weights(simulated, node))
        mm_json_put_text(json, "weights",
                         simulated->settings->filter_per_channel ? "per_channel" : "per_tensor");
}
