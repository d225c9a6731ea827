/* Opening the two tensors of a pair and laying one over the other. */
#include "pair/tensors.h"
#include "pair/fit.h"
#include "pair/statistics.h"

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
        [MM_MATCH_PART] = "the part that both have",
        [MM_MATCH_UNBLOCKED] = "channel blocks undone",
        [MM_MATCH_TOLD_SRC] = "dst's shape, as src's file says none",
        [MM_MATCH_TOLD_DST] = "src's shape, as dst's file says none",
        [MM_MATCH_STATISTICS] =
            "compared by statistics: those that one dump kept, and those of the other's values",
        [MM_MATCH_MISMATCH] = "shapes differ",
    };

    return (unsigned)match < MM_COUNT(text) ? text[match] : "";
}

/* The name's own layout change comes first. */
static const struct mm_axis *axis_of(const struct mm_pair *pair, bool dst)
{
    const struct mm_entry *entry = dst ? pair->dst : pair->src;
    bool whole = pair->layout && entry->parsed.axis.kind == MM_AXIS_NONE;
    return !whole ? &entry->parsed.axis : dst ? &pair->layout->axis : &pair->layout->src_axis;
}

/* ---- opening ---- */

static bool load_side(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                      struct mm_reader *reader, const atomic_bool *cancel, bool *has, struct mm_err *err)
{
    *has = entry && mm_load_open_in(load, entry, schema, reader, cancel, err) == 0;
    return *has || !entry;
}

/* The shape of a side's view, by what is done to it. */
static struct mm_shape shape_of(const struct mm_shape *dumped, const struct mm_axis *axis,
                                const struct mm_laying *lay)
{
    struct mm_shape whole = *dumped, out;
    int perm[MM_RANK_MAX];

    if (lay->cut)
        return lay->part;
    if (lay->unblock) {
        whole.dim[1] *= whole.dim[4];
        whole.rank = 4;
    }
    out = whole;
    for (int i = 0; lay->undo && mm_axis_undo(axis, whole.rank, perm) && i < whole.rank; i++)
        out.dim[i] = whole.dim[perm[i]];
    return out;
}

/* Axes of length 1 aside. */
static int axes_of(const struct mm_shape *shape)
{
    int axes = 0;

    for (int i = 0; i < shape->rank; i++)
        axes += shape->dim[i] != 1;
    return axes;
}

/* Lines of numbers may be the rows of a matrix: then another matrix is one of another shape. */
static bool has_no_shape(const struct mm_load *load, const struct mm_load *other)
{
    const struct mm_shape *own = &load->tensor.shape, *shape = &other->tensor.shape;
    bool matrix = axes_of(own) == 2 && axes_of(shape) == 2;

    return load->unshaped && (!other->unshaped || shape->rank > own->rank) && !matrix &&
           load->tensor.count == other->tensor.count;
}

/* What the other's shape is once its axes stand as they did, with one's own axes moved as they are. */
static void told_shape(const struct mm_shape *other, const struct mm_axis *axis_of_other,
                       const struct mm_axis *axis, struct mm_shape *out)
{
    struct mm_shape before = *other;
    int perm[MM_RANK_MAX];
    bool moved = mm_axis_undo(axis_of_other, other->rank, perm);

    for (int i = 0; moved && i < other->rank; i++)
        before.dim[i] = other->dim[perm[i]];
    *out = before;
    moved = mm_axis_undo(axis, before.rank, perm);
    for (int i = 0; moved && i < before.rank; i++)
        out->dim[perm[i]] = before.dim[i];
}

/* A file that says no shape has the other's. Returns which, or MM_MATCH_NONE. */
static enum mm_shape_match take_shape(struct mm_pair_tensors *tensors, const struct mm_pair *pair)
{
    struct mm_load *src = &tensors->src, *dst = &tensors->dst;
    bool of_src = has_no_shape(src, dst), of_dst = !of_src && has_no_shape(dst, src);
    struct mm_load *load = of_src ? src : dst, *other = of_src ? dst : src;

    if (!of_src && !of_dst)
        return MM_MATCH_NONE;
    told_shape(&other->tensor.shape, axis_of(pair, of_src), axis_of(pair, !of_src), &load->tensor.shape);
    return of_src ? MM_MATCH_TOLD_SRC : MM_MATCH_TOLD_DST;
}

static void fit(struct mm_pair_tensors *tensors, const struct mm_pair *pair)
{
    enum mm_shape_match told = take_shape(tensors, pair);
    const struct mm_shape *shape[2] = {&tensors->src.tensor.shape, &tensors->dst.tensor.shape};
    const struct mm_axis *axis[2] = {axis_of(pair, false), axis_of(pair, true)};

    tensors->match = fit_find(shape, axis, pair->layout, tensors->lay);
    if (told != MM_MATCH_NONE && tensors->match == MM_MATCH_SAME)
        tensors->match = told;
    tensors->shape = shape_of(shape[0], axis[0], &tensors->lay[0]);
}

