/* Reading a tensor in row-major order, whatever its bytes look like. */
#include "tensor/decode.h"

#include <math.h>
#include <string.h>

/* Distance of neighbours in a raw run, in bytes. */
static size_t unit_of(const struct mm_tensor *tensor, const struct mm_run *run)
{
    return (size_t)run->gap + mm_dtype_info(tensor->stored)->bytes;
}

/* Does every element of a strided view lie inside its run? Strides come from files' words, so look. */
static bool strides_fit(const struct mm_tensor *tensor)
{
    int64_t last = 0;

    if (tensor->runs != 1 || mm_shape_count(&tensor->shape) != tensor->count)
        return false;
    for (int i = 0; i < tensor->shape.rank; i++) {
        int64_t way;

        if (tensor->stride[i] < 0 || !mm_mul_i64(tensor->shape.dim[i] - 1, tensor->stride[i], &way) ||
            way > INT64_MAX - last)
            return false;
        last += way;
    }
    return (uint64_t)last < tensor->run->size / unit_of(tensor, tensor->run);
}

static bool sane(const struct mm_tensor *tensor)
{
    if (tensor->count == 0)
        return true;
    if (tensor->count < 0 || !tensor->run || mm_dtype_info(tensor->dtype)->kind == MM_KIND_NONE)
        return false;
    if (tensor->encoding != MM_ENC_RAW)
        return true;
    return mm_dtype_info(tensor->stored)->kind != MM_KIND_NONE && (!tensor->strided || strides_fit(tensor));
}

void mm_cursor_init(struct mm_cursor *cursor, const struct mm_tensor *tensor)
{
    *cursor = (struct mm_cursor){.tensor = tensor, .decoders = mm_decoders(), .bad = !sane(tensor)};
    if (!cursor->bad && tensor->runs > 0)
        cursor->place = tensor->run[0].data;
}

/* Step over runs that are used up; false (and bad) when there is none left although elements are. */
static bool enter_run(struct mm_cursor *cursor)
{
    const struct mm_tensor *tensor = cursor->tensor;

    while (cursor->run < tensor->runs && cursor->in_run >= tensor->run[cursor->run].count) {
        cursor->run++;
        cursor->in_run = 0;
        cursor->place = cursor->run < tensor->runs ? tensor->run[cursor->run].data : NULL;
    }
    cursor->bad = cursor->bad || cursor->run == tensor->runs;
    return !cursor->bad;
}

/* ---- raw ---- */

/*
 * Up to *n elements from the cursor's place on, where they lie; *n says how many. NULL (and bad): they can't be
 * had.
 */
static const uint8_t *raw_here(struct mm_cursor *cursor, size_t unit, size_t *n)
{
    struct mm_supply *supply = cursor->tensor->supply;
    size_t place = (size_t)cursor->in_run * unit, have = *n * unit;
    const uint8_t *bytes;

    if (!supply)
        return cursor->tensor->run[cursor->run].data + place;
    if (supply->whole)
        return supply->whole + supply->begin + place;
    bytes = *n > 0 ? supply->at(supply, supply->begin + place, have, &have) : NULL;
    *n = bytes ? have / unit : 0;
    cursor->bad = cursor->bad || *n == 0;
    return *n > 0 ? bytes : NULL;
}

/* What a strided view's elements are counted from; NULL (and bad): they can't be had. */
static const uint8_t *strided_base(struct mm_cursor *cursor)
{
    struct mm_supply *supply = cursor->tensor->supply;

    if (!supply)
        return cursor->tensor->run->data;
    if (!supply->whole && !supply->all(supply)) {
        cursor->bad = true;
        return NULL;
    }
    return supply->whole + supply->begin;
}

