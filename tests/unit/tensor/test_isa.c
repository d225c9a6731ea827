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

static void the_environment_names_one(void **state)
{
    const struct mm_isa *isa, *best = NULL;

    (void)state;
    for (size_t i = 0; (isa = next_isa(&i)) != NULL; best = isa) {
        assert_int_equal(setenv("MMTUI_CPU", isa->kernels->name, 1), 0);
        assert_ptr_equal(mm_kernels(), isa->kernels);
        assert_ptr_equal(mm_decoders(), isa->decoders);
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
        cmocka_unit_test(the_environment_names_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
