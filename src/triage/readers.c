/* Whom a layer's error reaches: what reads it, and what reads that. */
#include <math.h>

#include "triage/readers.h"

/* Readers that see less than this share of a layer's error don't mind it. */
#define READERS_SHARE 0.1

/* Over, by what came in: not by a fault of its own, of which the layer before it knows nothing. */
static bool suffers(const struct mm_flow *flow, const struct mm_blame *blame, uint32_t id, uint32_t reader)
{
    const struct mm_blame *there = &blame[reader];
    bool from_here = flow->known ? !there->starts : there->root == (int32_t)id;
    return there->over && from_here;
}

/* An over reader that nobody minds behind it is the end of that way. */
static bool is_end(const struct mm_flow *flow, const struct mm_blame *blame, uint32_t id)
{
    return blame[id].readers_hurt || (flow->role[id] & MM_ROLE_OUTPUT) || blame[id].readers == 0;
}

static void look(const struct mm_flow *flow, struct mm_blame *blame, uint32_t id)
{
    struct mm_blame *here = &blame[id];
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        uint32_t reader = flow->reader[e];
        const struct mm_blame *there = &blame[reader];
        if (reader <= id || isnan(there->error))
            continue;
        here->readers++;
        here->readers_mind = here->readers_mind || (there->over && there->readers_mind);
        here->readers_hurt =
            here->readers_hurt || (suffers(flow, blame, id, reader) && is_end(flow, blame, reader));
        here->readers_direct = fmax(here->readers_direct, there->error);
        here->readers_error = fmax(here->readers_error, there->over ? there->readers_error : there->error);
    }
    bool told = flow->known && here->readers > 0 && !(flow->role[id] & MM_ROLE_OUTPUT);
    here->readers_mind = here->readers_mind || !told || here->readers_error > READERS_SHARE * here->error;
}

void readers_find(const struct mm_flow *flow, struct mm_blame *blame)
{
    for (uint32_t id = (uint32_t)flow->count; id-- > 0;) {
        blame[id].readers = 0;
        blame[id].readers_error = blame[id].readers_direct = 0;
        blame[id].readers_mind = blame[id].readers_hurt = flow->known && blame[id].reaches;
        look(flow, blame, id);
    }
}
