/* Introduced or inherited: one walk over the layers in execution order, errors held against their inputs'. */
#include <math.h>

#include "triage/floor.h"
#include "triage/in_dump.h"
#include "triage/jump.h"
#include "triage/overflow.h"
#include "triage/readers.h"
#include "triage/wider.h"

/*
 * How much an operator may enlarge a relative error without being suspect itself. A linear operator keeps the
 * relative error of independent noise; a subtraction of like values, a softmax, a pooled mean move it by
 * small factors either way.
 */
#define USUAL_GAIN 3.0
/* An operator whose own residual is less than this share of its error has it from its inputs. */
#define OWN_SHARE 0.5
/* Right from its own inputs, and so many times as wrong: a small difference of large values, most likely. */
#define ENLARGES 10.0

static double error_of(const struct mm_result *result)
{
    if (result->state == MM_STATE_MISMATCH)
        return INFINITY;
    if (result->state != MM_STATE_MEASURED)
        return NAN;
    if (result->metrics.nonfinite_differ)
        return INFINITY;
    double error = isnan(result->metrics.diff2) ? 0 : result->metrics.diff2;
    return fmax(error, result->table.error);
}

static bool is_over(const struct mm_result *result, const struct mm_thresholds *thresholds)
{
    if (result->state == MM_STATE_MISMATCH)
        return true;
    const struct mm_metrics *m = &result->metrics;
    return result->state == MM_STATE_MEASURED && (m->nonfinite_differ || mm_result_over(thresholds, result) ||
                                                  mm_thresholds_over_table(thresholds, &result->table));
}

static bool is_nonfinite(const struct mm_result *result)
{
    return result->state == MM_STATE_MEASURED && result->metrics.nonfinite_differ > 0;
}

/* What was read of a layer: where it is wrong in the dump alone, nobody knows; of one whose Inf are, the rest. */
static double error_read(const struct mm_subject *subject, const struct mm_blame *blame)
{
    double finite = subject->result->metrics.diff2;
    if (blame->held >= 0 || blame->unread)
        return NAN;
    if (!blame->wider)
        return blame->error;
    return isnan(finite) ? 0 : finite;
}

/* Only what lies before it in execution order: a loop's way back explains nothing. */
static void find_worst_input(const struct mm_flow *flow, const struct mm_subject *subjects,
                             struct mm_blame *blame, uint32_t id)
{
    struct mm_blame *here = &blame[id];
    here->worst_input = -1;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        uint32_t input = flow->input[e];
        double error = input < id ? error_read(&subjects[input], &blame[input]) : NAN;
        if (isnan(error))
            continue;
        here->expected = fmax(here->expected, blame[input].expected);
        if (here->worst_input < 0 || error > here->input_error) {
            here->worst_input = (int32_t)input;
            here->input_error = error;
        }
    }
}

static void fill_figures(struct mm_blame *here)
{
    here->amplification = here->input_error > 0 ? here->error / here->input_error : NAN;
    if (isinf(here->error))
        here->introduced = isinf(here->input_error) ? 0 : INFINITY;
    else
        here->introduced = here->error > here->input_error
                               ? sqrt(here->error * here->error - here->input_error * here->input_error)
                               : 0;
    here->expected = hypot(here->expected, here->floor);
}

/* ---- what was recomputed ---- */

/* Columns of a table may be all wrong, and the residual, which is of the whole, says nothing of that. */
#define COLUMNS_HIDDEN 4.0

/* The residual, where the operator was computed again from the inputs that it had; NaN. */
static double residual_of(const struct mm_subject *subject)
{
    const struct mm_recomputed *recomputed = subject->recomputed;
    bool hidden = subject->result->table.error > COLUMNS_HIDDEN * subject->result->metrics.diff2;
    bool told = recomputed && recomputed->state == MM_RECOMPUTE_DONE && !recomputed->nonfinite && !hidden;
    return told && isfinite(recomputed->residual) ? recomputed->residual : NAN;
}

static bool is_fitted(const struct mm_subject *subject)
{
    return subject->pair->scales && subject->pair->scales->source == MM_SCALES_FITTED;
}

/* Is the result, or what it was computed from, read by scales that were fitted? They miss a little where values are
 * wrong, and what is off then is the fit. */
