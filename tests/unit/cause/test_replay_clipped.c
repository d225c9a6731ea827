#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/replay.h"
#include "unit/near.h"

#include <math.h>
#include <string.h>

#define MANY 2048

static struct mm_value value_of(const float *x, int64_t count)
{
    return (struct mm_value){.dtype = MM_F32, .shape = {.rank = 1, .dim = {count}}, .count = count, .f = x};
}

/* 256 different values among many are a grid, 257 are none; of few nothing is told. */
static void grids(void **state)
{
    (void)state;
    float x[MANY];
    for (int i = 0; i < MANY; i++)
        x[i] = (float)(i % 256) * 0.37f - 20;
    struct mm_value y = value_of(x, MANY);
    assert_int_equal(replay_grid_of(&y), REPLAY_GRID);
    x[1000] = 0.123f;
    assert_int_equal(replay_grid_of(&y), REPLAY_NO_GRID);
    y = value_of(x, 1023);
    assert_int_equal(replay_grid_of(&y), REPLAY_GRID_UNKNOWN);
    y = value_of(x, 0);
    assert_int_equal(replay_grid_of(&y), REPLAY_GRID_UNKNOWN);
    for (int i = 0; i < MANY; i++)
        x[i] = NAN;
    y = value_of(x, MANY);
    assert_int_equal(replay_grid_of(&y), REPLAY_GRID); /* one value */
}

/* Two matrices in integers, two activations in floats: what was clipped counts for the floats alone, and a small tensor is what
 * others of its kind are. */
static void clipped(void **state)
{
    (void)state;
    struct mm_graph_node nodes[] = {{.op_type = "MatMul", .domain = ""}, {.op_type = "Relu", .domain = ""}};
    struct mm_graph graph = {.nodes = nodes};
    enum replay_grid grid[] = {REPLAY_GRID, REPLAY_GRID_UNKNOWN, REPLAY_NO_GRID, REPLAY_GRID_UNKNOWN};
    struct mm_replay_layer layer[4];
    memset(layer, 0, sizeof layer);
    for (int i = 0; i < 4; i++) {
        layer[i].node = i / 2;
        layer[i].found = (struct mm_replay_found){.state = MM_RECOMPUTE_DONE,
                                                  .residual = 0.01,
                                                  .with_clipped = 0.5,
                                                  .clipped = 3,
                                                  .grid = (int)grid[i]};
    }
    replay_count_clipped(&graph, layer, 4);
    for (int i = 0; i < 4; i++) {
        assert_near(layer[i].found.residual, i < 2 ? 0.01 : 0.5, 0);
        assert_int_equal(layer[i].found.clipped, i < 2 ? 3 : 0);
    }
    assert_int_equal(layer[1].found.grid, REPLAY_GRID);
    assert_int_equal(layer[3].found.grid, REPLAY_GRID_UNKNOWN);
}

/* What was not replayed changes nothing. */
static void merged(void **state)
{
    (void)state;
    struct mm_graph_node node = {.op_type = "Relu", .domain = ""};
    struct mm_replay_found found = {.state = MM_RECOMPUTE_UNABLE};
    struct mm_recomputed out;
    mm_recompute_none(&out);
    mm_replay_merge(&found, &node, &out);
    assert_false(out.replayed);
    found = (struct mm_replay_found){.state = MM_RECOMPUTE_DONE,
                                     .residual = 0.2,
                                     .reference = NAN,
                                     .rounding = 1e-7,
                                     .computed = 0.004,
                                     .stored = NAN,
                                     .left = 0.1,
                                     .left_tensor = NAN,
                                     .left_channel = NAN,
                                     .input_int8 = NAN,
                                     .positions = 7,
                                     .before = 2};
    mm_replay_merge(&found, &node, &out);
    assert_true(out.replayed);
    assert_int_equal(out.kind, MM_OPERATOR_ELEMENTWISE);
    assert_near(out.residual, 0.2, 0);
    assert_near(out.rounding, 0.004, 0); /* the larger of the two */
    assert_near(out.left, 0.1, 0);
    assert_int_equal(out.positions, 7);
    assert_int_equal(out.before, 2);
    node.op_type = "NobodyKnows"; /* a kind is needed all the same */
    mm_recompute_none(&out);
    mm_replay_merge(&found, &node, &out);
    assert_int_equal(out.state, MM_RECOMPUTE_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids),
        cmocka_unit_test(clipped),
        cmocka_unit_test(merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
