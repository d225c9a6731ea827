#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "remote/pair.h"

static void test_round_trip(void **state)
{
    const double scale[] = {0.5, 2};
    const struct mm_layout layout = {.axis = {.kind = MM_AXIS_MOVE, .from = 1, .to = -1},
                                     .blocked = {false, true},
                                     .times = {0, 4},
                                     .more = {3, 0},
                                     .front = true,
                                     .src_axis = {.kind = MM_AXIS_PERMUTE, .rank = 2, .perm = {1, 0}}};
    const struct mm_pair_scales scales = {
        .scales = {.count = 2, .scale = scale, .dtype = MM_U8}, .source = MM_SCALES_FITTED, .rounds = true};
    struct pair_request request = {.side = {{SIDE_THERE, 3, 70000}, {SIDE_SENT, 0, 0}}}, got;
    struct mm_arena arena = {0};
    struct mm_buf out = {0};
    (void)state;
    request.pair = (struct mm_pair){.name = "conv", .occurrence = 2, .occurrences = 5, .read_as = MM_BF16};
    request.pair.read_against_floats = request.pair.round_half = true;
    request.pair.layout = &layout;
    request.pair.scales = &scales;
    request.measure =
        (struct mm_measure_options){.atol = 1, .rtol = 2, .small = 3, .quantiles = true, .hist_bins = 64};
    pair_put(&out, &request);
    struct cache_reader in = {(uint8_t *)out.data, (uint8_t *)out.data + out.length, false};
    pair_get(&in, &arena, &got);
    assert_false(in.bad);
    assert_memory_equal(got.side, request.side, sizeof got.side);
    assert_string_equal(got.pair.name, "conv");
    assert_true(mm_pair_reading_key(&got.pair) ==
                mm_pair_reading_key(&request.pair)); /* all that it is read by */
    assert_true(got.pair.round_half && got.pair.occurrence == 2 && got.pair.occurrences == 5);
    assert_true(got.pair.scales->source == MM_SCALES_FITTED && got.pair.scales->rounds);
    assert_true(got.measure.atol == 1 && got.measure.rtol == 2 && got.measure.small == 3);
    assert_true(got.measure.quantiles && got.measure.hist_bins == 64 && !got.measure.elsewhere);
    for (size_t size = 0; size < out.length; size++) {
        in = (struct cache_reader){(uint8_t *)out.data, (uint8_t *)out.data + size, false};
        pair_get(&in, &arena, &got);
        assert_true(in.bad);
    }
    request.measure.hist_bins = MM_HIST_BINS_MAX + 1;
    mm_buf_clear(&out);
    pair_put(&out, &request);
    in = (struct cache_reader){(uint8_t *)out.data, (uint8_t *)out.data + out.length, false};
    pair_get(&in, &arena, &got);
    assert_true(in.bad);
    mm_arena_done(&arena);
    mm_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
