#include "remote/link.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compare/cache.h"
#include "remote/frame.h"
#include "remote/shell.h"
#include "remote/stream.h"

#define READ_MOST  ((size_t)256 << 10)
#define JUNK_MOST  ((size_t)64 << 10) /* before the greeting: what start-up files print */
#define JUNK_WAIT  15000              /* ms, for the greeting behind it */
#define LOOK_EVERY 100                /* ms: at *cancel, while an answer is waited for */
#define GREET_MOST 15.0               /* s, when a lost connection is opened again */

/* A call under way; on the stack of who makes it. */
struct call {
    uint32_t id;
    link_part part;
    void *context;
    bool done;
    struct mm_err err; /* code MM_OK: all is well */
    struct call *next;
};

struct link {
    char *host;
    struct mm_remote_options options;
    struct shell shell;
    pthread_mutex_t lock, writing;
    pthread_cond_t changed;
    bool reading; /* somebody does */
    bool lost;
    struct mm_err why; /* of lost */
    struct call *calls;
    uint32_t next;
    struct mm_buf input;
    size_t used; /* of input: bytes of frames that were dealt with */
    atomic_ullong sent, received;
};

/* ---- the end of it ---- */

/* Under the lock: whatever is under way ends here. */
static void lose(struct link *link, const struct mm_err *why)
{
    struct mm_buf words = {0};
    if (link->lost)
        return;
    link->lost = true;
    shell_last_words(&link->shell, &words);
    const char *said = words.length             ? mm_buf_text(&words)
                       : why->code == MM_ENOENT ? "it ended there"
                                                : why->text;
    mm_fail(&link->why, MM_EIO,
            "%s: the connection was lost (%.200s): r connects again, and so does another run", link->host,
            said);
    mm_buf_done(&words);
    for (struct call *call = link->calls; call; call = call->next) {
        if (!call->done && call->err.code == MM_OK)
            call->err = link->why;
        call->done = true;
    }
    pthread_cond_broadcast(&link->changed);
}

static void lose_locked(struct link *link, const struct mm_err *why)
{
    pthread_mutex_lock(&link->lock);
    lose(link, why);
    pthread_mutex_unlock(&link->lock);
}

bool link_lost(struct link *link)
{
    pthread_mutex_lock(&link->lock);
    bool lost = link->lost;
    pthread_mutex_unlock(&link->lock);
    return lost;
}

void link_bytes(struct link *link, uint64_t *sent, uint64_t *received)
{
    *sent = atomic_load(&link->sent);
    *received = atomic_load(&link->received);
}

/* ---- the greeting ---- */

static int read_more(struct link *link, int milliseconds, struct mm_err *err)
{
    size_t before = link->input.length;
    int result = stream_read(link->shell.fd, READ_MOST, milliseconds, &link->input, err);
    atomic_fetch_add(&link->received, link->input.length - before);
    return result;
}

/* The greeting stands behind whatever start-up files of the shell print. */
static const char *find_magic(const struct mm_buf *input)
{
    return input->length ? memmem(input->data, input->length, REMOTE_MAGIC, sizeof REMOTE_MAGIC - 1) : NULL;
}

static int check_hello(const struct link *link, const struct frame *frame, struct mm_err *err)
{
    struct cache_reader in = {frame->data, frame->data + frame->size, false};
    uint32_t protocol = cache_get_u32(&in), engine = cache_get_u32(&in);
    struct cache_text version = cache_get_text(&in);
    struct mm_buf visible = {0};
    if (in.bad || frame->type != FRAME_HELLO || version.length > 64)
        return mm_fail(err, MM_ECORRUPT, "%s: mmtui's greeting can't be read", link->host);
    if (protocol == REMOTE_PROTOCOL && engine == MM_ENGINE_VERSION)
        return 0;
    mm_text_escape(&visible, version.data, version.length);
    mm_fail(err, MM_EUNSUPPORTED,
            "%s: mmtui there is version %s (protocol %u, figures %u), here " MM_VERSION
            " (%d, %d): they must be alike: install this one there, or name it: --remote-mmtui PATH",
            link->host, mm_buf_text(&visible), protocol, engine, REMOTE_PROTOCOL, MM_ENGINE_VERSION);
    mm_buf_done(&visible);
    return -1;
}

/* 1: greeted; 0: not all of it is there yet. */
static int take_greeting(struct link *link, struct mm_err *err)
{
    const char *magic = find_magic(&link->input);
    struct frame frame;
    size_t used;
    if (!magic)
        return 0;
    size_t begin = (size_t)(magic - link->input.data) + sizeof REMOTE_MAGIC - 1;
    int there =
        frame_take((const uint8_t *)link->input.data + begin, link->input.length - begin, &frame, &used, err);
    if (there < 0)
        return mm_fail(err, MM_ECORRUPT, "%s: mmtui's greeting can't be read", link->host);
    if (!there)
        return 0;
    link->used = begin + used;
    return check_hello(link, &frame, err) < 0 ? -1 : 1;
}

