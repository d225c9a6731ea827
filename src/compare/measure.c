/* Measuring a pair: one pass over both tensors, a second one where the first would lose digits. */
#include "compare/measure.h"
#include "compare/bits.h"
#include "compare/head.h"
#include "compare/table.h"
#include "compare/hist.h"
#include "compare/quantile.h"
#include "compare/sentinel.h"
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

/* One side's own stats, by measuring it against itself. */
static void keep_single(struct mm_metrics *metrics, bool is_dst)
{
    struct mm_stats stats = metrics->src;
    int64_t count = metrics->count;

    no_metrics(metrics);
    metrics->count = count;
    *(is_dst ? &metrics->dst : &metrics->src) = stats;
}

/* A pair, and all that goes with measuring it. */
struct task {
    struct mm_worker_scratch *scratch; /* may be NULL */
    const struct mm_pair *pair;
    const struct mm_measure_options *options; /* may be NULL */
    const atomic_bool *cancel;
    struct mm_result *result;
    bool begun; /* there may be figures of an earlier go */
};

static struct mm_helpers *helpers_of(const struct task *task)
{
    return task->scratch ? task->scratch->helpers : NULL;
}

static const struct mm_map *map_of(const struct mm_pair_tensors *tensors, bool dst)
{
    return tensors->memory[dst] ? NULL : dst ? &tensors->dst.map : &tensors->src.map;
}

static int task_metrics(const struct task *task, const struct mm_pair_tensors *tensors, bool *failed_dst,
                        struct mm_err *err)
{
    const struct mm_pair *pair = task->pair;
    struct mm_work work;
    int failed;

    work_init(&work, pair->src ? &tensors->s : &tensors->d, pair->dst ? &tensors->d : &tensors->s,
              task->options, task->cancel);
    work.helpers = helpers_of(task);
    work.map_s = map_of(tensors, !pair->src);
    work.map_d = map_of(tensors, pair->dst);
    work.pass.name_s = pair->src ? pair->src->label : pair->dst->label;
    work.pass.name_d = pair->dst ? pair->dst->label : pair->src->label;
    failed = measure_work(&work, &task->result->metrics, err);
    *failed_dst = pair->src && pair->dst ? work.pass.failed_dst : !pair->src;
    return failed;
}

/* The range of both sides is known by now. Where it is not one (a constant, nothing finite), it is asked for.
 */
static int task_hist(const struct task *task, const struct mm_pair_tensors *tensors, bool *failed_dst,
                     struct mm_err *err)
{
    struct mm_result *result = task->result;
    const struct mm_stats *src = &result->metrics.src, *dst = &result->metrics.dst;
    const struct mm_control control = {.cancel = task->cancel, .helpers = helpers_of(task)};
    struct mm_hist_options options = {
        .bins = task->options->hist_bins, .low = fmin(src->min, dst->min), .high = fmax(src->max, dst->max)};

    if (!(options.low < options.high))
        options.low = options.high = 0.0;
    result->hist = calloc(1, sizeof(*result->hist));
    if (!result->hist)
        return mm_fail_memory(err);
    return mm_pair_tensors_hist(tensors, task->pair, &options, &control, result->hist, failed_dst, err);
}

/* What was asked for beyond the metrics, of a pair. */
static int task_extras(const struct task *task, const struct mm_pair_tensors *tensors, bool *failed_dst,
                       struct mm_err *err)
{
    struct mm_result *result = task->result;

    if (!task->options || !task->pair->src || !task->pair->dst)
        return 0;
    if (task->options->quantiles) {
        if (mm_pair_tensors_quantiles(tensors, task->pair, helpers_of(task), task->cancel, &result->quantiles,
                                      failed_dst, err))
            return -1;
        result->has_quantiles = true;
    }
    return task->options->hist_bins > 0 ? task_hist(task, tensors, failed_dst, err) : 0;
}

static void forget_figures(struct mm_result *result)
{
    no_metrics(&result->metrics);
    result->has_quantiles = false;
    if (result->hist)
        mm_pair_hist_done(result->hist);
    free(result->hist);
    result->hist = NULL;
    free(result->rest);
    result->rest = NULL;
    result->masked = 0;
    result->table = (struct mm_table_error){0};
}

/* Keep what the headers say, of one side too when the other can't be opened. */
static int take_headers(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                        struct mm_err *err)
{
    struct task *task = context;
    struct mm_result *result = task->result;

    if ((tensors->has_src && mm_info_take(&result->src, &tensors->src)) ||
        (tensors->has_dst && mm_info_take(&result->dst, &tensors->dst))) {
        *failed_dst = result->src.known;
        return mm_fail_memory(err);
    }
    result->match = tensors->match;
    result->shape = tensors->shape;
    state_by_header(result, task->pair);
    return 0;
}

