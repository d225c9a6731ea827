#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cause/fused.h"

#include <math.h>

static const struct mm_shape square = {2, {2, 2}}, row = {1, {2}};
static const char *const matmul[] = {"MatMul", "Add", "Relu"};

/* W 1 2 / 3 4 and b -10 1: src's x is 1 0 / 0 2, so y 0 3 / 0 9; dst's x is 1 1 / 2 0, so y 0 7 / 0 5. */
static void put(struct fused *f, const float *y_of_dst)
{
    static const float w[] = {1, 2, 3, 4}, b[] = {-10, 1};
    static const float x[2][4] = {{1, 0, 0, 2}, {1, 1, 2, 0}}, y[] = {0, 3, 0, 9};
    fused_init(f, matmul);
    for (int side = 0; side < 2; side++) {
        fused_put(f, X, side, square, x[side]);
        fused_put(f, W, side, square, w);
        fused_put(f, B, side, row, b);
    }
    fused_put(f, Y, 0, square, y);
    fused_put(f, Y, 1, square, y_of_dst);
}

static void as_one_operator(void **state)
{
    (void)state;
    struct fused f;
    put(&f, (const float[]){0, 7, 0, 5});
    fused_run(&f);
    assert_string_equal(f.found.why, "");
    assert_int_equal(f.found.state, MM_RECOMPUTE_DONE);
    assert_int_equal(f.found.kind, MM_OPERATOR_LINEAR);
    assert_false(f.found.selects);
    assert_int_equal(f.found.positions, 4);
    assert_true(f.found.residual == 0 && f.found.reference == 0);
    fused_done(&f);
}

/* Without the bias y is 4 6 / 2 4: off by 4 -1 2 -1, of 7 and 5; 6 for 7 may have been clipped. */
static void off(void **state)
{
    (void)state;
    struct fused f;
    put(&f, (const float[]){4, 6, 2, 4});
    fused_run(&f);
    assert_true(fabs(f.found.residual - sqrt(21.0 / 74)) < 1e-7);
    assert_string_equal(f.found.variant_says, "without its second input (Add)");
    assert_true(f.found.variant == 0);
    fused_done(&f);
    put(&f, (const float[]){-6, 7, -8, 5}); /* the last step is missing */
    fused_run(&f);
    assert_string_equal(f.found.variant_says, "as if Relu were not there (Relu)");
    assert_true(f.found.variant == 0);
    fused_done(&f);
    put(&f, (const float[]){0, 8, 0, 7}); /* W by columns: m 3 7 / 2 6 */
    fused_run(&f);
    assert_string_equal(f.found.variant_says, "with its second matrix transposed (MatMul)");
    assert_true(f.found.variant == 0);
    fused_done(&f);
}

static void steps(void **state)
{
    (void)state;
    struct fused f;
    struct line line;
    put(&f, (const float[]){0, 7, 0, 5});
    assert_true(line_find(&f.what, &line));
    assert_int_equal(line.count, 3);
    assert_int_equal(line.step[0].node, 0);
    assert_int_equal(line.step[2].node, 2);
    assert_true(line.from[1][0] == 0 && line.from[1][1] == -1 && line.from[2][0] == 1);
    f.source[2].pair = NULL; /* b was not dumped, either */
    fused_run(&f);
    assert_int_equal(f.found.state, MM_RECOMPUTE_UNABLE);
    fused_done(&f);
}

/* By itself an operator with weights is a line of one step. */
static void one(void **state)
{
    (void)state;
    struct fused f;
    struct line line;
    put(&f, (const float[]){0, 7, 0, 5});
    f.what.node = 0;
    assert_true(line_find(&f.what, &line));
    assert_int_equal(line.count, 1);
    f.what.node = 1; /* the result of the first step is not dumped */
    assert_true(line_find(&f.what, &line));
    assert_int_equal(line.count, 2);
    fused_done(&f);
}

/* What does not broadcast to the result is said, not read. */
static void unfit(void **state)
{
    (void)state;
    struct fused f;
    static const float b[] = {1, 2, 3};
    put(&f, (const float[]){0, 7, 0, 5});
    for (int side = 0; side < 2; side++)
        fused_put(&f, B, side, (struct mm_shape){1, {3}}, b);
    fused_run(&f);
    assert_int_equal(f.found.state, MM_RECOMPUTE_UNABLE);
    assert_string_equal(f.found.why, "an input that does not fit what it is added to");
    fused_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_one_operator), cmocka_unit_test(off),
        cmocka_unit_test(steps),           cmocka_unit_test(one),
        cmocka_unit_test(unfit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
