#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

static void assert_order(const struct stage *stage, enum mm_column_id column, bool reverse,
                         const size_t expected[LAYERS])
{
    const struct mm_order order = {column, reverse};
    size_t ids[LAYERS];
    for (size_t start = 0; start < LAYERS; start++) { /* whatever the order before */
        for (size_t i = 0; i < LAYERS; i++)
            ids[i] = (start + i * 3) % LAYERS;
        mm_order_sort(stage->session, &order, ids, LAYERS);
        for (size_t i = 0; i < LAYERS; i++) {
            if (ids[i] != expected[i])
                fail_msg("%s: layer %zu at place %zu, not %zu", mm_column(column)->key, ids[i], i,
                         expected[i]);
        }
    }
}

#define ORDER(column, reverse, ...) assert_order(*state, column, reverse, (const size_t[LAYERS]){__VA_ARGS__})

/* Worst first: broken, unreadable and infinite; then by size; ties in execution order; without a figure
 * last. */
static void worst_first(void **state)
{
    ORDER(MM_COLUMN_DIFF2, false, FROM_ZERO, NANS, SHAPES, BAD, CONV2, CONV, REP1, ZERO, ODD, CONV10, REP2,
          LONE_SRC, LONE_DST, BOTH_INF);
    ORDER(MM_COLUMN_MAX_ABS, false, NANS, SHAPES, BAD, CONV, CONV2, FROM_ZERO, REP1, ZERO, ODD, CONV10, REP2,
          LONE_SRC, LONE_DST, BOTH_INF);
}

/* The other way round: but what has no figure stays last, and ties stay in execution order. */
static void best_first(void **state)
{
    ORDER(MM_COLUMN_DIFF2, true, ZERO, ODD, CONV10, REP2, REP1, CONV, CONV2, FROM_ZERO, NANS, SHAPES, BAD,
          LONE_SRC, LONE_DST, BOTH_INF);
}

static void small_is_worse(void **state)
{
    ORDER(MM_COLUMN_COSINE, false, NANS, SHAPES, BAD, FROM_ZERO, CONV2, CONV, ZERO, ODD, CONV10, REP1, REP2,
          LONE_SRC, LONE_DST, BOTH_INF);
    ORDER(MM_COLUMN_SQNR, false, FROM_ZERO, NANS, SHAPES, BAD, CONV2, CONV, REP1, ZERO, ODD, CONV10, REP2,
          LONE_SRC, LONE_DST, BOTH_INF);
}

static void execution_order(void **state)
{
    ORDER(MM_COLUMN_NUMBER, false, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    ORDER(MM_COLUMN_NUMBER, true, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

static void by_name(void **state)
{
    ORDER(MM_COLUMN_LAYER, false, BAD, BOTH_INF, CONV, CONV2, CONV10, FROM_ZERO, LONE_DST, LONE_SRC, NANS,
          REP1, REP2, SHAPES, ZERO, ODD);
    ORDER(MM_COLUMN_LAYER, true, ODD, ZERO, SHAPES, REP2, REP1, NANS, LONE_SRC, LONE_DST, FROM_ZERO, CONV10,
          CONV2, CONV, BOTH_INF, BAD);
    ORDER(MM_COLUMN_OP, false, REP1, REP2, BOTH_INF, CONV2, SHAPES, LONE_SRC, LONE_DST, NANS, ZERO, FROM_ZERO,
          CONV, ODD, CONV10, BAD);
}

static void a_part_of_the_layers(void **state)
{
    const struct stage *stage = *state;
    const struct mm_order order = {MM_COLUMN_DIFF1, false};
    size_t ids[] = {CONV, CONV2, 77};
    mm_order_sort(stage->session, &order, ids, 2);
    assert_int_equal(ids[0], CONV2);
    assert_int_equal(ids[1], CONV);
    assert_int_equal(ids[2], 77);
    mm_order_sort(stage->session, &order, ids, 0);
    mm_order_sort(stage->session, &order, NULL, 0);
}

/* Nothing is known yet: everything ties. */
static void before_anything_is_read(void **state)
{
    (void)state;
    struct stage stage;
    stage_unread(&stage);
    static const size_t plain[LAYERS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    assert_order(&stage, MM_COLUMN_DIFF2, false, plain);
    assert_order(&stage, MM_COLUMN_DIFF2, true, plain);
    assert_order(&stage, MM_COLUMN_OP, true, plain);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worst_first),
        cmocka_unit_test(best_first),
        cmocka_unit_test(small_is_worse),
        cmocka_unit_test(execution_order),
        cmocka_unit_test(by_name),
        cmocka_unit_test(a_part_of_the_layers),
        cmocka_unit_test(before_anything_is_read),
    };
    return cmocka_run_group_tests(tests, setup_layers, teardown_layers);
}
