/* Looking at one layer: what its format must cost, what its error looks like, what may have caused it. */
#include "cause/cause.h"
#include "cause/channels.h"
#include "cause/held.h"
#include "cause/integers.h"
#include "cause/stored_format.h"
#include "cause/subsample.h"
#include "cause/worst.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAR 0.1 /* a difference is small that is less than this of what it is a difference of */

/* Values of both sides while they are looked at. */
struct values {
    double *s, *d;            /* NULL: too many, or nothing to hold them */
    struct channels channels; /* along the evidence's channel_axis; without sums until channels_find */
};

static void values_done(struct values *values)
{
    free(values->s);
    free(values->d);
    channels_done(&values->channels);
    *values = (struct values){NULL, NULL};
}

static int values_read(struct values *values, const struct mm_pair_tensors *tensors,
                       const atomic_bool *cancel, bool *failed_dst, struct mm_err *err)
{
    *values = (struct values){NULL, NULL};
    *failed_dst = false;
    if (tensors->s.count > MM_CASE_MAX || tensors->d.count > MM_CASE_MAX)
        return 0;
    values->s = mm_tensor_decode(&tensors->s, false, cancel, err);
    if (!values->s)
        return -1;
    values->d = mm_tensor_decode(&tensors->d, false, cancel, err);
    if (values->d)
        return 0;
    *failed_dst = true;
    values_done(values);
    return -1;
}

/* ---- the format of dst, and what it costs ---- */

static int costs_find(struct mm_evidence *e, const struct mm_tensor *s, const struct mm_stats *stats,
                      const struct mm_whatif_setting *setting, size_t n, const atomic_bool *cancel,
                      struct mm_err *err)
{
    struct subsample subsample;
    unsigned channels = 0;
    for (size_t i = 0; i < n; i++)
        channels |= setting[i].per_channel ? 1u << setting[i].axis : 0;
    int failed = subsample_open(&subsample, s, stats, channels, err);
    if (!failed)
        failed = mm_whatif_costs(&subsample.tensor, setting, n, &(struct mm_control){.cancel = cancel},
                                 e->floor, err);
    if (!failed)
        subsample_rescale(&subsample, stats, e->floor, n);
    subsample_close(&subsample);
    return failed;
}

static int floors_find(struct mm_evidence *e, const struct mm_analysis *analysis, const struct format *format,
                       const struct mm_tensor *s, const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_whatif_setting setting[MM_FLOORS];
    size_t n = format_settings(format, analysis->quantised, &s->shape, e->channel_axis, setting);
    if (n > 0 && costs_find(e, s, &analysis->result->metrics.src, setting, n, cancel, err) < 0)
        return -1;
    e->floors = n;
    e->format = format_floor(format, analysis->quantised, e->floor, n, analysis->result->metrics.diff2);
    e->grid = format->grid;
    return 0;
}

/* Which narrow float has steps of this grid, or coarser ones, at the size of the inputs? Of a wide dst only where the
 * result is small against them, and the grid a power of two: other networks have integers there. */
static enum mm_dtype float_of_grid(const struct mm_analysis *analysis, double grid)
{
    const struct mm_stats *src = &analysis->result->metrics.src;
    enum mm_dtype dst = analysis->result->dst.dtype;
    double step = step_of_float(dst, analysis->input_max), rms = hypot(src->mean, src->std);
    int exponent;
    bool small = rms <= FAR * analysis->input_rms && frexp(grid, &exponent) == 0.5;
    if (step > 0)
        return grid <= step ? dst : MM_DTYPE_NONE;
    if (dst != MM_F32 || analysis->quantised || !small)
        return MM_DTYPE_NONE;
    if (grid <= step_of_float(MM_F16, analysis->input_max))
        return MM_F16;
    return grid <= step_of_float(MM_BF16, analysis->input_max) ? MM_BF16 : MM_DTYPE_NONE;
}

/* A narrow float far from zero keeps a grid of its own: differences of such values lie on it. */
static struct format without_float_grid(const struct format *format, const struct mm_analysis *analysis)
{
    enum mm_dtype held =
        !format->sure && format->grid > 0 ? float_of_grid(analysis, format->grid) : MM_DTYPE_NONE;
    return held != MM_DTYPE_NONE ? (struct format){.dtype = held} : *format;
}

/* Integers that are data were not quantised, whatever grid they lie on. */
static struct format format_of(const struct mm_analysis *analysis, const struct values *v, int64_t count)
{
    struct format none = {.dtype = MM_DTYPE_NONE};
    if (integers_are_data(analysis->result, analysis->op_type) ||
        (v->s && v->d && integers_in_floats(v->s, v->d, count)))
        return none;
    if (analysis->storage != MM_DTYPE_NONE)
        return (struct format){.dtype = analysis->storage}; /* what a few values fit into says less */
    struct format format = format_find(analysis->result, analysis->quantised, v->s, v->d, count);
    return without_float_grid(&format, analysis);
}

/* ---- all of it ---- */

