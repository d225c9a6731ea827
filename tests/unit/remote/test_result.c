#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "remote/result.h"
#include "unit/fixture.h"

/* Cut and damaged ones give an error, and never a figure that can't be: places lie within the tensor. */
static void test_damaged(void **state)
{
    static const float s[6] = {1, -2, 3, 4, 5, 6}, d[6] = {1, -2.5f, 3, 4.25f, 5, 6};
    const struct mm_measure_options options = {.quantiles = true, .hist_bins = 4};
    char *folder = temp_folder();
    struct mm_result result, got;
    struct mm_dump *a, *b;
    struct mm_buf out = {0};
    (void)state;
    put_floats(folder, "a.npy", s, 6);
    put_floats(folder, "b.npy", d, 6);
    char *x = in_folder(folder, "a.npy"), *y = in_folder(folder, "b.npy");
    assert_int_equal(mm_dump_open(&a, x, NULL, NULL), 0);
    assert_int_equal(mm_dump_open(&b, y, NULL, NULL), 0);
    const struct mm_pair pair = {.name = "a", .src = a->entries, .dst = b->entries};
    mm_measure_pair(&pair, NULL, &options, NULL, &result);
    result_put(&out, &pair, &result);
    assert_int_equal(result_get((uint8_t *)out.data, out.length, &pair, &got, NULL), 0);
    assert_true(got.metrics.diff1 == 0.75 / 21 && got.metrics.max_abs_at == 1 && got.metrics.src.min == -2);
    assert_true(got.has_quantiles && got.quantiles.p50 == 0 && got.hist->src.bins == 4);
    mm_result_done(&got);
    for (size_t size = 0; size < out.length; size++)
        assert_int_equal(result_get((uint8_t *)out.data, size, &pair, &got, NULL), -1);
    size_t bad = 0;
    for (size_t at = 0; at < out.length; at++) {
        out.data[at] ^= (char)0x80;
        if (result_get((uint8_t *)out.data, out.length, &pair, &got, NULL) == 0)
            assert_true(got.metrics.max_abs_at < 6 && got.metrics.src.min_at < 6 && got.metrics.finite <= 6);
        else
            bad++;
        mm_result_done(&got);
        out.data[at] ^= (char)0x80;
    }
    assert_true(bad > 100);
    const struct mm_pair other = {
        .name = "b", .src = b->entries, .dst = a->entries}; /* another pair's figures */
    assert_int_equal(result_get((uint8_t *)out.data, out.length, &other, &got, NULL), -1);
    mm_result_done(&result);
    mm_dump_close(a);
    mm_dump_close(b);
    free(x);
    free(y);
    drop_folder(folder);
    mm_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
