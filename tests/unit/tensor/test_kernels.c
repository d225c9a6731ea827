/* Which table is chosen, and the map from values to bins. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/tensor.h"
#include "tensor/kernels.h"

static void the_environment_chooses(void **state)
{
    (void)state;
    assert_int_equal(setenv("MMTUI_CPU", "scalar", 1), 0);
    assert_ptr_equal(mm_kernels(), &mm_kernels_scalar);
    assert_int_equal(setenv("MMTUI_CPU", "no such thing", 1), 0);
    assert_non_null(mm_kernels());
    assert_int_equal(unsetenv("MMTUI_CPU"), 0);
    assert_non_null(mm_kernels()->name);
}

static void ranges_of_every_size(void **state)
{
    static const struct {
        double low, high;
    } ranges[] = {{0, 1}, {-128, 127}, {-DBL_MAX, DBL_MAX}, {0, 0x1p-1074}, {-1e-310, 1e-310}, {5, 5}};
    uint64_t count[10];

    (void)state;
    for (size_t i = 0; i < MM_COUNT(ranges); i++) {
        struct mm_hist hist = {.low = ranges[i].low, .high = ranges[i].high, .bins = 10, .count = count};
        double ends[] = {ranges[i].low, ranges[i].high};

        memset(count, 0, sizeof(count));
        mm_kernels()->hist_double(&hist, ends, 2);
        if (ranges[i].low < ranges[i].high)
            assert_true(count[0] == 1 && count[9] == 1);
        else
            assert_true(count[0] == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_chooses),
        cmocka_unit_test(ranges_of_every_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
