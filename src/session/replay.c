/* Operators replayed by ONNX Runtime from dst's own inputs: one job for all of a session, beside those that recompute at some
 * positions, whose figures it replaces. */
#include "session/state.h"

#include "mmtui/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

#define MACS_MOST 200000000000 /* multiply-accumulates of one operator */

struct replay_job {
    struct mm_job job;
    const struct mm_session *session;
    struct mm_replay_layer *layer; /* in the order of their runs */
    size_t *id;                    /* [layers] */
    int32_t *run;                  /* [layers] of the model */
    size_t layers;
    struct mm_replay_source *source; /* [sources] by tensor, of a tensor by run */
    int32_t *source_run;
    size_t sources;
    struct mm_replay_source *now; /* [sources] those of one run */
    size_t too_large;             /* operators that are left out for it */
    struct mm_err error;          /* why there is nothing */
};

static void replay_free(struct replay_job *here)
{
    free(here->layer);
    free(here->id);
    free(here->run);
    free(here->source);
    free(here->source_run);
    free(here->now);
    free(here);
}

/* ---- by a worker ---- */

/* Of each tensor the one of this run of the model, or else of the last one before it. */
static size_t sources_of(const struct replay_job *here, int32_t run)
{
    size_t n = 0;
    for (size_t i = 0; i < here->sources; i++) {
        if (here->source_run[i] > run)
            continue;
        n -= n > 0 && here->now[n - 1].tensor == here->source[i].tensor;
        here->now[n++] = here->source[i];
    }
    return n;
}

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct replay_job *here = (struct replay_job *)job;
    const struct mm_session_options *options = &here->session->options;
    size_t end;
    for (size_t from = 0; from < here->layers && here->error.code == MM_OK; from = end) {
        for (end = from; end < here->layers && here->run[end] == here->run[from];)
            end++;
        const struct mm_replaying what = {.ort = options->replay,
                                          .model = options->replay_model,
                                          .graph = options->graph,
                                          .weights = here->session->triage.weights,
                                          .schema = here->session->src->schema,
                                          .source = here->now,
                                          .sources = sources_of(here, here->run[from]),
                                          .layer = here->layer + from,
                                          .layers = end - from};
        mm_replay_layers(&what, cancel, &here->error);
    }
}

/* ---- what it is told ---- */

/* A layer with its place in the order that is needed. */
struct place {
    int32_t tensor, run;
    size_t id;
};

static int by_tensor(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->tensor != y->tensor)
        return x->tensor < y->tensor ? -1 : 1;
    return x->run != y->run ? (x->run < y->run ? -1 : 1) : (x->id > y->id) - (x->id < y->id);
}

static int by_run(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->run != y->run ? (x->run < y->run ? -1 : 1) : (x->id > y->id) - (x->id < y->id);
}

/* Integers of dst without scales, where src has floats, are no values. */
static bool has_values(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = &session->layers[id].result;
    const struct mm_pair *pair = session->layers[id].pair;
    bool floats = mm_dtype_info(result->src.dtype)->kind == MM_KIND_FLOAT;
    bool integer = mm_dtype_info(result->dst.dtype)->kind != MM_KIND_FLOAT && result->bits == MM_DTYPE_NONE;
    return result->state == MM_STATE_MEASURED &&
           !(floats && integer &&
             mm_pair_dequantised(pair, result->src.dtype, result->dst.dtype) == MM_DEQUANTISED_NO) &&
           !(pair->scales && pair->scales->unsure);
}

static size_t places_make(const struct mm_session *session, struct place *place)
{
    const struct mm_flow *flow = session->triage.flow;
    size_t n = 0;
    for (size_t id = 0; id < flow->count; id++) {
        if (flow->tensor[id] >= 0 && has_values(session, id))
            place[n++] = (struct place){flow->tensor[id], flow->run[id], id};
    }
    return n;
}

