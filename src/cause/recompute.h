/* recompute: the parts of recomputing an operator from the inputs that it had. Private to this folder. */
#ifndef MMTUI_CAUSE_RECOMPUTE_H
#define MMTUI_CAUSE_RECOMPUTE_H

#include "mmtui/cause.h"

#define RECOMPUTE_INPUTS 64 /* more inputs are not tried */

enum { SIDE_SRC, SIDE_DST, SIDES };

/* Inputs and result of one node on both sides; all owned. */
struct operands {
    struct mm_value value[SIDES][RECOMPUTE_INPUTS];
    const struct mm_value *input[SIDES][RECOMPUTE_INPUTS]; /* NULL: left out */
    bool constant[RECOMPUTE_INPUTS];
    struct mm_value result[SIDES];
    enum mm_dtype format[SIDES]; /* the result's dtype in the files */
    int64_t left;                /* elements that may still be read */
};
/* Read all of them. -1: MM_EUNSUPPORTED and others say why; *o is to be closed in any case. */
int operands_read(struct operands *o, const struct mm_recompute *recompute, const atomic_bool *cancel,
                  struct mm_err *err);
void operands_done(struct operands *o);

/*
 * Sums over positions of y (what was dumped) and y0 (what was recomputed). A value at the end of y's range where y0 is
 * beyond it was clipped: by the range that was chosen, not by the operator. Few of those are kept apart.
 */
struct residual {
    int64_t n, nonfinite, clipped; /* positions; those where y alone is not finite; those clipped */
    double rr, yy;                 /* sums of (y - y0)^2 and y0^2 where both are finite */
    double rr_clipped;             /* (y - y0)^2 of those clipped; not in rr */
    double least, most;            /* range of all of y, and 0 */
    int64_t ties;                  /* indices that lead to values as good as those of y0 */
    int64_t nan_lost;              /* positions where y0 is NaN and y is a number, or infinite */
    double nan_as;                 /* what y is there; NaN: several things */
};
void residual_init(struct residual *residual, const struct mm_value *y);
void residual_add(struct residual *residual, double y, double y0);
/* |r| / |y0|: 0 for 0 / 0, +Inf for x / 0. Without those clipped, if they are at most 1 in 20, or 2. */
double residual_relative(const struct residual *residual);
/* What 256 steps over the range of y and 0 cost, against y0; NaN where y0 is all zero. */
double residual_steps(const struct residual *residual);

/* Pearson's correlation of a and b over n values; 0 where one of them does not vary. */
double correlation(const double *a, const double *b, size_t n);

/* Positions of a linear operator's result and what was found there. */
struct sampled {
    const struct mm_recompute *recompute;
    const struct mm_operator_call *call; /* with dst's inputs */
    const int64_t *position;
    size_t count;
    const double *residual; /* [count] r */
    double norm;            /* sqrt(sum y0^2) */
};
/* Fill input_int8, per_tensor, per_channel, fit_*. */
int weights_fit(const struct sampled *sampled, struct mm_recomputed *out, struct mm_err *err);

/*
 * Where y has the index of another value than y0 (what ArgMax, ArgMin, TopK give from call's input), but an equal one
 * (within `unit`, as a share: in wider precision one of them may have been the greater), y0 gets y's. Returns how many.
 */
int64_t ties_settle(const struct mm_operator_call *call, const struct mm_value *y, struct mm_value *y0,
                    double unit);

/*
 * Of the variants of the call (dst's inputs), the one that leaves least of y (dst's result): fill variant*, where one
 * leaves less than out->residual. Nothing is tried where rounding may explain the residual. -1 with MM_ECANCELLED or
 * MM_ENOMEM, or what mm_operator_positions says.
 */
int variants_find(const struct mm_recompute *recompute, const struct mm_operator_call *call,
                  const struct mm_value *y, struct mm_recomputed *out, struct mm_err *err);

#endif
