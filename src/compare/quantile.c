/*
 * Exact quantiles of |e| by radix selection.
 *
 * The bit pattern of a double that is not negative orders as the double does. Each pass over the tensors
 * counts the next 16 bits of those values whose bits above are the ones already found for a quantile; after
 * the last pass its 64 bits are known. Four passes at most; a pass over bits that are zero in every value is
 * left out (differences of halves and integers need two, of most floats three). No memory grows with the
 * tensors.
 */
#include "compare/quantile.h"
#include "compare/parallel_reduce.h"
#include "compare/total.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT  16
#define DIGITS 4
#define VALUES ((size_t)1 << DIGIT)
#define WANTED 4

/* In thousandths, so that places are exact integers. */
static const int64_t thousandths[WANTED] = {500, 900, 990, 999};

struct wanted {
    uint64_t prefix; /* the digits found so far, below them zeros */
    int64_t place;   /* among the values that begin with prefix, from 0 */
    size_t table;    /* where they are counted: the same for the same prefix */
};

struct select {
    struct mm_pass pass; /* cancel and names */
    const struct mm_tensor *s, *d;
    struct mm_helpers *helpers; /* or NULL */
    uint64_t *count;            /* [tables][VALUES] */
    size_t tables;
    uint64_t prefix[WANTED]; /* [tables] */
    uint64_t seen;           /* all values or-ed together */
    int64_t n;
    struct wanted wanted[WANTED];
};

/* |e|, or all ones where the position does not count (no |e| has the sign bit). */
static uint64_t bits_of(double s, double d)
{
    double e = fabs(s - d);
    uint64_t bits;

    if (!(fabs(s) <= DBL_MAX) || !(fabs(d) <= DBL_MAX))
        return UINT64_MAX;
    memcpy(&bits, &e, sizeof(bits));
    return bits;
}

/* ---- the first pass: the first digit of all ---- */

static void count_first(struct select *select, const double *s, const double *d, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = bits_of(s[i], d[i]);

        if (bits == UINT64_MAX)
            continue;
        select->seen |= bits;
        select->n++;
        select->count[bits >> (64 - DIGIT)]++;
    }
}

/* ---- later ones: a digit of those that begin as a wanted one does ---- */

static void count_next(struct select *select, int shift, const double *s, const double *d, size_t n)
{
    const uint64_t above = UINT64_MAX << (shift + DIGIT);

    for (size_t i = 0; i < n; i++) {
        uint64_t bits = bits_of(s[i], d[i]);

        for (size_t t = 0; t < select->tables; t++) {
            if ((bits & above) == select->prefix[t])
                select->count[t * VALUES + (bits >> shift & (VALUES - 1))]++;
        }
    }
}

/* ---- a walk over both tensors ---- */

/* From where the pass stands to its end. */
static int count_stretch(struct select *select, int shift, struct mm_err *err)
{
    double s[MM_TILE], d[MM_TILE];
    size_t n;

    for (;;) {
        if (mm_pass_double(&select->pass, s, d, &n, err))
            return -1;
        if (n == 0)
            return 0;
        if (shift == 64 - DIGIT)
            count_first(select, s, select->pass.single ? s : d, n);
        else
            count_next(select, shift, s, select->pass.single ? s : d, n);
    }
}

struct pieces {
    struct mm_parallel_reduce share; /* the first member */
    int shift;
    struct select empty;   /* what a piece begins with */
    struct select *select; /* under the lock */
};

static void merge(struct select *select, const struct select *more)
{
    for (size_t i = 0; i < select->tables * VALUES; i++)
        select->count[i] += more->count[i];
    select->seen |= more->seen;
    select->n += more->n;
}

static int count_piece(struct mm_parallel_reduce *share, int64_t first, int64_t end, struct mm_err *err)
{
    struct pieces *pieces = (struct pieces *)share;
    struct select own = pieces->empty;
    int failed;

    own.count = calloc(own.tables * VALUES, sizeof(*own.count));
    if (!own.count)
        return mm_fail_memory(err);
    mm_pass_start(&own.pass, own.s, own.d);
    mm_pass_range(&own.pass, first, end);
    failed = count_stretch(&own, pieces->shift, err);
    if (!failed) {
        pthread_mutex_lock(&share->lock);
        merge(pieces->select, &own);
        pthread_mutex_unlock(&share->lock);
    }
    free(own.count);
    return failed;
}

/* Pieces are large beside their tables. */
static int count_digit(struct select *select, int shift, struct mm_err *err)
{
    struct pieces pieces = {.share = {.piece = count_piece, .count = select->s->count, .step = MM_WHOLE},
                            .shift = shift,
                            .empty = *select,
                            .select = select};

    pieces.empty.seen = 0;
    pieces.empty.n = 0;
    memset(select->count, 0, select->tables * VALUES * sizeof(*select->count));
    if (select->helpers && select->s->count > 2 * MM_WHOLE && mm_divisible(select->s) &&
        mm_divisible(select->d))
        return mm_parallel_reduce_run(select->helpers, &pieces.share, err);
    mm_pass_start(&select->pass, select->s, select->d);
    return count_stretch(select, shift, err);
}

