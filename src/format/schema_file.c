/* A file that has the numbers of the tensor message's fields, whatever kind it is of. */
#include <stdlib.h>

#include "format/schema_found.h"

#define FILE_MOST ((size_t)64 << 20)

struct schema_file {
    struct mm_schema schema; /* first: it is the object */
    char origin[];
};

/* Text has no such bytes; descriptors have, for their short parts have short lengths. */
static bool is_text(const struct mm_buf *file)
{
    for (size_t i = 0; i < file->length; i++) {
        unsigned char c = (unsigned char)file->data[i];
        if (c < ' ' && !(c >= '\t' && c <= '\r'))
            return false;
    }
    return true;
}

static void read_any(const struct mm_buf *file, struct schema_found *found)
{
    struct schema_text text = {mm_buf_text(file), file->length};
    if (!is_text(file))
        schema_read_descriptor(found, (const uint8_t *)text.text, text.length);
    else if (!schema_read_python(found, text))
        schema_read_proto(found, text);
}

int mm_schema_open(struct mm_schema **out, const char *path, struct mm_err *err)
{
    struct mm_buf file = {0};
    struct schema_found found = {0};
    *out = NULL;
    if (mm_file_read(path, FILE_MOST, &file, err) < 0) {
        mm_buf_done(&file);
        return -1;
    }
    struct schema_file *made = calloc(1, sizeof *made + strlen(path) + 1);
    int result = made ? 0 : mm_fail_memory(err);
    if (result == 0) {
        memcpy(made->origin, path, strlen(path) + 1);
        made->schema.origin = made->origin;
        read_any(&file, &found);
        result = schema_found_choose(&found, path, &made->schema, err);
    }
    schema_found_done(&found);
    mm_buf_done(&file);
    if (result < 0)
        free(made);
    else
        *out = &made->schema;
    return result;
}

void mm_schema_close(struct mm_schema *schema)
{
    free(schema);
}

size_t mm_schema_lacks(const struct mm_schema *schema, struct mm_buf *out)
{
    size_t count = 0;
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        if (schema->number[i] == 0)
            mm_buf_printf(out, "%s%s", count++ ? ", " : "", mm_field_name((enum mm_field)i));
    }
    return count;
}
