/* What each layer adds to the error of the outputs, and what it would add once it is raised. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cause/integers.h"
#include "triage/floor.h"
#include "suggest/suggest.h"

/* With an input this wrong, what a layer adds itself can't be told from what came in. */
#define MASKING_ERROR 0.5
/* FP16 is to be used up to this share of its range: other inputs than the dumped one may be larger. */
#define RANGE_MARGIN 0.5
/* Below this RMS, FP16's spacing (6e-8 below 6.1e-5) costs more than its usual rounding. */
#define HALF_LEAST_RMS 1e-4
/* FP16 suffices when its rounding is this share of what the operator adds now. */
#define HALF_SHARE 0.25
/* What multiplies and reads integers computes with them, if it adds so many times what FP16 explains. */
#define INTEGER_FACTOR 8.0

/* ---- operators ---- */

static const char *node_of(const struct suggest *s, uint32_t id)
{
    const struct mm_subject *subject = &s->view->subjects[id];
    return subject->pair->dst && subject->result->dst.known ? subject->result->dst.node_name : "";
}

static int by_node(const void *a, const void *b, void *context)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(node_of(context, x), node_of(context, y));
    return order ? order : x < y ? -1 : x > y;
}

/* Layers of one node name are results of one operator, which has one precision. */
static int group(struct suggest *s)
{
    uint32_t *ids = malloc((s->count + 1) * sizeof *ids);
    if (!ids)
        return -1;
    for (uint32_t i = 0; i < s->count; i++) {
        ids[i] = s->layer[i].op = i;
        s->layer[i].next = -1;
    }
    qsort_r(ids, s->count, sizeof *ids, by_node, s);
    for (size_t k = 1; k < s->count; k++) {
        const char *name = node_of(s, ids[k]);
        if (name[0] && strcmp(name, node_of(s, ids[k - 1])) == 0) {
            s->layer[ids[k]].op = s->layer[ids[k - 1]].op;
            s->layer[ids[k - 1]].next = (int32_t)ids[k];
        }
    }
    free(ids);
    return 0;
}

/* ---- what can be raised, from what, to what ---- */

static bool is_full(const struct suggest *s, uint32_t id)
{
    const struct suggest_layer *here = &s->layer[id];
    return !here->integer && (here->now == MM_F32 || here->now == MM_F64);
}

/* A dump all in f32 may be of a runtime that computes in less and writes floats. */
static bool find_tells(const struct suggest *s)
{
    for (uint32_t id = 0; id < s->count; id++) {
        if (s->layer[id].measured && !is_full(s, id))
            return true;
    }
    return false;
}

/* A fault that is there in every format: what the verdict says, if it holds that for likely at least. */
static bool unfixable(const struct suggest *s, uint32_t id)
{
    const struct mm_verdict *verdict = &s->verdicts[id];
    if (verdict->confidence < MM_LIKELY) /* a cause that is no more than possible rules nothing out */
        return verdict->kind == MM_VERDICT_INPUT ||
               (verdict->kind == MM_VERDICT_IMPLEMENTATION && !s->layer[id].integer);
    /* scales and offsets of channels are also what quantisation brings */
    bool of_integers = verdict->cause == MM_CAUSE_AFFINE && s->layer[id].integer;
    return mm_verdict_info(verdict->kind)->precision_cannot_fix ||
           (mm_cause_info(verdict->cause)->precision_cannot_fix && !of_integers);
}

/* In a dump all of f32: does the verdict say that dst computed in less? */
static bool of_precision(const struct mm_verdict *verdict)
{
    static const unsigned kinds = 1u << MM_VERDICT_FORMAT | 1u << MM_VERDICT_SETTINGS |
                                  1u << MM_VERDICT_NOISE | 1u << MM_VERDICT_OVERFLOW;
    return (kinds >> verdict->kind & 1) || verdict->cause == MM_CAUSE_INNER_OVERFLOW ||
           verdict->cause == MM_CAUSE_UNDERFLOW || verdict->cause == MM_CAUSE_CANCELLATION;
}

/* Class ids, shapes, masks: numbers that no precision changes. */
static bool is_whole(const struct suggest *s, uint32_t id)
{
    const struct mm_result *result = s->view->subjects[id].result;
    return result->src.known && mm_dtype_info(result->src.dtype)->kind != MM_KIND_FLOAT;
}

/* A weight: its values stand in the model, so no operator computes them. */
static bool is_weight(const struct suggest *s, uint32_t id)
{
    int32_t tensor = s->view->flow->tensor[id];
    return s->graph && tensor >= 0 && (s->graph->tensors[tensor].flags & MM_GRAPH_CONSTANT);
}

/* The values were looked at, and are whole numbers in floats: ids, too. */
static bool integers_differ(const struct mm_evidence *evidence)
{
    for (size_t i = 0; evidence && i < evidence->findings; i++) {
        if (evidence->finding[i].cause == MM_CAUSE_INTEGERS)
            return true;
    }
    return false;
}

