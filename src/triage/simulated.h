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
 *   format          impl < format / 3
 *   implementation  impl over the threshold and more than three times that of every input
 */
enum simulated simulated_tell(const struct mm_triage_view *view, uint32_t id, double *impl, double *format);

#endif
