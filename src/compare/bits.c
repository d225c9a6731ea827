/* Are the integers of one side, or of both, bit patterns of floats? What does not know float16 (JavaScript, and many a
 * dump tool) saves them so. Tried on some positions: read as floats they are the other side's values. */
#include "compare/bits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POSITIONS  1024 /* that are looked at, spread over the tensor */
#define LEAST      4    /* fewer values are anything */
#define BITS_MOST  0.1  /* diff2 of what was read as floats ... */
#define BITS_TIMES 10   /* ... and so many times less than as integers */
#define SIGN_SHARE                                                                                           \
    16 /* both sides are integers: one in so many at least is negative, and one is not. Ids are not */

/* The codes of one side and the values of both, as one type reads them. */
struct reading {
    double *s, *d;   /* what they are as they stand; [count] */
    double *read[2]; /* the same, read as floats where that is tried */
    size_t count;
};

static bool is_integer(const struct mm_tensor *tensor)
{
    enum mm_kind kind = mm_dtype_info(tensor->dtype)->kind;
    return (kind == MM_KIND_INT || kind == MM_KIND_UINT) && !tensor->quantised;
}

static bool is_float(const struct mm_tensor *tensor)
{
    return mm_dtype_info(tensor->dtype)->kind == MM_KIND_FLOAT;
}

/* Single values of others take long to find. */
static bool can_pick(const struct mm_tensor *tensor)
{
    return tensor->encoding == MM_ENC_RAW && tensor->runs == 1 && mm_tensor_settled(tensor);
}

static int reading_open(struct reading *r, const struct mm_pair_tensors *tensors)
{
    int64_t count = tensors->s.count, step = count / POSITIONS + 1;
    double *memory = malloc(4 * (POSITIONS + 1) * sizeof *memory);
    *r = (struct reading){.s = memory};
    if (!memory)
        return -1;
    r->d = memory + POSITIONS + 1;
    r->read[0] = r->d + POSITIONS + 1;
    r->read[1] = r->read[0] + POSITIONS + 1;
    for (int64_t i = 0; i < count && r->count < POSITIONS; i += step, r->count++) {
        r->s[r->count] = mm_tensor_at(&tensors->s, i);
        r->d[r->count] = mm_tensor_at(&tensors->d, i);
    }
    return 0;
}

static double of_half(int64_t code)
{
    return (double)mm_half_to_float((uint16_t)code);
}

static double of_bf16(int64_t code)
{
    return (double)mm_bf16_to_float((uint16_t)code);
}

static double of_float(int64_t code)
{
    uint32_t bits = (uint32_t)code;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static double of_e4m3(int64_t code)
{
    return (double)mm_e4m3_to_float((uint8_t)code);
}

static double of_e5m2(int64_t code)
{
    return (double)mm_e5m2_to_float((uint8_t)code);
}

/* Types whose bit patterns are told; of integers with a sign the code is the same bits. */
static const struct type {
    enum mm_dtype dtype;
    double (*value)(int64_t code);
} types[] = {
    {MM_F16, of_half}, {MM_BF16, of_bf16}, {MM_F32, of_float}, {MM_F8E4M3, of_e4m3}, {MM_F8E5M2, of_e5m2}};

/* A side's values read as the type if its tensor is of integers as wide, else as they stand. */
static void read_side(struct reading *r, int side, const struct mm_tensor *tensor, const struct type *type)
{
    bool codes = mm_dtype_reads(type->dtype, tensor->dtype);
    const double *from = side ? r->d : r->s;
    for (size_t i = 0; i < r->count; i++)
        r->read[side][i] = codes ? type->value((int64_t)from[i]) : from[i];
}

/* diff2; +Inf where one side alone is not finite, or there is nothing. */
static double error_of(const double *s, const double *d, size_t count)
{
    double ss = 0, ee = 0;
    for (size_t i = 0; i < count; i++) {
        bool same = s[i] == d[i] || (isnan(s[i]) && isnan(d[i]));
        if (!same && (!isfinite(s[i]) || !isfinite(d[i])))
            return INFINITY;
        if (!isfinite(s[i]))
            continue;
        ss += s[i] * s[i];
        ee += (s[i] - d[i]) * (s[i] - d[i]);
    }
    return ss > 0 ? sqrt(ee / ss) : INFINITY;
}

static bool has_both_signs(const double *x, size_t count)
{
    size_t negative = 0;
    for (size_t i = 0; i < count; i++)
        negative += signbit(x[i]) != 0;
    return SIGN_SHARE * negative >= count && SIGN_SHARE * (count - negative) >= count;
}

/* Values that are wide as codes: shapes, ids and masks are narrow. */
static bool may_be_floats(const struct reading *r)
{
    return has_both_signs(r->read[0], r->count) && has_both_signs(r->read[1], r->count);
}

static void try(const struct mm_pair_tensors *tensors, struct reading *r, const struct type *type,
                struct mm_result *result)
{
    bool src = mm_dtype_reads(type->dtype, tensors->s.dtype);
    bool dst = mm_dtype_reads(type->dtype, tensors->d.dtype);
    if ((!src && !dst) || (!src && !is_float(&tensors->s)) || (!dst && !is_float(&tensors->d)))
        return;
    read_side(r, 0, &tensors->s, type);
    read_side(r, 1, &tensors->d, type);
    double error = error_of(r->read[0], r->read[1], r->count);
    if (error > BITS_MOST || error >= result->bits_error || (src && dst && !may_be_floats(r)))
        return;
    result->bits = type->dtype;
    result->bits_error = error;
    result->bits_side[0] = src;
    result->bits_side[1] = dst;
}

/* As integers they must have nothing in common; ids of 16 bits that are off by little are near as floats, too. */
static bool is_far(const struct reading *r, const struct mm_result *result)
{
    size_t differ = 0;
    for (size_t i = 0; i < r->count; i++)
        differ += r->s[i] != r->d[i];
    return result->bits_side[0] && result->bits_side[1]
               ? 2 * differ >= r->count
               : BITS_TIMES * result->bits_error <= error_of(r->s, r->d, r->count);
}

void bits_find(const struct mm_pair_tensors *tensors, struct mm_result *result)
{
    const struct mm_tensor *s = &tensors->s, *d = &tensors->d;
    struct reading r;
    result->bits = MM_DTYPE_NONE;
    result->bits_error = INFINITY;
    if ((!is_integer(s) && !is_integer(d)) || s->count != d->count || s->count < LEAST || !can_pick(s) ||
        !can_pick(d) || reading_open(&r, tensors) < 0)
        return;
    for (size_t i = 0; i < MM_COUNT(types); i++)
        try(tensors, &r, &types[i], result);
    if (result->bits != MM_DTYPE_NONE && !is_far(&r, result))
        result->bits = MM_DTYPE_NONE;
    free(r.s);
}
