/*
 * What the texts of the screens' actions may be, for Tab: each is the `complete` of a row of actions.c.
 */
#ifndef MMTUI_VIEWS_COMPLETE_H
#define MMTUI_VIEWS_COMPLETE_H

#include "ui/complete.h"

struct app;

/* A column that the session has; its help beside it. */
void complete_column(const struct app *app, struct completions *out);
void complete_runtime(const struct app *app, struct completions *out);
void complete_precision(const struct app *app, struct completions *out);
/* "KEY VALUE" of the plan's settings. */
void complete_setting(const struct app *app, struct completions *out);
/* "METRIC NUMBER" */
void complete_threshold(const struct app *app, struct completions *out);
/* A layer's name, or a type of operator. */
void complete_layer(const struct app *app, struct completions *out);
/* One of these, and a precision. */
void complete_override(const struct app *app, struct completions *out);
/* A name of src and one of dst that have no partner. */
void complete_pair(const struct app *app, struct completions *out);
/* A name of a pair. */
void complete_paired(const struct app *app, struct completions *out);
void complete_folder(const struct app *app, struct completions *out);
void complete_file(const struct app *app, struct completions *out);

/* "; did you mean NAME?" of the layer or type of operator that is called most like `wanted`, or "". */
const char *layer_hint(const struct app *app, const char *wanted, char out[MM_NEAREST]);

#endif
