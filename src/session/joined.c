/* What --concat has put together: which tensors are whole on each rank, and which do not fit; and what it would put
 * together. Said once. */
#include "session/state.h"

#include <string.h>

#include "base/translate.h"

#define PAIRS_MOST 512 /* whose headers are looked at */
#define NAMES_MOST 3

struct look {
    size_t copies, without, misfits; /* without: they do not have the axis */
    const char *misfit[NAMES_MOST];  /* the first ones */
    int axis;                        /* along which all misfits would fit, or -1 */
    bool dst;                        /* it is dst that is joined */
    const char *name;                /* of the pair being looked at */
};

/* The first axis along which the joined side would have the other's shape, or -1. */
static int other_axis(const struct mm_load *joined, const struct mm_shape *shape)
{
    for (int axis = 0; axis < shape->rank; axis++) {
        if (mm_load_fits_along(joined, axis, shape))
            return axis;
    }
    return -1;
}

static int look_at(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct look *look = context;
    const struct mm_load *load[2] = {&tensors->src, &tensors->dst};
    (void)failed_dst;
    (void)err;
    if (!tensors->has_src || !tensors->has_dst)
        return 0;
    bool dst = mm_load_joined(load[1]) != MM_JOIN_NONE;
    bool fits = tensors->match != MM_MATCH_MISMATCH;
    /* whole is what fits the other side as it is, unless that is put together, too */
    bool without = mm_load_joined(load[dst]) == MM_JOIN_NO_AXIS,
         both = mm_load_joined(load[!dst]) != MM_JOIN_NONE;
    look->copies += fits && (mm_load_joined(load[dst]) == MM_JOIN_COPIES || (without && !both));
    look->without += fits && without && both;
    if (fits || mm_load_joined(load[!dst]) != MM_JOIN_NONE)
        return 0;
    int axis = other_axis(load[dst], &load[!dst]->tensor.shape);
    look->axis = look->misfits == 0 || look->axis == axis ? axis : -1;
    look->dst = dst;
    if (look->misfits < NAMES_MOST)
        look->misfit[look->misfits] = look->name;
    look->misfits++;
    return 0;
}

static void put_misfits(const struct look *look, struct mm_buf *out)
{
    mm_buf_printf(out, "%s%zu tensor%s (", out->length ? " " : "", look->misfits,
                  look->misfits == 1 ? "" : "s");
    for (size_t i = 0; i < look->misfits && i < NAMES_MOST; i++) {
        mm_buf_puts(out, i ? ", " : "");
        mm_text_escape(out, look->misfit[i], strlen(look->misfit[i]));
    }
    mm_buf_printf(out, "%s) %s not have %s's shape when joined", look->misfits > NAMES_MOST ? ", ..." : "",
                  look->misfits == 1 ? "does" : "do", look->dst ? "src" : "dst");
    if (look->axis < 0)
        mm_buf_say(out, ".");
    else
        mm_buf_printf(out, "; along axis %d %s would (--concat NAME=%d).", look->axis,
                      look->misfits == 1 ? "it" : "they", look->axis);
}

static bool is_joined(const struct mm_pair *pair)
{
    return pair->src && pair->dst && (pair->src->joined || pair->dst->joined);
}

bool joined_along_other_axis(const struct mm_pair *pair, const struct mm_schema *schema)
{
    struct look look = {.axis = -1, .name = pair->name};
    const struct mm_pair_reading reading = {
        .pair = pair, .schema = schema, .headers = look_at, .context = &look};
    return is_joined(pair) && mm_pair_read(&reading, NULL, NULL) == 0 && look.misfits && look.axis >= 0;
}

/* ---- one rank of several, beside the whole ---- */

/* Tensors that are the part of one rank, beside whole ones. */
struct parts {
    size_t ranks, count;
    int axis;    /* along which all of them would be joined, or -1 */
    bool of_dst; /* it is dst that has ranks */
};

