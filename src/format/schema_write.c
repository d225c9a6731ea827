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

static void put_head(const struct mm_schema *schema, struct mm_buf *out)
{
    mm_buf_puts(out, "// The numbers of MagicMind's tensor message, from ");
    mm_text_escape(out, schema->origin, strlen(schema->origin));
    if (schema->inferred)
        mm_buf_puts(out, "\n// Nobody told them. A number stands here where no other one fits these files.");
    if (schema->inferred && !schema->number[MM_FIELD_DTYPE])
        mm_buf_puts(
            out, "\n// Without dtype, float_val is read as FLOAT32, which may be FLOAT16, and double_val as "
                 "FLOAT64.");
    mm_buf_puts(out, "\nsyntax = \"proto2\";\n\n");
}

/* An enum without values is none. */
static void put_types(const struct mm_schema *schema, struct mm_buf *out)
{
    if (schema->dtype[0].dtype == MM_DTYPE_NONE)
        return;
    mm_buf_puts(out, "enum DataType {\n");
    for (size_t i = 0; i < MM_SCHEMA_DTYPES && schema->dtype[i].dtype != MM_DTYPE_NONE; i++)
        mm_buf_printf(out, "  DT_%s = %d;\n", mm_dtype_info(schema->dtype[i].dtype)->long_name,
                      (int)schema->dtype[i].value);
    mm_buf_puts(out, "}\n\n");
}

void mm_schema_put(const struct mm_schema *schema, struct mm_buf *out)
{
    put_head(schema, out);
    put_types(schema, out);
    mm_buf_puts(out, "message TensorProto {\n");
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
