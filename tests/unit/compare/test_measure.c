/* Measuring: tensors in memory, pairs of files, and a very long one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mmtui/compare.h"
#include "unit/pair/pair_files.h"

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

/* ---- tensors in memory ---- */

struct side {
    struct mm_tensor tensor;
    struct mm_run run;
};

static void raw(struct side *side, enum mm_dtype dtype, int64_t n, const void *data)
{
    mm_tensor_raw(&side->tensor, dtype, &(struct mm_shape){1, {n}}, data, &side->run);
}

static void measure(struct mm_metrics *out, enum mm_dtype s_dtype, const void *s, enum mm_dtype d_dtype,
                    const void *d, int64_t n)
{
    struct side src, dst;
    struct mm_err err;

    raw(&src, s_dtype, n, s);
    raw(&dst, d_dtype, n, d);
    if (mm_measure_tensors(&src.tensor, &dst.tensor, NULL, NULL, out, &err))
        fail_msg("%s", err.text);
}

static void integers_do_not_wrap(void **state)
{
    const uint8_t three[] = {3}, five[] = {5};
    const int8_t low[] = {-128}, zero[] = {0};
    const int32_t odd[] = {16777217}, even[] = {16777216};
    const int64_t big[] = {9007199254740993}, tie[] = {9007199254740992};
    struct mm_metrics m;

    (void)state;
    measure(&m, MM_U8, three, MM_U8, five, 1);
    assert_true(m.max_abs == 2 && m.fit_offset == 2 && m.diff4_greater == 1); /* e = -2, not 254 */
    measure(&m, MM_I8, low, MM_I8, zero, 1);
    assert_true(m.max_abs == 128 && m.diff1 == 1);
    measure(&m, MM_I32, odd, MM_I32, even, 1);
    assert_true(m.max_abs == 1 && m.src.max == 16777217);
    measure(&m, MM_I64, big, MM_I64, tie, 1);
    assert_true(m.max_abs == 0); /* beyond 2^53 a double rounds: documented */
}

static void mixed_formats_compare_by_value(void **state)
{
    const float f[] = {1, 0, 3, -4};
    const int64_t i[] = {1, 0, 3, -4};
    const uint8_t b[] = {1, 0, 1, 1};
    const uint16_t h[] = {0x3c00, 0, 0x4200, 0xc400};
    struct mm_metrics m;

    (void)state;
    measure(&m, MM_F32, f, MM_I64, i, 4);
    assert_true(m.diff1 == 0 && m.finite == 4);
    measure(&m, MM_F32, f, MM_F16, h, 4);
    assert_true(m.diff1 == 0);
    measure(&m, MM_F32, f, MM_BOOL, b, 4);
    assert_true(m.diff1 == 7.0 / 8 && m.max_abs_at == 3);
}

static void the_threshold_of_diff3_depends_on_f16(void **state)
{
    const float s[] = {5e-5f};
    const uint16_t h[] = {0};
    const float d[] = {0};
    struct mm_metrics m;

    (void)state;
    measure(&m, MM_F32, s, MM_F32, d, 1);
    assert_true(m.diff3_rel == 1 && m.diff3_abs == 0);
    measure(&m, MM_F32, s, MM_F16, h, 1);
    assert_true(m.diff3_rel == 0 && m.diff3_abs == (double)5e-5f);
}

static void halves_do_not_overflow(void **state)
{
    const uint16_t s[] = {0x7bff, 0xfbff}, d[] = {0, 0};
    struct mm_metrics m;

    (void)state;
    measure(&m, MM_F16, s, MM_F16, d, 2);
    assert_true(m.mse == 65504.0 * 65504.0);
}

static void a_constant_f32(void **state)
{
    enum { N = 1000003 };
    float *x = malloc(N * sizeof(*x));
    struct mm_metrics m;

    (void)state;
    assert_non_null(x);
    for (int i = 0; i < N; i++)
        x[i] = 0.1f;
    measure(&m, MM_F32, x, MM_F32, x, N);
    assert_true(fabs(m.src.mean - (double)0.1f) < 1e-16 && m.src.std == 0);
    free(x);
}

