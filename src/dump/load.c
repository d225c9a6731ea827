/* One tensor file: map it, let its format read the header. */
#include "mmtui/dump.h"

#include <string.h>

/* What a format says about a file that is being cut short is not what is wrong with it. */
static int read_header(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                       struct mm_err *err)
{
    int result = entry->parsed.format->read(load, schema ? schema : mm_schema_own(), entry->file, err);
    return mm_load_check(load, entry, err) < 0 ? -1 : result;
}

int mm_load_open_in(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                    struct mm_reader *reader, const atomic_bool *cancel, struct mm_err *err)
{
    memset(load, 0, sizeof *load);
    load->cancel = cancel;
    if (!entry->parsed.format)
        return mm_fail(err, MM_EARG, "%s: not a tensor file by its name", entry->file);
    if (mm_map_open_in(&load->map, entry->path, reader ? &reader->bytes : NULL, err) < 0)
        return -1;
    mm_arena_init(&load->arena);
    if (reader) { /* lent until the load is closed */
        load->reader = reader;
        load->arena = reader->arena;
        mm_arena_init(&reader->arena);
    }
    load->node_name = "";
    load->op_type = "";
    if (read_header(load, entry, schema, err) < 0) {
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

int mm_load_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    return mm_map_check(&load->map, entry->file, err);
}

void mm_load_close(struct mm_load *load)
{
    mm_map_close(&load->map);
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
    mm_arena_done(&reader->arena);
    memset(reader, 0, sizeof *reader);
}
