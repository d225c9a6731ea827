/* Histograms of pairs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "mmtui/compare.h"
#include "compare/total.h"
#include "unit/pair/pair_files.h"
#include "unit/compare/team.h"

static int setup(void **state)
{
    struct pair_files *files = malloc(sizeof(*files));

    pair_files_init(files);
    *state = files;
    return 0;
}

static int teardown(void **state)
{
    pair_files_done(*state);
    free(*state);
    return 0;
}

static void put(struct pair_files *files, int side, const double *x, int64_t n)
{
    pair_files_put(files, side, side ? "2_a.npy" : "1_a.npy", MM_F64, (struct mm_shape){1, {n}}, x);
}

static void count(struct pair_files *files, size_t bins, double low, double high, struct mm_pair_hist *out)
{
    const struct mm_hist_options options = {bins, low, high};
    struct mm_err err;

    if (mm_pair_hist(&files->pair, NULL, &options, NULL, out, &err))
        fail_msg("%s", err.text);
}

static uint64_t total(const struct mm_hist *hist)
{
    uint64_t sum = hist->below + hist->above + hist->nonfinite;

    for (size_t i = 0; i < hist->bins; i++)
        sum += hist->count[i];
    return sum;
}

static void one_range_for_both(void **state)
{
    const double s[] = {0, 1, 2, NAN}, d[] = {-2, 1, 2.25, INFINITY};
    struct mm_pair_hist hist;

    put(*state, 0, s, 4);
    put(*state, 1, d, 4);
    count(*state, 17, 0, 0, &hist);
    assert_true(hist.src.low == -2 && hist.src.high == 2.25 && hist.dst.low == -2 && hist.dst.high == 2.25);
    assert_true(hist.dst.count[0] == 1 && hist.dst.count[16] == 1 && hist.dst.count[12] == 1);
    assert_true(hist.src.count[8] == 1 && hist.src.count[12] == 1 && hist.src.count[16] == 1);
    assert_true(hist.src.nonfinite == 1 && hist.dst.nonfinite == 1);
    assert_true(hist.error.zero == 1 && hist.error.nonfinite == 1);
    assert_true(hist.error.count[1 - MM_EXP_LOW] == 1 && hist.error.count[-2 - MM_EXP_LOW] == 1);
    mm_pair_hist_done(&hist);
}

/* The lane is a matter of speed: floats against floats, halves and doubles, and alone. */
static void in_either_lane(void **state)
{
    struct pair_files *files = *state;
    const struct mm_shape four = {1, {4}};
    const float s[] = {0, 1, -INFINITY, 3};
    const double wide[] = {-1, 1, 1.5, 7};
    const float narrow[] = {-1, 1, 1.5f, 7};
    const uint16_t half[] = {0xbc00, 0x3c00, 0x3e00, 0x4700};
    const struct {
        enum mm_dtype dtype;
        const void *data;
    } dst[] = {{MM_F32, narrow}, {MM_F16, half}, {MM_F64, wide}};
    struct mm_pair_hist hist;
    struct mm_pair both;

    pair_files_put(files, 0, "1_a.npy", MM_F32, four, s);
    for (size_t i = 0; i < MM_COUNT(dst); i++) {
        pair_files_put(files, 1, "2_a.npy", dst[i].dtype, four, dst[i].data);
        count(files, 4, 0, 0, &hist); /* 2 a bin, from -1 */
        assert_true(hist.src.low == -1 && hist.src.high == 7 && hist.src.nonfinite == 1);
        assert_true(hist.src.count[0] == 1 && hist.src.count[1] == 1 && hist.src.count[2] == 1);
        assert_true(hist.dst.count[0] == 1 && hist.dst.count[1] == 2 && hist.dst.count[3] == 1);
        assert_true(hist.error.count[0 - MM_EXP_LOW] == 1 && hist.error.count[2 - MM_EXP_LOW] == 1);
        assert_true(hist.error.zero == 1 && hist.error.nonfinite == 1);
        mm_pair_hist_done(&hist);
    }
    both = files->pair;
    files->pair.dst = NULL;
    count(files, 3, 0, 0, &hist); /* 1 a bin, from 0 */
    assert_true(hist.src.low == 0 && hist.src.high == 3 && hist.src.count[0] == 1);
    assert_true(hist.src.count[1] == 1 && hist.src.count[2] == 1 && hist.src.nonfinite == 1);
    mm_pair_hist_done(&hist);
    files->pair = both;
}

