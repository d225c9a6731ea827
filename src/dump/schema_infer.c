/*
 * Field numbers from messages alone. What is known of the message (mmtui-formats(5)) is tried on every number, and has to
 * hold in every file:
 *   tensor_shape    whole numbers whose product is the number of values
 *   float_val       so many floats, double_val so many doubles; at most one of them in a file. A file without either has
 *                   a list of so many varints, or no values
 *   version_number  1
 *   dtype           one number, and another one for other kinds of values
 * All readings that fit are gone through, so the right one is among them; what differs between them is not told.
 *
 * Not told in any case: index and is_output, which nothing is bound to; the lists of integers, for the wire has the
 * same bytes for int_val, int64_val, uint32_val and uint64_val, and for all data types in each of them.
 */
#include "dump/schema_infer.h"

#include <stdlib.h>

#include "base/translate.h"

#define NONE         WIRE_NUMBERS /* no such field in this reading */
#define FLOATS_LEAST 8  /* values that are not 0 are needed to tell floats from integers of their size */
#define TYPES_MOST   14 /* data types that the message knows */
#define HALF_LEAST   16 /* values in each file that speak for FLOAT16 where nothing else does */

typedef uint64_t numbers_mask; /* bit i: numbers->number[i] */
_Static_assert(WIRE_NUMBERS == 64, "a bit for each number");

/* What each number is in a file, once it is decided which one is the shape. */
struct fit {
    int64_t count;                                /* of values, by the shape */
    numbers_mask there, floats, doubles, varints; /* lists of so many */
};

struct infer {
    const struct wire_seen *seen;
    size_t count;
    const struct wire_numbers *numbers;
    struct fit *fit;
    numbers_mask versions;            /* what is 1 in every file */
    numbers_mask shapes, single, dbl; /* of the readings that fit: numbers that a field has in any of them */
    bool no_single, no_double;        /* in one of them there is no such field */
    bool same_size;                   /* one would fit, but all its tensors have the same number of values */
};

/* One reading. Places of numbers, or NONE. */
struct reading {
    size_t shape, single, dbl;
};

static numbers_mask bit(size_t place)
{
    return place < WIRE_NUMBERS ? (numbers_mask)1 << place : 0;
}

static numbers_mask taken(const struct reading *reading)
{
    return bit(reading->shape) | bit(reading->single) | bit(reading->dbl);
}

/* The place of the only bit, or NONE. */
static size_t only(numbers_mask mask)
{
    return __builtin_popcountll(mask) == 1 ? (size_t)__builtin_ctzll(mask) : NONE;
}

static const struct wire_number_seen *at(const struct infer *infer, size_t file, size_t place)
{
    return &infer->seen[file].number[place];
}

/* ---- shape and values ---- */

static struct fit fit_of(const struct wire_seen *seen, size_t count, size_t shape)
{
    struct fit fit = {.count = seen->number[shape].product};
    for (size_t i = 0; i < count; i++) {
        const struct wire_number_seen *number = &seen->number[i];
        if (i == shape || !number->there)
            continue;
        fit.there |= bit(i);
        fit.floats |= number->count_float == fit.count ? bit(i) : 0;
        fit.doubles |= number->count_double == fit.count ? bit(i) : 0;
        fit.varints |= number->varints == fit.count ? bit(i) : 0;
    }
    return fit;
}

/* False: somewhere it can't be a shape. */
static bool try_shape(struct infer *infer, size_t shape)
{
    for (size_t i = 0; i < infer->count; i++) {
        infer->fit[i] = fit_of(&infer->seen[i], infer->numbers->count, shape);
        if (infer->fit[i].count < 0)
            return false;
    }
    return true;
}

enum kind { KIND_FLOAT, KIND_DOUBLE, KIND_OTHER, KIND_EMPTY, KIND_WRONG };

