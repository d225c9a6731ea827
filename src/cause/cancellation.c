/* A small difference of large numbers keeps their steps: x - mean in half, far from zero. */
#include "cause/cause.h"

#include <math.h>

#define SMALLER     0.1  /* result against input, by their RMS */
#define STEPS_MOST  1.0  /* RMS error in steps of the input; two values rounded half a step each give 0.41 */
#define STEPS_LEAST 0.05 /* less comes of something else */

/* The narrow float that dst is stored in, or that its values are of. */
static enum mm_dtype narrow_of(const struct mm_case *c)
{
    enum mm_dtype dst = c->result->dst.dtype;
    bool wide = dst == MM_F32 || dst == MM_F64;
    return wide && (c->format == MM_F16 || c->format == MM_BF16) ? c->format : dst;
}

bool cause_cancellation(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    enum mm_dtype dtype = narrow_of(t->c);
    const char *name = mm_dtype_info(dtype)->name;
    double rms = sqrt(t->ss / (double)(t->n ? t->n : 1)), input = t->c->input_rms;
    double step = step_of_float(dtype, input);
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    bool sums = mm_text_find(t->c->op_type, "sub") || mm_text_find(t->c->op_type, "add") ||
                mm_text_find(t->c->op_type, "mean");
    if (m->nonfinite_differ || m->dst.zero == m->count || !(t->ee > 0) || !(step > 0) ||
        !(rms <= SMALLER * input) || !sums)
        return false;
    double steps = m->rmse / step;
    if (steps > STEPS_MOST || steps < STEPS_LEAST)
        return false;
    found->finding.score = t->c->inputs_guessed ? 0.44 : 0.55; /* behind near-zero, where nobody minds */
    found->parameters = 1;
    found_say(found, "small difference of large values: %s has steps of %s at %s", name,
              mm_num_short(a, step, 2), mm_num_short(b, input, 2));
    found_evidence(
        found,
        "What goes in is of size %s, where %s has steps of %s; what comes out is of size %s. Its RMS "
        "error is %s of such a step.",
        b, name, a, mm_num_short(c, rms, 2), mm_num_short((char[MM_NUM]){0}, steps, 2));
    return true;
}

double step_of_float(enum mm_dtype dtype, double at)
{
    int bits = dtype == MM_F16 ? 10 : dtype == MM_BF16 ? 7 : -1; /* of mantissa, behind the leading one */
    return bits < 0 || !(at > 0) || isinf(at) ? 0 : ldexp(1, ilogb(at) - bits);
}
