/* The scalar kernels: figures by hand, the fixed order of additions, blocks with NaN and Inf. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "mmtui/tensor.h"
#include "tensor/kernels.h"

static const struct mm_limits limits = {1e-6, 1e-8, 1e-5};

static void measure(struct mm_sums *sums, const double *s, const double *d, size_t n)
{
    mm_sums_init(sums);
    mm_kernels_scalar.measure_double(sums, &limits, s, d, n, 0);
}

static double value(const struct mm_sums *sums, int which)
{
    return mm_acc_value(&sums->both[which]);
}

static void by_hand(void **state)
{
    const double s[] = {1, -2, 0, 4, 1e-7}, d[] = {1, -1, 0.5, 3.5, 0};
    struct mm_sums sums;

    (void)state;
    measure(&sums, s, d, 5);
    assert_true(sums.count == 5 && sums.finite == 5);
    assert_true(value(&sums, MM_SUM_ABS_E) == (1e-7 + 1.0) + (0.5 + 0.5));
    assert_true(value(&sums, MM_SUM_SD) == 17.0);
    assert_true(value(&sums, MM_SUM_DD) == 14.5);
    assert_true(sums.max_abs == 1.0 && sums.max_abs_at == 1);
    assert_true(sums.max_rel == 0.5 && sums.max_rel_at == 1);
    assert_true(sums.max_small == 0.5);
    assert_true(sums.greater == 2 && sums.less == 2 && sums.beyond == 4);
    assert_true(sums.s.min == -2 && sums.s.min_at == 1 && sums.s.max == 4 && sums.s.max_at == 3);
    assert_true(sums.s.zero == 1 && sums.d.zero == 1);
}

/* The order that the header promises, written down once more in the plainest way. */
static double in_order(const double *x, size_t n)
{
    struct mm_acc acc = {0, 0};

    for (size_t at = 0; at < n; at += MM_BLOCK) {
        double lane[4] = {0, 0, 0, 0};

        for (size_t i = at; i < n && i < at + MM_BLOCK; i++)
            lane[(i - at) % 4] += x[i];
        mm_acc_add(&acc, (lane[0] + lane[1]) + (lane[2] + lane[3]));
    }
    return mm_acc_value(&acc);
}

static void fill(double *s, double *d, size_t n)
{
    uint32_t random = 12345;

    for (size_t i = 0; i < n; i++) {
        random = random * 1664525u + 1013904223u;
        s[i] = (double)(float)((random >> 8) * 1e-5 - 80.0);
        d[i] = (double)(float)(s[i] * 1.001 + (double)(random & 15u) * 1e-4);
    }
}

static void additions_are_in_the_promised_order(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 511, 512, 513, 1023, 4093, MM_TILE};
    static double s[MM_TILE], d[MM_TILE], e[MM_TILE], se[MM_TILE];
    struct mm_sums sums;

    (void)state;
    fill(s, d, MM_TILE);
    for (size_t i = 0; i < MM_TILE; i++) {
        e[i] = s[i] - d[i];
        se[i] = s[i] * e[i];
    }
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        measure(&sums, s, d, sizes[i]);
        assert_true(value(&sums, MM_SUM_S) == in_order(s, sizes[i]));
        assert_true(value(&sums, MM_SUM_D) == in_order(d, sizes[i]));
        assert_true(value(&sums, MM_SUM_E) == in_order(e, sizes[i]));
        assert_true(value(&sums, MM_SUM_SE) == in_order(se, sizes[i]));
        assert_true(mm_acc_value(&sums.s.sum) == in_order(s, sizes[i]));
    }
}

/* A third of what s is: Σd² is below Σs² / 4, so nothing is derived. Half of it: just enough. */
static void derived_sums_are_not_made_of_what_cancels(void **state)
{
    static double s[MM_BLOCK], d[MM_BLOCK], dd[MM_BLOCK], sd[MM_BLOCK];
    struct mm_sums sums;

    (void)state;
    fill(s, d, MM_BLOCK);
    for (size_t i = 0; i < MM_BLOCK; i++) {
        d[i] = s[i] / 3;
        dd[i] = d[i] * d[i];
        sd[i] = s[i] * d[i];
    }
    measure(&sums, s, d, MM_BLOCK);
    assert_true(value(&sums, MM_SUM_D) == in_order(d, MM_BLOCK));
    assert_true(value(&sums, MM_SUM_DD) == in_order(dd, MM_BLOCK));
    assert_true(value(&sums, MM_SUM_SD) == in_order(sd, MM_BLOCK));
    for (size_t i = 0; i < MM_BLOCK; i++)
        d[i] = s[i] / 2;
    measure(&sums, s, d, MM_BLOCK);
    assert_true(value(&sums, MM_SUM_D) == value(&sums, MM_SUM_S) - value(&sums, MM_SUM_E));
    assert_true(value(&sums, MM_SUM_SD) == value(&sums, MM_SUM_SS) - value(&sums, MM_SUM_SE));
    assert_true(value(&sums, MM_SUM_DD) ==
                value(&sums, MM_SUM_SD) - value(&sums, MM_SUM_SE) + value(&sums, MM_SUM_EE));
}

