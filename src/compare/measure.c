/* Measuring a pair: one pass over both tensors, a second one where the first would lose digits. */
#include "compare/measure.h"
#include "compare/hist.h"
#include "compare/quantile.h"
#include "compare/total.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL     1e-6 /* diff3's threshold on |s| ... */
#define SMALL_F16 1e-4 /* ... and when either side is f16 */

void mm_measure_defaults(struct mm_measure_options *options)
{
    *options = (struct mm_measure_options){.atol = 1e-8, .rtol = 1e-5};
}

void mm_worker_scratch_done(struct mm_worker_scratch *scratch)
{
    mm_reader_done(&scratch->reader[0]);
    mm_reader_done(&scratch->reader[1]);
    scratch->helpers = NULL;
}

/* ---- the passes ---- */

/* First pass, second pass if needed, metrics. */
static int measure_scaled(struct mm_work *work, struct mm_metrics *out, struct mm_err *err)
{
    struct mm_centred centred = {0};
    struct mm_centre centre;
    struct mm_sums sums;
    bool again;

    if (mm_total_sums(work, &sums, err))
        return -1;
    again = mm_metrics_need_centre(&sums, &centre);
    if (again && mm_total_centred(work, &centre, &centred, err))
        return -1;
    mm_metrics_finish(&sums, again ? &centre : NULL, again ? &centred : NULL, out);
    return 0;
}

/* ---- f64 values whose squares leave the range of a double ---- */

static double magnitude(const struct mm_stats *stats)
{
    return stats->finite > 0 ? fmax(fabs(stats->min), fabs(stats->max)) : 0.0;
}

/* The power of two that brings the greatest value near 1; 1 where the squares are in range anyway. */
static double range_factor(const struct mm_metrics *metrics)
{
    double greatest = fmax(magnitude(&metrics->src), magnitude(&metrics->dst));
    int exponent;

    if (greatest == 0.0 || (greatest > 1e-140 && greatest < 1e140))
        return 1.0;
    exponent = -ilogb(greatest);
    return ldexp(1.0, exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent);
}

/* Take what rests on sums from the scaled measurement; counts, extremes and indices stay. */
static void take_scaled(struct mm_metrics *out, const struct mm_metrics *scaled, double factor)
{
    out->diff1 = scaled->diff1;
    out->diff2 = scaled->diff2;
    out->sqnr = scaled->sqnr;
    out->cosine = scaled->cosine;
    out->cosine_gap = scaled->cosine_gap;
    out->fit_scale = scaled->fit_scale;
    out->fit_offset = scaled->fit_offset / factor;
    out->fit_residual = scaled->fit_residual;
    out->mse = scaled->mse / factor / factor;
    out->rmse = scaled->rmse / factor;
    out->mae = scaled->mae / factor;
    out->src.mean = scaled->src.mean / factor;
    out->src.std = scaled->src.std / factor;
    out->dst.mean = scaled->dst.mean / factor;
    out->dst.std = scaled->dst.std / factor;
}

static int measure_work(struct mm_work *work, struct mm_metrics *out, struct mm_err *err)
{
    struct mm_metrics scaled;

    work->factor = 1.0;
    if (measure_scaled(work, out, err))
        return -1;
    if (mm_dtype_info(work->s->dtype)->lane_f && mm_dtype_info(work->d->dtype)->lane_f)
        return 0;
    work->factor = range_factor(out);
    if (work->factor == 1.0)
        return 0;
    if (measure_scaled(work, &scaled, err))
        return -1;
    take_scaled(out, &scaled, work->factor);
    return 0;
}

/* ---- two tensors ---- */

static double at_least_zero(double x)
{
    return x > 0.0 ? x : 0.0;
}

static void work_init(struct mm_work *work, const struct mm_tensor *s, const struct mm_tensor *d,
                      const struct mm_measure_options *options, const atomic_bool *cancel)
{
    bool f16 = s->dtype == MM_F16 || d->dtype == MM_F16;
    struct mm_measure_options defaults;

    mm_measure_defaults(&defaults);
    if (!options)
        options = &defaults;
    *work = (struct mm_work){.s = s, .d = d, .factor = 1.0};
    work->limits.small = options->small > 0.0 ? options->small : f16 ? SMALL_F16 : SMALL;
    work->limits.atol = at_least_zero(options->atol);
    work->limits.rtol = at_least_zero(options->rtol);
    work->pass.cancel = cancel;
    work->pass.name_s = "src";
    work->pass.name_d = "dst";
}

