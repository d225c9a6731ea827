#include "views/place.h"

const struct mm_shape *place_shape(const struct mm_result *result, bool dst)
{
    switch (result->match) {
    case MM_MATCH_UNDO_BOTH: return NULL;
    case MM_MATCH_UNDO_SRC: return &result->dst.shape;
    case MM_MATCH_UNDO_DST: return &result->src.shape;
    case MM_MATCH_STATISTICS:
    case MM_MATCH_PART:
    case MM_MATCH_UNBLOCKED: return &result->shape;
    default: return dst ? &result->dst.shape : &result->src.shape;
    }
}

void place_text(const struct mm_shape *shape, int64_t at, struct mm_buf *out)
{
    int64_t coord[MM_RANK_MAX];
    if (!shape) {
        mm_buf_printf(out, "%lld", (long long)at);
        return;
    }
    mm_shape_coords(shape, at, coord);
    mm_buf_puts(out, shape->rank ? "" : "[");
    for (int i = 0; i < shape->rank; i++)
        mm_buf_printf(out, "%c%lld", i ? ',' : '[', (long long)coord[i]);
    mm_buf_putc(out, ']');
}
