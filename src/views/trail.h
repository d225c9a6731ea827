/*
 * A trail of jumps from layer to layer. Going back means something only as long as one stands where the last
 * jump landed: who has walked on since starts anew.
 */
#ifndef MMTUI_VIEWS_TRAIL_H
#define MMTUI_VIEWS_TRAIL_H

#include <stdbool.h>
#include <stddef.h>

#define TRAIL_MAX 64 /* older jumps are forgotten */

struct trail {
    size_t from[TRAIL_MAX], to[TRAIL_MAX];
    int count;
};

void trail_jump(struct trail *trail, size_t from, size_t to);
/* Back from `here`: *from is where the jump to it began. False when no jump landed here. */
bool trail_back(struct trail *trail, size_t here, size_t *from);

#endif
