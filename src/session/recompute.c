/* Which operators are computed again from dst's own inputs, and when: what is suspect first, then as many others as
 * are cheap, for a residual is judged against those of operators of its kind. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Elements of operators that are not suspect: half of all that was measured, and this many at least. */
#define OTHERS_SHARE 2
#define OTHERS_LEAST ((int64_t)4 << 20)
/* An error of this size that is so many times the inputs' jumps, whatever the thresholds are. */
#define JUMP_LEAST 0.02
#define JUMP_GAIN  3.0

struct recompute_job {
    struct mm_job job;
    struct mm_recompute what;
    struct mm_recompute_source *source; /* owned; of `what` */
    struct mm_analysis_memory *memory;  /* [workers], the session's; or NULL */
    size_t id;
    struct mm_recomputed found;
    int failed;
    struct mm_err err; /* why */
};

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct recompute_job *here = (struct recompute_job *)job;
    here->what.memory = here->memory ? &here->memory[job->worker] : NULL;
    here->failed = mm_recompute_run(&here->what, cancel, &here->found, &here->err);
}

/* ---- which layer holds a tensor ---- */

/* Layers by tensor of the graph, of one tensor by run of the model. */
struct holder {
    int32_t tensor, run;
    uint32_t layer;
};

static int by_tensor(const void *a, const void *b)
{
    const struct holder *x = a, *y = b;
    if (x->tensor != y->tensor)
        return x->tensor < y->tensor ? -1 : 1;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return (x->layer > y->layer) - (x->layer < y->layer);
}

static bool is_measured(const struct mm_session *session, size_t id)
{
    return session->layers[id].result.state == MM_STATE_MEASURED;
}

static size_t holders_make(const struct mm_session *session, struct holder *holder)
{
    const struct mm_flow *flow = session->triage.flow;
    size_t n = 0;
    for (size_t id = 0; id < flow->count; id++) {
        if (flow->tensor[id] >= 0 && is_measured(session, id))
            holder[n++] = (struct holder){flow->tensor[id], flow->run[id], (uint32_t)id};
    }
    qsort(holder, n, sizeof *holder, by_tensor);
    return n;
}

/* The layer that holds the tensor in this run of the model, or else in the last run before it. */
static int32_t holder_of(const struct holder *holder, size_t count, int tensor, int32_t run)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        bool before =
            holder[middle].tensor < tensor || (holder[middle].tensor == tensor && holder[middle].run <= run);
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low > 0 && holder[low - 1].tensor == tensor ? (int32_t)holder[low - 1].layer : -1;
}

/* ---- asking ---- */

static int output_of(const struct mm_graph_node *node, int tensor)
{
    for (int k = 0; k < node->output_count; k++) {
        if (node->outputs[k] == tensor)
            return k;
    }
    return -1;
}

/* ---- what holds the inputs of operators whose results were not dumped ---- */

#define SOURCES_MAX 64 /* of one operator */
#define DEPTH_MAX   12 /* operators one behind the other */
#define VISITS_MAX  256

struct sources {
    const struct mm_session *session;
    bool before; /* of the earlier dst */
    const struct holder *holder;
    size_t holders;
    int32_t run;
    struct mm_recompute_source *source; /* [SOURCES_MAX] */
    size_t count, visits;
};

/* The pair of a layer, or the one of the earlier dst; NULL: that has no such tensor. */
static const struct mm_pair *pair_of(const struct mm_session *session, size_t id, bool before)
{
    return before ? comparison_pair(session, MM_COMPARISON_BEFORE, id) : session->layers[id].pair;
}

static void add_sources(struct sources *s, int node_id, int depth)
{
    const struct mm_graph *graph = s->session->options.graph;
    const struct mm_graph_node *node = &graph->nodes[node_id];
    for (int k = 0; k < node->input_count && s->count < SOURCES_MAX; k++) {
        int tensor = node->inputs[k];
        int32_t layer = tensor >= 0 ? holder_of(s->holder, s->holders, tensor, s->run) : -1;
        int producer = tensor >= 0 ? graph->tensors[tensor].producer : -1;
        const struct mm_pair *pair = layer >= 0 ? pair_of(s->session, (size_t)layer, s->before) : NULL;
        if (pair)
            s->source[s->count++] = (struct mm_recompute_source){tensor, pair};
        else if (producer >= 0 && depth < DEPTH_MAX && s->visits++ < VISITS_MAX &&
                 !mm_graph_has_values(graph, tensor))
            add_sources(s, producer, depth + 1);
    }
}

