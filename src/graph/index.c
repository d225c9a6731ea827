/* Names to places: exactly, and as they look once a file name had to hold them. */
#include "graph/graph.h"
#include "graph/key.h"

#include <stdlib.h>
#include <string.h>

static bool is_safe(char c)
{
    unsigned letter = ((unsigned char)c | 0x20u) - 'a', digit = (unsigned char)c - (unsigned)'0';
    return letter < 26 || digit < 10 || c == '_' || c == '.' || c == '-';
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

static void merge(int *key, int place)
{
    if (place >= 0)
        *key = *key == MM_GRAPH_NONE ? place : MM_GRAPH_MANY;
}

/* By number of a name: the number of its key; -1 for what is no name of a tensor or node, or has no key. */
static bool number_keys(struct mm_graph *graph, struct mm_graph_keys *keys, enum mm_key_form form,
                        int *number)
{
    const struct mm_graph_index *index = graph->index;
    struct mm_buf key;
    bool good = true;
    mm_buf_init(&key);
    for (size_t i = 0; i < index->names.count && good; i++) {
        const struct mm_name *name = &index->names.name[i];
        number[i] = -1;
        if (index->tensor[i] < 0 && index->node[i] < 0 && index->alias[i] < 0)
            continue;
        mm_buf_clear(&key);
        char *out = mm_buf_reserve(&key, name->length + 1);
        size_t length = out ? mm_key(form, name->text, name->length, out) : 0;
        if (length > 0)
            number[i] = mm_names_add(&keys->names, &graph->arena, out, length);
        good = out && (length == 0 || number[i] >= 0);
    }
    mm_buf_done(&key);
    return good;
}

static bool index_keys(struct mm_graph *graph, struct mm_graph_keys *keys, enum mm_key_form form)
{
    const struct mm_graph_index *index = graph->index;
    size_t count = index->names.count;
    int *number = malloc((count + 1) * sizeof *number);
    bool good = number && number_keys(graph, keys, form, number);
    if (good) {
        keys->tensor = new_places(&graph->arena, keys->names.count);
        keys->alias = new_places(&graph->arena, keys->names.count);
        keys->node = new_places(&graph->arena, keys->names.count);
        good = keys->tensor && keys->alias && keys->node;
    }
    for (size_t i = 0; i < count && good; i++) {
        if (number[i] < 0)
            continue;
        merge(&keys->tensor[number[i]], index->tensor[i]);
        merge(&keys->alias[number[i]], index->alias[i]);
        merge(&keys->node[number[i]], index->node[i]);
    }
    free(number);
    return good;
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
    bool good =
        index_keys(graph, &index->safe, MM_KEY_SAFE) && index_keys(graph, &index->loose, MM_KEY_FOLDED);
    return good ? 0 : mm_fail_memory(err);
}
