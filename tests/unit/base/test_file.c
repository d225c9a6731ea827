#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/fixture.h"

#include <sys/stat.h>

/* ---- reading ---- */

static void reads_up_to_the_limit(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *path = in_folder(folder, "x");
    char data[100000];
    memset(data, 'd', sizeof data);
    put_bytes(folder, "x", data, sizeof data);
    struct mm_buf buf;
    struct mm_err err = {MM_OK, ""};
    mm_buf_init(&buf);
    mm_buf_puts(&buf, "before ");
    assert_int_equal(mm_file_read(path, sizeof data, &buf, &err), 0);
    assert_int_equal(buf.length, 7 + sizeof data);
    assert_memory_equal(buf.data, "before ddd", 10);
    assert_int_equal(strlen(buf.data), buf.length);
    mm_buf_clear(&buf);
    assert_int_equal(mm_file_read(path, sizeof data - 1, &buf, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "larger than"));
    mm_buf_done(&buf);
    free(path);
    drop_folder(folder);
}

static void endless_files_end(void **state)
{
    (void)state;
    struct mm_buf buf;
    struct mm_err err = {MM_OK, ""};
    mm_buf_init(&buf);
    assert_int_equal(mm_file_read("/dev/zero", 1 << 20, &buf, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    mm_buf_done(&buf);
}

static void reads_what_is_empty_or_not_there(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *empty = in_folder(folder, "empty"), *missing = in_folder(folder, "missing");
    put_text(folder, "empty", "");
    struct mm_buf buf;
    struct mm_err err = {MM_OK, ""};
    mm_buf_init(&buf);
    assert_int_equal(mm_file_read(empty, 10, &buf, &err), 0);
    assert_string_equal(mm_buf_text(&buf), "");
    assert_int_equal(mm_file_read(missing, 10, &buf, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_int_equal(mm_file_read(folder, 10, &buf, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_non_null(strstr(err.text, "Is a directory"));
    mm_buf_done(&buf);
    free(empty);
    free(missing);
    drop_folder(folder);
}

/* ---- folders ---- */

static bool is_folder(const char *folder, const char *name)
{
    struct stat info;
    char *path = in_folder(folder, name);
    bool is = lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
    free(path);
    return is;
}

static int make_in(const char *folder, const char *name, struct mm_err *err)
{
    char *path = in_folder(folder, name);
    int result = mm_folder_make(path, err);
    free(path);
    return result;
}

static void makes_folders(void **state)
{
    (void)state;
    char *folder = temp_folder();
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(make_in(folder, "a/b/c", &err), 0);
    assert_true(is_folder(folder, "a/b/c"));
    assert_int_equal(make_in(folder, "a/b/c", &err), 0);
    assert_int_equal(make_in(folder, "d//e/", &err), 0);
    assert_true(is_folder(folder, "d/e"));
    assert_int_equal(make_in(folder, "./f/../g", &err), 0);
    assert_true(is_folder(folder, "g"));
    assert_int_equal(mm_folder_make("/", &err), 0);
    assert_int_equal(mm_folder_make(".", &err), 0);
    shell(folder, "ln -s a '%s/link'");
    assert_int_equal(make_in(folder, "link/h", &err), 0);
    assert_true(is_folder(folder, "a/h"));
    drop_folder(folder);
}

static void refuses_to_make_folders(void **state)
{
    (void)state;
    char *folder = temp_folder();
    struct mm_err err = {MM_OK, ""};
    put_text(folder, "file", "");
    assert_int_equal(make_in(folder, "file", &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_non_null(strstr(err.text, "/file: making the folder"));
    assert_int_equal(make_in(folder, "file/below", &err), -1);
    err.code = MM_OK;
    assert_int_equal(mm_folder_make("", &err), -1); /* else the files would go to / */
    assert_int_equal(err.code, MM_ENOENT);
    drop_folder(folder);
}

static void removes_a_tree(void **state)
{
    (void)state;
    char *folder = temp_folder();
    shell(folder, "mkdir -p '%s/tree/a/b/.hidden' && touch '%s/tree/a/x' '%s/tree/a/b/.y'");
    char *tree = in_folder(folder, "tree");
    mm_folder_remove(tree);
    mm_folder_remove(tree); /* not there: fine */
    assert_int_equal(entries_in(folder), 0);
    free(tree);
    drop_folder(folder);
}

/* Links inside the tree, the tree itself being a link (with a slash behind it too): what they point at
 * stays. */
static void removes_links_not_what_they_point_at(void **state)
{
    (void)state;
    char *folder = temp_folder();
    shell(folder, "mkdir '%s/kept' '%s/tree' && touch '%s/kept/x' && ln -s ../kept '%s/tree/inner'");
    shell(folder, "ln -s kept '%s/link' && ln -s kept '%s/other'");
    char *tree = in_folder(folder, "tree"), *link = in_folder(folder, "link"),
         *other = in_folder(folder, "other/");
    mm_folder_remove(tree);
    mm_folder_remove(link);
    mm_folder_remove(other);
    assert_false(is_folder(folder, "tree"));
    assert_file(folder, "kept/x", "");
    free(tree);
    free(link);
    free(other);
    drop_folder(folder);
}

struct seen {
    size_t count, letters, stop_at;
};

static int visit(void *context, const char *name)
{
    struct seen *seen = context;
    seen->count++;
    seen->letters += strlen(name);
    return seen->count == seen->stop_at ? 42 : 0;
}

static void lists_a_folder(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *missing = in_folder(folder, "missing"), *file = in_folder(folder, "b");
    struct seen all = {0}, some = {.stop_at = 2}, none = {0};
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mm_folder_list(folder, visit, &none, &err), 0);
    assert_int_equal(none.count, 0);
    shell(folder, "mkdir '%s/.a' && touch '%s/b' '%s/ccc'");
    assert_int_equal(mm_folder_list(folder, visit, &all, &err), 0);
    assert_int_equal(all.count, 3);
    assert_int_equal(all.letters, 6);
    assert_int_equal(mm_folder_list(folder, visit, &some, &err), 42);
    assert_int_equal(some.count, 2);
    assert_int_equal(mm_folder_list(missing, visit, &none, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_int_equal(mm_folder_list(file, visit, &none, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    free(missing);
    free(file);
    drop_folder(folder);
}

/* ---- paths and time ---- */

static void joins_paths(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        char *path = mm_path_join(rows[i][0], rows[i][1]);
        assert_string_equal(path, rows[i][2]);
        free(path);
    }
}

static void base_of_paths(void **state)
{
    (void)state;
    assert_string_equal(mm_path_base("a/b/c.npy"), "c.npy");
    assert_string_equal(mm_path_base("c.npy"), "c.npy");
    assert_string_equal(mm_path_base("a/"), "");
    assert_string_equal(mm_path_base(""), "");
}

static void time_goes_on(void **state)
{
    (void)state;
    double before = mm_clock();
    double after = mm_clock();
    assert_true(before > 0 && after >= before && after - before < 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_up_to_the_limit),
        cmocka_unit_test(endless_files_end),
        cmocka_unit_test(reads_what_is_empty_or_not_there),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(refuses_to_make_folders),
        cmocka_unit_test(removes_a_tree),
        cmocka_unit_test(removes_links_not_what_they_point_at),
        cmocka_unit_test(lists_a_folder),
        cmocka_unit_test(joins_paths),
        cmocka_unit_test(base_of_paths),
        cmocka_unit_test(time_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