static enum kind kind_of(const struct fit *fit, const struct reading *reading)
{
    numbers_mask single = bit(reading->single), dbl = bit(reading->dbl);
    bool has_single = (fit->there & single) != 0, has_double = (fit->there & dbl) != 0;
    if (has_single && has_double)
        return KIND_WRONG;
    if (has_single)
        return fit->floats & single ? KIND_FLOAT : KIND_WRONG;
    if (has_double)
        return fit->doubles & dbl ? KIND_DOUBLE : KIND_WRONG;
    if (fit->count == 0)
        return KIND_EMPTY;
    return fit->varints & ~taken(reading) ? KIND_OTHER : KIND_WRONG;
}

/* Does it fit every file, and do its lists of floats have two different sizes beyond 1? */
static bool fits(struct infer *infer, const struct reading *reading)
{
    size_t kinds[KIND_WRONG] = {0};
    int64_t least = 0, most = 0;
    for (size_t i = 0; i < infer->count; i++) {
        enum kind kind = kind_of(&infer->fit[i], reading);
        int64_t count = infer->fit[i].count;
        if (kind == KIND_WRONG)
            return false;
        kinds[kind]++;
        if (kind > KIND_DOUBLE || count < 2)
            continue;
        least = least == 0 || count < least ? count : least;
        most = count > most ? count : most;
    }
    if ((infer->versions & ~taken(reading)) == 0)
        return false;
    if ((reading->single != NONE && !kinds[KIND_FLOAT]) || (reading->dbl != NONE && !kinds[KIND_DOUBLE]))
        return false;
    infer->same_size |= least == most && most > 0;
    return least != most;
}

static void keep(struct infer *infer, const struct reading *reading)
{
    infer->shapes |= bit(reading->shape);
    infer->single |= bit(reading->single);
    infer->dbl |= bit(reading->dbl);
    infer->no_single |= reading->single == NONE;
    infer->no_double |= reading->dbl == NONE;
}

/* NONE is one of the places: no such field. */
static void try_all(struct infer *infer)
{
    size_t count = infer->numbers->count;
    for (size_t shape = 0; shape < count; shape++) {
        if (!try_shape(infer, shape))
            continue;
        for (size_t i = 0; i <= count; i++) {
            for (size_t k = 0; k <= count; k++) {
                struct reading reading = {shape, i < count ? i : NONE, k < count ? k : NONE};
                bool apart = i != shape && k != shape && (i != k || i == count) && (i < count || k < count);
                if (apart && fits(infer, &reading))
                    keep(infer, &reading);
            }
        }
    }
}

/* ---- what differs ---- */

static void put_numbers(const struct infer *infer, struct mm_buf *out, const char *field, numbers_mask mask)
{
    size_t left = (size_t)__builtin_popcountll(mask);
    if (left < 2)
        return;
    mm_buf_printf(out, "%s%s may be number ", out->length ? "; " : "", field);
    for (size_t i = 0; i < infer->numbers->count; i++) {
        if (mask & bit(i))
            mm_buf_printf(out, "%u%s", (unsigned)infer->numbers->number[i],
                          --left > 1  ? ", "
                          : left == 1 ? " or "
                                      : "");
    }
}

static int refuse_none(const struct infer *infer, struct mm_err *err)
{
    if (infer->count < 2 || infer->same_size)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "tensors of FLOAT or DOUBLE with at least two different numbers of values are needed");
    if (infer->versions == 0)
        return mm_fail(err, MM_EUNSUPPORTED, "no number is 1 in all of them, as version_number is");
    return mm_fail(
        err, MM_EUNSUPPORTED,
        "no numbers are so in all of them that tensor_shape multiplies to as many values as float_val or "
        "double_val has (integers alone tell nothing)");
}

