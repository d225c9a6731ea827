#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/whatif.h"
#include "unit/fixture.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- against NumPy (whatif_numpy.py) ---- */

struct sample {
    const char *descr, *shape; /* as NumPy spells them */
    enum mm_dtype dtype;
    struct mm_shape dims;
    void *data;
    size_t size;
};

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 11;
}

/* About normal, by the sum of four. */
static double normal(uint64_t *seed)
{
    double sum = -2;
    for (int i = 0; i < 4; i++)
        sum += (double)next(seed) * 0x1p-53;
    return sum;
}

#define SETTINGS 128

/* Every format, symmetric and asymmetric, by min-max and percentile, for the whole and along every axis; blocks. */
static size_t all_settings(int rank, struct mm_whatif_setting out[SETTINGS])
{
    static const enum mm_dtype floats[] = {MM_F16, MM_BF16, MM_F8E4M3, MM_F8E5M2};
    static const enum mm_dtype integers[] = {MM_I16, MM_I8, MM_I4};
    static const enum mm_dtype elements[] = {MM_F8E4M3, MM_F8E5M2, MM_F6E2M3, MM_F6E3M2, MM_F4E2M1, MM_I8};
    size_t n = 0;
    for (size_t i = 0; i < MM_COUNT(floats); i++)
        out[n++] = (struct mm_whatif_setting){.dtype = floats[i]};
    for (size_t i = 0; i < MM_COUNT(integers); i++) {
        for (int axis = -1; axis < rank; axis++) {
            for (int way = 0; way < 4; way++)
                out[n++] = (struct mm_whatif_setting){.dtype = integers[i],
                                                      .per_channel = axis >= 0,
                                                      .axis = axis < 0 ? 0 : axis,
                                                      .asymmetric = way % 2,
                                                      .range = way / 2 ? MM_RANGE_P9999 : MM_RANGE_MINMAX};
        }
    }
    for (size_t i = 0; i < MM_COUNT(elements); i++)
        out[n++] = (struct mm_whatif_setting){.dtype = elements[i], .blocks = MM_BLOCKS_MX};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_F4E2M1, .blocks = MM_BLOCKS_NVFP4};
    return n;
}

static bool near(double a, double b)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fabs(b);
}

static void assert_line(const char *line, const struct mm_whatif *w, const char *sample)
{
    double want[8];
    struct mm_buf name;
    mm_buf_init(&name);
    mm_whatif_name(&w->setting, &name);
    assert_int_equal(sscanf(line, "%lf %lf %lf %lf %lf %lf %lf %lf", &want[0], &want[1], &want[2], &want[3],
                            &want[4], &want[5], &want[6], &want[7]),
                     8);
    const double got[8] = {
        w->scale,         w->zero_point,      w->scale_low, w->scale_high,
        w->metrics.diff2, w->metrics.max_abs, w->clipped,   (double)w->metrics.nonfinite_differ};
    for (int i = 0; i < 8; i++) {
        if (!near(got[i], want[i]))
            fail_msg("%s, %s: figure %d is %.17g, not %.17g", sample, mm_buf_text(&name), i, got[i], want[i]);
    }
    mm_buf_done(&name);
}

static void put_settings(const char *folder, const struct mm_whatif_setting *settings, size_t n)
{
    static const char *const prefix[] = {
        [MM_BLOCKS_NONE] = "", [MM_BLOCKS_MX] = "mx:", [MM_BLOCKS_NVFP4] = "nvfp4:"};
    struct mm_buf text;
    mm_buf_init(&text);
    for (size_t i = 0; i < n; i++)
        mm_buf_printf(&text, "%s%s %d %d %d %s\n", prefix[settings[i].blocks],
                      mm_dtype_info(settings[i].dtype)->name, settings[i].per_channel, settings[i].axis,
                      settings[i].asymmetric, mm_range_word(settings[i].range));
    put_text(folder, "settings", mm_buf_text(&text));
    mm_buf_done(&text);
}

