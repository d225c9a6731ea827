/* Field names of the tensor message, and proto/tensor.proto's numbers as a schema map. */
#include "format/message.h"

#include <stddef.h>

static const char *const field_name[MM_FIELD_COUNT] = {
    [MM_FIELD_VERSION] = "version_number", [MM_FIELD_NODE_NAME] = "node_name",
    [MM_FIELD_OP_TYPE] = "op_type",        [MM_FIELD_INDEX] = "index",
    [MM_FIELD_IS_OUTPUT] = "is_output",    [MM_FIELD_DTYPE] = "dtype",
    [MM_FIELD_SHAPE] = "tensor_shape",     [MM_FIELD_FLOAT_VAL] = "float_val",
    [MM_FIELD_DOUBLE_VAL] = "double_val",  [MM_FIELD_INT_VAL] = "int_val",
    [MM_FIELD_INT64_VAL] = "int64_val",    [MM_FIELD_UINT32_VAL] = "uint32_val",
    [MM_FIELD_UINT64_VAL] = "uint64_val",
};

const char *mm_field_name(enum mm_field field)
{
    return (unsigned)field < MM_FIELD_COUNT ? field_name[field] : "?";
}

static const struct mm_schema own = {
    .origin = "mmtui's own numbers",
    .number =
        {
            [MM_FIELD_VERSION] = 1,
            [MM_FIELD_NODE_NAME] = 2,
            [MM_FIELD_OP_TYPE] = 3,
            [MM_FIELD_INDEX] = 4,
            [MM_FIELD_IS_OUTPUT] = 5,
            [MM_FIELD_DTYPE] = 6,
            [MM_FIELD_SHAPE] = 7,
            [MM_FIELD_FLOAT_VAL] = 8,
            [MM_FIELD_DOUBLE_VAL] = 9,
            [MM_FIELD_INT_VAL] = 10,
            [MM_FIELD_INT64_VAL] = 11,
            [MM_FIELD_UINT32_VAL] = 12,
            [MM_FIELD_UINT64_VAL] = 13,
        },
    .dtype =
        {
            {1, MM_F16},
            {2, MM_F32},
            {3, MM_F64},
            {4, MM_I4},
            {5, MM_I8},
            {6, MM_I16},
            {7, MM_I32},
            {8, MM_I64},
            {9, MM_U4},
            {10, MM_U8},
            {11, MM_U16},
            {12, MM_U32},
            {13, MM_U64},
            {14, MM_BOOL},
            {0, MM_DTYPE_NONE},
        },
};

const struct mm_schema *mm_schema_own(void)
{
    return &own;
}

enum mm_dtype mm_schema_dtype(const struct mm_schema *schema, int32_t value)
{
    for (size_t i = 0; i < MM_SCHEMA_DTYPES && schema->dtype[i].dtype != MM_DTYPE_NONE; i++) {
        if (schema->dtype[i].value == value)
            return schema->dtype[i].dtype;
    }
    return MM_DTYPE_NONE;
}

bool mm_schema_dtype_value(const struct mm_schema *schema, enum mm_dtype dtype, int32_t *value)
{
    for (size_t i = 0; i < MM_SCHEMA_DTYPES && schema->dtype[i].dtype != MM_DTYPE_NONE; i++) {
        if (schema->dtype[i].dtype == dtype) {
            *value = schema->dtype[i].value;
            return true;
        }
    }
    return false;
}
