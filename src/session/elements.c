/* Elements on request: the worst ones, a window of them by index, and the heat map of their error. */
#include "session/state.h"

#include <string.h>

/* What all three begin with. */
struct elements {
    struct request request;
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    struct mm_slice slice;
};

struct worst_request {
    struct elements of; /* the first member */
    enum mm_worst_by by;
    struct mm_worst_elements worst; /* the answer */
};

struct window_request {
    struct elements of; /* the first member */
    int64_t from;
    struct mm_window window; /* the answer */
};

struct heat_request {
    struct elements of; /* the first member */
    struct mm_heat_options options;
    struct mm_heat heat; /* the answer */
};

/* Windows begin at multiples of this. */
#define WINDOW_STEP 1024

static bool same_slice(const struct request *a, const struct request *b)
{
    const struct mm_slice *had = &((const struct elements *)a)->slice;
    return memcmp(had, &((const struct elements *)b)->slice, sizeof *had) == 0;
}

static struct elements elements_of(const struct mm_session *session, size_t id, const struct mm_slice *slice)
{
    return (struct elements){
        .pair = session->layers[id].pair, .schema = session->src->schema, .slice = *slice};
}

bool session_figures_only(const struct mm_session *session, size_t id, const char **error)
{
    const struct mm_pair *pair = session->layers[id].pair;
    const struct mm_entry *entry = pair->src ? pair->src : pair->dst;
    bool figures = entry && entry->kept >= MM_KEPT_SUM;
    if (figures)
        *error = "Only statistics were kept: there are no values to look at.";
    return figures;
}

/* ---- the worst ---- */

static int run_worst(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct worst_request *r = (struct worst_request *)request;
    return mm_pair_worst(r->of.pair, r->of.schema, &r->of.slice, r->by, control, &r->worst, err);
}

static bool same_worst(const struct request *a, const struct request *b)
{
    return same_slice(a, b) && ((const struct worst_request *)a)->by == ((const struct worst_request *)b)->by;
}

const struct request_kind request_worst = {
    .name = "worst elements", .size = sizeof(struct worst_request), .run = run_worst, .same = same_worst};

const struct mm_worst_elements *mm_session_worst(struct mm_session *session, size_t id,
                                                 const struct mm_slice *slice, enum mm_worst_by by,
                                                 const char **error)
{
    struct worst_request wanted = {.of = elements_of(session, id, slice), .by = by};
    if (session_figures_only(session, id, error))
        return NULL;
    const struct request *answer = session_ask(session, MM_REQUEST_WORST, id, &wanted.of.request, error);
    return answer ? &((const struct worst_request *)answer)->worst : NULL;
}

/* ---- a window ---- */

static int run_window(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct window_request *r = (struct window_request *)request;
    return mm_pair_window(r->of.pair, r->of.schema, &r->of.slice, r->from, MM_WINDOW_SURE + WINDOW_STEP,
                          control, &r->window, err);
}

static bool same_window(const struct request *a, const struct request *b)
{
    return same_slice(a, b) &&
           ((const struct window_request *)a)->from == ((const struct window_request *)b)->from;
}

static void release_window(struct request *request)
{
    mm_window_done(&((struct window_request *)request)->window);
}

const struct request_kind request_window = {.name = "values",
                                            .size = sizeof(struct window_request),
                                            .run = run_window,
                                            .same = same_window,
                                            .release = release_window};

const struct mm_window *mm_session_window(struct mm_session *session, size_t id, const struct mm_slice *slice,
                                          int64_t from, const char **error)
{
    struct window_request wanted = {.of = elements_of(session, id, slice), .from = from - from % WINDOW_STEP};
    if (session_figures_only(session, id, error))
        return NULL;
    const struct request *answer = session_ask(session, MM_REQUEST_WINDOW, id, &wanted.of.request, error);
    return answer ? &((const struct window_request *)answer)->window : NULL;
}

/* ---- the heat map ---- */

static int run_heat(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct heat_request *r = (struct heat_request *)request;
    return mm_pair_heat(r->of.pair, r->of.schema, &r->options, control, &r->heat, err);
}

static bool same_heat(const struct request *a, const struct request *b)
{
    const struct mm_heat_options *had = &((const struct heat_request *)a)->options;
    const struct mm_heat_options *wanted = &((const struct heat_request *)b)->options;
    return same_slice(a, b) && had->y_axis == wanted->y_axis && had->x_axis == wanted->x_axis &&
           had->rows == wanted->rows && had->columns == wanted->columns;
}

static void release_heat(struct request *request)
{
    mm_heat_done(&((struct heat_request *)request)->heat);
}

const struct request_kind request_heat = {.name = "heat map",
                                          .size = sizeof(struct heat_request),
                                          .run = run_heat,
                                          .same = same_heat,
                                          .release = release_heat};

const struct mm_heat *mm_session_heat(struct mm_session *session, size_t id,
                                      const struct mm_heat_options *options, const char **error)
{
    struct heat_request wanted = {.of = elements_of(session, id, &options->slice), .options = *options};
    if (session_figures_only(session, id, error))
        return NULL;
    const struct request *answer = session_ask(session, MM_REQUEST_HEAT, id, &wanted.of.request, error);
    return answer ? &((const struct heat_request *)answer)->heat : NULL;
}
