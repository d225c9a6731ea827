#include "remote/fields.h"

#include <math.h>

void field_put_text(struct mm_buf *out, const char *text)
{
    cache_put_u8(out, text != NULL);
    if (text)
        cache_put_text(out, text, strlen(text));
}

const char *field_get_text(struct cache_reader *in, struct mm_arena *arena)
{
    if (!field_get_flag(in))
        return NULL;
    struct cache_text text = cache_get_text(in);
    const char *copy = in->bad || memchr(text.data, '\0', text.length)
                           ? NULL
                           : mm_arena_strndup(arena, text.data, text.length);
    in->bad |= !copy;
    return copy;
}

unsigned field_get_below(struct cache_reader *in, unsigned end)
{
    unsigned value = cache_get_u8(in);
    in->bad |= value >= end;
    return in->bad ? 0 : value;
}

bool field_get_flag(struct cache_reader *in)
{
    return field_get_below(in, 2);
}

size_t field_get_count(struct cache_reader *in, size_t least)
{
    size_t count = cache_get_u32(in);
    in->bad |= count > (size_t)(in->end - in->at) / least;
    return in->bad ? 0 : count;
}

void field_put_shape(struct mm_buf *out, const struct mm_shape *shape)
{
    cache_put_u8(out, (unsigned)shape->rank);
    for (int i = 0; i < shape->rank; i++)
        cache_put_u64(out, (uint64_t)shape->dim[i]);
}

void field_get_shape(struct cache_reader *in, struct mm_shape *shape)
{
    *shape = (struct mm_shape){.rank = (int)field_get_below(in, MM_RANK_MAX + 1)};
    for (int i = 0; i < shape->rank; i++)
        shape->dim[i] = (int64_t)cache_get_u64(in);
    in->bad |= mm_shape_count(shape) < 0;
}

/* Axes are counted from the end, too. */
static int get_place(struct cache_reader *in)
{
    return (int)field_get_below(in, 2 * MM_RANK_MAX + 1) - MM_RANK_MAX;
}

static void put_place(struct mm_buf *out, int place)
{
    cache_put_u8(out, (unsigned)(place + MM_RANK_MAX));
}

/* What no tensor can have (a name may say @axis99to1) is undone for none: it is as if it was the last one. */
static int within(int place)
{
    return place < -MM_RANK_MAX ? -MM_RANK_MAX : place > MM_RANK_MAX ? MM_RANK_MAX : place;
}

void field_put_axis(struct mm_buf *out, const struct mm_axis *axis)
{
    cache_put_u8(out, (unsigned)axis->kind);
    if (axis->kind == MM_AXIS_MOVE) {
        put_place(out, within(axis->from));
        put_place(out, within(axis->to));
    }
    if (axis->kind != MM_AXIS_PERMUTE)
        return;
    cache_put_u8(out, (unsigned)axis->rank);
    for (int i = 0; i < axis->rank; i++)
        put_place(out, within(axis->perm[i]));
}

void field_get_axis(struct cache_reader *in, struct mm_axis *axis)
{
    unsigned kind = field_get_below(in, MM_AXIS_PERMUTE + 1);
    *axis = (struct mm_axis){.rank = 0};
    axis->kind = kind;
    if (kind == MM_AXIS_MOVE) {
        axis->from = get_place(in);
        axis->to = get_place(in);
    }
    if (kind != MM_AXIS_PERMUTE)
        return;
    axis->rank = (int)field_get_below(in, MM_RANK_MAX + 1);
    for (int i = 0; i < axis->rank; i++)
        axis->perm[i] = get_place(in);
}

void field_put_scales(struct mm_buf *out, const struct mm_scales *scales)
{
    cache_put_u32(out, (uint32_t)scales->count);
    cache_put_u8(out, (unsigned)scales->axis);
    cache_put_u8(out, scales->dtype);
    cache_put_u8(out, scales->zero_point != NULL);
    for (int64_t i = 0; i < scales->count; i++)
        cache_put_double(out, scales->scale[i]);
    for (int64_t i = 0; scales->zero_point && i < scales->count; i++)
        cache_put_double(out, scales->zero_point[i]);
}

static const double *get_doubles(struct cache_reader *in, struct mm_arena *arena, size_t count, bool positive)
{
    double *values = in->bad ? NULL : mm_arena_array(arena, count, sizeof *values);
    in->bad |= !values;
    for (size_t i = 0; i < count && !in->bad; i++) {
        values[i] = cache_get_double(in);
        in->bad |= !isfinite(values[i]) || (positive && values[i] <= 0);
    }
    return values;
}

void field_get_scales(struct cache_reader *in, struct mm_arena *arena, struct mm_scales *scales)
{
    size_t count = cache_get_u32(in);
    *scales = (struct mm_scales){.axis = (int)field_get_below(in, MM_RANK_MAX)};
    scales->dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    bool zeros = field_get_flag(in);
    in->bad |= count < 1 || count > (size_t)(in->end - in->at) / sizeof(double);
    if (in->bad)
        return;
    scales->count = (int64_t)count;
    scales->scale = get_doubles(in, arena, count, true);
    scales->zero_point = zeros ? get_doubles(in, arena, count, false) : NULL;
}
