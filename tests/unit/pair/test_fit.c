#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair/fit.h"

#include <string.h>

static const struct mm_axis none;

static enum mm_shape_match fit(struct mm_shape s, struct mm_shape d, const struct mm_layout *layout,
                               struct mm_laying lay[2])
{
    const struct mm_axis *dst = layout ? &layout->axis : &none;
    return fit_find((const struct mm_shape *[2]){&s, &d}, (const struct mm_axis *[2]){&none, dst}, layout,
                    lay);
}

/* Without a layout another length is another shape. */
static void nothing_is_cut_unasked(void **state)
{
    (void)state;
    struct mm_laying lay[2];
    assert_int_equal(fit((struct mm_shape){2, {1, 5}}, (struct mm_shape){2, {2, 5}}, NULL, lay),
                     MM_MATCH_MISMATCH);
    assert_false(lay[0].cut || lay[1].cut || lay[0].undo || lay[1].unblock);
}

static void samples(void **state)
{
    (void)state;
    const struct mm_layout two = {.times = {0, 2}}, three = {.times = {3, 0}};
    struct mm_laying lay[2];
    assert_int_equal(fit((struct mm_shape){2, {4, 5}}, (struct mm_shape){2, {8, 5}}, &two, lay),
                     MM_MATCH_PART);
    assert_true(lay[1].cut && !lay[0].cut && lay[1].samples == 2 && lay[1].sample_axis == 0);
    assert_true(lay[1].part.rank == 2 && lay[1].part.dim[0] == 4 && lay[1].from[0] == 0);
    assert_int_equal(fit((struct mm_shape){3, {7, 3, 5}}, (struct mm_shape){3, {7, 1, 5}}, &three, lay),
                     MM_MATCH_PART);
    assert_true(lay[0].cut && lay[0].samples == 3 && lay[0].sample_axis == 1 && lay[0].part.dim[1] == 1);
    /* not twice; nor along another axis that the other side has; nor both axes */
    assert_int_equal(fit((struct mm_shape){2, {4, 5}}, (struct mm_shape){2, {12, 5}}, &two, lay),
                     MM_MATCH_MISMATCH);
    assert_int_equal(fit((struct mm_shape){2, {4, 5}}, (struct mm_shape){2, {4, 10}}, &two, lay),
                     MM_MATCH_MISMATCH);
    assert_int_equal(fit((struct mm_shape){2, {1, 1}}, (struct mm_shape){2, {2, 2}}, &two, lay),
                     MM_MATCH_MISMATCH);
    assert_int_equal(fit((struct mm_shape){2, {4, 5}}, (struct mm_shape){2, {4, 5}}, &two, lay),
                     MM_MATCH_SAME);
    assert_int_equal(fit((struct mm_shape){2, {0, 5}}, (struct mm_shape){2, {0, 5}}, &two, lay),
                     MM_MATCH_SAME);
}

static void padding(void **state)
{
    (void)state;
    const struct mm_layout behind = {.more = {0, 1}}, front = {.more = {2, 0}, .front = true};
    struct mm_laying lay[2];
    assert_int_equal(fit((struct mm_shape){3, {4, 17, 17}}, (struct mm_shape){3, {4, 18, 18}}, &behind, lay),
                     MM_MATCH_PART);
    assert_true(lay[1].cut && lay[1].samples == 0 && lay[1].from[1] == 0 && lay[1].part.dim[2] == 17);
    assert_int_equal(fit((struct mm_shape){2, {7, 9}}, (struct mm_shape){2, {5, 9}}, &front, lay),
                     MM_MATCH_PART);
    assert_true(lay[0].cut && lay[0].from[0] == 2 && lay[0].from[1] == 0 && lay[0].part.dim[0] == 5);
    assert_int_equal(fit((struct mm_shape){2, {5, 9}}, (struct mm_shape){2, {7, 9}}, &front, lay),
                     MM_MATCH_MISMATCH);
    assert_int_equal(fit((struct mm_shape){1, {0}}, (struct mm_shape){1, {1}}, &behind, lay),
                     MM_MATCH_MISMATCH);
    assert_int_equal(fit((struct mm_shape){2, {5, 9}}, (struct mm_shape){1, {6}}, &behind, lay),
                     MM_MATCH_MISMATCH);
}

/* Samples of blocks, whose channels go last on the other side. */
static void all_at_once(void **state)
{
    (void)state;
    const struct mm_layout all = {.axis = {.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 3, 1, 2}},
                                  .blocked = {false, true},
                                  .times = {0, 2}};
    struct mm_laying lay[2];
    const struct mm_shape nhwc = {4, {1, 8, 9, 20}}, blocks = {5, {2, 2, 8, 9, 16}};
    assert_int_equal(fit(nhwc, blocks, &all, lay), MM_MATCH_UNBLOCKED);
    assert_true(lay[1].unblock && lay[1].undo && lay[1].cut && lay[1].samples == 2 &&
                lay[1].sample_axis == 0);
    assert_true(mm_shape_equal(&lay[1].part, &nhwc));
    /* 33 channels take three blocks */
    assert_int_equal(fit((struct mm_shape){4, {1, 8, 9, 33}}, blocks, &all, lay), MM_MATCH_MISMATCH);
    assert_int_equal(fit((struct mm_shape){4, {1, 8, 9, 16}}, blocks, &all, lay), MM_MATCH_MISMATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_cut_unasked),
        cmocka_unit_test(samples),
        cmocka_unit_test(padding),
        cmocka_unit_test(all_at_once),
    };
    return cmocka_run_group_tests_name("pair/fit", tests, NULL, NULL);
}
