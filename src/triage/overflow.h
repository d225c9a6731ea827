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
/*
 * Inf or NaN are made here, of inputs that have none, and nothing else is wrong: the finite values are within the thresholds.
 * Is this cause then none of it? A scale or an offset of finite values explains no Inf; a run of NaN is no part that was left
 * unwritten where src goes beyond the format (products and weights that are too large leave it).
 */
bool overflow_explains(const struct mm_triage_view *view, uint32_t id, enum mm_cause_id cause);

#endif
