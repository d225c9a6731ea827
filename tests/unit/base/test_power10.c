#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The table's exponents and its first bits against the C library's long doubles. */
static void powers(void **state)
{
    (void)state;
    for (int q = MM_POWER10_LEAST; q <= MM_POWER10_MOST; q++) {
        char text[16];
        int exponent;
        long double power, part;
        uint64_t high = mm_power10_high[q - MM_POWER10_LEAST];

        snprintf(text, sizeof(text), "1e%d", q);
        power = strtold(text, NULL);
        part = frexpl(power, &exponent); /* [0.5, 1) */
        assert_int_equal(mm_power10_log2(q), exponent - 1);
        if (LDBL_MANT_DIG == 64) { /* rounded there, cut off here */
            uint64_t rounded = (uint64_t)ldexpl(part, 64);
            uint64_t low = mm_power10_low[q - MM_POWER10_LEAST];

            assert_true(rounded == high + (low >> 63));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
