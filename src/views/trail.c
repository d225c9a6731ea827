#include "views/trail.h"

#include <string.h>

void trail_jump(struct trail *trail, size_t from, size_t to)
{
    if (trail->count > 0 && trail->to[trail->count - 1] != from)
        trail->count = 0; /* walked on since */
    if (trail->count == TRAIL_MAX) {
        memmove(trail->from, trail->from + 1, (TRAIL_MAX - 1) * sizeof trail->from[0]);
        memmove(trail->to, trail->to + 1, (TRAIL_MAX - 1) * sizeof trail->to[0]);
        trail->count--;
    }
    trail->from[trail->count] = from;
    trail->to[trail->count++] = to;
}

bool trail_back(struct trail *trail, size_t here, size_t *from)
{
    if (trail->count == 0 || trail->to[trail->count - 1] != here) {
        trail->count = 0;
        return false;
    }
    *from = trail->from[--trail->count];
    return true;
}
