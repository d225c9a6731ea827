/* Opening the two tensors of a pair and laying one over the other. */
#include "pair/tensors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *mm_shape_match_text(enum mm_shape_match match)
{
    static const char *const text[] = {
        [MM_MATCH_NONE] = "not compared",
        [MM_MATCH_SAME] = "same shape",
        [MM_MATCH_UNDO_SRC] = "@axis of src undone",
        [MM_MATCH_UNDO_DST] = "@axis of dst undone",
        [MM_MATCH_UNDO_BOTH] = "@axis of both undone",
        [MM_MATCH_SQUEEZED] = "same but for axes of length 1",
        [MM_MATCH_MISMATCH] = "shapes differ",
    };

    return (unsigned)match < MM_COUNT(text) ? text[match] : "";
}

/* ---- which way the shapes fit ---- */

/* A side's shape as it was dumped and, if its file name has an @axis that can be undone, as it was before. */
struct side {
    struct mm_shape as_is, undone;
    bool can_undo;
    int perm[MM_RANK_MAX];
};

static void side_init(struct side *side, const struct mm_shape *shape, const struct mm_axis *axis)
{
    side->as_is = *shape;
    side->undone = *shape;
    side->can_undo = axis->kind != MM_AXIS_NONE && mm_axis_undo(axis, shape->rank, side->perm);
    for (int i = 0; side->can_undo && i < shape->rank; i++)
        side->undone.dim[i] = shape->dim[side->perm[i]];
}

static struct mm_shape squeezed(const struct mm_shape *shape)
{
    struct mm_shape out = {0};

    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] != 1)
            out.dim[out.rank++] = shape->dim[i];
    return out;
}

static bool equal(const struct mm_shape *a, const struct mm_shape *b, bool squeeze)
{
    struct mm_shape x, y;

    if (!squeeze)
        return mm_shape_equal(a, b);
    x = squeezed(a);
    y = squeezed(b);
    return mm_shape_equal(&x, &y);
}

/*
 * The names say which axes were moved, so undoing comes first, even where the shapes are equal as they are
 * (square images); then equal shapes; then the same once more without the axes of length 1.
 */
static enum mm_shape_match choose(const struct side *src, const struct side *dst)
{
    static const struct {
        enum mm_shape_match match;
        bool src, dst;
    } ways[] = {
        {MM_MATCH_UNDO_BOTH, true, true},
        {MM_MATCH_UNDO_SRC, true, false},
        {MM_MATCH_UNDO_DST, false, true},
        {MM_MATCH_SAME, false, false},
    };

    for (int squeeze = 0; squeeze < 2; squeeze++)
        for (size_t i = 0; i < MM_COUNT(ways); i++) {
            bool can = (src->can_undo || !ways[i].src) && (dst->can_undo || !ways[i].dst);
            const struct mm_shape *s = ways[i].src ? &src->undone : &src->as_is;
            const struct mm_shape *d = ways[i].dst ? &dst->undone : &dst->as_is;

            if (can && equal(s, d, squeeze))
                return squeeze && ways[i].match == MM_MATCH_SAME ? MM_MATCH_SQUEEZED : ways[i].match;
        }
    return MM_MATCH_MISMATCH;
}

/* The name's own layout change comes first. */
static const struct mm_axis *axis_of(const struct mm_pair *pair, bool dst)
{
    const struct mm_entry *entry = dst ? pair->dst : pair->src;
    bool whole = dst && pair->layout && entry->parsed.axis.kind == MM_AXIS_NONE;
    return whole ? pair->layout : &entry->parsed.axis;
}

/* ---- opening ---- */

static bool load_side(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                      struct mm_reader *reader, const atomic_bool *cancel, bool *has, struct mm_err *err)
{
    *has = entry && mm_load_open_in(load, entry, schema, reader, cancel, err) == 0;
    return *has || !entry;
}

int mm_pair_tensors_load(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_schema *schema, struct mm_reader *readers, const atomic_bool *cancel,
                         bool *failed_dst, struct mm_err *err)
{
    struct mm_reader *reader_dst = readers ? &readers[1] : NULL;
    bool src_good, dst_good;
    struct side src, dst;

    memset(tensors, 0, sizeof(*tensors));
    *failed_dst = false;
    if (!pair->src && !pair->dst)
        return mm_fail(err, MM_EARG, "a pair without tensors");
    src_good = load_side(&tensors->src, pair->src, schema, readers, cancel, &tensors->has_src, err);
    dst_good = load_side(&tensors->dst, pair->dst, schema, reader_dst, cancel, &tensors->has_dst,
                         src_good ? err : NULL);
    *failed_dst = src_good && !dst_good;
    if (tensors->has_src && tensors->has_dst) {
        side_init(&src, &tensors->src.tensor.shape, axis_of(pair, false));
        side_init(&dst, &tensors->dst.tensor.shape, axis_of(pair, true));
        tensors->match = choose(&src, &dst);
    }
    return src_good && dst_good ? 0 : -1;
}

