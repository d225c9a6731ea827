#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include <ctype.h>

/* Words are different and fit for filters; every row speaks. */
static void table(void **state)
{
    (void)state;
    for (int i = 0; i < MM_CAUSE_COUNT; i++) {
        const struct mm_cause_info *info = mm_cause_info((enum mm_cause_id)i);
        assert_non_null(info->word);
        for (const char *c = info->word; *c; c++)
            assert_true(islower((unsigned char)*c) || *c == '-');
        assert_true(strlen(info->title) > 4 && strlen(info->title) < 60);
        assert_true(isupper((unsigned char)info->next[0]) && info->next[strlen(info->next) - 1] == '.');
        assert_true(info->verdict > MM_VERDICT_NONE && info->verdict < MM_VERDICT_COUNT);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(info->word, mm_cause_info((enum mm_cause_id)k)->word);
    }
    assert_string_equal(mm_cause_info(MM_CAUSE_NONE)->word, "unexplained");
    /* what moves values about is repaired by no precision; what rounds, cuts off or overflows is */
    assert_true(mm_cause_info(MM_CAUSE_CHANNELS_REVERSED)->precision_cannot_fix);
    assert_true(mm_cause_info(MM_CAUSE_STALE)->precision_cannot_fix);
    assert_false(mm_cause_info(MM_CAUSE_OVERFLOW)->precision_cannot_fix);
    assert_false(mm_cause_info(MM_CAUSE_ROUNDING)->precision_cannot_fix);
    assert_false(mm_cause_info(MM_CAUSE_NONE)->precision_cannot_fix);
    assert_ptr_equal(mm_cause_info((enum mm_cause_id)99), mm_cause_info(MM_CAUSE_NONE));
}

/* A factor is also a line and a line a channel: the factor stands first, and the list is in order. */
static void simpler_first(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, (struct mm_shape){4, {1, 8, 16, 16}}, 1);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 1.5 * f.s[i];
    noise_int8(&f);
    fault_find(&f);
    assert_int_equal(f.findings, 2);
    assert_int_equal(f.finding[0].cause, MM_CAUSE_SCALE);
    assert_int_equal(f.finding[1].cause, MM_CAUSE_AFFINE);
    fault_done(&f);
}

static void nothing_to_try(void **state)
{
    (void)state;
    struct fault f;
    atomic_bool cancel = true;
    fault_init(&f, (struct mm_shape){4, {1, 8, 16, 16}}, 2);
    fault_find(&f); /* equal */
    assert_int_equal(f.findings, 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 2 * f.s[i];
    fault_find(&f);
    assert_true(f.findings > 0);
    assert_int_equal(mm_causes_find(&f.c, &cancel, f.finding), 0);
    f.result.state = MM_STATE_FAILED;
    assert_int_equal(mm_causes_find(&f.c, NULL, f.finding), 0);
    fault_done(&f);
}

/* Tensors of no, one, two elements, scalars and all-NaN tensors do no harm. */
static void tiny(void **state)
{
    (void)state;
    static const struct mm_shape shapes[] = {{0, {0}},          {1, {1}},    {1, {2}},      {2, {1, 1}},
                                             {4, {1, 3, 1, 1}}, {2, {2, 2}}, {3, {3, 1, 2}}};
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        struct fault f;
        fault_init(&f, shapes[i], 3);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = k % 2 ? 3 * f.s[k] : -f.s[k] + 1;
        fault_find(&f);
        assert_true(f.findings <= MM_FINDINGS_MAX);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = NAN;
        fault_find(&f);
        assert_int_equal(f.findings, 0);
        for (int64_t k = 0; k < f.count; k++)
            f.s[k] = 0;
        fault_find(&f);
        assert_int_equal(f.findings, 0);
        fault_done(&f);
    }
    struct fault f;
    fault_init(&f, (struct mm_shape){2, {0, 4}}, 3);
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

/* Sentences fit their column. */
static void lengths(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, (struct mm_shape){4, {1, 3, 16, 16}}, 4);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = -1234567.891 * f.s[i];
    fault_find(&f);
    assert_true(f.findings > 0);
    for (size_t i = 0; i < f.findings; i++)
        assert_true(strlen(f.finding[i].sentence) < sizeof f.finding[i].sentence - 1);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table), cmocka_unit_test(simpler_first), cmocka_unit_test(nothing_to_try),
        cmocka_unit_test(tiny),  cmocka_unit_test(lengths),
    };
    return cmocka_run_group_tests_name("triage/cause", tests, NULL, NULL);
}
