#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/format/format_testing.h"

#include <sys/stat.h>

static char *folder;

static int setup(void **state)
{
    (void)state;
    folder = make_folder();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    drop_folder(folder);
    return 0;
}

static void put_all(const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_text(folder, names[i], "");
}

static struct mm_dump *open_dump(void)
{
    struct mm_dump *dump;
    struct mm_err err = {MM_OK, ""};
    if (mm_dump_open(&dump, folder, NULL, &err) < 0)
        fail_msg("%s", err.text);
    return dump;
}

static void assert_order(const struct mm_dump *dump, const char *const *files, size_t n)
{
    assert_int_equal(dump->count, n);
    for (size_t i = 0; i < n; i++) {
        char *path = mm_path_join(folder, files[i]);
        assert_string_equal(dump->entries[i].source->file, files[i]);
        assert_string_equal(dump->entries[i].source->path, path);
        assert_int_equal(dump->entries[i].order, i);
        free(path);
    }
}

static void by_stamp_then_natural_order(void **state)
{
    static const char *const names[] = {"10_b.pb", "9_z.pbtxt", "9_a10.pb", "9_a2.pb", "README", "100_a.pb"};
    static const char *const order[] = {"9_a2.pb", "9_a10.pb", "9_z.pbtxt", "10_b.pb", "100_a.pb"};
    (void)state;
    put_all(names, MM_COUNT(names));
    struct mm_dump *dump = open_dump();
    assert_order(dump, order, MM_COUNT(order));
    assert_int_equal(dump->skipped, 1);
    assert_string_equal(dump->path, folder);
    assert_ptr_equal(dump->schema, mm_schema_own());
    mm_dump_close(dump);
}

static void numpy_without_stamps(void **state)
{
    static const char *const names[] = {"conv10.npy", "conv2.npy", "3_conv.npy"};
    static const char *const order[] = {"3_conv.npy", "conv2.npy", "conv10.npy"};
    (void)state;
    put_all(names, MM_COUNT(names));
    struct mm_dump *dump = open_dump();
    assert_order(dump, order, MM_COUNT(order));
    assert_string_equal(dump->entries[0].parsed.name, "3_conv");
    assert_int_equal(dump->entries[0].parsed.stamp, -1);
    mm_dump_close(dump);
}

static void numpy_with_stamps(void **state)
{
    static const char *const names[] = {"20_a.npy", "3_conv.npy", "3_add.npy"};
    static const char *const order[] = {"3_add.npy", "3_conv.npy", "20_a.npy"};
    (void)state;
    put_all(names, MM_COUNT(names));
    struct mm_dump *dump = open_dump();
    assert_order(dump, order, MM_COUNT(order));
    assert_string_equal(dump->entries[1].parsed.name, "conv");
    assert_int_equal(dump->entries[1].parsed.stamp, 3);
    mm_dump_close(dump);
}

static void numpy_beside_magicmind_is_skipped(void **state)
{
    static const char *const names[] = {"1_a.pb", "a.npy", "2_b.npy", "notes.txt"};
    static const char *const order[] = {"1_a.pb"};
    (void)state;
    put_all(names, MM_COUNT(names));
    struct mm_dump *dump = open_dump();
    assert_order(dump, order, 1);
    assert_int_equal(dump->skipped, 3);
    mm_dump_close(dump);
}

static void options_carry_the_schema(void **state)
{
    struct mm_schema schema = *mm_schema_own();
    struct mm_dump_options options = {.schema = &schema};
    struct mm_dump *dump;
    (void)state;
    put_text(folder, "1_a.pb", "");
    assert_int_equal(mm_dump_open(&dump, folder, &options, NULL), 0);
    assert_ptr_equal(dump->schema, &schema);
    mm_dump_close(dump);
}

static void assert_fails(const char *path, enum mm_code code, const char *part)
{
    struct mm_dump *dump = (struct mm_dump *)folder;
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mm_dump_open(&dump, path, NULL, &err), -1);
    assert_null(dump);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, part) || !strstr(err.text, ".pbtxt") || strncmp(err.text, path, strlen(path)) != 0)
        fail_msg("'%s' should start with the path and say '%s'", err.text, part);
}

static void nothing_to_open(void **state)
{
    (void)state;
    assert_fails(folder, MM_ENOENT, "skipped 0 other files");
    put_text(folder, "README", "");
    assert_fails(folder, MM_ENOENT, "skipped 1 other file");
    char *path = mm_path_join(folder, "missing");
    assert_fails(path, MM_ENOENT, "No such file");
    free(path);
    path = mm_path_join(folder, "README");
    assert_fails(path, MM_EIO, "Not a directory");
    free(path);
    if (geteuid() != 0) { /* root reads everything */
        chmod(folder, 0);
        assert_fails(folder, MM_EIO, "Permission denied");
        chmod(folder, 0700);
    }
    mm_dump_close(NULL);
}

static void ten_thousand_files(void **state)
{
    (void)state;
    for (int i = 0; i < 10000; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%d_layer_%d.pb", folder, (i * 7919) % 10000, i);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fclose(file);
    }
    struct mm_dump *dump = open_dump();
    assert_int_equal(dump->count, 10000);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(dump->entries[i].parsed.stamp, i);
    mm_dump_close(dump);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(by_stamp_then_natural_order), TEST(numpy_without_stamps),
        TEST(numpy_with_stamps),           TEST(numpy_beside_magicmind_is_skipped),
        TEST(options_carry_the_schema),    TEST(nothing_to_open),
        TEST(ten_thousand_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
