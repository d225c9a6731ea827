#include "pair/by_graph.h"

#include <stdlib.h>
#include <string.h>

#include "graph/key.h"
#include "base/names.h"
#include "pair/modules.h"

#define NO_PREFIX (MM_RUNGS_ALL & ~(1u << MM_RUNG_PREFIX)) /* it may be that of another block */

/* ---- OpenCV's names --------------------------------------------------------------------------------------------- */

/* Nodes by the form of their names in which separators are one: a place, or -1 where several are alike. */
struct node_keys {
    struct mm_names names;
    struct mm_arena arena;
    struct mm_buf key;
    int *node;
    size_t capacity;
};

static int key_of(struct node_keys *keys, const char *name, const char **key, size_t *length)
{
    size_t size = strlen(name);
    mm_buf_clear(&keys->key);
    char *out = mm_buf_reserve(&keys->key, size + 1);
    *key = out;
    *length = out ? mm_key(MM_KEY_PLAIN, name, size, out) : 0;
    return out ? 0 : -1;
}

static int node_keys_fill(struct node_keys *keys, const struct mm_graph *graph)
{
    for (int i = 0; i < graph->node_count; i++) {
        const char *key;
        size_t length, known = keys->names.count;
        if (key_of(keys, graph->nodes[i].name, &key, &length) < 0)
            return -1;
        int number = length ? mm_names_add(&keys->names, &keys->arena, key, length) : 0;
        if (number < 0 ||
            mm_grow((void **)&keys->node, &keys->capacity, keys->names.count + 1, sizeof *keys->node) < 0)
            return -1;
        if (length)
            keys->node[number] = keys->names.count > known ? i : -1;
    }
    return 0;
}

static void node_keys_done(struct node_keys *keys)
{
    mm_names_done(&keys->names);
    mm_arena_done(&keys->arena);
    mm_buf_done(&keys->key);
    free(keys->node);
}

static int first_output(const struct mm_graph *graph, int node)
{
    return node >= 0 && graph->nodes[node].again < 0 && graph->nodes[node].output_count > 0
               ? graph->nodes[node].outputs[0]
               : -1;
}

/* The first output of the node of this name, as it is or as a file's name has it; -1: none, -2: memory. */
static int output_of(const struct mm_graph *graph, struct node_keys *keys, const char *name)
{
    const char *key;
    size_t length;
    int node = mm_graph_node(graph, name);
    if (node >= 0)
        return first_output(graph, node);
    if ((keys->names.count == 0 && node_keys_fill(keys, graph) < 0) || key_of(keys, name, &key, &length) < 0)
        return -2;
    int number = mm_names_find(&keys->names, key, length);
    return number >= 0 ? first_output(graph, keys->node[number]) : -1;
}

/* What follows "onnx_node!" (or `_`, in a file's name); NULL: it does not begin so. */
static const char *opencv_node(const char *name)
{
    static const char mark[] = "onnx_node";
    const char *rest = name + sizeof mark - 1;
    return strncmp(name, mark, sizeof mark - 1) == 0 && (*rest == '!' || *rest == '_') ? rest + 1 : NULL;
}

/* What follows "onnx_node_output_0!", the name of a node that has none: the tensor's. */
static const char *opencv_tensor(const char *name)
{
    static const char mark[] = "onnx_node_output_";
    if (strncmp(name, mark, sizeof mark - 1) != 0)
        return NULL;
    const char *rest = name + sizeof mark - 1;
    rest += strspn(rest, "0123456789");
    return *rest == '!' || *rest == '_' ? rest + 1 : NULL;
}

/* ---- which tensor a name means ---------------------------------------------------------------------------------- */

/* The last of names that a fused layer joins. */
static const char *last_part(const char *name)
{
    static const char *const marks[] = {" + ", "||", ";"};
    const char *last = name;
    for (size_t i = 0; i < MM_COUNT(marks); i++) {
        for (const char *p = last; (p = strstr(p, marks[i]));)
            last = p += strlen(marks[i]);
    }
    return last + strspn(last, " ");
}

static const char *translated(const struct mm_graph *graph, const char *name)
{
    bool known = mm_graph_tensor(graph, name) >= 0 || mm_graph_node(graph, name) >= 0;
    const char *tensor = known ? NULL : opencv_tensor(name);
    return known ? name : tensor ? tensor : last_part(name);
}

static int tensors_by_name(const struct mm_graph *graph, const struct side_runs *runs, const char **names,
                           int *tensor)
{
    struct mm_graph_matches found;
    for (size_t i = 0; i < runs->count; i++)
        names[i] = tensor[i] != -1 ? "" : translated(graph, runs->run[i].text);
    if (mm_graph_match(graph, names, runs->count, NO_PREFIX, &found, NULL) < 0)
        return -1;
    for (size_t i = 0; i < runs->count; i++) {
        if (tensor[i] == -1)
            tensor[i] = found.match[i].tensor;
    }
    mm_graph_matches_done(&found);
    return 0;
}

