#include "views/jump_list.h"

#include <string.h>

void jump_list_add(struct jump_list *jumps, size_t from, size_t to)
{
    if (jumps->count > 0 && jumps->to[jumps->count - 1] != from)
        jumps->count = 0; /* walked on since */
    if (jumps->count == JUMP_LIST_MAX) {
        memmove(jumps->from, jumps->from + 1, (JUMP_LIST_MAX - 1) * sizeof jumps->from[0]);
        memmove(jumps->to, jumps->to + 1, (JUMP_LIST_MAX - 1) * sizeof jumps->to[0]);
        jumps->count--;
    }
    jumps->from[jumps->count] = from;
    jumps->to[jumps->count++] = to;
}

bool jump_list_back(struct jump_list *jumps, size_t here, size_t *from)
{
    if (jumps->count == 0 || jumps->to[jumps->count - 1] != here) {
        jumps->count = 0;
        return false;
    }
    *from = jumps->from[--jumps->count];
    return true;
}
