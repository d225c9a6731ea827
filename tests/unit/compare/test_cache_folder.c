#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <utime.h>

#include "mmtui/compare.h"
#include "compare/cache.h"
#include "unit/fixture.h"

static void assert_folder(const char *expected)
{
    char *found = mm_cache_folder();
    if (expected)
        assert_string_equal(found, expected);
    else
        assert_null(found);
    free(found);
}

static void test_where(void **state)
{
    (void)state;
    setenv("HOME", "/people/me", 1);
    setenv("XDG_CACHE_HOME", "/var/cache/me/", 1);
    assert_folder("/var/cache/me/mmtui");
    setenv("XDG_CACHE_HOME", "relative", 1); /* the specification: to be ignored */
    assert_folder("/people/me/.cache/mmtui");
    unsetenv("XDG_CACHE_HOME");
    assert_folder("/people/me/.cache/mmtui");
    setenv("HOME", "", 1);
    assert_folder(NULL);
    unsetenv("HOME");
    assert_folder(NULL);
}

static void test_make(void **state)
{
    (void)state;
    char *top = temp_folder();
    char *folder = in_folder(top, "a/b/mmtui");
    struct stat info;
    assert_int_equal(cache_folder_make(folder, NULL), 0);
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(cache_folder_make(folder, NULL), 0);
    assert_int_equal(cache_folder_make("/dev/null/mmtui", NULL), -1);
    free(folder);
    drop_folder(top);
}

static void test_name(void **state)
{
    (void)state;
    char name[CACHE_NAME_SIZE];
    cache_file_name(UINT64_C(0x12AB), name);
    assert_string_equal(name, "00000000000012ab.results");
}

/* A file of 100 bytes, last used so many seconds after 2001. */
static void put_old(const char *folder, const char *name, time_t used)
{
    char *path = in_folder(folder, name);
    struct utimbuf times = {1000000000 + used, 1000000000 + used};
    put_bytes(folder, name, (char[100]){0}, 100);
    assert_int_equal(utime(path, &times), 0);
    free(path);
}

static bool is_there(const char *folder, const char *name)
{
    char *path = in_folder(folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void test_trim(void **state)
{
    (void)state;
    static const char *const names[] = {"000000000000000a.results", "000000000000000b.results.77-0.tmp",
                                        "000000000000000c.results", "000000000000000d.results"};
    char *folder = temp_folder();
    for (int i = 0; i < 4; i++)
        put_old(folder, names[i], 10 * (3 - i)); /* the last one is the oldest */
    put_old(folder, "mine", 0);
    put_old(folder, "000000000000000g.results", 0);
    put_old(folder, "00000000000000000a.results", 0);
    shell(folder, "mkdir '%s/00000000000000aa.results'");
    cache_folder_trim(folder, 400);
    assert_int_equal(entries_in(folder), 8);
    cache_folder_trim(folder, 399);
    assert_int_equal(entries_in(folder), 7);
    assert_false(is_there(folder, names[3]));
    char *path = in_folder(folder, names[2]);
    cache_file_used(path); /* now the newest */
    free(path);
    cache_folder_trim(folder, 150);
    assert_int_equal(entries_in(folder), 5);
    assert_true(is_there(folder, names[2]));
    cache_folder_trim(folder, 0);
    assert_int_equal(entries_in(folder), 4);
    cache_folder_trim("/nowhere", 0);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where),
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_trim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
