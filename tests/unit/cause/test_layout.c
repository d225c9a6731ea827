#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct {
    int64_t c, h, w;
    int rank;
} places[] = {{3, 32, 32, 3}, {3, 48, 192, 4}, {16, 9, 7, 4}};
static struct mm_shape label(size_t place, int64_t a, int64_t b, int64_t c)
{
    return places[place].rank == 3 ? shape_of(3, a, b, c, 0) : shape_of(4, 1, a, b, c);
}

static int64_t chw(size_t place, int64_t c, int64_t y, int64_t x)
{
    return (c * places[place].h + y) * places[place].w + x;
}

/* dst holds the bytes HWC, labelled CHW; and the reverse. */
static void layouts(void **state)
{
    (void)state;
    for (size_t n = 0; n < MM_COUNT(places) * NOISES; n++) {
        size_t p = n % MM_COUNT(places);
        int64_t C = places[p].c, H = places[p].h, W = places[p].w;
        struct fault f;
        fault_init(&f, label(p, C, H, W), 10 + n);
        for (int64_t c = 0; c < C; c++)
            for (int64_t y = 0; y < H; y++)
                for (int64_t x = 0; x < W; x++)
                    f.d[(y * W + x) * C + c] = f.s[chw(p, c, y, x)];
        add_noise(&f, (enum noise)(n / MM_COUNT(places)));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_LAYOUT, 0.95, "bytes in another layout than the shape says: corrected");
        assert_non_null(strstr(f.finding[0].evidence, "1, 2, 0: channels last (HWC)"));
        for (int64_t c = 0; c < C; c++)
            for (int64_t y = 0; y < H; y++)
                for (int64_t x = 0; x < W; x++)
                    f.d[chw(p, c, y, x)] = f.s[(y * W + x) * C + c];
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_LAYOUT, 0.95, "bytes in another layout than the shape says: corrected");
        fault_done(&f);
    }
}

/* Shapes that say so, and a square that can't. */
static void transposed(void **state)
{
    (void)state;
    struct fault f;
    struct mm_shape hwc = {4, {1, 48, 192, 3}};
    fault_init(&f, (struct mm_shape){4, {1, 3, 48, 192}}, 20);
    for (int64_t c = 0; c < 3; c++)
        for (int64_t y = 0; y < 48; y++)
            for (int64_t x = 0; x < 192; x++)
                f.d[(y * 192 + x) * 3 + c] = f.s[(c * 48 + y) * 192 + x];
    noise_half(&f);
    fault_find_shapes(&f, &f.shape, &hwc);
    assert_cause(&f, MM_CAUSE_TRANSPOSED, 0.95, "axes permuted (1, 2, 0 of src): corrected");
    fault_done(&f);
    fault_init(&f, (struct mm_shape){3, {5, 16, 16}}, 21);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i / 256 * 256 + i % 16 * 16 + i / 16 % 16];
    noise_int8(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_TRANSPOSED, 0.95, "axes permuted (0, 2, 1 of src): corrected");
    fault_done(&f);
}

static void reshaped(void **state)
{
    (void)state;
    struct fault f;
    struct mm_shape flat = {2, {1, 768}};
    fault_init(&f, (struct mm_shape){4, {1, 3, 16, 16}}, 30);
    noise_half(&f);
    fault_find_shapes(&f, &f.shape, &flat);
    assert_cause(&f, MM_CAUSE_LAYOUT, 0.95, "the same values in the same order, only the shape differs");
    fault_done(&f);
}

static void cropped(void **state)
{
    (void)state;
    struct fault f;
    struct mm_shape part = {4, {1, 6, 10, 12}};
    fault_init(&f, (struct mm_shape){4, {1, 6, 14, 15}}, 40);
    for (int64_t i = 0, at = 0; i < 6; i++)
        for (int64_t y = 0; y < 10; y++)
            for (int64_t x = 0; x < 12; x++)
                f.d[at++] = f.s[(i * 14 + y + 1) * 15 + x + 3];
    fault_find_shapes(&f, &f.shape, &part);
    assert_cause(&f, MM_CAUSE_CROPPED, 0.95, "dst is a part of src, from (0, 1, 3): there the error is 0");
    double *swap = f.s;
    f.s = f.d;
    f.d = swap;
    fault_find_shapes(&f, &part, &f.shape);
    assert_cause(&f, MM_CAUSE_CROPPED, 0.95, "src is a part of dst, from (0, 1, 3): there the error is 0");
    fault_done(&f);
}

/* Other values in another shape. */
static void unrelated(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 9;
    struct mm_shape hwc = {3, {16, 12, 3}}, part = {3, {3, 10, 10}};
    fault_init(&f, (struct mm_shape){3, {3, 16, 12}}, 50);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = normal(&seed);
    fault_find_shapes(&f, &f.shape, &hwc);
    assert_int_equal(f.findings, 0);
    fault_find_shapes(&f, &f.shape, &part);
    assert_int_equal(f.findings, 0);
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts), cmocka_unit_test(transposed), cmocka_unit_test(reshaped),
        cmocka_unit_test(cropped), cmocka_unit_test(unrelated),
    };
    return cmocka_run_group_tests_name("triage/cause_layout", tests, NULL, NULL);
}
