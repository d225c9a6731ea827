#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

#include <stdlib.h>
#include <string.h>

/* Under the sanitizers too, what can't be allocated gives NULL. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void empty_is_text(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    assert_string_equal(mm_buf_text(&buf), "");
    mm_buf_clear(&buf);
    mm_buf_puts(&buf, "");
    assert_string_equal(mm_buf_text(&buf), "");
    assert_int_equal(buf.length, 0);
    mm_buf_done(&buf);
    mm_buf_done(&buf);
}

static void adds_in_order(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_buf_puts(&buf, "ab");
    mm_buf_putc(&buf, 'c');
    mm_buf_add(&buf, "d\0e", 3);
    mm_buf_add(&buf, NULL, 0);
    mm_buf_printf(&buf, "%d", -12);
    assert_int_equal(buf.length, 9);
    assert_memory_equal(buf.data, "abcd\0e-12", 10);
    mm_buf_clear(&buf);
    assert_int_equal(buf.length, 0);
    assert_string_equal(mm_buf_text(&buf), "");
    mm_buf_done(&buf);
}

/* The two ways of printf meet at 256 bytes. */
static void printf_of_any_length(void **state)
{
    (void)state;
    static const int lengths[] = {0, 1, 254, 255, 256, 257, 5000};
    for (size_t i = 0; i < MM_COUNT(lengths); i++) {
        struct mm_buf buf;
        mm_buf_init(&buf);
        mm_buf_puts(&buf, "<");
        mm_buf_printf(&buf, "%*s", lengths[i], "");
        mm_buf_puts(&buf, ">");
        assert_int_equal(buf.length, lengths[i] + 2);
        assert_int_equal(strlen(buf.data), lengths[i] + 2);
        assert_int_equal(strspn(buf.data + 1, " "), lengths[i]);
        assert_int_equal(buf.data[lengths[i] + 1], '>');
        mm_buf_done(&buf);
    }
}

static void keeps_what_it_has_when_memory_is_out(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_buf_puts(&buf, "kept");
    assert_null(mm_buf_reserve(&buf, SIZE_MAX));
    assert_true(buf.failed);
    assert_null(mm_buf_reserve(&buf, 1));
    mm_buf_puts(&buf, "dropped");
    mm_buf_printf(&buf, "%300s", "dropped");
    assert_string_equal(mm_buf_text(&buf), "kept");
    mm_buf_clear(&buf);
    assert_false(buf.failed);
    mm_buf_puts(&buf, "again");
    assert_string_equal(mm_buf_text(&buf), "again");
    mm_buf_done(&buf);
}

static void reserves_room(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_buf_puts(&buf, "ab");
    char *place = mm_buf_reserve(&buf, 1000);
    assert_non_null(place);
    memset(place, 'x', 1000);
    buf.length += 1000;
    mm_buf_putc(&buf, '!');
    assert_int_equal(strlen(buf.data), 1003);
    mm_buf_done(&buf);
}

static void grows_arrays(void **state)
{
    (void)state;
    int *array = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(mm_grow((void **)&array, &capacity, (size_t)i + 1, sizeof *array), 0);
        assert_true(capacity > (size_t)i);
        array[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(array[i], i);
    int *before = array;
    size_t had = capacity;
    assert_int_equal(mm_grow((void **)&array, &capacity, SIZE_MAX / 2, sizeof *array), -1);
    assert_int_equal(mm_grow((void **)&array, &capacity, SIZE_MAX, 1), -1);
    assert_ptr_equal(array, before);
    assert_int_equal(capacity, had);
    assert_int_equal(mm_grow((void **)&array, &capacity, 0, sizeof *array), 0);
    free(array);
}

static void products_that_do_not_fit(void **state)
{
    (void)state;
    size_t size;
    int64_t whole;
    assert_true(mm_mul(0, SIZE_MAX, &size));
    assert_int_equal(size, 0);
    assert_true(mm_mul((size_t)1 << 31, (size_t)1 << 32, &size));
    assert_true(size == (size_t)1 << 63);
    assert_false(mm_mul((size_t)1 << 32, (size_t)1 << 32, &size));
    assert_true(mm_mul_i64(INT64_MIN, 1, &whole));
    assert_true(whole == INT64_MIN);
    assert_false(mm_mul_i64(INT64_MIN, -1, &whole));
    assert_false(mm_mul_i64(INT64_MAX, 2, &whole));
    assert_true(mm_mul_i64(-3, 7, &whole));
    assert_int_equal(whole, -21);
}

static void numbers_and_runs(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_buf_whole(&buf, 0);
    mm_buf_fill(&buf, ' ', 3);
    mm_buf_whole(&buf, -120);
    mm_buf_fill(&buf, 'x', 0);
    mm_buf_putc(&buf, ',');
    mm_buf_whole(&buf, INT64_MIN);
    mm_buf_putc(&buf, ',');
    mm_buf_whole(&buf, INT64_MAX);
    assert_string_equal(mm_buf_text(&buf), "0   -120,-9223372036854775808,9223372036854775807");
    mm_buf_done(&buf);
    mm_buf_fill(&buf, 'x', 2);
    assert_string_equal(mm_buf_text(&buf), "xx");
    mm_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_is_text),
        cmocka_unit_test(adds_in_order),
        cmocka_unit_test(printf_of_any_length),
        cmocka_unit_test(keeps_what_it_has_when_memory_is_out),
        cmocka_unit_test(reserves_room),
        cmocka_unit_test(grows_arrays),
        cmocka_unit_test(products_that_do_not_fit),
        cmocka_unit_test(numbers_and_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
