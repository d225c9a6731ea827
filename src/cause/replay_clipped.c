/* Values at the end of dst's range where the operator gives more: clipped by the range that was chosen for integers, if dst
 * is made of integers at all. */
#include "cause/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS      256  /* of integers of 8 bits */
#define VALUES_MANY 1024 /* from so many values on, few different ones are no accident */
#define SLOTS       4096

/* Different values, by their bits. */
struct levels {
    uint32_t slot[SLOTS];
    bool used[SLOTS];
    size_t different;
};

static size_t slot_of(uint32_t bits)
{
    return bits * 2654435761u >> 20; /* Knuth's multiplicative hash: its top bits, as many as SLOTS has */
}

static void add_level(struct levels *levels, uint32_t bits)
{
    size_t at = slot_of(bits);
    while (levels->used[at] && levels->slot[at] != bits)
        at = (at + 1) % SLOTS;
    levels->different += !levels->used[at];
    levels->used[at] = true;
    levels->slot[at] = bits;
}

/* At most LEVELS different values among many? Most lie in their own slot, which costs a look. */
enum replay_grid replay_grid_of(const struct mm_value *y)
{
    struct levels levels = {.slot = {1}}; /* 0 would be found where it was never put */
    if (y->count < VALUES_MANY)
        return REPLAY_GRID_UNKNOWN;
    for (int64_t i = 0; y->f && i < y->count && levels.different <= LEVELS; i++) {
        uint32_t bits;
        memcpy(&bits, &y->f[i], sizeof bits);
        if (levels.slot[slot_of(bits)] != bits)
            add_level(&levels, bits);
    }
    return levels.different <= LEVELS ? REPLAY_GRID : REPLAY_NO_GRID;
}

/* Operators with weights often have integer results where no others have. */
static bool is_linear(const struct mm_graph *graph, const struct mm_replay_layer *layer)
{
    const struct mm_graph_node *node = &graph->nodes[layer->node];
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    return operator&& operator->kind == MM_OPERATOR_LINEAR;
}

static void count_kind(const struct mm_graph *graph, struct mm_replay_layer *layer, size_t layers,
                       bool linear)
{
    size_t yes = 0, no = 0;
    for (size_t i = 0; i < layers; i++) {
        bool counts = layer[i].found.state == MM_RECOMPUTE_DONE && is_linear(graph, &layer[i]) == linear;
        yes += counts && layer[i].found.grid == REPLAY_GRID;
        no += counts && layer[i].found.grid == REPLAY_NO_GRID;
    }
    for (size_t i = 0; i < layers; i++) {
        struct mm_replay_found *found = &layer[i].found;
        if (found->state != MM_RECOMPUTE_DONE || is_linear(graph, &layer[i]) != linear)
            continue;
        if (found->grid == REPLAY_GRID_UNKNOWN && yes > no)
            found->grid = REPLAY_GRID;
        if (found->grid == REPLAY_GRID)
            continue;
        found->residual = found->with_clipped;
        found->clipped = 0;
    }
}

/* Of a tensor of few values, it is what most others of its kind are. */
void replay_count_clipped(const struct mm_graph *graph, struct mm_replay_layer *layer, size_t layers)
{
    count_kind(graph, layer, layers, false);
    count_kind(graph, layer, layers, true);
}