static void gather_strided(const struct mm_cursor *cursor, const uint8_t *base, size_t n, uint8_t *out)
{
    const struct mm_tensor *tensor = cursor->tensor;
    const struct mm_shape *shape = &tensor->shape;
    size_t size = mm_dtype_info(tensor->stored)->bytes;
    int64_t unit = (int64_t)unit_of(tensor, tensor->run);
    int64_t coord[MM_RANK_MAX], offset = 0;
    int last = shape->rank - 1;

    mm_shape_coords(shape, cursor->index, coord);
    for (int i = 0; i <= last; i++)
        offset += coord[i] * tensor->stride[i];
    while (n > 0) {
        const uint8_t *from = base + offset * unit + tensor->run->gap;
        int64_t row = last < 0 ? 1 : shape->dim[last] - coord[last];
        size_t k = (uint64_t)row < n ? (size_t)row : n;

        mm_raw_gather(cursor->decoders, out, from, last < 0 ? unit : tensor->stride[last] * unit, size, k);
        out += k * size;
        n -= k;
        if (last < 0)
            return;
        coord[last] += (int64_t)k;
        offset += (int64_t)k * tensor->stride[last];
        for (int i = last; i > 0 && coord[i] == shape->dim[i]; i--) { /* carry, as an odometer does */
            offset += tensor->stride[i - 1] - shape->dim[i] * tensor->stride[i];
            coord[i] = 0;
            coord[i - 1]++;
        }
    }
}

/* Elements from the cursor's place on that lie inside the run's bytes and belong to it, at most n. */
static size_t left_in_run(struct mm_cursor *cursor, size_t n)
{
    const struct mm_run *run = &cursor->tensor->run[cursor->run];
    uint64_t there = run->size / unit_of(cursor->tensor, run);

    if (n > (uint64_t)(run->count - cursor->in_run))
        n = (size_t)(run->count - cursor->in_run);
    if ((uint64_t)cursor->in_run + n > there) {
        cursor->bad = true;
        return 0;
    }
    return n;
}

/* The cursor passed n elements of a raw run. */
static size_t advance(struct mm_cursor *cursor, size_t n)
{
    cursor->in_run += (int64_t)n;
    cursor->index += (int64_t)n;
    return n;
}

/* At most n elements of a strided view, copied. */
static size_t next_strided(struct mm_cursor *cursor, size_t n, uint8_t *scratch)
{
    const uint8_t *base = strided_base(cursor);
    uint64_t left = (uint64_t)(cursor->tensor->run->count - cursor->in_run);

    /* that every place lies inside the run was seen before: with steps of 0 there are more elements than places */
    n = !base ? 0 : left < n ? (size_t)left : n;
    if (n > 0)
        gather_strided(cursor, base, n, scratch);
    return n;
}

/* At most n elements in memory order, where they lie or (swapped, or with gaps between) copied. */
static size_t next_ordered(struct mm_cursor *cursor, size_t n, uint8_t *scratch, const uint8_t **bytes)
{
    const struct mm_run *run = &cursor->tensor->run[cursor->run];
    size_t unit = unit_of(cursor->tensor, run), size = unit - run->gap;
    const uint8_t *from;

    n = left_in_run(cursor, n);
    from = raw_here(cursor, unit, &n);
    if (cursor->tensor->swapped || run->gap > 0) {
        if (n > 0)
            mm_raw_gather(cursor->decoders, scratch, from + run->gap, (int64_t)unit, size, n);
    } else {
        *bytes = from;
    }
    return n;
}

/*
 * The next up to n elements as contiguous ones of this machine's byte order: *bytes is the run itself where
 * it is that already, else `scratch` (MM_CHUNK elements). Moves on; returns how many, 0 when bad.
 */
static size_t next_raw(struct mm_cursor *cursor, size_t n, uint8_t *scratch, const uint8_t **bytes)
{
    const struct mm_tensor *tensor = cursor->tensor;
    bool plain;

    if (!enter_run(cursor))
        return 0;
    plain = !tensor->strided && !tensor->swapped && tensor->run[cursor->run].gap == 0;
    if (!plain && n > MM_CHUNK)
        n = MM_CHUNK;
    *bytes = scratch;
    n = tensor->strided ? next_strided(cursor, n, scratch) : next_ordered(cursor, n, scratch, bytes);
    if (tensor->swapped)
        mm_raw_swap(scratch, mm_dtype_info(tensor->stored)->bytes, n);
    return advance(cursor, n);
}

/* Values that are floats already, side by side or with a gap between: straight to where they are wanted. */
static size_t raw_float(struct mm_cursor *cursor, float *out, size_t n)
{
    size_t done = 0, k;

    while (done < n && enter_run(cursor)) {
        const struct mm_run *run = &cursor->tensor->run[cursor->run];
        size_t unit = (size_t)run->gap + sizeof(float);
        const uint8_t *from;

        k = left_in_run(cursor, n - done);
        from = raw_here(cursor, unit, &k);
        if (k == 0)
            break;
        if (run->gap == 0)
            mm_raw_to_float(cursor->decoders, MM_F32, from, out + done, k);
        else
            mm_raw_gather(cursor->decoders, (uint8_t *)(out + done), from + run->gap, (int64_t)unit,
                          sizeof(float), k);
        done += advance(cursor, k);
    }
    return done;
}

