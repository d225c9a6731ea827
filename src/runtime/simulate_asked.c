/* What the writer of a model asks about rounding, answered by names. */
#include "runtime/simulate.h"

#include <string.h>

static int result_rule(void *context, const struct model_tensor *tensor)
{
    const struct simulated *simulated = context;
    int place = mm_graph_tensor(simulated->graph, tensor->name);
    return place >= 0 ? simulated->tensor[place].rule : -1;
}

/* The node's input of this number and name, and what it needs; -1: none. A call of a function has the name of what the
 * function makes, but other inputs; a function's own parameters are tensors of its callers, each with its range. */
static int operand_of(const struct simulated *simulated, const struct model_tensor *result, size_t place,
                      const char *name, struct need *need)
{
    const struct mm_graph *graph = simulated->graph;
    int made = mm_graph_tensor(graph, result->name);
    int node = made >= 0 ? graph->tensors[made].producer : -1;
    if (node < 0 || (int)place >= graph->nodes[node].input_count)
        return -1;
    int tensor = graph->nodes[node].inputs[place];
    if (tensor < 0 || strcmp(graph->tensors[tensor].name, name) != 0)
        return -1;
    *need = simulated_need(simulated, node, (int)place);
    if (mm_round_integer(need->dtype) && place < 8)
        simulated->node[node].inputs |= (unsigned char)(1u << place);
    return tensor;
}

static int node_of(const struct simulated *simulated, const struct model_tensor *result)
{
    int made = mm_graph_tensor(simulated->graph, result->name);
    return made >= 0 ? simulated->graph->tensors[made].producer : -1;
}

/* The bias of a Conv, once something was folded into it; NULL: nothing was. */
static const char *folded_bias(struct simulated *simulated, const struct model_tensor *result)
{
    int node = node_of(simulated, result);
    const struct simulated_constant *bias = node >= 0 ? simulated_find_bias(simulated, node) : NULL;
    return bias ? bias->name : NULL;
}

static int operand_rule(void *context, const struct model_tensor *result, size_t place, const char *name,
                        const char **instead)
{
    struct simulated *simulated = context;
    const struct mm_graph *graph = simulated->graph;
    struct need need = AS_IT_IS;
    int tensor = operand_of(simulated, result, place, name, &need);
    *instead = tensor >= 0 && place == 2 ? folded_bias(simulated, result) : NULL;
    if (*instead || tensor < 0 || (need.dtype == MM_DTYPE_NONE && need.fold == 0))
        return -1;
    if (mm_graph_has_values(graph, tensor) && !simulated_in_function(graph->tensors[tensor].name)) {
        const struct simulated_constant *constant = simulated_find_constant(simulated, tensor, &need);
        *instead = constant ? constant->name : NULL;
        return -1;
    }
    return mm_round_integer(need.dtype) ? simulated_input_rule(simulated, tensor, &need) : -1;
}

static bool is_skipped(void *context, const struct model_tensor *result)
{
    const struct simulated *simulated = context;
    int node = node_of(simulated, result);
    return node >= 0 && simulated->node[node].folded;
}

/* Of one that had no bias. */
static const char *appended_bias(void *context, const struct model_tensor *result)
{
    struct simulated *simulated = context;
    int node = node_of(simulated, result);
    return node >= 0 && simulated->graph->nodes[node].input_count == 2 ? folded_bias(simulated, result)
                                                                       : NULL;
}

static const struct mm_tensor *constant_values(void *context, const char *name)
{
    struct simulated *simulated = context;
    int tensor = mm_graph_tensor(simulated->graph, name);
    struct simulated_constant *constant =
        tensor >= 0 ? simulated_find_constant(simulated, tensor, NULL) : NULL;
    return constant ? simulated_constant_values(simulated, constant) : NULL;
}

static bool more_constants(void *context, size_t number, const char **name, const struct mm_tensor **values)
{
    struct simulated *simulated = context;
    for (size_t i = 0; i < simulated->constants; i++) {
        struct simulated_constant *constant = &simulated->constant[i];
        if (!constant->name || number-- > 0)
            continue;
        *name = constant->name;
        *values = simulated_constant_values(simulated, constant);
        return *values != NULL;
    }
    return false;
}

struct model_rounding simulated_rounding(struct simulated *simulated)
{
    return (struct model_rounding){simulated,     result_rule,     operand_rule,  is_skipped,
                                   appended_bias, constant_values, more_constants};
}
