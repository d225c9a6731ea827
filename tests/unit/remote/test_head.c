#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "remote/head.h"

static struct mm_load load_of(struct mm_shape shape)
{
    struct mm_load load = {.node_name = "n", .op_type = "Conv", .index = 2, .is_output = true, .size = 77};
    load.tensor = (struct mm_tensor){
        .dtype = MM_F16, .stored = MM_F32, .shape = shape, .count = mm_shape_count(&shape)};
    return load;
}

static bool round_trip(const struct tensor_head *head, struct mm_arena *arena, struct tensor_head *got)
{
    struct mm_buf out = {0};
    head_put(&out, head);
    struct cache_reader in = {(uint8_t *)out.data, (uint8_t *)out.data + out.length, false};
    head_get(&in, arena, got);
    bool good = !in.bad && in.at == in.end;
    if (good)
        assert_true(head_hash(got) == head_hash(head));
    for (size_t size = 0; size < out.length; size++) { /* cut anywhere it is none */
        struct tensor_head cut;
        struct cache_reader part = {(uint8_t *)out.data, (uint8_t *)out.data + size, false};
        head_get(&part, arena, &cut);
        assert_true(part.bad);
    }
    mm_buf_done(&out);
    return good;
}

static void test_plain(void **state)
{
    struct mm_load load = load_of((struct mm_shape){.rank = 2, .dim = {3, 5}}), filled = {.bytes = NULL};
    struct tensor_head head, got;
    struct mm_arena arena = {0};
    struct mm_run run;
    uint8_t data[60];
    (void)state;
    head_of_load(&head, &load);
    assert_int_equal(head_bytes(&head), 60); /* as float32, in which the file has them */
    assert_true(round_trip(&head, &arena, &got));
    head_fill(&got, &filled, data, NULL, &run);
    assert_int_equal(filled.tensor.dtype, MM_F16);
    assert_int_equal(filled.tensor.stored, MM_F32);
    assert_int_equal(filled.tensor.count, 15);
    assert_int_equal(filled.tensor.run->size, 60);
    assert_string_equal(filled.node_name, "n");
    assert_string_equal(filled.op_type, "Conv");
    assert_true(filled.index == 2 && filled.is_output && filled.size == 77);
    mm_arena_done(&arena);
}

/* Text and varints travel as floats where these have them all, else as doubles. */
static void test_decoded(void **state)
{
    struct mm_load load = load_of((struct mm_shape){.rank = 1, .dim = {4}});
    struct tensor_head head;
    (void)state;
    load.tensor.encoding = MM_ENC_TEXT;
    head_of_load(&head, &load);
    assert_int_equal(head.tensor.stored, MM_F32);
    load.tensor.dtype = load.tensor.stored = MM_I64;
    head_of_load(&head, &load);
    assert_int_equal(head.tensor.encoding, MM_ENC_RAW);
    assert_int_equal(head_bytes(&head), 32);
    struct mm_run gapped = {.count = 4, .gap = 1};
    load = load_of(load.tensor.shape);
    load.tensor.run = &gapped;
    load.tensor.runs = 1;
    head_of_load(&head, &load);
    assert_int_equal(head.tensor.stored, MM_F32);
}

/* Column-major files keep their steps; steps that lead out of the tensor are none. */
static void test_strides(void **state)
{
    struct mm_load load = load_of((struct mm_shape){.rank = 2, .dim = {3, 5}});
    struct mm_run run = {.count = 15};
    struct tensor_head head, got;
    struct mm_arena arena = {0};
    (void)state;
    load.tensor.run = &run;
    load.tensor.runs = 1;
    mm_tensor_fortran(&load.tensor);
    head_of_load(&head, &load);
    assert_true(round_trip(&head, &arena, &got));
    assert_true(got.tensor.strided && got.tensor.stride[0] == 1 && got.tensor.stride[1] == 3);
    head.tensor.stride[1] = 4; /* 2 + 4 x 4 = 18 */
    assert_false(round_trip(&head, &arena, &got));
    head.tensor.stride[1] = -1;
    assert_false(round_trip(&head, &arena, &got));
    head.tensor.stride[1] = INT64_MAX;
    assert_false(round_trip(&head, &arena, &got));
    mm_arena_done(&arena);
}

static void test_scales(void **state)
{
    const double scale[] = {0.5, 0.25, 1};
    struct mm_load load = load_of((struct mm_shape){.rank = 2, .dim = {3, 5}});
    const struct mm_scales scales = {.count = 3, .axis = 0, .scale = scale, .dtype = MM_I8};
    struct tensor_head head, got;
    struct mm_arena arena = {0};
    (void)state;
    load.tensor.dtype = load.tensor.stored = MM_I8;
    assert_true(mm_tensor_dequantise(&load.tensor, &scales, false));
    head_of_load(&head, &load);
    assert_true(round_trip(&head, &arena, &got));
    assert_true(got.tensor.quantised && got.tensor.scales == &got.scales && got.scales.count == 3);
    head.tensor.scale_axis = 1; /* five places, three scales */
    assert_false(round_trip(&head, &arena, &got));
    mm_arena_done(&arena);
}

/* What can't be opened, and what no machine can hold. */
static void test_none(void **state)
{
    const struct mm_err err = {MM_ECORRUPT, "x.npy: is cut"};
    struct mm_load load = load_of((struct mm_shape){.rank = 1, .dim = {INT64_MAX / 3}});
    struct tensor_head head, got;
    struct mm_arena arena = {0};
    (void)state;
    head_of_error(&head, &err);
    assert_true(round_trip(&head, &arena, &got));
    assert_int_equal(got.code, MM_ECORRUPT);
    assert_string_equal(got.wrong, "x.npy: is cut");
    head_of_load(&head, &load);
    assert_false(round_trip(&head, &arena, &got));
    mm_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),  cmocka_unit_test(test_decoded), cmocka_unit_test(test_strides),
        cmocka_unit_test(test_scales), cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