/* An integer format that the values show is in no estimate of what rounding on the way here adds up to: the
 * least that it can cost is. */
static double noise_of(const struct mm_evidence *e, const struct mm_analysis *analysis)
{
    if (e->format < 0 || !format_is_integer(e->floor[e->format].setting.dtype))
        return analysis->noise;
    double least = e->floor[e->format].metrics.diff2;
    for (size_t i = 0; i < e->floors; i++) {
        const struct mm_whatif *w = &e->floor[i];
        if (w->setting.dtype == e->floor[e->format].setting.dtype && w->metrics.diff2 < least)
            least = w->metrics.diff2;
    }
    return fmax(analysis->noise, least);
}

/* Channels are known, and this shape has such an axis. */
static bool known_axis(const struct mm_analysis *analysis, const struct mm_shape *shape)
{
    return analysis->channels_known && analysis->channel_axis >= 0 && analysis->channel_axis < shape->rank;
}

static void causes_find(struct mm_evidence *e, const struct mm_analysis *analysis,
                        const struct mm_pair_tensors *tensors, const struct values *v,
                        const atomic_bool *cancel)
{
    struct mm_case c = {.pair = analysis->pair,
                        .result = analysis->result,
                        .op_type = analysis->op_type ? analysis->op_type : "",
                        .role = analysis->role,
                        .noise = noise_of(e, analysis),
                        .format = e->format >= 0 ? e->floor[e->format].setting.dtype : MM_DTYPE_NONE,
                        .grid = v->d ? e->grid : NAN,
                        .storage = analysis->storage,
                        .inputs_guessed = analysis->inputs_guessed,
                        .input_max = analysis->input_max,
                        .input_rms = analysis->input_rms,
                        .input_count = analysis->input_count,
                        .quantised = analysis->quantised,
                        .channels_known = known_axis(analysis, &tensors->d.shape),
                        .channel_axis = analysis->channel_axis,
                        .s = v->s,
                        .d = v->d,
                        .s_count = tensors->s.count,
                        .d_count = tensors->d.count,
                        .s_shape = tensors->s.shape,
                        .d_shape = tensors->d.shape,
                        .floor = e->floor,
                        .floors = e->floors,
                        .channels = v->channels.sum ? &v->channels : NULL,
                        .channels_axis = e->channel_axis};
    e->findings = mm_causes_find(&c, cancel, e->finding);
}

static void channels_find(struct mm_evidence *e, const struct mm_analysis *analysis,
                          const struct mm_pair_tensors *tensors, struct values *v)
{
    bool data = integers_are_data(analysis->result, analysis->op_type); /* ids have no RMS */
    bool known = known_axis(analysis, &tensors->s.shape);
    if (!v->s || !v->d || e->channel_axis < 0 || tensors->match == MM_MATCH_MISMATCH)
        return;
    if (channels_init(&v->channels, v->s, v->d, &tensors->s.shape, e->channel_axis, NULL) < 0)
        return;
    e->channel_spread = channels_spread(&v->channels);
    e->channel_slope = channels_slope(&v->channels);
    if (!data)
        worst_channel(&e->worst, &v->channels, e->channel_axis, known);
}

/* Another tensor's values, one by one, are likelier than anything that fits them; the others stand behind. */
static void add_held(struct mm_evidence *e, const struct mm_analysis *analysis, const struct values *v,
                     int64_t count, const atomic_bool *cancel)
{
    struct mm_finding held;
    if (!held_find(analysis, v->s, v->d, count, cancel, &held))
        return;
    size_t kept = e->findings < MM_FINDINGS_MAX ? e->findings : MM_FINDINGS_MAX - 1;
    memmove(&e->finding[1], &e->finding[0], kept * sizeof e->finding[0]);
    e->finding[0] = held;
    e->findings = kept + 1;
}

/* Figures of s and what rounding made of it, x. More than half a step off is beyond the range. */
static void scales_cost(struct mm_evidence *e, const struct mm_scales *scales,
                        const struct mm_tensor *rounded, const double *s, const double *x)
{
    double left = 0, all = 0, clipped = 0, n = 0;
    int64_t inner = 1;
    for (int i = rounded->scale_axis + 1; i < rounded->shape.rank; i++)
        inner *= rounded->shape.dim[i];
    for (int64_t i = 0; i < rounded->count; i++) {
        double step = scales->scale[scales->count > 1 ? i / inner % scales->count : 0];
        if (!isfinite(s[i]))
            continue;
        n++;
        clipped += fabs(s[i] - x[i]) > 0.51 * step;
        left += (s[i] - x[i]) * (s[i] - x[i]);
        all += s[i] * s[i];
    }
    if (all > 0) {
        e->scales_cost = sqrt(left / all);
        e->scales_clipped = clipped / n;
    }
}

static void evidence_init(struct mm_evidence *e)
{
    memset(e, 0, sizeof *e);
    worst_init(&e->worst);
    e->format = e->channel_axis = -1;
    e->channel_spread = e->channel_slope = NAN;
    e->scales_cost = e->scales_clipped = NAN;
}

