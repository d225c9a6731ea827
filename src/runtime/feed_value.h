/* feed_value: one value for an input of a model, in memory of its own. Private to runtime. */
#ifndef MMTUI_RUNTIME_FEED_VALUE_H
#define MMTUI_RUNTIME_FEED_VALUE_H

#include "mmtui/runtime.h"

/* A value, in memory of its own. */
struct value {
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_buf bytes;
    struct mm_tensor *item; /* of a sequence: tensors of other values */
    size_t items, item_room;
    char *file; /* that it is from; NULL: made up */
};

/* May a value of one dtype be given as one of the other: floats are rounded, whole numbers kept? */
bool feed_value_converts(enum mm_dtype from, enum mm_dtype to);
/* Into a zeroed value: the tensor's elements, in the wanted dtype where it converts to that. -1: one of them is none of it, or
 * memory. */
int feed_value_read(struct value *value, const struct mm_tensor *tensor, enum mm_dtype wanted,
                    const char *label, struct mm_err *err);
/* Made up: floats evenly between -1 and 1, integers 0 or 1. The shape has no open dimension. */
int feed_value_make(struct value *value, enum mm_dtype dtype, const struct mm_shape *shape, uint64_t *state,
                    struct mm_err *err);

#endif
