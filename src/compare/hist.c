/* Histograms of a pair: both sides over one range, and the error's by powers of two. */
#include "compare/hist.h"
#include "compare/hist_walk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A range for a single value: half of it to each side, so that it stands in the middle. */
static struct mm_range around(double value)
{
    double half = fabs(value) / 2.0;

    if (half == 0.0)
        half = 0.5;
    return (struct mm_range){fmax(value - half, -DBL_MAX), fmin(value + half, DBL_MAX)};
}

/* What is open, and what becomes of it. */
struct count {
    const struct mm_pair_tensors *tensors;
    const struct mm_pair *pair;
    struct mm_control control;
    bool *failed_dst;
    struct mm_tally tally;
};

static struct mm_hist_walk walk_of(const struct count *count)
{
    return (struct mm_hist_walk){.control = count->control, .failed_dst = count->failed_dst};
}

static struct mm_hist_walk walk_side(const struct count *count, bool dst)
{
    struct mm_hist_walk walk = walk_of(count);

    walk.s = dst ? &count->tensors->d : &count->tensors->s;
    walk.name_s = walk.name_d = dst ? count->pair->dst->label : count->pair->src->label;
    return walk;
}

/* What walks over one side: over those that are there. */
static int walk_sides(struct count *count, mm_hist_walk_fn src, mm_hist_walk_fn dst, struct mm_err *err)
{
    struct mm_hist_walk walk;

    if (count->tensors->has_src) {
        walk = walk_side(count, false);
        if (src(&walk, &count->tally, err))
            return -1;
    }
    if (count->tensors->has_dst) {
        walk = walk_side(count, true);
        if (dst(&walk, &count->tally, err)) {
            *count->failed_dst = true; /* the walk's only side */
            return -1;
        }
    }
    return 0;
}

/* ---- range and memory ---- */

static int find_range(struct count *count, struct mm_range *range, struct mm_err *err)
{
    if (walk_sides(count, mm_walk_range, mm_walk_range, err))
        return -1;
    /* of two zeros +0, whichever was met first: the order of pieces must not show */
    *range = (struct mm_range){count->tally.range.low + 0.0, count->tally.range.high + 0.0};
    if (range->low > range->high) /* nothing finite, or no elements: any range will do */
        *range = around(0.0);
    else if (range->low == range->high)
        *range = around(range->low);
    return 0;
}

static int hist_init(struct mm_hist *hist, bool wanted, const struct mm_range *range, size_t bins,
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

static int count_both(struct count *count, struct mm_err *err)
{
    struct mm_hist_walk walk = walk_of(count);

    walk.s = &count->tensors->s;
    walk.d = &count->tensors->d;
    walk.name_s = count->pair->src->label;
    walk.name_d = count->pair->dst->label;
    return mm_walk_both(&walk, &count->tally, err);
}

/* How many all walks together go over; those over both sides at once count one. */
static int64_t elements_of(const struct count *count, bool both, bool range)
{
    int64_t sides = (count->tensors->has_src ? count->tensors->s.count : 0) +
                    (count->tensors->has_dst ? count->tensors->d.count : 0);

    return (range ? sides : 0) + (both ? count->tensors->s.count : sides);
}

static int count_all(struct count *count, const struct mm_hist_options *options, struct mm_err *err)
{
    bool both = count->tensors->match != MM_MATCH_NONE && count->tensors->match != MM_MATCH_MISMATCH;
    struct mm_range range = {options->low, options->high};
    struct mm_pair_hist *out = &count->tally.hist;

    mm_progress_expect(count->control.progress, elements_of(count, both, range.low == range.high));
    if (range.low == range.high && find_range(count, &range, err))
        return -1;
    if (hist_init(&out->src, count->tensors->has_src, &range, options->bins, err) ||
        hist_init(&out->dst, count->tensors->has_dst, &range, options->bins, err))
        return -1;
    return both ? count_both(count, err) : walk_sides(count, mm_walk_src, mm_walk_dst, err);
}

int mm_pair_tensors_hist(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_hist_options *options, const struct mm_control *control,
                         struct mm_pair_hist *out, bool *failed_dst, struct mm_err *err)
{
    struct count count = {.tensors = tensors,
                          .pair = pair,
                          .control = *control,
                          .failed_dst = failed_dst,
                          .tally = {.range = {INFINITY, -INFINITY}}};
    int failed = check_options(options, err) ? -1 : count_all(&count, options, err);

    if (failed)
        mm_pair_hist_done(&count.tally.hist);
    *out = count.tally.hist;
    return failed;
}

/* What mm_pair_hist was asked for. */
struct question {
    const struct mm_pair *pair;
    const struct mm_hist_options *options;
    struct mm_control control;
    struct mm_pair_hist *out;
};

static int answer(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct question *question = context;

    return mm_pair_tensors_hist(tensors, question->pair, question->options, &question->control, question->out,
                                failed_dst, err);
}

int mm_pair_hist(const struct mm_pair *pair, const struct mm_schema *schema,
                 const struct mm_hist_options *options, const struct mm_control *control,
                 struct mm_pair_hist *out, struct mm_err *err)
{
    struct question question = {pair, options, control ? *control : (struct mm_control){NULL}, out};
    struct mm_pair_reading reading = {.pair = pair,
                                      .schema = schema,
                                      .cancel = question.control.cancel,
                                      .values = answer,
                                      .context = &question};

    memset(out, 0, sizeof(*out));
    if (check_options(options, err))
        return -1;
    if (mm_pair_read(&reading, NULL, err) == 0)
        return 0;
    mm_pair_hist_done(out); /* it may have been counted before the file was cut */
    return -1;
}

void mm_pair_hist_done(struct mm_pair_hist *hist)
{
    free(hist->src.count);
    free(hist->dst.count);
    memset(hist, 0, sizeof(*hist));
}
