#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "remote/fields.h"

static struct cache_reader reader(const struct mm_buf *buf)
{
    const uint8_t *at = (const uint8_t *)buf->data;
    return (struct cache_reader){at, at + buf->length, false};
}

static void test_texts(void **state)
{
    struct mm_arena arena = {0};
    struct mm_buf out = {0};
    (void)state;
    field_put_text(&out, NULL);
    field_put_text(&out, "");
    field_put_text(&out, "conv1");
    struct cache_reader in = reader(&out);
    assert_null(field_get_text(&in, &arena));
    assert_string_equal(field_get_text(&in, &arena), "");
    assert_string_equal(field_get_text(&in, &arena), "conv1");
    assert_true(!in.bad && in.at == in.end);
    out.data[out.length - 2] = '\0'; /* "con\0" would be another name */
    in = reader(&out);
    field_get_text(&in, &arena);
    field_get_text(&in, &arena);
    assert_null(field_get_text(&in, &arena));
    assert_true(in.bad);
    mm_arena_done(&arena);
    mm_buf_done(&out);
}

static void test_shapes(void **state)
{
    const struct mm_shape shape = {.rank = 3, .dim = {2, 0, 5}}, huge = {.rank = 2, .dim = {INT64_MAX, 3}};
    struct mm_shape got;
    struct mm_buf out = {0};
    (void)state;
    field_put_shape(&out, &shape);
    struct cache_reader in = reader(&out);
    field_get_shape(&in, &got);
    assert_true(!in.bad && mm_shape_equal(&shape, &got));
    mm_buf_clear(&out);
    field_put_shape(&out, &huge); /* whose elements can't be counted */
    in = reader(&out);
    field_get_shape(&in, &got);
    assert_true(in.bad);
    out.data[0] = MM_RANK_MAX + 1;
    in = reader(&out);
    field_get_shape(&in, &got);
    assert_true(in.bad);
    mm_buf_done(&out);
}

static void test_axes(void **state)
{
    const struct mm_axis axis[] = {
        {.kind = MM_AXIS_NONE},
        {.kind = MM_AXIS_MOVE, .from = 1, .to = -1},
        {.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 2, 3, 1}},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(axis); i++) {
        struct mm_axis got;
        struct mm_buf out = {0};
        field_put_axis(&out, &axis[i]);
        struct cache_reader in = reader(&out);
        field_get_axis(&in, &got);
        assert_true(!in.bad && in.at == in.end);
        assert_memory_equal(&got, &axis[i], sizeof got);
        mm_buf_done(&out);
    }
}

static void test_scales(void **state)
{
    const double scale[] = {0.5, 0.25}, zero[] = {3, -1}, bad[] = {0.5, 0};
    struct mm_scales scales = {.count = 2, .axis = 1, .scale = scale, .zero_point = zero, .dtype = MM_I8},
                     got;
    struct mm_arena arena = {0};
    struct mm_buf out = {0};
    (void)state;
    field_put_scales(&out, &scales);
    struct cache_reader in = reader(&out);
    field_get_scales(&in, &arena, &got);
    assert_true(!in.bad && in.at == in.end);
    assert_true(got.count == 2 && got.axis == 1 && got.dtype == MM_I8);
    assert_memory_equal(got.scale, scale, sizeof scale);
    assert_memory_equal(got.zero_point, zero, sizeof zero);
    mm_buf_clear(&out);
    scales.scale = bad; /* must be above 0 */
    field_put_scales(&out, &scales);
    in = reader(&out);
    field_get_scales(&in, &arena, &got);
    assert_true(in.bad);
    mm_buf_clear(&out);
    scales.count = 0;
    field_put_scales(&out, &scales);
    in = reader(&out);
    field_get_scales(&in, &arena, &got);
    assert_true(in.bad);
    mm_arena_done(&arena);
    mm_buf_done(&out);
}

/* A count that the bytes can't hold is none, so that nobody makes room for it. */
static void test_counts(void **state)
{
    static const uint8_t bytes[] = {2, 0, 0, 0, 'a', 'b', 'c', 'd', 'e'};
    struct cache_reader in = {bytes, bytes + sizeof bytes, false};
    (void)state;
    assert_int_equal(field_get_count(&in, 2), 2);
    in = (struct cache_reader){bytes, bytes + sizeof bytes, false};
    assert_int_equal(field_get_count(&in, 3), 0);
    assert_true(in.bad);
    in = (struct cache_reader){bytes, bytes + 1, false};
    assert_int_equal(field_get_below(&in, 3), 2);
    in = (struct cache_reader){bytes, bytes + 1, false};
    assert_int_equal(field_get_below(&in, 2), 0);
    assert_true(in.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),  cmocka_unit_test(test_shapes), cmocka_unit_test(test_axes),
        cmocka_unit_test(test_scales), cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
