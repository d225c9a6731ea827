/* The far side: a thread that reads requests, and workers that answer them. */
#include "remote/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "remote/stream.h"

#define READ_MOST ((size_t)256 << 10)

int serve_write(struct serve *serve, const struct mm_buf *frames, struct mm_err *err)
{
    int result = frames->failed ? mm_fail_memory(err) : 0;
    pthread_mutex_lock(&serve->writing);
    if (result == 0 && atomic_load(&serve->broken))
        result = mm_fail(err, MM_ECANCELLED, "nobody reads it");
    if (result == 0 && stream_write(serve->out, frames->data, frames->length, &serve->broken, err) < 0) {
        atomic_store(&serve->broken, true);
        result = -1;
    }
    pthread_mutex_unlock(&serve->writing);
    return result;
}

/* ---- jobs ---- */

static void run(struct mm_job *base, const atomic_bool *cancel)
{
    struct serve_job *job = (struct serve_job *)base;
    struct mm_buf out = {0};
    struct mm_err err = {MM_OK, ""};
    (void)cancel; /* the end of all sets each job's own */
    if (serve_work(job, &out, &err) < 0) {
        mm_buf_clear(&out);
        frame_put_error(&out, job->id, &err);
    }
    serve_write(job->serve, &out, NULL);
    mm_buf_done(&out);
}

static void job_end(struct serve_job *job)
{
    if (job->sent)
        sent_done(job->sent);
    free(job->sent);
    mm_buf_done(&job->request);
    free(job);
}

/* Those that are done; waits for none. */
static void collect(struct serve *serve)
{
    struct mm_job *done;
    while ((done = mm_pool_finished(serve->pool))) {
        struct serve_job *job = (struct serve_job *)done, **place = &serve->jobs;
        while (*place != job)
            place = &(*place)->next;
        *place = job->next;
        serve->job_count--;
        job_end(job);
    }
}

static struct sent *take_sent(struct serve *serve, uint32_t id)
{
    for (size_t i = 0; i < SERVE_SENT; i++) {
        struct sent *sent = serve->sent[i];
        if (!sent || sent->id != id)
            continue;
        serve->sent[i] = NULL;
        return sent;
    }
    return NULL;
}

static int begin_job(struct serve *serve, const struct frame *frame, struct mm_err *err)
{
    struct serve_job *job = calloc(1, sizeof *job);
    if (!job)
        return mm_fail_memory(err);
    job->job.run = run;
    job->serve = serve;
    job->type = frame->type;
    job->id = frame->id;
    job->sent = take_sent(serve, frame->id);
    mm_buf_add(&job->request, frame->data, frame->size);
    if (job->request.failed) {
        job_end(job);
        return mm_fail_memory(err);
    }
    job->next = serve->jobs;
    serve->jobs = job;
    serve->job_count++;
    mm_pool_submit(serve->pool, &job->job);
    return 0;
}

/* ---- requests ---- */

static int fail_greeting(struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT,
                   "what came is not mmtui's protocol: mmtui serve is started by mmtui HOST:DIR");
}

static int take_hello(struct serve *serve, const struct frame *frame, struct mm_err *err)
{
    struct cache_reader in = {frame->data, frame->data + frame->size, false};
    uint32_t protocol = cache_get_u32(&in);
    cache_get_u32(&in);
    cache_get_text(&in);
    unsigned figures_only = cache_get_u8(&in);
    if (in.bad || serve->greeted || frame->type != FRAME_HELLO || protocol != REMOTE_PROTOCOL)
        return fail_greeting(err);
    serve->greeted = true;
    serve->figures_only |= figures_only != 0;
    return 0;
}

/* A piece of a tensor; the first one begins it. */
static int take_piece(struct serve *serve, const struct frame *frame, struct mm_err *err)
{
    size_t place = 0, room = SERVE_SENT;
    for (; place < SERVE_SENT; place++) {
        if (!serve->sent[place])
            room = place;
        else if (serve->sent[place]->id == frame->id)
            break;
    }
    if (place == SERVE_SENT) {
        if (room == SERVE_SENT)
            return mm_fail(err, MM_ECORRUPT, "more was sent than was asked about");
        place = room;
        serve->sent[place] = calloc(1, sizeof *serve->sent[place]);
        if (!serve->sent[place])
            return mm_fail_memory(err);
        serve->sent[place]->id = frame->id;
    }
    sent_take(serve->sent[place], frame->data, frame->size);
    return 0;
}

static int cancel_one(struct serve *serve, uint32_t id)
{
    struct sent *sent = take_sent(serve, id);
    if (sent)
        sent_done(sent);
    free(sent);
    for (struct serve_job *job = serve->jobs; job; job = job->next) {
        if (job->id == id)
            atomic_store(&job->cancel, true);
    }
    return 0;
}

