/* The smallest set of operators to raise: what overflows, then by share, then holes. */
#include <math.h>
#include <stdlib.h>

#include "suggest/suggest.h"

/* What adds less than this part of an equal share is not worth an override. */
#define SHARE_LEAST 0.01
/* So many of the weakest are tried to be left out again, each with a walk over all edges. */
#define DROPS_MAX 256
/* AUTO aims at this share of the thresholds: half of the energy, for what is expected is an estimate. */
#define AIM 0.7
/* An operator pays when the outputs would be worse by this share without it. */
#define PAYS 0.01

/* What is raised by share pays when the outputs are expected to be better by this share of what they are; behind a fault that
 * no precision mends they are not. */
#define PAYS_ALL 0.1

/* Where the figures do not have an output over that is over: only what adds this share of the limit at least. */
#define TRACE 0.1

/* An operator that may be raised. */
struct candidate {
    uint32_t op;
    double share;
};

/* ---- candidates ---- */

static int by_share(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->share > y->share ? -1 : x->share < y->share ? 1 : x->op < y->op ? -1 : x->op > y->op;
}

/* All results of an operator must be such that raising can help. */
static bool op_can(const struct suggest *s, uint32_t op)
{
    bool can = false;
    for (int32_t at = (int32_t)op; at >= 0; at = s->layer[at].next)
        can = can || s->layer[at].can;
    return can;
}

static size_t find_candidates(const struct suggest *s, struct candidate *out)
{
    size_t count = 0;
    double least = SHARE_LEAST / (double)(s->count + 1);
    for (uint32_t id = 0; id < s->count; id++) {
        if (s->layer[id].op != id || s->layer[id].raised || !op_can(s, id))
            continue;
        double share = suggest_share(s, id);
        if (share > least)
            out[count++] = (struct candidate){id, share};
    }
    qsort(out, count, sizeof *out, by_share);
    return count;
}

void suggest_total(struct suggest *s, double *beyond)
{
    double out_of_reach = 0;
    s->total = 0;
    for (uint32_t id = 0; id < s->count; id++) {
        const struct suggest_layer *here = &s->layer[id];
        if (!here->measured || here->broken)
            continue;
        s->total += here->weight * here->added;
        if (!here->can)
            out_of_reach += here->weight * here->added;
    }
    *beyond = s->total > 0 ? out_of_reach / s->total : 0;
}

/* ---- rules ---- */

/* The format of the widest result counts for all results of an operator. */
static void raise_candidate(struct suggest *s, const struct candidate *candidate)
{
    enum mm_dtype to = MM_F16;
    for (int32_t at = (int32_t)candidate->op; at >= 0; at = s->layer[at].next) {
        if (s->layer[at].measured && s->layer[at].to == MM_F32)
            to = MM_F32;
    }
    suggest_raise(s, candidate->op, to, MM_WHY_SHARE, -1);
}

static size_t enough_cover(const struct candidate *list, size_t count, double cover)
{
    double covered = 0;
    size_t n = 0;
    while (n < count && covered < cover * (1 - 1e-12))
        covered += list[n++].share;
    return n;
}

static bool holds(struct suggest *s, double limit)
{
    return suggest_expected(s) <= limit;
}

static void set_first(struct suggest *s, const struct candidate *list, size_t count, size_t n)
{
    for (size_t i = 0; i < count; i++) {
        if (i < n)
            raise_candidate(s, &list[i]);
        else
            suggest_lower(s, list[i].op);
    }
}

/* The shortest beginning of the list that is enough: more raised is never worse. */
static size_t enough_error(struct suggest *s, const struct candidate *list, size_t count, double limit)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        set_first(s, list, count, middle);
        if (holds(s, limit))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* From the weakest on: do the outputs stay within the limit without this one? */
static void drop_needless(struct suggest *s, const struct candidate *list, size_t n, double limit)
{
    if (!holds(s, limit))
        return;
    for (size_t tried = 0; tried < n && tried < DROPS_MAX; tried++) {
        const struct candidate *weakest = &list[n - 1 - tried];
        suggest_lower(s, weakest->op);
        if (!holds(s, limit))
            raise_candidate(s, weakest);
    }
}

static size_t raised_ops(const struct suggest *s)
{
    size_t count = 0;
    for (uint32_t id = 0; id < s->count; id++)
        count += s->layer[id].raised && s->layer[id].op == id;
    return count;
}

/* The limit of an output's error: its own thresholds, and where diff1 is further over, what brings that within. */
static double limit_of(const struct suggest *s, uint32_t id)
{
    const struct mm_thresholds *thresholds = s->view->thresholds;
    const struct mm_metrics *m = &s->view->subjects[id].result->metrics;
    double limit = thresholds->diff2;
    if (s->view->blame[id].over && m->diff1 > thresholds->diff1 && isfinite(m->diff1))
        limit = fmin(limit, m->diff2 * thresholds->diff1 / m->diff1);
    return AIM * limit;
}

