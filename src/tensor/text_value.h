/* text_value: where a value of decimal text begins and ends, and what a single one says. Used by the text
 * tiles. */
#ifndef MMTUI_TENSOR_TEXT_VALUE_H
#define MMTUI_TENSOR_TEXT_VALUE_H

#include "mmtui/tensor.h"

/*
 * [0-9a-zA-Z_.+-]: a number, inf, nan or a field's name is a stretch of these. '_' belongs to names only; a
 * number that has one is no number.
 */
static inline bool mm_in_word(uint8_t c)
{
    static const uint64_t set[4] = {0x3ffull << '0' | 1ull << '.' | 1ull << '+' | 1ull << '-',
                                    0x3ffffffull << ('A' - 64) | 0x3ffffffull << ('a' - 64) |
                                        1ull << ('_' - 64)};

    return set[c >> 6] >> (c & 63) & 1;
}

static inline const uint8_t *mm_past_word(const uint8_t *p, const uint8_t *end)
{
    while (p < end && mm_in_word(*p))
        p++;
    return p;
}

/* Where the next value starts, or end: past white space, punctuation, comments and names with a colon. */
const uint8_t *mm_find_value(const uint8_t *p, const uint8_t *end);
/* Does the whole word [p, end) say a value of the dtype? */
bool mm_read_word(const uint8_t *p, const uint8_t *end, enum mm_dtype dtype, double *value);

#endif
