#include "remote/options.h"

/* ---- schemas ---- */

enum { SCHEMA_NONE, SCHEMA_OWN, SCHEMA_TOLD, SCHEMA_KINDS };

void schema_put(struct mm_buf *out, const struct mm_schema *schema)
{
    unsigned kind = !schema ? SCHEMA_NONE : schema == mm_schema_own() ? SCHEMA_OWN : SCHEMA_TOLD;
    cache_put_u8(out, kind);
    if (kind != SCHEMA_TOLD)
        return;
    field_put_text(out, schema->origin);
    cache_put_u64(out, schema->inferred);
    for (size_t i = 0; i < MM_FIELD_COUNT; i++)
        cache_put_u32(out, schema->number[i]);
    for (size_t i = 0; i < MM_SCHEMA_DTYPES; i++) {
        cache_put_u32(out, (uint32_t)schema->dtype[i].value);
        cache_put_u8(out, schema->dtype[i].dtype);
    }
}

const struct mm_schema *schema_get(struct cache_reader *in, struct mm_arena *arena)
{
    unsigned kind = field_get_below(in, SCHEMA_KINDS);
    if (in->bad || kind == SCHEMA_NONE)
        return NULL;
    if (kind == SCHEMA_OWN)
        return mm_schema_own();
    struct mm_schema *schema = mm_arena_alloc(arena, sizeof *schema);
    in->bad |= !schema;
    if (in->bad)
        return NULL;
    schema->origin = field_get_text(in, arena);
    schema->inferred = (size_t)cache_get_u64(in);
    for (size_t i = 0; i < MM_FIELD_COUNT; i++)
        schema->number[i] = cache_get_u32(in);
    for (size_t i = 0; i < MM_SCHEMA_DTYPES; i++) {
        schema->dtype[i].value = (int32_t)cache_get_u32(in);
        schema->dtype[i].dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    }
    in->bad |= !schema->origin || schema->dtype[MM_SCHEMA_DTYPES - 1].dtype != MM_DTYPE_NONE;
    return schema;
}

/* ---- which part of a dump ---- */

static void put_choice(struct mm_buf *out, const struct mm_runner_choice *choice)
{
    field_put_text(out, choice->runner);
    cache_put_u8(out, choice->pair);
    cache_put_u8(out, choice->other);
    cache_put_u8(out, choice->iterated);
    cache_put_u64(out, (uint64_t)choice->iteration);
}

static void get_choice(struct cache_reader *in, struct mm_arena *arena, struct mm_runner_choice *choice)
{
    choice->runner = field_get_text(in, arena);
    choice->pair = field_get_flag(in);
    choice->other = field_get_flag(in);
    choice->iterated = field_get_flag(in);
    choice->iteration = (int64_t)cache_get_u64(in);
}

static void put_part(struct mm_buf *out, const struct mm_dump_part *part)
{
    cache_put_u8(out, part->stepped);
    cache_put_u8(out, part->ranked);
    cache_put_u64(out, (uint64_t)part->step);
    cache_put_u64(out, (uint64_t)part->rank);
    cache_put_u8(out, part->results);
    put_choice(out, &part->choice);
    cache_put_u32(out, (uint32_t)part->concat.count);
    for (size_t i = 0; i < part->concat.count; i++) {
        field_put_text(out, part->concat.row[i].name);
        cache_put_u32(out, (uint32_t)part->concat.row[i].axis);
    }
}

static void get_part(struct cache_reader *in, struct mm_arena *arena, struct mm_dump_part *part)
{
    part->stepped = field_get_flag(in);
    part->ranked = field_get_flag(in);
    part->step = (int64_t)cache_get_u64(in);
    part->rank = (int64_t)cache_get_u64(in);
    part->results = (enum mm_results)field_get_below(in, MM_RESULTS_DEVICE + 1);
    get_choice(in, arena, &part->choice);
    part->concat.count = field_get_count(in, 5);
    struct mm_concat_row *row = mm_arena_array(arena, part->concat.count, sizeof *row);
    in->bad |= !row;
    part->concat.row = row;
    for (size_t i = 0; i < part->concat.count && !in->bad; i++) {
        row[i].name = field_get_text(in, arena);
        row[i].axis = (int)(int32_t)cache_get_u32(in);
        in->bad |= row[i].axis < -MM_RANK_MAX || row[i].axis > MM_RANK_MAX;
    }
}

/* ---- what is said of files that do not say what they are ---- */

static void put_given(struct mm_buf *out, const struct mm_given_list *given)
{
    cache_put_u32(out, (uint32_t)given->count);
    for (size_t i = 0; i < given->count; i++) {
        field_put_text(out, given->row[i].name);
        cache_put_u8(out, given->row[i].given.dtype);
        cache_put_u8(out, given->row[i].given.shaped);
        field_put_shape(out, &given->row[i].given.shape);
    }
}

static void get_given(struct cache_reader *in, struct mm_arena *arena, struct mm_given_list *given)
{
    given->count = field_get_count(in, 4);
    struct mm_given_row *row = mm_arena_array(arena, given->count, sizeof *row);
    in->bad |= !row;
    given->row = row;
    for (size_t i = 0; i < given->count && !in->bad; i++) {
        row[i].name = field_get_text(in, arena);
        row[i].given.dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
        row[i].given.shaped = field_get_flag(in);
        field_get_shape(in, &row[i].given.shape);
    }
}

/* ---- all of it ---- */

void options_put(struct mm_buf *out, const struct mm_dump_options *options)
{
    static const struct mm_dump_options none = {.check = false};
    options = options ? options : &none;
    cache_put_u8(out, options->check);
    cache_put_u8(out, options->file_names);
    put_given(out, &options->given);
    put_part(out, &options->part);
    schema_put(out, options->schema);
}

void options_get(struct cache_reader *in, struct mm_arena *arena, struct mm_dump_options *options)
{
    *options = (struct mm_dump_options){.check = field_get_flag(in)};
    options->file_names = field_get_flag(in);
    get_given(in, arena, &options->given);
    get_part(in, arena, &options->part);
    options->schema = schema_get(in, arena);
}
