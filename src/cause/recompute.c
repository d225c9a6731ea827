/* One operator computed again from the inputs that dst had, and from those that src had. */
#include "cause/lost_constants.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

#define REFERENCE_MOST      MM_REFERENCE_MOST
#define REFERENCE_SHARE     MM_REFERENCE_SHARE
#define REFERENCE_POSITIONS 512 /* of an operator with weights, that are looked at for it */

static struct mm_operator_call call_of(const struct mm_recompute *recompute, const struct operands *o,
                                       int side, const atomic_bool *cancel)
{
    return (struct mm_operator_call){.node = &recompute->graph->nodes[recompute->node],
                                     .opset = recompute->graph->opset,
                                     .input = o->input[side],
                                     .output = recompute->output,
                                     .limit = MM_RECOMPUTE_ELEMENTS,
                                     .cancel = cancel};
}

static int check_count(const struct operands *o, int side, int64_t count, struct mm_err *err)
{
    if (count == o->result[side].count)
        return 0;
    return mm_fail(err, MM_EUNSUPPORTED, "it gives %lld values, and the dump has %lld", (long long)count,
                   (long long)o->result[side].count);
}

/* `src`: what was found of src's own result, that of this side or one that is there already. */
static void begin(struct residual *residual, const struct operands *o, int side, const struct residual *src)
{
    residual_init(residual, &o->result[side]);
    if (side == SIDE_SRC)
        return;
    residual_range(residual, o->scales, o->format[SIDE_DST]);
    residual_reference(residual, &o->result[SIDE_SRC], src);
}

/* ---- channels ---- */

/* Which channel has most of the residual: sums of r^2 by channel. */
struct by_channel {
    double *rr;    /* [count]; NULL: no channels, or no memory for them */
    int64_t count; /* channels */
    int64_t inner; /* elements from one channel to the next */
};

static void by_channel_init(struct by_channel *by, const struct mm_recompute *recompute,
                            const struct mm_shape *shape)
{
    const struct mm_graph_node *node = &recompute->graph->nodes[recompute->node];
    int axis = mm_operator_channel_axis(node, mm_weight_input(recompute->graph, node), shape->rank);
    *by = (struct by_channel){.inner = 1};
    if (axis < 0 || axis >= shape->rank || shape->dim[axis] < 2)
        return;
    by->count = shape->dim[axis];
    for (int a = axis + 1; a < shape->rank; a++)
        by->inner *= shape->dim[a];
    by->rr = calloc((size_t)by->count, sizeof *by->rr);
}

static void by_channel_add(struct by_channel *by, int64_t position, double y, double y0)
{
    if (by->rr && isfinite(y) && isfinite(y0))
        by->rr[position / by->inner % by->count] += (y - y0) * (y - y0);
}

static double row_energy(const struct mm_value *y, const struct mm_value *y0, int64_t from, int64_t to)
{
    double rr = 0;
    for (int64_t i = from; i < to; i++) {
        double r =
            y->f && y0->f ? (double)y->f[i] - (double)y0->f[i] : mm_value_at(y, i) - mm_value_at(y0, i);
        double square = r * r;
        rr += isfinite(r) ? square : 0;
    }
    return rr;
}

/* All positions of a result; those of a channel lie in rows. */
static void by_channel_add_all(struct by_channel *by, const struct mm_value *y, const struct mm_value *y0)
{
    for (int64_t from = 0, c = 0; by->rr && from < y0->count; from += by->inner, c = (c + 1) % by->count)
        by->rr[c] += row_energy(y, y0, from, from + by->inner);
}

static void by_channel_finish(struct by_channel *by, struct mm_recomputed *out)
{
    double sum = 0;
    int64_t most = 0;
    for (int64_t c = 0; by->rr && c < by->count; c++) {
        sum += by->rr[c];
        most = by->rr[c] > by->rr[most] ? c : most;
    }
    if (sum > 0) {
        out->channel = most;
        out->channels = by->count;
        out->channel_share = by->rr[most] / sum;
    }
    free(by->rr);
}

/* ---- without weights: whole ---- */