static int deal_with(struct serve *serve, const struct frame *frame, struct mm_err *err)
{
    if (!serve->greeted)
        return take_hello(serve, frame, err);
    switch (frame->type) {
    case FRAME_OPEN:
    case FRAME_FETCH:
    case FRAME_MEASURE:
    case FRAME_CLOSE: return begin_job(serve, frame, err);
    case FRAME_SEND: return take_piece(serve, frame, err);
    case FRAME_CANCEL: return cancel_one(serve, frame->id);
    default: return mm_fail(err, MM_ECORRUPT, "what came is not mmtui's protocol");
    }
}

static int deal_with_all(struct serve *serve, struct mm_err *err)
{
    struct frame frame;
    size_t used;
    int there = 1;
    while (serve->job_count < SERVE_JOBS) {
        const uint8_t *at = (const uint8_t *)serve->input.data + serve->used;
        there = frame_take(at, serve->input.length - serve->used, &frame, &used, err);
        if (there < 0 && !serve->greeted)
            return fail_greeting(err);
        if (there < 0 || (there && deal_with(serve, &frame, err) < 0))
            return -1;
        if (!there)
            break;
        serve->used += used;
    }
    if (serve->used) {
        memmove(serve->input.data, serve->input.data + serve->used, serve->input.length - serve->used);
        serve->input.length -= serve->used;
        serve->used = 0;
    }
    return 0;
}

/* ---- the loop ---- */

static int greet(struct serve *serve, struct mm_err *err)
{
    struct mm_buf hello = {0}, out = {0};
    cache_put_u32(&hello, REMOTE_PROTOCOL);
    cache_put_u32(&hello, MM_ENGINE_VERSION);
    cache_put_text(&hello, MM_VERSION, sizeof MM_VERSION - 1);
    mm_buf_puts(&out, REMOTE_MAGIC);
    frame_put(&out, FRAME_HELLO, 0, hello.data, hello.length);
    int result = serve_write(serve, &out, err);
    mm_buf_done(&hello);
    mm_buf_done(&out);
    return result;
}

/* Until there is something to do. Requests are left where they are while too many are under way. */
static void wait_for_work(const struct serve *serve)
{
    struct pollfd wait[2] = {{.fd = serve->job_count < SERVE_JOBS ? serve->in : -1, .events = POLLIN},
                             {.fd = mm_pool_fd(serve->pool), .events = POLLIN}};
    poll(wait, MM_COUNT(wait), -1);
}

static int loop(struct serve *serve, struct mm_err *err)
{
    while (!atomic_load(&serve->broken)) {
        wait_for_work(serve);
        collect(serve);
        if (serve->job_count >= SERVE_JOBS)
            continue;
        int came = stream_read(serve->in, READ_MOST, 0, &serve->input, err);
        if (came < 0)
            return err->code == MM_ENOENT ? 0 : -1;
        if (deal_with_all(serve, err) < 0)
            return -1;
    }
    return 0; /* nobody reads any more: that is an end as good as another */
}

static void stop(struct serve *serve)
{
    atomic_store(&serve->broken, true);
    for (struct serve_job *job = serve->jobs; job; job = job->next)
        atomic_store(&job->cancel, true);
    mm_pool_stop(serve->pool);
    collect(serve);
    mm_pool_close(serve->pool);
    serve_close_dumps(serve);
    for (size_t i = 0; i < SERVE_SENT; i++) {
        if (serve->sent[i])
            sent_done(serve->sent[i]);
        free(serve->sent[i]);
    }
    mm_buf_done(&serve->input);
}

static unsigned threads(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > SERVE_THREADS ? SERVE_THREADS : (unsigned)online;
}

int mm_serve(int in, int out, const struct mm_serve_options *options, struct mm_err *err)
{
    struct serve *serve = calloc(1, sizeof *serve);
    if (!serve)
        return mm_fail_memory(err);
    serve->in = in;
    serve->out = out;
    serve->options = *options;
    serve->figures_only = options->figures_only;
    if (mm_pool_open(&serve->pool, threads(), err) < 0) {
        free(serve);
        return -1;
    }
    pthread_mutex_init(&serve->lock, NULL);
    pthread_mutex_init(&serve->writing, NULL);
    int result = greet(serve, err);
    if (result == 0)
        result = loop(serve, err);
    stop(serve);
    pthread_mutex_destroy(&serve->lock);
    pthread_mutex_destroy(&serve->writing);
    free(serve);
    return result;
}
