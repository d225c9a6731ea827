/* Tab in a filter and in a list of columns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#include "ui/key.h"

static const char *line_after(struct small *small, const char *keys)
{
    small_keys(small, keys);
    return small->app->prompt.line.text;
}

static void filters(void **state)
{
    struct small *small = *state;
    assert_string_equal(line_after(small, "& \"!cau\" Tab"), "!cause");
    small_keys(small, "\"=ov\" Tab Enter"); /* of the causes that layers have; here none was looked for */
    small_keys(small, "Esc Esc Esc");
    assert_string_equal(line_after(small, "& \"bad verd\" Tab"), "bad verdict");
    assert_string_equal(line_after(small, "\"=sh\" Tab"), "bad verdict=shape");
    small_keys(small, "Enter");
    assert_int_equal(small->layers->list.count, 1);
    assert_string_equal(small_selected(small), "reshape");
    assert_string_equal(line_after(small, "& \"dtype=I\" Tab"), "dtype=i8"); /* in any case */
    small_keys(small, "Esc Esc");
    assert_string_equal(line_after(small, ": \"filter name~qu\" Tab"), "filter name~quant");
}

static void columns(void **state)
{
    struct small *small = *state;
    assert_string_equal(line_after(small, ": \"columns lay\" Tab"), "columns layer");
    assert_string_equal(line_after(small, "\",cer\" Tab"), "columns layer,certainty");
    assert_string_equal(line_after(small, "\",lay\" Tab"),
                        "columns layer,certainty,lay"); /* is there already */
    small_keys(small, "Esc Esc");
    assert_string_equal(line_after(small, ": \"columns usu\" Tab"), "columns usual");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(filters, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(columns, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