/* ---- varints and text ---- */

/* Up to n values of the run that the cursor is in, to floats or else to doubles. */
static size_t decode(struct mm_cursor *cursor, float *floats, double *doubles, size_t n)
{
    const struct mm_tensor *tensor = cursor->tensor;
    const struct mm_run *run = &tensor->run[cursor->run];

    if (tensor->encoding == MM_ENC_TEXT && floats)
        return mm_text_float(run, &cursor->place, tensor->dtype, floats, n);
    if (tensor->encoding == MM_ENC_TEXT)
        return mm_text_double(run, &cursor->place, tensor->dtype, doubles, n);
    if (floats)
        return mm_varint_float(run, &cursor->place, tensor->dtype, floats, n);
    return mm_varint_double(run, &cursor->place, tensor->dtype, doubles, n);
}

/*
 * The next up to n values of one run. A text run with a gap was not counted: when it does not end behind the
 * last value that it should have, that value is refused.
 */
static size_t next_encoded(struct mm_cursor *cursor, float *floats, double *doubles, size_t n)
{
    const struct mm_tensor *tensor = cursor->tensor;
    const struct mm_run *run;
    size_t got;

    if (!enter_run(cursor))
        return 0;
    run = &tensor->run[cursor->run];
    if (n > (uint64_t)(run->count - cursor->in_run))
        n = (size_t)(run->count - cursor->in_run);
    got = decode(cursor, floats, doubles, n);
    cursor->in_run += (int64_t)got;
    if (tensor->encoding == MM_ENC_TEXT && run->gap > 0 && got > 0 && cursor->in_run == run->count &&
        cursor->place != run->data + run->size) {
        cursor->in_run--;
        got--;
    }
    cursor->index += (int64_t)got;
    cursor->bad = got < n;
    return got;
}

static size_t encoded_double(struct mm_cursor *cursor, double *out, size_t n)
{
    size_t done = 0, k;

    while (done < n && (k = next_encoded(cursor, NULL, out + done, n - done)) > 0)
        done += k;
    return done;
}

static size_t encoded_float(struct mm_cursor *cursor, float *out, size_t n)
{
    size_t done = 0, k;

    while (done < n && (k = next_encoded(cursor, out + done, NULL, n - done)) > 0)
        done += k;
    return done;
}

/* ---- both ---- */

static size_t left(const struct mm_cursor *cursor, size_t n)
{
    uint64_t rest = (uint64_t)(cursor->tensor->count - cursor->index);

    if (cursor->bad)
        return 0;
    return rest < n ? (size_t)rest : n;
}

/* The n stored numbers before the cursor's place to real ones. */
static void dequantise(const struct mm_cursor *cursor, double *x, size_t n)
{
    const struct mm_tensor *tensor = cursor->tensor;

    if (tensor->scales)
        mm_scales_apply(tensor, cursor->index - (int64_t)n, x, n);
    else if (tensor->quantised)
        for (size_t i = 0; i < n; i++)
            x[i] = (x[i] - tensor->zero_point) * tensor->scale;
}

size_t mm_cursor_double(struct mm_cursor *cursor, double *out, size_t n)
{
    uint8_t scratch[MM_CHUNK * sizeof(double)];
    const uint8_t *bytes;
    size_t done = 0, k;

    n = left(cursor, n);
    if (cursor->tensor->encoding != MM_ENC_RAW)
        done = encoded_double(cursor, out, n);
    else
        for (; done < n && (k = next_raw(cursor, n - done, scratch, &bytes)) > 0; done += k)
            mm_raw_to_double(cursor->decoders, cursor->tensor->stored, bytes, out + done, k);
    dequantise(cursor, out, done);
    return done;
}

/* By way of doubles; what a float can't hold is rounded. */
static size_t quantised_float(struct mm_cursor *cursor, float *out, size_t n)
{
    double wide[MM_CHUNK];
    size_t done = 0, k;

    while (done < n && (k = mm_cursor_double(cursor, wide, n - done < MM_CHUNK ? n - done : MM_CHUNK)) > 0)
        for (size_t i = 0; i < k; i++)
            out[done++] = (float)wide[i];
    return done;
}

