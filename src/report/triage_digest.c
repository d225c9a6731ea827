#include "report/triage.h"

#include <stdlib.h>

struct ranked {
    struct triage_start start;
    bool overflow, stranger, choice;
};

static int by_weight(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->stranger != y->stranger) /* what the graph does not know is not accused before what it knows */
        return x->stranger ? 1 : -1;
    if (x->overflow != y->overflow)
        return x->overflow ? -1 : 1;
    if (x->choice != y->choice) /* what a format costs is no fault */
        return x->choice ? 1 : -1;
    if (x->start.explains != y->start.explains)
        return x->start.explains > y->start.explains ? -1 : 1;
    return x->start.id < y->start.id ? -1 : x->start.id > y->start.id;
}

/* Raw integers are said of the dump, once. */
static bool is_start(const struct mm_session *session, size_t id)
{
    const struct mm_blame *blame = mm_session_blame(session, id);
    return !(blame && blame->raw) && mm_verdict_info(mm_session_layer(session, id)->verdict.kind)->is_origin;
}

static void count_layers(struct triage_digest *digest, const struct mm_session *session, size_t *explains)
{
    digest->worst_good_at = -1;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        const struct mm_blame *blame = mm_session_blame(session, id);
        digest->of_kind[layer->verdict.kind]++;
        if (blame && blame->over && blame->root >= 0 && !blame->built_up)
            explains[blame->root]++;
        if (layer->verdict.kind != MM_VERDICT_OK)
            continue;
        digest->good++;
        if (digest->worst_good_at < 0 || layer->result.metrics.diff2 > digest->worst_good) {
            digest->worst_good = layer->result.metrics.diff2;
            digest->worst_good_at = (int32_t)id;
        }
    }
}

static void collect(struct triage_digest *digest, const struct mm_session *session, const size_t *explains,
                    struct ranked *ranked)
{
    size_t n = 0;
    const struct mm_flow *flow = mm_session_flow(session);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        if (!is_start(session, id))
            continue;
        enum mm_verdict_kind kind = mm_session_layer(session, id)->verdict.kind;
        ranked[n++] = (struct ranked){.start = {(uint32_t)id, explains[id]},
                                      .overflow = kind == MM_VERDICT_OVERFLOW,
                                      .stranger = flow && mm_flow_is_stranger(flow, id),
                                      .choice = mm_verdict_info(kind)->group == MM_GROUP_CHOICE};
    }
    qsort(ranked, n, sizeof *ranked, by_weight);
    for (size_t i = 0; i < n; i++)
        digest->start[i] = ranked[i].start;
    digest->starts = n;
}

int triage_digest_init(struct triage_digest *digest, const struct mm_session *session)
{
    size_t count = mm_session_count(session);
    *digest = (struct triage_digest){0};
    size_t *explains = calloc(count + 1, sizeof *explains);
    struct ranked *ranked = calloc(count + 1, sizeof *ranked);
    digest->start = calloc(count + 1, sizeof *digest->start);
    bool ok = explains && ranked && digest->start;
    if (ok) {
        count_layers(digest, session, explains);
        collect(digest, session, explains, ranked);
    }
    free(explains);
    free(ranked);
    return ok ? 0 : -1;
}

void triage_digest_done(struct triage_digest *digest)
{
    free(digest->start);
}
