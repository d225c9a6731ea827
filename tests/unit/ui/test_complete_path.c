#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/complete_path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/mmtui-complete-XXXXXX";
static struct completions found;

static int make_files(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || chdir(folder) < 0)
        return -1;
    static const char *const files[] = {"plan10.map", "plan9.map", ".hidden", "dumps/src/a.npy", "do not/x"};
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        char *path = strdup(files[i]), *slash = strrchr(path, '/');
        if (slash) {
            *slash = '\0';
            mm_folder_make(path, NULL);
        }
        free(path);
        if (mm_file_write(files[i], "", 0, NULL) < 0)
            return -1;
    }
    return symlink("dumps", "link");
}

static int remove_files(void **state)
{
    (void)state;
    mm_folder_remove(folder);
    return 0;
}

static void any(const void *data, struct completions *out)
{
    complete_path(out, data != NULL);
}

static void expect(const char *text, bool folders, const char *const *names)
{
    completions_find(&found, &(struct completer){any, folders ? "" : NULL}, text);
    for (size_t i = 0; names[i]; i++) {
        assert_true(i < found.count);
        assert_string_equal(completions_at(&found, i), names[i]);
    }
    size_t count = 0;
    while (names[count])
        count++;
    assert_int_equal(found.count, count);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void files_and_folders(void **state)
{
    (void)state;
    expect("", false, LIST("do not/", "dumps/", "link/", "plan9.map", "plan10.map"));
    expect("", true, LIST("do not/", "dumps/", "link/"));
    expect("pl", false, LIST("plan9.map", "plan10.map"));
    assert_int_equal(found.common, 4);
    expect("dumps/", false, LIST("src/"));
    assert_int_equal(found.start, 6);
    expect("dumps/src/", false, LIST("a.npy"));
    expect("do not/", false, LIST("x")); /* a blank is a part of the path */
    expect(".", false, LIST(".hidden"));
    expect("nosuch/", false, (const char *const[]){NULL});
    expect("/tm", true, LIST("tmp/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_and_folders)};
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
