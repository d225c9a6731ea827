#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The near side against far sides that are of another version, broken, or hostile. */
#include <poll.h>

#include "remote/frame.h"
#include "unit/remote/far.h"

static void hello(struct mm_buf *out, uint32_t protocol, uint32_t engine, const char *version)
{
    struct mm_buf text = {0};
    cache_put_u32(&text, protocol);
    cache_put_u32(&text, engine);
    cache_put_text(&text, version, strlen(version));
    mm_buf_puts(out, REMOTE_MAGIC);
    frame_put(out, FRAME_HELLO, 0, text.data, text.length);
    mm_buf_done(&text);
}

/* What the far side says, all of it at once, after which it is gone. */
static int say(const struct mm_buf *words, struct link **link, struct mm_err *err)
{
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_int_equal(write(fd[1], words->data ? words->data : "", words->length), words->length);
    shutdown(fd[1], SHUT_WR);
    int result = link_open_at(link, fd[0], "board", &(struct mm_remote_options){.ssh = NULL}, err);
    close(fd[1]);
    return result;
}

static void check_refused(struct mm_buf *words, enum mm_code code, const char *why)
{
    struct link *link;
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(say(words, &link, &err), -1);
    assert_null(link);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, why) || strncmp(err.text, "board: ", 7) != 0)
        fail_msg("%s", err.text);
    mm_buf_done(words);
}

static void test_greetings(void **state)
{
    struct mm_buf words = {0};
    (void)state;
    hello(&words, REMOTE_PROTOCOL + 1, MM_ENGINE_VERSION, "9.9");
    check_refused(&words, MM_EUNSUPPORTED, "mmtui there is version 9.9");
    hello(&words, REMOTE_PROTOCOL, MM_ENGINE_VERSION + 1, "9.\x1b[9");
    check_refused(&words, MM_EUNSUPPORTED,
                  "version 9.\\x1b[9"); /* and no control characters reach the terminal */
    mm_buf_puts(&words, "Welcome to board\n");
    check_refused(&words, MM_EIO, "did not greet");
    mm_buf_puts(&words, REMOTE_MAGIC);
    frame_put(&words, FRAME_DONE, 0, NULL, 0);
    check_refused(&words, MM_ECORRUPT, "greeting can't be read");
    mm_buf_puts(&words, REMOTE_MAGIC "rubbish rubbish");
    check_refused(&words, MM_ECORRUPT, "greeting can't be read");
    check_refused(&words, MM_EIO, "did not greet");
    hello(&words, REMOTE_PROTOCOL, MM_ENGINE_VERSION, "1");
    words.length--;
    check_refused(&words, MM_EIO, "did not greet");
}

/* What start-up files print before the greeting does no harm. */
static void test_chatter(void **state)
{
    struct mm_buf words = {0};
    struct link *link;
    struct mm_err err;
    (void)state;
    mm_buf_puts(&words, "Last login: Tue\nmmtui serv\n");
    hello(&words, REMOTE_PROTOCOL, MM_ENGINE_VERSION, MM_VERSION);
    assert_int_equal(say(&words, &link, &err), 0);
    link_close(link);
    mm_buf_done(&words);
}

/* The answer to the first request, whose number is 1, cut after `size` bytes (SIZE_MAX: not). */
static int answer(const struct mm_buf *frames, size_t size, struct mm_buf *out, struct mm_err *err)
{
    struct mm_buf words = {0}, request = {0};
    struct link *link;
    hello(&words, REMOTE_PROTOCOL, MM_ENGINE_VERSION, MM_VERSION);
    mm_buf_add(&words, frames->data, size < frames->length ? size : frames->length);
    mm_buf_clear(out);
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_int_equal(write(fd[1], words.data, words.length), words.length);
    shutdown(fd[1], SHUT_WR);
    assert_int_equal(link_open_at(&link, fd[0], "board", &(struct mm_remote_options){.ssh = NULL}, err), 0);
    int result = link_ask(link, FRAME_CLOSE, &request, out, NULL, err);
    if (result < 0 && err->code == MM_EIO)
        assert_true(link_lost(link));
    link_close(link);
    close(fd[1]);
    mm_buf_done(&words);
    return result;
}

static void test_answers(void **state)
{
    struct mm_buf frames = {0}, out = {0};
    const struct mm_err said = {MM_ENOENT, "/d: is gone"};
    struct mm_err err;
    (void)state;
    frame_put(&frames, FRAME_PART, 77, "x", 1); /* of a request that was given up */
    frame_put(&frames, FRAME_PART, 1, "he", 2);
    frame_put(&frames, FRAME_PART, 1, "llo", 3);
    frame_put(&frames, FRAME_DONE, 1, NULL, 0);
    assert_int_equal(answer(&frames, SIZE_MAX, &out, &err), 0);
    assert_string_equal(mm_buf_text(&out), "hello");
    for (size_t size = 0; size < frames.length; size++) {
        assert_int_equal(answer(&frames, size, &out, &err), -1);
        assert_int_equal(err.code, MM_EIO);
        assert_non_null(strstr(err.text, "board: the connection was lost"));
        assert_non_null(strstr(err.text, "r connects again"));
    }
    mm_buf_clear(&frames);
    frame_put_error(&frames, 1, &said);
    assert_int_equal(answer(&frames, SIZE_MAX, &out, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_string_equal(err.text, "/d: is gone");
    mm_buf_clear(&frames);
    frame_put(&frames, FRAME_OPEN, 1, NULL, 0); /* a far side does not ask */
    assert_int_equal(answer(&frames, SIZE_MAX, &out, &err), -1);
    assert_non_null(strstr(err.text, "not mmtui's protocol"));
    mm_buf_clear(&frames);
    mm_buf_puts(&frames, "Connection to board closed by remote host.");
    assert_int_equal(answer(&frames, SIZE_MAX, &out, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    mm_buf_done(&frames);
    mm_buf_done(&out);
}

/* Who waits is let go when it is cancelled, though nothing comes. */
static void *cancel_later(void *context)
{
    poll(NULL, 0, 20);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

static void test_cancel(void **state)
{
    struct mm_buf words = {0}, request = {0}, out = {0};
    struct link *link;
    struct mm_err err;
    atomic_bool cancel = false;
    pthread_t thread;
    int fd[2];
    (void)state;
    hello(&words, REMOTE_PROTOCOL, MM_ENGINE_VERSION, MM_VERSION);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_int_equal(write(fd[1], words.data, words.length), words.length);
    assert_int_equal(link_open_at(&link, fd[0], "board", &(struct mm_remote_options){.ssh = NULL}, &err), 0);
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &cancel), 0);
    assert_int_equal(link_ask(link, FRAME_CLOSE, &request, &out, &cancel, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_false(link_lost(link));
    pthread_join(thread, NULL);
    link_close(link);
    close(fd[1]);
    mm_buf_done(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greetings),
        cmocka_unit_test(test_chatter),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
