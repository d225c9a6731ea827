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
    bool by_scales[RECOMPUTE_INPUTS]; /* dst's input was read by the pair's scales */
    struct mm_value result[SIDES];
    enum mm_dtype format[SIDES];    /* the result's dtype in the files */
    const struct mm_scales *scales; /* by which dst's result is read; NULL: none. The pair's */
    int64_t left;                   /* elements that may still be read */
    bool
        part; /* of samples and padding that one side has alone, leave out what is left out of the comparison */
    bool cut;    /* there were such */
    int depth;   /* how many operators this is before the one that was dumped */
    bool rounds; /* an input was not dumped, and what makes it rounds */
};
/* Read all of them; `part` as in the struct. -1: MM_EUNSUPPORTED and others say why; *o is to be closed in any case. */
int operands_read(struct operands *o, const struct mm_recompute *recompute, bool part,
                  const atomic_bool *cancel, struct mm_err *err);
/* Its parts. Of o, `left`, `depth` and `part` are set before and the rest is zero: all inputs but those whose bit is in `skip`, ... */
int operands_inputs(struct operands *o, const struct mm_recompute *recompute, uint64_t skip,
                    const atomic_bool *cancel, struct mm_err *err);
/* ... and the result. */
int operands_result(struct operands *o, const struct mm_recompute *recompute, const atomic_bool *cancel,
                    struct mm_err *err);
/*
 * The result without a copy: o->result borrows from the files, and is there while `use` runs alone. What `use` found is worth
 * nothing where this returns -1: a file may have become shorter meanwhile.
 */
typedef void operands_use(void *context);
int operands_result_borrow(struct operands *o, const struct mm_recompute *recompute, operands_use *use,
                           void *context, const atomic_bool *cancel, struct mm_err *err);
void operands_done(struct operands *o);
/* The pair that holds input k; NULL: none does. */
const struct mm_pair *operands_pair(const struct mm_recompute *recompute, int k);

/* Make a tensor that was not dumped from what was, on both sides; counts in o->left. MM_EUNSUPPORTED: it can't. */
int chain_value(struct operands *o, const struct mm_recompute *recompute, int tensor,
                const atomic_bool *cancel, struct mm_value *const out[SIDES], struct mm_err *err);

/* ---- an operator with weights and what is fused behind it ---- */

#define LINE_MAX 8
struct line {
    size_t count; /* steps: the first has the weights, the last is what was dumped */
    struct mm_recompute step[LINE_MAX];
    int from[LINE_MAX][RECOMPUTE_INPUTS]; /* the step whose result an input is; -1: none's */
    struct operands *operands[LINE_MAX];  /* owned, but for the last */
    const atomic_bool *cancel;
};
/* One step is an operator with weights by itself. False: there are no weights behind inputs that were not dumped. */
bool line_find(const struct mm_recompute *recompute, struct line *line);
/* Read all operands; o gets those of the last step and its result, and outlives the line; `part` as in operands. */
int line_read(struct line *line, struct operands *o, bool part, const atomic_bool *cancel,
              struct mm_err *err);
/* Zeroed, or not read, is fine. */
void line_done(struct line *line);
struct mm_operator_call line_call(const struct line *line, size_t step, int side);

/* Positions in the result, whose shape is that of the first step's. */
struct line_places {
    const int64_t *at;
    size_t count;
    struct mm_shape shape;
};
/* All steps at the positions; work is [line->count][places->count], the last of which are the results. */
int line_sample(const struct line *line, int side, const struct line_places *places, double *work,
                struct mm_err *err);
/* The steps from `from` on again, from what work has of those before. */
int line_behind(const struct line *line, size_t from, int side, const struct line_places *places,
                double *work, struct mm_err *err);
/* A step as a call whose inputs are the values at the positions, [1, count] where they are other steps' results. */
struct line_step {
    struct mm_operator_call call;
    const struct mm_value *input[RECOMPUTE_INPUTS];
    struct mm_value value[RECOMPUTE_INPUTS]; /* owned */
};
int line_step_open(const struct line *line, size_t step, int side, const struct line_places *places,
                   const double *work, struct line_step *out, struct mm_err *err);
void line_step_close(struct line_step *step); /* also one that failed to open */

/*
 * Sums over positions of y (what was dumped) and y0 (what was recomputed). A value at the end of y's range where y0 is
 * beyond it was clipped: by the range that was chosen, not by the operator. Few of those are kept apart.
 */
