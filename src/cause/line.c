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

/* The one input that was not dumped and is no constant; -1: none, or several. */
static int missing(const struct mm_recompute *at)
{
    const struct mm_graph_node *node = &at->graph->nodes[at->node];
    int found = -1, count = 0;
    for (int k = 0; k < node->input_count; k++) {
        if (node->inputs[k] < 0 || is_constant(at, node->inputs[k]) || operands_pair(at, k))
            continue;
        found = k;
        count++;
    }
    return count == 1 ? found : -1;
}

/* The step before `at` along input `by`: the node that makes it. */
static bool step_before(const struct mm_recompute *at, int by, struct mm_recompute *before)
{
    const struct mm_graph_node *node = &at->graph->nodes[at->node];
    int producer = at->graph->tensors[node->inputs[by]].producer;
    if (producer < 0 || at->graph->nodes[producer].parent != node->parent ||
        at->graph->nodes[producer].outputs[0] != node->inputs[by])
        return false;
    *before = *at;
    before->node = producer;
    before->output = 0;
    before->input = NULL;
    return true;
}

bool line_find(const struct mm_recompute *recompute, struct line *line)
{
    struct mm_recompute back[LINE_MAX] = {*recompute};
    int by[LINE_MAX] = {-1};
    size_t count = 1;
    *line = (struct line){.count = 0};
    while (!is_linear(&recompute->graph->nodes[back[count - 1].node])) {
        struct mm_recompute *here = &back[count - 1];
        by[count - 1] = is_pointwise(&recompute->graph->nodes[here->node]) ? missing(here) : -1;
        if (count == LINE_MAX || by[count - 1] < 0 || here->output != 0 ||
            !step_before(here, by[count - 1], &back[count]))
            return false;
        by[count] = -1;
        count++;
    }
    for (size_t k = 0; k < count; k++) {
        line->step[k] = back[count - 1 - k];
        line->by[k] = by[count - 1 - k];
    }
    line->count = count;
    return true;
}

/* ---- what it reads ---- */

int line_read(struct line *line, struct operands *o, const atomic_bool *cancel, struct mm_err *err)
{
    int64_t left = MM_RECOMPUTE_ELEMENTS;
    line->cancel = cancel;
    for (size_t k = 0; k < line->count; k++) {
        bool last = k + 1 == line->count;
        struct operands *mine = last ? o : calloc(1, sizeof *mine);
        if (!mine)
            return mm_fail_memory(err);
        memset(mine, 0, sizeof *mine);
        mine->left = left;
        line->operands[k] = mine;
        if (operands_inputs(mine, &line->step[k], line->by[k], cancel, err) < 0)
            return -1;
        left = mine->left;
    }
    return operands_result(o, &line->step[line->count - 1], cancel, err);
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

int line_step_open(const struct line *line, size_t step, int side, const struct line_places *p,
                   const double *z, struct line_step *out, struct mm_err *err)
{
    struct mm_operator_call call = line_call(line, step, side);
    enum spreading how = spreading_of(call.node);
    struct mm_shape row = {2, {1, (int64_t)p->count}};
    *out = (struct line_step){.call = call};
    if (how == BROADCAST && call.opset > 0 && call.opset < 7)
        return mm_fail(err, MM_EUNSUPPORTED, "inputs that stand at an axis (before opset 7)");
    for (int k = 0; k < call.node->input_count; k++) {
        out->input[k] = call.input[k];
        if (k == line->by[step]) {
            if (mm_value_new(&out->value[k], MM_F32, &row, row.dim[1], err) < 0)
                return -1;
            for (size_t i = 0; i < p->count; i++)
                ((float *)out->value[k].owned)[i] = (float)z[i];
        } else if (call.input[k] && how != AS_IT_IS) {
            if (gather(p, call.input[k], how, &out->value[k], err) < 0)
                return -1;
        } else {
            continue;
        }
        out->input[k] = &out->value[k];
    }
    out->call.input = out->input;
    return 0;
}

void line_step_close(struct line_step *step)
{
    for (int k = 0; k < RECOMPUTE_INPUTS; k++)
        mm_value_done(&step->value[k]);
}

static int run_step(const struct line *line, size_t step, int side, const struct line_places *p, double *z,
                    struct mm_err *err)
{
    struct line_step *here = malloc(sizeof *here);
    struct mm_value y = {0};
    if (!here)
        return mm_fail_memory(err);
    int result = line_step_open(line, step, side, p, z, here, err);
    if (result == 0)
        result = mm_operator_run(&here->call, &y, err);
    if (result == 0 && y.count != (int64_t)p->count)
        result = mm_fail(err, MM_EUNSUPPORTED, "another size than the input's");
    for (size_t i = 0; result == 0 && i < p->count; i++)
        z[i] = mm_value_at(&y, (int64_t)i);
    mm_value_done(&y);
    line_step_close(here);
    free(here);
    return result;
}

int line_behind(const struct line *line, size_t from, int side, const struct line_places *p, double *z,
                struct mm_err *err)
{
    for (size_t step = from; step < line->count; step++) {
        if (run_step(line, step, side, p, z, err) < 0)
            return -1;
    }
    return 0;
}

int line_sample(const struct line *line, int side, const struct line_places *p, double *out,
                struct mm_err *err)
{
    struct mm_operator_call call = line_call(line, 0, side);
    if (mm_operator_sample(&call, p->at, p->count, out, err) < 0)
        return -1;
    return line_behind(line, 1, side, p, out, err);
}
