/* Shapes: counting, comparing, showing. */
#include "mmtui/tensor.h"

#include <inttypes.h>
#include <stdio.h>

int64_t mm_shape_count(const struct mm_shape *shape)
{
    int64_t count = 1;
    bool empty = false;

    if (shape->rank < 0 || shape->rank > MM_RANK_MAX)
        return -1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] < 0)
            return -1;
        empty = empty || shape->dim[i] == 0;
    }
    if (empty) /* looked at first: [2^62, 2^62, 0] has no elements, and its product does not fit */
        return 0;
    for (int i = 0; i < shape->rank; i++)
        if (!mm_mul_i64(count, shape->dim[i], &count))
            return -1;
    return count;
}

bool mm_shape_equal(const struct mm_shape *a, const struct mm_shape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i])
            return false;
    return true;
}

/* snprintf at *used, which never passes the last byte. */
static void put(char *out, size_t size, size_t *used, const char *before, int64_t dim)
{
    int n = snprintf(out + *used, size - *used, "%s%" PRId64, before, dim);

    if (n > 0)
        *used = *used + (size_t)n < size ? *used + (size_t)n : size - 1;
}

const char *mm_shape_text(const struct mm_shape *shape, bool compact, char *out, size_t size)
{
    size_t used = 0;

    if (size == 0)
        return "";
    if (compact && shape->rank == 0)
        snprintf(out, size, "scalar");
    else if (!compact)
        used = (size_t)snprintf(out, size, "[") < size ? 1 : 0;
    else
        out[0] = '\0';
    for (int i = 0; i < shape->rank && i < MM_RANK_MAX; i++)
        put(out, size, &used, i == 0 ? "" : compact ? "x" : ", ", shape->dim[i]);
    if (!compact && used + 1 < size)
        snprintf(out + used, size - used, "]");
    return out;
}

void mm_shape_coords(const struct mm_shape *shape, int64_t index, int64_t coord[MM_RANK_MAX])
{
    for (int i = shape->rank - 1; i >= 0; i--) {
        int64_t dim = shape->dim[i];

        coord[i] = dim > 0 ? index % dim : 0;
        index = dim > 0 ? index / dim : 0;
    }
}
