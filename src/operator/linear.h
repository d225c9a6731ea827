/*
 * Operators with weights: an output element is a sum of products of inputs and weights, found on its own, so
 * that a few elements cost no more than a few elements.
 */
#ifndef MMTUI_OPERATOR_LINEAR_H
#define MMTUI_OPERATOR_LINEAR_H

#include "operator/window.h"

struct op_linear {
    const struct mm_value *x, *w, *bias; /* bias may be NULL */
    struct mm_shape shape;               /* of the output */
    double (*at)(const struct op_linear *linear, int64_t position);
    /* convolutions */
    struct op_window window;
    int64_t stride_x[MM_RANK_MAX], stride_w[MM_RANK_MAX];
    int64_t in_group, out_group; /* channels of a group */
    /* matrices: element [i, k] of x is at i * row_x + k * step_x, [k, j] of w at k * step_w + j * column_w */
    int64_t inner, row_x, step_x, step_w, column_w;
    /* Gemm */
    double alpha, beta;
    int64_t stride_bias[2];
    /* MatMul */
    int64_t rows, columns;
    struct mm_shape batch, batch_x, batch_w; /* leading axes: of the output; the others with ones in front */
};

typedef int (*op_linear_prepare)(const struct mm_operator_call *call, struct op_linear *linear,
                                 struct mm_err *err);

int op_prepare_conv(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);
int op_prepare_conv_transpose(const struct mm_operator_call *call, struct op_linear *linear,
                              struct mm_err *err);
int op_prepare_gemm(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);
int op_prepare_matmul(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);

/* The sum of n products: x from at_x on, step_x apart, and weights alike. */
double op_dot(const struct op_linear *linear, int64_t at_x, int64_t step_x, int64_t at_w, int64_t step_w,
              int64_t n);
/* Inputs 0, 1 and 2, the last of which may be left out. */
int op_linear_inputs(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);

#endif
