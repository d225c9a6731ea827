/* What Tab completes on a `:` line, and of the actions that ui itself answers. */
#ifndef MMTUI_UI_COMPLETE_COMMAND_H
#define MMTUI_UI_COMPLETE_COMMAND_H

struct app;
struct completions;

/* Names of the actions that the present screen knows; behind one, what its row completes. */
void complete_command(const struct app *app, struct completions *out);
/* Names of themes, and files with one. */
void complete_theme(const struct app *app, struct completions *out);

#endif
