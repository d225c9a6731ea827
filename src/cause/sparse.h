/* sparse: positions spread over a tensor, for the first look of a cause. Private to cause. */
#ifndef MMTUI_CAUSE_SPARSE_H
#define MMTUI_CAUSE_SPARSE_H

#include <stdint.h>

#define SPARSE_COUNT 4096 /* positions that are looked at, about */

/*
 * The position after i of about SPARSE_COUNT among `count`, from 0 on. Not an even step, which would see one column of a
 * width that divides it. Of at most SPARSE_COUNT positions all.
 */
static inline int64_t sparse_next(int64_t i, int64_t count)
{
    int64_t step = count / SPARSE_COUNT + 1;
    return i + step + (step > 1 && i / step % 3 == 0);
}

#endif
