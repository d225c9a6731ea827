#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "graph_testing.h"

static struct mm_graph_matches match_with(const struct mm_graph *graph, unsigned rungs,
                                          const char *const *names)
{
    struct mm_graph_matches matches;
    struct mm_err err;
    size_t count = 0, found = 0;
    while (names[count])
        count++;
    assert_int_equal(mm_graph_match(graph, names, count, rungs, &matches, &err), 0);
    assert_int_equal(matches.count, count);
    assert_int_equal(matches.found + matches.ambiguous + matches.missing, count);
    for (int r = 0; r < MM_RUNG_COUNT; r++)
        found += matches.by_rung[r];
    assert_int_equal(found, matches.found);
    return matches;
}
#define MATCH(graph, ...) match_with(graph, MM_RUNGS_ALL, (const char *const[]){__VA_ARGS__, NULL})

static const char *name_of(const struct mm_graph *graph, int tensor)
{
    return tensor < 0 ? "-" : graph->tensors[tensor].name;
}

/* "TENSOR RUNG": as expected, "-" for none; "a? b? RUNG" where it is ambiguous. */
static void is(const struct mm_graph *graph, const struct mm_graph_matches *matches, size_t i,
               const char *expected)
{
    static const char *const rungs[MM_RUNG_COUNT] = {"none",  "exact",  "operator", "safe",  "trimmed",
                                                     "plain", "ending", "folded",   "prefix"};
    const struct mm_graph_match *m = &matches->match[i];
    char text[200];
    if (m->candidate[0] >= 0)
        snprintf(text, sizeof text, "%s? %s? %s", name_of(graph, m->candidate[0]),
                 name_of(graph, m->candidate[1]), rungs[m->rung]);
    else
        snprintf(text, sizeof text, "%s %s", name_of(graph, m->tensor), rungs[m->rung]);
    assert_string_equal(text, expected);
    assert_true(m->tensor < 0 || m->candidate[0] < 0);
}

static struct mm_graph *network(void)
{
    return GRAPH("/m/conv/Conv|Conv|input,w|/m/conv/Conv_output_0",
                 "/m/act/Relu|Relu|/m/conv/Conv_output_0|/m/act/Relu_output_0",
                 "split|Split|/m/act/Relu_output_0|left,right", "Norm|Op|left|b.c:0",
                 "out|Op|b.c:0,right|Final");
}

