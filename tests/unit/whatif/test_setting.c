#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/whatif.h"
#include "whatif/range.h"

#include <string.h>

static void words(void **state)
{
    (void)state;
    assert_string_equal(mm_range_word(MM_RANGE_MINMAX), "minmax");
    assert_string_equal(mm_range_word(MM_RANGE_P9999), "p99.99");
    assert_string_equal(mm_range_word(MM_RANGE_MSE), "mse");
    assert_string_equal(mm_range_word(MM_RANGE_KL), "kl");
    assert_string_equal(mm_range_word((enum mm_range)9), "?");
}

static void assert_name(struct mm_whatif_setting setting, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_whatif_name(&setting, &buf);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

static void names(void **state)
{
    (void)state;
    assert_name((struct mm_whatif_setting){.dtype = MM_F16, .per_channel = true}, "f16");
    assert_name((struct mm_whatif_setting){.dtype = MM_F8E4M3}, "f8e4m3");
    assert_name((struct mm_whatif_setting){.dtype = MM_I16}, "int16 per tensor, symmetric, minmax");
    assert_name(
        (struct mm_whatif_setting){.dtype = MM_I8, .per_channel = true, .axis = 1, .range = MM_RANGE_MSE},
        "int8 per channel (axis 1), symmetric, mse");
    assert_name((struct mm_whatif_setting){.dtype = MM_I4, .asymmetric = true, .range = MM_RANGE_P9999},
                "int4 per tensor, asymmetric, p99.99");
    assert_name((struct mm_whatif_setting){.dtype = MM_F8E4M3, .blocks = MM_BLOCKS_MX}, "MXFP8 E4M3");
    assert_name((struct mm_whatif_setting){.dtype = MM_F6E3M2, .blocks = MM_BLOCKS_MX}, "MXFP6 E3M2");
    assert_name((struct mm_whatif_setting){.dtype = MM_F4E2M1, .blocks = MM_BLOCKS_MX}, "MXFP4");
    assert_name((struct mm_whatif_setting){.dtype = MM_I8, .blocks = MM_BLOCKS_MX}, "MXINT8");
    assert_name((struct mm_whatif_setting){.dtype = MM_F4E2M1, .blocks = MM_BLOCKS_NVFP4}, "NVFP4");
}

static void axes(void **state)
{
    (void)state;
    assert_int_equal(mm_channel_axis(&(struct mm_shape){0, {0}}), -1);
    assert_int_equal(mm_channel_axis(&(struct mm_shape){1, {9}}), 0);
    assert_int_equal(mm_channel_axis(&(struct mm_shape){2, {9, 4}}), 1);
    assert_int_equal(mm_channel_axis(&(struct mm_shape){3, {1, 9, 4}}), 1);
    assert_int_equal(mm_channel_axis(&(struct mm_shape){5, {1, 9, 4, 1, 1}}), 1);
}

static size_t usual(struct mm_shape shape, int axis, bool *channels)
{
    struct mm_whatif_setting out[MM_WHATIF_MAX];
    size_t n = mm_whatif_usual(&shape, axis, out);
    *channels = false;
    assert_true(n <= MM_WHATIF_MAX);
    for (size_t i = 0; i < n; i++) {
        *channels = *channels || out[i].per_channel;
        if (out[i].per_channel)
            assert_int_equal(out[i].axis, axis);
        assert_true(out[i].dtype == MM_I8 || out[i].range == MM_RANGE_MINMAX);
        for (size_t k = 0; k < i; k++) /* no row twice */
            assert_true(out[i].blocks != out[k].blocks || out[i].dtype != out[k].dtype ||
                        out[i].per_channel != out[k].per_channel || out[i].asymmetric != out[k].asymmetric ||
                        out[i].range != out[k].range);
    }
    return n;
}

/* 4 float formats; int16 and int4 in 2 (4) ways; int8 in 2 (4) ways with 4 ranges each; 6 of MX's blocks, NVFP4. */
static void rows(void **state)
{
    (void)state;
    bool channels;
    assert_int_equal(usual((struct mm_shape){4, {1, 3, 4, 4}}, 1, &channels), 4 + 4 + 16 + 4 + 7);
    assert_true(channels);
    assert_int_equal(usual((struct mm_shape){4, {1, 3, 4, 4}}, -1, &channels), 4 + 2 + 8 + 2 + 7);
    assert_false(channels);
    assert_int_equal(usual((struct mm_shape){0, {0}}, 0, &channels), 23);    /* a scalar has no axis 0 */
    assert_int_equal(usual((struct mm_shape){1, {9}}, 0, &channels), 23);    /* channels of one element */
    assert_int_equal(usual((struct mm_shape){2, {9, 1}}, 1, &channels), 23); /* one channel */
    assert_int_equal(usual((struct mm_shape){2, {0, 5}}, 1, &channels), 23); /* empty */
    assert_int_equal(usual((struct mm_shape){2, {2, MM_SEARCH_CHANNELS_MAX}}, 1, &channels), 35);
    assert_int_equal(usual((struct mm_shape){2, {2, MM_SEARCH_CHANNELS_MAX + 1}}, 1, &channels), 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(names),
        cmocka_unit_test(axes),
        cmocka_unit_test(rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
