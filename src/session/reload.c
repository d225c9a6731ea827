/* Files that change while they are looked at: noticed, and measured again when somebody asks. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Looking costs two stat calls a layer: at most so often, in seconds, and only when something is drawn anyway. */
#define LOOK_EVERY 1.0

struct reload_job {
    struct mm_job job;
    const struct mm_schema *schema;
    const struct mm_measure_options *options;
    size_t id;
    const struct mm_pair *pair;
    int which; /* enum mm_comparison; -1: src and dst themselves */
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

static bool is_another(const struct mm_pair *pair, const struct mm_result *result)
{
    struct mm_pair_id now;
    if (result->state <= MM_STATE_HEADER)
        return false;
    mm_pair_identify(pair, &now);
    return !mm_pair_id_same(&now, &result->id);
}

/* The same of the other comparisons: a simulation, or an earlier dst, that was written anew. */
static bool others_changed(const struct mm_session *session, size_t id)
{
    bool changed = false;
    for (int which = 0; which < MM_COMPARISON_COUNT && !changed; which++) {
        const struct mm_pair *pair = comparison_pair(session, (enum mm_comparison)which, id);
        changed = pair && is_another(pair, &session->comparison[which].result[id]);
    }
    return changed;
}

bool session_changed(struct mm_session *session, size_t id)
{
    struct mm_layer *layer = &session->layers[id];
    if (layer->changed || !has_figures(layer) || session->saved)
        return layer->changed;
    if (!is_another(layer->pair, &layer->result) && !others_changed(session, id))
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

/* ---- members: where each is, and how it is stored, stands in its file, which is another now ---- */

static const struct mm_entry *find_member(const struct mm_members *members, const char *name)
{
    const struct mm_entry *found = NULL;
    for (size_t i = 0; i < members->count; i++) /* of a name that stands there twice the last counts */
        found = strcmp(members->entry[i].member, name) == 0 ? &members->entry[i] : found;
    return found;
}

/* What the file says of it now; name, order and whose it is stay. Nobody reads entries meanwhile: the session is idle. */
static void renew(struct mm_entry *entry, const struct mm_entry *now)
{
    struct mm_entry old = *entry;
    if (!now) {
        entry->code = MM_ENOENT;
        entry->wrong = "the tensor is in its file no more: start again to list it anew";
        return;
    }
    *entry = *now;
    entry->parsed = old.parsed;
    entry->order = old.order;
    entry->given = old.given;
    entry->source = old.source;
    entry->op_type = old.op_type;
    entry->joined = old.joined;
    entry->label = old.joined ? old.label : entry->label;
}

static void renew_from(const struct mm_source *source, struct mm_entry *entry,
                       const struct mm_members *members)
{
    if (entry->source == source && entry->member)
        renew(entry, find_member(members, entry->member));
}

/* List a source of many members again, in memory that lasts as long as the dumps, and renew the dump's entries that are its. */
static int list_again(struct mm_session *session, const struct mm_dump *dump, const struct mm_source *source,
                      struct mm_err *err)
{
    struct mm_members members = {0};
    if (source->format->list(source, &session->members, &members, err) < 0) {
        mm_members_done(&members);
        return -1;
    }
    for (size_t i = 0; i < dump->count; i++) {
        struct mm_entry *entry = (struct mm_entry *)&dump->entries[i]; /* const for who reads it */
        renew_from(source, entry, &members);
        for (size_t k = 0; entry->joined && k < entry->joined->count; k++)
            renew_from(source, (struct mm_entry *)&entry->joined->part[k], &members);
    }
    mm_members_done(&members);
    return 0;
}

/* A side's entry of a changed layer: its source is listed again, once; *last is the one before. */
static int renew_side(struct mm_session *session, const struct mm_dump *dump, const struct mm_entry *entry,
                      const struct mm_source **last, struct mm_err *err)
{
    if (!entry || !entry->member || entry->source == *last || entry->source->elsewhere)
        return 0;
    *last = entry->source;
    int result = list_again(session, dump, entry->source, err);
    for (size_t i = 1; entry->joined && i < entry->joined->count && result == 0; i++)
        result = list_again(session, dump, entry->joined->part[i].source, err);
    return result;
}

/* Sources of changed layers are next to each other in the list, so that each is listed about once. */
static int renew_members(struct mm_session *session, struct mm_err *err)
{
    const struct mm_source *last_src = NULL, *last_dst = NULL, *last_other = NULL;
    int result = 0;
    for (size_t id = 0; id < session->pairs->count && result == 0; id++) {
        const struct mm_pair *pair = session->layers[id].pair;
        if (!session->layers[id].changed)
            continue;
        result = renew_side(session, session->src, pair->src, &last_src, err);
        if (result == 0)
            result = renew_side(session, session->dst, pair->dst, &last_dst, err);
        const struct mm_pair *sim = comparison_pair(session, MM_COMPARISON_FORMAT, id);
        if (result == 0 && sim)
            result = renew_side(session, session->sim, sim->dst, &last_other, err);
        const struct mm_pair *before = comparison_pair(session, MM_COMPARISON_BEFORE, id);
        if (result == 0 && before)
            result = renew_side(session, session->before, before->dst, &last_other, err);
    }
    return result;
}

/* ---- measuring again ---- */

static int submit(struct mm_session *session, size_t id, int which, const struct mm_pair *pair,
                  struct mm_err *err)
{
    struct reload_job *job = calloc(1, sizeof *job);
    if (!job)
        return mm_fail_memory(err);
    *job = (struct reload_job){.job.run = run,
                               .schema = session->src->schema,
                               .options = &session->options.measure,
                               .id = id,
                               .which = which,
                               .pair = pair};
    session->reloading++;
    mm_pool_submit(session->pool, &job->job);
    return 0;
}

/* A layer in all comparisons that it is in. */
static int submit_all(struct mm_session *session, size_t id, struct mm_err *err)
{
    int result;
    scales_fit_again(session, id);
    result = submit(session, id, -1, session->layers[id].pair, err);
    for (int which = 0; which < MM_COMPARISON_COUNT && result == 0; which++) {
        const struct mm_pair *pair = comparison_pair(session, (enum mm_comparison)which, id);
        if (pair)
            result = submit(session, id, which, pair, err);
    }
    return result;
}

/* Dumps on other machines are listed there again; of a connection that was lost, all that failed for it is measured again. */
static int renew_remote(struct mm_session *session, struct mm_err *err)
{
    struct mm_dump *dumps[] = {session->src, session->dst, session->sim, session->before};
    for (size_t i = 0; i < MM_COUNT(dumps); i++) {
        if (mm_remote_renew(dumps[i], err) < 0)
            return -1;
    }
    for (size_t id = 0; id < session->pairs->count; id++) {
        struct mm_layer *layer = &session->layers[id];
        const struct mm_pair *pair = layer->pair;
        bool lost = layer->result.state == MM_STATE_FAILED && layer->result.code == MM_EIO;
        layer->changed |= lost && (mm_remote_entry(pair->src) || mm_remote_entry(pair->dst));
    }
    return 0;
}

int mm_session_reload(struct mm_session *session, size_t *count, struct mm_err *err)
{
    *count = 0;
    if (session->saved)
        return mm_fail(err, MM_EARG, "a report has figures, not tensors: there is nothing to read again");
    if (!session->pool || session->measured < session->pairs->count || !mm_session_idle(session))
        return mm_fail(err, MM_EARG, "files are read again when all layers are measured and analysed");
    if (renew_remote(session, err) < 0)
        return -1;
    mm_session_check(session, NULL, session->pairs->count);
    if (renew_members(session, err) < 0)
        return -1;
    for (size_t id = 0; id < session->pairs->count; id++) {
        if (!session->layers[id].changed)
            continue;
        if (submit_all(session, id, err) < 0)
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
    verify_forget(session);
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
    if (here->which >= 0 && here->result.state > MM_STATE_HEADER) {
        struct mm_result *result = &session->comparison[here->which].result[here->id];
        mm_result_done(result);
        *result = here->result;
    } else if (here->which < 0 && here->result.state > MM_STATE_HEADER) {
        double had = session_figure(layer);
        layer->earlier = isnan(had) ? layer->earlier : had;
        layer->redone = session->pairings + 1;
        session->has_earlier |= !isnan(layer->earlier);
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
