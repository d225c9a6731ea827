#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/pair/pair_files.h"
#include "unit/pair/odd_text.h"
#include "unit/cause/cause_testing.h"

#define COUNT (3 * 32 * 32)
static const struct mm_shape shape = {4, {1, 3, 32, 32}};

/* An f32 reference and a dst as the caller wants it. */
static void put(struct pair_files *files, int side, const double *x, int64_t count, struct mm_shape of)
{
    float *value = malloc((size_t)count * sizeof *value);
    assert_non_null(value);
    for (int64_t i = 0; i < count; i++)
        value[i] = (float)x[i];
    pair_files_put(files, side, side ? "2_t.pb" : "1_t.npy", MM_F32, of, value);
    free(value);
}

static void look(struct pair_files *files, bool quantised, const struct mm_result *result,
                 struct mm_evidence *out)
{
    struct mm_err err = {MM_OK, ""};
    struct mm_analysis analysis = {
        .pair = &files->pair, .result = result, .op_type = "Conv", .noise = 1e-3, .quantised = quantised};
    memset(out, 0xAA, sizeof *out);
    if (mm_evidence_collect(&analysis, NULL, out, &err) < 0)
        fail_msg("%s", err.text);
}

static void collect(struct pair_files *files, bool quantised, struct mm_result *result,
                    struct mm_evidence *out)
{
    struct mm_measure_options options;
    mm_measure_defaults(&options);
    memset(result, 0, sizeof *result);
    mm_measure_pair(&files->pair, NULL, &options, NULL, result);
    look(files, quantised, result, out);
}

/* An int8 grid of one step for all channels; then halves; then channels reversed. */
static void formats_and_causes(void **state)
{
    (void)state;
    struct pair_files files;
    struct mm_result result;
    struct mm_evidence e;
    struct fault f;
    fault_init(&f, shape, 1);
    for (int64_t i = 0; i < COUNT; i++) {
        f.s[i] = (double)(float)f.s[i];
        f.d[i] = rint(f.s[i] * 32) / 32;
    }
    pair_files_init(&files);
    put(&files, 0, f.s, COUNT, shape);
    put(&files, 1, f.d, COUNT, shape);
    collect(&files, false, &result, &e);
    assert_null(e.problem);
    assert_true(e.grid == 0.03125);
    assert_int_equal(e.channel_axis, 1);
    assert_int_equal(e.floors, 6);
    assert_int_equal(e.floor[e.format].setting.dtype, MM_I8);
    assert_true(isnan(e.channel_spread)); /* three channels say nothing about channels */
    mm_evidence_done(&e);
    mm_result_done(&result);

    for (int64_t i = 0; i < COUNT; i++)
        f.d[i] = (double)mm_half_to_float(mm_float_to_half((float)f.s[i]));
    put(&files, 1, f.d, COUNT, shape);
    collect(&files, false, &result, &e);
    assert_true(e.grid == 0);
    assert_int_equal(e.floor[e.format].setting.dtype, MM_F16);
    mm_evidence_done(&e);
    mm_result_done(&result);

    for (int64_t i = 0; i < COUNT; i++)
        f.d[i] = f.s[(2 - i / 1024) * 1024 + i % 1024];
    put(&files, 1, f.d, COUNT, shape);
    collect(&files, false, &result, &e);
    assert_int_equal(e.format, -1);
    assert_true(e.findings >= 1);
    assert_int_equal(e.finding[0].cause, MM_CAUSE_CHANNELS_REVERSED);
    mm_evidence_done(&e);
    mm_result_done(&result);
    pair_files_done(&files);
    fault_done(&f);
}

/* Channels of size 1, 10, 100 ...: one error for all of them has slope 0, one in proportion slope 1. */
static void channels(void **state)
{
    (void)state;
    struct pair_files files;
    struct mm_result result;
    struct mm_evidence e;
    struct fault f;
    struct mm_shape five = {4, {1, 5, 16, 16}};
    fault_init(&f, five, 2);
    pair_files_init(&files);
    for (int way = 0; way < 2; way++) {
        for (int64_t i = 0; i < f.count; i++) {
            double size = pow(10, (double)(i / 256)), sign = i % 2 ? 1 : -1;
            f.s[i] = sign * size;
            f.d[i] = f.s[i] + (i % 3 ? 1 : -1) * (way ? 0.125 * size : 0.125);
        }
        put(&files, 0, f.s, f.count, five);
        put(&files, 1, f.d, f.count, five);
        collect(&files, false, &result, &e);
        assert_true(fabs(e.channel_slope - way) < 1e-5);
        /* relative errors 0.125 / size: of five, the 90th percentile is the fourth, 0.0125, and the median
         * the third, 0.00125 */
        assert_true(fabs(e.channel_spread - (way ? 1 : 10)) < 1e-3);
        mm_evidence_done(&e);
        mm_result_done(&result);
    }
    pair_files_done(&files);
    fault_done(&f);
}

