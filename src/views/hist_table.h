/* Histograms as a table of counts: for screens without bars (--plain). */
#ifndef MMTUI_VIEWS_HIST_TABLE_H
#define MMTUI_VIEWS_HIST_TABLE_H

#include "mmtui/session.h"
#include "ui/app.h"

/* Lines of the table besides its rows. */
#define HIST_TABLE_HEAD 1

/* Range, src and dst, a line a bin; neighbouring bins are put together where there are more than lines. */
void hist_table_values(struct canvas *c, const struct app *app, const struct mm_pair_hist *hist);
/* The same of |s - d|, by powers of two; `from` and `to` are the first and the last bin that hold anything. */
void hist_table_error(struct canvas *c, const struct app *app, const struct mm_exp_hist *error, int from,
                      int to);

#endif
