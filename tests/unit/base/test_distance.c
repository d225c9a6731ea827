#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

/* Counted by hand. */
static void distances(void **state)
{
    (void)state;
    assert_int_equal(mm_text_distance("", ""), 0);
    assert_int_equal(mm_text_distance("abc", ""), 3);
    assert_int_equal(mm_text_distance("", "abc"), 3);
    assert_int_equal(mm_text_distance("conv1", "conv1"), 0);
    assert_int_equal(mm_text_distance("conv1", "conv2"), 1);
    assert_int_equal(mm_text_distance("dwn", "down"), 1);
    assert_int_equal(mm_text_distance("kitten", "sitting"), 3);
    assert_int_equal(mm_text_distance("flaw", "lawn"), 2);
    assert_int_equal(mm_text_distance("comapre", "compare"), 1); /* neighbours swapped */
    assert_int_equal(mm_text_distance("abcd", "badc"), 2);
    assert_int_equal(mm_text_distance("ca", "abc"), 3); /* what was swapped is not changed again */
}

/* Of long texts only the beginnings count, and nothing is written beyond. */
static void long_texts(void **state)
{
    (void)state;
    static char a[1001], b[1001];
    for (int i = 0; i < 1000; i++)
        a[i] = b[i] = 'x';
    b[900] = 'y';
    assert_int_equal(mm_text_distance(a, b), 0);
    b[10] = 'y';
    assert_int_equal(mm_text_distance(a, b), 1);
    assert_int_equal(mm_text_distance(a, "x"), 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances), cmocka_unit_test(long_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
