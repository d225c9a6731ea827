#include "session/requests.h"

#include <stdlib.h>
#include <string.h>

static void request_free(struct request *request)
{
    if (request->kind->release)
        request->kind->release(request);
    free(request);
}

/* Nobody wants it any more. */
static void drop(struct request *request)
{
    if (!request)
        return;
    request->wanted = false;
    atomic_store(&request->cancel, true);
    if (!request->running)
        request_free(request);
}

/* The pool's own cancel is for those that are stopped with it (requests_stop). */
static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct request *request = (struct request *)((char *)job - offsetof(struct request, job));
    const struct mm_control control = {
        .cancel = &request->cancel, .progress = &request->progress, .helpers = request->helpers};
    (void)cancel;
    if (atomic_load(&request->cancel)) /* before it began */
        mm_fail(&request->error, MM_ECANCELLED, "stopped");
    else if (request->kind->run(request, &control, &request->error) == 0)
        request->error = (struct mm_err){MM_OK, ""};
}

/* Slot i's request moves to the front. */
static struct request *to_front(struct requests *requests, size_t i)
{
    struct request *request = requests->kept[i];
    memmove(&requests->kept[1], &requests->kept[0], i * sizeof requests->kept[0]);
    requests->kept[0] = request;
    return request;
}

static struct request *find(struct requests *requests, const struct request *wanted)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        const struct request *had = requests->kept[i];
        if (had && had->id == wanted->id && wanted->kind->same(had, wanted))
            return to_front(requests, i);
    }
    return NULL;
}

static struct request *submit(struct requests *requests, const struct request *wanted, struct mm_pool *pool)
{
    struct request *request = calloc(1, wanted->kind->size);
    if (!request)
        return NULL;
    memcpy(request + 1, wanted + 1, wanted->kind->size - sizeof *wanted);
    request->kind = wanted->kind;
    request->id = wanted->id;
    request->helpers = wanted->helpers;
    request->job.run = run;
    request->running = request->wanted = true;
    drop(requests->kept[REQUESTS_KEPT - 1]);
    requests->kept[REQUESTS_KEPT - 1] = request;
    mm_pool_submit(pool, &request->job);
    return to_front(requests, REQUESTS_KEPT - 1);
}

struct request *requests_ask(struct requests *requests, const struct request *wanted, struct mm_pool *pool,
                             const char **error)
{
    struct request *request = find(requests, wanted);
    if (!request)
        request = submit(requests, wanted, pool);
    *error = !request                                            ? "out of memory"
             : !request->running && request->error.code != MM_OK ? request->error.text
                                                                 : NULL;
    return request && !request->running && !*error ? request : NULL;
}

bool requests_collect(struct mm_job *job)
{
    if (job->run != run)
        return false;
    struct request *request = (struct request *)((char *)job - offsetof(struct request, job));
    request->running = false;
    if (!request->wanted)
        request_free(request);
    return true;
}

double requests_progress(const struct requests *requests, size_t id)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        struct request *request = requests->kept[i];
        if (request && request->id == id && request->running)
            return mm_progress_share(&request->progress);
    }
    return -1;
}

void requests_cancel(struct requests *requests, size_t id)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        struct request *request = requests->kept[i];
        if (!request || request->id != id || !request->running)
            continue;
        drop(request);
        requests->kept[i] = NULL;
    }
}

void requests_forget(struct requests *requests, size_t id)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        if (!requests->kept[i] || requests->kept[i]->id != id)
            continue;
        drop(requests->kept[i]);
        requests->kept[i] = NULL;
    }
}

void requests_stop(struct requests *requests)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        if (requests->kept[i])
            atomic_store(&requests->kept[i]->cancel, true);
    }
}

void requests_done(struct requests *requests)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++)
        drop(requests->kept[i]);
    *requests = (struct requests){0};
}