/* What tpu-mlir calls tensors of an ONNX model. */
static void operators(void **state)
{
    struct mm_graph *graph = GRAPH("c|Conv|in|conv1", "r|Relu|conv1|/m/Relu_output_0",
                                   "s|Softmax|/m/Relu_output_0|prob", "a|Add|prob,in|prob_Softmax");
    (void)state;
    struct mm_graph_matches m =
        MATCH(graph, "in", "conv1_Conv", "/m/Relu_output_0_Relu", "conv1_Relu", "prob_Softmax_f32");
    is(graph, &m, 0, "in exact");
    is(graph, &m, 1, "conv1 operator");
    is(graph, &m, 2, "/m/Relu_output_0 operator");
    is(graph, &m, 3, "- none"); /* it is a Conv that makes conv1 */
    is(graph, &m, 4, "prob operator");
    mm_graph_matches_done(&m);
    m = MATCH(graph, "conv1", "conv1_Conv", "prob_Softmax_f32",
              "prob_Softmax"); /* a tensor's own name comes first */
    is(graph, &m, 0, "conv1 exact");
    is(graph, &m, 1, "- none");
    is(graph, &m, 2, "prob operator");
    is(graph, &m, 3, "prob_Softmax exact");
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
    graph = GRAPH("s|Softmax|in|prob");
    m = MATCH(graph, "prob_Softmax_f32", "prob_Softmax"); /* what was not cast comes first */
    is(graph, &m, 0, "- none");
    is(graph, &m, 1, "prob operator");
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

static void each_rung(void **state)
{
    struct mm_graph *graph = network();
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "input", "_m_conv_Conv_output_0", "m_act_Relu_output_0", "b_c_0",
                                      "split:1", "split_0", "FINAL", "nothing");
    is(graph, &m, 0, "input exact");
    is(graph, &m, 1, "/m/conv/Conv_output_0 safe");
    is(graph, &m, 2, "/m/act/Relu_output_0 trimmed");
    is(graph, &m, 3, "b.c:0 plain");
    is(graph, &m, 4, "right exact");
    assert_int_equal(m.match[4].whose, MM_WHOSE_OUTPUT);
    is(graph, &m, 5, "left safe");
    assert_int_equal(m.match[5].whose, MM_WHOSE_OUTPUT);
    is(graph, &m, 6, "Final folded");
    assert_int_equal(m.match[6].whose, MM_WHOSE_TENSOR);
    is(graph, &m, 7, "- none");
    assert_int_equal(m.found, 7);
    assert_int_equal(m.missing, 1);
    assert_int_equal(m.runs, 1);
    assert_int_equal(m.by_rung[MM_RUNG_EXACT], 2);
    assert_null(m.prefix);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

static void endings(void **state)
{
    struct mm_graph *graph = network();
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "m.conv.Conv.forward.output.0", "m.act.Relu:0", "split_output_1",
                                      "b.c", "input:0", "Norm_output_1", "w_0");
    is(graph, &m, 0, "/m/conv/Conv_output_0 ending");
    is(graph, &m, 1, "/m/act/Relu_output_0 plain"); /* the node's first output */
    assert_int_equal(m.match[1].whose, MM_WHOSE_OUTPUT);
    is(graph, &m, 2, "right ending");
    is(graph, &m, 3, "b.c:0 ending");
    is(graph, &m, 4, "input ending");
    is(graph, &m, 5, "- none"); /* Norm has one output */
    is(graph, &m, 6, "- none"); /* a number of its own */
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

static void rungs_can_be_left_out(void **state)
{
    struct mm_graph *graph = network();
    static const char *const names[] = {"input", "INPUT", "m_act_Relu_output_0", NULL};
    (void)state;
    struct mm_graph_matches m = match_with(graph, 1u << MM_RUNG_FOLDED, names);
    is(graph, &m, 0, "input? -? folded"); /* both mean it now */
    is(graph, &m, 1, "input? -? folded");
    is(graph, &m, 2, "/m/act/Relu_output_0 folded");
    mm_graph_matches_done(&m);
    m = match_with(graph, 1u << MM_RUNG_EXACT, names);
    is(graph, &m, 0, "input exact");
    is(graph, &m, 1, "- none");
    mm_graph_matches_done(&m);
    m = match_with(graph, 0, names);
    assert_int_equal(m.missing, 3);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

/* A surer match is not given up, whatever the order of the names. */
static void surer_first(void **state)
{
    struct mm_graph *graph = GRAPH("a_b|Op|x|a/b", "n|Op|a/b|c", "c|Op|c|d");
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "A.B", "a_b", "a/b", "n", "c", "C_");
    is(graph, &m, 0, "a/b? -? folded"); /* taken */
    is(graph, &m, 1, "a/b? -? exact");  /* the node's, but it is taken by its own name */
    is(graph, &m, 2, "a/b exact");
    is(graph, &m, 3, "c? -? exact"); /* likewise */
    is(graph, &m, 4, "c exact");
    is(graph, &m, 5, "c? -? folded");
    assert_int_equal(m.ambiguous, 4);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

static void ambiguous(void **state)
{
    struct mm_graph *graph = GRAPH("p|Op|x|a/b", "q|Op|x|a:b", "r|Op|x|e/f", "Act/u|Op|x|s", "act:u|Op|x|t");
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "a_b", "e_f", "e:f", "ACT_U", "e.f");
    is(graph, &m, 0, "a/b? a:b? safe");
    is(graph, &m, 1, "e/f? -? safe"); /* two names for one tensor */
    is(graph, &m, 2, "e/f? -? safe");
    is(graph, &m, 3, "s? t? folded");
    is(graph, &m, 4, "e/f? -? plain"); /* which others want already */
    assert_int_equal(m.found, 0);
    assert_int_equal(m.ambiguous, 5);
    mm_graph_matches_done(&m);
    /* one of two is named exactly: the other is not guessed */
    m = MATCH(graph, "a/b", "a_b");
    is(graph, &m, 0, "a/b exact");
    is(graph, &m, 1, "a/b? a:b? safe");
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

/* ---- prefixes --------------------------------------------------------------------------------------------------- */

static void prefix_of_the_dump(void **state)
{
    struct mm_graph *graph = network();
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "main_graph_input", "main_graph_m_conv_Conv", "main_graph/b.c",
                                      "main_graph_other", "left");
    is(graph, &m, 0, "input prefix");
    is(graph, &m, 1, "/m/conv/Conv_output_0 prefix");
    is(graph, &m, 2, "b.c:0 prefix");
    is(graph, &m, 3, "- none");
    is(graph, &m, 4, "left exact");
    assert_string_equal(m.prefix, "main_graph_");
    assert_false(m.prefix_of_graph);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

static void prefix_of_the_graph(void **state)
{
    struct mm_graph *graph =
        GRAPH("model/a|Op|model/x:0|model/a:0", "model/b|Op|model/a:0|model/b:0", "c|Op|model/b:0|c:0");
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "x", "A", "c");
    is(graph, &m, 0, "model/x:0 prefix");
    is(graph, &m, 1, "model/a:0 prefix");
    is(graph, &m, 2, "c:0 exact"); /* the node */
    assert_string_equal(m.prefix, "model_");
    assert_true(m.prefix_of_graph);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

/* Two of them, one after the other; what is dropped must find two, and half of those that have it. */
static void which_prefixes(void **state)
{
    struct mm_graph *graph = GRAPH("na|Op|x|a", "nb|Op|a|b", "nc|Op|b|c", "nd|Op|c|d", "ne|Op|d|e");
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "p_a", "p_b", "p_c", "q.d", "q.e");
    assert_int_equal(m.found, 5);
    assert_int_equal(m.by_rung[MM_RUNG_PREFIX], 5);
    assert_string_equal(m.prefix, "p_");
    mm_graph_matches_done(&m);
    m = MATCH(graph, "p_a", "q_b"); /* one each */
    assert_int_equal(m.missing, 2);
    mm_graph_matches_done(&m);
    m = MATCH(graph, "p_a", "p_b", "p_u", "p_v", "p_w");
    assert_int_equal(m.missing, 5);
    mm_graph_matches_done(&m);
    m = MATCH(graph, "p_a", "p_b", "q_a", "q_b"); /* as frequent: neither */
    assert_int_equal(m.missing, 4);
    mm_graph_matches_done(&m);
    m = MATCH(graph, "a", "b", "p_a", "p_b"); /* taken */
    assert_int_equal(m.found, 2);
    is(graph, &m, 2, "- none");
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

/* ---- occurrences ------------------------------------------------------------------------------------------------ */

static void runs(void **state)
{
    struct mm_graph *graph = GRAPH("na|Op|x,w|a", "nb|Op|a|b");
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "w", "x", "a", "b", "x", "a", "b", "a", "b");
    static const int run[] = {0, 0, 0, 0, 1, 1, 1, 2, 2};
    int x = mm_graph_tensor(graph, "x"), a = mm_graph_tensor(graph, "a"), w = mm_graph_tensor(graph, "w");
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(m.match[i].run, run[i]);
        assert_int_equal(m.match[i].occurrence, run[i]);
    }
    assert_int_equal(m.runs, 3);
    assert_int_equal(m.found, 9);
    assert_int_equal(mm_graph_matched(&m, a, 0), 2);
    assert_int_equal(mm_graph_matched(&m, a, 1), 5);
    assert_int_equal(mm_graph_matched(&m, a, 2), 7);
    assert_int_equal(mm_graph_matched(&m, a, 3), 7);
    assert_int_equal(mm_graph_matched(&m, x, 2), 4); /* fed twice */
    assert_int_equal(mm_graph_matched(&m, w, 2), 0);
    assert_int_equal(mm_graph_matched(&m, a, -1), -1);
    assert_int_equal(mm_graph_matched(&m, -1, 0), -1);
    assert_int_equal(mm_graph_matched(&m, graph->tensor_count, 0), -1);
    mm_graph_matches_done(&m);
    m = MATCH(graph, "a");
    assert_int_equal(mm_graph_matched(&m, x, 0), -1);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

/* A name that is written three times a run, in place. */
static void written_in_place(void **state)
{
    struct mm_graph *graph = GRAPH("n0|Op|x|s", "n1|Op|s|s", "n2|Op|s|s");
    (void)state;
    struct mm_graph_matches m = MATCH(graph, "s", "s", "s", "s", "s");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(m.match[i].tensor, graph->nodes[i % 3].outputs[0]);
        assert_int_equal(m.match[i].run, i / 3);
    }
    assert_int_equal(m.runs, 2);
    assert_int_equal(mm_graph_matched(&m, graph->nodes[1].outputs[0], 1), 4);
    assert_int_equal(mm_graph_matched(&m, graph->nodes[2].outputs[0], 1), 2);
    mm_graph_matches_done(&m);
    /* the last write goes by its node's name: it is taken with the others */
    m = MATCH(graph, "s", "n2");
    is(graph, &m, 0, "s exact");
    is(graph, &m, 1, "s? -? exact");
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

static void nothing(void **state)
{
    struct mm_graph *graph = GRAPH("n|Op|x|/y");
    (void)state;
    struct mm_graph_matches m = match_with(graph, MM_RUNGS_ALL, (const char *const[]){NULL});
    assert_int_equal(m.count + m.found + m.missing, 0);
    assert_int_equal(m.runs, 0);
    assert_int_equal(mm_graph_matched(&m, 0, 0), -1);
    mm_graph_matches_done(&m);
    m = MATCH(graph, "", "/", "___", "_output_0", "\xff");
    assert_int_equal(m.missing, 5);
    mm_graph_matches_done(&m);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
}

/* ---- what always holds ------------------------------------------------------------------------------------------ */

/* A short name of few characters, so that many look alike; no two of a list are equal. */
static void random_name(uint32_t *random, char out[16], int i)
{
    static const char characters[] = "aA_/:.0";
    int length = 0;
    for (; length < 5; length++) {
        *random = *random * 1664525u + 1013904223u;
        out[length] = characters[(*random >> 16) % 7];
    }
    sprintf(out + length, "%c", "bcdefghijkl"[i % 11]);
}

/* A tensor's own name always finds it; no tensor belongs to two names; what is ambiguous has no tensor. */
static void random_names(void **state)
{
    enum { COUNT = 40 };
    uint32_t random = 1;
    int found = 0, ambiguous_names = 0;
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct mm_graph_builder *b = mm_graph_new();
        char made[COUNT][16], node[COUNT][16], dumped[COUNT][16];
        const char *names[COUNT];
        struct mm_graph_matches m;
        struct mm_graph *graph;
        struct mm_err err;
        for (int i = 0; i < COUNT; i++) {
            random_name(&random, made[i], i);
            random_name(&random, node[i], i);
            random_name(&random, dumped[i], i);
            mm_graph_add_node(b, node[i], "Op", NULL, 0, &(const char *){made[i]}, 1);
            names[i] = i % 3 ? dumped[i] : made[i];
        }
        assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
        assert_int_equal(mm_graph_match(graph, names, COUNT, MM_RUNGS_ALL, &m, &err), 0);
        int *owner = calloc((size_t)graph->tensor_count, sizeof *owner);
        for (int i = 0; i < COUNT; i++) {
            int tensor = m.match[i].tensor, own = mm_graph_tensor(graph, names[i]);
            assert_true(tensor < 0 || m.match[i].candidate[0] < 0);
            if (own >= 0)
                assert_true(m.match[i].rung == MM_RUNG_EXACT &&
                            strcmp(graph->tensors[tensor].name, names[i]) == 0);
            if (tensor < 0)
                continue;
            assert_true(owner[tensor] == 0 || strcmp(names[owner[tensor] - 1], names[i]) == 0);
            owner[tensor] = i + 1;
            assert_int_equal(mm_graph_matched(&m, tensor, m.match[i].run), i);
        }
        found += (int)m.found;
        ambiguous_names += (int)m.ambiguous;
        free(owner);
        mm_graph_matches_done(&m);
        mm_graph_close(graph);
    }
    assert_true(found > 300 * 14 && ambiguous_names > 300);
}

