/*
 * Comparisons beside that of src and dst: with the framework's simulation of the low precision, and with an
 * earlier dst. Each is a scan of its own, one after the other, when src and dst are measured.
 */
#include "session/state.h"

#include <stdlib.h>

bool mm_session_has(const struct mm_session *session, enum mm_comparison which)
{
    return session->comparison[which].pairs != NULL;
}

const struct mm_result *mm_session_comparison(const struct mm_session *session, size_t id,
                                              enum mm_comparison which)
{
    const struct comparison *comparison = &session->comparison[which];
    bool known = comparison->result && comparison->result[id].state > MM_STATE_HEADER;
    return known ? &comparison->result[id] : NULL;
}

const struct mm_pair *comparison_pair(const struct mm_session *session, enum mm_comparison which, size_t id)
{
    const struct comparison *comparison = &session->comparison[which];
    bool known = comparison->pair && comparison->pair[id] > 0;
    return known ? &comparison->pairs->pair[comparison->pair[id] - 1] : NULL;
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

/* src's tensor is transposed where it is compared with dst: against another dump as well, if that has dst's shape. */
static void lay_as_ours(const struct mm_session *session, struct mm_pairs *pairs, size_t place, size_t id)
{
    const struct mm_layout *layout = id < session->pairs->count ? session->pairs->pair[id].layout : NULL;
    if (layout && layout->src_axis.kind != MM_AXIS_NONE &&
        pairs->pair[place].src == session->pairs->pair[id].src)
        mm_pairs_lay(pairs, place, layout);
}

/* Pair two dumps one of which is src or dst (`ours`), and find the layer of every pair. */
static int open_one(struct mm_session *session, enum mm_comparison which, const struct mm_dump *src,
                    const struct mm_dump *dst, const struct mm_dump *ours, struct mm_err *err)
{
    struct comparison *comparison = &session->comparison[which];
    if (mm_pairs_open(&comparison->pairs, src, dst, &session->options.pairing, err) < 0)
        return -1;
    read_as_rules(session, comparison->pairs);
    read_as_seen(session, comparison->pairs, false);
    layout_apply(session, comparison->pairs, false);
    size_t *layer = layers_of(session, ours, ours == session->dst);
    comparison->layer = calloc(comparison->pairs->count + 1, sizeof *comparison->layer);
    comparison->result = calloc(session->pairs->count + 1, sizeof *comparison->result);
    comparison->pair = calloc(session->pairs->count + 1, sizeof *comparison->pair);
    bool ok = layer && comparison->layer && comparison->result && comparison->pair;
    for (size_t i = 0; ok && i < comparison->pairs->count; i++) {
        const struct mm_pair *pair = &comparison->pairs->pair[i];
        const struct mm_entry *entry = ours == src ? pair->src : pair->dst;
        bool both = pair->src && pair->dst;
        comparison->layer[i] = both ? layer[entry - ours->entries] : session->pairs->count;
        lay_as_ours(session, comparison->pairs, i, comparison->layer[i]);
        comparison->pair[comparison->layer[i]] = i + 1; /* that of no layer is not asked for */
    }
    free(layer);
    return ok ? 0 : mm_fail_memory(err);
}

/* Integers of dst, and of an earlier dst, are read as they are where dst is compared with src. */
static int read_integers(struct mm_session *session, enum mm_comparison which, struct mm_err *err)
{
    struct comparison *comparison = &session->comparison[which];
    for (size_t i = 0; i < comparison->pairs->count; i++) {
        size_t id = comparison->layer[i];
        const struct mm_pair_scales *from =
            id < session->pairs->count ? session->pairs->pair[id].scales : NULL;
        if (!from)
            continue;
        struct mm_pair_scales *scales = which == MM_COMPARISON_BEFORE && from->source == MM_SCALES_FITTED
                                            ? scales_fit(session, &comparison->pairs->pair[i])
                                            : mm_arena_alloc(&session->quantised.arena, sizeof *scales);
        if (!scales)
            return mm_fail_memory(err);
        if (scales->scales.count == 0) {
            *scales = *from;
            scales->rounds = false; /* floats are compared as they are */
        }
        mm_pairs_scales(comparison->pairs, i, scales);
    }
    return 0;
}

int comparison_list(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    struct mm_dump_options dump = {
        .check = options->check, .given = options->given, .part = options->part, .schema = options->schema};
    struct mm_dump_options before = dump;
    if (options->dst_runner)
        before.part.choice.runner = options->dst_runner;
    struct mm_remotes *remotes = options->remotes;
    if ((options->sim && mm_remote_dump_open(&session->sim, options->sim, &dump, remotes, err) < 0) ||
        (options->before &&
         mm_remote_dump_open(&session->before, options->before, &before, remotes, err) < 0))
        return -1;
    session->options.sim = session->options.before = NULL;
    return 0;
}

int comparison_open(struct mm_session *session, struct mm_err *err)
{
    if (session->sim &&
        (open_one(session, MM_COMPARISON_IMPLEMENTATION, session->sim, session->dst, session->dst, err) < 0 ||
         read_integers(session, MM_COMPARISON_IMPLEMENTATION, err) < 0 ||
         open_one(session, MM_COMPARISON_FORMAT, session->src, session->sim, session->src, err) < 0))
        return -1;
    if (session->before &&
        (open_one(session, MM_COMPARISON_BEFORE, session->src, session->before, session->src, err) < 0 ||
         read_integers(session, MM_COMPARISON_BEFORE, err) < 0))
        return -1;
    return 0;
}

static bool is_measured(const struct comparison *comparison)
{
    return comparison->scan && mm_scan_done_count(comparison->scan) == comparison->pairs->count;
}

bool comparison_busy(struct mm_session *session)
{
    for (int i = 0; i < MM_COMPARISON_COUNT; i++) {
        struct comparison *comparison = &session->comparison[i];
        if (!comparison->pairs || is_measured(comparison))
            continue;
        if (comparison->scan)
            return true;
        if (mm_scan_open(&comparison->scan, session->pool, comparison->pairs, session->src->schema,
                         &session->options.measure, false, NULL) < 0)
            continue; /* without memory this comparison is left out */
        mm_pool_kick(session->pool);
        return true;
    }
    return false;
}

struct taker {
    struct mm_session *session;
    struct comparison *comparison;
};

static void take(void *context, size_t pair, bool figures, struct mm_result *result)
{
    struct taker *taker = context;
    size_t id = taker->comparison->layer[pair];
    if (!figures || id == taker->session->pairs->count) {
        mm_result_done(result);
        return;
    }
    mm_result_done(&taker->comparison->result[id]);
    taker->comparison->result[id] = *result;
    taker->session->changed++;
}

bool comparison_collect(struct mm_session *session, struct mm_job *job)
{
    for (int i = 0; i < MM_COMPARISON_COUNT; i++) {
        struct taker taker = {session, &session->comparison[i]};
        if (taker.comparison->scan && mm_scan_collect(taker.comparison->scan, job, take, &taker))
            return true;
    }
    return false;
}

void comparison_close_scans(struct mm_session *session)
{
    for (int i = 0; i < MM_COMPARISON_COUNT; i++)
        mm_scan_close(session->comparison[i].scan);
}

void comparison_done(struct mm_session *session)
{
    for (int i = 0; i < MM_COMPARISON_COUNT; i++) {
        struct comparison *comparison = &session->comparison[i];
        for (size_t id = 0; comparison->result && id < session->pairs->count; id++)
            mm_result_done(&comparison->result[id]);
        free(comparison->result);
        free(comparison->layer);
        free(comparison->pair);
        mm_pairs_close(comparison->pairs);
    }
}
