/* Operators that the corpus's small networks have and the demo network lacks. As in cli/demo_net.h. */
#ifndef TRIAGE_OPS_H
#define TRIAGE_OPS_H

#include "cli/demo_net.h"

void op_layer_norm(const struct demo_call *call); /* param: gamma, bias: beta; epsilon 1e-5 */
void op_layer_norm_epsilon(const struct demo_call *call, float epsilon);
void op_global_mean(const struct demo_call *call); /* [1, C, H, W] to [1, C] */
void op_length(const struct demo_call *call);      /* root of the sum of squares along the last axis */
void op_upsample(const struct demo_call *call); /* [1, C, H, W] to [1, C, 2 H, 2 W], bilinear, half pixels */
void op_upsample_corners(const struct demo_call *call);
void op_mask(const struct demo_call *call);       /* -inf where the last index is above the one before it */
void op_columns(const struct demo_call *call);    /* from column param[0], as many as the output has */
void op_arg_max(const struct demo_call *call);    /* along the last axis */
void op_reduce_max(const struct demo_call *call); /* along the last axis */
void op_sort_rows(const struct demo_call *call);  /* by column 4, greatest first */
void op_copy(const struct demo_call *call);
void op_depth_to_space(const struct demo_call *call); /* blocks of 2 x 2, mode CRD */
void op_depth_to_space_dcr(const struct demo_call *call);
void op_concat(const struct demo_call *call); /* along axis 1, of [1, C, ...] */
void op_embed(const struct demo_call *call);  /* param: [ids, width]; in[0]: ids */
void op_low_mask(
    const struct demo_call *call); /* -1e9 is added where the last index is above the one before it */
void op_to_planes(const struct demo_call *call); /* [1, H, W, C] of 0 .. 255 to [1, C, H, W] of 0 .. 1 */

#endif
