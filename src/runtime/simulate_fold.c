/* BatchNormalization, folded into the Conv in front of it. */
#include "runtime/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inputs of BatchNormalization. */
enum { BN_X, BN_SCALE, BN_BIAS, BN_MEAN, BN_VARIANCE, BN_INPUTS };

/* ---- which ---- */

static bool is_constant(const struct simulated *simulated, const struct mm_graph_node *node, int place)
{
    int tensor = place < node->input_count ? node->inputs[place] : -1;
    return tensor >= 0 && simulated->tensor[tensor].dtype == MM_F32 &&
           mm_graph_has_values(simulated->graph, tensor) &&
           !simulated_in_function(simulated->graph->tensors[tensor].name);
}

static bool has_constants(const struct simulated *simulated, const struct mm_graph_node *node)
{
    for (int k = BN_SCALE; k < BN_INPUTS; k++) {
        if (!is_constant(simulated, node, k))
            return false;
    }
    return node->input_count == BN_INPUTS && !mm_graph_int(node, "training_mode", 0);
}

/* The Conv whose result the node alone reads; -1. */
static int conv_before(const struct simulated *simulated, const struct mm_graph_node *node)
{
    const struct mm_graph *graph = simulated->graph;
    int tensor = node->inputs[BN_X];
    const struct mm_graph_tensor *info = tensor >= 0 ? &graph->tensors[tensor] : NULL;
    if (!info || info->producer < 0 || info->consumer_count != 1 || (info->flags & MM_GRAPH_OUTPUT) ||
        simulated_in_function(info->name))
        return -1;
    const struct mm_graph_node *conv = &graph->nodes[info->producer];
    bool fits = strcmp(conv->op_type, "Conv") == 0 && !*conv->domain && is_constant(simulated, conv, 1) &&
                (conv->input_count == 2 || is_constant(simulated, conv, 2));
    return fits ? info->producer : -1;
}

void simulated_folds(struct simulated *simulated)
{
    for (int n = 0; n < simulated->graph->node_count; n++) {
        const struct mm_graph_node *node = &simulated->graph->nodes[n];
        if (strcmp(node->op_type, "BatchNormalization") != 0 || *node->domain || node->output_count != 1 ||
            node->input_count < BN_INPUTS || !has_constants(simulated, node))
            continue;
        int conv = conv_before(simulated, node);
        if (conv < 0)
            continue;
        simulated->node[conv].fold = n + 1;
        simulated->node[n].folded = true;
    }
}

bool simulated_vanishes(const struct simulated *simulated, const char *name)
{
    int tensor = mm_graph_tensor(simulated->graph, name);
    int node = tensor >= 0 ? simulated->graph->tensors[tensor].producer : -1;
    return node >= 0 && simulated->node[node].fold;
}

/* ---- values ---- */

/* An input of the node, [count] floats, malloc'ed. */
static float *read_input(struct simulated *simulated, int tensor, int64_t count, struct mm_err *err)
{
    struct mm_stored stored;
    if (mm_graph_constant(simulated->weights, tensor, &stored, err) < 0)
        return NULL;
    float *values = mm_tensor_decode(&stored.tensor, true, NULL, err);
    if (values && stored.tensor.count != count) {
        mm_fail(err, MM_ECORRUPT, "%s: %s has not as many values as the Conv in front of it has channels",
                simulated->path, simulated->graph->tensors[tensor].name);
        free(values);
        values = NULL;
    }
    mm_stored_close(&stored);
    return values;
}

/* What each channel is multiplied by: scale / sqrt(variance + epsilon). */
static int read_factors(struct simulated *simulated, const struct mm_graph_node *node, double *factor,
                        int64_t channels, struct mm_err *err)
{
    const struct mm_graph_attribute *given = mm_graph_attribute(node, "epsilon");
    double epsilon = given && given->float_count > 0 ? (double)given->floats[0] : (double)1e-5f;
    float *scale = read_input(simulated, node->inputs[BN_SCALE], channels, err);
    float *variance = scale ? read_input(simulated, node->inputs[BN_VARIANCE], channels, err) : NULL;
    for (int64_t c = 0; variance && c < channels; c++)
        factor[c] = (double)scale[c] / sqrt((double)variance[c] + epsilon);
    int result = variance ? 0 : -1;
    free(scale);
    free(variance);
    return result;
}

/* bias = (the Conv's - mean) x factor + the BatchNormalization's, which `values` holds. */
static int fold_bias(struct simulated *simulated, int conv, const struct mm_graph_node *node,
                     const double *factor, float *values, int64_t channels, struct mm_err *err)
{
    const struct mm_graph_node *info = &simulated->graph->nodes[conv];
    float *mean = read_input(simulated, node->inputs[BN_MEAN], channels, err);
    float *own = mean && info->input_count > 2 ? read_input(simulated, info->inputs[2], channels, err) : NULL;
    int result = mean && (own || info->input_count == 2) ? 0 : -1;
    for (int64_t c = 0; result == 0 && c < channels; c++)
        values[c] = (float)(((own ? (double)own[c] : 0.0) - (double)mean[c]) * factor[c] + (double)values[c]);
    free(mean);
    free(own);
    return result;
}

static void fold_weights(const double *factor, float *values, int64_t channels, int64_t count)
{
    int64_t each = count / channels;
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)((double)values[i] * factor[i / each]);
}

int simulated_fold_values(struct simulated *simulated, const struct simulated_constant *constant,
                          float *values, int64_t count, struct mm_err *err)
{
    const struct mm_graph_node *node = &simulated->graph->nodes[constant->need.fold - 1];
    int conv = simulated->graph->tensors[node->inputs[BN_X]].producer;
    bool is_bias = constant->tensor == node->inputs[BN_BIAS];
    int64_t channels = is_bias ? count : constant->view.shape.rank > 0 ? constant->view.shape.dim[0] : 0;
    if (channels < 1 || count < channels)
        return count == 0 ? 0
                          : mm_fail(err, MM_ECORRUPT, "%s: weights without channels: %s", simulated->path,
                                    simulated->graph->tensors[constant->tensor].name);
    double *factor = calloc((size_t)channels, sizeof *factor);
    if (!factor)
        return mm_fail_memory(err);
    int result = read_factors(simulated, node, factor, channels, err);
    if (result == 0 && is_bias)
        result = fold_bias(simulated, conv, node, factor, values, channels, err);
    else if (result == 0)
        fold_weights(factor, values, channels, count);
    free(factor);
    return result;
}
