#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mmtui/pair.h"

#define MOST 8

/* Pairs in memory, and a graph: x -> n1 -> /a/Conv_output_0 -> n2 -> b, c. */
struct setting {
    struct mm_entry entry;
    struct mm_pair pair[MOST];
    size_t count;
    struct mm_graph *graph;
    struct mm_model_match match;
    const char *node[MOST];
};

static void setting_init(struct setting *s, const char *const *names)
{
    *s = (struct setting){.entry = {.parsed = {.stamp = -1}}};
    for (; names[s->count]; s->count++)
        s->pair[s->count] = (struct mm_pair){
            .name = names[s->count], .src = &s->entry, .dst = &s->entry, .occurrence = 1, .place = s->count};
    struct mm_graph_builder *builder = mm_graph_new();
    const char *x = "x", *a = "/a/Conv_output_0", *both[] = {"b", "c"};
    mm_graph_add_tensor(builder, x, MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_node(builder, "n1", "Conv", &x, 1, &a, 1);
    mm_graph_add_node(builder, "n2", "Split", &a, 1, both, 2);
    assert_int_equal(mm_graph_finish(builder, &s->graph, "test", NULL), 0);
}

static void setting_match(struct setting *s)
{
    assert_int_equal(mm_model_match_open(&s->match, s->graph, s->pair, s->count, NULL), 0);
}

static void setting_done(struct setting *s)
{
    mm_model_match_done(&s->match);
    mm_graph_close(s->graph);
}

static const char *name_at(const struct setting *s, size_t i)
{
    return s->match.tensor[i] < 0 ? "-" : s->graph->tensors[s->match.tensor[i]].name;
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A file can't have the model's name: it is found all the same. */
static void by_the_ladder(void **state)
{
    (void)state;
    struct setting s;
    setting_init(&s, NAMES("x", "a_Conv_output_0", "b", "nowhere"));
    setting_match(&s);
    assert_string_equal(name_at(&s, 1), "/a/Conv_output_0");
    assert_string_equal(name_at(&s, 3), "-");
    assert_true(s.match.asked == 4 && s.match.known == 3 && mm_model_match_usable(&s.match));
    setting_done(&s);
}

static void runs(void **state)
{
    (void)state;
    struct setting s;
    setting_init(&s, NAMES("x", "b", "b", "b"));
    s.pair[2].occurrence = 2;
    s.pair[3].occurrence = 3;
    setting_match(&s);
    assert_int_equal(s.match.run[1], 0);
    assert_int_equal(s.match.run[3], 2);
    setting_done(&s);
}

/* Half is enough, less is not; lone tensors don't count, unless there are no others. */
static void coverage(void **state)
{
    (void)state;
    struct setting s;
    struct mm_buf missing = {0};
    setting_init(&s, NAMES("x", "no", "never", "q", "b"));
    s.pair[4].src = NULL;
    setting_match(&s);
    assert_true(s.match.asked == 4 && s.match.known == 1);
    assert_false(mm_model_match_usable(&s.match));
    mm_model_match_missing(&s.match, s.pair, 2, &missing);
    assert_string_equal(mm_buf_text(&missing), "\"no\" and \"never\"");
    mm_buf_clear(&missing);
    mm_model_match_missing(&s.match, s.pair, 9, &missing);
    assert_string_equal(mm_buf_text(&missing), "\"no\", \"never\" and \"q\"");
    mm_model_match_done(&s.match);
    s.pair[1].dst = s.pair[2].dst = NULL; /* x and q are left: 1 of 2 */
    setting_match(&s);
    assert_true(s.match.asked == 2 && s.match.known == 1 && mm_model_match_usable(&s.match));
    mm_model_match_done(&s.match);
    for (size_t i = 0; i < 4; i++)
        s.pair[i].dst = NULL;
    setting_match(&s);
    assert_true(s.match.asked == 5 && s.match.known == 2);
    mm_buf_done(&missing);
    setting_done(&s);
}

static const char *node_of(void *context, size_t i)
{
    const struct setting *s = context;
    return s->node[i] ? s->node[i] : "";
}

/* The node's name finds what the tensor's does not; n1's is found by name already, and the second that says n2:1 is
 * another tensor of that node. */
static void by_nodes(void **state)
{
    (void)state;
    struct setting s;
    setting_init(&s, NAMES("x", "a_Conv_output_0", "first", "second", "its_integers", "more_of_n1"));
    setting_match(&s);
    assert_int_equal(s.match.known, 2);
    s.node[2] = "n2";
    s.node[3] = s.node[4] = "n2:1";
    s.node[5] = "n1";
    assert_int_equal(mm_model_match_more(&s.match, s.graph, s.pair, node_of, &s, NULL), 0);
    assert_string_equal(name_at(&s, 2), "b");
    assert_string_equal(name_at(&s, 3), "c");
    assert_string_equal(name_at(&s, 4), "-");
    assert_string_equal(name_at(&s, 5), "-");
    assert_int_equal(s.match.known, 4);
    setting_done(&s);
}

/* Numbers that were taken for a part of the names: the model knows better. */
static void without_numbers(void **state)
{
    (void)state;
    struct setting s;
    struct mm_entry entry[2] = {{.parsed = {.name = "x", .stamp = 3}}, {.parsed = {.name = "b", .stamp = 4}}};
    setting_init(&s, NAMES("3_x", "4_b"));
    for (int i = 0; i < 2; i++)
        s.pair[i].src = s.pair[i].dst = &entry[i];
    setting_match(&s);
    assert_string_equal(name_at(&s, 0), "x");
    assert_string_equal(name_at(&s, 1), "b");
    setting_done(&s);
}

static void nothing(void **state)
{
    (void)state;
    struct setting s;
    setting_init(&s, NAMES(NULL));
    setting_match(&s);
    assert_false(mm_model_match_usable(&s.match));
    setting_done(&s);
    mm_model_match_done(&(struct mm_model_match){.count = 0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_the_ladder),   cmocka_unit_test(runs),
                                       cmocka_unit_test(coverage),        cmocka_unit_test(by_nodes),
                                       cmocka_unit_test(without_numbers), cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
