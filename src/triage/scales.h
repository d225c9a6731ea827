/* scales: verdicts by the scales that dst's values are read by. Private to triage. */
#ifndef MMTUI_TRIAGE_SCALES_H
#define MMTUI_TRIAGE_SCALES_H

#include "mmtui/triage.h"

/* Does rounding src to the scales that dst is known (not fitted) to have explain the error? */
bool scales_explain(const struct mm_triage_view *view, uint32_t id);
/* Then, what it makes of the layer: settings or format-limited, with its cause and a sentence. */
enum mm_verdict_kind scales_verdict(const struct mm_triage_view *view, uint32_t id, enum mm_cause_id *cause,
                                    char *text, size_t size);
/* Is dst read by scales that were fitted to it? */
bool scales_fitted(const struct mm_triage_view *view, uint32_t id);
/*
 * A fit takes up a scale and an offset, and misses a little where values are wrong: does the finding show whatever the
 * scale is? Where the fit itself is in doubt, only what moves values about does, or leaves none.
 */
bool scales_show(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding);
#endif
