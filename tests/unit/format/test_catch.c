/* Text of CATCH's dump tool: its lines as the tool's documentation and its own test have them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

#define LINE(type, shape, dumped)                                                                            \
    "Tensor : Type = " type " : Shape = " shape " : Stride = [1] : Dumped = " dumped "\n"

/* The file's tensors, in `folder`/1_op/cnnl_result. */
struct listed {
    struct mm_source source;
    struct mm_arena arena;
    struct mm_members members;
    char *folder, *path;
};

static void list_bytes(struct listed *listed, const char *text, size_t size)
{
    struct mm_err err;
    *listed = (struct listed){.folder = make_folder()};
    put_file(listed->folder, "cnnl_result", text, size);
    listed->path = mm_path_join(listed->folder, "cnnl_result");
    listed->source = (struct mm_source){
        .path = listed->path, .file = "1_op/cnnl_result", .format = mm_format_find("catch")};
    mm_arena_init(&listed->arena);
    if (listed->source.format->list(&listed->source, &listed->arena, &listed->members, &err) < 0)
        fail_msg("%s", err.text);
}

static void list_text(struct listed *listed, const char *text)
{
    list_bytes(listed, text, strlen(text));
}

static void end(struct listed *listed)
{
    mm_members_done(&listed->members);
    mm_arena_done(&listed->arena);
    free(listed->path);
    drop_folder(listed->folder);
}

