/* One walk over a message of unknown numbers. Lists are counted as every kind of list that they might be. */
#include "dump/wire_seen.h"

#include "base/wire.h"

#define TEXT_MOST ((size_t)4096) /* bytes of a name */

static uint64_t little(const uint8_t *p, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;)
        value = value << 8 | p[i];
    return value;
}

/* ---- floats ---- */

/* 2^-100 to 2^100, and what masks and overflows leave: FLT_MAX, Inf, the usual NaN. Whole numbers up to 2^24 are below
 * that when they are read as floats, negative ones are other NaNs, letters are above. */
static bool is_likely_float(uint32_t size)
{
    uint32_t exponent = size >> 23;
    return (exponent >= 27 && exponent <= 227) || size == 0x7f7fffff || size == 0x7f800000 ||
           size == 0x7fc00000;
}

static void look_at_float(struct wire_floats *floats, uint32_t bits)
{
    uint32_t size = bits & 0x7fffffff;
    float value;
    memcpy(&value, &bits, sizeof value);
    if (size == 0)
        return;
    floats->nonzero++;
    floats->likely += is_likely_float(size);
    if (size >= 0x7f800000) /* Inf and NaN are in both formats */
        return;
    bool wider = mm_half_to_float(mm_float_to_half(value)) != value;
    floats->wider += wider;
    floats->half += !wider && (size & 0x6000) != 0;
}

/* The same, from 2^-200 to 2^200. */
static void look_at_double(struct wire_floats *floats, uint64_t bits)
{
    uint64_t size = bits & INT64_MAX, exponent = size >> 52;
    floats->nonzero += size != 0;
    floats->likely += (exponent >= 823 && exponent <= 1223) || size == 0x7fefffffffffffff ||
                      size == 0x7ff0000000000000 || size == 0x7ff8000000000000;
}

static void add_floats(struct wire_number_seen *seen, const uint8_t *data, size_t size)
{
    if (seen->count_float < 0 || size % sizeof(float) != 0) {
        seen->count_float = -1;
        return;
    }
    for (size_t i = 0; i < size && seen->count_float + (int64_t)(i / 4) < WIRE_LOOKED; i += 4)
        look_at_float(&seen->floats, (uint32_t)little(data + i, 4));
    seen->count_float += (int64_t)(size / sizeof(float));
}

static void add_doubles(struct wire_number_seen *seen, const uint8_t *data, size_t size)
{
    if (seen->count_double < 0 || size % sizeof(double) != 0) {
        seen->count_double = -1;
        return;
    }
    for (size_t i = 0; i < size && seen->count_double + (int64_t)(i / 8) < WIRE_LOOKED; i += 8)
        look_at_double(&seen->doubles, little(data + i, 8));
    seen->count_double += (int64_t)(size / sizeof(double));
}

/* ---- whole numbers ---- */

static void add_dimension(struct wire_number_seen *seen, uint64_t value)
{
    bool fits = value <= INT64_MAX && seen->rank < MM_RANK_MAX;
    if (seen->product >= 0 && (!fits || !mm_mul_i64(seen->product, (int64_t)value, &seen->product)))
        seen->product = -1;
    seen->rank++;
}

static void add_varints(struct wire_number_seen *seen, const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    uint64_t value;
    int64_t more = seen->varints < 0 ? -1 : mm_wire_count(data, size);
    seen->varints = more < 0 ? -1 : seen->varints + more;
    if (more < 0)
        seen->product = -1;
    while (seen->product >= 0 && mm_wire_varint(&at, end, &value))
        add_dimension(seen, value);
}

/* ---- texts ---- */

/* FNV-1a; 0 where it is no text that a name can be. */
static uint64_t hash_of(const char *text, size_t length)
{
    const char *end = text + length;
    uint64_t hash = 14695981039346656037u;
    uint32_t code;
    if (length == 0 || length > TEXT_MOST)
        return 0;
    for (const char *p = text; p < end;) {
        size_t size = mm_text_decode(p, end, &code);
        if (code < ' ' || code == 127 || code == 0xfffd)
            return 0;
        for (size_t i = 0; i < size; i++)
            hash = (hash ^ (unsigned char)p[i]) * 1099511628211u;
        p += size;
    }
    return hash ? hash : 1;
}

/* ---- a field ---- */

static void add_field(struct wire_number_seen *seen, const struct mm_wire_field *field)
{
    const uint8_t *at = field->data;
    bool whole = field->type == MM_WIRE_VARINT, bytes = field->type == MM_WIRE_BYTES;
    seen->there |= field->size > 0;
    seen->scalar = whole && seen->fields == 0;
    seen->text = bytes && seen->fields == 0 ? hash_of((const char *)field->data, field->size) : 0;
    seen->fields += seen->fields < UINT32_MAX;
    if (whole)
        mm_wire_varint(&at, at + field->size, &seen->value);
    if (whole || bytes)
        add_varints(seen, field->data, field->size);
    else
        seen->varints = seen->product = -1;
    if (bytes || field->type == MM_WIRE_FIXED32)
        add_floats(seen, field->data, field->size);
    else
        seen->count_float = -1;
    if (bytes || field->type == MM_WIRE_FIXED64)
        add_doubles(seen, field->data, field->size);
    else
        seen->count_double = -1;
}

/* The number's place, a new one if need be; WIRE_NUMBERS where all are taken. */
static size_t place_of(struct wire_numbers *numbers, uint32_t number)
{
    size_t i = 0;
    while (i < numbers->count && numbers->number[i] != number)
        i++;
    if (i == numbers->count && i < WIRE_NUMBERS)
        numbers->number[numbers->count++] = number;
    return i;
}

bool wire_see(struct wire_seen *seen, struct wire_numbers *numbers, const uint8_t *bytes, size_t size)
{
    struct mm_wire wire = {"", bytes, bytes, bytes + size};
    struct mm_wire_field field;
    size_t before = numbers->count, place = 0;
    int more;
    *seen = (struct wire_seen){.number = {{.there = false}}};
    for (size_t i = 0; i < WIRE_NUMBERS; i++)
        seen->number[i].product = 1;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (place >= numbers->count || numbers->number[place] != field.number)
            place = place_of(numbers, field.number);
        if (place == WIRE_NUMBERS)
            break;
        add_field(&seen->number[place], &field);
    }
    if (more == 0 && size > 0)
        return true;
    numbers->count = before;
    return false;
}
