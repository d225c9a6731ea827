/* Inf and NaN that look like an overflow inside an operator, and are none; and overflow that leaves no Inf. */
#ifndef MMTUI_TRIAGE_OVERFLOW_H
#define MMTUI_TRIAGE_OVERFLOW_H

#include "mmtui/triage.h"

/*
 * Did the layer not overflow by itself, whatever the evidence says of its values? A sum of products whose inputs are
 * over: what it keeps inside is bounded by the inputs that it should have, and no more. A division where no more zeros
 * went in than on src's side. False where that is not known.
 */
bool overflow_is_denied(const struct mm_triage_view *view, uint32_t id);
/* Inf or NaN of a layer whose worst input is finite and over: they come from there, as far as is known. */
bool overflow_came_in(const struct mm_triage_view *view, uint32_t id);
/* A float of 16 bits that saturates: finite as in src, and the largest is exactly the largest that there is. */
bool overflow_saturates(const struct mm_result *result);
/* And src goes beyond that: it is cut off there, whatever came in. */
bool overflow_is_cut(const struct mm_result *result);

#endif
