#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/cause.h"

#define COUNT 5000

static void steps(void **state)
{
    (void)state;
    static const double rows[] = {0.03125, 0.0271, 1, 3e-7, 450};
    double x[COUNT];
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        uint64_t seed = row + 1;
        for (int i = 0; i < COUNT; i++)
            x[i] = (double)(float)(rint(30 * normal(&seed)) * rows[row]);
        assert_true(fabs(grid_find(x, COUNT, 256) / rows[row] - 1) < 1e-6);
        for (int i = 0; i < COUNT; i++) /* stored in half after it was fake quantised */
            x[i] = (double)mm_half_to_float(mm_float_to_half((float)(x[i] / rows[row] * 0.0271)));
        assert_true(fabs(grid_find(x, COUNT, 256) / 0.0271 - 1) < 1e-3);
    }
}

static void no_grid(void **state)
{
    (void)state;
    double x[COUNT];
    uint64_t seed = 1;
    for (int i = 0; i < COUNT; i++)
        x[i] = normal(&seed);
    assert_true(grid_find(x, COUNT, 65536) == 0);
    for (int i = 0; i < COUNT; i++)
        x[i] = (double)mm_half_to_float(mm_float_to_half((float)x[i]));
    assert_true(grid_find(x, COUNT, 256) == 0);
    for (int i = 0; i < COUNT; i++)
        x[i] = i % 5; /* five values lie on a grid by chance */
    assert_true(grid_find(x, COUNT, 256) == 0);
    for (int i = 0; i < COUNT; i++)
        x[i] = i % 1000; /* a grid of too many steps */
    assert_true(grid_find(x, COUNT, 256) == 0);
    assert_true(grid_find(x, COUNT, 65536) == 1);
    for (int i = 0; i < COUNT; i++)
        x[i] = NAN;
    assert_true(grid_find(x, COUNT, 256) == 0);
    assert_true(grid_find(x, 0, 256) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(steps), cmocka_unit_test(no_grid)};
    return cmocka_run_group_tests_name("triage/grid", tests, NULL, NULL);
}
