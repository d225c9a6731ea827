/* The screen that says what the two dumps are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

static void golden(void **state)
{
    struct small *small = *state;
    small_keys(small, "i");
    assert_string_equal(app_top(small->app)->ops->name, "source");
    small_goldens(small, "source");
    small_keys(small, "q");
    assert_string_equal(app_top(small->app)->ops->name, "layers");
}

static void all_sizes(void **state)
{
    struct small *small = *state;
    small_keys(small, "i");
    small_draw_all_sizes(small);
}

/* From one layer, too; a narrow screen scrolls. */
static void scrolls(void **state)
{
    struct small *small = *state;
    small_keys(small, "Enter i");
    assert_string_equal(app_top(small->app)->ops->name, "source");
    app_resize(small->app, 40, 10);
    small_keys(small, "G");
    assert_false(small_shows(small, " src  src"));
    small_keys(small, "g");
    assert_true(small_shows(small, " src  src"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(golden), TEST(all_sizes), TEST(scrolls)};
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