static void against_numpy(const struct sample *sample)
{
    struct mm_whatif_setting settings[SETTINGS];
    size_t n = all_settings(sample->dims.rank, settings);
    struct mm_whatif *out = calloc(n, sizeof *out);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    char command[512], *folder = temp_folder();

    put_npy(folder, "x.npy", sample->descr, sample->shape, sample->data, sample->size);
    put_settings(folder, settings, n);
    snprintf(
        command, sizeof command,
        "/usr/bin/python3 -B tests/unit/whatif/whatif_numpy.py '%%s/x.npy' '%%s/settings' > '%%s/printed'");
    shell(folder, command);
    char *printed = get_bytes(folder, "printed", NULL), *line = printed;
    mm_tensor_raw(&tensor, sample->dtype, &sample->dims, sample->data, &run);
    assert_int_equal(mm_whatif_tensor(&tensor, settings, n, NULL, out, &err), 0);
    for (size_t i = 0; i < n; i++) {
        assert_line(line, &out[i], sample->descr);
        line = strchr(line, '\n') + 1;
    }
    assert_true(*line == '\0');
    free(printed);
    free(out);
    drop_folder(folder);
}

/* 2 x 5 x 50 x 150 floats: channels of very different range, one of them zero, one with NaN and Inf. */
static void floats(void **state)
{
    (void)state;
    enum { N = 2 * 5 * 50 * 150 };
    float *x = malloc(N * sizeof *x);
    uint64_t seed = 1;
    for (int i = 0; i < N; i++) {
        int c = i / 7500 % 5;
        x[i] = c == 2 ? 0 : (float)((normal(&seed) + (c == 3 ? 1.5 : 0)) * pow(10, 2 * c - 3));
    }
    x[7500 + 3] = INFINITY;
    x[7500 + 4] = -INFINITY;
    x[7500 + 5] = NAN;
    x[30000] = -70000; /* beyond f16 and both kinds of 8 bits */
    x[30001] = 1e5f;
    against_numpy(&(struct sample){"<f4", "(2, 5, 50, 150)", MM_F32, {4, {2, 5, 50, 150}}, x, N * sizeof *x});
    free(x);
}

static void magnitudes(void **state)
{
    (void)state;
    float x[600];
    uint64_t seed = 2;
    for (int i = 0; i < 600; i++)
        x[i] = (float)(normal(&seed) * (i % 3 == 0 ? 1e-30 : i % 3 == 1 ? 1e30 : 1));
    against_numpy(&(struct sample){"<f4", "(200, 3)", MM_F32, {2, {200, 3}}, x, sizeof x});
    for (int i = 0; i < 600; i++)
        x[i] = (float)(normal(&seed) * 1e-30);
    against_numpy(&(struct sample){"<f4", "(200, 3)", MM_F32, {2, {200, 3}}, x, sizeof x});
    for (int i = 0; i < 600; i++)
        x[i] = (float)(normal(&seed) * 1e38); /* up to FLT_MAX / 2 */
    against_numpy(&(struct sample){"<f4", "(200, 3)", MM_F32, {2, {200, 3}}, x, sizeof x});
}

static void doubles_and_integers(void **state)
{
    (void)state;
    double x[360];
    int64_t q[360];
    int16_t h[360];
    uint64_t seed = 3;
    for (int i = 0; i < 360; i++) {
        x[i] = normal(&seed) * pow(10, i % 5);
        q[i] = (int64_t)(normal(&seed) * 1e12);
        h[i] = (int16_t)(normal(&seed) * 16000);
    }
    x[7] = NAN;
    x[8] = -INFINITY;
    against_numpy(&(struct sample){"<f8", "(3, 24, 5)", MM_F64, {3, {3, 24, 5}}, x, sizeof x});
    against_numpy(&(struct sample){"<i8", "(3, 24, 5)", MM_I64, {3, {3, 24, 5}}, q, sizeof q});
    against_numpy(&(struct sample){"<i2", "(3, 24, 5)", MM_I16, {3, {3, 24, 5}}, h, sizeof h});
}

static void small_ones(void **state)
{
    (void)state;
    float one = -3.7f, nans[2] = {NAN, INFINITY}, zeros[4] = {0, -0.0f, 0, 0};
    against_numpy(&(struct sample){"<f4", "()", MM_F32, {0, {0}}, &one, sizeof one});
    against_numpy(&(struct sample){"<f4", "(0, 4)", MM_F32, {2, {0, 4}}, &one, 0});
    against_numpy(&(struct sample){"<f4", "(4, 0)", MM_F32, {2, {4, 0}}, &one, 0});
    against_numpy(&(struct sample){"<f4", "(2,)", MM_F32, {1, {2}}, nans, sizeof nans});
    against_numpy(&(struct sample){"<f4", "(2, 2)", MM_F32, {2, {2, 2}}, zeros, sizeof zeros});
}

