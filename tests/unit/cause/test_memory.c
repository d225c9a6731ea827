#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct mm_shape image = {4, {1, 8, 20, 20}};

static void whole_tensor(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 1);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 0;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_ZERO, 0.99, "dst is all zero");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = -1.5;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CONSTANT, 0.99, "dst is -1.5 everywhere");
    fault_done(&f);
}

/* [from, to) of all 3200 positions. */
static void stretches(void **state)
{
    (void)state;
    static const struct {
        int64_t from, to;
        double value;
        const char *sentence;
    } rows[] = {{2400, 3200, 0, "values 2400..3199 (25 %) were never written"},
                {0, 160, 3.25, "values 0..159 (5 %) were never written"},
                {1001, 1999, 0, "values 1001..1998 (31 %) were never written"}};
    for (size_t n = 0; n < MM_COUNT(rows) * NOISES; n++) {
        size_t row = n % MM_COUNT(rows);
        struct fault f;
        fault_init(&f, image, 10 + n);
        add_noise(&f, (enum noise)(n / MM_COUNT(rows)));
        for (int64_t i = rows[row].from; i < rows[row].to; i++)
            f.d[i] = rows[row].value;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_UNWRITTEN, 0.9, rows[row].sentence);
        fault_done(&f);
    }
}

/* The last columns of all rows; and rows that hold something else. */
static void along_an_axis(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 4;
    fault_init(&f, image, 20);
    noise_half(&f);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % 20 >= 16 ? 0 : f.d[i];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_UNWRITTEN, 0.9,
                 "of axis 3: 16..19 (20 %) were never written, the rest is right");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i / 400 >= 5 ? normal(&seed) : f.s[i];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_UNWRITTEN, 0.7,
                 "of axis 1: 5..7 (38 %) hold something else, the rest is right");
    fault_done(&f);
}

/* Zeros that src has too, as behind a ReLU, and unrelated tensors. */
static void nothing_unwritten(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 4;
    fault_init(&f, image, 30);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = i >= 1600 && i < 2400 ? 0 : fmax(0, f.s[i]);
    noise_half(&f);
    fault_find(&f);
    assert_string_equal(found_word(&f), "rounding");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = normal(&seed);
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

/* Bytes that happen to be NaN, at the end or in the middle; NaN here and there, or a single row, are not. */
static void nan_left(void **state)
{
    (void)state;
    static const struct {
        int64_t from, to, step;
        bool unwritten;
        const char *sentence;
    } rows[] = {{3000, 3200, 1, true, "values 3000..3199 (6.2 %) are NaN, the rest is right"},
                {1000, 1100, 1, true, "values 1000..1099 (3.1 %) are NaN"},
                {1000, 1100, 2, false, ""},
                {1000, 1020, 1, false, ""}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        fault_init(&f, image, 60 + row);
        for (int64_t i = rows[row].from; i < rows[row].to; i += rows[row].step)
            f.d[i] = NAN;
        fault_find(&f);
        if (rows[row].unwritten)
            assert_cause(&f, MM_CAUSE_UNWRITTEN, 0.7, rows[row].sentence);
        else
            assert_unexplained(&f, 0);
        fault_done(&f);
    }
}

/* A few wrong values among right ones are no part of memory, as near to each other as they may be. */
static void few_wrong_values(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, 1, 60, 1, 1), 70);
    f.d[17] += 5;
    f.d[44] -= 5;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "unwritten") != 0);
    f.d[44] = f.s[44];
    f.d[22] -= 4;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "unwritten") != 0);
    fault_done(&f);
    fault_init(&f, shape_of(2, 3, 20, 1, 1), 73); /* a column of three */
    f.d[5] += 3;
    f.d[25] -= 4;
    f.d[45] += 5;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "unwritten") != 0);
    fault_done(&f);
}

/* A gray area, a little off in its middle, which holds all of the error. */
static void gray(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 3;
    fault_init(&f, image, 71);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = i < 1600 ? 20 + 0.8 * normal(&seed) : f.s[i];
        f.d[i] = i < 1600 ? 20 : f.s[i];
    }
    f.c.role = MM_ROLE_INPUT;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "unwritten") != 0);
    fault_done(&f);
}

/* Rows that fill up a picture: gray in one, black in the other. Within the network nobody fills up. */
static void padding(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 72);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = i / 20 % 20 >= 15 ? 0.45 : f.s[i];
        f.d[i] = i / 20 % 20 >= 15 ? -2.1 : f.s[i];
    }
    f.c.role = MM_ROLE_INPUT;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "unwritten") != 0);
    f.c.role = MM_ROLE_INNER;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_UNWRITTEN, 0.9, "of axis 2: 15..19");
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nan_left),      cmocka_unit_test(few_wrong_values),
        cmocka_unit_test(gray),          cmocka_unit_test(padding),

        cmocka_unit_test(whole_tensor),  cmocka_unit_test(stretches),
        cmocka_unit_test(along_an_axis), cmocka_unit_test(nothing_unwritten),
    };
    return cmocka_run_group_tests_name("triage/cause_memory", tests, NULL, NULL);
}
