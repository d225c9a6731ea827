/* Tensors read by scales: one, one a channel, and floats that are rounded to codes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "mmtui/tensor.h"

static const double half = 0.5, three = 3;
static const struct mm_scales one = {.count = 1, .scale = &half, .zero_point = &three, .dtype = MM_I8};

static void assert_values(const struct mm_tensor *tensor, const double *expected)
{
    struct mm_cursor cursor;
    double all[24];

    mm_cursor_init(&cursor, tensor);
    assert_int_equal(mm_cursor_double(&cursor, all, 24), tensor->count);
    for (int64_t i = 0; i < tensor->count; i++) {
        assert_true(all[i] == expected[i] || (isnan(all[i]) && isnan(expected[i])));
        assert_true(mm_tensor_at(tensor, i) == expected[i] || isnan(expected[i]));
    }
}

static void codes(void **state)
{
    static const int8_t q[] = {-128, -1, 0, 3, 127};
    static const double real[] = {-65.5, -2, -1.5, 0, 62};
    const struct mm_shape shape = {1, {5}};
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_I8, &shape, q, &run);
    assert_true(mm_tensor_dequantise(&tensor, &one, false));
    assert_false(mm_tensor_lane_f(&tensor));
    assert_values(&tensor, real);
    assert_false(mm_tensor_dequantise(&tensor, &one, false)); /* once is enough */
}

/* By hand: x / 0.5 to the nearest even, + 3, within -128 .. 127, - 3, x 0.5. */
static void floats(void **state)
{
    static const float x[] = {0.24F, 0.25F, 0.75F, -0.26F, 100, -100, INFINITY, NAN};
    static const double rounded[] = {0, 0, 1, -0.5, 62, -65.5, 62, NAN};
    const struct mm_shape shape = {1, {8}};
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_true(mm_tensor_dequantise(&tensor, &one, true));
    assert_values(&tensor, rounded);
}

/* 2 x 3 x 2 with a scale for each place on axis 1; the view with its axes turned around takes the axis along. */
static void channels(void **state)
{
    static const uint8_t q[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const double scale[] = {1, 10, 100}, zero[] = {0, 1, 2};
    static const double real[] = {0, 1, 10, 20, 200, 300, 6, 7, 70, 80, 800, 900};
    static const double turned[] = {0, 6, 1, 7, 10, 70, 20, 80, 200, 800, 300, 900}; /* c, w, n */
    static const int perm[] = {1, 2, 0};
    const struct mm_scales scales = {3, 1, scale, zero, MM_U8};
    const struct mm_shape shape = {3, {2, 3, 2}};
    struct mm_tensor tensor, view, flat;
    struct mm_run run, flat_run;
    struct mm_cursor cursor;
    struct mm_err err;
    void *memory;
    double part[5];

    (void)state;
    mm_tensor_raw(&tensor, MM_U8, &shape, q, &run);
    assert_true(mm_tensor_dequantise(&tensor, &scales, false));
    assert_values(&tensor, real);
    mm_cursor_init(&cursor, &tensor); /* from the middle of a channel on */
    mm_cursor_seek(&cursor, 3);
    assert_int_equal(mm_cursor_double(&cursor, part, 5), 5);
    for (int i = 0; i < 5; i++)
        assert_true(part[i] == real[3 + i]);
    assert_int_equal(mm_tensor_permute(&tensor, perm, &view, &err), 0);
    assert_int_equal(view.scale_axis, 0);
    assert_values(&view, turned);
    assert_int_equal(mm_tensor_flatten(&view, NULL, &flat, &memory, &flat_run, &err), 0);
    assert_false(flat.quantised);
    assert_values(&flat, turned);
    free(memory);
}

static void misfits(void **state)
{
    static const uint8_t q[6];
    static const float x[6];
    static const double scale[] = {1, 10};
    const struct mm_shape shape = {2, {2, 3}};
    const struct mm_scales along = {2, 1, scale, NULL, MM_U8}, beyond = {2, 2, scale, NULL, MM_U8},
                           fits = {2, 0, scale, NULL, MM_U8}, any = {1, 0, scale, NULL, MM_DTYPE_NONE},
                           wrong = {1, 0, scale, NULL, MM_F32};
    struct mm_tensor tensor, floats;
    struct mm_run run, floats_run;

    (void)state;
    mm_tensor_raw(&tensor, MM_U8, &shape, q, &run);
    mm_tensor_raw(&floats, MM_F32, &shape, x, &floats_run);
    assert_false(mm_tensor_dequantise(&tensor, &along, false)); /* 2 scales for 3 places */
    assert_false(mm_tensor_dequantise(&tensor, &beyond, false));
    assert_false(mm_tensor_dequantise(&tensor, &fits, true)); /* integers are not rounded */
    assert_false(mm_tensor_dequantise(&floats, &fits, false));
    assert_false(mm_tensor_dequantise(&floats, &any, true)); /* to which codes? */
    assert_false(mm_tensor_dequantise(&tensor, &wrong, false));
    assert_false(tensor.quantised || floats.quantised);
    assert_true(mm_tensor_dequantise(&tensor, &any, false));
    assert_true(mm_tensor_dequantise(&floats, &fits, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),
        cmocka_unit_test(floats),
        cmocka_unit_test(channels),
        cmocka_unit_test(misfits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
