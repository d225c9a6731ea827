/* align: two sequences laid along each other, so that what stands together has most weight. Private to pair. */
#ifndef MMTUI_PAIR_ALIGN_H
#define MMTUI_PAIR_ALIGN_H

#include <stdbool.h>
#include <stddef.h>

#define ALIGN_NONE SIZE_MAX

struct align {
    size_t rows, columns;
    float *weight;  /* [rows][columns], to be filled; 0: the two can't stand together */
    float *before;  /* [rows + 1][columns + 1]: the most that what comes before can have */
    float *after;   /* alike, of this one and what comes after it */
    size_t *column; /* by row: what stands with it, in rising order, or ALIGN_NONE */
};

/* Room for them, weights 0. -1: memory. align_done in either case. */
int align_init(struct align *align, size_t rows, size_t columns);
void align_done(struct align *align);
/* Fill before, after, column. */
void align_run(struct align *align);
/* How much less all would have, at best, if these two stood together; never negative but for rounding. */
float align_loss(const struct align *align, size_t row, size_t column);

#endif
