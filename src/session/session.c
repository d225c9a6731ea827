#include "mmtui/runtime.h"
#include "session/saved.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mm_session_defaults(struct mm_session_options *options)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct mm_session_options){.jobs = online > 0 ? (unsigned)online : 1};
    mm_measure_defaults(&options->measure);
    mm_thresholds_defaults(&options->thresholds);
}

/* ---- both folders at the same time ---- */

struct list_request {
    struct mm_job job; /* the first member */
    struct mm_dump **dump;
    const char *path;
    bool check;
    struct mm_given_list given;
    struct mm_dump_part part;
    const struct mm_schema *schema;
    const struct mm_dump_live *live;
    struct mm_remotes *remotes;
    int result;
    struct mm_err err;
};

static void list_folder(struct mm_job *job, const atomic_bool *cancel)
{
    struct list_request *request = (struct list_request *)job;
    (void)cancel; /* takes milliseconds */
    struct mm_dump_options options = {.check = request->check,
                                      .given = request->given,
                                      .part = request->part,
                                      .schema = request->schema,
                                      .live = request->live};
    request->result =
        mm_remote_dump_open(request->dump, request->path, &options, request->remotes, &request->err);
}

/* dst by a worker, src meanwhile; with --jobs 1 the worker is this thread. The error of src counts first. */
static int list_both(struct mm_session *session, struct mm_err *err)
{
    bool check = session->options.check;
    struct mm_given_list given = session->options.given;
    const struct mm_schema *schema = session->options.schema;
    struct list_request src = {.dump = &session->src,
                               .path = session->src_path,
                               .check = check,
                               .given = given,
                               .part = session_part(session, NULL, false),
                               .schema = schema,
                               .live = session_live(session),
                               .remotes = session->options.remotes};
    struct list_request dst = {.job = {.run = list_folder},
                               .dump = &session->dst,
                               .path = session->dst_path,
                               .check = check,
                               .given = given,
                               .part = session_part(session, NULL, true),
                               .schema = schema,
                               .live = session_live(session),
                               .remotes = session->options.remotes};
    struct mm_pool *pool; /* a watch is asked by one thread alone */
    if (mm_pool_open(&pool, session->options.jobs > 1 && !session->watch ? 1 : 0, err) < 0)
        return -1;
    mm_pool_submit(pool, &dst.job);
    list_folder(&src.job, NULL);
    while (!mm_pool_finished(pool))
        mm_pool_wait(pool);
    mm_pool_close(pool);
    if (src.result < 0 || dst.result < 0) {
        if (err)
            *err = src.result < 0 ? src.err : dst.err;
        return -1;
    }
    return 0;
}

void session_note(struct mm_session *session, struct mm_buf *text)
{
    struct mm_buf both;
    mm_buf_init(&both);
    mm_buf_printf(&both, "%s%s%s", session->notice ? session->notice : "", session->notice ? " " : "",
                  mm_buf_text(text));
    const char *notice =
        both.failed || text->failed ? NULL : mm_arena_strdup(&session->arena, mm_buf_text(&both));
    session->notice = notice ? notice : session->notice;
    mm_buf_done(&both);
    mm_buf_done(text);
}

int session_list(struct mm_session *session, struct mm_err *err)
{
    if (session->watch)
        mm_watch_list_begin(session->watch);
    int result = list_both(session, err) < 0 || recognised_align(session, err) < 0 ? -1 : 0;
    if (session->watch)
        mm_watch_list_end(session->watch);
    return result;
}

static int open_all(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    session->src_path = strdup(options->src);
    session->dst_path = strdup(options->dst);
    if (!session->src_path || !session->dst_path)
        return mm_fail_memory(err);
    session->options.src = session->src_path;
    session->options.dst = session->dst_path;
    if (options->cache && !(session->cache_folder = strdup(options->cache)))
        return mm_fail_memory(err);
    session->options.cache = NULL;
    if (mm_remotes_allow(options->remotes, options->src, options->dst, err) < 0 ||
        watch_begin(session, err) < 0 || session_list(session, err) < 0 ||
        comparison_list(session, err) < 0 || recognised_check(session, err) < 0 ||
        mm_plan_open(&session->plan, err) < 0)
        return -1;
    return session_pair(session, err);
}