static bool can_help(const struct suggest *s, uint32_t id)
{
    const struct mm_subject *subject = &s->view->subjects[id];
    if (!subject->pair->src || !subject->pair->dst || subject->result->state != MM_STATE_MEASURED)
        return false;
    if ((s->view->flow->role[id] & MM_ROLE_INPUT) || is_weight(s, id) || is_whole(s, id))
        return false;
    if (integers_are_data(subject->result, subject->op_type) || integers_differ(subject->evidence) ||
        mm_metrics_only_reference(&subject->result->metrics))
        return false; /* whole numbers with a meaning of their own; the reference's matter */
    if (is_full(s, id) && (s->tells || !of_precision(&s->verdicts[id]))) /* nothing to raise it to */
        return false;
    return !unfixable(s, id);
}

static bool is_integer(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;
    return kind == MM_KIND_INT || kind == MM_KIND_UINT;
}

/* Is one of these words in the op type, by whoever knows it? */
static bool is_op(const struct suggest *s, uint32_t id, const char *const *words)
{
    const struct mm_result *result = s->view->subjects[id].result;
    const char *best = s->view->subjects[id].op_type;
    const char *types[] = {result->dst.known ? result->dst.op_type : "",
                           result->src.known ? result->src.op_type : "", best ? best : ""};
    for (; *words; words++) {
        for (size_t i = 0; i < MM_COUNT(types); i++) {
            if (strcasestr(types[i], *words))
                return true;
        }
    }
    return false;
}

static const char *const squaring[] = {"norm", "pow", "square", "reducel2", "reduce_l2", "variance", NULL};
static const char *const multiplying[] = {"conv", "matmul", "gemm", "linear", "dense", "innerproduct", NULL};

/* The format that was found by looking, if it can be relied on: an integer one only where there is a grid. */
static enum mm_dtype format_found(const struct mm_evidence *evidence, enum mm_dtype otherwise)
{
    if (!evidence || evidence->format < 0 || (size_t)evidence->format >= evidence->floors)
        return otherwise;
    enum mm_dtype dtype = evidence->floor[evidence->format].setting.dtype;
    return is_integer(dtype) && evidence->grid == 0 ? otherwise : dtype;
}

static void find_now(const struct suggest *s, uint32_t id)
{
    struct suggest_layer *here = &s->layer[id];
    const struct mm_subject *subject = &s->view->subjects[id];
    enum mm_dtype dumped = subject->result->dst.dtype;
    unsigned quantised = s->view->flow->quantised[id];
    double adds = s->view->blame[id].introduced;
    bool multiplies_integers = (quantised & MM_QUANTISED_INPUT) && isfinite(adds) &&
                               adds > INTEGER_FACTOR * floor_of_float(MM_F16) && is_op(s, id, multiplying);
    here->now = format_found(subject->evidence, dumped);
    bool on_a_grid = is_integer(here->now) && here->now != dumped;
    here->integer = (quantised & MM_QUANTISED_RESULT) || multiplies_integers || on_a_grid;
    if (here->integer && !is_integer(here->now))
        here->now = MM_I8;
}

double suggest_reach(const struct suggest *s, uint32_t id)
{
    const struct mm_result *result = s->view->subjects[id].result;
    const struct mm_stats *stats = &result->metrics.src;
    if (result->state != MM_STATE_MEASURED || !stats->finite)
        return 0;
    return fmax(fabs(stats->min), fabs(stats->max));
}

static bool half_suffices(const struct suggest *s, uint32_t id)
{
    const struct mm_flow *flow = s->view->flow;
    const struct mm_stats *stats = &s->view->subjects[id].result->metrics.src;
    double limit = RANGE_MARGIN * mm_dtype_info(MM_F16)->highest, input = 0;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++)
        input = fmax(input, suggest_reach(s, flow->input[e]));
    double reach = fmax(suggest_reach(s, id), is_op(s, id, squaring) ? input * input : input);
    bool loses_digits = sqrt(stats->mean * stats->mean + stats->std * stats->std) < HALF_LEAST_RMS;
    return reach <= limit && !loses_digits && floor_of_float(MM_F16) <= HALF_SHARE * sqrt(s->layer[id].added);
}

/* ---- energies ---- */

static void find_added(const struct suggest *s, uint32_t id)
{
    struct suggest_layer *here = &s->layer[id];
    const struct mm_blame *blame = &s->view->blame[id];
    double ratio = blame->input_error > 0 ? blame->error / blame->input_error : 1;
    double floor = blame->floor;
    bool input_over = blame->worst_input >= 0 && s->view->blame[blame->worst_input].over;
    bool of_fault =
        blame->root >= 0 && (unfixable(s, (uint32_t)blame->root) || s->layer[blame->root].unexplained);
    here->masked = blame->error != 0 && !blame->starts && blame->worst_input >= 0 &&
                   !(blame->input_error <= MASKING_ERROR);
    here->gain = fmin(1, ratio * ratio);
    if (here->masked || !isfinite(blame->error)) {
        here->gain = 1;
        here->added = floor * floor;
        return;
    }
    floor =
        fmin(floor, blame->error); /* what is exact costs nothing, and what was recomputed what it leaves */
    if (blame->own == MM_OWN_RIGHT)
        floor = fmin(floor, blame->introduced);
    if (blame->over && !blame->starts && input_over && (!here->integer || of_fault)) {
        here->gain = ratio * ratio; /* inherited, and enlarged: the root's */
        here->added = floor * floor;
    } else {
        here->added = fmax(blame->introduced * blame->introduced, floor * floor);
    }
}

