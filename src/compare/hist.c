/* Histograms of a pair: both sides over one range, and the error's by powers of two. */
#include "compare/hist.h"
#include "compare/pass.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct range {
    double low, high; /* +Inf, -Inf: nothing finite seen */
};

static void widen_float(struct range *range, const float *x, size_t n)
{
    float low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        bool finite = fabsf(x[i]) <= FLT_MAX;

        low = finite && x[i] < low ? x[i] : low;
        high = finite && x[i] > high ? x[i] : high;
    }
    *range = (struct range){fmin(range->low, low), fmax(range->high, high)};
}

static void widen_double(struct range *range, const double *x, size_t n)
{
    double low = range->low, high = range->high;

    for (size_t i = 0; i < n; i++) {
        bool finite = fabs(x[i]) <= DBL_MAX;

        low = finite && x[i] < low ? x[i] : low;
        high = finite && x[i] > high ? x[i] : high;
    }
    *range = (struct range){low, high};
}

/* A range for a single value: half of it to each side, so that it stands in the middle. */
static struct range around(double value)
{
    double half = fabs(value) / 2.0;

    if (half == 0.0)
        half = 0.5;
    return (struct range){fmax(value - half, -DBL_MAX), fmin(value + half, DBL_MAX)};
}

/* ---- walking ---- */

/* What is open. */
struct count {
    const struct mm_duo *duo;
    const struct mm_pair *pair;
    const atomic_bool *cancel;
};

/* What is done with a tile of one side, in either lane. */
struct visit {
    void (*float_tile)(void *context, const float *x, size_t n);
    void (*double_tile)(void *context, const double *x, size_t n);
};

/* The next tile of one side; *n is 0 at the end. */
static int visit_next(struct mm_pass *pass, const struct visit *visit, void *context, size_t *n,
                      struct mm_err *err)
{
    if (pass->lane_f) {
        struct mm_tile_float tile;

        if (mm_pass_float(pass, &tile, n, err))
            return -1;
        visit->float_tile(context, tile.s, *n);
    } else {
        double x[MM_TILE];

        if (mm_pass_double(pass, x, x, n, err))
            return -1;
        visit->double_tile(context, x, *n);
    }
    return 0;
}

/* One side alone, tile by tile. */
static int walk_side(struct count *count, bool dst, const struct visit *visit, void *context,
                     struct mm_err *err)
{
    const struct mm_tensor *tensor = dst ? &count->duo->d : &count->duo->s;
    const char *name = dst ? count->pair->dst->file : count->pair->src->file;
    struct mm_pass pass = {.cancel = count->cancel, .name_s = name, .name_d = name};
    size_t n;

    mm_pass_start(&pass, tensor, tensor);
    do {
        if (visit_next(&pass, visit, context, &n, err))
            return -1;
    } while (n > 0);
    return 0;
}

static void range_float(void *context, const float *x, size_t n)
{
    widen_float(context, x, n);
}

static void range_double(void *context, const double *x, size_t n)
{
    widen_double(context, x, n);
}

static void hist_float(void *context, const float *x, size_t n)
{
    mm_kernels()->hist_float(context, x, n);
}

static void hist_double(void *context, const double *x, size_t n)
{
    mm_kernels()->hist_double(context, x, n);
}

static const struct visit visit_range = {range_float, range_double}, visit_hist = {hist_float, hist_double};

static int both_float(struct mm_pass *pass, struct mm_pair_hist *out, size_t *n, struct mm_err *err)
{
    const struct mm_kernels *kernels = mm_kernels();
    struct mm_tile_float tile;

    if (mm_pass_float(pass, &tile, n, err))
        return -1;
    kernels->hist_float(&out->src, tile.s, *n);
    kernels->hist_float(&out->dst, tile.d, *n);
    kernels->exp_hist_float(&out->error, tile.s, tile.d, *n);
    return 0;
}

static int both_double(struct mm_pass *pass, struct mm_pair_hist *out, size_t *n, struct mm_err *err)
{
    const struct mm_kernels *kernels = mm_kernels();
    double s[MM_TILE], d[MM_TILE];

    if (mm_pass_double(pass, s, d, n, err))
        return -1;
    kernels->hist_double(&out->src, s, *n);
    kernels->hist_double(&out->dst, d, *n);
    kernels->exp_hist_double(&out->error, s, d, *n);
    return 0;
}

