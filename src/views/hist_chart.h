/* Histograms of src and dst over one shared range, drawn over each other; or the error's, by powers of
 * two. */
#ifndef MMTUI_VIEWS_HIST_CHART_H
#define MMTUI_VIEWS_HIST_CHART_H

#include "mmtui/session.h"
#include "ui/app.h"

struct hist_chart_options {
    bool log;         /* logarithmic counts */
    bool error;       /* the error's histogram instead of the values' */
    double int8_step; /* distance of the int8 grid to mark on the axis; 0: none */
};

void hist_chart_draw(struct canvas *c, const struct app *app, const struct mm_pair_hist *hist,
                     const struct hist_chart_options *options);

#endif
