/* The way back from jumps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "views/jump_list.h"

static void back_by_the_way_that_was_gone(void **state)
{
    struct jump_list jumps = {0};
    size_t from;
    (void)state;
    assert_false(jump_list_back(&jumps, 5, &from));
    jump_list_add(&jumps, 5, 9);
    jump_list_add(&jumps, 9, 2);
    assert_true(jump_list_back(&jumps, 2, &from));
    assert_int_equal(from, 9);
    assert_true(jump_list_back(&jumps, 9, &from));
    assert_int_equal(from, 5);
    assert_false(jump_list_back(&jumps, 5, &from));
}

/* Who walks on after a jump has left the trail, for good. */
static void walking_on_ends_it(void **state)
{
    struct jump_list jumps = {0};
    size_t from;
    (void)state;
    jump_list_add(&jumps, 5, 9);
    assert_false(jump_list_back(&jumps, 10, &from));
    assert_false(jump_list_back(&jumps, 9, &from));
    jump_list_add(&jumps, 5, 9);
    jump_list_add(&jumps, 11, 3); /* from elsewhere: a new trail */
    assert_true(jump_list_back(&jumps, 3, &from));
    assert_int_equal(from, 11);
    assert_false(jump_list_back(&jumps, 9, &from));
}

static void the_oldest_jumps_are_forgotten(void **state)
{
    struct jump_list jumps = {0};
    size_t at, from;
    (void)state;
    for (at = 0; at < JUMP_LIST_MAX + 10; at++)
        jump_list_add(&jumps, at, at + 1);
    for (int i = 0; i < JUMP_LIST_MAX; i++, at = from) {
        assert_true(jump_list_back(&jumps, at, &from));
        assert_int_equal(from, at - 1);
    }
    assert_int_equal(at, 10);
    assert_false(jump_list_back(&jumps, at, &from));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(back_by_the_way_that_was_gone),
        cmocka_unit_test(walking_on_ends_it),
        cmocka_unit_test(the_oldest_jumps_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
