#include "unit/export/exporting.h"
#include "export/export.h"

static void nothing_to_tell(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = {.dialect = made_up(MM_NAME_LAYER), .plan = plan};
    assert_limits(&export, "");
    choose(plan, "a", MM_PRECISION_F32);
    choose(plan, "b", MM_PRECISION_BF16);
    choose(plan, "c", MM_PRECISION_I8);
    mm_plan_begin(plan, "all");
    set_own(plan, "d", "made:q8_0");
    mm_plan_set_setting(plan, "fusion", "true", NULL);
    mm_plan_commit(plan);
    assert_limits(&export, "");
    assert_int_equal(mm_export_count(&export), 4);
    mm_plan_close(plan);
}

/* A sentence for each precision and for each setting that the runtime can't be told. */
static void one_sentence_each(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = {.dialect = made_up(MM_NAME_LAYER), .plan = plan};
    choose(plan, "b", MM_PRECISION_F16);
    choose(plan, "a", MM_PRECISION_F16);
    choose(plan, "c", MM_PRECISION_I16);
    choose(plan, "fine", MM_PRECISION_F32);
    mm_plan_begin(plan, "all");
    set_own(plan, "d", "other:q8_0");
    set_own(plan, "e", "made:q2");
    mm_plan_set_setting(plan, "fusion", "false", NULL); /* the key is known, this value is not */
    mm_plan_set_setting(plan, "calibration_statistics", "percentile_99.99", NULL);
    mm_plan_commit(plan);
    assert_limits(
        &export,
        "2 operators (such as \"a\"): FLOAT16 is left out: for single operators, Made Up takes INT8, "
        "BFLOAT16 and "
        "FLOAT32 only\n"
        "1 operator (\"c\"): INT16 is left out: for single operators, Made Up takes INT8, BFLOAT16 and "
        "FLOAT32 only\n"
        "2 operators (such as \"d\"): a type of another runtime is left out: for single operators, Made Up "
        "takes INT8, "
        "BFLOAT16 and FLOAT32 only\n"
        "calibration_statistics = percentile_99.99 is left out: there is nothing for it in the files "
        "of Made Up\n"
        "fusion = false is left out: there is nothing for it in the files of Made Up\n");
    assert_int_equal(mm_export_count(&export), 1);
    mm_plan_close(plan);
}

/* Every precision and every setting is in the files of a dialect, or told of. */
static void check_nothing_is_dropped(const struct mm_dialect *dialect)
{
    size_t count, told = 0, rows = 0, taken = 0;
    const struct mm_setting *settings = mm_settings(&count);
    struct mm_plan *plan = plan_new();
    struct mm_buf limits = {0};
    struct mm_export export = {.dialect = dialect, .plan = plan};
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < count; i++)
        assert_int_equal(mm_plan_set_setting(plan, settings[i].key, settings[i].values[0], NULL), 0);
    for (int p = MM_PRECISION_NONE + 1; p < MM_PRECISION_OWN; p++)
        set(plan, mm_precision_info((enum mm_precision)p)->badge, (enum mm_precision)p);
    mm_plan_commit(plan);
    mm_export_limits(&export, &limits);
    for (const char *p = mm_buf_text(&limits); (p = strstr(p, " is left out: ")); p++)
        told++;
    for (size_t i = 0; i < count; i++) {
        bool has = false;
        for (const struct mm_dialect_setting *row = dialect->settings; row->setting; row++)
            has = has || (strcmp(row->setting, settings[i].key) == 0 &&
                          strcmp(row->value, settings[i].values[0]) == 0);
        rows += has;
    }
    taken = mm_export_count(&export);
    assert_int_equal(told, count - rows + mm_plan_count(plan) - taken);
    mm_buf_done(&limits);
    mm_plan_close(plan);
}

static void nothing_is_dropped(void **state)
{
    (void)state;
    const struct mm_dialect *dialect;
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++)
        check_nothing_is_dropped(dialect);
    check_nothing_is_dropped(made_up(MM_NAME_LAYER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_tell),
        cmocka_unit_test(one_sentence_each),
        cmocka_unit_test(nothing_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
