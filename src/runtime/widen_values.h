/* widen_values: constants of a model as float32, in its messages or, larger ones, in a file beside it. */
#ifndef MMTUI_RUNTIME_WIDEN_VALUES_H
#define MMTUI_RUNTIME_WIDEN_VALUES_H

#include "mmtui/base.h"
#include "runtime/model_edit.h"

struct widen_values {
    const char *folder, *name; /* of the file; borrowed */
    struct mm_atomic file;
    bool is_open;
    uint64_t size; /* bytes in it */
};

/* The file is made with the first constant that goes to it. */
void widen_values_init(struct widen_values *values, const char *folder, const char *name);
/*
 * Append the TensorProto `field` of the model to `out`: float16 as float32, other types as they are. A larger one goes to the
 * file where `outside` says that it may, and so does what lay outside of the model before. -1: its values can't be read.
 */
int widen_values_tensor(struct widen_values *values, struct model_edit *edit,
                        const struct mm_wire_field *field, bool outside, struct mm_buf *out,
                        struct mm_err *err);
/* Put the file in its place, or remove it where `result`, which is handed back, is -1. */
int widen_values_end(struct widen_values *values, int result, struct mm_err *err);

#endif
