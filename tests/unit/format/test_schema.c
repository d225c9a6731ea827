#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"
#include "format/message.h"
#include "proto/tensor.pb-c.h"

static void field_numbers_are_those_of_the_proto_file(void **state)
{
    const struct mm_schema *own = mm_schema_own();
    (void)state;
    assert_int_equal(mmtui__tensor_proto__descriptor.n_fields, MM_FIELD_COUNT);
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        const char *name = mm_field_name((enum mm_field)i);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(&mmtui__tensor_proto__descriptor, name);
        assert_non_null(field);
        assert_int_equal(own->number[i], field->id);
    }
}

static void enum_numbers_are_those_of_the_proto_file(void **state)
{
    const struct mm_schema *own = mm_schema_own();
    size_t n = 0;
    (void)state;
    for (; own->dtype[n].dtype != MM_DTYPE_NONE; n++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(&mmtui__data_type__descriptor, own->dtype[n].value);
        assert_non_null(value);
        assert_int_equal(mm_dtype_find(value->name), own->dtype[n].dtype);
    }
    assert_int_equal(n + 1, mmtui__data_type__descriptor.n_values); /* and DT_INVALID */
}

static void dtypes_there_and_back(void **state)
{
    const struct mm_schema *own = mm_schema_own();
    int32_t value;
    (void)state;
    for (int dtype = MM_F16; dtype < MM_DTYPE_COUNT; dtype++) {
        bool known = mm_schema_dtype_value(own, (enum mm_dtype)dtype, &value);
        assert_int_equal(known, dtype != MM_BF16 && dtype <= MM_BOOL);
        if (known)
            assert_int_equal(mm_schema_dtype(own, value), dtype);
        assert_int_equal(known, mm_message_list_of((enum mm_dtype)dtype) != MM_FIELD_COUNT);
    }
    assert_int_equal(mm_schema_dtype(own, 0), MM_DTYPE_NONE);
    assert_int_equal(mm_schema_dtype(own, -1), MM_DTYPE_NONE);
    assert_false(mm_schema_dtype_value(own, MM_DTYPE_NONE, &value));
}

static void field_names(void **state)
{
    (void)state;
    assert_string_equal(mm_field_name(MM_FIELD_VERSION), "version_number");
    assert_string_equal(mm_field_name(MM_FIELD_UINT64_VAL), "uint64_val");
    assert_string_equal(mm_field_name(MM_FIELD_COUNT), "?");
    assert_true(strstr(mm_schema_own()->origin, "mmtui") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_numbers_are_those_of_the_proto_file),
        cmocka_unit_test(enum_numbers_are_those_of_the_proto_file),
        cmocka_unit_test(dtypes_there_and_back),
        cmocka_unit_test(field_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