/* What is recomputed for a layer; `source` has room for SOURCES_MAX. */
static struct mm_recompute recompute_of(const struct mm_session *session, size_t id, bool before,
                                        const struct holder *holder, size_t holders,
                                        struct mm_recompute_source *source)
{
    const struct triage_state *triage = &session->triage;
    const struct mm_graph *graph = session->options.graph;
    int node = triage->flow->node[id];
    struct sources sources = {session, before, holder, holders, triage->flow->run[id], source, 0, 0};
    add_sources(&sources, node, 1);
    return (struct mm_recompute){.graph = graph,
                                 .weights = triage->weights,
                                 .node = node,
                                 .output = output_of(&graph->nodes[node], triage->flow->tensor[id]),
                                 .pair = pair_of(session, id, before),
                                 .source = source,
                                 .sources = sources.count,
                                 .schema = session->src->schema};
}

static void submit(struct mm_session *session, size_t id, const struct holder *holder, size_t holders)
{
    struct triage_state *triage = &session->triage;
    struct recompute_job *here = calloc(1, sizeof *here);
    struct mm_recompute_source *source = calloc(SOURCES_MAX, sizeof *source);
    if (!here || !source) {
        free(here);
        free(source);
        return; /* it is judged without */
    }
    here->job.run = run;
    here->id = id;
    here->source = source;
    here->memory = triage->memory;
    here->what = recompute_of(session, id, false, holder, holders, source);
    quantised_weights(session, id, &here->what);
    here->what.reads = quantised_reads(session, id);
    here->what.storage = quantised_storage(session, id);
    triage->recomputing++;
    mm_pool_submit(session->pool, &here->job);
}

bool recompute_describe(const struct mm_session *session, size_t id, bool before, struct mm_recompute *what,
                        struct mm_recompute_source **source)
{
    const struct mm_flow *flow = session->triage.flow;
    *source = NULL;
    if (!flow->known || flow->node[id] < 0 || session->options.graph->nodes[flow->node[id]].parent >= 0 ||
        !pair_of(session, id, before))
        return false;
    struct holder *holder = malloc((flow->count + 1) * sizeof *holder);
    *source = calloc(SOURCES_MAX, sizeof **source);
    if (holder && *source)
        *what = recompute_of(session, id, before, holder, holders_make(session, holder), *source);
    bool made = holder && *source;
    free(holder);
    return made;
}

/* ---- choosing ---- */

struct candidate {
    size_t id;
    int64_t elements; /* of the result and of what it is made from */
    bool suspect;
};

static bool is_suspect(const struct mm_session *session, size_t id)
{
    const struct mm_blame *blame = &session->triage.blame[id];
    const struct mm_flow *flow = session->triage.flow;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        if (isinf(session->triage.blame[flow->input[e]].error) && isfinite(blame->error))
            return true; /* it has not read what was dumped, or its operator has a bound */
    }
    bool jumps = blame->error >= JUMP_LEAST && blame->error > JUMP_GAIN * blame->input_error;
    return jumps || (blame->over && (blame->starts || session->triage.flow->role[id] != MM_ROLE_INNER));
}

static int64_t elements_of(const struct mm_session *session, size_t id)
{
    const struct mm_flow *flow = session->triage.flow;
    int64_t sum = session->layers[id].result.metrics.count;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++)
        sum += session->layers[flow->input[e]].result.metrics.count;
    return sum;
}

static int suspects_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->suspect != y->suspect)
        return x->suspect ? -1 : 1;
    if (!x->suspect && x->elements != y->elements)
        return x->elements < y->elements ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Layers whose operator is known, is not in a body and whose values are there, in the order in which they are
 * worth a look; 0 where nothing is wrong. *others: elements that those may have which are not suspect. */
static size_t candidates_make(const struct mm_session *session, struct candidate *candidate, int64_t *others)
{
    const struct mm_flow *flow = session->triage.flow;
    size_t n = 0, suspects = 0;
    int64_t all = 0;
    for (size_t id = 0; id < flow->count; id++) {
        int node = flow->node[id];
        if (!is_measured(session, id))
            continue;
        all += session->layers[id].result.metrics.count;
        if (node < 0 || session->options.graph->nodes[node].parent >= 0)
            continue;
        candidate[n] = (struct candidate){id, elements_of(session, id), is_suspect(session, id)};
        suspects += candidate[n++].suspect;
    }
    qsort(candidate, n, sizeof *candidate, suspects_first);
    *others = all / OTHERS_SHARE > OTHERS_LEAST ? all / OTHERS_SHARE : OTHERS_LEAST;
    return suspects ? n : 0;
}

