/* What the pieces of a graph share: its index, and the builder behind mm_graph_new. */
#ifndef MMTUI_GRAPH_GRAPH_H
#define MMTUI_GRAPH_GRAPH_H

#include "base/wire.h"
#include "base/names.h"
#include "mmtui/graph.h"

/* ---- names to places ---------------------------------------------------------------------------------- */

#define MM_GRAPH_NONE (-1)
#define MM_GRAPH_MANY (-2) /* several names look alike */

/* The names in another form (key.h). By number there: the first of the one name that has it, NONE or MANY. */
struct mm_graph_keys {
    struct mm_names names;
    int *tensor, *alias, *node;
};

struct mm_graph_index {
    struct mm_names names;      /* of tensors and nodes, as they are, and by which they are known besides */
    int *tensor, *node;         /* by number of the name: the first of it, or NONE */
    int *alias;                 /* the tensor that is known by this name besides its own, NONE or MANY */
    struct mm_graph_keys safe;  /* as they look in a file's name */
    struct mm_graph_keys loose; /* the form that takes away most */
};

/* The name with `_` for every character that is not [A-Za-z0-9_.-]; out has room for length + 1. Returns the
 * new length. */
size_t mm_graph_safe(const char *text, size_t length, char *out);

/* ---- where values stand ------------------------------------------------------------------------------- */

/* What is at a place of the model's file. */
enum mm_value_kind {
    MM_VALUE_NONE,
    MM_VALUE_TENSOR, /* a TensorProto */
    MM_VALUE_FLOAT,  /* an AttributeProto: value_float, value_floats, value_int, value_ints of a Constant */
    MM_VALUE_FLOATS,
    MM_VALUE_INT,
    MM_VALUE_INTS,
    MM_VALUE_FILL, /* a TensorProto of one value that a ConstantOfShape repeats; size 0: a 0 in float */
    MM_VALUE_KINDS
};

struct mm_value_place {
    uint64_t offset, size; /* bytes, from the beginning of the file */
    enum mm_value_kind kind;
};

/* The file that a graph was read from, as it was then. */
struct mm_graph_source {
    const char *path; /* NULL: it was read from memory, or made in code */
    uint64_t device, file, size;
    int64_t seconds, nanoseconds;       /* of the last change */
    const struct mm_value_place *value; /* by tensor; NULL: there are none */
};

/* Note how the mapped file is now; then, later: is it still so? -1 if not. source->path begins the text. */
int mm_source_note(struct mm_graph_source *source, const struct mm_map *map, struct mm_err *err);
int mm_source_check(const struct mm_graph_source *source, const struct mm_map *map, struct mm_err *err);

/* The values of a tensor; `model` is the whole file. Follows Identity. MM_EARG: they don't stand in it. */
int mm_graph_value_read(const struct mm_graph *graph, int tensor, struct mm_wire model, struct mm_stored *out,
                        struct mm_err *err);
/* How many numbers the attribute at [data, data + size) has in the list of this kind; -1: it is damaged. */
int64_t mm_value_numbers(const uint8_t *data, size_t size, enum mm_value_kind kind);

/* ---- the builder -------------------------------------------------------------------------------------- */

#define MM_GRAPH_MOST ((size_t)1 << 21) /* nodes, tensors, attributes: each many times what models have */

struct mm_draft_node {
    struct mm_graph_node node;
    int body; /* the first node of its bodies; its own place if it has none */
};

struct mm_draft_tensor {
    struct mm_graph_tensor tensor;
    int reader; /* the last node that read it, or -1 */
    struct mm_value_place value;
};

/* Another name of a tensor. */
struct mm_draft_alias {
    int name, tensor;
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
    struct mm_draft_alias *alias;
    size_t aliases, alias_capacity;
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
/* Of the tensor that `name` means here: where its values stand; another name, by which it is found as well. */
void mm_graph_add_value(struct mm_graph_builder *builder, const char *name, struct mm_value_place place);
void mm_graph_add_alias(struct mm_graph_builder *builder, const char *name, const char *alias);
void mm_graph_abandon(struct mm_graph_builder *builder);

/* Fill the graph's index and the `again` of nodes and tensors, which still can be written. */
int mm_graph_index_make(struct mm_graph_builder *builder, struct mm_graph_node *nodes,
                        struct mm_graph_tensor *tensors, struct mm_err *err);

/* Put the attributes of the last node where they belong. */
void mm_graph_settle(struct mm_graph_builder *builder);

#endif