static double auto_limit(const struct suggest *s)
{
    double limit = INFINITY;
    for (uint32_t id = 0; id < s->count; id++) {
        if (s->layer[id].output)
            limit = fmin(limit, limit_of(s, id));
    }
    return limit;
}

/* Behind something broken only floors are known. They count for integers, once what broke them is raised; behind a
 * fault that stays no precision brings the values back. */
static bool is_guess(const struct suggest *s, uint32_t op)
{
    const struct mm_blame *blame = s->view->blame;
    if (!s->layer[op].masked)
        return false;
    int32_t root = blame[blame[op].worst_input].root;
    return !s->layer[op].integer || root < 0 || !s->layer[root].raised;
}

static size_t leave_guesses(const struct suggest *s, struct candidate *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_guess(s, list[i].op))
            list[kept++] = list[i];
    }
    return kept;
}

static bool any_masked(const struct suggest *s, const struct candidate *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (s->layer[list[i].op].masked)
            return true;
    }
    return false;
}

/* What adds a trace of the limit does not make an output be over, however little is known of what does. */
static size_t leave_traces(const struct suggest *s, struct candidate *list, size_t count, double limit)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].share * s->total >= TRACE * limit * TRACE * limit)
            list[kept++] = list[i];
    }
    return kept;
}

/*
 * Until the outputs are within the thresholds, or most of the error is covered; then what does not pay is left out.
 * An output is over: an estimate that has it within with nothing raised is no reason to stop early, nor is one out of
 * floors, which are the least that there is.
 */
static void choose_auto(struct suggest *s, struct candidate *list, size_t count, double cover)
{
    double limit = auto_limit(s), now = suggest_expected(s);
    count = leave_guesses(s, list, count);
    bool least = any_masked(s, list, count);
    if (!least && raised_ops(s) == 0 && holds(s, limit)) {
        least = true;
        count = leave_traces(s, list, count, limit);
    }
    size_t n = enough_cover(list, count, cover), enough = least ? n : enough_error(s, list, count, limit);
    n = enough < n ? enough : n;
    set_first(s, list, count, n);
    drop_needless(s, list, n, !least && holds(s, limit) ? limit : (1 + PAYS) * suggest_expected(s));
    if (isfinite(now) && !holds(s, (1 - PAYS_ALL) * now))
        set_first(s, list, n, 0);
}

static void choose(struct suggest *s, struct candidate *list, size_t count,
                   const struct mm_suggest_options *options)
{
    size_t n, had = raised_ops(s);
    if (options->rule == MM_SUGGEST_AUTO) {
        if (s->view->flow->ordered)
            choose_auto(s, list, count, options->cover);
        return;
    }
    if (options->rule == MM_SUGGEST_TOP)
        n = had < options->top ? options->top - had : 0;
    else if (options->rule == MM_SUGGEST_TO_ERROR)
        n = enough_error(s, list, count, options->error);
    else
        n = enough_cover(list, count, options->cover);
    n = n < count ? n : count;
    set_first(s, list, count, n);
    if (options->rule == MM_SUGGEST_TO_ERROR)
        drop_needless(s, list, n, options->error);
}

/* ---- the list ---- */

static void fill_item(const struct suggest *s, const int32_t *layer_of, uint32_t op,
                      struct mm_suggestion *out)
{
    const struct suggest_layer *here = &s->layer[op];
    *out = (struct mm_suggestion){.layer = op,
                                  .to = here->to,
                                  .why = here->why,
                                  .share = suggest_share(s, op),
                                  .estimated = here->masked && here->why == MM_WHY_SHARE,
                                  .macs = suggest_macs(s, layer_of, op)};
    for (int32_t at = (int32_t)op; at >= 0; at = s->layer[at].next) {
        if (s->layer[at].measured)
            out->elements += s->view->subjects[at].result->metrics.count;
    }
    suggest_say(s, op, out->text, sizeof out->text);
}

static int by_kind(const void *a, const void *b)
{
    const struct mm_suggestion *x = a, *y = b;
    if (x->why != y->why)
        return x->why < y->why ? -1 : 1;
    if (x->why == MM_WHY_SHARE && x->share != y->share)
        return x->share > y->share ? -1 : 1;
    return x->layer < y->layer ? -1 : x->layer > y->layer;
}

static void add_up(struct mm_suggestions *out)
{
    out->macs = -1;
    for (size_t i = 0; i < out->count; i++) {
        struct mm_suggestion *item = &out->item[i];
        out->covered += item->share;
        item->covered = out->covered;
        out->elements += item->elements;
        if (item->macs >= 0)
            out->macs = (out->macs < 0 ? 0 : out->macs) + item->macs;
    }
}

