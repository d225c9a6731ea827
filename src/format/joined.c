/* Parts of a tensor, put together along an axis. */
#include "format/joined.h"

#include <stdlib.h>
#include <string.h>

struct mm_joined_load {
    struct mm_supply supply; /* the first member */
    const struct mm_joined *of;
    struct mm_load *part; /* [of->count], of which `opened` are open */
    size_t opened;
    int axis;                  /* from 0 on */
    bool plain;                /* the parts' bytes are put together as they are */
    struct mm_tensor whole;    /* what the parts make; not where they are copies */
    size_t element;            /* bytes of one of its values */
    const atomic_bool *cancel; /* may be NULL */
    void *memory;
    struct mm_run run;
    struct mm_err err; /* why values could not be had */
    bool copies;       /* the tensor is the first part alone */
};

/* ---- shapes ---- */

static int fail_shapes(const struct mm_load *load, size_t place, struct mm_err *err)
{
    const struct mm_joined *of = load->joined->of;
    char first[100], other[100];
    mm_shape_text(&load->joined->part[0].tensor.shape, false, first, sizeof first);
    mm_shape_text(&load->joined->part[place].tensor.shape, false, other, sizeof other);
    return mm_fail(err, MM_EUNSUPPORTED, "%s: can't be joined along axis %d: %s is %s, %s is %s",
                   load->entry->label, of->axis, of->part[0].label, first, of->part[place].label, other);
}

static bool equal_but_for(const struct mm_shape *a, const struct mm_shape *b, int axis)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++) {
        if (i != axis && a->dim[i] != b->dim[i])
            return false;
    }
    return true;
}

/* The whole's shape; copies where no part has the axis. */
static int join_shapes(struct mm_load *load, struct mm_shape *shape, struct mm_err *err)
{
    struct mm_joined_load *joined = load->joined;
    *shape = joined->part[0].tensor.shape;
    joined->axis = joined->of->axis < 0 ? joined->of->axis + shape->rank : joined->of->axis;
    joined->copies = joined->axis < 0 || joined->axis >= shape->rank;
    for (size_t i = 1; i < joined->of->count; i++) {
        const struct mm_shape *part = &joined->part[i].tensor.shape;
        if (!equal_but_for(shape, part, joined->copies ? -1 : joined->axis))
            return fail_shapes(load, i, err);
        if (!joined->copies && __builtin_add_overflow(shape->dim[joined->axis], part->dim[joined->axis],
                                                      &shape->dim[joined->axis]))
            return fail_shapes(load, i, err);
    }
    return 0;
}

/* ---- number formats ---- */

static bool is_plain(const struct mm_tensor *tensor)
{
    return tensor->encoding == MM_ENC_RAW && tensor->stored == tensor->dtype && !tensor->strided &&
           !tensor->quantised && !tensor->supply && tensor->runs <= 1 &&
           (tensor->runs == 0 || tensor->run->gap == 0);
}

static int check_types(struct mm_load *load, struct mm_err *err)
{
    struct mm_joined_load *joined = load->joined;
    const struct mm_tensor *first = &joined->part[0].tensor;
    joined->plain = is_plain(first);
    for (size_t i = 1; i < joined->of->count; i++) {
        const struct mm_tensor *part = &joined->part[i].tensor;
        if (part->dtype != first->dtype || part->quantised != first->quantised)
            return mm_fail(err, MM_EUNSUPPORTED, "%s: can't be joined: %s is %s, %s is %s%s",
                           load->entry->label, joined->of->part[0].label, mm_dtype_info(first->dtype)->name,
                           joined->of->part[i].label, mm_dtype_info(part->dtype)->name,
                           part->dtype == first->dtype ? ", quantised" : "");
        joined->plain &= is_plain(part) && part->swapped == first->swapped;
    }
    return 0;
}

/* ---- values ---- */

/* Rows of one part, `bytes` each, into the whole, whose rows have `step` bytes. */
static void put_rows(char *to, size_t step, const char *from, size_t bytes, size_t rows)
{
    for (size_t i = 0; i < rows && bytes > 0; i++)
        memcpy(to + i * step, from + i * bytes, bytes);
}