static bool is_float(const struct mm_tensor *tensor)
{
    return mm_dtype_info(tensor->dtype)->kind == MM_KIND_FLOAT;
}

/* Integers that are the bit patterns of another type, and as wide. */
static void read_as(struct mm_tensor *tensor, enum mm_dtype dtype)
{
    bool raw = tensor->encoding == MM_ENC_RAW && tensor->stored == tensor->dtype && !tensor->quantised;

    if (raw && mm_dtype_reads(dtype, tensor->dtype))
        tensor->dtype = tensor->stored = dtype;
}

static void read_both_as(struct mm_pair_tensors *tensors, const struct mm_pair *pair)
{
    bool either = !pair->read_against_floats;
    bool src = tensors->has_src && (either || (tensors->has_dst && is_float(&tensors->dst.tensor)));
    bool dst = tensors->has_dst && (either || (tensors->has_src && is_float(&tensors->src.tensor)));

    if (src)
        read_as(&tensors->src.tensor, pair->read_as);
    if (dst)
        read_as(&tensors->dst.tensor, pair->read_as);
}

static bool lies_over(const struct mm_pair *pair, const struct mm_shape *src, const struct mm_shape *dst)
{
    const struct mm_shape *shape[2] = {src, dst};
    const struct mm_axis *axis[2] = {axis_of(pair, false), axis_of(pair, true)};
    struct mm_laying lay[2];

    return fit_find(shape, axis, pair->layout, lay) != MM_MATCH_MISMATCH;
}

/* Joined along another axis it would have the other side's shape: no rank has all of it. */
static bool is_in_parts(const struct mm_load *joined, const struct mm_shape *other)
{
    int axis = 0;

    while (axis < other->rank && !mm_load_fits_along(joined, axis, other))
        axis++;
    return axis < other->rank;
}

/* Of what is joined over ranks, a rank that has the other side's shape by itself is whole: the others are copies. */
static void choose_ranks(struct mm_pair_tensors *tensors, const struct mm_pair *pair)
{
    const struct mm_shape *src = &tensors->src.tensor.shape, *dst = &tensors->dst.tensor.shape;

    if (lies_over(pair, src, dst))
        return;
    if (mm_load_joined(&tensors->dst) == MM_JOIN_WHOLE && !is_in_parts(&tensors->dst, src) &&
        lies_over(pair, src, &mm_load_first_part(&tensors->dst)->shape))
        mm_load_take_first(&tensors->dst);
    else if (mm_load_joined(&tensors->src) == MM_JOIN_WHOLE && !is_in_parts(&tensors->src, dst) &&
             lies_over(pair, &mm_load_first_part(&tensors->src)->shape, dst))
        mm_load_take_first(&tensors->src);
}

/* Which statistics: what stands before " of ". */
static int same_figures(const char *a, const char *b)
{
    const char *end = strstr(a, " of "), *other = strstr(b, " of ");

    return end && other && end - a == other - b && memcmp(a, b, (size_t)(end - a)) == 0;
}

/* Has one dump the statistics of a tensor that the other has all values of? */
static bool is_by_statistics(const struct mm_pair_tensors *tensors, const struct mm_pair *pair)
{
    const struct mm_statistics *kept = NULL;
    int64_t count = 0;

    if (!pair->src || !pair->dst || (pair->src->statistics && pair->dst->statistics))
        return false;
    if (pair->src->statistics && pair->dst->kept == MM_KEPT_ALL) {
        kept = pair->src->statistics;
        count = tensors->dst.tensor.count;
    } else if (pair->dst->statistics && pair->src->kept == MM_KEPT_ALL) {
        kept = pair->dst->statistics;
        count = tensors->src.tensor.count;
    }
    return kept && count > 0 && (kept->elements < 0 || kept->elements == count);
}

/* Statistics are compared with the same statistics, of as many elements, or with those of all of its values. */
static int check_kept(const struct mm_pair_tensors *tensors, const struct mm_pair *pair, struct mm_err *err)
{
    const struct mm_entry *src = pair->src, *dst = pair->dst;
    bool of_src = src->kept == MM_KEPT_STATISTICS, of_dst = dst->kept == MM_KEPT_STATISTICS;

    if (!of_src && !of_dst)
        return 0;
    if (is_by_statistics(tensors, pair))
        return 0;
    if (of_src != of_dst)
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "%s: only statistics were kept (%s), which can't be compared with %s's values: they are not "
            "as many, or not all there",
            (of_src ? src : dst)->label, (of_src ? src : dst)->kept_of, of_src ? "dst" : "src");
    if (same_figures(src->kept_of, dst->kept_of) && src->statistics->elements == dst->statistics->elements)
        return 0;
    return mm_fail(err, MM_EUNSUPPORTED,
                   "%s: these are other statistics, or of another shape: %s in src, %s in dst", src->label,
                   src->kept_of, dst->kept_of);
}

