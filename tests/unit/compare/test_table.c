#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "compare/table.h"

enum { ROWS = 20, WIDTH = 6 };

/* x, y, x, y in pixels, a score, a class of 10: one row a detection. */
static void detections(double x[ROWS * WIDTH])
{
    for (int row = 0; row < ROWS; row++) {
        double *to = x + row * WIDTH;
        to[0] = 31.25 * row + 0.3;
        to[1] = 500.7 - 21.5 * row;
        to[2] = to[0] + 40.1 + row;
        to[3] = to[1] + 60.6 + row;
        to[4] = 0.95 - 0.03 * row;
        to[5] = row * 7 % 10;
    }
}

static struct mm_table_error worst_of(const double *s, const double *d, struct mm_shape shape, bool integers)
{
    struct mm_table table;
    struct mm_table_error error = {.axis = -2};
    if (mm_table_find(s, d, &shape, integers, &table))
        mm_table_measure(&table, s, d, &error);
    return error;
}

static const struct mm_shape by_rows = {2, {ROWS, WIDTH}};

/* 3 of 20 classes are others: 0.15, though they are nothing of the energy. */
static void a_share_of_classes(void **state)
{
    (void)state;
    double s[ROWS * WIDTH], d[ROWS * WIDTH];
    detections(s);
    detections(d);
    for (int row = 0; row < ROWS; row++)
        d[row * WIDTH + 5] += 1e-4 * (row % 3 - 1); /* what a float leaves of a whole number */
    assert_int_equal(worst_of(s, d, by_rows, false).kind, MM_TABLE_NONE);
    for (int row = 4; row < 7; row++)
        d[row * WIDTH + 5] += 1;
    struct mm_table_error worst = worst_of(s, d, by_rows, false);
    assert_int_equal(worst.kind, MM_TABLE_INTEGERS);
    assert_true(worst.axis == 1 && worst.first == 5 && worst.last == 5);
    assert_true(fabs(worst.error - 0.15) < 1e-12);
}

/* Rows of zeros, or of -1, behind the last detection do not count. */
static void padding_is_no_row(void **state)
{
    (void)state;
    double s[2 * ROWS * WIDTH] = {0}, d[2 * ROWS * WIDTH] = {0};
    detections(s);
    detections(d);
    s[ROWS * WIDTH] = d[ROWS * WIDTH] = -1;
    d[5] = 9;
    struct mm_table_error worst = worst_of(s, d, (struct mm_shape){4, {1, 1, 2 * ROWS, WIDTH}}, false);
    assert_int_equal(worst.kind, MM_TABLE_INTEGERS);
    assert_int_equal(worst.axis, 3);
    assert_true(worst.error == 1.0 / ROWS);
}

/* All scores twice as large: sqrt(1 / 4) of the larger side. One that is below 0.05 on both sides is none. */
static void scores_by_themselves(void **state)
{
    (void)state;
    double s[ROWS * WIDTH], d[ROWS * WIDTH];
    detections(s);
    for (int row = 0; row < ROWS; row++)
        s[row * WIDTH + 4] /= 2;
    s[4] = 0.01;
    memcpy(d, s, sizeof d);
    for (int row = 1; row < ROWS; row++)
        d[row * WIDTH + 4] *= 2;
    d[4] = 0.04;
    struct mm_table_error worst = worst_of(s, d, by_rows, false);
    assert_int_equal(worst.kind, MM_TABLE_SCORES);
    assert_true(worst.first == 4 && worst.last == 4 && fabs(worst.error - 0.5) < 1e-12);
}

enum { PLACES = 30, CLASSES = 3, RAW = 4 + CLASSES };

/* Centre, size, scores of three classes. `last`: along the last axis, else the one before. */
static void raw_result(double *x, bool last)
{
    for (int place = 0; place < PLACES; place++) {
        double row[RAW] = {20.5 * place, 610.2 - 19.1 * place, 12.7 + place, 33.3 + 2 * place};
        for (int c = 0; c < CLASSES; c++)
            row[4 + c] = (place + c) % 5 == 0 ? 0.8 : 0.003;
        for (int c = 0; c < RAW; c++)
            x[last ? place * RAW + c : c * PLACES + place] = row[c];
    }
}

static void raw_results_both_ways(void **state)
{
    (void)state;
    for (int last = 0; last < 2; last++) {
        double s[PLACES * RAW], d[PLACES * RAW];
        struct mm_shape shape = {3, {1, last ? PLACES : RAW, last ? RAW : PLACES}};
        raw_result(s, last);
        raw_result(d, last);
        for (int place = 0; place < PLACES; place++)
            for (int c = 4; c < RAW; c++)
                d[last ? place * RAW + c : c * PLACES + place] = 0;
        struct mm_table_error worst = worst_of(s, d, shape, false);
        assert_int_equal(worst.kind, MM_TABLE_SCORES);
        assert_int_equal(worst.axis, last ? 2 : 1);
        assert_true(worst.first == 4 && worst.last == RAW - 1 && worst.error == 1);
    }
}

/* Picture, class, box: whole numbers of their own ranges. */
static void indices(void **state)
{
    (void)state;
    double s[ROWS * 3], d[ROWS * 3];
    for (int row = 0; row < ROWS; row++) {
        s[row * 3] = row / 10;
        s[row * 3 + 1] = row * 3 % 7;
        s[row * 3 + 2] = 400 * row + 13;
    }
    memcpy(d, s, sizeof d);
    for (int row = 0; row < ROWS; row++)
        d[row * 3 + 1] = 6 - s[row * 3 + 1]; /* 3 stays 3: rows 1, 8 and 15 */
    struct mm_table_error worst = worst_of(s, d, (struct mm_shape){2, {ROWS, 3}}, true);
    assert_int_equal(worst.kind, MM_TABLE_INTEGERS);
    assert_true(worst.first == 1 && fabs(worst.error - 17.0 / 20) < 1e-12);
    for (int i = 0; i < ROWS * 3; i++) { /* of one range: a matrix of integers */
        s[i] = i % 5;
        d[i] = i * 2 % 5;
    }
    assert_int_equal(worst_of(s, d, (struct mm_shape){2, {ROWS, 3}}, true).kind, MM_TABLE_NONE);
}