int mm_session_open(struct mm_session **out, const struct mm_session_options *options, struct mm_err *err)
{
    struct mm_session *session = calloc(1, sizeof *session);
    if (!session)
        return mm_fail_memory(err);
    session->options = *options;
    session->options.pairing.graph = options->graph;
    if (options->remotes)
        session->options.measure.elsewhere = mm_remotes_measurer(options->remotes);
    mm_arena_init(&session->arena);
    mm_arena_init(&session->quantised.arena);
    if (open_all(session, err) < 0) {
        mm_session_close(session);
        return -1;
    }
    *out = session;
    return 0;
}

static int open_report(struct mm_session *session, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0};
    session->options.triage = false;
    session->options.graph = NULL;
    session->options.cache = session->options.sim = session->options.before = NULL;
    if (saved_read(session, path, err) < 0 || mm_plan_open(&session->plan, err) < 0)
        return -1;
    if (session_layers(session) < 0)
        return mm_fail_memory(err);
    mm_buf_printf(&text, "Figures of %s; the tensors are not read.", path);
    session_note(session, &text);
    recognised_say(session);
    return 0;
}

int mm_session_open_report(struct mm_session **out, const char *path,
                           const struct mm_session_options *options, struct mm_err *err)
{
    struct mm_session *session = calloc(1, sizeof *session);
    if (!session)
        return mm_fail_memory(err);
    session->options = *options;
    mm_arena_init(&session->arena);
    if (open_report(session, path, err) < 0) {
        mm_session_close(session);
        return -1;
    }
    *out = session;
    return 0;
}

bool mm_session_is_report(const struct mm_session *session)
{
    return session->saved != NULL;
}

const char *mm_session_saved_dumps(const struct mm_session *session)
{
    return session->saved_dumps;
}

static void apply_result(void *context, size_t id, bool figures, struct mm_result *result_take);

static const struct mm_result *result_of(const void *context, size_t id)
{
    const struct mm_session *session = context;
    return &session->layers[id].result;
}

/* A cache that can't be written is no reason to disturb anyone: it is measured again next time. */
static void save_cache(struct mm_session *session)
{
    if (session->cache)
        mm_cache_save(session->cache, result_of, session, NULL);
}

void session_stop(struct mm_session *session)
{
    if (!session->pool)
        return;
    session->closing = true;
    session_requests_stop(session);
    mm_pool_stop(session->pool);
    struct mm_job *job;
    while ((job = mm_pool_finished(session->pool))) {
        bool taken = requests_collect(job) || triage_collect(session, job) ||
                     comparison_collect(session, job) || verify_collect(session, job) ||
                     reload_collect(session, job);
        if (!taken && session->scan)
            mm_scan_collect(session->scan, job, apply_result, session);
    }
    mm_scan_close(session->scan);
    comparison_close_scans(session);
    mm_pool_close(session->pool);
    session->scan = NULL;
    session->pool = NULL;
    save_cache(session);
    mm_cache_close(session->cache);
    session->cache = NULL;
}

void mm_session_close(struct mm_session *session)
{
    if (!session)
        return;
    session_stop(session);
    session_unpair(session);
    fingerprints_done(session);
    mm_plan_close(session->plan);
    mm_plan_close(session->verify.plan);
    mm_dump_close(session->before);
    mm_dump_close(session->sim);
    mm_dump_close(session->dst);
    mm_dump_close(session->src);
    mm_arena_done(&session->members);
    mm_watch_close(session->watch);
    free(session->src_path);
    free(session->dst_path);
    free(session->cache_folder);
    mm_ort_close(session->ort);
    free(session);
}

