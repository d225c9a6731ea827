#include "cli/demo_net.h"

static void add_op(struct mm_graph_builder *builder, const struct demo_net *net, const struct demo_op *op)
{
    const char *inputs[DEMO_INPUTS_MAX];
    size_t count = 0;
    for (int k = 0; k < DEMO_INPUTS_MAX; k++) {
        if (op->input[k] >= 0)
            inputs[count++] = net->op[op->input[k]].name;
    }
    if (op->kind != DEMO_INPUT)
        mm_graph_add_node(builder, op->runtime_name, demo_kind_info(op->kind)->onnx_type, inputs, count,
                          &op->name, 1);
    unsigned flags = op->kind == DEMO_INPUT           ? MM_GRAPH_INPUT
                     : op == &net->op[net->count - 1] ? MM_GRAPH_OUTPUT
                                                      : 0;
    mm_graph_add_tensor(builder, op->name, flags, MM_F32, &op->shape);
}

int demo_graph_open(struct mm_graph **graph, struct mm_err *err)
{
    struct mm_arena arena;
    struct demo_net net;
    mm_arena_init(&arena);
    int result = demo_net_init(&net, &arena, err);
    if (result == 0) {
        struct mm_graph_builder *builder = mm_graph_new();
        for (int i = 0; i < net.count; i++)
            add_op(builder, &net, &net.op[i]);
        result = mm_graph_finish(builder, graph, "demo", err);
    }
    mm_arena_done(&arena);
    return result;
}
