/* Operators replayed by ONNX Runtime from dst's own inputs: their results held against what dst has. */
#include "cause/replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

/* Below this nothing is accused, and it need not be shown that src's own result comes out. */
#define REFERENCE_FROM 1e-3

/* ---- what is handed over ---- */

static const struct mm_replay_source *source_of(const struct mm_replaying *what, int tensor)
{
    size_t low = 0, high = what->sources;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (what->source[middle].tensor < tensor)
            low = middle + 1;
        else
            high = middle;
    }
    return low < what->sources && what->source[low].tensor == tensor ? &what->source[low] : NULL;
}

static const struct mm_replay_source *source_called(const struct mm_replaying *what, const char *name)
{
    int tensor = mm_graph_tensor(what->graph, name);
    return tensor >= 0 ? source_of(what, tensor) : NULL;
}

static bool is_dumped(void *context, const char *tensor)
{
    const struct replaying *replaying = context;
    return source_called(replaying->what, tensor) != NULL;
}

static enum mm_dtype dtype(void *context, const char *tensor)
{
    const struct replaying *replaying = context;
    const struct mm_replay_source *source = source_called(replaying->what, tensor);
    return source ? source->dtype : MM_DTYPE_NONE;
}

struct giving {
    struct replaying *replaying;
    struct mm_replay_call *call;
    const struct mm_stats *range;
    enum replay_values values;
};

/* The operator had all of it, samples and padding included; channels that blocks were filled up with it never had. */
static const struct mm_tensor *whole_of(const struct mm_pair_tensors *tensors, int side)
{
    const struct mm_laying *lay = &tensors->lay[side];
    if (lay->cut && !lay->unblock)
        return &tensors->whole[side];
    return side == SIDE_DST ? &tensors->d : &tensors->s;
}

static int give_values(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                       struct mm_err *err)
{
    struct giving *giving = context;
    int side = giving->replaying->side;
    const struct mm_tensor *tensor = whole_of(tensors, side);
    *failed_dst = side == SIDE_DST;
    if (tensors->match == MM_MATCH_MISMATCH)
        return mm_fail(err, MM_EUNSUPPORTED, "shapes differ");
    bool integer =
        mm_dtype_info(tensors->d.dtype)->kind != MM_KIND_FLOAT && !tensors->d.scales && !tensors->d.quantised;
    if (side == SIDE_DST && integer && mm_dtype_info(tensors->s.dtype)->kind == MM_KIND_FLOAT)
        return mm_fail(err, MM_EUNSUPPORTED, "dst holds integers that were not dequantised");
    bool squeezed = tensors->match == MM_MATCH_SQUEEZED && tensor->count == tensors->s.count;
    const struct mm_shape *shape = squeezed ? &tensors->s.shape : &tensor->shape;
    if (giving->values != REPLAY_AS_IS && mm_dtype_info(tensor->dtype)->kind == MM_KIND_FLOAT)
        return replay_give_other(giving->call, tensor, shape, giving->values, giving->range,
                                 giving->replaying->cancel, err);
    return mm_replay_give(giving->call, tensor, shape, err);
}

static int give(void *context, const char *tensor, unsigned other, struct mm_replay_call *call,
                struct mm_err *err)
{
    struct replaying *replaying = context;
    const struct mm_replay_source *source = source_called(replaying->what, tensor);
    struct giving giving = {replaying, call, source->range, (enum replay_values)other};
    struct mm_pair_reading how = {.pair = source->pair,
                                  .schema = replaying->what->schema,
                                  .readers = replaying->readers,
                                  .src_only = replaying->side == SIDE_SRC,
                                  .cancel = replaying->cancel,
                                  .values = give_values,
                                  .context = &giving};
    if (source->pair->scales && source->pair->scales->unsure)
        return mm_fail(err, MM_EUNSUPPORTED, "the scale of dst's integers can't be told well");
    return mm_pair_read(&how, NULL, err);
}

/* ---- what comes out ---- */

static double unit_of(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return ldexp(1, info->kind == MM_KIND_FLOAT ? -(info->digits + 1) : -24);
}