/* ---- laying over ---- */

/* The file's name before what went wrong in it. */
static int fail_in(const struct mm_entry *entry, const struct mm_err *inner, struct mm_err *err)
{
    return mm_fail(err, inner->code, "%s: %s", entry->label, inner->text);
}

/* The view with the @axis undone; packed values are decoded into *memory first (freed with the tensors). */
static int undo(const struct mm_tensor *tensor, const struct mm_axis *axis, struct mm_tensor *out,
                void **memory, struct mm_run *run, const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_tensor flat;
    int perm[MM_RANK_MAX];

    if (!mm_axis_undo(axis, tensor->shape.rank, perm))
        return mm_fail(err, MM_EARG, "@axis does not fit %d axes", tensor->shape.rank);
    if (mm_tensor_permute(tensor, perm, out, err) == 0)
        return 0;
    if (mm_tensor_flatten(tensor, cancel, &flat, memory, run, err))
        return -1;
    return mm_tensor_permute(&flat, perm, out, err);
}

/* Equal but for axes of length 1: give the view the other's shape. Steps along such axes do not matter. */
static void reshape(struct mm_tensor *view, const struct mm_shape *shape)
{
    int64_t stride[MM_RANK_MAX] = {0};
    int from = 0;

    for (int i = 0; view->strided && i < shape->rank; i++) {
        if (shape->dim[i] == 1)
            continue;
        while (view->shape.dim[from] == 1)
            from++;
        stride[i] = view->stride[from++];
    }
    memcpy(view->stride, stride, sizeof(stride));
    view->shape = *shape;
}

/* The view's values rounded to FLOAT16, in memory of its own. */
static int round_half(struct mm_tensor *view, void **memory, struct mm_run *run, const atomic_bool *cancel,
                      struct mm_err *err)
{
    struct mm_tensor flat;
    void *values;

    if (mm_tensor_flatten(view, cancel, &flat, &values, run, err))
        return -1;
    for (int64_t i = 0; i < flat.count; i++) /* FLOAT16 is exact in floats: they are floats */
        ((float *)values)[i] = mm_half_to_float(mm_float_to_half(((float *)values)[i]));
    free(*memory);
    *memory = values;
    *view = flat;
    return 0;
}

/* Whichever side of the views is wanted: 0 is src's, 1 dst's. */
static int lay_side(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool dst,
                    const atomic_bool *cancel, struct mm_err *err)
{
    const struct mm_entry *entry = dst ? pair->dst : pair->src;
    const struct mm_tensor *tensor = dst ? &tensors->dst.tensor : &tensors->src.tensor;
    struct mm_tensor *view = dst ? &tensors->d : &tensors->s;
    enum mm_shape_match match = tensors->match;
    struct mm_err inner;

    free(tensors->memory[dst]); /* of a view that was made before */
    tensors->memory[dst] = NULL;
    *view = *tensor;
    bool moved = match == MM_MATCH_UNDO_BOTH || match == (dst ? MM_MATCH_UNDO_DST : MM_MATCH_UNDO_SRC);
    bool wider = pair->round_half && tensor->dtype == MM_F16 && tensor->stored != MM_F16;
    if (moved &&
        undo(tensor, axis_of(pair, dst), view, &tensors->memory[dst], &tensors->run[dst], cancel, &inner))
        return fail_in(entry, &inner, err);
    if (wider && round_half(view, &tensors->memory[dst], &tensors->run[dst], cancel, &inner))
        return fail_in(entry, &inner, err);
    return 0;
}

int mm_pair_tensors_lay(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool src_only,
                        const atomic_bool *cancel, bool *failed_dst, struct mm_err *err)
{
    *failed_dst = false;
    if (lay_side(tensors, pair, false, cancel, err))
        return -1;
    if (src_only)
        return 0;
    if (lay_side(tensors, pair, true, cancel, err)) {
        *failed_dst = true;
        return -1;
    }
    if (tensors->match != MM_MATCH_NONE && tensors->match != MM_MATCH_MISMATCH &&
        !mm_shape_equal(&tensors->s.shape, &tensors->d.shape))
        reshape(&tensors->d, &tensors->s.shape);
    return 0;
}

void mm_pair_tensors_close(struct mm_pair_tensors *tensors)
{
    if (tensors->has_src)
        mm_load_close(&tensors->src);
    if (tensors->has_dst)
        mm_load_close(&tensors->dst);
    free(tensors->memory[0]);
    free(tensors->memory[1]);
    memset(tensors, 0, sizeof(*tensors));
}
