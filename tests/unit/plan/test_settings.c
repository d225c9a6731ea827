#include "mmtui/plan.h"
#include "unit/plan/helpers.h"
#include "plan/state.h"

static const char MODE[] = "network_precision";

/* Names of no runtime: lower case words, no value twice. */
static void the_table_is_in_order(void **state)
{
    (void)state;
    size_t count;
    const struct mm_setting *settings = mm_settings(&count);
    assert_int_equal(count, 8);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(strspn(settings[i].key, "abcdefghijklmnopqrstuvwxyz0123456789_"),
                         strlen(settings[i].key));
        assert_true(*settings[i].help);
        assert_non_null(settings[i].values[1]); /* there is a choice */
        for (size_t k = 0; settings[i].values[k]; k++) {
            for (size_t j = 0; j < k; j++)
                assert_string_not_equal(settings[i].values[j], settings[i].values[k]);
        }
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(settings[i].key, settings[k].key);
    }
}

static void every_value_can_be_chosen(void **state)
{
    (void)state;
    size_t count;
    const struct mm_setting *settings = mm_settings(&count);
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; settings[i].values[k]; k++) {
            assert_int_equal(mm_plan_set_setting(plan, settings[i].key, settings[i].values[k], NULL), 0);
            assert_string_equal(mm_plan_setting(plan, settings[i].key), settings[i].values[k]);
        }
    }
    assert_int_equal(mm_plan_commit(plan), count);
    mm_plan_close(plan);
}

static void clears(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "x");
    assert_int_equal(mm_plan_set_setting(plan, MODE, "float32", NULL), 0);
    assert_int_equal(mm_plan_set_setting(plan, MODE, "", NULL), 0);
    assert_null(mm_plan_setting(plan, MODE));
    assert_int_equal(mm_plan_set_setting(plan, MODE, "float32", NULL), 0);
    assert_int_equal(mm_plan_set_setting(plan, MODE, NULL, NULL), 0);
    assert_null(mm_plan_setting(plan, MODE));
    assert_int_equal(mm_plan_commit(plan), 0);
    mm_plan_close(plan);
}

static void errors_list_what_there_is(void **state)
{
    (void)state;
    struct mm_err err = {0};
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "x");
    assert_int_equal(mm_plan_set_setting(plan, "weight_granularity", "per\x1bunit", &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_string_equal(err.text, "weight_granularity can't be \"per\\x1bunit\"; it can be: "
                                  "per_tensor, per_channel");
    assert_int_equal(mm_plan_set_setting(plan, "archs", "x", &err), -1);
    assert_non_null(strstr(err.text, "there is no setting \"archs\""));
    assert_non_null(strstr(err.text, "dynamic_shapes"));
    assert_int_equal(mm_plan_set_setting(plan, NULL, "x", &err), -1);
    assert_int_equal(mm_plan_set_setting(plan, "network", "x", NULL), -1);
    assert_null(mm_plan_setting(plan, "archs"));
    assert_null(mm_plan_setting(plan, NULL));
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(every_value_can_be_chosen),
        cmocka_unit_test(clears),
        cmocka_unit_test(errors_list_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
