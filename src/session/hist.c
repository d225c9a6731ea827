/* Histograms on request: counted by the pool, the last few kept. */
#include "state.h"

#include <stdlib.h>
#include <string.h>

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct hist_request *request = (struct hist_request *)job;
    if (mm_pair_hist(request->pair, request->schema, &request->options, cancel, &request->hist,
                     &request->error) < 0 &&
        request->error.code == MM_OK)
        request->error.code = MM_ECANCELLED;
}

static void free_request(struct hist_request *request)
{
    mm_pair_hist_done(&request->hist);
    free(request);
}

bool hist_collect(struct mm_session *session, struct mm_job *job)
{
    (void)session;
    if (job->run != run)
        return false;
    struct hist_request *request = (struct hist_request *)job;
    request->running = false;
    if (!request->wanted)
        free_request(request);
    return true;
}

/* Let go of a request: at once, or when its worker is through with it. */
static void drop(struct hist_request *request)
{
    if (!request)
        return;
    request->wanted = false;
    if (!request->running)
        free_request(request);
}

void hist_done(struct mm_session *session)
{
    for (size_t i = 0; i < HIST_KEPT; i++)
        drop(session->hist[i]);
}

static bool same(const struct hist_request *request, size_t id, const struct mm_hist_options *options)
{
    const struct mm_hist_options *had = &request->options;
    return request->id == id && had->bins == options->bins && had->low == options->low &&
           had->high == options->high;
}

/* Slot i's request moves to the front. */
static struct hist_request *to_front(struct mm_session *session, size_t i)
{
    struct hist_request *request = session->hist[i];
    memmove(&session->hist[1], &session->hist[0], i * sizeof session->hist[0]);
    session->hist[0] = request;
    return request;
}

static struct hist_request *find(struct mm_session *session, size_t id, const struct mm_hist_options *options)
{
    for (size_t i = 0; i < HIST_KEPT; i++) {
        if (session->hist[i] && same(session->hist[i], id, options))
            return to_front(session, i);
    }
    return NULL;
}

static struct hist_request *ask(struct mm_session *session, size_t id, const struct mm_hist_options *options)
{
    struct hist_request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    *request = (struct hist_request){.job = {.run = run},
                                     .pair = session->layers[id].pair,
                                     .schema = session->src->schema,
                                     .id = id,
                                     .options = *options,
                                     .running = true,
                                     .wanted = true};
    drop(session->hist[HIST_KEPT - 1]);
    session->hist[HIST_KEPT - 1] = request;
    to_front(session, HIST_KEPT - 1);
    mm_pool_submit(session->pool, &request->job);
    return request;
}

const struct mm_pair_hist *mm_session_hist(struct mm_session *session, size_t id,
                                           const struct mm_hist_options *options, const char **error)
{
    *error = NULL;
    if (!session->pool) {
        *error = "nothing is being measured";
        return NULL;
    }
    struct hist_request *request = find(session, id, options);
    if (!request)
        request = ask(session, id, options);
    if (!request)
        *error = "out of memory";
    else if (!request->running && request->error.code != MM_OK)
        *error = request->error.text;
    return request && !request->running && request->error.code == MM_OK ? &request->hist : NULL;
}
