/* tails: parts of a model that stand several times in one, each behind an operator of its own. Private to runtime. */
#ifndef MMTUI_RUNTIME_TAILS_H
#define MMTUI_RUNTIME_TAILS_H

#include "mmtui/graph.h"

/* The tensor of `original` that the tensor in this place of a graph with tails is, or is a copy of; -1: there is none. */
int tail_original(const struct mm_graph *original, int place, const char *name);

#endif
