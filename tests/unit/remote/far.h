/* What tests of both sides share: mm_serve in a thread, over a socket pair, and a near side that is connected to it as
 * the host "far". Include it behind cmocka.h. */
#ifndef UNIT_REMOTE_FAR_H
#define UNIT_REMOTE_FAR_H

#include <pthread.h>
#include <sys/socket.h>

#include "remote/remotes.h"
#include "unit/fixture.h"

struct far_side {
    pthread_t thread;
    int fd[2]; /* near, far */
    struct mm_serve_options options;
    int result;
    struct mm_err err;
};

static void *far_run(void *context)
{
    struct far_side *far = context;
    far->result = mm_serve(far->fd[1], far->fd[1], &far->options, &far->err);
    shutdown(far->fd[1], SHUT_RDWR); /* as a program's end does */
    return NULL;
}

static inline void far_start(struct far_side *far, const struct mm_serve_options *options)
{
    *far = (struct far_side){.options = *options};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, far->fd), 0);
    assert_int_equal(pthread_create(&far->thread, NULL, far_run, far), 0);
}

/* The near end must be closed before. */
static inline void far_end(struct far_side *far)
{
    pthread_join(far->thread, NULL);
    close(far->fd[1]);
}

/* Both sides. */
struct both_sides {
    struct far_side far;
    struct mm_remotes *near;
};

static inline void both_start(struct both_sides *both, const struct mm_remote_options *options,
                              const struct mm_serve_options *serve)
{
    struct link *link;
    struct mm_err err;
    far_start(&both->far, serve);
    assert_int_equal(mm_remotes_open(&both->near, options, NULL), 0);
    if (link_open_at(&link, both->far.fd[0], "far", options, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(remotes_attach(both->near, "far", link), 0);
}

static inline void both_end(struct both_sides *both)
{
    mm_remotes_close(both->near);
    far_end(&both->far);
}

/* "far:FOLDER/NAME", or without a name the folder; to be freed. */
static inline char *far_path(const char *folder, const char *name)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "far:%s%s%s", folder, *name ? "/" : "", name);
    char *path = strdup(mm_buf_text(&text));
    mm_buf_done(&text);
    return path;
}

#endif
