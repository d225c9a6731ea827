/* Views: raw, column-major, permuted, flattened. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "mmtui/tensor.h"

static const float six[] = {0, 1, 2, 3, 4, 5};
static const struct mm_shape two_three = {2, {2, 3}};

static void expect(const struct mm_tensor *tensor, const double *values, size_t n)
{
    struct mm_cursor cursor;
    double got[64];

    mm_cursor_init(&cursor, tensor);
    assert_int_equal(mm_cursor_double(&cursor, got, MM_COUNT(got)), n);
    assert_false(cursor.bad);
    for (size_t i = 0; i < n; i++) {
        assert_true(got[i] == values[i]);
        assert_true(mm_tensor_at(tensor, (int64_t)i) == values[i]);
    }
}

static void raw(void **state)
{
    const double values[] = {0, 1, 2, 3, 4, 5};
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &two_three, six, &run);
    assert_true(tensor.count == 6 && run.size == 24);
    expect(&tensor, values, 6);
}

static void fortran(void **state)
{
    const double values[] = {0, 2, 4, 1, 3, 5}; /* np.arange(6).reshape(2, 3, order='F').ravel() */
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &two_three, six, &run);
    mm_tensor_fortran(&tensor);
    expect(&tensor, values, 6);
}

static void permuted(void **state)
{
    const double values[] = {0, 3, 1, 4, 2, 5};
    const int swap[] = {1, 0};
    struct mm_tensor tensor, view, back;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &two_three, six, &run);
    assert_int_equal(mm_tensor_permute(&tensor, swap, &view, NULL), 0);
    assert_true(view.shape.dim[0] == 3 && view.shape.dim[1] == 2);
    expect(&view, values, 6);
    assert_int_equal(mm_tensor_permute(&view, swap, &back, NULL), 0);
    assert_false(back.strided); /* back in memory order: the fast way again */
    expect(&back, (const double[]){0, 1, 2, 3, 4, 5}, 6);
}

/* np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1).ravel() */
static void permuted_in_three_axes(void **state)
{
    const double values[] = {0, 4, 8,  12, 16, 20, 1, 5, 9,  13, 17, 21,
                             2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23};
    const struct mm_shape shape = {3, {2, 3, 4}};
    const int perm[] = {2, 0, 1};
    struct mm_tensor tensor, view;
    struct mm_run run;
    uint8_t data[24];

    (void)state;
    for (int i = 0; i < 24; i++)
        data[i] = (uint8_t)i;
    mm_tensor_raw(&tensor, MM_U8, &shape, data, &run);
    assert_int_equal(mm_tensor_permute(&tensor, perm, &view, NULL), 0);
    expect(&view, values, 24);
}

static void axes_of_length_one_move_freely(void **state)
{
    const struct mm_shape shape = {4, {1, 6, 1, 1}};
    const int perm[] = {0, 2, 3, 1};
    struct mm_tensor tensor, view;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &shape, six, &run);
    assert_int_equal(mm_tensor_permute(&tensor, perm, &view, NULL), 0);
    assert_false(view.strided);
    assert_true(view.shape.dim[3] == 6);
}

static void what_is_no_permutation_is_refused(void **state)
{
    const int twice[] = {0, 0}, out[] = {0, 2}, negative[] = {-1, 0};
    struct mm_tensor tensor, view;
    struct mm_err err;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &two_three, six, &run);
    assert_int_equal(mm_tensor_permute(&tensor, twice, &view, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_tensor_permute(&tensor, out, &view, NULL), -1);
    assert_int_equal(mm_tensor_permute(&tensor, negative, &view, NULL), -1);
}

