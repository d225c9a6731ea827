#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "dump_testing.h"

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

static const char good[] =
    "version_number: 1 node_name: 'n' dtype: DT_FLOAT32 tensor_shape: 2 float_val: [1, 2]";

static struct mm_dump *open_dump(void)
{
    struct mm_dump *dump;
    struct mm_err err;
    if (mm_dump_open(&dump, folder, NULL, &err) < 0)
        fail_msg("%s", err.text);
    return dump;
}

static void a_good_file(void **state)
{
    struct mm_load load;
    struct mm_err err;
    (void)state;
    put_text(folder, "1_a.pbtxt", good);
    struct mm_dump *dump = open_dump();
    assert_int_equal(mm_load_open(&load, &dump->entries[0], dump->schema, &err), 0);
    assert_string_equal(load.node_name, "n");
    assert_string_equal(load.op_type, "");
    assert_values(&load.tensor, (const double[]){1, 2}, 2);
    mm_load_close(&load);
    assert_int_equal(mm_load_open(&load, &dump->entries[0], NULL, &err), 0); /* the own schema */
    mm_load_close(&load);
    mm_load_close(&load); /* closed is closed */
    mm_dump_close(dump);
}

static void bad_files(void **state)
{
    struct mm_load load;
    struct mm_err err;
    (void)state;
    put_text(folder, "1_bad.pb", "not a message");
    put_text(folder, "2_empty.pb", "");
    put_text(folder, "3_gone.pb", "");
    struct mm_dump *dump = open_dump();
    assert_int_equal(mm_load_open(&load, &dump->entries[0], NULL, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_memory_equal(err.text, "1_bad.pb: ", 10);
    assert_int_equal(mm_load_open(&load, &dump->entries[1], NULL, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "version_number is 0"));
    unlink(dump->entries[2].path);
    assert_int_equal(mm_load_open(&load, &dump->entries[2], NULL, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    mm_dump_close(dump);
}

static void a_folder_named_like_a_tensor(void **state)
{
    struct mm_load load;
    struct mm_err err;
    (void)state;
    char *path = mm_path_join(folder, "1_a.pb");
    assert_int_equal(mm_folder_make(path, &err), 0);
    free(path);
    struct mm_dump *dump = open_dump();
    assert_int_equal(mm_load_open(&load, &dump->entries[0], NULL, &err), -1);
    mm_dump_close(dump);
}

static void an_entry_without_a_format(void **state)
{
    struct mm_entry entry = {.path = "README", .file = "README"};
    struct mm_load load;
    struct mm_err err;
    (void)state;
    assert_int_equal(mm_load_open(&load, &entry, NULL, &err), -1);
    assert_int_equal(err.code, MM_EARG);
}

/* One reader for file after file: the same memory, right values, names that end with the load. */
static void a_reader_is_used_again(void **state)
{
    struct mm_reader reader = {0};
    struct mm_load load;
    struct mm_err err;
    (void)state;
    put_text(folder, "1_a.pbtxt", good);
    put_text(folder, "2_b.pbtxt", "version_number: 1 dtype: DT_FLOAT32 tensor_shape: 1 float_val: 7");
    put_text(folder, "3_c.pbtxt", "nonsense");
    struct mm_dump *dump = open_dump();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mm_load_open_in(&load, &dump->entries[0], NULL, &reader, &err), 0);
        assert_string_equal(load.node_name, "n");
        assert_ptr_equal(load.map.data, reader.bytes.data);
        assert_values(&load.tensor, (const double[]){1, 2}, 2);
        assert_int_equal(mm_load_check(&load, &dump->entries[0], &err), 0);
        mm_load_close(&load);
        assert_int_equal(mm_load_open_in(&load, &dump->entries[2], NULL, &reader, &err), -1);
        assert_int_equal(mm_load_open_in(&load, &dump->entries[1], NULL, &reader, &err), 0);
        assert_string_equal(load.node_name, "");
        assert_values(&load.tensor, (const double[]){7}, 1);
        mm_load_close(&load);
    }
    mm_reader_done(&reader);
    mm_reader_done(&reader);
    mm_dump_close(dump);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_file),
        TEST(bad_files),
        TEST(a_folder_named_like_a_tensor),
        TEST(an_entry_without_a_format),
        TEST(a_reader_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
