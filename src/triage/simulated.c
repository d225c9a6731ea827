#include "triage/simulated.h"

#include <math.h>

/* An error this many times another is not explained by it. */
#define CLEARLY 3.0

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

enum simulated simulated_tell(const struct mm_triage_view *view, uint32_t id, double *impl, double *format)
{
    *impl = error_of(view->subjects[id].sim_dst);
    *format = error_of(view->subjects[id].src_sim);
    if (isnan(*impl) || isnan(*format))
        return SIMULATED_NOTHING;
    if (*impl > view->thresholds->diff2) {
        double input = worst_input(view, id);
        if (isinf(*impl) ? !isinf(input) : *impl > CLEARLY * input)
            return SIMULATED_IMPLEMENTATION;
        return SIMULATED_INHERITED;
    }
    return CLEARLY * *impl < *format ? SIMULATED_FORMAT : SIMULATED_NOTHING;
}
