/* Opening and laying out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pair/tensors.h"
#include "unit/pair/pair_files.h"

static int setup(void **state)
{
    struct pair_files *files = malloc(sizeof(*files));

    pair_files_init(files);
    *state = files;
    return 0;
}

static int teardown(void **state)
{
    pair_files_done(*state);
    free(*state);
    return 0;
}

/* The steps of mm_pair_read. */
static int open_tensors(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool *failed_dst,
                        struct mm_err *err)
{
    if (mm_pair_tensors_load(tensors, pair, NULL, NULL, NULL, failed_dst, err) == 0 &&
        mm_pair_tensors_lay(tensors, pair, false, NULL, failed_dst, err) == 0)
        return 0;
    mm_pair_tensors_close(tensors);
    return -1;
}

static float counting[24];

/* Write src and dst as u8 ... f32, open, check fit. */
static void open_pair(struct pair_files *files, struct mm_pair_tensors *tensors, const char *src,
                      struct mm_shape src_shape, const char *dst, struct mm_shape dst_shape,
                      enum mm_shape_match fit)
{
    bool failed_dst;
    struct mm_err err;

    for (int i = 0; i < 24; i++)
        counting[i] = (float)i;
    pair_files_put(files, 0, src, MM_F32, src_shape, counting);
    pair_files_put(files, 1, dst, MM_F32, dst_shape, counting);
    if (open_tensors(tensors, &files->pair, &failed_dst, &err))
        fail_msg("%s", err.text);
    if (tensors->match != fit)
        fail_msg("%s %s: %s", src, dst, mm_shape_match_text(tensors->match));
    if (fit != MM_MATCH_MISMATCH)
        assert_true(mm_shape_equal(&tensors->s.shape, &tensors->d.shape));
}

static void check_fit(struct pair_files *files, const char *src, struct mm_shape src_shape, const char *dst,
                      struct mm_shape dst_shape, enum mm_shape_match fit)
{
    struct mm_pair_tensors tensors;

    open_pair(files, &tensors, src, src_shape, dst, dst_shape, fit);
    mm_pair_tensors_close(&tensors);
}

static const struct mm_shape nchw = {4, {1, 2, 3, 4}}, nhwc = {4, {1, 3, 4, 2}}, cube = {3, {2, 2, 2}};

static void same_shape(void **state)
{
    check_fit(*state, "1_a.pb", nchw, "2_a.pb", nchw, MM_MATCH_SAME);
}

static void axis_moved_in_dst(void **state)
{
    struct mm_pair_tensors tensors;

    open_pair(*state, &tensors, "1_a.pb", nchw, "2_a@axis1to-1.pb", nhwc, MM_MATCH_UNDO_DST);
    /* d[0, 1, 0, 0] is at [0, 0, 0, 1] of the file: value 1; d[0, 0, 0, 1] at [0, 0, 1, 0]: value 2 */
    assert_true(mm_tensor_at(&tensors.d, 12) == 1 && mm_tensor_at(&tensors.d, 1) == 2);
    assert_true(mm_tensor_at(&tensors.s, 12) == 12);
    mm_pair_tensors_close(&tensors);
}

static void axis_moved_in_src_and_in_both(void **state)
{
    check_fit(*state, "1_a@axis[0,2,3,1].pb", nhwc, "2_a.pb", nchw, MM_MATCH_UNDO_SRC);
    check_fit(*state, "1_a@axis1to-1.pb", nhwc, "2_a@axis[0,2,3,1].pb", nhwc, MM_MATCH_UNDO_BOTH);
}

/* Equal as they are, and undoing would break it: as they are. */
static void axis_that_would_break_the_fit(void **state)
{
    check_fit(*state, "1_a.pb", nchw, "2_a@axis1to-1.pb", nchw, MM_MATCH_SAME);
    check_fit(*state, "1_a@axis1to-1.pb", nhwc, "2_a@axis1to-1.pb", nchw, MM_MATCH_UNDO_SRC);
}

/* Equal either way: the name says it was moved. */
static void square_shapes_are_undone(void **state)
{
    struct mm_pair_tensors tensors;

    open_pair(*state, &tensors, "1_a.pb", cube, "2_a@axis0to-1.pb", cube, MM_MATCH_UNDO_DST);
    assert_true(mm_tensor_at(&tensors.d, 1) == 2 && mm_tensor_at(&tensors.d, 4) == 1);
    mm_pair_tensors_close(&tensors);
}

static void axis_that_does_not_fit_the_rank(void **state)
{
    check_fit(*state, "1_a.pb", cube, "2_a@axis[0,2,3,1].pb", cube, MM_MATCH_SAME);
    check_fit(*state, "1_a.pb", cube, "2_a@axis1to7.pb", cube, MM_MATCH_SAME);
}