static int fail_greeting(struct link *link, struct mm_err *err)
{
    if (link->shell.errors < 0 && link->shell.pid == 0)
        return mm_fail(err, MM_EIO, "%s: mmtui did not greet", link->host);
    int status = shell_end(&link->shell);
    return shell_fail(&link->shell, link->host, status, &link->input, &link->options, err);
}

static int await_greeting(struct link *link, double most, struct mm_err *err)
{
    double until = mm_clock() + most;
    for (;;) {
        struct mm_err why;
        int greeted = take_greeting(link, err), came;
        if (greeted)
            return greeted < 0 ? -1 : 0;
        if (most > 0 && mm_clock() > until)
            return mm_fail(err, MM_EIO, "%s: no answer within %.0f s", link->host, most);
        came = read_more(link, most > 0 ? LOOK_EVERY : link->input.length ? JUNK_WAIT : -1, &why);
        if (came < 0 || link->input.length > JUNK_MOST || (came == 0 && link->input.length && most == 0))
            return fail_greeting(link, err);
    }
}

static int say_hello(struct link *link, struct mm_err *err)
{
    struct mm_buf hello = {0}, frame = {0};
    cache_put_u32(&hello, REMOTE_PROTOCOL);
    cache_put_u32(&hello, MM_ENGINE_VERSION);
    cache_put_text(&hello, MM_VERSION, sizeof MM_VERSION - 1);
    cache_put_u8(&hello, link->options.figures_only);
    frame_put(&frame, FRAME_HELLO, 0, hello.data, hello.length);
    int result = hello.failed || frame.failed
                     ? mm_fail_memory(err)
                     : stream_write(link->shell.fd, frame.data, frame.length, NULL, err);
    atomic_fetch_add(&link->sent, frame.length);
    mm_buf_done(&hello);
    mm_buf_done(&frame);
    return result;
}

static struct link *make(const char *host, const struct mm_remote_options *options, struct mm_err *err)
{
    struct link *link = calloc(1, sizeof *link);
    if (link && !(link->host = strdup(host))) {
        free(link);
        link = NULL;
    }
    if (!link) {
        mm_fail_memory(err);
        return NULL;
    }
    link->options = *options;
    link->shell = (struct shell){.fd = -1, .errors = -1};
    link->next = 1;
    pthread_mutex_init(&link->lock, NULL);
    pthread_mutex_init(&link->writing, NULL);
    pthread_cond_init(&link->changed, NULL);
    return link;
}

static int greet(struct link **out, struct link *link, double most, struct mm_err *err)
{
    if (await_greeting(link, most, err) < 0 || say_hello(link, err) < 0) {
        link_close(link);
        return -1;
    }
    *out = link;
    return 0;
}

int link_open(struct link **out, const char *host, const struct mm_remote_options *options, bool again,
              struct mm_err *err)
{
    struct link *link = make(host, options, err);
    *out = NULL;
    if (!link)
        return -1;
    if (shell_start(&link->shell, host, options, again, err) < 0) {
        link_close(link);
        return -1;
    }
    return greet(out, link, again ? GREET_MOST : 0, err);
}

int link_open_at(struct link **out, int fd, const char *host, const struct mm_remote_options *options,
                 struct mm_err *err)
{
    struct link *link = make(host, options, err);
    *out = NULL;
    if (!link) {
        close(fd);
        return -1;
    }
    link->shell.fd = fd;
    return greet(out, link, 0, err);
}

void link_close(struct link *link)
{
    if (!link)
        return;
    shell_end(&link->shell);
    if (link->shell.errors >= 0)
        close(link->shell.errors);
    mm_buf_done(&link->input);
    pthread_cond_destroy(&link->changed);
    pthread_mutex_destroy(&link->writing);
    pthread_mutex_destroy(&link->lock);
    free(link->host);
    free(link);
}

/* ---- sending ---- */

/* A frame that was sent in part leaves nothing that the far side could make sense of. */
static int send_frame(struct link *link, enum frame_type type, uint32_t id, const void *data, size_t size,
                      const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_buf frame = {0};
    struct mm_err why = {MM_OK, ""};
    frame_put(&frame, type, id, data, size);
    if (frame.failed) {
        mm_buf_done(&frame);
        return mm_fail_memory(err);
    }
    pthread_mutex_lock(&link->writing);
    int result = link_lost(link) ? -1 : stream_write(link->shell.fd, frame.data, frame.length, cancel, &why);
    if (result < 0)
        lose_locked(link, &why);
    pthread_mutex_unlock(&link->writing);
    atomic_fetch_add(&link->sent, frame.length);
    mm_buf_done(&frame);
    return result < 0 ? mm_fail(err, why.code == MM_ECANCELLED ? why.code : MM_EIO, "%s", link->why.text) : 0;
}

