/* Work on request: asked for, done by the pool, the last few kept. */
#include "session/requests.h"

#include <string.h>

static void drop(struct request *request)
{
    if (!request)
        return;
    request->wanted = false;
    if (!request->running)
        request->release(request);
}

/* Slot i's request moves to the front. */
static struct request *to_front(struct requests *requests, size_t i)
{
    struct request *request = requests->kept[i];
    memmove(&requests->kept[1], &requests->kept[0], i * sizeof requests->kept[0]);
    requests->kept[0] = request;
    return request;
}

struct request *requests_find(struct requests *requests, const struct request *wanted,
                              bool (*same)(const struct request *had, const struct request *wanted))
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        if (requests->kept[i] && same(requests->kept[i], wanted))
            return to_front(requests, i);
    }
    return NULL;
}

void requests_submit_take(struct requests *requests, struct request *request, struct mm_pool *pool)
{
    request->running = request->wanted = true;
    drop(requests->kept[REQUESTS_KEPT - 1]);
    requests->kept[REQUESTS_KEPT - 1] = request;
    to_front(requests, REQUESTS_KEPT - 1);
    mm_pool_submit(pool, &request->job);
}

void request_collected(struct request *request)
{
    request->running = false;
    if (!request->wanted)
        request->release(request);
}

bool request_ready(const struct request *request, const char **error)
{
    bool failed = !request->running && request->error.code != MM_OK;
    *error = failed ? request->error.text : NULL;
    return !request->running && !failed;
}

void requests_done(struct requests *requests)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++)
        drop(requests->kept[i]);
    *requests = (struct requests){0};
}
