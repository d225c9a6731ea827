/* Worst elements and windows of a pair: by hand, in slices, against sorting all, shared out to a team. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "mmtui/compare.h"
#include "compare/total.h"
#include "unit/compare/team.h"
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

static void put(struct pair_files *files, enum mm_dtype dtype, struct mm_shape shape, const void *s,
                const void *d)
{
    pair_files_put(files, 0, "1_a.npy", dtype, shape, s);
    pair_files_put(files, 1, "2_a.npy", dtype, shape, d);
}

static struct mm_slice slice_of(const struct mm_shape *shape, const char *text)
{
    struct mm_slice slice;
    assert_int_equal(mm_slice_parse(text, shape, &slice, NULL), 0);
    return slice;
}

static void ask(struct pair_files *files, const struct mm_slice *slice, enum mm_worst_by by,
                const struct mm_control *control, struct mm_worst_elements *out)
{
    struct mm_err err;
    if (mm_pair_worst(&files->pair, NULL, slice, by, control, out, &err) < 0)
        fail_msg("%s", err.text);
}

static void expect(const struct mm_worst_elements *worst, const int64_t *at, size_t n)
{
    assert_int_equal(worst->elements, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(worst->element[i].at, at[i]);
}

static const struct mm_shape shape_24 = {2, {2, 4}};
/* |e|: .5 1 0 NaN(7: Inf)  0 2 both NaN 1 ; |e/s|: .5 .01 0 -  x/0 .2 - 1/8 */
static const float small_s[] = {1, 100, 3, NAN, 0, 10, NAN, 8},
                   small_d[] = {1.5f, 101, 3, 7, -0.25f, 12, NAN, 7};

static void by_hand(void **state)
{
    struct mm_worst_elements worst;
    put(*state, MM_F32, shape_24, small_s, small_d);
    ask(*state, NULL, MM_WORST_ABS, NULL, &worst);
    assert_int_equal(worst.count, 8);
    assert_int_equal(worst.differing, 6);
    expect(&worst, (const int64_t[]){3, 5, 1, 7, 0, 4}, 6); /* equal ones by index */
    assert_true(isinf(worst.element[0].key) && isnan(worst.element[0].s) && worst.element[0].d == 7);
    assert_true(worst.element[1].key == 2 && worst.element[1].s == 10 && worst.element[1].d == 12);
    ask(*state, NULL, MM_WORST_REL, NULL, &worst);
    expect(&worst, (const int64_t[]){3, 4, 0, 5, 7, 1}, 6); /* NaN before what is divided by 0 */
    struct mm_slice row = slice_of(&shape_24, "[1,:]"), column = slice_of(&shape_24, "[:,3]");
    ask(*state, &row, MM_WORST_ABS, NULL, &worst);
    expect(&worst, (const int64_t[]){5, 7, 4}, 3);
    assert_int_equal(worst.count, 4);
    ask(*state, &column, MM_WORST_ABS, NULL, &worst);
    expect(&worst, (const int64_t[]){3, 7}, 2);
}

/* e = 1 + i * 7919 mod 10007 of 30000 elements: each value up to three times. The greatest are 10007, 10007, 10007 ... */
static void many_elements(void **state)
{
    enum { N = 30000 };
    static double s[N], d[N];
    struct mm_worst_elements worst;
    for (int64_t i = 0; i < N; i++) {
        s[i] = (double)(i % 13);
        d[i] = s[i] - (double)(1 + i * 7919 % 10007);
    }
    put(*state, MM_F64, (struct mm_shape){3, {3, 100, 100}}, s, d);
    ask(*state, NULL, MM_WORST_ABS, NULL, &worst);
    assert_int_equal(worst.elements, MM_WORST_ELEMENTS);
    assert_int_equal(worst.differing, N);
    size_t k = 0;
    for (int64_t e = 10007; k < MM_WORST_ELEMENTS; e--) {
        for (int64_t i = 0; i < N && k < MM_WORST_ELEMENTS; i++) {
            if (s[i] - d[i] != (double)e)
                continue;
            assert_int_equal(worst.element[k].at, i);
            assert_true(worst.element[k++].key == (double)e);
        }
    }
}

