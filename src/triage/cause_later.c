/* Causes that are still to come. */
#include "triage/cause.h"

#define LATER(name)                                                                                          \
    bool name(const struct trial *t, struct found *found)                                                    \
    {                                                                                                        \
        (void)t;                                                                                             \
        (void)found;                                                                                         \
        return false;                                                                                        \
    }
LATER(cause_channel_range)
LATER(cause_one_sided)
LATER(cause_outlier)
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