/* Bytes of one place along all axes before the joined one. */
static size_t row_bytes(const struct mm_joined_load *joined, const struct mm_shape *shape)
{
    size_t bytes = joined->element;
    for (int i = joined->axis; i < shape->rank; i++)
        bytes *= (size_t)shape->dim[i]; /* the whole's product was checked */
    return bytes;
}

static size_t row_count(const struct mm_joined_load *joined, const struct mm_shape *shape)
{
    size_t rows = 1;
    for (int i = 0; i < joined->axis; i++)
        rows *= (size_t)shape->dim[i];
    return rows;
}

/* A text that is not what it seemed is read through, as mm_pair_read does it. */
static void *decode(struct mm_joined_load *joined, size_t place)
{
    struct mm_load *part = &joined->part[place];
    void *values = mm_tensor_decode(&part->tensor, true, joined->cancel, &joined->err);
    if (!values && joined->err.code == MM_ECORRUPT && part->tensor.encoding == MM_ENC_TEXT &&
        mm_load_validate(part, part->entry, NULL, &joined->err) == 0)
        values = mm_tensor_decode(&part->tensor, true, joined->cancel, &joined->err);
    return values;
}

static int put_part(struct mm_joined_load *joined, size_t place, size_t *offset)
{
    const struct mm_tensor *part = &joined->part[place].tensor;
    size_t rows = row_count(joined, &part->shape), bytes = row_bytes(joined, &part->shape);
    size_t step = row_bytes(joined, &joined->whole.shape);
    void *values = NULL;
    const void *from = part->runs ? part->run->data : NULL;
    if (!joined->plain && !(from = values = decode(joined, place)))
        return -1;
    if (joined->plain && part->count > 0 && part->run->size / joined->element < (uint64_t)part->count)
        return mm_fail(&joined->err, MM_ECORRUPT, "%s: became shorter while it was read",
                       joined->of->part[place].label);
    if (part->count > 0)
        put_rows((char *)joined->memory + *offset, step, from, bytes, rows);
    *offset += bytes;
    free(values);
    return 0;
}

static const uint8_t *all(struct mm_supply *supply)
{
    struct mm_joined_load *joined = (struct mm_joined_load *)supply;
    size_t offset = 0;
    if (joined->err.code != MM_OK)
        return NULL;
    joined->memory = supply->whole ? joined->memory : malloc((size_t)supply->end + 1);
    if (!joined->memory) {
        mm_fail_memory(&joined->err);
        return NULL;
    }
    for (size_t i = 0; i < joined->of->count && !supply->whole; i++) {
        if (put_part(joined, i, &offset) < 0)
            return NULL;
    }
    return supply->whole = joined->memory;
}

static const uint8_t *at(struct mm_supply *supply, uint64_t offset, size_t want, size_t *have)
{
    const uint8_t *whole = all(supply);
    if (!whole)
        return NULL;
    *have = want < supply->end - offset ? want : (size_t)(supply->end - offset);
    return whole + offset;
}

/* ---- opening ---- */

static int open_parts(struct mm_load *load, const struct mm_schema *schema, struct mm_err *err)
{
    struct mm_joined_load *joined = load->joined;
    for (; joined->opened < joined->of->count; joined->opened++) {
        if (mm_load_open_in(&joined->part[joined->opened], &joined->of->part[joined->opened], schema, NULL,
                            load->cancel, err) < 0)
            return -1;
    }
    return 0;
}

/* What the values will be, without one of them being there. */
static int describe(struct mm_load *load, const struct mm_shape *shape, struct mm_err *err)
{
    struct mm_joined_load *joined = load->joined;
    const struct mm_tensor *first = &joined->part[0].tensor;
    enum mm_dtype stored = joined->plain ? first->dtype : mm_tensor_lane_f(first) ? MM_F32 : MM_F64;
    int64_t count = mm_shape_count(shape);
    size_t bytes;
    joined->element = mm_dtype_info(stored)->bytes;
    if (count < 0 || !mm_mul((size_t)count, joined->element, &bytes))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is too large to be joined", load->entry->label);
    mm_tensor_raw(&load->tensor, stored, shape, NULL, &joined->run);
    load->tensor.dtype = !joined->plain && first->quantised ? MM_F64 : first->dtype;
    load->tensor.swapped = joined->plain && first->swapped;
    joined->supply = (struct mm_supply){.at = at, .all = all, .end = bytes};
    if (count > 0)
        load->tensor.supply = load->supply = &joined->supply;
    joined->whole = load->tensor;
    return 0;
}

