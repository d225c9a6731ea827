/* A layout that all of dst has: told once, from a few headers, and undone in all pairs. */
#include "session/state.h"

#include <stdio.h>

#define LOOKED_AT  24 /* pairs, spread over the dump, whose headers are read before anything is measured */
#define FITS_LEAST 3  /* of these: fewer are layers whose axes are permuted, and no property of the dump */

/* Dumped axis i is the other side's axis perm[i]. */
struct mm_layout_row {
    struct mm_axis axis;
    const char *what;
};
static const struct mm_layout_row rows[] = {
    {{.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 2, 3, 1}},
     "channels last (NHWC) where src has them second"},
    {{.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 3, 1, 2}},
     "channels second (NCHW) where src has them last"},
};

static bool is_permuted(const struct mm_shape *src, const struct mm_shape *dst, const int *perm)
{
    bool same = true;
    for (int i = 0; i < 4; i++)
        same = same && dst->dim[i] == src->dim[perm[i]];
    return same;
}

/* What the headers of a few pairs of four axes say. */
struct seen {
    size_t told, fits[MM_COUNT(rows)];
};

static void look(const struct mm_session *session, const struct mm_pair *pair, struct seen *seen)
{
    struct mm_result result;
    mm_measure_header(pair, session->src->schema, &result);
    const struct mm_shape *s = &result.src.shape, *d = &result.dst.shape;
    if (result.src.known && result.dst.known && s->rank == 4 && d->rank == 4) {
        bool fits[MM_COUNT(rows)], all = mm_shape_equal(s, d);
        for (size_t i = 0; i < MM_COUNT(rows); i++) {
            fits[i] = is_permuted(s, d, rows[i].axis.perm);
            all = all && fits[i];
        }
        seen->told += !all; /* 1x8x8x8 is the same either way */
        for (size_t i = 0; i < MM_COUNT(rows) && !all; i++)
            seen->fits[i] += fits[i];
    }
    mm_result_done(&result);
}

/* Could it still be one of them? */
static bool is_open(const struct seen *seen)
{
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (seen->fits[i] == seen->told)
            return true;
    }
    return false;
}

static void use(struct mm_session *session, const struct mm_layout_row *row, size_t told)
{
    struct mm_buf text;
    mm_pairs_layout(session->pairs, &row->axis);
    mm_buf_init(&text);
    mm_buf_printf(&text, "All of dst has %s (%zu of %zu tensors looked at): compared under that.", row->what,
                  told, told);
    session_note(session, &text);
}

void layout_apply(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    size_t step = pairs->count / LOOKED_AT + 1;
    struct seen seen = {0};
    for (size_t i = 0; i < pairs->count && is_open(&seen); i += step) {
        if (pairs->pair[i].src && pairs->pair[i].dst)
            look(session, &pairs->pair[i], &seen);
    }
    for (size_t i = 0; i < MM_COUNT(rows) && seen.told >= FITS_LEAST; i++) {
        if (seen.fits[i] == seen.told) {
            use(session, &rows[i], seen.told);
            return;
        }
    }
}
