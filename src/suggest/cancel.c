/* Differences of values far larger than themselves: what the operands were rounded by is left of them. */
#include <math.h>
#include <strings.h>

#include "suggest/suggest.h"

/* The operands' errors explain this share of the result's, at least. */
#define EXPLAINS 0.5
/* The operands are so many times larger than the result. */
#define CANCELS 8.0
/* Of the outputs' error energy: less is not worth three operators. */
#define SHARE_LEAST 0.05

static double rms(const struct suggest *s, uint32_t id)
{
    const struct mm_stats *stats = &s->view->subjects[id].result->metrics.src;
    return s->layer[id].measured ? sqrt(stats->mean * stats->mean + stats->std * stats->std) : 0;
}

static bool subtracts(const struct suggest *s, uint32_t id)
{
    const char *type = s->view->subjects[id].op_type;
    return type && (strcasestr(type, "sub") || strcasestr(type, "add"));
}

/* Absolute RMS errors of the operands, independent of each other, against that of the result. */
static bool cancels(const struct suggest *s, uint32_t id)
{
    const struct mm_flow *flow = s->view->flow;
    double energy = 0, largest = 0, own = rms(s, id), error = s->view->blame[id].error;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        double size = rms(s, flow->input[e]), part = s->view->blame[flow->input[e]].error * size;
        largest = fmax(largest, size);
        energy += isfinite(part) ? part * part : 0;
    }
    return own > 0 && isfinite(error) && largest >= CANCELS * own && sqrt(energy) >= EXPLAINS * error * own;
}

static bool has_half(const struct suggest *s, uint32_t id)
{
    enum mm_dtype dumped = s->view->subjects[id].result->dst.dtype;
    return s->layer[id].measured && (dumped == MM_F16 || dumped == MM_BF16);
}

/* In full precision the operands keep what the difference is made of; the operator itself must read them so. */
void suggest_cancellation(struct suggest *s)
{
    const struct mm_flow *flow = s->view->flow;
    for (uint32_t id = 0; flow->known && id < s->count; id++) {
        if (!s->layer[id].can || !s->view->blame[id].starts || !has_half(s, id) || !subtracts(s, id) ||
            !cancels(s, id) || suggest_share(s, s->layer[id].op) < SHARE_LEAST)
            continue;
        suggest_raise(s, id, MM_F32, MM_WHY_CANCELLATION, -1);
        for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
            uint32_t input = flow->input[e];
            if (has_half(s, input) && s->layer[input].can)
                suggest_raise(s, input, MM_F32, MM_WHY_CANCELLATION, (int32_t)id);
        }
    }
}
