/* Blocks that share a scale: against ml_dtypes (tests/peers/mx_blocks.py), and by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/tensor.h"
#include "tensor/round.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 24, COLUMNS = 75, VALUES = ROWS * COLUMNS, ELEMENTS = 6, TABLES = ELEMENTS + 3 };

static const enum mm_dtype elements[ELEMENTS] = {MM_F8E4M3, MM_F8E5M2, MM_F6E2M3,
                                                 MM_F6E3M2, MM_F4E2M1, MM_I8};

static struct mm_block_rounder rounder_of(enum mm_blocks blocks, enum mm_dtype dtype, int64_t row)
{
    return (struct mm_block_rounder){blocks, dtype, row, 1, INFINITY, -INFINITY};
}

static void which(void **state)
{
    int mx = 0, nvfp4 = 0;
    (void)state;
    for (int dtype = 0; dtype < MM_DTYPE_COUNT; dtype++) {
        mx += mm_round_block(MM_BLOCKS_MX, (enum mm_dtype)dtype);
        nvfp4 += mm_round_block(MM_BLOCKS_NVFP4, (enum mm_dtype)dtype);
        assert_false(mm_round_block(MM_BLOCKS_NONE, (enum mm_dtype)dtype));
    }
    for (int i = 0; i < ELEMENTS; i++)
        assert_true(mm_round_block(MM_BLOCKS_MX, elements[i]));
    assert_true(mm_round_block(MM_BLOCKS_NVFP4, MM_F4E2M1));
    assert_int_equal(mx, ELEMENTS);
    assert_int_equal(nvfp4, 1);
    assert_int_equal(mm_block_size(MM_BLOCKS_MX), 32);
    assert_int_equal(mm_block_size(MM_BLOCKS_NVFP4), 16);
}

/* ---- against ml_dtypes ---- */

static void assert_same(const float *got, const float *expected, const float *x, const char *what)
{
    for (int i = 0; i < VALUES; i++) {
        if (memcmp(&got[i], &expected[i], sizeof *got) != 0 && !(isnan(got[i]) && isnan(expected[i])))
            fail_msg("%s: row %d, column %d: %a becomes %a, not %a", what, i / COLUMNS, i % COLUMNS,
                     (double)x[i], (double)got[i], (double)expected[i]);
    }
}

/* In both lanes, whole and from the middle on. NVFP4's scales are no powers of two: x / scale is another tie in floats. */
static void check_table(struct mm_block_rounder rounder, const float *x, const float *expected,
                        const char *what)
{
    float single[VALUES], narrowed[VALUES];
    double wide[VALUES], rounded[VALUES];
    const int from = 7 * COLUMNS + 64;
    for (int i = 0; i < VALUES; i++)
        wide[i] = (double)x[i];
    int64_t clipped = mm_round_blocks_float(&rounder, x, single, VALUES, 0);
    assert_same(single, expected, x, what);
    assert_int_equal(mm_round_blocks_double(&rounder, wide, rounded, VALUES, 0), clipped);
    for (int i = 0; i < VALUES; i++)
        narrowed[i] = (float)rounded[i];
    if (rounder.blocks == MM_BLOCKS_MX)
        assert_same(narrowed, expected, x, what);
    int64_t first = mm_round_blocks_float(&rounder, x, single, from, 0);
    assert_int_equal(
        first + mm_round_blocks_float(&rounder, x + from, single + from, VALUES - (size_t)from, from),
        clipped);
    assert_same(single, expected, x, what);
}

static void as_ml_dtypes(void **state)
{
    static float table[TABLES][VALUES];
    FILE *file = fopen("tests/peers/files/blocks.f32", "rb");
    double greatest = 0;
    (void)state;
    assert_non_null(file);
    assert_int_equal(fread(table, sizeof table, 1, file), 1);
    fclose(file);
    for (int i = 0; i < ELEMENTS; i++)
        check_table(rounder_of(MM_BLOCKS_MX, elements[i], COLUMNS), table[0], table[1 + i],
                    mm_dtype_info(elements[i])->name);
    const float *x = table[ELEMENTS + 1];
    for (int i = 0; i < VALUES; i++)
        greatest = isfinite(x[i]) ? fmax(greatest, fabs((double)x[i])) : greatest;
    struct mm_block_rounder nvfp4 = rounder_of(MM_BLOCKS_NVFP4, MM_F4E2M1, COLUMNS);
    nvfp4.tensor_scale = mm_nvfp4_tensor_scale(greatest);
    check_table(nvfp4, x, table[ELEMENTS + 2], "nvfp4");
}

/* ---- by hand ---- */

static void check_row(struct mm_block_rounder rounder, const float *x, const float *expected, size_t n,
                      int64_t clipped)
{
    float out[64];
    assert_int_equal(mm_round_blocks_float(&rounder, x, out, n, 0), clipped);
    for (size_t i = 0; i < n; i++) {
        if (out[i] != expected[i])
            fail_msg("[%zu]: %g becomes %g, not %g", i, (double)x[i], (double)out[i], (double)expected[i]);
    }
}

