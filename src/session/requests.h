/*
 * requests: work on request, of which the last few are kept. What a kind of work needs is a struct that
 * begins with a struct request.
 */
#ifndef MMTUI_SESSION_REQUESTS_H
#define MMTUI_SESSION_REQUESTS_H

#include "mmtui/compare.h"

struct request {
    struct mm_job job; /* run fills error (MM_OK: nothing went wrong) */
    struct mm_err error;
    bool running; /* handed to the pool and not collected yet: not ours to touch */
    bool wanted;  /* false: free it when it comes back */
    void (*release)(struct request *request); /* frees it and what it holds */
};

/* What is on the screen, the preview, and the last few looked at. */
#define REQUESTS_KEPT 6
struct requests {
    struct request *kept[REQUESTS_KEPT]; /* most recently used first */
};

/* The request that is the same as `wanted`, in front now; or NULL. */
struct request *requests_find(struct requests *requests, const struct request *wanted,
                              bool (*same)(const struct request *had, const struct request *wanted));
/* Hand it to the pool; the one that was not asked for longest goes. */
void requests_submit_take(struct requests *requests, struct request *request, struct mm_pool *pool);
/* Its worker is through. */
void request_collected(struct request *request);
/* Is the answer there? *error: why there will be none, or NULL. */
bool request_ready(const struct request *request, const char **error);
/* After the pool is stopped and its jobs are collected. */
void requests_done(struct requests *requests);

#endif
