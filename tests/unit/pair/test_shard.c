#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/pair.h"
#include "unit/fixture.h"

struct folders {
    char *top, *src, *dst;
    struct mm_dump *s, *d;
};

static void folders_init(struct folders *folders)
{
    folders->top = temp_folder();
    folders->src = in_folder(folders->top, "src");
    folders->dst = in_folder(folders->top, "dst");
    shell(folders->top, "mkdir '%s/src' '%s/dst'");
}

static void folders_list(struct folders *folders)
{
    assert_int_equal(mm_dump_open(&folders->s, folders->src, NULL, NULL), 0);
    assert_int_equal(mm_dump_open(&folders->d, folders->dst, NULL, NULL), 0);
}

static void folders_done(struct folders *folders)
{
    mm_dump_close(folders->s);
    mm_dump_close(folders->d);
    free(folders->src);
    free(folders->dst);
    drop_folder(folders->top);
}

/* The names of a share, in order, one character each. */
static void share_of(const struct folders *folders, unsigned index, unsigned count, char out[64])
{
    struct mm_pairs *pairs;
    assert_int_equal(mm_pairs_open(&pairs, folders->s, folders->d, NULL, NULL), 0);
    size_t all = pairs->count;
    assert_int_equal(mm_pairs_shard(pairs, index, count, NULL), 0);
    assert_int_equal(pairs->whole.count, all);
    assert_int_equal(pairs->count, pairs->both + pairs->src_only + pairs->dst_only);
    for (size_t i = 0; i < pairs->count; i++) {
        out[i] = pairs->pair[i].name[0];
        assert_int_equal(pairs->pair[i].place, (size_t)(out[i] - 'a'));
    }
    out[pairs->count] = '\0';
    mm_pairs_close(pairs);
}

/*
 * Sizes in units of 64 KiB a side, both sides alike: a 5, b 1, c 4, d 3, e 3; with one unit for opening each
 * file they cost 12, 4, 10, 8, 8. Largest first into two shares: a -> 1, c -> 2, d -> 2 (10 < 12), e -> 1 (12
 * < 18), b -> 2 (18 < 20): 20 and 22.
 */
static void test_largest_first(void **state)
{
    (void)state;
    static const size_t units[] = {5, 1, 4, 3, 3};
    struct folders folders;
    char names[64];
    folders_init(&folders);
    char *data = calloc(5, 65536);
    for (size_t i = 0; i < 5; i++) {
        char file[] = "a.npy";
        file[0] = (char)('a' + i);
        put_bytes(folders.src, file, data, units[i] * 65536);
        put_bytes(folders.dst, file, data, units[i] * 65536);
    }
    free(data);
    folders_list(&folders);
    share_of(&folders, 1, 2, names);
    assert_string_equal(names, "ae");
    share_of(&folders, 2, 2, names);
    assert_string_equal(names, "bcd");
    share_of(&folders, 1, 1, names);
    assert_string_equal(names, "abcde");
    share_of(&folders, 3, 5, names); /* one each: a c d e b */
    assert_string_equal(names, "d");
    share_of(&folders, 6, 9, names);
    assert_string_equal(names, "");
    folders_done(&folders);
}

/* Empty files too are shared out; a lone file costs half of a pair. */
static void test_equal_and_lone(void **state)
{
    (void)state;
    struct folders folders;
    char names[64], seen[64] = "";
    folders_init(&folders);
    for (char c = 'a'; c < 'i'; c++) {
        char file[] = "a.npy";
        file[0] = c;
        put_bytes(folders.src, file, "", 0);
        if (c < 'e')
            put_bytes(folders.dst, file, "", 0);
    }
    folders_list(&folders);
    for (unsigned i = 1; i <= 4; i++) {
        share_of(&folders, i, 4, names);
        assert_int_equal(strlen(names), 2); /* a pair and a lone one */
        strcat(seen, names);
    }
    assert_string_equal(seen, "aebfcgdh");
    folders_done(&folders);
}

static void test_refused(void **state)
{
    (void)state;
    struct mm_pairs pairs = {0};
    struct mm_err err;
    assert_int_equal(mm_pairs_shard(&pairs, 0, 1, &err), -1);
    assert_int_equal(mm_pairs_shard(&pairs, 2, 1, &err), -1);
    assert_int_equal(mm_pairs_shard(&pairs, 1, 0, &err), -1);
    assert_int_equal(mm_pairs_shard(&pairs, 1, MM_SHARDS_MAX + 1, &err), -1);
    assert_int_equal(err.code, MM_EARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_largest_first),
        cmocka_unit_test(test_equal_and_lone),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