/* Along which axis alone `whole` is so many times as long; -1: it is not so. */
static int part_axis(const struct mm_shape *part, const struct mm_shape *whole, size_t ranks)
{
    int axis = -1;
    for (int i = 0; part->rank == whole->rank && i < part->rank; i++) {
        int64_t length;
        if (part->dim[i] == whole->dim[i])
            continue;
        if (axis >= 0 || __builtin_mul_overflow(part->dim[i], (int64_t)ranks, &length) ||
            length != whole->dim[i])
            return -1;
        axis = i;
    }
    return axis;
}

static int look_for_part(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                         struct mm_err *err)
{
    struct parts *parts = context;
    const struct mm_shape *src = &tensors->src.tensor.shape, *dst = &tensors->dst.tensor.shape;
    (void)failed_dst;
    (void)err;
    if (!tensors->has_src || !tensors->has_dst)
        return 0;
    int axis = parts->of_dst ? part_axis(dst, src, parts->ranks) : part_axis(src, dst, parts->ranks);
    if (axis < 0)
        return 0;
    parts->axis = parts->count == 0 || parts->axis == axis ? axis : -1;
    parts->count++;
    return 0;
}

static void put_parts(const struct mm_dump *ranked, const struct parts *parts, struct mm_buf *out)
{
    mm_buf_printf(out, "%zu tensor%s of rank %lld of %s %s 1/%zu as long as %s's", parts->count,
                  parts->count == 1 ? "" : "s", (long long)ranked->rank.chosen, parts->of_dst ? "dst" : "src",
                  parts->count == 1 ? "is" : "are", parts->ranks, parts->of_dst ? "src" : "dst");
    if (parts->axis >= 0)
        mm_buf_printf(out, " along axis %d: --concat %d compares what all ranks have.", parts->axis,
                      parts->axis);
    else
        mm_buf_say(out, " along one axis: --concat NAME=AXIS compares what all ranks have.");
}

/* One rank was taken where the other dump has no ranks: is it a part of the whole? */
static void note_parts(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    size_t src = session->src->rank.count, dst = session->dst->rank.count, seen = 0;
    bool samples = session->layout && (session->layout->times[0] || session->layout->times[1]);
    struct parts parts = {.ranks = src > 1 ? src : dst, .axis = -1, .of_dst = dst > 1};
    struct mm_buf text = {0};
    if ((src > 1) == (dst > 1) || samples)
        return;
    for (size_t i = 0; i < pairs->count && seen < PAIRS_MOST; i++) {
        const struct mm_pair_reading reading = {.pair = &pairs->pair[i],
                                                .schema = session->src->schema,
                                                .headers = look_for_part,
                                                .context = &parts};
        if (!pairs->pair[i].src || !pairs->pair[i].dst || is_joined(&pairs->pair[i]))
            continue;
        seen++;
        mm_pair_read(&reading, NULL, NULL);
    }
    if (parts.count) {
        put_parts(parts.of_dst ? session->dst : session->src, &parts, &text);
        session_note(session, &text);
    }
    mm_buf_done(&text);
}

/* ---- what is said ---- */

void joined_note(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    struct look look = {.axis = -1};
    struct mm_buf text = {0};
    size_t seen = 0;
    for (size_t i = 0; i < pairs->count && seen < PAIRS_MOST; i++) {
        const struct mm_pair *pair = &pairs->pair[i];
        if (!is_joined(pair))
            continue;
        const struct mm_pair_reading reading = {
            .pair = pair, .schema = session->src->schema, .headers = look_at, .context = &look};
        look.name = pair->name;
        seen++;
        mm_pair_read(&reading, NULL, NULL);
    }
    note_parts(session);
    if (look.copies)
        mm_buf_printf(&text, "%zu tensor%s the whole shape on each rank: rank 0's %s compared.", look.copies,
                      look.copies == 1 ? " has" : "s have", look.copies == 1 ? "is" : "are");
    if (look.without)
        mm_buf_printf(&text, "%s%zu tensor%s not have the axis of --concat: rank 0's %s compared.",
                      text.length ? " " : "", look.without, look.without == 1 ? " does" : "s do",
                      look.without == 1 ? "is" : "are");
    if (look.misfits)
        put_misfits(&look, &text);
    if (text.length)
        session_note(session, &text);
    mm_buf_done(&text);
}
