#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/arrangement.h"

#define ROWS    3
#define COLUMNS 4

/* s holds 0..11; d is what the arrangement should give. A residual of 0 says that it does. */
static void check(const struct arrangement *a, const double d[ROWS * COLUMNS])
{
    double s[ROWS * COLUMNS], other[ROWS * COLUMNS];
    struct mm_result result = {.state = MM_STATE_MEASURED};
    struct mm_case c = {.result = &result,
                        .op_type = "",
                        .s = s,
                        .d = d,
                        .s_count = ROWS * COLUMNS,
                        .d_count = ROWS * COLUMNS,
                        .s_shape = {2, {ROWS, COLUMNS}},
                        .d_shape = {2, {ROWS, COLUMNS}}};
    struct sample sample;
    struct trial t;
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        s[i] = i;
        other[i] = d[i];
    }
    trial_init(&t, &c, NULL);
    sample_init(&sample, &t);
    sample_draw(&sample, &t, SAMPLE_MAX);
    assert_int_equal(sample.count, ROWS * COLUMNS);
    assert_true(arrangement_residual(a, &t) == 0);
    assert_true(sample_left(&sample, a, &t) == 0);
    other[7] += 1; /* and one wrong value is seen */
    c.d = other;
    trial_init(&t, &c, NULL);
    sample_init(&sample, &t);
    assert_true(arrangement_residual(a, &t) > 0);
    assert_true(sample_left(&sample, a, &t) > 0);
}

static void arrangements(void **state)
{
    (void)state;
    struct mm_shape shape = {2, {ROWS, COLUMNS}};
    struct arrangement a;
    arrangement_init(&a, &shape);
    check(&a, (double[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    a.flip[1] = true;
    check(&a, (double[]){3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8});
    a.flip[0] = true;
    check(&a, (double[]){11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
    arrangement_init(&a, &shape);
    a.shift[1] = 1;
    check(&a, (double[]){3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10});
    a.fill = FILL_EDGE;
    check(&a, (double[]){0, 0, 1, 2, 4, 4, 5, 6, 8, 8, 9, 10});
    a.fill = FILL_ZERO;
    a.shift[0] = -1;
    check(&a, (double[]){0, 4, 5, 6, 0, 8, 9, 10, 0, 0, 0, 0});
    arrangement_init(&a, &shape);
    static const int32_t table[ROWS] = {2, 0, 1};
    a.table = table;
    check(&a, (double[]){8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6, 7});
    a = (struct arrangement){.rank = 2, .dim = {COLUMNS, ROWS}, .stride = {1, COLUMNS}};
    check(&a, (double[]){0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
}

static void permutations(void **state)
{
    (void)state;
    int perm[3] = {0, 1, 2};
    static const int expected[5][3] = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int i = 0; i < 5; i++) {
        assert_true(permutation_next(perm, 3));
        assert_memory_equal(perm, expected[i], sizeof perm);
    }
    assert_false(permutation_next(perm, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arrangements), cmocka_unit_test(permutations)};
    return cmocka_run_group_tests_name("triage/arrangement", tests, NULL, NULL);
}
