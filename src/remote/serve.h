/* The inside of the far side: what it has open, and what it does with a request. */
#ifndef REMOTE_SERVE_H
#define REMOTE_SERVE_H

#include <pthread.h>

#include "mmtui/remote.h"
#include "remote/frame.h"
#include "remote/listing.h"
#include "remote/sent.h"

#define SERVE_DUMPS   64  /* open at once */
#define SERVE_JOBS    256 /* requests under way; more are read when some are done */
#define SERVE_SENT    64  /* tensors that were sent along, for requests that are to come */
#define SERVE_THREADS 64

struct served {
    uint32_t number; /* 0: nothing is open in this place */
    struct listed listed;
    unsigned users;
    bool closing; /* ended by the last user */
};

struct serve {
    int in, out;
    struct mm_serve_options options;
    bool figures_only; /* by the options or by the near side */
    bool greeted;
    struct mm_pool *pool;
    pthread_mutex_t lock; /* of the dumps */
    struct served dump[SERVE_DUMPS];
    pthread_mutex_t writing;
    atomic_bool broken; /* nothing can be written any more */
    struct sent *sent[SERVE_SENT];
    struct serve_job *jobs; /* under way */
    size_t job_count;
    struct mm_buf input;
    size_t used;
};

/* A request. */
struct serve_job {
    struct mm_job job; /* the first member */
    struct serve *serve;
    enum frame_type type;
    uint32_t id;
    struct mm_buf request;
    struct sent *sent; /* owned, or NULL */
    atomic_bool cancel;
    struct serve_job *next;
};

/* Do it, by a worker: *out gets what is still to be written of the answer. -1: what is wrong with it. */
int serve_work(struct serve_job *job, struct mm_buf *out, struct mm_err *err);
/* Write frames; from any thread. */
int serve_write(struct serve *serve, const struct mm_buf *frames, struct mm_err *err);
/* All dumps end. */
void serve_close_dumps(struct serve *serve);

#endif