/* How far the other samples of a side are from the first, which was measured. */
static int spread_of(const struct task *task, const struct mm_pair_tensors *tensors, bool dst, double *spread,
                     struct mm_err *err)
{
    const struct mm_tensor *first = dst ? &tensors->d : &tensors->s;
    struct mm_metrics metrics;
    struct mm_tensor other;
    struct mm_run run;

    for (int64_t k = 1; k < tensors->lay[dst].samples; k++) {
        if (mm_pair_sample(tensors, dst, k, &other, &run, err) ||
            mm_measure_tensors(first, &other, task->options, task->cancel, &metrics, err))
            return -1;
        *spread = metrics.nonfinite_differ > 0 ? INFINITY : fmax(*spread, metrics.diff2);
    }
    return 0;
}

static int take_spread(const struct task *task, const struct mm_pair_tensors *tensors, bool *failed_dst,
                       struct mm_err *err)
{
    struct mm_result *result = task->result;

    result->spread = 0;
    for (int side = 0; side < 2; side++) {
        *failed_dst = side;
        if (spread_of(task, tensors, side, &result->spread, err))
            return -1;
    }
    return 0;
}

static int take_figures(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                        struct mm_err *err)
{
    struct task *task = context;
    struct mm_result *result = task->result;

    if (result->state == MM_STATE_MISMATCH)
        return 0;
    if (task->begun)
        forget_figures(result);
    task->begun = true;
    if (task_metrics(task, tensors, failed_dst, err) || task_extras(task, tensors, failed_dst, err) ||
        take_spread(task, tensors, failed_dst, err))
        return -1;
    if (result->state == MM_STATE_SINGLE)
        keep_single(&result->metrics, !task->pair->src);
    else if (sentinels_measure(tensors, task->options, task->cancel, result, failed_dst, err) ||
             table_measure(tensors, task->cancel, result, failed_dst, err))
        return -1;
    else
        result->state = MM_STATE_MEASURED;
    if (result->state == MM_STATE_MEASURED) {
        bits_find(tensors, result);
        result->head = head_of(&tensors->d);
    }
    return 0;
}

/* A pair that was cancelled is as far as it was before: not begun, or its headers are read. */
static void read_pair(struct task *task, const struct mm_schema *schema, mm_pair_work values)
{
    struct mm_pair_reading reading = {.pair = task->pair,
                                      .schema = schema,
                                      .readers = task->scratch ? task->scratch->reader : NULL,
                                      .cancel = task->cancel,
                                      .headers = take_headers,
                                      .values = values,
                                      .context = task};
    struct mm_result *result = task->result;
    bool failed_dst = false;
    struct mm_err err;

    memset(result, 0, sizeof(*result));
    no_metrics(&result->metrics);
    if (mm_pair_read(&reading, &failed_dst, &err) == 0)
        return;
    forget_figures(result);
    if (err.code != MM_ECANCELLED)
        fail_with(result, &err, failed_dst);
    else if (result->state != MM_STATE_PENDING)
        result->state = MM_STATE_HEADER;
}

void mm_measure_header_at(struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                          const struct mm_schema *schema, const atomic_bool *cancel, struct mm_result *result)
{
    struct task task = {.scratch = scratch, .pair = pair, .cancel = cancel, .result = result};

    read_pair(&task, schema, NULL);
}

void mm_measure_header(const struct mm_pair *pair, const struct mm_schema *schema, struct mm_result *result)
{
    mm_measure_header_at(NULL, pair, schema, NULL, result);
}

void mm_measure_pair_at(struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                        const struct mm_schema *schema, const struct mm_measure_options *options,
                        const atomic_bool *cancel, struct mm_result *result)
{
    struct task task = {
        .scratch = scratch, .pair = pair, .options = options, .cancel = cancel, .result = result};
    const struct mm_pair_measurer *elsewhere = options ? options->elsewhere : NULL;

    if (elsewhere && elsewhere->measure(elsewhere->context, pair, schema, options, cancel, result))
        return;
    read_pair(&task, schema, take_figures);
}

void mm_measure_pair(const struct mm_pair *pair, const struct mm_schema *schema,
                     const struct mm_measure_options *options, const atomic_bool *cancel,
                     struct mm_result *result)
{
    mm_measure_pair_at(NULL, pair, schema, options, cancel, result);
}
