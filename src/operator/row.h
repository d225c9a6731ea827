/* A row of the table of operators, and the families' parts of that table. */
#ifndef MMTUI_OPERATOR_ROW_H
#define MMTUI_OPERATOR_ROW_H

#include "mmtui/operator.h"

/* Where the channels of the output are. */
enum op_channel {
    OP_CHANNEL_NONE,  /* the operator does not tell */
    OP_CHANNEL_ONE,   /* N x C x D1 x ... */
    OP_CHANNEL_MATRIX /* Gemm, MatMul: columns, or rows if the weights are on the left */
};

struct op_row {
    struct mm_operator is; /* first: what callers see */
    enum op_channel channel;
    /* Compute call->output into *value, which is zeroed and is freed by the caller on failure. */
    int (*run)(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err);
    const void *how; /* the family's own: which loop, which defaults */
};

/* A family is an array of rows that ends with one without a type. */
extern const struct op_row op_unary_rows[], op_activation_rows[], op_cast_rows[], op_binary_rows[],
    op_softmax_rows[], op_reduce_rows[], op_arg_rows[], op_pool_rows[], op_resize_rows[], op_shape_rows[],
    op_slice_rows[], op_join_rows[], op_gather_rows[], op_pad_rows[], op_block_rows[], op_scatter_rows[],
    op_index_rows[], op_grid_rows[], op_norm_rows[], op_line_norm_rows[], op_quantise_rows[],
    op_linear_rows[], op_recurrent_rows[], op_box_rows[];

/* The row of a call's node; mm_operator_run has made sure that there is one. */
const struct op_row *op_row_of(const struct mm_graph_node *node);

#endif
