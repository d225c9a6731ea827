#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cause/recomputing.h"

#include <math.h>

/* Relu of x, the same on both sides; dst's result is `y`. */
static const float x[] = {1, -2, 3, 4}, right[] = {1, 0, 3, 4};

static void run_relu(struct recomputing *on, const float *y)
{
    recomputing_init(on, "Relu");
    recomputing_put(&on->input, 0, x, 4);
    recomputing_put(&on->input, 1, x, 4);
    recomputing_put(&on->result, 0, right, 4);
    recomputing_put(&on->result, 1, y, 4);
    recomputing_run(on);
}

static void found(void **state)
{
    (void)state;
    struct recomputing on;
    run_relu(&on, (const float[]){1, -0.2f, 3, 4});
    assert_string_equal(on.found.variant_says, "as LeakyRelu with alpha 0.1 where the model says Relu");
    assert_true(on.found.variant < 1e-8);
    assert_string_equal(on.found.variant_activation, "");
    assert_false(on.found.variant_fused);
    recomputing_done(&on);
}

/* The nearest is kept, also where it leaves much: whether it fits is decided elsewhere. */
static void nearest(void **state)
{
    (void)state;
    struct recomputing on;
    run_relu(&on, (const float[]){1, -2, 3, 5});
    assert_string_equal(on.found.variant_says, "as if Relu were not there");
    assert_true(fabs(on.found.variant - sqrt(1.0 / 30)) < 1e-12); /* against x: 1 4 9 16 */
    recomputing_done(&on);
}

/* Nothing is tried of a result that is right, nor of one that is broken. */
static void not_asked(void **state)
{
    (void)state;
    struct recomputing on;
    run_relu(&on, right);
    assert_true(isnan(on.found.variant));
    assert_string_equal(on.found.variant_says, "");
    assert_string_equal(on.found.variant_origin, "");
    recomputing_done(&on);
    run_relu(&on, (const float[]){1, NAN, 3, 4});
    assert_true(isnan(on.found.variant));
    recomputing_done(&on);
}

/* A NaN that came in as one and is none any more; where src loses it as well, nothing is said. */
static void nan_lost(void **state)
{
    (void)state;
    static const float with_nan[] = {1, NAN, 3, 4};
    struct recomputing on;
    run_relu(&on, right);
    recomputing_put(&on.input, 1, with_nan, 4);
    recomputing_run(&on);
    assert_int_equal(on.found.nan_lost, 1);
    assert_true(on.found.nan_as == 0);
    assert_int_equal(on.found.nonfinite, 0);
    recomputing_put(&on.input, 0, with_nan, 4);
    recomputing_run(&on);
    assert_int_equal(on.found.nan_lost, 0);
    recomputing_done(&on);
}

/* A softmax of nothing but -Inf is NaN, but none came in. */
static void nan_made(void **state)
{
    (void)state;
    static const float none[] = {-INFINITY, -INFINITY}, even[] = {0.5f, 0.5f}, zero[] = {0, 0};
    struct recomputing on;
    recomputing_init(&on, "Softmax");
    recomputing_put(&on.input, 0, zero, 2);
    recomputing_put(&on.input, 1, none, 2);
    recomputing_put(&on.result, 0, even, 2);
    recomputing_put(&on.result, 1, even, 2);
    recomputing_run(&on);
    assert_int_equal(on.found.nan_lost, 0);
    recomputing_done(&on);
}

/* y = Relu(x) behind Neg in the model: dst's Neg holds it. */
static void fused(void **state)
{
    (void)state;
    struct mm_graph_builder *builder = mm_graph_new();
    struct recomputing on;
    recomputing_init(&on, "Mystery");
    mm_graph_close(on.graph);
    mm_graph_add_node(builder, "n", "BatchNormalization", (const char *const[]){"x", "s", "b", "m", "v"}, 5,
                      (const char *const[]){"y"}, 1);
    mm_graph_add_node(builder, "r", "Relu", (const char *const[]){"y"}, 1, (const char *const[]){"z"}, 1);
    assert_int_equal(mm_graph_finish(builder, &on.graph, "test", NULL), 0);
    const struct mm_pair *inputs[5];
    struct pair_files parameter[4];
    static const float of[] = {1, 0, 0, 1};
    for (int i = 0; i < 4; i++) {
        pair_files_init(&parameter[i]);
        for (int side = 0; side < 2; side++)
            pair_files_put(&parameter[i], side, side ? "2_t.npy" : "1_t.npy", MM_F32,
                           (struct mm_shape){1, {1}}, &of[i]);
        inputs[i + 1] = &parameter[i].pair;
    }
    inputs[0] = &on.input.pair;
    for (int side = 0; side < 2; side++)
        pair_files_put(&on.input, side, side ? "2_t.npy" : "1_t.npy", MM_F32, (struct mm_shape){2, {4, 1}},
                       x);
    pair_files_put(&on.result, 0, "1_t.npy", MM_F32, (struct mm_shape){2, {4, 1}}, x);
    pair_files_put(&on.result, 1, "2_t.npy", MM_F32, (struct mm_shape){2, {4, 1}}, right);
    on.what = (struct mm_recompute){.graph = on.graph, .pair = &on.result.pair, .input = inputs};
    recomputing_run(&on);
    assert_string_equal(on.found.variant_says, "with a ReLU behind it");
    assert_string_equal(on.found.variant_activation, "Relu");
    assert_true(on.found.variant_fused);
    for (int i = 0; i < 4; i++)
        pair_files_done(&parameter[i]);
    recomputing_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found),    cmocka_unit_test(nearest),  cmocka_unit_test(not_asked),
        cmocka_unit_test(nan_lost), cmocka_unit_test(nan_made), cmocka_unit_test(fused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
