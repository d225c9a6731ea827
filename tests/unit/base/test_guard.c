/* What happens when a mapped file is cut short, and when a fault is somebody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/fixture.h"

#include "base/guard.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE ((size_t)3 << 20)

/* A file of SIZE ones. */
static char *put_ones(const char *folder)
{
    uint8_t *ones = malloc(SIZE);
    memset(ones, 1, SIZE);
    put_bytes(folder, "x", ones, SIZE);
    free(ones);
    return in_folder(folder, "x");
}

static size_t add_up(const struct mm_map *map)
{
    const volatile uint8_t *data = map->data;
    size_t sum = 0;
    for (size_t i = 0; i < map->size; i++)
        sum += data[i];
    return sum;
}

static void what_is_gone_reads_as_zeros(void **state)
{
    (void)state;
    char *folder = temp_folder(), *path = put_ones(folder);
    struct mm_map map, other;
    struct mm_err err;
    assert_int_equal(mm_map_open(&map, path, &err), 0);
    assert_int_equal(mm_map_open(&other, path, &err), 0);
    assert_int_equal(mm_map_check(&map, "x", &err), 0);
    assert_int_equal(add_up(&map), SIZE);
    assert_int_equal(truncate(path, 1 << 20), 0);
    assert_int_equal(add_up(&map), (size_t)1 << 20);
    assert_int_equal(mm_map_check(&map, "x", &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_string_equal(err.text, "x: became shorter while it was read");
    assert_int_equal(mm_map_check(&other, "x", NULL), -1); /* not read yet, but it will be too short */
    assert_int_equal(truncate(path, (off_t)SIZE), 0);      /* longer again: what was lost stays lost */
    assert_int_equal(mm_map_check(&map, "x", NULL), -1);
    assert_int_equal(mm_map_check(&other, "x", NULL), 0);
    mm_map_close(&map);
    mm_map_close(&other);
    assert_int_equal(mm_map_open(&map, path, NULL), 0); /* the slot is as new */
    assert_int_equal(mm_map_check(&map, "x", NULL), 0);
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

/* Less than a page is missing: no fault, but the size tells. */
static void a_byte_less(void **state)
{
    (void)state;
    char *folder = temp_folder(), *path = put_ones(folder);
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    assert_int_equal(truncate(path, (off_t)SIZE - 1), 0);
    assert_int_equal(add_up(&map), SIZE - 1);
    assert_int_equal(mm_map_check(&map, "x", NULL), -1);
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

static void *add_up_in_thread(void *map)
{
    return (void *)add_up(map);
}

static void many_readers_of_one_mapping(void **state)
{
    (void)state;
    char *folder = temp_folder(), *path = put_ones(folder);
    struct mm_map map;
    pthread_t thread[4];
    assert_int_equal(mm_map_open(&map, path, NULL), 0);
    assert_int_equal(truncate(path, 0), 0);
    for (size_t i = 0; i < MM_COUNT(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, add_up_in_thread, &map), 0);
    for (size_t i = 0; i < MM_COUNT(thread); i++) {
        void *sum;
        pthread_join(thread[i], &sum);
        assert_null(sum);
    }
    assert_int_equal(mm_map_check(&map, "x", NULL), -1);
    mm_map_close(&map);
    free(path);
    drop_folder(folder);
}

/* ---- faults of others ---- */

static void exit_7(int number)
{
    (void)number;
    _exit(7);
}

/* A mapping that is not guarded, of a file that has gone. */
static const volatile uint8_t *foreign(const char *path)
{
    int fd = open(path, O_RDONLY);
    const uint8_t *data = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (truncate(path, 0) < 0)
        _exit(9);
    return data;
}

/* How a child ends that touches a foreign mapping (or is sent the signal), with or without an own handler. */
static int end_of_child(const char *path, bool handler, bool sent)
{
    pid_t child = fork();
    if (child == 0) {
        struct mm_map map;
        signal(SIGBUS, handler ? exit_7 : SIG_DFL);
        if (mm_map_open(&map, path, NULL) < 0)
            _exit(8);
        if (sent)
            raise(SIGBUS);
        else
            (void)foreign(path)[4096];
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void faults_of_others_are_passed_on(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        char *folder = temp_folder(), *path = put_ones(folder);
        int status = end_of_child(path, i & 1, i & 2);
        if (i & 1)
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
        else
            assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
        free(path);
        drop_folder(folder);
    }
}

/* Somebody puts a handler over ours: the next mapping puts ours back, before theirs. */
static void a_handler_put_over_ours(void **state)
{
    (void)state;
    char *folder = temp_folder(), *path = put_ones(folder);
    struct mm_map first, second;
    assert_int_equal(mm_map_open(&first, path, NULL), 0);
    void (*had)(int) = signal(SIGBUS, exit_7);
    assert_true(had != SIG_ERR);
    assert_int_equal(mm_map_open(&second, path, NULL), 0);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(add_up(&first) + add_up(&second), 0);
    mm_map_close(&first);
    mm_map_close(&second);
    free(path);
    drop_folder(folder);
}

static void there_is_an_end_of_slots(void **state)
{
    static const uint8_t bytes[MM_GUARD_SLOTS + 1];
    int slot[MM_GUARD_SLOTS];
    (void)state;
    for (size_t i = 0; i < MM_GUARD_SLOTS; i++)
        assert_true((slot[i] = mm_guard_add(&bytes[i], 1)) >= 0);
    assert_int_equal(mm_guard_add(&bytes[MM_GUARD_SLOTS], 1), -1);
    for (size_t i = 0; i < MM_GUARD_SLOTS; i++)
        mm_guard_remove(slot[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_others_are_passed_on), /* first: no handler of ours yet */
        cmocka_unit_test(what_is_gone_reads_as_zeros),    cmocka_unit_test(a_byte_less),
        cmocka_unit_test(many_readers_of_one_mapping),    cmocka_unit_test(a_handler_put_over_ours),
        cmocka_unit_test(there_is_an_end_of_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