uint32_t link_number(struct link *link)
{
    pthread_mutex_lock(&link->lock);
    uint32_t id = link->next++;
    pthread_mutex_unlock(&link->lock);
    return id;
}

int link_send(struct link *link, uint32_t id, const void *data, size_t size, const atomic_bool *cancel,
              struct mm_err *err)
{
    return send_frame(link, FRAME_SEND, id, data, size, cancel, err);
}

/* ---- receiving: under the lock, but for waiting ---- */

static struct call **place_of(struct link *link, uint32_t id)
{
    struct call **place = &link->calls;
    while (*place && (*place)->id != id)
        place = &(*place)->next;
    return place;
}

/* 0, or -1: it is no answer, and the connection is of no use. */
static int deal_with(struct link *link, const struct frame *frame, struct mm_err *why)
{
    struct call *call = *place_of(link, frame->id);
    bool answer = frame->type == FRAME_PART || frame->type == FRAME_DONE || frame->type == FRAME_FAIL;
    if (!answer)
        return mm_fail(why, MM_ECORRUPT, "what came is not mmtui's protocol");
    if (!call || call->done)
        return 0; /* it was given up */
    if (frame->type == FRAME_PART && call->part(call->context, frame->data, frame->size, &call->err) == 0)
        return 0;
    if (frame->type == FRAME_FAIL)
        frame_error(frame, &call->err);
    call->done = true;
    pthread_cond_broadcast(&link->changed);
    return 0;
}

static int deal_with_all(struct link *link, struct mm_err *why)
{
    struct frame frame;
    size_t used;
    for (;;) {
        const uint8_t *at = (const uint8_t *)link->input.data + link->used;
        int there = frame_take(at, link->input.length - link->used, &frame, &used, why);
        if (there < 0 || (there && deal_with(link, &frame, why) < 0))
            return -1;
        if (!there)
            break;
        link->used += used;
    }
    memmove(link->input.data, link->input.data + link->used, link->input.length - link->used);
    link->input.length -= link->used;
    link->used = 0;
    return 0;
}

/* Read once for all. */
static void read_for_all(struct link *link)
{
    struct mm_err why = {MM_OK, ""};
    link->reading = true;
    pthread_mutex_unlock(&link->lock);
    int came = read_more(link, LOOK_EVERY, &why);
    pthread_mutex_lock(&link->lock);
    link->reading = false;
    struct mm_err wrong;
    if (deal_with_all(link, &wrong) < 0)
        lose(link, &wrong);
    else if (came < 0)
        lose(link, &why);
    pthread_cond_broadcast(&link->changed);
}

static void wait_for_reader(struct link *link)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_EVERY * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&link->changed, &link->lock, &until);
}

static bool is_cancelled(const atomic_bool *cancel)
{
    return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}

static void await_answer(struct link *link, struct call *call, const atomic_bool *cancel)
{
    while (!call->done && !is_cancelled(cancel)) {
        if (link->reading)
            wait_for_reader(link);
        else
            read_for_all(link);
    }
    struct call **place = place_of(link, call->id);
    *place = call->next;
}

int link_call(struct link *link, uint32_t id, unsigned type, const struct mm_buf *request, link_part part,
              void *context, const atomic_bool *cancel, struct mm_err *err)
{
    struct call call = {.id = id, .part = part, .context = context};
    pthread_mutex_lock(&link->lock);
    bool lost = link->lost;
    if (!lost) {
        call.next = link->calls;
        link->calls = &call;
    }
    pthread_mutex_unlock(&link->lock);
    if (lost)
        return mm_fail(err, MM_EIO, "%s", link->why.text);
    int sent = send_frame(link, (enum frame_type)type, id, request->data, request->length, NULL, err);
    pthread_mutex_lock(&link->lock);
    if (sent < 0)
        call.done = true;
    await_answer(link, &call, cancel);
    pthread_mutex_unlock(&link->lock);
    if (sent < 0)
        return -1;
    if (!call.done) {
        send_frame(link, FRAME_CANCEL, id, NULL, 0, cancel, NULL);
        return mm_fail(err, MM_ECANCELLED, "stopped");
    }
    return call.err.code == MM_OK ? 0 : mm_fail(err, call.err.code, "%s", call.err.text);
}

static int keep_part(void *context, const uint8_t *data, size_t size, struct mm_err *err)
{
    struct mm_buf *answer = context;
    if (size > ANSWER_MOST - answer->length)
        return mm_fail(err, MM_ECORRUPT, "the answer is larger than it may be");
    mm_buf_add(answer, data, size);
    return answer->failed ? mm_fail_memory(err) : 0;
}

int link_ask(struct link *link, unsigned type, const struct mm_buf *request, struct mm_buf *answer,
             const atomic_bool *cancel, struct mm_err *err)
{
    if (request->failed)
        return mm_fail_memory(err);
    return link_call(link, link_number(link), type, request, keep_part, answer, cancel, err);
}
