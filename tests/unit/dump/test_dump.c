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
    bool endings = strstr(err.text, ".pbtxt"); /* what is looked for; of what is not there that is no help */
    if (!strstr(err.text, part) || endings == !!strstr(part, "No such") ||
        strncmp(err.text, path, strlen(path)) != 0)
        fail_msg("'%s' should start with the path and say '%s'", err.text, part);
}

static void nothing_to_open(void **state)
{
    (void)state;
    assert_fails(folder, MM_ENOENT, "as TIME_NAME.pb); no file is in it");
    put_text(folder, "README", "");
    assert_fails(folder, MM_ENOENT, "skipped 1 other file");
    char *path = mm_path_join(folder, "missing");
    assert_fails(path, MM_ENOENT, "No such file");
    free(path);
    path = mm_path_join(folder, "README");
    assert_fails(path, MM_EUNSUPPORTED, "is no tensor file");
    free(path);
    if (geteuid() != 0) { /* root reads everything */
        chmod(folder, 0);
        assert_fails(folder, MM_EIO, "Permission denied");
        chmod(folder, 0700);
    }
    mm_dump_close(NULL);
}

static const char some_arrays[] =
    "import numpy as np, sys, os\n"
    "x = np.arange(6, dtype='<f4')\n"
    "os.chdir(sys.argv[1]); os.remove('program.py')\n"
    "np.savez('b.npz', conv10=x, conv2=x, **{'a/b': x, '': x, 'conv2.npy': x})\n"
    "np.savez_compressed('a.npz', z=x)\n"
    "np.save('10.npy', x)\n";

/* Files by their names, members as their file has them. */
static void archives_beside_files(void **state)
{
    static const struct {
        const char *file, *member, *name, *label;
    } want[] = {
        {"10.npy", NULL, "10", "10.npy"},
        {"a.npz", "z", "z", "a.npz: member 'z'"},
        {"b.npz", "conv10", "conv10", "b.npz: member 'conv10'"},
        {"b.npz", "conv2", "conv2", "b.npz: member 'conv2'"},
        {"b.npz", "a/b", "a/b", "b.npz: member 'a/b'"},
        {"b.npz", "", "", "b.npz: member ''"},
        {"b.npz", "conv2.npy", "conv2.npy", "b.npz: member 'conv2.npy'"},
    };
    (void)state;
    python(folder, some_arrays);
    struct mm_dump *dump = open_dump();
    assert_int_equal(dump->count, MM_COUNT(want));
    assert_false(dump->is_file);
    for (size_t i = 0; i < dump->count; i++) {
        const struct mm_entry *entry = &dump->entries[i];
        assert_string_equal(entry->source->file, want[i].file);
        assert_string_equal(entry->parsed.name, want[i].name);
        assert_string_equal(entry->label, want[i].label);
        assert_int_equal(entry->order, i);
        assert_int_equal(entry->code, MM_OK);
        if (want[i].member)
            assert_string_equal(entry->member, want[i].member);
        else
            assert_null(entry->member);
        struct mm_load load;
        struct mm_err err;
        if (mm_load_open(&load, entry, NULL, &err) < 0)
            fail_msg("%s", err.text);
        assert_values(&load.tensor, (const double[]){0, 1, 2, 3, 4, 5}, 6);
        assert_int_equal(mm_load_check(&load, entry, &err), 0);
        mm_load_close(&load);
    }
    mm_dump_close(dump);
}

/* A stamp only if every tensor has one, members too. */
static void stamps_of_members(void **state)
{
    (void)state;
    python(folder, "import numpy as np, sys, os\n"
                   "os.chdir(sys.argv[1]); os.remove('program.py')\n"
                   "np.savez('a.npz', **{'7_z': np.zeros(1), '3_y': np.zeros(1)})\n"
                   "np.save('5_x.npy', np.zeros(1))\n");
    struct mm_dump *dump = open_dump();
    assert_int_equal(dump->count, 3);
    static const char *const names[] = {"y", "x", "z"};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(dump->entries[i].parsed.name, names[i]);
    mm_dump_close(dump);
    put_text(folder, "plain.npy", "");
    dump = open_dump();
    assert_int_equal(dump->count, 4);
    static const char *const whole[] = {"5_x", "7_z", "3_y", "plain"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(dump->entries[i].parsed.name, whole[i]);
        assert_int_equal(dump->entries[i].parsed.stamp, -1);
    }
    mm_dump_close(dump);
}