/* src as dst's integers hold it at best. */
static int scales_find(struct mm_evidence *e, const struct mm_pair_tensors *tensors, const struct values *v,
                       const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_tensor rounded;
    struct mm_run run;
    if (!v->s || !tensors->d.scales || !mm_shape_equal(&tensors->s.shape, &tensors->d.shape))
        return 0;
    struct mm_scales scales = *tensors->d.scales;
    scales.axis = tensors->d.scale_axis;
    scales.dtype = scales.dtype == MM_DTYPE_NONE ? tensors->d.dtype : scales.dtype;
    mm_tensor_raw(&rounded, MM_F64, &tensors->s.shape, v->s, &run);
    if (!mm_tensor_dequantise(&rounded, &scales, true))
        return 0;
    double *x = mm_tensor_decode(&rounded, false, cancel, err);
    if (!x)
        return -1;
    scales_cost(e, &scales, &rounded, v->s, x);
    free(x);
    return 0;
}

/* What mm_evidence_collect was asked for. */
struct question {
    const struct mm_analysis *analysis;
    const atomic_bool *cancel;
    struct mm_evidence *out;
};

/* Without the masked positions: both sides NaN there, and s a tensor of what is left. */
static void mask(struct values *v, struct mm_tensor *s, struct mm_run *run, const struct mm_result *result)
{
    if (result->masked == 0 || !v->s || !v->d)
        return;
    const struct mm_shape shape = s->shape;
    mm_sentinels_mask(v->s, v->d, result->metrics.count);
    mm_tensor_raw(s, MM_F64, &shape, v->s, run);
}

static int look_at(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    const struct question *question = context;
    const struct mm_analysis *analysis = question->analysis;
    const atomic_bool *cancel = question->cancel;
    struct mm_evidence *e = question->out;
    struct values v;
    struct mm_pair_tensors left = *tensors; /* without what is masked */
    struct mm_run run;
    evidence_init(e);
    if (values_read(&v, tensors, cancel, failed_dst, err) < 0)
        return -1;
    mask(&v, &left.s, &run, analysis->result);
    bool pairs = tensors->match != MM_MATCH_MISMATCH;
    e->channel_axis =
        known_axis(analysis, &tensors->s.shape) ? analysis->channel_axis : mm_channel_axis(&tensors->s.shape);
    struct format format = {.dtype = MM_DTYPE_NONE};
    bool values = analysis->pair->src->kept < MM_KEPT_SUM; /* statistics are rounded by nobody */
    if (pairs && values)
        format = format_of(analysis, &v, tensors->d.count);
    int failed = !values || (pairs && integers_are_data(analysis->result, analysis->op_type))
                     ? 0
                     : floors_find(e, analysis, &format, &left.s, cancel, err);
    if (!failed && pairs)
        failed = scales_find(e, tensors, &v, cancel, err);
    if (!failed && pairs)
        channels_find(e, analysis, tensors, &v);
    if (!failed && pairs && v.s && tensors->s.count == tensors->d.count)
        worst_element(&e->worst, &analysis->result->metrics, &tensors->s.shape, v.s, v.d, tensors->s.count);
    if (!failed)
        causes_find(e, analysis, tensors, &v, cancel);
    if (!failed && pairs && v.d && analysis->others)
        add_held(e, analysis, &v, tensors->d.count, cancel);
    values_done(&v);
    if (!failed && cancel && atomic_load_explicit(cancel, memory_order_relaxed))
        return mm_fail(err, MM_ECANCELLED, "stopped");
    return failed;
}

/* A pair that can't be looked at is evidence too. */
static int problem(struct mm_evidence *e, struct mm_err *inner, struct mm_err *err)
{
    evidence_init(e);
    if (inner->code == MM_ECANCELLED || inner->code == MM_ENOMEM)
        return mm_fail(err, inner->code, "%s", inner->text);
    e->problem = strdup(inner->text);
    return e->problem ? 0 : mm_fail_memory(err);
}

int mm_evidence_collect(const struct mm_analysis *analysis, const atomic_bool *cancel,
                        struct mm_evidence *out, struct mm_err *err)
{
    struct question question = {analysis, cancel, out};
    struct mm_pair_reading reading = {.pair = analysis->pair,
                                      .schema = analysis->schema,
                                      .readers = analysis->memory ? analysis->memory->pair : NULL,
                                      .cancel = cancel,
                                      .values = look_at,
                                      .context = &question};
    struct mm_err inner = {MM_OK, ""};
    evidence_init(out);
    if (!analysis->pair->src || !analysis->pair->dst)
        mm_fail(&inner, MM_EARG, "only in %s: nothing to compare", analysis->pair->src ? "src" : "dst");
    else if (mm_pair_read(&reading, NULL, &inner) == 0)
        return 0;
    return problem(out, &inner, err);
}

void mm_evidence_done(struct mm_evidence *evidence)
{
    free(evidence->problem);
    memset(evidence, 0, sizeof *evidence);
}
