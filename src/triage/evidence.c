/* Looking at one layer: what its format must cost, what its error looks like, what may have caused it. */
#include "triage/cause.h"
#include "triage/channels.h"

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

static int values_read(struct values *values, const struct mm_duo *duo, const atomic_bool *cancel,
                       struct mm_err *err)
{
    *values = (struct values){NULL, NULL};
    if (duo->s.count > MM_CASE_MAX || duo->d.count > MM_CASE_MAX)
        return 0;
    if (decode(&duo->s, cancel, &values->s, err) == 0 && decode(&duo->d, cancel, &values->d, err) == 0)
        return 0;
    values_done(values);
    return -1;
}

/* ---- floors ---- */

/* The cheap ones: no range is searched. */
static size_t floor_settings(const struct mm_shape *shape, int axis, struct mm_whatif_setting out[MM_FLOORS])
{
    size_t n = 0;
    int64_t channels = axis >= 0 ? shape->dim[axis] : 1;
    out[n++] = (struct mm_whatif_setting){.dtype = MM_F16};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_BF16};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_I8};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_I8, .asymmetric = true};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_I8, .range = MM_RANGE_P9999};
    if (channels > 1 && mm_shape_count(shape) > channels)
        out[n++] = (struct mm_whatif_setting){.dtype = MM_I8, .per_channel = true, .axis = axis};
    return n;
}

static int floors_find(struct mm_evidence *e, const struct mm_tensor *s, const atomic_bool *cancel,
                       struct mm_err *err)
{
    struct mm_whatif_setting setting[MM_FLOORS];
    e->channel_axis = mm_channel_axis(&s->shape);
    size_t n = floor_settings(&s->shape, e->channel_axis, setting);
    if (mm_whatif_tensor(s, setting, n, cancel, e->floor, err) < 0)
        return -1;
    e->floors = n;
    return 0;
}

/* ---- the format of dst ---- */

static bool all_half(const double *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(x[i]) && (double)mm_half_to_float(mm_float_to_half((float)x[i])) != x[i])
            return false;
    }
    return true;
}

static bool all_bf16(const double *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(x[i]) && (double)mm_bf16_to_float(mm_float_to_bf16((float)x[i])) != x[i])
            return false;
    }
    return true;
}

static int floor_index(const struct mm_evidence *e, enum mm_dtype dtype)
{
    for (size_t i = 0; i < e->floors; i++) {
        if (e->floor[i].setting.dtype == dtype)
            return (int)i;
    }
    return -1;
}

/* The per-tensor setting with a zero point. */
static int asymmetric_int8(const struct mm_evidence *e)
{
    for (size_t i = 0; i < e->floors; i++) {
        const struct mm_whatif_setting *setting = &e->floor[i].setting;
        if (setting->dtype == MM_I8 && setting->asymmetric && !setting->per_channel)
            return (int)i;
    }
    return -1;
}

/* Of the int8 settings, the one whose cost is nearest to the error that is there. */
static int nearest_int8(const struct mm_evidence *e, double observed)
{
    int best = -1;
    double least = INFINITY;
    for (size_t i = 0; i < e->floors; i++) {
        double off = fabs(log(observed / e->floor[i].metrics.diff2));
        if (e->floor[i].setting.dtype == MM_I8 && (best < 0 || off < least)) {
            best = (int)i;
            least = isnan(off) ? INFINITY : off;
        }
    }
    return best;
}

#define LEVELS_INT8  256
#define LEVELS_INT16 65536

