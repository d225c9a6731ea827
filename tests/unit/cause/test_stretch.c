#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/arrangement.h"
#include "cause/stretch.h"

static const struct mm_shape shape = {3, {16, 20, 30}};
#define COUNT 9600

/* f.d as it is: what a glance says. */
static struct stretch glance(const struct fault *f)
{
    struct mm_result result = {.state = MM_STATE_MEASURED};
    struct mm_case c = {.result = &result,
                        .op_type = "",
                        .s = f->s,
                        .d = f->d,
                        .s_count = f->count,
                        .d_count = f->count,
                        .s_shape = f->shape,
                        .d_shape = f->shape};
    static struct sample sample;
    struct trial t;
    trial_init(&t, &c, NULL);
    sample.wanted = 0;
    t.sample = &sample;
    return stretch_glance(&t);
}

/* Noise of a tenth of src, then that and something in one stretch. */
static void add(struct fault *f, double noise)
{
    uint64_t seed = 7;
    for (int64_t i = 0; i < f->count; i++)
        f->d[i] = f->s[i] + noise * normal(&seed);
}

static void noise_has_none(void **state)
{
    (void)state;
    struct fault f;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        fault_init(&f, shape, seed);
        add(&f, 0.1 + 0.01 * (double)seed);
        struct stretch may = glance(&f);
        assert_false(may.run || may.part);
        fault_done(&f);
    }
}

/* Rows of each axis, and stretches of memory, from 1 in 64 to 2 in 3: all are seen, whatever the rest's noise is. */
static void parts_are_seen(void **state)
{
    (void)state;
    static const int64_t inner[] = {600, 30, 1, 1}, dim[] = {16, 20, 30, COUNT};
    struct fault f;
    uint64_t other = 99;
    for (int k = 0; k < 4 * 12; k++) {
        int64_t all = dim[k % 4], length = 1 + all * (k / 4) / 18, from = (all - length) * (k % 5) / 4;
        length = k % 4 == 3 && length < COUNT / 64 ? COUNT / 64 : length;
        fault_init(&f, shape, (uint64_t)k + 1);
        add(&f, 0.01);
        for (int64_t i = 0; i < f.count; i++) {
            int64_t at = i / inner[k % 4] % all;
            if (at >= from && at < from + length)
                f.d[i] = k % 2 ? 0 : normal(&other);
        }
        if (!glance(&f).part)
            fail_msg("%lld of %lld along %d", (long long)length, (long long)all, k % 4);
        fault_done(&f);
    }
}

static void runs_are_seen(void **state)
{
    (void)state;
    struct fault f;
    for (int64_t length = 64; length < COUNT; length *= 2) {
        fault_init(&f, shape, (uint64_t)length);
        add(&f, 0.001);
        for (int64_t i = 1000; i < 1000 + length && i < COUNT; i++)
            f.d[i] = 0;
        assert_true(glance(&f).run);
        fault_done(&f);
    }
}

/* What the sample does not see may be anything; so may a small tensor be, which is looked at in full. */
static void in_doubt(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape, 3);
    for (int64_t i = 5000; i < 5004; i++)
        f.d[i] = 100;
    assert_true(glance(&f).run && glance(&f).part);
    fault_done(&f);
    fault_init(&f, (struct mm_shape){1, {1000}}, 4);
    add(&f, 0.1);
    assert_true(glance(&f).run && glance(&f).part);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_has_none),
        cmocka_unit_test(parts_are_seen),
        cmocka_unit_test(runs_are_seen),
        cmocka_unit_test(in_doubt),
    };
    return cmocka_run_group_tests_name("cause/stretch", tests, NULL, NULL);
}
