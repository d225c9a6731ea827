/*
 * Lines: the elements of a tensor along some of its axes, with one place on each of the others. Reductions,
 * softmax and normalisations are functions of a line.
 */
#ifndef MMTUI_OPERATOR_LINES_H
#define MMTUI_OPERATOR_LINES_H

#include "operator/call.h"

struct op_lines {
    const struct mm_value *x;
    int rank; /* axes that tell lines apart */
    int64_t dim[MM_RANK_MAX], step[MM_RANK_MAX];
    int line_rank; /* axes along a line, neighbours that run on being one */
    int64_t line_dim[MM_RANK_MAX], line_step[MM_RANK_MAX];
    int64_t count;  /* lines */
    int64_t length; /* elements of a line */
};

/* `axes`: bit i is set when axis i is along the line. */
void op_lines_init(struct op_lines *lines, const struct mm_value *x, unsigned axes);
/* The bits of axes from .. to - 1. */
unsigned op_axes_between(int from, int to);

/* The one number that a line gives. */
typedef double (*op_fold)(const void *context, const double *x, int64_t n);
/* Write one number a line, in the order of lines (row-major in the axes that are left). */
int op_lines_fold(const struct mm_operator_call *call, const struct op_lines *lines, op_fold fold,
                  const void *context, struct mm_value *value, struct mm_err *err);

/* Change line number `line` in place. */
typedef void (*op_line)(const void *context, int64_t line, double *x, int64_t n);
/* Write each line to where it came from, into a value of the shape of x. */
int op_lines_map(const struct mm_operator_call *call, const struct op_lines *lines, op_line change,
                 const void *context, struct mm_value *value, struct mm_err *err);

#endif
