#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/fixture.h"

#include <sys/stat.h>

static void maps_the_content(void **state)
{
    (void)state;
    char *folder = temp_folder();
    put_bytes(folder, "x", "ab\0cd", 5);
    char *path = in_folder(folder, "x");
    struct mm_map map;
    struct mm_err err;
    assert_int_equal(mm_map_open(&map, path, &err), 0);
    assert_int_equal(map.size, 5);
    assert_memory_equal(map.data, "ab\0cd", 5);
    mm_map_close(&map);
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

static void an_empty_file_has_data(void **state)
{
    (void)state;
    char *folder = temp_folder();
    put_bytes(folder, "x", "", 0);
    char *path = in_folder(folder, "x");
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    assert_int_equal(map.size, 0);
    assert_non_null(map.data);
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

/* Sizes beyond 2^31: a hole of 3 GiB with a byte at its end. */
static void a_large_file(void **state)
{
    (void)state;
    char *folder = temp_folder();
    shell(folder, "truncate -s 3G '%s/x' && printf z >> '%s/x'");
    char *path = in_folder(folder, "x");
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    assert_int_equal(map.size, 3221225473);
    assert_int_equal(map.data[0], 0);
    assert_int_equal(map.data[map.size - 1], 'z');
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

static void assert_refused(const char *path, enum mm_code code, const char *said)
{
    struct mm_map map;
    struct mm_err err = {MM_OK, ""};
    alarm(20); /* a fifo must not hang */
    assert_int_equal(mm_map_open(&map, path, &err), -1);
    alarm(0);
    assert_int_equal(err.code, code);
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    assert_non_null(strstr(err.text, said));
    mm_map_close(&map);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *missing = in_folder(folder, "missing"), *fifo = in_folder(folder, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(missing, MM_ENOENT, "No such file");
    assert_refused(folder, MM_EUNSUPPORTED, "not a regular file");
    assert_refused(fifo, MM_EUNSUPPORTED, "not a regular file");
    assert_refused("/dev/zero", MM_EUNSUPPORTED, "not a regular file");
    free(missing);
    free(fifo);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_the_content),
        cmocka_unit_test(an_empty_file_has_data),
        cmocka_unit_test(a_large_file),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
