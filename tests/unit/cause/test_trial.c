#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/cause.h"

/* Sums by hand, with a position that is left out. */
static void sums(void **state)
{
    (void)state;
    static const double s[5] = {1, 2, 3, NAN, 4}, d[5] = {1, 4, 3, 9, 6};
    struct mm_result result = {.state = MM_STATE_MEASURED};
    struct mm_case c = {.result = &result,
                        .op_type = "",
                        .s = s,
                        .d = d,
                        .s_count = 5,
                        .d_count = 5,
                        .s_shape = {1, {5}},
                        .d_shape = {1, {5}}};
    struct trial t;
    trial_init(&t, &c, NULL);
    assert_true(t.aligned && t.n == 4);
    assert_true(t.ss == 30 && t.dd == 62 && t.ee == 8);
    assert_true(t.se == 2 * -2 + 4 * -2);
    assert_true(t.mean_s == 2.5 && t.mean_d == 3.5);
    assert_true(t.vs == 5 && t.vd == 62 - 4 * 3.5 * 3.5);
    assert_true(fabs(t.observed - sqrt(8 / 62.0)) < 1e-15);
    assert_true(t.whole_s && t.whole_d && t.channel == -1);
}

/* The metrics alone give the same sums. */
static void without_values(void **state)
{
    (void)state;
    struct fault f;
    struct trial with, without;
    fault_init(&f, (struct mm_shape){3, {3, 8, 8}}, 1);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 2 * f.s[i] + 1;
    fault_find(&f);
    trial_init(&with, &f.c, NULL);
    f.c.s = f.c.d = NULL;
    trial_init(&without, &f.c, NULL);
    assert_true(with.n == without.n);
    assert_true(fabs(with.ss / without.ss - 1) < 1e-12 && fabs(with.dd / without.dd - 1) < 1e-12);
    assert_true(fabs(with.ee / without.ee - 1) < 1e-12 && fabs(with.se / without.se - 1) < 1e-12);
    assert_true(fabs(with.vs / without.vs - 1) < 1e-12 && fabs(with.vd / without.vd - 1) < 1e-12);
    fault_done(&f);
}

static void channel_axes(void **state)
{
    (void)state;
    static const struct {
        struct mm_shape shape;
        int channel; /* axis as dumped */
    } rows[] = {{{3, {3, 32, 32}}, 0},     {{4, {1, 3, 48, 192}}, 1}, {{4, {1, 48, 192, 3}}, 3},
                {{4, {1, 64, 14, 14}}, 1}, {{4, {8, 64, 14, 14}}, 1}, {{4, {1, 64, 4, 4}}, 1},
                {{3, {1, 197, 768}}, 2},   {{2, {8, 300}}, 1},        {{3, {1, 8400, 6}}, 2},
                {{3, {1, 4, 8400}}, 1},    {{2, {1, 1000}}, -1},      {{0, {0}}, -1},
                {{4, {1, 1, 28, 28}}, -1}, {{4, {1, 8, 1, 64}}, 1},   {{4, {8, 64, 1, 1}}, 1}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct fault f;
        struct trial t;
        fault_init(&f, rows[i].shape, 1);
        f.d[0] += 1;
        fault_find(&f);
        trial_init(&t, &f.c, NULL);
        assert_int_equal(t.channel < 0 ? -1 : t.axis[t.channel], rows[i].channel);
        fault_done(&f);
    }
}

/* left = 0.1: 1 - 0.1^2 at the noise, 1 - 0.1 far above it. */
static void scores(void **state)
{
    (void)state;
    struct trial t = {.vd = 4, .dd = 4, .observed = 0.5, .noise = 0.05};
    assert_true(fabs(cause_score(&t, 0.05) - 0.99) < 1e-12);
    t.noise = 1e-5;
    assert_true(fabs(cause_score(&t, 0.05) - 0.9) < 1e-12);
    t.vd = 0.01; /* spread 0.05: nothing of it is explained */
    assert_true(cause_score(&t, 0.05) == 0);
    t = (struct trial){.vd = 4, .dd = 4, .observed = 0.1, .noise = 1e-5};
    assert_true(cause_score(&t, 0.05) == 0); /* half of the error is left */
    assert_true(fabs(cause_score(&t, 0.03) - 0.7) < 1e-12);
    t.observed = 0;
    assert_true(cause_score(&t, 0) == 0);
    assert_true(cause_score(&t, NAN) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(without_values),
        cmocka_unit_test(channel_axes),
        cmocka_unit_test(scores),
    };
    return cmocka_run_group_tests_name("triage/trial", tests, NULL, NULL);
}
