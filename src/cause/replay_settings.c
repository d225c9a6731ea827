/* Which setting the weights have, decided by running both. */
#include "cause/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A residual of so many times what 256 steps of the result cost is not the result's. */
#define BEYOND_RESULT 1.5
#define RESIDUAL_FROM 1e-3
#define TERMS_UNKNOWN 512
/* Rounded weights in memory, at a time. */
#define WEIGHTS_MOST ((int64_t)16 << 20)

/* One operator: its rounded weights, and what came out by now. */
struct replay_settings {
    struct mm_value weights[PARTS]; /* of PART_TENSOR and PART_CHANNEL; the others are empty */
    struct mm_tensor tensor[PARTS];
    struct mm_run run[PARTS];
    struct mm_value result[PARTS];
    bool there[PARTS];
    double
        growth; /* how rounding of what it reads grows when dst's float format adds up the products as well */
    size_t parts;   /* that are run */
    size_t results; /* of them, those that are there */
};

/* What a part has: whose weights, and whether what it reads is rounded. */
static const struct {
    enum replay_part weights;
    enum replay_values values;
} parts[PARTS] = {
    [PART_MODEL] = {PART_MODEL, REPLAY_AS_IS},
    [PART_TENSOR] = {PART_TENSOR, REPLAY_AS_IS},
    [PART_CHANNEL] = {PART_CHANNEL, REPLAY_AS_IS},
    [PART_INPUT] = {PART_MODEL, REPLAY_ROUNDED},
    [PART_INPUT_TENSOR] = {PART_TENSOR, REPLAY_ROUNDED},
    [PART_INPUT_CHANNEL] = {PART_CHANNEL, REPLAY_ROUNDED},
    [PART_NUDGED] = {PART_MODEL, REPLAY_NUDGED},
};

static void settings_done(struct replay_settings *settings)
{
    for (int part = 0; part < PARTS; part++) {
        mm_value_done(&settings->weights[part]);
        mm_value_done(&settings->result[part]);
    }
    free(settings);
}

/* ---- the weights ---- */

static int round_weights(const struct mm_value *weights, int axis, const atomic_bool *cancel,
                         struct mm_value *rounded, struct mm_err *err)
{
    if (mm_weight_round(weights, axis, cancel, rounded, err) < 0)
        return -1;
    float *to = rounded->owned;
    for (int64_t i = 0; i < weights->count; i++)
        to[i] += weights->f[i];
    return 0;
}

static int fill_part(struct replay_settings *settings, enum replay_part part, const struct mm_value *weights,
                     int axis, const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_value *rounded = &settings->weights[part];
    if (round_weights(weights, axis, cancel, rounded, err) < 0)
        return -1;
    mm_tensor_raw(&settings->tensor[part], MM_F32, &rounded->shape, rounded->f, &settings->run[part]);
    return 0;
}

/*
 * Sums of n products in a format of unit u: each of the n partial sums is rounded, where the products were rounded once. Of
 * independent terms that is sqrt(n / 2) times as much (Higham, Accuracy and Stability of Numerical Algorithms, 4.2: errors of
 * random sign). Sums of halves may be held as halves; all else is added up in float32, from what a format of fewer digits has
 * rounded: bfloat16, float8.
 */
static double growth_of(const struct mm_replay_found *found, double terms)
{
    const struct mm_dtype_info *info = mm_dtype_info(found->format);
    if (found->format == MM_F16)
        return sqrt(fmax(terms, 2) / 2);
    return info->kind == MM_KIND_FLOAT ? fmax(1, ldexp(1, -(info->digits + 1)) / REPLAY_NUDGE) : 1;
}

static double terms_of(const struct mm_value *weights, int axis)
{
    return axis >= 0 && weights->shape.dim[axis] > 0
               ? (double)weights->count / (double)weights->shape.dim[axis]
               : TERMS_UNKNOWN;
}

/* Nothing is filled in where there are no such weights. */
static int fill(const struct replaying *replaying, const struct mm_replay_layer *layer, int input,
                struct replay_settings *settings, struct mm_err *err)
{
    const struct mm_replaying *what = replaying->what;
    const struct mm_graph_node *node = &what->graph->nodes[layer->node];
    struct mm_stored stored = {0};
    struct mm_value weights = {0};
    int result = 0;
    settings->growth = growth_of(&layer->found, input < 0 ? 1 : TERMS_UNKNOWN);
    if (input < 0 || mm_graph_constant(what->weights, node->inputs[input], &stored, NULL) < 0)
        return 0;
    bool there = mm_value_decode(&weights, &stored.tensor, WEIGHTS_MOST, replaying->cancel, NULL) == 0 &&
                 weights.f && weights.dtype == MM_F32;
    int axis = there ? mm_weight_channel_axis(node, input, weights.shape.rank) : -1;
    if (there)
        settings->growth = growth_of(&layer->found, terms_of(&weights, axis));
    if (there)
        result = fill_part(settings, PART_TENSOR, &weights, -1, replaying->cancel, err);
    if (result == 0 && axis >= 0)
        result = fill_part(settings, PART_CHANNEL, &weights, axis, replaying->cancel, err);
    mm_value_done(&weights);
    mm_stored_close(&stored);
    return result;
}

