#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/sorted.h"

#define COUNT 1000

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Values of many kinds: any, floats, few different ones, in order, backwards. */
static double value_of(int kind, size_t i, uint64_t *seed)
{
    switch (kind) {
    case 0: return normal(seed) * exp(40 * normal(seed));
    case 1: return (double)(float)normal(seed);
    case 2: return (double)(random_bits(seed) % 3) - 1;
    case 3: return (double)i;
    default: return -(double)i;
    }
}

static void as_the_library_does(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 47, 48, 49, 50, 255, 256, 999, COUNT};
    double x[COUNT], y[COUNT], z[COUNT];
    uint64_t seed = 1;
    for (size_t k = 0; k < 5 * MM_COUNT(counts); k++) {
        size_t n = counts[k / 5];
        for (size_t i = 0; i < n; i++)
            x[i] = y[i] = value_of((int)(k % 5), i, &seed);
        qsort(y, n, sizeof *y, ascending);
        for (size_t place = 0; place < n; place += n / 7 + 1) {
            memcpy(z, x, n * sizeof *z);
            assert_true(value_at_place(z, n, place) == y[place]);
            qsort(z, n, sizeof *z, ascending);
            assert_memory_equal(z, y, n * sizeof *z); /* reordered, none lost */
        }
        sort_values(x, n);
        assert_memory_equal(x, y, n * sizeof *x);
    }
}

static void at_the_ends(void **state)
{
    (void)state;
    double x[60];
    for (int i = 0; i < 60; i++)
        x[i] = i % 4 == 0 ? INFINITY : i % 4 == 1 ? -INFINITY : i % 4 == 2 ? 0.0 : -0.0;
    sort_values(x, 60);
    assert_true(x[14] == -INFINITY && x[15] == 0 && x[44] == 0 && x[45] == INFINITY);
    assert_true(signbit(x[29]) && !signbit(x[30]));
    sort_values(x, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_library_does), cmocka_unit_test(at_the_ends)};
    return cmocka_run_group_tests_name("cause/sorted", tests, NULL, NULL);
}
