#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/format/format_testing.h"

static void assert_undone(struct mm_axis axis, int rank, const int *expected)
{
    int perm[MM_RANK_MAX];
    assert_true(mm_axis_undo(&axis, rank, perm));
    for (int i = 0; i < rank; i++)
        assert_int_equal(perm[i], expected[i]);
}

static void moves(void **state)
{
    /* NCHW with C moved to the end is NHWC: N, C, H, W stand at 0, 3, 1, 2 */
    struct mm_axis axis = {.kind = MM_AXIS_MOVE, .from = 1, .to = -1};
    (void)state;
    assert_undone(axis, 4, (const int[]){0, 3, 1, 2});
    assert_undone(axis, 3, (const int[]){0, 2, 1});
    assert_undone(axis, 2, (const int[]){0, 1});
    /* the last axis moved to place 1: a b c d -> a d b c */
    axis = (struct mm_axis){.kind = MM_AXIS_MOVE, .from = -1, .to = 1};
    assert_undone(axis, 4, (const int[]){0, 2, 3, 1});
    /* a b c d -> b c a d */
    axis = (struct mm_axis){.kind = MM_AXIS_MOVE, .from = 0, .to = 2};
    assert_undone(axis, 4, (const int[]){2, 0, 1, 3});
    axis = (struct mm_axis){.kind = MM_AXIS_MOVE, .from = 2, .to = 2};
    assert_undone(axis, 3, (const int[]){0, 1, 2});
}

static void lists(void **state)
{
    /* dumped axes are N H W C */
    struct mm_axis axis = {.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 2, 3, 1}};
    (void)state;
    assert_undone(axis, 4, (const int[]){0, 3, 1, 2});
    axis = (struct mm_axis){.kind = MM_AXIS_PERMUTE, .rank = 1, .perm = {0}};
    assert_undone(axis, 1, (const int[]){0});
}

static void nothing_to_undo(void **state)
{
    struct mm_axis axis = {0};
    (void)state;
    assert_undone(axis, 3, (const int[]){0, 1, 2});
    assert_undone(axis, 0, NULL);
}

static void what_does_not_fit(void **state)
{
    static const struct {
        struct mm_axis axis;
        int rank;
    } cases[] = {
        {{.kind = MM_AXIS_MOVE, .from = 1, .to = -1}, 1},
        {{.kind = MM_AXIS_MOVE, .from = 1, .to = -1}, 0},
        {{.kind = MM_AXIS_MOVE, .from = -3, .to = 0}, 2},
        {{.kind = MM_AXIS_MOVE, .from = 0, .to = 4}, 4},
        {{.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 2, 3, 1}}, 3},
        {{.kind = MM_AXIS_PERMUTE, .rank = 3, .perm = {0, 2, 2}}, 3},
        {{.kind = MM_AXIS_PERMUTE, .rank = 3, .perm = {0, 1, 3}}, 3},
        {{.kind = MM_AXIS_NONE}, -1},
        {{.kind = MM_AXIS_NONE}, MM_RANK_MAX + 1},
    };
    int perm[MM_RANK_MAX];
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        assert_false(mm_axis_undo(&cases[i].axis, cases[i].rank, perm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves),
        cmocka_unit_test(lists),
        cmocka_unit_test(nothing_to_undo),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
