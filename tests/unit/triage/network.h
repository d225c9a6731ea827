/*
 * A network of measured layers in memory, for the tests of flow, blame and verdicts: each layer is named, has
 * an error, and (with a graph) an operator that reads others. Include behind <cmocka.h>.
 */
#ifndef TESTS_NETWORK_H
#define TESTS_NETWORK_H

#include <math.h>
#include <string.h>

#include "mmtui/triage.h"

#define NETWORK_MAX 32

struct network {
    struct mm_entry entry;
    struct mm_pair pair[NETWORK_MAX];
    struct mm_result result[NETWORK_MAX];
    struct mm_subject subject[NETWORK_MAX];
    struct mm_blame blame[NETWORK_MAX];
    struct mm_graph_builder *builder;
    struct mm_graph *graph;
    struct mm_flow *flow;
    struct mm_model_match match;
    size_t count;
};

static const struct mm_thresholds network_thresholds = {.diff1 = 0.05, .diff2 = 0.05};

static inline void network_init(struct network *net)
{
    memset(net, 0, sizeof *net);
    net->entry.parsed.stamp = -1;
    net->builder = mm_graph_new();
}

static inline struct mm_result *network_layer(struct network *net, const char *name, double error)
{
    size_t id = net->count++;
    assert_true(id < NETWORK_MAX);
    net->pair[id] = (struct mm_pair){
        .name = name, .src = &net->entry, .dst = &net->entry, .occurrence = 1, .occurrences = 1, .place = id};
    net->result[id] = (struct mm_result){
        .state = MM_STATE_MEASURED,
        .src = {.known = true, .dtype = MM_F32, .node_name = (char *)"", .op_type = (char *)""},
        .dst = {.known = true, .dtype = MM_F16, .node_name = (char *)"", .op_type = (char *)""},
        .metrics = {.count = 100,
                    .finite = 100,
                    .diff1 = error,
                    .diff2 = error,
                    .max_abs = error,
                    .src = {.finite = 100, .min = -1, .max = 1, .std = 0.5},
                    .dst = {.finite = 100, .min = -1, .max = 1, .std = 0.5}}};
    if (isinf(error))
        net->result[id].metrics.nonfinite_differ = 3;
    net->subject[id] = (struct mm_subject){.pair = &net->pair[id], .result = &net->result[id]};
    return &net->result[id];
}

/* A layer whose operator reads a, b ("" or NULL: nothing). */
static inline struct mm_result *network_op(struct network *net, const char *name, double error, const char *a,
                                           const char *b)
{
    const char *inputs[2] = {a ? a : "", b ? b : ""};
    if (a)
        mm_graph_add_node(net->builder, "", "Op", inputs, b ? 2 : 1, &name, 1);
    else
        mm_graph_add_tensor(net->builder, name, MM_GRAPH_INPUT, MM_F32, NULL);
    return network_layer(net, name, error);
}

static inline const char *network_node_name(void *context, size_t id)
{
    return ((const struct network *)context)->result[id].dst.node_name;
}

static inline void network_match(struct network *net)
{
    assert_int_equal(mm_model_match_open(&net->match, net->graph, net->pair, net->count, NULL), 0);
    assert_int_equal(mm_model_match_more(&net->match, net->graph, net->pair, network_node_name, net, NULL),
                     0);
}

/* Without a graph when `graph` is false. */
static inline void network_finish(struct network *net, bool graph)
{
    struct mm_flow_order order = {.ordered = true};
    assert_int_equal(mm_graph_finish(net->builder, &net->graph, "test", NULL), 0);
    if (graph) {
        network_match(net);
        order.graph = net->graph;
        order.tensor = net->match.tensor;
        order.run = net->match.run;
    }
    assert_int_equal(mm_flow_open(&net->flow, net->subject, net->count, &order, NULL), 0);
    mm_blame_find(net->flow, net->subject, &network_thresholds, net->blame);
}

static inline void network_done(struct network *net)
{
    mm_flow_close(net->flow);
    mm_model_match_done(&net->match);
    mm_graph_close(net->graph);
}

#endif
