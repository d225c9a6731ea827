/* What operators add by themselves, against what formats and weights explain and against others of their kind. */
#include <math.h>
#include <stdlib.h>

#include "triage/floor.h"

/* So many operators of a kind make a background, and so many of those with weights a vote. */
#define MEDIAN_LEAST 4
#define VOTES_LEAST  3
/* A correlation below this tells nothing; and the winner has to have so many times the other's. */
#define VOTE_LEAST 0.1
#define VOTE_WINS  2.0
/* Times what storing a result in int8 costs, whose range is that of other inputs as well. */
#define STEPS_LEAST 0.5
#define STEPS_MOST  1.5
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

/* What was replayed is known at all of its positions, and which setting its weights have was tried: less is enough to be wrong. */
#define REPLAYED_FLOAT  0.005
#define REPLAYED_INT8   0.02
#define REPLAYED_FACTOR 4.0
#define SETTING_LEAVES  0.7

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
        /* where steps alone cost more, what is left tells nothing of what others leave */
        if (here && here->kind == kind && !isnan(here->residual) && !(here->result_int8 > WRONG_INT8))
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

/* Do residuals show the steps of 8-bit results? Those far above a float's rounding are then about what storing the
 * result in int8 leaves, whatever the operator. */
static bool shows_steps(const struct mm_subject *subjects, size_t count)
{
    size_t steps = 0, others = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mm_recomputed *here = told(&subjects[i]);
        if (!here || !(here->residual > COARSE) || !(here->residual > WRONG_FACTOR * here->rounding))
            continue;
        double of_steps = here->residual / here->result_int8;
        bool like = of_steps > STEPS_LEAST && of_steps < STEPS_MOST;
        steps += like;
        others += !like;
    }
    return steps >= VOTES_LEAST && steps > 2 * others;
}

/* Few operators with weights: is one of them alone coarse? Its residual may be a fault's; the steps that its result
 * lies on are not. */
static bool is_coarse(const struct mm_subject *subjects, size_t count, const struct mm_background *out)
{
    size_t linear = 0, coarse = 0, on_steps = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mm_recomputed *here = told(&subjects[i]);
        if (here && here->kind == MM_OPERATOR_LINEAR) {
            linear++;
            coarse += here->residual > COARSE;
            on_steps += here->on_steps;
        }
    }
    bool most = 2 * coarse > linear;
    return out->voted ? most
                      : (linear > 1 && most) || (linear <= 1 && (on_steps || shows_steps(subjects, count)));
}

/* What the quantised model says of all operators with weights: no vote is needed. */
static void count_facts(const struct mm_subject *subjects, size_t count, struct mm_background *out)
{
    size_t tensor = 0, channel = 0, integer = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mm_quantised_tensor *facts = subjects[i].facts;
        if (!facts || !(facts->parts & MM_PART_WEIGHTS))
            continue;
        integer++;
        out->simulated |= facts->simulated;
        tensor += facts->weights == MM_PER_TENSOR;
        channel += facts->weights == MM_PER_CHANNEL;
    }
    if (tensor + channel == 0)
        return;
    out->told = true;
    out->voted = integer;
    out->per_tensor = tensor;
    out->per_channel = channel;
    out->weights = channel == 0 ? MM_PER_TENSOR : tensor == 0 ? MM_PER_CHANNEL : MM_GRANULARITY_UNKNOWN;
}

void mm_background_find(const struct mm_subject *subjects, size_t count, struct mm_background *out)
{
    double *memory = malloc((count + 1) * sizeof *memory);
    *out = (struct mm_background){.coarse = false};
    for (int kind = 0; kind < MM_OPERATOR_KINDS; kind++)
        out->median[kind] = memory ? median_of(subjects, count, (enum mm_operator_kind)kind, memory) : NAN;
    free(memory);
    for (size_t i = 0; i < count; i++) {
        const struct mm_pair_scales *scales = subjects[i].pair ? subjects[i].pair->scales : NULL;
        out->fitted |= scales && scales->source == MM_SCALES_FITTED;
    }
    vote(subjects, count, out);
    count_facts(subjects, count, out);
    out->coarse = is_coarse(subjects, count, out);
}

bool mm_background_rounds_weights(const struct mm_background *background, const struct mm_subject *subject)
{
    const struct mm_recomputed *here = told(subject);
    if (subject->facts)
        return (subject->facts->parts & MM_PART_WEIGHTS) != 0;
    return background->weights != MM_GRANULARITY_UNKNOWN && here && here->kind == MM_OPERATOR_LINEAR &&
           fmax(here->fit_tensor, here->fit_channel) >= VOTE_LEAST;
}

