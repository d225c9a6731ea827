/* From figures to verdicts: once all is measured, workers analyse what is worth it, and this thread
 * concludes. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>

/* ---- looking ---- */

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct analysis_request *request = (struct analysis_request *)job;
    request->look.memory = request->memory ? &request->memory[job->worker] : NULL;
    request->failed = mm_evidence_collect(&request->look, cancel, &request->evidence, &request->err);
}

#define INPUTS_GUESSED 2

/* What the inputs of a layer were like on the reference's side; without a graph the two layers right before
 * it are taken for them. */
static void fill_inputs(const struct triage_state *triage, size_t id, struct mm_analysis *analysis)
{
    const struct mm_flow *flow = triage->flow;
    analysis->inputs_guessed = !flow->known;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        if (!flow->known && flow->input[e] + INPUTS_GUESSED < id)
            continue;
        const struct mm_metrics *m = &triage->subjects[flow->input[e]].result->metrics;
        const struct mm_stats *stats = &m->src;
        if (triage->subjects[flow->input[e]].result->state != MM_STATE_MEASURED || !stats->finite)
            continue;
        analysis->input_max = fmax(analysis->input_max, fmax(fabs(stats->min), fabs(stats->max)));
        analysis->input_rms =
            fmax(analysis->input_rms, sqrt(stats->mean * stats->mean + stats->std * stats->std));
        if (m->count > analysis->input_count)
            analysis->input_count = m->count;
    }
}

/* Which axis has the channels, as the model's operators tell. */
static void fill_channels(const struct mm_session *session, size_t id, struct mm_analysis *analysis)
{
    const struct mm_flow *flow = session->triage.flow;
    if (!flow->known || flow->tensor[id] < 0)
        return;
    int axis =
        mm_operator_channels(session->options.graph, flow->tensor[id], mm_result_shape(analysis->result));
    analysis->channels_known = axis >= 0;
    analysis->channel_axis = axis;
}

static void no_memory(struct mm_session *session, size_t id)
{
    struct mm_err err = {0};
    mm_fail_memory(&err);
    unanalysed_note(session, id, &err);
}

static void ask(struct mm_session *session, size_t id)
{
    struct triage_state *triage = &session->triage;
    const struct mm_layer *layer = &session->layers[id];
    const struct mm_blame *blame = &triage->blame[id];
    bool measured = layer->result.state == MM_STATE_MEASURED || layer->result.state == MM_STATE_MISMATCH;
    if (triage->asked[id] || !measured || session_changed(session, id))
        return;
    struct analysis_request *request = calloc(1, sizeof *request);
    if (!request) {
        no_memory(session, id);
        return;
    }
    triage->asked[id] = true;
    request->job.run = run;
    request->id = id;
    request->memory = triage->memory;
    request->look = (struct mm_analysis){
        .pair = layer->pair,
        .schema = session->src->schema,
        .result = triage->subjects[id].result,
        .op_type = mm_session_op(session, id),
        .role = triage->flow->role[id],
        .noise = hypot(blame->expected, isfinite(blame->input_error) ? blame->input_error : 0),
        .quantised = triage->flow->quantised[id],
        .storage = quantised_storage(session, id)};
    fill_inputs(triage, id, &request->look);
    fill_channels(session, id, &request->look);
    held_candidates(session, id, request);
    triage->analysing++;
    mm_pool_submit(session->pool, &request->job);
}

/* ---- concluding ---- */

static const char *name_of(const void *context, uint32_t id)
{
    const struct mm_session *session = context;
    return session->layers[id].label;
}

struct mm_triage_view triage_view(const struct mm_session *session)
{
    const struct triage_state *triage = &session->triage;
    return (struct mm_triage_view){.subjects = triage->subjects,
                                   .count = session->pairs->count,
                                   .flow = triage->flow,
                                   .blame = triage->blame,
                                   .thresholds = &session->options.thresholds,
                                   .name = name_of,
                                   .context = session};
}

static void conclude(struct mm_session *session, size_t id)
{
    struct mm_triage_view view = triage_view(session);
    struct mm_layer *layer = &session->layers[id];
    session->bad -= layer->verdict.bad;
    mm_triage_conclude(&view, (uint32_t)id, &layer->verdict);
    unanalysed_verdict(session, id, &layer->verdict);
    if (layer->changed)
        mm_triage_changed(&layer->verdict);
    session->bad += layer->verdict.bad;
}

