#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The far side against near sides that are broken or hostile. */
#include "remote/frame.h"
#include "unit/remote/far.h"

static void put_hello(struct mm_buf *out)
{
    struct mm_buf text = {0};
    cache_put_u32(&text, REMOTE_PROTOCOL);
    cache_put_u32(&text, MM_ENGINE_VERSION);
    cache_put_text(&text, MM_VERSION, strlen(MM_VERSION));
    cache_put_u8(&text, 0);
    frame_put(out, FRAME_HELLO, 0, text.data, text.length);
    mm_buf_done(&text);
}

/* Say this, and listen to all that is answered: *result is mm_serve's. */
static void ask(const struct mm_buf *words, struct mm_buf *answer, int *result, struct mm_err *err)
{
    struct far_side far;
    char room[4096];
    ssize_t n;
    far_start(&far, &(struct mm_serve_options){.below = "/usr"});
    if (write(far.fd[0], words->data ? words->data : "", words->length) < 0)
        assert_true(words->length == 0);
    shutdown(far.fd[0], SHUT_WR);
    mm_buf_clear(answer);
    while ((n = read(far.fd[0], room, sizeof room)) > 0)
        mm_buf_add(answer, room, (size_t)n);
    close(far.fd[0]);
    far_end(&far);
    *result = far.result;
    *err = far.err;
}

static void test_not_the_protocol(void **state)
{
    static const char *const texts[] = {"", "GET / HTTP/1.0\r\n\r\n", "ls -l /usr\n"};
    struct mm_buf words = {0}, answer = {0};
    struct mm_err err;
    int result;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        mm_buf_clear(&words);
        mm_buf_puts(&words, texts[i]);
        ask(&words, &answer, &result, &err);
        assert_int_equal(result, i ? -1 : 0);
        assert_memory_equal(answer.data, REMOTE_MAGIC,
                            strlen(REMOTE_MAGIC)); /* it greets, and says no more */
        assert_true(answer.length < 64);
    }
    mm_buf_clear(&words);
    frame_put(&words, FRAME_OPEN, 1, "x", 1); /* before a greeting */
    ask(&words, &answer, &result, &err);
    assert_int_equal(result, -1);
    mm_buf_clear(&words);
    put_hello(&words);
    frame_put(&words, FRAME_PART, 1, "x", 1); /* an answer to nothing */
    ask(&words, &answer, &result, &err);
    assert_int_equal(result, -1);
    mm_buf_done(&words);
    mm_buf_done(&answer);
}

/* Requests that make no sense are errors of their own: the connection stays. */
static void test_senseless(void **state)
{
    struct mm_buf words = {0}, answer = {0}, numbers = {0};
    struct mm_err err;
    int result;
    (void)state;
    for (int i = 0; i < 4; i++)
        cache_put_u32(&numbers, 0x7FFFFFFF);
    put_hello(&words);
    frame_put(&words, FRAME_OPEN, 1, "rubbish", 7);
    frame_put(&words, FRAME_FETCH, 2, numbers.data, numbers.length);
    frame_put(&words, FRAME_MEASURE, 3, numbers.data, numbers.length);
    frame_put(&words, FRAME_CLOSE, 4, numbers.data, 4);
    frame_put(&words, FRAME_CLOSE, 5, NULL, 0);
    frame_put(&words, FRAME_SEND, 6, "rubbish", 7);
    frame_put(&words, FRAME_SEND, 6, "rubbish", 7);
    frame_put(&words, FRAME_MEASURE, 6, NULL, 0);
    frame_put(&words, FRAME_CANCEL, 99, NULL, 0);
    ask(&words, &answer, &result, &err);
    assert_int_equal(result, 0); /* it has read to the end */
    mm_buf_done(&words);
    mm_buf_done(&answer);
    mm_buf_done(&numbers);
}

static void test_errors_are_told(void **state)
{
    struct both_sides both;
    struct mm_buf request = {0}, answer = {0};
    struct mm_err err;
    (void)state;
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = "/usr"});
    struct link *link = both.near->hosts->link;
    static const enum frame_type types[] = {FRAME_OPEN, FRAME_FETCH, FRAME_MEASURE, FRAME_CLOSE};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        mm_buf_clear(&request);
        mm_buf_puts(&request, "rubbish rubbish rubbish");
        assert_int_equal(link_ask(link, types[i], &request, &answer, NULL, &err), -1);
        assert_true(err.code == MM_ECORRUPT || err.code == MM_EARG);
        assert_false(link_lost(link));
    }
    mm_buf_done(&request);
    mm_buf_done(&answer);
    both_end(&both);
}

/* More than are kept for requests that never come. */
static void test_sent(void **state)
{
    struct mm_buf words = {0}, answer = {0};
    struct mm_err err;
    int result;
    (void)state;
    put_hello(&words);
    for (size_t i = 0; i < 70; i++)
        frame_put(&words, FRAME_SEND, (uint32_t)(100 + i), "x", 1);
    ask(&words, &answer, &result, &err);
    assert_int_equal(result, -1);
    assert_non_null(strstr(err.text, "more was sent"));
    mm_buf_done(&words);
    mm_buf_done(&answer);
}

/* Whatever byte of a conversation is another one, it ends without harm. */
static void test_any_byte(void **state)
{
    struct mm_buf words = {0}, answer = {0}, open = {0};
    struct mm_err err;
    int result;
    (void)state;
    cache_put_u32(&open, 1);
    mm_buf_puts(&open, "\1\x0a");
    put_hello(&words);
    frame_put(&words, FRAME_OPEN, 1, open.data, open.length);
    frame_put(&words, FRAME_CANCEL, 1, NULL, 0);
    size_t ended = 0;
    for (size_t at = 0; at < words.length; at++) {
        words.data[at] ^= 0x55;
        ask(&words, &answer, &result, &err);
        ended += result < 0;
        words.data[at] ^= 0x55;
    }
    assert_true(ended > 10); /* heads of frames and the protocol's number are noticed */
    for (size_t size = 0; size < words.length; size++) {
        const struct mm_buf cut = {.data = words.data, .length = size};
        ask(&cut, &answer, &result, &err);
        assert_int_equal(result, 0); /* it is as if nobody had asked */
    }
    mm_buf_done(&words);
    mm_buf_done(&answer);
    mm_buf_done(&open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_the_protocol), cmocka_unit_test(test_senseless),
        cmocka_unit_test(test_errors_are_told),  cmocka_unit_test(test_sent),
        cmocka_unit_test(test_any_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
