/* The order in which nodes stand behind what they read. */
#ifndef MMTUI_GRAPH_ORDER_H
#define MMTUI_GRAPH_ORDER_H

#include "graph/graph.h"

/*
 * order[i] = the node that comes i-th: as near to the order in which they were added as can be. -1 with
 * MM_ECORRUPT when some node reads what is made from its own output, or MM_ENOMEM. `what` begins the text.
 */
int mm_graph_order(const struct mm_graph_builder *builder, int *order, const char *what, struct mm_err *err);

#endif