static void look(struct mm_session *session);

/* What others show tells whether a layer may be accused, and they may have been looked at later. */
static void conclude_again(struct mm_session *session)
{
    for (size_t id = 0; id < session->pairs->count; id++)
        conclude(session, id);
}

static bool collect_recomputed(struct mm_session *session, struct mm_job *job)
{
    if (!recompute_collect(session, job) && !replay_collect(session, job))
        return false;
    if (session->triage.recomputing == 0) {
        replay_merge(session);
        recompute_more(session);
    }
    if (session->triage.recomputing == 0)
        look(session);
    return true;
}

/* Of tensors whose shapes differ there is nothing to look at; anything else is a file that could not be read again. */
static void note_problem(struct mm_session *session, size_t id, const struct mm_evidence *evidence)
{
    struct mm_err err = {0};
    if (!evidence->problem || session->layers[id].result.state != MM_STATE_MEASURED)
        return;
    mm_fail(&err, MM_EIO, "%s", evidence->problem);
    unanalysed_note(session, id, &err);
}

bool triage_collect(struct mm_session *session, struct mm_job *job)
{
    if (job->run != run)
        return collect_recomputed(session, job);
    struct analysis_request *request = (struct analysis_request *)job;
    struct triage_state *triage = &session->triage;
    struct mm_evidence *evidence = request->failed ? NULL : malloc(sizeof *evidence);
    triage->analysing--;
    if (evidence) {
        *evidence = request->evidence;
        triage->evidence[request->id] = evidence;
        triage->subjects[request->id].evidence = evidence;
        note_problem(session, request->id, evidence);
        conclude(session, request->id);
    } else {
        if (request->failed)
            unanalysed_note(session, request->id, &request->err);
        else
            no_memory(session, request->id);
        mm_evidence_done(&request->evidence);
        conclude(session, request->id);
    }
    if (triage->analysing == 0)
        conclude_again(session);
    free(request->others);
    free(request);
    return true;
}

/* ---- the whole ---- */

/* The result by whose figures a layer is judged: where positions are masked, that of the rest. */
static const struct mm_result *judged(struct mm_session *session, size_t id)
{
    const struct mm_result *result = &session->layers[id].result;
    if (!result->rest)
        return result;
    session->triage.judged[id] = *result;
    session->triage.judged[id].metrics = *result->rest;
    return &session->triage.judged[id];
}

static int make_subjects(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    size_t count = session->pairs->count;
    triage->subjects = calloc(count + 1, sizeof *triage->subjects);
    triage->evidence = calloc(count + 1, sizeof *triage->evidence);
    triage->asked = calloc(count + 1, sizeof *triage->asked);
    triage->blame = calloc(count + 1, sizeof *triage->blame);
    triage->judged = calloc(count + 1, sizeof *triage->judged);
    triage->workers = mm_pool_workers(session->pool);
    triage->memory =
        calloc(triage->workers, sizeof *triage->memory); /* without it, files are opened slower */
    if (!triage->subjects || !triage->evidence || !triage->asked || !triage->blame || !triage->judged ||
        graph_finish(session, NULL) < 0)
        return -1;
    for (size_t id = 0; id < count; id++)
        triage->subjects[id] =
            (struct mm_subject){.pair = session->layers[id].pair,
                                .result = judged(session, id),
                                .op_type = mm_session_op(session, id),
                                .facts = quantised_facts(session, id),
                                .sim_dst = mm_session_comparison(session, id, MM_COMPARISON_IMPLEMENTATION),
                                .src_sim = mm_session_comparison(session, id, MM_COMPARISON_FORMAT)};
    struct mm_flow_order order = {.graph = session->options.graph,
                                  .tensor = session->match.tensor,
                                  .run = session->match.run,
                                  .ordered = session->order != MM_ORDER_UNKNOWN,
                                  .weak = session->order == MM_ORDER_TIMES,
                                  .apart = session->options.results[0] == MM_RESULTS_CPU};
    return mm_flow_open(&triage->flow, triage->subjects, count, &order, NULL);
}

/* Once it is known what operators add by themselves, evidence is asked for where it is worth it. */
static void look(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    mm_blame_find(triage->flow, triage->subjects, &session->options.thresholds, triage->blame);
    for (size_t id = 0; id < session->pairs->count; id++) {
        bool worth = mm_blame_worth_analysing(triage->flow, triage->blame, (uint32_t)id);
        if (triage->recomputing == 0 && worth)
            ask(session, id);
        conclude(session, id);
    }
    session->changed += session->pairs->count;
}