static int compare_whole(const struct mm_recompute *recompute, const struct operands *o, int side,
                         const atomic_bool *cancel, struct residual both[SIDES], struct by_channel *by,
                         struct mm_err *err)
{
    struct residual *residual = &both[side];
    struct mm_operator_call call = call_of(recompute, o, side, cancel);
    struct mm_value y0;
    if (mm_operator_run(&call, &y0, err) < 0)
        return -1;
    int result = check_count(o, side, y0.count, err);
    if (result == 0 && by)
        by_channel_init(by, recompute, &y0.shape);
    if (result == 0) {
        begin(residual, o, side, &both[SIDE_SRC]);
        residual->ties = ties_settle(&call, &o->result[side], &y0,
                                     o->input[side][0] ? float_unit(o->input[side][0]->dtype) : 0);
        residual_add_all(residual, &o->result[side], &y0);
    }
    if (result == 0 && by)
        by_channel_add_all(by, &o->result[side], &y0);
    mm_value_done(&y0);
    return result;
}

static int run_whole(const struct mm_recompute *recompute, const struct operands *o,
                     const atomic_bool *cancel, struct residual both[SIDES], struct mm_recomputed *out,
                     struct mm_err *err)
{
    struct by_channel by = {0};
    int result = compare_whole(recompute, o, SIDE_SRC, cancel, both, NULL, err);
    if (result == 0)
        result = compare_whole(recompute, o, SIDE_DST, cancel, both, &by, err);
    by_channel_finish(&by, out);
    return result;
}

/* ---- with weights: at some positions ---- */

struct positions {
    int64_t *at;
    double *work, *y0, *r;     /* of all steps; the last of them; and what is left */
    struct line_places places; /* of these */
};

static int positions_open(struct positions *p, const struct line *line, const struct mm_operator_call *call,
                          struct mm_err *err)
{
    p->at = calloc(MM_RECOMPUTE_POSITIONS, sizeof *p->at);
    p->work = calloc(line->count * MM_RECOMPUTE_POSITIONS, sizeof *p->work);
    p->r = calloc(MM_RECOMPUTE_POSITIONS, sizeof *p->r);
    if (!p->at || !p->work || !p->r)
        return mm_fail_memory(err);
    p->places.at = p->at;
    if (mm_operator_linear_shape(call, &p->places.shape, err) < 0)
        return -1;
    int result = mm_operator_positions(call, MM_RECOMPUTE_POSITIONS, p->at, &p->places.count, err);
    p->y0 = p->work + (line->count - 1) * p->places.count;
    return result;
}

static void positions_close(struct positions *p)
{
    free(p->at);
    free(p->work);
    free(p->r);
}

/* Does src's result come out of src's inputs? A few of the positions tell. */
static int check_reference(const struct operands *o, const struct line *line, struct positions *p,
                           struct residual *residual, struct mm_err *err)
{
    int64_t at[REFERENCE_POSITIONS];
    struct line_places few = {.at = at, .shape = p->places.shape};
    size_t step = (p->places.count + REFERENCE_POSITIONS - 1) / REFERENCE_POSITIONS;
    if (check_count(o, SIDE_SRC, mm_shape_count(&p->places.shape), err) < 0)
        return -1;
    for (size_t i = 0; i < p->places.count; i += step)
        at[few.count++] = p->at[i];
    if (line_sample(line, SIDE_SRC, &few, p->work, err) < 0)
        return -1;
    const double *y0 = p->work + (line->count - 1) * few.count;
    residual_init(residual, &o->result[SIDE_SRC]);
    for (size_t i = 0; i < few.count; i++)
        residual_add(residual, mm_value_at(&o->result[SIDE_SRC], at[i]), y0[i]);
    return 0;
}

/* Four at once; a comparison with NaN is false. */
typedef float four __attribute__((vector_size(16)));
typedef int32_t four_masks __attribute__((vector_size(16)));

/* The largest finite |a - b|. */
static float furthest(const float *a, const float *b, int64_t count)
{
    four most = {0}, x, y;
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        four_masks off = (four_masks)(x - y) & INT32_MAX;
        four_masks take = ((four)off > most) & ((four)off <= FLT_MAX);
        most = (four)((off & take) | ((four_masks)most & ~take));
    }
    for (; i < count; i++) {
        float off = fabsf(a[i] - b[i]);
        most[0] = off > most[0] && off <= FLT_MAX ? off : most[0];
    }
    return fmaxf(fmaxf(most[0], most[1]), fmaxf(most[2], most[3]));
}

/* Where dst is furthest from src; -1: nowhere, or they have other shapes, or are no floats. */
static int64_t worst_position(const struct operands *o)
{
    const struct mm_value *src = &o->result[SIDE_SRC], *dst = &o->result[SIDE_DST];
    if (!src->f || !dst->f || !mm_shape_equal(&src->shape, &dst->shape))
        return -1;
    float most = furthest(src->f, dst->f, dst->count);
    for (int64_t i = 0; i < dst->count && most > 0; i++) {
        if (fabsf(src->f[i] - dst->f[i]) == most)
            return i;
    }
    return -1;
}