/* ---- by hand ---- */

static struct mm_whatif whatif(const float *x, struct mm_shape shape, struct mm_whatif_setting setting)
{
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_whatif out;
    struct mm_err err;
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(mm_whatif_tensor(&tensor, &setting, 1, NULL, &out, &err), 0);
    return out;
}

static void by_hand(void **state)
{
    (void)state;
    /* scale 2; 3 is a tie and goes to 4 (code 2), -5 to -4 (code -2.5 -> -2): errors -1 and -1 */
    float x[4] = {254, 3, -5, 10};
    struct mm_whatif w = whatif(x, (struct mm_shape){1, {4}}, (struct mm_whatif_setting){.dtype = MM_I8});
    assert_true(w.scale == 2 && w.zero_point == 0 && w.scale_low == 2 && w.scale_high == 2);
    assert_true(w.metrics.max_abs == 1 && w.metrics.mse == 0.5 && w.clipped == 0);
    assert_true(fabs(w.metrics.diff2 - sqrt(2.0 / (254 * 254 + 9 + 25 + 100))) < 1e-15);
    assert_true(fabs(w.metrics.sqnr + 20 * log10(w.metrics.diff2)) < 1e-12);
    assert_int_equal(w.setting.dtype, MM_I8);
    /* one row each: scales 2 and 10/127 */
    w = whatif(x, (struct mm_shape){2, {2, 2}},
               (struct mm_whatif_setting){.dtype = MM_I8, .per_channel = true, .axis = 0});
    assert_true(isnan(w.scale) && isnan(w.zero_point));
    assert_true(w.scale_high == 2 && w.scale_low == (double)(float)(10.0 / 127));
    /* f16: 100,000 is beyond it, and the other three are exact */
    float y[4] = {1, 2, 1e5f, 3};
    w = whatif(y, (struct mm_shape){1, {4}}, (struct mm_whatif_setting){.dtype = MM_F16});
    assert_true(w.metrics.nonfinite_differ == 1 && w.metrics.diff2 == 0 && w.clipped == 0.25);
    assert_true(isnan(w.scale) && isnan(w.zero_point) && isnan(w.scale_low) && isnan(w.scale_high));
}

/* Few values of very different size: nearly all are zero, so that 99.99 % of them have no range. */
static void percentile_of_zeros(void **state)
{
    (void)state;
    static float x[30000];
    x[5] = 127;
    struct mm_whatif w = whatif(x, (struct mm_shape){1, {30000}},
                                (struct mm_whatif_setting){.dtype = MM_I8, .range = MM_RANGE_P9999});
    assert_true(w.scale == 1 && w.clipped == 0 && w.metrics.diff2 == 0);
}

/* Outliers, 1 to 3 of 30,000, stretch min-max by 30: percentile and KL leave them out. */
static void searched_ranges(void **state)
{
    (void)state;
    static float x[30000];
    uint64_t seed = 4;
    for (int i = 0; i < 30000; i++)
        x[i] = (float)(normal(&seed) * (i % 10000 == 0 ? 30 : 1));
    x[0] = 60;
    for (int way = 0; way < 4; way++) {
        double scale[MM_RANGE_COUNT], mse[MM_RANGE_COUNT];
        for (int range = 0; range < MM_RANGE_COUNT; range++) {
            struct mm_whatif w = whatif(x, (struct mm_shape){2, {300, 100}},
                                        (struct mm_whatif_setting){.dtype = MM_I8,
                                                                   .per_channel = way / 2,
                                                                   .axis = 1,
                                                                   .asymmetric = way % 2,
                                                                   .range = (enum mm_range)range});
            scale[range] = w.scale_high;
            mse[range] = w.metrics.mse;
            if (way / 2 == 0 && range != MM_RANGE_MSE) /* clipping 60 may cost more than it gains */
                assert_true((w.clipped > 0) == (range != MM_RANGE_MINMAX));
        }
        assert_true(mse[MM_RANGE_MSE] <= 1.01 * mse[MM_RANGE_MINMAX]);
        if (way / 2)
            continue;
        assert_true(scale[MM_RANGE_P9999] < 0.5 * scale[MM_RANGE_MINMAX]);
        assert_true(scale[MM_RANGE_KL] < 0.5 * scale[MM_RANGE_MINMAX]);
    }
}