static void find_left(const struct suggest *s, uint32_t id)
{
    struct suggest_layer *here = &s->layer[id];
    here->to = !s->no_half && here->integer && half_suffices(s, id) ? MM_F16 : MM_F32;
    double floor = floor_of_float(here->to);
    here->left = fmin(here->added, floor * floor);
}

/* From the outputs up: the best way on counts. What nobody reads is as good as an output. */
static void find_weights(struct suggest *s)
{
    const struct mm_flow *flow = s->view->flow;
    for (uint32_t id = (uint32_t)s->count; id-- > 0;) {
        struct suggest_layer *here = &s->layer[id];
        bool last = true;
        for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
            const struct suggest_layer *reader = &s->layer[flow->reader[e]];
            if (flow->reader[e] <= id || !reader->measured)
                continue;
            last = false;
            here->weight = fmax(here->weight, reader->gain * reader->weight);
        }
        if (last || here->output)
            here->weight = fmax(here->weight, 1);
    }
}

/* Where none is known, the last one measured. */
static void find_outputs(struct suggest *s)
{
    const struct mm_flow *flow = s->view->flow;
    struct suggest_layer *last = NULL;
    bool any = false;
    for (uint32_t id = 0; id < s->count; id++) {
        struct suggest_layer *here = &s->layer[id];
        if (!here->measured)
            continue;
        here->output = !flow->ordered || (flow->role[id] & MM_ROLE_OUTPUT);
        any = any || here->output;
        last = here;
    }
    if (last && !any)
        last->output = true;
}

int suggest_layers(struct suggest *s)
{
    s->layer = mm_arena_array(&s->arena, s->count + 1, sizeof *s->layer);
    s->energy = mm_arena_array(&s->arena, s->count + 1, sizeof *s->energy);
    if (!s->layer || !s->energy || group(s) < 0)
        return -1;
    for (uint32_t id = 0; id < s->count; id++) {
        struct suggest_layer *here = &s->layer[id];
        here->measured = s->view->subjects[id].result->state == MM_STATE_MEASURED;
        here->because = -1;
        if (here->measured)
            find_now(s, id);
    }
    s->tells = find_tells(s);
    for (uint32_t id = 0; id < s->count; id++) {
        if (!s->layer[id].measured)
            continue;
        find_added(s, id);
        find_left(s, id);
        bool may = can_help(s, id);
        s->layer[id].can = may && suggest_explained(s, id);
        s->layer[id].unexplained = may && !s->layer[id].can;
    }
    find_outputs(s);
    find_weights(s);
    return 0;
}

/* ---- with what is raised ---- */

void suggest_raise(struct suggest *s, uint32_t id, enum mm_dtype to, enum mm_suggest_why why, int32_t because)
{
    uint32_t op = s->layer[id].op;
    if (s->layer[op].raised)
        return;
    for (int32_t at = (int32_t)op; at >= 0; at = s->layer[at].next) {
        struct suggest_layer *here = &s->layer[at];
        double floor = floor_of_float(to);
        here->raised = true;
        here->to = to;
        here->left = fmin(here->added, floor * floor);
        here->why = why;
        here->because = because;
    }
}

void suggest_lower(struct suggest *s, uint32_t id)
{
    for (int32_t at = (int32_t)s->layer[id].op; at >= 0; at = s->layer[at].next)
        s->layer[at].raised = false;
}

static double energy_at(const struct suggest *s, uint32_t id)
{
    const struct suggest_layer *here = &s->layer[id];
    const struct mm_flow *flow = s->view->flow;
    double worst = 0;
    if (here->broken && !here->raised)
        return INFINITY;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1] && here->gain > 0; e++) {
        if (flow->input[e] < id)
            worst = fmax(worst, s->energy[flow->input[e]]);
    }
    return (here->gain > 0 ? here->gain * worst : 0) + (here->raised ? here->left : here->added);
}

double suggest_expected(struct suggest *s)
{
    double worst = 0;
    for (uint32_t id = 0; id < s->count; id++) {
        s->energy[id] = s->layer[id].measured ? energy_at(s, id) : 0;
        if (s->layer[id].output)
            worst = fmax(worst, s->energy[id]);
    }
    return sqrt(worst);
}

double suggest_share(const struct suggest *s, uint32_t op)
{
    double energy = 0;
    for (int32_t at = (int32_t)op; at >= 0; at = s->layer[at].next) {
        const struct suggest_layer *here = &s->layer[at];
        if (here->measured && !here->broken)
            energy += here->weight * (here->added - here->left);
    }
    return s->total > 0 ? energy / s->total : 0;
}
