#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* 2 of 60; 7 of 3200. */
static void here_and_there(void **state)
{
    (void)state;
    static const int64_t few[] = {17, 44}, more[] = {3, 411, 900, 1733, 1999, 2600, 3198};
    for (int n = 0; n < 2 * NOISES; n++) {
        struct fault f;
        const int64_t *at = n % 2 ? more : few;
        fault_init(&f, n % 2 ? shape_of(4, 1, 8, 20, 20) : shape_of(2, 1, 60, 1, 1), 3 + (uint64_t)n);
        add_noise(&f, (enum noise)(n / 2));
        for (int k = 0; k < (n % 2 ? 7 : 2); k++)
            f.d[at[k]] = f.s[at[k]] + (k % 2 ? -6.5 : 7);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_ISOLATED, 0.55,
                     n % 2 ? "7 of 3200 values are wrong, here and there"
                           : "2 of 60 values are wrong, here and there");
        assert_true(f.finding[0].score < 0.7);
        assert_non_null(strstr(f.finding[0].evidence, n % 2 ? "[0,0,0,3]" : "[0,17]"));
        assert_non_null(strstr(f.finding[0].evidence, n % 2 ? "[0,2,5,0]" : "[0,44]"));
        fault_done(&f);
    }
}

/* Cut off at the end of the range; a column; neighbours; errors of all sizes; whole numbers that flip. */
static void something_else(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 5;
    fault_init(&f, shape_of(2, 40, 50, 1, 1), 30);
    f.s[100] = f.s[900] = 40;
    f.d[100] = f.d[900] = 6;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    f.s[100] = f.s[900] = f.d[100] = f.d[900] = 0;
    for (int64_t i = 300; i < 310; i++)
        f.d[i] = 9;
    fault_find(&f);
    assert_string_equal(found_word(&f), "unwritten");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % 50 == 31 ? f.s[i] + 3 * normal(&seed) : f.s[i];
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + 0.01 / (0.01 + uniform(&seed)) * normal(&seed);
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] = rint(3 * f.s[i]);
    f.d[77] += 1;
    f.d[888] -= 1;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    fault_done(&f);
}

/* Wrong because of their values: all large ones fall short. Right for their size: one value of 60 times the others'. */
static void large_values(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 8;
    fault_init(&f, shape_of(2, 40, 50, 1, 1), 50);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] > 2.1 ? 0.7 * f.s[i] : f.s[i];
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % 700 == 60 ? f.s[i] + 3 : f.s[i];
    f.c.op_type = "GridSample"; /* a coordinate that rounds to the neighbour */
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    f.c.op_type = "Add";
    fault_find(&f);
    assert_string_equal(found_word(&f), "isolated");
    f.s[700] = 200;
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] * (1 + 0.003 * normal(&seed));
    f.d[700] = 180;
    f.c.noise = 1e-4;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "isolated") != 0);
    fault_done(&f);
}

/* Values of all sizes, rounded to half: the rounding of large ones is many times the usual one, and still right. */
static void long_tails(void **state)
{
    (void)state;
    static const int64_t at[] = {17, 1500, 1988};
    struct fault f;
    fault_init(&f, shape_of(2, 40, 50, 1, 1), 60);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = pow(f.s[i], 5);
    noise_half(&f);
    for (size_t k = 0; k < MM_COUNT(at); k++)
        f.d[at[k]] += 600;
    f.c.noise = 1e-6;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_ISOLATED, 0.55, "3 of 2000 values are wrong");
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(here_and_there), cmocka_unit_test(something_else),
                                       cmocka_unit_test(large_values), cmocka_unit_test(long_tails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
