/*
 * What if: the reference rounded to a format and back, measured against itself.
 *
 * Each pass decodes a tile once and hands it to all settings. First what the integers' ranges depend on
 * (extremes and tails, then histograms where a range is searched), then rounding and sums, and where the
 * sums would lose digits the centred ones.
 */
#include "whatif/cost.h"
#include "tensor/decode.h"
#include "tensor/rounders.h"
#include "whatif/range.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS     (MM_RANK_MAX + 1) /* the tensor as a whole, and its channels along each axis */
#define PASSES_SUM 2                 /* the second one where the first would lose digits: nearly always */

/* One setting. */
struct rounding {
    const struct mm_whatif_setting *setting;
    struct mm_rounder rounder;
    struct mm_block_rounder blocks; /* instead of it */
    struct mm_limits limits;
    struct mm_sums sums;
    int64_t clipped;
    bool again; /* the sums lose digits: a second look */
    struct mm_centre centre;
    struct mm_centred centred;
    double scale, zero_point, scale_low, scale_high;
    double ee; /* costs alone: the squares of what rounding takes from the values, */
};

struct tile {
    float memory_f[MM_TILE], rounded_f[MM_TILE];
    double memory_d[MM_TILE], rounded_d[MM_TILE];
    /* what is there of the tensor: lane F has floats, and doubles where they were asked for */
    const float *f;
    const double *d;
    size_t n;
    int64_t base;
};

struct whatif {
    const struct mm_tensor *tensor;
    struct mm_control control;
    bool lane_f;
    bool costs;  /* these alone are wanted, and can be had without looking for what is not finite */
    double ss;   /* then: the squares of these */
    int64_t row; /* blocks are wanted, along a last axis of this length; else 0 */
    struct mm_ranges ranges[GROUPS];
    struct rounding *rounding;
    size_t count;
    struct tile tile;
};

/* ---- passes ---- */

typedef void (*visit_tile)(struct whatif *whatif);

static void widen(const float *from, double *to, size_t n)
{
    mm_decoders()->to_double[MM_F32]((const uint8_t *)from, to, n);
}

/* How many of the elements from `from` make a tile; where blocks are wanted, whole ones. */
static size_t tile_size(const struct whatif *whatif, int64_t from)
{
    const int64_t largest = (int64_t)mm_block_size(MM_BLOCKS_MX); /* those of others end where these do */
    int64_t left = whatif->tensor->count - from;

    if (left <= MM_TILE)
        return (size_t)left;
    return (size_t)(MM_TILE - (whatif->row > 0 ? (from + MM_TILE) % whatif->row % largest : 0));
}

static int next_tile(struct whatif *whatif, struct mm_cursor *cursor, bool doubles, struct mm_err *err)
{
    struct tile *tile = &whatif->tile;
    size_t wanted = tile_size(whatif, cursor->index);

    if (whatif->control.cancel && atomic_load_explicit(whatif->control.cancel, memory_order_relaxed))
        return mm_fail(err, MM_ECANCELLED, "stopped");
    tile->base = cursor->index;
    if (whatif->lane_f)
        tile->f = mm_cursor_floats(cursor, tile->memory_f, wanted, &tile->n);
    else
        tile->d = mm_cursor_doubles(cursor, tile->memory_d, wanted, &tile->n);
    if (tile->n < wanted)
        return mm_fail(err, MM_ECORRUPT, "element %" PRId64 " of %" PRId64 " can't be read",
                       tile->base + (int64_t)tile->n, whatif->tensor->count);
    if (whatif->lane_f && doubles) {
        widen(tile->f, tile->memory_d, tile->n);
        tile->d = tile->memory_d;
    }
    return 0;
}

/* The whole tensor. doubles: the visit wants them in lane F, too. */
static int pass(struct whatif *whatif, bool doubles, visit_tile visit, struct mm_err *err)
{
    struct mm_cursor cursor;

    mm_cursor_init(&cursor, whatif->tensor);
    for (;;) {
        if (next_tile(whatif, &cursor, doubles, err))
            return -1;
        if (whatif->tile.n == 0)
            return 0;
        visit(whatif);
        mm_progress_add(whatif->control.progress, (int64_t)whatif->tile.n);
    }
}

/* ---- ranges ---- */

static size_t group_of(const struct mm_whatif_setting *setting)
{
    return setting->per_channel ? 1 + (size_t)setting->axis : 0;
}