static void packed_values_are_flattened_first(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
    const int swap[] = {1, 0};
    struct mm_run packed = {bytes, sizeof(bytes), 6, 0}, run;
    struct mm_tensor tensor = {.dtype = MM_I32,
                               .stored = MM_I32,
                               .encoding = MM_ENC_VARINT,
                               .shape = two_three,
                               .count = 6,
                               .run = &packed,
                               .runs = 1};
    struct mm_tensor flat, view;
    struct mm_err err;
    void *memory;

    (void)state;
    assert_int_equal(mm_tensor_permute(&tensor, swap, &view, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_int_equal(mm_tensor_flatten(&tensor, NULL, &flat, &memory, &run, NULL), 0);
    assert_int_equal(flat.dtype, MM_I32);
    assert_int_equal(flat.stored, MM_F64);
    assert_int_equal(mm_tensor_permute(&flat, swap, &view, NULL), 0);
    expect(&view, (const double[]){1, 4, 2, 5, 3, 6}, 6);
    free(memory);
}

static void a_truncated_payload_does_not_flatten(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 0x80};
    struct mm_run packed = {bytes, sizeof(bytes), 6, 0}, run;
    struct mm_tensor tensor = {.dtype = MM_U8,
                               .stored = MM_U8,
                               .encoding = MM_ENC_VARINT,
                               .shape = two_three,
                               .count = 6,
                               .run = &packed,
                               .runs = 1};
    struct mm_tensor flat;
    struct mm_err err;
    void *memory;

    (void)state;
    assert_int_equal(mm_tensor_flatten(&tensor, NULL, &flat, &memory, &run, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text, "element 3 of 6 can't be read");
    assert_null(memory);
    tensor.count = 7; /* not what the shape says */
    assert_int_equal(mm_tensor_flatten(&tensor, NULL, &flat, &memory, &run, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
}

static void empty_and_scalar(void **state)
{
    const struct mm_shape none = {2, {0, 3}}, scalar = {0, {0}};
    const int swap[] = {1, 0};
    struct mm_tensor tensor, view, flat;
    struct mm_run run, flat_run;
    void *memory;

    (void)state;
    mm_tensor_raw(&tensor, MM_F64, &none, six, &run);
    assert_true(tensor.count == 0);
    assert_int_equal(mm_tensor_permute(&tensor, swap, &view, NULL), 0);
    expect(&view, NULL, 0);
    assert_int_equal(mm_tensor_flatten(&view, NULL, &flat, &memory, &flat_run, NULL), 0);
    expect(&flat, NULL, 0);
    free(memory);
    mm_tensor_raw(&tensor, MM_F32, &scalar, six + 4, &run);
    mm_tensor_fortran(&tensor);
    expect(&tensor, (const double[]){4}, 1);
    tensor.strided = true; /* nobody makes a strided scalar, but it has a meaning */
    expect(&tensor, (const double[]){4}, 1);
}

/* Of 2 x 3 x 4 numbers 0 .. 23 the part 2 x 2 x 3 from [0, 1, 1] on: 12 i + 4 j + k + 5. */
static void a_part(void **state)
{
    (void)state;
    static const double expected[] = {5, 6, 7, 9, 10, 11, 17, 18, 19, 21, 22, 23};
    static const int swap[3] = {2, 1, 0};
    const struct mm_shape shape = {3, {2, 3, 4}}, part = {3, {2, 2, 3}}, front = {3, {1, 3, 4}};
    const int64_t from[3] = {0, 1, 1}, back[3] = {1, 1, 0}, second[3] = {1, 0, 0};
    struct mm_tensor tensor, view, moved, again;
    struct mm_run run, part_run;
    double numbers[24];
    for (int i = 0; i < 24; i++)
        numbers[i] = i;
    mm_tensor_raw(&tensor, MM_F64, &shape, numbers, &run);
    assert_int_equal(mm_tensor_cut(&tensor, from, &part, &view, &part_run, NULL), 0);
    assert_true(view.strided);
    expect(&view, expected, 12);
    assert_int_equal(mm_tensor_cut(&tensor, second, &front, &view, &part_run, NULL), 0);
    assert_false(view.strided); /* what lies side by side is read as it lies */
    expect(&view, numbers + 12, 12);
    /* a part of a view: [4, 3, 2] of it, 2 x 2 x 1 from [1, 1, 0] on is 5, 9, 6, 10 */
    assert_int_equal(mm_tensor_permute(&tensor, swap, &moved, NULL), 0);
    const struct mm_shape small = {3, {2, 2, 1}};
    assert_int_equal(mm_tensor_cut(&moved, back, &small, &again, &part_run, NULL), 0);
    expect(&again, (const double[]){5, 9, 6, 10}, 4);
}

static void parts_that_are_none(void **state)
{
    (void)state;
    static const double numbers[6] = {0, 1, 2, 3, 4, 5};
    const struct mm_shape shape = {2, {2, 3}}, wide = {2, {2, 3}}, flat = {1, {2}}, none = {2, {0, 3}};
    const int64_t from[2] = {0, 1}, zero[2] = {0, 0}, before[2] = {-1, 0};
    struct mm_tensor tensor, view;
    struct mm_run run, part;
    struct mm_err err;
    mm_tensor_raw(&tensor, MM_F64, &shape, numbers, &run);
    assert_int_equal(mm_tensor_cut(&tensor, from, &wide, &view, &part, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_tensor_cut(&tensor, before, &wide, &view, &part, &err), -1);
    assert_int_equal(mm_tensor_cut(&tensor, zero, &flat, &view, &part, &err), -1);
    assert_int_equal(mm_tensor_cut(&tensor, zero, &none, &view, &part, &err), 0);
    expect(&view, NULL, 0);
    run.size = 8; /* the file has less than it says */
    assert_int_equal(
        mm_tensor_cut(&tensor, (const int64_t[2]){1, 0}, &(struct mm_shape){2, {1, 3}}, &view, &part, &err),
        -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    tensor.encoding = MM_ENC_TEXT;
    assert_int_equal(mm_tensor_cut(&tensor, zero, &wide, &view, &part, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw),
        cmocka_unit_test(fortran),
        cmocka_unit_test(permuted),
        cmocka_unit_test(permuted_in_three_axes),
        cmocka_unit_test(axes_of_length_one_move_freely),
        cmocka_unit_test(what_is_no_permutation_is_refused),
        cmocka_unit_test(packed_values_are_flattened_first),
        cmocka_unit_test(a_truncated_payload_does_not_flatten),
        cmocka_unit_test(empty_and_scalar),
        cmocka_unit_test(a_part),
        cmocka_unit_test(parts_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
