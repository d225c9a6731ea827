/* A heat map: cells of two steps in half blocks where colours tell them apart, else shades or letters. */
#ifndef MMTUI_VIEWS_HEAT_CHART_H
#define MMTUI_VIEWS_HEAT_CHART_H

#include "mmtui/session.h"
#include "ui/app.h"

/* How it is drawn, and how many cells that takes of a canvas of w x h. */
struct heat_chart_size {
    bool half; /* two rows of cells in one of the screen */
    int64_t rows, columns;
};
struct heat_chart_size heat_chart_size(const struct app *app, int w, int h);
/* 0: no error; 1: the least there is, or less than 1e-4 of the greatest; 7: the greatest, and what is not finite. In
 * between by the error's logarithm, over a power of ten at least. */
int heat_chart_step(const struct mm_heat *heat, double error);
/* Into all of c; the cell (row, column) is marked. */
void heat_chart_draw(struct canvas *c, const struct app *app, const struct mm_heat *heat, int64_t row,
                     int64_t column);
/* The steps, and what they stand for, in one line. */
void heat_chart_legend(struct canvas *c, int y, const struct app *app, const struct mm_heat *heat);

#endif
