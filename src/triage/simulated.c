#include "triage/simulated.h"

#include <math.h>

#include "triage/conclude.h"
#include "triage/floor.h"

/* An error this many times another is not explained by it. */
#define CLEARLY 3.0
/* A simulation adds this much, and so many times what its format must cost: it has a fault of its own. Operators enlarge
 * what floats cost by more than a factor of ten only where values cancel. */
#define DOUBT_LEAST 0.05
#define DOUBT_FLOAT 100.0
#define DOUBT_INT   10.0
#define DOUBT_WEIGHT                                                                                         \
    0.9 /* what integer weights cost is not known: so large a share of the values is not rounding */
/* It has its error from an input that has this share of it. */
#define FROM_INPUT 0.5

static double error_of(const struct mm_result *result)
{
    if (!result || result->state != MM_STATE_MEASURED)
        return NAN;
    return result->metrics.nonfinite_differ ? INFINITY
           : isnan(result->metrics.diff2)   ? 0
                                            : result->metrics.diff2;
}

static double worst_input(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_flow *flow = view->flow;
    double worst = 0;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        double error = error_of(view->subjects[flow->input[e]].sim_dst);
        if (!isnan(error) && flow->input[e] < id)
            worst = fmax(worst, error);
    }
    return worst;
}

/* ---- is the simulation right? ---- */

/* The input whose simulation is furthest off src; -1: none. */
static int32_t worst_simulated(const struct mm_triage_view *view, uint32_t id, double *error)
{
    const struct mm_flow *flow = view->flow;
    int32_t worst = -1;
    *error = 0;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        double here = error_of(view->subjects[flow->input[e]].src_sim);
        if (flow->input[e] < id && here > *error) {
            *error = here;
            worst = (int32_t)flow->input[e];
        }
    }
    return worst;
}

/* What the format of the simulation, or else of dst, costs at least; 0: it is not known. *integer: it rounds to steps. */
static double cost_of(const struct mm_triage_view *view, uint32_t id, bool *integer)
{
    const struct mm_subject *subject = &view->subjects[id];
    const struct mm_whatif *format = conclude_format(subject->evidence);
    const struct mm_subject sim = {.result = subject->src_sim};
    double simulated = sim.result ? floor_estimate(&sim, 0) : 0;
    const struct mm_result *narrow = simulated > 0 ? subject->src_sim : subject->result;
    enum mm_kind kind = mm_dtype_info(narrow->dst.dtype)->kind;
    *integer =
        kind == MM_KIND_INT || kind == MM_KIND_UINT || (view->flow->quantised[id] & MM_QUANTISED_RESULT);
    if (simulated > 0)
        return simulated;
    if (!format)
        return floor_estimate(subject, view->flow->quantised[id]);
    kind = mm_dtype_info(format->setting.dtype)->kind;
    *integer = kind == MM_KIND_INT || kind == MM_KIND_UINT;
    return format->metrics.diff2;
}

/* Weights of int8 may cost much, and are not in cost_of: from what size on is an error no rounding? */
static double most_of(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_subject *subject = &view->subjects[id];
    const struct mm_recomputed *recomputed = subject->recomputed;
    bool integer, told = recomputed && recomputed->state == MM_RECOMPUTE_DONE;
    double cost = cost_of(view, id, &integer);
    if (cost <= 0)
        return INFINITY;
    if (!integer)
        return fmax(DOUBT_LEAST, DOUBT_FLOAT * cost);
    if (told)
        return fmax(DOUBT_LEAST,
                    DOUBT_INT * fmax(cost, mm_recomputed_int8(recomputed, MM_GRANULARITY_UNKNOWN)));
    return mm_op_has_weights(subject->op_type) ? DOUBT_WEIGHT : fmax(DOUBT_LEAST, DOUBT_INT * cost);
}

bool simulated_doubted(const struct mm_triage_view *view, uint32_t id, uint32_t *where, double *least)
{
    for (int32_t at = (int32_t)id; at >= 0;) {
        double input, error = error_of(view->subjects[at].src_sim);
        int32_t from = worst_simulated(view, (uint32_t)at, &input);
        if (!isfinite(error) || !isfinite(input))
            return false; /* NaN and Inf are a format's, or come of what is */
        double added = error > input ? sqrt(error * error - input * input) : 0;
        if (added > most_of(view, (uint32_t)at)) {
            bool integer;
            *where = (uint32_t)at;
            *least = cost_of(view, (uint32_t)at, &integer);
            return true;
        }
        at = from >= 0 && input >= FROM_INPUT * error ? from : -1;
    }
    return false;
}

enum simulated simulated_tell(const struct mm_triage_view *view, uint32_t id, double *impl, double *format)
{
    uint32_t where;
    double least;
    *impl = error_of(view->subjects[id].sim_dst);
    *format = error_of(view->subjects[id].src_sim);
    if (isnan(*impl) || isnan(*format) || simulated_doubted(view, id, &where, &least))
        return SIMULATED_NOTHING;
    if (*impl > view->thresholds->diff2) {
        double input = worst_input(view, id);
        if (isinf(*impl) ? !isinf(input) : *impl > CLEARLY * input)
            return SIMULATED_IMPLEMENTATION;
        return SIMULATED_INHERITED;
    }
    return CLEARLY * *impl < *format ? SIMULATED_FORMAT : SIMULATED_NOTHING;
}
