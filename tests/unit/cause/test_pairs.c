#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

enum { ROWS = 60, COLUMNS = 40, DEPTH = 32 };

static double saturated(double sum)
{
    return sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum;
}

/* x uint8 [ROWS, DEPTH], w int8 [DEPTH, COLUMNS]; d with two products at a time in 16 bits, as vpmaddubsw has them. */
static void multiply(struct fault *f, double size, uint64_t seed)
{
    double x[ROWS][DEPTH], w[DEPTH][COLUMNS];
    for (int i = 0; i < ROWS * DEPTH; i++)
        x[i / DEPTH][i % DEPTH] = fmin(255, rint(fabs(80 * size * normal(&seed))));
    for (int i = 0; i < DEPTH * COLUMNS; i++)
        w[i / COLUMNS][i % COLUMNS] = fmax(-127, fmin(127, rint(50 * normal(&seed))));
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        f->s[i] = f->d[i] = 0;
        for (int k = 0; k < DEPTH; k += 2) {
            double sum =
                x[i / COLUMNS][k] * w[k][i % COLUMNS] + x[i / COLUMNS][k + 1] * w[k + 1][i % COLUMNS];
            f->s[i] += sum;
            f->d[i] += saturated(sum);
        }
    }
}

static void sums_fall_short(void **state)
{
    (void)state;
    for (int n = 0; n < 2; n++) {
        struct fault f;
        fault_init(&f, shape_of(2, ROWS, COLUMNS, 1, 1), 3);
        multiply(&f, 2, 11);
        for (int64_t i = 0; i < f.count && n; i++) { /* as what they stand for */
            f.s[i] = (float)(1e-4 * f.s[i]);
            f.d[i] = (float)(1e-4 * f.d[i]);
        }
        f.c.op_type = n ? "MatMul" : "MatMulInteger";
        f.c.quantised = MM_QUANTISED_INPUT;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_PAIRS, 0.55, "");
        assert_non_null(strstr(f.finding[0].sentence, "fall short"));
        fault_done(&f);
    }
}

/* Other values and weights by a little, so that nothing is exact: inputs that are cut off leave that. Plain rounding; results cut off at the end of the range; a float operator; errors of both signs. */
static void sums_are_right(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 6;
    fault_init(&f, shape_of(2, ROWS, COLUMNS, 1, 1), 4);
    multiply(&f, 2, 12);
    fault_find(&f); /* nothing is known of its type */
    assert_true(strcmp(found_word(&f), "pair-saturation") != 0);
    f.c.op_type = "Gelu";
    f.c.quantised = MM_QUANTISED_RESULT;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "pair-saturation") != 0);
    f.c.op_type = "Conv";
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = fmax(-30000, fmin(30000, f.s[i]));
    fault_find(&f);
    assert_string_equal(found_word(&f), "saturation");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + (fabs(f.s[i]) > 20000 ? 3000 * normal(&seed) : 0);
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "pair-saturation") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = rint(f.s[i] - (fabs(f.s[i]) > 40000 ? 0.3 * f.s[i] : 0) + 20 * normal(&seed));
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "pair-saturation") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i];
    noise_int8(&f);
    fault_find(&f);
    assert_string_equal(found_word(&f), "rounding");
    fault_done(&f);
}

/* Half of it is 0 on both sides, as behind a ReLU, which is no sign of exact sums. */
static void zeros(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, ROWS, COLUMNS, 1, 1), 5);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = i % 20 < 11 ? 0 : 20000 + 3000 * f.s[i];
        f.d[i] = rint(0.98 * f.s[i]);
    }
    f.c.op_type = "Conv";
    f.c.quantised = MM_QUANTISED_RESULT;
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_PAIRS);
    fault_done(&f);
}

/* int8 x int8 with weights of half the size, as oneDNN has them: x (2 rint(w / 2)), so every product is even. */
static void halved(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 21;
    double x[ROWS][DEPTH], w[DEPTH][COLUMNS];
    fault_init(&f, shape_of(2, ROWS, COLUMNS, 1, 1), 6);
    for (int i = 0; i < ROWS * DEPTH; i++)
        x[i / DEPTH][i % DEPTH] = fmax(-127, fmin(127, rint(40 * normal(&seed))));
    for (int i = 0; i < DEPTH * COLUMNS; i++)
        w[i / COLUMNS][i % COLUMNS] = fmax(-127, fmin(127, rint(30 * normal(&seed))));
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        f.s[i] = f.d[i] = 0;
        for (int k = 0; k < DEPTH; k++) {
            f.s[i] += x[i / COLUMNS][k] * w[k][i % COLUMNS];
            f.d[i] += x[i / COLUMNS][k] * 2 * rint(w[k][i % COLUMNS] / 2);
        }
    }
    f.result.src.dtype = f.result.dst.dtype = MM_I32;
    f.c.op_type = "MatMulInteger";
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_HALVED, 0.75, "all sums of dst are even, 50 % of src's are odd");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 2 * rint(f.s[i] / 2); /* the last bit cut off */
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_HALVED);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + rint(100 * normal(&seed));
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_HALVED);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_fall_short), cmocka_unit_test(sums_are_right),
                                       cmocka_unit_test(zeros), cmocka_unit_test(halved)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