static bool any_fitted(const struct mm_flow *flow, const struct mm_subject *subjects, uint32_t id)
{
    bool fitted = is_fitted(&subjects[id]);
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1] && !fitted; e++)
        fitted = is_fitted(&subjects[flow->input[e]]);
    return fitted;
}

/* Values that go beyond src's range by this share of it are beyond what was calibrated. */
#define BEYOND_RANGE 0.05

static bool is_beyond(const struct mm_metrics *m)
{
    double range = m->src.max - m->src.min;
    return fmax(m->dst.max - m->src.max, m->src.min - m->dst.min) > BEYOND_RANGE * range;
}

/* A result that ends within a step of 8 bits where src's does was cut off there, if its inputs are this wrong. */
#define INPUT_BROKEN 0.3
#define STEPS_INT8   255.0

static bool ends_alike(const struct mm_metrics *m)
{
    double step = (m->src.max - m->src.min) / STEPS_INT8;
    return fabs(m->dst.max - m->src.max) <= step || fabs(m->dst.min - m->src.min) <= step;
}

/* A float that ends at its largest value was cut off there as well, because src is beyond it or the inputs are wrong.
 * Where integers are multiplied, inputs and results that a fault has driven beyond the calibrated range are cut off, which recomputing
 * in floats does not do: the residual is then not this operator's. Not where the very scales of the inputs were used. */
static bool is_cut(const struct mm_flow *flow, const struct mm_background *background,
                   const struct mm_subject *subjects, const struct mm_blame *blame, uint32_t id)
{
    const struct mm_recomputed *recomputed = subjects[id].recomputed;
    int32_t worst = blame[id].worst_input;
    if (overflow_is_cut(subjects[id].result) ||
        (overflow_saturates(subjects[id].result) && worst >= 0 && blame[worst].over))
        return true;
    bool integers = subjects[id].facts ? subjects[id].facts->parts & MM_PART_INPUT : background->coarse;
    if (isnan(residual_of(&subjects[id])) || recomputed->kind != MM_OPERATOR_LINEAR || !integers ||
        (!isnan(recomputed->exact) && recomputed->exact_inputs))
        return false;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        const struct mm_result *input = subjects[flow->input[e]].result;
        const struct mm_blame *from = &blame[flow->input[e]];
        if (!from->over || input->state != MM_STATE_MEASURED)
            continue;
        if (is_beyond(&input->metrics) ||
            (from->error > INPUT_BROKEN && ends_alike(&subjects[id].result->metrics)))
            return true;
    }
    return false;
}

/* A result that is nearer to src's than to what dst's inputs give is no fault of this operator: they were not its
 * inputs. */
static void fill_own(const struct mm_background *background, const struct mm_subject *subject, bool fitted,
                     struct mm_blame *here)
{
    double residual = residual_of(subject);
    here->own = mm_own_find(background, subject, &here->explained);
    if (here->own == MM_OWN_WRONG && (here->error < OWN_SHARE * residual || fitted || here->cut))
        here->own = MM_OWN_UNKNOWN;
    /* right but for what was cut off: that is no error of it, however large it makes the one that came in */
    here->cut = here->cut && (here->own != MM_OWN_RIGHT || overflow_is_cut(subject->result));
    here->beside = here->own == MM_OWN_UNKNOWN && !fitted && !here->cut && mm_own_beside(background, subject);
    here->variant = here->own == MM_OWN_WRONG && mm_own_variant(background, subject);
    if (!isnan(residual) && !is_nonfinite(subject->result) && !here->cut)
        here->introduced = fmin(residual, here->error);
}

/* Up along worst inputs while they are not over themselves. */
struct way {
    int32_t best; /* which of these layers adds most: of those that start an error, if there are any */
    int32_t top;  /* the layer behind which they lie, which is over and whose error goes on in them; or -1 */
    double share; /* what of its error does */
};

/* A layer that is over, and the next on the way has more of its error than a trace. */
#define TRACE 0.02

