/* Does the format explain what a layer adds? Only that is mended by another one. */
#include <math.h>

#include "suggest/suggest.h"

/* What a good operator adds at most, where nothing tells more: other kernels and sums of 16-bit floats, and weights and
 * results of 8 bits. */
#define FLOATS_COST   1e-3
#define INTEGERS_COST 0.01
/* In clean runs residuals are up to 7 times what is explained; faults that were planted leave 20 times and more. */
#define BEYOND_CLEAN 10.0
/* Rounding adds no more than there is. */
#define NOISE_MOST 1.0

double suggest_explains(const struct suggest *s, uint32_t id)
{
    const struct mm_evidence *evidence = s->view->subjects[id].evidence;
    const struct mm_blame *blame = &s->view->blame[id];
    double most = fmax(blame->floor, s->layer[id].integer ? INTEGERS_COST : FLOATS_COST);
    if (evidence && evidence->format >= 0 && (size_t)evidence->format < evidence->floors)
        most = fmax(most, evidence->floor[evidence->format].metrics.diff2);
    return fmax(most, blame->explained); /* NaN, where it was not recomputed, counts for nothing */
}

/* The verdict itself is that a format or a setting costs that. */
static bool is_of_format(const struct suggest *s, uint32_t id)
{
    const struct mm_verdict *verdict = &s->verdicts[id];
    bool kernel = verdict->cause == MM_CAUSE_PAIRS || verdict->cause == MM_CAUSE_HALVED ||
                  verdict->cause == MM_CAUSE_WRAPPED; /* of integer arithmetic, which floats have not */
    /* cut off where no integer's range is known to end: by an operator as well as by a range */
    bool cut =
        verdict->cause == MM_CAUSE_SATURATION && verdict->confidence < MM_CERTAIN && !s->layer[id].integer;
    return verdict->kind == MM_VERDICT_FORMAT || verdict->kind == MM_VERDICT_OVERFLOW ||
           (verdict->kind == MM_VERDICT_SETTINGS && !cut) ||
           (verdict->kind == MM_VERDICT_NOISE && verdict->confidence >= MM_LIKELY &&
            s->view->blame[id].introduced <= NOISE_MOST) ||
           (kernel && s->layer[id].integer);
}

bool suggest_explained(const struct suggest *s, uint32_t id)
{
    const struct mm_blame *blame = &s->view->blame[id];
    if (blame->beside) /* of the size that its format explains, and not of its pattern */
        return false;
    if (s->verdicts[id].kind == MM_VERDICT_NONE || is_of_format(s, id) || blame->own == MM_OWN_RIGHT)
        return true;
    if (blame->cut && !s->layer[id].integer) /* at a float's limit, where src is not: of what came in */
        return false;
    if (blame->own == MM_OWN_WRONG) /* from its own inputs: whatever it computes in */
        return false;
    if (s->layer[id].masked && isnan(blame->explained)) /* not recomputed: what it adds can't be told */
        return true;
    return !isfinite(blame->introduced) || blame->introduced <= BEYOND_CLEAN * suggest_explains(s, id);
}
