/*
 * Calls of local functions: which there are in a graph, and their numbers in the names that ONNX Runtime makes
 * up when it inlines them.
 *
 * The runtime inlines in rounds: first what the nodes of a graph call, in the order of the nodes, then what came
 * out of that, and so on; each graph (the model's, each body) by itself. A call of operator type F gets the name
 * "_inlfunc_F", or, if the graph has that already, "_inlfunc_F_token_N", where N counts such calls of any type.
 * (Seen in versions 1.17, 1.21 and 1.32.)
 */
#include "graph/onnx.h"

/* Is the function being read already, or does it call itself on the way down to `call`? */
static bool is_recursive(const struct mm_onnx *onnx, int function, int call)
{
    for (; call >= 0; call = onnx->call[call].caller) {
        if (onnx->call[call].function == function)
            return true;
    }
    for (const struct mm_onnx_frame *frame = onnx->frame; frame; frame = frame->caller) {
        if (frame->index == function)
            return true;
    }
    return false;
}

static int depth_of(const struct mm_onnx *onnx, int caller)
{
    int depth = 1;
    if (caller >= 0)
        return onnx->call[caller].depth + 1;
    for (const struct mm_onnx_frame *frame = onnx->frame; frame; frame = frame->caller)
        depth++;
    return depth;
}

static int refuse(const struct mm_onnx *onnx, int function, const char *format, struct mm_err *err)
{
    return mm_fail(err, MM_EUNSUPPORTED, format, onnx->file, onnx->function[function].name, MM_ONNX_CALLS);
}

/* The number of the call among those that need one, or -1. */
static int token_of(struct mm_onnx *onnx, int function, int *tokens)
{
    int *seen = &onnx->type_seen[onnx->function[function].type];
    int token = *seen == onnx->numberings ? (*tokens)++ : -1;
    *seen = onnx->numberings;
    return token;
}

static int push(struct mm_onnx *onnx, int function, int caller, int *tokens, struct mm_err *err)
{
    int depth = depth_of(onnx, caller);
    if (is_recursive(onnx, function, caller))
        return refuse(onnx, function, "%s: the local function \"%s\" calls itself", err);
    if (depth > MM_ONNX_CALLS)
        return refuse(onnx, function, "%s: local functions that call one another (\"%s\"), more than %d deep",
                      err);
    if (onnx->all_calls++ >= MM_GRAPH_MOST) {
        onnx->builder->failed = onnx->builder->too_many = true;
        return 0;
    }
    if (mm_grow((void **)&onnx->call, &onnx->call_capacity, onnx->calls + 1, sizeof *onnx->call) < 0)
        return mm_fail_memory(err);
    onnx->call[onnx->calls++] = (struct mm_onnx_call){.function = function,
                                                      .caller = caller,
                                                      .first = -1,
                                                      .token = token_of(onnx, function, tokens),
                                                      .depth = depth};
    return 0;
}

/* What the nodes of the graph call. */
static int push_graph(struct mm_onnx *onnx, const struct mm_wire_field *graph, int *tokens,
                      struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, graph);
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next(onnx, &wire, &field, "a graph", err)) > 0) {
        if (field.number != ONNX_GRAPH_NODE || field.type != MM_WIRE_BYTES)
            continue;
        int function = mm_onnx_callee(onnx, &field, err);
        if (function < -1 || (function >= 0 && push(onnx, function, -1, tokens, err) < 0))
            return -1;
    }
    return more;
}

int mm_onnx_number_calls(struct mm_onnx *onnx, const struct mm_wire_field *graph, struct mm_err *err)
{
    size_t at = onnx->calls;
    int tokens = 0;
    onnx->numberings++;
    if (push_graph(onnx, graph, &tokens, err) < 0)
        return -1;
    for (; at < onnx->calls && !onnx->builder->failed; at++) {
        const struct mm_onnx_function *function = &onnx->function[onnx->call[at].function];
        onnx->call[at].first = (int)onnx->calls;
        for (size_t i = 0; i < function->callees && !onnx->builder->failed; i++) {
            if (push(onnx, function->callee[i], (int)at, &tokens, err) < 0)
                return -1;
        }
    }
    return 0;
}