/* ---- the list ---- */

static bool is_linear(const struct replaying *replaying, const struct mm_replay_layer *layer)
{
    const struct mm_graph_node *node = &replaying->what->graph->nodes[layer->node];
    const struct mm_operator *operator= mm_operator_find(node->domain, node->op_type);
    return operator&& operator->kind == MM_OPERATOR_LINEAR;
}

/* Is there something to be explained? */
static bool is_asked(const struct mm_replay_layer *layer)
{
    const struct mm_replay_found *found = &layer->found;
    return found->state == MM_RECOMPUTE_DONE && found->residual > RESIDUAL_FROM &&
           !(found->grid == REPLAY_GRID && found->residual <= BEYOND_RESULT * found->result_int8) &&
           !found->nonfinite;
}

static int weights_of(const struct mm_replaying *what, const struct mm_replay_layer *layer)
{
    return what->weights ? mm_weight_input(what->graph, &what->graph->nodes[layer->node]) : -1;
}

/* What is not read from the dump itself has no rounded form. */
static bool is_there(const struct replay_settings *settings, const struct mm_replay_layer *layer, int part)
{
    enum replay_part weights = parts[part].weights;
    return (weights == PART_MODEL || settings->weights[weights].f) &&
           (parts[part].values == REPLAY_AS_IS || !layer->found.before);
}

static void add_items(struct replaying *replaying, struct mm_replay_layer *layer, bool linear, int input,
                      struct replay_settings *settings)
{
    const char *name = replaying->what->graph->tensors[layer->tensor].name;
    for (int part = 0; part < PARTS; part++) {
        enum replay_part weights = parts[part].weights;
        if (!is_there(settings, layer, part) || (!linear && part != PART_MODEL && part != PART_NUDGED))
            continue;
        replaying->list[replaying->count] =
            (struct mm_replayed){.tensor = name,
                                 .weights = weights == PART_MODEL ? NULL : &settings->tensor[weights],
                                 .input = input,
                                 .other = parts[part].values};
        replaying->item[replaying->count++] = (struct replay_item){layer, (enum replay_part)part, settings};
        settings->parts++;
    }
}

