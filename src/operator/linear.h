/*
 * Operators with weights. An output element is the sum of products of a part that it shares with others (the window
 * of a convolution, which all channels of a group look at; the right matrix's column, which meets all rows) and a
 * part of its own. The outputs that share are a bundle; one load serves them all. So a few elements cost no more than
 * a few elements, and less when they are of few bundles.
 */
#ifndef MMTUI_OPERATOR_LINEAR_H
#define MMTUI_OPERATOR_LINEAR_H

#include "operator/window.h"
#include "tensor/rounders.h"

#define OP_EINSUM_MOST 32 /* labels of an equation */

/* Labels, those of the output first: how long, and what one step along them is in the inputs. */
struct op_einsum {
    int labels, kept;
    int64_t dim[OP_EINSUM_MOST], step_x[OP_EINSUM_MOST], step_w[OP_EINSUM_MOST];
};

struct op_linear {
    const struct mm_value *x, *w, *bias; /* bias may be NULL */
    struct mm_shape shape;               /* of the output */
    int64_t bundles, members;            /* members of each bundle */
    int64_t length;                      /* of the part that is shared */
    double *part;                        /* [length], once loaded */
    const struct mm_rounders *loops;     /* the machine's */
    int64_t *place;                      /* [2 * taps]: scratch of convolutions */
    int64_t *apart; /* [taps]: how far behind a window's first element each is, where all lie in the input */
    int64_t (*bundle_of)(const struct op_linear *linear, int64_t position);
    int64_t (*position_of)(const struct op_linear *linear, int64_t bundle, int64_t member);
    void (*begin)(struct op_linear *linear); /* once, before the first load; or NULL */
    void (*load)(struct op_linear *linear, int64_t bundle);
    double (*value)(const struct op_linear *linear, int64_t position); /* of the bundle that is loaded */
    /* convolutions */
    struct op_window window;
    int64_t groups, in_group, out_group; /* groups, and channels of one */
    int64_t taps, places, places_x;      /* of the kernel; positions of a channel of output and input */
    /* matrices: element [i, k] of x is at i * row_x + k * step_x, [k, j] of w at k * step_w + j * column_w */
    int64_t rows, columns, row_x, step_x, step_w, column_w;
    struct mm_shape batch, batch_x,
        batch_w; /* leading axes of the output; of the others, with ones in front */
    double alpha, beta;
    int64_t stride_bias[2];
    struct op_einsum einsum; /* w may be NULL */
};

typedef int (*op_linear_prepare)(const struct mm_operator_call *call, struct op_linear *linear,
                                 struct mm_err *err);

int op_prepare_conv(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);
int op_prepare_conv_transpose(const struct mm_operator_call *call, struct op_linear *linear,
                              struct mm_err *err);
int op_prepare_gemm(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);
int op_prepare_matmul(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);

int op_prepare_einsum(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);

/* The sum of n products of `part` and every step'th element of a value. */
double op_dot(const struct op_linear *linear, const double *part, const struct mm_value *value, int64_t at,
              int64_t step, int64_t n);
/* Inputs 0, 1 and 2, the last of which may be left out. */
int op_linear_inputs(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err);

#endif
