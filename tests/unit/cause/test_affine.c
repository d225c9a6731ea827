#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* ---- affine maps of channels ---- */

static void channels(void **state)
{
    (void)state;
    for (int noise = 0; noise < NOISES; noise++) {
        struct fault f;
        fault_init(&f, (struct mm_shape){4, {1, 16, 12, 12}}, 1);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = f.s[i] + 0.5 * (double)(i / 144 % 5 - 2);
        add_noise(&f, (enum noise)noise);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_AFFINE, 0.9, "a constant (bias) for each channel: corrected");
        assert_non_null(strstr(f.finding[0].evidence, "axis 1"));
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = f.s[i] * (1 + 0.3 * (double)(i / 144 % 4)) - 1;
        add_noise(&f, (enum noise)noise);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_AFFINE, 0.9, "another scale and offset for each channel: corrected");
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = 0.5 * f.s[i] - 2;
        add_noise(&f, (enum noise)noise);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_AFFINE, 0.9, "dst = 0.5 x src - 2: corrected, the error is");
        fault_done(&f);
    }
}

/* ---- boxes ---- */

/* Corners x1 y1 x2 y2 in a picture of 640, a score and a class. */
static void boxes_init(struct fault *f, int64_t count, int64_t columns, enum noise noise)
{
    uint64_t seed = 12;
    (void)noise;
    fault_init(f, (struct mm_shape){3, {1, count, columns}}, 2);
    for (int64_t i = 0; i < count; i++) {
        double *box = f->s + i * columns;
        for (int k = 0; k < 2; k++) {
            box[k] = 500 * uniform(&seed);
            box[k + 2] = box[k] + 10 + 120 * uniform(&seed);
        }
        for (int64_t k = 4; k < columns; k++)
            box[k] = uniform(&seed);
    }
    memcpy(f->d, f->s, (size_t)f->count * sizeof(double));
    f->c.role = MM_ROLE_OUTPUT;
}

static void letterbox(void **state)
{
    (void)state;
    for (int n = 0; n < 4 * NOISES; n++) {
        struct fault f;
        int64_t columns = n % 2 ? 6 : 4;
        boxes_init(&f, n % 4 < 2 ? 100 : 8400, columns, NOISE_NONE);
        for (int64_t i = 0; i < f.count; i++)
            if (i % columns < 4)
                f.d[i] = 0.5 * f.s[i] + (i % columns % 2 ? 70 : 20);
        add_noise(&f, (enum noise)(n / 4));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_BOXES, 0.9, columns == 4 ? "boxes: one scale (0.5) and padding (" : "");
        assert_non_null(strstr(f.finding[0].sentence, "one scale (0.5) and padding ("));
        if (n < 4)
            assert_non_null(strstr(f.finding[0].sentence, "padding (20, 70), a letterbox"));
        fault_done(&f);
    }
}

static void resized(void **state)
{
    (void)state;
    struct fault f;
    boxes_init(&f, 200, 4, NOISE_NONE);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] / (i % 2 ? 480 : 640);
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_BOXES, 0.95, "boxes: scales 0.00156 and 0.00208, a plain resize");
    fault_done(&f);
}

static void conventions(void **state)
{
    (void)state;
    struct fault f;
    boxes_init(&f, 200, 6, NOISE_NONE);
    for (int64_t i = 0; i < f.count; i += 6) {
        for (int k = 0; k < 2; k++) {
            f.d[i + k] = (f.s[i + k] + f.s[i + k + 2]) / 2;
            f.d[i + k + 2] = f.s[i + k + 2] - f.s[i + k];
        }
    }
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_BOXES, 0.95,
                 "columns 0 to 3, boxes as centre and size instead of corners: corrected");
    double *swap = f.s;
    f.s = f.d;
    f.d = swap;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_BOXES, 0.95,
                 "columns 0 to 3, boxes as corners instead of centre and size: corrected");
    fault_done(&f);
}

/* Few values a channel fit anything: no map is claimed for unrelated boxes. */
static void unrelated(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 5;
    fault_init(&f, (struct mm_shape){2, {30, 4}}, 3);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = normal(&seed);
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
    fault_init(&f, (struct mm_shape){2, {3, 256}}, 3); /* 3 values a channel */
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = normal(&seed);
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels),    cmocka_unit_test(letterbox), cmocka_unit_test(resized),
        cmocka_unit_test(conventions), cmocka_unit_test(unrelated),
    };
    return cmocka_run_group_tests_name("triage/cause_affine", tests, NULL, NULL);
}
