#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/format/format_testing.h"
#include "graph/names.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_the_order_of_adding),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
