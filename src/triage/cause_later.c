/* Causes that are still to come. */
#include "triage/cause.h"

#include <math.h>

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