/* The names that can't be taken for anything else: "onnx_node!NODE", and what the graph has as it is. */
static int tensors_for_certain(const struct mm_graph *graph, const struct side_runs *runs, int *tensor)
{
    struct node_keys keys = {.capacity = 0};
    int result = 0;
    mm_names_init(&keys.names);
    mm_arena_init(&keys.arena);
    mm_buf_init(&keys.key);
    for (size_t i = 0; i < runs->count && result == 0; i++) {
        const char *name = runs->run[i].text, *node = opencv_tensor(name) ? NULL : opencv_node(name);
        tensor[i] = mm_graph_tensor(graph, name);
        if (tensor[i] >= 0 && graph->tensors[tensor[i]].again >= 0)
            tensor[i] = -1;
        if (tensor[i] < 0 && node)
            tensor[i] = output_of(graph, &keys, node);
        result = tensor[i] == -2 ? -1 : 0;
    }
    node_keys_done(&keys);
    return result;
}

static int tensors_of(const struct mm_graph *graph, const struct side_runs *runs, int *tensor)
{
    const char **names = calloc(runs->count + 1, sizeof *names);
    int result = names ? tensors_for_certain(graph, runs, tensor) : -1;
    if (result == 0)
        result = modules_find(graph, runs, tensor);
    if (result == 0)
        result = tensors_by_name(graph, runs, names, tensor);
    free(names);
    return result;
}

/* ---- pairing ---------------------------------------------------------------------------------------------------- */

struct by_graph {
    const struct mm_graph *graph;
    struct mm_arena *arena;
    struct side_runs sides[2];
    int *tensor[2];           /* by run; -1: the graph does not know it */
    struct side_run **run[2]; /* by tensor: one that means it, with a partner if there is one; or NULL */
};

static const char how_graph[] = "the same tensor of the model";
static const char how_shared[] = "the same tensor of the model, which others of these names are, too";

/* The model's name of a tensor is that of the pair, so that the graph finds it whatever the dumps call it. */
static void name_pair(const struct by_graph *by, struct side_run *const run[2], int tensor)
{
    const char *name = mm_arena_strdup(by->arena, by->graph->tensors[tensor].name);
    for (int side = 0; side < 2; side++) {
        for (size_t k = 0; k < run[side]->count; k++)
            by->sides[side].side->sorted[run[side]->first + k]->model = name;
    }
}

/* By tensor: paired runs before open ones, which are paired with each other as they come. */
static void pair_open(struct by_graph *by)
{
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < by->sides[side].count; i++) {
            struct side_run *run = &by->sides[side].run[i];
            int t = by->tensor[side][i];
            if (t >= 0 && (!by->run[side][t] || (by->run[side][t]->open && !run->open)))
                by->run[side][t] = run;
        }
    }
    for (int t = 0; t < by->graph->tensor_count; t++) {
        struct side_run *run[2] = {by->run[0][t], by->run[1][t]};
        if (!run[0] || !run[1] || !run[0]->open || !run[1]->open)
            continue;
        side_pair(&by->sides[0], run[0], &by->sides[1], run[1], MM_PAIR_BY_GRAPH, how_graph);
        name_pair(by, run, t);
    }
}

/* Names that are open still have the partner of the other side's one, if there is one. */
static void share(struct by_graph *by, int side)
{
    struct side_runs *runs = &by->sides[side], *others = &by->sides[1 - side];
    for (size_t i = 0; i < runs->count; i++) {
        struct side_run *run = &runs->run[i];
        int t = by->tensor[side][i];
        const struct side_run *other = t >= 0 ? by->run[1 - side][t] : NULL;
        if (!run->open || !other)
            continue;
        for (size_t k = 0; k < run->count && k < other->count; k++) {
            struct candidate *here = runs->side->sorted[run->first + k];
            here->partner = others->side->sorted[other->first + k];
            here->how = how_shared;
            here->rung = MM_PAIR_BY_GRAPH;
        }
        run->open = false;
        runs->open--;
    }
}

static int join(struct by_graph *by)
{
    size_t tensors = (size_t)by->graph->tensor_count;
    int result = 0;
    for (int side = 0; side < 2 && result == 0; side++) {
        by->tensor[side] = calloc(by->sides[side].count + 1, sizeof *by->tensor[side]);
        by->run[side] = calloc(tensors + 1, sizeof *by->run[side]);
        result = by->tensor[side] && by->run[side] ? tensors_of(by->graph, &by->sides[side], by->tensor[side])
                                                   : -1;
    }
    if (result == 0) {
        pair_open(by);
        share(by, 0);
        share(by, 1);
    }
    for (int side = 0; side < 2; side++) {
        free(by->tensor[side]);
        free(by->run[side]);
    }
    return result;
}

int by_graph_join(struct side *src, struct side *dst, const struct mm_graph *graph, struct mm_arena *arena)
{
    struct by_graph by = {.graph = graph, .arena = arena};
    int result = side_runs_init(&by.sides[0], src);
    if (result == 0)
        result = side_runs_init(&by.sides[1], dst);
    if (result == 0 && by.sides[0].open + by.sides[1].open > 0)
        result = join(&by);
    side_runs_done(&by.sides[0]);
    side_runs_done(&by.sides[1]);
    return result;
}
