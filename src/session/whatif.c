/* What-if tables on request: the reference rounded and measured. */
#include "session/state.h"

#include <stdlib.h>

struct whatif_request {
    struct request request;
    struct mm_pair pair; /* without dst where a file could not be read */
    const struct mm_schema *schema;
    int axis;                     /* as asked for */
    struct mm_whatif_table table; /* the answer */
    struct mm_whatif *row;        /* [MM_WHATIF_MAX] */
};

/* A table being worked out. */
struct working {
    struct whatif_request *whatif;
    const struct mm_control *control;
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
    table->row = whatif->row;
    table->count = mm_whatif_usual(shape, table->axis, settings);
    return mm_whatif_tensor(&tensors->s, settings, table->count, working->control, whatif->row, err);
}

static int run(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct whatif_request *whatif = (struct whatif_request *)request;
    struct working working = {whatif, control};
    const struct mm_pair_reading reading = {.pair = &whatif->pair,
                                            .schema = whatif->schema,
                                            .cancel = control->cancel,
                                            .src_only = true,
                                            .values = fill,
                                            .context = &working};
    whatif->row = calloc(MM_WHATIF_MAX, sizeof *whatif->row);
    if (!whatif->row)
        return mm_fail_memory(err);
    return mm_pair_read(&reading, NULL, err);
}

static bool same(const struct request *a, const struct request *b)
{
    const struct whatif_request *had = (const struct whatif_request *)a;
    const struct whatif_request *wanted = (const struct whatif_request *)b;
    return had->axis == wanted->axis && !had->pair.dst == !wanted->pair.dst;
}

static void release(struct request *request)
{
    free(((struct whatif_request *)request)->row);
}

const struct request_kind request_whatif = {
    .name = "what if", .size = sizeof(struct whatif_request), .run = run, .same = same, .release = release};

const struct mm_whatif_table *mm_session_whatif(struct mm_session *session, size_t id, int axis,
                                                const char **error)
{
    const struct mm_layer *layer = &session->layers[id];
    struct whatif_request wanted = {.pair = *layer->pair, .schema = session->src->schema, .axis = axis};
    if (!layer->pair->src) {
        *error = "no reference: this tensor is only in dst";
        return NULL;
    }
    if (layer->pair->src->kept >= MM_KEPT_SUM) {
        *error = "only statistics of src were kept: there are no values to round";
        return NULL;
    }
    if (layer->pair->dst && layer->pair->dst->kept >= MM_KEPT_SUM) {
        *error = "only statistics of dst were kept: there is nothing to compare rounded values with";
        return NULL;
    }
    if (layer->result.state == MM_STATE_FAILED)
        wanted.pair.dst = NULL;
    const struct request *answer = session_ask(session, MM_REQUEST_WHATIF, id, &wanted.request, error);
    return answer ? &((const struct whatif_request *)answer)->table : NULL;
}