static int refuse_several(const struct infer *infer, struct mm_err *err)
{
    struct mm_buf text = {0};
    put_numbers(infer, &text, "tensor_shape", infer->shapes);
    put_numbers(infer, &text, "float_val", infer->single);
    put_numbers(infer, &text, "double_val", infer->dbl);
    if (text.length == 0)
        mm_buf_say(&text, "the same values may be those of float_val or double_val, or integers");
    mm_fail(err, MM_EUNSUPPORTED, "several numbers fit all of them: %s", mm_buf_text(&text));
    mm_buf_done(&text);
    return -1;
}

/* What all readings have in common; a list that one of them does without is left out. */
static int settle(const struct infer *infer, struct reading *reading, struct mm_err *err)
{
    if (infer->shapes == 0)
        return refuse_none(infer, err);
    *reading = (struct reading){only(infer->shapes), infer->no_single ? NONE : only(infer->single),
                                infer->no_double ? NONE : only(infer->dbl)};
    bool several = reading->shape == NONE || (reading->single == NONE && reading->dbl == NONE) ||
                   __builtin_popcountll(infer->single) > 1 || __builtin_popcountll(infer->dbl) > 1;
    return several ? refuse_several(infer, err) : 0;
}

/* ---- are they floats? ---- */

/* False, with the reason: nothing tells. A list that there is not is no float either. */
static bool is_likely(const struct infer *infer, size_t place, bool single, struct mm_err *err)
{
    uint64_t nonzero = 0, likely = 0;
    for (size_t i = 0; i < infer->count && place != NONE; i++) {
        const struct wire_number_seen *number = at(infer, i, place);
        const struct wire_floats *floats = single ? &number->floats : &number->doubles;
        bool is = number->there && (single ? number->count_float : number->count_double) >= 0;
        nonzero += is ? floats->nonzero : 0;
        likely += is ? floats->likely : 0;
    }
    if (nonzero >= FLOATS_LEAST && 10 * likely >= 9 * nonzero)
        return true;
    if (place != NONE)
        mm_fail(err, MM_EUNSUPPORTED, "the values of %d bytes under number %u %s", single ? 4 : 8,
                (unsigned)infer->numbers->number[place],
                nonzero < FLOATS_LEAST ? "are nearly all 0: they may be floats or integers"
                                       : "do not look like floats: they may be integers");
    return false;
}

/* ---- data types ---- */

/* The files that have one value of dtype. */
struct type_class {
    int32_t value;
    enum kind kind;
    size_t files;
    size_t wider; /* files with any value that FLOAT16 lacks */
    size_t clear; /* files with so many of them that no damage explains it */
    size_t half;  /* files without one, and with enough that need all of FLOAT16 */
};

struct types {
    struct type_class class[TYPES_MOST];
    size_t count;
};

static bool add_type(struct types *types, const struct wire_number_seen *dtype, enum kind kind,
                     const struct wire_number_seen *values)
{
    int64_t value = dtype->fields ? (int64_t)dtype->value : 0;
    size_t i = 0;
    while (i < types->count && types->class[i].value != value)
        i++;
    if (i == TYPES_MOST || value < INT32_MIN || value > INT32_MAX)
        return false;
    struct type_class *class = &types->class[i];
    if (i == types->count)
        types->class[types->count++] = (struct type_class){.value = (int32_t)value, .kind = kind};
    class->files++;
    if (kind == KIND_FLOAT) {
        class->wider += values->floats.wider > 0;
        class->clear += values->floats.wider >= FLOATS_LEAST &&
                        2 * (uint64_t)values->floats.wider >= values->floats.nonzero;
        class->half += values->floats.wider == 0 && values->floats.half >= HALF_LEAST;
    }
    return class->kind == kind;
}

/* Do the numbers under `dtype` tell kinds of values apart? There is one for doubles; for floats there are at most two, one
 * of them of values that FLOAT16 has. */
