#include "remote/entry.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

/* ---- its format: bytes are brought when they are asked for ---- */

/* Of one load, in its arena. */
struct supply {
    struct mm_supply base; /* the first member */
    const struct mm_entry *entry;
    const struct far_detail *detail;
    const atomic_bool *cancel;
    struct spool_item *item;
    struct mm_run run;
    struct mm_err err;
};

static const uint8_t *supply_all(struct mm_supply *base)
{
    struct supply *supply = (struct supply *)base;
    const struct far_owner *owner = supply->detail->owner;
    if (base->whole || supply->err.code != MM_OK)
        return base->whole;
    supply->item = owner->bring(owner->context, supply->entry, supply->detail, supply->cancel, &supply->err);
    base->whole = supply->item ? supply->item->data : NULL;
    return base->whole;
}

static const uint8_t *supply_at(struct mm_supply *base, uint64_t offset, size_t want, size_t *have)
{
    const uint8_t *whole = supply_all(base);
    *have = want;
    return whole ? whole + offset : NULL;
}

static void release(struct mm_load *load)
{
    struct supply *supply = load->held;
    spool_release(supply->detail->owner->spool, supply->item);
    load->held = NULL;
    load->release = NULL;
}

static int far_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct far_detail *detail = entry->detail;
    if (detail->head.code != MM_OK)
        return mm_fail(err, detail->head.code, "%s", detail->head.wrong);
    struct supply *supply = mm_arena_alloc(&load->arena, sizeof *supply);
    if (!supply)
        return mm_fail_memory(err);
    *supply = (struct supply){.base = {.at = supply_at, .all = supply_all, .end = head_bytes(&detail->head)},
                              .entry = entry,
                              .detail = detail,
                              .cancel = load->cancel};
    load->held = supply;
    load->release = release;
    load->bytes = (const uint8_t *)"";
    return 0;
}

static int far_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                    struct mm_err *err)
{
    struct supply *supply = load->held;
    const struct far_detail *detail = supply->detail;
    bool empty = head_bytes(&detail->head) == 0;
    (void)schema, (void)label, (void)err;
    head_fill(&detail->head, load, empty ? load->bytes : NULL, &supply->base, &supply->run);
    if (*load->op_type == '\0' && load->entry->op_type)
        load->op_type = load->entry->op_type;
    return 0;
}

/* Why bytes could not be had is more than that a value can't be read. */
static int far_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct supply *supply = load->held;
    (void)entry;
    return supply->err.code == MM_OK ? 0 : mm_fail(err, supply->err.code, "%s", supply->err.text);
}

static const char *far_stored_as(const struct mm_entry *entry)
{
    const struct far_detail *detail = entry->detail;
    return detail->stored_as;
}

/* What changed is told to the entries where it is asked about: see mm_remote_renew. */
static int far_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                    struct mm_err *err)
{
    (void)source, (void)arena, (void)members;
    return mm_fail(err, MM_EUNSUPPORTED, "it is on another machine, and is listed there");
}

const struct far_detail *far_detail_of(const struct mm_entry *entry)
{
    return entry && entry->source->elsewhere && !entry->joined ? entry->detail : NULL;
}

/* ---- the state of a file ---- */

#define SECOND INT64_C(1000000000)

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)((uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec);
}

struct mm_file_state far_state_of(const struct mm_entry *entry)
{
    struct timespec now;
    struct stat info;
    if (entry->source->elsewhere)
        return *entry->source->elsewhere;
    if (clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0 || stat(entry->source->path, &info) < 0)
        return (struct mm_file_state){.known = false};
    return (struct mm_file_state){.known = true,
                                  .seen = nanoseconds(now),
                                  .size = info.st_size,
                                  .modified = nanoseconds(info.st_mtim),
                                  .changed = nanoseconds(info.st_ctim),
                                  .inode = info.st_ino,
                                  .device = info.st_dev};
}

/* ---- a source ---- */

void far_source_put(struct mm_buf *out, const struct mm_entry *entry)
{
    const struct mm_source *source = entry->source;
    struct mm_file_state state = far_state_of(entry);
    field_put_text(out, source->file);
    field_put_text(out, source->scope);
    field_put_text(out, source->format->name);
    field_put_text(out, source->choice.runner);
    cache_put_u8(out, state.known);
    cache_put_u64(out, (uint64_t)state.seen);
    cache_put_u64(out, (uint64_t)state.size);
    cache_put_u64(out, (uint64_t)state.modified);
    cache_put_u64(out, (uint64_t)state.changed);
    cache_put_u64(out, state.inode);
    cache_put_u64(out, state.device);
}

/* The format's own row, read otherwise. */
static const struct mm_format *far_format(struct mm_arena *arena, const char *name)
{
    const struct mm_format *own = name ? mm_format_find(name) : NULL;
    struct mm_format *format = own ? mm_arena_alloc(arena, sizeof *format) : NULL;
    if (!format)
        return NULL;
    *format = *own;
    format->list = far_list;
    format->fetch = far_fetch;
    format->read = far_read;
    format->check = far_check;
    format->stored_as = far_stored_as;
    return format;
}

static const char *path_of(struct mm_arena *arena, const char *path, const char *file)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%s/%s", path, file);
    const char *copy = text.failed ? NULL : mm_arena_strdup(arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return copy;
}

