#include "compare/slice_walk.h"
#include "compare/parallel_reduce.h"
#include "compare/total.h"

/* Stretches that lie nearer to each other are read with what is between them. */
#define NEAR ((int64_t)MM_TILE)

/* The tensors can be read from any place on. */
static bool settled(const struct mm_slice_walk *walk)
{
    return mm_divisible(walk->s) && mm_divisible(walk->d);
}

/* Of the tile [at, at + n) what is in the slice. Only one kind of values is given. */
static void visit(const struct mm_slice_walk *walk, int64_t at, size_t n, const double *const doubles[2],
                  const float *const floats[2], void *state)
{
    int64_t base = at, stop = at + (int64_t)n, first, end;
    while (mm_slice_next(walk->slice, &walk->s->shape, at, &first, &end) && first < stop) {
        at = end < stop ? end : stop;
        if (floats)
            walk->fold->floats(state, first, floats[0] + (first - base), floats[1] + (first - base),
                               (size_t)(at - first));
        else
            walk->fold->doubles(state, first, doubles[0] + (first - base), doubles[1] + (first - base),
                                (size_t)(at - first));
        mm_progress_add(walk->control.progress, at - first);
    }
}

/* The next tile; *n is 0 at the end. */
static int next_tile(const struct mm_slice_walk *walk, struct mm_pass *pass, void *state, size_t *n,
                     struct mm_err *err)
{
    int64_t at = pass->base;
    if (pass->lane_f && walk->fold->floats) {
        struct mm_tile_float tile;
        if (mm_pass_float(pass, &tile, n, err) < 0)
            return -1;
        visit(walk, at, *n, NULL, (const float *const[2]){tile.s, tile.d}, state);
    } else {
        double s[MM_TILE], d[MM_TILE];
        if (mm_pass_double(pass, s, d, n, err) < 0)
            return -1;
        visit(walk, at, *n, (const double *const[2]){s, pass->single ? s : d}, NULL, state);
    }
    return 0;
}

/* How far is it read in one go, from the stretch [first, end) of the slice on? */
static int64_t chunk_end(const struct mm_slice_walk *walk, int64_t first, int64_t end)
{
    const struct mm_shape *shape = &walk->s->shape;
    int axis = shape->rank - 1;
    int64_t inner = 1, block;
    for (; axis >= 0 && walk->slice->at[axis] < 0; axis--)
        inner *= shape->dim[axis];
    if (axis < 0 || inner * shape->dim[axis] - inner > NEAR)
        return end;
    block = inner * shape->dim[axis--];
    for (; axis >= 0 && walk->slice->at[axis] < 0; axis--)
        block *= shape->dim[axis];
    return first - first % block + block;
}

/* What was read since *from need not stay in memory; in stretches that are worth a call. */
static void drop_read(const struct mm_slice_walk *walk, int64_t *from, int64_t to, int64_t step)
{
    if (to - *from < step)
        return;
    mm_drop_read(walk->map_s, walk->s, *from, to);
    if (walk->d != walk->s)
        mm_drop_read(walk->map_d, walk->d, *from, to);
    *from = to;
}

/* Elements [first, end), as far as the slice has them. */
static int walk_range(const struct mm_slice_walk *walk, int64_t first, int64_t end, void *state,
                      bool *failed_dst, struct mm_err *err)
{
    struct mm_pass pass = {.cancel = walk->control.cancel, .name_s = walk->name_s, .name_d = walk->name_d};
    int64_t from, to, kept = first;
    size_t n;
    mm_pass_start(&pass, walk->s, walk->d);
    bool seeks = settled(walk);
    while (mm_slice_next(walk->slice, &walk->s->shape, first, &from, &to) && from < end) {
        int64_t stop = seeks ? chunk_end(walk, from, to) : end;
        first = stop < end ? stop : end;
        if (seeks)
            mm_pass_range(&pass, from, first);
        do {
            if (next_tile(walk, &pass, state, &n, err) < 0) {
                *failed_dst = pass.failed_dst;
                return -1;
            }
            drop_read(walk, &kept, pass.base, MM_PIECE);
        } while (n > 0);
    }
    drop_read(walk, &kept, pass.base, 1);
    return 0;
}

/* ---- shared out ---- */

struct pieces {
    struct mm_parallel_reduce share; /* the first member */
    const struct mm_slice_walk *walk;
    void *whole; /* under the lock */
};

static int walk_piece(struct mm_parallel_reduce *share, int64_t first, int64_t end, struct mm_err *err)
{
    struct pieces *pieces = (struct pieces *)share;
    const struct mm_slice_fold *fold = pieces->walk->fold;
    bool failed_dst; /* what can be shared out has no values that can't be read */
    void *part = fold->begin(pieces->whole);
    if (!part)
        return mm_fail_memory(err);
    int failed = walk_range(pieces->walk, first, end, part, &failed_dst, err);
    if (!failed) {
        pthread_mutex_lock(&share->lock);
        fold->join(pieces->whole, part);
        pthread_mutex_unlock(&share->lock);
    }
    fold->drop(part);
    return failed;
}

int mm_slice_walk(const struct mm_slice_walk *walk, void *state, bool *failed_dst, struct mm_err *err)
{
    int64_t count = walk->s->count;
    struct pieces pieces = {
        .share = {.piece = walk_piece, .count = count, .step = MM_PIECE}, .walk = walk, .whole = state};
    mm_progress_expect(walk->control.progress, mm_slice_count(walk->slice, &walk->s->shape));
    if (walk->fold->begin && walk->control.helpers && count > MM_WHOLE && settled(walk))
        return mm_parallel_reduce_run(walk->control.helpers, &pieces.share, err);
    return walk_range(walk, 0, count, state, failed_dst, err);
}

static const struct mm_map *map_of(const struct mm_pair_tensors *tensors, bool dst)
{
    return tensors->memory[dst] ? NULL : dst ? &tensors->dst.map : &tensors->src.map;
}

int mm_slice_walk_of(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                     struct mm_slice_walk *walk, struct mm_err *err)
{
    char src[16 * MM_NUM], dst[16 * MM_NUM];
    if (tensors->has_src && tensors->has_dst && tensors->match == MM_MATCH_MISMATCH)
        return mm_fail(err, MM_EARG, "shapes differ: %s and %s",
                       mm_shape_text(&tensors->src.tensor.shape, true, src, sizeof src),
                       mm_shape_text(&tensors->dst.tensor.shape, true, dst, sizeof dst));
    walk->s = tensors->has_src ? &tensors->s : &tensors->d;
    walk->d = tensors->has_dst ? &tensors->d : &tensors->s;
    walk->map_s = map_of(tensors, !tensors->has_src);
    walk->map_d = map_of(tensors, tensors->has_dst);
    walk->name_s = (tensors->has_src ? pair->src : pair->dst)->label;
    walk->name_d = (tensors->has_dst ? pair->dst : pair->src)->label;
    return 0;
}
