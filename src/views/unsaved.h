/* The copy of an unsaved plan (mm_autosave), as the inspector keeps it: when it is written, and what is offered of an
 * earlier one. */
#ifndef MMTUI_VIEWS_UNSAVED_H
#define MMTUI_VIEWS_UNSAVED_H

#include <stdbool.h>

struct inspector;
struct action_event;

/* When (mm_clock) it is to be written; INFINITY: there is nothing to write. Not more often than once a second. */
double unsaved_due(const struct inspector *inspector);
/* Write it, if that time has come. */
void unsaved_tick(struct inspector *inspector);
/* Ask what is to become of what was left behind, if anything was. False: nothing was. */
bool unsaved_offer(struct inspector *inspector);
/* ACT_RESTORE: "restore", "drop", or nothing: ask. */
void unsaved_act(struct inspector *inspector, const struct action_event *event);

#endif
