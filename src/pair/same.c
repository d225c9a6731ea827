/* The same name on both sides: the k-th tensor of it with the k-th. */
#include "pair/same.h"

#include <string.h>

/* Number the occurrences within [from, end), passing over dropped ones; they move behind the others. */
static uint32_t number_run(struct side *side, size_t from, size_t end)
{
    uint32_t n = 0;
    for (size_t i = from; i < end; i++) {
        struct candidate *here = side->sorted[i];
        if (here->dropped)
            continue;
        here->occurrence = n + 1;
        side->sorted[i] = side->sorted[from + n];
        side->sorted[from + n] = here;
        n++;
    }
    for (uint32_t i = 0; i < n; i++)
        side->sorted[from + i]->occurrences = n;
    return n;
}

void same_number(struct side *side)
{
    for (size_t i = 0, end; i < side->count; i = end) {
        end = side_run_end(side, i);
        number_run(side, i, end);
    }
}

/* By what two tensors of one name are paired, one of several or not; NONE where that was switched off. */
static enum mm_pair_rung rung_of(const struct side *side, const struct candidate *dst, enum mm_pair_rung rung,
                                 bool several)
{
    if (several && side_off(side, MM_PAIR_BY_OCCURRENCE))
        return MM_PAIR_BY_NONE;
    if (dst->rung == MM_PAIR_BY_MAP) /* a person said so */
        return MM_PAIR_BY_MAP;
    if (side_off(side, rung))
        return MM_PAIR_BY_NONE;
    return several && rung == MM_PAIR_BY_EXACT ? MM_PAIR_BY_OCCURRENCE : rung;
}

void same_join(struct side *src, struct side *dst, enum mm_pair_rung rung)
{
    size_t i = 0, j = 0;
    while (i < src->count || j < dst->count) {
        int order = i == src->count   ? 1
                    : j == dst->count ? -1
                                      : strcmp(src->sorted[i]->name, dst->sorted[j]->name);
        size_t i_end = order <= 0 ? side_run_end(src, i) : i;
        size_t j_end = order >= 0 ? side_run_end(dst, j) : j;
        uint32_t n = number_run(src, i, i_end);
        uint32_t m = number_run(dst, j, j_end);
        for (uint32_t k = 0; k < n && k < m; k++) {
            struct candidate *s = src->sorted[i + k], *d = dst->sorted[j + k];
            enum mm_pair_rung by = rung_of(src, d, rung, n > 1 || m > 1);
            if (!s->partner && !d->partner && by != MM_PAIR_BY_NONE)
                side_join(s, d, by);
        }
        i = i_end;
        j = j_end;
    }
}

void same_only(struct side *src, struct side *dst)
{
    bool lone = src->dump->is_file && dst->dump->is_file && src->count == 1 && dst->count == 1;
    struct candidate *s = lone ? src->sorted[0] : NULL, *d = lone ? dst->sorted[0] : NULL;
    if (!lone || side_off(src, MM_PAIR_BY_ONLY) || s->partner || d->partner || !s->occurrence ||
        !d->occurrence)
        return;
    side_join(s, d, MM_PAIR_BY_ONLY);
    s->how = d->how = strcmp(s->name, d->name) != 0 ? "the only tensor of each file" : NULL;
}
