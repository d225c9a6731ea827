/* Ranks in names, and tensors that are put together over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/ranks.h"
#include "unit/fixture.h"

static void is(const char *name, const char *whole, int64_t rank)
{
    size_t begin, end;
    int64_t found;
    char text[200];
    if (!ranks_in_name(name, &begin, &end, &found)) {
        if (whole)
            fail_msg("%s: no rank", name);
        return;
    }
    snprintf(text, sizeof text, "%.*s%s", (int)begin, name, name + end);
    assert_non_null(whole);
    assert_string_equal(text, whole);
    assert_int_equal(found, rank);
}

static void names(void **state)
{
    (void)state;
    is("block.rank0", "block", 0);
    is("block.rank12", "block", 12);
    is("block_rank_3", "block", 3);
    is("block-Rank3.out", "block.out", 3);
    is("a/rank1/b", "a/b", 1);
    is("rank1/b", "b", 1);
    is("rank1_b", "b", 1);
    is("pass=1___rank=2___name=h", "pass=1___name=h", 2);
    is("rank0.x.rank1", "rank0.x", 1);
    is("rank1", NULL, 0);
    is("_rank1_", NULL, 0);
    is("block", NULL, 0);
    is("rank", NULL, 0);
    is("block.rank", NULL, 0);
    is("crank0", NULL, 0);
    is("block.rank0a", NULL, 0);
    is("block.rankless0", NULL, 0);
    is("block.rank99999999999", NULL, 0);
    is("", NULL, 0);
}

static void folders(void **state)
{
    (void)state;
    assert_int_equal(ranks_of_folder("rank0/x.npy"), 0);
    assert_int_equal(ranks_of_folder("step1/rank_3/dump/x.npy"), 3);
    assert_int_equal(ranks_of_folder("x/rank3.npy"), -1);
    assert_int_equal(ranks_of_folder("x.npy"), -1);
}

static void axes(void **state)
{
    static const struct mm_concat_row rows[] = {{"mlp*", 1}, {NULL, 0}, {"mlp.up", 2}, {NULL, 3}};
    const struct mm_concat_list list = {rows, MM_COUNT(rows)}, named = {rows, 1};
    int axis;
    (void)state;
    assert_true(ranks_axis(&list, "mlp.down", &axis));
    assert_int_equal(axis, 1);
    assert_true(ranks_axis(&list, "mlp.up", &axis));
    assert_int_equal(axis, 2);
    assert_true(ranks_axis(&list, "norm", &axis));
    assert_int_equal(axis, 3);
    assert_false(ranks_axis(&named, "norm", &axis));
}

/* "NAME RANKS ..." of a folder, opened with an axis for these names (NULL: all). */
static void listed(char *folder, const char *name, const char *expected)
{
    const struct mm_concat_row row = {name, 0};
    const struct mm_dump_options options = {.part.concat = {&row, 1}};
    struct mm_dump *dump;
    struct mm_buf text = {0};
    struct mm_err err;
    if (mm_dump_open(&dump, folder, &options, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < dump->count; i++) {
        const struct mm_joined *joined = dump->entries[i].joined;
        mm_buf_printf(&text, "%s %zu%s ", dump->entries[i].parsed.name, joined ? joined->count : 0,
                      dump->entries[i].code == MM_OK ? "" : "!");
        for (size_t k = 0; joined && k < joined->count; k++)
            assert_null(joined->part[k].joined);
    }
    assert_string_equal(mm_buf_text(&text), expected);
    mm_buf_done(&text);
    mm_dump_close(dump);
}

static void listings(void **state)
{
    static const char *const files[] = {"a.rank1.npy", "a.rank0.npy", "b.npy",       "c.rank0.npy",
                                        "d.rank0.npy", "d.rank2.npy", "e.rank0.npy", "e.rank1.npy",
                                        "e.rank2.npy", "a.rank2.npy"};
    (void)state;
    char *folder = temp_folder();
    for (size_t i = 0; i < MM_COUNT(files); i++)
        put_text(folder, files[i], "");
    listed(folder, NULL, "a 3 b 0 c 0 d 2! e 3 ");
    listed(folder, "a", "a 3 b 0 c.rank0 0 d.rank0 0 d.rank2 0 e.rank0 0 e.rank1 0 e.rank2 0 ");
    drop_folder(folder);
    folder = temp_folder();
    shell(folder, "mkdir %s/rank0 %s/rank1 && touch %s/rank0/a.npy %s/rank1/a.npy");
    put_text(folder, "rank1/b.npy", "");
    put_text(folder, "rank0/c.npy", "");
    put_text(folder, "rank1/c.npy", "");
    listed(folder, NULL, "a 2 c 2 b 0 ");
    listed(folder, "a", "a 2 c 0 b 0 "); /* of c one rank stays */
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(folders),
                                       cmocka_unit_test(axes), cmocka_unit_test(listings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
