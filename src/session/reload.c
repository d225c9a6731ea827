/* Files that change while they are looked at: noticed, and measured again when somebody asks. */
#include "session/state.h"

#include <stdlib.h>

/* Looking costs two stat calls a layer: at most so often, in seconds, and only when something is drawn anyway. */
#define LOOK_EVERY 1.0

struct reload_job {
    struct mm_job job;
    const struct mm_schema *schema;
    const struct mm_measure_options *options;
    size_t id;
    const struct mm_pair *pair;
    struct mm_result result;
};

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct reload_job *here = (struct reload_job *)job;
    struct mm_pair_id id;
    mm_pair_identify(here->pair, &id);
    mm_measure_pair(here->pair, here->schema, here->options, cancel, &here->result);
    here->result.id = id;
}

static bool has_figures(const struct mm_layer *layer)
{
    return layer->result.state > MM_STATE_HEADER;
}

bool session_changed(struct mm_session *session, size_t id)
{
    struct mm_layer *layer = &session->layers[id];
    struct mm_pair_id now;
    if (layer->changed || !has_figures(layer) || session->saved)
        return layer->changed;
    mm_pair_identify(layer->pair, &now);
    if (mm_pair_id_same(&now, &layer->result.id))
        return false;
    layer->changed = true;
    session->bad -= layer->verdict.bad;
    mm_triage_changed(&layer->verdict);
    session->bad += layer->verdict.bad;
    session->revision++;
    return true;
}

size_t mm_session_check(struct mm_session *session, const size_t *ids, size_t count)
{
    size_t changed = 0;
    for (size_t i = 0; i < count; i++)
        changed += session_changed(session, ids ? ids[i] : i);
    return changed;
}

void session_look(struct mm_session *session, const size_t *ids, size_t count)
{
    double now = mm_clock();
    if (session->looked > 0 && now - session->looked < LOOK_EVERY)
        return;
    session->looked = now;
    mm_session_check(session, ids, count);
}

/* A member's place is known from when its file was listed. */
static bool is_member(const struct mm_pair *pair)
{
    return (pair->src && pair->src->member) || (pair->dst && pair->dst->member);
}

static int submit(struct mm_session *session, size_t id, struct mm_err *err)
{
    const struct mm_pair *pair = session->layers[id].pair;
    if (is_member(pair))
        return mm_fail(err, MM_EARG, "%s: a file of several tensors has changed: start again to list it anew",
                       session->layers[id].label);
    struct reload_job *job = calloc(1, sizeof *job);
    if (!job)
        return mm_fail_memory(err);
    scales_fit_again(session, id);
    *job = (struct reload_job){.job.run = run,
                               .schema = session->src->schema,
                               .options = &session->options.measure,
                               .id = id,
                               .pair = pair};
    session->reloading++;
    mm_pool_submit(session->pool, &job->job);
    return 0;
}

int mm_session_reload(struct mm_session *session, size_t *count, struct mm_err *err)
{
    *count = 0;
    if (session->saved)
        return mm_fail(err, MM_EARG, "a report has figures, not tensors: there is nothing to read again");
    if (!session->pool || session->measured < session->pairs->count || !mm_session_idle(session))
        return mm_fail(err, MM_EARG, "files are read again when all layers are measured and analysed");
    mm_session_check(session, NULL, session->pairs->count);
    for (size_t id = 0; id < session->pairs->count; id++) {
        if (!session->layers[id].changed)
            continue;
        if (submit(session, id, err) < 0)
            return -1;
        ++*count;
    }
    return 0;
}

/* All that was concluded from the old figures goes with them: errors are followed from layer to layer. */
static void begin_anew(struct mm_session *session)
{
    mm_session_drop_suggestions(session);
    bool begun = session->triage.begun;
    triage_done(session);
    session->triage = (struct triage_state){0};
    for (size_t id = 0; id < session->pairs->count; id++)
        session_judge(session, &session->layers[id]);
    if (begun)
        triage_begin(session);
}

bool reload_collect(struct mm_session *session, struct mm_job *job)
{
    if (job->run != run)
        return false;
    struct reload_job *here = (struct reload_job *)job;
    struct mm_layer *layer = &session->layers[here->id];
    session->reloading--;
    if (here->result.state > MM_STATE_HEADER) {
        mm_result_done(&layer->result);
        layer->result = here->result;
        layer->changed = false;
        session_forget(session, here->id);
    } else {
        mm_result_done(&here->result);
    }
    free(here);
    if (session->reloading == 0 && !session->closing)
        begin_anew(session);
    return true;
}
