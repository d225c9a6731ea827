#include "pair/side.h"

#include <stdlib.h>
#include <string.h>

void side_done(struct side *side)
{
    free(side->all);
    free(side->sorted);
}

bool side_off(const struct side *side, enum mm_pair_rung rung)
{
    return side->off & 1u << rung;
}

void side_join(struct candidate *src, struct candidate *dst, enum mm_pair_rung rung)
{
    src->partner = dst;
    dst->partner = src;
    src->rung = dst->rung = rung;
}

size_t side_run_end(const struct side *side, size_t i)
{
    size_t end = i + 1;
    while (end < side->count && strcmp(side->sorted[end]->name, side->sorted[i]->name) == 0)
        end++;
    return end;
}

int side_runs_init(struct side_runs *runs, struct side *side)
{
    *runs = (struct side_runs){.side = side, .run = calloc(side->count + 1, sizeof *runs->run)};
    if (!runs->run)
        return -1;
    for (size_t i = 0, end; i < side->count; i = end) {
        const struct candidate *first = side->sorted[i];
        struct side_run *run = &runs->run[runs->count];
        end = side_run_end(side, i);
        if (!first->occurrence)
            continue; /* all are dropped */
        *run = (struct side_run){.text = first->name,
                                 .length = strlen(first->name),
                                 .first = i,
                                 .count = first->occurrences,
                                 .open = first->occurrences == 1 || !side_off(side, MM_PAIR_BY_OCCURRENCE)};
        for (size_t k = 0; k < run->count; k++)
            run->open &= !side->sorted[i + k]->partner;
        runs->open += run->open;
        runs->count++;
    }
    return 0;
}

void side_runs_done(struct side_runs *runs)
{
    free(runs->run);
    *runs = (struct side_runs){.count = 0};
}

void side_pair(struct side_runs *src, struct side_run *s, struct side_runs *dst, struct side_run *d,
               enum mm_pair_rung rung, const char *how)
{
    for (size_t k = 0; k < s->count && k < d->count; k++) {
        struct candidate *a = src->side->sorted[s->first + k], *b = dst->side->sorted[d->first + k];
        side_join(a, b, rung);
        a->how = b->how = how;
    }
    s->open = d->open = false;
    src->open--;
    dst->open--;
}
