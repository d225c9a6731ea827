#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "mmtui/dump.h"
#include "unit/fixture.h"

/* Empty files, each modified so many nanoseconds after one moment. */
struct file {
    const char *name;
    long after;
};

static void put_files(const char *folder, const struct file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *path = in_folder(folder, files[i].name);
        struct timespec times[2] = {{1600000000, 0}, {1600000000, files[i].after}};
        put_text(folder, files[i].name, "");
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        free(path);
    }
}

/* What the times tell: names in their order, or "". */
static void assert_times(const struct file *files, size_t count, const char *expected)
{
    char *folder = temp_folder();
    struct mm_dump *dump;
    size_t place[16];
    struct mm_buf found = {0};
    put_files(folder, files, count);
    assert_int_equal(mm_dump_open(&dump, folder, NULL, NULL), 0);
    int tells = mm_dump_times(dump, place, NULL);
    assert_true(tells == 0 || tells == 1);
    for (size_t at = 0; tells && at < dump->count; at++) {
        for (size_t i = 0; i < dump->count; i++)
            mm_buf_puts(&found, place[i] == at ? dump->entries[i].parsed.name : "");
    }
    assert_string_equal(mm_buf_text(&found), expected);
    mm_buf_done(&found);
    mm_dump_close(dump);
    drop_folder(folder);
}

#define TIMES(expected, ...)                                                                                 \
    assert_times((const struct file[]){__VA_ARGS__},                                                         \
                 sizeof((const struct file[]){__VA_ARGS__}) / sizeof(struct file), expected)

/* Whatever order a file system lists six names in, it is not both of these, forwards or backwards. */
static void they_tell(void **state)
{
    (void)state;
    static const struct file one[] = {{"c.npy", 1}, {"a.npy", 2}, {"f.npy", 3},
                                      {"b.npy", 4}, {"e.npy", 5}, {"d.npy", 6}};
    static const struct file two[] = {{"c.npy", 1}, {"a.npy", 2}, {"f.npy", 3},
                                      {"e.npy", 4}, {"b.npy", 5}, {"d.npy", 6}};
    char *folder = temp_folder();
    struct mm_dump *dump;
    size_t place[6], told = 0;
    const struct file *both[] = {one, two};
    for (int i = 0; i < 2; i++) {
        put_files(folder, both[i], 6);
        assert_int_equal(mm_dump_open(&dump, folder, NULL, NULL), 0);
        if (mm_dump_times(dump, place, NULL) == 1) { /* entries are a b c d e f */
            told++;
            assert_true(place[0] == 1 && place[2] == 0 && place[3] == 5 && place[5] == 2);
            assert_true(place[1] == (i ? 4 : 3) && place[4] == (i ? 3 : 4));
        }
        mm_dump_close(dump);
    }
    assert_true(told >= 1);
    drop_folder(folder);
}

static void equal_times(void **state)
{
    (void)state;
    TIMES("", {"c.npy", 1}, {"a.npy", 2}, {"f.npy", 3}, {"b.npy", 4}, {"e.npy", 4}, {"d.npy", 6});
    TIMES("", {"c.npy", 1}, {"a.npy", 1}, {"f.npy", 1}, {"b.npy", 1});
}

/* Copied one after the other, in an order of names: natural, by bytes, or letters alone. */
static void orders_of_names(void **state)
{
    (void)state;
    TIMES("", {"a.npy", 1}, {"b.npy", 2}, {"c.npy", 3}, {"d.npy", 4});
    TIMES("", {"a.npy", 4}, {"b.npy", 3}, {"c.npy", 2}, {"d.npy", 1});
    TIMES("", {"x1.npy", 1}, {"x2.npy", 2}, {"x10.npy", 3}, {"x11.npy", 4});
    TIMES("", {"x1.npy", 1}, {"x10.npy", 2}, {"x11.npy", 3}, {"x2.npy", 4});
    TIMES("", {"B.npy", 1}, {"_c.npy", 2}, {"_d.npy", 3}, {"E.npy", 4});
    TIMES("", {"a.npy", 1}, {"B.npy", 2}, {"c.npy", 3}, {"D.npy", 4});
}

static void too_few(void **state)
{
    (void)state;
    TIMES("", {"b.npy", 1}, {"a.npy", 2}, {"c.npy", 3});
}

static int collect(void *context, const char *name)
{
    mm_buf_printf(context, "%s\n", name);
    return 0;
}

/* The order in which the folder lists them. */
static void order_of_the_listing(void **state)
{
    (void)state;
    static const struct file files[] = {{"c.npy", 1}, {"a.npy", 2}, {"f.npy", 3},
                                        {"b.npy", 4}, {"e.npy", 5}, {"d.npy", 6}};
    char *folder = temp_folder();
    struct mm_dump *dump;
    struct mm_buf listed = {0};
    size_t place[6];
    put_files(folder, files, 6);
    assert_int_equal(mm_folder_list(folder, collect, &listed, NULL), 0);
    long after = 0;
    for (char *name = strtok(listed.data, "\n"); name; name = strtok(NULL, "\n")) {
        char *path = in_folder(folder, name);
        struct timespec times[2] = {{1600000000, 0}, {1600000000, ++after}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        free(path);
    }
    assert_int_equal(after, 6);
    assert_int_equal(mm_dump_open(&dump, folder, NULL, NULL), 0);
    assert_int_equal(mm_dump_times(dump, place, NULL), 0);
    mm_dump_close(dump);
    mm_buf_done(&listed);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(they_tell), cmocka_unit_test(equal_times),
                                       cmocka_unit_test(orders_of_names), cmocka_unit_test(too_few),
                                       cmocka_unit_test(order_of_the_listing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
