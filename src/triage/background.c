/* What operators add by themselves, against what formats and weights explain and against others of their kind. */
#include <math.h>
#include <stdlib.h>

#include "mmtui/triage.h"

/* So many operators of a kind make a background, and so many of those with weights a vote. */
#define MEDIAN_LEAST 4
#define VOTES_LEAST  3
/* A correlation below this tells nothing; and the winner has to have so many times the other's. */
#define VOTE_LEAST 0.1
#define VOTE_WINS  2.0
/* Floats of 16 bits leave 0.001 at most in sums of products; integers of 8 bits 0.01. */
#define COARSE 0.002

/* A residual of so many times what is explained is right; and below the other, whatever explains it. */
#define RIGHT_FACTOR 3.0
#define RIGHT_ALWAYS 0.001
/* Wrong is what is beyond all of these: times what is explained, times the median of its kind, and a size. In clean
 * int8 runs residuals are up to 7 times what is explained and up to 0.07; planted faults leave 0.1 and more. */
#define WRONG_FACTOR      10.0
#define WRONG_FLOAT       0.02
#define WRONG_FACTOR_INT8 4.0
#define WRONG_FACTOR_KIND 4.0
#define WRONG_INT8        0.1

/* A variant of the operator fits where it leaves what a right operator leaves, and so many times less than the model's
 * own: the values' differences point in one of many directions, and none of two dozen variants would point there. */
#define VARIANT_GAIN     4.0
#define VARIANT_GAIN_FEW 20.0
#define VARIANT_FEW      64 /* values */
#define VARIANT_LEAST    8
#define VARIANT_INT8     0.05
#define VARIANT_BEYOND   10.0 /* times the float format's rounding */

static const struct mm_recomputed *told(const struct mm_subject *subject)
{
    const struct mm_recomputed *recomputed = subject->recomputed;
    return recomputed && recomputed->state == MM_RECOMPUTE_DONE ? recomputed : NULL;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const struct mm_subject *subjects, size_t count, enum mm_operator_kind kind,
                        double *memory)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mm_recomputed *here = told(&subjects[i]);
        if (here && here->kind == kind && !isnan(here->residual))
            memory[n++] = here->residual;
    }
    if (n < MEDIAN_LEAST)
        return NAN;
    qsort(memory, n, sizeof *memory, ascending);
    return n % 2 ? memory[n / 2] : (memory[n / 2 - 1] + memory[n / 2]) / 2;
}

static void vote(const struct mm_subject *subjects, size_t count, struct mm_background *out)
{
    double tensor = 0, channel = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mm_recomputed *here = told(&subjects[i]);
        if (!here || isnan(here->fit_tensor) || isnan(here->fit_channel))
            continue;
        double best = fmax(here->fit_tensor, here->fit_channel);
        if (best < VOTE_LEAST || here->residual > WRONG_INT8)
            continue;
        out->voted++;
        if (here->fit_tensor > here->fit_channel) {
            out->per_tensor++;
            tensor += best;
        } else {
            out->per_channel++;
            channel += best;
        }
    }
    if (out->voted >= VOTES_LEAST && tensor > VOTE_WINS * channel)
        out->weights = MM_PER_TENSOR;
    else if (out->voted >= VOTES_LEAST && channel > VOTE_WINS * tensor)
        out->weights = MM_PER_CHANNEL;
}

/* Few operators with weights: is one of them alone coarse? */
static bool is_coarse(const struct mm_subject *subjects, size_t count, const struct mm_background *out)
{
    size_t linear = 0, coarse = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mm_recomputed *here = told(&subjects[i]);
        if (here && here->kind == MM_OPERATOR_LINEAR) {
            linear++;
            coarse += here->residual > COARSE;
        }
    }
    return out->voted ? 2 * coarse > linear : linear > 1 && 2 * coarse > linear;
}

void mm_background_find(const struct mm_subject *subjects, size_t count, struct mm_background *out)
{
    double *memory = malloc((count + 1) * sizeof *memory);
    *out = (struct mm_background){.coarse = false};
    for (int kind = 0; kind < MM_OPERATOR_KINDS; kind++)
        out->median[kind] = memory ? median_of(subjects, count, (enum mm_operator_kind)kind, memory) : NAN;
    free(memory);
    vote(subjects, count, out);
    out->coarse = is_coarse(subjects, count, out);
}

double mm_background_gain(const struct mm_background *background, double per_channel)
{
    switch (background->weights) {
    case MM_PER_TENSOR: return per_channel;
    case MM_PER_CHANNEL: return isnan(per_channel) ? NAN : 0;
    default: return NAN;
    }
}

/* ---- one of them ---- */

/* An operator that rounds nothing adds nothing, in whatever format; one that is stored in integers adds a step. */
static double explained_of(const struct mm_background *background, const struct mm_recomputed *recomputed)
{
    double of_float = recomputed->rounding;
    if (!background->coarse)
        return of_float;
    return fmax(of_float, mm_recomputed_int8(recomputed, background->weights));
}

/* An operator with n values has a coincidence among few of them more easily. */
static double gain_asked(const struct mm_recomputed *recomputed)
{
    return recomputed->positions < VARIANT_FEW ? VARIANT_GAIN_FEW : VARIANT_GAIN;
}

bool mm_own_variant(const struct mm_background *background, const struct mm_recomputed *recomputed)
{
    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE || recomputed->nonfinite ||
        !*recomputed->variant_says || recomputed->positions < VARIANT_LEAST)
        return false;
    double here = explained_of(background, recomputed), left = recomputed->variant;
    double most = background->coarse ? fmax(WRONG_FACTOR_INT8 * here, VARIANT_INT8)
                                     : fmax(RIGHT_FACTOR * here, RIGHT_ALWAYS);
    if (recomputed->residual < VARIANT_BEYOND * recomputed->rounding)
        return false; /* a float format explains the model's own */
    return left <= most && recomputed->residual >= gain_asked(recomputed) * left;
}

enum mm_own mm_own_find(const struct mm_background *background, const struct mm_recomputed *recomputed,
                        double *explained)
{
    double here = NAN;
    if (explained)
        *explained = here;
    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE || recomputed->nonfinite)
        return MM_OWN_UNKNOWN;
    here = explained_of(background, recomputed);
    if (explained)
        *explained = here;
    if (mm_own_variant(background, recomputed))
        return MM_OWN_WRONG;
    double residual = recomputed->residual, usual = background->median[recomputed->kind];
    if (residual <= fmax(RIGHT_FACTOR * here, RIGHT_ALWAYS))
        return MM_OWN_RIGHT;
    bool coarse = background->coarse;
    if (coarse && recomputed->kind == MM_OPERATOR_RECURRENT)
        return MM_OWN_UNKNOWN; /* what rounded weights add from step to step is not known */
    bool size = residual > (coarse ? WRONG_INT8 : WRONG_FLOAT);
    bool beyond = residual > (coarse ? WRONG_FACTOR_INT8 : WRONG_FACTOR) * here;
    bool stands_out = isnan(usual) || residual > WRONG_FACTOR_KIND * usual;
    return size && beyond && stands_out ? MM_OWN_WRONG : MM_OWN_UNKNOWN;
}