static void a_given_range(void **state)
{
    const double s[] = {0, 1, 2, 3}, d[] = {-1, 1, 1.5, 9};
    struct mm_pair_hist hist;

    put(*state, 0, s, 4);
    put(*state, 1, d, 4);
    count(*state, 2, 0, 2, &hist);
    assert_true(hist.src.count[0] == 1 && hist.src.count[1] == 2 && hist.src.above == 1);
    assert_true(hist.dst.count[1] == 2 && hist.dst.below == 1 && hist.dst.above == 1);
    mm_pair_hist_done(&hist);
}

/* More than a tile, and every element is somewhere. */
static void many(void **state)
{
    static double s[3 * MM_TILE + 5];
    struct mm_pair_hist hist;

    for (size_t i = 0; i < MM_COUNT(s); i++)
        s[i] = sin((double)i);
    put(*state, 0, s, MM_COUNT(s));
    put(*state, 1, s, MM_COUNT(s));
    count(*state, MM_HIST_BINS_MAX, 0, 0, &hist);
    assert_true(total(&hist.src) == MM_COUNT(s) && total(&hist.dst) == MM_COUNT(s));
    assert_true(hist.error.zero == MM_COUNT(s));
    mm_pair_hist_done(&hist);
}

static void constants_stand_in_the_middle(void **state)
{
    static const double values[] = {0, 1, -3, 1e-300, 0x1p-1074, 1.7e308, -DBL_MAX, 65504};

    for (size_t i = 0; i < MM_COUNT(values); i++) {
        const double x[] = {values[i], values[i], values[i]};
        struct mm_pair_hist hist;

        put(*state, 0, x, 3);
        put(*state, 1, x, 3);
        count(*state, 10, 0, 0, &hist);
        assert_true(hist.src.low < hist.src.high && isfinite(hist.src.low) && isfinite(hist.src.high));
        assert_true(hist.src.low <= x[0] && x[0] <= hist.src.high);
        assert_true(total(&hist.src) == 3 && hist.src.below == 0 && hist.src.above == 0);
        mm_pair_hist_done(&hist);
    }
}

static void nothing_finite_and_empty(void **state)
{
    const double s[] = {NAN, INFINITY}, d[] = {NAN, -INFINITY};
    struct mm_pair_hist hist;

    put(*state, 0, s, 2);
    put(*state, 1, d, 2);
    count(*state, 4, 0, 0, &hist);
    assert_true(hist.src.low < hist.src.high && hist.src.nonfinite == 2 && total(&hist.src) == 2);
    assert_true(hist.error.nonfinite == 2);
    mm_pair_hist_done(&hist);
    put(*state, 0, s, 0);
    put(*state, 1, d, 0);
    count(*state, 4, 0, 0, &hist);
    assert_true(hist.src.low < hist.src.high && total(&hist.src) == 0 && hist.dst.bins == 4);
    mm_pair_hist_done(&hist);
}

static void one_side_only(void **state)
{
    const double d[] = {1, 2, 3};
    struct mm_pair_hist hist;

    put(*state, 1, d, 3);
    count(*state, 4, 0, 0, &hist);
    assert_true(hist.src.bins == 0 && hist.dst.bins == 4 && total(&hist.dst) == 3);
    assert_true(hist.error.zero == 0);
    mm_pair_hist_done(&hist);
}

/* Shapes differ: each side has its histogram, there is no error. */
static void mismatch(void **state)
{
    const double s[] = {1, 2, 3}, d[] = {1, 5};
    struct mm_pair_hist hist;

    put(*state, 0, s, 3);
    put(*state, 1, d, 2);
    count(*state, 4, 0, 0, &hist);
    assert_true(hist.src.low == 1 && hist.src.high == 5 && total(&hist.src) == 3 && total(&hist.dst) == 2);
    assert_true(hist.error.zero == 0 && hist.error.nonfinite == 0);
    mm_pair_hist_done(&hist);
}

/* Values of all kinds, some beyond the range that is asked for. */
static double *values_of_all_kinds(size_t n, uint64_t random)
{
    double *x = malloc(n * sizeof(*x));

    assert_non_null(x);
    for (size_t i = 0; i < n; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        x[i] = i % 1000 == 7 ? NAN : i % 1001 == 8 ? -0.0 : (double)(int32_t)(random >> 32) * 1e-9;
    }
    return x;
}

