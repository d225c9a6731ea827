/* Files of watched dumps: the table, and which of them are whole. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "dump/watch_files.h"
#include "unit/fixture.h"

static void paths_that_are_one(void **state)
{
    (void)state;
    const char *const given[] = {"./a//b/./c/", "a/b/c", ".//a/b//c", "a/./b/c//"};
    for (size_t i = 0; i < MM_COUNT(given); i++) {
        char *path = strdup(given[i]);
        watch_path(path);
        assert_string_equal(path, "a/b/c");
        free(path);
    }
    char root[] = "//", up[] = "../a/", hidden[] = "a/.b";
    watch_path(root);
    watch_path(up);
    watch_path(hidden);
    assert_string_equal(root, "/");
    assert_string_equal(up, "../a");
    assert_string_equal(hidden, "a/.b");
    assert_true(watch_files_hash("./a//b") == watch_files_hash("a/./b"));
    assert_true(watch_files_hash("a/b") != watch_files_hash("ab"));
    assert_true(watch_files_hash("/a") != watch_files_hash("a"));
}

static void many_rows(void **state)
{
    (void)state;
    struct watch_files files = {.round = 1};
    char name[32];
    assert_null(watch_files_find(&files, "x"));
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "f/%d", i);
        struct watch_file *file = watch_files_get(&files, name);
        file->size = i;
        file->round = 1 + i % 2;
    }
    assert_int_equal(files.count, 5000);
    files.round = 2;
    assert_int_equal(watch_files_prune(&files), 2500);
    assert_int_equal(files.count, 2500);
    assert_null(watch_files_find(&files, "f/4998"));
    assert_int_equal(watch_files_find(&files, "f/4999")->size, 4999);
    files.round = 3;
    watch_files_prune(&files);
    assert_int_equal(files.count, 0);
    assert_true(files.room <= 1024); /* memory goes with the files */
    watch_files_done(&files);
}

static struct watch_file looked_at(const char *path)
{
    struct watch_file file = {.hash = 1};
    assert_int_equal(watch_file_look(&file, path), 1);
    assert_int_equal(watch_file_look(&file, path), 0);
    return file;
}

static bool is_whole(const char *path, double age)
{
    const struct mm_dump_options how = {0};
    struct watch_file file = looked_at(path);
    return watch_file_check(&file, path, age, &how);
}

/* What a header promises must be there; a minute later it is what it is. */
static void by_the_header(void **state)
{
    char *folder = *state, path[128];
    shell(folder, "cd '%s' && /usr/bin/python3 -c \"import numpy as np; np.save('a.npy', np.arange(100.)); "
                  "np.savez('b.npz', x=np.arange(100.))\" && head -c 900 a.npy > cut.npy && head -c 60 a.npy "
                  "> head.npy && "
                  "head -c 800 b.npz > cut.npz && : > empty.npy && echo 1 2 > n.txt && "
                  "printf '\\012\\003abc\\020\\001' > m.pb && printf '\\012\\011abc' > cut.pb");
    const struct {
        const char *file;
        bool whole;
    } files[] = {{"a.npy", true}, {"cut.npy", false}, {"head.npy", false},
                 {"b.npz", true}, {"cut.npz", false}, {"empty.npy", false},
                 {"n.txt", true}, {"m.pb", true},     {"cut.pb", false}};
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].file);
        if (is_whole(path, 0) != files[i].whole)
            fail_msg("%s", files[i].file);
        assert_true(is_whole(path, WATCH_RECENT));
    }
}

static void by_who_has_it_open(void **state)
{
    char *folder = *state, path[128];
    snprintf(path, sizeof path, "%s/a.txt", folder);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "1 2\n", 4), 4);
    assert_false(is_whole(path, 0));
    close(fd);
    assert_true(is_whole(path, 0));
}

/* Nothing is read twice of a file that is the same. */
static void once(void **state)
{
    char *folder = *state, path[128];
    const struct mm_dump_options how = {0};
    snprintf(path, sizeof path, "%s/a.npy", folder);
    shell(folder, "cd '%s' && printf x > a.npy");
    struct watch_file file = looked_at(path);
    assert_false(watch_file_check(&file, path, 0, &how));
    assert_true(file.checked && file.until > mm_clock() + WATCH_RECENT - 5);
    file.until = mm_clock() - 1; /* a minute later */
    assert_true(watch_file_check(&file, path, 0, &how));
    shell(folder, "cd '%s' && printf xy > a.npy");
    assert_int_equal(watch_file_look(&file, path), 1);
    assert_false(file.checked);
    shell(folder, "rm '%s/a.npy'");
    assert_int_equal(watch_file_look(&file, path), -1);
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_are_one),
        cmocka_unit_test(many_rows),
        TEST(by_the_header),
        TEST(by_who_has_it_open),
        TEST(once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
