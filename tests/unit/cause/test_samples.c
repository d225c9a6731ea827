#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

enum { BATCH = 4, EACH = 3 * 8 * 8 };

/* Sample b of dst is source[b] of src; -1: zeros, -2: something else. */
static void place(struct fault *f, const int source[BATCH], uint64_t seed)
{
    for (int64_t i = 0; i < f->count; i++) {
        int64_t b = i / EACH;
        f->d[i] = source[b] >= 0 ? f->s[i + (source[b] - b) * EACH] : source[b] == -1 ? 0 : 2 * normal(&seed);
    }
}

static void places(void **state)
{
    (void)state;
    static const struct {
        int source[BATCH];
        double score;
        const char *sentence;
    } rows[] = {{{0, 1, -1, 3}, 0.95, "sample 2 of 4 (axis 0) is 0 everywhere, the rest is right"},
                {{0, 3, 2, 1}, 0.95, "samples 1, 3 of 4 (axis 0) changed places, the rest is right"},
                {{1, 2, 3, 0}, 0.95, "samples 0, 1, 2, 3 of 4 (axis 0) changed places"},
                {{0, 0, 2, 3}, 0.95, "sample 1 of 4 (axis 0) holds what belongs to 0, the rest is right"},
                {{0, 0, 0, 0}, 0.95, "samples 1, 2, 3 of 4 (axis 0) hold what belongs to 0"},
                {{0, 1, 2, -2}, 0.75, "sample 3 of 4 (axis 0) holds something else, the rest is right"}};
    for (size_t n = 0; n < MM_COUNT(rows) * NOISES; n++) {
        size_t row = n % MM_COUNT(rows);
        struct fault f;
        fault_init(&f, shape_of(4, BATCH, 3, 8, 8), 3 + n);
        place(&f, rows[row].source, 70 + n);
        add_noise(&f, (enum noise)(n / MM_COUNT(rows)));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SAMPLES, rows[row].score, rows[row].sentence);
        fault_done(&f);
    }
}

/* A batch of lists, of vectors: an empty one is told. */
static void fewer_axes(void **state)
{
    (void)state;
    static const struct mm_shape shapes[] = {{3, {4, 12, 16}}, {2, {4, 192}}};
    for (size_t n = 0; n < 2; n++) {
        struct fault f;
        fault_init(&f, shapes[n], 30 + n);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = i / EACH == 1 ? 0 : f.s[i];
        noise_half(&f);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SAMPLES, 0.95, "index 1 of 4 (axis 0) is 0 everywhere");
        fault_done(&f);
    }
}

/* Two samples exchanged are an axis backwards, too; that they are samples says more. A vector of ten scores each. */
static void small_batches(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(4, 2, 3, 8, 8), 50);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[(i + EACH) % f.count];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SAMPLES, 0.95, "samples 0, 1 of 2 (axis 0) changed places");
    fault_done(&f);
    fault_init(&f, shape_of(2, 4, 10, 1, 1), 51);
    for (int64_t i = 10; i < 20; i++)
        f.d[i] = 0;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SAMPLES, 0.95, "index 1 of 4 (axis 0) is 0 everywhere");
    fault_done(&f);
}

/* The same picture twice, in any order; another factor for one sample; noise in all; unrelated samples. */
static void right_places(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 8;
    fault_init(&f, shape_of(4, BATCH, 3, 8, 8), 40);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = f.s[i % EACH];
        f.d[i] = f.s[i] + 0.05 * normal(&seed);
    }
    f.c.noise = 0.04;
    fault_find(&f);
    assert_string_equal(found_word(&f), "rounding");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = normal(&seed);
    fault_find(&f);
    assert_unexplained(&f, 0.3);
    fault_done(&f);
    fault_init(&f, shape_of(4, BATCH, 3, 8, 8), 41);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i / EACH == 2 ? 1.3 * f.s[i] : f.s[i];
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "batch-sample") != 0);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(fewer_axes),
                                       cmocka_unit_test(small_batches), cmocka_unit_test(right_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
