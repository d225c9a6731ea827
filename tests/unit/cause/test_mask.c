#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* Scores of 20 queries and keys; keys behind the query, and those from `keys` on, are masked. */
static bool is_masked(int64_t i, int64_t keys)
{
    int64_t query = i / 20 % 20, key = i % 20;
    return key > query || key >= keys;
}

/* As evidence does it: what is masked on both sides is left out first. */
static void leave_out(struct fault *f)
{
    f->result.masked = mm_sentinels_mask(f->s, f->d, f->count);
    fault_find(f);
}

/* 2 padding keys of 20 that one side masks: in 2 x 20 x 20 scores 2 x (1 + 2) positions on or below the diagonal. */
static void one_side(void **state)
{
    (void)state;
    static const struct {
        double src, dst;
    } rows[] = {{-1e9, -1e9},       {-FLT_MAX, -65504},      {-INFINITY, -INFINITY}, {-1e4, -65504},
                {-1e30, -INFINITY}, {-FLT_MAX, -3.38953e38}, {-2147483648.0, -32768}};
    for (size_t n = 0; n < 2 * MM_COUNT(rows); n++) {
        size_t row = n / 2;
        struct fault f;
        fault_init(&f, shape_of(3, 2, 20, 20, 1), 3 + n);
        noise_half(&f);
        for (int64_t i = 0; i < f.count; i++) {
            f.s[i] = is_masked(i, n % 2 ? 18 : 20) ? rows[row].src : f.s[i];
            f.d[i] = is_masked(i, n % 2 ? 20 : 18) ? rows[row].dst : f.d[i];
        }
        leave_out(&f);
        assert_int_equal(f.result.masked, 2 * 190);
        assert_cause(&f, MM_CAUSE_MASK, 0.85,
                     n % 2 ? "the mask differs: 6 positions in src alone, 0 in dst alone"
                           : "the mask differs: 0 positions in src alone, 6 in dst alone");
        assert_non_null(strstr(f.finding[0].evidence, "first at [0,18,18]"));
        fault_done(&f);
    }
}

/* None at all on one side, with a value that is a mask's by its size. */
static void no_mask(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 2, 20, 20, 1), 30);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = is_masked(i, 20) ? -1e9 : f.s[i];
    leave_out(&f);
    assert_cause(&f, MM_CAUSE_MASK, 0.85, "the mask differs: 380 positions in src alone, 0 in dst alone");
    for (int64_t i = 0; i < f.count; i++) /* -Inf, and any value of the others */
        f.s[i] = is_masked(i, 20) ? -INFINITY : f.d[i];
    leave_out(&f);
    assert_cause(&f, MM_CAUSE_MASK, 0.85, "the mask differs: 380 positions in src alone, 0 in dst alone");
    fault_done(&f);
}

/* A logarithm of 0, where the other side has small numbers; or one, which is its end then. */
static void logarithm_of_zero(void **state)
{
    (void)state;
    for (int n = 0; n < 2; n++) {
        struct fault f;
        uint64_t seed = 6;
        fault_init(&f, shape_of(3, 2, 20, 20, 1), 35);
        for (int64_t i = 0; i < f.count; i++) {
            bool zero = i % 8 == 3;
            f.s[i] = zero ? -INFINITY : f.s[i];
            f.d[i] = zero ? -17.3 - n * uniform(&seed) : f.s[i];
        }
        leave_out(&f);
        assert_string_equal(found_word(&f), n ? "reference-nonfinite" : "none");
        assert_int_equal(f.result.masked, n ? 0 : 100);
        fault_done(&f);
    }
}

/* The same mask, by another value on each side; -Inf of a logarithm in src alone; one large value. */
static void no_difference(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 2, 20, 20, 1), 40);
    noise_half(&f);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = is_masked(i, 20) ? -FLT_MAX : f.s[i];
        f.d[i] = is_masked(i, 20) ? -65504 : f.d[i];
    }
    leave_out(&f);
    assert_string_equal(found_word(&f), "rounding");
    fault_done(&f);
    fault_init(&f, shape_of(3, 2, 20, 20, 1), 41);
    f.s[7] = f.s[99] = -INFINITY;
    leave_out(&f);
    assert_true(strcmp(found_word(&f), "mask-differs") != 0);
    fault_done(&f);
    fault_init(&f, shape_of(3, 2, 20, 20, 1), 42);
    for (int64_t i = 0; i < f.count; i++) { /* of a size that comes before: 200 to 20,000 */
        f.s[i] *= 5000;
        f.d[i] = f.s[i] * (1 + 1e-4);
    }
    leave_out(&f);
    assert_true(strcmp(found_word(&f), "mask-differs") != 0);
    fault_done(&f);
}

/* More NaN and Inf than a mask's value stands for: scores that overflowed both ways. */
static void broken_scores(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 2, 20, 20, 1), 43);
    for (int64_t i = 0; i < f.count; i++) {
        if (is_masked(i, 20))
            f.s[i] = f.d[i] = -INFINITY;
        else if (i % 20 < 4)
            f.d[i] = i % 20 ? INFINITY : -INFINITY;
    }
    leave_out(&f);
    assert_true(strcmp(found_word(&f), "mask-differs") != 0);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_side), cmocka_unit_test(no_mask),
                                       cmocka_unit_test(logarithm_of_zero), cmocka_unit_test(no_difference),
                                       cmocka_unit_test(broken_scores)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
