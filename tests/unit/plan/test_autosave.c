/* Unsaved plans: kept, found by the next process, restored or dropped; others' are left alone. */
#include "unit/plan/helpers.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char folder[64];
    struct mm_buf text;
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->folder, "/tmp/mmtui-unit-XXXXXX");
    *state = place;
    return mkdtemp(place->folder) ? 0 : -1;
}

static int teardown(void **state)
{
    struct place *place = *state;
    mm_folder_remove(place->folder);
    mm_buf_done(&place->text);
    free(place);
    return 0;
}

static struct mm_autosave *opened(const struct place *place, const char *dst)
{
    struct mm_autosave *autosave = NULL;
    struct mm_err err = {0};
    if (mm_autosave_open(&autosave, place->folder, "/d/src", dst, &err) < 0)
        fail_msg("%s", err.text);
    return autosave;
}

/* Files of plans in the folder; locks are none. */
static int plans(const struct place *place)
{
    int count = 0;
    DIR *folder = opendir(place->folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strstr(entry->d_name, ".json") != NULL;
    closedir(folder);
    return count;
}

/* Another process chooses a precision for each of the names, keeps the plan and dies. */
static void crash(const struct place *place, const char *const *names)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct mm_plan *plan = plan_new();
        struct mm_autosave *autosave = opened(place, "/d/dst");
        for (; *names; names++)
            choose(plan, *names, MM_PRECISION_F32);
        _exit(mm_autosave_write(autosave, plan, NULL) < 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void written_after_a_change(void **state)
{
    struct place *place = *state;
    struct mm_plan *plan = plan_new();
    struct mm_autosave *autosave = opened(place, "/d/dst");
    assert_false(mm_autosave_due(autosave, plan));
    choose(plan, "a", MM_PRECISION_F32);
    assert_true(mm_autosave_due(autosave, plan));
    assert_int_equal(mm_autosave_write(autosave, plan, NULL), 0);
    assert_false(mm_autosave_due(autosave, plan)); /* keys that change nothing write nothing */
    assert_int_equal(plans(place), 1);
    mm_plan_mark_saved(plan); /* exported */
    assert_true(mm_autosave_due(autosave, plan));
    assert_int_equal(mm_autosave_write(autosave, plan, NULL), 0);
    assert_int_equal(plans(place), 0);
    assert_false(mm_autosave_due(autosave, plan));
    choose(plan, "b", MM_PRECISION_F16);
    mm_autosave_write(autosave, plan, NULL);
    mm_plan_undo(plan); /* as the file has it again */
    assert_true(mm_autosave_due(autosave, plan));
    mm_autosave_write(autosave, plan, NULL);
    assert_int_equal(plans(place), 0);
    choose(plan, "c", MM_PRECISION_F16);
    mm_autosave_write(autosave, plan, NULL);
    mm_autosave_close(autosave, false); /* dropped on purpose */
    assert_int_equal(plans(place), 0);
    mm_plan_close(plan);
}

static void restored_as_one_step(void **state)
{
    struct place *place = *state;
    struct mm_autosave_left left;
    crash(place, (const char *const[]){"x", "y\xff\n\"", "z", NULL});
    struct mm_plan *plan = plan_new();
    choose(plan, "mine", MM_PRECISION_F16);
    struct mm_autosave *autosave = opened(place, "/d/dst");
    assert_true(mm_autosave_left(autosave, &left));
    assert_int_equal(left.overrides, 3);
    assert_int_equal(left.settings, 0);
    assert_int_equal(left.pairs, 0);
    assert_true(left.time > 1600000000);
    assert_int_equal(mm_autosave_restore(autosave, plan, NULL), 0);
    assert_string_equal(listing(plan, &place->text), "x:F32 y\xff\n\":F32 z:F32");
    assert_true(mm_plan_unsaved(plan));
    assert_false(mm_autosave_left(autosave, &left));
    assert_int_equal(plans(place), 1); /* ours, of the same */
    assert_string_equal(mm_plan_undo(plan), "restore 3 overrides");
    assert_string_equal(listing(plan, &place->text), "mine:F16");
    mm_autosave_close(autosave, true);
    mm_plan_close(plan);
}

static void pairs_and_settings_too(void **state)
{
    struct place *place = *state;
    struct mm_plan *plan = plan_new(), *again = plan_new();
    struct mm_autosave *autosave = opened(place, "/d/dst");
    mm_plan_begin(plan, "all");
    mm_plan_pair(plan, "a", "x", NULL);
    mm_plan_part(plan, "b", "y", NULL);
    mm_plan_set_setting(plan, "network_precision", "float16", NULL);
    mm_plan_commit(plan);
    assert_int_equal(mm_autosave_write(autosave, plan, NULL), 0);
    mm_autosave_close(autosave, true);
    struct mm_autosave_left left;
    autosave = opened(place, "/d/dst");
    assert_true(mm_autosave_left(autosave, &left));
    assert_int_equal(left.overrides, 0);
    assert_int_equal(left.settings, 1);
    assert_int_equal(left.pairs, 2);
    assert_int_equal(mm_autosave_restore(autosave, again, NULL), 0);
    assert_string_equal(mm_plan_setting(again, "network_precision"), "float16");
    struct mm_plan_pairs pairs = mm_plan_pairs(again);
    assert_int_equal(pairs.count, 2);
    assert_string_equal(pairs.pair[0].src, "a");
    assert_string_equal(pairs.pair[0].dst, "x");
    assert_false(pairs.pair[0].apart);
    assert_true(pairs.pair[1].apart);
    mm_autosave_close(autosave, false);
    mm_plan_close(plan);
    mm_plan_close(again);
}

static void dropped(void **state)
{
    struct place *place = *state;
    struct mm_autosave_left left;
    crash(place, (const char *const[]){"x", NULL});
    struct mm_autosave *autosave = opened(place, "/d/dst");
    mm_autosave_drop(autosave);
    assert_false(mm_autosave_left(autosave, &left));
    assert_int_equal(plans(place), 0);
    mm_autosave_close(autosave, false);
}

/* Neither restored nor dropped: it is there the next time. */
static void left_alone(void **state)
{
    struct place *place = *state;
    struct mm_autosave_left left;
    crash(place, (const char *const[]){"x", NULL});
    mm_autosave_close(opened(place, "/d/dst"), false);
    struct mm_autosave *autosave = opened(place, "/d/dst");
    assert_true(mm_autosave_left(autosave, &left));
    mm_autosave_close(autosave, false);
    autosave = opened(place, "/d/other"); /* of other dumps */
    assert_false(mm_autosave_left(autosave, &left));
    mm_autosave_close(autosave, false);
}

/* A session that runs is not offered, and neither of two touches the other's. */
static void two_at_a_time(void **state)
{
    struct place *place = *state;
    struct mm_autosave_left left;
    struct mm_plan *a = plan_new(), *b = plan_new();
    struct mm_autosave *first = opened(place, "/d/dst");
    choose(a, "a", MM_PRECISION_F32);
    mm_autosave_write(first, a, NULL);
    struct mm_autosave *second = opened(place, "/d/dst");
    assert_false(mm_autosave_left(second, &left));
    choose(b, "b", MM_PRECISION_F16);
    mm_autosave_write(second, b, NULL);
    assert_int_equal(plans(place), 2);
    mm_autosave_close(second, false);
    assert_int_equal(plans(place), 1);
    mm_autosave_close(first, true);
    first = opened(place, "/d/dst");
    assert_true(mm_autosave_left(first, &left));
    second = opened(place, "/d/dst"); /* it is asked about in one of them alone */
    assert_false(mm_autosave_left(second, &left));
    mm_autosave_close(second, false);
    mm_autosave_close(first, false);
    mm_plan_close(a);
    mm_plan_close(b);
}

/* What is no file of ours is neither offered nor written over. */
static void a_damaged_file(void **state)
{
    struct place *place = *state;
    struct mm_autosave_left left;
    char command[300];
    crash(place, (const char *const[]){"x", NULL});
    snprintf(command, sizeof command, "for f in %s/*.json; do echo '{' > $f; done", place->folder);
    assert_int_equal(system(command), 0);
    struct mm_plan *plan = plan_new();
    struct mm_autosave *autosave = opened(place, "/d/dst");
    assert_false(mm_autosave_left(autosave, &left));
    choose(plan, "a", MM_PRECISION_F32);
    assert_int_equal(mm_autosave_write(autosave, plan, NULL), 0);
    assert_int_equal(plans(place), 2);
    mm_autosave_close(autosave, false);
    assert_int_equal(plans(place), 1);
    mm_plan_close(plan);
}

static void nowhere_to_write(void **state)
{
    struct place *place = *state;
    struct mm_autosave *autosave;
    struct mm_err err;
    assert_int_equal(mm_autosave_open(&autosave, "/dev/null/state", "/d/src", "/d/dst", &err), -1);
    assert_null(autosave);
    assert_non_null(strstr(err.text, "/dev/null"));
    struct mm_plan *plan = plan_new();
    autosave = opened(place, "/d/dst");
    choose(plan, "a", MM_PRECISION_F32);
    mm_folder_remove(place->folder);
    assert_int_equal(mm_autosave_write(autosave, plan, &err), -1);
    assert_false(mm_autosave_due(autosave, plan)); /* not again before the plan changes */
    choose(plan, "b", MM_PRECISION_F32);
    assert_true(mm_autosave_due(autosave, plan));
    mm_autosave_close(autosave, false);
    mm_plan_close(plan);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(written_after_a_change),
        TEST(restored_as_one_step),
        TEST(pairs_and_settings_too),
        TEST(dropped),
        TEST(left_alone),
        TEST(two_at_a_time),
        TEST(a_damaged_file),
        TEST(nowhere_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
