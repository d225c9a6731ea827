/* What a call hands to an operator: inputs, attributes, lists that are an attribute or an input. */
#ifndef MMTUI_OPERATOR_CALL_H
#define MMTUI_OPERATOR_CALL_H

#include "operator/lane.h"
#include "operator/row.h"

#define OP_OPSET_NEWEST 1000
#define OP_LIST_MAX     64

/* -1, with the node and its type before the text. */
int op_fail(const struct mm_operator_call *call, struct mm_err *err, enum mm_code code, const char *format,
            ...) MM_PRINTF(4, 5);
/* Is it to stop? Then err is filled. */
bool op_stop(const struct mm_operator_call *call, struct mm_err *err);
int64_t op_opset(const struct mm_operator_call *call);

/* Input k, or NULL: left out. */
const struct mm_value *op_input(const struct mm_operator_call *call, int k);
/* The same of one that has to be there, else NULL with err. */
const struct mm_value *op_need(const struct mm_operator_call *call, int k, struct mm_err *err);
/* All inputs that the node names are there. */
int op_need_all(const struct mm_operator_call *call, struct mm_err *err);

int64_t op_int(const struct mm_operator_call *call, const char *name, int64_t otherwise);
double op_float(const struct mm_operator_call *call, const char *name, double otherwise);
const char *op_text(const struct mm_operator_call *call, const char *name, const char *otherwise);
/* The first element of input k, else the attribute, else `otherwise`. */
double op_number(const struct mm_operator_call *call, int k, const char *name, double otherwise);

/* A list of integers: attribute `name` if the node has it, else input k (none if k < 0). */
struct op_list {
    bool given;
    int count;
    int64_t v[OP_LIST_MAX];
};
int op_list(const struct mm_operator_call *call, const char *name, int k, struct op_list *list,
            struct mm_err *err);
/* The same, as axes of a tensor of `rank` axes: negative ones counted from the end, each in range and
 * once. */
int op_axes(const struct mm_operator_call *call, const char *name, int k, int rank, struct op_list *list,
            struct mm_err *err);
/* The attribute "axis" within 0 .. rank (the rank itself only if `end`). */
int op_axis(const struct mm_operator_call *call, int64_t otherwise, int rank, bool end, int *axis,
            struct mm_err *err);

/* Is every product of its dimensions an int64_t, also of some of them where others are 0? */
bool op_shape_fits(const struct mm_shape *shape);
/* What all operators rely on: the inputs' shapes fit, and their counts. */
int op_check_inputs(const struct mm_operator_call *call, struct mm_err *err);
/* Make the result, with the call's limit. */
int op_new(const struct mm_operator_call *call, enum mm_dtype dtype, const struct mm_shape *shape,
           struct mm_value *value, struct mm_err *err);
/* A result with the values of `x`, of which there are as many, in another shape. */
int op_reshaped(const struct mm_operator_call *call, const struct mm_value *x, const struct mm_shape *shape,
                struct mm_value *value, struct mm_err *err);

/* The product of dimensions from .. to - 1. */
int64_t op_product(const struct mm_shape *shape, int from, int to);
/* Elements from one step along each axis to the next. */
void op_strides(const struct mm_shape *shape, int64_t stride[MM_RANK_MAX]);

#endif
