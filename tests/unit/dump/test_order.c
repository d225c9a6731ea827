#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/fixture.h"

/* Each source has a key of its own, and a sentence; that of none says how to give an order. */
static void words(void **state)
{
    (void)state;
    for (int i = 0; i < MM_ORDER_SOURCES; i++) {
        assert_true(mm_order_source_key((enum mm_order_source)i)[0]);
        assert_non_null(strstr(mm_order_source_text((enum mm_order_source)i), "order of execution is"));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(mm_order_source_key((enum mm_order_source)i),
                                    mm_order_source_key((enum mm_order_source)k));
    }
    assert_non_null(strstr(mm_order_source_text(MM_ORDER_UNKNOWN), "--order FILE"));
    assert_non_null(strstr(mm_order_source_text(MM_ORDER_TIMES), "a weak hint"));
    assert_string_equal(mm_order_source_text(MM_ORDER_SOURCES), "");
    assert_string_equal(mm_order_source_key(MM_ORDER_SOURCES), "");
}

static void lists_in_folders(void **state)
{
    (void)state;
    char *folder = temp_folder();
    struct mm_dump dump = {.path = folder};
    assert_null(mm_order_list_in(&dump));
    put_text(folder, "order.json", "[]");
    assert_null(mm_order_list_in(&dump));
    put_text(folder, "layer_output_name_order.json", "[]");
    char *found = mm_order_list_in(&dump);
    assert_string_equal(mm_path_base(found), "layer_output_name_order.json");
    free(found);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(lists_in_folders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
