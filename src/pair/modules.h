/* modules: the tensors that PyTorch modules return, by the scopes of an exported graph's nodes. Private to pair. */
#ifndef MMTUI_PAIR_MODULES_H
#define MMTUI_PAIR_MODULES_H

#include "pair/side.h"

/*
 * For each run whose tensor[] is -1 and whose name is that of a module: the tensor that leaves the module's scope
 * last. "/a/seq/seq.0/Conv" is in scope "a.seq.0"; where the dump has "fc" but no "fc_1", scope "fc_1" is another call
 * of fc, and the last one counts. A module without nodes (Dropout, a BatchNorm that is folded) has the tensor of the
 * sibling before it; a convolution before such a sibling has none, for its own result is not in the graph any more.
 * -1: memory.
 */
#define MODULE_NONE (-2) /* it is a module, and its tensor is not in the graph */
int modules_find(const struct mm_graph *graph, const struct side_runs *runs, int *tensor);

#endif
