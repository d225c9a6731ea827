#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* It can be read to its end like a small file, but is none, and what is in it is for somebody else. */
static void a_fifo_keeps_what_is_in_it(void **state)
{
    (void)state;
    char *folder = temp_folder(), *fifo = in_folder(folder, "fifo"), text[8];
    struct mm_err err = {MM_OK, ""};
    struct mm_buf memory;
    struct mm_map map;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK), writer = open(fifo, O_WRONLY);
    assert_int_equal(write(writer, "hello", 5), 5);
    close(writer);
    mm_buf_init(&memory);
    assert_int_equal(mm_map_open_in(&map, fifo, &memory, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_int_equal(read(reader, text, sizeof text), 5);
    close(reader);
    mm_buf_done(&memory);
    free(fifo);
    drop_folder(folder);
}

/* Around what is read before the size is known, and around what is mapped. */
static void sizes_at_the_borders(void **state)
{
    (void)state;
    static const size_t sizes[] = {65535, 65536, 65537, 131072, MM_MAP_SMALL - 1, MM_MAP_SMALL + 1};
    char *folder = temp_folder(), *path = in_folder(folder, "x");
    uint8_t *bytes = malloc(MM_MAP_SMALL + 1);
    struct mm_buf memory;
    struct mm_map map;
    mm_buf_init(&memory);
    for (size_t i = 0; i <= MM_MAP_SMALL; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    for (size_t k = 0; k < 2 * MM_COUNT(sizes); k++) {
        size_t size = sizes[k < MM_COUNT(sizes) ? k : 2 * MM_COUNT(sizes) - 1 - k];
        put_bytes(folder, "x", bytes, size);
        assert_int_equal(mm_map_open_in(&map, path, &memory, NULL), 0);
        assert_int_equal(map.size, size);
        assert_memory_equal(map.data, bytes, size);
        assert_int_equal(map.base != NULL, size >= MM_MAP_SMALL);
        struct stat info; /* which state of the file that was */
        assert_int_equal(stat(path, &info), 0);
        assert_true(map.state.known && map.state.seen > 0 && map.state.size == (int64_t)size);
        assert_true(map.state.inode == info.st_ino && map.state.device == info.st_dev);
        assert_true(map.state.modified == info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec);
        mm_map_close(&map);
    }
    mm_buf_done(&memory);
    free(bytes);
    free(path);
    drop_folder(folder);
}

static void small_files_are_read_into_the_same_memory(void **state)
{
    (void)state;
    char *folder = temp_folder();
    static const uint8_t large[MM_MAP_SMALL];
    struct mm_buf memory;
    struct mm_map map;
    mm_buf_init(&memory);
    put_bytes(folder, "a", "first", 5);
    put_bytes(folder, "b", "second", 6);
    put_bytes(folder, "c", "", 0);
    put_bytes(folder, "d", large, sizeof large);
    char *path[] = {in_folder(folder, "a"), in_folder(folder, "b"), in_folder(folder, "c"),
                    in_folder(folder, "d")};
    assert_int_equal(mm_map_open_in(&map, path[0], &memory, NULL), 0);
    assert_true(!map.base && map.size == 5 && memcmp(map.data, "first", 5) == 0);
    mm_map_close(&map);
    assert_int_equal(mm_map_open_in(&map, path[1], &memory, NULL), 0);
    assert_true(!map.base && map.size == 6 && memcmp(map.data, "second", 6) == 0);
    assert_ptr_equal(map.data, memory.data);
    assert_int_equal(truncate(path[1], 0), 0);
    assert_int_equal(mm_map_check(&map, "b", NULL), 0); /* it is here */
    mm_map_close(&map);
    assert_int_equal(mm_map_open_in(&map, path[2], &memory, NULL), 0);
    assert_true(map.data && map.size == 0);
    mm_map_close(&map);
    assert_int_equal(mm_map_open_in(&map, path[3], &memory, NULL), 0);
    assert_true(map.base && map.size == sizeof large);
    mm_map_close(&map);
    for (size_t i = 0; i < MM_COUNT(path); i++)
        free(path[i]);
    mm_buf_done(&memory);
    drop_folder(folder);
}

/* What was dropped comes back when it is asked for; what is not of the map stays alone. */
static void dropping(void **state)
{
    (void)state;
    char *folder = temp_folder();
    size_t size = (size_t)2 << 20;
    uint8_t *bytes = malloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7 >> 3);
    put_bytes(folder, "x", bytes, size);
    char *path = in_folder(folder, "x");
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    assert_memory_equal(map.data, bytes, size);
    mm_map_drop(&map, map.data + 1, size - 2);
    mm_map_drop(&map, map.data, size + 1);
    mm_map_drop(&map, bytes, size);
    assert_memory_equal(map.data, bytes, size);
    mm_map_close(&map);
    mm_map_drop(&map, bytes, size);
    assert_true(bytes[8] == 7);
    free(bytes);
    free(path);
    drop_folder(folder);
}

/* Pages of the map that are in memory. */
static size_t resident(const struct mm_map *map)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (map->size + page - 1) / page, count = 0;
    unsigned char *in = malloc(pages);
    assert_non_null(in);
    assert_int_equal(mincore(map->base, map->size, in), 0);
    for (size_t i = 0; i < pages; i++)
        count += in[i] & 1;
    free(in);
    return count;
}

