#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "small.h"

static void goldens(void **state)
{
    struct small *small = *state;
    small_goldens(small, "layers");
    small_keys(small, "j j Space Space p p k k k /\n\"e\" Enter");
    small_goldens(small, "layers-chosen");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goldens, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
