/* Moving values by offsets. */
#include "operator/map.h"

int64_t *op_map_axis(struct op_map *map, int64_t dim)
{
    int at = map->rank++;
    map->dim[at] = dim;
    map->offset[at] = NULL;
    if (dim > 0 && dim <= map->limit)
        map->offset[at] = mm_arena_array(&map->arena, (size_t)dim, sizeof **map->offset);
    map->failed = map->failed || (dim > 0 && !map->offset[at]);
    return map->offset[at];
}

void op_map_plain(struct op_map *map, int64_t dim, int64_t stride)
{
    int64_t *offset = op_map_axis(map, dim);
    for (int64_t k = 0; offset && k < dim; k++)
        offset[k] = k * stride;
}

void op_map_axes(struct op_map *map, const struct mm_shape *shape, int from, int to)
{
    int64_t stride[MM_RANK_MAX];
    op_strides(shape, stride);
    for (int i = from; i < to; i++)
        op_map_plain(map, shape->dim[i], stride[i]);
}

/* ---- copying the last axis ----------------------------------------------------------------------------- */

/* `base` is the other axes' sum, OP_FILL if one of them says so. `run`: the last axis is neighbours. */
struct copying {
    const struct op_map *map;
    const struct mm_value *x;
    struct mm_value *value;
    double fill;
    bool run;
};

static void copy_floats(const struct copying *c, int64_t base, float *out)
{
    int64_t n = c->map->dim[c->map->rank - 1];
    const int64_t *offset = c->map->offset[c->map->rank - 1];
    const float *x = c->x->f;
    float fill = (float)c->fill;
    if (base != OP_FILL && c->run) {
        memcpy(out, x + base + offset[0], (size_t)n * sizeof *out);
        return;
    }
    for (int64_t k = 0; k < n; k++)
        out[k] = base == OP_FILL || offset[k] == OP_FILL ? fill : x[base + offset[k]];
}

static void copy_ints(const struct copying *c, int64_t base, int64_t *out)
{
    int64_t n = c->map->dim[c->map->rank - 1];
    const int64_t *offset = c->map->offset[c->map->rank - 1];
    int64_t fill = op_whole(c->fill);
    for (int64_t k = 0; k < n; k++)
        out[k] = base == OP_FILL || offset[k] == OP_FILL ? fill : c->x->i[base + offset[k]];
}

static bool is_run(const struct op_map *map)
{
    const int64_t *offset = map->offset[map->rank - 1];
    int64_t n = map->dim[map->rank - 1];
    for (int64_t k = 0; k < n; k++) {
        if (offset[k] == OP_FILL || offset[k] != offset[0] + k)
            return false;
    }
    return true;
}

static int64_t base_of(const struct op_map *map, const int64_t *index)
{
    int64_t base = 0;
    for (int i = 0; i < map->rank - 1; i++) {
        if (map->offset[i][index[i]] == OP_FILL)
            return OP_FILL;
        base += map->offset[i][index[i]];
    }
    return base;
}

static int copy(const struct mm_operator_call *call, const struct copying *c, struct mm_err *err)
{
    const struct op_map *map = c->map;
    int64_t index[OP_MAP_RANK] = {0};
    int64_t n = map->dim[map->rank - 1];
    for (int64_t at = 0; at < c->value->count; at += n) {
        if (op_stop(call, err))
            return -1;
        int64_t base = base_of(map, index);
        if (c->value->f)
            copy_floats(c, base, op_floats(c->value) + at);
        else
            copy_ints(c, base, op_ints(c->value) + at);
        for (int i = map->rank - 2; i >= 0 && ++index[i] == map->dim[i]; i--)
            index[i] = 0;
    }
    return 0;
}

int op_map_run(const struct mm_operator_call *call, struct op_map *map, const struct mm_value *x, double fill,
               const struct mm_shape *shape, struct mm_value *value, struct mm_err *err)
{
    int rc = -1;
    if (map->rank == 0)
        op_map_plain(map, 1, 0);
    if (op_new(call, x->dtype, shape, value, err)) {
    } else if (value->count == 0) {
        rc = 0;
    } else if (map->failed) {
        mm_fail_memory(err);
    } else {
        struct copying c = {map, x, value, fill, is_run(map)};
        rc = copy(call, &c, err);
    }
    mm_arena_done(&map->arena);
    return rc;
}
