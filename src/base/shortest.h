/* shortest: the digits of a double, fast. */
#ifndef MMTUI_BASE_SHORTEST_H
#define MMTUI_BASE_SHORTEST_H

/*
 * The shortest decimal that reads back as `value` (normal, finite, > 0), of those the closest: digits without
 * trailing zeros, NUL-terminated, and value = 0.digits * 10^point. Returns their number, or 0 in the rare
 * cases that this way can't decide (ties, powers of two): then the slow way must.
 */
int mm_shortest_fast(double value, char digits[20], int *point);

#endif
