#include "triage/jump.h"

#include <math.h>
#include <string.h>

#define ERROR_LEAST   0.02
#define INPUTS_TIMES  3.0
#define FORMAT_TIMES  10.0
#define FLOAT_KERNELS 1e-3 /* what other kernels and sums of half leave, at most */

enum carries { CARRIES_RATIO, CARRIES_SIZE, CARRIES_SPREAD };

/* How a relative error of the input goes on: as it is; by absolute size; against the input's own deviation. */
static enum carries carries_of(const char *op_type)
{
    static const char *const sums[] = {
        "Add", "Sub",       "Sum",     "Mean",       "ReduceMean", "GlobalAveragePool",
        "Elu", "ReduceSum", "Softmax", "LogSoftmax", "Sigmoid",    "Tanh"};
    if (!op_type || !*op_type)
        return CARRIES_SIZE;
    for (size_t i = 0; i < MM_COUNT(sums); i++) {
        if (strcmp(op_type, sums[i]) == 0)
            return CARRIES_SIZE;
    }
    if (strstr(op_type, "Norm"))
        return CARRIES_SPREAD;
    return mm_operator_find("", op_type) ? CARRIES_RATIO : CARRIES_SIZE;
}

static double rms(const struct mm_stats *stats)
{
    return hypot(stats->mean, stats->std);
}

static double gain_of(const struct mm_subject *subject, const struct mm_subject *input)
{
    const struct mm_stats *in = &input->result->metrics.src, *out = &subject->result->metrics.src;
    enum carries carries = carries_of(subject->op_type);
    double against = carries == CARRIES_SPREAD ? in->std : rms(out);
    if (carries == CARRIES_RATIO || !(against > 0))
        return 1;
    return fmax(1, rms(in) / against);
}

bool jump_is_integer_run(const struct mm_flow *flow)
{
    for (size_t i = 0; i < flow->count; i++) {
        if (flow->quantised[i] != MM_QUANTISED_NO)
            return true;
    }
    return false;
}

bool jump_find(const struct mm_flow *flow, const struct mm_subject *subjects, const struct mm_blame *blame,
               uint32_t id)
{
    const struct mm_blame *here = &blame[id];
    double carried = 0, gain = 1;
    if (!flow->ordered || flow->weak || here->over || !(here->error > ERROR_LEAST) || here->worst_input < 0)
        return false;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        uint32_t input = flow->input[e];
        if (input >= id || isnan(blame[input].error))
            continue;
        double here_gain = gain_of(&subjects[id], &subjects[input]);
        carried = fmax(carried, here_gain * blame[input].error);
        gain = fmax(gain, here_gain);
    }
    return here->error > INPUTS_TIMES * carried &&
           here->introduced > FORMAT_TIMES * gain * fmax(here->expected, FLOAT_KERNELS);
}