/* A few values that are far off are among no sample; the worst of all is looked at by itself, for what it adds. */
static int add_worst(const struct operands *o, const struct line *line, const struct positions *p,
                     struct residual *residual, struct mm_err *err)
{
    int64_t worst = worst_position(o);
    bool sampled = worst < 0;
    for (size_t i = 0; i < p->places.count && !sampled; i++)
        sampled = p->at[i] == worst;
    if (sampled)
        return 0;
    struct line_places one = {.at = &worst, .count = 1, .shape = p->places.shape};
    double *work = calloc(line->count, sizeof *work);
    int result = work ? line_sample(line, SIDE_DST, &one, work, err) : mm_fail_memory(err);
    if (result == 0)
        residual_add_chosen(residual, mm_value_at(&o->result[SIDE_DST], worst), work[line->count - 1],
                            (double)p->places.count / (double)o->result[SIDE_DST].count);
    free(work);
    return result;
}

static int compare_sample(const struct operands *o, const struct line *line, struct positions *p,
                          const struct residual *src, struct residual *residual, struct mm_err *err)
{
    const struct mm_value *result = &o->result[SIDE_DST];
    if (check_count(o, SIDE_DST, mm_shape_count(&p->places.shape), err) < 0 ||
        line_sample(line, SIDE_DST, &p->places, p->work, err) < 0)
        return -1;
    begin(residual, o, SIDE_DST, src);
    for (size_t i = 0; i < p->places.count; i++) {
        double y = mm_value_at(result, p->at[i]);
        residual_add(residual, y, p->y0[i]);
        p->r[i] = isfinite(y - p->y0[i]) ? y - p->y0[i] : 0;
    }
    return add_worst(o, line, p, residual, err);
}

static void sample_channels(const struct mm_recompute *recompute, const struct positions *p,
                            struct mm_recomputed *out)
{
    struct by_channel by;
    by_channel_init(&by, recompute, &p->places.shape);
    for (size_t i = 0; i < p->places.count; i++)
        by_channel_add(&by, p->at[i], p->y0[i] + p->r[i], p->y0[i]);
    by_channel_finish(&by, out);
}

/* The weights of dst's model as what their codes stand for; MM_EUNSUPPORTED where they have another shape. */
static int read_dst_weights(const struct mm_recompute *recompute, const struct mm_value *floats,
                            const atomic_bool *cancel, struct mm_value *value, struct mm_err *err)
{
    struct mm_stored stored = {0};
    *value = (struct mm_value){0};
    if (mm_graph_constant(recompute->dst_weights, recompute->dst_codes, &stored, err) < 0)
        return -1;
    int result = 0;
    if (!mm_shape_equal(&stored.tensor.shape, &floats->shape) ||
        !mm_tensor_dequantise(&stored.tensor, recompute->dst_scales, false))
        result = mm_fail(err, MM_EUNSUPPORTED, "the quantised model's weights are laid out otherwise");
    if (result == 0)
        result = mm_value_decode(value, &stored.tensor, MM_RECOMPUTE_ELEMENTS, cancel, err);
    if (result == 0)
        result = mm_graph_weights_check(recompute->dst_weights, &stored, err);
    mm_stored_close(&stored);
    return result;
}

/* Is every input what dst's operator read? Where the quantised model has none of it in integers, and it is floats, too. */
static bool exact_inputs(const struct mm_recompute *recompute, const struct operands *o)
{
    const struct mm_graph_node *node = &recompute->graph->nodes[recompute->node];
    for (int k = 0; k < node->input_count; k++) {
        const struct mm_pair *pair = o->constant[k] ? NULL : operands_pair(recompute, k);
        if (pair && (!pair->scales || pair->scales->source != MM_SCALES_MODEL || !o->by_scales[k]))
            return false;
    }
    return true;
}

