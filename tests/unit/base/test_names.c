#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/names.h"

#include <stdio.h>

static void numbers_in_the_order_of_adding(void **state)
{
    struct mm_names names;
    struct mm_arena arena;
    (void)state;
    mm_names_init(&names);
    mm_arena_init(&arena);
    assert_int_equal(mm_names_find(&names, "conv", 4), -1);
    assert_int_equal(mm_names_add(&names, &arena, "conv", 4), 0);
    assert_int_equal(mm_names_add(&names, &arena, "", 0), 1);
    assert_int_equal(mm_names_add(&names, &arena, "conv1", 5), 2);
    assert_int_equal(mm_names_add(&names, &arena, "conv", 4), 0);
    assert_int_equal(mm_names_find(&names, "conv1", 4), 0); /* the length counts */
    assert_int_equal(mm_names_find(&names, "conv12", 6), -1);
    assert_int_equal(mm_names_find(&names, "", 0), 1);
    assert_int_equal(mm_names_find(&names, "con", 3), -1);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.name[2].text, "conv1");
    mm_names_done(&names);
    mm_arena_done(&arena);
}

static void many(void **state)
{
    struct mm_names names;
    struct mm_arena arena;
    char text[32];
    (void)state;
    mm_names_init(&names);
    mm_arena_init(&arena);
    for (int i = 0; i < 20000; i++) {
        int length = snprintf(text, sizeof text, "/layer.%d/Conv", i);
        assert_int_equal(mm_names_add(&names, &arena, text, (size_t)length), i);
    }
    assert_true(names.slots >= 2 * names.count);
    for (int i = 0; i < 40000; i++) {
        int length = snprintf(text, sizeof text, "/layer.%d/Conv", i);
        assert_int_equal(mm_names_find(&names, text, (size_t)length), i < 20000 ? i : -1);
    }
    mm_names_done(&names);
    mm_arena_done(&arena);
}

/* Each added, taken back and added again, at every size of the table: the others are found all along. */
static void taken_back(void **state)
{
    struct mm_names names;
    struct mm_arena arena;
    char text[32];
    (void)state;
    mm_names_init(&names);
    mm_arena_init(&arena);
    for (int i = 0; i < 3000; i++) {
        size_t length = (size_t)snprintf(text, sizeof text, "%d", i);
        assert_int_equal(mm_names_add(&names, &arena, text, length), i);
        mm_names_take_back(&names);
        assert_int_equal(names.count, i);
        assert_int_equal(mm_names_find(&names, text, length), -1);
        assert_int_equal(mm_names_add(&names, &arena, text, length), i);
    }
    for (int i = 0; i < 3000; i++)
        assert_int_equal(mm_names_find(&names, text, (size_t)snprintf(text, sizeof text, "%d", i)), i);
    mm_names_done(&names);
    mm_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_the_order_of_adding),
        cmocka_unit_test(many),
        cmocka_unit_test(taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
