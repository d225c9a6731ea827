#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "cause/sparse.h"

/* From place to place by the definition, with its division. */
static int64_t next_by_division(int64_t at, int64_t count, int64_t places)
{
    int64_t step = count / places + 1;
    return at + step + (step > 1 && at / step % 3 == 0);
}

static void test_as_defined(void **state)
{
    (void)state;
    static const int64_t counts[] = {1, 2, 511, 512, 513, 1024, 4095, 4096, 5000, 12345, 100003};
    static const int64_t places[] = {1, 7, 512, 4096};
    for (size_t c = 0; c < MM_COUNT(counts); c++) {
        for (size_t p = 0; p < MM_COUNT(places); p++) {
            struct sparse sparse = sparse_first(counts[c], places[p]);
            int64_t at = 0;
            for (; at < counts[c]; at = next_by_division(at, counts[c], places[p]), sparse_next(&sparse))
                assert_int_equal(sparse.at, at);
            assert_true(sparse.at >= counts[c]);
        }
    }
}

/* A width that divides an even step would be seen in one column. */
static void test_all_columns_are_seen(void **state)
{
    (void)state;
    bool seen[64] = {false};
    for (struct sparse sparse = sparse_first(64 * 4096, SPARSE_COUNT); sparse.at < 64 * 4096;
         sparse_next(&sparse))
        seen[sparse.at % 64] = true;
    for (size_t column = 0; column < MM_COUNT(seen); column++)
        assert_true(seen[column]);
}

/* Of few values all. */
static void test_few(void **state)
{
    (void)state;
    int64_t n = 0;
    for (struct sparse sparse = sparse_first(100, 512); sparse.at < 100; sparse_next(&sparse))
        assert_int_equal(sparse.at, n++);
    assert_int_equal(n, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_defined),
        cmocka_unit_test(test_all_columns_are_seen),
        cmocka_unit_test(test_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
