/* What a simulation of the low precision decides: is it the format, or the implementation? For conclude.c. */
#ifndef MMTUI_TRIAGE_SIMULATED_H
#define MMTUI_TRIAGE_SIMULATED_H

#include "mmtui/triage.h"

enum simulated {
    SIMULATED_NOTHING,        /* no simulation, or it does not tell */
    SIMULATED_FORMAT,         /* the simulation is off src as dst is, and dst follows it */
    SIMULATED_IMPLEMENTATION, /* dst is off the simulation, and its inputs are not */
    SIMULATED_INHERITED       /* dst is off the simulation, as its inputs are */
};
/*
 * impl = diff2 of dst against sim, format = diff2 of sim against src; a side that is non-finite alone counts
 * as +Inf.
 *
 *   nothing         the simulation is in doubt
 *   format          impl < format / 3
 *   implementation  impl over the threshold and more than three times that of every input
 */
enum simulated simulated_tell(const struct mm_triage_view *view, uint32_t id, double *impl, double *format);

/*
 * Is the simulation itself in doubt at this layer: does it add, here or at a layer that its error comes from, far more
 * than its format must cost? Then *where is that layer and *least what its format costs there, a relative L2 error.
 * Never where the format is not known. For weights in integers, whose cost counts where they were recomputed, only an
 * error of 0.9 is none of the format's otherwise.
 */
bool simulated_doubted(const struct mm_triage_view *view, uint32_t id, uint32_t *where, double *least);

#endif
