/* quantised_ops: where operators on integers have their scales. Private to graph. */
#ifndef MMTUI_GRAPH_QUANTISED_OPS_H
#define MMTUI_GRAPH_QUANTISED_OPS_H

#include "mmtui/graph.h"

/* Inputs by their number; -1: it has none. The zero point is the one after a scale, where `zero` is not told. */
struct quantised_op {
    const char *op_type;
    signed char scale;        /* of the result */
    signed char weights;      /* the codes of the second operand */
    signed char weight_scale; /* its scale */
    signed char weight_zero;
    bool result; /* is integers */
};

/* NULL: no such operator. Whatever its domain: the names are used for nothing else. */
const struct quantised_op *quantised_op_find(const struct mm_graph_node *node);
/* Does it give the codes that it reads in another order, or some of them? Then they have the same scale. */
bool quantised_op_moves(const struct mm_graph_node *node);
/* The input that has the weights of a convolution or matrix product on floats; -1: another operator, or none of its
 * inputs may be. */
int quantised_op_weights(const struct mm_graph_node *node);

#endif
