/* One rung: the names of both sides in one form, and who gets which tensor. */
#include "graph/ladder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the graph's names -------------------------------------------------------------------------------------- */

void mm_ladder_table_init(struct mm_ladder_table *table)
{
    *table = (struct mm_ladder_table){.slot = NULL};
    mm_names_init(&table->keys);
    mm_arena_init(&table->arena);
    mm_buf_init(&table->key);
    mm_buf_init(&table->text);
}

void mm_ladder_table_done(struct mm_ladder_table *table)
{
    mm_names_done(&table->keys);
    mm_arena_done(&table->arena);
    mm_buf_done(&table->key);
    mm_buf_done(&table->text);
    free(table->slot);
    mm_ladder_table_init(table);
}

/* The form of a name in `out`, without the prefix: NULL when it does not have it, or nothing is left. */
static const char *key_of(struct mm_buf *out, enum mm_key_form form, const char *name, size_t length,
                          const char *prefix, size_t *size)
{
    mm_buf_clear(out);
    char *key = mm_buf_reserve(out, length + 1);
    if (!key)
        return NULL;
    size_t skip = strlen(prefix);
    *size = mm_key(form, name, length, key);
    if (*size <= skip || memcmp(key, prefix, skip) != 0)
        return NULL;
    *size -= skip;
    return key + skip;
}

static void add_tensor(struct mm_ladder_slot *slot, int tensor)
{
    if (slot->first < 0)
        slot->first = tensor;
    else if (slot->first != tensor && slot->second < 0)
        slot->second = tensor;
}

struct filling {
    struct mm_ladder_table *table;
    enum mm_key_form form;
    const char *prefix;
};

static bool add(const struct filling *filling, const char *name, size_t length, enum mm_graph_whose whose,
                int tensor)
{
    struct mm_ladder_table *table = filling->table;
    size_t size, known = table->keys.count;
    if (tensor < 0)
        return true;
    const char *key = key_of(&table->key, filling->form, name, length, filling->prefix, &size);
    if (!key)
        return !table->key.failed;
    int number = mm_names_add(&table->keys, &table->arena, key, size);
    if (number < 0 ||
        mm_grow((void **)&table->slot, &table->capacity, table->keys.count, sizeof *table->slot) < 0)
        return false;
    for (int i = 0; i < MM_WHOSE_COUNT && table->keys.count > known; i++)
        table->slot[number][i] = (struct mm_ladder_slot){-1, -1};
    add_tensor(&table->slot[number][whose], tensor);
    return true;
}

/* "node", and "node:K" for each output. */
static bool add_node(const struct filling *filling, const char *name, size_t length,
                     const struct mm_graph_node *node)
{
    struct mm_buf *text = &filling->table->text;
    if (node->output_count > 0 && !add(filling, name, length, MM_WHOSE_NODE, node->outputs[0]))
        return false;
    for (int k = 0; k < node->output_count; k++) {
        mm_buf_clear(text);
        mm_buf_add(text, name, length);
        if (k < 10) /* of most nodes; printing takes longer than all the rest */
            mm_buf_add(text, (const char[]){':', (char)('0' + k)}, 2);
        else
            mm_buf_printf(text, ":%d", k);
        if (text->failed || !add(filling, text->data, text->length, MM_WHOSE_OUTPUT, node->outputs[k]))
            return false;
    }
    return true;
}

bool mm_ladder_table_fill(struct mm_ladder_table *table, const struct mm_graph *graph, enum mm_key_form form,
                          const char *prefix)
{
    const struct filling filling = {table, form, prefix};
    const struct mm_graph_index *index = graph->index;
    for (size_t i = 0; i < index->names.count; i++) {
        const struct mm_name *name = &index->names.name[i];
        if (!add(&filling, name->text, name->length, MM_WHOSE_TENSOR, index->tensor[i]) ||
            !add(&filling, name->text, name->length, MM_WHOSE_ALIAS, index->alias[i]))
            return false;
        if (index->node[i] >= 0 &&
            !add_node(&filling, name->text, name->length, &graph->nodes[index->node[i]]))
            return false;
    }
    return true;
}

/* ---- versions ------------------------------------------------------------------------------------------------- */

/* The outermost If in whose branches a tensor is made, or -1. */
static int branches_of(const struct mm_graph *graph, int tensor)
{
    int node = graph->tensors[tensor].producer, found = -1;
    for (node = node >= 0 ? graph->nodes[node].parent : -1; node >= 0; node = graph->nodes[node].parent) {
        if (strcmp(graph->nodes[node].op_type, "If") == 0)
            found = node;
    }
    return found;
}

/* How often a run writes the name of a tensor: 1 mostly. 0: the writes exclude one another. */
static int versions_of(const struct mm_graph *graph, int tensor)
{
    int count = 0;
    for (int t = tensor, before = -1; t >= 0; t = graph->tensors[t].again, count++) {
        int branches = branches_of(graph, t);
        if (branches >= 0 && branches == before)
            return 0;
        before = branches;
    }
    return count;
}

/* ---- who gets what -------------------------------------------------------------------------------------------- */

static bool find_keys(struct mm_ladder *ladder, enum mm_key_form form, const char *prefix)
{
    for (size_t i = 0; i < ladder->count; i++) {
        struct mm_ladder_name *name = &ladder->name[i];
        size_t size;
        if (name->settled)
            continue;
        const char *key = key_of(&ladder->key, form, name->text, name->length, prefix, &size);
        if (ladder->key.failed)
            return false;
        name->key = key ? mm_names_find(&ladder->table.keys, key, size) : -1;
    }
    return true;
}

