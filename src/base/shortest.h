/* shortest: the digits of a double. */
#ifndef MMTUI_BASE_SHORTEST_H
#define MMTUI_BASE_SHORTEST_H

/*
 * The shortest decimal that reads back as `value` (finite, > 0), of those the closest, of two as close the
 * even one: digits without trailing zeros, NUL-terminated, and value = 0.digits * 10^point. Returns their
 * number.
 */
int mm_shortest(double value, char digits[20], int *point);

#endif