/* Token ids that are off by one: a millionth of the energy. 2 of 8 differ. */
static void ids_that_are_no_table(void **state)
{
    (void)state;
    int64_t s[8], d[8];
    struct mm_shape shape = {2, {1, 8}};
    struct mm_pair_tensors tensors = {.has_src = true, .has_dst = true};
    struct mm_run run[2];
    struct mm_err err;
    bool failed_dst;
    for (int i = 0; i < 8; i++) {
        s[i] = 3000 + i * i;
        d[i] = s[i] + (i % 4 == 1);
    }
    for (int same = 0; same < 2; same++) {
        struct mm_result result = {.src.dtype = MM_I64, .dst.dtype = MM_I64};
        mm_tensor_raw(&tensors.s, MM_I64, &shape, s, &run[0]);
        mm_tensor_raw(&tensors.d, MM_I64, &shape, same ? s : d, &run[1]);
        assert_int_equal(mm_measure_tensors(&tensors.s, &tensors.d, NULL, NULL, &result.metrics, &err), 0);
        assert_int_equal(table_measure(&tensors, NULL, &result, &failed_dst, &err), 0);
        assert_int_equal(result.table.kind, same ? MM_TABLE_NONE : MM_TABLE_INTEGERS);
        assert_true(result.table.error == (same ? 0 : 0.25));
        assert_true(same || (result.table.axis == -1 && result.table.first == -1));
    }
}

static double noise(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) * 0x1p-52 - 1;
}

/* Embeddings with loud and faint features, plain regressions, maps: rounded to an int8 grid, the faint ones are gone,
 * and that is no table. */
static void what_is_none(void **state)
{
    (void)state;
    enum { MOST = 4096 };
    static const struct mm_shape shapes[] = {{2, {64, 64}},    {2, {128, 4}},       {2, {64, 6}},
                                             {3, {1, 64, 60}}, {4, {1, 8, 16, 16}}, {3, {8, 16, 16}}};
    static double s[MOST], d[MOST];
    uint64_t seed = 5;
    for (size_t k = 0; k < MM_COUNT(shapes) * 3; k++) {
        const struct mm_shape *shape = &shapes[k / 3];
        int64_t count = mm_shape_count(shape), width = shape->dim[shape->rank - 1];
        for (int64_t i = 0; i < count; i++) {
            s[i] = noise(&seed) * pow(10, (double)(i % width % 4) - 1);
            if (k % 3 == 1)
                s[i] = fmax(s[i], 0);
            if (k % 3 == 2)
                s[i] = fmin(fmax(8 * s[i], 0), 6);
        }
        for (int64_t i = 0; i < count; i++)
            d[i] = rint(s[i] / 0.7874) * 0.7874;
        struct mm_table_error worst = worst_of(s, d, *shape, false);
        if (worst.kind != MM_TABLE_NONE)
            fail_msg("shape %zu, kind %zu: columns %d to %d", k / 3, k % 3, (int)worst.first,
                     (int)worst.last);
    }
}

static void names_of_columns(void **state)
{
    (void)state;
    char text[48];
    assert_string_equal(mm_table_text(&(struct mm_table_error){.first = 5, .last = 5}, text, sizeof text),
                        "column 5");
    assert_string_equal(mm_table_text(&(struct mm_table_error){.first = 4, .last = 83}, text, sizeof text),
                        "columns 4 to 83");
}

/* As a pair is measured: only where the figures leave it possible. */
static void measured_pairs(void **state)
{
    (void)state;
    double s[ROWS * WIDTH], d[ROWS * WIDTH];
    struct mm_pair_tensors tensors = {.has_src = true, .has_dst = true};
    struct mm_run run[2];
    struct mm_err err;
    bool failed_dst;
    detections(s);
    detections(d);
    for (int row = 0; row < ROWS; row++)
        d[row * WIDTH + 5] = (row * 7 + 1) % 10;
    mm_tensor_raw(&tensors.s, MM_F64, &by_rows, s, &run[0]);
    mm_tensor_raw(&tensors.d, MM_F64, &by_rows, d, &run[1]);
    for (int number = 0; number < 2; number++) {
        struct mm_result result = {.src.dtype = MM_F32, .dst.dtype = number ? MM_I8 : MM_F16};
        assert_int_equal(mm_measure_tensors(&tensors.s, &tensors.d, NULL, NULL, &result.metrics, &err), 0);
        assert_true(result.metrics.diff2 < 0.02);
        assert_int_equal(table_measure(&tensors, NULL, &result, &failed_dst, &err), 0);
        assert_int_equal(result.table.kind, number ? MM_TABLE_NONE : MM_TABLE_INTEGERS);
        assert_true(result.table.error == (number ? 0 : 1));
        result.metrics.max_abs = 0; /* equal sides are not read again */
        assert_false(table_possible(&result, &by_rows));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_classes),
        cmocka_unit_test(padding_is_no_row),
        cmocka_unit_test(scores_by_themselves),
        cmocka_unit_test(raw_results_both_ways),
        cmocka_unit_test(indices),
        cmocka_unit_test(ids_that_are_no_table),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(names_of_columns),
        cmocka_unit_test(measured_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