static void axes_of_length_one(void **state)
{
    const struct mm_shape two = {2, {6, 4}}, four = {4, {1, 6, 1, 4}}, scalar = {0, {0}}, one = {1, {1}};

    check_fit(*state, "1_a.pb", two, "2_a.pb", four, MM_MATCH_SQUEEZED);
    check_fit(*state, "1_a.pb", scalar, "2_a.pb", one, MM_MATCH_SQUEEZED);
}

/* Undone and squeezed at once: a strided view gets the other's shape. */
static void undone_and_squeezed(void **state)
{
    const struct mm_shape chw = {3, {2, 3, 4}};
    struct mm_pair_tensors tensors;

    open_pair(*state, &tensors, "1_a.npy", chw, "2_a@axis1to-1.pb", nhwc, MM_MATCH_UNDO_DST);
    assert_true(mm_tensor_at(&tensors.d, 12) == 1 && mm_tensor_at(&tensors.d, 1) == 2 &&
                mm_tensor_at(&tensors.d, 23) == 23);
    mm_pair_tensors_close(&tensors);
}

static void mismatch(void **state)
{
    const struct mm_shape other = {2, {4, 6}}, two = {2, {6, 4}}, less = {1, {5}};

    check_fit(*state, "1_a.pb", two, "2_a.pb", other, MM_MATCH_MISMATCH);
    check_fit(*state, "1_a.pb", two, "2_a.pb", less, MM_MATCH_MISMATCH);
}

static void text_is_flattened_to_be_undone(void **state)
{
    struct mm_pair_tensors tensors;

    open_pair(*state, &tensors, "1_a.pb", nchw, "2_a@axis1to-1.pbtxt", nhwc, MM_MATCH_UNDO_DST);
    assert_non_null(tensors.memory[1]);
    assert_true(mm_tensor_at(&tensors.d, 12) == 1 && mm_tensor_at(&tensors.d, 1) == 2);
    mm_pair_tensors_close(&tensors);
}

static void one_side_only(void **state)
{
    struct pair_files *files = *state;
    struct mm_pair_tensors tensors;
    bool failed_dst;

    pair_files_put(files, 1, "2_a@axis1to-1.pb", MM_F32, nhwc, counting);
    assert_int_equal(open_tensors(&tensors, &files->pair, &failed_dst, NULL), 0);
    assert_true(!tensors.has_src && tensors.has_dst && tensors.match == MM_MATCH_NONE &&
                tensors.d.count == 24);
    mm_pair_tensors_close(&tensors);
}