int mm_measure_tensors(const struct mm_tensor *s, const struct mm_tensor *d,
                       const struct mm_measure_options *options, const atomic_bool *cancel,
                       struct mm_metrics *out, struct mm_err *err)
{
    struct mm_work work;

    if (s->count != d->count)
        return mm_fail(err, MM_EARG, "%" PRId64 " elements can't be compared with %" PRId64, s->count,
                       d->count);
    work_init(&work, s, d, options, cancel);
    return measure_work(&work, out, err);
}

/* ---- a pair of files ---- */

static void fail_with(struct mm_result *result, const struct mm_err *err, bool failed_dst)
{
    result->state = MM_STATE_FAILED;
    result->code = err->code;
    result->failed_dst = failed_dst;
    result->error = strdup(err->text); /* NULL when memory is out: the code still says what */
}

/* Open, and keep what the headers say, of one side too when the other fails. False: the state says why. */
static bool open_headers(struct mm_worker_scratch *scratch, struct mm_pair_tensors *tensors,
                         const struct mm_pair *pair, const struct mm_schema *schema,
                         const atomic_bool *cancel, struct mm_result *result)
{
    struct mm_err err = {MM_OK, ""}, memory;
    bool failed_dst;
    int failed;

    memset(result, 0, sizeof(*result));
    failed = mm_pair_tensors_load(tensors, pair, schema, scratch ? scratch->reader : NULL, cancel,
                                  &failed_dst, &err);
    if (failed && err.code == MM_ECANCELLED)
        return false; /* PENDING, as if it had not been begun */
    mm_fail_memory(&memory);
    if ((tensors->has_src && mm_info_take(&result->src, &tensors->src)) ||
        (tensors->has_dst && mm_info_take(&result->dst, &tensors->dst)))
        fail_with(result, &memory, result->src.known);
    else if (failed)
        fail_with(result, &err, failed_dst);
    else
        result->match = tensors->match;
    return result->state != MM_STATE_FAILED;
}

/* What the headers alone decide. */
static void state_by_header(struct mm_result *result, const struct mm_pair *pair)
{
    if (!pair->src || !pair->dst)
        result->state = MM_STATE_SINGLE;
    else if (result->match == MM_MATCH_MISMATCH)
        result->state = MM_STATE_MISMATCH;
    else
        result->state = MM_STATE_HEADER;
}

/* NaN for everything that a tensor without partner has no figure for. */
static void no_metrics(struct mm_metrics *out)
{
    struct mm_sums sums;

    mm_sums_init(&sums);
    sums.count = 1;
    mm_metrics_finish(&sums, NULL, NULL, out);
    out->count = 0;
}

void mm_measure_header_at(struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                          const struct mm_schema *schema, const atomic_bool *cancel, struct mm_result *result)
{
    struct mm_pair_tensors tensors;

    if (open_headers(scratch, &tensors, pair, schema, cancel, result))
        state_by_header(result, pair);
    no_metrics(&result->metrics);
    mm_pair_tensors_close(&tensors);
}

void mm_measure_header(const struct mm_pair *pair, const struct mm_schema *schema, struct mm_result *result)
{
    mm_measure_header_at(NULL, pair, schema, NULL, result);
}

/* One side's own stats, by measuring it against itself. */
static void keep_single(struct mm_metrics *metrics, bool is_dst)
{
    struct mm_stats stats = metrics->src;
    int64_t count = metrics->count;

    no_metrics(metrics);
    metrics->count = count;
    *(is_dst ? &metrics->dst : &metrics->src) = stats;
}

/* An open pair and all that goes with measuring it. */
struct task {
    struct mm_worker_scratch *scratch; /* may be NULL */
    struct mm_pair_tensors *tensors;
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    const struct mm_measure_options *options; /* may be NULL */
    const atomic_bool *cancel;
    bool failed_dst;
};

static struct mm_helpers *helpers_of(const struct task *task)
{
    return task->scratch ? task->scratch->helpers : NULL;
}

static const struct mm_map *map_of(const struct mm_pair_tensors *tensors, bool dst)
{
    return tensors->memory[dst] ? NULL : dst ? &tensors->dst.map : &tensors->src.map;
}

static int task_metrics(struct task *task, struct mm_metrics *out, struct mm_err *err)
{
    const struct mm_pair *pair = task->pair;
    const struct mm_pair_tensors *tensors = task->tensors;
    struct mm_work work;
    int failed;

    work_init(&work, pair->src ? &tensors->s : &tensors->d, pair->dst ? &tensors->d : &tensors->s,
              task->options, task->cancel);
    work.helpers = helpers_of(task);
    work.map_s = map_of(tensors, !pair->src);
    work.map_d = map_of(tensors, pair->dst);
    work.pass.name_s = pair->src ? pair->src->file : pair->dst->file;
    work.pass.name_d = pair->dst ? pair->dst->file : pair->src->file;
    failed = measure_work(&work, out, err);
    task->failed_dst = pair->src && pair->dst ? work.pass.failed_dst : !pair->src;
    return failed;
}

