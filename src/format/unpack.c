/* A supply of unpacked values: a window anywhere, or all. */
#include "format/unpack.h"

#define WINDOW ((size_t)64 << 10)

struct unpack {
    struct mm_supply supply; /* the first member */
    struct mm_arena *arena;  /* the load's */
    const uint8_t *packed;
    unsigned bits;
    uint8_t window[WINDOW];
};

static const uint8_t *at(struct mm_supply *supply, uint64_t offset, size_t want, size_t *have)
{
    struct unpack *unpack = (struct unpack *)supply;
    uint64_t left = supply->end - offset;
    *have = want < WINDOW ? want : WINDOW;
    if (*have > left)
        *have = (size_t)left;
    mm_unpack_bits(unpack->bits, unpack->packed, offset, *have, unpack->window);
    return unpack->window;
}

static const uint8_t *all(struct mm_supply *supply)
{
    struct unpack *unpack = (struct unpack *)supply;
    uint8_t *whole = supply->whole ? NULL : mm_arena_array(unpack->arena, (size_t)supply->end, 1);
    if (whole) {
        mm_unpack_bits(unpack->bits, unpack->packed, 0, (size_t)supply->end, whole);
        supply->whole = whole;
    }
    return supply->whole;
}

int mm_unpack_supply(struct mm_load *load, unsigned bits, const uint8_t *packed, struct mm_err *err)
{
    struct unpack *unpack = mm_arena_alloc(&load->arena, sizeof *unpack);
    if (!unpack)
        return mm_fail_memory(err);
    unpack->supply = (struct mm_supply){.at = at, .all = all, .end = (uint64_t)load->tensor.count};
    unpack->arena = &load->arena;
    unpack->packed = packed;
    unpack->bits = bits;
    load->tensor.supply = load->supply = &unpack->supply;
    return 0;
}
