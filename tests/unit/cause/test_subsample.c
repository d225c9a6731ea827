#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/subsample.h"

/* A value that tells its place: channel, row and column. */
static float at(int64_t c, int64_t y, int64_t x)
{
    return (float)(c * 4000 + y + (double)x / 1024);
}

static void shapes(void **state)
{
    (void)state;
    struct mm_shape shape = {4, {1, 8, 128, 64}}; /* 2^16: four times too many */
    float *x = malloc(((size_t)1 << 16) * sizeof *x);
    assert_non_null(x);
    for (int64_t i = 0; i < 1 << 16; i++)
        x[i] = at(i >> 13, i >> 6 & 127, i & 63);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err = {MM_OK, ""};
    struct mm_stats stats = {.finite = 1, .min = -5, .max = 1e6};
    struct subsample subsample;
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(subsample_open(&subsample, &tensor, &stats, 1u << 1, &err), 0);
    /* the longest first, 128 to 64, then (the first of two alike) to 32 */
    assert_int_equal(subsample.tensor.shape.rank, 4);
    assert_int_equal(subsample.tensor.shape.dim[1], 8);
    assert_int_equal(subsample.tensor.shape.dim[2], 32);
    assert_int_equal(subsample.tensor.shape.dim[3], 64);
    assert_int_equal(subsample.tensor.count, SUBSAMPLE_COUNT);
    const float *y = subsample.values;
    for (int64_t i = 0; i < SUBSAMPLE_COUNT; i++) {
        if (i == SUBSAMPLE_COUNT / 3 || i == SUBSAMPLE_COUNT / 3 * 2)
            continue;
        assert_true(y[i] == at(i >> 11, 4 * (i >> 6 & 31), i & 63));
    }
    assert_true(y[SUBSAMPLE_COUNT / 3] == -5 && y[SUBSAMPLE_COUNT / 3 * 2] == 1e6f);
    subsample_close(&subsample);

    shape = (struct mm_shape){2, {2, 1 << 13}}; /* as many as are taken whole */
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(subsample_open(&subsample, &tensor, &stats, 0, &err), 0);
    assert_null(subsample.values);
    assert_ptr_equal(subsample.tensor.run, tensor.run);
    subsample_close(&subsample);

    shape = (struct mm_shape){1, {1 << 16}}; /* one axis, a channel axis: halved all the same, the middle */
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(subsample_open(&subsample, &tensor, &stats, 1, &err), 0);
    assert_int_equal(subsample.tensor.count, SUBSAMPLE_COUNT);
    assert_true(((const float *)subsample.values)[0] == x[3 << 13]); /* (2^16 - 2^14) / 2 */
    subsample_close(&subsample);
    free(x);
}

/* An RMS error of 0.5 against a whole of RMS 5 (mean 3, deviation 4), whatever the sample holds. */
static void settled(void **state)
{
    (void)state;
    struct subsample subsample = {.values = NULL};
    struct mm_stats stats = {.mean = 3, .std = 4};
    struct mm_whatif floor = {.metrics = {.rmse = 0.5, .diff2 = 7, .sqnr = 7}};
    subsample_rescale(&subsample, &stats, &floor, 1);
    assert_true(floor.metrics.diff2 == 7); /* taken whole: nothing to mend */
    subsample.values = malloc(1);
    subsample_rescale(&subsample, &stats, &floor, 1);
    assert_true(floor.metrics.diff2 == 0.1);
    assert_true(fabs(floor.metrics.sqnr - 20) < 1e-12);
    subsample_close(&subsample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(settled)};
    return cmocka_run_group_tests_name("triage/subsample", tests, NULL, NULL);
}
