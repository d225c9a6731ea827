#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"

#include <math.h>

/* src of mean 0.5 and spread 2; dst = 10 src + offset: scale 0.1. */
static struct mm_result codes(enum mm_dtype dtype, double offset)
{
    return (struct mm_result){.state = MM_STATE_MEASURED,
                              .src = {.known = true, .dtype = MM_F32},
                              .dst = {.known = true, .dtype = dtype},
                              .metrics = {.diff2 = 50,
                                          .fit_scale = 10,
                                          .fit_offset = offset,
                                          .fit_residual = 0.002,
                                          .src = {.finite = 9, .mean = 0.5, .std = 2},
                                          .dst = {.finite = 9, .mean = 5 + offset, .std = 20}}};
}

static void found(void **state)
{
    (void)state;
    struct mm_result result = codes(MM_U8, 130.2);
    struct mm_raw raw;
    assert_true(mm_raw_find(&result, &raw));
    assert_true(raw.zero_point == 130);
    /* 4.25 / (10 x 4 + .5 x 135.2 - 130 x .5) = 4.25 / 42.6 */
    assert_true(fabs(raw.scale - 4.25 / 42.6) < 1e-12);
    assert_true(fabs(raw.error - 0.002 * sqrt(135.2 * 135.2 + 400) / 10 / sqrt(4.25)) < 1e-12);
    result = codes(MM_U8, 257); /* no zero point of that type */
    assert_true(mm_raw_find(&result, &raw) && raw.zero_point == 255);
    result = codes(MM_U8, -7);
    assert_true(mm_raw_find(&result, &raw) && raw.zero_point == 0);
    result = codes(MM_I8, -200);
    assert_true(mm_raw_find(&result, &raw) && raw.zero_point == -128);
}

static void something_else(void **state)
{
    (void)state;
    struct mm_raw raw;
    struct mm_result result = codes(MM_F16, 130);
    assert_false(mm_raw_find(&result, &raw));
    result = codes(MM_I32, 130);
    assert_false(mm_raw_find(&result, &raw));
    result = codes(MM_U8, 130);
    result.src.dtype = MM_U8; /* data */
    assert_false(mm_raw_find(&result, &raw));
    result = codes(MM_U8, 130);
    result.metrics.fit_residual = 0.3; /* nothing in common */
    assert_false(mm_raw_find(&result, &raw));
    result = codes(MM_U8, 130);
    result.metrics.diff2 = 0.001; /* the values, in another type */
    assert_false(mm_raw_find(&result, &raw));
    result.state = MM_STATE_FAILED;
    assert_false(mm_raw_find(&result, &raw));
}

static void of_the_dump(void **state)
{
    (void)state;
    struct mm_result raw = codes(MM_U8, 130), other = codes(MM_F16, 130);
    struct mm_subject subjects[] = {{.result = &raw}, {.result = &other}, {.result = &raw}, {.result = &raw}};
    assert_false(mm_raw_dump(subjects, 3)); /* two may be two operators' faults */
    assert_true(mm_raw_dump(subjects, 4));
    assert_false(mm_raw_dump(subjects, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found),
        cmocka_unit_test(something_else),
        cmocka_unit_test(of_the_dump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