static void see_group(struct mm_ranges *ranges, const struct whatif *whatif)
{
    const struct tile *tile = &whatif->tile;

    if (whatif->lane_f)
        mm_extremes_tile_float(&ranges->lay, tile->f, tile->n, tile->base, ranges->low, ranges->high);
    else
        mm_extremes_tile_double(&ranges->lay, tile->d, tile->n, tile->base, ranges->low, ranges->high);
    if (ranges->dropped > 0 && whatif->lane_f)
        mm_ranges_see_floats(ranges, tile->f, tile->n, tile->base);
    else if (ranges->dropped > 0)
        mm_ranges_see(ranges, tile->d, tile->n, tile->base);
}

static void visit_see(struct whatif *whatif)
{
    for (size_t g = 0; g < GROUPS; g++) {
        if (whatif->ranges[g].used)
            see_group(&whatif->ranges[g], whatif);
    }
}

static void visit_count(struct whatif *whatif)
{
    const struct tile *tile = &whatif->tile;

    for (size_t g = 0; g < GROUPS; g++) {
        if (whatif->ranges[g].used && whatif->ranges[g].wants_hist)
            mm_ranges_count(&whatif->ranges[g], tile->d, tile->n, tile->base);
    }
}

static struct mm_lay lay_of(const struct mm_shape *shape, size_t group)
{
    struct mm_lay lay = {1, 1};

    if (group > 0)
        lay.channels = shape->dim[group - 1];
    for (int axis = (int)group; axis < shape->rank; axis++)
        lay.inner *= shape->dim[axis];
    return lay;
}

static int find_ranges(struct whatif *whatif, struct mm_err *err)
{
    bool any = false, hist = false;

    for (size_t g = 0; g < GROUPS; g++) {
        struct mm_ranges *ranges = &whatif->ranges[g];

        if (!ranges->used)
            continue;
        ranges->lay = lay_of(&whatif->tensor->shape, g);
        if (mm_ranges_init(ranges, whatif->tensor->count, err))
            return -1;
        any = true;
        hist = hist || ranges->wants_hist;
    }
    mm_progress_expect(whatif->control.progress, whatif->tensor->count * (any + hist + PASSES_SUM));
    if (any && pass(whatif, false, visit_see, err))
        return -1;
    for (size_t g = 0; g < GROUPS; g++)
        mm_ranges_seen(&whatif->ranges[g]);
    return hist ? pass(whatif, true, visit_count, err) : 0;
}

/* ---- settings ---- */

static int check_setting(const struct mm_whatif_setting *setting, const struct mm_shape *shape,
                         struct mm_err *err)
{
    if (setting->blocks ? mm_round_block(setting->blocks, setting->dtype) : mm_round_float(setting->dtype))
        return 0;
    if (setting->blocks || !mm_round_integer(setting->dtype))
        return mm_fail(err, MM_EARG, "%s is no format that rounding to is worth a look",
                       mm_dtype_info(setting->dtype)->name);
    if (setting->per_channel && (setting->axis < 0 || setting->axis >= shape->rank))
        return mm_fail(err, MM_EARG, "there is no axis %d in %d dimensions", setting->axis, shape->rank);
    if ((unsigned)setting->range >= MM_RANGE_COUNT)
        return mm_fail(err, MM_EARG, "there is no range number %d", (int)setting->range);
    return 0;
}

/* Scales are floats where values are, as hardware keeps them. No value of the grid may leave the lane's
 * range. */
static double scale_in_lane(const struct whatif *whatif, const struct mm_quant *quant)
{
    double codes = fmax(-quant->low, quant->high);
    double most = whatif->lane_f ? (double)FLT_MAX : DBL_MAX;
    double scale = fmin(quant->scale, most / codes * (1.0 - 0x1p-22));

    if (!whatif->lane_f)
        return scale;
    scale = (double)(float)scale;
    return scale > 0.0 ? scale : (double)FLT_TRUE_MIN;
}

static void keep_quant(struct whatif *whatif, struct rounding *rounding, size_t channel,
                       const struct mm_quant *quant, double scale)
{
    struct mm_rounder *rounder = &rounding->rounder;

    rounder->span = quant->high - quant->low;
    if (whatif->lane_f) {
        ((float *)rounder->scale)[channel] = (float)scale;
        ((float *)rounder->low)[channel] = (float)quant->low;
    } else {
        ((double *)rounder->scale)[channel] = scale;
        ((double *)rounder->low)[channel] = quant->low;
    }
}

