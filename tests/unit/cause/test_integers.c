#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/integers.h"
#include "unit/cause/cause_testing.h"

static struct mm_result dtypes(enum mm_dtype src, enum mm_dtype dst)
{
    return (struct mm_result){.src = {.known = true, .dtype = src}, .dst = {.known = true, .dtype = dst}};
}

static void what_is_data(void **state)
{
    (void)state;
    struct mm_result ids = dtypes(MM_I64, MM_I32), codes = dtypes(MM_F32, MM_I8),
                     floats = dtypes(MM_F32, MM_F16);
    assert_true(integers_are_data(&ids, ""));
    assert_false(integers_are_data(&codes, "Conv"));
    assert_false(integers_are_data(&floats, NULL));
    assert_true(integers_are_data(&floats, "ArgMax"));
}

/* Two of 24 class ids: at (0, 1, 1) 3 became 20, and one behind it. */
static void counted(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 1, 4, 6, 0), 1);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = (double)(i * 5 % 8);
    assert_true(f.s[7] == 3);
    f.d[7] = 20;
    f.d[20] = 1;
    f.result = dtypes(MM_I64, MM_I64);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_INTEGERS, 0.5, "2 of 24 integers differ (8.3 %), first 20 for 3");
    assert_non_null(strstr(f.finding[0].evidence, "the first at (0, 1, 1): dst 20, src 3"));
    assert_true(mm_cause_info(MM_CAUSE_INTEGERS)->precision_cannot_fix);
    fault_done(&f);
}

#define WHOLE 16

/* The values over and over, and whether these are whole numbers on both sides. */
static bool in_floats(const double s[4], const double d[4], int64_t count)
{
    double many[2][WHOLE];
    for (int i = 0; i < WHOLE; i++) {
        many[0][i] = s[i % 4];
        many[1][i] = d[i % 4];
    }
    return integers_in_floats(many[0], many[1], count);
}

static void whole_numbers_in_floats(void **state)
{
    (void)state;
    const double ids[] = {3, 0, -1, 16777216}, other[] = {4, 0, -1, 7}, half[] = {3, 0.5, 1, 2};
    const double huge[] = {3, 0, 1, 16777218}, broken[] = {3, NAN, 1, 2}, rounded[] = {0, 64, 128, 192};
    assert_true(in_floats(ids, other, WHOLE));
    assert_false(in_floats(ids, half, WHOLE) || in_floats(half, ids, WHOLE));
    assert_false(in_floats(huge, ids, WHOLE) || in_floats(ids, broken, WHOLE));
    assert_false(in_floats(ids, ids, WHOLE - 1) || in_floats(ids, ids, 0)); /* whole by chance */
    assert_false(in_floats(other, rounded, WHOLE));                         /* to steps of 64 */
    assert_true(in_floats(rounded, rounded, WHOLE));
}

/* A mask that ends one place earlier is not moved, and nothing in it was left unwritten. */
static void a_mask(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, 1, 64, 0, 0), 1);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = i < 50;
        f.d[i] = i < 49;
    }
    fault_find(&f);
    assert_int_equal(f.findings, 1);
    assert_cause(&f, MM_CAUSE_INTEGERS, 0.5, "1 of 64 integers differ (1.6 %), first 0 for 1");
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_data), cmocka_unit_test(counted),
                                       cmocka_unit_test(whole_numbers_in_floats), cmocka_unit_test(a_mask)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
