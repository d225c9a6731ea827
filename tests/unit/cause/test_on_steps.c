#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "cause/recompute.h"
#include "unit/cause/cause_testing.h"

#define COUNT 500
#define STEP  0.3F

static bool asked(const float *src, const float *dst, enum mm_dtype dtype)
{
    static struct operands o;
    struct mm_shape shape = {1, {COUNT}};
    memset(&o, 0, sizeof o);
    o.result[SIDE_SRC] = mm_value_floats(&shape, src);
    o.result[SIDE_DST] = mm_value_floats(&shape, dst);
    o.format[SIDE_SRC] = MM_F32;
    o.format[SIDE_DST] = dtype;
    return on_steps(&o);
}

/* A fault's values, that have nothing to do with src's: their steps tell. */
static void steps(void **state)
{
    (void)state;
    float src[COUNT], dst[COUNT];
    uint64_t seed = 3;
    for (int i = 0; i < COUNT; i++) {
        src[i] = (float)normal(&seed);
        dst[i] = STEP * rintf((float)normal(&seed) * 20);
    }
    assert_true(asked(src, dst, MM_F32));
    assert_false(asked(dst, dst, MM_F32)); /* src has them as well: data */
    assert_false(asked(src, src, MM_F32));
    assert_false(asked(src, dst, MM_I8)); /* known anyhow */
    for (int i = 0; i < COUNT; i++)
        dst[i] = STEP * (float)(i - 250); /* of 500 steps */
    assert_false(asked(src, dst, MM_F32));
}

/* Between 1 and 2 bfloat16 has 128 steps of its own. */
static void steps_of_a_float(void **state)
{
    (void)state;
    float src[COUNT], dst[COUNT];
    uint64_t seed = 4;
    for (int i = 0; i < COUNT; i++) {
        src[i] = (float)normal(&seed);
        dst[i] = 1 + (float)(i % 128) / 128;
    }
    assert_false(asked(src, dst, MM_F32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps),
        cmocka_unit_test(steps_of_a_float),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
