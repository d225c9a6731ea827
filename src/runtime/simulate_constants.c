/* Constants as a simulated precision has them. */
#include "runtime/simulate.h"

#include "whatif/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_need(const struct need *a, const struct need *b)
{
    return a->dtype == b->dtype && a->axis == b->axis && a->fold == b->fold;
}

/* ---- which ---- */

bool simulated_in_function(const char *name)
{
    const char *prefix = "_inlfunc_";
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

struct simulated_constant *simulated_find_constant(struct simulated *simulated, int tensor,
                                                   const struct need *need)
{
    for (size_t i = 0; i < simulated->constants; i++) {
        struct simulated_constant *constant = &simulated->constant[i];
        if (constant->tensor == tensor &&
            (need ? constant->name && same_need(&constant->need, need) : !constant->name))
            return constant;
    }
    return NULL;
}

static int add_constant(struct simulated *simulated, int tensor, const struct need *need, bool replaces,
                        struct mm_err *err)
{
    struct simulated_constant constant = {.tensor = tensor, .need = *need};
    struct mm_buf name = {0};
    if (!replaces) {
        mm_buf_printf(&name, "%s/mmtui_%s_%d_%d", simulated->graph->tensors[tensor].name,
                      mm_dtype_info(need->dtype)->name, need->axis, need->fold);
        constant.name = mm_arena_strdup(&simulated->arena, mm_buf_text(&name));
    }
    bool failed = name.failed || (!replaces && !constant.name) ||
                  mm_grow((void **)&simulated->constant, &simulated->constant_room, simulated->constants + 1,
                          sizeof *simulated->constant) < 0;
    mm_buf_done(&name);
    if (failed)
        return mm_fail_memory(err);
    simulated->constant[simulated->constants++] = constant;
    return 0;
}

typedef int visit_need(struct simulated *simulated, int tensor, const struct need *need, void *context,
                       struct mm_err *err);

static int each_need(struct simulated *simulated, int tensor, visit_need *visit, void *context,
                     struct mm_err *err)
{
    const struct mm_graph_tensor *info = &simulated->graph->tensors[tensor];
    for (int c = 0; c < info->consumer_count; c++) {
        int n = info->consumers[c];
        const struct mm_graph_node *node = &simulated->graph->nodes[n];
        for (int k = 0; k < node->input_count; k++) {
            if (node->inputs[k] != tensor)
                continue;
            struct need need = simulated_need(simulated, n, k);
            if (visit(simulated, tensor, &need, context, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* What all readers agree on, or what the network stores. */
struct agreement {
    struct need need;
    bool any, differs;
};

static int agree(struct simulated *simulated, int tensor, const struct need *need, void *context,
                 struct mm_err *err)
{
    struct agreement *agreement = context;
    (void)simulated, (void)tensor, (void)err;
    agreement->differs |= agreement->any && !same_need(&agreement->need, need);
    agreement->need = *need;
    agreement->any = true;
    return 0;
}

static int add_differing(struct simulated *simulated, int tensor, const struct need *need, void *context,
                         struct mm_err *err)
{
    if (same_need(need, context) || simulated_find_constant(simulated, tensor, need))
        return 0;
    return add_constant(simulated, tensor, need, false, err);
}

/* Those that a function has stay in it; those that a node makes are not replaced, but others are read. */
static int settle_constant(struct simulated *simulated, int tensor, struct mm_err *err)
{
    const struct mm_graph_tensor *info = &simulated->graph->tensors[tensor];
    struct agreement agreement = {.need = AS_IT_IS};
    const struct need as_it_is = AS_IT_IS;
    if (simulated_in_function(info->name) || each_need(simulated, tensor, agree, &agreement, err) < 0)
        return 0;
    if (agreement.differs)
        agreement.need = as_it_is;
    if (info->producer >= 0 || (info->flags & MM_GRAPH_OUTPUT))
        agreement.need = as_it_is;
    simulated->tensor[tensor].constant = agreement.need;
    if (!same_need(&agreement.need, &as_it_is))
        return add_constant(simulated, tensor, &agreement.need, true, err);
    return each_need(simulated, tensor, add_differing, (void *)&as_it_is, err);
}

int simulated_constants(struct simulated *simulated, struct mm_err *err)
{
    for (int i = 0; i < simulated->graph->tensor_count; i++) {
        simulated->tensor[i].constant = AS_IT_IS;
        if (simulated->tensor[i].dtype == MM_F32 && mm_graph_has_values(simulated->graph, i) &&
            settle_constant(simulated, i, err) < 0)
            return -1;
    }
    for (int n = 0; n < simulated->graph->node_count; n++) {
        int fold = simulated->node[n].fold;
        struct need need = simulated_bias_need(simulated, n);
        if (fold &&
            add_constant(simulated, simulated->graph->nodes[fold - 1].inputs[2], &need, false, err) < 0)
            return -1;
    }
    return 0;
}

struct simulated_constant *simulated_find_bias(struct simulated *simulated, int node)
{
    int fold = simulated->node[node].fold;
    struct need need = simulated_bias_need(simulated, node);
    return fold ? simulated_find_constant(simulated, simulated->graph->nodes[fold - 1].inputs[2], &need)
                : NULL;
}

/* ---- their values ---- */

int simulated_axis(int axis, int rank)
{
    return axis == AXIS_LAST ? rank - 1 : axis;
}

struct mm_lay simulated_lay(const struct mm_shape *shape, int axis)
{
    struct mm_lay lay = {1, 1};
    axis = simulated_axis(axis, shape->rank);
    if (axis < 0 || axis >= shape->rank || shape->dim[axis] < 1) {
        lay.inner = mm_shape_count(shape) > 0 ? mm_shape_count(shape) : 1;
        return lay;
    }
    lay.channels = shape->dim[axis];
    for (int i = axis + 1; i < shape->rank; i++)
        lay.inner *= shape->dim[i];
    lay.inner = lay.inner > 0 ? lay.inner : 1;
    return lay;
}

/* By minimum and maximum, symmetric. */
static int choose_weights(struct round_rule *rule, const struct mm_lay *lay, const float *values,
                          int64_t count, struct mm_err *err)
{
    struct mm_ranges ranges = {.used = true, .lay = *lay};
    const struct mm_whatif_setting setting = {.dtype = rule->rounder.dtype, .range = MM_RANGE_MINMAX};
    if (mm_ranges_init(&ranges, count, err) < 0) {
        mm_ranges_done(&ranges);
        return -1;
    }
    if (count > 0)
        mm_extremes_tile_float(lay, values, (size_t)count, 0, ranges.low, ranges.high);
    for (int64_t c = 0; c < lay->channels; c++) {
        struct mm_quant quant;
        bool all_zero;
        mm_ranges_choose(&ranges, &setting, c, &quant, &all_zero);
        round_rule_set(rule, c, quant.scale, quant.low, quant.high, quant.zero);
    }
    mm_ranges_done(&ranges);
    return 0;
}

struct round_rule *simulated_weight_rule(struct simulated *simulated, int tensor, const struct need *need,
                                         const struct mm_shape *shape, const float *values, int64_t count)
{
    struct mm_lay lay = simulated_lay(shape, need->axis);
    struct mm_err err = {0};
    struct round_rule *rule = simulated_add_rule(simulated, tensor, need, lay.channels);
    if (!rule)
        mm_fail_memory(&err);
    if (!rule || choose_weights(rule, &lay, values, count, &err) < 0) {
        simulated_fail(simulated, &err);
        return NULL;
    }
    rule->rounder.lay = lay;
    rule->axis = simulated_axis(need->axis, shape->rank);
    return rule;
}

static int round_values(struct simulated *simulated, struct simulated_constant *constant)
{
    struct mm_tensor *view = &constant->view;
    int number = -1;
    if (constant->need.dtype == MM_DTYPE_NONE)
        return 0;
    if (mm_round_integer(constant->need.dtype))
        constant->rule = simulated_weight_rule(simulated, constant->tensor, &constant->need, &view->shape,
                                               constant->values, view->count);
    else if ((number = simulated_storage_rule(simulated, constant->need.dtype)) >= 0)
        constant->rule = simulated->rule[number];
    if (!constant->rule)
        return -1;
    float *rounded = malloc((size_t)view->count * sizeof *rounded + 1);
    struct mm_err err = {0};
    if (!rounded) {
        mm_fail_memory(&err);
        simulated_fail(simulated, &err);
        return -1;
    }
    if (view->count > 0)
        mm_round_ways_float(&constant->rule->rounder, constant->rule->ways, constant->values, rounded,
                            (size_t)view->count);
    free(constant->values);
    constant->values = rounded;
    const struct mm_shape shape = view->shape;
    mm_tensor_raw(view, MM_F32, &shape, rounded, &constant->run);
    return 0;
}

static int make(struct simulated *simulated, struct simulated_constant *constant, struct mm_err *err)
{
    struct mm_stored stored;
    if (mm_graph_constant(simulated->weights, constant->tensor, &stored, err) < 0)
        return -1;
    constant->values = mm_tensor_decode(&stored.tensor, true, NULL, err);
    int result = constant->values ? mm_graph_weights_check(simulated->weights, &stored, err) : -1;
    if (result == 0)
        mm_tensor_raw(&constant->view, MM_F32, &stored.tensor.shape, constant->values, &constant->run);
    if (result == 0 && constant->need.fold)
        result = simulated_fold_values(simulated, constant, constant->values, constant->view.count, err);
    mm_stored_close(&stored);
    return result;
}

const struct mm_tensor *simulated_constant_values(struct simulated *simulated,
                                                  struct simulated_constant *constant)
{
    struct mm_err err = {0};
    if (constant->is_asked)
        return constant->is_made ? &constant->view : NULL;
    constant->is_asked = true;
    if (make(simulated, constant, &err) < 0) {
        simulated_fail(simulated, &err);
        return NULL;
    }
    constant->is_made = round_values(simulated, constant) == 0;
    return constant->is_made ? &constant->view : NULL;
}
