/*
 * A trail of jumps from layer to layer. Going back means something only as long as one stands where the last
 * jump landed: who has walked on since starts anew.
 */
#ifndef MMTUI_VIEWS_JUMP_LIST_H
#define MMTUI_VIEWS_JUMP_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define JUMP_LIST_MAX 64 /* older jumps are forgotten */

struct jump_list {
    size_t from[JUMP_LIST_MAX], to[JUMP_LIST_MAX];
    int count;
};

void jump_list_add(struct jump_list *jumps, size_t from, size_t to);
/* Back from `here`: *from is where the jump to it began. False when no jump landed here. */
bool jump_list_back(struct jump_list *jumps, size_t here, size_t *from);

#endif