bool mm_background_gains(const struct mm_background *background, const struct mm_subject *subject,
                         bool quantised, struct mm_gains *out)
{
    if (!mm_gains_find(subject, quantised, out) &&
        !(mm_background_rounds_weights(background, subject) && mm_gains_of_weights(subject, out)))
        return false;
    out->per_channel = mm_background_gain(background, subject, out->per_channel);
    return true;
}

double mm_background_gain(const struct mm_background *background, const struct mm_subject *subject,
                          double per_channel)
{
    const struct mm_quantised_tensor *facts = subject ? subject->facts : NULL;
    switch (facts ? facts->weights : background->weights) {
    case MM_PER_TENSOR: return per_channel;
    case MM_PER_CHANNEL: return isnan(per_channel) ? NAN : 0;
    default: return NAN;
    }
}

/* ---- one of them ---- */

/* Weights of fewer bits cost as much more as their steps are larger; of more, as much less. */
static double weights_cost(const struct mm_recomputed *recomputed, const struct mm_quantised_tensor *facts)
{
    double of_int8 = facts->weights == MM_PER_CHANNEL ? recomputed->per_channel
                     : facts->weights == MM_PER_TENSOR
                         ? recomputed->per_tensor
                         : fmax(recomputed->per_tensor, recomputed->per_channel);
    double steps = ldexp(1, facts->bits - 1) - 1;
    return isfinite(of_int8) && facts->bits > 1 ? of_int8 * 127 / steps : 0;
}

/* A residual that follows what rounding the weights leaves is that, in whatever format all else is. */
#define FOLLOWS 0.9

/* What rounding the weights leaves, where the residual follows it; NaN: it does not. */
static double followed(const struct mm_recomputed *recomputed)
{
    if (recomputed->fit_tensor >= FOLLOWS)
        return recomputed->per_tensor;
    return recomputed->fit_channel >= FOLLOWS ? recomputed->per_channel : NAN;
}

/* Was it computed with the very weights that dst had? Then their rounding is no part of the residual. */
static bool is_exact(const struct mm_subject *subject)
{
    return subject->facts && !isnan(subject->recomputed->exact);
}

/* Of what the quantised model says is integers here. */
static double explained_by_facts(const struct mm_subject *subject, bool exact)
{
    const struct mm_quantised_tensor *facts = subject->facts;
    const struct mm_recomputed *recomputed = subject->recomputed;
    double result = facts->parts & MM_PART_RESULT ? recomputed->result_int8 : 0;
    double input =
        facts->parts & MM_PART_INPUT && !(exact && recomputed->exact_inputs) ? recomputed->input_int8 : 0;
    double weights = facts->parts & MM_PART_WEIGHTS && !exact ? weights_cost(recomputed, facts) : 0;
    if ((facts->parts & MM_PART_RESULT) && facts->scales.count)
        result = floor_of_scales(&facts->scales, &subject->result->metrics.dst);
    return hypot(hypot(isfinite(result) ? result : 0, isfinite(input) ? input : 0), weights);
}

/* What the setting of the weights costs that leaves clearly less of the residual; NaN: both were not run, or neither does. */
static double setting_cost(const struct mm_recomputed *recomputed)
{
    double tensor = recomputed->left_tensor, channel = recomputed->left_channel;
    if (!recomputed->replayed || isnan(tensor) ||
        !(fmin(tensor, channel) < SETTING_LEAVES * recomputed->residual))
        return NAN;
    return mm_recomputed_int8(recomputed,
                              tensor <= channel || isnan(channel) ? MM_PER_TENSOR : MM_PER_CHANNEL);
}

/* An operator that rounds nothing adds nothing, in whatever format; one that is stored in integers adds a step. */
static double explained_of(const struct mm_background *background, const struct mm_subject *subject,
                           bool exact)
{
    double of_float = subject->recomputed->rounding;
    if (subject->facts)
        return fmax(of_float, explained_by_facts(subject, exact));
    if (!isnan(setting_cost(subject->recomputed)))
        return fmax(of_float, setting_cost(subject->recomputed));
    if (!isnan(followed(subject->recomputed)))
        return fmax(of_float, followed(subject->recomputed));
    if (!background->coarse)
        return of_float;
    return fmax(of_float, mm_recomputed_int8(subject->recomputed, background->weights));
}

/* An operator with n values has a coincidence among few of them more easily. */
static double gain_asked(const struct mm_recomputed *recomputed)
{
    return recomputed->positions < VARIANT_FEW ? VARIANT_GAIN_FEW : VARIANT_GAIN;
}

bool mm_own_variant(const struct mm_background *background, const struct mm_subject *subject)
{
    const struct mm_recomputed *recomputed = subject->recomputed;
    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE || recomputed->nonfinite ||
        !*recomputed->variant_says || recomputed->positions < VARIANT_LEAST)
        return false;
    double here = explained_of(background, subject, false), left = recomputed->variant;
    double most = background->coarse ? fmax(WRONG_FACTOR_INT8 * here, VARIANT_INT8)
                                     : fmax(RIGHT_FACTOR * here, RIGHT_ALWAYS);
    if (recomputed->residual < VARIANT_BEYOND * recomputed->rounding)
        return false; /* a float format explains the model's own */
    if (recomputed->on_grid && recomputed->residual <= RIGHT_FACTOR * recomputed->result_int8)
        return false; /* so do the steps of integers */
    return left <= most && recomputed->residual >= gain_asked(recomputed) * left;
}

