#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

/* x -> a -> b -> c -> d -> e, `more` reads c; raised: those whose letter is in `raised` (F32). */
static void assert_filled(const char *raised, const char *more, const char *expected)
{
    static const char *const names[] = {"x", "a", "b", "c", "d", "e"};
    struct suggesting on;
    char found[8] = "";
    suggesting_init(&on);
    network_op(&on.net, names[0], 0, NULL, NULL);
    for (int i = 1; i < 6; i++)
        network_op(&on.net, names[i], 1e-3, names[i - 1], NULL);
    if (*more)
        network_op(&on.net, "more", 1e-3, more, NULL);
    suggesting_finish(&on, true);
    for (uint32_t id = 0; id < 6; id++) {
        if (strstr(raised, names[id]))
            suggest_raise(&on.s, id, MM_F32, MM_WHY_SHARE, -1);
    }
    suggest_holes(&on.s);
    for (uint32_t id = 0; id < on.net.count; id++) {
        if (on.s.layer[id].raised && on.s.layer[id].why == MM_WHY_HOLE)
            strcat(found, names[id]);
    }
    assert_string_equal(found, expected);
    suggesting_done(&on);
}

static void between_raised_ones(void **state)
{
    (void)state;
    assert_filled("ac", "", "b");
    assert_filled("ad", "", "bc");
    assert_filled("ae", "", ""); /* three are too many */
    assert_filled("a", "", "");
    assert_filled("ace", "", "bd");
    assert_filled("ad", "c", ""); /* somebody else reads c: a cast is needed anyway */
    assert_filled("ac", "b", "");
    assert_filled("bc", "", "");
    assert_filled("de", "", "");
}

/* A residual: all inputs must be raised. */
static void all_inputs(void **state)
{
    (void)state;
    for (int both = 0; both < 2; both++) {
        struct suggesting on;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        network_op(&on.net, "a", 1e-3, "x", NULL);
        network_op(&on.net, "b", 1e-3, "x", NULL);
        network_op(&on.net, "add", 1e-3, "a", "b");
        network_op(&on.net, "c", 1e-3, "add", NULL);
        network_op(&on.net, "y", 1e-3, "c", NULL);
        suggesting_finish(&on, true);
        suggest_raise(&on.s, 1, MM_F32, MM_WHY_SHARE, -1);
        suggest_raise(&on.s, 4, MM_F32, MM_WHY_SHARE, -1);
        if (both)
            suggest_raise(&on.s, 2, MM_F32, MM_WHY_SHARE, -1);
        suggest_holes(&on.s);
        assert_int_equal(on.s.layer[3].raised, both);
        suggesting_done(&on);
    }
}

/* One that multiplies, one that is quantised, one that is FP16 between two that become FP16. */
static void only_what_is_cheap_and_saves(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        struct suggesting on;
        const struct mm_shape shape = {.rank = 2, .dim = {10, 10}};
        const char *inputs[] = {"a", "w"}, *name = "b";
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        network_op(&on.net, "a", 1e-3, "x", NULL)->src.shape = shape;
        if (kind == 1) {
            mm_graph_add_node(on.net.builder, "", "MatMul", inputs, 2, &name, 1);
            mm_graph_add_tensor(on.net.builder, "w", MM_GRAPH_CONSTANT, MM_F32, &shape);
            mm_graph_add_tensor(on.net.builder, "a", 0, MM_F32, &shape);
            mm_graph_add_tensor(on.net.builder, "b", 0, MM_F32, &shape);
            network_layer(&on.net, "b", 1e-3)->src.shape = shape;
        } else if (kind == 2) {
            int8_op(&on, "b", 1e-3, "a", NULL);
        } else {
            network_op(&on.net, "b", 1e-3, "a", NULL);
        }
        network_op(&on.net, "c", 1e-3, "b", NULL);
        network_op(&on.net, "y", 1e-3, "c", NULL);
        suggesting_finish(&on, true);
        enum mm_dtype to = kind == 3 ? MM_F16 : MM_F32;
        suggest_raise(&on.s, 1, to, MM_WHY_SHARE, -1);
        suggest_raise(&on.s, 3, to, MM_WHY_SHARE, -1);
        suggest_holes(&on.s);
        assert_int_equal(on.s.layer[2].raised, kind == 0);
        suggesting_done(&on);
    }
}

static void not_by_order_alone(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    for (int i = 0; i < 4; i++)
        network_layer(&on.net, "layer", 1e-3);
    suggesting_finish(&on, false);
    suggest_raise(&on.s, 1, MM_F32, MM_WHY_SHARE, -1);
    suggest_raise(&on.s, 3, MM_F32, MM_WHY_SHARE, -1);
    suggest_holes(&on.s);
    assert_false(on.s.layer[2].raised);
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_raised_ones),
        cmocka_unit_test(all_inputs),
        cmocka_unit_test(only_what_is_cheap_and_saves),
        cmocka_unit_test(not_by_order_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