static bool may_be_dtype(const struct infer *infer, const struct reading *reading, size_t dtype,
                         struct types *types)
{
    size_t floats = 0, doubles = 0, clear = 0, present = 0;
    *types = (struct types){.count = 0};
    for (size_t i = 0; i < infer->count; i++) {
        const struct wire_number_seen *number = at(infer, i, dtype);
        enum kind kind = kind_of(&infer->fit[i], reading);
        if (number->fields && !number->scalar)
            return false;
        present += number->fields > 0;
        if (kind != KIND_EMPTY &&
            !add_type(types, number, kind, reading->single != NONE ? at(infer, i, reading->single) : NULL))
            return false;
    }
    for (size_t i = 0; i < types->count; i++) {
        floats += types->class[i].kind == KIND_FLOAT;
        doubles += types->class[i].kind == KIND_DOUBLE;
        clear += types->class[i].kind == KIND_FLOAT && types->class[i].clear > 0;
    }
    return present > 0 && floats <= 2 && doubles <= 1 && clear <= 1;
}

/* FLOAT32 has many values that FLOAT16 lacks; FLOAT16 is then the other one, if it has none. False: that is open. */
static bool name_floats(const struct types *types, struct mm_schema *schema, size_t *rows)
{
    size_t floats = 0, wider = 0, clear = 0;
    for (size_t i = 0; i < types->count; i++) {
        const struct type_class *class = &types->class[i];
        floats += class->kind == KIND_FLOAT;
        wider += class->kind == KIND_FLOAT && class->wider > 0;
        clear += class->kind == KIND_FLOAT && class->clear > 0;
        if (class->kind > KIND_DOUBLE ||
            !schema->number[class->kind == KIND_DOUBLE ? MM_FIELD_DOUBLE_VAL : MM_FIELD_FLOAT_VAL])
            continue;
        schema->dtype[*rows].value = class->value;
        schema->dtype[(*rows)++].dtype = class->kind == KIND_DOUBLE ? MM_F64 : class->wider ? MM_F32 : MM_F16;
    }
    return floats == 0 || (wider == 1 && clear == 1);
}

/* Where all values are floats, nothing but FLOAT16's values speaks for a number: in two files of each type, and in all. */
static bool is_told_by_half(const struct types *types)
{
    if (types->count != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        const struct type_class *class = &types->class[i];
        if (class->kind != KIND_FLOAT || class->files < 2 ||
            (class->clear != class->files && class->half != class->files))
            return false;
    }
    return true;
}

static bool has_two_kinds(const struct types *types)
{
    for (size_t i = 1; i < types->count; i++) {
        if (types->class[i].kind != types->class[0].kind)
            return true;
    }
    return false;
}

static void find_dtype(const struct infer *infer, const struct reading *reading, struct mm_schema *schema)
{
    numbers_mask may = 0;
    struct types types;
    struct mm_schema named = *schema;
    size_t rows = 0;
    for (size_t i = 0; i < infer->numbers->count; i++) {
        bool free = !(taken(reading) & bit(i)) && (infer->versions & ~taken(reading) & ~bit(i)) != 0;
        may |= free && may_be_dtype(infer, reading, i, &types) ? bit(i) : 0;
    }
    size_t dtype = only(may);
    if (dtype == NONE || !may_be_dtype(infer, reading, dtype, &types) ||
        (!has_two_kinds(&types) && !is_told_by_half(&types)) || !name_floats(&types, &named, &rows))
        return;
    named.number[MM_FIELD_DTYPE] = infer->numbers->number[dtype];
    *schema = named;
}

/* ---- names ---- */

static numbers_mask find_texts(const struct infer *infer, const struct reading *reading)
{
    numbers_mask texts = 0;
    for (size_t i = 0; i < infer->numbers->count; i++) {
        size_t with = 0;
        for (size_t file = 0; file < infer->count; file++)
            with += at(infer, file, i)->text != 0;
        texts |= with > 0 ? bit(i) : 0;
    }
    return texts & ~taken(reading);
}

/* Is what is under `to` always the same where what is under `from` is? */
static bool determines(const struct infer *infer, size_t from, size_t to)
{
    for (size_t i = 0; i < infer->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (at(infer, i, from)->text == at(infer, k, from)->text &&
                at(infer, i, to)->text != at(infer, k, to)->text)
                return false;
        }
    }
    return true;
}

