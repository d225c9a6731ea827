/* Suggestions on screen: found, looked at in the list beside the tags, accepted into the plan or dropped. */
#ifndef MMTUI_VIEWS_SUGGEST_H
#define MMTUI_VIEWS_SUGGEST_H

#include "views/inspector.h"

/* ACT_SUGGEST: find suggestions by the rule in the event's text ("95%", "top 5", "0.01"; none: default). */
void suggest_preview(struct inspector *inspector, const struct action_event *event);
/* ACT_ACCEPT: put the marked ones into the plan, one undo step. */
void suggest_accept(struct inspector *inspector, const struct action_event *event);
/* ACT_SUGGEST_TOGGLE on a layer: leave its suggestion out, or take it back in. */
void suggest_toggle(struct app *app, size_t id);
/* Esc: drop them. False: there are none. */
bool suggest_drop(struct app *app);

/* "▹F32", or "-F32" where it is left out, for the list; *role says how to draw it. False: nothing is suggested. */
bool suggest_badge(const struct app *app, size_t id, char text[16], enum role *role);
/* "Suggested FLOAT32: ..." appended; nothing where nothing is suggested. */
void suggest_line(const struct app *app, size_t id, struct mm_buf *out);

#endif
