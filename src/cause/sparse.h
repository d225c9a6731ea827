/* sparse: positions spread over a tensor, for the first look of a cause. Private to cause. */
#ifndef MMTUI_CAUSE_SPARSE_H
#define MMTUI_CAUSE_SPARSE_H

#include <stdbool.h>
#include <stdint.h>

#define SPARSE_COUNT 4096 /* positions that are looked at, about */

/*
 * About `places` positions among `count`, from 0 on; of at most `places` all. Not at an even step, which would see one
 * column of a width that divides it: every third step from a multiple of it is longer by one. Counted, for a division
 * at every position costs more than what is looked at there.
 */
struct sparse {
    int64_t at;
    int64_t step, rest; /* at % step */
    unsigned third;     /* at / step % 3 */
};

static inline struct sparse sparse_first(int64_t count, int64_t places)
{
    return (struct sparse){.step = count / places + 1};
}

/* Without branches, for which of the three it is changes each time. */
static inline void sparse_next(struct sparse *sparse)
{
    static const uint8_t then[] = {1, 2, 0};
    int64_t longer = (sparse->step > 1) & (sparse->third == 0);
    sparse->at += sparse->step + longer;
    sparse->rest += longer;
    sparse->third = then[sparse->third];
    if (sparse->rest == sparse->step) {
        sparse->rest = 0;
        sparse->third = then[sparse->third];
    }
}

#endif
