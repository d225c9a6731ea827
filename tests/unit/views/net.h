/*
 * A small network with a graph for the tests of what triage says. Every tensor has four elements, 1 2 3 4 in
 * src; in dst the last is off by e, so that diff2 = e / sqrt(30) and diff1 = e / 10. Thresholds are the usual
 * 0.05.
 *
 *      #  name    reads        e     diff2
 *      1  input                0     0
 *      2  stem    input        .02   .0037
 *      3  gate    stem         2 x   1        introduced: all elements doubled
 *      4  branch  stem         .02   .0037
 *      5  join    gate branch  3     .55      from 3
 *      6  tail    join         3     .55      from 3, by way of 5
 *      7  side    gate         .02   .0037    good although 3 is not
 *      8  grow1   input        .1    .0183
 *      9  grow2   grow1        .27   .0493
 *     10  grow3   grow2        .3    .0548    over, and no layer on the way is alone; 9 adds the most
 *     11  worse   grow3        3     .55      ten times what comes in
 *     12  broken  worse        NaN            where a bad input comes in
 *     13  lone    input               only in src
 *     14  half    input        .1    .0183
 *     15  most    half         .29   .0529    over, and adds the most of what grew on the way
 *     16  seed                 2 x   1        no input
 *     17  pow     stem         NaN            where good inputs come in
 */
#ifndef TESTS_NET_H
#define TESTS_NET_H

#include "unit/views/small.h"

#include <math.h>

static const struct net_layer {
    const char *name, *reads[2];
    float e; /* 100: doubled; NaN: the last element is one */
} net_layers[] = {
    {"input", {0}, 0},          {"stem", {"input"}, .02f},       {"gate", {"stem"}, 100},
    {"branch", {"stem"}, .02f}, {"join", {"gate", "branch"}, 3}, {"tail", {"join"}, 3},
    {"side", {"gate"}, .02f},   {"grow1", {"input"}, .1f},       {"grow2", {"grow1"}, .27f},
    {"grow3", {"grow2"}, .3f},  {"worse", {"grow3"}, 3},         {"broken", {"worse"}, NAN},
    {"lone", {"input"}, 0},     {"half", {"input"}, .1f},        {"most", {"half"}, .29f},
    {"seed", {0}, 100},         {"pow", {"stem"}, NAN},
};

static inline int net_group_setup(void **state)
{
    if (small_group_setup(state) < 0 || mm_folder_make("net_src", NULL) < 0 ||
        mm_folder_make("net_dst", NULL) < 0)
        return -1;
    for (size_t i = 0; i < MM_COUNT(net_layers); i++) {
        const struct net_layer *layer = &net_layers[i];
        float times = layer->e == 100 ? 2 : 1, e = layer->e == 100 ? 0 : layer->e;
        char file[64];
        snprintf(file, sizeof file, "%d_%s.npy", 101 + (int)i, layer->name);
        SMALL_F32("net_src", file, "4,", 1, 2, 3, 4);
        if (strcmp(layer->name, "lone") != 0)
            SMALL_F32("net_dst", file, "4,", times, 2 * times, 3 * times, 4 * times + e);
    }
    return 0;
}

static inline struct mm_graph *net_graph(void)
{
    struct mm_graph_builder *builder = mm_graph_new();
    struct mm_graph *graph = NULL;
    for (size_t i = 1; i < MM_COUNT(net_layers); i++) {
        const struct net_layer *layer = &net_layers[i];
        size_t inputs = layer->reads[1] ? 2 : layer->reads[0] ? 1 : 0;
        mm_graph_add_node(builder, layer->name, inputs == 2 ? "Add" : "Op", layer->reads, inputs,
                          &layer->name, 1);
    }
    mm_graph_add_tensor(builder, "input", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_tensor(builder, "tail", MM_GRAPH_OUTPUT, MM_F32, NULL);
    struct mm_err err = {0};
    if (mm_graph_finish(builder, &graph, "net", &err) < 0)
        fail_msg("%s", err.text);
    return graph;
}

static inline struct small *net_open(bool graph)
{
    struct small *small = calloc(1, sizeof *small);
    struct mm_session_options options = small_options("net_src", "net_dst");
    options.triage = true;
    options.graph = small->graph = graph ? net_graph() : NULL;
    small_open(small, &options);
    return small;
}

/* Of a test: everything is measured and looked into. */
static inline int net_setup(void **state)
{
    struct small *small = net_open(true);
    small_settle(small);
    *state = small;
    return 0;
}

static inline int net_setup_by_order(void **state)
{
    struct small *small = net_open(false);
    small_settle(small);
    *state = small;
    return 0;
}

/* Of a test: nothing is measured yet. */
static inline int net_setup_early(void **state)
{
    *state = net_open(true);
    return 0;
}

#endif