/* ---- many names ------------------------------------------------------------------------------------------------- */

/* Every tensor of a large graph, by a name that has its separators replaced and its first one dropped. */
static void all_of_a_large_graph(void **state)
{
    enum { COUNT = 20000 };
    struct mm_graph_builder *b = mm_graph_new();
    char(*name)[64] = calloc(COUNT, sizeof *name);
    const char **dumped = calloc(COUNT, sizeof *dumped);
    struct mm_graph_matches m;
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    assert_true(b && name && dumped);
    for (int i = 0; i < COUNT; i++) {
        char tensor[64], node[64];
        snprintf(tensor, sizeof tensor, "/layers.%d/sub-%d/Op_output_0", i / 10, i % 10);
        snprintf(node, sizeof node, "/layers.%d/sub-%d/Op", i / 10, i % 10);
        snprintf(name[i], sizeof *name, "layers.%d_sub-%d_Op_output_0", i / 10, i % 10);
        dumped[COUNT - 1 - i] = name[i];
        mm_graph_add_node(b, node, "Op", NULL, 0, &(const char *){tensor}, 1);
    }
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_int_equal(mm_graph_match(graph, dumped, COUNT, MM_RUNGS_ALL, &m, &err), 0);
    assert_int_equal(m.by_rung[MM_RUNG_TRIMMED], COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(m.match[COUNT - 1 - i].tensor, graph->nodes[i].outputs[0]);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
    free(name);
    free(dumped);
}

/* Names that all look alike, or share all their parts: no worse than others. */
static void names_that_look_alike(void **state)
{
    enum { COUNT = 2000 };
    struct mm_graph_builder *b = mm_graph_new();
    char *text = malloc(COUNT + 2), (*part)[64] = calloc(COUNT, sizeof *part);
    const char **dumped = calloc(2 * COUNT, sizeof *dumped);
    struct mm_graph_matches m;
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    assert_true(b && text && part && dumped);
    memset(text, '/', COUNT + 1);
    text[COUNT] = 'a';
    text[COUNT + 1] = '\0';
    for (int i = 0; i < COUNT; i++) {
        snprintf(part[i], sizeof *part, "p_p_p_p_p_p_p_p_%d", i);
        mm_graph_add_node(b, "", "Op", NULL, 0, &(const char *){text + i}, 1); /* ///a, //a, /a */
        dumped[i] = part[i];
        dumped[COUNT + i] = "_a";
    }
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_int_equal(mm_graph_match(graph, dumped, 2 * COUNT, MM_RUNGS_ALL, &m, &err), 0);
    assert_int_equal(m.missing, COUNT);
    assert_int_equal(m.found, COUNT); /* "/a", in 2000 runs */
    assert_int_equal(m.runs, COUNT);
    mm_graph_matches_done(&m);
    mm_graph_close(graph);
    free(text);
    free(part);
    free(dumped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators),
        cmocka_unit_test(each_rung),
        cmocka_unit_test(endings),
        cmocka_unit_test(rungs_can_be_left_out),
        cmocka_unit_test(surer_first),
        cmocka_unit_test(ambiguous),
        cmocka_unit_test(prefix_of_the_dump),
        cmocka_unit_test(prefix_of_the_graph),
        cmocka_unit_test(which_prefixes),
        cmocka_unit_test(runs),
        cmocka_unit_test(written_in_place),
        cmocka_unit_test(nothing),
        cmocka_unit_test(random_names),
        cmocka_unit_test(all_of_a_large_graph),
        cmocka_unit_test(names_that_look_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
