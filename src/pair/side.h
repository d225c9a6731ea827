/* side: the tensors of one dump on their way to pairs. Private to pair. */
#ifndef MMTUI_PAIR_SIDE_H
#define MMTUI_PAIR_SIDE_H

#include "mmtui/pair.h"

/* One side's entry. */
struct candidate {
    const struct mm_entry *entry;
    const char *name;
    const char *own;                  /* mm_pair.own: the name before any rule rewrote it */
    uint32_t occurrence, occurrences; /* on its side, from 1 */
    struct candidate *partner;
    const char *how;        /* mm_pair.how */
    const char *model;      /* mm_pair.model */
    enum mm_pair_rung rung; /* mm_pair.rung; before it has a partner, MAP: it was named by a rule */
    bool dropped;
    bool stands_before; /* dst's, before what its QuantizeLinear leaves of it */
};

struct side {
    const struct mm_dump *dump;
    struct candidate *all;     /* in execution order */
    struct candidate **sorted; /* by name, then execution order */
    size_t count, dropped;
    unsigned off; /* mm_pairing.off */
};

/* The entries of one name: sorted[first .. first + count). */
struct side_run {
    const char *text; /* the name */
    size_t length, first, count;
    bool open;         /* none of them has a partner, and the rungs that are left may pair it */
    int key;           /* for whoever looks at runs */
    int ending, plain; /* alike's */
};

struct side_runs {
    struct side *side;
    struct side_run *run; /* in the order of `sorted` */
    size_t count, open;
};

void side_done(struct side *side);
/* Was this rung switched off? */
bool side_off(const struct side *side, enum mm_pair_rung rung);
/* They are a pair. */
void side_join(struct candidate *src, struct candidate *dst, enum mm_pair_rung rung);
/* The end of the run of equal names that starts at i. */
size_t side_run_end(const struct side *side, size_t i);
/* All names of a side of which occurrences are numbered; -1 without memory. side_runs_done in either case. */
int side_runs_init(struct side_runs *runs, struct side *side);
void side_runs_done(struct side_runs *runs);
/* Pair two open names: the k-th of src's with the k-th of dst's. `how` is kept. */
void side_pair(struct side_runs *src, struct side_run *s, struct side_runs *dst, struct side_run *d,
               enum mm_pair_rung rung, const char *how);

#endif
