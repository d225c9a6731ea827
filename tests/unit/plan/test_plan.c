#include "mmtui/plan.h"
#include "unit/plan/helpers.h"

static void empty_plan(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    assert_int_equal(mm_plan_count(plan), 0);
    assert_null(mm_plan_at(plan, 0));
    assert_null(mm_plan_find(plan, "a"));
    assert_null(mm_plan_find(plan, NULL));
    assert_false(mm_plan_unsaved(plan));
    assert_null(mm_plan_undo(plan));
    assert_null(mm_plan_redo(plan));
    assert_int_equal(mm_plan_commit(plan), 0);
    mm_plan_close(plan);
    mm_plan_close(NULL);
}

static void keeps_natural_order(void **state)
{
    static const char *const names[] = {"conv10", "conv2", "b", "conv02", "conv1", "\xff", "a"};
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(names); i++)
        set(plan, names[i], MM_PRECISION_F16);
    assert_int_equal(mm_plan_commit(plan), 7);
    assert_listing(plan, "a:F16 b:F16 conv1:F16 conv02:F16 conv2:F16 conv10:F16 \xff:F16");
    for (size_t i = 0; i < MM_COUNT(names); i++)
        assert_string_equal(mm_plan_find(plan, names[i])->name, names[i]);
    assert_null(mm_plan_find(plan, "conv3"));
    assert_null(mm_plan_find(plan, "conv002"));
    assert_null(mm_plan_find(plan, ""));
    mm_plan_close(plan);
}

static void replaces_and_removes(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "a", MM_PRECISION_F16);
    choose(plan, "b", MM_PRECISION_F16);
    assert_int_equal(choose(plan, "a", MM_PRECISION_F32), 1);
    assert_listing(plan, "a:F32 b:F16");
    mm_plan_begin(plan, "clear");
    assert_int_equal(mm_plan_clear(plan, "a", NULL), 0);
    assert_int_equal(mm_plan_clear(plan, "not there", NULL), 0);
    assert_int_equal(mm_plan_clear(plan, NULL, NULL), 0);
    assert_int_equal(mm_plan_commit(plan), 1);
    assert_listing(plan, "b:F16");
    assert_int_equal(choose(plan, "b", MM_PRECISION_NONE), 1); /* "none" removes */
    assert_listing(plan, "");
    mm_plan_close(plan);
}

static void copies_what_it_is_given(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    char name[] = "op", why[] = "because";
    mm_plan_begin(plan, "x");
    struct mm_override given = {name, NULL, NULL, MM_PRECISION_F32, why, {1, 2, 3, 4}};
    assert_int_equal(mm_plan_set(plan, &given, NULL), 0);
    mm_plan_commit(plan);
    memset(name, '#', 2);
    memset(why, '#', 2);
    const struct mm_override *kept = mm_plan_find(plan, "op");
    assert_string_equal(kept->why, "because");
    assert_string_equal(kept->op_type, "");
    assert_true(kept->figures.cosine == 4);
    /* an override taken from the plan itself may be given back, changed */
    struct mm_override again = *kept;
    again.precision = MM_PRECISION_F16;
    mm_plan_begin(plan, "y");
    assert_int_equal(mm_plan_set(plan, &again, NULL), 0);
    assert_int_equal(mm_plan_clear(plan, mm_plan_at(plan, 0)->name, NULL), 0);
    mm_plan_commit(plan);
    mm_plan_close(plan);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_err err = {0};
    struct mm_override override = make_override("a", MM_PRECISION_F16);
    assert_int_equal(mm_plan_set(plan, &override, &err), -1); /* no step */
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_plan_clear(plan, "a", NULL), -1);
    assert_int_equal(mm_plan_set_setting(plan, "dynamic_shapes", "true", NULL), -1);
    mm_plan_begin(plan, "bad");
    override.name = "";
    assert_int_equal(mm_plan_set(plan, &override, NULL), -1);
    override.name = NULL;
    assert_int_equal(mm_plan_set(plan, &override, NULL), -1);
    override = make_override("a", MM_PRECISION_COUNT);
    assert_int_equal(mm_plan_set(plan, &override, NULL), -1);
    override = make_override("a", MM_PRECISION_OWN);
    assert_int_equal(mm_plan_set(plan, &override, &err), -1); /* which type? */
    override.own = "q8_0";
    assert_int_equal(mm_plan_set(plan, &override, &err), -1); /* whose? */
    assert_non_null(strstr(err.text, "DIALECT:TYPE"));
    assert_int_equal(mm_plan_commit(plan), 0);
    assert_int_equal(mm_plan_count(plan), 0);
    mm_plan_close(plan);
}

static void types_of_one_runtime(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    char type[] = "gguf:q8_0";
    mm_plan_begin(plan, "own");
    set_own(plan, "a", type);
    mm_plan_commit(plan);
    memset(type, '#', sizeof(type) - 1);
    assert_string_equal(mm_plan_find(plan, "a")->own, "gguf:q8_0");
    mm_plan_begin(plan, "another");
    set_own(plan, "a", "gguf:q4_k");
    assert_int_equal(mm_plan_commit(plan), 1); /* the precision is the same, the type is not */
    assert_listing(plan, "a:q4_k");
    choose(plan, "a", MM_PRECISION_BF16);
    assert_string_equal(mm_plan_find(plan, "a")->own, "");
    mm_plan_begin(plan, "changed by hand");
    struct mm_override stale = *mm_plan_find(plan, "a");
    stale.own = "gguf:q8_0"; /* means nothing beside a precision of the table */
    assert_int_equal(mm_plan_set(plan, &stale, NULL), 0);
    assert_int_equal(mm_plan_commit(plan), 0);
    mm_plan_undo(plan);
    assert_listing(plan, "a:q4_k");
    mm_plan_undo(plan);
    assert_listing(plan, "a:q8_0");
    mm_plan_close(plan);
}

static void saved_follows_content(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "a", MM_PRECISION_F16);
    assert_true(mm_plan_unsaved(plan));
    mm_plan_undo(plan);
    assert_false(mm_plan_unsaved(plan));
    mm_plan_redo(plan);
    mm_plan_mark_saved(plan);
    assert_false(mm_plan_unsaved(plan));
    choose(plan, "a", MM_PRECISION_F32);
    assert_true(mm_plan_unsaved(plan));
    choose(plan, "a", MM_PRECISION_F16); /* chosen anew, the same content */
    assert_false(mm_plan_unsaved(plan));
    mm_plan_undo(plan);
    assert_true(mm_plan_unsaved(plan));
    mm_plan_undo(plan);
    assert_false(mm_plan_unsaved(plan));
    mm_plan_begin(plan, "setting");
    mm_plan_set_setting(plan, "dynamic_shapes", "true", NULL);
    mm_plan_commit(plan);
    assert_true(mm_plan_unsaved(plan));
    mm_plan_undo(plan);
    assert_false(mm_plan_unsaved(plan));
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_plan),           cmocka_unit_test(keeps_natural_order),
        cmocka_unit_test(replaces_and_removes), cmocka_unit_test(copies_what_it_is_given),
        cmocka_unit_test(refuses_nonsense),     cmocka_unit_test(saved_follows_content),
        cmocka_unit_test(types_of_one_runtime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
