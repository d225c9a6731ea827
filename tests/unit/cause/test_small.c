#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct mm_shape image = {4, {1, 8, 20, 20}};

/* x - y of two values of size 10 computed in half: what is left is 0.01. */
static void cancellation(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 3;
    fault_init(&f, image, 1);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] *= 0.01;
        f.d[i] = f.s[i] + 10 * 0x1p-12 * (2 * uniform(&seed) - 1);
    }
    f.c.op_type = "Sub";
    f.c.input_rms = 10;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_NEAR_ZERO, 0.6,
                 "near zero: the error is 0.0014 in absolute terms, src is 0.0099");
    f.c.input_rms = 0.02; /* inputs as small as the result: no excuse */
    fault_find(&f);
    assert_unexplained(&f, 0);
    fault_done(&f);
}

static void softmax_tail(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 3;
    fault_init(&f, image, 2);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = 1e-3 * uniform(&seed);
        f.d[i] = f.s[i] + 1e-4 * (2 * uniform(&seed) - 1);
    }
    f.c.op_type = "Softmax";
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_NEAR_ZERO, 0.6, "near zero: ");
    fault_done(&f);
}

static void rounding(void **state)
{
    (void)state;
    for (int noise = NOISE_HALF; noise < NOISES; noise++) {
        struct fault f;
        fault_init(&f, image, 4);
        add_noise(&f, (enum noise)noise);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_ROUNDING, 0.85, "rounding: ");
        f.c.noise /= 20; /* now it is more than what is expected */
        fault_find(&f);
        assert_unexplained(&f, 0.3);
        fault_done(&f);
    }
}

/* An error with a mean is no rounding, however small. */
static void biased(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 5);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + 0.001;
    f.c.noise = 1e-3;
    fault_find(&f);
    assert_string_equal(found_word(&f), "zero-point");
    fault_done(&f);
}

/* gelu by tanh instead of erf: the error follows src, and is far above half's noise near its zeros only. */
static void another_operator(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 6);
    for (int64_t i = 0; i < f.count; i++) {
        double x = 2 * f.s[i];
        f.s[i] = x * 0.5 * (1 + erf(x / sqrt(2)));
        f.d[i] = 0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979) * (x + 0.044715 * x * x * x)));
    }
    fault_find(&f);
    assert_unexplained(&f, 0.3);
    fault_done(&f);
}

/* Squares of 1e-4 are small against it, and what is lost of them is lost; zeros where src is not are no small
 * error; a guess of the inputs decides nothing by itself. */
static void not_near_zero(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 3;
    fault_init(&f, image, 1);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] *= 0.01;
        f.d[i] = f.s[i] + 10 * 0x1p-12 * (2 * uniform(&seed) - 1);
    }
    f.c.input_rms = 10;
    f.c.op_type = "Pow";
    fault_find(&f);
    assert_unexplained(&f, 0);
    f.c.op_type = "Conv";
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_NEAR_ZERO, 0.6, "near zero: ");
    f.c.inputs_guessed = true;
    fault_find(&f);
    assert_unexplained(&f, 0.56);
    f.c.op_type = "";
    fault_find(&f);
    assert_unexplained(&f, 0.46);
    f.c.inputs_guessed = false;
    f.c.op_type = "Conv";
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % 3 ? 0 : f.s[i];
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_int_not_equal(f.finding[i].cause, MM_CAUSE_NEAR_ZERO);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_near_zero),

        cmocka_unit_test(cancellation),  cmocka_unit_test(softmax_tail),     cmocka_unit_test(rounding),
        cmocka_unit_test(biased),        cmocka_unit_test(another_operator),
    };
    return cmocka_run_group_tests_name("triage/cause_small", tests, NULL, NULL);
}
