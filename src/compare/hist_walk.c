/*
 * Every piece of a large tensor is counted in a tally of its own and then added to the whole. Small ones, and
 * those in which going to a place takes a walk, are counted from one end to the other by one worker.
 */
#include "compare/hist_walk.h"
#include "compare/parallel_reduce.h"
#include "compare/total.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* What is done with a tile, in either lane. */
struct fold {
    void (*float_tile)(struct mm_tally *tally, const float *s, const float *d, size_t n);
    void (*double_tile)(struct mm_tally *tally, const double *s, const double *d, size_t n);
};

/* ---- tiles ---- */

static void range_float(struct mm_tally *tally, const float *s, const float *d, size_t n)
{
    float low = INFINITY, high = -INFINITY;

    (void)d;
    for (size_t i = 0; i < n; i++) {
        bool finite = fabsf(s[i]) <= FLT_MAX;

        low = finite && s[i] < low ? s[i] : low;
        high = finite && s[i] > high ? s[i] : high;
    }
    tally->range = (struct mm_range){fmin(tally->range.low, low), fmax(tally->range.high, high)};
}

static void range_double(struct mm_tally *tally, const double *s, const double *d, size_t n)
{
    double low = tally->range.low, high = tally->range.high;

    (void)d;
    for (size_t i = 0; i < n; i++) {
        bool finite = fabs(s[i]) <= DBL_MAX;

        low = finite && s[i] < low ? s[i] : low;
        high = finite && s[i] > high ? s[i] : high;
    }
    tally->range = (struct mm_range){low, high};
}

static void src_float(struct mm_tally *tally, const float *s, const float *d, size_t n)
{
    (void)d;
    mm_kernels()->hist_float(&tally->hist.src, s, n);
}

static void src_double(struct mm_tally *tally, const double *s, const double *d, size_t n)
{
    (void)d;
    mm_kernels()->hist_double(&tally->hist.src, s, n);
}

static void dst_float(struct mm_tally *tally, const float *s, const float *d, size_t n)
{
    (void)d;
    mm_kernels()->hist_float(&tally->hist.dst, s, n);
}

static void dst_double(struct mm_tally *tally, const double *s, const double *d, size_t n)
{
    (void)d;
    mm_kernels()->hist_double(&tally->hist.dst, s, n);
}

static void both_float(struct mm_tally *tally, const float *s, const float *d, size_t n)
{
    const struct mm_kernels *kernels = mm_kernels();

    kernels->hist_float(&tally->hist.src, s, n);
    kernels->hist_float(&tally->hist.dst, d, n);
    kernels->exp_hist_float(&tally->hist.error, s, d, n);
}

static void both_double(struct mm_tally *tally, const double *s, const double *d, size_t n)
{
    const struct mm_kernels *kernels = mm_kernels();

    kernels->hist_double(&tally->hist.src, s, n);
    kernels->hist_double(&tally->hist.dst, d, n);
    kernels->exp_hist_double(&tally->hist.error, s, d, n);
}

static const struct fold fold_range = {range_float, range_double}, fold_src = {src_float, src_double},
                         fold_dst = {dst_float, dst_double}, fold_both = {both_float, both_double};

/* ---- a stretch ---- */

/* The next tile; *n is 0 at the end. */
static int fold_next(struct mm_pass *pass, const struct fold *fold, struct mm_tally *tally, size_t *n,
                     struct mm_err *err)
{
    if (pass->lane_f) {
        struct mm_tile_float tile;

        if (mm_pass_float(pass, &tile, n, err))
            return -1;
        fold->float_tile(tally, tile.s, tile.d, *n);
    } else {
        double s[MM_TILE], d[MM_TILE];

        if (mm_pass_double(pass, s, d, n, err))
            return -1;
        fold->double_tile(tally, s, pass->single ? s : d, *n);
    }
    return 0;
}

/* Elements [first, end); 0 and -1: all. */
static int fold_stretch(const struct mm_hist_walk *walk, const struct fold *fold, int64_t first, int64_t end,
                        struct mm_tally *tally, bool *failed_dst, struct mm_err *err)
{
    struct mm_pass pass = {.cancel = walk->control.cancel, .name_s = walk->name_s, .name_d = walk->name_d};
    size_t n;