/* ---- what the counts say ---- */

static void find_digit(const struct select *select, struct wanted *wanted, int shift)
{
    const uint64_t *count = select->count + wanted->table * VALUES;
    uint64_t digit = 0;

    while ((uint64_t)wanted->place >= count[digit]) /* ends: place is less than the sum of all counts */
        wanted->place -= (int64_t)count[digit++];
    wanted->prefix |= digit << shift;
}

/* Wanted ones with the same digits so far share a table. */
static void share_tables(struct select *select)
{
    select->tables = 0;
    for (size_t i = 0; i < WANTED; i++) {
        size_t t = 0;

        while (t < select->tables && select->prefix[t] != select->wanted[i].prefix)
            t++;
        if (t == select->tables)
            select->prefix[select->tables++] = select->wanted[i].prefix;
        select->wanted[i].table = t;
    }
}

/* floor(thousandths (n - 1) / 1000), also where the product would not fit. */
static int64_t place_of(int64_t n, int64_t thousandth)
{
    return (n - 1) / 1000 * thousandth + (n - 1) % 1000 * thousandth / 1000;
}

static int select_all(struct select *select, struct mm_err *err)
{
    for (int shift = 64 - DIGIT; shift >= 0; shift -= DIGIT) {
        if (shift < 64 - DIGIT && (select->seen >> shift & (VALUES - 1)) == 0)
            continue;
        if (count_digit(select, shift, err))
            return -1;
        if (select->n == 0)
            return 0;
        for (size_t i = 0; i < WANTED; i++) {
            if (shift == 64 - DIGIT)
                select->wanted[i].place = place_of(select->n, thousandths[i]);
            find_digit(select, &select->wanted[i], shift);
        }
        share_tables(select);
    }
    return 0;
}

static double value_of(const struct select *select, size_t i)
{
    double value = NAN;

    if (select->n > 0)
        memcpy(&value, &select->wanted[i].prefix, sizeof(value));
    return value;
}

static int quantiles(struct select *select, struct mm_quantiles *out, struct mm_err *err)
{
    int failed;

    select->count = malloc(WANTED * VALUES * sizeof(*select->count));
    select->tables = 1;
    if (!select->count)
        return mm_fail_memory(err);
    failed = select_all(select, err);
    free(select->count);
    *out = (struct mm_quantiles){.count = select->n,
                                 .p50 = value_of(select, 0),
                                 .p90 = value_of(select, 1),
                                 .p99 = value_of(select, 2),
                                 .p999 = value_of(select, 3)};
    return failed;
}

int mm_quantiles_tensors(const struct mm_tensor *s, const struct mm_tensor *d, const atomic_bool *cancel,
                         struct mm_quantiles *out, struct mm_err *err)
{
    struct select select = {.s = s, .d = d, .pass = {.cancel = cancel, .name_s = "src", .name_d = "dst"}};

    if (s->count != d->count)
        return mm_fail(err, MM_EARG, "tensors of different length have no errors");
    return quantiles(&select, out, err);
}

int mm_pair_tensors_quantiles(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                              struct mm_helpers *helpers, const atomic_bool *cancel, struct mm_quantiles *out,
                              bool *failed_dst, struct mm_err *err)
{
    struct select select = {
        .s = &tensors->s, .d = &tensors->d, .helpers = helpers, .pass = {.cancel = cancel}};
    int failed;

    if (tensors->match == MM_MATCH_NONE || tensors->match == MM_MATCH_MISMATCH)
        return mm_fail(err, MM_EARG, "%s: errors are between two tensors of the same shape", pair->name);
    select.pass.name_s = pair->src->label;
    select.pass.name_d = pair->dst->label;
    failed = quantiles(&select, out, err);
    *failed_dst = select.pass.failed_dst;
    return failed;
}

/* What mm_pair_quantiles was asked for. */
struct question {
    const struct mm_pair *pair;
    const atomic_bool *cancel;
    struct mm_quantiles *out;
};

static int answer(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct question *question = context;

    return mm_pair_tensors_quantiles(tensors, question->pair, NULL, question->cancel, question->out,
                                     failed_dst, err);
}

int mm_pair_quantiles(const struct mm_pair *pair, const struct mm_schema *schema, const atomic_bool *cancel,
                      struct mm_quantiles *out, struct mm_err *err)
{
    struct question question = {pair, cancel, out};
    struct mm_pair_reading reading = {
        .pair = pair, .schema = schema, .cancel = cancel, .values = answer, .context = &question};

    return mm_pair_read(&reading, NULL, err);
}