static const struct mm_ladder_slot *slot_of(const struct mm_ladder *ladder, const struct mm_ladder_name *name,
                                            enum mm_graph_whose whose)
{
    static const struct mm_ladder_slot none = {-1, -1};
    return name->settled || name->key < 0 ? &none : &ladder->table.slot[name->key][whose];
}

/* All that have the tensor's name are taken with it. */
static void take(struct mm_ladder *ladder, int tensor)
{
    ladder->taken[tensor] = true;
    for (int t = ladder->graph->tensors[tensor].again; t >= 0 && !ladder->taken[t];
         t = ladder->graph->tensors[t].again)
        ladder->taken[t] = true;
}

static void settle(struct mm_ladder *ladder, struct mm_ladder_name *name, const struct mm_ladder_slot *slot,
                   enum mm_graph_rung rung, enum mm_graph_whose whose)
{
    int tensor = slot->first, other = slot->second;
    bool alone = other < 0 && ladder->claims[tensor] == 1 && !ladder->taken[tensor];
    name->versions = alone && whose == MM_WHOSE_TENSOR ? versions_of(ladder->graph, tensor) : 1;
    if (name->versions == 0) {
        other = ladder->graph->tensors[tensor].again;
        alone = false;
    }
    name->settled = true;
    name->match.rung = rung;
    name->match.whose = whose;
    if (alone)
        name->match.tensor = name->next = tensor;
    name->match.candidate[0] = alone ? -1 : tensor;
    name->match.candidate[1] = alone ? -1 : other;
    ladder->open--;
}

/* The names that mean a tensor of one sort: first who wants what, then who gets it, then what is taken. */
static void give(struct mm_ladder *ladder, enum mm_graph_rung rung, enum mm_graph_whose whose)
{
    for (size_t i = 0; i < ladder->count; i++) {
        const struct mm_ladder_slot *slot = slot_of(ladder, &ladder->name[i], whose);
        if (slot->first >= 0)
            ladder->claims[slot->first]++;
    }
    for (size_t i = 0; i < ladder->count; i++) {
        const struct mm_ladder_slot *slot = slot_of(ladder, &ladder->name[i], whose);
        if (slot->first >= 0)
            settle(ladder, &ladder->name[i], slot, rung, whose);
    }
    for (size_t i = 0; i < ladder->count; i++) {
        const struct mm_ladder_name *name = &ladder->name[i];
        if (!name->settled || name->match.rung != rung || name->match.whose != whose)
            continue;
        int tensor = name->match.tensor >= 0 ? name->match.tensor : name->match.candidate[0];
        ladder->claims[tensor] = 0;
        take(ladder, tensor);
    }
}

bool mm_ladder_step(struct mm_ladder *ladder, enum mm_key_form form, enum mm_graph_rung rung,
                    const char *prefix)
{
    if (!find_keys(ladder, form, prefix))
        return false;
    for (int whose = 0; whose < MM_WHOSE_COUNT; whose++)
        give(ladder, rung, (enum mm_graph_whose)whose);
    return true;
}

/* The tensor of the name before the last '_' of the first `length` characters, if an operator of the type behind it makes
 * it; -1: it is none such, or somebody has it. */
static int tensor_before(const struct mm_ladder *ladder, const char *name, size_t length)
{
    const struct mm_graph *graph = ladder->graph;
    size_t begin = length;
    while (begin > 0 && name[begin - 1] != '_')
        begin--;
    int number = begin > 1 ? mm_names_find(&graph->index->names, name, begin - 1) : -1;
    int tensor = number < 0 ? -1 : graph->index->tensor[number];
    if (tensor < 0 || ladder->taken[tensor] || graph->tensors[tensor].producer < 0)
        return -1;
    const char *type = graph->nodes[graph->tensors[tensor].producer].op_type;
    return strlen(type) == length - begin && memcmp(type, name + begin, length - begin) == 0 ? tensor : -1;
}

/* "conv1_Conv", "prob_Softmax_f32": what tpu-mlir calls a tensor, and the same cast. */
static int tensor_of_operator(const struct mm_ladder *ladder, const struct mm_ladder_name *name,
                              bool cast_too)
{
    static const char *const casts[] = {"", "_f32", "_f16", "_bf16"};
    int found = -1;
    for (size_t i = 0; i < (cast_too ? MM_COUNT(casts) : 1) && found < 0; i++) {
        size_t cast = strlen(casts[i]);
        if (name->length > cast && memcmp(name->text + name->length - cast, casts[i], cast) == 0)
            found = tensor_before(ladder, name->text, name->length - cast);
    }
    return found;
}

void mm_ladder_operators(struct mm_ladder *ladder)
{
    for (size_t i = 0; i < 2 * ladder->count; i++) { /* first those that are no casts */
        struct mm_ladder_name *name = &ladder->name[i % ladder->count];
        struct mm_ladder_slot slot = {
            name->settled ? -1 : tensor_of_operator(ladder, name, i >= ladder->count), -1};
        if (slot.first < 0)
            continue;
        ladder->claims[slot.first] = 1;
        settle(ladder, name, &slot, MM_RUNG_OPERATOR, MM_WHOSE_TENSOR);
        ladder->claims[slot.first] = 0;
        take(ladder, slot.first);
    }
}
