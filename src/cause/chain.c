/* An input that was not dumped, made from what was: a reshape or an activation that the runtime left out of its dump. */
#include "cause/recompute.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 12 /* operators one behind the other */

static int output_of(const struct mm_graph_node *node, int tensor)
{
    int k = 0;
    while (k < node->output_count && node->outputs[k] != tensor)
        k++;
    return k;
}

static int run_sides(struct operands *mine, const struct mm_recompute *at, const atomic_bool *cancel,
                     struct mm_value *const out[SIDES], struct mm_err *err)
{
    for (int side = 0; side < SIDES; side++) {
        struct mm_operator_call call = {.node = &at->graph->nodes[at->node],
                                        .opset = at->graph->opset,
                                        .input = mine->input[side],
                                        .output = at->output,
                                        .limit = mine->left,
                                        .cancel = cancel};
        if (mm_operator_run(&call, out[side], err) < 0)
            return -1;
        mine->left -= out[side]->count;
    }
    return 0;
}

/* What weights in integers cost is known of an operator by itself, not of one that is amid others. */
static bool is_left_out(const struct mm_operator *operator)
{
    return !operator|| operator->kind == MM_OPERATOR_LINEAR ||
            operator->kind == MM_OPERATOR_QUANTISATION ||
            operator->kind == MM_OPERATOR_ARGUMENT;
}

static int not_dumped(const struct mm_recompute *recompute, int tensor, struct mm_err *err)
{
    return mm_fail(err, MM_EUNSUPPORTED, "its input %s was not dumped on both sides",
                   recompute->graph->tensors[tensor].name);
}

int chain_value(struct operands *o, const struct mm_recompute *recompute, int tensor,
                const atomic_bool *cancel, struct mm_value *const out[SIDES], struct mm_err *err)
{
    int producer = recompute->graph->tensors[tensor].producer;
    const struct mm_graph_node *node = producer >= 0 ? &recompute->graph->nodes[producer] : NULL;
    const struct mm_operator *operator= node ? mm_operator_find(node->domain, node->op_type) : NULL;
    if (is_left_out(operator) || o->depth >= CHAIN_MAX || node->parent >= 0 || recompute->sources == 0)
        return not_dumped(recompute, tensor, err);
    struct mm_recompute at = *recompute;
    at.node = producer;
    at.output = output_of(node, tensor);
    at.input = NULL;
    struct operands *mine = calloc(1, sizeof *mine);
    if (!mine)
        return mm_fail_memory(err);
    mine->depth = o->depth + 1;
    mine->left = o->left;
    mine->part = o->part;
    int result = operands_inputs(mine, &at, 0, cancel, err);
    if (result == 0)
        result = run_sides(mine, &at, cancel, out, err);
    o->left = mine->left;
    o->cut = o->cut || mine->cut;
    o->rounds = o->rounds || mine->rounds || !operator->selects;
    operands_done(mine);
    free(mine);
    return result;
}
