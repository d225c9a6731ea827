/* Names to places: exactly, and as they look once a file name had to hold them. */
#include "graph/graph.h"

#include <stdlib.h>
#include <string.h>

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

size_t mm_graph_safe(const char *text, size_t length, char *out)
{
    const char *p = text, *end = text + length;
    size_t n = 0;
    while (p < end) {
        uint32_t character;
        char c = *p;
        p += (unsigned char)c < 0x80 ? 1 : mm_text_decode(p, end, &character);
        out[n++] = is_safe(c) ? c : '_';
    }
    out[n] = '\0';
    return n;
}

static int *new_places(struct mm_arena *arena, size_t count)
{
    int *places = mm_arena_array(arena, count, sizeof *places);
    for (size_t i = 0; places && i < count; i++)
        places[i] = MM_GRAPH_NONE;
    return places;
}

/* The first of each name, and from each to the next: from the end, so that each finds the one behind it. */
static void chain_tensors(struct mm_graph_index *index, struct mm_graph_tensor *tensors, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        int *first = &index->tensor[mm_names_find(&index->names, tensors[i].name, strlen(tensors[i].name))];
        tensors[i].again = *first;
        *first = i;
    }
}

static void chain_nodes(struct mm_graph_index *index, struct mm_graph_node *nodes, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        if (!*nodes[i].name)
            continue;
        int *first = &index->node[mm_names_find(&index->names, nodes[i].name, strlen(nodes[i].name))];
        nodes[i].again = *first;
        *first = i;
    }
}

static void merge(int *safe, int place)
{
    if (place >= 0)
        *safe = *safe == MM_GRAPH_NONE ? place : MM_GRAPH_MANY;
}

/* Number in `safe` of each name, by its number. */
static int *name_safely(struct mm_graph *graph, int *safe_number)
{
    struct mm_graph_index *index = graph->index;
    struct mm_buf safe;
    bool good = true;
    mm_buf_init(&safe);
    for (size_t i = 0; i < index->names.count && good; i++) {
        const struct mm_name *name = &index->names.name[i];
        safe_number[i] = -1;
        if (index->tensor[i] < 0 && index->node[i] < 0 && index->alias[i] < 0)
            continue; /* the name of an attribute or operator type */
        mm_buf_clear(&safe);
        char *out = mm_buf_reserve(&safe, name->length + 1);
        if (out)
            safe_number[i] =
                mm_names_add(&index->safe, &graph->arena, out, mm_graph_safe(name->text, name->length, out));
        good = safe_number[i] >= 0;
    }
    mm_buf_done(&safe);
    return good ? safe_number : NULL;
}

static int index_safely(struct mm_graph *graph)
{
    struct mm_graph_index *index = graph->index;
    size_t count = index->names.count;
    int *number = malloc((count + 1) * sizeof *number);
    bool good = number && name_safely(graph, number);
    if (good) {
        index->safe_tensor = new_places(&graph->arena, index->safe.count);
        index->safe_alias = new_places(&graph->arena, index->safe.count);
        index->safe_node = new_places(&graph->arena, index->safe.count);
        good = index->safe_tensor && index->safe_alias && index->safe_node;
    }
    for (size_t i = 0; i < count && good; i++) {
        if (number[i] < 0)
            continue;
        merge(&index->safe_tensor[number[i]], index->tensor[i]);
        merge(&index->safe_alias[number[i]], index->alias[i]);
        merge(&index->safe_node[number[i]], index->node[i]);
    }
    free(number);
    return good ? 0 : -1;
}

static void place_aliases(struct mm_graph_index *index, const struct mm_draft_alias *alias, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int *place = &index->alias[alias[i].name];
        if (*place != alias[i].tensor)
            merge(place, alias[i].tensor);
    }
}

int mm_graph_index_make(struct mm_graph_builder *b, struct mm_graph_node *nodes,
                        struct mm_graph_tensor *tensors, struct mm_err *err)
{
    struct mm_graph *graph = b->graph;
    struct mm_graph_index *index = graph->index;
    index->tensor = new_places(&graph->arena, index->names.count);
    index->node = new_places(&graph->arena, index->names.count);
    index->alias = new_places(&graph->arena, index->names.count);
    if (!index->tensor || !index->node || !index->alias)
        return mm_fail_memory(err);
    place_aliases(index, b->alias, b->aliases);
    chain_tensors(index, tensors, graph->tensor_count);
    chain_nodes(index, nodes, graph->node_count);
    return index_safely(graph) < 0 ? mm_fail_memory(err) : 0;
}
