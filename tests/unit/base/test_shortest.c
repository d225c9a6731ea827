/* Against the definition: fewer digits do not read back, the same number of digits does not come closer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/shortest.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What printf and strtod say: the least precision that reads back. Digits without trailing zeros. */
static int by_printf(double value, char digits[20], int *point)
{
    char text[40];
    int n = 0;

    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    *point = atoi(strchr(text, 'e') + 1) + 1;
    return n;
}

/* False: it would not decide. */
static bool check(double value)
{
    char found[20], expected[20];
    int found_point = 0, expected_point, n = mm_shortest_fast(value, found, &found_point);

    if (n == 0)
        return false;
    assert_int_equal(n, strlen(found));
    by_printf(value, expected, &expected_point);
    if (strcmp(found, expected) != 0 || found_point != expected_point)
        fail_msg("%.17g: %s, %d", value, found, found_point);
    return true;
}

static void well_known(void **state)
{
    char digits[20];
    int point;
    (void)state;

    assert_int_equal(mm_shortest_fast(0.1, digits, &point), 1);
    assert_string_equal(digits, "1");
    assert_int_equal(point, 0);
    assert_int_equal(mm_shortest_fast(9007199254740993.0, digits, &point), 0); /* 2^53: a power of two */
    assert_int_equal(mm_shortest_fast(123456.0, digits, &point), 6);
    assert_string_equal(digits, "123456");
    assert_int_equal(point, 6);
    assert_int_equal(mm_shortest_fast(5e-324, digits, &point), 0);
    assert_int_equal(mm_shortest_fast(INFINITY, digits, &point), 0);
    assert_int_equal(mm_shortest_fast(NAN, digits, &point), 0);
    assert_int_equal(mm_shortest_fast(-1.5, digits, &point), 0);
    assert_true(check(DBL_MAX) && check(2.2250738585072019e-308) && check(9.5367431640625e-07 * 3));
    assert_true(check(0.3) && check(2.0 / 3) && check(99999999999999990.0) && check(9.9999999999999995e-5));
}

/* Decimals of few digits, whole numbers, and their neighbours. */
static void decimals(void **state)
{
    (void)state;
    for (int k = -30; k < 30; k++) {
        for (int i = 3; i < 2000; i += 7) {
            char text[40];
            double value;

            snprintf(text, sizeof(text), "%de%d", i, k);
            value = strtod(text, NULL);
            check(value);
            check(nextafter(value, 0));
            check(nextafter(value, INFINITY));
        }
    }
}

static void random_bits(void **state)
{
    int count = getenv("MMTUI_LONG") ? 10000000 : 100000, undecided = 0;
    uint64_t random = 1;
    (void)state;

    for (int i = 0; i < count; i++) {
        double value;

        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = (random ^ random >> 29) & 0x7fffffffffffffffu;
        memcpy(&value, &bits, sizeof(value));
        if (value >= DBL_MIN && value <= DBL_MAX)
            undecided += !check(value);
    }
    assert_true(undecided < count / 500); /* integers above 2^47 have real ties */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_known),
        cmocka_unit_test(decimals),
        cmocka_unit_test(random_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