/* Raw numbers that nobody told the type of are read as floats of 4 bytes; would others be as many as the other side has? */
static int check_width(const struct mm_load *load, const struct mm_load *other, struct mm_err *err)
{
    static const char *const types[] = {[1] = "i8, u8 or f8e4m3", [2] = "f16, bf16 or i16"};
    const struct mm_given *given = load->entry->given;
    int64_t count = other->tensor.count;
    bool told = given && given->dtype != MM_DTYPE_NONE;
    size_t bytes = count > 0 && load->size % (size_t)count == 0 ? load->size / (size_t)count : 0;

    if (!load->unshaped || load->tensor.encoding != MM_ENC_RAW || told || other->unshaped || bytes == 0 ||
        bytes >= MM_COUNT(types))
        return 0;
    return mm_fail(err, MM_EUNSUPPORTED,
                   "%s: has %zu bytes, which read as f32 are fewer values than the %" PRId64
                   " of the other dump: with --dtype %s they are as many",
                   load->entry->label, load->size, count, types[bytes]);
}

static int check_widths(const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    if (check_width(&tensors->src, &tensors->dst, err) < 0)
        return -1;
    *failed_dst = check_width(&tensors->dst, &tensors->src, err) < 0;
    return *failed_dst ? -1 : 0;
}