/* What dst's float format costs, as mm_recompute_run has it: by the figures of the inputs. */
static double rounding_of(const struct mm_replaying *what, const struct mm_replay_layer *layer,
                          const struct residual *residual, enum mm_dtype format)
{
    const struct mm_graph_node *node = &what->graph->nodes[layer->node];
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    double greatest = 0, size = 0, y = sqrt(residual->yy / fmax((double)residual->n, 1));
    for (int k = 0; k < node->input_count; k++) {
        const struct mm_replay_source *source =
            node->inputs[k] >= 0 ? source_of(what, node->inputs[k]) : NULL;
        if (!source)
            continue;
        const struct mm_stats *stats = source->stats;
        greatest = fmax(greatest, fmax(fabs(stats->min), fabs(stats->max)));
        size = fmax(size, sqrt(stats->mean * stats->mean + stats->std * stats->std));
    }
    double gain = 1;
    if (operator&& operator->kind == MM_OPERATOR_SOFTMAX)
        gain = fmax(1, greatest);
    else if (operator&& operator->kind != MM_OPERATOR_LINEAR && !operator->selects && y> 0 && isfinite(size))
        gain = fmax(1, size / y);
    return unit_of(format) * gain;
}

/* What rounding the result to the grid, or the half, that dst is stored in leaves: |Q(y0) - y0| / |y0|. NaN: neither. */
static double stored_cost(const struct operands *o, const struct mm_value *y0)
{
    const struct mm_scales *scales = o->scales;
    bool half = o->format[SIDE_DST] == MM_F16 || o->format[SIDE_DST] == MM_BF16;
    double rr = 0, yy = 0;
    if (!y0->f || (!half && (!scales || scales->count != 1)))
        return NAN;
    const struct mm_dtype_info *codes =
        mm_dtype_info(!scales || scales->dtype == MM_DTYPE_NONE ? o->format[SIDE_DST] : scales->dtype);
    double zero = scales && scales->zero_point ? scales->zero_point[0] : 0;
    for (int64_t i = 0; i < y0->count; i++) {
        double v = (double)y0->f[i], q = v;
        if (!isfinite(v))
            continue;
        if (o->format[SIDE_DST] == MM_BF16)
            q = (double)mm_bf16_to_float(mm_float_to_bf16((float)v));
        else if (half)
            q = (double)mm_half_to_float(mm_float_to_half((float)v));
        else
            q = (fmin(fmax(rint(v / scales->scale[0]) + zero, codes->lowest), codes->highest) - zero) *
                scales->scale[0];
        if (isfinite(q)) {
            rr += (q - v) * (q - v);
            yy += v * v;
        }
    }
    return yy > 0 ? sqrt(rr / yy) : rr > 0 ? INFINITY : 0;
}

/* The float format that dst has: what it says, or values that all fit into a half, wherever they were widened to float32. */
static enum mm_dtype float_of(const struct operands *o, const struct mm_replay_layer *layer)
{
    enum mm_dtype stored = o->format[SIDE_DST];
    if (layer->storage != MM_DTYPE_NONE)
        return layer->storage;
    return stored == MM_F32 && replay_are_halves(&o->result[SIDE_DST]) ? MM_F16 : stored;
}

static void figures(const struct replaying *replaying, struct mm_replay_layer *layer, size_t before,
                    const struct operands *o, const struct residual *residual, const struct mm_value *y0)
{
    struct mm_replay_found *found = &layer->found;
    if (replaying->side == SIDE_SRC) {
        found->reference = residual_relative(residual);
        return;
    }
    found->state = MM_RECOMPUTE_DONE;
    *found->why = '\0';
    found->before = before;
    found->residual = residual_relative(residual);
    found->with_clipped = residual_with_clipped(residual);
    found->format = float_of(o, layer);
    found->grid = residual->told ? REPLAY_GRID : replay_grid_of(&o->result[SIDE_DST]);
    found->rounding = rounding_of(replaying->what, layer, residual,
                                  layer->storage != MM_DTYPE_NONE ? layer->storage : o->format[SIDE_DST]);
    found->stored = stored_cost(o, y0);
    found->result_int8 = residual_steps(residual, residual->span);
    found->own_int8 = residual_steps(residual, residual->most - residual->least);
    found->positions = residual->n;
    found->nonfinite = residual->nonfinite;
    found->kept = residual->kept;
    found->clipped = residual->clipped;
}

/* A result, and what it is held against. */
struct comparing {
    struct replaying *replaying;
    size_t index;
    struct operands o;
    struct mm_value y0;
    struct mm_err err; /* of `compare` */
};

/* Of a side's result: those that were measured already where that is said of all of its floats, without reading it. */
static void find_ends(const struct comparing *here, int side, struct residual *residual)
{
    const struct operands *o = &here->o;
    const struct mm_replay_layer *layer = here->replaying->item[here->index].layer;
    const struct mm_replay_source *source = source_of(here->replaying->what, layer->tensor);
    const struct mm_stats *stats = !source ? NULL : side == SIDE_DST ? source->stats : source->range;
    if (stats && source->pair == layer->pair && stats->finite > 0 && !o->cut && !o->scales &&
        o->format[side] == MM_F32)
        residual_ends(residual, stats->min, stats->max);
    else
        residual_init(residual, &o->result[side]);
}

