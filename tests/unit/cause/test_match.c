#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* Slices of `inner` values behind `outer` others, the first `count` of them in the order (a i + b) mod
 * count. */
static void permute(struct fault *f, int64_t outer, int64_t count, int64_t inner, int64_t a, int64_t b)
{
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < count; i++)
            memcpy(f->d + (o * count + i) * inner, f->s + (o * count + (a * i + b) % count) * inner,
                   (size_t)inner * sizeof(double));
}

static const struct {
    struct mm_shape shape;
    int64_t outer, count, inner, a, b;
    enum mm_cause_id cause;
    const char *sentence;
} rows[] = {
    {{4, {1, 16, 12, 12}},
     1,
     16,
     144,
     5,
     3,
     MM_CAUSE_CHANNELS_PERMUTED,
     "16 of 16 channels in another order"},
    {{4, {2, 300, 4, 4}}, 2, 300, 16, 7, 1, MM_CAUSE_CHANNELS_PERMUTED, "30"},
    {{3, {3, 32, 32}}, 1, 3, 1024, 1, 1, MM_CAUSE_CHANNELS_PERMUTED, "3 of 3 channels in another order"},
    {{2, {64, 96}}, 64, 96, 1, 5, 2, MM_CAUSE_CHANNELS_PERMUTED, "96 of 96 channels in another order"},
    {{3, {1, 8400, 6}}, 1, 8400, 6, 11, 4, MM_CAUSE_REORDERED, "8400 of 8400 rows in another order"},
};

static void permuted(void **state)
{
    (void)state;
    for (size_t n = 0; n < MM_COUNT(rows) * NOISES; n++) {
        size_t row = n % MM_COUNT(rows);
        struct fault f;
        fault_init(&f, rows[row].shape, 40 + n);
        permute(&f, rows[row].outer, rows[row].count, rows[row].inner, rows[row].a, rows[row].b);
        add_noise(&f, (enum noise)(n / MM_COUNT(rows)));
        fault_find(&f);
        assert_cause(&f, rows[row].cause, 0.9, rows[row].sentence);
        fault_done(&f);
    }
}

/* The permutation that is told is the one that was made: d[c] = s[(5 c + 3) mod 16]. */
static void the_permutation(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, rows[0].shape, 9);
    permute(&f, 1, 16, 144, 5, 3);
    fault_find(&f);
    assert_non_null(strstr(f.finding[0].evidence, "in the order 0<-3 1<-8 2<-13 3<-2 4<-7"));
    fault_done(&f);
}

/* Two channels swapped, of which many are dead: only two moved. */
static void swapped_among_dead(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, (struct mm_shape){4, {1, 32, 8, 8}}, 10);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = i / 64 % 3 == 1 ? 0 : f.s[i];
    memcpy(f.d + 6 * 64, f.s + 12 * 64, 64 * sizeof(double));
    memcpy(f.d + 12 * 64, f.s + 6 * 64, 64 * sizeof(double));
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CHANNELS_PERMUTED, 0.9, "2 of 32 channels in another order");
    assert_non_null(strstr(f.finding[0].evidence, "6<-12 12<-6"));
    fault_done(&f);
}

/* Scores of top-k: the same numbers, ties turned round. */
static void vector(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 5;
    fault_init(&f, (struct mm_shape){1, {100}}, 11);
    for (int64_t i = 99; i > 0; i--) {
        int64_t k = (int64_t)(random_bits(&seed) % (uint64_t)(i + 1));
        double kept = f.d[i];
        f.d[i] = f.d[k];
        f.d[k] = kept;
    }
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_REORDERED, 0.9, "the same values in another order: sorted");
    for (int64_t i = 0; i < 100; i++)
        f.d[i] = normal(&seed);
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

/* Noise of all sizes on few values: sorting makes it look small, but nothing changed places. */
static void noise_is_no_order(void **state)
{
    (void)state;
    static const double sizes[] = {1e-4, 1e-3, 1e-2, 0.05, 0.1, 0.2};
    for (size_t i = 0; i < MM_COUNT(sizes) * 3; i++) {
        struct fault f;
        uint64_t seed = 90 + i;
        fault_init(&f, (struct mm_shape){1, {i % 3 == 0 ? 50 : i % 3 == 1 ? 300 : 20000}}, 80 + i);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = f.s[k] + sizes[i / 3] * normal(&seed);
        fault_find(&f);
        assert_int_equal(f.findings, 0);
        fault_done(&f);
    }
}

/* Other rows of the same kind are no reordering. */
static void unrelated(void **state)
{
    (void)state;
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        uint64_t seed = 60 + row;
        fault_init(&f, rows[row].shape, 70 + row);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = normal(&seed);
        fault_find(&f);
        assert_int_equal(f.findings, 0);
        fault_done(&f);
    }
}

/* Row 7 of 40 is nowhere, a copy of row 30 stands there. */
static void lost_row(void **state)
{
    (void)state;
    for (size_t n = 0; n < NOISES; n++) {
        struct fault f;
        fault_init(&f, shape_of(3, 1, 40, 64, 0), 70 + n);
        memcpy(f.d + 7 * 64, f.s + 30 * 64, 64 * sizeof(double));
        add_noise(&f, (enum noise)n);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_LOST_ROWS, 0.9,
                     "row 7 holds src's row 30, which is there twice: 1 of 40 rows are lost");
        fault_done(&f);
    }
}

/* Two equal rows in src, all rows turned by one: nothing is lost. */
static void equal_rows_are_not_lost(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 1, 40, 64, 0), 71);
    memcpy(f.s + 7 * 64, f.s + 30 * 64, 64 * sizeof(double));
    permute(&f, 1, 40, 64, 3, 1);
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_REORDERED, 0.9, "40 of 40 rows in another order");
    fault_done(&f);
}

/* One of three values of a channel is off, and another channel happens to be nearer: nothing changed places. */
static void a_copy_is_no_order(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(2, 8, 20, 1, 1), 90);
    for (int64_t i = 0; i < 8; i++)
        f.d[i * 20 + 3] = f.s[i * 20 + 11]; /* channel 3 is a copy of channel 11 */
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "channels-permuted") != 0);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_no_order),
        cmocka_unit_test(lost_row),
        cmocka_unit_test(equal_rows_are_not_lost),

        cmocka_unit_test(permuted),
        cmocka_unit_test(the_permutation),
        cmocka_unit_test(swapped_among_dead),
        cmocka_unit_test(vector),
        cmocka_unit_test(noise_is_no_order),
        cmocka_unit_test(unrelated),
    };
    return cmocka_run_group_tests_name("triage/cause_match", tests, NULL, NULL);
}