static void is(const struct listed *listed, size_t place, enum mm_dtype dtype, const char *shape,
               const double *values, size_t count)
{
    struct mm_load load;
    struct mm_err err;
    char text[200];
    if (mm_load_open(&load, &listed->members.entry[place], NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(load.tensor.dtype, dtype);
    assert_string_equal(mm_shape_text(&load.tensor.shape, true, text, sizeof text), shape);
    assert_values(&load.tensor, values, count);
    mm_load_close(&load);
}

static void refused(const char *text, enum mm_code code, const char *sentence)
{
    struct listed listed;
    struct mm_load load;
    struct mm_err err;
    list_text(&listed, text);
    assert_int_equal(listed.members.count, 1);
    assert_int_equal(mm_load_open(&load, &listed.members.entry[0], NULL, &err), -1);
    assert_int_equal(err.code, code);
    assert_string_equal(err.text, sentence);
    end(&listed);
}

static void one_tensor(void **state)
{
    static const double values[] = {-6.17937f, 7e-08f, NAN, -INFINITY, 0, 1e+20f};
    struct listed listed;
    (void)state;
    list_text(&listed, LINE("Float", "[2, 3]", "6") "-6.17937\n7e-08\nnan\n-inf\n0\n1e+20\n");
    assert_int_equal(listed.members.count, 1);
    assert_string_equal(listed.members.entry[0].member, "cnnl_result");
    assert_string_equal(listed.members.entry[0].label, "1_op/cnnl_result");
    assert_int_equal(listed.members.entry[0].kept, MM_KEPT_ALL);
    is(&listed, 0, MM_F32, "2x3", values, 6);
    end(&listed);
}

/* The form of the documentation, without strides, and lines that end as on another system. */
static void other_lines(void **state)
{
    static const double values[] = {1, -2};
    struct listed listed;
    (void)state;
    list_text(&listed, "Tensor : Type = Half : Shape = [2] : Dumped = 2\r\n1\r\n-2\r\n");
    is(&listed, 0, MM_F16, "2", values, 2);
    end(&listed);
}

static void types(void **state)
{
    static const struct {
        const char *text;
        enum mm_dtype dtype;
    } all[] = {{LINE("BFloat16", "[1]", "1") "1\n", MM_BF16}, {LINE("Double", "[1]", "1") "1\n", MM_F64},
               {LINE("Byte", "[1]", "1") "1\n", MM_U8},       {LINE("Char", "[1]", "1") "1\n", MM_I8},
               {LINE("Short", "[1]", "1") "1\n", MM_I16},     {LINE("Int", "[1]", "1") "1\n", MM_I32},
               {LINE("Long", "[1]", "1") "1\n", MM_I64},      {LINE("Bool", "[1]", "1") "1\n", MM_BOOL}};
    static const double one[] = {1};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(all); i++) {
        struct listed listed;
        list_text(&listed, all[i].text);
        is(&listed, 0, all[i].dtype, "1", one, 1);
        end(&listed);
    }
}

static void several(void **state)
{
    static const double first[] = {4, 5}, third[] = {3};
    struct listed listed;
    (void)state;
    list_text(&listed, "Tuple : Size = 4\n" LINE("Float", "[2]", "2") "4\n5\nTensor : Type = Empty\n" LINE(
                           "Int", "[1, 1]", "1") "3\nScalar : Type = int\n9\n");
    assert_int_equal(listed.members.count, 2);
    assert_int_equal(listed.members.skipped, 1);
    assert_string_equal(listed.members.entry[0].member, "cnnl_result[0]");
    assert_string_equal(listed.members.entry[1].member, "cnnl_result[2]");
    assert_string_equal(listed.members.entry[1].label, "1_op/cnnl_result: tensor 2");
    is(&listed, 0, MM_F32, "2", first, 2);
    is(&listed, 1, MM_I32, "1x1", third, 1);
    end(&listed);
}

static void without_tensors(void **state)
{
    static const char *const texts[] = {"Scalar : Type = float\n1\n", "Vector : Size = 2\n1\n1\n",
                                        "Optional : None\n", "Tensor : Type = Undefined\n"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        struct listed listed;
        list_text(&listed, texts[i]);
        assert_int_equal(listed.members.count, 0);
        assert_int_equal(listed.members.skipped, 1);
        end(&listed);
    }
}

/* Levels 0 and 1 of the tool. */
static void parts(void **state)
{
    static const double first[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, sum[] = {49.2f}, truths[] = {6};
    struct listed listed;
    (void)state;
    list_text(&listed, LINE("Float", "[3, 4]", "10") "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
    assert_int_equal(listed.members.entry[0].kept, MM_KEPT_FIRST);
    is(&listed, 0, MM_F32, "10", first, 10);
    end(&listed);
    list_text(&listed, LINE("Float", "[12]", "1") "49.2\n");
    assert_int_equal(listed.members.entry[0].kept, MM_KEPT_SUM);
    is(&listed, 0, MM_F32, "1", sum, 1);
    end(&listed);
    list_text(&listed, LINE("Bool", "[12]", "1") "6\n");
    is(&listed, 0, MM_I64, "1", truths, 1);
    end(&listed);
}

static void wrong(void **state)
{
    (void)state;
    refused(LINE("Float", "[3]", "3") "1\n2\n", MM_ECORRUPT,
            "1_op/cnnl_result: has 2 values; its first line says 3 were dumped");
    refused(LINE("Float", "[3]", "3") "1\n2\n3\n4\n", MM_ECORRUPT,
            "1_op/cnnl_result: has 4 values; its first line says 3 were dumped");
    refused(LINE("Float", "[2]", "2") "1\nUnknown error\n", MM_ECORRUPT,
            "1_op/cnnl_result: line 3: not a number: 'Unknown error'");
    refused(LINE("QInt8", "[1]", "1") "1\n", MM_EUNSUPPORTED,
            "1_op/cnnl_result: values of the type QInt8 are not read");
    refused(LINE("Float", "[3]", "4") "1\n", MM_ECORRUPT,
            "1_op/cnnl_result: says that 4 of 3 values were dumped");
    refused(LINE("Float", "[3]", "-1") "1\n", MM_ECORRUPT,
            "1_op/cnnl_result: says that -1 of 3 values were dumped");
    refused("Tensor : Type = Float : Shape = [4294967296, 4294967296] : Dumped = 1\n1\n", MM_ECORRUPT,
            "1_op/cnnl_result: the line before the values has no Shape and Dumped: \"Tensor : Type = Float : "
            "Shape = "
            "[4294967296, 4294967296] : Dumped = 1\"");
    refused(
        "Tensor : Type = Float\n1\n", MM_ECORRUPT,
        "1_op/cnnl_result: the line before the values has no Shape and Dumped: \"Tensor : Type = Float\"");
}

/* Of a large file values are not counted before they are read; who reads them finds what is wrong, and where. */
static void large(void **state)
{
    enum { COUNT = 20000 };
    struct mm_buf text = {0};
    struct mm_load load;
    struct mm_err err;
    struct listed listed;
    (void)state;
    mm_buf_printf(&text, LINE("Float", "[%d]", "%d"), COUNT, COUNT);
    for (int i = 0; i < COUNT; i++)
        mm_buf_printf(&text, "%d.5\n", i);
    list_bytes(&listed, mm_buf_text(&text), text.length);
    assert_int_equal(mm_load_open(&load, &listed.members.entry[0], NULL, &err), 0);
    assert_true(load.uncounted);
    assert_true(mm_tensor_at(&load.tensor, COUNT - 1) == COUNT - 0.5);
    assert_int_equal(mm_load_validate(&load, &listed.members.entry[0], NULL, &err), 0);
    assert_false(load.uncounted);
    assert_true(mm_tensor_at(&load.tensor, COUNT - 1) == COUNT - 0.5);
    mm_load_close(&load);
    end(&listed);
    text.data[text.length / 2] = 'x';
    list_bytes(&listed, mm_buf_text(&text), text.length);
    assert_int_equal(mm_load_open(&load, &listed.members.entry[0], NULL, &err), 0);
    assert_int_equal(mm_load_validate(&load, &listed.members.entry[0], NULL, &err), -1);
    assert_non_null(strstr(err.text, "1_op/cnnl_result: line "));
    assert_non_null(strstr(err.text, ": not a number: '"));
    mm_load_close(&load);
    end(&listed);
    mm_buf_done(&text);
}

static void what_is_none(void **state)
{
    static const char *const texts[] = {"", "Tensor", "1\n2\n", "Tensor: Type = Float\n",
                                        "# Tensor : Type = Float\n"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(texts); i++)
        assert_false(mm_format_find("catch")->probe((const uint8_t *)texts[i], strlen(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_tensor), cmocka_unit_test(other_lines),     cmocka_unit_test(types),
        cmocka_unit_test(several),    cmocka_unit_test(without_tensors), cmocka_unit_test(parts),
        cmocka_unit_test(wrong),      cmocka_unit_test(large),           cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
