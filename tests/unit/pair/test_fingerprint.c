/* How far apart tensors are, by figures worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/pair.h"
#include "unit/near.h"

static struct mm_fingerprint of(int64_t a, int64_t b, int64_t c)
{
    return (struct mm_fingerprint){
        .known = true,
        .count = a * b * c,
        .shape = {.rank = 3, .dim = {a, b, c}},
        .figures = {.mean = 1, .std = 2, .min = -4, .max = 6, .min_at = 3, .max_at = 5}};
}

static void figures(void **state)
{
    (void)state;
    struct mm_fingerprint a = of(2, 3, 4), b = a;
    assert_near(mm_fingerprint_apart(&a, &b), 0, 0);
    b.figures.mean = 1.5;
    assert_near(mm_fingerprint_apart(&a, &b), 0.25, 1e-12);
    b = a;
    b.figures.std = 4; /* the larger one is the scale */
    assert_near(mm_fingerprint_apart(&a, &b), 0.5, 1e-12);
    b = a;
    b.figures.max = 16; /* a fifth of 10, over 2 */
    assert_near(mm_fingerprint_apart(&a, &b), 1, 1e-12);
    b = a;
    b.known = false;
    assert_true(isinf(mm_fingerprint_apart(&a, &b)));
}

static void shapes(void **state)
{
    (void)state;
    struct mm_fingerprint a = of(2, 3, 4), b = of(4, 2, 3), c = of(2, 2, 6), d = of(1, 24, 1), e = a;
    assert_near(mm_fingerprint_apart(&a, &b), 0, 0);
    assert_false(mm_fingerprint_same_axes(&a, &b));
    assert_true(isinf(mm_fingerprint_apart(&a, &c)));
    assert_near(mm_fingerprint_apart(&a, &d), 0, 0); /* a row of values says no shape */
    e.shape = (struct mm_shape){.rank = 4, .dim = {2, 1, 3, 4}};
    assert_true(mm_fingerprint_same_axes(&a, &e));
    assert_true(mm_fingerprint_same_places(&a, &e));
    e.figures.min_at = 9; /* one of two is enough: the least value of a ReLU is everywhere */
    assert_true(mm_fingerprint_same_places(&a, &e));
    e.figures.max_at = 9;
    assert_false(mm_fingerprint_same_places(&a, &e));
}

/* Which elements were looked at depends on the shape: where one has none, both are looked at as a row. */
static void samples(void **state)
{
    (void)state;
    struct mm_fingerprint a = of(2, 3, 4), b = a, row = of(1, 24, 1);
    a.sampled = b.sampled = row.sampled = true;
    a.row = b.row = row.row = (struct mm_summary){.mean = 7, .std = 2};
    b.figures.mean = 2;
    assert_near(mm_fingerprint_apart(&a, &b), 0.5, 1e-12);
    assert_near(mm_fingerprint_apart(&b, &row), 0, 0);
    row.row.mean = 8;
    assert_near(mm_fingerprint_apart(&b, &row), 0.5, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(figures), cmocka_unit_test(shapes),
                                       cmocka_unit_test(samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
