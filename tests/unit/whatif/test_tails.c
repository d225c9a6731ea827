#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/whatif.h"
#include "whatif/tails.h"

#include <math.h>

static void put(struct mm_tail *tail, double x)
{
    if (x > tail->value[0])
        mm_tail_put(tail, x);
}

/* 0 .. 999 in several orders: the 7 greatest are left. */
static void greatest(void **state)
{
    (void)state;
    for (int step = 1; step < 1000; step += 2) {
        double memory[7];
        struct mm_tail tail;
        mm_tail_init(&tail, memory, 7);
        if (step % 5 == 0)
            continue; /* shares a factor with 1000: not all would be seen */
        for (int i = 0; i < 1000; i++)
            put(&tail, (double)(i * step % 1000));
        mm_tail_sort(&tail);
        for (int i = 0; i < 7; i++)
            assert_true(memory[i] == 999 - i);
    }
}

static void few_and_equal(void **state)
{
    (void)state;
    double memory[4];
    struct mm_tail tail;
    mm_tail_init(&tail, memory, 4);
    put(&tail, 5);
    put(&tail, 7);
    mm_tail_sort(&tail);
    assert_true(memory[0] == 7 && memory[1] == 5 && memory[2] == -INFINITY && memory[3] == -INFINITY);
    mm_tail_init(&tail, memory, 4);
    for (int i = 0; i < 10; i++)
        put(&tail, i < 5 ? 1 : 2);
    mm_tail_sort(&tail);
    assert_true(memory[0] == 2 && memory[3] == 2);
    mm_tail_init(&tail, memory, 1);
    put(&tail, -3);
    put(&tail, -4);
    assert_true(memory[0] == -3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greatest),
        cmocka_unit_test(few_and_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
