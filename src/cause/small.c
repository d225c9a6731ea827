/* Errors that are nothing to worry about: near zero, and plain rounding. */
#include "cause/cause.h"

#include <math.h>

/* Relative rounding step (half a unit in the last place) of the format in which dst was made. A wider dst may
 * come from a computation in half. */
static double format_step(const struct trial *t)
{
    const struct mm_dtype_info *info = mm_dtype_info(t->c->result->dst.dtype);
    if (t->c->quantised)
        return 1.0 / 254; /* half a step of 127 */
    return info->kind == MM_KIND_FLOAT && info->digits < 10 ? ldexp(1, -(info->digits + 2)) : 0x1p-11;
}

/* Operators whose results are in another unit than their inputs: small against these says nothing. */
static bool other_unit(const char *op_type)
{
    static const char *const words[] = {"norm", "pow", "square", "sqrt", "div",        "mul",     "exp",
                                        "log",  "std", "vari",   "l2",   "reciprocal", "sigmoid", "glu"};
    static const char *const alike[] = {"matmul", "multihead"}; /* have "mul" in them, and are sums */
    for (size_t i = 0; i < MM_COUNT(alike); i++) {
        if (mm_text_find(op_type, alike[i]))
            return false;
    }
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (mm_text_find(op_type, words[i]))
            return true;
    }
    return false;
}

/* Is dst largely 0 where src is not? That is a loss, however small the values are; only differences of values
 * that rounding made equal are rightly 0. */
static bool is_lost(const struct trial *t)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    if (mm_text_find(t->c->op_type, "sub") || mm_text_find(t->c->op_type, "add"))
        return false;
    return 2 * (m->dst.zero - m->src.zero) > m->count - m->src.zero;
}

#define STEPS_NEAR    4.0 /* RMS error in rounding steps of the input that is no more than cancellation */
#define SMALLER       0.1 /* result against input: only then is it near zero */
#define TINY          1e-5
#define GUESSED       0.55 /* with inputs that are only likely to be these */
#define NOTHING_KNOWN 0.45 /* nor what the operator is: not enough to call a layer harmless */

bool cause_near_zero(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double rms = sqrt(t->ss / (double)(t->n ? t->n : 1)), input = t->c->input_rms;
    bool softmax = mm_text_find(t->c->op_type, "softmax") != NULL; /* its results add up to 1 */
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (m->nonfinite_differ || !(t->ee > 0) || is_lost(t) || (!softmax && other_unit(t->c->op_type)))
        return false;
    double against = softmax ? 1 : input;
    bool known = against > 0;
    double steps = m->rmse / (against * format_step(t));
    bool near = known ? steps <= STEPS_NEAR && rms <= SMALLER * against
                      : fmax(fabs(m->src.max), fabs(m->src.min)) <= TINY && m->max_abs <= TINY;
    if (!near)
        return false;
    found->finding.score = known ? 0.9 - 0.3 * fmin(1, steps / STEPS_NEAR) : 0.4;
    if (known && !softmax && t->c->inputs_guessed)
        found->finding.score = fmin(found->finding.score, *t->c->op_type ? GUESSED : NOTHING_KNOWN);
    found_say(found, "near zero: the error is %s in absolute terms, src is %s", mm_num_short(a, m->rmse, 2),
              mm_num_short(b, rms, 2));
    if (known)
        found_evidence(
            found,
            "The RMS error is %s; what went in is of size %s, whose rounding alone is %s. The ratio is "
            "large because src is only %s.",
            a, mm_num_short(c, against, 2), mm_num_short((char[MM_NUM]){0}, against * format_step(t), 2), b);
    else
        found_evidence(found, "Nothing in src is beyond 1e-5, and no error either.");
    return true;
}

#define ROUNDING_MOST 2.5  /* times the noise */
#define MEAN_MOST     0.2  /* mean error, share of its RMS, beyond what chance gives */
#define FOLLOWS_MOST  0.15 /* correlation of the error with src, beyond what chance gives */

bool cause_rounding(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    if (m->nonfinite_differ || !(t->ee > 0) || !(t->n > 0))
        return false;
    double times = m->diff2 / t->noise, n = (double)t->n, chance = 4 / sqrt(n);
    double mean = fabs(t->mean_s - t->mean_d) / sqrt(t->ee / n);
    double follows = fabs(t->se - n * t->mean_s * (t->mean_s - t->mean_d)) / sqrt(t->vs * t->ee);
    bool plain = mean <= MEAN_MOST + chance && (!(t->vs > 0) || follows <= FOLLOWS_MOST + chance);
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    /* few large values may give rounding a mean; no more than is expected needs no other explanation */
    if (!(times <= ROUNDING_MOST) || (!plain && times > 1))
        return false;
    found->finding.score = (plain ? 0.9 : 0.7) - 0.2 * fmax(0, times - 1) / (ROUNDING_MOST - 1);
    found_say(found, "rounding: %s where %s is expected", mm_num_short(a, m->diff2, 2),
              mm_num_short(b, t->noise, 2));
    found_evidence(
        found,
        "The error, %s, is %s times what the format and the inputs explain. It has no mean (%s of its "
        "size) and does not follow src (%s).",
        a, mm_num_short(b, times, 2), mm_num_short(c, mean, 1), mm_num_short(d, follows, 1));
    return true;
}
