#include "mmtui/compare.h"

#include <stdlib.h>
#include <string.h>

/* Headers are read this many pairs a job: opening two small files takes some 10 µs. */
#define HEADER_BATCH 64

/* What has been handed out for a pair. */
enum { HANDED_HEADER = 1, HANDED_FIGURES = 2 };

struct mm_scan {
    struct mm_pool *pool;
    const struct mm_pairs *pairs;
    const struct mm_schema *schema;
    struct mm_measure_options options;
    struct mm_cache *cache; /* NULL: none */
    bool headers;           /* read them; else they are passed only to look pairs up */
    /* from here to `done`: under the pool's lock */
    uint8_t *handed;
    size_t *focus, focus_count, focus_capacity;
    size_t next_header, next_figures; /* everything before has been handed out */
    /* the owner's thread */
    size_t done, cached;
    bool *finished;
};

struct scan_job {
    struct mm_job job;
    struct mm_scan *scan;
    bool figures;
    size_t count;
    struct scan_item {
        size_t pair;
        bool cached; /* the result is final, whatever the job was for */
        struct mm_pair_id id;
        struct mm_result result;
    } item[];
};

/* What the cache has needs no figures any more. Under the lock. */
static void mark_cached(void *context)
{
    struct scan_job *job = context;
    for (size_t i = 0; i < job->count; i++) {
        if (job->item[i].cached)
            job->scan->handed[job->item[i].pair] |= HANDED_FIGURES;
    }
}

static void run(struct mm_job *base, const atomic_bool *cancel)
{
    struct scan_job *job = (struct scan_job *)base;
    const struct mm_scan *scan = job->scan;
    for (size_t i = 0; i < job->count && !atomic_load(cancel); i++) {
        struct scan_item *item = &job->item[i];
        const struct mm_pair *pair = &scan->pairs->pair[item->pair];
        item->cached = scan->cache && mm_cache_find(scan->cache, item->pair, &item->id, &item->result);
        if (item->cached)
            continue;
        if (job->figures)
            mm_measure_pair(pair, scan->schema, &scan->options, cancel, &item->result);
        else if (scan->headers)
            mm_measure_header(pair, scan->schema, &item->result);
    }
    if (scan->cache && !job->figures)
        mm_pool_locked(scan->pool, mark_cached, job);
}

static struct scan_job *new_job(struct mm_scan *scan, bool figures, size_t capacity)
{
    struct scan_job *job = calloc(1, sizeof *job + capacity * sizeof job->item[0]);
    if (job) {
        job->job.run = run;
        job->scan = scan;
        job->figures = figures;
    }
    return job;
}

static void hand_out(struct scan_job *job, size_t pair, uint8_t what)
{
    job->scan->handed[pair] |= what;
    job->item[job->count++].pair = pair;
}

/* Headers of up to HEADER_BATCH of the given pairs that have not been handed out. NULL when there are none.
 */
static struct scan_job *headers_of(struct mm_scan *scan, const size_t *ids, size_t count)
{
    struct scan_job *job = NULL;
    for (size_t i = 0; i < count; i++) {
        if (scan->handed[ids[i]])
            continue;
        if (!job && !(job = new_job(scan, false, HEADER_BATCH)))
            return NULL;
        hand_out(job, ids[i], HANDED_HEADER);
        if (job->count == HEADER_BATCH)
            break;
    }
    return job;
}

static struct scan_job *figures_of(struct mm_scan *scan, size_t pair)
{
    struct scan_job *job = new_job(scan, true, 1);
    if (job)
        hand_out(job, pair, HANDED_HEADER | HANDED_FIGURES);
    return job;
}

static struct scan_job *next_in_focus(struct mm_scan *scan)
{
    struct scan_job *job = headers_of(scan, scan->focus, scan->focus_count);
    for (size_t i = 0; !job && i < scan->focus_count; i++) {
        if (!(scan->handed[scan->focus[i]] & HANDED_FIGURES))
            job = figures_of(scan, scan->focus[i]);
    }
    return job;
}

