/* Which pairs are read by their scales, and how the axis of channels follows the layout. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pair/tensors.h"
#include "unit/pair/pair_files.h"

static const double tens[] = {1, 10, 100};

static void which(void **state)
{
    const struct mm_entry entry = {.parsed = {.name = "x"}};
    struct mm_pair_scales scales = {.scales = {.count = 1, .scale = tens, .dtype = MM_U8}};
    struct mm_pair pair = {.name = "x", .src = &entry, .dst = &entry};
    (void)state;
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_U8), MM_DEQUANTISED_NO);
    pair.scales = &scales;
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_U8), MM_DEQUANTISED_CODES);
    assert_int_equal(mm_pair_dequantised(&pair, MM_U8, MM_U8), MM_DEQUANTISED_NO);
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_I32),
                     MM_DEQUANTISED_NO); /* sums, not these codes */
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_F32), MM_DEQUANTISED_NO);
    scales.rounds = true;
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_F16), MM_DEQUANTISED_ROUNDED);
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_BOOL), MM_DEQUANTISED_NO);
    scales.scales.dtype = MM_DTYPE_NONE;
    assert_int_equal(mm_pair_dequantised(&pair, MM_F16, MM_I16), MM_DEQUANTISED_CODES);
    pair.src = NULL;
    assert_int_equal(mm_pair_dequantised(&pair, MM_F32, MM_U8), MM_DEQUANTISED_NO);
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(mm_scales_source_text(MM_SCALES_MODEL), "from the quantised model");
    assert_string_equal(mm_scales_source_text(MM_SCALES_FILE), "from scales.json");
    assert_string_equal(mm_scales_source_text(MM_SCALES_FITTED), "fitted");
    assert_string_equal(mm_scales_source_text(MM_SCALES_SOURCES), "");
}

/* dst was dumped channels last (its name says so) or with axes of length 1: channel c is c-th on the axis it came from. */
static void axis_follows(void **state)
{
    static const float src[12];
    static const uint8_t last[] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
    static const uint8_t second[] = {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4};
    static const struct {
        const char *dst;
        struct mm_shape shape;
        const uint8_t *codes;
        int axis;
    } rows[] = {
        {"2_x@axis1to-1.pb", {4, {1, 2, 2, 3}}, last, 3},
        {"2_x.pb", {4, {1, 3, 2, 2}}, second, 1},
        {"2_x.pb", {3, {3, 2, 2}}, second, 0},
        {"2_x.pb", {6, {1, 1, 3, 1, 2, 2}}, second, 2},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct pair_files files;
        struct mm_pair_tensors tensors;
        struct mm_pair_scales scales = {
            .scales = {.count = 3, .axis = rows[i].axis, .scale = tens, .dtype = MM_U8}};
        struct mm_err err;
        bool failed_dst;
        pair_files_init(&files);
        pair_files_put(&files, 0, "1_x.pb", MM_F32, (struct mm_shape){4, {1, 3, 2, 2}}, src);
        pair_files_put(&files, 1, rows[i].dst, MM_U8, rows[i].shape, rows[i].codes);
        files.pair.scales = &scales;
        if (mm_pair_tensors_load(&tensors, &files.pair, NULL, NULL, NULL, &failed_dst, &err) < 0 ||
            mm_pair_tensors_lay(&tensors, &files.pair, false, NULL, &failed_dst, &err) < 0)
            fail_msg("%s", err.text);
        for (int k = 0; k < 12; k++)
            if (mm_tensor_at(&tensors.d, k) != tens[k / 4] * (k % 4 + 1))
                fail_msg("%s %d: %g", rows[i].dst, k, mm_tensor_at(&tensors.d, k));
        mm_pair_tensors_close(&tensors);
        pair_files_done(&files);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(which), cmocka_unit_test(words),
                                       cmocka_unit_test(axis_follows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
