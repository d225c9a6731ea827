#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const double mean[3] = {0.485, 0.456, 0.406}, std[3] = {0.229, 0.224, 0.225};
static const double clip_mean[3] = {0.48145466, 0.4578275, 0.40821073};
static const double clip_std[3] = {0.26862954, 0.26130258, 0.27577711};

/* y of a pixel of 0..255 in channel c. */
typedef double (*prepare)(double pixel, int c);
static double raw(double p, int c)
{
    (void)c;
    return p;
}
static double unit(double p, int c)
{
    (void)c;
    return p / 255;
}
static double imagenet(double p, int c)
{
    return (p / 255 - mean[c]) / std[c];
}
static double imagenet_twice(double p, int c)
{
    return (imagenet(p, c) - mean[c]) / std[c];
}
static double imagenet_raw(double p, int c)
{
    return (p - mean[c]) / std[c];
}
static double halves(double p, int c)
{
    (void)c;
    return (p / 255 - 0.5) / 0.5;
}
static double clip(double p, int c)
{
    return (p / 255 - clip_mean[c]) / clip_std[c];
}
static double caffe(double p, int c)
{
    static const double bgr[3] = {103.939, 116.779, 123.68};
    return p - bgr[c];
}
static double no_std(double p, int c)
{
    return p / 255 - mean[c];
}

static const struct {
    prepare src, dst;
    bool reversed;
    const char *sentence;
} rows[] = {
    {imagenet, imagenet_twice, false, "src: ImageNet mean/std, dst: ImageNet mean/std twice: corrected"},
    {imagenet, unit, false, "src: ImageNet mean/std, dst: /255: corrected"},
    {imagenet, raw, false, "src: ImageNet mean/std, dst: pixels 0..255: corrected"},
    {imagenet, imagenet_raw, false, "src: ImageNet mean/std, dst: ImageNet mean/std without /255: corrected"},
    {imagenet, halves, false, "src: ImageNet mean/std, dst: 0.5/0.5: corrected"},
    {imagenet, no_std, false, "src: ImageNet mean/std, dst: ImageNet mean/std, no std: corrected"},
    {unit, raw, false, "src: /255, dst: pixels 0..255: corrected"},
    {unit, imagenet, false, "src: /255, dst: ImageNet mean/std: corrected"},
    {clip, imagenet, false, "src: CLIP mean/std, dst: ImageNet mean/std: corrected"},
    {caffe, raw, false, "src: Caffe mean (BGR), dst: pixels 0..255: corrected"},
    {caffe, raw, true, "src: Caffe mean (BGR), dst: pixels 0..255, channels reversed: corrected"},
    {imagenet, unit, true, "src: ImageNet mean/std, dst: /255, channels reversed: corrected"},
};

/* A picture with bright and dark places in all channels. */
static void picture(struct fault *f, size_t row, int64_t size)
{
    uint64_t seed = 3 + row;
    for (int64_t c = 0; c < 3; c++)
        for (int64_t i = 0; i < size; i++) {
            int64_t at = c * size + i;
            f->d[at] = floor(256 * uniform(&seed));
        }
    for (int64_t at = 0; at < 3 * size; at++)
        f->s[at] = rows[row].src(f->d[at], (int)(at / size));
    if (rows[row].reversed) {
        for (int64_t i = 0; i < size; i++) {
            double first = f->d[i];
            f->d[i] = f->d[2 * size + i];
            f->d[2 * size + i] = first;
        }
    }
    for (int64_t at = 0; at < 3 * size; at++)
        f->d[at] = rows[row].dst(f->d[at], (int)(at / size));
}

static void known_ways(void **state)
{
    (void)state;
    static const struct mm_shape shapes[] = {{3, {3, 32, 32}}, {4, {1, 3, 48, 192}}};
    for (size_t n = 0; n < MM_COUNT(rows) * MM_COUNT(shapes) * NOISES; n++) {
        size_t row = n % MM_COUNT(rows);
        struct fault f;
        struct mm_shape shape = shapes[n / MM_COUNT(rows) % MM_COUNT(shapes)];
        fault_init(&f, shape, 1);
        picture(&f, row, f.count / 3);
        add_noise(&f, (enum noise)(n / MM_COUNT(rows) / MM_COUNT(shapes)));
        f.c.role = MM_ROLE_INPUT;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_NORMALISATION, 0.9, rows[row].sentence);
        fault_done(&f);
    }
}

/* Constants that nobody published; the same inside the network is an affine map. */
static void unknown_way(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, (struct mm_shape){4, {1, 3, 32, 32}}, 8);
    static const double a[3] = {1.7, 0.6, 2.2}, b[3] = {0.4, -3, 1};
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = a[i / 1024] * f.s[i] + b[i / 1024];
    noise_half(&f);
    f.c.role = MM_ROLE_INPUT;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_NORMALISATION, 0.9, "another mean and std: corrected, the error is");
    assert_non_null(strstr(f.finding[0].evidence, "x (1.7, 0.6, 2.2) + (0.4"));
    f.c.role = 0;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_AFFINE, 0.9, "another scale and offset for each channel: corrected");
    fault_done(&f);
}

static void gray(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 4;
    fault_init(&f, (struct mm_shape){4, {1, 1, 28, 28}}, 8);
    for (int64_t i = 0; i < f.count; i++) {
        f.d[i] = floor(256 * uniform(&seed)) / 255;
        f.s[i] = (f.d[i] - 0.1307) / 0.3081;
    }
    noise_half(&f);
    f.c.role = MM_ROLE_INPUT;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_NORMALISATION, 0.9, "src: MNIST mean/std, dst: /255: corrected");
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_ways),
        cmocka_unit_test(unknown_way),
        cmocka_unit_test(gray),
    };
    return cmocka_run_group_tests_name("triage/cause_input", tests, NULL, NULL);
}
