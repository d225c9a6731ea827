/* by_graph: two names that mean the same tensor of the model. Private to pair. */
#ifndef MMTUI_PAIR_BY_GRAPH_H
#define MMTUI_PAIR_BY_GRAPH_H

#include "pair/side.h"

/*
 * Pair what is left by the tensors of the graph that names mean: a tensor's, a node's, "onnx_node!NODE" (OpenCV: the
 * node's first output), the last of names that fused layers join by " + ", "||" or ";", a PyTorch module's (modules.h).
 * Several names of a side may mean one tensor (a module, and what it is the last of): the first is paired, the others
 * share its partner. -1: memory.
 */
int by_graph_join(struct side *src, struct side *dst, const struct mm_graph *graph, struct mm_arena *arena);

#endif