/* Once more at the same positions, with the weights that dst really had. What can't be done is left out. */
static int run_exact(struct line *line, const struct operands *o, struct positions *p,
                     const struct residual *src, struct mm_recomputed *out, struct mm_err *err)
{
    const struct mm_recompute *recompute = &line->step[0];
    struct operands *first = line->operands[0];
    int weight = mm_weight_input(recompute->graph, &recompute->graph->nodes[recompute->node]);
    struct mm_err inner = {MM_OK, ""};
    struct mm_value weights;
    struct residual residual;
    if (!recompute->dst_weights || weight < 0 || !first->input[SIDE_DST][weight])
        return 0;
    const struct mm_value *floats = first->input[SIDE_DST][weight];
    int result = read_dst_weights(recompute, floats, line->cancel, &weights, &inner);
    first->input[SIDE_DST][weight] = &weights;
    if (result == 0)
        result = compare_sample(o, line, p, src, &residual, &inner);
    first->input[SIDE_DST][weight] = floats;
    if (result == 0) {
        out->exact = residual_relative(&residual);
        out->exact_inputs = exact_inputs(recompute, first);
    }
    mm_value_done(&weights);
    if (inner.code == MM_ECANCELLED || inner.code == MM_ENOMEM)
        return mm_fail(err, inner.code, "%s", inner.text);
    return 0;
}

/* One side may have more samples, or padding. */
static bool alike(const struct mm_operator_call *src, const struct mm_operator_call *dst)
{
    bool same = true;
    for (int k = 0; k < src->node->input_count && same; k++) {
        const struct mm_value *s = src->input[k], *d = dst->input[k];
        same = !s == !d && (!s || mm_shape_equal(&s->shape, &d->shape));
    }
    return same;
}

static int run_sample(struct line *line, const struct operands *o, struct residual both[SIDES],
                      struct mm_recomputed *out, struct mm_err *err)
{
    struct mm_operator_call src = line_call(line, 0, SIDE_SRC), dst = line_call(line, 0, SIDE_DST);
    struct positions reference = {0}, p = {0};
    bool same = alike(&src, &dst);
    int result = same ? 0 : positions_open(&reference, line, &src, err);
    if (result == 0)
        result = positions_open(&p, line, &dst, err);
    if (result == 0)
        result = check_reference(o, line, same ? &p : &reference, &both[SIDE_SRC], err);
    if (result == 0)
        result = compare_sample(o, line, &p, &both[SIDE_SRC], &both[SIDE_DST], err);
    if (result == 0) {
        struct sampled sampled = {
            line, p.places, p.y0, line->step[0].graph, &dst, p.r, sqrt(both[SIDE_DST].yy)};
        sample_channels(&line->step[0], &p, out);
        result = weights_fit(&sampled, out, err);
        if (result == 0)
            result = run_exact(line, o, &p, &both[SIDE_SRC], out, err);
    }
    positions_close(&reference);
    positions_close(&p);
    return result;
}

/* A NaN that the operator itself would make (a line of -Inf through a softmax) is no NaN that came in. */
static bool has_nan(const struct operands *o, int count)
{
    for (int k = 0; k < count; k++) {
        const struct mm_value *x = o->input[SIDE_DST][k];
        for (int64_t i = 0; x && x->f && i < x->count; i++) {
            if (isnan(x->f[i]))
                return true;
        }
    }
    return false;
}

/* ---- all of it ---- */

static void figures(const struct mm_recompute *recompute, const struct operands *o,
                    const struct residual both[SIDES], struct mm_recomputed *out)
{
    const struct mm_graph_node *node = &recompute->graph->nodes[recompute->node];
    out->state = MM_RECOMPUTE_DONE;
    out->residual = residual_relative(&both[SIDE_DST]);
    out->reference = residual_relative(&both[SIDE_SRC]);
    out->rounding =
        float_rounding(o, recompute->storage != MM_DTYPE_NONE ? recompute->storage : o->format[SIDE_DST],
                       node, &both[SIDE_DST], out);
    out->result_int8 = residual_steps(&both[SIDE_DST], both[SIDE_DST].span);
    out->own_int8 = residual_steps(&both[SIDE_DST], both[SIDE_DST].most - both[SIDE_DST].least);
    out->positions = both[SIDE_DST].n;
    out->nonfinite = both[SIDE_DST].nonfinite;
    out->kept = both[SIDE_DST].kept;
    out->clipped = both[SIDE_DST].clipped;
    if (!both[SIDE_SRC].nan_lost && both[SIDE_DST].nan_lost && has_nan(o, node->input_count))
        out->nan_lost = both[SIDE_DST].nan_lost; /* else both runtimes are so */
    out->ties = both[SIDE_DST].ties;
    out->nan_as = both[SIDE_DST].nan_as;
    if (out->reference > REFERENCE_MOST && out->reference > REFERENCE_SHARE * out->residual) {
        char figure[MM_NUM];
        out->state = MM_RECOMPUTE_VOID;
        mm_format(
            out->why, sizeof out->why,
            "src's own result does not come out of src's inputs (off by %s): other names, another graph or "
            "layout",
            mm_num_short(figure, out->reference, 2));
    }
}

