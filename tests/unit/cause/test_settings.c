#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* What-ifs of s, as the caller of causes makes them. */
static void floors(struct fault *f, struct mm_whatif out[5])
{
    struct mm_tensor s;
    struct mm_run run;
    struct mm_err err = {MM_OK, ""};
    const struct mm_whatif_setting settings[5] = {{.dtype = MM_F16},
                                                  {.dtype = MM_I8},
                                                  {.dtype = MM_I8, .asymmetric = true},
                                                  {.dtype = MM_I8, .range = MM_RANGE_P9999},
                                                  {.dtype = MM_I8, .per_channel = true, .axis = 1}};
    mm_tensor_raw(&s, MM_F64, &f->shape, f->s, &run);
    if (mm_whatif_tensor(&s, settings, 5, NULL, out, &err) < 0)
        fail_msg("%s", err.text);
    f->c.floor = out;
    f->c.floors = 5;
}

static const struct mm_shape image = {4, {1, 16, 24, 24}};

static const struct mm_finding *finding_of(const struct fault *f, enum mm_cause_id cause)
{
    for (size_t i = 0; i < f->findings; i++) {
        if (f->finding[i].cause == cause)
            return &f->finding[i];
    }
    return NULL;
}

/* One channel of 16 is 50 times larger: all share its step. */
static void channel_range(void **state)
{
    (void)state;
    struct fault f;
    struct mm_whatif w[5];
    fault_init(&f, image, 1);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = (i / 576 == 3 ? 50 : 1) * f.s[i];
    noise_int8(&f);
    floors(&f, w);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CHANNEL_RANGE, 0.9,
                 "one int8 scale for very different channels: per channel is");
    assert_true(f.finding[0].residual == w[4].metrics.diff2);
    fault_done(&f);
}

/* Values from 0 up waste half of a symmetric range: 6 dB. */
static void one_sided(void **state)
{
    (void)state;
    struct fault f;
    struct mm_whatif w[5];
    fault_init(&f, image, 2);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = fabs(f.s[i]);
    noise_int8(&f);
    floors(&f, w);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_ONE_SIDED, 0.9, "a symmetric int8 range for one-sided values: asymmetric is 6");
    fault_done(&f);
}

static void outlier(void **state)
{
    (void)state;
    struct fault f;
    struct mm_whatif w[5];
    fault_init(&f, (struct mm_shape){4, {1, 16, 60, 60}}, 3);
    f.s[777] = f.d[777] = 200;
    noise_int8(&f);
    floors(&f, w);
    fault_find(&f);
    const struct mm_finding *found = finding_of(&f, MM_CAUSE_OUTLIER);
    assert_non_null(found);
    assert_true(found->score > 0.9);
    assert_true(strncmp(found->sentence, "few outliers stretch the int8 range", 35) == 0);
    fault_done(&f);
}

/* Alike channels on both sides of 0: no setting is better. And halves, which have no setting. */
static void good_settings(void **state)
{
    (void)state;
    struct fault f;
    struct mm_whatif w[5];
    fault_init(&f, image, 4);
    noise_int8(&f);
    floors(&f, w);
    fault_find(&f);
    assert_string_equal(found_word(&f), "rounding");
    assert_int_equal(f.findings, 1);
    fault_done(&f);
    fault_init(&f, image, 5);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = (i / 576 == 3 ? 50 : 1) * f.s[i];
    noise_half(&f);
    floors(&f, w);
    fault_find(&f);
    assert_null(finding_of(&f, MM_CAUSE_CHANNEL_RANGE));
    fault_done(&f);
}

/* Four bits have settings, too: 7 codes for one side, 15 with a zero point. */
static void four_bits(void **state)
{
    (void)state;
    struct fault f;
    struct mm_tensor s;
    struct mm_run run;
    struct mm_err err = {MM_OK, ""};
    struct mm_whatif w[2];
    const struct mm_whatif_setting settings[2] = {{.dtype = MM_I4}, {.dtype = MM_I4, .asymmetric = true}};
    double most = 0;
    fault_init(&f, image, 6);
    for (int64_t i = 0; i < f.count; i++)
        most = fmax(most, f.s[i] = fabs(f.s[i]));
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = rint(f.s[i] / most * 7) * most / 7;
    mm_tensor_raw(&s, MM_F64, &f.shape, f.s, &run);
    assert_int_equal(mm_whatif_tensor(&s, settings, 2, NULL, w, &err), 0);
    f.c.floor = w;
    f.c.floors = 2;
    f.c.format = MM_I4;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_ONE_SIDED, 0.9, "a symmetric int4 range for one-sided values: asymmetric is 6");
    fault_done(&f);
}

/* Rounding weights by one scale: the same error in channels of size 1 and 10. In proportion it is not
 * that. */
static void weights(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct fault f;
        uint64_t seed = 8;
        fault_init(&f, image, 7);
        for (int64_t i = 0; i < f.count; i++) {
            double size = i / 576 % 2 ? 10 : 1;
            f.s[i] *= size;
            f.d[i] = f.s[i] + (way ? 0.1 * size : 0.7) * normal(&seed);
        }
        f.c.noise = 0.01;
        f.c.quantised = MM_QUANTISED_INPUT;
        f.c.op_type = "Conv";
        fault_find(&f);
        if (way == 0)
            assert_cause(&f, MM_CAUSE_CHANNEL_RANGE, 0.7, "an error of one size in all channels");
        else
            assert_null(finding_of(&f, MM_CAUSE_CHANNEL_RANGE));
        fault_done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_bits),     cmocka_unit_test(weights),

        cmocka_unit_test(channel_range), cmocka_unit_test(one_sided),
        cmocka_unit_test(outlier),       cmocka_unit_test(good_settings),
    };
    return cmocka_run_group_tests_name("triage/cause_settings", tests, NULL, NULL);
}
