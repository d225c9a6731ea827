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

/* By hand: the squares of 1 to 4 and of what rounding took from them, and the sums of a pair about 1 and 2. */
static void sums_by_hand(void **state)
{
    const float x[5] = {1, 2, 3, 4, 10}, rounded[5] = {1, 2.5f, 3, 3, 8};
    const double s[5] = {1, 2, 3, 4, 99}, d[5] = {2, 2, 5, 4, 99};
    const struct mm_isa *isa;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL;) {
        struct mm_pair_sums sums;
        double square = 1, error = 0;

        isa->rounders->cost_float(x, rounded, 5, &square, &error);
        assert_true(square == 1 + 30 + 100 && error == 0.25 + 1 + 4);
        isa->rounders->pair_sums(s, d, 5, 1, 2, &sums); /* the fifth is left to the caller */
        assert_true(sums.S == 6 && sums.D == 5 && sums.SS == 14 && sums.DD == 13 && sums.SD == 12);
        assert_true(sums.ss == 30 && sums.dd == 49 && sums.ee == 5);
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
        cmocka_unit_test(the_environment_names_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
