#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/whatif.h"
#include "whatif/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two channels of 20,000 each, element by element: ±1 .. ±20,000 (even ones negative), and the same / 100. */
#define EACH 20000
static double x[2 * EACH + 2];

static struct mm_ranges look(bool tails, bool hist, size_t n)
{
    struct mm_ranges ranges = {.used = true, .wants_tails = tails, .wants_hist = hist, .lay = {2, 1}};
    assert_int_equal(mm_ranges_init(&ranges, (int64_t)n, NULL), 0);
    for (size_t i = 0; i < n; i += 1000) { /* in pieces that begin in the middle of a pair, too */
        size_t some = n - i < 1000 ? n - i : 1000;
        mm_extremes_tile_double(&ranges.lay, x + i, some, (int64_t)i, ranges.low, ranges.high);
        mm_ranges_see(&ranges, x + i, some, (int64_t)i);
    }
    mm_ranges_seen(&ranges);
    if (hist)
        mm_ranges_count(&ranges, x, n, 0);
    return ranges;
}

static void fill(void)
{
    for (int i = 0; i < EACH; i++) {
        int k = (i * 7 + 3) % EACH + 1;
        x[2 * i] = k % 2 ? k : -k;
        x[2 * i + 1] = x[2 * i] / 100;
    }
}

static void assert_range(const struct mm_ranges *ranges, struct mm_whatif_setting setting, int64_t channel,
                         double low, double high)
{
    struct mm_quant quant, want;
    bool zero;
    setting.dtype = MM_I8;
    mm_ranges_choose(ranges, &setting, channel, &quant, &zero);
    mm_quant_of(MM_I8, setting.asymmetric, low, high, &want);
    assert_false(zero);
    assert_true(quant.scale == want.scale && quant.zero == want.zero);
}

static void minmax(void **state)
{
    (void)state;
    fill();
    struct mm_ranges ranges = look(false, false, 2 * EACH);
    struct mm_whatif_setting symmetric = {.range = MM_RANGE_MINMAX}, asymmetric = symmetric;
    asymmetric.asymmetric = true;
    assert_range(&ranges, symmetric, 0, -20000, 20000);
    assert_range(&ranges, symmetric, 1, -200, 200);
    assert_range(&ranges, asymmetric, 0, -20000, 19999);
    assert_range(&ranges, asymmetric, 1, -200, 199.99);
    mm_ranges_done(&ranges);
    for (int i = 0; i < 2 * EACH; i++)
        x[i] = 3 + fabs(x[i]); /* one-sided: zero is inside all the same */
    ranges = look(false, false, 2 * EACH);
    assert_range(&ranges, asymmetric, 0, 0, 20003);
    assert_range(&ranges, symmetric, 0, -20003, 20003);
    mm_ranges_done(&ranges);
}

/* Floats are looked at some at a time, with the greatest ones, NaN and Inf anywhere among them. */
static void floats_have_the_same_tails(void **state)
{
    static float f[2 * EACH];
    (void)state;
    fill();
    x[77] = NAN;
    x[4000] = -INFINITY;
    for (int i = 0; i < 2 * EACH; i++)
        x[i] = (double)(f[i] = (float)x[i]);
    for (int64_t inner = 1; inner <= EACH; inner *= EACH) {
        struct mm_ranges ranges[2];
        for (int k = 0; k < 2; k++) {
            ranges[k] = (struct mm_ranges){.used = true, .wants_tails = true, .lay = {2, inner}};
            assert_int_equal(mm_ranges_init(&ranges[k], 2 * EACH, NULL), 0);
        }
        for (int64_t i = 0; i < 2 * EACH; i += 999) {
            size_t some = (size_t)(2 * EACH - i < 999 ? 2 * EACH - i : 999);
            mm_ranges_see(&ranges[0], x + i, some, i);
            mm_ranges_see_floats(&ranges[1], f + i, some, i);
        }
        for (int k = 0; k < 2; k++)
            mm_ranges_seen(&ranges[k]);
        assert_true(ranges[1].finite[0] + ranges[1].finite[1] == 2 * EACH - 2);
        for (int c = 0; c < 2; c++) {
            assert_true(ranges[0].finite[c] == ranges[1].finite[c]);
            for (size_t k = 0; k <= ranges[0].dropped; k++)
                assert_true(ranges[0].greatest[c].value[k] == ranges[1].greatest[c].value[k] &&
                            ranges[0].least[c].value[k] == ranges[1].least[c].value[k]);
        }
        for (int k = 0; k < 2; k++)
            mm_ranges_done(&ranges[k]);
    }
}

