#include <stdlib.h>

#include "mmtui/pair.h"

struct keyed {
    struct mm_pair pair;
    int64_t key;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->pair.place < y->pair.place ? -1 : x->pair.place > y->pair.place; /* stable */
}

int mm_pairs_order(struct mm_pairs *pairs, const int64_t *key, struct mm_err *err)
{
    struct keyed *all = malloc((pairs->count + 1) * sizeof *all);
    struct mm_pair *pair = mm_arena_array(&pairs->arena, pairs->count + 1, sizeof *pair);
    if (!all || !pair) {
        free(all);
        return mm_fail_memory(err);
    }
    for (size_t i = 0; i < pairs->count; i++)
        all[i] = (struct keyed){pairs->pair[i], key[i]};
    qsort(all, pairs->count, sizeof *all, by_key);
    for (size_t i = 0; i < pairs->count; i++) {
        pair[i] = all[i].pair;
        pair[i].place = i;
    }
    free(all);
    pairs->pair = pair;
    return 0;
}
