/* operators: names of one side that end with the operator's type. Private to pair. */
#ifndef MMTUI_PAIR_OPERATORS_H
#define MMTUI_PAIR_OPERATORS_H

#include "pair/side.h"

/*
 * Pair names without a partner that are the same but for separators, and '_' and the type of an operator of ONNX behind
 * one of them, if that one's dump was recognised as Sophgo's tpu-mlir's (its entry has an op_type): "conv1_Conv" is the other side's "conv1".  A result that was cast ("conv1_Conv_f32")
 * counts where there is no other. Of several that are the same without it none is paired. -1: memory.
 */
int operators_join(struct side *src, struct side *dst);

#endif
