/* Shapes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/tensor.h"

#define BIG ((int64_t)1 << 62)

static void counts(void **state)
{
    const struct {
        struct mm_shape shape;
        int64_t count;
    } cases[] = {
        {{0, {0}}, 1},
        {{1, {7}}, 7},
        {{4, {1, 3, 48, 192}}, 27648},
        {{2, {5, 0}}, 0},
        {{3, {BIG, BIG, 0}}, 0},
        {{2, {BIG, 2}}, -1},
        {{2, {3, -1}}, -1},
        {{2, {0, -1}}, -1},
        {{-1, {0}}, -1},
        {{MM_RANK_MAX + 1, {1}}, -1},
        {{2, {3037000499, 3037000499}}, 9223372030926249001},
        {{2, {3037000500, 3037000500}}, -1},
    };

    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        assert_true(mm_shape_count(&cases[i].shape) == cases[i].count);
}

static void equality(void **state)
{
    struct mm_shape a = {2, {3, 4}}, b = {2, {3, 4, 9}}, c = {3, {3, 4, 1}}, d = {2, {4, 3}};

    (void)state;
    assert_true(mm_shape_equal(&a, &b)); /* what stands behind the rank does not count */
    assert_false(mm_shape_equal(&a, &c));
    assert_false(mm_shape_equal(&a, &d));
}

static void text(void **state)
{
    struct mm_shape image = {4, {1, 3, 48, 192}}, scalar = {0, {0}}, one = {1, {5}};
    char out[64];

    (void)state;
    assert_string_equal(mm_shape_text(&image, false, out, sizeof(out)), "[1, 3, 48, 192]");
    assert_string_equal(mm_shape_text(&image, true, out, sizeof(out)), "1x3x48x192");
    assert_string_equal(mm_shape_text(&scalar, false, out, sizeof(out)), "[]");
    assert_string_equal(mm_shape_text(&scalar, true, out, sizeof(out)), "scalar");
    assert_string_equal(mm_shape_text(&one, true, out, sizeof(out)), "5");
}

static void text_is_cut_where_there_is_no_room(void **state)
{
    struct mm_shape image = {4, {1, 3, 48, 192}};
    char out[16];

    (void)state;
    for (size_t size = 1; size < sizeof(out); size++) {
        out[size] = '#';
        mm_shape_text(&image, false, out, size);
        assert_int_equal(out[size], '#');
        assert_true(out[size - 1] == '\0' || size == sizeof("[1, 3, 48, 192]"));
    }
    assert_string_equal(mm_shape_text(&image, true, out, 4), "1x3");
    assert_string_equal(mm_shape_text(&image, true, out, 0), "");
}

static void coordinates(void **state)
{
    struct mm_shape shape = {3, {2, 3, 4}};
    int64_t coord[MM_RANK_MAX];

    (void)state;
    mm_shape_coords(&shape, 23, coord);
    assert_true(coord[0] == 1 && coord[1] == 2 && coord[2] == 3);
    mm_shape_coords(&shape, 13, coord);
    assert_true(coord[0] == 1 && coord[1] == 0 && coord[2] == 1);
    shape.dim[1] = 0;
    mm_shape_coords(&shape, 5, coord); /* no such element; no division by zero either */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),      cmocka_unit_test(equality),
        cmocka_unit_test(text),        cmocka_unit_test(text_is_cut_where_there_is_no_room),
        cmocka_unit_test(coordinates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
