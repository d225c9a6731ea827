#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/replay.h"

#include <math.h>

#define MANY 200 /* three blocks, and a rest */

static struct mm_value value_of(const float *x, int64_t count)
{
    return (struct mm_value){.dtype = MM_F32, .shape = {.rank = 1, .dim = {count}}, .count = count, .f = x};
}

/* One value at each place among halves decides: what a half has, and what lies just beside it. */
static void one_decides(void **state)
{
    (void)state;
    const float halves[] = {65504, -65504, 0x1p-14f, -0x1p-24f, 0x1.8p-23f, INFINITY, -INFINITY, NAN, -0.0f};
    const float others[] = {65505,       -65536, 0x1.002p-14f, 0x1p-25f, 0x1.4p-23f,
                            0x1.001p+0f, 1e30f,  -0x1p-26f,    1 / 3.0f};
    float x[MANY];
    struct mm_value y = value_of(x, MANY);
    for (int i = 0; i < MANY; i++)
        x[i] = (float)(i - 100) * 0.25f;
    assert_true(replay_are_halves(&y));
    for (int place = 0; place < MANY; place += 33) {
        float kept = x[place];
        for (size_t k = 0; k < MM_COUNT(halves); k++) {
            x[place] = halves[k];
            assert_true(replay_are_halves(&y));
            x[place] = others[k];
            assert_false(replay_are_halves(&y));
        }
        x[place] = kept;
    }
}

/* Nothing is said of no values, and of integers. */
static void nothing(void **state)
{
    (void)state;
    const int64_t i[] = {1, 2};
    const float x[] = {1};
    struct mm_value none = value_of(x, 0), integers = {.dtype = MM_I64, .count = 2, .i = i};
    assert_false(replay_are_halves(&none));
    assert_false(replay_are_halves(&integers));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_decides),
        cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