/* Squares beyond the range of a double: measured on scaled data. */
static void huge_and_tiny_values(void **state)
{
    static const double factors[] = {1e200, 1e307, 1e-200, 1e-300};

    (void)state;
    for (size_t i = 0; i < MM_COUNT(factors); i++) {
        const double f = factors[i], s[] = {1 * f, 2 * f, 3 * f, 4 * f}, d[] = {0, 3 * f, 3 * f, 2 * f};
        struct mm_metrics m;

        measure(&m, MM_F64, s, MM_F64, d, 4);
        assert_true(fabs(m.diff1 - 0.4) < 1e-14 && fabs(m.diff2 - 0.44721359549995793) < 1e-14);
        assert_true(fabs(m.cosine - 0.8952737857857513) < 1e-14);
        assert_true(fabs(m.fit_scale - 0.6) < 1e-13 && fabs(m.fit_offset / f - 0.5) < 1e-13);
        assert_true(fabs(m.rmse / f - 1.224744871391589) < 1e-13 && fabs(m.src.mean / f - 2.5) < 1e-13);
        assert_true(fabs(m.src.std / f - 1.118033988749895) < 1e-13 && m.max_abs == 4 * f - 2 * f);
    }
}

static void means_far_above_the_spread(void **state)
{
    static float s[10000];
    struct mm_metrics m;

    (void)state;
    for (int i = 0; i < 10000; i++)
        s[i] = 1e6f + (float)(i % 2); /* std is 0.5 exactly */
    measure(&m, MM_F32, s, MM_F32, s, 10000);
    assert_true(fabs(m.src.std - 0.5) < 1e-14 && fabs(m.dst.std - 0.5) < 1e-14);
}

static void empty_tensors(void **state)
{
    struct mm_metrics m;

    (void)state;
    measure(&m, MM_F32, "", MM_I64, "", 0);
    assert_true(m.count == 0 && m.diff1 == 0 && m.cosine == 1);
}

static void counts_must_agree(void **state)
{
    const float x[] = {1, 2};
    struct side s, d;
    struct mm_metrics m;
    struct mm_err err;

    (void)state;
    raw(&s, MM_F32, 2, x);
    raw(&d, MM_F32, 1, x);
    assert_int_equal(mm_measure_tensors(&s.tensor, &d.tensor, NULL, NULL, &m, &err), -1);
    assert_int_equal(err.code, MM_EARG);
}

