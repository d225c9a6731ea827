/* What came of a plan: its operators' results are read in both dumps, and their operators computed again, by workers. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct verify_job {
    struct mm_job job;
    size_t effect;
    struct mm_effect_facts facts;
    const struct mm_schema *schema;
    const struct mm_pair *pair[2];         /* the earlier dst's, which may be NULL, and dst's */
    struct mm_recompute what[2];           /* where `source` is not NULL */
    struct mm_recompute_source *source[2]; /* owned */
    struct mm_analysis_memory *memory;     /* [workers], the session's; or NULL */
    bool failed;
};

/* ---- by a worker ---- */

static const enum mm_dtype costly[] = {MM_F16, MM_BF16, MM_I16, MM_I8};

struct reading {
    struct mm_effect_facts *facts;
    struct mm_effect_side *side;
    const atomic_bool *cancel;
};

static int cost_of(struct reading *reading, const struct mm_tensor *src, struct mm_err *err)
{
    struct mm_whatif_setting settings[MM_COUNT(costly)] = {{.dtype = MM_DTYPE_NONE}};
    struct mm_whatif costs[MM_COUNT(costly)];
    struct mm_control control = {.cancel = reading->cancel};
    for (size_t i = 0; i < MM_COUNT(costly); i++)
        settings[i].dtype = costly[i];
    if (mm_whatif_costs(src, settings, MM_COUNT(costly), &control, costs, err) < 0)
        return -1;
    for (size_t i = 0; i < MM_COUNT(costly); i++)
        reading->facts->cost[costly[i]] = costs[i].metrics.diff2;
    return 0;
}

static int look_at(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct reading *reading = context;
    bool now = reading->side == &reading->facts->now;
    *failed_dst = true;
    if (mm_held_look(&tensors->d, reading->cancel, &reading->side->held, err) < 0)
        return -1;
    *failed_dst = false;
    if (!now)
        return 0;
    return mm_held_look(&tensors->s, reading->cancel, &reading->facts->src, err) < 0
               ? -1
               : cost_of(reading, &tensors->s, err);
}

static int read_side(struct verify_job *here, int k, const atomic_bool *cancel)
{
    struct reading reading = {&here->facts, k ? &here->facts.now : &here->facts.before, cancel};
    const struct mm_pair_reading how = {.pair = here->pair[k],
                                        .schema = here->schema,
                                        .cancel = cancel,
                                        .values = look_at,
                                        .context = &reading};
    return reading.side->there ? mm_pair_read(&how, NULL, NULL) : 0;
}

static int recompute_side(struct verify_job *here, int k, const atomic_bool *cancel)
{
    struct mm_effect_side *side = k ? &here->facts.now : &here->facts.before;
    struct mm_recomputed *found = calloc(1, sizeof *found);
    int result = -1;
    if (found && side->there && here->source[k]) {
        here->what[k].memory = here->memory ? &here->memory[here->job.worker] : NULL;
        result = mm_recompute_run(&here->what[k], cancel, found, NULL);
    }
    if (result == 0 && found->state == MM_RECOMPUTE_DONE && found->nonfinite == 0 &&
        found->positions - found->clipped >= MM_EFFECT_VALUES) {
        side->adds = found->residual;
        side->int8 = mm_recomputed_int8(found, MM_GRANULARITY_UNKNOWN);
        here->facts.recomputes = found->reference;
        here->facts.moves = here->facts.moves || found->selects;
    }
    free(found);
    return 0;
}

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct verify_job *here = (struct verify_job *)job;
    for (int k = 0; k < 2 && !here->failed; k++)
        here->failed = read_side(here, k, cancel) < 0 || recompute_side(here, k, cancel) < 0;
}

/* ---- which layer an override is about ---- */

static bool has_name(const struct mm_session *session, size_t id, const char *tensor)
{
    return tensor[0] && strcmp(session->layers[id].pair->name, tensor) == 0;
}

static bool is_made_by(const struct mm_session *session, size_t id, const char *node)
{
    const struct mm_flow *flow = session->triage.flow;
    if (strcmp(mm_session_node(session, id), node) == 0)
        return true;
    return flow->node[id] >= 0 && strcmp(session->options.graph->nodes[flow->node[id]].name, node) == 0;
}

/* The operator's layer: the one it was chosen on, if the operator makes it; else its first one; else the one that it was
 * chosen on, for runtimes rename operators. Those that dst has come first. SIZE_MAX: none. */
size_t session_layer_of(const struct mm_session *session, const struct mm_override *override)
{
    size_t best = SIZE_MAX;
    int rank = 0;
    for (size_t id = 0; id < session->pairs->count; id++) {
        int named = has_name(session, id, override->tensor), made = is_made_by(session, id, override->name);
        int here = named + 2 * made;
        here += here && session->layers[id].pair->dst ? 4 : 0;
        if (here > rank) {
            rank = here;
            best = id;
        }
    }
    return best;
}

/* ---- what is known without reading ---- */

