#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "remote/options.h"

static void test_round_trip(void **state)
{
    static const struct mm_concat_row concat[] = {{NULL, -1}, {"attn*", 1}};
    static const struct mm_given_row given[] = {
        {"x", {.dtype = MM_F16, .shaped = true, .shape = {2, {3, 4}}}}};
    struct mm_schema schema = {.origin = "map.proto", .number = {1, 2, 3}};
    struct mm_dump_options options = {.check = true,
                                      .file_names = true,
                                      .schema = &schema,
                                      .given = {given, 1}},
                           got;
    struct mm_arena arena = {0};
    struct mm_buf out = {0};
    (void)state;
    schema.dtype[0].value = -7;
    schema.dtype[0].dtype = MM_I8;
    options.part =
        (struct mm_dump_part){.stepped = true, .step = 3, .rank = -1, .results = MM_RESULTS_DEVICE};
    options.part.choice = (struct mm_runner_choice){.runner = "trt", .other = true, .iteration = 9};
    options.part.concat = (struct mm_concat_list){concat, 2};
    options_put(&out, &options);
    struct cache_reader in = {(uint8_t *)out.data, (uint8_t *)out.data + out.length, false};
    options_get(&in, &arena, &got);
    assert_true(!in.bad && in.at == in.end);
    assert_true(got.check && got.file_names && !got.enclosed);
    assert_true(got.part.stepped && got.part.step == 3 && got.part.rank == -1);
    assert_true(got.part.results == MM_RESULTS_DEVICE && got.part.choice.other &&
                got.part.choice.iteration == 9);
    assert_string_equal(got.part.choice.runner, "trt");
    assert_null(got.part.concat.row[0].name);
    assert_true(got.part.concat.row[0].axis == -1 && got.part.concat.row[1].axis == 1);
    assert_string_equal(got.part.concat.row[1].name, "attn*");
    assert_true(got.given.row[0].given.dtype == MM_F16 && got.given.row[0].given.shape.dim[1] == 4);
    assert_string_equal(got.schema->origin, "map.proto");
    assert_memory_equal(got.schema->number, schema.number, sizeof schema.number);
    assert_true(got.schema->dtype[0].value == -7 && got.schema->dtype[0].dtype == MM_I8);
    for (size_t size = 0; size < out.length; size++) {
        in = (struct cache_reader){(uint8_t *)out.data, (uint8_t *)out.data + size, false};
        options_get(&in, &arena, &got);
        assert_true(in.bad);
    }
    mm_buf_clear(&out);
    schema_put(&out, mm_schema_own());
    schema_put(&out, NULL);
    in = (struct cache_reader){(uint8_t *)out.data, (uint8_t *)out.data + out.length, false};
    assert_ptr_equal(schema_get(&in, &arena), mm_schema_own());
    assert_null(schema_get(&in, &arena));
    mm_arena_done(&arena);
    mm_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
