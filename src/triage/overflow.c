#include "triage/overflow.h"

#include <math.h>

static bool input_over(const struct mm_triage_view *view, uint32_t id)
{
    int32_t input = view->blame[id].worst_input;
    return input >= 0 && view->blame[input].over;
}

/* As many zeros went in on both sides. */
static bool no_zero_came(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_flow *flow = view->flow;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        const struct mm_result *input = view->subjects[flow->input[e]].result;
        if (input->state != MM_STATE_MEASURED || input->metrics.dst.zero > input->metrics.src.zero)
            return false;
    }
    return flow->known && flow->input_from[id] < flow->input_from[id + 1];
}

static bool divides(const char *op_type)
{
    return op_type && (mm_text_find(op_type, "div") || mm_text_find(op_type, "reciprocal"));
}

bool overflow_is_denied(const struct mm_triage_view *view, uint32_t id)
{
    const char *op_type = view->subjects[id].op_type;
    return (input_over(view, id) && mm_op_has_weights(op_type)) ||
           (divides(op_type) && no_zero_came(view, id));
}

bool overflow_came_in(const struct mm_triage_view *view, uint32_t id)
{
    return isinf(view->blame[id].error) && isfinite(view->blame[id].input_error) && input_over(view, id) &&
           view->subjects[id].result->state == MM_STATE_MEASURED;
}

static double reach_of(const struct mm_stats *stats)
{
    return stats->finite ? fmax(fabs(stats->min), fabs(stats->max)) : 0;
}

bool overflow_saturates(const struct mm_result *result)
{
    const struct mm_dtype_info *dst = mm_dtype_info(result->dst.dtype);
    return result->state == MM_STATE_MEASURED && dst->kind == MM_KIND_FLOAT && dst->bits == 16 &&
           result->metrics.nonfinite_differ == 0 && reach_of(&result->metrics.dst) == dst->highest;
}

bool overflow_is_cut(const struct mm_result *result)
{
    return overflow_saturates(result) &&
           reach_of(&result->metrics.src) > mm_dtype_info(result->dst.dtype)->highest;
}

/* Inf or NaN that are made here, of inputs that have none; the finite values are within the thresholds. */
static bool is_all(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_result *result = view->subjects[id].result;
    const struct mm_metrics *m = &result->metrics;
    return result->state == MM_STATE_MEASURED && m->nonfinite_differ > 0 && !mm_metrics_only_reference(m) &&
           !mm_thresholds_over(view->thresholds, m) && view->blame[id].worst_input >= 0 &&
           isfinite(view->blame[id].input_error);
}

static bool goes_beyond(const struct mm_evidence *evidence)
{
    for (size_t i = 0; evidence && i < evidence->findings; i++) {
        if (evidence->finding[i].cause == MM_CAUSE_OVERFLOW && evidence->finding[i].score >= 0.5)
            return true;
    }
    return false;
}

bool overflow_explains(const struct mm_triage_view *view, uint32_t id, enum mm_cause_id cause)
{
    bool of_finite = cause == MM_CAUSE_AFFINE || cause == MM_CAUSE_SCALE || cause == MM_CAUSE_ROUNDING;
    bool of_nan = cause == MM_CAUSE_UNWRITTEN && goes_beyond(view->subjects[id].evidence);
    return (of_finite || of_nan) && is_all(view, id);
}
