/* What else operators are replayed with: values as an integer operator reads them, and values that are a little off. */
#include "cause/replay.h"

#include <math.h>
#include <stdlib.h>

#define STEPS 255

static void round_over(const struct mm_value *value, const struct mm_stats *range, float *to)
{
    double least = fmin(range->min, 0), most = fmax(range->max, 0), step = (most - least) / STEPS;
    bool known = step > 0 && isfinite(step);
    double zero = known ? rint(-least / step) : 0;
    for (int64_t i = 0; i < value->count; i++) {
        double v = mm_value_at(value, i);
        to[i] = (float)(isnan(v) || !known ? v : (fmin(fmax(rint(v / step) + zero, 0), STEPS) - zero) * step);
    }
}

/* splitmix64's last step of the position, one bit of it (Steele, Lea, Flood, 2014). */
static bool coin(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (x ^ x >> 31) & 1;
}

static void nudge(const struct mm_value *value, float *to)
{
    for (int64_t i = 0; i < value->count; i++)
        to[i] = (float)(mm_value_at(value, i) * (coin((uint64_t)i) ? 1 + REPLAY_NUDGE : 1 - REPLAY_NUDGE));
}

int replay_give_other(struct mm_replay_call *call, const struct mm_tensor *tensor,
                      const struct mm_shape *shape, enum replay_values values, const struct mm_stats *range,
                      const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_value value = {0};
    struct mm_tensor other;
    struct mm_run run;
    if (mm_value_decode(&value, tensor, INT64_MAX, cancel, err) < 0)
        return -1;
    float *to = malloc((size_t)value.count * sizeof *to + 1);
    if (to && values == REPLAY_ROUNDED)
        round_over(&value, range, to);
    else if (to)
        nudge(&value, to);
    if (to)
        mm_tensor_raw(&other, MM_F32, &value.shape, to, &run);
    int result = to ? mm_replay_give(call, &other, shape, err) : mm_fail_memory(err);
    free(to);
    mm_value_done(&value);
    return result;
}
