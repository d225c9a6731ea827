/* Windows that slide over the spatial axes: of convolutions and pooling. */
#ifndef MMTUI_OPERATOR_WINDOW_H
#define MMTUI_OPERATOR_WINDOW_H

#include "operator/call.h"

struct op_window {
    int rank; /* spatial axes, those behind batch and channels */
    int64_t in[MM_RANK_MAX], out[MM_RANK_MAX];
    int64_t kernel[MM_RANK_MAX], stride[MM_RANK_MAX], dilation[MM_RANK_MAX];
    int64_t begin[MM_RANK_MAX], end[MM_RANK_MAX]; /* pads */
};

/*
 * From the attributes; `kernel` (the weights' spatial shape) stands in for a kernel_shape that is not told,
 * NULL if there is none. Sets all but `out`, and pads only where auto_pad does not decide them.
 */
int op_window_read(const struct mm_operator_call *call, const struct mm_shape *x,
                   const struct mm_shape *weights, struct op_window *w, struct mm_err *err);
/* The output's size where windows gather (Conv, pooling), and pads by auto_pad. `ceil`: a last window may
 * stand over the end, but begins before it. */
int op_window_gather(const struct mm_operator_call *call, struct op_window *w, bool ceil, struct mm_err *err);
/* The output's size where windows spread (ConvTranspose), and pads by auto_pad or output_shape. */
int op_window_scatter(const struct mm_operator_call *call, struct op_window *w, struct mm_err *err);

#endif
