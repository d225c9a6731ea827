/* The actions that choose a precision for layers. */
#ifndef MMTUI_VIEWS_PRECISION_H
#define MMTUI_VIEWS_PRECISION_H

#include "ui/app.h"

/*
 * Set, step or clear the precision of these layers for an action (ACT_PRECISION, ACT_PRECISION_NEXT,
 * ACT_PRECISION_CLEAR, ACT_PRECISION_MENU); says what changed and how to undo it. `group` is what they are called
 * together, "enc.0.*"; NULL: they are no group. False: not such an action.
 */
bool precision_act(struct app *app, const struct action_event *event, const size_t *ids, size_t count,
                   const char *group);

#endif
