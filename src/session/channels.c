/* Channels on request, and along which axis they lie. */
#include "session/state.h"

struct channels_request {
    struct request request;
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    int axis;
    struct mm_channels channels; /* the answer */
};

static int run(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct channels_request *channels = (struct channels_request *)request;
    return mm_pair_channels(channels->pair, channels->schema, channels->axis, control, &channels->channels,
                            err);
}

static bool same(const struct request *a, const struct request *b)
{
    return ((const struct channels_request *)a)->axis == ((const struct channels_request *)b)->axis;
}

static void release(struct request *request)
{
    mm_channels_done(&((struct channels_request *)request)->channels);
}

const struct request_kind request_channels = {.name = "channels",
                                              .size = sizeof(struct channels_request),
                                              .run = run,
                                              .same = same,
                                              .release = release};

const struct mm_shape *mm_session_shape(const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = &session->layers[id];
    const struct mm_result *result = &layer->result;
    if (!layer->pair->src || !layer->pair->dst) {
        const struct mm_info *info = layer->pair->src ? &result->src : &result->dst;
        return info->known ? &info->shape : NULL;
    }
    return result->state == MM_STATE_MEASURED ? &result->shape : NULL;
}

int mm_session_channel_axis(const struct mm_session *session, size_t id, bool *known)
{
    const struct mm_shape *shape = mm_session_shape(session, id);
    int axis = -1;
    *known = false;
    if (!shape)
        return -1;
    if (session->options.graph && session->match.tensor[id] >= 0)
        axis = mm_operator_channels(session->options.graph, session->match.tensor[id], shape);
    *known = axis >= 0;
    return axis >= 0 ? axis : mm_channel_axis(shape);
}

const struct mm_channels *mm_session_channels(struct mm_session *session, size_t id, int axis,
                                              const char **error)
{
    const struct mm_pair *pair = session->layers[id].pair;
    struct channels_request wanted = {.pair = pair, .schema = session->src->schema, .axis = axis};
    if (session_figures_only(session, id, error))
        return NULL;
    const struct request *answer = session_ask(session, MM_REQUEST_CHANNELS, id, &wanted.request, error);
    return answer ? &((const struct channels_request *)answer)->channels : NULL;
}