static void assert_same_counts(const struct mm_hist *a, const struct mm_hist *b)
{
    assert_true(a->low == b->low && a->high == b->high && a->bins == b->bins);
    assert_true(a->below == b->below && a->above == b->above && a->nonfinite == b->nonfinite);
    if (a->bins > 0)
        assert_memory_equal(a->count, b->count, a->bins * sizeof(*a->count));
}

static void assert_same_hist(const struct pair_files *files, const struct mm_hist_options *options,
                             struct mm_helpers *helpers, size_t n)
{
    struct mm_pair_hist alone, together;
    struct mm_err err;

    assert_int_equal(mm_pair_hist(&files->pair, NULL, options, NULL, &alone, &err), 0);
    assert_int_equal(
        mm_pair_hist(&files->pair, NULL, options, &(struct mm_control){.helpers = helpers}, &together, &err),
        0);
    assert_int_equal(total(&alone.src), n);
    assert_same_counts(&alone.src, &together.src);
    assert_same_counts(&alone.dst, &together.dst);
    assert_memory_equal(&alone.error, &together.error, sizeof(alone.error));
    mm_pair_hist_done(&alone);
    mm_pair_hist_done(&together);
}

static void the_same_together(void **state)
{
    const struct mm_hist_options all = {64, 0, 0}, some = {100, -1, 0.5};
    const size_t n = MM_WHOLE + 2 * MM_PIECE + 4099;
    struct pair_files *files = *state;
    double *s = values_of_all_kinds(n, 1), *d = values_of_all_kinds(n, 2);
    struct team team;

    team_open(&team);
    put(files, 0, s, (int64_t)n);
    assert_same_hist(files, &all, &team.helpers, n); /* one side alone */
    put(files, 1, d, (int64_t)n);
    assert_same_hist(files, &all, &team.helpers, n);
    assert_same_hist(files, &some, &team.helpers, n);
    put(files, 1, d, (int64_t)n - 1); /* no errors to count */
    assert_same_hist(files, &some, &team.helpers, n);
    assert_true(atomic_load(&team.joined) > 0);
    team_close(&team);
    free(s);
    free(d);
}

static void stopped_together(void **state)
{
    const struct mm_hist_options options = {64, -1, 1};
    struct pair_files *files = *state;
    double *s = values_of_all_kinds(MM_WHOLE + 1, 1);
    struct mm_pair_hist hist;
    atomic_bool stop = true;
    struct team team;
    struct mm_control control = {.cancel = &stop, .helpers = &team.helpers};
    struct mm_err err;

    put(files, 0, s, MM_WHOLE + 1);
    team_open(&team);
    assert_int_equal(mm_pair_hist(&files->pair, NULL, &options, &control, &hist, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_null(hist.src.count);
    team_close(&team);
    free(s);
}

static void what_is_refused(void **state)
{
    static const struct mm_hist_options bad[] = {
        {0, 0, 1}, {MM_HIST_BINS_MAX + 1, 0, 1}, {4, 1, 0}, {4, NAN, 1}, {4, 0, INFINITY}};
    const struct mm_hist_options good = {4, 0, 0};
    const double s[] = {1, 2, 3};
    struct pair_files *files = *state;
    struct mm_pair_hist hist;
    atomic_bool stop = true;
    struct mm_err err;

    put(files, 0, s, 3);
    for (size_t i = 0; i < MM_COUNT(bad); i++) {
        assert_int_equal(mm_pair_hist(&files->pair, NULL, &bad[i], NULL, &hist, &err), -1);
        assert_int_equal(err.code, MM_EARG);
        assert_null(hist.src.count);
    }
    assert_int_equal(
        mm_pair_hist(&files->pair, NULL, &good, &(struct mm_control){.cancel = &stop}, &hist, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_null(hist.src.count);
    pair_files_bytes(files, 1, "2_a.npy", "no array");
    assert_int_equal(mm_pair_hist(&files->pair, NULL, &good, NULL, &hist, &err), -1);
    mm_pair_hist_done(&hist);
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILES(one_range_for_both),
        WITH_FILES(in_either_lane),
        WITH_FILES(a_given_range),
        WITH_FILES(many),
        WITH_FILES(constants_stand_in_the_middle),
        WITH_FILES(nothing_finite_and_empty),
        WITH_FILES(one_side_only),
        WITH_FILES(mismatch),
        WITH_FILES(the_same_together),
        WITH_FILES(stopped_together),
        WITH_FILES(what_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