int mm_pair_tensors_load(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_schema *schema, struct mm_reader *readers, const atomic_bool *cancel,
                         bool *failed_dst, struct mm_err *err)
{
    struct mm_reader *reader_dst = readers ? &readers[1] : NULL;
    bool src_good, dst_good;

    memset(tensors, 0, sizeof(*tensors));
    *failed_dst = false;
    if (!pair->src && !pair->dst)
        return mm_fail(err, MM_EARG, "a pair without tensors");
    src_good = load_side(&tensors->src, pair->src, schema, readers, cancel, &tensors->has_src, err);
    dst_good = load_side(&tensors->dst, pair->dst, schema, reader_dst, cancel, &tensors->has_dst,
                         src_good ? err : NULL);
    *failed_dst = src_good && !dst_good;
    if (src_good && dst_good && pair->src && pair->dst && check_kept(tensors, pair, err) < 0) {
        *failed_dst = pair->src->kept != MM_KEPT_STATISTICS;
        return -1;
    }
    if (src_good && dst_good && is_by_statistics(tensors, pair)) {
        tensors->match = MM_MATCH_STATISTICS;
        tensors->shape = (pair->src->statistics ? &tensors->src : &tensors->dst)->tensor.shape;
        return 0;
    }
    if (tensors->has_src && tensors->has_dst && check_widths(tensors, failed_dst, err) < 0)
        return -1;
    if (tensors->has_src && tensors->has_dst)
        choose_ranks(tensors, pair);
    if (pair->read_as != MM_DTYPE_NONE)
        read_both_as(tensors, pair);
    if (tensors->has_src && tensors->has_dst)
        fit(tensors, pair);
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

/* The axis of `to` that is `axis` of `from`, which is equal but for axes of length 1. */
static int same_axis(const struct mm_shape *from, int axis, const struct mm_shape *to)
{
    int before = 0, at = 0;

    for (int i = 0; i < axis; i++)
        before += from->dim[i] != 1;
    for (; at < to->rank; at++) {
        if (to->dim[at] != 1 && before-- == 0)
            return at;
    }
    return 0; /* one place: whichever axis it is */
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
    if (view->scales)
        view->scale_axis = same_axis(&view->shape, view->scale_axis, shape);
    view->shape = *shape;
}

/* N, C/b, H, W, b to N, C, H, W, channels that are padding included; its values are decoded into *memory. */
static int unblock(const struct mm_tensor *tensor, struct mm_tensor *out, void **memory, struct mm_run *run,
                   const atomic_bool *cancel, struct mm_err *err)
{
    static const struct mm_axis blocks = {.kind = MM_AXIS_PERMUTE, .rank = 5, .perm = {0, 1, 3, 4, 2}};
    struct mm_tensor apart, flat;
    struct mm_run between;
    void *first = NULL;
    int failed = undo(tensor, &blocks, &apart, &first, &between, cancel, err);

    if (!failed)
        failed = mm_tensor_flatten(&apart, cancel, &flat, memory, run, err);
    free(first);
    if (failed)
        return -1;
    *out = flat;
    out->shape.rank = 4;
    out->shape.dim[1] = flat.shape.dim[1] * flat.shape.dim[2];
    out->shape.dim[2] = flat.shape.dim[3];
    out->shape.dim[3] = flat.shape.dim[4];
    return 0;
}

/* A part of what is laid already; packed values are decoded first. */
static int cut(struct mm_pair_tensors *tensors, bool dst, const atomic_bool *cancel, struct mm_err *err)
{
    const struct mm_laying *lay = &tensors->lay[dst];
    struct mm_tensor *whole = &tensors->whole[dst], flat;
    struct mm_tensor *view = dst ? &tensors->d : &tensors->s;

    if (mm_tensor_cut(whole, lay->from, &lay->part, view, &tensors->part[dst], err) == 0)
        return 0;
    if (err->code != MM_EUNSUPPORTED || tensors->memory[dst] ||
        mm_tensor_flatten(whole, cancel, &flat, &tensors->memory[dst], &tensors->run[dst], err))
        return -1;
    *whole = flat;
    return mm_tensor_cut(whole, lay->from, &lay->part, view, &tensors->part[dst], err);
}

/* Scales that do not fit the tensor (another count of channels) are passed over: then its codes are compared. */
static void dequantise(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                       struct mm_tensor *view)
{
    enum mm_dequantised how = mm_pair_dequantised(pair, tensors->src.tensor.dtype, tensors->dst.tensor.dtype);
    if (how != MM_DEQUANTISED_NO && tensors->has_src)
        mm_tensor_dequantise(view, &pair->scales->scales, how == MM_DEQUANTISED_ROUNDED);
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

/* One side's view: 0 is src's, 1 dst's. */
static int lay_view(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool dst,
                    const atomic_bool *cancel, struct mm_err *err)
{
    const struct mm_tensor *tensor = dst ? &tensors->dst.tensor : &tensors->src.tensor;
    const struct mm_laying *lay = &tensors->lay[dst];
    struct mm_tensor *view = dst ? &tensors->d : &tensors->s, *whole = &tensors->whole[dst];
    void **memory = &tensors->memory[dst];
    struct mm_tensor stored, blocks;

    free(*memory); /* of a view that was made before */
    *memory = NULL;
    *view = *tensor;
    if (dst)
        dequantise(tensors, pair, view);
    stored = *view;
    if (lay->unblock && unblock(&stored, view, memory, &tensors->run[dst], cancel, err))
        return -1;
    blocks = *view;
    if (lay->undo && undo(&blocks, axis_of(pair, dst), view, memory, &tensors->run[dst], cancel, err))
        return -1;
    if (pair->round_half && tensor->dtype == MM_F16 && tensor->stored != MM_F16 && !view->quantised &&
        round_half(view, memory, &tensors->run[dst], cancel, err))
        return -1;
    *whole = *view;
    return lay->cut ? cut(tensors, dst, cancel, err) : 0;
}

/* The view of values becomes that of their statistics. */
static int lay_statistics(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool dst,
                          const atomic_bool *cancel, struct mm_err *err)
{
    const struct mm_entry *other = dst ? pair->src : pair->dst;
    struct mm_tensor *view = dst ? &tensors->d : &tensors->s;
    double *figure;

    if (tensors->match != MM_MATCH_STATISTICS || !other->statistics)
        return 0;
    figure = malloc(MM_STATISTICS_MOST * sizeof *figure);
    if (!figure)
        return mm_fail_memory(err);
    if (statistics_of(view, other->statistics, cancel, figure, err) < 0) {
        free(figure);
        return -1;
    }
    free(tensors->memory[dst]);
    tensors->memory[dst] = figure;
    mm_tensor_raw(view, MM_F64, &tensors->shape, figure, &tensors->run[dst]);
    tensors->whole[dst] = *view;
    return 0;
}

static int lay_side(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool dst,
                    const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_err inner;

    if (lay_view(tensors, pair, dst, cancel, &inner) || lay_statistics(tensors, pair, dst, cancel, &inner))
        return fail_in(dst ? pair->dst : pair->src, &inner, err);
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

int mm_pair_sample(const struct mm_pair_tensors *tensors, bool dst, int64_t k, struct mm_tensor *out,
                   struct mm_run *run, struct mm_err *err)
{
    const struct mm_laying *lay = &tensors->lay[dst];
    int64_t from[MM_RANK_MAX];

    if (k < 0 || k >= lay->samples)
        return mm_fail(err, MM_EARG, "there is no such sample");
    memcpy(from, lay->from, sizeof(from));
    from[lay->sample_axis] = k * lay->part.dim[lay->sample_axis];
    return mm_tensor_cut(&tensors->whole[dst], from, &lay->part, out, run, err);
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
