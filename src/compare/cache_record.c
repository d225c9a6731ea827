/*
 * One record of a cache file: the names of both files (text; empty: that side is missing), a hash of the
 * layouts that the names stand for and of the scales that dst's integers are read by, the state of every file that is there, and the result:
 *
 *     u8 state, u8 fit, the shape that was compared (u8 rank, i64 each dim), f64 spread of samples,
 *     u8 bits, u8 its sides (1 src, 2 dst), f64 its error, u64 hash of dst's first values;
 *     of columns that are off: u8 kind, u8 axis + 1, i64 first, i64 last, f64 error;
 *     for every file: u8 dtype, u8 is_output, its shape, i64 index, text node, text op;
 *     the metrics and the statistics of both sides in the order of metric_table.c, 8 bytes each
 */
#include "compare/cache.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static struct cache_text file_of(const struct mm_entry *entry)
{
    return entry ? (struct cache_text){entry->label, strlen(entry->label)} : (struct cache_text){"", 0};
}

struct cache_names cache_names_of(const struct mm_pair *pair)
{
    return (struct cache_names){file_of(pair->src), file_of(pair->dst)};
}

static bool text_equal(const struct cache_text *a, const struct cache_text *b)
{
    return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

bool cache_names_equal(const struct cache_names *a, const struct cache_names *b)
{
    return text_equal(&a->src, &b->src) && text_equal(&a->dst, &b->dst);
}

uint64_t cache_names_hash(const struct cache_names *names)
{
    return cache_hash(cache_hash(0, names->src.data, names->src.length), names->dst.data, names->dst.length);
}

bool cache_record_names(struct cache_reader *in, struct cache_names *names)
{
    names->src = cache_get_text(in);
    names->dst = cache_get_text(in);
    return !in->bad;
}

static uint64_t axis_hash(uint64_t hash, const struct mm_axis *axis)
{
    hash = cache_hash(hash, (uint8_t[]){(uint8_t)axis->kind, (uint8_t)axis->from, (uint8_t)axis->to}, 3);
    for (int i = 0; axis->kind == MM_AXIS_PERMUTE && i < axis->rank; i++)
        hash = cache_hash(hash, (uint8_t[]){(uint8_t)axis->perm[i]}, 1);
    return hash;
}

static uint64_t layout_hash(uint64_t hash, const struct mm_entry *entry)
{
    return entry ? axis_hash(hash, &entry->parsed.axis) : hash;
}

static uint64_t whole_hash(uint64_t hash, const struct mm_layout *layout)
{
    hash = axis_hash(axis_hash(hash, &layout->axis), &layout->src_axis);
    hash = cache_hash(hash, layout->blocked, sizeof layout->blocked);
    hash = cache_hash(hash, layout->times, sizeof layout->times);
    hash = cache_hash(hash, layout->more, sizeof layout->more);
    return cache_hash(hash, (uint8_t[]){layout->front}, 1);
}

/* The scales by which dst's integers are read. */
static uint64_t scales_hash(uint64_t hash, const struct mm_pair_scales *from)
{
    const struct mm_scales *scales = &from->scales;
    size_t size = (size_t)scales->count * sizeof *scales->scale;
    hash = cache_hash(hash, (uint8_t[]){(uint8_t)scales->dtype, (uint8_t)scales->axis, from->rounds}, 3);
    hash = cache_hash(hash, scales->scale, size);
    return scales->zero_point ? cache_hash(hash, scales->zero_point, size) : hash;
}

uint64_t mm_pair_reading_key(const struct mm_pair *pair)
{
    uint64_t hash = layout_hash(layout_hash(0, pair->src), pair->dst);
    hash = cache_hash(hash, (uint8_t[]){(uint8_t)pair->read_as, pair->read_against_floats}, 2);
    if (pair->layout)
        hash = whole_hash(hash, pair->layout);
    return pair->scales ? scales_hash(hash, pair->scales) : hash;
}

/* ---- writing ---- */

static void put_id(struct mm_buf *out, const struct mm_entry_id *id)
{
    cache_put_u64(out, (uint64_t)id->size);
    cache_put_u64(out, (uint64_t)id->modified);
    cache_put_u64(out, (uint64_t)id->changed);
    cache_put_u64(out, id->inode);
    cache_put_u64(out, id->device);
    cache_put_u64(out, id->offset);
    cache_put_u64(out, id->bytes);
    cache_put_u32(out, id->check);
}

static void put_shape(struct mm_buf *out, const struct mm_shape *shape)
{
    cache_put_u8(out, (unsigned)shape->rank);
    for (int i = 0; i < shape->rank; i++)
        cache_put_u64(out, (uint64_t)shape->dim[i]);
}

static void put_info(struct mm_buf *out, const struct mm_info *info)
{
    cache_put_u8(out, info->dtype);
    cache_put_u8(out, info->is_output);
    put_shape(out, &info->shape);
    cache_put_u64(out, (uint64_t)info->index);
    cache_put_text(out, info->node_name, strlen(info->node_name));
    cache_put_text(out, info->op_type, strlen(info->op_type));
}

static uint64_t bits_of(const struct mm_figure *field, const void *from)
{
    uint64_t bits;
    memcpy(&bits, (const char *)from + field->member, sizeof bits);
    return bits;
}

#define FIELDS_MAX 32
_Static_assert(MM_METRIC_COUNT <= FIELDS_MAX, "the longest table");

static void put_metrics(struct mm_buf *out, const struct mm_metrics *metrics)
{
    uint64_t bits[FIELDS_MAX];
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        bits[id] = bits_of(&mm_metric((enum mm_metric_id)id)->field, metrics);
    cache_put_u64s(out, bits, MM_METRIC_COUNT);
}

static void put_stats(struct mm_buf *out, const struct mm_stats *stats)
{
    uint64_t bits[FIELDS_MAX];
    size_t count;
    const struct mm_figure *fields = mm_stat_figures(&count);
    for (size_t i = 0; i < count; i++)
        bits[i] = bits_of(&fields[i], stats);
    cache_put_u64s(out, bits, count);
}

static void put_table(struct mm_buf *out, const struct mm_table_error *table)
{
    cache_put_u8(out, table->kind);
    cache_put_u8(out, (unsigned)(table->axis + 1)); /* -1: none */
    cache_put_u64(out, (uint64_t)table->first);
    cache_put_u64(out, (uint64_t)table->last);
    cache_put_double(out, table->error);
}

void cache_record_put(struct mm_buf *out, const struct mm_pair *pair, const struct mm_pair_id *id,
                      const struct mm_result *result)
{
    struct cache_names names = cache_names_of(pair);
    cache_put_text(out, names.src.data, names.src.length);
    cache_put_text(out, names.dst.data, names.dst.length);
    cache_put_u64(out, mm_pair_reading_key(pair));
    if (pair->src)
        put_id(out, &id->src);
    if (pair->dst)
        put_id(out, &id->dst);
    cache_put_u8(out, result->state);
    cache_put_u8(out, result->match);
    put_shape(out, &result->shape);
    cache_put_double(out, result->spread);
    cache_put_u8(out, result->bits);
    cache_put_u8(out, (unsigned)result->bits_side[0] + 2 * (unsigned)result->bits_side[1]);
    cache_put_double(out, result->bits_error);
    cache_put_u64(out, result->head);
    put_table(out, &result->table);
    if (pair->src)
        put_info(out, &result->src);
    if (pair->dst)
        put_info(out, &result->dst);
    put_metrics(out, &result->metrics);
    put_stats(out, &result->metrics.src);
    put_stats(out, &result->metrics.dst);
}

/* ---- reading ---- */

static bool is_id(struct cache_reader *in, const struct mm_entry_id *id)
{
    bool same = (int64_t)cache_get_u64(in) == id->size;
    same &= (int64_t)cache_get_u64(in) == id->modified;
    same &= (int64_t)cache_get_u64(in) == id->changed;
    same &= cache_get_u64(in) == id->inode;
    same &= cache_get_u64(in) == id->device;
    same &= cache_get_u64(in) == id->offset;
    same &= cache_get_u64(in) == id->bytes;
    same &= cache_get_u32(in) == id->check;
    return same && !in->bad;
}

static char *copy_text(struct cache_reader *in)
{
    struct cache_text text = cache_get_text(in);
    if (in->bad || memchr(text.data, '\0', text.length))
        return NULL;
    return strndup(text.data, text.length);
}

/* A shape whose elements can be counted. */
static bool get_shape(struct cache_reader *in, struct mm_shape *shape)
{
    unsigned rank = cache_get_u8(in);
    if (in->bad || rank > MM_RANK_MAX)
        return false;
    shape->rank = (int)rank;
    for (unsigned i = 0; i < rank; i++)
        shape->dim[i] = (int64_t)cache_get_u64(in);
    return !in->bad && mm_shape_count(shape) >= 0;
}

static bool get_info(struct cache_reader *in, struct mm_info *info)
{
    unsigned dtype = cache_get_u8(in), is_output = cache_get_u8(in);
    info->known = true;
    info->dtype = (enum mm_dtype)dtype;
    info->is_output = is_output;
    if (dtype == MM_DTYPE_NONE || dtype >= MM_DTYPE_COUNT || is_output > 1 || !get_shape(in, &info->shape))
        return false;
    info->count = mm_shape_count(&info->shape);
    info->index = (int64_t)cache_get_u64(in);
    info->node_name = copy_text(in);
    info->op_type = info->node_name ? copy_text(in) : NULL;
    return info->op_type;
}

static bool get_field(struct cache_reader *in, const struct mm_figure *field, int64_t elements, void *to)
{
    uint64_t bits = cache_get_u64(in);
    int64_t whole = (int64_t)bits;
    memcpy((char *)to + field->member, &bits, sizeof bits);
    switch (field->kind) {
    case MM_FIGURE_COUNT: return whole >= 0 && whole <= elements;
    case MM_FIGURE_PLACE: return whole >= -1 && whole < elements;
    case MM_FIGURE_REAL: break; /* can be anything */
    }
    return true;
}

static bool get_metrics(struct cache_reader *in, int64_t elements, struct mm_metrics *metrics)
{
    bool good = true;
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        good &= get_field(in, &mm_metric((enum mm_metric_id)id)->field, elements, metrics);
    return good && !in->bad;
}

static bool get_stats(struct cache_reader *in, int64_t elements, struct mm_stats *stats)
{
    bool good = true;
    size_t count;
    const struct mm_figure *fields = mm_stat_figures(&count);
    for (size_t i = 0; i < count; i++)
        good &= get_field(in, &fields[i], elements, stats);
    return good && !in->bad;
}

/* Of the same size, or both have what was compared. */
static bool is_part(const struct mm_result *result)
{
    int64_t part = mm_shape_count(&result->shape);
    bool whole = result->src.count == part && result->dst.count == part;
    bool cut = result->match == MM_MATCH_PART || result->match == MM_MATCH_UNBLOCKED;
    return whole || result->match == MM_MATCH_STATISTICS ||
           (cut && part <= result->src.count && part <= result->dst.count);
}

/* What the state says must be what the sides are. */
static bool fits(const struct mm_result *result)
{
    bool both = result->src.known && result->dst.known;
    switch (result->state) {
    case MM_STATE_MEASURED:
        return both && result->match > MM_MATCH_NONE && result->match < MM_MATCH_MISMATCH && is_part(result);
    case MM_STATE_MISMATCH: return both && result->match == MM_MATCH_MISMATCH;
    case MM_STATE_SINGLE: return !both && result->match <= MM_MATCH_MISMATCH;
    default: return false;
    }
}

static bool get_bits(struct cache_reader *in, struct mm_result *result)
{
    unsigned bits = cache_get_u8(in), sides = cache_get_u8(in);
    result->bits = (enum mm_dtype)bits;
    result->bits_side[0] = sides & 1;
    result->bits_side[1] = sides & 2;
    result->bits_error = cache_get_double(in);
    return bits < MM_DTYPE_COUNT && sides < 4;
}

static bool get_table(struct cache_reader *in, struct mm_table_error *table)
{
    unsigned kind = cache_get_u8(in), axis = cache_get_u8(in);
    table->kind = (enum mm_table_kind)kind;
    table->axis = (int)axis - 1;
    table->first = (int64_t)cache_get_u64(in);
    table->last = (int64_t)cache_get_u64(in);
    table->error = cache_get_double(in);
    return kind <= MM_TABLE_VALUES && axis <= MM_RANK_MAX && table->first >= -1 &&
           table->last >= table->first && table->last < MM_TABLE_COLUMNS_MAX;
}

static bool get_result(struct cache_reader *in, const struct mm_pair *pair, struct mm_result *result)
{
    result->state = (enum mm_state)cache_get_u8(in);
    result->match = (enum mm_shape_match)cache_get_u8(in);
    if (!get_shape(in, &result->shape))
        return false;
    result->spread = cache_get_double(in);
    if (!get_bits(in, result))
        return false;
    result->head = cache_get_u64(in);
    if (!get_table(in, &result->table))
        return false;
    if ((pair->src && !get_info(in, &result->src)) || (pair->dst && !get_info(in, &result->dst)) ||
        !fits(result))
        return false;
    int64_t elements = result->state == MM_STATE_MEASURED ? mm_shape_count(&result->shape)
                       : result->src.known                ? result->src.count
                                                          : result->dst.count;
    struct mm_metrics *metrics = &result->metrics;
    return get_metrics(in, elements, metrics) && get_stats(in, elements, &metrics->src) &&
           get_stats(in, elements, &metrics->dst) && in->at == in->end;
}

bool cache_record_read(struct cache_reader *in, const struct mm_pair *pair, const struct mm_pair_id *id,
                       struct mm_result *result)
{
    if (cache_get_u64(in) != mm_pair_reading_key(pair) || (pair->src && !is_id(in, &id->src)) ||
        (pair->dst && !is_id(in, &id->dst)))
        return false;
    memset(result, 0, sizeof *result);
    if (get_result(in, pair, result))
        return true;
    mm_result_done(result);
    return false;
}
