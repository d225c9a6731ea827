/* fit: in which way the shape of one side lies over that of the other. Private to pair. */
#ifndef MMTUI_PAIR_FIT_H
#define MMTUI_PAIR_FIT_H

#include "mmtui/pair.h"

/*
 * From the shapes of both sides as they were dumped: how they fit, and what is to be done to each of them for it
 * (lay[2]: src, dst; zeroed where nothing is). `layout` is what all of the dumps have, or NULL. Names come first (their
 * @axis, axis[2]); then shapes as they are; then both without axes of length 1; then what the layout cuts off.
 */
enum mm_shape_match fit_find(const struct mm_shape *const shape[2], const struct mm_axis *const axis[2],
                             const struct mm_layout *layout, struct mm_laying lay[2]);

#endif
