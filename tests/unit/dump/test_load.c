#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/format/format_testing.h"

#include "base/wire.h"

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

/* ---- large text files, whose values are not counted when they are opened ---- */

#define MANY 5000

/* A file with MANY values, the separator between; `odd` stands instead of the separator and value in the
 * middle. */
static void put_large(const char *head, const char *first, const char *separator, const char *odd,
                      const char *tail)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_buf_puts(&buf, head);
    for (int i = 0; i < MANY; i++) {
        if (i == MANY / 2 && odd)
            mm_buf_puts(&buf, odd);
        else
            mm_buf_printf(&buf, "%s%d.0625000000", i == 0 ? first : separator, i);
    }
    mm_buf_puts(&buf, tail);
    put_file(folder, "1_large.pbtxt", mm_buf_text(&buf), buf.length);
    mm_buf_done(&buf);
}

static int64_t count_values(const struct mm_tensor *tensor, bool check)
{
    struct mm_cursor cursor;
    double tile[300];
    size_t n;
    mm_cursor_init(&cursor, tensor);
    while ((n = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0) {
        for (size_t i = 0; i < n && check; i++)
            assert_true(tile[i] == (double)(cursor.index - (int64_t)n + (int64_t)i) + 0.0625);
    }
    return cursor.index;
}

static void open_large(struct mm_load *load, struct mm_dump **dump)
{
    struct mm_err err;
    *dump = open_dump();
    if (mm_load_open(load, &(*dump)->entries[(*dump)->count - 1], NULL, &err) < 0)
        fail_msg("%s", err.text);
}

#define LARGE_HEAD                                                                                           \
    "version_number: 1\nnode_name: \"n\"\ndtype: DT_FLOAT32\ntensor_shape: 50\ntensor_shape: 100"

static void large_files_are_not_read_through(void **state)
{
    static const struct {
        const char *head, *first, *separator, *tail;
    } cases[] = {
        {LARGE_HEAD, "\nfloat_val: ", "\nfloat_val: ", "\n"},
        {LARGE_HEAD, "\nfloat_val: ", "\nfloat_val: ", ""},
        {LARGE_HEAD, "\nfloat_val: [", ", ", "]\n"},
        {LARGE_HEAD, "\r\nfloat_val:[", ",\n  ", "]"},
        {"", "float_val: ", "\nfloat_val: ", "\n" LARGE_HEAD},
        {"", "float_val: [", ",", "] unknown: [1, 2] " LARGE_HEAD},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_dump *dump;
        struct mm_load load;
        put_large(cases[i].head, cases[i].first, cases[i].separator, NULL, cases[i].tail);
        open_large(&load, &dump);
        assert_true(load.uncounted);
        assert_string_equal(load.node_name, "n");
        assert_int_equal(load.tensor.runs, 2);
        assert_int_equal(load.tensor.count, MANY);
        assert_int_equal(load.tensor.run[1].gap, strlen(cases[i].separator));
        assert_int_equal(count_values(&load.tensor, true), MANY);
        mm_load_close(&load);
        mm_dump_close(dump);
    }
}

/* Laid out so that the guess is wrong, but good. */
static void odd_but_good(void **state)
{
    static const char *const odd[] = {
        "\nunknown: 5\nfloat_val: 2500.0625",
        "\n# a comment\nfloat_val: 2500.0625",
        "\nfloat_val: [2500.0625]",
        "\nfloat_val:\t2500.0625",
        "\nis_output: true float_val: 2500.0625f",
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(odd); i++) {
        struct mm_dump *dump;
        struct mm_load load;
        struct mm_err err = {MM_OK, ""};
        put_large(LARGE_HEAD, "\nfloat_val: ", "\nfloat_val: ", odd[i], "\n");
        open_large(&load, &dump);
        assert_true(load.uncounted);
        assert_int_equal(count_values(&load.tensor, true), MANY / 2);
        assert_int_equal(mm_load_validate(&load, &dump->entries[0], NULL, &err), 0);
        assert_false(load.uncounted);
        assert_int_equal(load.is_output, i == 4);
        assert_int_equal(count_values(&load.tensor, true), MANY);
        mm_load_close(&load);
        mm_dump_close(dump);
    }
}

static void large_and_bad(void **state)
{
    static const struct {
        const char *head, *odd, *tail, *text;
    } cases[] = {
        {LARGE_HEAD, "\nfloat_val: 1..5", "\n",
         "1_large.pbtxt: line 2506: not a number of this field's kind: '1..5'"},
        {LARGE_HEAD, "", "\n", "tensor_shape [50, 100] means 5000 values, 4999 are there"},
        {LARGE_HEAD, "\nfloat_val: 2500.0625\nfloat_val: 7", "\n", "means 5000 values, 5001 are there"},
        {LARGE_HEAD "\ntensor_shape: 7", NULL, "\n", "means 35000 values, 5000 are there"},
        {LARGE_HEAD, "\nfloat_val: 2500.0625 7", "\n", "line 2506: not a field's name"},
        {LARGE_HEAD, NULL, "\nindex: x", "line 5006: a decimal integer is missing"},
        {LARGE_HEAD, NULL, "\nint_val: 1", "line 5006: values in int_val"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_load load;
        struct mm_err err = {MM_OK, ""};
        put_large(cases[i].head, "\nfloat_val: ", "\nfloat_val: ", cases[i].odd, cases[i].tail);
        struct mm_dump *dump = open_dump();
        if (mm_load_open(&load, &dump->entries[0], NULL, &err) == 0) {
            assert_true(load.uncounted);
            assert_true(count_values(&load.tensor, false) < load.tensor.count);
            assert_int_equal(mm_load_validate(&load, &dump->entries[0], NULL, &err), -1);
            mm_load_close(&load);
        }
        if (err.code != MM_ECORRUPT || !strstr(err.text, cases[i].text))
            fail_msg("expected '%s', got: %s", cases[i].text, err.text);
        mm_dump_close(dump);
    }
}

/* What only the decoder finds has a line too, in small files as in large ones. */
static void the_line_of_a_value(void **state)
{
    struct mm_load load;
    struct mm_err err = {MM_OK, ""};
    double tile[4];
    struct mm_cursor cursor;
    (void)state;
    put_text(folder, "1_large.pbtxt",
             "version_number: 1\ndtype: DT_INT8\ntensor_shape: 3\nint_val: 1\nint_val: 300\nint_val: 2\n");
    struct mm_dump *dump = open_dump();
    assert_int_equal(mm_load_open(&load, &dump->entries[0], NULL, &err), 0);
    mm_cursor_init(&cursor, &load.tensor);
    assert_int_equal(mm_cursor_double(&cursor, tile, 3), 1);
    assert_int_equal(mm_load_validate(&load, &dump->entries[0], NULL, &err), -1);
    assert_string_equal(err.text, "1_large.pbtxt: line 5: element 1 of 3 can't be read as i8");
    mm_load_close(&load);
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
    unlink(dump->entries[2].source->path);
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

/* What was found when it was listed is said when it is opened. */
static void an_entry_known_to_be_wrong(void **state)
{
    struct mm_source source = {.path = "a.npz", .file = "a.npz", .format = mm_format_find("npz")};
    struct mm_entry entry = {
        .source = &source, .code = MM_EUNSUPPORTED, .wrong = "a.npz: member 'x': is encrypted"};
    struct mm_load load;
    struct mm_err err;
    (void)state;
    assert_int_equal(mm_load_open(&load, &entry, NULL, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_string_equal(err.text, "a.npz: member 'x': is encrypted");
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
        assert_int_equal(mm_load_open_in(&load, &dump->entries[0], NULL, &reader, NULL, &err), 0);
        assert_string_equal(load.node_name, "n");
        assert_ptr_equal(load.map.data, reader.bytes.data);
        assert_values(&load.tensor, (const double[]){1, 2}, 2);
        assert_int_equal(mm_load_check(&load, &dump->entries[0], &err), 0);
        mm_load_close(&load);
        assert_int_equal(mm_load_open_in(&load, &dump->entries[2], NULL, &reader, NULL, &err), -1);
        assert_int_equal(mm_load_open_in(&load, &dump->entries[1], NULL, &reader, NULL, &err), 0);
        assert_string_equal(load.node_name, "");
        assert_values(&load.tensor, (const double[]){7}, 1);
        mm_load_close(&load);
    }
    mm_reader_done(&reader);
    mm_reader_done(&reader);
    mm_dump_close(dump);
}

/* Finding the values of a large file stops on request, in each way that values can be written. */
static void a_large_header_can_be_cancelled(void **state)
{
    const size_t count = 300000;
    atomic_bool stop = true;
    struct mm_load load;
    struct mm_err err;
    struct mm_buf text, single, packed;
    (void)state;
    mm_buf_init(&text);
    mm_buf_init(&single);
    mm_buf_init(&packed);
    mm_buf_printf(&text, "version_number: 1 dtype: DT_INT32 tensor_shape: %zu int_val: [1", count);
    for (size_t i = 0; i < count; i++) {
        uint8_t tag[MM_WIRE_VARINT_MAX];
        uint64_t number = mm_schema_own()->number[MM_FIELD_INT_VAL];
        if (i > 0)
            mm_buf_puts(&text, ",1");
        mm_buf_add(&single, tag, mm_wire_put(tag, number << 3));
        mm_buf_putc(&single, 1);
        if (i == 0) {
            mm_buf_add(&packed, tag, mm_wire_put(tag, number << 3 | 2));
            mm_buf_add(&packed, tag, mm_wire_put(tag, count));
        }
        mm_buf_putc(&packed, 1);
    }
    mm_buf_puts(&text, "]\n#"); /* the last value is so far from the end that it is read through at once */
    mm_buf_fill(&text, 'x', 70000);
    const struct mm_buf *const files[] = {&text, &single, &packed};
    static const char *const names[] = {"1_a.pbtxt", "2_b.pb", "3_c.pb"};
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        char *path = mm_path_join(folder, names[i]);
        assert_int_equal(mm_file_write(path, files[i]->data, files[i]->length, NULL), 0);
        free(path);
    }
    struct mm_dump *dump = open_dump();
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        atomic_store(&stop, true);
        assert_int_equal(mm_load_open_in(&load, &dump->entries[i], NULL, NULL, &stop, &err), -1);
        assert_int_equal(err.code, MM_ECANCELLED);
        atomic_store(&stop, false);
        int result = mm_load_open_in(&load, &dump->entries[i], NULL, NULL, &stop, &err);
        if (i == 0)
            assert_true(result == 0 && load.tensor.count == (int64_t)count && !load.cancel);
        else /* these have values only */
            assert_true(result == -1 && err.code == MM_EUNSUPPORTED);
        if (result == 0)
            mm_load_close(&load);
    }
    mm_dump_close(dump);
    mm_buf_done(&text);
    mm_buf_done(&single);
    mm_buf_done(&packed);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_file),
        TEST(large_files_are_not_read_through),
        TEST(odd_but_good),
        TEST(large_and_bad),
        TEST(the_line_of_a_value),
        TEST(bad_files),
        TEST(a_folder_named_like_a_tensor),
        TEST(an_entry_known_to_be_wrong),
        TEST(a_reader_is_used_again),
        TEST(a_large_header_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