static void take_header(struct mm_load *load)
{
    const struct mm_load *first = &load->joined->part[0];
    load->node_name = first->node_name;
    load->op_type = first->op_type;
    load->index = first->index;
    load->is_output = first->is_output;
    load->own_numbers = first->own_numbers;
    load->tensor = first->tensor;
}

/* Numbers about a part are none about the whole. */
static int check_kept(const struct mm_load *load, struct mm_err *err)
{
    const struct mm_joined *of = load->entry->joined;
    for (size_t i = 0; i < of->count; i++) {
        if (of->part[i].kept == MM_KEPT_STATISTICS || of->part[i].kept == MM_KEPT_SUM)
            return mm_fail(
                err, MM_EUNSUPPORTED,
                "%s: can't be joined: only statistics of the parts were kept; --rank N compares one rank's",
                load->entry->label);
    }
    return 0;
}

int mm_joined_open(struct mm_load *load, const struct mm_schema *schema, struct mm_err *err)
{
    const struct mm_joined *of = load->entry->joined;
    struct mm_joined_load *joined = load->joined = calloc(1, sizeof *joined);
    struct mm_shape shape;
    if (!joined || !(joined->part = calloc(of->count, sizeof *joined->part)))
        return mm_fail_memory(err);
    joined->of = of;
    joined->cancel = load->cancel;
    if (check_kept(load, err) < 0)
        return -1;
    if (open_parts(load, schema, err) < 0 || join_shapes(load, &shape, err) < 0 || check_types(load, err) < 0)
        return -1;
    take_header(load);
    return joined->copies ? 0 : describe(load, &shape, err);
}

int mm_joined_check(struct mm_load *load, struct mm_err *err)
{
    struct mm_joined_load *joined = load->joined;
    int result = 0;
    for (size_t i = 0; i < joined->opened && result == 0; i++)
        result = mm_load_check(&joined->part[i], joined->part[i].entry, err);
    if (result == 0 && joined->err.code != MM_OK)
        result = mm_fail(err, joined->err.code, "%s", joined->err.text);
    return result;
}

void mm_joined_close(struct mm_joined_load *joined)
{
    if (!joined)
        return;
    for (size_t i = 0; i < joined->opened; i++)
        mm_load_close(&joined->part[i]);
    free(joined->part);
    free(joined->memory);
    free(joined);
}

/* ---- for who reads pairs ---- */

enum mm_join mm_load_joined(const struct mm_load *load)
{
    if (!load->joined)
        return MM_JOIN_NONE;
    const struct mm_joined_load *joined = load->joined;
    bool has_axis = joined->axis >= 0 && joined->axis < joined->part[0].tensor.shape.rank;
    return !joined->copies ? MM_JOIN_WHOLE : has_axis ? MM_JOIN_COPIES : MM_JOIN_NO_AXIS;
}

const struct mm_tensor *mm_load_first_part(const struct mm_load *load)
{
    return &load->joined->part[0].tensor;
}

void mm_load_take_first(struct mm_load *load)
{
    load->joined->copies = true;
    load->tensor = load->joined->part[0].tensor;
}

bool mm_load_fits_along(const struct mm_load *load, int axis, const struct mm_shape *other)
{
    const struct mm_joined_load *joined = load->joined;
    struct mm_shape shape = joined->part[0].tensor.shape;
    if (axis >= shape.rank)
        return false;
    for (size_t i = 1; i < joined->of->count; i++) {
        const struct mm_shape *part = &joined->part[i].tensor.shape;
        if (!equal_but_for(&shape, part, axis) ||
            __builtin_add_overflow(shape.dim[axis], part->dim[axis], &shape.dim[axis]))
            return false;
    }
    return mm_shape_equal(&shape, other);
}
