/* One tensor file: map it, let its format read the header. */
#include "mmtui/dump.h"

#include <string.h>

int mm_load_open(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                 struct mm_err *err)
{
    memset(load, 0, sizeof *load);
    const struct mm_format *format = entry->parsed.format;
    if (!format)
        return mm_fail(err, MM_EARG, "%s: not a tensor file by its name", entry->file);
    if (mm_map_open(&load->map, entry->path, err) < 0)
        return -1;
    mm_arena_init(&load->arena);
    load->node_name = "";
    load->op_type = "";
    if (format->read(load, schema ? schema : mm_schema_own(), entry->file, err) < 0) {
        mm_load_close(load);
        return -1;
    }
    return 0;
}

void mm_load_close(struct mm_load *load)
{
    mm_map_close(&load->map);
    mm_arena_done(&load->arena);
    memset(load, 0, sizeof *load);
}
