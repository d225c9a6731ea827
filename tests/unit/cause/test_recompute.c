#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cause/recomputing.h"

#include <math.h>

static const float x_src[] = {1, -2, 3, 4}, y_src[] = {1, 0, 3, 4};
static const float x_dst[] = {2, -1, 3, 6}, y_right[] = {2, 0, 3, 6};

static void put_all(struct recomputing *on, const float *y_of_dst)
{
    recomputing_init(on, "Relu");
    recomputing_put(&on->input, 0, x_src, 4);
    recomputing_put(&on->input, 1, x_dst, 4);
    recomputing_put(&on->result, 0, y_src, 4);
    recomputing_put(&on->result, 1, y_of_dst, 4);
    recomputing_run(on);
}

/* Whatever came in: from these inputs the result is right. */
static void right(void **state)
{
    (void)state;
    struct recomputing on;
    put_all(&on, y_right);
    assert_int_equal(on.found.state, MM_RECOMPUTE_DONE);
    assert_string_equal(on.found.why, "");
    assert_true(on.found.residual == 0 && on.found.reference == 0);
    assert_int_equal(on.found.kind, MM_OPERATOR_ELEMENTWISE);
    assert_true(on.found.selects);
    assert_int_equal(on.found.positions, 4);
    assert_true(on.found.rounding == 0x1p-24); /* f32 */
    assert_true(isnan(on.found.per_tensor) && isnan(on.found.fit_channel) && isnan(on.found.input_int8));
    recomputing_done(&on);
}

/* The negative half came through: r = 0 -1 0 0, y0 = 2 0 3 6, so 1/7. */
static void wrong(void **state)
{
    (void)state;
    struct recomputing on;
    put_all(&on, x_dst);
    assert_int_equal(on.found.state, MM_RECOMPUTE_DONE);
    assert_true(fabs(on.found.residual - 1.0 / 7) < 1e-12);
    assert_true(on.found.reference == 0);
    recomputing_done(&on);
}

/* src's own result does not come out: this is not the operator that made it. */
static void another_graph(void **state)
{
    (void)state;
    struct recomputing on;
    put_all(&on, y_right);
    recomputing_put(&on.result, 0, x_src, 4);
    recomputing_run(&on);
    assert_int_equal(on.found.state, MM_RECOMPUTE_VOID);
    assert_non_null(strstr(on.found.why, "src's own result"));
    assert_true(fabs(on.found.reference - 2 / sqrt(26)) < 1e-12);
    recomputing_done(&on);
}

static void unable(void **state)
{
    (void)state;
    struct recomputing on;
    recomputing_init(&on, "Mystery");
    recomputing_run(&on);
    assert_int_equal(on.found.state, MM_RECOMPUTE_UNABLE);
    assert_string_equal(on.found.why, "mmtui can't compute Mystery");
    recomputing_done(&on);
    put_all(&on, y_right);
    on.inputs[0] = NULL;
    recomputing_run(&on);
    assert_int_equal(on.found.state, MM_RECOMPUTE_UNABLE);
    assert_string_equal(on.found.why, "its input x was not dumped on both sides");
    on.inputs[0] = &on.input.pair;
    recomputing_put(&on.result, 0, y_src, 3); /* fewer than Relu gives */
    recomputing_put(&on.result, 1, y_src, 3);
    recomputing_run(&on);
    assert_int_equal(on.found.state, MM_RECOMPUTE_UNABLE);
    assert_string_equal(on.found.why, "it gives 4 values, and the dump has 3");
    recomputing_done(&on);
}

static void cancelled(void **state)
{
    (void)state;
    struct recomputing on;
    atomic_bool cancel = true;
    struct mm_err err = {MM_OK, ""};
    put_all(&on, y_right);
    assert_int_equal(mm_recompute_run(&on.what, &cancel, &on.found, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    recomputing_done(&on);
}

static void nonfinite(void **state)
{
    (void)state;
    static const float with_nan[] = {2, 0, NAN, 6};
    struct recomputing on;
    put_all(&on, with_nan);
    assert_int_equal(on.found.nonfinite, 1);
    assert_true(on.found.residual == 0);
    recomputing_done(&on);
}

/* sqrt(.03^2 + .04^2 + .12^2) = .13 */
static void int8(void **state)
{
    (void)state;
    struct mm_recomputed here = {
        .per_tensor = 0.03, .per_channel = 0.01, .input_int8 = 0.04, .result_int8 = 0.12};
    assert_true(fabs(mm_recomputed_int8(&here, MM_PER_TENSOR) - 0.13) < 1e-12);
    assert_true(fabs(mm_recomputed_int8(&here, MM_GRANULARITY_UNKNOWN) - 0.13) < 1e-12);
    assert_true(fabs(mm_recomputed_int8(&here, MM_PER_CHANNEL) - sqrt(0.0161)) < 1e-12);
    here.per_tensor = here.per_channel = here.input_int8 = here.result_int8 = NAN;
    assert_true(mm_recomputed_int8(&here, MM_PER_TENSOR) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right),  cmocka_unit_test(wrong),     cmocka_unit_test(another_graph),
        cmocka_unit_test(unable), cmocka_unit_test(cancelled), cmocka_unit_test(nonfinite),
        cmocka_unit_test(int8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
