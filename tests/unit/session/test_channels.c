/* Channels, worst elements, windows and heat maps on request: which axis, what is answered, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

/* x -> MatMul by w [4, 3] -> y [2, 5, 3]. */
static struct mm_graph *product(void)
{
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *builder = mm_graph_new();
    const char *in[] = {"x", "w"}, *y = "y";
    const struct mm_shape w = {2, {4, 3}};
    mm_graph_add_tensor(builder, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_tensor(builder, "w", MM_GRAPH_CONSTANT, MM_F32, &w);
    mm_graph_add_node(builder, "", "MatMul", in, 2, &y, 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

/* y of 2 x 5 x 3: 0 to 29; in dst 29 is 33. */
static void put_y(struct stage *stage)
{
    float x[30];
    for (int i = 0; i < 30; i++)
        x[i] = (float)i;
    put_npy(stage->src, "y.npy", "<f4", "(2, 5, 3)", x, sizeof x);
    x[29] = 33;
    put_npy(stage->dst, "y.npy", "<f4", "(2, 5, 3)", x, sizeof x);
}

static void the_operator_tells_the_axis(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct stage stage;
        struct mm_graph *graph = product();
        bool known;
        stage_init(&stage);
        put_y(&stage);
        stage.options.graph = with ? graph : NULL;
        stage_measure(&stage);
        assert_int_equal(mm_session_channel_axis(stage.session, 0, &known), with ? 2 : 1);
        assert_true(known == with);
        stage_done(&stage);
        mm_graph_close(graph);
    }
}

static void answers(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_slice all, row;
    const char *error;
    stage_init(&stage);
    put_y(&stage);
    stage_measure(&stage);
    mm_slice_all(&all);
    assert_int_equal(mm_slice_parse("[1,4,:]", mm_session_shape(stage.session, 0), &row, NULL), 0);
    const struct mm_heat_options options = {.slice = all, .y_axis = 1, .x_axis = 2, .rows = 9, .columns = 9};
    for (int round = 0; round < 2; round++) { /* asked for, and there */
        const struct mm_channels *channels = mm_session_channels(stage.session, 0, 2, &error);
        assert_null(error);
        const struct mm_worst_elements *worst =
            mm_session_worst(stage.session, 0, &all, MM_WORST_ABS, &error);
        const struct mm_window *window = mm_session_window(stage.session, 0, &row, 0, &error);
        const struct mm_heat *heat = mm_session_heat(stage.session, 0, &options, &error);
        assert_true(!channels == !round && !worst == !round && !window == !round && !heat == !round);
        mm_session_finish(stage.session, NULL, NULL);
        if (round == 0)
            continue;
        assert_true(channels->count == 3 && channels->channel[2].max_abs == 4 &&
                    channels->channel[1].rms == 0);
        assert_true(worst->elements == 1 && worst->element[0].at == 29);
        assert_true(window->n == 3 && window->element[2].d == 33);
        assert_true(heat->options.rows == 5 && heat->cell[14].error == 4);
    }
    assert_null(mm_session_channels(stage.session, 0, 3, &error)); /* there is no such axis */
    mm_session_finish(stage.session, NULL, NULL);
    assert_null(mm_session_channels(stage.session, 0, 3, &error));
    assert_string_equal(error, "there is no axis 3");
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_operator_tells_the_axis),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