static void compare(void *context)
{
    struct comparing *here = context;
    struct operands *o = &here->o;
    int side = here->replaying->side;
    struct residual residual, src;
    if (here->y0.count != o->result[side].count) {
        mm_fail(&here->err, MM_EUNSUPPORTED, "it gives %lld values, and the dump has %lld",
                (long long)here->y0.count, (long long)o->result[side].count);
        return;
    }
    find_ends(here, side, &residual);
    if (side == SIDE_DST) {
        residual_range(&residual, o->scales, o->format[SIDE_DST]);
        find_ends(here, SIDE_SRC, &src);
        residual_reference(&residual, &o->result[SIDE_SRC], &src);
    }
    residual_add_all(&residual, &o->result[side], &here->y0);
    figures(here->replaying, here->replaying->item[here->index].layer,
            here->replaying->list[here->index].before, o, &residual, &here->y0);
}

static int read_and_compare(struct comparing *here, const struct mm_tensor *result, struct mm_err *err)
{
    const struct replaying *replaying = here->replaying;
    struct mm_replay_layer *layer = replaying->item[here->index].layer;
    const struct mm_recompute reading = {
        .graph = replaying->what->graph, .pair = layer->pair, .schema = replaying->what->schema};
    const struct mm_replay_found before = layer->found;
    if (mm_value_decode(&here->y0, result, INT64_MAX, replaying->cancel, err) < 0)
        return -1;
    if (operands_result_borrow(&here->o, &reading, compare, here, replaying->cancel, err) < 0) {
        layer->found = before;
        return -1;
    }
    return here->err.code == MM_OK ? 0 : mm_fail(err, here->err.code, "%s", here->err.text);
}

/* A result that can't be held against the dump says so, and the others go on. */
static int take(void *context, size_t index, const struct mm_tensor *result, struct mm_err *err)
{
    struct replaying *replaying = context;
    if (replaying->item[index].settings)
        return replay_settings_take(replaying, index, result, err);
    struct mm_replay_found *found = &replaying->item[index].layer->found;
    struct comparing *here = calloc(1, sizeof *here);
    struct mm_err inner = {MM_OK, ""};
    if (!here)
        return mm_fail_memory(err);
    here->replaying = replaying;
    here->index = index;
    here->o.left = INT64_MAX;
    if (read_and_compare(here, result, &inner) < 0)
        snprintf(found->why, sizeof found->why, "%.150s", inner.text);
    mm_value_done(&here->y0);
    operands_done(&here->o);
    free(here);
    if (inner.code == MM_ECANCELLED || inner.code == MM_ENOMEM)
        return mm_fail(err, inner.code, "%s", inner.text);
    return 0;
}

/* ---- all of it ---- */

int replay_run(struct replaying *replaying, struct mm_err *err)
{
    const struct mm_replaying *what = replaying->what;
    const struct mm_replay_calls calls = {is_dumped, give, dtype, take, replaying};
    struct mm_replay *replay = NULL;
    if (mm_replay_open(&replay, what->ort, what->model, replaying->list, replaying->count, &calls,
                       replaying->cancel, err) < 0)
        return -1;
    int result = mm_replay_run(replay, err);
    mm_replay_close(replay);
    return result;
}

static bool wanted(const struct mm_replay_layer *layer, int side)
{
    return side == SIDE_DST || (layer->found.state == MM_RECOMPUTE_DONE &&
                                (!(layer->found.residual <= REFERENCE_FROM) || layer->found.nonfinite));
}

static int replay_side(struct replaying *replaying, int side, struct mm_err *err)
{
    const struct mm_replaying *what = replaying->what;
    replaying->side = side;
    replaying->count = 0;
    for (size_t i = 0; i < what->layers; i++) {
        struct mm_replay_layer *layer = &what->layer[i];
        if (!wanted(layer, side))
            continue;
        replaying->list[replaying->count] =
            (struct mm_replayed){.tensor = what->graph->tensors[layer->tensor].name};
        replaying->item[replaying->count++] = (struct replay_item){.layer = layer};
    }
    return replaying->count ? replay_run(replaying, err) : 0;
}

