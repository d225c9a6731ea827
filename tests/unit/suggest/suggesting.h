/* Suggestions over a small network, and its parts one by one. Include behind <cmocka.h>. */
#ifndef TESTS_SUGGESTING_H
#define TESTS_SUGGESTING_H

#include "unit/near.h"
#include "unit/triage/network.h"
#include "suggest/suggest.h"

struct suggesting {
    struct network net;
    struct mm_verdict verdict[NETWORK_MAX]; /* all zero: nobody has looked */
    struct mm_triage_view view;
    struct suggest s;
    struct mm_suggestions list;
};

static inline void suggesting_init(struct suggesting *on)
{
    memset(on, 0, sizeof *on);
    network_init(&on->net);
}

/* A layer in int8, as the dst dump has it. */
static inline struct mm_result *int8_op(struct suggesting *on, const char *name, double error, const char *a,
                                        const char *b)
{
    struct mm_result *result = network_op(&on->net, name, error, a, b);
    result->dst.dtype = MM_I8;
    return result;
}

static inline void output(struct suggesting *on, const char *name)
{
    mm_graph_add_tensor(on->net.builder, name, MM_GRAPH_OUTPUT, MM_F32, NULL);
}

static inline void reach(struct mm_result *result, double highest)
{
    result->metrics.src.max = highest;
}

/* The parts' state, over a flow that is there. */
static inline void suggesting_begin(struct suggesting *on, bool graph)
{
    on->view = (struct mm_triage_view){.subjects = on->net.subject,
                                       .count = on->net.count,
                                       .flow = on->net.flow,
                                       .blame = on->net.blame,
                                       .thresholds = &network_thresholds};
    on->s = (struct suggest){.view = &on->view,
                             .verdicts = on->verdict,
                             .graph = graph ? on->net.graph : NULL,
                             .count = on->net.count,
                             .total = 1};
    mm_arena_init(&on->s.arena);
    assert_int_equal(suggest_layers(&on->s), 0);
}

/* Flow, blame and the parts' state. */
static inline void suggesting_finish(struct suggesting *on, bool graph)
{
    network_finish(&on->net, graph);
    suggesting_begin(on, graph);
}

/* The same where nothing tells the order: neither a graph nor time stamps. */
static inline void suggesting_finish_unordered(struct suggesting *on)
{
    struct network *net = &on->net;
    assert_int_equal(mm_graph_finish(net->builder, &net->graph, "test", NULL), 0);
    assert_int_equal(mm_flow_open(&net->flow, net->subject, net->count, NULL, NULL), 0);
    mm_blame_find(net->flow, net->subject, &network_thresholds, net->blame);
    suggesting_begin(on, false);
}

static inline void find(struct suggesting *on, const char *rule)
{
    struct mm_suggest_options options;
    struct mm_err err = {0};
    mm_suggestions_done(&on->list);
    if (mm_suggest_parse(rule, &options, &err) < 0 ||
        mm_suggest_find(&on->view, on->verdict, on->s.graph, &options, &on->list, &err) < 0)
        fail_msg("%s", err.text);
}

/* The layers that are suggested, in the order of the list, ended by -1. */
static inline void assert_suggested(const struct suggesting *on, const int *layers)
{
    size_t count = 0;
    while (layers[count] >= 0)
        count++;
    assert_int_equal(on->list.count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(on->list.item[i].layer, layers[i]);
}
#define LAYERS(...) ((const int[]){__VA_ARGS__, -1})

static inline void suggesting_done(struct suggesting *on)
{
    mm_suggestions_done(&on->list);
    mm_arena_done(&on->s.arena);
    network_done(&on->net);
}

#endif
