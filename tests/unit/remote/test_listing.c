#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "remote/listing.h"
#include "unit/fixture.h"

static struct spool_item *bring_nothing(void *context, const struct mm_entry *entry,
                                        const struct far_detail *detail, const atomic_bool *cancel,
                                        struct mm_err *err)
{
    (void)context, (void)entry, (void)detail, (void)cancel;
    mm_fail(err, MM_EIO, "nothing comes");
    return NULL;
}

static const struct far_owner owner = {.bring = bring_nothing};

static int setup(void **state)
{
    static const float values[6] = {1, 2, 3, 4, 5, 6};
    char *folder = temp_folder();
    shell(folder, "mkdir '%s/rank0' '%s/rank1'");
    put_npy(folder, "10_conv.npy", "<f4", "(2, 3)", values, sizeof values);
    put_npy(folder, "9_relu@axis1to-1.npy", "<f2", "(12,)", values, sizeof values);
    put_npy(folder, "rank0/x.npy", "<f4", "(2, 3)", values, sizeof values);
    put_npy(folder, "rank1/x.npy", "<f4", "(2, 3)", values, sizeof values);
    put_text(folder, "scales.json", "{\"x\": {\"scale\": 0.5}}");
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

static void list(const char *folder, const struct mm_dump_options *options, struct mm_buf *out)
{
    struct listed listed;
    struct mm_dump *dump;
    struct mm_err err;
    if (mm_dump_open(&dump, folder, options, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(listed_take(&listed, dump, NULL), 0);
    assert_int_equal(listing_put(out, &listed, NULL, NULL), 0);
    listed_done(&listed);
}

static int get(const struct mm_buf *bytes, size_t size, struct mm_dump *dump, struct beside_list *beside)
{
    const size_t *place;
    *dump = (struct mm_dump){.path = "far:/d"};
    return listing_get((const uint8_t *)bytes->data, size, &owner, dump, beside, &place, NULL);
}

static void test_round_trip(void **state)
{
    static const struct mm_concat_row row = {.axis = 1};
    const struct mm_dump_options options = {.part.concat = {&row, 1}};
    struct mm_buf bytes = {0};
    struct beside_list beside;
    struct mm_dump dump;
    struct mm_load load;
    struct mm_err err;
    list(*state, &options, &bytes);
    assert_int_equal(get(&bytes, bytes.length, &dump, &beside), 0);
    assert_int_equal(dump.count, 3);
    const struct mm_entry *conv = NULL, *joined = NULL;
    for (size_t i = 0; i < dump.count; i++) {
        conv = strstr(dump.entries[i].parsed.name, "conv") ? &dump.entries[i] : conv;
        joined = dump.entries[i].joined ? &dump.entries[i] : joined;
        assert_int_equal(dump.entries[i].order, i);
    }
    assert_non_null(conv);
    assert_string_equal(conv->label, "10_conv.npy");
    assert_string_equal(conv->source->file, "10_conv.npy");
    assert_string_equal(conv->source->path, "far:/d/10_conv.npy");
    assert_string_equal(conv->source->format->name, "npy");
    assert_int_equal(conv->source->elsewhere->size, 128 + 24);
    assert_int_equal(mm_load_open(&load, conv, NULL, NULL), 0); /* for its header alone nothing is brought */
    assert_int_equal(load.tensor.dtype, MM_F32);
    assert_int_equal(load.tensor.shape.rank, 2);
    assert_int_equal(mm_load_check(&load, conv, &err), 0);
    assert_true(mm_tensor_at(&load.tensor, 0) != mm_tensor_at(&load.tensor, 0));
    assert_int_equal(mm_load_check(&load, conv, &err), -1);
    assert_string_equal(err.text, "nothing comes");
    mm_load_close(&load);
    assert_non_null(joined);
    assert_int_equal(joined->joined->count, 2);
    assert_int_equal(mm_load_open(&load, joined, NULL, NULL), 0);
    assert_int_equal(load.tensor.shape.dim[1], 6); /* 3 of each rank */
    mm_load_close(&load);
    assert_int_equal(beside.count, 1);
    assert_string_equal(beside.file[0].name, "scales.json");
    mm_arena_done(&dump.arena);
    mm_buf_done(&bytes);
}

/* Whatever is cut off, or is another byte, gives an error or a list that can be read to its end. */
static void test_damaged(void **state)
{
    struct mm_buf bytes = {0};
    struct beside_list beside;
    struct mm_dump dump;
    list(*state, NULL, &bytes);
    for (size_t size = 0; size < bytes.length; size++) {
        assert_int_equal(get(&bytes, size, &dump, &beside), -1);
        mm_arena_done(&dump.arena);
    }
    size_t bad = 0;
    for (size_t at = 0; at < bytes.length; at++) {
        static const char flips[] = {1, 0x40, (char)0xFF};
        for (size_t i = 0; i < MM_COUNT(flips); i++) {
            bytes.data[at] ^= flips[i];
            int result = get(&bytes, bytes.length, &dump, &beside);
            bad += result < 0;
            for (size_t k = 0; result == 0 && k < dump.count; k++) {
                struct mm_load load;
                if (mm_load_open(&load, &dump.entries[k], NULL, NULL) < 0)
                    continue;
                assert_true(load.tensor.count == mm_shape_count(&load.tensor.shape));
                mm_load_close(&load);
            }
            mm_arena_done(&dump.arena);
            bytes.data[at] ^= flips[i];
        }
    }
    assert_true(bad > bytes.length / 4);
    mm_buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
