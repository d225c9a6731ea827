#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

enum { ROWS = 40, WIDTH = 6, CLASSES = 20, RAW = 4 + CLASSES };

/* x, y, x, y in pixels (or parts of the picture), a score, a class of 12. */
static void detections(struct fault *f, double size)
{
    uint64_t seed = 17;
    for (int row = 0; row < ROWS; row++) {
        double *to = f->s + row * WIDTH;
        for (int k = 0; k < 2; k++) {
            to[k] = size * 0.7 * uniform(&seed);
            to[k + 2] = to[k] + size * (0.02 + 0.2 * uniform(&seed));
        }
        to[4] = 0.97 - 0.015 * row;
        to[5] = floor(12 * uniform(&seed));
    }
    memcpy(f->d, f->s, (size_t)f->count * sizeof *f->d);
}

static void open_detections(struct fault *f, double size)
{
    fault_init(f, shape_of(2, ROWS, WIDTH, 0, 0), 1);
    detections(f, size);
}

static void near(struct fault *f)
{
    uint64_t seed = 5;
    for (int64_t i = 0; i < f->count; i++)
        f->d[i] *= i % WIDTH == 5 ? 1 : 1 + 1e-3 * normal(&seed);
    f->c.noise = 1e-3;
}

static void another_table(void **state)
{
    (void)state;
    static const int table[12] = {3, 7, 1, 0, 11, 2, 9, 5, 10, 4, 6, 8};
    struct fault f;
    open_detections(&f, 640);
    near(&f);
    for (int row = 0; row < ROWS; row++)
        f.d[row * WIDTH + 5] = table[(int)f.s[row * WIDTH + 5]];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.9, "column 5, class ids mapped by another table: explains 100 %");
    assert_non_null(strstr(f.finding[0].evidence, "0->3 1->7"));
    for (int row = 0; row < ROWS; row++)
        f.d[row * WIDTH + 5] = f.s[row * WIDTH + 5] + 1;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.9, "column 5, class ids are off by +1");
    fault_done(&f);
}

/* Two of 40 classes differ, by no rule. */
static void counted(void **state)
{
    (void)state;
    struct fault f;
    open_detections(&f, 640);
    near(&f);
    f.s[7 * WIDTH + 5] = 3;
    f.d[7 * WIDTH + 5] = 9;
    f.s[9 * WIDTH + 5] = 3;
    f.d[9 * WIDTH + 5] = 4;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_INTEGERS, 0.9, "2 of 40 integers differ in column 5, first 9 for 3");
    fault_done(&f);
}

/* Coordinates in parts of the picture: nothing beside class ids. */
static void boxes(void **state)
{
    (void)state;
    struct fault f;
    open_detections(&f, 1);
    near(&f);
    for (int row = 0; row < ROWS; row++) {
        double *d = f.d + row * WIDTH;
        double kept[4] = {d[1], d[0], d[3], d[2]};
        memcpy(d, kept, sizeof kept);
    }
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CHANNELS_PERMUTED, 0.9,
                 "x and y exchanged in columns 0 to 3 (boxes y, x, y, x)");
    detections(&f, 1);
    near(&f);
    for (int row = 0; row < ROWS; row++) {
        f.d[row * WIDTH + 2] -= f.d[row * WIDTH];
        f.d[row * WIDTH + 3] -= f.d[row * WIDTH + 1];
    }
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_BOXES, 0.9, "columns 0 to 4, boxes as corner and size instead of corners");
    fault_done(&f);
}

static void score_and_class_exchanged(void **state)
{
    (void)state;
    struct fault f;
    open_detections(&f, 640);
    near(&f);
    for (int row = 0; row < ROWS; row++) {
        double *d = f.d + row * WIDTH, kept = d[4];
        d[4] = d[5];
        d[5] = kept;
    }
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CHANNELS_PERMUTED, 0.9, "columns in another order: 5->4 4->5");
    fault_done(&f);
}

/* Row 11 is missing in dst: by another shape, and by another number of rows that are no padding. */
static void one_row_fewer(void **state)
{
    (void)state;
    struct fault f;
    struct mm_shape s_shape = shape_of(2, ROWS, WIDTH, 0, 0), d_shape = shape_of(2, ROWS - 1, WIDTH, 0, 0);
    open_detections(&f, 640);
    near(&f);
    memmove(f.d + 11 * WIDTH, f.d + 12 * WIDTH, (ROWS - 12) * WIDTH * sizeof(double));
    fault_find_shapes(&f, &s_shape, &d_shape);
    assert_cause(&f, MM_CAUSE_DETECTIONS, 0.9, "1 row fewer in dst: 39 of src's 40 agree");
    memset(f.d + (ROWS - 1) * WIDTH, 0, WIDTH * sizeof(double));
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_DETECTIONS, 0.9, "1 row fewer in dst: 39 of src's 40 agree");
    fault_done(&f);
}

/* All rows, in another order: said of the rows, not of their columns. */
static void rows_in_another_order(void **state)
{
    (void)state;
    struct fault f;
    open_detections(&f, 640);
    for (int row = 0; row < ROWS; row++)
        memcpy(f.d + row * WIDTH, f.s + (row * 7 + 3) % ROWS * WIDTH, WIDTH * sizeof(double));
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_REORDERED, 0.9, "40 of 40 rows in another order");
    fault_done(&f);
}

/* Centre, size, scores: a box every four rows has one. */
static void open_raw(struct fault *f)
{
    uint64_t seed = 23;
    fault_init(f, shape_of(3, 1, 4 * ROWS, RAW, 0), 1);
    for (int row = 0; row < 4 * ROWS; row++) {
        double *to = f->s + row * RAW;
        for (int k = 0; k < 4; k++)
            to[k] = k < 2 ? 640 * uniform(&seed) : 10 + 100 * uniform(&seed);
        for (int k = 4; k < RAW; k++)
            to[k] = 1 / (1 + exp(6 + normal(&seed)));
        if (row % 4 == 0)
            to[4 + row / 4 % CLASSES] = 0.4 + 0.5 * uniform(&seed);
    }
    memcpy(f->d, f->s, (size_t)f->count * sizeof *f->d);
}

static void raw_scores(void **state)
{
    (void)state;
    struct fault f;
    open_raw(&f);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % RAW < 4 ? f.s[i] : log(f.s[i] / (1 - f.s[i]));
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_COLUMNS, 0.9, "dst lacks the sigmoid in columns 4 to 23");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % RAW < 4 ? f.s[i] : 1 / (1 + exp(-f.s[i]));
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_COLUMNS, 0.9, "dst has the sigmoid twice in columns 4 to 23");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % RAW < 4 ? f.s[i] : 0;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_COLUMNS, 0.9, "columns 4 to 23 are all 0");
    for (int64_t i = 0; i < f.count; i++) /* steps of 2.5: the scores are below half of one */
        f.d[i] = rint(f.s[i] / 2.5) * 2.5;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_UNDERFLOW, 0.9, "columns 4 to 23 are all 0, one scale for boxes and scores");
    fault_done(&f);
}

/* What rounds, and a table that is equal but for noise, are not explained by columns. */
static void nothing_to_say(void **state)
{
    (void)state;
    struct fault f;
    open_detections(&f, 640);
    near(&f);
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_COLUMNS && f.finding[i].cause != MM_CAUSE_CLASS_MAP);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_table), cmocka_unit_test(counted),
        cmocka_unit_test(boxes),         cmocka_unit_test(score_and_class_exchanged),
        cmocka_unit_test(one_row_fewer), cmocka_unit_test(rows_in_another_order),
        cmocka_unit_test(raw_scores),    cmocka_unit_test(nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
