/*
 * What a tensor is known by, from a bounded number of its elements. On every axis some places are taken, evenly spread runs of
 * neighbours, that depend on the lengths of the axes alone: of a tensor whose axes stand in another order the same elements
 * are taken.
 */
#include "mmtui/compare.h"

#include <math.h>
#include <stdlib.h>

#define SOME      ((int64_t)16384) /* elements of a larger tensor, at most */
#define NEIGHBOUR 8                /* elements of a run, of several axes ... */
#define IN_A_ROW  256              /* ... and of one */
#define PAGE      ((uint64_t)4096)

/* Of `length` places on an axis, `runs` times `run`. */
struct axis {
    int64_t length, run, runs;
};

struct sample {
    const struct mm_tensor *tensor;
    struct axis axis[MM_RANK_MAX];
    int rank;
    double *value;
    int64_t *at; /* [count] in row-major order */
    int64_t count;
    uint64_t bytes, page; /* read; the first page behind what was read */
};

/* ---- which -------------------------------------------------------------------------------------------------------- */

static int64_t product(const struct sample *sample, int64_t most)
{
    int64_t all = 1;
    for (int i = 0; i < sample->rank; i++) {
        int64_t taken = sample->axis[i].length < most ? sample->axis[i].length : most;
        if (__builtin_mul_overflow(all, taken, &all))
            return INT64_MAX;
    }
    return all;
}

static void spread(struct axis *axis, int64_t most, int64_t run)
{
    bool all = axis->length <= most;
    axis->run = all ? axis->length : most < run ? most : run;
    axis->runs = all ? 1 : most / axis->run;
}

/* Axes of length 1 are left out: they are in other places of the other dump, or nowhere. */
static void choose(struct sample *sample, const struct mm_shape *shape, int64_t count)
{
    int64_t limit = count <= MM_FINGERPRINT_WHOLE ? MM_FINGERPRINT_WHOLE : SOME, low = 1, high = limit;
    sample->rank = 0;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] != 1)
            sample->axis[sample->rank++].length = shape->dim[i];
    }
    while (low < high) {
        int64_t most = low + (high - low + 1) / 2;
        if (product(sample, most) <= limit)
            low = most;
        else
            high = most - 1;
    }
    for (int i = 0; i < sample->rank; i++)
        spread(&sample->axis[i], low, sample->rank == 1 ? IN_A_ROW : NEIGHBOUR);
}

/* The first place of a run; products are split so that they fit. */
static int64_t begin_of(const struct axis *axis, int64_t run)
{
    int64_t room = axis->length - axis->run, gaps = axis->runs - 1;
    return gaps == 0 ? room / 2 : run * (room / gaps) + run * (room % gaps) / gaps;
}

static int64_t taken_of(const struct axis *axis)
{
    return axis->run * axis->runs;
}

/* ---- reading ------------------------------------------------------------------------------------------------------ */

/* Pages that were not counted before; elements are asked for in the order in which they lie, mostly. */
static void add_pages(struct sample *sample, int64_t index, int64_t count)
{
    uint64_t size = mm_dtype_info(sample->tensor->stored)->bytes;
    uint64_t from = (uint64_t)index * size / PAGE, to = ((uint64_t)(index + count) * size + PAGE - 1) / PAGE;
    if (sample->tensor->strided) {
        sample->bytes += (uint64_t)count * PAGE;
        return;
    }
    from = from < sample->page ? sample->page : from;
    sample->bytes += to > from ? (to - from) * PAGE : 0;
    sample->page = to > sample->page ? to : sample->page;
}

static bool read_run(struct sample *sample, struct mm_cursor *cursor, int64_t index, int64_t count)
{
    mm_cursor_seek(cursor, index);
    for (int64_t i = 0; i < count; i++)
        sample->at[sample->count + i] = index + i;
    for (int64_t done = 0; done < count;) {
        size_t got = mm_cursor_double(cursor, sample->value + sample->count + done, (size_t)(count - done));
        if (got == 0 || cursor->bad)
            return false;
        done += (int64_t)got;
    }
    add_pages(sample, index, count);
    sample->count += count;
    return true;
}

