#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "remote/place.h"

/* As scp and rsync have it. */
static void test_rule(void **state)
{
    static const struct {
        const char *text, *host, *path;
    } rows[] = {
        {"board:dump", "board", "dump"},
        {"board:/data/dump", "board", "/data/dump"},
        {"me@board:", "me@board", ""},
        {"board:a:b", "board", "a:b"},
        {"[fe80::1%eth0]:/d", "fe80::1%eth0", "/d"},
        {"me@[::1]:d", "me@::1", "d"},
        {"./a:b", NULL, NULL},
        {"/x/a:b", NULL, NULL},
        {"dump", NULL, NULL},
        {":dump", NULL, NULL},
        {"", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        char *host;
        const char *path;
        assert_int_equal(mm_remote_is(rows[i].text), rows[i].host != NULL);
        if (!rows[i].host)
            continue;
        assert_int_equal(place_parse(rows[i].text, &host, &path, NULL), 0);
        assert_string_equal(host, rows[i].host);
        assert_string_equal(path, rows[i].path);
        free(host);
    }
}

/* What is there is here, whatever it is called. */
static void test_existing(void **state)
{
    char folder[] = "/tmp/mmtui-place-XXXXXX";
    char *before = getcwd(NULL, 0);
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_true(mm_remote_is("a:b"));
    assert_int_equal(mm_file_write("a:b", "x", 1, NULL), 0);
    assert_false(mm_remote_is("a:b"));
    assert_int_equal(unlink("a:b"), 0);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(rmdir(folder), 0);
    free(before);
}

/* A host is neither an option of ssh nor a command. */
static void test_refused(void **state)
{
    static const char *const texts[] = {
        "-oProxyCommand=x:/d", "a b:/d", "a;b:/d", "$(b):/d", "a\nb:/d", "`b`:/d"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        struct mm_err err;
        char *host;
        const char *path;
        assert_int_equal(place_parse(texts[i], &host, &path, &err), -1);
        assert_int_equal(err.code, MM_EARG);
        assert_null(host);
    }
}

static void test_same(void **state)
{
    (void)state;
    assert_true(mm_remote_same("me@a:/x", "me@a:y"));
    assert_false(mm_remote_same("me@a:/x", "a:/x"));
    assert_false(mm_remote_same("a:/x", "/x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_existing),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
