/* The attributes of a node, and what stands for them when the node is in a local function. */
#include "graph/onnx.h"

int mm_onnx_text(const struct mm_onnx *onnx, const struct mm_wire_field *message, uint32_t number,
                 struct mm_arena *arena, const char **text, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, message);
    struct mm_wire_field field;
    int more;
    *text = "";
    while ((more = mm_onnx_next(onnx, &wire, &field, "a message", err)) > 0) {
        if (field.number != number || field.type != MM_WIRE_BYTES)
            continue;
        *text = mm_arena_strndup(arena, (const char *)field.data, field.size);
        if (!*text)
            return mm_fail_memory(err);
    }
    return more;
}

static const struct mm_onnx_bound *find_bound(const struct mm_onnx_frame *frame,
                                              const struct mm_wire_field *name)
{
    for (size_t i = 0; i < frame->bounds; i++) {
        if (strlen(frame->bound[i].name) == name->size &&
            memcmp(frame->bound[i].name, name->data, name->size) == 0)
            return &frame->bound[i];
    }
    return NULL;
}

/* Put what it stands for in its place. 1: it counts; 0: the call has no such attribute. */
static int resolve(const struct mm_onnx *onnx, struct mm_onnx_attribute *attribute, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, &attribute->own);
    struct mm_wire_field field, name = {.data = NULL};
    int more;
    while ((more = mm_onnx_next(onnx, &wire, &field, "an attribute", err)) > 0) {
        if (field.number == ONNX_ATTRIBUTE_REFERENCE && field.type == MM_WIRE_BYTES)
            name = field;
    }
    if (more < 0)
        return -1;
    if (!name.data || name.size == 0)
        return 1;
    const struct mm_onnx_bound *bound = find_bound(attribute->frame, &name);
    if (!bound)
        return 0;
    attribute->value = bound->attribute.value;
    attribute->frame = bound->attribute.frame;
    return 1;
}

int mm_onnx_next_attribute(const struct mm_onnx *onnx, struct mm_wire *wire,
                           struct mm_onnx_attribute *attribute, struct mm_err *err)
{
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next(onnx, wire, &field, "a node", err)) > 0) {
        if (field.number != ONNX_NODE_ATTRIBUTE || field.type != MM_WIRE_BYTES)
            continue;
        *attribute = (struct mm_onnx_attribute){field, field, onnx->frame};
        int found = onnx->frame ? resolve(onnx, attribute, err) : 1;
        if (found != 0)
            return found;
    }
    return more;
}
