#include "remote/listing.h"

#include <stdlib.h>
#include <string.h>

#include "remote/options.h"

static const char *const beside_names[LISTING_BESIDE] = {
    "tensor_summary.json", "layer_output_name_order.json", "scales.json", "mmtui-dump.json"};

/* ---- the far side ---- */

int listed_take(struct listed *listed, struct mm_dump *dump, struct mm_err *err)
{
    size_t count = dump->count;
    *listed = (struct listed){.dump = dump};
    for (size_t i = 0; i < dump->count; i++)
        count += dump->entries[i].joined ? dump->entries[i].joined->count : 0;
    listed->entry = calloc(count + 1, sizeof *listed->entry);
    if (!listed->entry) {
        listed_done(listed);
        return mm_fail_memory(err);
    }
    for (size_t i = 0; i < dump->count; i++) {
        const struct mm_entry *entry = &dump->entries[i];
        listed->entry[listed->count++] = entry;
        for (size_t k = 0; entry->joined && k < entry->joined->count; k++)
            listed->entry[listed->count++] = &entry->joined->part[k];
    }
    return 0;
}

void listed_done(struct listed *listed)
{
    mm_dump_close(listed->dump);
    free(listed->entry);
    *listed = (struct listed){.dump = NULL};
}

static void put_numbers(struct mm_buf *out, const struct mm_dump_numbers *numbers)
{
    cache_put_u64(out, numbers->count);
    cache_put_u64(out, (uint64_t)numbers->chosen);
    cache_put_u8(out, numbers->process);
}

static void put_taken(struct mm_buf *out, const struct mm_runner_taken *taken)
{
    field_put_text(out, taken->runner);
    cache_put_u64(out, taken->runners);
    cache_put_u64(out, taken->place);
    cache_put_u64(out, taken->iterations);
    cache_put_u64(out, (uint64_t)taken->iteration);
    cache_put_u8(out, taken->mixed);
}

static void put_dump(struct mm_buf *out, const struct mm_dump *dump)
{
    cache_put_u64(out, dump->skipped);
    cache_put_u8(out, dump->is_file);
    schema_put(out, dump->schema);
    field_put_text(out, dump->no_numbers);
    cache_put_u8(out, dump->by_message);
    cache_put_u8(out, dump->listed);
    cache_put_u8(out, dump->numbered);
    field_put_text(out, dump->recognised);
    put_numbers(out, &dump->step);
    put_numbers(out, &dump->rank);
    put_taken(out, &dump->taken);
    cache_put_u64(out, dump->joined);
    cache_put_u64(out, dump->joined_ranks);
}

static void put_beside(struct mm_buf *out, const struct mm_dump *dump)
{
    struct mm_buf text = {0};
    for (size_t i = 0; i < LISTING_BESIDE; i++) {
        char *path = dump->is_file ? NULL : mm_dump_beside(dump, beside_names[i]);
        mm_buf_clear(&text);
        bool there = path && mm_file_read(path, LISTING_BESIDE_MOST, &text, NULL) == 0;
        cache_put_u8(out, there);
        if (there)
            cache_put_text(out, text.data ? text.data : "", text.length);
        free(path);
    }
    mm_buf_done(&text);
}

static int put_times(struct mm_buf *out, const struct mm_dump *dump)
{
    size_t *place = calloc(dump->count + 1, sizeof *place);
    int told = place ? mm_dump_times(dump, place, NULL) : -1;
    cache_put_u8(out, told == 1);
    for (size_t i = 0; i < dump->count && told == 1; i++)
        cache_put_u32(out, (uint32_t)place[i]);
    free(place);
    return told < 0 ? -1 : 0;
}

/* What goes on while entries are put. */
struct putting {
    struct mm_buf *out;
    const struct mm_schema *schema;
    const struct mm_source *source; /* of the one before */
    struct mm_reader reader;
    const atomic_bool *cancel;
};