static int add_costs(const struct suggest *s, const int32_t *layer_of, struct mm_suggestions *out)
{
    struct mm_raise_cost *cost = calloc(out->count + 1, sizeof *cost), all;
    struct mm_raise *raise = calloc(out->count + 1, sizeof *raise);
    for (size_t i = 0; raise && i < out->count; i++)
        raise[i] = (struct mm_raise){out->item[i].layer, out->item[i].to};
    int result = cost && raise ? suggest_costs(s, layer_of, raise, out->count, cost, &all) : -1;
    for (size_t i = 0; result == 0 && i < out->count; i++) {
        out->item[i].bytes = cost[i].bytes;
        out->item[i].casts = cost[i].casts;
        out->item[i].worth = cost[i].worth;
    }
    if (result == 0) {
        out->bytes = all.bytes;
        out->casts = all.casts;
    }
    free(cost);
    free(raise);
    return result;
}

static int make_list(const struct suggest *s, struct mm_suggestions *out)
{
    int32_t *layer_of = suggest_dumped(s);
    out->item = calloc(raised_ops(s) + 1, sizeof *out->item);
    for (uint32_t id = 0; out->item && id < s->count; id++) {
        if (s->layer[id].raised && s->layer[id].op == id)
            fill_item(s, layer_of, id, &out->item[out->count++]);
    }
    int result = out->item ? add_costs(s, layer_of, out) : -1;
    free(layer_of);
    if (result < 0)
        return -1;
    qsort(out->item, out->count, sizeof *out->item, by_kind);
    add_up(out);
    return 0;
}

/* ---- the whole ---- */

/* Also one whose shape is another: it was not measured, and its error is beyond all. */
static bool is_output(const struct suggest *s, size_t id)
{
    return s->layer[id].output || (s->view->flow->role[id] & MM_ROLE_OUTPUT);
}

static double error_now(const struct suggest *s)
{
    double worst = 0;
    for (uint32_t id = 0; id < s->count; id++) {
        if (is_output(s, id))
            worst = fmax(worst, s->view->blame[id].error);
    }
    return worst;
}

static void find_masked(const struct suggest *s, struct mm_suggestions *out)
{
    out->masked_by = -1;
    for (uint32_t id = 0; id < s->count; id++) {
        if (!s->layer[id].masked)
            continue;
        if (out->masked == 0)
            out->masked_by = s->view->blame[s->view->blame[id].worst_input].root;
        out->masked++;
    }
}

/* What is not raised, as nothing shows that its format is to blame: the layer by which most reaches the outputs. */
static void find_unexplained(const struct suggest *s, struct mm_suggestions *out)
{
    double most = 0;
    for (uint32_t id = 0; id < s->count; id++) {
        const struct suggest_layer *here = &s->layer[id];
        double explained = suggest_explains(s, id);
        if (!here->unexplained || here->broken || here->masked || !(here->weight * here->added > most) ||
            !(sqrt(here->added) > explained))
            continue;
        most = here->weight * here->added;
        out->unexplained = id + 1;
        out->adds = sqrt(here->added);
        out->explained = explained;
    }
}

/* Is an output over? Where nothing tells the order, nothing tells the outputs: any layer may be one. */
static bool outputs_over(const struct suggest *s)
{
    for (size_t id = 0; id < s->count; id++) {
        if (is_output(s, id) && s->view->blame[id].over && s->verdicts[id].kind != MM_VERDICT_HARMLESS)
            return true;
    }
    return false;
}

static int find(struct suggest *s, const struct mm_suggest_options *options, struct mm_suggestions *out)
{
    if (suggest_layers(s) < 0)
        return -1;
    out->before = error_now(s);
    find_masked(s, out);
    out->within = !outputs_over(s);
    out->unknown = !s->view->flow->ordered && !out->within;
    if (options->rule != MM_SUGGEST_AUTO || !out->within) {
        struct candidate *list = mm_arena_array(&s->arena, s->count + 1, sizeof *list);
        if (!list)
            return -1;
        suggest_overflow(s);
        suggest_digits(s);
        suggest_total(s, &out->beyond);
        choose(s, list, find_candidates(s, list), options);
        suggest_holes(s);
        find_unexplained(s, out);
    }
    out->after = suggest_expected(s);
    return make_list(s, out);
}

int mm_suggest_find(const struct mm_triage_view *view, const struct mm_verdict *verdicts,
                    const struct mm_graph *graph, const struct mm_suggest_options *options,
                    struct mm_suggestions *out, struct mm_err *err)
{
    struct suggest s = {.view = view,
                        .verdicts = verdicts,
                        .graph = graph,
                        .no_half = options->no_half,
                        .each_reader = options->each_reader,
                        .count = view->count};
    *out = (struct mm_suggestions){0};
    mm_arena_init(&s.arena);
    int result = find(&s, options, out);
    mm_arena_done(&s.arena);
    if (result == 0)
        return 0;
    mm_suggestions_done(out);
    return mm_fail_memory(err);
}

void mm_suggestions_done(struct mm_suggestions *suggestions)
{
    free(suggestions->item);
    *suggestions = (struct mm_suggestions){0};
}
