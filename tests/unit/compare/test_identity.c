#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/compare.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_difference_counts),
        cmocka_unit_test(missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
