/* norm_rounding: what rounding explains of a normalisation. Private to this folder. */
#ifndef MMTUI_CAUSE_NORM_ROUNDING_H
#define MMTUI_CAUSE_NORM_ROUNDING_H

#include "cause/recompute.h"

/*
 * The RMS of what the terms x k, mean k and bias are off by, k = scale / sqrt(variance + epsilon), in a float format that
 * rounds by `unit`, a share, and whose least normal value is `least`: each costs a unit of its own size, and of what lies beneath
 * the root nothing may be left where it is no normal value. By lines (ONNX): the channels of BatchNormalization,
 * InstanceNormalization and GroupNormalization, the last axes of LayerNormalization and RMSNormalization. NaN: another
 * operator, or inputs that don't fit it. Values that are not finite add nothing.
 */
double norm_rounding(const struct operands *o, const struct mm_graph_node *node, double unit, double least);

#endif
