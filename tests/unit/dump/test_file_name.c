#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/format/format_testing.h"

static struct mm_arena arena;

static int setup(void **state)
{
    (void)state;
    mm_arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mm_arena_done(&arena);
    return 0;
}

static struct mm_file_name parse(const char *file)
{
    struct mm_file_name out;
    if (!mm_file_name_parse(file, &arena, &out))
        fail_msg("'%s' is a tensor file", file);
    return out;
}

static void magicmind_names(void **state)
{
    static const struct {
        const char *file;
        int64_t stamp;
        const char *name;
        const char *format;
    } cases[] = {
        {"1001_conv1_output.pb", 1001, "conv1_output", "pb"},
        {"1001_conv1_output.pbtxt", 1001, "conv1_output", "pbtxt"},
        {"0_a.pb", 0, "a", "pb"},
        {"007__.pb", 7, "_", "pb"},
        {"5_x.pb.pb", 5, "x.pb", "pb"},
        {"5_x.npy.pbtxt", 5, "x.npy", "pbtxt"},
        {"5_12_x.pb", 5, "12_x", "pb"},
        {"9_\xff\x1b[2J.pb", 9, "\xff\x1b[2J", "pb"},
        {"99999999999999999999999_late.pb", INT64_MAX, "late", "pb"},
        {"9223372036854775807_last.pb", INT64_MAX, "last", "pb"},
        {"9223372036854775806_last.pb", INT64_MAX - 1, "last", "pb"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_file_name name = parse(cases[i].file);
        assert_int_equal(name.stamp, cases[i].stamp);
        assert_string_equal(name.name, cases[i].name);
        assert_ptr_equal(name.format, mm_format_find(cases[i].format));
        assert_int_equal(name.axis.kind, MM_AXIS_NONE);
        assert_int_equal(name.suffix, -1);
    }
}

static void axis_moves(void **state)
{
    (void)state;
    struct mm_file_name name = parse("12_conv@axis1to-1.pb");
    assert_string_equal(name.name, "conv");
    assert_int_equal(name.axis.kind, MM_AXIS_MOVE);
    assert_int_equal(name.axis.from, 1);
    assert_int_equal(name.axis.to, -1);
    assert_int_equal(name.suffix, -1);

    name = parse("12_conv@axis-1to1-40.pbtxt");
    assert_int_equal(name.axis.from, -1);
    assert_int_equal(name.axis.to, 1);
    assert_int_equal(name.suffix, 40);
}

static void axis_lists(void **state)
{
    (void)state;
    struct mm_file_name name = parse("12_conv@axis[0,2,3,1]-7.pb");
    assert_string_equal(name.name, "conv");
    assert_int_equal(name.axis.kind, MM_AXIS_PERMUTE);
    assert_int_equal(name.axis.rank, 4);
    assert_int_equal(name.axis.perm[1], 2);
    assert_int_equal(name.axis.perm[3], 1);
    assert_int_equal(name.suffix, 7);
    name = parse("1_s@axis[0].pb");
    assert_int_equal(name.axis.rank, 1);
    name = parse("1_a@axis1to2@axis[1,0].pb"); /* the last one counts, what stands before is name */
    assert_string_equal(name.name, "a@axis1to2");
    assert_int_equal(name.axis.kind, MM_AXIS_PERMUTE);
}

static void no_layout_change_is_part_of_the_name(void **state)
{
    static const char *const rest[] = {"@axis",
                                       "@axis1to",
                                       "@axis1",
                                       "@axis[]",
                                       "@axis[0,2",
                                       "@axis[0,]",
                                       "@axis[10]",
                                       "@axis1to2-",
                                       "@axis1to2-x",
                                       "@axis12to3",
                                       "@axisato1",
                                       "@axis1to2x",
                                       "@_functionalize_3",
                                       "@axis[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6]"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rest); i++) {
        char file[80], expected[80];
        snprintf(file, sizeof file, "3_x%s.pb", rest[i]);
        snprintf(expected, sizeof expected, "x%s", rest[i]);
        struct mm_file_name name = parse(file);
        assert_string_equal(name.name, expected);
        assert_int_equal(name.axis.kind, MM_AXIS_NONE);
        assert_int_equal(name.suffix, -1);
    }
    assert_string_equal(parse("3_@axis1to2.pb").name, "@axis1to2"); /* a name can't be empty */
}

static void numpy_names(void **state)
{
    (void)state;
    struct mm_file_name name = parse("batch_norm_0.tmp_3.npy");
    assert_int_equal(name.stamp, -1);
    assert_string_equal(name.name, "batch_norm_0.tmp_3");
    name = parse("17_conv@axis1to-1.npy");
    assert_int_equal(name.stamp, 17);
    assert_string_equal(name.name, "conv@axis1to-1");
    assert_int_equal(name.axis.kind, MM_AXIS_NONE);
    name = parse("17_.npy");
    assert_int_equal(name.stamp, -1);
    assert_string_equal(name.name, "17_");
    assert_string_equal(parse("17.npy").name, "17");
}

static void other_files(void **state)
{
    static const char *const files[] = {"",          "README", ".npy",   ".pb",      "conv.pb",    "_conv.pb",
                                        "12_.pb",    "12.pb",  "12x.pb", "12_x.PB",  "12_x.pb.gz", "-1_x.pb",
                                        "12_x.pbtx", "x.np",   "x_pb",   "12_x.zip", "12_.pbtxt"};
    struct mm_file_name out;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        if (mm_file_name_parse(files[i], &arena, &out))
            fail_msg("'%s' is no tensor file", files[i]);
        assert_null(out.format);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magicmind_names), cmocka_unit_test(axis_moves),
        cmocka_unit_test(axis_lists),      cmocka_unit_test(no_layout_change_is_part_of_the_name),
        cmocka_unit_test(numpy_names),     cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