void far_source_get(struct cache_reader *in, struct mm_arena *arena, const char *path, struct far_source *out)
{
    *out = (struct far_source){.source = {.check = true, .elsewhere = &out->state}};
    out->source.file = field_get_text(in, arena);
    out->source.scope = field_get_text(in, arena);
    const char *format = field_get_text(in, arena);
    out->source.choice.runner = field_get_text(in, arena);
    out->state.known = field_get_flag(in);
    out->state.seen = (int64_t)cache_get_u64(in);
    out->state.size = (int64_t)cache_get_u64(in);
    out->state.modified = (int64_t)cache_get_u64(in);
    out->state.changed = (int64_t)cache_get_u64(in);
    out->state.inode = cache_get_u64(in);
    out->state.device = cache_get_u64(in);
    in->bad |= !out->source.file || out->state.size < 0;
    if (in->bad)
        return;
    out->source.format = far_format(arena, format);
    out->source.path = path_of(arena, path, out->source.file);
    in->bad |= !out->source.format || !out->source.path;
}

/* ---- an entry ---- */

static void put_statistics(struct mm_buf *out, const struct mm_statistics *statistics)
{
    cache_put_u8(out, statistics ? (unsigned)statistics->count + 1 : 0);
    if (!statistics)
        return;
    for (size_t i = 0; i < statistics->count; i++) {
        field_put_text(out, statistics->name[i]);
        cache_put_double(out, statistics->value[i]);
    }
    cache_put_u8(out, statistics->dtype);
    cache_put_u8(out, statistics->shaped);
    field_put_shape(out, &statistics->shape);
    cache_put_u64(out, (uint64_t)statistics->elements);
}

static const struct mm_statistics *get_statistics(struct cache_reader *in, struct mm_arena *arena)
{
    unsigned count = field_get_below(in, MM_STATISTICS_MOST + 2);
    if (count == 0)
        return NULL;
    struct mm_statistics *statistics = mm_arena_alloc(arena, sizeof *statistics);
    in->bad |= !statistics;
    if (in->bad)
        return NULL;
    statistics->count = count - 1;
    for (size_t i = 0; i < statistics->count; i++) {
        statistics->name[i] = field_get_text(in, arena);
        statistics->value[i] = cache_get_double(in);
        in->bad |= !statistics->name[i];
    }
    statistics->dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    statistics->shaped = field_get_flag(in);
    field_get_shape(in, &statistics->shape);
    statistics->elements = (int64_t)cache_get_u64(in);
    in->bad |= statistics->elements < -1;
    return statistics;
}

static void put_given(struct mm_buf *out, const struct mm_given *given)
{
    cache_put_u8(out, given != NULL);
    if (!given)
        return;
    cache_put_u8(out, given->dtype);
    cache_put_u8(out, given->shaped);
    field_put_shape(out, &given->shape);
}

static const struct mm_given *get_given(struct cache_reader *in, struct mm_arena *arena)
{
    if (!field_get_flag(in))
        return NULL;
    struct mm_given *given = mm_arena_alloc(arena, sizeof *given);
    in->bad |= !given;
    if (in->bad)
        return NULL;
    given->dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    given->shaped = field_get_flag(in);
    field_get_shape(in, &given->shape);
    return given;
}

static void put_name(struct mm_buf *out, const struct mm_file_name *parsed)
{
    cache_put_u64(out, (uint64_t)parsed->stamp);
    field_put_text(out, parsed->name);
    field_put_axis(out, &parsed->axis);
    cache_put_u64(out, (uint64_t)parsed->suffix);
    field_put_text(out, parsed->format ? parsed->format->name : NULL);
}

static void get_name(struct cache_reader *in, struct mm_arena *arena, struct mm_file_name *parsed)
{
    parsed->stamp = (int64_t)cache_get_u64(in);
    parsed->name = field_get_text(in, arena);
    field_get_axis(in, &parsed->axis);
    parsed->suffix = (int64_t)cache_get_u64(in);
    const char *format = field_get_text(in, arena);
    parsed->format = format ? mm_format_find(format) : NULL;
    in->bad |= !parsed->name;
}

void far_entry_put(struct mm_buf *out, const struct mm_entry *entry)
{
    field_put_text(out, entry->member);
    field_put_text(out, entry->label);
    cache_put_u64(out, entry->offset);
    cache_put_u64(out, entry->size);
    cache_put_u32(out, entry->check);
    cache_put_u8(out, entry->code);
    cache_put_u32(out, entry->listed);
    field_put_text(out, entry->wrong);
    cache_put_u8(out, entry->kept);
    field_put_text(out, entry->kept_of);
    put_statistics(out, entry->statistics);
    field_put_text(out, entry->op_type);
    put_given(out, entry->given);
    put_name(out, &entry->parsed);
    cache_put_u64(out, entry->order);
    field_put_text(out, mm_entry_stored_as(entry));
}

void far_entry_get(struct cache_reader *in, struct mm_arena *arena, struct mm_entry *entry,
                   struct far_detail *detail)
{
    entry->member = field_get_text(in, arena);
    entry->label = field_get_text(in, arena);
    entry->offset = cache_get_u64(in);
    entry->size = cache_get_u64(in);
    entry->check = cache_get_u32(in);
    entry->code = (enum mm_code)field_get_below(in, MM_ECANCELLED + 1);
    entry->listed = cache_get_u32(in);
    entry->wrong = field_get_text(in, arena);
    entry->kept = (enum mm_kept)field_get_below(in, MM_KEPT_STATISTICS + 1);
    entry->kept_of = field_get_text(in, arena);
    entry->statistics = get_statistics(in, arena);
    entry->op_type = field_get_text(in, arena);
    entry->given = get_given(in, arena);
    get_name(in, arena, &entry->parsed);
    entry->order = (size_t)cache_get_u64(in);
    detail->stored_as = field_get_text(in, arena);
    entry->detail = detail;
    in->bad |= !entry->label || (entry->code != MM_OK && !entry->wrong) ||
               (entry->kept == MM_KEPT_STATISTICS && (!entry->kept_of || !entry->statistics));
}