/* What a result is compared with again, once constants are others. */
struct again {
    const struct mm_recompute *recompute;
    const struct operands *o;
    const struct line *line;    /* NULL: whole */
    const struct residual *src; /* of src's own result */
    const atomic_bool *cancel;
};

static int again_whole(void *context, struct residual *residual, struct mm_err *err)
{
    const struct again *again = context;
    struct residual both[SIDES] = {*again->src, {0}};
    int result = compare_whole(again->recompute, again->o, SIDE_DST, again->cancel, both, NULL, err);
    *residual = both[SIDE_DST];
    return result;
}

static int again_sample(void *context, struct residual *residual, struct mm_err *err)
{
    const struct again *again = context;
    struct mm_operator_call dst = line_call(again->line, 0, SIDE_DST);
    struct positions p = {0};
    int result = positions_open(&p, again->line, &dst, err);
    if (result == 0)
        result = compare_sample(again->o, again->line, &p, again->src, residual, err);
    positions_close(&p);
    return result;
}

static int find_lost(struct again *again, struct operands *const *operands, struct mm_recomputed *out,
                     struct mm_err *err)
{
    const struct mm_recompute *last = again->recompute;
    struct narrow what = {.operands = operands,
                          .step = again->line ? again->line->step : last,
                          .count = again->line ? again->line->count : 1,
                          .format =
                              last->storage != MM_DTYPE_NONE ? last->storage : again->o->format[SIDE_DST],
                          .compare = again->line ? again_sample : again_whole,
                          .context = again};
    return out->state == MM_RECOMPUTE_DONE ? lost_constants_find(&what, out, err) : 0;
}

/* An operator with weights, also one that others are fused with. */
static int run_line(struct line *line, struct operands *o, bool part, const atomic_bool *cancel,
                    struct mm_recomputed *out, struct mm_err *err)
{
    struct residual both[SIDES] = {{0}};
    if (line_read(line, o, part, cancel, err) < 0)
        return -1;
    out->kind = MM_OPERATOR_LINEAR;
    out->selects = false;
    out->on_steps = on_steps(o);
    if (run_sample(line, o, both, out, err) < 0)
        return -1;
    figures(&line->step[line->count - 1], o, both, out);
    struct again again = {&line->step[line->count - 1], o, line, &both[SIDE_SRC], cancel};
    if (find_lost(&again, line->operands, out, err) < 0)
        return -1;
    struct mm_operator_call dst = line_call(line, 0, SIDE_DST);
    return variants_find(&dst, line, &o->result[SIDE_DST], out, err);
}

static int run_one(const struct mm_recompute *recompute, struct operands *o, bool part,
                   const atomic_bool *cancel, struct mm_recomputed *out, struct mm_err *err)
{
    struct residual both[SIDES] = {{0}};
    if (operands_read(o, recompute, part, cancel, err) < 0)
        return -1;
    out->selects = out->selects && !o->rounds;
    if (run_whole(recompute, o, cancel, both, out, err) < 0)
        return -1;
    figures(recompute, o, both, out);
    struct again again = {recompute, o, NULL, &both[SIDE_SRC], cancel};
    if (find_lost(&again, &o, out, err) < 0)
        return -1;
    struct mm_operator_call dst = call_of(recompute, o, SIDE_DST, cancel);
    return variants_find(&dst, NULL, &o->result[SIDE_DST], out, err);
}

static int run(const struct mm_recompute *recompute, struct operands *o, bool part, const atomic_bool *cancel,
               struct mm_recomputed *out, struct mm_err *err)
{
    struct line line;
    if (!line_find(recompute, &line))
        return run_one(recompute, o, part, cancel, out, err);
    int result = run_line(&line, o, part, cancel, out, err);
    line_done(&line);
    return result;
}

/* Operators that an activation stands in a model as, the first of them; the activation's own type is none of them. */
static bool stands_as(const char *activation, const char *type)
{
    static const struct {
        const char *activation, *type;
    } rows[] = {{"Swish", "Sigmoid"},
                {"HardSwish", "HardSigmoid"},
                {"HardSwish", "Add"},
                {"LeakyRelu", "PRelu"},
                {"Clip", "Relu"}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (strcmp(rows[i].activation, activation) == 0 && strcmp(rows[i].type, type) == 0)
            return true;
    }
    return strcmp(activation, type) == 0;
}

