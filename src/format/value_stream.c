/* Values for the writers. The exact path for large 64-bit integers reads the element that a cursor just
 * passed. */
#include "format/value_stream.h"
#include "base/wire.h"

#include <math.h>
#include <string.h>

#define EXACT_BELOW 0x1p53 /* up to here a double holds every integer */

void mm_value_stream_init(struct mm_value_stream *stream, const struct mm_tensor *tensor, const char *file)
{
    stream->file = file;
    stream->info = mm_dtype_info(tensor->dtype);
    stream->integer = stream->info->kind != MM_KIND_FLOAT;
    stream->at = 0;
    stream->n = 0;
    mm_cursor_init(&stream->cursor, tensor);
}

static int misfit(const struct mm_value_stream *stream, int64_t index, double value, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: value %g at index %lld does not fit %s", stream->file, value,
                   (long long)index, stream->info->name);
}

/* The raw element before the cursor. False: its bytes can't be had. */
static bool passed_raw(const struct mm_cursor *cursor, uint64_t *bits)
{
    const struct mm_tensor *tensor = cursor->tensor;
    const struct mm_run *run = &tensor->run[cursor->run];
    int64_t place = cursor->in_run - 1;
    if (tensor->strided) {
        int64_t coord[MM_RANK_MAX];
        mm_shape_coords(&tensor->shape, cursor->index - 1, coord);
        place = 0;
        for (int i = 0; i < tensor->shape.rank; i++)
            place += coord[i] * tensor->stride[i];
    }
    size_t offset = (size_t)place * (run->gap + sizeof *bits) + run->gap;
    const uint8_t *bytes = mm_tensor_bytes(tensor, cursor->run, offset, sizeof *bits);
    if (!bytes)
        return false;
    memcpy(bits, bytes, sizeof *bits);
    *bits = tensor->swapped ? __builtin_bswap64(*bits) : *bits;
    return true;
}

/* A varint ends where the cursor stands; before its first byte there is a byte without the top bit, or
 * none. */
static uint64_t exact_varint(const struct mm_cursor *cursor)
{
    const uint8_t *begin = cursor->tensor->run[cursor->run].data;
    const uint8_t *start = cursor->place - 1;
    uint64_t bits = 0;
    while (start > begin && (start[-1] & 0x80))
        start--;
    mm_wire_varint(&start, cursor->place, &bits);
    return bits;
}

/* A number ends where the cursor stands. False when it is not all digits (1e18), or more than 64 bits. */
static bool exact_text(const struct mm_cursor *cursor, bool is_signed, uint64_t *bits)
{
    const uint8_t *begin = cursor->tensor->run[cursor->run].data;
    const uint8_t *p = cursor->place;
    while (p > begin && p[-1] >= '0' && p[-1] <= '9')
        p--;
    bool negative = p > begin && p[-1] == '-';
    bool sign = negative || (p > begin && p[-1] == '+');
    uint64_t limit = is_signed ? (uint64_t)INT64_MAX + negative : UINT64_MAX;
    uint64_t value = 0;
    if (p == cursor->place || (!sign && p > begin && (p[-1] == '.' || (p[-1] | 0x20) == 'e')))
        return false;
    if (sign && p - 1 > begin && (p[-2] | 0x20) == 'e')
        return false;
    for (; p < cursor->place; p++) {
        uint64_t digit = *p - '0';
        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *bits = negative ? 0 - value : value;
    return true;
}

/* The element that the cursor just passed; its double is `value`. */
static bool exact(const struct mm_cursor *cursor, double value, uint64_t *bits)
{
    const struct mm_tensor *tensor = cursor->tensor;
    bool is_signed = tensor->dtype == MM_I64;
    if (tensor->encoding == MM_ENC_VARINT) {
        *bits = exact_varint(cursor);
        return true;
    }
    if (tensor->encoding == MM_ENC_TEXT && exact_text(cursor, is_signed, bits))
        return true;
    if (tensor->encoding == MM_ENC_RAW && tensor->stored == tensor->dtype)
        return passed_raw(cursor, bits);
    /* stored as a double, or spelt 1e18: what the double says is all that is known */
    if (!(is_signed ? value >= -0x1p63 && value < 0x1p63 : value >= 0 && value < 0x1p64))
        return false;
    *bits = is_signed ? (uint64_t)(int64_t)value : (uint64_t)value;
    return true;
}

/* Read a tile with large 64-bit integers again, one by one, from where `cursor` stands. */
static int refill_exact(struct mm_value_stream *stream, struct mm_cursor *cursor, struct mm_err *err)
{
    for (size_t i = 0; i < stream->n; i++) {
        double value = NAN;
        uint64_t bits = 0;
        mm_cursor_double(cursor, &value, 1);
        if (value != trunc(value) || !exact(cursor, value, &bits))
            return misfit(stream, stream->at + (int64_t)i, value, err);
        memcpy(&stream->value.whole[i], &bits, sizeof bits);
    }
    return 0;
}

/* Doubles to integers in place; *large when some of them may have been rounded. */
static int to_integers(struct mm_value_stream *stream, bool *large, struct mm_err *err)
{
    *large = false;
    for (size_t i = 0; i < stream->n; i++) {
        double value = stream->value.real[i];
        if (!(value >= stream->info->lowest && value <= stream->info->highest && value == trunc(value)))
            return misfit(stream, stream->at + (int64_t)i, value, err);
        if (fabs(value) >= EXACT_BELOW) {
            *large = true;
            return 0;
        }
        stream->value.whole[i] = (int64_t)value;
    }
    return 0;
}

int mm_value_stream_next(struct mm_value_stream *stream, struct mm_err *err)
{
    struct mm_cursor again = stream->cursor;
    bool large;
    stream->at += (int64_t)stream->n;
    stream->n = mm_cursor_double(&stream->cursor, stream->value.real, MM_TILE);
    if (stream->cursor.bad)
        return mm_fail(err, MM_ECORRUPT, "%s: the value at index %lld can't be read as %s", stream->file,
                       (long long)(stream->at + (int64_t)stream->n), stream->info->name);
    if (stream->n == 0)
        return 0;
    if (!stream->integer)
        return 1;
    if (to_integers(stream, &large, err) < 0 || (large && refill_exact(stream, &again, err) < 0))
        return -1;
    return 1;
}
