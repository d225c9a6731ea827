#include "unit/export/exporting.h"

static const char *write_list(char path[64], const char *folder, const char *name, const char *text)
{
    snprintf(path, 64, "%s/%s", folder, name);
    assert_int_equal(mm_file_write(path, text, strlen(text), NULL), 0);
    return path;
}

static void check_names(const char *path)
{
    struct mm_known known;
    assert_int_equal(mm_known_open(&known, path, NULL), 0);
    assert_int_equal(known.count, 3);
    assert_string_equal(known.name[0], "a b");
    assert_string_equal(known.name[1], "x,1");
    assert_string_equal(known.name[2], "z");
    assert_true(mm_known_has(&known, "x,1"));
    assert_false(mm_known_has(&known, "x"));
    mm_known_done(&known);
}

/* Lines (with Windows' ends, a remark, a name twice) or a JSON list. */
static void lists(void **state)
{
    (void)state;
    char folder[64], path[64];
    folder_new(folder);
    check_names(write_list(path, folder, "names.txt", "# remark\nz\r\nx,1\n\na b\nz"));
    check_names(write_list(path, folder, "names.json", " [\"z\", \"x,1\", \"a b\"]"));
    mm_folder_remove(folder);
}

static void fails(const char *path, const char *says)
{
    struct mm_known known;
    struct mm_err err;
    assert_int_equal(mm_known_open(&known, path, &err), -1);
    if (!strstr(err.text, says))
        assert_string_equal(err.text, says);
    assert_int_equal(known.count, 0);
}

static void what_is_no_list(void **state)
{
    (void)state;
    char folder[64], path[64];
    folder_new(folder);
    snprintf(path, sizeof path, "%s/none.txt", folder);
    fails(path, "none.txt");
    fails(write_list(path, folder, "a.json", "[1]"), "strings only");
    fails(write_list(path, folder, "b.json", "[\"a\""), "b.json");
    fails(write_list(path, folder, "c.json", "[]"), "c.json: has no names");
    fails(write_list(path, folder, "d.json", " {\"a\": 1}"), "is a JSON object, not a list of names");
    fails(write_list(path, folder, "e.txt", "\n# none\n"), "e.txt: has no names");
    snprintf(path, sizeof path, "%s/zero.txt", folder);
    assert_int_equal(mm_file_write(path, "a\0b", 3, NULL), 0);
    fails(path, "neither a model");
    mm_folder_remove(folder);
}

/* Exactly this one first; else the only one that is alike. */
static void finding(void **state)
{
    static const char *const names[] = {"/a/Conv", "/a/conv_1", "/a/conv_1_", "B.c"};
    static const struct {
        const char *wanted, *is;
    } cases[] = {{"/a/conv_1", "/a/conv_1"},
                 {"a_conv_1", NULL},
                 {"a_conv", "/a/Conv"},
                 {"b_c", "B.c"},
                 {"bc", "B.c"},
                 {"b.d", NULL},
                 {"", NULL}};
    (void)state;
    char folder[64], path[64];
    struct mm_known known = {.name = names, .count = MM_COUNT(names)}, read;
    write_list(path, folder_new(folder), "names.txt", "/a/conv_1_\nB.c\n/a/Conv\n/a/conv_1\n{x\n");
    assert_int_equal(mm_known_open(&read, path, NULL), 0);
    for (size_t i = 0; i < 2 * MM_COUNT(cases); i++) {
        const char *is = mm_known_find(i % 2 ? &read : &known, cases[i / 2].wanted);
        if (cases[i / 2].is)
            assert_string_equal(is, cases[i / 2].is);
        else
            assert_null(is);
    }
    mm_known_done(&read);
    mm_folder_remove(folder);
    assert_null(mm_known_find(&(struct mm_known){0}, "a"));
    assert_false(mm_known_has(&(struct mm_known){0}, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(what_is_no_list),
        cmocka_unit_test(finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
