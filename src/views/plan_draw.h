/* plan_draw: an override's line on the plan screen, with what it brings and costs. */
#ifndef MMTUI_VIEWS_PLAN_DRAW_H
#define MMTUI_VIEWS_PLAN_DRAW_H

#include "views/inspector.h"

/* What the plan's overrides bring and cost, in the plan's order. */
struct plan_costs {
    bool known; /* once all layers are analysed */
    struct mm_raise_cost *each, all;
};

/* "Plan: 4 overrides, gain 99.2%, 1.87M MACs, +42.0k bytes, +2 casts", on the first line; "ends NaN": some take
 * NaN or Inf away. */
void plan_draw_title(struct canvas *c, const struct plan_costs *costs, size_t count, const struct app *app);
/* What the figures are, on the canvas' first line. */
void plan_draw_heads(struct canvas *c, const struct plan_costs *costs);
/* Precision, name, figures where there is room, and why; marked where there is a problem (or NULL), and an error's sentence
 * first. */
void plan_draw_override(struct canvas *c, int y, size_t number, const struct mm_problem *problem,
                        const struct plan_costs *costs, const struct app *app);

#endif
