#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/pair.h"
#include "unit/fixture.h"

/* b a c d with keys 7 3 7 -1: d a b c; b stays before c, and places follow. */
static void by_key(void **state)
{
    (void)state;
    char *folder = temp_folder();
    static const char *const names[] = {"1_b.pb", "2_a.pb", "3_c.pb", "4_d.pb"};
    static const int64_t keys[] = {7, 3, 7, -1};
    static const char *const expected[] = {"d", "a", "b", "c"};
    struct mm_dump *dump;
    struct mm_pairs *pairs;
    for (size_t i = 0; i < 4; i++)
        put_text(folder, names[i], "");
    assert_int_equal(mm_dump_open(&dump, folder, NULL, NULL), 0);
    assert_int_equal(mm_pairs_open(&pairs, dump, dump, NULL, NULL), 0);
    assert_int_equal(mm_pairs_order(pairs, keys, NULL), 0);
    assert_int_equal(pairs->count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(pairs->pair[i].name, expected[i]);
        assert_int_equal(pairs->pair[i].place, i);
    }
    mm_pairs_close(pairs);
    mm_dump_close(dump);
    drop_folder(folder);
}

static void nothing(void **state)
{
    (void)state;
    struct mm_pairs pairs = {0};
    mm_arena_init(&pairs.arena);
    assert_int_equal(mm_pairs_order(&pairs, NULL, NULL), 0);
    assert_int_equal(pairs.count, 0);
    mm_arena_done(&pairs.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_key), cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
