/* An operator with weights and what is fused behind it, at some positions: convolution, batch norm, activation. */
#include "cause/recompute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- finding it ---- */

static bool is_pointwise(const struct mm_graph_node *node)
{
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    return operator&&(operator->kind == MM_OPERATOR_ELEMENTWISE ||
                      strcmp(node->op_type, "BatchNormalization") == 0);
}

static bool is_linear(const struct mm_graph_node *node)
{
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    return operator&& operator->kind == MM_OPERATOR_LINEAR;
}

static bool is_constant(const struct mm_recompute *recompute, int tensor)
{
    return recompute->weights && mm_graph_has_values(recompute->graph, tensor);
}

/* The node that makes input k, where nothing holds it; -1: something does, or it is none that could be run here. */
static int maker_of(const struct mm_recompute *at, int k)
{
    const struct mm_graph_node *node = &at->graph->nodes[at->node];
    int tensor = node->inputs[k];
    if (tensor < 0 || is_constant(at, tensor) || operands_pair(at, k))
        return -1;
    int maker = at->graph->tensors[tensor].producer;
    bool here = maker >= 0 && at->graph->nodes[maker].parent == node->parent &&
                at->graph->nodes[maker].outputs[0] == tensor;
    return here ? maker : -1;
}

static struct mm_recompute step_at(const struct mm_recompute *from, int node)
{
    struct mm_recompute step = *from;
    if (node != from->node) {
        step.node = node;
        step.output = 0;
        step.input = NULL;
    }
    return step;
}

static int place_of(const struct line *line, int node)
{
    for (size_t k = 0; k < line->count; k++) {
        if (line->step[k].node == node)
            return (int)k;
    }
    return -1;
}

/* Is there an operator with weights behind this one, with nothing but element-wise ones between that were not dumped? */
static bool leads_to_weights(const struct mm_recompute *at, int depth)
{
    const struct mm_graph_node *node = &at->graph->nodes[at->node];
    if (is_linear(node))
        return true;
    bool found = false;
    for (int k = 0; k < node->input_count && is_pointwise(node) && depth < LINE_MAX && !found; k++) {
        int maker = maker_of(at, k);
        struct mm_recompute before = step_at(at, maker);
        found = maker >= 0 && leads_to_weights(&before, depth + 1);
    }
    return found;
}

/* This operator and those that it has its values from, up to the one with weights. What leads to none is made whole. */
static bool collect(const struct mm_recompute *at, struct line *line)
{
    const struct mm_graph_node *node = &at->graph->nodes[at->node];
    if (place_of(line, at->node) >= 0)
        return true;
    if (line->count == LINE_MAX || at->output != 0 || node->input_count > RECOMPUTE_INPUTS)
        return false;
    line->step[line->count++] = *at;
    for (int k = 0; k < node->input_count && !is_linear(node); k++) {
        int maker = maker_of(at, k);
        struct mm_recompute before = step_at(at, maker);
        if (maker >= 0 && leads_to_weights(&before, 0) && !collect(&before, line))
            return false;
    }
    return true;
}

/* Nodes are numbered in an order in which they can be run. */
static int by_node(const void *a, const void *b)
{
    const struct mm_recompute *x = a, *y = b;
    return (x->node > y->node) - (x->node < y->node);
}

static void connect(struct line *line)
{
    for (size_t step = 0; step < line->count; step++) {
        const struct mm_recompute *at = &line->step[step];
        for (int k = 0; k < at->graph->nodes[at->node].input_count; k++) {
            int maker = step > 0 ? maker_of(at, k) : -1;
            line->from[step][k] = maker >= 0 ? place_of(line, maker) : -1;
        }
    }
}

