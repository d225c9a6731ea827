/* One tensor: bring its bytes, let its format read the header. */
#include "format/base64_supply.h"
#include "format/joined.h"
#include "format/packed.h"

#include <inttypes.h>
#include <string.h>

/* What is known of the file itself comes first. */
static const struct mm_schema *schema_of(const struct mm_entry *entry, const struct mm_schema *schema)
{
    if (entry->source->schema)
        return entry->source->schema;
    return schema ? schema : mm_schema_own();
}

/* What a format says about a file that is being cut short is not what is wrong with it. */
static int read_header(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                       struct mm_err *err)
{
    int result = entry->source->format->read(load, schema_of(entry, schema), entry->label, err);
    return mm_map_check(&load->map, entry->source->file, err) < 0 ? -1 : result;
}

static int fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    struct mm_buf *memory = load->reader ? &load->reader->bytes : NULL;
    if (entry->member || entry->source->elsewhere)
        return entry->source->format->fetch(load, entry, err);
    if (mm_map_open_in(&load->map, entry->source->path, memory, err) < 0)
        return -1;
    if (load->reader)
        load->reader->state = load->map.state;
    load->bytes = load->map.data;
    load->size = load->have = load->map.size;
    return 0;
}

/* The reader's memory is lent until the load is closed. */
static void borrow(struct mm_load *load, struct mm_reader *reader)
{
    mm_arena_init(&load->arena);
    if (!reader)
        return;
    load->reader = reader;
    reader->state = (struct mm_file_state){0};
    load->arena = reader->arena;
    mm_arena_init(&reader->arena);
}

int mm_load_open_in(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                    struct mm_reader *reader, const atomic_bool *cancel, struct mm_err *err)
{
    memset(load, 0, sizeof *load);
    if (entry->code != MM_OK)
        return mm_fail(err, entry->code, "%s", entry->wrong);
    borrow(load, reader);
    load->entry = entry;
    load->cancel = cancel;
    load->node_name = "";
    load->op_type = entry->op_type ? entry->op_type : "";
    bool joined = entry->joined != NULL;
    if (joined ? mm_joined_open(load, schema, err) < 0
               : fetch(load, entry, err) < 0 || read_header(load, entry, schema, err) < 0) {
        mm_load_close(load);
        return -1;
    }
    load->cancel = NULL;
    return 0;
}

int mm_load_open(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                 struct mm_err *err)
{
    return mm_load_open_in(load, entry, schema, NULL, NULL, err);
}

int mm_load_check(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct mm_source *source = entry->source;
    if (load->joined)
        return mm_joined_check(load, err);
    int result = mm_packed_check(load, err);
    if (result == 0)
        result = mm_base64_check(load, err);
    if (result == 0 && source->check && (entry->member || source->elsewhere) && source->format->check)
        result = source->format->check(load, entry, err);
    if (mm_map_check(&load->aside, source->file, err) < 0)
        result = -1;
    return mm_map_check(&load->map, source->file, err) < 0 ? -1 : result;
}

static size_t line_of(const struct mm_load *load, const uint8_t *place)
{
    size_t line = 1;
    for (const uint8_t *p = load->bytes; p < place && (p = memchr(p, '\n', (size_t)(place - p))); p++)
        line++;
    return line;
}

/* Past what may stand before a value, so that the line is the value's own. */
static const uint8_t *past_space(const struct mm_load *load, const uint8_t *p)
{
    const uint8_t *end = load->bytes + load->size;
    while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        p++;
    return p;
}

/* Read every value, for the one that can't be read. */
static int check_values(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct mm_tensor *tensor = &load->tensor;
    double tile[MM_BLOCK];
    struct mm_cursor cursor;
    mm_cursor_init(&cursor, tensor);
    while (mm_cursor_double(&cursor, tile, MM_COUNT(tile)) > 0) {
        if (load->cancel && atomic_load_explicit(load->cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "stopped");
    }
    if (!cursor.bad)
        return 0;
    return mm_fail(err, MM_ECORRUPT, "%s: line %zu: element %" PRId64 " of %" PRId64 " can't be read as %s",
                   entry->label, line_of(load, past_space(load, cursor.place)), cursor.index, tensor->count,
                   mm_dtype_info(tensor->dtype)->name);
}

int mm_load_validate(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                     struct mm_err *err)
{
    if (load->tensor.encoding != MM_ENC_TEXT || load->joined)
        return -1;
    load->exact = true;
    if (load->uncounted && entry->source->format->read(load, schema_of(entry, schema), entry->label, err) < 0)
        return -1;
    return check_values(load, entry, err);
}

void mm_load_close(struct mm_load *load)
{
    if (load->release)
        load->release(load);
    mm_packed_close(load);
    mm_base64_close(load);
    mm_joined_close(load->joined);
    mm_map_close(&load->map);
    mm_map_close(&load->aside);
    mm_buf_done(&load->own);
    if (load->reader) {
        mm_arena_reset(&load->arena);
        load->reader->arena = load->arena;
    } else {
        mm_arena_done(&load->arena);
    }
    memset(load, 0, sizeof *load);
}

void mm_reader_done(struct mm_reader *reader)
{
    mm_buf_done(&reader->bytes);
    mm_buf_done(&reader->unpacked);
    mm_arena_done(&reader->arena);
    memset(reader, 0, sizeof *reader);
}