/* 7 has exponent 2, that of 4 = 2^2: scale 1, and 7 saturates. Of 8 it is 2: 7 is 3.5 of them, a tie, to the even 4. */
static void elements_by_hand(void **state)
{
    static const float x[] = {7, 5, -0.75f, 0.2f}, y[] = {8, 7, -5, 1}, z[] = {127, -127.9f, 0.3f, 64};
    (void)state;
    check_row(rounder_of(MM_BLOCKS_MX, MM_F4E2M1, 4), x, (const float[]){6, 4, -1, 0}, 4, 1);
    check_row(rounder_of(MM_BLOCKS_MX, MM_F4E2M1, 4), y, (const float[]){8, 8, -4, 1}, 4, 0);
    /* 64 is the scale, 1 its 64th; -127.9 is -128 of them and saturates */
    check_row(rounder_of(MM_BLOCKS_MX, MM_I8, 4), z, (const float[]){127, -127, 0, 64}, 4, 1);
    /* 449 and 464 are nearest to 448, the latter as a tie; 465 saturates */
    check_row(rounder_of(MM_BLOCKS_MX, MM_F8E4M3, 4), (const float[]){449, 464, 465, 1},
              (const float[]){448, 448, 448, 1}, 4, 1);
}

/* Rows of 40: a block of 32 and one of 8. The second row's 1000 has no say in the first row. */
static void blocks_end_with_rows(void **state)
{
    float x[80], out[80];
    struct mm_block_rounder rounder = rounder_of(MM_BLOCKS_MX, MM_F4E2M1, 40);
    (void)state;
    for (int i = 0; i < 80; i++)
        x[i] = i == 31 ? 4000.0f : i == 40 ? 1000.0f : 1.0f;
    mm_round_blocks_float(&rounder, x, out, 80, 0);
    for (int i = 0; i < 80; i++) {
        bool small = i >= 32 && i != 40 && (i < 40 || i >= 72);
        assert_true(small ? out[i] == 1.0f : x[i] > 1 || out[i] == 0.0f);
    }
    assert_true(rounder.low == 0.25 && rounder.high == 512); /* 1 / 4, 4000: 2^11 / 4 */
}

/* E8M0 ends at 2^-127 and 2^127: smaller values keep fewer digits, larger ones saturate. */
static void scales_at_their_ends(void **state)
{
    struct mm_block_rounder rounder = rounder_of(MM_BLOCKS_MX, MM_F4E2M1, 1);
    double out[2];
    float small;
    (void)state;
    mm_round_blocks_float(&rounder, &(const float){0x1.8p-128f}, &small, 1, 0);
    assert_true(small == 0x1p-127f ||
                small == 0x1p-128f); /* 0.75 of the scale: a tie of 0.5 and 1, to the even 1 */
    assert_true(small == 0x1p-127f && rounder.low == 0x1p-127);
    rounder = rounder_of(MM_BLOCKS_MX, MM_F4E2M1, 2);
    assert_int_equal(mm_round_blocks_double(&rounder, (const double[]){0x1p200, -0x1p129}, out, 2, 0), 1);
    assert_true(out[0] == 6 * 0x1p127 && out[1] == -0x1p129 && rounder.high == 0x1p127);
}

/* 2688 is 6 times 448: t = 1. 0.001 / 6 is less than half of the least scale 2^-9: nothing is left of the block. */
static void nvfp4_by_hand(void **state)
{
    struct mm_block_rounder rounder = rounder_of(MM_BLOCKS_NVFP4, MM_F4E2M1, 32);
    float x[32] = {2688, -448, 1300}, out[32];
    (void)state;
    x[16] = 0.001f;
    x[17] = -0.0005f;
    assert_true(mm_nvfp4_tensor_scale(2688) == 1);
    assert_true(mm_nvfp4_tensor_scale(0) == 1 && mm_nvfp4_tensor_scale(-INFINITY) == 1);
    assert_true(6 * 448 * mm_nvfp4_tensor_scale((double)FLT_MAX) <= FLT_MAX);
    assert_true(isfinite(mm_nvfp4_tensor_scale(DBL_MAX)));
    assert_int_equal(mm_round_blocks_float(&rounder, x, out, 32, 0), 0);
    assert_true(out[0] == 2688 && out[1] == -448 && out[2] == 3 * 448);
    assert_true(out[16] == 0 && out[17] == 0 && signbit(out[17]));
    assert_true(rounder.low == 0 && rounder.high == 448);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which),
        cmocka_unit_test(as_ml_dtypes),
        cmocka_unit_test(elements_by_hand),
        cmocka_unit_test(blocks_end_with_rows),
        cmocka_unit_test(scales_at_their_ends),
        cmocka_unit_test(nvfp4_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
