/* Which way the shapes of a pair fit: axes that were moved, axes of length 1, blocks of channels, and what one side has
 * more of. */
#include "pair/fit.h"

#include <string.h>

#define BLOCKED_RANK 5 /* N, C/b, H, W, b */
#define CHANNELS     1 /* their axis once blocks are undone */

/* A side's shape as it is and, if an @axis can be undone, as it was before; both without blocks. */
struct side {
    struct mm_shape as_is, undone;
    bool can_undo, unblock;
    int channel[2]; /* where the blocks' channels are: as it is, undone; -1: there were no blocks */
    int64_t block;
};

static void unblock(struct side *side)
{
    struct mm_shape *shape = &side->as_is;
    side->unblock = true;
    side->block = shape->dim[4];
    shape->dim[CHANNELS] *= side->block;
    shape->rank = BLOCKED_RANK - 1;
    side->channel[0] = CHANNELS;
}

static bool is_blocked(const struct mm_shape *shape, const struct mm_shape *other)
{
    int64_t unused;
    return shape->rank == BLOCKED_RANK && other->rank == BLOCKED_RANK - 1 && shape->dim[4] > 1 &&
           mm_mul_i64(shape->dim[CHANNELS], shape->dim[4], &unused);
}

static void side_init(struct side *side, const struct mm_shape *shape, const struct mm_shape *other,
                      const struct mm_axis *axis, bool blocked)
{
    int perm[MM_RANK_MAX];
    *side = (struct side){.as_is = *shape, .channel = {-1, -1}};
    if (blocked && is_blocked(shape, other))
        unblock(side);
    side->undone = side->as_is;
    side->can_undo = axis->kind != MM_AXIS_NONE && mm_axis_undo(axis, side->as_is.rank, perm);
    for (int i = 0; side->can_undo && i < side->as_is.rank; i++) {
        side->undone.dim[i] = side->as_is.dim[perm[i]];
        if (side->unblock && perm[i] == CHANNELS)
            side->channel[1] = i;
    }
}

static struct mm_shape squeezed(const struct mm_shape *shape)
{
    struct mm_shape out = {0};

    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] != 1)
            out.dim[out.rank++] = shape->dim[i];
    return out;
}

static bool equal_squeezed(const struct mm_shape *a, const struct mm_shape *b)
{
    struct mm_shape x = squeezed(a), y = squeezed(b);
    return mm_shape_equal(&x, &y);
}

/* ---- what one side has more of ---- */

/* One way of looking at both sides: undone or not. */
struct way {
    enum mm_shape_match match;
    bool undo[2];
};

static const struct mm_shape *shape_of(const struct side *side, bool undo)
{
    return undo ? &side->undone : &side->as_is;
}

/* The longer side of an axis (0 src, 1 dst), and how long both are there. */
struct longer {
    const struct side *side;
    int which, channel; /* its axis of channels that stood in blocks, or -1 */
    int64_t length, shorter;
};

/* Is it so many times as long, along the first axis or one that the other does not have? */
static bool is_times(int64_t times, const struct longer *l, int axis)
{
    int64_t whole;
    return times > 1 && (axis == 0 || l->shorter == 1) && mm_mul_i64(l->shorter, times, &whole) &&
           whole == l->length && l->shorter > 0;
}

/* Is it the other's and something more that the layout knows? Then the part that both have is put into *lay. */
static bool is_more(const struct mm_layout *layout, const struct longer *l, int axis, struct mm_laying *lay)
{
    int64_t more = l->length - l->shorter, times = layout->times[l->which];
    if (l->channel == axis && more < l->side->block)
        return true;
    if (lay->samples == 0 && is_times(times, l, axis)) {
        lay->samples = times;
        lay->sample_axis = axis;
        return true;
    }
    lay->from[axis] = layout->front ? more : 0;
    return layout->more[l->which] > 0 && more == layout->more[l->which] && l->shorter > 0;
}

