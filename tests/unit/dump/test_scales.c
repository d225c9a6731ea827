#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/fixture.h"

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

/* "NAME axis: scale-zero ..." for each tensor, or the error without the path. */
static void assert_scales(char *folder, const char *text, const char *expected)
{
    struct mm_scales_file file;
    struct mm_err err = {MM_OK, ""};
    struct mm_buf found = {0};
    put_text(folder, "scales.json", text);
    char *path = in_folder(folder, "scales.json");
    if (mm_scales_file_read(&file, path, &err) < 0)
        mm_buf_puts(&found, err.text + strlen(path));
    for (size_t i = 0; i < file.count; i++) {
        const struct mm_scales *scales = &file.tensor[i].scales;
        assert_int_equal(scales->dtype, MM_DTYPE_NONE);
        mm_buf_printf(&found, "%s %d:", file.tensor[i].name, scales->axis);
        for (int64_t k = 0; k < scales->count; k++)
            mm_buf_printf(&found, " %g-%g", scales->scale[k],
                          scales->zero_point ? scales->zero_point[k] : -1);
        mm_buf_putc(&found, '\n');
    }
    assert_string_equal(mm_buf_text(&found), expected);
    mm_scales_file_done(&file);
    mm_buf_done(&found);
    free(path);
}

static void scales(void **state)
{
    assert_scales(*state, "{\"/a/b\": {\"scale\": 0.5, \"zero_point\": 114}, \"c\\u00e9\": {\"scale\": 2}}",
                  "/a/b 1: 0.5-114\nc\xc3\xa9 1: 2--1\n");
    assert_scales(*state, "{\"w\": {\"axis\": 0, \"scale\": [1, 2], \"zero_point\": [0, 3]}}",
                  "w 0: 1-0 2-3\n");
    assert_scales(*state, "{\"w\": {\"axis\": 3, \"scale\": [1, 2], \"zero_point\": 7}}", "w 3: 1-7 2-7\n");
    assert_scales(*state, "{\"w\": {\"scale\": [0.25], \"zero_point\": [9]}}", "w 1: 0.25-9\n");
}

static void errors(void **state)
{
    static const char object[] =
        ": \"x\": not an object with a scale: {\"scale\": S, \"zero_point\": Z, \"axis\": K}";
    static const char numbers[] = ": \"x\": is not a number or a list of numbers (scale, zero_point)";
    assert_scales(*state, "{\"x\": 0.5}", object);
    assert_scales(*state, "{\"x\": {\"zero_point\": 1}}", object);
    assert_scales(*state, "{\"x\": {\"scale\": 1, \"Axis\": 1}}",
                  ": \"x\": has a key other than scale, zero_point and axis");
    assert_scales(*state, "{\"x\": {\"scale\": []}}", numbers);
    assert_scales(*state, "{\"x\": {\"scale\": [1, \"2\"]}}", numbers);
    assert_scales(*state, "{\"x\": {\"scale\": \"1\"}}", numbers);
    assert_scales(*state, "{\"x\": {\"scale\": 1, \"zero_point\": null}}", numbers);
    assert_scales(*state, "{\"x\": {\"scale\": [1, 0]}}", ": \"x\": scale: not above 0");
    assert_scales(*state, "{\"x\": {\"scale\": 1e999}}", ": \"x\": scale: not above 0");
    assert_scales(*state, "{\"x\": {\"scale\": 1, \"zero_point\": 0.5}}",
                  ": \"x\": zero_point: not a whole number");
    assert_scales(*state, "{\"x\": {\"scale\": [1, 2, 3], \"zero_point\": [0, 1]}}",
                  ": \"x\": not as many zero points as scales");
    assert_scales(*state, "{\"x\": {\"scale\": 1, \"axis\": -1}}",
                  ": \"x\": axis: not a whole number from 0 to 15");
    assert_scales(*state, "{\"x\": {\"scale\": 1, \"axis\": 16}}",
                  ": \"x\": axis: not a whole number from 0 to 15");
    assert_scales(*state, "[]", ": not an object of tensors by their names");
    assert_scales(*state, "{}", ": not an object of tensors by their names");
}

static void in_a_folder(void **state)
{
    struct mm_dump dump = {.path = *state};
    char *path = mm_scales_file_in(&dump);
    assert_null(path);
    put_text(*state, "scales.json", "{}");
    path = mm_scales_file_in(&dump);
    char *expected = in_folder(*state, "scales.json");
    assert_string_equal(path, expected);
    free(path);
    free(expected);
    dump.is_file = true;
    assert_null(mm_scales_file_in(&dump));
    struct mm_scales_file none = {.count = 0};
    mm_scales_file_done(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(scales, setup, teardown),
        cmocka_unit_test_setup_teardown(errors, setup, teardown),
        cmocka_unit_test_setup_teardown(in_a_folder, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