static void failures_name_the_side(void **state)
{
    struct pair_files *files = *state;
    struct mm_err err;
    struct mm_pair_tensors tensors;
    bool failed_dst;

    assert_int_equal(open_tensors(&tensors, &files->pair, &failed_dst, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    pair_files_put(files, 0, "1_a.npy", MM_F32, nchw, counting);
    pair_files_bytes(files, 1, "2_b.npy", "nonsense");
    assert_int_equal(open_tensors(&tensors, &files->pair, &failed_dst, &err), -1);
    assert_true(failed_dst);
    assert_memory_equal(err.text, "2_b.npy", 7);
    pair_files_name(files, 0, "1_missing.npy");
    assert_int_equal(open_tensors(&tensors, &files->pair, &failed_dst, &err), -1);
    assert_false(failed_dst);
    mm_pair_tensors_close(&tensors); /* once more does no harm */
}

static void every_fit_has_a_text(void **state)
{
    (void)state;
    for (int fit = MM_MATCH_NONE; fit <= MM_MATCH_MISMATCH; fit++)
        assert_true(strlen(mm_shape_match_text((enum mm_shape_match)fit)) > 0);
    assert_string_equal(mm_shape_match_text(MM_MATCH_UNDO_DST), "@axis of dst undone");
    assert_string_equal(mm_shape_match_text((enum mm_shape_match)99), "");
}

/* ---- what all of a dump has ---- */

/* The same under a layout. */
static void open_under(struct pair_files *files, struct mm_pair_tensors *tensors,
                       const struct mm_layout *layout, const char *dst, struct mm_shape src_shape,
                       struct mm_shape dst_shape, enum mm_shape_match fit)
{
    files->pair.layout = layout;
    open_pair(files, tensors, "1_a.npy", src_shape, dst, dst_shape, fit);
}

/* Two samples of 12: the first is 0 .. 11, as src is; the second goes on. From text, too. */
static void samples_of_a_dump(void **state)
{
    static const char *const files[] = {"2_a.npy", "2_a.pbtxt", "2_a.pb"};
    const struct mm_layout layout = {.times = {0, 2}};
    struct mm_pair_tensors tensors;
    struct mm_tensor second;
    struct mm_run run;
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        open_under(*state, &tensors, &layout, files[i], (struct mm_shape){2, {3, 4}},
                   (struct mm_shape){2, {6, 4}}, MM_MATCH_PART);
        assert_int_equal(tensors.d.count, 12);
        assert_true(mm_tensor_at(&tensors.d, 11) == 11 && mm_tensor_at(&tensors.s, 11) == 11);
        assert_int_equal(mm_pair_sample(&tensors, true, 1, &second, &run, NULL), 0);
        assert_true(mm_tensor_at(&second, 0) == 12 && mm_tensor_at(&second, 11) == 23);
        assert_int_equal(mm_pair_sample(&tensors, true, 2, &second, &run, NULL), -1);
        assert_int_equal(mm_pair_sample(&tensors, false, 0, &second, &run, NULL), -1);
        mm_pair_tensors_close(&tensors);
    }
}

/* Rows of 3 from rows of 4: without the last number of each, or the first. */
static void padding_of_a_dump(void **state)
{
    for (int front = 0; front < 2; front++) {
        const struct mm_layout layout = {.more = {0, 1}, .front = front};
        struct mm_pair_tensors tensors;
        open_under(*state, &tensors, &layout, "2_a.npy", (struct mm_shape){2, {6, 3}},
                   (struct mm_shape){2, {6, 4}}, MM_MATCH_PART);
        assert_true(mm_tensor_at(&tensors.d, 0) == front && mm_tensor_at(&tensors.d, 3) == 4 + front);
        assert_true(mm_tensor_at(&tensors.d, 17) == 22 + front);
        assert_true(mm_shape_equal(&tensors.shape, &(struct mm_shape){2, {6, 3}}));
        mm_pair_tensors_close(&tensors);
    }
}

/* 1 x 2 x 3 x 1 x 4 is blocks of 4 of 1 x 8 x 3 x 1: channel 4 i + k of row j is at 12 i + 4 j + k. Six of the eight
 * channels are src's. */
static void blocks_of_a_dump(void **state)
{
    const struct mm_layout layout = {.blocked = {false, true}};
    const struct mm_shape blocks = {5, {1, 2, 3, 1, 4}}, six = {4, {1, 6, 3, 1}};
    struct mm_pair_tensors tensors;
    open_under(*state, &tensors, &layout, "2_a.npy", six, blocks, MM_MATCH_UNBLOCKED);
    assert_true(mm_shape_equal(&tensors.d.shape, &six));
    for (int c = 0; c < 6; c++) {
        for (int j = 0; j < 3; j++)
            assert_true(mm_tensor_at(&tensors.d, 3 * c + j) == 12 * (c / 4) + 4 * j + c % 4);
    }
    mm_pair_tensors_close(&tensors);
}

/* Integers as wide are bit patterns; others are not. */
static void bit_patterns(void **state)
{
    struct pair_files *files = *state;
    const uint16_t bits[2] = {0x3c00, 0xc100}; /* 1 and -2.5 in half */
    const float plain[2] = {1, -2.5F};
    const struct mm_shape two = {1, {2}};
    struct mm_pair_tensors tensors;
    bool failed_dst;
    pair_files_put(files, 0, "1_a.npy", MM_F32, two, plain);
    pair_files_put(files, 1, "2_a.npy", MM_U16, two, bits);
    files->pair.read_as = MM_F16;
    assert_int_equal(open_tensors(&tensors, &files->pair, &failed_dst, NULL), 0);
    assert_true(tensors.d.dtype == MM_F16 && tensors.s.dtype == MM_F32);
    assert_true(mm_tensor_at(&tensors.d, 0) == 1 && mm_tensor_at(&tensors.d, 1) == -2.5);
    mm_pair_tensors_close(&tensors);
    pair_files_put(files, 0, "1_a.npy", MM_U16, two, bits);
    files->pair.read_against_floats = true;
    assert_int_equal(open_tensors(&tensors, &files->pair, &failed_dst, NULL), 0);
    assert_true(tensors.d.dtype == MM_U16 && tensors.s.dtype == MM_U16);
    mm_pair_tensors_close(&tensors);
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILES(same_shape),
        WITH_FILES(axis_moved_in_dst),
        WITH_FILES(axis_moved_in_src_and_in_both),
        WITH_FILES(axis_that_would_break_the_fit),
        WITH_FILES(square_shapes_are_undone),
        WITH_FILES(axis_that_does_not_fit_the_rank),
        WITH_FILES(axes_of_length_one),
        WITH_FILES(undone_and_squeezed),
        WITH_FILES(mismatch),
        WITH_FILES(text_is_flattened_to_be_undone),
        WITH_FILES(one_side_only),
        WITH_FILES(failures_name_the_side),
        WITH_FILES(samples_of_a_dump),
        WITH_FILES(padding_of_a_dump),
        WITH_FILES(blocks_of_a_dump),
        WITH_FILES(bit_patterns),
        cmocka_unit_test(every_fit_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
