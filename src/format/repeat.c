/* Counting repeated fields that are not packed, at the speed of memory: every tag is looked at. */
#include "format/repeat.h"

#include <string.h>

void mm_repeat_init(struct mm_repeat *repeat, const uint8_t *tag, size_t tag_size, size_t fixed)
{
    uint8_t mask[sizeof repeat->mask] = {0}, want[sizeof repeat->want] = {0};
    repeat->step = tag_size + (fixed ? fixed : 1);
    for (size_t i = 0; i < MM_REPEAT_GROUP; i++) {
        memset(mask + i * repeat->step, 0xff, tag_size);
        memcpy(want + i * repeat->step, tag, tag_size);
        if (!fixed) /* the top bit of a varint's last byte is not set */
            mask[i * repeat->step + tag_size] = 0x80;
    }
    memcpy(repeat->mask, mask, sizeof mask);
    memcpy(repeat->want, want, sizeof want);
}

/* Inline, so that the usual step is a constant. */
static inline __attribute__((always_inline)) size_t count_groups(const struct mm_repeat *repeat, size_t step,
                                                                 const uint8_t *p, const uint8_t *end)
{
    size_t count = 0;
    for (; (size_t)(end - p) >= MM_REPEAT_GROUP * step; p += MM_REPEAT_GROUP * step) {
        mm_repeat_bytes other = {0}, bytes;
#pragma GCC unroll 5
        for (size_t i = 0; i < step; i++) {
            memcpy(&bytes, p + i * sizeof bytes, sizeof bytes);
            other |= (bytes ^ repeat->want[i]) & repeat->mask[i];
        }
        uint64_t half[2];
        memcpy(half, &other, sizeof half);
        if (half[0] | half[1])
            break;
        count += MM_REPEAT_GROUP;
    }
    return count;
}

size_t mm_repeat_count(const struct mm_repeat *repeat, const uint8_t *p, const uint8_t *end)
{
    if (repeat->step == 5)
        return count_groups(repeat, 5, p, end);
    return count_groups(repeat, repeat->step, p, end);
}
