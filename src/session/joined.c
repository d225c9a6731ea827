/* What --concat has put together: which tensors are whole on each rank, and which do not fit, said once. */
#include "session/state.h"

#include <string.h>

#define PAIRS_MOST 512 /* whose headers are looked at */
#define NAMES_MOST 3

struct look {
    size_t copies, misfits;
    const char *misfit[NAMES_MOST]; /* the first ones */
    int axis;                       /* along which all misfits would fit, or -1 */
    bool dst;                       /* it is dst that is joined */
    const char *name;               /* of the pair being looked at */
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
    look->copies += fits && mm_load_joined(load[dst]) == MM_JOIN_COPIES;
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
        mm_buf_puts(out, ".");
    else
        mm_buf_printf(out, "; along axis %d %s would (--concat NAME=%d).", look->axis,
                      look->misfits == 1 ? "it" : "they", look->axis);
}

void joined_note(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    struct look look = {.axis = -1};
    struct mm_buf text = {0};
    size_t seen = 0;
    for (size_t i = 0; i < pairs->count && seen < PAIRS_MOST; i++) {
        const struct mm_pair *pair = &pairs->pair[i];
        if (!pair->src || !pair->dst || (!pair->src->joined && !pair->dst->joined))
            continue;
        const struct mm_pair_reading reading = {
            .pair = pair, .schema = session->src->schema, .headers = look_at, .context = &look};
        look.name = pair->name;
        seen++;
        mm_pair_read(&reading, NULL, NULL);
    }
    if (look.copies)
        mm_buf_printf(&text, "%zu tensor%s the whole shape on each rank: rank 0's %s compared.", look.copies,
                      look.copies == 1 ? " has" : "s have", look.copies == 1 ? "is" : "are");
    if (look.misfits)
        put_misfits(&look, &text);
    if (text.length)
        session_note(session, &text);
    mm_buf_done(&text);
}
