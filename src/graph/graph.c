/* Looking things up in a graph. */
#include "graph/graph.h"

#include <stdlib.h>
#include <string.h>

#define DUMP_NAME_MAX 4096 /* longer than any file's name */

void mm_graph_close(struct mm_graph *graph)
{
    if (!graph)
        return;
    mm_names_done(&graph->index->names);
    mm_names_done(&graph->index->safe);
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

int mm_graph_find(const struct mm_graph *graph, const char *dump_name)
{
    const struct mm_graph_index *index = graph->index;
    size_t length = strlen(dump_name);
    char safe[DUMP_NAME_MAX];
    int found = exact(graph, index->tensor, dump_name, length);
    if (found < 0)
        found = exact(graph, index->alias, dump_name, length);
    if (found < 0)
        found = output_of(graph, exact(graph, index->node, dump_name, length), 0);
    if (found >= 0 || length >= sizeof safe)
        return found;
    int number = mm_names_find(&index->safe, safe, mm_graph_safe(dump_name, length, safe));
    if (number >= 0 && index->safe_tensor[number] != MM_GRAPH_NONE)
        return index->safe_tensor[number] == MM_GRAPH_MANY ? -1 : index->safe_tensor[number];
    if (number >= 0 && index->safe_alias[number] >= 0)
        return index->safe_alias[number];
    if (number >= 0)
        return output_of(graph, index->safe_node[number], 0);
    int64_t k = split_output(dump_name, &length);
    if (k < 0)
        return -1;
    int node = exact(graph, index->node, dump_name, length);
    number = node < 0 ? mm_names_find(&index->safe, safe, mm_graph_safe(dump_name, length, safe)) : -1;
    return output_of(graph, number < 0 ? node : index->safe_node[number], k);
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