bool line_find(const struct mm_recompute *recompute, struct line *line)
{
    size_t linear = 0;
    line->count = 0;
    if (!leads_to_weights(recompute, 0) || !collect(recompute, line)) {
        line->count = 0;
        return false;
    }
    qsort(line->step, line->count, sizeof *line->step, by_node);
    for (size_t k = 0; k < line->count; k++) {
        line->operands[k] = NULL;
        linear += is_linear(&line->step[k].graph->nodes[line->step[k].node]);
    }
    connect(line);
    bool one = linear == 1 && is_linear(&recompute->graph->nodes[line->step[0].node]);
    line->count = one ? line->count : 0;
    return one;
}

/* ---- what it reads ---- */

/* The inputs that are other steps' results. */
static uint64_t inner_inputs(const struct line *line, size_t step)
{
    const struct mm_recompute *at = &line->step[step];
    uint64_t inner = 0;
    for (int k = 0; k < at->graph->nodes[at->node].input_count; k++)
        inner |= line->from[step][k] >= 0 ? UINT64_C(1) << k : 0;
    return inner;
}

int line_read(struct line *line, struct operands *o, bool part, const atomic_bool *cancel, struct mm_err *err)
{
    int64_t left = MM_RECOMPUTE_ELEMENTS;
    bool cut = false;
    line->cancel = cancel;
    for (size_t k = 0; k < line->count; k++) {
        bool last = k + 1 == line->count;
        struct operands *mine = last ? o : calloc(1, sizeof *mine);
        if (!mine)
            return mm_fail_memory(err);
        memset(mine, 0, sizeof *mine);
        mine->left = left;
        mine->part = part;
        line->operands[k] = mine;
        if (operands_inputs(mine, &line->step[k], inner_inputs(line, k), cancel, err) < 0)
            return -1;
        left = mine->left;
        cut = cut || mine->cut;
    }
    int result = operands_result(o, &line->step[line->count - 1], cancel, err);
    o->cut = o->cut || cut;
    return result;
}

void line_done(struct line *line)
{
    for (size_t k = 0; k + 1 < line->count; k++) {
        if (line->operands[k])
            operands_done(line->operands[k]);
        free(line->operands[k]);
    }
}

struct mm_operator_call line_call(const struct line *line, size_t step, int side)
{
    const struct mm_recompute *at = &line->step[step];
    return (struct mm_operator_call){.node = &at->graph->nodes[at->node],
                                     .opset = at->graph->opset,
                                     .input = line->operands[step]->input[side],
                                     .output = at->output,
                                     .limit = MM_RECOMPUTE_ELEMENTS,
                                     .cancel = line->cancel};
}

/* ---- one step at the positions ---- */

/* Where element `at` of `shape` finds its value in an input that broadcasts to it; -1: it does not. */
static int64_t spread(const struct mm_shape *shape, int64_t at, const struct mm_shape *input)
{
    int64_t coord[MM_RANK_MAX], place = 0;
    if (input->rank > shape->rank)
        return -1;
    mm_shape_coords(shape, at, coord);
    for (int i = 0; i < input->rank; i++) {
        int own = i + shape->rank - input->rank;
        if (input->dim[i] != 1 && input->dim[i] != shape->dim[own])
            return -1;
        place = place * input->dim[i] + (input->dim[i] == 1 ? 0 : coord[own]);
    }
    return place;
}

/* Of batch norm, a parameter is a channel's. */
static int64_t channel_of(const struct mm_shape *shape, int64_t at)
{
    int64_t coord[MM_RANK_MAX];
    mm_shape_coords(shape, at, coord);
    return shape->rank > 1 ? coord[1] : 0;
}

enum spreading { AS_IT_IS, BROADCAST, CHANNEL };

static enum spreading spreading_of(const struct mm_graph_node *node)
{
    static const char *const broadcast[] = {"Add", "Sub", "Mul", "Div",  "Pow",  "PRelu",
                                            "Min", "Max", "Sum", "Mean", "Where"};
    if (strcmp(node->op_type, "BatchNormalization") == 0)
        return CHANNEL;
    for (size_t i = 0; i < MM_COUNT(broadcast); i++) {
        if (strcmp(node->op_type, broadcast[i]) == 0)
            return BROADCAST;
    }
    return AS_IT_IS;
}

