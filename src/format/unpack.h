/* unpack: values of fewer than 8 bits that stand without gaps, taken apart as they are asked for. */
#ifndef FORMAT_UNPACK_H
#define FORMAT_UNPACK_H

#include "mmtui/format.h"

/*
 * Make the load's tensor, whose RAW run of `count` values was to be at `packed`, read them from there: `bits` bits each,
 * the first one in the lowest bits. The bytes must live as long as the load, and it must not be moved. Any part can be had
 * at any time; memory for all of them is only taken where a reader wants all at once. -1: memory is out.
 */
int mm_unpack_supply(struct mm_load *load, unsigned bits, const uint8_t *packed, struct mm_err *err);

#endif
