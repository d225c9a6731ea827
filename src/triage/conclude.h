/* What verdicts are decided by; conclude.c decides, explain.c tells. */
#ifndef MMTUI_TRIAGE_CONCLUDE_H
#define MMTUI_TRIAGE_CONCLUDE_H

#include "mmtui/triage.h"

/* False when all that read this layer (known from a graph, and not the end of the network) are well within
 * the thresholds: then *worst is the largest of their errors. */
bool conclude_readers_mind(const struct mm_triage_view *view, uint32_t id, double *worst);
/* The what-if of the format that dst has, or NULL. */
const struct mm_whatif *conclude_format(const struct mm_evidence *evidence);
/* The best setting of the same integer format that this operator can have, if it halves the error at least;
 * else NULL. */
const struct mm_whatif *conclude_better(const struct mm_subject *subject);
/* What is introduced here is about what the format must cost. */
bool conclude_is_format(const struct mm_blame *blame, const struct mm_evidence *evidence);
/* The error is about what rounding on the way here adds up to. */
bool conclude_is_noise(const struct mm_blame *blame);

#endif
