/*
 * The ? screen: the keys of the view below it, made from the action table and the keymap.
 */
#ifndef MMTUI_UI_HELP_H
#define MMTUI_UI_HELP_H

#include <stdint.h>

struct app;
struct view;

/* Help for a view that has these scopes and this name. NULL when memory is out. */
struct view *help_view_open(struct app *app, uint64_t scopes, const char *name);

#endif