static void tile_size_and_lane_do_not_matter(void **state)
{
    static double s[MM_TILE], d[MM_TILE];
    static float fs[MM_TILE], fd[MM_TILE];
    struct mm_sums whole, parts, narrow;

    (void)state;
    fill(s, d, MM_TILE);
    s[77] = NAN;
    d[3000] = -INFINITY;
    for (size_t i = 0; i < MM_TILE; i++) {
        fs[i] = (float)s[i];
        fd[i] = (float)d[i];
    }
    measure(&whole, s, d, MM_TILE - 3);
    mm_sums_init(&parts);
    mm_kernels_scalar.measure_double(&parts, &limits, s, d, 3 * MM_BLOCK, 0);
    mm_kernels_scalar.measure_double(&parts, &limits, s + 3 * MM_BLOCK, d + 3 * MM_BLOCK,
                                     MM_TILE - 3 - 3 * MM_BLOCK, 3 * MM_BLOCK);
    mm_sums_init(&narrow);
    mm_kernels_scalar.measure_float(&narrow, &limits, fs, fd, MM_TILE - 3, 0);
    assert_memory_equal(&whole, &parts, sizeof(whole));
    assert_memory_equal(&whole, &narrow, sizeof(whole));
}

static void classes_of_non_finite_positions(void **state)
{
    const double s[] = {1, NAN, INFINITY, -INFINITY, INFINITY, NAN, 2, -3},
                 d[] = {1, NAN, INFINITY, INFINITY, 5, INFINITY, NAN, -4};
    struct mm_sums sums;

    (void)state;
    measure(&sums, s, d, 8);
    assert_true(sums.count == 8 && sums.finite == 2);
    assert_true(sums.nonfinite_equal == 2 && sums.nonfinite_differ == 4 && sums.differ_at == 3);
    assert_true(sums.s.finite == 3 && sums.s.nan == 2 && sums.s.pos_inf == 2 && sums.s.neg_inf == 1);
    assert_true(sums.d.finite == 3 && sums.d.nan == 2 && sums.d.pos_inf == 3 && sums.d.neg_inf == 0);
    assert_true(sums.s.min == -3 && sums.s.min_at == 7 && sums.s.max == 2 && sums.s.max_at == 6);
    assert_true(sums.d.max == 5 && sums.d.max_at == 4);
    assert_true(mm_acc_value(&sums.s.sum) == 0.0 && mm_acc_value(&sums.d.sum) == 2.0);
    assert_true(value(&sums, MM_SUM_S) == -2.0 && value(&sums, MM_SUM_D) == -3.0);
    assert_true(sums.max_abs == 1 && sums.max_abs_at == 7 && sums.greater == 0 && sums.less == 1);
}

static void nothing_finite(void **state)
{
    const double s[] = {NAN, INFINITY, 1}, d[] = {NAN, -INFINITY, NAN};
    struct mm_sums sums;

    (void)state;
    measure(&sums, s, d, 3);
    assert_true(sums.finite == 0 && sums.max_abs_at == -1 && sums.max_rel_at == -1);
    assert_true(sums.d.finite == 0 && sums.d.min_at == -1 && sums.d.min == INFINITY &&
                sums.d.max == -INFINITY);
    assert_true(sums.s.finite == 1 && sums.s.max == 1);
}

/* First index of extremes; equal sides have max_abs 0 at the first position that counts. */
static void ties_go_to_the_first(void **state)
{
    const double s[] = {NAN, 3, 3, -1, -1, 3}, d[] = {NAN, 2, 2, 0, 0, 2};
    struct mm_sums sums;

    (void)state;
    measure(&sums, s, d, 6);
    assert_true(sums.max_abs_at == 1 && sums.s.max_at == 1 && sums.s.min_at == 3 && sums.max_rel_at == 3);
    measure(&sums, s, s, 6);
    assert_true(sums.max_abs == 0 && sums.max_abs_at == 1 && sums.max_rel == 0 && sums.max_rel_at == 1);
}

static void the_first_zero_keeps_its_sign(void **state)
{
    const double s[] = {0.0, -0.0, 0.0, -0.0}, d[] = {-0.0, 0.0, -0.0, 0.0};
    struct mm_sums sums;

    (void)state;
    measure(&sums, s, d, 4);
    assert_true(!signbit(sums.s.min) && !signbit(sums.s.max) && sums.s.min_at == 0 && sums.s.max_at == 0);
    assert_true(signbit(sums.d.min) && signbit(sums.d.max));
    assert_true(sums.s.zero == 4 && sums.greater == 0 && sums.less == 0);
}

