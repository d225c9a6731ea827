#include "mmtui/plan.h"
#include "unit/plan/helpers.h"
#include "plan/state.h"

static void undoes_and_redoes_steps(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "b", MM_PRECISION_F16);
    mm_plan_begin(plan, "raise 3 ops");
    set(plan, "c", MM_PRECISION_F32);
    set(plan, "b", MM_PRECISION_F32);
    set(plan, "a", MM_PRECISION_F32);
    assert_int_equal(mm_plan_commit(plan), 3);
    assert_listing(plan, "a:F32 b:F32 c:F32");
    assert_string_equal(mm_plan_undo(plan), "raise 3 ops");
    assert_listing(plan, "b:F16");
    assert_string_equal(mm_plan_undo(plan), "b");
    assert_listing(plan, "");
    assert_null(mm_plan_undo(plan));
    assert_string_equal(mm_plan_redo(plan), "b");
    assert_string_equal(mm_plan_redo(plan), "raise 3 ops");
    assert_listing(plan, "a:F32 b:F32 c:F32");
    assert_null(mm_plan_redo(plan));
    mm_plan_close(plan);
}

static void a_change_drops_redo(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "a", MM_PRECISION_F16);
    mm_plan_undo(plan);
    mm_plan_begin(plan, "nothing");
    assert_int_equal(mm_plan_commit(plan), 0); /* nothing changed: redo stays */
    assert_string_equal(mm_plan_redo(plan), "a");
    mm_plan_undo(plan);
    choose(plan, "b", MM_PRECISION_F16);
    assert_null(mm_plan_redo(plan));
    assert_listing(plan, "b:F16");
    mm_plan_close(plan);
}

static void what_cancels_out_leaves_no_trace(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "a", MM_PRECISION_F16);
    mm_plan_begin(plan, "there and back");
    set(plan, "a", MM_PRECISION_F32);
    set(plan, "new", MM_PRECISION_F32);
    set(plan, "a", MM_PRECISION_NONE);
    set(plan, "new", MM_PRECISION_NONE);
    set(plan, "a", MM_PRECISION_F16);
    mm_plan_set_setting(plan, "dynamic_shapes", "true", NULL);
    mm_plan_set_setting(plan, "dynamic_shapes", NULL, NULL);
    assert_int_equal(mm_plan_commit(plan), 0);
    assert_int_equal(choose(plan, "a", MM_PRECISION_F16), 0);
    assert_string_equal(mm_plan_undo(plan), "a");
    assert_null(mm_plan_undo(plan));
    mm_plan_close(plan);
}

static void joins_changes_of_one_name(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "twice");
    set(plan, "a", MM_PRECISION_F16);
    set(plan, "b", MM_PRECISION_F16);
    set(plan, "a", MM_PRECISION_F32);
    assert_int_equal(mm_plan_commit(plan), 2);
    mm_plan_undo(plan);
    assert_listing(plan, "");
    mm_plan_redo(plan);
    assert_listing(plan, "a:F32 b:F16");
    mm_plan_close(plan);
}

static void settings_are_part_of_a_step(void **state)
{
    static const char key[] = "network_precision";
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "both");
    set(plan, "a", MM_PRECISION_F32);
    assert_int_equal(mm_plan_set_setting(plan, key, "float16", NULL), 0);
    assert_int_equal(mm_plan_set_setting(plan, "calibration_statistics", "percentile_99.99", NULL), 0);
    assert_int_equal(mm_plan_commit(plan), 3);
    assert_string_equal(mm_plan_setting(plan, key), "float16");
    mm_plan_undo(plan);
    assert_null(mm_plan_setting(plan, key));
    assert_null(mm_plan_setting(plan, "calibration_statistics"));
    mm_plan_redo(plan);
    assert_string_equal(mm_plan_setting(plan, key), "float16");
    assert_string_equal(mm_plan_setting(plan, "calibration_statistics"), "percentile_99.99");
    mm_plan_close(plan);
}

static void revision_counts_every_change(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    uint64_t before = mm_plan_revision(plan);
    choose(plan, "a", MM_PRECISION_F16);
    uint64_t after = mm_plan_revision(plan);
    assert_true(after > before);
    choose(plan, "a", MM_PRECISION_F16);
    assert_true(mm_plan_revision(plan) == after);
    mm_plan_undo(plan);
    assert_true(mm_plan_revision(plan) > after);
    after = mm_plan_revision(plan);
    mm_plan_redo(plan);
    assert_true(mm_plan_revision(plan) > after);
    mm_plan_close(plan);
}