struct residual {
    int64_t n, nonfinite, clipped; /* positions; those where y alone is not finite; those clipped */
    int64_t held;                  /* of those clipped, at an end that holds src */
    int64_t kept;                  /* those where y0 alone is not finite */
    double rr, yy;                 /* sums of (y - y0)^2 and y0^2 where both are finite */
    double rr_clipped;             /* (y - y0)^2 of those clipped; not in rr */
    double rr_held;                /* the same where src lies within that end; not in rr_clipped */
    double least, most;            /* range of all of y, and 0 */
    bool told;                     /* these are the ends of the codes' range: all beyond them is kept apart */
    bool holds_least,
        holds_most;   /* src's own result lies within that end: all beyond it is kept apart, at 0 too */
    double span;      /* of y, src's result and 0: what a scale was chosen for */
    int64_t ties;     /* indices that lead to values as good as those of y0 */
    int64_t nan_lost; /* positions where y0 is NaN and y is a number, or infinite */
    double nan_as;    /* what y is there; NaN: several things */
};
void residual_init(struct residual *residual, const struct mm_value *y);
/* The same where the least and greatest finite value of y are known. */
void residual_ends(struct residual *residual, double min, double max);
/* The range is known: that of y's codes, where there is one scale (may be NULL: it is not). */
void residual_range(struct residual *residual, const struct mm_scales *scales, enum mm_dtype codes);
/* src's own result is known: an end that holds it was chosen well, and what is clipped there came in. `ends`: after
 * residual_init of src. */
void residual_reference(struct residual *residual, const struct mm_value *src, const struct residual *ends);
void residual_add(struct residual *residual, double y, double y0);
/* One position that was chosen for what is there, not by chance: it counts as `weight` of the others. */
void residual_add_chosen(struct residual *residual, double y, double y0, double weight);
/* All positions of two values of one count. */
void residual_add_all(struct residual *residual, const struct mm_value *y, const struct mm_value *y0);
/* |r| / |y0|: 0 for 0 / 0, +Inf for x / 0. Without those clipped, if the end is told or holds src, or they are at most 1 in
 * 20, or 2. */
double residual_relative(const struct residual *residual);
/* The same with all of them. */
double residual_with_clipped(const struct residual *residual);
/* What 256 steps over this span cost, against y0; NaN where y0 is all zero. */
double residual_steps(const struct residual *residual, double span);

/* Does dst's result, stored as floats, lie on 256 even steps at most, as integers do, and src's not? False where too few
 * values tell, or memory lacks. */
bool on_steps(const struct operands *o);

/* What a float format rounds by at most, as a share; what is no float counts as f32. */
double float_unit(enum mm_dtype dtype);
/* The least value that has all of its digits; what is no float counts as f32. */
double float_least_normal(enum mm_dtype dtype);
/*
 * What rounding to `format`, which dst's result is in, explains of |r| / |y0|, out->kind and out->selects known: each rounding on the
 * way costs up to a unit of what is rounded. A sum or difference that nearly cancels is rounded at the size of its
 * terms (of a normalisation: norm_rounding); products, quotients and powers keep relative errors, whatever the size of what goes in,
 * but lose what is below the least normal value; the exponential turns an absolute error of its argument into a relative one. The inputs are read; nothing is owned.
 */
double float_rounding(const struct operands *o, enum mm_dtype format, const struct mm_graph_node *node,
                      const struct residual *residual, const struct mm_recomputed *out);

/* Pearson's correlation of a and b over n values; 0 where one of them does not vary. */
double correlation(const double *a, const double *b, size_t n);

/* Positions of a linear operator's result and what was found there. */
struct sampled {
    const struct line *line; /* NULL: nothing is fused behind it */
    struct line_places places;
    const double *y0;
    const struct mm_graph *graph;
    const struct mm_operator_call *call; /* with dst's inputs, of the first step */
    const double *residual;              /* [count] r */
    double norm;                         /* sqrt(sum y0^2) */
};
/* Fill input_int8, per_tensor, per_channel, fit_*. */
int weights_fit(const struct sampled *sampled, struct mm_recomputed *out, struct mm_err *err);

/*
 * Where y has the index of another value than y0 (what ArgMax, ArgMin, TopK give from call's input), but an equal one
 * (within `unit`, as a share: in wider precision one of them may have been the greater), y0 gets y's. Returns how many.
 */
int64_t ties_settle(const struct mm_operator_call *call, const struct mm_value *y, struct mm_value *y0,
                    double unit);

/* A few channels of a large call that works on each channel by itself (element-wise, pooling, resize). Its values are
 * views of the call's and of y. */
struct part {
    enum mm_operator_kind kind;
    struct mm_operator_call call;
    const struct mm_value *input[RECOMPUTE_INPUTS];
    struct mm_value value[RECOMPUTE_INPUTS];
    int64_t sizes[MM_RANK_MAX];
    struct mm_value y;
};
/* False: it is no such call, or not large. `part` stays where it is while it is used. */
bool part_of(const struct mm_operator_call *call, const struct mm_value *y, struct part *part);

/*
 * Of the variants of the call (dst's inputs), or of each step of a line (NULL: there is none), the one that leaves least
 * of y (dst's result): fill variant*, where one leaves less than out->residual. Nothing is tried where rounding may
 * explain the residual. -1 with MM_ECANCELLED or MM_ENOMEM, or what mm_operator_positions says.
 */
int variants_find(const struct mm_operator_call *call, const struct line *line, const struct mm_value *y,
                  struct mm_recomputed *out, struct mm_err *err);

#endif
