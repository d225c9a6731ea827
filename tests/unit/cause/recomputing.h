/* One node, its input and its result as files of both sides, for the tests of recomputing. Include behind cmocka.h. */
#ifndef RECOMPUTING_H
#define RECOMPUTING_H

#include "cause/recompute.h"
#include "unit/pair/pair_files.h"

struct recomputing {
    struct pair_files input, result;
    const struct mm_pair *inputs[2];
    struct mm_graph *graph;
    struct mm_recompute what;
    struct mm_recomputed found;
};

static inline void recomputing_init(struct recomputing *on, const char *op_type)
{
    static const char *const names[] = {"x", "y"};
    struct mm_graph_builder *builder = mm_graph_new();
    *on = (struct recomputing){0};
    pair_files_init(&on->input);
    pair_files_init(&on->result);
    on->input.pair.name = "x";
    on->result.pair.name = "y";
    mm_graph_add_node(builder, "n", op_type, names, 1, names + 1, 1);
    assert_int_equal(mm_graph_finish(builder, &on->graph, "test", NULL), 0);
    on->inputs[0] = &on->input.pair;
    on->what = (struct mm_recompute){.graph = on->graph, .pair = &on->result.pair, .input = on->inputs};
}

static inline void recomputing_done(struct recomputing *on)
{
    pair_files_done(&on->input);
    pair_files_done(&on->result);
    mm_graph_close(on->graph);
}

/* A side of the input or the result: `count` floats. */
static inline void recomputing_put(struct pair_files *files, int side, const float *values, int64_t count)
{
    pair_files_put(files, side, side ? "2_t.npy" : "1_t.npy", MM_F32, (struct mm_shape){1, {count}}, values);
}

static inline void recomputing_run(struct recomputing *on)
{
    struct mm_err err = {MM_OK, ""};
    memset(&on->found, 0xAA, sizeof on->found);
    if (mm_recompute_run(&on->what, NULL, &on->found, &err) < 0)
        fail_msg("%s", err.text);
}

#endif