/* Nothing is read ahead but the first megabyte. The file is a hole, so none of it is in memory before. */
static void sparse(void **state)
{
    (void)state;
    const size_t size = (size_t)256 << 20, step = (size_t)4 << 20;
    char *folder = temp_folder();
    put_bytes(folder, "x", "a", 1);
    char *path = in_folder(folder, "x");
    struct mm_map map;
    assert_int_equal(truncate(path, (off_t)size), 0);
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    mm_map_sparse(&map);
    assert_int_equal(map.data[0], 'a');
    for (size_t i = step; i < size; i += step)
        assert_int_equal(((const volatile uint8_t *)map.data)[i], 0);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    assert_true(resident(&map) <= MM_MAP_SMALL / page + 2 * size / step);
    mm_map_close(&map);
    mm_map_sparse(&map); /* nothing is mapped */
    assert_int_equal(truncate(path, 1), 0);
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    mm_map_sparse(&map);
    assert_int_equal(map.data[0], 'a');
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

/* Any place and size, below and beyond a page, read (with memory) or mapped. */
static void a_part(void **state)
{
    static uint8_t content[(3 << 20) + 5];
    static const struct {
        uint64_t offset;
        size_t size;
    } parts[] = {{0, 10},
                 {1, 10},
                 {4095, 2},
                 {4096, 4096},
                 {5000, 0},
                 {12345, 2 << 20},
                 {8192, 2 << 20},
                 {sizeof content, 0},
                 {3 << 20, 5},
                 {0, sizeof content},
                 {1, (2 << 20)},
                 {4097, 1 << 20},
                 {4097, (1 << 20) - 1}};
    (void)state;
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 31 + i / 251);
    char *folder = temp_folder();
    put_bytes(folder, "x", content, sizeof content);
    char *path = in_folder(folder, "x");
    struct mm_buf memory = {0};
    for (size_t i = 0; i < 2 * MM_COUNT(parts); i++) {
        struct mm_map map;
        struct mm_err err;
        uint64_t offset = parts[i / 2].offset;
        size_t size = parts[i / 2].size;
        if (mm_map_open_part(&map, path, offset, size, i % 2 ? &memory : NULL, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(map.size, size);
        assert_memory_equal(map.data, content + offset, size);
        mm_map_drop(&map, map.data, map.size);
        assert_memory_equal(map.data, content + offset, size);
        assert_int_equal(mm_map_check(&map, "x", &err), 0);
        mm_map_close(&map);
    }
    mm_buf_done(&memory);
    free(path);
    drop_folder(folder);
}

/* Behind the part the file may lose what it likes. */
static void a_part_that_is_not_there(void **state)
{
    struct mm_map map;
    struct mm_err err;
    (void)state;
    char *folder = temp_folder();
    shell(folder, "truncate -s 4M '%s/x'");
    char *path = in_folder(folder, "x");
    assert_int_equal(mm_map_open_part(&map, path, 1, 4 << 20, NULL, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_int_equal(mm_map_open_part(&map, path, UINT64_MAX, 1, NULL, &err), -1);
    assert_int_equal(mm_map_open_part(&map, path, (4 << 20) + 1, 0, NULL, &err), -1);
    assert_int_equal(mm_map_open_part(&map, path, 1000, 2 << 20, NULL, &err), 0);
    assert_int_equal(truncate(path, 3 << 20), 0);
    assert_int_equal(mm_map_check(&map, "x", &err), 0);
    assert_int_equal(truncate(path, (2 << 20) + 999), 0);
    assert_int_equal(mm_map_check(&map, "x", &err), -1);
    assert_non_null(strstr(err.text, "x: became shorter"));
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_the_content),
        cmocka_unit_test(an_empty_file_has_data),
        cmocka_unit_test(a_large_file),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_fifo_keeps_what_is_in_it),
        cmocka_unit_test(small_files_are_read_into_the_same_memory),
        cmocka_unit_test(sizes_at_the_borders),
        cmocka_unit_test(dropping),
        cmocka_unit_test(sparse),
        cmocka_unit_test(a_part),
        cmocka_unit_test(a_part_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
