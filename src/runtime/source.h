/* source: operators of ours without inputs, which hand over a tensor while the model runs; one a type of tensor. */
#ifndef MMTUI_RUNTIME_SOURCE_H
#define MMTUI_RUNTIME_SOURCE_H

#include "runtime/session.h"

#define SOURCE_TYPES 16

/* What gives the values of tensor `number` by calling source_give once. -1: it can't, and the run ends. */
struct source_call;
typedef int source_ask(void *context, size_t number, struct source_call *call, struct mm_err *err);

struct sources;
struct source_op {
    struct ort_custom_op op; /* first: what the runtime hands back */
    struct sources *sources;
    enum mm_dtype dtype;
    char name[16];
};

struct sources {
    const struct mm_ort *ort;
    struct source_op type[SOURCE_TYPES];
    const struct ort_custom_op *op[SOURCE_TYPES]; /* for the tap's `others` */
    size_t types;
    source_ask *ask;
    void *context;
    struct tap *tap; /* through which a failure ends the run */
    int64_t failed;  /* the number that could not be had; -1 */
};

void sources_init(struct sources *sources, struct tap *tap, source_ask *ask, void *context);
/* Is there a source of this type? */
bool source_has(enum mm_dtype dtype);
/*
 * Hand over a tensor in this shape, which has as many elements: floats are rounded to the wanted format, integers must
 * keep their values. -1: they don't, a value can't be read, or memory.
 */
int source_give(struct source_call *call, const struct mm_tensor *tensor, const struct mm_shape *shape,
                struct mm_err *err);

#endif
