/* Looking at one layer: what its format must cost, what its error looks like, what may have caused it. */
#include "cause/cause.h"
#include "cause/channels.h"
#include "cause/stored_format.h"
#include "cause/subsample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values of both sides while they are looked at. */
struct values {
    double *s, *d; /* NULL: too many, or nothing to hold them */
};

static void values_done(struct values *values)
{
    free(values->s);
    free(values->d);
    *values = (struct values){NULL, NULL};
}

static int decode(const struct mm_tensor *tensor, const atomic_bool *cancel, double **out, struct mm_err *err)
{
    struct mm_cursor cursor;
    size_t count = (size_t)tensor->count;
    *out = malloc((count + 1) * sizeof **out);
    if (!*out)
        return mm_fail_memory(err);
    mm_cursor_init(&cursor, tensor);
    for (size_t done = 0, n; done < count; done += n) {
        if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "stopped");
        n = mm_cursor_double(&cursor, *out + done, MM_TILE);
        if (n == 0 || (n < MM_TILE && done + n < count))
            return mm_fail(err, MM_ECORRUPT, "element %zu of %zu can't be read", done + n, count);
    }
    return 0;
}

static int values_read(struct values *values, const struct mm_pair_tensors *tensors,
                       const atomic_bool *cancel, struct mm_err *err)
{
    *values = (struct values){NULL, NULL};
    if (tensors->s.count > MM_CASE_MAX || tensors->d.count > MM_CASE_MAX)
        return 0;
    if (decode(&tensors->s, cancel, &values->s, err) == 0 &&
        decode(&tensors->d, cancel, &values->d, err) == 0)
        return 0;
    values_done(values);
    return -1;
}

/* ---- the format of dst, and what it costs ---- */

static int floors_find(struct mm_evidence *e, const struct mm_analysis *analysis, const struct format *format,
                       const struct mm_tensor *s, const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_whatif_setting setting[MM_FLOORS];
    e->channel_axis = mm_channel_axis(&s->shape);
    size_t n = format_settings(format, analysis->quantised, &s->shape, e->channel_axis, setting);
    const struct mm_stats *stats = &analysis->result->metrics.src;
    struct subsample subsample;
    unsigned channels = 0;
    for (size_t i = 0; i < n; i++)
        channels |= setting[i].per_channel ? 1u << setting[i].axis : 0;
    int failed = subsample_open(&subsample, s, stats, channels, err);
    if (!failed)
        failed = mm_whatif_tensor(&subsample.tensor, setting, n, cancel, e->floor, err);
    if (!failed)
        subsample_rescale(&subsample, stats, e->floor, n);
    subsample_close(&subsample);
    if (failed)
        return -1;
    e->floors = n;
    e->format = format_floor(format, analysis->quantised, e->floor, n, analysis->result->metrics.diff2);
    e->grid = format->grid;
    return 0;
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
                        .inputs_guessed = analysis->inputs_guessed,
                        .input_max = analysis->input_max,
                        .input_rms = analysis->input_rms,
                        .input_count = analysis->input_count,
                        .quantised = analysis->quantised,
                        .s = v->s,
                        .d = v->d,
                        .s_count = tensors->s.count,
                        .d_count = tensors->d.count,
                        .s_shape = tensors->s.shape,
                        .d_shape = tensors->d.shape,
                        .floor = e->floor,
                        .floors = e->floors};
    e->findings = mm_causes_find(&c, cancel, e->finding);
}

static void channels_find(struct mm_evidence *e, const struct mm_pair_tensors *tensors,
                          const struct values *v)
{
    struct channels channels;
    if (!v->s || !v->d || e->channel_axis < 0 || tensors->match == MM_MATCH_MISMATCH)
        return;
    if (channels_init(&channels, v->s, v->d, &tensors->s.shape, e->channel_axis, NULL) == 0) {
        e->channel_spread = channels_spread(&channels);
        e->channel_slope = channels_slope(&channels);
    }
    channels_done(&channels);
}

static int look_at(const struct mm_analysis *analysis, const struct mm_pair_tensors *tensors,
                   const atomic_bool *cancel, struct mm_evidence *e, struct mm_err *err)
{
    struct values v;
    if (values_read(&v, tensors, cancel, err) < 0)
        return -1;
    bool pairs = tensors->match != MM_MATCH_MISMATCH;
    struct format format = {.dtype = MM_DTYPE_NONE};
    if (pairs)
        format = format_find(analysis->result, analysis->quantised, v.s, v.d, tensors->d.count);
    int failed = floors_find(e, analysis, &format, &tensors->s, cancel, err);
    if (!failed && pairs)
        channels_find(e, tensors, &v);
    if (!failed)
        causes_find(e, analysis, tensors, &v, cancel);
    values_done(&v);
    if (!failed && cancel && atomic_load_explicit(cancel, memory_order_relaxed))
        return mm_fail(err, MM_ECANCELLED, "stopped");
    return failed;
}

static void evidence_init(struct mm_evidence *e)
{
    memset(e, 0, sizeof *e);
    e->format = e->channel_axis = -1;
    e->channel_spread = e->channel_slope = NAN;
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
    struct mm_err inner = {MM_OK, ""};
    struct mm_pair_tensors tensors;
    bool failed_dst = false;
    evidence_init(out);
    if (!analysis->pair->src || !analysis->pair->dst) {
        mm_fail(&inner, MM_EARG, "only in %s: nothing to compare", analysis->pair->src ? "src" : "dst");
        return problem(out, &inner, err);
    }
    if (mm_pair_tensors_open(&tensors, analysis->pair, analysis->schema, &failed_dst, &inner) < 0)
        return problem(out, &inner, err);
    int failed = look_at(analysis, &tensors, cancel, out, &inner);
    /* large text files that are laid out otherwise than they seemed */
    if (failed && inner.code == MM_ECORRUPT &&
        mm_pair_tensors_validate_both(&tensors, analysis->pair, analysis->schema, cancel, &inner) == 0) {
        evidence_init(out);
        failed = look_at(analysis, &tensors, cancel, out, &inner);
    }
    if (!failed)
        failed = mm_pair_tensors_check(&tensors, analysis->pair, &failed_dst, &inner);
    mm_pair_tensors_close(&tensors);
    return failed ? problem(out, &inner, err) : 0;
}

void mm_evidence_done(struct mm_evidence *evidence)
{
    free(evidence->problem);
    memset(evidence, 0, sizeof *evidence);
}