    mm_pass_start(&pass, walk->s, walk->d ? walk->d : walk->s);
    if (end >= 0)
        mm_pass_range(&pass, first, end);
    do {
        if (fold_next(&pass, fold, tally, &n, err)) {
            *failed_dst = pass.failed_dst;
            return -1;
        }
        mm_progress_add(walk->control.progress, (int64_t)n);
    } while (n > 0);
    return 0;
}

/* ---- tallies of pieces ---- */

static int hist_like(struct mm_hist *out, const struct mm_hist *hist)
{
    *out = (struct mm_hist){.low = hist->low, .high = hist->high, .bins = hist->bins};
    if (hist->bins > 0)
        out->count = calloc(hist->bins, sizeof(*out->count));
    return out->count || hist->bins == 0 ? 0 : -1;
}

/* An empty one for the same. */
static int tally_like(struct mm_tally *out, const struct mm_tally *tally)
{
    *out = (struct mm_tally){.range = {INFINITY, -INFINITY}};
    if (hist_like(&out->hist.src, &tally->hist.src) == 0 && hist_like(&out->hist.dst, &tally->hist.dst) == 0)
        return 0;
    mm_pair_hist_done(&out->hist);
    return -1;
}

static void hist_merge(struct mm_hist *hist, const struct mm_hist *more)
{
    for (size_t i = 0; i < hist->bins; i++)
        hist->count[i] += more->count[i];
    hist->below += more->below;
    hist->above += more->above;
    hist->nonfinite += more->nonfinite;
}

static void tally_merge(struct mm_tally *tally, const struct mm_tally *more)
{
    tally->range =
        (struct mm_range){fmin(tally->range.low, more->range.low), fmax(tally->range.high, more->range.high)};
    hist_merge(&tally->hist.src, &more->hist.src);
    hist_merge(&tally->hist.dst, &more->hist.dst);
    for (int i = 0; i < MM_EXP_BINS; i++)
        tally->hist.error.count[i] += more->hist.error.count[i];
    tally->hist.error.zero += more->hist.error.zero;
    tally->hist.error.nonfinite += more->hist.error.nonfinite;
}

/* ---- pieces, by whoever has time ---- */

struct pieces {
    struct mm_parallel_reduce share; /* the first member */
    const struct mm_hist_walk *walk;
    const struct fold *fold;
    struct mm_tally *tally; /* under the lock */
};

static int fold_piece(struct mm_parallel_reduce *share, int64_t first, int64_t end, struct mm_err *err)
{
    struct pieces *pieces = (struct pieces *)share;
    struct mm_tally own;
    bool failed_dst; /* what can be shared out has no values that can't be read */
    int failed;

    if (tally_like(&own, pieces->tally) < 0)
        return mm_fail_memory(err);
    failed = fold_stretch(pieces->walk, pieces->fold, first, end, &own, &failed_dst, err);
    if (!failed) {
        pthread_mutex_lock(&share->lock);
        tally_merge(pieces->tally, &own);
        pthread_mutex_unlock(&share->lock);
    }
    mm_pair_hist_done(&own.hist);
    return failed;
}

static int fold_pieces(const struct mm_hist_walk *walk, const struct fold *fold, struct mm_tally *tally,
                       struct mm_err *err)
{
    struct pieces pieces = {.share = {.piece = fold_piece, .count = walk->s->count, .step = MM_PIECE},
                            .walk = walk,
                            .fold = fold,
                            .tally = tally};

    return mm_parallel_reduce_run(walk->control.helpers, &pieces.share, err);
}

static int fold_all(const struct mm_hist_walk *walk, const struct fold *fold, struct mm_tally *tally,
                    struct mm_err *err)
{
    if (walk->control.helpers && walk->s->count > MM_WHOLE && mm_divisible(walk->s) &&
        (!walk->d || mm_divisible(walk->d)))
        return fold_pieces(walk, fold, tally, err);
    return fold_stretch(walk, fold, 0, -1, tally, walk->failed_dst, err);
}

int mm_walk_range(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err)
{
    return fold_all(walk, &fold_range, tally, err);
}

int mm_walk_src(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err)
{
    return fold_all(walk, &fold_src, tally, err);
}

int mm_walk_dst(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err)
{
    return fold_all(walk, &fold_dst, tally, err);
}

int mm_walk_both(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err)
{
    return fold_all(walk, &fold_both, tally, err);
}