static void shapes_differ(void **state)
{
    (void)state;
    struct pair_files files;
    struct mm_result result;
    struct mm_evidence e;
    struct fault f;
    fault_init(&f, shape, 3);
    pair_files_init(&files);
    put(&files, 0, f.s, COUNT, shape);
    put(&files, 1, f.s, COUNT, (struct mm_shape){2, {32, 96}});
    collect(&files, false, &result, &e);
    assert_int_equal(result.state, MM_STATE_MISMATCH);
    assert_null(e.problem);
    assert_int_equal(e.findings, 1);
    assert_int_equal(e.finding[0].cause, MM_CAUSE_LAYOUT);
    mm_evidence_done(&e);
    mm_result_done(&result);
    pair_files_done(&files);
    fault_done(&f);
}

static void problems(void **state)
{
    (void)state;
    struct pair_files files;
    struct mm_result result = {.state = MM_STATE_MEASURED};
    struct mm_evidence e;
    struct mm_err err = {MM_OK, ""};
    double one[4] = {1, 2, 3, 4};
    pair_files_init(&files);
    put(&files, 0, one, 4, (struct mm_shape){1, {4}});
    collect(&files, false, &result, &e);
    assert_string_equal(e.problem, "only in src: nothing to compare");
    assert_int_equal(e.findings, 0);
    mm_evidence_done(&e);
    assert_null(e.problem);
    mm_result_done(&result);

    pair_files_bytes(&files, 1, "2_t.npy", "no tensor");
    collect(&files, false, &result, &e);
    assert_non_null(strstr(e.problem, "2_t.npy"));
    mm_evidence_done(&e);
    mm_result_done(&result);

    atomic_bool cancel = true;
    put(&files, 1, one, 4, (struct mm_shape){1, {4}});
    struct mm_analysis analysis = {.pair = &files.pair, .result = &result, .op_type = ""};
    assert_int_equal(mm_evidence_collect(&analysis, &cancel, &e, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    pair_files_done(&files);
}

/* dst is src rounded to steps of 64. As small files have it (.npy, which are never read twice), so large texts. */
static void odd_text_files(void **state)
{
    (void)state;
    static float value[2][ODD_COUNT];
    struct pair_files files;
    struct mm_result result;
    struct mm_evidence small, e;
    pair_files_init(&files);
    for (int i = 0; i < ODD_COUNT; i++) {
        value[0][i] = (float)i;
        value[1][i] = 64 * rintf((float)i / 64);
    }
    for (int side = 0; side < 2; side++)
        pair_files_put(&files, side, side ? "2_t.npy" : "1_t.npy", MM_F32, (struct mm_shape){1, {ODD_COUNT}},
                       value[side]);
    collect(&files, false, &result, &small);
    mm_result_done(&result);
    assert_true(small.grid == 64 && small.floors > 0);
    for (int odd = 1; odd < 4; odd++) {
        for (int side = 0; side < 2; side++) {
            struct mm_buf buf;
            mm_buf_init(&buf);
            mm_buf_puts(&buf, "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: 6000\n");
            for (int i = 0; i < ODD_COUNT; i++)
                mm_buf_printf(&buf, "float_val:%s%d\n", i == 3000 && (odd & 1 << side) ? "  " : " ",
                              (int)value[side][i]);
            pair_files_bytes(&files, side, side ? "2_t.pbtxt" : "1_t.pbtxt", mm_buf_text(&buf));
            mm_buf_done(&buf);
        }
        collect(&files, false, &result, &e);
        assert_null(e.problem);
        assert_true(e.grid == 64);
        assert_int_equal(e.floors, small.floors);
        assert_int_equal(e.format, small.format);
        assert_int_equal(e.findings, small.findings);
        for (size_t i = 0; i < e.floors; i++) {
            assert_int_equal(e.floor[i].setting.dtype, small.floor[i].setting.dtype);
            assert_true(e.floor[i].metrics.mse == small.floor[i].metrics.mse);
        }
        mm_evidence_done(&e);
        mm_result_done(&result);
    }
    mm_evidence_done(&small);
    pair_files_done(&files);
}

static void cut_files(void **state)
{
    (void)state;
    struct pair_files files;
    struct mm_result result;
    struct mm_evidence e;
    char *text = odd_text("6000", 1, true);
    pair_files_init(&files);
    pair_files_bytes(&files, 0, "1_t.pbtxt", text);
    pair_files_bytes(&files, 1, "2_t.pbtxt", text);
    mm_measure_pair(&files.pair, NULL, NULL, NULL, &result); /* then it is cut */
    cut_when_opened(&files.source[1], files.source[0].path);
    look(&files, false, &result, &e);
    assert_string_equal(e.problem, "1_t.pbtxt: became shorter while it was read");
    assert_true(e.floors == 0 && e.findings == 0);
    mm_evidence_done(&e);
    mm_result_done(&result);
    pair_files_done(&files);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_and_causes), cmocka_unit_test(channels),
        cmocka_unit_test(shapes_differ),      cmocka_unit_test(problems),
        cmocka_unit_test(odd_text_files),     cmocka_unit_test(cut_files),
    };
    return cmocka_run_group_tests_name("triage/evidence", tests, NULL, NULL);
}
