#include "compare/measure.h"

#include <stdlib.h>
#include <string.h>

/* Headers are read this many pairs a job: opening two small files takes some 10 µs. */
#define HEADER_BATCH 64

/*
 * Figures: a job takes pairs until it has seen so many elements or has so many pairs, so that small pairs
 * cost a job's overhead together, and a job that has taken a large pair brings it home alone.
 */
#define FIGURES_BATCH    64
#define FIGURES_STEP     16 /* at a time */
#define FIGURES_ELEMENTS ((int64_t)1 << 18)

/* What has been handed out for a pair. */
enum { HANDED_HEADER = 1, HANDED_FIGURES = 2 };

struct mm_scan {
    struct mm_helpers helpers; /* the first member: call_workers gets it */
    struct mm_pool *pool;
    const struct mm_pairs *pairs;
    const struct mm_schema *schema;
    struct mm_measure_options options;
    struct mm_cache *cache;            /* NULL: none */
    bool headers;                      /* read them; else they are passed only to look pairs up */
    struct mm_worker_scratch *scratch; /* [workers], each used by one worker */
    unsigned workers;
    _Atomic int64_t *size; /* [pairs] elements of both sides as soon as a header told; NULL: not wanted */
    /* from here to `done`: under the pool's lock */
    uint8_t *handed;
    size_t *focus, focus_count, focus_capacity;
    size_t next_header, next_figures; /* everything before has been handed out */
    size_t *order;                    /* in which figures are measured; NULL: execution order */
    /* the owner's thread */
    size_t done, cached;
    bool *finished;
};

struct scan_job {
    struct mm_job job;
    struct mm_scan *scan;
    bool figures;
    size_t count, limit; /* limit: figures are taken for so many */
    struct scan_item {
        size_t pair;
        bool cached; /* the result is final, whatever the job was for */
        struct mm_pair_id id;
        struct mm_result result;
    } item[];
};

/* Does nothing but what a loop wants. */
struct help_job {
    struct mm_job job;
    struct mm_scan *scan;
    struct mm_parallel_for *loop;
};

/* ---- by size, once the headers have been handed out ---- */

struct sized {
    int64_t size;
    size_t pair;
};

