/* What the pieces of mm_graph_match share: names of both sides in one form, and who gets what. */
#ifndef GRAPH_LADDER_H
#define GRAPH_LADDER_H

#include "graph/graph.h"
#include "graph/key.h"

/* The tensors that a key means, of one sort: none, one, or (two of) several. */
struct mm_ladder_slot {
    int first, second; /* or -1 */
};

/* All names of the graph in one form. */
struct mm_ladder_table {
    struct mm_names keys;
    struct mm_arena arena;
    struct mm_ladder_slot (*slot)[MM_WHOSE_COUNT]; /* by number of the key */
    size_t capacity;
    struct mm_buf key, text; /* scratch */
};

/* A name of the dump; those that are equal are one. */
struct mm_ladder_name {
    const char *text;
    size_t length;
    int occurrences;
    int key;      /* its number in the table, or -1 */
    bool settled; /* found, or ambiguous */
    int versions; /* found: how often a run writes the tensor */
    int next;     /* the tensor of its next occurrence */
    struct mm_graph_match match;
};

struct mm_ladder {
    const struct mm_graph *graph;
    struct mm_ladder_name *name;
    size_t count, open; /* not yet settled */
    bool *taken;        /* by tensor */
    int *claims;        /* by tensor: names that want it now */
    struct mm_ladder_table table;
    struct mm_buf key;
    const char *prefix; /* in `arena` */
    bool prefix_of_graph;
    size_t prefixed; /* names that it found */
    struct mm_arena *arena;
};

void mm_ladder_table_init(struct mm_ladder_table *table);
void mm_ladder_table_done(struct mm_ladder_table *table);
/* Fill an empty table with the graph's names; those that begin with `prefix`, without it. False: memory. */
bool mm_ladder_table_fill(struct mm_ladder_table *table, const struct mm_graph *graph, enum mm_key_form form,
                          const char *prefix);

/* Find the key of each name that is open; give each the tensor that it means, or settle that it has several. */
bool mm_ladder_step(struct mm_ladder *ladder, enum mm_key_form form, enum mm_graph_rung rung,
                    const char *prefix);
/* Give the names that end with '_' and the type of the operator that makes the tensor of the name before it. */
void mm_ladder_operators(struct mm_ladder *ladder);
/* Drop prefixes. The table has the names of the graph in the last form. */
bool mm_ladder_prefixes(struct mm_ladder *ladder);

#endif
