/* Along which axis a tensor has its channels: told by the operators around it, and by their weights. */
#include "operator/row.h"

#include <string.h>

/* So many operators that keep the axis are walked through. */
#define WALK_MAX 32

/* The tensor that is asked for. */
struct question {
    const struct mm_graph *graph;
    const struct mm_shape *shape;
    bool
        resized; /* the channels that weights tell need not be those of the tensor: a Concat or Slice lies between */
};

/* A dimension of a constant that the model tells; -1. */
static int64_t dim_of(const struct mm_graph *graph, int tensor, int axis)
{
    const struct mm_shape *shape = &graph->tensors[tensor].shape;
    return axis >= 0 && axis < shape->rank ? shape->dim[axis] : -1;
}

/* The axis, unless its length is not that of the weights: then the one axis that has it, or -1. */
static int checked(const struct question *question, int axis, int64_t channels)
{
    const struct mm_shape *shape = question->shape;
    int found = -1;
    if (axis < 0 || axis >= shape->rank)
        return -1;
    if (channels <= 0 || question->resized || shape->dim[axis] == channels)
        return axis;
    for (int k = 0; k < shape->rank; k++) {
        if (shape->dim[k] != channels)
            continue;
        if (found >= 0)
            return -1;
        found = k;
    }
    return found;
}

static int64_t groups_of(const struct mm_graph_node *node)
{
    return mm_graph_int(node, "group", 1);
}

/* Where this node makes channels, and how many by its weights. */
static int axis_made(const struct question *question, const struct mm_graph_node *node)
{
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    int weight = mm_weight_input(question->graph, node);
    int axis = mm_operator_channel_axis(node, weight, question->shape->rank);
    if (axis < 0 || !operator|| operator->kind != MM_OPERATOR_LINEAR)
        return checked(question, axis, -1);
    if (weight < 0 || node->inputs[weight] < 0)
        return -1; /* a product of two results: columns, but no channels */
    const struct mm_shape *shape = &question->graph->tensors[node->inputs[weight]].shape;
    int of_weights = mm_weight_channel_axis(node, weight, shape->rank);
    int64_t channels = dim_of(question->graph, node->inputs[weight], of_weights);
    if (channels > 0 && strcmp(node->op_type, "ConvTranspose") == 0)
        channels *= groups_of(node);
    return checked(question, axis, channels);
}

/* Operators of one input (or several alike) that leave channels where they are. */
static bool keeps_axis(const struct mm_graph_node *node, bool *resized)
{
    static const char *const resizing[] = {"Concat", "Split", "Slice", "Pad"};
    static const char *const keeping[] = {"Resize", "Upsample", "LayerNormalization", "Softmax",
                                          "LogSoftmax"};
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    if (operator&& operator->kind == MM_OPERATOR_ELEMENTWISE)
        return true;
    for (size_t i = 0; i < MM_COUNT(keeping); i++) {
        if (strcmp(node->op_type, keeping[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < MM_COUNT(resizing); i++) {
        if (strcmp(node->op_type, resizing[i]) == 0)
            return *resized = true;
    }
    return false;
}

/* The first input that is no constant of the model; -1. */
static int first_result(const struct mm_graph *graph, const struct mm_graph_node *node)
{
    for (int k = 0; k < node->input_count; k++) {
        if (node->inputs[k] >= 0 && !(graph->tensors[node->inputs[k]].flags & MM_GRAPH_CONSTANT))
            return node->inputs[k];
    }
    return -1;
}

/* What this node takes for channels of its first input. */
static int axis_read(const struct question *question, const struct mm_graph_node *node)
{
    const struct mm_graph *graph = question->graph;
    int rank = question->shape->rank, weight = mm_weight_input(graph, node);
    int axis = mm_operator_channel_axis(node, weight, rank);
    if (axis < 0 || weight == 0)
        return -1;
    if (weight != 1)
        return mm_operator_find(node->domain, node->op_type)->kind == MM_OPERATOR_LINEAR
                   ? -1
                   : checked(question, axis, -1);
    int constant = node->inputs[1];
    const struct mm_shape *shape = &graph->tensors[constant].shape;
    if (strcmp(node->op_type, "Conv") == 0)
        return checked(question, axis,
                       dim_of(graph, constant, 1) > 0 ? dim_of(graph, constant, 1) * groups_of(node) : -1);
    if (strcmp(node->op_type, "ConvTranspose") == 0)
        return checked(question, axis, dim_of(graph, constant, 0));
    bool turned = mm_weight_channel_axis(node, 1, shape->rank) != shape->rank - 1;
    if (mm_graph_int(node, "transA", 0) != 0)
        return -1;
    return checked(question, axis, dim_of(graph, constant, shape->rank - (turned ? 1 : 2)));
}

int mm_operator_channels(const struct mm_graph *graph, int tensor, const struct mm_shape *shape)
{
    struct question question = {graph, shape, false};
    if (tensor < 0 || shape->rank < 2)
        return -1;
    int axis = -1, at = tensor;
    for (int step = 0; step < WALK_MAX && at >= 0 && axis < 0; step++) {
        int producer = graph->tensors[at].producer;
        if (producer < 0)
            break;
        axis = axis_made(&question, &graph->nodes[producer]);
        at = keeps_axis(&graph->nodes[producer], &question.resized)
                 ? first_result(graph, &graph->nodes[producer])
                 : -1;
    }
    question.resized = false;
    for (int i = 0; i < graph->tensors[tensor].consumer_count && axis < 0; i++) {
        const struct mm_graph_node *node = &graph->nodes[graph->tensors[tensor].consumers[i]];
        if (node->input_count > 0 && node->inputs[0] == tensor)
            axis = axis_read(&question, node);
    }
    return axis;
}