static void a_value_that_can_not_be_read(void **state)
{
    static const uint8_t bytes[] = {1, 2, 0x80};
    static const float x[3] = {1, 2, 3};
    const struct mm_run run = {bytes, sizeof(bytes), 3, 0};
    const struct mm_tensor packed = {.dtype = MM_U8,
                                     .stored = MM_U8,
                                     .encoding = MM_ENC_VARINT,
                                     .shape = {1, {3}},
                                     .count = 3,
                                     .run = &run,
                                     .runs = 1};
    struct mm_metrics m;
    struct mm_err err;
    struct side s;

    (void)state;
    raw(&s, MM_F32, 3, x);
    assert_int_equal(mm_measure_tensors(&s.tensor, &packed, NULL, NULL, &m, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text, "dst: element 2 of 3 can't be read");
}

static void stopping(void **state)
{
    const float x[] = {1};
    atomic_bool stop = true;
    struct mm_metrics m;
    struct mm_err err;
    struct side s;

    (void)state;
    raw(&s, MM_F32, 1, x);
    assert_int_equal(mm_measure_tensors(&s.tensor, &s.tensor, NULL, &stop, &m, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
}

static void tolerances(void **state)
{
    const float s[] = {1, 10, 100}, d[] = {1.05f, 10.05f, 100.05f};
    struct mm_measure_options options;
    struct mm_metrics m;
    struct side src, dst;

    (void)state;
    raw(&src, MM_F32, 3, s);
    raw(&dst, MM_F32, 3, d);
    mm_measure_defaults(&options);
    assert_true(options.atol == 1e-8 && options.rtol == 1e-5 && options.small == 0);
    assert_int_equal(mm_measure_tensors(&src.tensor, &dst.tensor, &options, NULL, &m, NULL), 0);
    assert_true(m.beyond == 1);
    options.rtol = 0.01;
    assert_int_equal(mm_measure_tensors(&src.tensor, &dst.tensor, &options, NULL, &m, NULL), 0);
    assert_true(m.beyond == 1.0 / 3);
    options.atol = NAN; /* counts as 0 */
    options.rtol = -1;
    assert_int_equal(mm_measure_tensors(&src.tensor, &dst.tensor, &options, NULL, &m, NULL), 0);
    assert_true(m.beyond == 1);
}

/* ---- pairs of files ---- */

static const float six[] = {1, 2, 3, 4, 5, 6}, wrong[] = {1, 2, 3, 4, 5, 7};
static const struct mm_shape two_three = {2, {2, 3}}, three_two = {2, {3, 2}};

static void a_pair(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    pair_files_put(files, 0, "1_a.pb", MM_F32, two_three, six);
    pair_files_put(files, 1, "2_a.pb", MM_F32, two_three, wrong);
    mm_measure_header(&files->pair, NULL, &result);
    assert_int_equal(result.state, MM_STATE_HEADER);
    assert_true(result.src.known && result.dst.known && result.match == MM_MATCH_SAME);
    assert_true(isnan(result.metrics.diff1));
    mm_result_done(&result);
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_MEASURED);
    assert_true(result.metrics.diff1 == 1.0 / 21 && result.metrics.max_abs_at == 5);
    assert_string_equal(result.dst.node_name, "main/mm.conv2d");
    mm_result_done(&result);
}

static void an_undone_axis(void **state)
{
    static const float moved[] = {1, 4, 2, 5, 3, 6}; /* six.reshape(2, 3).T */
    struct pair_files *files = *state;
    struct mm_result result;

    pair_files_put(files, 0, "1_a.pb", MM_F32, two_three, six);
    pair_files_put(files, 1, "2_a@axis0to-1.pbtxt", MM_F32, three_two, moved);
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_MEASURED);
    assert_int_equal(result.match, MM_MATCH_UNDO_DST);
    assert_true(result.metrics.diff1 == 0);
    mm_result_done(&result);
}

static void a_mismatch_keeps_both_headers(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    pair_files_put(files, 0, "1_a.pb", MM_F32, two_three, six);
    pair_files_put(files, 1, "2_a.pb", MM_F32, three_two, six);
    for (int measured = 0; measured < 2; measured++) {
        if (measured)
            mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
        else
            mm_measure_header(&files->pair, NULL, &result);
        assert_int_equal(result.state, MM_STATE_MISMATCH);
        assert_int_equal(result.match, MM_MATCH_MISMATCH);
        assert_true(result.src.shape.dim[0] == 2 && result.dst.shape.dim[0] == 3);
        mm_result_done(&result);
    }
}

static void one_side_only(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    pair_files_put(files, 1, "2_a.npy", MM_F32, two_three, six);
    mm_measure_header(&files->pair, NULL, &result);
    assert_int_equal(result.state, MM_STATE_SINGLE);
    assert_true(isnan(result.metrics.dst.mean));
    mm_result_done(&result);
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_SINGLE);
    assert_true(!result.src.known && result.dst.known);
    assert_true(result.metrics.dst.mean == 3.5 && result.metrics.dst.max_at == 5 &&
                result.metrics.count == 6);
    assert_true(isnan(result.metrics.src.mean) && isnan(result.metrics.diff1));
    mm_result_done(&result);
}

static void a_side_that_fails(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    pair_files_put(files, 0, "1_a.pb", MM_F32, two_three, six);
    pair_files_bytes(files, 1, "2_a.pb", "\x08\x01\xff\xff\xff");
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_FAILED);
    assert_true(result.failed_dst && result.src.known && !result.dst.known);
    assert_true(result.code != MM_OK && isnan(result.metrics.diff1));
    assert_memory_equal(result.error, "2_a.pb", 6);
    mm_result_done(&result);
    mm_measure_header(&files->pair, NULL, &result);
    assert_int_equal(result.state, MM_STATE_FAILED);
    mm_result_done(&result);
}

static void both_sides_fail(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;

    pair_files_name(files, 0, "1_missing.pb");
    pair_files_name(files, 1, "2_missing.pb");
    mm_measure_pair(&files->pair, NULL, NULL, NULL, &result);
    assert_int_equal(result.state, MM_STATE_FAILED);
    assert_int_equal(result.code, MM_ENOENT);
    assert_false(result.failed_dst);
    assert_non_null(strstr(result.error, "1_missing.pb"));
    mm_result_done(&result);
}

static void stopped_pairs_stay_at_their_header(void **state)
{
    struct pair_files *files = *state;
    struct mm_result result;
    atomic_bool stop = true;

    pair_files_put(files, 0, "1_a.pb", MM_F32, two_three, six);
    pair_files_put(files, 1, "2_a.pb", MM_F32, two_three, wrong);
    mm_measure_pair(&files->pair, NULL, NULL, &stop, &result);
    assert_int_equal(result.state, MM_STATE_HEADER);
    assert_true(result.src.known && !result.error);
    mm_result_done(&result);
}

