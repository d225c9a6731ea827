#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* Softmax of x over an axis of so many values, `inner` apart. */
static void softmax(const double *x, int64_t count, int64_t size, int64_t inner, double *out)
{
    for (int64_t line = 0; line < count / size; line++) {
        int64_t first = line / inner * size * inner + line % inner;
        double sum = 0;
        for (int64_t i = 0; i < size; i++)
            sum += exp(x[first + i * inner]);
        for (int64_t i = 0; i < size; i++)
            out[first + i * inner] = exp(x[first + i * inner]) / sum;
    }
}

/* [2, 6, 10, 8]: over the last axis in src; over another one in dst. */
static void other_axis(void **state)
{
    (void)state;
    static const int64_t size[] = {2, 6, 10, 480}, inner[] = {480, 80, 8, 1};
    static const char *const sentences[] = {"softmax over axis 0 in dst, over axis 3 in src",
                                            "softmax over axis 1 in dst, over axis 3 in src",
                                            "softmax over axis 2 in dst, over axis 3 in src", ""};
    for (size_t n = 0; n < 3 * NOISES; n++) {
        struct fault f;
        fault_init(&f, shape_of(4, 2, 6, 10, 8), 3 + n);
        double *x = malloc((size_t)f.count * sizeof *x);
        assert_non_null(x);
        memcpy(x, f.s, (size_t)f.count * sizeof *x);
        softmax(x, f.count, 8, 1, f.s);
        softmax(x, f.count, size[n % 3], inner[n % 3], f.d);
        add_noise(&f, (enum noise)(n / 3));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SOFTMAX_AXIS, 0.85, sentences[n % 3]);
        free(x);
        fault_done(&f);
    }
}

/* Logarithms; and both axes of a map as one. */
static void other_forms(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 5, 12, 9, 1), 20);
    double *x = malloc((size_t)f.count * sizeof *x);
    assert_non_null(x);
    memcpy(x, f.s, (size_t)f.count * sizeof *x);
    softmax(x, f.count, 9, 1, f.s);
    softmax(x, f.count, 108, 1, f.d);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SOFTMAX_AXIS, 0.85, "softmax over axes 1 and 2 in dst, over axis 2 in src");
    softmax(x, f.count, 12, 9, f.d);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = log(f.s[i]);
        f.d[i] = log(f.d[i]);
    }
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SOFTMAX_AXIS, 0.85, "log-softmax over axis 1 in dst, over axis 2 in src");
    free(x);
    fault_done(&f);
}

/* Transposed probabilities explain themselves; a sigmoid sums to nothing; another temperature has the same axis. */
static void same_axis(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, 12, 12, 1, 1), 30);
    double *x = malloc((size_t)f.count * sizeof *x);
    assert_non_null(x);
    memcpy(x, f.s, (size_t)f.count * sizeof *x);
    softmax(x, f.count, 12, 1, f.s);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i % 12 * 12 + i / 12];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_TRANSPOSED, 0.95, "axes");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 1 / (1 + exp(-x[i]));
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "softmax-axis") != 0);
    for (int64_t i = 0; i < f.count; i++)
        x[i] *= 2;
    softmax(x, f.count, 12, 1, f.d);
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "softmax-axis") != 0);
    free(x);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(other_axis), cmocka_unit_test(other_forms),
                                       cmocka_unit_test(same_axis)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
