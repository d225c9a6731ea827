/*
 * Comparisons beside that of src and dst: with the framework's simulation of the low precision, and with an
 * earlier dst. Each is a scan of its own, one after the other, when src and dst are measured.
 */
#include "session/state.h"

#include <stdlib.h>

bool mm_session_has(const struct mm_session *session, enum mm_against which)
{
    return session->against[which].pairs != NULL;
}

const struct mm_result *mm_session_against(const struct mm_session *session, size_t id, enum mm_against which)
{
    const struct against *against = &session->against[which];
    bool known = against->result && against->result[id].state > MM_STATE_HEADER;
    return known ? &against->result[id] : NULL;
}

/* Which layer has this file of src (dst)? By the entry's place in its dump; layers that have none: count. */
static size_t *layers_of(const struct mm_session *session, const struct mm_dump *dump, bool dst)
{
    size_t *layer = malloc((dump->count + 1) * sizeof *layer);
    for (size_t i = 0; layer && i < dump->count; i++)
        layer[i] = session->pairs->count;
    for (size_t id = 0; layer && id < session->pairs->count; id++) {
        const struct mm_pair *pair = &session->pairs->pair[id];
        const struct mm_entry *entry = dst ? pair->dst : pair->src;
        if (entry)
            layer[entry - dump->entries] = id;
    }
    return layer;
}

/* Pair two dumps one of which is src or dst (`ours`), and find the layer of every pair. */
static int open_one(struct mm_session *session, enum mm_against which, const struct mm_dump *src,
                    const struct mm_dump *dst, const struct mm_dump *ours, struct mm_err *err)
{
    struct against *against = &session->against[which];
    if (mm_pairs_open(&against->pairs, src, dst, session->options.framework, err) < 0)
        return -1;
    size_t *layer = layers_of(session, ours, ours == session->dst);
    against->layer = calloc(against->pairs->count + 1, sizeof *against->layer);
    against->result = calloc(session->pairs->count + 1, sizeof *against->result);
    bool ok = layer && against->layer && against->result;
    for (size_t i = 0; ok && i < against->pairs->count; i++) {
        const struct mm_pair *pair = &against->pairs->pair[i];
        const struct mm_entry *entry = ours == src ? pair->src : pair->dst;
        bool both = pair->src && pair->dst;
        against->layer[i] = both ? layer[entry - ours->entries] : session->pairs->count;
    }
    free(layer);
    return ok ? 0 : mm_fail_memory(err);
}

int against_open(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    struct mm_dump_options dump = {0};
    if (options->sim &&
        (mm_dump_open(&session->sim, options->sim, &dump, err) < 0 ||
         open_one(session, MM_AGAINST_IMPLEMENTATION, session->sim, session->dst, session->dst, err) < 0 ||
         open_one(session, MM_AGAINST_FORMAT, session->src, session->sim, session->src, err) < 0))
        return -1;
    if (options->before &&
        (mm_dump_open(&session->before, options->before, &dump, err) < 0 ||
         open_one(session, MM_AGAINST_BEFORE, session->src, session->before, session->src, err) < 0))
        return -1;
    session->options.sim = session->options.before = NULL;
    return 0;
}

static bool is_measured(const struct against *against)
{
    return against->scan && mm_scan_done_count(against->scan) == against->pairs->count;
}

bool against_busy(struct mm_session *session)
{
    for (int i = 0; i < MM_AGAINST_COUNT; i++) {
        struct against *against = &session->against[i];
        if (!against->pairs || is_measured(against))
            continue;
        if (against->scan)
            return true;
        if (mm_scan_open(&against->scan, session->pool, against->pairs, session->src->schema,
                         &session->options.measure, false, NULL) < 0)
            continue; /* without memory this comparison is left out */
        mm_pool_kick(session->pool);
        return true;
    }
    return false;
}

struct taker {
    struct mm_session *session;
    struct against *against;
};

static void take(void *context, size_t pair, bool figures, struct mm_result *result)
{
    struct taker *taker = context;
    size_t id = taker->against->layer[pair];
    if (!figures || id == taker->session->pairs->count) {
        mm_result_done(result);
        return;
    }
    mm_result_done(&taker->against->result[id]);
    taker->against->result[id] = *result;
    taker->session->changed++;
}

bool against_collect(struct mm_session *session, struct mm_job *job)
{
    for (int i = 0; i < MM_AGAINST_COUNT; i++) {
        struct taker taker = {session, &session->against[i]};
        if (taker.against->scan && mm_scan_collect(taker.against->scan, job, take, &taker))
            return true;
    }
    return false;
}

void against_close_scans(struct mm_session *session)
{
    for (int i = 0; i < MM_AGAINST_COUNT; i++)
        mm_scan_close(session->against[i].scan);
}

void against_done(struct mm_session *session)
{
    for (int i = 0; i < MM_AGAINST_COUNT; i++) {
        struct against *against = &session->against[i];
        for (size_t id = 0; against->result && id < session->pairs->count; id++)
            mm_result_done(&against->result[id]);
        free(against->result);
        free(against->layer);
        mm_pairs_close(against->pairs);
    }
}
