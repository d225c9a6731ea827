/* How much of two dumps is read to pair them by order: counted by the pages of their files that are in memory afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/session/session_testing.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

/* A sparse .npy file of [64, 1024, rows] floats, 0 all of them: 0.25 MiB times `rows`. Nothing of its values is on disk. */
static char *put_sparse(const char *folder, const char *name, int rows)
{
    char header[128], text[16];
    char *path = in_folder(folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00\x76\x00", 10);
    int length = snprintf(header + 10, sizeof header - 10,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 1024, %d), }", rows);
    header[10 + length] = ' ';
    header[sizeof header - 1] = '\n';
    snprintf(text, sizeof text, "%d", rows);
    assert_true(fd >= 0 && write(fd, header, sizeof header) == (ssize_t)sizeof header);
    assert_int_equal(ftruncate(fd, (off_t)(sizeof header + (size_t)rows * MIB / 4)), 0);
    assert_int_equal(close(fd), 0);
    return path;
}

static size_t bytes_in_memory(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &info) == 0);
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = ((size_t)info.st_size + page - 1) / page, count = 0;
    void *base = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
    unsigned char *in = calloc(pages, 1);
    assert_true(base != MAP_FAILED && in && mincore(base, (size_t)info.st_size, in) == 0);
    for (size_t i = 0; i < pages; i++)
        count += in[i] & 1;
    free(in);
    munmap(base, (size_t)info.st_size);
    close(fd);
    return count * page;
}

/* `count` files of a GiB (4096 rows) or `rows` on each side, whose names have nothing in common. Returns what was read of them. */
static size_t read_of(struct stage *stage, int count, int rows)
{
    char *path[1024], name[32];
    size_t all = 0;
    stage_init(stage);
    for (int i = 0; i < 2 * count; i++) {
        snprintf(name, sizeof name, i % 2 ? "%d.npy" : "layer_%c%d.npy", i % 2 ? 1000 + 7 * i : 'a' + i % 26,
                 i);
        path[i] = put_sparse(i % 2 ? stage->dst : stage->src, name, rows);
    }
    stage_open(stage);
    for (int i = 0; i < 2 * count; i++) {
        all += bytes_in_memory(path[i]);
        free(path[i]);
    }
    return all;
}

/* Sixteen files of a GiB: of each no more than 2048 runs of 8 elements, of two pages each, a row's 64, and its beginning: 18 MiB. */
static void some_of_each(void **state)
{
    (void)state;
    struct stage stage;
    size_t read = read_of(&stage, 8, 4096);
    print_message("%zu MiB of 16 GiB\n", read / MIB);
    assert_true(read > 0 && read < 16 * 18 * MIB);
    assert_true(!mm_session_notice(stage.session) ||
                !strstr(mm_session_notice(stage.session), "would have to be read"));
    stage_done(&stage);
}

/* Many: it ends at 512 MiB, and is told. */
static void all_of_them(void **state)
{
    (void)state;
    struct stage stage;
    size_t read = read_of(&stage, 400, 256);
    print_message("%zu MiB of 50 GiB\n", read / MIB);
    assert_true(read < 2 * MM_ORDER_BYTES_MOST);
    assert_non_null(mm_session_notice(stage.session));
    assert_non_null(
        strstr(mm_session_notice(stage.session), "more than 512 MiB of values would have to be read"));
    assert_int_equal(mm_session_count(stage.session), 800);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(some_of_each), cmocka_unit_test(all_of_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
