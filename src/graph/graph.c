/* Looking things up in a graph. */
#include "graph/graph.h"
#include "graph/key.h"

#include <stdlib.h>
#include <string.h>

#define DUMP_NAME_MAX 4096 /* longer than any file's name */

void mm_graph_close(struct mm_graph *graph)
{
    if (!graph)
        return;
    mm_names_done(&graph->index->names);
    mm_names_done(&graph->index->safe.names);
    mm_names_done(&graph->index->loose.names);
    free(graph->index);
    free(graph->source);
    mm_arena_done(&graph->arena);
    free(graph);
}

static int exact(const struct mm_graph *graph, const int *places, const char *name, size_t length)
{
    int number = length > 0 ? mm_names_find(&graph->index->names, name, length) : -1;
    return number < 0 ? MM_GRAPH_NONE : places[number];
}

int mm_graph_tensor(const struct mm_graph *graph, const char *name)
{
    return exact(graph, graph->index->tensor, name, strlen(name));
}

int mm_graph_node(const struct mm_graph *graph, const char *name)
{
    return exact(graph, graph->index->node, name, strlen(name));
}

static int output_of(const struct mm_graph *graph, int node, int64_t k)
{
    return node >= 0 && k < graph->nodes[node].output_count ? graph->nodes[node].outputs[k] : MM_GRAPH_NONE;
}

/* "conv:1", "conv_1": the number at the end, and in *length what is before it; -1 if there is none. */
static int64_t split_output(const char *name, size_t *length)
{
    size_t digits = strlen(name);
    int64_t k;
    while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
        digits--;
    bool padded = name[digits] == '0' && name[digits + 1] != '\0';
    if (digits < 2 || padded || (name[digits - 1] != '_' && name[digits - 1] != ':') ||
        !mm_parse_i64(name + digits, &k))
        return -1;
    *length = digits - 1;
    return k;
}

/* The one tensor, or else node, with this key. True: there is one, or there are several (*found is -1). */
static bool by_key(const struct mm_graph *graph, const struct mm_graph_keys *keys, const char *key,
                   size_t length, int *found)
{
    int number = length > 0 ? mm_names_find(&keys->names, key, length) : -1;
    *found = MM_GRAPH_NONE;
    if (number < 0)
        return false;
    if (keys->tensor[number] != MM_GRAPH_NONE)
        *found = keys->tensor[number];
    else if (keys->alias[number] != MM_GRAPH_NONE)
        *found = keys->alias[number];
    else
        *found = output_of(graph, keys->node[number], 0);
    if (*found == MM_GRAPH_MANY)
        *found = MM_GRAPH_NONE;
    return true;
}

/* "conv:1": output 1 of the node "conv". */
static int by_output(const struct mm_graph *graph, const char *name, char *key)
{
    const struct mm_graph_keys *safe = &graph->index->safe;
    size_t length = 0;
    int64_t k = split_output(name, &length);
    if (k < 0)
        return MM_GRAPH_NONE;
    int node = exact(graph, graph->index->node, name, length);
    int number = node < 0 ? mm_names_find(&safe->names, key, mm_key(MM_KEY_SAFE, name, length, key)) : -1;
    return output_of(graph, number < 0 ? node : safe->node[number], k);
}

int mm_graph_find(const struct mm_graph *graph, const char *dump_name)
{
    const struct mm_graph_index *index = graph->index;
    size_t length = strlen(dump_name);
    char key[DUMP_NAME_MAX];
    int found = exact(graph, index->tensor, dump_name, length);
    if (found < 0)
        found = exact(graph, index->alias, dump_name, length);
    if (found < 0)
        found = output_of(graph, exact(graph, index->node, dump_name, length), 0);
    if (found >= 0 || length >= sizeof key)
        return found < 0 ? MM_GRAPH_NONE : found;
    if (by_key(graph, &index->safe, key, mm_key(MM_KEY_SAFE, dump_name, length, key), &found))
        return found;
    found = by_output(graph, dump_name, key);
    if (found < 0)
        by_key(graph, &index->loose, key, mm_key(MM_KEY_FOLDED, dump_name, length, key), &found);
    return found;
}

const struct mm_graph_attribute *mm_graph_attribute(const struct mm_graph_node *node, const char *name)
{
    for (int i = 0; i < node->attribute_count; i++) {
        if (strcmp(node->attributes[i].name, name) == 0)
            return &node->attributes[i];
    }
    return NULL;
}

int64_t mm_graph_int(const struct mm_graph_node *node, const char *name, int64_t otherwise)
{
    const struct mm_graph_attribute *attribute = mm_graph_attribute(node, name);
    return attribute && attribute->int_count > 0 ? attribute->ints[0] : otherwise;
}
