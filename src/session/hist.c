/* Histograms on request. */
#include "session/state.h"

struct hist_request {
    struct request request;
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    struct mm_hist_options options;
    struct mm_pair_hist hist; /* the answer */
};

static int run(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct hist_request *hist = (struct hist_request *)request;
    return mm_pair_hist(hist->pair, hist->schema, &hist->options, control, &hist->hist, err);
}

static bool same(const struct request *a, const struct request *b)
{
    const struct mm_hist_options *had = &((const struct hist_request *)a)->options;
    const struct mm_hist_options *wanted = &((const struct hist_request *)b)->options;
    return had->bins == wanted->bins && had->low == wanted->low && had->high == wanted->high;
}

static void release(struct request *request)
{
    mm_pair_hist_done(&((struct hist_request *)request)->hist);
}

const struct request_kind request_hist = {
    .name = "histogram", .size = sizeof(struct hist_request), .run = run, .same = same, .release = release};

const struct mm_pair_hist *mm_session_hist(struct mm_session *session, size_t id,
                                           const struct mm_hist_options *options, const char **error)
{
    const struct mm_pair *pair = session->layers[id].pair;
    if ((pair->src && pair->src->kept >= MM_KEPT_SUM) || (pair->dst && pair->dst->kept >= MM_KEPT_SUM)) {
        *error = "Only statistics were kept: there are no values to count.";
        return NULL;
    }
    struct hist_request wanted = {.pair = pair, .schema = session->src->schema, .options = *options};
    const struct request *answer = session_ask(session, MM_REQUEST_HIST, id, &wanted.request, error);
    return answer ? &((const struct hist_request *)answer)->hist : NULL;
}