static void put_head_of(struct putting *putting, const struct mm_entry *entry)
{
    struct tensor_head head;
    struct mm_load load;
    struct mm_err err = {MM_OK, ""};
    if (mm_load_open_in(&load, entry, putting->schema, &putting->reader, putting->cancel, &err) < 0) {
        head_of_error(&head, &err);
        head_put(putting->out, &head);
        return;
    }
    head_of_load(&head, &load);
    head_put(putting->out, &head);
    mm_load_close(&load);
}

static void put_entry(struct putting *putting, const struct mm_entry *entry)
{
    const struct mm_joined *joined = entry->joined;
    cache_put_u8(putting->out, entry->source != putting->source);
    if (entry->source != putting->source)
        far_source_put(putting->out, entry);
    putting->source = entry->source;
    far_entry_put(putting->out, entry);
    cache_put_u32(putting->out, joined ? (uint32_t)joined->count : 0);
    if (joined)
        cache_put_u32(putting->out, (uint32_t)joined->axis);
    else if (entry->code == MM_OK)
        put_head_of(putting, entry);
    for (size_t i = 0; joined && i < joined->count; i++)
        put_entry(putting, &joined->part[i]);
}

int listing_put(struct mm_buf *out, const struct listed *listed, const atomic_bool *cancel,
                struct mm_err *err)
{
    const struct mm_dump *dump = listed->dump;
    struct putting putting = {.out = out, .schema = dump->schema, .cancel = cancel};
    bool stopped = false;
    put_dump(out, dump);
    put_beside(out, dump);
    cache_put_u32(out, (uint32_t)dump->count);
    for (size_t i = 0; i < dump->count && !stopped; i++) {
        put_entry(&putting, &dump->entries[i]);
        stopped = cancel && atomic_load_explicit(cancel, memory_order_relaxed);
    }
    mm_reader_done(&putting.reader);
    if (stopped)
        return mm_fail(err, MM_ECANCELLED, "stopped");
    return put_times(out, dump) < 0 || out->failed ? mm_fail_memory(err) : 0;
}

/* ---- the near side ---- */

static void get_numbers(struct cache_reader *in, struct mm_dump_numbers *numbers)
{
    numbers->count = (size_t)cache_get_u64(in);
    numbers->chosen = (int64_t)cache_get_u64(in);
    numbers->process = field_get_flag(in);
}

static void get_taken(struct cache_reader *in, struct mm_arena *arena, struct mm_runner_taken *taken)
{
    taken->runner = field_get_text(in, arena);
    taken->runners = (size_t)cache_get_u64(in);
    taken->place = (size_t)cache_get_u64(in);
    taken->iterations = (size_t)cache_get_u64(in);
    taken->iteration = (int64_t)cache_get_u64(in);
    taken->mixed = field_get_flag(in);
}

static void get_dump(struct cache_reader *in, struct mm_dump *dump)
{
    struct mm_arena *arena = &dump->arena;
    dump->skipped = (size_t)cache_get_u64(in);
    dump->is_file = field_get_flag(in);
    dump->schema = schema_get(in, arena);
    dump->no_numbers = field_get_text(in, arena);
    dump->by_message = field_get_flag(in);
    dump->listed = field_get_flag(in);
    dump->numbered = field_get_flag(in);
    dump->recognised = field_get_text(in, arena);
    get_numbers(in, &dump->step);
    get_numbers(in, &dump->rank);
    get_taken(in, arena, &dump->taken);
    dump->joined = (size_t)cache_get_u64(in);
    dump->joined_ranks = (size_t)cache_get_u64(in);
    in->bad |= !dump->schema;
}

static void get_beside(struct cache_reader *in, struct beside_list *beside)
{
    beside->count = 0;
    for (size_t i = 0; i < LISTING_BESIDE && !in->bad; i++) {
        if (field_get_flag(in))
            beside->file[beside->count++] = (struct beside){beside_names[i], cache_get_text(in)};
    }
}