/* Channels of zeros are rounded with 1, which says nothing about the others' scales. */
static int choose_scales(struct whatif *whatif, struct rounding *rounding, struct mm_err *err)
{
    const struct mm_whatif_setting *setting = rounding->setting;
    const struct mm_ranges *ranges = &whatif->ranges[group_of(setting)];
    size_t channels = (size_t)ranges->lay.channels, size = whatif->lane_f ? sizeof(float) : sizeof(double);

    rounding->rounder.lay = ranges->lay;
    rounding->rounder.scale = calloc(channels, size);
    rounding->rounder.low = calloc(channels, size);
    if (!rounding->rounder.scale || !rounding->rounder.low)
        return mm_fail_memory(err);
    for (size_t c = 0; c < channels; c++) {
        struct mm_quant quant;
        bool all_zero;

        mm_ranges_choose(ranges, setting, (int64_t)c, &quant, &all_zero);
        rounding->scale = scale_in_lane(whatif, &quant);
        rounding->zero_point = quant.zero;
        keep_quant(whatif, rounding, c, &quant, rounding->scale);
        if (!all_zero) {
            rounding->scale_low = fmin(rounding->scale_low, rounding->scale);
            rounding->scale_high = fmax(rounding->scale_high, rounding->scale);
        }
    }
    return 0;
}

static void choose_tensor_scale(const struct whatif *whatif, struct rounding *rounding)
{
    const struct mm_ranges *ranges = &whatif->ranges[0];

    if (rounding->setting->blocks == MM_BLOCKS_NVFP4)
        rounding->blocks.tensor_scale = mm_nvfp4_tensor_scale(fmax(-*ranges->low, *ranges->high));
}

/* What there is to say of the scales: see struct mm_whatif. */
static void settle_scales(struct rounding *rounding)
{
    if (rounding->setting->blocks) {
        rounding->scale_low = rounding->blocks.low;
        rounding->scale_high = rounding->blocks.high;
    } else if (!mm_whatif_has_range(rounding->setting)) {
        rounding->scale = rounding->zero_point = rounding->scale_low = rounding->scale_high = NAN;
        return;
    }
    if (!(rounding->scale_low <= rounding->scale_high))
        rounding->scale_low = rounding->scale_high = 1.0;
    if (rounding->setting->per_channel || rounding->setting->blocks)
        rounding->scale = rounding->zero_point = NAN;
}

static void rounding_limits(struct rounding *rounding, const struct mm_tensor *tensor)
{
    struct mm_measure_options options;
    bool f16 = tensor->dtype == MM_F16 || rounding->setting->dtype == MM_F16;

    mm_measure_defaults(&options);
    rounding->limits = (struct mm_limits){f16 ? 1e-4 : 1e-6, options.atol, options.rtol};
}

static int rounding_init(struct whatif *whatif, struct rounding *rounding,
                         const struct mm_whatif_setting *setting, struct mm_err *err)
{
    struct mm_ranges *ranges = &whatif->ranges[group_of(setting)];

    rounding->setting = setting;
    rounding->rounder.dtype = setting->dtype;
    rounding->scale = 1.0; /* what an empty tensor keeps */
    rounding->scale_low = INFINITY;
    mm_sums_init(&rounding->sums);
    rounding_limits(rounding, whatif->tensor);
    if (check_setting(setting, &whatif->tensor->shape, err))
        return -1;
    if (setting->blocks) {
        const struct mm_shape *shape = &whatif->tensor->shape;

        whatif->row = shape->rank > 0 && whatif->tensor->count > 0 ? shape->dim[shape->rank - 1] : 1;
        rounding->blocks = (struct mm_block_rounder){.blocks = setting->blocks,
                                                     .dtype = setting->dtype,
                                                     .row = whatif->row,
                                                     .low = INFINITY,
                                                     .high = -INFINITY};
        whatif->ranges[0].used |= setting->blocks == MM_BLOCKS_NVFP4; /* the tensor's scale */
    }
    if (mm_whatif_has_range(setting)) {
        ranges->used = true;
        ranges->wants_tails |= setting->range == MM_RANGE_P9999;
        ranges->wants_hist |= setting->range == MM_RANGE_MSE || setting->range == MM_RANGE_KL;
    }
    return 0;
}

/* ---- rounding and sums ---- */

/* The tile, into `rounded` of its lane: how many were clipped. */
static int64_t round_tile(struct whatif *whatif, struct rounding *rounding)
{
    struct tile *tile = &whatif->tile;

    if (rounding->setting->blocks)
        return whatif->lane_f
                   ? mm_round_blocks_float(&rounding->blocks, tile->f, tile->rounded_f, tile->n, tile->base)
                   : mm_round_blocks_double(&rounding->blocks, tile->d, tile->rounded_d, tile->n, tile->base);
    return whatif->lane_f
               ? mm_round_tile_float(&rounding->rounder, tile->f, tile->rounded_f, tile->n, tile->base)
               : mm_round_tile_double(&rounding->rounder, tile->d, tile->rounded_d, tile->n, tile->base);
}