/* The values of an input at the positions, as one axis. */
static int gather(const struct line_places *p, const struct mm_value *from, enum spreading how,
                  struct mm_value *to, struct mm_err *err)
{
    struct mm_shape flat = {1, {(int64_t)p->count}};
    if (mm_value_new(to, MM_F32, &flat, flat.dim[0], err) < 0)
        return -1;
    float *out = to->owned;
    for (size_t i = 0; i < p->count; i++) {
        int64_t at =
            how == CHANNEL ? channel_of(&p->shape, p->at[i]) : spread(&p->shape, p->at[i], &from->shape);
        if (at < 0 || at >= from->count)
            return mm_fail(err, MM_EUNSUPPORTED, "an input that does not fit what it is added to");
        out[i] = (float)mm_value_at(from, at);
    }
    return 0;
}

/* The result of an earlier step, as a row. */
static int put_row(const double *z, size_t count, struct mm_value *to, struct mm_err *err)
{
    struct mm_shape row = {2, {1, (int64_t)count}};
    if (mm_value_new(to, MM_F32, &row, row.dim[1], err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        ((float *)to->owned)[i] = (float)z[i];
    return 0;
}

int line_step_open(const struct line *line, size_t step, int side, const struct line_places *p,
                   const double *work, struct line_step *out, struct mm_err *err)
{
    struct mm_operator_call call = line_call(line, step, side);
    enum spreading how = spreading_of(call.node);
    *out = (struct line_step){.call = call};
    if (how == BROADCAST && call.opset > 0 && call.opset < 7)
        return mm_fail(err, MM_EUNSUPPORTED, "inputs that stand at an axis (before opset 7)");
    for (int k = 0; k < call.node->input_count; k++) {
        int from = line->from[step][k], result = 0;
        bool own = from >= 0 || (call.input[k] && how != AS_IT_IS);
        if (from >= 0)
            result = put_row(work + (size_t)from * p->count, p->count, &out->value[k], err);
        else if (own)
            result = gather(p, call.input[k], how, &out->value[k], err);
        if (result < 0)
            return -1;
        out->input[k] = own ? &out->value[k] : call.input[k];
    }
    out->call.input = out->input;
    return 0;
}

void line_step_close(struct line_step *step)
{
    for (int k = 0; k < RECOMPUTE_INPUTS; k++)
        mm_value_done(&step->value[k]);
}

static int run_step(const struct line *line, size_t step, int side, const struct line_places *p, double *work,
                    struct mm_err *err)
{
    struct line_step *here = malloc(sizeof *here);
    struct mm_value y = {0};
    if (!here)
        return mm_fail_memory(err);
    int result = line_step_open(line, step, side, p, work, here, err);
    if (result == 0)
        result = mm_operator_run(&here->call, &y, err);
    if (result == 0 && y.count != (int64_t)p->count)
        result = mm_fail(err, MM_EUNSUPPORTED, "another size than the input's");
    for (size_t i = 0; result == 0 && i < p->count; i++)
        work[step * p->count + i] = mm_value_at(&y, (int64_t)i);
    mm_value_done(&y);
    line_step_close(here);
    free(here);
    return result;
}

int line_behind(const struct line *line, size_t from, int side, const struct line_places *p, double *work,
                struct mm_err *err)
{
    for (size_t step = from; step < line->count; step++) {
        if (run_step(line, step, side, p, work, err) < 0)
            return -1;
    }
    return 0;
}

int line_sample(const struct line *line, int side, const struct line_places *p, double *work,
                struct mm_err *err)
{
    struct mm_operator_call call = line_call(line, 0, side);
    if (mm_operator_sample(&call, p->at, p->count, work, err) < 0)
        return -1;
    return line_behind(line, 1, side, p, work, err);
}
