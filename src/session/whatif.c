/* What-if tables on request: rounded and measured by the pool, the last few kept. */
#include "session/state.h"

#include <stdlib.h>

struct whatif_request {
    struct request request;
    struct mm_pair pair; /* without dst where a file could not be read */
    const struct mm_schema *schema;
    size_t id;
    int axis; /* as asked for */
    struct mm_whatif_table table;
    struct mm_whatif *rows; /* [MM_WHATIF_MAX] */
};

/* A table being worked out. */
struct working {
    struct whatif_request *whatif;
    const atomic_bool *cancel;
};

/* src as it was compared. */
static int fill(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    const struct working *working = context;
    struct whatif_request *whatif = working->whatif;
    struct mm_whatif_setting settings[MM_WHATIF_MAX];
    struct mm_whatif_table *table = &whatif->table;
    const struct mm_shape *shape = &tensors->s.shape;
    *failed_dst = false;
    table->axis = whatif->axis >= 0 && whatif->axis < shape->rank ? whatif->axis : mm_channel_axis(shape);
    table->rank = shape->rank;
    table->row = whatif->rows;
    table->count = mm_whatif_usual(shape, table->axis, settings);
    return mm_whatif_tensor(&tensors->s, settings, table->count, working->cancel, whatif->rows, err);
}

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct whatif_request *whatif = (struct whatif_request *)job;
    struct working working = {whatif, cancel};
    const struct mm_pair_reading reading = {.pair = &whatif->pair,
                                            .schema = whatif->schema,
                                            .cancel = cancel,
                                            .src_only = true,
                                            .values = fill,
                                            .context = &working};
    mm_pair_read(&reading, NULL, &whatif->request.error);
}

static void release(struct request *request)
{
    free(((struct whatif_request *)request)->rows);
    free(request);
}

bool whatif_collect(struct mm_job *job)
{
    if (job->run != run)
        return false;
    request_collected((struct request *)job);
    return true;
}

static bool same(const struct request *a, const struct request *b)
{
    const struct whatif_request *had = (const struct whatif_request *)a;
    const struct whatif_request *wanted = (const struct whatif_request *)b;
    return had->id == wanted->id && had->axis == wanted->axis && !had->pair.dst == !wanted->pair.dst;
}

static struct request *ask(struct mm_session *session, const struct whatif_request *wanted)
{
    struct whatif_request *whatif = malloc(sizeof *whatif);
    struct mm_whatif *rows = calloc(MM_WHATIF_MAX, sizeof *rows);
    if (!whatif || !rows) {
        free(whatif);
        free(rows);
        return NULL;
    }
    *whatif = *wanted;
    whatif->rows = rows;
    requests_submit_take(&session->whatif, &whatif->request, session->pool);
    return &whatif->request;
}

const struct mm_whatif_table *mm_session_whatif(struct mm_session *session, size_t id, int axis,
                                                const char **error)
{
    const struct mm_layer *layer = &session->layers[id];
    struct whatif_request wanted = {.request = {.job = {.run = run}, .release = release},
                                    .pair = *layer->pair,
                                    .schema = session->src->schema,
                                    .id = id,
                                    .axis = axis};
    *error = !session->pool      ? "nothing is being measured"
             : !layer->pair->src ? "there is no reference: the tensor is only in dst"
                                 : NULL;
    if (*error)
        return NULL;
    if (layer->result.state == MM_STATE_FAILED)
        wanted.pair.dst = NULL;
    struct request *request = requests_find(&session->whatif, &wanted.request, same);
    if (!request)
        request = ask(session, &wanted);
    *error = "out of memory";
    return request && request_ready(request, error) ? &((struct whatif_request *)request)->table : NULL;
}
