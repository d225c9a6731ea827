/* How far a computation is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/compare.h"
#include "unit/pair/pair_files.h"
#include "unit/pair/odd_text.h"

static void shares(void **state)
{
    struct mm_progress progress = {0};
    (void)state;

    assert_true(mm_progress_share(&progress) == -1);
    mm_progress_expect(&progress, 200);
    assert_true(mm_progress_share(&progress) == 0);
    mm_progress_add(&progress, 50);
    assert_true(mm_progress_share(&progress) == 0.25);
    mm_progress_expect(&progress, 50); /* begun anew: 50 of 100 */
    assert_true(mm_progress_share(&progress) == 0.5);
    mm_progress_add(&progress, 70);
    assert_true(mm_progress_share(&progress) == 1);
    mm_progress_expect(NULL, 1);
    mm_progress_add(NULL, 1);
}

static void nothing_to_do(void **state)
{
    struct mm_progress progress = {0};
    (void)state;

    mm_progress_expect(&progress, 0);
    assert_true(mm_progress_share(&progress) == -1);
}

/* Elements that a histogram goes over: both for the range and once together; a text that is read twice. */
static void of_a_histogram(void **state)
{
    static const float x[1000] = {1, 2, 3};
    const struct mm_hist_options all = {.bins = 4}, some = {.bins = 4, .low = 0, .high = 1};
    struct mm_progress progress[4] = {{0}};
    struct pair_files files;
    struct mm_pair_hist hist;
    char *odd = odd_text("6000", 1, true), *even = odd_text("6000", 1, false);
    (void)state;

    pair_files_init(&files);
    pair_files_put(&files, 0, "1_a.npy", MM_F32, (struct mm_shape){1, {1000}}, x);
    assert_int_equal(
        mm_pair_hist(&files.pair, NULL, &all, &(struct mm_control){.progress = &progress[0]}, &hist, NULL),
        0);
    mm_pair_hist_done(&hist);
    assert_true(atomic_load(&progress[0].done) == 2000 && atomic_load(&progress[0].whole) == 2000);
    pair_files_put(&files, 1, "2_a.npy", MM_F32, (struct mm_shape){1, {1000}}, x);
    assert_int_equal(
        mm_pair_hist(&files.pair, NULL, &all, &(struct mm_control){.progress = &progress[1]}, &hist, NULL),
        0);
    mm_pair_hist_done(&hist);
    assert_true(atomic_load(&progress[1].done) == 3000 && atomic_load(&progress[1].whole) == 3000);
    pair_files_put(&files, 1, "2_a.npy", MM_F32, (struct mm_shape){1, {999}}, x);
    assert_int_equal(
        mm_pair_hist(&files.pair, NULL, &some, &(struct mm_control){.progress = &progress[2]}, &hist, NULL),
        0);
    mm_pair_hist_done(&hist);
    assert_true(atomic_load(&progress[2].done) == 1999 && atomic_load(&progress[2].whole) == 1999);
    pair_files_bytes(&files, 0, "1_a.pbtxt", even);
    pair_files_bytes(&files, 1, "2_a.pbtxt", odd);
    assert_int_equal(
        mm_pair_hist(&files.pair, NULL, &some, &(struct mm_control){.progress = &progress[3]}, &hist, NULL),
        0);
    mm_pair_hist_done(&hist);
    /* tiles of 4096 values: none is whole before the odd one, so the first go counts nothing */
    assert_true(atomic_load(&progress[3].done) == ODD_COUNT && mm_progress_share(&progress[3]) == 1);
    pair_files_done(&files);
    free(odd);
    free(even);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(of_a_histogram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