/* ---- more than 2^31 elements, in a file with holes ---- */

#define LONG ((int64_t)1 << 31)

static const uint8_t *map_holes(struct pair_files *files, int64_t size, const int64_t *at,
                                const uint8_t *byte, int n)
{
    char *path = mm_path_join(files->folder, "holes");
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    const uint8_t *data;

    assert_true(fd >= 0 && ftruncate(fd, size) == 0);
    for (int i = 0; i < n; i++)
        assert_int_equal(pwrite(fd, &byte[i], 1, at[i]), 1);
    data = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    assert_true(data != MAP_FAILED);
    close(fd);
    unlink(path);
    free(path);
    return data;
}

/* What can be said without reading all of it: seeking, single values, strides. */
static void places_beyond_two_billion(void **state)
{
    const int64_t n = LONG + 1000, at[] = {0, LONG + 500, n - 1};
    const uint8_t byte[] = {1, 200, 7}, *data = map_holes(*state, n, at, byte, 3);
    const int swap[] = {1, 0};
    struct mm_cursor cursor;
    struct mm_tensor view;
    struct side s;
    float out[8];

    raw(&s, MM_U8, n, data);
    assert_true(mm_tensor_at(&s.tensor, LONG + 500) == 200 && mm_tensor_at(&s.tensor, n - 1) == 7);
    mm_cursor_init(&cursor, &s.tensor);
    mm_cursor_seek(&cursor, n - 3);
    assert_int_equal(mm_cursor_float(&cursor, out, 8), 3);
    assert_true(out[2] == 7);
    mm_tensor_raw(&s.tensor, MM_U8, &(struct mm_shape){2, {2, n / 2}}, data, &s.run);
    assert_int_equal(mm_tensor_permute(&s.tensor, swap, &view, NULL), 0);
    assert_true(mm_tensor_at(&view, n - 1) == 7 && mm_tensor_at(&view, (LONG + 500 - n / 2) * 2 + 1) == 200);
    munmap((void *)(uintptr_t)data, (size_t)n);
}

/* All of it takes about ten seconds: with MMTUI_LONG=1 only. The width of the counters is also tested,
 * without reading that much, in the tensor folder's test_sums. */
static void two_billion_elements(void **state)
{
    const int64_t n = LONG + 1000, at[] = {0, LONG + 500, n - 1};
    const uint8_t byte[] = {1, 200, 7}, *data;
    struct mm_metrics m;

    if (!getenv("MMTUI_LONG"))
        skip();
    data = map_holes(*state, n, at, byte, 3);
    measure(&m, MM_U8, data, MM_I8, data, n); /* 200 is -56 as an i8 */
    assert_true(m.count == n && m.finite == n && m.src.zero == n - 3);
    assert_true(m.max_abs == 256 && m.max_abs_at == LONG + 500 && m.src.max_at == LONG + 500);
    assert_true(m.dst.min == -56 && m.dst.min_at == LONG + 500 && m.dst.max == 7 && m.dst.max_at == n - 1);
    assert_true(fabs(m.diff1 - 256.0 / 208) < 1e-15 && m.diff4_n == 1 && m.diff4_less == 1);
    assert_true(fabs(m.mae * (double)n - 256) < 1e-9);
    munmap((void *)(uintptr_t)data, (size_t)n);
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_do_not_wrap),
        cmocka_unit_test(mixed_formats_compare_by_value),
        cmocka_unit_test(the_threshold_of_diff3_depends_on_f16),
        cmocka_unit_test(halves_do_not_overflow),
        cmocka_unit_test(a_constant_f32),
        cmocka_unit_test(huge_and_tiny_values),
        cmocka_unit_test(means_far_above_the_spread),
        cmocka_unit_test(empty_tensors),
        cmocka_unit_test(counts_must_agree),
        cmocka_unit_test(a_value_that_can_not_be_read),
        cmocka_unit_test(stopping),
        cmocka_unit_test(tolerances),
        WITH_FILES(a_pair),
        WITH_FILES(an_undone_axis),
        WITH_FILES(a_mismatch_keeps_both_headers),
        WITH_FILES(one_side_only),
        WITH_FILES(a_side_that_fails),
        WITH_FILES(both_sides_fail),
        WITH_FILES(stopped_pairs_stay_at_their_header),
        WITH_FILES(places_beyond_two_billion),
        WITH_FILES(two_billion_elements),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