static struct way way_up(const struct mm_blame *blame, uint32_t id)
{
    int32_t at = blame[id].worst_input, last = -1;
    struct way way = {.best = blame[id].enlarges ? at : (int32_t)id, .top = -1};
    for (; at >= 0 && !blame[at].over; last = at, at = blame[at].worst_input) {
        bool starts = blame[at].starts, best_starts = way.best != (int32_t)id && blame[way.best].starts;
        if (starts > best_starts ||
            (starts == best_starts && blame[at].introduced > blame[way.best].introduced))
            way.best = at;
    }
    if (at >= 0 && last >= 0 && blame[last].error > TRACE * blame[at].error) {
        way.top = at;
        way.share = blame[last].error;
    }
    return way;
}

/* Another shape than src's does not come of broken values, only of an input of another shape. */
static bool makes_shape(const struct mm_subject *subjects, const struct mm_blame *here, uint32_t id)
{
    return subjects[id].result->state == MM_STATE_MISMATCH &&
           (here->worst_input < 0 || subjects[here->worst_input].result->state != MM_STATE_MISMATCH);
}

/* What is added up to it is no fault, nor is the operator: it is here that the error becomes one. */
static bool enlarges(const struct mm_blame *here, const struct mm_blame *input)
{
    return here->own == MM_OWN_RIGHT && input && !input->over && isfinite(here->error) &&
           here->error > ENLARGES * here->input_error;
}

/* Integers that were read by a scale that is a guess: how large their error is means little. */
static bool is_unsure(const struct mm_subject *subject)
{
    return subject->pair->scales && subject->pair->scales->unsure;
}

/* By what came in and what was recomputed; of a layer that is over. */
static bool starts_by_itself(const struct mm_subject *subjects, const struct mm_blame *blame, uint32_t id)
{
    const struct mm_blame *here = &blame[id];
    const struct mm_blame *input = here->worst_input >= 0 ? &blame[here->worst_input] : NULL;
    if (!input || makes_shape(subjects, here, id))
        return true;
    if (isinf(here->error) && is_nonfinite(subjects[id].result))
        return !isinf(input->error);
    if (!isnan(residual_of(&subjects[id])) && !here->cut)
        return here->own == MM_OWN_WRONG || here->introduced >= OWN_SHARE * here->error;
    if (input->over)
        return here->error > USUAL_GAIN * input->error && !is_unsure(&subjects[id]);
    if (input->own == MM_OWN_WRONG)
        return false; /* below the threshold, and a fault: this operator made it larger */
    return here->error >= USUAL_GAIN * input->error;
}

static void find_root(const struct mm_subject *subjects, struct mm_blame *blame, uint32_t id)
{
    struct mm_blame *here = &blame[id];
    const struct mm_blame *input = here->worst_input >= 0 ? &blame[here->worst_input] : NULL;
    here->root = -1;
    if (!here->over)
        return;
    here->starts = starts_by_itself(subjects, blame, id);
    here->enlarges = !here->starts && enlarges(here, input);
    struct way way = way_up(blame, id);
    if (here->own != MM_OWN_WRONG && way.top >= 0)
        blame[way.top].reaches = true;
    if (here->starts) {
        here->root = (int32_t)id;
    } else if (input->over) {
        here->root = input->enlarges ? here->worst_input : input->root;
        here->built_up = input->built_up && !input->enlarges;
    } else if (way.top >= 0 && way.share > blame[way.best].introduced && !blame[way.best].starts) {
        here->root = blame[way.top].root;
        here->built_up = blame[way.top].built_up;
    } else {
        here->root = input->own == MM_OWN_WRONG ? here->worst_input : way.best;
        here->built_up = !blame[here->root].starts;
        here->starts = here->root == (int32_t)id;
    }
    here->enlarges = here->enlarges && here->built_up;
}

/* A fault below the threshold counts where what is behind it is over because of it. */
static void keep_jumps(const struct mm_flow *flow, struct mm_blame *blame)
{
    for (uint32_t id = 0; id < flow->count; id++) {
        int32_t root = blame[id].over ? blame[id].root : -1;
        if (root >= 0 && blame[root].starts)
            blame[root].root = root;
    }
    for (uint32_t id = 0; id < flow->count; id++)
        blame[id].starts = blame[id].starts && blame[id].root == (int32_t)id;
}