/* 20,000 values: 2 may be left out, or 1 at each end. One less: 1, or none. */
static void percentile(void **state)
{
    (void)state;
    struct mm_whatif_setting symmetric = {.range = MM_RANGE_P9999}, asymmetric = symmetric;
    asymmetric.asymmetric = true;
    fill();
    struct mm_ranges ranges = look(true, false, 2 * EACH);
    assert_int_equal(ranges.dropped, 2);
    assert_range(&ranges, symmetric, 0, -19998, 19998);
    assert_range(&ranges, symmetric, 1, -199.98, 199.98);
    assert_range(&ranges, asymmetric, 0, -19998, 19997);
    mm_ranges_done(&ranges);
    x[2 * EACH - 2] = NAN; /* of channel 0 only: which value it was does not matter below */
    x[2 * EACH - 4] = -INFINITY;
    double least = 0, greatest = 0;
    int beyond = 0;
    for (int i = 0; i < EACH; i++) {
        if (isfinite(x[2 * i])) {
            least = fmin(least, x[2 * i]);
            greatest = fmax(greatest, x[2 * i]);
            beyond += fabs(x[2 * i]) > 19999;
        }
    }
    assert_int_equal(beyond, 1);
    ranges = look(true, false, 2 * EACH);
    assert_range(&ranges, symmetric, 0, -19999, 19999);
    assert_range(&ranges, asymmetric, 0, least, greatest);
    assert_range(&ranges, symmetric, 1, -199.98, 199.98);
    mm_ranges_done(&ranges);
    /* below 10,000 none: no memory for it */
    ranges = look(true, false, 2 * 9999);
    assert_int_equal(ranges.dropped, 0);
    mm_ranges_done(&ranges);
}

/* All on one side: the tail of the other side is never what is passed over. */
static void one_side(void **state)
{
    (void)state;
    struct mm_whatif_setting symmetric = {.range = MM_RANGE_P9999}, asymmetric = symmetric;
    asymmetric.asymmetric = true;
    for (int i = 0; i < 2 * EACH; i++)
        x[i] = -1 - i / 2;
    struct mm_ranges ranges = look(true, false, 2 * EACH);
    assert_range(&ranges, symmetric, 1, -19998, 19998);
    assert_range(&ranges, asymmetric, 1, -19999, 0);
    mm_ranges_done(&ranges);
}

static void histogram(void **state)
{
    (void)state;
    memset(x, 0, sizeof x);
    x[0] = 8;
    x[2] = -8;
    x[4] = 0.001;
    x[6] = -0.001;
    x[8] = 4;
    x[10] = -4;
    x[12] = NAN;
    x[14] = INFINITY;
    x[1] = 1e-300;
    struct mm_ranges ranges = look(false, true, 40);
    size_t half = ranges.half, all = 0;
    const uint64_t *count = ranges.count;
    for (size_t i = 0; i < 2 * half; i++)
        all += count[i];
    assert_int_equal(all, 6); /* no zeros, nothing that is not finite */
    assert_int_equal(count[2 * half - 1], 1);
    assert_int_equal(count[0], 1);
    assert_int_equal(count[half], 1);
    assert_int_equal(count[half - 1], 1);
    assert_int_equal(count[half + half / 2], 1); /* 4 begins the upper half */
    assert_int_equal(count[half / 2 - 1], 1);
    assert_int_equal(count[2 * half + 2 * half - 1], 1); /* the other channel */
    mm_ranges_done(&ranges);
}

static void nothing(void **state)
{
    (void)state;
    memset(x, 0, sizeof x);
    x[1] = NAN;
    for (int i = 3; i < 40; i += 2)
        x[i] = INFINITY;
    struct mm_ranges ranges = look(true, true, 40);
    for (int way = 0; way < 2 * MM_RANGE_COUNT; way++) {
        struct mm_whatif_setting setting = {
            .dtype = MM_I4, .asymmetric = way % 2, .range = (enum mm_range)(way / 2)};
        for (int64_t c = 0; c < 2; c++) {
            struct mm_quant quant;
            bool zero = false;
            mm_ranges_choose(&ranges, &setting, c, &quant, &zero);
            assert_true(zero && quant.scale == 1);
        }
    }
    mm_ranges_done(&ranges);
}

/* Fewer bins for many channels; the memory stays within 64 MiB. */
static void many_channels(void **state)
{
    (void)state;
    struct mm_err err;
    struct mm_ranges ranges = {.wants_hist = true, .lay = {2048, 1}};
    assert_int_equal(mm_ranges_init(&ranges, 4096, NULL), 0);
    assert_int_equal(ranges.half, 2048);
    mm_ranges_done(&ranges);
    ranges = (struct mm_ranges){.wants_hist = true, .lay = {MM_SEARCH_CHANNELS_MAX, 1}};
    assert_int_equal(mm_ranges_init(&ranges, 1 << 20, NULL), 0);
    assert_int_equal(ranges.half, 128);
    mm_ranges_done(&ranges);
    ranges = (struct mm_ranges){.wants_hist = true, .lay = {MM_SEARCH_CHANNELS_MAX + 1, 1}};
    assert_int_equal(mm_ranges_init(&ranges, 1 << 20, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    mm_ranges_done(&ranges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minmax),        cmocka_unit_test(floats_have_the_same_tails),
        cmocka_unit_test(percentile),    cmocka_unit_test(one_side),
        cmocka_unit_test(histogram),     cmocka_unit_test(nothing),
        cmocka_unit_test(many_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