/* The range of both sides is known by now. Where it is not one (a constant, nothing finite), it is asked for.
 */
static int task_hist(struct task *task, struct mm_result *result, struct mm_err *err)
{
    const struct mm_stats *src = &result->metrics.src, *dst = &result->metrics.dst;
    struct mm_hist_options options = {
        .bins = task->options->hist_bins, .low = fmin(src->min, dst->min), .high = fmax(src->max, dst->max)};

    if (!(options.low < options.high))
        options.low = options.high = 0.0;
    result->hist = calloc(1, sizeof(*result->hist));
    if (!result->hist)
        return mm_fail_memory(err);
    return mm_pair_tensors_hist(task->tensors, task->pair, &options, helpers_of(task), task->cancel,
                                result->hist, err);
}

/* What was asked for beyond the metrics, of a pair. */
static int task_extras(struct task *task, struct mm_result *result, struct mm_err *err)
{
    if (!task->options || !task->pair->src || !task->pair->dst)
        return 0;
    if (task->options->quantiles) {
        if (mm_pair_tensors_quantiles(task->tensors, task->pair, helpers_of(task), task->cancel,
                                      &result->quantiles, err))
            return -1;
        result->has_quantiles = true;
    }
    return task->options->hist_bins > 0 ? task_hist(task, result, err) : 0;
}

static int task_all(struct task *task, struct mm_result *result, struct mm_err *err)
{
    if (mm_pair_tensors_lay(task->tensors, task->pair, task->cancel, &task->failed_dst, err) ||
        task_metrics(task, &result->metrics, err))
        return -1;
    return task_extras(task, result, err);
}

static void forget_figures(struct mm_result *result)
{
    no_metrics(&result->metrics);
    result->has_quantiles = false;
    if (result->hist)
        mm_pair_hist_done(result->hist);
    free(result->hist);
    result->hist = NULL;
}

/* Figures from a file that became shorter meanwhile mean nothing, nor does any other complaint about it. */
static void measure_pair_tensors(struct task *task, struct mm_result *result)
{
    bool single = !task->pair->src || !task->pair->dst;
    struct mm_err err = {MM_OK, ""};
    int failed = task_all(task, result, &err);

    /* a large text file that is laid out otherwise than it seemed: each side once */
    for (int tries = 0; failed && err.code == MM_ECORRUPT && tries < 2; tries++) {
        if (mm_pair_tensors_validate(task->tensors, task->pair, task->schema, task->cancel, &task->failed_dst,
                                     &err))
            break;
        forget_figures(result);
        failed = task_all(task, result, &err);
    }
    if (err.code != MM_ECANCELLED &&
        mm_pair_tensors_check(task->tensors, task->pair, &task->failed_dst, &err))
        failed = -1;
    if (failed) {
        forget_figures(result);
        result->state = MM_STATE_HEADER;
        if (err.code != MM_ECANCELLED)
            fail_with(result, &err, task->failed_dst);
        return;
    }
    result->state = single ? MM_STATE_SINGLE : MM_STATE_MEASURED;
    if (single)
        keep_single(&result->metrics, !task->pair->src);
}

void mm_measure_pair_at(struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                        const struct mm_schema *schema, const struct mm_measure_options *options,
                        const atomic_bool *cancel, struct mm_result *result)
{
    struct mm_pair_tensors tensors;
    struct task task = {.scratch = scratch,
                        .tensors = &tensors,
                        .pair = pair,
                        .schema = schema,
                        .options = options,
                        .cancel = cancel};

    if (open_headers(scratch, &tensors, pair, schema, cancel, result)) {
        state_by_header(result, pair);
        no_metrics(&result->metrics);
        if (result->state != MM_STATE_MISMATCH)
            measure_pair_tensors(&task, result);
    } else {
        no_metrics(&result->metrics);
    }
    mm_pair_tensors_close(&tensors);
}

void mm_measure_pair(const struct mm_pair *pair, const struct mm_schema *schema,
                     const struct mm_measure_options *options, const atomic_bool *cancel,
                     struct mm_result *result)
{
    mm_measure_pair_at(NULL, pair, schema, options, cancel, result);
}