/* Dequantised, it would be as far off as a line through the codes. */
static void fill_raw(const struct mm_subject *subject, const struct mm_thresholds *thresholds,
                     struct mm_blame *here)
{
    struct mm_raw raw;
    here->raw = !subject->pair->scales && mm_raw_find(subject->result, &raw);
    if (here->raw) {
        here->error = raw.error;
        here->over = raw.error > thresholds->diff2;
    }
}

/* What was recomputed needs no guess. */
static bool is_jump(const struct mm_flow *flow, const struct mm_subject *subjects,
                    const struct mm_blame *blame, uint32_t id)
{
    return isnan(residual_of(&subjects[id])) && jump_find(flow, subjects, blame, id);
}

/* Read as what they are, the values are as far off as that; no such tensor is an accident. */
static void fill_bits(const struct mm_result *result, const struct mm_thresholds *thresholds,
                      struct mm_blame *here)
{
    if (result->state != MM_STATE_MEASURED || result->bits == MM_DTYPE_NONE)
        return;
    here->raw = true;
    here->error = result->bits_error;
    here->over = result->bits_error > thresholds->diff2;
}

void mm_blame_find(const struct mm_flow *flow, const struct mm_subject *subjects,
                   const struct mm_thresholds *thresholds, struct mm_blame *blame)
{
    struct mm_background background;
    bool raw = mm_raw_dump(subjects, flow->count), floats = !raw && !jump_is_integer_run(flow);
    mm_background_find(subjects, flow->count, &background);
    for (size_t id = 0; id < flow->count; id++) {
        struct mm_blame *here = &blame[id];
        *here = (struct mm_blame){.error = error_of(subjects[id].result),
                                  .floor = floor_estimate(&subjects[id], flow->quantised[id]),
                                  .over = is_over(subjects[id].result, thresholds),
                                  .table = mm_thresholds_over_table(thresholds, &subjects[id].result->table)};
        if (raw)
            fill_raw(&subjects[id], thresholds, here);
        fill_bits(subjects[id].result, thresholds, here);
    }
    wider_find(flow, subjects, blame);
    in_dump_mark(&background, flow, subjects, blame);
    for (uint32_t id = 0; id < flow->count; id++) {
        find_worst_input(flow, subjects, blame, id);
        fill_figures(&blame[id]);
        blame[id].cut = is_cut(flow, &background, subjects, blame, id);
        fill_own(&background, &subjects[id], any_fitted(flow, subjects, id), &blame[id]);
        blame[id].starts = !blame[id].over && /* until all that is behind it is known */
                           (blame[id].own == MM_OWN_WRONG || (floats && is_jump(flow, subjects, blame, id)));
        find_root(subjects, blame, id);
    }
    keep_jumps(flow, blame);
    readers_find(flow, blame);
}

int32_t mm_blame_first_nonfinite(const struct mm_flow *flow, const struct mm_subject *subjects)
{
    for (uint32_t id = 0; id < flow->count; id++) {
        if (is_nonfinite(subjects[id].result))
            return (int32_t)id;
    }
    return -1;
}

size_t mm_blame_chain(const struct mm_blame *blame, uint32_t id, uint32_t *chain, size_t room)
{
    size_t length = 0;
    int32_t at = (int32_t)id, root = blame[id].root;
    for (; at >= 0 && at != root; at = blame[at].worst_input)
        length++;
    if (at < 0) /* the root does not lie on the way of worst inputs */
        return 0;
    length++;
    at = (int32_t)id;
    for (size_t place = length; place-- > 0; at = blame[at].worst_input) {
        if (place < room)
            chain[place] = (uint32_t)at;
    }
    return length < room ? length : room;
}

/*
 * Also an integer operator that is over, whoever started it: in a quantised network every one adds its share,
 * and its settings can be judged by themselves.
 */
bool mm_blame_worth_analysing(const struct mm_flow *flow, const struct mm_blame *blame, uint32_t id)
{
    bool edge = flow->role[id] != MM_ROLE_INNER;
    bool integer = (flow->quantised[id] & MM_QUANTISED_RESULT) != 0;
    bool jumps = blame[id].built_up && blame[id].error > ENLARGES * blame[id].input_error;
    bool stands_out = isfinite(blame[id].error) && blame[id].error > MM_STANDS_OUT * blame[id].input_error;
    return blame[id].starts ||
           (blame[id].over && (edge || integer || jumps || stands_out || blame[id].table));
}
