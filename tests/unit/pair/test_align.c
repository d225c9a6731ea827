/* Two sequences laid along each other: weights by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair/align.h"
#include "unit/near.h"

static void run(struct align *align, size_t rows, size_t columns, const float *weight)
{
    assert_int_equal(align_init(align, rows, columns), 0);
    for (size_t i = 0; i < rows * columns; i++)
        align->weight[i] = weight[i];
    align_run(align);
}

/* 3 + 2 in order are more than the 4 that crosses both. */
static void most_weight_in_order(void **state)
{
    (void)state;
    struct align align;
    const float weight[] = {3, 0, 0, /**/ 0, 0, 2, /**/ 4, 0, 0};
    run(&align, 3, 3, weight);
    assert_int_equal(align.column[0], 0);
    assert_int_equal(align.column[1], 2);
    assert_int_equal(align.column[2], ALIGN_NONE);
    assert_near(align_loss(&align, 0, 0), 0, 0);
    assert_near(align_loss(&align, 2, 0), 1, 1e-6); /* 4 instead of 5 */
    assert_near(align_loss(&align, 0, 1), 3, 1e-6); /* nothing there, and 2 behind it */
    align_done(&align);
}

static void gaps_on_both_sides(void **state)
{
    (void)state;
    struct align align;
    const float weight[] = {0, 1, 0, 0, /**/ 0, 0, 0, 0, /**/ 0, 0, 0, 1};
    run(&align, 3, 4, weight);
    assert_int_equal(align.column[0], 1);
    assert_int_equal(align.column[1], ALIGN_NONE);
    assert_int_equal(align.column[2], 3);
    align_done(&align);
}

static void empty(void **state)
{
    (void)state;
    struct align align;
    run(&align, 0, 3, NULL);
    align_done(&align);
    assert_int_equal(align_init(&align, SIZE_MAX / 2, 8), -1);
    align_done(&align);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(most_weight_in_order),
                                       cmocka_unit_test(gaps_on_both_sides), cmocka_unit_test(empty)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