/* A node has one type, a type several nodes. Two texts are told by that, if both are in every file. */
static void find_names(const struct infer *infer, const struct reading *reading, struct mm_schema *schema)
{
    numbers_mask texts = find_texts(infer, reading);
    if (__builtin_popcountll(texts) != 2)
        return;
    size_t node = (size_t)__builtin_ctzll(texts), type = only(texts & ~bit(node));
    for (size_t i = 0; i < infer->count; i++) {
        if (!at(infer, i, node)->text || !at(infer, i, type)->text)
            return;
    }
    bool forward = determines(infer, node, type), back = determines(infer, type, node);
    if (forward == back)
        return;
    schema->number[MM_FIELD_NODE_NAME] = infer->numbers->number[forward ? node : type];
    schema->number[MM_FIELD_OP_TYPE] = infer->numbers->number[forward ? type : node];
}

/* ---- all of them ---- */

static void find_versions(struct infer *infer)
{
    for (size_t i = 0; i < infer->numbers->count; i++) {
        bool one = infer->count > 0;
        for (size_t file = 0; file < infer->count; file++)
            one &= at(infer, file, i)->scalar && at(infer, file, i)->value == 1;
        infer->versions |= one ? bit(i) : 0;
    }
}

/* ONNX's TensorProto has dims 1, data_type 2 (1: FLOAT), float_data 4, raw_data 9, double_data 10. */
static bool is_onnx(const struct mm_schema *schema)
{
    uint32_t single = schema->number[MM_FIELD_FLOAT_VAL], dbl = schema->number[MM_FIELD_DOUBLE_VAL];
    return schema->number[MM_FIELD_SHAPE] == 1 && schema->number[MM_FIELD_VERSION] == 2 &&
           (single == 0 || single == 4 || single == 9) && (dbl == 0 || dbl == 9 || dbl == 10);
}

static uint32_t number_at(const struct infer *infer, size_t place)
{
    return place < WIRE_NUMBERS ? infer->numbers->number[place] : 0;
}

static int decide(struct infer *infer, struct mm_schema *schema, struct mm_err *err)
{
    struct reading reading = {NONE, NONE, NONE};
    find_versions(infer);
    try_all(infer);
    if (settle(infer, &reading, err) < 0)
        return -1;
    bool single = is_likely(infer, reading.single, true, err),
         dbl = is_likely(infer, reading.dbl, false, err);
    if (!single && !dbl)
        return -1;
    try_shape(infer, reading.shape);
    schema->number[MM_FIELD_SHAPE] = number_at(infer, reading.shape);
    schema->number[MM_FIELD_FLOAT_VAL] = single ? number_at(infer, reading.single) : 0;
    schema->number[MM_FIELD_DOUBLE_VAL] = dbl ? number_at(infer, reading.dbl) : 0;
    schema->number[MM_FIELD_VERSION] = number_at(infer, only(infer->versions & ~taken(&reading)));
    if (is_onnx(schema))
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "the numbers that fit are those of ONNX's tensors: these may be ONNX files that are damaged");
    find_dtype(infer, &reading, schema);
    find_names(infer, &reading, schema);
    return 0;
}

int schema_infer(const struct wire_seen *seen, size_t count, const struct wire_numbers *numbers,
                 struct mm_schema *schema, struct mm_err *err)
{
    struct infer infer = {.seen = seen, .count = count, .numbers = numbers};
    *schema = (struct mm_schema){.inferred = count};
    infer.fit = count ? calloc(count, sizeof *infer.fit) : NULL;
    if (!infer.fit)
        return count ? mm_fail_memory(err) : mm_fail(err, MM_EUNSUPPORTED, "no message could be walked over");
    int result = decide(&infer, schema, err);
    free(infer.fit);
    return result;
}