/* What dst's dtype says; of a wider dst, what its values show. */
static void format_find(struct mm_evidence *e, const struct mm_look *look, const struct values *v,
                        int64_t count)
{
    enum mm_dtype dtype = look->result->dst.dtype;
    bool eight = mm_dtype_info(dtype)->bits <= 8 && mm_dtype_info(dtype)->kind != MM_KIND_FLOAT;
    bool wide = dtype == MM_F32 || dtype == MM_F64;
    bool half = v->d && wide && all_half(v->d, count);
    if (v->d)
        e->grid =
            grid_find(v->d, count, half || dtype == MM_F16 || dtype == MM_BF16 ? LEVELS_INT8 : LEVELS_INT16);
    double span = look->result->metrics.dst.max - look->result->metrics.dst.min;
    bool grid8 = e->grid > 0 && span / e->grid <= LEVELS_INT8;
    e->format = -1;
    /* integers beside a tensor say nothing of the tensor itself where it does not lie on their grid */
    bool told = (look->quantised & MM_QUANTISED_RESULT) && (!v->d || grid8);
    if ((told || eight) && (look->quantised & MM_QUANTISED_UNSIGNED))
        e->format = asymmetric_int8(e);
    else if (told || eight || grid8)
        e->format = nearest_int8(e, look->result->metrics.diff2);
    else if (dtype == MM_F16 || half)
        e->format = floor_index(e, MM_F16);
    else if (dtype == MM_BF16 || (v->d && wide && all_bf16(v->d, count)))
        e->format = floor_index(e, MM_BF16);
}

/* ---- all of it ---- */

static void causes_find(struct mm_evidence *e, const struct mm_look *look, const struct mm_duo *duo,
                        const struct values *v, const atomic_bool *cancel)
{
    struct mm_case c = {.pair = look->pair,
                        .result = look->result,
                        .op_type = look->op_type ? look->op_type : "",
                        .role = look->role,
                        .noise = look->noise,
                        .input_max = look->input_max,
                        .input_rms = look->input_rms,
                        .input_count = look->input_count,
                        .quantised = look->quantised,
                        .s = v->s,
                        .d = v->d,
                        .s_count = duo->s.count,
                        .d_count = duo->d.count,
                        .s_shape = duo->s.shape,
                        .d_shape = duo->d.shape,
                        .floor = e->floor,
                        .floors = e->floors};
    e->findings = mm_causes_find(&c, cancel, e->finding);
}

static void channels_find(struct mm_evidence *e, const struct mm_duo *duo, const struct values *v)
{
    struct channels channels;
    if (!v->s || !v->d || e->channel_axis < 0 || duo->fit == MM_FIT_MISMATCH)
        return;
    if (channels_init(&channels, v->s, v->d, &duo->s.shape, e->channel_axis, NULL) == 0) {
        e->channel_spread = channels_spread(&channels);
        e->channel_slope = channels_slope(&channels);
    }
    channels_done(&channels);
}

static int look_at(const struct mm_look *look, const struct mm_duo *duo, const atomic_bool *cancel,
                   struct mm_evidence *e, struct mm_err *err)
{
    struct values v;
    if (values_read(&v, duo, cancel, err) < 0)
        return -1;
    int failed = floors_find(e, &duo->s, cancel, err);
    if (!failed && duo->fit != MM_FIT_MISMATCH) {
        format_find(e, look, &v, duo->d.count);
        channels_find(e, duo, &v);
    }
    if (!failed)
        causes_find(e, look, duo, &v, cancel);
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

int mm_evidence_collect(const struct mm_look *look, const atomic_bool *cancel, struct mm_evidence *out,
                        struct mm_err *err)
{
    struct mm_err inner = {MM_OK, ""};
    struct mm_duo duo;
    bool failed_dst = false;
    evidence_init(out);
    if (!look->pair->src || !look->pair->dst) {
        mm_fail(&inner, MM_EARG, "only in %s: nothing to compare", look->pair->src ? "src" : "dst");
        return problem(out, &inner, err);
    }
    if (mm_duo_open(&duo, look->pair, look->schema, &failed_dst, &inner) < 0)
        return problem(out, &inner, err);
    int failed = look_at(look, &duo, cancel, out, &inner);
    /* large text files that are laid out otherwise than they seemed */
    if (failed && inner.code == MM_ECORRUPT &&
        mm_duo_settle_both(&duo, look->pair, look->schema, cancel, &inner) == 0) {
        evidence_init(out);
        failed = look_at(look, &duo, cancel, out, &inner);
    }
    if (!failed)
        failed = mm_duo_check(&duo, look->pair, &failed_dst, &inner);
    mm_duo_close(&duo);
    return failed ? problem(out, &inner, err) : 0;
}

void mm_evidence_done(struct mm_evidence *evidence)
{
    free(evidence->problem);
    memset(evidence, 0, sizeof *evidence);
}