static void submit_all(struct mm_session *session, struct candidate *candidate, struct holder *holder)
{
    int64_t others;
    size_t count = candidates_make(session, candidate, &others), holders = holders_make(session, holder);
    for (size_t i = 0; i < count; i++) {
        if (!candidate[i].suspect && candidate[i].elements > others)
            break;
        others -= candidate[i].suspect ? 0 : candidate[i].elements;
        submit(session, candidate[i].id, holder, holders);
    }
}

void recompute_begin(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    if (triage->recomputed || !triage->flow->known)
        return;
    size_t count = triage->flow->count;
    struct candidate *candidate = malloc((count + 1) * sizeof *candidate);
    struct holder *holder = malloc((count + 1) * sizeof *holder);
    triage->recomputed = calloc(count + 1, sizeof(struct mm_recomputed *));
    /* a graph that was made in code has no weights: operators without constants are computed all the same */
    if (mm_graph_weights_open(&triage->weights, session->options.graph, NULL) < 0)
        triage->weights = NULL;
    if (triage->recomputed)
        replay_begin(session);
    if (candidate && holder && triage->recomputed)
        submit_all(session, candidate, holder);
    free(candidate);
    free(holder);
}

/* ---- others of the same type ---- */

static const struct mm_graph_node *node_of(const struct mm_session *session, size_t id)
{
    int node = session->triage.flow->node[id];
    return node >= 0 && session->options.graph->nodes[node].parent < 0 ? &session->options.graph->nodes[node]
                                                                       : NULL;
}

/* Is a layer of this one's type computed otherwise than the model says? */
static bool is_of_odd_type(const struct mm_session *session, const bool *odd, size_t id)
{
    const struct mm_graph_node *node = node_of(session, id);
    for (size_t i = 0; node && i < session->triage.flow->count; i++) {
        if (odd[i] && strcmp(node_of(session, i)->op_type, node->op_type) == 0)
            return true;
    }
    return false;
}

/* Returns how many there are. */
static size_t odd_find(const struct mm_session *session, bool *odd)
{
    const struct triage_state *triage = &session->triage;
    struct mm_background background;
    size_t count = 0;
    mm_background_find(triage->subjects, triage->flow->count, &background);
    for (size_t id = 0; id < triage->flow->count; id++) {
        odd[id] = node_of(session, id) && mm_own_variant(&background, &triage->subjects[id]);
        count += odd[id];
    }
    return count;
}

void recompute_more(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    if (!triage->recomputed || triage->recomputed_more)
        return;
    triage->recomputed_more = true;
    size_t count = triage->flow->count, holders = 0;
    bool *odd = calloc(count + 1, sizeof *odd);
    struct holder *holder = malloc((count + 1) * sizeof *holder);
    bool any = odd && holder && odd_find(session, odd) > 0;
    if (any)
        holders = holders_make(session, holder);
    triage->recomputing++; /* jobs that run at once are no end of all */
    for (size_t id = 0; id < count && any; id++) {
        bool left_out = !triage->recomputed[id] && triage->blame[id].over && is_measured(session, id);
        if (left_out && is_of_odd_type(session, odd, id))
            submit(session, id, holder, holders);
    }
    triage->recomputing--;
    free(odd);
    free(holder);
}

bool recompute_collect(struct mm_session *session, struct mm_job *job)
{
    if (job->run != run)
        return false;
    struct recompute_job *here = (struct recompute_job *)job;
    struct triage_state *triage = &session->triage;
    struct mm_recomputed *found = here->failed ? NULL : malloc(sizeof *found);
    triage->recomputing--;
    if (here->failed && (here->err.code == MM_ENOMEM || here->err.code == MM_EIO))
        unanalysed_note(session, here->id, &here->err);
    if (found) {
        *found = here->found;
        triage->recomputed[here->id] = found;
        triage->subjects[here->id].recomputed = found;
    }
    free(here->source);
    free(here);
    return true;
}

void recompute_done(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    for (size_t id = 0; triage->recomputed && id < session->pairs->count; id++)
        free(triage->recomputed[id]);
    free(triage->recomputed);
    mm_graph_weights_close(triage->weights);
}

const struct mm_recomputed *mm_session_recomputed(const struct mm_session *session, size_t id)
{
    return session->triage.recomputed ? session->triage.recomputed[id] : NULL;
}
