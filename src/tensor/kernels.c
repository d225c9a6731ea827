/* Which table of kernels is used. A new instruction set is one file and one row here. */
#include "tensor/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool always(void)
{
    return true;
}

/* From the plainest to the best; runs_here says whether this machine can run the table. */
static const struct {
    const struct mm_kernels *kernels;
    bool (*runs_here)(void);
} tables[] = {
    {&mm_kernels_scalar, always},
};

/* Looked up afresh each time (twice a pair, a few ns) so that there is no mutable state to guard. */
const struct mm_kernels *mm_kernels(void)
{
    const char *wanted = getenv("MMTUI_CPU");
    const struct mm_kernels *best = &mm_kernels_scalar;

    for (size_t i = 0; i < MM_COUNT(tables); i++) {
        if (!tables[i].runs_here())
            continue;
        if (wanted && strcmp(wanted, tables[i].kernels->name) == 0)
            return tables[i].kernels;
        best = tables[i].kernels;
    }
    return best;
}

void mm_hist_map_init(struct mm_hist_map *map, const struct mm_hist *hist)
{
    double width = hist->high - hist->low;

    map->f = !isfinite(width) ? 0.5 : width < 0x1p-900 ? 0x1p512 : 1.0;
    map->low = hist->low * map->f;
    width = hist->high * map->f - map->low;
    map->scale = width > 0.0 ? (double)hist->bins / width : 0.0;
}