/* As many as fit, from *at on. */
static int gather(struct replaying *replaying, size_t *at, struct mm_err *err)
{
    const struct mm_replaying *what = replaying->what;
    int64_t elements = 0;
    replaying->count = 0;
    for (; *at < what->layers && elements < WEIGHTS_MOST && replaying->count + PARTS <= what->layers * PARTS;
         (*at)++) {
        struct mm_replay_layer *layer = &what->layer[*at];
        bool linear = is_linear(replaying, layer);
        int input = linear ? weights_of(what, layer) : -1;
        if (!is_asked(layer))
            continue;
        struct replay_settings *settings = calloc(1, sizeof *settings);
        int result = settings ? fill(replaying, layer, input, settings, err) : mm_fail_memory(err);
        if (result == 0) {
            elements += 2 * settings->weights[PART_TENSOR].count;
            add_items(replaying, layer, linear, input, settings);
        } else if (settings) {
            settings_done(settings);
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

static void drop(struct replaying *replaying)
{
    for (size_t i = 0; i < replaying->count; i++) {
        if (replaying->item[i].part == PART_MODEL)
            settings_done(replaying->item[i].settings);
    }
    replaying->count = 0;
}

int replay_settings(struct replaying *replaying, struct mm_err *err)
{
    int result = 0;
    for (size_t at = 0; at < replaying->what->layers && result == 0;) {
        result = gather(replaying, &at, err);
        if (result == 0 && replaying->count > 0)
            result = replay_run(replaying, err);
        drop(replaying);
    }
    return result;
}

/* ---- what comes out ---- */

/* Sums over the positions where all are finite: r = y - y0, c = y_w - y0. */
struct sums {
    double n, r, c, rr, cc, rc, yy;
};

static void add(struct sums *sums, double y, double base, double other)
{
    double r = y - base, c = other - base;
    if (!isfinite(r) || !isfinite(c))
        return;
    sums->n++;
    sums->r += r;
    sums->c += c;
    sums->rr += r * r;
    sums->cc += c * c;
    sums->rc += r * c;
    sums->yy += base * base;
}

#define BLOCK 64
typedef float four __attribute__((vector_size(16)));
typedef double four_wide __attribute__((vector_size(32)));

static inline void widen(const float *x, four_wide *out)
{
    four v;
    memcpy(&v, x, sizeof v);
    *out = __builtin_convertvector(v, four_wide);
}

static inline double sum_of(const four_wide *x)
{
    return ((*x)[0] + (*x)[1]) + ((*x)[2] + (*x)[3]);
}

/* BLOCK values; false, and nothing is added, where one is not finite. */
static bool add_block(struct sums *sums, const float *y, const float *base, const float *other)
{
    four_wide r = {0}, c = {0}, rr = {0}, cc = {0}, rc = {0}, yy = {0}, off, cost, from;
    for (int i = 0; i < BLOCK; i += 4) {
        widen(y + i, &off);
        widen(base + i, &from);
        widen(other + i, &cost);
        off -= from;
        cost -= from;
        r += off;
        c += cost;
        rr += off * off;
        cc += cost * cost;
        rc += off * cost;
        yy += from * from;
    }
    if (!isfinite(sum_of(&rr)) || !isfinite(sum_of(&cc)))
        return false;
    sums->n += BLOCK;
    sums->r += sum_of(&r);
    sums->c += sum_of(&c);
    sums->rr += sum_of(&rr);
    sums->cc += sum_of(&cc);
    sums->rc += sum_of(&rc);
    sums->yy += sum_of(&yy);
    return true;
}

static void add_up(const struct mm_value *y, const struct mm_value *y0, const struct mm_value *yw,
                   struct sums *out)
{
    bool floats = y->f && y0->f && yw->f;
    *out = (struct sums){0};
    for (int64_t i = 0; i < y0->count;) {
        int64_t end = i + BLOCK < y0->count ? i + BLOCK : y0->count;
        bool whole = floats && end - i == BLOCK && add_block(out, y->f + i, y0->f + i, yw->f + i);
        for (int64_t k = i; !whole && k < end; k++)
            add(out, mm_value_at(y, k), mm_value_at(y0, k), mm_value_at(yw, k));
        i = end;
    }
}

/* What a part costs, how the residual follows that, and what it leaves of it. */
struct figures {
    double cost, fit, left;
};

static struct figures conclude(const struct mm_value *y, const struct replay_settings *settings, int part)
{
    struct figures figures = {NAN, NAN, NAN};
    struct sums sums;
    if (!settings->there[part])
        return figures;
    add_up(y, &settings->result[PART_MODEL], &settings->result[part], &sums);
    double r = sums.rr - sums.r * sums.r / sums.n, c = sums.cc - sums.c * sums.c / sums.n;
    double both = sums.rc - sums.r * sums.c / sums.n;
    if (sums.yy > 0)
        figures = (struct figures){sqrt(sums.cc / sums.yy), r > 0 && c > 0 ? both / sqrt(r * c) : 0,
                                   sqrt(fmax(sums.rr - 2 * sums.rc + sums.cc, 0) / sums.yy)};
    return figures;
}

static void conclude_all(const struct mm_value *y, const struct replay_settings *settings,
                         struct mm_replay_found *found)
{
    struct figures figures[PARTS];
    for (int part = 0; part < PARTS; part++) {
        figures[part] = conclude(y, settings, part);
        if (part != PART_MODEL && part != PART_NUDGED)
            found->left = fmin(found->left, figures[part].left);
    }
    found->computed = figures[PART_NUDGED].cost * settings->growth;
    found->input_int8 = figures[PART_INPUT].cost;
    found->per_tensor = figures[PART_TENSOR].cost;
    found->per_channel = figures[PART_CHANNEL].cost;
    found->fit_tensor = figures[PART_TENSOR].fit;
    found->fit_channel = figures[PART_CHANNEL].fit;
    found->left_tensor = fmin(figures[PART_TENSOR].left, figures[PART_INPUT_TENSOR].left);
    found->left_channel = fmin(figures[PART_CHANNEL].left, figures[PART_INPUT_CHANNEL].left);
}

struct comparing {
    struct operands o;
    const struct replay_item *item;
};

static void compare(void *context)
{
    struct comparing *here = context;
    const struct replay_settings *settings = here->item->settings;
    const struct mm_value *y = &here->o.result[SIDE_DST];
    if (settings->there[PART_MODEL] && y->count == settings->result[PART_MODEL].count)
        conclude_all(y, settings, &here->item->layer->found);
}

static int read_and_compare(struct replaying *replaying, const struct replay_item *item, struct mm_err *err)
{
    struct comparing *here = calloc(1, sizeof *here);
    const struct mm_recompute reading = {
        .graph = replaying->what->graph, .pair = item->layer->pair, .schema = replaying->what->schema};
    const struct mm_replay_found before = item->layer->found;
    if (!here)
        return mm_fail_memory(err);
    here->o.left = INT64_MAX;
    here->item = item;
    int result = operands_result_borrow(&here->o, &reading, compare, here, replaying->cancel, err);
    if (result < 0)
        item->layer->found = before;
    operands_done(&here->o);
    free(here);
    return result;
}

int replay_settings_take(struct replaying *replaying, size_t index, const struct mm_tensor *result,
                         struct mm_err *err)
{
    const struct replay_item *item = &replaying->item[index];
    struct replay_settings *settings = item->settings;
    struct mm_value *value = &settings->result[item->part];
    if (result->dtype != MM_F32 || mm_value_new(value, MM_F32, &result->shape, INT64_MAX, err) < 0)
        return result->dtype != MM_F32 ? 0 : -1;
    if (value->count)
        memcpy(value->owned, result->run->data, (size_t)value->count * sizeof *value->f);
    settings->there[item->part] = true;
    if (++settings->results < settings->parts)
        return 0;
    int done = read_and_compare(replaying, item, err);
    for (int part = 0; part < PARTS; part++)
        mm_value_done(&settings->result[part]);
    return done;
}
