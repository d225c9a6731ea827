/*
 * power10: the powers of ten from 10^-342 to 10^324, each as its first 128 bits, cut off below. For reading
 * decimals (tensor/decimal.h) and for writing them (base/shortest.h).
 */
#ifndef MMTUI_BASE_POWER10_H
#define MMTUI_BASE_POWER10_H

#include <stdint.h>

#define MM_POWER10_LEAST (-342) /* 2^64 10^-343 is less than half of the least double */
#define MM_POWER10_MOST  324    /* the least double is 4.9 10^-324 */
#define MM_POWER10_COUNT (MM_POWER10_MOST - MM_POWER10_LEAST + 1)

extern const uint64_t mm_power10_high[MM_POWER10_COUNT];
extern const uint64_t mm_power10_low[MM_POWER10_COUNT];

/* floor(log2(10^q)), exact for all powers in the table. */
static inline int mm_power10_log2(int q)
{
    return (q * 217706) >> 16;
}

#endif
