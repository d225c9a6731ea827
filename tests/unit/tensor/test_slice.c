/* Parts of a tensor by index: text, counting, stretches of neighbours; every slice of small shapes against counting
 * all elements one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mmtui/tensor.h"

static const struct mm_shape shape_234 = {3, {2, 3, 4}}, scalar = {0, {0}}, five = {5, {2, 1, 3, 2, 2}},
                             empty = {3, {2, 0, 4}};

static void text(void **state)
{
    static const struct {
        const char *text, *same, *error;
    } cases[] = {
        {"[1,:,3]", "[1,:,3]", NULL},
        {" 1 , : , -1 ", "[1,:,3]", NULL},
        {"", "[:,:,:]", NULL},
        {"[:,:,:]", "[:,:,:]", NULL},
        {"[2,:,:]", NULL, "axis 0 has 2 places: there is no 2"},
        {"[-3,:,:]", NULL, "axis 0 has 2 places: there is no -3"},
        {"[1,:]", NULL, "2 of 3 axes: write ':' for all of an axis"},
        {"[1,:,0,0]", NULL, "more than the 3 axes that there are"},
        {"[x,:,0]", NULL, "'x,:,0]' is no index: expected a number or ':' for each of 3 axes"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_slice slice;
        struct mm_err err = {0};
        struct mm_buf out;
        mm_buf_init(&out);
        int failed = mm_slice_parse(cases[i].text, &shape_234, &slice, &err);
        assert_int_equal(failed, cases[i].error ? -1 : 0);
        if (!failed) {
            mm_slice_text(&slice, &shape_234, &out);
            assert_string_equal(mm_buf_text(&out), cases[i].same);
        } else {
            assert_string_equal(err.text, cases[i].error);
        }
        mm_buf_done(&out);
    }
}

static bool holds(const struct mm_slice *slice, const struct mm_shape *shape, int64_t index)
{
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        if (slice->at[axis] >= 0 && slice->at[axis] != index % shape->dim[axis])
            return false;
        index /= shape->dim[axis];
    }
    return true;
}

/* Against one element after the other. */
static void check(const struct mm_slice *slice, const struct mm_shape *shape)
{
    int64_t count = mm_shape_count(shape), n = 0, covered = 0, first, end;
    for (int64_t i = 0; i < count; i++) {
        assert_int_equal(mm_slice_before(slice, shape, i), n);
        if (!holds(slice, shape, i))
            continue;
        assert_int_equal(mm_slice_element(slice, shape, n), i);
        assert_true(mm_slice_next(slice, shape, i, &first, &end));
        assert_int_equal(first, i);
        n++;
    }
    assert_int_equal(mm_slice_count(slice, shape), n);
    for (int64_t at = 0; mm_slice_next(slice, shape, at, &first, &end); at = end) {
        assert_true(first >= at && end > first && end <= count);
        for (int64_t i = first; i < end; i++)
            assert_true(holds(slice, shape, i));
        covered += end - first;
    }
    assert_int_equal(covered, n);
}

/* All slices of a shape: each axis whole, or one of its places. */
static void check_all(struct mm_slice *slice, const struct mm_shape *shape, int axis)
{
    if (axis == shape->rank) {
        check(slice, shape);
        return;
    }
    for (int64_t at = -1; at < shape->dim[axis]; at++) {
        slice->at[axis] = at;
        check_all(slice, shape, axis + 1);
    }
    slice->at[axis] = -1;
}

static void every_slice(void **state)
{
    static const struct mm_shape *const shapes[] = {&shape_234, &scalar, &five, &empty};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        struct mm_slice slice;
        mm_slice_all(&slice);
        check_all(&slice, shapes[i], 0);
    }
}

/* [1,:,3] of 2x3x4 is elements 12 + 3, 12 + 7, 12 + 11. */
static void by_hand(void **state)
{
    struct mm_slice slice;
    int64_t first, end;
    (void)state;
    assert_int_equal(mm_slice_parse("[1,:,3]", &shape_234, &slice, NULL), 0);
    assert_int_equal(mm_slice_free(&slice, &shape_234), 1);
    assert_int_equal(mm_slice_count(&slice, &shape_234), 3);
    assert_int_equal(mm_slice_element(&slice, &shape_234, 0), 15);
    assert_int_equal(mm_slice_element(&slice, &shape_234, 2), 23);
    assert_int_equal(mm_slice_before(&slice, &shape_234, 20), 2);
    assert_true(mm_slice_next(&slice, &shape_234, 16, &first, &end));
    assert_int_equal(first, 19);
    assert_int_equal(end, 20);
    assert_int_equal(mm_slice_parse("[1,:,:]", &shape_234, &slice, NULL), 0);
    assert_true(mm_slice_next(&slice, &shape_234, 0, &first, &end));
    assert_int_equal(first, 12);
    assert_int_equal(end, 24);
    slice.at[0] = 5; /* there is no such place */
    assert_int_equal(mm_slice_count(&slice, &shape_234), 0);
    assert_false(mm_slice_next(&slice, &shape_234, 0, &first, &end));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text),
        cmocka_unit_test(every_slice),
        cmocka_unit_test(by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
