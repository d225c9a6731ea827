/* A part of a tensor by index. */
#include "mmtui/tensor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void mm_slice_all(struct mm_slice *slice)
{
    for (int axis = 0; axis < MM_RANK_MAX; axis++)
        slice->at[axis] = -1;
}

/* ---- as text ---- */

static const char *skip(const char *text, const char *what)
{
    return text + strspn(text, what);
}

static int bad_axis(const struct mm_shape *shape, int axis, int64_t at, struct mm_err *err)
{
    return mm_fail(err, MM_EARG, "axis %d has %" PRId64 " places: there is no %" PRId64, axis,
                   shape->dim[axis], at);
}

/* One axis: ":" or a number. Moves *text behind it. */
static int parse_place(const char **text, const struct mm_shape *shape, int axis, int64_t *at,
                       struct mm_err *err)
{
    char *end;
    *at = -1;
    if (**text == ':') {
        ++*text;
        return 0;
    }
    long long place = strtoll(*text, &end, 10);
    if (end == *text)
        return mm_fail(err, MM_EARG, "'%s' is no index: expected a number or ':' for each of %d axes", *text,
                       shape->rank);
    *text = end;
    *at = place < 0 ? place + shape->dim[axis] : place;
    return *at < 0 || *at >= shape->dim[axis] ? bad_axis(shape, axis, place, err) : 0;
}

int mm_slice_parse(const char *text, const struct mm_shape *shape, struct mm_slice *out, struct mm_err *err)
{
    struct mm_slice slice;
    int axis = 0;
    mm_slice_all(&slice);
    for (text = skip(text, " \t["); *text && *text != ']'; text = skip(text, " \t,"), axis++) {
        if (axis == shape->rank)
            return mm_fail(err, MM_EARG, "more than the %d axes that there are", shape->rank);
        if (parse_place(&text, shape, axis, &slice.at[axis], err) < 0)
            return -1;
    }
    if (axis > 0 && axis < shape->rank)
        return mm_fail(err, MM_EARG, "%d of %d axes: write ':' for all of an axis", axis, shape->rank);
    *out = slice;
    return 0;
}

void mm_slice_text(const struct mm_slice *slice, const struct mm_shape *shape, struct mm_buf *out)
{
    mm_buf_putc(out, '[');
    for (int axis = 0; axis < shape->rank; axis++) {
        mm_buf_puts(out, axis ? "," : "");
        if (slice->at[axis] < 0)
            mm_buf_putc(out, ':');
        else
            mm_buf_printf(out, "%" PRId64, slice->at[axis]);
    }
    mm_buf_putc(out, ']');
}

/* ---- counting ---- */

int mm_slice_free(const struct mm_slice *slice, const struct mm_shape *shape)
{
    int count = 0;
    for (int axis = 0; axis < shape->rank; axis++)
        count += slice->at[axis] < 0;
    return count;
}

int64_t mm_slice_count(const struct mm_slice *slice, const struct mm_shape *shape)
{
    int64_t count = mm_shape_count(shape);
    for (int axis = 0; axis < shape->rank && count > 0; axis++) {
        if (slice->at[axis] >= shape->dim[axis])
            return 0;
        if (slice->at[axis] >= 0)
            count /= shape->dim[axis];
    }
    return count > 0 ? count : 0;
}

static int64_t index_of(const struct mm_shape *shape, const int64_t coord[MM_RANK_MAX])
{
    int64_t index = 0;
    for (int axis = 0; axis < shape->rank; axis++)
        index = index * shape->dim[axis] + coord[axis];
    return index;
}

int64_t mm_slice_element(const struct mm_slice *slice, const struct mm_shape *shape, int64_t n)
{
    int64_t coord[MM_RANK_MAX];
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        coord[axis] = slice->at[axis];
        if (coord[axis] >= 0)
            continue;
        coord[axis] = n % shape->dim[axis];
        n /= shape->dim[axis];
    }
    return index_of(shape, coord);
}

int64_t mm_slice_before(const struct mm_slice *slice, const struct mm_shape *shape, int64_t index)
{
    int64_t first, end, coord[MM_RANK_MAX], n = 0;
    if (!mm_slice_next(slice, shape, index, &first, &end))
        return mm_slice_count(slice, shape);
    mm_shape_coords(shape, first, coord);
    for (int axis = 0; axis < shape->rank; axis++)
        n = slice->at[axis] < 0 ? n * shape->dim[axis] + coord[axis] : n;
    return n;
}

/* ---- stretches ---- */

/* From `axis` on the first place of the slice. */
static void begin_from(const struct mm_slice *slice, const struct mm_shape *shape, int axis,
                       int64_t coord[MM_RANK_MAX])
{
    for (; axis < shape->rank; axis++)
        coord[axis] = slice->at[axis] < 0 ? 0 : slice->at[axis];
}

/* Before `axis` the next place of the slice; false: it ends there. */
static bool carry(const struct mm_slice *slice, const struct mm_shape *shape, int axis,
                  int64_t coord[MM_RANK_MAX])
{
    for (int k = axis - 1; k >= 0; k--) {
        if (slice->at[k] >= 0 || coord[k] + 1 >= shape->dim[k])
            continue;
        coord[k]++;
        begin_from(slice, shape, k + 1, coord);
        return true;
    }
    return false;
}

/* Move coord to where it is, or comes next, in the slice. */
static bool move_into(const struct mm_slice *slice, const struct mm_shape *shape, int64_t coord[MM_RANK_MAX])
{
    for (int axis = 0; axis < shape->rank; axis++) {
        if (slice->at[axis] < 0 || coord[axis] == slice->at[axis])
            continue;
        if (coord[axis] > slice->at[axis])
            return carry(slice, shape, axis, coord);
        begin_from(slice, shape, axis, coord);
        return true;
    }
    return true;
}

bool mm_slice_next(const struct mm_slice *slice, const struct mm_shape *shape, int64_t from, int64_t *first,
                   int64_t *end)
{
    int64_t coord[MM_RANK_MAX], count = mm_shape_count(shape), inner = 1;
    int last = shape->rank - 1;
    for (; last >= 0 && slice->at[last] < 0; last--)
        inner *= shape->dim[last];
    if (from >= count || mm_slice_count(slice, shape) == 0)
        return false;
    *first = from;
    *end = count;
    if (last < 0)
        return true;
    mm_shape_coords(shape, from, coord);
    if (!move_into(slice, shape, coord))
        return false;
    *first = index_of(shape, coord);
    *end = *first - *first % inner + inner;
    return true;
}