static void sum_rounding(struct whatif *whatif, struct rounding *rounding, const struct mm_kernels *kernels)
{
    struct tile *tile = &whatif->tile;

    rounding->clipped += round_tile(whatif, rounding);
    if (whatif->lane_f)
        kernels->measure_float(&rounding->sums, &rounding->limits, tile->f, tile->rounded_f, tile->n,
                               tile->base);
    else
        kernels->measure_double(&rounding->sums, &rounding->limits, tile->d, tile->rounded_d, tile->n,
                                tile->base);
}

static void visit_sum(struct whatif *whatif)
{
    const struct mm_kernels *kernels = mm_kernels();

    for (size_t i = 0; i < whatif->count; i++)
        sum_rounding(whatif, &whatif->rounding[i], kernels);
}

/* Blocks are rounded as in the other pass. */
static void cost_rounding(struct whatif *whatif, struct rounding *rounding)
{
    struct tile *tile = &whatif->tile;

    if (rounding->setting->blocks) {
        rounding->clipped += round_tile(whatif, rounding);
        rounding->ee += whatif->lane_f ? mm_rounders()->error_float(tile->f, tile->rounded_f, tile->n)
                                       : mm_error_doubles(tile->d, tile->rounded_d, tile->n);
    } else if (whatif->lane_f) {
        rounding->clipped +=
            mm_cost_floats(&rounding->rounder, tile->f, tile->n, tile->base, tile->rounded_f, &rounding->ee);
    } else {
        rounding->clipped +=
            mm_cost_doubles(&rounding->rounder, tile->d, tile->n, tile->base, tile->rounded_d, &rounding->ee);
    }
}

static void visit_cost(struct whatif *whatif)
{
    struct tile *tile = &whatif->tile;

    if (whatif->lane_f)
        whatif->ss += mm_rounders()->square_float(tile->f, tile->n);
    for (size_t i = 0; i < tile->n && !whatif->lane_f; i++)
        whatif->ss += tile->d[i] * tile->d[i];
    for (size_t i = 0; i < whatif->count; i++)
        cost_rounding(whatif, &whatif->rounding[i]);
}

/* 1: the sums tell all. What is not finite on some side is in them; so are squares too small for a double. */
static int measure_costs(struct whatif *whatif, struct mm_err *err)
{
    if (pass(whatif, false, visit_cost, err))
        return -1;
    bool good = isfinite(whatif->ss) && whatif->ss > DBL_MIN / DBL_EPSILON;
    for (size_t i = 0; i < whatif->count; i++) {
        const struct rounding *rounding = &whatif->rounding[i];

        good =
            good && isfinite(rounding->ee) && (rounding->ee > DBL_MIN / DBL_EPSILON || rounding->ee == 0.0);
    }
    for (size_t i = 0; i < whatif->count && !good; i++)
        whatif->rounding[i].clipped = 0;
    return good;
}

static void visit_centre(struct whatif *whatif)
{
    const struct mm_kernels *kernels = mm_kernels();
    struct tile *tile = &whatif->tile;

    for (size_t i = 0; i < whatif->count; i++) {
        struct rounding *rounding = &whatif->rounding[i];

        if (!rounding->again)
            continue;
        round_tile(whatif, rounding);
        if (whatif->lane_f)
            widen(tile->rounded_f, tile->rounded_d, tile->n);
        kernels->centre_double(&rounding->centred, &rounding->centre, tile->d, tile->rounded_d, tile->n);
    }
}

static int measure(struct whatif *whatif, struct mm_err *err)
{
    bool again = false;

    if (whatif->costs) {
        int told = measure_costs(whatif, err);

        whatif->costs = told > 0;
        if (told)
            return told < 0 ? -1 : 0;
    }
    if (pass(whatif, false, visit_sum, err))
        return -1;
    for (size_t i = 0; i < whatif->count; i++) {
        struct rounding *rounding = &whatif->rounding[i];

        rounding->again = mm_metrics_need_centre(&rounding->sums, &rounding->centre);
        again = again || rounding->again;
    }
    return again ? pass(whatif, true, visit_centre, err) : 0;
}

/* ---- all of it ---- */

/* Do values lie beyond what becomes of them? An integer's minimum and maximum are its own; floats overflow. */
static bool saturates(const struct mm_whatif_setting *setting)
{
    return setting->blocks || (mm_whatif_has_range(setting) && setting->range != MM_RANGE_MINMAX);
}

