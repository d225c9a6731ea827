/* A session whose dumps are being written (mm_session_watch), as the inspector follows it. */
#ifndef MMTUI_VIEWS_WATCHING_H
#define MMTUI_VIEWS_WATCHING_H

#include <stdbool.h>

struct inspector;
struct action_event;

/* When the inspector begins, and after each :watch. */
void watching_begin(struct inspector *inspector);
/* Take in what has happened; at_once: all that is there now. True: something that is seen may have changed. */
bool watching_take(struct inspector *inspector, bool at_once);
/* Say what came of it, once all is settled and measured. */
void watching_say(struct inspector *inspector);
/* ACT_WATCH: on or off. */
void watching_act(struct inspector *inspector, const struct action_event *event);

#endif
