/* Pairs of large text files: values that are laid out otherwise than they seemed when the files were
 * opened. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "mmtui/compare.h"
#include "unit/pair/pair_files.h"
#include "unit/pair/odd_text.h"

#define MANY 6000

static int setup(void **state)
{
    static struct pair_files files;

    pair_files_init(&files);
    *state = &files;
    return 0;
}

static int teardown(void **state)
{
    pair_files_done(*state);
    return 0;
}

/* Values 0, 1, 2 ... with `odd` before the one in the middle. */
static void put(struct pair_files *files, int side, const char *file, const char *shape, const char *odd)
{
    struct mm_buf buf;

    mm_buf_init(&buf);
    mm_buf_printf(&buf, "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: %s\n", shape);
    for (int i = 0; i < MANY; i++)
        mm_buf_printf(&buf, "%sfloat_val: %d\n", i == MANY / 2 ? odd : "", i);
    mm_buf_puts(&buf, "node_name: \"n\"\n");
    pair_files_bytes(files, side, file, mm_buf_text(&buf));
    mm_buf_done(&buf);
}

static void measured(struct pair_files *files, enum mm_shape_match fit)
{
    struct mm_result result;

    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    if (result.state != MM_STATE_MEASURED)
        fail_msg("%s", result.error ? result.error : "not measured");
    assert_int_equal(result.match, fit);
    assert_int_equal(result.metrics.finite, MANY);
    assert_true(result.metrics.src.max == MANY - 1 && result.metrics.src.max_at == MANY - 1);
    assert_true(result.metrics.dst.mean == (MANY - 1) / 2.0);
    mm_result_done(&result);
}

static void odd_on_each_side(void **state)
{
    struct pair_files *files = *state;

    put(files, 0, "1_a.pbtxt", "6000", "");
    put(files, 1, "2_a.pbtxt", "6000", "");
    measured(files, MM_MATCH_SAME);
    put(files, 0, "1_a.pbtxt", "6000", "# here\n");
    measured(files, MM_MATCH_SAME);
    put(files, 1, "2_a.pbtxt", "6000", "index: 3\n");
    measured(files, MM_MATCH_SAME);
    put(files, 0, "1_a.pbtxt", "6000", "");
    measured(files, MM_MATCH_SAME);
}

static void one_side_only(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    put(files, 1, "2_a.pbtxt", "6000", "# here\n");
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_SINGLE);
    assert_true(result.metrics.dst.max == MANY - 1);
    mm_result_done(&result);
}

/* An axis is undone by decoding everything before the measuring. */
static void with_an_axis(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    put(files, 0, "1_a.pbtxt", "[60, 100]", "");
    put(files, 1, "2_a@axis0to-1.pbtxt", "[100, 60]", "# here\n");
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_MEASURED);
    assert_int_equal(result.match, MM_MATCH_UNDO_DST);
    assert_true(result.metrics.dst.mean == (MANY - 1) / 2.0);
    mm_result_done(&result);
}

/* 600 of the values in each tenth of [0, 5999]; dst's are twice those and its own range is above: 300. */
static void histograms(void **state)
{
    struct mm_hist_options options = {.bins = 10, .low = 0, .high = ODD_COUNT - 1};
    struct pair_files *files = *state;

    for (int odd = 1; odd < 4; odd++) {
        char *src = odd_text("6000", 1, odd & 1), *dst = odd_text("6000", 2, odd & 2);
        struct mm_err err = {MM_OK, ""};
        struct mm_pair_hist hist;

        pair_files_bytes(files, 0, "1_a.pbtxt", src);
        pair_files_bytes(files, 1, "2_a.pbtxt", dst);
        if (mm_pair_hist(&files->pair, NULL, &options, NULL, &hist, &err))
            fail_msg("%s", err.text);
        assert_int_equal(err.code, MM_OK);
        for (size_t i = 0; i < 10; i++) {
            assert_int_equal(hist.src.count[i], 600);
            assert_int_equal(hist.dst.count[i], 300);
        }
        assert_int_equal(hist.dst.above, 3000);
        assert_int_equal(hist.error.zero, 1);
        assert_int_equal(hist.error.count[0 - MM_EXP_LOW], 1);     /* 1 */
        assert_int_equal(hist.error.count[11 - MM_EXP_LOW], 2048); /* 2048 .. 4095 */
        mm_pair_hist_done(&hist);
        free(src);
        free(dst);
    }
}

/* |e| = 0 .. 5999: floor(q * 5999) is the value itself. */
static void quantiles(void **state)
{
    struct pair_files *files = *state;

    for (int odd = 1; odd < 4; odd++) {
        char *src = odd_text("6000", 1, odd & 1), *dst = odd_text("6000", 2, odd & 2);
        struct mm_err err = {MM_OK, ""};
        struct mm_quantiles q;

        pair_files_bytes(files, 0, "1_a.pbtxt", src);
        pair_files_bytes(files, 1, "2_a.pbtxt", dst);
        if (mm_pair_quantiles(&files->pair, NULL, NULL, &q, &err))
            fail_msg("%s", err.text);
        assert_int_equal(err.code, MM_OK);
        assert_int_equal(q.count, ODD_COUNT);
        assert_true(q.p50 == 2999 && q.p90 == 5399 && q.p99 == 5939 && q.p999 == 5993);
        free(src);
        free(dst);
    }
}

