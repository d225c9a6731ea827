#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *nearest_of(const char *wanted, const char *const *names)
{
    struct mm_nearest nearest;
    mm_nearest_init(&nearest, wanted);
    for (; *names; names++)
        mm_nearest_look(&nearest, *names);
    return nearest.name;
}

static void expect(const char *wanted, const char *const *names, const char *name)
{
    const char *found = nearest_of(wanted, names);
    if (!name)
        assert_null(found);
    else
        assert_string_equal(found ? found : "(none)", name);
}

static void names(void **state)
{
    static const char *const words[] = {"compare", "convert",   "cos",  "diff1",
                                        "diff2",   "threshold", "rmse", NULL};
    (void)state;
    expect("comapre", words, "compare");
    expect("cso", words, "cos");
    expect("thresold", words, "threshold");
    expect("treshhold", words, "threshold");
    expect("diff", words, "diff1"); /* the first of equal ones */
    expect("RMSE", words, "rmse");
    expect("thr", words, "threshold"); /* it goes on */
    expect("co", words, "cos");
    expect("zebra", words, NULL);
    expect("x", words, NULL);
    expect("", words, NULL);
    expect(NULL, words, NULL);
}

/* Upper and lower case alone is nearer than a letter. */
static void case_first(void **state)
{
    static const char *const words[] = {"convb", "Conva", NULL};
    (void)state;
    expect("conva", words, "Conva");
}

static void hints(void **state)
{
    char out[MM_NEAREST], longest[400];
    struct mm_nearest nearest = {.name = "a\nb"};
    (void)state;
    assert_string_equal(mm_nearest_hint(&nearest, out), "; did you mean a\\nb?");
    nearest.name = NULL;
    assert_string_equal(mm_nearest_hint(&nearest, out), "");
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    nearest.name = longest;
    assert_string_equal(mm_nearest_hint(&nearest, out), ""); /* half a name is no help */
    mm_nearest_init(&nearest, longest);
    assert_false(mm_nearest_look(&nearest, longest));
}

static void make(const char *top, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", top, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void expect_path(const char *top, const char *wanted, const char *name)
{
    char path[200], expected[200];
    snprintf(path, sizeof path, "%s/%s", top, wanted);
    snprintf(expected, sizeof expected, "%s/%s", top, name ? name : "");
    char *found = mm_path_nearest(path);
    if (name)
        assert_string_equal(found ? found : "(none)", expected);
    else
        assert_null(found);
    free(found);
}

static void paths(void **state)
{
    char top[] = "/tmp/mmtui-nearest-XXXXXX";
    struct mm_err err = {0};
    (void)state;
    assert_non_null(mkdtemp(top));
    make(top, "src_dump");
    make(top, "dst_dump");
    expect_path(top, "scr_dump", "src_dump");
    expect_path(top, "scr_dump/", "src_dump");
    expect_path(top, "dst_dmp/conv1.npy", "dst_dump"); /* the folder is what is missing */
    expect_path(top, "src_dump/conv1.npy", NULL);      /* it is empty */
    expect_path(top, "model.onnx", NULL);
    char path[200], expected[300];
    snprintf(path, sizeof path, "%s/src_dmp", top);
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, path, &err), -1);
    snprintf(expected, sizeof expected,
             "%s: opening it: No such file or directory; did you mean %s/src_dump?", path, top);
    assert_string_equal(err.text, expected);
    assert_int_equal(err.code, MM_ENOENT);
    assert_int_equal(chdir(top), 0);
    char *found = mm_path_nearest("dst_dumb");
    assert_string_equal(found, "dst_dump");
    free(found);
    assert_null(mm_path_nearest(""));
    assert_null(mm_path_nearest("/"));
    mm_folder_remove(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(case_first),
        cmocka_unit_test(hints),
        cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
