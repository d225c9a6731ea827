/* What can be asked for of one layer: the kinds, and what goes for all of them. */
#include "session/state.h"

static const struct request_kind *const kinds[MM_REQUEST_COUNT] = {
    [MM_REQUEST_HIST] = &request_hist,         [MM_REQUEST_WHATIF] = &request_whatif,
    [MM_REQUEST_CHANNELS] = &request_channels, [MM_REQUEST_WORST] = &request_worst,
    [MM_REQUEST_WINDOW] = &request_window,     [MM_REQUEST_HEAT] = &request_heat,
};

const struct request *session_ask(struct mm_session *session, enum mm_request kind, size_t id,
                                  struct request *wanted, const char **error)
{
    *error = session->saved ? "a report has figures, not tensors: open the dumps themselves"
                            : "nothing is being measured";
    if (!session->pool)
        return NULL;
    if (session_changed(session, id)) {
        *error = "changed since it was measured: r in the list of layers reloads it";
        return NULL;
    }
    wanted->kind = kinds[kind];
    wanted->id = id;
    wanted->helpers = session->scan ? mm_scan_helpers(session->scan) : NULL;
    return requests_ask(&session->requests[kind], wanted, session->pool, error);
}

const char *mm_request_name(enum mm_request kind)
{
    return (unsigned)kind < MM_REQUEST_COUNT ? kinds[kind]->name : "";
}

double mm_session_progress(const struct mm_session *session, enum mm_request kind, size_t id)
{
    return requests_progress(&session->requests[kind], id);
}

void mm_session_cancel(struct mm_session *session, size_t id)
{
    for (int kind = 0; kind < MM_REQUEST_COUNT; kind++)
        requests_cancel(&session->requests[kind], id);
}

void session_forget(struct mm_session *session, size_t id)
{
    for (int kind = 0; kind < MM_REQUEST_COUNT; kind++)
        requests_forget(&session->requests[kind], id);
}

void session_requests_stop(struct mm_session *session)
{
    for (int kind = 0; kind < MM_REQUEST_COUNT; kind++)
        requests_stop(&session->requests[kind]);
}

void session_requests_done(struct mm_session *session)
{
    for (int kind = 0; kind < MM_REQUEST_COUNT; kind++)
        requests_done(&session->requests[kind]);
}