/* Figures, histograms and quantiles of a file that becomes shorter meanwhile. */
static void cut_files(void **state)
{
    struct mm_hist_options options = {.bins = 10};
    struct pair_files *files = *state;
    char *text = odd_text("6000", 1, true);

    for (int victim = 0; victim < 2; victim++) {
        const char *wanted = victim ? "2_a.pbtxt: became shorter while it was read"
                                    : "1_a.pbtxt: became shorter while it was read";
        for (int way = 0; way < 3; way++) {
            struct mm_quantiles q;
            struct mm_pair_hist hist;
            struct mm_result result;
            struct mm_err err = {MM_OK, ""};

            pair_files_bytes(files, 0, "1_a.pbtxt", text);
            pair_files_bytes(files, 1, "2_a.pbtxt", text);
            cut_when_opened(&files->source[1], files->source[victim].path);
            if (way == 0) {
                mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
                assert_int_equal(result.state, MM_STATE_FAILED);
                assert_int_equal(result.failed_dst, victim);
                assert_true(isnan(result.metrics.diff1));
                mm_fail(&err, result.code, "%s", result.error);
                mm_result_done(&result);
            } else if (way == 1) {
                assert_int_equal(mm_pair_hist(&files->pair, NULL, &options, NULL, &hist, &err), -1);
                assert_null(hist.src.count);
            } else {
                assert_int_equal(mm_pair_quantiles(&files->pair, NULL, NULL, &q, &err), -1);
            }
            assert_int_equal(err.code, MM_EIO);
            assert_string_equal(err.text, wanted);
        }
    }
    free(text);
}

/* What is wrong is said as it would be if the file had been read through when it was opened. */
static void bad_ones(void **state)
{
    static const struct {
        const char *shape, *odd, *text;
    } cases[] = {
        {"6000", "float_val: 1x\n", "2_a.pbtxt: line 3004: not a number of this field's kind: '1x'"},
        {"6000", "float_val: 7\n", "2_a.pbtxt: tensor_shape [6000] means 6000 values, 6001 are there"},
    };
    struct pair_files *files = *state;

    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_result result;

        put(files, 0, "1_a.pbtxt", cases[i].shape, "");
        put(files, 1, "2_a.pbtxt", cases[i].shape, cases[i].odd);
        mm_measure_header(&files->pair, NULL, &result);
        assert_int_equal(result.state, MM_STATE_HEADER); /* not known yet */
        mm_result_done(&result);
        mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
        assert_int_equal(result.state, MM_STATE_FAILED);
        assert_true(result.failed_dst);
        assert_int_equal(result.code, MM_ECORRUPT);
        assert_string_equal(result.error, cases[i].text);
        assert_true(isnan(result.metrics.diff1));
        mm_result_done(&result);
    }
}

/* Quantiles and histograms too, alone and with the figures. */
static void extras(void **state)
{
    struct pair_files *files = *state;
    struct mm_measure_options options;
    struct mm_quantiles quantiles;
    struct mm_result result;
    struct mm_err err;

    mm_measure_defaults(&options);
    options.quantiles = true;
    options.hist_bins = 4;
    for (int side = 0; side < 2; side++) {
        put(files, 0, "1_a.pbtxt", "6000", side == 0 ? "# odd\n" : "");
        put(files, 1, "2_a.pbtxt", "6000", side == 1 ? "  " : "");
        if (mm_pair_quantiles(&files->pair, NULL, NULL, &quantiles, &err))
            fail_msg("%s", err.text);
        assert_true(quantiles.count == MANY && quantiles.p999 == 0);
        mm_measure_pair(&files->pair, NULL, &options, NULL, &result);
        assert_int_equal(result.state, MM_STATE_MEASURED);
        assert_true(result.has_quantiles && result.quantiles.count == MANY);
        for (int i = 0; i < 4; i++)
            assert_int_equal(result.hist->src.count[i], MANY / 4);
        mm_result_done(&result);
    }
}

/* Reading all of it to settle what it is stops on request. */
static void settling_can_be_cancelled(void **state)
{
    struct pair_files *files = *state;
    atomic_bool stop = true;
    struct mm_load load;
    struct mm_err err;

    put(files, 0, "1_a.pbtxt", "6000", "# odd\n");
    assert_int_equal(mm_load_open(&load, files->pair.src, NULL, &err), 0);
    assert_true(load.uncounted);
    load.cancel = &stop;
    assert_int_equal(mm_load_validate(&load, files->pair.src, NULL, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    atomic_store(&stop, false);
    assert_int_equal(mm_load_validate(&load, files->pair.src, NULL, &err), 0);
    mm_load_close(&load);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(odd_on_each_side), TEST(one_side_only), TEST(with_an_axis),
        TEST(histograms),       TEST(quantiles),     TEST(cut_files),
        TEST(bad_ones),         TEST(extras),        TEST(settling_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
