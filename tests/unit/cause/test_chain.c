#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cause/fused.h"

#include <math.h>

static const struct mm_shape square = {2, {2, 2}}, row = {1, {2}};

/* m = x transposed, a = m + b, y = the greatest (ReduceMax is not element-wise): the chain is made whole. */
static void put(struct fused *f, const char *const kinds[3], const float *y_of_dst)
{
    static const float x[2][4] = {{1, 2, 3, 4}, {5, 1, 1, 2}}, b[] = {10, 0}, y[] = {13};
    fused_init(f, kinds);
    for (int side = 0; side < 2; side++) {
        fused_put(f, X, side, square, x[side]);
        fused_put(f, B, side, row, b);
    }
    fused_put(f, Y, 0, (struct mm_shape){2, {1, 1}}, y);
    fused_put(f, Y, 1, (struct mm_shape){2, {1, 1}}, y_of_dst);
}

/* src: 1 3 / 2 4 + 10 0: 12 is the greatest; dst: 5 1 / 1 2 + 10 0: 15. */
static void made(void **state)
{
    (void)state;
    static const char *const kinds[] = {"Transpose", "Add", "ReduceMax"};
    struct fused f;
    put(&f, kinds, (const float[]){15});
    fused_put(&f, Y, 0, (struct mm_shape){2, {1, 1}}, (const float[]){12});
    fused_run(&f);
    assert_string_equal(f.found.why, "");
    assert_int_equal(f.found.kind, MM_OPERATOR_REDUCTION);
    assert_false(f.found.selects); /* a sum on the way rounds */
    assert_true(f.found.residual == 0);
    fused_put(&f, Y, 1, (struct mm_shape){2, {1, 1}}, (const float[]){18});
    fused_run(&f);
    assert_true(fabs(f.found.residual - 0.2) < 1e-12);
    fused_done(&f);
}

/* What integer weights would cost amid the chain is not known. */
static void not_through_weights(void **state)
{
    (void)state;
    static const char *const kinds[] = {"MatMul", "Add", "ReduceMax"};
    struct fused f;
    put(&f, kinds, (const float[]){15});
    for (int side = 0; side < 2; side++)
        fused_put(&f, W, side, square, (const float[]){1, 0, 0, 1});
    fused_run(&f);
    assert_int_equal(f.found.state, MM_RECOMPUTE_UNABLE);
    assert_string_equal(f.found.why, "its input m was not dumped on both sides");
    fused_done(&f);
}

static void nothing_before(void **state)
{
    (void)state;
    static const char *const kinds[] = {"Transpose", "Add", "ReduceMax"};
    struct fused f;
    put(&f, kinds, (const float[]){15});
    f.source[0].pair = NULL;
    fused_run(&f);
    assert_int_equal(f.found.state, MM_RECOMPUTE_UNABLE);
    assert_string_equal(f.found.why, "its input x was not dumped on both sides");
    fused_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made),
        cmocka_unit_test(not_through_weights),
        cmocka_unit_test(nothing_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