/* The part that both sides have under the layout; false where they differ in another way. */
static bool find_part(const struct mm_layout *layout, const struct side *sides, const struct way *way,
                      struct mm_laying lay[2])
{
    const struct mm_shape *s = shape_of(&sides[0], way->undo[0]), *d = shape_of(&sides[1], way->undo[1]);
    if (s->rank != d->rank)
        return false;
    for (int i = 0; i < s->rank; i++) {
        int which = d->dim[i] > s->dim[i];
        struct longer l = {&sides[which], which, sides[which].channel[way->undo[which]],
                           which ? d->dim[i] : s->dim[i], which ? s->dim[i] : d->dim[i]};
        lay[0].part.dim[i] = lay[1].part.dim[i] = l.shorter;
        if (l.length != l.shorter && !is_more(layout, &l, i, &lay[which]))
            return false;
        lay[which].cut |= l.length != l.shorter;
    }
    lay[0].part.rank = lay[1].part.rank = s->rank;
    return true;
}

/* ---- all ways ---------------------------------------------------------------------------------------------- */

/*
 * The names say which axes were moved, so undoing comes first, even where the shapes are equal as they are
 * (square images); then equal shapes; then the same once more without the axes of length 1.
 */
static const struct way ways[] = {
    {MM_MATCH_UNDO_BOTH, {true, true}},
    {MM_MATCH_UNDO_SRC, {true, false}},
    {MM_MATCH_UNDO_DST, {false, true}},
    {MM_MATCH_SAME, {false, false}},
};

static bool can(const struct side *sides, const struct way *way)
{
    return (sides[0].can_undo || !way->undo[0]) && (sides[1].can_undo || !way->undo[1]);
}

static enum mm_shape_match whole_fits(const struct side *sides, const struct way *way, bool squeeze)
{
    const struct mm_shape *s = shape_of(&sides[0], way->undo[0]), *d = shape_of(&sides[1], way->undo[1]);
    if (!can(sides, way) || !(squeeze ? equal_squeezed(s, d) : mm_shape_equal(s, d)))
        return MM_MATCH_MISMATCH;
    if (sides[0].unblock || sides[1].unblock)
        return MM_MATCH_UNBLOCKED;
    return squeeze && way->match == MM_MATCH_SAME ? MM_MATCH_SQUEEZED : way->match;
}

static void lay_init(struct mm_laying lay[2], const struct side *sides, const struct way *way)
{
    for (int k = 0; k < 2; k++)
        lay[k] = (struct mm_laying){.undo = way->undo[k], .unblock = sides[k].unblock};
}

enum mm_shape_match fit_find(const struct mm_shape *const shape[2], const struct mm_axis *const axis[2],
                             const struct mm_layout *layout, struct mm_laying lay[2])
{
    struct side sides[2];
    for (int k = 0; k < 2; k++)
        side_init(&sides[k], shape[k], shape[!k], axis[k], layout && layout->blocked[k]);
    for (size_t i = 0; i < 2 * MM_COUNT(ways); i++) {
        const struct way *way = &ways[i % MM_COUNT(ways)];
        enum mm_shape_match match = whole_fits(sides, way, i >= MM_COUNT(ways));
        lay_init(lay, sides, way);
        if (match != MM_MATCH_MISMATCH)
            return match;
    }
    for (size_t i = 0; layout && i < MM_COUNT(ways); i++) {
        lay_init(lay, sides, &ways[i]);
        if (can(sides, &ways[i]) && find_part(layout, sides, &ways[i], lay))
            return sides[0].unblock || sides[1].unblock ? MM_MATCH_UNBLOCKED : MM_MATCH_PART;
    }
    memset(lay, 0, 2 * sizeof *lay);
    return MM_MATCH_MISMATCH;
}

void mm_layout_try(const struct mm_layout *layout, const struct mm_shape *src, const struct mm_shape *dst,
                   struct mm_layout_fit *out)
{
    static const struct mm_axis none = {.kind = MM_AXIS_NONE};
    const struct mm_shape *shape[2] = {src, dst};
    out->without = fit_find(shape, (const struct mm_axis *[2]){&none, &none}, NULL, out->lay);
    out->with = fit_find(shape, (const struct mm_axis *[2]){&none, &layout->axis}, layout, out->lay);
}
