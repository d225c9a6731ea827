/* What loses its digits in the format that it has: raising it alone is not enough where its inputs have lost them. */
#include <math.h>

#include "suggest/suggest.h"

/* Half's least normal value: below it digits are lost one by one. */
#define HALF_LEAST_NORMAL 6.103515625e-05

static bool is_narrow(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return info->kind == MM_KIND_FLOAT && info->bits <= 16;
}

static bool loses_digits(const struct suggest *s, uint32_t id)
{
    const struct mm_verdict *verdict = &s->verdicts[id];
    bool cause = verdict->cause == MM_CAUSE_CANCELLATION || verdict->cause == MM_CAUSE_UNDERFLOW;
    return s->layer[id].measured && s->layer[id].can && cause && s->view->blame[id].over;
}

/* x - mean: both are too coarse; what became 0: only what is that small itself. */
static bool makes_it(const struct suggest *s, uint32_t id, uint32_t input)
{
    bool small = suggest_reach(s, input) < HALF_LEAST_NORMAL;
    return s->layer[input].measured && is_narrow(s->layer[input].now) && !s->layer[input].raised &&
           !(s->view->flow->role[input] & MM_ROLE_INPUT) &&
           (s->verdicts[id].cause == MM_CAUSE_CANCELLATION || small);
}

void suggest_digits(struct suggest *s)
{
    const struct mm_flow *flow = s->view->flow;
    for (uint32_t id = 0; id < s->count; id++) {
        if (!loses_digits(s, id))
            continue;
        suggest_raise(s, id, MM_F32, MM_WHY_DIGITS, -1);
        for (uint32_t e = flow->input_from[id]; flow->known && e < flow->input_from[id + 1]; e++) {
            if (makes_it(s, id, flow->input[e]))
                suggest_raise(s, flow->input[e], MM_F32, MM_WHY_DIGITS, (int32_t)id);
        }
    }
}