/* Without one, everything is measured. Quantiles and histograms are kept in none; of what is said of files a cache
 * knows nothing. */
static void open_cache(struct mm_session *session)
{
    const struct mm_session_options *options = &session->options;
    struct mm_cache_options cache = {.folder = session->cache_folder,
                                     .src = options->src,
                                     .dst = options->dst,
                                     .schema = {session->src->schema, session->dst->schema},
                                     .measure = &options->measure,
                                     .shard = options->shard,
                                     .shards = options->shards};
    bool wanted = session->cache_folder && !options->check && !options->vendor_exact &&
                  options->given.count == 0 && !options->measure.quantiles && options->measure.hist_bins == 0;
    if (wanted && mm_cache_open(&session->cache, &cache, session->pairs, NULL) == 0)
        mm_scan_set_cache(session->scan, session->cache);
}

/* Layers that have figures already: those of a session that was paired anew. */
static void take_known(struct mm_session *session)
{
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_result *result = &session->layers[id].result;
        if (result->state > MM_STATE_HEADER)
            mm_scan_known(session->scan, id, &result->id);
    }
}

int mm_session_start(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    session->started = mm_clock();
    if (session->saved) {
        saved_apply(session);
        return 0;
    }
    if (mm_pool_open(&session->pool, options->jobs, err) < 0 ||
        mm_scan_open(&session->scan, session->pool, session->pairs, session->src->schema, &options->measure,
                     options->headers, err) < 0)
        return -1;
    open_cache(session);
    take_known(session);
    mm_pool_kick(session->pool);
    return 0;
}

size_t mm_session_count(const struct mm_session *session)
{
    return session->pairs->count;
}

const struct mm_layer *mm_session_layer(const struct mm_session *session, size_t id)
{
    return &session->layers[id];
}

const struct mm_session_options *mm_session_options(const struct mm_session *session)
{
    return &session->options;
}

const struct mm_dump *mm_session_src(const struct mm_session *session)
{
    return session->src;
}

const struct mm_dump *mm_session_dst(const struct mm_session *session)
{
    return session->dst;
}

const struct mm_layout *mm_session_layout(const struct mm_session *session)
{
    return session->layout;
}

const char *mm_session_suffix(const struct mm_session *session, bool dst)
{
    const struct mm_pairs *pairs = session->pairs;
    return pairs->suffix && pairs->suffix_dst == dst ? pairs->suffix : "";
}

const char *mm_session_notice(const struct mm_session *session)
{
    return session->notice;
}

/* ---- results ---- */

int mm_session_fd(const struct mm_session *session)
{
    return session->pool ? mm_pool_fd(session->pool) : -1;
}

void session_judge(struct mm_session *session, struct mm_layer *layer)
{
    session->bad -= layer->verdict.bad;
    mm_triage_judge(layer->pair, &layer->result, &session->options.thresholds, &layer->verdict);
    layer->rank = mm_triage_rank(&layer->result);
    if (layer->changed)
        mm_triage_changed(&layer->verdict);
    session->bad += layer->verdict.bad;
}

static void apply_result(void *context, size_t id, bool figures, struct mm_result *result)
{
    struct mm_session *session = context;
    struct mm_layer *layer = &session->layers[id];
    /* a header can come after the figures, and a cancelled job brings nothing */
    if (result->state == MM_STATE_PENDING || (!figures && layer->result.state != MM_STATE_PENDING)) {
        mm_result_done(result);
        return;
    }
    mm_result_done(&layer->result);
    layer->result = *result;
    session_judge(session, layer);
    session->changed++;
}

/* The last result of all is the moment to write the cache, and to look at what has stayed without a partner. */
static void count_finished(struct mm_session *session)
{
    size_t before = session->measured;
    session->measured = mm_scan_done_count(session->scan);
    session->cached = mm_scan_cached_count(session->scan);
    if (session->measured == before || session->measured < session->pairs->count)
        return;
    save_cache(session);
    likely_find(session);
}

