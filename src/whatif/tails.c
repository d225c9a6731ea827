/* The few greatest values of a stream: a heap, sorted in the end. */
#include "whatif/tails.h"

#include <math.h>
#include <stdlib.h>

void mm_tail_init(struct mm_tail *tail, double *memory, size_t room)
{
    *tail = (struct mm_tail){memory, room};
    for (size_t i = 0; i < room; i++)
        memory[i] = -INFINITY;
}

void mm_tail_put(struct mm_tail *tail, double x)
{
    double *value = tail->value;
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < tail->room && value[child + 1] < value[child])
            child++;
        if (child >= tail->room || value[child] >= x)
            break;
        value[at] = value[child];
        at = child;
    }
    value[at] = x;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

void mm_tail_sort(struct mm_tail *tail)
{
    qsort(tail->value, tail->room, sizeof(*tail->value), descending);
}
