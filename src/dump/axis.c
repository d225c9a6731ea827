/* Undoing the layout change that a file name carries. */
#include "mmtui/dump.h"

/* order[i] = the original axis that the dump has at place i, for "axis `from` was moved to place `to`". */
static bool order_of_move(const struct mm_axis *axis, int rank, int order[MM_RANK_MAX])
{
    int from = axis->from < 0 ? axis->from + rank : axis->from;
    int to = axis->to < 0 ? axis->to + rank : axis->to;
    if (from < 0 || from >= rank || to < 0 || to >= rank)
        return false;
    int next = 0;
    for (int i = 0; i < rank; i++) {
        if (next == from)
            next++;
        order[i] = i == to ? from : next++;
    }
    return true;
}

static bool order_of_list(const struct mm_axis *axis, int rank, int order[MM_RANK_MAX])
{
    if (axis->rank != rank)
        return false;
    for (int i = 0; i < rank; i++)
        order[i] = axis->perm[i];
    return true;
}

static bool invert(const int order[MM_RANK_MAX], int rank, int perm[MM_RANK_MAX])
{
    bool seen[MM_RANK_MAX] = {false};
    for (int i = 0; i < rank; i++) {
        if (order[i] < 0 || order[i] >= rank || seen[order[i]])
            return false;
        seen[order[i]] = true;
        perm[order[i]] = i;
    }
    return true;
}

bool mm_axis_undo(const struct mm_axis *axis, int rank, int perm[MM_RANK_MAX])
{
    int order[MM_RANK_MAX];
    if (rank < 0 || rank > MM_RANK_MAX)
        return false;
    for (int i = 0; i < rank; i++)
        order[i] = i;
    if (axis->kind == MM_AXIS_MOVE && !order_of_move(axis, rank, order))
        return false;
    if (axis->kind == MM_AXIS_PERMUTE && !order_of_list(axis, rank, order))
        return false;
    return invert(order, rank, perm);
}