void triage_begin(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    if (!session->options.triage)
        return;
    if (!triage->begun && make_subjects(session) < 0) {
        no_memory(session, SIZE_MAX); /* verdicts stay what the figures alone say */
        return;
    }
    triage->begun = true;
    mm_blame_find(triage->flow, triage->subjects, &session->options.thresholds, triage->blame);
    triage->recomputing++; /* jobs that run at once are no end of all */
    recompute_begin(session);
    triage->recomputing--;
    if (triage->recomputing == 0) {
        replay_merge(session);
        recompute_more(session);
    }
    look(session);
}

static void memory_done(struct triage_state *triage)
{
    for (unsigned i = 0; triage->memory && i < triage->workers; i++) {
        for (size_t side = 0; side < MM_COUNT(triage->memory[i].pair); side++) {
            mm_reader_done(&triage->memory[i].pair[side]);
            mm_reader_done(&triage->memory[i].other[side]);
        }
    }
    free(triage->memory);
    triage->memory = NULL;
}

void triage_done(struct mm_session *session)
{
    struct triage_state *triage = &session->triage;
    for (size_t id = 0; triage->evidence && id < session->pairs->count; id++) {
        if (triage->evidence[id])
            mm_evidence_done(triage->evidence[id]);
        free(triage->evidence[id]);
    }
    recompute_done(session);
    replay_done(session);
    unanalysed_done(session);
    memory_done(triage);
    mm_flow_close(triage->flow);
    free(triage->judged);
    free(triage->subjects);
    free(triage->evidence);
    free(triage->asked);
    free(triage->blame);
}

/* ---- looking at it ---- */

const struct mm_flow *mm_session_flow(const struct mm_session *session)
{
    return session->triage.begun ? session->triage.flow : NULL;
}

const struct mm_blame *mm_session_blame(const struct mm_session *session, size_t id)
{
    return session->triage.begun ? &session->triage.blame[id] : NULL;
}

const struct mm_evidence *mm_session_evidence(const struct mm_session *session, size_t id)
{
    return session->triage.begun ? session->triage.evidence[id] : NULL;
}

void mm_session_analyse(struct mm_session *session, size_t id)
{
    if (session->triage.begun)
        ask(session, id);
}

bool mm_session_triaged(const struct mm_session *session)
{
    return session->triage.begun && session->triage.analysing == 0 && session->triage.recomputing == 0;
}

/* How late a layer comes among those that bring in an error: what is wrong; what a precision or a setting costs where
 * nothing is, or nobody has found what; what the graph does not know. */
enum turn { TURN_WRONG, TURN_RIGHT, TURN_STRANGER, TURN_NEVER };

static enum turn turn_of(const struct mm_session *session, size_t id)
{
    enum mm_verdict_kind kind = session->layers[id].verdict.kind;
    const struct mm_verdict_info *info = mm_verdict_info(kind);
    if (!info->is_origin || session->triage.blame[id].raw)
        return TURN_NEVER;
    if (mm_flow_is_stranger(session->triage.flow, id))
        return TURN_STRANGER;
    return info->group == MM_GROUP_CHOICE || kind == MM_VERDICT_OVER ? TURN_RIGHT : TURN_WRONG;
}

int32_t mm_session_first_culprit(const struct mm_session *session)
{
    bool told = session->triage.begun && session->triage.flow->ordered;
    enum turn first = TURN_NEVER;
    int32_t found = -1;
    for (size_t id = 0; told && id < session->pairs->count; id++) {
        enum turn turn = turn_of(session, id);
        if (turn >= first)
            continue;
        first = turn;
        found = (int32_t)id;
    }
    return found;
}

int32_t mm_session_first_nonfinite(const struct mm_session *session)
{
    const struct triage_state *triage = &session->triage;
    return triage->begun && triage->flow->ordered ? mm_blame_first_nonfinite(triage->flow, triage->subjects)
                                                  : -1;
}

void mm_session_explain(const struct mm_session *session, size_t id, struct mm_buf *evidence,
                        struct mm_buf *next)
{
    if (!session->triage.begun)
        return;
    struct mm_triage_view view = triage_view(session);
    mm_triage_explain(&view, (uint32_t)id, &session->layers[id].verdict, evidence, next);
}