static struct scan_job *next_headers(struct mm_scan *scan)
{
    size_t ids[HEADER_BATCH], count = 0;
    while (scan->next_header < scan->pairs->count && count < HEADER_BATCH) {
        if (!scan->handed[scan->next_header])
            ids[count++] = scan->next_header;
        scan->next_header++;
    }
    return headers_of(scan, ids, count);
}

static struct scan_job *next_figures(struct mm_scan *scan)
{
    while (scan->next_figures < scan->pairs->count) {
        size_t pair = scan->next_figures++;
        if (!(scan->handed[pair] & HANDED_FIGURES))
            return figures_of(scan, pair);
    }
    return NULL;
}

static struct mm_job *source(void *context)
{
    struct mm_scan *scan = context;
    struct scan_job *job = next_in_focus(scan);
    if (!job)
        job = next_headers(scan);
    if (!job)
        job = next_figures(scan);
    return job ? &job->job : NULL;
}

int mm_scan_open(struct mm_scan **out, struct mm_pool *pool, const struct mm_pairs *pairs,
                 const struct mm_schema *schema, const struct mm_measure_options *options, bool headers,
                 struct mm_err *err)
{
    struct mm_scan *scan = calloc(1, sizeof *scan);
    if (!scan || !(scan->handed = calloc(pairs->count + 1, 1)) ||
        !(scan->finished = calloc(pairs->count + 1, sizeof *scan->finished))) {
        mm_scan_close(scan);
        return mm_fail_memory(err);
    }
    scan->pool = pool;
    scan->pairs = pairs;
    scan->schema = schema;
    scan->options = *options;
    scan->headers = headers;
    if (!headers)
        scan->next_header = pairs->count;
    mm_pool_set_source(pool, source, scan);
    *out = scan;
    return 0;
}

void mm_scan_set_cache(struct mm_scan *scan, struct mm_cache *cache)
{
    scan->cache = cache;
    if (mm_cache_count(cache) > 0)
        scan->next_header = 0; /* look all pairs up, many a job, before the first is measured */
}

void mm_scan_close(struct mm_scan *scan)
{
    if (!scan)
        return;
    free(scan->handed);
    free(scan->finished);
    free(scan->focus);
    free(scan);
}

struct focus_change {
    struct mm_scan *scan;
    const size_t *ids;
    size_t count;
};

static void change_focus(void *context)
{
    struct focus_change *change = context;
    struct mm_scan *scan = change->scan;
    void *focus = scan->focus;
    scan->focus_count = 0;
    if (mm_grow(&focus, &scan->focus_capacity, change->count, sizeof *scan->focus) < 0)
        return; /* focus is a wish: without it the order is execution order */
    scan->focus = focus;
    if (change->count)
        memcpy(scan->focus, change->ids, change->count * sizeof *change->ids);
    scan->focus_count = change->count;
}

void mm_scan_focus(struct mm_scan *scan, const size_t *pairs, size_t count)
{
    struct focus_change change = {scan, pairs, count};
    mm_pool_locked(scan->pool, change_focus, &change);
}

static void finish(struct mm_scan *scan, const struct scan_item *item)
{
    scan->finished[item->pair] = true;
    scan->done++;
    scan->cached += item->cached;
    if (scan->cache)
        mm_cache_keep(scan->cache, item->pair, &item->id, item->cached);
}

bool mm_scan_collect(struct mm_scan *scan, struct mm_job *base, mm_scan_apply apply, void *context)
{
    if (base->run != run)
        return false;
    struct scan_job *job = (struct scan_job *)base;
    for (size_t i = 0; i < job->count; i++) {
        struct scan_item *item = &job->item[i];
        /* a cancelled job did not get so far */
        bool final = item->cached || (job->figures && item->result.state > MM_STATE_HEADER);
        if (final && scan->finished[item->pair]) {
            mm_result_done(&item->result); /* looked up in two jobs at the same time */
            continue;
        }
        if (final)
            finish(scan, item);
        apply(context, item->pair, final, &item->result);
    }
    free(job);
    return true;
}

size_t mm_scan_done_count(const struct mm_scan *scan)
{
    return scan->done;
}

size_t mm_scan_cached_count(const struct mm_scan *scan)
{
    return scan->cached;
}
