/* lost_constants: weights and parameters that a float format can't hold. Private to this folder. */
#ifndef MMTUI_CAUSE_LOST_CONSTANTS_H
#define MMTUI_CAUSE_LOST_CONSTANTS_H

#include "cause/recompute.h"

/* Fill *residual with dst's result against what comes out with the operands as they are now. -1: as mm_recompute_run. */
typedef int narrow_compare(void *context, struct residual *residual, struct mm_err *err);

/* An operator, and those that are fused with it. All borrowed. */
struct narrow {
    struct operands *const *operands; /* [count] */
    const struct mm_recompute *step;  /* [count] the node that they are of */
    size_t count;
    enum mm_dtype format; /* the float format in which dst was stored or computed */
    narrow_compare *compare;
    void *context;
};

/*
 * Where the residual is more than rounding, or dst alone is not finite: is it what comes out with the model's constants in
 * `format`? Those beyond its greatest value are Inf there, or saturate; those below its least normal value lose their digits, or
 * are 0. Where one of these leaves a tenth of the residual at most, lost_says, lost_beyond and lost_left are filled and the rounding is
 * the residual: the format costs that. Nothing is done for other formats, and where it holds all constants. The
 * operands are as before when it returns. -1: what compare says, or MM_ENOMEM.
 */
int lost_constants_find(const struct narrow *what, struct mm_recomputed *out, struct mm_err *err);

#endif
