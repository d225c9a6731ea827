/* Histograms on request: counted by the pool, the last few kept. */
#include "session/state.h"

#include <stdlib.h>

struct hist_request {
    struct request request;
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    struct mm_helpers *helpers;
    size_t id;
    struct mm_hist_options options;
    struct mm_pair_hist hist;
};

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct hist_request *hist = (struct hist_request *)job;
    mm_pair_hist(hist->pair, hist->schema, &hist->options, hist->helpers, cancel, &hist->hist,
                 &hist->request.error);
}

static void release(struct request *request)
{
    mm_pair_hist_done(&((struct hist_request *)request)->hist);
    free(request);
}

bool hist_collect(struct mm_job *job)
{
    if (job->run != run)
        return false;
    request_collected((struct request *)job);
    return true;
}

static bool same(const struct request *a, const struct request *b)
{
    const struct hist_request *had = (const struct hist_request *)a, *wanted = (const struct hist_request *)b;
    return had->id == wanted->id && had->options.bins == wanted->options.bins &&
           had->options.low == wanted->options.low && had->options.high == wanted->options.high;
}

static struct request *ask(struct mm_session *session, const struct hist_request *wanted)
{
    struct hist_request *hist = malloc(sizeof *hist);
    if (!hist)
        return NULL;
    *hist = *wanted;
    requests_submit_take(&session->hist, &hist->request, session->pool);
    return &hist->request;
}

const struct mm_pair_hist *mm_session_hist(struct mm_session *session, size_t id,
                                           const struct mm_hist_options *options, const char **error)
{
    const struct hist_request wanted = {.request = {.job = {.run = run}, .release = release},
                                        .pair = session->layers[id].pair,
                                        .schema = session->src->schema,
                                        .helpers = session->scan ? mm_scan_helpers(session->scan) : NULL,
                                        .id = id,
                                        .options = *options};
    if (!session->pool) {
        *error = "nothing is being measured";
        return NULL;
    }
    struct request *request = requests_find(&session->hist, &wanted.request, same);
    if (!request)
        request = ask(session, &wanted);
    *error = "out of memory";
    return request && request_ready(request, error) ? &((struct hist_request *)request)->hist : NULL;
}
