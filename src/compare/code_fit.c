/* Which numbers integers stand for, told from the values of both sides. */
#include "compare/code_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE 8192 /* values that are looked at */
/* What a fit may leave, position by position: more is no fit; more than the other leaves the scale in doubt. And sorted:
 * values that only were moved leave next to nothing. */
#define PLACED_LEFT 0.5
#define PLACED_SURE 0.25
#define SORTED_SURE 0.08
/* Or most of the values lie on the line, and so near. */
#define MOST_SHARE 0.75
#define MOST_LEFT  0.1
/* As they are, the codes have to be so many times further off than dequantised. */
#define RAW_TIMES 4.0
/* Positions further off than so many times the median are left out when the fit is made again. */
#define TRIM_TIMES  4.0
#define TRIM_ROUNDS 3
#define FIT_LEAST   8   /* values inside the codes' range that make a fit sure; with fewer all are taken */
#define SMALL_SAME  0.1 /* so near to the numbers, codes are these whatever fits */

struct points {
    const double *s, *q;
    size_t n;
    double lowest, highest; /* of the codes */
    double *off;            /* [n] |s - what the code stands for|, of the last fit; unset before */
    double limit;           /* of those that count */
    bool ends;              /* values at the ends of the codes count, too: there are few others */
};

/* Symmetric runtimes do not use the lowest code. */
static bool at_end(const struct points *p, double q)
{
    return q >= p->highest || q <= p->lowest + (p->lowest < 0);
}

static bool counts(const struct points *p, size_t i)
{
    return (p->ends || !at_end(p, p->q[i])) && p->off[i] <= p->limit;
}

static bool few_inside(const struct points *p)
{
    size_t inside = 0;
    for (size_t i = 0; i < p->n; i++)
        inside += !at_end(p, p->q[i]);
    return inside < FIT_LEAST;
}

/* q = z + s / scale by least squares, z rounded into the codes' range, then the scale once more for that z. */
static bool fit(const struct points *p, struct code_fit *out)
{
    double n = 0, ms = 0, mq = 0, ss = 0, sq = 0, square = 0, product = 0;
    for (size_t i = 0; i < p->n; i++) {
        n += counts(p, i);
        ms += counts(p, i) ? p->s[i] : 0;
        mq += counts(p, i) ? p->q[i] : 0;
    }
    if (n < (p->ends ? 2 : FIT_LEAST))
        return false;
    ms /= n;
    mq /= n;
    for (size_t i = 0; i < p->n; i++) {
        if (!counts(p, i))
            continue;
        ss += (p->s[i] - ms) * (p->s[i] - ms);
        sq += (p->s[i] - ms) * (p->q[i] - mq);
    }
    if (!(ss > 0) || !(sq > 0))
        return false;
    out->zero_point = fmin(fmax(rint(mq - sq / ss * ms), p->lowest), p->highest);
    for (size_t i = 0; i < p->n; i++) {
        square += counts(p, i) ? p->s[i] * p->s[i] : 0;
        product += counts(p, i) ? p->s[i] * (p->q[i] - out->zero_point) : 0;
    }
    out->scale = square / product;
    return out->scale > 0 && isfinite(out->scale);
}

/* What the codes can't hold is cut off from the numbers as well. */
static double clipped(const struct points *p, const struct code_fit *f, double s)
{
    return fmin(fmax(s, (p->lowest - f->zero_point) * f->scale), (p->highest - f->zero_point) * f->scale);
}

static double error_of(struct points *p, const struct code_fit *f)
{
    double left = 0, all = 0;
    for (size_t i = 0; i < p->n; i++) {
        p->off[i] = fabs(clipped(p, f, p->s[i]) - (p->q[i] - f->zero_point) * f->scale);
        left += p->off[i] * p->off[i];
        all += p->s[i] * p->s[i];
    }
    return all > 0 ? sqrt(left / all) : INFINITY;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* `sorted` has room for n. */
static double median_off(const struct points *p, double *sorted)
{
    memcpy(sorted, p->off, p->n * sizeof *sorted);
    qsort(sorted, p->n, sizeof *sorted, ascending);
    return sorted[p->n / 2];
}

/* Do most values fit well, however far off the others are? */
static bool most_fit(const struct points *p)
{
    double left = 0, all = 0, kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->off[i] > p->limit)
            continue;
        kept++;
        left += p->off[i] * p->off[i];
        all += p->s[i] * p->s[i];
    }
    return kept >= MOST_SHARE * (double)p->n && left <= MOST_LEFT * MOST_LEFT * all;
}

static bool fit_trimmed(struct points *p, double *memory, struct code_fit *out)
{
    memset(p->off, 0, p->n * sizeof *p->off);
    p->limit = INFINITY;
    if (!fit(p, out))
        return false;
    out->error = error_of(p, out);
    for (int round = 0; round < TRIM_ROUNDS; round++) {
        struct code_fit again = *out;
        p->limit = fmax(TRIM_TIMES * median_off(p, memory), out->scale);
        if (!fit(p, &again))
            break;
        again.error = error_of(p, &again);
        *out = again;
    }
    return true;
}

