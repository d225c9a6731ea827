/* A shard of the pairs, so that several machines can measure one dump. */
#include "mmtui/pair.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What opening a file costs, in bytes that could be measured meanwhile: thousands of small files are work
 * too. */
#define OPENING_COST 65536

struct weighed {
    const struct mm_pair *pair;
    uint64_t cost;
};

struct shard {
    uint64_t load;
    unsigned index;
};

static uint64_t cost_of(const struct mm_entry *entry)
{
    struct stat info;
    if (!entry)
        return 0;
    if (entry->member)
        return OPENING_COST + entry->size;
    if (entry->source->elsewhere)
        return OPENING_COST + (uint64_t)entry->source->elsewhere->size;
    return OPENING_COST +
           (stat(entry->source->path, &info) == 0 && info.st_size > 0 ? (uint64_t)info.st_size : 0);
}

static int largest_first(const void *a, const void *b)
{
    const struct weighed *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost > y->cost ? -1 : 1;
    int order = strcmp(x->pair->name, y->pair->name);
    return order ? order : (x->pair->place > y->pair->place) - (x->pair->place < y->pair->place);
}

static bool is_lighter(const struct shard *a, const struct shard *b)
{
    return a->load != b->load ? a->load < b->load : a->index < b->index;
}

/* A heap with the lightest shard on top; the top has become heavier. */
static void sink_top(struct shard *heap, size_t count)
{
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++) {
            if (is_lighter(&heap[child], &heap[least]))
                least = child;
        }
        if (least == i)
            return;
        struct shard moved = heap[i];
        heap[i] = heap[least];
        heap[least] = moved;
        i = least;
    }
}

/* mine[place] becomes true for the pairs of shard `index`. */
static void choose(struct weighed *weighed, size_t pairs, struct shard *heap, unsigned index, unsigned count,
                   bool *mine)
{
    qsort(weighed, pairs, sizeof *weighed, largest_first);
    for (unsigned i = 0; i < count; i++)
        heap[i] = (struct shard){0, i + 1}; /* in order, so it is a heap already */
    for (size_t i = 0; i < pairs; i++) {
        mine[weighed[i].pair->place] = heap[0].index == index;
        heap[0].load += weighed[i].cost;
        sink_top(heap, count);
    }
}

static int keep(struct mm_pairs *pairs, const bool *mine)
{
    struct mm_pair *kept = mm_arena_array(&pairs->arena, pairs->count + 1, sizeof *kept);
    if (!kept)
        return -1;
    size_t all = pairs->count;
    pairs->count = pairs->both = pairs->src_only = pairs->dst_only = 0;
    for (size_t i = 0; i < all; i++) {
        const struct mm_pair *pair = &pairs->pair[i];
        if (!mine[pair->place])
            continue;
        kept[pairs->count++] = *pair;
        pairs->both += pair->src && pair->dst;
        pairs->src_only += !pair->dst;
        pairs->dst_only += !pair->src;
    }
    pairs->pair = kept;
    return 0;
}

int mm_pairs_shard(struct mm_pairs *pairs, unsigned index, unsigned count, struct mm_err *err)
{
    if (index < 1 || index > count || count > MM_SHARDS_MAX)
        return mm_fail(err, MM_EARG, "there is no shard %u of %u", index, count);
    struct weighed *weighed = calloc(pairs->count + 1, sizeof *weighed);
    struct shard *heap = calloc(count, sizeof *heap);
    bool *mine = calloc(pairs->count + 1, sizeof *mine);
    int result = -1;
    if (weighed && heap && mine) {
        for (size_t i = 0; i < pairs->count; i++)
            weighed[i] =
                (struct weighed){&pairs->pair[i], cost_of(pairs->pair[i].src) + cost_of(pairs->pair[i].dst)};
        choose(weighed, pairs->count, heap, index, count, mine);
        result = keep(pairs, mine);
    }
    free(weighed);
    free(heap);
    free(mine);
    return result < 0 ? mm_fail_memory(err) : 0;
}
