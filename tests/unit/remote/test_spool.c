#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mmtui/base.h"
#include "remote/spool.h"

static void put(struct spool *spool, uint64_t key, size_t size, char fill)
{
    struct spool_item *item = spool_make(size, "x", NULL);
    assert_non_null(item);
    memset(item->data, fill, size);
    spool_keep(spool, item, key);
    spool_release(spool, item);
}

static bool has(struct spool *spool, uint64_t key)
{
    struct spool_item *item = spool_find(spool, key);
    spool_release(spool, item);
    return item;
}

/* The one that was read least lately goes first; what is being read stays. */
static void test_bound(void **state)
{
    struct spool *spool = spool_open(100);
    (void)state;
    put(spool, 1, 40, 'a');
    put(spool, 2, 40, 'b');
    assert_true(has(spool, 1)); /* 2 is the older one now */
    put(spool, 3, 40, 'c');
    assert_int_equal(spool_size(spool), 80);
    assert_false(has(spool, 2));
    struct spool_item *read = spool_find(spool, 1);
    put(spool, 4, 90, 'd'); /* more than there is room for beside what is read */
    assert_false(has(spool, 3));
    assert_false(has(spool, 4));
    assert_true(read->data[39] == 'a');
    spool_release(spool, read);
    assert_true(has(spool, 1));
    assert_int_equal(spool_size(spool), 40);
    spool_close(spool);
}

/* A large one lies in a file. */
static void test_large(void **state)
{
    struct spool *spool = spool_open(SPOOL_MOST);
    (void)state;
    put(spool, 7, SPOOL_SMALL + 1, 'z');
    struct spool_item *item = spool_find(spool, 7);
    assert_true(item->mapped);
    assert_true(item->data[0] == 'z' && item->data[SPOOL_SMALL] == 'z');
    spool_release(spool, item);
    put(spool, 8, 0, 'z');
    item = spool_find(spool, 8);
    assert_non_null(item->data);
    spool_release(spool, item);
    spool_close(spool);
}

/* A dump that was listed again: who reads the old bytes reads on, nobody finds them. */
static void test_forget(void **state)
{
    struct spool *spool = spool_open(1000);
    (void)state;
    put(spool, (uint64_t)5 << 32 | 1, 10, 'a');
    put(spool, (uint64_t)5 << 32 | 2, 10, 'b');
    put(spool, (uint64_t)6 << 32 | 1, 10, 'c');
    struct spool_item *read = spool_find(spool, (uint64_t)5 << 32 | 1);
    spool_forget(spool, 5);
    assert_false(has(spool, (uint64_t)5 << 32 | 1));
    assert_false(has(spool, (uint64_t)5 << 32 | 2));
    assert_true(has(spool, (uint64_t)6 << 32 | 1));
    assert_true(read->data[9] == 'a');
    spool_release(spool, read);
    spool_close(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