static void fill_sources(struct replay_job *here, struct place *place, size_t count)
{
    const struct mm_session *session = here->session;
    qsort(place, count, sizeof *place, by_tensor);
    for (size_t i = 0; i < count; i++) {
        const struct mm_layer *layer = &session->layers[place[i].id];
        here->source[i] = (struct mm_replay_source){place[i].tensor, layer->pair, &layer->result.metrics.dst,
                                                    layer->result.src.dtype, &layer->result.metrics.src};
        here->source_run[i] = place[i].run;
    }
    here->sources = count;
}

/* An operator that takes longer than some ten seconds would hold up all others, and can't be ended meanwhile. */
static bool is_too_large(const struct mm_session *session, int node)
{
    return mm_graph_macs(session->options.graph, node, NULL, NULL) > MACS_MOST;
}

static void fill_layers(struct replay_job *here, struct place *place, size_t count)
{
    const struct mm_session *session = here->session;
    const struct mm_flow *flow = session->triage.flow;
    qsort(place, count, sizeof *place, by_run);
    for (size_t i = 0; i < count; i++) {
        int node = flow->node[place[i].id];
        here->too_large += node >= 0 && is_too_large(session, node);
        if (node < 0 || is_too_large(session, node))
            continue;
        here->layer[here->layers] =
            (struct mm_replay_layer){.tensor = place[i].tensor,
                                     .node = node,
                                     .pair = session->layers[place[i].id].pair,
                                     .storage = quantised_storage(session, place[i].id)};
        here->id[here->layers] = place[i].id;
        here->run[here->layers++] = place[i].run;
    }
}

static bool any_over(const struct mm_session *session)
{
    bool any = false;
    for (size_t id = 0; id < session->triage.flow->count && !any; id++)
        any = session->triage.blame[id].over;
    return any;
}

/* NULL: memory. */
static struct replay_job *job_new(const struct mm_session *session, size_t room)
{
    struct replay_job *here = calloc(1, sizeof *here);
    if (!here)
        return NULL;
    here->session = session;
    here->layer = calloc(room, sizeof *here->layer);
    here->id = calloc(room, sizeof *here->id);
    here->run = calloc(room, sizeof *here->run);
    here->source = calloc(room, sizeof *here->source);
    here->source_run = calloc(room, sizeof *here->source_run);
    here->now = calloc(room, sizeof *here->now);
    if (here->layer && here->id && here->run && here->source && here->source_run && here->now)
        return here;
    replay_free(here);
    return NULL;
}

void replay_begin(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    size_t room = triage->flow->count + 1;
    if (!session->options.replay || triage->replayed || !any_over(session))
        return;
    struct place *place = calloc(room, sizeof *place);
    struct replay_job *here = place ? job_new(session, room) : NULL;
    if (here) { /* or else it is judged without */
        size_t count = places_make(session, place);
        fill_sources(here, place, count);
        fill_layers(here, place, count);
        here->job.run = run;
        triage->replayed = true;
        triage->recomputing++;
        mm_pool_submit(session->pool, &here->job);
    }
    free(place);
}

int mm_session_replay(struct mm_session *session, struct mm_err *err)
{
    struct triage_state *triage = &session->triage;
    if (session->saved)
        return mm_fail(err, MM_EARG,
                       "a report has figures, not tensors: open the dumps themselves to replay");
    if (!session->options.graph || !session->options.replay_model)
        return mm_fail(err, MM_EARG, "operators are replayed from the model: start mmtui with --model FILE");
    if (!mm_session_triaged(session) || !triage->recomputed)
        return mm_fail(err, MM_EARG,
                       triage->begun && !triage->flow->known
                           ? "the model's graph knows none of these tensors: nothing can be replayed"
                           : "operators are replayed when all layers are measured and analysed");
    if (!any_over(session))
        return mm_fail(err, MM_EARG, "nothing is over the threshold: there is nothing to replay");
    if (!session->options.replay && mm_ort_open(&session->ort, session->options.replay_library, err) < 0)
        return -1;
    if (!session->options.replay)
        session->options.replay = session->ort;
    replay_begin(session);
    return 0;
}

/* ---- what comes back ---- */

bool replay_collect(struct mm_session *session, struct mm_job *job)
{
    if (job->run != run)
        return false;
    session->triage.recomputing--;
    session->triage.replay = (struct replay_job *)job;
    return true;
}