/* The next places on all axes but the last; false: there are none. */
static bool step(const struct sample *sample, int64_t *place)
{
    for (int i = sample->rank - 2; i >= 0; i--) {
        if (++place[i] < taken_of(&sample->axis[i]))
            return true;
        place[i] = 0;
    }
    return false;
}

/* Where a row of the last axis begins. */
static int64_t row_of(const struct sample *sample, const int64_t *place)
{
    int64_t row = 0;
    for (int i = 0; i + 1 < sample->rank; i++) {
        const struct axis *axis = &sample->axis[i];
        row = row * axis->length + begin_of(axis, place[i] / axis->run) + place[i] % axis->run;
    }
    return sample->rank ? row * sample->axis[sample->rank - 1].length : 0;
}

static int read_all(struct sample *sample, struct mm_err *err)
{
    static const struct axis scalar = {1, 1, 1};
    const struct axis *last = sample->rank ? &sample->axis[sample->rank - 1] : &scalar;
    int64_t place[MM_RANK_MAX] = {0};
    struct mm_cursor cursor;
    bool good = true;
    mm_cursor_init(&cursor, sample->tensor);
    sample->count = 0;
    sample->page = 0;
    do {
        int64_t row = row_of(sample, place);
        for (int64_t run = 0; run < last->runs && good; run++)
            good = read_run(sample, &cursor, row + begin_of(last, run), last->run);
    } while (good && step(sample, place));
    return good ? 0 : mm_fail(err, MM_ECORRUPT, "a value can't be read");
}

/* ---- figures ------------------------------------------------------------------------------------------------------ */

/* False: not all of them are finite. */
static bool figures_of(const struct sample *sample, struct mm_summary *out)
{
    double sum = 0, square = 0;
    *out = (struct mm_summary){.min = INFINITY, .max = -INFINITY, .min_at = -1, .max_at = -1};
    for (int64_t i = 0; i < sample->count; i++) {
        double value = sample->value[i];
        if (!isfinite(value))
            return false;
        sum += value;
        out->min_at = value < out->min ? sample->at[i] : out->min_at;
        out->min = fmin(value, out->min);
        out->max_at = value > out->max ? sample->at[i] : out->max_at;
        out->max = fmax(value, out->max);
    }
    out->mean = sum / (double)sample->count;
    for (int64_t i = 0; i < sample->count; i++)
        square += (sample->value[i] - out->mean) * (sample->value[i] - out->mean);
    out->std = sqrt(square / (double)sample->count);
    return isfinite(out->std);
}

static int take(struct sample *sample, const struct mm_shape *shape, struct mm_summary *out, bool *known,
                struct mm_err *err)
{
    choose(sample, shape, sample->tensor->count);
    if (read_all(sample, err) < 0)
        return -1;
    *known = figures_of(sample, out);
    return 0;
}

int mm_fingerprint_take(const struct mm_tensor *tensor, struct mm_fingerprint *out, uint64_t *bytes,
                        struct mm_err *err)
{
    const struct mm_shape row = {.rank = 1, .dim = {tensor->count}};
    struct sample sample = {.tensor = tensor};
    *out = (struct mm_fingerprint){
        .count = tensor->count, .shape = tensor->shape, .sampled = tensor->count > MM_FINGERPRINT_WHOLE};
    *bytes = 0;
    if (tensor->count <= 0)
        return 0;
    sample.value = malloc(MM_FINGERPRINT_WHOLE * sizeof *sample.value);
    sample.at = malloc(MM_FINGERPRINT_WHOLE * sizeof *sample.at);
    int result = sample.value && sample.at ? take(&sample, &tensor->shape, &out->figures, &out->known, err)
                                           : mm_fail_memory(err);
    if (result == 0 && out->known && out->sampled)
        result = take(&sample, &row, &out->row, &out->known, err);
    *bytes = sample.bytes;
    free(sample.value);
    free(sample.at);
    return result;
}
