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

/* Inf of a value that became 0: 1 / x, log x. */
static bool is_broken_by_zero(const struct suggest *s, uint32_t id)
{
    return s->verdicts[id].cause == MM_CAUSE_INNER_OVERFLOW &&
           s->view->subjects[id].result->metrics.nonfinite_differ > 0;
}

/* By order alone what goes in is a guess, and so is that it cancels: not where something before it is wrong in every
 * format, of which it may be. */
static bool is_guess(const struct suggest *s, uint32_t id)
{
    bool wrong = false;
    for (uint32_t other = 0; other < id && !wrong; other++)
        wrong = s->layer[other].measured && s->view->blame[other].starts && !s->layer[other].can;
    return wrong && !s->view->flow->known && s->verdicts[id].confidence < MM_LIKELY;
}

static bool loses_digits(const struct suggest *s, uint32_t id)
{
    const struct mm_verdict *verdict = &s->verdicts[id];
    bool cause = verdict->cause == MM_CAUSE_CANCELLATION || verdict->cause == MM_CAUSE_UNDERFLOW ||
                 is_broken_by_zero(s, id);
    return s->layer[id].measured && s->layer[id].can && cause && s->view->blame[id].over && !is_guess(s, id);
}

/* Values of it became 0. *all: no other is left, so that nothing tells in which format it was computed. */
static bool became_zero(const struct suggest *s, uint32_t id, bool *all)
{
    const struct mm_metrics *m = &s->view->subjects[id].result->metrics;
    *all = m->dst.zero == m->count;
    return m->dst.zero > m->src.zero;
}

/* Floats of half are saved as wide ones: the reader was seen to be of these, and nobody looked at what it reads. */
static bool is_carried(const struct suggest *s, uint32_t id, uint32_t input)
{
    const struct mm_subject *reader = &s->view->subjects[id], *read = &s->view->subjects[input];
    return is_narrow(s->layer[id].now) && !is_narrow(reader->result->dst.dtype) && !read->evidence &&
           read->result->dst.dtype == reader->result->dst.dtype;
}

/* x - mean: both are too coarse; what became 0: what is that small itself, or has become 0 as well. */
static bool makes_it(const struct suggest *s, uint32_t id, uint32_t input)
{
    bool all, zero = became_zero(s, input, &all), small = suggest_reach(s, input) < HALF_LEAST_NORMAL;
    bool narrow = is_narrow(s->layer[input].now) || is_carried(s, id, input) ||
                  (zero && all && is_narrow(s->layer[id].now));
    bool lost =
        s->verdicts[id].cause == MM_CAUSE_CANCELLATION || zero || (small && !is_broken_by_zero(s, id));
    return s->layer[input].measured && narrow && !s->layer[input].raised &&
           !(s->view->flow->role[input] & MM_ROLE_INPUT) && lost;
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