/* The model has this activation right behind the node: it was fused, and the dump holds its result. */
static bool is_fused(const struct mm_recompute *recompute, const char *activation)
{
    const struct mm_graph *graph = recompute->graph;
    int tensor = graph->nodes[recompute->node].outputs[recompute->output];
    for (int i = 0; *activation && tensor >= 0 && i < graph->tensors[tensor].consumer_count; i++) {
        if (stands_as(activation, graph->nodes[graph->tensors[tensor].consumers[i]].op_type))
            return true;
    }
    return false;
}

/* "conv1 (Conv): no bias" -> "no bias": which layer it is about is known where it is read. */
static const char *without_node(const char *text)
{
    const char *end = strstr(text, "): ");
    return end ? end + 3 : text;
}

void mm_recompute_none(struct mm_recomputed *out)
{
    *out = (struct mm_recomputed){.residual = NAN,
                                  .reference = NAN,
                                  .rounding = NAN,
                                  .result_int8 = NAN,
                                  .own_int8 = NAN,
                                  .input_int8 = NAN,
                                  .per_tensor = NAN,
                                  .per_channel = NAN,
                                  .fit_tensor = NAN,
                                  .fit_channel = NAN,
                                  .exact = NAN,
                                  .variant = NAN,
                                  .variant_origin = "",
                                  .stored = NAN,
                                  .left_tensor = NAN,
                                  .left_channel = NAN,
                                  .left = NAN,
                                  .channel = -1};
}

/* Is the second of two attempts the better one: done, and with less left? */
static bool is_better(const struct mm_recomputed *now, const struct mm_recomputed *first)
{
    return now->state == MM_RECOMPUTE_DONE &&
           (first->state != MM_RECOMPUTE_DONE || now->nonfinite < first->nonfinite ||
            !(first->residual <= now->residual));
}

/* Of all that each side had, and of what both have: the model's own constants may fit a part alone, and what stands in
 * padding need not be what the operator made. An operator that is right either way is right. */
static int run_either(const struct mm_recompute *recompute, const atomic_bool *cancel,
                      struct mm_recomputed *out, struct mm_err *err)
{
    struct operands *o = calloc(1, sizeof *o);
    struct mm_recomputed part = *out;
    if (!o)
        return mm_fail_memory(err);
    int result = run(recompute, o, false, cancel, out, err);
    bool ended = result < 0 && (err->code == MM_ECANCELLED || err->code == MM_ENOMEM), cut = o->cut;
    operands_done(o);
    if (cut && !ended) {
        struct mm_err other = {MM_OK, ""};
        int again = run(recompute, o, true, cancel, &part, &other);
        operands_done(o);
        if (again == 0 && (result < 0 || is_better(&part, out))) {
            *out = part;
            result = 0;
        }
    }
    free(o);
    return result;
}

int mm_recompute_run(const struct mm_recompute *recompute, const atomic_bool *cancel,
                     struct mm_recomputed *out, struct mm_err *err)
{
    const struct mm_graph_node *node = &recompute->graph->nodes[recompute->node];
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    struct mm_err inner = {MM_OK, ""};
    mm_recompute_none(out);
    if (!operator) {
        mm_format(out->why, sizeof out->why, "mmtui can't compute %.100s", node->op_type);
        return 0;
    }
    out->kind = operator->kind;
    out->selects = operator->selects;
    int result = run_either(recompute, cancel, out, &inner);
    out->variant_fused = result == 0 && is_fused(recompute, out->variant_activation);
    if (result < 0 && (inner.code == MM_ECANCELLED || inner.code == MM_ENOMEM))
        return mm_fail(err, inner.code, "%s", inner.text);
    if (result < 0)
        snprintf(out->why, sizeof out->why, "%.150s", without_node(inner.text));
    return 0;
}

double mm_recomputed_int8(const struct mm_recomputed *recomputed, enum mm_granularity voted)
{
    double weights = voted == MM_PER_CHANNEL  ? recomputed->per_channel
                     : voted == MM_PER_TENSOR ? recomputed->per_tensor
                                              : fmax(recomputed->per_tensor, recomputed->per_channel);
    const double part[] = {weights, recomputed->input_int8, recomputed->result_int8};
    double sum = 0;
    for (size_t i = 0; i < MM_COUNT(part); i++)
        sum = isfinite(part[i]) ? hypot(sum, part[i]) : sum;
    return sum;
}
