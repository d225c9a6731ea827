#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* Indices of an axis of [2, 6, 10, 8] whose values are turned over. */
static void along_each_axis(void **state)
{
    (void)state;
    static const int64_t inner[] = {480, 80, 8, 1}, dims[] = {2, 6, 10, 8};
    static const char *const sentences[] = {
        "signs turned at 1 of 2 along axis 0 (first: 1)", "signs turned at 2 of 6 along axis 1 (first: 1)",
        "signs turned at 4 of 10 along axis 2 (first: 1)", "signs turned at 3 of 8 along axis 3 (first: 1)"};
    for (size_t n = 0; n < 4 * NOISES; n++) {
        struct fault f;
        size_t axis = n % 4;
        fault_init(&f, shape_of(4, 2, 6, 10, 8), 3 + n);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = i / inner[axis] % dims[axis] % (axis ? 3 : 2) == 1 ? -f.s[i] : f.s[i];
        if (axis == 2)
            for (int64_t i = 0; i < f.count; i++)
                f.d[i] = i / 8 % 10 == 9 ? -f.s[i] : f.d[i];
        add_noise(&f, (enum noise)(n / 4));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SIGNS, 0.95, sentences[axis]);
        fault_done(&f);
    }
}

/* Each row of a batch of lists by itself. */
static void rows(void **state)
{
    (void)state;
    struct fault f;
    int64_t turned = 0;
    fault_init(&f, shape_of(3, 6, 20, 16, 1), 40);
    for (int64_t row = 0; row < 120; row++) {
        bool turn = row * row % 7 == 2;
        turned += turn;
        for (int64_t i = row * 16; i < row * 16 + 16; i++)
            f.d[i] = turn ? -f.s[i] : f.s[i];
    }
    assert_int_equal(turned, 34); /* 3 and 4 of each 7: rows 3, 4, 10, 11, ... */
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SIGNS, 0.95, "signs turned in 34 of 120 rows (first: 3)");
    fault_done(&f);
}

static void lost(void **state)
{
    (void)state;
    for (int n = 0; n < 2 * NOISES; n++) {
        struct fault f;
        fault_init(&f, shape_of(2, 30, 20, 1, 1), 50 + (uint64_t)n);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = n % 2 ? -fabs(f.s[i]) : fabs(f.s[i]);
        add_noise(&f, (enum noise)(n / 2));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SIGNS, 0.95,
                     n % 2 ? "the sign is lost, dst = -|src|" : "the sign is lost, dst = |src|");
        fault_done(&f);
    }
}

/* All of it is a factor of -1; turned at random, no axis tells; a ReLU loses more than signs. */
static void others(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 7;
    fault_init(&f, shape_of(3, 6, 20, 16, 1), 60);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = -f.s[i];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SCALE, 0.95, "dst = -1 x src");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = uniform(&seed) < 0.5 ? -f.s[i] : f.s[i];
    fault_find(&f);
    assert_unexplained(&f, 0.5);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = fmax(0, f.s[i]);
    fault_find(&f);
    assert_unexplained(&f, 0.5);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + 0.3 * normal(&seed); /* small values change sign by themselves */
    fault_find(&f);
    assert_unexplained(&f, 0.5);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(along_each_axis), cmocka_unit_test(rows),
                                       cmocka_unit_test(lost), cmocka_unit_test(others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
