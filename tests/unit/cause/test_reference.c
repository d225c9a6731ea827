#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static void nan_in_src(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, 8, 8, 0, 0), 4);
    f.s[5] = f.s[6] = NAN;
    f.s[20] = f.d[20] = INFINITY; /* equal: nobody's matter */
    fault_find(&f);
    assert_true(mm_metrics_only_reference(&f.result.metrics));
    assert_cause(&f, MM_CAUSE_REFERENCE, 0.9, "2 NaN or Inf in src alone: the reference's matter");
    assert_int_equal(mm_cause_info(MM_CAUSE_REFERENCE)->verdict, MM_VERDICT_HARMLESS);
    fault_done(&f);
}

static void nan_in_both_at_other_places(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, 8, 8, 0, 0), 4);
    f.s[5] = NAN;
    f.d[6] = NAN;
    fault_find(&f);
    assert_false(mm_metrics_only_reference(&f.result.metrics));
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_REFERENCE);
    fault_done(&f);
}

/* The rest is wrong as well: that is not the reference's. */
static void the_rest_counts(void **state)
{
    (void)state;
    uint64_t seed = 3;
    struct fault f;
    fault_init(&f, shape_of(2, 8, 8, 0, 0), 4);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] += 0.5 * normal(&seed);
    f.s[5] = NAN;
    fault_find(&f);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(f.finding[i].cause != MM_CAUSE_REFERENCE);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nan_in_src),
                                       cmocka_unit_test(nan_in_both_at_other_places),
                                       cmocka_unit_test(the_rest_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