size_t mm_session_apply(struct mm_session *session)
{
    if (!session->pool)
        return 0;
    session->changed = 0;
    bool measuring = session->measured < session->pairs->count;
    struct mm_job *job;
    while ((job = mm_pool_finished(session->pool))) {
        if (requests_collect(job) || triage_collect(session, job) || comparison_collect(session, job) ||
            verify_collect(session, job) || reload_collect(session, job))
            session->changed++;
        else
            mm_scan_collect(session->scan, job, apply_result, session);
        if (session->options.jobs == 0)
            break; /* inline: one job a call, so that a caller can draw or stop in between */
    }
    if (session->scan)
        count_finished(session);
    if (session->measured == session->pairs->count && !session->triage.begun && !session->unsettled &&
        !comparison_busy(session))
        triage_begin(session);
    verify_begin(session);
    if (session->changed)
        session->revision++;
    if (measuring) /* the apply that takes in the last result stops the clock */
        session->seconds = mm_clock() - session->started;
    return session->changed;
}

void mm_session_wait(struct mm_session *session)
{
    if (session->pool)
        mm_pool_wait(session->pool);
}

bool mm_session_idle(struct mm_session *session)
{
    return !session->pool || mm_pool_idle(session->pool);
}

#define JOBS_TOGETHER 16 /* are taken in at once where nobody looks on */

int mm_session_finish(struct mm_session *session,
                      int (*progress)(void *context, const struct mm_session *session), void *context)
{
    for (;;) {
        mm_session_apply(session);
        if (progress && progress(context, session))
            return -1;
        if (mm_session_idle(session))
            return 0;
        if (progress)
            mm_session_wait(session);
        else if (session->pool)
            mm_pool_wait_for(session->pool, JOBS_TOGETHER);
    }
}

void mm_session_focus(struct mm_session *session, const size_t *ids, size_t count)
{
    session_look(session, ids, count);
    if (session->scan)
        mm_scan_focus(session->scan, ids, count);
}

void mm_session_totals(const struct mm_session *session, struct mm_session_totals *out)
{
    const struct mm_pairs *pairs = session->pairs;
    *out = (struct mm_session_totals){.layers = pairs->count,
                                      .pairs = pairs->both,
                                      .src_only = pairs->src_only,
                                      .dst_only = pairs->dst_only,
                                      .measured = session->measured,
                                      .cached = session->cached,
                                      .whole = pairs->whole,
                                      .bad = session->bad,
                                      .analysing = session->triage.analysing + session->triage.recomputing,
                                      .tagged = session->tagged,
                                      .skipped = session->src->skipped + session->dst->skipped,
                                      .seconds = session->seconds};
}

uint64_t mm_session_revision(const struct mm_session *session)
{
    return session->revision + mm_plan_revision(session->plan);
}

void mm_session_set_thresholds(struct mm_session *session, const struct mm_thresholds *thresholds)
{
    session->options.thresholds = *thresholds;
    mm_session_drop_suggestions(session);
    for (size_t id = 0; id < session->pairs->count; id++)
        session_judge(session, &session->layers[id]);
    if (session->triage.begun)
        triage_begin(session);
    session->revision++;
}

/* ---- tags ---- */

void mm_session_tag(struct mm_session *session, size_t id, bool tagged)
{
    struct mm_layer *layer = &session->layers[id];
    if (layer->tagged == tagged)
        return;
    layer->tagged = tagged;
    session->tagged += tagged ? 1 : (size_t)-1;
    session->revision++;
}

size_t mm_session_untag_all(struct mm_session *session)
{
    size_t before = session->tagged;
    for (size_t id = 0; id < session->pairs->count; id++)
        mm_session_tag(session, id, false);
    return before;
}
