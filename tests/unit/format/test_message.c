#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"
#include "format/message.h"

static const uint8_t bytes[64];
static struct mm_load load;
static struct mm_message message;

static int setup(void **state)
{
    (void)state;
    memset(&load, 0, sizeof load);
    mm_arena_init(&load.arena);
    mm_message_init(&message, "x");
    message.version = 1;
    message.dtype = MM_F32;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mm_message_done(&message);
    mm_arena_done(&load.arena);
    return 0;
}

static void values(enum mm_field list, int64_t count)
{
    assert_int_equal(mm_message_list(&message, list, MM_ENC_RAW, "byte 0", NULL), 0);
    assert_int_equal(mm_message_values(&message, bytes, (size_t)count * 4, count, 0, NULL), 0);
}

static void assert_refuses(enum mm_code code, const char *part)
{
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mm_message_finish(&message, &load, &err), -1);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
}

static void a_whole_message(void **state)
{
    (void)state;
    mm_message_dim(&message, 2);
    mm_message_dim(&message, 3);
    values(MM_FIELD_FLOAT_VAL, 6);
    message.dtype = MM_F16;
    assert_int_equal(mm_message_finish(&message, &load, NULL), 0);
    assert_int_equal(load.tensor.dtype, MM_F16);
    assert_int_equal(load.tensor.stored, MM_F32);
    assert_int_equal(load.tensor.count, 6);
    assert_int_equal(load.tensor.runs, 1);
    assert_int_equal(load.tensor.shape.rank, 2);
    assert_ptr_equal(load.tensor.run[0].data, bytes);
}

static void runs_are_merged(void **state)
{
    (void)state;
    mm_message_list(&message, MM_FIELD_FLOAT_VAL, MM_ENC_RAW, "", NULL);
    mm_message_values(&message, bytes, 5, 1, 1, NULL);
    mm_message_values(&message, bytes + 5, 10, 2, 1, NULL); /* goes on */
    assert_int_equal(message.runs, 1);
    assert_int_equal(message.run[0].size, 15);
    assert_int_equal(message.run[0].count, 3);
    mm_message_values(&message, bytes + 16, 5, 1, 1, NULL); /* a hole before it */
    mm_message_values(&message, bytes + 21, 6, 1, 2, NULL); /* a longer tag */
    mm_message_values(&message, bytes + 27, 4, 1, 0, NULL); /* packed */
    mm_message_values(&message, bytes + 31, 4, 1, 0, NULL);
    mm_message_values(&message, bytes + 35, 0, 0, 0, NULL); /* nothing */
    assert_int_equal(message.runs, 5);
    assert_int_equal(message.count, 7);
}

static void scalar_and_empty(void **state)
{
    (void)state;
    values(MM_FIELD_FLOAT_VAL, 1);
    assert_int_equal(mm_message_finish(&message, &load, NULL), 0);
    assert_int_equal(load.tensor.count, 1);
    assert_int_equal(load.tensor.shape.rank, 0);
    mm_message_done(&message);
    mm_message_init(&message, "x");
    message.version = 1;
    message.dtype = MM_I8;
    mm_message_dim(&message, 0);
    mm_message_dim(&message, 7);
    assert_int_equal(mm_message_finish(&message, &load, NULL), 0);
    assert_int_equal(load.tensor.count, 0);
    assert_int_equal(load.tensor.runs, 0);
}

static void versions(void **state)
{
    (void)state;
    message.version = 2;
    assert_refuses(MM_EUNSUPPORTED, "version_number is 2");
}

static void unknown_dtypes(void **state)
{
    (void)state;
    message.dtype = MM_DTYPE_NONE;
    assert_refuses(MM_EUNSUPPORTED, "dtype (none)");
    mm_message_dtype(&message, mm_schema_own(), 99, &load.arena);
    assert_refuses(MM_EUNSUPPORTED, "dtype 99");
    mm_message_dtype(&message, mm_schema_own(), (int64_t)1 << 32 | 2, &load.arena);
    assert_int_equal(message.dtype, MM_DTYPE_NONE);
    mm_message_dtype(&message, mm_schema_own(), 2, &load.arena);
    assert_int_equal(message.dtype, MM_F32);
}

static void the_wrong_list(void **state)
{
    struct mm_err err;
    (void)state;
    values(MM_FIELD_INT_VAL, 1);
    assert_refuses(MM_ECORRUPT, "in int_val, but those of dtype FLOAT32 belong in float_val");
    assert_int_equal(mm_message_list(&message, MM_FIELD_FLOAT_VAL, MM_ENC_RAW, "byte 9", &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text, "x: byte 9: values in float_val, but int_val has values already");
}

static void shapes_that_lie(void **state)
{
    (void)state;
    values(MM_FIELD_FLOAT_VAL, 5);
    assert_refuses(MM_ECORRUPT, "[] means 1 values, 5 are there");
    mm_message_dim(&message, 2);
    mm_message_dim(&message, 3);
    assert_refuses(MM_ECORRUPT, "[2, 3] means 6 values, 5 are there");
    mm_message_dim(&message, -1);
    assert_refuses(MM_ECORRUPT, "[2, 3, -1] is not the shape");
    message.rank = 0;
    for (int i = 0; i < 4; i++)
        mm_message_dim(&message, INT64_MAX);
    assert_refuses(MM_ECORRUPT, "is not the shape");
    message.rank = 0;
    for (int i = 0; i < 40; i++)
        mm_message_dim(&message, 1);
    assert_refuses(MM_EUNSUPPORTED, "40 dimensions");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_message), TEST(runs_are_merged), TEST(scalar_and_empty), TEST(versions),
        TEST(unknown_dtypes),  TEST(the_wrong_list),  TEST(shapes_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
