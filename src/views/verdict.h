/* Verdicts on a screen: their colours, short forms, what to do next, and the way to where an error starts. */
#ifndef MMTUI_VIEWS_VERDICT_H
#define MMTUI_VIEWS_VERDICT_H

#include "mmtui/session.h"
#include "ui/app.h"

/* What is said where something needs an order and nothing tells it. */
extern const char verdict_no_order[];
/* Does anything tell the order of execution? If not, it is said how to give it. */
bool verdict_ordered(struct app *app);

/* One role a group of verdicts. The word says it as well. */
enum role verdict_role(enum mm_verdict_kind kind);
/* On the heat gradient; NaN is dim (no figure), Inf is broken. */
enum role error_role(double error);
/* The sentence, or what of it fits into `width` columns: the part before a colon, else the verdict's word
 * ("from #38"). */
void verdict_fit(const struct mm_verdict *verdict, int width, struct mm_buf *out);
/* What to do about this layer, a sentence appended; nothing where there is nothing to do or nobody has
 * judged. */
void verdict_next(const struct app *app, size_t id, struct mm_buf *out);
/* The layer where this one's error starts. False when that is no other layer; a message says so. */
bool verdict_root(struct app *app, size_t id, size_t *root);

#endif