/* The share that least-MSE takes, and all others tried by clipping the values beforehand. */
static void least_mse_is_least(void **state)
{
    (void)state;
    static float x[20000];
    uint64_t seed = 5;
    double greatest = 0, best = INFINITY;
    for (int i = 0; i < 20000; i++) {
        double a = normal(&seed);
        x[i] = (float)(a * a * a);
        greatest = fmax(greatest, fabs((double)x[i]));
    }
    struct mm_whatif w = whatif(x, (struct mm_shape){1, {20000}},
                                (struct mm_whatif_setting){.dtype = MM_I4, .range = MM_RANGE_MSE});
    double share = w.scale * 7 / greatest * 128;
    assert_true(fabs(share - round(share)) < 1e-4);
    for (int i = 1; i <= 128; i++) {
        double scale = greatest / 7 * i / 128, sum = 0;
        for (int k = 0; k < 20000; k++) {
            double q = fmin(fmax(nearbyint((double)x[k] / scale), -7), 7);
            sum += ((double)x[k] - q * scale) * ((double)x[k] - q * scale);
        }
        best = fmin(best, sum / 20000);
    }
    assert_true(w.metrics.mse <= best * 1.01);
    assert_true(w.clipped > 0 && w.clipped < 0.1);
}

/* A mean that is large beside the spread: figures that need the centred sums. */
static void far_from_zero(void **state)
{
    (void)state;
    static float x[9000];
    uint64_t seed = 6;
    double sum = 0, square = 0;
    for (int i = 0; i < 9000; i++) {
        x[i] = (float)(16384 + (double)(next(&seed) % 64) / 32);
        sum += (double)x[i] - 16384;
        square += ((double)x[i] - 16384) * ((double)x[i] - 16384);
    }
    struct mm_whatif w = whatif(x, (struct mm_shape){1, {9000}}, (struct mm_whatif_setting){.dtype = MM_F16});
    double std = sqrt(square / 9000 - sum / 9000 * (sum / 9000));
    assert_true(fabs(w.metrics.src.std - std) < 1e-9 * std);
    assert_true(w.metrics.dst.std == 0); /* 16384 .. 16386 has one neighbour every 16 */
    assert_true(w.metrics.dst.min == 16384);
}

/* ---- what can't be ---- */

static void assert_refused(struct mm_shape shape, struct mm_whatif_setting setting, enum mm_code code)
{
    static const float x[2 * 40000];
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_whatif out;
    struct mm_err err = {MM_OK, ""};
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(mm_whatif_tensor(&tensor, &setting, 1, NULL, &out, &err), -1);
    assert_int_equal(err.code, code);
    assert_true(err.text[0] != '\0');
}

/* The costs alone are those of the whole: of floats and doubles, of all settings, with what is not finite, too. */
static void costs_alone(void **state)
{
    (void)state;
    static const struct mm_whatif_setting settings[] = {
        {.dtype = MM_F16},
        {.dtype = MM_BF16},
        {.dtype = MM_I8},
        {.dtype = MM_I8, .asymmetric = true, .range = MM_RANGE_MSE},
        {.dtype = MM_I8, .range = MM_RANGE_P9999},
        {.dtype = MM_I8, .per_channel = true, .axis = 0},
        {.dtype = MM_F4E2M1, .blocks = MM_BLOCKS_MX},
        {.dtype = MM_F4E2M1, .blocks = MM_BLOCKS_NVFP4}};
    enum { VALUES = 30000, ROWS = MM_COUNT(settings) };
    static float x[VALUES];
    static double y[VALUES];
    struct mm_shape shape = {2, {3, VALUES / 3}};
    struct mm_whatif whole[ROWS], costs[ROWS];
    struct mm_tensor tensor;
    struct mm_run run;
    for (int kind = 0; kind < 6; kind++) {
        for (int i = 0; i < VALUES; i++)
            x[i] = (float)(y[i] = sin(i * 0.37) * exp(i % 17 - 8.0) *
                                  (kind == 4   ? 1e-30
                                   : kind == 5 ? 0
                                               : 1));
        if (kind / 2 == 1) /* neither in float nor in double */
            x[77] = (float)(y[77] = kind % 2 ? NAN : 1e6);
        if (kind % 2)
            mm_tensor_raw(&tensor, MM_F64, &shape, y, &run);
        else
            mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
        assert_int_equal(mm_whatif_tensor(&tensor, settings, ROWS, NULL, whole, NULL), 0);
        assert_int_equal(mm_whatif_costs(&tensor, settings, ROWS, NULL, costs, NULL), 0);
        for (size_t k = 0; k < ROWS; k++) {
            const struct mm_metrics *a = &whole[k].metrics, *b = &costs[k].metrics;
            assert_true(a->count == b->count && a->finite == b->finite &&
                        whole[k].clipped == costs[k].clipped);
            assert_true(whole[k].scale == costs[k].scale || isnan(whole[k].scale));
            assert_true(fabs(a->mse - b->mse) <= 1e-12 * a->mse &&
                        fabs(a->diff2 - b->diff2) <= 1e-12 * a->diff2);
            assert_true(a->sqnr == b->sqnr || fabs(a->sqnr - b->sqnr) < 1e-9);
        }
    }
}