/* Known at all positions: less is enough to be wrong. */
static enum mm_own judge_replayed(const struct mm_recomputed *recomputed, double least, double usual,
                                  double explained)
{
    double left = fmin(recomputed->residual, recomputed->left);
    bool stands_out = isnan(usual) || left > WRONG_FACTOR_KIND * usual;
    return left > least && left > REPLAYED_FACTOR * explained && stands_out ? MM_OWN_WRONG : MM_OWN_UNKNOWN;
}

/* Of the residual what does not follow the weights' rounding. Of 287 layers of nine clean int8 runs it was more than 4 times what
 * explains it in one, and that was 0.03; in two, whose results were cut off, it was above WRONG_INT8. */
#define BESIDE_FACTOR 4.0

bool mm_own_beside(const struct mm_background *background, const struct mm_subject *subject)
{
    const struct mm_recomputed *recomputed = told(subject);
    bool each = background->weights == MM_PER_CHANNEL;
    if (!recomputed || subject->facts || !background->coarse || background->weights == MM_GRANULARITY_UNKNOWN)
        return false;
    double fit = each ? recomputed->fit_channel : recomputed->fit_tensor;
    double explained = recomputed->rounding;
    const double part[] = {recomputed->input_int8, recomputed->result_int8};
    for (size_t i = 0; i < MM_COUNT(part); i++)
        explained = isfinite(part[i]) ? hypot(explained, part[i]) : explained;
    if (isnan(fit) || recomputed->kind != MM_OPERATOR_LINEAR)
        return false;
    double beside = recomputed->residual * sqrt(fmax(0, 1 - fmax(0, fit) * fabs(fit)));
    return beside > WRONG_INT8 && beside > BESIDE_FACTOR * explained;
}

/* By the residual with the model's weights or, `exact`, with those that dst had: then what is left is this operator's,
 * whatever others of its kind leave. */
static enum mm_own judge(const struct mm_background *background, const struct mm_subject *subject, bool exact,
                         double *explained)
{
    const struct mm_recomputed *recomputed = subject->recomputed;
    double residual = exact ? recomputed->exact : recomputed->residual;
    double usual = exact ? NAN : background->median[recomputed->kind];
    *explained = explained_of(background, subject, exact);
    if (residual <= fmax(RIGHT_FACTOR * *explained, RIGHT_ALWAYS))
        return mm_own_beside(background, subject) ? MM_OWN_UNKNOWN : MM_OWN_RIGHT;
    bool coarse = subject->facts ? subject->facts->parts != 0 && !exact : background->coarse;
    if (coarse && recomputed->kind == MM_OPERATOR_RECURRENT)
        return MM_OWN_UNKNOWN; /* what rounded weights add from step to step is not known */
    bool linear = recomputed->kind == MM_OPERATOR_LINEAR;
    if (recomputed->replayed && !exact && !background->fitted && !(coarse && linear))
        return judge_replayed(recomputed, coarse ? REPLAYED_INT8 : REPLAYED_FLOAT, usual, *explained);
    if (recomputed->replayed && !exact)
        residual = fmin(residual, recomputed->left);
    bool size = residual > (coarse ? WRONG_INT8 : WRONG_FLOAT);
    bool beyond = residual > (coarse || exact ? WRONG_FACTOR_INT8 : WRONG_FACTOR) * *explained;
    bool stands_out = isnan(usual) || residual > WRONG_FACTOR_KIND * usual;
    return size && beyond && stands_out ? MM_OWN_WRONG : MM_OWN_UNKNOWN;
}

enum mm_own mm_own_find(const struct mm_background *background, const struct mm_subject *subject,
                        double *explained)
{
    const struct mm_recomputed *recomputed = subject->recomputed;
    double here = NAN, by_model;
    enum mm_own own = MM_OWN_UNKNOWN;
    if (recomputed && recomputed->state == MM_RECOMPUTE_DONE && !recomputed->nonfinite) {
        bool exact = is_exact(subject);
        own = judge(background, subject, exact, &here);
        /* right with weights that are not the model's is wrong */
        if (exact && own != MM_OWN_WRONG && judge(background, subject, false, &by_model) == MM_OWN_WRONG) {
            own = MM_OWN_WRONG;
            here = by_model;
        }
        if (mm_own_variant(background, subject))
            own = MM_OWN_WRONG;
    }
    if (explained)
        *explained = here;
    return own;
}