/* All finite, but the block's sum of absolutes overflows: the careful way must find the same figures. */
static void overflowing_sums_do_not_hide_values(void **state)
{
    const double s[] = {1.7e308, 1.7e308, 1.7e308, 1.7e308, 1}, d[] = {1.7e308, 1.7e308, 1.7e308, 1.7e308, 2};
    struct mm_sums sums;

    (void)state;
    measure(&sums, s, d, 5);
    assert_true(sums.finite == 5 && sums.s.finite == 5 && sums.nonfinite_differ == 0 && sums.s.pos_inf == 0);
    assert_true(sums.max_abs == 1 && sums.max_abs_at == 4 && value(&sums, MM_SUM_ABS_E) == 1);
    assert_true(value(&sums, MM_SUM_ABS_S) == INFINITY);
}

static void centred(void **state)
{
    const double s[] = {1e9 + 1, 1e9 + 2, 1e9 + 3, NAN, 1e9 + 6}, d[] = {2, 4, 6, 8, INFINITY};
    const struct mm_centre centre = {1e9 + 2, 4, 1e9 + 3, 5, 2.0, -2e9};
    struct mm_centred sums;

    (void)state;
    memset(&sums, 0, sizeof(sums));
    mm_kernels_scalar.centre_double(&sums, &centre, s, d, 5);
    assert_true(mm_acc_value(&sums.ss) == 2 && mm_acc_value(&sums.dd) == 8 && mm_acc_value(&sums.sd) == 4);
    assert_true(mm_acc_value(&sums.own_s) == 4 + 1 + 0 + 9);
    assert_true(mm_acc_value(&sums.own_d) == 9 + 1 + 1 + 9);
    assert_true(mm_acc_value(&sums.residual) == 0 && mm_acc_value(&sums.across) == 4 + 16 + 36);
}

static void histogram(void **state)
{
    const double x[] = {0, 0.5, 1, 9.999, 10, -1e-9, 10.001, NAN, INFINITY, -INFINITY, 3, 7};
    uint64_t count[10] = {0};
    struct mm_hist hist = {.low = 0, .high = 10, .bins = 10, .count = count};

    (void)state;
    mm_kernels_scalar.hist_double(&hist, x, MM_COUNT(x));
    assert_true(count[0] == 2 && count[1] == 1 && count[3] == 1 && count[7] == 1 && count[9] == 2);
    assert_true(hist.below == 1 && hist.above == 1 && hist.nonfinite == 3);
    hist = (struct mm_hist){.low = 0, .high = 1};
    mm_kernels_scalar.hist_double(&hist, x, MM_COUNT(x)); /* no bins: nowhere to write */
}

/* Every whole number of an int8 range falls into its own bin. */
static void integers_have_bins_of_their_own(void **state)
{
    uint64_t count[256] = {0};
    struct mm_hist hist = {.low = -128, .high = 128, .bins = 256, .count = count};
    double x[256];

    (void)state;
    for (int i = 0; i < 256; i++)
        x[i] = i - 128;
    mm_kernels_scalar.hist_double(&hist, x, 256);
    for (int i = 0; i < 256; i++)
        assert_int_equal(count[i], 1);
}

static void error_histogram(void **state)
{
    const double s[] = {1, 1, 1.5, 4, NAN, 0, 1e308, 5e-324, 3},
                 d[] = {1, 0, 0, 0, 1, 0x1p-70, -1e308, 0, INFINITY};
    struct mm_exp_hist hist;

    (void)state;
    memset(&hist, 0, sizeof(hist));
    mm_kernels_scalar.exp_hist_double(&hist, s, d, MM_COUNT(s));
    assert_true(hist.zero == 1 && hist.nonfinite == 2);
    assert_true(hist.count[0 - MM_EXP_LOW] == 2); /* 1 and 1.5 */
    assert_true(hist.count[2 - MM_EXP_LOW] == 1);
    assert_true(hist.count[0] == 2 && hist.count[MM_EXP_BINS - 1] == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(additions_are_in_the_promised_order),
        cmocka_unit_test(derived_sums_are_not_made_of_what_cancels),
        cmocka_unit_test(tile_size_and_lane_do_not_matter),
        cmocka_unit_test(classes_of_non_finite_positions),
        cmocka_unit_test(nothing_finite),
        cmocka_unit_test(ties_go_to_the_first),
        cmocka_unit_test(the_first_zero_keeps_its_sign),
        cmocka_unit_test(overflowing_sums_do_not_hide_values),
        cmocka_unit_test(centred),
        cmocka_unit_test(histogram),
        cmocka_unit_test(integers_have_bins_of_their_own),
        cmocka_unit_test(error_histogram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
