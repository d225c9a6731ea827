/* What a simulated run says of its tensors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/fixture.h"

#include <string.h>

static int setup(void **state)
{
    *state = temp_folder();
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

/* "NAME STORAGE READS WEIGHTS" of each tensor. */
static void assert_said(char *folder, const char *text, const char *expected)
{
    struct mm_simulated_dump said;
    struct mm_buf found = {0};
    if (text)
        put_text(folder, "mmtui-dump.json", text);
    const struct mm_dump dump = {.path = folder};
    assert_int_equal(mm_simulated_dump_read(&said, &dump, NULL), 0);
    for (size_t i = 0; i < said.count; i++) {
        const struct mm_simulated_tensor *tensor = &said.tensor[i];
        mm_buf_printf(&found, "%s %s %s %s\n", tensor->name, mm_dtype_info(tensor->storage)->name,
                      mm_dtype_info(tensor->reads)->name,
                      !tensor->weights      ? "-"
                      : tensor->per_channel ? "channel"
                                            : "tensor");
    }
    assert_string_equal(mm_buf_text(&found), expected);
    mm_simulated_dump_done(&said);
    mm_buf_done(&found);
}

static void rows(void **state)
{
    const char *none = mm_dtype_info(MM_DTYPE_NONE)->name;
    struct mm_buf expected = {0};
    mm_buf_printf(&expected, "x f16 %s -\nconv f16 i8 channel\nmm %s i16 tensor\n/a b %s %s -\n", none, none,
                  none, none);
    assert_said(*state,
                "{\"mmtui_dump\": 1, \"simulation\": {\"storage\": \"f16\"}, \"tensors\": ["
                "{\"name\": \"x\", \"storage\": \"f16\"},"
                "{\"name\": \"conv\", \"storage\": \"f16\", \"reads\": \"i8\", \"weights\": \"per_channel\"},"
                "{\"name\": \"mm\", \"reads\": \"i16\", \"weights\": \"per_tensor\"},"
                "{\"file\": \"nameless.npy\"}, {\"name\": \"/a b\"}]}",
                mm_buf_text(&expected));
    mm_buf_done(&expected);
}

/* A plain run, no list, a damaged one, and rows that are none say nothing. */
static void nothing(void **state)
{
    assert_said(*state, NULL, "");
    assert_said(*state, "{\"mmtui_dump\": 1, \"tensors\": [{\"name\": \"x\", \"reads\": \"i8\"}]}", "");
    assert_said(*state, "{\"simulation\": {}, \"tensors\": [", "");
    assert_said(*state, "{\"simulation\": {}, \"tensors\": {\"name\": \"x\"}}", "");
    assert_said(*state, "{\"simulation\": {}, \"tensors\": [3, \"x\", null]}", "");
    assert_said(*state, "[]", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
