/* sorted: many values in order, without a call a comparison. Private to triage. */
#ifndef MMTUI_CAUSE_SORTED_H
#define MMTUI_CAUSE_SORTED_H

#include <stddef.h>

/* Ascending, in place; -0 stands before 0. No NaN. By radix, in n more values of memory; without that, slower. */
void sort_values(double *x, size_t n);
/* The value that would stand at `place` (below n) were x sorted; x is reordered. No NaN. */
double value_at_place(double *x, size_t n, size_t place);

#endif
