/* What a tensor is known by, from some of its elements. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/compare.h"
#include "unit/near.h"

#include <stdlib.h>

static struct mm_fingerprint take(const float *value, struct mm_shape shape, uint64_t *bytes)
{
    struct mm_err err = {MM_OK, ""};
    struct mm_fingerprint print;
    struct mm_tensor tensor;
    struct mm_run run;
    mm_tensor_raw(&tensor, MM_F32, &shape, value, &run);
    if (mm_fingerprint_take(&tensor, &print, bytes, &err) < 0)
        fail_msg("%s", err.text);
    return print;
}

/* Mean 2.5, squares around it 2.25 + 0.25 + 0.25 + 2.25. */
static void small(void **state)
{
    (void)state;
    static const float value[] = {4, 1, 2, 3}, bad[] = {1, NAN};
    uint64_t bytes;
    struct mm_fingerprint print = take(value, (struct mm_shape){2, {2, 2}}, &bytes);
    assert_true(print.known);
    assert_false(print.sampled);
    assert_near(print.figures.mean, 2.5, 1e-12);
    assert_near(print.figures.std, sqrt(1.25), 1e-12);
    assert_near(print.figures.min, 1, 0);
    assert_int_equal(print.figures.min_at, 1);
    assert_near(print.figures.max, 4, 0);
    assert_int_equal(print.figures.max_at, 0);
    assert_int_equal(bytes, 4096);
    assert_false(take(bad, (struct mm_shape){1, {2}}, &bytes).known);
    assert_false(take(bad, (struct mm_shape){1, {0}}, &bytes).known);
    assert_true(take(value, (struct mm_shape){.rank = 0}, &bytes).known);
}

/* Up to 65536 elements nothing is left out: the one in another place that is not 0 is seen, wherever it stands. */
static void whole(void **state)
{
    (void)state;
    enum { SIDE = 256, ALL = SIDE * SIDE };
    float *value = calloc(ALL, sizeof *value);
    uint64_t bytes;
    for (int at = 0; at < ALL; at += 4369) {
        value[at] = 1;
        struct mm_fingerprint print = take(value, (struct mm_shape){2, {SIDE, SIDE}}, &bytes);
        assert_false(print.sampled);
        assert_near(print.figures.mean, 1.0 / ALL, 1e-15);
        assert_int_equal(print.figures.max_at, at);
        value[at] = 0;
    }
    assert_int_equal(bytes, ALL * sizeof *value);
    free(value);
}

/* Values that are each other one: [48, 60, 70] and the same with its axes as 2, 0, 1, in another place. */
static void order_of_axes(void **state)
{
    (void)state;
    enum { A = 48, B = 60, C = 70, ALL = A * B * C };
    float *value = malloc(ALL * sizeof *value), *moved = malloc(ALL * sizeof *moved);
    uint64_t bytes;
    assert_true(value && moved);
    for (int i = 0; i < ALL; i++)
        value[i] = (float)((i * 2654435761u) >> 8);
    for (int a = 0; a < A; a++)
        for (int b = 0; b < B; b++)
            for (int c = 0; c < C; c++)
                moved[(c * A + a) * B + b] = value[(a * B + b) * C + c];
    struct mm_fingerprint print = take(value, (struct mm_shape){4, {1, A, B, C}}, &bytes);
    struct mm_fingerprint other = take(moved, (struct mm_shape){3, {C, A, B}}, &bytes);
    struct mm_fingerprint row = take(value, (struct mm_shape){1, {ALL}}, &bytes);
    assert_true(print.known && print.sampled && other.known && row.known);
    assert_true(mm_fingerprint_apart(&print, &other) < 1e-12);
    assert_near(mm_fingerprint_apart(&print, &row), 0, 0);
    assert_true(print.figures.std > 0);
    assert_near(value[print.figures.max_at], print.figures.max, 0);
    assert_near(moved[other.figures.min_at], print.figures.min, 0);
    free(value);
    free(moved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small), cmocka_unit_test(whole),
                                       cmocka_unit_test(order_of_axes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