/* Far beyond a piece, by several threads: as one finds it. */
static void shared_out(void **state)
{
    int64_t n = MM_WHOLE + MM_PIECE + 4099;
    float *s = malloc((size_t)n * sizeof *s), *d = malloc((size_t)n * sizeof *d);
    struct mm_worst_elements alone, shared;
    struct team team;
    for (int64_t i = 0; i < n; i++) {
        s[i] = (float)(i % 1000);
        d[i] = s[i] + (float)(i * 2654435761u % 4096);
    }
    put(*state, MM_F32, (struct mm_shape){1, {n}}, s, d);
    free(s);
    free(d);
    team_open(&team);
    ask(*state, NULL, MM_WORST_ABS, NULL, &alone);
    ask(*state, NULL, MM_WORST_ABS, &(struct mm_control){.helpers = &team.helpers}, &shared);
    team_close(&team);
    assert_int_equal(alone.differing, shared.differing);
    assert_memory_equal(alone.element, shared.element, sizeof alone.element);
    assert_true(alone.element[0].key == 4095);
}

/* ---- windows ---- */

static void windows(void **state)
{
    struct pair_files *files = *state;
    const struct mm_slice column = slice_of(&shape_24, "[:,1]");
    struct mm_window window;
    put(files, MM_F32, shape_24, small_s, small_d);
    assert_int_equal(mm_pair_window(&files->pair, NULL, NULL, 4, 100, NULL, &window, NULL), 0);
    assert_true(window.count == 8 && window.from == 4 && window.n == 4 && window.has[0] && window.has[1]);
    assert_true(window.element[1].at == 5 && window.element[1].s == 10 && window.element[1].d == 12);
    assert_true(window.element[1].key == 2 && window.element[2].key == 0);
    mm_window_done(&window);
    assert_int_equal(mm_pair_window(&files->pair, NULL, &column, 0, 100, NULL, &window, NULL), 0);
    assert_true(window.count == 2 && window.n == 2 && window.element[0].at == 1 && window.element[1].at == 5);
    assert_true(window.element[0].s == 100 && window.element[1].s == 10);
    mm_window_done(&window);
    assert_int_equal(mm_pair_window(&files->pair, NULL, NULL, 8, 100, NULL, &window, NULL), 0);
    assert_int_equal(window.n, 0);
    mm_window_done(&window);
    files->pair.src = NULL;
    assert_int_equal(mm_pair_window(&files->pair, NULL, NULL, 0, 3, NULL, &window, NULL), 0);
    assert_true(window.n == 3 && isnan(window.element[0].s) && window.element[0].d == 1.5 && !window.has[0]);
    mm_window_done(&window);
}

/* Text can't be gone to at once, and dst is transposed: by axes it is the same. */
static void text_and_transposed(void **state)
{
    struct pair_files *files = *state;
    struct mm_worst_elements worst;
    struct mm_window window;
    const struct mm_shape shape = {3, {1, 2, 3}};
    const struct mm_slice second = slice_of(&shape, "[0,1,:]");
    pair_files_bytes(
        files, 0, "1_a.pbtxt",
        "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: [1, 2, 3]\nfloat_val: [1, 2, 3, 4, 5, 6]\n");
    pair_files_bytes(
        files, 1, "2_a@axis1to-1.pbtxt",
        "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: [1, 3, 2]\nfloat_val: [1, 4, 2, 5, 3, 8]\n");
    ask(files, NULL, MM_WORST_ABS, NULL, &worst);
    expect(&worst, (const int64_t[]){5}, 1);
    assert_true(worst.element[0].s == 6 && worst.element[0].d == 8);
    ask(files, &second, MM_WORST_ABS, NULL, &worst);
    expect(&worst, (const int64_t[]){5}, 1);
    assert_int_equal(mm_pair_window(&files->pair, NULL, &second, 0, 9, NULL, &window, NULL), 0);
    assert_true(window.n == 3 && window.element[0].s == 4 && window.element[0].d == 4 &&
                window.element[2].d == 8);
    mm_window_done(&window);
}

static void what_has_none(void **state)
{
    struct pair_files *files = *state;
    struct mm_worst_elements worst;
    struct mm_err err;
    put(files, MM_F32, shape_24, small_s, small_d);
    pair_files_put(files, 1, "2_a.npy", MM_F32, (struct mm_shape){1, {3}}, small_d);
    assert_int_equal(mm_pair_worst(&files->pair, NULL, NULL, MM_WORST_ABS, NULL, &worst, &err), -1);
    assert_string_equal(err.text, "shapes differ: 2x4 and 3");
    files->pair.dst = NULL;
    assert_int_equal(mm_pair_worst(&files->pair, NULL, NULL, MM_WORST_ABS, NULL, &worst, &err), -1);
    assert_string_equal(err.text, "1_a.npy has no partner");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(by_hand), TEST(many_elements),       TEST(shared_out),
        TEST(windows), TEST(text_and_transposed), TEST(what_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