static void refused(void **state)
{
    (void)state;
    struct mm_shape shape = {2, {2, 40000}};
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_F32}, MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_U8}, MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_F4E2M1}, MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_I4, .blocks = MM_BLOCKS_MX}, MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_I8, .blocks = MM_BLOCKS_NVFP4}, MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_I8, .per_channel = true, .axis = 2},
                   MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_I8, .per_channel = true, .axis = -1},
                   MM_EARG);
    assert_refused(shape, (struct mm_whatif_setting){.dtype = MM_I8, .range = MM_RANGE_COUNT}, MM_EARG);
    assert_refused(
        shape,
        (struct mm_whatif_setting){.dtype = MM_I8, .per_channel = true, .axis = 1, .range = MM_RANGE_MSE},
        MM_EUNSUPPORTED); /* 40,000 histograms */
}

static void cancelled_and_corrupt(void **state)
{
    (void)state;
    static const char text[] = "1 2 zwei 4";
    struct mm_run run = {.data = (const uint8_t *)text, .size = sizeof text - 1, .count = 4};
    struct mm_tensor tensor = {.dtype = MM_F32,
                               .stored = MM_F32,
                               .encoding = MM_ENC_TEXT,
                               .shape = {1, {4}},
                               .count = 4,
                               .run = &run,
                               .runs = 1};
    struct mm_whatif_setting setting = {.dtype = MM_I8};
    struct mm_whatif out;
    struct mm_err err;
    atomic_bool cancel = true;
    assert_int_equal(mm_whatif_tensor(&tensor, &setting, 1, NULL, &out, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text, "element 2 of 4 can't be read");
    assert_int_equal(
        mm_whatif_tensor(&tensor, &setting, 1, &(struct mm_control){.cancel = &cancel}, &out, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_int_equal(mm_whatif_tensor(&tensor, &setting, 0, NULL, &out, &err), -1); /* read, all the same */
}

/* Passes over 1000 elements: range, histograms of a search, sums, and those once more where digits were lost. */
static void progress_by_passes(void **state)
{
    (void)state;
    static const struct {
        struct mm_whatif_setting setting;
        long long whole;
    } cases[] = {
        {{.dtype = MM_F16}, 2000}, {{.dtype = MM_I8}, 3000}, {{.dtype = MM_I8, .range = MM_RANGE_MSE}, 4000}};
    static float x[1000];
    const struct mm_shape shape = {1, {1000}};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_whatif out;
    for (int i = 0; i < 1000; i++)
        x[i] = (float)i;
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_progress progress = {0};
        const struct mm_control control = {.progress = &progress};
        assert_int_equal(mm_whatif_tensor(&tensor, &cases[i].setting, 1, &control, &out, NULL), 0);
        long long done = atomic_load(&progress.done);
        assert_int_equal(atomic_load(&progress.whole), cases[i].whole);
        assert_true(done == cases[i].whole || done == cases[i].whole - 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats),
        cmocka_unit_test(magnitudes),
        cmocka_unit_test(doubles_and_integers),
        cmocka_unit_test(small_ones),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(percentile_of_zeros),
        cmocka_unit_test(searched_ranges),
        cmocka_unit_test(least_mse_is_least),
        cmocka_unit_test(far_from_zero),
        cmocka_unit_test(refused),
        cmocka_unit_test(costs_alone),
        cmocka_unit_test(cancelled_and_corrupt),
        cmocka_unit_test(progress_by_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