static void open_steps_are_closed_first(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "one");
    set(plan, "a", MM_PRECISION_F16);
    mm_plan_begin(plan, NULL);
    set(plan, "b", MM_PRECISION_F16);
    assert_string_equal(mm_plan_undo(plan), "change"); /* a step without a label */
    assert_listing(plan, "a:F16");
    assert_string_equal(mm_plan_undo(plan), "one");
    mm_plan_begin(plan, "left open");
    set(plan, "c", MM_PRECISION_F16);
    mm_plan_close(plan); /* nothing leaks */
}

static void forgets_the_oldest_steps(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    char name[32];
    for (int i = 0; i < MM_HISTORY_MAX + 3; i++) {
        snprintf(name, sizeof(name), "op%d", i);
        choose(plan, name, MM_PRECISION_F16);
    }
    int undone = 0;
    while (mm_plan_undo(plan))
        undone++;
    assert_int_equal(undone, MM_HISTORY_MAX);
    assert_listing(plan, "op0:F16 op1:F16 op2:F16");
    mm_plan_close(plan);
}

static void replaces_everything_as_one_step(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "a", MM_PRECISION_F16);
    choose(plan, "c", MM_PRECISION_F16);
    struct mm_override other[] = {make_override("b", MM_PRECISION_F32), make_override("c", MM_PRECISION_F32)};
    struct mm_override_node *entry[] = {mm_override_node_make(&other[0]), mm_override_node_make(&other[1])};
    struct mm_choices choices = {{0}};
    assert_int_equal(mm_plan_replace(plan, entry, 2, &choices, "load", NULL), 0);
    assert_listing(plan, "b:F32 c:F32");
    uint64_t revision = mm_plan_revision(plan);
    assert_int_equal(mm_plan_replace(plan, entry, 2, &choices, "again", NULL), 0); /* nothing new */
    assert_true(mm_plan_revision(plan) == revision);
    mm_override_node_release(entry[0]);
    mm_override_node_release(entry[1]);
    assert_string_equal(mm_plan_undo(plan), "load");
    assert_listing(plan, "a:F16 c:F16");
    mm_plan_redo(plan);
    assert_listing(plan, "b:F32 c:F32");
    mm_plan_close(plan);
}

/*
 * Seeded random steps over few names, held against a plain array of copies of every state: undo all the way
 * and redo all the way must meet each of them again.
 */
#define NAMES 12
#define STEPS 300

static void one_random_step(struct mm_plan *plan, char state[NAMES])
{
    char name[8];
    mm_plan_begin(plan, "random");
    for (int changes = rand() % 6; changes >= 0; changes--) {
        int which = rand() % NAMES, precision = rand() % MM_PRECISION_OWN;
        snprintf(name, sizeof(name), "n%d", which);
        set(plan, name, (enum mm_precision)precision);
        state[which] = (char)precision;
    }
}

static void check_state(const struct mm_plan *plan, const char state[NAMES])
{
    size_t count = 0;
    for (int i = 0; i < NAMES; i++) {
        char name[8];
        snprintf(name, sizeof(name), "n%d", i);
        const struct mm_override *override = mm_plan_find(plan, name);
        assert_int_equal(override ? override->precision : MM_PRECISION_NONE, state[i]);
        count += state[i] != MM_PRECISION_NONE;
    }
    assert_int_equal(mm_plan_count(plan), count);
}

static void random_steps_come_back(void **context)
{
    static char state[STEPS + 1][NAMES];
    (void)context;
    struct mm_plan *plan = plan_new();
    int steps = 0;
    srand(7);
    for (int i = 0; i < STEPS; i++) {
        memcpy(state[steps + 1], state[steps], NAMES);
        one_random_step(plan, state[steps + 1]);
        bool changed = memcmp(state[steps + 1], state[steps], NAMES) != 0;
        assert_int_equal(mm_plan_commit(plan) > 0, changed);
        steps += changed;
        check_state(plan, state[steps]);
    }
    for (int round = 0; round < 2; round++) {
        for (int i = steps; i-- > 0;) {
            assert_non_null(mm_plan_undo(plan));
            check_state(plan, state[i]);
        }
        assert_null(mm_plan_undo(plan));
        for (int i = 1; i <= steps; i++) {
            assert_non_null(mm_plan_redo(plan));
            check_state(plan, state[i]);
        }
    }
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undoes_and_redoes_steps),          cmocka_unit_test(a_change_drops_redo),
        cmocka_unit_test(what_cancels_out_leaves_no_trace), cmocka_unit_test(joins_changes_of_one_name),
        cmocka_unit_test(settings_are_part_of_a_step),      cmocka_unit_test(revision_counts_every_change),
        cmocka_unit_test(open_steps_are_closed_first),      cmocka_unit_test(forgets_the_oldest_steps),
        cmocka_unit_test(replaces_everything_as_one_step),  cmocka_unit_test(random_steps_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