static double error_of(const struct mm_result *result)
{
    if (!result || result->state != MM_STATE_MEASURED)
        return NAN;
    return result->metrics.nonfinite_differ ? INFINITY : result->metrics.diff2;
}

static const struct mm_result *before_of(const struct mm_session *session, size_t id)
{
    return mm_session_comparison(session, id, MM_COMPARISON_BEFORE);
}

/* The greatest error of what a layer reads; NaN where nothing tells what that is. */
static double arrives(const struct mm_session *session, size_t id, bool before)
{
    const struct mm_flow *flow = session->triage.flow;
    double worst = NAN;
    for (uint32_t e = flow->input_from[id]; flow->known && e < flow->input_from[id + 1]; e++) {
        uint32_t input = flow->input[e];
        double error = error_of(before ? before_of(session, input) : &session->layers[input].result);
        if (isnan(error))
            return NAN;
        worst = fmax(worst, error);
    }
    return worst;
}

static void fill_side(const struct mm_session *session, size_t id, bool before, struct mm_effect_side *side)
{
    const struct mm_result *result = before ? before_of(session, id) : &session->layers[id].result;
    const struct mm_pair *pair =
        before ? comparison_pair(session, MM_COMPARISON_BEFORE, id) : session->layers[id].pair;
    *side = (struct mm_effect_side){.there = pair && pair->src && pair->dst && result &&
                                             result->state == MM_STATE_MEASURED,
                                    .dtype = result ? result->dst.dtype : MM_DTYPE_NONE,
                                    .stored_as = pair && pair->dst ? mm_entry_stored_as(pair->dst) : NULL,
                                    .error = error_of(result),
                                    .adds = NAN,
                                    .arrives = arrives(session, id, before)};
}

/* Types whose results are their input's values but for the sign. */
static bool only_signs(const char *type)
{
    return strcmp(type, "Abs") == 0 || strcmp(type, "Neg") == 0;
}

/* What is not known to compute may hand on values. */
static bool may_move(const struct mm_session *session, size_t id)
{
    int node = session->triage.flow->node[id];
    const char *type = node >= 0 ? session->options.graph->nodes[node].op_type : mm_session_op(session, id);
    const struct mm_operator *operator= mm_operator_find("", type);
    if (operator)
        return operator->selects || operator->kind == MM_OPERATOR_MOVEMENT || only_signs(type);
    return !*type || !mm_op_has_weights(type);
}

static void submit(struct mm_session *session, size_t effect, const struct mm_override *override)
{
    size_t id = session->verify.effect[effect].layer;
    struct verify_job *here = calloc(1, sizeof *here);
    if (!here)
        return;
    here->job.run = run;
    here->effect = effect;
    here->schema = session->src->schema;
    here->memory = session->triage.memory;
    here->pair[0] = comparison_pair(session, MM_COMPARISON_BEFORE, id);
    here->pair[1] = session->layers[id].pair;
    here->facts = (struct mm_effect_facts){.wanted = override->precision,
                                           .own = override->own,
                                           .moves = may_move(session, id),
                                           .recomputes = NAN};
    for (int i = 0; i < MM_DTYPE_COUNT; i++)
        here->facts.cost[i] = NAN;
    fill_side(session, id, true, &here->facts.before);
    fill_side(session, id, false, &here->facts.now);
    for (int k = 0; k < 2; k++)
        recompute_describe(session, id, k == 0, &here->what[k], &here->source[k]);
    session->verify.out++;
    mm_pool_submit(session->pool, &here->job);
}

/* ---- in the session's thread ---- */

bool verify_collect(struct mm_session *session, struct mm_job *job)
{
    if (job->run != run)
        return false;
    struct verify_job *here = (struct verify_job *)job;
    struct mm_effect *effect = &session->verify.effect[here->effect];
    session->verify.out--;
    if (!here->failed) {
        mm_effect_judge(&here->facts, &effect->verdict);
        effect->adds_before = here->facts.before.adds;
        effect->adds_now = here->facts.now.adds;
    }
    for (int k = 0; k < 2; k++)
        free(here->source[k]);
    free(here);
    return true;
}

static void begin_one(struct mm_session *session, size_t number)
{
    const struct mm_override *override = mm_plan_at(session->verify.plan, number);
    size_t id = session_layer_of(session, override);
    bool there = id != SIZE_MAX && session->layers[id].pair->dst;
    session->verify.effect[number] = (struct mm_effect){
        .name = override->name,
        .op = override->op_type,
        .precision = mm_override_precision(override),
        .layer = id,
        .verdict = {there ? MM_EFFECT_UNTOLD : MM_EFFECT_ABSENT, "its values could not be read"},
        .before = id != SIZE_MAX ? error_of(before_of(session, id)) : NAN,
        .now = id != SIZE_MAX ? error_of(&session->layers[id].result) : NAN,
        .adds_before = NAN,
        .adds_now = NAN};
    if (!there) {
        struct mm_effect_facts nothing = {.wanted = override->precision};
        mm_effect_judge(&nothing, &session->verify.effect[number].verdict);
    }
    if (id != SIZE_MAX && session->verify.place[id] == 0)
        session->verify.place[id] = number + 1;
    if (there)
        submit(session, number, override);
}