static const size_t *get_times(struct cache_reader *in, const struct mm_dump *dump, struct mm_arena *arena)
{
    if (!field_get_flag(in))
        return NULL;
    size_t *place = in->bad ? NULL : mm_arena_array(arena, dump->count, sizeof *place);
    in->bad |= !place;
    for (size_t i = 0; i < dump->count && !in->bad; i++) {
        place[i] = cache_get_u32(in);
        in->bad |= place[i] >= dump->count;
    }
    return place;
}

/* What goes on while entries are read. */
struct getting {
    struct cache_reader *in;
    struct mm_dump *dump;
    const struct far_owner *owner;
    const struct far_source *source; /* of the one before */
    uint32_t next;                   /* entry's number */
};

static bool get_source(struct getting *getting)
{
    struct cache_reader *in = getting->in;
    struct mm_arena *arena = &getting->dump->arena;
    if (field_get_flag(in)) {
        struct far_source *source = in->bad ? NULL : mm_arena_alloc(arena, sizeof *source);
        if (!source)
            return false;
        far_source_get(in, arena, getting->dump->path, source);
        getting->source = source;
    }
    in->bad |= !getting->source;
    return !in->bad;
}

static void get_entry(struct getting *getting, struct mm_entry *entry, bool is_part);

static const struct mm_joined *get_parts(struct getting *getting, size_t count)
{
    struct mm_arena *arena = &getting->dump->arena;
    struct mm_joined *joined = mm_arena_alloc(arena, sizeof *joined);
    struct mm_entry *part = joined ? mm_arena_array(arena, count, sizeof *part) : NULL;
    int32_t axis = (int32_t)cache_get_u32(getting->in);
    getting->in->bad |= !part || count < 2 || axis < -MM_RANK_MAX || axis > MM_RANK_MAX;
    if (getting->in->bad)
        return NULL;
    *joined = (struct mm_joined){.part = part, .count = count, .axis = axis};
    for (size_t i = 0; i < count && !getting->in->bad; i++)
        get_entry(getting, &part[i], true);
    return joined;
}

static void get_entry(struct getting *getting, struct mm_entry *entry, bool is_part)
{
    struct cache_reader *in = getting->in;
    struct mm_arena *arena = &getting->dump->arena;
    struct far_detail *detail = get_source(getting) ? mm_arena_alloc(arena, sizeof *detail) : NULL;
    in->bad |= !detail;
    if (in->bad)
        return;
    entry->source = &getting->source->source;
    detail->owner = getting->owner;
    detail->id = getting->next++;
    far_entry_get(in, arena, entry, detail);
    size_t parts = field_get_count(in, 16);
    in->bad |= is_part && parts;
    if (parts && !in->bad)
        entry->joined = get_parts(getting, parts);
    else if (entry->code == MM_OK && !in->bad)
        head_get(in, arena, &detail->head);
}

static void get_entries(struct cache_reader *in, struct mm_dump *dump, const struct far_owner *owner)
{
    size_t count = field_get_count(in, 16);
    struct getting getting = {.in = in, .dump = dump, .owner = owner};
    in->bad |= count == 0 || count > LISTING_ENTRIES_MOST;
    struct mm_entry *entries = in->bad ? NULL : mm_arena_array(&dump->arena, count, sizeof *entries);
    in->bad |= !entries;
    for (size_t i = 0; i < count && !in->bad; i++) {
        get_entry(&getting, &entries[i], false);
        entries[i].order = i;
    }
    dump->entries = entries;
    dump->count = count;
}

int listing_get(const uint8_t *bytes, size_t size, const struct far_owner *owner, struct mm_dump *dump,
                struct beside_list *beside, const size_t **place, struct mm_err *err)
{
    struct cache_reader in = {bytes, bytes + size, false};
    get_dump(&in, dump);
    get_beside(&in, beside);
    get_entries(&in, dump, owner);
    *place = get_times(&in, dump, &dump->arena);
    if (in.bad || in.at != in.end)
        return mm_fail(err, MM_ECORRUPT, "the list of its tensors that came can't be read");
    return 0;
}
