#include "mmtui/plan.h"
#include "unit/plan/helpers.h"
#include "plan/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One step that pairs (parts, with `apart`) two names. */
static void say(struct mm_plan *plan, const char *src, const char *dst, bool apart)
{
    mm_plan_begin(plan, "a pair");
    assert_int_equal(apart ? mm_plan_part(plan, src, dst, NULL) : mm_plan_pair(plan, src, dst, NULL), 0);
    mm_plan_commit(plan);
}

/* "a=x b!=y" */
static void assert_pairs(const struct mm_plan *plan, const char *wanted)
{
    struct mm_plan_pairs pairs = mm_plan_pairs(plan);
    char text[256] = "";
    for (size_t i = 0; i < pairs.count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%s%s", i ? " " : "", pairs.pair[i].src,
                 pairs.pair[i].apart ? "!=" : "=", pairs.pair[i].dst);
    assert_string_equal(text, wanted);
}

static void steps_of_pairs(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    uint64_t revision = mm_plan_pairs_revision(plan);
    assert_false(mm_plan_pairs_unsaved(plan));
    say(plan, "a", "x", false);
    say(plan, "b", "y", false);
    assert_pairs(plan, "a=x b=y");
    assert_true(mm_plan_pairs_revision(plan) > revision);
    assert_true(mm_plan_pairs_unsaved(plan));
    assert_false(mm_plan_unsaved(plan)); /* overrides.json has no pairs */
    assert_string_equal(mm_plan_undo(plan), "a pair");
    assert_pairs(plan, "a=x");
    mm_plan_undo(plan);
    assert_pairs(plan, "");
    assert_false(mm_plan_pairs_unsaved(plan));
    assert_null(mm_plan_undo(plan));
    mm_plan_redo(plan);
    mm_plan_redo(plan);
    assert_pairs(plan, "a=x b=y");
    mm_plan_mark_pairs_saved(plan);
    assert_false(mm_plan_pairs_unsaved(plan));
    mm_plan_undo(plan);
    assert_true(mm_plan_pairs_unsaved(plan));
    mm_plan_close(plan);
}

/* Steps of overrides leave pairs alone, and the other way round. */
static void beside_overrides(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    say(plan, "a", "x", false);
    choose(plan, "op", MM_PRECISION_F32);
    uint64_t revision = mm_plan_pairs_revision(plan);
    mm_plan_undo(plan);
    assert_listing(plan, "");
    assert_pairs(plan, "a=x");
    assert_int_equal(mm_plan_pairs_revision(plan), revision);
    mm_plan_redo(plan);
    mm_plan_undo(plan);
    mm_plan_undo(plan);
    assert_pairs(plan, "");
    mm_plan_close(plan);
}

static void what_is_said_last_counts(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    say(plan, "a", "x", false);
    say(plan, "a", "y", false); /* a is x no more */
    assert_pairs(plan, "a=y");
    say(plan, "b", "y", false);
    assert_pairs(plan, "b=y");
    say(plan, "b", "y", true); /* made by hand: as it was before */
    assert_pairs(plan, "");
    say(plan, "c", "c", true);
    assert_pairs(plan, "c!=c");
    say(plan, "c", "z", false); /* that c is not c is still so */
    assert_pairs(plan, "c!=c c=z");
    say(plan, "c", "c", false);
    assert_pairs(plan, "c=c");
    mm_plan_begin(plan, "there and back");
    mm_plan_part(plan, "c", "c", NULL);
    mm_plan_pair(plan, "c", "c", NULL);
    assert_int_equal(mm_plan_commit(plan), 0);
    assert_int_equal(mm_plan_pair(plan, "a", "x", NULL), -1); /* outside a step */
    mm_plan_begin(plan, "empty");
    assert_int_equal(mm_plan_pair(plan, "", "x", NULL), -1);
    mm_plan_close(plan);
}

static void file(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_buf text = {0};
    char folder[] = P_tmpdir "/mmtui-pairs-XXXXXX";
    struct mm_err err;
    assert_non_null(mkdtemp(folder));
    char *path = mm_path_join(folder, "names.map");
    say(plan, "a", "x", false);
    say(plan, "softmax", "s/m/", false);
    say(plan, "s/a/b/", "say \"x\"", false);
    say(plan, "b", "b", true);
    say(plan, "c \"d\"", "e != f", true);
    assert_int_equal(mm_plan_pairs_save(plan, path, &err), 0);
    assert_int_equal(mm_file_read(path, 4096, &text, &err), 0);
    const char *rest = strchr(mm_buf_text(&text), '\n') + 1;
    assert_string_equal(rest, "a = x\nsoftmax = s/m/\n\"s/a/b/\",\"say \"\"x\"\"\"\nb != b\n"
                              "\"c \"\"d\"\"\" != \"e != f\"\n");
    say(plan, "two\nlines", "y", false);
    assert_int_equal(mm_plan_pairs_save(plan, path, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "the name two\\nlines has a line break"));
    mm_buf_done(&text);
    mm_folder_remove(folder);
    free(path);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_of_pairs),
        cmocka_unit_test(beside_overrides),
        cmocka_unit_test(what_is_said_last_counts),
        cmocka_unit_test(file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
