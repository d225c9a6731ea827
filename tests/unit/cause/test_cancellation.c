#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/cause.h"
#include "unit/cause/cause_testing.h"

/* From the layout of IEEE 754 and of bfloat16: 10 and 7 bits behind the leading one. */
static void steps(void **state)
{
    (void)state;
    assert_true(step_of_float(MM_F16, 1000) == 0.5);
    assert_true(step_of_float(MM_F16, 1024) == 1);
    assert_true(step_of_float(MM_BF16, 1000) == 4);
    assert_true(step_of_float(MM_F32, 1000) == 0);
    assert_true(step_of_float(MM_F16, 0) == 0);
    assert_true(step_of_float(MM_F16, INFINITY) == 0);
}

/* x - 1000, where x was rounded to half: to multiples of a half. */
static void differences(struct fault *f, const char *op)
{
    fault_init(f, shape_of(2, 32, 64, 0, 0), 9);
    for (int64_t i = 0; i < f->count; i++)
        f->d[i] = rint((1000 + f->s[i]) * 2) / 2 - 1000;
    f->result.dst.dtype = MM_F16;
    f->c.op_type = op;
    f->c.input_rms = f->c.input_max = 1000;
    f->c.noise = 2e-4;
}

static bool has_cause(const struct fault *f, enum mm_cause_id cause, const char *sentence)
{
    for (size_t i = 0; i < f->findings; i++) {
        if (f->finding[i].cause == cause)
            return strcmp(f->finding[i].sentence, sentence) == 0;
    }
    return false;
}

static void named(void **state)
{
    (void)state;
    struct fault f;
    differences(&f, "Sub");
    fault_find(&f);
    assert_true(has_cause(&f, MM_CAUSE_CANCELLATION,
                          "small difference of large values: f16 has steps of 0.5 at 1000"));
    assert_string_equal(found_word(&f), "near-zero"); /* first, where nobody minds */
    fault_done(&f);
}

static void not_of_a_product(void **state)
{
    (void)state;
    struct fault f;
    differences(&f, "Mul");
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_CANCELLATION);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(steps), cmocka_unit_test(named),
                                       cmocka_unit_test(not_of_a_product)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