/* Largest first; among equals execution order. */
static int by_size(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

/*
 * The last headers may still be on their way in other workers: those pairs count as empty and come last.
 * Without memory the order stays execution order.
 */
static void make_order(struct mm_scan *scan)
{
    size_t count = scan->pairs->count;
    struct sized *sized = scan->size ? malloc((count + 1) * sizeof *sized) : NULL;
    scan->order = sized ? malloc((count + 1) * sizeof *scan->order) : NULL;
    for (size_t i = 0; scan->order && i < count; i++)
        sized[i] = (struct sized){atomic_load_explicit(&scan->size[i], memory_order_relaxed), i};
    if (scan->order)
        qsort(sized, count, sizeof *sized, by_size);
    for (size_t i = 0; scan->order && i < count; i++)
        scan->order[i] = sized[i].pair;
    free(sized);
}

/* ---- which pair is next (under the pool's lock) ---- */

static void hand_out(struct scan_job *job, size_t pair, uint8_t what)
{
    job->scan->handed[pair] |= what;
    job->item[job->count++].pair = pair;
}

/* The number of the pair whose figures come next; false when all are handed out. */
static bool next_pair(struct mm_scan *scan, size_t *out)
{
    for (size_t i = 0; i < scan->focus_count; i++) {
        *out = scan->focus[i];
        if (!(scan->handed[*out] & HANDED_FIGURES))
            return true;
    }
    if (scan->size && !scan->order && scan->next_figures == 0)
        make_order(scan);
    while (scan->next_figures < scan->pairs->count) {
        size_t place = scan->next_figures++;
        *out = scan->order ? scan->order[place] : place;
        if (!(scan->handed[*out] & HANDED_FIGURES))
            return true;
    }
    return false;
}

/* More pairs for a job that runs, up to its `limit`, if nothing is more urgent. */
static void take_more(void *context)
{
    struct scan_job *job = context;
    struct mm_scan *scan = job->scan;
    size_t pair;
    while (job->count < job->limit && scan->next_header == scan->pairs->count &&
           !mm_parallel_for_wanted(&scan->helpers) && next_pair(scan, &pair))
        hand_out(job, pair, HANDED_HEADER | HANDED_FIGURES);
}

/* ---- in the workers ---- */

static void note_size(struct mm_scan *scan, size_t pair, const struct mm_result *result)
{
    if (scan->size)
        atomic_store_explicit(&scan->size[pair], result->src.count + result->dst.count, memory_order_relaxed);
}

/* What the cache has needs no figures any more. Under the lock. */
static void mark_cached(void *context)
{
    struct scan_job *job = context;
    for (size_t i = 0; i < job->count; i++) {
        if (job->item[i].cached)
            job->scan->handed[job->item[i].pair] |= HANDED_FIGURES;
    }
}

/* Before anything is read, so that the item knows which state of the files was measured; of whole files without
 * a cache the files tell when they are opened. */
static bool look_up(struct mm_scan *scan, struct scan_item *item, size_t worker)
{
    const struct mm_pair *pair = &scan->pairs->pair[item->pair];
    if (!scan->cache && !mm_pair_opens_whole(pair))
        mm_pair_identify(pair, &item->id);
    for (size_t side = 0; side < MM_COUNT(scan->scratch[worker].reader); side++)
        scan->scratch[worker].reader[side].state.known = false;
    item->cached = scan->cache && mm_cache_find(scan->cache, item->pair, &item->id, &item->result);
    return item->cached;
}

static void note_state(const struct mm_scan *scan, struct scan_item *item, size_t worker)
{
    const struct mm_pair *pair = &scan->pairs->pair[item->pair];
    if (!scan->cache && mm_pair_opens_whole(pair))
        mm_pair_identify_read(&scan->scratch[worker], pair, &item->id);
}

static void run_headers(struct mm_job *base, const atomic_bool *cancel)
{
    struct scan_job *job = (struct scan_job *)base;
    struct mm_scan *scan = job->scan;
    for (size_t i = 0; i < job->count && !atomic_load(cancel); i++) {
        struct scan_item *item = &job->item[i];
        if (!look_up(scan, item, base->worker) && scan->headers)
            mm_measure_header_at(&scan->scratch[base->worker], &scan->pairs->pair[item->pair], scan->schema,
                                 cancel, &item->result);
        note_state(scan, item, base->worker);
        note_size(scan, item->pair, &item->result);
    }
    if (scan->cache)
        mm_pool_locked(scan->pool, mark_cached, job);
}

/* Sets how many pairs the job may have next. As many more as will do if they are like those before. */
static bool more_room(struct scan_job *job, int64_t elements)
{
    int64_t left = FIGURES_ELEMENTS - elements, more = left * (int64_t)job->count / (elements + 1);
    if (left <= 0)
        return false;
    job->limit = job->count + (more < 1 ? 1 : more > FIGURES_STEP ? FIGURES_STEP : (size_t)more);
    if (job->limit > FIGURES_BATCH)
        job->limit = FIGURES_BATCH;
    return job->limit > job->count;
}

static void run_figures(struct mm_job *base, const atomic_bool *cancel)
{
    struct scan_job *job = (struct scan_job *)base;
    struct mm_scan *scan = job->scan;
    int64_t elements = 0;
    for (size_t i = 0; i < job->count && !atomic_load(cancel); i++) {
        struct scan_item *item = &job->item[i];
        if (!look_up(scan, item, base->worker)) {
            mm_measure_pair_at(&scan->scratch[base->worker], &scan->pairs->pair[item->pair], scan->schema,
                               &scan->options, cancel, &item->result);
            note_state(scan, item, base->worker);
            elements += item->result.src.count + item->result.dst.count;
        }
        if (i + 1 == job->count && more_room(job, elements))
            mm_pool_locked(scan->pool, take_more, job);
    }
}

static void run_help(struct mm_job *base, const atomic_bool *cancel)
{
    struct help_job *job = (struct help_job *)base;
    (void)cancel; /* the loop's owner passed it on */
    mm_parallel_for_help(&job->scan->helpers, job->loop);
}

static void call_workers(struct mm_helpers *helpers)
{
    mm_pool_kick(((struct mm_scan *)helpers)->pool);
}

/* ---- jobs (under the pool's lock) ---- */

static struct scan_job *new_job(struct mm_scan *scan, bool figures)
{
    size_t capacity = figures ? FIGURES_BATCH : HEADER_BATCH;
    struct scan_job *job = calloc(1, sizeof *job + capacity * sizeof job->item[0]);
    if (job) {
        job->job.run = figures ? run_figures : run_headers;
        job->scan = scan;
        job->figures = figures;
    }
    return job;
}

static struct mm_job *help_job(struct mm_scan *scan)
{
    struct mm_parallel_for *loop = mm_parallel_for_join(&scan->helpers);
    if (!loop)
        return NULL;
    struct help_job *job = calloc(1, sizeof *job);
    if (!job) { /* its owner will do it alone */
        mm_parallel_for_leave(&scan->helpers, loop);
        return NULL;
    }
    *job = (struct help_job){.job = {.run = run_help}, .scan = scan, .loop = loop};
    return &job->job;
}

/* Headers of up to HEADER_BATCH of the given pairs that have not been handed out. NULL when there are
 * none. */
static struct scan_job *headers_of(struct mm_scan *scan, const size_t *ids, size_t count)
{
    struct scan_job *job = NULL;
    for (size_t i = 0; i < count; i++) {
        if (scan->handed[ids[i]])
            continue;
        if (!job && !(job = new_job(scan, false)))
            return NULL;
        hand_out(job, ids[i], HANDED_HEADER);
        if (job->count == HEADER_BATCH)
            break;
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
    size_t pair;
    struct scan_job *job = NULL;
    if (next_pair(scan, &pair) && (job = new_job(scan, true)))
        hand_out(job, pair, HANDED_HEADER | HANDED_FIGURES);
    return job;
}

static bool focus_wants_figures(const struct mm_scan *scan)
{
    for (size_t i = 0; i < scan->focus_count; i++) {
        if (!(scan->handed[scan->focus[i]] & HANDED_FIGURES))
            return true;
    }
    return false;
}

/* ---- where the pool gets its work ---- */

static struct mm_job *source(void *context)
{
    struct mm_scan *scan = context;
    struct mm_job *help = help_job(scan);
    if (help)
        return help;
    struct scan_job *job = headers_of(scan, scan->focus, scan->focus_count);
    if (!job && focus_wants_figures(scan))
        job = next_figures(scan);
    if (!job)
        job = next_headers(scan);
    if (!job)
        job = next_figures(scan);
    return job ? &job->job : NULL;
}

/* ---- opening and closing ---- */

static int allocate(struct mm_scan *scan, bool headers)
{
    size_t count = scan->pairs->count;
    scan->handed = calloc(count + 1, 1);
    scan->finished = calloc(count + 1, sizeof *scan->finished);
    scan->scratch = calloc(scan->workers, sizeof *scan->scratch);
    if (headers)
        scan->size = calloc(count + 1, sizeof *scan->size);
    return scan->handed && scan->finished && scan->scratch && (scan->size || !headers) ? 0 : -1;
}

static void release(struct mm_scan *scan)
{
    for (unsigned i = 0; scan->scratch && i < scan->workers; i++)
        mm_worker_scratch_done(&scan->scratch[i]);
    free(scan->scratch);
    free((void *)scan->size);
    free(scan->order);
    free(scan->handed);
    free(scan->finished);
    free(scan->focus);
    free(scan);
}

int mm_scan_open(struct mm_scan **out, struct mm_pool *pool, const struct mm_pairs *pairs,
                 const struct mm_schema *schema, const struct mm_measure_options *options, bool headers,
                 struct mm_err *err)
{
    struct mm_scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        return mm_fail_memory(err);
    scan->pool = pool;
    scan->workers = mm_pool_workers(pool);
    scan->pairs = pairs;
    scan->schema = schema;
    scan->options = *options;
    scan->headers = headers;
    if (!headers)
        scan->next_header = pairs->count;
    if (allocate(scan, headers) < 0) {
        release(scan);
        return mm_fail_memory(err);
    }
    mm_helpers_init(&scan->helpers, call_workers);
    for (unsigned i = 0; i < scan->workers; i++)
        scan->scratch[i].helpers = mm_scan_helpers(scan);
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

struct mm_helpers *mm_scan_helpers(struct mm_scan *scan)
{
    return scan->workers > 1 ? &scan->helpers : NULL;
}

void mm_scan_close(struct mm_scan *scan)
{
    if (!scan)
        return;
    mm_helpers_done(&scan->helpers);
    release(scan);
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

void mm_scan_known(struct mm_scan *scan, size_t pair, const struct mm_pair_id *id)
{
    scan->handed[pair] = HANDED_HEADER | HANDED_FIGURES;
    scan->finished[pair] = true;
    scan->done++;
    if (scan->cache)
        mm_cache_keep(scan->cache, pair, id, false);
}

bool mm_scan_collect(struct mm_scan *scan, struct mm_job *base, mm_scan_apply apply, void *context)
{
    if (base->run == run_help) {
        free(base);
        return true;
    }
    if (base->run != run_figures && base->run != run_headers)
        return false;
    struct scan_job *job = (struct scan_job *)base;
    if (job->scan != scan)
        return false;
    for (size_t i = 0; i < job->count; i++) {
        struct scan_item *item = &job->item[i];
        item->result.id = item->id;
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