static void finish(const struct rounding *rounding, struct mm_whatif *out)
{
    const struct mm_centre *centre = rounding->again ? &rounding->centre : NULL;
    int64_t finite = rounding->sums.s.finite;
    int64_t beyond = saturates(rounding->setting)             ? rounding->clipped
                     : mm_whatif_has_range(rounding->setting) ? 0
                                                              : rounding->sums.nonfinite_differ;

    *out = (struct mm_whatif){.setting = *rounding->setting,
                              .scale = rounding->scale,
                              .zero_point = rounding->zero_point,
                              .scale_low = rounding->scale_low,
                              .scale_high = rounding->scale_high,
                              .clipped = finite > 0 ? (double)beyond / (double)finite : 0.0};
    mm_metrics_finish(&rounding->sums, centre, &rounding->centred, &out->metrics);
}

static void finish_costs(const struct whatif *whatif, const struct rounding *rounding, struct mm_whatif *out)
{
    finish(rounding, out); /* of sums that saw nothing: the other figures are NaN */
    double n = (double)whatif->tensor->count;
    out->clipped = saturates(rounding->setting) ? (double)rounding->clipped / n : 0.0;
    out->metrics.count = out->metrics.finite = whatif->tensor->count;
    out->metrics.mse = rounding->ee / n;
    out->metrics.rmse = sqrt(out->metrics.mse);
    out->metrics.diff2 = sqrt(rounding->ee / whatif->ss);
    out->metrics.sqnr = mm_metric_sqnr(out->metrics.diff2);
}

static int run(struct whatif *whatif, const struct mm_whatif_setting *settings, struct mm_err *err)
{
    for (size_t i = 0; i < whatif->count; i++) {
        if (rounding_init(whatif, &whatif->rounding[i], &settings[i], err))
            return -1;
    }
    if (whatif->tensor->count > 0) {
        if (find_ranges(whatif, err))
            return -1;
        for (size_t i = 0; i < whatif->count; i++) {
            choose_tensor_scale(whatif, &whatif->rounding[i]);
            if (mm_whatif_has_range(&settings[i]) && choose_scales(whatif, &whatif->rounding[i], err))
                return -1;
        }
        if (measure(whatif, err))
            return -1;
    }
    return 0;
}

static void whatif_done(struct whatif *whatif)
{
    for (size_t i = 0; whatif->rounding && i < whatif->count; i++) {
        free(whatif->rounding[i].rounder.scale);
        free(whatif->rounding[i].rounder.low);
    }
    for (size_t g = 0; g < GROUPS; g++)
        mm_ranges_done(&whatif->ranges[g]);
    free(whatif->rounding);
    free(whatif);
}

struct question {
    const struct mm_whatif_setting *settings;
    size_t count;
    bool costs;
};

static int whatif_tensor(const struct mm_tensor *reference, const struct question *question,
                         const struct mm_control *control, struct mm_whatif *out, struct mm_err *err)
{
    const struct mm_whatif_setting *settings = question->settings;
    size_t count = question->count;

    struct whatif *whatif = malloc(sizeof(*whatif));
    int failed = -1;

    if (!whatif)
        return mm_fail_memory(err);
    memset(whatif, 0, offsetof(struct whatif, tile)); /* a tile is large, and written before it is read */
    whatif->tensor = reference;
    whatif->control = control ? *control : (struct mm_control){NULL};
    whatif->lane_f = mm_tensor_lane_f(reference);
    whatif->costs = question->costs;
    whatif->count = count;
    whatif->rounding = calloc(count ? count : 1, sizeof(*whatif->rounding));
    if (whatif->rounding)
        failed = run(whatif, settings, err);
    else
        mm_fail_memory(err);
    for (size_t i = 0; !failed && i < count; i++) {
        settle_scales(&whatif->rounding[i]);
        if (whatif->costs)
            finish_costs(whatif, &whatif->rounding[i], &out[i]);
        else
            finish(&whatif->rounding[i], &out[i]);
    }
    whatif_done(whatif);
    return failed;
}

int mm_whatif_tensor(const struct mm_tensor *reference, const struct mm_whatif_setting *settings,
                     size_t count, const struct mm_control *control, struct mm_whatif *out,
                     struct mm_err *err)
{
    return whatif_tensor(reference, &(struct question){settings, count, false}, control, out, err);
}

int mm_whatif_costs(const struct mm_tensor *reference, const struct mm_whatif_setting *settings, size_t count,
                    const struct mm_control *control, struct mm_whatif *out, struct mm_err *err)
{
    return whatif_tensor(reference, &(struct question){settings, count, true}, control, out, err);
}