/* Codes that are the numbers themselves were not quantised. */
static bool are_numbers(const double *s, const double *q, size_t n, const struct code_fit *f)
{
    double off = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        off += (s[i] - q[i]) * (s[i] - q[i]);
        all += s[i] * s[i];
    }
    double most = !f->few && f->error <= PLACED_LEFT ? fmax(RAW_TIMES * f->error, SMALL_SAME) : SMALL_SAME;
    return !(all > 0) || off == 0 || sqrt(off / all) <= most;
}

/* In sorted order; `memory` has room for 2 n. */
static bool fit_sorted(struct points *p, double *sorted_s, double *sorted_q, double *memory,
                       struct code_fit *out)
{
    memcpy(sorted_s, p->s, p->n * sizeof *sorted_s);
    memcpy(sorted_q, p->q, p->n * sizeof *sorted_q);
    qsort(sorted_s, p->n, sizeof *sorted_s, ascending);
    qsort(sorted_q, p->n, sizeof *sorted_q, ascending);
    p->s = sorted_s;
    p->q = sorted_q;
    return fit_trimmed(p, memory, out);
}

/* The better of both; `memory` has room for 4 n. Returns false where nothing can be fitted. */
static bool fit_best(struct points *p, double *memory, struct code_fit *out)
{
    size_t n = p->n;
    bool placed = fit_trimmed(p, memory + n, out), few = out->few;
    struct code_fit sorted = {.few = few, .permuted = true};
    if (placed && out->error <= PLACED_LEFT) {
        out->kind = out->error <= PLACED_SURE || most_fit(p) ? CODE_FIT_GOOD : CODE_FIT_GUESS;
        return true;
    }
    if (fit_sorted(p, memory + 2 * n, memory + 3 * n, memory + n, &sorted)) {
        *out = sorted;
        placed = true;
    }
    out->kind = out->permuted && out->error <= SORTED_SURE ? CODE_FIT_GOOD : CODE_FIT_GUESS;
    return placed;
}

void code_fit_find(const double *s, const double *q, size_t n, enum mm_dtype dtype, struct code_fit *out)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    struct code_fit none = {.kind = CODE_FIT_NONE, .scale = 1, .error = INFINITY};
    double *memory = n ? malloc(4 * n * sizeof *memory) : NULL;
    struct points p = {s, q, n, info->lowest, info->highest, memory, INFINITY, false};
    p.ends = few_inside(&p);
    *out = (struct code_fit){.few = p.ends};
    if (!memory || !fit_best(&p, memory, out))
        *out = none;
    else if (are_numbers(p.s, p.q, n, out))
        out->kind = CODE_FIT_NUMBERS;
    free(memory);
}

/* ---- of a pair ---- */

struct asking {
    struct code_fit *out;
    enum mm_dtype dtype;
    bool found;
};

/* An even step would see one channel of a tensor with its channels last. */
static int64_t next_in_sample(int64_t i, int64_t count)
{
    int64_t step = count / SAMPLE + 1;
    return i + step + (step > 1 && i / step % 3 == 0);
}

static int read_sample(const struct mm_tensor *s, const struct mm_tensor *d, double *x, double *q, size_t *n,
                       struct mm_err *err)
{
    struct mm_cursor from_s, from_d;
    *n = 0;
    mm_cursor_init(&from_s, s);
    mm_cursor_init(&from_d, d);
    for (int64_t i = 0; i < s->count; i = next_in_sample(i, s->count)) {
        mm_cursor_seek(&from_s, i);
        mm_cursor_seek(&from_d, i);
        if (mm_cursor_double(&from_s, &x[*n], 1) != 1 || mm_cursor_double(&from_d, &q[*n], 1) != 1)
            return mm_fail(err, MM_ECORRUPT, "element %lld can't be read", (long long)i);
        *n += isfinite(x[*n]);
    }
    return 0;
}

static bool are_codes(const struct mm_pair_tensors *tensors)
{
    const struct mm_dtype_info *d = mm_dtype_info(tensors->d.dtype);
    return mm_dtype_info(tensors->s.dtype)->kind == MM_KIND_FLOAT && !tensors->d.quantised && d->bits <= 8 &&
           (d->kind == MM_KIND_INT || d->kind == MM_KIND_UINT) && tensors->match != MM_MATCH_MISMATCH &&
           tensors->s.count == tensors->d.count;
}

static int look(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct asking *asking = context;
    *failed_dst = false;
    asking->found = false;
    if (!are_codes(tensors))
        return 0;
    double *x = calloc(2 * (SAMPLE + 1), sizeof *x), *q = x ? x + SAMPLE + 1 : NULL;
    size_t n = 0;
    int result = x ? read_sample(&tensors->s, &tensors->d, x, q, &n, err) : mm_fail_memory(err);
    asking->dtype = tensors->d.dtype;
    asking->found = result == 0;
    if (asking->found)
        code_fit_find(x, q, n, tensors->d.dtype, asking->out);
    free(x);
    return result;
}

bool code_fit_pair(const struct mm_pair *pair, const struct mm_schema *schema, struct code_fit *out,
                   enum mm_dtype *dtype)
{
    struct mm_pair bare = *pair; /* as it is stored */
    bare.scales = NULL;
    struct asking asking = {.out = out};
    struct mm_pair_reading reading = {.pair = &bare, .schema = schema, .values = look, .context = &asking};
    if (!pair->src || !pair->dst || mm_pair_read(&reading, NULL, NULL) < 0)
        return false;
    *dtype = asking.dtype;
    return asking.found;
}
