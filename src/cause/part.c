/* A few channels of a large operator that works on each channel alone: enough to see whether a variant is worth a look. */
#include "cause/recompute.h"

#include <string.h>

#define PART_FROM    ((int64_t)1 << 17) /* elements of a result that is large */
#define PART_MOST    ((int64_t)1 << 15) /* of the part, or one channel */
#define RESIZE_SIZES 3                  /* an input with the length of each axis */

static int64_t elements_behind(const struct mm_shape *shape, int axis)
{
    int64_t count = 1;
    for (int i = axis; i < shape->rank; i++)
        count *= shape->dim[i];
    return count;
}

/* Channels first .. first + count - 1 of the first picture; nothing is copied. */
static struct mm_value channels_of(const struct mm_value *from, int64_t first, int64_t count)
{
    struct mm_value part = *from;
    int64_t inner = elements_behind(&from->shape, 2);
    part.owned = NULL;
    part.shape.dim[0] = 1;
    part.shape.dim[1] = count;
    part.count = count * inner;
    part.f = from->f ? from->f + first * inner : NULL;
    part.i = from->i ? from->i + first * inner : NULL;
    return part;
}

static bool is_by_channel(const struct mm_operator_call *call)
{
    const struct mm_operator *operator= mm_operator_find(call->node->domain, call->node->op_type);
    return operator&& call->output ==
           0 &&(operator->kind == MM_OPERATOR_POOL || operator->kind == MM_OPERATOR_RESIZE ||
                operator->kind == MM_OPERATOR_ELEMENTWISE) &&
           strcmp(call->node->op_type, "GridSample") != 0 && strcmp(call->node->op_type, "RoiAlign") != 0;
}

/* Each input as it is, or of the same shape as the first, and cut. False: another one, which may be a channel's. */
static bool cut_inputs(const struct mm_operator_call *call, int64_t first, int64_t count, struct part *part)
{
    const struct mm_value *x = call->input[0];
    for (int k = 0; k < call->node->input_count; k++) {
        const struct mm_value *input = call->input[k];
        part->input[k] = input;
        if (!input || input->count <= 1)
            continue;
        if (mm_shape_equal(&input->shape, &x->shape)) {
            part->value[k] = channels_of(input, first, count);
            part->input[k] = &part->value[k];
        } else if (input->shape.rank != 1 || part->kind != MM_OPERATOR_RESIZE) {
            return false;
        }
    }
    return true;
}

/* Sizes are those of all axes: the part has fewer channels. */
static void cut_sizes(const struct mm_operator_call *call, int64_t count, struct part *part)
{
    const struct mm_value *sizes = call->node->input_count > RESIZE_SIZES ? call->input[RESIZE_SIZES] : NULL;
    if (!sizes || !sizes->i || sizes->count != call->input[0]->shape.rank || sizes->count > MM_RANK_MAX)
        return;
    memcpy(part->sizes, sizes->i, (size_t)sizes->count * sizeof *part->sizes);
    part->sizes[0] = 1;
    part->sizes[1] = count;
    part->value[RESIZE_SIZES] = mm_value_ints(&sizes->shape, part->sizes);
    part->input[RESIZE_SIZES] = &part->value[RESIZE_SIZES];
}

bool part_of(const struct mm_operator_call *call, const struct mm_value *y, struct part *part)
{
    const struct mm_value *x = call->node->input_count > 0 ? call->input[0] : NULL;
    if (y->count < PART_FROM || !x || x->shape.rank < 3 || y->shape.rank != x->shape.rank ||
        !is_by_channel(call) || x->shape.dim[0] != y->shape.dim[0] || x->shape.dim[1] != y->shape.dim[1])
        return false;
    int64_t inner = elements_behind(&y->shape, 2), channels = y->shape.dim[1];
    int64_t count = inner < PART_MOST ? PART_MOST / inner : 1;
    count = count < channels ? count : channels;
    int64_t first = (channels - count) / 2;
    *part =
        (struct part){.kind = mm_operator_find(call->node->domain, call->node->op_type)->kind, .call = *call};
    if (!cut_inputs(call, first, count, part))
        return false;
    if (part->kind == MM_OPERATOR_RESIZE)
        cut_sizes(call, count, part);
    part->call.input = part->input;
    part->y = channels_of(y, first, count);
    return true;
}
