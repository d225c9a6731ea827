/*
 * requests: work that is done for one layer when somebody asks for it, of which the last few answers are kept.
 *
 * A kind of work is one row: what it is called, how it is done, when two are the same, what it holds. What it needs
 * and what comes out is a struct of its own that begins with a struct request. All else (handing out, taking back,
 * keeping, errors, progress, stopping) is here, once.
 */
#ifndef MMTUI_SESSION_REQUESTS_H
#define MMTUI_SESSION_REQUESTS_H

#include "mmtui/compare.h"

struct request;

struct request_kind {
    const char *name;
    size_t size; /* of the struct that begins with a struct request */
    /* By a worker: writes to the request and nowhere else. -1 with err. */
    int (*run)(struct request *request, const struct mm_control *control, struct mm_err *err);
    /* Of two of one layer: is it the same question? */
    bool (*same)(const struct request *had, const struct request *wanted);
    /* Free what run left in it, if anything, but not the struct. May be NULL. */
    void (*release)(struct request *request);
};

struct request {
    /* from who asks */
    const struct request_kind *kind;
    size_t id;                  /* the layer */
    struct mm_helpers *helpers; /* or NULL */
    /* the rest is for requests.c */
    struct mm_job job;
    struct mm_err error; /* MM_OK: nothing went wrong */
    struct mm_progress progress;
    atomic_bool cancel;
    bool running; /* handed to the pool and not collected yet: only progress and cancel may be touched */
    bool wanted;  /* false: free it when it comes back */
};

/* What is on the screen, the preview, and the last few looked at. */
#define REQUESTS_KEPT 6
/* Those of one kind. Zeroed at first. */
struct requests {
    struct request *kept[REQUESTS_KEPT]; /* most recently asked for first */
};

/*
 * The answer to `wanted`, whose kind's own members are copied when it is new. NULL while it is worked out (*error
 * NULL), or when there will be none (*error: why). The one that was not asked for longest makes room; if it is still
 * being worked out, that is stopped.
 */
struct request *requests_ask(struct requests *requests, const struct request *wanted, struct mm_pool *pool,
                             const char **error);
/* Its worker is through. False: it is no request's job. Whether the request is kept or freed is seen here. */
bool requests_collect(struct mm_job *job);
/* The share of the work that is done for this layer, of the request asked for last; -1: not known, or none is under
 * way. */
double requests_progress(const struct requests *requests, size_t id);
/* Stop what is being worked out for this layer, and forget it: it begins anew when it is asked for again. */
void requests_cancel(struct requests *requests, size_t id);
/* The same, and forget what is there, too. */
void requests_forget(struct requests *requests, size_t id);
/* Stop all that is being worked out; before the pool is stopped. */
void requests_stop(struct requests *requests);
/* After the pool is stopped and its jobs are collected. */
void requests_done(struct requests *requests);

#endif