/* Why those are missing that nothing was said of. */
static void say_missing(const struct replaying *replaying, const char *why)
{
    for (size_t i = 0; i < replaying->count; i++) {
        struct mm_replay_found *found = &replaying->item[i].layer->found;
        const char *own = replaying->list[i].why;
        if (found->state == MM_RECOMPUTE_UNABLE && !*found->why)
            snprintf(found->why, sizeof found->why, "%.150s", *own ? own : why);
    }
}

static void check_reference(struct mm_replay_found *found)
{
    char figure[MM_NUM];
    if (found->state != MM_RECOMPUTE_DONE || !(found->reference > MM_REFERENCE_MOST) ||
        found->reference <= MM_REFERENCE_SHARE * found->residual)
        return;
    found->state = MM_RECOMPUTE_VOID;
    mm_format(found->why, sizeof found->why,
              "src's own result does not come out of src's inputs (off by %s): other names, another graph or "
              "layout",
              mm_num_short(figure, found->reference, 2));
}

static void init_found(struct mm_replay_found *found)
{
    *found = (struct mm_replay_found){.residual = NAN,
                                      .reference = NAN,
                                      .rounding = NAN,
                                      .stored = NAN,
                                      .result_int8 = NAN,
                                      .own_int8 = NAN,
                                      .per_tensor = NAN,
                                      .per_channel = NAN,
                                      .fit_tensor = NAN,
                                      .fit_channel = NAN,
                                      .left_tensor = NAN,
                                      .left_channel = NAN,
                                      .input_int8 = NAN,
                                      .left = NAN,
                                      .computed = NAN};
}

int mm_replay_layers(const struct mm_replaying *what, const atomic_bool *cancel, struct mm_err *err)
{
    struct replaying replaying = {.what = what,
                                  .cancel = cancel,
                                  .item = calloc(what->layers * PARTS + 1, sizeof(struct replay_item)),
                                  .list = calloc(what->layers * PARTS + 1, sizeof(struct mm_replayed))};
    struct mm_err inner = {MM_OK, ""};
    int result = replaying.item && replaying.list ? 0 : mm_fail_memory(&inner);
    for (size_t i = 0; i < what->layers; i++)
        init_found(&what->layer[i].found);
    for (int side = SIDES; side-- > 0 && result == 0;) {
        result = replay_side(&replaying, side, &inner);
        if (side == SIDE_DST)
            say_missing(&replaying, inner.text);
        if (side == SIDE_DST)
            replay_count_clipped(what->graph, what->layer, what->layers);
        if (side == SIDE_DST && result == 0)
            result = replay_settings(&replaying, &inner);
    }
    for (size_t i = 0; i < what->layers; i++)
        check_reference(&what->layer[i].found);
    for (int side = 0; side < SIDES; side++)
        mm_reader_done(&replaying.readers[side]);
    free(replaying.item);
    free(replaying.list);
    return result < 0 ? mm_fail(err, inner.code, "%s", inner.text) : 0;
}

/* ---- into what is known of a layer ---- */

static enum mm_operator_kind kind_of(const struct mm_graph_node *node)
{
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    return operator? operator->kind : MM_OPERATOR_NORMALISATION;
}

void mm_replay_merge(const struct mm_replay_found *found, const struct mm_graph_node *node,
                     struct mm_recomputed *out)
{
    if (found->state == MM_RECOMPUTE_UNABLE)
        return;
    bool known = out->state == MM_RECOMPUTE_DONE;
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    out->replayed = true;
    out->before = found->before;
    out->state = found->state;
    snprintf(out->why, sizeof out->why, "%s", found->why);
    out->kind = known ? out->kind : kind_of(node);
    out->selects = operator&& operator->selects && !found->before;
    out->residual = found->residual;
    out->reference = isnan(found->reference) ? 0 : found->reference;
    out->rounding = known && out->rounding > found->rounding ? out->rounding : found->rounding;
    out->stored = found->stored;
    out->result_int8 = found->result_int8;
    out->own_int8 = found->own_int8;
    out->positions = found->positions;
    out->nonfinite = found->nonfinite;
    out->kept = found->kept;
    out->clipped = found->clipped;
    out->rounding = fmax(out->rounding, found->computed); /* NaN is left out */
    out->on_grid = found->grid == REPLAY_GRID;
    out->left = found->left;
    if (!isnan(found->input_int8))
        out->input_int8 = found->input_int8;
    if (isnan(found->left_tensor))
        return;
    out->per_tensor = found->per_tensor;
    out->per_channel = found->per_channel;
    out->fit_tensor = found->fit_tensor;
    out->fit_channel = found->fit_channel;
    out->left_tensor = found->left_tensor;
    out->left_channel = found->left_channel;
}