/* In a folder it is one bad row; by itself there is nothing to look at. */
static void an_archive_that_is_cut_short(void **state)
{
    struct mm_dump *dump;
    struct mm_load load;
    struct mm_err err;
    (void)state;
    put_text(folder, "x.npz", "PK\x03\x04 and nothing more");
    put_text(folder, "y.npy", "");
    dump = open_dump();
    assert_int_equal(dump->count, 2);
    assert_string_equal(dump->entries[0].parsed.name, "x");
    assert_int_equal(mm_load_open(&load, &dump->entries[0], NULL, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text,
                        "x.npz: the directory at the end of the archive is missing: the file is cut "
                        "short or is no zip");
    mm_dump_close(dump);
    char *path = mm_path_join(folder, "x.npz");
    assert_int_equal(mm_dump_open(&dump, path, NULL, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    free(path);
}

static struct mm_dump *open_file(const char *name)
{
    struct mm_dump *dump;
    struct mm_err err = {MM_OK, ""};
    char *path = mm_path_join(folder, name);
    if (mm_dump_open(&dump, path, NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(dump->is_file);
    assert_string_equal(dump->path, path);
    free(path);
    return dump;
}

/* Known by what is in it, whatever it is called; without the stamp that a folder's files need. */
static void one_file(void **state)
{
    static const struct {
        const char *file, *name, *label;
        size_t count;
    } cases[] = {
        {"b.npz", "conv10", "b.npz: member 'conv10'", 5},
        {"10.npy", "10", "10.npy", 1},
        {"weights", "weights", "weights", 1},
        {"arrays.npy", "z", "arrays.npy: member 'z'", 1},
        {"no_stamp.pb", "no_stamp", "no_stamp.pb", 1},
        {"7_conv@axis1to-1.pb", "conv@axis1to-1", "", 0},
    };
    (void)state;
    python(folder, some_arrays);
    shell(folder,
          "cd %s && cp 10.npy weights && cp a.npz arrays.npy && touch no_stamp.pb '7_conv@axis1to-1.pb'");
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_dump *dump = open_file(cases[i].file);
        const struct mm_entry *entry = &dump->entries[0];
        if (cases[i].count) {
            assert_int_equal(dump->count, cases[i].count);
            assert_string_equal(entry->parsed.name, cases[i].name);
            assert_string_equal(entry->label, cases[i].label);
        } else { /* what a name says of layout is understood, too; one file alone has no stamp */
            assert_int_equal(entry->parsed.axis.kind, MM_AXIS_MOVE);
            assert_int_equal(entry->parsed.stamp, 7);
        }
        mm_dump_close(dump);
    }
}

static void an_archive_without_arrays(void **state)
{
    struct mm_dump *dump;
    struct mm_err err;
    (void)state;
    python(folder, "import sys, zipfile\n"
                   "with zipfile.ZipFile(sys.argv[1] + '/a.npz', 'w') as z:\n"
                   "    z.writestr('README', b'text')\n"
                   "    z.writestr('folder/', b'')\n");
    char *path = mm_path_join(folder, "a.npz");
    assert_int_equal(mm_dump_open(&dump, path, NULL, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_non_null(strstr(err.text, "a.npz: there is no array in it, skipped 2 other members"));
    free(path);
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
        TEST(by_stamp_then_natural_order),
        TEST(numpy_without_stamps),
        TEST(numpy_with_stamps),
        TEST(numpy_beside_magicmind_is_skipped),
        TEST(options_carry_the_schema),
        TEST(nothing_to_open),
        TEST(ten_thousand_files),
        TEST(archives_beside_files),
        TEST(stamps_of_members),
        TEST(an_archive_that_is_cut_short),
        TEST(one_file),
        TEST(an_archive_without_arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