/* Each side's histogram and the error's, in one walk over both. */
static int walk_both(struct count *count, struct mm_pair_hist *out, struct mm_err *err)
{
    struct mm_pass pass = {
        .cancel = count->cancel, .name_s = count->pair->src->file, .name_d = count->pair->dst->file};
    size_t n;

    mm_pass_start(&pass, &count->duo->s, &count->duo->d);
    do {
        if (pass.lane_f ? both_float(&pass, out, &n, err) : both_double(&pass, out, &n, err))
            return -1;
    } while (n > 0);
    return 0;
}

/* ---- range and memory ---- */

static int find_range(struct count *count, struct range *range, struct mm_err *err)
{
    *range = (struct range){INFINITY, -INFINITY};
    if (count->duo->has_src && walk_side(count, false, &visit_range, range, err))
        return -1;
    if (count->duo->has_dst && walk_side(count, true, &visit_range, range, err))
        return -1;
    if (range->low > range->high) /* nothing finite, or no elements: any range will do */
        *range = around(0.0);
    else if (range->low == range->high)
        *range = around(range->low);
    return 0;
}

static int hist_init(struct mm_hist *hist, bool wanted, const struct range *range, size_t bins,
                     struct mm_err *err)
{
    hist->low = range->low;
    hist->high = range->high;
    if (!wanted)
        return 0;
    hist->count = calloc(bins, sizeof(*hist->count));
    if (!hist->count)
        return mm_fail_memory(err);
    hist->bins = bins;
    return 0;
}

static int check_options(const struct mm_hist_options *options, struct mm_err *err)
{
    if (options->bins < 1 || options->bins > MM_HIST_BINS_MAX)
        return mm_fail(err, MM_EARG, "a histogram has 1 to %d bins", MM_HIST_BINS_MAX);
    if (!isfinite(options->low) || !isfinite(options->high) || options->low > options->high)
        return mm_fail(err, MM_EARG, "a histogram's range goes from a finite number to a greater one");
    return 0;
}

/* ---- all of it ---- */

static int count_sides(struct count *count, struct mm_pair_hist *out, struct mm_err *err)
{
    if (count->duo->has_src && walk_side(count, false, &visit_hist, &out->src, err))
        return -1;
    if (count->duo->has_dst && walk_side(count, true, &visit_hist, &out->dst, err))
        return -1;
    return 0;
}

static int count_all(struct count *count, const struct mm_hist_options *options, struct mm_pair_hist *out,
                     struct mm_err *err)
{
    bool both = count->duo->fit != MM_FIT_NONE && count->duo->fit != MM_FIT_MISMATCH;
    struct range range = {options->low, options->high};

    if (range.low == range.high && find_range(count, &range, err))
        return -1;
    if (hist_init(&out->src, count->duo->has_src, &range, options->bins, err) ||
        hist_init(&out->dst, count->duo->has_dst, &range, options->bins, err))
        return -1;
    return both ? walk_both(count, out, err) : count_sides(count, out, err);
}

int mm_duo_hist(const struct mm_duo *duo, const struct mm_pair *pair, const struct mm_hist_options *options,
                const atomic_bool *cancel, struct mm_pair_hist *out, struct mm_err *err)
{
    struct count count = {.duo = duo, .pair = pair, .cancel = cancel};

    memset(out, 0, sizeof(*out));
    if (check_options(options, err) == 0 && count_all(&count, options, out, err) == 0)
        return 0;
    mm_pair_hist_done(out);
    return -1;
}

int mm_pair_hist(const struct mm_pair *pair, const struct mm_schema *schema,
                 const struct mm_hist_options *options, const atomic_bool *cancel, struct mm_pair_hist *out,
                 struct mm_err *err)
{
    struct mm_duo duo;
    bool failed_dst;
    int failed;

    memset(out, 0, sizeof(*out));
    if (check_options(options, err) || mm_duo_open_until(&duo, pair, schema, cancel, NULL, err))
        return -1;
    failed = mm_duo_hist(&duo, pair, options, cancel, out, err);
    /* large text files that are laid out otherwise than they seemed */
    if (failed && mm_duo_settle_both(&duo, pair, schema, cancel, err) == 0) {
        mm_pair_hist_done(out);
        failed = mm_duo_hist(&duo, pair, options, cancel, out, err);
    }
    if (mm_duo_check(&duo, pair, &failed_dst, err))
        failed = -1;
    mm_duo_close(&duo);
    if (failed)
        mm_pair_hist_done(out);
    return failed;
}

void mm_pair_hist_done(struct mm_pair_hist *hist)
{
    free(hist->src.count);
    free(hist->dst.count);
    memset(hist, 0, sizeof(*hist));
}
