/* A schema as a .proto. Of proto2, which lets an enum begin with any value. */
#include "mmtui/format.h"

struct declared {
    const char *label, *type;
};

static const struct declared declared[MM_FIELD_COUNT] = {
    [MM_FIELD_VERSION] = {"optional", "int32"},     [MM_FIELD_NODE_NAME] = {"optional", "string"},
    [MM_FIELD_OP_TYPE] = {"optional", "string"},    [MM_FIELD_INDEX] = {"optional", "int64"},
    [MM_FIELD_IS_OUTPUT] = {"optional", "bool"},    [MM_FIELD_DTYPE] = {"optional", "DataType"},
    [MM_FIELD_SHAPE] = {"repeated", "int64"},       [MM_FIELD_FLOAT_VAL] = {"repeated", "float"},
    [MM_FIELD_DOUBLE_VAL] = {"repeated", "double"}, [MM_FIELD_INT_VAL] = {"repeated", "int32"},
    [MM_FIELD_INT64_VAL] = {"repeated", "int64"},   [MM_FIELD_UINT32_VAL] = {"repeated", "uint32"},
    [MM_FIELD_UINT64_VAL] = {"repeated", "uint64"},
};

void mm_schema_put(const struct mm_schema *schema, struct mm_buf *out)
{
    mm_buf_puts(out, "// The numbers of MagicMind's tensor message, from ");
    mm_text_escape(out, schema->origin, strlen(schema->origin));
    mm_buf_puts(out, "\nsyntax = \"proto2\";\n\nenum DataType {\n");
    for (size_t i = 0; i < MM_SCHEMA_DTYPES && schema->dtype[i].dtype != MM_DTYPE_NONE; i++)
        mm_buf_printf(out, "  DT_%s = %d;\n", mm_dtype_info(schema->dtype[i].dtype)->long_name,
                      (int)schema->dtype[i].value);
    mm_buf_puts(out, "}\n\nmessage TensorProto {\n");
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        const char *name = mm_field_name((enum mm_field)i);
        if (schema->number[i])
            mm_buf_printf(out, "  %s %s %s = %u;\n", declared[i].label, declared[i].type, name,
                          (unsigned)schema->number[i]);
        else
            mm_buf_printf(out, "  // %s: not known\n", name);
    }
    mm_buf_puts(out, "}\n");
}
