/*
 * Moving values: each axis of the result has a list of offsets into the source, and an element of the result
 * is the source's at the sum of its axes' offsets. Slice, Pad, Gather, Transpose, Tile, DepthToSpace are all
 * this.
 */
#ifndef MMTUI_OPERATOR_MAP_H
#define MMTUI_OPERATOR_MAP_H

#include "operator/call.h"

#define OP_MAP_RANK (2 * MM_RANK_MAX + 2)
#define OP_FILL     INT64_MIN /* an offset that means: not from the source, the fill value */

/* Zeroed at first but for the limit; op_map_run ends it. */
struct op_map {
    int64_t limit; /* of the call: a longer axis is not made */
    int rank;
    int64_t dim[OP_MAP_RANK];
    int64_t *offset[OP_MAP_RANK];
    struct mm_arena arena;
    bool failed;
};

/* The next axis, of `dim` positions: its offsets, to be filled in; NULL if memory is out, dim is 0 or above
 * the limit. */
int64_t *op_map_axis(struct op_map *map, int64_t dim);
/* The next axis is one of the source: `stride` elements from each position to the next. */
void op_map_plain(struct op_map *map, int64_t dim, int64_t stride);
/* The axes from .. to - 1 of `shape` as they are. */
void op_map_axes(struct op_map *map, const struct mm_shape *shape, int from, int to);
/* Make a result of `shape`, which has as many elements as the map, from `x`. Ends the map, success or not. */
int op_map_run(const struct mm_operator_call *call, struct op_map *map, const struct mm_value *x, double fill,
               const struct mm_shape *shape, struct mm_value *value, struct mm_err *err);

#endif