static struct mm_recomputed *recomputed_of(struct triage_state *triage, size_t id)
{
    if (!triage->recomputed[id]) {
        triage->recomputed[id] = malloc(sizeof *triage->recomputed[id]);
        if (triage->recomputed[id])
            mm_recompute_none(triage->recomputed[id]);
    }
    return triage->recomputed[id];
}

static void note_error(struct mm_session *session, const struct replay_job *here)
{
    struct mm_buf text = {0};
    if (here->error.code == MM_OK || here->error.code == MM_ECANCELLED)
        return;
    mm_buf_printf(&text, "nothing was replayed: %s", here->error.text);
    session_note(session, &text);
}

void replay_merge(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    struct replay_job *here = triage->replay;
    triage->replay = NULL;
    if (!here)
        return;
    for (size_t i = 0; i < here->layers && triage->recomputed; i++) {
        const struct mm_replay_layer *layer = &here->layer[i];
        struct mm_recomputed *out =
            layer->found.state == MM_RECOMPUTE_UNABLE ? NULL : recomputed_of(triage, here->id[i]);
        triage->not_replayed += !out;
        if (!out)
            continue;
        mm_replay_merge(&layer->found, &session->options.graph->nodes[layer->node], out);
        triage->subjects[here->id[i]].recomputed = out;
    }
    triage->not_replayed += here->too_large;
    note_error(session, here);
    replay_free(here);
}

void replay_done(struct mm_session *session)
{
    if (session->triage.replay)
        replay_free(session->triage.replay);
    session->triage.replay = NULL;
}

bool mm_session_replayed(const struct mm_session *session, struct mm_replay_summary *summary)
{
    const struct triage_state *triage = &session->triage;
    *summary = (struct mm_replay_summary){.left_out = triage->not_replayed};
    if (!triage->replayed || !triage->recomputed)
        return false;
    summary->version = mm_ort_version(session->options.replay);
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_recomputed *here = triage->recomputed[id];
        if (!here || !here->replayed)
            continue;
        enum mm_own own = triage->blame[id].own;
        bool done = here->state == MM_RECOMPUTE_DONE;
        summary->left_out += !done;
        summary->right += done && own == MM_OWN_RIGHT;
        if (done && own == MM_OWN_WRONG && summary->wrong++ == 0)
            summary->first_wrong = id;
        summary->unclear += done && own == MM_OWN_UNKNOWN;
    }
    return true;
}

void mm_session_replay_text(const struct mm_session *session, struct mm_buf *out)
{
    struct mm_replay_summary summary;
    if (!mm_session_triaged(session) || !mm_session_replayed(session, &summary))
        return;
    mm_buf_printf(out, "Run by ONNX Runtime %s with dst's own inputs, %zu %s what %s should, %zu %s not",
                  summary.version, summary.right,
                  summary.right == 1 ? "operator computes" : "operators compute",
                  summary.right == 1 ? "it" : "they", summary.wrong, summary.wrong == 1 ? "does" : "do");
    if (summary.unclear)
        mm_buf_printf(out, "; of %zu it is not certain", summary.unclear);
    if (summary.left_out)
        mm_buf_printf(out, "; %zu could not be run so", summary.left_out);
    mm_buf_say(out, ".");
}

void mm_session_replay_line(const struct mm_session *session, struct mm_buf *out)
{
    struct mm_replay_summary summary;
    if (!mm_session_triaged(session) || !mm_session_replayed(session, &summary))
        return;
    size_t told = summary.right + summary.wrong + summary.unclear;
    mm_buf_printf(out, "Replayed %zu %s: ", told, told == 1 ? "operator" : "operators");
    if (summary.wrong)
        mm_buf_printf(out, "%zu wrong (%s#%zu), ", summary.wrong, summary.wrong == 1 ? "" : "first ",
                      summary.first_wrong + 1);
    else
        mm_buf_say(out, "none wrong, ");
    mm_buf_printf(out, "%zu right", summary.right);
    if (summary.unclear)
        mm_buf_printf(out, ", %zu uncertain", summary.unclear);
    if (summary.left_out)
        mm_buf_printf(out, ", %zu left out", summary.left_out);
}
