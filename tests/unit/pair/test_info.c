/* What is kept of a header. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/pair.h"

static void strings_outlive_the_file(void **state)
{
    char node[] = "conv1";
    struct mm_load load = {.node_name = node, .index = 2, .is_output = true};
    struct mm_info info;

    (void)state;
    load.tensor = (struct mm_tensor){.dtype = MM_F16, .shape = {2, {3, 4}}, .count = 12};
    assert_int_equal(mm_info_take(&info, &load), 0);
    node[0] = '?';
    assert_string_equal(info.node_name, "conv1");
    assert_string_equal(info.op_type, ""); /* never NULL once known */
    assert_true(info.known && info.dtype == MM_F16 && info.count == 12 && info.shape.dim[1] == 4);
    assert_true(info.index == 2 && info.is_output);
    mm_info_done(&info);
    assert_false(info.known);
    mm_info_done(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_outlive_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