void verify_begin(struct mm_session *session)
{
    struct verify_state *verify = &session->verify;
    if (!verify->plan || verify->begun || session->reloading || session->closing ||
        !mm_session_triaged(session))
        return;
    size_t count = mm_plan_count(verify->plan);
    verify->effect = calloc(count + 1, sizeof *verify->effect);
    verify->place = calloc(session->pairs->count + 1, sizeof *verify->place);
    if (!verify->effect || !verify->place)
        return; /* nothing is said of it */
    verify->begun = true;
    verify->count = count;
    verify->out++; /* jobs that run at once are no end of all */
    for (size_t i = 0; i < count; i++)
        begin_one(session, i);
    verify->out--;
}

void verify_forget(struct mm_session *session)
{
    struct verify_state *verify = &session->verify;
    free(verify->effect);
    free(verify->place);
    *verify = (struct verify_state){.plan = verify->plan};
}

static int copy(const struct mm_plan *from, struct mm_plan *to, struct mm_err *err)
{
    int result = 0;
    mm_plan_begin(to, "");
    for (size_t i = 0; i < mm_plan_count(from) && result == 0; i++)
        result = mm_plan_set(to, mm_plan_at(from, i), err);
    mm_plan_commit(to);
    return result;
}

int mm_session_verify(struct mm_session *session, struct mm_err *err)
{
    struct verify_state *verify = &session->verify;
    if (session->saved || !session->options.triage || !mm_session_has(session, MM_COMPARISON_BEFORE))
        return mm_fail(err, MM_EARG,
                       "what a plan has changed is told from dumps: src, dst and an earlier dst");
    mm_plan_close(verify->plan);
    verify->plan = NULL;
    verify_forget(session);
    if (mm_plan_open(&verify->plan, err) < 0)
        return -1;
    return copy(session->plan, verify->plan, err);
}

bool mm_session_verifies(const struct mm_session *session)
{
    return session->verify.plan != NULL;
}

bool mm_session_verified(const struct mm_session *session)
{
    return session->verify.begun && session->verify.out == 0;
}

const struct mm_effect *mm_session_effects(const struct mm_session *session, size_t *count)
{
    *count = mm_session_verified(session) ? session->verify.count : 0;
    return mm_session_verified(session) ? session->verify.effect : NULL;
}

const struct mm_effect *mm_session_effect(const struct mm_session *session, size_t id)
{
    size_t place = mm_session_verified(session) ? session->verify.place[id] : 0;
    return place ? &session->verify.effect[place - 1] : NULL;
}

/* ---- what got worse ---- */

bool mm_session_worse(const struct mm_session *session, size_t id, double *before, double *now)
{
    const struct mm_result *was = before_of(session, id), *is = &session->layers[id].result;
    const struct mm_thresholds *thresholds = &session->options.thresholds;
    *before = error_of(was);
    *now = error_of(is);
    if (isnan(*before) || isnan(*now))
        return false;
    return mm_effect_worse(*before, mm_result_over(thresholds, was), *now, mm_result_over(thresholds, is));
}

static bool equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* The same values, as far as figures tell. */
static bool is_same(const struct mm_metrics *a, const struct mm_metrics *b)
{
    const struct mm_stats *x = &a->dst, *y = &b->dst;
    return a->count == b->count && equal(a->mse, b->mse) && equal(a->max_abs, b->max_abs) &&
           equal(x->mean, y->mean) && equal(x->std, y->std) && equal(x->min, y->min) &&
           equal(x->max, y->max) && x->nan == y->nan && x->zero == y->zero &&
           a->nonfinite_differ == b->nonfinite_differ;
}

static void count_layer(const struct mm_session *session, size_t id, struct mm_proof *out)
{
    const struct mm_result *was = before_of(session, id), *is = &session->layers[id].result;
    const struct mm_thresholds *thresholds = &session->options.thresholds;
    double before, now;
    if (!was || was->state != MM_STATE_MEASURED || is->state != MM_STATE_MEASURED)
        return;
    out->compared++;
    out->over_before += isinf(error_of(was)) || mm_result_over(thresholds, was);
    out->over_now += isinf(error_of(is)) || mm_result_over(thresholds, is);
    out->worse += mm_session_worse(session, id, &before, &now);
    out->unchanged = out->unchanged && is_same(&was->metrics, &is->metrics);
}

bool mm_session_proof(const struct mm_session *session, struct mm_proof *out)
{
    *out = (struct mm_proof){.overrides = 0};
    if (!mm_session_verified(session))
        return false;
    out->overrides = session->verify.count;
    for (size_t i = 0; i < out->overrides; i++)
        out->by_kind[session->verify.effect[i].verdict.kind]++;
    out->unchanged = true;
    for (size_t id = 0; id < session->pairs->count; id++)
        count_layer(session, id, out);
    out->unchanged = out->unchanged && out->compared > 0;
    out->proven = out->by_kind[MM_EFFECT_APPLIED] == out->overrides && out->worse == 0;
    return true;
}
