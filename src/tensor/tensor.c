/* Making views of tensors: raw, column-major, permuted, flattened. */
#include "mmtui/tensor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void mm_tensor_raw(struct mm_tensor *tensor, enum mm_dtype dtype, const struct mm_shape *shape,
                   const void *data, struct mm_run *run)
{
    int64_t count = mm_shape_count(shape);

    memset(tensor, 0, sizeof(*tensor));
    tensor->dtype = tensor->stored = dtype;
    tensor->shape = *shape;
    tensor->count = count < 0 ? 0 : count;
    tensor->run = run;
    tensor->runs = 1;
    *run = (struct mm_run){.data = data, .count = tensor->count};
    run->size = (size_t)tensor->count * mm_dtype_info(dtype)->bytes;
}

bool mm_tensor_settled(const struct mm_tensor *tensor)
{
    return !tensor->supply || tensor->supply->whole;
}

const uint8_t *mm_tensor_bytes(const struct mm_tensor *tensor, size_t run, size_t offset, size_t size)
{
    struct mm_supply *supply = tensor->supply;
    const uint8_t *bytes;
    size_t have;

    if (!supply)
        return tensor->run[run].data + offset;
    if (supply->whole)
        return supply->whole + supply->begin + offset;
    bytes = supply->at(supply, supply->begin + offset, size, &have);
    if (bytes && have >= size)
        return bytes;
    return supply->all(supply) ? supply->whole + supply->begin + offset : NULL;
}

bool mm_tensor_lane_f(const struct mm_tensor *tensor)
{
    return mm_dtype_info(tensor->dtype)->lane_f && !tensor->quantised;
}

static bool viewable(const struct mm_tensor *tensor)
{
    return tensor->encoding == MM_ENC_RAW && tensor->runs <= 1;
}

/* Row-major strides; those of an empty tensor are never used. */
static void row_major(const struct mm_shape *shape, int64_t stride[MM_RANK_MAX])
{
    int64_t step = 1;

    for (int i = shape->rank - 1; i >= 0; i--) {
        stride[i] = step;
        if (!mm_mul_i64(step, shape->dim[i], &step))
            step = 0;
    }
}

void mm_tensor_fortran(struct mm_tensor *tensor)
{
    int64_t step = 1;

    if (!viewable(tensor) || tensor->shape.rank < 2)
        return;
    for (int i = 0; i < tensor->shape.rank; i++) {
        tensor->stride[i] = step;
        if (!mm_mul_i64(step, tensor->shape.dim[i], &step))
            step = 0;
    }
    tensor->strided = true;
}

static bool is_permutation(const int *perm, int rank)
{
    unsigned seen = 0;

    for (int i = 0; i < rank; i++) {
        if (perm[i] < 0 || perm[i] >= rank || (seen >> perm[i] & 1u))
            return false;
        seen |= 1u << perm[i];
    }
    return true;
}

/* Axes of length 1 may have moved without anything changing in memory. */
static bool is_row_major(const struct mm_tensor *tensor)
{
    int64_t stride[MM_RANK_MAX];

    row_major(&tensor->shape, stride);
    for (int i = 0; i < tensor->shape.rank; i++)
        if (tensor->shape.dim[i] != 1 && tensor->stride[i] != stride[i])
            return false;
    return true;
}

int mm_tensor_permute(const struct mm_tensor *tensor, const int *perm, struct mm_tensor *out,
                      struct mm_err *err)
{
    struct mm_tensor view = *tensor;
    int64_t stride[MM_RANK_MAX] = {0};

    if (!is_permutation(perm, tensor->shape.rank))
        return mm_fail(err, MM_EARG, "not a permutation of %d axes", tensor->shape.rank);
    if (!viewable(tensor))
        return mm_fail(err, MM_EUNSUPPORTED, "packed values can't be viewed in another order");
    if (tensor->strided)
        memcpy(stride, tensor->stride, sizeof(stride));
    else
        row_major(&tensor->shape, stride);
    for (int i = 0; i < tensor->shape.rank; i++) {
        view.shape.dim[i] = tensor->shape.dim[perm[i]];
        view.stride[i] = stride[perm[i]];
    }
    view.strided = !is_row_major(&view);
    for (int i = 0; tensor->scales && i < tensor->shape.rank; i++) {
        if (perm[i] == tensor->scale_axis)
            view.scale_axis = i;
    }
    *out = view;
    return 0;
}

