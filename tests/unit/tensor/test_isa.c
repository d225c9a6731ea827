/* Every instruction set that this machine runs against the scalar one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/tensor.h"
#include "unit/tensor/check_isa.h"

/* One after the other, the scalar one too: what is right of it is right of all. */
static const struct mm_isa *next_isa(size_t *i)
{
    size_t count;
    const struct mm_isa *list = mm_isa_list(&count);

    while (*i < count && !list[*i].runs_here())
        ++*i;
    return *i < count ? &list[(*i)++] : NULL;
}

static void same_sums(void **state)
{
    const struct mm_isa *isa;

    for (size_t i = 0; (isa = next_isa(&i)) != NULL;)
        assert_true(check_measure(isa, *state, 1) && check_range(isa));
}

static void same_centred_sums(void **state)
{
    const struct mm_isa *isa;

    for (size_t i = 0; (isa = next_isa(&i)) != NULL;)
        assert_true(check_centre(isa, *state));
}

static void same_histograms(void **state)
{
    const struct mm_isa *isa;

    for (size_t i = 0; (isa = next_isa(&i)) != NULL;)
        assert_true(check_hist(isa, *state) && check_borders(isa, *state));
}

static void same_conversions(void **state)
{
    const struct mm_isa *isa;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL;)
        assert_true(check_decoders(isa) && check_integers(isa) && check_gather(isa));
}

static void same_rounding(void **state)
{
    const struct mm_isa *isa;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL;)
        assert_true(check_rounders(isa));
}

static void columns_by_hand(void **state)
{
    /* six rows of four: s is 1, 2, ... 6 in every column, d twice that; about 1 and 2 */
    double s[24], d[24];
    const double sums[MM_PAIR_SUMS] = {0 + 1 + 2 + 3 + 4 + 5, 30, 55, 220, 110, 91, 364, 91};
    const struct mm_isa *isa;

    (void)state;
    for (size_t i = 0; i < 24; i++)
        d[i] = 2 * (s[i] = (double)(i / 4 + 1));
    for (size_t i = 0; (isa = next_isa(&i)) != NULL;) {
        struct mm_pair_columns columns = {{{0}}};

        columns.sum[0][3] = 100;
        isa->rounders->pair_columns(s, d, 6, 4, 1, 2, &columns);
        for (size_t k = 0; k < MM_PAIR_SUMS; k++)
            assert_true(columns.sum[k][0] == sums[k] && columns.sum[k][2] == sums[k]);
        assert_true(columns.sum[0][3] == 115);
    }
}

/* By hand: the squares of 1 to 4 and of what rounding took from them, and the sums of a pair about 1 and 2. */
static void sums_by_hand(void **state)
{
    const float x[5] = {1, 2, 3, 4, 10}, rounded[5] = {1, 2.5f, 3, 3, 8};
    const float ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double nine[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    const double s[5] = {1, 2, 3, 4, 99}, d[5] = {2, 2, 5, 4, 99};
    const struct mm_isa *isa;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL;) {
        struct mm_pair_sums sums;

        assert_true(isa->rounders->square_float(x, 5) == 30 + 100);
        assert_true(isa->rounders->error_float(x, rounded, 5) == 0.25 + 1 + 4);
        assert_true(isa->rounders->dot_float(s, x, 5) == 30 + 990);
        assert_true(isa->rounders->dot_float(nine, ones, 9) == 45 && isa->rounders->dot_float(s, x, 0) == 0);
        isa->rounders->pair_sums(s, d, 5, 1, 2, &sums); /* the fifth is left to the caller */
        assert_true(sums.S == 6 && sums.D == 5 && sums.SS == 14 && sums.DD == 13 && sums.SD == 12);
        assert_true(sums.ss == 30 && sums.dd == 49 && sums.ee == 5);
    }
}

/* By hand, with and without a rest of a step: steps of 2 from -4 to 6, halves to even. */
static void a_grid_s_error_by_hand(void **state)
{
    const float x[] = {3, 3.5f, 5, -4, -4.5f, -5, -5.5f, 6, 6.5f, 7, 7.5f, 0, 100, -100, 0.5f, -0.5f, 1};
    /* errors:         1  .5    1   0   .5     1   1.5   0   .5   1   1.5  0  94   -96    .5     .5   1 */
    const double all =
        1 + .25 + 1 + 0 + .25 + 1 + 2.25 + 0 + .25 + 1 + 2.25 + 0 + 94 * 94 + 96 * 96 + .25 + .25 + 1;
    const struct mm_isa *isa;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL;) {
        float beyond[17], low = INFINITY, high = -INFINITY;
        double error = 3;

        /* -5.5, 7, 7.5, 100 and -100 are cut off: 7 is half a step beyond 6, whose even neighbour is 8 */
        assert_int_equal(isa->rounders->grid_error_float(x, 17, 2, -2, 3, &error), 5);
        assert_true(error == 3 + all);
        assert_true(isa->rounders->extremes_float(x, 17, &low, &high) && low == -100 && high == 100);
        for (size_t at = 0; at < 17; at += 16) {
            for (size_t k = 0; k < 3; k++) {
                memcpy(beyond, x, sizeof(x));
                beyond[at] = k == 0 ? NAN : k == 1 ? INFINITY : -INFINITY;
                error = 0;
                isa->rounders->grid_error_float(beyond, 17, 2, -2, 3, &error);
                assert_false(isfinite(error));
                assert_false(isa->rounders->extremes_float(beyond, 17, &low, &high));
                low = high = 0;
            }
        }
    }
}

static void the_environment_names_one(void **state)
{
    const struct mm_isa *isa, *best = NULL;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL; best = isa) {
        assert_int_equal(setenv("MMTUI_CPU", isa->kernels->name, 1), 0);
        assert_ptr_equal(mm_kernels(), isa->kernels);
        assert_ptr_equal(mm_decoders(), isa->decoders);
        assert_ptr_equal(mm_rounders(), isa->rounders);
    }
    assert_int_equal(setenv("MMTUI_CPU", "no such thing", 1), 0);
    assert_ptr_equal(mm_kernels(), best->kernels);
    assert_int_equal(unsetenv("MMTUI_CPU"), 0);
    assert_ptr_equal(mm_kernels(), best->kernels);
}

static int make_room(void **state)
{
    *state = calloc(1, sizeof(struct check_room));
    return *state ? 0 : -1;
}

static int free_room(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_sums, make_room, free_room),
        cmocka_unit_test_setup_teardown(same_centred_sums, make_room, free_room),
        cmocka_unit_test_setup_teardown(same_histograms, make_room, free_room),
        cmocka_unit_test(same_conversions),
        cmocka_unit_test(same_rounding),
        cmocka_unit_test(sums_by_hand),
        cmocka_unit_test(columns_by_hand),
        cmocka_unit_test(a_grid_s_error_by_hand),
        cmocka_unit_test(the_environment_names_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
