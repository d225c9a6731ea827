#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/name_list.h"
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

/* The list of that name with this text: 0 or -1 with err. */
static int read_text(char *folder, const char *file, const char *text, struct mm_arena *arena,
                     struct name_list *list, struct mm_err *err)
{
    put_text(folder, file, text);
    char *path = in_folder(folder, file);
    *list = (struct name_list){
        .kind = name_list_kind(file), .path = mm_arena_strdup(arena, path), .under = "", .arena = arena};
    free(path);
    assert_non_null(list->kind);
    return name_list_read(list, err);
}

/* "STEM=NAME@PLACE" of each, sorted by stem. */
static void assert_rows(char *folder, const char *file, const char *text, const char *expected)
{
    struct mm_arena arena = {0};
    struct name_list list;
    struct mm_err err = {MM_OK, ""};
    struct mm_buf found = {0};
    if (read_text(folder, file, text, &arena, &list, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < list.count; i++) {
        const struct name_row *row = &list.row[i];
        mm_buf_printf(&found, "%s=%s@%zu ", row->stem, row->name, row->place);
        assert_string_equal(name_list_find(&list, row->stem)->stem, row->stem);
    }
    assert_string_equal(mm_buf_text(&found), expected);
    assert_null(name_list_find(&list, "zzz"));
    assert_null(name_list_find(&list, ""));
    mm_buf_done(&found);
    name_list_done(&list);
    mm_arena_done(&arena);
}

static void assert_refused(char *folder, const char *file, const char *text, const char *part)
{
    struct mm_arena arena = {0};
    struct name_list list;
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(read_text(folder, file, text, &arena, &list, &err), -1);
    if (!strstr(err.text, part) || !strstr(err.text, file))
        fail_msg("'%s' should name the file and say '%s'", err.text, part);
    name_list_done(&list);
    mm_arena_done(&arena);
}

static void trtexec(void **state)
{
    static const char text[] =
        "{\"metadata\": {\"title\": \"x\"}, \"tensors\": [\n"
        "{\"name\": \"/z/Conv\", \"shape\": [1], \"files\": {\"numpy\": \"0000_zConv.npy\", \"raw\": "
        "\"b/0000_zC.raw\"}},\n"
        "{\"name\": \"a\", \"files\": {\"string\": \"0001_a.str\", \"numpy\": \"0001_a_to_float.npy\"}},\n"
        "{\"shape\": [], \"files\": {\"numpy\": \"no_name.npy\"}}, {\"name\": \"no file\"}, 3]}";
    assert_rows(*state, "tensor_summary.json", text,
                "0000_zC=/z/Conv@1 0000_zConv=/z/Conv@0 0001_a.str=a@2 0001_a_to_float=a@3 ");
    assert_refused(*state, "tensor_summary.json", "{\"tensors\": [}", "line 1");
    assert_refused(*state, "tensor_summary.json", "{}", "names no file with a tensor");
    assert_refused(*state, "tensor_summary.json", "", "");
}

/* mmtui dump and its scripts: names with operators, and what could not be dumped. */
static void script(void **state)
{
    static const char text[] = "{\"script\": \"mmtui\", \"tensors\": [\n"
                               "{\"name\": \"a\", \"op_type\": \"Conv\", \"file\": \"0_a.npy\"},"
                               "{\"name\": \"b\", \"op_type\": \"\", \"file\": \"1_b.npy\"},"
                               "{\"name\": \"c\", \"op_type\": 3, \"file\": \"2_c.npy\"}],"
                               "\"not_seen\": [\"fc: was not called\", \"d: is traced\"]}";
    struct mm_arena arena = {0};
    struct name_list list;
    assert_int_equal(read_text(*state, "mmtui-dump.json", text, &arena, &list, NULL), 0);
    assert_int_equal(list.not_seen, 2);
    assert_int_equal(list.count, 3);
    assert_string_equal(name_list_find(&list, "0_a")->op_type, "Conv");
    assert_null(name_list_find(&list, "1_b")->op_type);
    assert_null(name_list_find(&list, "2_c")->op_type);
    name_list_done(&list);
    mm_arena_done(&arena);
    assert_rows(*state, "mmtui-dump.json", text, "0_a=a@0 1_b=b@1 2_c=c@2 ");
    assert_refused(*state, "mmtui-dump.json", "{\"not_seen\": 3}", "names no file with a tensor");
}

static void rknn(void **state)
{
    static const char text[] = "layer_name             file_name\r\n"
                               "---------------------------------\r\n"
                               "[Conv] /z/Conv   z_Conv\r\n"
                               "\r\n"
                               "  lone\r\n"
                               "a\ta_0.npy\r\n"
                               "last   last.txt";
    assert_rows(*state, "map_name_to_file.txt", text, "a_0=a@1 last=last@2 z_Conv=[Conv] /z/Conv@0 ");
    assert_refused(*state, "map_name_to_file.txt", "layer_name file_name\n", "names no file");
}

static void msprobe(void **state)
{
    static const char text[] =
        "{\"task\": \"tensor\", \"data_name\": \"outside.npy\", \"data\": {"
        "\"z.forward\": {\"input_args\": [{\"Max\": NaN, \"data_name\": \"z.forward.input.0.pt\"}, null],"
        "\"output\": [[{\"data_name\": \"z.forward.output.0.0.pt\"}]]},"
        "\"a.forward\": {\"output\": [{\"data_name\": 3}, {\"data_name\": \"a.forward.output.1.npy\"}]}}}";
    assert_rows(*state, "dump.json", text,
                "a.forward.output.1=a.forward.output.1@2 z.forward.input.0=z.forward.input.0@0 "
                "z.forward.output.0.0=z.forward.output.0.0@1 ");
    assert_refused(*state, "dump.json", "{\"data\": []}", "names no file");
}

static void statistics(void **state)
{
    static const struct {
        const char *file, *text;
        bool expected;
    } cases[] = {
        {"dump.json", "{\"task\": \"statistics\", \"data\": {}}", true},
        {"dump.json", "{\"task\": \"tensor\", \"data\": {}}", false},
        {"dump.json", "{\"task\": \"statistics\"", false},
        {"tensor_summary.json", "{\"task\": \"statistics\"}", false},
    };
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        char *path = in_folder(*state, cases[i].file);
        put_text(*state, cases[i].file, cases[i].text);
        const struct name_list list = {.kind = name_list_kind(cases[i].file), .path = path};
        assert_int_equal(name_list_statistics(&list), cases[i].expected);
        free(path);
    }
}

static void aimet(void **state)
{
    assert_rows(*state, "layer_output_name_order.json", "{\"layer_output_names\": [\"z.conv\", \"a.bin\"]}",
                "a.bin=a.bin@1 z.conv=z.conv@0 ");
}

/* The first of two rows of one file counts. */
static void repeated(void **state)
{
    assert_rows(*state, "map_name_to_file.txt", "z f\na f\n", "f=z@0 f=a@1 ");
}

static void no_list(void **state)
{
    (void)state;
    assert_null(name_list_kind("tensor_summary.txt"));
    assert_null(name_list_kind(""));
    assert_true(name_list_kind("layer_output_name_order.json")->outputs);
    assert_false(name_list_kind("dump.json")->outputs);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(trtexec),    TEST(script), TEST(rknn),     TEST(msprobe),
                                       TEST(statistics), TEST(aimet),  TEST(repeated), TEST(no_list)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
