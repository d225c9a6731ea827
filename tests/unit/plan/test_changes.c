/* What a plan says that its file does not. */
#include "unit/plan/helpers.h"

/* "+b:F32 ~a:F16>F32 -c:F16 key:was>is" */
static void assert_changes(const struct mm_plan *plan, const char *wanted)
{
    struct mm_plan_change *changes;
    size_t count;
    char text[512] = "";
    assert_int_equal(mm_plan_changes(plan, &changes, &count, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        const struct mm_plan_change *c = &changes[i];
        size_t at = strlen(text);
        const char *gap = i ? " " : "";
        if (c->key)
            snprintf(text + at, sizeof text - at, "%s%s:%s>%s", gap, c->key, c->was ? c->was : "",
                     c->is ? c->is : "");
        else if (c->before && c->after)
            snprintf(text + at, sizeof text - at, "%s~%s:%s>%s", gap, c->after->name,
                     mm_override_badge(c->before), mm_override_badge(c->after));
        else
            snprintf(text + at, sizeof text - at, "%s%c%s:%s", gap, c->after ? '+' : '-',
                     (c->after ? c->after : c->before)->name,
                     mm_override_badge(c->after ? c->after : c->before));
    }
    free(changes);
    assert_string_equal(text, wanted);
}

static void against_nothing(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    assert_false(mm_plan_has_file(plan));
    assert_changes(plan, "");
    choose(plan, "b", MM_PRECISION_F32);
    choose(plan, "a", MM_PRECISION_F16);
    assert_changes(plan, "+a:F16 +b:F32");
    mm_plan_close(plan);
}

static void against_what_was_saved(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "a", MM_PRECISION_F16);
    choose(plan, "c", MM_PRECISION_F16);
    choose(plan, "d", MM_PRECISION_F16);
    mm_plan_begin(plan, "setting");
    assert_int_equal(mm_plan_set_setting(plan, "network_precision", "float16", NULL), 0);
    mm_plan_commit(plan);
    mm_plan_mark_saved(plan);
    assert_true(mm_plan_has_file(plan));
    assert_changes(plan, "");
    choose(plan, "a", MM_PRECISION_F32);
    choose(plan, "b", MM_PRECISION_F32);
    choose(plan, "c", MM_PRECISION_NONE);
    assert_changes(plan, "~a:F16>F32 +b:F32 -c:F16");
    mm_plan_begin(plan, "settings");
    assert_int_equal(mm_plan_set_setting(plan, "network_precision", NULL, NULL), 0);
    assert_int_equal(mm_plan_set_setting(plan, "weight_granularity", "per_channel", NULL), 0);
    mm_plan_commit(plan);
    assert_true(mm_plan_unsaved(plan));
    struct mm_plan_change *changes;
    size_t count;
    assert_int_equal(mm_plan_changes(plan, &changes, &count, NULL), 0);
    assert_int_equal(count, 5);
    free(changes);
    for (int i = 0; i < 4; i++)
        mm_plan_undo(plan);
    assert_changes(plan, "");
    assert_false(mm_plan_unsaved(plan));
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_nothing),
        cmocka_unit_test(against_what_was_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
