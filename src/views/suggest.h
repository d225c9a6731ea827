/* Suggestions in the inspector: shown as tags with reasons, edited with tags, accepted into the plan. */
#ifndef MMTUI_VIEWS_SUGGEST_H
#define MMTUI_VIEWS_SUGGEST_H

#include "views/inspector.h"

/* ACT_SUGGEST: tag what is suggested by the rule in the event's text ("95%", "top 5", "0.01"; none: default).
 */
void suggest_preview(struct inspector *inspector, const struct action_event *event);
/*
 * ACT_ACCEPT: put what is tagged into the plan as one undo step: suggested layers as suggested, others that
 * were tagged by hand to FP32. The tags are gone afterwards, and with them the suggestion.
 */
void suggest_accept(struct inspector *inspector, const struct action_event *event);
/* What is suggested for a layer and still tagged, or NULL. */
const struct mm_suggestion *suggest_of(const struct inspector *inspector, size_t id);

#endif
