#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/compare.h"
#include "unit/pair/pair_files.h"

#include "compare/measure.h"

#include <unistd.h>

static const struct mm_pair_id one = {
    .src = {.size = 8, .modified = 5, .changed = 6, .inode = 7, .device = 1},
    .dst = {.size = 9, .modified = 5, .changed = 6, .inode = 8, .device = 1},
    .sure = true,
};

static void any_difference_counts(void **state)
{
    (void)state;
    struct mm_pair_id other = one;
    assert_true(mm_pair_id_same(&one, &other));
    other.sure = false; /* of the reading, not of the file */
    assert_true(mm_pair_id_same(&one, &other));
    int64_t *const number[] = {&other.src.size, &other.src.modified, &other.dst.changed};
    for (size_t i = 0; i < MM_COUNT(number); i++) {
        other = one;
        ++*number[i];
        assert_false(mm_pair_id_same(&one, &other));
    }
    other = one;
    other.dst.inode = 7;
    assert_false(mm_pair_id_same(&one, &other));
    other = one;
    other.src.device = 2;
    assert_false(mm_pair_id_same(&one, &other));
}

/* A missing file has no size, time or inode: it differs from every file. */
static void missing(void **state)
{
    (void)state;
    struct mm_source source = {.path = (char *)"/nonexistent/file.npy"};
    struct mm_entry entry = {.source = &source};
    struct mm_pair pair = {.src = &entry};
    struct mm_pair_id id;
    mm_pair_identify(&pair, &id);
    assert_false(id.sure);
    assert_int_equal(id.src.size, 0);
    assert_int_equal(id.src.inode, 0);
    assert_false(mm_pair_id_same(&one, &id));
}

/* What was measured knows its state from the open files, and that is what their paths tell. */
static void of_what_was_read(void **state)
{
    (void)state;
    static const float value[4] = {1, 2, 3, 4};
    struct mm_worker_scratch scratch = {0};
    struct pair_files files;
    struct mm_measure_options options;
    struct mm_result result;
    struct mm_pair_id read, named;
    mm_measure_defaults(&options);
    pair_files_init(&files);
    for (int side = 0; side < 2; side++)
        pair_files_put(&files, side, side ? "2_t.npy" : "1_t.npy", MM_F32, (struct mm_shape){1, {4}}, value);
    assert_true(mm_pair_opens_whole(&files.pair));
    mm_measure_pair_at(&scratch, &files.pair, NULL, &options, NULL, &result);
    assert_int_equal(result.state, MM_STATE_MEASURED);
    mm_pair_identify(&files.pair, &named);
    mm_pair_identify_read(&scratch, &files.pair, &read);
    assert_true(mm_pair_id_same(&read, &named) && named.src.size > 0 && named.src.inode != named.dst.inode);
    assert_int_equal(read.dst.bytes, named.dst.bytes);
    mm_result_done(&result);
    /* written again behind the measurement: another state than that which was read */
    pair_files_put(&files, 1, "2_t.npy", MM_F32, (struct mm_shape){1, {3}}, value);
    mm_pair_identify(&files.pair, &named);
    assert_false(mm_pair_id_same(&read, &named));
    /* what can't be opened has no state of its own */
    unlink(files.pair.src->source->path);
    mm_measure_pair_at(&scratch, &files.pair, NULL, &options, NULL, &result);
    mm_pair_identify_read(&scratch, &files.pair, &read);
    assert_false(read.sure);
    mm_result_done(&result);
    pair_files_done(&files);
    mm_worker_scratch_done(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_difference_counts),
        cmocka_unit_test(missing),
        cmocka_unit_test(of_what_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
