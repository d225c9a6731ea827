/* The list of pairs, in the order of execution of src. */
#include "pair/list.h"

#include <stdlib.h>

struct list {
    struct mm_pairs *pairs;
    struct mm_pair *pair;
};

/* Named after src, but for one of dst that shares the partner of another. */
static void add(struct list *list, const struct candidate *src, const struct candidate *dst)
{
    struct mm_pairs *pairs = list->pairs;
    const struct candidate *any = !src || (dst && src->partner != dst && dst->partner == src) ? dst : src;
    uint32_t most = any->occurrences;
    if (src && dst && dst->occurrences > most)
        most = dst->occurrences;
    list->pair[pairs->count] = (struct mm_pair){.name = any->name,
                                                .src = src ? src->entry : NULL,
                                                .dst = dst ? dst->entry : NULL,
                                                .how = any->how || !src || !dst ? any->how : dst->how,
                                                .model = any->model,
                                                .own = {src ? src->own : NULL, dst ? dst->own : NULL},
                                                .rung = src && dst ? any->rung : MM_PAIR_BY_NONE,
                                                .occurrence = any->occurrence,
                                                .occurrences = most,
                                                .place = pairs->count};
    pairs->count++;
    pairs->both += src && dst;
    pairs->by_order += list->pair[pairs->count - 1].rung == MM_PAIR_BY_ORDER;
    pairs->src_only += !dst;
    pairs->dst_only += !src;
}

/* dst-only entries from *next up to (not including) `limit`: they stand where dst has them. */
static void add_lone_dst(struct list *list, const struct side *dst, size_t *next, size_t limit)
{
    for (; *next < limit; (*next)++) {
        const struct candidate *here = &dst->all[*next];
        if (here->entry && here->occurrence && (!here->partner || here->partner->partner != here))
            add(list, here->partner, here);
    }
}

static size_t left_out(const struct side *side)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++)
        count += side->all[i].dropped;
    return count;
}

int list_make(struct mm_pairs *pairs, const struct side *src, const struct side *dst)
{
    struct list list = {pairs, mm_arena_array(&pairs->arena, src->count + dst->count + 1, sizeof *list.pair)};
    if (!list.pair)
        return -1;
    size_t next = 0;
    for (size_t i = 0; i < src->count; i++) {
        const struct candidate *here = &src->all[i];
        if (!here->occurrence)
            continue; /* dropped */
        if (here->partner)
            add_lone_dst(&list, dst, &next, (size_t)(here->partner - dst->all));
        add(&list, here, here->partner);
    }
    add_lone_dst(&list, dst, &next, dst->count);
    pairs->pair = list.pair;
    pairs->dropped = src->dropped + dst->dropped + left_out(src) + left_out(dst);
    pairs->whole = (struct mm_pair_counts){pairs->count, pairs->both, pairs->src_only, pairs->dst_only};
    return 0;
}
