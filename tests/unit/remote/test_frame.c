#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mmtui/base.h"
#include "remote/frame.h"

static void test_bytes(void **state)
{
    static const uint8_t expected[] = {2, 0, 0, 0, 3, 7, 1, 0, 0, 'h', 'i'};
    struct mm_buf out = {0};
    struct frame frame;
    size_t used;
    (void)state;
    frame_put(&out, FRAME_FETCH, 263, "hi", 2);
    assert_int_equal(out.length, sizeof expected);
    assert_memory_equal(out.data, expected, sizeof expected);
    assert_int_equal(frame_take(expected, sizeof expected, &frame, &used, NULL), 1);
    assert_int_equal(used, sizeof expected);
    assert_int_equal(frame.type, FRAME_FETCH);
    assert_int_equal(frame.id, 263);
    assert_int_equal(frame.size, 2);
    assert_memory_equal(frame.data, "hi", 2);
    for (size_t size = 0; size < sizeof expected; size++)
        assert_int_equal(frame_take(expected, size, &frame, &used, NULL), 0);
    mm_buf_done(&out);
}

static void test_none(void **state)
{
    static const uint8_t no_type[] = {0, 0, 0, 0, 0, 0, 0, 0, 0}, unknown[] = {0, 0, 0, 0, 99, 0, 0, 0, 0},
                         large[] = {1, 0, 0x40, 0, 8, 0, 0, 0, 0}, text[] = "Last login: Tue";
    struct frame frame;
    struct mm_err err;
    size_t used;
    (void)state;
    assert_int_equal(frame_take(no_type, sizeof no_type, &frame, &used, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_int_equal(frame_take(unknown, sizeof unknown, &frame, &used, &err), -1);
    assert_int_equal(frame_take(large, sizeof large, &frame, &used, &err), -1);
    assert_int_equal(frame_take(text, sizeof text, &frame, &used, &err), -1);
}

/* A large answer is several frames, the last of which is DONE. */
static void test_answer(void **state)
{
    struct mm_buf out = {0};
    struct frame frame;
    size_t at = 0, used, bytes = 0, frames = 0, size = (5 << 20) + 3;
    char *data = test_calloc(size, 1);
    (void)state;
    frame_put_answer(&out, 9, data, size);
    do {
        assert_int_equal(frame_take((uint8_t *)out.data + at, out.length - at, &frame, &used, NULL), 1);
        assert_int_equal(frame.id, 9);
        at += used;
        bytes += frame.size;
        frames++;
    } while (frame.type == FRAME_PART);
    assert_int_equal(frame.type, FRAME_DONE);
    assert_int_equal(at, out.length);
    assert_int_equal(bytes, size);
    assert_int_equal(frames, 7);
    frame_put(&out, FRAME_PART, 1, data, size); /* as one it is too large */
    assert_true(out.failed);
    mm_buf_done(&out);
    test_free(data);
}

static void test_error(void **state)
{
    struct mm_buf out = {0};
    struct frame frame;
    struct mm_err err = {MM_ENOENT, "x.npy: is gone"}, got;
    size_t used;
    uint8_t lie[] = {3, 255, 255, 255, 255, 'x'}, fine[] = {0, 0, 0, 0, 0};
    (void)state;
    frame_put_error(&out, 4, &err);
    assert_int_equal(frame_take((uint8_t *)out.data, out.length, &frame, &used, NULL), 1);
    assert_int_equal(frame.type, FRAME_FAIL);
    assert_int_equal(frame_error(&frame, &got), -1);
    assert_int_equal(got.code, MM_ENOENT);
    assert_string_equal(got.text, "x.npy: is gone");
    frame = (struct frame){.data = lie, .size = sizeof lie};
    assert_int_equal(frame_error(&frame, &got), -1);
    assert_int_equal(got.code, MM_ECORRUPT);
    frame = (struct frame){.data = fine, .size = sizeof fine}; /* an error that is none */
    assert_int_equal(frame_error(&frame, &got), -1);
    assert_int_equal(got.code, MM_ECORRUPT);
    mm_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
