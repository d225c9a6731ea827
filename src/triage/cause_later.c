/* Causes that are still to come. */
#include "triage/cause.h"

#include <math.h>

#define LATER(name)                                                                                          \
    bool name(const struct trial *t, struct found *found)                                                    \
    {                                                                                                        \
        (void)t;                                                                                             \
        (void)found;                                                                                         \
        return false;                                                                                        \
    }
LATER(cause_channels_permuted)
LATER(cause_reordered)
LATER(cause_normalisation)
LATER(cause_affine)
LATER(cause_boxes)
LATER(cause_zero)
LATER(cause_constant)
LATER(cause_unwritten)
LATER(cause_class_map)
LATER(cause_near_zero)
LATER(cause_rounding)

bool mm_cause_stale(const struct mm_subject *subjects, size_t count, size_t id, struct mm_finding *out)
{
    (void)subjects;
    (void)count;
    (void)id;
    (void)out;
    return false;
}

/* Stand-ins until the what-ifs are there. */
__attribute__((weak)) int mm_channel_axis(const struct mm_shape *shape)
{
    return shape->rank >= 3 ? 1 : shape->rank - 1;
}

__attribute__((weak)) int mm_whatif_tensor(const struct mm_tensor *reference,
                                           const struct mm_whatif_setting *settings, size_t count,
                                           const atomic_bool *cancel, struct mm_whatif *out,
                                           struct mm_err *err)
{
    (void)reference;
    (void)cancel;
    (void)err;
    for (size_t i = 0; i < count; i++)
        out[i] = (struct mm_whatif){.setting = settings[i], .metrics = {.diff2 = NAN}};
    return 0;
}
