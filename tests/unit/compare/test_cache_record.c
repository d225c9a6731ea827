#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "mmtui/compare.h"
#include "compare/cache.h"

static const struct mm_entry src = {.label = "a.npy"};
static const struct mm_entry dst = {.label = "b.npy"};
static const struct mm_pair both = {.name = "a", .src = &src, .dst = &dst};
static const struct mm_pair lone = {.name = "a", .dst = &dst};
static const struct mm_pair_id id = {{1, 2, 3, 4, 5}, {-6, -7, -8, UINT64_MAX, 10}, true};

static char node[] = "main/mm.conv2d", op[] = "mm.conv2d", empty[] = "";

/* 2 x 3 f32 against 6 f16, with figures that are all different. */
static struct mm_result a_result(void)
{
    struct mm_result result = {
        .state = MM_STATE_MEASURED,
        .match = MM_MATCH_SQUEEZED,
        .shape = {2, {2, 3}},
        .spread = 0.25,
        .bits = MM_BF16,
        .bits_side = {false, true},
        .bits_error = 0.125,
        .head = 0x123456789abcdef0,
        .src = {true, MM_F32, {2, {2, 3}}, 6, node, op, -1, true},
        .dst = {true, MM_F16, {1, {6}}, 6, empty, empty, INT64_MAX, false},
    };
    double *figures[] = {&result.metrics.diff1,  &result.metrics.diff2,    &result.metrics.cosine_gap,
                         &result.metrics.beyond, &result.metrics.src.mean, &result.metrics.dst.std};
    for (size_t i = 0; i < MM_COUNT(figures); i++)
        *figures[i] = 0.1 * (double)(i + 1);
    result.metrics.count = 6;
    result.metrics.sqnr = INFINITY;
    result.metrics.mse = NAN;
    result.metrics.fit_offset = -0.0;
    result.metrics.max_abs_at = 5;
    result.metrics.differ_at = -1;
    result.metrics.src.nan = 6;
    return result;
}

static bool read_back(const struct mm_buf *record, const struct mm_pair *pair, const struct mm_pair_id *of,
                      struct mm_result *result)
{
    const uint8_t *data = (const uint8_t *)record->data;
    struct cache_reader in = {data, data + record->length, false};
    struct cache_names names, wanted = cache_names_of(pair);
    return cache_record_names(&in, &names) && cache_names_equal(&names, &wanted) &&
           cache_record_read(&in, pair, of, result);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct mm_result result = a_result(), back;
    struct mm_buf record = {0};
    cache_record_put(&record, &both, &id, &result);
    assert_true(read_back(&record, &both, &id, &back));
    assert_memory_equal(&back.metrics, &result.metrics, sizeof back.metrics);
    assert_int_equal(back.state, MM_STATE_MEASURED);
    assert_int_equal(back.match, MM_MATCH_SQUEEZED);
    assert_int_equal(back.shape.rank, 2);
    assert_int_equal(back.shape.dim[1], 3);
    assert_true(back.spread == 0.25 && back.bits == MM_BF16 && back.bits_error == 0.125 &&
                back.head == 0x123456789abcdef0);
    assert_true(!back.bits_side[0] && back.bits_side[1]);
    assert_int_equal(back.src.dtype, MM_F32);
    assert_int_equal(back.src.shape.rank, 2);
    assert_int_equal(back.src.shape.dim[1], 3);
    assert_int_equal(back.dst.count, 6);
    assert_int_equal(back.src.index, -1);
    assert_true(back.dst.index == INT64_MAX);
    assert_true(back.src.is_output);
    assert_string_equal(back.src.node_name, "main/mm.conv2d");
    assert_string_equal(back.src.op_type, "mm.conv2d");
    assert_string_equal(back.dst.node_name, "");
    mm_result_done(&back);
    mm_buf_done(&record);
}

static void test_one_side(void **state)
{
    (void)state;
    struct mm_result result = a_result(), back;
    struct mm_buf record = {0};
    result.state = MM_STATE_SINGLE;
    result.match = MM_MATCH_NONE;
    cache_record_put(&record, &lone, &id, &result);
    assert_true(read_back(&record, &lone, &id, &back));
    assert_false(back.src.known);
    assert_true(back.dst.known);
    mm_result_done(&back);
    assert_false(read_back(&record, &both, &id, &back)); /* of other names */
    mm_buf_done(&record);
}

/* Another state of a file, in any of its eight numbers, on either side. */
static void test_state_of_files(void **state)
{
    (void)state;
    struct mm_result result = a_result(), back;
    struct mm_buf record = {0};
    cache_record_put(&record, &both, &id, &result);
    struct mm_pair_id other[16];
    for (size_t i = 0; i < 16; i++)
        other[i] = id;
    for (size_t i = 0; i < 16; i += 8) {
        struct mm_entry_id *side[8];
        for (size_t k = 0; k < 8; k++)
            side[k] = i ? &other[i + k].dst : &other[i + k].src;
        side[0]->size++;
        side[1]->modified++;
        side[2]->changed++;
        side[3]->inode++;
        side[4]->device++;
        side[5]->offset++;
        side[6]->bytes++;
        side[7]->check++;
    }
    for (size_t i = 0; i < 16; i++)
        assert_false(read_back(&record, &both, &other[i], &back));
    mm_buf_done(&record);
}

/* A text with a NUL inside would be another text once read. */
static void test_text_with_nul(void **state)
{
    (void)state;
    struct mm_result result = a_result(), back;
    struct mm_buf record = {0};
    cache_record_put(&record, &both, &id, &result);
    char *at = memmem(record.data, record.length, "mm.conv2d", 9);
    assert_non_null(at);
    at[2] = '\0';
    assert_false(read_back(&record, &both, &id, &back));
    mm_buf_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_one_side),
        cmocka_unit_test(test_state_of_files),
        cmocka_unit_test(test_text_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
