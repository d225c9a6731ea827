/* pair: a pair, and how it is measured, as the far side is asked to. */
#ifndef REMOTE_PAIR_H
#define REMOTE_PAIR_H

#include "mmtui/compare.h"
#include "remote/fields.h"

/* Where a side's tensor is, seen from the far side. */
enum side_kind { SIDE_NONE, SIDE_THERE, SIDE_SENT, SIDE_KINDS };
struct pair_side {
    enum side_kind kind;
    uint32_t dump, entry; /* THERE: their numbers */
};

struct pair_request {
    struct pair_side side[2]; /* src, dst */
    struct mm_pair pair;      /* but for its entries */
    struct mm_measure_options measure;
    struct mm_layout layout;      /* got: what pair.layout points at, if it does */
    struct mm_pair_scales scales; /* ... and pair.scales */
};

void pair_put(struct mm_buf *out, const struct pair_request *request);
/* The request may not be moved afterwards. Texts and scales are in the arena. */
void pair_get(struct cache_reader *in, struct mm_arena *arena, struct pair_request *request);

#endif
