/* What the pieces of a graph share: its index, and the builder behind mm_graph_new. */
#ifndef MMTUI_GRAPH_GRAPH_H
#define MMTUI_GRAPH_GRAPH_H

#include "graph/names.h"
#include "mmtui/graph.h"

/* ---- names to places ---------------------------------------------------------------------------------- */

#define MM_GRAPH_NONE (-1)
#define MM_GRAPH_MANY (-2) /* several names look alike */

struct mm_graph_index {
    struct mm_names names;        /* of tensors and nodes, as they are */
    int *tensor, *node;           /* by number of the name: the first of it, or NONE */
    struct mm_names safe;         /* the same names as they look in a file's name */
    int *safe_tensor, *safe_node; /* by number there: the first of the one name, NONE or MANY */
};

/* The name with `_` for every character that is not [A-Za-z0-9_.-]; out has room for length + 1. Returns the
 * new length. */
size_t mm_graph_safe(const char *text, size_t length, char *out);

/* Fill graph->index and the `again` of nodes and tensors, which still can be written. */
int mm_graph_index_make(struct mm_graph *graph, struct mm_graph_node *nodes, struct mm_graph_tensor *tensors,
                        struct mm_err *err);

/* ---- the builder -------------------------------------------------------------------------------------- */

#define MM_GRAPH_MOST ((size_t)1 << 21) /* nodes, tensors, attributes: each many times what models have */

struct mm_draft_node {
    struct mm_graph_node node;
    int body; /* the first node of its bodies; its own place if it has none */
};

struct mm_draft_tensor {
    struct mm_graph_tensor tensor;
    int reader; /* the last node that read it, or -1 */
};

/* A name means a tensor in a scope. The one before it comes back when the scope ends. */
struct mm_binding {
    int name, tensor, scope;
    int before; /* binding or -1 */
};

struct mm_graph_builder {
    struct mm_graph *graph; /* its arena has everything that stays; its index the names */
    struct mm_draft_node *node;
    size_t nodes, node_capacity;
    struct mm_draft_tensor *tensor;
    size_t tensors, tensor_capacity;
    struct mm_graph_attribute *attribute; /* of the node that was added last */
    size_t attributes, attribute_capacity;
    size_t all_attributes; /* of all nodes */
    int *current;          /* by number of the name: its binding, or -1 */
    size_t current_capacity;
    struct mm_binding *binding; /* a stack: those of an inner scope lie above */
    size_t bindings, binding_capacity;
    int scope;     /* 0: the model's graph */
    bool unsorted; /* a node reads what a later one makes */
    bool failed;   /* everything added from now on is left out */
    bool too_many; /* it failed because of MM_GRAPH_MOST, not of memory */
};

/* The tensors of a body are in a scope of their own, within those of the scopes around it. */
void mm_graph_enter(struct mm_graph_builder *builder);
void mm_graph_leave(struct mm_graph_builder *builder);
/* Is there a tensor of this name in the present scope itself? */
bool mm_graph_has(const struct mm_graph_builder *builder, const char *name);
/* The tensor that a node would read by this name here; -1 for "" and on failure. */
int mm_graph_read(struct mm_graph_builder *builder, const char *name);
/* The node added last is the parent of the nodes from `first` on (but for those that have one), and reads
 * these tensors besides its inputs. */
void mm_graph_add_bodies(struct mm_graph_builder *builder, int first, const int *reads, size_t count);
void mm_graph_abandon(struct mm_graph_builder *builder);

/* Put the attributes of the last node where they belong. */
void mm_graph_settle(struct mm_graph_builder *builder);

#endif