/* Where the part begins, in elements; false where it does not lie inside. */
static bool part_begins(const struct mm_tensor *tensor, const int64_t *from, const struct mm_shape *shape,
                        int64_t *begin)
{
    *begin = 0;
    if (shape->rank != tensor->shape.rank)
        return false;
    for (int i = 0; i < shape->rank; i++) {
        if (from[i] < 0 || shape->dim[i] < 0 || from[i] > tensor->shape.dim[i] - shape->dim[i])
            return false;
        *begin += from[i] * tensor->stride[i];
    }
    return true;
}

int mm_tensor_cut(const struct mm_tensor *tensor, const int64_t *from, const struct mm_shape *shape,
                  struct mm_tensor *out, struct mm_run *run, struct mm_err *err)
{
    struct mm_tensor view = *tensor;
    int64_t begin, skip;

    bool scaled = tensor->scales && tensor->scales->count > 1 && tensor->scale_axis < shape->rank &&
                  shape->dim[tensor->scale_axis] != tensor->shape.dim[tensor->scale_axis];

    if (!viewable(tensor) || tensor->supply || tensor->runs == 0 || scaled)
        return mm_fail(err, MM_EUNSUPPORTED, "a part of packed values can't be viewed");
    if (!view.strided)
        row_major(&view.shape, view.stride);
    if (!part_begins(&view, from, shape, &begin))
        return mm_fail(err, MM_EARG, "the part does not lie inside the tensor");
    view.shape = *shape;
    view.count = mm_shape_count(shape);
    *run = *tensor->run;
    run->count = view.count;
    if (view.count > 0 && (!mm_mul_i64(begin, mm_dtype_info(view.stored)->bytes + run->gap, &skip) ||
                           (uint64_t)skip > run->size))
        return mm_fail(err, MM_ECORRUPT, "the part lies behind the end of the values");
    if (view.count > 0) {
        run->data += skip;
        run->size -= (size_t)skip;
    }
    view.run = run;
    view.strided = !is_row_major(&view);
    *out = view;
    return 0;
}

/* A tile at a time, so that it can be stopped. */
static int decode_into(const struct mm_tensor *tensor, bool floats, void *memory, const atomic_bool *cancel,
                       struct mm_err *err)
{
    struct mm_cursor cursor;
    size_t count = (size_t)tensor->count;

    mm_cursor_init(&cursor, tensor);
    for (size_t done = 0, n, wanted; done < count; done += n) {
        if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "stopped");
        wanted = count - done < MM_TILE ? count - done : MM_TILE;
        n = floats ? mm_cursor_float(&cursor, (float *)memory + done, wanted)
                   : mm_cursor_double(&cursor, (double *)memory + done, wanted);
        if (n < wanted)
            return mm_fail(err, MM_ECORRUPT, "element %zu of %zu can't be read", done + n, count);
    }
    return 0;
}

void *mm_tensor_decode(const struct mm_tensor *tensor, bool floats, const atomic_bool *cancel,
                       struct mm_err *err)
{
    struct mm_shape shape = tensor->shape;
    void *memory = NULL;
    size_t size;

    floats = floats && mm_tensor_lane_f(tensor);
    if (tensor->count < 0 || tensor->count != mm_shape_count(&shape) ||
        !mm_mul((size_t)tensor->count, floats ? sizeof(float) : sizeof(double), &size)) {
        mm_fail(err, MM_ECORRUPT, "impossible number of elements (%" PRId64 ")", tensor->count);
        return NULL;
    }
    memory = malloc(size > 0 ? size : 1);
    if (!memory) {
        mm_fail_memory(err);
        return NULL;
    }
    if (decode_into(tensor, floats, memory, cancel, err) == 0)
        return memory;
    free(memory);
    return NULL;
}

int mm_tensor_flatten(const struct mm_tensor *tensor, const atomic_bool *cancel, struct mm_tensor *out,
                      void **memory, struct mm_run *run, struct mm_err *err)
{
    struct mm_shape shape = tensor->shape;
    /* what was a code is a real number now */
    enum mm_dtype dtype = tensor->quantised ? MM_F64 : tensor->dtype;
    enum mm_dtype stored = mm_tensor_lane_f(tensor) ? MM_F32 : MM_F64;

    *memory = mm_tensor_decode(tensor, true, cancel, err);
    if (!*memory)
        return -1;
    mm_tensor_raw(out, stored, &shape, *memory, run);
    out->dtype = dtype;
    return 0;
}
