/* What is said of pairs after they were made, and by others. */
#include <stdlib.h>

#include "base/translate.h"
#include "mmtui/pair.h"

void mm_pairs_layout(struct mm_pairs *pairs, const struct mm_layout *layout)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair; /* its own, const for all others */
    for (size_t i = 0; i < pairs->count; i++)
        pair[i].layout = layout;
}

void mm_pairs_lay(struct mm_pairs *pairs, size_t place, const struct mm_layout *layout)
{
    ((struct mm_pair *)pairs->pair)[place].layout = layout;
}

void mm_pair_laid_text(const struct mm_pair *pair, enum mm_shape_match match, struct mm_buf *out)
{
    int order[MM_RANK_MAX];
    const struct mm_axis *axis = pair->layout ? &pair->layout->src_axis : NULL;
    bool own = axis && axis->kind == MM_AXIS_PERMUTE && match == MM_MATCH_UNDO_SRC;
    if (pair->told && *pair->told->laid) {
        mm_buf_puts(out, pair->told->laid);
        return;
    }
    if (!own || !mm_axis_undo(axis, axis->rank, order)) {
        mm_buf_say(out, mm_shape_match_text(match));
        return;
    }
    mm_buf_say(out, "measured as src transposed ");
    for (int i = 0; i < axis->rank; i++)
        mm_buf_printf(out, "%s%d", i ? "," : "", order[i]);
}

void mm_pairs_read_as(struct mm_pairs *pairs, size_t place, enum mm_dtype dtype, bool against_floats)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair; /* its own, const for all others */
    for (size_t i = 0; i < pairs->count; i++) {
        if (place == SIZE_MAX ? pair[i].read_as != MM_DTYPE_NONE : place != i)
            continue;
        pair[i].read_as = dtype;
        pair[i].read_against_floats = against_floats;
    }
}

void mm_pairs_move(struct mm_pairs *pairs, size_t from, size_t to, enum mm_pair_rung rung, const char *how)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair;
    pair[to].dst = pair[from].dst;
    pair[to].how = how;
    pair[to].own[1] = pair[from].own[1];
    pair[to].rung = rung;
    pair[from].dst = NULL;
    pair[from].how = NULL;
    pair[from].own[1] = NULL;
    pair[from].rung = MM_PAIR_BY_NONE;
}

void mm_pairs_scales(struct mm_pairs *pairs, size_t place, const struct mm_pair_scales *scales)
{
    ((struct mm_pair *)pairs->pair)[place].scales = scales;
}

void mm_pairs_could(struct mm_pairs *pairs, size_t place, const char *could)
{
    ((struct mm_pair *)pairs->pair)[place].how = could;
}

void mm_pairs_round_half(struct mm_pairs *pairs)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair;
    for (size_t i = 0; i < pairs->count; i++)
        pair[i].round_half = true;
}

void mm_pairs_close(struct mm_pairs *pairs)
{
    if (!pairs)
        return;
    mm_arena_done(&pairs->arena);
    free(pairs);
}

void mm_pair_how(const struct mm_pair *pair, struct mm_buf *out)
{
    bool both = pair->src && pair->dst;
    const char *lone = pair->src ? "only in src" : "only in dst";
    mm_buf_say(out, !both ? lone : pair->how ? pair->how : "same name");
    if (!both && pair->how)
        mm_buf_printf(out, "; %s", pair->how);
    if (pair->occurrences > 1)
        mm_buf_printf(out, ", occurrence %u of %u", pair->occurrence, pair->occurrences);
}

void mm_pair_how_by(const struct mm_pair *pair, struct mm_buf *out)
{
    mm_pair_how(pair, out);
    if (pair->src && pair->dst && pair->rung > MM_PAIR_BY_EXACT)
        mm_buf_printf(out, " [%s]", mm_pair_rung_info(pair->rung)->name);
}