size_t mm_cursor_float(struct mm_cursor *cursor, float *out, size_t n)
{
    uint8_t scratch[MM_CHUNK * sizeof(double)];
    const uint8_t *bytes;
    size_t done = 0, k;

    n = left(cursor, n);
    if (cursor->tensor->quantised)
        return quantised_float(cursor, out, n);
    if (cursor->tensor->encoding != MM_ENC_RAW)
        return encoded_float(cursor, out, n);
    if (cursor->tensor->stored == MM_F32 && !cursor->tensor->strided && !cursor->tensor->swapped)
        return raw_float(cursor, out, n);
    while (done < n && (k = next_raw(cursor, n - done, scratch, &bytes)) > 0) {
        mm_raw_to_float(cursor->decoders, cursor->tensor->stored, bytes, out + done, k);
        done += k;
    }
    return done;
}

/* The next n elements where they lie, if they are `stored` ones of this machine, side by side and aligned;
 * else NULL. */
static const void *in_place(struct mm_cursor *cursor, enum mm_dtype stored, size_t n)
{
    const struct mm_tensor *tensor = cursor->tensor;
    size_t size = mm_dtype_info(stored)->bytes;
    const struct mm_run *run;
    const uint8_t *bytes;
    size_t there = n;

    if (cursor->bad || n == 0 || tensor->encoding != MM_ENC_RAW || tensor->stored != stored ||
        tensor->strided || tensor->swapped || tensor->quantised || !enter_run(cursor))
        return NULL;
    run = &tensor->run[cursor->run];
    if (run->gap > 0 || (uint64_t)(run->count - cursor->in_run) < n ||
        run->size / size < (uint64_t)cursor->in_run + n)
        return NULL;
    bytes = raw_here(cursor, size, &there);
    if (there < n || (uintptr_t)bytes % size != 0)
        return NULL;
    advance(cursor, n);
    return bytes;
}

const float *mm_cursor_floats(struct mm_cursor *cursor, float *tile, size_t n, size_t *got)
{
    const float *there;

    *got = left(cursor, n);
    there = in_place(cursor, MM_F32, *got);
    if (!there)
        *got = mm_cursor_float(cursor, tile, n);
    return there ? there : tile;
}

const double *mm_cursor_doubles(struct mm_cursor *cursor, double *tile, size_t n, size_t *got)
{
    const double *there;

    *got = left(cursor, n);
    there = in_place(cursor, MM_F64, *got);
    if (!there)
        *got = mm_cursor_double(cursor, tile, n);
    return there ? there : tile;
}

/* ---- going to a place ---- */

/* Go on by `way` elements inside the run, which has them. */
static void walk_run(struct mm_cursor *cursor, int64_t way)
{
    const struct mm_tensor *tensor = cursor->tensor;
    const struct mm_run *run = &tensor->run[cursor->run];
    int64_t got = way;

    if (tensor->encoding == MM_ENC_TEXT)
        got = (int64_t)mm_text_skip(run, &cursor->place, (size_t)way);
    else if (tensor->encoding == MM_ENC_VARINT)
        got = (int64_t)mm_varint_skip(run, &cursor->place, (size_t)way);
    cursor->in_run += got;
    cursor->index += got;
    cursor->bad = got < way;
}

void mm_cursor_seek(struct mm_cursor *cursor, int64_t index)
{
    int64_t count = cursor->tensor->count;

    if (index < cursor->index || cursor->bad)
        mm_cursor_init(cursor, cursor->tensor);
    if (index > count)
        index = count;
    while (cursor->index < index && !cursor->bad && enter_run(cursor)) {
        int64_t rest = cursor->tensor->run[cursor->run].count - cursor->in_run;
        int64_t way = index - cursor->index;

        walk_run(cursor, way < rest ? way : rest);
    }
}

double mm_tensor_at(const struct mm_tensor *tensor, int64_t index)
{
    struct mm_cursor cursor;
    double value = NAN;

    if (index < 0 || index >= tensor->count)
        return NAN;
    mm_cursor_init(&cursor, tensor);
    mm_cursor_seek(&cursor, index);
    if (mm_cursor_double(&cursor, &value, 1) != 1)
        return NAN;
    return value;
}
